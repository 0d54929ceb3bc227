/*
 * run.c - the generated interpreter against isac's evaluator: reads what `isac vectors`
 * prints (gen/vectors.c says how) and runs each vector with the guest that this program
 * is linked with.
 *
 *     isac vectors FILE | run-GUEST [KIND [print]]
 *
 * KIND is a dispatch technique, or lift or passes.
 *
 * lift: instructions go through their templates and the evaluator of the IR (lift.c); the
 * interpreter does what they leave to it. passes: their IR goes through all passes, too.
 *
 * Vectors of inline tests ("s") are run instruction by instruction. Their memory is
 * mapped page by page where they touch it, but for what they say is not mapped.
 */
#define _GNU_SOURCE
#include "engine/engine.h"
#include "exc/exc.h"
#include "interp/blocks.h"
#include "lift.h"
#include "util/alloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, MOST = 4096, MOST_SHOWN = 20, MOST_PAGES = 16, NO_TRAP = 0x7fffffff };
/* Inline tests have their code at addresses that the host gives to nobody. For a 64-bit
 * guest their pages stand from here on, where code is fetched, and a second time at their
 * own address, where generated code accesses them. */
#define BASE_OF_64   0x200000000000u
#define LOWEST_OF_64 0x10000

struct change {
    char name[32];
    unsigned element;
    uint64_t value, unknown;
};
struct byte {
    uint64_t address;
    unsigned value, unknown;
};

struct range {
    uint64_t first, last;
};

static struct machine machine;
static struct cpu *cpu;
static struct {
    char name[200], trap[64];
    uint64_t pc, end;
    struct change in[MOST], out[MOST];
    struct byte memory_in[MOST], memory_out[MOST];
    unsigned ins, outs, bytes_in, bytes_out;
    /* inline tests alone */
    bool stepped;
    unsigned units, left, context, context_out;
    uint64_t arg[4], arg_unknown[4];
    unsigned args, unmapped, pages;
    struct range gone[MOST_PAGES];
    uint64_t page[MOST_PAGES]; /* those that are mapped */
} v;
static uint64_t data, data_bytes, code;
static unsigned context, ran, examples, failed;
static unsigned char *expected;
static bool lifting;
static int alias = -1; /* the file of a 64-bit guest's pages */

static void on_trap(struct cpu *c)
{
    (void)c;
    machine.stop = true;
}

/* Before each unit of a stepped vector: attention is not cleared. A unit that was left
 * because its block is stale was not run. */
static void on_attention(struct cpu *c)
{
    if (!v.stepped) {
        c->attention = 0;
        return;
    }
    if (c->interp->leave == LEAVE_STALE)
        v.left++;
    c->interp->leave = LEAVE_JUMP;
    if (v.left-- == 0)
        machine.stop = true;
}

static const struct personality personality = {"vectors", on_trap, on_attention};

static const struct guest_reg *find(const char *name)
{
    for (const struct guest_reg *r = machine.guest->regs; r->name; r++)
        if (!strcmp(r->name, name))
            return r;
    fprintf(stderr, "run: the guest has no register '%s'\n", name);
    exit(1);
}

static uint64_t get(const struct guest_reg *r, unsigned i)
{
    uint64_t x = 0;
    memcpy(&x, (char *)cpu + r->offset + (size_t)i * r->bytes, r->bytes);
    return x;
}

static void put(const struct guest_reg *r, unsigned i, uint64_t x)
{
    memcpy((char *)cpu + r->offset + (size_t)i * r->bytes, &x, r->bytes);
}

static const char *trap_name(unsigned number)
{
    switch (number) {
    case TRAP_ILLEGAL:
        return "Illegal";
    case TRAP_FETCH:
        return "Fetch";
    case TRAP_MEMORY:
        return "Memory";
    case TRAP_UNALIGNED:
        return "Unaligned";
    case TRAP_BUS:
        return "Bus";
    default:
        return number < machine.guest->trap_count ? machine.guest->traps[number].name
                                                  : "?";
    }
}

