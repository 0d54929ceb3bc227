/*
 * alloc.c - registers and slots for bundles, the dearest first (see alloc.h).
 *
 * A bundle takes a free register; if there is none it drives out cheaper ones; else it is
 * split into its members, which try again, and a member that finds nothing goes to
 * memory.
 */
#include "host/alloc_state.h"

#include <assert.h>
#include <string.h>

enum { EVICTIONS = 3 };
/* Up to about this many positions length doesn't count: what is short finds a hole later,
 * or drives something out. */
enum { SHORT = 300 };

/* -- the queue: bundles by weight, in steps of an eighth --------------------------*/

static unsigned bucket_of(const struct bundle *b)
{
    float density = b->weight / (float)(b->length + SHORT);
    uint32_t bits;
    int bucket;

    if (!(density > 0))
        return 0;
    memcpy(&bits, &density, sizeof bits);
    bucket = (int)(bits >> 20) - ((127 - 28) << 3);
    return bucket < 1                ? 1
           : bucket >= QUEUE_BUCKETS ? QUEUE_BUCKETS - 1
                                     : (unsigned)bucket;
}

static void enqueue(struct alloc_state *s, ir_ref name)
{
    struct queue *q = s->queue;
    unsigned at = bucket_of(&s->bundles[name]);

    s->bundles[name].next = 0;
    s->bundles[name].state = BUNDLE_WAITS;
    if (q->first[at])
        s->bundles[q->last[at]].next = name;
    else
        q->first[at] = name;
    q->last[at] = name;
    q->used[at / 64] |= (uint64_t)1 << (at & 63);
}

static ir_ref dequeue(struct alloc_state *s)
{
    struct queue *q = s->queue;

    for (unsigned i = QUEUE_BUCKETS / 64; i-- > 0;) {
        unsigned at;
        ir_ref name;
        if (!q->used[i])
            continue;
        at = i * 64 + 63 - (unsigned)__builtin_clzll(q->used[i]);
        name = q->first[at];
        q->first[at] = s->bundles[name].next;
        if (!q->first[at])
            q->used[i] &= ~((uint64_t)1 << (at & 63));
        return name;
    }
    return 0;
}

/* -- tenants: which bundle holds a register where; known once something is evicted */

static uint32_t *room(struct alloc_state *s, unsigned cls, int reg, uint32_t chunk)
{
    return &s->rooms[(cls * 32 + (unsigned)reg) * ((s->positions >> CHUNK_BITS) + 1) +
                     chunk];
}

static void move_into(struct alloc_state *s, struct range r, ir_ref name, uint32_t *list)
{
    uint32_t t = s->tenant_free;

    if (t) {
        s->tenant_free = s->tenants[t].next;
    } else {
        t = s->tenant_count++;
        s->tenants = alloc_room(s, s->tenants, &s->tenant_capacity, s->tenant_count,
                                sizeof *s->tenants);
    }
    s->tenants[t] = (struct tenant){r, name, *list};
    *list = t;
}

static void move_in(struct alloc_state *s, ir_ref name)
{
    const struct bundle *b = &s->bundles[name];

    for (uint32_t i = 0; i < b->run.count; i++) {
        struct range r = s->ranges[b->run.first + i];
        for (uint32_t c = r.from >> CHUNK_BITS; c <= (r.to - 1) >> CHUNK_BITS; c++)
            move_into(s, r, name, room(s, b->cls, b->reg, c));
    }
}

static void move_out(struct alloc_state *s, ir_ref name)
{
    const struct bundle *b = &s->bundles[name];

    for (uint32_t i = 0; i < b->run.count; i++) {
        struct range r = s->ranges[b->run.first + i];
        for (uint32_t c = r.from >> CHUNK_BITS; c <= (r.to - 1) >> CHUNK_BITS; c++) {
            uint32_t *link = room(s, b->cls, b->reg, c);
            while (*link) {
                uint32_t t = *link;
                if (s->tenants[t].bundle != name) {
                    link = &s->tenants[t].next;
                    continue;
                }
                *link = s->tenants[t].next;
                s->tenants[t].next = s->tenant_free;
                s->tenant_free = t;
            }
        }
    }
}

