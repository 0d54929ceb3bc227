/*
 * guest.c - what the CPUs of tests/threads run: without a library, one image, one entry.
 *
 * CPU 0 rewrites code: one instruction of functions that the others call, and whole
 * functions by a handshake, as a JIT does. The others call these, and compute what they
 * can check, in more code than a small cache holds; they add to shared words, take a lock
 * and wait for each other.
 */
typedef unsigned int u32;
typedef unsigned long address;

/* What harness.c serves. */
enum { CALL_DONE = 1, CALL_SYNC, CALL_PROTECT, CALL_YIELD, CALL_GO };

/* The guest: a call; fetching anew; instructions that set the result, add to it, return.
 */
#if defined(__riscv)
static long call(long number, long a, long b)
{
    register long a7 __asm__("a7") = number, a0 __asm__("a0") = a, a1 __asm__("a1") = b;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1) : "memory");
    return a0;
}
#define REFETCH() __asm__ volatile("fence.i" ::: "memory")
#define SET(k)    (0x00000513u | (u32)(k) << 20)
#define ADD(k)    (0x00050513u | (u32)(k) << 20)
#define RETURN    0x00008067u, 0x00000013u
#define SLOT_ASM  ".4byte 0x513, 0x8067, 0x13, 0x13\n"
enum { SET_AT = 0, STRICT = 0 };
#elif defined(__mips__)
static long call(long number, long a, long b)
{
    register long v0 __asm__("v0") = number, a0 __asm__("a0") = a, a1 __asm__("a1") = b;
    __asm__ volatile("syscall" : "+r"(v0) : "r"(a0), "r"(a1) : "a3", "memory");
    return v0;
}
#define REFETCH() (void)0
#define SET(k)    (0x24020000u | (u32)(k))
#define ADD(k)    (0x24420000u | (u32)(k))
#define RETURN    0x03e00008u, 0u
#define SLOT_ASM  ".4byte 0x03e00008, 0x24020000, 0, 0\n"
enum { SET_AT = 1, STRICT = 1 };
#endif

/* Functions of four words that return a number of 0 to 127; the first page has nothing
 * else, in the second are words of data. */
enum { SLOTS = 512, SLOTS_USED = 6, SLOT_MASK = 127 };
__asm__(".pushsection .slots,\"awx\",%progbits\n"
        ".balign 4096\n"
        ".globl slots, slot_a, slot_b\n"
        ".type slot_a, %function\n"
        ".type slot_b, %function\n"
        "slots:\n"
        "slot_a:\n"
        ".rept 256\n" SLOT_ASM ".endr\n"
        "slot_b:\n"
        ".rept 256\n" SLOT_ASM ".endr\n"
        ".globl buffers\n"
        "buffers: .space 8192\n"
        ".popsection\n");
extern u32 slots[SLOTS][4], buffers[2][1024];
extern u32 slot_a(void), slot_b(void);
static const unsigned used[SLOTS_USED] = {0, 1, 100, 256, 257, 300};
enum { BESIDE = 511 }; /* its words are data */

static volatile u32 version[SLOTS];
static volatile u32 generation, acknowledged[16];
static volatile u32 stop, total, lock, locked_a, locked_b, word[16], rounds[16];
static u32 counted[16];
static u32 errors;

static void wrong(u32 what)
{
    __atomic_fetch_or(&errors, 1u << what, __ATOMIC_RELAXED);
}

/* -- plenty of code ---------------------------------------------------------------- */

#define F(n)                                                             \
    static __attribute__((noinline)) u32 f##n(u32 x)                     \
    {                                                                    \
        for (u32 i = 0; i < (n) % 9 + 3; i++) {                          \
            x = x * (2654435761u + 2 * (n)) + (x >> (1 + (n) % 13)) + i; \
            x ^= (n)*77u + (x << ((n) % 5));                             \
            if (x & (1u << (n) % 31))                                    \
                x += (n);                                                \
            else                                                         \
                x -= 3 * i;                                              \
        }                                                                \
        return x;                                                        \
    }
