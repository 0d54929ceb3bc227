/* 32-bit and narrower integer arithmetic: truncating division, wrap-around, promotions */
// bare: yes
#include <stdint.h>
#include <stdio.h>

static const int32_t values[] = {0,
                                 1,
                                 -1,
                                 2,
                                 -2,
                                 7,
                                 -7,
                                 255,
                                 -256,
                                 32767,
                                 -32768,
                                 65535,
                                 65536,
                                 100003,
                                 -99999989,
                                 2147483647,
                                 -2147483647 - 1};
#define COUNT (int)(sizeof values / sizeof values[0])

static uint32_t mix(uint32_t hash, uint32_t value)
{
    return (hash ^ value) * 16777619u;
}

static void divide(int32_t a, int32_t b)
{
    if (b == 0 || (a == INT32_MIN && b == -1))
        return;
    printf("%ld / %ld = %ld rest %ld, unsigned %lu rest %lu\n", (long)a, (long)b,
           (long)(a / b), (long)(a % b), (unsigned long)((uint32_t)a / (uint32_t)b),
           (unsigned long)((uint32_t)a % (uint32_t)b));
}

/* Constant divisors: the compiler uses multiplications by reciprocals. */
static uint32_t constants(int32_t a)
{
    uint32_t hash = 2166136261u, u = (uint32_t)a;
    hash = mix(hash, (uint32_t)(a / 3) ^ (uint32_t)(a % 7));
    hash = mix(hash, (uint32_t)(a / 10) ^ (uint32_t)(a % 100));
    hash = mix(hash, (uint32_t)(a / -5) ^ (uint32_t)(a / 16));
    hash = mix(hash, (u / 3) ^ (u % 7) ^ (u / 1000) ^ (u % 641));
    return hash;
}

static uint32_t narrow(int32_t a, int32_t b)
{
    int8_t s8 = (int8_t)a;
    uint8_t u8 = (uint8_t)b;
    int16_t s16 = (int16_t)(a + 3 * (int64_t)b);
    uint16_t u16 = (uint16_t)(a ^ b);
    uint32_t hash = mix(0, (uint32_t)(s8 * u8));
    hash = mix(hash, (uint32_t)(s16 - u16));
    s8 = (int8_t)(s8 + u8);
    u16 = (uint16_t)(u16 * 257u);
    hash = mix(hash, (uint32_t)(s8 >> 2) ^ (uint32_t)(u8 >> 3));
    return mix(hash, (uint32_t)(s16 >> 5) + (uint32_t)(u16 >> 7));
}

int main(void)
{
    uint32_t sums = 0, narrows = 0;
    for (int i = 0; i < COUNT; i++) {
        printf("constants(%ld) = %08lx\n", (long)values[i],
               (unsigned long)constants(values[i]));
        for (int j = 0; j < COUNT; j++) {
            uint32_t a = (uint32_t)values[i], b = (uint32_t)values[j];
            divide(values[i], values[j]);
            sums = mix(mix(mix(sums, a + b), a - b), a * b);
            sums = mix(sums, (uint32_t)(values[i] < values[j]) * 2 + (a < b));
            narrows = mix(narrows, narrow(values[i], values[j]));
        }
    }
    printf("sums %08lx narrow %08lx\n", (unsigned long)sums, (unsigned long)narrows);
    return 0;
}
