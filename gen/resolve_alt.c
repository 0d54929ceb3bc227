/* resolve_alt.c - alternatives split the fields of their operand class; see
 * resolve_form.h */
#include "resolve_form.h"

#include "diag.h"

static int split_field(struct builder *b, const char *operand, const struct node *item,
                       unsigned alt)
{
    const char *name = internf("%s.%s", operand, item->name);
    struct type type = raw_type(item->width);
    if (item->kind == N_L_PART) {
        unsigned high = (unsigned)model_const(b->r->m, kid(item, 0));
        int old = form_field(b->f, name);
        if (old < 0)
            old = form_add_field(b, name, item->loc, raw_type(high + 1), false, alt);
        else if (field_at(b, old)->type.width <= high)
            field_at(b, old)->type.width = high + 1;
        return old;
    }
    if (kid(item, 0)) {
        if (!resolve_type(b->r, kid(item, 0), &type)) {
            b->bad = true;
            return -1;
        }
    } else if (!item->width) {
        diag(CHECK_FIELD_WIDTH, item->loc, "'%s' has no width", item->name);
        diag_help("write %s:4, or %s:TYPE for an operand", item->name, item->name);
        b->bad = true;
        return -1;
    }
    return form_add_field(b, name, item->loc, type, kid(item, 0) != NULL, alt);
}

static void split_item(struct builder *b, const char *operand, const struct node *item,
                       int x, unsigned low, unsigned bits, unsigned alt)
{
    struct form *f = b->f;
    int i = -1;
    unsigned high = 0, to = 0;
    if (item->kind == N_L_FIELD || item->kind == N_L_PART) {
        i = split_field(b, operand, item, alt);
        if (i < 0 || !form_item_range(b, item, field_at(b, i), &high, &to))
            return;
    }
    EACH_RUN(x, low, bits, run_at, run_low, run_bits, {
        uint64_t mask = low_bits(run_bits) << run_at;
        uint64_t value = ((uint64_t)item->value >> run_low & low_bits(run_bits))
                         << run_at;
        if (item->kind == N_L_BITS) {
            form_fix(b, mask, value, item->loc);
        } else if (item->kind == N_L_SHOULD) {
            f->should_mask |= mask;
            f->should_value |= value;
        } else if (item->kind == N_L_IGNORED) {
            f->ignored_mask |= mask;
        } else {
            form_place(b, i, to + run_low, run_bits, run_at, item->loc);
        }
    })
}

static unsigned split_width(struct builder *b, const struct node *item)
{
    struct type type;
    if (item->kind == N_L_PART) {
        unsigned high = (unsigned)model_const(b->r->m, kid(item, 0));
        return kid(item, 1) ? high - (unsigned)model_const(b->r->m, kid(item, 1)) + 1 : 1;
    }
    if (item->kind != N_L_FIELD || !kid(item, 0))
        return item->width;
    if (!resolve_type(b->r, kid(item, 0), &type)) {
        b->bad = true;
    } else if (type.kind == OP_CLASS) {
        diag(CHECK_WRONG_KIND, kid(item, 0)->loc, "an operand class can't hold another");
        b->bad = true;
    }
    return type.width;
}

void form_split(struct builder *b, const char *operand, const struct node *n,
                unsigned alt)
{
    const struct node *layout = kid(n, 0);
    int x = form_field(b->f, internf("%s.%s", operand, n->name));
    if (x < 0 || field_at(b, x)->alt) {
        diag(CHECK_UNKNOWN_NAME, n->loc, "the operand class has no field '%s'", n->name);
        diag_note(b->f->alts.at[alt - 1].class_->loc, "it is declared here");
        b->bad = true;
        return;
    }
    unsigned total = 0, width = field_at(b, x)->type.width;
    for (size_t i = 0; i < layout->kids.len; i++)
        total += split_width(b, layout->kids.at[i]);
    if (b->bad)
        return;
    if (total != width) {
        diag(CHECK_FIELD_WIDTH, n->loc, "this splits %u bits, but '%s' has %u", total,
             n->name, width);
        diag_note(b->f->alts.at[alt - 1].class_->loc,
                  "the operand class is declared here");
        b->bad = true;
        return;
    }
    unsigned at = width;
    for (size_t i = 0; i < layout->kids.len; i++) {
        unsigned w = split_width(b, layout->kids.at[i]);
        at -= w;
        split_item(b, operand, layout->kids.at[i], x, at, w, alt);
    }
}
