/* resolve_fenv.c - the floating-point environment and `memory`, by their clauses. */
#include "resolve.h"

#include "diag.h"

#include <stdlib.h>
#include <string.h>

static const char *item_word(const struct node *c, size_t i)
{
    const struct node *item = kid(c, i);
    return item && item->kind == N_IDENT ? item->name : "";
}

static void wrong(const struct node *at, const char *what, const char *help)
{
    diag(CHECK_CLAUSE, at->loc, "%s", what);
    diag_help("%s", help);
}

static int word_index(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(word, words[i]))
            return (int)i;
    return -1;
}

/* The register, field of one, or bits of one that clause C names as E (NULL: it names
 * none). */
static bool place(struct resolver *r, const struct node *c, const struct node *e,
                  struct fenv_place *out)
{
    const struct node *base =
        e && (e->kind == N_MEMBER || e->kind == N_INDEX || e->kind == N_SLICE) ? kid(e, 0)
                                                                               : e;
    if (!base || base->kind != N_IDENT) {
        wrong(e ? e : c, "here stands a register or bits of one", "for example FCSR.RM");
        return false;
    }
    const struct reg *reg = find_reg(r, base->name, base->loc);
    if (!reg)
        return false;
    *out = (struct fenv_place){reg, reg->width - 1, 0};
    if (e->kind == N_MEMBER) {
        VEC(const char *) names = {0};
        for (size_t i = 0; i < reg->fields.len; i++) {
            const struct reg_field *f = &reg->fields.at[i];
            vec_push(&names, f->name);
            if (f->name != e->name)
                continue;
            *out = (struct fenv_place){reg, f->high, f->low};
            return true;
        }
        diag(CHECK_UNKNOWN_NAME, e->loc, "'%s' has no field '%s'", reg->name, e->name);
        diag_note(reg->loc, "it is declared here");
        const char *hit = closest(e->name, names.at, names.len);
        if (hit)
            diag_help("did you mean '%s'?", hit);
        return false;
    }
    if (e != base) {
        u128 high = model_const(r->m, kid(e, 1));
        u128 low = e->kind == N_SLICE ? model_const(r->m, kid(e, 2)) : high;
        if (low > high || high >= reg->width) {
            diag(CHECK_BOUND, e->loc, "'%s' has bits %u..0", reg->name, reg->width - 1);
            return false;
        }
        *out = (struct fenv_place){reg, (unsigned)high, (unsigned)low};
    }
    return true;
}

static const char *const rounding_words[] = {"nearest", "zero", "up", "down", "away"};

static void round_code(struct fenv *f, const struct node *c, bool *seen)
{
    const struct node *code = kid(c, 1);
    int mode = word_index(item_word(c, 2), rounding_words, ROUND_RESERVED);
    if (c->name || !code || code->kind != N_INT || mode < 0) {
        wrong(c, "a rounding mode is a code and a word",
              "for example: 0 nearest; the words are "
              "nearest, zero, up, down, away");
    } else if (code->value >= 16) {
        diag(CHECK_BOUND, code->loc, "rounding codes are 0 to 15");
    } else if (seen[code->value]) {
        diag(CHECK_DUPLICATE_NAME, code->loc, "this code has a rounding mode already");
    } else {
        f->rounding[code->value] = (enum rounding)mode;
        seen[code->value] = true;
    }
}

static void clause_round(struct resolver *r, struct fenv *f, const struct node *c)
{
    place(r, c, kid(c, 1), &f->round);
    const struct node *body = kid(c, 0);
    bool seen[16] = {false}, built_in;
    if (!body) {
        wrong(c, "which codes mean which rounding?", "add { 0 nearest; 1 zero; ... }");
        return;
    }
    for (size_t i = 0; i < body->kids.len; i++) {
        const struct node *line = body->kids.at[i];
        if (line->name && !strcmp(line->name, "otherwise") &&
            !strcmp(item_word(line, 1), "trap"))
            f->round_trap = find_trap(r, item_word(line, 2), line->loc, &built_in);
        else
            round_code(f, line, seen);
    }
}

static void clause_flags(struct resolver *r, struct fenv *f, const struct node *c)
{
    static const char *const words[] = {"inexact", "underflow", "overflow", "divzero",
                                        "invalid"};
    (void)r;
    for (int i = 0; i < FLAG_BITS; i++)
        f->flag_bit[i] = -1;
    int bit = 0;
    for (size_t i = 1; i < c->kids.len; i++) {
        const char *word = item_word(c, i);
        int flag = word_index(word, words, FLAG_BITS);
        if (!strcmp(word, ","))
            continue;
        if (flag < 0 && strcmp(word, "_"))
            wrong(c->kids.at[i], "this is no flag",
                  "flags are inexact, underflow, overflow, divzero, invalid; _ leaves a "
                  "bit out");
        else if (flag >= 0)
            f->flag_bit[flag] = bit;
        bit++;
    }
}

