/*
 * known.c - known bits (see known.h).
 */
#include "ir/known.h"

#include <assert.h>
#include <string.h>

/* From these rounds on PHIs that change lose bits in large steps, all they have; all PHIs
 * lose what they have. */
enum { ROUND_WIDEN = 1, ROUND_PIN = 6, ROUND_PIN_ALL = 8 };

static unsigned min_u(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned leading(uint64_t ones, unsigned width)
{
    uint64_t top = ~(ones << (64 - width));

    return min_u(top ? (unsigned)__builtin_clzll(top) : 64, width);
}

static unsigned trailing(uint64_t ones)
{
    return ~ones ? (unsigned)__builtin_ctzll(~ones) : 64;
}

/* Floating-point values count as their patterns. */
static bool has_bits(enum ir_type type)
{
    return pass_is_int(type) || type == IR_F32 || type == IR_F64;
}

static struct bits nothing(enum ir_type type)
{
    struct bits b = {.sign = 1};

    if (has_bits(type))
        b.zero = ~pass_mask(type);
    return b;
}

/* Finish what a rule made: bits above the width, and the sign's copies that follow. */
static struct bits settle(struct bits b, enum ir_type type)
{
    unsigned width = ir_type_bits[type], sign;

    b.zero |= ~pass_mask(type);
    b.one &= pass_mask(type);
    sign = leading(b.zero & pass_mask(type), width);
    if (sign < leading(b.one, width))
        sign = leading(b.one, width);
    if (b.sign < sign)
        b.sign = (uint8_t)sign;
    if (b.sign < 1)
        b.sign = 1;
    if (b.sign > width)
        b.sign = (uint8_t)width;
    return b;
}

static struct bits constant(uint64_t v, enum ir_type type)
{
    return settle((struct bits){.zero = ~v, .one = v, .sign = 1}, type);
}

static struct bits meet(struct bits a, struct bits b)
{
    return (struct bits){.zero = a.zero & b.zero,
                         .one = a.one & b.one,
                         .sign = (uint8_t)min_u(a.sign, b.sign)};
}

static bool top_bits(struct bits b, unsigned width, bool *value)
{
    uint64_t top = (uint64_t)1 << (width - 1);

    *value = b.one & top;
    return (b.one | b.zero) & top;
}

static struct bits of_sext(struct bits a, enum ir_type from, enum ir_type type)
{
    uint64_t high = pass_mask(type) & ~pass_mask(from);
    unsigned more = ir_type_bits[type] - ir_type_bits[from];
    bool value;

    a.sign = (uint8_t)(a.sign + more);
    a.zero &= pass_mask(from);
    if (top_bits(a, ir_type_bits[from], &value)) {
        if (value)
            a.one |= high;
        else
            a.zero |= high;
    }
    return settle(a, type);
}

static struct bits of_trunc(struct bits a, enum ir_type from, enum ir_type type)
{
    unsigned less = (unsigned)ir_type_bits[from] - ir_type_bits[type];

    if (!pass_is_int(from))
        return nothing(type);
    a.sign = (uint8_t)(a.sign > less ? a.sign - less : 1);
    return settle(a, type);
}

static struct bits of_add(struct bits a, struct bits b, bool sub, enum ir_type type)
{
    unsigned width = ir_type_bits[type], low = min_u(trailing(a.zero), trailing(b.zero));
    unsigned sign = min_u(a.sign, b.sign);
    struct bits r = {.sign = (uint8_t)(sign > 1 ? sign - 1 : 1)};

    if (low)
        r.zero |= low >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << low) - 1;
    if (!sub) {
        unsigned high = min_u(leading(a.zero & pass_mask(type), width),
                              leading(b.zero & pass_mask(type), width));
        if (high > 1)
            r.zero |= pass_mask(type) & ~(pass_mask(type) >> (high - 1));
    }
    return settle(r, type);
}

static struct bits of_mul(struct bits a, struct bits b, enum ir_type type)
{
    unsigned width = ir_type_bits[type];
    unsigned low = trailing(a.zero) + trailing(b.zero);
    unsigned high = leading(a.zero & pass_mask(type), width) +
                    leading(b.zero & pass_mask(type), width);
    struct bits r = {.sign = 1};

    if (low)
        r.zero |= low >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << low) - 1;
    if (high == 2 * width) /* 0 * 0 */
        r.zero |= pass_mask(type);
    else if (high > width)
        r.zero |= pass_mask(type) & ~(pass_mask(type) >> (high - width));
    return settle(r, type);
}

