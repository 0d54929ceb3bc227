/*
 * asm.h - the x86-64 assembler: one call appends one instruction.
 *
 * Bytes go into a growing buffer. Registers are by number (enum asm_gpr, 0 to 15; vector
 * registers 0 to 15). SIZE is the operand's bytes: 1, 2, 4 or 8. A label is a number;
 * jumps to labels that aren't placed yet take 32 bits and are filled in when it is
 * placed. Instructions beyond x86-64-v1 are emitted as told: the caller looks at
 * host_level().
 *
 * Source: Intel SDM volume 2. tests/unit/asm compares every form with Capstone's reading.
 */
#ifndef ISOMORPH_HOST_X86_64_ASM_H
#define ISOMORPH_HOST_X86_64_ASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum asm_gpr {
    RAX,
    RCX,
    RDX,
    RBX,
    RSP,
    RBP,
    RSI,
    RDI,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15
};
enum { ASM_NO_REG = 255 };

/* Conditions, by their number in opcodes. */
enum asm_cc {
    CC_O,
    CC_NO,
    CC_B,
    CC_AE,
    CC_E,
    CC_NE,
    CC_BE,
    CC_A,
    CC_S,
    CC_NS,
    CC_P,
    CC_NP,
    CC_L,
    CC_GE,
    CC_LE,
    CC_G
};

/* [base + index * scale + disp]; base or index may be ASM_NO_REG; rip: relative to LABEL.
 */
struct asm_mem {
    uint8_t base, index, scale; /* scale 1, 2, 4, 8 */
    int32_t disp;
};

struct asm_code {
    uint8_t *bytes;
    uint32_t size, capacity;
    uint32_t *labels; /* offset, or UINT32_MAX */
    uint32_t label_count, label_capacity;
    struct asm_use {
        uint32_t at, label;
    } * uses; /* rel32 fields to fill in */
    uint32_t use_count, use_capacity;
};

void asm_init(struct asm_code *a);
void asm_free(struct asm_code *a);
uint32_t asm_label(struct asm_code *a);             /* a new one */
void asm_place(struct asm_code *a, uint32_t label); /* here */
void asm_finish(struct asm_code *a);                /* fill in all uses */

/* ADD OR ADC SBB AND SUB XOR CMP, by their number in opcodes. */
enum asm_alu { ASM_ADD, ASM_OR, ASM_ADC, ASM_SBB, ASM_AND, ASM_SUB, ASM_XOR, ASM_CMP };
void asm_alu_rr(struct asm_code *a, enum asm_alu op, unsigned size, int dst, int src);
void asm_alu_ri(struct asm_code *a, enum asm_alu op, unsigned size, int dst, int32_t imm);
void asm_alu_rm(struct asm_code *a, enum asm_alu op, unsigned size, int dst,
                struct asm_mem m);
void asm_alu_mr(struct asm_code *a, enum asm_alu op, unsigned size, struct asm_mem m,
                int src);
void asm_alu_mi(struct asm_code *a, enum asm_alu op, unsigned size, struct asm_mem m,
                int32_t imm);
void asm_test_rr(struct asm_code *a, unsigned size, int x, int y);
void asm_test_ri(struct asm_code *a, unsigned size, int x, int32_t imm);
void asm_test_mi(struct asm_code *a, unsigned size, struct asm_mem m, int32_t imm);

/* Moves. asm_mov_ri takes the shortest form of any 64-bit value (it doesn't touch flags;
 * so zero is mov, asm_zero is xor). */
void asm_mov_rr(struct asm_code *a, unsigned size, int dst, int src);
void asm_mov_ri(struct asm_code *a, int dst, uint64_t imm);
uint32_t asm_mov_ri64(struct asm_code *a, int dst,
                      uint64_t imm); /* always imm64; its offset */
void asm_zero(struct asm_code *a, int dst);
void asm_mov_rm(struct asm_code *a, unsigned size, int dst, struct asm_mem m); /* 4, 8 */
void asm_mov_mr(struct asm_code *a, unsigned size, struct asm_mem m, int src);
void asm_mov_mi(struct asm_code *a, unsigned size, struct asm_mem m, int32_t imm);
void asm_movzx_rr(struct asm_code *a, unsigned from, int dst,
                  int src); /* 1, 2 -> 32 bits */
void asm_movzx_rm(struct asm_code *a, unsigned from, int dst, struct asm_mem m);
void asm_movsx_rr(struct asm_code *a, unsigned to, unsigned from, int dst,
                  int src); /* from 1, 2, 4 */
