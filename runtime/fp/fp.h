/*
 * fp.h - floating point of a guest: its environment and its operations.
 *
 * Operations are static inline and meant for generated code: on x86-64 hosts the host's
 * own instruction under the guest's rounding mode, then a test of the result; everything
 * else is software (soft.h). Results and flags are bit-exact on both ways.
 *
 * Invariants
 *  (1) Between fp_enter and fp_leave MXCSR holds the guest's rounding mode with all
 *      exceptions masked. Its sticky inexact, underflow, overflow and divide-by-zero
 *      bits belong to the guest and are merged by fp_flags_get. Its invalid bit means
 *      nothing: Invalid is decided in software, for every operation that can raise it
 *      gives a NaN, unordered or an impossible integer, and then goes the slow way.
 *  (2) env->exact sends everything the slow way. It is set while MXCSR isn't the guest's,
 *      a trap is enabled, the rules have tininess before rounding, the mode is FP_AWAY,
 *      denormals are flushed, or the host is not x86-64.
 *  (3) While env->enables is not 0, operations collect flags in op_flags only, and
 *      fp_trapped accrues them or tells that the instruction traps.
 *
 * A guest with per-operation cause bits has its generated code define FP_RECORD to 1
 * before it includes this file; each operation is then noted, and fp_last_flags
 * recomputes what it raised. A guest with cause bits or traps brackets the operations
 * of one instruction by fp_begin and fp_trapped.
 *
 * Owner: one environment per guest thread, no locking. Outside fp_enter and fp_leave the
 * operations are right too, but slow. Call fp_leave before code that uses floating point
 * of its own.
 */
#ifndef RUNTIME_FP_FP_H
#define RUNTIME_FP_FP_H

#include "soft.h"
#include "sse.h"
#include "types.h"

#ifndef FP_RECORD
#define FP_RECORD 0
#endif

enum { FP_LAST_MAX = 4 }; /* floating-point operations in one instruction; a power of 2 */

/* A noted operation. */
struct fp_last {
    uint8_t code; /* FP_CODE */
    uint8_t rm;   /* enum fp_round as given; FP_DYN while the mode is unchanged since */
    uint64_t arg[3];
};

struct fp_env {
    const struct fp_rules *rules;
    uint8_t exact;    /* see (2) */
    uint8_t round;    /* enum fp_round: the current mode, never FP_DYN */
    uint8_t enables;  /* enum fp_flag: traps */
    uint8_t flags;    /* sticky flags but for those that are still in MXCSR */
    uint8_t op_flags; /* raised the slow way since fp_begin */
    uint8_t last_n;   /* operations noted since fp_begin */
    uint8_t flush;    /* enum fp_flush */
    bool entered;
    uint32_t mxcsr;      /* the guest's, its status bits clear */
    uint32_t host_mxcsr; /* what fp_leave restores */
    struct fp_last last[FP_LAST_MAX];
};

/* fp_init - nearest, no flags, no traps; RULES must outlive ENV. */
void fp_init(struct fp_env *env, const struct fp_rules *rules);

/* fp_enter, fp_leave - swap MXCSR around guest code; not nested. */
void fp_enter(struct fp_env *env);
void fp_leave(struct fp_env *env);

/*
 * fp_interrupted - as fp_leave, for guest code that a host signal interrupted and that
 * is not returned to. MXCSR is that of the signal's context (the kernel gives handlers
 * one of their own); the handler's MXCSR isn't touched.
 */
void fp_interrupted(struct fp_env *env, uint32_t mxcsr);

/* fp_flags_get, fp_flags_set - the sticky flags, enum fp_flag bits. */
unsigned fp_flags_get(struct fp_env *env);
void fp_flags_set(struct fp_env *env, unsigned flags);

/* fp_round_set - the current mode, any but FP_DYN. */
void fp_round_set(struct fp_env *env, enum fp_round round);

/* fp_enables_set - the flags that trap from now on. */
void fp_enables_set(struct fp_env *env, unsigned enables);

