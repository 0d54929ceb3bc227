/* atomic operations on bytes, half-words and 64 bits: loops on words, or libatomic */
// flags: -latomic
#include <inttypes.h>
#include <stdio.h>

#define ORDER __ATOMIC_SEQ_CST

static uint8_t byte = 250;
static uint16_t half = 65530;
static uint64_t twice = 0xfffffffe;

static void narrow(void)
{
    for (int i = 0; i < 5; i++) {
        unsigned b = __atomic_fetch_add(&byte, 3, ORDER);
        unsigned h = __atomic_add_fetch(&half, 3, ORDER);
        uint8_t expected = (uint8_t)(b + 3);
        int done = __atomic_compare_exchange_n(&byte, &expected, (uint8_t)(b + 4), 0,
                                               ORDER, ORDER);
        printf("%u %u %d %u\n", b, h, done, (unsigned)byte);
    }
}

static void wide(void)
{
    for (uint64_t i = 1; i < 4; i++) {
        uint64_t add = __atomic_fetch_add(&twice, i << 31, ORDER), expected = add;
        int first = __atomic_compare_exchange_n(&twice, &expected, 1, 0, ORDER, ORDER);
        int second =
            __atomic_compare_exchange_n(&twice, &expected, i * 5, 0, ORDER, ORDER);
        uint64_t swapped = __atomic_exchange_n(&twice, add + i, ORDER);
        printf("%" PRIx64 " %d %" PRIx64 " %d %" PRIx64 " %" PRIx64 "\n", add, first,
               expected, second, swapped, __atomic_load_n(&twice, ORDER));
    }
}

int main(void)
{
    narrow();
    wide();
    return 0;
}
