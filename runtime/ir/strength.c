/*
 * strength.c - cheaper operations for the same values.
 *
 * requires: ir_finish. keeps: the graph, dominators, loops; the order of what stays.
 * breaks: use counts; leaves COPYs and dead nodes.
 *
 * What is known of each value's bits (known.c) is found over the whole region first; then
 * each pure operation is offered to rules: of integers (here), extensions and shifts
 * (extend.c), comparisons and flags (compare.c). A rule may build new nodes, which go
 * through the rules too. Afterwards dead-value elimination and value numbering clean up.
 */
#include "ir/strength.h"

enum { DEPTH = 8 };

/* -- additions ---------------------------------------------------------------------- */

static ir_ref add_const(struct strength *s, enum ir_type type, ir_ref a, uint64_t k)
{
    const struct ir_node n = *strength_at(s, a);
    ir_ref x, y;
    uint64_t c;

    if (k == 0)
        return a;
    if (n.op != IR_ADD && n.op != IR_SUB && n.op != IR_NOT)
        return 0;
    x = strength_arg(s, a, 0);
    if (n.op == IR_NOT) /* -1 - x + k */
        return strength_2(s, IR_SUB, type, ir_const(s->ir, type, k - 1), x);
    y = strength_arg(s, a, 1);
    if (n.op == IR_ADD && strength_value(s, y, &c))
        return strength_2(s, IR_ADD, type, x, ir_const(s->ir, type, c + k));
    if (n.op == IR_SUB && strength_value(s, x, &c))
        return strength_2(s, IR_SUB, type, ir_const(s->ir, type, c + k), y);
    if (n.op == IR_ADD && k == 1 && strength_is(s, y, IR_NOT))
        return strength_2(s, IR_SUB, type, x, strength_arg(s, y, 0));
    if (n.op == IR_ADD && k == 1 && strength_is(s, x, IR_NOT))
        return strength_2(s, IR_SUB, type, y, strength_arg(s, x, 0));
    return 0;
}

/* X + C with nothing else to use it: X, and C in *C. */
static ir_ref loose_sum(struct strength *s, ir_ref r, ir_ref *c)
{
    if (!strength_is(s, r, IR_ADD) || !strength_single(s, r) ||
        !ir_is_const(s->ir, strength_arg(s, r, 1)))
        return 0;
    *c = strength_arg(s, r, 1);
    return strength_arg(s, r, 0);
}

static ir_ref rule_add(struct strength *s, enum ir_type type, ir_ref a, ir_ref b)
{
    uint64_t k;
    ir_ref x, c;

    if (ir_is_const(s->ir, a)) {
        x = a;
        a = b;
        b = x;
    }
    if (strength_value(s, b, &k))
        return add_const(s, type, a, k);
    if (strength_is(s, b, IR_NEG))
        return strength_2(s, IR_SUB, type, a, strength_arg(s, b, 0));
    if (strength_is(s, a, IR_NEG))
        return strength_2(s, IR_SUB, type, b, strength_arg(s, a, 0));
    if (strength_is(s, b, IR_SUB) && strength_arg(s, b, 1) == a)
        return strength_arg(s, b, 0);
    if (strength_is(s, a, IR_SUB) && strength_arg(s, a, 1) == b)
        return strength_arg(s, a, 0);
    x = loose_sum(s, a, &c);
    if (x)
        return strength_2(s, IR_ADD, type, strength_2(s, IR_ADD, type, x, b), c);
    x = loose_sum(s, b, &c);
    if (x)
        return strength_2(s, IR_ADD, type, strength_2(s, IR_ADD, type, a, x), c);
    return 0;
}