void asm_movsx_rm(struct asm_code *a, unsigned to, unsigned from, int dst,
                  struct asm_mem m);
void asm_movbe_rm(struct asm_code *a, unsigned size, int dst,
                  struct asm_mem m); /* 2, 4, 8 */
void asm_movbe_mr(struct asm_code *a, unsigned size, struct asm_mem m, int src);
void asm_bswap(struct asm_code *a, unsigned size, int reg); /* 4, 8 */
void asm_lea(struct asm_code *a, unsigned size, int dst, struct asm_mem m);
void asm_lea_label(struct asm_code *a, int dst, uint32_t label); /* rip-relative */
void asm_cmp_label(struct asm_code *a, int reg,
                   uint32_t label); /* 64 bits that stand there */
/* asm_data - such bits at LABEL, at a multiple of 8; where. */
uint32_t asm_data(struct asm_code *a, uint32_t label, uint64_t value);
void asm_cmov(struct asm_code *a, enum asm_cc cc, unsigned size, int dst, int src);
void asm_cmov_rm(struct asm_code *a, enum asm_cc cc, unsigned size, int dst,
                 struct asm_mem m);
void asm_setcc(struct asm_code *a, enum asm_cc cc, int dst);
void asm_push(struct asm_code *a, int reg);
void asm_pop(struct asm_code *a, int reg);

/* Shifts and rotates, by their number in opcodes. */
enum asm_shift { ASM_ROL = 0, ASM_ROR = 1, ASM_SHL = 4, ASM_SHR = 5, ASM_SAR = 7 };
void asm_shift_ri(struct asm_code *a, enum asm_shift op, unsigned size, int dst,
                  unsigned by);
void asm_shift_cl(struct asm_code *a, enum asm_shift op, unsigned size, int dst);
/* BMI2, three operands: SHLX SHRX SARX (op ASM_SHL, ASM_SHR, ASM_SAR), RORX. */
void asm_shiftx(struct asm_code *a, enum asm_shift op, unsigned size, int dst, int src,
                int by);
void asm_rorx(struct asm_code *a, unsigned size, int dst, int src, unsigned by);
void asm_shld_ri(struct asm_code *a, unsigned size, int dst, int src, unsigned by);
void asm_shrd_ri(struct asm_code *a, unsigned size, int dst, int src, unsigned by);

/* NOT NEG MUL IMUL DIV IDIV of group 3 (one operand; the last four on rdx:rax). */
enum asm_unary { ASM_NOT = 2, ASM_NEG, ASM_MUL, ASM_IMUL, ASM_DIV, ASM_IDIV };
void asm_unary_r(struct asm_code *a, enum asm_unary op, unsigned size, int reg);
void asm_unary_m(struct asm_code *a, enum asm_unary op, unsigned size, struct asm_mem m);
void asm_imul_rr(struct asm_code *a, unsigned size, int dst, int src);
void asm_imul_rm(struct asm_code *a, unsigned size, int dst, struct asm_mem m);
void asm_imul_rri(struct asm_code *a, unsigned size, int dst, int src, int32_t imm);
void asm_cdq(struct asm_code *a, unsigned size); /* cdq, cqo */
enum asm_bits { ASM_POPCNT, ASM_TZCNT, ASM_LZCNT, ASM_BSF, ASM_BSR };
void asm_bits_rr(struct asm_code *a, enum asm_bits op, unsigned size, int dst, int src);
void asm_andn(struct asm_code *a, unsigned size, int dst, int inverted,
              int src); /* BMI1 */
void asm_bt_ri(struct asm_code *a, unsigned size, int reg, unsigned bit);

/* Jumps. asm_jmp_far_ end of a link site: 5 bytes with the rel32 field 4-byte aligned
 * (padded before by nops); returns the field's offset. */
void asm_jmp(struct asm_code *a, uint32_t label);
/* asm_nojump - `test eax, imm32` whose immediate is the distance to LABEL: with the other
 * opcode it jumps there. Changes the flags. */
