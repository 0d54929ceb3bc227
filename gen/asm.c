/* asm.c - words, forms and text; see asm.h */
#include "asm.h"

#include "deval.h"
#include "diag.h"
#include "dtree.h"
#include "length.h"
#include "match.h"
#include "solve.h"
#include "text.h"

#include <string.h>

static const struct dtree *tree_of(const struct model *m)
{
    static const struct model *of;
    static const struct dtree *tree;
    if (of != m) {
        tree = dtree_build(m);
        of = m;
    }
    return tree;
}

unsigned decode_length(const struct model *m, uint64_t word)
{
    return length_of_word(m, word);
}

struct form *decode_word(const struct model *m, uint64_t word)
{
    const struct dtree *t = tree_of(m);
    unsigned length = length_of_word(m, word);
    if (length < 64)
        word &= (UINT64_C(1) << length) - 1;
    for (size_t i = dtree_find(t, word, length); t->leaves.at[i].form; i++) {
        const struct form *f = t->leaves.at[i].form;
        if (place_matches(m, f, place_of(m, word)))
            return m->forms.at[f->index];
        if (!t->leaves.at[i].more)
            break;
    }
    return NULL;
}

struct form *disas_word(const struct model *m, uint64_t word, uint64_t pc, bool aliases,
                        struct text *out)
{
    struct form *f = decode_word(m, word);
    const piece_vec *pieces = f ? text_pieces(m, f) : NULL;
    for (size_t i = 0; f && aliases && i < m->aliases.len; i++) {
        const struct alias *a = m->aliases.at[i];
        if (a->insn == f->insn && alias_fits(m, a, f, word)) {
            pieces = alias_pieces(m, a, f);
            break;
        }
    }
    if (f)
        text_print(m, f, pieces, word, pc, out);
    return f;
}

/* ---- assembling ---- */

struct candidates {
    const struct model *m;
    const char *text;
    uint64_t pc;
    bool found;
    uint64_t word;
    struct form *form, *other; /* other: one of another instruction that fits too */
    const struct form *taken;
    const char *farthest, *range;
    bool complete;
};

static bool accept(struct match *s, uint64_t word)
{
    const struct form *f = decode_word(s->m, word);
    if (f && f != s->f)
        s->taken = f;
    return f == s->f && (!s->alias || alias_fits(s->m, s->alias, s->f, word));
}

static void try_form(struct candidates *c, struct form *f, const struct alias *alias)
{
    struct match s = {.m = c->m,
                      .f = f,
                      .alias = alias,
                      .pc = c->pc,
                      .text = c->text,
                      .accept = accept};
    match_text(&s, alias ? alias_pieces(c->m, alias, f) : text_pieces(c->m, f));
    if (s.farthest > c->farthest)
        c->farthest = s.farthest;
    if (s.taken)
        c->taken = s.taken;
    if (s.range && s.range >= c->farthest)
        c->range = s.range;
    c->complete = c->complete || s.complete;
    if (!s.found)
        return;
    if (c->found && c->form->insn != f->insn)
        c->other = c->word < s.word ? f : c->form;
    if (!c->found || s.word < c->word) {
        c->word = s.word;
        c->form = f;
    }
    c->found = true;
}

static void assemble(struct candidates *c)
{
    while (*c->text == ' ' || *c->text == '\t')
        c->text++;
    c->farthest = c->text;
    for (size_t i = 0; i < c->m->forms.len; i++)
        try_form(c, c->m->forms.at[i], NULL);
    for (size_t i = 0; !c->found && i < c->m->aliases.len; i++) {
        const struct alias *a = c->m->aliases.at[i];
        for (size_t j = 0; a->insn && j < a->insn->forms.len; j++)
            try_form(c, a->insn->forms.at[j], a);
    }
}

bool asm_line(const struct model *m, const char *text, uint64_t pc, uint64_t *word,
              unsigned *bits, struct form **form, const char **why)
{
    struct candidates c = {.m = m, .text = text, .pc = pc};
    assemble(&c);
    if (c.found) {
        *word = c.word;
        if (bits)
            *bits = c.form->bits;
        if (form)
            *form = c.form;
        return true;
    }
    if (why && c.complete && c.taken)
        *why = internf("this encoding is '%s'", c.taken->insn->name);
    else if (why && c.complete)
        *why = "no encoding has these operands";
    else if (why && c.farthest == c.text)
        *why = "no instruction begins like this";
    else if (why && c.range == c.farthest)
        *why = internf("'%.*s' is out of range", (int)strcspn(c.range, " ,)]"), c.range);
    else if (why && !*c.farthest)
        *why = "an instruction would go on here";
    else if (why)
        *why = internf("no instruction goes on with '%s'", c.farthest);
    return false;
}

