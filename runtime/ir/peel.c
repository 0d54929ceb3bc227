/*
 * peel.c - the first round of a loop done before it.
 *
 * requires: ir_finish. keeps: what is computed. breaks: the graph,
 * dominators, loops, the order of blocks.
 *
 * At a region's entry nothing is known of the guest's state, so PHIs at the head of a
 * loop know nothing either, though every round leaves them extended, boxed, constant or a
 * condition of two values. Behind a first round they are: then known bits, narrower PHIs
 * (retype.c) and PHIs of operations (sink.c) do the rest. Only innermost loops of
 * moderate size are peeled, and only those whose PHIs would gain.
 *
 * A value of the loop that is used behind it gets a PHI in the exit block, which then has
 * two predecessors. So a loop is only peeled if each of its exit blocks has no other, and
 * each use behind it is dominated by one of them.
 */
#include "ir/pass.h"

enum { LOOP_NODES_MAX = 300, REGION_NODES_MAX = 1500, EXITS_MAX = 16 };

struct repair { /* PHIs made for uses behind the loop */
    ir_block_id exit;
    ir_ref value, phi;
};

struct peel {
    struct ir *ir;
    struct pass_order order;
    ir_block_id head;
    ir_block_id *clone;                           /* by block: its copy, or 0 */
    ir_ref *map;                                  /* by node of the loop: its copy */
    uint32_t *snap_map;                           /* by snapshot */
    uint32_t node_count, block_count, snap_count; /* before this loop */
    ir_block_id exits[EXITS_MAX];
    unsigned exit_count;
    struct repair *repairs;
    uint32_t repair_count, repair_capacity;
    uint32_t made; /* nodes cloned so far, in all loops */
};

static bool in_loop(const struct peel *p, ir_block_id b)
{
    return b < p->block_count && p->ir->blocks[b].loop == p->head;
}

/* Is R, known before, defined in the loop? */
static bool of_loop(const struct peel *p, ir_ref r)
{
    const struct ir_node *n = ir_at(p->ir, r);

    return r < p->node_count && n->op != IR_CONST && in_loop(p, n->block);
}

static ir_ref mapped(const struct peel *p, ir_ref r)
{
    return r < p->node_count && p->map[r] ? p->map[r] : r;
}

/* -- which loops -------------------------------------------------------------------- */

/* What a PHI of flags would gain from knowing that its operand is of this sort. (Values
 * that are extended or boxed begin as such behind guards; see retype.c.) */
static unsigned sort_of(const struct ir *ir, ir_ref r)
{
    const struct ir_node *n = ir_at(ir, r);

    if (n->type >= IR_I32)
        return 0;
    switch (n->op) {
    case IR_CONST:
    case IR_ZEXT:
    case IR_TRUNC:
        return n->op;
    default:
        return ir_op_results[n->op] == IR_RESULT_BOOL ? IR_EQ : 0;
    }
}

static bool gains(const struct peel *p, ir_ref phi)
{
    const struct ir *ir = p->ir;
    const struct ir_node *n = ir_at(ir, phi);
    const struct ir_block *b = &ir->blocks[p->head];
    unsigned inside = 0, outside = 0;

    for (uint32_t i = 0; i < b->pred_count; i++) {
        unsigned sort = sort_of(ir, ir->phi_args[n->aux + i]);
        if (in_loop(p, b->preds[i]))
            inside = sort;
        else
            outside = sort;
    }
    return inside && inside != outside;
}

/* Note B's exits; false if it isn't as it must be. */
static bool check_block(struct peel *p, ir_block_id b)
{
    const struct ir *ir = p->ir;
    const struct ir_block *block = &ir->blocks[b];

    /* A cycle without a head (it can be entered in two places) isn't copied in order. */
    for (uint32_t i = 0; i < block->pred_count; i++)
        if (b != p->head &&
            (!in_loop(p, block->preds[i]) || pass_is_back(&p->order, block->preds[i], b)))
            return false;
    for (unsigned i = 0; i < block->succ_count; i++) {
        ir_block_id to = block->succ[i];
        if (in_loop(p, to))
            continue;
        if (ir->blocks[to].pred_count != 1 || p->exit_count == EXITS_MAX)
            return false;
        p->exits[p->exit_count++] = to;
    }
    return true;
}

