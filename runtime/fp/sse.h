/*
 * sse.h - host operations on x86-64's SSE unit, one instruction each.
 *
 * Invariants
 *  (1) An operation that may set a sticky flag is a volatile asm: the compiler neither
 *      folds, removes, duplicates nor reorders it against reads and writes of MXCSR,
 *      which are volatile too. Intrinsics and C arithmetic give no such promise.
 *  (2) Comparisons set at most the invalid and denormal bits, which nobody reads, and
 *      are not volatile.
 */
#ifndef RUNTIME_FP_SSE_H
#define RUNTIME_FP_SSE_H

#include <stdbool.h>
#include <stdint.h>

/* FP_NO_HOST forces the software path, to test it. */
#if defined(__x86_64__) && !defined(FP_NO_HOST)
#define FP_HOST_SSE 1
#else
#define FP_HOST_SSE 0
#endif

#if FP_HOST_SSE

extern bool sse_has_fma; /* the host has FMA3; set before main */

/* Status bits of MXCSR and its other fields. */
enum {
    MXCSR_INVALID = 1,
    MXCSR_DIVZERO = 4,
    MXCSR_OVERFLOW = 8,
    MXCSR_UNDERFLOW = 16,
    MXCSR_INEXACT = 32,
    MXCSR_STATUS = 63,
    MXCSR_MASKS = 0x1f80,
    MXCSR_ROUND_SHIFT = 13
};

static inline uint32_t sse_mxcsr_get(void)
{
    uint32_t value;

    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value;
}

static inline void sse_mxcsr_set(uint32_t value)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(value));
}

static inline float sse_f32(uint32_t bits)
{
    float value;

    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double sse_f64(uint64_t bits)
{
    double value;

    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t sse_bits32(float value)
{
    uint32_t bits;

    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline uint64_t sse_bits64(double value)
{
    uint64_t bits;

    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

/*
 * SSE_KEEP - the variable X is in an SSE register here. Saves the compiler from moving
 * values that come from memory and go there through general registers.
 */
#define SSE_KEEP(x) __asm__("" : "+x"(x))

#define SSE_BINARY(name, type, insn)                         \
    static inline type sse_##name(type a, type b)            \
    {                                                        \
        __asm__ volatile(insn " %1, %0" : "+x"(a) : "x"(b)); \
        return a;                                            \
    }
SSE_BINARY(add32, float, "addss")
SSE_BINARY(sub32, float, "subss")
SSE_BINARY(mul32, float, "mulss")
SSE_BINARY(div32, float, "divss")
SSE_BINARY(add64, double, "addsd")
SSE_BINARY(sub64, double, "subsd")
SSE_BINARY(mul64, double, "mulsd")
SSE_BINARY(div64, double, "divsd")
#undef SSE_BINARY

static inline float sse_sqrt32(float a)
{
    __asm__ volatile("sqrtss %0, %0" : "+x"(a));
    return a;
}

static inline double sse_sqrt64(double a)
{
    __asm__ volatile("sqrtsd %0, %0" : "+x"(a));
    return a;
}

/* a * b + c; only when sse_has_fma. */
static inline float sse_fma32(float a, float b, float c)
{
    __asm__ volatile("vfmadd231ss %2, %1, %0" : "+x"(c) : "x"(a), "x"(b));
    return c;
}

static inline double sse_fma64(double a, double b, double c)
{
    __asm__ volatile("vfmadd231sd %2, %1, %0" : "+x"(c) : "x"(a), "x"(b));
    return c;
}

/* Conversions; a zero in an SSE result register cuts off what it held before. */
#define SSE_TO_INT(name, to, from, insn)                          \
    static inline to sse_##name(from a)                           \
    {                                                             \
        to result;                                                \
                                                                  \
        __asm__ volatile(insn " %1, %0" : "=r"(result) : "x"(a)); \
        return result;                                            \
    }
#define SSE_TO_FLOAT(name, to, source, from, insn)                   \
    static inline to sse_##name(from a)                              \
    {                                                                \
        to result = 0;                                               \
                                                                     \
        __asm__ volatile(insn " %1, %0" : "+x"(result) : source(a)); \
        return result;                                               \
    }
SSE_TO_INT(trunc32_s32, int32_t, float, "cvttss2si")
SSE_TO_INT(trunc32_s64, int64_t, float, "cvttss2si")
SSE_TO_INT(trunc64_s32, int32_t, double, "cvttsd2si")
SSE_TO_INT(trunc64_s64, int64_t, double, "cvttsd2si")
SSE_TO_INT(round32_s32, int32_t, float, "cvtss2si")
SSE_TO_INT(round32_s64, int64_t, float, "cvtss2si")
SSE_TO_INT(round64_s32, int32_t, double, "cvtsd2si")
SSE_TO_INT(round64_s64, int64_t, double, "cvtsd2si")
SSE_TO_FLOAT(from32_s32, float, "r", int32_t, "cvtsi2ssl")
SSE_TO_FLOAT(from32_s64, float, "r", int64_t, "cvtsi2ssq")
SSE_TO_FLOAT(from64_s32, double, "r", int32_t, "cvtsi2sdl")
SSE_TO_FLOAT(from64_s64, double, "r", int64_t, "cvtsi2sdq")
SSE_TO_FLOAT(widen, double, "x", float, "cvtss2sd")
SSE_TO_FLOAT(narrow, float, "x", double, "cvtsd2ss")
#undef SSE_TO_INT
#undef SSE_TO_FLOAT

/* UCOMISS/UCOMISD: whether b is above, at or above, equal to a; *un if unordered. */
#define SSE_COMPARE(name, type, insn, condition)            \
    static inline bool sse_##name(type a, type b, bool *un) \
    {                                                       \
        bool result;                                        \
                                                            \
        __asm__(insn " %2, %3"                              \
                : "=@cc" condition(result), "=@ccp"(*un)    \
                : "x"(a), "x"(b));                          \
        return result;                                      \
    }
SSE_COMPARE(lt32, float, "ucomiss", "a")
SSE_COMPARE(le32, float, "ucomiss", "ae")
SSE_COMPARE(eq32, float, "ucomiss", "e")
SSE_COMPARE(lt64, double, "ucomisd", "a")
SSE_COMPARE(le64, double, "ucomisd", "ae")
SSE_COMPARE(eq64, double, "ucomisd", "e")
#undef SSE_COMPARE

#endif /* FP_HOST_SSE */
#endif
