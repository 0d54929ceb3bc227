/*
 * resident.c - how much memory a command has at most: prints kilobytes. A process begins
 * with the peak of the one that it was forked from, so that one has to be small.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct rusage usage;
    int status, nowhere = open("/dev/null", O_RDWR);
    pid_t child = argc < 2 ? -1 : fork();
    if (child == 0) {
        dup2(nowhere, STDOUT_FILENO);
        execv(argv[1], argv + 1);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) < 0 || status != 0)
        return 1;
    printf("%ld\n", usage.ru_maxrss);
    return 0;
}
