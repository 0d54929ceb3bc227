/*
 * dtree.h - patterns to a decision table: windows of bits, then a mandatory check at each
 * leaf.
 *
 * Invariants
 *  (1) A leaf lists every form that can match a word that reaches it; forms that refine
 *      others come first. So the first form of the leaf whose mask, value and predicates
 *      hold is the one that decodes the word, and if none holds, none of the model does.
 *  (2) The table is a function of the forms alone: same forms, same table.
 *  (3) Tables for different lengths share nothing but the array.
 */
#ifndef GEN_DTREE_H
#define GEN_DTREE_H

#include "model.h"

/* An entry of the table: another window, or (bits 0) a leaf. */
struct dtree_entry {
    uint8_t shift, bits; /* window of the word: bits [shift + bits - 1 : shift] */
    uint16_t at;         /* its first entry in the table; of a leaf: index into leaves */
};

/* A form to try at a leaf; `more`: the next one belongs to the same leaf. */
struct dtree_leaf {
    const struct form *form; /* NULL: no form at all */
    bool more;
};

struct dtree_root {
    unsigned bits; /* length of the words */
    struct dtree_entry entry;
};

struct dtree {
    VEC(struct dtree_entry) table;
    VEC(struct dtree_leaf) leaves; /* [0] is the leaf without forms */
    VEC(struct dtree_root) roots;  /* by rising length */
};

/* dtree_build - the table of M's forms. */
struct dtree *dtree_build(const struct model *m);

/* dtree_find - index into leaves for WORD of LENGTH bits. */
unsigned dtree_find(const struct dtree *t, uint64_t word, unsigned length);

#endif