/* fp_flush_set - flush denormals from now on; enum fp_flush bits. */
void fp_flush_set(struct fp_env *env, unsigned flush);

/*
 * fp_last_flags - the flags that the operations since the last fp_begin raised, together;
 * fp_last_set - make it FLAGS, until the next fp_begin.
 */
unsigned fp_last_flags(const struct fp_env *env);
void fp_last_set(struct fp_env *env, unsigned flags);

/* fp_slow - any operation, in software; CODE is FP_CODE. */
uint64_t fp_slow(struct fp_env *env, unsigned code, enum fp_round rm, uint64_t a,
                 uint64_t b, uint64_t c) __attribute__((cold, noinline));

#if FP_HOST_SSE
/* The same for operands and a result of one width, kept in SSE registers. */
float fp_slow32(struct fp_env *env, unsigned code, enum fp_round rm, float a, float b,
                float c) __attribute__((cold, noinline));
double fp_slow64(struct fp_env *env, unsigned code, enum fp_round rm, double a, double b,
                 double c) __attribute__((cold, noinline));
#ifdef FP_SLOW_KEEPS
#include "keep.h"
#endif
#endif

/* fp_begin - the operations of a new instruction follow. */
static inline void fp_begin(struct fp_env *env)
{
    env->op_flags = 0;
    env->last_n = 0;
}

/*
 * fp_trapped - after the operations of an instruction and before anything is committed:
 * whether it traps (env->op_flags is the cause, no flag is accrued). Otherwise its flags
 * are accrued.
 */
static inline bool fp_trapped(struct fp_env *env)
{
    if (__builtin_expect(!env->exact, 1)) /* so nothing is enabled */
        return false;
    if (env->op_flags & env->enables)
        return true;
    if (env->enables)
        env->flags |= env->op_flags;
    return false;
}

