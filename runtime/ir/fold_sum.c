/*
 * fold_sum.c - rules for sums and products (see fold.h).
 */
#include "ir/fold.h"

static ir_ref fold_neg(struct fold *f)
{
    ir_ref x;
    ir_wide c;

    if (fold_is(f, f->a, IR_NEG))
        return fold_arg(f, f->a, 0);
    if (fold_is(f, f->a, IR_SUB))
        return fold_2(f, IR_SUB, fold_arg(f, f->a, 1), fold_arg(f, f->a, 0));
    if (fold_is(f, f->a, IR_NOT)) /* -~x = x + 1 */
        return fold_2(f, IR_ADD, fold_arg(f, f->a, 0), fold_k(f, f->type, 1));
    if (fold_with(f, f->a, IR_ADD, &x, &c))
        return fold_2(f, IR_SUB, fold_k(f, f->type, 0 - c), x);
    return 0;
}

static ir_ref fold_add_const(struct fold *f)
{
    ir_ref x;
    ir_wide c;

    if (f->vb == 0)
        return f->a;
    if (fold_with(f, f->a, IR_ADD, &x, &c))
        return fold_2(f, IR_ADD, x, fold_k(f, f->type, c + f->vb));
    if (fold_is(f, f->a, IR_SUB) && fold_const(f, fold_arg(f, f->a, 0), &c))
        return fold_2(f, IR_SUB, fold_k(f, f->type, c + f->vb), fold_arg(f, f->a, 1));
    if (f->vb == 1 && fold_is(f, f->a, IR_ADD)) { /* y + ~x + 1 = y - x */
        for (unsigned i = 0; i < 2; i++) {
            x = fold_arg(f, f->a, i);
            if (fold_is(f, x, IR_NOT))
                return fold_2(f, IR_SUB, fold_arg(f, f->a, 1 - i), fold_arg(f, x, 0));
        }
    }
    if (fold_is(f, f->a, IR_NOT)) /* ~x + c = (c - 1) - x */
        return fold_2(f, IR_SUB, fold_k(f, f->type, f->vb - 1), fold_arg(f, f->a, 0));
    return 0;
}

/* X + Y for a Y that is a difference or negated. */
static ir_ref fold_add_to(struct fold *f, ir_ref x, ir_ref y)
{
    if (fold_is(f, y, IR_NEG))
        return fold_2(f, IR_SUB, x, fold_arg(f, y, 0));
    if (fold_is(f, y, IR_SUB) && fold_arg(f, y, 1) == x)
        return fold_arg(f, y, 0);
    if (fold_is(f, y, IR_NOT) && fold_arg(f, y, 0) == x)
        return fold_k(f, f->type, ~(ir_wide)0);
    return 0;
}

static ir_ref fold_sub(struct fold *f)
{
    ir_ref x;
    ir_wide c;

    if (f->a == f->b)
        return fold_k(f, f->type, 0);
    if (f->kb)
        return fold_2(f, IR_ADD, f->a, fold_k(f, f->type, 0 - f->vb));
    if (f->ka && f->va == 0)
        return fold_1(f, IR_NEG, f->type, f->b);
    if (f->ka && f->va == ir_mask(f->type))
        return fold_1(f, IR_NOT, f->type, f->b);
    if (f->ka && fold_with(f, f->b, IR_ADD, &x, &c))
        return fold_2(f, IR_SUB, fold_k(f, f->type, f->va - c), x);
    if (f->ka && fold_is(f, f->b, IR_SUB) && fold_const(f, fold_arg(f, f->b, 0), &c))
        return fold_2(f, IR_ADD, fold_arg(f, f->b, 1), fold_k(f, f->type, f->va - c));
    if (f->ka && fold_is(f, f->b, IR_NOT)) /* c - ~x = x + (c + 1) */
        return fold_2(f, IR_ADD, fold_arg(f, f->b, 0), fold_k(f, f->type, f->va + 1));
    if (fold_is(f, f->b, IR_NEG))
        return fold_2(f, IR_ADD, f->a, fold_arg(f, f->b, 0));
    if (fold_is(f, f->a, IR_ADD) && fold_arg(f, f->a, 1) == f->b)
        return fold_arg(f, f->a, 0);
    if (fold_is(f, f->a, IR_ADD) && fold_arg(f, f->a, 0) == f->b)
        return fold_arg(f, f->a, 1);
    if (fold_is(f, f->b, IR_SUB) && fold_arg(f, f->b, 0) == f->a)
        return fold_arg(f, f->b, 1); /* x - (x - y) */
    if (fold_is(f, f->a, IR_SUB) && fold_arg(f, f->a, 0) == f->b)
        return fold_1(f, IR_NEG, f->type, fold_arg(f, f->a, 1)); /* (x - y) - x */
    if (fold_with(f, f->b, IR_ADD, &x, &c) && x == f->a)
        return fold_k(f, f->type, 0 - c);
    return 0;
}

ir_ref fold_sum(struct fold *f)
{
    ir_ref r;

    if (f->op == IR_NEG)
        return fold_neg(f);
    if (f->op == IR_SUB)
        return fold_sub(f);
    if (f->kb)
        return fold_add_const(f);
    r = fold_add_to(f, f->a, f->b);
    return r ? r : fold_add_to(f, f->b, f->a);
}

/* -- products */

