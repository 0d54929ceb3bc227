/* parent and children run much the same code before and after the fork, and change some
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define F(n)                                                     \
    static __attribute__((noinline)) uint32_t f##n(uint32_t x)   \
    {                                                            \
        for (unsigned i = 0; i < n % 9 + 3; i++) {               \
            x = x * (2654435761u + 2 * n) + (x >> (1 + n % 13)); \
            x ^= n * 77u + (x << (n % 5)) + i;                   \
            x = x & (1u << n % 31) ? x + n : x - 3 * i;          \
        }                                                        \
        return x;                                                \
    }
#define F10(n) \
    F(n##0) F(n##1) F(n##2) F(n##3) F(n##4) F(n##5) F(n##6) F(n##7) F(n##8) F(n##9)
/* clang-format off */
F10(1) F10(2) F10(3) F10(4) F10(5) F10(6) F10(7) F10(8) F10(9)
/* clang-format on */
#define P10(n)                                                                       \
    f##n##0, f##n##1, f##n##2, f##n##3, f##n##4, f##n##5, f##n##6, f##n##7, f##n##8, \
        f##n##9
    static uint32_t (*const functions[])(uint32_t) = {
        P10(1), P10(2), P10(3), P10(4), P10(5), P10(6), P10(7), P10(8), P10(9)};
enum { FUNCTIONS = 90 };

/* work - all functions, ROUNDS times, beginning with FIRST. */
static uint32_t work(unsigned first, unsigned rounds, uint32_t x)
{
    for (unsigned r = 0; r < rounds; r++)
        for (unsigned i = 0; i < FUNCTIONS; i++)
            x = functions[(first + i) % FUNCTIONS](x);
    return x;
}

/* The pages that f is on are written with what stands there: its code is made anew. */
static void touch(void *f)
{
    uintptr_t page = (uintptr_t)f & ~(uintptr_t)4095;
    volatile uint8_t *p = (volatile uint8_t *)page;
    if (mprotect((void *)page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
        return;
    work(3, 1, 5);
    p[64] = p[64];
    __builtin___clear_cache((char *)page, (char *)page + 4096);
}

int main(void)
{
    int ends[2];
    uint32_t before = work(0, 4, 1), sum = 0;
    if (pipe(ends) != 0)
        return 1;
    for (unsigned generation = 0; generation < 3; generation++)
        for (unsigned c = 0; c < 4; c++) {
            pid_t child = fork();
            if (child == 0) {
                uint32_t got = work(c, 6, before);
                touch((void *)functions[c * 7]);
                got ^= work(c + 1, 3, got);
                if (c == 3 && fork() == 0) { /* a grandchild, while its parent runs on */
                    uint32_t inner = work(2, 4, got);
                    _exit(write(ends[1], &inner, sizeof inner) != sizeof inner);
                }
                got ^= work(c + 2, 3, got);
                while (wait(NULL) > 0)
                    ;
                _exit(write(ends[1], &got, sizeof got) != sizeof got);
            }
            sum += work(c + 5, 4, sum);
            if (c == 2)
                touch((void *)functions[generation]);
        }
    int status, failed = 0;
    while (wait(&status) > 0)
        failed += status != 0;
    close(ends[1]);
    uint32_t got, all = 0;
    unsigned count = 0;
    for (; read(ends[0], &got, sizeof got) == sizeof got; count++)
        all += got;
    printf("%d %u %08x %08x %08x\n", failed, count, before, sum, all);
    return 0;
}
