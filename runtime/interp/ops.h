/*
 * ops.h - the operations of descriptions that C lacks, for generated code.
 *
 * Every operation is total, as the description language defines it: a shift by the width
 * or more gives 0 or the sign, x / 0 is all ones, MIN / -1 is MIN, the remainder by 0 is
 * the dividend. Operands narrower than the C type are zero-extended, those of functions
 * with _s sign-extended; a last argument `w` is the operands' width in bits.
 */
#ifndef ISOMORPH_INTERP_OPS_H
#define ISOMORPH_INTERP_OPS_H

#include <stdint.h>

typedef unsigned __int128 u128;
typedef __int128 s128;

#define OPS_INLINE static inline __attribute__((always_inline, unused))

/* sxN - the low w bits of x with their sign. */
OPS_INLINE int32_t sx32(uint32_t x, unsigned w)
{
    return (int32_t)(x << (32 - w)) >> (32 - w);
}
OPS_INLINE int64_t sx64(uint64_t x, unsigned w)
{
    return (int64_t)(x << (64 - w)) >> (64 - w);
}
OPS_INLINE s128 sx128(u128 x, unsigned w)
{
    return (s128)(x << (128 - w)) >> (128 - w);
}

#define OPS_COMMON(n, U, S)                                         \
    OPS_INLINE U shl##n(U a, uint64_t by)                           \
    {                                                               \
        return by < n ? a << by : 0;                                \
    }                                                               \
    OPS_INLINE U shr##n(U a, uint64_t by)                           \
    {                                                               \
        return by < n ? a >> by : 0;                                \
    }                                                               \
    OPS_INLINE U sar##n(U a, uint64_t by)                           \
    {                                                               \
        return (U)((S)a >> (by < n ? by : n - 1));                  \
    }                                                               \
    OPS_INLINE U rotl##n(U a, uint64_t by, unsigned w)              \
    {                                                               \
        U all = (U) ~(U)0 >> (n - w);                               \
        by %= w;                                                    \
        return by == 0 ? a : ((a << by) | (a >> (w - by))) & all;   \
    }                                                               \
    OPS_INLINE U rotr##n(U a, uint64_t by, unsigned w)              \
    {                                                               \
        U all = (U) ~(U)0 >> (n - w);                               \
        by %= w;                                                    \
        return by == 0 ? a : ((a >> by) | (a << (w - by))) & all;   \
    }                                                               \
    OPS_INLINE U div_u##n(U a, U b, unsigned w)                     \
    {                                                               \
        return b == 0 ? (U) ~(U)0 >> (n - w) : a / b;               \
    }                                                               \
    OPS_INLINE U rem_u##n(U a, U b)                                 \
    {                                                               \
        return b == 0 ? a : a % b;                                  \
    }                                                               \
    OPS_INLINE U div_s##n(S a, S b)                                 \
    {                                                               \
        return b == 0 ? ~(U)0 : b == -1 ? (U)0 - (U)a : (U)(a / b); \
    }                                                               \
    OPS_INLINE U rem_s##n(S a, S b)                                 \
    {                                                               \
        return b == 0 ? (U)a : b == -1 ? 0 : (U)(a % b);            \
    }                                                               \
    OPS_INLINE U min_u##n(U a, U b)                                 \
    {                                                               \
        return a < b ? a : b;                                       \
    }                                                               \
    OPS_INLINE U max_u##n(U a, U b)                                 \
    {                                                               \
        return a > b ? a : b;                                       \
    }                                                               \
    OPS_INLINE U min_s##n(S a, S b)                                 \
    {                                                               \
        return (U)(a < b ? a : b);                                  \
    }                                                               \
    OPS_INLINE U max_s##n(S a, S b)                                 \
    {                                                               \
        return (U)(a > b ? a : b);                                  \
    }                                                               \
    OPS_INLINE uint32_t overflow##n(U a, U b, U c, unsigned w)      \
    {                                                               \
        U sum = a + b + c;                                          \
        return (uint32_t)(((a ^ sum) & (b ^ sum)) >> (w - 1)) & 1;  \
    }
OPS_COMMON(32, uint32_t, int32_t)
OPS_COMMON(64, uint64_t, int64_t)
OPS_COMMON(128, u128, s128)
#undef OPS_COMMON

/* carryN - the carry out of a + b + c. */
OPS_INLINE uint32_t carry32(uint32_t a, uint32_t b, uint32_t c, unsigned w)
{
    return (uint32_t)(((uint64_t)a + b + c) >> w) & 1;
}
OPS_INLINE uint32_t carry64(uint64_t a, uint64_t b, uint64_t c, unsigned w)
{
    return (uint32_t)(((u128)a + b + c) >> w) & 1;
}

OPS_INLINE uint32_t clz32(uint32_t a, unsigned w)
{
    return a == 0 ? w : (uint32_t)__builtin_clz(a) - (32 - w);
}
OPS_INLINE uint64_t clz64(uint64_t a, unsigned w)
{
    return a == 0 ? w : (uint64_t)__builtin_clzll(a) - (64 - w);
}
OPS_INLINE uint32_t ctz32(uint32_t a, unsigned w)
{
    return a == 0 ? w : (uint32_t)__builtin_ctz(a);
}
OPS_INLINE uint64_t ctz64(uint64_t a, unsigned w)
{
    return a == 0 ? w : (uint64_t)__builtin_ctzll(a);
}
OPS_INLINE uint32_t popcount32(uint32_t a)
{
    return (uint32_t)__builtin_popcount(a);
}
OPS_INLINE uint64_t popcount64(uint64_t a)
{
    return (uint64_t)__builtin_popcountll(a);
}
OPS_INLINE uint32_t bswap32(uint32_t a, unsigned w)
{
    return __builtin_bswap32(a) >> (32 - w);
}
OPS_INLINE uint64_t bswap64(uint64_t a, unsigned w)
{
    return __builtin_bswap64(a) >> (64 - w);
}
OPS_INLINE uint64_t bitrev64(uint64_t a, unsigned w)
{
    a = (a >> 1 & UINT64_C(0x5555555555555555)) | (a & UINT64_C(0x5555555555555555)) << 1;
    a = (a >> 2 & UINT64_C(0x3333333333333333)) | (a & UINT64_C(0x3333333333333333)) << 2;
    a = (a >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f)) | (a & UINT64_C(0x0f0f0f0f0f0f0f0f)) << 4;
    return __builtin_bswap64(a) >> (64 - w);
}
OPS_INLINE uint32_t bitrev32(uint32_t a, unsigned w)
{
    return (uint32_t)bitrev64(a, w);
}

/* interp_clock - counters of the machine that the guest may read. */
enum interp_clock { CLOCK_OF_cycle, CLOCK_OF_time, CLOCK_OF_instret };
uint64_t interp_clock(enum interp_clock which);

#endif
