/*
 * fold.h - what the parts of folding share (fold.c, fold_sum.c, fold_bits.c,
 * fold_size.c, fold_compare.c).
 *
 * A rule looks at an operation and its operands and gives a value that is equal for all
 * operands, or 0. Where a rule changes a form into another, there is an order of forms
 * that every rule respects, so that folding ends:
 *  - constants stand second (in differences and in `lt' also first: c - x, c < x);
 *  - x - c is x + -c, x * 2^k is x << k, le with a constant is lt;
 *  - constant counts of shifts and rotates are of type i8, rotr by one is rotl;
 *  - a compare of extensions is one of what was extended.
 *
 * Private to ir/.
 */
#ifndef ISOMORPH_IR_FOLD_H
#define ISOMORPH_IR_FOLD_H

#include "ir/arith.h"
#include "ir/build.h"

struct fold {
    struct ir *ir;
    enum ir_op op;
    enum ir_type type; /* of the result */
    enum ir_type from; /* of operand 0; of SELECT, 1 */
    unsigned bits;     /* of `from` */
    ir_ref a, b, c;
    bool ka, kb;    /* operands that are constants, */
    ir_wide va, vb; /* and their values */
    unsigned flags; /* to be the node's: IR_IN_RANGE */
};

static inline const struct ir_node *fold_node(const struct fold *f, ir_ref r)
{
    return &f->ir->nodes[r];
}
static inline bool fold_is(const struct fold *f, ir_ref r, enum ir_op op)
{
    return f->ir->nodes[r].op == op;
}
static inline ir_ref fold_arg(const struct fold *f, ir_ref r, unsigned i)
{
    return ir_forward(f->ir, f->ir->nodes[r].arg[i]);
}
static inline enum ir_type fold_type(const struct fold *f, ir_ref r)
{
    return (enum ir_type)f->ir->nodes[r].type;
}

static inline ir_wide ir_const_value(const struct ir_node *n)
{
    return ((ir_wide)n->arg[1] << 32 | n->arg[0]) << 64 | n->aux;
}
/* fold_const - R is a constant, of value *V. */
static inline bool fold_const(const struct fold *f, ir_ref r, ir_wide *v)
{
    if (!fold_is(f, r, IR_CONST))
        return false;
    *v = ir_const_value(fold_node(f, r));
    return true;
}
static inline bool fold_is_value(const struct fold *f, ir_ref r, ir_wide v)
{
    ir_wide is = 0;

    return fold_const(f, r, &is) && is == v;
}
/* fold_with - R is OP of *X and the constant *V. */
static inline bool fold_with(const struct fold *f, ir_ref r, enum ir_op op, ir_ref *x,
                             ir_wide *v)
{
    if (!fold_is(f, r, op) || !fold_const(f, fold_arg(f, r, 1), v))
        return false;
    *x = fold_arg(f, r, 0);
    return true;
}

/* fold_start - set F up for OP of operands that are no COPYs. */
static inline void fold_start(struct fold *f, struct ir *ir, enum ir_op op,
                              enum ir_type type, ir_ref a, ir_ref b, ir_ref c)
{
    f->ir = ir;
    f->op = op;
    f->type = type;
    f->from = (enum ir_type)ir->nodes[op == IR_SELECT ? b : a].type;
    f->bits = ir_type_bits[f->from];
    f->a = a;
    f->b = b;
    f->c = c;
    f->flags = 0;
}
/* fold_run - what the operation gives, or 0; then F's operands and flags may have been
 * changed to those of an equal operation. May make nodes. */
ir_ref fold_run(struct fold *f);

/* Values to return: fold_k a constant of TYPE, cut to its width; the others operations,
 * folded in their turn. 0 as operand gives 0. */
ir_ref fold_k(const struct fold *f, enum ir_type type, ir_wide v);
static inline ir_ref fold_1(const struct fold *f, enum ir_op op, enum ir_type type,
                            ir_ref a)
{
    return ir_op(f->ir, op, type, a, 0, 0);
}
static inline ir_ref fold_2(const struct fold *f, enum ir_op op, ir_ref a, ir_ref b)
{
    return ir_op(f->ir, op, IR_VOID, a, b, 0);
}
/* fold_shift - A shifted by the constant BY. */
static inline ir_ref fold_shift(const struct fold *f, enum ir_op op, ir_ref a,
                                unsigned by)
{
    return fold_2(f, op, a, ir_const(f->ir, IR_I8, by));
}

/*
 * fold_bits - all bits of R from this one upwards are 0; fold_sign_bits - R is the sign
 * extension of so many low bits (at least 1). Upper bounds, at most the type's width.
 */
unsigned fold_bits(const struct fold *f, ir_ref r, unsigned depth);
unsigned fold_sign_bits(const struct fold *f, ir_ref r, unsigned depth);
enum { FOLD_DEPTH = 4 };

/* fold_log2 - V is 2 to the power of this, or -1. */
static inline int fold_log2(ir_wide v)
{
    if (v == 0 || (v & (v - 1)))
        return -1;
    return (uint64_t)v ? __builtin_ctzll((uint64_t)v)
                       : 64 + __builtin_ctzll((uint64_t)(v >> 64));
}

/* The rules, by kind of operation. */
ir_ref fold_sum(struct fold *f);       /* add, sub, neg */
ir_ref fold_product(struct fold *f);   /* mul, div, rem and their kin */
ir_ref fold_logic(struct fold *f);     /* and, or, xor, not, of vectors too */
ir_ref fold_shifts(struct fold *f);    /* shifts and rotates */
ir_ref fold_sizes(struct fold *f);     /* zext, sext, trunc, cat, bitcast */
ir_ref fold_compares(struct fold *f);  /* eq to le_s */
ir_ref fold_select(struct fold *f);    /* select, min, max */
ir_ref fold_sum_flags(struct fold *f); /* carry, overflow */

#endif
