/*
 * gvn.c - value numbering: what has been computed is not computed again.
 *
 * requires: ir_finish. keeps: the order of what stays. breaks: dominators and loops,
 * where a branch is decided (they are computed here); leaves COPYs.
 *
 * Blocks are walked in reverse postorder. A pure operation, or one that raises
 * floating-point flags, is replaced by an identical one that dominates it: its flags have
 * been raised there, and nothing inside a region changes the modes (where flags are
 * written they aren't numbered at all). Known conditions
 * decide guards and branches (known.c's part is here too: a guard that has been passed,
 * the side of a branch). Where a condition is known, so are it and its extensions as
 * values: in operations, in snapshots and on the edges to PHIs. A value that has been
 * found equal to a constant is that constant.
 *
 * Guest memory (memory.c below the line) - a load gives what a load or store of the same
 * address and size before it gave or wrote, if nothing between may have changed it: no
 * overlapping store, poll, fence or atomic operation, and no back edge. That access
 * didn't fault, so neither does this one. Two addresses are known to differ only as one
 * value with different displacements.
 */
#include "ir/pass.h"

#include <assert.h>
#include <string.h>

enum { CELLS = 16 }; /* as many accesses are remembered */

/* A guest access whose value is known; lists share tails. */
struct cell {
    ir_ref base;
    uint64_t disp;
    ir_ref value;
    uint8_t type, bytes;
    bool swap;
    const struct cell *next;
};

struct entry {
    ir_ref node;
    uint32_t next;
};

/* What a value is in a block and those that it dominates. */
struct fact {
    ir_block_id block;
    uint32_t next;
    ir_ref is; /* a constant */
};

/* What else is known on one edge. */
struct edge_fact {
    ir_ref condition;
    bool value;
};

struct gvn {
    struct ir *ir;
    struct pass_order order;
    uint32_t *heads; /* hash table: index into entries */
    uint32_t mask;
    struct entry *entries;
    uint32_t entry_count, entry_capacity;
    uint32_t *facts_of; /* by node, those there at the beginning */
    bool *telling;      /* by node: a condition or its extension, or has facts */
    uint32_t facts_nodes;
    struct fact *facts;
    uint32_t fact_count, fact_capacity;
    uint32_t *snap_now; /* by snapshot: what it has become in snap_block */
    ir_block_id *snap_block;
    uint32_t snap_known;            /* those there at the beginning */
    const struct cell *memory;      /* here */
    const struct cell **memory_out; /* by block */
    ir_block_id block;
    uint8_t *decided; /* by block: 1 + successor always taken */
    bool any_decided, flags_written;
};

/* -- values ------------------------------------------------------------------------- */

static uint64_t hash(const struct ir_node *n)
{
    uint64_t h = n->op | (uint64_t)n->type << 8 | (uint64_t)n->flags << 16;

    h = (h ^ (uint64_t)n->arg[0] << 32 ^ n->arg[1]) * UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 32;
    h = (h ^ (uint64_t)n->arg[2] << 32 ^ n->aux) * UINT64_C(0xc2b2ae3d27d4eb4f);
    return h ^ h >> 29;
}

static bool same(const struct ir_node *a, const struct ir_node *b)
{
    return a->op == b->op && a->type == b->type && a->flags == b->flags &&
           a->arg[0] == b->arg[0] && a->arg[1] == b->arg[1] && a->arg[2] == b->arg[2] &&
           a->aux == b->aux;
}

/* A node like N that dominates the block, or 0. */
static ir_ref find(const struct gvn *g, const struct ir_node *n)
{
    const struct ir *ir = g->ir;
    uint32_t slot = (uint32_t)hash(n) & g->mask;

    for (uint32_t i = g->heads[slot]; i; i = g->entries[i].next) {
        const struct ir_node *m = ir_at(ir, g->entries[i].node);
        if (same(n, m) && ir_dominates(ir, m->block, g->block))
            return g->entries[i].node;
    }
    return 0;
}

