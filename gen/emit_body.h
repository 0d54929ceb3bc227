/*
 * emit_body.h - the statements of a form as the body of a routine.
 *
 * Invariant: statements are printed in the order of the tree, so what can fault comes
 * before what commits (sem.h).
 */
#ifndef GEN_EMIT_BODY_H
#define GEN_EMIT_BODY_H

#include "emit_c.h"

struct body {
    struct cgen *g;
    const char *name; /* of the record: struct rec_NAME, NEXT(NAME) */
    bool delayed;     /* print what a branch does before its slot */
    struct text out;
    unsigned indent;
    unsigned *uses; /* of each variable */
    bool *hoisted;  /* declared at the top: set in one arm, used in another */
    unsigned temps;
    bool context_written;
    const struct sem_stmt *check_fp_after;
};

/* body_print - the whole body, with the going on to the next record. */
void body_print(struct body *b);

/* body_uses - fill in uses and hoisted. */
void body_uses(struct body *b);

/* body_tests_alignment - whether an access of WIDTH bits and KIND (MEMORY_LOAD...) is
 * preceded by a test that its address is aligned. */
bool body_tests_alignment(const struct model *m, unsigned width, int kind);

/* body_reads_flags - E reads bits of a register that live in the floating-point
 * environment while code runs; a slice decides for the register under it. */
bool body_reads_flags(const struct cgen *g, const struct sem_expr *e);

/* body_unwrapped - C without the parentheses around the whole of it, which clang warns of
 * in an `if`. */
const char *body_unwrapped(const char *c);

/* What a variant of a form does, for binding. */
struct body_facts {
    bool branches; /* has a goto that can be reached */
    bool leaves;   /* no path goes on to the next record */
    bool traps, loads, stores, effects, fp, icache, context, indirect;
    bool delayed; /* has a goto with a delay slot */
    bool nullifies;
};
void body_facts(const struct cgen *g, struct body_facts *facts);

/* body_all_dropped - C, for binding, of "every register written is the sink"; NULL if the
 * form does anything else. */
const char *body_all_dropped(struct cgen *g, const struct body_facts *facts);

/* body_conditions - decode-time conditions of the form that are worth a variant each. */
typedef VEC(const struct sem_expr *) condition_list;
void body_conditions(const struct cgen *g, condition_list *out);

/* body_vars - the decode-time LETs that binding uses, in their order, as C. */
void body_vars(struct cgen *g, struct text *out);

#endif
