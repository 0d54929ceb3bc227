/*
 * live.c - where each value lives (see alloc_state.h).
 *
 * A value's life within its own block is known after one scan backward. For the others
 * the last use in each block is kept, and the blocks from there back to the definition
 * are walked, value by value: the work is that of writing the ranges down, whatever the
 * loops.
 */
#include "host/alloc_state.h"

#include <assert.h>
#include <string.h>

void *alloc_room(struct alloc_state *s, void *table, uint32_t *capacity, uint32_t count,
                 size_t bytes)
{
    uint32_t room = *capacity ? *capacity : 64;
    void *grown;

    if (count <= *capacity)
        return table;
    while (room < count)
        room *= 2;
    grown = ir_alloc(s->ir, room * bytes);
    if (table && *capacity)
        memcpy(grown, table, *capacity * bytes);
    *capacity = room;
    return grown;
}

/* -- numbers ----------------------------------------------------------------------*/

static float block_weight(const struct ir_block *b)
{
    static const float by_depth[] = {1, 10, 100, 1e3F, 1e4F, 1e5F};
    float weight = by_depth[b->depth > 5 ? 5 : b->depth];

    return b->cold ? weight * 0.1F : weight;
}

static void add_clobber(struct alloc_state *s, uint32_t number, uint32_t registers)
{
    s->clobbers = alloc_room(s, s->clobbers, &s->clobber_capacity, s->clobber_count + 1,
                             sizeof *s->clobbers);
    s->clobbers[s->clobber_count++] = (struct clobber){number, registers};
}

static uint32_t number_block(struct alloc_state *s, ir_block_id id, uint32_t k)
{
    const struct ir_refs *nodes = &s->ir->blocks[id].nodes;
    uint32_t start = 2 * k++;

    for (uint32_t i = 0; i < nodes->count; i++) {
        ir_ref v = nodes->at[i];
        const struct ir_node *n = &s->ir->nodes[v];
        const struct alloc_hints *h = &s->a->hints[v];
        struct live_value *x = &s->values[v];

        if (n->op == IR_NONE || n->op == IR_CONST)
            continue;
        if (h->fused) {
            x->where = LIVE_FUSED;
            continue;
        }
        if (n->type != IR_VOID) {
            x->where = id + 1;
            x->from = n->op == IR_PHI ? start : 2 * k + 1;
            x->end = x->from + 1;
            s->vectors |= alloc_class(n->type) == ALLOC_VECTOR;
        }
        if (n->op != IR_PHI) {
            if (h->clobbers)
                add_clobber(s, k, h->clobbers);
            k++;
        }
    }
    s->blocks[id].from = start;
    s->blocks[id].to = 2 * k;
    return k;
}

void live_number(struct alloc_state *s)
{
    uint32_t k = 0;

    s->values = ir_alloc(s->ir, s->ir->node_count * sizeof *s->values);
    s->blocks = ir_alloc(s->ir, s->ir->block_count * sizeof *s->blocks);
    for (uint32_t i = 0; i < s->ir->layout_count; i++) {
        ir_block_id id = s->ir->layout[i];
        s->blocks[id].order = i + 1;
        s->blocks[id].weight = block_weight(&s->ir->blocks[id]);
        k = number_block(s, id, k);
    }
    s->positions = 2 * k;
    s->a->positions = k;
}

/* -- uses -------------------------------------------------------------------------*/

static void use_fused(struct alloc_state *s, ir_ref v, ir_block_id b, uint32_t end,
                      float weight);

