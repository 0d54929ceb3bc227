/* fp: bodies that attract each other, integrated in small steps */
// scale: 2700 180
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT 5

struct body {
    double x, y, z, vx, vy, vz, mass;
};

static struct body bodies[COUNT];

static void setup(void)
{
    for (int i = 0; i < COUNT; i++) {
        struct body *b = &bodies[i];
        *b =
            (struct body){i * 4.5,  i * -1.25 + 1,      i * 0.5, 0.25 * i, 1.5 - i * 0.25,
                          i * 0.03, i ? 0.05 / i : 39.5};
    }
}

static void advance(double step)
{
    for (int i = 0; i < COUNT; i++)
        for (int j = i + 1; j < COUNT; j++) {
            struct body *a = &bodies[i], *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double square = dx * dx + dy * dy + dz * dz;
            double force = step / (square * sqrt(square));
            a->vx -= dx * b->mass * force;
            a->vy -= dy * b->mass * force;
            a->vz -= dz * b->mass * force;
            b->vx += dx * a->mass * force;
            b->vy += dy * a->mass * force;
            b->vz += dz * a->mass * force;
        }
    for (int i = 0; i < COUNT; i++) {
        bodies[i].x += step * bodies[i].vx;
        bodies[i].y += step * bodies[i].vy;
        bodies[i].z += step * bodies[i].vz;
    }
}

static double energy(void)
{
    double sum = 0;
    for (int i = 0; i < COUNT; i++) {
        struct body *a = &bodies[i];
        sum += a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz) / 2;
        for (int j = i + 1; j < COUNT; j++) {
            double dx = a->x - bodies[j].x, dy = a->y - bodies[j].y,
                   dz = a->z - bodies[j].z;
            sum -= a->mass * bodies[j].mass / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return sum;
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    setup();
    for (int i = 0; i < scale * 1000; i++)
        advance(0.001);
    printf("%.17g\n", energy());
    return 0;
}
