/*
 * licm.c - invariant motion: pure operations whose operands don't change in a loop are
 * done before it.
 *
 * requires: ir_finish. keeps: the graph, dominators, loops (which it computes). breaks:
 * the order of nodes between blocks.
 *
 * An operation goes to the end of the block that dominates the loop's head most closely
 * from outside. It may be done there without need: pure operations are total. Loads and
 * operations that raise flags stay. What costs nothing where it is used stays too: sums
 * that become part of an address, comparisons that become part of a branch, truncations.
 * A loop takes a few cheap values and any number of dear ones, as each occupies a
 * register all through it. Nothing is moved out of cold blocks but what is dear.
 */
#include "ir/pass.h"

#include <string.h>

enum { CHEAP_MAX = 6 };

struct licm {
    struct ir *ir;
    struct pass_order order;
    uint8_t *folds;        /* by node: all uses so far take it in */
    uint8_t *cheap_count;  /* by loop head */
    struct ir_refs *moved; /* by block: what goes to its end */
};

static bool is_dear(const struct ir_node *n)
{
    switch (n->op) {
    case IR_MUL:
    case IR_MULH_U:
    case IR_MULH_S:
    case IR_MULH_SU:
    case IR_DIV_U:
    case IR_DIV_S:
    case IR_REM_U:
    case IR_REM_S:
    case IR_CLZ:
    case IR_CTZ:
    case IR_POPCOUNT:
    case IR_BITREV:
        return true;
    default:
        return false;
    }
}

/* Does USER take in its operand number I at no cost? */
static bool takes_in(const struct ir *ir, const struct ir_node *user, unsigned i,
                     const struct ir_node *n)
{
    bool by_const = ir_op_args[n->op] == 2 && ir_is_const(ir, ir_forward(ir, n->arg[1]));

    if (ir_effect(user) == IR_EFFECT_LOAD || ir_effect(user) == IR_EFFECT_STORE)
        return i == 0 && n->op == IR_ADD && by_const;
    if (user->op == IR_ADD)
        return n->op == IR_SHL && by_const && ir_value(ir, n->arg[1]) <= 3;
    return n->type == IR_I1;
}

static void note_uses(struct licm *l)
{
    struct ir *ir = l->ir;

    for (uint32_t i = 0; i < l->order.count; i++) {
        const struct ir_refs *list = &ir->blocks[l->order.rpo[i]].nodes;
        for (uint32_t j = 0; j < list->count; j++) {
            const struct ir_node *n = ir_at(ir, list->at[j]);
            for (uint32_t k = 0; n->op == IR_PHI && k < ir->blocks[n->block].pred_count;
                 k++)
                l->folds[ir_forward(ir, ir->phi_args[n->aux + k])] = false;
            for (unsigned k = 0; k < ir_op_args[n->op]; k++) {
                ir_ref a = ir_forward(ir, n->arg[k]);
                if (!takes_in(ir, n, k, ir_at(ir, a)))
                    l->folds[a] = false;
            }
        }
    }
}

static bool in_loop(const struct ir *ir, ir_block_id b, ir_block_id head)
{
    ir_block_id at = ir->blocks[b].loop;

    while (at && at != head)
        at = ir->blocks[at].loop_outer;
    return at == head;
}

/* Whether N's operands are all made outside the loop of HEAD. */
static bool is_invariant(const struct ir *ir, const struct ir_node *n, ir_block_id head)
{
    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        const struct ir_node *a = ir_at(ir, n->arg[i]);
        if (a->op != IR_CONST && in_loop(ir, a->block, head))
            return false;
    }
    return true;
}

/* May a cheap value of the loop of HEAD take a register more? */
static bool is_wanted(struct licm *l, ir_ref r, const struct ir_node *n, ir_block_id head)
{
    if (is_dear(n))
        return true;
    if (l->ir->blocks[n->block].cold || l->folds[r] || n->type == IR_I1 ||
        n->op == IR_TRUNC || n->op == IR_COPY || n->op == IR_NONE)
        return false;
    if (l->cheap_count[head] >= CHEAP_MAX)
        return false;
    l->cheap_count[head]++;
    return true;
}

/* Where R goes, or the block in which it stands. */
static ir_block_id goal(struct licm *l, ir_ref r)
{
    const struct ir *ir = l->ir;
    const struct ir_node *n = ir_at(ir, r);
    ir_block_id to = n->block, head = ir->blocks[n->block].loop;

    if (ir_effect(n) != IR_PURE || n->op == IR_PHI || n->op == IR_GET)
        return to;
    for (; head && is_invariant(ir, n, head); head = ir->blocks[head].loop_outer) {
        if (to == n->block && !is_wanted(l, r, n, head))
            break;
        to = ir->blocks[head].idom;
    }
    return to;
}

static void visit_block(struct licm *l, ir_block_id b)
{
    struct ir *ir = l->ir;
    struct ir_refs old;

    if (ir->blocks[b].loop == 0)
        return;
    old = pass_open(ir, b);
    for (uint32_t i = 0; i < old.count; i++) {
        struct ir_node *n = ir_at(ir, old.at[i]);
        ir_block_id to;
        pass_args(ir, n);
        to = goal(l, old.at[i]);
        if (to == b) {
            ir_append(ir, old.at[i]);
            continue;
        }
        n->block = to;
        l->moved[to].at = ir_grow(ir, l->moved[to].at, &l->moved[to].capacity,
                                  l->moved[to].count + 1, sizeof(ir_ref));
        l->moved[to].at[l->moved[to].count++] = old.at[i];
    }
    ir_reclose(ir);
}

/* Put what has been moved to the end of B before its end. */
static void put_moved(struct licm *l, ir_block_id b)
{
    struct ir *ir = l->ir;
    const struct ir_refs *moved = &l->moved[b];
    struct ir_refs old;

    if (moved->count == 0)
        return;
    old = pass_open(ir, b);
    for (uint32_t i = 0; i + 1 < old.count; i++)
        ir_append(ir, old.at[i]);
    for (uint32_t i = 0; i < moved->count; i++)
        ir_append(ir, moved->at[i]);
    ir_append(ir, old.at[old.count - 1]);
    ir_reclose(ir);
}

void ir_pass_licm(struct ir *ir)
{
    struct licm l = {.ir = ir, .order = pass_order(ir)};
    bool loops = false;

    ir_dominators(ir);
    ir_loops(ir);
    for (uint32_t i = 0; i < l.order.count; i++)
        loops |= ir->blocks[l.order.rpo[i]].loop_head;
    if (!loops)
        return;
    l.folds = ir_alloc(ir, ir->node_count);
    l.cheap_count = ir_alloc(ir, ir->block_count);
    l.moved = ir_alloc(ir, ir->block_count * sizeof *l.moved);
    memset(l.folds, true, ir->node_count);
    note_uses(&l);
    for (uint32_t i = 0; i < l.order.count; i++)
        visit_block(&l, l.order.rpo[i]);
    for (uint32_t i = 0; i < l.order.count; i++)
        put_moved(&l, l.order.rpo[i]);
}
