/* overlap.c - forms that share words, words that name what isn't there; see overlap.h */
#include "overlap.h"

#include "diag.h"
#include "dtree.h"
#include "length.h"
#include "solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool refines(const struct model *m, const struct insn *a, const struct insn *b,
                    unsigned depth)
{
    for (size_t i = 0; i < a->refines.len; i++) {
        if (a->refines.at[i] == b->name)
            return true;
        const struct insn *next = model_name(m, a->refines.at[i]).insn;
        if (next && depth < 16 && refines(m, next, b, depth + 1))
            return true;
    }
    return false;
}

bool insn_refines(const struct model *m, const struct insn *a, const struct insn *b)
{
    return a->refines.len && a != b && refines(m, a, b, 0);
}

static bool share_word(const struct model *m, const struct form *a, const struct form *b,
                       u128 *witness)
{
    if (a->bits != b->bits || (a->mask & b->mask & (a->value ^ b->value)))
        return false;
    struct goal g = {.m = m};
    goal_form(&g, a);
    goal_form(&g, b);
    return goal_solve(&g, witness);
}

/* Is every word of A one of B? */
static bool is_subset(const struct model *m, const struct form *a, const struct form *b)
{
    if (b->mask & ~a->mask)
        return false;
    for (size_t i = 0; i < b->preds.len; i++) {
        struct goal g = {.m = m};
        goal_form(&g, a);
        goal_pred(&g, b, &b->preds.at[i], true);
        if (goal_solve(&g, NULL))
            return false;
    }
    return true;
}

static const char *extensions_of(const struct insn *a, const struct insn *b)
{
    if (!a->extension && !b->extension)
        return "";
    if (!a->extension || !b->extension || a->extension == b->extension)
        return internf(" (with %s)", a->extension ? a->extension : b->extension);
    bool swap = strcmp(a->extension, b->extension) > 0;
    return internf(" (with %s, %s)", (swap ? b : a)->extension,
                   (swap ? a : b)->extension);
}

/* A constraint that would keep B away from A: a field that A fixes and B doesn't. */
static const char *parting_constraint(const struct form *a, const struct form *b)
{
    for (size_t i = 0; i < b->fields.len; i++) {
        const struct field *field = &b->fields.at[i];
        uint64_t mask = field_mask(field);
        if (mask && (mask & a->mask) == mask && !(mask & b->mask))
            return internf("%s != %llu", field->name,
                           (unsigned long long)field_get(field, a->value));
    }
    return NULL;
}

static void suggest(const struct form *a, const struct form *b)
{
    const char *part = parting_constraint(a, b);
    if (part)
        diag_help("require %s in '%s', or say 'refines %s' in '%s'", part, b->insn->name,
                  b->insn->name, a->insn->name);
    else
        diag_help("add a constraint to one of them, or say 'refines %s' in '%s'",
                  b->insn->name, a->insn->name);
}

static void report_same_insn(const struct form *a, const struct form *b, uint64_t word)
{
    diag(CHECK_OVERLAP, a->insn->loc, "two forms of '%s' match 0x%0*llx: '%s' and '%s'",
         a->insn->name, (int)a->bits / 4, (unsigned long long)word, a->name, b->name);
    for (size_t i = 0; i < a->alts.len && i < b->alts.len; i++)
        if (a->alts.at[i].alt != b->alts.at[i].alt) {
            diag_note(a->alts.at[i].alt->loc, "alternative '%s' is here",
                      a->alts.at[i].alt->name);
            diag_note(b->alts.at[i].alt->loc, "alternative '%s' is here",
                      b->alts.at[i].alt->name);
        }
    diag_help("the alternatives of an operand class must not share a word");
}

static void report(const struct model *m, const struct form *a, const struct form *b,
                   uint64_t word)
{
    if (a->insn == b->insn) {
        report_same_insn(a, b, word);
        return;
    }
    diag_subject(a->insn->name, a->insn->provenance);
    bool sub = is_subset(m, a, b), super = is_subset(m, b, a);
    if (super && !sub) { /* the subset first */
        const struct form *t = a;
        a = b;
        b = t;
    }
    const char *ext = extensions_of(a->insn, b->insn);
    if (sub && super)
        diag(CHECK_OVERLAP, a->insn->loc, "'%s' matches the same words as '%s'", a->name,
             b->name);
    else if (sub || super)
        diag(CHECK_IMPLICIT_REFINE, a->insn->loc,
             "every word of '%s' is also one of '%s'", a->name, b->name);
    else
        diag(CHECK_OVERLAP, a->insn->loc, "'%s' overlaps '%s'", a->name, b->name);
    diag_note(b->insn->loc, "'%s' also matches 0x%0*llx%s", b->name, (int)b->bits / 4,
              (unsigned long long)word, ext);
    suggest(a, b);
}

