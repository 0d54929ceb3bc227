/* translate.c - from guest code to translations in the code cache; see translate.h. */
#include "engine/translate.h"

#include "engine/region.h"
#include "interp/rec.h"
#include "util/alloc.h"
#include "util/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A counter that takes long to run out. */
enum { COUNTER_NEVER = INT32_MAX };

enum { CACHE_BYTES = 64 << 20, THRESHOLD_BLOCK = 50, THRESHOLD_REGION = 2000 };

/* The passes of tier 2 in their order; a name may come twice. */
static const struct {
    const char *name;
    void (*run)(struct ir *ir);
    unsigned bit;
} passes[] = {
    {"gvn", ir_pass_gvn, 1},           {"peel", ir_pass_peel, 128},
    {"strength", ir_pass_strength, 2}, {"retype", ir_pass_retype, 32},
    {"strength", ir_pass_strength, 2}, {"gvn", ir_pass_gvn, 1},
    {"entry", ir_pass_entry, 64},      {"licm", ir_pass_licm, 4},
    {"sink", ir_pass_sink, 256},       {"lower", ir_pass_lower, 8},
    {"dce", ir_pass_dce, 16},
};
enum { PASSES = sizeof passes / sizeof *passes, PASSES_OF_BLOCKS = 8 | 16 };

const char translate_pass_names[] =
    "gvn, peel, strength, retype, entry, licm, sink, lower, dce";

unsigned translate_pass_bit(const char *name)
{
    for (unsigned i = 0; i < PASSES; i++)
        if (strcmp(passes[i].name, name) == 0)
            return passes[i].bit;
    return 0;
}

static bool dumps(const struct machine *m, unsigned items, uint64_t pc)
{
    const struct options *o = &m->options;
    return (o->dump & items) != 0 &&
           (o->dump_high == 0 || (pc >= o->dump_low && pc < o->dump_high));
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
        o->no_link = o->no_lookup = true;
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
    if (tier != TIER_IR)
        tr->cache = cache_new(o->cache_bytes != 0 ? o->cache_bytes : CACHE_BYTES, policy,
                              m->guest->jump_shift);
    if (o->threshold_region == 0)
        o->threshold_region = THRESHOLD_REGION;
    m->translator = tr;
}

/* nanoseconds - of CPU time of this thread. */
static uint64_t nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* dump_title - what is dumped next. */
static FILE *dump_title(const struct machine *m, const char *what, uint64_t pc,
                        unsigned tier)
{
    FILE *to = m->options.dump_to;
    fprintf(to, "%s: tier %u at %#llx\n", what, tier, (unsigned long long)pc);
    return to;
}

static void run_passes(struct machine *m, struct ir *ir, unsigned tier)
{
    for (unsigned i = 0; i < PASSES; i++) {
        if ((m->options.no_pass & passes[i].bit) ||
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

struct ir *translate_ir(struct machine *m, uint64_t pc, uint32_t context, unsigned tier,
                        struct cache_range *ranges, uint32_t *range_count)
{
    struct ir *ir = region_lift(m, pc, context, tier, ranges, range_count);
    if (ir == NULL)
        return NULL;
    if (dumps(m, DUMP_IR, pc))
        ir_print(ir, dump_title(m, "ir", pc, tier));
    if (m->options.verify)
        ir_verify(ir, "lift");
    run_passes(m, ir, tier);
    if (dumps(m, DUMP_OPT, pc))
        ir_print(ir, dump_title(m, "opt", pc, tier));
    return ir;
}

/* compile - the host code of the code at PC, with *INSNS of the guest; false if it can't
 * be had. */
static bool compile(struct machine *m, uint64_t pc, uint32_t context, unsigned tier,
                    uint32_t *counter, struct cache_range *ranges, uint32_t *range_count,
                    uint32_t *insns, struct host_code *code)
{
    struct ir *ir = translate_ir(m, pc, context, tier, ranges, range_count);
    if (ir == NULL)
        return false;
    struct host_options o = {.level = host_level(),
                             .window = m->mem.window,
                             .poll = true,
                             .jump_shift = m->guest->jump_shift,
                             .count = counter != NULL,
                             .counter = counter,
                             .verify = m->options.verify};
    if (dumps(m, DUMP_ALLOC, pc))
        o.allocation = dump_title(m, "alloc", pc, tier);
    *insns = ir->guest_insns;
    bool good = host_compile(ir, &o, code);
    ir_free(ir);
    if (good && dumps(m, DUMP_HOST, pc))
        host_disas(code, dump_title(m, "host", pc, tier));
    return good;
}

/* new_counter - for translations of TIER that may be promoted; else NULL. */
static uint32_t *new_counter(const struct machine *m, unsigned tier)
{
    if (tier != 1 || m->translator->tier != TIER_AUTO)
        return NULL;
    uint32_t *counter = xmalloc(sizeof *counter);
    *counter = m->options.threshold_region;
    return counter;
}

static struct translation *translate(struct machine *m, uint64_t pc, uint32_t context,
                                     unsigned tier)
{
    struct translator *tr = m->translator;
    struct cache_range ranges[REGION_RANGES_MAX];
    uint32_t range_count = REGION_RANGES_MAX, insns;
    struct host_code code;
    struct translation *t = NULL;
    tr->generation++;
    if (m->options.translations_max != 0 &&
        tr->tiers[1].translations + tr->tiers[2].translations >=
            m->options.translations_max)
        return NULL;
    uint32_t *counter = new_counter(m, tier);
    uint64_t start = nanoseconds();
    if (compile(m, pc, context, tier, counter, ranges, &range_count, &insns, &code)) {
        t = cache_install(tr->cache, pc, context, tier, &code, ranges, range_count,
                          insns);
        host_code_free(&code);
    }
    tr->tiers[tier].ns += nanoseconds() - start;
    if (t == NULL) {
        free(counter);
        tr->tiers[tier].failed++;
        return NULL;
    }
    t->counter = counter;
    tr->tiers[tier].translations++;
    tr->tiers[tier].insns += insns;
    tr->tiers[tier].bytes += t->size;
    if (dumps(m, DUMP_CACHE, pc))
        fprintf(dump_title(m, "cache", pc, tier), "  %u instructions, %u bytes at %p\n",
                insns, t->size, (void *)t->code);
    return t;
}

struct translation *translate_hot(struct machine *m, uint64_t pc, uint32_t context)
{
    struct translation *t = cache_find(m->translator->cache, pc, context);
    if (t != NULL)
        return t;
    return translate(m, pc, context, m->translator->tier == TIER_REGION ? 2 : 1);
}

struct translation *translate_promote(struct machine *m, struct translation *t)
{
    uint64_t pc = t->pc;
    uint32_t context = t->context;
    *t->counter = COUNTER_NEVER;
    struct translation *better = translate(m, pc, context, 2);
    return better != NULL ? better : cache_find(m->translator->cache, pc, context);
}
