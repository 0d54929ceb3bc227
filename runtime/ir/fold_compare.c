/*
 * fold_compare.c - rules for compares, choices, and minima (see fold.h).
 */
#include "ir/fold.h"

static ir_ref truth(struct fold *f, bool value)
{
    return ir_const(f->ir, IR_I1, value);
}

static ir_ref negated(struct fold *f, ir_ref a)
{
    return fold_1(f, IR_NOT, IR_I1, a);
}

/* -- of i1: by logic */

static ir_ref compare_bits(struct fold *f)
{
    ir_ref x;

    switch (f->op) {
    case IR_EQ:
        x = fold_2(f, IR_XOR, f->a, f->b);
        return x ? negated(f, x) : 0;
    case IR_NE:
        return fold_2(f, IR_XOR, f->a, f->b);
    case IR_LT_U:
    case IR_LE_U:
        x = negated(f, f->a);
        return x ? fold_2(f, f->op == IR_LT_U ? IR_AND : IR_OR, x, f->b) : 0;
    default: /* signed: 1 is -1 */
        x = negated(f, f->b);
        return x ? fold_2(f, f->op == IR_LT_S ? IR_AND : IR_OR, f->a, x) : 0;
    }
}

/* -- equality */

/* Whether the constant V of the wide type is what widening by EXT gives of some value. */
static bool fits(enum ir_op ext, ir_wide v, unsigned wide, unsigned narrow)
{
    if (ext == IR_ZEXT)
        return narrow >= 128 || v >> narrow == 0;
    return ir_signed(v, wide) == ir_signed(v, narrow);
}

static ir_ref equal_extended(struct fold *f)
{
    enum ir_op ext = (enum ir_op)fold_node(f, f->a)->op;
    ir_ref x = fold_arg(f, f->a, 0);
    enum ir_type narrow = fold_type(f, x);

    if (!fits(ext, f->vb, f->bits, ir_type_bits[narrow]))
        return truth(f, f->op == IR_NE);
    if (narrow == IR_I1)
        return (f->vb != 0) == (f->op == IR_EQ) ? x : negated(f, x);
    if (narrow < IR_I32)
        return 0;
    return fold_2(f, f->op, x, fold_k(f, narrow, f->vb));
}

static ir_ref equal_const(struct fold *f)
{
    const struct ir_node *n = fold_node(f, f->a);
    ir_wide c, d;
    ir_ref x;

    if (n->op == IR_ZEXT || n->op == IR_SEXT)
        return equal_extended(f);
    if (fold_bits(f, f->a, FOLD_DEPTH) < f->bits &&
        f->vb >> fold_bits(f, f->a, FOLD_DEPTH) != 0)
        return truth(f, f->op == IR_NE);
    /* Not a sum: it is often needed, and comparing it ends the life of x. */
    if (fold_with(f, f->a, IR_XOR, &x, &c))
        return fold_2(f, f->op, x, fold_k(f, f->from, f->vb ^ c));
    if (n->op == IR_NOT)
        return fold_2(f, f->op, fold_arg(f, f->a, 0), fold_k(f, f->from, ~f->vb));
    if (n->op == IR_NEG)
        return fold_2(f, f->op, fold_arg(f, f->a, 0), fold_k(f, f->from, 0 - f->vb));
    if (n->op == IR_SUB && fold_const(f, fold_arg(f, f->a, 0), &c))
        return fold_2(f, f->op, fold_arg(f, f->a, 1), fold_k(f, f->from, c - f->vb));
    if ((n->op == IR_SUB || n->op == IR_XOR) && f->vb == 0)
        return fold_2(f, f->op, fold_arg(f, f->a, 0), fold_arg(f, f->a, 1));
    if (fold_with(f, f->a, IR_AND, &x, &c)) {
        if (f->vb & ~c)
            return truth(f, f->op == IR_NE);
        if (f->vb == c && fold_log2(c) >= 0)
            return fold_2(f, f->op == IR_EQ ? IR_NE : IR_EQ, f->a, fold_k(f, f->from, 0));
    }
    if (n->op == IR_SELECT && fold_const(f, fold_arg(f, f->a, 1), &c) &&
        fold_const(f, fold_arg(f, f->a, 2), &d)) {
        bool yes = (c == f->vb) == (f->op == IR_EQ);
        bool no = (d == f->vb) == (f->op == IR_EQ);
        if (yes == no)
            return truth(f, yes);
        return yes ? fold_arg(f, f->a, 0) : negated(f, fold_arg(f, f->a, 0));
    }
    return 0;
}

