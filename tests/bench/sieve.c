/* int-tight: sieve of Eratosthenes over bytes */
// scale: 450 30
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 200000

static uint8_t composite[SIZE];

static uint32_t sieve(void)
{
    uint32_t sum = 0;
    memset(composite, 0, sizeof composite);
    for (uint32_t i = 2; i < SIZE; i++) {
        if (composite[i])
            continue;
        sum = sum * 31 + i;
        for (uint32_t j = 2 * i; j < SIZE; j += i)
            composite[j] = 1;
    }
    return sum;
}

int main(int argc, char **argv)
{
    uint32_t scale = argc > 1 ? (uint32_t)atoi(argv[1]) : 1, sum = 0;
    for (uint32_t i = 0; i < scale; i++)
        sum = sum * 7 + sieve();
    printf("%08x\n", (unsigned)sum);
    return 0;
}
