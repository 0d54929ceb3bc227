/* resolve_decls.c - types, enums, traps, defs, operand classes. */
#include "resolve.h"

#include "diag.h"

#include <stdlib.h>
#include <string.h>

/* Types. */
unsigned plain_type(const struct model *m, const char *name, bool *is_signed)
{
    *is_signed = name[0] == 's';
    if (name == intern("word"))
        return m->word;
    if ((name[0] != 'u' && name[0] != 's') || name[1] < '1' || name[1] > '9' ||
        strlen(name) > 4)
        return 0;
    char *end;
    unsigned long w = strtoul(name + 1, &end, 10);
    return *end || w > 128 ? 0 : (unsigned)w;
}

/* A family's column put a number or a string where a type stands. */
static void no_type(struct loc loc)
{
    diag(CHECK_WRONG_KIND, loc, "here stands a type");
    diag_help("a register file, an enum, u5, s16 ...");
}

unsigned model_type_width(const struct model *m, const char *name, struct loc loc)
{
    if (!name) {
        no_type(loc);
        return 0;
    }
    bool is_signed;
    unsigned w = plain_type(m, name, &is_signed);
    if (w)
        return w;
    struct found f = model_name(m, name);
    if (f.reg)
        return f.reg->width;
    if (f.view)
        return f.view->width;
    if (f.bank)
        return f.bank->width;
    if (f.enum_)
        return f.enum_->code_width;
    if ((name[0] == 'u' || name[0] == 's') && name[1] &&
        strspn(name + 1, "0123456789") == strlen(name + 1)) {
        diag(CHECK_BOUND, loc, "'%s': types have 1 to 128 bits", name);
        return 0;
    }
    model_unknown(m, "type", name, loc, NULL, 0);
    return 0;
}

static unsigned bits_for(unsigned count)
{
    unsigned bits = 1;
    while (bits < 32 && count > 1u << bits)
        bits++;
    return bits;
}

bool resolve_type(const struct resolver *r, struct node *ident, struct type *out)
{
    bool is_signed;
    const char *name = ident->name;
    if (!name) {
        no_type(ident->loc);
        return false;
    }
    struct found f = model_name(r->m, name);
    *out = (struct type){.kind = OP_UINT, .width = plain_type(r->m, name, &is_signed)};
    if (out->width) {
        out->kind = is_signed && name != intern("word") ? OP_SINT : OP_UINT;
        if (out->width <= 64)
            return true;
        diag(CHECK_BOUND, ident->loc, "an operand of %u bits", out->width);
        diag_help("operands have at most 64 bits");
        return false;
    }
    if (f.reg && f.reg->is_file)
        *out =
            (struct type){.kind = OP_REG, .width = bits_for(f.reg->count), .reg = f.reg};
    else if (f.view && f.view->index)
        *out = (struct type){
            .kind = OP_VIEW, .width = bits_for(f.view->count), .view = f.view};
    else if (f.bank)
        *out =
            (struct type){.kind = OP_BANK, .width = f.bank->index_width, .bank = f.bank};
    else if (f.enum_)
        *out = (struct type){
            .kind = OP_ENUM, .width = f.enum_->code_width, .enum_ = f.enum_};
    else if (f.class_)
        *out = (struct type){.kind = OP_CLASS, .class_ = f.class_};
    else if (f.reg || f.view || f.def) {
        diag(CHECK_WRONG_KIND, ident->loc, "'%s' can't be the type of an operand", name);
        diag_note(f.reg    ? f.reg->loc
                  : f.view ? f.view->loc
                           : f.def->loc,
                  "it is declared here");
        diag_help(
            "types are register files, views and banks with an index, enums, operand "
            "classes, uN and sN");
    } else {
        model_unknown(r->m, "type", name, ident->loc, NULL, 0);
    }
    return out->width || out->class_;
}

/* Enums. */
static void add_enum_item(struct enum_ *e, const struct node *n)
{
    if (e->code_width < 128 && n->value >> e->code_width) {
        diag(CHECK_BOUND, n->loc, "this code doesn't fit in the %u bits of enum '%s'",
             e->code_width, e->name);
        return;
    }
    for (size_t i = 0; i < e->items.len; i++) {
        bool code = e->items.at[i].code == n->value;
        if (!code && e->items.at[i].text != n->text)
            continue;
        diag(CHECK_DUPLICATE_NAME, n->loc, "enum '%s' has that %s twice", e->name,
             code ? "code" : "text");
        diag_note(e->items.at[i].loc, "it stands here first");
        return;
    }
    struct enum_item item = {n->value, n->text, kid(n, 0), n->loc};
    vec_push(&e->items, item);
}

