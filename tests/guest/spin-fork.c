/* parent and child wait for each other on words of shared memory */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void wait_for(volatile int *word, int value)
{
    for (int spins = 1; *word != value; spins++)
        if (spins % 200 == 0)
            sched_yield();
}

int main(void)
{
    volatile int *words =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (words == MAP_FAILED)
        return 1;
    pid_t child = fork();
    if (child < 0)
        return 2;
    int mine = child == 0, sum = 0;
    for (int i = 1; i <= 300; i++) {
        if (mine)
            wait_for(&words[0], i);
        sum += words[1 - mine] ^ i;
        words[mine * 16] = i;
        if (!mine)
            wait_for(&words[16], i);
    }
    if (child == 0)
        _exit(words[0] == 300 ? 7 : 8);
    int status;
    waitpid(child, &status, 0);
    printf("%d %d %d\n", WEXITSTATUS(status), words[0], words[16]);
    return sum == -1;
}
