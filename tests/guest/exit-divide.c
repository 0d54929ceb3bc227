/* division by zero traps, or has the result that the guest's processor defines */
// oracle: qemu
// guests: riscv64 riscv32 arm
#include <stdio.h>

static volatile int zero, minimum = -2147483647 - 1, minus = -1;

int main(void)
{
    printf("before\n");
    fflush(stdout);
    printf("%d\n", 7 / zero);
    printf("%d %d\n", 7 % zero, minimum / minus);
    return 3;
}
