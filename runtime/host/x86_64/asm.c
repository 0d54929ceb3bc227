/* asm.c - the x86-64 assembler; see asm.h. */
#include "host/x86_64/asm.h"

#include "util/alloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/*
 * An opcode with all that its encoding needs. The numbers of maps and prefixes are those
 * of a VEX prefix; Intel SDM volume 2, 2.3.
 */
enum {
    MAP_0F = 1 << 8,
    MAP_38 = 2 << 8,
    MAP_3A = 3 << 8,
    MAP = 3 << 8,
    P66 = 1 << 10,
    PF3 = 2 << 10,
    PF2 = 3 << 10,
    PREFIX = 3 << 10,
    W = 1 << 12,        /* 64 bits */
    BYTE_REG = 1 << 13, /* the register operand is a byte register */
    BYTE_RM = 1 << 14,  /* the register or memory operand is one */
    LOCK = 1 << 15,
};

/* The longest instruction, and more. */
enum { ROOM = 32 };

void asm_init(struct asm_code *a)
{
    *a = (struct asm_code){0};
}

void asm_free(struct asm_code *a)
{
    free(a->bytes);
    free(a->labels);
    free(a->uses);
    *a = (struct asm_code){0};
}

/* room - make place for one instruction. */
static void room(struct asm_code *a)
{
    if (a->capacity - a->size >= ROOM)
        return;
    a->capacity = a->capacity == 0 ? 960 : 2 * a->capacity;
    a->bytes = xrealloc(a->bytes, a->capacity);
}

static inline void byte(struct asm_code *a, unsigned v)
{
    a->bytes[a->size++] = (uint8_t)v;
}

/* put4 - V at P; room for it is there. */
static inline void put4(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
}

/* little - append the low BYTES of V. */
static void little(struct asm_code *a, unsigned bytes, uint64_t v)
{
    put4(a->bytes + a->size, (uint32_t)v);
    if (bytes == 8)
        put4(a->bytes + a->size + 4, (uint32_t)(v >> 32));
    a->size += bytes;
}

/* --- the parts of an instruction --- */

static bool is8(int32_t v)
{
    return v == (int8_t)v;
}

/* sized - opcode OP, even for bytes and odd for larger operands, with operands of SIZE.
 */
static unsigned sized(unsigned op, unsigned size)
{
    assert(size == 1 || size == 2 || size == 4 || size == 8);
    return size == 1   ? op | BYTE_REG | BYTE_RM
           : size == 2 ? op | 1 | P66
           : size == 4 ? op | 1
                       : op | 1 | W;
}

/* group - the same where the register field holds a part of the opcode. */
static unsigned group(unsigned op, unsigned size)
{
    return sized(op, size) & ~(unsigned)BYTE_REG;
}

/* wide - opcode OP with operands of 2, 4 or 8 bytes. */
static unsigned wide(unsigned op, unsigned size)
{
    assert(size == 2 || size == 4 || size == 8);
    return size == 2 ? op | P66 : size == 4 ? op : op | W;
}

/* Legacy prefixes, REX, escapes and opcode. R, X, B: the fourth bits of the registers. */
static void head(struct asm_code *a, unsigned op, int r, int x, int b, bool rex)
{
    static const uint8_t prefix[4] = {0, 0x66, 0xf3, 0xf2};
    uint8_t *p = a->bytes + a->size;
    if (op & LOCK)
        *p++ = 0xf0;
    if (op & PREFIX)
        *p++ = prefix[(op & PREFIX) >> 10];
    unsigned bits = (op & W ? 8u : 0) | (unsigned)(r >> 3) << 2 |
                    (unsigned)(x >> 3) << 1 | (unsigned)(b >> 3);
    if (bits != 0 || rex)
        *p++ = (uint8_t)(0x40 | bits);
    if (op & MAP)
        *p++ = 0x0f;
    if ((op & MAP) == MAP_38)
        *p++ = 0x38;
    else if ((op & MAP) == MAP_3A)
        *p++ = 0x3a;
    *p++ = (uint8_t)op;
    a->size = (uint32_t)(p - a->bytes);
}

