/* abort ends the program by SIGABRT (134 in a shell); unflushed output is lost */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    printf("flushed\n");
    fflush(stdout);
    printf("lost");
    abort();
}
