/* timers and interrupted calls: alarm, setitimer, EINTR, SA_RESTART */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ticks;
static int ends[2];

static void tick(int signal)
{
    (void)signal;
    ticks++;
}

static void tick_and_write(int signal)
{
    (void)signal;
    if (++ticks >= 3 && write(ends[1], "x", 1) != 1)
        _exit(1);
}

static void start(long first, long then)
{
    struct itimerval timer = {{0, then}, {0, first}};
    if (setitimer(ITIMER_REAL, &timer, NULL) != 0)
        _exit(2);
}

static void handle(void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaction(SIGALRM, &action, NULL);
    ticks = 0;
}

int main(void)
{
    char c;
    if (pipe(ends) != 0)
        return 1;
    handle(tick, 0);
    start(5000, 0);
    while (!ticks) /* no system call in here */
        ;
    printf("busy loop broken\n");
    start(5000, 5000); /* repeats: the first may come before the call */
    printf("pause %d", pause());
    printf(" %d\n", errno == EINTR);
    start(0, 0);
    start(5000, 3000);
    long n = read(ends[0], &c, 1);
    printf("read %ld %d\n", n, errno == EINTR);
    start(0, 0);
    handle(tick_and_write, SA_RESTART);
    start(3000, 3000);
    n = read(ends[0], &c, 1);
    start(0, 0);
    printf("restarted %ld %d\n", n, ticks >= 3);
    handle(tick, 0);
    start(3000, 3000);
    struct timespec nap = {5, 0}, left = {0, 0};
    n = nanosleep(&nap, &left);
    int interrupted = errno == EINTR;
    start(0, 0);
    printf("nanosleep %ld %d %d\n", n, interrupted, left.tv_sec == 4);
    printf("alarm %u", alarm(100));
    printf(" %u\n", alarm(0));
    struct itimerval timer;
    printf("getitimer %d", getitimer(ITIMER_REAL, &timer));
    printf(" %d\n", timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0);
    return 0;
}
