/* loops that only a signal ends: empty, with a load, with a call, nested */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

static volatile sig_atomic_t rung;
static volatile int zero;

static void ring(int signal)
{
    (void)signal;
    rung++;
}

static void in_ms(int ms)
{
    struct itimerval timer = {{0, 0}, {0, ms * 1000}};
    rung = 0;
    setitimer(ITIMER_REAL, &timer, NULL);
}

__attribute__((noinline)) static int one(int n)
{
    return n + !zero;
}

static unsigned (*volatile pointer)(unsigned);

__attribute__((noinline)) static unsigned step(unsigned n)
{
    return n * 5 + 1;
}

int main(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ring;
    sigaction(SIGALRM, &action, NULL);
    pointer = step;

    in_ms(5);
    while (!rung)
        ;
    puts("empty");
    in_ms(5);
    unsigned n = 0;
    while (!rung)
        n += (unsigned)zero + 1;
    puts("load");
    in_ms(5);
    for (int i = 0; !rung; i = one(i))
        ;
    puts("call");
    in_ms(5);
    while (!rung)
        n = pointer(n);
    puts("pointer");
    in_ms(5);
    while (!rung)
        for (int i = 0; i < 1000 && !rung; i++)
            for (int k = 0; k < i; k++)
                n += (unsigned)k ^ n;
    puts("nested");
    return n == 12345 ? 3 : 0;
}