static void complain(const char *what, const char *name, uint64_t found, uint64_t wanted)
{
    failed++;
    if (failed <= MOST_SHOWN)
        printf("# %s: %s%s is 0x%" PRIx64 ", not 0x%" PRIx64 "\n", v.name, what, name,
               found, wanted);
}

static bool check_regs(void)
{
    for (const struct guest_reg *r = machine.guest->regs; r->name; r++)
        for (unsigned i = 0; i < r->count; i++) {
            uint64_t wanted = 0, unknown = 0, found = get(r, i);
            for (unsigned k = 0; k < v.ins; k++)
                if (v.in[k].element == i && !strcmp(v.in[k].name, r->name))
                    wanted = v.in[k].value;
            for (unsigned k = 0; k < v.outs; k++)
                if (v.out[k].element == i && !strcmp(v.out[k].name, r->name)) {
                    wanted = v.out[k].value;
                    unknown = v.out[k].unknown;
                }
            if (!((wanted ^ found) & ~unknown))
                continue;
            char name[64];
            snprintf(name, sizeof name, "%s[%u]", r->name, i);
            complain("", name, found, wanted);
            return false;
        }
    return true;
}

/* FOUND, BYTES that stand at AT, against EXPECTED. */
static bool check_page(uint64_t at, const unsigned char *found, uint64_t bytes)
{
    if (!memcmp(found, expected, bytes))
        return true;
    for (uint64_t i = 0; i < bytes; i++)
        if (found[i] != expected[i]) {
            char name[64];
            snprintf(name, sizeof name, "m8[0x%" PRIx64 "]", at + i);
            complain("", name, found[i], expected[i]);
            break;
        }
    return false;
}

static bool check_memory(void)
{
    const unsigned char *found = mem_host(&machine.mem, data);
    memset(expected, 0, data_bytes);
    for (unsigned k = 0; k < v.bytes_in; k++)
        expected[v.memory_in[k].address - data] = (unsigned char)v.memory_in[k].value;
    for (unsigned k = 0; k < v.bytes_out; k++)
        if (v.memory_out[k].address - data < data_bytes)
            expected[v.memory_out[k].address - data] =
                v.memory_out[k].unknown ? found[v.memory_out[k].address - data]
                                        : (unsigned char)v.memory_out[k].value;
    return check_page(data, found, data_bytes);
}

static void check(void)
{
    const char *trap = trap_name(cpu->trap.number);
    bool none = !strcmp(v.trap, "-");
    if (none ? strcmp(trap, "Illegal") && strcmp(trap, "Fetch") &&
                   strcmp(trap, "Unaligned")
             : strcmp(trap, v.trap) != 0) {
        failed++;
        if (failed <= MOST_SHOWN)
            printf("# %s: trap %s at 0x%" PRIx64 ", where %s was expected\n", v.name,
                   trap, cpu->pc, none ? "none" : v.trap);
        return;
    }
    uint64_t at = cpu->pc;
    if (at != v.end)
        complain("pc", "", at, v.end);
    else if (check_regs())
        check_memory();
}

static void start(uint32_t x)
{
    for (const struct guest_reg *r = machine.guest->regs; r->name; r++)
        for (unsigned i = 0; i < r->count; i++)
            put(r, i, 0);
    for (unsigned k = 0; k < v.ins; k++)
        put(find(v.in[k].name), v.in[k].element, v.in[k].value);
    cpu->context = x;
    cpu->branch_taken = false;
    memset(&cpu->reservation, 0, sizeof cpu->reservation);
    cpu->pc = v.pc;
    machine.stop = false;
}

/* lift_steps - up to the end, or to what the interpreter has to do: a trap of the
 * instruction itself, or one of the host's, for which the evaluator isn't prepared. */
static void lift_steps(void)
{
    bool traps = strcmp(v.trap, "-") && strcmp(v.trap, "Memory") && strcmp(v.trap, "Bus");
    for (unsigned i = 0; i < 4 && (traps || cpu->pc != v.end); i++)
        if (!lift_step(&machine, cpu))
            break;
}

