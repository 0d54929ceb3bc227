/* resolve_names.c - names: declared where, meant what, used or not. */
#include "resolve.h"

#include "diag.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const space_what[SPACE_COUNT] = {"", "trap ", "format ",
                                                    "instruction ", "extension "};

const struct symbol *symbol_find(const struct resolver *r, enum space space,
                                 const char *name)
{
    const struct symbol *off = NULL;
    for (size_t i = 0; i < r->symbols.len; i++) {
        const struct symbol *s = &r->symbols.at[i];
        if (s->space != space || s->name != name)
            continue;
        if (s->active)
            return s;
        off = s;
    }
    return off;
}

bool symbol_add(struct resolver *r, enum space space, const char *name, struct loc loc,
                const struct decl *d)
{
    bool active = !d || d->active;
    const struct symbol *old = active ? symbol_find(r, space, name) : NULL;
    if (old && old->active) {
        diag(CHECK_DUPLICATE_NAME, loc, "%s'%s' is declared twice", space_what[space],
             name);
        if (old->loc.file == loc.file && old->loc.line == loc.line &&
            old->loc.column == loc.column)
            diag_help("put a column into the name, so that each line of the table gives "
                      "its own");
        else if (old->loc.file)
            diag_note(old->loc, "it was declared here first");
        else
            diag_help(
                "every description has this one without declaring it; use another name");
        return false;
    }
    struct symbol s = {space, name, loc, active, d ? d->extension : NULL};
    vec_push(&r->symbols, s);
    return true;
}

/* How many letters have to be put in, left out, changed or swapped to make B of A; at
 * most LIMIT. */
