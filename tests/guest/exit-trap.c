/* __builtin_trap ends the program by the signal of the guest's trap instruction */
// oracle: qemu
#include <stdio.h>

int main(void)
{
    printf("before\n");
    fflush(stdout);
    __builtin_trap();
}
