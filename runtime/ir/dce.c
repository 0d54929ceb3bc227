/*
 * dce.c - dead values.
 *
 * requires: ir_finish. keeps: the graph, the order of nodes, COPYs. breaks: nothing
 * (dominators and loops stay valid).
 *
 * What has an effect stays, and what it needs: arguments, and the values of its snapshot,
 * for the state must be known where it leaves or faults. A load of guest memory may
 * fault, so it stays even if nothing uses its result; a floating-point operation stays
 * for its flags. PHIs that only need each other go. Snapshots that nothing names are
 * emptied, and a place that has the value it had at the entry is taken out of the others:
 * its home holds that.
 */
#include "ir/pass.h"

struct dce {
    struct ir *ir;
    uint8_t *live;      /* by node */
    uint8_t *live_snap; /* by snapshot */
    ir_ref *stack;
    uint32_t depth;
};

static void mark(struct dce *d, ir_ref r)
{
    if (r == 0 || d->live[r])
        return;
    d->live[r] = true;
    d->stack[d->depth++] = r;
}

static bool is_home(const struct ir *ir, const struct ir_entry *e)
{
    const struct ir_node *n = ir_at(ir, ir_forward(ir, e->value));

    return n->op == IR_GET && n->aux == e->place;
}

static void mark_snap(struct dce *d, uint32_t snap)
{
    struct ir *ir = d->ir;
    const struct ir_snap *s = &ir->snaps[snap];

    if (d->live_snap[snap])
        return;
    d->live_snap[snap] = true;
    for (uint32_t i = 0; i < s->count; i++)
        if (!is_home(ir, &ir->entries[s->first + i]))
            mark(d, ir->entries[s->first + i].value);
}

static bool is_root(const struct ir_node *n)
{
    return ir_effect(n) != IR_PURE && n->op != IR_LDCPU && n->op != IR_FPFLAGS;
}

static void mark_all(struct dce *d)
{
    struct ir *ir = d->ir;

    for (ir_block_id b = 0; b < ir->block_count; b++) {
        const struct ir_refs *nodes = &ir->blocks[b].nodes;
        for (uint32_t i = 0; i < nodes->count; i++)
            if (is_root(ir_at(ir, nodes->at[i])))
                mark(d, nodes->at[i]);
    }
    while (d->depth) {
        const struct ir_node *n = ir_at(ir, d->stack[--d->depth]);
        for (unsigned i = 0; i < ir_op_args[n->op]; i++)
            mark(d, n->arg[i]);
        if (n->op == IR_PHI)
            for (uint32_t i = 0; i < ir->blocks[n->block].pred_count; i++)
                mark(d, ir->phi_args[n->aux + i]);
        if (n->snap)
            mark_snap(d, n->snap);
    }
}

static void sweep_nodes(struct dce *d)
{
    struct ir *ir = d->ir;

    for (ir_block_id b = 0; b < ir->block_count; b++) {
        struct ir_refs *nodes = &ir->blocks[b].nodes;
        uint32_t kept = 0;
        for (uint32_t i = 0; i < nodes->count; i++) {
            ir_ref r = nodes->at[i];
            if (d->live[r])
                nodes->at[kept++] = r;
            else
                pass_drop(ir, r);
        }
        nodes->count = kept;
    }
}

/* Snapshots that follow each other may share a run of entries; other runs are apart, so
 * each can shrink where it stands. */
static void sweep_snaps(struct dce *d)
{
    struct ir *ir = d->ir;
    uint32_t last = 0, last_before = 0, last_after = 0;

    for (uint32_t s = 1; s < ir->snap_count; s++) {
        struct ir_snap *snap = &ir->snaps[s];
        uint32_t kept = 0, before = snap->count;
        if (!d->live_snap[s]) {
            snap->count = 0;
            continue;
        }
        if (last && ir->snaps[last].first == snap->first && last_before == before) {
            snap->count = last_after;
            continue;
        }
        for (uint32_t i = 0; i < before; i++) {
            struct ir_entry e = ir->entries[snap->first + i];
            if (!is_home(ir, &e))
                ir->entries[snap->first + kept++] = e;
        }
        snap->count = kept;
        last = s;
        last_before = before;
        last_after = kept;
    }
}

void ir_pass_dce(struct ir *ir)
{
    struct dce d = {.ir = ir};

    d.live = ir_alloc(ir, ir->node_count);
    d.live_snap = ir_alloc(ir, ir->snap_count);
    d.stack = ir_alloc(ir, ir->node_count * sizeof *d.stack);
    mark_all(&d);
    sweep_snaps(&d);
    sweep_nodes(&d);
}