static void add_enum(struct resolver *r, const struct decl *d)
{
    const struct node *n = d->node;
    struct enum_ *e = zalloc(sizeof *e);
    *e = (struct enum_){.name = n->name, .loc = n->loc};
    e->code_width = model_type_width(r->m, kid(n, 0)->name, kid(n, 0)->loc);
    if (e->code_width > 16) {
        diag(CHECK_BOUND, kid(n, 0)->loc, "codes of an enum have at most 16 bits");
        return;
    }
    if (!e->code_width)
        return;
    for (size_t i = 0; i < kid(n, 1)->kids.len; i++)
        add_enum_item(e, kid(n, 1)->kids.at[i]);
    if (e->items.len < (size_t)1 << e->code_width) {
        diag(CHECK_ENUM_HOLE, n->loc, "enum '%s' leaves out %zu of %u codes", e->name,
             ((size_t)1 << e->code_width) - e->items.len, 1u << e->code_width);
        diag_help("words with these codes don't match");
    }
    vec_push(&r->m->enums, e);
}

/* Operand classes. */
static void class_params(struct resolver *r, const struct node *list, bool fields,
                         struct operand_class *c)
{
    for (size_t i = 0; i < list->kids.len; i++) {
        const struct node *p = list->kids.at[i];
        unsigned w = p->width;
        if (kid(p, 0))
            w = model_type_width(r->m, kid(p, 0)->name, kid(p, 0)->loc);
        else if (!w)
            diag(CHECK_CLAUSE, p->loc, "'%s' needs a %s", p->name,
                 fields ? "width" : "type");
        if (fields && w > 64)
            diag(CHECK_BOUND, p->loc, "a field has at most 64 bits");
        if (!w || (fields && w > 64))
            continue;
        bool twice = false;
        for (size_t j = 0; j < c->fields.len + c->results.len; j++) {
            const char *old =
                j < c->fields.len ? c->fields.at[j] : c->results.at[j - c->fields.len];
            twice = twice || old == p->name;
        }
        if (twice)
            diag(CHECK_DUPLICATE_NAME, p->loc, "operand class '%s' has '%s' twice",
                 c->name, p->name);
        else if (fields) {
            vec_push(&c->fields, p->name);
            vec_push(&c->field_widths, w);
        } else {
            vec_push(&c->results, p->name);
            vec_push(&c->result_widths, w);
        }
    }
}

static void check_alternatives(const struct operand_class *c)
{
    const struct node *alts = kid(c->decl, 2);
    if (!alts->kids.len)
        diag(CHECK_CLAUSE, c->loc, "operand class '%s' has no alternative", c->name);
    for (size_t i = 0; i < alts->kids.len; i++) {
        for (size_t j = 0; j < i; j++) {
            if (alts->kids.at[i]->name != alts->kids.at[j]->name)
                continue;
            diag(CHECK_DUPLICATE_NAME, alts->kids.at[i]->loc,
                 "operand class '%s' has two alternatives '%s'", c->name,
                 alts->kids.at[i]->name);
            diag_note(alts->kids.at[j]->loc, "the first stands here");
        }
    }
}

static void add_class(struct resolver *r, const struct decl *d)
{
    struct operand_class *c = zalloc(sizeof *c);
    *c = (struct operand_class){
        .name = d->node->name, .loc = d->node->loc, .decl = d->node};
    class_params(r, kid(d->node, 0), true, c);
    class_params(r, kid(d->node, 1), false, c);
    check_alternatives(c);
    vec_push(&r->m->classes, c);
}

/* Traps. */
static void add_trap(struct resolver *r, const struct decl *d)
{
    const struct node *n = d->node;
    struct trap_decl *t = zalloc(sizeof *t);
    *t = (struct trap_decl){.name = n->name, .loc = n->loc, .commits = kid(n, 1)};
    t->index = (unsigned)r->m->traps.len;
    for (size_t i = 0; i < kid(n, 0)->kids.len; i++) {
        const struct node *p = kid(n, 0)->kids.at[i];
        unsigned w = r->m->word;
        if (kid(p, 0))
            w = model_type_width(r->m, kid(p, 0)->name, kid(p, 0)->loc);
        vec_push(&t->params, p->name);
        vec_push(&t->widths, w);
    }
    vec_push(&r->m->traps, t);
}

/* Defs. */
static void def_params(struct resolver *r, const struct node *list, struct def *def)
{
    for (size_t i = 0; i < list->kids.len; i++) {
        const struct node *p = list->kids.at[i];
        if (!kid(p, 0)) {
            diag(CHECK_CLAUSE, p->loc, "parameter '%s' needs a type", p->name);
            diag_help("for example: %s : u32", p->name);
        }
        for (size_t j = 0; j < def->params.len; j++)
            if (def->params.at[j] == p->name)
                diag(CHECK_DUPLICATE_NAME, p->loc, "'%s' has two parameters '%s'",
                     def->name, p->name);
        vec_push(&def->params, p->name);
        unsigned w = r->m->word;
        if (kid(p, 0))
            w = model_type_width(r->m, kid(p, 0)->name, kid(p, 0)->loc);
        vec_push(&def->widths, w);
    }
}

static void add_def(struct resolver *r, const struct decl *d)
{
    const struct node *n = d->node, *results = kid(n, 1);
    struct def *def = zalloc(sizeof *def);
    *def = (struct def){.name = n->name, .loc = n->loc, .body = kid(n, 2)};
    def_params(r, kid(n, 0), def);
    for (size_t i = 0; results && i < results->kids.len; i++)
        vec_push(&def->results, model_type_width(r->m, results->kids.at[i]->name,
                                                 results->kids.at[i]->loc));
    def->results_inferred = !results && def->body->kind != N_BLOCK;
    vec_push(&r->m->defs, def);
}

