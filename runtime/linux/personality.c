/*
 * personality.c - the Linux personality: start of a program, and what a trap means.
 */
#include "linux/linux.h"
#include "linux/start.h"

#include "util/alloc.h"
#include "util/log.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct linux_os linux_os;

/* -- start --------------------------------------------------------------------------*/

static void put_words(struct machine *m, uint64_t gva, const struct abi_helper *h)
{
    bool big = m->guest->fetch_big_endian;
    uint8_t *to = mem_host(&m->mem, gva);

    for (unsigned w = 0; w < h->word_count; w++, to += 4) {
        for (unsigned b = 0; b < 4; b++)
            to[b] = (uint8_t)(h->words[w] >> 8 * (big ? 3 - b : b));
    }
}

static uint64_t map_page(struct machine *m, uint64_t at, int flags)
{
    int64_t result = mem_map(&m->mem, at, m->mem.page_bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

    if (result < 0)
        die("cannot map the kernel's helper page at %#llx: %s", (unsigned long long)at,
            strerror((int)-result));
    return (uint64_t)result;
}

/*
 * Code and data that the kernel offers at fixed addresses; before the top of memory is
 * set. A page that holds the TLS pointer stays writable: set_thread_area stores it there.
 */
static void map_helpers(struct machine *m)
{
    uint64_t page = m->mem.page_bytes, last = UINT64_MAX;

    for (unsigned i = 0; i < abi->helper_count; i++) {
        const struct abi_helper *h = &abi->helpers[i];
        uint64_t at = h->address & ~(page - 1);
        bool tls = abi->tls_address && abi->tls_address - at < page;

        if (at != last)
            map_page(m, at, MAP_FIXED);
        last = at;
        mem_protect(&m->mem, at, page, PROT_READ | PROT_WRITE);
        put_words(m, h->address, h);
        mem_protect(&m->mem, at, page, PROT_READ | PROT_EXEC | (tls ? PROT_WRITE : 0));
    }
}

static void map_trampoline(struct machine *m)
{
    if (abi->trampoline.word_count == 0)
        return;
    linux_os.trampoline = map_page(m, 0, 0);
    put_words(m, linux_os.trampoline, &abi->trampoline);
    mem_protect(&m->mem, linux_os.trampoline, m->mem.page_bytes, PROT_READ | PROT_EXEC);
}

/* The interpreter of a dynamic program, under -L if it is there. */
static void load_interpreter(const struct load_request *program, const char *name,
                             struct image *image)
{
    char buffer[PATH_MAX];
    struct load_request r = *program;

    r.path = path_host(name, buffer, sizeof(buffer));
    r.hint = 0;
    if (!load_is_elf(r.path))
        die("%s: needs the interpreter %s, which is not there; give its root directory "
            "with -L",
            program->path, name);
    load_elf(&r, image);
}

static void set_entry(struct cpu *cpu)
{
    for (unsigned i = 0; i < abi->entry_count; i++)
        engine_write_place(cpu, &abi->entry[i].place, abi->entry[i].number);
}

void linux_start(struct machine *m, struct cpu *cpu)
{
    struct image program, interpreter;
    struct start s = {&program, NULL};
    struct load_request r = {
        .mem = &m->mem, .guest = m->guest, .path = m->options.program};

    convert_init(m->guest);
    m->os = &linux_os;
    m->personality = &linux_personality;
    linux_os.machine = m;
    cpu->thread = &linux_os.main;
    map_helpers(m);
    linux_os.top = m->mem.top < abi->top ? m->mem.top : abi->top;
    m->mem.hint = linux_os.top - stack_bytes(m);
    if (abi->helper_count == 0) /* else those stay reachable above */
        m->mem.top = linux_os.top;
    r.rules = &abi->elf;
    r.top = linux_os.top;
    r.hint = (linux_os.top / 4) & ~(uint64_t)0xffff;
    load_elf(&r, &program);
    stack_map(cpu, program.stack_exec);
    if (program.interpreter) {
        load_interpreter(&r, program.interpreter, &interpreter);
        s.interpreter = &interpreter;
    }
    linux_os.exe = realpath(m->options.program, NULL);
    if (!linux_os.exe)
        linux_os.exe = xstrdup(m->options.program);
    linux_os.argv = m->options.argv;
    linux_os.brk_start =
        (program.high + m->mem.page_bytes - 1) & ~(m->mem.page_bytes - 1);
    linux_os.brk = linux_os.brk_start;
    stack_build(cpu, &s);
    map_trampoline(m);
    set_entry(cpu);
    m->entry = s.interpreter ? interpreter.entry : program.entry;
    cpu->pc = m->entry;
    signal_init(cpu);
}

/* -- traps --------------------------------------------------------------------------*/

static int fault_code(const char *name)
{
    unsigned count;
    const struct value *v = family_values(FAMILY_sifault, &count);

    for (unsigned i = 0; name && i < count; i++) {
        if (!strcmp(v[i].name, name))
            return (int)v[i].host;
    }
    return SI_KERNEL;
}

static int fault_signal(const char *name)
{
    unsigned count;
    const struct value *v = family_values(FAMILY_signal, &count);

    for (unsigned i = 0; i < count; i++) {
        if (!strcmp(v[i].name, name))
            return (int)v[i].host;
    }
    return SIGILL;
}

static const struct abi_trap *rule_for(const struct trap *trap)
{
    for (unsigned i = 0; i < abi->trap_count; i++) {
        const struct abi_trap *r = &abi->traps[i];

        if (r->trap == trap->number &&
            (r->arg < 0 || (trap->arg[r->arg] & r->mask) == r->value))
            return r;
    }
    return NULL;
}

static void declared_trap(struct cpu *cpu)
{
    const struct abi_trap *rule = rule_for(&cpu->trap);
    uint64_t address = cpu->trap.pc;

    if (!rule) {
        signal_fault(cpu, SIGILL, ILL_ILLOPC, address);
        return;
    }
    if (!strcmp(rule->signal, "syscall")) {
        syscall_serve(cpu, cpu->trap.next);
        return;
    }
    if (rule->address >= 0)
        address = cpu->trap.arg[rule->address];
    signal_fault(cpu, fault_signal(rule->signal), fault_code(rule->code), address);
}

static void linux_trap(struct cpu *cpu)
{
    uint64_t address = cpu->trap.arg[0];

    switch (cpu->trap.number) {
    case TRAP_FETCH:
    case TRAP_MEMORY:
        /* The host's code may speak of its own reserved pages: the area list knows. */
        signal_fault(cpu, SIGSEGV,
                     mem_area_at(&cpu->machine->mem, address) ? SEGV_ACCERR : SEGV_MAPERR,
                     address);
        break;
    case TRAP_UNALIGNED:
        signal_fault(cpu, SIGBUS, BUS_ADRALN, address);
        break;
    case TRAP_BUS:
        signal_fault(cpu, SIGBUS, BUS_ADRERR, address);
        break;
    default:
        declared_trap(cpu);
    }
}

static void linux_attention(struct cpu *cpu)
{
    cpu->attention = 0;
    linux_thread(cpu)->interrupted = 0;
    signal_deliver(cpu);
}

const struct personality linux_personality = {"linux", linux_trap, linux_attention};
