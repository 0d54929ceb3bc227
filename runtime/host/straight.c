/*
 * straight.c - registers for a region of one block, in one walk (see alloc_state.h).
 *
 * Each value lives from its definition to its last use, without holes. As long as there
 * is a register for each, no choice of the walk costs anything but moves.
 */
#include "host/alloc_state.h"

#include <string.h>

struct straight {
    struct alloc_state *s;
    uint32_t free[ALLOC_CLASSES];
    ir_ref *dying; /* by position: the values whose life ends there, */
    ir_ref *next;  /* as lists */
    ir_ref holder[ALLOC_CLASSES][32];
    uint32_t clobber; /* the first that is still to come */
};

/* end_of - where the life of V ends; it has uses in one block only. */
static uint32_t end_of(const struct alloc_state *s, ir_ref v)
{
    const struct live_value *x = &s->values[v];

    return x->cross ? s->crosses[x->cross].end : x->end;
}

static inline void bury(struct straight *t, uint32_t position)
{
    for (ir_ref v = t->dying[position]; v; v = t->next[v])
        if (t->s->a->at[v].kind == ALLOC_REG)
            t->free[alloc_class(t->s->ir->nodes[v].type)] |= (uint32_t)1
                                                             << t->s->a->at[v].reg;
}

/* clobbered - integer registers that nodes after number K destroy before END. */
static inline uint32_t clobbered(struct straight *t, uint32_t k, uint32_t end)
{
    const struct alloc_state *s = t->s;
    uint32_t bits = 0;

    while (t->clobber < s->clobber_count && s->clobbers[t->clobber].number <= k)
        t->clobber++;
    for (uint32_t i = t->clobber;
         i < s->clobber_count && 2 * s->clobbers[i].number + 2 <= end; i++)
        bits |= s->clobbers[i].registers;
    return bits;
}

/* wished - the register of operand V, if that is in BITS. */
static uint32_t wished(const struct straight *t, ir_ref v, unsigned cls, uint32_t bits)
{
    const struct alloc_location *at = &t->s->a->at[v];

    if (at->kind != ALLOC_REG || alloc_class(t->s->ir->nodes[v].type) != cls)
        return 0;
    return bits & (uint32_t)1 << at->reg;
}

static uint32_t choose(const struct straight *t, ir_ref v, unsigned cls, uint32_t bits)
{
    const struct ir_node *n = &t->s->ir->nodes[v];
    const struct alloc_hints *h = &t->s->a->hints[v];
    unsigned first = n->op == IR_SELECT ? 2 : 0;
    uint32_t good = 0;

    if (h->want >= 0)
        good = bits & (uint32_t)1 << h->want;
    if (!good && h->two_operand) {
        good = wished(t, n->arg[first], cls, bits);
        if (!good && bundle_commutes[n->op])
            good = wished(t, n->arg[1], cls, bits);
    }
    if (!good)
        good = bits;
    return good & -good;
}

/*
 * send_home - a register of ALLOWED, free now: the GET that gains least by its register
 * goes home, if it gains less than V. 0: there is none.
 */
static uint32_t send_home(struct straight *t, ir_ref v, unsigned cls, uint32_t allowed)
{
    const struct alloc_state *s = t->s;
    float least = s->values[v].weight;
    ir_ref best = 0;

    for (uint32_t bits = allowed & ~t->free[cls]; bits; bits &= bits - 1) {
        ir_ref w = t->holder[cls][__builtin_ctz(bits)];
        if (live_at_home(s, w) && s->values[w].weight < least) {
            least = s->values[w].weight;
            best = w;
        }
    }
    if (!best)
        return 0;
    s->a->at[best].kind = ALLOC_HOME;
    return (uint32_t)1 << s->a->at[best].reg;
}

/* settle - a register for V, which is written by the node numbered K. */
static bool settle(struct straight *t, ir_ref v, uint32_t k)
{
    struct alloc_location *at = &t->s->a->at[v];
    unsigned cls = alloc_class(t->s->ir->nodes[v].type);
    uint32_t end = end_of(t->s, v), allowed = t->s->a->registers[cls], bits;

    if (live_idle(t->s, v))
        return true;
    if (live_stays_home(t->s, v)) {
        at->kind = ALLOC_HOME;
        return true;
    }
    if (cls == ALLOC_INT && t->s->clobber_count)
        allowed &= ~clobbered(t, k, end);
    bits = allowed & t->free[cls];
    if (bits)
        bits = choose(t, v, cls, bits);
    else
        bits = send_home(t, v, cls, allowed);
    if (!bits && live_at_home(t->s, v)) {
        at->kind = ALLOC_HOME;
        return true;
    }
    if (!bits)
        return false;
    at->kind = ALLOC_REG;
    at->reg = (uint8_t)__builtin_ctz(bits);
    t->holder[cls][at->reg] = v;
    t->free[cls] &= ~bits;
    t->next[v] = t->dying[end];
    t->dying[end] = v;
    return true;
}

static bool settle_block(struct straight *t, ir_block_id id)
{
    const struct ir_refs *nodes = &t->s->ir->blocks[id].nodes;
    uint32_t k = t->s->blocks[id].from / 2;

    bury(t, 2 * k);
    for (uint32_t i = 0; i < nodes->count; i++) {
        ir_ref v = nodes->at[i];
        unsigned op = t->s->ir->nodes[v].op;
        if (op == IR_NONE || op == IR_CONST || t->s->a->hints[v].fused)
            continue;
        k++;
        bury(t, 2 * k + 1);
        if (t->s->values[v].where && !settle(t, v, k))
            return false;
        bury(t, 2 * k + 2);
    }
    return true;
}

static bool settle_line(struct straight *t)
{
    const struct ir_refs *nodes = &t->s->ir->blocks[0].nodes;

    for (uint32_t i = 0; i < nodes->count; i++) {
        ir_ref v = nodes->at[i];
        uint32_t k = i + 1;
        if (t->s->ir->nodes[v].op == IR_NONE || t->s->a->hints[v].fused)
            continue;
        bury(t, 2 * k + 1);
        if (t->s->values[v].where && !settle(t, v, k))
            return false;
        bury(t, 2 * k + 2);
    }
    return true;
}

static bool is_straight(const struct ir *ir)
{
    const struct ir_block *b;

    if (ir_is_line(ir))
        return true;
    if (ir->layout_count != 2)
        return false;
    b = &ir->blocks[ir->layout[1]];
    return b->pred_count == 1 &&
           (!b->nodes.count || ir->nodes[b->nodes.at[0]].op != IR_PHI);
}

static void start(struct straight *t, struct alloc_state *s)
{
    t->s = s;
    for (unsigned c = 0; c < ALLOC_CLASSES; c++)
        t->free[c] = s->a->registers[c];
    t->dying = ir_alloc(s->ir, (s->positions + 2) * sizeof *t->dying);
    t->next = ir_alloc(s->ir, s->ir->node_count * sizeof *t->next);
    t->clobber = 0;
}

static bool done(const struct alloc_state *s, bool settled)
{
    if (!settled)
        memset(s->a->at, 0, s->ir->node_count * sizeof *s->a->at);
    return settled;
}

bool straight_line(struct alloc_state *s)
{
    struct straight t;

    start(&t, s);
    return done(s, settle_line(&t));
}

bool straight_run(struct alloc_state *s)
{
    struct straight t;

    if (!is_straight(s->ir))
        return false;
    start(&t, s);
    return done(s, settle_block(&t, s->ir->layout[0]) &&
                       (s->ir->layout_count == 1 || settle_block(&t, s->ir->layout[1])));
}
