/* exc.c - host faults in, guest traps out; see exc.h. */
#include "exc/exc.h"

#include "interp/build.h"
#include "interp/interp.h"
#include "util/alloc.h"
#include "util/epoch.h"
#include "util/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STACK_BYTES = 64 * 1024 };

__thread struct exc_thread exc_this;
struct cache *exc_cache;
uint64_t exc_cache_faults;
bool (*exc_write)(uint64_t gva);
void (*exc_translated)(uintptr_t pc);
void (*exc_asynchronous)(int signal, siginfo_t *info, void *context);

/* The bounds of section guest_code, by the linker. */
extern const char __start_guest_code[] __attribute__((weak));
extern const char __stop_guest_code[] __attribute__((weak));

bool exc_in_guest_code(uintptr_t pc)
{
    return pc >= (uintptr_t)__start_guest_code && pc < (uintptr_t)__stop_guest_code;
}

/* unblock - the thread sanitizer has its own handler called with all signals blocked. */
static void unblock(void)
{
#if defined(__SANITIZE_THREAD__)
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
#endif
}

/* leave - back to the manager, with the guest's floating point as the fault found it. */
static _Noreturn void leave(struct cpu *cpu, const struct exc_fault *f, enum escape how)
{
    const struct guest *g = cpu->interp->guest;
    if (cpu->interp->entered && g->fp_rules != NULL)
        fp_interrupted(&cpu->fp, f->mxcsr);
    if (cpu->interp->entered && g->leave != NULL)
        g->leave(cpu);
    cpu->interp->entered = false;
    cpu->running = false;
    build_reading = false;
    epoch_drop();
    unblock();
    siglongjmp(exc_this.escape, (int)how);
}

/* guest_address - of the host address of a guest's access; accesses beyond a window wrap.
 */
static uint64_t guest_address(const struct mem *m, uint64_t host)
{
    uint64_t gva = host - (uint64_t)(uintptr_t)m->base;
    return m->window ? gva & 0xffffffffu : gva;
}

/* data_fault - an access by generated code. Returns to retry it. */
static void data_fault(struct cpu *cpu, int signal, const siginfo_t *info,
                       const struct exc_fault *f)
{
    uint64_t gva = guest_address(exc_this.mem, f->address);
    if (signal == SIGSEGV && f->access == ACCESS_WRITE &&
        mem_write_fault(exc_this.mem, gva)) {
        epoch_look();
        struct block *b = rec_block(cpu->ip);
        if (!__atomic_load_n(&b->retired, __ATOMIC_RELAXED) || b == cpu->interp->scratch)
            return;
        cpu->pc = rec_pc(cpu->ip);
        leave(cpu, f, ESCAPE_STEP);
    }
    EPOCH_HOLD;
    interp_fill_trap(cpu->ip, cpu, signal == SIGBUS ? TRAP_BUS : TRAP_MEMORY);
    cpu->trap.arg[0] = gva;
    cpu->trap.arg[1] = (uint64_t)f->access;
    cpu->trap.arg[2] = signal == SIGBUS                         ? (uint64_t)info->si_code
                       : mem_area_at(exc_this.mem, gva) == NULL ? SEGV_MAPERR
                                                                : SEGV_ACCERR;
    leave(cpu, f, ESCAPE_TRAP);
}

/* report - a fault of our own: say what is known, without taking locks, and abort. */
static _Noreturn void report(int signal, const struct cpu *cpu, const struct exc_fault *f)
{
    char text[256];
    int n = snprintf(
        text, sizeof text,
        "%s: internal error: signal %d at host pc %#lx, address %#lx, guest pc %#lx\n",
        log_program, signal, (unsigned long)f->pc, (unsigned long)f->address,
        (unsigned long)(cpu == NULL                       ? 0
                        : cpu->running && cpu->ip != NULL ? rec_pc(cpu->ip)
                                                          : cpu->pc));
    ssize_t unused = write(STDERR_FILENO, text, (size_t)n);
    (void)unused;
    struct sigaction act = {.sa_handler = SIG_DFL};
    sigaction(SIGABRT, &act, NULL);
    raise(SIGABRT);
    _exit(127);
}

