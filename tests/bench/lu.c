/* fp: linear equations by LU decomposition with pivots (after LINPACK) */
// scale: 1900 130
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define N 79 /* odd: no vectors without remainders */

static double m[N][N], right[N], x[N];
static int pivots[N];
static uint32_t state = 3;

static double number(void)
{
    state = state * 1664525 + 1013904223;
    return (int32_t)state / 2147483648.0;
}

static void decompose(void)
{
    for (int k = 0; k < N; k++) {
        int best = k;
        for (int i = k + 1; i < N; i++)
            if (fabs(m[i][k]) > fabs(m[best][k]))
                best = i;
        pivots[k] = best;
        for (int j = 0; j < N; j++) {
            double swap = m[k][j];
            m[k][j] = m[best][j];
            m[best][j] = swap;
        }
        double inverse = 1 / m[k][k];
        for (int i = k + 1; i < N; i++) {
            double factor = m[i][k] *= inverse;
            for (int j = k + 1; j < N; j++)
                m[i][j] -= factor * m[k][j];
        }
    }
}

static void solve(void)
{
    for (int i = 0; i < N; i++)
        x[i] = right[i];
    for (int i = 0; i < N; i++) {
        double swap = x[i];
        x[i] = x[pivots[i]];
        x[pivots[i]] = swap;
    }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < i; j++)
            x[i] -= m[i][j] * x[j];
    for (int i = N - 1; i >= 0; i--) {
        for (int j = i + 1; j < N; j++)
            x[i] -= m[i][j] * x[j];
        x[i] /= m[i][i];
    }
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    double sum = 0;
    for (int round = 0; round < scale; round++) {
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++)
                m[i][j] = number();
            right[i] = number();
        }
        decompose();
        for (int i = 0; i < 5; i++) {
            solve();
            right[i] += x[i] / 1024;
        }
        sum += x[round % N];
    }
    printf("%.17g\n", sum);
    return 0;
}
