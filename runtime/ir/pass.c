/*
 * pass.c - what the passes share (see pass.h).
 */
#include "ir/pass.h"

#include <assert.h>
#include <string.h>

struct pass_order pass_order(struct ir *ir)
{
    struct pass_order o = {0};
    ir_block_id *stack = ir_alloc(ir, ir->block_count * sizeof *stack);
    uint8_t *next = ir_alloc(ir, ir->block_count);
    uint32_t depth = 0, left = ir->block_count;

    o.rpo = ir_alloc(ir, ir->block_count * sizeof *o.rpo);
    o.number = ir_alloc(ir, ir->block_count * sizeof *o.number);
    memset(o.number, 0xff, ir->block_count * sizeof *o.number);
    o.number[0] = 0;
    stack[depth++] = 0;
    while (depth) {
        ir_block_id b = stack[depth - 1];
        const struct ir_block *block = &ir->blocks[b];
        if (next[b] == block->succ_count) {
            o.rpo[--left] = b;
            depth--;
            continue;
        }
        b = block->succ[next[b]++];
        if (o.number[b] == PASS_NOWHERE) {
            o.number[b] = 0;
            stack[depth++] = b;
        }
    }
    o.rpo += left;
    o.count = ir->block_count - left;
    for (uint32_t i = 0; i < o.count; i++)
        o.number[o.rpo[i]] = i;
    return o;
}

static void need(struct ir *ir, uint8_t *needed, struct ir_refs *stack, ir_ref r)
{
    r = ir_forward(ir, r);
    if (r == 0 || needed[r])
        return;
    needed[r] = 1;
    pass_push(ir, stack, r);
}

uint8_t *pass_needed(struct ir *ir, const struct pass_order *o)
{
    uint8_t *needed = ir_alloc(ir, ir->node_count);
    struct ir_refs stack = {0};

    for (uint32_t i = 0; i < o->count; i++) {
        const struct ir_refs *list = &ir->blocks[o->rpo[i]].nodes;
        for (uint32_t j = 0; j < list->count; j++)
            if (ir_effect(ir_at(ir, list->at[j])) != IR_PURE)
                need(ir, needed, &stack, list->at[j]);
    }
    while (stack.count) {
        const struct ir_node *n = ir_at(ir, stack.at[--stack.count]);
        for (unsigned i = 0; i < ir_op_args[n->op]; i++)
            need(ir, needed, &stack, n->arg[i]);
        for (uint32_t i = 0; n->op == IR_PHI && i < ir->blocks[n->block].pred_count; i++)
            need(ir, needed, &stack, ir->phi_args[n->aux + i]);
    }
    return needed;
}

struct ir_refs pass_open(struct ir *ir, ir_block_id b)
{
    struct ir_refs old = ir_reopen(ir, b), *list = &ir->blocks[b].nodes;

    list->at = ir_grow(ir, NULL, &list->capacity, old.count + 4, sizeof *list->at);
    return old;
}

void pass_push(struct ir *ir, struct ir_refs *list, ir_ref r)
{
    list->at = ir_grow(ir, list->at, &list->capacity, list->count + 1, sizeof r);
    list->at[list->count++] = r;
}

uint32_t pass_phi_args(struct ir *ir, uint32_t count)
{
    uint32_t first = ir->phi_arg_count;

    ir->phi_args = ir_grow(ir, ir->phi_args, &ir->phi_arg_capacity, first + count,
                           sizeof *ir->phi_args);
    memset(ir->phi_args + first, 0, count * sizeof *ir->phi_args);
    ir->phi_arg_count = first + count;
    return first;
}

/* Take the edge from FROM out of B's predecessors and its PHIs. */
static void drop_pred(struct ir *ir, ir_block_id b, ir_block_id from)
{
    struct ir_block *block = &ir->blocks[b];
    uint32_t at = 0;

    while (at < block->pred_count && block->preds[at] != from)
        at++;
    assert(at < block->pred_count);
    block->pred_count--;
    for (uint32_t i = at; i < block->pred_count; i++)
        block->preds[i] = block->preds[i + 1];
    for (uint32_t i = 0; i < block->nodes.count; i++) {
        const struct ir_node *n = ir_at(ir, block->nodes.at[i]);
        if (n->op != IR_PHI)
            continue; /* some may be COPYs by now, so others may follow */
        for (uint32_t j = at; j < block->pred_count; j++)
            ir->phi_args[n->aux + j] = ir->phi_args[n->aux + j + 1];
    }
}

void pass_take(struct ir *ir, ir_block_id b, unsigned which)
{
    struct ir_block *block = &ir->blocks[b];
    struct ir_node *end = ir_at(ir, block->nodes.at[block->nodes.count - 1]);
    ir_block_id other = block->succ[!which];

    assert(end->op == IR_BRANCH && block->succ_count == 2);
    end->op = IR_JUMP;
    end->flags = 0;
    end->arg[0] = 0;
    block->succ[0] = block->succ[which];
    block->succ_count = 1;
    drop_pred(ir, other, b);
}

void pass_prune(struct ir *ir)
{
    struct pass_order o = pass_order(ir);

    if (o.count == ir->block_count)
        return;
    for (ir_block_id b = 1; b < ir->block_count; b++) {
        struct ir_block *block = &ir->blocks[b];
        if (o.number[b] != PASS_NOWHERE || block->nodes.count == 0)
            continue;
        for (unsigned i = 0; i < block->succ_count; i++)
            if (o.number[block->succ[i]] != PASS_NOWHERE)
                drop_pred(ir, block->succ[i], b);
        for (uint32_t i = 0; i < block->nodes.count; i++)
            pass_drop(ir, block->nodes.at[i]);
        block->nodes.count = 0;
        block->succ_count = 0;
        block->pred_count = 0;
    }
}
