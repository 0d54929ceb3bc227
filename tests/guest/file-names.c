/* rename, link, symlink, readlink, access, chmod, umask, lstat, the at-functions */
#define _FILE_OFFSET_BITS 64
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void result(const char *what, int value)
{
    printf("%s: %s\n", what, value < 0 ? strerror(errno) : "ok");
}

static void describe(const char *name)
{
    struct stat st;
    if (lstat(name, &st) < 0) {
        printf("%s: %s\n", name, strerror(errno));
        return;
    }
    printf("%s: %s mode %03o links %d size %ld\n", name,
           S_ISDIR(st.st_mode)   ? "directory"
           : S_ISLNK(st.st_mode) ? "link"
           : S_ISREG(st.st_mode) ? "file"
                                 : "other",
           (unsigned)st.st_mode & 0777, S_ISDIR(st.st_mode) ? 0 : (int)st.st_nlink,
           S_ISDIR(st.st_mode) ? 0 : (long)st.st_size);
}

int main(void)
{
    char buffer[64];
    umask(027);
    int fd = open("one", O_WRONLY | O_CREAT, 0666);
    result("write", (int)write(fd, "hello\n", 6));
    close(fd);
    describe("one");
    result("chmod", chmod("one", 0751));
    describe("one");
    result("link", link("one", "two"));
    describe("two");
    result("symlink", symlink("one", "three"));
    describe("three");
    int length = (int)readlink("three", buffer, sizeof buffer);
    printf("readlink %d %.*s\n", length, length, buffer);
    result("not a link", (int)readlink("one", buffer, sizeof buffer));
    result("rename", rename("one", "four"));
    describe("one");
    describe("four");
    result("dangling", open("three", O_RDONLY));
    result("no follow", open("three", O_RDONLY | O_NOFOLLOW));
    result("access", access("four", R_OK | W_OK));
    result("access", access("one", F_OK));
    result("mkdir", mkdir("sub", 0755));
    describe("sub");
    int dir = open("sub", O_RDONLY | O_DIRECTORY);
    fd = openat(dir, "inner", O_WRONLY | O_CREAT, 0600);
    result("openat", fd);
    close(fd);
    describe("sub/inner");
    result("renameat", renameat(dir, "inner", AT_FDCWD, "outer"));
    result("faccessat", faccessat(AT_FDCWD, "outer", R_OK, 0));
    result("fchmodat", fchmodat(AT_FDCWD, "outer", 0644, 0));
    describe("outer");
    result("linkat", linkat(AT_FDCWD, "outer", dir, "again", 0));
    result("unlinkat", unlinkat(dir, "again", 0));
    result("not a directory", open("four", O_RDONLY | O_DIRECTORY));
    result("a directory", open("sub", O_WRONLY));
    result("rename over a directory", rename("four", "sub"));
    result("unlinkat", unlinkat(AT_FDCWD, "sub", AT_REMOVEDIR));
    close(dir);
    char name[300];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    result("too long", open(name, O_RDONLY));
    result("unlink", unlink("two") | unlink("three") | unlink("four") | unlink("outer"));
    return 0;
}
