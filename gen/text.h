/*
 * text.h - assembly templates as pieces: "add {rd}, {rs}, {rt}".
 *
 * Invariants
 *  (1) Pieces are for one form: class operands are replaced by their alternative's
 *      pieces, {name} by the name; neighbouring literals are joined.
 *  (2) Typed expressions in pieces are of decode time. Operands in them are widened to
 *      the word (by their sign) where they stand in a sum: {pc+off} needs no sext.
 */
#ifndef GEN_TEXT_H
#define GEN_TEXT_H

#include "sem.h"

enum piece_kind {
    PIECE_LITERAL,
    PIECE_OPERAND, /* a field, printed by its type */
    PIECE_LIST,    /* a field, as a list of registers */
    PIECE_EXPR,    /* a number */
    PIECE_IF       /* `then` where expr isn't zero */
};
enum number_format { NUMBER_SIGNED, NUMBER_UNSIGNED, NUMBER_HEX };

struct piece;
typedef VEC(struct piece) piece_vec;

struct piece {
    enum piece_kind kind;
    struct loc loc;
    const char *literal;
    unsigned field;            /* OPERAND, LIST */
    enum number_format format; /* OPERAND of a number, EXPR */
    const struct reg *regs;    /* LIST */
    struct sem_expr *expr;     /* EXPR, IF */
    struct {
        struct piece *at;
        size_t len, cap;
    } then; /* IF */
};

/* text_pieces - the pieces of form F's text (made once). alias_pieces - of an alias of
 * F's insn. */
const piece_vec *text_pieces(const struct model *m, struct form *f);
const piece_vec *alias_pieces(const struct model *m, const struct alias *a,
                              struct form *f);

/* alias_applies - F has all fields that the alias' constraints name. */
bool alias_applies(const struct model *m, const struct alias *a, const struct form *f);
/* alias_fits - the alias' constraints and `when` hold for WORD. */
bool alias_fits(const struct model *m, const struct alias *a, struct form *f,
                uint64_t word);

/* alias_condition - the same as C text, a condition on `w`, `pc` and `context`. */
void alias_condition(const struct model *m, const struct alias *a, struct form *f,
                     struct text *out);

/* alias_fix - adds the bits that the alias' constraints give to *mask and *value; false
 * if one of them isn't plain `field = number`. */
bool alias_fix(const struct model *m, const struct alias *a, const struct form *f,
               uint64_t *mask, uint64_t *value);

/* operand_name - the name of element or code VALUE of TYPE, or NULL if it is a number. */
const char *operand_name(const struct type *type, uint64_t value);

/* text_print - PIECES for WORD at PC. */
void text_print(const struct model *m, const struct form *f, const piece_vec *pieces,
                uint64_t word, uint64_t pc, struct text *out);

/* text_mentions - FIELD of F is printed by PIECES, itself or in an expression. */
bool text_mentions(const struct form *f, const piece_vec *pieces, unsigned field);

#endif
