/*
 * emit_bits.c - shifts, counts of bits, orders of bits and bytes, high products,
 * divisions: total, as ir.def defines them.
 */
#include "host/x86_64/emit.h"

/* -- shifts -------------------------------------------------------------------------*/

static enum asm_shift shift_of(unsigned op)
{
    return op == IR_SHL ? ASM_SHL : op == IR_SHR ? ASM_SHR : ASM_SAR;
}

static void shift_const(struct emit *e, ir_ref r, const struct operand *x, uint64_t by)
{
    const struct ir_node *n = ir_at(e->ir, r);
    unsigned size = emit_size(n->type), width = 8 * size;
    enum asm_shift op = shift_of(n->op);
    int d = emit_dst(e, r);

    if (by >= width && op != ASM_SAR)
        asm_mov_ri(&e->a, d, 0);
    else if (by == 1 && op == ASM_SHL && x->kind == OPERAND_REG && x->reg != d)
        asm_lea(&e->a, size, d, (struct asm_mem){(uint8_t)x->reg, (uint8_t)x->reg, 1, 0});
    else {
        emit_load(e, d, x);
        if (by != 0)
            asm_shift_ri(&e->a, op, size, d, by >= width ? width - 1 : (unsigned)by);
    }
    emit_result(e, r, d);
}

/* The count of a SAR that may be too large: no more than the width - 1, into rcx. */
static void clamp_count(struct emit *e, const struct operand *count, unsigned width)
{
    unsigned size = emit_size(count->type);

    emit_load(e, RCX, count);
    asm_mov_ri(&e->a, RAX, width - 1);
    asm_alu_rr(&e->a, ASM_CMP, size, RCX, RAX);
    asm_cmov(&e->a, CC_A, size, RCX, RAX);
}

/* d = x shifted by the register COUNT, or by cl. */
static void shift_by(struct emit *e, enum asm_shift op, unsigned size, int d,
                     const struct operand *x, int count)
{
    if (e->options->level >= 3)
        asm_shiftx(&e->a, op, size, d, emit_reg(e, x, RAX), count);
    else {
        emit_load(e, d, x);
        asm_shift_cl(&e->a, op, size, d);
    }
}

void emit_shift(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), by = emit_operand(e, n->arg[1]);
    unsigned size = emit_size(n->type), width = 8 * size;
    bool total = !(n->flags & IR_IN_RANGE);
    enum asm_shift op = shift_of(n->op);
    int d = emit_dst(e, r), count = RCX;

    if (by.kind == OPERAND_CONST) {
        shift_const(e, r, &x, by.value);
        return;
    }
    if (total && op == ASM_SAR)
        clamp_count(e, &by, width);
    else if (e->options->level >= 3 && by.kind == OPERAND_REG && !(total && by.reg == d))
        count = by.reg;
    else
        emit_load(e, RCX, &by);
    shift_by(e, op, size, d, &x, count);
    if (total && op != ASM_SAR) { /* all ones if the count is below the width */
        asm_alu_ri(&e->a, ASM_CMP, emit_size(by.type), count, (int32_t)width);
        asm_alu_rr(&e->a, ASM_SBB, size, RCX, RCX);
        asm_alu_rr(&e->a, ASM_AND, size, d, RCX);
    }
    emit_result(e, r, d);
}

void emit_rotate(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), by = emit_operand(e, n->arg[1]);
    enum asm_shift op = n->op == IR_ROTL ? ASM_ROL : ASM_ROR;
    unsigned size = emit_bytes(n->type), width = 8 * size;
    int d = emit_dst(e, r);

    if (by.kind == OPERAND_CONST && e->options->level >= 3 && size >= 4 &&
        x.kind == OPERAND_REG && x.reg != d && by.value % width != 0) {
        unsigned right = (unsigned)(by.value % width);
        asm_rorx(&e->a, size, d, x.reg, op == ASM_ROL ? width - right : right);
    } else if (by.kind == OPERAND_CONST) {
        emit_load(e, d, &x);
        if (by.value % width != 0)
            asm_shift_ri(&e->a, op, size, d, (unsigned)(by.value % width));
    } else {
        emit_load(e, RCX, &by);
        emit_load(e, d, &x);
        asm_shift_cl(&e->a, op, size, d);
    }
    emit_result(e, r, d);
}

/* -- counts of bits -----------------------------------------------------------------*/

