/*
 * match.h - inverts templates: the words whose text by PIECES is a given line.
 *
 * Invariants
 *  (1) Every word found meets the form's mask, value and predicates and every equation
 *      that the text states; what the text leaves open is as low as the predicates allow.
 */
#ifndef GEN_MATCH_H
#define GEN_MATCH_H

#include "text.h"

struct match {
    /* in */
    const struct model *m;
    struct form *f;
    const struct alias *alias; /* or NULL */
    uint64_t pc;
    const char *text;
    bool (*accept)(struct match *s,
                   uint64_t word); /* further conditions; may set taken */
    /* out */
    bool found;
    uint64_t word;            /* the lowest */
    const char *farthest;     /* how far the text was understood */
    bool complete;            /* to its end, at least once */
    const struct form *taken; /* another form decodes what was found, or NULL */
    const char *range;        /* a number that its operand can't hold, or NULL */
    /* while matching */
    uint64_t known, value;
    struct equation {
        const struct piece *piece;
        bool is_number;
        s128 number; /* or the truth of piece->expr */
    } equations[16];
    unsigned count;
};

/* match_text - tries S->text as PIECES; S->found says if it fits. */
void match_text(struct match *s, const piece_vec *pieces);

/* match_number - reads a number at *t and moves it on; *is_hex: written in another base
 * than ten. */
bool match_number(const char **t, s128 *value, bool *is_hex);

#endif
