/* verify.c - translations against the interpreter; see verify.h. */
#include "engine/verify.h"

#include "exc/exc.h"
#include "interp/rec.h"
#include "util/alloc.h"
#include "util/epoch.h"
#include "util/hash.h"
#include "util/log.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

/*
 * Runs of a translation that are verified; pages that one run may write; how long a loop
 * may run before it is interrupted; instructions that the interpreter does for one run at
 * most.
 */
enum { RUNS = 16, PAGES = 4096, RUN_NANOSECONDS = 500000, INSNS_MAX = 30000000 };

/* With faults forced: whole runs, besides those that end by such a fault. */
enum { RUNS_FORCED = 2 };

/* Of a report: places in memory; instructions of the guest. */
enum { SHOWN_PLACES = 8, SHOWN_INSNS = 64 };

struct page {
    uint64_t gva;
    uint8_t *before, *after; /* owned */
};

/* A byte of memory that is not what the translation left. */
struct place {
    uint64_t gva;
    uint8_t interpreted, translated;
};

static struct {
    struct machine *m; /* NULL: nothing is verified */
    struct translation *of;
    struct cpu *before, *after, *nearest;
    const struct cpu *nearest_of; /* `after` or `fault` */
    unsigned nearest_by;          /* places in which `nearest` differs from it */
    struct cpu *fault; /* if at_fault: what a forced fault recovered; `after` is behind */
    unsigned slack;    /* registers in which that may differ */
    bool at_fault, behind_fault;
    struct place places[SHOWN_PLACES]; /* in which memory differed then */
    unsigned place_count, place_total;
    uint64_t pc, insns;
    struct cache_range *ranges; /* of `of`, which may be gone before the report; owned */
    uint32_t range_count;
    unsigned tier;
    bool too_much, interpreting, passing;
    const char *how; /* the translation was left */
    timer_t timer;
    struct page pages[PAGES];
    unsigned page_count;
} v;

/* -- memory ------------------------------------------------------------------------- */

static uint8_t *copy_page(uint64_t gva)
{
    uint8_t *copy = xmalloc(v.m->mem.page_bytes);
    memcpy(copy, mem_host(&v.m->mem, gva), v.m->mem.page_bytes);
    return copy;
}

/* on_write - the hook of exc.h: a page is about to be written. */
static bool on_write(uint64_t gva)
{
    gva &= ~(v.m->mem.page_bytes - 1);
    if (v.page_count == PAGES)
        v.too_much = true;
    if (!mem_open(&v.m->mem, gva)) {
        v.too_much |= v.passing; /* maybe a page with code: it isn't copied */
        return false;
    }
    for (unsigned i = 0; i < v.page_count; i++)
        if (v.pages[i].gva == gva)
            return true;
    if (!v.too_much)
        v.pages[v.page_count++] = (struct page){.gva = gva, .before = copy_page(gva)};
    return true;
}

/* put_back - memory as it was before the translation ran, and sealed. */
static void put_back(void)
{
    for (unsigned i = 0; i < v.page_count; i++) {
        v.pages[i].after = copy_page(v.pages[i].gva);
        memcpy(mem_host(&v.m->mem, v.pages[i].gva), v.pages[i].before,
               v.m->mem.page_bytes);
    }
    mem_seal(&v.m->mem);
}

/* memory_differs - whether a page is not what the translation left. */
static bool memory_differs(void)
{
    for (unsigned i = 0; i < v.page_count; i++) {
        const struct page *p = &v.pages[i];
        if (memcmp(mem_host(&v.m->mem, p->gva), p->after != NULL ? p->after : p->before,
                   v.m->mem.page_bytes) != 0)
            return true;
    }
    return false;
}

