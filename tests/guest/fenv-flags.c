/* floating-point exception flags: each operation raises its own, they stick */
// guests: mips mipsel riscv64 riscv32
// bare: yes
// flags: -frounding-math
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

static void report(const char *what)
{
    int set = fetestexcept(FE_ALL_EXCEPT);
    printf("%s:%s%s%s%s%s\n", what, set & FE_INVALID ? " invalid" : "",
           set & FE_DIVBYZERO ? " divide" : "", set & FE_OVERFLOW ? " overflow" : "",
           set & FE_UNDERFLOW ? " underflow" : "", set & FE_INEXACT ? " inexact" : "");
    feclearexcept(FE_ALL_EXCEPT);
}

int main(void)
{
    volatile double zero = 0, one = 1, three = 3, large = 1e308, tiny = 1e-308, x;
    volatile double infinity = INFINITY, nan = NAN;
    volatile float single = 1e30f, y;
    volatile int n;
    feclearexcept(FE_ALL_EXCEPT);
    report("none");
    x = one / three;
    report("one third");
    x = one + three;
    report("exact");
    x = one / zero;
    report("by zero");
    x = zero / zero;
    report("zero by zero");
    x = large * 10;
    report("large * 10");
    x = tiny / 3e10;
    report("tiny / 3e10");
    x = tiny / 4;
    report("exact denormal?");
    x = infinity - infinity;
    report("inf - inf");
    x = infinity * zero;
    report("inf * 0");
    x = nan + one;
    report("quiet nan");
    x = sqrt(-one);
    report("root of -1");
    x = sqrt(three);
    report("root of 3");
    y = single * single;
    report("single overflow");
    y = (float)large;
    report("narrow");
    y = (float)(one / 8);
    report("narrow exact");
    n = (int)(three / 2);
    report("to int");
    n = (int)three;
    report("to int exact");
    n = nan < one;
    report("less nan");
    n = nan == one;
    report("equal nan");
    n = isless(nan, one);
    report("quiet less");
    x = rint(three / 2);
    report("rint");
    x = nearbyint(three / 2);
    report("nearbyint");
    feraiseexcept(FE_OVERFLOW | FE_INVALID);
    report("raised");
    fexcept_t saved;
    x = one / zero;
    fegetexceptflag(&saved, FE_ALL_EXCEPT);
    feclearexcept(FE_ALL_EXCEPT);
    fesetexceptflag(&saved, FE_DIVBYZERO);
    report("restored");
    fenv_t environment;
    feholdexcept(&environment);
    x = one / three;
    fesetenv(&environment);
    report("held");
    (void)x, (void)y, (void)n;
    return 0;
}
