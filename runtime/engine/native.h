/*
 * native.h - running translated code; private to runtime/engine.
 *
 * Invariants
 *  (1) While translated code runs, cpu->running is set and cpu->ip is NULL. (2)
 * cpu->host.jumps is the lookup table for cpu->context then. (3) From native_run's call
 * to its return the CPU is in (util/epoch.h) and passes no epoch but while it promotes;
 * what was found under way, links and translations, holds until then. (4) What is
 * remembered for longer, as the steps are, is used only in the epoch in which it was
 * found.
 */
#ifndef ISOMORPH_ENGINE_NATIVE_H
#define ISOMORPH_ENGINE_NATIVE_H

#include "engine/translate.h"

/* native_cpu_new - give CPU what translated code needs; nothing if its machine has no
 * translator. native_cpu_free takes it back. */
void native_cpu_new(struct cpu *cpu);
void native_cpu_free(struct cpu *cpu);

/* native_run - run T, the translation of cpu->pc, and what it leads to, until cpu->pc is
 * to be looked up anew, or something else is to be done. T was found since the CPU passed
 * last; nothing that was found before the call holds after it. */
void native_run(struct cpu *cpu, struct translation *t);

/* -- in engine.c ----------------------------------------------------------------------
 */

/* engine_in, engine_out - put cpu->fp and the guest's registers into the state that
 * generated code wants, and back. Either may be called in any state. */
void engine_in(struct cpu *cpu);
void engine_out(struct cpu *cpu);

/* engine_single - the block of the one instruction at cpu->pc, with its delay slot. Valid
 * in this epoch, and until the CPU passes the next. */
const struct block *engine_single(struct cpu *cpu);

/* engine_step - the interpreter does that one instruction. False: something was to be
 * done about it and has been; the manager looks cpu->pc up anew. */
bool engine_step(struct cpu *cpu, const struct block *single);

#endif
