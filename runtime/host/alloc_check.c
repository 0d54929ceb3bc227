/*
 * alloc_check.c - is an allocation right, and what does it cost (see alloc.h).
 *
 * The liveness here is the textbook's, by sets per block, and shares nothing with live.c.
 */
#include "host/alloc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum { REGISTERS = 32 };

/* A node's operands, those inside fused nodes among them. */
struct operand {
    ir_ref value;
    bool late;     /* read after the result is written */
    bool snapshot; /* only to be recoverable */
};

struct check {
    const struct ir *ir;
    const struct alloc *a;
    uint32_t words;  /* of a set */
    uint64_t *in;    /* by block: live at its start, without its PHIs */
    uint64_t *live;  /* where the walk is */
    ir_ref *holders; /* of registers by class, then of slots, then of homes */
    struct operand *operands;
    uint32_t operand_count, operand_capacity;
};

static void wrong(const struct check *c, ir_ref node, ir_ref v, ir_ref w,
                  const char *what)
{
    alloc_print(c->ir, c->a, stderr);
    fprintf(stderr, "alloc_check: at node %u: values %u and %u: %s\n", node, v, w, what);
    abort();
}

/* -- operands ---------------------------------------------------------------------*/

static bool has_place(const struct check *c, ir_ref v)
{
    const struct ir_node *n = &c->ir->nodes[v];

    return v && n->type != IR_VOID && n->op != IR_CONST && n->op != IR_NONE &&
           !c->a->hints[v].fused;
}

static void add_reads(struct check *c, ir_ref v, bool late, bool outermost);

static void add_operand(struct check *c, ir_ref v, bool late, bool snapshot)
{
    if (v && c->a->hints[v].fused) {
        add_reads(c, v, late, false);
        return;
    }
    if (!has_place(c, v))
        return;
    if (c->operand_count == c->operand_capacity) {
        c->operand_capacity = 2 * c->operand_capacity + 16;
        c->operands = xrealloc(c->operands, c->operand_capacity * sizeof *c->operands);
    }
    c->operands[c->operand_count++] = (struct operand){v, late, snapshot};
}

static bool may_swap(enum ir_op op)
{
    static const uint8_t ops[] = {IR_ADD,    IR_MUL,    IR_AND,   IR_OR,    IR_XOR,
                                  IR_MULH_U, IR_MULH_S, IR_MIN_S, IR_MIN_U, IR_MAX_S,
                                  IR_MAX_U,  IR_FADD,   IR_FMUL,  IR_VAND,  IR_VOR,
                                  IR_VXOR,   IR_SELECT};

    return memchr(ops, op, sizeof ops) != NULL;
}

static void add_reads(struct check *c, ir_ref v, bool late, bool outermost)
{
    const struct ir_node *n = &c->ir->nodes[v];
    const struct alloc_hints *h = &c->a->hints[v];
    const struct ir_snap *s = &c->ir->snaps[n->snap];

    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        bool after = outermost && h->two_operand && i && n->arg[i] != n->arg[0] &&
                     (!may_swap(n->op) || c->a->hints[n->arg[i]].fused);
        add_operand(c, n->arg[i], late || after, false);
    }
    for (uint32_t i = 0; n->snap && i < s->count; i++)
        add_operand(c, c->ir->entries[s->first + i].value, late, true);
}

/* collect - what node V reads, into c->operands. */
static void collect(struct check *c, ir_ref v)
{
    c->operand_count = 0;
    if (c->ir->nodes[v].op != IR_PHI)
        add_reads(c, v, c->a->hints[v].early, true);
}

/* -- liveness ---------------------------------------------------------------------*/

static uint64_t *set_of(const struct check *c, ir_block_id b)
{
    return &c->in[(size_t)b * c->words];
}
static void put(uint64_t *set, ir_ref v)
{
    set[v / 64] |= (uint64_t)1 << (v & 63);
}
static void drop(uint64_t *set, ir_ref v)
{
    set[v / 64] &= ~((uint64_t)1 << (v & 63));
}

/* live_at_end - into c->live: what the successors of block ID need. */
static void live_at_end(struct check *c, ir_block_id id)
{
    const struct ir_block *b = &c->ir->blocks[id];

    memset(c->live, 0, c->words * sizeof *c->live);
    for (unsigned k = 0; k < b->succ_count; k++) {
        const struct ir_block *to = &c->ir->blocks[b->succ[k]];
        for (uint32_t i = 0; i < c->words; i++)
            c->live[i] |= set_of(c, b->succ[k])[i];
        for (uint32_t i = 0; i < to->nodes.count; i++) {
            const struct ir_node *phi = &c->ir->nodes[to->nodes.at[i]];
            for (uint32_t j = 0; phi->op == IR_PHI && j < to->pred_count; j++) {
                ir_ref v = c->ir->phi_args[phi->aux + j];
                if (to->preds[j] == id && has_place(c, v))
                    put(c->live, v);
            }
        }
    }
}

