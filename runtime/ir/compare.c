/*
 * compare.c - the strength pass: comparisons, carries, conditions made of flags.
 *
 * A guest with flags computes them all, and tests some: sign (a - b < 0), zero, carry and
 * overflow of a - b. Each becomes a comparison of a and b where it can, and what combines
 * two of them becomes one: a comparison is a set of {less, equal, greater}, so `and` is
 * the intersection, `or` the union, `not` the complement.
 */
#include "ir/strength.h"

static ir_ref truth(struct strength *s, bool value)
{
    return ir_const(s->ir, IR_I1, value);
}

/* -- one comparison ----------------------------------------------------------------- */

/* What the ranges and bits of A and B say: 0, 1, or -1. */
static int decide(struct strength *s, enum ir_op op, ir_ref a, ir_ref b)
{
    enum ir_type type = strength_type(s, a);
    struct bits x = known_of(&s->known, a), y = known_of(&s->known, b);
    int64_t min_x, max_x, min_y, max_y;

    switch (op) {
    case IR_EQ:
    case IR_NE:
        if ((x.zero & y.one) | (x.one & y.zero))
            return op == IR_NE;
        return -1;
    case IR_LT_U:
        if (known_max_u(&x) < known_min_u(&y))
            return 1;
        return known_min_u(&x) >= known_max_u(&y) ? 0 : -1;
    case IR_LE_U:
        if (known_max_u(&x) <= known_min_u(&y))
            return 1;
        return known_min_u(&x) > known_max_u(&y) ? 0 : -1;
    default:
        break;
    }
    min_x = known_min_s(&x, type);
    max_x = known_max_s(&x, type);
    min_y = known_min_s(&y, type);
    max_y = known_max_s(&y, type);
    if (op == IR_LT_S)
        return max_x < min_y ? 1 : min_x >= max_y ? 0 : -1;
    return max_x <= min_y ? 1 : min_x > max_y ? 0 : -1;
}

static enum ir_op unsigned_of(enum ir_op op)
{
    return op == IR_LT_S ? IR_LT_U : op == IR_LE_S ? IR_LE_U : op;
}

/* R as a value of type FROM, if it is WIDEN of one. */
static ir_ref narrow_side(struct strength *s, enum ir_op widen, enum ir_type from,
                          ir_ref r)
{
    uint64_t v, low;

    if (strength_is(s, r, widen) && strength_type(s, strength_arg(s, r, 0)) == from)
        return strength_arg(s, r, 0);
    if (!strength_value(s, r, &v))
        return 0;
    low = v & pass_mask(from);
    if (widen == IR_SEXT && low >> (ir_type_bits[from] - 1))
        low |= pass_mask(strength_type(s, r)) & ~pass_mask(from);
    return low == v ? ir_const(s->ir, from, v) : 0;
}

/* A comparison of two extended values is one of the values. */
static ir_ref narrow(struct strength *s, enum ir_op op, ir_ref a, ir_ref b)
{
    ir_ref which = strength_is(s, a, IR_ZEXT) || strength_is(s, a, IR_SEXT) ? a : b;
    enum ir_op widen = (enum ir_op)strength_at(s, which)->op;
    enum ir_type from;

    if (widen != IR_ZEXT && widen != IR_SEXT)
        return 0;
    from = strength_type(s, strength_arg(s, which, 0));
    if (!strength_can(from))
        return 0;
    a = narrow_side(s, widen, from, a);
    b = a ? narrow_side(s, widen, from, b) : 0;
    if (!b)
        return 0;
    return strength_2(s, widen == IR_ZEXT ? unsigned_of(op) : op, IR_I1, a, b);
}

/* EQ or NE of an extended i1 and K. */
static ir_ref equal_bit(struct strength *s, enum ir_op op, ir_ref a, uint64_t k)
{
    ir_ref x = strength_arg(s, a, 0);
    uint64_t on = strength_is(s, a, IR_ZEXT) ? 1 : pass_mask(strength_type(s, a));

    if (k != 0 && k != on)
        return truth(s, op == IR_NE);
    return (k == on) == (op == IR_EQ) ? x : strength_1(s, IR_NOT, IR_I1, x);
}

