/*
 * eval_op.c - the pure operations of sem.def on numbers of up to 128 bits. Constant
 * folding and the evaluator use it; the emitters' runtime operations are written apart
 * from it.
 */
#include "sem_int.h"

static u128 shift(enum sem_op op, unsigned width, u128 x, u128 n)
{
    switch (op) {
    case SEM_SHL:
        return n >= width ? 0 : x << n;
    case SEM_SHR_U:
        return n >= width ? 0 : x >> n;
    case SEM_SHR_S:
        return (u128)(signed_value(x, width) >> (n >= width ? width - 1 : n));
    default:
        break;
    }
    unsigned left = (unsigned)(n % width);
    if (op == SEM_ROTR && left)
        left = width - left;
    return left ? x << left | x >> (width - left) : x;
}

static u128 divide(enum sem_op op, unsigned width, u128 x, u128 y)
{
    s128 sx = signed_value(x, width), sy = signed_value(y, width);
    switch (op) {
    case SEM_DIV_U:
        return y ? x / y : ~(u128)0;
    case SEM_REM_U:
        return y ? x % y : x;
    case SEM_DIV_S:
        return !y ? ~(u128)0 : sy == -1 ? -x : (u128)(sx / sy);
    default:
        return !y ? x : sy == -1 ? 0 : (u128)(sx % sy);
    }
}

static u128 count(enum sem_op op, unsigned width, u128 x)
{
    unsigned n = 0;
    if (op == SEM_POPCOUNT) {
        for (; x; x &= x - 1)
            n++;
        return n;
    }
    while (n < width && !(x >> (op == SEM_CTZ ? n : width - 1 - n) & 1))
        n++;
    return n;
}

static u128 reverse(unsigned width, unsigned unit, u128 x)
{
    u128 r = 0;
    for (unsigned i = 0; i < width; i += unit)
        r |= (x >> i & ones(unit)) << (width - unit - i);
    return r;
}

u128 sem_fold(enum sem_op op, unsigned width, unsigned kid_width, u128 x, u128 y, u128 z)
{
    s128 sx = signed_value(x, kid_width), sy = signed_value(y, kid_width);
    u128 r = 0;
    switch (op) {
    case SEM_ADD:
        r = x + y;
        break;
    case SEM_SUB:
        r = x - y;
        break;
    case SEM_MUL:
        r = x * y;
        break;
    case SEM_DIV_U:
    case SEM_DIV_S:
    case SEM_REM_U:
    case SEM_REM_S:
        r = divide(op, width, x, y);
        break;
    case SEM_AND:
        r = x & y;
        break;
    case SEM_OR:
        r = x | y;
        break;
    case SEM_XOR:
        r = x ^ y;
        break;
    case SEM_NOT:
        r = ~x;
        break;
    case SEM_NEG:
        r = -x;
        break;
    case SEM_SHL:
    case SEM_SHR_U:
    case SEM_SHR_S:
    case SEM_ROTL:
    case SEM_ROTR:
        r = shift(op, width, x, y);
        break;
    case SEM_EQ:
        r = x == y;
        break;
    case SEM_NE:
        r = x != y;
        break;
    case SEM_LT_U:
        r = x < y;
        break;
    case SEM_LT_S:
        r = sx < sy;
        break;
    case SEM_LE_U:
        r = x <= y;
        break;
    case SEM_LE_S:
        r = sx <= sy;
        break;
    case SEM_COND:
        r = x ? y : z;
        break;
    case SEM_SEXT:
        r = (u128)sx;
        break;
    case SEM_ZEXT:
        r = x;
        break;
    case SEM_CLZ:
    case SEM_CTZ:
    case SEM_POPCOUNT:
        r = count(op, width, x);
        break;
    case SEM_BSWAP:
        r = reverse(width, 8, x);
        break;
    case SEM_BITREV:
        r = reverse(width, 1, x);
        break;
    case SEM_MIN_S:
        r = sx < sy ? x : y;
        break;
    case SEM_MAX_S:
        r = sx < sy ? y : x;
        break;
    case SEM_MIN_U:
        r = x < y ? x : y;
        break;
    case SEM_MAX_U:
        r = x < y ? y : x;
        break;
    case SEM_CARRY: {
        u128 sum = (x + y + z) & ones(kid_width);
        r = z ? sum <= x : sum < x;
        break;
    }
    case SEM_OVERFLOW: {
        u128 sum = x + y + z;
        r = (~(x ^ y) & (x ^ sum)) >> (kid_width - 1) & 1;
        break;
    }
    default:
        break;
    }
    return r & ones(width);
}
