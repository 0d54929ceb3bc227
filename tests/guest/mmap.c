/* mmap, munmap, mremap, MAP_FIXED, file mappings shared and private, errors */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

static int filled(const unsigned char *p, size_t length, int value)
{
    for (size_t i = 0; i < length; i++)
        if (p[i] != value)
            return 0;
    return 1;
}

static unsigned char *map(void *at, size_t length, int flags, int fd, off_t offset)
{
    return mmap(at, length, PROT_READ | PROT_WRITE, flags, fd, offset);
}

int main(void)
{
    unsigned char *p = map(NULL, 16 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("zero %d aligned %d\n", filled(p, 16 * PAGE, 0), (uintptr_t)p % PAGE == 0);
    memset(p, 7, 16 * PAGE);
    printf("unmap the middle %d\n", munmap(p + 4 * PAGE, 2 * PAGE));
    unsigned char *q =
        map(p + 4 * PAGE, 2 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("fixed %d zero %d kept %d\n", q == p + 4 * PAGE, filled(q, 2 * PAGE, 0),
           filled(p, 4 * PAGE, 7) && filled(p + 6 * PAGE, 10 * PAGE, 7));
    q = map(p, PAGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("replaced %d\n", q == p && filled(p, PAGE, 0) && p[PAGE] == 7);

    int fd = open("mapped", O_RDWR | O_CREAT, 0600);
    for (int i = 0; i < 3 * PAGE / 16; i++)
        if (write(fd, "0123456789abcdef", 16) != 16)
            return 1;
    unsigned char *shared = map(NULL, 2 * PAGE, MAP_SHARED, fd, PAGE);
    unsigned char *private = map(NULL, 3 * PAGE, MAP_PRIVATE, fd, 0);
    printf("%.5s %.5s\n", shared + 1, private + 17);
    memcpy(shared, "SHARED", 6);
    memcpy(private, "PRIVATE", 7);
    char text[8] = "";
    printf("pread %d %s", (int)pread(fd, text, 6, PAGE), text);
    printf(" %d %s\n", (int)pread(fd, text, 7, 0), text);
    printf("seen %.6s\n", private + PAGE);
    printf("msync %d\n", msync(shared, 2 * PAGE, MS_SYNC));
    printf("munmap %d\n", munmap(shared, 2 * PAGE));
    unsigned char *tail = map(NULL, PAGE, MAP_PRIVATE, fd, 2 * PAGE);
    printf("tail %.4s\n", tail);

    unsigned char *grown = mremap(private, 3 * PAGE, 40 * PAGE, MREMAP_MAYMOVE);
    printf("mremap %d %.7s\n", grown != MAP_FAILED, grown);
    grown = mremap(grown, 40 * PAGE, PAGE, 0);
    printf("shrink %d %.7s\n", grown != MAP_FAILED, grown);
    printf("bad offset %d", map(NULL, PAGE, MAP_PRIVATE, fd, 100) == MAP_FAILED);
    printf(" %d\n", errno == EINVAL);
    printf("no length %d",
           map(NULL, 0, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    printf(" %d\n", errno == EINVAL);
    printf("bad file %d", map(NULL, PAGE, MAP_PRIVATE, 99, 0) == MAP_FAILED);
    printf(" %d\n", errno == EBADF);
    return unlink("mapped") | close(fd);
}