static ir_ref rule_sub(struct strength *s, enum ir_type type, ir_ref a, ir_ref b)
{
    uint64_t k;
    ir_ref x, c;

    if (a == b)
        return ir_const(s->ir, type, 0);
    if (strength_value(s, b, &k))
        return strength_2(s, IR_ADD, type, a, ir_const(s->ir, type, 0 - k));
    if (strength_is_value(s, a, 0))
        return strength_1(s, IR_NEG, type, b);
    if (strength_is(s, b, IR_NEG))
        return strength_2(s, IR_ADD, type, a, strength_arg(s, b, 0));
    if (strength_is(s, a, IR_ADD)) {
        if (strength_arg(s, a, 0) == b)
            return strength_arg(s, a, 1);
        if (strength_arg(s, a, 1) == b)
            return strength_arg(s, a, 0);
    }
    x = loose_sum(s, a, &c);
    if (x)
        return strength_2(s, IR_ADD, type, strength_2(s, IR_SUB, type, x, b), c);
    return 0;
}

/* -- multiplications, divisions ----------------------------------------------------- */

static ir_ref shifted(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a,
                      unsigned by)
{
    return strength_2(s, op, type, a, ir_const(s->ir, IR_I8, by));
}

static bool power(uint64_t k, unsigned *by)
{
    if (k == 0 || (k & (k - 1)))
        return false;
    *by = (unsigned)__builtin_ctzll(k);
    return true;
}

static ir_ref rule_mul(struct strength *s, enum ir_type type, ir_ref a, ir_ref b)
{
    uint64_t k;
    unsigned by;
    ir_ref x = a;

    if (ir_is_const(s->ir, a)) {
        a = b;
        b = x;
    }
    if (!strength_value(s, b, &k))
        return 0;
    if (k == 0)
        return b;
    if (power(k, &by))
        return shifted(s, IR_SHL, type, a, by);
    if (k == pass_mask(type))
        return strength_1(s, IR_NEG, type, a);
    if (power(k - 1, &by) && by <= 3)
        return strength_2(s, IR_ADD, type, shifted(s, IR_SHL, type, a, by), a);
    return 0;
}

/* A / 2^BY, rounded towards zero. */
static ir_ref divide_signed(struct strength *s, enum ir_type type, ir_ref a, unsigned by)
{
    unsigned width = ir_type_bits[type];
    ir_ref bias;

    bias = shifted(s, IR_SAR, type, a, width - 1);
    bias = shifted(s, IR_SHR, type, bias, width - by);
    return shifted(s, IR_SAR, type, strength_2(s, IR_ADD, type, a, bias), by);
}

static ir_ref rule_divide(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a,
                          ir_ref b)
{
    uint64_t k;
    unsigned by;

    if (!strength_value(s, b, &k) || !power(k, &by))
        return 0;
    if (k == 1)
        return op == IR_DIV_U || op == IR_DIV_S ? a : ir_const(s->ir, type, 0);
    if (op == IR_DIV_U)
        return shifted(s, IR_SHR, type, a, by);
    if (op == IR_REM_U)
        return strength_2(s, IR_AND, type, a, ir_const(s->ir, type, k - 1));
    if (by == ir_type_bits[type] - 1u)
        return 0; /* the divisor is negative */
    if (op == IR_DIV_S)
        return divide_signed(s, type, a, by);
    return strength_2(s, IR_SUB, type, a,
                      shifted(s, IR_SHL, type, divide_signed(s, type, a, by), by));
}

/* -- bits --------------------------------------------------------------------------- */

/* An operation on two extended values is an extended operation. */
static ir_ref logic_of_extended(struct strength *s, enum ir_op op, enum ir_type type,
                                ir_ref a, ir_ref b)
{
    enum ir_op widen = (enum ir_op)strength_at(s, a)->op;
    enum ir_type from;
    uint64_t k;
    ir_ref x, y;

    if (widen != IR_ZEXT && widen != IR_SEXT)
        return 0;
    x = strength_arg(s, a, 0);
    from = strength_type(s, x);
    if (from != IR_I1 && !strength_can(from))
        return 0;
    if (strength_is(s, b, widen) && strength_type(s, strength_arg(s, b, 0)) == from)
        y = strength_arg(s, b, 0);
    else if (widen == IR_ZEXT && strength_value(s, b, &k) &&
             (op == IR_AND || (k & ~pass_mask(from)) == 0))
        y = ir_const(s->ir, from, k & pass_mask(from));
    else
        return 0;
    return strength_1(s, widen, type, strength_2(s, op, from, x, y));
}