/* vex_head - the same with a VEX prefix; V: the additional register. */
static void vex_head(struct asm_code *a, unsigned op, int r, int x, int b, int v)
{
    unsigned low = (~(unsigned)v & 15) << 3 | (op & PREFIX) >> 10;
    unsigned not_r = r < 8 ? 0x80 : 0;
    if ((op & (MAP | W)) == MAP_0F && x < 8 && b < 8) {
        byte(a, 0xc5);
        byte(a, not_r | low);
    } else {
        byte(a, 0xc4);
        byte(a, not_r | (x < 8 ? 0x40 : 0) | (b < 8 ? 0x20 : 0) | (op & MAP) >> 8);
        byte(a, (op & W ? 0x80 : 0) | low);
    }
    byte(a, op & 0xff);
}

static void modrm(struct asm_code *a, unsigned mod, int reg, int rm)
{
    byte(a, mod << 6 | ((unsigned)reg & 7) << 3 | ((unsigned)rm & 7));
}

/*
 * settle - the address M in the form that encodes shortest: an index that isn't scaled is
 * a base, a doubled one is base and index; and rbp, r13 are indices rather than bases.
 */
static struct asm_mem settle(struct asm_mem m)
{
    if (m.index != ASM_NO_REG && m.base == ASM_NO_REG && m.scale == 1) {
        m.base = m.index;
        m.index = ASM_NO_REG;
    } else if (m.index != ASM_NO_REG && m.base == ASM_NO_REG && m.scale == 2) {
        m.base = m.index;
        m.scale = 1;
    }
    if (m.index != ASM_NO_REG && m.scale == 1 &&
        (m.index == RSP ||
         (m.disp == 0 && (m.base & 7) == RBP && (m.index & 7) != RBP && m.base != RSP))) {
        uint8_t base = m.base;
        m.base = m.index;
        m.index = base;
    }
    assert(m.index != RSP);
    return m;
}

/* address - ModRM, SIB and displacement of the settled address M. */
static void address(struct asm_code *a, int reg, struct asm_mem m)
{
    bool has_index = m.index != ASM_NO_REG;
    unsigned scale = m.scale == 2 ? 1 : m.scale == 4 ? 2 : m.scale == 8 ? 3 : 0;
    unsigned index = has_index ? m.index & 7 : 4;
    if (m.base == ASM_NO_REG) {
        modrm(a, 0, reg, 4);
        byte(a, (has_index ? scale : 0) << 6 | index << 3 | 5);
        little(a, 4, (uint32_t)m.disp);
        return;
    }
    unsigned mod = m.disp == 0 && (m.base & 7) != RBP ? 0 : is8(m.disp) ? 1 : 2;
    if (has_index || (m.base & 7) == RSP) {
        modrm(a, mod, reg, 4);
        byte(a, (has_index ? scale : 0) << 6 | index << 3 | (m.base & 7));
    } else {
        modrm(a, mod, reg, m.base);
    }
    little(a, mod == 1 ? 1 : mod == 2 ? 4 : 0, (uint32_t)m.disp);
}

static int high(uint8_t reg)
{
    return reg == ASM_NO_REG ? 0 : reg;
}

/* --- whole instructions without their immediate --- */

static bool byte_rex(int reg)
{
    return reg >= RSP && reg <= RDI;
}

static void op_r(struct asm_code *a, unsigned op, int reg, int rm)
{
    room(a);
    bool rex = ((op & BYTE_REG) && byte_rex(reg)) || ((op & BYTE_RM) && byte_rex(rm));
    head(a, op, reg, 0, rm, rex);
    modrm(a, 3, reg, rm);
}

