/* pipe, pipe2, dup, dup2, fcntl: ends of file, EPIPE, non-blocking reads, redirection */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void result(const char *what, long value)
{
    printf("%s: %ld %s\n", what, value, value < 0 ? strerror(errno) : "ok");
    fflush(stdout);
}

int main(void)
{
    int ends[2], n = -1;
    char buffer[100] = "";
    result("pipe", pipe(ends));
    result("write", write(ends[1], "through the pipe", 16));
    result("ioctl", ioctl(ends[0], FIONREAD, &n));
    result("waiting", n);
    result("read", read(ends[0], buffer, 7));
    printf("%s\n", buffer);
    result("O_NONBLOCK", fcntl(ends[0], F_SETFL, O_NONBLOCK));
    result("flags", (fcntl(ends[0], F_GETFL) & (O_NONBLOCK | O_ACCMODE)) == O_NONBLOCK);
    result("access mode", (fcntl(ends[1], F_GETFL) & O_ACCMODE) == O_WRONLY);
    result("read", read(ends[0], buffer, 100));
    result("empty", read(ends[0], buffer, 100));
    result("wrong end", read(ends[1], buffer, 1));
    result("no seek", lseek(ends[0], 0, SEEK_CUR));
    close(ends[1]);
    result("end of file", read(ends[0], buffer, 100));
    close(ends[0]);

    result("pipe2", pipe2(ends, O_CLOEXEC));
    result("close on exec", fcntl(ends[0], F_GETFD));
    result("clear", fcntl(ends[0], F_SETFD, 0));
    result("cleared", fcntl(ends[0], F_GETFD));
    int high = fcntl(ends[1], F_DUPFD, 50);
    result("F_DUPFD", high);
    result("dup2", dup2(high, 60));
    result("dup2 same", dup2(60, 60));
    result("dup2 bad", dup2(49, 61));
    result("dup3", dup3(60, 61, O_CLOEXEC));
    result("close on exec", fcntl(61, F_GETFD));
    result("write", write(61, "copy", 4));
    result("read", read(ends[0], buffer, 100));
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    result("broken", write(ends[1], "x", 1));

    int saved = dup(1), file = open("out", O_RDWR | O_CREAT, 0600);
    dup2(file, 1);
    printf("into the file\n");
    fflush(stdout);
    dup2(saved, 1);
    n = (int)pread(file, buffer, 100, 0);
    printf("%d %.*s", n, n, buffer);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 5};
    result("lock", fcntl(file, F_SETLK, &lock));
    result("test", fcntl(file, F_GETLK, &lock));
    result("free", lock.l_type == F_UNLCK);
    result("not a terminal", isatty(file) ? 1 : -1);
    return unlink("out");
}