/* Both operands extended the same way from one type. */
static bool same_extension(const struct fold *f, ir_ref *x, ir_ref *y)
{
    const struct ir_node *n = fold_node(f, f->a);

    if ((n->op != IR_ZEXT && n->op != IR_SEXT) || !fold_is(f, f->b, (enum ir_op)n->op))
        return false;
    *x = fold_arg(f, f->a, 0);
    *y = fold_arg(f, f->b, 0);
    return fold_type(f, *x) == fold_type(f, *y);
}

static ir_ref equal(struct fold *f)
{
    ir_ref x, y;
    ir_wide c;

    if (f->a == f->b)
        return truth(f, f->op == IR_EQ);
    if (f->kb)
        return equal_const(f);
    if (same_extension(f, &x, &y) &&
        (fold_type(f, x) >= IR_I32 || fold_type(f, x) == IR_I1))
        return fold_2(f, f->op, x, y);
    /* x + c against x */
    if ((fold_with(f, f->a, IR_ADD, &x, &c) && x == f->b) ||
        (fold_with(f, f->b, IR_ADD, &x, &c) && x == f->a))
        return truth(f, f->op == IR_NE);
    return 0;
}

/* -- order */

/* The least and the greatest value that `lt' of this signedness knows. */
static ir_wide least(const struct fold *f, bool sign)
{
    return sign ? (ir_wide)1 << (f->bits - 1) : 0;
}

static ir_wide greatest(const struct fold *f, bool sign)
{
    return sign ? ir_mask(f->from) >> 1 : ir_mask(f->from);
}

/* le with a constant as lt. */
static ir_ref less_equal(struct fold *f)
{
    bool sign = f->op == IR_LE_S;
    enum ir_op lt = sign ? IR_LT_S : IR_LT_U;

    if (f->a == f->b)
        return truth(f, true);
    if (f->kb)
        return f->vb == greatest(f, sign)
                   ? truth(f, true)
                   : fold_2(f, lt, f->a, fold_k(f, f->from, f->vb + 1));
    if (f->ka)
        return f->va == least(f, sign)
                   ? truth(f, true)
                   : fold_2(f, lt, fold_k(f, f->from, f->va - 1), f->b);
    return 0;
}

/* x < c or c < x where only one value is in question, or none. */
static ir_ref less_at_border(struct fold *f)
{
    bool sign = f->op == IR_LT_S;
    ir_wide low = least(f, sign), high = greatest(f, sign);

    if (f->kb) {
        if (f->vb == low)
            return truth(f, false);
        if (f->vb == low + 1)
            return fold_2(f, IR_EQ, f->a, fold_k(f, f->from, low));
        if (f->vb == high)
            return fold_2(f, IR_NE, f->a, f->b);
    } else {
        if (f->va == high)
            return truth(f, false);
        if (f->va == ((high - 1) & ir_mask(f->from)))
            return fold_2(f, IR_EQ, f->b, fold_k(f, f->from, high));
        if (f->va == low)
            return fold_2(f, IR_NE, f->b, f->a);
    }
    return 0;
}

/* The same from what is known of the operands' upper bits. */
static ir_ref less_by_bits(struct fold *f)
{
    ir_ref x = f->kb ? f->a : f->b;
    unsigned known = fold_bits(f, x, FOLD_DEPTH);
    ir_wide max = known >= 128 ? ~(ir_wide)0 : ((ir_wide)1 << known) - 1;
    ir_wide c = f->kb ? f->vb : f->va;

    if (known >= f->bits)
        return 0;
    if (f->op == IR_LT_S && ir_signed(c, f->bits) < 0)
        return truth(f, f->ka); /* x is not negative */
    if (f->kb && c > max)
        return truth(f, true);
    if (f->ka && c >= max)
        return truth(f, false);
    return f->op == IR_LT_S ? fold_2(f, IR_LT_U, f->a, f->b) : 0;
}

/* A compare of an extension with a constant in the narrower type. */
static ir_ref less_extended_const(struct fold *f)
{
    ir_ref x = f->kb ? f->a : f->b, y;
    ir_wide c = f->kb ? f->vb : f->va;
    enum ir_op ext = (enum ir_op)fold_node(f, x)->op;
    enum ir_op op = ext == IR_ZEXT ? IR_LT_U : f->op;
    enum ir_type narrow;

    if (ext != IR_ZEXT && ext != IR_SEXT)
        return 0;
    y = fold_arg(f, x, 0);
    narrow = fold_type(f, y);
    if (narrow < IR_I32 || !fits(ext, c, f->bits, ir_type_bits[narrow]))
        return 0;
    c &= ir_mask(narrow);
    return f->kb ? fold_2(f, op, y, fold_k(f, narrow, c))
                 : fold_2(f, op, fold_k(f, narrow, c), y);
}

