/*
 * sem_access.c - reading and writing what lies over storage: registers with their
 * policies, views, banks, operands, enum values.
 */
#include "sem_int.h"

#include <string.h>

/* --- plain storage */

static bool overlaps(const struct written *w, const struct reg *r,
                     const struct sem_expr *index, unsigned high, unsigned low)
{
    return w->reg == r && w->low <= high && low <= w->high &&
           (!index || sem_same(w->index, index));
}

struct sem_expr *read_raw(struct builder *b, const struct reg *r, struct sem_expr *index,
                          unsigned high, unsigned low, struct loc loc)
{
    for (size_t i = 0; !b->quiet && i < b->flow.written.len; i++) {
        const struct written *w = &b->flow.written.at[i];
        if (overlaps(w, r, index, high, low) &&
            sem_error(CHECK_READ_AFTER_WRITE, loc,
                      "'%s' is read after this body wrote it", r->name)) {
            diag_note(w->loc, "written here");
            diag_help("all writes take effect at the end; name the value: let x = ...;");
        }
    }
    if (r->hardwired && index && is_const(index) && index->value < r->count &&
        r->hardwired[index->value])
        return mk_const(high - low + 1, r->hardwired_value[index->value] >> low, loc);
    struct sem_expr *e = zalloc(sizeof *e);
    *e = (struct sem_expr){.op = r->is_context ? SEM_CONTEXT : SEM_REG,
                           .width = r->width,
                           .bind = r->is_context ? BIND_DECODE : BIND_RUN,
                           .loc = loc,
                           .reg = r,
                           .kid = {index}};
    if (b->decode && !r->is_context) {
        if (sem_error(CHECK_NONDECODE_INDEX, loc,
                      "register '%s' is not known at decode time", r->name))
            diag_help("the number of a register operand is #operand");
        return adapt(b, mk_poison(loc), high - low + 1, "");
    }
    return mk_slice(b, e, high, low, loc);
}

static void write_raw(struct builder *b, const struct reg *r, struct sem_expr *index,
                      unsigned high, unsigned low, struct sem_expr *value, struct loc loc)
{
    if (high >= r->width) {
        if (sem_error(CHECK_BOUND, loc, "'%s' has no bit %u", r->name, high))
            diag_help("its bits are numbered %u to 0", r->width - 1);
        return;
    }
    value = late(b, adapt(b, value, high - low + 1, "the value"));
    if (r->hardwired && index && is_const(index) && r->hardwired[index->value])
        return;
    struct sem_stmt *s = emit(b, PH_WRITE, ST_WRITE, loc);
    s->reg = r;
    s->index = index;
    s->high = high;
    s->low = low;
    s->e = value;
    if (!b->quiet)
        vec_push(&b->flow.written, ((struct written){r, index, high, low, loc}));
    if (!b->flow.committed)
        b->flow.commit_loc = loc;
    b->flow.committed = true;
}

/* An index for COUNT elements; NULL after an error. */
static struct sem_expr *element(struct builder *b, struct sem_expr *index, unsigned count,
                                const char *name)
{
    if (!index || is_poison(index))
        return NULL;
    if (index->bind == BIND_RUN) {
        if (sem_error(CHECK_NONDECODE_INDEX, index->loc,
                      "which element of '%s' is known only at run time", name))
            diag_help("indices depend on encoded fields, contexts and constants only");
        return NULL;
    }
    if (is_const(index) && index->value >= count) {
        if (sem_error(CHECK_BOUND, index->loc, "'%s' has no element %d", name,
                      (int)index->value))
            diag_help("its elements are 0 to %u", count - 1);
        return NULL;
    }
    if (!index->width)
        return adapt(b, index, is_const(index) ? 8 + 8 * (count > 256) : 16, "the index");
    while (index->op == SEM_ZEXT)
        index = index->kid[0];
    return index;
}

/* --- policies */

