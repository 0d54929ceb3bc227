/* other.c - hosts that no back end is for: everything is interpreted; see host.h. */
#include "host/host.h"

#if !defined(__x86_64__)

#include <assert.h>
#include <stdlib.h>

void (*host_disas_line)(uint64_t pc, FILE *to);
const uint8_t host_fault_byte;

void host_init(unsigned level)
{
    (void)level;
}

unsigned host_level(void)
{
    return 0;
}

bool host_compile(struct ir *ir, const struct host_options *options,
                  struct host_code *out)
{
    (void)ir;
    (void)options;
    *out = (struct host_code){0};
    return false;
}

void host_code_free(struct host_code *code)
{
    *code = (struct host_code){0};
}

void host_cpu_init(struct cpu *cpu, unsigned jump_shift)
{
    (void)jump_shift;
    cpu->host = (struct host_cpu){0};
}

void host_cpu_free(struct cpu *cpu)
{
    (void)cpu;
}

void host_returns_clear(struct cpu *cpu)
{
    (void)cpu;
}

void host_returns_pop(struct cpu *cpu)
{
    (void)cpu;
}

bool host_returns_full(struct cpu *cpu, uintptr_t address, void *ucontext)
{
    (void)cpu;
    (void)address;
    (void)ucontext;
    return false;
}

/* There is no code that any of these could be about. */

enum host_exit_kind host_enter(struct cpu *cpu, const void *entry)
{
    (void)cpu;
    (void)entry;
    assert(!"host code");
    abort();
}

void host_recover(struct cpu *cpu, const struct host_fault *f,
                  const struct host_recipe *recipes, const void *ucontext)
{
    (void)cpu;
    (void)f;
    (void)recipes;
    (void)ucontext;
    assert(!"host code");
}

void host_patch(uint8_t *field, const uint8_t *site, const void *to)
{
    (void)field;
    (void)site;
    (void)to;
    assert(!"host code");
}

void host_cut(uint8_t *at, bool cut)
{
    (void)at;
    (void)cut;
    assert(!"host code");
}

void host_disas(const struct host_code *code, FILE *to)
{
    (void)code;
    (void)to;
}

#endif
