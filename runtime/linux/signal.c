/*
 * signal.c - signals: what the host's kernel hands over, and when the guest gets it.
 *
 * The host handler only takes note of one signal, blocks all others until it is
 * delivered, and kicks the CPU. Delivery is at block boundaries and after system calls
 * (signal_deliver); frames are built from the ABI's data in frame.c. The signals of
 * faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL) stay with the engine; the guest's own handlers
 * for them run through signal_fault.
 */
#include "linux/linux.h"
#include "linux/calls.h"
#include "linux/frame.h"

#include "exc/exc.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { HOST_SET_BYTES = 8, IGNORE = 1, MAX_INSN = 16 };

#define BIT(n) (1ull << ((n)-1))
/* Never blocked on the host: the engine lives by the signals of faults. */
static const int fault_signals[FAULT_SIGNALS] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
static const uint64_t never_blocked =
    BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGFPE) | BIT(SIGILL) | BIT(SIGKILL) | BIT(SIGSTOP);
/* Never blocked by anyone. */
static const uint64_t unblockable = BIT(SIGKILL) | BIT(SIGSTOP);

static struct cpu *signal_cpu; /* of the one thread */

/* -- the host's side ----------------------------------------------------------------*/

static void host_mask(uint64_t set)
{
    set &= ~never_blocked;
    host_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)(uintptr_t)&set, 0, HOST_SET_BYTES,
              0, 0);
}

void signal_caught(int host, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    struct linux_thread *t = linux_thread(signal_cpu);
    uint64_t all = ~never_blocked;

    signal_fix_block(uc);
    t->info = *info;
    t->pending = host;
    memcpy(&uc->uc_sigmask, &all, sizeof(all));
    engine_interrupt(signal_cpu);
}

