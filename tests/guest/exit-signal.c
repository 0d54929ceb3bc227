/* an unhandled SIGTERM sent by the program to itself ends it (143 in a shell) */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    printf("before\n");
    fflush(stdout);
    kill(getpid(), SIGTERM);
    printf("not reached\n");
    return 0;
}
