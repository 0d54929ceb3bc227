/* lift.h - one instruction through its template and the evaluator of the IR; see lift.c.
 */
#ifndef TESTS_VECTORS_LIFT_H
#define TESTS_VECTORS_LIFT_H

#include "engine/engine.h"

/* lift_step - do the instruction at cpu->pc, with its delay slot. False: the interpreter
 * has to do it. */
bool lift_step(struct machine *m, struct cpu *cpu);

/* Whether regions go through all passes; whether they are printed. */
extern bool lift_passes, lift_print;

/* What the templates of the instructions of lift_step said, by form; lift_report prints
 * the forms that were always left to the interpreter, and the share. */
void lift_report(const struct guest *guest);

#endif
