/* scanf: numbers, strings, sets, widths, assignment suppression, counts, failures */
#include <inttypes.h>
#include <stdio.h>

int main(void)
{
    int a = 0, b = 0, n = 0;
    unsigned x = 0;
    int64_t big = 0;
    double d = 0;
    float f = 0;
    char word[20] = "", set[20] = "", c = 0;
    int count =
        sscanf("12 -34 ff 123456789012345 3.5e2 0.25 hello",
               "%d %i %x %" SCNd64 " %lf %f %19s", &a, &b, &x, &big, &d, &f, word);
    printf("%d: %d %d %x %" PRId64 " %g %g %s\n", count, a, b, x, big, d, (double)f,
           word);
    count = sscanf("abc123;rest", "%[a-z]%d%c%n", set, &a, &c, &n);
    printf("%d: %s %d %c %d\n", count, set, a, c, n);
    count = sscanf("123456", "%3d%2d%1d", &a, &b, &n);
    printf("%d: %d %d %d\n", count, a, b, n);
    count = sscanf("10 20 30", "%*d %d %*d", &a);
    printf("%d: %d\n", count, a);
    count = sscanf("x", "%d", &a);
    printf("%d\n", count);
    count = sscanf("", "%d", &a);
    printf("%d\n", count == EOF);
    count = sscanf("0x1.8p1 inf -.5e-3", "%lf %f %lf", &d, &f, &d);
    printf("%d: %g %g\n", count, d, (double)f);
    count = sscanf("017 0x1F 99", "%i %i %o", &a, &b, &x);
    printf("%d: %d %d %o\n", count, a, b, x);
    count = sscanf("a=1,b=2", "a=%d,b=%d", &a, &b);
    printf("%d: %d %d\n", count, a, b);
    count = sscanf("100%", "%d%%%n", &a, &n);
    printf("%d: %d %d\n", count, a, n);
    return 0;
}
