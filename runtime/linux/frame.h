/*
 * frame.h - signal frames on the guest's stack, built and read as the ABI's data says.
 */
#ifndef ISOMORPH_LINUX_FRAME_H
#define ISOMORPH_LINUX_FRAME_H

#include "linux/linux.h"

/*
 * frame_push - save CPU's state in a frame on the stack that ACTION asks for and enter
 * its handler. MASK is what sigreturn puts back. false: the guest may not write there.
 */
bool frame_push(struct cpu *cpu, int host, const siginfo_t *info,
                const struct guest_action *action, uint64_t mask);

/* frame_pop - take the state back from the frame at the stack pointer. */
bool frame_pop(struct cpu *cpu, const struct abi_frame *f, uint64_t *mask);

/* frame_siginfo - a host siginfo in the guest's layout at P (zeroed). */
void frame_siginfo(void *p, const siginfo_t *info);

/* signal_caught - the host handler of every signal that the guest handles. */
void signal_caught(int host, siginfo_t *info, void *context);

#endif
