/*
 * build.c - the builder: nodes, variables of places, snapshots, blocks (see ir.h).
 *
 * SSA form is made at once, by the algorithm of Braun, Buchwald, Hack et al. ("Simple and
 * efficient construction of static single assignment form", 2013): a place is read by
 * looking for its last value backwards through the blocks; a block whose predecessors
 * aren't all known gets a PHI that is filled when it is sealed.
 */
#include "ir/build.h"
#include "ir/fold.h"

#include <assert.h>
#include <string.h>

static inline ir_ref new_node(struct ir *ir, const struct ir_node *n)
{
    if (__builtin_expect(ir->node_count == ir->node_capacity, 0))
        ir->nodes = ir_grow(ir, ir->nodes, &ir->node_capacity, ir->node_count + 1,
                            sizeof *ir->nodes);
    ir->nodes[ir->node_count] = *n;
    return ir->node_count++;
}

ir_ref ir_node_new(struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
                   ir_ref c, uint64_t aux, unsigned flags)
{
    struct ir_node n = {.op = (uint8_t)op,
                        .type = (uint8_t)type,
                        .flags = (uint16_t)flags,
                        .arg = {a, b, c},
                        .aux = aux};

    return new_node(ir, &n);
}

static inline void append(struct ir *ir, ir_ref r)
{
    if (ir->terminated)
        return;
    ir->nodes[r].block = ir->current;
    ir_refs_add(ir, &ir->blocks[ir->current].nodes, r);
}

void ir_append(struct ir *ir, ir_ref r)
{
    append(ir, r);
}

/* -- the table of nodes by content */

/*
 * A node's content as words, so that it is made, hashed and compared in registers: a node
 * that was just written by parts is slow to read by larger ones.
 */
struct content {
    uint64_t head, tail, aux;
};

static inline struct content content(unsigned op, unsigned type, unsigned flags, ir_ref a,
                                     ir_ref b, ir_ref c, uint64_t aux)
{
    return (struct content){op | type << 8 | flags << 16 | (uint64_t)a << 32,
                            b | (uint64_t)c << 32, aux};
}

static inline struct content content_of(const struct ir_node *n)
{
    return content(n->op, n->type, n->flags, n->arg[0], n->arg[1], n->arg[2], n->aux);
}

static inline uint32_t content_hash(struct content c)
{
    uint64_t h = c.head * UINT64_C(0x9e3779b97f4a7c15);

    h ^= c.tail * UINT64_C(0xc2b2ae3d27d4eb4f) ^ c.aux * UINT64_C(0x165667b19e3779f9);
    return (uint32_t)(h >> 32 ^ h >> 13);
}

static inline bool content_is(struct content c, const struct ir_node *n)
{
    struct content d = content_of(n);

    return c.head == d.head && c.tail == d.tail && c.aux == d.aux;
}

/* The node, which holds C. */
static inline ir_ref content_node(struct ir *ir, struct content c)
{
    struct ir_node *n;

    if (__builtin_expect(ir->node_count == ir->node_capacity, 0))
        ir->nodes = ir_grow(ir, ir->nodes, &ir->node_capacity, ir->node_count + 1,
                            sizeof *ir->nodes);
    n = &ir->nodes[ir->node_count];
    n->op = (uint8_t)c.head;
    n->type = (uint8_t)(c.head >> 8);
    n->flags = (uint16_t)(c.head >> 16);
    n->arg[0] = (ir_ref)(c.head >> 32);
    n->arg[1] = (ir_ref)c.tail;
    n->arg[2] = (ir_ref)(c.tail >> 32);
    n->snap = n->block = 0;
    n->aux = c.aux;
    return ir->node_count++;
}

static void grow_table(struct ir *ir)
{
    struct ir_build *b = ir->build;
    uint32_t mask = b->mask * 4 + 3;
    ir_ref *table = ir_alloc(ir, (mask + 1) * sizeof *table);

    for (uint32_t i = 0; i <= b->mask; i++) {
        uint32_t to;
        if (!b->table[i])
            continue;
        to = content_hash(content_of(&ir->nodes[b->table[i]])) & mask;
        while (table[to])
            to = (to + 1) & mask;
        table[to] = b->table[i];
    }
    b->table = table;
    b->mask = mask;
}

