/* conversions from floating point to integers, in range: truncation */
// bare: yes
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static const double values[] = {0.0,        0.4999999999999999,
                                0.5,        0.9999999999999999,
                                1.0,        1.5,
                                2.5,        3.5,
                                100.75,     127.0,
                                254.99,     32767.25,
                                65535.5,    8388606.5,
                                16777216,   2147483647.0,
                                1073741824, 123456789.875};
static const double larges[] = {
    2147483648.0,       4294967295.5,       4294967296.0,       1099511627776.75,
    4503599627370495.5, 4503599627370497.0, 9007199254740992.0, 9.2233720368547748e18};

static void convert(double v)
{
    volatile double x = v;
    volatile float f = (float)v;
    printf("%.15g: %" PRId32 " %" PRId64, v, (int32_t)x, (int64_t)x);
    if (v > -1)
        printf(" u %" PRIu64, (uint64_t)x);
    if (v > -1 && v < 4e9)
        printf(" u %" PRIu32, (uint32_t)x);
    if (v > -128 && v < 128)
        printf(" c %d", (signed char)x);
    if (fabs(v) < 2e9)
        printf(" f %" PRId32 " %" PRId64, (int32_t)f, (int64_t)f);
    printf(" | %.15g %.15g %.15g %.15g %.15g %.15g %ld %lld\n", floor(x), ceil(x),
           trunc(x), round(x), rint(x), nearbyint(x), lrint(x), llround(x));
}

int main(void)
{
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        convert(values[i]);
        convert(-values[i]);
    }
    convert(-2147483648.0);
    for (unsigned i = 0; i < sizeof larges / sizeof larges[0]; i++) {
        volatile double x = larges[i];
        volatile float f = (float)larges[i];
        printf("%.15g: %" PRId64 " %" PRId64 " %" PRIu64 " | %.15g %.15g %lld\n", x,
               (int64_t)x, (int64_t)-x, (uint64_t)x, floor(x), rint(-x), llrint(x));
        if (x < 4294967296.0)
            printf("u %" PRIu32 "\n", (uint32_t)x);
        if (f < 9.2e18f)
            printf("f %" PRId64 "\n", (int64_t)f);
    }
    volatile double top = 1.8446744073709550e19, half = 9223372036854775808.0;
    printf("%" PRIu64 " %" PRIu64 "\n", (uint64_t)top, (uint64_t)half);
    volatile float top_single = 1.8446742974197924e19f;
    printf("%" PRIu64 "\n", (uint64_t)top_single);
    return 0;
}