/* Is the loop of HEAD one to peel? */
static bool is_wanted(struct peel *p, ir_block_id head)
{
    const struct ir *ir = p->ir;
    const struct ir_refs *list = &ir->blocks[head].nodes;
    uint32_t nodes = 0;
    bool any = false;

    p->head = head;
    p->exit_count = 0;
    for (uint32_t i = 0; i < p->order.count; i++) {
        ir_block_id b = p->order.rpo[i];
        if (ir->blocks[b].loop_outer == head && ir->blocks[b].loop_head)
            return false; /* not the innermost */
        if (!in_loop(p, b))
            continue;
        nodes += ir->blocks[b].nodes.count;
        if (!check_block(p, b))
            return false;
    }
    for (uint32_t i = 0; i < list->count && !any; i++)
        any = ir_at(ir, list->at[i])->op == IR_PHI && gains(p, list->at[i]);
    return any && nodes <= LOOP_NODES_MAX && p->made + nodes <= REGION_NODES_MAX;
}

/* The exit block that dominates B, or 0. */
static ir_block_id exit_above(const struct peel *p, ir_block_id b)
{
    for (unsigned i = 0; i < p->exit_count; i++)
        if (ir_dominates(p->ir, p->exits[i], b))
            return p->exits[i];
    return 0;
}

/* -- uses behind the loop ----------------------------------------------------------- */

/* Every use in block B of a value of the loop, changed if CHANGE; false if one can't be.
 */
static bool repair_use(struct peel *p, ir_ref *use, ir_block_id b, bool change)
{
    struct ir *ir = p->ir;
    ir_block_id exit;

    *use = ir_forward(ir, *use);
    if (!of_loop(p, *use))
        return true;
    exit = exit_above(p, b);
    if (!change || !exit)
        return exit != 0;
    for (uint32_t i = 0; i < p->repair_count; i++) {
        if (p->repairs[i].exit == exit && p->repairs[i].value == *use) {
            *use = p->repairs[i].phi;
            return true;
        }
    }
    p->repairs = ir_grow(ir, p->repairs, &p->repair_capacity, p->repair_count + 1,
                         sizeof *p->repairs);
    p->repairs[p->repair_count] = (struct repair){.exit = exit, .value = *use};
    *use = p->repairs[p->repair_count++].phi =
        ir_node_new(ir, IR_PHI, (enum ir_type)ir_at(ir, *use)->type, 0, 0, 0,
                    pass_phi_args(ir, 2), 0);
    return true;
}

/* A snapshot of its own like S: nodes may share one, and snapshots their entries, while
 * only some of them stand behind the loop. */
static uint32_t copy_snap(struct ir *ir, uint32_t s)
{
    struct ir_snap copy = ir->snaps[s];

    ir->entries = ir_grow(ir, ir->entries, &ir->entry_capacity,
                          ir->entry_count + copy.count, sizeof *ir->entries);
    for (uint32_t i = 0; i < copy.count; i++)
        ir->entries[ir->entry_count + i] = ir->entries[copy.first + i];
    copy.first = ir->entry_count;
    ir->entry_count += copy.count;
    ir->snaps =
        ir_grow(ir, ir->snaps, &ir->snap_capacity, ir->snap_count + 1, sizeof *ir->snaps);
    ir->snaps[ir->snap_count] = copy;
    return ir->snap_count++;
}

static bool snap_of_loop(const struct peel *p, uint32_t s)
{
    const struct ir *ir = p->ir;

    for (uint32_t i = 0; i < ir->snaps[s].count; i++)
        if (of_loop(p, ir_forward(ir, ir->entries[ir->snaps[s].first + i].value)))
            return true;
    return false;
}

