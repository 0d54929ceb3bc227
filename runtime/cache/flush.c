/* flush.c - policy flush: when the cache is full, everything leaves; see cache.h. */
#include "cache/space.h"

static int64_t place(struct cache *c, uint32_t bytes)
{
    if (bytes > c->bytes)
        return -1;
    if (c->at + bytes > c->bytes)
        cache_flush_all(c);
    uint64_t at = c->at;
    c->at += bytes;
    return (int64_t)at;
}

const struct cache_policy cache_flush = {"flush", place};