/* A use of V in block B that needs it up to END. */
static inline void use(struct alloc_state *s, ir_ref v, ir_block_id b, uint32_t end,
                       float weight)
{
    struct live_value *x = &s->values[v];
    struct cross *c;

    x->weight += weight;
    if (x->where == b + 1) {
        x->end = end > x->end ? end : x->end;
        return;
    }
    if (x->where == LIVE_NOWHERE)
        return;
    if (x->where == LIVE_FUSED) {
        /* Most snapshots of a block list what one further down lists. */
        if (weight > 0 || x->cross != b + 1 || x->end < end)
            use_fused(s, v, b, end, weight);
        return;
    }
    c = &s->crosses[x->cross];
    if (x->cross && c->block == b) {
        c->end = end > c->end ? end : c->end;
        return;
    }
    if (s->cross_count == s->cross_capacity)
        s->crosses = alloc_room(s, s->crosses, &s->cross_capacity, s->cross_count + 1,
                                sizeof *s->crosses);
    s->crosses[s->cross_count] = (struct cross){b, end, x->cross};
    x->cross = s->cross_count++;
}

static void use_snapshot(struct alloc_state *s, uint32_t snap, ir_block_id b,
                         uint32_t end, float weight)
{
    const struct ir_snap *p = &s->ir->snaps[snap];
    const struct ir_entry *e = &s->ir->entries[p->first];

    for (uint32_t i = 0; i < p->count; i++) {
        use(s, e[i].value, b, end, weight);
        if (s->values[e[i].value].where == 1 || s->ir->through) { /* perhaps a GET */
            const struct ir_node *n = &s->ir->nodes[e[i].value];
            if (n->op == IR_GET && n->aux != e[i].place)
                s->moved[e[i].value] = true;
        }
    }
}

/* A node inside another one is used, with all that it reads, where that one stands. */
static void use_fused(struct alloc_state *s, ir_ref v, ir_block_id b, uint32_t end,
                      float weight)
{
    const struct ir_node *n = &s->ir->nodes[v];

    s->values[v].cross = b + 1;
    s->values[v].end = end;
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        use(s, n->arg[i], b, end, weight);
    if (n->snap)
        use_snapshot(s, n->snap, b, end, 0);
}

/*
 * A PHI is written, and its operands are read, as often as their edges are taken; a
 * constant goes to memory as cheaply as to a register.
 */
static void use_phi(struct alloc_state *s, ir_ref v)
{
    const struct ir_node *n = &s->ir->nodes[v];
    const struct ir_block *b = &s->ir->blocks[n->block];

    for (uint32_t i = 0; i < b->pred_count; i++) {
        const struct live_block *from = &s->blocks[b->preds[i]];
        ir_ref w = s->ir->phi_args[n->aux + i];
        if (!from->order)
            continue;
        use(s, w, b->preds[i], from->to, from->weight);
        if (s->values[w].where)
            s->values[v].weight += from->weight;
    }
}

/* The operands and the snapshot of node V, whose reads are at POSITION. */
static void use_node(struct alloc_state *s, ir_ref v, ir_block_id b, uint32_t position,
                     uint32_t *last_snap)
{
    const struct ir_node *n = &s->ir->nodes[v];
    const struct alloc_hints *h = &s->a->hints[v];
    float weight = s->blocks[b].weight;
    uint32_t end = position + (h->early ? 2 : 1);

    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        bool late = i && h->two_operand &&
                    (!bundle_commutes[n->op] || s->a->hints[n->arg[i]].fused) &&
                    n->arg[i] != n->arg[0];
        use(s, n->arg[i], b, late ? position + 2 : end, weight);
    }
    if (n->snap && (n->snap != *last_snap || h->early)) {
        bool always = n->op == IR_EXIT || n->op == IR_EXIT_TO || n->op == IR_EXIT_INTERP;
        use_snapshot(s, n->snap, b, end, always ? weight : 0);
        *last_snap = n->snap;
    }
}

/* In a region that writes through: V is a STCPU that writes a home, so the GET of that
 * place can't stay there if it is used further down. With several blocks that isn't
 * known. */
static void move_out(struct alloc_state *s, ir_ref v)
{
    const struct ir_node *n = &s->ir->nodes[v];

    if (n->op == IR_STCPU) {
        ir_ref get = s->ir->places[n->flags].get;
        if (get && s->values[get].end > s->values[get].from + 1)
            s->moved[get] = true;
    } else if (n->op == IR_GET && s->ir->block_count > 1) {
        s->moved[v] |= s->ir->places[n->aux].stored;
    }
}

