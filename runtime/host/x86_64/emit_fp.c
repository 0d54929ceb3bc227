/*
 * emit_fp.c - floating point on the host's unit, exact by the rules of fp/fp.h.
 *
 * The host's instruction runs under the guest's MXCSR. What gives a NaN, an unordered
 * comparison or an impossible integer, and what rounds in another mode than the current
 * one, is done again by fp_slow, out of line; so an operand must not be lost before that
 * is decided. If the result's register is an operand's, the operand is kept in xmm15.
 */
#include "host/x86_64/emit.h"
#include "host/x86_64/frame.h"

/* emit_cold.x of slow code: which operands stand in xmm15, and the result's register. */
enum { SAVED_0 = 1, SAVED_1 = 2, SAVED = 3, RESULT_SHIFT = 8 };

static struct asm_mem frame(int32_t offset)
{
    return (struct asm_mem){RBP, ASM_NO_REG, 1, host_frame(offset)};
}

/* -- the slow way ---------------------------------------------------------------------*/

static enum fp_op to_int(unsigned op, unsigned type)
{
    if (op == IR_FTOS)
        return type == IR_I64 ? FP_OP_TO_S64 : FP_OP_TO_S32;
    return type == IR_I64 ? FP_OP_TO_U64 : FP_OP_TO_U32;
}

static enum fp_op from_int(unsigned op, unsigned type)
{
    if (op == IR_FFROMS)
        return type == IR_I64 ? FP_OP_FROM_S64 : FP_OP_FROM_S32;
    return type == IR_I64 ? FP_OP_FROM_U64 : FP_OP_FROM_U32;
}

/* FP_CODE of node N, whose argument 0 has type FROM. */
static unsigned code_of(const struct ir_node *n, unsigned from)
{
    static const uint8_t ops[IR_OP_COUNT] = {
        [IR_FADD] = FP_OP_ADD,   [IR_FSUB] = FP_OP_SUB,
        [IR_FMUL] = FP_OP_MUL,   [IR_FDIV] = FP_OP_DIV,
        [IR_FSQRT] = FP_OP_SQRT, [IR_FMA] = FP_OP_FMA,
        [IR_FMIN] = FP_OP_MIN,   [IR_FMAX] = FP_OP_MAX,
        [IR_FEQ] = FP_OP_EQ,     [IR_FLT] = FP_OP_LT,
        [IR_FLE] = FP_OP_LE,     [IR_FUNORD] = FP_OP_UNORDERED,
        [IR_FEQ_S] = FP_OP_EQ_S, [IR_FLT_S] = FP_OP_LT_S,
        [IR_FLE_S] = FP_OP_LE_S, [IR_FUNORD_S] = FP_OP_UNORDERED_S,
        [IR_FRINT] = FP_OP_RINT, [IR_FROUND] = FP_OP_ROUND_INT,
    };
    unsigned width = ir_type_bits[from];

    if (n->op == IR_FTOS || n->op == IR_FTOU)
        return FP_CODE(to_int(n->op, n->type), width);
    if (n->op == IR_FFROMS || n->op == IR_FFROMU)
        return FP_CODE(from_int(n->op, from), ir_type_bits[n->type]);
    if (n->op == IR_FCVT)
        return n->type == IR_F64 ? FP_CODE(FP_OP_FROM_F32, 64)
                                 : FP_CODE(FP_OP_FROM_F64, 32);
    return FP_CODE(ops[n->op], width);
}

/* Whether the operation rounds by aux. */
static bool has_mode(unsigned op)
{
    return (op >= IR_FADD && op <= IR_FMA) || (op >= IR_FTOS && op <= IR_FROUND);
}

void emit_slow_operand(struct emit *e, unsigned i, const struct operand *x)
{
    if (x->kind == OPERAND_CONST || !emit_is_vector(x->type))
        emit_load(e, RAX, x);
    else if (x->kind == OPERAND_REG)
        asm_movd_rx(&e->a, emit_size(x->type), RAX, x->reg);
    else
        asm_mov_rm(&e->a, emit_size(x->type), RAX, x->mem);
    asm_mov_mr(&e->a, 8, frame(HOST_FRAME_ARGS + 8 * (int32_t)(3 + i)), RAX);
}

