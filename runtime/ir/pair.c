/*
 * pair.c - values of 64 bits that are pairs of 32, and pairs that are one value.
 *
 * requires: ir_finish. keeps: the graph, dominators, loops. breaks: use counts, places;
 * leaves COPYs and dead nodes.
 *
 * Joined: if two PHIs of a block are halves, and a loop needs them put together and takes
 * them apart again in each round, one PHI of 64 bits goes round:
 *
 *     h = phi a trunc(shr(x, 32))          w = phi cat(a, b) x
 *     l = phi b trunc(x)             ->    h = trunc(shr(w, 32)), l = trunc(w)
 *     ... cat(h, l) ...                    ... w ...
 *
 * Split: a place whose values are put together from halves becomes two places, so a
 * snapshot lists the halves; and PHIs that are put together from halves, and mostly used
 * by halves, become two. (So single precision in halves of registers of doubles works
 * with what it reads and writes.)
 *
 * What only snapshots take costs nothing here: it is computed when they are used.
 */
#include "ir/pair.h"

/* How a value is made. */
enum made {
    WHOLE,
    NEUTRAL, /* a constant, or what the entry has */
    WIDENED, /* from its low half */
    HALVES,
};

struct half {
    ir_ref low, high;
};

struct link { /* a node that is to stand behind another one */
    ir_ref node;
    uint32_t next;
};

struct pair {
    struct ir *ir;
    struct pass_order order;
    uint32_t count;      /* nodes that the following know */
    uint8_t *made;       /* by node of 64 bits: enum made */
    uint8_t *needed;     /* by node: pass_needed */
    struct half *halves; /* by node, where they are known */
    uint32_t *behind;    /* by node: first of its links, or 0 */
    struct link *links;
    uint32_t link_count, link_capacity;
    uint32_t *upper;   /* by place: that of the upper half, or 0 */
    bool *whole_place; /* by place: has values that are no halves */
    uint32_t places;   /* that these know */
    ir_ref *web;       /* by PHI: another one of its web, or itself; 0: none */
    int *gain;         /* by PHI that represents its web */
    bool any;          /* a place or PHI is split */
};

static const struct ir_node *at(const struct pair *p, ir_ref r)
{
    return ir_at(p->ir, r);
}

static ir_ref arg(const struct pair *p, ir_ref r, unsigned i)
{
    return ir_forward(p->ir, at(p, r)->arg[i]);
}

static bool is_wide(unsigned type)
{
    return type == IR_I64 || type == IR_F64;
}

static uint32_t preds_of(const struct pair *p, ir_ref phi)
{
    return p->ir->blocks[at(p, phi)->block].pred_count;
}

static ir_ref operand(const struct pair *p, ir_ref phi, uint32_t i)
{
    return ir_forward(p->ir, p->ir->phi_args[at(p, phi)->aux + i]);
}

/* How often B runs, about. */
static int weight(const struct pair *p, ir_block_id b)
{
    unsigned depth = p->ir->blocks[b].depth;

    return 1 << 3 * (depth < 5 ? depth : 5);
}

/* X's bits, through casts. */
static ir_ref root(const struct pair *p, ir_ref x)
{
    while (at(p, x)->op == IR_BITCAST && is_wide(at(p, x)->type))
        x = arg(p, x, 0);
    return x;
}

/* -- nodes behind others --------------------------------------------------------------*/

static ir_ref put_behind(struct pair *p, ir_ref place, enum ir_op op, enum ir_type type,
                         ir_ref a, ir_ref b)
{
    ir_ref r = ir_node_new(p->ir, op, type, a, b, 0, 0, op == IR_SHR ? IR_IN_RANGE : 0);
    uint32_t *end = &p->behind[place];

    while (*end)
        end = &p->links[*end].next;
    *end = p->link_count;
    p->links =
        ir_grow(p->ir, p->links, &p->link_capacity, p->link_count + 1, sizeof *p->links);
    p->links[p->link_count++] = (struct link){r, 0};
    return r;
}

static ir_ref upper_of(struct pair *p, ir_ref place, ir_ref x)
{
    x = put_behind(p, place, IR_SHR, IR_I64, x, ir_const(p->ir, IR_I8, 32));
    return put_behind(p, place, IR_TRUNC, IR_I32, x, 0);
}

