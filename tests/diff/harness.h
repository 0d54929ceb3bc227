/*
 * harness.h - what the guest-side runner of instruction streams shares with each guest's
 * part.
 *
 * A case is a register image and a few instructions. The runner copies the instructions
 * to a fixed page, enters them with the image loaded, and prints what changed. One
 * register of the guest, named in its part, always holds the address of the image and is
 * never a destination.
 *
 * Invariants
 *  (1) Nothing that is printed depends on anything but the case: addresses are fixed,
 * time and environment don't enter. (2) A fault in the instructions is printed with its
 * place and registers, and the next case runs.
 */
#ifndef TESTS_DIFF_HARNESS_H
#define TESTS_DIFF_HARNESS_H

#include <signal.h>
#include <stdint.h>

enum {
    CODE_PAGE = 0x20000000, /* instructions run here, its first half holds the way out */
    CODE_AT = 0x800,        /* where a case's instructions start in the page */
    DATA_PAGE = 0x21000000, /* 256 KiB; pointers of a case point into its middle */
    DATA_BYTES = 0x40000,
    NOWHERE = 0x60000000, /* nothing is mapped in the 256 MiB from here */
};

#ifdef __LP64__
typedef uint64_t reg;
#else
typedef uint32_t reg;
#endif

/* The register image; guest parts know its layout by these offsets. */
struct image {
    reg host_sp, host_ra; /* of the runner, while a case runs */
    reg saved[16];        /* callee-saved registers of the runner */
    reg r[40];            /* integer registers, then the guest's special ones */
    uint64_t f[32];       /* floating-point registers */
    uint32_t fcsr, pad;
};

/* Given by the guest's part. */
extern const char *const reg_names[40]; /* NULL: not compared */
/* Singles stand alone in a register, boxed, or two in one. */
enum has_fp { FP_NONE, FP_BOXED, FP_PAIRS };
extern const enum has_fp has_fp;
extern const unsigned reach; /* how far from the middle of the data accesses go */
uint32_t random_fcsr(uint64_t r,
                     int enables); /* a control word of floating point; traps on? */
void enter(struct image *image);   /* load, jump to CODE_PAGE + CODE_AT, store, return */
void leave(void);                  /* the way out: copied to the start of the page */
extern const char leave_end[];
unsigned put_exit(void *at); /* a jump to CODE_PAGE at `at`; bytes written */
void fault_registers(struct image *image, const void *ucontext, uint64_t *pc);

#endif