#if defined(__x86_64__)
/* glibc keeps signals 32 and 33 for itself; the guest's libc needs them. */
struct kernel_sigaction {
    void *handler;
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

void linux_signal_restorer(void);
__asm__(".text\n"
        ".globl linux_signal_restorer\n"
        ".type linux_signal_restorer, @function\n"
        "linux_signal_restorer:\n"
        "    movq $15, %rax\n" /* rt_sigreturn of the host */
        "    syscall\n"
        ".size linux_signal_restorer, .-linux_signal_restorer\n");

static int host_action(int host, void *handler, unsigned long flags)
{
    /* On the stack of exc_thread: that of translated code is none for C. */
    struct kernel_sigaction act = {handler, flags | SA_ONSTACK | HOST_SA_RESTORER,
                                   linux_signal_restorer, ~never_blocked};

    return (int)host_call(SYS_rt_sigaction, host, (long)(uintptr_t)&act, 0,
                          HOST_SET_BYTES, 0, 0);
}

static bool host_ignores(int host)
{
    struct kernel_sigaction act;

    return host_call(SYS_rt_sigaction, host, 0, (long)(uintptr_t)&act, HOST_SET_BYTES, 0,
                     0) == 0 &&
           act.handler == (void *)SIG_IGN;
}
#else
static int host_action(int host, void *handler, unsigned long flags)
{
    struct sigaction act = {.sa_flags = (int)flags | SA_ONSTACK};

    act.sa_sigaction = (void (*)(int, siginfo_t *, void *))handler;
    sigfillset(&act.sa_mask);
    return sigaction(host, &act, NULL) < 0 ? -errno : 0;
}

static bool host_ignores(int host)
{
    struct sigaction act;

    return sigaction(host, NULL, &act) == 0 && act.sa_handler == SIG_IGN;
}
#endif

/* -- signals of faults that someone sent --------------------------------------------*/

/* The place of HOST among them, or -1. */
static int fault_slot(int host)
{
    for (int i = 0; i < FAULT_SIGNALS; i++) {
        if (fault_signals[i] == host)
            return i;
    }
    return -1;
}

static bool is_engines(int host)
{
    return fault_slot(host) >= 0;
}

static void hold(struct linux_thread *t, int host, const siginfo_t *info)
{
    if (t->held & BIT(host))
        return;
    t->held_info[fault_slot(host)] = *info;
    __atomic_fetch_or(&t->held, BIT(host), __ATOMIC_SEQ_CST);
}

/* A host handler: the engine hands such a signal over. It may come at any time. */
static void sent_fault(int host, siginfo_t *info, void *context)
{
    const struct guest_action *action = &linux_os.actions[signal_to_guest(host)];
    struct linux_thread *t = linux_thread(signal_cpu);
    bool blocked = t->mask & BIT(host);

    if (!blocked && action->handler <= IGNORE) {
        if (action->handler == 0)
            signal_die(host);
        return;
    }
    signal_fix_block(context);
    hold(t, host, info);
    if (!blocked && !t->pending)
        t->pending = host;
    engine_interrupt(signal_cpu);
}

/* After a change of the mask, or a delivery: one that is held and let in pends. */
static void release(struct cpu *cpu)
{
    struct linux_thread *t = linux_thread(cpu);
    uint64_t ready = t->held & ~t->mask;

    if (!ready || t->pending)
        return;
    t->pending = __builtin_ctzll(ready) + 1;
    engine_kick(cpu);
}

/* HOST, which pends or is held, does so no more. */
static void take(struct linux_thread *t, int host, siginfo_t *info)
{
    if (t->held & BIT(host)) {
        *info = t->held_info[fault_slot(host)];
        __atomic_fetch_and(&t->held, ~BIT(host), __ATOMIC_SEQ_CST);
    } else {
        *info = t->info;
    }
    if (t->pending == host)
        t->pending = 0;
}

/* Makes the host's kernel queue HOST, which it blocks. */
static void queue(int host, siginfo_t *info)
{
    long thread = (long)host_call(SYS_gettid, 0, 0, 0, 0, 0, 0);

    host_call(SYS_rt_tgsigqueueinfo, getpid(), thread, host, (long)(uintptr_t)info, 0, 0);
}

/* The guest has blocked HOST since it was caught; it waits again. All are blocked on the
 * host. */
static void put_back(struct linux_thread *t, int host, siginfo_t *info)
{
    if (is_engines(host))
        hold(t, host, info);
    else
        queue(host, info);
}

/* -- actions and masks --------------------------------------------------------------*/

/* Makes the host do what the guest asked for. */
static int follow_action(int host, const struct guest_action *action)
{
    unsigned long flags = action->flags & (SA_NOCLDSTOP | SA_NOCLDWAIT);

    if (is_engines(host))
        return 0;
    if (action->handler > IGNORE)
        return host_action(host, (void *)(uintptr_t)signal_caught, SA_SIGINFO | flags);
    return host_action(
        host, action->handler == IGNORE ? (void *)SIG_IGN : (void *)SIG_DFL, flags);
}

void signal_init(struct cpu *cpu)
{
    struct linux_thread *t = linux_thread(cpu);

    signal_cpu = cpu;
    exc_asynchronous = sent_fault;
    host_call(SYS_rt_sigprocmask, SIG_BLOCK, 0, (long)(uintptr_t)&t->mask, HOST_SET_BYTES,
              0, 0);
    t->mask &= ~unblockable;
    host_mask(t->mask); /* what waited while it was blocked is held now */
    for (int host = 1; host <= HOST_SIGNALS; host++) {
        int number = signal_to_guest(host);

        if (number && number <= GUEST_SIGNALS && !is_engines(host) && host_ignores(host))
            linux_os.actions[number].handler = IGNORE;
    }
}

void signal_set_mask(struct cpu *cpu, uint64_t mask)
{
    struct linux_thread *t = linux_thread(cpu);

    host_mask(~0ull); /* so that the test below holds */
    t->mask = mask & ~unblockable;
    release(cpu);
    if (!t->pending)
        host_mask(t->mask);
}

void signal_after_fork(struct cpu *cpu)
{
    struct linux_thread *t = linux_thread(cpu);

    t->pending = 0;
    t->held = 0;
    signal_set_mask(cpu, t->mask);
}

void signal_before_exec(struct cpu *cpu)
{
    struct linux_thread *t = linux_thread(cpu);
    uint64_t mask = t->mask, held = t->held & mask;

    host_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)(uintptr_t)&mask, 0, HOST_SET_BYTES,
              0, 0);
    for (int i = 0; i < FAULT_SIGNALS; i++) {
        if (held & BIT(fault_signals[i]))
            queue(fault_signals[i], &t->held_info[i]);
    }
    t->held &= ~held;
}

