/* sem_expr.c - expressions of bodies become typed ones. */
#include "sem_int.h"

#include <string.h>

struct local *find_local(struct builder *b, const char *name)
{
    for (struct scope *s = b->scope; s; s = s->up) {
        for (size_t i = s->locals.len; i-- > 0;)
            if (s->locals.at[i].name == name)
                return &s->locals.at[i];
        if (s->barrier)
            return NULL;
    }
    return NULL;
}

int find_field(struct builder *b, const char *name)
{
    if (!b->f)
        return -1;
    for (struct scope *s = b->scope; s; s = s->up) {
        if (s->alt) {
            int i = form_field(b->f, internf("%s.%s", s->alt, name));
            if (i >= 0)
                return i;
        }
        if (s->barrier)
            return -1;
    }
    return form_field(b->f, name);
}

static int find_slot(struct builder *b, const char *name)
{
    for (size_t i = 0; i < b->slots.len; i++)
        if (b->slots.at[i].name == name)
            return (int)i;
    return -1;
}

static struct sem_expr *slot_value(struct builder *b, int index, struct loc loc)
{
    struct slot *slot = &b->slots.at[index];
    if ((!slot->value || slot->partial) && !b->decode &&
        sem_error(CHECK_UNINITIALISED, loc, "'%s' has no value %s", slot->name,
                  slot->value ? "on some paths to here" : "here"))
        diag_help("assign it on every path before it is used");
    if (!slot->value && b->decode &&
        sem_error(CHECK_NONDECODE_INDEX, loc, "'%s' is not known at decode time",
                  slot->name))
        diag_help("here only encoded fields, contexts and pc can stand");
    return slot->value ? slot->value : mk_poison(loc);
}

enum { NO_RESULT = -2 };

/* The slot of result RESULT (NULL: the only one) of class operand NAME, -1 if there is
 * no such operand, NO_RESULT after reporting that the class has none. */
static int class_slot(struct builder *b, const char *name, const char *result,
                      struct loc loc)
{
    for (size_t i = 0; b->f && i < b->f->alts.len; i++) {
        const struct alt_choice *a = &b->f->alts.at[i];
        if (a->operand != name)
            continue;
        if (!result && a->class_->results.len != 1) {
            bool any = a->class_->results.len > 0;
            if (sem_error(CHECK_WRONG_KIND, loc, "'%s' has %zu results", name,
                          a->class_->results.len) &&
                any)
                diag_help("say which: %s.%s", name, a->class_->results.at[0]);
            if (!any)
                return NO_RESULT;
            result = a->class_->results.at[0];
        }
        if (!result)
            result = a->class_->results.at[0];
        return find_slot(b, internf("%s.%s", name, result));
    }
    return -1;
}

static bool operands_visible(struct builder *b)
{
    for (struct scope *s = b->scope; s; s = s->up)
        if (s->barrier)
            return false;
    return true;
}

static struct sem_expr *leaf(struct builder *b, enum sem_op op, struct loc loc)
{
    struct sem_expr *e = zalloc(sizeof *e);
    e->op = op;
    e->width = b->m->word;
    e->bind = BIND_DECODE;
    e->loc = loc;
    return e;
}

static struct sem_expr *predefined(struct builder *b, const char *name, struct loc loc)
{
    if (!strcmp(name, "pc"))
        return leaf(b, SEM_PC, loc);
    if (!strcmp(name, "next"))
        return leaf(b, SEM_NEXT, loc);
    if (!strcmp(name, "link"))
        return leaf(b, b->m->delay_slots ? SEM_LINK : SEM_NEXT, loc);
    if (!strcmp(name, "word"))
        return mk_flexible(b->m->word, loc);
    if (!strcmp(name, "big"))
        return mk_const(1, b->m->big, loc);
    return NULL;
}

