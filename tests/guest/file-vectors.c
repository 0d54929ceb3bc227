/* readv, writev, preadv, sendfile */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void)
{
    char a[6] = "", b[10] = "", c[30] = "";
    struct iovec out[] = {{"one ", 4}, {"", 0}, {"two ", 4}, {"three three three", 17}};
    struct iovec in[] = {{a, 5}, {b, 9}, {c, 29}};
    int fd = open("vector", O_RDWR | O_CREAT, 0600),
        copy = open("copy", O_RDWR | O_CREAT, 0600);
    printf("writev %d\n", (int)writev(fd, out, 4));
    lseek(fd, 1, SEEK_SET);
    printf("readv %d\n", (int)readv(fd, in, 3));
    printf("[%s] [%s] [%s]\n", a, b, c);
    memset(b, 0, sizeof b);
    printf("preadv %d\n", (int)preadv(fd, in + 1, 1, 8));
    printf("[%s]\n", b);
    printf("pwritev %d\n", (int)pwritev(fd, out, 1, 20));
    printf("readv nothing %d\n", (int)readv(fd, in, 0));
    printf("writev negative %d\n", (int)writev(fd, out, -1));
    off_t from = 3;
    printf("sendfile %d", (int)sendfile(copy, fd, &from, 12));
    printf(" %d\n", (int)from);
    memset(c, 0, sizeof c);
    printf("pread %d\n", (int)pread(copy, c, 29, 0));
    printf("[%s]\n", c);
    struct iovec both[] = {{c, 5}, {c + 5, 7}, {"\n", 1}};
    fflush(stdout);
    printf("%d\n", (int)writev(1, both, 3));
    close(fd);
    close(copy);
    return unlink("vector") | unlink("copy");
}
