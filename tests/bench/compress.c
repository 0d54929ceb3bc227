/* int: dictionary compression with hash chains, then entropy counts, then expansion */
// scale: 460 31
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 32768, HASHES = 4096, CHAIN = 16, LONGEST = 130, SHORTEST = 4 };

static uint8_t input[SIZE], packed[SIZE * 2], output[SIZE];
static int32_t heads[HASHES], links[SIZE];

static unsigned hash(const uint8_t *p)
{
    uint32_t v = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                 (uint32_t)p[3] << 24;
    return v * 2654435761u >> 20;
}

static int match(int a, int b, int limit)
{
    int length = 0;
    while (length < limit && input[a + length] == input[b + length])
        length++;
    return length;
}

static void remember(int at)
{
    unsigned h = hash(input + at);
    links[at] = heads[h];
    heads[h] = at;
}

/* Bytes below 128: a run of as many literals, plus 1; from 128: a match, 16-bit distance.
 */
static int pack(void)
{
    int to = 0, literals = -1;
    memset(heads, 0xff, sizeof heads);
    for (int at = 0; at < SIZE;) {
        int best = 0, where = 0, limit = SIZE - at < LONGEST ? SIZE - at : LONGEST;
        if (limit >= SHORTEST) {
            int tries = CHAIN;
            for (int c = heads[hash(input + at)]; c >= 0 && tries-- > 0; c = links[c]) {
                int length = match(c, at, limit);
                if (length > best) {
                    best = length;
                    where = c;
                }
            }
        }
        if (best >= SHORTEST) {
            packed[to++] = (uint8_t)(128 + best - SHORTEST);
            packed[to++] = (uint8_t)((at - where) >> 8);
            packed[to++] = (uint8_t)(at - where);
            for (int end = at + best; at < end; at++)
                if (at + SHORTEST <= SIZE)
                    remember(at);
            literals = -1;
            continue;
        }
        if (literals < 0 || packed[literals] == 127) {
            literals = to++;
            packed[literals] = 0;
        } else {
            packed[literals]++;
        }
        if (limit >= SHORTEST)
            remember(at);
        packed[to++] = input[at++];
    }
    return to;
}

static int unpack(int length)
{
    int to = 0;
    for (int at = 0; at < length;) {
        int n = packed[at++];
        if (n < 128) {
            memcpy(output + to, packed + at, (size_t)n + 1);
            at += n + 1;
            to += n + 1;
        } else {
            int distance = packed[at] << 8 | packed[at + 1];
            at += 2;
            for (int i = n - 128 + SHORTEST; i > 0; i--, to++)
                output[to] = output[to - distance];
        }
    }
    return to;
}

static uint32_t state = 11;

static void make_input(int round)
{
    static const char *const words[] = {"alpha ",    "beta ", "gamma ", "delta,",
                                        "epsilon\n", "zeta ", "eta.",   "theta ",
                                        "iota ",     "kappa "};
    int at = 0;
    while (at < SIZE) {
        state = state * 1664525 + 1013904223;
        const char *word = words[(state >> 16) % 10];
        if (state >> 28 == (uint32_t)round % 16)
            input[at++] = (uint8_t)(state >> 8);
        for (; *word && at < SIZE; word++)
            input[at++] = (uint8_t)*word;
    }
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t sum = 0, counts[256];
    for (int round = 0; round < scale; round++) {
        make_input(round);
        int length = pack(), back = unpack(length);
        memset(counts, 0, sizeof counts);
        for (int i = 0; i < length; i++)
            counts[packed[i]]++;
        for (int i = 0; i < 256; i++)
            sum = sum * 31 + counts[i];
        if (back != SIZE || memcmp(input, output, SIZE) != 0) {
            printf("wrong\n");
            return 1;
        }
        sum = sum * 31 + (uint32_t)length;
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
