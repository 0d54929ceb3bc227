/*
 * select.c - which nodes are emitted inside their users, and what the allocator has to
 * know of each node.
 *
 * Three walks: the first counts the uses of each value by what the user does with it; the
 * second, backward, takes out what only snapshots need; the third decides, as a node is
 * fused if all its uses can take it. A fused node has no place of its own: its operands
 * live to its users. A snapshot takes a fused node as steps of its recipe, and an exit
 * computes it when it is taken: so it costs nothing on the way.
 */
#include "host/x86_64/emit.h"

enum { WINDOW_REACH = 1 << 16 }; /* of the guard pages around a 32-bit guest */

bool select_window(uint64_t value)
{
    int32_t v = (int32_t)value;

    return v > -WINDOW_REACH && v < WINDOW_REACH;
}

/* -- uses ---------------------------------------------------------------------------*/

static bool is_memory(unsigned op)
{
    return op == IR_LOAD || op == IR_STORE;
}

static bool is_condition(const struct ir_node *n, unsigned i)
{
    if (i != 0)
        return false;
    return n->op == IR_BRANCH || n->op == IR_GUARD || n->op == IR_EXIT_IF ||
           n->op == IR_SELECT || (n->op == IR_NOT && n->type == IR_I1);
}

/* Whether N looks at no more of operand I, an i32, than its 32 bits. */
static bool reads_low32(const struct ir_node *n)
{
    switch (n->op) {
    case IR_ADD:
    case IR_SUB:
    case IR_MUL:
    case IR_AND:
    case IR_OR:
    case IR_XOR:
    case IR_NOT:
    case IR_NEG:
    case IR_SHL:
    case IR_SHR:
    case IR_SAR:
    case IR_EQ:
    case IR_NE:
    case IR_LT_U:
    case IR_LT_S:
    case IR_LE_U:
    case IR_LE_S:
    case IR_CLZ:
    case IR_CTZ:
    case IR_POPCOUNT:
    case IR_BSWAP:
    case IR_FFROMS:
        return true;
    default:
        return false;
    }
}

static bool is_low(const struct ir_node *n, unsigned i, unsigned type)
{
    switch (n->op) {
    case IR_STORE:
        return i == 1;
    case IR_SEXT:
    case IR_ZEXT:
    case IR_STCPU:
        return true;
    default:
        return type == IR_I32 && reads_low32(n);
    }
}

static bool is_zero(const struct ir *ir, ir_ref r)
{
    return ir_is_const(ir, r) && ir_value(ir, r) == 0;
}

/* BY is 1, or -1 to take the use back. */
static void count_use(struct emit *e, const struct ir_node *n, ir_block_id block,
                      unsigned i, int by)
{
    const struct ir *ir = e->ir;
    struct select_uses *u = &e->uses[n->arg[i]];
    uint32_t step = (uint32_t)by;

    u->block = u->total == 0 || u->block == block ? block : SELECT_MANY;
    u->total += step;
    if (i == 0 && is_memory(n->op))
        u->address += step;
    else if (is_condition(n, i))
        u->condition += step;
    else if ((n->op == IR_EQ || n->op == IR_NE) && i == 0 && is_zero(ir, n->arg[1]))
        u->zero_test += step;
    if (is_low(n, i, ir_at(ir, n->arg[i])->type))
        u->low += step;
}

static void count_node(struct emit *e, ir_ref r, ir_block_id block)
{
    const struct ir_node *n = ir_at(e->ir, r);
    unsigned args = ir_op_args[n->op];

    for (unsigned i = 0; i < args; i++)
        count_use(e, n, block, i, 1);
    if (n->op == IR_PHI)
        for (uint32_t i = 0; i < e->ir->blocks[block].pred_count; i++)
            e->uses[e->ir->phi_args[n->aux + i]].kept = true;
    if (n->snap != 0 && !e->runs[n->snap].counted) {
        const struct ir_snap *s = &e->ir->snaps[n->snap];

        e->runs[n->snap].counted = true;
        for (uint32_t i = 0; i < s->count; i++)
            e->uses[e->ir->entries[s->first + i].value].snap = true;
    }
}

/* -- what only snapshots need ---------------------------------------------------------*/

enum { STEPS_MAX = 4 }; /* of a recipe, one inside another */

