/*
 * build.h - what build.c, finish.c and fold.c of this module share; private to it.
 *
 * Invariants
 *  (1) The value of place P at the start of block B is vars->in[P], at its end out[P], or
 * in[P] if that is 0; both are 0 where nobody has asked or written yet. (2) PHIs stand in
 * vars->phis until ir_finish puts them before the block's nodes; arg[0] of such a PHI is
 * its place. (3) The table holds every constant, and pure operations by their content
 * while building.
 */
#ifndef ISOMORPH_IR_BUILD_H
#define ISOMORPH_IR_BUILD_H

#include "ir/ir.h"

struct ir_cell { /* a write; newest first */
    struct ir_cell *prev;
    uint32_t place;
    ir_ref value;
};

struct ir_vars {
    ir_ref *in, *out; /* by place */
    uint32_t capacity;
    struct ir_refs phis;
};

struct ir_build {
    ir_ref *table; /* open addressing */
    uint32_t mask, used;
    uint16_t *place_table; /* open addressing by offset */
    uint32_t place_mask;
    ir_ref *gets; /* by place */
    uint32_t gets_capacity;
    struct ir_refs get_list;
    void *values; /* of ir_eval, by node; freed with the region */
    uint32_t values_capacity;
    unsigned folding;          /* operations being folded, one inside the other */
    bool copied;               /* PHIs have become COPYs: operands must be forwarded */
    bool finished;             /* content of the table's pure operations is stale */
    bool open;                 /* nodes may be made */
    struct ir_through *stores; /* by place, of a region that writes through */
    uint32_t stores_capacity;
    uint32_t effects; /* in such a region: nodes so far that may fault or leave */
};

/* The last STCPU of a place, and the effects before it: until there is another effect
 * nobody sees it. */
struct ir_through {
    ir_ref store;
    uint32_t effects;
};

static inline void ir_refs_add(struct ir *ir, struct ir_refs *list, ir_ref r)
{
    if (__builtin_expect(list->count == list->capacity, 0))
        list->at = ir_grow(ir, list->at, &list->capacity, list->count + 1, sizeof r);
    list->at[list->count++] = r;
}
/* ir_read_in - the value of PLACE at the start of B. */
ir_ref ir_read_in(struct ir *ir, ir_block_id b, uint32_t place);
/* ir_phi_same - the one value that PHI's operands are besides itself; 0: several. */
ir_ref ir_phi_same(const struct ir *ir, ir_ref phi);
/* ir_place_at - the index of the place at OFFSET, a new one if need be. */
uint32_t ir_place_at(struct ir *ir, uint32_t offset, enum ir_type type);
/* ir_get_room - make room for PLACES in build->gets. ir_get_is - R is the GET of PLACE.
 */
void ir_get_room(struct ir *ir, uint32_t places);
void ir_get_is(struct ir *ir, uint32_t place, ir_ref r);
/* ir_edge - TO is the next successor of FROM. */
void ir_edge(struct ir *ir, ir_block_id from, ir_block_id to);
/* ir_type_of - the type of OP of A and B; TYPE where the operation doesn't say. */
enum ir_type ir_type_of(const struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a,
                        ir_ref b);
/* ir_const_wide - a constant of any type. */
ir_ref ir_const_wide(struct ir *ir, enum ir_type type, uint64_t high, uint64_t low);

static inline struct ir_vars *ir_vars(const struct ir *ir, ir_block_id b)
{
    return ir->blocks[b].defs;
}

#endif