void signal_after_exec(struct cpu *cpu)
{
    host_mask(linux_thread(cpu)->mask);
}

/* -- the end ------------------------------------------------------------------------*/

_Noreturn void signal_die(int host)
{
    static const struct rlimit none = {0, 0};
    uint64_t all_but = ~BIT(host);

    setrlimit(RLIMIT_CORE, &none);
    host_action(host, (void *)SIG_DFL, 0);
    host_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)(uintptr_t)&all_but, 0,
              HOST_SET_BYTES, 0, 0);
    host_call(SYS_kill, getpid(), host, 0, 0, 0, 0);
    _exit(128 + host);
}

static const char *fault_text(int host)
{
    switch (host) {
    case SIGSEGV:
        return "segmentation fault";
    case SIGBUS:
        return "bus error";
    case SIGILL:
        return "illegal instruction";
    case SIGFPE:
        return "arithmetic exception";
    case SIGTRAP:
        return "breakpoint or trap";
    default:
        return "fault";
    }
}

static void fault_report(struct cpu *cpu, int host, uint64_t address)
{
    const struct guest *g = cpu->machine->guest;
    struct decoded d;
    char text[128] = "not mapped";
    uint8_t code[MAX_INSN];
    unsigned avail = g->insn_bytes_max < MAX_INSN ? g->insn_bytes_max : MAX_INSN;

    while (avail && !mem_peek(&cpu->machine->mem, cpu->trap.pc, code, avail))
        avail--;
    if (avail && g->decode(code, avail, cpu->context, &d) >= 0)
        g->disas(&d, cpu->trap.pc, text, sizeof(text));
    else if (avail)
        strcpy(text, "no instruction");
    fflush(stdout);
    if (host == SIGSEGV || host == SIGBUS)
        fprintf(stderr, "isomorph-%s: %s: %s at address 0x%llx, pc 0x%llx (%s)\n",
                g->name, cpu->machine->options.program, fault_text(host),
                (unsigned long long)address, (unsigned long long)cpu->trap.pc, text);
    else
        fprintf(stderr, "isomorph-%s: %s: %s at pc 0x%llx (%s)\n", g->name,
                cpu->machine->options.program, fault_text(host),
                (unsigned long long)cpu->trap.pc, text);
}

/* -- delivery -----------------------------------------------------------------------*/

/* No frame of HOST can be written: that is a fault, and if it was one, the end. */
static void frame_failed(struct cpu *cpu, int host)
{
    uint64_t sp = engine_read_place(cpu, &abi->sp);

    cpu->trap.pc = cpu->pc;
    if (host != SIGSEGV) {
        signal_fault(cpu, SIGSEGV, SI_KERNEL, sp);
        return;
    }
    fault_report(cpu, SIGSEGV, sp);
    signal_die(SIGSEGV);
}

/* Enters the handler of ACTION. */
static void enter_handler(struct cpu *cpu, int host, const siginfo_t *info,
                          struct guest_action *action)
{
    struct linux_thread *t = linux_thread(cpu);
    struct guest_action taken = *action;
    uint64_t saved = t->suspended ? t->suspend_mask : t->mask;
    uint64_t mask = t->mask | taken.mask;

    if (!(taken.flags & SA_NODEFER))
        mask |= BIT(host);
    if (taken.flags & SA_RESETHAND) {
        action->handler = 0;
        follow_action(host, action);
    }
    if (cpu->machine->options.strace)
        strace_signal(host, info);
    if (!frame_push(cpu, host, info, &taken, saved)) {
        frame_failed(cpu, host);
        return;
    }
    t->suspended = false;
    cpu->reservation.bytes = 0;
    signal_set_mask(cpu, mask);
}

