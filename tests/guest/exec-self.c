/* execve of the program itself: arguments, environment, descriptors, signals */
// oracle: native (qemu-user needs binfmt_misc for it)
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int second(int argc, char **argv)
{
    struct sigaction action;
    for (int i = 1; i < argc; i++)
        printf("[%s]", argv[i]);
    printf("\nSTAGE %s, GUEST_TEST %s\n", getenv("STAGE"),
           getenv("GUEST_TEST") ? "kept" : "dropped");
    printf("inherited %d closed %d\n", fcntl(70, F_GETFD) >= 0, fcntl(71, F_GETFD) < 0);
    sigaction(SIGUSR1, NULL, &action);
    printf("handler reset %d", action.sa_handler == SIG_DFL);
    sigaction(SIGUSR2, NULL, &action);
    printf(" ignored kept %d\n", action.sa_handler == SIG_IGN);
    return 17;
}

static void handler(int signal)
{
    (void)signal;
}

int main(int argc, char **argv)
{
    char *environment[] = {"STAGE=two", NULL};
    char *arguments[] = {argv[0], "again", "with words", "", NULL};
    if (getenv("STAGE"))
        return second(argc, argv);
    dup2(1, 70);
    dup2(1, 71);
    fcntl(71, F_SETFD, FD_CLOEXEC);
    signal(SIGUSR1, handler);
    signal(SIGUSR2, SIG_IGN);
    printf("missing %d", execve("./no-such-program", arguments, environment));
    printf(" %d\n", errno == ENOENT);
    close(open("text", O_CREAT | O_WRONLY, 0600));
    printf("not executable %d", execve("./text", arguments, environment));
    printf(" %d\n", errno == EACCES);
    unlink("text");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execve("/proc/self/exe", arguments, environment);
        _exit(99);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("child exit %d\n", WEXITSTATUS(status));
    fflush(stdout);
    execve(argv[0], arguments, environment);
    printf("%s\n", strerror(errno));
    return 1;
}