static bool step(struct check *c, ir_block_id id)
{
    const struct ir_block *b = &c->ir->blocks[id];
    bool changed;

    live_at_end(c, id);
    for (uint32_t i = b->nodes.count; i-- > 0;) {
        ir_ref v = b->nodes.at[i];
        drop(c->live, v);
        if (c->a->hints[v].fused)
            continue;
        collect(c, v);
        for (uint32_t k = 0; k < c->operand_count; k++)
            put(c->live, c->operands[k].value);
    }
    changed = memcmp(set_of(c, id), c->live, c->words * sizeof *c->live) != 0;
    memcpy(set_of(c, id), c->live, c->words * sizeof *c->live);
    return changed;
}

/* -- the check --------------------------------------------------------------------*/

static uint32_t holder_count(const struct check *c)
{
    return ALLOC_CLASSES * REGISTERS + c->a->slots + 1 + c->ir->place_count;
}

/* home - of PLACE, in a region that writes through. */
static ir_ref *home(const struct check *c, uint32_t place)
{
    return &c->holders[ALLOC_CLASSES * REGISTERS + c->a->slots + 1 + place];
}

static ir_ref *holder(const struct check *c, ir_ref v)
{
    const struct alloc_location *at = &c->a->at[v];

    if (at->kind == ALLOC_REG)
        return &c->holders[alloc_class(c->ir->nodes[v].type) * REGISTERS + at->reg];
    if (at->kind == ALLOC_HOME && c->ir->places[c->ir->nodes[v].aux].stored)
        return home(c, (uint32_t)c->ir->nodes[v].aux);
    return at->kind == ALLOC_SLOT ? &c->holders[ALLOC_CLASSES * REGISTERS + at->slot]
                                  : NULL;
}

static bool is_wide(const struct check *c, ir_ref v)
{
    return c->a->at[v].kind == ALLOC_SLOT && ir_type_bits[c->ir->nodes[v].type] == 128;
}

static void hold(struct check *c, ir_ref node, ir_ref v)
{
    ir_ref *h = holder(c, v);

    if (c->a->at[v].kind == ALLOC_NONE)
        wrong(c, node, v, v, "no location");
    for (unsigned i = 0; h && i <= is_wide(c, v); i++) {
        if (h[i] && h[i] != v)
            wrong(c, node, v, h[i], "one location for both");
        h[i] = v;
    }
}

static void release(struct check *c, ir_ref v)
{
    ir_ref *h = holder(c, v);

    for (unsigned i = 0; h && i <= is_wide(c, v); i++)
        h[i] = 0;
}

/* check_clobbers - after V, its result and late operands are held. */
static void check_clobbers(struct check *c, ir_ref v)
{
    for (uint32_t bits = c->a->hints[v].clobbers; bits; bits &= bits - 1) {
        ir_ref w = c->holders[ALLOC_INT * REGISTERS + __builtin_ctz(bits)];
        if (w && w != v)
            wrong(c, v, w, 0, "in a register that the node destroys");
    }
}

/* writes - whether V has a result that is written; a pure one that nobody uses isn't. */
static bool writes(const struct check *c, ir_ref v)
{
    return has_place(c, v) &&
           !(c->a->at[v].kind == ALLOC_NONE && ir_effect(&c->ir->nodes[v]) == IR_PURE);
}

static void check_node(struct check *c, ir_ref v)
{
    collect(c, v);
    if (writes(c, v))
        hold(c, v, v);
    for (uint32_t k = 0; k < c->operand_count; k++)
        if (c->operands[k].late)
            hold(c, v, c->operands[k].value);
    check_clobbers(c, v);
    if (c->ir->through && c->ir->nodes[v].op == IR_STCPU &&
        *home(c, c->ir->nodes[v].flags))
        wrong(c, v, *home(c, c->ir->nodes[v].flags), 0, "at home, which is written");
    if (writes(c, v))
        release(c, v);
    for (uint32_t k = 0; k < c->operand_count; k++)
        hold(c, v, c->operands[k].value);
}

