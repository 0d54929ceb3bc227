/* enter.c - into translated code and out of it; frame.h says how it sees this. */
#include "host/x86_64/frame.h"

#include "util/alloc.h"

#include <assert.h>
#include <stdlib.h>

#if defined(__x86_64__)

_Static_assert(HOST_FRAME_TOTAL % 16 == 8, "rsp is a multiple of 16 in translated code");
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
    CONSTANT("C_TOTAL", HOST_FRAME_TOTAL);
    CONSTANT("C_SLOTS", (HOST_JUMPS - 1) << 4);
    CONSTANT("C_INDIRECT", HOST_EXIT_INDIRECT);
    CONSTANT("C_POLL", HOST_EXIT_POLL);
    /* From rsp inside the slow stub: registers that it saved, its return address. */
    CONSTANT("C_ARGS", HOST_FRAME_ARGS + 8 + 9 * 8 + 256);
    CONSTANT("C_RESULT", HOST_FRAME_RESULT + 8 + 9 * 8 + 256);
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
    "    subq $C_TOTAL, %rsp\n"
    "    movq C_MEM(%rdi), %r14\n"
    "    leaq C_BIAS(%rdi), %rbp\n"
    "    jmpq *%rsi\n"
    ".p2align 4\n"
    "host_leave_stub:\n"
    "    xorl %edx, %edx\n"
    "    testl %eax, %eax\n"
    "    cmovneq %rdx, %rcx\n"
    "    movq %rcx, C_LINK(%rbp)\n"
    "    addq $C_TOTAL, %rsp\n"
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

/* The call into C. rsp is 8 beside a multiple of 16 when it begins. */
__asm__(
    ".pushsection guest_code,\"ax\",@progbits\n"
    ".p2align 4\n"
    "host_slow_stub:\n"
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
    "    movq C_ARGS(%rsp), %rdi\n"
    "    movq C_ARGS+8(%rsp), %rsi\n"
    "    movq C_ARGS+16(%rsp), %rdx\n"
    "    movq C_ARGS+24(%rsp), %rcx\n"
    "    movq C_ARGS+32(%rsp), %r8\n"
    "    movq C_ARGS+40(%rsp), %r9\n"
    "    callq *%rax\n"
    "    movq %rax, C_RESULT(%rsp)\n"
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
    "    ret\n"
    ".popsection\n");
/* clang-format on */

extern const char host_leave_stub[], host_slow_stub[];
extern const char host_lookup_0[], host_lookup_1[], host_lookup_2[], host_lookup_3[];

void host_cpu_init(struct cpu *cpu, unsigned jump_shift)
{
    static const char *const lookups[] = {host_lookup_0, host_lookup_1, host_lookup_2,
                                          host_lookup_3};
    assert(jump_shift < sizeof lookups / sizeof lookups[0]);
    cpu->host = (struct host_cpu){
        .leave = host_leave_stub,
        .lookup = lookups[jump_shift],
        .slow = host_slow_stub,
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
}

void host_cpu_free(struct cpu *cpu)
{
    free(cpu->host.jumps);
    cpu->host = (struct host_cpu){0};
}

#endif
