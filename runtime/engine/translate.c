/* translate.c - from guest code to translations in the code cache; see translate.h. */
#include "engine/translate.h"

#include "engine/background.h"
#include "engine/region.h"
#include "engine/verify.h"
#include "interp/rec.h"
#include "util/alloc.h"
#include "util/epoch.h"
#include "util/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CACHE_BYTES = 64 << 20, THRESHOLD_BLOCK = 50, THRESHOLD_REGION = 5000 };

/* The passes of tier 2 in their order; a name may come twice. */
static const struct {
    const char *name;
    void (*run)(struct ir *ir);
    unsigned bit;
    bool loops; /* only worth while where there are loops */
} passes[] = {
    {"polls", ir_pass_polls, 2048, false},    {"gvn", ir_pass_gvn, 1, false},
    {"peel", ir_pass_peel, 128, true},        {"pair", ir_pass_pair, 1024, false},
    {"strength", ir_pass_strength, 2, false}, {"retype", ir_pass_retype, 32, false},
    {"strength", ir_pass_strength, 2, true},  {"gvn", ir_pass_gvn, 1, true},
    {"entry", ir_pass_entry, 64, true},       {"licm", ir_pass_licm, 4, true},
    {"sink", ir_pass_sink, 256, true},        {"induction", ir_pass_induction, 512, true},
    {"lower", ir_pass_lower, 8, false},       {"dce", ir_pass_dce, 16, false},
};
enum { PASSES = sizeof passes / sizeof *passes, PASSES_OF_BLOCKS = 8 | 16 };

const char translate_pass_names[] =
    "polls, gvn, peel, pair, strength, retype, entry, licm, sink, induction, lower, dce";

unsigned translate_pass_bit(const char *name)
{
    for (unsigned i = 0; i < PASSES; i++)
        if (strcmp(passes[i].name, name) == 0)
            return passes[i].bit;
    return 0;
}

/* now - CPU time of this thread in nanoseconds. */
static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* start_clock, stop_clock - for statistics, if M wants them: nanoseconds from the one to
 * the other. Reading the clock is a system call, and a superblock may be short: what a
 * reading takes is left out. */
static uint64_t start_clock(const struct machine *m)
{
    return m->options.stats ? now() : 0;
}

static uint64_t stop_clock(const struct machine *m, uint64_t start)
{
    if (!m->options.stats)
        return 0;
    uint64_t ns = now() - start, reading = m->translator->clock_ns;
    return ns > reading ? ns - reading : 0;
}

/* clock_reading - what reading the clock takes at least. */
static uint64_t clock_reading(void)
{
    uint64_t least = UINT64_MAX;
    for (unsigned i = 0; i < 10; i++) {
        uint64_t start = now(), ns = now() - start;
        least = ns < least ? ns : least;
    }
    return least;
}

static bool dumps(const struct machine *m, unsigned items, uint64_t pc)
{
    const struct options *o = &m->options;
    return (o->dump & items) != 0 &&
           (o->dump_high == 0 || (pc >= o->dump_low && pc < o->dump_high));
}

/* dump_title - what is dumped next. */
static FILE *dump_title(const struct machine *m, const char *what, uint64_t pc,
                        unsigned tier)
{
    FILE *to = m->options.dump_to;
    fprintf(to, "%s: tier %u at %#llx\n", what, tier, (unsigned long long)pc);
    return to;
}

/* For hooks that have no argument for it: the machine that dumps, and the context of what
 * is dumped. */
static struct {
    const struct machine *m;
    uint32_t context;
} dumped;

/* dump_line - the hook of host.h. */
static void dump_line(uint64_t pc, FILE *to)
{
    engine_dump_insn(dumped.m, pc, dumped.context, to);
}

/* dump_cached - the hook of cache.h. */
static void dump_cached(const struct translation *t, const char *what,
                        const struct translation *to)
{
    if (!dumps(dumped.m, DUMP_CACHE, t->pc))
        return;
    FILE *out = dump_title(dumped.m, "cache", t->pc, t->tier);
    if (to == NULL)
        fprintf(out, "  %s\n", what);
    else
        fprintf(out, "  %s tier %u at %#llx\n", what, to->tier,
                (unsigned long long)to->pc);
}