static void open_rooms(struct alloc_state *s)
{
    uint32_t chunks = (s->positions >> CHUNK_BITS) + 1;

    s->rooms = ir_alloc(s->ir, ALLOC_CLASSES * 32 * chunks * sizeof *s->rooms);
    s->seen = ir_alloc(s->ir, s->ir->node_count * sizeof *s->seen);
    s->tenant_count = 1;
    for (ir_ref v = 1; v < s->ir->node_count; v++)
        if (s->bundle[v] == v && s->bundles[v].state == BUNDLE_IN_REGISTER)
            move_in(s, v);
}

/* -- registers --------------------------------------------------------------------*/

static void assign(struct alloc_state *s, ir_ref name, int reg)
{
    struct bundle *b = &s->bundles[name];

    b->state = BUNDLE_IN_REGISTER;
    b->reg = (int8_t)reg;
    occupancy_take(s, &s->registers[b->cls], b->run, (uint32_t)1 << reg);
    if (s->rooms)
        move_in(s, name);
}

static void evict(struct alloc_state *s, ir_ref name)
{
    struct bundle *b = &s->bundles[name];

    occupancy_leave(s, &s->registers[b->cls], b->run, (uint32_t)1 << b->reg);
    move_out(s, name);
    b->evicted++;
    b->reg = -1;
    enqueue(s, name);
}

/* add_wishes - what the members of NAME would gain by each register. */
static void add_wishes(struct alloc_state *s, ir_ref name, float *gain)
{
    unsigned cls = s->bundles[name].cls;

    for (ir_ref m = name; m; m = s->next_member[m]) {
        int want = s->a->hints[m].want;
        if (want >= 0)
            gain[want] += s->blocks[s->values[m].where - 1].weight;
        for (uint32_t i = s->values[m].affinity; i; i = s->affinities[i].next) {
            const struct bundle *b = &s->bundles[s->bundle[s->affinities[i].with]];
            if (b->state == BUNDLE_IN_REGISTER && b->cls == cls)
                gain[b->reg] += s->affinities[i].weight;
        }
    }
}

static int choose(struct alloc_state *s, ir_ref name, uint32_t free_bits)
{
    float gain[32] = {0};
    int best = __builtin_ctz(free_bits);

    if (!s->bundles[name].wishes || !(free_bits & (free_bits - 1)))
        return best;
    add_wishes(s, name, gain);
    for (uint32_t bits = free_bits; bits; bits &= bits - 1) {
        int reg = __builtin_ctz(bits);
        if (gain[reg] > gain[best])
            best = reg;
    }
    return best;
}

/* conflict_cost - weight of what would have to leave REG for B; at LIMIT it stops. */
static float conflict_cost(struct alloc_state *s, const struct bundle *b, int reg,
                           float limit)
{
    float cost = 0;

    s->seen_now++;
    for (uint32_t i = 0; i < b->run.count; i++) {
        struct range r = s->ranges[b->run.first + i];
        for (uint32_t c = r.from >> CHUNK_BITS; c <= (r.to - 1) >> CHUNK_BITS; c++) {
            for (uint32_t t = *room(s, b->cls, reg, c); t; t = s->tenants[t].next) {
                const struct tenant *x = &s->tenants[t];
                if (s->seen[x->bundle] == s->seen_now || x->range.to <= r.from ||
                    r.to <= x->range.from)
                    continue;
                s->seen[x->bundle] = s->seen_now;
                if (s->bundles[x->bundle].evicted >= EVICTIONS)
                    return limit;
                cost += s->bundles[x->bundle].weight;
                if (cost >= limit)
                    return limit;
            }
        }
    }
    return cost;
}

