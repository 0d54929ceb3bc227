/* 64-bit file offsets on every guest: sparse files beyond 4 GiB, offset argument pairs */
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
    struct stat st;
    char buffer[8] = "";
    const off_t far = ((off_t)5 << 30) + 12345;
    int fd = open("sparse", O_RDWR | O_CREAT, 0600);
    printf("seek %lld\n", (long long)lseek(fd, far, SEEK_SET));
    printf("write %d\n", (int)write(fd, "end", 3));
    printf("tell %lld\n", (long long)lseek(fd, 0, SEEK_CUR));
    printf("fstat %d", fstat(fd, &st));
    printf(" %lld\n", (long long)st.st_size);
    printf("stat %d", stat("sparse", &st));
    printf(" %lld\n", (long long)st.st_size);
    printf("few blocks %d\n", st.st_blocks < 1000);
    printf("pread %d", (int)pread(fd, buffer, 3, far));
    printf(" %s\n", buffer);
    printf("pwrite %d\n", (int)pwrite(fd, "mid", 3, far - 100000));
    printf("pread %d", (int)pread(fd, buffer, 3, far - 100000));
    printf(" %s\n", buffer);
    printf("back %lld\n", (long long)lseek(fd, -far, SEEK_END));
    printf("truncate %d\n", ftruncate(fd, far * 2));
    printf("end %lld\n", (long long)lseek(fd, 0, SEEK_END));
    printf("below zero %d\n", lseek(fd, -far * 3, SEEK_CUR) == -1 && errno == EINVAL);
    printf("truncate %d\n", truncate("sparse", far - 1));
    printf("stat %d", stat("sparse", &st));
    printf(" %lld\n", (long long)st.st_size);
    printf("advise %d\n", posix_fadvise(fd, far - 10, 5, POSIX_FADV_DONTNEED));
    close(fd);
    return unlink("sparse");
}