static unsigned distance(const char *a, const char *b, unsigned limit)
{
    enum { MOST = 40 };
    size_t la = strlen(a), lb = strlen(b);
    if (la >= MOST || lb >= MOST || (la > lb ? la - lb : lb - la) > limit)
        return limit + 1;
    unsigned d[MOST + 1][MOST + 1];
    for (unsigned i = 0; i <= la; i++) {
        for (unsigned j = 0; j <= lb; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            bool same =
                tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            unsigned best = d[i - 1][j - 1] + !same;
            best = best < d[i - 1][j] + 1 ? best : d[i - 1][j] + 1;
            best = best < d[i][j - 1] + 1 ? best : d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[la][lb];
}

const char *closest(const char *name, const char *const *names, size_t count)
{
    size_t len = strlen(name);
    unsigned best = len <= 2 ? 0 : len <= 5 ? 1 : 2;
    const char *hit = NULL;
    for (size_t i = 0; i < count; i++) {
        unsigned d = distance(name, names[i], best);
        if (d > best || (d == best && hit) || !strcmp(name, names[i]))
            continue;
        hit = names[i];
        best = d;
    }
    return hit;
}

void symbol_unknown(const struct resolver *r, enum space space, const char *what,
                    const char *name, struct loc loc)
{
    const struct symbol *off = symbol_find(r, space, name);
    if (off && off->active)
        return; /* declared, but wrong, which was reported */
    diag(CHECK_UNKNOWN_NAME, loc, "no %s is called '%s'", what, name);
    if (off && off->extension) {
        diag_note(off->loc,
                  "it is declared here, in '%s', which is switched off or whose "
                  "condition doesn't hold",
                  off->extension);
        return;
    }
    VEC(const char *) names = {0};
    for (size_t i = 0; i < r->symbols.len; i++)
        if (r->symbols.at[i].space == space && r->symbols.at[i].active)
            vec_push(&names, r->symbols.at[i].name);
    const char *hit = closest(name, names.at, names.len);
    if (hit)
        diag_help("did you mean '%s'?", hit);
}

void model_unknown(const struct model *m, const char *what, const char *name,
                   struct loc loc, const char *const *extra, size_t extra_count)
{
    const struct resolver *r = m->resolver;
    const struct symbol *s = symbol_find(r, SPACE_VALUE, name);
    struct found f = model_name(m, name);
    if (s && s->active && (f.reg || f.view || f.bank || f.enum_ || f.def || f.class_)) {
        diag(CHECK_WRONG_KIND, loc, "'%s' is no %s", name, what);
        diag_note(s->loc, "it is declared here");
        return;
    }
    if (s) {
        symbol_unknown(r, SPACE_VALUE, what, name, loc);
        return;
    }
    VEC(const char *) names = {0};
    for (size_t i = 0; i < extra_count; i++)
        vec_push(&names, extra[i]);
    for (size_t i = 0; i < r->symbols.len; i++)
        if (r->symbols.at[i].space == SPACE_VALUE && r->symbols.at[i].active)
            vec_push(&names, r->symbols.at[i].name);
    diag(CHECK_UNKNOWN_NAME, loc, "no %s is called '%s'", what, name);
    const char *hit = closest(name, names.at, names.len);
    if (hit)
        diag_help("did you mean '%s'?", hit);
}

bool model_suggest(const struct model *m, const struct form *f, const char *name)
{
    static const char *const built_in[] = {
        "sext",        "zext",  "cat",      "rep",       "rotl",    "rotr",
        "clz",         "ctz",   "popcount", "bswap",     "bitrev",  "min_s",
        "min_u",       "max_s", "max_u",    "add_carry", "unknown", "fence",
        "icache_sync", "next",  "link",     "word",      "clock",
    };
    const struct resolver *r = m->resolver;
    VEC(const char *) names = {0};
    for (size_t i = 0; i < r->symbols.len; i++) {
        const struct symbol *s = &r->symbols.at[i];
        if (s->space != SPACE_VALUE && s->space != SPACE_TRAP)
            continue;
        if (s->active) {
            vec_push(&names, s->name);
        } else if (s->name == name && s->extension) {
            diag_note(s->loc,
                      "it is declared here, in '%s', which is switched off or whose "
                      "condition doesn't hold",
                      s->extension);
            return true;
        }
    }
    for (size_t i = 0; f && i < f->fields.len; i++)
        vec_push(&names, f->fields.at[i].name);
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
        vec_push(&names, built_in[i]);
    const char *hit = closest(name, names.at, names.len);
    if (hit)
        diag_help("did you mean '%s'?", hit);
    return hit != NULL;
}

#define FIND(list, member)                   \
    for (size_t i = 0; i < m->list.len; i++) \
        if (m->list.at[i]->name == name)     \
            found.member = m->list.at[i];

struct found model_name(const struct model *m, const char *name)
{
    struct found found = {0};
    FIND(regs, reg)
    FIND(views, view)
    FIND(banks, bank)
    FIND(enums, enum_)
    FIND(traps, trap)
    FIND(defs, def)
    FIND(classes, class_)
    FIND(insns, insn)
    return found;
}

const struct reg *find_reg(const struct resolver *r, const char *name, struct loc loc)
{
    const struct reg *reg = model_name(r->m, name).reg;
    if (!reg)
        model_unknown(r->m, "register", name, loc, NULL, 0);
    return reg;
}

const struct trap_decl *find_trap(const struct resolver *r, const char *name,
                                  struct loc loc, bool *built_in)
{
    *built_in = name == intern("Illegal");
    const struct trap_decl *trap = model_name(r->m, name).trap;
    if (!trap && !*built_in)
        symbol_unknown(r, SPACE_TRAP, "trap", name, loc);
    return trap;
}

/* Mentions. */
static void mention(struct mentions *set, const char *name)
{
    if (!mentioned(set, name))
        vec_push(&set->at, name);
}

bool mentioned(const struct mentions *set, const char *name)
{
    for (size_t i = 0; i < set->at.len; i++)
        if (set->at.at[i] == name)
            return true;
    return false;
}

void mention_tree(struct mentions *set, const struct node *n)
{
    if (!n || n->kind == N_TEST || n->kind == N_EXAMPLE)
        return;
    if (n->kind == N_IDENT)
        mention(set, n->name);
    if (n->kind == N_MEMBER) {
        const struct node *x = kid(n, 0);
        if (x->kind == N_UNARY)
            x = kid(x, 0);
        if (x->kind == N_IDENT)
            mention(set, internf("%s.%s", x->name, n->name));
    }
    if (n->kind == N_STRING)
        mention_text(set, n->text);
    if (n->kind == N_ENCODE)
        mention(set, n->name);
    for (size_t i = 0; i < n->kids.len; i++)
        mention_tree(set, n->kids.at[i]);
}

/* Every word inside braces; words with dots also by their first part. */
void mention_text(struct mentions *set, const char *text)
{
    int depth = 0;
    for (const char *p = text; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (*p == '{')
            depth++;
        else if (*p == '}')
            depth--;
        else if (depth > 0 && (isalpha((unsigned char)*p) || *p == '_')) {
            size_t first = strspn(
                p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
            size_t len = strspn(
                p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
            mention(set, intern_n(p, first));
            if (len > first)
                mention(set, intern_n(p, len));
            p += len - 1;
        }
    }
}

/* What nothing uses, over the whole tree, extensions on or off. */
struct thing {
    enum check check;
    const char *what, *name;
    struct loc loc;
    bool used;
};
static VEC(struct thing) things;
static struct mentions used_names;

static void walk_declare(const struct node *n)
{
    struct thing t = {.name = n->name, .loc = n->loc};
    if (n->kind == N_DEF || n->kind == N_EXTERN) {
        t.check = CHECK_UNUSED_DEF;
        t.what = n->kind == N_DEF ? "def" : "extern";
        if (n->kind == N_EXTERN && n->text)
            t.name = intern(strrchr(n->text, ' ') ? strrchr(n->text, ' ') + 1 : n->text);
        vec_push(&things, t);
    } else if (n->kind == N_FORMAT) {
        t.check = CHECK_UNUSED_FORMAT;
        t.what = "format";
        vec_push(&things, t);
    }
}

static void walk_use(const struct node *n)
{
    if (n->kind == N_FORMAT_REF)
        mention(&used_names, internf("format %s", n->name));
    if (n->kind == N_CALL && kid(n, 0) && kid(n, 0)->kind == N_IDENT)
        mention(&used_names, kid(n, 0)->name);
    /* A column may name a def. */
    if (n->kind == N_COLUMNS)
        mention_tree(&used_names, n);
}

void unused_walk(struct node *tree)
{
    if (!tree)
        return;
    walk_declare(tree);
    walk_use(tree);
    for (size_t i = 0; i < tree->kids.len; i++)
        unused_walk(tree->kids.at[i]);
}

void unused_report(void)
{
    /* What was left out because it is wrong may have used them. */
    for (size_t i = 0; i < things.len && !diag_errors(); i++) {
        const struct thing *t = &things.at[i];
        bool format = t->check == CHECK_UNUSED_FORMAT;
        const char *key = format ? internf("format %s", t->name) : t->name;
        if (mentioned(&used_names, key))
            continue;
        diag(t->check, t->loc, "nothing %s the %s '%s'", format ? "uses" : "calls",
             t->what, t->name);
        diag_help("take it out, or use it");
    }
    things.len = used_names.at.len = 0;
}
