/*
 * interp.h - what the interpreter keeps per CPU, and the calls that routines make when
 * they leave their fast path.
 *
 * Invariants
 *  (1) A jump cache entry is empty or holds a block that is not retired. An empty entry
 * has a pc that belongs into another entry, so a routine need not look at its block. Any
 * thread empties an entry, with the lock of util/epoch.h, and leaves `block` as it is:
 * the CPU may have compared the pc already. The CPU alone fills it. (2) `leave` is valid
 * whenever a routine has returned NULL.
 */
#ifndef ISOMORPH_INTERP_INTERP_H
#define ISOMORPH_INTERP_INTERP_H

#include "interp/rec.h"
#include "mem/mem.h"
#include "util/epoch.h"

/* Why generated code was left. */
enum leave {
    LEAVE_JUMP, /* cpu->pc is to be looked up; interp_cpu.chain leads there if not NULL */
    LEAVE_HOT,  /* cpu->pc is that of a block that has become hot */
    LEAVE_TRAP, /* cpu->trap is filled in */
    LEAVE_STALE, /* the block's source has changed: retire it and look cpu->pc up again */
    LEAVE_ICACHE, /* instruction memory was synchronised: sync_gva, sync_len (0: all of
                     it, for this CPU) */
};

enum { JUMP_CACHE_SIZE = 4096 };

struct jump_entry {
    uint64_t pc;
    struct block *block;
};

struct interp_cpu {
    struct jump_entry jumps[JUMP_CACHE_SIZE];
    const struct interp *interp;
    const struct guest *guest;
    struct mem *mem;
    struct chain *chain; /* LEAVE_JUMP: slot to link; of the record cpu->ip */
    enum leave leave;
    bool follow; /* the block at cpu->pc is where that jump leads */
    uint64_t sync_gva, sync_len;
    bool entered; /* cpu->fp and the guest's registers are as generated code wants them */
    struct block *scratch;   /* decode-always techniques and single steps build here */
    struct interp_cpu *next; /* of all CPUs of the process */
    void *native;            /* engine/native.h: what the manager keeps per CPU */
    struct cpu *cpu;
    struct epoch_cpu epoch;
    uint64_t jump_misses, resolved, decoded; /* statistics */
};

/* jump_slot - the jump cache entry for PC. */
static inline unsigned jump_slot(uint64_t pc, unsigned shift)
{
    return (unsigned)((pc >> shift) ^ (pc >> (shift + 12))) & (JUMP_CACHE_SIZE - 1);
}

/* jump_clear - make entry SLOT of the jump cache empty. */
static inline void jump_clear(struct interp_cpu *i, unsigned slot, unsigned shift)
{
    __atomic_store_n(&i->jumps[slot].pc, slot == 0 ? (uint64_t)1 << shift : 0,
                     __ATOMIC_RELAXED);
}

/* jump_pc - where the block of entry E is; as no such entry can be if it is empty. */
static inline uint64_t jump_pc(const struct jump_entry *e)
{
    return __atomic_load_n(&e->pc, __ATOMIC_RELAXED);
}

/* These leave generated code: they set cpu->interp->leave and return NULL. */
const struct rec *interp_leave_jump(const struct rec *ip, struct cpu *cpu,
                                    const struct chain *chain);
const struct rec *interp_leave_to(const struct rec *ip, struct cpu *cpu, uint64_t pc);
const struct rec *interp_leave_hot(const struct rec *ip, struct cpu *cpu,
                                   struct block *to);
const struct rec *interp_leave_stale(const struct rec *ip, struct cpu *cpu);

/*
 * interp_trap - raise trap NUMBER at the instruction of IP. cpu->pc will stand at that
 * instruction and cpu->trap.next at the one that follows it in execution. A fourth
 * argument stands in cpu->trap.arg[3] already: with six parameters the call is a jump.
 */
const struct rec *interp_trap(const struct rec *ip, struct cpu *cpu, unsigned number,
                              uint64_t arg0, uint64_t arg1, uint64_t arg2);

/* interp_trap_after - as interp_trap, but the instruction is done: cpu->pc is the next
 * one's. */
const struct rec *interp_trap_after(const struct rec *ip, struct cpu *cpu,
                                    unsigned number, uint64_t arg0, uint64_t arg1,
                                    uint64_t arg2);

/* interp_icache - forget code in [gva, gva+len) (len 0: everywhere), then go on behind
 * IP. */
const struct rec *interp_icache(const struct rec *ip, struct cpu *cpu, uint64_t gva,
                                uint64_t len);

/*
 * interp_fill_trap - cpu->trap, cpu->pc for trap NUMBER at the record IP, without
 * leaving.
 */
void interp_fill_trap(const struct rec *ip, struct cpu *cpu, unsigned number);

/*
 * interp_new - the interpreter's data for CPU, of GUEST in MEM, which will run with
 * technique KIND. interp_free gives it back.
 */
struct interp_cpu *interp_new(struct cpu *cpu, const struct guest *guest, struct mem *mem,
                              enum interp_kind kind);
void interp_free(struct interp_cpu *i);

/* interp_decode - the records of the one instruction at PC, in the CPU's scratch block.
 */
const struct rec *interp_decode(struct cpu *cpu, uint64_t pc);

#endif
