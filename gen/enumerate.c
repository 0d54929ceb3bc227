/* enumerate.c - isac enumerate: boundary values and one-bit neighbours; see enumerate.h
 */
#include "enumerate.h"

#include "asm.h"
#include "length.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words seen, an open hash table; 0 is kept apart. */
struct seen {
    uint64_t *slots;
    size_t mask, used;
    bool zero;
};

static bool seen_before(struct seen *s, uint64_t word);

static void grow(struct seen *s)
{
    struct seen bigger = {.mask = s->mask ? 2 * s->mask + 1 : 0xffff, .zero = s->zero};
    bigger.slots = zalloc((bigger.mask + 1) * sizeof *bigger.slots);
    for (size_t i = 0; s->slots && i <= s->mask; i++)
        if (s->slots[i])
            seen_before(&bigger, s->slots[i]);
    *s = bigger;
}

static bool seen_before(struct seen *s, uint64_t word)
{
    if (!word) {
        bool was = s->zero;
        s->zero = true;
        return was;
    }
    if (s->used * 2 >= s->mask)
        grow(s);
    size_t i = (word * UINT64_C(0x9e3779b97f4a7c15)) >> 20 & s->mask;
    for (; s->slots[i]; i = (i + 1) & s->mask)
        if (s->slots[i] == word)
            return true;
    s->slots[i] = word;
    s->used++;
    return false;
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

struct enumeration {
    const struct model *m;
    const struct form *f;
    struct test_words *out;
    struct seen seen;
    uint64_t random;
};

static void add(struct enumeration *e, uint64_t word)
{
    unsigned bits = length_of_word(e->m, word);
    if (!bits)
        bits = e->m->fetch_bits;
    if (bits < 64)
        word &= (UINT64_C(1) << bits) - 1;
    struct test_word w = {word, bits, e->f};
    if (!seen_before(&e->seen, word))
        vec_push(&e->out->at, w);
}

/* Values of WIDTH bits at which something may change. */
static unsigned boundaries(unsigned width, uint64_t *v)
{
    uint64_t max = width < 64 ? (UINT64_C(1) << width) - 1 : ~UINT64_C(0),
             top = max / 2 + 1;
    unsigned n = 0;
    if (width <= 5) {
        for (uint64_t i = 0; i <= max; i++)
            v[n++] = i;
        return n;
    }
    const uint64_t some[] = {0,   1,       2,   3,       4,       8,
                             max, max - 1, top, top - 1, top + 1, max / 3};
    for (unsigned i = 0; i < sizeof some / sizeof *some; i++)
        v[n++] = some[i];
    for (unsigned i = 4; i < width; i++)
        v[n++] = UINT64_C(1) << i;
    return n;
}

/* The value of the parts of FIELD that no pattern fixes runs over its boundaries. */
static void each_boundary(struct enumeration *e, const struct field *field, uint64_t base)
{
    uint64_t v[96];
    unsigned n = boundaries(field->type.width > 64 ? 64 : field->type.width, v);
    uint64_t open = field_mask(field) & ~e->f->mask;
    for (unsigned i = 0; i < n; i++)
        add(e, (base & ~open) | (field_put(field, base, v[i]) & open));
}

static uint64_t should_be(const struct form *f, uint64_t word)
{
    return ((word & ~f->mask & ~f->should_mask) | f->value | f->should_value) &
           (f->bits < 64 ? (UINT64_C(1) << f->bits) - 1 : ~UINT64_C(0));
}

static void enumerate_form(struct enumeration *e)
{
    enum { BASES = 6 };
    const struct form *f = e->f;
    for (unsigned i = 0; i < BASES; i++) {
        uint64_t base = should_be(f, i == 0   ? 0
                                     : i == 1 ? ~UINT64_C(0)
                                              : next_random(&e->random));
        add(e, base);
        for (size_t n = 0; n < f->fields.len; n++)
            each_boundary(e, &f->fields.at[n], base);
        for (unsigned bit = 0; bit < f->bits; bit++)
            add(e, base ^ UINT64_C(1) << bit);
    }
}

void enumerate_words(const struct model *m, struct test_words *out)
{
    struct enumeration e = {.m = m, .out = out, .random = UINT64_C(88172645463325252)};
    for (size_t i = 0; i < m->forms.len; i++) {
        e.f = m->forms.at[i];
        enumerate_form(&e);
    }
}

void random_words(const struct model *m, struct test_words *out, size_t count,
                  uint64_t seed)
{
    struct enumeration e = {.m = m, .out = out, .random = seed | 1};
    size_t end = out->at.len + count;
    for (size_t attempt = 0; out->at.len < end && attempt < 20 * count; attempt++)
        add(&e, next_random(&e.random) >> 8);
}

int command_enumerate(const struct model *m, int argc, char **argv)
{
    struct test_words words = {0};
    bool only_words = false;
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--words")) {
            only_words = true;
        } else if (!strcmp(argv[i], "--random") && i + 1 < argc) {
            random_words(m, &words, strtoul(argv[++i], NULL, 0), 1);
        } else {
            fprintf(stderr, "isac: '%s' is no option of enumerate: --words, --random N\n",
                    argv[i]);
            return 1;
        }
    }
    enumerate_words(m, &words);
    for (size_t i = 0; i < words.at.len; i++) {
        const struct test_word *w = &words.at.at[i];
        int digits = (int)w->bits / 4;
        struct text text = {0};
        if (only_words) {
            printf("%0*llx\n", digits, (unsigned long long)w->word);
            continue;
        }
        struct form *f = disas_word(m, w->word, 0, true, &text);
        printf("%0*llx  %-12s %s\n", digits, (unsigned long long)w->word,
               f ? f->name : "-", f ? text.at : "");
        free(text.at);
    }
    return 0;
}