/* bsf or bsr of X into rax; NONE instead if X is 0. Needs X's width. */
static void scan(struct emit *e, enum asm_bits op, unsigned size, const struct operand *x,
                 unsigned none)
{
    int a = emit_reg(e, x, RAX);

    asm_mov_ri(&e->a, RCX, none);
    asm_bits_rr(&e->a, op, size, RAX, a);
    asm_cmov(&e->a, CC_E, size, RAX, RCX);
}

void emit_clz(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    unsigned size = emit_size(n->type), width = 8 * size, own = ir_type_bits[n->type];
    int d = RAX;

    if (e->options->level >= 3) {
        d = emit_dst(e, r);
        asm_bits_rr(&e->a, ASM_LZCNT, size, d, emit_reg(e, &x, RAX));
    } else {
        scan(e, ASM_BSR, size, &x, 2 * width - 1);
        asm_alu_ri(&e->a, ASM_XOR, size, RAX, (int32_t)width - 1);
    }
    if (own < width)
        asm_alu_ri(&e->a, ASM_SUB, size, d, (int32_t)(width - own));
    emit_result(e, r, d);
}

void emit_ctz(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    unsigned size = emit_size(n->type), own = ir_type_bits[n->type];
    int d = RAX;

    if (e->options->level >= 3 && own >= 32) {
        d = emit_dst(e, r);
        asm_bits_rr(&e->a, ASM_TZCNT, size, d, emit_reg(e, &x, RAX));
    } else
        scan(e, ASM_BSF, size, &x, own);
    emit_result(e, r, d);
}

enum { BITS_1 = 0x55, BITS_2 = 0x33, BITS_4 = 0x0f };

static uint64_t repeat(unsigned byte)
{
    return UINT64_C(0x0101010101010101) * byte;
}

/* rcx = (rax >> by) & mask, rax &= mask; destroys rdx. */
static void split_bits(struct emit *e, unsigned byte, unsigned by)
{
    asm_mov_ri(&e->a, RDX, repeat(byte));
    asm_mov_rr(&e->a, 8, RCX, RAX);
    asm_shift_ri(&e->a, ASM_SHR, 8, RCX, by);
    asm_alu_rr(&e->a, ASM_AND, 8, RCX, RDX);
    asm_alu_rr(&e->a, ASM_AND, 8, RAX, RDX);
}

/* Sums of pairs, of fours, of bytes; then of all bytes in the top one. */
static void popcount_by_sums(struct emit *e)
{
    static const uint8_t masks[] = {BITS_1, BITS_2, BITS_4};

    for (unsigned i = 0; i < 3; i++) {
        split_bits(e, masks[i], 1u << i);
        asm_alu_rr(&e->a, ASM_ADD, 8, RAX, RCX);
    }
    asm_mov_ri(&e->a, RDX, repeat(1));
    asm_imul_rr(&e->a, 8, RAX, RDX);
    asm_shift_ri(&e->a, ASM_SHR, 8, RAX, 56);
}

void emit_popcount(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    int d = RAX;

    if (e->options->level >= 2) {
        d = emit_dst(e, r);
        asm_bits_rr(&e->a, ASM_POPCNT, emit_size(n->type), d, emit_reg(e, &x, RAX));
    } else {
        if (emit_in(&x, RAX) || x.kind != OPERAND_REG)
            emit_load(e, RAX, &x);
        else /* with its upper half cut off if the type is narrow */
            asm_mov_rr(&e->a, emit_size(n->type), RAX, x.reg);
        popcount_by_sums(e);
    }
    emit_result(e, r, d);
}

/* -- orders -------------------------------------------------------------------------*/

void emit_bswap(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    int d = emit_dst(e, r);

    emit_load(e, d, &x);
    emit_swap(e, emit_bytes(n->type), d);
    emit_result(e, r, d);
}

void emit_bitrev(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    static const uint8_t masks[] = {BITS_1, BITS_2, BITS_4};

    emit_load(e, RAX, &x);
    for (unsigned i = 0; i < 3; i++) {
        split_bits(e, masks[i], 1u << i);
        asm_shift_ri(&e->a, ASM_SHL, 8, RAX, 1u << i);
        asm_alu_rr(&e->a, ASM_OR, 8, RAX, RCX);
    }
    asm_bswap(&e->a, 8, RAX);
    if (ir_type_bits[n->type] < 64)
        asm_shift_ri(&e->a, ASM_SHR, 8, RAX, 64 - ir_type_bits[n->type]);
    emit_result(e, r, RAX);
}

/* -- high products ------------------------------------------------------------------*/