static struct sem_expr *ident(struct builder *b, struct node *n)
{
    const char *name = n->name;
    struct local *l = find_local(b, name);
    if (l) {
        site(SITE_LET, l->loc, l->name, true);
        struct sem_expr *e =
            l->value       ? l->value
            : l->slot >= 0 ? slot_value(b, l->slot, n->loc)
            : l->raw ? read_raw(b, l->raw, l->raw_index, l->raw->width - 1, 0, n->loc)
                     : mk_poison(n->loc);
        if (!e->width && is_const(e)) { /* carets belong to the use */
            struct sem_expr *copy = zalloc(sizeof *copy);
            *copy = *e;
            copy->loc = n->loc;
            return copy;
        }
        return e;
    }
    int field = find_field(b, name);
    if (field >= 0)
        return read_operand(b, field, n->loc);
    if (operands_visible(b)) {
        int slot = class_slot(b, name, NULL, n->loc);
        if (slot == NO_RESULT)
            return mk_poison(n->loc);
        if (slot >= 0)
            return slot_value(b, slot, n->loc);
    }
    struct found found = model_name(b->m, name);
    if (found.reg && !found.reg->is_file)
        return read_reg(b, found.reg, NULL, n->loc);
    if (found.view && !found.view->index)
        return read_view(b, found.view, NULL, n->loc);
    struct sem_expr *e = predefined(b, name, n->loc);
    if (e)
        return e;
    if (found.reg || found.view || found.bank) {
        if (sem_error(CHECK_WRONG_KIND, n->loc, "'%s' is a %s", name,
                      found.reg    ? "register file"
                      : found.view ? "view"
                                   : "bank"))
            diag_help("name one element of it: %s[...]", name);
    } else if (found.enum_ || found.trap || found.def || found.class_ || found.insn) {
        if (sem_error(CHECK_WRONG_KIND, n->loc, "'%s' is not a value", name))
            diag_help(found.def ? "call it: %s(...)" : "here stands a value", name);
    } else if (sem_error(CHECK_UNKNOWN_NAME, n->loc, "'%s' is not declared", name) &&
               !model_suggest(b->m, b->f, name)) {
        diag_help("values are operands and fields of the format, registers, views, "
                  "contexts and "
                  "what 'let' names");
    }
    return mk_poison(n->loc);
}

/* Bit INDEX of X. */
static struct sem_expr *bit(struct builder *b, struct sem_expr *x, struct sem_expr *index,
                            struct loc loc)
{
    if (is_poison(x) || is_poison(index))
        return mk_poison(loc);
    if (is_const(index)) {
        if (!x->width && is_const(x))
            return mk_const(1, index->value < 128 ? x->value >> index->value : 0, loc);
        if (index->value >= x->width) {
            if (sem_error(CHECK_BOUND, index->loc, "there is no bit %u in %u bits",
                          (unsigned)index->value, x->width))
                diag_help("bits are numbered 0 to %u", x->width - 1);
            return mk_poison(loc);
        }
        return mk_slice(b, x, (unsigned)index->value, (unsigned)index->value, loc);
    }
    if (index->bind == BIND_RUN && sem_error(CHECK_NONDECODE_INDEX, index->loc,
                                             "this bit number is known only at run time"))
        diag_help("shift instead: (x >>u i)[0]");
    if (!x->width)
        x = adapt(b, x, 64, "the number");
    return mk_slice(b, mk(b, SEM_SHR_U, x->width, loc, x, index, NULL), 0, 0, loc);
}

static struct sem_expr *index_expr(struct builder *b, struct node *n)
{
    struct node *base = kid(n, 0);
    if (base->kind == N_IDENT && !find_local(b, base->name) &&
        find_field(b, base->name) < 0) {
        unsigned width = memory_width(base->name);
        struct found found = model_name(b->m, base->name);
        if (found.reg && found.reg->is_file)
            return read_reg(b, found.reg, expr(b, kid(n, 1)), n->loc);
        if (found.view && found.view->index)
            return read_view(b, found.view, expr(b, kid(n, 1)), n->loc);
        if (found.bank)
            return read_bank(b, found.bank, expr(b, kid(n, 1)), n->loc);
        if (width)
            return load(b, width, kid(n, 1), n->loc);
    }
    struct sem_expr *x = expr(b, base);
    return bit(b, x, expr(b, kid(n, 1)), n->loc);
}

/* The register that N names without an element or with one, if it has no read policy of
 * its own there; so that slices of it count as reads of these bits only. */
