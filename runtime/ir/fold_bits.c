/*
 * fold_bits.c - rules for logic, shifts and rotates (see fold.h).
 */
#include "ir/fold.h"

/* -- logic */

/* The compare that holds where OP of A and B doesn't. */
static ir_ref opposite(struct fold *f, ir_ref r)
{
    ir_ref a = fold_arg(f, r, 0), b = fold_arg(f, r, 1);

    switch (fold_node(f, r)->op) {
    case IR_EQ:
        return fold_2(f, IR_NE, a, b);
    case IR_NE:
        return fold_2(f, IR_EQ, a, b);
    case IR_LT_U:
        return fold_2(f, IR_LE_U, b, a);
    case IR_LT_S:
        return fold_2(f, IR_LE_S, b, a);
    case IR_LE_U:
        return fold_2(f, IR_LT_U, b, a);
    default:
        return fold_2(f, IR_LT_S, b, a);
    }
}

static ir_ref fold_not(struct fold *f)
{
    const struct ir_node *n = fold_node(f, f->a);
    ir_ref x;
    ir_wide c;

    if (n->op == IR_NOT)
        return fold_arg(f, f->a, 0);
    if (n->op >= IR_EQ && n->op <= IR_LE_S)
        return opposite(f, f->a);
    if (n->op == IR_SEXT && fold_type(f, fold_arg(f, f->a, 0)) >= IR_I32) {
        x = fold_arg(f, f->a, 0);
        if (!fold_is(f, x, IR_LOAD))
            return fold_1(f, IR_SEXT, f->type, fold_1(f, IR_NOT, fold_type(f, x), x));
    }
    if (n->op == IR_NEG) /* ~-x = x - 1 */
        return fold_2(f, IR_ADD, fold_arg(f, f->a, 0), fold_k(f, f->type, ~(ir_wide)0));
    if (fold_with(f, f->a, IR_XOR, &x, &c))
        return fold_2(f, IR_XOR, x, fold_k(f, f->type, ~c));
    if (fold_with(f, f->a, IR_ADD, &x, &c)) /* ~(x + c) = ~c - x */
        return fold_2(f, IR_SUB, fold_k(f, f->type, ~c), x);
    if (n->op == IR_SUB && fold_const(f, fold_arg(f, f->a, 0), &c))
        return fold_2(f, IR_ADD, fold_arg(f, f->a, 1), fold_k(f, f->type, ~c));
    return 0;
}

/* (x & c | y) & k is y & k if c and k have no bit in common: a field that was inserted.
 */
static ir_ref inserted(struct fold *f)
{
    ir_ref x;
    ir_wide c;

    if (!fold_is(f, f->a, IR_OR))
        return 0;
    for (unsigned i = 0; i < 2; i++)
        if (fold_with(f, fold_arg(f, f->a, i), IR_AND, &x, &c) && (c & f->vb) == 0)
            return fold_2(f, IR_AND, fold_arg(f, f->a, 1 - i), f->b);
    return 0;
}

static ir_ref and_const(struct fold *f)
{
    const ir_wide all = ir_mask(f->type);
    unsigned bits = fold_bits(f, f->a, FOLD_DEPTH);
    ir_wide c, may = bits >= 128 ? all : ((ir_wide)1 << bits) - 1;
    ir_ref x;

    if ((f->vb & may) == 0)
        return fold_k(f, f->type, 0);
    if ((f->vb & may) == may)
        return f->a;
    if (fold_with(f, f->a, IR_AND, &x, &c))
        return fold_2(f, IR_AND, x, fold_k(f, f->type, c & f->vb));
    if (fold_with(f, f->a, IR_OR, &x, &c) && (c & f->vb) == 0)
        return fold_2(f, IR_AND, x, f->b);
    if (fold_with(f, f->a, IR_OR, &x, &c) && (c & f->vb) == f->vb)
        return f->b;
    if (fold_with(f, f->a, IR_SHL, &x, &c) && c < f->bits) {
        ir_wide low = ((ir_wide)1 << c) - 1;
        if ((f->vb | low) == all)
            return f->a;
        if ((f->vb & ~low) == 0)
            return fold_k(f, f->type, 0);
    }
    /* what the extension added is masked away */
    if (fold_is(f, f->a, IR_SEXT) &&
        f->vb <= ir_mask(fold_type(f, fold_arg(f, f->a, 0)))) {
        x = fold_1(f, IR_ZEXT, f->type, fold_arg(f, f->a, 0));
        return x ? fold_2(f, IR_AND, x, f->b) : 0;
    }
    if (f->type == IR_I64 && f->vb == UINT32_MAX)
        return fold_1(f, IR_ZEXT, IR_I64, fold_1(f, IR_TRUNC, IR_I32, f->a));
    return inserted(f);
}

