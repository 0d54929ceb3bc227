/*
 * block.c - the one place where the runtime sleeps in the host's kernel.
 *
 * A host signal handler looks at the interrupted PC: in [linux_block_begin,
 * linux_block_end) the call was not made yet, and the handler moves the PC to
 * linux_block_abort, which answers -SYS_RESTART_ALWAYS. At linux_block_end the call is
 * over and its result stands. So a signal that is caught after the test of the pending
 * flag is never slept over, and one that came before the call never ends it.
 */
#include "linux/linux.h"

#include <errno.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)

int64_t linux_block(volatile sig_atomic_t *pending, long nr, const long *args);
extern const char linux_block_begin[], linux_block_end[], linux_block_abort[];

/* rdi = pending, rsi = nr, rdx = args; the kernel takes rax, rdi, rsi, rdx, r10, r8, r9.
 */
__asm__(".text\n"
        ".globl linux_block\n"
        ".type linux_block, @function\n"
        "linux_block:\n"
        "    movq %rdi, %rcx\n"
        "    movq %rsi, %rax\n"
        "    movq %rdx, %r11\n"
        "    movq 0(%r11), %rdi\n"
        "    movq 8(%r11), %rsi\n"
        "    movq 16(%r11), %rdx\n"
        "    movq 24(%r11), %r10\n"
        "    movq 32(%r11), %r8\n"
        "    movq 40(%r11), %r9\n"
        ".globl linux_block_begin\n"
        "linux_block_begin:\n"
        "    cmpl $0, (%rcx)\n"
        "    jne linux_block_abort\n"
        "    syscall\n"
        ".globl linux_block_end\n"
        "linux_block_end:\n"
        "    ret\n"
        ".globl linux_block_abort\n"
        "linux_block_abort:\n"
        "    movq $-513, %rax\n" /* -SYS_RESTART_ALWAYS */
        "    ret\n"
        ".size linux_block, .-linux_block\n");

void signal_fix_block(void *ucontext)
{
    ucontext_t *uc = ucontext;
    greg_t pc = uc->uc_mcontext.gregs[REG_RIP];

    if (pc >= (greg_t)(uintptr_t)linux_block_begin &&
        pc < (greg_t)(uintptr_t)linux_block_end)
        uc->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)linux_block_abort;
}

#else

/* Elsewhere a signal between test and call is only noticed after the call. */
static int64_t linux_block(volatile sig_atomic_t *pending, long nr, const long *args)
{
    long result;

    if (*pending)
        return -SYS_RESTART_ALWAYS;
    result = syscall(nr, args[0], args[1], args[2], args[3], args[4], args[5]);
    return result == -1 ? -errno : result;
}

void signal_fix_block(void *ucontext)
{
    (void)ucontext;
}

#endif

int64_t host_block(struct cpu *cpu, long nr, long a, long b, long c, long d, long e,
                   long f)
{
    const long args[6] = {a, b, c, d, e, f};

    return linux_block(&linux_thread(cpu)->pending, nr, args);
}

int64_t host_restart(struct cpu *cpu, long nr, long a, long b, long c, long d, long e,
                     long f)
{
    int64_t result = host_block(cpu, nr, a, b, c, d, e, f);

    return result == -EINTR ? -SYS_RESTART : result;
}

int64_t host_call(long nr, long a, long b, long c, long d, long e, long f)
{
    long result = syscall(nr, a, b, c, d, e, f);

    return result == -1 ? -errno : result;
}
