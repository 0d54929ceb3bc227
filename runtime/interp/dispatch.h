/*
 * dispatch.h - from routine bodies to an interpreter: one of the four dispatch
 * techniques.
 *
 * isac writes the bodies once, in routines.inc, in terms of the macros below. Each
 * interp_*.c that it writes defines INTERP_KIND and INTERP_NAME, includes routines.h (the
 * numbers, the slots, and the constants GUEST_*) and then this file.
 *
 *   switch      decodes at each execution; one loop around a switch
 *   threaded    decodes at each execution; each routine goes to the next through a table
 *   predecoded  blocks of records; each routine goes to the next through a table
 *   direct      blocks of records that hold the routines' addresses
 *
 * In the last three a routine is a function that ends in a tail call, so that record, CPU
 * and memory base stay in the same host registers everywhere. Where the compiler makes no
 * tail calls (no optimisation, sanitizers) a routine returns the next record to a loop
 * instead.
 *
 * Invariants
 *  (1) All routines lie in section guest_code: a fault whose host pc is there is the
 * guest's. (2) cpu->ip names the record before each guest memory access, and no register
 * is written before an access that stands before it in the body. (3) A routine takes the
 * address of none of its variables.
 */
#ifndef ISOMORPH_INTERP_DISPATCH_H
#define ISOMORPH_INTERP_DISPATCH_H

#include "interp/access.h"
#include "interp/interp.h"
#include "interp/ops.h"

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#if INTERP_KIND == 0
#define INTERP_DECODES    1
#define ROUTINE(name)     case ROUTINE_##name:
#define GENERIC(id, name) case id:
#define ROUTINE_RETURN(x) \
    do {                  \
        (void)(x);        \
        return;           \
    } while (0)
#define GO(r)          \
    do {               \
        ip = (r);      \
        goto dispatch; \
    } while (0)
#else
#define INTERP_DECODES (INTERP_KIND == 1)
#define ROUTINE(name)                                 \
    static GUEST_CODE const struct rec *do_##name(    \
        const struct rec *ip __attribute__((unused)), \
        struct cpu *cpu __attribute__((unused)), uint8_t *mem __attribute__((unused)))
#define GENERIC(id, name) ROUTINE(name)
#define ROUTINE_RETURN(x) return (x)
static rec_routine *const handlers[];
#if INTERP_KIND == 3
#define HANDLER_OF(r) ((rec_routine *)(r)->handler)
#else
#define HANDLER_OF(r) (handlers[(r)->form])
#endif
#if INTERP_TAIL_CALLS
#define GO(r)                                                           \
    do {                                                                \
        const struct rec *next_ = (r);                                  \
        __asm__("" : "+r"(next_)); /* computed once, in its register */ \
        MUST_TAIL return HANDLER_OF(next_)(next_, cpu, mem);            \
    } while (0)
#else
#define GO(r) return (r)
#endif
#endif

/* The record that the body belongs to, with its slots. */
#define REC(name) ((const struct rec_##name *)ip)

/* Go on with the record after this one. */
#define REC_AFTER(p, bytes) ((const struct rec *)((const uint8_t *)(p) + (bytes)))
#define NEXT(name)          GO(REC_AFTER(ip, sizeof(struct rec_##name)))

/* Go on behind the next records: a guard whose condition is false, a nullified slot. */
#define SKIP(bytes) GO(REC_AFTER(ip, bytes))

/* Jump to a known address through a chain slot of the record. */
#if INTERP_DECODES
#define JUMP(c)                                                    \
    do {                                                           \
        if (UNLIKELY(cpu->attention))                              \
            ROUTINE_RETURN(interp_leave_to(ip, cpu, (c)->target)); \
        GO(interp_decode(cpu, (c)->target));                       \
    } while (0)
#define JUMP_TO(address)                                   \
    do {                                                   \
        uint64_t to_ = (address);                          \
        if (UNLIKELY(cpu->attention))                      \
            ROUTINE_RETURN(interp_leave_to(ip, cpu, to_)); \
        GO(interp_decode(cpu, to_));                       \
    } while (0)
#else
#define JUMP(c)                                              \
    do {                                                     \
        struct block *to_ = chain_to(c);                     \
        if (UNLIKELY(to_ == NULL || cpu->attention))         \
            ROUTINE_RETURN(interp_leave_jump(ip, cpu, (c))); \
        if (UNLIKELY(block_heats(to_)))                      \
            ROUTINE_RETURN(interp_leave_hot(ip, cpu, to_));  \
        GO((const struct rec *)to_->recs);                   \
    } while (0)

/* Jump to an address that was computed. */
#define JUMP_TO(address)                                           \
    do {                                                           \
        uint64_t to_ = (address);                                  \
        const struct jump_entry *e_ =                              \
            &cpu->interp->jumps[jump_slot(to_, GUEST_JUMP_SHIFT)]; \
        if (UNLIKELY(jump_pc(e_) != to_ || cpu->attention ||       \
                     !JUMP_CONTEXT_OK(e_->block)))                 \
            ROUTINE_RETURN(interp_leave_to(ip, cpu, to_));         \
        if (UNLIKELY(block_heats(e_->block)))                      \
            ROUTINE_RETURN(interp_leave_hot(ip, cpu, e_->block));  \
        GO((const struct rec *)e_->block->recs);                   \
    } while (0)
