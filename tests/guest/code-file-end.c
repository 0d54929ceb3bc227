/* a jump into a mapping beyond its file's end: SIGBUS at that address, caught or not */
// oracle: native (qemu-user 7.2 gives no address)
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

static sigjmp_buf out;
static void *volatile where;
static volatile int number;

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)context;
    number = signal;
    where = info->si_addr;
    siglongjmp(out, 1);
}

int main(void)
{
    int fd = open("short", O_RDWR | O_CREAT | O_TRUNC, 0600), status = 0;
    void *p = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);

    if (fd < 0 || p == MAP_FAILED)
        return 1;
    pid_t child = fork();
    if (child == 0) {
        ((void (*)(void))p)();
        _exit(1);
    }
    waitpid(child, &status, 0);
    printf("not caught: %d\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);

    struct sigaction act = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &act, NULL);
    sigaction(SIGSEGV, &act, NULL);
    if (sigsetjmp(out, 1) == 0)
        ((void (*)(void))p)();
    printf("caught: %d %d\n", number == SIGBUS, where == p);
    return unlink("short");
}
