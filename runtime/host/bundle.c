/*
 * bundle.c - values that had better stand in one place (see alloc_state.h).
 */
#include "host/alloc_state.h"

#include <assert.h>

/* clang-format off */
const bool bundle_commutes[IR_OP_COUNT] = {
    [IR_ADD] = true, [IR_MUL] = true, [IR_AND] = true, [IR_OR] = true, [IR_XOR] = true,
    [IR_MULH_U] = true, [IR_MULH_S] = true, [IR_MIN_S] = true, [IR_MIN_U] = true,
    [IR_MAX_S] = true, [IR_MAX_U] = true, [IR_FADD] = true, [IR_FMUL] = true,
    [IR_VAND] = true, [IR_VOR] = true, [IR_VXOR] = true,
    [IR_SELECT] = true, /* either way, by the other condition */
};
/* clang-format on */

uint32_t bundle_clobbers(const struct alloc_state *s, uint32_t number)
{
    uint32_t low = 0, high = s->clobber_count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (s->clobbers[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->clobber_count && s->clobbers[low].number == number
               ? s->clobbers[low].registers
               : 0;
}

/* -- runs of ranges ---------------------------------------------------------------*/

static bool intersect(const struct alloc_state *s, struct run a, struct run b)
{
    const struct range *x = &s->ranges[a.first], *x_end = x + a.count;
    const struct range *y = &s->ranges[b.first], *y_end = y + b.count;

    if (x_end[-1].to <= y->from || y_end[-1].to <= x->from)
        return false;
    while (x < x_end && y < y_end) {
        if (x->to <= y->from)
            x++;
        else if (y->to <= x->from)
            y++;
        else
            return true;
    }
    return false;
}

/* Ranges that meet become one, unless a node that clobbers stands between. */
static bool meets(const struct alloc_state *s, uint32_t to, uint32_t from)
{
    return to == from && !((to & 1) && s->clobber_count && bundle_clobbers(s, to / 2));
}

static struct run unite(struct alloc_state *s, struct run a, struct run b)
{
    struct run run = {s->range_count, 0};
    const struct range *x, *x_end, *y, *y_end;
    struct range *out;

    s->ranges = alloc_room(s, s->ranges, &s->range_capacity,
                           s->range_count + a.count + b.count, sizeof *s->ranges);
    x = &s->ranges[a.first], x_end = x + a.count;
    y = &s->ranges[b.first], y_end = y + b.count;
    out = &s->ranges[run.first];
    while (x < x_end || y < y_end) {
        struct range next = y == y_end || (x < x_end && x->from < y->from) ? *x++ : *y++;
        if (run.count && meets(s, out[-1].to, next.from)) {
            out[-1].to = next.to;
        } else {
            *out++ = next;
            run.count++;
        }
    }
    s->range_count += run.count;
    return run;
}

static uint32_t length(const struct alloc_state *s, struct run run)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < run.count; i++)
        sum += s->ranges[run.first + i].to - s->ranges[run.first + i].from;
    return sum;
}

/* -- bundles ----------------------------------------------------------------------*/

static void single(struct alloc_state *s, ir_ref v, ir_ref origin)
{
    const struct live_value *x = &s->values[v];
    enum ir_type type = s->ir->nodes[v].type;

    s->bundle[v] = v;
    s->next_member[v] = 0;
    s->bundles[v] = (struct bundle){
        .run = x->run,
        .weight = x->weight,
        .length = length(s, x->run),
        .last = v,
        .count = 1,
        .origin = origin,
        .cls = alloc_class(type),
        .reg = -1,
        .wide = ir_type_bits[type] == 128,
        .wishes = s->a->hints[v].want >= 0 || s->values[v].affinity,
    };
}

static void add_affinity(struct alloc_state *s, ir_ref of, ir_ref with, float weight)
{
    s->affinities = alloc_room(s, s->affinities, &s->affinity_capacity,
                               s->affinity_count + 1, sizeof *s->affinities);
    s->affinities[s->affinity_count] =
        (struct affinity){with, weight, s->values[of].affinity};
    s->values[of].affinity = s->affinity_count++;
    s->bundles[s->bundle[of]].wishes = true;
}

static void wish(struct alloc_state *s, ir_ref v, ir_ref w, float weight)
{
    add_affinity(s, v, w, weight);
    add_affinity(s, w, v, weight);
}

static bool located(const struct alloc_state *s, ir_ref v)
{
    return s->values[v].run.count != 0;
}

