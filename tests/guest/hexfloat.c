/* the images of floating-point numbers: %a, frexp, ldexp, nextafter, scalbn, ilogb */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void show(double v)
{
    uint64_t bits;
    int exponent;
    double fraction = frexp(v, &exponent), whole;
    memcpy(&bits, &v, sizeof bits);
    printf("%a %016" PRIx64 " %.3a %A\n", v, bits, v, v);
    printf("  frexp %a %d ilogb %d", fraction, v == 0 ? 0 : exponent,
           v == 0 ? 0 : ilogb(v));
    double part = modf(v, &whole);
    printf(" modf %a %a\n", part, whole);
    printf("  up %a down %a\n", nextafter(v, INFINITY), nextafter(v, -INFINITY));
    printf("  ldexp %a %a %a\n", ldexp(v, 10), ldexp(v, -40), scalbn(v, 3));
}

int main(void)
{
    static const double values[] = {
        0.0,     1.0,      -1.0,    0.1,    1.5e300,
        -2e-300, DBL_MAX,  DBL_MIN, 1e-310, 4.9406564584124654e-324,
        65535.5, -8388608, 1 / 3.0, 1e16};
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++)
        show(values[i]);
    printf("%a %a\n", INFINITY, -INFINITY);
    float single = 1;
    for (int i = 0; i < 160; i++) {
        single = nextafterf(single * 0.5f, 0.0f);
        if (i % 8 == 0) {
            uint32_t bits;
            memcpy(&bits, &single, sizeof bits);
            printf("%08" PRIx32 " %a\n", bits, (double)single);
        }
    }
    printf("%a %a\n", copysign(3.0, -0.0), copysign(-INFINITY, 1.0));
    printf("%d %d %d\n", signbit(-0.0) != 0, signbit(0.0) != 0, signbit(-INFINITY) != 0);
    return 0;
}
