/* unaligned loads and stores as the compiler makes them: memcpy and packed structures */
// bare: yes
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct __attribute__((packed)) record {
    uint8_t tag;
    uint16_t half;
    uint32_t word;
    uint64_t twice;
    double real;
    float single;
};

static uint64_t hash = 0xcbf29ce484222325;

static void mix(uint64_t value)
{
    hash = (hash ^ value) * 0x100000001b3;
}

__attribute__((noinline)) static void fill(struct record *r, unsigned n)
{
    r->tag = (uint8_t)n;
    r->half = (uint16_t)(n * 259);
    r->word = n * 0x01010101u + 0x80000000u;
    r->twice = n * 0x0123456789abcdefu;
    r->real = n / 8.0;
    r->single = (float)n / 4;
}

__attribute__((noinline)) static void sum(const struct record *r)
{
    mix(r->tag);
    mix(r->half);
    mix((uint64_t)(int16_t)r->half);
    mix(r->word);
    mix((uint64_t)(int64_t)(int32_t)r->word);
    mix(r->twice);
    mix((uint64_t)(r->real * 8));
    mix((uint64_t)(r->single * 4));
}

int main(void)
{
    static uint8_t space[8 + 16 * sizeof(struct record)];
    for (unsigned offset = 0; offset < 8; offset++) {
        for (unsigned i = 0; i < 16; i++)
            fill((struct record *)(void *)(space + offset + i * sizeof(struct record)),
                 i + offset);
        for (unsigned i = 0; i < 16; i++)
            sum((struct record *)(void *)(space + offset + i * sizeof(struct record)));
        printf("packed %u: %016" PRIx64 "\n", offset, hash);
    }
    for (unsigned offset = 0; offset < 8; offset++) {
        uint64_t twice = 0x8877665544332211, back;
        uint32_t word = 0xcafef00d, word_back;
        uint16_t half = 0x1234, half_back;
        memcpy(space + offset, &twice, sizeof twice);
        memcpy(space + 9 + offset, &word, sizeof word);
        memcpy(space + 15 + offset, &half, sizeof half);
        memcpy(&back, space + offset, sizeof back);
        memcpy(&word_back, space + 9 + offset, sizeof word_back);
        memcpy(&half_back, space + 15 + offset, sizeof half_back);
        printf("memcpy %u: %016" PRIx64 " %08" PRIx32 " %04x\n", offset, back, word_back,
               half_back);
    }
    return 0;
}