static bool repair_node(struct peel *p, ir_ref r, bool change)
{
    struct ir *ir = p->ir;
    struct ir_node *n = ir_at(ir, r);
    ir_block_id b = n->block;
    bool good = true;

    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        ir_ref a = n->arg[i];
        good &= repair_use(p, &a, b, change);
        ir_at(ir, r)->arg[i] = a;
        n = ir_at(ir, r);
    }
    for (uint32_t i = 0; n->op == IR_PHI && i < ir->blocks[b].pred_count; i++) {
        ir_block_id from = ir->blocks[b].preds[i];
        ir_ref a = ir->phi_args[n->aux + i];
        if (in_loop(p, from))
            continue; /* of an exit block: it gets an operand more */
        good &= repair_use(p, &a, from, change);
        n = ir_at(ir, r);
        ir->phi_args[n->aux + i] = a;
    }
    if (n->snap && change && snap_of_loop(p, n->snap))
        ir_at(ir, r)->snap = copy_snap(ir, n->snap);
    n = ir_at(ir, r);
    for (uint32_t i = 0; n->snap && i < ir->snaps[n->snap].count; i++) {
        uint32_t at = ir->snaps[n->snap].first + i;
        ir_ref a = ir->entries[at].value;
        good &= repair_use(p, &a, b, change);
        ir->entries[at].value = a;
        n = ir_at(ir, r);
    }
    return good;
}

/* All blocks but the loop's and the copies. */
static bool repair(struct peel *p, bool change)
{
    const struct ir *ir = p->ir;
    bool good = true;

    for (uint32_t i = 0; i < p->order.count && good; i++) {
        ir_block_id b = p->order.rpo[i];
        if (b >= p->block_count || in_loop(p, b))
            continue;
        for (uint32_t j = 0; j < ir->blocks[b].nodes.count && good; j++)
            good = repair_node(p, ir->blocks[b].nodes.at[j], change);
    }
    return good;
}

/* -- the copy ----------------------------------------------------------------------- */

static uint32_t clone_snap(struct peel *p, uint32_t s)
{
    struct ir *ir = p->ir;
    struct ir_snap copy = ir->snaps[s];

    if (s == 0 || p->snap_map[s])
        return p->snap_map[s];
    ir->entries = ir_grow(ir, ir->entries, &ir->entry_capacity,
                          ir->entry_count + copy.count, sizeof *ir->entries);
    for (uint32_t i = 0; i < copy.count; i++) {
        struct ir_entry e = ir->entries[copy.first + i];
        e.value = mapped(p, ir_forward(ir, e.value));
        ir->entries[ir->entry_count + i] = e;
    }
    copy.first = ir->entry_count;
    ir->entry_count += copy.count;
    ir->snaps =
        ir_grow(ir, ir->snaps, &ir->snap_capacity, ir->snap_count + 1, sizeof *ir->snaps);
    ir->snaps[ir->snap_count] = copy;
    return p->snap_map[s] = ir->snap_count++;
}

/* The operands of PHI R of block B that come by edges that the copy has. */
static void clone_phi(struct peel *p, ir_ref r)
{
    struct ir *ir = p->ir;
    const struct ir_node n = *ir_at(ir, r);
    const struct ir_block *b = &ir->blocks[n.block];
    uint32_t count = ir->blocks[p->clone[n.block]].pred_count;
    uint32_t first = pass_phi_args(ir, count), to = first;
    ir_ref made;

    for (uint32_t i = 0; i < b->pred_count; i++) {
        ir_ref a = ir_forward(ir, ir->phi_args[n.aux + i]);
        if (n.block == p->head && in_loop(p, b->preds[i]))
            continue;
        ir->phi_args[to++] = mapped(p, a);
    }
    if (count == 1) {
        p->map[r] = ir->phi_args[first];
        return;
    }
    made = ir_node_new(ir, IR_PHI, (enum ir_type)n.type, 0, 0, 0, first, n.flags);
    ir_append(ir, made);
    p->map[r] = made;
}