void signal_deliver(struct cpu *cpu)
{
    struct linux_thread *t = linux_thread(cpu);

    if (t->pending)
        host_mask(~0ull); /* another one must not take its place meanwhile */
    while (t->pending) {
        int host = t->pending;
        struct guest_action *action = &linux_os.actions[signal_to_guest(host)];
        siginfo_t info;

        take(t, host, &info);
        if (t->mask & BIT(host)) {
            put_back(t, host, &info);
            signal_set_mask(cpu, t->mask);
            continue;
        }
        if (action->handler <= IGNORE) { /* changed since it was caught */
            signal_set_mask(cpu, t->mask);
            if (action->handler == 0)
                host_call(SYS_kill, getpid(), host, 0, 0, 0, 0);
            continue;
        }
        if (t->interrupted == SYS_RESTART_NOHAND ||
            (t->interrupted == SYS_RESTART && !(action->flags & SA_RESTART)))
            syscall_interrupted(cpu);
        t->interrupted = 0;
        enter_handler(cpu, host, &info, action);
    }
    if (t->suspended)
        signal_end_temporary(cpu);
    t->interrupted = 0;
}

void signal_fault(struct cpu *cpu, int host, int code, uint64_t address)
{
    struct linux_thread *t = linux_thread(cpu);
    struct guest_action *action = &linux_os.actions[signal_to_guest(host)];
    siginfo_t info;

    if (action->handler <= IGNORE || t->mask & BIT(host)) {
        fault_report(cpu, host, address);
        signal_die(host);
    }
    memset(&info, 0, sizeof(info));
    info.si_signo = host;
    info.si_code = code;
    if (code != SI_KERNEL)
        info.si_addr = (void *)(uintptr_t)address;
    enter_handler(cpu, host, &info, action);
    if (t->pending) /* caught before: it comes when this handler is entered */
        engine_kick(cpu);
}

uint64_t signal_temporary_mask(struct cpu *cpu, uint64_t mask)
{
    struct linux_thread *t = linux_thread(cpu);

    t->suspend_mask = t->mask;
    t->suspended = true;
    t->mask = mask & ~unblockable;
    release(cpu);
    return mask & ~never_blocked;
}

bool signal_let_in(struct cpu *cpu)
{
    struct linux_thread *t = linux_thread(cpu);

    return t->pending && t->suspended && t->suspend_mask & BIT(t->pending);
}

void signal_end_temporary(struct cpu *cpu)
{
    struct linux_thread *t = linux_thread(cpu);

    if (t->suspended)
        t->mask = t->suspend_mask;
    t->suspended = false;
}

/* -- calls --------------------------------------------------------------------------*/

static bool sets_equal_bytes(uint64_t bytes)
{
    return bytes == abi->sigset_bytes;
}

int64_t sys_rt_sigaction(struct cpu *cpu, const uint64_t *a)
{
    int host = signal_to_host((int)a[0]), error = 0;
    int mask_at = field_at(GF_sigaction_sa_mask);
    struct guest_action *action, old;

    if (!sets_equal_bytes(a[3]) || host <= 0)
        return -EINVAL;
    action = &linux_os.actions[a[0]];
    old = *action;
    if (a[1]) {
        const uint8_t *p = struct_in(cpu, a[1], GS_sigaction);
        struct guest_action new;

        if (host == SIGKILL || host == SIGSTOP)
            return -EINVAL;
        if (!p)
            return -EFAULT;
        new.handler = (uint64_t)GET(p, sigaction, sa_handler);
        new.flags =
            flags_to_host(FAMILY_sigaction, (uint64_t)GET(p, sigaction, sa_flags), NULL);
        new.restorer = (uint64_t)GET(p, sigaction, sa_restorer);
        new.mask = sigset_get(p + mask_at, abi->sigset_bytes);
        *action = new;
        error = follow_action(host, action);
    }
    if (a[2] && !error) {
        uint8_t *p = struct_out(cpu, a[2], GS_sigaction);

        if (!p)
            return -EFAULT;
        PUT(p, sigaction, sa_handler, old.handler);
        PUT(p, sigaction, sa_flags, flags_to_guest(FAMILY_sigaction, old.flags));
        PUT(p, sigaction, sa_restorer, old.restorer);
        sigset_put(p + mask_at, abi->sigset_bytes, old.mask);
    }
    return error;
}

int64_t sys_rt_sigprocmask(struct cpu *cpu, const uint64_t *a)
{
    struct linux_thread *t = linux_thread(cpu);
    uint64_t old = t->mask, set;

    if (!sets_equal_bytes(a[3]))
        return -EINVAL;
    if (a[1]) {
        if (!sigset_load(cpu, a[1], &set))
            return -EFAULT;
        switch (value_to_host(FAMILY_sighow, (int64_t)a[0], -1)) {
        case SIG_BLOCK:
            set = old | set;
            break;
        case SIG_UNBLOCK:
            set = old & ~set;
            break;
        case SIG_SETMASK:
            break;
        default:
            return -EINVAL;
        }
        signal_set_mask(cpu, set);
    }
    return a[2] && !sigset_store(cpu, a[2], old) ? -EFAULT : 0;
}

