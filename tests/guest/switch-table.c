/* switch statements: dense tables, sparse searches, ranges, fall-through */
// bare: yes
#include <stdio.h>

static int dense(int n)
{
    switch (n) {
    case 0:
        return 11;
    case 1:
        return 7;
    case 2:
        return 5;
    case 3:
        return 3;
    case 4:
        return 2;
    case 5:
        return 100;
    case 6:
        return 200;
    case 7:
        return 17;
    case 8:
        return 23;
    case 9:
        return 31;
    default:
        return -n;
    }
}

static int sparse(long n)
{
    switch (n) {
    case -100000:
        return 1;
    case -1:
        return 2;
    case 12:
        return 3;
    case 999:
        return 4;
    case 65536:
        return 5;
    case 1000000:
        return 6;
    case 2147483647:
        return 7;
    default:
        return 0;
    }
}

static int fall_through(unsigned n)
{
    int sum = 0;
    switch (n % 6) {
    case 5:
        sum += 5; /* fall through */
    case 4:
        sum *= 3; /* fall through */
    case 3:
        sum += 7;
        break;
    case 2:
        sum -= 1; /* fall through */
    case 1:
        sum -= 2; /* fall through */
    case 0:
        sum = sum * 2 + 1;
    }
    return sum;
}

static const char *classify(int c)
{
    switch (c) {
    case 'a' ... 'z':
        return "lower";
    case 'A' ... 'Z':
        return "upper";
    case '0' ... '9':
        return "digit";
    case ' ':
    case '\t':
        return "space";
    default:
        return "other";
    }
}

static int threaded(const unsigned char *code)
{
    static const void *const labels[] = {&&halt, &&inc, &&twice, &&negate};
    int value = 0;
    goto *labels[*code];
inc:
    value++;
    goto *labels[*++code];
twice:
    value *= 2;
    goto *labels[*++code];
negate:
    value = -value;
    goto *labels[*++code];
halt:
    return value;
}

int main(void)
{
    static const long keys[] = {-100000, -1,    0,       12,        999,
                                1000,    65536, 1000000, 2147483647};
    for (int i = -2; i < 12; i++)
        printf("dense(%d) = %d\n", i, dense(i));
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++)
        printf("sparse(%ld) = %d\n", keys[i], sparse(keys[i]));
    for (unsigned i = 0; i < 12; i++)
        printf("fall(%u) = %d\n", i, fall_through(i));
    for (const char *p = "aZ5 \t~@[`{"; *p; p++)
        printf("%d is %s\n", *p, classify(*p));
    printf("threaded %d\n", threaded((const unsigned char *)"\1\2\1\2\3\1\2\0"));
    return 0;
}