static void run(void)
{
    if (!mem_prepare_write(&machine.mem, data,
                           data_bytes)) /* blocks may have been built there */
        exit(1);
    memset(mem_host(&machine.mem, data), 0, data_bytes);
    for (unsigned k = 0; k < v.bytes_in; k++)
        *(unsigned char *)mem_host(&machine.mem, v.memory_in[k].address) =
            (unsigned char)v.memory_in[k].value;
    start(context);
    if (lifting)
        lift_steps();
    engine_run(cpu);
    ran++;
    check();
}

/* --- inline tests */

static bool is_mapped(uint64_t page)
{
    for (unsigned i = 0; i < v.pages; i++)
        if (v.page[i] == page)
            return true;
    return false;
}

static void begin_steps(void)
{
    if (machine.guest->word_bits != 64 || alias >= 0)
        return;
    alias = memfd_create("vectors", 0);
    if (alias < 0 || ftruncate(alias, MOST_PAGES * PAGE) < 0) {
        perror("run: memfd_create");
        exit(1);
    }
    machine.mem.base = cpu->mem = (uint8_t *)(uintptr_t)BASE_OF_64;
    machine.mem.window = true;
}

static bool map_page(uint64_t page, unsigned number)
{
    int prot = PROT_READ | PROT_WRITE, shared = alias < 0 ? 0 : MAP_SHARED;
    off_t at = alias < 0 ? 0 : (off_t)number * PAGE;
    void *own = (void *)(uintptr_t)page;
    if (mem_map(&machine.mem, page, PAGE, prot | PROT_EXEC,
                MAP_FIXED | (shared ? shared : MAP_PRIVATE | MAP_ANONYMOUS), alias,
                at) != (int64_t)page)
        return false;
    return !shared || page < LOWEST_OF_64 ||
           mmap(own, PAGE, prot, MAP_SHARED | MAP_FIXED_NOREPLACE, alias, at) == own;
}

static void unmap_pages(void)
{
    while (v.pages) {
        uint64_t page = v.page[--v.pages];
        mem_unmap(&machine.mem, page, PAGE);
        if (alias >= 0 && page >= LOWEST_OF_64)
            munmap((void *)(uintptr_t)page, PAGE);
    }
}

/* Maps the page of ADDRESS; false if it is mapped, may not be or can't be. */
static bool map_touched(uint64_t address)
{
    uint64_t page = address & -(uint64_t)PAGE;
    for (unsigned i = 0; i < v.unmapped; i++)
        if (address >= v.gone[i].first && address <= v.gone[i].last)
            return false;
    if (is_mapped(page) || v.pages == MOST_PAGES)
        return false;
    v.page[v.pages++] = page;
    return map_page(page, v.pages - 1);
}

/* What PAGE holds before the test, or after it, in EXPECTED. Unknown bytes are as FOUND.
 */
static void fill_page(uint64_t page, bool after, const unsigned char *found)
{
    memset(expected, 0, PAGE);
    for (unsigned k = 0; k < v.bytes_in; k++)
        if (v.memory_in[k].address - page < PAGE)
            expected[v.memory_in[k].address - page] = (unsigned char)v.memory_in[k].value;
    for (unsigned k = 0; after && k < v.bytes_out; k++) {
        uint64_t at = v.memory_out[k].address - page;
        if (at < PAGE)
            expected[at] = v.memory_out[k].unknown ? found[at]
                                                   : (unsigned char)v.memory_out[k].value;
    }
}

static void set_up_step(void)
{
    for (unsigned i = 0; i < v.pages; i++) {
        fill_page(v.page[i], false, NULL);
        if (!mem_prepare_write(&machine.mem, v.page[i], PAGE))
            exit(1);
        memcpy(mem_host(&machine.mem, v.page[i]), expected, PAGE);
    }
    engine_sync(&machine, 0, 0);
    start(v.context);
    machine.blocks->insns_max = 1;
    v.left = v.units;
    cpu->interp->leave = LEAVE_JUMP;
    engine_kick(cpu);
    cpu->trap.number = NO_TRAP;
}

