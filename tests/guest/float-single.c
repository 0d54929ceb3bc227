/* single precision: every operation rounds to float, no excess precision, float loops */
// bare: yes
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static uint32_t state = 1;

static float number(void)
{
    state = state * 1664525 + 1013904223;
    uint32_t bits = (state & 0x807fffff) | ((state >> 9) % 60 + 97) << 23;
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static uint32_t image(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

int main(void)
{
    uint32_t hash[6] = {0};
    for (int i = 0; i < 5000; i++) {
        volatile float a = number(), b = number();
        volatile float sum = a + b, difference = a - b, product = a * b, quotient = a / b;
        float root = sqrtf(fabsf(a)), mixed = (float)((double)a * b + 0.5);
        hash[0] = hash[0] * 31 + image(sum);
        hash[1] = hash[1] * 31 + image(difference);
        hash[2] = hash[2] * 31 + image(product);
        hash[3] = hash[3] * 31 + image(quotient);
        hash[4] = hash[4] * 31 + image(root);
        hash[5] = hash[5] * 31 + image(mixed);
        if (i % 500 == 0)
            printf("%.9g %.9g %.9g %.9g\n", (double)sum, (double)product,
                   (double)quotient, (double)root);
    }
    for (int i = 0; i < 6; i++)
        printf("%08" PRIx32 "\n", hash[i]);
    float third = 1.0f / 3, total = 0;
    for (int i = 0; i < 1000; i++)
        total += third;
    printf("%.9g %.9g\n", (double)third, (double)total);
    volatile float large = 3e38f, tiny = 1e-38f;
    printf("%g %g %g\n", (double)(large * 2), (double)(large + large / 9),
           (double)(tiny / 1e7f));
    return 0;
}
