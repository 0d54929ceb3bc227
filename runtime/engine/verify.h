/*
 * verify.h - --verify: the first runs of each translation are done again by the
 * interpreter, from the same state, and both must give the same; private to
 * runtime/engine.
 *
 * The guest's memory is sealed while a translation runs. A write opens its page after a
 * copy was made. Then the memory and the CPU are put back, and the interpreter goes from
 * instruction to instruction until the CPU is what the translation left, and the pages
 * are. If that never happens, the difference is reported as a defect of ours. Long loops
 * are interrupted. Programs that share memory with others are not verified.
 *
 * --verify=faults: each memory operation of each translation is made to fault when it
 * comes up first, by an instruction over it that always does. The run ends there, and
 * what was recovered is compared in the same way; then the operation is as it was
 * compiled.
 *
 * Invariants
 *  (1) verify_end follows each verify_begin before anything else is done for the guest;
 * it leaves CPU and memory as the translation did. (2) One CPU is verified at a time.
 */
#ifndef ISOMORPH_ENGINE_VERIFY_H
#define ISOMORPH_ENGINE_VERIFY_H

#include "engine/native.h"

/* verify_begin - T, the translation of cpu->pc, is about to run. */
void verify_begin(struct cpu *cpu, struct translation *t);

/* verify_end - it has left, or a fault in it has been turned into a state (HOW is for the
 * report). Does nothing if no verification is under way. */
void verify_end(struct cpu *cpu, const char *how);

/* verify_arm - force a fault at each memory operation of T, which has just been
 * installed. */
void verify_arm(const struct machine *m, const struct translation *t);

/* verify_forced - how many faults were forced in runs that were compared. */
uint64_t verify_forced(void);

#endif
