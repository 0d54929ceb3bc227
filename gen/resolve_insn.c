/* resolve_insn.c - formats, instructions, families, aliases, tests and encoding classes.
 */
#include "resolve.h"

#include "diag.h"

#include <stdlib.h>
#include <string.h>

/* What an instruction is written as: a family's parts and a row's. */
struct source_insn {
    struct node *row;         /* N_INSN */
    struct node *ref;         /* N_FORMAT_REF */
    struct node *constraints; /* LIST of LISTs */
    struct node *text;        /* N_STRING or NULL */
    struct node *modifiers;   /* LIST of LISTs */
    const char *provenance;
};

/* `reserved when` and the like at top level, with the fields that it needs. */
struct top_class {
    struct node *node;
    struct mentions fields;
    bool used;
};

static VEC(struct top_class) top_classes;

/* Formats. */
static void resolve_formats(struct resolver *r)
{
    for (size_t i = 0; i < r->decls.len; i++) {
        const struct decl *d = &r->decls.at[i];
        if (d->node->kind != N_FORMAT)
            continue;
        struct format f = {d->node->name, d->node->loc, d->node, false};
        if (!symbol_add(r, SPACE_FORMAT, f.name, f.loc, d) || !d->active)
            continue;
        f.bad = !format_check(r, &f);
        vec_push(&r->formats, f);
    }
}

static const struct format *find_format(struct resolver *r, const struct node *ref)
{
    for (size_t i = 0; i < r->formats.len; i++)
        if (r->formats.at[i].name == ref->name)
            return &r->formats.at[i];
    symbol_unknown(r, SPACE_FORMAT, "format", ref->name, ref->loc);
    return NULL;
}

/* Encoding classes at top level. */
static bool is_field_name(const struct resolver *r, const char *name)
{
    static const char *const built_in[] = {"word", "big", "pc",       "next",  "sext",
                                           "zext", "cat", "rep",      "rotl",  "rotr",
                                           "clz",  "ctz", "popcount", "bswap", "bitrev"};
    bool is_signed;
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
        if (!strcmp(name, built_in[i]))
            return false;
    struct found f = model_name(r->m, name);
    return !f.reg && !f.def && !plain_type(r->m, name, &is_signed);
}

static void needed_fields(const struct resolver *r, const struct node *n,
                          struct mentions *out)
{
    if (!n)
        return;
    if (n->kind == N_IDENT && is_field_name(r, n->name) && !mentioned(out, n->name))
        vec_push(&out->at, n->name);
    for (size_t i = 0; i < n->kids.len; i++)
        needed_fields(r, n->kids.at[i], out);
}

static void collect_classes(struct resolver *r)
{
    top_classes.len = 0;
    for (size_t i = 0; i < r->decls.len; i++) {
        const struct decl *d = &r->decls.at[i];
        if (!d->active || d->node->kind != N_CLASS)
            continue;
        struct top_class c = {.node = d->node};
        needed_fields(r, kid(d->node, 0), &c.fields);
        if (!c.fields.at.len) {
            diag(CHECK_CLAUSE, d->node->loc, "this condition names no field");
            diag_help("at top level it holds for the instructions whose formats have the "
                      "fields "
                      "that it names");
            c.used = true;
        }
        vec_push(&top_classes, c);
    }
}

static bool format_has(const struct format *f, const char *name)
{
    for (size_t list = 0; list < 2; list++) {
        const struct node *items = kid(f->node, list);
        for (size_t i = 0; i < items->kids.len; i++)
            if (items->kids.at[i]->name == name)
                return true;
    }
    return false;
}

static void add_top_classes(struct insn *insn, const struct format *f)
{
    for (size_t i = 0; i < top_classes.len; i++) {
        struct top_class *c = &top_classes.at[i];
        bool all = c->fields.at.len > 0;
        for (size_t j = 0; j < c->fields.at.len; j++)
            all = all && format_has(f, c->fields.at.at[j]);
        c->used = c->used || all;
        if (all)
            vec_push(&insn->classes, c->node);
    }
}