/* note_places - in which bytes memory is not what the translation left. */
static void note_places(void)
{
    v.place_count = v.place_total = 0;
    for (unsigned i = 0; i < v.page_count; i++) {
        const struct page *p = &v.pages[i];
        const uint8_t *now = mem_host(&v.m->mem, p->gva);
        const uint8_t *after = p->after != NULL ? p->after : p->before;
        for (uint64_t at = 0; at < v.m->mem.page_bytes; at++) {
            if (now[at] == after[at])
                continue;
            v.place_total++;
            if (v.place_count < SHOWN_PLACES)
                v.places[v.place_count++] =
                    (struct place){p->gva + at, now[at], after[at]};
        }
    }
}

/* -- CPUs --------------------------------------------------------------------------- */

static struct cpu *copy_cpu(const struct cpu *cpu, struct cpu *to)
{
    size_t bytes = v.m->guest->cpu_bytes;
    if (to == NULL)
        to = xaligned(64, bytes);
    memcpy(to, cpu, bytes);
    return to;
}

/* set_cpu - make CPU what FROM is, but for what others write. */
static void set_cpu(struct cpu *cpu, const struct cpu *from)
{
    uint32_t attention = cpu->attention;
    copy_cpu(from, cpu);
    cpu->attention = attention;
}

/* differences - in how many registers and the like A and B differ. */
static unsigned differences(const struct cpu *a, const struct cpu *b, FILE *to)
{
    const struct guest *g = v.m->guest;
    unsigned count = 0;
    for (unsigned f = 0; f < g->reg_count; f++) {
        const struct guest_reg *r = &g->regs[f];
        for (unsigned i = 0; i < r->count; i++) {
            size_t at = r->offset + (size_t)i * r->bytes, n = r->bytes < 8 ? r->bytes : 8;
            uint64_t x = 0, y = 0;
            if (memcmp((const uint8_t *)a + at, (const uint8_t *)b + at, r->bytes) == 0)
                continue;
            count++;
            memcpy(&x, (const uint8_t *)a + at, n);
            memcpy(&y, (const uint8_t *)b + at, n);
            if (to == NULL)
                continue;
            fprintf(to, "  %s", r->names != NULL ? r->names[i] : r->name);
            if (r->names == NULL && r->count > 1)
                fprintf(to, "%u", i);
            fprintf(to, ": %#llx by the interpreter, %#llx translated\n",
                    (unsigned long long)x, (unsigned long long)y);
        }
    }
    bool fp = a->fp.flags != b->fp.flags || a->fp.round != b->fp.round;
    bool other = a->reservation.bytes != b->reservation.bytes || a->context != b->context;
    if (to != NULL && fp)
        fprintf(to, "  floating-point flags: %#x by the interpreter, %#x translated\n",
                a->fp.flags, b->fp.flags);
    if (to != NULL && other)
        fputs("  the reservation or the context\n", to);
    return count + fp + other;
}

/* -- the comparison ----------------------------------------------------------------- */

/* show_code - the guest's instructions that the translation was made from. */
static void show_code(FILE *to)
{
    unsigned shown = 0;
    for (uint32_t i = 0; i < v.range_count; i++) {
        uint64_t pc = v.ranges[i].gva, end = pc + v.ranges[i].len;
        for (; pc < end && shown < SHOWN_INSNS; shown++) {
            fputs("  ", to);
            pc += engine_dump_insn(v.m, pc, v.before->context, to);
        }
        if (pc < end) {
            fputs("  ...\n", to);
            return;
        }
    }
}

static void show_memory(FILE *to)
{
    for (unsigned i = 0; i < v.place_count; i++)
        fprintf(to, "  memory at %#llx: %#x by the interpreter, %#x translated\n",
                (unsigned long long)v.places[i].gva, v.places[i].interpreted,
                v.places[i].translated);
    if (v.place_total > v.place_count)
        fprintf(to, "  and %u bytes more\n", v.place_total - v.place_count);
}