static ir_ref equal_select(struct strength *s, enum ir_op op, ir_ref a, uint64_t k)
{
    ir_ref c = strength_arg(s, a, 0);
    uint64_t yes, no;

    if (!strength_value(s, strength_arg(s, a, 1), &yes) ||
        !strength_value(s, strength_arg(s, a, 2), &no) || yes == no)
        return 0;
    if (k != yes && k != no)
        return truth(s, op == IR_NE);
    return (k == yes) == (op == IR_EQ) ? c : strength_1(s, IR_NOT, IR_I1, c);
}

/* EQ or NE of A with its highest bit alone tested: the sign. */
static ir_ref equal_sign(struct strength *s, enum ir_op op, ir_ref x)
{
    ir_ref zero = ir_const(s->ir, strength_type(s, x), 0);

    if (op == IR_NE)
        return strength_2(s, IR_LT_S, IR_I1, x, zero);
    return strength_2(s, IR_LE_S, IR_I1, zero, x);
}

/* EQ or NE of A and the constant K. */
static ir_ref equal_const(struct strength *s, enum ir_op op, ir_ref a, uint64_t k)
{
    struct ir *ir = s->ir;
    const struct ir_node n = *strength_at(s, a);
    enum ir_type type = (enum ir_type)n.type;
    ir_ref x = ir_op_args[n.op] > 0 ? strength_arg(s, a, 0) : 0;
    ir_ref y = ir_op_args[n.op] > 1 ? strength_arg(s, a, 1) : 0;
    uint64_t m = 0, top = (uint64_t)1 << (ir_type_bits[type] - 1);
    bool with_const = y && strength_value(s, y, &m);

    switch (n.op) {
    case IR_ZEXT:
    case IR_SEXT:
        return strength_type(s, x) == IR_I1 ? equal_bit(s, op, a, k) : 0;
    case IR_SELECT:
        return equal_select(s, op, a, k);
    case IR_AND:
        if (with_const && k == m && (m & (m - 1)) == 0 && m)
            return strength_2(s, op == IR_EQ ? IR_NE : IR_EQ, IR_I1, a,
                              ir_const(ir, type, 0));
        return with_const && k == 0 && m == top ? equal_sign(s, op, x) : 0;
    case IR_SHR:
        return with_const && k == 0 && m == ir_type_bits[type] - 1u ? equal_sign(s, op, x)
                                                                    : 0;
    case IR_XOR:
        if (k == 0)
            return strength_2(s, op, IR_I1, x, y);
        return with_const ? strength_2(s, op, IR_I1, x, ir_const(ir, type, k ^ m)) : 0;
    case IR_SUB:
        return k == 0 && strength_hidden(s, a) ? strength_2(s, op, IR_I1, x, y) : 0;
    case IR_ADD: /* where the sum isn't needed itself */
        return with_const && strength_hidden(s, a)
                   ? strength_2(s, op, IR_I1, x, ir_const(ir, type, k - m))
                   : 0;
    case IR_NEG:
        return strength_2(s, op, IR_I1, x, ir_const(ir, type, 0 - k));
    case IR_NOT:
        return strength_2(s, op, IR_I1, x, ir_const(ir, type, ~k));
    default:
        return 0;
    }
}

/* Comparisons with 0 and 1 that are others. */
static ir_ref compare_small(struct strength *s, enum ir_op op, ir_ref a, ir_ref b)
{
    ir_ref zero = ir_const(s->ir, strength_type(s, a), 0);

    if ((op == IR_LT_U && strength_is_value(s, b, 1)) || (op == IR_LE_U && b == zero))
        return strength_2(s, IR_EQ, IR_I1, a, zero);
    if ((op == IR_LE_U && strength_is_value(s, a, 1)) || (op == IR_LT_U && a == zero))
        return strength_2(s, IR_NE, IR_I1, b, zero);
    if (op == IR_LT_S && b == zero && strength_is(s, a, IR_NOT))
        return strength_2(s, IR_LE_S, IR_I1, zero, strength_arg(s, a, 0));
    return 0;
}