/* ---- checks ---- */

static uint64_t random_word(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A word of F: the lowest, one with all bits set, then random ones. False if none was
 * found. */
static bool sample(const struct model *m, const struct form *f, unsigned n,
                   uint64_t *state, uint64_t *word)
{
    uint64_t open = 0;
    for (size_t i = 0; i < f->fields.len; i++)
        open |= field_mask(&f->fields.at[i]);
    open &= ~(f->mask | f->should_mask | f->ignored_mask);
    for (unsigned attempt = 0; attempt < 40; attempt++) {
        uint64_t bits = n == 0 && !attempt   ? 0
                        : n == 1 && !attempt ? ~UINT64_C(0)
                                             : random_word(state);
        *word = f->value | f->should_value | (bits & open);
        if (decode_word(m, *word) == f)
            return true;
    }
    return false;
}

/* One message per form: false after it. */
static bool check_round_trip(const struct model *m, struct form *f, uint64_t word)
{
    enum { PC = 0x100000 };
    struct text text = {0}, again = {0};
    struct candidates c = {.m = m, .pc = PC};
    int digits = (int)f->bits / 4;
    disas_word(m, word, PC, false, &text);
    c.text = text.at;
    assemble(&c);
    if (!c.found) {
        diag(CHECK_NOT_INVERTIBLE, f->insn->loc,
             "0x%0*llx is '%s', which doesn't assemble", digits, (unsigned long long)word,
             text.at);
        diag_help(
            "expressions must be linear in one operand, or say 'encode OPERAND = E;'");
        return false;
    }
    if (c.other) {
        const struct form *o = c.other->insn == f->insn ? c.form : c.other;
        diag(CHECK_AMBIGUOUS_ASSEMBLY, f->insn->loc, "'%s' is text of '%s' and of '%s'",
             text.at, f->name, o->name);
        diag_note(o->insn->loc, "'%s' is here", o->name);
        return false;
    }
    disas_word(m, c.word, PC, false, &again);
    if (!strcmp(text.at, again.at))
        return true;
    diag(CHECK_NOT_INVERTIBLE, f->insn->loc,
         "0x%0*llx is '%s', which assembles to 0x%0*llx, '%s'", digits,
         (unsigned long long)word, text.at, digits, (unsigned long long)c.word, again.at);
    return false;
}

static bool has_encode(const struct form *f, const char *field)
{
    for (size_t i = 0; i < f->insn->encodes.len; i++)
        if (f->insn->encodes.at[i]->name == field)
            return true;
    return false;
}

static bool is_equated(const struct form *f, unsigned field)
{
    for (size_t i = 0; i < f->preds.len; i++)
        if (f->preds.at[i].kind == PRED_EQ_FIELD &&
            (f->preds.at[i].field == field || f->preds.at[i].other == field))
            return true;
    return false;
}

/* The word bits of FIELD that nothing fixes. */
static uint64_t open_bits(const struct form *f, const struct field *field)
{
    return field_mask(field) & ~(f->mask | f->should_mask | f->ignored_mask);
}

/* A field of an operand class whose alternative splits it into fields of its own. */
static bool is_split(const struct form *f, const struct field *field)
{
    uint64_t open = open_bits(f, field), all = open;
    for (unsigned i = 0; i < f->fields.len && !field->alt; i++)
        if (f->fields.at[i].alt)
            open &= ~field_mask(&f->fields.at[i]);
    return all && !open;
}

static bool overlaid(const struct form *f, const piece_vec *pieces,
                     const struct field *field)
{
    uint64_t open = open_bits(f, field);
    for (unsigned i = 0; i < f->fields.len; i++)
        if (text_mentions(f, pieces, i))
            open &= ~field_mask(&f->fields.at[i]);
    return !open;
}

/* Every bit that is left open must show in the text. */
static bool check_shown(const struct model *m, struct form *f)
{
    const piece_vec *pieces = text_pieces(m, f);
    for (unsigned i = 0; i < f->fields.len; i++) {
        const struct field *field = &f->fields.at[i];
        if (overlaid(f, pieces, field) || is_split(f, field) || is_equated(f, i) ||
            has_encode(f, field->name))
            continue;
        diag(CHECK_NOT_INVERTIBLE, f->insn->loc, "the text of '%s' doesn't show '%s'",
             f->name, field->name);
        diag_help("print {%s}, constrain it, or make it a field that is ignored",
                  field->name);
        return false;
    }
    return true;
}

static bool hides(const struct model *m, const struct alias *first,
                  const struct alias *second, const struct form *f)
{
    uint64_t mask1 = f->mask, value1 = f->value, mask2 = f->mask, value2 = f->value;
    if (first->when || !alias_fix(m, first, f, &mask1, &value1))
        return false;
    alias_fix(m, second, f, &mask2, &value2);
    return !(mask1 & ~mask2) && !((value1 ^ value2) & mask1);
}

/* Does a constraint of A say that FIELD is what another field is? */
static bool equates(const struct alias *a, const struct field *field)
{
    for (size_t i = 0; a->constraints && i < a->constraints->kids.len; i++) {
        const struct node *c = a->constraints->kids.at[i];
        if (kid(c, 0)->name == field->name || kid(c, 1)->name == field->name)
            return true;
    }
    return false;
}

/* The text and `when` of A as an alias of F; what the constraints leave open must show.
 */
static bool check_alias(const struct model *m, const struct alias *a, struct form *f)
{
    unsigned errors = diag_errors();
    uint64_t mask = 0, value = 0;
    const piece_vec *pieces = alias_pieces(m, a, f);
    if (a->when)
        sem_decode_expr((struct model *)m, f, a->when);
    alias_fix(m, a, f, &mask, &value);
    for (unsigned i = 0; diag_errors() == errors && i < f->fields.len; i++) {
        const struct field *field = &f->fields.at[i];
        if (!(open_bits(f, field) & ~mask) || overlaid(f, pieces, field) ||
            is_split(f, field) || is_equated(f, i) || equates(a, field))
            continue;
        diag(CHECK_NOT_INVERTIBLE, a->loc, "alias '%s' doesn't show '%s' of '%s'",
             a->text, field->name, f->name);
        diag_help("print {%s}, or constrain it: {%s=0}", field->name, field->name);
    }
    return diag_errors() == errors;
}

static void check_alias_texts(const struct model *m)
{
    for (size_t i = 0; i < m->aliases.len; i++) {
        const struct alias *a = m->aliases.at[i];
        bool good = a->insn != NULL;
        for (size_t j = 0; good && j < a->insn->forms.len; j++)
            if (alias_applies(m, a, a->insn->forms.at[j]))
                good = check_alias(m, a, a->insn->forms.at[j]);
    }
}

static void check_aliases(const struct model *m)
{
    for (size_t i = 0; i < m->aliases.len; i++)
        for (size_t j = 0; j < i; j++) {
            const struct alias *a = m->aliases.at[i], *b = m->aliases.at[j];
            if (!a->insn || a->insn != b->insn || !a->insn->forms.len ||
                !hides(m, b, a, a->insn->forms.at[0]))
                continue;
            diag(CHECK_SHADOWED_ALIAS, a->loc, "alias '%s' is never printed", a->text);
            diag_note(b->loc, "'%s' fits all its words and stands before it", b->text);
            diag_help("put the more special alias first");
            break;
        }
}

void asm_check(const struct model *m)
{
    enum { SAMPLES = 6 };
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
    unsigned errors = diag_errors();
    for (size_t i = 0; i < m->forms.len; i++)
        text_pieces(m, m->forms.at[i]); /* its own errors first */
    if (diag_errors() != errors)
        return;
    const struct insn *last = NULL; /* with a message */
    for (size_t i = 0; i < m->forms.len; i++) {
        struct form *f = m->forms.at[i];
        bool good = f->insn != last && check_shown(m, f);
        for (unsigned n = 0; good && n < SAMPLES; n++) {
            uint64_t word;
            if (sample(m, f, n, &state, &word))
                good = check_round_trip(m, f, word);
        }
        if (!good)
            last = f->insn;
    }
    check_alias_texts(m);
    check_aliases(m);
}
