/*
 * arith.c - the value of every pure operation (see arith.h and ir.def).
 */
#include "ir/arith.h"

typedef ir_wide W;
typedef ir_swide S;

static W high_half(enum ir_op op, unsigned bits, W a, W b)
{
    if (op == IR_MULH_U) /* up to 64 bits, so the product fits */
        return (a * b) >> bits;
    if (op == IR_MULH_S)
        return (W)((ir_signed(a, bits) * ir_signed(b, bits)) >> bits);
    /* signed a, unsigned b: a * b = unsigned product - 2^bits * b if a is negative */
    return ((a * b) >> bits) - (ir_signed(a, bits) < 0 ? b : 0);
}

static W divide(enum ir_op op, unsigned bits, W a, W b)
{
    S sa = ir_signed(a, bits), sb = ir_signed(b, bits);

    switch (op) {
    case IR_DIV_U:
        return b == 0 ? ~(W)0 : a / b;
    case IR_REM_U:
        return b == 0 ? a : a % b;
    case IR_DIV_S:
        return b == 0 ? ~(W)0 : sb == -1 ? 0 - a : (W)(sa / sb);
    default:
        return b == 0 ? a : sb == -1 ? 0 : (W)(sa % sb);
    }
}

static W shift(enum ir_op op, unsigned bits, W a, W by)
{
    unsigned r;

    switch (op) {
    case IR_SHL:
        return by < bits ? a << by : 0;
    case IR_SHR:
        return by < bits ? a >> by : 0;
    case IR_SAR:
        return (W)(ir_signed(a, bits) >> (by < bits ? by : bits - 1));
    default:
        r = (unsigned)(by % bits);
        if (op == IR_ROTR)
            r = (bits - r) % bits;
        return r == 0 ? a : a << r | a >> (bits - r);
    }
}

static W count(enum ir_op op, unsigned bits, W a)
{
    unsigned n = 0;

    for (unsigned i = 0; i < bits; i++) {
        if (op == IR_POPCOUNT)
            n += (unsigned)(a >> i) & 1;
        else if (a >> (op == IR_CLZ ? bits - 1 - i : i) & 1)
            break;
        else
            n++;
    }
    return n;
}

static W reverse(unsigned bits, unsigned unit, W a)
{
    W r = 0;

    for (unsigned i = 0; i < bits; i += unit)
        r |= (a >> i & (((W)1 << unit) - 1)) << (bits - unit - i);
    return r;
}

static bool compare(enum ir_op op, unsigned bits, W a, W b)
{
    S sa = ir_signed(a, bits), sb = ir_signed(b, bits);

    switch (op) {
    case IR_EQ:
        return a == b;
    case IR_NE:
        return a != b;
    case IR_LT_U:
        return a < b;
    case IR_LT_S:
        return sa < sb;
    case IR_LE_U:
        return a <= b;
    case IR_LE_S:
        return sa <= sb;
    case IR_MIN_S:
    case IR_MAX_S:
        return (sa < sb) == (op == IR_MIN_S);
    default:
        return (a < b) == (op == IR_MIN_U);
    }
}

/* The sum's carry or overflow, at any width. */
static bool sum_flag(enum ir_op op, unsigned bits, W a, W b, W c)
{
    W sum = a + b + c;

    if (op == IR_OVERFLOW)
        return (((a ^ sum) & (b ^ sum)) >> (bits - 1)) & 1;
    if (bits < 128)
        return sum >> bits & 1;
    return a + b < a || sum < c;
}

static W binary(enum ir_op op, unsigned bits, W a, W b)
{
    switch (op) {
    case IR_ADD:
        return a + b;
    case IR_SUB:
        return a - b;
    case IR_MUL:
        return a * b;
    case IR_AND:
    case IR_VAND:
        return a & b;
    case IR_OR:
    case IR_VOR:
        return a | b;
    case IR_XOR:
    case IR_VXOR:
        return a ^ b;
    case IR_MULH_U:
    case IR_MULH_S:
    case IR_MULH_SU:
        return high_half(op, bits, a, b);
    case IR_DIV_U:
    case IR_DIV_S:
    case IR_REM_U:
    case IR_REM_S:
        return divide(op, bits, a, b);
    case IR_SHL:
    case IR_SHR:
    case IR_SAR:
    case IR_ROTL:
    case IR_ROTR:
        return shift(op, bits, a, b);
    case IR_MIN_S:
    case IR_MIN_U:
    case IR_MAX_S:
    case IR_MAX_U:
        return compare(op, bits, a, b) ? a : b;
    default:
        return compare(op, bits, a, b);
    }
}

static W unary(enum ir_op op, unsigned bits, W a)
{
    switch (op) {
    case IR_NOT:
        return ~a;
    case IR_NEG:
        return 0 - a;
    case IR_SEXT:
        return (W)ir_signed(a, bits);
    case IR_CLZ:
    case IR_CTZ:
    case IR_POPCOUNT:
        return count(op, bits, a);
    case IR_BSWAP:
        return reverse(bits, 8, a);
    case IR_BITREV:
        return reverse(bits, 1, a);
    default: /* ZEXT, TRUNC, BITCAST */
        return a;
    }
}

bool ir_arith(enum ir_op op, enum ir_type from, enum ir_type type, const ir_wide arg[3],
              ir_wide *out)
{
    unsigned bits = ir_type_bits[from];

    if (op < IR_ADD ||
        (op > IR_OVERFLOW && op != IR_VAND && op != IR_VOR && op != IR_VXOR))
        return false;
    if (op == IR_SELECT)
        *out = arg[0] ? arg[1] : arg[2];
    else if (op == IR_CAT)
        *out = arg[0] << bits | arg[1];
    else if (op == IR_CARRY || op == IR_OVERFLOW)
        *out = sum_flag(op, bits, arg[0], arg[1], arg[2]);
    else if (ir_op_args[op] == 1)
        *out = unary(op, bits, arg[0]) & ir_mask(type);
    else
        *out = binary(op, bits, arg[0], arg[1]) & ir_mask(type);
    return true;
}