static void clone_nodes(struct peel *p, ir_block_id b)
{
    struct ir *ir = p->ir;

    ir_reopen(ir, p->clone[b]);
    for (uint32_t i = 0; i < ir->blocks[b].nodes.count; i++) {
        ir_ref r = ir->blocks[b].nodes.at[i], made;
        struct ir_node n = *ir_at(ir, r);
        if (n.op == IR_PHI) {
            clone_phi(p, r);
            continue;
        }
        for (unsigned j = 0; j < ir_op_args[n.op]; j++)
            n.arg[j] = mapped(p, ir_forward(ir, n.arg[j]));
        made = ir_node_new(ir, (enum ir_op)n.op, (enum ir_type)n.type, n.arg[0], n.arg[1],
                           n.arg[2], n.aux, n.flags);
        ir_at(ir, made)->snap = clone_snap(p, n.snap);
        ir_append(ir, made);
        p->map[r] = made;
        p->made++;
    }
    ir_reclose(ir);
}

static void add_pred(struct ir *ir, ir_block_id b, ir_block_id pred)
{
    struct ir_block *block = &ir->blocks[b];

    block->preds = ir_grow(ir, block->preds, &block->pred_capacity, block->pred_count + 1,
                           sizeof *block->preds);
    block->preds[block->pred_count++] = pred;
}

/* The copies as blocks and their edges among themselves; from outside they are entered
 * at the head's. */
static void clone_blocks(struct peel *p)
{
    struct ir *ir = p->ir;

    for (uint32_t i = 0; i < p->order.count; i++) {
        ir_block_id b = p->order.rpo[i], made;
        if (!in_loop(p, b))
            continue;
        made = ir_block_new(ir);
        ir->blocks[made].sealed = true;
        ir->blocks[made].pc = ir->blocks[b].pc;
        ir->blocks[made].cold = ir->blocks[b].cold;
        p->clone[b] = made;
    }
    for (ir_block_id b = 0; b < p->block_count; b++) {
        const struct ir_block *from = &ir->blocks[b];
        struct ir_block *to = &ir->blocks[p->clone[b]];
        if (!p->clone[b])
            continue;
        to->succ_count = from->succ_count;
        for (unsigned i = 0; i < from->succ_count; i++) {
            ir_block_id s = from->succ[i];
            to->succ[i] = in_loop(p, s) && s != p->head ? p->clone[s] : s;
        }
        for (uint32_t i = 0; i < from->pred_count; i++)
            if (b != p->head)
                add_pred(ir, p->clone[b], p->clone[from->preds[i]]);
            else if (!in_loop(p, from->preds[i]))
                add_pred(ir, p->clone[b], from->preds[i]);
    }
}

/* The head is entered from the copy's ends now, not from outside. */
static void turn_head(struct peel *p)
{
    struct ir *ir = p->ir;
    struct ir_block *head = &ir->blocks[p->head];
    uint32_t count = head->pred_count, inside = 0;
    ir_block_id *preds = head->preds;

    for (uint32_t i = 0; i < count; i++)
        inside += in_loop(p, preds[i]);
    for (uint32_t j = 0; j < head->nodes.count; j++) {
        struct ir_node *n = ir_at(ir, head->nodes.at[j]);
        uint64_t old = n->aux;
        uint32_t first, to = 0;
        if (n->op != IR_PHI)
            break;
        first = pass_phi_args(ir, 2 * inside);
        n->aux = first;
        for (uint32_t i = 0; i < count; i++) {
            ir_ref a = ir_forward(ir, ir->phi_args[old + i]);
            if (!in_loop(p, preds[i]))
                continue;
            ir->phi_args[first + to] = mapped(p, a);
            ir->phi_args[first + inside + to++] = a;
        }
    }
    head->preds = ir_alloc(ir, 2 * inside * sizeof *preds);
    head->pred_capacity = head->pred_count = 2 * inside;
    for (uint32_t i = 0, to = 0; i < count; i++) {
        struct ir_block *from = &ir->blocks[preds[i]];
        if (in_loop(p, preds[i])) {
            head->preds[to] = p->clone[preds[i]];
            head->preds[inside + to++] = preds[i];
            continue;
        }
        for (unsigned k = 0; k < from->succ_count; k++)
            if (from->succ[k] == p->head)
                from->succ[k] = p->clone[p->head];
    }
}