/* Operations that an exit can compute with two registers, and a recipe can name. */
static bool is_step(const struct ir *ir, const struct ir_node *n)
{
    switch (n->op) {
    case IR_ADD:
    case IR_SUB:
    case IR_AND:
    case IR_OR:
    case IR_XOR:
    case IR_NEG:
    case IR_ZEXT:
    case IR_SEXT:
    case IR_EQ:
    case IR_NE:
    case IR_LT_U:
    case IR_LT_S:
    case IR_LE_U:
    case IR_LE_S:
        break;
    case IR_CAT:
        return n->type == IR_I64 && ir_is_const(ir, n->arg[0]);
    case IR_BITCAST:
        return n->type != IR_V128 && n->type != IR_I128;
    case IR_TRUNC: /* of a wider one it takes as many bytes */
        return n->type != IR_I1 && ir_at(ir, n->arg[0])->type <= IR_I64;
    case IR_NOT:
        return n->type == IR_I32 || n->type == IR_I64;
    case IR_SHL:
    case IR_SHR:
    case IR_SAR:
        return ir_is_const(ir, n->arg[1]) && (n->flags & IR_IN_RANGE) &&
               n->type >= IR_I32 && n->type <= IR_I64;
    case IR_CARRY:
    case IR_OVERFLOW:
        return ir_is_const(ir, n->arg[2]);
    default:
        return false;
    }
    return n->type <= IR_I64 && ir_at(ir, n->arg[0])->type <= IR_I64;
}

/*
 * Whether R can be steps of recipes: it may not need more values that stand somewhere
 * than it would be itself. (Flags of the guest are worth two: there are several of them
 * from the same operands.)
 */
static bool can_be_steps(const struct emit *e, ir_ref r, const struct ir_node *n,
                         unsigned most)
{
    const struct select_uses *u = &e->uses[r];
    unsigned needed = 0;

    if (u->kept || u->whole || u->depth >= STEPS_MAX || !is_step(e->ir, n))
        return false;
    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        unsigned op = ir_at(e->ir, n->arg[i])->op;

        needed += op != IR_CONST && op != IR_GET;
    }
    return needed <= (n->type == IR_I1 ? 2 : most);
}

/* R becomes steps: its operands are needed by snapshots in its stead. */
static void make_steps(struct emit *e, ir_ref r, const struct ir_node *n,
                       ir_block_id block)
{
    const struct select_uses *u = &e->uses[r];

    e->hints[r].fused = true;
    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        struct select_uses *a = &e->uses[n->arg[i]];

        count_use(e, n, block, i, -1);
        a->snap = true;
        a->whole |= (i > 0 && n->op != IR_CAT) || n->type == IR_I1;
        if (a->depth < u->depth + 1)
            a->depth = (uint8_t)(u->depth + 1);
    }
}

static void find_steps(struct emit *e, ir_block_id block)
{
    const struct ir_refs *nodes = &e->ir->blocks[block].nodes;

    for (uint32_t i = nodes->count; i-- > 0;) {
        ir_ref r = nodes->at[i];
        const struct select_uses *u = &e->uses[r];
        const struct ir_node *n = ir_at(e->ir, r);

        if (u->snap && u->total == 0 && can_be_steps(e, r, n, 1))
            make_steps(e, r, n, block);
    }
}

/* -- fusing -------------------------------------------------------------------------*/

static bool is_float_compare(unsigned op)
{
    return op >= IR_FEQ && op <= IR_FUNORD_S;
}

static bool is_compare(unsigned op)
{
    return (op >= IR_EQ && op <= IR_LE_S) || op == IR_CARRY || op == IR_OVERFLOW;
}

static bool single(const struct emit *e, ir_ref r, ir_block_id block)
{
    const struct select_uses *u = &e->uses[r];

    return u->total == 1 && !u->kept && !u->snap && u->block == block;
}

/* One operand of the sum N becomes a scaled index. */
static void fuse_scale(struct emit *e, const struct ir_node *n, ir_block_id block)
{
    for (int i = 1; i >= 0; i--) {
        const struct ir_node *s = ir_at(e->ir, n->arg[i]);

        if (s->op == IR_SHL && single(e, n->arg[i], block) &&
            ir_is_const(e->ir, s->arg[1]) && ir_value(e->ir, s->arg[1]) <= 3) {
            e->hints[n->arg[i]].fused = true;
            return;
        }
    }
}