static _Noreturn void report(const char *how)
{
    FILE *to = stderr;
    fprintf(to, "verify: translation of %#llx, tier %u, left %s at %#llx\n",
            (unsigned long long)v.pc, v.tier, how,
            (unsigned long long)(v.at_fault ? v.fault : v.after)->pc);
    if (v.nearest == NULL) {
        fprintf(to, "  the interpreter doesn't come there in %llu instructions\n",
                (unsigned long long)v.insns);
    } else {
        differences(v.nearest, v.nearest_of, to);
        if (v.nearest_of == v.after)
            show_memory(to);
    }
    fputs("verify: it was made from\n", to);
    show_code(to);
    bug("a translation does not do what the interpreter does; see -d ir,opt,alloc,host "
        "-dfilter %#llx+1",
        (unsigned long long)v.pc);
}

/* note - CPU is nearer to what it should be, OF, than what was found before, if it is. */
static void note(const struct cpu *cpu, unsigned by, const struct cpu *of)
{
    if (v.nearest != NULL && v.nearest_of == of && by >= v.nearest_by)
        return;
    v.nearest = copy_cpu(cpu, v.nearest);
    v.nearest_of = of;
    v.nearest_by = by;
    if (of == v.after)
        note_places();
}

/* at_fault - whether the interpreter's CPU is where a fault was forced. */
static bool at_fault(struct cpu *cpu)
{
    if (!v.at_fault || cpu->pc != v.fault->pc)
        return false;
    engine_out(cpu);
    unsigned by = differences(cpu, v.fault, NULL);
    if (v.nearest_of != v.after)
        note(cpu, by, v.fault);
    return by <= v.slack;
}

/* arrived - whether the interpreter's CPU and memory are what the translation left. */
static bool arrived(struct cpu *cpu)
{
    bool behind = v.behind_fault || !v.at_fault;
    v.behind_fault = at_fault(cpu);
    if (!behind || cpu->pc != v.after->pc)
        return false;
    engine_out(cpu);
    unsigned by = differences(cpu, v.after, NULL);
    if (by == 0 && !memory_differs())
        return true;
    note(cpu, by, v.after);
    return false;
}

/* trapped - the interpreter comes to a trap, where the translation would have left. */
static void trapped(struct cpu *cpu)
{
    (void)cpu;
    report(v.how);
}

/* compare - let the interpreter run until it has arrived. Traps are not served. */
static void compare(struct cpu *cpu, const char *how)
{
    static const struct personality none = {.name = "verify", .trap = trapped};
    const struct personality *own = v.m->personality;
    v.interpreting = true;
    v.how = how;
    v.m->personality = &none;
    cpu->attention = 1; /* a step ends at a computed jump; the personality clears it */
    for (v.insns = 0; !arrived(cpu); v.insns++)
        if (v.insns == INSNS_MAX || !engine_step(cpu, engine_single(cpu)))
            report(how);
    v.m->personality = own;
    v.interpreting = false;
}

/* -- loops are cut ------------------------------------------------------------------- */

static void on_timer(int signal)
{
    (void)signal;
    if (v.m != NULL && exc_this.cpu != NULL)
        engine_kick(exc_this.cpu);
}

/* set_timer - interrupt the translation in a while; not at all if ON is false. */
static void set_timer(bool on)
{
    static bool made;
    struct itimerspec when = {.it_value.tv_nsec = on ? RUN_NANOSECONDS : 0};
    if (!made) {
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMAX};
        struct sigaction act = {.sa_handler = on_timer,
                                .sa_flags = SA_RESTART | SA_ONSTACK};
        sigaction(SIGRTMAX, &act, NULL);
        made = timer_create(CLOCK_MONOTONIC, &event, &v.timer) == 0;
    }
    if (made)
        timer_settime(v.timer, 0, &when, NULL);
}

/* -- forced faults ------------------------------------------------------------------ */

static struct {
    struct hash bytes; /* host address -> what stood there before it was armed */
    uint64_t count;
    struct translation *entered; /* last */
    bool hopeless;               /* no run is verified */
} forced;

