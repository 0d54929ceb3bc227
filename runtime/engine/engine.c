/* engine.c - the emulation manager; see engine.h. */
#include "engine/engine.h"

#include "engine/background.h"
#include "engine/evaluate.h"
#include "engine/native.h"
#include "engine/stats.h"
#include "engine/translate.h"
#include "engine/verify.h"
#include "exc/exc.h"
#include "interp/blocks.h"
#include "interp/interp.h"
#include "util/alloc.h"
#include "util/epoch.h"
#include "util/log.h"

#include <stdlib.h>
#include <string.h>

/* The dumps that want to see each block, or each instruction, executed. */
static bool dumps(const struct machine *m, unsigned items)
{
    return (m->options.dump & items) != 0;
}

/* For hooks that have no argument for it: one machine per process. */
static struct machine *the_machine;

static bool in_filter(const struct machine *m, uint64_t pc)
{
    const struct options *o = &m->options;
    return o->dump_high == 0 || (pc >= o->dump_low && pc < o->dump_high);
}

unsigned engine_dump_insn(const struct machine *m, uint64_t pc, uint32_t context,
                          FILE *to)
{
    const struct guest *g = m->guest;
    struct decoded d = {0};
    char text[128] = "(illegal)";
    uint8_t code[16];
    unsigned avail = g->insn_bytes_max < sizeof code ? g->insn_bytes_max : sizeof code;
    while (avail > 0 && !mem_peek(&m->mem, pc, code, avail))
        avail--;
    if (avail > 0 && g->decode(code, avail, context, &d) >= 0)
        g->disas(&d, pc, text, sizeof text);
    else
        d.bytes = (uint8_t)g->insn_bytes_min;
    fprintf(to, "%0*llx:  %0*llx  %s\n", (int)g->word_bits / 4, (unsigned long long)pc,
            d.bytes * 2, (unsigned long long)d.word, text);
    return d.bytes;
}

static void dump_built(const struct block *b)
{
    const struct machine *m = the_machine;
    FILE *to = m->options.dump_to;
    if (!in_filter(m, b->pc))
        return;
    fprintf(to, "decode: block of %u instructions, %u bytes of records%s\n", b->insns,
            b->size, b->checked ? ", checked" : "");
    for (uint64_t pc = b->pc; pc < b->pc + b->bytes;)
        pc += engine_dump_insn(m, pc, b->context, to);
}

/* retire_range - all that was made from code in [gva, gva+len). */
static void retire_range(const struct machine *m, uint64_t gva, uint64_t len)
{
    blocks_retire_range(m->blocks, gva, len);
    blocks_retire_range(m->singles, gva, len);
    if (m->translator == NULL)
        return;
    if (m->translator->cache != NULL)
        cache_retire_range(m->translator->cache, gva, len);
    evaluate_retire_range(m->translator, gva, len);
    background_retire_range(gva, len);
}

/* code_changed - the hook of mem.h: retire what was made from code in [gva, gva+len), and
 * make the other CPUs leave it. */
static void code_changed(uint64_t gva, uint64_t len)
{
    EPOCH_HOLD;
    uint64_t before = epoch_now();
    retire_range(the_machine, gva, len);
    if (epoch_now() != before)
        epoch_ask();
}

static struct blocks *new_blocks(const struct machine *m, unsigned insns_max, bool chain)
{
    struct blocks *bs = xcalloc(1, sizeof *bs);
    blocks_init(bs, m->guest, (struct mem *)&m->mem);
    bs->insns_max = insns_max;
    bs->chain = chain;
    return bs;
}

void engine_init(struct machine *m, uint64_t page_bytes)
{
    if (m->options.dump_to == NULL)
        m->options.dump_to = stderr;
    mem_init(&m->mem, m->guest->word_bits, page_bytes);
    the_machine = m;
    m->singles = new_blocks(m, 1, false);
    m->blocks = new_blocks(m, dumps(m, DUMP_INTERP) ? 1 : BLOCK_INSNS_MAX,
                           m->options.chain && !dumps(m, DUMP_EXEC | DUMP_INTERP));
    mem_code_changed = code_changed;
    if (dumps(m, DUMP_DECODE))
        m->blocks->built_hook = dump_built;
    translate_init(m);
    if (m->translator != NULL) {
        m->blocks->heat = m->translator->heat;
        exc_cache = m->translator->cache;
    }
    exc_init();
    if (m->options.stats) {
        stats_init(m);
        atexit(engine_finish);
    }
}