/* The entry of the table that holds content C, or the free one where it belongs. */
static inline ir_ref *table_entry(struct ir *ir, struct content c)
{
    struct ir_build *b = ir->build;
    uint32_t i;

    if (b->used * 2 > b->mask)
        grow_table(ir);
    i = content_hash(c) & b->mask;
    while (b->table[i] && !content_is(c, &ir->nodes[b->table[i]]))
        i = (i + 1) & b->mask;
    return &b->table[i];
}

/* Whether what block B holds so far is there in the current one: B leads to it by blocks
 * with one predecessor each. */
static bool is_above(const struct ir *ir, ir_block_id b)
{
    ir_block_id at = ir->current;

    for (unsigned step = 0; step < 32; step++) {
        const struct ir_block *block = &ir->blocks[at];
        if (at == b)
            return true;
        if (!block->sealed || block->pred_count != 1)
            return false;
        at = block->preds[0];
    }
    return false;
}

ir_ref ir_const_wide(struct ir *ir, enum ir_type type, uint64_t high, uint64_t low)
{
    struct content c =
        content(IR_CONST, type, 0, (ir_ref)high, (ir_ref)(high >> 32), 0, low);
    ir_ref *entry = table_entry(ir, c);

    if (*entry)
        return *entry;
    ir->build->used++;
    return *entry = content_node(ir, c);
}

ir_ref ir_const(struct ir *ir, enum ir_type type, uint64_t value)
{
    unsigned bits = ir_type_bits[type];

    assert(type != IR_VOID);
    return ir_const_wide(ir, type, 0,
                         bits < 64 ? value & ((UINT64_C(1) << bits) - 1) : value);
}

ir_ref ir_const128(struct ir *ir, uint64_t high, uint64_t low)
{
    return ir_const_wide(ir, IR_I128, high, low);
}

/* -- operations */

enum ir_type ir_type_of(const struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a,
                        ir_ref b)
{
    if (ir_op_results[op] == IR_RESULT_SAME)
        return (enum ir_type)ir->nodes[a].type;
    if (ir_op_results[op] == IR_RESULT_BOOL)
        return IR_I1;
    if (ir_op_results[op] == IR_RESULT_NONE)
        return IR_VOID;
    if (type != IR_VOID)
        return type;
    if (op == IR_SELECT)
        return (enum ir_type)ir->nodes[b].type;
    assert(op == IR_CAT);
    return ir->nodes[a].type == IR_I32 ? IR_I64 : IR_I128;
}

/* A pure node: one that is there already, or a new one. */
static ir_ref pure_node(struct ir *ir, struct content c)
{
    struct ir_build *b = ir->build;
    ir_ref *entry, r;

    if (ir->terminated || b->finished) {
        r = content_node(ir, c);
        append(ir, r);
        return r;
    }
    entry = table_entry(ir, c);
    if (*entry && is_above(ir, ir->nodes[*entry].block))
        return *entry;
    b->used += !*entry;
    r = content_node(ir, c);
    *entry = r;
    append(ir, r);
    return r;
}

/*
 * How deep folding may make operations that fold. In a loop that nothing leads to, a
 * value may be computed from itself by the PHI's one operand: x + 1 + 1 + 1 for ever.
 */
enum { FOLDING_MOST = 16 };

ir_ref ir_op_aux(struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
                 ir_ref c, uint64_t aux, unsigned flags)
{
    unsigned args = ir_op_args[op];
    struct fold f;
    ir_ref r;

    if ((args > 0 && !a) || (args > 1 && !b) || (args > 2 && !c))
        return 0; /* an operand that couldn't be made */
    a = args > 0 ? ir_forward(ir, a) : 0;
    b = args > 1 ? ir_forward(ir, b) : 0;
    c = args > 2 ? ir_forward(ir, c) : 0;
    type = ir_type_of(ir, op, type, a, b);
    ir->wide |= type == IR_I128;
    if (ir_op_effects[op] != IR_PURE) {
        ir->floats |= ir_op_effects[op] == IR_FLAGS;
        if (!ir->build->open)
            return 0;
        r = content_node(ir, content(op, type, flags, a, b, c, aux));
        append(ir, r);
        return r;
    }
    if (aux == 0 && (flags & ~(unsigned)IR_IN_RANGE) == 0 && op >= IR_ADD &&
        ir->build->folding < FOLDING_MOST) {
        fold_start(&f, ir, op, type, a, b, c);
        f.flags = flags;
        ir->build->folding++;
        r = fold_run(&f);
        ir->build->folding--;
        if (r)
            return r;
        a = f.a;
        b = f.b;
        flags = f.flags;
    }
    return ir->build->open ? pure_node(ir, content(op, type, flags, a, b, c, aux)) : 0;
}

