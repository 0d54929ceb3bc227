/*
 * extend.c - the strength pass: extensions, truncations and shifts.
 *
 * Guests whose registers are wider than what they compute with keep results extended; so
 * chains of operations, each with its extension, become operations of the narrow type
 * with one extension at the end, and an extension of what is extended already goes.
 */
#include "ir/strength.h"

static unsigned width(enum ir_type type)
{
    return ir_type_bits[type];
}

/* The type of BITS bits, or IR_VOID. */
static enum ir_type type_of(unsigned bits)
{
    return bits == 8    ? IR_I8
           : bits == 16 ? IR_I16
           : bits == 32 ? IR_I32
           : bits == 64 ? IR_I64
                        : IR_VOID;
}

/* R as TYPE: OP widens; or truncated, or as it is. */
static ir_ref fit(struct strength *s, enum ir_op op, enum ir_type type, ir_ref r)
{
    enum ir_type from = strength_type(s, r);

    if (from == type)
        return r;
    return strength_1(s, width(from) < width(type) ? op : IR_TRUNC, type, r);
}

/* -- wider -------------------------------------------------------------------------- */

/* OP of trunc(X): X itself if it has been extended so already. */
static ir_ref widen_trunc(struct strength *s, enum ir_op op, enum ir_type type,
                          enum ir_type from, ir_ref x)
{
    enum ir_type wide = strength_type(s, x);
    struct bits b;

    if (!pass_is_int(wide))
        return 0;
    b = known_of(&s->known, x);
    if (op == IR_ZEXT ? (~b.zero & ~pass_mask(from)) != 0
                      : b.sign <= width(wide) - width(from))
        return 0;
    return fit(s, op, type, x);
}

ir_ref strength_widen(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a)
{
    enum ir_type from = strength_type(s, a);
    struct bits b;
    ir_ref x;

    if (!pass_is_int(type))
        return 0;
    if (strength_is(s, a, op) || strength_is(s, a, IR_ZEXT))
        return strength_1(s, (enum ir_op)strength_at(s, a)->op, type,
                          strength_arg(s, a, 0));
    if (strength_is(s, a, IR_TRUNC)) {
        x = widen_trunc(s, op, type, from, strength_arg(s, a, 0));
        if (x)
            return x;
    }
    b = known_of(&s->known, a);
    if (op == IR_SEXT && (b.zero >> (width(from) - 1) & 1))
        return strength_1(s, IR_ZEXT, type, a);
    return 0;
}

/* -- narrower ----------------------------------------------------------------------- */

/* Truncating R to TYPE takes nothing: it is the extension of no more. */
static bool is_extended(struct strength *s, enum ir_type type, ir_ref r)
{
    if (!strength_is(s, r, IR_ZEXT) && !strength_is(s, r, IR_SEXT))
        return false;
    return width(strength_type(s, strength_arg(s, r, 0))) <= width(type);
}

static bool is_extended_or_const(struct strength *s, enum ir_type type, ir_ref r)
{
    return ir_is_const(s->ir, r) || is_extended(s, type, r);
}

/* trunc(A) where A is an operation that can be done in TYPE. */
static ir_ref narrow_operation(struct strength *s, enum ir_type type, ir_ref a)
{
    const struct ir_node n = *strength_at(s, a);
    ir_ref x, y;

    if (!strength_can(type) || !strength_single(s, a))
        return 0;
    switch (n.op) {
    case IR_ADD:
    case IR_SUB:
    case IR_MUL:
    case IR_AND:
    case IR_OR:
    case IR_XOR:
        x = strength_arg(s, a, 0);
        y = strength_arg(s, a, 1);
        if (!is_extended(s, type, x) && !is_extended(s, type, y))
            return 0;
        x = strength_1(s, IR_TRUNC, type, x);
        return strength_2(s, (enum ir_op)n.op, type, x, strength_1(s, IR_TRUNC, type, y));
    case IR_NOT:
    case IR_NEG:
        x = strength_arg(s, a, 0);
        return is_extended(s, type, x) ? strength_1(s, (enum ir_op)n.op, type,
                                                    strength_1(s, IR_TRUNC, type, x))
                                       : 0;
    case IR_SHL:
        x = strength_arg(s, a, 0);
        y = strength_arg(s, a, 1);
        return is_extended(s, type, x) && ir_is_const(s->ir, y)
                   ? strength_2(s, IR_SHL, type, strength_1(s, IR_TRUNC, type, x), y)
                   : 0;
    case IR_SELECT:
        x = strength_arg(s, a, 1);
        y = strength_arg(s, a, 2);
        if (!is_extended_or_const(s, type, x) || !is_extended_or_const(s, type, y))
            return 0;
        x = strength_1(s, IR_TRUNC, type, x);
        return strength_make(s, IR_SELECT, type, strength_arg(s, a, 0), x,
                             strength_1(s, IR_TRUNC, type, y));
    default:
        return 0;
    }
}