/* A scope for policies: only raw, value and the index variable are local. */
static struct scope *policy_scope(struct builder *b, const struct reg *r,
                                  struct sem_expr *index, struct loc loc)
{
    struct scope *old = push_scope(b, true);
    if (r) {
        struct local *l = bind(b, intern("raw"), NULL, loc);
        l->raw = r;
        l->raw_index = index;
    }
    return old;
}

bool enter_policy(struct builder *b, struct loc loc)
{
    enum { DEEPEST = 32 };
    if (b->circular)
        return false;
    if (b->depth++ < DEEPEST)
        return true;
    b->circular = true;
    if (sem_error(CHECK_RECURSION, loc, "this reads or writes itself"))
        diag_help("in a policy the storage is called 'raw'; views and banks can't name "
                  "themselves");
    b->depth--;
    return false;
}

/* A view or an entry of a bank that doesn't say what this access does. */
static void no_policy(const struct policy *p, bool write, struct loc loc)
{
    if (!sem_error(CHECK_CLAUSE, loc, "nothing says what %s does here",
                   write ? "writing" : "reading"))
        return;
    if (p->loc.file)
        diag_note(p->loc, "this says only what %s does", write ? "reading" : "writing");
    diag_help(write ? "add: write S; or write drop; or write trap Illegal;"
                    : "add: read E; or read trap Illegal;");
}

/* The value that policy P gives; NULL if it traps instead. */
static struct sem_expr *read_policy(struct builder *b, const struct policy *p,
                                    unsigned width, struct loc loc)
{
    if (p->read && p->read->kind == N_TRAP) {
        trap(b, p->read);
        return kid(p->read, 1) ? mk_const(width, 0, loc) : NULL;
    }
    if (!p->read)
        no_policy(p, false, loc);
    if (!p->read || !enter_policy(b, p->loc))
        return mk_const(width, 0, loc);
    struct sem_expr *e = adapt(b, expr(b, p->read), width, "what is read");
    b->depth--;
    return e;
}

static void write_policy(struct builder *b, const struct policy *p,
                         struct sem_expr *value, struct loc loc)
{
    if (!p->drop && !p->write)
        no_policy(p, true, loc);
    if (p->drop || !p->write || !enter_policy(b, p->loc))
        return;
    bind(b, intern("value"), value, loc);
    stmt(b, p->write);
    b->depth--;
}

static const struct policy *policy_at(const struct reg *r, u128 i)
{
    return r->has_at && r->has_at[i] ? &r->at[i] : &r->all;
}

/* Whether element I needs more than plain storage for reads (or writes). */
static bool special(const struct reg *r, unsigned i, bool write)
{
    if (r->hardwired && r->hardwired[i])
        return false;
    const struct policy *p = policy_at(r, i);
    return write ? p->write || p->drop : p->read != NULL;
}

static struct sem_expr *read_element(struct builder *b, const struct reg *r,
                                     struct sem_expr *index, unsigned i, struct loc loc)
{
    if (!special(r, i, false))
        return read_raw(b, r, index, r->width - 1, 0, loc);
    struct scope *old = policy_scope(b, r, index, loc);
    struct sem_expr *e = read_policy(b, policy_at(r, i), r->width, loc);
    pop_scope(b, old);
    return e;
}

static struct sem_expr *is_element(struct builder *b, struct sem_expr *index, u128 i,
                                   struct loc loc)
{
    if (i > ones(index->width))
        return mk_const(1, 0, loc);
    return mk(b, SEM_EQ, 1, loc, index, mk_const(index->width, i, loc), NULL);
}

/* join - C ? X : Y where either may be NULL (it trapped). */
static struct sem_expr *join(struct builder *b, struct arms *a, struct sem_expr *x,
                             struct sem_expr *y, struct loc loc, bool unlikely)
{
    if (!x || !y)
        return x ? x : y;
    struct sem_expr *e = mk(b, SEM_COND, x->width, loc, a->cond, x, y);
    if (e->op == SEM_COND)
        e->unlikely = unlikely;
    return e;
}

/* The elements of R whose policy differs from the others', from FROM on; r->count if
 * none. */