static struct bits of_shift(struct known *k, enum ir_op op, enum ir_type type,
                            struct bits a, ir_ref count)
{
    unsigned width = ir_type_bits[type], by;
    struct bits r = {.sign = 1};
    bool value;

    if (!ir_is_const(k->ir, count)) {
        unsigned high = leading(a.zero & pass_mask(type), width);
        if (op == IR_SAR)
            r.sign = a.sign;
        if (op != IR_SHL && high)
            r.zero = pass_mask(type) & ~(high >= width ? 0 : pass_mask(type) >> high);
        return settle(r, type);
    }
    by = (unsigned)min_u(
        ir_value(k->ir, count) < width ? (unsigned)ir_value(k->ir, count) : width, width);
    if (by == width && op != IR_SAR)
        return constant(0, type);
    if (op == IR_SHL) {
        r.zero = (a.zero << by) | (((uint64_t)1 << by) - 1);
        r.one = a.one << by;
        r.sign = (uint8_t)(a.sign > by ? a.sign - by : 1);
    } else if (op == IR_SHR) {
        r.zero = ((a.zero & pass_mask(type)) >> by) | ~(pass_mask(type) >> by);
        r.one = a.one >> by;
    } else {
        by = min_u(by, width - 1);
        r.zero = (a.zero & pass_mask(type)) >> by;
        r.one = a.one >> by;
        r.sign = (uint8_t)(a.sign + by);
        if (top_bits(a, width, &value)) {
            uint64_t high = pass_mask(type) & ~(pass_mask(type) >> by);
            if (value)
                r.one |= high;
            else
                r.zero |= high;
        }
    }
    return settle(r, type);
}

static struct bits of_cat(struct bits high, struct bits low)
{
    struct bits r = {.sign = high.sign};

    r.zero = high.zero << 32 | (low.zero & UINT32_MAX);
    r.one = high.one << 32 | low.one;
    return settle(r, IR_I64);
}

static struct bits of_logic(enum ir_op op, struct bits a, struct bits b,
                            enum ir_type type)
{
    struct bits r = {.sign = (uint8_t)min_u(a.sign, b.sign)};

    if (op == IR_AND) {
        r.zero = a.zero | b.zero;
        r.one = a.one & b.one;
    } else if (op == IR_OR) {
        r.zero = a.zero & b.zero;
        r.one = a.one | b.one;
    } else {
        r.zero = (a.zero & b.zero) | (a.one & b.one);
        r.one = (a.zero & b.one) | (a.one & b.zero);
    }
    return settle(r, type);
}

/* At most as large as A. */
static struct bits of_smaller(struct bits a, enum ir_type type)
{
    struct bits r = {.sign = 1};
    unsigned width = ir_type_bits[type], high = leading(a.zero & pass_mask(type), width);

    r.zero = pass_mask(type) & ~(high >= width ? 0 : pass_mask(type) >> high);
    return settle(r, type);
}

static struct bits of_count(enum ir_type type)
{
    unsigned bits = 1;

    while (bits < 64 && ((uint64_t)1 << bits) <= ir_type_bits[type])
        bits++;
    return settle((struct bits){.zero = ~(((uint64_t)1 << bits) - 1), .sign = 1}, type);
}

/* Operations of one integer argument, or where only the first counts. */
static struct bits of_first(struct known *k, enum ir_op op, enum ir_type type, ir_ref a)
{
    enum ir_type from = (enum ir_type)ir_at(k->ir, a)->type;
    struct bits x = known_of(k, a);

    switch (op) {
    case IR_ZEXT:
        x.sign = 1;
        return settle(x, type);
    case IR_SEXT:
        return of_sext(x, from, type);
    case IR_TRUNC:
        return of_trunc(x, from, type);
    case IR_NOT:
        return settle(
            (struct bits){.zero = x.one, .one = x.zero & pass_mask(type), .sign = x.sign},
            type);
    case IR_NEG:
        return of_add(constant(0, type), x, true, type);
    case IR_BITCAST:
        return has_bits(from) ? x : nothing(type);
    case IR_CLZ:
    case IR_CTZ:
    case IR_POPCOUNT:
        return of_count(type);
    default:
        return nothing(type);
    }
}