/* An identical node that dominates R, or 0; then R can be found from now on. */
static ir_ref number(struct gvn *g, ir_ref r)
{
    const struct ir_node *n = ir_at(g->ir, r);
    uint32_t slot = (uint32_t)hash(n) & g->mask;
    ir_ref before = find(g, n);

    if (!before && n->op >= IR_FEQ && n->op <= IR_FUNORD) {
        struct ir_node signalling = *n; /* which gives the same, and raises all it does */
        signalling.op = (uint8_t)(n->op - IR_FEQ + IR_FEQ_S);
        before = find(g, &signalling);
    }
    if (before)
        return before;
    g->entries = ir_grow(g->ir, g->entries, &g->entry_capacity, g->entry_count + 1,
                         sizeof *g->entries);
    g->entries[g->entry_count] = (struct entry){.node = r, .next = g->heads[slot]};
    g->heads[slot] = g->entry_count++;
    return 0;
}

/* PHIs of a block with the same operands are one. */
static ir_ref number_phi(struct gvn *g, const struct ir_refs *list, uint32_t at)
{
    struct ir *ir = g->ir;
    const struct ir_node *n = ir_at(ir, list->at[at]);
    uint32_t count = ir->blocks[n->block].pred_count;
    ir_ref value = 0;

    for (uint32_t i = 0; i < count; i++) {
        ir_ref a = ir_forward(ir, ir->phi_args[n->aux + i]);
        ir->phi_args[n->aux + i] = a;
        if (a == list->at[at] || a == value)
            continue;
        if (value)
            goto several;
        value = a;
    }
    return value;
several:
    for (uint32_t j = 0; j < at; j++) {
        const struct ir_node *m = ir_at(ir, list->at[j]);
        if (m->op == IR_PHI && m->type == n->type &&
            memcmp(&ir->phi_args[m->aux], &ir->phi_args[n->aux],
                   count * sizeof *ir->phi_args) == 0)
            return list->at[j];
    }
    return 0;
}

/* -- conditions --------------------------------------------------------------------- */

/* Note that in BLOCK, and below it, R is the constant IS. */
static void note(struct gvn *g, ir_ref r, ir_block_id block, ir_ref is)
{
    if (r >= g->facts_nodes)
        return;
    g->facts =
        ir_grow(g->ir, g->facts, &g->fact_capacity, g->fact_count + 1, sizeof *g->facts);
    g->facts[g->fact_count] =
        (struct fact){.block = block, .next = g->facts_of[r], .is = is};
    g->facts_of[r] = g->fact_count++;
    g->telling[r] = true;
}

static void learn(struct gvn *g, ir_ref condition, ir_block_id block, bool value)
{
    struct ir *ir = g->ir;
    const struct ir_node *n;

    while (ir_at(ir, condition)->op == IR_NOT) {
        condition = ir_forward(ir, ir_at(ir, condition)->arg[0]);
        value = !value;
    }
    if (ir_is_const(ir, condition))
        return;
    note(g, condition, block, ir_const(ir, IR_I1, value));
    n = ir_at(ir, condition);
    if (n->op == (value ? IR_EQ : IR_NE) && ir_is_const(ir, n->arg[1]) &&
        pass_is_int((enum ir_type)ir_at(ir, n->arg[0])->type))
        note(g, n->arg[0], block, n->arg[1]);
}

/* The constant that R is known to be here, or 0. */
static ir_ref noted(const struct gvn *g, ir_ref r)
{
    if (r >= g->facts_nodes)
        return 0;
    for (uint32_t i = g->facts_of[r]; i; i = g->facts[i].next)
        if (ir_dominates(g->ir, g->facts[i].block, g->block))
            return g->facts[i].is;
    return 0;
}

/* What has been learned of CONDITION that holds here: 0, 1, or -1. */
static int learned(const struct gvn *g, ir_ref condition)
{
    ir_ref is = noted(g, condition);

    return is ? ir_value(g->ir, is) != 0 : -1;
}

/* N is LE with a constant operand: make it LT, as the folding of comparisons does; false
 * if there is none, at the end of the range. */
