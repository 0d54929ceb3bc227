/* indirect calls: tables of functions, callbacks, functions that return functions */
// bare: yes
#include <stdio.h>

typedef int binary(int, int);
typedef struct shape shape;
struct shape {
    const struct methods *methods;
    int a, b;
};
struct methods {
    const char *name;
    int (*area)(const shape *);
    void (*scale)(shape *, int);
};

static int add(int a, int b)
{
    return a + b;
}
static int subtract(int a, int b)
{
    return a - b;
}
static int multiply(int a, int b)
{
    return a * b;
}
static int larger(int a, int b)
{
    return a > b ? a : b;
}

static binary *const operations[] = {add, subtract, multiply, larger};

__attribute__((noinline)) static binary *choose(unsigned n)
{
    return operations[n % 4];
}

static int fold(binary *operation, const int *values, int count)
{
    int result = values[0];
    for (int i = 1; i < count; i++)
        result = operation(result, values[i]);
    return result;
}

static int rectangle_area(const shape *s)
{
    return s->a * s->b;
}
static int triangle_area(const shape *s)
{
    return s->a * s->b / 2;
}

static void scale_both(shape *s, int n)
{
    s->a *= n;
    s->b *= n;
}

static void scale_first(shape *s, int n)
{
    s->a *= n;
}

static const struct methods rectangle = {"rectangle", rectangle_area, scale_both},
                            triangle = {"triangle", triangle_area, scale_first};

struct step {
    struct step (*next)(int *);
};

static struct step last(int *n)
{
    *n = -*n;
    return (struct step){0};
}

static struct step first(int *n)
{
    *n += 5;
    return (struct step){*n > 20 ? last : first};
}

int main(void)
{
    int values[] = {3, 1, 4, 1, 5, 9, 2, 6};
    shape shapes[] = {{&rectangle, 3, 4}, {&triangle, 6, 5}, {&rectangle, 7, 1}};
    for (unsigned i = 0; i < 8; i++)
        printf("fold %u: %d\n", i, fold(choose(i), values + i % 3, 5));
    for (int round = 1; round < 4; round++)
        for (unsigned i = 0; i < 3; i++) {
            shapes[i].methods->scale(&shapes[i], round);
            printf("%s %d\n", shapes[i].methods->name,
                   shapes[i].methods->area(&shapes[i]));
        }
    int n = 1;
    for (struct step s = {first}; s.next;) {
        s = s.next(&n);
        printf("step %d\n", n);
    }
    return 0;
}
