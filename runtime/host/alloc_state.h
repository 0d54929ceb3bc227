/*
 * alloc_state.h - what the parts of the allocator share: live.c finds where each value
 * lives, bundle.c joins values, occupancy.c keeps what each register holds, alloc.c
 * decides.
 *
 * Positions: each block's start has number k, and each of its nodes that is emitted on
 * its own the next one. 2k is where the node numbered k reads its operands, 2k + 1 where
 * it writes its result; PHIs are written at 2k of the block's start. A range is half
 * open. A value that dies at k covers 2k only; what k clobbers is lost by values that
 * cover both 2k and 2k + 1.
 *
 * Invariants
 *  (1) The ranges of a value or a bundle ascend, and don't overlap. Ranges that meet are
 * one, unless they meet at 2k + 1 of a node that clobbers something: there one value dies
 * and another begins. (2) A bundle is named by one of its values; bundle[v] of every
 * member v is that name. (3) No two members of a bundle live at the same position.
 */
#ifndef ISOMORPH_HOST_ALLOC_STATE_H
#define ISOMORPH_HOST_ALLOC_STATE_H

#include "host/alloc.h"

struct range {
    uint32_t from, to;
};

/* A run of the pool of ranges. */
struct run {
    uint32_t first, count;
};

/* live_value.where of a value that stands in block b is b + 1. */
enum { LIVE_NOWHERE = 0, LIVE_FUSED = UINT32_MAX };

struct live_value {
    uint32_t where;
    uint32_t from;     /* where it is written */
    uint32_t end;      /* of the last use in its own block */
    uint32_t cross;    /* uses in other blocks: a list; LIVE_FUSED: last used in it - 1 */
    float weight;      /* of its uses and its definition, if it had to be in memory */
    struct run run;    /* its ranges; none if it needs no location */
    uint32_t affinity; /* list of affinities */
};

/* The last use of a value in a block that isn't its own. */
struct cross {
    ir_block_id block;
    uint32_t end, next;
};

struct live_block {
    uint32_t from, to;
    uint32_t order; /* in the layout, plus 1; 0: not in it */
    float weight;   /* how often it runs */
};

struct clobber {
    uint32_t number; /* of the node: its reads are at 2 * number */
    uint32_t registers;
};

enum bundle_state { BUNDLE_WAITS, BUNDLE_IN_REGISTER, BUNDLE_IN_MEMORY, BUNDLE_SPLIT };

struct bundle {
    struct run run;
    float weight;
    uint32_t length; /* of its ranges, in positions */
    ir_ref last;     /* of the members, which begin with the bundle's name */
    uint32_t count;  /* of members */
    ir_ref next;     /* in its bucket of the queue */
    ir_ref origin;   /* the bundle that it was split off */
    uint8_t state;   /* enum bundle_state */
    uint8_t cls;     /* enum alloc_class */
    uint8_t evicted; /* how often */
    int8_t reg;
    bool wide;   /* 16 bytes */
    bool wishes; /* a member has an affinity or hints.want */
};

/* A wish of a value to have the register of another one. */
struct affinity {
    ir_ref with;
    float weight;
    uint32_t next;
};

/* What is taken at each position: a bit per register, or per slot. */
struct occupancy {
    uint32_t *taken;  /* by position */
    uint32_t *chunks; /* the same, all of a chunk's positions together */
};
enum { CHUNK_BITS = 6, CHUNK = 1 << CHUNK_BITS };

/* A bundle in a register, in each chunk that it stands in. */
struct tenant {
    struct range range;
    ir_ref bundle;
    uint32_t next;
};

/* Bundles that wait for a register, by weight over length. */
enum { QUEUE_BUCKETS = 512 };
struct queue {
    ir_ref first[QUEUE_BUCKETS], last[QUEUE_BUCKETS];
    uint64_t used[QUEUE_BUCKETS / 64];
};

struct alloc_state {
    struct ir *ir;
    struct alloc *a;
    uint32_t positions; /* all are below it */