static bool same_loc(struct loc a, struct loc b)
{
    return a.file == b.file && a.line == b.line && a.column == b.column;
}

/* Pairs of places that were reported: one mistake in a family is one message. */
struct reported {
    struct loc a, b;
};
typedef VEC(struct reported) reported_vec;

static bool was_reported(reported_vec *seen, struct loc a, struct loc b)
{
    for (size_t i = 0; i < seen->len; i++)
        if ((same_loc(seen->at[i].a, a) && same_loc(seen->at[i].b, b)) ||
            (same_loc(seen->at[i].a, b) && same_loc(seen->at[i].b, a)))
            return true;
    struct reported r = {a, b};
    vec_push(seen, r);
    return false;
}

static void check_pair(const struct model *m, const struct form *a, const struct form *b,
                       reported_vec *seen)
{
    u128 witness;
    if (!share_word(m, a, b, &witness))
        return;
    if (insn_refines(m, a->insn, b->insn) || insn_refines(m, b->insn, a->insn))
        return;
    /* the later one in the text is reported, the earlier one is the note */
    const struct form *first = a, *second = b;
    if (a->insn->loc.file == b->insn->loc.file && a->insn->loc.line < b->insn->loc.line) {
        first = b;
        second = a;
    }
    if (!was_reported(seen, first->insn->loc, second->insn->loc))
        report(m, first, second, (uint64_t)witness);
}

/* A refinement that never comes to be is a mistake too. */
static void check_refines(const struct model *m, const struct insn *insn)
{
    for (size_t i = 0; i < insn->refines.len; i++) {
        const struct insn *base = model_name(m, insn->refines.at[i]).insn;
        bool meets = !base; /* in an extension that is off: nothing to refine */
        for (size_t a = 0; base && a < insn->forms.len; a++)
            for (size_t b = 0; b < base->forms.len && !meets; b++)
                meets = share_word(m, insn->forms.at[a], base->forms.at[b], NULL);
        if (meets)
            continue;
        diag(CHECK_UNREACHABLE, insn->refine_locs.at[i],
             "'%s' refines '%s', but no word is both", insn->name, base->name);
        diag_note(base->loc, "'%s' is here", base->name);
        diag_help("take 'refines %s' away, or correct the constraints", base->name);
    }
}

/* A word of F that none of those that it refines has; false: there is none. */
static bool beyond_refined(const struct model *m, const struct form *f, u128 *witness)
{
    struct goal g = {.m = m};
    goal_form(&g, f);
    for (size_t i = 0; i < f->insn->refines.len; i++) {
        const struct insn *base = model_name(m, f->insn->refines.at[i]).insn;
        if (!base)
            return false; /* in an extension that is off */
        for (size_t j = 0; j < base->forms.len; j++)
            goal_not(&g, base->forms.at[j]);
    }
    if (!goal_solve(&g, witness))
        return false;
    /* the solver gives up on very many bits: what it says must be so */
    bool outside = place_matches(m, f, *witness);
    for (size_t i = 0; i < g.conditions.len; i++)
        if (g.conditions.at[i].negated &&
            place_matches(m, g.conditions.at[i].form, *witness))
            outside = false;
    return outside;
}

static void check_subset(const struct model *m, const struct insn *insn)
{
    for (size_t i = 0; insn->refines.len && i < insn->forms.len; i++) {
        const struct form *f = insn->forms.at[i];
        u128 witness;
        if (!beyond_refined(m, f, &witness))
            continue;
        diag(CHECK_OVERLAP, insn->refine_locs.at[0],
             "'%s' refines '%s', which doesn't match 0x%0*llx", f->name,
             insn->refines.at[0], (int)f->bits / 4, (unsigned long long)witness);
        diag_help(
            "what refines another instruction is a subset of it: constrain '%s' further",
            insn->name);
        return;
    }
}

