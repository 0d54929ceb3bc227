/* atomic operations of words (LL/SC, AMO or kernel helpers): values, fences */
// bare: yes
#include <inttypes.h>
#include <stdio.h>

static uint32_t word = 4294967290u;
static int32_t sign = -5;
static void *pointer;
static volatile unsigned char lock;

#define ORDER __ATOMIC_SEQ_CST

static void words(void)
{
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t add = __atomic_fetch_add(&word, i * 3, ORDER);
        uint32_t sub = __atomic_sub_fetch(&word, i, __ATOMIC_ACQUIRE);
        uint32_t and = __atomic_fetch_and(&word, ~(1u << i), __ATOMIC_RELEASE);
        uint32_t or = __atomic_or_fetch(&word, 0x100u << i, __ATOMIC_RELAXED);
        uint32_t xor = __atomic_fetch_xor(&word, 0xff, ORDER);
        uint32_t nand = __atomic_fetch_nand(&word, 0xf0f0, ORDER);
        uint32_t swap = __atomic_exchange_n(&word, add + i, ORDER);
        printf("%08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32
               " %08" PRIx32 " %08" PRIx32 "\n",
               add, sub, and, or, xor, nand, swap);
    }
}

static void compare(void)
{
    uint32_t expected = 1;
    int done = __atomic_compare_exchange_n(&word, &expected, 77, 0, ORDER, ORDER);
    printf("%d %" PRIx32, done, expected);
    done = __atomic_compare_exchange_n(&word, &expected, 77, 0, ORDER, ORDER);
    printf(" %d %" PRIu32 "\n", done, __atomic_load_n(&word, ORDER));
    int32_t old = __atomic_load_n(&sign, ORDER);
    while (!__atomic_compare_exchange_n(&sign, &old, old * 3, 1, ORDER, __ATOMIC_RELAXED))
        ;
    printf("%" PRId32 " %" PRId32 "\n", old, sign);
}

int main(void)
{
    words();
    compare();
    printf("%d", __atomic_test_and_set(&lock, ORDER));
    printf(" %d", __atomic_test_and_set(&lock, ORDER));
    __atomic_clear(&lock, __ATOMIC_RELEASE);
    printf(" %d\n", __atomic_test_and_set(&lock, ORDER));
    void *before = __atomic_exchange_n(&pointer, &word, ORDER);
    printf("%d %d\n", before == NULL, __atomic_load_n(&pointer, ORDER) == &word);
    __atomic_thread_fence(ORDER);
    __atomic_store_n(&word, 5, __ATOMIC_RELEASE);
    uint32_t swapped = __sync_val_compare_and_swap(&word, 5, 6);
    printf("%" PRIu32 " %" PRIu32 "\n", swapped, word);
    return 0;
}
