/* exit codes and handlers: atexit runs in reverse, buffers are flushed, status is kept */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void first(void)
{
    printf("first registered, last run\n");
}

static void second(void)
{
    printf("second registered\n");
}

__attribute__((constructor)) static void before(void)
{
    printf("constructor\n");
}

__attribute__((destructor)) static void after(void)
{
    printf("destructor\n");
}

int main(void)
{
    atexit(first);
    atexit(second);
    printf("main, no newline at the end");
    putchar('\n');
    if (getppid() == 0)
        _exit(1);
    exit(42 + 256);
}