static bool strictly(struct ir *ir, struct ir_node *n)
{
    unsigned at = ir_is_const(ir, n->arg[1]);
    enum ir_type type = (enum ir_type)ir_at(ir, n->arg[0])->type;
    uint64_t k, mask, last;

    if (!pass_is_int(type))
        return false;
    k = ir_value(ir, n->arg[at]);
    mask = pass_mask(type);
    last = n->op == IR_LE_S ? mask >> 1 : mask; /* the greatest */
    if (!at)
        last = ~last & mask; /* the least */
    n->op = n->op == IR_LE_S ? IR_LT_S : IR_LT_U;
    n->arg[at] = ir_const(ir, type, at ? k + 1 : k - 1);
    return k != last;
}

/* The comparison of the same operands that is true when R isn't, if there is one. */
static ir_ref contrary(const struct gvn *g, ir_ref r)
{
    static const uint8_t to[] = {
        [IR_EQ] = IR_NE,     [IR_NE] = IR_EQ,     [IR_LT_U] = IR_LE_U,
        [IR_LT_S] = IR_LE_S, [IR_LE_U] = IR_LT_U, [IR_LE_S] = IR_LT_S};
    struct ir *ir = g->ir;
    struct ir_node n = *ir_at(ir, r);
    ir_ref a = n.arg[0], b = n.arg[1];

    if (n.op < IR_EQ || n.op > IR_LE_S)
        return 0;
    n.op = to[n.op];
    if (n.op == IR_EQ || n.op == IR_NE)
        return find(g, &n);
    n.arg[0] = b;
    n.arg[1] = a;
    if ((n.op == IR_LE_U || n.op == IR_LE_S) &&
        (ir_is_const(ir, a) || ir_is_const(ir, b)) && !strictly(ir, &n))
        return 0;
    return find(g, &n);
}

/* The value of CONDITION here: 0, 1, or -1 if nobody knows. */
static int known(const struct gvn *g, ir_ref condition)
{
    const struct ir *ir = g->ir;
    bool invert = false;
    int value;

    while (ir_at(ir, condition)->op == IR_NOT) {
        condition = ir_forward(ir, ir_at(ir, condition)->arg[0]);
        invert = !invert;
    }
    if (ir_is_const(ir, condition))
        return (ir_value(ir, condition) != 0) ^ invert;
    value = learned(g, condition);
    if (value < 0) {
        ir_ref other = contrary(g, condition);
        value = other ? learned(g, other) : -1;
        invert = !invert;
    }
    return value < 0 ? -1 : value ^ invert;
}

/* Whether R is a condition or an extension of one. */
static bool is_condition(const struct gvn *g, ir_ref r)
{
    const struct ir *ir = g->ir;
    const struct ir_node *n = ir_at(ir, r);

    return n->op != IR_CONST &&
           (n->type == IR_I1 || ((n->op == IR_ZEXT || n->op == IR_SEXT) &&
                                 ir_at(ir, ir_forward(ir, n->arg[0]))->type == IR_I1));
}

/* The value of CONDITION by E alone: 0, 1, or -1. */
static int known_by(const struct gvn *g, ir_ref condition, const struct edge_fact *e)
{
    const struct ir *ir = g->ir;
    ir_ref of = e->condition;
    bool value = e->value;

    while (ir_at(ir, of)->op == IR_NOT) {
        of = ir_forward(ir, ir_at(ir, of)->arg[0]);
        value = !value;
    }
    while (ir_at(ir, condition)->op == IR_NOT) {
        condition = ir_forward(ir, ir_at(ir, condition)->arg[0]);
        value = !value;
    }
    if (condition == of)
        return value;
    return contrary(g, condition) == of ? !value : -1;
}

