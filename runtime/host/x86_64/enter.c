/* enter.c - into translated code and out of it; frame.h says how it sees this. */
#include "host/x86_64/frame.h"

#include "util/alloc.h"
#include "util/log.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__x86_64__)

_Static_assert(HOST_FRAME_TOTAL <= HOST_FRAME_WORDS * 8, "the frame's size");
_Static_assert(offsetof(struct cpu, state) % 64 == 0, "registers' place");
_Static_assert(sizeof(struct host_jump) == 16 && (HOST_JUMPS & (HOST_JUMPS - 1)) == 0,
               "the lookup's shifts");
_Static_assert(HOST_EXIT_LINK == 0, "the leave stub tests for it");

/* host_constants - the numbers that the stubs below use; never called. */
__attribute__((used)) static void host_constants(void)
{
#define CONSTANT(name, value) __asm__ volatile(".set " name ", %c0" ::"i"(value))
    CONSTANT("C_MEM", offsetof(struct cpu, mem));
    CONSTANT("C_BIAS", HOST_BIAS);
    CONSTANT("C_PC", offsetof(struct cpu, pc) - HOST_BIAS);
    CONSTANT("C_ATTENTION", offsetof(struct cpu, attention) - HOST_BIAS);
    CONSTANT("C_LINK", offsetof(struct cpu, host.link) - HOST_BIAS);
    CONSTANT("C_JUMPS", offsetof(struct cpu, host.jumps) - HOST_BIAS);
    CONSTANT("C_STACK", offsetof(struct cpu, host.stack) - HOST_BIAS);
    CONSTANT("C_RETURNS", offsetof(struct cpu, host.returns) - HOST_BIAS);
    CONSTANT("C_LOOKUP", offsetof(struct cpu, host.lookup) - HOST_BIAS);
    CONSTANT("C_SLOW_FROM", offsetof(struct cpu, host.slow_from) - HOST_BIAS);
    CONSTANT("C_SLOTS", (HOST_JUMPS - 1) << 4);
    CONSTANT("C_INDIRECT", HOST_EXIT_INDIRECT);
    CONSTANT("C_POLL", HOST_EXIT_POLL);
    CONSTANT("C_ARGS", offsetof(struct cpu, host.frame) + HOST_FRAME_ARGS - HOST_BIAS);
    CONSTANT("C_RESULT",
             offsetof(struct cpu, host.frame) + HOST_FRAME_RESULT - HOST_BIAS);
#undef CONSTANT
}

/* host_enter(cpu, entry), and the way back. */
/* clang-format off */
__asm__(
    ".pushsection guest_code,\"ax\",@progbits\n"
    ".p2align 4\n"
    ".globl host_enter\n"
    ".type host_enter,@function\n"
    "host_enter:\n"
    "    pushq %rbp\n"
    "    pushq %rbx\n"
    "    pushq %r12\n"
    "    pushq %r13\n"
    "    pushq %r14\n"
    "    pushq %r15\n"
    "    movq C_MEM(%rdi), %r14\n"
    "    leaq C_BIAS(%rdi), %rbp\n"
    "    movq %rsp, C_STACK(%rbp)\n"
    "    movq C_RETURNS(%rbp), %rsp\n"
    "    jmpq *%rsi\n"
    ".p2align 4\n"
    "host_leave_stub:\n"
    "    xorl %edx, %edx\n"
    "    testl %eax, %eax\n"
    "    cmovneq %rdx, %rcx\n"
    "    movq %rcx, C_LINK(%rbp)\n"
    "    movq %rsp, C_RETURNS(%rbp)\n"
    "    movq C_STACK(%rbp), %rsp\n"
    "    popq %r15\n"
    "    popq %r14\n"
    "    popq %r13\n"
    "    popq %r12\n"
    "    popq %rbx\n"
    "    popq %rbp\n"
    "    ret\n"
    ".size host_enter, . - host_enter\n"
    ".popsection\n");

/*
 * The lookup, one per shift: host_jump_slot's, whose
 * entry of 16 bytes is compared.
 */
