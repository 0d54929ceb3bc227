/* resolve_regs.c - contexts, registers, views, banks. */
#include "resolve.h"

#include "diag.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ELEMENTS = 4096 };

static bool fits(u128 v, unsigned width)
{
    return width >= 128 || v >> width == 0;
}

/* Contexts. */
static void add_context(struct resolver *r, const struct node *n)
{
    struct model *m = r->m;
    if (!symbol_add(r, SPACE_VALUE, n->name, n->loc, NULL))
        return;
    struct reg *reg = zalloc(sizeof *reg);
    *reg = (struct reg){.name = n->name, .loc = n->loc, .count = 1, .is_context = true};
    reg->index = (unsigned)m->regs.len;
    reg->width = model_type_width(m, kid(n, 0)->name, kid(n, 0)->loc);
    reg->names = zalloc(sizeof *reg->names);
    reg->names[0] = n->name;
    if (kid(n, 1))
        reg->initial = model_const(m, kid(n, 1));
    if (reg->width > 16) {
        diag(CHECK_BOUND, n->loc, "context '%s' is %u bits wide", n->name, reg->width);
        diag_help("contexts are part of the key of translated code: at most 16 bits");
        return;
    }
    for (size_t i = 0; i < r->config->contexts.len; i++) {
        struct node *c = r->config->contexts.at[i];
        if (kid(c, 0)->name == n->name)
            reg->initial = model_const(m, kid(c, 1));
    }
    if (reg->width && !fits(reg->initial, reg->width)) {
        diag(CHECK_BOUND, kid(n, 1) ? kid(n, 1)->loc : n->loc,
             "the value doesn't fit in the %u bits of context '%s'", reg->width, n->name);
        reg->initial = 0;
    }
    if (reg->width)
        vec_push(&m->regs, reg);
}

static bool extension_on(const struct resolver *r, const char *name)
{
    for (size_t i = 0; i < r->extensions.len; i++)
        if (r->extensions.at[i].name == name)
            return r->extensions.at[i].on;
    return false;
}

void resolve_contexts(struct resolver *r, const struct node *n)
{
    if (!n)
        return;
    if (n->kind == N_CONTEXT)
        add_context(r, n);
    else if (n->kind == N_EXTENSION && extension_on(r, n->name))
        resolve_contexts(r, kid(n, 2));
    else if (n->kind == N_FILE_ || n->kind == N_INCLUDE || n->kind == N_LIST)
        for (size_t i = 0; i < n->kids.len; i++)
            resolve_contexts(r, n->kids.at[i]);
}

/* Policies. */
static void add_policy(struct policy *p, const struct node *item)
{
    struct node *what = kid(item, 0);
    bool read = item->kind == N_READ;
    if (read ? p->read != NULL : p->write || p->drop) {
        diag(CHECK_DUPLICATE_NAME, item->loc, "two '%s' policies",
             read ? "read" : "write");
        diag_note(p->loc, "the first stands here");
        return;
    }
    p->loc = item->loc;
    if (read)
        p->read = what;
    else if (what)
        p->write = what;
    else
        p->drop = true;
}

static struct policy policies(const struct node *list)
{
    struct policy p = {0};
    for (size_t i = 0; list && i < list->kids.len; i++)
        add_policy(&p, list->kids.at[i]);
    return p;
}

/* Registers. */
static unsigned element_count(struct resolver *r, struct node *e, const char *name)
{
    u128 n = model_const(r->m, e);
    if (n >= 1 && n <= MOST_ELEMENTS)
        return (unsigned)n;
    diag(CHECK_BOUND, e->loc, "'%s' can have 1 to %u elements", name, MOST_ELEMENTS);
    return 0;
}

static void reg_names(struct reg *reg, const struct node *names)
{
    if (names->kids.len != reg->count) {
        diag(CHECK_BOUND, names->loc, "'%s' has %u element%s and %zu name%s", reg->name,
             reg->count, reg->count == 1 ? "" : "s", names->kids.len,
             names->kids.len == 1 ? "" : "s");
        diag_help("give one name for each element, element 0 first");
    }
    for (size_t i = 0; i < names->kids.len && i < reg->count; i++) {
        const struct node *n = names->kids.at[i];
        reg->names[i] = n->kind == N_STRING ? n->text : n->name;
        for (size_t j = 0; j < i; j++) {
            if (reg->names[j] != reg->names[i])
                continue;
            diag(CHECK_DUPLICATE_NAME, n->loc, "two elements of '%s' are called '%s'",
                 reg->name, reg->names[i]);
            diag_note(names->kids.at[j]->loc, "element %zu has that name", j);
        }
    }
}

