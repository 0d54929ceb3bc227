/* evaluate.c - regions run by the IR's evaluator; see evaluate.h. */
#include "engine/evaluate.h"

#include "engine/native.h"
#include "engine/region.h"
#include "interp/interp.h"
#include "util/alloc.h"
#include "util/epoch.h"

#include <stdlib.h>
#include <string.h>

enum { TIER = 2 }; /* what is lifted, and with which passes */

struct evaluated {
    uint64_t pc;
    uint32_t context;
    bool retired;
    uint64_t stamp; /* of epoch_next, when it was retired */
    struct ir *ir;
    struct evaluated *next_same, *next;
    uint32_t range_count;
    struct cache_range ranges[];
};

static struct evaluated *find(const struct translator *tr, uint64_t pc, uint32_t context)
{
    struct evaluated *e = hash_find(&tr->evaluated, pc);
    while (e != NULL && (e->context != context || e->retired))
        e = e->next_same;
    return e;
}

/* gone - whether E is retired and no CPU can be in it. */
static bool gone(const struct evaluated *e)
{
    return e->retired && epoch_passed(e->stamp);
}

/* reclaim - free what is retired, which is still in the map. */
static void reclaim(struct translator *tr)
{
    struct hash fresh = {0};
    bool any = false;
    for (const struct evaluated *e = tr->all; e != NULL; e = e->next)
        any |= gone(e);
    if (!any)
        return;
    for (struct evaluated **p = &tr->all; *p != NULL;) {
        struct evaluated *e = *p;
        if (gone(e)) {
            *p = e->next;
            ir_free(e->ir);
            free(e);
        } else {
            e->next_same = hash_find(&fresh, e->pc);
            hash_put(&fresh, e->pc, e);
            p = &e->next;
        }
    }
    hash_clear(&tr->evaluated);
    tr->evaluated = fresh;
}

struct evaluated *evaluate_hot(struct machine *m, uint64_t pc, uint32_t context)
{
    struct translator *tr = m->translator;
    struct evaluated *e = find(tr, pc, context);
    if (e != NULL)
        return e;
    reclaim(tr);
    struct cache_range ranges[REGION_RANGES_MAX];
    uint32_t count = REGION_RANGES_MAX;
    struct ir *ir = translate_ir(m, pc, context, TIER, ranges, &count);
    if (ir == NULL) {
        tr->tiers[TIER].failed++;
        return NULL;
    }
    tr->tiers[TIER].translations++;
    tr->tiers[TIER].insns += ir->guest_insns;
    e = xmalloc(sizeof *e + count * sizeof *ranges);
    *e = (struct evaluated){.pc = pc,
                            .context = context,
                            .ir = ir,
                            .next_same = hash_find(&tr->evaluated, pc),
                            .next = tr->all,
                            .range_count = count};
    memcpy(e->ranges, ranges, count * sizeof *ranges);
    hash_put(&tr->evaluated, pc, e);
    tr->all = e;
    return e;
}

void evaluate_run(struct cpu *cpu, const struct evaluated *e)
{
    struct translator *tr = cpu->machine->translator;
    cpu->interp->follow = false;
    while (e != NULL) {
        engine_in(cpu);
        cpu->ip = NULL;
        cpu->running = true;
        enum ir_left how = ir_eval(e->ir, cpu);
        cpu->running = false;
        TRANSLATE_COUNT(tr->evaluations);
        if (how == IR_LEFT_POLL ||
            (how == IR_LEFT_INTERP && !engine_step(cpu, engine_single(cpu))) ||
            engine_asked(cpu) || (cpu->fp.exact && cpu->interp->guest->fp_rules != NULL))
            return;
        EPOCH_HOLD;
        e = find(tr, cpu->pc, cpu->context);
    }
}

static void retire(struct evaluated *e)
{
    if (e->retired)
        return;
    e->retired = true;
    e->stamp = epoch_next();
}

void evaluate_retire_range(struct translator *tr, uint64_t gva, uint64_t len)
{
    for (struct evaluated *e = tr->all; e != NULL; e = e->next)
        for (uint32_t i = 0; i < e->range_count; i++)
            if (e->ranges[i].gva - gva < len || gva - e->ranges[i].gva < e->ranges[i].len)
                retire(e);
}
