/* fp: the Mandelbrot set, iterations of points of the plane */
// scale: 8100 540
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int iterate(double re, double im)
{
    double x = 0, y = 0, x2 = 0, y2 = 0;
    int n = 0;
    while (n < 100 && x2 + y2 <= 4) {
        y = 2 * x * y + im;
        x = x2 - y2 + re;
        x2 = x * x;
        y2 = y * y;
        n++;
    }
    return n;
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t sum = 0;
    for (int row = 0; row < scale; row++)
        for (int column = 0; column < 400; column++)
            sum = sum * 3 +
                  (uint32_t)iterate(-2 + column * (2.5 / 400), -1.25 + row * 2.5 / scale);
    printf("%08x\n", (unsigned)sum);
    return 0;
}
