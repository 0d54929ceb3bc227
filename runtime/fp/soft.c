/*
 * soft.c - exact IEEE 754 arithmetic on integers (see soft.h).
 *
 * Written from IEEE 754-2008 and 754-2019. Every finite operand is unpacked to a
 * 64-bit fraction with its top bit set; every result is formed as a 128-bit fraction,
 * exact or with all that is below its last bit gathered in that bit, and then rounded
 * once by round_pack. The format's precision of at most 53 bits leaves so many bits
 * below the rounding position that the gathered bit never decides wrongly.
 */
#include "soft.h"

#include <assert.h>
#include <stddef.h>

typedef unsigned __int128 u128;

#define HALF ((u128)1 << 127)

/* A binary interchange format. */
struct form {
    unsigned width; /* in bits */
    unsigned p;     /* precision: fraction bits and the hidden one */
    int emin, emax; /* exponents of the smallest and largest normal numbers */
    uint64_t sign;  /* the sign bit */
    uint64_t inf;   /* the pattern of +infinity */
    uint64_t fraction;
    uint64_t top; /* the fraction's top bit, which tells quiet from signalling */
};

static const struct form binary32 = {
    32, 24, -126, 127, 0x80000000, 0x7f800000, 0x007fffff, 0x00400000,
};
static const struct form binary64 = {
    64,
    53,
    -1022,
    1023,
    UINT64_C(0x8000000000000000),
    UINT64_C(0x7ff0000000000000),
    UINT64_C(0x000fffffffffffff),
    UINT64_C(0x0008000000000000),
};

enum kind { ZERO, FINITE, INF, QNAN, SNAN };

/* An operand. If FINITE its value is (-1)^sign * frac * 2^(exp - 63), frac's bit 63 set.
 */
struct num {
    enum kind kind;
    bool sign;
    int exp;
    uint64_t frac;
    uint64_t bits; /* the pattern, after flushing */
};

/* One operation under way. */
struct calc {
    const struct soft_mode *mode;
    const struct form *form; /* of the floating-point operands */
    unsigned flags;
};

static const struct form *form_of(unsigned width)
{
    return width == 64 ? &binary64 : &binary32;
}

static bool is_nan(const struct num *n)
{
    return n->kind >= QNAN;
}

static unsigned clz128(u128 x)
{
    uint64_t high = (uint64_t)(x >> 64);

    return high ? (unsigned)__builtin_clzll(high)
                : 64 + (unsigned)__builtin_clzll((uint64_t)x);
}

/* Shift right; whatever falls off is gathered in bit 0. */
static u128 shift_gather(u128 x, unsigned n)
{
    if (n == 0)
        return x;
    if (n >= 128)
        return x != 0;
    return x >> n | (x << (128 - n) != 0);
}

static struct num unpack(const struct calc *c, const struct form *f, uint64_t bits)
{
    struct num n = {ZERO, (bits & f->sign) != 0, 0, bits & f->fraction, bits};
    int biased = (int)((bits & f->inf) >> (f->p - 1));

    if (f->width == 32)
        n.bits = (uint32_t)bits;
    if ((bits & f->inf) == f->inf) {
        bool top = (bits & f->top) != 0;

        if (n.frac == 0)
            n.kind = INF;
        else
            n.kind = top == (c->mode->rules->quiet_bit != 0) ? QNAN : SNAN;
    } else if (biased != 0) {
        n.kind = FINITE;
        n.frac = (n.frac | (f->fraction + 1)) << (64 - f->p);
        n.exp = biased - 1 + f->emin;
    } else if (n.frac != 0) {
        unsigned shift = (unsigned)__builtin_clzll(n.frac);

        if (c->mode->flush & FP_FLUSH_IN) {
            n.bits &= f->sign;
            return n;
        }
        n.kind = FINITE;
        n.frac <<= shift;
        n.exp = f->emin + 64 - (int)f->p - (int)shift;
    }
    return n;
}

static uint64_t signed_bits(const struct form *f, bool sign, uint64_t bits)
{
    return sign ? bits | f->sign : bits;
}

static uint64_t default_nan(const struct calc *c, const struct form *f)
{
    return f->width == 64 ? c->mode->rules->default64 : c->mode->rules->default32;
}

