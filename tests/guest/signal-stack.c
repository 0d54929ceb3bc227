/* sigaltstack: handlers run on the alternate stack, a stack overflow can be survived */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define SIZE (64 << 10)

static char *stack;
static sigjmp_buf top;
static volatile sig_atomic_t inside, on_stack;

static void handler(int signal)
{
    char local;
    stack_t now;
    inside = &local >= stack && &local < stack + SIZE;
    sigaltstack(NULL, &now);
    on_stack = (now.ss_flags & SS_ONSTACK) != 0;
    if (signal == SIGSEGV)
        siglongjmp(top, 1);
}

__attribute__((noinline)) static int overflow(volatile int *outer, int depth)
{
    volatile int space[256];
    space[depth & 255] = depth + (outer ? outer[0] : 0);
    return overflow(space, depth + 1) + space[3];
}

int main(void)
{
    struct rlimit limit = {1 << 20, 1 << 20};
    setrlimit(RLIMIT_STACK, &limit);
    stack = malloc(SIZE);
    stack_t alternate = {.ss_sp = stack, .ss_size = SIZE}, old;
    printf("sigaltstack %d", sigaltstack(&alternate, &old));
    printf(" %d\n", old.ss_flags == SS_DISABLE);
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    raise(SIGUSR1);
    printf("inside %d on stack %d\n", (int)inside, (int)on_stack);
    action.sa_flags = 0;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    printf("inside %d on stack %d\n", (int)inside, (int)on_stack);
    for (volatile int i = 0; i < 3; i++)
        if (sigsetjmp(top, 1) == 0)
            printf("%d\n", overflow(NULL, 0));
        else
            printf("overflow survived, inside %d\n", (int)inside);
    return 0;
}