static void merge(struct alloc_state *s, ir_ref name, ir_ref other)
{
    struct bundle *a = &s->bundles[name], *b = &s->bundles[other];

    a->run = unite(s, a->run, b->run);
    a->weight += b->weight;
    a->length += b->length;
    a->count += b->count;
    a->wishes |= b->wishes;
    s->next_member[a->last] = other;
    a->last = b->last;
    for (ir_ref m = other; m; m = s->next_member[m])
        s->bundle[m] = name;
}

/* join - put the bundles of V and W together if their lives allow it. */
static bool join(struct alloc_state *s, ir_ref v, ir_ref w)
{
    ir_ref name = s->bundle[v], other = s->bundle[w];
    struct bundle *a, *b;

    if (name == other)
        return true;
    if (s->bundles[name].count < s->bundles[other].count) {
        name = s->bundle[w];
        other = s->bundle[v];
    }
    a = &s->bundles[name];
    b = &s->bundles[other];
    if (a->cls != b->cls || a->wide != b->wide || intersect(s, a->run, b->run))
        return false;
    merge(s, name, other);
    return true;
}

/* An edge within a bundle costs nothing, wherever the bundle is. */
static void join_edge(struct alloc_state *s, ir_ref phi, ir_ref w, float weight)
{
    if (s->bundle[phi] == s->bundle[w])
        s->bundles[s->bundle[phi]].weight -= 2 * weight;
}

static void join_or_wish(struct alloc_state *s, ir_ref v, ir_ref w, float weight)
{
    if (located(s, w) && !live_stays_home(s, w) && !join(s, v, w))
        wish(s, v, w, weight);
}

static void join_phi(struct alloc_state *s, ir_ref v)
{
    const struct ir_node *n = &s->ir->nodes[v];
    const struct ir_block *b = &s->ir->blocks[n->block];
    uint32_t best = 0;

    /* The operand of the edge taken most goes first. */
    for (uint32_t i = 1; i < b->pred_count; i++)
        if (s->blocks[b->preds[i]].weight > s->blocks[b->preds[best]].weight)
            best = i;
    for (uint32_t i = 0; i < b->pred_count; i++) {
        uint32_t at = i == 0 ? best : i == best ? 0 : i;
        if (s->blocks[b->preds[at]].order) {
            ir_ref w = s->ir->phi_args[n->aux + at];
            join_or_wish(s, v, w, s->blocks[b->preds[at]].weight);
            join_edge(s, v, w, s->blocks[b->preds[at]].weight);
        }
    }
}

static void join_operand(struct alloc_state *s, ir_ref v)
{
    const struct ir_node *n = &s->ir->nodes[v];
    unsigned first = n->op == IR_SELECT ? 2 : 0;
    unsigned second = n->op == IR_SELECT || bundle_commutes[n->op] ? 1 : first;
    float weight = s->blocks[n->block].weight;
    ir_ref a = n->arg[first], b = n->arg[second];

    if (located(s, a) && !live_stays_home(s, a) && join(s, v, a))
        return;
    if (located(s, b) && !live_stays_home(s, b) && join(s, v, b))
        return;
    if (located(s, a) && !live_stays_home(s, a))
        wish(s, v, a, weight);
}

static void join_block(struct alloc_state *s, ir_block_id id)
{
    const struct ir_refs *nodes = &s->ir->blocks[id].nodes;

    for (uint32_t i = 0; i < nodes->count; i++) {
        ir_ref v = nodes->at[i];
        if (!located(s, v))
            continue;
        if (s->ir->nodes[v].op == IR_PHI)
            join_phi(s, v);
        else if (s->a->hints[v].two_operand)
            join_operand(s, v);
    }
}

void bundle_all(struct alloc_state *s)
{
    uint32_t nodes = s->ir->node_count;
    unsigned deepest = 0;

    s->bundles = ir_alloc(s->ir, nodes * sizeof *s->bundles);
    s->bundle = ir_alloc(s->ir, nodes * sizeof *s->bundle);
    s->next_member = ir_alloc(s->ir, nodes * sizeof *s->next_member);
    s->parts = ir_alloc(s->ir, nodes * sizeof *s->parts);
    s->split_of = ir_alloc(s->ir, nodes * sizeof *s->split_of);
    s->affinity_count = 1;
    for (uint32_t i = 0; i < s->ir->layout_count; i++) {
        const struct ir_block *b = &s->ir->blocks[s->ir->layout[i]];
        for (uint32_t j = 0; j < b->nodes.count; j++)
            if (located(s, b->nodes.at[j]))
                single(s, b->nodes.at[j], b->nodes.at[j]);
        deepest = b->depth > deepest ? b->depth : deepest;
    }
    for (unsigned depth = deepest + 1; depth-- > 0;)
        for (uint32_t i = 0; i < s->ir->layout_count; i++)
            if (s->ir->blocks[s->ir->layout[i]].depth == depth)
                join_block(s, s->ir->layout[i]);
}