static void check_block(struct check *c, ir_block_id id)
{
    const struct ir_refs *nodes = &c->ir->blocks[id].nodes;
    uint32_t i = nodes->count;

    live_at_end(c, id);
    memset(c->holders, 0, holder_count(c) * sizeof *c->holders);
    for (ir_ref v = 1; v < c->ir->node_count; v++)
        if (c->live[v / 64] >> (v & 63) & 1)
            hold(c, 0, v);
    for (; i > 0 && c->ir->nodes[nodes->at[i - 1]].op != IR_PHI; i--)
        if (!c->a->hints[nodes->at[i - 1]].fused)
            check_node(c, nodes->at[i - 1]);
    for (; i > 0; i--)
        if (writes(c, nodes->at[i - 1]))
            hold(c, nodes->at[i - 1], nodes->at[i - 1]);
}

static void check_places(struct check *c)
{
    for (ir_ref v = 1; v < c->ir->node_count; v++) {
        const struct ir_node *n = &c->ir->nodes[v];
        const struct alloc_location *at = &c->a->at[v];
        if (at->kind == ALLOC_REG &&
            !(c->a->registers[alloc_class(n->type)] >> at->reg & 1))
            wrong(c, v, v, 0, "a register that may not be used");
        if (at->kind == ALLOC_HOME && n->op != IR_GET)
            wrong(c, v, v, 0, "at home, but no GET");
        if (at->kind == ALLOC_SLOT &&
            (at->slot + (uint32_t)is_wide(c, v) >= c->a->slots ||
             (is_wide(c, v) && at->slot & 1)))
            wrong(c, v, v, 0, "a slot that isn't there");
        if (at->kind != ALLOC_NONE && !has_place(c, v))
            wrong(c, v, v, 0, "a location for what needs none");
    }
}

static void check_snap(struct check *c, const struct ir_snap *s)
{
    for (uint32_t k = s->first; k < s->first + s->count; k++) {
        ir_ref v = c->ir->entries[k].value;
        if (c->a->at[v].kind == ALLOC_HOME &&
            c->ir->nodes[v].aux != c->ir->entries[k].place)
            wrong(c, v, v, 0, "at home, but listed for another place");
    }
}

/* Those of nodes that are left: a pass may drop a node, and its snapshot stays. */
static void check_snaps(struct check *c)
{
    for (uint32_t k = 0; k < c->ir->layout_count; k++) {
        const struct ir_refs *nodes = &c->ir->blocks[c->ir->layout[k]].nodes;
        for (uint32_t i = 0; i < nodes->count; i++)
            check_snap(c, &c->ir->snaps[c->ir->nodes[nodes->at[i]].snap]);
    }
}

void alloc_check(const struct ir *ir, const struct alloc *a)
{
    struct check c = {.ir = ir, .a = a, .words = ir->node_count / 64 + 1};
    bool changed = true;

    c.in = xcalloc((size_t)ir->block_count * c.words, sizeof *c.in);
    c.live = xcalloc(c.words, sizeof *c.live);
    c.holders = xcalloc(holder_count(&c), sizeof *c.holders);
    check_places(&c);
    check_snaps(&c);
    while (changed) {
        changed = false;
        for (uint32_t i = ir->layout_count; i-- > 0;)
            changed |= step(&c, ir->layout[i]);
    }
    for (uint32_t i = 0; i < ir->layout_count; i++)
        check_block(&c, ir->layout[i]);
    free(c.in);
    free(c.live);
    free(c.holders);
    free(c.operands);
}

/* -- cost -------------------------------------------------------------------------*/

static double how_often(const struct ir_block *b)
{
    double weight = b->cold ? 0.1 : 1;

    for (unsigned i = 0; i < b->depth && i < 5; i++)
        weight *= 10;
    return weight;
}

static bool together(const struct alloc *a, ir_ref v, ir_ref w)
{
    return a->at[v].kind == a->at[w].kind && a->at[v].reg == a->at[w].reg &&
           a->at[v].slot == a->at[w].slot;
}

static double phi_cost(const struct check *c, ir_ref v)
{
    const struct ir_node *n = &c->ir->nodes[v];
    const struct ir_block *b = &c->ir->blocks[n->block];
    double cost = 0;

    for (uint32_t i = 0; i < b->pred_count; i++) {
        ir_ref w = c->ir->phi_args[n->aux + i];
        if (together(c->a, v, w))
            continue;
        cost += how_often(&c->ir->blocks[b->preds[i]]) *
                (0.5 + (c->a->at[v].kind == ALLOC_SLOT) +
                 (c->a->at[w].kind == ALLOC_SLOT || c->a->at[w].kind == ALLOC_HOME));
    }
    return cost;
}

