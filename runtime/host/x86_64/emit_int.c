/*
 * emit_int.c - integer arithmetic, logic, comparisons, selections, widths.
 */
#include "host/x86_64/emit.h"

/* i8 and i16 results: what lies above is cut off. */
static void narrow(struct emit *e, unsigned type, int reg)
{
    if (type == IR_I8 || type == IR_I16)
        asm_movzx_rr(&e->a, emit_bytes(type), reg, reg);
}

/* The last instruction that wasn't a move left ZF of R, an i32 or i64. */
static void leaves_flags(struct emit *e, ir_ref r)
{
    if (ir_at(e->ir, r)->type < IR_I32)
        return;
    e->tested = r;
    e->tested_at = e->a.size;
}

static void swap_operands(struct operand *x, struct operand *y)
{
    struct operand t = *x;

    *x = *y;
    *y = t;
}

/* dst = x op y, in two-operand form. */
static void binary(struct emit *e, ir_ref r, enum asm_alu op, bool commutes)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    int d = emit_dst(e, r);

    if (commutes && (x.kind == OPERAND_CONST || (emit_in(&y, d) && !emit_in(&x, d))))
        swap_operands(&x, &y);
    if (emit_in(&y, d) && !emit_in(&x, d))
        d = RAX;
    emit_load(e, d, &x);
    emit_alu(e, op, emit_size(n->type), d, &y);
    narrow(e, n->type, d);
    emit_result(e, r, d);
    leaves_flags(e, r);
}

/* x + y by lea, where the result has a register of its own. */
static bool sum_by_lea(struct emit *e, ir_ref r, const struct operand *x,
                       const struct operand *y, bool negated)
{
    const struct ir_node *n = ir_at(e->ir, r);
    unsigned size = emit_size(n->type);
    struct asm_mem m = {(uint8_t)x->reg, ASM_NO_REG, 1, 0};
    int d = emit_dst(e, r);

    if (n->type < IR_I32 || x->kind != OPERAND_REG || x->reg == d || emit_in(y, d))
        return false;
    if (y->kind == OPERAND_CONST) {
        uint64_t v = negated ? 0 - y->value : y->value;

        if (size == 8 && !emit_fits(v))
            return false;
        m.disp = (int32_t)v;
    } else if (y->kind == OPERAND_REG && !negated)
        m.index = (uint8_t)y->reg;
    else
        return false;
    asm_lea(&e->a, size, d, m);
    emit_result(e, r, d);
    return true;
}

void emit_add(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);

    if (!sum_by_lea(e, r, &x, &y, false))
        binary(e, r, ASM_ADD, true);
}

void emit_sub(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);

    if (!sum_by_lea(e, r, &x, &y, true))
        binary(e, r, ASM_SUB, false);
}

void emit_mul(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    unsigned size = emit_size(n->type);
    int d = emit_dst(e, r);

    if (x.kind == OPERAND_CONST || (emit_in(&y, d) && !emit_in(&x, d)))
        swap_operands(&x, &y);
    if (y.kind == OPERAND_CONST && (size == 4 || emit_fits(y.value)))
        asm_imul_rri(&e->a, size, d, emit_reg(e, &x, RAX), (int32_t)y.value);
    else if (emit_in(&y, d) && !emit_in(&x, d)) { /* x is a constant that doesn't fit */
        asm_imul_rr(&e->a, size, d, emit_reg(e, &x, RCX));
    } else {
        emit_load(e, d, &x);
        if (y.kind == OPERAND_MEM && y.bytes >= size)
            asm_imul_rm(&e->a, size, d, y.mem);
        else
            asm_imul_rr(&e->a, size, d, emit_reg(e, &y, RCX));
    }
    narrow(e, n->type, d);
    emit_result(e, r, d);
}

/* A mask that is a zero extension: its bytes, or 0. */
static unsigned extension_mask(const struct operand *y)
{
    if (y->kind != OPERAND_CONST)
        return 0;
    return y->value == 0xff ? 1 : y->value == 0xffff ? 2 : y->value == 0xffffffff ? 4 : 0;
}

