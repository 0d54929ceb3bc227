/*
 * finish.c - ir_finish: what the builder left open (see ir.h).
 *
 * In order: blocks that can't be reached leave; every place that is written anywhere gets
 * its value at each snapshot that is used, which may take more PHIs; PHIs of one value
 * go; snapshots become lists; the blocks' lists are made anew, PHIs first, without COPYs;
 * blocks that follow each other are joined.
 */
#include "ir/build.h"
#include "ir/pass.h"

#include <assert.h>
#include <string.h>

struct finish {
    struct ir *ir;
    bool *reached; /* by block */
    bool *used;    /* by snapshot */
    ir_block_id *stack;
    uint32_t *written; /* the places */
    uint32_t written_count;
    uint32_t *stamp; /* by place */
    uint32_t now;
};

static void find_reached(struct finish *f)
{
    struct ir *ir = f->ir;
    uint32_t depth = 0;

    f->reached[0] = true;
    f->stack[depth++] = 0;
    while (depth) {
        const struct ir_block *b = &ir->blocks[f->stack[--depth]];
        for (unsigned i = 0; i < b->succ_count; i++) {
            if (f->reached[b->succ[i]])
                continue;
            f->reached[b->succ[i]] = true;
            f->stack[depth++] = b->succ[i];
        }
    }
}

/* Drop the predecessors of B that can't be reached, and the PHIs' operands from there. */
static void drop_preds(struct finish *f, ir_block_id id)
{
    struct ir *ir = f->ir;
    struct ir_block *b = &ir->blocks[id];
    const struct ir_vars *v = ir_vars(ir, id);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < b->pred_count; i++)
        kept += f->reached[b->preds[i]];
    if (kept == b->pred_count)
        return;
    for (uint32_t i = 0; i < v->phis.count; i++) {
        const struct ir_node *n = &ir->nodes[v->phis.at[i]];
        uint32_t to = 0;
        if (n->op != IR_PHI)
            continue;
        for (uint32_t j = 0; j < b->pred_count; j++)
            if (f->reached[b->preds[j]])
                ir->phi_args[n->aux + to++] = ir->phi_args[n->aux + j];
    }
    kept = 0;
    for (uint32_t j = 0; j < b->pred_count; j++)
        if (f->reached[b->preds[j]])
            b->preds[kept++] = b->preds[j];
    b->pred_count = kept;
}

static void mark_used_snaps(struct finish *f)
{
    struct ir *ir = f->ir;

    for (ir_block_id b = 0; b < ir->block_count; b++) {
        const struct ir_refs *nodes = &ir->blocks[b].nodes;
        if (!f->reached[b])
            continue;
        for (uint32_t i = 0; i < nodes->count; i++)
            f->used[ir->nodes[nodes->at[i]].snap] = true;
    }
    f->used[0] = false;
}

/* Find the values at the blocks' starts that the snapshots need. */
static void read_for_snaps(struct finish *f)
{
    struct ir *ir = f->ir;
    ir_block_id last = UINT32_MAX;

    for (uint32_t s = 1; s < ir->snap_count; s++) {
        ir_block_id b = ir->snaps[s].block;
        if (!f->used[s] || b == last)
            continue;
        last = b;
        f->now++;
        for (const struct ir_cell *c = ir->snaps[s].cell; c; c = c->prev)
            f->stamp[c->place] = f->now;
        for (uint32_t i = 0; i < f->written_count; i++)
            if (f->stamp[f->written[i]] != f->now)
                ir_read_in(ir, b, f->written[i]);
    }
}

/* PHIs of one value become COPYs: first those that can be seen to be alone, as most are.
 */
