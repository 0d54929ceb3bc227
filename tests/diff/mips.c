/* mips.c - see harness.h; $0 and $26-$29 are not compared. */
#include "harness.h"

#include <string.h>
#include <ucontext.h>

const char *const reg_names[40] = {
    0,     "r1",  "r2",  "r3",  "r4",  "r5",  "r6",  "r7",  "r8",  "r9",  "r10", "r11",
    "r12", "r13", "r14", "r15", "r16", "r17", "r18", "r19", "r20", "r21", "r22", "r23",
    "r24", "r25", 0,     0,     0,     0,     "r30", "r31", "hi",  "lo",
};
const enum has_fp has_fp = FP_PAIRS;
const unsigned reach = 32768 + 1024;

/*
 * Causes of enabled traps would trap at once. That of underflow stays off: an exact tiny
 * result takes it by IEEE 754, 7.5, but not in qemu.
 */
uint32_t random_fcsr(uint64_t r, int enables)
{
    uint32_t fcsr = (uint32_t)(r >> 32) & 0xfe800003;
    if (enables)
        fcsr |= (uint32_t)r & 0xe80;
    else if (r & 1)
        fcsr |= (uint32_t)r & 0x1f000;
    return fcsr | ((r & 2) ? (uint32_t)r & 0x7c : 0) | ((r & 0x700000) ? 0 : 1 << 24);
}

/* j CODE_PAGE; nop */
unsigned put_exit(void *at)
{
    uint32_t words[3] = {0, 0x08000000 | (CODE_PAGE >> 2 & 0x3ffffff), 0};
    memcpy(at, words, sizeof words);
    return sizeof words;
}

void fault_registers(struct image *image, const void *context, uint64_t *pc)
{
    const ucontext_t *u = context;
    *pc = u->uc_mcontext.pc;
    for (unsigned i = 1; i < 32; i++)
        image->r[i] = (reg)u->uc_mcontext.gregs[i];
    image->r[32] = (reg)u->uc_mcontext.mdhi;
    image->r[33] = (reg)u->uc_mcontext.mdlo;
}