/* Invalid operation without a NaN operand. */
static uint64_t invalid(struct calc *c)
{
    c->flags |= FP_INVALID;
    return default_nan(c, c->form);
}

/* A NaN operand as a result. */
static uint64_t quieted(const struct calc *c, const struct form *f, uint64_t bits)
{
    if (c->mode->rules->quiet_bit)
        return bits | f->top;
    bits &= ~f->top;
    return bits & f->fraction ? bits : bits | f->top >> 1;
}

/*
 * The result of an operation with a NaN among its COUNT operands N, which the rule
 * looks at in ORDER.
 */
static uint64_t nan_result(struct calc *c, const struct num *n, unsigned count,
                           const uint8_t *order)
{
    const struct fp_rules *rules = c->mode->rules;
    const struct num *first = NULL, *first_snan = NULL;

    for (unsigned i = 0; i < count; i++) {
        const struct num *x = &n[order[i]];

        if (is_nan(x) && !first)
            first = x;
        if (x->kind == SNAN && !first_snan)
            first_snan = x;
    }
    if (first_snan)
        c->flags |= FP_INVALID;
    if (rules->nan == FP_NAN_CANONICAL || (first_snan && rules->snan_default))
        return default_nan(c, c->form);
    if (first_snan && rules->nan == FP_NAN_SNAN_FIRST)
        first = first_snan;
    return first->kind == SNAN ? quieted(c, c->form, first->bits) : first->bits;
}

static const uint8_t in_order[3] = {0, 1, 2};

/* Whether rounding goes to the next magnitude; LOW is what is dropped, as a fraction. */
static bool rounds_up(const struct calc *c, bool sign, bool odd, u128 low)
{
    switch ((enum fp_round)c->mode->round) {
    case FP_NEAREST:
        return low > HALF || (low == HALF && odd);
    case FP_AWAY:
        return low >= HALF;
    case FP_UP:
        return low != 0 && !sign;
    case FP_DOWN:
        return low != 0 && sign;
    case FP_ZERO:
        return false;
    case FP_DYN:
        break;
    }
    assert(!"soft: rounding mode is not resolved");
    return false;
}

static uint64_t overflow(struct calc *c, const struct form *f, bool sign)
{
    /* All ones as dropped fraction: does this mode round a huge value away from 0? */
    bool to_inf = rounds_up(c, sign, true, ~(u128)0);

    c->flags |= FP_OVERFLOW | FP_INEXACT;
    return signed_bits(f, sign, to_inf ? f->inf : f->inf - 1);
}

/* Tiny: below the normal numbers, before rounding or after it to full precision. */
static bool is_tiny(const struct calc *c, const struct form *f, bool sign, int exp,
                    u128 frac)
{
    uint64_t kept = (uint64_t)(frac >> (128 - f->p));
    uint64_t ones = f->fraction << 1 | 1;

    if (exp >= f->emin)
        return false;
    if (c->mode->rules->tiny_before || exp < f->emin - 1 || kept != ones)
        return true;
    return !rounds_up(c, sign, true, frac << f->p);
}

/*
 * The number (-1)^sign * frac * 2^(exp - 127), FRAC not 0, rounded to the format.
 */
static uint64_t round_pack(struct calc *c, const struct form *f, bool sign, int exp,
                           u128 frac)
{
    unsigned shift = clz128(frac), drop = 128 - f->p;
    uint64_t kept = 0, bits;
    u128 low;
    bool tiny;

    frac <<= shift;
    exp -= (int)shift;
    if (exp > f->emax)
        return overflow(c, f, sign);
    if (exp < f->emin && c->mode->flush & FP_FLUSH_SILENT)
        return signed_bits(f, sign, 0);
    tiny = is_tiny(c, f, sign, exp, frac);
    if (tiny && c->mode->flush & FP_FLUSH_OUT) {
        c->flags |= FP_UNDERFLOW | FP_INEXACT;
        return signed_bits(f, sign, 0);
    }
    if (exp < f->emin) {
        drop += (unsigned)(f->emin - exp);
        exp = f->emin - 1;
    }
    if (drop < 128) {
        kept = (uint64_t)(frac >> drop);
        low = frac << (128 - drop);
    } else {
        low = shift_gather(frac, drop - 128);
    }
    kept += rounds_up(c, sign, kept & 1, low);
    /* The hidden bit, and a carry out of the fraction, step the exponent by themselves.
     */
    if (exp < f->emin)
        bits = kept;
    else
        bits = ((uint64_t)(exp - f->emin) << (f->p - 1)) + kept;
    if (bits >= f->inf)
        return overflow(c, f, sign);
    if (low != 0)
        c->flags |= FP_INEXACT;
    if (tiny && (low != 0 || c->mode->enables & FP_UNDERFLOW))
        c->flags |= FP_UNDERFLOW;
    return signed_bits(f, sign, bits);
}

