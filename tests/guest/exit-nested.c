/* exit from a deep call: handlers run in reverse, the code is kept */
// bare: yes
#include <stdio.h>
#include <stdlib.h>

static void last(void)
{
    puts("last");
}

static void first(void)
{
    puts("first");
}

__attribute__((noinline)) static int dive(int depth)
{
    if (depth == 0)
        exit(93);
    return dive(depth - 1) + depth;
}

int main(void)
{
    atexit(last);
    atexit(first);
    puts("main");
    printf("not reached %d\n", dive(20));
    return 1;
}