ir_ref strength_compare(struct strength *s, enum ir_op op, ir_ref a, ir_ref b)
{
    enum ir_type type = strength_type(s, a);
    uint64_t k;
    ir_ref r;
    int known;

    if (!pass_is_int(type))
        return 0;
    if (a == b)
        return truth(s, op == IR_EQ || op == IR_LE_U || op == IR_LE_S);
    if (type == IR_I1) {
        if (op != IR_EQ && op != IR_NE)
            return 0;
        r = strength_2(s, IR_XOR, IR_I1, a, b);
        return op == IR_NE ? r : strength_1(s, IR_NOT, IR_I1, r);
    }
    known = decide(s, op, a, b);
    if (known >= 0)
        return truth(s, known);
    if (op == IR_EQ || op == IR_NE) {
        if (strength_is(s, a, IR_CONST))
            return strength_2(s, op, IR_I1, b, a);
        if (strength_value(s, b, &k)) {
            r = equal_const(s, op, a, k);
            if (r)
                return r;
        }
    }
    if (!strength_can(type))
        return 0;
    r = compare_small(s, op, a, b);
    return r ? r : narrow(s, op, a, b);
}

/* -- carry and overflow ------------------------------------------------------------- */

/* R as the complement of a value: that value, or 0. */
static ir_ref complement(struct strength *s, ir_ref r)
{
    uint64_t v;

    if (strength_is(s, r, IR_NOT))
        return strength_arg(s, r, 0);
    if (strength_value(s, r, &v))
        return ir_const(s->ir, strength_type(s, r), ~v);
    return 0;
}

ir_ref strength_carry(struct strength *s, enum ir_op op, ir_ref a, ir_ref b, ir_ref c)
{
    enum ir_type type = strength_type(s, a);
    struct bits x, y;
    ir_ref other;
    uint64_t in;

    if (!strength_can(type))
        return 0;
    x = known_of(&s->known, a);
    y = known_of(&s->known, b);
    if (op == IR_OVERFLOW) {
        if (x.sign >= 2 && y.sign >= 2)
            return truth(s, false);
        if (strength_value(s, c, &in) &&
            (in ? strength_is_value(s, b, pass_mask(type)) : strength_is_value(s, b, 0)))
            return truth(s, false);
        return 0;
    }
    if (!strength_value(s, c, &in))
        return 0;
    if (!strength_is(s, b, IR_NOT) &&
        (strength_is(s, a, IR_NOT) || ir_is_const(s->ir, a))) {
        other = a;
        a = b;
        b = other;
    }
    other = complement(s, b);
    if (!other)
        return 0;
    return strength_2(s, in ? IR_LE_U : IR_LT_U, IR_I1, other, a);
}

/* -- sets --------------------------------------------------------------------------- */

enum { LESS = 1, EQUAL = 2, GREATER = 4 };
enum { NEUTRAL, UNSIGNED, SIGNED };

struct relation {
    ir_ref a, b;
    unsigned set, sign;
};

/* What R says; true if it is a comparison of two integers. */
static bool relation_of(struct strength *s, ir_ref r, struct relation *out)
{
    static const struct {
        uint8_t set, sign;
    } table[] = {
        [IR_EQ] = {EQUAL, NEUTRAL},   [IR_NE] = {LESS | GREATER, NEUTRAL},
        [IR_LT_U] = {LESS, UNSIGNED}, [IR_LE_U] = {LESS | EQUAL, UNSIGNED},
        [IR_LT_S] = {LESS, SIGNED},   [IR_LE_S] = {LESS | EQUAL, SIGNED},
    };
    const struct ir_node *n = strength_at(s, r);

    if (n->op < IR_EQ || n->op > IR_LE_S)
        return false;
    out->a = strength_arg(s, r, 0);
    out->b = strength_arg(s, r, 1);
    out->set = table[n->op].set;
    out->sign = table[n->op].sign;
    return strength_can(strength_type(s, out->a));
}