static void remove_trivial_phis(struct finish *f)
{
    struct ir *ir = f->ir;
    struct ir_refs left = {0};

    for (ir_block_id b = 0; b < ir->block_count; b++) {
        const struct ir_refs *list = &ir_vars(ir, b)->phis;
        for (uint32_t i = 0; f->reached[b] && i < list->count; i++) {
            struct ir_node *n = &ir->nodes[list->at[i]];
            ir_ref same = n->op == IR_PHI ? ir_phi_same(ir, list->at[i]) : 0;
            if (same) {
                ir->build->copied = true;
                pass_is(ir, list->at[i], same);
            } else if (n->op == IR_PHI) {
                ir_refs_add(ir, &left, list->at[i]);
            }
        }
    }
    ir->build->copied |= pass_unite_phis(ir, &left);
}

/* -- snapshots */

/* Bring VALUES up to snapshot S, from what they were at cell FROM of the same block. */
static void apply_cells(struct finish *f, const struct ir_snap *s,
                        const struct ir_cell *from, ir_ref *values)
{
    f->now++;
    for (const struct ir_cell *c = s->cell; c != from; c = c->prev) {
        if (f->stamp[c->place] == f->now)
            continue;
        f->stamp[c->place] = f->now;
        values[c->place] = ir_forward(f->ir, c->value);
    }
}

static void write_entries(struct finish *f, struct ir_snap *s, const ir_ref *values)
{
    struct ir *ir = f->ir;
    const ir_ref *gets = ir->build->gets;
    struct ir_entry *at;

    ir->entries = ir_grow(ir, ir->entries, &ir->entry_capacity,
                          ir->entry_count + f->written_count, sizeof *ir->entries);
    s->first = ir->entry_count;
    at = ir->entries + ir->entry_count;
    for (uint32_t i = 0; i < f->written_count; i++) {
        uint32_t p = f->written[i];
        if (values[p] && values[p] != gets[p])
            *at++ = (struct ir_entry){.place = p, .value = values[p]};
    }
    s->count = (uint32_t)(at - (ir->entries + s->first));
    ir->entry_count += s->count;
}

static void values_at_start(struct finish *f, ir_block_id b, ir_ref *values)
{
    const struct ir_vars *v = ir_vars(f->ir, b);

    for (uint32_t i = 0; i < f->written_count; i++) {
        uint32_t p = f->written[i];
        values[p] = p < v->capacity && v->in[p] ? ir_forward(f->ir, v->in[p]) : 0;
    }
}

static void resolve_snaps(struct finish *f)
{
    struct ir *ir = f->ir;
    ir_ref *values = ir_alloc(ir, ir->place_count * sizeof *values);
    const struct ir_snap *last = NULL;

    ir_get_room(ir, ir->place_count);
    for (uint32_t i = 1; i < ir->snap_count; i++) {
        struct ir_snap *s = &ir->snaps[i];
        if (!f->used[i])
            continue;
        if (last && last->block == s->block && last->cell == s->cell) {
            s->first = last->first;
            s->count = last->count;
        } else {
            if (!last || last->block != s->block)
                values_at_start(f, s->block, values);
            apply_cells(f, s, last && last->block == s->block ? last->cell : NULL,
                        values);
            write_entries(f, s, values);
        }
        last = s;
    }
}

/* -- the blocks' lists */

static void forward_operands(struct ir *ir, struct ir_node *n)
{
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        n->arg[i] = ir_forward(ir, n->arg[i]);
}