static unsigned next_special(const struct reg *r, unsigned from, bool write)
{
    while (from < r->count &&
           !(r->has_at && r->has_at[from] &&
             (special(r, from, write) || r->all.read || r->all.write) &&
             !(r->hardwired && r->hardwired[from])))
        from++;
    return from;
}

static struct sem_expr *read_file(struct builder *b, const struct reg *r,
                                  struct sem_expr *index, unsigned from, struct loc loc)
{
    unsigned i = next_special(r, from, false);
    if (i == r->count) {
        if (!r->all.read)
            return read_raw(b, r, index, r->width - 1, 0, loc);
        struct scope *old = policy_scope(b, r, index, loc);
        struct sem_expr *e = read_policy(b, &r->all, r->width, loc);
        pop_scope(b, old);
        return e;
    }
    struct arms a;
    struct sem_expr *x = NULL, *y = NULL;
    arm_begin(b, &a, is_element(b, index, i, loc));
    if (!a.only_else)
        x = read_element(b, r, mk_const(index->width, i, loc), i, loc);
    arm_else(b, &a);
    if (!a.only_then)
        y = read_file(b, r, index, i + 1, loc);
    arm_end(b, &a, loc, true);
    return join(b, &a, x, y, loc, true);
}

struct sem_expr *read_reg(struct builder *b, const struct reg *r, struct sem_expr *index,
                          struct loc loc)
{
    struct sem_expr *e;
    if (!r->is_file) {
        e = read_element(b, r, NULL, 0, loc);
    } else {
        index = element(b, index, r->count, r->name);
        if (!index)
            return adapt(b, mk_poison(loc), r->width, "");
        e = is_const(index) ? read_element(b, r, index, (unsigned)index->value, loc)
                            : read_file(b, r, index, 0, loc);
    }
    return e ? e : mk_const(r->width, 0, loc);
}

/* Writes bits HIGH to LOW of an element with policy P (or none). */
static void write_element(struct builder *b, const struct reg *r, struct sem_expr *index,
                          unsigned i, unsigned high, unsigned low, struct sem_expr *value,
                          struct loc loc)
{
    const struct policy *p = policy_at(r, i);
    if (!special(r, i, true) || p->drop ||
        (high - low + 1 < r->width && uses_raw(p->write))) {
        if (!p->drop || (r->hardwired && r->hardwired[i]))
            write_raw(b, r, index, high, low, value, loc);
        return;
    }
    value = adapt(b, value, high - low + 1, "the value");
    if (high - low + 1 < r->width) { /* the other bits stay */
        struct sem_expr *whole = read_element(b, r, index, i, loc);
        if (!whole) /* reading traps */
            whole = mk_const(r->width, 0, loc);
        if (high + 1 < r->width)
            value = mk(b, SEM_CAT, r->width - low, loc,
                       mk_slice(b, whole, r->width - 1, high + 1, loc), value, NULL);
        if (low)
            value = mk(b, SEM_CAT, r->width, loc, value,
                       mk_slice(b, whole, low - 1, 0, loc), NULL);
    }
    struct scope *old = policy_scope(b, r, index, loc);
    write_policy(b, p, value, loc);
    pop_scope(b, old);
}

static void write_file(struct builder *b, const struct reg *r, struct sem_expr *index,
                       unsigned from, unsigned high, unsigned low, struct sem_expr *value,
                       struct loc loc)
{
    unsigned i = next_special(r, from, true);
    if (i == r->count) {
        for (i = 0; i < r->count && r->has_at && r->has_at[i]; i++)
            ;
        if (i < r->count)
            write_element(b, r, index, i, high, low, value, loc);
        return;
    }
    struct arms a;
    arm_begin(b, &a, is_element(b, index, i, loc));
    if (!a.only_else)
        write_element(b, r, mk_const(index->width, i, loc), i, high, low, value, loc);
    arm_else(b, &a);
    if (!a.only_then)
        write_file(b, r, index, i + 1, high, low, value, loc);
    arm_end(b, &a, loc, true);
}

