/*
 * induction.c - behind the step of a loop's counter, what needs the old value takes the
 * new one.
 *
 * requires: ir_finish, no COPYs. keeps: the graph, dominators, loops (which it computes).
 * breaks: use counts; leaves dead nodes.
 *
 * A counter is a PHI P of a loop's head that goes round as Y = P + C. As long as P is
 * used after Y, both are alive and P's register must be copied round. So an address or a
 * sum of P and a constant becomes one of Y, and so does P in snapshots: the displacement
 * costs nothing, nor does the sum in a snapshot. A counter of which anything else is used
 * behind its step stays as it is.
 */
#include "ir/build.h"
#include "ir/pass.h"

struct counter {
    ir_ref phi, next, old; /* old: next - step, made behind next */
    uint64_t step;
    bool kept; /* it has a use that stays */
};

struct induction {
    struct ir *ir;
    struct pass_order order;
    struct counter *counters;
    uint32_t count, capacity;
    uint32_t *of;      /* by PHI: index of its counter + 1 */
    uint32_t *by_next; /* by next: likewise */
    bool *active;      /* by counter: its step is behind us */
    uint32_t last_snap, last_clone, changes, last_changes;
};

/* -- finding ------------------------------------------------------------------------*/

static void add_counter(struct induction *t, ir_ref phi, ir_ref next, uint64_t step)
{
    if (t->count == t->capacity)
        t->counters =
            ir_grow(t->ir, t->counters, &t->capacity, t->count + 1, sizeof *t->counters);
    t->counters[t->count++] = (struct counter){.phi = phi, .next = next, .step = step};
    t->of[phi] = t->by_next[next] = t->count;
}

/* A step that every address can take. */
static bool is_near(enum ir_type type, uint64_t step)
{
    int64_t s = type == IR_I32 ? (int32_t)step : (int64_t)step;

    return s > -4096 && s < 4096;
}

static void find_counter(struct induction *t, ir_block_id head, ir_ref phi)
{
    const struct ir *ir = t->ir;
    const struct ir_node *p = ir_at(ir, phi), *n;
    const struct ir_block *b = &ir->blocks[head];
    ir_ref next = 0;

    if (p->type != IR_I32 && p->type != IR_I64)
        return;
    for (uint32_t i = 0; i < b->pred_count; i++) {
        ir_ref a = ir->phi_args[p->aux + i];
        if (!pass_is_back(&t->order, b->preds[i], head))
            continue;
        if (next != 0 && next != a)
            return;
        next = a;
    }
    n = ir_at(ir, next);
    if (next != 0 && n->op == IR_ADD && n->arg[0] == phi && ir_is_const(ir, n->arg[1]) &&
        t->by_next[next] == 0 && is_near((enum ir_type)n->type, ir_value(ir, n->arg[1])))
        add_counter(t, phi, next, ir_value(ir, n->arg[1]));
}

static void find_counters(struct induction *t)
{
    const struct ir *ir = t->ir;

    for (uint32_t i = 0; i < t->order.count; i++) {
        const struct ir_block *b = &ir->blocks[t->order.rpo[i]];
        for (uint32_t j = 0; b->loop_head && j < b->nodes.count; j++) {
            if (ir_at(ir, b->nodes.at[j])->op != IR_PHI)
                break;
            find_counter(t, t->order.rpo[i], b->nodes.at[j]);
        }
    }
}

/* -- walking ------------------------------------------------------------------------*/

/* Which counters' steps are behind the start of B. */
static void start_block(struct induction *t, ir_block_id b)
{
    for (uint32_t i = 0; i < t->count; i++) {
        ir_block_id from = ir_at(t->ir, t->counters[i].next)->block;
        t->active[i] = from != b && ir_dominates(t->ir, from, b);
    }
    t->changes++;
}

/* The counter that R is the old value of, if its step is behind us. */
static struct counter *counter_of(struct induction *t, ir_ref r)
{
    uint32_t i = t->of[r];

    return i != 0 && t->active[i - 1] ? &t->counters[i - 1] : NULL;
}

static void pass_step(struct induction *t, ir_ref r)
{
    if (t->by_next[r] == 0)
        return;
    t->active[t->by_next[r] - 1] = true;
    t->changes++;
}

/* Can operand I of N be said by the new value? */
static bool can_take(const struct ir *ir, const struct ir_node *n, unsigned i)
{
    if (i != 0)
        return false;
    return n->op == IR_LOAD || n->op == IR_STORE ||
           (n->op == IR_ADD && ir_is_const(ir, n->arg[1]));
}

