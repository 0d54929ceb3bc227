/* division by zero raises SIGFPE, where compilers test for it with a trap of code 7 */
// oracle: native
// guests: mips mipsel
// Linux answers the code with SIGFPE (arch/mips/kernel/traps.c); qemu-user 7.2 with
// SIGTRAP.
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile int zero;

static void handler(int signo, siginfo_t *info, void *context)
{
    (void)context;
    printf("SIGFPE %d, divide %d, signals %d\n", signo == SIGFPE,
           info->si_code == FPE_INTDIV, info->si_signo == signo);
    fflush(stdout);
    signal(SIGFPE, SIG_DFL); /* it comes again, for good */
}

int main(void)
{
    struct sigaction a = {.sa_flags = SA_SIGINFO};

    a.sa_sigaction = handler;
    sigaction(SIGFPE, &a, NULL);
    printf("before\n");
    fflush(stdout);
    printf("%d\n", 7 / zero);
    return 3;
}
