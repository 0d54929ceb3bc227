/*
 * fold_size.c - rules for extensions, cuts, and values of two halves (see fold.h).
 */
#include "ir/fold.h"

static ir_ref fold_zext(struct fold *f)
{
    ir_ref x;

    if (fold_is(f, f->a, IR_ZEXT))
        return fold_1(f, IR_ZEXT, f->type, fold_arg(f, f->a, 0));
    if (fold_is(f, f->a, IR_TRUNC)) {
        x = fold_arg(f, f->a, 0);
        if (fold_bits(f, x, FOLD_DEPTH) > f->bits)
            return 0;
        if (ir_type_bits[fold_type(f, x)] > ir_type_bits[f->type])
            return fold_1(f, IR_TRUNC, f->type, x);
        return fold_type(f, x) == f->type ? x : fold_1(f, IR_ZEXT, f->type, x);
    }
    return 0;
}

static ir_ref fold_sext(struct fold *f)
{
    ir_ref x;

    if (fold_is(f, f->a, IR_SEXT))
        return fold_1(f, IR_SEXT, f->type, fold_arg(f, f->a, 0));
    if (f->bits > 1 && fold_bits(f, f->a, FOLD_DEPTH) < f->bits)
        return fold_1(f, IR_ZEXT, f->type, f->a);
    if (fold_is(f, f->a, IR_TRUNC)) {
        x = fold_arg(f, f->a, 0);
        if (fold_sign_bits(f, x, FOLD_DEPTH) > f->bits)
            return 0;
        if (ir_type_bits[fold_type(f, x)] > ir_type_bits[f->type])
            return fold_1(f, IR_TRUNC, f->type, x);
        return fold_type(f, x) == f->type ? x : fold_1(f, IR_SEXT, f->type, x);
    }
    return 0;
}

/* Whether R cut to BITS costs nothing. */
static bool cuts_freely(const struct fold *f, ir_ref r, unsigned bits)
{
    switch (fold_node(f, r)->op) {
    case IR_CONST:
        return true;
    case IR_ZEXT:
    case IR_SEXT:
        return ir_type_bits[fold_type(f, fold_arg(f, r, 0))] <= bits;
    case IR_CAT:
        return ir_type_bits[fold_type(f, fold_arg(f, r, 1))] == bits;
    default:
        return false;
    }
}

/* How an operand of a product was extended to i128 from 64 bits or fewer. */
enum extended { NOT_EXTENDED, SIGNED, UNSIGNED, EITHER };

/* *X: what was extended, as i64. */
static enum extended extended(const struct fold *f, ir_ref r, ir_ref *x)
{
    enum ir_op op = (enum ir_op)fold_node(f, r)->op;
    ir_wide v;

    if (fold_const(f, r, &v)) {
        *x = fold_k(f, IR_I64, v);
        return v >> 63 == 0                      ? EITHER
               : v >> 64 == 0                    ? UNSIGNED
               : ir_signed(v, 64) == (ir_swide)v ? SIGNED
                                                 : NOT_EXTENDED;
    }
    if (op != IR_SEXT && op != IR_ZEXT)
        return NOT_EXTENDED;
    *x = fold_arg(f, r, 0);
    if (fold_type(f, *x) != IR_I64)
        *x = fold_1(f, op, IR_I64, *x);
    return !*x ? NOT_EXTENDED : op == IR_SEXT ? SIGNED : UNSIGNED;
}

/* The upper half of P, a product of i128. */
static ir_ref high_of_product(const struct fold *f, ir_ref p)
{
    ir_ref a = fold_arg(f, p, 0), b = fold_arg(f, p, 1);
    enum extended xa = extended(f, a, &a), xb = extended(f, b, &b);

    if (xa == NOT_EXTENDED || xb == NOT_EXTENDED)
        return 0;
    if (xb == EITHER)
        xb = xa;
    if (xa == xb)
        return fold_2(f, xa == SIGNED ? IR_MULH_S : IR_MULH_U, a, b);
    return xa == SIGNED ? fold_2(f, IR_MULH_SU, a, b) : fold_2(f, IR_MULH_SU, b, a);
}

/* A shift right whose result is cut: only the bits that are kept need be made. */
static ir_ref trunc_shift(struct fold *f, unsigned to)
{
    bool sign = fold_is(f, f->a, IR_SAR);
    ir_ref x = fold_arg(f, f->a, 0), y;
    ir_wide by;

    if (!fold_const(f, fold_arg(f, f->a, 1), &by))
        return 0;
    if (by == 64 && to == 64 && fold_is(f, x, IR_MUL) && fold_type(f, x) == IR_I128)
        return high_of_product(f, x);
    /* of a narrower value that covers what is kept */
    if ((fold_is(f, x, IR_ZEXT) && !sign) || (fold_is(f, x, IR_SEXT) && sign)) {
        y = fold_arg(f, x, 0);
        if (fold_type(f, y) == f->type && to >= 32)
            return fold_2(f, sign ? IR_SAR : IR_SHR, y, fold_arg(f, f->a, 1));
    }
    return 0;
}

