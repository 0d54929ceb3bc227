/*
 * known.h - what is known of the bits of every value of at most 64 bits.
 *
 * Invariants
 *  (1) zero and one are disjoint; bits above the type's width are in zero. (2) sign is
 * the number of highest bits (of the type's width) that are equal: at least 1. sign 0
 * marks a value that nobody has looked at.
 *
 * Private to ir/.
 */
#ifndef ISOMORPH_IR_KNOWN_H
#define ISOMORPH_IR_KNOWN_H

#include "ir/pass.h"

struct bits {
    uint64_t zero, one; /* bits that are */
    uint8_t sign;
};

struct known {
    struct ir *ir;
    struct bits *at; /* by node */
    uint32_t count;
};

/*
 * known_analyse - look at all nodes in order O; a loop's PHIs are taken for what their
 * other operands say until a round shows otherwise. Linear: a few rounds at most.
 */
void known_analyse(struct known *k, struct ir *ir, const struct pass_order *o);
/* known_look - look at R, which has been made since. */
struct bits known_look(struct known *k, ir_ref r);
/* known_of - of R. */
static inline struct bits known_of(struct known *k, ir_ref r)
{
    return r < k->count && k->at[r].sign ? k->at[r] : known_look(k, r);
}
/* known_result - of OP on A, B, C giving TYPE. */
struct bits known_result(struct known *k, enum ir_op op, enum ir_type type, ir_ref a,
                         ir_ref b, ir_ref c);

static inline uint64_t known_min_u(const struct bits *b)
{
    return b->one;
}
static inline uint64_t known_max_u(const struct bits *b)
{
    return ~b->zero;
}
/* The range of a value of TYPE, read with its sign. */
int64_t known_min_s(const struct bits *b, enum ir_type type);
int64_t known_max_s(const struct bits *b, enum ir_type type);

#endif