/* An AND with a fused NOT; false if it is none. */
static bool and_not(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);

    for (unsigned i = 0; i < 2; i++) {
        const struct ir_node *m = ir_at(e->ir, n->arg[i]);
        if (m->op != IR_NOT || !e->hints[n->arg[i]].fused || n->arg[i] == e->held)
            continue; /* what is held is a step of an exit, and computed */
        struct operand x = emit_operand(e, n->arg[1 - i]), y = emit_operand(e, m->arg[0]);
        int d = emit_dst(e, r), a = emit_reg(e, &x, RAX);
        asm_andn(&e->a, emit_size(n->type), d, emit_reg(e, &y, RCX), a);
        emit_result(e, r, d);
        leaves_flags(e, r);
        return true;
    }
    return false;
}

void emit_and(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    if (and_not(e, r))
        return;
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    unsigned bytes = extension_mask(&y);
    int d = emit_dst(e, r);

    if (bytes == 0 || x.kind == OPERAND_CONST) {
        binary(e, r, ASM_AND, true);
        return;
    }
    if (bytes == 4)
        asm_mov_rr(&e->a, 4, d, emit_reg(e, &x, RAX));
    else
        asm_movzx_rr(&e->a, bytes, d, emit_reg(e, &x, RAX));
    emit_result(e, r, d);
}

void emit_or(struct emit *e, ir_ref r)
{
    binary(e, r, ASM_OR, true);
}

void emit_xor(struct emit *e, ir_ref r)
{
    binary(e, r, ASM_XOR, true);
}

static void set_condition(struct emit *e, ir_ref r, enum asm_cc cc)
{
    int d = emit_dst(e, r);

    asm_setcc(&e->a, cc, d);
    asm_movzx_rr(&e->a, 1, d, d);
    emit_result(e, r, d);
}

void emit_not(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    int d = emit_dst(e, r);

    if (n->type == IR_I1) {
        enum asm_cc cc = emit_condition(e, n->arg[0]);

        set_condition(e, r, cc ^ 1);
        return;
    }
    struct operand x = emit_operand(e, n->arg[0]);
    emit_load(e, d, &x);
    asm_unary_r(&e->a, ASM_NOT, emit_size(n->type), d);
    narrow(e, n->type, d);
    emit_result(e, r, d);
}

void emit_neg(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    int d = emit_dst(e, r);

    emit_load(e, d, &x);
    asm_unary_r(&e->a, ASM_NEG, emit_size(n->type), d);
    narrow(e, n->type, d);
    emit_result(e, r, d);
    leaves_flags(e, r);
}

void emit_minmax(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    unsigned size = emit_size(n->type);
    int d = emit_dst(e, r), a, b;
    /* when y is the result */
    enum asm_cc cc = n->op == IR_MIN_S   ? CC_G
                     : n->op == IR_MIN_U ? CC_A
                     : n->op == IR_MAX_S ? CC_L
                                         : CC_B;

    a = emit_reg(e, &x, RAX);
    b = emit_reg(e, &y, RCX);
    asm_alu_rr(&e->a, ASM_CMP, emit_bytes(n->type), a, b);
    if (b == d && a != d)
        asm_cmov(&e->a, cc ^ 1, size, d, a);
    else {
        if (a != d)
            asm_mov_rr(&e->a, size, d, a);
        asm_cmov(&e->a, cc, size, d, b);
    }
    emit_result(e, r, d);
}

/* -- comparisons --------------------------------------------------------------------*/

/* Flags of x & y. */
static void test_and(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    unsigned size = emit_size(n->type);
    int a;

    if (x.kind == OPERAND_CONST)
        swap_operands(&x, &y);
    a = emit_reg(e, &x, RAX);
    if (y.kind == OPERAND_CONST && (size == 4 || emit_fits(y.value)))
        asm_test_ri(&e->a, size, a, (int32_t)y.value);
    else
        asm_test_rr(&e->a, size, a, emit_reg(e, &y, RCX));
}