void emit_slow_call(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    unsigned from = ir_at(e->ir, n->arg[0])->type;

    asm_lea(&e->a, 8, RAX, emit_cpu((uint32_t)offsetof(struct cpu, fp)));
    asm_mov_mr(&e->a, 8, frame(HOST_FRAME_ARGS), RAX);
    asm_mov_mi(&e->a, 8, frame(HOST_FRAME_ARGS + 8), (int32_t)code_of(n, from));
    asm_mov_mi(&e->a, 8, frame(HOST_FRAME_ARGS + 16),
               has_mode(n->op) ? (int32_t)n->aux : FP_DYN);
    asm_mov_ri(&e->a, RAX, (uint64_t)(uintptr_t)fp_slow);
    asm_call_m(&e->a, emit_cpu((uint32_t)offsetof(struct cpu, host.slow)));
}

void emit_slow_result(struct emit *e, ir_ref r, int reg)
{
    unsigned type = ir_at(e->ir, r)->type;

    if (emit_is_vector(type))
        asm_movs_rm(&e->a, emit_size(type), reg, frame(HOST_FRAME_RESULT));
    else
        asm_mov_rm(&e->a, emit_size(type), reg, frame(HOST_FRAME_RESULT));
}

/* fp_slow on the operands of R, of which some are SAVED in xmm15. */
static void call_slow(struct emit *e, ir_ref r, unsigned saved)
{
    const struct ir_node *n = ir_at(e->ir, r);

    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        struct operand x = emit_operand(e, n->arg[i]);

        if (saved >> i & 1) {
            x.kind = OPERAND_REG;
            x.reg = XMM15;
        }
        emit_slow_operand(e, i, &x);
    }
    emit_slow_call(e, r);
}

/* The same, with the result in REG: of the class of R's type. */
static void slow_to(struct emit *e, ir_ref r, unsigned saved, int reg)
{
    call_slow(e, r, saved);
    emit_slow_result(e, r, reg);
}

static void cold_slow(struct emit *e, const struct emit_cold *c)
{
    slow_to(e, c->node, c->x & SAVED, (int)(c->x >> RESULT_SHIFT));
    asm_jmp(&e->a, c->back);
}

/* An operation under way: where to go if the host's instruction won't do. One that is
 * left unchecked (nan.c) goes nowhere. */
struct attempt {
    uint32_t slow, back;
    int d;
};

static struct attempt attempt(struct emit *e, ir_ref r, int d, unsigned saved)
{
    struct attempt t = {.d = d};

    if (e->uses[r].unchecked)
        return t;
    t.back = asm_label(&e->a);
    t.slow = emit_cold(e, cold_slow, r, t.back, saved | (unsigned)d << RESULT_SHIFT);
    return t;
}

/* Unless the current rounding mode is that of N. */
static void check_mode(struct emit *e, const struct ir_node *n, uint32_t slow)
{
    if (n->aux == FP_DYN)
        return;
    asm_alu_mi(&e->a, ASM_CMP, 1, emit_cpu((uint32_t)offsetof(struct cpu, fp.round)),
               (int32_t)n->aux);
    asm_jcc(&e->a, CC_NE, slow);
}

/* The result in t->d counts unless it is a NaN. */
static void finish(struct emit *e, ir_ref r, const struct attempt *t)
{
    if (!e->uses[r].unchecked) {
        asm_ucomis_rr(&e->a, emit_size(ir_at(e->ir, r)->type), t->d, t->d);
        asm_jcc(&e->a, CC_P, t->slow);
        asm_place(&e->a, t->back);
    }
    emit_result(e, r, t->d);
}

/* If D is X or Y (which may be NULL): keeps it in xmm15, which they then are. */
static unsigned save(struct emit *e, int d, struct operand *x, struct operand *y)
{
    bool in_x = emit_in(x, d), in_y = y && emit_in(y, d);

    if (in_x || in_y)
        asm_movaps(&e->a, XMM15, d);
    if (in_x)
        x->reg = XMM15;
    if (in_y)
        y->reg = XMM15;
    return (in_x ? SAVED_0 : 0) | (in_y ? SAVED_1 : 0);
}

