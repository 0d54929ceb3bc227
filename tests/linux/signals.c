/* signals: queued real-time ones with values, pending, waited for; siginfo of kill and
 * raise */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static void handler(int signo, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;

    printf("%s code %d own %d value %d masked %d\n",
           signo >= SIGRTMIN ? "real-time" : strsignal(signo), info->si_code,
           info->si_pid == getpid(),
           info->si_code == SI_QUEUE ? info->si_value.sival_int : -1,
           sigismember(&uc->uc_sigmask, SIGUSR2));
}

static void child_handler(int signo, siginfo_t *info, void *context)
{
    (void)signo, (void)context;
    printf("child: code %d status %d\n", info->si_code == CLD_EXITED, info->si_status);
}

int main(void)
{
    struct sigaction a = {.sa_flags = SA_SIGINFO};
    sigset_t set, pending;
    union sigval value;
    siginfo_t info;
    pid_t pid;
    int n;

    a.sa_sigaction = handler;
    sigaction(SIGRTMIN + 3, &a, NULL);
    sigaction(SIGUSR1, &a, NULL);
    sigaction(SIGFPE, &a, NULL);
    sigaction(SIGSEGV, &a, NULL);
    value.sival_int = 12345;
    sigqueue(getpid(), SIGRTMIN + 3, value);
    value.sival_int = -7;
    sigqueue(getpid(), SIGUSR1, value);
    raise(SIGFPE);
    raise(SIGSEGV);
    kill(getpid(), SIGUSR1);

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 3);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 3; i++) {
        value.sival_int = i;
        sigqueue(getpid(), SIGRTMIN + 3, value);
    }
    sigpending(&pending);
    printf("pending %d %d\n", sigismember(&pending, SIGRTMIN + 3),
           sigismember(&pending, SIGUSR2));
    n = sigwaitinfo(&set, &info);
    printf("waited for %d, value %d\n", n - SIGRTMIN, info.si_value.sival_int);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    puts("unblocked");

    a.sa_sigaction = child_handler;
    sigaction(SIGCHLD, &a, NULL);
    pid = fork();
    if (pid == 0)
        _exit(42);
    while (waitpid(pid, &n, 0) < 0)
        ;
    printf("waited %d\n", WEXITSTATUS(n));
    return 0;
}
