/*
 * emit_atomic.c - atomic accesses, as interp/access.h does them.
 *
 * Values are in the guest's order on both sides of the host's compare-and-exchange. The
 * spare registers are rax and rcx, and rdx and rsi, in which no operand stands (select.c
 * lists them as destroyed early).
 */
#include "host/x86_64/emit.h"

/* Operations of AMO, by enum amo_op of interp/access.h. */
enum { SWAP, ADD, AND, OR, XOR, MIN_S, MAX_S, MIN_U, MAX_U };

#define RESERVATION(field)                                  \
    emit_cpu((uint32_t)(offsetof(struct cpu, reservation) + \
                        offsetof(struct reservation, field)))

/* Memory at the address in a register of its own: argument 0 of R, in SCRATCH if it is in
 * no register. The register is *base. */
static struct asm_mem plain_address(struct emit *e, ir_ref r, int scratch, int *base)
{
    struct operand o = emit_operand(e, ir_at(e->ir, r)->arg[0]);

    if (o.kind != OPERAND_REG || !o.clean) {
        emit_load(e, scratch, &o);
        *base = scratch;
    } else
        *base = o.reg;
    if (e->options->window)
        return (struct asm_mem){R14, (uint8_t)*base, 1, 0};
    return (struct asm_mem){(uint8_t)*base, ASM_NO_REG, 1, 0};
}

static void order(struct emit *e, ir_ref r, unsigned bytes, int reg)
{
    if (ir_at(e->ir, r)->flags & IR_SWAP)
        emit_swap(e, bytes, reg);
}

/* The BYTES at M, zero-extended. */
static void fetch(struct emit *e, ir_ref r, unsigned bytes, int reg, struct asm_mem m)
{
    emit_fault(e, r);
    if (bytes < 4)
        asm_movzx_rm(&e->a, bytes, reg, m);
    else
        asm_mov_rm(&e->a, bytes, reg, m);
}

/* What an atomic instruction left in REG is the result. */
static void result_of(struct emit *e, ir_ref r, unsigned bytes, int reg)
{
    if (bytes < 4)
        asm_movzx_rr(&e->a, bytes, reg, reg);
    order(e, r, bytes, reg);
    emit_result(e, r, reg);
}

/* If M holds what rax does it becomes rcx; rax is then what M held. */
static void compare_exchange(struct emit *e, ir_ref r, unsigned bytes, struct asm_mem m)
{
    emit_fault(e, r);
    if (e->options->alone)
        asm_cmpxchg(&e->a, bytes, m, RCX);
    else
        asm_lock_cmpxchg(&e->a, bytes, m, RCX);
}

void emit_reserve(struct emit *e, ir_ref r)
{
    unsigned bytes = emit_bytes(ir_at(e->ir, r)->type);
    int base;
    struct asm_mem m = plain_address(e, r, RDX, &base);

    fetch(e, r, bytes, RAX, m);
    asm_mov_mr(&e->a, 8, RESERVATION(address), base);
    asm_mov_mr(&e->a, 8, RESERVATION(value), RAX);
    asm_mov_mi(&e->a, 1, RESERVATION(bytes), (int32_t)bytes);
    result_of(e, r, bytes, RAX);
}

void emit_store_cond(struct emit *e, ir_ref r)
{
    struct operand v = emit_operand(e, ir_at(e->ir, r)->arg[1]);
    unsigned bytes = emit_bytes(v.type);
    uint32_t done = asm_label(&e->a);
    int base;
    struct asm_mem m;

    emit_load(e, RCX, &v);
    order(e, r, bytes, RCX);
    m = plain_address(e, r, RDX, &base);
    asm_alu_mi(&e->a, ASM_CMP, 1, RESERVATION(bytes), (int32_t)bytes);
    asm_jcc(&e->a, CC_NE, done);
    asm_alu_mr(&e->a, ASM_CMP, 8, RESERVATION(address), base);
    asm_jcc(&e->a, CC_NE, done);
    asm_mov_rm(&e->a, 8, RAX, RESERVATION(value));
    compare_exchange(e, r, bytes, m);
    asm_place(&e->a, done);
    asm_setcc(&e->a, CC_E, RAX);
    asm_movzx_rr(&e->a, 1, RAX, RAX);
    asm_mov_mi(&e->a, 1, RESERVATION(bytes), 0);
    emit_result(e, r, RAX);
}

