/* wakeup: no signal is lost between the test for it and the sleep; one that is missed
 * hangs this */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 2000 };

static volatile sig_atomic_t ticks;

static void tick(int signo)
{
    (void)signo;
    ticks++;
}

static void start(long usec)
{
    struct itimerval timer = {.it_value.tv_usec = usec};

    setitimer(ITIMER_REAL, &timer, NULL);
}

int main(void)
{
    struct sigaction a = {.sa_handler = tick};
    sigset_t block, open;
    int ends[2], status;
    pid_t child;

    sigaction(SIGALRM, &a, NULL);
    sigaction(SIGUSR1, &a, NULL);
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, &open);
    for (int i = 0; i < ROUNDS; i++) {
        start(1 + i % 97);
        sigsuspend(&open);
    }
    printf("suspended %d\n", ticks);

    ticks = 0;
    for (int i = 0; i < ROUNDS; i++) {
        start(1 + i % 89);
        ppoll(NULL, 0, NULL, &open);
    }
    printf("polled %d\n", ticks);

    ticks = 0;
    for (int i = 0; i < ROUNDS; i++) {
        start(1 + i % 83);
        pselect(0, NULL, NULL, NULL, NULL, &open);
    }
    printf("selected %d\n", ticks);

    /* Two processes wake each other. */
    ticks = 0;
    if (pipe(ends) < 0)
        return 1;
    fflush(stdout);
    child = fork();
    for (int i = 0; i < ROUNDS; i++) {
        if (child)
            kill(child, SIGUSR1);
        sigsuspend(&open);
        if (!child)
            kill(getppid(), SIGUSR1);
    }
    if (!child)
        _exit(ticks == ROUNDS ? 7 : 1);
    waitpid(child, &status, 0);
    printf("ping %d pong %d\n", ticks, WEXITSTATUS(status));

    /* A read that restarts, under a storm, loses no byte. */
    sigprocmask(SIG_SETMASK, &open, NULL);
    a.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &a, NULL);
    child = fork();
    if (!child) {
        for (int i = 0; i < 200; i++) {
            unsigned char c = (unsigned char)i;

            usleep(100);
            if (write(ends[1], &c, 1) != 1)
                _exit(1);
        }
        _exit(0);
    }
    struct itimerval storm = {{0, 150}, {0, 150}};
    int good = 0;

    setitimer(ITIMER_REAL, &storm, NULL);
    for (int i = 0; i < 200; i++) {
        unsigned char c = 0;

        good += read(ends[0], &c, 1) == 1 && c == i;
    }
    start(0);
    while (waitpid(child, &status, 0) < 0)
        ;
    printf("restarted reads %d\n", good);
    return 0;
}
