/*
 * template.h - the vocabulary of generated templates (lift.c of each guest), over lift.h.
 *
 * A value of the description that is W bits wide is an i1 (W = 1), i32 (2..32), i64
 * (33..64) or i128, with zeroes above bit W - 1. The macros use the `struct lift *l` of
 * the template; operands are evaluated once. The operations are total, as the description
 * language defines them.
 */
#ifndef ISOMORPH_IR_TEMPLATE_H
#define ISOMORPH_IR_TEMPLATE_H

#include "ir/lift.h"

/* Constants. */
#define K1(v)   ir_const(l->ir, IR_I1, (v) != 0)
#define K32(v)  ir_const(l->ir, IR_I32, (uint32_t)(v))
#define K64(v)  ir_const(l->ir, IR_I64, (uint64_t)(v))
#define K128(v) ir_const128(l->ir, (uint64_t)((v) >> 64), (uint64_t)(v))

/* Operations of the IR; those that need it have a type first, or the width W last. */
#define ADD(a, b)               ir_2(l->ir, IR_ADD, a, b)
#define SUB(a, b)               ir_2(l->ir, IR_SUB, a, b)
#define MUL(a, b)               ir_2(l->ir, IR_MUL, a, b)
#define MULH_U(a, b)            ir_2(l->ir, IR_MULH_U, a, b)
#define MULH_S(a, b)            ir_2(l->ir, IR_MULH_S, a, b)
#define MULH_SU(a, b)           ir_2(l->ir, IR_MULH_SU, a, b)
#define DIV_U(a, b)             ir_2(l->ir, IR_DIV_U, a, b)
#define DIV_S(a, b)             ir_2(l->ir, IR_DIV_S, a, b)
#define REM_U(a, b)             ir_2(l->ir, IR_REM_U, a, b)
#define REM_S(a, b)             ir_2(l->ir, IR_REM_S, a, b)
#define AND(a, b)               ir_2(l->ir, IR_AND, a, b)
#define OR(a, b)                ir_2(l->ir, IR_OR, a, b)
#define XOR(a, b)               ir_2(l->ir, IR_XOR, a, b)
#define NOT(a)                  ir_1(l->ir, IR_NOT, a)
#define NEG(a)                  ir_1(l->ir, IR_NEG, a)
#define SHL(a, n)               ir_2(l->ir, IR_SHL, a, n)
#define SHR(a, n)               ir_2(l->ir, IR_SHR, a, n)
#define SAR(a, n)               ir_2(l->ir, IR_SAR, a, n)
#define SHIFT(op, a, n)         ir_op_aux(l->ir, IR_##op, IR_VOID, a, n, 0, 0, IR_IN_RANGE)
#define ROTL(a, n, w)           lift_rotate(l, IR_ROTL, a, n, w)
#define ROTR(a, n, w)           lift_rotate(l, IR_ROTR, a, n, w)
#define EQ(a, b)                ir_2(l->ir, IR_EQ, a, b)
#define NE(a, b)                ir_2(l->ir, IR_NE, a, b)
#define LT_U(a, b)              ir_2(l->ir, IR_LT_U, a, b)
#define LT_S(a, b)              ir_2(l->ir, IR_LT_S, a, b)
#define LE_U(a, b)              ir_2(l->ir, IR_LE_U, a, b)
#define LE_S(a, b)              ir_2(l->ir, IR_LE_S, a, b)
#define MIN_S(a, b)             ir_2(l->ir, IR_MIN_S, a, b)
#define MIN_U(a, b)             ir_2(l->ir, IR_MIN_U, a, b)
#define MAX_S(a, b)             ir_2(l->ir, IR_MAX_S, a, b)
#define MAX_U(a, b)             ir_2(l->ir, IR_MAX_U, a, b)
#define SELECT(t, c, a, b)      ir_op(l->ir, IR_SELECT, IR_##t, c, a, b)
#define POPCOUNT(a)             ir_1(l->ir, IR_POPCOUNT, a)
#define CLZ(a, w)               lift_clz(l, a, w)
#define CTZ(a, w)               lift_ctz(l, a, w)
#define BSWAP(a, w)             lift_top_down(l, IR_BSWAP, a, w)
#define BITREV(a, w)            lift_top_down(l, IR_BITREV, a, w)
#define CARRY(a, b, c, w)       lift_carry(l, a, b, c, w)
#define SUB_OVERFLOW(a, b)      lift_sub_overflow(l, a, b)
#define NEGATIVE(a)             lift_negative(l, a)
#define OVERFLOW_OF(a, b, c, w) lift_overflow(l, a, b, c, w)

/* Widths: to a type, with the sign of bit W - 1, the low W bits, bits from LOW (W of
 * them, or all that there are), two joined whose lower is W bits wide, bits replaced. */
#define TO(t, a)               ir_to(l->ir, IR_##t, a)
#define SX(t, a, w)            lift_sx(l, IR_##t, a, w)
#define MASK(a, w)             lift_mask(l, a, w)
#define BITS(t, a, low, w)     lift_bits(l, IR_##t, a, low, w)
#define TOP(t, a, low)         lift_bits(l, IR_##t, a, low, 0)
#define JOIN(t, a, b, w)       lift_join(l, IR_##t, a, b, w)
#define INSERT(old, a, low, w) lift_insert(l, old, a, low, w)

