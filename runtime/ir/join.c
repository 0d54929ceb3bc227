/*
 * join.c - the pair pass: two PHIs of 32 bits that go round as one of 64 (see pair.c).
 *
 * Pairs of PHIs may feed each other; they are joined together or not at all. On an edge
 * that isn't one of the loop's they may be anything: they are put together there.
 */
#include "ir/pair.h"

enum { PAIRS_MAX = 16 };

struct join {
    struct ir *ir;
    struct {
        ir_ref high, low; /* PHIs of one block */
        ir_ref whole;     /* the PHI for both */
    } pairs[PAIRS_MAX];
    unsigned count;
    bool found; /* halves of one value go round */
};

static ir_ref arg(const struct join *j, ir_ref r, unsigned i)
{
    return ir_forward(j->ir, ir_at(j->ir, r)->arg[i]);
}

static bool is(const struct join *j, ir_ref r, enum ir_op op, enum ir_type type)
{
    return ir_at(j->ir, r)->op == op && ir_at(j->ir, r)->type == type;
}

static ir_ref operand(const struct join *j, ir_ref phi, uint32_t i)
{
    return ir_forward(j->ir, j->ir->phi_args[ir_at(j->ir, phi)->aux + i]);
}

/* What HIGH and LOW are the halves of, or 0. */
static ir_ref whole_of(const struct join *j, ir_ref high, ir_ref low)
{
    ir_ref x;

    if (ir_is_const(j->ir, high) && ir_is_const(j->ir, low))
        return ir_const(j->ir, IR_I64,
                        ir_value(j->ir, high) << 32 | ir_value(j->ir, low));
    if (ir_at(j->ir, high)->op != IR_TRUNC || ir_at(j->ir, low)->op != IR_TRUNC)
        return 0;
    x = arg(j, high, 0);
    if (!is(j, x, IR_SHR, IR_I64) && !is(j, x, IR_SAR, IR_I64))
        return 0;
    if (!ir_is_const(j->ir, arg(j, x, 1)) || ir_value(j->ir, arg(j, x, 1)) != 32)
        return 0;
    return arg(j, x, 0) == arg(j, low, 0) ? arg(j, x, 0) : 0;
}

static bool are_phis(const struct join *j, ir_ref high, ir_ref low)
{
    return is(j, high, IR_PHI, IR_I32) && is(j, low, IR_PHI, IR_I32) &&
           ir_at(j->ir, high)->block == ir_at(j->ir, low)->block;
}

/* The pair of these; a new one if need be; -1: too many. */
static int pair_at(struct join *j, ir_ref high, ir_ref low)
{
    for (unsigned i = 0; i < j->count; i++)
        if (j->pairs[i].high == high && j->pairs[i].low == low)
            return (int)i;
    if (j->count == PAIRS_MAX)
        return -1;
    j->pairs[j->count].high = high;
    j->pairs[j->count].low = low;
    return (int)j->count++;
}

/* May pair K be joined? Adds the pairs that feed it. */
static bool fits(struct join *j, unsigned k)
{
    ir_ref high = j->pairs[k].high, low = j->pairs[k].low;
    const struct ir_block *b = &j->ir->blocks[ir_at(j->ir, high)->block];

    for (uint32_t i = 0; i < b->pred_count; i++) {
        ir_ref h = operand(j, high, i), l = operand(j, low, i);
        ir_ref x = whole_of(j, h, l);
        bool inside = j->ir->blocks[b->preds[i]].depth >= b->depth;
        if (x) {
            j->found |= inside && !ir_is_const(j->ir, x);
        } else if (inside) {
            if (!are_phis(j, h, l) || pair_at(j, h, l) < 0)
                return false;
        }
    }
    return true;
}

/* CAT of the operands of an edge, at the end of block B. */
static ir_ref put_together(struct join *j, ir_block_id b, ir_ref high, ir_ref low)
{
    struct ir_refs old = pass_open(j->ir, b);
    ir_ref r = ir_node_new(j->ir, IR_CAT, IR_I64, high, low, 0, 0, 0);

    for (uint32_t i = 0; i + 1 < old.count; i++)
        ir_append(j->ir, old.at[i]);
    ir_append(j->ir, r);
    ir_append(j->ir, old.at[old.count - 1]);
    ir_reclose(j->ir);
    return r;
}