static ir_ref fold_mul(struct fold *f)
{
    ir_ref x;
    ir_wide c;
    int log = fold_log2(f->vb);

    if (!f->kb)
        return 0;
    if (f->vb == 0)
        return f->b;
    if (f->vb == 1)
        return f->a;
    if (f->vb == ir_mask(f->type))
        return fold_1(f, IR_NEG, f->type, f->a);
    if (log >= 0)
        return fold_shift(f, IR_SHL, f->a, (unsigned)log);
    if (fold_with(f, f->a, IR_MUL, &x, &c))
        return fold_2(f, IR_MUL, x, fold_k(f, f->type, c * f->vb));
    if (fold_with(f, f->a, IR_SHL, &x, &c) && c < f->bits)
        return fold_2(f, IR_MUL, x, fold_k(f, f->type, f->vb << c));
    if (fold_is(f, f->a, IR_NEG))
        return fold_2(f, IR_MUL, fold_arg(f, f->a, 0), fold_k(f, f->type, 0 - f->vb));
    return 0;
}

static ir_ref fold_mulh(struct fold *f)
{
    int log = fold_log2(f->vb);

    if ((f->kb && f->vb == 0) || (f->ka && f->va == 0))
        return fold_k(f, f->type, 0);
    if (!f->kb)
        return 0;
    if (f->op == IR_MULH_U && log >= 0)
        return fold_shift(f, IR_SHR, f->a, f->bits - (unsigned)log);
    /* 2^k of a positive second factor */
    if (f->op != IR_MULH_U && log >= 0 && (unsigned)log < f->bits - 1)
        return fold_shift(f, IR_SAR, f->a,
                          log == 0 ? f->bits - 1 : f->bits - (unsigned)log);
    return 0;
}

/* X + 2^LOG - 1 if X is negative, else X: what a quotient by 2^LOG is cut from. */
static ir_ref biased(struct fold *f, ir_ref x, unsigned log)
{
    ir_ref sign = fold_shift(f, IR_SAR, x, f->bits - 1);

    return fold_2(f, IR_ADD, x, fold_shift(f, IR_SHR, sign, f->bits - log));
}

static ir_ref fold_div_s(struct fold *f, int log)
{
    ir_wide ones = ir_mask(f->type);
    ir_ref x;

    if (f->op == IR_DIV_S && f->vb == ones)
        return fold_1(f, IR_NEG, f->type, f->a);
    if (f->op == IR_REM_S && f->vb == ones)
        return fold_k(f, f->type, 0);
    if (log <= 0 || (unsigned)log >= f->bits - 1)
        return 0;
    x = biased(f, f->a, (unsigned)log);
    if (f->op == IR_DIV_S)
        return x ? fold_shift(f, IR_SAR, x, (unsigned)log) : 0;
    x = fold_2(f, IR_AND, x, fold_k(f, f->type, ~(f->vb - 1)));
    return fold_2(f, IR_SUB, f->a, x);
}

static ir_ref fold_div(struct fold *f)
{
    bool quotient = f->op == IR_DIV_U || f->op == IR_DIV_S;
    int log = fold_log2(f->vb);

    if (!f->kb)
        return 0;
    if (f->vb == 0)
        return quotient ? fold_k(f, f->type, ~(ir_wide)0) : f->a;
    if (f->vb == 1)
        return quotient ? f->a : fold_k(f, f->type, 0);
    if (f->op == IR_DIV_S || f->op == IR_REM_S)
        return fold_div_s(f, log);
    if (log < 0)
        return 0;
    if (quotient)
        return fold_shift(f, IR_SHR, f->a, (unsigned)log);
    return fold_2(f, IR_AND, f->a, fold_k(f, f->type, f->vb - 1));
}

ir_ref fold_product(struct fold *f)
{
    switch (f->op) {
    case IR_MUL:
        return fold_mul(f);
    case IR_MULH_U:
    case IR_MULH_S:
    case IR_MULH_SU:
        return fold_mulh(f);
    default:
        return fold_div(f);
    }
}

/* -- carry and overflow of a + b + c */

static ir_ref fold_carry(struct fold *f, bool one)
{
    ir_ref a = f->a, b = f->b;

    if (f->kb && one) /* a >= ~b */
        return fold_2(f, IR_LE_U, fold_k(f, f->from, ~f->vb), a);
    if (f->kb) /* a >= -b */
        return f->vb == 0 ? fold_k(f, IR_I1, 0)
                          : fold_2(f, IR_LE_U, fold_k(f, f->from, 0 - f->vb), a);
    if (!fold_is(f, b, IR_NOT)) {
        a = f->b;
        b = f->a;
    }
    if (!fold_is(f, b, IR_NOT))
        return 0;
    return fold_2(f, one ? IR_LE_U : IR_LT_U, fold_arg(f, b, 0), a);
}

ir_ref fold_sum_flags(struct fold *f)
{
    ir_wide third, max = ir_mask(f->from) >> 1, c;

    if (!fold_const(f, f->c, &third))
        return 0;
    if (f->op == IR_CARRY)
        return fold_carry(f, third != 0);
    if (!f->kb)
        return 0;
    c = f->vb + third;
    if (f->vb == max && third) /* a + 2^(w-1) */
        return fold_2(f, IR_LE_S, fold_k(f, f->from, 0), f->a);
    c &= ir_mask(f->from);
    if (c == 0)
        return fold_k(f, IR_I1, 0);
    if (c <= max)
        return fold_2(f, IR_LT_S, fold_k(f, f->from, max - c), f->a);
    return fold_2(f, IR_LT_S, f->a, fold_k(f, f->from, max + 1 - c));
}
