/* plain misaligned accesses work: Linux fixes them up on MIPS, RISC-V allows them */
// guests: mips mipsel riscv64
// oracle: native (qemu-user raises SIGBUS on MIPS)
#include <inttypes.h>
#include <stdio.h>

static uint8_t space[64];

__attribute__((noinline)) static void store(uintptr_t where, unsigned n)
{
    *(volatile uint16_t *)where = (uint16_t)(n * 0x0101);
    *(volatile uint32_t *)(where + 2) = n * 0x01010101u;
    *(volatile uint64_t *)(where + 6) = n * 0x0101010101010101u;
    *(volatile double *)(where + 14) = n * 0.5;
    *(volatile float *)(where + 22) = (float)n * 0.25f;
}

__attribute__((noinline)) static void load(uintptr_t where)
{
    printf("%04x %d %08" PRIx32 " %016" PRIx64 " %g %g\n", *(volatile uint16_t *)where,
           *(volatile int16_t *)where, *(volatile uint32_t *)(where + 2),
           *(volatile uint64_t *)(where + 6), *(volatile double *)(where + 14),
           (double)*(volatile float *)(where + 22));
}

int main(void)
{
    for (unsigned offset = 0; offset < 8; offset++) {
        store((uintptr_t)space + offset, 0xa1 + offset);
        load((uintptr_t)space + offset);
    }
    return 0;
}
