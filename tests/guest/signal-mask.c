/* sigprocmask, sigpending, sigsuspend, sigwait: blocked signals wait their turn */
// storm: no (sigsuspend ends at any signal that is caught)
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t order[10], length;

static void note(int signal)
{
    if (length < 10)
        order[length++] = signal == SIGUSR1 ? 1 : signal == SIGUSR2 ? 2 : 3;
}

static void show(const char *what)
{
    printf("%s:", what);
    for (int i = 0; i < length; i++)
        printf(" %d", (int)order[i]);
    putchar('\n');
    length = 0;
}

int main(void)
{
    sigset_t set, old, pending;
    signal(SIGUSR1, note);
    signal(SIGUSR2, note);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    printf("block %d\n", sigprocmask(SIG_BLOCK, &set, NULL));
    raise(SIGUSR2);
    raise(SIGUSR1);
    raise(SIGUSR1); /* not queued twice */
    show("blocked");
    sigpending(&pending);
    printf("pending %d %d %d\n", sigismember(&pending, SIGUSR1),
           sigismember(&pending, SIGUSR2), sigismember(&pending, SIGHUP));
    sigdelset(&set, SIGUSR2);
    sigprocmask(SIG_SETMASK, &set, &old);
    show("SIGUSR2 unblocked");
    printf("old %d %d\n", sigismember(&old, SIGUSR1), sigismember(&old, SIGUSR2));
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    show("all unblocked");

    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR1);
    sigemptyset(&pending);
    printf("suspend %d", sigsuspend(&pending));
    printf(" %d\n", errno == EINTR);
    show("suspended");
    int got = 0;
    kill(getpid(), SIGUSR1);
    printf("sigwait %d", sigwait(&set, &got));
    printf(" %d\n", got == SIGUSR1);
    show("not delivered");
    struct timespec wait = {0, 5000000};
    printf("sigtimedwait %d", sigtimedwait(&set, NULL, &wait));
    printf(" %d\n", errno == EAGAIN);
    sigprocmask(SIG_BLOCK, NULL, &old);
    printf("now %d %d\n", sigismember(&old, SIGUSR1), sigismember(&old, SIGUSR2));
    return 0;
}
