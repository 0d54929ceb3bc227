/* fp: the largest singular value of an infinite matrix, by powers; many divisions */
// scale: 5400 360
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define N 99 /* odd: no vectors without remainders */

static double element(int i, int j)
{
    return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times(const double *v, double *to)
{
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++)
            sum += element(i, j) * v[j];
        to[i] = sum;
    }
}

static void times_transposed(const double *v, double *to)
{
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++)
            sum += element(j, i) * v[j];
        to[i] = sum;
    }
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    double u[N], v[N], w[N], vbv = 0, vv = 0;
    for (int i = 0; i < N; i++)
        u[i] = 1;
    for (int round = 0; round < scale; round++) {
        times(u, w);
        times_transposed(w, v);
        times(v, w);
        times_transposed(w, u);
        double first = u[0];
        for (int i = 0; i < N; i++) { /* both alike */
            u[i] /= first;
            v[i] /= first;
        }
    }
    for (int i = 0; i < N; i++) {
        vbv += u[i] * v[i];
        vv += v[i] * v[i];
        u[i] /= v[i];
    }
    printf("%.17g\n", sqrt(vbv / vv));
    return 0;
}