static void rebuild_block(struct ir *ir, ir_block_id b)
{
    struct ir_refs old = ir->blocks[b].nodes, list = {0};
    const struct ir_refs *phis = &ir_vars(ir, b)->phis, *gets = &ir->build->get_list;
    uint32_t preds = ir->blocks[b].pred_count;

    if (b != 0 && phis->count == 0 && !ir->build->copied)
        return;
    for (uint32_t i = 0; b == 0 && i < gets->count; i++)
        ir_refs_add(ir, &list, gets->at[i]);
    for (uint32_t i = 0; i < phis->count; i++) {
        struct ir_node *n = &ir->nodes[phis->at[i]];
        if (n->op != IR_PHI)
            continue;
        n->arg[0] = 0;
        for (uint32_t j = 0; j < preds; j++)
            ir->phi_args[n->aux + j] = ir_forward(ir, ir->phi_args[n->aux + j]);
        ir_refs_add(ir, &list, phis->at[i]);
    }
    if (list.count == 0) {
        list = old;
        list.count = 0;
    }
    for (uint32_t i = 0; i < old.count; i++) {
        struct ir_node *n = &ir->nodes[old.at[i]];
        if (n->op == IR_COPY || n->op == IR_NONE)
            continue;
        forward_operands(ir, n);
        ir_refs_add(ir, &list, old.at[i]);
    }
    ir->blocks[b].nodes = list;
}

/* -- the graph, at any time after ir_finish */

/* Drop the predecessors of B that can't be reached, and the PHIs' operands from there; a
 * PHI of one predecessor is a COPY. */
static void drop_edges(struct finish *f, ir_block_id id)
{
    struct ir *ir = f->ir;
    struct ir_block *b = &ir->blocks[id];
    uint32_t kept = 0;

    for (uint32_t j = 0; j < b->pred_count; j++)
        kept += f->reached[b->preds[j]];
    if (kept == b->pred_count && kept != 1)
        return;
    for (uint32_t i = 0; i < b->nodes.count; i++) {
        struct ir_node *n = ir_at(ir, b->nodes.at[i]);
        uint32_t to = 0;
        if (n->op != IR_PHI && n->op != IR_COPY && n->op != IR_NONE)
            break; /* PHIs stand first */
        if (n->op != IR_PHI)
            continue;
        for (uint32_t j = 0; j < b->pred_count; j++)
            if (f->reached[b->preds[j]])
                ir->phi_args[n->aux + to++] = ir->phi_args[n->aux + j];
        if (kept != 1)
            continue;
        n->op = IR_COPY;
        n->arg[0] = ir->phi_args[n->aux];
        n->aux = 0;
        ir->build->copied = true;
    }
    kept = 0;
    for (uint32_t j = 0; j < b->pred_count; j++)
        if (f->reached[b->preds[j]])
            b->preds[kept++] = b->preds[j];
    b->pred_count = kept;
}

/* Append to B what it alone leads to. */
static void join(struct finish *f, ir_block_id id)
{
    struct ir *ir = f->ir;
    struct ir_block *b = &ir->blocks[id];

    while (b->succ_count == 1 && b->succ[0] != id) {
        struct ir_block *s = &ir->blocks[b->succ[0]];
        if (s->pred_count != 1)
            return;
        b->nodes.count--; /* the jump */
        for (uint32_t i = 0; i < s->nodes.count; i++) {
            ir->nodes[s->nodes.at[i]].block = id;
            ir_refs_add(ir, &b->nodes, s->nodes.at[i]);
        }
        f->reached[b->succ[0]] = false;
        for (unsigned i = 0; i < s->succ_count; i++) {
            struct ir_block *to = &ir->blocks[s->succ[i]];
            for (uint32_t j = 0; j < to->pred_count; j++)
                if (to->preds[j] == b->succ[0])
                    to->preds[j] = id;
            f->stack[i] = s->succ[i];
        }
        b->succ_count = s->succ_count;
        for (unsigned i = 0; i < s->succ_count; i++)
            b->succ[i] = f->stack[i];
        if (!b->pc)
            b->pc = s->pc;
    }
}

