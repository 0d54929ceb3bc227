/* rounding modes: fesetround changes arithmetic, conversions and rint */
// guests: mips mipsel riscv64 riscv32
// bare: yes
// flags: -frounding-math
#include <fenv.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static uint64_t image(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static uint32_t image_single(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

__attribute__((noinline)) static void arithmetic(double a, double b)
{
    volatile double x = a, y = b, sum, difference, product, quotient, root;
    volatile float narrow, single;
    sum = x + y;
    difference = x - y;
    product = x * y;
    quotient = x / y;
    root = sqrt(fabs(x));
    narrow = (float)x;
    single = (float)x * (float)y;
    printf("%016" PRIx64 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64
           " %08" PRIx32 " %08" PRIx32 "\n",
           image(sum), image(difference), image(product), image(quotient), image(root),
           image_single(narrow), image_single(single));
}

__attribute__((noinline)) static void conversions(double a)
{
    volatile double x = a;
    volatile int64_t big = INT64_C(0x20000000000003);
    volatile int32_t word = 0x7fffffff;
    double wide = (double)big, whole = rint(x);
    float narrow = (float)word, large = (float)-big;
    long rounded = lrint(x);
    int truncated = (int)x;
    printf("%016" PRIx64 " %08" PRIx32 " %08" PRIx32 " %016" PRIx64 " %ld %d\n",
           image(wide), image_single(narrow), image_single(large), image(whole), rounded,
           truncated);
}

int main(void)
{
    static const int modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD};
    static const char *const names[] = {"nearest", "zero", "up", "down"};
    for (int i = 0; i < 4; i++) {
        int error = fesetround(modes[i]);
        int now = fegetround() == modes[i];
        arithmetic(1, 3);
        arithmetic(-2.0 / 3, 1e-17);
        arithmetic(1e308, 1e300);
        arithmetic(-1e-308, 7e-17);
        conversions(2.5);
        conversions(-3.5);
        conversions(0.49);
        fesetround(FE_TONEAREST);
        printf("%s %d %d\n", names[i], error, now);
    }
    arithmetic(1, 3);
    return 0;
}