/* home_m - op_m for [rbp + disp] and operands of 4 or 8 bytes, which is most of all. */
static void home_m(struct asm_code *a, unsigned op, int reg, int32_t disp)
{
    uint8_t *p = a->bytes + a->size;
    unsigned bits = (op & W ? 8u : 0) | (unsigned)(reg >> 3) << 2;
    unsigned field = ((unsigned)reg & 7) << 3;
    if (bits != 0)
        *p++ = (uint8_t)(0x40 | bits);
    p[0] = (uint8_t)op;
    p[1] = (uint8_t)((is8(disp) ? 0x45 : 0x85) | field);
    put4(p + 2, (uint32_t)disp);
    a->size = (uint32_t)(p - a->bytes) + (is8(disp) ? 3 : 6);
}

static void op_m(struct asm_code *a, unsigned op, int reg, struct asm_mem m)
{
    room(a);
    if (m.base == RBP && m.index == ASM_NO_REG && !(op & ~(W | 0xffu))) {
        home_m(a, op, reg, m.disp);
        return;
    }
    m = settle(m);
    head(a, op, reg, high(m.index), high(m.base), (op & BYTE_REG) && byte_rex(reg));
    address(a, reg, m);
}

/* op_o - the register stands in the opcode. */
static void op_o(struct asm_code *a, unsigned op, int reg)
{
    room(a);
    head(a, op | ((unsigned)reg & 7), 0, 0, reg, false);
}

static void vex_r(struct asm_code *a, unsigned op, int reg, int v, int rm)
{
    room(a);
    vex_head(a, op, reg, 0, rm, v);
    modrm(a, 3, reg, rm);
}

static void vex_m(struct asm_code *a, unsigned op, int reg, int v, struct asm_mem m)
{
    room(a);
    m = settle(m);
    vex_head(a, op, reg, high(m.index), high(m.base), v);
    address(a, reg, m);
}

/* imm - an immediate of an operation of SIZE: 4 bytes at most. */
static void imm(struct asm_code *a, unsigned size, int32_t v)
{
    little(a, size > 4 ? 4 : size, (uint32_t)v);
}

/* --- labels --- */

uint32_t asm_label(struct asm_code *a)
{
    if (a->label_count == a->label_capacity) {
        a->label_capacity = a->label_capacity == 0 ? 32 : 2 * a->label_capacity;
        a->labels = xrealloc(a->labels, a->label_capacity * sizeof *a->labels);
    }
    a->labels[a->label_count] = UINT32_MAX;
    return a->label_count++;
}

void asm_place(struct asm_code *a, uint32_t label)
{
    assert(label < a->label_count && a->labels[label] == UINT32_MAX);
    a->labels[label] = a->size;
}

void asm_finish(struct asm_code *a)
{
    for (uint32_t i = 0; i < a->use_count; i++) {
        uint32_t at = a->uses[i].at, to = a->labels[a->uses[i].label];
        assert(to != UINT32_MAX);
        uint32_t distance = to - (at + 4);
        for (unsigned k = 0; k < 4; k++)
            a->bytes[at + k] = (uint8_t)(distance >> 8 * k);
    }
    a->use_count = 0;
}

/* use - append a rel32 field that asm_finish fills in; it ends its instruction. */
static uint32_t use(struct asm_code *a, uint32_t label)
{
    assert(label < a->label_count);
    if (a->use_count == a->use_capacity) {
        a->use_capacity = a->use_capacity == 0 ? 32 : 2 * a->use_capacity;
        a->uses = xrealloc(a->uses, a->use_capacity * sizeof *a->uses);
    }
    a->uses[a->use_count++] = (struct asm_use){.at = a->size, .label = label};
    little(a, 4, 0);
    return a->size - 4;
}

/* --- arithmetic --- */

void asm_alu_rr(struct asm_code *a, enum asm_alu op, unsigned size, int dst, int src)
{
    op_r(a, sized(op << 3, size), src, dst);
}

/* narrow - V as an operation of SIZE sees it, sign extended. */
static int32_t narrow(unsigned size, int32_t v)
{
    return size == 1 ? (int8_t)v : size == 2 ? (int16_t)v : v;
}