int64_t sys_rt_sigpending(struct cpu *cpu, const uint64_t *a)
{
    uint64_t set = 0;

    host_call(SYS_rt_sigpending, (long)(uintptr_t)&set, HOST_SET_BYTES, 0, 0, 0, 0);
    set |= linux_thread(cpu)->held;
    return sigset_store(cpu, a[0], set & linux_thread(cpu)->mask) ? 0 : -EFAULT;
}

/*
 * Waits under SET; HOST_SET is the host's. A signal that was caught before counts as one
 * that came in the wait, if SET lets it in: no program can tell, and one that forgot to
 * block it is woken.
 */
static int64_t suspend(struct cpu *cpu, uint64_t set, uint64_t host_set)
{
    int64_t result = host_block(cpu, SYS_rt_sigsuspend, (long)(uintptr_t)&host_set,
                                HOST_SET_BYTES, 0, 0, 0, 0);

    if (result != -SYS_RESTART_ALWAYS || !(set & BIT(linux_thread(cpu)->pending)))
        return -SYS_RESTART_NOHAND;
    signal_end_temporary(cpu);
    return result;
}

int64_t sys_rt_sigsuspend(struct cpu *cpu, const uint64_t *a)
{
    uint64_t set;

    if (!sets_equal_bytes(a[1]))
        return -EINVAL;
    if (!sigset_load(cpu, a[0], &set))
        return -EFAULT;
    return suspend(cpu, set, signal_temporary_mask(cpu, set));
}

int64_t sys_pause(struct cpu *cpu, const uint64_t *a)
{
    (void)a;
    return suspend(cpu, linux_thread(cpu)->mask,
                   linux_thread(cpu)->mask & ~never_blocked);
}

static int64_t wait_signal(struct cpu *cpu, const uint64_t *a, bool wide)
{
    struct timespec ts;
    siginfo_t info;
    uint64_t set, held;
    int64_t result;
    void *p = NULL;

    if (!sets_equal_bytes(a[3]))
        return -EINVAL;
    if (!sigset_load(cpu, a[0], &set) || (a[2] && time_in(cpu, a[2], wide, &ts)))
        return -EFAULT;
    if (a[1]) {
        p = struct_out(cpu, a[1], GS_siginfo);
        if (!p)
            return -EFAULT;
    }
    held = linux_thread(cpu)->held & set;
    if (held) {
        result = __builtin_ctzll(held) + 1;
        take(linux_thread(cpu), (int)result, &info);
    } else {
        result = host_block(cpu, SYS_rt_sigtimedwait, (long)(uintptr_t)&set,
                            (long)(uintptr_t)&info, a[2] ? (long)(uintptr_t)&ts : 0,
                            HOST_SET_BYTES, 0, 0);
    }
    if (result <= 0)
        return result;
    if (p)
        frame_siginfo(p, &info);
    return signal_to_guest((int)result);
}

int64_t sys_rt_sigtimedwait(struct cpu *cpu, const uint64_t *a)
{
    return wait_signal(cpu, a, false);
}

int64_t sys_rt_sigtimedwait_time64(struct cpu *cpu, const uint64_t *a)
{
    return wait_signal(cpu, a, true);
}

enum { SMALLEST_STACK = 2048 }; /* MINSIGSTKSZ of the kernel's headers */

static bool on_alternate(struct cpu *cpu)
{
    struct linux_thread *t = linux_thread(cpu);

    return t->alt_size && engine_read_place(cpu, &abi->sp) - t->alt_sp < t->alt_size;
}