static ir_ref less(struct fold *f)
{
    ir_ref x, y, r;

    if (f->a == f->b)
        return truth(f, f->op == IR_LE_U || f->op == IR_LE_S);
    if (f->op == IR_LE_U || f->op == IR_LE_S) {
        r = less_equal(f);
        if (r)
            return r;
    }
    if ((f->op == IR_LT_U || f->op == IR_LT_S) && (f->ka || f->kb)) {
        r = less_at_border(f);
        if (!r)
            r = less_by_bits(f);
        return r ? r : less_extended_const(f);
    }
    if (!f->ka && !f->kb && same_extension(f, &x, &y) && fold_type(f, x) >= IR_I32) {
        bool zero = fold_is(f, f->a, IR_ZEXT);
        bool lt = f->op == IR_LT_U || f->op == IR_LT_S;
        return fold_2(f, zero ? (lt ? IR_LT_U : IR_LE_U) : f->op, x, y);
    }
    return 0;
}

ir_ref fold_compares(struct fold *f)
{
    if (f->from == IR_I1)
        return compare_bits(f);
    return f->op == IR_EQ || f->op == IR_NE ? equal(f) : less(f);
}

/* -- choices */

/* c ? a : b of type i1, where an arm is known or the condition. */
static ir_ref select_bit(struct fold *f)
{
    ir_ref x;

    if (fold_is_value(f, f->b, 1) || f->b == f->a)
        return fold_2(f, IR_OR, f->a, f->c);
    if (fold_is_value(f, f->c, 0) || f->c == f->a)
        return fold_2(f, IR_AND, f->a, f->b);
    if (fold_is_value(f, f->b, 0)) {
        x = negated(f, f->a);
        return x ? fold_2(f, IR_AND, x, f->c) : 0;
    }
    if (fold_is_value(f, f->c, 1)) {
        x = negated(f, f->a);
        return x ? fold_2(f, IR_OR, x, f->b) : 0;
    }
    return 0;
}

/* Both arms are constants. */
static ir_ref select_consts(struct fold *f, ir_wide b, ir_wide c)
{
    ir_ref x = f->a;

    if (f->type < IR_I8 || f->type > IR_I128 || (b != 0 && c != 0))
        return 0;
    if (b == 0) {
        x = negated(f, x);
        b = c;
    }
    if (b == 1)
        return fold_1(f, IR_ZEXT, f->type, x);
    if (b == ir_mask(f->type))
        return fold_1(f, IR_SEXT, f->type, x);
    return 0;
}

ir_ref fold_select(struct fold *f)
{
    const struct ir_node *n = fold_node(f, f->a);
    ir_wide b, c;

    if (f->op != IR_SELECT) {
        bool sign = f->op == IR_MIN_S || f->op == IR_MAX_S;
        bool min = f->op == IR_MIN_S || f->op == IR_MIN_U;
        if (f->a == f->b)
            return f->a;
        if (f->kb && f->vb == least(f, sign))
            return min ? f->b : f->a;
        if (f->kb && f->vb == greatest(f, sign))
            return min ? f->a : f->b;
        return 0;
    }
    if (f->ka)
        return f->va ? f->b : f->c;
    if (f->b == f->c)
        return f->b;
    if (n->op == IR_NOT)
        return ir_op(f->ir, IR_SELECT, f->type, fold_arg(f, f->a, 0), f->c, f->b);
    if (f->type == IR_I1)
        return select_bit(f);
    if (fold_is(f, f->b, IR_SELECT) && fold_arg(f, f->b, 0) == f->a)
        return ir_op(f->ir, IR_SELECT, f->type, f->a, fold_arg(f, f->b, 1), f->c);
    if (fold_is(f, f->c, IR_SELECT) && fold_arg(f, f->c, 0) == f->a)
        return ir_op(f->ir, IR_SELECT, f->type, f->a, f->b, fold_arg(f, f->c, 2));
    if ((n->op == IR_EQ || n->op == IR_NE) &&
        ((fold_arg(f, f->a, 0) == f->b && fold_arg(f, f->a, 1) == f->c) ||
         (fold_arg(f, f->a, 0) == f->c && fold_arg(f, f->a, 1) == f->b)))
        return n->op == IR_EQ ? f->c : f->b; /* equal values, whichever */
    if (fold_const(f, f->b, &b) && fold_const(f, f->c, &c))
        return select_consts(f, b, c);
    return 0;
}
