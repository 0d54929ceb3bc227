/* riscv.c - see harness.h; x0, x3, x4, x30 and x31 are not compared. */
#include "harness.h"

#include <string.h>
#include <ucontext.h>

const char *const reg_names[40] = {
    0,     "x1",  "x2",  0,     0,     "x5",  "x6",  "x7",  "x8",  "x9",
    "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19",
    "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29",
};
const enum has_fp has_fp = FP_BOXED;
const unsigned reach = 2048 + 1024;

/* All rounding modes, now and then a reserved one. */
uint32_t random_fcsr(uint64_t r, int enables)
{
    (void)enables;
    uint32_t mode = r & 0xf00 ? (uint32_t)(r >> 16) % 5 : 5 + (uint32_t)(r >> 16) % 3;
    return mode << 5 | (r & 1 ? (uint32_t)(r >> 24) & 0x1f : 0);
}

/* jal x0, CODE_PAGE */
unsigned put_exit(void *at)
{
    uint32_t off = CODE_PAGE - (uint32_t)(uintptr_t)at;
    uint32_t word = 0x6f | (off >> 20 & 1) << 31 | (off >> 1 & 0x3ff) << 21 |
                    (off >> 11 & 1) << 20 | (off >> 12 & 0xff) << 12;
    memcpy(at, &word, 4);
    return 4;
}

void fault_registers(struct image *image, const void *context, uint64_t *pc)
{
    const ucontext_t *u = context;
    *pc = u->uc_mcontext.__gregs[0];
    for (unsigned i = 1; i < 30; i++)
        image->r[i] = u->uc_mcontext.__gregs[i];
    for (unsigned i = 0; i < 32; i++)
        image->f[i] = u->uc_mcontext.__fpregs.__d.__f[i];
}
