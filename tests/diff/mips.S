# mips.S - the MIPS part of the harness: $27 holds the image; $26, $28, $29 are the runner's.
#define SAVED(n) ((2 + (n)) * 4)
#define R(n) ((18 + (n)) * 4)
#define F(n) (58 * 4 + (n) * 8)
#define FCSR (58 * 4 + 256)
        .set noreorder
        .set noat
        .set nomacro
        .text
        .globl enter
        .ent enter
enter:  sw $29, 0($4)
        sw $31, 4($4)
        .irp n, 0,1,2,3,4,5,6,7
        sw $s\n, SAVED(\n)($4)
        .endr
        sw $30, SAVED(8)($4)
        sw $28, SAVED(9)($4)
        move $27, $4
        lw $2, R(32)($27)
        mthi $2
        lw $2, R(33)($27)
        mtlo $2
        .irp n, 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30
        ldc1 $f\n, F(\n)($27)
        .endr
        lw $2, FCSR($27)
        ctc1 $2, $31
        lui $26, 0x2000
        ori $26, $26, 0x800
        .irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,30,31
        lw $\n, R(\n)($27)
        .endr
        jr $26
        nop
        .end enter

        .globl leave, leave_end
leave:  .irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,30,31
        sw $\n, R(\n)($27)
        .endr
        mfhi $2
        sw $2, R(32)($27)
        mflo $2
        sw $2, R(33)($27)
        .irp n, 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30
        sdc1 $f\n, F(\n)($27)
        .endr
        cfc1 $2, $31
        sw $2, FCSR($27)
        ctc1 $0, $31
        lw $29, 0($27)
        lw $31, 4($27)
        .irp n, 0,1,2,3,4,5,6,7
        lw $s\n, SAVED(\n)($27)
        .endr
        lw $30, SAVED(8)($27)
        lw $28, SAVED(9)($27)
        jr $31
        nop
leave_end:
        .section .note.GNU-stack,"",%progbits