__asm__(
    ".pushsection guest_code,\"ax\",@progbits\n"
    ".macro host_lookup shift\n"
    ".p2align 4\n"
    "host_lookup_\\shift:\n"
    "    movl %eax, %ecx\n"
    "    shll $(4 - \\shift), %ecx\n"
    "    andl $C_SLOTS, %ecx\n"
    "    addq C_JUMPS(%rbp), %rcx\n"
    "    cmpl $0, C_ATTENTION(%rbp)\n"
    "    jne host_lookup_poll\n"
    "    cmpq %rax, (%rcx)\n"
    "    jne host_lookup_miss\n"
    "    movq 8(%rcx), %rcx\n"
    "    testq %rcx, %rcx\n"
    "    je host_lookup_miss\n"
    "    jmpq *%rcx\n"
    ".endm\n"
    "host_lookup 0\n"
    "host_lookup 1\n"
    "host_lookup 2\n"
    "host_lookup 3\n"
    ".purgem host_lookup\n"
    "host_lookup_miss:\n"
    "    movq %rax, C_PC(%rbp)\n"
    "    movl $C_INDIRECT, %eax\n"
    "    jmp host_leave_stub\n"
    "host_lookup_poll:\n"
    "    movq %rax, C_PC(%rbp)\n"
    "    movl $C_POLL, %eax\n"
    "    jmp host_leave_stub\n"
    ".popsection\n");

/*
 * Returns whose continuation isn't the right one, and the continuation that is never
 * right. The entry that was taken is the right one's again if none is found.
 */
__asm__(
    ".pushsection guest_code,\"ax\",@progbits\n"
    ".p2align 4\n"
    "host_return_missed:\n"
    "    cmpl $0, C_ATTENTION(%rbp)\n"
    "    jne 1f\n"
    ".irp n,0,1,2,3,4,5,6,7\n"
    "    movq 8*\\n(%rsp), %rcx\n"
    "    movslq 3(%rcx), %rdx\n"
    "    cmpq %rax, 7(%rcx, %rdx)\n"
    "    je host_return_found_\\n\n"
    ".endr\n"
    "1:  subq $8, %rsp\n"
    "    jmpq *C_LOOKUP(%rbp)\n"
    ".irp n,0,1,2,3,4,5,6,7\n"
    "host_return_found_\\n:\n"
    "    addq $8*\\n+8, %rsp\n"
    "    jmpq *%rcx\n"
    ".endr\n"
    "host_return_none:\n"
    "    cmpq host_no_address(%rip), %rax\n"
    "    jmp host_return_missed\n"
    ".p2align 3\n"
    "host_no_address:\n"
    "    .quad -1\n"
    ".popsection\n");

/* The call into C, on its own stack: rsp is 8 beside a multiple of 16 there. */
__asm__(
    ".pushsection guest_code,\"ax\",@progbits\n"
    ".p2align 4\n"
    "host_slow_stub:\n"
    "    popq C_SLOW_FROM(%rbp)\n"
    "    movq %rsp, C_RETURNS(%rbp)\n"
    "    movq C_STACK(%rbp), %rsp\n"
    "    pushq %rax\n"
    "    pushq %rcx\n"
    "    pushq %rdx\n"
    "    pushq %rsi\n"
    "    pushq %rdi\n"
    "    pushq %r8\n"
    "    pushq %r9\n"
    "    pushq %r10\n"
    "    pushq %r11\n"
    "    subq $256, %rsp\n"
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "    movaps %xmm\\n, 16*\\n(%rsp)\n"
    ".endr\n"
    "    movq C_ARGS(%rbp), %rdi\n"
    "    movq C_ARGS+8(%rbp), %rsi\n"
    "    movq C_ARGS+16(%rbp), %rdx\n"
    "    movq C_ARGS+24(%rbp), %rcx\n"
    "    movq C_ARGS+32(%rbp), %r8\n"
    "    movq C_ARGS+40(%rbp), %r9\n"
    "    callq *%rax\n"
    "    movq %rax, C_RESULT(%rbp)\n"
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "    movaps 16*\\n(%rsp), %xmm\\n\n"
    ".endr\n"
    "    addq $256, %rsp\n"
    "    popq %r11\n"
    "    popq %r10\n"
    "    popq %r9\n"
    "    popq %r8\n"
    "    popq %rdi\n"
    "    popq %rsi\n"
    "    popq %rdx\n"
    "    popq %rcx\n"
    "    popq %rax\n"
    "    movq C_RETURNS(%rbp), %rsp\n"
    "    pushq C_SLOW_FROM(%rbp)\n"
    "    ret\n"
    ".popsection\n");
