@ arm.S - the A32 part of the harness: r12 holds the image; r13 is the runner's.
        .arch armv5te
        .arm
        .text
        .globl enter
enter:  str sp, [r0]
        str lr, [r0, #4]
        add r1, r0, #8
        stmia r1, {r4-r11}
        mov r12, r0
        ldr r1, [r12, #(72 + 16*4)]
        msr cpsr_f, r1
        ldr lr, [r12, #(72 + 14*4)]
        add r12, r12, #72
        ldmia r12, {r0-r11}
        sub r12, r12, #72
        ldr pc, =0x20000800
        .ltorg

        .globl leave, leave_end
leave:  add r12, r12, #72
        stmia r12, {r0-r11}
        sub r12, r12, #72
        str lr, [r12, #(72 + 14*4)]
        mrs r1, cpsr
        and r1, r1, #0xf8000000
        str r1, [r12, #(72 + 16*4)]
        ldr sp, [r12]
        ldr lr, [r12, #4]
        add r1, r12, #8
        ldmia r1, {r4-r11}
        bx lr
leave_end:
        .section .note.GNU-stack,"",%progbits