static void reg_field(struct resolver *r, struct reg *reg, const struct node *n)
{
    u128 high = model_const(r->m, kid(n, 0));
    u128 low = kid(n, 1) ? model_const(r->m, kid(n, 1)) : high;
    if (high < low || high >= reg->width) {
        diag(CHECK_BOUND, n->loc, "field '%s' is not within bits %u..0 of '%s'", n->name,
             reg->width - 1, reg->name);
        diag_help("write the higher bit first: [high:low]");
        return;
    }
    for (size_t i = 0; i < reg->fields.len; i++) {
        if (reg->fields.at[i].name == n->name) {
            diag(CHECK_DUPLICATE_NAME, n->loc, "'%s' has two fields '%s'", reg->name,
                 n->name);
            return;
        }
    }
    struct reg_field f = {n->name, (unsigned)high, (unsigned)low};
    vec_push(&reg->fields, f);
}

/* Does an element always read the same and ignore what is written? */
static bool is_hardwired(const struct resolver *r, const struct policy *p, u128 *value)
{
    struct cval v;
    if (!p->drop || !p->read || p->read->kind == N_TRAP ||
        !const_eval(r->m, p->read, NULL, false, &v))
        return false;
    *value = v.v;
    return true;
}

static void reg_at(struct resolver *r, struct reg *reg, const struct node *n)
{
    u128 number = model_const(r->m, kid(n, 0));
    if (number >= reg->count) {
        diag(CHECK_BOUND, kid(n, 0)->loc, "'%s' has no element %u", reg->name,
             (unsigned)number);
        diag_help("its elements are 0 to %u", reg->count - 1);
        return;
    }
    if (!reg->at) {
        reg->at = zalloc(reg->count * sizeof *reg->at);
        reg->has_at = zalloc(reg->count * sizeof *reg->has_at);
    }
    if (reg->has_at[number]) {
        diag(CHECK_DUPLICATE_NAME, n->loc, "element %u of '%s' has two 'at' clauses",
             (unsigned)number, reg->name);
        diag_note(reg->at[number].loc, "the first stands here");
        return;
    }
    struct policy p = policies(kid(n, 1));
    p.loc = n->loc;
    reg->at[number] = p;
    reg->has_at[number] = true;
    u128 value;
    if (!is_hardwired(r, &p, &value))
        return;
    if (!reg->hardwired) {
        reg->hardwired = zalloc(reg->count * sizeof *reg->hardwired);
        reg->hardwired_value = zalloc(reg->count * sizeof *reg->hardwired_value);
    }
    if (!fits(value, reg->width))
        diag(CHECK_BOUND, p.read->loc, "the value doesn't fit in the %u bits of '%s'",
             reg->width, reg->name);
    reg->hardwired[number] = true;
    reg->hardwired_value[number] = value;
}

static void reg_link(struct reg *reg, const struct node *n)
{
    for (size_t i = 0; i < n->kids.len; i++) {
        u128 number = n->kids.at[i]->value;
        if (number < reg->count)
            vec_push(&reg->links, (unsigned)number);
        else
            diag(CHECK_BOUND, n->kids.at[i]->loc, "'%s' has no element %u", reg->name,
                 (unsigned)number);
    }
}

static void reg_item(struct resolver *r, struct reg *reg, const struct node *item)
{
    switch (item->kind) {
    case N_NAMES:
        reg_names(reg, item);
        break;
    case N_AT:
        reg_at(r, reg, item);
        break;
    case N_LINK:
        reg_link(reg, item);
        break;
    case N_INITIAL:
        reg->initial = model_const(r->m, kid(item, 0));
        if (!fits(reg->initial, reg->width)) {
            diag(CHECK_BOUND, kid(item, 0)->loc,
                 "the value doesn't fit in the %u bits of '%s'", reg->width, reg->name);
            reg->initial = 0;
        }
        break;
    case N_REG_FIELD:
        reg_field(r, reg, item);
        break;
    default:
        add_policy(&reg->all, item);
        break;
    }
}

