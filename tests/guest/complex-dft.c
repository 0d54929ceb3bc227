/* complex arithmetic and a discrete Fourier transform: calls with float pairs, libm */
#include <complex.h>
#include <math.h>
#include <stdio.h>

#define N 32

static void transform(double complex *to, const double complex *from, int sign)
{
    for (int k = 0; k < N; k++) {
        double complex sum = 0;
        for (int n = 0; n < N; n++)
            sum += from[n] * cexp(sign * 2 * M_PI * I * n * k / N);
        to[k] = sum;
    }
}

static double rounded(double v)
{
    v = floor(v * 1e6 + 0.5) / 1e6;
    return v == 0 ? 0 : v;
}

int main(void)
{
    double complex signal[N], spectrum[N], back[N];
    for (int n = 0; n < N; n++)
        signal[n] = n % 8 + 0.5 * I * (n % 3);
    transform(spectrum, signal, -1);
    transform(back, spectrum, 1);
    double worst = 0;
    for (int n = 0; n < N; n++) {
        printf("%2d %.6f %.6f\n", n, rounded(creal(spectrum[n])),
               rounded(cimag(spectrum[n])));
        worst = fmax(worst, cabs(back[n] / N - signal[n]));
    }
    printf("error %s\n", worst < 1e-12 ? "small" : "large");
    double complex z = 3 - 4 * I, w = z * z / (1 + I);
    printf("%g %g %g %.6f\n", creal(w), cimag(w), cabs(z), carg(z));
    float complex s = csqrtf(-4 + 0 * I);
    printf("%g %g\n", (double)crealf(s), (double)cimagf(s));
    return 0;
}
