/* structures passed and returned by value, of the sizes and mixes that ABIs tell apart */
// bare: yes
#include <inttypes.h>
#include <stdio.h>

struct one {
    int8_t a;
};
struct three {
    uint8_t a[3];
};
struct mixed {
    int a;
    double b;
};
struct floats {
    float a, b;
};
struct doubles {
    double a, b;
};
struct pair {
    int64_t a;
    int8_t b;
};
struct big {
    int a[9];
    double b;
};
struct nested {
    struct floats f;
    struct one o;
    int64_t n;
};

#define NOINLINE __attribute__((noinline)) static

NOINLINE struct one f1(struct one v, int n)
{
    return (struct one){(int8_t)(v.a + n)};
}

NOINLINE struct three f3(int n, struct three v)
{
    return (struct three){{v.a[2], (uint8_t)(v.a[1] + n), v.a[0]}};
}

NOINLINE struct mixed fm(struct mixed v, double x, int n)
{
    return (struct mixed){v.a * n, v.b * x};
}

NOINLINE struct floats ff(struct floats v, struct floats w)
{
    return (struct floats){v.a + w.b, v.b - w.a};
}

NOINLINE struct doubles fd(int n, struct doubles v, struct doubles w)
{
    return (struct doubles){v.a * w.a - v.b * w.b, v.a * w.b + v.b * w.a + n};
}

NOINLINE struct pair fp(char c, struct pair v, int64_t n)
{
    return (struct pair){v.a - n, (int8_t)(v.b + c)};
}

NOINLINE struct big fb(struct big v, int at, struct big w)
{
    v.a[at] += w.a[8 - at];
    v.b -= w.b;
    return v;
}

NOINLINE struct nested fn(struct nested v)
{
    v.f = ff(v.f, v.f);
    v.o = f1(v.o, 1);
    v.n *= 3;
    return v;
}

NOINLINE int64_t many(int a, int64_t b, struct three c, double d, float e, struct mixed f,
                      int g, int64_t h, struct one i, float j, int k)
{
    return a + b * 2 + c.a[1] * 3 + (int64_t)(d * 4) + (int64_t)(e * 5) + f.a * 6 +
           (int64_t)(f.b * 7) + g * 8 + h * 9 + i.a * 10 + (int64_t)(j * 11) + k * 12;
}

int main(void)
{
    struct one o = {100};
    struct three t = {{1, 2, 3}};
    struct mixed m = {7, 0.5};
    struct floats f = {1.5f, -2.5f};
    struct doubles d = {0.75, -1.25};
    struct pair p = {1000000000000, 'a'};
    struct big b = {{1, 2, 3, 4, 5, 6, 7, 8, 9}, 10.5};
    struct nested n = {{3, 4}, {5}, -6};
    for (int i = 1; i < 6; i++) {
        o = f1(o, i);
        t = f3(i, t);
        m = fm(m, 1.5, -i);
        f = ff(f, (struct floats){0.25f, (float)i});
        d = fd(i, d, d);
        p = fp('b', p, (int64_t)i << 33);
        b = fb(b, i, b);
        n = fn(n);
        printf("%d | %d %d %d | %d %g | %g %g | %g %g | %" PRId64 " %d\n", o.a, t.a[0],
               t.a[1], t.a[2], m.a, m.b, (double)f.a, (double)f.b, d.a, d.b, p.a, p.b);
        printf("%d %d %g | %g %g %d %" PRId64 "\n", b.a[i], b.a[8 - i], b.b,
               (double)n.f.a, (double)n.f.b, n.o.a, n.n);
        printf("many %" PRId64 "\n",
               many(i, -p.a, t, 2.25, 0.5f, m, i + 1, p.a, o, 1.0f, i));
    }
    return 0;
}
