/* fifo.c - policy fifo: a ring; the oldest leave, as many as the new one covers; see
 * cache.h. */
#include "cache/space.h"

static int64_t place(struct cache *c, uint32_t bytes)
{
    if (bytes > c->bytes)
        return -1;
    if (c->at + bytes > c->bytes) {
        cache_evict(c, c->at, c->bytes);
        c->at = 0;
    }
    uint64_t at = c->at;
    cache_evict(c, at, at + bytes);
    c->at += bytes;
    return (int64_t)at;
}

const struct cache_policy cache_fifo = {"fifo", place};