/* R's halves; of a PHI that isn't split, or of what is computed whole, taken from it. */
static struct half halves_of(struct pair *p, ir_ref r)
{
    struct half *h = &p->halves[r];
    const struct ir_node n = *at(p, r);
    ir_ref x = r;

    if (h->low)
        return *h;
    if (n.op == IR_CONST) {
        h->low = ir_const(p->ir, IR_I32, n.aux & UINT32_MAX);
        h->high = ir_const(p->ir, IR_I32, n.aux >> 32);
    } else if (n.op == IR_CAT) {
        *h = (struct half){arg(p, r, 1), arg(p, r, 0)};
    } else if (n.op == IR_ZEXT && at(p, arg(p, r, 0))->type == IR_I32) {
        *h = (struct half){arg(p, r, 0), ir_const(p->ir, IR_I32, 0)};
    } else if (n.op == IR_BITCAST && p->made[r] >= WIDENED) {
        *h = halves_of(p, arg(p, r, 0));
    } else {
        if (n.op == IR_BITCAST)
            x = arg(p, r, 0);
        if (n.type == IR_F64)
            x = put_behind(p, r, IR_BITCAST, IR_I64, r, 0);
        else
            x = r;
        h->low = put_behind(p, r, IR_TRUNC, IR_I32, x, 0);
        h->high = upper_of(p, r, x);
    }
    return p->halves[r];
}

/* -- how values are made --------------------------------------------------------------*/

static enum made phi_made(const struct pair *p, ir_ref phi)
{
    enum made best = NEUTRAL;
    bool whole = false;

    for (uint32_t i = 0; i < preds_of(p, phi); i++) {
        enum made m = (enum made)p->made[operand(p, phi, i)];
        whole |= m == WHOLE;
        best = m > best ? m : best;
    }
    return best == HALVES ? HALVES : whole ? WHOLE : best;
}

static enum made made_of(const struct pair *p, ir_ref r)
{
    const struct ir_node *n = at(p, r);

    switch (n->op) {
    case IR_CONST:
    case IR_GET:
        return NEUTRAL;
    case IR_CAT:
        return ir_is_const(p->ir, arg(p, r, 0)) ? WHOLE : HALVES;
    case IR_ZEXT:
        return at(p, arg(p, r, 0))->type == IR_I32 ? WIDENED : WHOLE;
    case IR_BITCAST:
        return is_wide(at(p, arg(p, r, 0))->type) ? (enum made)p->made[arg(p, r, 0)]
                                                  : WHOLE;
    case IR_PHI:
        return phi_made(p, r);
    default:
        return WHOLE;
    }
}

/* From below: all is neutral until an operand says otherwise. */
static void find_made(struct pair *p)
{
    bool changed = true;

    for (ir_ref r = 1; r < p->count; r++)
        if (is_wide(at(p, r)->type))
            p->made[r] = NEUTRAL;
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < p->order.count; i++) {
            const struct ir_refs *list = &p->ir->blocks[p->order.rpo[i]].nodes;
            for (uint32_t j = 0; j < list->count; j++) {
                ir_ref r = list->at[j];
                enum made m;
                if (!is_wide(at(p, r)->type))
                    continue;
                m = made_of(p, r);
                changed |= m != p->made[r];
                p->made[r] = (uint8_t)m;
            }
        }
    }
}

/* -- places ---------------------------------------------------------------------------*/

/* Which places are split; false: none. */
static bool choose_places(struct pair *p)
{
    struct ir *ir = p->ir;
    bool any = false;
    uint8_t *best;

    p->places = ir->place_count;
    p->upper = ir_alloc(ir, p->places * sizeof *p->upper);
    p->whole_place = ir_alloc(ir, p->places * sizeof *p->whole_place);
    best = ir_alloc(ir, p->places);
    for (uint32_t i = 1; i < ir->snap_count; i++)
        for (uint32_t j = 0; j < ir->snaps[i].count; j++) {
            const struct ir_entry *e = &ir->entries[ir->snaps[i].first + j];
            uint8_t m = p->made[ir_forward(ir, e->value)];
            if (!is_wide(ir->places[e->place].type))
                continue;
            best[e->place] = m > best[e->place] ? m : best[e->place];
            p->whole_place[e->place] |= m == WHOLE;
        }
    for (uint32_t i = 1; i < p->places; i++)
        if (best[i] == HALVES || (best[i] == WIDENED && !p->whole_place[i])) {
            p->upper[i] = ir->place_count;
            ir->places = ir_grow(ir, ir->places, &ir->place_capacity, ir->place_count + 1,
                                 sizeof *ir->places);
            ir->places[ir->place_count++] = ir->places[i];
            any = true;
        }
    return any;
}

