/* template.c - values of any width out of those that the IR has; see template.h. */
#include "ir/template.h"

#include <assert.h>

static enum ir_type type_of(const struct lift *l, ir_ref a)
{
    return (enum ir_type)ir_at(l->ir, a)->type;
}

static unsigned bits_of(const struct lift *l, ir_ref a)
{
    return ir_type_bits[type_of(l, a)];
}

/* like - V as a constant of A's type. */
static ir_ref like(struct lift *l, ir_ref a, uint64_t v)
{
    enum ir_type type = type_of(l, a);
    return type == IR_I128 ? ir_const128(l->ir, 0, v) : ir_const(l->ir, type, v);
}

/* -- registers */

static ir_ref cast(struct lift *l, enum ir_type type, ir_ref a)
{
    return ir_op(l->ir, IR_BITCAST, type, a, 0, 0);
}

ir_ref lift_get(struct lift *l, uint32_t offset, enum ir_type place, enum ir_type type)
{
    ir_ref v = ir_get(l->ir, offset, place);
    return place == IR_F32 || place == IR_F64 ? cast(l, type, v) : ir_to(l->ir, type, v);
}

void lift_set(struct lift *l, uint32_t offset, enum ir_type place, ir_ref value)
{
    bool is_float = place == IR_F32 || place == IR_F64;
    ir_set(l->ir, offset, place,
           is_float ? cast(l, place, value) : ir_to(l->ir, place, value));
}

/* -- widths */

ir_ref lift_widen(struct lift *l, ir_ref a)
{
    return bits_of(l, a) < 32 ? TO(I32, a) : a;
}

ir_ref lift_mask(struct lift *l, ir_ref a, unsigned width)
{
    if (width >= bits_of(l, a))
        return a;
    if (width > 64)
        return AND(a, ir_const128(l->ir, (UINT64_C(1) << (width - 64)) - 1, UINT64_MAX));
    return AND(a, like(l, a, UINT64_MAX >> (64 - width)));
}

ir_ref lift_sx(struct lift *l, enum ir_type type, ir_ref a, unsigned width)
{
    unsigned bits = ir_type_bits[type];
    if (width == 1)
        return NEG(ir_to(l->ir, type, a));
    if (width == 8 || width == 16 || width == bits_of(l, a)) {
        enum ir_type narrow = width == 8 ? IR_I8 : width == 16 ? IR_I16 : type_of(l, a);
        return ir_sto(l->ir, type, ir_to(l->ir, narrow, a));
    }
    a = ir_to(l->ir, type, a);
    return SHIFT(SAR, SHIFT(SHL, a, K32(bits - width)), K32(bits - width));
}

ir_ref lift_bits(struct lift *l, enum ir_type type, ir_ref a, unsigned low,
                 unsigned width)
{
    if (low > 0)
        a = SHIFT(SHR, a, K32(low));
    a = ir_to(l->ir, type, a);
    return width > 0 ? lift_mask(l, a, width) : a;
}

ir_ref lift_join(struct lift *l, enum ir_type type, ir_ref high, ir_ref low,
                 unsigned low_width)
{
    if ((low_width == 32 && type == IR_I64 && bits_of(l, high) == 32) ||
        (low_width == 64 && type == IR_I128 && bits_of(l, high) == 64))
        return ir_op(l->ir, IR_CAT, type, high, low, 0);
    return OR(SHIFT(SHL, ir_to(l->ir, type, high), K32(low_width)),
              ir_to(l->ir, type, low));
}

ir_ref lift_insert(struct lift *l, ir_ref old, ir_ref a, unsigned low, unsigned width)
{
    enum ir_type type = type_of(l, old);
    unsigned bits = bits_of(l, old);
    assert(low + width <= bits && bits <= 64);
    if (bits == 64 && width == 32)
        return low == 0 ? ir_op(l->ir, IR_CAT, type, TOP(I32, old, 32), a, 0)
                        : ir_op(l->ir, IR_CAT, type, a, TO(I32, old), 0);
    uint64_t mask = UINT64_MAX >> (64 - width) << low;
    a = ir_to(l->ir, type, a);
    if (low > 0)
        a = SHIFT(SHL, a, K32(low));
    return OR(AND(old, like(l, old, ~mask)), a);
}

/* -- operations whose result depends on the width */

ir_ref lift_rotate(struct lift *l, enum ir_op op, ir_ref a, ir_ref by, unsigned width)
{
    if (bits_of(l, a) == width)
        return ir_2(l->ir, op, a, by);
    enum ir_op there = op == IR_ROTL ? IR_SHL : IR_SHR;
    enum ir_op back = op == IR_ROTL ? IR_SHR : IR_SHL;
    by = lift_widen(l, by);
    by = REM_U(by, like(l, by, width));
    ir_ref rest = SUB(like(l, by, width), by);
    return lift_mask(l, OR(ir_2(l->ir, there, a, by), ir_2(l->ir, back, a, rest)), width);
}