#define F10(n) \
    F(n##0) F(n##1) F(n##2) F(n##3) F(n##4) F(n##5) F(n##6) F(n##7) F(n##8) F(n##9)
/* clang-format off */
F10(1) F10(2) F10(3) F10(4) F10(5) F10(6) F10(7) F10(8) F10(9)
/* clang-format on */
#define P10(n)                                                                       \
    f##n##0, f##n##1, f##n##2, f##n##3, f##n##4, f##n##5, f##n##6, f##n##7, f##n##8, \
        f##n##9
    static u32 (*const functions[])(u32) = {P10(1), P10(2), P10(3), P10(4), P10(5),
                                            P10(6), P10(7), P10(8), P10(9)};
enum { FUNCTIONS = 90 };
static u32 expected[FUNCTIONS];

/* compute - what comes out is the same each time, whoever does it. */
static void compute(u32 n)
{
    u32 x = functions[n](n), was = 0;
    x = functions[(n + 7) % FUNCTIONS](x) | 1;
    if (!__atomic_compare_exchange_n(&expected[n], &was, x, 0, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED) &&
        was != x)
        wrong(0);
}

static __attribute__((noinline)) u32 fib(u32 n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

/* machine - a little interpreter, for its computed jumps. */
static __attribute__((noinline)) u32 machine(u32 steps)
{
    static const unsigned char program[] = {0, 3, 1, 4, 2, 5, 0, 1, 1, 5, 6, 2, 4, 7};
    u32 a = 1, b = 2, at = 0;
    for (; steps > 0; steps--) {
        switch (program[at]) {
        case 0:
            a += b;
            break;
        case 1:
            b ^= a;
            break;
        case 2:
            a = a << 3 | a >> 29;
            break;
        case 3:
            b += 0x1234567;
            break;
        case 4:
            a -= b >> 3;
            break;
        case 5:
            b = b * 5 + 1;
            break;
        case 6:
            a = ~a;
            break;
        default:
            b = b >> 1 | b << 31;
            break;
        }
        if (++at == sizeof program)
            at = 0;
    }
    return a ^ b;
}

/* -- shared words ------------------------------------------------------------------ */

static void shared_words(u32 me)
{
    __atomic_fetch_add(&total, 1, __ATOMIC_SEQ_CST);
    counted[me]++;
    u32 was = 0, spins = 0;
    while (!__atomic_compare_exchange_n(&lock, &was, 1, 0, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
        was = 0;
        if (++spins % 256 == 0)
            call(CALL_YIELD, 0, 0);
    }
    u32 a = locked_a + 1;
    if (locked_a != locked_b)
        wrong(1);
    locked_a = a;
    locked_b = locked_b + 1;
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

/* ping_pong - with the CPU whose number differs in the lowest bit: nothing but loops on a
 * word, which end because the other CPU writes it. */
static void ping_pong(u32 me, u32 count, u32 round)
{
    u32 other = me ^ 1;
    if (other == 0 || me == 0 || other >= count)
        return;
    __atomic_store_n(&word[me], round, __ATOMIC_RELEASE);
    while (!stop && __atomic_load_n(&word[other], __ATOMIC_ACQUIRE) < round)
        ;
}

/* -- code that changes -------------------------------------------------------------- */

/* made - what the function of generation G returns. */
static u32 made(u32 g)
{
    u32 sum = g & 63;
    for (u32 i = 0; i < g % 23; i++)
        sum += (g >> 1) + i & 63;
    return sum;
}

static void make(u32 g)
{
    static const u32 back[] = {RETURN};
    volatile u32 *p = buffers[g & 1];
    *p++ = SET(g & 63);
    for (u32 i = 0; i < g % 23; i++)
        *p++ = ADD((g >> 1) + i & 63);
    *p++ = back[0];
    *p++ = back[1];
    call(CALL_SYNC, (long)(address)buffers[g & 1], 256);
}

/* use_made - call the present generation's function, then say that it was seen. */
static void use_made(u32 me)
{
    u32 g = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);
    if (g == 0)
        return;
    if (acknowledged[me] != g)
        REFETCH();
    for (u32 i = 0; i < 3; i++)
        if (((u32(*)(void))(address)buffers[g & 1])() != made(g))
            wrong(2);
    __atomic_store_n(&acknowledged[me], g, __ATOMIC_RELEASE);
}

static int all_acknowledged(u32 count, u32 g)
{
    for (u32 i = 1; i < count; i++)
        if (__atomic_load_n(&acknowledged[i], __ATOMIC_ACQUIRE) != g)
            return 0;
    return 1;
}

static void rewrite(u32 k)
{
    u32 v = version[k] + 1;
    *(volatile u32 *)&slots[k][SET_AT] = SET(v & SLOT_MASK);
    call(CALL_SYNC, (long)(address)slots[k], 16);
    __atomic_store_n(&version[k], v, __ATOMIC_RELEASE);
}

/* call_slot - what function K returns is of no version that isn't written yet; and, if
 * REFETCHED, of none older than what was there when it was called. */
static void call_slot(u32 k, int refetch)
{
    u32 low = __atomic_load_n(&version[k], __ATOMIC_ACQUIRE), got;
    if (refetch)
        REFETCH();
    got = ((u32(*)(void))(address)slots[k])();
    u32 high = __atomic_load_n(&version[k], __ATOMIC_ACQUIRE) + 1;
    if (got > SLOT_MASK)
        wrong(3);
    if ((refetch || STRICT) && high - low < SLOT_MASK &&
        (got - low & SLOT_MASK) > high - low)
        wrong(4);
}

/* -- the CPUs ------------------------------------------------------------------------ */

static void writer(u32 count)
{
    u32 r = 0;
    for (; call(CALL_GO, 0, 0); r++) {
        rewrite(used[r % SLOTS_USED]);
        compute(r % FUNCTIONS);
        u32 g = generation;
        if (all_acknowledged(count, g) || g == 0) {
            make(g + 1);
            __atomic_store_n(&generation, g + 1, __ATOMIC_RELEASE);
        }
        if (r % 4 == 0) /* its pages are watched again afterwards */
            call(CALL_PROTECT, (long)(address)slots,
                 (long)(sizeof slots + sizeof buffers));
        if (r % 16 == 0)
            call(CALL_YIELD, 0, 0);
    }
    rounds[0] = r;
    stop = 1;
}

static void reader(u32 me, u32 count)
{
    u32 sum = 0, r = 1;
    for (; !stop; r++) {
        for (u32 i = 0; i < SLOTS_USED; i++)
            call_slot(used[i], (r + i) % 8 == 0);
        for (u32 i = 0; i < 20; i++) /* a loop that takes these functions in */
            sum += slot_a() + slot_b();
        for (u32 i = 0; i < 5; i++)
            compute((r * 5 + i + me) % FUNCTIONS);
        if (fib(9) != 34)
            wrong(5);
        if (machine(100) != machine(100))
            wrong(6);
        shared_words(me);
        use_made(me);
        if (r % 64 == 0)
            ((volatile u32 *)slots[BESIDE])[me & 3] = sum;
        if (r % 16 == 0)
            ping_pong(me, count, r);
    }
    rounds[me] = r;
}

void run(u32 me, u32 count)
{
    if (me == 0)
        writer(count);
    else
        reader(me, count);
    __atomic_fetch_add(&word[15], 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&word[15], __ATOMIC_SEQ_CST) < count)
        call(CALL_YIELD, 0, 0);
    u32 sum = 0;
    for (u32 i = 0; i < count; i++)
        sum += counted[i];
    if (sum != total || locked_a != total || locked_b != total)
        wrong(7);
    call(CALL_DONE, (long)errors, (long)rounds[me]);
}