/* Exit blocks: the copy's edge, operands of PHIs for it, and the PHIs of repairs. */
static void turn_exit(struct peel *p, ir_block_id exit)
{
    struct ir *ir = p->ir;
    struct ir_refs old = pass_open(ir, exit);
    uint32_t i = 0;

    add_pred(ir, exit, p->clone[ir->blocks[exit].preds[0]]);
    for (uint32_t j = 0; j < p->repair_count; j++) {
        const struct repair *r = &p->repairs[j];
        uint64_t first = ir_at(ir, r->phi)->aux;
        if (r->exit != exit)
            continue;
        ir->phi_args[first] = r->value;
        ir->phi_args[first + 1] = mapped(p, r->value);
        ir_append(ir, r->phi);
    }
    for (; i < old.count; i++) {
        struct ir_node *n = ir_at(ir, old.at[i]);
        if (n->op == IR_PHI) {
            uint32_t first = pass_phi_args(ir, 2);
            ir_ref a = ir_forward(ir, ir->phi_args[n->aux]);
            ir->phi_args[first] = a;
            ir->phi_args[first + 1] = mapped(p, a);
            n->aux = first;
        }
        ir_append(ir, old.at[i]);
    }
    ir_reclose(ir);
}

static void peel_loop(struct peel *p)
{
    struct ir *ir = p->ir;

    p->clone = ir_alloc(ir, p->block_count * sizeof *p->clone);
    p->map = ir_alloc(ir, p->node_count * sizeof *p->map);
    p->snap_map = ir_alloc(ir, p->snap_count * sizeof *p->snap_map);
    p->repair_count = 0;
    clone_blocks(p);
    for (uint32_t i = 0; i < p->order.count; i++)
        if (in_loop(p, p->order.rpo[i]))
            clone_nodes(p, p->order.rpo[i]);
    repair(p, true);
    turn_head(p);
    for (unsigned i = 0; i < p->exit_count; i++)
        turn_exit(p, p->exits[i]);
}

/* Is there a PHI that may be of flags? */
static bool has_flags(const struct ir *ir)
{
    for (ir_block_id b = 1; b < ir->block_count; b++) {
        const struct ir_refs *list = &ir->blocks[b].nodes;
        for (uint32_t i = 0; i < list->count && ir_at(ir, list->at[i])->op == IR_PHI; i++)
            if (ir_at(ir, list->at[i])->type < IR_I32)
                return true;
    }
    return false;
}

void ir_pass_peel(struct ir *ir)
{
    struct peel p = {.ir = ir};

    if (!has_flags(ir))
        return;
    ir_compact(ir);
    p.order = pass_order(ir);
    ir_dominators(ir);
    ir_loops(ir);
    for (uint32_t i = 0; i < p.order.count; i++) {
        ir_block_id b = p.order.rpo[i];
        p.node_count = ir->node_count;
        p.block_count = ir->block_count;
        p.snap_count = ir->snap_count;
        if (!ir->blocks[b].loop_head || !is_wanted(&p, b) || !repair(&p, false))
            continue;
        peel_loop(&p);
        p.order = pass_order(ir);
        ir_dominators(ir);
        ir_loops(ir);
        i = p.order.number[b];
    }
}
