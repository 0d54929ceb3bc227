/*
 * fold.c - operations that are known, or simpler otherwise (see fold.h).
 */
#include "ir/fold.h"

ir_ref fold_k(const struct fold *f, enum ir_type type, ir_wide v)
{
    v &= ir_mask(type);
    return ir_type_bits[type] > 64
               ? ir_const_wide(f->ir, type, (uint64_t)(v >> 64), (uint64_t)v)
               : ir_const(f->ir, type, (uint64_t)v);
}

/* -- what is known of a value's bits */

static unsigned significant(ir_wide v)
{
    uint64_t high = (uint64_t)(v >> 64), low = (uint64_t)v;

    return high  ? 128 - (unsigned)__builtin_clzll(high)
           : low ? 64 - (unsigned)__builtin_clzll(low)
                 : 0;
}

static unsigned at_most(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned at_least(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

unsigned fold_bits(const struct fold *f, ir_ref r, unsigned depth)
{
    const struct ir_node *n = fold_node(f, r);
    unsigned all = ir_type_bits[n->type];
    ir_ref a, b;
    ir_wide by;

    if (n->op == IR_CONST)
        return significant(ir_const_value(n));
    if (n->op == IR_FPFLAGS)
        return 5;
    if (depth == 0 || ir_op_args[n->op] == 0)
        return all;
    depth--;
    a = fold_arg(f, r, 0);
    b = ir_op_args[n->op] > 1 ? fold_arg(f, r, 1) : 0;
    switch (n->op) {
    case IR_ZEXT:
        return fold_bits(f, a, depth);
    case IR_TRUNC:
        return at_most(all, fold_bits(f, a, depth));
    case IR_AND:
        return at_most(fold_bits(f, a, depth), fold_bits(f, b, depth));
    case IR_OR:
    case IR_XOR:
        return at_least(fold_bits(f, a, depth), fold_bits(f, b, depth));
    case IR_SHR:
        if (!fold_const(f, b, &by))
            return fold_bits(f, a, depth);
        all = fold_bits(f, a, depth);
        return by < all ? all - (unsigned)by : 0;
    case IR_SHL:
        if (!fold_const(f, b, &by) || by >= all)
            return all;
        return at_most(all, fold_bits(f, a, depth) + (unsigned)by);
    case IR_ADD:
        return at_most(all, at_least(fold_bits(f, a, depth), fold_bits(f, b, depth)) + 1);
    case IR_SELECT:
        return at_least(fold_bits(f, b, depth), fold_bits(f, fold_arg(f, r, 2), depth));
    case IR_CLZ:
    case IR_CTZ:
    case IR_POPCOUNT:
        return all == 64 ? 7 : 6;
    default:
        return all;
    }
}

unsigned fold_sign_bits(const struct fold *f, ir_ref r, unsigned depth)
{
    const struct ir_node *n = fold_node(f, r);
    unsigned all = ir_type_bits[n->type], known;
    ir_ref a;
    ir_wide v;

    if (n->op == IR_CONST) {
        v = (ir_wide)ir_signed(ir_const_value(n), all);
        return significant((ir_swide)v < 0 ? ~v : v) + 1;
    }
    if (depth == 0 || ir_op_args[n->op] == 0)
        return all;
    known = fold_bits(f, r, depth) + 1;
    if (known <= all / 2)
        return known;
    depth--;
    a = fold_arg(f, r, 0);
    switch (n->op) {
    case IR_SEXT:
        return fold_sign_bits(f, a, depth);
    case IR_SAR:
        known = fold_sign_bits(f, a, depth);
        if (!fold_const(f, fold_arg(f, r, 1), &v))
            return known;
        return v < known ? known - (unsigned)v : 1;
    case IR_AND:
    case IR_OR:
    case IR_XOR:
        return at_least(fold_sign_bits(f, a, depth),
                        fold_sign_bits(f, fold_arg(f, r, 1), depth));
    case IR_NOT:
        return fold_sign_bits(f, a, depth);
    case IR_SELECT:
        return at_least(fold_sign_bits(f, fold_arg(f, r, 1), depth),
                        fold_sign_bits(f, fold_arg(f, r, 2), depth));
    default:
        return at_most(all, known);
    }
}

/* -- dispatch */

/* All operands are constants. */
static ir_ref fold_constants(const struct fold *f)
{
    const ir_ref args[3] = {f->a, f->b, f->c};
    ir_wide arg[3] = {0}, value;

    for (unsigned i = 0; i < ir_op_args[f->op]; i++)
        if (!fold_const(f, args[i], &arg[i]))
            return 0;
    if (!ir_arith(f->op, f->from, f->type, arg, &value))
        return 0;
    return fold_k(f, f->type, value);
}

bool ir_commutes(enum ir_op op)
{
    switch (op) {
    case IR_ADD:
    case IR_MUL:
    case IR_MULH_U:
    case IR_MULH_S:
    case IR_AND:
    case IR_OR:
    case IR_XOR:
    case IR_EQ:
    case IR_NE:
    case IR_MIN_S:
    case IR_MIN_U:
    case IR_MAX_S:
    case IR_MAX_U:
    case IR_CARRY:
    case IR_OVERFLOW:
    case IR_VAND:
    case IR_VOR:
    case IR_VXOR:
        return true;
    default:
        return false;
    }
}

static ir_ref by_kind(struct fold *f)
{
    switch (f->op) {
    case IR_ADD:
    case IR_SUB:
    case IR_NEG:
        return fold_sum(f);
    case IR_MUL ... IR_REM_S:
        return fold_product(f);
    case IR_AND:
    case IR_OR:
    case IR_XOR:
    case IR_NOT:
    case IR_VAND:
    case IR_VOR:
    case IR_VXOR:
        return fold_logic(f);
    case IR_SHL ... IR_ROTR:
        return fold_shifts(f);
    case IR_EQ ... IR_LE_S:
        return fold_compares(f);
    case IR_SELECT:
    case IR_MIN_S ... IR_MAX_U:
        return fold_select(f);
    case IR_ZEXT:
    case IR_SEXT:
    case IR_TRUNC:
    case IR_BITCAST:
    case IR_CAT:
        return fold_sizes(f);
    case IR_BSWAP:
    case IR_BITREV:
        return fold_is(f, f->a, f->op) ? fold_arg(f, f->a, 0) : 0;
    case IR_CARRY:
    case IR_OVERFLOW:
        return fold_sum_flags(f);
    default:
        return 0;
    }
}

ir_ref fold_run(struct fold *f)
{
    ir_ref r;

    f->va = f->vb = 0;
    f->ka = fold_const(f, f->a, &f->va);
    f->kb = ir_op_args[f->op] > 1 && fold_const(f, f->b, &f->vb);
    if (f->ka && f->op != IR_SELECT) {
        r = fold_constants(f);
        if (r)
            return r;
        if (ir_commutes(f->op)) {
            ir_ref other = f->b;
            f->b = f->a;
            f->a = other;
            f->kb = true;
            f->vb = f->va;
            f->ka = false;
        }
    }
    return by_kind(f);
}

ir_ref ir_fold(struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
               ir_ref c)
{
    struct fold f;
    unsigned args = ir_op_args[op];

    if (op < IR_ADD || ir_op_effects[op] != IR_PURE)
        return 0;
    a = ir_forward(ir, a);
    b = args > 1 ? ir_forward(ir, b) : 0;
    c = args > 2 ? ir_forward(ir, c) : 0;
    fold_start(&f, ir, op, ir_type_of(ir, op, type, a, b), a, b, c);
    return fold_run(&f);
}
