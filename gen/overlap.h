/*
 * overlap.h - which instruction forms match the same words, exactly.
 *
 * Invariants
 *  (1) Two forms of different length never overlap: the `length` rules part them.
 *  (2) After overlap_check without errors, forms that match one word are ordered by
 *      `refines`.
 */
#ifndef GEN_OVERLAP_H
#define GEN_OVERLAP_H

#include "model.h"

/* overlap_check - the checks overlap, implicit-refine and unreachable; and bound for
 * elements of register files that some word names and that aren't there. */
void overlap_check(const struct model *m);

/* insn_refines - A says that it refines B, itself or through others. */
bool insn_refines(const struct model *m, const struct insn *a, const struct insn *b);

/* overlap_unused - appends the report of unused encoding space: share and largest holes.
 */
void overlap_unused(const struct model *m, struct text *out);

#endif