void asm_alu_ri(struct asm_code *a, enum asm_alu op, unsigned size, int dst, int32_t v)
{
    v = narrow(size, v);
    if (op == ASM_AND && size == 8 && v >= 0)
        size = 4; /* the same result and flags */
    if (size > 1 && is8(v)) {
        op_r(a, wide(0x83, size), (int)op, dst);
        imm(a, 1, v);
    } else if (dst == RAX) {
        room(a);
        head(a, sized(op << 3 | 4, size), 0, 0, 0, false);
        imm(a, size, v);
    } else {
        op_r(a, group(0x80, size), (int)op, dst);
        imm(a, size, v);
    }
}

void asm_alu_rm(struct asm_code *a, enum asm_alu op, unsigned size, int dst,
                struct asm_mem m)
{
    op_m(a, sized(op << 3 | 2, size), dst, m);
}

void asm_alu_mr(struct asm_code *a, enum asm_alu op, unsigned size, struct asm_mem m,
                int src)
{
    op_m(a, sized(op << 3, size), src, m);
}

void asm_alu_mi(struct asm_code *a, enum asm_alu op, unsigned size, struct asm_mem m,
                int32_t v)
{
    v = narrow(size, v);
    bool small = size > 1 && is8(v);
    op_m(a, small ? wide(0x83, size) : group(0x80, size), (int)op, m);
    imm(a, small ? 1 : size, v);
}

void asm_test_rr(struct asm_code *a, unsigned size, int x, int y)
{
    op_r(a, sized(0x84, size), y, x);
}

void asm_test_ri(struct asm_code *a, unsigned size, int x, int32_t v)
{
    v = narrow(size, v);
    /* Where the sign bit of the result is 0 in either size, flags are the same. */
    if (v >= 0)
        size = v < 0x80 ? 1 : size == 8 ? 4 : size;
    if (x == RAX) {
        room(a);
        head(a, sized(0xa8, size), 0, 0, 0, false);
    } else {
        op_r(a, group(0xf6, size), 0, x);
    }
    imm(a, size, v);
}

void asm_test_mi(struct asm_code *a, unsigned size, struct asm_mem m, int32_t v)
{
    op_m(a, group(0xf6, size), 0, m);
    imm(a, size, v);
}

void asm_unary_r(struct asm_code *a, enum asm_unary op, unsigned size, int reg)
{
    op_r(a, group(0xf6, size), (int)op, reg);
}

void asm_unary_m(struct asm_code *a, enum asm_unary op, unsigned size, struct asm_mem m)
{
    op_m(a, group(0xf6, size), (int)op, m);
}

void asm_imul_rr(struct asm_code *a, unsigned size, int dst, int src)
{
    op_r(a, wide(MAP_0F | 0xaf, size), dst, src);
}

void asm_imul_rm(struct asm_code *a, unsigned size, int dst, struct asm_mem m)
{
    op_m(a, wide(MAP_0F | 0xaf, size), dst, m);
}

void asm_imul_rri(struct asm_code *a, unsigned size, int dst, int src, int32_t v)
{
    v = narrow(size, v);
    op_r(a, wide(is8(v) ? 0x6b : 0x69, size), dst, src);
    imm(a, is8(v) ? 1 : size, v);
}

void asm_cdq(struct asm_code *a, unsigned size)
{
    room(a);
    head(a, wide(0x99, size), 0, 0, 0, false);
}

void asm_bits_rr(struct asm_code *a, enum asm_bits op, unsigned size, int dst, int src)
{
    static const unsigned codes[] = {
        [ASM_POPCNT] = PF3 | 0xb8, [ASM_TZCNT] = PF3 | 0xbc, [ASM_LZCNT] = PF3 | 0xbd,
        [ASM_BSF] = 0xbc,          [ASM_BSR] = 0xbd,
    };
    assert(size == 4 || size == 8);
    op_r(a, wide(MAP_0F | codes[op], size), dst, src);
}

void asm_andn(struct asm_code *a, unsigned size, int dst, int inverted, int src)
{
    assert(size == 4 || size == 8);
    vex_r(a, wide(MAP_38 | 0xf2, size), dst, inverted, src);
}

void asm_bt_ri(struct asm_code *a, unsigned size, int reg, unsigned bit)
{
    op_r(a, wide(MAP_0F | 0xba, size), 4, reg);
    byte(a, bit);
}

