/* qsort and bsearch: callbacks from libc, stable orders by ties, records and strings */
// bare: yes
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct record {
    uint32_t key;
    double weight;
    char name[6];
};

static uint32_t state = 2463534242u;
static unsigned long calls;

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static int by_key(const void *a, const void *b)
{
    const struct record *x = a, *y = b;
    calls++;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->weight < y->weight ? -1 : x->weight > y->weight;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct record *)a)->name, ((const struct record *)b)->name);
}

static int by_int(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(void)
{
    static struct record records[500];
    static int numbers[2000];
    const char *words[] = {"pear", "apple",   "fig",  "banana",
                           "kiwi", "apricot", "date", ""};
    for (int i = 0; i < 500; i++) {
        records[i].key = next() % 100;
        records[i].weight = i / 4.0;
        for (int j = 0; j < 5; j++)
            records[i].name[j] = (char)('a' + (next() >> 8) % 26);
    }
    qsort(records, 500, sizeof records[0], by_key);
    for (int i = 0; i < 500; i += 25)
        printf("%u %g %s\n", (unsigned)records[i].key, records[i].weight,
               records[i].name);
    qsort(records, 500, sizeof records[0], by_name);
    for (int i = 0; i < 500; i += 50)
        printf("%s %u\n", records[i].name, (unsigned)records[i].key);
    for (int i = 0; i < 2000; i++)
        numbers[i] = (int)(next() % 20000) - 10000;
    qsort(numbers, 2000, sizeof numbers[0], by_int);
    int found = 0;
    for (int key = -10000; key < 10000; key += 7) {
        int *at = bsearch(&key, numbers, 2000, sizeof numbers[0], by_int);
        if (at && *at == key)
            found++;
    }
    printf("found %d, first %d, last %d\n", found, numbers[0], numbers[1999]);
    qsort(words, 8, sizeof words[0], by_text);
    for (int i = 0; i < 8; i++)
        printf("[%s]\n", words[i]);
    printf("called %s\n", calls > 499 ? "often" : "too seldom");
    return 0;
}