static void check_reachable(const struct model *m, const struct form *f)
{
    struct goal g = {.m = m};
    goal_form(&g, f);
    if (!goal_solve(&g, NULL)) {
        diag(CHECK_UNREACHABLE, f->insn->loc, "no word can match '%s'", f->name);
        diag_help("its constraints and 'reserved' clauses contradict one another");
        return;
    }
    const struct insn *by = NULL;
    for (size_t i = 0; i < m->forms.len; i++) {
        const struct form *r = m->forms.at[i];
        if (insn_refines(m, r->insn, f->insn) && share_word(m, r, f, NULL)) {
            goal_not(&g, r);
            by = r->insn;
        }
    }
    if (!by || goal_solve(&g, NULL))
        return;
    diag(CHECK_UNREACHABLE, f->insn->loc, "'%s' is hidden by what refines it", f->name);
    diag_note(by->loc, "'%s' takes its words", by->name);
    diag_help("take the 'refines' away or give '%s' words of its own", f->name);
}

/* ---- elements that aren't there ---- */

/* INDEX, of REG, where F always reads or writes it. */
static void check_index(const struct model *m, const struct form *f,
                        const struct reg *reg, struct sem_expr *index)
{
    if (!index || index->op == SEM_CONST || !deval_known(index) || index->width > 31 ||
        1u << index->width <= reg->count)
        return;
    struct sem_expr *count = zalloc(sizeof *count), *less = zalloc(sizeof *less);
    *count =
        (struct sem_expr){.op = SEM_CONST, .width = index->width, .value = reg->count};
    *less = (struct sem_expr){.op = SEM_LT_U, .width = 1, .kid = {index, count}};
    struct pred in_file = {.kind = PRED_NOT_RESERVED, .expr = less};
    struct goal g = {.m = m};
    u128 word;
    goal_form(&g, f);
    goal_pred(&g, f, &in_file, false);
    if (!goal_solve(&g, &word) || !place_matches(m, f, word) ||
        deval(m, f, less, word, 0))
        return;
    diag(CHECK_BOUND, index->loc, "'%s' has no element %u", reg->name,
         (unsigned)deval(m, f, index, word, 0));
    diag_note(f->insn->loc, "'%s' matches 0x%0*llx", f->name, (int)f->bits / 4,
              (unsigned long long)word);
    diag_help("its elements are 0 to %u", reg->count - 1);
}

/* What stands in an arm of a choice may never come to be: it isn't looked at. */
static void check_indices(const struct model *m, const struct form *f, struct sem_expr *e)
{
    if (!e)
        return;
    if (e->op == SEM_REG)
        check_index(m, f, e->reg, e->kid[0]);
    for (unsigned i = 0; i < (e->op == SEM_COND ? 1 : 4); i++)
        check_indices(m, f, e->kid[i]);
}

static void check_elements(const struct model *m, const struct form *f)
{
    const struct sem_block *body = f->sem->body;
    if (f->sem->hints.len)
        return;
    for (size_t i = 0; body && i < body->stmts.len; i++) {
        const struct sem_stmt *s = body->stmts.at[i];
        if (s->kind == ST_TRAP && (!s->e || deval_known(s->e)))
            return; /* words may end here */
        check_indices(m, f, s->e);
        check_indices(m, f, s->address);
        if (s->kind == ST_WRITE)
            check_index(m, f, s->reg, s->index);
    }
}

void overlap_check(const struct model *m)
{
    reported_vec seen = {0};
    for (size_t i = 0; i < m->forms.len; i++)
        for (size_t j = i + 1; j < m->forms.len; j++)
            check_pair(m, m->forms.at[i], m->forms.at[j], &seen);
    for (size_t i = 0; i < m->insns.len; i++) {
        unsigned errors = diag_errors();
        diag_subject(m->insns.at[i]->name, m->insns.at[i]->provenance);
        check_refines(m, m->insns.at[i]);
        if (diag_errors() == errors)
            check_subset(m, m->insns.at[i]);
    }
    for (size_t i = 0; i < m->forms.len; i++) {
        diag_subject(m->forms.at[i]->insn->name, m->forms.at[i]->insn->provenance);
        check_reachable(m, m->forms.at[i]);
        check_elements(m, m->forms.at[i]);
    }
    diag_subject(NULL, NULL);
}

