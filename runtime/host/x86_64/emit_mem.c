/*
 * emit_mem.c - guest memory, and the fields of struct cpu.
 */
#include "host/x86_64/emit.h"

/* -- addresses ----------------------------------------------------------------------*/

/* A 32-bit guest's: [r14 + index + displacement], the index zero-extended. A sum that
 * wraps lands in the guard pages. */
static struct asm_mem window_address(struct emit *e, ir_ref address)
{
    const struct ir_node *n = ir_at(e->ir, address);
    struct asm_mem m = {R14, ASM_NO_REG, 1, 0};
    struct operand base;

    if (e->hints[address].fused && n->op == IR_ADD) {
        m.disp = (int32_t)ir_value(e->ir, n->arg[1]);
        address = n->arg[0];
    }
    base = emit_operand(e, address);
    if (base.kind == OPERAND_CONST && m.disp == 0 && base.value <= INT32_MAX) {
        m.disp = (int32_t)base.value;
        return m;
    }
    if (base.kind == OPERAND_REG && base.clean)
        m.index = (uint8_t)base.reg;
    else {
        emit_load(e, RCX, &base);
        m.index = RCX;
    }
    return m;
}

/* The operands of a fused sum. */
struct parts {
    ir_ref base, index; /* index: 0 if there is none */
    unsigned shift;
    int32_t disp;
};

static bool is_fused(const struct emit *e, ir_ref r, unsigned op)
{
    return e->hints[r].fused && ir_at(e->ir, r)->op == op;
}

static struct parts split_sum(struct emit *e, ir_ref address)
{
    struct parts p = {address, 0, 0, 0};
    const struct ir_node *n = ir_at(e->ir, address);

    if (is_fused(e, address, IR_ADD) && ir_is_const(e->ir, n->arg[1])) {
        p.disp = (int32_t)ir_value(e->ir, n->arg[1]);
        p.base = n->arg[0];
        n = ir_at(e->ir, p.base);
    }
    if (!is_fused(e, p.base, IR_ADD))
        return p;
    p.base = n->arg[0];
    p.index = n->arg[1];
    if (is_fused(e, p.base, IR_SHL)) {
        p.base = n->arg[1];
        p.index = n->arg[0];
    }
    if (is_fused(e, p.index, IR_SHL)) {
        n = ir_at(e->ir, p.index);
        p.shift = (unsigned)ir_value(e->ir, n->arg[1]);
        p.index = n->arg[0];
    }
    return p;
}

/* Neither operand is in a register: the sum goes into rcx. */
static void sum_into_rcx(struct emit *e, const struct operand *base,
                         const struct operand *index, unsigned shift)
{
    emit_load(e, RCX, index);
    if (shift != 0)
        asm_shift_ri(&e->a, ASM_SHL, 8, RCX, shift);
    asm_alu_rr(&e->a, ASM_ADD, 8, RCX, emit_reg(e, base, RAX));
}

/* A 64-bit guest's address is the host's. */
static struct asm_mem flat_address(struct emit *e, ir_ref address)
{
    struct parts p = split_sum(e, address);
    struct operand base = emit_operand(e, p.base), index;
    struct asm_mem m = {RCX, ASM_NO_REG, 1, p.disp};

    if (p.index == 0) {
        m.base = (uint8_t)emit_reg(e, &base, RCX);
        return m;
    }
    index = emit_operand(e, p.index);
    if (base.kind != OPERAND_REG && index.kind != OPERAND_REG) {
        sum_into_rcx(e, &base, &index, p.shift);
        return m;
    }
    m.base = (uint8_t)emit_reg(e, &base, RCX);
    m.index = (uint8_t)emit_reg(e, &index, RCX);
    m.scale = (uint8_t)(1u << p.shift);
    return m;
}

struct asm_mem emit_address(struct emit *e, ir_ref r)
{
    ir_ref address = ir_at(e->ir, r)->arg[0];

    return e->options->window ? window_address(e, address) : flat_address(e, address);
}

void emit_swap(struct emit *e, unsigned bytes, int reg)
{
    if (bytes == 2)
        asm_shift_ri(&e->a, ASM_ROL, 2, reg, 8);
    else if (bytes > 2)
        asm_bswap(&e->a, bytes, reg);
}

/* -- loads --------------------------------------------------------------------------*/

/* The mask that turns SIZE bytes round. */
static struct asm_mem reverse(unsigned size)
{
    return emit_cpu(
        (uint32_t)(offsetof(struct cpu, host.reverse) + (size == 8 ? 16 : 0)));
}

static void load_vector(struct emit *e, ir_ref r, struct asm_mem m)
{
    const struct ir_node *n = ir_at(e->ir, r);
    unsigned size = emit_size(n->type);
    int d = emit_vdst(e, r);

    emit_fault(e, r);
    if ((n->flags & IR_SWAP) && e->options->level >= 2) {
        asm_movs_rm(&e->a, size, d, m);
        asm_pshufb_rm(&e->a, d, reverse(size));
    } else if (n->flags & IR_SWAP) {
        asm_mov_rm(&e->a, size, RAX, m);
        emit_swap(e, size, RAX);
        asm_movd_xr(&e->a, size, d, RAX);
    } else if (n->type == IR_V128)
        asm_movups_rm(&e->a, d, m);
    else
        asm_movs_rm(&e->a, size, d, m);
    emit_result(e, r, d);
}