/* A place that is split is that of its lower half from now on. */
static void split_places(struct pair *p)
{
    bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

    for (uint32_t i = 1; i < p->places; i++) {
        struct ir_place *low = &p->ir->places[i], *high;
        if (p->upper[i] == 0)
            continue;
        high = &p->ir->places[p->upper[i]];
        low->type = high->type = IR_I32;
        high->offset += big ? 0 : 4;
        low->offset += big ? 4 : 0;
    }
}

/* The entry's values of split places: two GETs each. */
static void split_gets(struct pair *p)
{
    const struct ir_refs *list = &p->ir->blocks[0].nodes;

    for (uint32_t i = 0; i < list->count; i++) {
        ir_ref r = list->at[i];
        const struct ir_node *n = at(p, r);
        uint64_t place = n->aux;
        if (n->op != IR_GET || place >= p->places || p->upper[place] == 0)
            continue;
        p->halves[r].low = ir_node_new(p->ir, IR_GET, IR_I32, 0, 0, 0, place, 0);
        p->halves[r].high =
            ir_node_new(p->ir, IR_GET, IR_I32, 0, 0, 0, p->upper[place], 0);
    }
}

static void add_entry(struct pair *p, uint32_t place, ir_ref value)
{
    p->ir->entries[p->ir->entry_count++] = (struct ir_entry){place, value};
}

/* Snapshots list the halves of what is in split places; upper halves come last, as their
 * places do. */
static void split_entries(struct pair *p)
{
    struct ir *ir = p->ir;

    for (uint32_t i = 1; i < ir->snap_count; i++) {
        struct ir_snap *s = &ir->snaps[i];
        uint32_t more = 0, first = ir->entry_count;
        for (uint32_t j = 0; j < s->count; j++)
            more += p->upper[ir->entries[s->first + j].place] != 0;
        if (more == 0)
            continue;
        ir->entries = ir_grow(ir, ir->entries, &ir->entry_capacity,
                              first + s->count + more, sizeof *ir->entries);
        for (uint32_t j = 0; j < s->count; j++) {
            struct ir_entry e = ir->entries[s->first + j];
            if (p->upper[e.place])
                e.value = halves_of(p, ir_forward(ir, e.value)).low;
            add_entry(p, e.place, e.value);
        }
        for (uint32_t j = 0; j < s->count; j++) {
            struct ir_entry e = ir->entries[s->first + j];
            if (p->upper[e.place])
                add_entry(p, p->upper[e.place],
                          halves_of(p, ir_forward(ir, e.value)).high);
        }
        s->first = first;
        s->count += more;
    }
}

/* -- PHIs -----------------------------------------------------------------------------*/

static ir_ref web_of(const struct pair *p, ir_ref phi)
{
    while (p->web[phi] != phi)
        phi = p->web[phi];
    return phi;
}

static void add_gain(struct pair *p, ir_ref phi, int gain)
{
    p->gain[web_of(p, phi)] += gain;
}

static void join_webs(struct pair *p, ir_ref a, ir_ref b)
{
    a = web_of(p, a);
    b = web_of(p, b);
    if (a == b)
        return;
    p->web[a] = b;
    p->gain[b] += p->gain[a];
}

/* What PHI gains by its operands: one that is put together need not be, one that is whole
 * must be taken apart. */
static void weigh_operands(struct pair *p, ir_ref phi)
{
    const struct ir_block *b = &p->ir->blocks[at(p, phi)->block];

    for (uint32_t i = 0; i < b->pred_count; i++) {
        ir_ref o = root(p, operand(p, phi, i));
        int w = weight(p, b->preds[i]);
        if (o < p->count && p->web[o])
            join_webs(p, phi, o);
        else if (p->made[o] >= WIDENED)
            add_gain(p, phi, 3 * w);
        else if (p->made[o] == WHOLE)
            add_gain(p, phi, -4 * w);
    }
}