/* cmp x, y */
static void compare(struct emit *e, const struct operand *x, const struct operand *y)
{
    unsigned size = emit_bytes(x->type);

    if (x->kind == OPERAND_REG && y->kind == OPERAND_CONST && y->value == 0)
        asm_test_rr(&e->a, size, x->reg, x->reg);
    else if (x->kind == OPERAND_MEM && x->bytes >= size && y->kind == OPERAND_REG)
        asm_alu_mr(&e->a, ASM_CMP, size, x->mem, y->reg);
    else if (x->kind == OPERAND_MEM && x->bytes >= size && y->kind == OPERAND_CONST &&
             (size < 8 || emit_fits(y->value)))
        asm_alu_mi(&e->a, ASM_CMP, size, x->mem,
                   size == 1   ? (int8_t)y->value
                   : size == 2 ? (int16_t)y->value
                               : (int32_t)y->value);
    else
        emit_alu(e, ASM_CMP, size, emit_reg(e, x, RAX), y);
}

static enum asm_cc integer_condition(struct emit *e, const struct ir_node *n)
{
    static const uint8_t conditions[] = {CC_E, CC_NE, CC_B, CC_L, CC_BE, CC_LE};
    enum asm_cc cc = (enum asm_cc)conditions[n->op - IR_EQ];

    if (e->hints[n->arg[0]].fused && ir_at(e->ir, n->arg[0])->op == IR_AND) {
        test_and(e, n->arg[0]);
        return cc;
    }
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    if (n->op <= IR_NE && n->arg[0] == e->tested && e->a.size == e->tested_at &&
        y.kind == OPERAND_CONST && y.value == 0)
        return cc;
    if (x.kind == OPERAND_CONST && y.kind != OPERAND_CONST) {
        static const uint8_t swapped[] = {CC_E, CC_NE, CC_A, CC_G, CC_AE, CC_GE};

        cc = (enum asm_cc)swapped[n->op - IR_EQ];
        swap_operands(&x, &y);
    }
    compare(e, &x, &y);
    return cc;
}

/* The host's carry or overflow of a + b + c. */
static enum asm_cc carry_condition(struct emit *e, const struct ir_node *n)
{
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    struct operand c = emit_operand(e, n->arg[2]);
    unsigned size = emit_bytes(x.type);
    enum asm_alu op = ASM_ADC;
    int b;

    emit_load(e, RAX, &x);
    if (c.kind == OPERAND_CONST && c.value == 0) {
        op = ASM_ADD;
    } else {
        emit_load(e, RCX, &c);
        asm_bt_ri(&e->a, 4, RCX, 0);
    }
    b = emit_reg(e, &y, RCX); /* moves only */
    asm_alu_rr(&e->a, op, size, RAX, b);
    return n->op == IR_CARRY ? CC_B : CC_O;
}

enum asm_cc emit_condition(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);

    if (e->hints[r].fused) {
        if (n->op >= IR_EQ && n->op <= IR_LE_S)
            return integer_condition(e, n);
        if (n->op == IR_CARRY || n->op == IR_OVERFLOW)
            return carry_condition(e, n);
        if (n->op == IR_NOT)
            return emit_condition(e, n->arg[0]) ^ 1;
        return emit_fcompare(e, r);
    }
    struct operand o = emit_operand(e, r);
    if (o.kind == OPERAND_MEM)
        asm_alu_mi(&e->a, ASM_CMP, 1, o.mem, 0);
    else {
        int a = emit_reg(e, &o, RAX);
        asm_test_rr(&e->a, 4, a, a);
    }
    return CC_NE;
}

void emit_compare(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);

    set_condition(e, r, n->op <= IR_LE_S ? integer_condition(e, n) : emit_fcompare(e, r));
}

void emit_carry(struct emit *e, ir_ref r)
{
    set_condition(e, r, carry_condition(e, ir_at(e->ir, r)));
}

/* -- selections ---------------------------------------------------------------------*/

static void select_vector(struct emit *e, ir_ref r, enum asm_cc cc)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand yes = emit_operand(e, n->arg[1]), no = emit_operand(e, n->arg[2]);
    uint32_t over = asm_label(&e->a);
    int d = emit_vdst(e, r);

    if (emit_in(&yes, d)) {
        asm_jcc(&e->a, cc, over);
        emit_vload(e, d, &no);
    } else {
        /* vector constants may take xor, so the condition is tested first */
        uint32_t take = asm_label(&e->a);

        asm_jcc(&e->a, cc, take);
        emit_vload(e, d, &no);
        asm_jmp(&e->a, over);
        asm_place(&e->a, take);
        emit_vload(e, d, &yes);
    }
    asm_place(&e->a, over);
    if (e->alloc.at[r].kind != ALLOC_REG)
        emit_vstore(e, n->type, emit_slot(e->alloc.at[r].slot), d);
}