static void check_trap(void)
{
    for (unsigned i = 0; i < v.args && i < 4; i++)
        if ((cpu->trap.arg[i] ^ v.arg[i]) & ~v.arg_unknown[i]) {
            char name[32];
            snprintf(name, sizeof name, "%u", i);
            complain("trap argument ", name, cpu->trap.arg[i], v.arg[i]);
            return;
        }
}

static void check_step(void)
{
    const char *trap = cpu->trap.number == NO_TRAP ? "-" : trap_name(cpu->trap.number);
    unsigned before = failed;
    if (strcmp(trap, v.trap)) {
        failed++;
        printf("# %s: trap %s at 0x%" PRIx64 ", not %s\n", v.name, trap, cpu->pc, v.trap);
        return;
    }
    if (cpu->pc != v.end)
        complain("pc", "", cpu->pc, v.end);
    else if (cpu->context != v.context_out)
        complain("the context", "", cpu->context, v.context_out);
    else if (check_regs())
        check_trap();
    for (unsigned i = 0; i < v.pages && failed == before; i++) {
        const unsigned char *found = mem_host(&machine.mem, v.page[i]);
        fill_page(v.page[i], true, found);
        check_page(v.page[i], found, PAGE);
    }
}

/* lift_units - the vector again, all of whose memory is mapped by now. */
static void lift_units(void)
{
    set_up_step();
    for (unsigned i = 0; i < v.units && !machine.stop; i++) {
        if (lift_step(&machine, cpu))
            continue;
        v.left = 1;
        engine_kick(cpu);
        engine_run(cpu);
        machine.stop = cpu->trap.number != NO_TRAP;
    }
}

static void run_stepped(void)
{
    for (unsigned k = 0; k < v.bytes_in; k++)
        map_touched(v.memory_in[k].address);
    do {
        set_up_step();
        engine_run(cpu);
    } while (cpu->trap.number == TRAP_MEMORY && map_touched(cpu->trap.arg[0]));
    if (lifting && cpu->trap.number != TRAP_MEMORY)
        lift_units();
    cpu->attention = 0;
    ran++;
    check_step();
    unmap_pages();
}

/* "w CONTEXT BYTES TEXT" */
static void example(const char *s)
{
    unsigned char bytes[16];
    unsigned x, byte, n = 0;
    int at = 0;
    char text[200] = "";
    struct decoded d = {0};
    if (sscanf(s, "w %x %n", &x, &at) != 1 || !at)
        return;
    for (s += at; n < sizeof bytes && sscanf(s, "%2x", &byte) == 1 && *s != ' '; s += 2)
        bytes[n++] = (unsigned char)byte;
    examples++;
    if (machine.guest->decode(bytes, n, x, &d) >= 0 && d.bytes == n)
        machine.guest->disas(&d, 0x1000, text, sizeof text);
    size_t len = strcspn(s + 1, "\n");
    if (strlen(text) == len && !strncmp(text, s + 1, len))
        return;
    failed++;
    printf("# %s: \"%s\", not \"%.*s\"\n", v.name, text, (int)len, s + 1);
}

static void put_code(uint64_t at, const char *hex)
{
    unsigned byte;
    for (; sscanf(hex, "%2x", &byte) == 1; hex += 2, at++) {
        if (!mem_prepare_write(&machine.mem, at, 1))
            exit(1);
        *(unsigned char *)mem_host(&machine.mem, at) = (unsigned char)byte;
    }
}