static void scan_block(struct alloc_state *s, ir_block_id id)
{
    const struct ir_refs *nodes = &s->ir->blocks[id].nodes;
    uint32_t position = s->blocks[id].to;
    uint32_t last_snap = 0;

    for (uint32_t i = nodes->count; i-- > 0;) {
        ir_ref v = nodes->at[i];
        struct live_value *x = &s->values[v];
        unsigned op = s->ir->nodes[v].op;

        if (op == IR_NONE || op == IR_CONST || x->where == LIVE_FUSED)
            continue;
        if (op == IR_PHI) {
            use_phi(s, v);
            continue;
        }
        /* A GET is at home already; in a register it costs a load. */
        if (x->where)
            x->weight += op == IR_GET ? -s->blocks[id].weight : s->blocks[id].weight;
        position -= 2;
        if (s->ir->through)
            move_out(s, v);
        use_node(s, v, id, position, &last_snap);
    }
    assert(position == s->blocks[id].from + 2);
}

void live_uses(struct alloc_state *s)
{
    s->crosses = alloc_room(s, NULL, &s->cross_capacity, 64, sizeof *s->crosses);
    s->cross_count = 1;
    s->moved = ir_alloc(s->ir, s->ir->node_count);
    for (uint32_t i = s->ir->layout_count; i-- > 0;)
        scan_block(s, s->ir->layout[i]);
}

/* -- a line: numbers and uses in one walk backward ---------------------------------*/

static void use_in_line(struct alloc_state *s, ir_ref v, uint32_t end)
{
    const struct ir_node *n = &s->ir->nodes[v];
    struct live_value *x = &s->values[v];

    if (n->op == IR_CONST)
        return;
    if (s->a->hints[v].fused) {
        for (unsigned i = 0; i < ir_op_args[n->op]; i++)
            use_in_line(s, n->arg[i], end);
        return;
    }
    x->weight += 1;
    x->end = end > x->end ? end : x->end;
}

static void scan_in_line(struct alloc_state *s, ir_ref v, uint32_t number)
{
    const struct ir_node *n = &s->ir->nodes[v];
    const struct alloc_hints *h = &s->a->hints[v];
    uint32_t position = 2 * number;

    if (n->type != IR_VOID) {
        struct live_value *x = &s->values[v];
        x->where = 1;
        x->from = position + 1;
        x->end = x->end > position + 2 ? x->end : position + 2;
        x->weight += n->op == IR_GET ? -1 : 1;
        s->vectors |= alloc_class(n->type) == ALLOC_VECTOR;
    } else if (n->op == IR_STCPU) {
        ir_ref get = s->ir->places[n->flags].get;
        s->moved[get] |= s->values[get].end != 0; /* used further down */
    }
    if (h->clobbers)
        add_clobber(s, number, h->clobbers);
    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        bool late = i && h->two_operand && n->arg[i] != n->arg[0] &&
                    (!bundle_commutes[n->op] || s->a->hints[n->arg[i]].fused);
        use_in_line(s, n->arg[i], position + 1 + (late || h->early));
    }
}

void live_line(struct alloc_state *s)
{
    const struct ir_refs *nodes = &s->ir->blocks[0].nodes;

    s->values = ir_alloc(s->ir, s->ir->node_count * sizeof *s->values);
    s->moved = ir_alloc(s->ir, s->ir->node_count);
    s->positions = s->a->positions = 2 * nodes->count + 2;
    for (uint32_t i = nodes->count; i-- > 0;)
        if (s->ir->nodes[nodes->at[i]].op != IR_NONE && !s->a->hints[nodes->at[i]].fused)
            scan_in_line(s, nodes->at[i], i + 1);
    for (uint32_t i = 0, j = s->clobber_count; i + 1 < j; i++) {
        struct clobber c = s->clobbers[i];
        s->clobbers[i] = s->clobbers[--j];
        s->clobbers[j] = c;
    }
}

/* -- ranges -----------------------------------------------------------------------*/