static void write_reg(struct builder *b, const struct reg *r, struct sem_expr *index,
                      unsigned high, unsigned low, struct sem_expr *value, struct loc loc)
{
    value = adapt(b, value, high - low + 1, "the value");
    if (!r->is_file) {
        write_element(b, r, NULL, 0, high, low, value, loc);
        return;
    }
    index = element(b, index, r->count, r->name);
    if (!index)
        return;
    if (is_const(index))
        write_element(b, r, index, (unsigned)index->value, high, low, value, loc);
    else
        write_file(b, r, index, 0, high, low, force(b, value), loc);
}

/* --- views */

/* The index variable: at least a byte wide, so that n + 8 doesn't wrap. */
static struct scope *view_scope(struct builder *b, const struct view *v,
                                struct sem_expr *index)
{
    struct scope *old = push_scope(b, true);
    if (v->index) {
        unsigned width = v->count > 256 ? 16 : 8;
        if (index->width && index->width < width)
            index = mk_extend(b, SEM_ZEXT, index, width, index->loc);
        bind(b, v->index, index, v->loc);
    }
    return old;
}

static bool view_index(struct builder *b, const struct view *v, struct sem_expr **index)
{
    if (!v->index)
        return true;
    *index = element(b, *index, v->count, v->name);
    return *index != NULL;
}

struct sem_expr *read_view(struct builder *b, const struct view *v,
                           struct sem_expr *index, struct loc loc)
{
    if (!view_index(b, v, &index))
        return adapt(b, mk_poison(loc), v->width, "");
    struct scope *old = view_scope(b, v, index);
    struct sem_expr *e = NULL;
    if (v->both && enter_policy(b, v->loc)) {
        e = adapt(b, expr(b, v->both), v->width, "the view's expression");
        b->depth--;
    } else if (!v->both) {
        e = read_policy(b, &v->policy, v->width, loc);
    }
    pop_scope(b, old);
    return e ? e : mk_const(v->width, 0, loc);
}

static void assign_bits(struct builder *b, struct node *n, bool whole, unsigned high,
                        unsigned low, struct sem_expr *value, struct loc loc);

static void write_view(struct builder *b, const struct view *v, struct sem_expr *index,
                       bool whole, unsigned high, unsigned low, struct sem_expr *value,
                       struct loc loc)
{
    if (whole)
        high = v->width - 1, low = 0;
    if (!view_index(b, v, &index))
        return;
    value = adapt(b, value, high - low + 1, "the value");
    if (!v->both && high - low + 1 < v->width) {
        struct sem_expr *rest = read_view(b, v, index, loc);
        if (high + 1 < v->width)
            value = mk(b, SEM_CAT, v->width - low, loc,
                       mk_slice(b, rest, v->width - 1, high + 1, loc), value, NULL);
        if (low)
            value = mk(b, SEM_CAT, v->width, loc, value,
                       mk_slice(b, rest, low - 1, 0, loc), NULL);
    }
    struct scope *old = view_scope(b, v, index);
    if (v->both && enter_policy(b, v->loc)) {
        assign_bits(b, v->both, false, high, low, value, loc);
        b->depth--;
    } else if (!v->both) {
        write_policy(b, &v->policy, value, loc);
    }
    pop_scope(b, old);
}

/* --- banks */

static struct sem_expr *bank_entry(struct builder *b, const struct bank *k, size_t i,
                                   struct sem_expr *index, struct sem_expr *value,
                                   struct loc loc)
{
    if (i == k->entries.len) {
        struct scope *old = push_scope(b, true);
        struct sem_expr *e = NULL;
        if (value)
            write_policy(b, &k->otherwise, value, loc);
        else
            e = read_policy(b, &k->otherwise, k->width, loc);
        pop_scope(b, old);
        return e;
    }
    const struct bank_entry *entry = &k->entries.at[i];
    struct arms a;
    struct sem_expr *x = NULL, *y = NULL;
    arm_begin(b, &a, is_element(b, index, entry->number, loc));
    if (!a.only_else) {
        struct scope *old = push_scope(b, true);
        if (value)
            write_policy(b, &entry->policy, value, loc);
        else
            x = read_policy(b, &entry->policy, k->width, loc);
        pop_scope(b, old);
    }
    arm_else(b, &a);
    if (!a.only_then)
        y = bank_entry(b, k, i + 1, index, value, loc);
    arm_end(b, &a, loc, false);
    return value ? NULL : join(b, &a, x, y, loc, false);
}

