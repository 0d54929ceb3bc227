/* resolve_constrain.c - constraints fix bits or become predicates; see resolve_form.h */
#include "resolve_form.h"

#include "diag.h"

struct range {
    int field;
    unsigned high, low;
};

/* The field bits that E names; -1 if it names none. OPERAND: inside its alternative, or
 * NULL. */
static int named_field(struct builder *b, const struct node *e, const char *operand)
{
    const char *name = e->kind == N_IDENT ? e->name : NULL;
    if (e->kind == N_UNARY && e->name[0] == '#' && kid(e, 0)->kind == N_IDENT)
        name = kid(e, 0)->name;
    if (e->kind == N_MEMBER && kid(e, 0)->kind == N_IDENT)
        name = internf("%s.%s", kid(e, 0)->name, e->name);
    if (!name)
        return -1;
    int i = operand ? form_field(b->f, internf("%s.%s", operand, name)) : -1;
    if (i < 0)
        i = form_field(b->f, name);
    const struct operand_class *c = form_class(b, name);
    if (i < 0 && c && c->fields.len == 1)
        i = form_field(b->f, internf("%s.%s", name, c->fields.at[0]));
    return i;
}

static bool bits_named(struct builder *b, const struct node *e, const char *operand,
                       struct range *out)
{
    const struct node *base = e;
    if (e->kind == N_INDEX || e->kind == N_SLICE)
        base = kid(e, 0);
    out->field = named_field(b, base, operand);
    if (out->field < 0)
        return false;
    const struct field *f = field_at(b, out->field);
    out->high = f->type.width - 1;
    out->low = 0;
    if (base == e)
        return true;
    u128 high = model_const(b->r->m, kid(e, 1));
    u128 low = e->kind == N_SLICE ? model_const(b->r->m, kid(e, 2)) : high;
    if (high < low || high > out->high) {
        diag(CHECK_BOUND, e->loc, "'%s' has no bits %u to %u", f->name, (unsigned)high,
             (unsigned)low);
        diag_note(f->loc, "it has %u bits", f->type.width);
        b->bad = true;
        out->field = -1;
        return false;
    }
    out->high = (unsigned)high;
    out->low = (unsigned)low;
    return true;
}

/* Whether V, perhaps negative, is a number of BITS bits; cut to them. */
static bool cut_to(u128 *v, unsigned bits)
{
    s128 s = (s128)*v;
    bool fit = *v >> bits == 0 || (s < 0 && s >= -((s128)1 << (bits - 1)));
    *v &= low_bits(bits);
    return fit;
}

static void fix_field(struct builder *b, struct range x, u128 value, struct loc loc)
{
    uint64_t mask = 0, bits = 0, placed = 0;
    unsigned width = x.high - x.low + 1;
    EACH_RUN(x.field, x.low, width, run_at, run_low, run_bits, {
        mask |= low_bits(run_bits) << run_at;
        bits |= ((uint64_t)value >> run_low & low_bits(run_bits)) << run_at;
        placed |= low_bits(run_bits) << run_low;
    })
    if ((uint64_t)value & ~placed) {
        diag(CHECK_CONSTRAINT, loc, "bit %d of '%s' is always 0",
             __builtin_ctzll((uint64_t)value & ~placed) + (int)x.low,
             field_at(b, x.field)->name);
        diag_note(b->format->loc, "the format doesn't place it");
        b->bad = true;
        return;
    }
    form_fix(b, mask, bits, loc);
}

static void constrain_const(struct builder *b, const struct node *n, struct range x,
                            u128 value)
{
    unsigned width = x.high - x.low + 1;
    const struct field *f = field_at(b, x.field);
    u128 cut = value;
    if (!cut_to(&cut, width)) {
        diag(CHECK_CONSTRAINT, n->loc, "the number doesn't fit in the %u bit%s of '%s'",
             width, width == 1 ? "" : "s", f->name);
        diag_note(f->loc, "'%s' is declared here", f->name);
        b->bad = true;
    } else if (n->name[0] == '=') {
        fix_field(b, x, cut, n->loc);
    } else {
        struct pred p = {.kind = PRED_NE_CONST,
                         .loc = n->loc,
                         .field = (unsigned)x.field,
                         .high = x.high,
                         .low = x.low,
                         .value = cut};
        vec_push(&b->f->preds, p);
    }
}

static void constrain_fields(struct builder *b, const struct node *n, struct range x,
                             struct range y)
{
    if (x.high != y.high || x.low != y.low) {
        diag(CHECK_CONSTRAINT, n->loc, "'%s' and '%s' have different widths here",
             field_at(b, x.field)->name, field_at(b, y.field)->name);
        diag_help("compare the same bits of both: %s[h:l] = (%s[h:l])",
                  field_at(b, x.field)->name, field_at(b, y.field)->name);
        b->bad = true;
        return;
    }
    struct pred p = {.kind = n->name[0] == '=' ? PRED_EQ_FIELD : PRED_NE_FIELD,
                     .loc = n->loc,
                     .field = (unsigned)x.field,
                     .other = (unsigned)y.field,
                     .high = x.high,
                     .low = x.low};
    vec_push(&b->f->preds, p);
}

static void constrain(struct builder *b, const struct node *n, const char *operand)
{
    struct range x, y;
    unsigned errors = diag_errors();
    if (!bits_named(b, kid(n, 0), operand, &x)) {
        const struct node *e = kid(n, 0);
        while ((e->kind == N_INDEX || e->kind == N_SLICE) && kid(e, 0))
            e = kid(e, 0);
        b->bad = true;
        if (diag_errors() != errors)
            return;
        if (e->kind == N_IDENT && form_class(b, e->name)) {
            diag(CHECK_WRONG_KIND, e->loc, "'%s' is an operand class", e->name);
            diag_help("constrain one of its fields: %s.%s", e->name,
                      form_class(b, e->name)->fields.at[0]);
        } else if (e->kind == N_IDENT) {
            form_unknown(b, e->name, e->loc);
        } else if (e->kind == N_MEMBER && kid(e, 0)->kind == N_IDENT) {
            form_unknown(b, internf("%s.%s", kid(e, 0)->name, e->name), e->loc);
        } else {
            diag(CHECK_CONSTRAINT, e->loc, "a constraint begins with a field");
            diag_help("for example: op=3, imm[5]=0, rd!=0, rd=rs");
        }
        return;
    }
    struct node *rhs = kid(n, 1);
    if (bits_named(b, rhs, operand, &y)) {
        constrain_fields(b, n, x, y);
        return;
    }
    struct cval v;
    if (const_eval(b->r->m, rhs, NULL, true, &v))
        constrain_const(b, n, x, v.v);
    else
        b->bad = true;
}

void form_constrain(struct builder *b, const struct node *n, const char *operand)
{
    for (size_t i = 0; n && i < n->kids.len; i++) {
        struct node *c = n->kids.at[i];
        if (c && c->kind == N_LIST)
            form_constrain(b, c, operand);
        else if (c && c->kind == N_CONSTRAINT)
            constrain(b, c, operand);
    }
}