static ir_ref trunc_operation(struct fold *f, unsigned to)
{
    const struct ir_node *n = fold_node(f, f->a);
    enum ir_op op = (enum ir_op)n->op;
    ir_ref a, b;
    ir_wide c;

    switch (op) {
    case IR_AND:
        a = fold_arg(f, f->a, 0);
        if (fold_const(f, fold_arg(f, f->a, 1), &c) &&
            (c & ir_mask(f->type)) == ir_mask(f->type))
            return fold_1(f, IR_TRUNC, f->type, a);
        break;
    case IR_OR: /* of bits that are not kept */
        if (fold_with(f, f->a, IR_OR, &a, &c) && (c & ir_mask(f->type)) == 0)
            return fold_1(f, IR_TRUNC, f->type, a);
        break;
    case IR_ADD:
    case IR_SUB:
    case IR_MUL:
    case IR_XOR:
        break;
    case IR_NOT:
    case IR_NEG:
        a = fold_arg(f, f->a, 0);
        if (to < 32 || !cuts_freely(f, a, to))
            return 0;
        return fold_1(f, op, f->type, fold_1(f, IR_TRUNC, f->type, a));
    case IR_SHL:
        if (to < 32 || !fold_with(f, f->a, IR_SHL, &a, &c) || !cuts_freely(f, a, to))
            return 0;
        a = fold_1(f, IR_TRUNC, f->type, a);
        return a ? fold_shift(f, IR_SHL, a, c < 128 ? (unsigned)c : 128) : 0;
    default:
        return 0;
    }
    a = fold_arg(f, f->a, 0);
    b = fold_arg(f, f->a, 1);
    if (to < 32 || !cuts_freely(f, a, to) || !cuts_freely(f, b, to))
        return 0;
    a = fold_1(f, IR_TRUNC, f->type, a);
    return a ? fold_2(f, op, a, fold_1(f, IR_TRUNC, f->type, b)) : 0;
}

static ir_ref fold_trunc(struct fold *f)
{
    unsigned to = ir_type_bits[f->type], inner;
    const struct ir_node *n = fold_node(f, f->a);
    ir_ref x = ir_op_args[n->op] ? fold_arg(f, f->a, 0) : 0;

    switch (n->op) {
    case IR_TRUNC:
        return fold_1(f, IR_TRUNC, f->type, x);
    case IR_ZEXT:
    case IR_SEXT:
        inner = ir_type_bits[fold_type(f, x)];
        if (inner == to)
            return x;
        return fold_1(f, inner > to ? IR_TRUNC : (enum ir_op)n->op, f->type, x);
    case IR_CAT:
        x = fold_arg(f, f->a, 1);
        inner = ir_type_bits[fold_type(f, x)];
        return inner == to ? x : inner > to ? fold_1(f, IR_TRUNC, f->type, x) : 0;
    case IR_SHR:
    case IR_SAR:
        return trunc_shift(f, to);
    case IR_SELECT:
        if (!cuts_freely(f, fold_arg(f, f->a, 1), to) ||
            !cuts_freely(f, fold_arg(f, f->a, 2), to))
            return 0;
        {
            ir_ref c = x, r = fold_arg(f, f->a, 2);
            x = fold_1(f, IR_TRUNC, f->type, fold_arg(f, f->a, 1));
            r = fold_1(f, IR_TRUNC, f->type, r);
            return x && r ? ir_op(f->ir, IR_SELECT, f->type, c, x, r) : 0;
        }
    default:
        return trunc_operation(f, to);
    }
}

/* X's upper half, cut off. */
static bool is_upper_half(const struct fold *f, ir_ref r, ir_ref x, unsigned half)
{
    ir_ref shifted;

    if (!fold_is(f, r, IR_TRUNC))
        return false;
    shifted = fold_arg(f, r, 0);
    return (fold_is(f, shifted, IR_SHR) || fold_is(f, shifted, IR_SAR)) &&
           fold_arg(f, shifted, 0) == x &&
           fold_is_value(f, fold_arg(f, shifted, 1), half);
}

static ir_ref fold_cat(struct fold *f)
{
    ir_wide by;
    ir_ref x;

    if (f->ka && f->va == 0)
        return fold_1(f, IR_ZEXT, f->type, f->b);
    if (fold_with(f, f->a, IR_SAR, &x, &by) && x == f->b && by == f->bits - 1)
        return fold_1(f, IR_SEXT, f->type, f->b);
    if (fold_is(f, f->b, IR_TRUNC)) {
        x = fold_arg(f, f->b, 0);
        if (fold_type(f, x) == f->type && is_upper_half(f, f->a, x, f->bits))
            return x;
    }
    return 0;
}

ir_ref fold_sizes(struct fold *f)
{
    switch (f->op) {
    case IR_ZEXT:
        return fold_zext(f);
    case IR_SEXT:
        return fold_sext(f);
    case IR_TRUNC:
        return fold_trunc(f);
    case IR_CAT:
        return fold_cat(f);
    default: /* BITCAST */
        if (fold_is(f, f->a, IR_BITCAST) && fold_type(f, fold_arg(f, f->a, 0)) == f->type)
            return fold_arg(f, f->a, 0);
        return 0;
    }
}
