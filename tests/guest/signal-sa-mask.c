/* sa_mask: signals in it wait until the handler returns, then the old mask is back */
// oracle: native (qemu-user 7.2 reads the mask wrongly on riscv64)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile sig_atomic_t order[10], length;

static void note(int signal)
{
    order[length++] = signal == SIGUSR1 ? 1 : signal == SIGUSR2 ? 2 : 3;
}

static void outer(int signal)
{
    sigset_t now;
    note(signal);
    raise(SIGUSR2); /* in sa_mask */
    raise(SIGHUP);  /* not in it */
    raise(signal);  /* blocked by itself, once more afterwards */
    sigprocmask(SIG_BLOCK, NULL, &now);
    order[length++] = 100 + sigismember(&now, SIGUSR2) * 10 + sigismember(&now, SIGHUP);
    struct sigaction next = {.sa_handler = note};
    sigaction(signal, &next, NULL);
}

int main(void)
{
    sigset_t now;
    struct sigaction action = {.sa_handler = outer};
    sigaddset(&action.sa_mask, SIGUSR2);
    sigaction(SIGUSR1, &action, NULL);
    signal(SIGUSR2, note);
    signal(SIGHUP, note);
    raise(SIGUSR1);
    for (int i = 0; i < length; i++)
        printf("%d ", (int)order[i]);
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("\n%d %d\n", sigismember(&now, SIGUSR1), sigismember(&now, SIGUSR2));
    sigaction(SIGUSR1, NULL, &action);
    printf("%d %d\n", action.sa_handler == note, sigismember(&action.sa_mask, SIGUSR2));
    return 0;
}
