/* high halves of products and overflow checks: 32x32->64, 64x64->128, add with carry */
// bare: yes
#include <inttypes.h>
#include <stdio.h>

static uint64_t state = 88172645463325252u;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static uint64_t mulhigh(uint64_t a, uint64_t b)
{
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t low = al * bl, mid1 = ah * bl, mid2 = al * bh;
    uint64_t carry = (low >> 32) + (uint32_t)mid1 + (uint32_t)mid2;
    return ah * bh + (mid1 >> 32) + (mid2 >> 32) + (carry >> 32);
}

static int64_t mulhigh_signed(int64_t a, int64_t b)
{
    uint64_t high = mulhigh((uint64_t)a, (uint64_t)b);
    return (int64_t)(high - (a < 0 ? (uint64_t)b : 0) - (b < 0 ? (uint64_t)a : 0));
}

/* Adds two numbers of four 64-bit digits; returns the carry. */
static unsigned add_long(uint64_t *sum, const uint64_t *a, const uint64_t *b)
{
    unsigned carry = 0;
    for (int i = 0; i < 4; i++) {
        uint64_t digit = a[i] + carry;
        carry = digit < carry;
        sum[i] = digit + b[i];
        carry += sum[i] < b[i];
    }
    return carry;
}

int main(void)
{
    unsigned overflows[6] = {0};
    for (int i = 0; i < 1000; i++) {
        uint64_t a = next() >> (i % 60), b = next() >> (i % 57);
        int64_t s64;
        uint64_t u64;
        int32_t s32;
        overflows[0] += __builtin_mul_overflow((int64_t)a, (int64_t)b, &s64);
        overflows[1] += __builtin_mul_overflow(a, b, &u64);
        overflows[2] += __builtin_add_overflow((int64_t)a, (int64_t)b, &s64);
        overflows[3] += __builtin_sub_overflow(a, b, &u64);
        overflows[4] += __builtin_mul_overflow((int32_t)a, (int32_t)b, &s32);
        overflows[5] += __builtin_add_overflow((int32_t)a, (int32_t)b, &s32);
        if (i % 100 == 0)
            printf("%016" PRIx64 " * %016" PRIx64 " = %016" PRIx64 "..., %" PRId64
                   "...\n",
                   a, b, mulhigh(a, b), mulhigh_signed((int64_t)a, (int64_t)b));
    }
    for (int i = 0; i < 6; i++)
        printf("overflows %d: %u\n", i, overflows[i]);
    uint64_t x[4] = {UINT64_MAX, UINT64_MAX, 1, UINT64_MAX};
    uint64_t y[4] = {1, 0, UINT64_MAX, 0}, z[4];
    unsigned carry = add_long(z, x, y);
    printf("%u", carry);
    for (int i = 3; i >= 0; i--)
        printf(" %" PRIx64, z[i]);
    putchar('\n');
    return 0;
}
