/*
 * region_plan.h - which guest code a region takes in, as basic blocks; private to
 * engine/region.c.
 *
 * Invariants
 *  (1) blocks[0] begins at the region's pc. Blocks don't overlap; each ends at a branch
 * (its slot included), where another begins, where nothing can be fetched, or at the
 * limit. (2) A superblock (`line`) has no blocks planned: the plan only reads its code.
 * (3) Only code that stands on watched pages is planned; a superblock's pages are watched
 * before they are read.
 */
#ifndef ISOMORPH_ENGINE_REGION_PLAN_H
#define ISOMORPH_ENGINE_REGION_PLAN_H

#include "cache/cache.h"
#include "engine/engine.h"
#include "engine/heat.h"
#include "ir/ir.h"
#include "util/hash.h"

struct plan_frame {
    uint64_t callee, ret; /* where the call leads to, and behind it */
    uint64_t site;        /* pc of the block with the call, in frame `up` */
    uint32_t up, depth;
    uint32_t insns;
    bool dropped;
};

struct plan_block {
    uint64_t pc, end;  /* guest code, [pc, end) */
    uint32_t frame;    /* index into plan.frames */
    uint32_t calls;    /* the frame that a call at its end opens, or 0 */
    bool returns;      /* ends in a return */
    uint64_t target;   /* of the direct branch at its end */
    uint64_t guess;    /* of the computed one, or 0; then target and calls may be so */
    bool jumps, falls; /* whether there is one; whether code goes on at `end` */
    bool poll;         /* a jump from below leads here */
    ir_block_id ir;    /* 0: not taken in after all */
    uint32_t open;     /* for the lifter: blocks that lead here and aren't lifted */
    uint32_t first, insns; /* its instructions in plan.pcs */
};

enum { PLAN_BLOCKS_MAX = 250, PLAN_PAGES_MAX = 16, PLAN_FRAMES_MAX = 32 };
/* A function with more instructions, or called from deeper, is not taken in. */
enum { PLAN_CALLEE_INSNS = 40, PLAN_CALL_DEPTH = 3 };
/* Nor one that is entered less than once in as many entries of the region. */
enum { PLAN_CALLS_SHARE = 4 };

enum { PLAN_COVERED_WORDS = 64 };

struct plan {
    struct machine *m;
    uint32_t context;
    bool line;    /* of a superblock */
    bool checked; /* whose source is compared at each entry: its page isn't watched */
    struct plan_block blocks[PLAN_BLOCKS_MAX];
    uint32_t block_count;
    uint64_t *pcs; /* owned: where instructions begin */
    uint32_t pc_count;
    uint64_t
        covered[PLAN_COVERED_WORDS]; /* a bit, by a hash of pc and frame, for all code
                                      * of blocks: where it is clear there is none */
    uint64_t pages[PLAN_PAGES_MAX];  /* known to be readable and executable */
    uint32_t page_count;
    struct plan_frame frames[PLAN_FRAMES_MAX];
    uint32_t frame_count;
    struct hash by_pc; /* pc and frame -> struct plan_block */
};

/* plan_make - for the code at PC, or, in tier AUTO, of the loop that PC stands in; fills
 * in RANGES, which has room for *RANGE_COUNT. False: there is nothing to translate.
 * plan_free in either case. */
bool plan_make(struct plan *p, struct machine *m, uint64_t pc, uint32_t context,
               struct cache_range *ranges, uint32_t *range_count);
void plan_free(struct plan *p);

/* plan_line - for a superblock at PC, CHECKED or not: plan_decode can be called. False:
 * there is nothing to translate. Nothing is to be freed. */
bool plan_line(struct plan *p, struct machine *m, uint64_t pc, uint32_t context,
               bool checked);

/* plan_heat - what P's code was executed in tier 1, and must have been to be worth a
 * region. Both are 0 if nobody counts. */
struct heat_sum plan_heat(const struct plan *p);

/* plan_restart_heat - P's code is made a region: what its superblocks were entered
 * doesn't ask for another one. */
void plan_restart_heat(const struct plan *p);

/* plan_find - the planned block that begins at PC in FRAME, or NULL. */
const struct plan_block *plan_find(const struct plan *p, uint64_t pc, uint32_t frame);

/* plan_successors - the planned blocks that B leads to; one may be there twice. */
enum { PLAN_SUCCESSORS = 4 };
unsigned plan_successors(struct plan *p, const struct plan_block *b,
                         struct plan_block *to[PLAN_SUCCESSORS]);

/* plan_decode - the instruction at PC into D; false if there is none. */
bool plan_decode(struct plan *p, uint64_t pc, struct decoded *d);

/* plan_flags - enum form_flags of D at PC. *TARGET, unless NULL: where a direct jump
 * leads, *DIRECT whether it is one. *DELAYED: whether a slot follows. */
uint32_t plan_flags(const struct plan *p, const struct decoded *d, uint64_t pc,
                    uint64_t *target, bool *direct, bool *delayed);

#endif
