/* host_other.c - what hosts other than x86-64 tell about a fault, as far as they do; see
 * exc.h. */
#include "exc/exc.h"

#include <ucontext.h>

#if !defined(__x86_64__)

static uintptr_t pc_of(const ucontext_t *u)
{
#if defined(__riscv)
    return (uintptr_t)u->uc_mcontext.__gregs[REG_PC];
#elif defined(__aarch64__)
    return (uintptr_t)u->uc_mcontext.pc;
#else
    (void)u;
    return 0; /* never in guest code: the fault is reported as the emulator's own */
#endif
}

/*
 * The kind of access is not told: it is taken for a write. So a write to a watched code
 * page is seen, which reads never fault on; a guest's read of a bad address says "write"
 * in its report.
 */
void exc_host_fault(const siginfo_t *info, const void *context, struct exc_fault *f)
{
    f->pc = pc_of(context);
    f->address = (uint64_t)(uintptr_t)info->si_addr;
    f->access = f->address == f->pc ? ACCESS_EXEC : ACCESS_WRITE;
    f->mxcsr = 0;
}

#else

/* ISO C has no empty file. */
typedef int host_other_is_empty;

#endif
