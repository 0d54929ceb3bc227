/* malloc, calloc, realloc, free: small and large blocks, growth, random order */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 200

static uint32_t state = 12345;

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static unsigned char *blocks[SLOTS];
static size_t sizes[SLOTS];
static unsigned errors;

static void check(unsigned slot)
{
    for (size_t i = 0; i < sizes[slot]; i += 13)
        errors += blocks[slot][i] != (unsigned char)(slot * 3 + i);
}

static void fill(unsigned slot)
{
    for (size_t i = 0; i < sizes[slot]; i++)
        blocks[slot][i] = (unsigned char)(slot * 3 + i);
}

static void churn(unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        unsigned slot = next() % SLOTS;
        size_t size = next() % (next() % 16 == 0 ? 100000 : 300);
        check(slot);
        if (next() % 3 == 0 && blocks[slot]) {
            blocks[slot] = realloc(blocks[slot], size + 1);
        } else {
            free(blocks[slot]);
            blocks[slot] = malloc(size + 1);
        }
        errors += (uintptr_t)blocks[slot] % 8 != 0;
        sizes[slot] = size;
        fill(slot);
    }
}

int main(void)
{
    churn(3000);
    printf("churn: %u errors, state %08x\n", errors, (unsigned)state);
    for (unsigned i = 0; i < SLOTS; i++)
        free(blocks[i]);

    unsigned *grown = NULL, sum = 0;
    for (unsigned count = 1; count <= 1 << 17; count *= 2) {
        grown = realloc(grown, count * sizeof *grown);
        for (unsigned i = count / 2; i < count; i++)
            grown[i] = i * 7;
    }
    for (unsigned i = 0; i < 1 << 17; i++)
        sum += grown[i] ^ i;
    printf("grown %08x\n", sum);
    free(grown);

    unsigned char *zero = calloc(300, 1001);
    size_t set = 0;
    for (size_t i = 0; i < 300 * 1001; i++)
        set += zero[i];
    printf("calloc %u\n", (unsigned)set);
    free(zero);
    void *aligned = NULL;
    for (size_t align = 16; align <= 65536; align *= 4) {
        int error = posix_memalign(&aligned, align, 100);
        printf("align %u: %d %u\n", (unsigned)align, error,
               (unsigned)((uintptr_t)aligned % align));
        free(aligned);
    }
    free(NULL);
    volatile size_t huge = SIZE_MAX / 2 + 100;
    void *none = malloc(huge);
    printf("huge %s\n", none ? "given" : "refused");
    return 0;
}
