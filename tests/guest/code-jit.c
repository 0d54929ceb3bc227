/* a program that makes code, appends to it on the same pages and runs all of it again */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define ROOM   256 /* at least the size of a template; what follows is not run */
#define PIECES 60
#define BYTES  16384

typedef unsigned piece(unsigned, unsigned);

/* The templates: no calls, no data, no jump tables, so that a copy runs anywhere. */
#define TEMPLATE static __attribute__((noinline, aligned(16))) unsigned
TEMPLATE mix(unsigned a, unsigned b)
{
    return (a ^ b) * 0x9e37u + (a >> 7);
}

TEMPLATE sum(unsigned a, unsigned b)
{
    for (unsigned i = 0; i < 50; i++)
        a += (b ^ i) * 3;
    return a;
}

TEMPLATE bits(unsigned a, unsigned b)
{
    unsigned n = 0;
    while (a) {
        n += a & 1;
        a >>= 1;
    }
    return n + b;
}

/* Keeps ROOM bytes after the last template readable. */
__attribute__((noinline, used)) static int padding(int n)
{
    for (int i = 0; i < 100; i++)
        n = n * 31 + (n >> 3) - i * (n ^ i);
    return n;
}

static unsigned run(piece *const *pieces, int count, unsigned x, int rounds)
{
    for (int r = 0; r < rounds; r++)
        for (int i = 0; i < count; i++)
            x = pieces[i](x, (unsigned)i);
    return x;
}

int main(void)
{
    piece *const templates[] = {mix, sum, bits};
    piece *pieces[PIECES];
    unsigned char *code = mmap(NULL, BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned x = 1;
    if (code == MAP_FAILED)
        return 1;
    for (int i = 0; i < PIECES; i++) {
        unsigned char *at = code + (size_t)i * ROOM;
        memcpy(at, (const void *)templates[i % 3], ROOM);
        __builtin___clear_cache((char *)at, (char *)at + ROOM);
        pieces[i] = (piece *)(void *)at;
        x = run(pieces, i + 1, x, 200);
    }
    x = run(pieces, PIECES, x, 3000);
    printf("%u %d\n", x, padding(1) != 0);
    return 0;
}
