/*
 * cache.h - the code cache: where translated code stands, how it is found, linked,
 * retired and evicted.
 *
 * Invariants
 *  (1) One memfd mapped twice: writable for the translator, executable for the guest;
 * never both at one address. Neither view outlives a fork. (2) A translation in the map
 * is not retired; every link that leads into it is on its list `in`. (3) Retiring takes a
 * translation out of the map and the page lists, cuts the links into and out of it,
 * clears the entries of all lookup tables that name it, and gives it a stamp
 * (util/epoch.h); it allocates and frees nothing, so a fault handler may retire. CPUs may
 * be in its code then, and may have read where it stands. (4) A retired translation keeps
 * its code and its side tables until its place is needed: it is then evicted, that is,
 * retired if need be, stamped again, and dead. It is freed, and its place used anew, once
 * all CPUs have passed the second stamp; cache_room waits for that. So a CPU may keep
 * addresses of retired code, as on its return stack, but none when it passes an epoch and
 * cache_evictions has changed. (5)
 * While CPUs are in translated code, of that code nothing is written but the rel32 fields
 * of links, at once. New code is whole, with its side tables and without links, before
 * anything leads to it. (6) After fork the child starts with an empty cache of its own.
 *
 * It knows neither IR nor guests; of the host it uses host_patch and struct host_code.
 *
 * Owner: one per process. All calls but cache_new, cache_entry, cache_holds and
 * cache_free hold the lock of util/epoch.h; cache_fault takes it itself.
 */
#ifndef ISOMORPH_CACHE_CACHE_H
#define ISOMORPH_CACHE_CACHE_H

#include "host/host.h"
#include "util/hash.h"

struct cache;

struct cache_link {                /* a linkable exit of a translation */
    struct translation *from, *to; /* to: NULL while not linked */
    struct cache_link *next_in;    /* of those that lead to `to` */
    struct cache_link **prev_in;   /* what points to this one on that list */
    uint32_t jump, stub;           /* offsets in from's code */
    uint64_t pc;
};

struct cache_range { /* guest code that a translation was made from */
    uint64_t gva;
    uint32_t len;
};

/* A translation on the list of a page that it was made from. */
struct cache_on_page {
    struct translation *owner;
    struct cache_on_page *next, *prev;
    uint64_t page;
};

struct translation {
    uint64_t pc;
    uint32_t context;
    uint8_t tier; /* 1 block, 2 region */
    bool retired;
    uint8_t verified; /* runs that were compared with the interpreter */
    uint8_t *code;    /* executable view */
    uint32_t size, entry, insns;
    struct cache_link *links, *in;
    uint32_t link_count;
    uint32_t *polls; /* offsets in code, of what host_cut changes */
    uint32_t poll_count;
    struct host_fault *faults;
    uint32_t fault_count;
    struct host_recipe *recipes;
    struct cache_range *ranges;
    uint32_t range_count;
    struct cache_on_page *pages;
    uint32_t page_count;
    uint32_t *counter; /* entries until promotion, or NULL; owned: free(). The code of
                          several CPUs counts in it: counts may be lost */
    uint64_t stamp;    /* of epoch_next, when it was retired or evicted */
    struct translation *next_same;   /* same pc, other context */
    struct translation *next_placed; /* whose code begins in the same page of the cache,
                                        or of the dead */
};

/* A policy says where the next translation goes and what must leave for it. */
struct cache_policy {
    const char *name;
    /* room for BYTES: an offset in the cache, after evicting what stands there; -1: none
     */
    int64_t (*place)(struct cache *c, uint32_t bytes);
};
extern const struct cache_policy cache_flush, cache_segments, cache_fifo;

/* cache_policy_named - the policy NAME, or NULL. */
const struct cache_policy *cache_policy_named(const char *name);

enum { CACHE_BYTES_MIN = 64 * 1024 };
#define CACHE_BYTES_MAX (UINT64_C(1) << 31)

/* cache_new - BYTES in all (rounded up to pages; at least 64 KiB, at most 2 GiB: rel32
 * reaches everywhere). Guests' addresses have JUMP_SHIFT low bits that are always 0.
 * Exits with a message if the host has no such memory. */