/* Give the blocks that are left numbers without gaps, in the same order. */
static void renumber_blocks(struct finish *f)
{
    struct ir *ir = f->ir;
    ir_block_id *number = f->stack, count = 0;

    for (ir_block_id b = 0; b < ir->block_count; b++)
        if (f->reached[b])
            number[b] = count++;
    if (count == ir->block_count)
        return;
    for (ir_block_id b = 0; b < ir->block_count; b++) {
        struct ir_block *block = &ir->blocks[b];
        if (!f->reached[b])
            continue;
        for (uint32_t i = 0; i < block->nodes.count; i++)
            ir->nodes[block->nodes.at[i]].block = number[b];
        for (uint32_t i = 0; i < block->pred_count; i++)
            block->preds[i] = number[block->preds[i]];
        for (unsigned i = 0; i < block->succ_count; i++)
            block->succ[i] = number[block->succ[i]];
        ir->blocks[number[b]] = *block;
    }
    ir->block_count = count;
}

void ir_tidy(struct ir *ir)
{
    struct finish f = {.ir = ir};

    f.reached = ir_alloc(ir, ir->block_count);
    f.stack = ir_alloc(ir, (ir->block_count + 2) * sizeof *f.stack);
    find_reached(&f);
    for (ir_block_id b = 0; b < ir->block_count; b++)
        if (f.reached[b])
            drop_edges(&f, b);
    if (ir->build->copied)
        ir_compact(ir);
    ir->build->copied = false;
    for (ir_block_id b = 1; b < ir->block_count; b++)
        if (f.reached[b])
            join(&f, b);
    renumber_blocks(&f);
}

/* Of a region that writes through: there is one block, and no snapshot lists anything. */
static bool is_finished(const struct ir *ir)
{
    return ir->through && ir->block_count == 1 && !ir->blocks[0].cells &&
           !ir->build->get_list.count && !ir->build->copied;
}

static void close_builder(struct ir *ir)
{
    ir->build->copied = false;
    ir->build->finished = true;
    ir->build->open = false;
    ir->current = 0;
}

void ir_finish(struct ir *ir)
{
    struct finish f = {.ir = ir};

    assert(ir->terminated);
    if (is_finished(ir)) {
        close_builder(ir);
        return;
    }
    for (ir_block_id b = 1; b < ir->block_count; b++)
        ir_seal(ir, b);
    f.reached = ir_alloc(ir, ir->block_count);
    f.stack = ir_alloc(ir, ir->block_count * sizeof *f.stack);
    f.used = ir_alloc(ir, ir->snap_count);
    f.written = ir_alloc(ir, ir->place_count * sizeof *f.written);
    f.stamp = ir_alloc(ir, ir->place_count * sizeof *f.stamp);
    for (uint32_t p = 1; p < ir->place_count; p++)
        if (ir->places[p].written)
            f.written[f.written_count++] = p;
    find_reached(&f);
    for (ir_block_id b = 0; b < ir->block_count; b++)
        if (f.reached[b])
            drop_preds(&f, b);
    mark_used_snaps(&f);
    read_for_snaps(&f);
    remove_trivial_phis(&f);
    resolve_snaps(&f);
    for (ir_block_id b = 0; b < ir->block_count; b++)
        if (f.reached[b])
            rebuild_block(ir, b);
    ir->build->copied = false;
    ir_tidy(ir);
    close_builder(ir);
}

void ir_compact(struct ir *ir)
{
    for (ir_block_id b = 0; b < ir->block_count; b++) {
        struct ir_refs *list = &ir->blocks[b].nodes;
        uint32_t kept = 0;
        for (uint32_t i = 0; i < list->count; i++) {
            struct ir_node *n = &ir->nodes[list->at[i]];
            if (n->op == IR_COPY || n->op == IR_NONE)
                continue;
            forward_operands(ir, n);
            for (uint32_t j = 0; n->op == IR_PHI && j < ir->blocks[b].pred_count; j++)
                ir->phi_args[n->aux + j] = ir_forward(ir, ir->phi_args[n->aux + j]);
            list->at[kept++] = list->at[i];
        }
        list->count = kept;
    }
    for (uint32_t i = 0; i < ir->entry_count; i++)
        ir->entries[i].value = ir_forward(ir, ir->entries[i].value);
}
