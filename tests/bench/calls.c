/* int-call: direct calls and returns: Fibonacci, Ackermann, Takeuchi's function */
// scale: 21000 1400
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define NOINLINE __attribute__((noinline, noclone, optimize("no-optimize-sibling-calls")))

NOINLINE static uint32_t fibonacci(uint32_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

NOINLINE static uint32_t ackermann(uint32_t m, uint32_t n)
{
    if (m == 0)
        return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

NOINLINE static int tak(int x, int y, int z)
{
    return y < x ? tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) : z;
}

int main(int argc, char **argv)
{
    uint32_t scale = argc > 1 ? (uint32_t)atoi(argv[1]) : 1, sum = 0;
    for (uint32_t i = 0; i < scale; i++) {
        sum = sum * 31 + fibonacci(16 + i % 3);
        sum = sum * 31 + ackermann(2, 30 + i % 5);
        sum = sum * 31 + (uint32_t)tak(9 + (int)(i & 1), 6, 3);
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