static void report_classes(void)
{
    for (size_t i = 0; i < top_classes.len; i++) {
        const struct top_class *c = &top_classes.at[i];
        if (c->used)
            continue;
        diag(CHECK_UNKNOWN_NAME, c->node->loc, "no instruction's format has '%s'%s",
             c->fields.at.at[0],
             c->fields.at.len > 1 ? " and what else this condition names" : "");
        diag_help("at top level it holds for the instructions whose formats have the "
                  "fields that "
                  "it names");
    }
}

/* Instructions. */
static bool is_body_item(const struct node *n)
{
    return n && (n->kind == N_EXAMPLE || n->kind == N_TEST || n->kind == N_CLASS ||
                 n->kind == N_KIND || n->kind == N_ENCODE);
}

static void body_item(struct insn *insn, struct node *n)
{
    if (n->kind == N_EXAMPLE || n->kind == N_TEST)
        vec_push(&insn->tests, n);
    else if (n->kind == N_CLASS)
        vec_push(&insn->classes, n);
    else if (n->kind == N_KIND)
        vec_push(&insn->kinds, n);
    else
        vec_push(&insn->encodes, n);
}

static void split_body(struct insn *insn)
{
    struct node *body = insn->body;
    if (is_body_item(body))
        body_item(insn, body);
    for (size_t i = 0; body && body->kind == N_BLOCK && i < body->kids.len; i++)
        if (is_body_item(body->kids.at[i]))
            body_item(insn, body->kids.at[i]);
}

static void add_refines(struct insn *insn, const struct node *modifiers)
{
    for (size_t i = 0; modifiers && i < modifiers->kids.len; i++) {
        const struct node *m = modifiers->kids.at[i];
        if (m && m->kind == N_LIST)
            add_refines(insn, m);
        if (!m || m->kind != N_REFINES)
            continue;
        for (size_t j = 0; j < m->kids.len; j++) {
            vec_push(&insn->refines, m->kids.at[j]->name);
            vec_push(&insn->refine_locs, m->kids.at[j]->loc);
        }
    }
}

static bool guards_hold(struct resolver *r, const struct node *modifiers,
                        struct guards *keep)
{
    bool hold = true;
    for (size_t i = 0; modifiers && i < modifiers->kids.len; i++) {
        const struct node *m = modifiers->kids.at[i];
        if (m && m->kind == N_LIST)
            hold = guards_hold(r, m, keep) && hold;
        else if (m && m->kind == N_WHEN)
            hold = guard_holds(r, kid(m, 0), keep) && hold;
    }
    return hold;
}

static void add_insn(struct resolver *r, const struct decl *outer,
                     const struct source_insn *s)
{
    diag_subject(s->row->name, s->provenance);
    struct decl d = *outer;
    struct guards guards = {0};
    for (size_t i = 0; i < d.guards.len; i++)
        vec_push(&guards.at, d.guards.at[i]);
    d.active = d.active && guards_hold(r, s->modifiers, &guards);
    const char *name = s->row->name;
    struct loc loc = s->row->loc;
    if (strchr(name, '{')) {
        diag(CHECK_UNKNOWN_NAME, loc, "a name with '%s', which is no column",
             strchr(name, '{'));
        diag_help("in the names of a family only columns of its 'for' stand in braces");
        return;
    }
    if (!symbol_add(r, SPACE_INSN, name, loc, &d) || !d.active)
        return;
    const struct format *format = find_format(r, s->ref);
    if (!format || format->bad)
        return;
    struct insn *insn = zalloc(sizeof *insn);
    *insn = (struct insn){.name = name,
                          .loc = loc,
                          .provenance = s->provenance,
                          .extension = d.extension,
                          .features = d.features,
                          .text = s->text,
                          .body = kid(s->row, 4)};
    insn->index = (unsigned)r->m->insns.len;
    if (!insn->text) {
        insn->text = node_new(N_STRING, loc, NULL, 0);
        insn->text->text = intern("{name}");
    }
    split_body(insn);
    add_refines(insn, s->modifiers);
    add_top_classes(insn, format);
    forms_build(r, insn, format, s->ref, s->constraints, &guards);
    if (insn->forms.len)
        vec_push(&r->m->insns, insn);
}

static void single_insn(struct resolver *r, const struct decl *d)
{
    struct node *n = d->node;
    struct source_insn s = {.row = n, .ref = kid(n, 0), .text = kid(n, 2)};
    s.constraints = node_new(N_LIST, n->loc, NULL, 1, kid(n, 1));
    s.modifiers = node_new(N_LIST, n->loc, NULL, 1, kid(n, 3));
    add_insn(r, d, &s);
}