static void note_kept(struct induction *t, ir_block_id b)
{
    const struct ir *ir = t->ir;
    const struct ir_block *block = &ir->blocks[b];

    start_block(t, b);
    for (uint32_t j = 0; j < block->nodes.count; j++) {
        const struct ir_node *n = ir_at(ir, block->nodes.at[j]);
        for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
            struct counter *c = counter_of(t, n->arg[i]);
            if (c != NULL && !can_take(ir, n, i))
                c->kept = true;
        }
        pass_step(t, block->nodes.at[j]);
    }
    for (unsigned k = 0; k < block->succ_count; k++) {
        const struct ir_block *to = &ir->blocks[block->succ[k]];
        uint32_t edge = 0;
        while (edge < to->pred_count && to->preds[edge] != b)
            edge++;
        for (uint32_t j = 0; j < to->nodes.count; j++) {
            const struct ir_node *n = ir_at(ir, to->nodes.at[j]);
            struct counter *c;
            if (n->op != IR_PHI)
                break;
            c = counter_of(t, ir->phi_args[n->aux + edge]);
            if (c != NULL)
                c->kept = true;
        }
    }
}

/* -- rewriting ----------------------------------------------------------------------*/

/* A copy of SNAP with the counters' old values by their new ones; SNAP if it has none. */
static uint32_t clone(struct induction *t, uint32_t snap)
{
    struct ir *ir = t->ir;
    struct ir_snap s = ir->snaps[snap];
    uint32_t first = ir->entry_count;
    bool any = false;

    if (snap == t->last_snap && t->changes == t->last_changes)
        return t->last_clone;
    for (uint32_t i = 0; i < s.count && !any; i++) {
        struct counter *c = counter_of(t, ir->entries[s.first + i].value);
        any = c != NULL && !c->kept;
    }
    t->last_snap = t->last_clone = snap;
    t->last_changes = t->changes;
    if (!any)
        return snap;
    for (uint32_t i = 0; i < s.count; i++) {
        struct ir_entry e = ir->entries[s.first + i];
        struct counter *c = counter_of(t, e.value);
        if (c != NULL && !c->kept)
            e.value = c->old;
        if (ir->entry_count == ir->entry_capacity)
            ir->entries = ir_grow(ir, ir->entries, &ir->entry_capacity,
                                  ir->entry_count + 1, sizeof e);
        ir->entries[ir->entry_count++] = e;
    }
    if (ir->snap_count == ir->snap_capacity)
        ir->snaps =
            ir_grow(ir, ir->snaps, &ir->snap_capacity, ir->snap_count + 1, sizeof s);
    s.first = first;
    ir->snaps[ir->snap_count] = s;
    t->last_clone = ir->snap_count;
    return ir->snap_count++;
}

static void rewrite(struct induction *t, ir_ref r)
{
    struct ir *ir = t->ir;
    struct ir_node *n = ir_at(ir, r);
    struct counter *c = ir_op_args[n->op] != 0 ? counter_of(t, n->arg[0]) : NULL;

    if (c != NULL && !c->kept && n->op == IR_ADD) {
        enum ir_type type = (enum ir_type)n->type;
        uint64_t sum = (ir_value(ir, n->arg[1]) - c->step) & pass_mask(type);
        ir_ref k = ir_const(ir, type, sum);
        n = ir_at(ir, r);
        n->arg[0] = c->next;
        n->arg[1] = k;
        if (sum == 0)
            pass_is(ir, r, c->next);
    } else if (c != NULL && !c->kept) {
        n->arg[0] = c->old;
    }
    n = ir_at(ir, r);
    if (n->snap != 0) {
        uint32_t snap = clone(t, n->snap);
        ir_at(ir, r)->snap = snap;
    }
}

static void rewrite_block(struct induction *t, ir_block_id b)
{
    struct ir *ir = t->ir;
    struct ir_refs old = pass_open(ir, b);

    start_block(t, b);
    for (uint32_t j = 0; j < old.count; j++) {
        ir_ref r = old.at[j];
        uint32_t i = t->by_next[r];
        rewrite(t, r);
        ir_append(ir, r);
        pass_step(t, r);
        if (i != 0 && !t->counters[i - 1].kept)
            ir_append(ir, t->counters[i - 1].old);
    }
    ir_reclose(ir);
}

/* The old values, which stand behind the steps. */
static void make_old(struct induction *t)
{
    struct ir *ir = t->ir;

    for (uint32_t i = 0; i < t->count; i++) {
        struct counter *c = &t->counters[i];
        enum ir_type type = (enum ir_type)ir_at(ir, c->phi)->type;
        ir_ref back = ir_const(ir, type, (0 - c->step) & pass_mask(type));
        c->old = ir_node_new(ir, IR_ADD, type, c->next, back, 0, 0, 0);
    }
}

void ir_pass_induction(struct ir *ir)
{
    struct induction t = {.ir = ir};
    uint32_t room;

    ir_compact(ir);
    ir_dominators(ir);
    ir_loops(ir);
    t.order = pass_order(ir);
    room = ir->node_count;
    t.of = ir_alloc(ir, room * sizeof *t.of);
    t.by_next = ir_alloc(ir, room * sizeof *t.by_next);
    find_counters(&t);
    if (t.count == 0)
        return;
    t.active = ir_alloc(ir, t.count * sizeof *t.active);
    for (uint32_t i = 0; i < t.order.count; i++)
        note_kept(&t, t.order.rpo[i]);
    make_old(&t);
    for (uint32_t i = 0; i < t.order.count; i++)
        rewrite_block(&t, t.order.rpo[i]);
    ir_compact(ir);
}
