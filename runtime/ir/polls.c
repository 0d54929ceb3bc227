/*
 * polls.c - polls that no cycle needs.
 *
 * requires: ir_finish, each cycle with a POLL. keeps: the graph, and a POLL in each
 * cycle. breaks: nothing (dominators and loops are computed here).
 *
 * The lifter polls where code is jumped to from below, in the order of guest addresses.
 * Not each such jump goes round: where all loops have a head that polls, a POLL in
 * another block is one too many. (Each cycle goes through the head of a loop, the one
 * that dominates the rest of it, unless the graph has cycles that can be entered in
 * several places. Then all polls stay.) The entry keeps its own.
 */
#include "ir/pass.h"

static bool has_poll(const struct ir *ir, ir_block_id b)
{
    const struct ir_refs *list = &ir->blocks[b].nodes;

    for (uint32_t i = 0; i < list->count; i++)
        if (ir_at(ir, list->at[i])->op == IR_POLL)
            return true;
    return false;
}

/* Whether each edge against the order leads to a block that dominates its origin, and
 * that polls. */
static bool heads_poll(const struct ir *ir, const struct pass_order *o)
{
    for (uint32_t i = 0; i < o->count; i++) {
        ir_block_id b = o->rpo[i];
        const struct ir_block *block = &ir->blocks[b];
        for (unsigned k = 0; k < block->succ_count; k++)
            if (pass_is_back(o, b, block->succ[k]) &&
                (!ir_dominates(ir, block->succ[k], b) || !has_poll(ir, block->succ[k])))
                return false;
    }
    return true;
}

static bool is_head(const struct ir *ir, const struct pass_order *o, ir_block_id b)
{
    const struct ir_block *block = &ir->blocks[b];

    for (uint32_t i = 0; i < block->pred_count; i++)
        if (pass_is_back(o, block->preds[i], b))
            return true;
    return false;
}

void ir_pass_polls(struct ir *ir)
{
    struct pass_order o = pass_order(ir);

    ir_dominators(ir);
    if (!heads_poll(ir, &o))
        return;
    for (uint32_t i = 0; i < o.count; i++) {
        struct ir_refs *list = &ir->blocks[o.rpo[i]].nodes;
        uint32_t kept = 0;
        if (o.rpo[i] == 0 || is_head(ir, &o, o.rpo[i]))
            continue;
        for (uint32_t k = 0; k < list->count; k++) {
            if (ir_at(ir, list->at[k])->op == IR_POLL)
                pass_drop(ir, list->at[k]);
            else
                list->at[kept++] = list->at[k];
        }
        list->count = kept;
    }
}