ir_ref lift_clz(struct lift *l, ir_ref a, unsigned width)
{
    ir_ref n = ir_1(l->ir, IR_CLZ, a);
    unsigned above = bits_of(l, a) - width;
    return above ? SUB(n, like(l, a, above)) : n;
}

ir_ref lift_ctz(struct lift *l, ir_ref a, unsigned width)
{
    if (width < bits_of(l, a)) {
        assert(width < 64);
        a = OR(a, like(l, a, UINT64_C(1) << width));
    }
    return ir_1(l->ir, IR_CTZ, a);
}

ir_ref lift_top_down(struct lift *l, enum ir_op op, ir_ref a, unsigned width)
{
    unsigned above = bits_of(l, a) - width;
    ir_ref v = ir_1(l->ir, op, a);
    return above ? SHIFT(SHR, v, K32(above)) : v;
}

ir_ref lift_carry(struct lift *l, ir_ref a, ir_ref b, ir_ref c, unsigned width)
{
    if (width == bits_of(l, a))
        return ir_3(l->ir, IR_CARRY, a, b, c);
    ir_ref sum = ADD(ADD(a, b), ir_to(l->ir, type_of(l, a), c));
    return lift_bits(l, IR_I1, sum, width, 0);
}

ir_ref lift_overflow(struct lift *l, ir_ref a, ir_ref b, ir_ref c, unsigned width)
{
    if (width == bits_of(l, a))
        return ir_3(l->ir, IR_OVERFLOW, a, b, c);
    ir_ref sum = ADD(ADD(a, b), ir_to(l->ir, type_of(l, a), c));
    return lift_bits(l, IR_I1, AND(XOR(a, sum), XOR(b, sum)), width - 1, 0);
}

ir_ref lift_negative(struct lift *l, ir_ref a)
{
    return LT_S(a, like(l, a, 0));
}

ir_ref lift_sub_overflow(struct lift *l, ir_ref a, ir_ref b)
{
    return XOR(LT_S(a, b), lift_negative(l, SUB(a, b)));
}

/* -- floating point */

static const uint8_t fp_ops[FP_OP_COUNT] = {
    [FP_OP_ADD] = IR_FADD,        [FP_OP_SUB] = IR_FSUB,
    [FP_OP_MUL] = IR_FMUL,        [FP_OP_DIV] = IR_FDIV,
    [FP_OP_SQRT] = IR_FSQRT,      [FP_OP_FMA] = IR_FMA,
    [FP_OP_MIN] = IR_FMIN,        [FP_OP_MAX] = IR_FMAX,
    [FP_OP_EQ] = IR_FEQ,          [FP_OP_LT] = IR_FLT,
    [FP_OP_LE] = IR_FLE,          [FP_OP_UNORDERED] = IR_FUNORD,
    [FP_OP_EQ_S] = IR_FEQ_S,      [FP_OP_LT_S] = IR_FLT_S,
    [FP_OP_LE_S] = IR_FLE_S,      [FP_OP_UNORDERED_S] = IR_FUNORD_S,
    [FP_OP_TO_S32] = IR_FTOS,     [FP_OP_TO_U32] = IR_FTOU,
    [FP_OP_TO_S64] = IR_FTOS,     [FP_OP_TO_U64] = IR_FTOU,
    [FP_OP_FROM_S32] = IR_FFROMS, [FP_OP_FROM_U32] = IR_FFROMU,
    [FP_OP_FROM_S64] = IR_FFROMS, [FP_OP_FROM_U64] = IR_FFROMU,
    [FP_OP_FROM_F32] = IR_FCVT,   [FP_OP_FROM_F64] = IR_FCVT,
    [FP_OP_RINT] = IR_FRINT,      [FP_OP_ROUND_INT] = IR_FROUND,
};

/* Two bytes that are written together are one place. */
_Static_assert(offsetof(struct fp_env, last_n) == offsetof(struct fp_env, op_flags) + 1 &&
                   offsetof(struct fp_last, rm) == offsetof(struct fp_last, code) + 1,
               "bytes that are written as one place");

static ir_ref two_bytes(struct lift *l, unsigned first, unsigned second)
{
    bool host_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    return ir_const(l->ir, IR_I16, host_big ? first << 8 | second : second << 8 | first);
}

static uint32_t fp_place(unsigned i, size_t member)
{
    return (uint32_t)(offsetof(struct cpu, fp.last) + i * sizeof(struct fp_last) +
                      member);
}

/* No flags raised, and so many operations noted. */
static void set_count(struct lift *l)
{
    ir_set(l->ir, offsetof(struct cpu, fp.op_flags), IR_I16,
           two_bytes(l, 0, l->fp_count));
}

void lift_fp_begin(struct lift *l)
{
    l->fp_notes = true;
    l->fp_count = 0;
    set_count(l);
}