int64_t sys_sigaltstack(struct cpu *cpu, const uint64_t *a)
{
    struct linux_thread *t = linux_thread(cpu);
    struct linux_thread old = *t;
    bool in_use = on_alternate(cpu);

    if (a[0]) {
        const void *p = struct_in(cpu, a[0], GS_stack_t);
        uint64_t size, flags;

        if (!p)
            return -EFAULT;
        if (in_use)
            return -EPERM;
        flags = (uint32_t)GET(p, stack_t, ss_flags);
        size = (uint64_t)GET(p, stack_t, ss_size);
        if (flags & ~(uint64_t)(SS_DISABLE | SS_ONSTACK))
            return -EINVAL;
        if (!(flags & SS_DISABLE) && size < SMALLEST_STACK)
            return -ENOMEM;
        t->alt_sp = flags & SS_DISABLE ? 0 : (uint64_t)GET(p, stack_t, ss_sp);
        t->alt_size = flags & SS_DISABLE ? 0 : size;
    }
    if (a[1]) {
        void *p = struct_out(cpu, a[1], GS_stack_t);

        if (!p)
            return -EFAULT;
        PUT(p, stack_t, ss_sp, old.alt_sp);
        PUT(p, stack_t, ss_size, old.alt_size);
        PUT(p, stack_t, ss_flags, !old.alt_size ? SS_DISABLE : in_use ? SS_ONSTACK : 0);
    }
    return 0;
}

int64_t sys_rt_sigreturn(struct cpu *cpu, const uint64_t *a)
{
    uint64_t mask;

    (void)a;
    if (!frame_pop(cpu, &abi->frame_info, &mask)) {
        cpu->trap.pc = cpu->pc;
        signal_fault(cpu, SIGSEGV, SEGV_MAPERR, engine_read_place(cpu, &abi->sp));
        return SYS_DONE;
    }
    signal_set_mask(cpu, mask);
    signal_deliver(cpu);
    return SYS_DONE;
}

int64_t sys_sigreturn(struct cpu *cpu, const uint64_t *a)
{
    const struct abi_frame *f =
        abi->frame_plain.bytes ? &abi->frame_plain : &abi->frame_info;
    uint64_t mask;

    (void)a;
    if (!frame_pop(cpu, f, &mask)) {
        cpu->trap.pc = cpu->pc;
        signal_fault(cpu, SIGSEGV, SEGV_MAPERR, engine_read_place(cpu, &abi->sp));
        return SYS_DONE;
    }
    signal_set_mask(cpu, mask);
    signal_deliver(cpu);
    return SYS_DONE;
}

/* -- sending ------------------------------------------------------------------------*/

/* Zero tests only; a number that the host lacks is an error. */
static bool sendable(uint64_t number, int *host)
{
    *host = number ? signal_to_host((int)number) : 0;
    return number == 0 || *host > 0;
}

int64_t sys_kill(struct cpu *cpu, const uint64_t *a)
{
    int host;

    (void)cpu;
    return sendable(a[1], &host) ? host_call(SYS_kill, (long)a[0], host, 0, 0, 0, 0)
                                 : -EINVAL;
}

int64_t sys_tkill(struct cpu *cpu, const uint64_t *a)
{
    int host;

    (void)cpu;
    return sendable(a[1], &host) ? host_call(SYS_tkill, (long)a[0], host, 0, 0, 0, 0)
                                 : -EINVAL;
}

int64_t sys_tgkill(struct cpu *cpu, const uint64_t *a)
{
    int host;

    (void)cpu;
    if (!sendable(a[2], &host))
        return -EINVAL;
    return host_call(SYS_tgkill, (long)a[0], (long)a[1], host, 0, 0, 0);
}

int64_t sys_rt_sigqueueinfo(struct cpu *cpu, const uint64_t *a)
{
    const void *p = struct_in(cpu, a[2], GS_siginfo);
    siginfo_t info;
    int host;

    if (!p)
        return -EFAULT;
    if (!sendable(a[1], &host))
        return -EINVAL;
    memset(&info, 0, sizeof(info));
    info.si_signo = host;
    info.si_code = (int)value_to_host(FAMILY_sicode, GET(p, siginfo, si_code),
                                      GET(p, siginfo, si_code));
    info.si_pid = (pid_t)GET(p, siginfo, si_pid);
    info.si_uid = (uid_t)GET(p, siginfo, si_uid);
    info.si_value.sival_ptr = (void *)(uintptr_t)GET(p, siginfo, si_value);
    return host_call(SYS_rt_sigqueueinfo, (long)a[0], host, (long)(uintptr_t)&info, 0, 0,
                     0);
}