/* A sum that all its uses take as an address: base + index << scale + displacement. */
static bool fuse_address(struct emit *e, const struct ir_node *n, ir_block_id block)
{
    const struct ir *ir = e->ir;
    const struct ir_node *inner = ir_at(ir, n->arg[0]);

    if (n->op != IR_ADD || inner->op == IR_CONST)
        return false;
    if (n->type == IR_I32)
        return e->options->window && ir_is_const(ir, n->arg[1]) &&
               select_window(ir_value(ir, n->arg[1]));
    if (!ir_is_const(ir, n->arg[1])) {
        fuse_scale(e, n, block);
        return true;
    }
    if (!emit_fits(ir_value(ir, n->arg[1])))
        return false;
    if (inner->op == IR_ADD && single(e, n->arg[0], block) &&
        !ir_is_const(ir, inner->arg[0]) && !ir_is_const(ir, inner->arg[1])) {
        e->hints[n->arg[0]].fused = true;
        fuse_scale(e, inner, block);
    }
    return true;
}

/* An extension whose operand stands zero-extended anyway. */
static bool fuse_extension(const struct emit *e, const struct ir_node *n)
{
    ir_ref a = n->arg[0];
    const struct ir_node *arg = ir_at(e->ir, a);

    return arg->op != IR_GET && arg->op != IR_CONST && !e->hints[a].fused;
}

/*
 * The condition of N, a way out or a branch, if it is a floating-point comparison, or not
 * one: it raises flags, so nothing that may fault or leave stands between it and N. (A
 * selection could be dead, and the flags with it.)
 */
static void fuse_float_compare(struct emit *e, const struct ir_node *n, ir_block_id block)
{
    ir_ref condition = n->arg[0], compare = condition;
    const struct ir_node *c = ir_at(e->ir, condition);

    if (c->op == IR_NOT)
        compare = c->arg[0];
    if (!is_float_compare(ir_at(e->ir, compare)->op) || !single(e, compare, block) ||
        !single(e, condition, block) || e->uses[compare].effects != e->effects)
        return;
    e->hints[compare].fused = true;
    e->hints[condition].fused = true;
}

/* N, an AND, takes one operand inverted; whether it does. */
static bool fuse_inverted(struct emit *e, const struct ir_node *n, ir_block_id block)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct ir_node *m = ir_at(e->ir, n->arg[i]);

        if (m->op == IR_NOT && m->type >= IR_I32 && single(e, n->arg[i], block)) {
            e->hints[n->arg[i]].fused = true;
            return true;
        }
    }
    return false;
}

static bool fuse(struct emit *e, ir_ref r, const struct ir_node *n, ir_block_id block)
{
    const struct select_uses *u = &e->uses[r];

    if (e->hints[r].fused)
        return true;
    if (u->total == 0 || u->kept)
        return false;
    if (u->snap && n->op != IR_TRUNC && n->op != IR_ZEXT && !can_be_steps(e, r, n, 2))
        return false;
    if (u->block != block) /* a displacement costs nothing anywhere */
        return u->address == u->total && n->op == IR_ADD &&
               ir_at(e->ir, n->arg[0])->op != IR_ADD && ir_is_const(e->ir, n->arg[1]) &&
               fuse_address(e, n, block);
    if (is_compare(n->op))
        return u->total == 1 && u->condition == 1;
    if (n->op == IR_NOT && n->type == IR_I1)
        return u->total == 1 && u->condition == 1;
    if (n->op == IR_AND && u->total == 1 && u->zero_test == 1)
        return true;
    if (u->address == u->total)
        return fuse_address(e, n, block);
    if (n->op == IR_TRUNC && n->type != IR_I1 && u->low == u->total)
        return ir_type_bits[ir_at(e->ir, n->arg[0])->type] <= 64 &&
               !ir_is_const(e->ir, n->arg[0]);
    if (n->op == IR_ZEXT && n->type == IR_I64)
        return fuse_extension(e, n);
    return false;
}

/* -- hints --------------------------------------------------------------------------*/

static bool two_operand(const struct emit *e, const struct ir_node *n)
{
    switch (n->op) {
    case IR_ADD:
    case IR_SUB:
    case IR_MUL:
    case IR_AND:
    case IR_OR:
    case IR_XOR:
    case IR_NOT:
    case IR_NEG:
    case IR_ZEXT:
    case IR_SEXT:
    case IR_TRUNC:
    case IR_BSWAP:
    case IR_VAND:
    case IR_VOR:
    case IR_VXOR:
    case IR_MIN_S:
    case IR_MIN_U:
    case IR_MAX_S:
    case IR_MAX_U:
        return true;
    case IR_ROTL:
    case IR_ROTR:
        return !ir_is_const(e->ir, n->arg[1]) || e->options->level < 3 ||
               n->type < IR_I32;
    case IR_SHL:
    case IR_SHR:
    case IR_SAR:
        return ir_is_const(e->ir, n->arg[1]) || e->options->level < 3;
    case IR_FADD:
    case IR_FSUB:
    case IR_FMUL:
    case IR_FDIV:
        return e->options->level < 3;
    default:
        return false;
    }
}

