/*
 * sink.c - a PHI of operations becomes an operation of PHIs.
 *
 * requires: ir_finish. keeps: the graph, dominators, loops. breaks: use counts; leaves
 * COPYs and dead nodes.
 *
 * Flags and extensions of what a guest register holds go round a loop in registers of
 * their own, though only a fault or an exit would need them. If all operands of such a
 * PHI are made by one operation from others, the operation can be done behind the PHI of
 * the others, which often is there already, and which serves all flags of one comparison.
 * What is left is needed by snapshots only, and the back end makes it there.
 *
 * It is done for PHIs that no operation uses, and those whose operands no other uses; for
 * at most one new PHI, or two for a condition.
 *
 * Conversions that a loop makes only for what comes behind it are made there (leave.c).
 */
#include "ir/sink.h"

enum { DEPTH_MAX = 4 };

struct sink {
    struct ir *ir;
    bool *used; /* by node, those there at the beginning: by an operation */
    uint32_t count;
    ir_block_id block;
    uint32_t preds;
    struct ir_refs phis; /* of the block, new ones included */
    struct ir_refs made; /* operations for behind them */
    unsigned new_phis;
};

static bool can_sink(const struct ir *ir, const struct ir_node *n)
{
    switch (n->op) {
    case IR_ADD:
    case IR_SUB:
    case IR_AND:
    case IR_OR:
    case IR_XOR:
    case IR_NOT:
    case IR_NEG:
    case IR_ZEXT:
    case IR_SEXT:
    case IR_TRUNC:
        break;
    case IR_SHL:
    case IR_SHR:
    case IR_SAR:
        return ir_is_const(ir, n->arg[1]);
    case IR_EQ:
    case IR_NE:
    case IR_LT_U:
    case IR_LT_S:
    case IR_LE_U:
    case IR_LE_S:
    case IR_CARRY:
    case IR_OVERFLOW:
        break;
    default:
        return false;
    }
    return n->type != IR_I128 && ir_at(ir, n->arg[0])->type != IR_I128;
}

/* Do all of the VALUES come from the same operation, with operands of the same types? */
static bool same_operation(const struct sink *s, const ir_ref *values)
{
    const struct ir *ir = s->ir;
    const struct ir_node *n = ir_at(ir, values[0]);

    if (!can_sink(ir, n))
        return false;
    for (uint32_t i = 1; i < s->preds; i++) {
        const struct ir_node *m = ir_at(ir, values[i]);
        if (m->op != n->op || m->type != n->type || m->aux != n->aux ||
            m->flags != n->flags)
            return false;
        for (unsigned k = 0; k < ir_op_args[n->op]; k++)
            if (ir_at(ir, ir_forward(ir, m->arg[k]))->type !=
                ir_at(ir, ir_forward(ir, n->arg[k]))->type)
                return false;
    }
    return true;
}

/* Operand K of each of the VALUES. */
static ir_ref *operands(const struct sink *s, const ir_ref *values, unsigned k)
{
    ir_ref *list = ir_alloc(s->ir, s->preds * sizeof *list);

    for (uint32_t i = 0; i < s->preds; i++)
        list[i] = ir_forward(s->ir, ir_at(s->ir, values[i])->arg[k]);
    return list;
}

/* The value that is VALUES[i] when the block is entered from predecessor i, if there is
 * one: they are all the same, or a PHI has them. */
static ir_ref existing(const struct sink *s, const ir_ref *values)
{
    const struct ir *ir = s->ir;
    bool equal = true;

    for (uint32_t i = 1; i < s->preds; i++)
        equal &= values[i] == values[0];
    if (equal)
        return values[0];
    for (uint32_t j = 0; j < s->phis.count; j++) {
        const struct ir_node *n = ir_at(ir, s->phis.at[j]);
        bool all = n->op == IR_PHI;
        for (uint32_t i = 0; i < s->preds && all; i++)
            all = ir_forward(ir, ir->phi_args[n->aux + i]) == values[i];
        if (all)
            return s->phis.at[j];
    }
    return 0;
}

static ir_ref new_phi(struct sink *s, const ir_ref *values)
{
    struct ir *ir = s->ir;
    uint32_t first = pass_phi_args(ir, s->preds);
    ir_ref r;

    for (uint32_t i = 0; i < s->preds; i++)
        ir->phi_args[first + i] = values[i];
    r = ir_node_new(ir, IR_PHI, (enum ir_type)ir_at(ir, values[0])->type, 0, 0, 0, first,
                    0);
    ir_at(ir, r)->block = s->block;
    pass_push(ir, &s->phis, r);
    return r;
}

/* VALUES as one value; 0 if that takes too much. With TRY nothing is made: the result
 * only says whether it could be. */