struct cpu *engine_cpu_new(struct machine *m)
{
    const struct guest *g = m->guest;
    if (m->blocks->cpus != NULL && m->options.unchain)
        die("--interrupts=unchain serves one CPU, and there is to be another: use "
            "--interrupts=poll");
    if (m->blocks->cpus != NULL)
        engine_observed(m);
    struct cpu *cpu = xaligned(64, g->cpu_bytes);
    cpu->machine = m;
    cpu->mem = m->mem.base;
    cpu->context = g->context_initial;
    if (g->fp_rules != NULL)
        fp_init(&cpu->fp, g->fp_rules);
    cpu->interp = interp_new(cpu, g, &m->mem, (enum interp_kind)m->options.dispatch);
    epoch_add(&cpu->interp->epoch, &cpu->attention);
    epoch_lock();
    cpu->interp->next = m->blocks->cpus;
    m->blocks->cpus = m->singles->cpus = cpu->interp;
    epoch_unlock();
    native_cpu_new(cpu);
    if (g->reset != NULL)
        g->reset(cpu);
    return cpu;
}

void engine_cpu_free(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    epoch_lock();
    struct interp_cpu **p = &m->blocks->cpus;
    while (*p != cpu->interp)
        p = &(*p)->next;
    *p = cpu->interp->next;
    m->singles->cpus = m->blocks->cpus;
    background_cpu_goes(cpu);
    epoch_unlock();
    epoch_remove(&cpu->interp->epoch);
    if (m->blocks->cpus == NULL)
        background_wait();
    native_cpu_free(cpu);
    interp_free(cpu->interp);
    free(cpu);
}

void engine_in(struct cpu *cpu)
{
    const struct guest *g = cpu->interp->guest;
    if (cpu->interp->entered)
        return;
    if (g->enter != NULL)
        g->enter(cpu);
    if (g->fp_rules != NULL)
        fp_enter(&cpu->fp);
    cpu->interp->entered = true;
}

void engine_out(struct cpu *cpu)
{
    const struct guest *g = cpu->interp->guest;
    if (!cpu->interp->entered)
        return;
    cpu->interp->entered = false;
    if (g->fp_rules != NULL)
        fp_leave(&cpu->fp);
    if (g->leave != NULL)
        g->leave(cpu);
}

/* enter - run generated code from record IP until it leaves. */
static void enter(struct cpu *cpu, const struct rec *ip)
{
    engine_in(cpu);
    cpu->ip = ip;
    cpu->running = true;
    cpu->interp->interp->run(cpu, ip);
    cpu->running = false;
}

/* serve_trap - cpu->trap is filled in: dump it, hand it on. */
static void serve_trap(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    engine_out(cpu);
    if (dumps(m, DUMP_TRAP) && in_filter(m, cpu->trap.pc)) {
        const char *name = cpu->trap.number < m->guest->trap_count
                               ? m->guest->traps[cpu->trap.number].name
                               : stats_trap_name(cpu->trap.number);
        fprintf(m->options.dump_to, "trap: %s at %#llx, arguments %#llx %#llx\n", name,
                (unsigned long long)cpu->trap.pc, (unsigned long long)cpu->trap.arg[0],
                (unsigned long long)cpu->trap.arg[1]);
    }
    epoch_out();
    m->personality->trap(cpu);
}

/* follow - a jump left generated code because its target wasn't known: make it known. */
static void follow(struct cpu *cpu, struct block *to)
{
    struct interp_cpu *i = cpu->interp;
    struct blocks *bs = cpu->machine->blocks;
    if (i->chain != NULL) {
        if (bs->chain && i->chain->target == to->pc)
            blocks_link(rec_block(cpu->ip), i->chain, to);
        i->resolved++;
    } else if (bs->chain) {
        i->jumps[jump_slot(to->pc, i->guest->jump_shift)] =
            (struct jump_entry){.pc = to->pc, .block = to};
        i->jump_misses++;
    }
    i->chain = NULL;
}

static void dump_executed(struct cpu *cpu)
{
    const struct machine *m = cpu->machine;
    FILE *to = m->options.dump_to;
    if (!in_filter(m, cpu->pc))
        return;
    engine_out(cpu);
    if (dumps(m, DUMP_INTERP))
        engine_dump_insn(m, cpu->pc, cpu->context, to);
    else
        fprintf(to, "exec: %#llx\n", (unsigned long long)cpu->pc);
    if (dumps(m, DUMP_EXEC))
        engine_dump_state(cpu, to);
}

/* shared_changed - the guest synchronised all code, for this CPU alone. Writes to its own
 * pages were noticed; not those through another mapping of shared memory. */
static void shared_changed(const struct machine *m)
{
    EPOCH_HOLD;
    for (size_t i = 0; i < m->mem.area_count; i++)
        if (m->mem.areas[i].shared)
            code_changed(m->mem.areas[i].start,
                         m->mem.areas[i].end - m->mem.areas[i].start);
}

