/*
 * evaluate.h - tier IR: regions are run by the IR's evaluator, to test lifting and passes
 * without a back end; private to runtime/engine.
 *
 * Invariants
 *  (1) What evaluate_hot returns is not retired. (2) Retiring allocates and frees
 * nothing; what is retired is freed by the next evaluate_hot, which is called outside
 * generated code only.
 */
#ifndef ISOMORPH_ENGINE_EVALUATE_H
#define ISOMORPH_ENGINE_EVALUATE_H

#include "engine/translate.h"

/* evaluate_hot - the region of the code at PC, made if there is none; NULL if there can't
 * be one. */
struct evaluated *evaluate_hot(struct machine *m, uint64_t pc, uint32_t context);

/* evaluate_run - as native_run. */
void evaluate_run(struct cpu *cpu, const struct evaluated *e);

/* evaluate_retire_range - retire what was made from code in [gva, gva+len). */
void evaluate_retire_range(struct translator *tr, uint64_t gva, uint64_t len);

#endif
