/* sem_mk.c - expressions are built, folded and given widths here. */
#include "sem_int.h"

#include <string.h>

struct sem_expr *mk_const(unsigned width, u128 value, struct loc loc)
{
    struct sem_expr *e = zalloc(sizeof *e);
    e->op = SEM_CONST;
    e->width = width;
    e->loc = loc;
    e->value = width ? value & ones(width) : value;
    return e;
}

struct sem_expr *mk_flexible(s128 value, struct loc loc)
{
    struct sem_expr *e = mk_const(0, (u128)value, loc);
    e->high = value < 0;
    return e;
}

struct sem_expr *mk_poison(struct loc loc)
{
    struct sem_expr *e = zalloc(sizeof *e);
    e->op = SEM_UNKNOWN;
    e->bind = BIND_DECODE;
    e->loc = loc;
    return e;
}

bool sem_same(const struct sem_expr *a, const struct sem_expr *b)
{
    if (a == b)
        return true;
    if (!a || !b || a->op != b->op || a->width != b->width || a->value != b->value ||
        a->index != b->index || a->reg != b->reg || a->high != b->high ||
        a->low != b->low || a->name != b->name || a->op == SEM_UNKNOWN)
        return false;
    if (a->op == SEM_FP && (a->fp_width != b->fp_width || a->rm_kind != b->rm_kind ||
                            a->rounding != b->rounding))
        return false;
    for (int i = 0; i < 4; i++)
        if ((a->kid[i] || b->kid[i]) && !sem_same(a->kid[i], b->kid[i]))
            return false;
    return true;
}

struct sem_expr *mk_field(struct builder *b, unsigned field, struct loc loc)
{
    const struct field *f = &b->f->fields.at[field];
    uint64_t mask = field_mask(f);
    if ((mask & b->f->mask) == mask)
        return mk_const(f->type.width, field_get(f, b->f->value), loc);
    struct sem_expr *e = zalloc(sizeof *e);
    e->op = SEM_FIELD;
    e->width = f->type.width;
    e->bind = BIND_DECODE;
    e->loc = loc;
    e->index = field;
    return e;
}

/* never - whether decode-time expression E has a bit that VALUE lacks. */
static bool never(const struct sem_expr *e, u128 value)
{
    return e->op == SEM_OR && e->bind == BIND_DECODE && is_const(e->kid[1]) &&
           (e->kid[1]->value & ~value) != 0;
}

/* Whether the field E can never equal VALUE, by the form's mask and predicates. */
static bool excluded(const struct builder *b, const struct sem_expr *e, u128 value)
{
    while (e->op == SEM_ZEXT)
        e = e->kid[0];
    if (e->op != SEM_FIELD || !b->f)
        return false;
    const struct field *f = &b->f->fields.at[e->index];
    if (value > ones(e->width))
        return true;
    uint64_t fixed = field_mask(f) & b->f->mask;
    uint64_t put = field_put(f, 0, (uint64_t)value);
    if ((put ^ b->f->value) & fixed || field_get(f, put) != (uint64_t)value)
        return true;
    for (size_t i = 0; i < b->f->preds.len; i++) {
        const struct pred *p = &b->f->preds.at[i];
        if (p->field != e->index)
            continue;
        if (p->kind == PRED_NE_CONST &&
            (value >> p->low & ones(p->high - p->low + 1)) == p->value)
            return true;
        if (p->kind == PRED_LT_CONST && value >= p->value)
            return true;
    }
    return false;
}

static bool is_value(const struct sem_expr *e, u128 value)
{
    return is_const(e) && e->value == (e->width ? value & ones(e->width) : value);
}

static bool comparison(enum sem_op op)
{
    return op >= SEM_EQ && op <= SEM_LE_S;
}

