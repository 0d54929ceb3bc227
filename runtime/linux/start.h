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

/* stack_build - map the stack, fill it, and set the stack pointer. */
void stack_build(struct cpu *cpu, const struct start *s);

#endif