/* What the walk back from the uses of one value has found, by order of blocks. */
struct walk {
    uint64_t *marks;
    uint32_t *ends;
    ir_block_id *stack;
    uint32_t depth;
    uint32_t low, high;
};

static inline void add_range(struct alloc_state *s, struct run *run, uint32_t from,
                             uint32_t to)
{
    struct range *last;

    if (run->count) {
        last = &s->ranges[run->first + run->count - 1];
        if (last->to == from) {
            last->to = to;
            return;
        }
    }
    if (s->range_count == s->range_capacity)
        s->ranges = alloc_room(s, s->ranges, &s->range_capacity, s->range_count + 1,
                               sizeof *s->ranges);
    s->ranges[s->range_count++] = (struct range){from, to};
    run->count++;
}

/* The value is needed in block B, which is at ORDER, from its start to END. */
static inline void mark(struct walk *w, ir_block_id b, uint32_t order, uint32_t end)
{
    uint64_t bit = (uint64_t)1 << (order & 63), *marks = &w->marks[order / 64];

    if (*marks & bit) {
        if (end > w->ends[order])
            w->ends[order] = end;
        return;
    }
    *marks |= bit;
    w->ends[order] = end;
    w->low = order < w->low ? order : w->low;
    w->high = order > w->high ? order : w->high;
    w->stack[w->depth++] = b;
}

static void walk_back(const struct alloc_state *s, struct live_value *x, struct walk *w)
{
    const struct live_block *blocks = s->blocks;
    ir_block_id own = x->where - 1;

    for (uint32_t c = x->cross; c; c = s->crosses[c].next)
        mark(w, s->crosses[c].block, blocks[s->crosses[c].block].order - 1,
             s->crosses[c].end);
    while (w->depth) {
        const struct ir_block *b = &s->ir->blocks[w->stack[--w->depth]];
        for (uint32_t i = 0; i < b->pred_count; i++) {
            const struct live_block *p = &blocks[b->preds[i]];
            if (b->preds[i] == own)
                x->end = p->to;
            else if (p->order)
                mark(w, b->preds[i], p->order - 1, p->to);
        }
    }
}

static void cross_ranges(struct alloc_state *s, struct live_value *x, struct walk *w)
{
    uint32_t own = s->blocks[x->where - 1].order - 1;

    w->low = w->high = own;
    walk_back(s, x, w);
    w->marks[own / 64] |= (uint64_t)1 << (own & 63);
    for (uint32_t i = w->low / 64; i <= w->high / 64; i++) {
        uint64_t bits = w->marks[i];
        w->marks[i] = 0;
        for (; bits; bits &= bits - 1) {
            uint32_t order = i * 64 + (uint32_t)__builtin_ctzll(bits);
            if (order == own)
                add_range(s, &x->run, x->from, x->end);
            else
                add_range(s, &x->run, s->blocks[s->ir->layout[order]].from,
                          w->ends[order]);
        }
    }
}

static void block_ranges(struct alloc_state *s, ir_block_id id, struct walk *w)
{
    const struct ir_refs *nodes = &s->ir->blocks[id].nodes;

    for (uint32_t i = 0; i < nodes->count; i++) {
        struct live_value *x = &s->values[nodes->at[i]];
        if (x->where != id + 1)
            continue;
        x->run.first = s->range_count;
        if (x->cross)
            cross_ranges(s, x, w);
        else if (!live_idle(s, nodes->at[i]))
            add_range(s, &x->run, x->from, x->end);
    }
}

void live_ranges(struct alloc_state *s)
{
    uint32_t blocks = s->ir->layout_count;
    struct walk w = {0};

    w.marks = ir_alloc(s->ir, (blocks + 63) / 64 * sizeof *w.marks);
    w.ends = ir_alloc(s->ir, blocks * sizeof *w.ends);
    w.stack = ir_alloc(s->ir, blocks * sizeof *w.stack);
    s->ranges = alloc_room(s, NULL, &s->range_capacity, s->ir->node_count + 64,
                           sizeof *s->ranges);
    for (uint32_t i = 0; i < blocks; i++)
        block_ranges(s, s->ir->layout[i], &w);
}