static double node_cost(struct check *c, ir_ref v)
{
    const struct ir_node *n = &c->ir->nodes[v];
    const struct alloc_hints *h = &c->a->hints[v];
    const struct alloc_location *at = &c->a->at[v];
    double cost = at->kind == ALLOC_SLOT || (at->kind == ALLOC_REG && n->op == IR_GET);

    collect(c, v);
    for (uint32_t k = 0; k < c->operand_count; k++) {
        uint8_t kind = c->a->at[c->operands[k].value].kind;
        if (kind != ALLOC_REG &&
            (!c->operands[k].snapshot || n->op == IR_EXIT || n->op == IR_EXIT_TO))
            cost += 1;
    }
    if (h->two_operand && at->kind == ALLOC_REG) {
        unsigned first = n->op == IR_SELECT;
        if (!together(c->a, v, n->arg[first]) &&
            !(may_swap(n->op) && together(c->a, v, n->arg[first + 1])))
            cost += 0.5;
    }
    if (h->want >= 0 && (at->kind != ALLOC_REG || at->reg != h->want))
        cost += 0.5;
    return cost;
}

double alloc_cost(const struct ir *ir, const struct alloc *a)
{
    struct check c = {.ir = ir, .a = a};
    double cost = 0;

    for (uint32_t i = 0; i < ir->layout_count; i++) {
        const struct ir_block *b = &ir->blocks[ir->layout[i]];
        for (uint32_t k = 0; k < b->nodes.count; k++) {
            ir_ref v = b->nodes.at[k];
            if (ir->nodes[v].op == IR_PHI)
                cost += phi_cost(&c, v);
            else if (!a->hints[v].fused)
                cost += node_cost(&c, v) * how_often(b);
        }
    }
    free(c.operands);
    return cost;
}

/* -- text -------------------------------------------------------------------------*/

static void print_place(const struct ir *ir, const struct alloc *a, ir_ref v, FILE *to)
{
    const struct alloc_location *at = &a->at[v];
    bool vector = alloc_class(ir->nodes[v].type) == ALLOC_VECTOR;

    if (ir->nodes[v].op == IR_CONST)
        fprintf(to, "#%" PRIx64, ir->nodes[v].aux);
    else if (a->hints[v].fused)
        fprintf(to, "(%u)", v);
    else if (at->kind == ALLOC_NONE)
        fprintf(to, "%u", v);
    else if (at->kind == ALLOC_HOME)
        fprintf(to, "%u:home", v);
    else if (at->kind == ALLOC_SLOT)
        fprintf(to, "%u:[%u]", v, at->slot);
    else
        fprintf(to, "%u:%c%u", v, vector ? 'v' : 'r', at->reg);
}

static void print_node(const struct ir *ir, const struct alloc *a, ir_ref v, FILE *to)
{
    const struct ir_node *n = &ir->nodes[v];
    const struct ir_snap *s = &ir->snaps[n->snap];
    uint32_t preds = n->op == IR_PHI ? ir->blocks[n->block].pred_count : 0;

    fprintf(to, "    ");
    if (n->type != IR_VOID) {
        print_place(ir, a, v, to);
        fprintf(to, " = ");
    }
    fprintf(to, "%s", ir_op_names[n->op]);
    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        fputc(' ', to);
        print_place(ir, a, n->arg[i], to);
    }
    for (uint32_t i = 0; i < preds; i++) {
        fputc(' ', to);
        print_place(ir, a, ir->phi_args[n->aux + i], to);
    }
    if (a->hints[v].clobbers)
        fprintf(to, " clobbers %" PRIx32, a->hints[v].clobbers);
    for (uint32_t i = 0; n->snap && i < s->count; i++) {
        fprintf(to, i ? " " : "  {");
        print_place(ir, a, ir->entries[s->first + i].value, to);
    }
    fprintf(to, n->snap && s->count ? "}\n" : "\n");
}

void alloc_print(const struct ir *ir, const struct alloc *a, FILE *to)
{
    fprintf(to, "allocation: %u positions, %u spilled, %u slots\n", a->positions,
            a->spilled, a->slots);
    for (uint32_t i = 0; i < ir->layout_count; i++) {
        const struct ir_block *b = &ir->blocks[ir->layout[i]];
        fprintf(to, "  block %u depth %u%s", ir->layout[i], b->depth,
                b->cold ? " cold" : "");
        for (uint32_t k = 0; k < b->succ_count; k++)
            fprintf(to, "%s %u", k ? "," : " ->", b->succ[k]);
        fputc('\n', to);
        for (uint32_t k = 0; k < b->nodes.count; k++)
            print_node(ir, a, b->nodes.at[k], to);
    }
}
