/* short: the least program: what a start costs */
// scale: 1 1
#include <stdio.h>

int main(void)
{
    printf("hello\n");
    return 0;
}
