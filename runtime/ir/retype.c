/*
 * retype.c - values of the type in which they are used.
 *
 * requires: ir_finish. keeps: the graph, dominators, loops. breaks: use counts; leaves
 * COPYs and dead nodes.
 *
 * A load of an integer that is taken as a floating-point value, and as its bits only by
 * stores, PHIs and snapshots, becomes a load of that (hosts turn bytes round in either
 * kind of register), and a store of a floating-point value's bits a store of the value. A
 * web of PHIs
 * whose operands are all widened from something narrower (or bits of something else), and
 * which is used as that, becomes a web of the narrow type; the wide value is made again
 * where something else needs it:
 *
 *     kind       wide   narrow   narrowed by      widened by
 *     EXTENDED   i64    i32      trunc            sext
 *     BITS       i64    f64      bitcast          bitcast
 *     BITS       i32    f32      bitcast          bitcast
 *     BOXED      f64    f32      its low half     ones above its bits
 *
 * The value that a place has at the region's entry counts as widened, for a web that is
 * used narrow: a guard at the entry makes it so (entry.c).
 */
#include "ir/build.h"
#include "ir/entry.h"
#include "ir/pass.h"

enum kind { NO_KIND, EXTENDED, BITS, BOXED };

struct uses {
    uint32_t trunc, cast, phi, store, other;
    uint32_t wanted; /* casts that more than snapshots use */
    bool snap;
    bool idle; /* truncated, for snapshots only */
};

struct retype {
    struct ir *ir;
    struct pass_order order;
    uint32_t count;    /* nodes that the following know */
    uint8_t *needed;   /* by node: pass_needed */
    struct uses *uses; /* by node */
    uint8_t *kind;     /* by PHI: enum kind of its web */
    ir_ref *narrow;    /* by node: a load's bits; a PHI's narrow one */
    ir_ref *phis;
    uint32_t phi_count;
    struct ir_refs entry; /* what the entry is to do besides */
};

static const struct ir_node *at(const struct retype *t, ir_ref r)
{
    return ir_at(t->ir, r);
}

static ir_ref arg(const struct retype *t, ir_ref r, unsigned i)
{
    return ir_forward(t->ir, at(t, r)->arg[i]);
}

static bool is(const struct retype *t, ir_ref r, enum ir_op op, enum ir_type type)
{
    return at(t, r)->op == op && at(t, r)->type == type;
}

/* The floating-point type of the size of integer TYPE, or IR_VOID. */
static enum ir_type float_of(enum ir_type type)
{
    return type == IR_I64 ? IR_F64 : type == IR_I32 ? IR_F32 : IR_VOID;
}

/* -- uses --------------------------------------------------------------------------- */

static void count_args(struct retype *t, ir_ref r)
{
    const struct ir_node *n = at(t, r);

    if (!t->needed[r] && n->op != IR_BITCAST) { /* by snapshots only: costs nothing */
        for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
            t->uses[arg(t, r, i)].snap = true;
            t->uses[arg(t, r, i)].idle |= n->op == IR_TRUNC && n->type == IR_I32;
        }
        return;
    }
    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        struct uses *u = &t->uses[ir_forward(t->ir, n->arg[i])];
        if (n->op == IR_TRUNC && n->type == IR_I32)
            u->trunc++;
        else if (n->op == IR_BITCAST)
            u->cast++;
        else if (n->op == IR_STORE && i == 1)
            u->store++;
        else
            u->other++;
    }
}

static bool is_used(const struct uses *u)
{
    return u->trunc || u->cast || u->phi || u->store || u->other;
}

static void count_casts(struct retype *t)
{
    for (uint32_t i = 0; i < t->order.count; i++) {
        const struct ir_refs *list = &t->ir->blocks[t->order.rpo[i]].nodes;
        for (uint32_t j = 0; j < list->count; j++)
            if (at(t, list->at[j])->op == IR_BITCAST && is_used(&t->uses[list->at[j]]))
                t->uses[arg(t, list->at[j], 0)].wanted++;
    }
}

