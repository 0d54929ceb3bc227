/*
 * nan.c - one look for NaNs behind several floating-point operations.
 *
 * A result that is a NaN has to be made anew (emit_fp.c). But what takes a NaN gives one:
 * so of operations that follow each other with nothing between that leaves, may fault or
 * takes their results for something else, only those results need be looked at that no
 * other of them takes; and one comparison looks at two. The operations are a group; they
 * are left unchecked, and an FCHECK behind them does it. If it finds a NaN, all of the
 * group are done again, in order, by fp_slow, in the frame; the others give what they
 * gave and raise what they raised. A comparison that follows and takes all these results
 * is the check itself.
 *
 * So what a group takes from outside must live up to its FCHECK: a snapshot that no one
 * else looks at lists it.
 */
#include "host/x86_64/emit.h"
#include "host/x86_64/frame.h"

/* Limits of a group: members, and values from outside that it keeps alive. */
enum { MEMBERS_MAX = 24, OUTSIDE_MAX = 9 };

struct nan {
    struct emit *e;
    struct ir_refs out; /* the block's new list */
    ir_ref members[MEMBERS_MAX];
    unsigned member_count;
    bool taken[MEMBERS_MAX]; /* by another member */
    ir_ref outside[OUTSIDE_MAX + 3];
    unsigned outside_count;
};

/* -- which operations ---------------------------------------------------------------*/

/* Operations that give a NaN whenever they take one. */
static bool spreads(const struct ir_node *n)
{
    switch (n->op) {
    case IR_FADD:
    case IR_FSUB:
    case IR_FMUL:
    case IR_FDIV:
    case IR_FSQRT:
    case IR_FMA:
    case IR_FCVT:
        return true;
    default:
        return false;
    }
}

uint32_t nan_most(const struct ir *ir)
{
    uint32_t count = 0;

    for (ir_ref r = 1; r < ir->node_count; r++)
        count += spreads(ir_at(ir, r));
    return count;
}

/* May R be left unchecked? Its result has to stand somewhere. */
static bool may_join(const struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    const struct select_uses *u = &e->uses[r];

    if (!spreads(n) || (u->total == 0 && !u->kept && !u->snap))
        return false;
    if (n->aux != FP_DYN && (n->op != IR_FCVT || n->type == IR_F32))
        return false; /* the mode has to be looked at first */
    if (n->op == IR_FMA)
        return e->options->level >= 3 &&
               !(ir_is_const(e->ir, n->arg[0]) && ir_is_const(e->ir, n->arg[1]));
    return true;
}

/* Index of R among the group's members, or -1. */
static int member(const struct nan *s, ir_ref r)
{
    for (unsigned i = s->member_count; i-- > 0;)
        if (s->members[i] == r)
            return (int)i;
    return -1;
}

/* Does R stand for what is unchecked, itself or by what is fused into it? */
static bool is_pending(const struct nan *s, ir_ref r)
{
    const struct ir_node *n = ir_at(s->e->ir, r);

    if (!s->e->hints[r].fused)
        return member(s, r) >= 0;
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        if (is_pending(s, n->arg[i]))
            return true;
    return false;
}

static bool takes_pending(const struct nan *s, const struct ir_node *n)
{
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        if (is_pending(s, n->arg[i]))
            return true;
    return false;
}

/* -- the check ------------------------------------------------------------------------*/

static void list(struct ir *ir, ir_ref value)
{
    const struct ir_node *n = ir_at(ir, value);

    ir->entries = ir_grow(ir, ir->entries, &ir->entry_capacity, ir->entry_count + 1,
                          sizeof *ir->entries);
    ir->entries[ir->entry_count++] =
        (struct ir_entry){n->op == IR_GET ? (uint32_t)n->aux : 0, value};
}

/* What has to live up to the check. */
static uint32_t snapshot(const struct nan *s, const struct emit_group *g)
{
    struct ir *ir = s->e->ir;
    uint32_t first = ir->entry_count;

    for (uint32_t i = 0; i < g->count; i++) {
        const struct emit_member *m = &s->e->members[g->first + i];
        if (m->sink || m->lives)
            list(ir, m->node);
    }
    for (unsigned i = 0; i < s->outside_count; i++)
        list(ir, s->outside[i]);
    ir->snaps =
        ir_grow(ir, ir->snaps, &ir->snap_capacity, ir->snap_count + 1, sizeof *ir->snaps);
    ir->snaps[ir->snap_count] =
        (struct ir_snap){.first = first, .count = ir->entry_count - first};
    return ir->snap_count++;
}