struct cache *cache_new(uint64_t bytes, const struct cache_policy *policy,
                        unsigned jump_shift);
void cache_free(struct cache *c);

/* cache_for_perf - set before cache_new: of memory whose code perf looks up in its map
 * file.
 */
extern bool cache_for_perf;

/* cache_room - make room for BYTES of code, which the next cache_install takes. Evicts;
 * waits until no CPU is in what stood there. The caller's CPU is out, and the lock, taken
 * once, may be let go of meanwhile. False: they don't fit at all. */
bool cache_room(struct cache *c, uint32_t bytes);

/* cache_hook - told what happens to translation T: it is retired, evicted, or linked to
 * TO (else NULL). NULL: nobody is; it may be called in a fault handler. */
extern void (*cache_hook)(const struct translation *t, const char *what,
                          const struct translation *to);

/* cache_install - take CODE (copied) for guest address PC in CONTEXT, made from RANGES.
 * Returns the translation, in the map; NULL if it doesn't fit at all. If there is one for
 * PC already it is retired, and the links into it lead to the new one. Waits as
 * cache_room does, unless that was called for it with the lock held ever since. */
struct translation *cache_install(struct cache *c, uint64_t pc, uint32_t context,
                                  unsigned tier, const struct host_code *code,
                                  const struct cache_range *ranges, uint32_t range_count,
                                  uint32_t insns);

struct translation *cache_find(const struct cache *c, uint64_t pc, uint32_t context);

/* cache_entry - where execution of T starts. */
static inline const void *cache_entry(const struct translation *t)
{
    return t->code + t->entry;
}

/* cache_link - make L jump to TO from now on, unless either is retired. */
void cache_link(struct cache *c, struct cache_link *l, struct translation *to);

/* cache_retire - as (3) says. */
void cache_retire(struct cache *c, struct translation *t);

/* cache_retire_range - retire what was made from code in [gva, gva+len). It may run in a
 * fault handler of a thread in guest code. */
void cache_retire_range(struct cache *c, uint64_t gva, uint64_t len);
void cache_flush_all(struct cache *c);

/* cache_after_fork - in the child: an empty cache in memory of its own. */
void cache_after_fork(struct cache *c);

/* cache_writable - the writable view of the code at CODE. */
uint8_t *cache_writable(const struct cache *c, const uint8_t *code);

/* cache_cut - make all code leave at its next POLL, or go on again (host_cut); nothing if
 * it is so already. For the only CPU's thread, in a signal handler too while its code
 * runs. */
void cache_cut(struct cache *c, bool cut);

/* cache_fault - the translation that holds host address PC (retired or not), and its
 * fault entry in *FAULT, or NULL. */
const struct translation *cache_fault(const struct cache *c, uintptr_t pc,
                                      const struct host_fault **fault);
bool cache_holds(const struct cache *c, uintptr_t pc);

/*
 * Lookup tables for jumps to computed addresses, HOST_JUMPS entries each: one per CPU and
 * context, for the few contexts used last.
 */
struct cache_cpu;
struct cache_cpu *cache_cpu_new(struct cache *c);
void cache_cpu_free(struct cache *c, struct cache_cpu *cpu);
/* cache_jumps - the table of CPU for CONTEXT: what cpu->host.jumps must be there. Valid
 * until the next call. */
struct host_jump *cache_jumps(struct cache *c, struct cache_cpu *cpu, uint32_t context);
/* cache_jump - note T in TABLE, which is of T's context. */
void cache_jump(const struct cache *c, struct host_jump *table,
                const struct translation *t);

/* cache_evictions - changes whenever something is evicted. A CPU that passes an epoch has
 * to forget what its return stack names if this has changed. Any thread. */
uint64_t cache_evictions(const struct cache *c);

struct cache_stats {
    uint64_t bytes;     /* of code, installed ever */
    uint64_t installed; /* translations */
    uint64_t retired;   /* because their source changed, or they were replaced */
    uint64_t evicted;   /* while not retired: to make room */
    uint64_t links, cut;
    uint64_t flushes; /* times that everything was evicted */
};
const struct cache_stats *cache_stats(const struct cache *c);

/* cache_check - abort unless the invariants hold; for tests. */
void cache_check(const struct cache *c);

#endif