/* S = A - B in one of its forms? */
static bool is_difference(struct strength *s, ir_ref sum, ir_ref a, ir_ref b)
{
    uint64_t x, y;

    if (strength_is(s, sum, IR_SUB))
        return strength_arg(s, sum, 0) == a && strength_arg(s, sum, 1) == b;
    if (strength_is(s, sum, IR_ADD) && strength_value(s, b, &y))
        return strength_arg(s, sum, 0) == a &&
               strength_value(s, strength_arg(s, sum, 1), &x) &&
               x == ((0 - y) & pass_mask(strength_type(s, b)));
    return false;
}

/* The pair (a, b) behind a comparison of a - b with 0 for equality. */
static bool behind(struct strength *s, struct relation *r)
{
    ir_ref sum = r->a;
    uint64_t k;

    if (r->sign != NEUTRAL || !strength_is_value(s, r->b, 0))
        return false;
    if (strength_is(s, sum, IR_SUB)) {
        r->a = strength_arg(s, sum, 0);
        r->b = strength_arg(s, sum, 1);
        return true;
    }
    if (!strength_is(s, sum, IR_ADD) || !strength_value(s, strength_arg(s, sum, 1), &k))
        return false;
    r->a = strength_arg(s, sum, 0);
    r->b = ir_const(s->ir, strength_type(s, sum), 0 - k);
    return true;
}

static unsigned turned(unsigned set)
{
    return (set & EQUAL) | (set & LESS ? GREATER : 0) | (set & GREATER ? LESS : 0);
}

static ir_ref from_set(struct strength *s, const struct relation *r)
{
    enum ir_op lt = r->sign == SIGNED ? IR_LT_S : IR_LT_U;
    enum ir_op le = r->sign == SIGNED ? IR_LE_S : IR_LE_U;

    switch (r->set) {
    case 0:
    case LESS | EQUAL | GREATER:
        return truth(s, r->set != 0);
    case EQUAL:
        return strength_2(s, IR_EQ, IR_I1, r->a, r->b);
    case LESS | GREATER:
        return strength_2(s, IR_NE, IR_I1, r->a, r->b);
    case LESS:
        return strength_2(s, lt, IR_I1, r->a, r->b);
    case GREATER:
        return strength_2(s, lt, IR_I1, r->b, r->a);
    case LESS | EQUAL:
        return strength_2(s, le, IR_I1, r->a, r->b);
    default:
        return strength_2(s, le, IR_I1, r->b, r->a);
    }
}

/* X op Y for relations of the same pair, or 0. */
static ir_ref combine(struct strength *s, enum ir_op op, struct relation x,
                      struct relation y)
{
    if (x.a == y.b && x.b == y.a) {
        y.set = turned(y.set);
    } else if (x.a != y.a || x.b != y.b) {
        return 0;
    }
    if (x.sign != NEUTRAL && y.sign != NEUTRAL && x.sign != y.sign)
        return 0;
    if (x.sign == NEUTRAL)
        x.sign = y.sign;
    if (op == IR_AND)
        x.set &= y.set;
    else if (op == IR_OR)
        x.set |= y.set;
    else
        x.set ^= y.set;
    return from_set(s, &x);
}

/* x < c as x <= c - 1, c < x as c + 1 <= x; not at the end of the range. */
static bool beside(struct strength *s, struct relation *r)
{
    enum ir_type type = strength_type(s, r->a);
    uint64_t k, mask = pass_mask(type), last = r->sign == SIGNED ? mask >> 1 : mask;

    if (r->set != LESS)
        return false;
    if (strength_value(s, r->b, &k)) {
        r->b = ir_const(s->ir, type, k - 1);
        last = ~last & mask; /* the least */
    } else if (strength_value(s, r->a, &k)) {
        r->a = ir_const(s->ir, type, k + 1);
    } else {
        return false;
    }
    r->set = LESS | EQUAL;
    return k != last;
}

