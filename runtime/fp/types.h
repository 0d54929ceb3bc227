/*
 * types.h - floating point of guests: rounding modes, flags, operations, rules.
 *
 * What differs between instruction sets is data: one const struct fp_rules per guest,
 * filled in by generated code. Terms and defaults are those of IEEE 754-2019.
 *
 * Invariants
 *  (1) Every operand and result is a bit pattern; no host floating-point type and no
 *      host floating-point header appears in an interface. (<math.h> names an FP_ZERO
 *      of its own and can't be included together with this file.)
 *  (2) An operation code is FP_CODE(op, width): the same numbers in the record of the
 *      last operation, in fp_slow and in soft_op.
 */
#ifndef RUNTIME_FP_TYPES_H
#define RUNTIME_FP_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#ifdef FP_ZERO
#error "fp/types.h and <math.h> both define FP_ZERO: include only one of them"
#endif

/* Rounding modes; FP_DYN stands for the environment's current one. */
enum fp_round { FP_NEAREST, FP_ZERO, FP_UP, FP_DOWN, FP_AWAY, FP_DYN };

/* Exception flags, as accrued and as raised by one operation. */
enum fp_flag {
    FP_INEXACT = 1,
    FP_UNDERFLOW = 2,
    FP_OVERFLOW = 4,
    FP_DIVZERO = 8,
    FP_INVALID = 16,
    FP_ALL_FLAGS = 31
};

/* Result of a comparison: exactly one bit is set. */
enum fp_relation { FP_REL_UN = 1, FP_REL_EQ = 2, FP_REL_LT = 4, FP_REL_GT = 8 };

/* The classes of IEEE 754, clause 5.7.2, from -infinity upwards, then the NaNs. */
enum fp_class {
    FP_CLASS_NEG_INF,
    FP_CLASS_NEG_NORMAL,
    FP_CLASS_NEG_SUBNORMAL,
    FP_CLASS_NEG_ZERO,
    FP_CLASS_POS_ZERO,
    FP_CLASS_POS_SUBNORMAL,
    FP_CLASS_POS_NORMAL,
    FP_CLASS_POS_INF,
    FP_CLASS_SNAN,
    FP_CLASS_QNAN
};

/*
 * Operations: name, number of operands. The width in a code is that of the
 * floating-point operands, or of the result for from_*: from_f32 exists for width 64,
 * from_f64 for width 32. Comparisons named _s signal: every NaN is invalid. rel and
 * rel_s give an enum fp_relation.
 */
#define FP_OPS(X)                    \
    X(ADD, "add", 2)                 \
    X(SUB, "sub", 2)                 \
    X(MUL, "mul", 2)                 \
    X(DIV, "div", 2)                 \
    X(SQRT, "sqrt", 1)               \
    X(FMA, "fma", 3)                 \
    X(MIN, "min", 2)                 \
    X(MAX, "max", 2)                 \
    X(REL, "rel", 2)                 \
    X(REL_S, "rel_s", 2)             \
    X(EQ, "eq", 2)                   \
    X(LT, "lt", 2)                   \
    X(LE, "le", 2)                   \
    X(UNORDERED, "unordered", 2)     \
    X(EQ_S, "eq_s", 2)               \
    X(LT_S, "lt_s", 2)               \
    X(LE_S, "le_s", 2)               \
    X(UNORDERED_S, "unordered_s", 2) \
    X(TO_S32, "to_s32", 1)           \
    X(TO_U32, "to_u32", 1)           \
    X(TO_S64, "to_s64", 1)           \
    X(TO_U64, "to_u64", 1)           \
    X(FROM_S32, "from_s32", 1)       \
    X(FROM_U32, "from_u32", 1)       \
    X(FROM_S64, "from_s64", 1)       \
    X(FROM_U64, "from_u64", 1)       \
    X(FROM_F32, "from_f32", 1)       \
    X(FROM_F64, "from_f64", 1)       \
    X(RINT, "rint", 1)               \
    X(ROUND_INT, "round_int", 1)

#define FP_OP_ENUM(name, text, nargs) FP_OP_##name,
enum fp_op { FP_OPS(FP_OP_ENUM) FP_OP_COUNT };
#undef FP_OP_ENUM

