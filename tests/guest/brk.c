/* brk and sbrk: the heap grows, keeps its contents, shrinks, and comes back as zeros */
#define _DEFAULT_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    char *start = sbrk(0);
    printf("aligned %d\n", start != (void *)-1);
    char *block = sbrk(100000);
    printf("grown %d at the old end %d\n", sbrk(0) == start + 100000, block == start);
    int zero = 1;
    for (int i = 0; i < 100000; i++)
        zero &= block[i] == 0;
    printf("zero %d\n", zero);
    memset(block, 'x', 100000);
    sbrk(1 << 20);
    printf("kept %d\n", block[99999] == 'x' && block[0] == 'x');
    printf("new zero %d\n", block[100000] == 0 && block[100000 + (1 << 20) - 1] == 0);
    block[500000] = 'y';
    printf("shrink %d\n", brk(start + 8192));
    printf("end %d kept %d\n", sbrk(0) == start + 8192, block[8191] == 'x');
    sbrk(1 << 20);
    printf("zero again %d\n", block[500000] == 0);
    printf("negative %d", sbrk(-4096) == start + 8192 + (1 << 20));
    printf(" %d\n", sbrk(0) == start + 4096 + (1 << 20));
    printf("absurd %d\n", brk((void *)(uintptr_t)16) == -1);
    printf("unchanged %d\n", sbrk(0) == start + 4096 + (1 << 20));
    return 0;
}
