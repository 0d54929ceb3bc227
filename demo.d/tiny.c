/*
 * tiny.c - a MIPS program without a C library, for a demo without a cross compiler.
 *
 * demo.d/tiny-mips was made of it by mips-linux-gnu-gcc with
 *     -Os -mips32r2 -mno-abicalls -fno-pic -G0 -ffreestanding -nostdlib -static -s
 *     -Wl,--build-id=none,-z,max-page-size=4096
 */

enum { SYS_EXIT = 4001, SYS_WRITE = 4004, LIMIT = 10000 };

static long call(long number, long a, long b, long c)
{
    register long v0 __asm__("$2") = number;
    register long a0 __asm__("$4") = a;
    register long a1 __asm__("$5") = b;
    register long a2 __asm__("$6") = c;
    register long a3 __asm__("$7");

    __asm__ volatile("syscall"
                     : "+r"(v0), "=r"(a3)
                     : "r"(a0), "r"(a1), "r"(a2)
                     : "$1", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15",
                       "$24", "$25", "hi", "lo", "memory");
    return a3 ? -v0 : v0;
}

static void text(const char *s)
{
    long len = 0;

    while (s[len])
        len++;
    call(SYS_WRITE, 1, (long)s, len);
}

static void number(unsigned n)
{
    char digits[12];
    char *p = digits + sizeof digits - 1;

    *p = 0;
    do {
        *--p = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    text(p);
}

/* The square root of two by Newton's method, in the FPU: digits after the point. */
static unsigned root(void)
{
    double x = 1.0;

    for (int i = 0; i < 6; i++)
        x = (x + 2.0 / x) / 2;
    return (unsigned)(int)((x - 1) * 1e9);
}

static char composite[LIMIT + 1];

__attribute__((noreturn)) void __start(void)
{
    unsigned count = 0;

    for (int n = 2; n <= LIMIT; n++) {
        if (composite[n])
            continue;
        count++;
        for (int m = 2 * n; m <= LIMIT; m += n)
            composite[m] = 1;
    }
    text("hello from a MIPS program\nprimes up to ");
    number(LIMIT);
    text(": ");
    number(count);
    text("\nthe square root of 2: 1.");
    number(root());
    text("\n");
    for (;;)
        call(SYS_EXIT, 0, 0, 0);
}
