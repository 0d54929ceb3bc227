/* terminal: a pseudo-terminal's modes, characters, speed and size; the machine's numbers
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

static void show(int fd)
{
    struct termios t;

    memset(&t, 0, sizeof(t));
    printf("%d:", tcgetattr(fd, &t));
    printf(" echo %d canonical %d signals %d crnl %d post %d", !!(t.c_lflag & ECHO),
           !!(t.c_lflag & ICANON), !!(t.c_lflag & ISIG), !!(t.c_iflag & ICRNL),
           !!(t.c_oflag & OPOST));
    printf(" min %d intr %d eof %d", t.c_cc[VMIN], t.c_cc[VINTR], t.c_cc[VEOF]);
    printf(" 38400 %d 9600 %d cs8 %d\n", cfgetospeed(&t) == B38400,
           cfgetospeed(&t) == B9600, (t.c_cflag & CSIZE) == CS8);
}

int main(void)
{
    char *const argv[] = {"/bin/echo", "spawned", NULL};
    int fd = posix_openpt(O_RDWR), status = -1;
    struct winsize size = {3, 4, 5, 6};
    struct termios t;
    struct rlimit limit;
    struct sysinfo machine;
    struct statvfs fs;
    cpu_set_t cpus;
    pid_t pid;

    printf("pty %d %d %d\n", grantpt(fd), unlockpt(fd), ptsname(fd) != NULL);
    show(fd);
    tcgetattr(fd, &t);
    cfmakeraw(&t);
    cfsetospeed(&t, B9600);
    t.c_cc[VMIN] = 3;
    t.c_cc[VINTR] = 7;
    printf("set %d\n", tcsetattr(fd, TCSANOW, &t));
    show(fd);
    printf("size %d", ioctl(fd, TIOCSWINSZ, &size));
    memset(&size, 0, sizeof(size));
    printf(" %d", ioctl(fd, TIOCGWINSZ, &size));
    printf(" %d %d\n", size.ws_row, size.ws_col);

    fflush(stdout);
    printf("spawn %d\n", posix_spawn(&pid, argv[0], NULL, NULL, argv, environ));
    waitpid(pid, &status, 0);
    printf("status %d\n", WEXITSTATUS(status));
    printf("statvfs %d", statvfs("/", &fs));
    printf(" %d\n", fs.f_bsize >= 512 && fs.f_blocks > 0);
    printf("sysinfo %d", sysinfo(&machine));
    printf(" %d\n", machine.totalram > 0 && machine.procs > 0);
    printf("files %d", getrlimit(RLIMIT_NOFILE, &limit));
    printf(" %d\n", limit.rlim_cur >= 16);
    printf("space %d", getrlimit(RLIMIT_AS, &limit));
    printf(" infinite %d\n", limit.rlim_cur == RLIM_INFINITY);
    limit.rlim_cur = 1 << 30;
    printf("set %d", setrlimit(RLIMIT_AS, &limit));
    printf(" %d", getrlimit(RLIMIT_AS, &limit));
    printf(" %d\n", limit.rlim_cur == 1 << 30);
    printf("cpus %d", sched_getaffinity(0, sizeof(cpus), &cpus));
    printf(" %d\n", CPU_COUNT(&cpus) == sysconf(_SC_NPROCESSORS_ONLN));
    return 0;
}