/* R where E holds too (unless it is NULL): a constant if R is known to be it, else R. */
static ir_ref as_known(struct gvn *g, ir_ref r, const struct edge_fact *e)
{
    struct ir *ir = g->ir;
    const struct ir_node *n;
    ir_ref condition = r, is;
    int value;

    if (r >= g->facts_nodes || !g->telling[r] || ir_is_const(ir, r))
        return r;
    is = noted(g, r);
    if (is)
        return is;
    n = ir_at(ir, r);
    if (n->op == IR_ZEXT || n->op == IR_SEXT)
        condition = ir_forward(ir, n->arg[0]);
    if (ir_at(ir, condition)->type != IR_I1)
        return r;
    value = e ? known_by(g, condition, e) : -1;
    if (value < 0)
        value = known(g, condition);
    if (value < 0)
        return r;
    return ir_const(ir, (enum ir_type)n->type,
                    n->op == IR_SEXT && value ? pass_mask((enum ir_type)n->type)
                                              : (uint64_t)value);
}

/* N's operands as they are known here. */
static void know_args(struct gvn *g, struct ir_node *n)
{
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        if (n->arg[i] < g->facts_nodes && g->telling[n->arg[i]])
            n->arg[i] = as_known(g, n->arg[i], NULL);
}

/* A copy of snapshot S with the values that are known here, from entry I on. */
static uint32_t copy_snap(struct gvn *g, uint32_t s, uint32_t i)
{
    struct ir *ir = g->ir;
    struct ir_snap copy = ir->snaps[s];
    uint32_t first = ir->entry_count;

    ir->entries = ir_grow(ir, ir->entries, &ir->entry_capacity, first + copy.count,
                          sizeof *ir->entries);
    memcpy(ir->entries + first, ir->entries + copy.first,
           copy.count * sizeof *ir->entries);
    ir->entry_count += copy.count;
    copy.first = first;
    for (; i < copy.count; i++) {
        ir_ref *value = &ir->entries[first + i].value;
        *value = as_known(g, ir_forward(ir, *value), NULL);
    }
    ir->snaps =
        ir_grow(ir, ir->snaps, &ir->snap_capacity, ir->snap_count + 1, sizeof *ir->snaps);
    ir->snaps[ir->snap_count] = copy;
    return ir->snap_count++;
}

/* What snapshot S is here. */
static uint32_t know_snap(struct gvn *g, uint32_t s)
{
    const struct ir *ir = g->ir;
    uint32_t count = ir->snaps[s].count, first = ir->snaps[s].first;

    if (s >= g->snap_known)
        return s;
    if (g->snap_now[s] && g->snap_block[s] == g->block)
        return g->snap_now[s];
    g->snap_now[s] = s;
    g->snap_block[s] = g->block;
    for (uint32_t i = 0; i < count; i++) {
        ir_ref v = ir_forward(ir, ir->entries[first + i].value);
        if (v < g->facts_nodes && g->telling[v] && as_known(g, v, NULL) != v) {
            g->snap_now[s] = copy_snap(g, s, i);
            break;
        }
    }
    return g->snap_now[s];
}

/* The operands of successor number I's PHIs, as they are known on that edge. (Constants
 * for conditions only: another value may well stand where the PHI does.) */
static void know_edge(struct gvn *g, ir_block_id b, unsigned i)
{
    struct ir *ir = g->ir;
    const struct ir_block *block = &ir->blocks[b], *to = &ir->blocks[block->succ[i]];
    const struct ir_node *end = ir_at(ir, block->nodes.at[block->nodes.count - 1]);
    struct edge_fact fact = {.condition = ir_forward(ir, end->arg[0]), .value = i == 0};
    bool branches = block->succ_count == 2 && block->succ[0] != block->succ[1];
    uint32_t p = 0;

    while (p < to->pred_count && to->preds[p] != b)
        p++;
    for (uint32_t k = 0; k < to->nodes.count; k++) {
        const struct ir_node *n = ir_at(ir, to->nodes.at[k]);
        ir_ref *r;
        if (n->op != IR_PHI)
            continue; /* some may be COPYs by now, so others may follow */
        r = &ir->phi_args[n->aux + p];
        *r = ir_forward(ir, *r);
        if (is_condition(g, *r))
            *r = as_known(g, *r, branches ? &fact : NULL);
    }
}