static void map(uint64_t at, uint64_t bytes, int prot)
{
    int64_t got = mem_map(&machine.mem, at, bytes, prot,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (got != (int64_t)at) {
        fprintf(stderr, "run: can't map %" PRIu64 " bytes at 0x%" PRIx64 "\n", bytes, at);
        exit(1);
    }
}

static bool overflow(unsigned n)
{
    if (n >= MOST)
        fprintf(stderr, "run: %s: too much\n", v.name);
    return n >= MOST;
}

static void line(char *s)
{
    struct change c = {.element = 0};
    struct byte b = {.address = 0};
    char hex[64];
    uint64_t at;
    unsigned bytes;
    switch (s[0]) {
    case 'd':
        if (sscanf(s, "d %" SCNx64 " %x", &data, &bytes) == 2) {
            data_bytes = bytes;
            expected = xrealloc(expected, data_bytes);
            map(data, data_bytes, PROT_READ | PROT_WRITE);
        }
        break;
    case 'x':
        sscanf(s, "x %x", &context);
        v.context = context;
        break;
    case 'w':
        example(s);
        break;
    case 's':
        v.stepped = sscanf(s, "s %x", &v.units) == 1;
        begin_steps();
        break;
    case 'u':
        if (v.unmapped < MOST_PAGES &&
            sscanf(s, "u %" SCNx64 " %" SCNx64, &v.gone[v.unmapped].first,
                   &v.gone[v.unmapped].last) == 2)
            v.unmapped++;
        break;
    case 'a':
        if (sscanf(s, "a %x %" SCNx64 " %" SCNx64, &bytes, &at, &c.unknown) == 3 &&
            bytes < 4) {
            v.arg[bytes] = at;
            v.arg_unknown[bytes] = c.unknown;
            v.args = bytes + 1;
        }
        break;
    case 'X':
        sscanf(s, "X %x", &v.context_out);
        break;
    case 'e':
    case 'v':
        v.ins = v.outs = v.bytes_in = v.bytes_out = v.args = v.unmapped = 0;
        v.stepped = false;
        snprintf(v.name, sizeof v.name, "%.*s", (int)strcspn(s + 2, "\n"), s + 2);
        break;
    case 'c':
        if (sscanf(s, "c %" SCNx64 " %63s", &at, hex) == 2) {
            if (!code) {
                code = at & -(uint64_t)PAGE;
                map(code, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
            }
            put_code(at, hex);
        }
        break;
    case 'p':
        sscanf(s, "p %" SCNx64, &v.pc);
        break;
    case 'r':
        if (sscanf(s, "r %31s %x %" SCNx64, c.name, &c.element, &c.value) == 3 &&
            !overflow(v.ins))
            v.in[v.ins++] = c;
        break;
    case 'R':
        if (sscanf(s, "R %31s %x %" SCNx64 " %" SCNx64, c.name, &c.element, &c.value,
                   &c.unknown) == 4 &&
            !overflow(v.outs))
            v.out[v.outs++] = c;
        break;
    case 'm':
        if (sscanf(s, "m %" SCNx64 " %x", &b.address, &b.value) == 2 &&
            !overflow(v.bytes_in))
            v.memory_in[v.bytes_in++] = b;
        break;
    case 'M':
        if (sscanf(s, "M %" SCNx64 " %x %x", &b.address, &b.value, &b.unknown) == 3 &&
            !overflow(v.bytes_out))
            v.memory_out[v.bytes_out++] = b;
        break;
    case 't':
        sscanf(s, "t %63s %" SCNx64, v.trap, &v.end);
        break;
    case '.':
        if (v.stepped)
            run_stepped();
        else
            run();
        break;
    default:
        break;
    }
}

int main(int argc, char **argv)
{
    static const char *const kinds[] = {"switch", "threaded", "predecoded", "direct"};
    machine.guest = &the_guest;
    machine.personality = &personality;
    machine.options.chain = true;
    machine.options.dispatch = DISPATCH_DIRECT;
    for (unsigned i = 0; argc > 1 && i < 4; i++)
        if (!strcmp(argv[1], kinds[i]))
            machine.options.dispatch = (enum dispatch)i;
    lift_passes = argc > 1 && !strcmp(argv[1], "passes");
    lifting = lift_passes || (argc > 1 && !strcmp(argv[1], "lift"));
    lift_print = lifting && argc > 2;
    engine_init(&machine, PAGE);
    exc_init();
    expected = xmalloc(PAGE);
    cpu = engine_cpu_new(&machine);
    char text[400];
    while (fgets(text, sizeof text, stdin))
        line(text);
    if (lifting)
        lift_report(machine.guest);
    printf("# %s: %u vectors, %u examples, %u failed\n", machine.guest->name, ran,
           examples, failed);
    return failed > 0 || ran == 0;
}
