/* code in a page that is then advised away, moved, or mapped anew in vain: stays writable
 */
// oracle: native (qemu-user 7.2 does not grow mappings that were split)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define ROOM 128 /* at least the size of each function below; what follows is not run */
#define PAGE 4096
#define RWX  (PROT_READ | PROT_WRITE | PROT_EXEC)

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

static int call(unsigned char *at, int n)
{
    return ((function *)(void *)at)(n);
}

/* Writes F's code at AT and runs it. */
static int put(unsigned char *at, function *f, int n)
{
    memcpy(at, (const void *)f, ROOM);
    __builtin___clear_cache((char *)at, (char *)at + ROOM);
    return call(at, n);
}

int main(void)
{
    unsigned char *p = mmap(NULL, 64 * PAGE, RWX, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 1;
    printf("first %d\n", put(p, add_three, 10));
    printf("advised %d", madvise(p, PAGE, MADV_DONTNEED));
    printf(" %d", p[0]);
    printf(" %d\n", put(p, times_five, 10));

    void *bad = mmap(p, PAGE, RWX, MAP_PRIVATE | MAP_FIXED, 99, 0);
    printf("refused %d", bad == MAP_FAILED && errno == EBADF);
    printf(" %d\n", put(p, add_three, 20));

    munmap(p + 16 * PAGE, 48 * PAGE);
    printf("again %d", put(p + 8 * PAGE, times_five, 3));
    unsigned char *q = mremap(p, 16 * PAGE, 32 * PAGE, MREMAP_MAYMOVE);
    if (q == MAP_FAILED)
        return 2;
    printf(" %d", call(q + 8 * PAGE, 4));
    printf(" %d\n", put(q + 8 * PAGE, add_three, 4));

    unsigned char *to = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char *r = mremap(q, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
    printf("moved %d", r == to);
    printf(" %d", call(r, 30));
    printf(" %d", put(r, times_five, 30));
    printf(" %d\n", padding(1) != 0);
    return 0;
}
