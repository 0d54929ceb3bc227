/*
 * translate.h - from guest code to translations in the code cache: tiers, passes,
 * statistics.
 *
 * Invariants
 *  (1) A machine without a translator only interprets: so the options say, or the guest
 * has no templates, or the host no back end. (2) Translating reads guest code, and
 * neither reads nor changes a CPU; it is done outside generated code, with the host's
 * floating-point environment. (3) What can't be translated is interpreted: a failure is
 * never an error. (4) Code is lifted with the lock of util/epoch.h, when its pages are
 * watched; compiled without; published with it, unless its source has changed meanwhile.
 * While it is compiled, or waits for room, the CPU is out.
 */
#ifndef ISOMORPH_ENGINE_TRANSLATE_H
#define ISOMORPH_ENGINE_TRANSLATE_H

#include "cache/cache.h"
#include "engine/engine.h"

enum { TIERS = 3 };

struct evaluated;
struct job;

struct translator {
    struct cache *cache;   /* NULL in tier IR */
    struct hash sites;     /* pc of a computed jump -> struct host_site; with the lock */
    struct hash evaluated; /* tier IR: pc -> struct evaluated */
    struct evaluated *all; /* tier IR: all, retired ones too */
    enum tier tier;        /* BLOCK, REGION, AUTO or IR */
    uint32_t heat;         /* of new blocks: 0 minus the entries until one is hot */
    uint32_t epoch;        /* changes when the cache is emptied: in the child of a fork */
    struct {
        uint64_t translations, failed, insns, bytes, ns;
    } tiers[TIERS];       /* statistics, by tier; 0 unused */
    uint64_t clock_ns;    /* with --stats: what reading the clock takes */
    bool background;      /* regions are compiled by a thread */
    uint64_t exits[4];    /* from translated code, by enum host_exit_kind */
    uint64_t evaluations; /* tier IR: regions run */
    uint64_t jump_misses; /* HOST_EXIT_INDIRECT whose target was translated */
};

/* TRANSLATE_COUNT - add 1 to a statistic that several CPUs count in; some may be lost. */
#define TRANSLATE_COUNT(n) \
    __atomic_store_n(&(n), __atomic_load_n(&(n), __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED)

/* translate_init - give M a translator if it is to have one; its options and memory are
 * set. */
void translate_init(struct machine *m);

/* translate_pass_bit - the bit for options.no_pass of pass NAME; 0: there is none. */
unsigned translate_pass_bit(const char *name);
/* translate_pass_names - of all passes, for messages. */
extern const char translate_pass_names[];

/*
 * translate_hot - the code at PC has become hot: its translation, made if there is none;
 * NULL if it can't be translated, *again: for now. With the lock, taken once, which is
 * let go of meanwhile: the CPU holds nothing afterwards, and is out until it passes.
 */
struct translation *translate_hot(struct machine *m, uint64_t pc, uint32_t context,
                                  bool *again);

/* translate_ir - the IR of the code at PC after the passes of TIER, owned by the caller,
 * and its ranges, as region_lift; NULL if there is none. */
struct ir *translate_ir(struct machine *m, uint64_t pc, uint32_t context, unsigned tier,
                        struct cache_range *ranges, uint32_t *range_count);

/* translate_promote - T has been entered often enough on CPU: its code in the next tier,
 * or its present code, if that is being compiled or can't be; NULL if neither is in the
 * cache any more. As to the lock, as translate_hot. */
struct translation *translate_promote(struct cpu *cpu, struct translation *t);

/* translate_compile - passes and host code of JOB; in any thread. */
void translate_compile(struct job *job);

/* translate_forget - the source of what begins at PC is found changed: retire it, if it
 * is translated. With the lock. */
void translate_forget(struct machine *m, uint64_t pc, uint32_t context);

/* translate_publish - take what the compile thread has done into the cache. The caller's
 * CPU is out, without the lock. */
void translate_publish(struct machine *m);

#endif
