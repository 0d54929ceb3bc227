/* resolve.c - from the tree to the model: the pipeline, extensions, the isa block; see
 * model.h */
#include "resolve.h"

#include "diag.h"

#include <stdlib.h>
#include <string.h>

/* The isa block. */
static bool int_item(const struct node *item, const char *what, u128 *out)
{
    if (item && item->kind == N_INT) {
        *out = item->value;
        return true;
    }
    if (item) {
        diag(CHECK_CLAUSE, item->loc, "%s is a number", what);
        diag_help("for example: word 32;");
    }
    return false;
}

/* The place of the target's clause NAME; nowhere for command lines. */
static struct loc clause_at(const struct node *target, const char *name)
{
    for (size_t i = 0; target && i < target->kids.len; i++)
        if (target->kids.at[i]->name && !strcmp(target->kids.at[i]->name, name))
            return target->kids.at[i]->loc;
    return (struct loc){0};
}

static void isa_word(struct resolver *r, const struct node *c)
{
    struct model *m = r->m;
    for (size_t i = 1; i < c->kids.len; i++) {
        const struct node *item = c->kids.at[i];
        u128 w;
        if ((item->kind == N_IDENT && item->name == intern(",")) ||
            !int_item(item, "word", &w))
            continue;
        if (w != 32 && w != 64) {
            diag(CHECK_BOUND, item->loc, "word is 32 or 64");
            diag_help("addresses of 16 bits are zero-extended to a word of 32");
            w = 32;
        }
        if (m->word == 0 && (!r->config->word || r->config->word == w))
            m->word = (unsigned)w;
        vec_push(&m->words, (unsigned)w);
    }
    if (!m->word && m->words.len) {
        diag(CHECK_CLAUSE, clause_at(r->config->target, "word"),
             "isa '%s' has no word of %u bits", m->name, r->config->word);
        diag_note(c->loc, "the widths that exist stand here");
    }
}

static void isa_fetch(struct resolver *r, const struct node *c)
{
    struct model *m = r->m;
    u128 bits;
    if (!int_item(kid(c, 1), "the fetch unit", &bits))
        return;
    if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
        diag(CHECK_BOUND, kid(c, 1)->loc, "the fetch unit is 8, 16, 32 or 64 bits");
        return;
    }
    m->fetch_bits = (unsigned)bits;
    for (size_t i = 2; i < c->kids.len; i++) {
        const struct node *item = c->kids.at[i];
        const char *name = item->kind == N_IDENT ? item->name : "";
        if (!strcmp(name, "low") || !strcmp(name, "high")) {
            m->first_low = name[0] == 'l';
        } else if (strcmp(name, "first")) {
            diag(CHECK_CLAUSE, item->loc,
                 "after the fetch unit's bits can stand 'first low' or "
                 "'first high'");
            return;
        }
    }
}

static void isa_endian(struct resolver *r, const struct node *c)
{
    struct model *m = r->m;
    int chosen = -1;
    for (size_t i = 1; i < c->kids.len; i++) {
        const struct node *item = c->kids.at[i];
        const char *name = item->kind == N_IDENT ? item->name : "";
        if (!strcmp(name, ","))
            continue;
        if (strcmp(name, "big") && strcmp(name, "little")) {
            diag(CHECK_CLAUSE, item->loc, "a byte order is 'big' or 'little'");
            name = "little";
        }
        int big = name[0] == 'b';
        vec_push(&m->endians, big);
        if (chosen < 0 && (r->config->big < 0 || r->config->big == big))
            chosen = big;
    }
    if (chosen < 0 && m->endians.len) {
        diag(CHECK_CLAUSE, clause_at(r->config->target, "endian"),
             "isa '%s' has no %s byte order", m->name, r->config->big ? "big" : "little");
        diag_note(c->loc, "the byte orders that exist stand here");
    }
    m->big = m->fetch_big = chosen == 1;
}

