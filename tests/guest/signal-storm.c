/* a signal every 100 us while loops, calls and floating point are computed */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

static volatile sig_atomic_t rung;

static void ring(int signal)
{
    double x = 1.0 + signal; /* a handler that uses what the program uses */
    uint64_t n = 3;
    for (int i = 0; i < 5; i++) {
        x = x * 1.5 - 1;
        n = n * 1000003 + (uint64_t)x;
    }
    rung = rung + 1 + (n == 0);
}

static uint32_t fibonacci(uint32_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

int main(void)
{
    struct sigaction action;
    struct itimerval timer = {{0, 100}, {0, 100}};
    uint64_t hash = 1;
    double x = 0.5, sum = 0;
    memset(&action, 0, sizeof action);
    action.sa_handler = ring;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    for (int round = 0; round < 40 || rung < 30; round++) {
        uint32_t f = fibonacci(14);
        if (round >= 40)
            continue;
        for (int i = 0; i < 500; i++) {
            hash = (hash ^ (uint64_t)i) * 0x100000001b3;
            x = 3.75 * x * (1 - x);
            sum += x * (i & 1 ? 1 : -1);
        }
        hash += f;
    }
    memset(&timer, 0, sizeof timer);
    setitimer(ITIMER_REAL, &timer, NULL);
    printf("%016llx %.10f\n", (unsigned long long)hash, sum);
    return 0;
}
