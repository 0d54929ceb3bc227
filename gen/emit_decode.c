/* emit_decode.c - decode.c: the decision table, a loop, checks at the leaves; see emit.h,
 * dtree.h */
#include "emit.h"

#include "deval.h"
#include "dtree.h"
#include "length.h"

#include <string.h>

/* Predicates as C text, each different one once; number 0: none. */
struct tests {
    VEC(const char *) texts;
};

/* The one value that bits of the word must not have, if P says just that. */
static bool excepted(const struct form *f, const struct pred *p, uint64_t *mask,
                     uint64_t *value)
{
    const struct field *field = &f->fields.at[p->field];
    uint64_t ones = 0, bits = 0;
    if (p->kind == PRED_NE_CONST) {
        ones = (uint64_t)low_bits(~(u128)0, p->high - p->low + 1) << p->low;
        bits = (uint64_t)p->value << p->low;
    } else if (p->kind == PRED_CODES && field->type.width <= 6 &&
               p->codes->items.len + 1 == 1u << field->type.width) {
        ones = (UINT64_C(1) << field->type.width) - 1;
        bits = ones * (ones + 1) / 2; /* the sum of all codes less those that there are */
        for (size_t i = 0; i < p->codes->items.len; i++)
            bits -= (uint64_t)p->codes->items.at[i].code;
    }
    *mask = field_put(field, 0, ones);
    *value = field_put(field, 0, bits);
    return ones && field_get(field, *value) == bits;
}

/* The predicate of F that its leaves test themselves, or NULL. */
static const struct pred *exception(const struct form *f, uint64_t *mask, uint64_t *value)
{
    for (size_t i = 0; i < f->preds.len; i++)
        if (excepted(f, &f->preds.at[i], mask, value))
            return &f->preds.at[i];
    *mask = 0;
    *value = 1;
    return NULL;
}

static unsigned test_number(struct tests *t, const struct model *m, const struct form *f,
                            const struct pred *done)
{
    struct text text = {0};
    for (size_t i = 0; i < f->preds.len; i++) {
        const struct pred *p = &f->preds.at[i];
        if (p == done || (p->kind == PRED_NOT_RESERVED && !p->expr))
            continue;
        struct text one = {0};
        emit_pred(m, f, p, &one);
        text_addf(&text, "%s(%s)", text.len ? " && " : "", one.at);
    }
    if (!text.len)
        return 0;
    const char *s = intern(text.at);
    for (size_t i = 0; i < t->texts.len; i++)
        if (t->texts.at[i] == s)
            return (unsigned)i + 1;
    vec_push(&t->texts, s);
    return (unsigned)t->texts.len;
}

static void emit_tests(const struct tests *t, struct text *out)
{
    if (!t->texts.len)
        return;
    text_add(out, "\n/* What must hold beyond mask and value. */\n"
                  "static bool test(unsigned number, uint64_t w, uint32_t context)\n{\n"
                  "    (void)w, (void)context;\n    switch (number) {\n");
    for (size_t i = 0; i < t->texts.len; i++) {
        const char *s = t->texts.at[i];
        size_t len = strlen(s);
        bool one = s[0] == '(' && !strstr(s, ") && (");
        text_addf(out, "    case %zu:\n        return %.*s;\n", i + 1,
                  (int)(one ? len - 2 : len), one ? s + 1 : s);
    }
    text_add(out, "    default:\n        return true;\n    }\n}\n");
}

static void emit_leaves(const struct model *m, const struct dtree *t, struct tests *tests,
                        bool wide, struct text *out)
{
    const char *type = wide ? "uint64_t" : "uint32_t";
    int digits = wide ? 16 : 8;
    text_addf(out,
              "\n/* What decides at the end: all of mask and value, not the excepted "
              "bits, then a\n"
              " * test. `more`: if not, the next one may match. */\n"
              "static const struct leaf {\n    %s mask, value, except_mask, except;\n"
              "    uint16_t form;\n    uint8_t test, more;\n} leaves[] = {\n"
              "    {0, 1, 0, 1, 0, 0, 0}, /* nothing */\n",
              type);
    for (size_t i = 1; i < t->leaves.len; i++) {
        const struct form *f = t->leaves.at[i].form;
        uint64_t mask, value;
        const struct pred *done = exception(f, &mask, &value);
        text_addf(out, "    {0x%0*llx, 0x%0*llx, 0x%llx, 0x%llx, %s, %u, %d}, /* ",
                  digits, (unsigned long long)f->mask, digits,
                  (unsigned long long)f->value, (unsigned long long)mask,
                  (unsigned long long)value, form_id(f), test_number(tests, m, f, done),
                  t->leaves.at[i].more);
        emit_pattern(out, f->mask, f->value, f->bits);
        text_addf(out, " %s */\n", emit_place(f->insn->loc));
    }
    text_add(out, "};\n");
}

