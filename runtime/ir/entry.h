/*
 * entry.h - guards at a region's entry: what the region takes for granted; private to
 * ir/.
 *
 * Such a guard may stand there whatever it tests: if it fails, the interpreter does the
 * first instruction, and nothing is lost but time. So it should nearly never fail.
 */
#ifndef ISOMORPH_IR_ENTRY_H
#define ISOMORPH_IR_ENTRY_H

#include "ir/ir.h"

/* entry_pc - the guest address at which the region begins; 0 if that isn't known. */
uint64_t entry_pc(const struct ir *ir);

/* entry_guard - a GUARD on CONDITION with the entry's snapshot, in no list yet. */
ir_ref entry_guard(struct ir *ir, ir_ref condition);

/* entry_insert - append NODES to the entry block, before its jump. */
void entry_insert(struct ir *ir, const struct ir_refs *nodes);

#endif
