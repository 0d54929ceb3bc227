/* long double arithmetic, software quad precision on some guests, to its own width */
// oracle: qemu
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    printf("digits %d max exponent %d\n", LDBL_DIG, LDBL_MAX_EXP);
    volatile long double one = 1, three = 3, x;
    x = one / three;
    printf("%.40Lg %La\n", x, x);
    x = sqrtl(three);
    printf("%.40Lg\n", x);
    x = 1;
    for (int i = 1; i <= 25; i++)
        x *= i;
    printf("25! = %.0Lf\n", x);
    printf("%.40Lg\n", strtold("0.1", NULL));
    printf("%d %d %d\n", x > one, x < one, isnan((double)x) != 0);
    printf("%lld %d\n", (long long)(x / 1e8L), (int)(one / three * 1000));
    printf("%.17g %.9g\n", (double)x, (double)(float)x);
    x = (long double)0x7fffffffffffffffLL;
    printf("%.0Lf\n", x);
    x = LDBL_MAX;
    printf("%.30Lg %Lg\n", x, x * 2);
    x = LDBL_MIN;
    printf("%.30Lg %Lg\n", x, x / three);
    return 0;
}