/* Two registers of any file with one name make texts and tests ambiguous. */
static void check_element_names(struct resolver *r, const struct reg *reg)
{
    for (size_t i = 0; i < r->m->regs.len; i++) {
        const struct reg *other = r->m->regs.at[i];
        for (unsigned a = 0; a < reg->count; a++) {
            for (unsigned b = 0; b < other->count; b++) {
                if (reg->names[a] != other->names[b] || reg == other)
                    continue;
                diag(CHECK_DUPLICATE_NAME, reg->loc,
                     "'%s' and '%s' both have a register '%s'", other->name, reg->name,
                     reg->names[a]);
                diag_note(other->loc, "the other is declared here");
                return;
            }
        }
    }
}

static void add_reg(struct resolver *r, const struct decl *d)
{
    const struct node *n = d->node;
    struct reg *reg = zalloc(sizeof *reg);
    *reg = (struct reg){.name = n->name, .loc = n->loc, .count = 1};
    reg->index = (unsigned)r->m->regs.len;
    reg->width = model_type_width(r->m, kid(n, 1)->name, kid(n, 1)->loc);
    reg->is_file = kid(n, 0) != NULL;
    if (reg->is_file)
        reg->count = element_count(r, kid(n, 0), n->name);
    if (!reg->count || !reg->width)
        return;
    reg->names = zalloc(reg->count * sizeof *reg->names);
    for (unsigned i = 0; i < reg->count; i++)
        reg->names[i] = reg->is_file ? internf("%s%u", n->name, i) : n->name;
    for (size_t i = 0; i < kid(n, 2)->kids.len; i++)
        reg_item(r, reg, kid(n, 2)->kids.at[i]);
    check_element_names(r, reg);
    vec_push(&r->m->regs, reg);
}

/* Views. */
static const struct reg *file_named(const struct resolver *r, const struct node *e)
{
    for (size_t i = 0; e && e->kind == N_IDENT && i < r->m->regs.len; i++)
        if (r->m->regs.at[i]->name == e->name && r->m->regs.at[i]->is_file)
            return r->m->regs.at[i];
    return NULL;
}

/* Is E the index variable plus a constant? */
static bool linear_index(const struct resolver *r, struct node *e, const char *index,
                         unsigned *plus)
{
    struct cval v = {0, 0};
    if (e->kind == N_IDENT && e->name == index) {
        *plus = 0;
        return true;
    }
    if (e->kind != N_BINARY || e->name[0] != '+')
        return false;
    for (size_t side = 0; side < 2; side++) {
        struct node *x = kid(e, side), *k = kid(e, 1 - side);
        if (x->kind == N_IDENT && x->name == index &&
            const_eval(r->m, k, NULL, false, &v)) {
            *plus = (unsigned)v.v;
            return true;
        }
    }
    return false;
}

/* A view over a view prints as what that one prints as. */
static bool names_through(const struct resolver *r, struct view *v, struct node *e)
{
    for (size_t i = 0; i < r->m->views.len; i++) {
        const struct view *w = r->m->views.at[i];
        unsigned plus;
        if (kid(e, 0)->kind != N_IDENT || w->name != kid(e, 0)->name || !w->names_of ||
            !linear_index(r, kid(e, 1), v->index, &plus) || plus + v->count > w->count)
            continue;
        v->names_of = w->names_of;
        v->names_from = plus + w->names_from;
        if (e == v->both && w->renames && w->width == v->width) {
            v->renames = w->renames;
            v->renames_from = plus + w->renames_from;
        }
        return true;
    }
    return false;
}

/* The file whose names the elements of a view print as: the first that E reads at n + K.
 */
static void view_names(const struct resolver *r, struct view *v, struct node *e)
{
    if (!e || v->names_of || (e->kind == N_INDEX && names_through(r, v, e)))
        return;
    const struct reg *file = e->kind == N_INDEX ? file_named(r, kid(e, 0)) : NULL;
    unsigned plus;
    if (file && linear_index(r, kid(e, 1), v->index, &plus) &&
        plus + v->count <= file->count) {
        v->names_of = file;
        v->names_from = plus;
        if (e == v->both && file->width == v->width) {
            v->renames = file;
            v->renames_from = plus;
        }
        return;
    }
    for (size_t i = 0; i < e->kids.len; i++)
        view_names(r, v, e->kids.at[i]);
}