static void count_uses(struct retype *t)
{
    struct ir *ir = t->ir;

    t->count = ir->node_count;
    t->needed = pass_needed(ir, &t->order);
    t->uses = ir_alloc(ir, t->count * sizeof *t->uses);
    t->narrow = ir_alloc(ir, t->count * sizeof *t->narrow);
    for (uint32_t i = 0; i < t->order.count; i++) {
        const struct ir_block *b = &ir->blocks[t->order.rpo[i]];
        for (uint32_t j = 0; j < b->nodes.count; j++) {
            const struct ir_node *n = ir_at(ir, b->nodes.at[j]);
            count_args(t, b->nodes.at[j]);
            for (uint32_t k = 0; n->op == IR_PHI && k < b->pred_count; k++)
                t->uses[ir_forward(ir, ir->phi_args[n->aux + k])].phi++;
        }
    }
    for (uint32_t i = 1; i < ir->snap_count; i++)
        for (uint32_t j = 0; j < ir->snaps[i].count; j++)
            t->uses[ir_forward(ir, ir->entries[ir->snaps[i].first + j].value)].snap =
                true;
    count_casts(t);
}

/* -- loads and stores --------------------------------------------------------------- */

static bool changes_load(const struct retype *t, ir_ref r)
{
    const struct ir_node *n = at(t, r);
    const struct uses *u = &t->uses[r];

    return n->op == IR_LOAD && float_of((enum ir_type)n->type) != IR_VOID && u->wanted &&
           !u->trunc && !u->other;
}

/* What is stored by STORE N, as it is before a cast to an integer. */
static ir_ref stored(const struct retype *t, const struct ir_node *n)
{
    ir_ref v = ir_forward(t->ir, n->arg[1]), x;

    if (at(t, v)->op != IR_BITCAST)
        return v;
    x = arg(t, v, 0);
    return float_of((enum ir_type)at(t, v)->type) == at(t, x)->type ? x : v;
}

/* Is R a load of floating point that was one of an integer? */
static bool is_changed(const struct retype *t, ir_ref r)
{
    return r < t->count && t->narrow[r] && at(t, r)->op == IR_LOAD;
}

/* True if something changed but the node's own value. */
static bool visit_access(struct retype *t, ir_ref r)
{
    struct ir *ir = t->ir;
    struct ir_node *n = ir_at(ir, r);
    enum ir_type type = (enum ir_type)n->type;

    if (n->op == IR_BITCAST && is_changed(t, n->arg[0])) {
        pass_is(ir, r, n->arg[0]);
        return true;
    }
    for (unsigned i = 0; i < ir_op_args[n->op]; i++) /* casts are COPYs by now */
        if (is_changed(t, n->arg[i]) && n->op != IR_STORE)
            n->arg[i] = t->narrow[n->arg[i]];
    pass_args(ir, n);
    ir_append(ir, r);
    if (n->op == IR_STORE) {
        ir_ref v = stored(t, n);
        if (v == n->arg[1])
            return false;
        n->arg[1] = v;
        return true;
    } else if (changes_load(t, r)) {
        n->type = (uint8_t)float_of(type);
        t->narrow[r] = r;
        if (t->uses[r].snap || t->uses[r].phi) /* or by what only those need */
            t->narrow[r] = ir_op(ir, IR_BITCAST, type, r, 0, 0);
        return true;
    }
    return false;
}

/* The bits of loads that have changed, where PHIs and snapshots take them. */
static void take_bits(struct retype *t)
{
    struct ir *ir = t->ir;

    for (uint32_t i = 0; i < t->order.count; i++) {
        const struct ir_block *b = &ir->blocks[t->order.rpo[i]];
        for (uint32_t j = 0; j < b->nodes.count; j++) {
            const struct ir_node *n = at(t, b->nodes.at[j]);
            for (uint32_t k = 0; n->op == IR_PHI && k < b->pred_count; k++) {
                ir_ref v = ir_forward(ir, ir->phi_args[n->aux + k]);
                if (v < t->count && t->narrow[v] && n->type != at(t, v)->type)
                    ir->phi_args[n->aux + k] = t->narrow[v];
            }
        }
    }
    for (uint32_t i = 0; i < ir->entry_count; i++) {
        struct ir_entry *e = &ir->entries[i];
        ir_ref v = ir_forward(ir, e->value);
        if (v < t->count && t->narrow[v] && ir->places[e->place].type != at(t, v)->type)
            e->value = t->narrow[v];
    }
}