/* How often members of the group take member R. */
static unsigned uses_within(const struct nan *s, ir_ref r)
{
    unsigned count = 0;

    for (unsigned i = 0; i < s->member_count; i++) {
        const struct ir_node *n = ir_at(s->e->ir, s->members[i]);
        for (unsigned k = 0; k < ir_op_args[n->op]; k++)
            count += n->arg[k] == r;
    }
    return count;
}

/* The comparison that N, which comes next, is or decides by; or 0. */
static ir_ref comparison(const struct nan *s, ir_ref r)
{
    const struct emit *e = s->e;
    const struct ir_node *n = ir_at(e->ir, r);

    while (n->op == IR_BRANCH || n->op == IR_GUARD || n->op == IR_EXIT_IF ||
           n->op == IR_NOT) {
        r = n->arg[0];
        if (!e->hints[r].fused)
            return 0;
        n = ir_at(e->ir, r);
    }
    return n->op >= IR_FEQ && n->op <= IR_FUNORD_S ? r : 0;
}

/* Does the comparison look at all that the group's check would? */
static bool compares_all(const struct nan *s, ir_ref compare)
{
    const struct ir_node *n = ir_at(s->e->ir, compare);

    for (unsigned i = 0; i < s->member_count; i++)
        if (!s->taken[i] && s->members[i] != n->arg[0] && s->members[i] != n->arg[1])
            return false;
    return true;
}

/* The group ends before NEXT; a single member needs none, but before a comparison. */
static void close_group(struct nan *s, ir_block_id block, ir_ref next)
{
    struct emit *e = s->e;
    struct emit_group g = {.first = e->member_count, .count = s->member_count};
    ir_ref check, compare = comparison(s, next);
    bool is_group;

    g.compared = compare != 0 && s->member_count != 0 && compares_all(s, compare);
    is_group = s->member_count > 1 || g.compared;

    for (unsigned i = 0; i < s->member_count && is_group; i++) {
        ir_ref r = s->members[i];
        struct select_uses *u = &e->uses[r];
        u->unchecked = true;
        e->members = emit_grow(e->members, e->member_count, &e->member_capacity,
                               sizeof *e->members);
        e->members[e->member_count++] = (struct emit_member){
            r, !s->taken[i], u->kept || u->snap || u->total > uses_within(s, r)};
    }
    if (is_group) {
        e->groups =
            emit_grow(e->groups, e->group_count, &e->group_capacity, sizeof *e->groups);
        if (g.compared)
            e->uses[compare].checks = e->group_count + 1;
        e->groups[e->group_count] = g;
        check = ir_node_new(e->ir, IR_FCHECK, IR_VOID, 0, 0, 0, e->group_count++, 0);
        ir_at(e->ir, check)->block = block;
        ir_at(e->ir, check)->snap = snapshot(s, &g);
        s->out.at[s->out.count++] = check;
    }
    s->member_count = s->outside_count = 0;
}

/* R's operands that are none of the group's; false: too many. */
static bool add_outside(struct nan *s, const struct ir_node *n)
{
    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        ir_ref a = n->arg[i];
        unsigned k = 0;
        if (ir_is_const(s->e->ir, a) || member(s, a) >= 0)
            continue;
        while (k < s->outside_count && s->outside[k] != a)
            k++;
        if (k == s->outside_count)
            s->outside[s->outside_count++] = a;
    }
    return s->outside_count <= OUTSIDE_MAX;
}

static bool join(struct nan *s, ir_ref r)
{
    const struct ir_node *n = ir_at(s->e->ir, r);
    unsigned before = s->outside_count;

    if (s->member_count == MEMBERS_MAX)
        return false;
    if (!add_outside(s, n)) {
        s->outside_count = before;
        return false;
    }
    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        int k = member(s, n->arg[i]);
        if (k >= 0)
            s->taken[k] = true;
    }
    s->taken[s->member_count] = false;
    s->members[s->member_count++] = r;
    return true;
}

static void visit(struct nan *s, ir_ref r, ir_block_id block)
{
    struct emit *e = s->e;
    const struct ir_node *n = ir_at(e->ir, r);
    const struct select_uses *u = &e->uses[r];
    bool is_emitted = !e->hints[r].fused;

    if (ir_effect(n) == IR_PURE)
        is_emitted &= u->total || u->kept || u->snap;
    if (is_emitted && may_join(e, r)) {
        if (!join(s, r)) {
            close_group(s, block, r);
            join(s, r);
        }
    } else if (s->member_count && is_emitted &&
               ((ir_effect(n) != IR_PURE && ir_effect(n) != IR_FLAGS) || n->snap ||
                takes_pending(s, n))) {
        close_group(s, block, r);
    }
    s->out.at[s->out.count++] = r;
}

