/*
 * lower.c - values of 128 bits as pairs of 64.
 *
 * requires: ir_finish. keeps: the graph, dominators, loops. breaks: nothing; leaves COPYs
 * and dead nodes.
 *
 * Every operation on i128 becomes operations on halves; a product of two extended values
 * takes the high product. An i128 remains only where something else needs the whole: CAT
 * of the halves for a place, a field of the CPU or a bitcast to v128; TRUNC of it, and of
 * its SHR by 64, for what comes from there. Divisions of 128 bits stay, but unsigned ones
 * of zero-extended values.
 */
#include "ir/pass.h"

#include "util/log.h"

struct half {
    ir_ref low, high;
};

struct lower {
    struct ir *ir;
    struct half *pairs; /* by node, those there at the beginning */
    bool *whole;        /* by node: needed as i128 */
    uint32_t count;
};

static ir_ref word(struct lower *l, uint64_t v)
{
    return ir_const(l->ir, IR_I64, v);
}

static ir_ref op1(struct lower *l, enum ir_op op, ir_ref a)
{
    return ir_op(l->ir, op, IR_I64, a, 0, 0);
}

static ir_ref op2(struct lower *l, enum ir_op op, ir_ref a, ir_ref b)
{
    return ir_op(l->ir, op, IR_VOID, a, b, 0);
}

static ir_ref choose(struct lower *l, ir_ref c, ir_ref a, ir_ref b)
{
    return ir_op(l->ir, IR_SELECT, IR_VOID, c, a, b);
}

static bool is_zero(const struct lower *l, ir_ref r)
{
    return ir_is_const(l->ir, r) && ir_value(l->ir, r) == 0;
}

static struct half pair_of(struct lower *l, ir_ref r)
{
    const struct ir_node *n;

    r = ir_forward(l->ir, r);
    n = ir_at(l->ir, r);
    if (n->op == IR_CONST) {
        uint64_t high = (uint64_t)n->arg[1] << 32 | n->arg[0], low = n->aux;
        ir_ref first = word(l, low);
        return (struct half){first, word(l, high)};
    }
    if (n->op == IR_CAT) /* one that was made here */
        return (struct half){n->arg[1], n->arg[0]};
    return l->pairs[r];
}

/* -- arithmetic --------------------------------------------------------------------- */

static struct half add(struct lower *l, struct half a, struct half b)
{
    struct half r;

    r.low = op2(l, IR_ADD, a.low, b.low);
    r.high = op2(l, IR_ADD, op2(l, IR_ADD, a.high, b.high),
                 op1(l, IR_ZEXT, op2(l, IR_LT_U, r.low, a.low)));
    return r;
}

static struct half subtract(struct lower *l, struct half a, struct half b)
{
    struct half r;

    r.low = op2(l, IR_SUB, a.low, b.low);
    r.high = op2(l, IR_SUB, op2(l, IR_SUB, a.high, b.high),
                 op1(l, IR_ZEXT, op2(l, IR_LT_U, a.low, b.low)));
    return r;
}

/* Is A the sign extension of its low half? */
static bool is_signed(const struct lower *l, struct half a)
{
    const struct ir_node *n = ir_at(l->ir, a.high);

    if (n->op == IR_CONST && ir_is_const(l->ir, a.low))
        return n->aux == ((int64_t)ir_value(l->ir, a.low) < 0 ? UINT64_MAX : 0);
    return n->op == IR_SAR && ir_forward(l->ir, n->arg[0]) == a.low &&
           ir_is_const(l->ir, n->arg[1]) && ir_value(l->ir, n->arg[1]) == 63;
}

static struct half multiply(struct lower *l, struct half a, struct half b)
{
    struct half r;
    bool sa = is_signed(l, a), sb = is_signed(l, b);
    bool za = is_zero(l, a.high), zb = is_zero(l, b.high);

    r.low = op2(l, IR_MUL, a.low, b.low);
    if (za && zb) {
        r.high = op2(l, IR_MULH_U, a.low, b.low);
    } else if (sa && sb) {
        r.high = op2(l, IR_MULH_S, a.low, b.low);
    } else if (sa && zb) {
        r.high = op2(l, IR_MULH_SU, a.low, b.low);
    } else if (za && sb) {
        r.high = op2(l, IR_MULH_SU, b.low, a.low);
    } else {
        r.high = op2(
            l, IR_ADD, op2(l, IR_MULH_U, a.low, b.low),
            op2(l, IR_ADD, op2(l, IR_MUL, a.low, b.high), op2(l, IR_MUL, a.high, b.low)));
    }
    return r;
}