static void note_arg(struct lift *l, unsigned i, unsigned k, ir_ref a)
{
    ir_set(l->ir, fp_place(i, offsetof(struct fp_last, arg) + k * sizeof(uint64_t)),
           IR_I64, TO(I64, a));
}

/* note - as fp_note does. */
static void note(struct lift *l, enum fp_op op, unsigned width, enum fp_round rm,
                 ir_ref a, ir_ref b, ir_ref c)
{
    unsigned i = l->fp_count++ & (FP_LAST_MAX - 1);
    ir_set(l->ir, fp_place(i, offsetof(struct fp_last, code)), IR_I16,
           two_bytes(l, FP_CODE(op, width), rm));
    note_arg(l, i, 0, a);
    if (b)
        note_arg(l, i, 1, b);
    if (c)
        note_arg(l, i, 2, c);
    set_count(l);
}

ir_ref lift_fp(struct lift *l, enum fp_op op, unsigned width, enum fp_round rm, ir_ref a,
               ir_ref b, ir_ref c)
{
    enum ir_type type = width == 64 ? IR_F64 : IR_F32, result = type;
    bool from_int = op >= FP_OP_FROM_S32 && op <= FP_OP_FROM_U64;
    if (l->fp_notes)
        note(l, op, width, rm, a, b, c);
    if (!from_int)
        a = cast(l, bits_of(l, a) == 64 ? IR_F64 : IR_F32, a);
    b = b ? cast(l, type, b) : 0;
    c = c ? cast(l, type, c) : 0;
    if (op == FP_OP_TO_S32 || op == FP_OP_TO_U32)
        result = IR_I32;
    else if (op == FP_OP_TO_S64 || op == FP_OP_TO_U64)
        result = IR_I64;
    ir_ref v = ir_op_aux(l->ir, (enum ir_op)fp_ops[op], result, a, b, c, rm, 0);
    if (v == 0 || result != type || (op >= FP_OP_EQ && op <= FP_OP_UNORDERED_S))
        return v;
    return cast(l, width == 64 ? IR_I64 : IR_I32, v);
}

static bool same_bits(const int8_t bits[5])
{
    for (int i = 0; i < 5; i++)
        if (bits[i] != i)
            return false;
    return true;
}

/* moved - bit FROM of V at TO, alone. */
static ir_ref moved(struct lift *l, ir_ref v, unsigned from, unsigned to)
{
    v = AND(v, K32(1u << from));
    return from < to ? SHIFT(SHL, v, K32(to - from)) : SHIFT(SHR, v, K32(from - to));
}

ir_ref lift_fp_flags(struct lift *l, const int8_t bits[5])
{
    ir_ref flags = ir_op(l->ir, IR_FPFLAGS, IR_I32, 0, 0, 0), v = K32(0);
    if (same_bits(bits))
        return flags;
    for (unsigned i = 0; i < 5; i++)
        if (bits[i] >= 0)
            v = OR(v, moved(l, flags, i, (unsigned)bits[i]));
    return v;
}

void lift_fp_flags_set(struct lift *l, const int8_t bits[5], ir_ref value)
{
    ir_ref flags = K32(0);
    for (unsigned i = 0; i < 5; i++)
        if (bits[i] >= 0)
            flags = OR(flags, moved(l, value, (unsigned)bits[i], i));
    if (same_bits(bits))
        flags = AND(value, K32(FP_ALL_FLAGS));
    ir_op(l->ir, IR_SETFPFLAGS, IR_VOID, flags, 0, 0);
}

/* The pattern A without its sign, shifted up, and of infinity. */
static ir_ref magnitude(struct lift *l, ir_ref a)
{
    return SHIFT(SHL, a, K32(1));
}

static uint64_t infinity(unsigned width)
{
    return width == 64 ? UINT64_C(0x7ff0000000000000) : UINT64_C(0x7f800000);
}

ir_ref lift_is_nan(struct lift *l, ir_ref a, unsigned width)
{
    return LT_U(like(l, a, infinity(width) << 1), magnitude(l, a));
}

ir_ref lift_is_snan(struct lift *l, ir_ref a, unsigned width, unsigned quiet_bit)
{
    ir_ref top = lift_bits(l, IR_I1, a, width == 64 ? 51 : 22, 0);
    return AND(lift_is_nan(l, a, width), quiet_bit ? NOT(top) : top);
}

ir_ref lift_is_inf(struct lift *l, ir_ref a, unsigned width)
{
    return EQ(magnitude(l, a), like(l, a, infinity(width) << 1));
}

ir_ref lift_is_zero(struct lift *l, ir_ref a, unsigned width)
{
    (void)width;
    return EQ(magnitude(l, a), like(l, a, 0));
}

ir_ref lift_is_subnormal(struct lift *l, ir_ref a, unsigned width)
{
    ir_ref small = EQ(AND(a, like(l, a, infinity(width))), like(l, a, 0));
    return AND(small, NOT(lift_is_zero(l, a, width)));
}
