/* heat.c - counts of entries; see heat.h. */
#include "engine/heat.h"

#include "util/alloc.h"

/* A count that takes long to run out; the longest that is waited until the next question,
 * as a multiple of the entries so far. The least is 1: a question takes time, too. */
enum { NEVER = INT32_MAX, WAIT_MAX = 7 };

static struct heat *heat_of(const struct translation *t)
{
    return (struct heat *)t->counter;
}

uint32_t *heat_new(const struct machine *m)
{
    struct heat *h = xmalloc(sizeof *h);
    uint32_t threshold = m->options.threshold_region;
    *h = (struct heat){.left = threshold, .set = threshold};
    return &h->left;
}

uint64_t heat_entries(const struct translation *t)
{
    const struct heat *h = heat_of(t);
    if (h == NULL)
        return 0;
    int32_t left = (int32_t)__atomic_load_n(&h->left, __ATOMIC_RELAXED);
    return h->past + (uint64_t)((int64_t)h->set - left);
}

/* set - COUNT more entries until T is due; PAST were before. */
static void set(struct translation *t, uint64_t count, uint64_t past)
{
    struct heat *h = heat_of(t);
    h->past = past;
    h->set = (uint32_t)count;
    __atomic_store_n(&h->left, (uint32_t)count, __ATOMIC_RELAXED);
}

void heat_stop(struct translation *t)
{
    set(t, NEVER, heat_entries(t));
}

void heat_wait(const struct machine *m, struct translation *t, struct heat_sum sum)
{
    uint64_t entries = heat_entries(t);
    double least = m->options.threshold_region,
           more = (double)(sum.wanted - sum.executed) / (double)(sum.executed + 1);
    more = (more < 1 ? 1 : more < WAIT_MAX ? more : WAIT_MAX) * (double)entries;
    set(t, (uint64_t)(more < least ? least : more > NEVER ? NEVER : more), entries);
}

void heat_restart(const struct machine *m, struct translation *t)
{
    uint64_t entries = heat_entries(t), least = m->options.threshold_region;
    if (t->counter != NULL)
        set(t, entries < least ? least : entries > NEVER ? NEVER : entries, 0);
}
