/*
 * syscall.c - from a trap of the guest to a routine and back: arguments, result, restart.
 */
#include "linux/linux.h"
#include "linux/calls.h"

#include "util/alloc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every implemented call; sorted by name (a unit test checks). */
static const struct syscall implemented[] = {
#define SYS(name, signature) {#name, signature, sys_##name},
#include "linux/syscalls.def"
#undef SYS
};

enum { IMPLEMENTED = sizeof(implemented) / sizeof(implemented[0]) };

/* What is known of each of the ABI's calls; filled in at its first use. */
struct known {
    bool looked_up, told;
    const struct syscall *call; /* NULL: not implemented */
};

static struct known *known;

static const struct syscall *implementation(const char *name)
{
    unsigned low = 0, high = IMPLEMENTED;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = strcmp(name, implemented[middle].name);

        if (order == 0)
            return &implemented[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* The index of a number in the ABI's table, or -1. */
static int number_index(uint64_t number)
{
    unsigned low = 0, high = abi->syscall_count;

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (abi->syscalls[middle].number == number)
            return (int)middle;
        if (number < abi->syscalls[middle].number)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

/* -- arguments ----------------------------------------------------------------------*/

/* Slot I of the argument list; false if it lies on a stack that can't be read. */
static bool slot(struct cpu *cpu, unsigned i, uint64_t *value)
{
    const struct abi_arg *arg = &abi->args[i];
    const void *p;

    *value = 0;
    if (i >= abi->arg_count)
        return true;
    if (arg->place.bytes) {
        *value = engine_read_place(cpu, &arg->place);
        return true;
    }
    p = guest_in(cpu, engine_read_place(cpu, &abi->sp) + (uint64_t)arg->stack,
                 arg->stack_bytes);
    if (p)
        *value = guest_load(p, arg->stack_bytes);
    return p != NULL;
}

/* A 64-bit argument from slot *I on. */
static bool wide_slot(struct cpu *cpu, unsigned *i, uint64_t *value)
{
    uint64_t first, second;

    if (abi->wide == ABI_WIDE_ONE)
        return slot(cpu, (*i)++, value);
    if (abi->wide == ABI_WIDE_EVEN)
        *i += *i & 1;
    if (!slot(cpu, *i, &first) || !slot(cpu, *i + 1, &second))
        return false;
    *i += 2;
    first &= 0xffffffff;
    second &= 0xffffffff;
    *value =
        cpu->machine->guest->big_endian ? first << 32 | second : second << 32 | first;
    return true;
}

static bool arguments(struct cpu *cpu, const char *signature, uint64_t *a)
{
    unsigned i = 0;
    bool narrow = guest_word_bytes() == 4;

    for (unsigned n = 0; signature[n]; n++) {
        if (signature[n] == 'q') {
            if (!wide_slot(cpu, &i, &a[n]))
                return false;
            continue;
        }
        if (!slot(cpu, i++, &a[n]))
            return false;
        switch (signature[n]) {
        case 'd':
        case 'f':
        case 'a':
        case 'S':
        case 'c':
            a[n] = (uint64_t)(int64_t)(int32_t)a[n];
            break;
        case 'u':
        case 'x':
        case 'o':
        case 'O':
        case 'P':
        case 'M':
        case 'i':
            a[n] = (uint32_t)a[n];
            break;
        case 'l':
            if (narrow)
                a[n] = (uint64_t)(int64_t)(int32_t)a[n];
            break;
        default:
            if (narrow)
                a[n] = (uint32_t)a[n];
        }
    }
    return true;
}

/* -- the call -----------------------------------------------------------------------*/

static void unknown_call(struct cpu *cpu, uint64_t number, struct known *k,
                         const char *name)
{
    if (cpu->machine->options.strace && (!k || !k->told)) {
        if (name)
            fprintf(stderr, "%s: system call %s is not implemented\n",
                    cpu->machine->options.program, name);
        else
            fprintf(stderr, "%s: system call %llu is unknown\n",
                    cpu->machine->options.program, (unsigned long long)number);
    }
    if (k)
        k->told = true;
}

/* Puts RESULT (host errno if negative) where the ABI says. */
static void put_result(struct cpu *cpu, int64_t result)
{
    bool failed = result < 0 && result >= -4095;
    struct linux_thread *t = linux_thread(cpu);

    if (failed)
        result = -value_to_guest(FAMILY_errno, -result, EINVAL);
    if (abi->error.bytes) {
        engine_write_place(cpu, &abi->error, failed);
        engine_write_place(cpu, &abi->result, (uint64_t)(failed ? -result : result));
    } else {
        engine_write_place(cpu, &abi->result, (uint64_t)result);
    }
    if (t->has_second && !failed)
        engine_write_place(cpu, &abi->second, t->second);
    t->has_second = false;
}

void syscall_serve(struct cpu *cpu, uint64_t next)
{
    struct linux_thread *t = linux_thread(cpu);
    uint64_t number = engine_read_place(cpu, &abi->nr), a[ABI_ARGS + 1] = {0};
    uint64_t here = cpu->trap.pc;
    bool trace = cpu->machine->options.strace;
    const struct syscall *call = NULL;
    int index = number_index(number);
    struct known *k = NULL;
    int64_t result;

    if (!known)
        known = xcalloc(abi->syscall_count + 1, sizeof(*known));
    if (index >= 0) {
        k = &known[index];
        if (!k->looked_up) {
            const struct abi_syscall *entry = &abi->syscalls[index];

            k->call = implementation(entry->routine ? entry->routine : entry->name);
            k->looked_up = true;
        }
        call = k->call;
    }
    if (!call) {
        unknown_call(cpu, number, k, index >= 0 ? abi->syscalls[index].name : NULL);
        result = -ENOSYS;
    } else if (!arguments(cpu, call->signature, a)) {
        result = -EFAULT;
    } else {
        if (trace)
            strace_call(cpu, abi->syscalls[index].name, call->signature, a);
        cpu->pc = next;
        result = call->run(cpu, a);
        if (trace)
            strace_result(call->signature, result);
        if (result == SYS_DONE)
            return;
    }
    t->interrupted = 0;
    if (result == -SYS_RESTART || result == -SYS_RESTART_ALWAYS ||
        result == -SYS_RESTART_NOHAND) {
        /* Nothing of the call is committed: it starts anew, unless a handler says
         * otherwise. */
        t->interrupted = (int)-result;
        t->next = next;
        cpu->pc = here;
        signal_deliver(cpu);
        return;
    }
    cpu->pc = next;
    put_result(cpu, result);
    if (t->pending)
        signal_deliver(cpu);
}

void syscall_interrupted(struct cpu *cpu)
{
    put_result(cpu, -EINTR);
    cpu->pc = linux_thread(cpu)->next;
}