ir_ref ir_op(struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
             ir_ref c)
{
    return ir_op_aux(ir, op, type, a, b, c, 0, 0);
}

static ir_ref resize(struct ir *ir, enum ir_op widen, enum ir_type type, ir_ref a)
{
    unsigned from = ir_type_bits[ir->nodes[a].type], to = ir_type_bits[type];

    if (from == to)
        return a;
    return ir_op(ir, from < to ? widen : IR_TRUNC, type, a, 0, 0);
}

ir_ref ir_to(struct ir *ir, enum ir_type type, ir_ref a)
{
    return resize(ir, IR_ZEXT, type, a);
}

ir_ref ir_sto(struct ir *ir, enum ir_type type, ir_ref a)
{
    return resize(ir, IR_SEXT, type, a);
}

/* -- places and variables */

static void grow_place_table(struct ir *ir)
{
    struct ir_build *b = ir->build;
    uint32_t mask = b->place_mask * 4 + 3;
    uint16_t *table = ir_alloc(ir, (mask + 1) * sizeof *table);

    for (uint32_t p = 1; p < ir->place_count; p++) {
        uint32_t i = (ir->places[p].offset * 0x9e3779b1u >> 15) & mask;
        while (table[i])
            i = (i + 1) & mask;
        table[i] = (uint16_t)p;
    }
    b->place_table = table;
    b->place_mask = mask;
}

uint32_t ir_place_at(struct ir *ir, uint32_t offset, enum ir_type type)
{
    struct ir_build *b = ir->build;
    uint32_t i = (offset * 0x9e3779b1u >> 15) & b->place_mask, p;

    while ((p = b->place_table[i]) != 0) {
        if (ir->places[p].offset == offset) {
            assert(ir->places[p].type == type);
            return p;
        }
        i = (i + 1) & b->place_mask;
    }
    p = ir->place_count;
    assert(p <= UINT16_MAX);
    if (p == ir->place_capacity)
        ir->places =
            ir_grow(ir, ir->places, &ir->place_capacity, p + 1, sizeof *ir->places);
    ir->places[p] = (struct ir_place){.offset = offset, .type = (uint8_t)type};
    ir->place_count++;
    b->place_table[i] = (uint16_t)p;
    if (ir->place_count * 2 > b->place_mask)
        grow_place_table(ir);
    return p;
}

/* The variables of B, with room for PLACE. */
static struct ir_vars *vars_of(struct ir *ir, ir_block_id b, uint32_t place)
{
    struct ir_vars *v = ir_vars(ir, b);
    uint32_t room;
    ir_ref *both;

    if (place < v->capacity)
        return v;
    room = v->capacity ? v->capacity * 2 : 24;
    while (room <= place || room < ir->place_count)
        room *= 2;
    both = ir_alloc(ir, 2 * room * sizeof *both);
    if (v->capacity) {
        memcpy(both, v->in, v->capacity * sizeof *both);
        memcpy(both + room, v->out, v->capacity * sizeof *both);
    }
    v->in = both;
    v->out = both + room;
    v->capacity = room;
    return v;
}

void ir_get_room(struct ir *ir, uint32_t places)
{
    struct ir_build *b = ir->build;
    uint32_t old = b->gets_capacity;

    if (places <= old)
        return;
    b->gets = ir_grow(ir, b->gets, &b->gets_capacity, places, sizeof *b->gets);
    memset(b->gets + old, 0, (b->gets_capacity - old) * sizeof *b->gets);
}

void ir_get_is(struct ir *ir, uint32_t place, ir_ref r)
{
    ir_get_room(ir, place + 1);
    ir->build->gets[place] = r;
}

static ir_ref get_node(struct ir *ir, uint32_t place)
{
    struct ir_build *b = ir->build;
    struct ir_node n = {.op = IR_GET, .type = ir->places[place].type, .aux = place};

    if (place >= b->gets_capacity || !b->gets[place]) {
        ir_get_is(ir, place, new_node(ir, &n));
        ir_refs_add(ir, &b->get_list, b->gets[place]);
    }
    return b->gets[place];
}

