/* handlers: raise, kill, SA_SIGINFO, SA_RESETHAND, SA_NODEFER, state is restored */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile sig_atomic_t count, last, depth, deepest;
static volatile int sender, code;

static void simple(int signal)
{
    count++;
    last = signal;
}

static void detailed(int signal, siginfo_t *info, void *context)
{
    last = signal + info->si_signo * 100;
    sender = info->si_pid == getpid();
    code = info->si_code;
    count += context != NULL;
}

static void nested(int signal)
{
    if (++depth > deepest)
        deepest = depth;
    if (depth < 4)
        raise(signal);
    depth--;
}

static void spoil(int signal)
{
    volatile double x = 1.0 / 3;
    volatile long y = 5;
    for (int i = 0; i < 10; i++)
        x = x * y / 7 + i;
    errno = signal;
    count += x > 0;
}

static double keep(double a, double b, long c, long d)
{
    double e = a * b, f = a - b;
    long g = c * d, h = c ^ d;
    raise(SIGUSR2);
    return e / f + (double)(g - h) + a + (double)c;
}

int main(void)
{
    struct sigaction action = {.sa_handler = simple}, old;
    printf("sigaction %d\n", sigaction(SIGUSR1, &action, NULL));
    printf("raise %d", raise(SIGUSR1));
    printf(" count %d last %d\n", (int)count, last == SIGUSR1);
    printf("kill %d", kill(getpid(), SIGUSR1));
    printf(" count %d\n", (int)count);
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = detailed;
    sigaction(SIGUSR1, &action, &old);
    printf("old %d\n", old.sa_handler == simple);
    kill(getpid(), SIGUSR1);
    printf("info %d %d %d\n", last == SIGUSR1 * 101, sender, code == SI_USER);
    action = (struct sigaction){.sa_handler = simple, .sa_flags = SA_RESETHAND};
    sigaction(SIGURG, &action, NULL);
    raise(SIGURG);
    raise(SIGURG); /* ignored by default */
    printf("once %d\n", (int)count);
    action = (struct sigaction){.sa_handler = nested, .sa_flags = SA_NODEFER};
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    printf("deepest %d\n", (int)deepest);
    action.sa_handler = nested;
    action.sa_flags = 0;
    deepest = 0;
    sigaction(SIGUSR1, &action, NULL);
    depth = 3;
    raise(SIGUSR1);
    printf("deferred %d\n", (int)deepest);
    signal(SIGUSR2, spoil);
    printf("kept %.6f\n", keep(2.5, 0.75, 1000, 77));
    printf("bad signal %d", raise(200));
    printf(" kill %d\n", kill(getpid(), 0));
    printf("SIGKILL %d", sigaction(SIGKILL, &action, NULL));
    printf(" %d\n", errno == EINVAL);
    return 0;
}