/* -- arithmetic -----------------------------------------------------------------------*/

/* d = x op y, where neither is in d any more; d may still hold a copy of x. */
static void host_binary(struct emit *e, enum asm_sse op, unsigned size, int d,
                        const struct operand *x, const struct operand *y, bool has_x)
{
    bool avx = e->options->level >= 3;
    int a = d;

    if (avx && x->kind == OPERAND_REG)
        a = has_x ? d : x->reg;
    else if (!has_x)
        emit_vload(e, d, x);
    if (y->kind == OPERAND_MEM) {
        if (avx)
            asm_avx_rrm(&e->a, op, size, d, a, y->mem);
        else
            asm_sse_rm(&e->a, op, size, d, y->mem);
    } else {
        int b = emit_vreg(e, y, d == XMM14 ? XMM15 : XMM14);

        if (avx)
            asm_avx_rrr(&e->a, op, size, d, a, b);
        else
            asm_sse_rr(&e->a, op, size, d, b);
    }
}

/* The same, unless D is written after both have been read, and never checked. */
static unsigned save_binary(struct emit *e, ir_ref r, int d, struct operand *x,
                            struct operand *y)
{
    if (e->uses[r].unchecked && e->options->level >= 3 && x->kind == OPERAND_REG &&
        y->kind != OPERAND_CONST)
        return 0;
    return save(e, d, x, y);
}

void emit_farith(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    static const uint8_t ops[] = {ASM_ADDS, ASM_SUBS, ASM_MULS, ASM_DIVS};
    int d = emit_vdst(e, r);
    unsigned saved = save_binary(e, r, d, &x, &y);
    struct attempt t = attempt(e, r, d, saved);

    check_mode(e, n, t.slow);
    host_binary(e, (enum asm_sse)ops[n->op - IR_FADD], emit_size(n->type), d, &x, &y,
                saved & SAVED_0);
    finish(e, r, &t);
}

void emit_fsqrt(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    int d = emit_vdst(e, r);
    unsigned saved = save(e, d, &x, NULL);
    struct attempt t = attempt(e, r, d, saved);

    check_mode(e, n, t.slow);
    if (!saved)
        emit_vload(e, d, &x);
    asm_sse_rr(&e->a, ASM_SQRTS, emit_size(n->type), d, d);
    finish(e, r, &t);
}

void emit_fma(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    struct operand z = emit_operand(e, n->arg[2]);
    unsigned size = emit_size(n->type);
    struct attempt t;
    int d = XMM14;

    if (y.kind == OPERAND_CONST) {
        struct operand swap = x;
        x = y;
        y = swap;
    }
    if (e->options->level < 3 || y.kind == OPERAND_CONST) {
        slow_to(e, r, 0, XMM14);
        emit_result(e, r, XMM14);
        return;
    }
    if (e->uses[r].unchecked && !emit_in(&x, emit_vdst(e, r)) &&
        !emit_in(&y, emit_vdst(e, r)))
        d = emit_vdst(e, r);
    t = attempt(e, r, d, 0);
    check_mode(e, n, t.slow);
    emit_vload(e, d, &z);
    if (y.kind == OPERAND_MEM)
        asm_fma231_rm(&e->a, size, d, emit_vreg(e, &x, XMM15), y.mem);
    else
        asm_fma231(&e->a, size, d, emit_vreg(e, &x, XMM15), y.reg);
    finish(e, r, &t);
}

/* Equal operands are the same but for the sign of zeros; -0 is the smaller one. */
static void cold_equal(struct emit *e, const struct emit_cold *c)
{
    const struct ir_node *n = ir_at(e->ir, c->node);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    int d = (int)c->x, a = emit_vreg(e, &x, XMM14), b = emit_vreg(e, &y, XMM15);

    if (d == b)
        b = a;
    else if (d != a)
        asm_movaps(&e->a, d, a);
    asm_logic_rr(&e->a, n->op == IR_FMIN ? ASM_ORPS : ASM_ANDPS, d, b);
    asm_jmp(&e->a, c->back);
}

