/* comparisons: NaN is unordered, signed zeros are equal, infinities order */
// bare: yes
#include <math.h>
#include <stdio.h>

#define COUNT 9
static volatile double values[COUNT];
static volatile float singles[COUNT];

__attribute__((noinline)) static unsigned compare(double a, double b)
{
    unsigned result = 0;
    result |= (unsigned)(a < b) | (unsigned)(a <= b) << 1 | (unsigned)(a == b) << 2;
    result |= (unsigned)(a != b) << 3 | (unsigned)(a >= b) << 4 | (unsigned)(a > b) << 5;
    result |= (unsigned)isless(a, b) << 6 | (unsigned)isgreater(a, b) << 7;
    result |= (unsigned)isunordered(a, b) << 8 | (unsigned)islessgreater(a, b) << 9;
    if (!(a < b))
        result |= 1 << 10;
    if (!(a >= b))
        result |= 1 << 11;
    return result;
}

__attribute__((noinline)) static unsigned compare_single(float a, float b)
{
    unsigned result = 0;
    if (a < b)
        result |= 1;
    if (a <= b)
        result |= 2;
    if (a == b)
        result |= 4;
    if (!(a > b))
        result |= 8;
    return result | (unsigned)(isgreaterequal(a, b) ? 16 : 0);
}

int main(void)
{
    volatile double zero = 0;
    const double init[COUNT] = {-INFINITY, -1e300, -1, -0.0, 0.0, 1, 1e300, INFINITY, 0};
    for (int i = 0; i < COUNT; i++) {
        values[i] = init[i];
        singles[i] = (float)init[i];
    }
    values[8] = zero / zero;
    singles[8] = (float)values[8];
    for (int i = 0; i < COUNT; i++) {
        for (int j = 0; j < COUNT; j++)
            printf("%03x/%02x ", compare(values[i], values[j]),
                   compare_single(singles[i], singles[j]));
        printf("\n%d %d %d %d %d\n", isnan(values[i]) != 0, isinf(values[i]) != 0,
               isfinite(values[i]) != 0, isnormal(values[i]) != 0,
               i < 8 && signbit(values[i]) != 0);
    }
    for (int i = 0; i < COUNT; i++) {
        double low = fmin(values[i], 5), high = fmax(values[i], -5),
               size = fabs(values[i]);
        printf("%g %g %g\n", low, high, size);
    }
    printf("%d %d\n", isnan(INFINITY - values[7]) != 0, isnan(values[7] * zero) != 0);
    printf("%g %g %d\n", 1 / values[4], 1 / values[3], isnan(sqrt(values[2])) != 0);
    return 0;
}
