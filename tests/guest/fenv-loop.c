/* fenv-loop.c - sticky flags read, cleared, raised and restored in a loop, between
 * operations that raise them; quiet comparisons, which save and restore them. */
// guests: mips mipsel riscv64
// flags: -frounding-math
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t state = 88172645463325252u;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static double step(unsigned kind, double x)
{
    volatile double zero = 0, big = 1e300, tiny = 1e-300, y = x;
    fexcept_t kept;
    switch (kind) {
    case 0:
        feclearexcept(FE_ALL_EXCEPT);
        return x;
    case 1:
        return x / zero;
    case 2:
        return big * big * x;
    case 3:
        return tiny * tiny * x;
    case 4:
        return zero / zero;
    case 5:
        feclearexcept(FE_INEXACT);
        return x;
    case 6:
        feraiseexcept(FE_OVERFLOW);
        return x;
    case 7:
        feraiseexcept(FE_INVALID | FE_UNDERFLOW);
        return x;
    case 8:
        fegetexceptflag(&kept, FE_ALL_EXCEPT);
        y = sqrt(y);
        fesetexceptflag(&kept, FE_ALL_EXCEPT);
        return y;
    case 9:
        fesetround(next() % 2 ? FE_TONEAREST : FE_DOWNWARD);
        return x;
    case 10:
        return sqrt(fabs(y)) + (isless(y, zero) ? 1 : 2);
    case 11:
        feclearexcept(FE_INVALID | FE_DIVBYZERO);
        return x;
    default:
        return isgreater(zero / zero, y) ? 1 : y * 3;
    }
}

/* The flags by name, as the guests number them differently. */
static unsigned flags(void)
{
    return (fetestexcept(FE_INEXACT) ? 1u : 0) | (fetestexcept(FE_UNDERFLOW) ? 2u : 0) |
           (fetestexcept(FE_OVERFLOW) ? 4u : 0) | (fetestexcept(FE_DIVBYZERO) ? 8u : 0) |
           (fetestexcept(FE_INVALID) ? 16u : 0);
}

int main(void)
{
    unsigned hash = 0;
    for (int i = 0; i < 20000; i++) {
        double x = (double)(int64_t)next() / (double)(next() % 1000 + 1);
        double y = step(next() % 13, x);
        uint64_t bits = 0;
        if (y == y)
            memcpy(&bits, &y, sizeof bits);
        hash = hash * 31 + flags() + (unsigned)(bits >> 20) * 7;
        if (i % 2000 == 0)
            printf("%d %08x %x\n", i, hash, flags());
    }
    printf("%08x\n", hash);
    return 0;
}
