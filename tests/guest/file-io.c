/* open, read, write, lseek, pread, pwrite, O_APPEND, O_EXCL, O_TRUNC, ftruncate */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void result(const char *what, long value)
{
    printf("%s: %ld %s\n", what, value, value < 0 ? strerror(errno) : "ok");
}

int main(void)
{
    char buffer[64];
    int fd = open("data", O_RDWR | O_CREAT | O_EXCL, 0644);
    result("open", fd >= 0 ? 0 : -1);
    result("exclusive", open("data", O_RDWR | O_CREAT | O_EXCL, 0644));
    result("write", write(fd, "0123456789abcdef", 16));
    result("lseek", lseek(fd, 4, SEEK_SET));
    result("read", read(fd, buffer, 4));
    printf("%.4s\n", buffer);
    result("current", lseek(fd, 0, SEEK_CUR));
    result("from the end", lseek(fd, -3, SEEK_END));
    result("read", read(fd, buffer, 64));
    printf("%.3s\n", buffer);
    result("at the end", read(fd, buffer, 64));
    result("pread", pread(fd, buffer, 5, 10));
    printf("%.5s\n", buffer);
    result("pwrite", pwrite(fd, "XYZ", 3, 1));
    result("before the start", lseek(fd, -1, SEEK_SET));
    result("hole", pwrite(fd, "end", 3, 30));
    result("size", lseek(fd, 0, SEEK_END));
    result("pread", pread(fd, buffer, 64, 0));
    for (int i = 0; i < 33; i++)
        putchar(buffer[i] ? buffer[i] : '.');
    putchar('\n');
    result("ftruncate", ftruncate(fd, 10));
    result("size", lseek(fd, 0, SEEK_END));
    result("truncate", truncate("data", 12));
    result("fsync", fsync(fd));
    result("close", close(fd));
    result("closed", read(fd, buffer, 1));
    fd = open("data", O_WRONLY | O_APPEND);
    result("append", write(fd, "++", 2));
    result("write-only", read(fd, buffer, 1));
    close(fd);
    fd = open("data", O_RDONLY);
    result("read", read(fd, buffer, 64));
    printf("%.10s %d %.2s\n", buffer, buffer[10], buffer + 12);
    result("read-only", write(fd, "x", 1));
    close(fd);
    fd = open("data", O_RDWR | O_TRUNC);
    result("truncated", lseek(fd, 0, SEEK_END));
    close(fd);
    result("unlink", unlink("data"));
    result("gone", open("data", O_RDONLY));
    result("no such", open("no/such/path", O_RDONLY));
    result("bad address", write(1, (void *)(sizeof(void *)), 3));
    return 0;
}
