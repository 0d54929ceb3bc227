/*
 * routines.h - a guest of a few instructions, by hand, in the form that isac writes; it
 * tests the runtime without isac.
 *
 * 32-bit words, little endian: op in bits 31..24, a 23..16, b 15..8, c 7..0. Eight
 * registers; register 0 reads zero and drops writes.
 *
 *   1 addi a, b, c    R[a] = R[b] + sext(c)       4 bne a, b, c   if R[a] != R[b] goto
 * pc+4+4*c, delayed 2 lw a, c(b)      R[a] = m32[R[b] + sext(c)]  5 jalr a, b     R[a] =
 * pc+8, goto R[b], delayed 3 sw a, c(b)      m32[R[b] + sext(c)] = R[a]  6 sys c trap
 * Sys(c) 7 sync            instruction memory          8 bnel          as bne, nullifies
 * its slot
 */
#ifndef TOY_ROUTINES_H
#define TOY_ROUTINES_H

#include "interp/rec.h"

#define GUEST_WORD_BITS   32
#define GUEST_BIG         0
#define GUEST_JUMP_SHIFT  2
#define GUEST_HAS_CONTEXT 0

/* clang-format off */
#define ROUTINES(X) \
    X(addi) X(lw) X(sw) X(bne) X(bne_delayed) X(bnel_delayed) X(jalr) \
    X(jalr_delayed) X(sys) X(sync) X(bnel)
/* clang-format on */

enum {
    ROUTINE_first_ = REC_GENERIC_COUNT - 1,
#define NUMBER(name) ROUTINE_##name,
    ROUTINES(NUMBER)
#undef NUMBER
};

enum { TOY_SYS };

struct toy_state {
    uint32_t r[8];
};

struct rec_alu {
    struct rec head;
    uint16_t a, b;
    uint32_t imm;
};
#define rec_addi rec_alu
#define rec_lw   rec_alu
#define rec_sw   rec_alu

struct rec_branch {
    struct rec head;
    struct chain chain;
    uint16_t a, b;
};
#define rec_bne          rec_branch
#define rec_bnel         rec_branch
#define rec_bne_delayed  rec_branch
#define rec_bnel_delayed rec_branch

struct rec_jalr {
    struct rec head;
    uint16_t a, b;
    uint32_t link;
};
#define rec_jalr_delayed rec_jalr

struct rec_sys {
    struct rec head;
    uint32_t code;
};
#define rec_sync rec_sys

#endif
