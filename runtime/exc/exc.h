/*
 * exc.h - host faults in, guest traps out.
 *
 * Invariants
 *  (1) A fault is the guest's if its thread runs a CPU and the host pc lies in section
 * guest_code (every routine, and every helper that touches guest memory), or while the
 * block builder reads guest code. It then becomes a guest trap with exact pc, address and
 * kind of access, and generated code is left by siglongjmp to exc_this.escape. A fault
 * in translated code rebuilds the state before the guest instruction, which the
 * interpreter then does on its own (ESCAPE_STEP): what it means is the interpreter's
 * business. (2) A
 * write fault on a watched code page retires the code and is retried; if the block that
 * was running is retired by its own store, the instruction is run anew on its own
 * (ESCAPE_STEP). The handler takes the lock of util/epoch.h for that, which a thread in
 * guest code never holds; leaving lets go of it. (3) Any other fault is a defect of ours:
 * it is reported with the guest's pc, and aborts. (4) The handlers run on an alternate
 * stack and leave the signal mask alone (SA_NODEFER).
 */
#ifndef ISOMORPH_EXC_EXC_H
#define ISOMORPH_EXC_EXC_H

#include "cache/cache.h"
#include "guest.h"
#include "mem/mem.h"

#include <setjmp.h>
#include <signal.h>

/* What sigsetjmp on exc_this.escape returns. */
enum escape {
    ESCAPE_NONE, /* returned directly */
    ESCAPE_TRAP, /* cpu->trap and cpu->pc are filled in */
    ESCAPE_STEP, /* run the one instruction at cpu->pc, then go on */
};

struct exc_thread {
    struct cpu *cpu; /* the CPU that this thread runs, or NULL */
    struct mem *mem;
    sigjmp_buf escape; /* valid while cpu is not NULL */
    void *stack;       /* the alternate signal stack; owned */
};

extern __thread struct exc_thread exc_this;

/* The code cache, or NULL; and how many faults in it were handed on to the interpreter.
 */
extern struct cache *exc_cache;
extern uint64_t exc_cache_faults;

/* exc_write - first asked about each write fault, with its guest address: true if it is
 * to be retried. NULL: nobody is. */
extern bool (*exc_write)(uint64_t gva);

/* exc_translated - told of each fault in translated code, with its host address, before
 * the code is left. NULL: nobody is. */
extern void (*exc_translated)(uintptr_t pc);

/* exc_init - take the host's fault signals; once per process. */
void exc_init(void);

/* exc_thread - make the calling thread run CPU, whose memory is MEM; gives it a signal
 * stack. */
void exc_thread(struct cpu *cpu, struct mem *mem);

/*
 * exc_asynchronous - what to do with SIGSEGV, SIGBUS, SIGFPE, SIGILL that were sent by
 * kill and the like rather than raised by an instruction. NULL: the default action. A
 * personality sets it.
 */
extern void (*exc_asynchronous)(int signal, siginfo_t *info, void *context);

/* exc_in_guest_code - whether host address PC lies in section guest_code. */
bool exc_in_guest_code(uintptr_t pc);

/* What the host tells about a fault; host_*.c. */
struct exc_fault {
    uintptr_t pc;     /* host */
    uint64_t address; /* host address of the access */
    int access;       /* enum access */
    uint32_t mxcsr;
};

void exc_host_fault(const siginfo_t *info, const void *context, struct exc_fault *f);

#endif
