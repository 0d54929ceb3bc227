/*
 * run.c - the generated interpreter against isac's evaluator: reads what `isac vectors`
 * prints (gen/vectors.c says how) and runs each vector with the guest that this program
 * is linked with.
 *
 *     isac vectors FILE | run-GUEST [switch|threaded|predecoded|direct]
 */
#include "engine/engine.h"
#include "exc/exc.h"
#include "util/alloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, MOST = 4096, MOST_SHOWN = 20 };

struct change {
    char name[32];
    unsigned element;
    uint64_t value, unknown;
};
struct byte {
    uint64_t address;
    unsigned value, unknown;
};

static struct machine machine;
static struct cpu *cpu;
static struct {
    char name[200], trap[64];
    uint64_t pc, end;
    struct change in[MOST], out[MOST];
    struct byte memory_in[MOST], memory_out[MOST];
    unsigned ins, outs, bytes_in, bytes_out;
} v;
static uint64_t data, data_bytes, code;
static unsigned context, ran, failed;
static unsigned char *expected;

static void on_trap(struct cpu *c)
{
    (void)c;
    machine.stop = true;
}

static void on_attention(struct cpu *c)
{
    c->attention = 0;
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
    if (!memcmp(found, expected, data_bytes))
        return true;
    for (uint64_t i = 0; i < data_bytes; i++)
        if (found[i] != expected[i]) {
            char name[64];
            snprintf(name, sizeof name, "m8[0x%" PRIx64 "]", data + i);
            complain("", name, found[i], expected[i]);
            break;
        }
    return false;
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

static void run(void)
{
    if (!mem_prepare_write(&machine.mem, data,
                           data_bytes)) /* blocks may have been built there */
        exit(1);
    memset(mem_host(&machine.mem, data), 0, data_bytes);
    for (unsigned k = 0; k < v.bytes_in; k++)
        *(unsigned char *)mem_host(&machine.mem, v.memory_in[k].address) =
            (unsigned char)v.memory_in[k].value;
    for (const struct guest_reg *r = machine.guest->regs; r->name; r++)
        for (unsigned i = 0; i < r->count; i++)
            put(r, i, 0);
    for (unsigned k = 0; k < v.ins; k++)
        put(find(v.in[k].name), v.in[k].element, v.in[k].value);
    cpu->context = context;
    cpu->branch_taken = false;
    memset(&cpu->reservation, 0, sizeof cpu->reservation);
    cpu->pc = v.pc;
    machine.stop = false;
    engine_run(cpu);
    ran++;
    check();
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
            expected = xmalloc(data_bytes);
            map(data, data_bytes, PROT_READ | PROT_WRITE);
        }
        break;
    case 'x':
        sscanf(s, "x %x", &context);
        break;
    case 'v':
        v.ins = v.outs = v.bytes_in = v.bytes_out = 0;
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
    engine_init(&machine, PAGE);
    exc_init();
    cpu = engine_cpu_new(&machine);
    char text[400];
    while (fgets(text, sizeof text, stdin))
        line(text);
    printf("# %s: %u vectors, %u failed\n", machine.guest->name, ran, failed);
    return failed > 0 || ran == 0;
}
