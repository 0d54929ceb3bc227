/* segments.c - policy segments: a ring of segments; the oldest leaves as a whole; see
 * cache.h. */
#include "cache/space.h"

enum { SEGMENTS = 16, SEGMENT_MIN = 16 * 1024 };

static uint64_t segment_bytes(const struct cache *c)
{
    uint64_t bytes = c->bytes / SEGMENTS & ~(uint64_t)(CACHE_PAGE - 1);
    return bytes < SEGMENT_MIN ? SEGMENT_MIN : bytes;
}

static int64_t place(struct cache *c, uint32_t bytes)
{
    uint64_t segment = segment_bytes(c);
    if (bytes > segment)
        return -1;
    if (c->at + bytes > c->free_until) {
        uint64_t start = c->free_until + segment > c->bytes ? 0 : c->free_until;
        cache_evict(c, start, start + segment);
        c->at = start;
        c->free_until = start + segment;
    }
    uint64_t at = c->at;
    c->at += bytes;
    return (int64_t)at;
}

const struct cache_policy cache_segments = {"segments", place};
