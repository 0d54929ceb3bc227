/* setjmp and longjmp: values, nested frames, loops by long jumps, saved registers */
// bare: yes
#include <setjmp.h>
#include <stdio.h>

static jmp_buf outer, inner;

__attribute__((noinline)) static void dive(int depth, int value)
{
    volatile int local[16];
    for (int i = 0; i < 16; i++)
        local[i] = depth * 100 + i;
    if (depth == 0)
        longjmp(value % 2 ? outer : inner, value);
    dive(depth - 1, value);
    printf("not reached %d\n", local[3]);
}

/* A function full of values that want callee-saved registers, float ones too. */
__attribute__((noinline)) static double busy(int n, double x)
{
    int a = n + 1, b = n * 3, c = n ^ 21, d = n - 7, e = n << 2, f = n | 8, g = n & 13;
    double p = x + 1, q = x * 2, r = x - 3, s = x / 4;
    if (setjmp(inner) == 0)
        dive(5, 2);
    return a + b * c - d + e * f - g + p * q - r / s;
}

int main(void)
{
    volatile int count = 0;
    int value = setjmp(outer);
    printf("outer %d count %d\n", value, count);
    if (count < 6) {
        count++;
        dive(count, count * 2 - 1);
    }
    for (int n = 0; n < 5; n++)
        printf("busy %g\n", busy(n, n + 0.5));
    switch (setjmp(inner)) {
    case 0:
        puts("zero");
        longjmp(inner, 0); /* becomes 1 */
    case 1:
        puts("one");
        longjmp(inner, -5);
    case -5:
        puts("minus five");
        break;
    default:
        puts("wrong");
    }
    return 0;
}
