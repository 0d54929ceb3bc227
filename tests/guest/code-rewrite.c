/* code written at run time: copied into a page, run, overwritten, run again */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define ROOM 128 /* at least the size of each function below; what follows is not run */

typedef int function(int);

__attribute__((noinline, aligned(16))) static int add_three(int n)
{
    return n + 3;
}

__attribute__((noinline, aligned(16))) static int times_five(int n)
{
    return n * 5;
}

__attribute__((noinline, aligned(16))) static int flip(int n)
{
    return ~n ^ 0x55;
}

/* Keeps ROOM bytes after the last function readable. */
__attribute__((noinline, used)) static int padding(int n)
{
    for (int i = 0; i < 100; i++)
        n = n * 31 + (n >> 3) - i * (n ^ i);
    return n;
}

int main(void)
{
    static function *const functions[] = {add_three, times_five, flip};
    unsigned char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return 1;
    int n = 1;
    for (int round = 0; round < 30; round++) {
        unsigned char *at =
            page + (round % 4) * 512; /* the same places again and again */
        memcpy(at, (const void *)functions[round % 3], ROOM);
        __builtin___clear_cache((char *)at, (char *)at + ROOM);
        for (int i = 0; i < 3; i++)
            n = ((function *)(void *)at)(n)&0xfffff;
        if (round % 5 == 0)
            printf("round %d: %d\n", round, n);
    }
    mprotect(page, 8192, PROT_READ | PROT_EXEC);
    n = ((function *)(void *)page)(n)&0xfffff;
    mprotect(page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC);
    memcpy(page, (const void *)flip, ROOM);
    __builtin___clear_cache((char *)page, (char *)page + ROOM);
    n = ((function *)(void *)page)(n)&0xfffff;
    munmap(page, 8192);
    page = mmap(page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    memcpy(page, (const void *)times_five, ROOM); /* same address, new mapping */
    __builtin___clear_cache((char *)page, (char *)page + ROOM);
    n = ((function *)(void *)page)(n);
    printf("last %d %d\n", n, padding(n) != 0);
    return 0;
}
