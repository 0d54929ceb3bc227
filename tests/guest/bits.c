/* bit operations: count zeros, population count, byte swap, rotate, bit-fields, masks */
// bare: yes
#include <inttypes.h>
#include <stdio.h>

struct fields {
    unsigned a : 3;
    int b : 5;
    unsigned c : 11;
    int d : 13;
};

static uint32_t rotate(uint32_t value, unsigned count)
{
    return value << (count & 31) | value >> (-count & 31);
}

static uint32_t reverse(uint32_t v)
{
    v = (v >> 1 & 0x55555555) | (v & 0x55555555) << 1;
    v = (v >> 2 & 0x33333333) | (v & 0x33333333) << 2;
    v = (v >> 4 & 0x0f0f0f0f) | (v & 0x0f0f0f0f) << 4;
    return __builtin_bswap32(v);
}

static void counts(uint32_t v, uint64_t w)
{
    printf("%08" PRIx32 ": clz %d ctz %d pop %d parity %d ffs %d rev %08" PRIx32 "\n", v,
           __builtin_clz(v), __builtin_ctz(v), __builtin_popcount(v), __builtin_parity(v),
           __builtin_ffs((int)v), reverse(v));
    printf("%016" PRIx64 ": clz %d ctz %d pop %d swap %016" PRIx64 " %04x\n", w,
           __builtin_clzll(w), __builtin_ctzll(w), __builtin_popcountll(w),
           __builtin_bswap64(w), __builtin_bswap16((uint16_t)w));
}

static void bit_fields(uint32_t v)
{
    struct fields f = {v & 7, (int)(v >> 3 & 31), v >> 8 & 0x7ff, (int)(v >> 19)};
    f.a++;
    f.c ^= 0x555;
    f.d /= 3;
    printf("fields %u %d %u %d\n", f.a, f.b, f.c, f.d);
}

int main(void)
{
    uint32_t v = 1;
    for (int i = 0; i < 40; i++) {
        uint64_t w = (uint64_t)v * 0x9e3779b97f4a7c15u;
        counts(v, w ? w : 1);
        bit_fields(v);
        printf("masks %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32 "\n",
               (v & 0xff00) >> 8, v & ~UINT32_C(0xff), v | 0xf0f, ~(v | rotate(v, 5)));
        printf("insert %08" PRIx32 " signs %" PRId32 " %" PRId32 "\n",
               (v & ~UINT32_C(0x3ff0)) | (rotate(v, 9) & 0x3ff) << 4, (int32_t)(int8_t)v,
               (int32_t)(int16_t)v);
        v = rotate(v, (unsigned)i) * 5 + 1;
    }
    return 0;
}
