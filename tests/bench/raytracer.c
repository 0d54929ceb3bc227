/* fp: a ray tracer of spheres over a plane, with shadows and mirrors */
// scale: 9700 640
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    double x, y, z;
} vector;

struct sphere {
    vector centre;
    double radius, mirror;
    vector colour;
};

static const struct sphere spheres[] = {{{0, 0, 6}, 1.5, 0.4, {0.9, 0.2, 0.2}},
                                        {{2, 0.5, 5}, 0.75, 0.2, {0.2, 0.9, 0.2}},
                                        {{-2, -0.25, 5}, 1, 0.6, {0.2, 0.3, 0.9}},
                                        {{0.5, 1.75, 4.5}, 0.5, 0, {0.9, 0.9, 0.1}},
                                        {{-0.75, -1.25, 4}, 0.25, 0.1, {1, 1, 1}},
                                        {{1, -1, 3.75}, 0.375, 0.8, {0.5, 0.5, 0.5}}};

#define COUNT (int)(sizeof spheres / sizeof spheres[0])

static vector add(vector a, vector b)
{
    return (vector){a.x + b.x, a.y + b.y, a.z + b.z};
}

static vector scale_by(vector a, double s)
{
    return (vector){a.x * s, a.y * s, a.z * s};
}

static double dot(vector a, vector b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static vector unit(vector a)
{
    return scale_by(a, 1 / sqrt(dot(a, a)));
}

/* Distance along the ray to sphere S, or a negative number. */
static double hit(const struct sphere *s, vector from, vector direction)
{
    vector to = add(s->centre, scale_by(from, -1));
    double along = dot(to, direction), off = dot(to, to) - along * along;
    double square = s->radius * s->radius - off;
    if (square < 0)
        return -1;
    return along - sqrt(square);
}

static int nearest(vector from, vector direction, double *distance)
{
    int best = -1;
    for (int i = 0; i < COUNT; i++) {
        double d = hit(&spheres[i], from, direction);
        if (d > 1e-6 && (best < 0 || d < *distance)) {
            best = i;
            *distance = d;
        }
    }
    return best;
}

static vector trace(vector from, vector direction, int depth)
{
    static const vector light = {0.5, 0.75, -0.433};
    double distance = 0, mirror = 0.1;
    vector normal = {0, 1, 0}, colour;
    int which = nearest(from, direction, &distance);
    vector point = add(from, scale_by(direction, distance));
    if (which >= 0) {
        const struct sphere *s = &spheres[which];
        normal = scale_by(add(point, scale_by(s->centre, -1)), 1 / s->radius);
        colour = s->colour;
        mirror = s->mirror;
    } else {
        if (direction.y >= -1e-3)
            return (vector){0.3, 0.5, 0.5 + direction.y / 2};
        point = add(from, scale_by(direction, (-1.5 - from.y) / direction.y));
        int dark = (int)floor(point.x) + (int)floor(point.z);
        colour = dark & 1 ? (vector){0.1, 0.1, 0.1} : (vector){0.8, 0.8, 0.8};
    }
    double bright = dot(normal, light), ignored;
    if (bright < 0 || nearest(point, light, &ignored) >= 0)
        bright = 0;
    colour = scale_by(colour, 0.2 + 0.8 * bright);
    if (mirror > 0 && depth > 0) {
        vector back = add(direction, scale_by(normal, -2 * dot(direction, normal)));
        colour = add(scale_by(colour, 1 - mirror),
                     scale_by(trace(point, back, depth - 1), mirror));
    }
    return colour;
}

#define WIDTH 300

int main(int argc, char **argv)
{
    int rows = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t hash = 0;
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < WIDTH; column++) {
            vector direction = {(column + 0.5) / WIDTH - 0.5, 0.5 - (row + 0.5) / rows,
                                0.8};
            vector c = trace((vector){0, 0, 0}, unit(direction), 4);
            hash = hash * 31 + (uint32_t)(c.x * 4096) + (uint32_t)(c.y * 4096) * 3 +
                   (uint32_t)(c.z * 4096) * 5;
        }
    printf("%08x\n", (unsigned)hash);
    return 0;
}
