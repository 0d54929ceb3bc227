/* fp: fast Fourier transforms forward and back, of doubles */
// scale: 12000 800
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BITS 10
#define N    (1 << BITS)

static double re[N], im[N], cosines[N / 2], sines[N / 2];

/* Roots of unity by halving the angle: only sqrt, so that every machine agrees. */
static void make_roots(void)
{
    double c = -1, s = 0; /* of pi */
    cosines[0] = 1;
    sines[0] = 0;
    for (int step = N / 2; step > 1; step /= 2) {
        double half_c = sqrt((1 + c) / 2), half_s = sqrt((1 - c) / 2);
        c = half_c;
        s = half_s;
        int at = step / 2;
        for (int i = 0; i + at < N / 2; i += step) {
            cosines[i + at] = cosines[i] * c - sines[i] * s;
            sines[i + at] = sines[i] * c + cosines[i] * s;
        }
    }
}

static void reorder(void)
{
    for (unsigned i = 0, j = 0; i < N; i++) {
        if (i < j) {
            double swap = re[i];
            re[i] = re[j];
            re[j] = swap;
            swap = im[i];
            im[i] = im[j];
            im[j] = swap;
        }
        unsigned bit = N / 2;
        while (j & bit) {
            j ^= bit;
            bit /= 2;
        }
        j |= bit;
    }
}

static void transform(double sign)
{
    reorder();
    for (int size = 2; size <= N; size *= 2) {
        int half = size / 2, step = N / size;
        for (int start = 0; start < N; start += size)
            for (int k = 0; k < half; k++) {
                int a = start + k, b = a + half;
                double c = cosines[k * step], s = sign * sines[k * step];
                double x = re[b] * c - im[b] * s, y = re[b] * s + im[b] * c;
                re[b] = re[a] - x;
                im[b] = im[a] - y;
                re[a] += x;
                im[a] += y;
            }
    }
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    double sum = 0;
    make_roots();
    for (int i = 0; i < N; i++)
        re[i] = i % 37 - 18;
    for (int round = 0; round < scale; round++) {
        transform(-1);
        sum += re[round % N] + im[(round * 7) % N];
        for (int i = 0; i < N; i++) {
            re[i] *= 1.0 / N;
            im[i] *= 1.0 / N;
        }
        transform(1);
    }
    printf("%.12g %.12g\n", sum, re[5]);
    return 0;
}