void emit_fminmax(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    enum asm_sse op = n->op == IR_FMIN ? ASM_MINS : ASM_MAXS;
    unsigned size = emit_size(n->type);
    int d = emit_vdst(e, r), a = emit_vreg(e, &x, XMM14), b = emit_vreg(e, &y, XMM15);
    struct attempt t = attempt(e, r, d, 0);

    asm_ucomis_rr(&e->a, size, a, b);
    asm_jcc(&e->a, CC_P, t.slow);
    asm_jcc(&e->a, CC_E, emit_cold(e, cold_equal, r, t.back, (uint32_t)d));
    if (d == b) {
        b = a;
        a = d;
    }
    if (d != a)
        asm_movaps(&e->a, d, a);
    asm_sse_rr(&e->a, op, size, d, b);
    asm_place(&e->a, t.back);
    emit_result(e, r, d);
}

/* -- comparisons ----------------------------------------------------------------------*/

static bool is_op(unsigned op, unsigned quiet, unsigned signalling)
{
    return op == quiet || op == signalling;
}

/* Unordered: flags are made of fp_slow's answer as the comparison would set them, after
 * the operations whose check it is, if any, were done again. */
static void cold_compare(struct emit *e, const struct emit_cold *c)
{
    unsigned op = ir_at(e->ir, c->node)->op;

    if (c->x != 0)
        nan_again(e, c->x - 1);
    call_slow(e, c->node, 0);
    asm_mov_rm(&e->a, 4, RAX, frame(HOST_FRAME_RESULT));
    if (is_op(op, IR_FLT, IR_FLT_S))
        asm_alu_ri(&e->a, ASM_CMP, 4, RAX, 0); /* above */
    else if (is_op(op, IR_FUNORD, IR_FUNORD_S))
        asm_alu_ri(&e->a, ASM_XOR, 4, RAX, 1); /* even parity */
    else
        asm_alu_ri(&e->a, ASM_CMP, 4, RAX, 1); /* equal; above or equal */
    asm_jmp(&e->a, c->back);
}

enum asm_cc emit_fcompare(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    unsigned size = emit_size(x.type);
    uint32_t back = asm_label(&e->a);
    bool less = is_op(n->op, IR_FLT, IR_FLT_S), at_most = is_op(n->op, IR_FLE, IR_FLE_S);
    int a = emit_vreg(e, &x, XMM14), b = emit_vreg(e, &y, XMM15);

    if (less || at_most)
        asm_ucomis_rr(&e->a, size, b, a);
    else
        asm_ucomis_rr(&e->a, size, a, b);
    asm_jcc(&e->a, CC_P, emit_cold(e, cold_compare, r, back, e->uses[r].checks));
    asm_place(&e->a, back);
    return less                                   ? CC_A
           : at_most                              ? CC_AE
           : is_op(n->op, IR_FUNORD, IR_FUNORD_S) ? CC_P
                                                  : CC_E;
}

/* -- flags ----------------------------------------------------------------------------*/

/* eax = the flags that stand in MXCSR; Invalid never does (fp/fp.h). */
static void host_flags(struct emit *e)
{
    struct asm_mem at = emit_cpu((uint32_t)offsetof(struct cpu, host.fp_flags));

    asm_stmxcsr(&e->a, frame(HOST_FRAME_ARGS));
    asm_mov_rm(&e->a, 4, RAX, frame(HOST_FRAME_ARGS));
    asm_shift_ri(&e->a, ASM_SHR, 4, RAX, 2);
    asm_alu_ri(&e->a, ASM_AND, 4, RAX, 15);
    at.index = RAX;
    asm_movzx_rm(&e->a, 1, RAX, at);
}

void emit_fpflags(struct emit *e, ir_ref r)
{
    host_flags(e);
    asm_alu_rm(&e->a, ASM_OR, 1, RAX, emit_cpu((uint32_t)offsetof(struct cpu, fp.flags)));
    emit_result(e, r, RAX);
}

/* Flags that are to go stand in MXCSR. */
static void cold_setfpflags(struct emit *e, const struct emit_cold *c)
{
    struct operand v = emit_operand(e, ir_at(e->ir, c->node)->arg[0]);

    emit_load(e, RAX, &v);
    asm_mov_mr(&e->a, 8, frame(HOST_FRAME_ARGS + 8), RAX);
    asm_lea(&e->a, 8, RAX, emit_cpu((uint32_t)offsetof(struct cpu, fp)));
    asm_mov_mr(&e->a, 8, frame(HOST_FRAME_ARGS), RAX);
    asm_mov_ri(&e->a, RAX, (uint64_t)(uintptr_t)fp_flags_set);
    asm_call_m(&e->a, emit_cpu((uint32_t)offsetof(struct cpu, host.slow)));
    asm_jmp(&e->a, c->back);
}