/* The same by N, a node that takes it. */
static void weigh_use(struct pair *p, const struct ir_node *n, ir_ref phi, int w)
{
    uint64_t by = 0;

    switch (n->op) {
    case IR_BITCAST:
        return; /* root looks through it */
    case IR_TRUNC:
        add_gain(p, phi, w);
        return;
    case IR_SHR:
    case IR_SAR:
        by = ir_is_const(p->ir, n->arg[1]) ? ir_value(p->ir, n->arg[1]) : 0;
        add_gain(p, phi, by >= 32 ? 2 * w : -3 * w);
        return;
    default:
        add_gain(p, phi, -3 * w);
    }
}

static void weigh_block(struct pair *p, ir_block_id b)
{
    const struct ir_refs *list = &p->ir->blocks[b].nodes;

    for (uint32_t j = 0; j < list->count; j++) {
        ir_ref r = list->at[j];
        const struct ir_node *n = at(p, r);
        if (n->op == IR_PHI) {
            if (p->web[r])
                weigh_operands(p, r);
            else if (is_wide(n->type) && p->needed[r])
                for (uint32_t i = 0; i < preds_of(p, r); i++) {
                    ir_ref o = root(p, operand(p, r, i));
                    if (o < p->count && p->web[o])
                        add_gain(p, o, -3 * weight(p, b));
                }
            continue;
        }
        for (unsigned i = 0; p->needed[r] && i < ir_op_args[n->op]; i++) {
            ir_ref o = root(p, arg(p, r, i));
            if (o < p->count && p->web[o])
                weigh_use(p, n, o, weight(p, b));
        }
    }
}

/* A web of which a snapshot lists a PHI whole, for a place that isn't split, would have
 * to be put together for it. */
static void spare_listed(struct pair *p)
{
    const struct ir *ir = p->ir;

    for (uint32_t i = 1; i < ir->snap_count; i++)
        for (uint32_t j = 0; j < ir->snaps[i].count; j++) {
            const struct ir_entry *e = &ir->entries[ir->snaps[i].first + j];
            ir_ref v = root(p, ir_forward(ir, e->value));
            if (p->upper[e->place] == 0 && v < p->count && p->web[v])
                add_gain(p, v, -(1 << 20));
        }
}

static bool choose_phis(struct pair *p)
{
    bool any = false;

    p->web = ir_alloc(p->ir, p->count * sizeof *p->web);
    p->gain = ir_alloc(p->ir, p->count * sizeof *p->gain);
    for (uint32_t i = 0; i < p->order.count; i++) {
        const struct ir_refs *list = &p->ir->blocks[p->order.rpo[i]].nodes;
        for (uint32_t j = 0; j < list->count && at(p, list->at[j])->op == IR_PHI; j++)
            if (is_wide(at(p, list->at[j])->type) && p->made[list->at[j]] >= WIDENED) {
                p->web[list->at[j]] = list->at[j];
                any = true;
            }
    }
    if (!any)
        return false;
    for (uint32_t i = 0; i < p->order.count; i++)
        weigh_block(p, p->order.rpo[i]);
    spare_listed(p);
    return true;
}

static bool is_split(const struct pair *p, ir_ref phi)
{
    return p->web && p->web[phi] && p->gain[web_of(p, phi)] > 0;
}

/* Two PHIs for each that is split; their operands. */
static void split_phis(struct pair *p)
{
    struct ir *ir = p->ir;

    for (ir_ref r = 1; r < p->count; r++)
        if (is_split(p, r)) {
            uint32_t low = pass_phi_args(ir, preds_of(p, r));
            uint32_t high = pass_phi_args(ir, preds_of(p, r));
            p->halves[r].low = ir_node_new(ir, IR_PHI, IR_I32, 0, 0, 0, low, 0);
            p->halves[r].high = ir_node_new(ir, IR_PHI, IR_I32, 0, 0, 0, high, 0);
            p->any = true;
        }
    for (ir_ref r = 1; r < p->count; r++)
        for (uint32_t i = 0; is_split(p, r) && i < preds_of(p, r); i++) {
            struct half h = halves_of(p, operand(p, r, i));
            ir->phi_args[at(p, p->halves[r].low)->aux + i] = h.low;
            ir->phi_args[at(p, p->halves[r].high)->aux + i] = h.high;
        }
}

/* -- the new lists --------------------------------------------------------------------*/

static bool is_first(const struct ir_node *n)
{
    return n->op == IR_PHI || n->op == IR_GET;
}

