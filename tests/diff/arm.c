/* arm.c - see harness.h; r12, r13 and r15 are not compared. */
#include "harness.h"

#include <string.h>
#include <ucontext.h>

const char *const reg_names[40] = {
    "r0", "r1",  "r2",  "r3", "r4", "r5", "r6", "r7",   "r8",
    "r9", "r10", "r11", 0,    0,    "lr", 0,    "cpsr",
};
const enum has_fp has_fp = FP_NONE;
const unsigned reach = 8192 + 4096 + 1024;

uint32_t random_fcsr(uint64_t r, int enables)
{
    (void)r;
    (void)enables;
    return 0;
}

/* b CODE_PAGE */
unsigned put_exit(void *at)
{
    uint32_t word =
        0xea000000 | ((CODE_PAGE - (uint32_t)(uintptr_t)at - 8) >> 2 & 0xffffff);
    memcpy(at, &word, 4);
    return 4;
}

void fault_registers(struct image *image, const void *context, uint64_t *pc)
{
    const ucontext_t *u = context;
    *pc = u->uc_mcontext.arm_pc;
    memcpy(image->r, &u->uc_mcontext.arm_r0, 11 * sizeof(reg));
    image->r[11] = (reg)u->uc_mcontext.arm_fp;
    image->r[14] = (reg)u->uc_mcontext.arm_lr;
    image->r[16] = (reg)u->uc_mcontext.arm_cpsr & 0xf8000000;
}