void nan_run(struct emit *e)
{
    struct nan s = {.e = e};

    for (uint32_t i = 0; i < e->ir->layout_count; i++) {
        ir_block_id b = e->ir->layout[i];
        struct ir_refs old = e->ir->blocks[b].nodes;
        uint32_t count = 0;

        for (uint32_t k = 0; k < old.count; k++)
            count += spreads(ir_at(e->ir, old.at[k]));
        if (count == 0)
            continue;
        s.out.capacity = old.count + count;
        s.out.count = 0;
        s.out.at = ir_alloc(e->ir, s.out.capacity * sizeof *s.out.at);
        for (uint32_t k = 0; k < old.count; k++)
            visit(&s, old.at[k], b);
        e->ir->blocks[b].nodes = s.out;
    }
}

/* -- emission -----------------------------------------------------------------------*/

/* The slot of member R while the group is done again, or -1. */
static int slot_of(const struct emit *e, const struct emit_group *g, ir_ref r)
{
    for (uint32_t i = 0; i < g->count; i++)
        if (e->members[g->first + i].node == r)
            return (int)(e->alloc.slots + i);
    return -1;
}

static struct operand in_slot(int slot, unsigned type)
{
    return (struct operand){.kind = OPERAND_MEM,
                            .type = (uint8_t)type,
                            .bytes = 8,
                            .clean = true,
                            .mem = emit_slot((unsigned)slot)};
}

static void again(struct emit *e, const struct emit_group *g, uint32_t i)
{
    ir_ref r = e->members[g->first + i].node;
    const struct ir_node *n = ir_at(e->ir, r);

    for (unsigned k = 0; k < ir_op_args[n->op]; k++) {
        int slot = slot_of(e, g, n->arg[k]);
        struct operand x = slot < 0 ? emit_operand(e, n->arg[k])
                                    : in_slot(slot, ir_at(e->ir, n->arg[k])->type);
        emit_slow_operand(e, k, &x);
    }
    emit_slow_call(e, r);
    emit_slow_result(e, r, XMM14);
    emit_vstore(e, n->type, emit_slot(e->alloc.slots + i), XMM14);
}

void nan_again(struct emit *e, uint32_t group)
{
    const struct emit_group *g = &e->groups[group];

    for (uint32_t i = 0; i < g->count; i++)
        again(e, g, i);
    for (uint32_t i = 0; i < g->count; i++) {
        const struct emit_member *m = &e->members[g->first + i];
        struct operand x =
            in_slot((int)(e->alloc.slots + i), ir_at(e->ir, m->node)->type);
        if (!m->lives)
            continue;
        emit_vload(e, emit_vdst(e, m->node), &x);
        emit_result(e, m->node, emit_vdst(e, m->node));
    }
}

static void cold_again(struct emit *e, const struct emit_cold *c)
{
    nan_again(e, (uint32_t)ir_at(e->ir, c->node)->aux);
    asm_jmp(&e->a, c->back);
}

/* A look at all results of SIZE that no other member takes, two at a time. */
static void look(struct emit *e, const struct emit_group *g, unsigned size, uint32_t slow)
{
    int waits = -1;

    for (uint32_t i = 0; i < g->count; i++) {
        const struct emit_member *m = &e->members[g->first + i];
        struct operand x;
        int reg;

        if (!m->sink || emit_size(ir_at(e->ir, m->node)->type) != size)
            continue;
        x = emit_operand(e, m->node);
        reg = emit_vreg(e, &x, waits < 0 ? XMM14 : XMM15);
        if (waits < 0) {
            waits = reg;
            continue;
        }
        asm_ucomis_rr(&e->a, size, waits, reg);
        asm_jcc(&e->a, CC_P, slow);
        waits = -1;
    }
    if (waits >= 0) {
        asm_ucomis_rr(&e->a, size, waits, waits);
        asm_jcc(&e->a, CC_P, slow);
    }
}

void emit_fcheck(struct emit *e, ir_ref r)
{
    const struct emit_group *g = &e->groups[ir_at(e->ir, r)->aux];
    uint32_t back, slow;

    if (e->alloc.slots + g->count > HOST_FRAME_SLOTS)
        e->failed = true;
    if (g->compared)
        return;
    back = asm_label(&e->a);
    slow = emit_cold(e, cold_again, r, back, 0);
    look(e, g, 8, slow);
    look(e, g, 4, slow);
    asm_place(&e->a, back);
}
