/* MADV_DONTNEED gives zeros back, or the file's contents; other advice changes nothing */
// oracle: native (qemu-user 7.2 loses the page's permissions on 32-bit guests)
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

int main(void)
{
    unsigned char *p =
        mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(p, 7, 4 * PAGE);
    printf("%d", madvise(p + PAGE, PAGE, MADV_DONTNEED));
    printf(" %d %d %d %d\n", p[0], p[PAGE], p[2 * PAGE - 1], p[2 * PAGE]);
    p[PAGE + 5] = 9;
    printf("%d", madvise(p, 4 * PAGE, MADV_WILLNEED));
    printf(" %d", madvise(p, 4 * PAGE, MADV_SEQUENTIAL));
    printf(" %d %d\n", p[0], p[PAGE + 5]);
    printf("unaligned %d", madvise(p + 1, PAGE, MADV_DONTNEED));
    printf(" unknown %d\n", madvise(p, PAGE, 12345));

    int fd = open("advised", O_RDWR | O_CREAT, 0600);
    if (write(fd, "contents", 8) != 8)
        return 1;
    char *file = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    memcpy(file, "CON", 3);
    printf("%.8s", file);
    printf(" %d", madvise(file, PAGE, MADV_DONTNEED));
    printf(" %.8s\n", file);
    munmap(p + PAGE, PAGE);
    printf("hole %d", madvise(p, 3 * PAGE, MADV_DONTNEED));
    printf(" %d %d\n", p[0], p[2 * PAGE]);
    close(fd);
    return unlink("advised");
}
