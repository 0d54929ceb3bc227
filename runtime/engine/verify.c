/* verify.c - translations against the interpreter; see verify.h. */
#include "engine/verify.h"

#include "exc/exc.h"
#include "util/alloc.h"
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

struct page {
    uint64_t gva;
    uint8_t *before, *after; /* owned */
};

static struct {
    struct machine *m; /* NULL: nothing is verified */
    struct cpu *before, *after, *nearest;
    unsigned nearest_by; /* places in which `nearest` differs from `after` */
    uint64_t pc, insns;
    unsigned tier;
    bool too_much, interpreting;
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
    if (!mem_open(&v.m->mem, gva))
        return false;
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

/* other_page - a page that is not what the translation left, or NULL. */
static const struct page *other_page(void)
{
    for (unsigned i = 0; i < v.page_count; i++) {
        const struct page *p = &v.pages[i];
        if (memcmp(mem_host(&v.m->mem, p->gva), p->after != NULL ? p->after : p->before,
                   v.m->mem.page_bytes) != 0)
            return p;
    }
    return NULL;
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
            if (to != NULL)
                fprintf(to, "  %s %u: %#llx by the interpreter, %#llx translated\n",
                        r->names != NULL ? r->names[i] : r->name, i,
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

static _Noreturn void report(const char *how)
{
    FILE *to = stderr;
    fprintf(to, "verify: translation of %#llx, tier %u, left %s at %#llx\n",
            (unsigned long long)v.pc, v.tier, how, (unsigned long long)v.after->pc);
    if (v.nearest == NULL)
        fprintf(to, "  the interpreter doesn't come there in %llu instructions\n",
                (unsigned long long)v.insns);
    else if (v.nearest_by == 0)
        fputs("  memory differs\n", to);
    else
        differences(v.nearest, v.after, to);
    bug("a translation does not do what the interpreter does; see -d ir,opt,alloc,host "
        "-dfilter %#llx+1",
        (unsigned long long)v.pc);
}

/* arrived - whether the interpreter's CPU and memory are what the translation left. */
static bool arrived(struct cpu *cpu)
{
    if (cpu->pc != v.after->pc)
        return false;
    engine_out(cpu);
    unsigned by = differences(cpu, v.after, NULL);
    if (v.nearest == NULL || by < v.nearest_by) {
        v.nearest = copy_cpu(cpu, v.nearest);
        v.nearest_by = by;
    }
    return by == 0 && other_page() == NULL;
}

static void compare(struct cpu *cpu, const char *how)
{
    v.interpreting = true;
    cpu->attention = 1; /* a step ends at a computed jump; the personality clears it */
    for (v.insns = 0; !arrived(cpu); v.insns++)
        if (v.insns == INSNS_MAX || !engine_step(cpu, engine_single(cpu)))
            report(how);
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
    if (!m->options.verify || t->verified == RUNS || shares(&m->mem))
        return;
    t->verified++;
    engine_out(cpu);
    v.m = m;
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
    v.page_count = 0;
    mem_unseal(&v.m->mem);
    exc_write = NULL;
    v.m = NULL;
}

void verify_end(struct cpu *cpu, const char *how)
{
    if (v.m == NULL)
        return;
    if (v.interpreting)
        report(how);
    set_timer(false);
    engine_out(cpu);
    v.after = copy_cpu(cpu, v.after);
    if (!v.too_much) {
        put_back();
        set_cpu(cpu, v.before);
        compare(cpu, how);
        set_cpu(cpu, v.after);
    }
    forget();
}