#endif

#if GUEST_HAS_CONTEXT
#define JUMP_CONTEXT_OK(b) ((b)->context == cpu->context)
#else
#define JUMP_CONTEXT_OK(b) 1
#endif

/* A delayed branch: note where to, and run the slot's records. */
#define DELAY(taken, address)           \
    do {                                \
        cpu->branch_taken = (taken);    \
        cpu->branch_target = (address); \
    } while (0)

/* Raise a trap; nothing of the instruction may have been committed. */
#define TRAP(number, a0, a1, a2, a3)                                      \
    do {                                                                  \
        cpu->trap.arg[3] = (a3);                                          \
        ROUTINE_RETURN(interp_trap(ip, cpu, (number), (a0), (a1), (a2))); \
    } while (0)

#define TRAP_AFTER(number, a0, a1, a2, a3)                                      \
    do {                                                                        \
        cpu->trap.arg[3] = (a3);                                                \
        ROUTINE_RETURN(interp_trap_after(ip, cpu, (number), (a0), (a1), (a2))); \
    } while (0)

/* Instruction memory was synchronised; leaves. */
#define ICACHE(address, length) \
    ROUTINE_RETURN(interp_icache(ip, cpu, (address), (length)))

/* The slots of a record that hold a chain slot, as JUMP wants them. */
#define CHAIN(name) (&REC(name)->chain)

/* The generic records. */
#define ROUTINE_BODIES_GENERIC                                                         \
    GENERIC(REC_JUMP, jump_)                                                           \
    {                                                                                  \
        JUMP(CHAIN(jump_));                                                            \
    }                                                                                  \
    GENERIC(REC_SLOT_END, slot_end_)                                                   \
    {                                                                                  \
        if (!cpu->branch_taken)                                                        \
            NEXT(slot_end_);                                                           \
        if (REC(slot_end_)->direct)                                                    \
            JUMP(CHAIN(slot_end_));                                                    \
        JUMP_TO(cpu->branch_target);                                                   \
    }                                                                                  \
    GENERIC(REC_TRAP, trap_)                                                           \
    {                                                                                  \
        TRAP(REC(trap_)->number, REC(trap_)->arg, 0, 0, 0);                            \
    }                                                                                  \
    GENERIC(REC_CHECK, check_)                                                         \
    {                                                                                  \
        const struct block *b_ = rec_block(ip);                                        \
        if (UNLIKELY(__builtin_memcmp(b_->source, cpu->mem + b_->pc, b_->bytes) != 0)) \
            ROUTINE_RETURN(interp_leave_stale(ip, cpu));                               \
        NEXT(check_);                                                                  \
    }                                                                                  \
    GENERIC(REC_CONST, const_)                                                         \
    {                                                                                  \
        *(uint64_t *)((uint8_t *)cpu + REC(const_)->place) = REC(const_)->value;       \
        NEXT(const_);                                                                  \
    }

#if INTERP_KIND == 0

static GUEST_CODE void run(struct cpu *cpu, const struct rec *ip)
{
    uint8_t *const mem = cpu->mem;
    (void)mem;
dispatch:
    switch (ip->form) {
        ROUTINE_BODIES_GENERIC
#include "routines.inc"
    default:
        __builtin_unreachable();
    }
}

#define INTERP_HANDLERS NULL

#else

ROUTINE_BODIES_GENERIC
#include "routines.inc"

static rec_routine *const handlers[] = {do_jump_,         do_slot_end_, do_trap_,
                                        do_check_,        do_const_,
#define HANDLER(name) do_##name,
                                        ROUTINES(HANDLER)
#undef HANDLER
};

static GUEST_CODE void run(struct cpu *cpu, const struct rec *ip)
{
    uint8_t *const mem = cpu->mem;
    while (ip != NULL)
        ip = HANDLER_OF(ip)(ip, cpu, mem);
}

#if INTERP_KIND == 3
#define INTERP_HANDLERS ((const void *const *)handlers)
#else
#define INTERP_HANDLERS NULL
#endif
#endif

#define INTERP_STRING_(x)  #x
#define INTERP_STRING(x)   INTERP_STRING_(x)
#define INTERP_JOIN_(a, b) a##b
#define INTERP_JOIN(a, b)  INTERP_JOIN_(a, b)

extern const struct interp INTERP_JOIN(interp_, INTERP_NAME);
const struct interp INTERP_JOIN(interp_, INTERP_NAME) = {
    .name = INTERP_STRING(INTERP_NAME),
    .run = run,
    .handlers = INTERP_HANDLERS,
    .decode_always = INTERP_DECODES,
};

#endif
