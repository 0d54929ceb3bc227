/*
 * pass.h - what the passes share: an order of the blocks, walks over a block's list that
 * rewrite it, and edges taken out of the graph.
 *
 * Invariants
 *  (1) Blocks that can't be reached stand in no order and are never looked at. (2)
 * Scratch memory is the region's arena: a pass frees nothing. (3) What a pass leaves may
 * hold COPYs in operands, PHIs' operands and snapshots; ir_compact takes them out.
 *
 * Private to ir/: no header outside includes it.
 */
#ifndef ISOMORPH_IR_PASS_H
#define ISOMORPH_IR_PASS_H

#include "ir/ir.h"

enum { PASS_NOWHERE = UINT32_MAX };

struct pass_order {
    ir_block_id *rpo; /* reachable blocks, reverse postorder */
    uint32_t count;
    uint32_t *number; /* of a block in rpo; PASS_NOWHERE: unreachable */
};

/* pass_order - the order of IR's blocks, in the arena. */
struct pass_order pass_order(struct ir *ir);

/* pass_is_back - is the edge FROM -> TO one against the order (a loop's back edge)? */
static inline bool pass_is_back(const struct pass_order *o, ir_block_id from,
                                ir_block_id to)
{
    return o->number[from] >= o->number[to];
}

/* pass_needed - by node: 1 if it has an effect, or something that has takes it, through
 * any number of operations: so not what only snapshots list. */
uint8_t *pass_needed(struct ir *ir, const struct pass_order *o);

/* pass_open - ir_reopen with room in the new list; the old one. */
struct ir_refs pass_open(struct ir *ir, ir_block_id b);

/* pass_push - append R to a list. */
void pass_push(struct ir *ir, struct ir_refs *list, ir_ref r);

/* pass_args - N's arguments behind COPYs (a PHI's are not touched). */
static inline void pass_args(const struct ir *ir, struct ir_node *n)
{
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        n->arg[i] = ir_forward(ir, n->arg[i]);
}

/* pass_is - make node R forward to VALUE. */
static inline void pass_is(struct ir *ir, ir_ref r, ir_ref value)
{
    struct ir_node *n = ir_at(ir, r);

    n->op = IR_COPY;
    n->flags = 0;
    n->aux = 0;
    n->arg[0] = value;
    n->arg[1] = n->arg[2] = 0;
}

/* pass_drop - make R nothing; it must stand in no list afterwards, or ir_compact drops
 * it. */
static inline void pass_drop(struct ir *ir, ir_ref r)
{
    struct ir_node *n = ir_at(ir, r);

    *n = (struct ir_node){.op = IR_NONE, .block = n->block};
}

/* pass_phi_args - room for COUNT operands of a new PHI, zeroed; the index of the first.
 */
uint32_t pass_phi_args(struct ir *ir, uint32_t count);

/* pass_unite_phis - PHIs, all of which can be reached, that only have each other and one
 * value more as operands become COPYs of it; whether there were any. phis.c. */
bool pass_unite_phis(struct ir *ir, const struct ir_refs *phis);

/*
 * pass_take - B ends in a branch whose successor WHICH is always taken: make it a jump.
 * The other successor loses an operand of its PHIs. pass_prune - empty the blocks that
 * nothing reaches any more. Dominators stay right for what is left, but aren't the
 * closest.
 */
void pass_take(struct ir *ir, ir_block_id b, unsigned which);
void pass_prune(struct ir *ir);

/* pass_mask - all bits of TYPE, which has at most 64. */
static inline uint64_t pass_mask(enum ir_type type)
{
    unsigned bits = ir_type_bits[type];

    return bits >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1;
}

static inline bool pass_is_int(enum ir_type type)
{
    return type >= IR_I1 && type <= IR_I64;
}

#endif
