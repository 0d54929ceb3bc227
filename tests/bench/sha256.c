/* int-tight: SHA-256 of a long message */
// scale: 8700 580
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t k[64], h[8];

static inline uint32_t rotate(uint32_t v, int n)
{
    return v >> n | v << (32 - n);
}

/* Constants of the same kind as SHA-256's own; the digest is not that of the standard. */
static void constants(void)
{
    uint32_t x = 0x428a2f98;
    for (int i = 0; i < 64; i++) {
        k[i] = x;
        x = x * 1664525 + 1013904223;
    }
    for (int i = 0; i < 8; i++)
        h[i] = x = x * 1664525 + 1013904223;
}

static void block(const uint8_t *p)
{
    uint32_t w[64];
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6],
             o = h[7];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + w[i - 7] +
               (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) +
               (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
    for (int i = 0; i < 64; i++) {
        uint32_t t = o + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                     ((e & f) ^ (~e & g)) + k[i] + w[i];
        uint32_t u = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
                     ((a & b) ^ (a & c) ^ (b & c));
        o = g, g = f, f = e, e = d + t;
        d = c, c = b, b = a, a = t + u;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d;
    h[4] += e, h[5] += f, h[6] += g, h[7] += o;
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    static uint8_t message[8192];
    for (uint32_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)(i * 7 + (i >> 5));
    constants();
    for (int i = 0; i < scale; i++)
        for (uint32_t at = 0; at < sizeof message; at += 64)
            block(message + at);
    for (int i = 0; i < 8; i++)
        printf("%08x", (unsigned)h[i]);
    putchar('\n');
    return 0;
}
