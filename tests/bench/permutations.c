/* int-tight: flips of prefixes of permutations of small arrays (after fannkuch) */
// scale: 170 11
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N 8

static int flips(const uint8_t *start)
{
    uint8_t p[N];
    int count = 0;
    memcpy(p, start, N);
    while (p[0] != 0) {
        for (int low = 0, high = p[0]; low < high; low++, high--) {
            uint8_t swap = p[low];
            p[low] = p[high];
            p[high] = swap;
        }
        count++;
    }
    return count;
}

/* The next permutation in lexical order; 0 after the last. */
static int advance(uint8_t *p)
{
    int i = N - 2, j = N - 1;
    while (i >= 0 && p[i] > p[i + 1])
        i--;
    if (i < 0)
        return 0;
    while (p[j] < p[i])
        j--;
    uint8_t swap = p[i];
    p[i] = p[j];
    p[j] = swap;
    for (int low = i + 1, high = N - 1; low < high; low++, high--) {
        swap = p[low];
        p[low] = p[high];
        p[high] = swap;
    }
    return 1;
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1, most = 0;
    uint32_t sum = 0;
    for (int round = 0; round < scale; round++) {
        uint8_t p[N] = {0, 1, 2, 3, 4, 5, 6, 7};
        do {
            int count = flips(p);
            sum = sum * 3 + (uint32_t)count;
            if (count > most)
                most = count;
        } while (advance(p));
    }
    printf("%08x %d\n", (unsigned)sum, most);
    return 0;
}
