/* one memory mapped twice, written through one view and run through the other */
// oracle: native (qemu-user does not notice writes through another mapping)
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* Keeps ROOM bytes after the last function readable. */
__attribute__((noinline, used)) static int padding(int n)
{
    for (int i = 0; i < 100; i++)
        n = n * 31 + (n >> 3) - i * (n ^ i);
    return n;
}

int main(void)
{
    static function *const functions[] = {add_three, times_five};
    int file = memfd_create("code", 0), n = 1;
    if (file < 0 || ftruncate(file, 4096))
        return 1;
    char *write_view = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    char *run_view = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
    if (write_view == MAP_FAILED || run_view == MAP_FAILED)
        return 2;
    for (int round = 0; round < 100; round++) {
        memcpy(write_view + round % 3 * 256, (const void *)functions[round % 2], ROOM);
        char *at = run_view + round % 3 * 256;
        __builtin___clear_cache(at, at + ROOM);
        for (int i = 0; i < 100; i++)
            n = ((function *)(void *)at)(n)&0xfffff;
    }
    printf("%d %d\n", n, padding(n) != 0);
    return 0;
}
