/* add, subtract, multiply, divide, sqrt of random doubles of all magnitudes */
// bare: yes
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static uint64_t state = 88172645463325252u;

static double number(int spread)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    uint64_t exponent = (state >> 52) % (unsigned)spread + 1023 - (unsigned)spread / 2;
    uint64_t bits = (state & 0x800fffffffffffff) | exponent << 52;
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static uint64_t image(double v)
{
    uint64_t bits = 0x7ff8000000000000; /* one image for every NaN */
    if (!isnan(v))
        memcpy(&bits, &v, sizeof bits);
    return bits;
}

static void operate(int spread)
{
    uint64_t hash[6] = {0};
    for (int i = 0; i < 2000; i++) {
        volatile double a = number(spread), b = number(spread), c = number(spread);
        hash[0] = hash[0] * 31 + image(a + b);
        hash[1] = hash[1] * 31 + image(a - b);
        hash[2] = hash[2] * 31 + image(a * b);
        hash[3] = hash[3] * 31 + image(a / b);
        hash[4] = hash[4] * 31 + image(sqrt(fabs(a)));
        hash[5] = hash[5] * 31 + image(fma(a, b, c));
    }
    printf("spread %d:", spread);
    for (int i = 0; i < 6; i++)
        printf(" %016" PRIx64, hash[i]);
    putchar('\n');
}

int main(void)
{
    operate(1);
    operate(4);
    operate(60);
    operate(120);
    operate(1000);
    operate(2046);
    return 0;
}
