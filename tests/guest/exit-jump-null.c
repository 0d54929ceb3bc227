/* a call of address 0 ends the program by SIGSEGV: a fault of an instruction fetch */
#include <stdio.h>

static void (*volatile nowhere)(void);

int main(void)
{
    printf("before\n");
    fflush(stdout);
    nowhere();
    printf("not reached\n");
    return 0;
}