    struct live_value *values; /* by node */
    struct live_block *blocks;
    struct cross *crosses;
    uint32_t cross_count, cross_capacity;
    struct clobber *clobbers; /* ascending */
    uint32_t clobber_count, clobber_capacity;
    struct range *ranges;
    uint32_t range_count, range_capacity;

    struct bundle *bundles; /* by node */
    ir_ref *bundle;         /* the bundle of each value */
    ir_ref *next_member;
    ir_ref *parts; /* what bundle_split has divided */
    uint32_t part_count, splits;
    uint32_t *split_of; /* by value: the number of the last split that it was in */
    bool *moved;        /* GETs that a snapshot lists for another place */
    struct affinity *affinities;
    uint32_t affinity_count, affinity_capacity;
    bool vectors; /* there are values of that class */

    struct occupancy registers[ALLOC_CLASSES];
    struct tenant *tenants; /* once something has to be evicted */
    uint32_t tenant_count, tenant_capacity, tenant_free;
    uint32_t *rooms; /* the tenants of each register in each chunk: lists */
    uint32_t *seen;  /* by bundle: the last count of tenants that met it */
    uint32_t seen_now;

    struct queue *queue;
};

/* alloc_room - TABLE of *CAPACITY items of BYTES each, made larger to hold COUNT. */
void *alloc_room(struct alloc_state *s, void *table, uint32_t *capacity, uint32_t count,
                 size_t bytes);

/* live_number - positions, blocks, definitions and clobbers. */
void live_number(struct alloc_state *s);
/* live_uses - weights, and where values are used. */
void live_uses(struct alloc_state *s);
/* live_line - both, for a line (ir_is_line) whose snapshots list nothing; nodes have
 * their place in the list as number. */
void live_line(struct alloc_state *s);
/* live_ranges - after live_uses: the ranges of all values. */
void live_ranges(struct alloc_state *s);
/* live_idle - after live_uses: whether nothing uses V and it does nothing else. */
static inline bool live_idle(const struct alloc_state *s, ir_ref v)
{
    const struct live_value *x = &s->values[v];

    return x->end == x->from + 1 && !x->cross && ir_effect(&s->ir->nodes[v]) == IR_PURE;
}
/* live_at_home - a GET that needs no slot. */
static inline bool live_at_home(const struct alloc_state *s, ir_ref v)
{
    return s->ir->nodes[v].op == IR_GET && !s->moved[v];
}
/* live_stays_home - a GET that is used once or less does as well in its home. */
static inline bool live_stays_home(const struct alloc_state *s, ir_ref v)
{
    return s->values[v].weight <= 0 && live_at_home(s, v);
}

/*
 * straight_run - after live_uses: give all values of a region of one block besides the
 * entry registers in one walk. False, and nothing is done, if these don't suffice or
 * there are more blocks.
 */
bool straight_run(struct alloc_state *s);
/* straight_line - the same after live_line. */
bool straight_line(struct alloc_state *s);

/* bundle_all - a bundle per value, then joined along PHIs and two-operand nodes. */
void bundle_all(struct alloc_state *s);
/* bundle_split - divide bundle NAME: the members in its innermost loop from the others,
 * or, if all are equally deep, at two-operand nodes. All members are then in s->parts.
 * False: it stays as it is. */
bool bundle_split(struct alloc_state *s, ir_ref name);
/* bundle_clobbers - what the node destroys whose number is NUMBER. */
uint32_t bundle_clobbers(const struct alloc_state *s, uint32_t number);
/* bundle_commutes - whether argument 1 may have the result's register instead of 0. */
extern const bool bundle_commutes[IR_OP_COUNT];

void occupancy_new(struct alloc_state *s, struct occupancy *o);
/* occupancy_of - the bits taken anywhere in RUN. */
uint32_t occupancy_of(const struct alloc_state *s, const struct occupancy *o,
                      struct run run);
void occupancy_take(const struct alloc_state *s, struct occupancy *o, struct run run,
                    uint32_t bits);
void occupancy_leave(const struct alloc_state *s, struct occupancy *o, struct run run,
                     uint32_t bits);
/* occupancy_clobbered - registers that nodes inside RUN destroy. */
uint32_t occupancy_clobbered(const struct alloc_state *s, struct run run);

#endif