/* -- shifts ------------------------------------------------------------------------- */

/* A count of any type as i64; shifts by 128 and more stay such. */
static ir_ref count_of(struct lower *l, ir_ref r)
{
    enum ir_type type = (enum ir_type)ir_at(l->ir, r)->type;
    struct half c;

    if (type != IR_I128)
        return ir_to(l->ir, IR_I64, r);
    c = pair_of(l, r);
    return choose(l, op2(l, IR_EQ, c.high, word(l, 0)), c.low, word(l, UINT64_MAX));
}

/* The same of a rotation, where only the low bits count. */
static ir_ref turn_of(struct lower *l, ir_ref r)
{
    return ir_at(l->ir, r)->type == IR_I128 ? pair_of(l, r).low : ir_to(l->ir, IR_I64, r);
}

static ir_ref shift(struct lower *l, enum ir_op op, ir_ref a, ir_ref count)
{
    return ir_op(l->ir, op, IR_I64, a, count, 0);
}

/* 64-bit shifts are total, so the halves need no test but that of the count's bit 6. */
static struct half shift_left(struct lower *l, struct half a, ir_ref c)
{
    ir_ref big = op2(l, IR_LT_U, word(l, 63), c);
    ir_ref back = op2(l, IR_SUB, word(l, 64), c);
    ir_ref small;
    struct half r;

    r.low = shift(l, IR_SHL, a.low, c);
    small = op2(l, IR_OR, shift(l, IR_SHL, a.high, c), shift(l, IR_SHR, a.low, back));
    r.high =
        choose(l, big, shift(l, IR_SHL, a.low, op2(l, IR_SUB, c, word(l, 64))), small);
    return r;
}

static struct half shift_right(struct lower *l, enum ir_op op, struct half a, ir_ref c)
{
    ir_ref big = op2(l, IR_LT_U, word(l, 63), c);
    ir_ref back = op2(l, IR_SUB, word(l, 64), c);
    ir_ref small;
    struct half r;

    r.high = shift(l, op, a.high, c);
    small = op2(l, IR_OR, shift(l, IR_SHR, a.low, c), shift(l, IR_SHL, a.high, back));
    r.low = choose(l, big, shift(l, op, a.high, op2(l, IR_SUB, c, word(l, 64))), small);
    return r;
}

/* By a constant: at most one half is made of two. */
static struct half shift_const(struct lower *l, enum ir_op op, struct half a, uint64_t k)
{
    ir_ref sign = op == IR_SAR ? shift(l, IR_SAR, a.high, word(l, 63)) : word(l, 0);
    ir_ref by = word(l, k & 63), back = word(l, 64 - (k & 63));
    struct half r;

    if (k >= 128)
        return (struct half){sign, sign};
    if (k == 0)
        return a;
    if (op == IR_SHL) {
        if (k >= 64)
            return (struct half){word(l, 0), k == 64 ? a.low : shift(l, op, a.low, by)};
        r.low = shift(l, op, a.low, by);
        r.high = op2(l, IR_OR, shift(l, op, a.high, by), shift(l, IR_SHR, a.low, back));
        return r;
    }
    if (k >= 64)
        return (struct half){k == 64 ? a.high : shift(l, op, a.high, by), sign};
    r.low = op2(l, IR_OR, shift(l, IR_SHR, a.low, by), shift(l, IR_SHL, a.high, back));
    r.high = shift(l, op, a.high, by);
    return r;
}

static struct half any_shift(struct lower *l, enum ir_op op, struct half a, ir_ref c)
{
    if (ir_is_const(l->ir, c))
        return shift_const(l, op, a, ir_value(l->ir, c));
    return op == IR_SHL ? shift_left(l, a, c) : shift_right(l, op, a, c);
}

static struct half rotate(struct lower *l, bool left, struct half a, ir_ref c)
{
    ir_ref by = op2(l, IR_AND, c, word(l, 127));
    ir_ref back = op2(l, IR_SUB, word(l, 128), by);
    struct half x = any_shift(l, left ? IR_SHL : IR_SHR, a, by);
    struct half y = any_shift(l, left ? IR_SHR : IR_SHL, a, back);

    x.low = op2(l, IR_OR, x.low, y.low);
    x.high = op2(l, IR_OR, x.high, y.high);
    return x;
}

/* -- comparisons -------------------------------------------------------------------- */

static ir_ref less(struct lower *l, bool is_signed_, struct half a, struct half b)
{
    ir_ref high = op2(l, is_signed_ ? IR_LT_S : IR_LT_U, a.high, b.high);
    ir_ref equal = op2(l, IR_EQ, a.high, b.high);

    return op2(l, IR_OR, high, op2(l, IR_AND, equal, op2(l, IR_LT_U, a.low, b.low)));
}