/* --- moves --- */

void asm_mov_rr(struct asm_code *a, unsigned size, int dst, int src)
{
    op_r(a, sized(0x88, size), src, dst);
}

void asm_mov_ri(struct asm_code *a, int dst, uint64_t v)
{
    if (v <= UINT32_MAX) {
        op_o(a, 0xb8, dst);
        little(a, 4, v);
    } else if (v == (uint64_t)(int64_t)(int32_t)v) {
        op_r(a, W | 0xc7, 0, dst);
        little(a, 4, v);
    } else {
        asm_mov_ri64(a, dst, v);
    }
}

uint32_t asm_mov_ri64(struct asm_code *a, int dst, uint64_t v)
{
    op_o(a, W | 0xb8, dst);
    little(a, 8, v);
    return a->size - 8;
}

void asm_zero(struct asm_code *a, int dst)
{
    asm_alu_rr(a, ASM_XOR, 4, dst, dst);
}

void asm_mov_rm(struct asm_code *a, unsigned size, int dst, struct asm_mem m)
{
    op_m(a, sized(0x8a, size), dst, m);
}

void asm_mov_mr(struct asm_code *a, unsigned size, struct asm_mem m, int src)
{
    op_m(a, sized(0x88, size), src, m);
}

void asm_mov_mi(struct asm_code *a, unsigned size, struct asm_mem m, int32_t v)
{
    op_m(a, group(0xc6, size), 0, m);
    imm(a, size, v);
}

/* extend_code - zero (SIGN 0) or sign (8) extension FROM to TO bytes. */
static unsigned extend_code(unsigned sign, unsigned to, unsigned from)
{
    if (from == 4)
        return sign && to == 8 ? W | 0x63 : 0x8b;
    assert(from == 1 || from == 2);
    return wide(MAP_0F | 0xb6 | sign | (from == 2 ? 1 : BYTE_RM), to);
}

void asm_movzx_rr(struct asm_code *a, unsigned from, int dst, int src)
{
    op_r(a, extend_code(0, 4, from), dst, src);
}

void asm_movzx_rm(struct asm_code *a, unsigned from, int dst, struct asm_mem m)
{
    op_m(a, extend_code(0, 4, from), dst, m);
}

void asm_movsx_rr(struct asm_code *a, unsigned to, unsigned from, int dst, int src)
{
    op_r(a, extend_code(8, to, from), dst, src);
}

void asm_movsx_rm(struct asm_code *a, unsigned to, unsigned from, int dst,
                  struct asm_mem m)
{
    op_m(a, extend_code(8, to, from), dst, m);
}

void asm_movbe_rm(struct asm_code *a, unsigned size, int dst, struct asm_mem m)
{
    op_m(a, wide(MAP_38 | 0xf0, size), dst, m);
}

void asm_movbe_mr(struct asm_code *a, unsigned size, struct asm_mem m, int src)
{
    op_m(a, wide(MAP_38 | 0xf1, size), src, m);
}

void asm_bswap(struct asm_code *a, unsigned size, int reg)
{
    assert(size == 4 || size == 8);
    op_o(a, wide(MAP_0F | 0xc8, size), reg);
}

void asm_lea(struct asm_code *a, unsigned size, int dst, struct asm_mem m)
{
    op_m(a, wide(0x8d, size), dst, m);
}

void asm_lea_label(struct asm_code *a, int dst, uint32_t label)
{
    room(a);
    head(a, W | 0x8d, dst, 0, 0, false);
    modrm(a, 0, dst, 5);
    use(a, label);
}

void asm_cmp_label(struct asm_code *a, int reg, uint32_t label)
{
    room(a);
    head(a, W | 0x3b, reg, 0, 0, false);
    modrm(a, 0, reg, 5);
    use(a, label);
}

void asm_cmov(struct asm_code *a, enum asm_cc cc, unsigned size, int dst, int src)
{
    op_r(a, wide(MAP_0F | 0x40 | cc, size), dst, src);
}

