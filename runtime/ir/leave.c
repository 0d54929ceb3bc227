/*
 * leave.c - the sink pass: conversions that a loop makes for what comes behind it are
 * made there (see sink.c).
 *
 * An operand of a PHI has to stand where its edge begins. If it is a half, an extension
 * or the bits of something that a loop computes, and the edge is outside that loop, it is
 * made again at the end of the edge's block: in the loop only snapshots want it then, or
 * no one.
 */
#include "ir/sink.h"

enum { STEPS_MAX = 3 }; /* one inside another */

/* Cheaper than to keep its result. */
static bool is_cheap(const struct ir *ir, const struct ir_node *n)
{
    switch (n->op) {
    case IR_TRUNC:
    case IR_ZEXT:
    case IR_SEXT:
    case IR_BITCAST:
        return ir_type_bits[n->type] <= 64 &&
               ir_type_bits[ir_at(ir, n->arg[0])->type] <= 64;
    case IR_SHR:
    case IR_SAR:
        return ir_type_bits[n->type] <= 64 && ir_is_const(ir, n->arg[1]);
    default:
        return false;
    }
}

/* R, made in a deeper loop than block B, again; what is made is added to MADE, operands
 * first. 0: it isn't cheap. */
static ir_ref again(struct ir *ir, ir_ref r, ir_block_id b, unsigned steps,
                    struct ir_refs *made)
{
    struct ir_node n = *ir_at(ir, r);
    ir_ref x;

    if (steps == STEPS_MAX || !is_cheap(ir, &n) ||
        ir->blocks[n.block].depth <= ir->blocks[b].depth)
        return 0;
    x = again(ir, n.arg[0], b, steps + 1, made);
    r = ir_node_new(ir, (enum ir_op)n.op, (enum ir_type)n.type, x ? x : n.arg[0],
                    n.arg[1], 0, n.aux, n.flags);
    pass_push(ir, made, r);
    return r;
}

static void leave_edge(struct ir *ir, ir_block_id b, uint32_t i)
{
    ir_block_id from = ir->blocks[b].preds[i];
    struct ir_refs made = {0}, old;

    if (ir->blocks[from].succ_count != 1)
        return;
    for (uint32_t k = 0; k < ir->blocks[b].nodes.count; k++) {
        const struct ir_node *phi = ir_at(ir, ir->blocks[b].nodes.at[k]);
        uint64_t at = phi->aux + i;
        ir_ref r;
        if (phi->op != IR_PHI)
            break;
        r = again(ir, ir->phi_args[at], from, 0, &made);
        if (r)
            ir->phi_args[at] = r;
    }
    if (made.count == 0)
        return;
    old = pass_open(ir, from);
    for (uint32_t k = 0; k + 1 < old.count; k++)
        ir_append(ir, old.at[k]);
    for (uint32_t k = 0; k < made.count; k++)
        ir_append(ir, made.at[k]);
    ir_append(ir, old.at[old.count - 1]);
    ir_reclose(ir);
}

/* Does a PHI take a conversion that isn't made in its edge's block? */
static bool any_candidate(const struct ir *ir, ir_block_id b)
{
    const struct ir_block *block = &ir->blocks[b];

    for (uint32_t k = 0; k < block->nodes.count; k++) {
        const struct ir_node *phi = ir_at(ir, block->nodes.at[k]);
        if (phi->op != IR_PHI)
            return false;
        for (uint32_t i = 0; i < block->pred_count; i++) {
            const struct ir_node *n =
                ir_at(ir, ir_forward(ir, ir->phi_args[phi->aux + i]));
            if (is_cheap(ir, n) && n->block != block->preds[i])
                return true;
        }
    }
    return false;
}

void sink_leave(struct ir *ir, const struct pass_order *o)
{
    bool any = false;

    for (uint32_t k = 0; k < o->count && !any; k++)
        any = ir->blocks[o->rpo[k]].pred_count > 1 && any_candidate(ir, o->rpo[k]);
    if (!any)
        return;
    ir_compact(ir);
    ir_dominators(ir);
    ir_loops(ir);
    for (uint32_t k = 0; k < o->count; k++) {
        ir_block_id b = o->rpo[k];
        for (uint32_t i = 0; i < ir->blocks[b].pred_count && ir->blocks[b].pred_count > 1;
             i++)
            leave_edge(ir, b, i);
    }
}