static void add_view(struct resolver *r, const struct decl *d)
{
    const struct node *n = d->node;
    struct view *v = zalloc(sizeof *v);
    *v = (struct view){.name = n->name, .loc = n->loc, .index = n->text, .count = 1};
    v->width = model_type_width(r->m, kid(n, 1)->name, kid(n, 1)->loc);
    if (kid(n, 0))
        v->count = element_count(r, kid(n, 0), n->name);
    v->both = kid(n, 2);
    v->policy = policies(kid(n, 3));
    if (!v->both && !v->policy.read) {
        diag(CHECK_CLAUSE, n->loc, "view '%s' doesn't say what reading gives", n->name);
        diag_help("add: read E;");
        return;
    }
    if (!v->width || !v->count)
        return;
    if (v->index)
        view_names(r, v, v->both ? v->both : v->policy.read);
    vec_push(&r->m->views, v);
}

/* Banks. */
static struct policy illegal_policy(struct loc loc)
{
    struct node *none = node_new(N_LIST, loc, NULL, 0);
    struct node *trap = node_new(N_TRAP, loc, intern("Illegal"), 2, none, NULL);
    return (struct policy){.read = trap, .write = trap, .loc = loc};
}

static void bank_entry(struct resolver *r, struct bank *b, const struct node *n)
{
    struct bank_entry e = {
        .number = model_const(r->m, kid(n, 0)), .name = n->name, .loc = n->loc};
    if (!guard_holds(r, kid(n, 2), NULL))
        return;
    if (!fits(e.number, b->index_width)) {
        diag(CHECK_BOUND, kid(n, 0)->loc, "%s has no entry 0x%llx", b->name,
             (unsigned long long)e.number);
        diag_help("its index has %u bits", b->index_width);
        return;
    }
    for (size_t i = 0; i < b->entries.len; i++) {
        const struct bank_entry *old = &b->entries.at[i];
        if (old->number != e.number && (!e.name || old->name != e.name))
            continue;
        diag(CHECK_DUPLICATE_NAME, n->loc, "bank '%s' has two entries %s", b->name,
             old->number == e.number ? "of that number" : "of that name");
        diag_note(old->loc, "the first stands here");
        return;
    }
    e.policy = policies(kid(n, 1));
    vec_push(&b->entries, e);
}

static void add_bank(struct resolver *r, const struct decl *d)
{
    const struct node *n = d->node;
    struct bank *b = zalloc(sizeof *b);
    *b = (struct bank){
        .name = n->name, .loc = n->loc, .otherwise = illegal_policy(n->loc)};
    b->index_width = model_type_width(r->m, kid(n, 0)->name, kid(n, 0)->loc);
    b->width = model_type_width(r->m, kid(n, 1)->name, kid(n, 1)->loc);
    bool otherwise = false;
    for (size_t i = 0; i < kid(n, 2)->kids.len; i++) {
        const struct node *item = kid(n, 2)->kids.at[i];
        if (item->kind == N_AT) {
            bank_entry(r, b, item);
        } else if (otherwise) {
            diag(CHECK_DUPLICATE_NAME, item->loc, "bank '%s' has two 'otherwise' clauses",
                 b->name);
        } else {
            b->otherwise = policies(kid(item, 0));
            otherwise = true;
        }
    }
    if (b->width && b->index_width)
        vec_push(&r->m->banks, b);
}

static void each(struct resolver *r, enum node_kind kind,
                 void (*add)(struct resolver *, const struct decl *))
{
    for (size_t i = 0; i < r->decls.len; i++) {
        const struct decl *d = &r->decls.at[i];
        if (d->node->kind != kind)
            continue;
        bool fresh = symbol_add(r, SPACE_VALUE, d->node->name, d->node->loc, d);
        if (d->active && fresh)
            add(r, d);
    }
}

void resolve_registers(struct resolver *r)
{
    each(r, N_REG, add_reg);
    each(r, N_VIEW, add_view);
    each(r, N_BANK, add_bank);
}