void emit_load_op(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct asm_mem m = emit_address(e, r);
    unsigned bytes = emit_bytes(n->type);
    bool swap = (n->flags & IR_SWAP) && bytes > 1;
    int d;

    if (emit_is_vector(n->type)) {
        load_vector(e, r, m);
        return;
    }
    d = emit_dst(e, r);
    emit_fault(e, r);
    if (bytes < 4)
        asm_movzx_rm(&e->a, bytes, d, m);
    else if (swap && e->options->level >= 3) {
        asm_movbe_rm(&e->a, bytes, d, m);
        swap = false;
    } else
        asm_mov_rm(&e->a, bytes, d, m);
    if (swap)
        emit_swap(e, bytes, d);
    emit_result(e, r, d);
}

/* -- stores -------------------------------------------------------------------------*/

static void store_vector(struct emit *e, ir_ref r, struct asm_mem m)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand v = emit_operand(e, n->arg[1]);
    unsigned size = emit_size(v.type);
    int xmm = emit_vreg(e, &v, XMM15);

    if ((n->flags & IR_SWAP) && e->options->level >= 2) {
        if (e->options->level >= 3)
            asm_vpshufb_rrm(&e->a, XMM15, xmm, reverse(size));
        else {
            if (xmm != XMM15)
                asm_movaps(&e->a, XMM15, xmm);
            asm_pshufb_rm(&e->a, XMM15, reverse(size));
        }
        emit_fault(e, r);
        asm_movs_mr(&e->a, size, m, XMM15);
        return;
    }
    if (n->flags & IR_SWAP) {
        asm_movd_rx(&e->a, size, RAX, xmm);
        emit_swap(e, size, RAX);
        emit_fault(e, r);
        asm_mov_mr(&e->a, size, m, RAX);
        return;
    }
    emit_fault(e, r);
    emit_vstore(e, v.type, m, xmm);
}

static uint64_t swapped(uint64_t value, unsigned bytes)
{
    return __builtin_bswap64(value) >> (64 - 8 * bytes);
}

static void store_const(struct emit *e, ir_ref r, struct asm_mem m, unsigned bytes,
                        uint64_t value)
{
    if (bytes == 8 && !emit_fits(value)) {
        asm_mov_ri(&e->a, RAX, value);
        emit_fault(e, r);
        asm_mov_mr(&e->a, 8, m, RAX);
    } else {
        emit_fault(e, r);
        emit_set(e, m, bytes, value);
    }
}

void emit_store_op(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct asm_mem m = emit_address(e, r);
    struct operand v = emit_operand(e, n->arg[1]);
    unsigned bytes = emit_bytes(v.type);
    bool swap = (n->flags & IR_SWAP) && bytes > 1;
    int reg;

    if (emit_is_vector(v.type)) {
        store_vector(e, r, m);
        return;
    }
    if (v.kind == OPERAND_CONST) {
        store_const(e, r, m, bytes, swap ? swapped(v.value, bytes) : v.value);
        return;
    }
    if (swap && e->options->level < 3) {
        emit_load(e, RAX, &v);
        emit_swap(e, bytes, RAX);
        reg = RAX;
        swap = false;
    } else
        reg = emit_reg(e, &v, RAX);
    emit_fault(e, r);
    if (swap)
        asm_movbe_mr(&e->a, bytes, m, reg);
    else
        asm_mov_mr(&e->a, bytes, m, reg);
}

/* -- struct cpu ---------------------------------------------------------------------*/

/* OFFSET of struct cpu, of TYPE, into the place of R. */
static void load_cpu(struct emit *e, ir_ref r, unsigned type, uint32_t offset)
{
    struct operand o = {.kind = OPERAND_MEM,
                        .type = (uint8_t)type,
                        .clean = true,
                        .bytes = (uint8_t)emit_bytes(type),
                        .mem = emit_cpu(offset)};
    int d = emit_is_vector(type) ? emit_vdst(e, r) : emit_dst(e, r);

    if (emit_is_vector(type))
        emit_vload(e, d, &o);
    else
        emit_load(e, d, &o);
    emit_result(e, r, d);
}

void emit_get(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    unsigned kind = e->alloc.at[r].kind;

    if (kind == ALLOC_REG || kind == ALLOC_SLOT)
        load_cpu(e, r, n->type, e->ir->places[n->aux].offset);
}

void emit_ldcpu(struct emit *e, ir_ref r)
{
    load_cpu(e, r, ir_at(e->ir, r)->type, (uint32_t)ir_at(e->ir, r)->aux);
}

void emit_stcpu(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand v = emit_operand(e, n->arg[0]);
    struct asm_mem m = emit_cpu((uint32_t)n->aux);
    unsigned bytes = emit_bytes(v.type);

    if (emit_is_vector(v.type))
        emit_vstore(e, v.type, m, emit_vreg(e, &v, XMM15));
    else if (v.kind == OPERAND_CONST)
        emit_set(e, m, bytes, v.value);
    else
        asm_mov_mr(&e->a, bytes, m, emit_reg(e, &v, RAX));
}