static bool retype_accesses(struct retype *t)
{
    struct ir *ir = t->ir;
    bool changed = false;

    for (uint32_t i = 0; i < t->order.count; i++) {
        struct ir_refs old = pass_open(ir, t->order.rpo[i]);
        for (uint32_t j = 0; j < old.count; j++) {
            changed |= visit_access(t, old.at[j]);
        }
        ir_reclose(ir);
    }
    if (changed)
        take_bits(t);
    return changed;
}

/* -- webs --------------------------------------------------------------------------- */

static enum ir_type narrow_type(const struct retype *t, ir_ref phi)
{
    switch (t->kind[phi]) {
    case EXTENDED:
        return IR_I32;
    case BOXED:
        return IR_F32;
    default:
        return float_of((enum ir_type)at(t, phi)->type);
    }
}

/* If constant R is widened from a value of the narrow type of KIND, that value; else 0.
 */
static ir_ref narrow_const(struct retype *t, enum kind kind, ir_ref r)
{
    uint64_t v = at(t, r)->aux;

    switch (kind) {
    case EXTENDED:
        return v == (uint64_t)(int32_t)v ? ir_const(t->ir, IR_I32, v) : 0;
    case BOXED:
        return v >> 32 == UINT32_MAX ? ir_const(t->ir, IR_F32, v) : 0;
    default:
        return ir_const(t->ir, float_of((enum ir_type)at(t, r)->type), v);
    }
}

/* The same of any R. */
static ir_ref narrowed(struct retype *t, enum kind kind, ir_ref r)
{
    ir_ref x;

    if (at(t, r)->op == IR_CONST)
        return narrow_const(t, kind, r);
    if (kind == EXTENDED)
        return at(t, r)->op == IR_SEXT && at(t, arg(t, r, 0))->type == IR_I32
                   ? arg(t, r, 0)
                   : 0;
    if (at(t, r)->op != IR_BITCAST)
        return 0;
    x = arg(t, r, 0);
    if (kind == BITS)
        return at(t, x)->type == float_of((enum ir_type)at(t, r)->type) ? x : 0;
    if (!is(t, x, IR_CAT, IR_I64) || !ir_is_const(t->ir, arg(t, x, 0)) ||
        ir_value(t->ir, arg(t, x, 0)) != UINT32_MAX)
        return 0;
    x = arg(t, x, 1);
    return at(t, x)->op == IR_BITCAST ? arg(t, x, 0) : 0;
}

/* May entry value R stand in a web of KIND that PHI, which takes it, is of? */
static bool may_guard(const struct retype *t, enum kind kind, ir_ref phi, ir_ref r)
{
    const struct uses *u = &t->uses[phi];

    if (at(t, r)->op != IR_GET)
        return false;
    return kind == BITS ||
           (entry_pc(t->ir) != 0 &&
            ((kind == EXTENDED && (u->trunc || u->idle)) || (kind == BOXED && u->cast)));
}

static ir_ref at_entry(struct retype *t, enum ir_op op, enum ir_type type, ir_ref a,
                       ir_ref b)
{
    ir_ref r = ir_node_new(t->ir, op, type, a, b, 0, 0, 0);

    ir_refs_add(t->ir, &t->entry, r);
    return r;
}

/* Entry value R as the narrow type of KIND, behind a guard that it is widened from that.
 */