ir_ref strength_trunc(struct strength *s, enum ir_type type, ir_ref a)
{
    const struct ir_node n = *strength_at(s, a);
    enum ir_type wide = (enum ir_type)n.type;
    uint64_t mask = pass_mask(type), m;
    ir_ref x = ir_op_args[n.op] > 0 ? strength_arg(s, a, 0) : 0;

    if (!pass_is_int(type))
        return 0;
    switch (n.op) {
    case IR_ZEXT:
    case IR_SEXT:
        return fit(s, (enum ir_op)n.op, type, x);
    case IR_TRUNC:
        return strength_1(s, IR_TRUNC, type, x);
    case IR_CAT:
        x = strength_arg(s, a, 1);
        return width(type) <= width(strength_type(s, x)) ? fit(s, IR_ZEXT, type, x) : 0;
    case IR_AND:
        if (strength_value(s, strength_arg(s, a, 1), &m) && (m & mask) == mask)
            return strength_1(s, IR_TRUNC, type, x);
        break;
    case IR_OR:
    case IR_XOR:
        if (strength_value(s, strength_arg(s, a, 1), &m) && (m & mask) == 0)
            return strength_1(s, IR_TRUNC, type, x);
        break;
    case IR_SHR:
    case IR_SAR: /* the sign as a bit */
        if (type == IR_I1 && strength_can(wide) &&
            strength_is_value(s, strength_arg(s, a, 1), width(wide) - 1u))
            return strength_2(s, IR_LT_S, IR_I1, x, ir_const(s->ir, wide, 0));
        break;
    default:
        break;
    }
    return narrow_operation(s, type, a);
}

/* -- shifts ------------------------------------------------------------------------- */

/* (X << J) >> K: an extension of X's low part, shifted by the rest. */
static ir_ref shift_pair(struct strength *s, enum ir_op op, enum ir_type type, ir_ref x,
                         unsigned j, unsigned k)
{
    unsigned low = width(type) - j;
    enum ir_type part = type_of(low);
    ir_ref r;

    if (op == IR_SHR && j == k && part == IR_VOID)
        return strength_2(s, IR_AND, type, x,
                          ir_const(s->ir, type, pass_mask(type) >> k));
    if (part == IR_VOID)
        return 0;
    r = strength_1(s, IR_TRUNC, part, x);
    r = strength_1(s, op == IR_SHR ? IR_ZEXT : IR_SEXT, type, r);
    if (k > j)
        return strength_2(s, op, type, r, ir_const(s->ir, IR_I8, k - j));
    if (k < j)
        return strength_2(s, IR_SHL, type, r, ir_const(s->ir, IR_I8, j - k));
    return r;
}

/* OP of OP: one shift of J + K. */
static ir_ref shift_twice(struct strength *s, enum ir_op op, enum ir_type type, ir_ref x,
                          unsigned sum)
{
    if (sum >= width(type)) {
        if (op != IR_SAR)
            return ir_const(s->ir, type, 0);
        sum = width(type) - 1u;
    }
    return strength_2(s, op, type, x, ir_const(s->ir, IR_I8, sum));
}

/* OP by the constant K, 0 < K < width. */
static ir_ref shift_const(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a,
                          unsigned k)
{
    const struct ir_node n = *strength_at(s, a);
    ir_ref x = ir_op_args[n.op] > 0 ? strength_arg(s, a, 0) : 0;
    uint64_t j = 0;
    bool by_const = (n.op == IR_SHL || n.op == IR_SHR || n.op == IR_SAR) &&
                    strength_value(s, strength_arg(s, a, 1), &j) && j < width(type);
    enum ir_type from = x ? strength_type(s, x) : IR_VOID;

    if (by_const && n.op == op)
        return shift_twice(s, op, type, x, (unsigned)j + k);
    if (by_const && n.op == IR_SHL && op != IR_SHL)
        return j == k || strength_hidden(s, a)
                   ? shift_pair(s, op, type, x, (unsigned)j, k)
                   : 0;
    if (by_const && op == IR_SHL && j == k)
        return strength_2(s, IR_AND, type, x,
                          ir_const(s->ir, type, pass_mask(type) << k));
    if (n.op == IR_ZEXT && op == IR_SHR && strength_can(from))
        return strength_1(s, IR_ZEXT, type,
                          strength_2(s, IR_SHR, from, x, ir_const(s->ir, IR_I8, k)));
    if (n.op == IR_SEXT && op == IR_SAR && strength_can(from)) {
        k = k < width(from) ? k : width(from) - 1u;
        return strength_1(s, IR_SEXT, type,
                          strength_2(s, IR_SAR, from, x, ir_const(s->ir, IR_I8, k)));
    }
    if (n.op == IR_CAT && op != IR_SHL && k == 32 && type == IR_I64)
        return strength_1(s, op == IR_SHR ? IR_ZEXT : IR_SEXT, type, x);
    if (op == IR_SAR && (known_of(&s->known, a).zero >> (width(type) - 1) & 1))
        return strength_2(s, IR_SHR, type, a, ir_const(s->ir, IR_I8, k));
    return 0;
}

ir_ref strength_shift(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a,
                      ir_ref b)
{
    uint64_t k;

    if (!strength_can(type))
        return 0;
    if (strength_value(s, b, &k)) {
        if (k == 0)
            return a;
        if (k >= width(type) && op != IR_SAR)
            return ir_const(s->ir, type, 0);
        if (k >= width(type))
            k = width(type) - 1u;
        return shift_const(s, op, type, a, (unsigned)k);
    }
    if (strength_is(s, b, IR_ZEXT))
        return strength_2(s, op, type, a, strength_arg(s, b, 0));
    return 0;
}