void emit_select(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    enum asm_cc cc = emit_condition(e, n->arg[0]);
    unsigned size = emit_size(n->type);

    if (emit_is_vector(n->type)) {
        select_vector(e, r, cc);
        return;
    }
    /* From here only moves: the flags stand. */
    struct operand yes = emit_operand(e, n->arg[1]), no = emit_operand(e, n->arg[2]);
    int d = emit_dst(e, r);
    if (emit_in(&yes, d)) {
        asm_cmov(&e->a, cc ^ 1, size, d, emit_reg(e, &no, RCX));
    } else {
        int a = emit_reg(e, &yes, RCX);

        emit_load(e, d, &no);
        asm_cmov(&e->a, cc, size, d, a);
    }
    emit_result(e, r, d);
}

/* -- widths -------------------------------------------------------------------------*/

void emit_zext(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    unsigned from = emit_bytes(x.type);
    int d = emit_dst(e, r);

    if (x.clean)
        emit_load(e, d, &x);
    else if (from == 4)
        asm_mov_rr(&e->a, 4, d, emit_reg(e, &x, RAX));
    else
        asm_movzx_rr(&e->a, from, d, emit_reg(e, &x, RAX));
    emit_result(e, r, d);
}

void emit_sext(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    unsigned to = emit_size(n->type), from = emit_bytes(x.type);
    int d = emit_dst(e, r);

    if (x.type == IR_I1) {
        emit_load(e, d, &x);
        asm_unary_r(&e->a, ASM_NEG, to, d);
    } else if (x.kind == OPERAND_MEM && x.bytes >= from)
        asm_movsx_rm(&e->a, to, from, d, x.mem);
    else
        asm_movsx_rr(&e->a, to, from, d, emit_reg(e, &x, RAX));
    narrow(e, n->type, d);
    emit_result(e, r, d);
}

/* R is shifted so far to the right that its own upper half is zero. */
static bool is_upper_half(const struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);

    return n->op == IR_SHR && ir_is_const(e->ir, n->arg[1]) &&
           ir_value(e->ir, n->arg[1]) >= 32;
}

void emit_trunc(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    int d = emit_dst(e, r);

    if (n->type == IR_I1) {
        emit_load(e, d, &x);
        asm_alu_ri(&e->a, ASM_AND, 4, d, 1);
    } else if (x.kind == OPERAND_MEM) {
        if (x.bytes > emit_bytes(n->type))
            x.bytes = (uint8_t)emit_bytes(n->type);
        x.type = n->type;
        emit_load(e, d, &x);
    } else if (n->type == IR_I32) {
        if (!emit_in(&x, d) || !is_upper_half(e, n->arg[0]))
            asm_mov_rr(&e->a, 4, d, emit_reg(e, &x, RAX));
    } else
        asm_movzx_rr(&e->a, emit_bytes(n->type), d, emit_reg(e, &x, RAX));
    emit_result(e, r, d);
}

/* i64 from two i32. */
void emit_cat(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand high = emit_operand(e, n->arg[0]), low = emit_operand(e, n->arg[1]);
    int d = emit_dst(e, r);

    if (high.kind == OPERAND_CONST) {
        emit_load(e, d, &low);
        asm_mov_ri(&e->a, RCX, high.value << 32);
        asm_alu_rr(&e->a, ASM_OR, 8, d, RCX);
        emit_result(e, r, d);
        return;
    }
    if (emit_in(&low, d))
        d = RAX;
    emit_load(e, d, &high);
    asm_shift_ri(&e->a, ASM_SHL, 8, d, 32);
    if (low.kind == OPERAND_REG || low.kind == OPERAND_CONST || low.bytes < 8)
        asm_alu_rr(&e->a, ASM_OR, 8, d, emit_reg(e, &low, RCX));
    else
        asm_alu_rm(&e->a, ASM_OR, 8, d, low.mem);
    emit_result(e, r, d);
}