static const struct reg *plain_reg(struct builder *b, struct node *n)
{
    if (n->kind != N_IDENT || find_local(b, n->name) || find_field(b, n->name) >= 0)
        return NULL;
    const struct reg *r = model_name(b->m, n->name).reg;
    return r && !r->is_file && !r->all.read && !r->is_context ? r : NULL;
}

static struct sem_expr *slice(struct builder *b, struct node *n)
{
    s128 high, low;
    if (!number(b, expr(b, kid(n, 1)), "the end of a bit range", &high) ||
        !number(b, expr(b, kid(n, 2)), "the end of a bit range", &low))
        return mk_poison(n->loc);
    const struct reg *r = plain_reg(b, kid(n, 0));
    struct sem_expr *x = r ? NULL : expr(b, kid(n, 0));
    unsigned width = r ? r->width : x->width;
    if (x && is_poison(x))
        return x;
    if (!width && is_const(x))
        width = 128;
    if (low < 0 || high < low || high >= width) {
        if (sem_error(CHECK_BOUND, n->loc, "there is no range [%d:%d] in %u bits",
                      (int)high, (int)low, width)) {
            if (high < low)
                diag_help("bit ranges are written high to low");
            else
                diag_help("bits are numbered %u to 0", width - 1);
        }
        return mk_poison(n->loc);
    }
    if (r)
        return read_raw(b, r, NULL, (unsigned)high, (unsigned)low, n->loc);
    return mk_slice(b, x, (unsigned)high, (unsigned)low, n->loc);
}

static struct sem_expr *reg_field(struct builder *b, const struct reg *r, struct node *n)
{
    for (size_t i = 0; i < r->fields.len; i++) {
        const struct reg_field *f = &r->fields.at[i];
        if (f->name != n->name)
            continue;
        if (r->all.read && !uses_raw(r->all.read))
            return mk_slice(b, read_reg(b, r, NULL, n->loc), f->high, f->low, n->loc);
        return read_raw(b, r, NULL, f->high, f->low, n->loc);
    }
    if (sem_error(CHECK_UNKNOWN_NAME, n->loc, "register '%s' has no field '%s'", r->name,
                  n->name))
        diag_help("fields are declared in the register's braces: NAME [high:low];");
    return mk_poison(n->loc);
}

static struct sem_expr *member(struct builder *b, struct node *n)
{
    struct node *base = kid(n, 0);
    if (base->kind == N_UNARY && base->name[0] == '#' && b->f && operands_visible(b)) {
        int field = form_field(b->f, internf("%s.%s", kid(base, 0)->name, n->name));
        if (field >= 0)
            return mk_field(b, (unsigned)field, n->loc);
    }
    if (base->kind == N_IDENT && !find_local(b, base->name)) {
        if (b->f && operands_visible(b)) {
            int field = form_field(b->f, internf("%s.%s", base->name, n->name));
            if (field >= 0)
                return read_operand(b, field, n->loc);
            int slot = class_slot(b, base->name, n->name, n->loc);
            if (slot >= 0)
                return slot_value(b, slot, n->loc);
        }
        const struct reg *r = model_name(b->m, base->name).reg;
        if (r && !r->is_file)
            return reg_field(b, r, n);
        if (!strcmp(base->name, "clock") &&
            (!strcmp(n->name, "cycle") || !strcmp(n->name, "time") ||
             !strcmp(n->name, "instret"))) {
            struct sem_expr *e = zalloc(sizeof *e);
            *e = (struct sem_expr){.op = SEM_CLOCK,
                                   .width = 64,
                                   .bind = BIND_RUN,
                                   .loc = n->loc,
                                   .name = n->name};
            return effect(b, e);
        }
    }
    if (sem_error(CHECK_UNKNOWN_NAME, n->loc, "there is no '%s' here", n->name))
        diag_help(
            "after a dot stands a field of a register, a result or field of an operand");
    return mk_poison(n->loc);
}

