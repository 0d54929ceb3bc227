/*
 * entry.c - guards that depend on nothing but the state at the region's entry are moved
 * there, out of loops.
 *
 * requires: ir_finish. keeps: the graph, dominators, loops. breaks: the order of nodes
 * between blocks.
 *
 * A guard that fails leaves to the interpreter, which can begin anywhere: so it may fail
 * at the entry already, before anything is done. It is worth it where it never fails: a
 * test of the rounding mode, of an extension that a program needs.
 */
#include "ir/entry.h"

#include "ir/build.h"
#include "ir/pass.h"

enum { DEPTH = 6 };

/* Does snapshot S of block B say what the state is when B is entered from the entry? */
static bool is_first_state(const struct ir *ir, const struct ir_snap *s, ir_block_id b)
{
    const struct ir_block *block = &ir->blocks[b];

    for (uint32_t i = 0; i < s->count; i++) {
        const struct ir_entry *e = &ir->entries[s->first + i];
        const struct ir_node *n = ir_at(ir, ir_forward(ir, e->value));
        for (uint32_t j = 0; n->op == IR_PHI && n->block == b && j < block->pred_count;
             j++)
            if (block->preds[j] == 0)
                n = ir_at(ir, ir_forward(ir, ir->phi_args[n->aux + j]));
        if (n->op != IR_GET || n->aux != e->place)
            return false;
    }
    return true;
}

/* That of the entry's POLL, which stands there or in the block that follows, before
 * anything has been done or written: at the block's beginning, or with the state of the
 * entry. */
uint64_t entry_pc(const struct ir *ir)
{
    const ir_block_id at[2] = {0, ir->blocks[0].succ[0]};

    for (unsigned k = 0; k < 2; k++) {
        const struct ir_refs *nodes = &ir->blocks[at[k]].nodes;
        for (uint32_t i = 0; i < nodes->count; i++) {
            const struct ir_node *n = ir_at(ir, nodes->at[i]);
            const struct ir_snap *s = &ir->snaps[n->snap];
            if (n->op == IR_POLL)
                return ir->blocks[at[k]].pc == s->pc || is_first_state(ir, s, at[k])
                           ? s->pc
                           : 0;
            if (ir_effect(n) != IR_PURE && n->op != IR_JUMP)
                return 0;
        }
    }
    return 0;
}

ir_ref entry_guard(struct ir *ir, ir_ref condition)
{
    ir_ref guard = ir_node_new(ir, IR_GUARD, IR_VOID, condition, 0, 0, 0, 0);

    if (ir->snap_count == ir->snap_capacity)
        ir->snaps = ir_grow(ir, ir->snaps, &ir->snap_capacity, ir->snap_count + 1,
                            sizeof *ir->snaps);
    ir->snaps[ir->snap_count] = (struct ir_snap){.pc = entry_pc(ir)};
    ir_at(ir, guard)->snap = ir->snap_count++;
    return guard;
}

void entry_insert(struct ir *ir, const struct ir_refs *nodes)
{
    struct ir_refs old;

    if (nodes->count == 0)
        return;
    old = pass_open(ir, 0);
    for (uint32_t i = 0; i + 1 < old.count; i++)
        ir_append(ir, old.at[i]);
    for (uint32_t i = 0; i < nodes->count; i++)
        ir_append(ir, nodes->at[i]);
    ir_append(ir, old.at[old.count - 1]);
    ir_reclose(ir);
}

/* -- moving -------------------------------------------------------------------------*/

struct mover {
    struct ir *ir;
    uint8_t *moved; /* by node */
    struct ir_refs nodes;
};

/* Is R known from the entry's state alone? */
static bool is_known(const struct mover *m, ir_ref r, unsigned depth)
{
    const struct ir_node *n = ir_at(m->ir, r);

    if (n->op == IR_CONST || n->op == IR_GET || m->moved[r])
        return true;
    if (ir_effect(n) != IR_PURE || n->op == IR_PHI || n->op == IR_NONE || depth == 0)
        return false;
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        if (!is_known(m, ir_forward(m->ir, n->arg[i]), depth - 1))
            return false;
    return true;
}

/* Moves R with what it needs. */
static void move(struct mover *m, ir_ref r)
{
    struct ir_node *n = ir_at(m->ir, r);

    if (n->op == IR_CONST || n->op == IR_GET || m->moved[r])
        return;
    pass_args(m->ir, n);
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        move(m, ir_at(m->ir, r)->arg[i]);
    m->moved[r] = 1;
    if (n->block != 0)
        ir_refs_add(m->ir, &m->nodes, r);
}

static void move_guards(struct mover *m, ir_block_id b)
{
    const struct ir_refs *list = &m->ir->blocks[b].nodes;

    for (uint32_t i = 0; i < list->count; i++) {
        ir_ref r = list->at[i], condition;
        if (ir_at(m->ir, r)->op != IR_GUARD)
            continue;
        condition = ir_forward(m->ir, ir_at(m->ir, r)->arg[0]);
        if (!is_known(m, condition, DEPTH))
            continue;
        move(m, condition);
        ir_refs_add(m->ir, &m->nodes, entry_guard(m->ir, condition));
        pass_drop(m->ir, r);
    }
}

static void take_out(struct mover *m, ir_block_id b, uint32_t known)
{
    struct ir_refs old = pass_open(m->ir, b);

    for (uint32_t i = 0; i < old.count; i++)
        if (ir_at(m->ir, old.at[i])->op != IR_NONE &&
            (old.at[i] >= known || !m->moved[old.at[i]]))
            ir_append(m->ir, old.at[i]);
    ir_reclose(m->ir);
}

void ir_pass_entry(struct ir *ir)
{
    struct mover m = {.ir = ir};
    struct pass_order order = pass_order(ir);
    uint32_t known = ir->node_count;

    ir_dominators(ir);
    ir_loops(ir);
    if (entry_pc(ir) == 0)
        return;
    m.moved = ir_alloc(ir, known);
    for (uint32_t i = 0; i < order.count; i++)
        if (ir->blocks[order.rpo[i]].depth > 0)
            move_guards(&m, order.rpo[i]);
    if (m.nodes.count == 0)
        return;
    for (uint32_t i = 0; i < order.count; i++)
        if (order.rpo[i] != 0)
            take_out(&m, order.rpo[i], known);
    entry_insert(ir, &m.nodes);
}
