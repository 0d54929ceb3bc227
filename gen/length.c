/* length.c - evaluation and C text of `length` rules; see length.h */
#include "length.h"

#include "diag.h"

#include <string.h>

static uint64_t eval(const struct node *e, uint64_t w);

static uint64_t eval_binary(const char *op, uint64_t a, uint64_t b)
{
    if (!strcmp(op, "=="))
        return a == b;
    if (!strcmp(op, "!="))
        return a != b;
    if (!strcmp(op, "&&"))
        return a && b;
    if (!strcmp(op, "||"))
        return a || b;
    if (!strcmp(op, "&"))
        return a & b;
    if (!strcmp(op, "|"))
        return a | b;
    if (!strcmp(op, "<u"))
        return a < b;
    if (!strcmp(op, "<=u"))
        return a <= b;
    if (!strcmp(op, ">u"))
        return a > b;
    if (!strcmp(op, ">=u"))
        return a >= b;
    return 0;
}

static uint64_t eval(const struct node *e, uint64_t w)
{
    switch (e->kind) {
    case N_INT:
        return (uint64_t)e->value;
    case N_IDENT:
        return w;
    case N_UNARY:
        return e->name[0] == '!' ? !eval(kid(e, 0), w) : ~eval(kid(e, 0), w);
    case N_INDEX:
        return eval(kid(e, 0), w) >> eval(kid(e, 1), w) & 1;
    case N_SLICE: {
        uint64_t high = eval(kid(e, 1), w), low = eval(kid(e, 2), w);
        return eval(kid(e, 0), w) >> low & ((UINT64_C(2) << (high - low)) - 1);
    }
    case N_BINARY:
        return eval_binary(e->name, eval(kid(e, 0), w), eval(kid(e, 1), w));
    default:
        return 0;
    }
}

unsigned length_of_unit(const struct model *m, uint64_t unit)
{
    if (m->fetch_bits < 64)
        unit &= (UINT64_C(1) << m->fetch_bits) - 1;
    for (size_t i = 0; i < m->lengths.len; i++)
        if (!m->lengths.at[i].when || eval(m->lengths.at[i].when, unit))
            return m->lengths.at[i].bits;
    return m->lengths.len ? 0 : m->fetch_bits;
}

/* The first unit of WORD, if it is BITS long. */
static uint64_t first_unit(const struct model *m, uint64_t word, unsigned bits)
{
    return m->first_low ? word : word >> (bits - m->fetch_bits);
}

static bool has_length(const struct model *m, uint64_t word, unsigned bits)
{
    return length_of_unit(m, first_unit(m, word, bits)) == bits;
}

unsigned length_of_word(const struct model *m, uint64_t word)
{
    /* The first unit of a word that holds it lowest is known; if it is highest, the word
     * tells its length only by being that long: the longest that fits. */
    unsigned most = 64 / m->fetch_bits * m->fetch_bits;
    for (unsigned i = m->fetch_bits; i <= most; i += m->fetch_bits) {
        unsigned bits = m->first_low ? i : most + m->fetch_bits - i;
        if (has_length(m, word, bits))
            return bits;
    }
    return 0;
}

double length_share(const struct model *m, unsigned bits, uint64_t mask, uint64_t value)
{
    if (!m->lengths.len || m->fetch_bits > 16)
        return 1;
    uint64_t in_unit = (UINT64_C(1) << m->fetch_bits) - 1;
    uint64_t part = first_unit(m, mask, bits) & in_unit;
    uint64_t want = first_unit(m, value, bits) & part;
    unsigned n = 0, all = 0;
    for (uint64_t unit = 0; unit <= in_unit; unit++) {
        if ((unit & part) != want)
            continue;
        all++;
        n += length_of_unit(m, unit) == bits;
    }
    return (double)n / all;
}

bool length_possible(const struct model *m, unsigned bits, uint64_t mask, uint64_t value)
{
    return length_share(m, bits, mask, value) > 0;
}

static void emit(const struct node *e, struct text *out)
{
    switch (e->kind) {
    case N_INT:
        text_addf(out, "%llu", (unsigned long long)e->value);
        break;
    case N_UNARY:
        text_addf(out, "%s", e->name);
        emit(kid(e, 0), out);
        break;
    case N_INDEX:
        text_add(out, "(w >> ");
        emit(kid(e, 1), out);
        text_add(out, " & 1)");
        break;
    case N_SLICE: {
        uint64_t high = eval(kid(e, 1), 0), low = eval(kid(e, 2), 0);
        text_add(out, "(w");
        if (low)
            text_addf(out, " >> %llu", (unsigned long long)low);
        text_addf(out, " & 0x%llx)", (2ull << (high - low)) - 1);
        break;
    }
    case N_BINARY:
        text_add(out, "(");
        emit(kid(e, 0), out);
        text_addf(out, " %.*s ", (int)strcspn(e->name, "us"), e->name);
        emit(kid(e, 1), out);
        text_add(out, ")");
        break;
    default:
        text_add(out, "w");
    }
}

void length_emit(const struct model *m, struct text *out)
{
    size_t i = 0;
    for (; i < m->lengths.len && m->lengths.at[i].when; i++) {
        emit(m->lengths.at[i].when, out);
        text_addf(out, " ? %u : ", m->lengths.at[i].bits / 8);
    }
    text_addf(out, "%u",
              i < m->lengths.len ? m->lengths.at[i].bits / 8
              : m->lengths.len   ? 0
                                 : m->fetch_bits / 8);
}