/* left - act on why generated code was left. */
static void left(struct cpu *cpu)
{
    struct interp_cpu *i = cpu->interp;
    struct machine *m = cpu->machine;
    i->follow = i->leave == LEAVE_JUMP;
    switch (i->leave) {
    case LEAVE_JUMP:
    case LEAVE_HOT:
        break;
    case LEAVE_TRAP:
        serve_trap(cpu);
        break;
    case LEAVE_STALE: {
        EPOCH_HOLD;
        struct block *b = rec_block(cpu->ip);
        bool single = blocks_find(m->singles, b->pc, b->context) == b;
        if (!b->retired)
            blocks_retire(single ? m->singles : m->blocks, b);
        if (m->translator != NULL && m->translator->cache != NULL)
            translate_forget(m, b->pc, b->context);
        break;
    }
    case LEAVE_ICACHE:
        epoch_out();
        if (i->sync_len == 0)
            shared_changed(m);
        else
            engine_sync(m, i->sync_gva, i->sync_len);
        break;
    }
}

/* cools - whether block B at cpu->pc, which has become hot, has to do so again: it was
 * evicted, or can't be translated in this state. */
static bool cools(const struct cpu *cpu, const struct block *b)
{
    struct translator *tr = cpu->machine->translator;
    if (tr == NULL || (tr->tier == TIER_IR && epoch_several()) || /* one CPU's values */
        (cpu->fp.exact && cpu->interp->guest->fp_rules != NULL) ||
        (b->hot && b->epoch != tr->epoch))
        return true;
    return b->hot && tr->cache != NULL &&
           cache_find(tr->cache, cpu->pc, cpu->context) == NULL;
}

/* no_translation - there is none of the code at cpu->pc; AGAIN: for now. */
static void no_translation(struct cpu *cpu, bool again)
{
    struct blocks *bs = cpu->machine->blocks;
    struct block *b = blocks_find(bs, cpu->pc, cpu->context);
    if (b == NULL)
        return;
    b->hot = !again;
    block_set_heat(b, again ? bs->heat : 1);
}

/*
 * run_hot - the block at cpu->pc has become hot, or was before: run its translation.
 * False if it is to be interpreted. Nothing that was found before holds after it.
 */
static bool run_hot(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    struct translator *tr = m->translator;
    struct translation *t = NULL;
    struct evaluated *e = NULL;
    bool again = true;
    engine_in(cpu);
    epoch_lock();
    struct block *b = blocks_find(m->blocks, cpu->pc, cpu->context);
    if (b != NULL && !cools(cpu, b)) {
        b->hot = true;
        b->epoch = tr->epoch;
        block_set_heat(b, UINT32_MAX);
        again = false;
        engine_out(cpu);
        if (tr->tier == TIER_IR)
            e = evaluate_hot(m, cpu->pc, cpu->context);
        else
            t = translate_hot(m, cpu->pc, cpu->context, &again);
    }
    if (e == NULL && t == NULL)
        no_translation(cpu, again);
    epoch_pass();
    epoch_unlock();
    if (e != NULL)
        evaluate_run(cpu, e);
    if (t != NULL)
        native_run(cpu, t);
    return t != NULL || e != NULL;
}

/* find_block - the block at cpu->pc; the CPU holds nothing else then. */
static struct block *find_block(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    EPOCH_HOLD;
    struct block *b = blocks_get(m->blocks, cpu->pc, cpu->context);
    if (cpu->interp->follow)
        follow(cpu, b);
    cpu->interp->follow = false;
    epoch_pass();
    blocks_reclaim(m->blocks);
    blocks_reclaim(m->singles);
    return b;
}

/* run_block - look cpu->pc up and run from there. */
static void run_block(struct cpu *cpu)
{
    struct interp_cpu *i = cpu->interp;
    if (cpu->machine->options.dump & (DUMP_EXEC | DUMP_INTERP))
        dump_executed(cpu);
    if (i->interp->decode_always) {
        enter(cpu, interp_decode(cpu, cpu->pc));
        left(cpu);
        return;
    }
    struct block *b = find_block(cpu);
    if (block_heats(b)) {
        if (run_hot(cpu))
            return;
        b = find_block(cpu);
    }
    enter(cpu, (const struct rec *)b->recs);
    left(cpu);
}

