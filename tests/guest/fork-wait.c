/* fork, wait, waitpid: exit codes, signals, shared descriptors, separate memory */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void describe(const char *what, int status)
{
    if (WIFEXITED(status))
        printf("%s: exit %d\n", what, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        printf("%s: signal %d\n", what, WTERMSIG(status));
    else
        printf("%s: %x\n", what, (unsigned)status);
    fflush(stdout);
}

int main(void)
{
    int status, ends[2], shared = 5;
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    for (int code = 0; code < 300; code += 85) {
        pid_t child = fork();
        if (child == 0)
            _exit(code);
        printf("same %d\n", waitpid(child, &status, 0) == child);
        describe("child", status);
    }
    pid_t child = fork();
    if (child == 0) {
        raise(SIGKILL);
        _exit(1);
    }
    wait(&status);
    describe("killed", status);
    child = fork();
    if (child == 0)
        abort();
    wait(&status);
    describe("aborted", status);

    if (pipe(ends) != 0)
        return 1;
    child = fork();
    if (child == 0) {
        shared = 6;
        char c;
        close(ends[1]);
        _exit(read(ends[0], &c, 1) == 1 ? c + shared
                                        : 1); /* blocks until the parent writes */
    }
    printf("not yet %d\n", waitpid(child, &status, WNOHANG));
    if (write(ends[1], "A", 1) != 1)
        return 1;
    waitpid(child, &status, 0);
    describe("answer", status);
    printf("separate %d parent %d\n", shared, getppid() != getpid());
    printf("no child %d", wait(&status));
    printf(" %d\n", errno == ECHILD);

    pid_t children[8];
    int sum = 0;
    for (int i = 0; i < 8; i++)
        if ((children[i] = fork()) == 0)
            _exit(1 << i);
    for (int i = 7; i >= 0; i--) {
        waitpid(children[i], &status, 0);
        sum += WEXITSTATUS(status);
    }
    printf("sum %d\n", sum);
    fflush(stdout);
    child = vfork();
    if (child == 0)
        _exit(33);
    siginfo_t info = {0};
    printf("waitid %d", waitid(P_PID, (id_t)child, &info, WEXITED));
    printf(" %d %d\n", info.si_status, info.si_code == CLD_EXITED);
    return 0;
}