static ir_ref join(struct sink *s, const ir_ref *values, unsigned depth, bool try)
{
    struct ir *ir = s->ir;
    const struct ir_node n = *ir_at(ir, values[0]);
    ir_ref arg[3] = {0}, r = depth ? existing(s, values) : 0;

    if (r)
        return r;
    if (depth == DEPTH_MAX || (depth && n.type >= IR_I32) || !same_operation(s, values)) {
        if (depth == 0 || n.type < IR_I32)
            return 0;
        s->new_phis += try;
        return try ? values[0] : new_phi(s, values);
    }
    for (unsigned k = 0; k < ir_op_args[n.op]; k++) {
        arg[k] = join(s, operands(s, values, k), depth + 1, try);
        if (!arg[k])
            return 0;
    }
    if (try)
        return values[0];
    r = ir_node_new(ir, (enum ir_op)n.op, (enum ir_type)n.type, arg[0], arg[1], arg[2],
                    n.aux, n.flags);
    pass_push(ir, &s->made, r);
    return r;
}

/* What PHI becomes, or 0. */
static ir_ref sunk(struct sink *s, ir_ref phi)
{
    struct ir *ir = s->ir;
    ir_ref *values = ir_alloc(ir, s->preds * sizeof *values);
    bool others = s->used[phi], condition;

    for (uint32_t i = 0; i < s->preds; i++) {
        values[i] = ir_forward(ir, ir->phi_args[ir_at(ir, phi)->aux + i]);
        if (values[i] >= s->count || (others && s->used[values[i]]))
            return 0;
    }
    condition = ir_at(ir, phi)->type < IR_I32;
    s->new_phis = 0;
    if (!join(s, values, 0, true) || s->new_phis > (condition ? 2 : 1))
        return 0;
    return join(s, values, 0, false);
}

/* Append operation R behind those of its operands that were made here too. */
static void place(struct sink *s, ir_ref r)
{
    struct ir *ir = s->ir;

    if (r < s->count || ir_at(ir, r)->op == IR_PHI || ir_at(ir, r)->op == IR_CONST ||
        ir_at(ir, r)->block)
        return; /* it stands already */
    pass_args(ir, ir_at(ir, r));
    for (unsigned k = 0; k < ir_op_args[ir_at(ir, r)->op]; k++)
        place(s, ir_at(ir, r)->arg[k]);
    ir_append(ir, r);
}

static void visit_block(struct sink *s, ir_block_id b)
{
    struct ir *ir = s->ir;
    const struct ir_refs *list = &ir->blocks[b].nodes;
    struct ir_refs old;
    uint32_t first = 0;
    bool any = false;

    s->block = b;
    s->preds = ir->blocks[b].pred_count;
    s->phis.count = s->made.count = 0;
    for (; first < list->count && ir_at(ir, list->at[first])->op == IR_PHI; first++)
        pass_push(ir, &s->phis, list->at[first]);
    for (uint32_t i = 0; i < first; i++) {
        ir_ref r = sunk(s, s->phis.at[i]);
        if (r)
            pass_is(ir, s->phis.at[i], r);
        any |= r != 0;
    }
    if (!any)
        return;
    old = pass_open(ir, b);
    for (uint32_t i = 0; i < s->phis.count; i++)
        if (ir_at(ir, s->phis.at[i])->op == IR_PHI)
            ir_append(ir, s->phis.at[i]);
    for (uint32_t i = 0; i < s->made.count; i++)
        place(s, s->made.at[i]);
    for (uint32_t i = first; i < old.count; i++)
        ir_append(ir, old.at[i]);
    ir_reclose(ir);
}

void ir_pass_sink(struct ir *ir)
{
    struct sink s = {.ir = ir, .count = ir->node_count};
    struct pass_order o = pass_order(ir);
    bool any = false;

    for (uint32_t i = 0; i < o.count && !any; i++)
        any = ir->blocks[o.rpo[i]].pred_count > 1 &&
              ir_at(ir, ir->blocks[o.rpo[i]].nodes.at[0])->op == IR_PHI;
    if (!any)
        return;
    ir_compact(ir);
    s.used = ir_alloc(ir, s.count);
    for (uint32_t i = 0; i < o.count; i++) {
        const struct ir_refs *list = &ir->blocks[o.rpo[i]].nodes;
        for (uint32_t j = 0; j < list->count; j++) {
            const struct ir_node *n = ir_at(ir, list->at[j]);
            for (unsigned k = 0; k < ir_op_args[n->op]; k++)
                s.used[n->arg[k]] = true;
        }
    }
    for (uint32_t i = 0; i < o.count; i++)
        if (ir->blocks[o.rpo[i]].pred_count > 1)
            visit_block(&s, o.rpo[i]);
    sink_leave(ir, &o);
}