static void clause_accrue(struct resolver *r, struct fenv *f, const struct node *c)
{
    place(r, c, kid(c, 1), &f->accrue);
}

static void clause_cause(struct resolver *r, struct fenv *f, const struct node *c)
{
    place(r, c, kid(c, 1), &f->cause);
}

static void clause_flush(struct resolver *r, struct fenv *f, const struct node *c)
{
    if (place(r, c, kid(c, 1), &f->flush) && f->flush.high != f->flush.low)
        diag(CHECK_BOUND, kid(c, 1)->loc, "flush is one bit");
    f->flush_silent = !strcmp(item_word(c, 2), "silent");
}

static void clause_enable(struct resolver *r, struct fenv *f, const struct node *c)
{
    bool built_in;
    place(r, c, kid(c, 1), &f->enable);
    if (strcmp(item_word(c, 2), "trap") || !kid(c, 3))
        wrong(c, "which trap do enabled flags raise?",
              "enable REGISTER.FIELD trap NAME;");
    else
        f->enable_trap = find_trap(r, item_word(c, 3), kid(c, 3)->loc, &built_in);
}

/* One of the words that a clause allows; its index. */
static int choice(const struct node *c, const char *const *words, size_t count)
{
    int i = word_index(item_word(c, 1), words, count);
    if (i >= 0)
        return i;
    struct text t = {0};
    for (size_t k = 0; k < count; k++)
        text_addf(&t, "%s%s", k ? " or " : "", words[k]);
    diag(CHECK_CLAUSE, kid(c, 1) ? kid(c, 1)->loc : c->loc, "'%s' takes %s", c->name,
         t.at);
    free(t.at);
    return 0;
}

static void clause_nan(struct resolver *r, struct fenv *f, const struct node *c)
{
    static const char *const words[] = {"propagate", "canonical"};
    (void)r;
    f->canonical = choice(c, words, 2) == 1;
}

static void clause_default(struct resolver *r, struct fenv *f, const struct node *c)
{
    for (size_t i = 1; i < c->kids.len; i++) {
        const char *word = item_word(c, i);
        if (!strcmp(word, ","))
            continue;
        bool wide = !strcmp(word, "f64");
        const struct node *value = kid(c, i + 1);
        if ((!wide && strcmp(word, "f32")) || !value || value->kind != N_INT) {
            wrong(c->kids.at[i], "here stand f32 or f64 and a number",
                  "default f32 0x7fc00000, f64 0x7ff8000000000000;");
            return;
        }
        if (!wide && value->value >> 32)
            diag(CHECK_BOUND, value->loc, "the NaN of f32 has 32 bits");
        f->default_nan[wide] = value->value;
        i++;
    }
    (void)r;
}

static void clause_quiet_bit(struct resolver *r, struct fenv *f, const struct node *c)
{
    const struct node *n = kid(c, 1);
    (void)r;
    if (!n || n->kind != N_INT || n->value > 1)
        wrong(c, "quiet_bit is 0 or 1",
              "1: a NaN is quiet if the highest bit of its fraction is 1");
    else
        f->quiet_bit = n->value == 1;
}

static void clause_tiny(struct resolver *r, struct fenv *f, const struct node *c)
{
    static const char *const words[] = {"after_rounding", "before_rounding"};
    (void)r;
    f->tiny_before = choice(c, words, 2) == 1;
}

static void clause_to_int(struct resolver *r, struct fenv *f, const struct node *c)
{
    static const char *const words[] = {"saturate", "fixed"};
    (void)r;
    f->to_int_fixed = choice(c, words, 2) == 1;
    f->to_int_value_max = f->to_int_fixed;
    if (f->to_int_fixed && kid(c, 2) && strcmp(item_word(c, 2), "max_signed"))
        wrong(c, "the fixed result of an invalid conversion is max_signed",
              "to_int fixed max_signed;");
}

static void clause_min_max(struct resolver *r, struct fenv *f, const struct node *c)
{
    static const char *const words[] = {"number"};
    (void)r;
    (void)f;
    choice(c, words, 1);
}

static void clause_fma_invalid(struct resolver *r, struct fenv *f, const struct node *c)
{
    static const char *const words[] = {"always", "never"};
    (void)r;
    f->fma_never = choice(c, words, 2) == 1;
}