/* clang-format on */

extern const char host_leave_stub[], host_slow_stub[];
extern const char host_return_missed[], host_return_none[];
extern const char host_lookup_0[], host_lookup_1[], host_lookup_2[], host_lookup_3[];

/* -- the return stack ---------------------------------------------------------------*/

/* Entries, below which there is a page that faults; and behind the oldest as many as
 * host_return_missed looks at, or more. */
enum { GUARD_BYTES = 4096, ENTRIES = 4096, NONE = 16 };
enum { RETURNS_BYTES = GUARD_BYTES + (ENTRIES + NONE) * 8 };

static uint8_t *returns_memory(const struct cpu *cpu)
{
    return (uint8_t *)(cpu->host.returns_end - ENTRIES) - GUARD_BYTES;
}

static void new_returns(struct cpu *cpu)
{
    uint8_t *p = mmap(NULL, RETURNS_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED || mprotect(p, GUARD_BYTES, PROT_NONE) != 0)
        die("no memory for a return stack: %s", strerror(errno));
    cpu->host.returns_end = (const void **)(void *)(p + GUARD_BYTES) + ENTRIES;
    for (unsigned i = 0; i < NONE; i++)
        cpu->host.returns_end[i] = host_return_none;
    host_returns_clear(cpu);
}

void host_returns_clear(struct cpu *cpu)
{
    cpu->host.returns = cpu->host.returns_end;
}

void host_returns_pop(struct cpu *cpu)
{
    const uint8_t *top = *cpu->host.returns; /* cmp rax, [rip + disp32] */
    int32_t distance;
    uint64_t pc;
    memcpy(&distance, top + 3, sizeof distance);
    memcpy(&pc, top + 7 + distance, sizeof pc);
    if (pc == cpu->pc)
        cpu->host.returns++;
}

bool host_returns_full(struct cpu *cpu, uintptr_t address, void *ucontext)
{
    ucontext_t *u = ucontext;
    if (cpu->host.returns_end == NULL ||
        address - (uintptr_t)returns_memory(cpu) >= GUARD_BYTES)
        return false;
    const void **from = (const void **)(uintptr_t)u->uc_mcontext.gregs[REG_RSP],
               **to = cpu->host.returns_end - ENTRIES / 2;
    memmove(to, from, ENTRIES / 2 * sizeof *to);
    u->uc_mcontext.gregs[REG_RSP] = (greg_t)(uintptr_t)to;
    return true;
}

void host_cpu_init(struct cpu *cpu, unsigned jump_shift)
{
    static const char *const lookups[] = {host_lookup_0, host_lookup_1, host_lookup_2,
                                          host_lookup_3};
    assert(jump_shift < sizeof lookups / sizeof lookups[0]);
    cpu->host = (struct host_cpu){
        .leave = host_leave_stub,
        .lookup = lookups[jump_shift],
        .slow = host_slow_stub,
        .missed = host_return_missed,
        .jumps = xcalloc(HOST_JUMPS, sizeof(struct host_jump)),
    };
    for (unsigned i = 0; i < sizeof cpu->host.fp_flags; i++)
        cpu->host.fp_flags[i] = (i & 1 ? FP_DIVZERO : 0) | (i & 2 ? FP_OVERFLOW : 0) |
                                (i & 4 ? FP_UNDERFLOW : 0) | (i & 8 ? FP_INEXACT : 0);
    for (unsigned i = 0; i < 16; i++) { /* a set top bit gives 0 */
        cpu->host.reverse[0][i] = (uint8_t)(i < 4 ? 3 - i : 0x80);
        cpu->host.reverse[1][i] = (uint8_t)(i < 8 ? 7 - i : 0x80);
    }
    host_jump_clear(cpu->host.jumps, 0, jump_shift); /* the others are clear */
    new_returns(cpu);
}

void host_cpu_free(struct cpu *cpu)
{
    free(cpu->host.jumps);
    munmap(returns_memory(cpu), RETURNS_BYTES);
    cpu->host = (struct host_cpu){0};
}

#endif
