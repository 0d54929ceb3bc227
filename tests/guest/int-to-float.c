/* conversions from integers to floating point, from double to float: rounded to even */
// bare: yes
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint64_t image(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static uint32_t image_single(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static void convert(uint64_t value)
{
    volatile uint64_t u64 = value;
    volatile int64_t s64 = (int64_t)value;
    volatile uint32_t u32 = (uint32_t)value;
    volatile int32_t s32 = (int32_t)value;
    volatile int16_t s16 = (int16_t)value;
    printf("%016" PRIx64 ": %016" PRIx64 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64
           " %016" PRIx64 "\n",
           value, image((double)u64), image((double)s64), image(u32), image(s32),
           image(s16));
    printf("  %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32 "\n",
           image_single((float)u64), image_single((float)s64), image_single((float)u32),
           image_single((float)s32));
    volatile double d = (double)s64;
    volatile float f = (float)d;
    printf("  %08" PRIx32 " %016" PRIx64 "\n", image_single(f), image((double)f));
}

int main(void)
{
    static const uint64_t values[] = {0,
                                      1,
                                      0x7fffffff,
                                      0x80000000,
                                      0xffffffff,
                                      0x1000001,
                                      0x1000002,
                                      0x1000003,
                                      0x20000000000001,
                                      0x20000000000003,
                                      0x7fffffffffffffff,
                                      0x8000000000000000,
                                      0xffffffffffffffff,
                                      0x7ffffffffffffc00,
                                      0x7ffffffffffffbff,
                                      0x8000008000000000,
                                      0x8000008000000001,
                                      0xfffffffffffff400,
                                      0x0000008000004000,
                                      0x123456789abcdef0};
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++)
        convert(values[i]);
    uint64_t state = 7, hash = 0;
    for (int i = 0; i < 3000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        uint64_t value = state >> (i % 64);
        hash = hash * 31 + image((double)value) + image((double)(int64_t)value);
        hash =
            hash * 31 + image_single((float)value) + image_single((float)(int64_t)value);
    }
    printf("random %016" PRIx64 "\n", hash);
    return 0;
}
