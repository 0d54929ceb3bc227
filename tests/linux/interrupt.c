/* interrupt: calls that need not wait never end with EINTR, however many signals come; a
 * call that waits for one signal is not ended by another */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 12000, PERIOD = 70 };

static volatile sig_atomic_t ticks, woken;

static void tick(int signo)
{
    (void)signo;
    ticks++;
}

static void wake(int signo)
{
    (void)signo;
    woken++;
}

static void storm(long usec)
{
    struct itimerval timer = {{0, usec}, {0, usec}};

    setitimer(ITIMER_REAL, &timer, NULL);
}

/* Counts what went wrong; WHAT is told once. */
static int failures;

static void expect(const char *what, long result, long wanted)
{
    if (result == wanted || failures++)
        return;
    printf("%s: %ld, %s\n", what, result, result < 0 ? strerror(errno) : "no error");
}

static void files(const char *name)
{
    char bytes[64] = "0123456789";
    struct iovec v = {bytes, 10};
    int fd;

    for (int i = 0; i < ROUNDS; i++) {
        fd = open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0666);
        expect("open /dev/null", fd >= 0, 1);
        close(fd);
        fd = open(name, O_RDWR);
        expect("open", fd >= 0, 1);
        expect("write", write(fd, bytes, 10), 10);
        expect("pread", pread(fd, bytes, 10, 0), 10);
        expect("writev", writev(fd, &v, 1), 10);
        expect("ftruncate", ftruncate(fd, 5), 0);
        expect("close", close(fd), 0);
    }
}

static void ready(int in, int out)
{
    struct epoll_event event = {.events = EPOLLIN}, got;
    struct pollfd p = {in, POLLIN, 0};
    sigset_t none;
    int poller = epoll_create1(0);
    char c = 'x';

    sigemptyset(&none);
    expect("write to a pipe", write(out, &c, 1), 1);
    expect("epoll_ctl", epoll_ctl(poller, EPOLL_CTL_ADD, in, &event), 0);
    for (int i = 0; i < ROUNDS; i++) {
        fd_set set;

        FD_ZERO(&set);
        FD_SET(in, &set);
        expect("poll", poll(&p, 1, -1), 1);
        expect("ppoll", ppoll(&p, 1, NULL, &none), 1);
        expect("select", select(in + 1, &set, NULL, NULL, NULL), 1);
        expect("pselect", pselect(in + 1, &set, NULL, NULL, NULL, &none), 1);
        expect("epoll_pwait", epoll_pwait(poller, &got, 1, -1, &none), 1);
        expect("read", read(in, &c, 1), 1);
        expect("write", write(out, &c, 1), 1);
    }
    close(poller);
}

/* The storm stays outside; each wait ends by the timer of the other clock. */
static void suspended(void)
{
    struct itimerval once = {{0, 0}, {0, 300}};
    sigset_t wait, block, old;

    sigemptyset(&block);
    sigaddset(&block, SIGPROF);
    sigprocmask(SIG_BLOCK, &block, &old);
    sigemptyset(&wait);
    sigaddset(&wait, SIGALRM);
    for (int i = 0; i < 40; i++) {
        int before = woken;

        /* The clock of used time stands still in a wait: it runs out before. */
        setitimer(ITIMER_PROF, &once, NULL);
        for (sigset_t pending;
             sigpending(&pending) == 0 && !sigismember(&pending, SIGPROF);)
            ;
        sigsuspend(&wait);
        expect("sigsuspend", woken, before + 1);
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
}

/* What is left over of interrupted sleeps adds up. */
static void slept(void)
{
    struct timespec start, end, rest = {0, 100 * 1000000};
    int interrupted = 0;
    long used;

    clock_gettime(CLOCK_MONOTONIC, &start);
    while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
        interrupted++;
    clock_gettime(CLOCK_MONOTONIC, &end);
    used = (end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000;
    expect("slept long enough", used >= 100000, 1);
    expect("slept in pieces", interrupted > 0, 1);
}

int main(void)
{
    struct sigaction a = {.sa_handler = tick};
    char name[] = "/tmp/interrupt-XXXXXX";
    int ends[2], fd = mkstemp(name);

    if (fd < 0 || pipe(ends) < 0)
        return 1;
    close(fd);
    sigaction(SIGALRM, &a, NULL);
    a.sa_handler = wake;
    sigaction(SIGPROF, &a, NULL);
    storm(PERIOD);
    files(name);
    ready(ends[0], ends[1]);
    suspended();
    storm(2000);
    slept();
    storm(0);
    unlink(name);
    printf("%d failures, %s\n", failures, ticks > 100 ? "a storm" : "no storm");
    return failures != 0;
}
