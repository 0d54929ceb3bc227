/*
 * frame.h - registers and stack of translated code on x86-64, and how it calls C.
 *
 * In translated code
 *
 *   rbp   struct cpu + HOST_BIAS, so that the hot part has byte displacements
 *   r14   cpu->mem; its value is there at entry only where the code keeps it
 *   rsp   the return stack; it only moves by the calls and returns below
 *
 * Values that have no register stand in cpu->host.frame (host_frame):
 *
 *         0                  HOST_FRAME_BYTES of spill slots of 8 bytes
 *         HOST_FRAME_ARGS    six arguments of 8 bytes for a call into C
 *         HOST_FRAME_RESULT  its result
 *
 * All other registers are free; the direction flag is clear. MXCSR is the guest's.
 *
 * Ways out of it; at each, all places are in their homes and no register but rbp and rsp
 * is looked at besides those named:
 *
 *   jmp *[leave]   eax = enum host_exit_kind; with HOST_EXIT_LINK, rcx = the exit's id,
 *                  which comes to stand in cpu->host.link (NULL for the other kinds).
 *                  cpu->pc has been written.
 *   jmp *[lookup]  rax = a guest address, 64 bits: goes on in its code if cpu->host.jumps
 *                  has it; else, or if cpu->attention is set, leaves with cpu->pc = rax
 *                  by HOST_EXIT_INDIRECT or HOST_EXIT_POLL.
 *
 * The return stack holds host addresses. A guest's call is a host's call, to whatever
 * code; behind it stands a continuation:
 *
 *   cmp rax, [rip + guest address to return to]     (48 3b 05, disp32)
 *   je, linkable, to that address
 *   jmp to a jmp *[missed]
 *
 * A guest's return is rax = its target, and ret. So the host predicts returns by its own
 * stack. Nothing depends on what stands on the return stack but speed: a continuation
 * that isn't the right one goes by [missed], which looks at a few more entries, else
 * leaves the stack as it was and does what [lookup] does. The oldest entries are
 * continuations that fit no address. Below the newest entry's end there is always a page
 * that can't be written: a call that would need it faults, and half of the entries are
 * dropped (host_returns_full). All signal handlers run on stacks of their own.
 *
 * And a call, from anywhere:
 *
 *   call *[slow]   rax = a C function uint64_t f(uint64_t, ...) of up to six arguments,
 *                  taken from the frame; the result goes to the frame. All registers are
 *                  afterwards what they were, the low 128 bits of vector registers
 *                  included; only flags are lost. The function runs with the guest's
 *                  MXCSR, and may longjmp.
 *
 * [name] is the word at rbp - HOST_BIAS + offsetof(struct cpu, host.name).
 */
#ifndef ISOMORPH_HOST_X86_64_FRAME_H
#define ISOMORPH_HOST_X86_64_FRAME_H

#include "host/host.h"

enum {
    HOST_BIAS = 128,
    HOST_FRAME_BYTES = HOST_FRAME_SLOTS * 8,
    HOST_FRAME_ARGS = HOST_FRAME_BYTES,
    HOST_FRAME_RESULT = HOST_FRAME_ARGS + 6 * 8,
    HOST_FRAME_TOTAL = HOST_FRAME_RESULT + 8,
};

/* host_disp - the displacement from rbp of the byte at OFFSET of struct cpu. */
static inline int32_t host_disp(size_t offset)
{
    return (int32_t)offset - HOST_BIAS;
}

/* host_frame - the displacement from rbp of the byte at AT of the frame. */
static inline int32_t host_frame(int32_t at)
{
    return host_disp(offsetof(struct cpu, host.frame)) + at;
}

#endif
