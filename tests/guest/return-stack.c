/* returns that are not in the order of their calls, and recursion deeper than any stack
 * of predictions: long jumps over few and many frames, returns to a changed caller,
 * signals */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static jmp_buf out;
static volatile unsigned sum;

__attribute__((noinline)) static unsigned down(unsigned n)
{
    if (n == 0)
        return 1;
    unsigned below = down(n - 1);
    sum += below;
    return below * 3 + n;
}

__attribute__((noinline)) static unsigned leap(unsigned n, unsigned value)
{
    if (n == 0)
        longjmp(out, (int)value);
    unsigned below = leap(n - 1, value + 1);
    sum += below; /* never */
    return below + 1;
}

__attribute__((noinline)) static unsigned catch (unsigned depth)
{
    volatile unsigned n = depth;
    int value = setjmp(out);
    if (value == 0)
        n += leap(depth, 1);
    return (unsigned)value * 7 + n;
}

__attribute__((noinline)) static unsigned outer(unsigned depth)
{
    unsigned a = catch (depth) + down(5), b = catch (depth + 1);
    return a * 31 + b;
}

static unsigned (*volatile chosen[3])(unsigned) = {outer, down, catch};

__attribute__((noinline)) static unsigned mixed(unsigned n, unsigned depth)
{
    unsigned below = depth > 0 ? mixed(n * 5 + 1, depth - 1) : 1;
    return below * 33 + chosen[n % 3](n % 11);
}

static void handler(int signal)
{
    sum += down(7) + (signal == SIGUSR1);
}

int main(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGUSR1, &action, NULL);
    for (unsigned i = 0; i < 400; i++)
        sum = sum * 31 + outer(i % 23);
    printf("%08x\n", sum);
    for (unsigned depth = 1000; depth <= 64000; depth *= 4)
        sum = sum * 31 + down(depth);
    printf("%08x\n", sum);
    for (unsigned i = 0; i < 100; i++)
        sum = sum * 31 + mixed(i, i % 50);
    printf("%08x\n", sum);
    for (unsigned i = 0; i < 50; i++) {
        sum = sum * 31 + catch (3000 + i);
        raise(SIGUSR1);
        sum += down(300);
    }
    printf("%08x\n", sum);
    return 0;
}
