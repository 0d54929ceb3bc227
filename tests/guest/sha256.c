/* SHA-256 of known messages: rotates, additions and big-endian words */
// bare: yes
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint32_t k[64];

static uint32_t rotate(uint32_t v, int n)
{
    return v >> n | v << (32 - n);
}

/* The constants are fractions of cube roots of primes, found here by integer bisection.
 */
static void constants(void)
{
    int count = 0;
    for (uint32_t p = 2; count < 64; p++) {
        int prime = 1;
        for (uint32_t d = 2; d * d <= p; d++)
            prime &= p % d != 0;
        if (!prime)
            continue;
        uint64_t low = 0, high = (uint64_t)8 << 32; /* cube root, 32 fraction bits */
        while (high - low > 1) {
            uint64_t mid = (low + high) / 2;
            struct {
                uint64_t high, low;
            } q;
            uint64_t a = mid >> 32, b = (uint32_t)mid;
            /* mid^2 = a^2 2^64 + 2ab 2^32 + b^2 */
            q.low = b * b;
            q.high = a * a + (2 * a * b >> 32);
            uint64_t add = 2 * a * b << 32;
            q.low += add;
            q.high += q.low < add;
            /* (mid^2 * mid) >> 96, with the fraction: compare with p 2^96 */
            uint64_t top = q.high * a;
            uint64_t m1 = q.high * b, m2 = (q.low >> 32) * a;
            uint64_t m3 =
                (q.low >> 32) * b + (uint32_t)q.low * a + ((uint32_t)q.low * b >> 32);
            uint64_t middle = (uint32_t)m1 + (uint32_t)m2 + (m3 >> 32);
            top += (m1 >> 32) + (m2 >> 32) + (middle >> 32);
            if (top >= p)
                high = mid;
            else
                low = mid;
        }
        k[count++] = (uint32_t)low;
    }
}

static void block(uint32_t h[8], const unsigned char *p)
{
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + w[i - 7] +
               (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) +
               (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(s, h, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t t = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                     ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
        uint32_t u = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
                     ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof s[0]);
        s[4] += t;
        s[0] = t + u;
    }
    for (int i = 0; i < 8; i++)
        h[i] += s[i];
}

static void digest(const char *text, size_t length)
{
    uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    unsigned char last[128] = {0};
    size_t rest = length % 64, size = rest < 56 ? 64 : 128;
    for (size_t i = 0; i + 64 <= length; i += 64)
        block(h, (const unsigned char *)text + i);
    memcpy(last, text + length - rest, rest);
    last[rest] = 0x80;
    for (int i = 0; i < 8; i++)
        last[size - 1 - (size_t)i] = (unsigned char)((uint64_t)length * 8 >> 8 * i);
    for (size_t i = 0; i < size; i += 64)
        block(h, last + i);
    for (int i = 0; i < 8; i++)
        printf("%08" PRIx32, h[i]);
    putchar('\n');
}

int main(void)
{
    static char text[10000];
    constants();
    printf("%08" PRIx32 " %08" PRIx32 "\n", k[0], k[63]);
    digest("", 0);
    digest("abc", 3);
    memset(text, 'a', sizeof text);
    for (size_t length = 54; length < 10000; length = length * 3 / 2)
        digest(text, length);
    return 0;
}
