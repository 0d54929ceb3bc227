/*
 * sender.c - runs a command and sends it SIGURG every 50 to 500 us until it ends.
 *
 *     sender SEED COUNTFILE COMMAND [ARGUMENT...]
 *
 * Ends as the command does: with its status, or by its signal. COUNTFILE gets a line with
 * the number of signals sent.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LEAST = 50000, MOST = 500000 }; /* nanoseconds */

static uint64_t state;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1dull;
}

static pid_t start(char **command)
{
    pid_t parent = getpid(), child = fork();
    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent)
        execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

/* end_as - end by the status that the command ended with. */
static void end_as(int status)
{
    struct rlimit none = {0, 0};
    if (WIFEXITED(status))
        exit(WEXITSTATUS(status));
    setrlimit(RLIMIT_CORE, &none);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    exit(128 + WTERMSIG(status));
}

int main(int argc, char **argv)
{
    int status;
    unsigned long sent = 0;
    if (argc < 4)
        return 99;
    state = strtoull(argv[1], NULL, 0) * 2 + 1;
    prctl(PR_SET_TIMERSLACK, 1000);
    pid_t child = start(argv + 3);
    while (waitpid(child, &status, WNOHANG) == 0) {
        struct timespec pause = {0, (long)(LEAST + next_random() % (MOST - LEAST))};
        nanosleep(&pause, NULL);
        sent += kill(child, SIGURG) == 0;
    }
    FILE *to = fopen(argv[2], "w");
    if (to != NULL) {
        fprintf(to, "%lu\n", sent);
        fclose(to);
    }
    end_as(status);
}
