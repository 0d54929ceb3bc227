# riscv.S - the RISC-V part of the harness: x31 holds the image; x3, x4 are the runner's.
#if __riscv_xlen == 64
#define L ld
#define S sd
#define W 8
#else
#define L lw
#define S sw
#define W 4
#endif
#define SAVED(n) ((2 + (n)) * W)
#define R(n) ((18 + (n)) * W)
#define F(n) (58 * W + (n) * 8)
#define FCSR (58 * W + 256)
        .option norelax
        .option norvc
        .text
        .globl enter
enter:  S sp, 0(a0)
        S ra, W(a0)
        .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
        S s\n, SAVED(\n)(a0)
        .endr
        mv x31, a0
#ifdef __riscv_flen
        .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        fld f\n, F(\n)(x31)
        .endr
        lw t0, FCSR(x31)
        fscsr t0
#endif
        li x1, 0x20000800
        S x1, R(0)(x31)
        L x1, R(1)(x31)
        .irp n, 2,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29
        L x\n, R(\n)(x31)
        .endr
        L x30, R(0)(x31)
        jr x30

        .globl leave, leave_end
leave:  .irp n, 1,2,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29
        S x\n, R(\n)(x31)
        .endr
#ifdef __riscv_flen
        .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        fsd f\n, F(\n)(x31)
        .endr
        frcsr t0
        sw t0, FCSR(x31)
        fscsr x0
#endif
        L sp, 0(x31)
        L ra, W(x31)
        .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
        L s\n, SAVED(\n)(x31)
        .endr
        ret
leave_end:
        .section .note.GNU-stack,"",%progbits
