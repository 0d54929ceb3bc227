/*
 * calls.h - every system call's routine: the one list of what is implemented.
 */
#ifndef ISOMORPH_LINUX_CALLS_H
#define ISOMORPH_LINUX_CALLS_H

#include "linux/linux.h"

#define SYS(name, signature) sys_fn sys_##name;
#include "linux/syscalls.def"
#undef SYS

#endif
