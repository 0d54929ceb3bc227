/* dense linear algebra: products and elimination with pivots */
// bare: yes
#include <math.h>
#include <stdio.h>

#define N 8
typedef double matrix[N][N];

static void multiply(matrix to, matrix a, matrix b)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0;
            for (int k = 0; k < N; k++)
                sum += a[i][k] * b[k][j];
            to[i][j] = sum;
        }
}

static double determinant(matrix m)
{
    double result = 1;
    for (int c = 0; c < N; c++) {
        int pivot = c;
        for (int r = c + 1; r < N; r++)
            if (fabs(m[r][c]) > fabs(m[pivot][c]))
                pivot = r;
        if (m[pivot][c] == 0)
            return 0;
        if (pivot != c)
            result = -result;
        for (int j = 0; j < N; j++) {
            double swap = m[c][j];
            m[c][j] = m[pivot][j];
            m[pivot][j] = swap;
        }
        result *= m[c][c];
        for (int r = c + 1; r < N; r++) {
            double factor = m[r][c] / m[c][c];
            for (int j = c; j < N; j++)
                m[r][j] -= factor * m[c][j];
        }
    }
    return result;
}

int main(void)
{
    matrix a, b, c;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (i * 7 + j * 3) % 11 - 5;
            b[i][j] = i == j ? 2 : (i + j) % 3 * 0.25;
        }
    for (int round = 0; round < 4; round++) {
        multiply(c, a, b);
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                a[i][j] = c[i][j] / 2;
        for (int j = 0; j < N; j++)
            printf("%.14g ", c[round][j]);
        putchar('\n');
    }
    printf("%.14g\n", determinant(b));
    printf("%.14g\n", determinant(c));
    return 0;
}