/* Simple identities; NULL if there is none. */
static struct sem_expr *identity(struct builder *b, enum sem_op op, unsigned width,
                                 struct loc loc, struct sem_expr *x, struct sem_expr *y,
                                 struct sem_expr *z)
{
    switch (op) {
    case SEM_ADD:
    case SEM_OR:
    case SEM_XOR:
        if (is_value(x, 0))
            return y;
        /* fall through */
    case SEM_SUB:
    case SEM_SHL:
    case SEM_SHR_U:
    case SEM_SHR_S:
    case SEM_ROTL:
    case SEM_ROTR:
        if (is_value(y, 0))
            return x;
        if (op == SEM_OR && width == 1 && x->bind == BIND_DECODE &&
            ((x->op == SEM_NOT && sem_same(x->kid[0], y)) ||
             (y->op == SEM_NOT && sem_same(y->kid[0], x)) ||
             (x->op == SEM_EQ && y->op == SEM_NE && sem_same(x->kid[0], y->kid[0]) &&
              sem_same(x->kid[1], y->kid[1]))))
            return mk_const(1, 1, loc);
        if (op == SEM_OR && width == 1 && (is_value(x, 1) || is_value(y, 1)))
            return mk_const(1, 1, loc);
        return NULL;
    case SEM_AND:
        if (is_value(x, 0) || is_value(y, 0))
            return mk_const(width, 0, loc);
        if (width == 1 && x->op == SEM_EQ && y->op == SEM_EQ && is_const(x->kid[1]) &&
            is_const(y->kid[1]) && x->bind == BIND_DECODE &&
            sem_same(x->kid[0], y->kid[0]))
            return x->kid[1]->value == y->kid[1]->value ? x : mk_const(1, 0, loc);
        return width && is_value(x, ~(u128)0)   ? y
               : width && is_value(y, ~(u128)0) ? x
                                                : NULL;
    case SEM_NOT:
        if (x->op == SEM_NOT)
            return x->kid[0];
        if (x->op == SEM_EQ || x->op == SEM_NE)
            return mk(b, x->op == SEM_EQ ? SEM_NE : SEM_EQ, 1, loc, x->kid[0], x->kid[1],
                      NULL);
        return NULL;
    case SEM_EQ:
    case SEM_NE:
        if (is_const(y) && (excluded(b, x, y->value) || never(x, y->value)))
            return mk_const(1, op == SEM_NE, loc);
        return x->bind == BIND_DECODE && sem_same(x, y) ? mk_const(1, op == SEM_EQ, loc)
                                                        : NULL;
    case SEM_COND:
        if (is_const(x))
            return x->value ? y : z;
        if (y->width == 1 && is_value(y, 1) && is_value(z, 0))
            return x;
        if (y->width == 1 && is_value(y, 0) && is_value(z, 1))
            return mk_not(b, x, loc);
        return sem_same(y, z) ? y : NULL;
    default:
        return NULL;
    }
}

static struct sem_expr *fold_flexible(enum sem_op op, struct loc loc, struct sem_expr *x,
                                      struct sem_expr *y)
{
    u128 v = sem_fold(op, 128, 128, x->value, y ? y->value : 0, 0);
    if (comparison(op))
        return mk_const(1, v, loc);
    struct sem_expr *e = mk_flexible((s128)v, loc);
    if (!x->high && !(y && y->high) && op != SEM_SUB && op != SEM_NOT && op != SEM_NEG)
        e->high = 0; /* a positive number that uses bit 127 */
    if (op == SEM_NOT && e->high)
        e->high = 2;
    return e;
}

struct sem_expr *mk(struct builder *b, enum sem_op op, unsigned width, struct loc loc,
                    struct sem_expr *x, struct sem_expr *y, struct sem_expr *z)
{
    bool known = is_const(x) && (!y || is_const(y)) && (!z || is_const(z));
    if (op == SEM_COND && is_const(x))
        return x->value ? y : z;
    if (known && !width && (!y || !y->width) && op != SEM_COND)
        return fold_flexible(op, loc, x, y);
    if (known && width == 1 && comparison(op) && !x->width && !y->width)
        return fold_flexible(op, loc, x, y);
    if (known && width)
        return mk_const(
            width,
            sem_fold(op, width, x->width, x->value, y ? y->value : 0, z ? z->value : 0),
            loc);
    struct sem_expr *same = identity(b, op, width, loc, x, y, z);
    if (same)
        return same;
    struct sem_expr *e = zalloc(sizeof *e);
    *e = (struct sem_expr){.op = op, .width = width, .loc = loc, .kid = {x, y, z}};
    e->bind = x->bind;
    if (y && y->bind > e->bind)
        e->bind = y->bind;
    if (z && z->bind > e->bind)
        e->bind = z->bind;
    return e;
}

struct sem_expr *mk_not(struct builder *b, struct sem_expr *x, struct loc loc)
{
    return mk(b, SEM_NOT, x->width, loc, x, NULL, NULL);
}

struct sem_expr *mk_extend(struct builder *b, enum sem_op op, struct sem_expr *x,
                           unsigned width, struct loc loc)
{
    if (x->width == width)
        return x;
    if (x->op == SEM_ZEXT && x->width > x->kid[0]->width)
        return mk_extend(b, SEM_ZEXT, x->kid[0], width, loc);
    if (x->op == SEM_SEXT && op == SEM_SEXT)
        x = x->kid[0];
    return mk(b, op, width, loc, x, NULL, NULL);
}

