/* held: signals of faults that someone sends wait while they are blocked; frames that fit
 * nowhere */
#define _GNU_SOURCE
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
static volatile sig_atomic_t seen[65];
static char order[64];
static sigjmp_buf back;

static void handler(int signo, siginfo_t *info, void *context)
{
    (void)context;
    seen[signo]++;
    strcat(order, signo == SIGSEGV ? "S" : signo == SIGFPE ? "F" : "o");
    if (info->si_pid != getpid() && info->si_pid != getppid())
        strcat(order, "?");
}

static void jump(int signo, siginfo_t *info, void *context)
{
    (void)context;
    printf("fault %d address %d\n", signo == SIGSEGV, info->si_addr != NULL);
    siglongjmp(back, 1);
}

static void show(const char *what)
{
    sigset_t pending;

    sigpending(&pending);
    printf("%s:", what);
    for (int i = 0; i < 4; i++)
        printf(" %d/%d", seen[faults[i]], sigismember(&pending, faults[i]));
    printf(" %s\n", order);
    order[0] = 0;
}

static void in_child(void (*what)(void))
{
    int status;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        what();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status))
        printf("died of %s\n", strsignal(WTERMSIG(status)));
    else
        printf("exit %d\n", WEXITSTATUS(status));
}

static void blocked_default(void)
{
    sigset_t set;

    signal(SIGSEGV, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGSEGV);
    printf("still here\n");
    fflush(stdout);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    printf("not here\n");
}

static void ignored(void)
{
    signal(SIGBUS, SIG_IGN);
    raise(SIGBUS);
    kill(getpid(), SIGBUS);
    printf("ignored\n");
    fflush(stdout);
}

/* A frame that can't be written is a fault; its handler runs on the other stack. */
static void no_stack(void)
{
    struct sigaction a = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    stack_t alt = {.ss_size = 65536};

    alt.ss_sp = mmap(NULL, alt.ss_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaltstack(&alt, NULL);
    a.sa_sigaction = handler;
    sigaction(SIGUSR1, &a, NULL);
    a.sa_flags = SA_SIGINFO;
    a.sa_sigaction = jump;
    sigaction(SIGSEGV, &a, NULL);
    if (!sigsetjmp(back, 1))
        kill(getpid(), SIGUSR1);
    printf("USR1 %d\n", seen[SIGUSR1]);
    fflush(stdout);
    a.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &a, NULL);
    close(2); /* the emulator tells of the fault there */
    kill(getpid(), SIGUSR1);
    printf("not here\n");
}

static char *self;

static void execute(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    sigaddset(&set, SIGILL);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_SETMASK, &set, NULL);
    raise(SIGSEGV);
    raise(SIGUSR2);
    execl("/nowhere/at/all", "x", (char *)NULL);
    show("no such program");
    fflush(stdout);
    execl(self, self, "again", (char *)NULL);
}

/* Mask and pending signals are the new program's. */
static void again(void)
{
    sigset_t set;

    show("after execve");
    sigprocmask(SIG_SETMASK, NULL, &set);
    printf("blocked %d %d %d %d\n", sigismember(&set, SIGSEGV), sigismember(&set, SIGILL),
           sigismember(&set, SIGFPE), sigismember(&set, SIGUSR2));
    sigpending(&set);
    printf("pending %d\n", sigismember(&set, SIGUSR2));
}

int main(int argc, char **argv)
{
    struct sigaction a = {.sa_flags = SA_SIGINFO};
    sigset_t all, old, open;
    siginfo_t info;

    self = argv[0];
    if (argc > 1) {
        again();
        return 0;
    }
    a.sa_sigaction = handler;
    for (int i = 0; i < 4; i++)
        sigaction(faults[i], &a, NULL);
    sigaction(SIGUSR1, &a, NULL);
    sigfillset(&all);
    sigdelset(&all, SIGTERM); /* who waits in vain is ended */
    sigprocmask(SIG_BLOCK, &all, &old);
    raise(SIGSEGV);
    raise(SIGSEGV);
    raise(SIGFPE);
    kill(getpid(), SIGUSR1);
    show("blocked");
    sigprocmask(SIG_SETMASK, &old, NULL);
    show("let in");

    sigprocmask(SIG_BLOCK, &all, NULL);
    raise(SIGILL);
    open = all;
    sigdelset(&open, SIGILL);
    sigsuspend(&open);
    show("suspended");
    raise(SIGBUS);
    open = all;
    sigdelset(&open, SIGBUS);
    printf("ppoll %d\n", ppoll(NULL, 0, NULL, &open));
    show("polled");
    raise(SIGFPE);
    printf("waited %d\n", sigwaitinfo(&all, &info) == SIGFPE && info.si_pid == getpid());
    show("waited");

    /* From outside, while it waits for that alone. */
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        usleep(50000);
        kill(getppid(), SIGUSR1);
        kill(getppid(), SIGSEGV);
        _exit(0);
    }
    open = all;
    sigdelset(&open, SIGSEGV);
    sigsuspend(&open);
    show("from outside");
    waitpid(child, NULL, 0);
    sigprocmask(SIG_SETMASK, &old, NULL);
    show("all");

    in_child(blocked_default);
    in_child(ignored);
    in_child(no_stack);
    in_child(execute);
    return 0;
}
