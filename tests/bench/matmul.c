/* fp: products of matrices of doubles and of floats */
// scale: 1450 97
#include <stdio.h>
#include <stdlib.h>

#define N 63 /* odd: no vectors without remainders */

static double a[N][N], b[N][N], c[N][N];
static float d[N][N], e[N][N];

static void multiply(void)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0;
            for (int k = 0; k < N; k++)
                sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
}

static float multiply_single(void)
{
    float trace = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j += 2) {
            float sum = 0;
            for (int k = 0; k < N; k++)
                sum += d[i][k] * e[j][k];
            trace += i == j ? sum : sum * 0.001f;
        }
    return trace;
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    double total = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (i * 7 + j * 3) % 11 / 8.0;
            b[i][j] = (i == j) + (i - j) / 256.0;
            d[i][j] = (float)a[i][j];
            e[i][j] = (float)b[i][j];
        }
    for (int round = 0; round < scale; round++) {
        multiply();
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                a[i][j] = c[i][j] * (1.0 / 16) + j / 8.0;
        total += c[round % N][(round * 5) % N] + (double)multiply_single();
        d[round % N][round % N] += 0.5f;
    }
    printf("%.17g\n", total);
    return 0;
}
