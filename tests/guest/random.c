/* generators: xorshift, a Mersenne-like twister, rand_r and drand48 of libc, getrandom */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static uint64_t rotate(uint64_t v, int count)
{
    return v << count | v >> (64 - count);
}

static uint64_t xoshiro(uint64_t s[4])
{
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

static uint32_t twister(int count)
{
    uint32_t state[624], result = 0;
    state[0] = 5489;
    for (uint32_t i = 1; i < 624; i++)
        state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >> 30) + i;
    for (int n = 0; n < count; n++) {
        int i = n % 624;
        uint32_t y = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
        y = state[i] = state[(i + 397) % 624] ^ y >> 1 ^ (y & 1 ? 0x9908b0df : 0);
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c5680;
        y ^= y << 15 & 0xefc60000;
        result = y ^ y >> 18;
    }
    return result;
}

int main(void)
{
    uint64_t seed = 42, s[4];
    unsigned old = 7;
    for (int i = 0; i < 4; i++)
        printf("%016" PRIx64 "\n", s[i] = splitmix(&seed));
    uint64_t sum = 0;
    for (int i = 0; i < 10000; i++)
        sum += xoshiro(s);
    printf("%016" PRIx64 "\n", sum);
    printf("%" PRIu32 "\n", twister(10000));
    srand(1);
    printf("%d %d", rand(), rand_r(&old));
    printf(" %d\n", rand_r(&old));
    srand48(99);
    printf("%.15f", drand48());
    printf(" %ld", lrand48());
    printf(" %ld\n", mrand48());
    srandom(5);
    printf("%ld", random());
    printf(" %ld\n", random());
    unsigned char a[32] = {0}, b[32] = {0};
    printf("getrandom %d %d", (int)getrandom(a, 32, 0), (int)getrandom(b, 32, 0));
    printf(" different %d\n", memcmp(a, b, 32) != 0);
    return 0;
}
