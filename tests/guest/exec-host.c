/* execve of a program of the host: a shell started by the guest, popen, system */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char line[80];
    printf("system %d\n", WEXITSTATUS(system("exit 7")));
    FILE *pipe = popen("echo from the shell; echo \"$GUEST_TEST\"", "r");
    while (fgets(line, sizeof line, pipe))
        printf("> %s", line);
    printf("pclose %d\n", pclose(pipe));
    fflush(stdout);
    pipe = popen("sed s/a/b/g", "w");
    fputs("a cat and a bat\n", pipe);
    printf("pclose %d\n", pclose(pipe));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execlp("sh", "sh", "-c", "echo $# $1; exit $1", "name", "5", (char *)NULL);
        _exit(127);
    }
    int status;
    waitpid(child, &status, 0);
    printf("exit %d\n", WEXITSTATUS(status));
    return 0;
}