static ir_ref and_const(struct strength *s, enum ir_type type, ir_ref a, uint64_t k)
{
    const struct ir_node n = *strength_at(s, a);
    enum ir_type part = k == UINT8_MAX    ? IR_I8
                        : k == UINT16_MAX ? IR_I16
                        : k == UINT32_MAX ? IR_I32
                                          : IR_VOID;
    uint64_t c;
    bool with_const =
        ir_op_args[n.op] == 2 && strength_value(s, strength_arg(s, a, 1), &c);

    if (n.op == IR_AND && with_const)
        return strength_2(s, IR_AND, type, strength_arg(s, a, 0),
                          ir_const(s->ir, type, c & k));
    if ((n.op == IR_OR || n.op == IR_XOR) && with_const && (c & k) == 0)
        return strength_2(s, IR_AND, type, strength_arg(s, a, 0),
                          ir_const(s->ir, type, k));
    if (part != IR_VOID && ir_type_bits[part] < ir_type_bits[type])
        return strength_1(s, IR_ZEXT, type, strength_1(s, IR_TRUNC, part, a));
    return 0;
}

/* A rotation: (X << J) | (X >> width - J). */
static ir_ref or_rotate(struct strength *s, enum ir_type type, ir_ref a, ir_ref b)
{
    uint64_t j, k;

    if (strength_is(s, a, IR_SHR)) {
        ir_ref x = a;
        a = b;
        b = x;
    }
    if (!strength_is(s, a, IR_SHL) || !strength_is(s, b, IR_SHR) ||
        strength_arg(s, a, 0) != strength_arg(s, b, 0) ||
        !strength_value(s, strength_arg(s, a, 1), &j) ||
        !strength_value(s, strength_arg(s, b, 1), &k) || j + k != ir_type_bits[type] ||
        j == 0 || k == 0)
        return 0;
    return strength_2(s, IR_ROTL, type, strength_arg(s, a, 0), strength_arg(s, a, 1));
}

static ir_ref rule_logic(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a,
                         ir_ref b)
{
    struct bits x, y;
    uint64_t k, all = pass_mask(type);
    ir_ref r;

    if (a == b)
        return op == IR_XOR ? ir_const(s->ir, type, 0) : a;
    if (ir_is_const(s->ir, a)) {
        r = a;
        a = b;
        b = r;
    }
    x = known_of(&s->known, a);
    y = known_of(&s->known, b);
    if (op == IR_AND && ((x.zero | y.one) & all) == all)
        return a;
    if (op == IR_AND && ((y.zero | x.one) & all) == all)
        return b;
    if (op == IR_OR && ((x.one | y.zero) & all) == all)
        return a;
    if (op == IR_OR && ((y.one | x.zero) & all) == all)
        return b;
    if (op == IR_XOR && (y.zero & all) == all)
        return a;
    if (op == IR_XOR && strength_is_value(s, b, all))
        return strength_1(s, IR_NOT, type, a);
    r = logic_of_extended(s, op, type, a, b);
    if (r)
        return r;
    if (op == IR_AND && strength_value(s, b, &k))
        return and_const(s, type, a, k);
    return op == IR_OR ? or_rotate(s, type, a, b) : 0;
}

/* -- selections --------------------------------------------------------------------- */

static ir_ref select_bit(struct strength *s, ir_ref c, ir_ref a, ir_ref b)
{
    uint64_t k;

    if (strength_value(s, a, &k))
        return k ? strength_2(s, IR_OR, IR_I1, c, b)
                 : strength_2(s, IR_AND, IR_I1, strength_1(s, IR_NOT, IR_I1, c), b);
    if (strength_value(s, b, &k))
        return k ? strength_2(s, IR_OR, IR_I1, strength_1(s, IR_NOT, IR_I1, c), a)
                 : strength_2(s, IR_AND, IR_I1, c, a);
    return 0;
}

