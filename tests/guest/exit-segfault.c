/* a store to an unmapped page ends the program by SIGSEGV (139 in a shell) */
#include <stdio.h>

static volatile int *volatile where = (volatile int *)sizeof(int);

int main(void)
{
    printf("before\n");
    fflush(stdout);
    *where = 1;
    printf("not reached\n");
    return 0;
}
