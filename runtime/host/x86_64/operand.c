/*
 * operand.c - where values are, and getting them from there.
 */
#include "host/x86_64/emit.h"
#include "host/x86_64/frame.h"

struct asm_mem emit_slot(unsigned slot)
{
    return (struct asm_mem){RBP, ASM_NO_REG, 1, host_frame((int32_t)(8 * slot))};
}

/* Through TRUNC and ZEXT that are fused: they are their operand. */
ir_ref emit_peel(struct emit *e, ir_ref r, bool *clean)
{
    const struct ir_node *n = ir_at(e->ir, r);

    *clean = true;
    while (e->hints[r].fused && (n->op == IR_TRUNC || n->op == IR_ZEXT)) {
        const struct ir_node *arg = ir_at(e->ir, n->arg[0]);

        if (n->op == IR_ZEXT && arg->op == IR_TRUNC && e->hints[n->arg[0]].fused)
            break; /* the bits above have to be cleared */
        if (n->op == IR_TRUNC)
            *clean = false;
        r = n->arg[0];
        n = arg;
    }
    return r;
}

bool emit_stands(struct emit *e, ir_ref r)
{
    bool clean;
    ir_ref inner = emit_peel(e, r, &clean);

    return ir_is_const(e->ir, inner) || e->alloc.at[inner].kind != ALLOC_NONE;
}

ir_ref emit_inner(struct emit *e, const struct ir_node *n)
{
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        if (!emit_stands(e, n->arg[i]))
            return n->arg[i];
    return 0;
}

