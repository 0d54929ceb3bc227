/*
 * harness.c - runs cases from a file and prints what each changed; see harness.h.
 *
 * The file: for each case a line "SEED FLAGS HEXCODE [REG=HEX,...]". The seed gives the
 * registers' content; FLAGS says what kind of it: c  corner values         s  small
 * values        f  corner values of floating point m  registers n: n % 4 = 1, 2 point
 * into the data, 0 are small multiples of eight, 3 point nowhere; memory is compared (and
 * restored before the next case) b  registers n with n % 4 = 3 hold the address after the
 * case's instructions e  traps of floating point are on                z  all zero
 *   -  random values       v  the memory that is named is printed
 * Registers named after the code (r5, f3, fcsr as printed) are set to what stands there,
 * and so is memory: m32@ADDRESS=HEX.
 */
#include "harness.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

static struct image image, before;
static sigjmp_buf back;
static volatile int signal_number, signal_code;
static volatile uint64_t fault_pc;
static unsigned char *data, *pristine;

static uint64_t state;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1dull;
}

static const uint64_t corners[] = {
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fffffff,
    0x80000000,
    0x80000001,
    0xfffffffe,
    0xffffffff,
    0x100000000,
    0x7fffffffffffffff,
    0x8000000000000000,
    0xffffffffffffffff,
    31,
    32,
    63,
    64,
};

static const uint32_t singles[] = {
    0,          0x80000000, 1,          0x007fffff, 0x00800000, 0x3f800000, 0xbf800000,
    0x3f800001, 0x3f7fffff, 0x3f000000, 0x3fc00000, 0x40200000, 0x4b000000, 0x4effffff,
    0x4f000000, 0x4f7fffff, 0x4f800000, 0x5effffff, 0x5f000000, 0x5f800000, 0x7f7fffff,
    0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x7fffffff, 0x7f800001, 0x7fbfffff,
    0xffc12345, 0xff812345, 0x33800000, 0x80800001,
};

static const uint64_t doubles[] = {
    0,
    0x8000000000000000,
    1,
    0x000fffffffffffff,
    0x0010000000000000,
    0x3ff0000000000000,
    0xbff0000000000000,
    0x3ff0000000000001,
    0x3fefffffffffffff,
    0x3fe0000000000000,
    0x3ff8000000000000,
    0x4004000000000000,
    0x41dfffffffc00000,
    0x41e0000000000000,
    0x41efffffffe00000,
    0x41f0000000000000,
    0x43dfffffffffffff,
    0x43e0000000000000,
    0x43f0000000000000,
    0x7fefffffffffffff,
    0xffefffffffffffff,
    0x7ff0000000000000,
    0xfff0000000000000,
    0x7ff8000000000000,
    0x7fffffffffffffff,
    0x7ff0000000000001,
    0x7ff7ffffffffffff,
    0xfff8123456789abc,
    0xfff0123456789abc,
    0x36a0000000000000,
    0x47efffffe0000000,
    0x47effffff0000000,
    0xb810000000000001,
};

#define PICK(a) ((a)[next_random() % (sizeof(a) / sizeof *(a))])

/* The other half of a register that holds a single. */
static uint64_t above_single(void)
{
    return (has_fp == FP_PAIRS ? (uint64_t)PICK(singles) : 0xffffffff) << 32;
}

static uint64_t random_float(int corner)
{
    uint64_t how = next_random() % 8;
    if (corner || how < 2)
        return how & 1 ? PICK(doubles) : above_single() | PICK(singles);
    if (how < 5) { /* near one another, so that sums and compares are interesting */
        uint64_t r = next_random();
        return (r & 0x800fffffffffffff) | (0x3f8 + (r >> 60)) << 52;
    }
    if (how < 7) {
        uint32_t r = (uint32_t)next_random();
        return above_single() | (r & 0x807fffff) | (120 + (r >> 8) % 16) << 23;
    }
    return next_random();
}