struct sem_expr *read_bank(struct builder *b, const struct bank *k,
                           struct sem_expr *index, struct loc loc)
{
    index = element(b, index, k->index_width < 31 ? 1u << k->index_width : ~0u, k->name);
    struct sem_expr *e = index ? bank_entry(b, k, 0, index, NULL, loc) : NULL;
    return e ? e : mk_const(k->width, 0, loc);
}

static void write_bank(struct builder *b, const struct bank *k, struct sem_expr *index,
                       struct sem_expr *value, struct loc loc)
{
    index = element(b, index, k->index_width < 31 ? 1u << k->index_width : ~0u, k->name);
    if (index)
        bank_entry(b, k, 0, index, force(b, adapt(b, value, k->width, "the value")), loc);
}

/* --- operands */

static struct sem_expr *enum_value(struct builder *b, const struct enum_ *e,
                                   struct sem_expr *code, struct loc loc)
{
    unsigned width = e->code_width;
    struct scope *old = push_scope(b, true);
    expr_list values = {0};
    bool flexible = true;
    for (size_t i = 0; i < e->items.len; i++) {
        struct node *value = e->items.at[i].value;
        struct sem_expr *v = NULL;
        struct arms a;
        if (value) {
            arm_begin(b, &a, is_element(b, code, e->items.at[i].code, loc));
            if (!a.only_else)
                v = expr(b, value);
            arm_else(b, &a);
            arm_end(b, &a, loc, false);
            if (v && v->width && (flexible || width == v->width)) {
                width = v->width;
                flexible = false;
            } else if (v && v->width &&
                       sem_error(CHECK_WIDTH_MISMATCH, v->loc,
                                 "%u bits, where others of '%s' "
                                 "have %u",
                                 v->width, e->name, width)) {
                diag_help("all values of an enumeration have one width");
            }
        }
        vec_push(&values, v);
    }
    pop_scope(b, old);
    /* From the last item up; codes that stand for themselves share the end of the chain.
     */
    struct sem_expr *result = NULL;
    for (size_t i = 0; i < e->items.len; i++)
        if (!e->items.at[i].value)
            result = mk_extend(b, SEM_ZEXT, code, width, loc);
    for (size_t i = e->items.len; i-- > 0;) {
        struct sem_expr *v = values.at[i],
                        *c = is_element(b, code, e->items.at[i].code, loc);
        if (!v || (is_const(c) && !c->value))
            continue;
        v = adapt(b, v, width, "this value");
        result = result ? mk(b, SEM_COND, width, loc, c, v, result) : v;
    }
    return result ? result : mk_const(width, 0, loc);
}

struct sem_expr *read_operand(struct builder *b, int field, struct loc loc)
{
    const struct type *t = &b->f->fields.at[field].type;
    struct sem_expr *number_ = mk_field(b, (unsigned)field, loc);
    switch (t->kind) {
    case OP_REG:
        return read_reg(b, t->reg, number_, loc);
    case OP_VIEW:
        return read_view(b, t->view, number_, loc);
    case OP_BANK:
        return read_bank(b, t->bank, number_, loc);
    case OP_ENUM:
        return enum_value(b, t->enum_, number_, loc);
    default:
        return number_;
    }
}

/* --- assignment */

static void not_assignable(struct node *n)
{
    if (sem_error(CHECK_WRONG_KIND, n->loc, "this can't be assigned"))
        diag_help(
            "assign registers, operands that are registers, fields, slices, contexts, "
            "memory, results");
}