/* What the way into block B says. */
static void learn_edge(struct gvn *g, ir_block_id b)
{
    const struct ir *ir = g->ir;
    const struct ir_block *block = &ir->blocks[b], *pred;
    const struct ir_node *end;

    if (block->pred_count != 1)
        return;
    pred = &ir->blocks[block->preds[0]];
    end = ir_at(ir, pred->nodes.at[pred->nodes.count - 1]);
    if (end->op == IR_BRANCH && pred->succ[0] != pred->succ[1])
        learn(g, ir_forward(ir, end->arg[0]), b, pred->succ[0] == b);
}

/* -- guest memory ------------------------------------------------------------------- */

static unsigned bytes_of(enum ir_type type)
{
    return ir_type_bits[type] < 8 ? 1 : ir_type_bits[type] / 8u;
}

/* An access at ADDRESS as a base and a displacement. */
static struct cell place_of(const struct gvn *g, ir_ref address, enum ir_type type,
                            unsigned flags)
{
    const struct ir *ir = g->ir;
    struct cell c = {.base = address,
                     .type = (uint8_t)type,
                     .bytes = (uint8_t)bytes_of(type),
                     .swap = flags & IR_SWAP};

    for (unsigned i = 0; i < 8; i++) {
        const struct ir_node *n = ir_at(ir, c.base);
        if (n->op == IR_CONST) {
            c.disp += n->aux;
            c.base = 0;
            break;
        }
        if (n->op == IR_ADD && ir_is_const(ir, n->arg[1])) {
            c.disp += ir_value(ir, n->arg[1]);
            c.base = n->arg[0];
        } else if (n->op == IR_SUB && ir_is_const(ir, n->arg[1])) {
            c.disp -= ir_value(ir, n->arg[1]);
            c.base = n->arg[0];
        } else {
            break;
        }
    }
    c.disp &= pass_mask((enum ir_type)ir_at(ir, address)->type);
    return c;
}

static bool may_overlap(const struct gvn *g, const struct cell *a, const struct cell *b)
{
    uint64_t mask = g->ir->word_bits == 32 ? UINT32_MAX : UINT64_MAX;

    if (a->base != b->base)
        return true;
    return ((b->disp - a->disp) & mask) < a->bytes ||
           ((a->disp - b->disp) & mask) < b->bytes;
}

static void remember(struct gvn *g, const struct cell *c)
{
    struct cell *made = ir_alloc(g->ir, sizeof *made);

    *made = *c;
    made->next = g->memory;
    g->memory = made;
}

/* Forget what a store to C may change. */
static void forget(struct gvn *g, const struct cell *c)
{
    struct cell kept[CELLS];
    unsigned count = 0, seen = 0;
    const struct cell *at, *tail = g->memory;

    for (at = g->memory; at && seen < CELLS; at = at->next, seen++) {
        if (may_overlap(g, at, c))
            tail = at->next;
        else
            kept[count++] = *at;
    }
    if (tail == g->memory && seen < CELLS)
        return; /* all of it is kept */
    g->memory = NULL;
    while (count)
        remember(g, &kept[--count]);
}

static bool same_place(const struct cell *a, const struct cell *b)
{
    return a->base == b->base && a->disp == b->disp && a->bytes == b->bytes &&
           a->swap == b->swap;
}

/* What is known to stand at C, or 0; as its type, which may take a BITCAST. */
static ir_ref recall(struct gvn *g, const struct cell *c)
{
    struct ir *ir = g->ir;
    unsigned seen = 0;

    for (const struct cell *at = g->memory; at && seen < CELLS; at = at->next, seen++) {
        if (!same_place(at, c))
            continue;
        if (at->type == c->type)
            return at->value;
        return ir_op(ir, IR_BITCAST, (enum ir_type)c->type, at->value, 0, 0);
    }
    return 0;
}

static const struct cell *find_cell(const struct cell *list, const struct cell *c)
{
    unsigned seen = 0;

    for (; list && seen < CELLS; list = list->next, seen++)
        if (same_place(list, c) && list->value == c->value)
            return list;
    return NULL;
}