static ir_ref new_phi(struct ir *ir, ir_block_id b, uint32_t place)
{
    struct ir_node n = {
        .op = IR_PHI, .type = ir->places[place].type, .arg = {place}, .block = b};
    ir_ref r = new_node(ir, &n);
    struct ir_vars *v = vars_of(ir, b, place);

    ir_refs_add(ir, &v->phis, r);
    v->in[place] = r;
    return r;
}

static ir_ref read_out(struct ir *ir, ir_block_id b, uint32_t place)
{
    const struct ir_vars *v = ir_vars(ir, b);

    if (place < v->capacity && v->out[place])
        return ir_forward(ir, v->out[place]);
    return ir_read_in(ir, b, place);
}

ir_ref ir_phi_same(const struct ir *ir, ir_ref phi)
{
    const struct ir_node *n = &ir->nodes[phi];
    uint32_t count = ir->blocks[n->block].pred_count;
    ir_ref same = 0;

    for (uint32_t i = 0; i < count; i++) {
        ir_ref r = ir_forward(ir, ir->phi_args[n->aux + i]);
        if (r == same || r == phi)
            continue;
        if (same)
            return 0;
        same = r;
    }
    return same;
}

/* Fill PHI's operands; its value if they are all the same. */
static ir_ref complete_phi(struct ir *ir, ir_ref phi)
{
    ir_block_id b = ir->nodes[phi].block;
    uint32_t place = ir->nodes[phi].arg[0], count = ir->blocks[b].pred_count;
    uint32_t first = ir->phi_arg_count;
    ir_ref same;

    ir->phi_args = ir_grow(ir, ir->phi_args, &ir->phi_arg_capacity, first + count,
                           sizeof *ir->phi_args);
    ir->phi_arg_count += count;
    ir->nodes[phi].aux = first;
    for (uint32_t i = 0; i < count; i++)
        ir->phi_args[first + i] = phi; /* until known: none but itself */
    for (uint32_t i = 0; i < count; i++) {
        ir_ref r = read_out(ir, ir->blocks[b].preds[i], place);
        ir->phi_args[first + i] = r;
    }
    same = ir_phi_same(ir, phi);
    if (!same)
        return phi;
    ir->build->copied = true;
    ir->nodes[phi].op = IR_COPY;
    ir->nodes[phi].arg[0] = same;
    ir->nodes[phi].aux = 0;
    return same;
}

ir_ref ir_read_in(struct ir *ir, ir_block_id b, uint32_t place)
{
    ir_block_id at = b;
    ir_ref r = 0;

    for (uint32_t steps = 0; !r; steps++) {
        const struct ir_vars *v = ir_vars(ir, at);
        const struct ir_block *block = &ir->blocks[at];
        ir_block_id pred;
        if (place < v->capacity && v->in[place]) {
            r = ir_forward(ir, v->in[place]);
        } else if (!block->sealed) {
            r = new_phi(ir, at, place);
        } else if (block->pred_count > 1) {
            r = complete_phi(ir, new_phi(ir, at, place));
        } else if (block->pred_count == 0 || steps > ir->block_count) {
            r = get_node(ir, place); /* the entry, or what nothing reaches */
        } else {
            pred = block->preds[0];
            v = ir_vars(ir, pred);
            if (place < v->capacity && v->out[place])
                r = ir_forward(ir, v->out[place]);
            else
                at = pred;
        }
    }
    for (ir_block_id x = b;; x = ir->blocks[x].preds[0]) {
        vars_of(ir, x, place)->in[place] = r;
        if (x == at)
            break;
    }
    return r;
}

/* -- places of a region that writes through */

static inline bool goes_through(const struct ir *ir, enum ir_type type)
{
    return ir->through && type != IR_I1 && type != IR_I128;
}

/* The value that PLACE has at the end of B, if that is known. */
static ir_ref known_in(const struct ir *ir, ir_block_id b, uint32_t place)
{
    const struct ir_vars *v = ir_vars(ir, b);

    if (place >= v->capacity)
        return 0;
    return v->out[place] ? v->out[place] : v->in[place];
}

/* Its home holds what was written last, or before the region: that is read, if no value
 * is known on the one way here. */