static ir_ref compare(struct lower *l, enum ir_op op, struct half a, struct half b)
{
    ir_ref diff;

    switch (op) {
    case IR_LT_U:
    case IR_LT_S:
        return less(l, op == IR_LT_S, a, b);
    case IR_LE_U:
    case IR_LE_S:
        return ir_op(l->ir, IR_NOT, IR_I1, less(l, op == IR_LE_S, b, a), 0, 0);
    default:
        diff =
            op2(l, IR_OR, op2(l, IR_XOR, a.low, b.low), op2(l, IR_XOR, a.high, b.high));
        return op2(l, op, diff, word(l, 0));
    }
}

static struct half smaller(struct lower *l, enum ir_op op, struct half a, struct half b)
{
    bool is_signed_ = op == IR_MIN_S || op == IR_MAX_S;
    ir_ref c = op == IR_MIN_S || op == IR_MIN_U ? less(l, is_signed_, a, b)
                                                : less(l, is_signed_, b, a);

    a.low = choose(l, c, a.low, b.low);
    a.high = choose(l, c, a.high, b.high);
    return a;
}

/* -- nodes -------------------------------------------------------------------------- */

static struct half take_apart(struct lower *l, ir_ref r)
{
    ir_ref low = ir_op(l->ir, IR_TRUNC, IR_I64, r, 0, 0);
    ir_ref high = ir_op(l->ir, IR_SHR, IR_I128, r, word(l, 64), 0);

    return (struct half){low, ir_op(l->ir, IR_TRUNC, IR_I64, high, 0, 0)};
}

static struct half extended(struct lower *l, const struct ir_node *n)
{
    struct half r = {.low = n->arg[0]};

    if (ir_at(l->ir, r.low)->type != IR_I64)
        r.low = op1(l, (enum ir_op)n->op, r.low);
    r.high = n->op == IR_ZEXT ? word(l, 0) : shift(l, IR_SAR, r.low, word(l, 63));
    return r;
}

/* Per half. */
static struct half logic(struct lower *l, enum ir_op op, struct half a, struct half b)
{
    a.low = ir_op(l->ir, op, IR_I64, a.low, b.low, 0);
    a.high = ir_op(l->ir, op, IR_I64, a.high, b.high, 0);
    return a;
}

/* Operations on two i128; false: none of them. */
static bool two_wide(struct lower *l, const struct ir_node *n, struct half *out)
{
    struct half a = pair_of(l, n->arg[0]), b = pair_of(l, n->arg[1]);

    switch (n->op) {
    case IR_ADD:
        *out = add(l, a, b);
        return true;
    case IR_SUB:
        *out = subtract(l, a, b);
        return true;
    case IR_MUL:
        *out = multiply(l, a, b);
        return true;
    case IR_AND:
    case IR_OR:
    case IR_XOR:
        *out = logic(l, (enum ir_op)n->op, a, b);
        return true;
    case IR_MIN_S:
    case IR_MIN_U:
    case IR_MAX_S:
    case IR_MAX_U:
        *out = smaller(l, (enum ir_op)n->op, a, b);
        return true;
    case IR_DIV_U:
    case IR_REM_U:
        if (!is_zero(l, a.high) || !is_zero(l, b.high))
            return false;
        out->low = op2(l, (enum ir_op)n->op, a.low, b.low);
        out->high = word(l, 0);
        if (n->op == IR_DIV_U)
            out->high = choose(l, op2(l, IR_EQ, b.low, word(l, 0)), word(l, UINT64_MAX),
                               out->high);
        return true;
    default:
        return false;
    }
}

/* The halves of N, an i128 that isn't a PHI; false: it stays. */
static bool halves_of(struct lower *l, const struct ir_node *n, struct half *out)
{
    struct half a, b;

    switch (n->op) {
    case IR_ZEXT:
    case IR_SEXT:
        *out = extended(l, n);
        return true;
    case IR_CAT:
        *out = (struct half){n->arg[1], n->arg[0]};
        return true;
    case IR_NOT:
        a = pair_of(l, n->arg[0]);
        *out = logic(l, IR_NOT, a, (struct half){0, 0});
        return true;
    case IR_NEG:
        *out = subtract(l, (struct half){word(l, 0), word(l, 0)}, pair_of(l, n->arg[0]));
        return true;
    case IR_SELECT:
        a = pair_of(l, n->arg[1]);
        b = pair_of(l, n->arg[2]);
        out->low = choose(l, n->arg[0], a.low, b.low);
        out->high = choose(l, n->arg[0], a.high, b.high);
        return true;
    case IR_SHL:
    case IR_SHR:
    case IR_SAR:
        a = pair_of(l, n->arg[0]);
        *out = any_shift(l, (enum ir_op)n->op, a, count_of(l, n->arg[1]));
        return true;
    case IR_ROTL:
    case IR_ROTR:
        a = pair_of(l, n->arg[0]);
        *out = rotate(l, n->op == IR_ROTL, a, turn_of(l, n->arg[1]));
        return true;
    default:
        return ir_op_args[n->op] == 2 && two_wide(l, n, out);
    }
}

