/*
 * heat.h - how often code of tier 1 was entered, and whether a region of it is worth its
 * compilation; private to runtime/engine.
 *
 * Compiling an instruction into a region costs as much time as the region saves in some
 * thousand executions of it. Nobody knows how often the program will still execute it:
 * the best rule without that knowledge is to compile when as much has been lost by
 * waiting as compiling costs; then at most twice the least possible is spent (the ski
 * rental problem). So a region is made when its instructions were executed
 * --threshold-region times on average, by the counts of the superblocks in it. The count
 * of one superblock alone only says when to ask.
 *
 * Invariants
 *  (1) Only translations of tier 1 that may be promoted have a count. (2) Code decrements
 * `left`, and may lose counts where several CPUs do; what else stands here is of who
 * holds the engine's lock.
 */
#ifndef ISOMORPH_ENGINE_HEAT_H
#define ISOMORPH_ENGINE_HEAT_H

#include "cache/cache.h"
#include "engine/engine.h"

/* Where translation.counter points to. */
struct heat {
    uint32_t left,
        set;       /* entries until the question is asked, and what that was set to */
    uint64_t past; /* entries before it was set */
};

/* What a plan's code was executed, and how much that must be, in instructions. */
struct heat_sum {
    uint64_t executed, wanted;
};

/* heat_new - the counter of a new translation of M, to be given back by free(). */
uint32_t *heat_new(const struct machine *m);

/* heat_due - whether T was entered often enough to ask for its region. */
static inline bool heat_due(const struct translation *t)
{
    return t->counter != NULL &&
           (int32_t)__atomic_load_n(t->counter, __ATOMIC_RELAXED) <= 0;
}

/* heat_entries - how often T was entered; 0 if it has no count. */
uint64_t heat_entries(const struct translation *t);

/* heat_stop - T's region is being made, or can't be: don't ask again. */
void heat_stop(struct translation *t);

/* heat_wait - ask again when SUM will be reached if T goes on to be entered as before,
 * but after as many entries as there were at the earliest. */
void heat_wait(const struct machine *m, struct translation *t, struct heat_sum sum);

/* heat_restart - count anew, for as many entries as there were: T's source has changed,
 * or its code is in a region now and what still comes here counts. */
void heat_restart(const struct machine *m, struct translation *t);

#endif