static ir_ref rule_select(struct strength *s, enum ir_type type, ir_ref c, ir_ref a,
                          ir_ref b)
{
    uint64_t k, x, y;

    if (a == b)
        return a;
    if (strength_value(s, c, &k))
        return k ? a : b;
    if (strength_is(s, c, IR_NOT))
        return strength_make(s, IR_SELECT, type, strength_arg(s, c, 0), b, a);
    if (type == IR_I1)
        return select_bit(s, c, a, b);
    if (!pass_is_int(type) || !strength_value(s, a, &x) || !strength_value(s, b, &y))
        return 0;
    if (y == 0 && (x == 1 || x == pass_mask(type)))
        return strength_1(s, x == 1 ? IR_ZEXT : IR_SEXT, type, c);
    if (x == 0 && (y == 1 || y == pass_mask(type)))
        return strength_1(s, y == 1 ? IR_ZEXT : IR_SEXT, type,
                          strength_1(s, IR_NOT, IR_I1, c));
    return 0;
}

/* -- all rules ---------------------------------------------------------------------- */

static ir_ref arithmetic(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a,
                         ir_ref b)
{
    uint64_t k;

    if (!strength_can(type))
        return 0;
    switch (op) {
    case IR_ADD:
        return rule_add(s, type, a, b);
    case IR_SUB:
        return rule_sub(s, type, a, b);
    case IR_MUL:
        return rule_mul(s, type, a, b);
    case IR_DIV_U:
    case IR_DIV_S:
    case IR_REM_U:
    case IR_REM_S:
        return rule_divide(s, op, type, a, b);
    case IR_AND:
    case IR_OR:
    case IR_XOR:
        return rule_logic(s, op, type, a, b);
    case IR_NOT:
        if (strength_is(s, a, IR_NOT))
            return strength_arg(s, a, 0);
        if (strength_is(s, a, IR_ADD) && strength_value(s, strength_arg(s, a, 1), &k))
            return strength_2(s, IR_SUB, type, ir_const(s->ir, type, ~k),
                              strength_arg(s, a, 0));
        return 0;
    case IR_NEG:
        if (strength_is(s, a, IR_NEG))
            return strength_arg(s, a, 0);
        return strength_is(s, a, IR_SUB)
                   ? strength_2(s, IR_SUB, type, strength_arg(s, a, 1),
                                strength_arg(s, a, 0))
                   : 0;
    default:
        return 0;
    }
}

/* What OP of A, B, C is, by the rules; 0: no rule. */
static ir_ref apply(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a,
                    ir_ref b, ir_ref c)
{
    switch (op) {
    case IR_AND:
    case IR_OR:
    case IR_XOR:
    case IR_NOT:
        return type == IR_I1 ? strength_logic(s, op, a, b)
                             : arithmetic(s, op, type, a, b);
    case IR_EQ:
    case IR_NE:
    case IR_LT_U:
    case IR_LT_S:
    case IR_LE_U:
    case IR_LE_S:
        return strength_compare(s, op, a, b);
    case IR_CARRY:
    case IR_OVERFLOW:
        return strength_carry(s, op, a, b, c);
    case IR_ZEXT:
    case IR_SEXT:
        return strength_widen(s, op, type, a);
    case IR_TRUNC:
        return strength_trunc(s, type, a);
    case IR_SHL:
    case IR_SHR:
    case IR_SAR:
        return strength_shift(s, op, type, a, b);
    case IR_SELECT:
        return rule_select(s, type, a, b, c);
    default:
        return arithmetic(s, op, type, a, b);
    }
}

/* A value of which every bit is known. */
static ir_ref constant_of(struct strength *s, enum ir_type type, struct bits b)
{
    return (b.zero | b.one) == ~(uint64_t)0 ? ir_const(s->ir, type, b.one) : 0;
}

/* By the rules, or because all its bits are known; 0: as it is. */
static ir_ref simpler(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a,
                      ir_ref b, ir_ref c)
{
    ir_ref r = 0;

    if (pass_is_int(type) && op != IR_SELECT && ir_op_args[op] > 0)
        r = constant_of(s, type, known_result(&s->known, op, type, a, b, c));
    return r ? r : apply(s, op, type, a, b, c);
}

