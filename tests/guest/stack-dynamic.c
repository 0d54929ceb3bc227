/* variable-length arrays and alloca: the stack pointer moves and is restored */
// bare: yes
#include <stdio.h>
#include <string.h>

__attribute__((noinline)) static unsigned fill(unsigned n)
{
    unsigned values[n];
    for (unsigned i = 0; i < n; i++)
        values[i] = i * i + n;
    unsigned sum = 0;
    for (unsigned i = n; i-- > 0;)
        sum = sum * 3 + values[i];
    return sum;
}

__attribute__((noinline)) static int matrix(int rows, int columns, int m[rows][columns])
{
    int trace = 0;
    for (int i = 0; i < rows && i < columns; i++)
        trace += m[i][i] - m[rows - 1 - i][i % columns];
    return trace;
}

__attribute__((noinline)) static char *chain(char *to, int depth)
{
    char *space = __builtin_alloca((size_t)depth * 3 + 2);
    memset(space, 'a' + depth, (size_t)depth + 1);
    space[depth + 1] = 0;
    if (depth > 0)
        to = chain(to, depth - 1);
    strcpy(to, space);
    return to + depth + 1;
}

int main(void)
{
    char text[200];
    for (unsigned n = 1; n < 3000; n = n * 2 + 1)
        printf("fill %u: %08x\n", n, fill(n));
    for (int rows = 2; rows < 9; rows += 3) {
        int columns = rows + 2, m[rows][columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                m[i][j] = i * 10 + j * j;
        printf("matrix %d: %d, size %u\n", rows, matrix(rows, columns, m),
               (unsigned)(sizeof m / sizeof(int)));
    }
    chain(text, 9);
    puts(text);
    return 0;
}
