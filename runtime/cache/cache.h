/*
 * cache.h - the code cache: where translated code stands, how it is found, linked,
 * retired and evicted.
 *
 * Invariants
 *  (1) One memfd mapped twice: writable for the translator, executable for the guest;
 * never both at one address. (2) A translation in the map is not retired; every link that
 * leads into it is on its list `in`. (3) Retiring takes a translation out of the map,
 * cuts the links into it and clears the lookup tables of all CPUs; its memory is reused
 * only when no thread can be in it. (4) Side tables live as long as the code. (5) After
 * fork the child starts with an empty cache of its own.
 *
 * It knows neither IR nor guests; of the host it uses host_patch and struct host_code.
 */
#ifndef ISOMORPH_CACHE_CACHE_H
#define ISOMORPH_CACHE_CACHE_H

#include "host/host.h"
#include "util/hash.h"

struct cache;

struct cache_link {                /* a linkable exit of a translation */
    struct translation *from, *to; /* to: NULL while not linked */
    struct cache_link *next_in;    /* of those that lead to `to` */
    uint32_t jump, stub;           /* offsets in from's code */
    uint64_t pc;
};

struct cache_range { /* guest code that a translation was made from */
    uint64_t gva;
    uint32_t len;
};

struct translation {
    uint64_t pc;
    uint32_t context;
    uint8_t tier; /* 1 block, 2 region */
    bool retired;
    uint8_t *code; /* executable view */
    uint32_t size, entry, insns;
    struct cache_link *links, *in;
    uint32_t link_count;
    struct host_fault *faults;
    uint32_t fault_count;
    struct host_recipe *recipes;
    struct cache_range *ranges;
    uint32_t range_count;
    uint32_t counter;                     /* entries until promotion */
    struct translation *next_same, *next; /* map collisions; all of the cache */
};

/* A policy says where the next translation goes and what must leave for it. */
struct cache_policy {
    const char *name;
    /* room for BYTES: an offset in the cache, after evicting what stands there; -1: none
     */
    int64_t (*place)(struct cache *c, uint32_t bytes);
};
extern const struct cache_policy cache_flush, cache_segments, cache_fifo;

/* cache_new - BYTES in all (rounded up to pages; at least 64 KiB). */
struct cache *cache_new(uint64_t bytes, const struct cache_policy *policy);

/* cache_install - take CODE (copied) for guest address PC in CONTEXT, made from RANGES.
 * Returns the translation, in the map; NULL if it doesn't fit at all. */
struct translation *cache_install(struct cache *c, uint64_t pc, uint32_t context,
                                  unsigned tier, const struct host_code *code,
                                  const struct cache_range *ranges, uint32_t range_count,
                                  uint32_t insns);

struct translation *cache_find(const struct cache *c, uint64_t pc, uint32_t context);

/* cache_link - make L jump to TO from now on. */
void cache_link(struct cache *c, struct cache_link *l, struct translation *to);

/* cache_retire_range - retire what was made from code in [gva, gva+len).
 * Async-signal-safe in the sense of exc.h: it may run in a fault handler of a thread in
 * guest code. */
void cache_retire_range(struct cache *c, uint64_t gva, uint64_t len);
void cache_flush_all(struct cache *c);

/* cache_fault - the translation that holds host address PC, and its fault entry, or NULL.
 */
const struct translation *cache_fault(const struct cache *c, uintptr_t pc,
                                      const struct host_fault **fault);
bool cache_holds(const struct cache *c, uintptr_t pc);

struct cache_stats {
    uint64_t bytes, installed, retired, evicted, links, cut, flushes;
};
const struct cache_stats *cache_stats(const struct cache *c);

#endif
