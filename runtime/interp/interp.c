/* interp.c - how routines leave generated code; see interp.h. */
#include "interp/interp.h"

#include "interp/build.h"
#include "interp/ops.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <time.h>

struct interp_cpu *interp_new(struct cpu *cpu, const struct guest *guest, struct mem *mem,
                              enum interp_kind kind)
{
    struct interp_cpu *i = xcalloc(1, sizeof *i);
    i->interp = guest->interp[kind];
    i->guest = guest;
    i->mem = mem;
    i->cpu = cpu;
    i->scratch = xmalloc(build_bytes_max(1));
    for (unsigned k = 0; k < JUMP_CACHE_SIZE; k++)
        jump_clear(i, k, guest->jump_shift);
    return i;
}

void interp_free(struct interp_cpu *i)
{
    free(i->scratch);
    free(i);
}

const struct rec *interp_leave_jump(const struct rec *ip, struct cpu *cpu,
                                    const struct chain *chain)
{
    epoch_look();
    cpu->ip = ip;
    cpu->pc = chain->target;
    cpu->interp->chain = (struct chain *)chain;
    cpu->interp->leave = LEAVE_JUMP;
    return NULL;
}

const struct rec *interp_leave_to(const struct rec *ip, struct cpu *cpu, uint64_t pc)
{
    cpu->ip = ip;
    cpu->pc = pc;
    cpu->interp->chain = NULL;
    cpu->interp->leave = LEAVE_JUMP;
    return NULL;
}

const struct rec *interp_leave_hot(const struct rec *ip, struct cpu *cpu,
                                   struct block *to)
{
    epoch_look();
    block_set_heat(to, UINT32_MAX); /* hot again when it is entered next */
    cpu->ip = ip;
    cpu->pc = to->pc;
    cpu->interp->leave = LEAVE_HOT;
    return NULL;
}

const struct rec *interp_leave_stale(const struct rec *ip, struct cpu *cpu)
{
    epoch_look();
    cpu->ip = ip;
    cpu->pc = rec_block(ip)->pc;
    cpu->interp->leave = LEAVE_STALE;
    return NULL;
}

/* bytes_of_insn - length of the instruction at PC, which was decoded before. */
static unsigned bytes_of_insn(const struct cpu *cpu, uint64_t pc)
{
    const struct guest *g = cpu->interp->guest;
    uint64_t page_bytes = cpu->interp->mem->page_bytes;
    uint64_t left = page_bytes - (pc & (page_bytes - 1));
    const uint8_t *bytes = cpu->mem + pc;
    struct decoded d;
    unsigned avail = left < g->insn_bytes_max ? (unsigned)left : g->insn_bytes_max;
    int form = g->decode(bytes, avail, cpu->context, &d);
    if (form == DECODE_SHORT)
        form = g->decode(bytes, g->insn_bytes_max, cpu->context, &d);
    return form < 0 ? g->insn_bytes_min : d.bytes;
}

/* pc_after - guest address of what would be executed after the record IP's instruction.
 */
static uint64_t pc_after(const struct rec *ip, const struct cpu *cpu)
{
    epoch_look();
    uint64_t pc = rec_pc(ip);
    if (ip->block_off & REC_IN_SLOT)
        return cpu->branch_taken ? cpu->branch_target
                                 : pc + 2 * cpu->interp->guest->insn_bytes_min;
    return pc + bytes_of_insn(cpu, pc);
}

void interp_fill_trap(const struct rec *ip, struct cpu *cpu, unsigned number)
{
    epoch_look();
    cpu->ip = ip;
    cpu->pc = rec_pc(ip);
    cpu->trap = (struct trap){.number = number, .pc = cpu->pc};
}

const struct rec *interp_trap(const struct rec *ip, struct cpu *cpu, unsigned number,
                              uint64_t arg0, uint64_t arg1, uint64_t arg2)
{
    uint64_t arg3 = cpu->trap.arg[3];
    interp_fill_trap(ip, cpu, number);
    if (number < TRAP_ILLEGAL)
        cpu->trap.next = pc_after(ip, cpu);
    cpu->trap.arg[0] = arg0;
    cpu->trap.arg[1] = arg1;
    cpu->trap.arg[2] = arg2;
    cpu->trap.arg[3] = arg3;
    cpu->interp->leave = LEAVE_TRAP;
    return NULL;
}

const struct rec *interp_trap_after(const struct rec *ip, struct cpu *cpu,
                                    unsigned number, uint64_t arg0, uint64_t arg1,
                                    uint64_t arg2)
{
    interp_trap(ip, cpu, number, arg0, arg1, arg2);
    cpu->pc = cpu->trap.next;
    return NULL;
}

const struct rec *interp_icache(const struct rec *ip, struct cpu *cpu, uint64_t gva,
                                uint64_t len)
{
    interp_leave_to(ip, cpu, pc_after(ip, cpu));
    cpu->interp->leave = LEAVE_ICACHE;
    cpu->interp->sync_gva = gva;
    cpu->interp->sync_len = len;
    return NULL;
}

uint64_t interp_clock(enum interp_clock which)
{
    struct timespec now;
    (void)which; /* one clock serves all: it counts nanoseconds */
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

const struct rec *interp_decode(struct cpu *cpu, uint64_t pc)
{
    struct interp_cpu *i = cpu->interp;
    struct build how = {.guest = i->guest,
                        .mem = i->mem,
                        .handlers = i->interp->handlers,
                        .insns_max = 1};
    build_block(&how, i->scratch, pc, cpu->context);
    i->scratch->retired = true; /* so that no chain of it is ever linked */
    i->decoded++;
    return (const struct rec *)i->scratch->recs;
}