ir_ref strength_make(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a,
                     ir_ref b, ir_ref c)
{
    ir_ref r = 0;

    if (s->depth < DEPTH) {
        s->depth++;
        r = ir_fold(s->ir, op, type, a, b, c);
        if (!r)
            r = simpler(s, op, type, a, b, c);
        s->depth--;
    }
    return r ? ir_forward(s->ir, r) : ir_op(s->ir, op, type, a, b, c);
}

/* -- the walk ----------------------------------------------------------------------- */

static void count_use(struct strength *s, ir_ref r)
{
    r = ir_forward(s->ir, r);
    if (s->uses[r] < UINT8_MAX)
        s->uses[r]++;
}

static void count_uses(struct strength *s, const struct pass_order *o)
{
    struct ir *ir = s->ir;

    s->uses = ir_alloc(ir, ir->node_count);
    s->visible = ir_alloc(ir, ir->node_count);
    s->counted = ir->node_count;
    for (uint32_t i = 0; i < o->count; i++) {
        const struct ir_block *b = &ir->blocks[o->rpo[i]];
        for (uint32_t j = 0; j < b->nodes.count; j++) {
            const struct ir_node *n = ir_at(ir, b->nodes.at[j]);
            for (unsigned k = 0; k < ir_op_args[n->op]; k++)
                count_use(s, n->arg[k]);
            for (uint32_t k = 0; n->op == IR_PHI && k < b->pred_count; k++) {
                count_use(s, ir->phi_args[n->aux + k]);
                s->visible[ir_forward(ir, ir->phi_args[n->aux + k])] = true;
            }
        }
    }
    for (uint32_t i = 1; i < ir->snap_count; i++)
        for (uint32_t j = 0; j < ir->snaps[i].count; j++)
            s->visible[ir_forward(ir, ir->entries[ir->snaps[i].first + j].value)] = true;
}

/* Mark a shift whose count is known to be small. */
static void note_range(struct strength *s, ir_ref r)
{
    const struct ir_node n = *ir_at(s->ir, r);
    struct bits b;

    if ((n.op != IR_SHL && n.op != IR_SHR && n.op != IR_SAR) ||
        !pass_is_int(strength_type(s, n.arg[1])))
        return;
    b = known_of(&s->known, n.arg[1]);
    if (known_max_u(&b) < ir_type_bits[n.type])
        ir_at(s->ir, r)->flags |= IR_IN_RANGE;
}

static void visit(struct strength *s, ir_ref r)
{
    struct ir *ir = s->ir;
    struct ir_node *n = ir_at(ir, r), copy;
    ir_ref is = 0;

    pass_args(ir, n);
    copy = *n;
    if (copy.op == IR_PHI || copy.op == IR_GET || ir_effect(&copy) != IR_PURE) {
        ir_append(ir, r);
        return;
    }
    s->depth = 0;
    if (pass_is_int((enum ir_type)copy.type))
        is = constant_of(s, (enum ir_type)copy.type, known_of(&s->known, r));
    if (!is && copy.aux == 0)
        is = apply(s, (enum ir_op)copy.op, (enum ir_type)copy.type, copy.arg[0],
                   copy.arg[1], copy.arg[2]);
    if (is && ir_forward(ir, is) != r) {
        pass_is(ir, r, ir_forward(ir, is));
        return;
    }
    note_range(s, r);
    ir_append(ir, r);
}

void ir_pass_strength(struct ir *ir)
{
    struct strength s = {.ir = ir};
    struct pass_order o = pass_order(ir);

    known_analyse(&s.known, ir, &o);
    count_uses(&s, &o);
    for (uint32_t i = 0; i < o.count; i++) {
        struct ir_refs old = pass_open(ir, o.rpo[i]);
        for (uint32_t j = 0; j < old.count; j++) {
            enum ir_op op = (enum ir_op)ir_at(ir, old.at[j])->op;
            if (op != IR_NONE && op != IR_COPY)
                visit(&s, old.at[j]);
        }
        ir_reclose(ir);
    }
}
