/* int: quicksort of words by its own code and of records through a comparison function */
// scale: 330 22
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT 10000

struct record {
    uint32_t key, value;
};

static uint32_t state = 1;
static uint32_t words[COUNT];
static struct record records[COUNT / 4];

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static void sort_words(uint32_t *low, uint32_t *high)
{
    while (low < high) {
        uint32_t pivot = low[(high - low) / 2], *i = low, *j = high;
        while (i <= j) {
            while (*i < pivot)
                i++;
            while (*j > pivot)
                j--;
            if (i <= j) {
                uint32_t swap = *i;
                *i++ = *j;
                *j-- = swap;
            }
        }
        if (j - low < high - i) {
            sort_words(low, j);
            low = i;
        } else {
            sort_words(i, high);
            high = j;
        }
    }
}

static int by_key(const void *a, const void *b)
{
    const struct record *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->value < y->value ? -1 : x->value > y->value;
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t hash = 0;
    for (int round = 0; round < scale; round++) {
        for (int i = 0; i < COUNT; i++)
            words[i] = next();
        for (int i = 0; i < COUNT / 4; i++)
            records[i] = (struct record){next() >> 20, (uint32_t)i};
        sort_words(words, words + COUNT - 1);
        qsort(records, COUNT / 4, sizeof records[0], by_key);
        for (int i = 0; i < COUNT; i += 100)
            hash = hash * 31 + words[i];
        for (int i = 0; i < COUNT / 4; i += 50)
            hash = hash * 31 + records[i].key + records[i].value;
    }
    printf("%08x\n", (unsigned)hash);
    return 0;
}
