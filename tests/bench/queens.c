/* int-tight: all solutions of the queens' problem by bit sets, recursive */
// scale: 2500 170
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t place(uint32_t all, uint32_t columns, uint32_t left, uint32_t right)
{
    uint32_t count = 0, open = all & ~(columns | left | right);
    if (columns == all)
        return 1;
    while (open) {
        uint32_t bit = open & -open;
        open ^= bit;
        count += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return count;
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t sum = 0;
    for (int i = 0; i < scale; i++)
        sum = sum * 3 + place((1u << (8 + i % 3)) - 1, 0, 0, 0);
    printf("%08x\n", (unsigned)sum);
    return 0;
}
