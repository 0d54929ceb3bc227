/*
 * region.h - from guest code to one IR region: which code it takes in, and how
 * instructions, branches and delay slots are put together.
 *
 * Tier 1 takes one superblock: the code from its pc to the first unconditional jump;
 * conditional branches leave by EXIT_IF. Tier 2 takes a loop or what can be reached from
 * its pc by direct jumps to code that has been executed; loops inside it are loops of the
 * IR.
 *
 * Invariants
 *  (1) A branch and its delay slot are never separated. (2) Every translation begins with
 * a POLL, and every jump back within it passes one: at the head of the block that it
 * leads to, or before the jump. (3) All source bytes stand in *ranges, on pages that are
 * watched for writes.
 */
#ifndef ISOMORPH_ENGINE_REGION_H
#define ISOMORPH_ENGINE_REGION_H

#include "cache/cache.h"
#include "engine/engine.h"
#include "engine/heat.h"
#include "ir/ir.h"

enum { REGION_INSNS_MAX = 1000, REGION_BLOCK_INSNS_MAX = 128, REGION_RANGES_MAX = 64 };

/*
 * region_lift - the IR of the code at *PC in CONTEXT for TIER (1 or 2), after ir_finish.
 * In tier AUTO a region in the middle of a loop becomes the one of that loop, and *PC its
 * head; if there is one already, the region is what leads there.
 * RANGES has room for *RANGE_COUNT entries and is filled in. NULL if no code can be
 * fetched there or its page is written too often to be watched,
 * or if *SUM, which is filled in for tier 2, says that it is too early.
 */
struct ir *region_lift(struct machine *m, uint64_t *pc, uint32_t context, unsigned tier,
                       struct cache_range *ranges, uint32_t *range_count,
                       struct heat_sum *sum);

#endif