void asm_cmov_rm(struct asm_code *a, enum asm_cc cc, unsigned size, int dst,
                 struct asm_mem m)
{
    op_m(a, wide(MAP_0F | 0x40 | cc, size), dst, m);
}

void asm_setcc(struct asm_code *a, enum asm_cc cc, int dst)
{
    op_r(a, MAP_0F | BYTE_RM | 0x90 | cc, 0, dst);
}

void asm_push(struct asm_code *a, int reg)
{
    op_o(a, 0x50, reg);
}

void asm_pop(struct asm_code *a, int reg)
{
    op_o(a, 0x58, reg);
}

/* --- shifts --- */

void asm_shift_ri(struct asm_code *a, enum asm_shift op, unsigned size, int dst,
                  unsigned by)
{
    op_r(a, group(by == 1 ? 0xd0 : 0xc0, size), (int)op, dst);
    if (by != 1)
        byte(a, by);
}

void asm_shift_cl(struct asm_code *a, enum asm_shift op, unsigned size, int dst)
{
    op_r(a, group(0xd2, size), (int)op, dst);
}

void asm_shiftx(struct asm_code *a, enum asm_shift op, unsigned size, int dst, int src,
                int by)
{
    unsigned prefix = op == ASM_SHL ? P66 : op == ASM_SHR ? PF2 : PF3;
    assert((op == ASM_SHL || op == ASM_SHR || op == ASM_SAR) && (size == 4 || size == 8));
    vex_r(a, wide(MAP_38 | prefix | 0xf7, size), dst, by, src);
}

void asm_rorx(struct asm_code *a, unsigned size, int dst, int src, unsigned by)
{
    assert(size == 4 || size == 8);
    vex_r(a, wide(MAP_3A | PF2 | 0xf0, size), dst, 0, src);
    byte(a, by);
}

void asm_shld_ri(struct asm_code *a, unsigned size, int dst, int src, unsigned by)
{
    op_r(a, wide(MAP_0F | 0xa4, size), src, dst);
    byte(a, by);
}

void asm_shrd_ri(struct asm_code *a, unsigned size, int dst, int src, unsigned by)
{
    op_r(a, wide(MAP_0F | 0xac, size), src, dst);
    byte(a, by);
}

/* --- jumps --- */

/* backward - whether the two bytes of a jump at the end reach LABEL; then how far. */
static bool backward(const struct asm_code *a, uint32_t label, int *distance)
{
    assert(label < a->label_count);
    if (a->labels[label] == UINT32_MAX || a->size + 2 - a->labels[label] > 128)
        return false;
    *distance = -(int)(a->size + 2 - a->labels[label]);
    return true;
}

void asm_jmp(struct asm_code *a, uint32_t label)
{
    int distance;
    room(a);
    if (backward(a, label, &distance)) {
        byte(a, 0xeb);
        byte(a, (uint8_t)distance);
    } else {
        byte(a, 0xe9);
        use(a, label);
    }
}

void asm_nojump(struct asm_code *a, uint32_t label)
{
    room(a);
    byte(a, ASM_OPCODE_TEST);
    use(a, label);
}

void asm_jcc(struct asm_code *a, enum asm_cc cc, uint32_t label)
{
    int distance;
    room(a);
    if (backward(a, label, &distance)) {
        byte(a, 0x70 | cc);
        byte(a, (uint8_t)distance);
    } else {
        byte(a, 0x0f);
        byte(a, 0x80 | cc);
        use(a, label);
    }
}