/* Does what stands first in its block become two? */
static bool is_divided(const struct pair *p, ir_ref r)
{
    const struct ir_node *n = at(p, r);

    if (n->op == IR_GET)
        return is_wide(n->type) && n->aux < p->places && p->upper[n->aux];
    return is_split(p, r);
}

static void append_behind(struct pair *p, ir_ref r)
{
    for (uint32_t i = p->behind[r]; i; i = p->links[i].next) {
        pass_args(p->ir, ir_at(p->ir, p->links[i].node));
        ir_append(p->ir, p->links[i].node);
    }
}

/* R of the halves that stand above. */
static void put_together(struct pair *p, ir_ref r)
{
    struct half h = p->halves[r];
    enum ir_type type = (enum ir_type)at(p, r)->type;
    ir_ref whole = ir_node_new(p->ir, IR_CAT, IR_I64, h.high, h.low, 0, 0, 0);

    ir_append(p->ir, whole);
    if (type == IR_F64) {
        whole = ir_node_new(p->ir, IR_BITCAST, IR_F64, whole, 0, 0, 0, 0);
        ir_append(p->ir, whole);
    }
    pass_is(p->ir, r, whole);
}

static void rewrite_block(struct pair *p, ir_block_id b)
{
    struct ir *ir = p->ir;
    struct ir_refs old = pass_open(ir, b);
    uint32_t first = 0;

    for (; first < old.count && is_first(at(p, old.at[first])); first++) {
        struct half h = p->halves[old.at[first]];
        if (!is_divided(p, old.at[first])) {
            ir_append(ir, old.at[first]);
            continue;
        }
        ir_append(ir, h.low);
        ir_append(ir, h.high);
    }
    for (uint32_t i = 0; i < first; i++) {
        if (is_divided(p, old.at[i]))
            put_together(p, old.at[i]);
        append_behind(p, old.at[i]);
    }
    for (uint32_t i = first; i < old.count; i++) {
        ir_ref r = old.at[i], is_now = 0;
        const struct ir_node n = *at(p, r);
        pass_args(ir, ir_at(ir, r));
        if (n.op == IR_TRUNC || n.op == IR_BITCAST || n.op == IR_SHR)
            is_now = ir_fold(ir, (enum ir_op)n.op, (enum ir_type)n.type, at(p, r)->arg[0],
                             at(p, r)->arg[1], 0);
        if (is_now)
            pass_is(ir, r, is_now);
        else
            ir_append(ir, r);
        append_behind(p, r);
    }
    ir_reclose(ir);
}

/* Is anything put together from halves that aren't constant? */
static bool has_cats(const struct ir *ir, const struct pass_order *o)
{
    for (uint32_t i = 0; i < o->count; i++) {
        const struct ir_refs *list = &ir->blocks[o->rpo[i]].nodes;
        for (uint32_t j = 0; j < list->count; j++) {
            const struct ir_node *n = ir_at(ir, list->at[j]);
            if (n->op == IR_CAT && n->type == IR_I64 && !ir_is_const(ir, n->arg[0]))
                return true;
        }
    }
    return false;
}

static void start(struct pair *p)
{
    struct ir *ir = p->ir;

    p->count = ir->node_count;
    p->made = ir_alloc(ir, p->count);
    p->needed = pass_needed(ir, &p->order);
    p->halves = ir_alloc(ir, p->count * sizeof *p->halves);
    p->behind = ir_alloc(ir, p->count * sizeof *p->behind);
    p->link_count = 1; /* 0: none */
    find_made(p);
}

void ir_pass_pair(struct ir *ir)
{
    struct pair p = {.ir = ir, .order = pass_order(ir)};

    if (!has_cats(ir, &p.order))
        return;
    ir_compact(ir);
    ir_dominators(ir);
    ir_loops(ir);
    pair_join(ir, &p.order);
    start(&p);
    p.any = choose_places(&p);
    if (p.any)
        split_gets(&p);
    if (choose_phis(&p))
        split_phis(&p);
    if (!p.any)
        return;
    split_entries(&p);
    split_places(&p);
    for (uint32_t i = 0; i < p.order.count; i++)
        rewrite_block(&p, p.order.rpo[i]);
    ir_compact(ir);
    ir_pass_dce(ir); /* what is dead would count as a use (retype.c) */
}
