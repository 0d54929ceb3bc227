/*
 * riscv32.S - start of a bare riscv32 test program: sets sp, gp and tp, runs the
 * constructors and main with no arguments, exits with its value. No privileged instruction.
 */
    .section .text.start, "ax", @progbits
    .globl _start
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, __stack
    la tp, __tls_block
    la a1, __tdata_start
    la a2, __tdata_size
    mv a0, tp
    call memcpy
    la s0, __bothinit_array_start
    la s1, __bothinit_array_end
1:  bgeu s0, s1, 2f
    lw t0, 0(s0)
    addi s0, s0, 4
    jalr t0
    j 1b
2:  li a0, 0
    li a1, 0
    li a2, 0
    call main
    call exit
