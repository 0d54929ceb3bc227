/* variable arguments: int, 64-bit, double and pointers in every order, va_copy */
// bare: yes
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* kinds: i int, l int64_t, d double, s string, c char */
static void show(const char *kinds, ...)
{
    va_list list;
    va_start(list, kinds);
    for (const char *p = kinds; *p; p++)
        switch (*p) {
        case 'i':
            printf(" %d", va_arg(list, int));
            break;
        case 'l':
            printf(" %" PRId64, va_arg(list, int64_t));
            break;
        case 'd':
            printf(" %g", va_arg(list, double));
            break;
        case 's':
            printf(" %s", va_arg(list, const char *));
            break;
        case 'c':
            printf(" %c", va_arg(list, int));
            break;
        }
    va_end(list);
    printf(" (%s)\n", kinds);
}

static int64_t sum_twice(int count, ...)
{
    va_list list, copy;
    int64_t sum = 0;
    va_start(list, count);
    va_copy(copy, list);
    for (int i = 0; i < count; i++)
        sum += va_arg(list, int);
    for (int i = 0; i < count; i++)
        sum = sum * 2 + va_arg(copy, int);
    va_end(copy);
    va_end(list);
    return sum;
}

__attribute__((format(printf, 3, 4))) static int format(char *to, size_t size,
                                                        const char *text, ...)
{
    va_list list;
    va_start(list, text);
    int length = vsnprintf(to, size, text, list);
    va_end(list);
    return length;
}

static double after_fixed(int a, double b, int64_t c, ...)
{
    va_list list;
    va_start(list, c);
    double d = va_arg(list, double);
    int64_t e = va_arg(list, int64_t);
    va_end(list);
    return a + b + (double)c + d + (double)e;
}

int main(void)
{
    char text[32];
    int64_t big = -123456789012345;
    show("iiiiiiiiiii", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    show("ililililil", 1, big, 2, big + 1, 3, big + 2, 4, big + 3, 5, big + 4);
    show("dddddddddd", 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5);
    show("idldidlids", 1, 2.0, big, 3.25, 4, 5.5, -big, 6, 7.75, "end");
    show("csdlics", 'x', "why", 0.125, big, 9, 'z', "stop");
    show("li", big, 1);
    show("iil", 1, 2, big);
    show("");
    printf("%" PRId64 "\n", sum_twice(9, 1, -2, 3, -4, 5, -6, 7, -8, 2000000000));
    int length =
        format(text, sizeof text, "%d-%s-%5.2f-%" PRId64, 42, "word", 3.14159, big);
    printf("%d [%s]\n", length, text);
    length = format(text, 8, "%s", "cut off here");
    printf("%d [%s]\n", length, text);
    printf("%g\n", after_fixed(1, 2.5, 3, 4.25, (int64_t)5));
    return 0;
}