#define FP_CODE(op, width)  ((unsigned)(op) << 1 | ((width) == 64))
#define FP_CODE_OP(code)    ((enum fp_op)((code) >> 1))
#define FP_CODE_WIDTH(code) ((code)&1 ? 64u : 32u)

/* Which NaN an operation gives that has a NaN among its operands. */
enum fp_nan_rule {
    FP_NAN_CANONICAL, /* always the default NaN */
    FP_NAN_FIRST,     /* the first NaN operand */
    FP_NAN_SNAN_FIRST /* the first signalling one, else the first quiet one */
};

/* Minimum and maximum when an operand is a NaN; -0 < +0 in all of them. */
enum fp_minmax_rule {
    FP_MINMAX_NUMBER,   /* 754-2019 minimumNumber: any one NaN gives the other operand */
    FP_MINMAX_NUM_2008, /* 754-2008 minNum: a signalling NaN gives a NaN */
    FP_MINMAX_NAN       /* 754-2019 minimum: any NaN gives a NaN */
};

/* fma(infinity, 0, quiet NaN) and fma(0, infinity, quiet NaN). */
enum fp_fma_nan_rule {
    FP_FMA_NAN_QUIET,          /* no flag, the NaN by the NaN rule */
    FP_FMA_NAN_INVALID,        /* Invalid, the NaN by the NaN rule */
    FP_FMA_NAN_INVALID_DEFAULT /* Invalid, the default NaN */
};

/* Denormals as zero; a guest may switch these at run time by fp_flush_set. */
enum fp_flush {
    FP_FLUSH_NONE = 0,
    FP_FLUSH_IN = 1,    /* a denormal operand counts as a zero of its sign, no flag */
    FP_FLUSH_OUT = 2,   /* a tiny result is a zero of its sign: underflow and inexact */
    FP_FLUSH_SILENT = 4 /* a result tiny before rounding is one without a flag */
};

/* Results of an invalid conversion to an integer, as patterns of its width. */
struct fp_int_invalid {
    uint64_t nan, above, below;
};

/* Rows of fp_rules.to_int. */
enum fp_int_kind { FP_INT_S32, FP_INT_U32, FP_INT_S64, FP_INT_U64, FP_INT_KINDS };

/* clang-format off */
#define FP_TO_INT_ROWS(s32, u32, s64, u64)                                               \
    {{s32, 0x7fffffff, 0x80000000}, {u32, 0xffffffff, 0},                                \
     {s64, INT64_MAX, UINT64_C(1) << 63}, {u64, UINT64_MAX, 0}}
/* Saturated by sign; a NaN gives the largest integer, or zero. */
#define FP_TO_INT_SATURATE_NAN_MAX                                                       \
    FP_TO_INT_ROWS(0x7fffffff, 0xffffffff, INT64_MAX, UINT64_MAX)
#define FP_TO_INT_SATURATE_NAN_ZERO FP_TO_INT_ROWS(0, 0, 0, 0)
/* One pattern per kind for everything invalid. */
#define FP_TO_INT_FIXED(s32, u32, s64, u64)                                              \
    {{s32, s32, s32}, {u32, u32, u32}, {s64, s64, s64}, {u64, u64, u64}}
/* clang-format on */

/*
 * The rules of one guest. quiet_bit is the value of the fraction's top bit in a quiet
 * NaN: 1 as in IEEE 754-2008, 0 in its predecessors' other reading ("legacy"). With
 * snan_default a signalling NaN operand gives the default NaN; without, it is made
 * quiet. fma_order lists the operands of fma(a, b, c) = a * b + c as 0, 1, 2 in the
 * order in which the NaN rule looks at them.
 */
struct fp_rules {
    uint8_t nan;          /* enum fp_nan_rule */
    uint8_t quiet_bit;    /* 1 or 0 */
    bool snan_default;    /* see above */
    bool tiny_before;     /* tininess is detected before rounding */
    uint8_t minmax;       /* enum fp_minmax_rule */
    uint8_t fma_nan;      /* enum fp_fma_nan_rule */
    uint8_t fma_order[3]; /* a permutation of 0, 1, 2 */
    uint8_t flush;        /* enum fp_flush bits in force from the start */
    uint32_t default32;   /* default NaN, binary32 */
    uint64_t default64;   /* default NaN, binary64 */
    struct fp_int_invalid to_int[FP_INT_KINDS];
};

#endif