/* translated_fault - in code of the cache: the interpreter does the instruction. */
static void translated_fault(struct cpu *cpu, int signal, const struct exc_fault *f,
                             const void *context)
{
    const struct host_fault *fault;
    const struct translation *t = cache_fault(exc_cache, f->pc, &fault);
    if (fault == NULL) {
        cpu->pc = t != NULL ? t->pc : 0;
        report(signal, cpu, f);
    }
    host_recover(cpu, fault, t->recipes, context);
    if (exc_translated != NULL)
        exc_translated(f->pc);
    __atomic_add_fetch(&exc_cache_faults, 1, __ATOMIC_RELAXED);
    leave(cpu, f, ESCAPE_STEP);
}

/* fetch_fault - the builder could not read guest code that is mapped: beyond a file's
 * end. */
static void fetch_fault(struct cpu *cpu, int signal, const struct exc_fault *f)
{
    cpu->trap =
        (struct trap){.number = signal == SIGBUS ? TRAP_BUS : TRAP_FETCH, .pc = cpu->pc};
    cpu->trap.arg[0] = guest_address(exc_this.mem, f->address);
    cpu->trap.arg[1] = ACCESS_EXEC;
    leave(cpu, f, ESCAPE_TRAP);
}

static void asynchronous(int signal, siginfo_t *info, void *context)
{
    if (exc_asynchronous != NULL) {
        exc_asynchronous(signal, info, context);
        return;
    }
    struct sigaction act = {.sa_handler = SIG_DFL};
    sigaction(signal, &act, NULL);
    raise(signal);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
    int saved_errno = errno;
    struct cpu *cpu = exc_this.cpu;
    struct exc_fault f;
    if (info->si_code <= 0) {
        asynchronous(signal, info, context);
        errno = saved_errno;
        return;
    }
    exc_host_fault(info, context, &f);
    if (cpu != NULL && cpu->running && host_returns_full(cpu, f.address, context)) {
        errno = saved_errno;
        return;
    }
    if (cpu == NULL || (signal != SIGSEGV && signal != SIGBUS))
        report(signal, cpu, &f);
    if (exc_write != NULL && f.access == ACCESS_WRITE && signal == SIGSEGV &&
        exc_write(guest_address(exc_this.mem, f.address))) {
        errno = saved_errno;
        return;
    }
    if (build_reading)
        fetch_fault(cpu, signal, &f);
    else if (cpu->running && cpu->ip != NULL && exc_in_guest_code(f.pc))
        data_fault(cpu, signal, info, &f);
    else if (cpu->running && exc_cache != NULL && cache_holds(exc_cache, f.pc))
        translated_fault(cpu, signal, &f, context);
    else if (cpu->running && cpu->ip == NULL && ir_eval_recover(cpu))
        leave(cpu, &f, ESCAPE_STEP);
    else if (f.access != ACCESS_WRITE ||
             !mem_write_fault(exc_this.mem, guest_address(exc_this.mem, f.address)))
        report(signal, cpu, &f);
    errno = saved_errno;
}

void exc_init(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    struct sigaction act = {.sa_sigaction = on_fault,
                            .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], &act, NULL) != 0)
            die("can't handle signal %d: %s", signals[i], strerror(errno));
}

void exc_thread(struct cpu *cpu, struct mem *mem)
{
    exc_this.cpu = cpu;
    exc_this.mem = mem;
    if (exc_this.stack != NULL)
        return;
    exc_this.stack = xmalloc(STACK_BYTES);
    stack_t stack = {.ss_sp = exc_this.stack, .ss_size = STACK_BYTES};
    if (sigaltstack(&stack, NULL) != 0)
        die("can't set a signal stack: %s", strerror(errno));
}