/* rcx = x < 0 ? y : 0, which a product of unsigned x has too much in its high half. */
static void sign_part(struct emit *e, unsigned size, const struct operand *x,
                      const struct operand *y)
{
    emit_load(e, RAX, x);
    asm_shift_ri(&e->a, ASM_SAR, size, RAX, 8 * size - 1);
    emit_load(e, RCX, y);
    asm_alu_rr(&e->a, ASM_AND, size, RCX, RAX);
}

void emit_mulh(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    unsigned size = emit_size(n->type);
    bool mixed = n->op == IR_MULH_SU;
    enum asm_unary op = n->op == IR_MULH_S ? ASM_IMUL : ASM_MUL;

    if (mixed)
        sign_part(e, size, &x, &y);
    if (mixed && y.kind == OPERAND_CONST) { /* rcx is taken; the product commutes */
        emit_load(e, RAX, &y);
        asm_unary_r(&e->a, op, size, emit_reg(e, &x, RDX));
    } else {
        emit_load(e, RAX, &x);
        if (y.kind == OPERAND_MEM)
            asm_unary_m(&e->a, op, size, y.mem);
        else
            asm_unary_r(&e->a, op, size, emit_reg(e, &y, RCX));
    }
    if (mixed)
        asm_alu_rr(&e->a, ASM_SUB, size, RDX, RCX);
    if (size == 4)
        asm_mov_rr(&e->a, 4, RDX, RDX);
    emit_result(e, r, RDX);
}

/* -- divisions ----------------------------------------------------------------------*/

/* The divisor's register, neither rax nor rdx. */
static int divisor_in(const struct operand *y)
{
    return y->kind == OPERAND_REG && y->reg != RDX ? y->reg : RCX;
}

/* The divisor is 0, or -1 of a signed division; the dividend is in rax. */
static void odd_divisor(struct emit *e, const struct emit_cold *c)
{
    const struct ir_node *n = ir_at(e->ir, c->node);
    unsigned size = emit_size(n->type);
    int y = (int)c->x;

    switch (n->op) {
    case IR_DIV_U:
        asm_mov_ri(&e->a, RAX, size == 8 ? UINT64_MAX : UINT32_MAX);
        break;
    case IR_REM_U:
        asm_mov_rr(&e->a, size, RDX, RAX);
        break;
    case IR_DIV_S:
        asm_unary_r(&e->a, ASM_NEG, size, RAX);
        asm_mov_ri(&e->a, RDX, size == 8 ? UINT64_MAX : UINT32_MAX);
        asm_test_rr(&e->a, size, y, y);
        asm_cmov(&e->a, CC_E, size, RAX, RDX);
        break;
    default:
        asm_mov_ri(&e->a, RDX, 0);
        asm_test_rr(&e->a, size, y, y);
        asm_cmov(&e->a, CC_E, size, RDX, RAX);
        break;
    }
    asm_jmp(&e->a, c->back);
}

/* Leave for odd_divisor if Y is odd. */
static void test_divisor(struct emit *e, ir_ref r, unsigned size, int y, bool is_signed,
                         uint32_t back)
{
    uint32_t label = emit_cold(e, odd_divisor, r, back, (uint32_t)y);

    if (is_signed) {
        asm_lea(&e->a, size, RDX, (struct asm_mem){(uint8_t)y, ASM_NO_REG, 1, 1});
        asm_alu_ri(&e->a, ASM_CMP, size, RDX, 1);
        asm_jcc(&e->a, CC_BE, label);
    } else {
        asm_test_rr(&e->a, size, y, y);
        asm_jcc(&e->a, CC_E, label);
    }
}

void emit_div(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    unsigned size = emit_size(n->type);
    bool is_signed = n->op == IR_DIV_S || n->op == IR_REM_S;
    uint64_t minus_one = size == 8 ? UINT64_MAX : UINT32_MAX;
    uint32_t back = asm_label(&e->a);
    int divisor = divisor_in(&y);

    emit_load(e, divisor, &y);
    emit_load(e, RAX, &x);
    if (y.kind != OPERAND_CONST || y.value == 0 || (is_signed && y.value == minus_one))
        test_divisor(e, r, size, divisor, is_signed, back);
    if (is_signed) {
        asm_cdq(&e->a, size);
        asm_unary_r(&e->a, ASM_IDIV, size, divisor);
    } else {
        asm_zero(&e->a, RDX);
        asm_unary_r(&e->a, ASM_DIV, size, divisor);
    }
    asm_place(&e->a, back);
    emit_result(e, r, n->op == IR_DIV_U || n->op == IR_DIV_S ? RAX : RDX);
}
