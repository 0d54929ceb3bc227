/*
 * emit_interp.h - the interpreter of a model as C: routines.h, routines.inc, bind.c and
 * one interp_*.c per dispatch technique. The runtime's interp/rec.h, dispatch.h, access.h
 * and ops.h say what they are written against.
 *
 * Invariants
 *  (1) Form I of the model is form I of struct decoded; guest_bind answers for each.
 *  (2) A form has one routine per variant: an assignment of values to decode-time
 * conditions that change what the routine does; and one more for a branch whose delay
 * slot runs after it.
 */
#ifndef GEN_EMIT_INTERP_H
#define GEN_EMIT_INTERP_H

#include "sem.h"

/* emit_interp - append each file to what ADD gives for its name. Every form has its sem.
 */
void emit_interp(const struct model *m, struct text *(*add)(void *to, const char *name),
                 void *to);

/* emit_interp_form - append the routines of F alone, as routines.inc has them. */
void emit_interp_form(const struct model *m, const struct form *f, struct text *out);

#endif