static ir_ref get_through(struct ir *ir, uint32_t place)
{
    ir_block_id b = ir->current;
    ir_ref r = known_in(ir, b, place);

    for (unsigned steps = 0; !r && steps < 4; steps++) {
        if (b == 0 || !ir->blocks[b].sealed || ir->blocks[b].pred_count != 1)
            break;
        b = ir->blocks[b].preds[0];
        r = known_in(ir, b, place);
    }
    if (r)
        return ir_forward(ir, r);
    r = content_node(ir, content(IR_GET, ir->places[place].type, 0, 0, 0, 0, place));
    append(ir, r);
    vars_of(ir, ir->current, place)->in[place] = r;
    ir->places[place].get = r;
    return r;
}

/* A store that nothing could have seen yet goes. */
static void set_through(struct ir *ir, uint32_t place, ir_ref value)
{
    struct ir_build *b = ir->build;
    struct ir_through *t;
    uint32_t old = b->stores_capacity;

    if (place >= old) {
        b->stores = ir_grow(ir, b->stores, &b->stores_capacity, ir->place_capacity,
                            sizeof *b->stores);
        memset(b->stores + old, 0, (b->stores_capacity - old) * sizeof *b->stores);
    }
    t = &b->stores[place];
    if (t->store && t->effects == b->effects)
        ir->nodes[t->store].op = IR_NONE;
    t->store = content_node(
        ir, content(IR_STCPU, IR_VOID, place, value, 0, 0, ir->places[place].offset));
    t->effects = b->effects;
    ir->places[place].stored = true;
    append(ir, t->store);
}

ir_ref ir_get(struct ir *ir, uint32_t offset, enum ir_type type)
{
    uint32_t place = ir_place_at(ir, offset, type);

    if (goes_through(ir, type))
        return get_through(ir, place);
    return read_out(ir, ir->current, place);
}

void ir_set(struct ir *ir, uint32_t offset, enum ir_type type, ir_ref value)
{
    uint32_t place = ir_place_at(ir, offset, type);
    struct ir_block *block;
    struct ir_vars *v;
    struct ir_cell *cell;

    if (ir->terminated)
        return;
    value = ir_forward(ir, value);
    assert(ir->nodes[value].type == type);
    v = vars_of(ir, ir->current, place);
    if ((v->out[place] ? v->out[place] : v->in[place]) == value)
        return;
    v->out[place] = value;
    if (goes_through(ir, type)) {
        set_through(ir, place, value);
        return;
    }
    ir->places[place].written = true;
    block = &ir->blocks[ir->current];
    cell = ir_alloc(ir, sizeof *cell);
    cell->prev = block->cells;
    cell->place = place;
    cell->value = value;
    block->cells = cell;
}

/* -- snapshots and what carries them */

uint32_t ir_snapshot(struct ir *ir, uint64_t pc, bool in_slot)
{
    struct ir_snap *last = &ir->snaps[ir->snap_count - 1];
    struct ir_cell *cell = ir->blocks[ir->current].cells;

    if (ir->snap_count > 1 && last->pc == pc && last->in_slot == in_slot &&
        last->ret == 0 && last->frame == 0 && last->block == ir->current &&
        last->cell == cell)
        return ir->snap_count - 1;
    if (ir->snap_count == ir->snap_capacity)
        ir->snaps = ir_grow(ir, ir->snaps, &ir->snap_capacity, ir->snap_count + 1,
                            sizeof *ir->snaps);
    ir->snaps[ir->snap_count] = (struct ir_snap){
        .pc = pc, .in_slot = in_slot, .block = ir->current, .cell = cell};
    return ir->snap_count++;
}

static void end(struct ir *ir, struct ir_node n)
{
    if (ir->terminated)
        return;
    append(ir, new_node(ir, &n));
    ir->build->effects++;
    ir->terminated = true;
}

