/* int-tight: products of integer matrices, transposition, row sums */
// scale: 880 59
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define N 95 /* odd: no vectors without remainders */

static int32_t a[N][N], b[N][N], c[N][N];

static void multiply(void)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            uint32_t sum = 0;
            for (int k = 0; k < N; k++)
                sum += (uint32_t)a[i][k] * (uint32_t)b[k][j];
            c[i][j] = (int32_t)sum;
        }
}

static void back(void)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = c[j][i] >> 8;
            b[i][j] += (c[i][j] & 15) - 7;
        }
}

static uint32_t sums(void)
{
    uint32_t hash = 0;
    for (int i = 0; i < N; i++) {
        int32_t largest = c[i][0];
        uint32_t sum = 0;
        for (int j = 0; j < N; j++) {
            sum += (uint32_t)c[i][j];
            if (c[i][j] > largest)
                largest = c[i][j];
        }
        hash = hash * 31 + (sum ^ (uint32_t)largest);
    }
    return hash;
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t hash = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = i * 3 - j;
            b[i][j] = i ^ j;
        }
    for (int i = 0; i < scale; i++) {
        multiply();
        hash = hash * 17 + sums();
        back();
    }
    printf("%08x\n", (unsigned)hash);
    return 0;
}