/* escaped - generated code was left by a host fault. */
static void escaped(struct cpu *cpu, enum escape how)
{
    verify_end(cpu, "by a fault");
    cpu->interp->follow = false;
    if (how == ESCAPE_TRAP) {
        serve_trap(cpu);
    } else {
        TRANSLATE_COUNT(cpu->machine->blocks->steps);
        enter(cpu, interp_decode(cpu, cpu->pc));
        left(cpu);
    }
}

const struct block *engine_single(struct cpu *cpu)
{
    EPOCH_HOLD;
    return blocks_get(cpu->machine->singles, cpu->pc, cpu->context);
}

bool engine_step(struct cpu *cpu, const struct block *single)
{
    struct interp_cpu *i = cpu->interp;
    enter(cpu, (const struct rec *)single->recs);
    if (i->leave == LEAVE_JUMP || i->leave == LEAVE_HOT)
        return true;
    left(cpu);
    i->follow = false;
    return false;
}

void engine_interrupt(struct cpu *cpu)
{
    const struct machine *m = cpu->machine;
    engine_kick(cpu);
    if (m->options.unchain && cpu->running && m->translator != NULL &&
        m->translator->cache != NULL)
        cache_cut(m->translator->cache, true);
}

static bool stopped(const struct machine *m)
{
    return __atomic_load_n(&m->stop, __ATOMIC_RELAXED);
}

void engine_run(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    exc_thread(cpu, &m->mem);
    epoch_this = &cpu->interp->epoch;
    enum escape how = (enum escape)sigsetjmp(exc_this.escape, 0);
    if (how != ESCAPE_NONE)
        escaped(cpu, how);
    while (!stopped(m)) {
        if (background_ready()) {
            cpu->interp->follow = false;
            engine_out(cpu);
            epoch_out();
            translate_publish(m);
        }
        if (engine_asked(cpu)) {
            cpu->interp->follow = false;
            engine_out(cpu);
            epoch_out();
            m->personality->attention(cpu);
            if (stopped(m))
                break;
        }
        run_block(cpu);
    }
    engine_out(cpu);
    epoch_out();
    epoch_this = NULL;
    exc_this.cpu = NULL;
}

void engine_sync(struct machine *m, uint64_t gva, uint64_t len)
{
    EPOCH_HOLD;
    if (len == 0)
        code_changed(0, m->mem.top);
    else
        code_changed(gva, len);
    epoch_wait(epoch_now());
}

void engine_observed(struct machine *m)
{
    if (__atomic_exchange_n(&m->observed, true, __ATOMIC_SEQ_CST))
        return;
    engine_sync(m, 0, 0);
}

void engine_before_fork(void)
{
    epoch_lock();
}

void engine_forked(void)
{
    epoch_unlock();
}

void engine_after_fork(struct cpu *cpu)
{
    struct machine *m = cpu->machine;
    epoch_after_fork(&cpu->interp->epoch);
    m->blocks->cpus = m->singles->cpus = cpu->interp;
    cpu->interp->next = NULL;
    background_after_fork();
    if (m->translator != NULL && m->translator->cache != NULL) {
        cache_after_fork(m->translator->cache);
        m->translator->epoch++;
        epoch_next();
    }
    cpu->reservation.bytes = 0;
}

uint64_t engine_read_place(const struct cpu *cpu, const struct guest_place *place)
{
    uint64_t value = 0;
    memcpy(&value, (const uint8_t *)cpu + place->offset, place->bytes);
    return value;
}

void engine_write_place(struct cpu *cpu, const struct guest_place *place, uint64_t value)
{
    memcpy((uint8_t *)cpu + place->offset, &value, place->bytes);
}

void engine_dump_state(const struct cpu *cpu, FILE *to)
{
    const struct guest *g = cpu->interp->guest;
    fprintf(to, "pc %0*llx\n", (int)g->word_bits / 4, (unsigned long long)cpu->pc);
    for (unsigned f = 0; f < g->reg_count; f++) {
        const struct guest_reg *r = &g->regs[f];
        unsigned per_line = r->bits > 32 ? 4 : 6;
        for (unsigned i = 0; i < r->count; i++) {
            char name[32];
            uint64_t value = 0;
            memcpy(&value, (const uint8_t *)cpu + r->offset + i * r->bytes,
                   r->bytes < 8 ? r->bytes : 8);
            if (r->count == 1)
                snprintf(name, sizeof name, "%s", r->name);
            else if (r->names != NULL)
                snprintf(name, sizeof name, "%s", r->names[i]);
            else
                snprintf(name, sizeof name, "%s%u", r->name, i);
            fprintf(to, "%-6s %0*llx%s", name, (r->bits + 3) / 4,
                    (unsigned long long)value,
                    i + 1 == r->count || (i + 1) % per_line == 0 ? "\n" : "  ");
        }
    }
}
