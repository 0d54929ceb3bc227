/* stacks of 8 KiB to 4 MiB: big frames, deep recursion */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t checksum(const uint8_t *data, size_t length)
{
    uint32_t sum = 1;
    for (size_t i = 0; i < length; i += 61)
        sum = sum * 31 + data[i];
    return sum;
}

#define FRAME(name, size)                                    \
    __attribute__((noinline)) static uint32_t name(int seed) \
    {                                                        \
        volatile uint8_t space[size];                        \
        for (size_t i = 0; i < size; i += 509)               \
            space[i] = (uint8_t)(i * 7 + (size_t)seed);      \
        uint32_t sum = 0;                                    \
        for (size_t i = 0; i < size; i += 509)               \
            sum = sum * 33 + space[i];                       \
        return sum;                                          \
    }

FRAME(frame_8k, 8 << 10)
FRAME(frame_64k, 64 << 10)
FRAME(frame_512k, 512 << 10)
FRAME(frame_4m, 4 << 20)

__attribute__((noinline)) static uint32_t deep(int depth, uint32_t sum)
{
    uint8_t space[1000];
    memset(space, depth, sizeof space);
    sum = sum * 17 + checksum(space, sizeof space);
    if (depth > 0)
        sum = deep(depth - 1, sum);
    return sum ^ space[depth % 1000];
}

int main(void)
{
    printf("8k %08x\n", (unsigned)frame_8k(1));
    printf("64k %08x\n", (unsigned)frame_64k(2));
    printf("512k %08x\n", (unsigned)frame_512k(3));
    printf("4m %08x\n", (unsigned)frame_4m(4));
    for (int depth = 7; depth <= 4000; depth *= 5)
        printf("deep %d: %08x\n", depth, (unsigned)deep(depth, 0));
    printf("8k again %08x\n", (unsigned)frame_8k(1));
    return 0;
}