/* What PHI V gains, and wishes, with the members of the bundle that it was a part of. */
static void restore_edges(struct alloc_state *s, ir_ref v, ir_ref origin)
{
    const struct ir_node *n = &s->ir->nodes[v];
    const struct ir_block *b = &s->ir->blocks[n->block];

    for (uint32_t i = 0; i < b->pred_count; i++) {
        ir_ref w = s->ir->phi_args[n->aux + i];
        float weight = s->blocks[b->preds[i]].weight;
        if (!located(s, w) || s->bundles[w].origin != origin)
            continue;
        if (s->bundle[v] == s->bundle[w])
            s->bundles[s->bundle[v]].weight -= 2 * weight;
        else
            wish(s, v, w, weight);
    }
}

static void restore_operand(struct alloc_state *s, ir_ref v, ir_ref origin)
{
    const struct ir_node *n = &s->ir->nodes[v];
    ir_ref w = n->arg[n->op == IR_SELECT ? 2 : 0];

    if (located(s, w) && s->bundles[w].origin == origin && s->bundle[v] != s->bundle[w])
        wish(s, v, w, s->blocks[n->block].weight);
}

static unsigned depth_of(const struct alloc_state *s, ir_ref v)
{
    return s->ir->blocks[s->values[v].where - 1].depth;
}

/* unravel - the members of NAME into s->parts; whether not all are equally deep. */
static bool unravel(struct alloc_state *s, ir_ref name, unsigned *deepest)
{
    unsigned least = depth_of(s, name);

    *deepest = least;
    s->part_count = 0;
    s->splits++;
    for (ir_ref m = name; m; m = s->next_member[m]) {
        unsigned depth = depth_of(s, m);
        *deepest = depth > *deepest ? depth : *deepest;
        least = depth < least ? depth : least;
        s->parts[s->part_count++] = m;
        s->split_of[m] = s->splits;
    }
    return *deepest != least;
}

/* part_by_depth - two bundles: the innermost members, and the others. */
static void part_by_depth(struct alloc_state *s, unsigned deepest)
{
    ir_ref groups[2] = {0, 0};

    for (uint32_t i = 0; i < s->part_count; i++) {
        ir_ref m = s->parts[i], *group = &groups[depth_of(s, m) == deepest];
        if (*group)
            merge(s, *group, m);
        else
            *group = m;
    }
}

/* part_by_operands - only what PHIs connect stays together. */
static void part_by_operands(struct alloc_state *s)
{
    for (uint32_t i = 0; i < s->part_count; i++) {
        ir_ref m = s->parts[i];
        const struct ir_node *n = &s->ir->nodes[m];
        uint32_t edges = n->op == IR_PHI ? s->ir->blocks[n->block].pred_count : 0;
        for (uint32_t k = 0; k < edges; k++) {
            ir_ref w = s->ir->phi_args[n->aux + k];
            if (s->split_of[w] == s->splits && s->bundle[w] != s->bundle[m])
                merge(s, s->bundle[m], s->bundle[w]);
        }
    }
}

/* part_all - each member for itself, if what their uses gain is more than what it costs
 * to move them into each other. */
static bool part_all(struct alloc_state *s, float weight)
{
    ir_ref origin = s->bundles[s->parts[0]].origin;
    float singly = 0;

    for (uint32_t i = 0; i < s->part_count; i++)
        singly += s->values[s->parts[i]].weight;
    if (singly - weight > weight) /* twice what the edges weigh */
        return false;
    for (uint32_t i = 0; i < s->part_count; i++)
        single(s, s->parts[i], origin);
    return true;
}

static bool in_one_part(const struct alloc_state *s)
{
    return s->bundles[s->bundle[s->parts[0]]].count == s->part_count;
}

bool bundle_split(struct alloc_state *s, ir_ref name)
{
    ir_ref origin = s->bundles[name].origin;
    float weight = s->bundles[name].weight;
    unsigned deepest;
    bool mixed = unravel(s, name, &deepest), parted;

    for (uint32_t i = 0; i < s->part_count; i++)
        single(s, s->parts[i], origin);
    if (mixed)
        part_by_depth(s, deepest);
    else
        part_by_operands(s);
    parted = !in_one_part(s) || part_all(s, weight);
    for (uint32_t i = 0; i < s->part_count; i++) {
        ir_ref m = s->parts[i];
        if (s->ir->nodes[m].op == IR_PHI)
            restore_edges(s, m, origin);
        else if (s->a->hints[m].two_operand)
            restore_operand(s, m, origin);
    }
    return parted;
}