/* evict_all - out of REG with whatever is in the way of B. */
static void evict_all(struct alloc_state *s, const struct bundle *b, int reg)
{
    for (uint32_t i = 0; i < b->run.count; i++) {
        struct range r = s->ranges[b->run.first + i];
        for (uint32_t c = r.from >> CHUNK_BITS; c <= (r.to - 1) >> CHUNK_BITS; c++) {
            uint32_t t = *room(s, b->cls, reg, c);
            while (t) {
                const struct tenant *x = &s->tenants[t];
                if (x->range.to <= r.from || r.to <= x->range.from) {
                    t = x->next;
                    continue;
                }
                evict(s, x->bundle);
                t = *room(s, b->cls, reg, c);
            }
        }
    }
}

/* make_way - get B a register by driving out what weighs less; -1: not possible. */
static int make_way(struct alloc_state *s, const struct bundle *b, uint32_t allowed)
{
    float least = b->weight;
    int best = -1;

    if (!(least > 0))
        return -1;
    if (!s->rooms)
        open_rooms(s);
    for (; allowed; allowed &= allowed - 1) {
        int reg = __builtin_ctz(allowed);
        float cost = conflict_cost(s, b, reg, least);
        if (cost < least) {
            least = cost;
            best = reg;
        }
    }
    if (best >= 0)
        evict_all(s, b, best);
    return best;
}

static bool split(struct alloc_state *s, ir_ref name)
{
    bool divided = bundle_split(s, name);

    for (uint32_t i = 0; divided && i < s->part_count; i++)
        if (s->bundle[s->parts[i]] == s->parts[i])
            enqueue(s, s->parts[i]);
    return divided;
}

/* place - a register for bundle NAME, or its parts back into the queue, or memory. */
static void place(struct alloc_state *s, ir_ref name)
{
    struct bundle *b = &s->bundles[name];
    uint32_t allowed = s->a->registers[b->cls] & ~occupancy_clobbered(s, b->run);
    uint32_t free_bits = allowed & ~occupancy_of(s, &s->registers[b->cls], b->run);
    int reg;

    if (b->count == 1 && b->weight <= 0 && live_at_home(s, name)) {
        b->state = BUNDLE_IN_MEMORY;
        return;
    }
    reg = free_bits ? choose(s, name, free_bits) : make_way(s, b, allowed);
    if (reg >= 0)
        assign(s, name, reg);
    else if (b->count == 1 || !split(s, name))
        s->bundles[s->bundle[name]].state = BUNDLE_IN_MEMORY;
}

/* retry - what went to memory early may find a register now, or drive out something
 * cheaper that got one late. */
static void retry(struct alloc_state *s)
{
    ir_ref name;

    for (ir_ref v = 1; s->rooms && v < s->ir->node_count; v++) {
        s->bundles[v].evicted = 0;
        if (s->bundle[v] == v && s->bundles[v].state == BUNDLE_IN_MEMORY &&
            s->bundles[v].weight > 0)
            enqueue(s, v);
    }
    while ((name = dequeue(s)))
        place(s, name);
}

/* -- slots ------------------------------------------------------------------------*/

/* Slots of one size, 32 to a page. */
struct slots {
    struct occupancy *pages;
    uint32_t count, capacity, used;
};

/* Values that go to the frame, by the bundle that they were a part of: lists. */
struct groups {
    ir_ref *first, *next;
};

static const struct bundle *bundle_of(const struct alloc_state *s, ir_ref v)
{
    return &s->bundles[s->bundle[v]];
}

static bool needs_slot(const struct alloc_state *s, ir_ref v)
{
    return s->values[v].run.count && bundle_of(s, v)->state == BUNDLE_IN_MEMORY &&
           !live_at_home(s, v);
}

static struct groups group_all(struct alloc_state *s)
{
    uint32_t nodes = s->ir->node_count;
    struct groups g = {ir_alloc(s->ir, nodes * sizeof *g.first),
                       ir_alloc(s->ir, nodes * sizeof *g.next)};

    for (ir_ref v = nodes; v-- > 1;) {
        if (!needs_slot(s, v))
            continue;
        ir_ref origin = bundle_of(s, v)->origin;
        g.next[v] = g.first[origin];
        g.first[origin] = v;
    }
    return g;
}