/* eax = eax op V, of 32 bits. */
static void with_value(struct emit *e, enum asm_alu op, const struct operand *v)
{
    if (v->kind == OPERAND_CONST)
        asm_alu_ri(&e->a, op, 4, RAX, (int32_t)v->value);
    else if (v->kind == OPERAND_MEM)
        asm_alu_rm(&e->a, op, 4, RAX, v->mem);
    else
        asm_alu_rr(&e->a, op, 4, RAX, v->reg);
}

/*
 * Whether R sets the flags that V has read before in the same block, and what stands
 * between raises nothing but Invalid: MXCSR has no flag then that V hasn't. (So compilers
 * make quiet comparisons out of others.)
 */
static bool only_compared(const struct emit *e, ir_ref r, ir_ref v)
{
    const struct ir_refs *nodes = &e->ir->blocks[ir_at(e->ir, r)->block].nodes;
    uint32_t i = 0;

    if (ir_at(e->ir, v)->op != IR_FPFLAGS)
        return false;
    while (nodes->at[i] != v && nodes->at[i] != r)
        i++;
    if (nodes->at[i] != v)
        return false;
    for (; nodes->at[i] != r; i++) {
        const struct ir_node *n = ir_at(e->ir, nodes->at[i]);

        if (ir_effect(n) == IR_FLAGS && (n->op < IR_FEQ || n->op > IR_FUNORD_S))
            return false;
    }
    return true;
}

/* What MXCSR has may stay if it is among the flags that are set. */
void emit_setfpflags(struct emit *e, ir_ref r)
{
    struct operand v = emit_operand(e, ir_at(e->ir, r)->arg[0]);
    uint32_t back = asm_label(&e->a);

    if (only_compared(e, r, ir_at(e->ir, r)->arg[0])) {
        int reg = emit_reg(e, &v, RAX);

        asm_mov_mr(&e->a, 1, emit_cpu((uint32_t)offsetof(struct cpu, fp.flags)), reg);
        return;
    }
    e->failed |= v.kind == OPERAND_MEM && v.bytes < 4;
    host_flags(e);
    with_value(e, ASM_OR, &v);
    with_value(e, ASM_CMP, &v);
    asm_jcc(&e->a, CC_NE, emit_cold(e, cold_setfpflags, r, back, 0));
    asm_mov_mr(&e->a, 1, emit_cpu((uint32_t)offsetof(struct cpu, fp.flags)), RAX);
    asm_place(&e->a, back);
}

/* -- conversions ----------------------------------------------------------------------*/

/* The immediate of roundss and roundsd, by enum fp_round; with NO_INEXACT they raise
 * nothing. */
enum { NO_INEXACT = 8 };
static const uint8_t round_modes[] = {
    [FP_NEAREST] = 0, [FP_ZERO] = 3, [FP_UP] = 2, [FP_DOWN] = 1, [FP_DYN] = 4};

/* Whether N rounds in a mode of its own, which roundss and roundsd know. */
static bool has_own_mode(const struct emit *e, const struct ir_node *n)
{
    return e->options->level >= 2 && n->aux != FP_DYN && n->aux != FP_ZERO &&
           n->aux != FP_AWAY;
}

/* D = X as an integer of ISIZE bytes, by truncation, in the mode of MXCSR, or in N's own,
 * which uses xmm14 and raises nothing until raise_inexact. */
static void host_to_int(struct emit *e, const struct ir_node *n, unsigned isize, int d,
                        int x, unsigned fsize, uint32_t slow)
{
    if (has_own_mode(e, n)) {
        asm_rounds(&e->a, fsize, XMM14, x, round_modes[n->aux] | NO_INEXACT);
        asm_cvtts2si(&e->a, isize, fsize, d, XMM14);
        return;
    }
    if (n->aux == FP_ZERO) {
        asm_cvtts2si(&e->a, isize, fsize, d, x);
        return;
    }
    check_mode(e, n, slow);
    asm_cvts2si(&e->a, isize, fsize, d, x);
}