static bool is_zero_extended(const struct ir *ir, ir_ref r)
{
    const struct ir_node *n = ir_at(ir, ir_forward(ir, r));

    return n->op == IR_ZEXT || (n->op == IR_CONST && !n->arg[0] && !n->arg[1]);
}

/* Does N, an i128, become a pair? */
static bool is_lowered(const struct ir *ir, const struct ir_node *n)
{
    switch (n->op) {
    case IR_GET:
    case IR_BITCAST:
    case IR_LDCPU:
    case IR_DIV_S:
    case IR_REM_S:
        return false;
    case IR_DIV_U:
    case IR_REM_U:
        return is_zero_extended(ir, n->arg[0]) && is_zero_extended(ir, n->arg[1]);
    default:
        return true;
    }
}

/* Does N take its i128 operands as they are? */
static bool takes_whole(const struct ir *ir, const struct ir_node *n)
{
    switch (n->op) {
    case IR_BITCAST:
    case IR_STCPU:
        return true;
    default:
        return n->type == IR_I128 && !is_lowered(ir, n);
    }
}

/* Note what is needed as i128; whether there is any i128 at all. */
static bool note_whole(struct lower *l, const struct pass_order *o)
{
    struct ir *ir = l->ir;
    bool any = false;

    for (uint32_t i = 0; i < o->count; i++) {
        const struct ir_refs *list = &ir->blocks[o->rpo[i]].nodes;
        for (uint32_t j = 0; j < list->count; j++) {
            const struct ir_node *n = ir_at(ir, list->at[j]);
            any |= n->type == IR_I128;
            for (unsigned k = 0; takes_whole(ir, n) && k < ir_op_args[n->op]; k++)
                l->whole[ir_forward(ir, n->arg[k])] = true;
        }
    }
    for (uint32_t i = 1; any && i < ir->snap_count; i++)
        for (uint32_t j = 0; j < ir->snaps[i].count; j++)
            l->whole[ir_forward(ir, ir->entries[ir->snaps[i].first + j].value)] = true;
    return any;
}

/* An i128 from its halves, where something needs it: always a CAT or a constant. */
static void make_whole(struct lower *l, ir_ref r)
{
    struct ir *ir = l->ir;
    struct half p = l->pairs[r];
    ir_ref whole;

    if (!l->whole[r])
        return;
    if (ir_is_const(ir, p.low) && ir_is_const(ir, p.high)) {
        whole = ir_const128(ir, ir_value(ir, p.high), ir_value(ir, p.low));
    } else {
        whole = ir_node_new(ir, IR_CAT, IR_I128, p.high, p.low, 0, 0, 0);
        ir_append(ir, whole);
    }
    pass_is(ir, r, whole);
}

/* Two PHIs for one; their operands come later. */
static void split_phi(struct lower *l, ir_ref r)
{
    struct ir *ir = l->ir;
    uint32_t count = ir->blocks[ir_at(ir, r)->block].pred_count;
    uint32_t low = pass_phi_args(ir, count), high = pass_phi_args(ir, count);

    l->pairs[r].low = ir_node_new(ir, IR_PHI, IR_I64, 0, 0, 0, low, 0);
    l->pairs[r].high = ir_node_new(ir, IR_PHI, IR_I64, 0, 0, 0, high, 0);
    ir_append(ir, l->pairs[r].low);
    ir_append(ir, l->pairs[r].high);
}

static void fill_phi(struct lower *l, ir_ref r, uint64_t args)
{
    struct ir *ir = l->ir;
    struct half p = l->pairs[r];
    uint32_t count = ir->blocks[ir_at(ir, p.low)->block].pred_count;

    for (uint32_t i = 0; i < count; i++) {
        struct half a = pair_of(l, ir->phi_args[args + i]);
        ir->phi_args[ir_at(ir, p.low)->aux + i] = a.low;
        ir->phi_args[ir_at(ir, p.high)->aux + i] = a.high;
    }
}

