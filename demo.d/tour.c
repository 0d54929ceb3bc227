/*
 * tour.c - the demo's guest program: what an ordinary C program does.
 *
 * Counts primes, sorts, computes pi, and counts the words of the file it is given.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

enum { LIMIT = 100000, NUMBERS = 8 };

static void primes(void)
{
    static char composite[LIMIT + 1];
    int count = 0, last = 0;

    for (int n = 2; n <= LIMIT; n++) {
        if (composite[n])
            continue;
        count++;
        last = n;
        for (int m = 2 * n; m <= LIMIT; m += n)
            composite[m] = 1;
    }
    printf("primes up to %d: %d, the last is %d\n", LIMIT, count, last);
}

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void sorting(void)
{
    int numbers[NUMBERS];
    unsigned seed = 12345;

    for (int i = 0; i < NUMBERS; i++) {
        seed = seed * 1103515245u + 12345u;
        numbers[i] = (int)(seed >> 16) % 1000;
    }
    qsort(numbers, NUMBERS, sizeof numbers[0], by_value);
    printf("sorted:");
    for (int i = 0; i < NUMBERS; i++)
        printf(" %d", numbers[i]);
    printf("\n");
}

static void pi(void)
{
    double a = 1.0, b = sqrt(0.5), t = 0.25, p = 1.0;

    for (int i = 0; i < 4; i++) {
        double next = (a + b) / 2;
        b = sqrt(a * b);
        t -= p * (a - next) * (a - next);
        a = next;
        p *= 2;
    }
    printf("pi by Gauss and Legendre: %.15f\n", (a + b) * (a + b) / (4 * t));
}

static int words(const char *path)
{
    FILE *f = fopen(path, "r");
    int c, inside = 0;
    long lines = 0, count = 0, bytes = 0;

    if (!f) {
        fprintf(stderr, "tour: %s: %s\n", path, strerror(errno));
        return 1;
    }
    while ((c = getc(f)) != EOF) {
        bytes++;
        lines += c == '\n';
        count += !inside && !isspace(c);
        inside = !isspace(c);
    }
    fclose(f);
    printf("%s: %ld lines, %ld words, %ld bytes\n", path, lines, count, bytes);
    return 0;
}

int main(int argc, char **argv)
{
    const union {
        unsigned whole;
        unsigned char first;
    } probe = {1};
    struct utsname name;

    if (uname(&name) == 0)
        printf("%s on %s, %s endian, %d-bit pointers\n", name.sysname, name.machine,
               probe.first ? "little" : "big", (int)sizeof(void *) * 8);
    primes();
    sorting();
    pi();
    return argc > 1 ? words(argv[1]) : 0;
}