struct sem_expr *choose(struct builder *b, struct sem_expr *c, struct node *then,
                        struct node *otherwise, struct loc loc)
{
    struct arms a;
    struct sem_expr *x = NULL, *y = NULL;
    arm_begin(b, &a, c);
    if (!a.only_else)
        x = expr(b, then);
    arm_else(b, &a);
    if (!a.only_then)
        y = expr(b, otherwise);
    arm_end(b, &a, loc, false);
    if (!x || !y)
        return x ? x : y;
    if (x->width && y->width && x->width != y->width) {
        if (sem_error(CHECK_WIDTH_MISMATCH, loc,
                      "the two choices are %u and %u bits wide", x->width, y->width))
            diag_help("widen the narrower one: sext(..., %u) or zext(..., %u)",
                      x->width > y->width ? x->width : y->width,
                      x->width > y->width ? x->width : y->width);
        return mk_poison(loc);
    }
    unsigned width = x->width ? x->width : y->width;
    if (width)
        x = adapt(b, x, width, "this"), y = adapt(b, y, width, "this");
    return mk(b, SEM_COND, width, loc, a.cond, x, y);
}

/* && and ||: the right side is evaluated only if the left one doesn't decide. */
static struct sem_expr *logical(struct builder *b, struct node *n)
{
    bool and = n->name[0] == '&';
    struct sem_expr *x = condition(b, expr(b, kid(n, 0)), "the left side");
    struct arms a;
    struct sem_expr *y = NULL;
    arm_begin(b, &a, and? x : mk_not(b, x, n->loc));
    if (!a.only_else)
        y = condition(b, expr(b, kid(n, 1)), "the right side");
    arm_else(b, &a);
    arm_end(b, &a, n->loc, false);
    if (!y)
        return x;
    if (a.emitted) /* what y names is computed only if it decides */
        return mk(b, SEM_COND, 1, n->loc, a.cond, y, mk_const(1, !and, n->loc));
    return mk(b, and? SEM_AND : SEM_OR, 1, n->loc, x, y, NULL);
}

static const struct binary {
    const char *text;
    enum sem_op op;
    bool compare, swap, shift, divide;
} binaries[] = {
    {"+", SEM_ADD, 0, 0, 0, 0},     {"-", SEM_SUB, 0, 0, 0, 0},
    {"*", SEM_MUL, 0, 0, 0, 0},     {"&", SEM_AND, 0, 0, 0, 0},
    {"|", SEM_OR, 0, 0, 0, 0},      {"^", SEM_XOR, 0, 0, 0, 0},
    {"/u", SEM_DIV_U, 0, 0, 0, 1},  {"/s", SEM_DIV_S, 0, 0, 0, 1},
    {"%u", SEM_REM_U, 0, 0, 0, 1},  {"%s", SEM_REM_S, 0, 0, 0, 1},
    {"<<", SEM_SHL, 0, 0, 1, 0},    {">>u", SEM_SHR_U, 0, 0, 1, 0},
    {">>s", SEM_SHR_S, 0, 0, 1, 0}, {"==", SEM_EQ, 1, 0, 0, 0},
    {"!=", SEM_NE, 1, 0, 0, 0},     {"<u", SEM_LT_U, 1, 0, 0, 0},
    {"<s", SEM_LT_S, 1, 0, 0, 0},   {"<=u", SEM_LE_U, 1, 0, 0, 0},
    {"<=s", SEM_LE_S, 1, 0, 0, 0},  {">u", SEM_LT_U, 1, 1, 0, 0},
    {">s", SEM_LT_S, 1, 1, 0, 0},   {">=u", SEM_LE_U, 1, 1, 0, 0},
    {">=s", SEM_LE_S, 1, 1, 0, 0},
};

/* unify - X and Y to one width; false after an error. */
static bool unify(struct builder *b, struct node *n, struct sem_expr **x,
                  struct sem_expr **y)
{
    if (is_poison(*x) || is_poison(*y))
        return false;
    unsigned w = (*x)->width ? (*x)->width : (*y)->width;
    if ((*x)->width && (*y)->width && (*x)->width != (*y)->width) {
        unsigned wide = (*x)->width > (*y)->width ? (*x)->width : (*y)->width;
        if (sem_error(CHECK_WIDTH_MISMATCH, n->loc,
                      "the sides of '%s' are %u and %u bits wide", n->name, (*x)->width,
                      (*y)->width))
            diag_help("widen the narrower one: sext(..., %u) or zext(..., %u)", wide,
                      wide);
        return false;
    }
    if (w) {
        *x = adapt(b, *x, w, "this");
        *y = adapt(b, *y, w, "this");
    }
    return true;
}