static ir_ref or_const(struct fold *f)
{
    const ir_wide all = ir_mask(f->type);
    ir_ref x;
    ir_wide c;

    if (f->vb == 0)
        return f->a;
    if (f->vb == all)
        return f->b;
    if (fold_with(f, f->a, IR_OR, &x, &c))
        return fold_2(f, IR_OR, x, fold_k(f, f->type, c | f->vb));
    if (fold_with(f, f->a, IR_AND, &x, &c) && (c | f->vb) == all)
        return fold_2(f, IR_OR, x, f->b);
    return 0;
}

static ir_ref xor_const(struct fold *f)
{
    ir_ref x;
    ir_wide c;

    if (f->vb == 0)
        return f->a;
    if (f->vb == ir_mask(f->type))
        return fold_1(f, IR_NOT, f->type, f->a);
    if (fold_with(f, f->a, IR_XOR, &x, &c))
        return fold_2(f, IR_XOR, x, fold_k(f, f->type, c ^ f->vb));
    if (fold_is(f, f->a, IR_NOT))
        return fold_2(f, IR_XOR, fold_arg(f, f->a, 0), fold_k(f, f->type, ~f->vb));
    return 0;
}

/* R is extended by EXT from i32 or i64: from what? 0: it isn't. A zero extension of a
 * value whose sign is 0 is a sign extension too. */
static ir_ref extended_by(const struct fold *f, ir_ref r, enum ir_op ext)
{
    ir_ref x;

    if (!fold_is(f, r, IR_ZEXT) && !fold_is(f, r, ext))
        return 0;
    x = fold_arg(f, r, 0);
    if (fold_type(f, x) < IR_I32)
        return 0;
    if (!fold_is(f, r, ext) &&
        fold_bits(f, x, FOLD_DEPTH) >= ir_type_bits[fold_type(f, x)])
        return 0;
    return x;
}

/*
 * Logic of extended values: of the values, then extended. A sign extension is part of a
 * load, so two of loads stay.
 */
static ir_ref logic_extended(struct fold *f)
{
    enum ir_op ext =
        fold_is(f, f->a, IR_SEXT) || fold_is(f, f->b, IR_SEXT) ? IR_SEXT : IR_ZEXT;
    ir_ref x, y;

    x = extended_by(f, f->a, ext);
    y = x ? extended_by(f, f->b, ext) : 0;
    if (!y || fold_type(f, x) != fold_type(f, y))
        return 0;
    if (ext == IR_SEXT && fold_is(f, x, IR_LOAD) && fold_is(f, y, IR_LOAD))
        return 0;
    x = fold_2(f, f->op, x, y);
    return x ? fold_1(f, ext, f->type, x) : 0;
}

/* The same where the second operand is a constant. */
static ir_ref logic_extended_const(struct fold *f)
{
    ir_ref x;

    if (!fold_is(f, f->a, IR_ZEXT))
        return 0;
    x = fold_arg(f, f->a, 0);
    if (fold_type(f, x) < IR_I32 || (f->vb & ~ir_mask(fold_type(f, x))))
        return 0;
    x = fold_2(f, f->op, x, fold_k(f, fold_type(f, x), f->vb));
    return x ? fold_1(f, IR_ZEXT, f->type, x) : 0;
}

/* R is extended from a value of HALF bits. */
static bool is_half(const struct fold *f, ir_ref r, unsigned half)
{
    return half >= 32 && (fold_is(f, r, IR_ZEXT) || fold_is(f, r, IR_SEXT)) &&
           ir_type_bits[fold_type(f, fold_arg(f, r, 0))] == half;
}

/* X | Y where X is a value shifted up by half the width or rotated away. */
static ir_ref or_parts(struct fold *f, ir_ref x, ir_ref y)
{
    ir_wide up, down;
    ir_ref v, w;

    if (!fold_with(f, x, IR_SHL, &v, &up) || up >= f->bits)
        return 0;
    if (fold_with(f, y, IR_SHR, &w, &down) && v == w && up + down == f->bits)
        return fold_shift(f, IR_ROTL, v, (unsigned)up);
    if (up * 2 == f->bits && is_half(f, v, up) && is_half(f, y, up) &&
        !fold_is(f, y, IR_SEXT)) {
        enum ir_type half = up == 32 ? IR_I32 : IR_I64;
        v = fold_1(f, IR_TRUNC, half, v);
        w = fold_1(f, IR_TRUNC, half, y);
        return v && w ? ir_op(f->ir, IR_CAT, f->type, v, w, 0) : 0;
    }
    return 0;
}