struct sem_expr *mk_slice(struct builder *b, struct sem_expr *x, unsigned high,
                          unsigned low, struct loc loc)
{
    if (is_const(x))
        return mk_const(high - low + 1, x->value >> low, loc);
    if (low == 0 && high + 1 == x->width)
        return x;
    if (x->op == SEM_SLICE)
        return mk_slice(b, x->kid[0], high + x->low, low + x->low, loc);
    if (x->op == SEM_ZEXT || x->op == SEM_SEXT) {
        unsigned inner = x->kid[0]->width;
        if (high < inner)
            return mk_slice(b, x->kid[0], high, low, loc);
        if (low == 0)
            return mk_extend(b, x->op, x->kid[0], high + 1, loc);
        if (x->op == SEM_ZEXT && low >= inner)
            return mk_const(high - low + 1, 0, loc);
    }
    if (x->op == SEM_CAT) {
        unsigned at = x->kid[1]->width;
        if (low >= at)
            return mk_slice(b, x->kid[0], high - at, low - at, loc);
        if (high < at)
            return mk_slice(b, x->kid[1], high, low, loc);
    }
    struct sem_expr *e = mk(b, SEM_NEG, high - low + 1, loc, x, NULL, NULL);
    e->op = SEM_SLICE;
    e->high = high;
    e->low = low;
    return e;
}

static bool fits(const struct sem_expr *e, unsigned width)
{
    if (width >= 128)
        return true;
    if (e->high == 2) /* ~ of a number that fits */
        return (s128)e->value >= -(s128)ones(width) - 1;
    if (e->high)
        return (s128)e->value >= -((s128)1 << (width - 1));
    return e->value <= ones(width);
}

/* E, which is flexible, as wide as WIDTH. */
static struct sem_expr *give_width(struct builder *b, struct sem_expr *e, unsigned width)
{
    if (e->width == width)
        return e;
    if (is_const(e)) {
        if (!fits(e, width) &&
            sem_error(CHECK_WIDTH_MISMATCH, e->loc, "this number doesn't fit in %u bit%s",
                      width, width == 1 ? "" : "s"))
            diag_help("it stands with something %u bit%s wide", width,
                      width == 1 ? "" : "s");
        return mk_const(width, e->value, e->loc);
    }
    struct sem_expr *copy = zalloc(sizeof *copy);
    *copy = *e;
    copy->width = width;
    unsigned first = e->op == SEM_COND ? 1 : 0;
    for (unsigned i = first; i < 3; i++)
        if (e->kid[i] && !e->kid[i]->width)
            copy->kid[i] = give_width(b, e->kid[i], width);
    return copy;
}

struct sem_expr *adapt(struct builder *b, struct sem_expr *e, unsigned width,
                       const char *what)
{
    if (!e->width && width)
        return give_width(b, e, width);
    if (e->width == width)
        return e;
    if (sem_error(CHECK_WIDTH_MISMATCH, e->loc, "%s is %u bit%s wide, not %u", what,
                  e->width, e->width == 1 ? "" : "s", width)) {
        if (e->width < width)
            diag_help("widen it: sext(..., %u) or zext(..., %u)", width, width);
        else
            diag_help("take a slice of it: [%u:0]", width - 1);
    }
    return mk_extend(b, SEM_ZEXT,
                     e->width < width ? e : mk_slice(b, e, width - 1, 0, e->loc), width,
                     e->loc);
}

struct sem_expr *condition(struct builder *b, struct sem_expr *e, const char *what)
{
    if (!e->width || e->width == 1)
        return adapt(b, e, 1, what);
    if (sem_error(CHECK_WIDTH_MISMATCH, e->loc, "%s is %u bits wide, not one", what,
                  e->width))
        diag_help("compare it: ... != 0");
    return mk(b, SEM_NE, 1, e->loc, e, mk_const(e->width, 0, e->loc), NULL);
}

bool number(struct builder *b, struct sem_expr *e, const char *what, s128 *value)
{
    (void)b;
    if (is_const(e)) {
        *value = (s128)e->value;
        return true;
    }
    if (!is_poison(e) &&
        sem_error(CHECK_NONDECODE_INDEX, e->loc, "%s must be a constant number", what))
        diag_help("widths, bit ranges and loops are constant; to shift by a value, use "
                  "<<, >>u, >>s");
    *value = 0;
    return false;
}

bool uses_raw(const struct node *n)
{
    if (!n)
        return false;
    if (n->kind == N_IDENT && !strcmp(n->name, "raw"))
        return true;
    for (size_t i = 0; i < n->kids.len; i++)
        if (uses_raw(n->kids.at[i]))
            return true;
    return false;
}