static void assign_operand(struct builder *b, int field, bool whole, unsigned high,
                           unsigned low, struct sem_expr *value, struct node *n)
{
    const struct type *t = &b->f->fields.at[field].type;
    struct sem_expr *index = mk_field(b, (unsigned)field, n->loc);
    if (t->kind == OP_REG)
        write_reg(b, t->reg, index, whole ? t->reg->width - 1 : high, whole ? 0 : low,
                  value, n->loc);
    else if (t->kind == OP_VIEW)
        write_view(b, t->view, index, whole, high, low, value, n->loc);
    else if (t->kind == OP_BANK && whole)
        write_bank(b, t->bank, index, value, n->loc);
    else
        not_assignable(n);
}

static void assign_slot(struct builder *b, struct local *l, struct sem_expr *value,
                        struct node *n)
{
    struct slot *slot = &b->slots.at[l->slot];
    if (slot->value && !slot->partial &&
        sem_error(CHECK_DUPLICATE_NAME, n->loc, "'%s' is assigned twice", l->name))
        diag_help("a result gets its value once on every path");
    slot->value = slot->width ? adapt(b, value, slot->width, "the value") : value;
    slot->partial = false;
}

static void assign_ident(struct builder *b, struct node *n, bool whole, unsigned high,
                         unsigned low, struct sem_expr *value, struct loc loc)
{
    struct local *l = find_local(b, n->name);
    int field = l ? -1 : find_field(b, n->name);
    if (l && l->raw) {
        write_raw(b, l->raw, l->raw_index, whole ? l->raw->width - 1 : high,
                  whole ? 0 : low, value, loc);
        return;
    }
    if (l && l->slot >= 0 && whole) {
        assign_slot(b, l, value, n);
        return;
    }
    if (l) {
        if (sem_error(CHECK_WRONG_KIND, n->loc, "'%s' is a value, not a place",
                      n->name)) {
            diag_note(l->loc, "named here");
            diag_help("'let' names a value once; name the new value differently");
        }
        return;
    }
    if (field >= 0) {
        assign_operand(b, field, whole, high, low, value, n);
        return;
    }
    struct found found = model_name(b->m, n->name);
    if (found.reg && !found.reg->is_file)
        write_reg(b, found.reg, NULL, whole ? found.reg->width - 1 : high,
                  whole ? 0 : low, value, loc);
    else if (found.view && !found.view->index)
        write_view(b, found.view, NULL, whole, high, low, value, loc);
    else if (found.reg || found.view || found.bank || found.enum_ || found.trap ||
             found.def)
        not_assignable(n);
    else if (sem_error(CHECK_UNKNOWN_NAME, n->loc, "'%s' is not declared", n->name) &&
             !model_suggest(b->m, b->f, n->name))
        diag_help("a new name for a value is made by 'let %s = ...;'", n->name);
}

static void store(struct builder *b, unsigned width, struct node *address,
                  struct sem_expr *value, struct loc loc)
{
    struct sem_expr *at = sized_expr(b, address, b->m->word, "the address");
    value = adapt(b, value, width, "the value");
    check_order(b, ACC_STORE, loc);
    struct sem_stmt *s = emit(b, PH_EARLY, ST_STORE, loc);
    s->width = width;
    s->address = at;
    s->e = value;
}

static void assign_index(struct builder *b, struct node *n, bool whole, unsigned high,
                         unsigned low, struct sem_expr *value, struct loc loc)
{
    struct node *base = kid(n, 0);
    if (base->kind == N_IDENT && !find_local(b, base->name) &&
        find_field(b, base->name) < 0) {
        struct found found = model_name(b->m, base->name);
        unsigned width = memory_width(base->name);
        if (found.reg && found.reg->is_file) {
            struct sem_expr *index = expr(b, kid(n, 1));
            write_reg(b, found.reg, index, whole ? found.reg->width - 1 : high,
                      whole ? 0 : low, value, loc);
            return;
        }
        if (found.view && found.view->index) {
            write_view(b, found.view, expr(b, kid(n, 1)), whole, high, low, value, loc);
            return;
        }
        if (found.bank && whole) {
            write_bank(b, found.bank, expr(b, kid(n, 1)), value, loc);
            return;
        }
        if (!found.reg && !found.view && !found.bank && width && whole) {
            store(b, width, kid(n, 1), value, loc);
            return;
        }
    }
    s128 i;
    if (!number(b, expr(b, kid(n, 1)), "the number of an assigned bit", &i))
        return;
    if (!whole)
        not_assignable(n);
    else
        assign_bits(b, base, false, (unsigned)i, (unsigned)i, value, loc);
}

