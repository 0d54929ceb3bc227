/*
 * emit_lift.h - lift.c of a guest: a template per form, from its typed body, that makes
 * the IR of an instruction. The runtime's ir/lift.h and ir/template.h are what it is
 * written against.
 *
 * Invariants
 *  (1) What is of decode time is computed in C and becomes a constant; a decode-time
 * condition is an `if` in C. What is of run time is calls that append to the IR. (2) A
 * template that can't say all of a form leaves it to the interpreter, whole or under a
 * decode-time condition, and says why in a comment.
 */
#ifndef GEN_EMIT_LIFT_H
#define GEN_EMIT_LIFT_H

#include "emit_body.h"

/* emit_lift - the file; every form has its sem. */
void emit_lift(const struct model *m, struct text *out);

/* emit_lift_form - append the template of F alone. */
void emit_lift_form(const struct model *m, const struct form *f, struct text *out);

/* --- emit_lift_expr.c: expressions */

struct lift_gen {
    struct body b; /* uses, hoisted; b.g prints for binding */
    struct text out;
    unsigned indent;
    const char *why;  /* the form is left to the interpreter because of this, or NULL */
    const char *when; /* C of the condition under which the statements take effect */
    unsigned temps, depth; /* depth: decode-time ifs around */
    bool arm, end_used;    /* in lift_if ... lift_end; its end label is used */
    bool inner;            /* in an arm of the body's own, not of the predicate */
};

/* lift_type - the IR type of values of WIDTH: "I32". */
const char *lift_type(unsigned width);

/* lift_value - C of E, an ir_ref. E is what lift_unsaid has nothing against. */
void lift_value(struct cgen *g, const struct sem_expr *e, struct text *t);

/* lift_unsaid - why E can't be said in IR; NULL: it can. */
const char *lift_unsaid(const struct cgen *g, const struct sem_expr *e);

/* lift_has_flags - bits [HIGH:LOW] of R have some that live in the floating-point
 * environment while code runs. */
bool lift_has_flags(const struct model *m, const struct reg *r, unsigned high,
                    unsigned low);

/* lift_registers - functions get_R, set_R and set_R_if for each register R. */
void lift_registers(const struct model *m, struct text *t);

#endif
