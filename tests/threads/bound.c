/*
 * bound.c - how soon an interrupt is taken: guest code in the shapes that a translator
 * treats differently counts its rounds in memory, and the harness compares what the
 * counter was when the host's signal came with what it is when the guest's is delivered.
 */
typedef unsigned int u32;

/* What harness.c serves. */
enum { CALL_DONE = 1, CALL_COUNTER = 6, CALL_WORST = 7 };

#if defined(__riscv)
static long call(long number, long a, long b)
{
    register long a7 __asm__("a7") = number, a0 __asm__("a0") = a, a1 __asm__("a1") = b;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1) : "memory");
    return a0;
}
#elif defined(__mips__)
static long call(long number, long a, long b)
{
    register long v0 __asm__("v0") = number, a0 __asm__("a0") = a, a1 __asm__("a1") = b;
    __asm__ volatile("syscall" : "+r"(v0) : "r"(a0), "r"(a1) : "a3", "memory");
    return v0;
}
#endif

static volatile u32 counter, stop;

#define APART __attribute__((noinline, noclone))

/* A loop of one block. */
APART static void tight(void)
{
    while (!stop)
        counter++;
}

/* A loop in a loop, and blocks in both. */
APART static void nested(void)
{
    volatile u32 x = 0;
    while (!stop)
        for (u32 i = 0; i < 7 && !stop; i++) {
            counter++;
            if (i & 1)
                x += i;
        }
}

APART static void add_one(void)
{
    counter++;
}

APART static void add_two(void)
{
    counter++;
    add_one();
}

/* Calls by address and their returns. */
APART static void computed(void)
{
    static void (*volatile to[])(void) = {add_one, add_two};
    for (u32 i = 0; !stop; i++)
        to[i & 1]();
}

APART static u32 deep(u32 n)
{
    counter++;
    return n == 0 ? 1 : deep(n - 1) + 1;
}

/* Recursion: a jump back on the way down, returns on the way up. */
APART static void recursive(void)
{
    volatile u32 x = 0;
    while (!stop)
        x += deep(12);
}

/* The most rounds that a shape may go on: what stands between two polls. */
static const struct {
    void (*run)(void);
    u32 most;
} shapes[] = {{tight, 1}, {nested, 1}, {computed, 3}, {recursive, 26}};

void run(u32 me, u32 count)
{
    u32 errors = 0, delivered = 0;
    (void)me;
    (void)count;
    for (u32 i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        stop = 0;
        call(CALL_COUNTER, (long)&counter, (long)&stop);
        shapes[i].run();
        u32 worst = (u32)call(CALL_WORST, 0, 0);
        delivered++;
        if (worst > shapes[i].most)
            errors |= 1u << i;
    }
    call(CALL_DONE, (long)errors, (long)delivered);
}