enum { ASM_OPCODE_TEST = 0xa9, ASM_OPCODE_JMP = 0xe9 };
void asm_nojump(struct asm_code *a, uint32_t label);
void asm_jcc(struct asm_code *a, enum asm_cc cc, uint32_t label);
uint32_t asm_jmp_site(struct asm_code *a, uint32_t label);
uint32_t asm_jcc_site(struct asm_code *a, enum asm_cc cc, uint32_t label);
uint32_t asm_call_site(struct asm_code *a, uint32_t label); /* the same with call */
void asm_jmp_r(struct asm_code *a, int reg);
void asm_jmp_m(struct asm_code *a, struct asm_mem m);
void asm_call_m(struct asm_code *a, struct asm_mem m);
void asm_call_r(struct asm_code *a, int reg);
void asm_ret(struct asm_code *a);
void asm_align(struct asm_code *a, unsigned bytes); /* by long nops */
void asm_ud2(struct asm_code *a);

/* Atomics: with lock prefix (xchg has it by itself). */
void asm_xchg_mr(struct asm_code *a, unsigned size, struct asm_mem m, int reg);
void asm_lock_xadd(struct asm_code *a, unsigned size, struct asm_mem m, int reg);
void asm_lock_cmpxchg(struct asm_code *a, unsigned size, struct asm_mem m, int reg);
void asm_cmpxchg(struct asm_code *a, unsigned size, struct asm_mem m, int reg);
void asm_mfence(struct asm_code *a);

/* SSE. SIZE 4: single, 8: double; legacy encodings (two operands). */
enum asm_sse {
    ASM_ADDS = 0x58,
    ASM_MULS = 0x59,
    ASM_SUBS = 0x5c,
    ASM_MINS = 0x5d,
    ASM_DIVS = 0x5e,
    ASM_MAXS = 0x5f,
    ASM_SQRTS = 0x51
};
void asm_sse_rr(struct asm_code *a, enum asm_sse op, unsigned size, int dst, int src);
void asm_sse_rm(struct asm_code *a, enum asm_sse op, unsigned size, int dst,
                struct asm_mem m);
/* The same with VEX: dst = x op y. AVX. */
void asm_avx_rrr(struct asm_code *a, enum asm_sse op, unsigned size, int dst, int x,
                 int y);
void asm_avx_rrm(struct asm_code *a, enum asm_sse op, unsigned size, int dst, int x,
                 struct asm_mem m);
void asm_ucomis_rr(struct asm_code *a, unsigned size, int x, int y);
void asm_ucomis_rm(struct asm_code *a, unsigned size, int x, struct asm_mem m);
void asm_movaps(struct asm_code *a, int dst, int src);
void asm_movs_rm(struct asm_code *a, unsigned size, int dst,
                 struct asm_mem m); /* movss, movsd */
void asm_movs_mr(struct asm_code *a, unsigned size, struct asm_mem m, int src);
void asm_movups_rm(struct asm_code *a, int dst, struct asm_mem m);
void asm_movups_mr(struct asm_code *a, struct asm_mem m, int src);
void asm_movd_xr(struct asm_code *a, unsigned size, int xmm, int gpr); /* movd, movq */
void asm_movd_rx(struct asm_code *a, unsigned size, int gpr, int xmm);
void asm_cvtsi2s(struct asm_code *a, unsigned fsize, unsigned isize, int xmm, int gpr);
void asm_cvtts2si(struct asm_code *a, unsigned isize, unsigned fsize, int gpr, int xmm);
void asm_cvts2si(struct asm_code *a, unsigned isize, unsigned fsize, int gpr, int xmm);
void asm_cvts2s(struct asm_code *a, unsigned from, int dst, int src); /* ss2sd, sd2ss */
void asm_rounds(struct asm_code *a, unsigned size, int dst, int src,
                unsigned mode); /* SSE4.1 */
void asm_fma231(struct asm_code *a, unsigned size, int dst, int x,
                int y); /* dst += x * y; FMA3 */
void asm_fma231_rm(struct asm_code *a, unsigned size, int dst, int x, struct asm_mem m);
/* The low eight bytes' order by a mask of 16 bytes, aligned. SSSE3; and AVX. */
void asm_pshufb_rm(struct asm_code *a, int dst, struct asm_mem mask);
void asm_vpshufb_rrm(struct asm_code *a, int dst, int src, struct asm_mem mask);
enum asm_logic { ASM_ANDPS = 0x54, ASM_ANDNPS = 0x55, ASM_ORPS = 0x56, ASM_XORPS = 0x57 };
void asm_logic_rr(struct asm_code *a, enum asm_logic op, int dst, int src);
void asm_stmxcsr(struct asm_code *a, struct asm_mem m);
void asm_ldmxcsr(struct asm_code *a, struct asm_mem m);

#endif
