/* int-call: indirect calls: methods of objects of several kinds, tables of functions */
// scale: 5400 360
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct object;
struct methods {
    uint32_t (*step)(struct object *, uint32_t);
    uint32_t (*size)(const struct object *);
};
struct object {
    const struct methods *methods;
    uint32_t a, b;
};

static uint32_t add_step(struct object *o, uint32_t n)
{
    return o->a += n;
}

static uint32_t xor_step(struct object *o, uint32_t n)
{
    return o->b ^= n * 5;
}

static uint32_t turn_step(struct object *o, uint32_t n)
{
    o->a = o->a << 3 | o->a >> 29;
    return o->a - n;
}

static uint32_t swap_step(struct object *o, uint32_t n)
{
    uint32_t a = o->a;
    o->a = o->b + n;
    return o->b = a;
}

static uint32_t sum_size(const struct object *o)
{
    return o->a + o->b;
}

static uint32_t difference_size(const struct object *o)
{
    return o->a - o->b;
}

static const struct methods kinds[] = {{add_step, sum_size},
                                       {xor_step, difference_size},
                                       {turn_step, sum_size},
                                       {swap_step, difference_size}};

typedef uint32_t binary(uint32_t, uint32_t);

static uint32_t f_add(uint32_t a, uint32_t b)
{
    return a + b;
}
static uint32_t f_sub(uint32_t a, uint32_t b)
{
    return a - b;
}
static uint32_t f_mul(uint32_t a, uint32_t b)
{
    return a * b | 1;
}
static uint32_t f_xor(uint32_t a, uint32_t b)
{
    return a ^ b;
}
static uint32_t f_rot(uint32_t a, uint32_t b)
{
    return a << (b & 31) | a >> (-b & 31);
}

static binary *volatile table[8] = {f_add, f_sub, f_mul, f_xor,
                                    f_rot, f_add, f_xor, f_sub};

int main(int argc, char **argv)
{
    uint32_t scale = argc > 1 ? (uint32_t)atoi(argv[1]) : 1, sum = 0, x = 1;
    static struct object objects[64];
    for (uint32_t i = 0; i < 64; i++)
        objects[i] = (struct object){&kinds[i * 2654435761u >> 30], i, i * i};
    for (uint32_t round = 0; round < scale; round++) {
        for (uint32_t i = 0; i < 6400; i++) { /* kinds in a pattern */
            struct object *o = &objects[i & 63];
            sum += o->methods->step(o, i);
            sum ^= o->methods->size(o);
        }
        for (uint32_t i = 0; i < 3200; i++) /* always the same */
            sum += objects[5].methods->step(&objects[5], i);
        for (uint32_t i = 0; i < 3200; i++) { /* at random */
            x = x * 1664525 + 1013904223;
            sum = table[x >> 29](sum, x);
        }
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