/* ---- unused encoding space ---- */

struct hole {
    uint64_t mask, value;
    double words;
};

struct unused {
    const struct model *m;
    const struct dtree *t;
    unsigned bits;
    double used;
    VEC(struct hole) holes;
};

/* Words below (mask, value) that the leaf's forms match. */
static double leaf_used(const struct unused *u, unsigned at, uint64_t mask,
                        uint64_t value)
{
    double sum = 0;
    for (size_t i = at; u->t->leaves.at[i].form; i++) {
        struct goal g = {.m = u->m};
        goal_fix(&g, mask, value);
        goal_form(&g, u->t->leaves.at[i].form);
        for (size_t j = at; j < i;
             j++) /* what an earlier one takes isn't counted twice */
            if (insn_refines(u->m, u->t->leaves.at[j].form->insn,
                             u->t->leaves.at[i].form->insn))
                goal_not(&g, u->t->leaves.at[j].form);
        sum += goal_count(&g, u->bits);
        if (!u->t->leaves.at[i].more)
            break;
    }
    return sum;
}

static void walk(struct unused *u, struct dtree_entry e, uint64_t mask, uint64_t value)
{
    if (e.bits) {
        uint64_t window = ((UINT64_C(1) << e.bits) - 1) << e.shift;
        for (uint64_t v = 0; v < UINT64_C(1) << e.bits; v++)
            walk(u, u->t->table.at[e.at + v], mask | window,
                 (value & ~window) | v << e.shift);
        return;
    }
    double all = ldexp(1, (int)u->bits - __builtin_popcountll(mask));
    double used = leaf_used(u, e.at, mask, value);
    u->used += used;
    struct hole h = {mask, value, all * length_share(u->m, u->bits, mask, value)};
    if (used == 0 && h.words > 0)
        vec_push(&u->holes, h);
}

/* Two holes that differ in one bit are one. */
static void merge_holes(struct unused *u)
{
    for (size_t i = 0; i < u->holes.len; i++) {
        for (size_t j = 0; j < u->holes.len; j++) {
            struct hole *a = &u->holes.at[i], *b = &u->holes.at[j];
            uint64_t bit = a->value ^ b->value;
            if (i == j || a->mask != b->mask || !bit || (bit & (bit - 1)))
                continue;
            a->mask &= ~bit;
            a->value &= ~bit;
            a->words += b->words;
            *b = u->holes.at[--u->holes.len];
            i = (size_t)-1; /* from the start: this may make others possible */
            break;
        }
    }
}

static int by_size(const void *a, const void *b)
{
    const struct hole *x = a, *y = b;
    if (x->words != y->words)
        return x->words < y->words ? 1 : -1;
    return (x->value > y->value) - (x->value < y->value);
}

static void pattern(struct text *out, uint64_t mask, uint64_t value, unsigned bits)
{
    for (unsigned i = bits; i-- > 0;)
        text_addf(out, "%c%s", mask >> i & 1 ? (value >> i & 1 ? '1' : '0') : '.',
                  i % 8 == 0 && i ? " " : "");
}

void overlap_unused(const struct model *m, struct text *out)
{
    struct dtree *t = dtree_build(m);
    for (size_t i = 0; i < t->roots.len; i++) {
        struct unused u = {.m = m, .t = t, .bits = t->roots.at[i].bits};
        walk(&u, t->roots.at[i].entry, 0, 0);
        double all = length_share(m, u.bits, 0, 0) * ldexp(1, (int)u.bits);
        text_addf(out, "%u-bit words: %.2f %% of %.0f unused\n", u.bits,
                  100 * (1 - u.used / all), all);
        merge_holes(&u);
        if (u.holes.len)
            qsort(u.holes.at, u.holes.len, sizeof *u.holes.at, by_size);
        for (size_t j = 0; j < u.holes.len && j < 12; j++) {
            text_add(out, "  ");
            pattern(out, u.holes.at[j].mask, u.holes.at[j].value, u.bits);
            text_addf(out, "  %5.2f %%\n", 100 * u.holes.at[j].words / all);
        }
    }
}
