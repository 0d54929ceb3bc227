/* trampolines on the stack: pointers to nested functions */
// flags: -Wl,-z,execstack
#include <stdio.h>

static int apply(int (*f)(int), int n)
{
    for (int i = 0; i < 60; i++)
        n = f(n) & 0xffff;
    return n;
}

static int outer(int depth, int n)
{
    int calls = 0;
    int inner(int x)
    {
        calls++;
        return x * 3 + depth + calls;
    }
    n = apply(inner, n);
    return depth == 0 ? n + calls : outer(depth - 1, n) + calls;
}

int main(void)
{
    int n = 1;
    for (int i = 0; i < 50; i++)
        n = outer(i % 5, n) & 0xffff;
    printf("%d\n", n);
    return 0;
}