static uint32_t clobbers(const struct emit *e, const struct ir_node *n)
{
    switch (n->op) {
    case IR_MULH_U:
    case IR_MULH_S:
    case IR_MULH_SU:
    case IR_DIV_U:
    case IR_DIV_S:
    case IR_REM_U:
    case IR_REM_S:
    case IR_BITREV:
    case IR_CAS:
    case IR_RESERVE:
    case IR_STORE_COND:
        return 1u << RDX;
    case IR_AMO:
        return 1u << RDX | 1u << RSI;
    case IR_POPCOUNT:
        return e->options->level < 2 ? 1u << RDX : 0;
    default:
        return 0;
    }
}

static int8_t wanted(const struct ir_node *n)
{
    switch (n->op) {
    case IR_MULH_U:
    case IR_MULH_S:
    case IR_MULH_SU:
    case IR_REM_U:
    case IR_REM_S:
        return RDX;
    default:
        return -1;
    }
}

/* What no function can emit. */
static bool impossible(const struct ir *ir, const struct ir_node *n)
{
    if (ir->through && !ir->wide)
        return (n->flags & IR_SWAP) && n->type == IR_V128;
    if (n->type == IR_I128)
        return true;
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        if (ir_at(ir, n->arg[i])->type == IR_I128)
            return true;
    return (n->flags & IR_SWAP) && n->type == IR_V128;
}

static bool decide(struct emit *e, ir_ref r, ir_block_id block)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct alloc_hints *h = &e->hints[r];

    h->want = -1;
    if (h->fused)
        return true;
    if (n->op == IR_GET || n->op == IR_LOAD || n->op == IR_STORE || n->op == IR_STCPU) {
        e->effects += n->op != IR_GET;
        return !impossible(e->ir, n);
    }
    h->want = wanted(n);
    h->two_operand = two_operand(e, n);
    h->clobbers = clobbers(e, n);
    /* A fault finds the snapshot's values: they must not be in what is destroyed. */
    h->early = h->clobbers != 0 && n->snap != 0;
    h->fused = fuse(e, r, n, block);
    if (n->op == IR_AND && !h->fused && e->options->level >= 3 &&
        fuse_inverted(e, n, block))
        h->two_operand = false;
    if (n->op == IR_BRANCH || n->op == IR_GUARD || n->op == IR_EXIT_IF)
        fuse_float_compare(e, n, block);
    if (ir_effect(n) == IR_FLAGS)
        e->uses[r].effects = e->effects;
    else
        e->effects += ir_effect(n) != IR_PURE;
    return !impossible(e->ir, n);
}

/* In a line all uses of a value come behind it: those of dead values don't count, and
 * these are taken out by the way. */
static void count_line(struct emit *e)
{
    const struct ir_refs *nodes = &e->ir->blocks[0].nodes;

    for (uint32_t i = nodes->count; i-- > 0;) {
        ir_ref r = nodes->at[i];
        const struct select_uses *u = &e->uses[r];

        if (u->total == 0 && !u->snap && ir_effect(ir_at(e->ir, r)) == IR_PURE)
            e->hints[r].fused = true;
        else
            count_node(e, r, 0);
    }
}

static void count_all(struct emit *e)
{
    const struct ir *ir = e->ir;

    for (uint32_t k = 0; k < ir->layout_count; k++) {
        const struct ir_refs *nodes = &ir->blocks[ir->layout[k]].nodes;

        for (uint32_t i = 0; i < nodes->count; i++)
            count_node(e, nodes->at[i], ir->layout[k]);
    }
}

bool select_run(struct emit *e)
{
    const struct ir *ir = e->ir;
    bool possible = true;

    if (ir_is_line(ir))
        count_line(e);
    else
        count_all(e);
    for (uint32_t k = ir->layout_count; k-- > 0 && ir->entry_count != 0;)
        find_steps(e, ir->layout[k]);
    for (uint32_t k = 0; k < ir->layout_count && possible; k++) {
        const struct ir_refs *nodes = &ir->blocks[ir->layout[k]].nodes;

        for (uint32_t i = 0; i < nodes->count; i++)
            possible &= decide(e, nodes->at[i], ir->layout[k]);
    }
    return possible;
}