static void fill(struct join *j, unsigned k)
{
    struct ir *ir = j->ir;
    ir_ref high = j->pairs[k].high, low = j->pairs[k].low;
    ir_block_id b = ir_at(ir, high)->block;

    for (uint32_t i = 0; i < ir->blocks[b].pred_count; i++) {
        ir_ref h = operand(j, high, i), l = operand(j, low, i);
        ir_ref x = whole_of(j, h, l);
        for (unsigned m = 0; m < j->count && !x; m++)
            if (j->pairs[m].high == h && j->pairs[m].low == l)
                x = j->pairs[m].whole;
        if (!x)
            x = put_together(j, ir->blocks[b].preds[i], h, l);
        ir->phi_args[ir_at(ir, j->pairs[k].whole)->aux + i] = x;
    }
}

/* The halves of the PHI for pair K, in their place. */
static void replace(struct join *j, unsigned k)
{
    struct ir *ir = j->ir;
    ir_block_id b = ir_at(ir, j->pairs[k].high)->block;
    struct ir_refs old = pass_open(ir, b);
    ir_ref w = j->pairs[k].whole, low, high;
    uint32_t i = 0;

    ir_append(ir, w);
    for (; i < old.count; i++) {
        unsigned op = ir_at(ir, old.at[i])->op;
        if (op != IR_PHI && op != IR_COPY)
            break;
        if (op == IR_PHI && old.at[i] != j->pairs[k].high && old.at[i] != j->pairs[k].low)
            ir_append(ir, old.at[i]);
    }
    low = ir_node_new(ir, IR_TRUNC, IR_I32, w, 0, 0, 0, 0);
    high = ir_node_new(ir, IR_SHR, IR_I64, w, ir_const(ir, IR_I8, 32), 0, 0, IR_IN_RANGE);
    ir_append(ir, low);
    ir_append(ir, high);
    high = ir_node_new(ir, IR_TRUNC, IR_I32, high, 0, 0, 0, 0);
    ir_append(ir, high);
    for (; i < old.count; i++)
        ir_append(ir, old.at[i]);
    ir_reclose(ir);
    pass_is(ir, j->pairs[k].high, high);
    pass_is(ir, j->pairs[k].low, low);
}

/* The PHIs HIGH and LOW, with all that feed them, if that can be. */
static void try_pair(struct join *j, ir_ref high, ir_ref low)
{
    struct ir *ir = j->ir;

    j->count = 0;
    j->found = false;
    pair_at(j, high, low);
    for (unsigned k = 0; k < j->count; k++) {
        if (!fits(j, k))
            return;
        for (unsigned m = 0; m < k; m++) /* each PHI in one pair */
            if (j->pairs[m].high == j->pairs[k].high ||
                j->pairs[m].low == j->pairs[k].low ||
                j->pairs[m].low == j->pairs[k].high ||
                j->pairs[m].high == j->pairs[k].low)
                return;
    }
    if (!j->found)
        return;
    for (unsigned k = 0; k < j->count; k++) {
        ir_block_id b = ir_at(ir, j->pairs[k].high)->block;
        j->pairs[k].whole = ir_node_new(ir, IR_PHI, IR_I64, 0, 0, 0,
                                        pass_phi_args(ir, ir->blocks[b].pred_count), 0);
    }
    for (unsigned k = 0; k < j->count; k++)
        fill(j, k);
    for (unsigned k = 0; k < j->count; k++)
        replace(j, k);
}

void pair_join(struct ir *ir, const struct pass_order *order)
{
    struct join j = {.ir = ir};
    bool any = false;

    for (uint32_t i = 0; i < order->count; i++) {
        ir_block_id b = order->rpo[i];
        for (uint32_t k = 0; k < ir->blocks[b].nodes.count; k++) {
            ir_ref r = ir->blocks[b].nodes.at[k], high, low, x;
            if (!is(&j, r, IR_CAT, IR_I64) || ir_at(ir, arg(&j, r, 1))->type != IR_I32)
                continue;
            high = arg(&j, r, 0);
            low = arg(&j, r, 1);
            if (high != low && are_phis(&j, high, low) &&
                ir->blocks[ir_at(ir, high)->block].depth <= ir->blocks[b].depth)
                try_pair(&j, high, low);
            x = whole_of(&j, arg(&j, r, 0), arg(&j, r, 1));
            if (x == 0)
                continue;
            pass_is(ir, r, x);
            any = true;
        }
    }
    if (any)
        ir_compact(ir);
}
