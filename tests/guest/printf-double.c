/* printf of doubles: %e %f %g, rounding to even, denormals, infinities, NaN */
#include <float.h>
#include <math.h>
#include <stdio.h>

static void show(double v)
{
    printf("%g %e %f\n", v, v, fabs(v) < 1e40 ? v : 0.0);
    printf("%.0f %.1f %.3e %.10g %+.2f %#g % .4g\n", fabs(v) < 1e40 ? v : 0.0,
           fabs(v) < 1e40 ? v : 0.0, v, v, fabs(v) < 1e40 ? v : 0.0, v, v);
    printf("%.17g %.20e [%15.4g] [%-15.4g] [%015.4g] %G\n", v, v, v, v, v, v);
}

int main(void)
{
    static const double values[] = {0.0,
                                    1.0,
                                    0.1,
                                    0.5,
                                    1.5,
                                    2.5,
                                    0.125,
                                    1.0 / 3,
                                    2.0 / 3,
                                    1e10,
                                    123456789.0,
                                    1e15,
                                    1e16,
                                    1e17,
                                    123456.5,
                                    999999.5,
                                    9.9999995,
                                    1e-4,
                                    1e-5,
                                    1.7976931348623157e308,
                                    DBL_MIN,
                                    DBL_EPSILON,
                                    4.9406564584124654e-324,
                                    2.2250738585072009e-308,
                                    1e22,
                                    1e23,
                                    9007199254740993.0,
                                    3.141592653589793};
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        show(values[i]);
        show(-values[i]);
    }
    printf("%f %F %e %g %10.2f|%-10f|\n", INFINITY, -INFINITY, INFINITY, -INFINITY,
           INFINITY, -INFINITY);
    printf("%f %G %8e|\n", fabs((double)NAN), fabs((double)NAN), fabs((double)NAN));
    printf("%.60f\n%.50g\n", 0.1, 1e-300);
    printf("%.0f\n", 1e300);
    double sum = 0;
    for (int i = 1; i <= 100; i++) {
        sum += 1.0 / i;
        if (i % 10 == 0)
            printf("H(%d) = %.15f\n", i, sum);
    }
    return 0;
}
