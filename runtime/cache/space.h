/*
 * space.h - the cache's memory, as policies see it; private to runtime/cache.
 *
 * Invariants
 *  (1) Translations, the dead too, don't overlap; each begins at a multiple of
 * CACHE_ALIGN. (2) placed[i] lists the translations, retired or not, whose code begins in
 * page i of the cache. (3) A policy is asked again for the same room if there are dead in
 * what it answered; c->at is that place then.
 */
#ifndef ISOMORPH_CACHE_SPACE_H
#define ISOMORPH_CACHE_SPACE_H

#include "cache/cache.h"

enum { CACHE_ALIGN = 16, CACHE_PAGE = 4096 };

struct cache {
    uint8_t *code;  /* executable view */
    uint8_t *write; /* writable view */
    uint64_t bytes;
    const struct cache_policy *policy;
    unsigned jump_shift;
    uint64_t at;         /* policies: where the next translation goes, if there is room */
    uint64_t free_until; /* segments: the end of the segment that `at` is in */
    struct hash map;     /* pc -> first translation of that pc */
    struct hash pages;   /* guest page number -> first struct cache_on_page */
    struct translation **placed;
    struct translation *dead; /* evicted, but CPUs may be in them; by next_placed */
    uint32_t largest;         /* size of the largest translation ever */
    struct cache_cpu *cpus;
    bool cut;           /* cache_cut */
    uint64_t evictions; /* cache_evictions; written with the lock */
    struct cache_stats stats;
};

/* cache_evict - evict what stands in [from, to) of the cache. */
void cache_evict(struct cache *c, uint64_t from, uint64_t to);

#endif