/* X op Y where Y holds X. */
static ir_ref absorbed(struct fold *f, ir_ref x, ir_ref y)
{
    bool inside;

    if (fold_is(f, y, IR_NOT) && fold_arg(f, y, 0) == x)
        return fold_k(f, f->type, f->op == IR_AND ? 0 : ~(ir_wide)0);
    if (ir_op_args[fold_node(f, y)->op] != 2)
        return 0;
    inside = fold_arg(f, y, 0) == x || fold_arg(f, y, 1) == x;
    if (!inside)
        return 0;
    if (f->op == IR_XOR && fold_is(f, y, IR_XOR))
        return fold_arg(f, y, fold_arg(f, y, 0) == x);
    if (f->op == IR_AND && fold_is(f, y, IR_OR))
        return x;
    if (f->op == IR_OR && fold_is(f, y, IR_AND))
        return x;
    if (f->op != IR_XOR && fold_is(f, y, f->op))
        return y; /* x & (x & z) */
    return 0;
}

static ir_ref logic_values(struct fold *f)
{
    ir_ref r, x, y;
    ir_wide c, d;

    if (f->a == f->b)
        return f->op == IR_XOR ? fold_k(f, f->type, 0) : f->a;
    r = absorbed(f, f->a, f->b);
    if (!r)
        r = absorbed(f, f->b, f->a);
    if (!r)
        r = logic_extended(f);
    if (r)
        return r;
    if (fold_is(f, f->a, IR_NOT) && fold_is(f, f->b, IR_NOT) && f->op == IR_XOR)
        return fold_2(f, IR_XOR, fold_arg(f, f->a, 0), fold_arg(f, f->b, 0));
    if (f->op == IR_AND)
        return 0;
    /* parts of one value, or of two that don't overlap */
    if (fold_with(f, f->a, IR_AND, &x, &c) && fold_with(f, f->b, IR_AND, &y, &d) &&
        x == y)
        return fold_2(f, IR_AND, x, fold_k(f, f->type, f->op == IR_OR ? c | d : c ^ d));
    r = or_parts(f, f->a, f->b);
    return r ? r : or_parts(f, f->b, f->a);
}

static ir_ref logic_vectors(struct fold *f)
{
    ir_wide ones = ~(ir_wide)0;

    if (f->a == f->b)
        return f->op == IR_VXOR ? fold_k(f, f->type, 0) : f->a;
    if (!f->kb)
        return 0;
    if (f->vb == 0)
        return f->op == IR_VAND ? f->b : f->a;
    if (f->vb == ones && f->op != IR_VXOR)
        return f->op == IR_VAND ? f->a : f->b;
    return 0;
}

ir_ref fold_logic(struct fold *f)
{
    ir_ref r;

    if (f->op == IR_NOT)
        return fold_not(f);
    if (f->op >= IR_VAND)
        return logic_vectors(f);
    if (!f->kb)
        return logic_values(f);
    r = f->op == IR_AND ? and_const(f) : f->op == IR_OR ? or_const(f) : xor_const(f);
    return r ? r : logic_extended_const(f);
}

/* -- shifts by constants */