static struct bits of_second(struct known *k, enum ir_op op, enum ir_type type, ir_ref a,
                             ir_ref b)
{
    struct bits x = known_of(k, a), y = known_of(k, b);

    switch (op) {
    case IR_ADD:
    case IR_SUB:
        return of_add(x, y, op == IR_SUB, type);
    case IR_MUL:
        return of_mul(x, y, type);
    case IR_AND:
    case IR_OR:
    case IR_XOR:
        return of_logic(op, x, y, type);
    case IR_SHL:
    case IR_SHR:
    case IR_SAR:
        return of_shift(k, op, type, x, b);
    case IR_CAT:
        return type == IR_I64 ? of_cat(x, y) : nothing(type);
    case IR_REM_U:
        return of_smaller(x, type);
    case IR_DIV_U:
        return y.one ? of_smaller(x, type) : nothing(type);
    case IR_MIN_S:
    case IR_MIN_U:
    case IR_MAX_S:
    case IR_MAX_U:
        return meet(x, y);
    default:
        return nothing(type);
    }
}

struct bits known_result(struct known *k, enum ir_op op, enum ir_type type, ir_ref a,
                         ir_ref b, ir_ref c)
{
    if (!has_bits(type) || ir_op_effects[op] != IR_PURE)
        return nothing(type);
    if (op == IR_SELECT)
        return meet(known_of(k, b), known_of(k, c));
    switch (ir_op_args[op]) {
    case 1:
        return of_first(k, op, type, a);
    case 2:
        return ir_op_results[op] == IR_RESULT_BOOL ? nothing(type)
                                                   : of_second(k, op, type, a, b);
    default:
        return nothing(type);
    }
}

static struct bits of_node(struct known *k, ir_ref r)
{
    const struct ir_node n = *ir_at(k->ir, r);

    if (!has_bits((enum ir_type)n.type))
        return nothing((enum ir_type)n.type);
    if (n.op == IR_CONST)
        return constant(n.aux, (enum ir_type)n.type);
    if (n.op == IR_COPY)
        return known_of(k, n.arg[0]);
    return known_result(k, (enum ir_op)n.op, (enum ir_type)n.type, n.arg[0], n.arg[1],
                        n.arg[2]);
}

static void make_room(struct known *k)
{
    uint32_t before = k->count;

    if (k->ir->node_count <= before)
        return;
    k->at = ir_grow(k->ir, k->at, &k->count, k->ir->node_count, sizeof *k->at);
    memset(k->at + before, 0, (k->count - before) * sizeof *k->at);
}

struct bits known_look(struct known *k, ir_ref r)
{
    struct bits b;

    make_room(k);
    b = of_node(k, r);
    k->at[r] = b;
    return b;
}

static struct bits of_phi(struct known *k, ir_ref r)
{
    const struct ir *ir = k->ir;
    const struct ir_node *n = ir_at(ir, r);
    struct bits sum = {0};

    if (!has_bits((enum ir_type)n->type))
        return nothing((enum ir_type)n->type);
    for (uint32_t i = 0; i < ir->blocks[n->block].pred_count; i++) {
        ir_ref a = ir_forward(ir, ir->phi_args[n->aux + i]);
        struct bits b = ir_is_const(ir, a) ? known_of(k, a) : k->at[a];
        if (b.sign == 0 || a == r)
            continue; /* behind a back edge, not seen yet */
        sum = sum.sign ? meet(sum, b) : b;
    }
    return sum.sign ? sum : nothing((enum ir_type)n->type);
}

static bool equal(const struct bits *a, const struct bits *b)
{
    return a->zero == b->zero && a->one == b->one && a->sign == b->sign;
}

/* COUNT highest bits of WIDTH, or fewer: those above 32, 16, 8 bits and one. */
static unsigned step_down(unsigned count, unsigned width)
{
    static const uint8_t below[] = {0, 1, 8, 16, 32};

    for (unsigned i = 0; i < sizeof below; i++)
        if (below[i] <= width && count >= width - below[i])
            return width - below[i];
    return 0;
}

static uint64_t top_mask(unsigned count, enum ir_type type)
{
    return count >= ir_type_bits[type] ? pass_mask(type)
                                       : pass_mask(type) & ~(pass_mask(type) >> count);
}

/* Less than B says, so that a PHI that changes from round to round soon stops. */
static struct bits widen(struct bits b, enum ir_type type)
{
    unsigned width = ir_type_bits[type], low = trailing(b.zero);
    struct bits r = {.sign = (uint8_t)(step_down(b.sign - 1u, width) + 1u)};