static uint64_t type_mask(unsigned type)
{
    unsigned bits = ir_type_bits[type];

    return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

struct operand emit_held(struct emit *e, ir_ref r)
{
    unsigned type = ir_at(e->ir, r)->type;

    return (struct operand){.kind = OPERAND_REG,
                            .type = (uint8_t)type,
                            .clean = true,
                            .reg = emit_is_vector(type) ? XMM14 : RAX};
}

struct operand emit_operand(struct emit *e, ir_ref r)
{
    struct operand o = {.type = ir_at(e->ir, r)->type, .clean = true};
    ir_ref inner = e->hints[r].fused ? emit_peel(e, r, &o.clean) : r;
    const struct ir_node *n = ir_at(e->ir, inner);
    const struct alloc_location *at = &e->alloc.at[inner];

    if (r == e->held && r != 0)
        return emit_held(e, r);
    if (n->op == IR_CONST) {
        o.kind = OPERAND_CONST;
        o.value = n->aux & type_mask(o.type);
        o.clean = true;
        return o;
    }
    switch (at->kind) {
    case ALLOC_REG:
        o.kind = OPERAND_REG;
        o.reg = at->reg;
        break;
    case ALLOC_SLOT:
        o.kind = OPERAND_MEM;
        o.bytes = n->type == IR_V128 ? 16 : 8;
        o.mem = emit_slot(at->slot);
        break;
    case ALLOC_HOME:
        o.kind = OPERAND_MEM;
        o.bytes = (uint8_t)emit_bytes(n->type);
        o.mem = emit_cpu(e->ir->places[n->aux].offset);
        break;
    default: /* a value without a place: a bug in the selection */
        __builtin_trap();
    }
    return o;
}

void emit_load(struct emit *e, int reg, const struct operand *o)
{
    unsigned size = emit_size(o->type);

    if (o->kind == OPERAND_CONST)
        asm_mov_ri(&e->a, reg, o->value);
    else if (o->kind == OPERAND_REG) {
        if (o->reg != reg)
            asm_mov_rr(&e->a, size, reg, o->reg);
    } else if (o->bytes < 4)
        asm_movzx_rm(&e->a, o->bytes, reg, o->mem);
    else
        asm_mov_rm(&e->a, o->bytes < size ? 4 : size, reg, o->mem);
}

int emit_reg(struct emit *e, const struct operand *o, int scratch)
{
    if (o->kind == OPERAND_REG)
        return o->reg;
    emit_load(e, scratch, o);
    return scratch;
}

/* VALUE as the immediate of an instruction of SIZE bytes; false if it doesn't fit. */
static bool immediate(uint64_t value, unsigned size, int32_t *imm)
{
    *imm = size == 1 ? (int8_t)value : size == 2 ? (int16_t)value : (int32_t)value;
    return size < 8 || emit_fits(value);
}

void emit_alu(struct emit *e, enum asm_alu op, unsigned size, int reg,
              const struct operand *o)
{
    int32_t imm;

    if (o->kind == OPERAND_CONST && immediate(o->value, size, &imm))
        asm_alu_ri(&e->a, op, size, reg, imm);
    else if (o->kind == OPERAND_MEM && o->bytes >= size)
        asm_alu_rm(&e->a, op, size, reg, o->mem);
    else
        asm_alu_rr(&e->a, op, size, reg, emit_reg(e, o, RCX));
}

int emit_dst(struct emit *e, ir_ref r)
{
    const struct alloc_location *at = &e->alloc.at[r];

    return at->kind == ALLOC_REG ? at->reg : RAX;
}

void emit_result(struct emit *e, ir_ref r, int reg)
{
    const struct alloc_location *at = &e->alloc.at[r];
    unsigned type = ir_at(e->ir, r)->type;

    if (at->kind == ALLOC_SLOT) {
        if (emit_is_vector(type))
            emit_vstore(e, type, emit_slot(at->slot), reg);
        else
            asm_mov_mr(&e->a, 8, emit_slot(at->slot), reg);
    } else if (at->kind == ALLOC_REG && at->reg != reg) {
        if (emit_is_vector(type))
            asm_movaps(&e->a, at->reg, reg);
        else
            asm_mov_rr(&e->a, 8, at->reg, reg);
    }
}

void emit_set(struct emit *e, struct asm_mem m, unsigned bytes, uint64_t value)
{
    int32_t imm;

    if (immediate(value, bytes, &imm)) {
        asm_mov_mi(&e->a, bytes, m, imm);
        return;
    }
    asm_mov_ri(&e->a, RAX, value);
    asm_mov_mr(&e->a, 8, m, RAX);
}

/* -- vector registers ---------------------------------------------------------------*/

static void vconst(struct emit *e, int xmm, const struct operand *o)
{
    if (o->value == 0) {
        asm_logic_rr(&e->a, ASM_XORPS, xmm, xmm);
        return;
    }
    asm_mov_ri(&e->a, RAX, o->value);
    asm_movd_xr(&e->a, emit_size(o->type), xmm, RAX);
}

void emit_vload(struct emit *e, int xmm, const struct operand *o)
{
    if (o->kind == OPERAND_CONST)
        vconst(e, xmm, o);
    else if (o->kind == OPERAND_REG) {
        if (o->reg != xmm)
            asm_movaps(&e->a, xmm, o->reg);
    } else if (o->type == IR_V128)
        asm_movups_rm(&e->a, xmm, o->mem);
    else
        asm_movs_rm(&e->a, emit_size(o->type), xmm, o->mem);
}

int emit_vreg(struct emit *e, const struct operand *o, int scratch)
{
    if (o->kind == OPERAND_REG)
        return o->reg;
    emit_vload(e, scratch, o);
    return scratch;
}

int emit_vdst(struct emit *e, ir_ref r)
{
    const struct alloc_location *at = &e->alloc.at[r];

    return at->kind == ALLOC_REG ? at->reg : XMM14;
}

void emit_vstore(struct emit *e, unsigned type, struct asm_mem m, int xmm)
{
    if (type == IR_V128)
        asm_movups_mr(&e->a, m, xmm);
    else
        asm_movs_mr(&e->a, emit_size(type), m, xmm);
}
