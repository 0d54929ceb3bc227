/* 64-bit multiply, divide, shift and compare (pairs of registers on 32-bit guests) */
// bare: yes
#include <inttypes.h>
#include <stdio.h>

static const uint64_t values[] = {0,
                                  1,
                                  2,
                                  10,
                                  0x7fffffff,
                                  0x80000000,
                                  0xffffffff,
                                  0x100000000,
                                  0x123456789abcdef,
                                  0x7fffffffffffffff,
                                  0x8000000000000000,
                                  0xfffffffffffffff6,
                                  0xffffffffffffffff};
#define COUNT (int)(sizeof values / sizeof values[0])

static uint64_t hash;

static void mix(uint64_t value)
{
    hash = (hash ^ value) * 0x100000001b3;
}

static void shifts(uint64_t value)
{
    for (unsigned count = 0; count < 64; count++) {
        mix(value << count);
        mix(value >> count);
        mix((uint64_t)((int64_t)value >> count));
        mix(value << count | value >> (-count & 63));
    }
    printf("shifts %016" PRIx64 ": %016" PRIx64 "\n", value, hash);
}

static void divide(uint64_t a, uint64_t b)
{
    int64_t sa = (int64_t)a, sb = (int64_t)b;
    if (b == 0)
        return;
    printf("%" PRIu64 " / %" PRIu64 " = %" PRIu64 " rest %" PRIu64, a, b, a / b, a % b);
    if (!(sa == INT64_MIN && sb == -1))
        printf(", signed %" PRId64 " rest %" PRId64, sa / sb, sa % sb);
    putchar('\n');
}

static void compare(uint64_t a, uint64_t b)
{
    int64_t sa = (int64_t)a, sb = (int64_t)b;
    mix((uint64_t)((a < b) | (a <= b) << 1 | (a == b) << 2 | (sa < sb) << 3 |
                   (sa <= sb) << 4 | (sa > sb) << 5));
}

int main(void)
{
    for (int i = 0; i < COUNT; i++) {
        shifts(values[i]);
        for (int j = 0; j < COUNT; j++) {
            uint64_t a = values[i], b = values[j];
            mix(a + b);
            mix(a - b);
            mix(a * b);
            mix((uint64_t)((int64_t)(int32_t)a * (int32_t)b));
            mix((uint64_t)(uint32_t)a * (uint32_t)b);
            compare(a, b);
            divide(a, b);
        }
        printf("row %d: %016" PRIx64 "\n", i, hash);
    }
    return 0;
}