/* dump_init - prepare for the dumps that M wants. */
static void dump_init(const struct machine *m)
{
    dumped.m = m;
    if (m->options.dump & DUMP_HOST)
        host_disas_line = dump_line;
    if (m->options.dump & DUMP_CACHE)
        cache_hook = dump_cached;
}

void translate_init(struct machine *m)
{
    struct options *o = &m->options;
    enum tier tier = o->tier;
    if (o->dump & (DUMP_EXEC | DUMP_INTERP) || m->guest->lift == NULL ||
        m->guest->interp[o->dispatch]->decode_always)
        tier = TIER_INTERP;
    if (tier == TIER_INTERP)
        return;
    if (o->verify) /* each run of a translation on its own */
        o->no_link = o->no_lookup = o->no_return_stack = true;
    if (tier != TIER_IR) {
        host_init(o->host_level);
        if (host_level() == 0)
            return;
    }
    const struct cache_policy *policy =
        cache_policy_named(o->cache_policy != NULL ? o->cache_policy : "segments");
    uint32_t entries = o->threshold_block != 0                 ? o->threshold_block
                       : tier == TIER_BLOCK || tier == TIER_IR ? 1
                                                               : THRESHOLD_BLOCK;
    struct translator *tr = xcalloc(1, sizeof *tr);
    tr->tier = tier;
    tr->heat = 0 - entries;
    if (o->stats)
        tr->clock_ns = clock_reading();
    cache_for_perf = o->perf_map;
    dump_init(m);
    if (tier != TIER_IR)
        tr->cache = cache_new(o->cache_bytes != 0 ? o->cache_bytes : CACHE_BYTES, policy,
                              m->guest->jump_shift);
    if (o->threshold_region == 0)
        o->threshold_region = THRESHOLD_REGION;
    /* Dumps and limits want one translation after the other; a kick by another thread
     * cuts nothing. */
    tr->background =
        o->compile_background && !o->unchain && !o->verify && o->translations_max == 0 &&
        (o->dump & (DUMP_IR | DUMP_OPT | DUMP_ALLOC | DUMP_HOST | DUMP_CACHE)) == 0;
    m->translator = tr;
}

/* has_loop - whether IR has one, by an edge to a block that dominates its own. */
static bool has_loop(struct ir *ir)
{
    ir_dominators(ir);
    for (ir_block_id b = 1; b < ir->block_count; b++)
        for (unsigned i = 0; i < ir->blocks[b].succ_count; i++)
            if (ir_dominates(ir, ir->blocks[b].succ[i], b))
                return true;
    return false;
}

static void run_passes(struct machine *m, struct ir *ir, unsigned tier)
{
    if (ir_is_line(ir) && !ir->wide)
        return;
    bool loops = tier > 1 && has_loop(ir);
    for (unsigned i = 0; i < PASSES; i++) {
        if ((m->options.no_pass & passes[i].bit) || (passes[i].loops && !loops) ||
            (tier == 1 && !(passes[i].bit & PASSES_OF_BLOCKS)))
            continue;
        passes[i].run(ir);
        if (m->options.verify)
            ir_verify(ir, passes[i].name);
    }
    ir_compact(ir);
    if (m->options.verify)
        ir_verify(ir, "compact");
}

/* lift - region_lift, with its dumps. */
static struct ir *lift(struct machine *m, uint64_t *pc, uint32_t context, unsigned tier,
                       struct cache_range *ranges, uint32_t *range_count,
                       struct heat_sum *sum)
{
    struct ir *ir = region_lift(m, pc, context, tier, ranges, range_count, sum);
    if (ir == NULL)
        return NULL;
    if (dumps(m, DUMP_IR, *pc))
        ir_print(ir, dump_title(m, "ir", *pc, tier));
    if (m->options.verify)
        ir_verify(ir, "lift");
    return ir;
}

struct ir *translate_ir(struct machine *m, uint64_t pc, uint32_t context, unsigned tier,
                        struct cache_range *ranges, uint32_t *range_count)
{
    struct heat_sum sum;
    struct ir *ir = lift(m, &pc, context, tier, ranges, range_count, &sum);
    if (ir == NULL)
        return NULL;
    run_passes(m, ir, tier);
    if (dumps(m, DUMP_OPT, pc))
        ir_print(ir, dump_title(m, "opt", pc, tier));
    return ir;
}

