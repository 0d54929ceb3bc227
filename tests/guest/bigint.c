/* multiple-precision integers: factorials, Fibonacci numbers, digits of pi and e */
// bare: yes
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LIMBS 120
typedef struct {
    int length;
    uint32_t limb[LIMBS]; /* base 10^9, least first */
} number;

static void scale(number *n, uint32_t by)
{
    uint64_t carry = 0;
    for (int i = 0; i < n->length; i++) {
        carry += (uint64_t)n->limb[i] * by;
        n->limb[i] = (uint32_t)(carry % 1000000000);
        carry /= 1000000000;
    }
    if (carry)
        n->limb[n->length++] = (uint32_t)carry;
}

static void add(number *n, const number *m)
{
    uint32_t carry = 0;
    for (int i = 0; i < m->length || carry; i++) {
        if (i == n->length)
            n->limb[n->length++] = 0;
        uint32_t sum = n->limb[i] + carry + (i < m->length ? m->limb[i] : 0);
        carry = sum >= 1000000000;
        n->limb[i] = sum - (carry ? 1000000000 : 0);
    }
}

static void print(const char *name, const number *n)
{
    printf("%s = %lu", name, (unsigned long)n->limb[n->length - 1]);
    for (int i = n->length - 2; i >= 0; i--)
        printf("%09lu", (unsigned long)n->limb[i]);
    putchar('\n');
}

/* Digits of pi by the spigot of Rabinowitz and Wagon, four at a time. */
static void spigot(int digits)
{
    static int rest[2000];
    int length = digits / 4 * 14, carry = 0;
    for (int i = 0; i < length; i++)
        rest[i] = 2000;
    for (int n = length; n > 0; n -= 14) {
        int sum = 0;
        for (int i = n; --i > 0;) {
            sum = sum * i + rest[i] * 10000;
            rest[i] = sum % (2 * i - 1);
            sum /= 2 * i - 1;
        }
        printf("%04d", carry + sum / 10000);
        carry = sum % 10000;
    }
    putchar('\n');
}

int main(void)
{
    number n = {1, {1}}, a = {1, {0}}, b = {1, {1}};
    for (uint32_t i = 2; i <= 100; i++) {
        scale(&n, i);
        if (i % 20 == 0)
            print("factorial", &n);
    }
    for (int i = 0; i < 1000; i++) {
        number next = a;
        add(&next, &b);
        a = b;
        b = next;
    }
    print("Fibonacci 1000", &a);
    spigot(200);
    return 0;
}