    r.zero = top_mask(step_down(leading(b.zero & pass_mask(type), width), width), type);
    if (low)
        r.zero |= low >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << low) - 1;
    r.one = top_mask(step_down(leading(b.one, width), width), type);
    return settle(r, type);
}

struct rounds {
    struct known *k;
    unsigned round;
    uint8_t *pinned;  /* by PHI */
    uint8_t *changed; /* by node: 1 + the last round in which it has */
};

static struct bits look_at_phi(struct rounds *s, ir_ref r)
{
    struct known *k = s->k;
    enum ir_type type = (enum ir_type)ir_at(k->ir, r)->type;
    struct bits b = of_phi(k, r);

    if (s->pinned[r])
        return nothing(type);
    if (!has_bits(type) || (equal(&b, &k->at[r]) && s->round < ROUND_PIN_ALL))
        return b;
    if (s->round >= ROUND_PIN) {
        s->pinned[r] = true;
        return nothing(type);
    }
    return s->round >= ROUND_WIDEN ? meet(widen(b, type), k->at[r]) : b;
}

/* May R be other than in the round before? */
static bool may_change(const struct rounds *s, const struct ir_node *n)
{
    const struct ir *ir = s->k->ir;

    if (s->round == 0 || s->round >= ROUND_PIN_ALL)
        return true;
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        if (s->changed[n->arg[i]] >= s->round)
            return true;
    for (uint32_t i = 0; n->op == IR_PHI && i < ir->blocks[n->block].pred_count; i++)
        if (s->changed[ir_forward(ir, ir->phi_args[n->aux + i])] >= s->round)
            return true;
    return false;
}

/* One round over the nodes; true if something changed. */
static bool round_over(struct rounds *s, const struct pass_order *o)
{
    struct known *k = s->k;
    struct ir *ir = k->ir;
    bool changed = false;

    for (uint32_t i = 0; i < o->count; i++) {
        const struct ir_refs *list = &ir->blocks[o->rpo[i]].nodes;
        for (uint32_t j = 0; j < list->count; j++) {
            ir_ref r = list->at[j];
            struct ir_node *n = ir_at(ir, r);
            struct bits b;
            if (s->round == 0)
                pass_args(ir, n); /* a COPY stands in no list and is never looked at */
            if (n->type == IR_VOID || !may_change(s, n))
                continue;
            b = n->op == IR_PHI ? look_at_phi(s, r) : of_node(k, r);
            if (equal(&b, &k->at[r]))
                continue;
            k->at[r] = b;
            s->changed[r] = (uint8_t)(s->round < UINT8_MAX ? s->round + 1 : UINT8_MAX);
            changed = true;
        }
    }
    return changed;
}

void known_analyse(struct known *k, struct ir *ir, const struct pass_order *o)
{
    struct rounds s = {.k = k};
    bool loops = false;

    s.pinned = ir_alloc(ir, ir->node_count);
    s.changed = ir_alloc(ir, ir->node_count);
    *k = (struct known){.ir = ir};
    make_room(k);
    for (uint32_t i = 0; i < o->count; i++) {
        const struct ir_block *b = &ir->blocks[o->rpo[i]];
        for (unsigned j = 0; j < b->succ_count; j++)
            loops |= pass_is_back(o, o->rpo[i], b->succ[j]);
    }
    while (round_over(&s, o) && loops)
        s.round++;
}

int64_t known_min_s(const struct bits *b, enum ir_type type)
{
    unsigned width = ir_type_bits[type];
    uint64_t top = (uint64_t)1 << (width - 1), low = b->one;
    int64_t by_sign = INT64_MIN, by_bits;

    if (width - b->sign < 63)
        by_sign = -((int64_t)1 << (width - b->sign));
    if (!(b->zero & top))
        low |= top;
    by_bits = (int64_t)(low << (64 - width)) >> (64 - width);
    return by_sign > by_bits ? by_sign : by_bits;
}

int64_t known_max_s(const struct bits *b, enum ir_type type)
{
    unsigned width = ir_type_bits[type];
    uint64_t top = (uint64_t)1 << (width - 1), high = ~b->zero & pass_mask(type);
    int64_t by_sign = INT64_MAX, by_bits;

    if (width - b->sign < 63)
        by_sign = ((int64_t)1 << (width - b->sign)) - 1;
    if (!(b->one & top))
        high &= ~top;
    by_bits = (int64_t)(high << (64 - width)) >> (64 - width);
    return by_sign < by_bits ? by_sign : by_bits;
}