static void assign_member(struct builder *b, struct node *n, bool whole, unsigned high,
                          unsigned low, struct sem_expr *value, struct loc loc)
{
    struct node *base = kid(n, 0);
    const struct reg *r = base->kind == N_IDENT ? model_name(b->m, base->name).reg : NULL;
    int field =
        base->kind == N_IDENT ? find_field(b, internf("%s.%s", base->name, n->name)) : -1;
    if (field >= 0) {
        assign_operand(b, field, whole, high, low, value, n);
        return;
    }
    for (size_t i = 0; r && !r->is_file && i < r->fields.len; i++) {
        const struct reg_field *f = &r->fields.at[i];
        if (f->name != n->name)
            continue;
        if (whole)
            high = f->high - f->low, low = 0;
        write_reg(b, r, NULL, f->low + high, f->low + low, value, loc);
        return;
    }
    if (r && !r->is_file) {
        if (sem_error(CHECK_UNKNOWN_NAME, n->loc, "register '%s' has no field '%s'",
                      r->name, n->name))
            diag_help("fields are declared in the register's braces: NAME [high:low];");
    } else {
        not_assignable(n);
    }
}

static void assign_slice(struct builder *b, struct node *n, bool whole, unsigned high,
                         unsigned low, struct sem_expr *value, struct loc loc)
{
    s128 top, bottom;
    if (!number(b, expr(b, kid(n, 1)), "the end of an assigned range", &top) ||
        !number(b, expr(b, kid(n, 2)), "the end of an assigned range", &bottom))
        return;
    if (top < bottom || bottom < 0 || top > 127) {
        if (sem_error(CHECK_BOUND, n->loc, "there is no range [%d:%d]", (int)top,
                      (int)bottom))
            diag_help("bit ranges are written high to low");
        return;
    }
    if (whole)
        high = (unsigned)(top - bottom), low = 0;
    assign_bits(b, kid(n, 0), false, (unsigned)bottom + high, (unsigned)bottom + low,
                value, loc);
}

/* Assigns VALUE to N, or to bits HIGH to LOW of it. */
static void assign_bits(struct builder *b, struct node *n, bool whole, unsigned high,
                        unsigned low, struct sem_expr *value, struct loc loc)
{
    switch (n->kind) {
    case N_IDENT:
        assign_ident(b, n, whole, high, low, value, loc);
        return;
    case N_INDEX:
        assign_index(b, n, whole, high, low, value, loc);
        return;
    case N_SLICE:
        assign_slice(b, n, whole, high, low, value, loc);
        return;
    case N_MEMBER:
        assign_member(b, n, whole, high, low, value, loc);
        return;
    case N_COND: {
        struct sem_expr *c = condition(b, expr(b, kid(n, 0)), "the condition");
        if (c->bind == BIND_RUN &&
            sem_error(CHECK_NONDECODE_INDEX, kid(n, 0)->loc,
                      "which place is assigned is known only at run time"))
            diag_help("use an 'if' statement, or a view with 'read' and 'write'");
        struct arms a;
        value = value->width ? force(b, value) : value;
        arm_begin(b, &a, c);
        if (!a.only_else)
            assign_bits(b, kid(n, 1), whole, high, low, value, loc);
        arm_else(b, &a);
        if (!a.only_then)
            assign_bits(b, kid(n, 2), whole, high, low, value, loc);
        arm_end(b, &a, loc, false);
        return;
    }
    default:
        not_assignable(n);
    }
}

void assign(struct builder *b, struct node *lvalue, struct sem_expr *value,
            struct loc loc)
{
    assign_bits(b, lvalue, true, 0, 0, value, loc);
}