static void isa_clause(struct resolver *r, const struct node *c)
{
    static const char *const known[] = {"word", "fetch", "endian", "delay_slots"};
    const char *name = c->name ? c->name : "";
    u128 n = 0;
    if (!strcmp(name, "word")) {
        isa_word(r, c);
    } else if (!strcmp(name, "fetch")) {
        isa_fetch(r, c);
    } else if (!strcmp(name, "endian")) {
        isa_endian(r, c);
    } else if (!strcmp(name, "delay_slots")) {
        if (int_item(kid(c, 1), "delay_slots", &n) && n > 1)
            diag(CHECK_BOUND, kid(c, 1)->loc, "there can be 0 or 1 delay slots");
        else
            r->m->delay_slots = (unsigned)n;
    } else if (strcmp(name, "error")) {
        diag(CHECK_CLAUSE, c->loc, "an isa block has no clause '%s'", name);
        const char *hit = closest(name, known, 4);
        if (hit)
            diag_help("did you mean '%s'?", hit);
        else
            diag_help("there are word, fetch, endian and delay_slots");
    }
}

static void need_isa(struct resolver *r, const struct node *tree)
{
    struct loc loc = tree->loc;
    diag(CHECK_CLAUSE, loc, "there is no isa block");
    diag_help("write: isa NAME { word 32; fetch 32; endian little; }");
    r->m->word = r->config->word ? r->config->word : 32;
    r->m->fetch_bits = 32;
    r->m->name = intern("isa");
}

static void isa_defaults(struct resolver *r, const struct node *isa)
{
    struct model *m = r->m;
    if (!m->word)
        m->word = r->config->word ? r->config->word : 32;
    if (!m->fetch_bits)
        m->fetch_bits = 32;
    if (!m->words.len) {
        diag(CHECK_CLAUSE, isa->loc, "isa '%s' doesn't say how wide an address is",
             m->name);
        diag_help("add: word 32;");
        vec_push(&m->words, m->word);
    }
    if (!m->endians.len) {
        diag(CHECK_CLAUSE, isa->loc, "isa '%s' doesn't say its byte order", m->name);
        diag_help("add: endian little;");
        vec_push(&m->endians, 0);
    }
}

static void find_isa(struct resolver *r, const struct node *n, const struct node **isa)
{
    if (!n)
        return;
    if (n->kind == N_ISA && *isa) {
        diag(CHECK_DUPLICATE_NAME, n->loc, "there are two isa blocks");
        diag_note((*isa)->loc, "the first stands here");
    } else if (n->kind == N_ISA) {
        *isa = n;
    } else if (n->kind == N_FILE_ || n->kind == N_INCLUDE || n->kind == N_EXTENSION ||
               n->kind == N_LIST) {
        for (size_t i = 0; i < n->kids.len; i++)
            find_isa(r, n->kids.at[i], isa);
    }
}

static void resolve_block(struct resolver *r, const struct node *tree)
{
    const struct node *isa = NULL;
    find_isa(r, tree, &isa);
    if (!isa) {
        need_isa(r, tree);
        return;
    }
    r->m->name = isa->name;
    r->m->loc = isa->loc;
    for (size_t i = 0; i < isa->kids.len; i++)
        isa_clause(r, isa->kids.at[i]);
    isa_defaults(r, isa);
}

static bool length_range(const struct resolver *r, const struct node *e)
{
    const struct node *high = kid(e, 1), *low = e->kind == N_SLICE ? kid(e, 2) : high;
    if (high->kind == N_INT && low->kind == N_INT && low->value <= high->value &&
        high->value < r->m->fetch_bits)
        return true;
    diag(CHECK_BOUND, e->loc, "the first unit has bits %u to 0", r->m->fetch_bits - 1);
    diag_help("write the higher bit first, as numbers: w[1:0]");
    return false;
}

