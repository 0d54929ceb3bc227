/*
 * rec.h - predecoded instructions and the blocks they stand in; what generated code is
 * written against.
 *
 * Invariants
 *  (1) A record is a header and the slots of its routine: all that could be computed when
 * the instruction was decoded. Records follow each other; the size is a constant per
 * routine. (2) A block has one entry, its first record, and may be left at any branch. It
 * holds at most BLOCK_INSNS_MAX guest instructions from at most two guest pages, and its
 * last record always leaves. (3) A slot that names a register holds the register's offset
 * in struct cpu. Writes that the description drops go to cpu->sink, reads of constants to
 * cpu->zero or cpu->constant[], so routines have no branches for either. (4) A chain slot
 * is NULL or leads to a block that is not retired. (5) Several CPUs run a block at once:
 * of what they read without the lock of util/epoch.h, `to` of a chain, `heat` and
 * `retired` change, and do so atomically. Counts in `heat` may be lost.
 */
#ifndef ISOMORPH_INTERP_REC_H
#define ISOMORPH_INTERP_REC_H

#include "guest.h"

struct rec {
    const void *handler; /* direct dispatch: the routine's address */
    uint32_t block_off; /* bytes from the block's start; REC_IN_SLOT marks a delay slot */
    uint16_t pc_off; /* guest bytes from the block's pc; in a delay slot the branch's */
    uint16_t form;   /* the routine's number: enum rec_generic, then isac's */
};

#define REC_IN_SLOT 0x80000000u

/* A direct jump: where to, and the block there once it is known. Stands inside a record.
 */
struct chain {
    struct block *to;      /* NULL until resolved */
    struct chain *next_in; /* next slot that leads to the same block */
    uint64_t target;       /* guest address */
    uint32_t next_own;     /* offset in the block of its next chain slot; 0: none */
    uint32_t skip; /* a likely branch: bytes from its record to past its slot's end */
};

struct block {
    uint64_t pc;
    uint32_t context;
    uint32_t heat;            /* counts up at each entry; at 0 it is hot */
    uint32_t size;            /* bytes of this struct with its records */
    uint16_t bytes, insns;    /* of guest code */
    uint32_t first_chain;     /* offset of the first chain slot; 0: none */
    bool retired;             /* may be running, but nothing may lead to it */
    uint64_t stamp;           /* of epoch_next, when it was retired */
    bool checked;             /* its source is compared at each entry */
    uint32_t epoch;           /* the manager's, when it got hot last */
    bool hot;                 /* its heat has reached 0 once */
    struct chain *in;         /* the slots that lead here */
    struct block *next_same;  /* same pc, other context */
    struct block *on_page[2]; /* next block of the first and of the last page */
    uint8_t *source;          /* owned; the guest bytes of a checked block */
    _Alignas(16) unsigned char recs[];
};

enum { BLOCK_INSNS_MAX = 128, REC_BYTES_MAX = 256 };

/* Records that every guest has; isac numbers its own from REC_GENERIC_COUNT. */
enum rec_generic {
    REC_JUMP,     /* go on at a known address: the end of a block without a jump */
    REC_SLOT_END, /* after a delay slot: do what the branch decided */
    REC_TRAP,     /* raise a trap that was known at decode time */
    REC_CHECK,    /* compare the block's source bytes */
    REC_CONST,    /* set cpu->constant[i] for the next record */
    REC_GENERIC_COUNT
};

/* The generic records' slots. */
struct rec_jump_ {
    struct rec head;
    struct chain chain;
};

struct rec_slot_end_ {
    struct rec head;
    struct chain chain; /* chain.target: of a direct branch */
    bool direct;
};

struct rec_trap_ {
    struct rec head;
    uint32_t number;
    uint64_t arg;
};

struct rec_check_ {
    struct rec head;
};

struct rec_const_ {
    struct rec head;
    uint32_t place; /* offset in struct cpu */
    uint64_t value;
};

/* A predicate in front of an instruction's own record; its routines are the guest's. */
struct rec_guard_ {
    struct rec head;
    uint32_t skip; /* bytes from its record to behind the instruction's */
};

/* Places of the guest's state, as runs of bytes in struct cpu. */
enum { REGSET_MAX = 24 };

struct regset {
    bool all; /* more than fit, or unknown */
    uint8_t count;
    struct {
        uint16_t offset, bytes;
    } run[REGSET_MAX];
};

/*
 * What guest.bind is given and answers. It appends the records of one instruction: guards
 * and constants first, the instruction's own record last.
 */
struct bind {
    const struct decoded *d;
    uint64_t pc;
    uint32_t context;
    bool want_regs; /* fill in use and def */
    /* answered */
    struct rec *main; /* the instruction's own record */
    uint32_t flags;   /* enum form_flags of this very instruction */
    uint16_t delayed; /* the routine for a branch whose slot runs after it; 0: none */
    uint16_t chain;   /* offset in *main of its chain slot; 0: none */
    struct regset use, def;
    /* private to the block builder */
    uint8_t *at;
    const void *const *handlers;
};

/* bind_append - append a record of ROUTINE that takes BYTES (a multiple of 8); its slots
 * are 0. */
void *bind_append(struct bind *b, unsigned routine, size_t bytes);

/*
 * bind_constant - append a record that puts VALUE into a constant place; returns the
 * place's offset, for a slot of the record that follows. I is 0 to CPU_CONSTANTS-1.
 */
uint16_t bind_constant(struct bind *b, unsigned i, uint64_t value);

/* regset_add - add the BYTES at OFFSET of struct cpu; sinks and constants are left out.
 */
void regset_add(struct regset *s, unsigned offset, unsigned bytes);

/* Routines: run the record IP and return the next, or NULL to leave generated code. */
typedef const struct rec *rec_routine(const struct rec *ip, struct cpu *cpu,
                                      uint8_t *mem);

enum interp_kind { INTERP_SWITCH, INTERP_THREADED, INTERP_PREDECODED, INTERP_DIRECT };

/* One dispatch technique of one guest. */
struct interp {
    const char *name;
    /* Runs records from IP until one leaves; why stands in cpu->interp. */
    void (*run)(struct cpu *cpu, const struct rec *ip);
    const void *const *handlers; /* by routine; NULL if records need none */
    bool decode_always;          /* keeps no blocks: decodes at each execution */
};

/* rec_block - the block that R stands in. */
static inline struct block *rec_block(const struct rec *r)
{
    return (struct block *)((uintptr_t)r - (r->block_off & ~REC_IN_SLOT));
}

/* chain_to - where C leads to now, or NULL. */
static inline struct block *chain_to(const struct chain *c)
{
    return __atomic_load_n(&c->to, __ATOMIC_ACQUIRE);
}

/* block_heats - count an entry of B; whether it has become hot by it. */
static inline bool block_heats(struct block *b)
{
    uint32_t heat = __atomic_load_n(&b->heat, __ATOMIC_RELAXED) + 1;
    __atomic_store_n(&b->heat, heat, __ATOMIC_RELAXED);
    return heat == 0;
}

/* block_set_heat - it becomes hot at the entry that takes HEAT to 0. */
static inline void block_set_heat(struct block *b, uint32_t heat)
{
    __atomic_store_n(&b->heat, heat, __ATOMIC_RELAXED);
}

/* rec_pc - guest address of the instruction of R; of the branch if R is in a delay slot.
 */
static inline uint64_t rec_pc(const struct rec *r)
{
    return rec_block(r)->pc + r->pc_off;
}

#endif