/* Families: one turn per combination of column rows. */
struct family {
    struct resolver *r;
    const struct decl *d;
    VEC(const char *) names;
    VEC(struct node *) values;
};

static const char *shown(const struct node *v)
{
    if (v->kind == N_INT)
        return internf("%llu", (unsigned long long)v->value);
    return v->kind == N_STRING ? v->text : v->name ? v->name : "(...)";
}

static const char *provenance(const struct family *f, const struct node *row)
{
    struct text t = {0};
    text_addf(&t, "row %s", row->name);
    for (size_t i = 0; i < f->names.len; i++)
        text_addf(&t, ", %s=%s", f->names.at[i], shown(f->values.at[i]));
    const char *s = intern(t.at);
    free(t.at);
    return s;
}

static struct node *in_row(const struct family *f, struct node *n)
{
    if (!f->names.len || !n)
        return n;
    return node_subst(n, f->names.at, f->values.at, f->names.len);
}

static void family_row(struct family *f, struct node *row)
{
    struct node *n = f->d->node;
    if (row->kind != N_INSN)
        return;
    struct source_insn s = {.provenance = f->names.len ? provenance(f, row) : NULL};
    s.row = in_row(f, row);
    s.ref = in_row(f, kid(n, 0));
    s.constraints =
        node_new(N_LIST, n->loc, NULL, 2, in_row(f, kid(n, 1)), kid(s.row, 1));
    s.text = kid(s.row, 2) ? kid(s.row, 2) : in_row(f, kid(n, 2));
    s.modifiers = node_new(N_LIST, n->loc, NULL, 2, in_row(f, kid(n, 3)), kid(s.row, 3));
    add_insn(f->r, f->d, &s);
}

static void family_turn(struct family *f, size_t table)
{
    struct node *n = f->d->node;
    const struct node *tables = kid(n, 4);
    if (table == tables->kids.len) {
        for (size_t i = 0; i < kid(n, 5)->kids.len; i++)
            family_row(f, kid(n, 5)->kids.at[i]);
        return;
    }
    const struct node *names = kid(tables->kids.at[table], 0);
    const struct node *rows = kid(tables->kids.at[table], 1);
    for (size_t i = 0; i < rows->kids.len; i++) {
        const struct node *row = rows->kids.at[i];
        size_t before = f->names.len;
        diag_subject(NULL, NULL);
        if (row->kids.len != names->kids.len) {
            diag(CHECK_COLUMNS, row->kids.len ? row->kids.at[0]->loc : row->loc,
                 "this line has %zu value%s for %zu column%s", row->kids.len,
                 row->kids.len == 1 ? "" : "s", names->kids.len,
                 names->kids.len == 1 ? "" : "s");
            diag_note(names->loc, "the columns stand here");
            diag_help("an expression with blanks needs parentheses: (word == 64)");
            continue;
        }
        for (size_t j = 0; j < names->kids.len; j++) {
            vec_push(&f->names, names->kids.at[j]->name);
            vec_push(&f->values, row->kids.at[j]);
        }
        family_turn(f, table + 1);
        f->names.len = f->values.len = before;
    }
}

static void check_columns(const struct node *n)
{
    VEC(const struct node *) seen = {0};
    for (size_t i = 0; i < kid(n, 4)->kids.len; i++) {
        const struct node *names = kid(kid(n, 4)->kids.at[i], 0);
        for (size_t j = 0; j < names->kids.len; j++) {
            for (size_t k = 0; k < seen.len; k++) {
                if (seen.at[k]->name != names->kids.at[j]->name)
                    continue;
                diag(CHECK_DUPLICATE_NAME, names->kids.at[j]->loc, "two columns '%s'",
                     names->kids.at[j]->name);
                diag_note(seen.at[k]->loc, "the first stands here");
            }
            vec_push(&seen, names->kids.at[j]);
        }
    }
}