static const struct {
    const char *name;
    void (*read)(struct resolver *, struct fenv *, const struct node *);
} clauses[] = {
    {"round", clause_round},     {"flags", clause_flags},
    {"accrue", clause_accrue},   {"cause", clause_cause},
    {"enable", clause_enable},   {"nan", clause_nan},
    {"default", clause_default}, {"quiet_bit", clause_quiet_bit},
    {"tiny", clause_tiny},       {"to_int", clause_to_int},
    {"min_max", clause_min_max}, {"fma_invalid", clause_fma_invalid},
    {"flush", clause_flush},
};
enum { CLAUSES = sizeof clauses / sizeof *clauses };

static void fenv_clause(struct resolver *r, const struct node *c,
                        const struct node **seen)
{
    const char *names[CLAUSES];
    for (size_t i = 0; i < CLAUSES; i++) {
        names[i] = clauses[i].name;
        if (!c->name || strcmp(c->name, clauses[i].name))
            continue;
        if (seen[i]) {
            diag(CHECK_DUPLICATE_NAME, c->loc, "there are two clauses '%s'", c->name);
            diag_note(seen[i]->loc, "the first stands here");
        }
        seen[i] = c;
        clauses[i].read(r, &r->m->fenv, c);
        return;
    }
    if (c->name && !strcmp(c->name, "error"))
        return;
    diag(CHECK_CLAUSE, c->loc, "fenv has no clause '%s'", c->name ? c->name : "");
    const char *hit = c->name ? closest(c->name, names, CLAUSES) : NULL;
    if (hit)
        diag_help("did you mean '%s'?", hit);
}

static void add_fenv(struct resolver *r, const struct node *n)
{
    struct fenv *f = &r->m->fenv;
    const struct node *seen[CLAUSES] = {NULL};
    if (f->declared) {
        diag(CHECK_DUPLICATE_NAME, n->loc, "there are two fenv blocks");
        diag_note(f->loc, "the first stands here");
        return;
    }
    *f = (struct fenv){
        .declared = true, .loc = n->loc, .quiet_bit = true, .canonical = true};
    for (int i = 0; i < 16; i++)
        f->rounding[i] = ROUND_RESERVED;
    for (int i = 0; i < FLAG_BITS; i++)
        f->flag_bit[i] = i;
    f->default_nan[0] = 0x7fc00000;
    f->default_nan[1] = (u128)0x7ff8 << 48;
    for (size_t i = 0; i < n->kids.len; i++)
        fenv_clause(r, n->kids.at[i], seen);
    if (!f->round.reg)
        f->rounding[0] = ROUND_NEAREST;
}

/* memory { unaligned [load|store|atomic] trap T; } */
static void add_memory(struct resolver *r, const struct node *n)
{
    static const char *const kinds[] = {"load", "store", "atomic"};
    for (size_t i = 0; i < n->kids.len; i++) {
        const struct node *c = n->kids.at[i];
        int kind = word_index(item_word(c, 1), kinds, MEMORY_KINDS);
        size_t at = kind >= 0 ? 2 : 1;
        bool built_in;
        if (c->name && !strcmp(c->name, "error"))
            continue;
        if (!c->name || strcmp(c->name, "unaligned") ||
            strcmp(item_word(c, at), "trap") || !kid(c, at + 1)) {
            wrong(c, "memory says what unaligned accesses do",
                  "unaligned trap T; or unaligned load trap T; (load, store, atomic)");
            continue;
        }
        const struct trap_decl *t =
            find_trap(r, item_word(c, at + 1), kid(c, at + 1)->loc, &built_in);
        if (t && t->params.len > 1)
            diag(CHECK_CLAUSE, kid(c, at + 1)->loc,
                 "trap '%s' wants %zu arguments; here there is "
                 "one, the address",
                 t->name, t->params.len);
        for (int k = 0; t && k < MEMORY_KINDS; k++) {
            if (kind >= 0 && kind != k)
                continue;
            if (r->m->unaligned[k]) {
                diag(CHECK_DUPLICATE_NAME, c->loc,
                     "what an unaligned %s does is said twice", kinds[k]);
                diag_help(
                    "'unaligned trap T;' is for loads, stores and atomics together");
                break;
            }
            r->m->unaligned[k] = t;
        }
    }
}

void resolve_fenv(struct resolver *r)
{
    for (size_t i = 0; i < r->decls.len; i++) {
        const struct decl *d = &r->decls.at[i];
        if (!d->active)
            continue;
        if (d->node->kind == N_FENV)
            add_fenv(r, d->node);
        else if (d->node->kind == N_MEMORY)
            add_memory(r, d->node);
    }
}