static ir_ref guarded(struct retype *t, enum kind kind, ir_ref r)
{
    struct ir *ir = t->ir;
    ir_ref half, other;

    if (kind == BITS)
        return at_entry(t, IR_BITCAST, float_of((enum ir_type)at(t, r)->type), r, 0);
    if (kind == EXTENDED) {
        half = at_entry(t, IR_TRUNC, IR_I32, r, 0);
        other = at_entry(t, IR_SEXT, IR_I64, half, 0);
        other = at_entry(t, IR_NE, IR_I1, other, r);
        ir_refs_add(ir, &t->entry, entry_guard(ir, other));
        return half;
    }
    r = at_entry(t, IR_BITCAST, IR_I64, r, 0);
    other = at_entry(t, IR_LT_U, IR_I1, r, ir_const(ir, IR_I64, UINT64_MAX << 32));
    ir_refs_add(ir, &t->entry, entry_guard(ir, other));
    half = at_entry(t, IR_TRUNC, IR_I32, r, 0);
    return at_entry(t, IR_BITCAST, IR_F32, half, 0);
}

static ir_ref widened(struct retype *t, ir_ref phi, ir_ref r)
{
    struct ir *ir = t->ir;
    enum ir_type type = (enum ir_type)at(t, phi)->type;

    if (t->kind[phi] == EXTENDED)
        return ir_op(ir, IR_SEXT, type, r, 0, 0);
    if (t->kind[phi] == BITS)
        return ir_op(ir, IR_BITCAST, type, r, 0, 0);
    r = ir_op(ir, IR_BITCAST, IR_I32, r, 0, 0);
    r = ir_op(ir, IR_CAT, IR_I64, ir_const(ir, IR_I32, UINT32_MAX), r, 0);
    return ir_op(ir, IR_BITCAST, IR_F64, r, 0, 0);
}

static ir_ref operand(const struct retype *t, ir_ref phi, uint32_t i)
{
    return ir_forward(t->ir, t->ir->phi_args[at(t, phi)->aux + i]);
}

/* What the first operand offers that is neither PHI nor constant nor from the entry. */
static enum kind offered(const struct retype *t, ir_ref phi)
{
    for (uint32_t i = 0; i < t->ir->blocks[at(t, phi)->block].pred_count; i++) {
        enum ir_op op = (enum ir_op)at(t, operand(t, phi, i))->op;
        if (op == IR_SEXT)
            return EXTENDED;
        if (op != IR_PHI && op != IR_CONST && op != IR_GET)
            return op == IR_BITCAST ? BITS : NO_KIND;
    }
    return t->uses[phi].cast ? BITS : EXTENDED;
}

/* The kind of web that PHI may be in, by its operands and uses. */
static enum kind kind_of(struct retype *t, ir_ref phi)
{
    const struct uses *u = &t->uses[phi];
    bool cast = !u->other && !u->store && !u->trunc && (u->cast || u->phi);

    switch (at(t, phi)->type) {
    case IR_F64:
        return u->cast || (u->phi && !u->other && !u->store) ? BOXED : NO_KIND;
    case IR_I32:
        return cast || (!u->other && !u->store && !u->trunc && offered(t, phi) == BITS)
                   ? BITS
                   : NO_KIND;
    case IR_I64:
        if (offered(t, phi) == BITS)
            return !u->other && !u->trunc ? BITS : NO_KIND;
        return u->trunc || u->idle || (u->phi && !u->other && !u->store && !u->cast)
                   ? EXTENDED
                   : NO_KIND;
    default:
        return NO_KIND;
    }
}

/* Is every operand of PHI widened, or another of its web? At least one is widened. */
static bool conforms(struct retype *t, ir_ref phi)
{
    uint32_t count = t->ir->blocks[at(t, phi)->block].pred_count;
    bool some = false;

    for (uint32_t i = 0; i < count; i++) {
        ir_ref a = operand(t, phi, i);
        bool web = at(t, a)->op == IR_PHI && t->kind[a] == t->kind[phi];
        bool guard = may_guard(t, (enum kind)t->kind[phi], phi, a);
        if (!web && !guard && !narrowed(t, (enum kind)t->kind[phi], a))
            return false;
        some |= web ? a != phi : !guard && at(t, a)->op != IR_CONST;
    }
    return some;
}