void emit_cas(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand expected = emit_operand(e, n->arg[1]), v = emit_operand(e, n->arg[2]);
    unsigned bytes = emit_bytes(n->type);
    int base;
    struct asm_mem m;

    emit_load(e, RAX, &expected);
    order(e, r, bytes, RAX);
    emit_load(e, RCX, &v);
    order(e, r, bytes, RCX);
    m = plain_address(e, r, RDX, &base);
    compare_exchange(e, r, bytes, m);
    result_of(e, r, bytes, RAX);
}

/* -- read, modify, write ------------------------------------------------------------*/

/* rcx = rcx op B. */
static void modify(struct emit *e, unsigned op, unsigned bytes, int b)
{
    static const uint8_t alu[] = {0, ASM_ADD, ASM_AND, ASM_OR, ASM_XOR};
    static const uint8_t take[] = {CC_G, CC_L, CC_A, CC_B}; /* b instead */

    if (op == SWAP)
        asm_mov_rr(&e->a, 8, RCX, b);
    else if (op <= XOR)
        asm_alu_rr(&e->a, (enum asm_alu)alu[op], bytes == 8 ? 8 : 4, RCX, b);
    else {
        asm_alu_rr(&e->a, ASM_CMP, bytes, RCX, b);
        asm_cmov(&e->a, (enum asm_cc)take[op - MIN_S], bytes == 8 ? 8 : 4, RCX, b);
    }
}

/* Where nobody comes between: by a load and a store. */
static void amo_alone(struct emit *e, ir_ref r, unsigned bytes, struct asm_mem m, int b)
{
    fetch(e, r, bytes, RAX, m);
    asm_mov_rr(&e->a, 8, RCX, RAX);
    order(e, r, bytes, RCX);
    modify(e, (unsigned)ir_at(e->ir, r)->aux, bytes, b);
    order(e, r, bytes, RCX);
    emit_fault(e, r);
    asm_mov_mr(&e->a, bytes, m, RCX);
    result_of(e, r, bytes, RAX);
}

static void amo_loop(struct emit *e, ir_ref r, unsigned bytes, struct asm_mem m, int b)
{
    uint32_t again = asm_label(&e->a);

    fetch(e, r, bytes, RAX, m);
    asm_place(&e->a, again);
    asm_mov_rr(&e->a, 8, RCX, RAX);
    order(e, r, bytes, RCX);
    modify(e, (unsigned)ir_at(e->ir, r)->aux, bytes, b);
    order(e, r, bytes, RCX);
    compare_exchange(e, r, bytes, m);
    asm_jcc(&e->a, CC_NE, again);
    result_of(e, r, bytes, RAX);
}

void emit_amo(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand v = emit_operand(e, n->arg[1]);
    unsigned bytes = emit_bytes(n->type);
    bool swap = (n->flags & IR_SWAP) && bytes > 1;
    int base;
    struct asm_mem m = plain_address(e, r, RDX, &base);
    int b = emit_reg(e, &v, RSI);

    if (e->options->alone)
        amo_alone(e, r, bytes, m, b);
    else if (n->aux == SWAP) {
        asm_mov_rr(&e->a, 8, RCX, b);
        order(e, r, bytes, RCX);
        emit_fault(e, r);
        asm_xchg_mr(&e->a, bytes, m, RCX);
        result_of(e, r, bytes, RCX);
    } else if (n->aux == ADD && !swap) {
        asm_mov_rr(&e->a, 8, RCX, b);
        emit_fault(e, r);
        asm_lock_xadd(&e->a, bytes, m, RCX);
        result_of(e, r, bytes, RCX);
    } else
        amo_loop(e, r, bytes, m, b);
}

void emit_fence(struct emit *e, ir_ref r)
{
    (void)r;
    if (!e->options->alone)
        asm_mfence(&e->a);
}
