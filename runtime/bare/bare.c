/*
 * bare.c - start and traps of a bare machine; see bare.h.
 */
#include "bare/bare.h"

#include "util/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

struct bare_os bare_os;

enum { STACK_BYTES = 1 << 20, DEFAULT_RAM = 64 << 20, DEFAULT_LOAD = 0x10000 };

/* -- start --------------------------------------------------------------------------*/

static void map_ram(struct machine *m, const struct bare_ram *ram, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        int64_t result = mem_map(
            &m->mem, ram[i].start, ram[i].bytes, PROT_READ | PROT_WRITE | PROT_EXEC,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);

        if (result < 0)
            die("no memory for %llu bytes of RAM at %#llx: %s",
                (unsigned long long)ram[i].bytes, (unsigned long long)ram[i].start,
                strerror((int)-result));
    }
}

/* Heap and stack are what is left of the RAM above the program, or a region of their own.
 */
static void place_heap(const struct bare_ram *ram, unsigned count,
                       const struct image *image)
{
    uint64_t start = 0, end = 0;

    for (unsigned i = 0; i < count; i++) {
        uint64_t top = ram[i].start + ram[i].bytes;
        bool inside = image->high >= ram[i].start && image->high < top;

        if (inside || !end) {
            start = inside ? image->high : ram[i].start;
            end = top;
        }
        if (inside)
            break;
    }
    bare_os.heap = (start + 15) & ~(uint64_t)15;
    bare_os.stack = end & ~(uint64_t)15;
    bare_os.stack_end = bare_os.stack > bare_os.heap + STACK_BYTES
                            ? bare_os.stack - STACK_BYTES
                            : bare_os.heap;
    bare_os.heap_end = bare_os.stack_end;
}

void bare_start(struct machine *m, struct cpu *cpu)
{
    static const struct bare_ram default_ram = {DEFAULT_LOAD, DEFAULT_RAM};
    static const struct elf_rules any = {.name = "bare"};
    const struct bare_abi *abi = m->guest->bare_abi;
    const struct bare_ram *ram = abi && abi->ram_count ? abi->ram : &default_ram;
    unsigned count = abi && abi->ram_count ? abi->ram_count : 1;
    struct image image;

    bare_os.machine = m;
    bare_os.abi = abi;
    m->personality = &bare_personality;
    map_ram(m, ram, count);
    if (load_is_elf(m->options.program)) {
        struct elf_rules rules = abi ? abi->elf : any;
        struct load_request r = {&m->mem, m->guest,   &rules, m->options.program,
                                 0,       m->mem.top, true};

        rules.any_machine = !abi;
        rules.word_bits = (uint8_t)m->guest->word_bits;
        load_elf(&r, &image);
    } else {
        load_flat(&m->mem, m->options.program, abi ? abi->load : DEFAULT_LOAD, &image);
    }
    place_heap(ram, count, &image);
    if (abi && abi->sp.bytes)
        engine_write_place(cpu, &abi->sp, bare_os.stack);
    else if (m->guest->sp)
        engine_write_place(cpu, m->guest->sp, bare_os.stack);
    m->entry = image.entry;
    cpu->pc = image.entry;
}

/* -- traps --------------------------------------------------------------------------*/

static _Noreturn void end_by(struct cpu *cpu, int signal, const char *what,
                             uint64_t address)
{
    const struct guest *g = cpu->machine->guest;

    fflush(stdout);
    fprintf(stderr, "isomorph-%s: %s: %s, pc 0x%llx, address 0x%llx\n", g->name,
            cpu->machine->options.program, what, (unsigned long long)cpu->trap.pc,
            (unsigned long long)address);
    exit(128 + signal);
}

/* Whether the words around the trap make it a call. */
static bool is_call(struct cpu *cpu, const struct bare_abi *abi)
{
    const struct guest *g = cpu->machine->guest;

    if (cpu->trap.number != abi->trap)
        return false;
    for (unsigned i = 0; i < abi->word_count; i++) {
        uint64_t at = cpu->trap.pc + (uint64_t)(int64_t)abi->words[i].offset;
        const uint8_t *p;
        uint32_t word = 0;

        if (g->word_bits == 32)
            at = (uint32_t)at;
        if (!mem_prepare_read(&cpu->machine->mem, at, 4))
            return false;
        p = mem_host(&cpu->machine->mem, at);
        for (unsigned b = 0; b < 4; b++)
            word |= (uint32_t)p[b] << 8 * (g->fetch_big_endian ? 3 - b : b);
        if (word != abi->words[i].value)
            return false;
    }
    return true;
}

/* Traps of a target without an ABI, by name. */
static bool named_trap(struct cpu *cpu, const struct guest_trap *trap)
{
    if (!strcasecmp(trap->name, "exit"))
        exit(trap->args ? (int)cpu->trap.arg[0] & 0xff : 0);
    if (strcasecmp(trap->name, "put") || !trap->args)
        return false;
    putchar((int)cpu->trap.arg[0] & 0xff);
    cpu->pc = cpu->trap.next;
    return true;
}

static void bare_trap(struct cpu *cpu)
{
    const struct guest *g = cpu->machine->guest;
    const struct bare_abi *abi = bare_os.abi;
    uint64_t address = cpu->trap.arg[0];

    switch (cpu->trap.number) {
    case TRAP_ILLEGAL:
        end_by(cpu, SIGILL, "illegal instruction", cpu->trap.pc);
    case TRAP_FETCH:
        end_by(cpu, SIGSEGV, "instruction fetch from unmapped memory", address);
    case TRAP_MEMORY:
        end_by(cpu, SIGSEGV, "access to unmapped memory", address);
    case TRAP_UNALIGNED:
        end_by(cpu, SIGBUS, "unaligned access", address);
    case TRAP_BUS:
        end_by(cpu, SIGBUS, "bus error", address);
    default:
        break;
    }
    if (abi && abi->op.bytes && is_call(cpu, abi)) {
        int64_t result = semihost(engine_read_place(cpu, &abi->op),
                                  engine_read_place(cpu, &abi->argument));

        engine_write_place(cpu, &abi->result, (uint64_t)result);
        cpu->pc = cpu->trap.next;
        return;
    }
    if (cpu->trap.number < g->trap_count && !abi &&
        named_trap(cpu, &g->traps[cpu->trap.number]))
        return;
    end_by(cpu, SIGTRAP,
           cpu->trap.number < g->trap_count ? g->traps[cpu->trap.number].name
                                            : "unknown trap",
           address);
}

static void bare_attention(struct cpu *cpu)
{
    cpu->attention = 0;
}

const struct personality bare_personality = {"bare", bare_trap, bare_attention};