void translate_compile(struct job *job)
{
    struct machine *m = job->m;
    struct host_options o = {.level = host_level(),
                             .window = m->mem.window,
                             .poll = true,
                             .unchain = m->options.unchain,
                             .alone = !__atomic_load_n(&m->observed, __ATOMIC_SEQ_CST),
                             .jump_shift = m->guest->jump_shift,
                             .count = job->counter != NULL,
                             .counter = job->counter,
                             .site = job->site,
                             .returns = !m->options.no_return_stack,
                             .statistics = m->options.stats,
                             .verify = m->options.verify};
    uint64_t start = start_clock(m);
    run_passes(m, job->ir, job->tier);
    if (dumps(m, DUMP_OPT, job->pc))
        ir_print(job->ir, dump_title(m, "opt", job->pc, job->tier));
    if (dumps(m, DUMP_ALLOC, job->pc))
        o.allocation = dump_title(m, "alloc", job->pc, job->tier);
    o.lines = dumps(m, DUMP_HOST, job->pc);
    job->insns = job->ir->guest_insns;
    job->good = host_compile(job->ir, &o, &job->code);
    ir_free(job->ir);
    job->ir = NULL;
    if (job->good && dumps(m, DUMP_HOST, job->pc)) {
        dumped.context = job->context;
        host_disas(&job->code, dump_title(m, "host", job->pc, job->tier));
    }
    job->ns += stop_clock(m, start);
}

/* new_job - the code at PC, or of the loop around it, lifted; NULL if there can be no
 * translation of it, or none yet, as *SUM says. */
/* site_at - of the computed jump at PC; it is kept for good. */
static struct host_site *site_at(struct translator *tr, uint64_t pc)
{
    struct host_site *site = hash_find(&tr->sites, pc);
    if (site == NULL) {
        site = xcalloc(1, sizeof *site);
        hash_put(&tr->sites, pc, site);
    }
    return site;
}

static struct job *new_job(struct machine *m, uint64_t pc, uint32_t context,
                           unsigned tier, struct heat_sum *sum)
{
    struct translator *tr = m->translator;
    if (m->options.translations_max != 0 &&
        tr->tiers[1].translations + tr->tiers[2].translations >=
            m->options.translations_max)
        return NULL;
    uint64_t start = start_clock(m);
    struct job *job = xmalloc(sizeof *job);
    memset(job, 0, offsetof(struct job, ranges));
    job->m = m;
    job->pc = pc;
    job->context = context;
    job->tier = tier;
    job->range_count = REGION_RANGES_MAX;
    job->ir = lift(m, &job->pc, context, tier, job->ranges, &job->range_count, sum);
    job->ns = stop_clock(m, start);
    if (job->ir == NULL) {
        tr->tiers[tier].ns += job->ns;
        if (sum->executed >= sum->wanted)
            tr->tiers[tier].failed++;
        free(job);
        return NULL;
    }
    if (tier == 1 && tr->tier == TIER_AUTO)
        job->counter = heat_new(m);
    if (job->counter != NULL && job->ir->site != 0 && !m->options.no_inline_cache)
        job->site = site_at(tr, job->ir->site);
    return job;
}

/* map_for_perf - --perf-map: tell perf where T stands, in the file that it looks for. */
static void map_for_perf(const struct machine *m, const struct translation *t)
{
    static FILE *to;
    static pid_t owner;
    if (!m->options.perf_map)
        return;
    if (owner != getpid()) { /* a child of a fork has a file of its own */
        char name[64];
        owner = getpid();
        snprintf(name, sizeof name, "/tmp/perf-%ld.map", (long)owner);
        to = fopen(name, "w");
    }
    if (to == NULL)
        return;
    fprintf(to, "%llx %x tier%u_%llx\n", (unsigned long long)(uintptr_t)t->code, t->size,
            t->tier, (unsigned long long)t->pc);
    fflush(to);
}