/* give_slot - one for V and those that follow it in its group: moves between them are
 * none. (Parts of one bundle never live at the same position.) */
static void give_slot(struct alloc_state *s, struct slots *slots, const struct groups *g,
                      ir_ref v)
{
    for (uint32_t page = 0;; page++) {
        uint32_t taken = 0, slot;
        if (page == slots->count) {
            slots->pages = alloc_room(s, slots->pages, &slots->capacity, page + 1,
                                      sizeof *slots->pages);
            occupancy_new(s, &slots->pages[slots->count++]);
        }
        for (ir_ref m = v; m && ~taken; m = g->next[m])
            taken |= occupancy_of(s, &slots->pages[page], s->values[m].run);
        if (!~taken)
            continue;
        slot = page * 32 + (uint32_t)__builtin_ctz(~taken);
        assert(slot <= UINT16_MAX / 4);
        slots->used = slot >= slots->used ? slot + 1 : slots->used;
        for (ir_ref m = v; m; m = g->next[m]) {
            occupancy_take(s, &slots->pages[page], s->values[m].run,
                           (uint32_t)1 << (slot & 31));
            s->a->at[m].slot = (uint16_t)slot;
        }
        return;
    }
}

static void locate(struct alloc_state *s, ir_ref v)
{
    const struct bundle *b = bundle_of(s, v);
    struct alloc_location *at = &s->a->at[v];

    if (b->state == BUNDLE_IN_REGISTER) {
        at->kind = ALLOC_REG;
        at->reg = (uint8_t)b->reg;
        return;
    }
    assert(b->state == BUNDLE_IN_MEMORY);
    at->kind = live_at_home(s, v) ? ALLOC_HOME : ALLOC_SLOT;
    s->a->spilled += at->kind == ALLOC_SLOT;
}

static void locate_all(struct alloc_state *s)
{
    struct slots narrow = {0}, wide = {0};
    struct groups g = group_all(s);
    uint32_t nodes = s->ir->node_count;
    uint32_t first_wide;

    for (ir_ref v = 1; v < nodes; v++) {
        if (!s->values[v].run.count)
            continue;
        locate(s, v);
        if (needs_slot(s, v) && g.first[bundle_of(s, v)->origin] == v)
            give_slot(s, bundle_of(s, v)->wide ? &wide : &narrow, &g, v);
    }
    first_wide = (narrow.used + 1) & ~1U;
    s->a->slots = wide.used ? first_wide + 2 * wide.used : narrow.used;
    for (ir_ref v = 1; wide.used && v < nodes; v++)
        if (s->a->at[v].kind == ALLOC_SLOT && bundle_of(s, v)->wide)
            s->a->at[v].slot = (uint16_t)(first_wide + 2 * s->a->at[v].slot);
}

/* run_bundles - the way for any region. */
static void run_bundles(struct alloc_state *s)
{
    ir_ref name;

    live_ranges(s);
    bundle_all(s);
    s->queue = ir_alloc(s->ir, sizeof *s->queue);
    occupancy_new(s, &s->registers[ALLOC_INT]);
    if (s->vectors)
        occupancy_new(s, &s->registers[ALLOC_VECTOR]);
    for (ir_ref v = 1; v < s->ir->node_count; v++)
        if (s->values[v].run.count && s->bundle[v] == v)
            enqueue(s, v);
    while ((name = dequeue(s)))
        place(s, name);
    retry(s);
    locate_all(s);
}

void alloc_run(struct ir *ir, struct alloc *a)
{
    struct alloc_state s = {.ir = ir, .a = a};

    a->at = ir_alloc(ir, ir->node_count * sizeof *a->at);
    a->slots = a->spilled = 0;
    if (ir_is_line(ir) && !ir->entry_count) {
        live_line(&s);
        if (straight_line(&s))
            return;
        s = (struct alloc_state){.ir = ir, .a = a};
    }
    live_number(&s);
    live_uses(&s);
    if (!straight_run(&s))
        run_bundles(&s);
}