/* A shift of a shift by BY. */
static ir_ref shift_twice(struct fold *f, unsigned by)
{
    ir_wide all = ir_mask(f->type), first;
    ir_ref x;

    if (fold_with(f, f->a, f->op, &x, &first) && first < f->bits) {
        unsigned sum = by + (unsigned)first;
        if (sum < f->bits)
            return fold_shift(f, f->op, x, sum);
        return f->op == IR_SAR ? fold_shift(f, IR_SAR, x, f->bits - 1)
                               : fold_k(f, f->type, 0);
    }
    if (f->op == IR_SHR && by == f->bits - 1 && fold_with(f, f->a, IR_SAR, &x, &first))
        return fold_shift(f, IR_SHR, x, by); /* only the sign is left */
    if (f->op == IR_SHL &&
        (fold_with(f, f->a, IR_SHR, &x, &first) ||
         fold_with(f, f->a, IR_SAR, &x, &first)) &&
        first == by && by < 32)
        return fold_2(f, IR_AND, x, fold_k(f, f->type, all << by));
    if (f->op == IR_SHL || !fold_with(f, f->a, IR_SHL, &x, &first) || first != by)
        return 0;
    if (f->op == IR_SHR)
        return fold_2(f, IR_AND, x, fold_k(f, f->type, all >> by));
    switch (f->bits - by) {
    case 8:
        return fold_1(f, IR_SEXT, f->type, fold_1(f, IR_TRUNC, IR_I8, x));
    case 16:
        return fold_1(f, IR_SEXT, f->type, fold_1(f, IR_TRUNC, IR_I16, x));
    case 32:
        return fold_1(f, IR_SEXT, f->type, fold_1(f, IR_TRUNC, IR_I32, x));
    case 64:
        return fold_1(f, IR_SEXT, f->type, fold_1(f, IR_TRUNC, IR_I64, x));
    default:
        return 0;
    }
}

/* A shift by BY of what was put together from halves or extended. */
static ir_ref shift_halves(struct fold *f, unsigned by)
{
    unsigned half = f->bits / 2;
    ir_ref high, low;

    if (fold_is(f, f->a, IR_CAT) && by >= half) {
        high = fold_arg(f, f->a, 0);
        low = fold_arg(f, f->a, 1);
        if (f->op == IR_SHL)
            return ir_op(f->ir, IR_CAT, f->type, fold_shift(f, IR_SHL, low, by - half),
                         fold_k(f, fold_type(f, low), 0), 0);
        return fold_1(f, f->op == IR_SHR ? IR_ZEXT : IR_SEXT, f->type,
                      fold_shift(f, f->op, high, by - half));
    }
    /* the same bits, in the narrower width */
    if (f->op != IR_SHL && f->type == IR_I64 &&
        fold_is(f, f->a, f->op == IR_SHR ? IR_ZEXT : IR_SEXT)) {
        low = fold_arg(f, f->a, 0);
        if (fold_type(f, low) == IR_I32)
            return fold_1(f, f->op == IR_SHR ? IR_ZEXT : IR_SEXT, f->type,
                          fold_shift(f, f->op, low, by));
    }
    return 0;
}

static ir_ref shift_const(struct fold *f)
{
    unsigned by = f->vb < f->bits ? (unsigned)f->vb : f->bits, known;
    ir_ref r;

    if (by == 0)
        return f->a;
    if (by >= f->bits) {
        if (f->op != IR_SAR)
            return fold_k(f, f->type, 0);
        return fold_shift(f, IR_SAR, f->a, f->bits - 1);
    }
    known = fold_bits(f, f->a, FOLD_DEPTH);
    if (f->op == IR_SHR && by >= known)
        return fold_k(f, f->type, 0);
    if (f->op == IR_SAR && known < f->bits)
        return fold_shift(f, IR_SHR, f->a, by);
    r = shift_twice(f, by);
    if (!r)
        r = shift_halves(f, by);
    if (r)
        return r;
    f->b = ir_const(f->ir, IR_I8, by);
    f->flags |= IR_IN_RANGE;
    return 0;
}

static ir_ref fold_rotate(struct fold *f)
{
    unsigned by;
    ir_wide first;
    ir_ref x;

    if (!f->kb)
        return 0;
    by = (unsigned)(f->vb % f->bits);
    if (by == 0)
        return f->a;
    if (f->op == IR_ROTR)
        return fold_shift(f, IR_ROTL, f->a, f->bits - by);
    if (fold_with(f, f->a, IR_ROTL, &x, &first))
        return fold_shift(f, IR_ROTL, x, (by + (unsigned)first) % f->bits);
    f->b = ir_const(f->ir, IR_I8, by);
    return 0;
}

ir_ref fold_shifts(struct fold *f)
{
    unsigned known;

    if (f->op == IR_ROTL || f->op == IR_ROTR)
        return fold_rotate(f);
    if (f->ka && f->va == 0)
        return f->a;
    if (f->ka && f->op == IR_SAR && f->va == ir_mask(f->type))
        return f->a;
    if (f->kb)
        return shift_const(f);
    known = fold_bits(f, f->b, FOLD_DEPTH);
    if (known < 8 && 1u << known <= f->bits)
        f->flags |= IR_IN_RANGE;
    return 0;
}