/* What all predecessors of B know; nothing if one of them is behind a back edge. */
static void meet_memory(struct gvn *g, ir_block_id b)
{
    const struct ir_block *block = &g->ir->blocks[b];
    const struct cell *first;
    struct cell kept[CELLS];
    unsigned count = 0, seen = 0;
    bool equal = true;

    g->memory = NULL;
    if (block->pred_count == 0)
        return;
    for (uint32_t i = 0; i < block->pred_count; i++)
        if (pass_is_back(&g->order, block->preds[i], b))
            return;
    first = g->memory_out[block->preds[0]];
    for (uint32_t i = 1; i < block->pred_count; i++)
        equal &= g->memory_out[block->preds[i]] == first;
    if (equal) {
        g->memory = first;
        return;
    }
    for (; first && seen < CELLS; first = first->next, seen++) {
        bool all = true;
        for (uint32_t i = 1; i < block->pred_count && all; i++)
            all = find_cell(g->memory_out[block->preds[i]], first) != NULL;
        if (all)
            kept[count++] = *first;
    }
    while (count)
        remember(g, &kept[--count]);
}

/* -- the walk ----------------------------------------------------------------------- */

/* A LOAD or STORE; returns what the load gives, or 0 if it stays. */
static ir_ref visit_access(struct gvn *g, ir_ref r)
{
    struct ir *ir = g->ir;
    const struct ir_node n = *ir_at(ir, r);
    bool load = n.op == IR_LOAD;
    enum ir_type type = (enum ir_type)(load ? n.type : ir_at(ir, n.arg[1])->type);
    struct cell c = place_of(g, n.arg[0], type, n.flags);

    if (load) {
        c.value = recall(g, &c);
        if (c.value)
            return c.value;
        c.value = r;
    } else {
        forget(g, &c);
        c.value = n.arg[1];
    }
    remember(g, &c);
    return 0;
}

static void canonical(const struct ir *ir, struct ir_node *n)
{
    ir_ref a = n->arg[0], b = n->arg[1];

    if (!ir_commutes((enum ir_op)n->op))
        return;
    if (ir_is_const(ir, a) != ir_is_const(ir, b) ? ir_is_const(ir, a) : a > b) {
        n->arg[0] = b;
        n->arg[1] = a;
    }
}

/* A pure node or one with flags: what it is replaced by, or 0. */
static ir_ref visit_value(struct gvn *g, ir_ref r)
{
    struct ir *ir = g->ir;
    struct ir_node n = *ir_at(ir, r);
    ir_ref is = 0;

    if (n.op == IR_GET)
        return 0;
    if (n.op == IR_SELECT) {
        int value = known(g, n.arg[0]);
        if (value >= 0)
            return n.arg[value ? 1 : 2];
    }
    if (ir_effect(&n) == IR_PURE && n.aux == 0)
        is = ir_fold(ir, (enum ir_op)n.op, (enum ir_type)n.type, n.arg[0], n.arg[1],
                     n.arg[2]);
    if (is)
        return is;
    canonical(ir, ir_at(ir, r));
    return number(g, r);
}

/* A way out under a condition; true if it is never taken. */
static bool visit_exit(struct gvn *g, ir_ref r)
{
    const struct ir_node *n = ir_at(g->ir, r);

    if (known(g, n->arg[0]) == 0)
        return true;
    learn(g, n->arg[0], g->block, false);
    return false;
}

/* The node is kept (0), gone (1), or another value (2, *IS). */
static int visit(struct gvn *g, ir_ref r, ir_ref *is)
{
    struct ir *ir = g->ir;
    const struct ir_node *n = ir_at(ir, r);
    int value;

    switch (ir_effect(n)) {
    case IR_FLAGS:
        if (g->flags_written)
            return 0;
        /* fall through */
    case IR_PURE:
        *is = visit_value(g, r);
        return *is ? 2 : 0;
    case IR_EFFECT_LOAD:
    case IR_EFFECT_STORE:
        if (n->op != IR_LOAD && n->op != IR_STORE)
            return 0;
        *is = visit_access(g, r);
        return *is ? 2 : 0;
    case IR_EFFECT_ATOMIC:
    case IR_EFFECT_FENCE:
        g->memory = NULL;
        return 0;
    case IR_EFFECT_EXIT:
        if (n->op == IR_POLL)
            g->memory = NULL;
        else
            return visit_exit(g, r);
        return 0;
    case IR_EFFECT_END:
        if (n->op != IR_BRANCH ||
            ir->blocks[g->block].succ[0] == ir->blocks[g->block].succ[1])
            return 0;
        value = known(g, n->arg[0]);
        if (value >= 0) {
            g->decided[g->block] = value ? 1 : 2;
            g->any_decided = true;
        }
        return 0;
    }
    return 0;
}