static reg random_integer(const char *flags, unsigned n)
{
    if (strchr(flags, 'm'))
        switch (n % 4) {
        case 0:
            return (reg)(next_random() % 64) * 8;
        case 3:
            return NOWHERE | (reg)(next_random() & 0x0ffffff8);
        default:
            return (reg)(DATA_PAGE + DATA_BYTES / 2 + (next_random() % 64) * 8);
        }
    if (strchr(flags, 's'))
        return (reg)(next_random() % 64);
    if (strchr(flags, 'c') || next_random() % 4 == 0)
        return (reg)PICK(corners);
    return (reg)next_random();
}

/* What stands at word I of the data unless a case has stored there. */
static uint32_t data_word(uint32_t i)
{
    uint32_t h = (i + 1) * 0x9e3779b1u;
    return (h ^ h >> 15) * 0x85ebca77u;
}

static void fill_data(void)
{
    for (uint32_t i = 0; i < DATA_BYTES / 4; i++)
        ((uint32_t *)(void *)data)[i] = data_word(i);
    memcpy(pristine, data, DATA_BYTES);
}

static void prepare(const char *flags)
{
    memset(&image, 0, sizeof image);
    if (strchr(flags, 'z'))
        return;
    for (unsigned i = 0; i < 40; i++)
        image.r[i] = random_integer(flags, i);
    for (unsigned i = 0; i < 32; i++)
        image.f[i] = random_float(strchr(flags, 'f') != NULL);
    image.fcsr = random_fcsr(next_random(), strchr(flags, 'e') != NULL);
}

/* "m16@21000000": the bytes there, from the data to VALUE or back. */
static bool named_memory(const char *name, unsigned long long *value, bool set)
{
    unsigned bits;
    unsigned long address;
    if (sscanf(name, "m%u@%lx", &bits, &address) != 2)
        return false;
    void *at = (void *)address;
    union {
        uint8_t b;
        uint16_t h;
        uint32_t w;
        uint64_t d;
    } u = {.d = 0};
    size_t n = bits / 8;
    if (set) {
        bits == 8    ? (void)(u.b = (uint8_t)*value)
        : bits == 16 ? (void)(u.h = (uint16_t)*value)
        : bits == 32 ? (void)(u.w = (uint32_t)*value)
                     : (void)(u.d = *value);
        memcpy(at, &u, n);
    } else {
        memcpy(&u, at, n);
        *value = bits == 8 ? u.b : bits == 16 ? u.h : bits == 32 ? u.w : u.d;
    }
    return true;
}

static void print_memory(const char *s)
{
    char name[32];
    unsigned long long value;
    int n;
    for (; sscanf(s, "%31[^=]=%llx%n", name, &value, &n) == 2; s += n + (s[n] == ','))
        if (named_memory(name, &value, false))
            printf(" %s=%llx", name, value);
}

/* "r5=12,f3=7ff0000000000000,fcsr=3" */
static void set_registers(const char *s)
{
    char name[32];
    unsigned long long value;
    int n;
    for (; sscanf(s, "%31[^=]=%llx%n", name, &value, &n) == 2; s += n + (s[n] == ',')) {
        unsigned i;
        if (named_memory(name, &value, true))
            continue;
        if (has_fp && sscanf(name, "f%u", &i) == 1 && i < 32)
            image.f[i] = value;
        else if (has_fp && !strcmp(name, "fcsr"))
            image.fcsr = (uint32_t)value;
        for (i = 0; i < 40; i++)
            if (reg_names[i] && !strcmp(name, reg_names[i]))
                image.r[i] = (reg)value;
    }
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    uint64_t pc = 0;
    fault_registers(&image, context, &pc);
    signal_number = number;
    signal_code = info->si_code;
    fault_pc = pc;
    siglongjmp(back, 1);
}

/* A sum over the words that the case has changed, which it restores; 0 if there are none.
 */