/* After host_to_int has given what counts: X truncated raises inexact just if X rounded
 * otherwise does, for it is in range then. Uses rcx. */
static void raise_inexact(struct emit *e, const struct ir_node *n, unsigned isize, int x,
                          unsigned fsize)
{
    if (has_own_mode(e, n))
        asm_cvtts2si(&e->a, isize, fsize, RCX, x);
}

void emit_ftos(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    unsigned isize = emit_size(n->type), fsize = emit_size(x.type);
    int d = emit_dst(e, r), a = emit_vreg(e, &x, XMM15);
    struct attempt t = attempt(e, r, d, 0);

    host_to_int(e, n, isize, d, a, fsize, t.slow);
    asm_alu_ri(&e->a, ASM_CMP, isize, d, 1); /* overflows for the most negative one */
    asm_jcc(&e->a, CC_O, t.slow);
    raise_inexact(e, n, isize, a, fsize);
    asm_place(&e->a, t.back);
    emit_result(e, r, d);
}

/* Patterns below are positive and in range in every mode (fp/fp.h). */
static uint64_t unsigned_bound(unsigned from, unsigned to)
{
    if (from == IR_F32)
        return to == IR_I32 ? 0x4f800000 : 0x5f000000;
    return to == IR_I32 ? UINT64_C(0x41efffffffe00000) : UINT64_C(0x43e0000000000000);
}

void emit_ftou(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    unsigned fsize = emit_size(x.type);
    int d = emit_dst(e, r), a = emit_vreg(e, &x, XMM15);
    struct attempt t = attempt(e, r, d, 0);

    asm_movd_rx(&e->a, fsize, RAX, a);
    asm_mov_ri(&e->a, RCX, unsigned_bound(x.type, n->type));
    asm_alu_rr(&e->a, ASM_CMP, fsize, RAX, RCX);
    asm_jcc(&e->a, CC_AE, t.slow);
    host_to_int(e, n, 8, d, a, fsize, t.slow);
    raise_inexact(e, n, 8, a, fsize);
    asm_place(&e->a, t.back);
    emit_result(e, r, d);
}

/* D = the integer in REG; what D held before is cut off. */
static void host_from_int(struct emit *e, unsigned fsize, unsigned isize, int d, int reg)
{
    asm_logic_rr(&e->a, ASM_XORPS, d, d);
    asm_cvtsi2s(&e->a, fsize, isize, d, reg);
}

/* Unless the integer in REG is one of the format, whatever the mode; uses rcx. */
static void check_exact(struct emit *e, unsigned isize, unsigned fsize, int reg,
                        uint32_t slow)
{
    asm_mov_rr(&e->a, isize, RCX, reg);
    asm_shift_ri(&e->a, ASM_SAR, isize, RCX, fsize == 8 ? 53 : 24);
    asm_alu_ri(&e->a, ASM_ADD, isize, RCX, 1); /* -1 or 0 */
    asm_alu_ri(&e->a, ASM_CMP, isize, RCX, 1);
    asm_jcc(&e->a, CC_A, slow);
}

void emit_ffroms(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    int d = emit_vdst(e, r);
    struct attempt t = {.d = d};
    bool exact = x.type == IR_I32 && n->type == IR_F64;
    unsigned isize = emit_size(x.type);
    int a;

    a = emit_reg(e, &x, RAX);
    if (!exact && n->aux != FP_DYN) {
        t = attempt(e, r, d, 0);
        check_exact(e, isize, emit_size(n->type), a, t.slow);
    }
    host_from_int(e, emit_size(n->type), isize, d, a);
    if (!exact && n->aux != FP_DYN)
        asm_place(&e->a, t.back);
    emit_result(e, r, d);
}

/* Beyond the signed range: half of it, its last bit gathered in the next, and twice that,
 * which rounds once. */