/* Sum of two numbers (-1)^sign * frac * 2^(exp - 127), frac below 2^127. */
static uint64_t add_wide(struct calc *c, bool sa, int ea, u128 fa, bool sb, int eb,
                         u128 fb)
{
    int exp = ea > eb ? ea : eb;

    fa = shift_gather(fa, (unsigned)(exp - ea));
    fb = shift_gather(fb, (unsigned)(exp - eb));
    if (sa == sb)
        return round_pack(c, c->form, sa, exp, fa + fb);
    if (fa == fb)
        return signed_bits(c->form, c->mode->round == FP_DOWN, 0);
    if (fa > fb)
        return round_pack(c, c->form, sa, exp, fa - fb);
    return round_pack(c, c->form, sb, exp, fb - fa);
}

static uint64_t add(struct calc *c, const struct num *a, const struct num *b)
{
    if (a->kind == INF)
        return b->kind == INF && a->sign != b->sign ? invalid(c) : a->bits;
    if (b->kind == INF)
        return b->bits;
    if (a->kind == ZERO && b->kind == ZERO) {
        bool sign = a->sign == b->sign ? a->sign : c->mode->round == FP_DOWN;

        return signed_bits(c->form, sign, 0);
    }
    if (a->kind == ZERO)
        return round_pack(c, c->form, b->sign, b->exp, (u128)b->frac << 64);
    if (b->kind == ZERO)
        return round_pack(c, c->form, a->sign, a->exp, (u128)a->frac << 64);
    return add_wide(c, a->sign, a->exp + 1, (u128)a->frac << 63, b->sign, b->exp + 1,
                    (u128)b->frac << 63);
}

static uint64_t mul(struct calc *c, const struct num *a, const struct num *b)
{
    bool sign = a->sign != b->sign;

    if (a->kind == INF || b->kind == INF) {
        if (a->kind == ZERO || b->kind == ZERO)
            return invalid(c);
        return signed_bits(c->form, sign, c->form->inf);
    }
    if (a->kind == ZERO || b->kind == ZERO)
        return signed_bits(c->form, sign, 0);
    return round_pack(c, c->form, sign, a->exp + b->exp + 1, (u128)a->frac * b->frac);
}

static uint64_t divide(struct calc *c, const struct num *a, const struct num *b)
{
    bool sign = a->sign != b->sign;
    u128 dividend, quotient;

    if (a->kind == INF)
        return b->kind == INF ? invalid(c) : signed_bits(c->form, sign, c->form->inf);
    if (b->kind == INF)
        return signed_bits(c->form, sign, 0);
    if (b->kind == ZERO) {
        if (a->kind == ZERO)
            return invalid(c);
        c->flags |= FP_DIVZERO;
        return signed_bits(c->form, sign, c->form->inf);
    }
    if (a->kind == ZERO)
        return signed_bits(c->form, sign, 0);
    dividend = (u128)a->frac << 63;
    quotient = dividend / b->frac;
    return round_pack(c, c->form, sign, a->exp - b->exp,
                      quotient << 64 | (dividend % b->frac != 0));
}

