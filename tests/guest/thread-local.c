/* thread-local variables of the main thread: initial values, alignment */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static __thread int counter = 5;
static __thread char text[16] = "initial";
static __thread struct {
    double d;
    int n[3];
} record __attribute__((aligned(64))) = {2.5, {1, 2, 3}};
static __thread int zero[100];
__thread long exported = 123456;

__attribute__((noinline)) static int *address(void)
{
    return &counter;
}

int main(void)
{
    printf("%d %s %g %d %ld\n", counter, text, record.d, record.n[2], exported);
    printf("aligned %d\n", (uintptr_t)&record % 64 == 0);
    int sum = 0;
    for (int i = 0; i < 100; i++) {
        sum += zero[i];
        zero[i] = i;
        counter += i;
    }
    printf("%d %d\n", sum, counter);
    *address() = 7;
    printf("%d %d\n", counter, address() == &counter);
    for (int i = 0; i < 3; i++)
        record.n[i] *= 10;
    record.d /= 2;
    text[0] = 'I';
    exported++;
    printf("%s %g %d %d %d %ld %d\n", text, record.d, record.n[0], record.n[1],
           record.n[2], exported, zero[99]);
    errno = 77;
    free(malloc(10));
    printf("%d\n", errno);
    return 0;
}