static void visit_wide(struct lower *l, ir_ref r)
{
    const struct ir_node n = *ir_at(l->ir, r);

    if (!is_lowered(l->ir, &n)) {
        ir_append(l->ir, r);
        l->pairs[r] = take_apart(l, r);
    } else if (halves_of(l, &n, &l->pairs[r])) {
        make_whole(l, r);
    } else {
        bug("ir_pass_lower: no rule for %s", ir_op_names[n.op]);
    }
}

/* Something else that takes an i128: what it is, or 0. */
static ir_ref visit_user(struct lower *l, const struct ir_node *n)
{
    struct ir *ir = l->ir;
    struct half a;
    ir_ref count;

    switch (n->op) {
    case IR_TRUNC:
        return ir_to(ir, (enum ir_type)n->type, pair_of(l, n->arg[0]).low);
    case IR_EQ:
    case IR_NE:
    case IR_LT_U:
    case IR_LT_S:
    case IR_LE_U:
    case IR_LE_S:
        a = pair_of(l, n->arg[0]);
        return compare(l, (enum ir_op)n->op, a, pair_of(l, n->arg[1]));
    case IR_SHL:
    case IR_SHR:
    case IR_SAR:
    case IR_ROTL:
    case IR_ROTR:
        count = n->op >= IR_ROTL ? turn_of(l, n->arg[1]) : count_of(l, n->arg[1]);
        return ir_op(ir, (enum ir_op)n->op, IR_VOID, n->arg[0], count, 0);
    default:
        return 0;
    }
}

static void visit(struct lower *l, ir_ref r)
{
    struct ir *ir = l->ir;
    struct ir_node n;
    ir_ref is = 0;

    pass_args(ir, ir_at(ir, r));
    n = *ir_at(ir, r);
    if (n.type == IR_I128) {
        visit_wide(l, r);
        return;
    }
    for (unsigned i = 0; i < ir_op_args[n.op] && !is; i++)
        if (ir_at(ir, n.arg[i])->type == IR_I128 && !takes_whole(ir, &n))
            is = visit_user(l, &n);
    if (is)
        pass_is(ir, r, is);
    else
        ir_append(ir, r);
}

/* PHIs and GETs stand first in a block; what is made of them comes behind. */
static void visit_block(struct lower *l, ir_block_id b)
{
    struct ir *ir = l->ir;
    struct ir_refs old = pass_open(ir, b);
    uint32_t first = 0;

    for (; first < old.count; first++) {
        const struct ir_node *n = ir_at(ir, old.at[first]);
        if (n->op != IR_PHI && n->op != IR_GET && n->op != IR_COPY && n->op != IR_NONE)
            break;
        if (n->op == IR_PHI && n->type == IR_I128)
            split_phi(l, old.at[first]);
        else if (n->op == IR_PHI || n->op == IR_GET)
            ir_append(ir, old.at[first]);
    }
    for (uint32_t i = 0; i < first; i++) {
        ir_ref r = old.at[i];
        const struct ir_node *n = ir_at(ir, r);
        if (n->op == IR_PHI && n->type == IR_I128)
            make_whole(l, r);
        else if (n->op == IR_GET && n->type == IR_I128)
            l->pairs[r] = take_apart(l, r);
    }
    for (uint32_t i = first; i < old.count; i++) {
        enum ir_op op = (enum ir_op)ir_at(ir, old.at[i])->op;
        if (op != IR_NONE && op != IR_COPY)
            visit(l, old.at[i]);
    }
    ir_reclose(ir);
}

void ir_pass_lower(struct ir *ir)
{
    struct lower l = {.ir = ir, .count = ir->node_count};
    struct pass_order o = pass_order(ir);
    uint64_t *args;

    l.whole = ir_alloc(ir, l.count);
    if (!note_whole(&l, &o))
        return;
    l.pairs = ir_alloc(ir, l.count * sizeof *l.pairs);
    args = ir_alloc(ir, l.count * sizeof *args);
    for (ir_ref r = 1; r < l.count; r++) /* they become COPYs; indices begin at 1 */
        if (ir_at(ir, r)->op == IR_PHI && ir_at(ir, r)->type == IR_I128)
            args[r] = ir_at(ir, r)->aux;
    for (uint32_t i = 0; i < o.count; i++)
        visit_block(&l, o.rpo[i]);
    for (ir_ref r = 1; r < l.count; r++)
        if (args[r] && l.pairs[r].low)
            fill_phi(&l, r, args[r]);
}
