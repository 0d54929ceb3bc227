/* fused multiply-add rounds once; sqrt is correctly rounded; corner operands of both */
// bare: yes
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void show(double v)
{
    uint64_t bits = 0x7ff8000000000000;
    if (!isnan(v))
        memcpy(&bits, &v, sizeof bits);
    printf(" %016" PRIx64, bits);
}

static void show_single(float v)
{
    uint32_t bits = 0x7fc00000;
    if (!isnan(v))
        memcpy(&bits, &v, sizeof bits);
    printf(" %08" PRIx32, bits);
}

static void fused(double a, double b, double c)
{
    volatile double x = a, y = b, z = c;
    volatile float xs = (float)a, ys = (float)b, zs = (float)c;
    show(fma(x, y, z));
    show(fma(x, y, -z));
    show(-fma(x, y, z));
    show(fma(-x, y, z));
    show(x * y + z);
    show_single(fmaf(xs, ys, zs));
    show_single(fmaf(-xs, ys, -zs));
    putchar('\n');
}

int main(void)
{
    static const double roots[] = {0.0,   -0.0,   1,      2,       3,    4,       0.25,
                                   1e300, 1e-300, 5e-324, DBL_MAX, -1.0, INFINITY};
    double e = DBL_EPSILON;
    fused(1 + e, 1 + e, -1);
    fused(1 + e, 1 - e, -1);
    fused(0.1, 10, -1);
    fused(1.0 / 3, 3, -1);
    fused(1e200, 1e200, -INFINITY);
    fused(1e200, 1e109, -DBL_MAX);
    fused(1e-200, 1e-200, 0);
    fused(1e-200, -1e-124, 5e-324);
    fused(0, 5, -0.0);
    fused(-0.0, 5, 0.0);
    fused(INFINITY, 0, 1);
    fused(3, 4, -12);
    fused(FLT_MAX, 2, -FLT_MAX);
    fused(DBL_MIN, 0.5, DBL_MIN / 4);
    for (unsigned i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        volatile double x = roots[i];
        volatile float y = (float)roots[i];
        show(sqrt(x));
        show_single(sqrtf(y));
        putchar('\n');
    }
    double x = 2;
    for (int i = 0; i < 40; i++)
        x = fma(x, 0.5, 1 / x);
    show(x);
    show(sqrt(2.0));
    putchar('\n');
    return 0;
}