/* Length rules are simple: bits of the first unit `w`, numbers, comparisons. */
static bool length_expr(const struct resolver *r, const struct node *e)
{
    static const char *const operators[] = {"==", "!=", "&&",  "||", "&",
                                            "|",  "<u", "<=u", ">u", ">=u"};
    switch (e->kind) {
    case N_INT:
        return true;
    case N_IDENT:
        if (!strcmp(e->name, "w"))
            return true;
        break;
    case N_UNARY:
        if (e->name[0] == '!')
            return length_expr(r, kid(e, 0));
        break;
    case N_INDEX:
    case N_SLICE:
        return length_expr(r, kid(e, 0)) && length_range(r, e);
    case N_BINARY:
        for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
            if (!strcmp(e->name, operators[i]))
                return length_expr(r, kid(e, 0)) && length_expr(r, kid(e, 1));
        break;
    default:
        break;
    }
    diag(CHECK_NONDECODE_INDEX, e->loc, "a length rule can't use this");
    diag_help(
        "it may compare numbers and bits of the first unit: w[1:0] == 3 && w[4:2] != 7");
    return false;
}

static void resolve_length(struct resolver *r, const struct node *n)
{
    for (size_t i = 0; i < n->kids.len; i++) {
        const struct node *rule = n->kids.at[i];
        u128 bits = rule->value;
        if (bits == 0 || bits > 64 || bits % r->m->fetch_bits) {
            diag(CHECK_BOUND, rule->loc,
                 "a length of %u bits is not a multiple of the fetch unit "
                 "(%u bits) up to 64",
                 (unsigned)bits, r->m->fetch_bits);
            continue;
        }
        struct length_rule l = {kid(rule, 0), (unsigned)bits};
        if (l.when && !length_expr(r, l.when)) {
            r->bad_lengths = true;
            l.when = node_new(N_INT, rule->loc, NULL, 0);
        }
        vec_push(&r->m->lengths, l);
        if (!l.when && i + 1 < n->kids.len) {
            diag(CHECK_UNREACHABLE, n->kids.at[i + 1]->loc, "this rule is never tried");
            diag_note(rule->loc, "'otherwise' takes all the rest");
        }
    }
}

static void resolve_lengths(struct resolver *r)
{
    const struct node *first = NULL;
    for (size_t i = 0; i < r->decls.len; i++) {
        const struct decl *d = &r->decls.at[i];
        if (!d->active || d->node->kind != N_LENGTH)
            continue;
        if (first) {
            diag(CHECK_DUPLICATE_NAME, d->node->loc, "there are two length blocks");
            diag_note(first->loc, "the first stands here");
            continue;
        }
        first = d->node;
        resolve_length(r, first);
    }
}

/* What only .target and .abi files hold. */
static void reject_targets(struct resolver *r)
{
    for (size_t i = 0; i < r->decls.len; i++) {
        const struct node *n = r->decls.at[i].node;
        if (n->kind != N_TARGET && n->kind != N_ABI)
            continue;
        diag(CHECK_WRONG_KIND, n->loc, "a description of an instruction set holds no %s",
             n->kind == N_TARGET ? "target" : "abi");
        diag_help("put it into a file of its own, .target or .abi");
    }
}

struct model *model_build(struct node *tree, const struct config *config)
{
    struct model *m = zalloc(sizeof *m);
    struct resolver *r = zalloc(sizeof *r);
    diag_turn();
    m->config = *config;
    m->target = config->target;
    m->abi = config->abi;
    m->resolver = r;
    m->first_low = true;
    r->m = m;
    r->config = config;
    resolve_block(r, tree);
    resolve_extensions(r, tree);
    struct decl base = {.active = true};
    resolve_contexts(r, tree);
    resolve_flatten(r, tree, &base);
    reject_targets(r);
    resolve_lengths(r);
    resolve_values(r);
    resolve_fenv(r);
    resolve_insns(r);
    return m;
}
