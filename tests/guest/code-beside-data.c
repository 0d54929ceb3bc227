/* code that writes data on its own page, many times over */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define ROOM 256 /* at least the size of the function below; what follows is not run */

typedef int function(volatile int *, int);

/* Stores into the page that it stands in when it runs from there. */
__attribute__((noinline, aligned(16))) static int count_up(volatile int *at, int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        *at = *at + i;
        sum += *at ^ i;
    }
    return sum;
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
    unsigned char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return 1;
    memcpy(page, (const void *)count_up, ROOM);
    __builtin___clear_cache((char *)page, (char *)page + ROOM);
    volatile int *data = (volatile int *)(void *)(page + 2048);
    unsigned sum = 0;
    for (int round = 0; round < 400; round++)
        sum = sum * 3 + (unsigned)((function *)(void *)page)(data, 50 + round % 7);
    printf("%u %d %d\n", sum, *data, padding(1) != 0);
    return 0;
}
