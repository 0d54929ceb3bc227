/* native.c - running translated code; see native.h. */
#include "engine/native.h"

#include "engine/heat.h"
#include "engine/verify.h"

#include "interp/blocks.h"
#include "util/alloc.h"
#include "util/epoch.h"

#include <stdlib.h>
#include <string.h>

/* An instruction that translated code leaves to the interpreter, and what follows it. */
struct step {
    uint64_t epoch; /* when this was true */
    uint64_t pc, next_pc;
    uint32_t context;
    const struct block *single;
    struct translation *next; /* at next_pc, in the same context; NULL: not known */
};

enum { STEPS = 256 };

struct native_cpu {
    struct cache_cpu *tables;
    uint32_t context;   /* that cpu->host.jumps is for */
    uint64_t evictions; /* cache_evictions, when the return stack was looked through */
    struct step steps[STEPS];
};

void native_cpu_new(struct cpu *cpu)
{
    struct translator *tr = cpu->machine->translator;
    if (tr == NULL || tr->cache == NULL)
        return;
    struct native_cpu *n = xcalloc(1, sizeof *n);
    host_cpu_init(cpu, cpu->machine->guest->jump_shift);
    free(cpu->host.jumps);
    n->tables = cache_cpu_new(tr->cache);
    n->context = cpu->context;
    EPOCH_HOLD;
    cpu->host.jumps = cache_jumps(tr->cache, n->tables, n->context);
    cpu->interp->native = n;
}

void native_cpu_free(struct cpu *cpu)
{
    struct native_cpu *n = cpu->interp->native;
    if (n == NULL)
        return;
    cpu->host.jumps = NULL;
    host_cpu_free(cpu);
    cache_cpu_free(cpu->machine->translator->cache, n->tables);
    free(n);
}

/* check_returns - forget the return stack if what is on it may have gone. */
static void check_returns(struct cpu *cpu)
{
    struct native_cpu *n = cpu->interp->native;
    uint64_t evictions = cache_evictions(cpu->machine->translator->cache);
    if (n->evictions != evictions) {
        n->evictions = evictions;
        host_returns_clear(cpu);
    }
}

/*
 * whole - before code is entered that looks for no interrupt, cpu->running being set: it
 * may run. False: there is an interrupt now. From here on a signal cuts the code again.
 */
static bool whole(struct cpu *cpu)
{
    cache_cut(cpu->machine->translator->cache, false);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return !engine_asked(cpu);
}

/* enter - run T until it leaves. */
static enum host_exit_kind enter(struct cpu *cpu, struct translation *t)
{
    static const char *const exits[] = {
        [HOST_EXIT_LINK] = "by a link",
        [HOST_EXIT_INDIRECT] = "by a computed jump",
        [HOST_EXIT_INTERP] = "for the interpreter",
        [HOST_EXIT_POLL] = "interrupted",
    };
    struct native_cpu *n = cpu->interp->native;
    struct translator *tr = cpu->machine->translator;
    if (n->context != cpu->context) {
        n->context = cpu->context;
        EPOCH_HOLD;
        cpu->host.jumps = cache_jumps(tr->cache, n->tables, n->context);
        n->evictions = UINT64_MAX;
    }
    check_returns(cpu);
    if (cpu->machine->options.verify)
        verify_begin(cpu, t);
    engine_in(cpu);
    cpu->ip = NULL;
    cpu->running = true;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    enum host_exit_kind kind = HOST_EXIT_POLL;
    if (!cpu->machine->options.unchain || whole(cpu))
        kind = host_enter(cpu, cache_entry(t));
    cpu->running = false;
    if (cpu->machine->options.verify)
        verify_end(cpu, exits[kind]);
    TRANSLATE_COUNT(tr->exits[kind]);
    return kind;
}

/* after_link - translated code was left for a known address: link it if that is
 * translated, too. */
static struct translation *after_link(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    EPOCH_HOLD;
    struct translation *t = cache_find(m->translator->cache, cpu->pc, cpu->context);
    struct cache_link *l = cpu->host.link;
    if (t != NULL && !m->options.no_link && l->pc == cpu->pc &&
        l->from->context == cpu->context)
        cache_link(m->translator->cache, l, t);
    return t;
}

/* after_jump - it was left for an address that its lookup didn't find, or because its
 * counter has run out. */
static struct translation *after_jump(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    struct translator *tr = m->translator;
    EPOCH_HOLD;
    struct translation *t = cache_find(tr->cache, cpu->pc, cpu->context);
    if (t != NULL && heat_due(t)) {
        engine_out(cpu);
        t = translate_promote(cpu, t);
        epoch_pass();
        return t;
    }
    const struct native_cpu *n = cpu->interp->native;
    if (t != NULL && !m->options.no_lookup && t->context == n->context) {
        tr->jump_misses++;
        cache_jump(tr->cache, cpu->host.jumps, t);
    }
    return t;
}

/* step_at - what is known of the instruction at cpu->pc. */
static struct step *step_at(struct cpu *cpu)
{
    struct native_cpu *n = cpu->interp->native;
    uint64_t epoch = epoch_now();
    struct step *s =
        &n->steps[(cpu->pc >> cpu->machine->guest->jump_shift) & (STEPS - 1)];
    if (s->epoch != epoch || s->pc != cpu->pc || s->context != cpu->context) {
        EPOCH_HOLD;
        *s = (struct step){.epoch = epoch_now(),
                           .pc = cpu->pc,
                           .context = cpu->context,
                           .single = engine_single(cpu)};
    }
    return s;
}

/* find - the translation of what stands at cpu->pc, or NULL. */
static struct translation *find(const struct cpu *cpu)
{
    EPOCH_HOLD;
    return cache_find(cpu->machine->translator->cache, cpu->pc, cpu->context);
}

/* drop_changed - if a translation at cpu->pc was left because its source has changed,
 * retire it and the block that it was made from. */
static void drop_changed(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    EPOCH_HOLD;
    struct block *b = blocks_find(m->blocks, cpu->pc, cpu->context);
    if (b == NULL || !b->checked ||
        memcmp(b->source, mem_host(&m->mem, b->pc), b->bytes) == 0)
        return;
    blocks_retire(m->blocks, b);
    translate_forget(m, b->pc, b->context);
}

/* step - the interpreter does an instruction; its successor, if that is translated. */
static struct translation *step(struct cpu *cpu)
{
    if (__atomic_load_n(&cpu->machine->mem.checked_pages, __ATOMIC_RELAXED) != 0)
        drop_changed(cpu);
    struct step *s = step_at(cpu);
    if (!engine_step(cpu, s->single) || engine_asked(cpu) ||
        (cpu->fp.exact && cpu->interp->guest->fp_rules != NULL))
        return NULL;
    if (s->epoch != epoch_now() || cpu->context != s->context)
        return find(cpu);
    if (s->next == NULL || s->next_pc != cpu->pc) {
        s->next = find(cpu);
        s->next_pc = cpu->pc;
    }
    return s->next;
}

void native_run(struct cpu *cpu, struct translation *t)
{
    cpu->interp->follow = false;
    check_returns(cpu);
    host_returns_pop(cpu);
    while (t != NULL) {
        switch (enter(cpu, t)) {
        case HOST_EXIT_LINK:
            t = after_link(cpu);
            break;
        case HOST_EXIT_INDIRECT:
            t = after_jump(cpu);
            break;
        case HOST_EXIT_INTERP:
            t = step(cpu);
            break;
        case HOST_EXIT_POLL:
            return;
        }
    }
}
