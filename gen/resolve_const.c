/* resolve_const.c - constant expressions on the tree: widths, guards, constraints,
 * `reserved`. */
#include "resolve.h"

#include "diag.h"

#include <stdlib.h>
#include <string.h>

struct folding {
    const struct model *m;
    const struct const_env *env;
    bool report;
};

static bool fold(const struct folding *f, struct node *e, struct cval *out);

static u128 ones(unsigned w)
{
    return w == 0 || w >= 128 ? ~(u128)0 : ((u128)1 << w) - 1;
}

static s128 as_signed(u128 v, unsigned w)
{
    if (w == 0 || w >= 128)
        return (s128)v;
    return (s128)(v << (128 - w)) >> (128 - w);
}

static bool not_constant(const struct folding *f, const struct node *e, const char *why)
{
    if (f->report) {
        diag(CHECK_NONDECODE_INDEX, e->loc, "%s", why);
        diag_help("numbers, word, contexts and extensions can stand here");
    }
    return false;
}

static bool fold_name(const struct folding *f, struct node *e, const char *name,
                      bool number, struct cval *out)
{
    const struct model *m = f->m;
    if (f->env && f->env->name(f->env->data, name, number, out))
        return true;
    if (name == intern("word") && m->word) {
        *out = (struct cval){m->word, 0};
        return true;
    }
    if (name == intern("big")) {
        *out = (struct cval){m->big, 1};
        return true;
    }
    for (size_t i = 0; i < m->regs.len; i++) {
        if (m->regs.at[i]->is_context && m->regs.at[i]->name == name) {
            *out = (struct cval){m->regs.at[i]->initial, m->regs.at[i]->width};
            return true;
        }
    }
    const struct resolver *r = m->resolver;
    for (size_t i = 0; r && i < r->extensions.len; i++) {
        if (r->extensions.at[i].name == name) {
            *out = (struct cval){r->extensions.at[i].on, 1};
            return true;
        }
    }
    if (!f->report)
        return false;
    struct found found = model_name(m, name);
    if (found.reg || found.view || found.bank || found.def || found.enum_ || found.class_)
        return not_constant(f, e, internf("the value of '%s' is not known here", name));
    model_unknown(m, "name", name, e->loc, NULL, 0);
    return false;
}

static bool compare(const char *op, struct cval a, struct cval b, unsigned w)
{
    bool is_signed = op[strlen(op) - 1] == 's';
    s128 sa = as_signed(a.v, w), sb = as_signed(b.v, w);
    bool less = is_signed ? sa < sb : a.v < b.v;
    bool greater = is_signed ? sa > sb : a.v > b.v;
    bool or_equal = op[1] == '=';
    return op[0] == '<' ? (or_equal ? !greater : less) : (or_equal ? !less : greater);
}

static u128 shift(const char *op, struct cval a, u128 n, unsigned w)
{
    unsigned bits = w ? w : 128;
    if (op[0] == '<')
        return n >= bits ? 0 : a.v << n;
    if (op[2] == 's')
        return (u128)(as_signed(a.v, w) >> (n >= bits ? bits - 1 : (unsigned)n));
    return n >= bits ? 0 : a.v >> n;
}

static u128 divide(const char *op, struct cval a, struct cval b, unsigned w)
{
    bool rest = op[0] == '%';
    if (b.v == 0)
        return rest ? a.v : ~(u128)0;
    if (op[1] == 'u')
        return rest ? a.v % b.v : a.v / b.v;
    s128 x = as_signed(a.v, w), y = as_signed(b.v, w);
    if (y == -1)
        return rest ? 0 : -(u128)x;
    return (u128)(rest ? x % y : x / y);
}