static void visit_block(struct gvn *g, ir_block_id b)
{
    struct ir *ir = g->ir;
    struct ir_refs old;

    g->block = b;
    meet_memory(g, b);
    learn_edge(g, b);
    old = pass_open(ir, b);
    for (uint32_t i = 0; i < old.count; i++) {
        ir_ref r = old.at[i], is = 0;
        struct ir_node *n = ir_at(ir, r);
        int what;
        if (n->op == IR_NONE || n->op == IR_COPY)
            continue;
        pass_args(ir, n);
        if (n->op != IR_PHI && n->op != IR_BRANCH && n->op != IR_GUARD &&
            n->op != IR_EXIT_IF)
            know_args(g, n);
        if (n->snap)
            n->snap = know_snap(g, n->snap);
        n = ir_at(ir, r);
        if (n->op == IR_PHI) {
            is = number_phi(g, &old, i);
            what = is ? 2 : 0;
        } else {
            what = visit(g, r, &is);
        }
        if (what == 0)
            ir_append(ir, r);
        else if (what == 1)
            pass_drop(ir, r);
        else
            pass_is(ir, r, is);
    }
    ir_reclose(ir);
    g->memory_out[b] = g->memory;
    for (unsigned i = 0; i < ir->blocks[b].succ_count; i++)
        know_edge(g, b, i);
}

/* PHIs that earlier passes have left as one value. */
static void unite_phis(struct ir *ir, const struct pass_order *order)
{
    struct ir_refs phis = {0};

    for (uint32_t i = 0; i < order->count; i++) {
        const struct ir_refs *list = &ir->blocks[order->rpo[i]].nodes;
        for (uint32_t k = 0; k < list->count; k++)
            if (ir_at(ir, list->at[k])->op == IR_PHI)
                pass_push(ir, &phis, list->at[k]);
    }
    pass_unite_phis(ir, &phis);
}

void ir_pass_gvn(struct ir *ir)
{
    struct gvn g = {.ir = ir, .order = pass_order(ir), .entry_count = 1, .fact_count = 1};
    uint32_t size = 64;

    unite_phis(ir, &g.order);
    ir_dominators(ir);
    while (size < ir->node_count)
        size *= 2;
    g.mask = size - 1;
    g.heads = ir_alloc(ir, size * sizeof *g.heads);
    g.facts_nodes = ir->node_count;
    g.facts_of = ir_alloc(ir, ir->node_count * sizeof *g.facts_of);
    g.telling = ir_alloc(ir, ir->node_count * sizeof *g.telling);
    g.snap_known = ir->snap_count;
    g.snap_now = ir_alloc(ir, ir->snap_count * sizeof *g.snap_now);
    g.snap_block = ir_alloc(ir, ir->snap_count * sizeof *g.snap_block);
    for (ir_ref r = 1; r < ir->node_count; r++)
        g.telling[r] = is_condition(&g, r);
    g.memory_out = ir_alloc(ir, ir->block_count * sizeof *g.memory_out);
    g.decided = ir_alloc(ir, ir->block_count);
    for (ir_ref r = 1; r < ir->node_count; r++)
        g.flags_written |= ir_at(ir, r)->op == IR_SETFPFLAGS;
    for (uint32_t i = 0; i < g.order.count; i++)
        visit_block(&g, g.order.rpo[i]);
    if (!g.any_decided)
        return;
    for (ir_block_id b = 0; b < ir->block_count; b++)
        if (g.decided[b])
            pass_take(ir, b, g.decided[b] - 1);
    pass_prune(ir);
}