/* fp32_is_nan ... fp64_is_subnormal - (env, a): no flags are raised. */
#define FP_PREDICATES(w, mantissa, inf)                                              \
    static inline bool fp##w##_is_nan(const struct fp_env *env, uint##w##_t a)       \
    {                                                                                \
        (void)env;                                                                   \
        return (uint##w##_t)(a << 1) > (uint##w##_t)((inf) << 1);                    \
    }                                                                                \
    static inline bool fp##w##_is_snan(const struct fp_env *env, uint##w##_t a)      \
    {                                                                                \
        return fp##w##_is_nan(env, a) &&                                             \
               (a >> ((mantissa)-1) & 1) != env->rules->quiet_bit;                   \
    }                                                                                \
    static inline bool fp##w##_is_inf(const struct fp_env *env, uint##w##_t a)       \
    {                                                                                \
        (void)env;                                                                   \
        return (uint##w##_t)(a << 1) == (uint##w##_t)((inf) << 1);                   \
    }                                                                                \
    static inline bool fp##w##_is_zero(const struct fp_env *env, uint##w##_t a)      \
    {                                                                                \
        (void)env;                                                                   \
        return (uint##w##_t)(a << 1) == 0;                                           \
    }                                                                                \
    static inline bool fp##w##_is_subnormal(const struct fp_env *env, uint##w##_t a) \
    {                                                                                \
        return (a & (inf)) == 0 && !fp##w##_is_zero(env, a);                         \
    }
FP_PREDICATES(32, 23, UINT32_C(0x7f800000))
FP_PREDICATES(64, 52, UINT64_C(0x7ff0000000000000))
#undef FP_PREDICATES

/* fp32_class, fp64_class - (env, a) */
static inline enum fp_class fp32_class(const struct fp_env *env, uint32_t a)
{
    return soft_class(env->rules, 32, a);
}

static inline enum fp_class fp64_class(const struct fp_env *env, uint64_t a)
{
    return soft_class(env->rules, 64, a);
}

/* Whether the host's instruction does, given that it rounds by MXCSR. */
static inline bool fp_direct(const struct fp_env *env, enum fp_round rm)
{
    return FP_HOST_SSE && __builtin_expect(!env->exact, 1) &&
           (rm == FP_DYN || rm == (enum fp_round)env->round);
}

/* Whether the host's instruction does, if rounding is of no concern. */
static inline bool fp_direct_any(const struct fp_env *env)
{
    return FP_HOST_SSE && __builtin_expect(!env->exact, 1);
}

/* Note an operation; CODE is a constant, so this is a few stores, or nothing. */
static inline void fp_note(struct fp_env *env, unsigned code, enum fp_round rm,
                           uint64_t a, uint64_t b, uint64_t c)
{
#if FP_RECORD
    struct fp_last *last = &env->last[env->last_n++ & (FP_LAST_MAX - 1)];
    enum fp_op op = FP_CODE_OP(code);

    last->code = (uint8_t)code;
    last->rm = (uint8_t)rm;
    last->arg[0] = a;
    if (op != FP_OP_SQRT && op < FP_OP_TO_S32)
        last->arg[1] = b;
    if (op == FP_OP_FMA)
        last->arg[2] = c;
#else
    (void)env, (void)code, (void)rm, (void)a, (void)b, (void)c;
#endif
}

#if FP_HOST_SSE
#define FP_TRY(...) __VA_ARGS__
#else
#define FP_TRY(...)
#endif

/*
 * How an operation goes: on the host if DIRECT, with the operands X, Y, Z in SSE
 * registers, unless that gives a NaN; else in software. The value leaves from an SSE
 * register either way.
 */
#define FP_HOST_BODY(w, code, rm, direct, expression, x, y, z) \
    if (direct) {                                              \
        r = expression;                                        \
        if (__builtin_expect(!__builtin_isnan(r), 1))          \
            goto done;                                         \
    }                                                          \
    r = fp_slow##w(env, code, rm, x, y, z);                    \
    done:                                                      \
    SSE_KEEP(r);                                               \
    return sse_bits##w(r);

/*
 * fp32_add ... fp64_div - (env, a, b, rm): one rounding, by RM (FP_DYN: the current
 * mode).
 */
#define FP_BINARY(w, type, name, NAME)                                           \
    static inline uint##w##_t fp##w##_##name(struct fp_env *env, uint##w##_t a,  \
                                             uint##w##_t b, enum fp_round rm)    \
    {                                                                            \
        fp_note(env, FP_CODE(FP_OP_##NAME, w), rm, a, b, 0);                     \
        FP_TRY(type x = sse_f##w(a), y = sse_f##w(b), r;                         \
               FP_HOST_BODY(w, FP_CODE(FP_OP_##NAME, w), rm, fp_direct(env, rm), \
                            sse_##name##w(x, y), x, y, y))                       \
        return (uint##w##_t)fp_slow(env, FP_CODE(FP_OP_##NAME, w), rm, a, b, 0); \
    }
FP_BINARY(32, float, add, ADD)
FP_BINARY(32, float, sub, SUB)
FP_BINARY(32, float, mul, MUL)
FP_BINARY(32, float, div, DIV)
FP_BINARY(64, double, add, ADD)
FP_BINARY(64, double, sub, SUB)
FP_BINARY(64, double, mul, MUL)
FP_BINARY(64, double, div, DIV)
#undef FP_BINARY

/*
 * fp32_sqrt, fp64_sqrt - (env, a, rm); fp32_fma, fp64_fma - (env, a, b, c, rm): a * b + c
 * rounded once.
 */
#define FP_SQRT_FMA(w, type)                                                        \
    static inline uint##w##_t fp##w##_sqrt(struct fp_env *env, uint##w##_t a,       \
                                           enum fp_round rm)                        \
    {                                                                               \
        fp_note(env, FP_CODE(FP_OP_SQRT, w), rm, a, 0, 0);                          \
        FP_TRY(type x = sse_f##w(a), r;                                             \
               FP_HOST_BODY(w, FP_CODE(FP_OP_SQRT, w), rm, fp_direct(env, rm),      \
                            sse_sqrt##w(x), x, x, x))                               \
        return (uint##w##_t)fp_slow(env, FP_CODE(FP_OP_SQRT, w), rm, a, 0, 0);      \
    }                                                                               \
                                                                                    \
    static inline uint##w##_t fp##w##_fma(struct fp_env *env, uint##w##_t a,        \
                                          uint##w##_t b, uint##w##_t c,             \
                                          enum fp_round rm)                         \
    {                                                                               \
        fp_note(env, FP_CODE(FP_OP_FMA, w), rm, a, b, c);                           \
        FP_TRY(type x = sse_f##w(a), y = sse_f##w(b), z = sse_f##w(c), r;           \
               FP_HOST_BODY(w, FP_CODE(FP_OP_FMA, w), rm,                           \
                            fp_direct(env, rm) && __builtin_expect(sse_has_fma, 1), \
                            sse_fma##w(x, y, z), x, y, z))                          \
        return (uint##w##_t)fp_slow(env, FP_CODE(FP_OP_FMA, w), rm, a, b, c);       \
    }
FP_SQRT_FMA(32, float)
FP_SQRT_FMA(64, double)
#undef FP_SQRT_FMA

/*
 * Comparisons - (env, a, b): fp32_eq, _lt, _le, _unordered are quiet (only a signalling
 * NaN raises Invalid), fp32_eq_s and so on raise it for every NaN.
 */
#define FP_COMPARE(w, type, name, host, OP)                                             \
    static inline bool fp##w##_##name(struct fp_env *env, uint##w##_t a, uint##w##_t b) \
    {                                                                                   \
        fp_note(env, FP_CODE(FP_OP_##OP, w), FP_DYN, a, b, 0);                          \
        FP_TRY(                                                                         \
            type x = sse_f##w(a), y = sse_f##w(b); if (fp_direct_any(env)) {            \
                bool un, r = sse_##host##w(x, y, &un);                                  \
                if (__builtin_expect(!un, 1))                                           \
                    return r;                                                           \
            } return sse_bits##w(fp_slow##w(env, FP_CODE(FP_OP_##OP, w), FP_DYN, x, y,  \
                                            y));)                                       \
        return fp_slow(env, FP_CODE(FP_OP_##OP, w), FP_DYN, a, b, 0) != 0;              \
    }
/* Not unordered here: the slow way has taken the others. */
#define FP_UNORDERED(w, name, OP)                                                       \
    static inline bool fp##w##_##name(struct fp_env *env, uint##w##_t a, uint##w##_t b) \
    {                                                                                   \
        fp_note(env, FP_CODE(FP_OP_##OP, w), FP_DYN, a, b, 0);                          \
        if (fp_direct_any(env) && !fp##w##_is_nan(env, a) && !fp##w##_is_nan(env, b))   \
            return false;                                                               \
        return fp_slow(env, FP_CODE(FP_OP_##OP, w), FP_DYN, a, b, 0) != 0;              \
    }
/* fp32_rel, fp32_rel_s - which enum fp_relation holds. */
#define FP_RELATION(w, name, OP)                                                        \
    static inline enum fp_relation fp##w##_##name(struct fp_env *env, uint##w##_t a,    \
                                                  uint##w##_t b)                        \
    {                                                                                   \
        fp_note(env, FP_CODE(FP_OP_##OP, w), FP_DYN, a, b, 0);                          \
        FP_TRY(if (fp_direct_any(env)) {                                                \
            bool un, eq = sse_eq##w(sse_f##w(a), sse_f##w(b), &un);                     \
            bool lt = sse_lt##w(sse_f##w(a), sse_f##w(b), &un);                         \
            if (__builtin_expect(!un, 1))                                               \
                return eq ? FP_REL_EQ : lt ? FP_REL_LT : FP_REL_GT;                     \
        })                                                                              \
        return (enum fp_relation)fp_slow(env, FP_CODE(FP_OP_##OP, w), FP_DYN, a, b, 0); \
    }
#define FP_COMPARES(w, type)                  \
    FP_COMPARE(w, type, eq, eq, EQ)           \
    FP_COMPARE(w, type, lt, lt, LT)           \
    FP_COMPARE(w, type, le, le, LE)           \
    FP_UNORDERED(w, unordered, UNORDERED)     \
    FP_RELATION(w, rel, REL)                  \
    FP_COMPARE(w, type, eq_s, eq, EQ_S)       \
    FP_COMPARE(w, type, lt_s, lt, LT_S)       \
    FP_COMPARE(w, type, le_s, le, LE_S)       \
    FP_UNORDERED(w, unordered_s, UNORDERED_S) \
    FP_RELATION(w, rel_s, REL_S)
FP_COMPARES(32, float)
FP_COMPARES(64, double)
#undef FP_COMPARES
#undef FP_COMPARE
#undef FP_UNORDERED
#undef FP_RELATION

/* fp32_min ... fp64_max - (env, a, b): by the rules' flavour; -0 < +0. */
#define FP_MINMAX(w, name, NAME, equal, less, greater)                               \
    static inline uint##w##_t fp##w##_##name(struct fp_env *env, uint##w##_t a,      \
                                             uint##w##_t b)                          \
    {                                                                                \
        fp_note(env, FP_CODE(FP_OP_##NAME, w), FP_DYN, a, b, 0);                     \
        FP_TRY(if (fp_direct_any(env)) {                                             \
            bool un, eq = sse_eq##w(sse_f##w(a), sse_f##w(b), &un);                  \
            bool lt = sse_lt##w(sse_f##w(a), sse_f##w(b), &un);                      \
            if (__builtin_expect(!un, 1))                                            \
                return eq ? (equal) : lt ? (less) : (greater);                       \
        })                                                                           \
        return (uint##w##_t)fp_slow(env, FP_CODE(FP_OP_##NAME, w), FP_DYN, a, b, 0); \
    }
FP_MINMAX(32, min, MIN, a | b, a, b)
FP_MINMAX(32, max, MAX, a &b, b, a)
FP_MINMAX(64, min, MIN, a | b, a, b)
FP_MINMAX(64, max, MAX, a &b, b, a)
#undef FP_MINMAX

/*
 * fp32_to_s32 ... fp64_to_u64 - (env, a, rm): to an integer, as a pattern of its width.
 * What is out of range raises Invalid (and never inexact) and gives what the rules say.
 *
 * The host's signed conversions tell it by the most negative integer, without inexact.
 * Unsigned ones go through 64 bits and would set inexact wrongly, so their operand is
 * tested first: patterns below BOUND are positive and in range in every mode.
 */
#define FP_TO_SIGNED(w, kind, KIND, i, impossible)                                  \
    static inline uint##i##_t fp##w##_to_##kind(struct fp_env *env, uint##w##_t a,  \
                                                enum fp_round rm)                   \
    {                                                                               \
        fp_note(env, FP_CODE(FP_OP_TO_##KIND, w), rm, a, 0, 0);                     \
        FP_TRY(                                                                     \
            if (rm == FP_ZERO && fp_direct_any(env)) {                              \
                int##i##_t r = sse_trunc##w##_s##i(sse_f##w(a));                    \
                if (__builtin_expect(r != impossible, 1))                           \
                    return (uint##i##_t)r;                                          \
            } else if (fp_direct(env, rm)) {                                        \
                int##i##_t r = sse_round##w##_s##i(sse_f##w(a));                    \
                if (__builtin_expect(r != impossible, 1))                           \
                    return (uint##i##_t)r;                                          \
            } else if ((rm == FP_UP || rm == FP_DOWN) && fp_direct_any(env) &&      \
                       fp##w##_below_2_30(a)) {                                     \
                int##i##_t r = sse_trunc##w##_s##i(sse_f##w(a));                    \
                __typeof__(sse_f##w(a)) back = sse_from##w##_s##i(r);               \
                return (uint##i##_t)(rm == FP_UP ? r + (back < sse_f##w(a))         \
                                                 : r - (back > sse_f##w(a)));       \
            })                                                                      \
        return (uint##i##_t)fp_slow(env, FP_CODE(FP_OP_TO_##KIND, w), rm, a, 0, 0); \
    }
#define FP_TO_UNSIGNED(w, kind, KIND, i, bound)                                     \
    static inline uint##i##_t fp##w##_to_##kind(struct fp_env *env, uint##w##_t a,  \
                                                enum fp_round rm)                   \
    {                                                                               \
        fp_note(env, FP_CODE(FP_OP_TO_##KIND, w), rm, a, 0, 0);                     \
        FP_TRY(if (__builtin_expect(a < (bound), 1)) {                              \
            if (rm == FP_ZERO && fp_direct_any(env))                                \
                return (uint##i##_t)sse_trunc##w##_s64(sse_f##w(a));                \
            if (fp_direct(env, rm))                                                 \
                return (uint##i##_t)sse_round##w##_s64(sse_f##w(a));                \
        })                                                                          \
        return (uint##i##_t)fp_slow(env, FP_CODE(FP_OP_TO_##KIND, w), rm, a, 0, 0); \
    }

/* |a| < 2^30, so that its truncation converts back without rounding. */
static inline bool fp32_below_2_30(uint32_t a)
{
    return a << 1 < UINT32_C(0x4e800000) << 1;
}

static inline bool fp64_below_2_30(uint64_t a)
{
    return a << 1 < UINT64_C(0x41d0000000000000) << 1;
}

FP_TO_SIGNED(32, s32, S32, 32, INT32_MIN)
FP_TO_SIGNED(32, s64, S64, 64, INT64_MIN)
FP_TO_SIGNED(64, s32, S32, 32, INT32_MIN)
FP_TO_SIGNED(64, s64, S64, 64, INT64_MIN)
FP_TO_UNSIGNED(32, u32, U32, 32, UINT32_C(0x4f800000))         /* 2^32 */
FP_TO_UNSIGNED(32, u64, U64, 64, UINT32_C(0x5f000000))         /* 2^63 */
FP_TO_UNSIGNED(64, u32, U32, 32, UINT64_C(0x41efffffffe00000)) /* 2^32 - 1 */
FP_TO_UNSIGNED(64, u64, U64, 64, UINT64_C(0x43e0000000000000)) /* 2^63 */
#undef FP_TO_SIGNED
#undef FP_TO_UNSIGNED

/*
 * fp32_from_s32 ... fp64_from_u64 - (env, i, rm): from an integer given as a pattern.
 * A u64 beyond the signed range is halved, its last bit gathered in the next, and the
 * result doubled, which rounds only once.
 */
#define FP_FROM_INT(w, kind, KIND, i, host, value)                                       \
    static inline uint##w##_t fp##w##_from_##kind(struct fp_env *env, uint##i##_t a,     \
                                                  enum fp_round rm)                      \
    {                                                                                    \
        fp_note(env, FP_CODE(FP_OP_FROM_##KIND, w), rm, a, 0, 0);                        \
        FP_TRY(if (fp_direct(env, rm)) return sse_bits##w(sse_from##w##_##host(value));) \
        return (uint##w##_t)fp_slow(env, FP_CODE(FP_OP_FROM_##KIND, w), rm, a, 0, 0);    \
    }
#define FP_FROM_U64(w)                                                             \
    static inline uint##w##_t fp##w##_from_u64(struct fp_env *env, uint64_t a,     \
                                               enum fp_round rm)                   \
    {                                                                              \
        fp_note(env, FP_CODE(FP_OP_FROM_U64, w), rm, a, 0, 0);                     \
        FP_TRY(if (fp_direct(env, rm)) {                                           \
            __typeof__(sse_f##w(0)) half;                                          \
            if (__builtin_expect(a >> 63 == 0, 1))                                 \
                return sse_bits##w(sse_from##w##_s64((int64_t)a));                 \
            half = sse_from##w##_s64((int64_t)(a >> 1 | (a & 1)));                 \
            return sse_bits##w(sse_add##w(half, half));                            \
        })                                                                         \
        return (uint##w##_t)fp_slow(env, FP_CODE(FP_OP_FROM_U64, w), rm, a, 0, 0); \
    }
FP_FROM_INT(32, s32, S32, 32, s32, (int32_t)a)
FP_FROM_INT(32, u32, U32, 32, s64, (int64_t)a)
FP_FROM_INT(32, s64, S64, 64, s64, (int64_t)a)
FP_FROM_INT(64, s64, S64, 64, s64, (int64_t)a)
FP_FROM_U64(32)
FP_FROM_U64(64)
#undef FP_FROM_U64
#undef FP_FROM_INT

/* Exact whatever the mode, and without a flag. */
#define FP_FROM_INT_EXACT(kind, KIND, host, value)                          \
    static inline uint64_t fp64_from_##kind(struct fp_env *env, uint32_t a, \
                                            enum fp_round rm)               \
    {                                                                       \
        fp_note(env, FP_CODE(FP_OP_FROM_##KIND, 64), rm, a, 0, 0);          \
        FP_TRY(return sse_bits64(sse_from64_##host(value));)                \
        return fp_slow(env, FP_CODE(FP_OP_FROM_##KIND, 64), rm, a, 0, 0);   \
    }
FP_FROM_INT_EXACT(s32, S32, s32, (int32_t)a)
FP_FROM_INT_EXACT(u32, U32, s64, (int64_t)a)
#undef FP_FROM_INT_EXACT

/* fp64_from_f32 - (env, a): exact in every mode. */
static inline uint64_t fp64_from_f32(struct fp_env *env, uint32_t a)
{
    fp_note(env, FP_CODE(FP_OP_FROM_F32, 64), FP_DYN, a, 0, 0);
    FP_TRY(if (fp_direct_any(env)) {
        double r = sse_widen(sse_f32(a));
        if (__builtin_expect(!__builtin_isnan(r), 1))
            return sse_bits64(r);
    })
    return fp_slow(env, FP_CODE(FP_OP_FROM_F32, 64), FP_DYN, a, 0, 0);
}

/* fp32_from_f64 - (env, a, rm) */
static inline uint32_t fp32_from_f64(struct fp_env *env, uint64_t a, enum fp_round rm)
{
    fp_note(env, FP_CODE(FP_OP_FROM_F64, 32), rm, a, 0, 0);
    FP_TRY(if (fp_direct(env, rm)) {
        float r = sse_narrow(sse_f64(a));
        if (__builtin_expect(!__builtin_isnan(r), 1))
            return sse_bits32(r);
    })
    return (uint32_t)fp_slow(env, FP_CODE(FP_OP_FROM_F64, 32), rm, a, 0, 0);
}

/*
 * fp32_rint ... fp64_round_int - (env, a, rm): to an integral value in the same format;
 * rint raises inexact when it differs, round_int doesn't.
 */
#define FP_INTEGRAL(w, name, NAME)                                               \
    static inline uint##w##_t fp##w##_##name(struct fp_env *env, uint##w##_t a,  \
                                             enum fp_round rm)                   \
    {                                                                            \
        fp_note(env, FP_CODE(FP_OP_##NAME, w), rm, a, 0, 0);                     \
        return (uint##w##_t)fp_slow(env, FP_CODE(FP_OP_##NAME, w), rm, a, 0, 0); \
    }
FP_INTEGRAL(32, rint, RINT)
FP_INTEGRAL(32, round_int, ROUND_INT)
FP_INTEGRAL(64, rint, RINT)
FP_INTEGRAL(64, round_int, ROUND_INT)
#undef FP_INTEGRAL
#undef FP_TRY
#undef FP_HOST_BODY

#endif