static bool find_webs(struct retype *t)
{
    struct ir *ir = t->ir;
    uint32_t left;
    bool changed = true;

    t->kind = ir_alloc(ir, t->count);
    t->phis = ir_alloc(ir, t->count * sizeof *t->phis);
    for (uint32_t i = 0; i < t->order.count; i++) {
        const struct ir_refs *list = &ir->blocks[t->order.rpo[i]].nodes;
        for (uint32_t j = 0; j < list->count; j++) {
            if (at(t, list->at[j])->op != IR_PHI)
                continue;
            t->kind[list->at[j]] = (uint8_t)kind_of(t, list->at[j]);
            if (t->kind[list->at[j]])
                t->phis[t->phi_count++] = list->at[j];
        }
    }
    while (changed) {
        changed = false;
        left = 0;
        for (uint32_t i = 0; i < t->phi_count; i++) {
            if (conforms(t, t->phis[i]))
                t->phis[left++] = t->phis[i];
            else
                t->kind[t->phis[i]] = NO_KIND;
        }
        changed = left != t->phi_count;
        t->phi_count = left;
    }
    return t->phi_count != 0;
}

/* A narrow PHI for each; operands that are PHIs of webs come in a second round. */
static void make_phis(struct retype *t)
{
    struct ir *ir = t->ir;

    for (uint32_t i = 0; i < t->phi_count; i++) {
        ir_ref phi = t->phis[i];
        ir_block_id b = at(t, phi)->block;
        uint32_t count = ir->blocks[b].pred_count, first = pass_phi_args(ir, count);
        for (uint32_t j = 0; j < count; j++) {
            ir_ref a = operand(t, phi, j);
            if (at(t, a)->op == IR_GET)
                ir->phi_args[first + j] = guarded(t, (enum kind)t->kind[phi], a);
            else if (at(t, a)->op != IR_PHI)
                ir->phi_args[first + j] = narrowed(t, (enum kind)t->kind[phi], a);
        }
        t->narrow[phi] = ir_node_new(ir, IR_PHI, narrow_type(t, phi), 0, 0, 0, first, 0);
    }
    for (uint32_t i = 0; i < t->phi_count; i++) {
        ir_ref phi = t->phis[i];
        uint32_t count = ir->blocks[at(t, phi)->block].pred_count;
        uint64_t first = at(t, t->narrow[phi])->aux;
        for (uint32_t j = 0; j < count; j++)
            if (!ir->phi_args[first + j])
                ir->phi_args[first + j] = t->narrow[operand(t, phi, j)];
    }
}

static void rewrite_block(struct retype *t, ir_block_id b)
{
    struct ir *ir = t->ir;
    struct ir_refs old = pass_open(ir, b);
    uint32_t first = 0;

    for (; first < old.count && at(t, old.at[first])->op == IR_PHI; first++)
        ir_append(ir,
                  t->narrow[old.at[first]] ? t->narrow[old.at[first]] : old.at[first]);
    for (uint32_t i = 0; i < first; i++)
        if (t->narrow[old.at[i]])
            pass_is(ir, old.at[i], widened(t, old.at[i], t->narrow[old.at[i]]));
    for (uint32_t i = first; i < old.count; i++) {
        struct ir_node *n = ir_at(ir, old.at[i]);
        ir_ref is_now = 0;
        pass_args(ir, n);
        if (n->op == IR_TRUNC || n->op == IR_BITCAST)
            is_now =
                ir_fold(ir, (enum ir_op)n->op, (enum ir_type)n->type, n->arg[0], 0, 0);
        if (is_now)
            pass_is(ir, old.at[i], is_now);
        else
            ir_append(ir, old.at[i]);
    }
    ir_reclose(ir);
}

void ir_pass_retype(struct ir *ir)
{
    struct retype t = {.ir = ir};

    ir_compact(ir);
    t.order = pass_order(ir);
    count_uses(&t);
    if (retype_accesses(&t)) {
        ir_compact(ir);
        count_uses(&t);
    }
    if (!find_webs(&t))
        return;
    make_phis(&t);
    for (uint32_t i = 0; i < t.order.count; i++)
        rewrite_block(&t, t.order.rpo[i]);
    entry_insert(ir, &t.entry);
}
