/*
 * dtree.c - builds the decision table; see dtree.h
 *
 * At each step the window is taken that leaves the least work: the average over the forms
 * of the logarithm of how many forms are left with them, plus a price for the table's
 * entries. A form that does not look at a window's bits goes into all of its entries.
 */
#include "dtree.h"

#include "overlap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WINDOW = 9 };
static const double ENTRY_PRICE = 0.02;

typedef VEC(const struct form *) form_vec;

/* Does F match some words whose bits [shift + bits - 1 : shift] are VALUE? */
static bool in_entry(const struct form *f, unsigned shift, unsigned bits, uint64_t value)
{
    uint64_t window = ((UINT64_C(1) << bits) - 1) << shift;
    return !((f->value ^ value << shift) & f->mask & window);
}

/* How often each pattern of (mask, value) in the window occurs decides the counts;
 * windows are small, so each entry is simply asked for each form. */
static double window_cost(const form_vec *forms, unsigned shift, unsigned bits)
{
    double cost = 0;
    size_t total = 0;
    for (uint64_t v = 0; v < UINT64_C(1) << bits; v++) {
        size_t n = 0;
        for (size_t i = 0; i < forms->len; i++)
            n += in_entry(forms->at[i], shift, bits, v);
        total += n;
        if (n > 1)
            cost += (double)n * log2((double)n);
    }
    double spread = (double)total / (double)forms->len;
    return cost / (double)forms->len + log2(spread) +
           ENTRY_PRICE * (double)(1u << bits) / 4;
}

/* Bits of the window that any form looks at and no window above has. */
static uint64_t asked(const form_vec *forms, uint64_t done)
{
    uint64_t any = 0;
    for (size_t i = 0; i < forms->len; i++)
        any |= forms->at[i]->mask;
    return any & ~done;
}

static bool best_window(const form_vec *forms, uint64_t done, unsigned *shift,
                        unsigned *bits)
{
    uint64_t useful = asked(forms, done);
    double best = log2((double)forms->len) - 0.01;
    *bits = 0;
    for (unsigned b = 1; b <= MAX_WINDOW; b++) {
        for (unsigned s = 0; s + b <= 64; s++) {
            /* both ends must be of use */
            if (!(useful >> s & 1) || !(useful >> (s + b - 1) & 1))
                continue;
            double cost = window_cost(forms, s, b);
            if (cost < best) {
                best = cost;
                *shift = s;
                *bits = b;
            }
        }
    }
    return *bits > 0;
}

struct build {
    const struct model *m;
    struct dtree *t;
};

static bool same_leaf(const struct dtree *t, size_t at, const form_vec *forms)
{
    for (size_t i = 0; i < forms->len; i++)
        if (at + i >= t->leaves.len || t->leaves.at[at + i].form != forms->at[i] ||
            t->leaves.at[at + i].more != (i + 1 < forms->len))
            return false;
    return true;
}

/* Refined forms first; otherwise in the order of the description. */
static void order(const struct model *m, form_vec *forms)
{
    for (size_t i = 1; i < forms->len; i++) {
        const struct form *f = forms->at[i];
        size_t to = i;
        for (size_t j = i; j-- > 0;)
            if (insn_refines(m, f->insn, forms->at[j]->insn))
                to = j;
        memmove(&forms->at[to + 1], &forms->at[to], (i - to) * sizeof *forms->at);
        forms->at[to] = f;
    }
}

static struct dtree_entry leaf(struct build *b, const form_vec *forms)
{
    struct dtree *t = b->t;
    struct dtree_entry e = {0};
    if (forms->len == 0)
        return e;
    form_vec sorted = {0};
    for (size_t i = 0; i < forms->len; i++)
        vec_push(&sorted, forms->at[i]);
    order(b->m, &sorted);
    for (size_t i = 1; i < t->leaves.len; i++) {
        if (same_leaf(t, i, &sorted) && (i == 1 || !t->leaves.at[i - 1].more)) {
            e.at = (uint16_t)i;
            return e;
        }
    }
    e.at = (uint16_t)t->leaves.len;
    for (size_t i = 0; i < sorted.len; i++) {
        struct dtree_leaf l = {sorted.at[i], i + 1 < sorted.len};
        vec_push(&t->leaves, l);
    }
    return e;
}

/* Entries AT.. may stand elsewhere in the table already. */
static size_t place_entries(struct dtree *t, const struct dtree_entry *entries,
                            size_t count)
{
    for (size_t i = 0; i + count <= t->table.len; i++)
        if (!memcmp(&t->table.at[i], entries, count * sizeof *entries))
            return i;
    size_t at = t->table.len;
    for (size_t i = 0; i < count; i++)
        vec_push(&t->table, entries[i]);
    return at;
}

static struct dtree_entry build(struct build *b, const form_vec *forms, uint64_t done)
{
    struct dtree_entry e = {0};
    unsigned shift = 0, bits = 0;
    if (forms->len <= 1 || !best_window(forms, done, &shift, &bits))
        return leaf(b, forms);
    size_t count = (size_t)1 << bits;
    struct dtree_entry *entries = zalloc(count * sizeof *entries);
    uint64_t window = (count - 1) << shift;
    for (size_t v = 0; v < count; v++) {
        form_vec in = {0};
        for (size_t i = 0; i < forms->len; i++)
            if (in_entry(forms->at[i], shift, bits, v))
                vec_push(&in, forms->at[i]);
        entries[v] = build(b, &in, done | window);
    }
    e.shift = (uint8_t)shift;
    e.bits = (uint8_t)bits;
    e.at = (uint16_t)place_entries(b->t, entries, count);
    return e;
}

struct dtree *dtree_build(const struct model *m)
{
    struct dtree *t = zalloc(sizeof *t);
    struct build b = {m, t};
    struct dtree_leaf none = {0};
    vec_push(&t->leaves, none);
    for (unsigned bits = 8; bits <= 64; bits += 8) {
        form_vec forms = {0};
        for (size_t i = 0; i < m->forms.len; i++)
            if (m->forms.at[i]->bits == bits)
                vec_push(&forms, m->forms.at[i]);
        if (forms.len == 0)
            continue;
        struct dtree_root root = {bits, build(&b, &forms, 0)};
        vec_push(&t->roots, root);
    }
    return t;
}

unsigned dtree_find(const struct dtree *t, uint64_t word, unsigned length)
{
    for (size_t i = 0; i < t->roots.len; i++) {
        if (t->roots.at[i].bits != length)
            continue;
        struct dtree_entry e = t->roots.at[i].entry;
        while (e.bits)
            e = t->table.at[e.at + (word >> e.shift & ((1u << e.bits) - 1))];
        return e.at;
    }
    return 0;
}