/* `extern pure u32 name(types)`: the words before the name are effects, then a type. */
static void add_extern(struct resolver *r, const struct decl *d)
{
    static const char *const known[] = {"pure", "reads", "writes", "traps", "volatile"};
    const struct node *n = d->node;
    struct def *def = zalloc(sizeof *def);
    *def = (struct def){.name = d->node->name, .loc = n->loc, .is_extern = true};
    struct text effects = {0};
    text_add(&effects, "");
    bool unknown = false;
    char *words = strdup(n->text), *save = NULL;
    for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        bool is_signed, effect = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            effect = effect || !strcmp(w, known[i]);
        unsigned width = plain_type(r->m, intern(w), &is_signed);
        if (effect)
            text_addf(&effects, "%s%s", effects.len ? " " : "", w);
        else if (width)
            vec_push(&def->results, width);
        else if (intern(w) != def->name) {
            diag(CHECK_CLAUSE, n->loc, "'%s' is no effect and no type", w);
            diag_help("effects are pure, reads, writes, traps and volatile");
            unknown = true;
        }
    }
    free(words);
    def->effects = intern(effects.at);
    free(effects.at);
    if (!def->effects[0] && !unknown) {
        diag(CHECK_CLAUSE, n->loc, "extern '%s' doesn't say its effects", def->name);
        diag_help("write 'pure' if it depends on its arguments only, else reads, writes, "
                  "traps, "
                  "volatile");
    }
    for (size_t i = 0; i < kid(n, 1)->kids.len; i++) {
        const struct node *type = kid(n, 1)->kids.at[i];
        vec_push(&def->params, internf("arg%zu", i));
        vec_push(&def->widths, model_type_width(r->m, type->name, type->loc));
    }
    vec_push(&r->m->defs, def);
}

/* Locals that hide what is declared. */
static void shadow(const struct resolver *r, const char *name, struct loc loc,
                   const char *what)
{
    struct found f = model_name(r->m, name);
    struct loc old = f.reg    ? f.reg->loc
                     : f.view ? f.view->loc
                     : f.bank ? f.bank->loc
                     : f.def  ? f.def->loc
                              : (struct loc){0};
    if (!old.file)
        return;
    diag(CHECK_SHADOWED_NAME, loc, "%s '%s' hides a declaration", what, name);
    diag_note(old, "this one");
    diag_help("give the %s another name", what);
}

static void shadow_walk(const struct resolver *r, const struct node *n)
{
    if (!n)
        return;
    if (n->kind == N_LET)
        for (size_t i = 0; i < kid(n, 0)->kids.len; i++)
            shadow(r, kid(n, 0)->kids.at[i]->name, kid(n, 0)->kids.at[i]->loc, "value");
    if (n->kind == N_FOR)
        shadow(r, n->name, n->loc, "value");
    if (n->kind == N_DEF)
        for (size_t i = 0; i < kid(n, 0)->kids.len; i++)
            shadow(r, kid(n, 0)->kids.at[i]->name, kid(n, 0)->kids.at[i]->loc,
                   "parameter");
    for (size_t i = 0; i < n->kids.len; i++)
        shadow_walk(r, n->kids.at[i]);
}

/* The name of an extern is the last of its words. */
static void name_externs(struct resolver *r)
{
    for (size_t i = 0; i < r->decls.len; i++) {
        struct node *n = r->decls.at[i].node;
        if (n->kind == N_EXTERN && !n->name)
            n->name = intern(strrchr(n->text, ' ') ? strrchr(n->text, ' ') + 1 : n->text);
    }
}

static void each(struct resolver *r, enum node_kind kind, enum space space,
                 void (*add)(struct resolver *, const struct decl *))
{
    for (size_t i = 0; i < r->decls.len; i++) {
        const struct decl *d = &r->decls.at[i];
        if (d->node->kind != kind)
            continue;
        bool fresh = symbol_add(r, space, d->node->name, d->node->loc, d);
        if (d->active && fresh)
            add(r, d);
    }
}

void resolve_values(struct resolver *r)
{
    symbol_add(r, SPACE_TRAP, intern("Illegal"), (struct loc){0}, NULL);
    symbol_add(r, SPACE_TRAP, intern("Memory"), (struct loc){0}, NULL);
    name_externs(r);
    resolve_registers(r);
    each(r, N_ENUM, SPACE_VALUE, add_enum);
    each(r, N_OPERAND, SPACE_VALUE, add_class);
    each(r, N_TRAP_DECL, SPACE_TRAP, add_trap);
    each(r, N_DEF, SPACE_VALUE, add_def);
    each(r, N_EXTERN, SPACE_VALUE, add_extern);
    for (size_t i = 0; i < r->decls.len; i++)
        if (r->decls.at[i].active)
            shadow_walk(r, r->decls.at[i].node);
}