/* on_translated - the hook of exc.h: a fault at host address PC. */
static void on_translated(uintptr_t pc)
{
    const uint8_t *was = hash_find(&forced.bytes, pc);
    if (was == NULL)
        return;
    if (v.m == NULL && !forced.hopeless) {
        forced.entered->verified = 0; /* its next runs are verified */
        return;
    }
    hash_remove(&forced.bytes, pc);
    *cache_writable(exc_cache, (const uint8_t *)pc) = *was;
    forced.count += v.m != NULL;
    v.at_fault = v.m != NULL;
    if (v.m != NULL && v.of->verified > 0)
        v.of->verified--; /* it wasn't a whole run */
}

void verify_arm(const struct machine *m, const struct translation *t)
{
    static uint8_t values[256];
    exc_translated = on_translated;
    for (uint32_t i = 0; i < t->fault_count; i++) {
        const uint8_t *at = t->code + t->faults[i].code;
        uint8_t *byte = cache_writable(m->translator->cache, at);
        if (i > 0 && t->faults[i].code == t->faults[i - 1].code)
            continue;
        values[*byte] = *byte;
        hash_put(&forced.bytes, (uintptr_t)at, &values[*byte]);
        *byte = host_fault_byte;
    }
}

uint64_t verify_forced(void)
{
    return forced.count;
}

/* shares - whether others may write what this program reads. */
static bool shares(const struct mem *m)
{
    for (size_t i = 0; i < m->area_count; i++)
        if (m->areas[i].shared && (m->areas[i].prot & PROT_WRITE))
            return true;
    return false;
}

void verify_begin(struct cpu *cpu, struct translation *t)
{
    struct machine *m = cpu->machine;
    unsigned runs = m->options.verify_faults ? RUNS_FORCED : RUNS;
    forced.hopeless = shares(&m->mem) || epoch_several();
    forced.entered = t;
    if (!m->options.verify || t->verified == runs || forced.hopeless)
        return;
    t->verified++;
    engine_out(cpu);
    v.m = m;
    v.of = t;
    v.ranges = xrealloc(v.ranges, t->range_count * sizeof *v.ranges);
    memcpy(v.ranges, t->ranges, t->range_count * sizeof *v.ranges);
    v.range_count = t->range_count;
    v.before = copy_cpu(cpu, v.before);
    v.pc = t->pc;
    v.tier = t->tier;
    v.too_much = false;
    exc_write = on_write;
    mem_seal(&m->mem);
    set_timer(true);
}

static void forget(void)
{
    for (unsigned i = 0; i < v.page_count; i++) {
        free(v.pages[i].before);
        free(v.pages[i].after);
    }
    free(v.nearest);
    v.nearest = NULL;
    v.nearest_of = NULL;
    v.place_count = v.place_total = 0;
    v.at_fault = v.behind_fault = v.passing = false;
    v.page_count = 0;
    mem_unseal(&v.m->mem);
    exc_write = NULL;
    v.m = NULL;
}

/*
 * pass_fault - a fault was forced, and CPU is what was recovered: go on behind the
 * instruction, as that may have stored a part of what it stores. A branch may have
 * written its link before a fault in its slot. False if something else came of it.
 */
static bool pass_fault(struct cpu *cpu)
{
    const struct block *single = engine_single(cpu);
    v.fault = copy_cpu(cpu, v.fault);
    v.slack = single->insns > 1;
    v.passing = true;
    cpu->attention = 1;
    bool passed = engine_step(cpu, single);
    v.passing = false;
    engine_out(cpu);
    return passed;
}

void verify_end(struct cpu *cpu, const char *how)
{
    if (v.m == NULL)
        return;
    if (v.interpreting)
        report(how);
    set_timer(false);
    engine_out(cpu);
    if (v.passing || (v.at_fault && !v.too_much && !pass_fault(cpu))) {
        forget(); /* the instruction faults indeed, or the like */
        return;
    }
    v.after = copy_cpu(cpu, v.after);
    if (!v.too_much) {
        put_back();
        set_cpu(cpu, v.before);
        compare(cpu, how);
        set_cpu(cpu, v.after);
    }
    forget();
}
