/* int-call: binary trees: many small allocations, recursive walks, releases */
// scale: 35000 2400
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct tree {
    struct tree *left, *right;
    uint32_t value;
};

static struct tree *make(int depth, uint32_t value)
{
    struct tree *t = malloc(sizeof *t);
    if (!t)
        abort();
    t->value = value;
    t->left = depth > 0 ? make(depth - 1, 2 * value) : NULL;
    t->right = depth > 0 ? make(depth - 1, 2 * value + 1) : NULL;
    return t;
}

static uint32_t check(const struct tree *t)
{
    return t ? t->value + 3 * check(t->left) - check(t->right) : 1;
}

static void release(struct tree *t)
{
    if (!t)
        return;
    release(t->left);
    release(t->right);
    free(t);
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t sum = 0;
    struct tree *lasting = make(12, 1);
    for (int i = 0; i < scale; i++) {
        int depth = 4 + i % 7;
        struct tree *t = make(depth, (uint32_t)i);
        sum = sum * 31 + check(t);
        release(t);
    }
    sum ^= check(lasting);
    release(lasting);
    printf("%08x\n", (unsigned)sum);
    return 0;
}
