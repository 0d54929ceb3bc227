/* libm: elementary functions to ten digits (the last bits differ between libraries) */
// bare: yes
#include <math.h>
#include <stdio.h>

static void row(const char *name, double (*f)(double), double from, double to)
{
    printf("%s:", name);
    for (int i = 0; i <= 6; i++)
        printf(" %.10g", f(from + (to - from) * (i + 0.25) / 7));
    putchar('\n');
}

int main(void)
{
    row("sin", sin, -10, 10);
    row("cos", cos, -10, 10);
    row("tan", tan, -1.5, 1.5);
    row("asin", asin, -1, 1);
    row("acos", acos, -1, 1);
    row("atan", atan, -50, 50);
    row("exp", exp, -50, 50);
    row("exp2", exp2, -50, 50);
    row("expm1", expm1, -1, 1);
    row("log", log, 0, 1000);
    row("log2", log2, 0, 1000);
    row("log10", log10, 0, 1000);
    row("log1p", log1p, -1, 1);
    row("sinh", sinh, -5, 5);
    row("cosh", cosh, -5, 5);
    row("tanh", tanh, -5, 5);
    row("cbrt", cbrt, -1000, 1000);
    row("erf", erf, -2, 2);
    row("tgamma", tgamma, 0, 10);
    row("lgamma", lgamma, 0, 100);
    row("large sin", sin, 1e10, 1e15);
    for (int i = 1; i < 6; i++)
        printf("%.10g %.10g %.10g %.10g %.10g\n", pow(i, i / 3.0), atan2(i - 3, i - 2.5),
               hypot(i, 4), fmod(100.5, i * 1.25), remainder(100.5, i * 1.25));
    printf("%.9g %.9g %.9g %.9g\n", (double)sinf(1), (double)expf(2), (double)logf(3),
           (double)powf(2, 0.5f));
    printf("%g %g %g %g\n", pow(0, 0), pow(-2, 3), pow(2, -1000), exp(-1000));
    printf("%d %g %g\n", isnan(log(-1.0)) != 0, log(0.0), exp(1000));
    return 0;
}