/* nops - COUNT bytes that do nothing, in as few instructions as can be. */
static void nops(struct asm_code *a, unsigned count)
{
    static const uint8_t forms[9][9] = {
        {0x90},
        {0x66, 0x90},
        {0x0f, 0x1f, 0x00},
        {0x0f, 0x1f, 0x40, 0x00},
        {0x0f, 0x1f, 0x44, 0x00, 0x00},
        {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00},
        {0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00},
        {0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
        {0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
    };
    while (count > 0) {
        unsigned n = count > 9 ? 9 : count;
        room(a);
        memcpy(a->bytes + a->size, forms[n - 1], n);
        a->size += n;
        count -= n;
    }
}

uint32_t asm_jmp_site(struct asm_code *a, uint32_t label)
{
    nops(a, (3 - a->size) & 3);
    room(a);
    byte(a, 0xe9);
    return use(a, label);
}

uint32_t asm_jcc_site(struct asm_code *a, enum asm_cc cc, uint32_t label)
{
    nops(a, (2 - a->size) & 3);
    room(a);
    byte(a, 0x0f);
    byte(a, 0x80 | cc);
    return use(a, label);
}

uint32_t asm_call_site(struct asm_code *a, uint32_t label)
{
    nops(a, (3 - a->size) & 3);
    room(a);
    byte(a, 0xe8);
    return use(a, label);
}

void asm_jmp_r(struct asm_code *a, int reg)
{
    op_r(a, 0xff, 4, reg);
}

void asm_jmp_m(struct asm_code *a, struct asm_mem m)
{
    op_m(a, 0xff, 4, m);
}

void asm_call_r(struct asm_code *a, int reg)
{
    op_r(a, 0xff, 2, reg);
}

void asm_call_m(struct asm_code *a, struct asm_mem m)
{
    op_m(a, 0xff, 2, m);
}

uint32_t asm_data(struct asm_code *a, uint32_t label, uint64_t value)
{
    while (a->size % 8 != 0) {
        room(a);
        byte(a, 0xcc);
    }
    room(a);
    asm_place(a, label);
    memcpy(a->bytes + a->size, &value, 8);
    a->size += 8;
    return a->size - 8;
}

void asm_ret(struct asm_code *a)
{
    room(a);
    byte(a, 0xc3);
}

void asm_align(struct asm_code *a, unsigned bytes)
{
    assert(bytes != 0 && (bytes & (bytes - 1)) == 0);
    nops(a, -a->size & (bytes - 1));
}

void asm_ud2(struct asm_code *a)
{
    room(a);
    byte(a, 0x0f);
    byte(a, 0x0b);
}

/* --- atomics --- */

void asm_xchg_mr(struct asm_code *a, unsigned size, struct asm_mem m, int reg)
{
    op_m(a, sized(0x86, size), reg, m);
}

void asm_lock_xadd(struct asm_code *a, unsigned size, struct asm_mem m, int reg)
{
    op_m(a, sized(LOCK | MAP_0F | 0xc0, size), reg, m);
}

void asm_lock_cmpxchg(struct asm_code *a, unsigned size, struct asm_mem m, int reg)
{
    op_m(a, sized(LOCK | MAP_0F | 0xb0, size), reg, m);
}

void asm_cmpxchg(struct asm_code *a, unsigned size, struct asm_mem m, int reg)
{
    op_m(a, sized(MAP_0F | 0xb0, size), reg, m);
}

void asm_mfence(struct asm_code *a)
{
    op_r(a, MAP_0F | 0xae, 6, 0);
}

/* --- floating point --- */

/* scalar - opcode OP with the prefix of a scalar of SIZE. */
static unsigned scalar(unsigned op, unsigned size)
{
    assert(size == 4 || size == 8);
    return op | MAP_0F | (size == 4 ? PF3 : PF2);
}

void asm_sse_rr(struct asm_code *a, enum asm_sse op, unsigned size, int dst, int src)
{
    op_r(a, scalar(op, size), dst, src);
}

void asm_sse_rm(struct asm_code *a, enum asm_sse op, unsigned size, int dst,
                struct asm_mem m)
{
    op_m(a, scalar(op, size), dst, m);
}

void asm_avx_rrr(struct asm_code *a, enum asm_sse op, unsigned size, int dst, int x,
                 int y)
{
    vex_r(a, scalar(op, size), dst, x, y);
}

void asm_avx_rrm(struct asm_code *a, enum asm_sse op, unsigned size, int dst, int x,
                 struct asm_mem m)
{
    vex_m(a, scalar(op, size), dst, x, m);
}

void asm_ucomis_rr(struct asm_code *a, unsigned size, int x, int y)
{
    op_r(a, MAP_0F | 0x2e | (size == 8 ? P66 : 0), x, y);
}

void asm_ucomis_rm(struct asm_code *a, unsigned size, int x, struct asm_mem m)
{
    op_m(a, MAP_0F | 0x2e | (size == 8 ? P66 : 0), x, m);
}

void asm_movaps(struct asm_code *a, int dst, int src)
{
    op_r(a, MAP_0F | 0x28, dst, src);
}

void asm_movs_rm(struct asm_code *a, unsigned size, int dst, struct asm_mem m)
{
    op_m(a, scalar(0x10, size), dst, m);
}

void asm_movs_mr(struct asm_code *a, unsigned size, struct asm_mem m, int src)
{
    op_m(a, scalar(0x11, size), src, m);
}

void asm_movups_rm(struct asm_code *a, int dst, struct asm_mem m)
{
    op_m(a, MAP_0F | 0x10, dst, m);
}

void asm_movups_mr(struct asm_code *a, struct asm_mem m, int src)
{
    op_m(a, MAP_0F | 0x11, src, m);
}

void asm_movd_xr(struct asm_code *a, unsigned size, int xmm, int gpr)
{
    op_r(a, MAP_0F | P66 | 0x6e | (size == 8 ? W : 0), xmm, gpr);
}

void asm_movd_rx(struct asm_code *a, unsigned size, int gpr, int xmm)
{
    op_r(a, MAP_0F | P66 | 0x7e | (size == 8 ? W : 0), xmm, gpr);
}

void asm_cvtsi2s(struct asm_code *a, unsigned fsize, unsigned isize, int xmm, int gpr)
{
    op_r(a, scalar(0x2a, fsize) | (isize == 8 ? W : 0), xmm, gpr);
}

void asm_cvtts2si(struct asm_code *a, unsigned isize, unsigned fsize, int gpr, int xmm)
{
    op_r(a, scalar(0x2c, fsize) | (isize == 8 ? W : 0), gpr, xmm);
}

void asm_cvts2si(struct asm_code *a, unsigned isize, unsigned fsize, int gpr, int xmm)
{
    op_r(a, scalar(0x2d, fsize) | (isize == 8 ? W : 0), gpr, xmm);
}

void asm_cvts2s(struct asm_code *a, unsigned from, int dst, int src)
{
    op_r(a, scalar(0x5a, from), dst, src);
}

void asm_rounds(struct asm_code *a, unsigned size, int dst, int src, unsigned mode)
{
    assert(size == 4 || size == 8);
    op_r(a, MAP_3A | P66 | (size == 4 ? 0x0a : 0x0b), dst, src);
    byte(a, mode);
}

void asm_fma231(struct asm_code *a, unsigned size, int dst, int x, int y)
{
    assert(size == 4 || size == 8);
    vex_r(a, MAP_38 | P66 | 0xb9 | (size == 8 ? W : 0), dst, x, y);
}

void asm_fma231_rm(struct asm_code *a, unsigned size, int dst, int x, struct asm_mem m)
{
    assert(size == 4 || size == 8);
    vex_m(a, MAP_38 | P66 | 0xb9 | (size == 8 ? W : 0), dst, x, m);
}

void asm_pshufb_rm(struct asm_code *a, int dst, struct asm_mem mask)
{
    op_m(a, MAP_38 | P66 | 0x00, dst, mask);
}

void asm_vpshufb_rrm(struct asm_code *a, int dst, int src, struct asm_mem mask)
{
    vex_m(a, MAP_38 | P66 | 0x00, dst, src, mask);
}

void asm_logic_rr(struct asm_code *a, enum asm_logic op, int dst, int src)
{
    op_r(a, MAP_0F | op, dst, src);
}

void asm_stmxcsr(struct asm_code *a, struct asm_mem m)
{
    op_m(a, MAP_0F | 0xae, 3, m);
}

void asm_ldmxcsr(struct asm_code *a, struct asm_mem m)
{
    op_m(a, MAP_0F | 0xae, 2, m);
}