static bool fold_binary(const struct folding *f, struct node *e, struct cval *out)
{
    struct cval a, b;
    const char *op = e->name;
    if (!fold(f, kid(e, 0), &a))
        return false;
    /* && and || need their right side only if the left doesn't decide. */
    if (!strcmp(op, "&&") && !a.v) {
        *out = (struct cval){0, 1};
        return true;
    }
    if (!strcmp(op, "||") && a.v) {
        *out = (struct cval){1, 1};
        return true;
    }
    if (!fold(f, kid(e, 1), &b))
        return false;
    unsigned w = a.w ? a.w : b.w;
    if (op[0] == '<' && op[1] == '<')
        return *out = (struct cval){shift(op, a, b.v, a.w) & ones(a.w), a.w}, true;
    if (op[0] == '>' && op[1] == '>')
        return *out = (struct cval){shift(op, a, b.v, a.w) & ones(a.w), a.w}, true;
    a.v &= ones(w);
    b.v &= ones(w);
    u128 v = 0;
    if (!strcmp(op, "&&") || !strcmp(op, "||"))
        v = b.v != 0, w = 1;
    else if (!strcmp(op, "=="))
        v = a.v == b.v, w = 1;
    else if (!strcmp(op, "!="))
        v = a.v != b.v, w = 1;
    else if (op[0] == '<' || op[0] == '>')
        v = compare(op, a, b, w), w = 1;
    else if (op[0] == '/' || op[0] == '%')
        v = divide(op, a, b, w);
    else
        v = op[0] == '+'   ? a.v + b.v
            : op[0] == '-' ? a.v - b.v
            : op[0] == '*' ? a.v * b.v
            : op[0] == '&' ? a.v & b.v
            : op[0] == '|' ? a.v | b.v
                           : a.v ^ b.v;
    *out = (struct cval){v & ones(w), w};
    return true;
}

static bool fold_call(const struct folding *f, struct node *e, struct cval *out)
{
    struct node *callee = kid(e, 0), *args = kid(e, 1);
    const char *name = callee->kind == N_IDENT ? callee->name : NULL;
    struct cval a = {0, 0}, b = {0, 0};
    size_t count = args->kids.len;
    if (!name || count < 1 || count > 2)
        return not_constant(f, e, "this is not a constant expression");
    if (!fold(f, kid(args, 0), &a) || (count == 2 && !fold(f, kid(args, 1), &b)))
        return false;
    bool is_signed;
    unsigned w = plain_type(f->m, name, &is_signed);
    if (w && count == 1) {
        *out = (struct cval){a.v & ones(w), w};
        return true;
    }
    bool sext = !strcmp(name, "sext");
    if (count == 2 && (sext || !strcmp(name, "zext")) && b.v >= 1 && b.v <= 128) {
        u128 v = sext ? (u128)as_signed(a.v, a.w) : a.v;
        *out = (struct cval){v & ones((unsigned)b.v), (unsigned)b.v};
        return true;
    }
    if (count == 2 && !strcmp(name, "cat") && a.w && b.w && a.w + b.w <= 128) {
        *out = (struct cval){(b.w < 128 ? a.v << b.w : 0) | b.v, a.w + b.w};
        return true;
    }
    return not_constant(f, e, "this is not a constant expression");
}

static bool fold_slice(const struct folding *f, struct node *e, struct cval *out)
{
    struct cval x, high, low;
    if (!fold(f, kid(e, 0), &x) || !fold(f, kid(e, 1), &high))
        return false;
    low = high;
    if (e->kind == N_SLICE && !fold(f, kid(e, 2), &low))
        return false;
    if (low.v > high.v || high.v >= (x.w ? x.w : 128))
        return not_constant(f, e, "bits that this value doesn't have");
    *out = (struct cval){x.v >> low.v, (unsigned)(high.v - low.v) + 1};
    out->v &= ones(out->w);
    return true;
}

static bool fold_unary(const struct folding *f, struct node *e, struct cval *out)
{
    struct node *x = kid(e, 0);
    if (e->name[0] == '#')
        return fold_name(f, x, x->name, true, out);
    if (!fold(f, x, out))
        return false;
    if (e->name[0] == '!')
        *out = (struct cval){out->v == 0, 1};
    else
        out->v = (e->name[0] == '-' ? -out->v : ~out->v) & ones(out->w);
    return true;
}

static bool fold(const struct folding *f, struct node *e, struct cval *out)
{
    if (!e)
        return false;
    switch (e->kind) {
    case N_INT:
        *out = (struct cval){e->value, 0};
        return true;
    case N_IDENT:
        return fold_name(f, e, e->name, false, out);
    case N_MEMBER: {
        struct node *x = kid(e, 0);
        bool number = x->kind == N_UNARY && x->name[0] == '#';
        if (number)
            x = kid(x, 0);
        if (x->kind != N_IDENT || !f->env)
            return not_constant(f, e, "this is not a constant expression");
        return fold_name(f, e, internf("%s.%s", x->name, e->name), number, out);
    }
    case N_UNARY:
        return fold_unary(f, e, out);
    case N_BINARY:
        return fold_binary(f, e, out);
    case N_COND: {
        struct cval c;
        return fold(f, kid(e, 0), &c) && fold(f, kid(e, c.v ? 1 : 2), out);
    }
    case N_INDEX:
    case N_SLICE:
        return fold_slice(f, e, out);
    case N_CALL:
        return fold_call(f, e, out);
    default:
        return not_constant(f, e, "this is not a constant expression");
    }
}

