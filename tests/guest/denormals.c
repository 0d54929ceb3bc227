/* denormal numbers: gradual underflow in arithmetic, square root and conversions */
// bare: yes
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void show(const char *what, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    printf("%s %016" PRIx64 "\n", what, bits);
}

static void show_single(const char *what, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    printf("%s %08" PRIx32 "\n", what, bits);
}

int main(void)
{
    volatile double least = 4.9406564584124654e-324, min = DBL_MIN, three = 3, x;
    volatile float least_single = 1.40129846e-45f, min_single = FLT_MIN, y;
    for (x = min; x > 0; x /= 13)
        show("divide", x);
    x = min / 2 + least;
    show("sum", x);
    x = min - least;
    show("difference", x);
    x = least * 0.5;
    show("half", x);
    x = least * 0.75;
    show("three quarters", x);
    x = least * 1.5;
    show("one and a half", x);
    x = min * min;
    show("vanish", x);
    x = -min * min;
    show("vanish", x);
    x = sqrt(least);
    show("root", x);
    x = least / three;
    show("third", x);
    x = least * 3 / 7 + min / three;
    show("mixed", x);
    x = least * 1e300;
    show("large", x);
    for (y = min_single; y > 0; y /= 5)
        show_single("divide", y);
    y = (float)(least * 1e280);
    show_single("narrow", y);
    y = (float)1e-40;
    show_single("narrow", y);
    y = (float)7.006492321624085e-46; /* halfway: to even */
    show_single("narrow", y);
    y = (float)7.006492321624087e-46;
    show_single("narrow", y);
    x = least_single;
    show("widen", x);
    y = least_single + least_single;
    show_single("twice", y);
    y = min_single * 0.33f;
    show_single("third", y);
    printf("%d %d %d\n", fpclassify(least) == FP_SUBNORMAL, fpclassify(min) == FP_NORMAL,
           least > 0);
    printf("%d %d %d\n", least == 0, -least < 0, (int)(least * 1e308 * 1e16));
    return 0;
}