static struct sem_expr *binary(struct builder *b, struct node *n)
{
    if (!strcmp(n->name, "&&") || !strcmp(n->name, "||"))
        return logical(b, n);
    const struct binary *op = binaries;
    while (strcmp(op->text, n->name))
        op++;
    struct sem_expr *x = expr(b, kid(n, 0)), *y = expr(b, kid(n, 1));
    if (op->shift) {
        if (is_poison(x) || is_poison(y))
            return mk_poison(n->loc);
        if (!y->width && (x->width || !is_const(x) || !is_const(y)))
            y = adapt(b, y, 32, "the shift amount");
        if (!x->width && is_const(x) && is_const(y))
            y = mk_flexible((s128)y->value, y->loc);
        return mk(b, op->op, x->width, n->loc, x, y, NULL);
    }
    if (!unify(b, n, &x, &y))
        return op->compare ? adapt(b, mk_poison(n->loc), 1, "") : mk_poison(n->loc);
    if (op->divide && is_const(y) && !y->value &&
        sem_error(CHECK_DIVISION_BY_ZERO, y->loc, "this divisor is zero"))
        diag_help("the result is %s; write that",
                  op->op == SEM_DIV_U || op->op == SEM_DIV_S ? "-1" : "the dividend");
    if (op->compare && !x->width && !(is_const(x) && is_const(y))) {
        x = adapt(b, x, 64, "this");
        y = adapt(b, y, 64, "this");
    }
    return mk(b, op->op, op->compare ? 1 : x->width, n->loc, op->swap ? y : x,
              op->swap ? x : y, NULL);
}

static struct sem_expr *unary(struct builder *b, struct node *n)
{
    struct node *k = kid(n, 0);
    if (n->name[0] == '#') {
        int field = k->kind == N_IDENT ? find_field(b, k->name) : -1;
        if (field >= 0)
            return mk_field(b, (unsigned)field, n->loc);
        if (sem_error(CHECK_UNKNOWN_NAME, n->loc,
                      "'%s' is no operand or field of this format",
                      k->name ? k->name : "this"))
            diag_help("# gives the number that is encoded for an operand");
        return mk_poison(n->loc);
    }
    struct sem_expr *x = expr(b, k);
    if (is_poison(x))
        return x;
    if (n->name[0] == '!')
        return mk_not(b, condition(b, x, "what '!' stands before"), n->loc);
    return mk(b, n->name[0] == '~' ? SEM_NOT : SEM_NEG, x->width, n->loc, x, NULL, NULL);
}

struct sem_expr *expr(struct builder *b, struct node *n)
{
    switch (n->kind) {
    case N_INT: {
        struct sem_expr *e = mk_flexible((s128)n->value, n->loc);
        e->high = 0;
        return e;
    }
    case N_IDENT:
        return ident(b, n);
    case N_UNARY:
        return unary(b, n);
    case N_BINARY:
        return binary(b, n);
    case N_COND: {
        struct sem_expr *c = condition(b, expr(b, kid(n, 0)), "the condition");
        return choose(b, c, kid(n, 1), kid(n, 2), n->loc);
    }
    case N_INDEX:
        return index_expr(b, n);
    case N_SLICE:
        return slice(b, n);
    case N_MEMBER:
        return member(b, n);
    case N_CALL: {
        expr_list results = {0};
        if (!call(b, n, &results))
            return mk_poison(n->loc);
        if (results.len == 1)
            return results.at[0];
        if (sem_error(CHECK_WRONG_KIND, n->loc, "this call gives %zu results, not one",
                      results.len))
            diag_help(results.len ? "take them apart: let (a, b) = ...;"
                                  : "write it as a statement of its own");
        return mk_poison(n->loc);
    }
    default:
        if (sem_error(CHECK_WRONG_KIND, n->loc, "this is no value"))
            diag_help("here stands an expression");
        return mk_poison(n->loc);
    }
}

struct sem_expr *sized_expr(struct builder *b, struct node *n, unsigned width,
                            const char *what)
{
    return adapt(b, expr(b, n), width, what);
}
