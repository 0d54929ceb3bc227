/*
 * start.h - the start of a program: what stack.c is told by personality.c.
 */
#ifndef ISOMORPH_LINUX_START_H
#define ISOMORPH_LINUX_START_H

#include "linux/linux.h"
#include "load/load.h"

#include <stdlib.h>

struct start {
    const struct image *program;
    const struct image *interpreter; /* of PT_INTERP, or NULL */
};

/* stack_bytes - size of the stack, at the end of user space; exits if it is absurd. */
uint64_t stack_bytes(const struct machine *m);

/* stack_map - map the stack; before anything that may take any place. */
void stack_map(struct cpu *cpu, bool exec);

/* stack_build - fill the stack, and set the stack pointer. */
void stack_build(struct cpu *cpu, const struct start *s);

#endif