/* publish - put what was compiled into the cache, and free JOB. NULL if there is nothing
 * to put, *again: because its source has changed. */
static struct translation *publish(struct machine *m, struct job *job, bool *again)
{
    struct translator *tr = m->translator;
    unsigned tier = job->tier;
    struct translation *t = NULL;
    bool room = job->good && !job->stale && cache_room(tr->cache, job->code.size);
    background_forget(job);
    if (room && !job->stale) /* it may have changed while room was made */
        t = cache_install(tr->cache, job->pc, job->context, tier, &job->code, job->ranges,
                          job->range_count, job->insns);
    tr->tiers[tier].ns += job->ns;
    *again = t == NULL && job->stale;
    if (t != NULL) {
        t->counter = job->counter;
        tr->tiers[tier].translations++;
        tr->tiers[tier].insns += job->insns;
        tr->tiers[tier].bytes += t->size;
        map_for_perf(m, t);
        if (m->options.verify_faults)
            verify_arm(m, t);
        if (dumps(m, DUMP_CACHE, t->pc))
            fprintf(dump_title(m, "cache", t->pc, tier),
                    "  %u instructions, %u bytes at %p\n", job->insns, t->size,
                    (void *)t->code);
    } else {
        tr->tiers[tier].failed++;
        free(job->counter);
    }
    if (job->good)
        host_code_free(&job->code);
    free(job);
    return t;
}

/* translate_now - compile JOB in this thread, without the lock, and publish it. */
static struct translation *translate_now(struct machine *m, struct job *job, bool *again)
{
    background_note(job);
    epoch_out();
    epoch_unlock();
    translate_compile(job);
    epoch_lock();
    return publish(m, job, again);
}

struct translation *translate_hot(struct machine *m, uint64_t pc, uint32_t context,
                                  bool *again)
{
    struct translation *t = cache_find(m->translator->cache, pc, context);
    *again = false;
    if (t != NULL)
        return t;
    struct heat_sum sum;
    unsigned tier = m->translator->tier == TIER_REGION ? 2 : 1;
    struct job *job = new_job(m, pc, context, tier, &sum);
    if (job == NULL && tier == 2) /* what joins no region */
        job = new_job(m, pc, context, 1, &sum);
    return job != NULL ? translate_now(m, job, again) : NULL;
}

/* stop_at_head - the region of the loop from HEAD, around T, is being made. */
static void stop_at_head(const struct machine *m, struct translation *t, uint64_t head)
{
    struct translation *at_head = cache_find(m->translator->cache, head, t->context);
    heat_restart(m, t);
    if (at_head != NULL && at_head->counter != NULL)
        heat_stop(at_head);
}

struct translation *translate_promote(struct cpu *cpu, struct translation *t)
{
    struct machine *m = cpu->machine;
    uint64_t pc = t->pc;
    uint32_t context = t->context;
    bool again;
    if (mem_code_checked(&m->mem, pc)) {
        heat_restart(m, t);
        return mem_watch_again(&m->mem, pc) ? NULL : t;
    }
    struct heat_sum sum = {0};
    struct job *job = new_job(m, pc, context, 2, &sum);
    if (sum.executed < sum.wanted)
        heat_wait(m, t, sum);
    else if (job == NULL || job->pc == pc)
        heat_stop(t);
    else
        stop_at_head(m, t, job->pc);
    if (job == NULL)
        return t;
    if (m->translator->background && background_submit(job, cpu))
        return t;
    struct translation *better = translate_now(m, job, &again);
    return better != NULL && better->pc == pc
               ? better
               : cache_find(m->translator->cache, pc, context);
}

void translate_forget(struct machine *m, uint64_t pc, uint32_t context)
{
    struct translation *t = cache_find(m->translator->cache, pc, context);
    if (t != NULL)
        cache_retire(m->translator->cache, t);
}

void translate_publish(struct machine *m)
{
    struct job *job;
    EPOCH_HOLD;
    while ((job = background_take()) != NULL) {
        struct translation *t = cache_find(m->translator->cache, job->pc, job->context);
        bool again;
        if (job->stale && t != NULL)
            heat_restart(m, t); /* once more, from the new source */
        publish(m, job, &again);
    }
}
