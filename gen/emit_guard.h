/*
 * emit_guard.h - predicates: a record in front of an instruction's own that skips it.
 *
 * Invariant: one routine per condition that a predicating operand can name, shared by all
 * forms; what is always true has none.
 */
#ifndef GEN_EMIT_GUARD_H
#define GEN_EMIT_GUARD_H

#include "emit_c.h"

struct guards;

struct guards *guards_new(const struct model *m);

/* guards_bind - C, for binding, of the guard's routine before the form of G (0: none is
 * needed); NULL if the form isn't predicated. */
const char *guards_bind(struct guards *guards, struct cgen *g);

/* guards_routines - their routines, and their entries in ROUTINES(X). */
void guards_routines(const struct guards *guards, struct text *list,
                     struct text *routines);

/* guards_binding - tables and functions that binding needs. */
void guards_binding(const struct guards *guards, struct text *out);

#endif