/* Two comparisons as one; each may stand for another pair too. */
static ir_ref combine_any(struct strength *s, enum ir_op op, ir_ref a, ir_ref b)
{
    struct relation x[2], y[2];
    unsigned count_x = 1, count_y = 1;

    if (!relation_of(s, a, &x[0]) || !relation_of(s, b, &y[0]))
        return 0;
    x[1] = x[0];
    y[1] = y[0];
    count_x += behind(s, &x[1]) || beside(s, &x[1]);
    count_y += behind(s, &y[1]) || beside(s, &y[1]);
    for (unsigned i = 0; i < count_x; i++) {
        for (unsigned j = 0; j < count_y; j++) {
            ir_ref r = combine(s, op, x[i], y[j]);
            if (r)
                return r;
        }
    }
    return 0;
}

/* (a - b < 0) ^ overflow: a < b; of a sum likewise with the constant's negative. */
static ir_ref sign_and_overflow(struct strength *s, ir_ref n, ir_ref v)
{
    struct relation sign;
    ir_ref a, b, other;
    uint64_t in, k;

    if (!strength_is(s, v, IR_OVERFLOW) || !relation_of(s, n, &sign) ||
        sign.sign != SIGNED || sign.set != LESS || !strength_is_value(s, sign.b, 0) ||
        !strength_value(s, strength_arg(s, v, 2), &in))
        return 0;
    a = strength_arg(s, v, 0);
    b = strength_arg(s, v, 1);
    for (unsigned turn = 0; turn < 2; turn++) {
        if (in) {
            other = complement(s, b);
        } else {
            enum ir_type type = strength_type(s, b);
            bool usable =
                strength_value(s, b, &k) && k != (uint64_t)1 << (ir_type_bits[type] - 1);
            other = usable ? ir_const(s->ir, type, 0 - k) : 0;
        }
        if (other && is_difference(s, sign.a, a, other))
            return strength_2(s, IR_LT_S, IR_I1, a, other);
        other = a;
        a = b;
        b = other;
    }
    return 0;
}

static ir_ref logic_not(struct strength *s, ir_ref a)
{
    struct relation x;

    if (strength_is(s, a, IR_NOT))
        return strength_arg(s, a, 0);
    if (!relation_of(s, a, &x))
        return 0;
    x.set ^= LESS | EQUAL | GREATER;
    return from_set(s, &x);
}

ir_ref strength_logic(struct strength *s, enum ir_op op, ir_ref a, ir_ref b)
{
    uint64_t k;
    ir_ref r;

    if (op == IR_NOT)
        return logic_not(s, a);
    if (strength_is(s, a, IR_CONST)) {
        r = a;
        a = b;
        b = r;
    }
    if (strength_value(s, b, &k)) {
        if (op == IR_XOR)
            return k ? strength_1(s, IR_NOT, IR_I1, a) : a;
        return (op == IR_AND) == (k != 0) ? a : b;
    }
    if (a == b)
        return op == IR_XOR ? truth(s, false) : a;
    if (op == IR_XOR) {
        if (strength_is(s, a, IR_NOT))
            return strength_1(s, IR_NOT, IR_I1,
                              strength_2(s, IR_XOR, IR_I1, strength_arg(s, a, 0), b));
        if (strength_is(s, b, IR_NOT))
            return strength_1(s, IR_NOT, IR_I1,
                              strength_2(s, IR_XOR, IR_I1, a, strength_arg(s, b, 0)));
        r = sign_and_overflow(s, a, b);
        if (!r)
            r = sign_and_overflow(s, b, a);
        if (r)
            return r;
    }
    return combine_any(s, op, a, b);
}