/* Guest memory, W bits. */
#define LOAD(w, a)                  lift_widen(l, lift_load(l, IR_I##w, a))
#define STORE(w, a, v)              lift_store(l, IR_I##w, a, TO(I##w, v))
#define STORE_MASKED(w, a, v, mask) lift_store_masked(l, w, a, v, mask)
#define ALIGNED(w, a)               lift_aligned(l, a, w)
#define RESERVE(w, a)               lift_widen(l, lift_atomic(l, IR_RESERVE, IR_I##w, a, 0, 0, 0))
#define STORE_COND(w, a, v)         lift_atomic(l, IR_STORE_COND, IR_I1, a, TO(I##w, v), 0, 0)
#define AMO(op, w, a, v) \
    lift_widen(l, lift_atomic(l, IR_AMO, IR_I##w, a, TO(I##w, v), 0, AMO_##op))
#define CAS(w, a, x, v) \
    lift_widen(l, lift_atomic(l, IR_CAS, IR_I##w, a, TO(I##w, x), TO(I##w, v), 0))
#define FENCE() lift_fence(l)

/* Floating point: operands and results are patterns in integers. */
#define FP(op, w, rm, a, b, c) lift_fp(l, FP_OP_##op, w, rm, a, b, c)
#define IS_NAN(w, a)           lift_is_nan(l, a, w)
#define IS_SNAN(w, a, quiet)   lift_is_snan(l, a, w, quiet)
#define IS_INF(w, a)           lift_is_inf(l, a, w)
#define IS_ZERO(w, a)          lift_is_zero(l, a, w)
#define IS_SUBNORMAL(w, a)     lift_is_subnormal(l, a, w)

/* lift_get, lift_set - the element at OFFSET, whose place is of type PLACE, as a value of
 * TYPE and from one. */
ir_ref lift_get(struct lift *l, uint32_t offset, enum ir_type place, enum ir_type type);
void lift_set(struct lift *l, uint32_t offset, enum ir_type place, ir_ref value);

/* lift_holds - CONDITION is known to hold. */
static inline bool lift_holds(const struct lift *l, ir_ref condition)
{
    return ir_is_const(l->ir, condition) && ir_value(l->ir, condition) != 0;
}

ir_ref lift_widen(struct lift *l, ir_ref a); /* i8, i16 to i32 */
ir_ref lift_mask(struct lift *l, ir_ref a, unsigned width);
ir_ref lift_sx(struct lift *l, enum ir_type type, ir_ref a, unsigned width);
ir_ref lift_bits(struct lift *l, enum ir_type type, ir_ref a, unsigned low,
                 unsigned width);
ir_ref lift_join(struct lift *l, enum ir_type type, ir_ref high, ir_ref low,
                 unsigned low_width);
ir_ref lift_insert(struct lift *l, ir_ref old, ir_ref a, unsigned low, unsigned width);
ir_ref lift_rotate(struct lift *l, enum ir_op op, ir_ref a, ir_ref by, unsigned width);
ir_ref lift_clz(struct lift *l, ir_ref a, unsigned width);
ir_ref lift_ctz(struct lift *l, ir_ref a, unsigned width);
ir_ref lift_top_down(struct lift *l, enum ir_op op, ir_ref a, unsigned width);
ir_ref lift_carry(struct lift *l, ir_ref a, ir_ref b, ir_ref c, unsigned width);
/* lift_sub_overflow - signed overflow of A - B; made of comparisons, so that conditions
 * of several flags fold. */
ir_ref lift_sub_overflow(struct lift *l, ir_ref a, ir_ref b);
ir_ref lift_negative(struct lift *l, ir_ref a);
ir_ref lift_overflow(struct lift *l, ir_ref a, ir_ref b, ir_ref c, unsigned width);

/* lift_store_masked - the bytes of VALUE, of WIDTH bits, that MASK has all bits of. */
void lift_store_masked(struct lift *l, unsigned width, ir_ref address, ir_ref value,
                       ir_ref mask);
/* lift_aligned - a trap test: an access of WIDTH bits at A. */
void lift_aligned(struct lift *l, ir_ref a, unsigned width);
ir_ref lift_atomic(struct lift *l, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
                   ir_ref c, uint64_t aux);
void lift_fence(struct lift *l);

/* lift_fp_begin - floating-point operations of a guest that notes them follow; see
 * fp_begin. lift_fp - one operation, enum fp_op, in mode RM, noted if begun so. Operands
 * that OP doesn't have are 0. */
void lift_fp_begin(struct lift *l);
ir_ref lift_fp(struct lift *l, enum fp_op op, unsigned width, enum fp_round rm, ir_ref a,
               ir_ref b, ir_ref c);
/* lift_fp_flags, lift_fp_flags_set - the sticky flags as the guest has them, an i32: bit
 * BITS[i] for flag 1 << i of enum fp_flag; -1: it has none. */
ir_ref lift_fp_flags(struct lift *l, const int8_t bits[5]);
void lift_fp_flags_set(struct lift *l, const int8_t bits[5], ir_ref value);
ir_ref lift_is_nan(struct lift *l, ir_ref a, unsigned width);
ir_ref lift_is_snan(struct lift *l, ir_ref a, unsigned width, unsigned quiet_bit);
ir_ref lift_is_inf(struct lift *l, ir_ref a, unsigned width);
ir_ref lift_is_zero(struct lift *l, ir_ref a, unsigned width);
ir_ref lift_is_subnormal(struct lift *l, ir_ref a, unsigned width);

#endif