static void emit_windows(const struct dtree *t, struct text *out)
{
    text_add(out, "\n/* Windows of bits: w >> shift, `bits` of it, index the entries "
                  "from `at`. An\n"
                  " * entry without bits is a leaf. */\n"
                  "struct window {\n    uint8_t shift, bits;\n    uint16_t at;\n};\n\n"
                  "static const struct window windows[] = {");
    for (size_t i = 0; i < t->table.len; i++) {
        const struct dtree_entry *e = &t->table.at[i];
        if (i % 6 == 0)
            text_addf(out, "\n    /* %zu */ ", i);
        text_addf(out, "{%u, %u, %u},%s", e->shift, e->bits, e->at,
                  i % 6 == 5 ? "" : " ");
    }
    if (!t->table.len)
        text_add(out, "\n    {0, 0, 0},");
    text_add(
        out,
        "\n};\n\n/* By length in bytes. */\nstatic const struct window roots[] = {\n");
    for (size_t i = 0; i < t->roots.len; i++) {
        const struct dtree_root *r = &t->roots.at[i];
        text_addf(out, "    [%u] = {%u, %u, %u},\n", r->bits / 8, r->entry.shift,
                  r->entry.bits, r->entry.at);
    }
    text_add(out, "};\n");
}

static void emit_unit(const struct model *m, const char *word, struct text *out)
{
    unsigned bytes = m->fetch_bits / 8;
    text_addf(
        out,
        "\n/* The unit of %u bits at P. */\nstatic inline %s unit(const uint8_t *p)\n{\n",
        m->fetch_bits, word);
    text_add(out, "    return ");
    for (unsigned i = 0; i < bytes; i++) {
        unsigned shift = 8 * (m->fetch_big ? bytes - 1 - i : i);
        text_addf(out, "%s(%s)p[%u]", i ? " | " : "", word, i);
        if (shift)
            text_addf(out, " << %u", shift);
    }
    text_add(out, ";\n}\n");
}

static void emit_fetch(const struct model *m, unsigned max, struct text *out)
{
    unsigned unit = m->fetch_bits / 8;
    text_addf(out, "    if (avail < %u)\n        return DECODE_SHORT;\n", unit);
    if (max == unit && !m->lengths.len) {
        text_addf(out, "    out->bytes = %u;\n", unit);
        return;
    }
    text_add(out, "    const unsigned len = ");
    length_emit(m, out);
    text_addf(out,
              ";\n    if (avail < len)\n        return DECODE_SHORT;\n"
              "    for (unsigned at = %u; at < len; at += %u)\n",
              unit, unit);
    if (m->first_low)
        text_addf(out, "        w |= (%s)unit(bytes + at) << 8 * at;\n",
                  max > 4 ? "uint64_t" : "uint32_t");
    else
        text_addf(out, "        w = w << %u | unit(bytes + at);\n", m->fetch_bits);
    text_addf(out, "    out->bytes = (uint8_t)(len ? len : %u);\n", unit);
}

static unsigned max_bytes(const struct model *m)
{
    unsigned max = m->fetch_bits;
    for (size_t i = 0; i < m->forms.len; i++)
        if (m->forms.at[i]->bits > max)
            max = m->forms.at[i]->bits;
    for (size_t i = 0; i < m->lengths.len; i++)
        if (m->lengths.at[i].bits > max && m->lengths.at[i].bits <= 64)
            max = m->lengths.at[i].bits;
    return max / 8;
}

static void emit_function(const struct model *m, const struct dtree *t,
                          const struct tests *tests, struct text *out)
{
    unsigned max = max_bytes(m);
    const char *word = max > 4 ? "uint64_t" : "uint32_t";
    unsigned last = t->roots.len ? t->roots.at[t->roots.len - 1].bits / 8 : 0;
    emit_unit(m, word, out);
    text_addf(
        out,
        "\nint guest_decode(const uint8_t *bytes, unsigned avail, uint32_t context,\n"
        "                 struct decoded *out)\n{\n%s",
        tests->texts.len ? "" : "    (void)context;\n");
    struct text fetch = {0};
    emit_fetch(m, max, &fetch);
    /* the first unit may be read only when it is there */
    char *rest = strchr(fetch.at, ';') + 2;
    text_addf(out, "%.*s    %s w = unit(bytes);\n%s", (int)(rest - fetch.at), fetch.at,
              word, rest);
    text_add(out, "    out->word = w;\n");
    if (m->lengths.len)
        text_addf(
            out,
            "    struct window e = {0};\n    if (len <= %u)\n        e = roots[len];\n",
            last);
    else
        text_addf(out, "    struct window e = roots[%u];\n", last);
    text_add(
        out,
        "    while (e.bits)\n"
        "        e = windows[e.at + (w >> e.shift & ((1u << e.bits) - 1))];\n"
        "    for (const struct leaf *l = &leaves[e.at];; l++) {\n"
        "        if ((w & l->mask) == l->value && (w & l->except_mask) != l->except");
    if (tests->texts.len)
        text_add(out, " &&\n            (!l->test || test(l->test, w, context))");
    if (m->cpus.len)
        text_add(out, " &&\n            !form_off[l->form]");
    text_add(
        out,
        ") {\n            out->form = l->form;\n            return l->form;\n        }\n"
        "        if (!l->more)\n            return DECODE_NONE;\n    }\n}\n");
}

void emit_decode(const struct model *m, struct text *out)
{
    const struct dtree *t = dtree_build(m);
    struct tests tests = {0};
    struct text leaves = {0};
    emit_head(m, out, "decode.c", "words to instruction forms");
    text_add(out, "#include \"forms.h\"\n");
    emit_leaves(m, t, &tests, max_bytes(m) > 4, &leaves);
    emit_windows(t, out);
    text_add(out, leaves.at);
    emit_tests(&tests, out);
    emit_function(m, t, &tests, out);
}
