/* stat, fstat, utimensat, statvfs: each field that is stable has its place and width */
#define _FILE_OFFSET_BITS 64
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    struct stat a, b;
    struct statvfs vfs;
    int fd = open("file", O_RDWR | O_CREAT, 0640);
    if (fd < 0 || ftruncate(fd, 123456) < 0)
        return 1;
    time_t now = time(NULL);
    printf("fstat %d stat %d\n", fstat(fd, &a), stat("file", &b));
    printf("same inode %d device %d\n", a.st_ino == b.st_ino, a.st_dev == b.st_dev);
    printf("mode %o links %d size %ld\n", (unsigned)a.st_mode, (int)a.st_nlink,
           (long)a.st_size);
    printf("owner %d group %d\n", a.st_uid == getuid(), a.st_gid == getgid());
    printf("times %d %d %d\n", a.st_mtime - now < 5 && now - a.st_mtime < 5,
           a.st_ctime - now < 5 && now - a.st_ctime < 5,
           a.st_atime - now < 5 && now - a.st_atime < 5);
    printf("block size sane %d blocks sane %d\n",
           a.st_blksize >= 512 && a.st_blksize <= 1 << 24,
           a.st_blocks >= 0 && a.st_blocks < 1000);
    struct timespec times[2] = {{1000000000, 123456000}, {1234567890, 987654000}};
    printf("utimensat %d\n", utimensat(AT_FDCWD, "file", times, 0));
    stat("file", &b);
    printf("%ld.%06ld %ld.%06ld\n", (long)b.st_atim.tv_sec, b.st_atim.tv_nsec / 1000,
           (long)b.st_mtim.tv_sec, b.st_mtim.tv_nsec / 1000);
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_sec = 42;
    times[1].tv_nsec = 0;
    printf("futimens %d\n", futimens(fd, times));
    fstat(fd, &b);
    printf("%ld %ld\n", (long)b.st_atim.tv_sec, (long)b.st_mtim.tv_sec);
    printf("null %d", stat("/dev/null", &b));
    printf(" %d %d:%d\n", S_ISCHR(b.st_mode), (int)major(b.st_rdev),
           (int)minor(b.st_rdev));
    printf("root %d", stat("/", &b));
    printf(" %d\n", S_ISDIR(b.st_mode));
    printf("statvfs %d", fstatvfs(fd, &vfs));
    printf(" %d %d %d\n", vfs.f_bsize >= 512, vfs.f_blocks >= vfs.f_bfree,
           vfs.f_namemax >= 255);
    close(fd);
    return unlink("file");
}
