/*
 * strength.h - what the files of the strength pass share; private to them.
 *
 * Invariant: a rule makes nodes only if it succeeds. A rule gets operands that dominate
 * the place where nodes are made now, and may look at what defines them, never at PHIs'
 * operands.
 */
#ifndef ISOMORPH_IR_STRENGTH_H
#define ISOMORPH_IR_STRENGTH_H

#include "ir/known.h"

struct strength {
    struct ir *ir;
    struct known known;
    uint8_t *uses;    /* by node: arguments and PHIs' operands that it is, up to 255 */
    uint8_t *visible; /* by node: stands in a snapshot or is a PHI's operand */
    uint32_t counted; /* nodes that these two know */
    unsigned depth;
};

/* strength_make - OP as a rule gives it, or a new node. */
ir_ref strength_make(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a,
                     ir_ref b, ir_ref c);
#define strength_1(s, op, type, a)    strength_make(s, op, type, a, 0, 0)
#define strength_2(s, op, type, a, b) strength_make(s, op, type, a, b, 0)

/* Each gives what the operation is, or 0. */
ir_ref strength_compare(struct strength *s, enum ir_op op, ir_ref a, ir_ref b);
ir_ref strength_carry(struct strength *s, enum ir_op op, ir_ref a, ir_ref b, ir_ref c);
ir_ref strength_logic(struct strength *s, enum ir_op op, ir_ref a, ir_ref b); /* of i1 */
ir_ref strength_widen(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a);
ir_ref strength_trunc(struct strength *s, enum ir_type type, ir_ref a);
ir_ref strength_shift(struct strength *s, enum ir_op op, enum ir_type type, ir_ref a,
                      ir_ref b);

static inline const struct ir_node *strength_at(const struct strength *s, ir_ref r)
{
    return ir_at(s->ir, r);
}
static inline bool strength_is(const struct strength *s, ir_ref r, enum ir_op op)
{
    return ir_at(s->ir, r)->op == op;
}
static inline enum ir_type strength_type(const struct strength *s, ir_ref r)
{
    return (enum ir_type)ir_at(s->ir, r)->type;
}
/* strength_arg - argument I of what defines R. */
static inline ir_ref strength_arg(const struct strength *s, ir_ref r, unsigned i)
{
    return ir_forward(s->ir, ir_at(s->ir, r)->arg[i]);
}
/* strength_value - is R a constant of at most 64 bits? Its value. */
static inline bool strength_value(const struct strength *s, ir_ref r, uint64_t *value)
{
    const struct ir_node *n = ir_at(s->ir, r);

    *value = n->aux;
    return n->op == IR_CONST && pass_is_int((enum ir_type)n->type);
}
static inline bool strength_is_value(const struct strength *s, ir_ref r, uint64_t value)
{
    uint64_t v;

    return strength_value(s, r, &v) && v == value;
}
/* strength_single - R has one use, and would go if that went. */
static inline bool strength_single(const struct strength *s, ir_ref r)
{
    return r >= s->counted || (s->uses[r] <= 1 && !s->visible[r]);
}
static inline bool strength_hidden(const struct strength *s, ir_ref r)
{
    return r >= s->counted || !s->visible[r];
}
/* strength_can - is there arithmetic on TYPE? */
static inline bool strength_can(enum ir_type type)
{
    return type == IR_I32 || type == IR_I64;
}

#endif