bool const_eval(const struct model *m, struct node *e, const struct const_env *env,
                bool report, struct cval *out)
{
    struct folding f = {m, env, report};
    return fold(&f, e, out);
}

u128 model_const(const struct model *m, struct node *e)
{
    struct cval v;
    return const_eval(m, e, NULL, true, &v) ? v.v : 0;
}

bool has_context(const struct model *m, const struct node *e)
{
    if (!e)
        return false;
    for (size_t i = 0; e->kind == N_IDENT && i < m->regs.len; i++)
        if (m->regs.at[i]->is_context && m->regs.at[i]->name == e->name)
            return true;
    for (size_t i = 0; i < e->kids.len; i++)
        if (has_context(m, e->kids.at[i]))
            return true;
    return false;
}

bool guard_holds(const struct resolver *r, struct node *e, struct guards *keep)
{
    if (!e)
        return true;
    if (has_context(r->m, e)) {
        if (keep)
            vec_push(&keep->at, e);
        return true;
    }
    struct cval v;
    return !const_eval(r->m, e, NULL, true, &v) || v.v != 0;
}

/* The bits of a form's fields in a word, for `reserved when`. */
struct word_env {
    const struct form *f;
    uint64_t word;
};

static bool word_name(void *data, const char *name, bool number, struct cval *out)
{
    const struct word_env *env = data;
    int i = form_field(env->f, name);
    if (i < 0)
        return false;
    const struct field *field = &env->f->fields.at[i];
    *out = (struct cval){field_get(field, env->word), field->type.width};
    (void)number;
    return true;
}

static bool has_code(const struct enum_ *e, u128 code)
{
    for (size_t i = 0; i < e->items.len; i++)
        if (e->items.at[i].code == code)
            return true;
    return false;
}

static bool pred_holds(const struct model *m, const struct form *f, const struct pred *p,
                       uint64_t word)
{
    if (p->kind == PRED_NOT_RESERVED) {
        struct word_env data = {f, word};
        struct const_env env = {word_name, &data};
        struct cval v;
        return !const_eval(m, p->when, &env, false, &v) || v.v == 0;
    }
    uint64_t x = field_get(&f->fields.at[p->field], word);
    if (p->kind == PRED_LT_CONST)
        return x < p->value;
    if (p->kind == PRED_CODES)
        return has_code(p->codes, x);
    uint64_t mask = (uint64_t)ones(p->high - p->low + 1);
    x = (x >> p->low) & mask;
    if (p->kind == PRED_NE_CONST)
        return x != p->value;
    uint64_t y = (field_get(&f->fields.at[p->other], word) >> p->low) & mask;
    return (x == y) == (p->kind == PRED_EQ_FIELD);
}

bool form_matches(const struct model *m, const struct form *f, uint64_t word)
{
    if ((word & f->mask) != f->value)
        return false;
    for (size_t i = 0; i < f->preds.len; i++)
        if (!pred_holds(m, f, &f->preds.at[i], word))
            return false;
    return true;
}

int form_field(const struct form *f, const char *name)
{
    for (size_t i = 0; i < f->fields.len; i++)
        if (f->fields.at[i].name == name)
            return (int)i;
    return -1;
}

uint64_t field_get(const struct field *field, uint64_t word)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < field->parts.len; i++) {
        struct part p = field->parts.at[i];
        bits |= ((word >> p.at) & (uint64_t)ones(p.bits)) << p.low;
    }
    return bits;
}

uint64_t field_put(const struct field *field, uint64_t word, uint64_t bits)
{
    for (size_t i = 0; i < field->parts.len; i++) {
        struct part p = field->parts.at[i];
        uint64_t mask = (uint64_t)ones(p.bits);
        word = (word & ~(mask << p.at)) | (((bits >> p.low) & mask) << p.at);
    }
    return word;
}

uint64_t field_mask(const struct field *field)
{
    return field_put(field, 0, ~(uint64_t)0);
}
