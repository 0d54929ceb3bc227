/*
 * fpeval.c - floating point for isac's evaluator, by libmpfr (see fpeval.h).
 *
 * Sums, products and fused products are computed exactly: the precision covers the
 * distance between the largest and the smallest number. Quotients and roots are computed
 * to 200 bits, towards zero, and what is cut off is stood for by a bit far below.
 */
#include "fpeval.h"

#include <stddef.h>
#include <string.h>

#define MPFR_USE_INTMAX_T
#include <mpfr.h>

/* Bits for an exact fused product of doubles: exponents from -2148 to 2047, and carries.
 */
enum { EXACT_BITS = 4400, QUOTIENT_BITS = 200 };

struct format {
    unsigned width, precision;
    int emin, emax; /* of normal numbers */
};

static const struct format single = {32, 24, -126, 127};
static const struct format duble = {64, 53, -1022, 1023};

/* Results and flags under way. */
struct eval {
    const struct fpeval_rules *rules;
    const struct format *format; /* of the operands */
    enum fpeval_round rm;
    unsigned flags;
    uint64_t args[3];
    mpfr_t x, y, z; /* the operands' values; results go to x */
};

static uint64_t ones(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

static unsigned fraction_bits(const struct format *f)
{
    return f->precision - 1;
}

static uint64_t sign_bit(const struct format *f)
{
    return UINT64_C(1) << (f->width - 1);
}

static uint64_t infinity(const struct format *f)
{
    return ones(f->width - f->precision) << fraction_bits(f);
}

static uint64_t with_sign(const struct format *f, bool negative, uint64_t bits)
{
    return negative ? bits | sign_bit(f) : bits;
}

static bool negative(const struct format *f, uint64_t bits)
{
    return (bits & sign_bit(f)) != 0;
}

static uint64_t magnitude(const struct format *f, uint64_t bits)
{
    return bits & ones(f->width - 1);
}

static bool is_nan(const struct format *f, uint64_t bits)
{
    return magnitude(f, bits) > infinity(f);
}

static bool is_quiet(const struct eval *e, const struct format *f, uint64_t bits)
{
    return is_nan(f, bits) && (bits >> (fraction_bits(f) - 1) & 1) == e->rules->quiet_bit;
}

static bool is_signalling(const struct eval *e, const struct format *f, uint64_t bits)
{
    return is_nan(f, bits) && !is_quiet(e, f, bits);
}

static bool is_inf(const struct format *f, uint64_t bits)
{
    return magnitude(f, bits) == infinity(f);
}

static bool is_zero(const struct format *f, uint64_t bits)
{
    return magnitude(f, bits) == 0;
}

static bool is_subnormal(const struct format *f, uint64_t bits)
{
    return !is_zero(f, bits) && magnitude(f, bits) <= ones(fraction_bits(f));
}

static uint64_t default_nan(const struct eval *e, const struct format *f)
{
    return f->width == 64 ? e->rules->default64 : e->rules->default32;
}

static uint64_t invalid(struct eval *e)
{
    e->flags |= FPEVAL_INVALID;
    return default_nan(e, e->format);
}

/* The value of a pattern that is no NaN. */
static void value_of(mpfr_t v, const struct format *f, uint64_t bits)
{
    uint64_t fraction = bits & ones(fraction_bits(f));
    int biased = (int)(magnitude(f, bits) >> fraction_bits(f));

    if (is_inf(f, bits)) {
        mpfr_set_inf(v, 1);
    } else {
        if (biased)
            fraction |= UINT64_C(1) << fraction_bits(f);
        mpfr_set_uj_2exp(v, fraction,
                         (biased ? biased - 1 : 0) + f->emin - (int)fraction_bits(f),
                         MPFR_RNDN);
    }
    mpfr_setsign(v, v, negative(f, bits), MPFR_RNDN);
}

/* v rounded to a multiple of 2^quantum, over 2^quantum; returns whether it changed. */
static bool round_units(struct eval *e, mpfr_t units, const mpfr_t v, long quantum)
{
    mpfr_t scaled;
    bool changed;

    mpfr_init2(scaled, EXACT_BITS);
    mpfr_mul_2si(scaled, v, -quantum, MPFR_RNDN);
    switch (e->rm) {
    case FPEVAL_NEAREST:
        mpfr_roundeven(units, scaled);
        break;
    case FPEVAL_ZERO:
        mpfr_trunc(units, scaled);
        break;
    case FPEVAL_UP:
        mpfr_ceil(units, scaled);
        break;
    case FPEVAL_DOWN:
        mpfr_floor(units, scaled);
        break;
    case FPEVAL_AWAY:
        mpfr_round(units, scaled);
        break;
    }
    changed = !mpfr_equal_p(units, scaled);
    mpfr_clear(scaled);
    return changed;
}

/* Whether v, not 0, is tiny in the sense of the rules. */
static bool is_tiny(struct eval *e, const struct format *f, const mpfr_t v)
{
    long exponent = mpfr_get_exp(v) - 1, quantum = exponent - (long)fraction_bits(f);
    mpfr_t units;
    bool tiny = exponent < f->emin;

    if (!tiny || e->rules->tiny_before)
        return tiny;
    mpfr_init2(units, EXACT_BITS);
    round_units(e, units, v, quantum);
    tiny = mpfr_get_exp(units) - 1 + quantum < f->emin;
    mpfr_clear(units);
    return tiny;
}

static uint64_t overflow(struct eval *e, const struct format *f, bool minus)
{
    bool to_inf = e->rm == FPEVAL_NEAREST || e->rm == FPEVAL_AWAY ||
                  e->rm == (minus ? FPEVAL_DOWN : FPEVAL_UP);

    e->flags |= FPEVAL_OVERFLOW | FPEVAL_INEXACT;
    return with_sign(f, minus, to_inf ? infinity(f) : infinity(f) - 1);
}

/* A finite value, not 0, to the format. */
static uint64_t pack(struct eval *e, const struct format *f, const mpfr_t v)
{
    bool minus = mpfr_signbit(v) != 0, tiny = is_tiny(e, f, v), inexact;
    long exponent = mpfr_get_exp(v) - 1, quantum;
    uint64_t units;
    mpfr_t rounded;

    if (exponent < f->emin && e->rules->flush & FPEVAL_FLUSH_SILENT)
        return with_sign(f, minus, 0);
    if (tiny && e->rules->flush & FPEVAL_FLUSH_OUT) {
        e->flags |= FPEVAL_UNDERFLOW | FPEVAL_INEXACT;
        return with_sign(f, minus, 0);
    }
    if (exponent < f->emin)
        exponent = f->emin;
    quantum = exponent - (long)fraction_bits(f);
    mpfr_init2(rounded, EXACT_BITS);
    inexact = round_units(e, rounded, v, quantum);
    mpfr_abs(rounded, rounded, MPFR_RNDN);
    units = mpfr_get_uj(rounded, MPFR_RNDN);
    mpfr_clear(rounded);
    if (units > ones(f->precision)) {
        units /= 2;
        exponent++;
    }
    if (exponent > f->emax)
        return overflow(e, f, minus);
    if (inexact)
        e->flags |= FPEVAL_INEXACT;
    if (tiny && (inexact || e->rules->enables & FPEVAL_UNDERFLOW))
        e->flags |= FPEVAL_UNDERFLOW;
    if (units > ones(fraction_bits(f)))
        units += (uint64_t)(exponent - f->emin) << fraction_bits(f);
    return with_sign(f, minus, units);
}

/* x as the result of an operation on non-NaNs; ZERO_MINUS is the sign of an exact 0. */
static uint64_t finish(struct eval *e, bool zero_minus)
{
    if (mpfr_nan_p(e->x))
        return invalid(e);
    if (mpfr_inf_p(e->x))
        return with_sign(e->format, mpfr_signbit(e->x) != 0, infinity(e->format));
    if (mpfr_zero_p(e->x))
        return with_sign(e->format, zero_minus, 0);
    return pack(e, e->format, e->x);
}

/* What a quotient or root lost: a bit in its direction, far below the last one. */
static void mend(struct eval *e, int ternary)
{
    mpfr_t bit;

    mpfr_prec_round(e->x, EXACT_BITS, MPFR_RNDN);
    if (ternary == 0)
        return;
    mpfr_init2(bit, 2);
    mpfr_set_ui_2exp(bit, 1, mpfr_get_exp(e->x) - 2 * QUOTIENT_BITS, MPFR_RNDN);
    mpfr_setsign(bit, bit, mpfr_signbit(e->x), MPFR_RNDN);
    mpfr_add(e->x, e->x, bit, MPFR_RNDN);
    mpfr_clear(bit);
}

static uint64_t quieted(const struct eval *e, const struct format *f, uint64_t bits)
{
    uint64_t top = UINT64_C(1) << (fraction_bits(f) - 1);

    if (is_quiet(e, f, bits))
        return bits;
    if (e->rules->quiet_bit)
        return bits | top;
    bits &= ~top;
    return is_inf(f, bits) ? bits | top >> 1 : bits;
}

/* Operands of which at least one is a NaN. */
static uint64_t nan_result(struct eval *e, unsigned n, const uint8_t order[])
{
    const struct fpeval_rules *r = e->rules;
    int quiet = -1, signalling = -1, pick;

    for (unsigned i = n; i-- > 0;) {
        if (is_signalling(e, e->format, e->args[order[i]]))
            signalling = (int)i;
        else if (is_nan(e->format, e->args[order[i]]))
            quiet = (int)i;
    }
    if (signalling >= 0)
        e->flags |= FPEVAL_INVALID;
    if (r->nan == FPEVAL_NAN_CANONICAL || (signalling >= 0 && r->snan_default))
        return default_nan(e, e->format);
    if (signalling < 0)
        pick = quiet;
    else if (quiet < 0 || r->nan == FPEVAL_NAN_SNAN_FIRST)
        pick = signalling;
    else
        pick = quiet < signalling ? quiet : signalling;
    return quieted(e, e->format, e->args[order[pick]]);
}

static const uint8_t plain_order[] = {0, 1, 2};

static bool any_nan(const struct eval *e, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (is_nan(e->format, e->args[i]))
            return true;
    return false;
}

/* The sign of a sum that is 0: that of both terms, or by the rounding mode. */
static bool zero_sum_sign(const struct eval *e, const mpfr_t a, const mpfr_t b)
{
    bool sa = mpfr_signbit(a) != 0, sb = mpfr_signbit(b) != 0;

    if (mpfr_zero_p(a) && mpfr_zero_p(b) && sa == sb)
        return sa;
    return e->rm == FPEVAL_DOWN;
}

static uint64_t ev_add(struct eval *e)
{
    bool zero_minus;

    if (any_nan(e, 2))
        return nan_result(e, 2, plain_order);
    zero_minus = zero_sum_sign(e, e->x, e->y);
    mpfr_add(e->x, e->x, e->y, MPFR_RNDN);
    return finish(e, zero_minus);
}

static uint64_t ev_sub(struct eval *e)
{
    bool zero_minus;

    if (any_nan(e, 2))
        return nan_result(e, 2, plain_order);
    mpfr_neg(e->y, e->y, MPFR_RNDN);
    zero_minus = zero_sum_sign(e, e->x, e->y);
    mpfr_add(e->x, e->x, e->y, MPFR_RNDN);
    return finish(e, zero_minus);
}

static uint64_t ev_mul(struct eval *e)
{
    if (any_nan(e, 2))
        return nan_result(e, 2, plain_order);
    mpfr_mul(e->x, e->x, e->y, MPFR_RNDN);
    return finish(e, mpfr_signbit(e->x) != 0);
}

static uint64_t ev_div(struct eval *e)
{
    int ternary;

    if (any_nan(e, 2))
        return nan_result(e, 2, plain_order);
    if (mpfr_zero_p(e->y) && mpfr_regular_p(e->x))
        e->flags |= FPEVAL_DIVZERO;
    mpfr_prec_round(e->x, QUOTIENT_BITS, MPFR_RNDN);
    ternary = mpfr_div(e->x, e->x, e->y, MPFR_RNDZ);
    mend(e, mpfr_regular_p(e->x) ? ternary : 0);
    return finish(e, mpfr_signbit(e->x) != 0);
}

static uint64_t ev_sqrt(struct eval *e)
{
    int ternary;

    if (any_nan(e, 1))
        return nan_result(e, 1, plain_order);
    mpfr_prec_round(e->x, QUOTIENT_BITS, MPFR_RNDN);
    ternary = mpfr_sqrt(e->x, e->x, MPFR_RNDZ);
    mend(e, mpfr_regular_p(e->x) ? ternary : 0);
    return finish(e, mpfr_signbit(e->x) != 0);
}

static uint64_t ev_fma(struct eval *e)
{
    const struct format *f = e->format;
    bool bad = (mpfr_inf_p(e->x) && mpfr_zero_p(e->y)) ||
               (mpfr_zero_p(e->x) && mpfr_inf_p(e->y));
    bool zero_minus;

    if (bad && !any_nan(e, 2) && is_quiet(e, f, e->args[2])) {
        if (e->rules->fma_nan != FPEVAL_FMA_NAN_QUIET)
            e->flags |= FPEVAL_INVALID;
        if (e->rules->fma_nan == FPEVAL_FMA_NAN_INVALID_DEFAULT)
            return default_nan(e, f);
    }
    if (any_nan(e, 3))
        return nan_result(e, 3, e->rules->fma_order);
    mpfr_mul(e->x, e->x, e->y, MPFR_RNDN);
    zero_minus = zero_sum_sign(e, e->x, e->z);
    mpfr_add(e->x, e->x, e->z, MPFR_RNDN);
    return finish(e, zero_minus);
}

static uint64_t minmax(struct eval *e, bool max)
{
    uint64_t a = e->args[0], b = e->args[1];
    const struct format *f = e->format;
    bool sa = is_signalling(e, f, a), sb = is_signalling(e, f, b), first;
    int order;

    if (any_nan(e, 2)) {
        if ((is_nan(f, a) && is_nan(f, b)) || e->rules->minmax == FPEVAL_MINMAX_NAN ||
            (e->rules->minmax == FPEVAL_MINMAX_NUM_2008 && (sa || sb)))
            return nan_result(e, 2, plain_order);
        if (sa || sb)
            e->flags |= FPEVAL_INVALID;
        return is_nan(f, a) ? b : a;
    }
    order = mpfr_cmp(e->x, e->y);
    if (order == 0)
        order = (int)negative(f, b) - (int)negative(f, a);
    first = max ? order > 0 : order < 0;
    return first ? a : b;
}

static uint64_t ev_min(struct eval *e)
{
    return minmax(e, false);
}

static uint64_t ev_max(struct eval *e)
{
    return minmax(e, true);
}

static uint64_t relation(struct eval *e, bool signalling)
{
    const struct format *f = e->format;

    if (any_nan(e, 2)) {
        if (signalling || is_signalling(e, f, e->args[0]) ||
            is_signalling(e, f, e->args[1]))
            e->flags |= FPEVAL_INVALID;
        return FPEVAL_REL_UN;
    }
    if (mpfr_equal_p(e->x, e->y))
        return FPEVAL_REL_EQ;
    return mpfr_less_p(e->x, e->y) ? FPEVAL_REL_LT : FPEVAL_REL_GT;
}

#define EV_COMPARE(name, mask)                     \
    static uint64_t ev_##name(struct eval *e)      \
    {                                              \
        return (relation(e, false) & (mask)) != 0; \
    }                                              \
    static uint64_t ev_##name##_s(struct eval *e)  \
    {                                              \
        return (relation(e, true) & (mask)) != 0;  \
    }
EV_COMPARE(eq, FPEVAL_REL_EQ)
EV_COMPARE(lt, FPEVAL_REL_LT)
EV_COMPARE(le, FPEVAL_REL_LT | FPEVAL_REL_EQ)
EV_COMPARE(unordered, FPEVAL_REL_UN)

static uint64_t ev_rel(struct eval *e)
{
    return relation(e, false);
}

static uint64_t ev_rel_s(struct eval *e)
{
    return relation(e, true);
}

/* To an integer of BITS bits; ROW of rules.to_int when there is none. */
static uint64_t to_int(struct eval *e, unsigned row, unsigned bits, bool is_signed)
{
    const uint64_t *bad = e->rules->to_int[row];
    bool minus = negative(e->format, e->args[0]), inexact, fits;
    uint64_t whole;
    mpfr_t units;

    if (any_nan(e, 1)) {
        e->flags |= FPEVAL_INVALID;
        return bad[0];
    }
    mpfr_init2(units, EXACT_BITS);
    inexact = round_units(e, units, e->x, 0);
    if (is_signed)
        fits = mpfr_cmp_si_2exp(units, -1, bits - 1) >= 0 &&
               mpfr_cmp_ui_2exp(units, 1, bits - 1) < 0;
    else
        fits = mpfr_cmp_ui(units, 0) >= 0 && mpfr_cmp_ui_2exp(units, 1, bits) < 0;
    mpfr_abs(units, units, MPFR_RNDN);
    whole = fits ? mpfr_get_uj(units, MPFR_RNDN) : 0;
    mpfr_clear(units);
    if (!fits) {
        e->flags |= FPEVAL_INVALID;
        return minus ? bad[2] : bad[1];
    }
    if (inexact)
        e->flags |= FPEVAL_INEXACT;
    return (minus ? -whole : whole) & ones(bits);
}

static uint64_t from_int(struct eval *e, unsigned bits, bool is_signed)
{
    uint64_t a = e->args[0] & ones(bits);
    bool minus = is_signed && a >> (bits - 1);

    if (minus)
        a = -a & ones(bits);
    mpfr_set_uj(e->x, a, MPFR_RNDN);
    if (minus)
        mpfr_neg(e->x, e->x, MPFR_RNDN);
    return finish(e, false);
}

#define EV_INT(kind, row, bits, is_signed)         \
    static uint64_t ev_to_##kind(struct eval *e)   \
    {                                              \
        return to_int(e, row, bits, is_signed);    \
    }                                              \
    static uint64_t ev_from_##kind(struct eval *e) \
    {                                              \
        return from_int(e, bits, is_signed);       \
    }
EV_INT(s32, 0, 32, true)
EV_INT(u32, 1, 32, false)
EV_INT(s64, 2, 64, true)
EV_INT(u64, 3, 64, false)

/* A NaN of another format as a result. */
static uint64_t convert_nan(struct eval *e, const struct format *from)
{
    const struct format *to = e->format;
    uint64_t a = e->args[0], payload = a & ones(fraction_bits(from));
    bool signalling = is_signalling(e, from, a);

    if (signalling)
        e->flags |= FPEVAL_INVALID;
    if (e->rules->nan == FPEVAL_NAN_CANONICAL || (signalling && e->rules->snan_default))
        return default_nan(e, to);
    if (to->width > from->width)
        payload <<= fraction_bits(to) - fraction_bits(from);
    else
        payload >>= fraction_bits(from) - fraction_bits(to);
    if (payload == 0 && !signalling)
        return default_nan(e, to);
    if (signalling && e->rules->quiet_bit)
        payload |= UINT64_C(1) << (fraction_bits(to) - 1);
    else if (signalling)
        payload &= ~(UINT64_C(1) << (fraction_bits(to) - 1));
    if (payload == 0)
        payload = UINT64_C(1) << (fraction_bits(to) - 2);
    return with_sign(to, negative(from, a), infinity(to) | payload);
}

static uint64_t convert(struct eval *e, const struct format *from)
{
    if (is_nan(from, e->args[0]))
        return convert_nan(e, from);
    return finish(e, negative(from, e->args[0]));
}

static uint64_t ev_from_f32(struct eval *e)
{
    return convert(e, &single);
}

static uint64_t ev_from_f64(struct eval *e)
{
    return convert(e, &duble);
}

static uint64_t integral(struct eval *e, bool exact)
{
    bool minus = negative(e->format, e->args[0]), inexact;

    if (any_nan(e, 1))
        return nan_result(e, 1, plain_order);
    if (!mpfr_regular_p(e->x))
        return e->args[0];
    inexact = round_units(e, e->x, e->x, 0);
    if (inexact && exact)
        e->flags |= FPEVAL_INEXACT;
    return finish(e, minus);
}

static uint64_t ev_rint(struct eval *e)
{
    return integral(e, true);
}

static uint64_t ev_round_int(struct eval *e)
{
    return integral(e, false);
}

static uint64_t ev_class(struct eval *e)
{
    const struct format *f = e->format;
    uint64_t a = e->args[0];
    unsigned from_zero;

    if (is_nan(f, a))
        return is_quiet(e, f, a) ? 9 : 8;
    from_zero = is_zero(f, a) ? 0 : is_subnormal(f, a) ? 1 : is_inf(f, a) ? 3 : 2;
    return negative(f, a) ? 3 - from_zero : 4 + from_zero;
}

#define EV_PREDICATE(name, expression)        \
    static uint64_t ev_##name(struct eval *e) \
    {                                         \
        return expression;                    \
    }
EV_PREDICATE(is_nan, is_nan(e->format, e->args[0]))
EV_PREDICATE(is_snan, is_signalling(e, e->format, e->args[0]))
EV_PREDICATE(is_inf, is_inf(e->format, e->args[0]))
EV_PREDICATE(is_zero, is_zero(e->format, e->args[0]))
EV_PREDICATE(is_subnormal, is_subnormal(e->format, e->args[0]))

enum { ANY_WIDTH = 0 };

static const struct operation {
    const char *name;
    unsigned nargs, width;
    uint64_t (*run)(struct eval *e);
} operations[] = {
    /* clang-format off */
    {"add", 2, ANY_WIDTH, ev_add},
    {"sub", 2, ANY_WIDTH, ev_sub},
    {"mul", 2, ANY_WIDTH, ev_mul},
    {"div", 2, ANY_WIDTH, ev_div},
    {"sqrt", 1, ANY_WIDTH, ev_sqrt},
    {"fma", 3, ANY_WIDTH, ev_fma},
    {"min", 2, ANY_WIDTH, ev_min},
    {"max", 2, ANY_WIDTH, ev_max},
    {"rel", 2, ANY_WIDTH, ev_rel},
    {"rel_s", 2, ANY_WIDTH, ev_rel_s},
    {"eq", 2, ANY_WIDTH, ev_eq},
    {"lt", 2, ANY_WIDTH, ev_lt},
    {"le", 2, ANY_WIDTH, ev_le},
    {"unordered", 2, ANY_WIDTH, ev_unordered},
    {"eq_s", 2, ANY_WIDTH, ev_eq_s},
    {"lt_s", 2, ANY_WIDTH, ev_lt_s},
    {"le_s", 2, ANY_WIDTH, ev_le_s},
    {"unordered_s", 2, ANY_WIDTH, ev_unordered_s},
    {"to_s32", 1, ANY_WIDTH, ev_to_s32},
    {"to_u32", 1, ANY_WIDTH, ev_to_u32},
    {"to_s64", 1, ANY_WIDTH, ev_to_s64},
    {"to_u64", 1, ANY_WIDTH, ev_to_u64},
    {"from_s32", 1, ANY_WIDTH, ev_from_s32},
    {"from_u32", 1, ANY_WIDTH, ev_from_u32},
    {"from_s64", 1, ANY_WIDTH, ev_from_s64},
    {"from_u64", 1, ANY_WIDTH, ev_from_u64},
    {"from_f32", 1, 64, ev_from_f32},
    {"from_f64", 1, 32, ev_from_f64},
    {"rint", 1, ANY_WIDTH, ev_rint},
    {"round_int", 1, ANY_WIDTH, ev_round_int},
    {"class", 1, ANY_WIDTH, ev_class},
    {"is_nan", 1, ANY_WIDTH, ev_is_nan},
    {"is_snan", 1, ANY_WIDTH, ev_is_snan},
    {"is_inf", 1, ANY_WIDTH, ev_is_inf},
    {"is_zero", 1, ANY_WIDTH, ev_is_zero},
    {"is_subnormal", 1, ANY_WIDTH, ev_is_subnormal},
    /* clang-format on */
};

/* Take the operands: flush them, and set the values of those that are no NaNs. */
static void load(struct eval *e, const struct format *f, const uint64_t args[],
                 const struct operation *op)
{
    bool is_int =
        strncmp(op->name, "from_s", 6) == 0 || strncmp(op->name, "from_u", 6) == 0;
    bool asks = strncmp(op->name, "is_", 3) == 0 || strcmp(op->name, "class") == 0;
    mpfr_ptr values[3] = {e->x, e->y, e->z};

    for (unsigned i = 0; i < op->nargs; i++) {
        uint64_t a = args[i];

        if (!is_int) {
            a &= ones(f->width);
            if (!asks && e->rules->flush & FPEVAL_FLUSH_IN && is_subnormal(f, a))
                a &= sign_bit(f);
            if (!is_nan(f, a))
                value_of(values[i], f, a);
        }
        e->args[i] = a;
    }
}

bool fpeval(const struct fpeval_rules *rules, const char *op, unsigned width,
            const uint64_t args[], unsigned nargs, enum fpeval_round rm, uint64_t *result,
            unsigned *flags)
{
    const struct operation *found = NULL;
    struct eval e = {.rules = rules, .rm = rm};

    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(operations[i].name, op) == 0)
            found = &operations[i];
    if (!found || found->nargs != nargs || (width != 32 && width != 64) ||
        (found->width != ANY_WIDTH && found->width != width))
        return false;
    e.format = width == 64 ? &duble : &single;
    mpfr_inits2(EXACT_BITS, e.x, e.y, e.z, (mpfr_ptr)NULL);
    load(&e,
         strcmp(op, "from_f32") == 0   ? &single
         : strcmp(op, "from_f64") == 0 ? &duble
                                       : e.format,
         args, found);
    *result = found->run(&e);
    *flags |= e.flags;
    mpfr_clears(e.x, e.y, e.z, (mpfr_ptr)NULL);
    return true;
}
