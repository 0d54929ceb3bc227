/*
 * fpeval.h - floating point for isac's evaluator, by libmpfr.
 *
 * A second opinion on the runtime's arithmetic: written apart from it, on exact numbers
 * of arbitrary precision that are rounded once by MPFR's rounding to integers.
 *
 * Invariants
 *  (1) No host floating-point operation is executed.
 *  (2) Operands and results are bit patterns in the low bits; what is above the
 *      operation's width is ignored in operands and zero in results.
 */
#ifndef GEN_FPEVAL_H
#define GEN_FPEVAL_H

#include <stdbool.h>
#include <stdint.h>

enum fpeval_round {
    FPEVAL_NEAREST,
    FPEVAL_ZERO,
    FPEVAL_UP,
    FPEVAL_DOWN,
    FPEVAL_AWAY /* to nearest, ties away from zero */
};

enum fpeval_flag {
    FPEVAL_INEXACT = 1,
    FPEVAL_UNDERFLOW = 2,
    FPEVAL_OVERFLOW = 4,
    FPEVAL_DIVZERO = 8,
    FPEVAL_INVALID = 16
};

/* Results of "rel" and "rel_s". */
enum fpeval_relation {
    FPEVAL_REL_UN = 1,
    FPEVAL_REL_EQ = 2,
    FPEVAL_REL_LT = 4,
    FPEVAL_REL_GT = 8
};

/* Which NaN an operation gives that has NaN operands. */
enum fpeval_nan {
    FPEVAL_NAN_CANONICAL, /* the default NaN */
    FPEVAL_NAN_FIRST,     /* the first NaN operand, made quiet */
    FPEVAL_NAN_SNAN_FIRST /* the first signalling one, else the first quiet one */
};

enum fpeval_minmax {
    FPEVAL_MINMAX_NUMBER,   /* 754-2019 minimumNumber */
    FPEVAL_MINMAX_NUM_2008, /* 754-2008 minNum */
    FPEVAL_MINMAX_NAN       /* 754-2019 minimum */
};

/* fma(infinity, 0, quiet NaN), in either order of the first two. */
enum fpeval_fma_nan {
    FPEVAL_FMA_NAN_QUIET,          /* no flag, NaN rule */
    FPEVAL_FMA_NAN_INVALID,        /* Invalid, NaN rule */
    FPEVAL_FMA_NAN_INVALID_DEFAULT /* Invalid, default NaN */
};

enum fpeval_flush {
    FPEVAL_FLUSH_IN = 1,    /* denormal operands are zeros */
    FPEVAL_FLUSH_OUT = 2,   /* tiny results are zeros: underflow and inexact */
    FPEVAL_FLUSH_SILENT = 4 /* results tiny before rounding are zeros without a flag */
};

/*
 * What a description's fenv says. quiet_bit is the fraction's top bit in a quiet NaN (1
 * as in IEEE 754-2008, 0 in the older reading); with snan_default a signalling operand
 * gives the default NaN. to_int holds the results of invalid conversions: rows s32, u32,
 * s64, u64; columns NaN, above the range, below it.
 */
struct fpeval_rules {
    enum fpeval_nan nan;
    unsigned quiet_bit;
    bool snan_default;
    bool tiny_before;
    enum fpeval_minmax minmax;
    enum fpeval_fma_nan fma_nan;
    uint8_t fma_order[3]; /* in which the NaN rule looks at a, b, c of a * b + c */
    unsigned flush;       /* enum fpeval_flush bits */
    unsigned enables;     /* traps: with FPEVAL_UNDERFLOW exact tiny results raise it */
    uint64_t default32, default64;
    uint64_t to_int[4][3];
};

/*
 * fpeval - evaluate an operation; false if there is none of that name, width and number
 * of operands, and nothing is changed. WIDTH (32, 64) is the T of T.op: that of the
 * floating-point operands, or of the result for from_*. The flags raised are ORed into
 * *flags.
 *
 *  add sub mul div sqrt fma min max
 *  eq lt le unordered rel (quiet), eq_s lt_s le_s unordered_s rel_s
 *  to_s32 to_u32 to_s64 to_u64 from_s32 from_u32 from_s64 from_u64
 *  from_f32 (width 64), from_f64 (width 32)
 *  rint (raises inexact), round_int (doesn't)
 *  is_nan is_snan is_inf is_zero is_subnormal
 *  class: 0 -inf, -normal, -subnormal, -0, +0, +subnormal, +normal, +inf, sNaN, 9 qNaN
 */
bool fpeval(const struct fpeval_rules *rules, const char *op, unsigned width,
            const uint64_t args[], unsigned nargs, enum fpeval_round rm, uint64_t *result,
            unsigned *flags);

#endif