ir_ref ir_effectful(struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
                    ir_ref c, uint32_t snap, uint64_t aux, unsigned flags)
{
    unsigned args = ir_op_args[op];
    ir_ref r;

    a = args > 0 ? ir_forward(ir, a) : 0;
    b = args > 1 ? ir_forward(ir, b) : 0;
    c = args > 2 ? ir_forward(ir, c) : 0;
    if (ir_op_results[op] == IR_RESULT_BOOL)
        type = IR_I1;
    if ((op == IR_GUARD || op == IR_EXIT_IF) && ir_is_const(ir, a)) {
        if (ir_value(ir, a))
            end(ir, (struct ir_node){.op = op == IR_GUARD ? IR_EXIT_INTERP : IR_EXIT,
                                     .flags = (uint16_t)flags,
                                     .snap = snap,
                                     .aux = op == IR_GUARD ? 0 : aux});
        return 0;
    }
    r = content_node(ir, content(op, type, flags, a, b, c, aux));
    ir->nodes[r].snap = snap;
    ir->build->effects++;
    append(ir, r);
    return r;
}

/* -- blocks */

ir_block_id ir_block_new(struct ir *ir)
{
    ir_block_id b = ir->block_count;

    if (b == ir->block_capacity)
        ir->blocks =
            ir_grow(ir, ir->blocks, &ir->block_capacity, b + 1, sizeof *ir->blocks);
    memset(&ir->blocks[b], 0, sizeof ir->blocks[b]);
    ir->blocks[b].defs = ir_alloc(ir, sizeof(struct ir_vars));
    ir->block_count++;
    return b;
}

void ir_enter(struct ir *ir, ir_block_id b)
{
    assert(ir->terminated && ir->blocks[b].succ_count == 0);
    ir->current = b;
    ir->terminated = false;
}

void ir_seal(struct ir *ir, ir_block_id b)
{
    struct ir_vars *v = ir_vars(ir, b);
    uint32_t open = v->phis.count;

    if (ir->blocks[b].sealed)
        return;
    ir->blocks[b].sealed = true;
    for (uint32_t i = 0; i < open; i++)
        complete_phi(ir, v->phis.at[i]);
}

void ir_edge(struct ir *ir, ir_block_id from, ir_block_id to)
{
    struct ir_block *b = &ir->blocks[to];

    assert(to != 0 && !b->sealed);
    if (b->pred_count == b->pred_capacity)
        b->preds =
            ir_grow(ir, b->preds, &b->pred_capacity, b->pred_count + 1, sizeof *b->preds);
    b->preds[b->pred_count++] = from;
    b = &ir->blocks[from];
    b->succ[b->succ_count++] = to;
}

void ir_jump(struct ir *ir, ir_block_id to)
{
    if (ir->terminated)
        return;
    ir_edge(ir, ir->current, to);
    end(ir, (struct ir_node){.op = IR_JUMP});
}

void ir_branch(struct ir *ir, ir_ref condition, ir_block_id yes, ir_block_id no,
               unsigned flags)
{
    condition = ir_forward(ir, condition);
    assert(ir->nodes[condition].type == IR_I1);
    if (ir_is_const(ir, condition) || yes == no) {
        ir_jump(ir, yes == no || ir_value(ir, condition) ? yes : no);
        return;
    }
    if (ir->terminated)
        return;
    ir_edge(ir, ir->current, yes);
    ir_edge(ir, ir->current, no);
    end(ir,
        (struct ir_node){.op = IR_BRANCH, .flags = (uint16_t)flags, .arg = {condition}});
}

void ir_exit(struct ir *ir, uint32_t snap, unsigned flags)
{
    end(ir, (struct ir_node){.op = IR_EXIT,
                             .flags = (uint16_t)flags,
                             .snap = snap,
                             .aux = ir->snaps[snap].pc});
}

void ir_exit_to(struct ir *ir, ir_ref target, uint32_t snap, unsigned flags)
{
    end(ir, (struct ir_node){.op = IR_EXIT_TO,
                             .flags = (uint16_t)flags,
                             .arg = {ir_forward(ir, target)},
                             .snap = snap});
}

void ir_exit_interp(struct ir *ir, uint32_t snap)
{
    end(ir, (struct ir_node){.op = IR_EXIT_INTERP, .snap = snap});
}

/* -- for passes */

struct ir_refs ir_reopen(struct ir *ir, ir_block_id b)
{
    struct ir_refs old = ir->blocks[b].nodes;

    memset(&ir->blocks[b].nodes, 0, sizeof old);
    ir->current = b;
    ir->terminated = false;
    ir->build->open = true;
    return old;
}

void ir_reclose(struct ir *ir)
{
    ir->terminated = true;
    ir->build->open = false;
}