/* The square root of X rounded down; *exact tells whether it is the root. */
static uint64_t root128(u128 x, bool *exact)
{
    u128 rest = x, root = 0;

    for (u128 bit = (u128)1 << 126; bit != 0; bit >>= 2) {
        if (rest >= root + bit) {
            rest -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    *exact = rest == 0;
    return (uint64_t)root;
}

static uint64_t square_root(struct calc *c, const struct num *a)
{
    bool odd = (a->exp & 1) != 0, exact;
    uint64_t root;

    if (a->kind == ZERO)
        return a->bits;
    if (a->sign)
        return invalid(c);
    if (a->kind == INF)
        return a->bits;
    root = root128((u128)a->frac << (odd ? 62 : 63), &exact);
    return round_pack(c, c->form, false, 63 + (a->exp - (odd ? 125 : 126)) / 2,
                      (u128)root << 64 | !exact);
}

static uint64_t fused(struct calc *c, const struct num n[3])
{
    const struct fp_rules *rules = c->mode->rules;
    const struct num *a = &n[0], *b = &n[1], *d = &n[2];
    bool sign = a->sign != b->sign;
    bool inf = a->kind == INF || b->kind == INF;
    bool zero = a->kind == ZERO || b->kind == ZERO;
    bool bad = inf && zero && !is_nan(a) && !is_nan(b);

    if (bad && d->kind == QNAN) {
        if (rules->fma_nan != FP_FMA_NAN_QUIET)
            c->flags |= FP_INVALID;
        if (rules->fma_nan == FP_FMA_NAN_INVALID_DEFAULT)
            return default_nan(c, c->form);
    }
    if (is_nan(a) || is_nan(b) || is_nan(d))
        return nan_result(c, n, 3, rules->fma_order);
    if (bad)
        return invalid(c);
    if (inf) {
        if (d->kind == INF && d->sign != sign)
            return invalid(c);
        return signed_bits(c->form, sign, c->form->inf);
    }
    if (d->kind == INF)
        return d->bits;
    if (zero) {
        struct num product = {ZERO, sign, 0, 0, signed_bits(c->form, sign, 0)};

        return add(c, &product, d);
    }
    if (d->kind == ZERO)
        return mul(c, a, b);
    return add_wide(c, sign, a->exp + b->exp + 2, ((u128)a->frac * b->frac) >> 1, d->sign,
                    d->exp + 1, (u128)d->frac << 63);
}

/* a < b, a = b or a > b, of operands that are not NaNs. */
static enum fp_relation order(const struct form *f, const struct num *a,
                              const struct num *b)
{
    uint64_t ma = a->bits & ~f->sign, mb = b->bits & ~f->sign;

    if (a->kind == ZERO && b->kind == ZERO)
        return FP_REL_EQ;
    if (a->sign != b->sign)
        return a->sign ? FP_REL_LT : FP_REL_GT;
    if (ma == mb)
        return FP_REL_EQ;
    return (ma < mb) != a->sign ? FP_REL_LT : FP_REL_GT;
}

static enum fp_relation relation(struct calc *c, const struct num n[2], bool signalling)
{
    if (is_nan(&n[0]) || is_nan(&n[1])) {
        if (signalling || n[0].kind == SNAN || n[1].kind == SNAN)
            c->flags |= FP_INVALID;
        return FP_REL_UN;
    }
    return order(c->form, &n[0], &n[1]);
}

static uint64_t minmax(struct calc *c, const struct num n[2], bool max)
{
    enum fp_minmax_rule rule = (enum fp_minmax_rule)c->mode->rules->minmax;
    bool snan = n[0].kind == SNAN || n[1].kind == SNAN;
    bool a_is_nan = is_nan(&n[0]), b_is_nan = is_nan(&n[1]);
    enum fp_relation rel;

    if (a_is_nan || b_is_nan) {
        if ((a_is_nan && b_is_nan) || rule == FP_MINMAX_NAN ||
            (snan && rule == FP_MINMAX_NUM_2008))
            return nan_result(c, n, 2, in_order);
        if (snan)
            c->flags |= FP_INVALID;
        return a_is_nan ? n[1].bits : n[0].bits;
    }
    rel = order(c->form, &n[0], &n[1]);
    if (rel == FP_REL_EQ) /* zeros, or identical */
        return max ? n[0].bits & n[1].bits : n[0].bits | n[1].bits;
    return (rel == FP_REL_LT) != max ? n[0].bits : n[1].bits;
}

/*
 * The integer that a FINITE number of exponent at most 63 is rounded to, as a
 * magnitude; *inexact tells whether it differs.
 */
static uint64_t to_integer(const struct calc *c, const struct num *a, bool *inexact)
{
    u128 fixed = shift_gather((u128)a->frac << 64, (unsigned)(63 - a->exp));
    uint64_t whole = (uint64_t)(fixed >> 64);
    u128 low = fixed << 64;

    *inexact = low != 0;
    return whole + rounds_up(c, a->sign, whole & 1, low);
}

static uint64_t to_int(struct calc *c, const struct num *a, enum fp_int_kind kind)
{
    const struct fp_int_invalid *bad = &c->mode->rules->to_int[kind];
    bool is_signed = kind == FP_INT_S32 || kind == FP_INT_S64, inexact;
    uint64_t ones = kind == FP_INT_S32 || kind == FP_INT_U32 ? UINT32_MAX : UINT64_MAX;
    uint64_t limit = is_signed ? ones >> 1 : a->sign ? 0 : ones;
    uint64_t whole;

    if (a->kind == ZERO)
        return 0;
    if (a->kind == FINITE && a->exp <= 63) {
        whole = to_integer(c, a, &inexact);
        if (whole <= limit + (is_signed && a->sign)) {
            if (inexact)
                c->flags |= FP_INEXACT;
            return (a->sign ? -whole : whole) & ones;
        }
    }
    c->flags |= FP_INVALID;
    return is_nan(a) ? bad->nan : a->sign ? bad->below : bad->above;
}

static uint64_t from_int(struct calc *c, uint64_t a, enum fp_int_kind kind)
{
    bool sign = false;

    if (kind == FP_INT_S32)
        a = (uint64_t)(int64_t)(int32_t)(uint32_t)a;
    else if (kind == FP_INT_U32)
        a = (uint32_t)a;
    if (kind == FP_INT_S32 || kind == FP_INT_S64)
        sign = a >> 63;
    if (a == 0)
        return 0;
    return round_pack(c, c->form, sign, 127, sign ? -a : a);
}

/* Round to an integral value of the same format; EXACT raises inexact when it differs. */
static uint64_t round_int(struct calc *c, const struct num *a, bool exact)
{
    bool inexact;
    uint64_t whole;

    if (is_nan(a))
        return nan_result(c, a, 1, in_order);
    if (a->kind != FINITE || a->exp >= (int)c->form->p - 1)
        return a->bits;
    whole = to_integer(c, a, &inexact);
    if (inexact && exact)
        c->flags |= FP_INEXACT;
    if (whole == 0)
        return signed_bits(c->form, a->sign, 0);
    return round_pack(c, c->form, a->sign, 127, whole);
}

/* A NaN in another format: its payload keeps the upper end. */
static uint64_t convert_nan(struct calc *c, const struct form *from, const struct num *a)
{
    const struct form *to = c->form;
    const struct fp_rules *rules = c->mode->rules;
    uint64_t payload = a->bits & from->fraction, bits;

    if (a->kind == SNAN)
        c->flags |= FP_INVALID;
    if (rules->nan == FP_NAN_CANONICAL || (a->kind == SNAN && rules->snan_default))
        return default_nan(c, to);
    if (to->p > from->p)
        payload <<= to->p - from->p;
    else
        payload >>= from->p - to->p;
    bits = signed_bits(to, a->sign, to->inf | payload);
    if (a->kind == SNAN)
        return quieted(c, to, bits);
    return payload ? bits : default_nan(c, to);
}

static uint64_t convert(struct calc *c, const struct form *from, const struct num *a)
{
    const struct form *to = c->form;

    switch (a->kind) {
    case ZERO:
        return signed_bits(to, a->sign, 0);
    case INF:
        return signed_bits(to, a->sign, to->inf);
    case FINITE:
        return round_pack(c, to, a->sign, a->exp, (u128)a->frac << 64);
    case QNAN:
    case SNAN:
        break;
    }
    return convert_nan(c, from, a);
}

/* Addition to square root: a NaN operand decides, otherwise the operation. */
static uint64_t arithmetic(struct calc *c, enum fp_op op, struct num n[2])
{
    unsigned count = op == FP_OP_SQRT ? 1 : 2;

    if (is_nan(&n[0]) || (count == 2 && is_nan(&n[1])))
        return nan_result(c, n, count, in_order);
    switch (op) {
    case FP_OP_SUB:
        n[1].sign = !n[1].sign;
        n[1].bits ^= c->form->sign;
        return add(c, &n[0], &n[1]);
    case FP_OP_MUL:
        return mul(c, &n[0], &n[1]);
    case FP_OP_DIV:
        return divide(c, &n[0], &n[1]);
    case FP_OP_SQRT:
        return square_root(c, &n[0]);
    default:
        return add(c, &n[0], &n[1]);
    }
}

static uint64_t compare(struct calc *c, enum fp_op op, const struct num n[2])
{
    switch (op) {
    case FP_OP_REL:
        return relation(c, n, false);
    case FP_OP_REL_S:
        return relation(c, n, true);
    case FP_OP_EQ:
        return relation(c, n, false) == FP_REL_EQ;
    case FP_OP_LT:
        return relation(c, n, false) == FP_REL_LT;
    case FP_OP_LE:
        return (relation(c, n, false) & (FP_REL_LT | FP_REL_EQ)) != 0;
    case FP_OP_UNORDERED:
        return relation(c, n, false) == FP_REL_UN;
    case FP_OP_EQ_S:
        return relation(c, n, true) == FP_REL_EQ;
    case FP_OP_LT_S:
        return relation(c, n, true) == FP_REL_LT;
    case FP_OP_LE_S:
        return (relation(c, n, true) & (FP_REL_LT | FP_REL_EQ)) != 0;
    default:
        return relation(c, n, true) == FP_REL_UN;
    }
}

static uint64_t dispatch(struct calc *c, enum fp_op op, const uint64_t arg[3])
{
    struct num n[3];

    if (op >= FP_OP_FROM_S32 && op <= FP_OP_FROM_U64)
        return from_int(c, arg[0], (enum fp_int_kind)(op - FP_OP_FROM_S32));
    if (op == FP_OP_FROM_F32 || op == FP_OP_FROM_F64) {
        const struct form *from = op == FP_OP_FROM_F64 ? &binary64 : &binary32;

        n[0] = unpack(c, from, arg[0]);
        return convert(c, from, &n[0]);
    }
    n[0] = unpack(c, c->form, arg[0]);
    if (op >= FP_OP_TO_S32 && op <= FP_OP_TO_U64)
        return to_int(c, &n[0], (enum fp_int_kind)(op - FP_OP_TO_S32));
    if (op == FP_OP_RINT || op == FP_OP_ROUND_INT)
        return round_int(c, &n[0], op == FP_OP_RINT);
    if (op != FP_OP_SQRT)
        n[1] = unpack(c, c->form, arg[1]);
    if (op == FP_OP_FMA) {
        n[2] = unpack(c, c->form, arg[2]);
        return fused(c, n);
    }
    if (op == FP_OP_MIN || op == FP_OP_MAX)
        return minmax(c, n, op == FP_OP_MAX);
    if (op >= FP_OP_REL && op <= FP_OP_UNORDERED_S)
        return compare(c, op, n);
    return arithmetic(c, op, n);
}

uint64_t soft_op(const struct soft_mode *mode, unsigned code, const uint64_t arg[3],
                 unsigned *flags)
{
    struct calc c = {mode, form_of(FP_CODE_WIDTH(code)), 0};
    uint64_t result;

    assert(FP_CODE_OP(code) < FP_OP_COUNT && mode->round < FP_DYN);
    result = dispatch(&c, FP_CODE_OP(code), arg);
    *flags |= c.flags;
    return result;
}

enum fp_class soft_class(const struct fp_rules *rules, unsigned width, uint64_t a)
{
    const struct form *f = form_of(width);
    struct soft_mode mode = {.rules = rules};
    struct calc c = {&mode, f, 0};
    struct num n = unpack(&c, f, a);

    switch (n.kind) {
    case ZERO:
        return n.sign ? FP_CLASS_NEG_ZERO : FP_CLASS_POS_ZERO;
    case INF:
        return n.sign ? FP_CLASS_NEG_INF : FP_CLASS_POS_INF;
    case QNAN:
        return FP_CLASS_QNAN;
    case SNAN:
        return FP_CLASS_SNAN;
    case FINITE:
        break;
    }
    if (n.exp < f->emin)
        return n.sign ? FP_CLASS_NEG_SUBNORMAL : FP_CLASS_POS_SUBNORMAL;
    return n.sign ? FP_CLASS_NEG_NORMAL : FP_CLASS_POS_NORMAL;
}