static void family(struct resolver *r, const struct decl *d)
{
    enum { MOST_ROWS = 4096 };
    struct family f = {.r = r, .d = d};
    const struct node *tables = kid(d->node, 4);
    size_t rows = kid(d->node, 5)->kids.len;
    for (size_t i = 0; i < tables->kids.len && rows <= MOST_ROWS; i++)
        rows *= kid(tables->kids.at[i], 1)->kids.len;
    if (rows > MOST_ROWS) {
        diag(CHECK_BOUND, d->node->loc, "more than %d instructions in one family",
             MOST_ROWS);
        diag_help("the lines of all tables multiply");
        return;
    }
    check_columns(d->node);
    family_turn(&f, 0);
}

/* References between instructions. */
static void check_refines(struct resolver *r, struct insn *insn)
{
    size_t keep = 0;
    for (size_t i = 0; i < insn->refines.len; i++) {
        const char *name = insn->refines.at[i];
        const struct symbol *s = symbol_find(r, SPACE_INSN, name);
        if (!s)
            symbol_unknown(r, SPACE_INSN, "instruction", name, insn->refine_locs.at[i]);
        if (s && name == insn->name) {
            diag(CHECK_WRONG_KIND, insn->refine_locs.at[i], "'%s' refines itself", name);
            continue;
        }
        if (!s || !s->active)
            continue;
        insn->refines.at[keep] = name;
        insn->refine_locs.at[keep++] = insn->refine_locs.at[i];
    }
    insn->refines.len = insn->refine_locs.len = keep;
}

static void alias_fields(struct resolver *r, const struct insn *insn,
                         const struct node *constraints)
{
    (void)r;
    for (size_t i = 0; i < constraints->kids.len; i++) {
        const struct node *e = kid(constraints->kids.at[i], 0);
        while (e->kind == N_INDEX || e->kind == N_SLICE)
            e = kid(e, 0);
        const char *name = e->kind == N_IDENT ? e->name : NULL;
        if (e->kind == N_MEMBER && kid(e, 0)->kind == N_IDENT)
            name = internf("%s.%s", kid(e, 0)->name, e->name);
        bool known = false;
        VEC(const char *) names = {0};
        for (size_t j = 0; name && j < insn->forms.len; j++) {
            const struct form *f = insn->forms.at[j];
            for (size_t k = 0; k < f->fields.len; k++) {
                known = known || f->fields.at[k].name == name;
                vec_push(&names, f->fields.at[k].name);
            }
        }
        if (known)
            continue;
        diag(CHECK_UNKNOWN_NAME, e->loc, "'%s' has no field '%s'", insn->name,
             name ? name : "?");
        diag_note(insn->loc, "the instruction stands here");
        const char *hit = name ? closest(name, names.at, names.len) : NULL;
        if (hit)
            diag_help("did you mean '%s'?", hit);
    }
}

static void add_alias(struct resolver *r, const struct decl *d)
{
    struct node *n = d->node, *target = kid(n, 0);
    struct insn *insn = model_name(r->m, target->name).insn;
    const struct symbol *s = symbol_find(r, SPACE_INSN, target->name);
    if (!insn) {
        /* Switched off, or wrong and reported: then so is its alias. */
        if (!s)
            symbol_unknown(r, SPACE_INSN, "instruction", target->name, target->loc);
        return;
    }
    struct alias *a = zalloc(sizeof *a);
    *a = (struct alias){n->loc, n->text, insn, kid(n, 1), kid(n, 2)};
    alias_fields(r, insn, a->constraints);
    vec_push(&r->m->aliases, a);
}

void resolve_insns(struct resolver *r)
{
    resolve_formats(r);
    collect_classes(r);
    for (size_t i = 0; i < r->decls.len; i++) {
        const struct decl *d = &r->decls.at[i];
        if (d->node->kind == N_INSN)
            single_insn(r, d);
        else if (d->node->kind == N_INSNS)
            family(r, d);
    }
    diag_subject(NULL, NULL);
    report_classes();
    for (size_t i = 0; i < r->m->insns.len; i++)
        check_refines(r, r->m->insns.at[i]);
    for (size_t i = 0; i < r->decls.len; i++) {
        const struct decl *d = &r->decls.at[i];
        if (d->active && d->node->kind == N_ALIAS)
            add_alias(r, d);
        else if (d->active && (d->node->kind == N_TEST || d->node->kind == N_EXAMPLE))
            vec_push(&r->m->tests, d->node);
    }
}