static void cold_from_large(struct emit *e, const struct emit_cold *c)
{
    const struct ir_node *n = ir_at(e->ir, c->node);
    struct operand x = emit_operand(e, n->arg[0]);
    unsigned fsize = emit_size(n->type);
    int d = (int)c->x;

    emit_load(e, RAX, &x);
    asm_mov_rr(&e->a, 8, RCX, RAX);
    asm_shift_ri(&e->a, ASM_SHR, 8, RAX, 1);
    asm_alu_ri(&e->a, ASM_AND, 4, RCX, 1);
    asm_alu_rr(&e->a, ASM_OR, 8, RAX, RCX);
    host_from_int(e, fsize, 8, d, RAX);
    asm_sse_rr(&e->a, ASM_ADDS, fsize, d, d);
    asm_jmp(&e->a, c->back);
}

void emit_ffromu(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    int d = emit_vdst(e, r), a = emit_reg(e, &x, RAX);
    struct attempt t = attempt(e, r, d, 0);

    if (x.type != IR_I32 || n->type != IR_F64)
        check_mode(e, n, t.slow);
    if (x.type == IR_I64) {
        asm_test_rr(&e->a, 8, a, a);
        asm_jcc(&e->a, CC_S, emit_cold(e, cold_from_large, r, t.back, (uint32_t)d));
    }
    host_from_int(e, emit_size(n->type), 8, d, a);
    asm_place(&e->a, t.back);
    emit_result(e, r, d);
}

void emit_fcvt(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    int d = emit_vdst(e, r);
    unsigned saved = save(e, d, &x, NULL);
    struct attempt t = attempt(e, r, d, saved);

    if (n->type == IR_F32)
        check_mode(e, n, t.slow);
    asm_cvts2s(&e->a, emit_size(x.type), d, emit_vreg(e, &x, XMM15));
    finish(e, r, &t);
}

static unsigned round_mode(const struct ir_node *n)
{
    return round_modes[n->aux] | (n->op == IR_FROUND ? NO_INEXACT : 0);
}

void emit_frint(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    int d = emit_vdst(e, r);
    struct attempt t;
    unsigned saved;

    if (e->options->level < 2 || n->aux == FP_AWAY) {
        slow_to(e, r, 0, XMM14);
        emit_result(e, r, XMM14);
        return;
    }
    saved = save(e, d, &x, NULL);
    t = attempt(e, r, d, saved);
    asm_rounds(&e->a, emit_size(n->type), d, emit_vreg(e, &x, XMM15), round_mode(n));
    finish(e, r, &t);
}

/* -- patterns -------------------------------------------------------------------------*/

void emit_bitcast(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]);
    unsigned size = emit_size(n->type);
    bool from_vector = emit_is_vector(x.type), to_vector = emit_is_vector(n->type);
    int d = to_vector ? emit_vdst(e, r) : emit_dst(e, r);

    if (x.kind == OPERAND_MEM && x.bytes < size) { /* a narrow home, extended */
        emit_load(e, RAX, &x);
        x.kind = OPERAND_REG;
        x.reg = RAX;
    }
    if (x.kind == OPERAND_MEM && x.bytes < size) { /* extended on the way */
        x.reg = emit_reg(e, &x, RAX);
        x.kind = OPERAND_REG;
    }
    x.type = n->type; /* the same bits, in memory or as a constant */
    if (x.kind == OPERAND_REG && from_vector && !to_vector)
        asm_movd_rx(&e->a, size, d, x.reg);
    else if (x.kind == OPERAND_REG && !from_vector && to_vector)
        asm_movd_xr(&e->a, size, d, x.reg);
    else if (to_vector)
        emit_vload(e, d, &x);
    else
        emit_load(e, d, &x);
    emit_result(e, r, d);
}

void emit_vlogic(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand x = emit_operand(e, n->arg[0]), y = emit_operand(e, n->arg[1]);
    enum asm_logic op = n->op == IR_VAND  ? ASM_ANDPS
                        : n->op == IR_VOR ? ASM_ORPS
                                          : ASM_XORPS;
    int d = emit_vdst(e, r);

    if (emit_in(&y, d)) {
        struct operand t = x;
        x = y;
        y = t;
    }
    emit_vload(e, d, &x);
    asm_logic_rr(&e->a, op, d, emit_vreg(e, &y, XMM15));
    emit_result(e, r, d);
}
