/*
 * phis.c - PHIs that are one value (see pass.h).
 *
 * PHIs that only have each other and one other value as operands are that value: each way
 * into their circle brings it along. So circles (strongly connected components) are taken
 * one after the other, operands before users. In one with several values from outside the
 * PHIs that have these stay, and the rest of the circle is looked at again without them.
 * (Braun and others, "Simple and efficient construction of static single assignment
 * form", 2013, section 3.2; the components are Tarjan's.)
 */
#include "ir/pass.h"

#include <string.h>

struct visit {
    ir_ref phi;
    uint32_t next; /* operand */
};

struct circles {
    struct ir *ir;
    uint32_t *set;      /* by node: number of the set that it is in */
    uint32_t *index;    /* by node: when it was reached in that set, or 0 */
    uint32_t *low;      /* by node: the earliest that it leads to */
    bool *open;         /* by node: in `stack` */
    struct visit *path; /* what is being visited */
    ir_ref *stack;      /* of circles that aren't complete */
    uint32_t depth, height, now, set_now;
    bool any;
};

static uint32_t operand_count(const struct circles *c, ir_ref phi)
{
    return c->ir->blocks[ir_at(c->ir, phi)->block].pred_count;
}

static ir_ref operand(const struct circles *c, ir_ref phi, uint32_t i)
{
    return ir_forward(c->ir, c->ir->phi_args[ir_at(c->ir, phi)->aux + i]);
}

/* What the PHIs of a circle, set SET, have from outside: the one value, 0 if there are
 * several. Those without any go to the front of LIST; *INNER is their number. */
static ir_ref from_outside(struct circles *c, ir_ref *list, uint32_t count, uint32_t set,
                           uint32_t *inner)
{
    ir_ref one = 0;
    bool several = false;

    *inner = 0;
    for (uint32_t i = 0; i < count; i++) {
        ir_ref phi = list[i];
        bool any = false;
        for (uint32_t k = 0; k < operand_count(c, phi); k++) {
            ir_ref r = operand(c, phi, k);
            if (c->set[r] == set)
                continue;
            any = true;
            several |= one && one != r;
            one = r;
        }
        if (!any) {
            list[i] = list[*inner];
            list[(*inner)++] = phi;
        }
    }
    return several ? 0 : one;
}

static void find_circles(struct circles *c, const ir_ref *list, uint32_t count);

/* The COUNT PHIs at MEMBERS are a circle. */
static void circle(struct circles *c, const ir_ref *members, uint32_t count)
{
    uint32_t set = ++c->set_now, inner;
    ir_ref one = members[0], *list = &one, is;

    if (count > 1) {
        list = ir_alloc(c->ir, count * sizeof *list);
        memcpy(list, members, count * sizeof *list);
    }
    for (uint32_t i = 0; i < count; i++)
        c->set[list[i]] = set;
    is = from_outside(c, list, count, set, &inner);
    for (uint32_t i = 0; is && i < count; i++)
        pass_is(c->ir, list[i], is);
    c->any |= is != 0;
    if (!is && inner)
        find_circles(c, list, inner);
}

static void reach(struct circles *c, ir_ref phi)
{
    c->index[phi] = c->low[phi] = ++c->now;
    c->open[phi] = true;
    c->stack[c->height++] = phi;
    c->path[c->depth++] = (struct visit){phi, 0};
}

/* PHI's operands have been visited: if it is the first of a circle, that is complete. */
static void leave(struct circles *c, ir_ref phi)
{
    uint32_t top = c->height;

    c->depth--;
    if (c->low[phi] != c->index[phi]) {
        ir_ref user = c->path[c->depth - 1].phi;
        if (c->low[phi] < c->low[user])
            c->low[user] = c->low[phi];
        return;
    }
    do
        c->open[c->stack[--c->height]] = false;
    while (c->stack[c->height] != phi);
    circle(c, c->stack + c->height, top - c->height);
}

/* Go from PHI, of set SET, to all that it leads to. */
static void walk(struct circles *c, ir_ref phi, uint32_t set)
{
    uint32_t bottom = c->depth;

    reach(c, phi);
    while (c->depth > bottom) {
        struct visit *v = &c->path[c->depth - 1];
        ir_ref at = v->phi, r;
        if (v->next == operand_count(c, at)) {
            leave(c, at);
            continue;
        }
        r = operand(c, at, v->next++);
        if (c->set[r] != set)
            continue;
        if (!c->index[r])
            reach(c, r);
        else if (c->open[r] && c->index[r] < c->low[at])
            c->low[at] = c->index[r];
    }
}

/* All circles among the COUNT PHIs in LIST. */
static void find_circles(struct circles *c, const ir_ref *list, uint32_t count)
{
    uint32_t set = ++c->set_now;

    for (uint32_t i = 0; i < count; i++) {
        c->set[list[i]] = set;
        c->index[list[i]] = 0;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!c->index[list[i]])
            walk(c, list[i], set);
}

bool pass_unite_phis(struct ir *ir, const struct ir_refs *phis)
{
    struct circles c = {.ir = ir};

    if (phis->count == 0)
        return false;
    c.set = ir_alloc(ir, ir->node_count * sizeof *c.set);
    c.index = ir_alloc(ir, ir->node_count * sizeof *c.index);
    c.low = ir_alloc(ir, ir->node_count * sizeof *c.low);
    c.open = ir_alloc(ir, ir->node_count * sizeof *c.open);
    c.path = ir_alloc(ir, phis->count * sizeof *c.path);
    c.stack = ir_alloc(ir, phis->count * sizeof *c.stack);
    find_circles(&c, phis->at, phis->count);
    return c.any;
}