static uint32_t data_changes(void)
{
    uint32_t h = 0;
    unsigned from = (DATA_BYTES / 2 - reach) / 4, to = (DATA_BYTES / 2 + reach) / 4;
    uint32_t *now = (uint32_t *)(void *)data;
    const uint32_t *was = (const uint32_t *)(const void *)pristine;
    for (unsigned i = from; i < to; i++)
        if (now[i] != was[i]) {
            for (unsigned byte = 0; byte < 4; byte++)
                h = (h ^ i ^ ((unsigned char *)&now[i])[byte]) * 16777619u;
            now[i] = was[i];
        }
    return h;
}

static void print(unsigned long number, const char *flags, const char *settings)
{
    printf("%lu:", number);
    if (signal_number)
        printf(" signal %d at +0x%lx", signal_number,
               (unsigned long)(fault_pc - CODE_PAGE - CODE_AT));
    for (unsigned i = 0; i < 40; i++)
        if (reg_names[i] && image.r[i] != before.r[i])
            printf(" %s=%llx", reg_names[i], (unsigned long long)image.r[i]);
    for (unsigned i = 0; has_fp && i < 32; i++)
        if (image.f[i] != before.f[i])
            printf(" f%u=%016llx", i, (unsigned long long)image.f[i]);
    if (has_fp && !signal_number)
        printf(" fcsr=%x", image.fcsr);
    if (strchr(flags, 'v'))
        print_memory(settings);
    uint32_t changes = strchr(flags, 'm') ? data_changes() : 0;
    if (changes)
        printf(" mem=%08x", changes);
    putchar('\n');
}

static unsigned put_code(unsigned char *at, const char *hex)
{
    unsigned n = 0;
    unsigned byte;
    for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        at[n++] = (unsigned char)byte;
    return n + put_exit(at + n);
}

static void *map(unsigned long at, unsigned long bytes, int prot)
{
    void *p =
        mmap((void *)at, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (p == MAP_FAILED) {
        perror("harness: mmap");
        exit(1);
    }
    return p;
}

/* write_code - make the code writable, and not executable, or the other way round: code
 * on a page that is written often is interpreted only. */
static void write_code(void *code, int writable)
{
    if (mprotect(code, 4096, PROT_READ | (writable ? PROT_WRITE : PROT_EXEC)) != 0) {
        perror("harness: mprotect");
        exit(1);
    }
}

int main(int argc, char **argv)
{
    FILE *cases = argc > 1 ? fopen(argv[1], "r") : stdin;
    if (!cases) {
        perror(argv[1]);
        return 1;
    }
    unsigned char *code = map(CODE_PAGE, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
    data = map(DATA_PAGE, DATA_BYTES, PROT_READ | PROT_WRITE);
    pristine = map(DATA_PAGE + 2 * DATA_BYTES, DATA_BYTES, PROT_READ | PROT_WRITE);
    fill_data();
    memcpy(code, (const void *)(uintptr_t)leave,
           (size_t)(leave_end - (const char *)leave));
    static unsigned char stack[65536];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    static char line[1 << 12], hex[1 << 12], settings[1 << 12];
    for (unsigned long number = 0; fgets(line, sizeof line, cases); number++) {
        unsigned long long seed;
        char flags[32];
        settings[0] = '\0';
        if (sscanf(line, "%llx %31s %4095s %4095s", &seed, flags, hex, settings) < 3)
            continue;
        state = seed * 0x9e3779b97f4a7c15ull + 1;
        prepare(flags);
        write_code(code, 1);
        unsigned bytes = put_code(code + CODE_AT, hex);
        write_code(code, 0);
        for (unsigned i = 3; strchr(flags, 'b') && i < 32; i += 4)
            image.r[i] = CODE_PAGE + CODE_AT + (reg)strlen(hex) / 2;
        set_registers(settings);
        before = image;
        __builtin___clear_cache((char *)code, (char *)code + CODE_AT + bytes);
        signal_number = 0;
        if (!sigsetjmp(back, 0))
            enter(&image);
        print(number, flags, settings);
    }
    return 0;
}
