/*
 * alloc.h - register allocation over a region, for any host.
 *
 * Every value that needs a place to stand gets one for its whole life: a register of its
 * class, or a slot in the frame (a GET whose register is dearer gets none: its home
 * serves). A region of one block is done in one walk if the registers suffice. In others,
 * values joined by PHIs, and by two-operand instructions, are put together into bundles
 * first, where their lives don't overlap; bundles are given registers in the order of
 * their use, weighted by loop depth (10 per level), over their length if that is great.
 * One that finds no register drives out what weighs less in sum, or is split: its members
 * in the innermost loop from the others, then at two-operand instructions, then each from
 * each. What still finds nothing goes to memory; what were parts of one bundle share a
 * slot.
 *
 * Invariants
 *  (1) Two values that live at the same point never share a register or slot. (2) A value
 * used by a snapshot lives at least to the node that carries the snapshot; such uses need
 * no register and weigh nothing, but at the end of a block. (3) A register in `clobbers`
 * of a node is held by no value that lives across that node; the result, and an operand
 * that dies there, may stand in one. (4) A node's operands are read before its result is
 * written, except where `early` says that the result and the clobbers are written first:
 * then no operand is in a register of these. (5) Of a two-operand node the arguments but
 * the first, if fused or if the operation doesn't commute, don't share the result's
 * register (unless they are the first one, too): so it can be given argument 0 before
 * they are read. Of SELECT argument 2 is the first one, and 1 and 2 commute. (6) A PHI is
 * written, and its operands are read, on the edge from the predecessor: if that has
 * another successor, the moves don't belong before its branch. (7) A GET that a snapshot
 * lists for another place is never ALLOC_HOME. (8) 16-byte slots are even and never
 * overlap 8-byte ones.
 */
#ifndef ISOMORPH_HOST_ALLOC_H
#define ISOMORPH_HOST_ALLOC_H

#include "ir/ir.h"

enum alloc_class { ALLOC_INT, ALLOC_VECTOR, ALLOC_CLASSES };

/* alloc_class - where values of TYPE stand; i128 is a vector's until it is lowered. */
static inline enum alloc_class alloc_class(enum ir_type type)
{
    return type >= IR_I128 ? ALLOC_VECTOR : ALLOC_INT;
}

enum alloc_kind {
    ALLOC_NONE, /* no value, fused into its uses, or pure and never used */
    ALLOC_REG,
    ALLOC_SLOT, /* frame slot, 8 bytes (16 for v128 and i128: two) */
    ALLOC_HOME, /* a GET that stays in struct cpu */
};

struct alloc_location {
    uint8_t kind; /* enum alloc_kind */
    uint8_t reg;  /* host's number */
    uint16_t slot;
};

/* What the back end's selector tells the allocator about each node. */
struct alloc_hints {
    bool fused;        /* emitted inside its users, in any block: its operands live on */
    bool two_operand;  /* best if the result has argument 0's register */
    bool early;        /* the result is written before the operands are read out */
    int8_t want;       /* register wanted for the result, or -1 */
    uint32_t clobbers; /* integer registers that the node destroys, by bit */
};

struct alloc {
    /* in */
    uint32_t registers[ALLOC_CLASSES]; /* allocatable, by bit */
    struct alloc_hints *hints;         /* per node */
    /* out */
    struct alloc_location *at; /* per node; in the region's arena */
    uint32_t slots;            /* frame slots used */
    uint32_t positions;        /* statistics: nodes numbered */
    uint32_t spilled;
};

/* alloc_run - after ir_order; fills in a->at for IR. A fused node's operands, and its
 * snapshot's values, are treated as those of its user, through any depth of fusing. */
void alloc_run(struct ir *ir, struct alloc *a);

/* alloc_check - abort unless invariants (1) to (5) and (7) hold, by a liveness of its
 * own; for tests and debug builds. */
void alloc_check(const struct ir *ir, const struct alloc *a);

/* alloc_cost - memory accesses and moves that the allocation makes, each weighted by 10
 * per level of loop: what alloc_run tries to make small. */
double alloc_cost(const struct ir *ir, const struct alloc *a);

/* alloc_print - the blocks in order, with each node's location. */
void alloc_print(const struct ir *ir, const struct alloc *a, FILE *to);

/* alloc_parallel - order COUNT moves that happen at once: calls MOVE(data, to, from) for
 * each step; a cycle is broken through TEMP, a location that is in no move. Moves between
 * equal locations are dropped. */
struct alloc_move {
    struct alloc_location to, from;
    ir_ref value; /* for constants and homes: FROM is ALLOC_NONE or ALLOC_HOME */
    uint8_t type; /* enum ir_type */
};
void alloc_parallel(struct alloc_move *moves, unsigned count, struct alloc_location temp,
                    struct alloc_location temp_vector,
                    void (*move)(void *data, const struct alloc_move *m), void *data);

#endif
