/* resolve_form.c - formats and constraints become masks, fields and predicates of a form. */
#include "resolve.h"

#include "diag.h"
#include "length.h"

#include <stdlib.h>
#include <string.h>

/* Which bits of which field an item has placed, for 'field-overlap'. */
struct placed {
    unsigned field;
    uint64_t bits;
    struct loc loc;
};

struct builder {
    struct resolver *r;
    const struct format *format;
    struct form *f;
    struct loc fixed[64]; /* what fixed a bit of f->mask */
    VEC(struct placed) placed;
    VEC(struct loc) field_locs; /* the items that placed f->fields, for notes */
    struct mentions mentions;
    bool bad;
};

static uint64_t low_bits(unsigned n)
{
    return n >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1;
}

static struct field *field_at(struct builder *b, int i)
{
    return &b->f->fields.at[i];
}

static int add_field(struct builder *b, const char *name, struct loc loc, struct type type,
                     bool is_operand, unsigned alt)
{
    int old = form_field(b->f, name);
    if (old >= 0) {
        diag(CHECK_DUPLICATE_NAME, loc, "'%s' is declared twice in format '%s'", name,
             b->format->name);
        diag_note(field_at(b, old)->loc, "it was declared here first");
        b->bad = true;
        return old;
    }
    struct field f = {.name = name, .loc = loc, .type = type, .is_operand = is_operand, .alt = alt};
    vec_push(&b->f->fields, f);
    return (int)b->f->fields.len - 1;
}

static struct type raw_type(unsigned width)
{
    return (struct type){.kind = OP_UINT, .width = width};
}

/* Fixes bits of the word. */
static void fix(struct builder *b, uint64_t mask, uint64_t value, struct loc loc)
{
    struct form *f = b->f;
    uint64_t wrong = f->mask & mask & (f->value ^ value);
    if (wrong) {
        unsigned bit = (unsigned)__builtin_ctzll(wrong);
        diag(CHECK_CONSTRAINT, loc, "this wants bit %u to be %u, but it is %u already", bit,
             (unsigned)(value >> bit & 1), (unsigned)(f->value >> bit & 1));
        diag_note(b->fixed[bit], "that was said here");
        diag_help("no word can meet both; take one out");
        b->bad = true;
        return;
    }
    for (unsigned i = 0; i < 64; i++)
        if ((mask & ~f->mask) >> i & 1)
            b->fixed[i] = loc;
    f->mask |= mask;
    f->value |= value & mask;
}

/* Puts field bits [low + bits - 1 : low] at word bits from AT. */
static void place(struct builder *b, int field, unsigned low, unsigned bits, unsigned at,
                  struct loc loc)
{
    struct field *f = field_at(b, field);
    uint64_t these = low_bits(bits) << low;
    for (size_t i = 0; i < b->placed.len; i++) {
        const struct placed *p = &b->placed.at[i];
        if (p->field != (unsigned)field || !(p->bits & these))
            continue;
        unsigned bit = (unsigned)__builtin_ctzll(p->bits & these);
        diag(CHECK_FIELD_OVERLAP, loc, "bit %u of '%s' is placed twice", bit, f->name);
        diag_note(p->loc, "it was placed here");
        diag_help("each bit of an operand stands in the layout once");
        b->bad = true;
        return;
    }
    struct placed p = {(unsigned)field, these, loc};
    vec_push(&b->placed, p);
    struct part part = {at, low, bits};
    vec_push(&f->parts, part);
}

/* The bits [high:low] that an item names; whole fields where it names none. */
static bool item_range(struct builder *b, const struct node *item, const struct field *f,
                       unsigned *high, unsigned *low)
{
    if (item->kind != N_L_PART || !kid(item, 0)) {
        *low = 0;
        *high = f->type.width - 1;
        return true;
    }
    u128 h = model_const(b->r->m, kid(item, 0));
    u128 l = kid(item, 1) ? model_const(b->r->m, kid(item, 1)) : h;
    *high = (unsigned)h;
    *low = (unsigned)l;
    if (l > h) {
        diag(CHECK_BOUND, item->loc, "bits %u to %u run the wrong way", *high, *low);
        diag_help("write the higher bit first: %s[%u:%u]", item->name, *low, *high);
    } else if (h >= f->type.width) {
        diag(CHECK_BOUND, item->loc, "'%s' has no bit %u", f->name, *high);
        diag_note(f->loc, "it has %u bits", f->type.width);
    } else {
        return true;
    }
    b->bad = true;
    return false;
}

/* The operand class of the parameter NAME, or NULL. */
static const struct operand_class *class_param(const struct builder *b, const char *name)
{
    for (size_t i = 0; i < b->f->alts.len; i++)
        if (b->f->alts.at[i].operand == name)
            return b->f->alts.at[i].class_;
    return NULL;
}

static void unknown_field(struct builder *b, const char *name, struct loc loc)
{
    VEC(const char *) names = {0};
    for (size_t i = 0; i < b->f->fields.len; i++)
        vec_push(&names, b->f->fields.at[i].name);
    diag(CHECK_UNKNOWN_NAME, loc, "format '%s' has no field '%s'", b->format->name, name);
    diag_note(b->format->loc, "the format stands here");
    const char *hit = closest(name, names.at, names.len);
    if (hit)
        diag_help("did you mean '%s'?", hit);
    b->bad = true;
}

/* The field that a layout item stands for, made if it declares one; -1 for bits without name. */
static int item_field(struct builder *b, const struct node *item, bool declare)
{
    const struct operand_class *c = class_param(b, item->name);
    if (item->kind == N_L_FIELD && (item->width || kid(item, 0))) {
        if (!declare)
            return form_field(b->f, item->name);
        struct type type = raw_type(item->width);
        if (kid(item, 0) && !resolve_type(b->r, kid(item, 0), &type)) {
            b->bad = true;
            return -1;
        }
        if (form_field(b->f, item->name) >= 0 || c) {
            diag(CHECK_DUPLICATE_NAME, item->loc, "'%s' is declared twice in format '%s'",
                 item->name, b->format->name);
            diag_help("if it is the operand, write its name alone: its type gives the width");
            b->bad = true;
            return -1;
        }
        return add_field(b, item->name, item->loc, type, kid(item, 0) != NULL, 0);
    }
    if (item->kind != N_L_FIELD && item->kind != N_L_PART)
        return -1;
    const char *name = item->name;
    if (item->text)
        name = internf("%s.%s", name, item->text);
    else if (c && c->fields.len == 1)
        name = internf("%s.%s", name, c->fields.at[0]);
    int i = form_field(b->f, name);
    if (i < 0 && declare && c && !item->text) {
        diag(CHECK_WRONG_KIND, item->loc, "'%s' is an operand class with several fields", name);
        diag_help("place its fields one by one: %s.%s", name, c->fields.len ? c->fields.at[0] : "x");
        b->bad = true;
    } else if (i < 0 && declare) {
        unknown_field(b, name, item->loc);
        if (item->kind == N_L_FIELD)
            diag_help("an operand stands among the format's parameters; a plain field says its "
                      "width: %s:5", name);
    }
    return i;
}

static unsigned item_width(struct builder *b, const struct node *item, bool declare)
{
    if (item->kind == N_L_BITS || item->kind == N_L_SHOULD || item->kind == N_L_IGNORED) {
        b->bad = b->bad || item->value >> item->width != 0; /* a width was reported missing */
        return item->width;
    }
    int i = item_field(b, item, declare);
    unsigned high, low;
    if (i < 0 || !item_range(b, item, field_at(b, i), &high, &low))
        return 0;
    return high - low + 1;
}

static void place_item(struct builder *b, const struct node *item, unsigned at)
{
    struct form *f = b->f;
    uint64_t mask = low_bits(item->width) << at;
    unsigned high, low;
    if (item->kind == N_L_BITS) {
        fix(b, mask, (uint64_t)item->value << at, item->loc);
    } else if (item->kind == N_L_SHOULD) {
        f->should_mask |= mask;
        f->should_value |= (uint64_t)item->value << at;
    } else if (item->kind == N_L_IGNORED) {
        f->ignored_mask |= mask;
    } else {
        int i = item_field(b, item, false);
        if (item_range(b, item, field_at(b, i), &high, &low))
            place(b, i, low, high - low + 1, at, item->loc);
    }
}

static bool length_exists(const struct model *m, unsigned bits)
{
    for (size_t i = 0; i < m->lengths.len; i++)
        if (m->lengths.at[i].bits == bits)
            return true;
    return !m->lengths.len && bits == m->fetch_bits;
}

static void wrong_total(struct builder *b, unsigned total)
{
    const struct model *m = b->r->m;
    b->bad = true;
    diag(CHECK_FIELD_WIDTH, b->format->loc, "format '%s' has %u bits", b->format->name, total);
    struct text t = {0};
    text_add(&t, "");
    unsigned near = m->fetch_bits;
    for (size_t i = 0; i < m->lengths.len; i++)
        text_addf(&t, "%s%u", i ? " or " : "", near = m->lengths.at[i].bits);
    if (!m->lengths.len)
        text_addf(&t, "%u", m->fetch_bits);
    diag_help("instructions of '%s' have %s bits%s", m->name, t.at,
              m->lengths.len > 1 ? ""
              : total < near     ? internf(": %u missing", near - total)
                                 : internf(": %u too many", total - near));
    free(t.at);
}

static void place_layout(struct builder *b)
{
    const struct node *layout = kid(b->format->node, 1);
    unsigned total = 0;
    for (size_t i = 0; i < layout->kids.len; i++)
        total += item_width(b, layout->kids.at[i], true);
    if (b->bad)
        return;
    if (!length_exists(b->r->m, total) || total > 64) {
        wrong_total(b, total);
        return;
    }
    b->f->bits = total;
    unsigned at = total;
    for (size_t i = 0; i < layout->kids.len; i++) {
        at -= item_width(b, layout->kids.at[i], false);
        place_item(b, layout->kids.at[i], at);
    }
}

/* Parameters. */
static struct node *retyped(const struct builder *b, const struct node *ref,
                            const struct node *param)
{
    (void)b;
    for (size_t i = 0; ref && i < ref->kids.len; i++)
        if (ref->kids.at[i]->name == param->name)
            return kid(ref->kids.at[i], 0);
    return NULL;
}

static bool is_register(const struct type *t)
{
    return t->kind == OP_REG || t->kind == OP_VIEW;
}

static void add_param(struct builder *b, const struct node *ref, const struct node *p)
{
    struct type type = raw_type(p->width), fresh;
    struct node *other = retyped(b, ref, p);
    if (!kid(p, 0) && !p->width) {
        diag(CHECK_CLAUSE, p->loc, "operand '%s' needs a type", p->name);
        diag_help("a register file, an enum, u5, s16 ...");
        b->bad = true;
        return;
    }
    if (kid(p, 0) && !resolve_type(b->r, kid(p, 0), &type)) {
        b->bad = true;
        return;
    }
    if (other && !resolve_type(b->r, other, &fresh)) {
        b->bad = true;
        return;
    }
    if (other) {
        if (fresh.kind != OP_CLASS && type.kind != OP_CLASS && fresh.width != type.width &&
            !(is_register(&fresh) && fresh.width < type.width)) {
            diag(CHECK_WIDTH_MISMATCH, other->loc, "'%s' has %u bits here and %u in the format",
                 p->name, fresh.width, type.width);
            diag_note(p->loc, "the format's type stands here");
            b->bad = true;
            return;
        }
        fresh.width = type.kind == OP_CLASS ? fresh.width : type.width;
        type = fresh;
    }
    if (type.kind != OP_CLASS) {
        add_field(b, p->name, p->loc, type, true, 0);
        return;
    }
    struct alt_choice choice = {p->name, type.class_, NULL};
    vec_push(&b->f->alts, choice);
    const struct node *params = kid(type.class_->decl, 0);
    for (size_t i = 0; i < type.class_->fields.len; i++) {
        struct type t = raw_type(type.class_->field_widths.at[i]);
        for (size_t j = 0; j < params->kids.len; j++) /* an enum, say */
            if (params->kids.at[j]->name == type.class_->fields.at[i] &&
                kid(params->kids.at[j], 0))
                resolve_type(b->r, kid(params->kids.at[j], 0), &t);
        add_field(b, internf("%s.%s", p->name, type.class_->fields.at[i]), p->loc, t, false, 0);
    }
}

static void check_retyped(struct builder *b, const struct node *ref)
{
    const struct node *params = kid(b->format->node, 0);
    for (size_t i = 0; ref && i < ref->kids.len; i++) {
        const struct node *p = ref->kids.at[i];
        bool known = false;
        for (size_t j = 0; j < params->kids.len; j++)
            known = known || params->kids.at[j]->name == p->name;
        if (!known)
            unknown_field(b, p->name, p->loc);
        else if (!kid(p, 0))
            diag(CHECK_CLAUSE, p->loc, "'%s' needs a type here", p->name);
    }
}

static void check_placed(struct builder *b)
{
    for (size_t i = 0; i < b->f->fields.len; i++) {
        const struct field *f = &b->f->fields.at[i];
        if (f->parts.len)
            continue;
        diag(CHECK_UNPLACED_OPERAND, f->loc, "the layout of format '%s' doesn't place '%s'",
             b->format->name, f->name);
        diag_help("put it into the layout, or take it out of the parameters");
        b->bad = true;
    }
}

static void check_predicate(struct builder *b)
{
    const char *name = b->format->node->text;
    if (!name)
        return;
    int i = form_field(b->f, name);
    if (i < 0) {
        diag(CHECK_UNKNOWN_NAME, b->format->loc, "format '%s' has no operand '%s' to be predicated "
             "by", b->format->name, name);
        b->bad = true;
    }
    b->f->predicate = name;
}

static struct builder start(struct resolver *r, const struct format *format, const struct node *ref)
{
    struct builder b = {.r = r, .format = format};
    b.f = zalloc(sizeof *b.f);
    const struct node *params = kid(format->node, 0);
    for (size_t i = 0; i < params->kids.len; i++)
        add_param(&b, ref, params->kids.at[i]);
    check_retyped(&b, ref);
    if (!b.bad)
        place_layout(&b);
    if (!b.bad)
        check_placed(&b);
    check_predicate(&b);
    return b;
}

bool format_check(struct resolver *r, const struct format *format)
{
    struct builder b = start(r, format, NULL);
    return !b.bad;
}

/* Alternatives. */
static int split_field(struct builder *b, const char *operand, const struct node *item, unsigned alt)
{
    const char *name = internf("%s.%s", operand, item->name);
    struct type type = raw_type(item->width);
    if (item->kind == N_L_PART) {
        unsigned high = (unsigned)model_const(b->r->m, kid(item, 0));
        int old = form_field(b->f, name);
        if (old < 0)
            old = add_field(b, name, item->loc, raw_type(high + 1), false, alt);
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
    return add_field(b, name, item->loc, type, kid(item, 0) != NULL, alt);
}

/* Calls for each run of word bits that holds bits [low + bits - 1 : low] of field X. */
#define EACH_RUN(x, low_, bits_, run_at, run_low, run_bits, body)                          \
    for (size_t part_ = 0; part_ < field_at(b, x)->parts.len; part_++) {                   \
        struct part q_ = field_at(b, x)->parts.at[part_];                                  \
        unsigned from_ = q_.low > (low_) ? q_.low : (low_);                                \
        unsigned to_ = q_.low + q_.bits < (low_) + (bits_) ? q_.low + q_.bits              \
                                                            : (low_) + (bits_);            \
        if (from_ >= to_)                                                                  \
            continue;                                                                      \
        unsigned run_at = q_.at + from_ - q_.low, run_low = from_ - (low_),                \
                 run_bits = to_ - from_;                                                   \
        body                                                                               \
    }

static void split_item(struct builder *b, const char *operand, const struct node *item, int x,
                       unsigned low, unsigned bits, unsigned alt)
{
    struct form *f = b->f;
    int i = -1;
    unsigned high = 0, to = 0;
    if (item->kind == N_L_FIELD || item->kind == N_L_PART) {
        i = split_field(b, operand, item, alt);
        if (i < 0 || !item_range(b, item, field_at(b, i), &high, &to))
            return;
    }
    EACH_RUN(x, low, bits, run_at, run_low, run_bits, {
        uint64_t mask = low_bits(run_bits) << run_at;
        uint64_t value = ((uint64_t)item->value >> run_low & low_bits(run_bits)) << run_at;
        if (item->kind == N_L_BITS) {
            fix(b, mask, value, item->loc);
        } else if (item->kind == N_L_SHOULD) {
            f->should_mask |= mask;
            f->should_value |= value;
        } else if (item->kind == N_L_IGNORED) {
            f->ignored_mask |= mask;
        } else {
            place(b, i, to + run_low, run_bits, run_at, item->loc);
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

static void split(struct builder *b, const char *operand, const struct node *n, unsigned alt)
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
        diag(CHECK_FIELD_WIDTH, n->loc, "this splits %u bits, but '%s' has %u", total, n->name,
             width);
        diag_note(b->f->alts.at[alt - 1].class_->loc, "the operand class is declared here");
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

/* Constraints. */
struct range {
    int field;
    unsigned high, low;
};

/* The field bits that E names; -1 if it names none. OPERAND: inside its alternative, or NULL. */
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
    const struct operand_class *c = class_param(b, name);
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
             __builtin_ctzll((uint64_t)value & ~placed) + (int)x.low, field_at(b, x.field)->name);
        diag_note(b->format->loc, "the format doesn't place it");
        b->bad = true;
        return;
    }
    fix(b, mask, bits, loc);
}

static void add_pred(struct builder *b, struct pred p)
{
    vec_push(&b->f->preds, p);
}

static void constrain_const(struct builder *b, const struct node *n, struct range x, u128 value)
{
    unsigned width = x.high - x.low + 1;
    const struct field *f = field_at(b, x.field);
    u128 cut = value;
    if (!cut_to(&cut, width)) {
        diag(CHECK_CONSTRAINT, n->loc, "the number doesn't fit in the %u bit%s of '%s'", width,
             width == 1 ? "" : "s", f->name);
        diag_note(f->loc, "'%s' is declared here", f->name);
        b->bad = true;
    } else if (n->name[0] == '=') {
        fix_field(b, x, cut, n->loc);
    } else {
        struct pred p = {.kind = PRED_NE_CONST, .loc = n->loc, .field = (unsigned)x.field,
                         .high = x.high, .low = x.low, .value = cut};
        add_pred(b, p);
    }
}

static void constrain_fields(struct builder *b, const struct node *n, struct range x,
                             struct range y)
{
    if (x.high != y.high || x.low != y.low) {
        diag(CHECK_CONSTRAINT, n->loc, "'%s' and '%s' have different widths here",
             field_at(b, x.field)->name, field_at(b, y.field)->name);
        diag_help("compare the same bits of both: %s[h:l] = (%s[h:l])", field_at(b, x.field)->name,
                  field_at(b, y.field)->name);
        b->bad = true;
        return;
    }
    struct pred p = {.kind = n->name[0] == '=' ? PRED_EQ_FIELD : PRED_NE_FIELD, .loc = n->loc,
                     .field = (unsigned)x.field, .other = (unsigned)y.field, .high = x.high,
                     .low = x.low};
    add_pred(b, p);
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
        if (e->kind == N_IDENT && class_param(b, e->name)) {
            diag(CHECK_WRONG_KIND, e->loc, "'%s' is an operand class", e->name);
            diag_help("constrain one of its fields: %s.%s", e->name,
                      class_param(b, e->name)->fields.at[0]);
        } else if (e->kind == N_IDENT) {
            unknown_field(b, e->name, e->loc);
        } else if (e->kind == N_MEMBER && kid(e, 0)->kind == N_IDENT) {
            unknown_field(b, internf("%s.%s", kid(e, 0)->name, e->name), e->loc);
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

static void constrain_all(struct builder *b, const struct node *n, const char *operand)
{
    for (size_t i = 0; n && i < n->kids.len; i++) {
        struct node *c = n->kids.at[i];
        if (c && c->kind == N_LIST)
            constrain_all(b, c, operand);
        else if (c && c->kind == N_CONSTRAINT)
            constrain(b, c, operand);
    }
}

/* Conditions that types bring: enums with holes, fewer registers than codes. */
static unsigned elements(const struct type *t)
{
    return t->kind == OP_REG ? t->reg->count : t->kind == OP_VIEW ? t->view->count : 0;
}

static void type_preds(struct builder *b)
{
    for (size_t i = 0; i < b->f->fields.len; i++) {
        const struct field *f = &b->f->fields.at[i];
        unsigned count = elements(&f->type), width = f->type.width;
        struct pred p = {.loc = f->loc, .field = (unsigned)i, .high = width - 1};
        if (count && width < 32 && count < 1u << width) {
            p.kind = PRED_LT_CONST;
            p.value = count;
            add_pred(b, p);
        } else if (f->type.kind == OP_ENUM && f->type.enum_->items.len < (size_t)1 << width) {
            p.kind = PRED_CODES;
            p.codes = f->type.enum_;
            add_pred(b, p);
        }
    }
}

/* `reserved when` inside an alternative: its names become OPERAND.name. */
static struct node *qualify(struct builder *b, const char *operand, struct node *n)
{
    if (!n)
        return NULL;
    if (n->kind == N_IDENT && form_field(b->f, internf("%s.%s", operand, n->name)) >= 0) {
        struct node *base = node_new(N_IDENT, n->loc, operand, 0);
        return node_new(N_MEMBER, n->loc, n->name, 1, base);
    }
    if (n->kind == N_UNARY && n->name[0] == '#') {
        struct node *x = qualify(b, operand, kid(n, 0));
        if (x->kind != N_MEMBER)
            return n;
        struct node *number = node_new(N_UNARY, n->loc, n->name, 1, kid(x, 0));
        return node_new(N_MEMBER, n->loc, x->name, 1, number);
    }
    struct node *copy = node_new(n->kind, n->loc, n->name, 0);
    copy->text = n->text;
    copy->value = n->value;
    copy->width = n->width;
    for (size_t i = 0; i < n->kids.len; i++)
        node_add(copy, qualify(b, operand, n->kids.at[i]));
    return copy;
}

static void reserved(struct builder *b, struct node *when)
{
    struct cval v;
    mention_tree(&b->mentions, when);
    if (const_eval(b->r->m, when, NULL, false, &v) && !v.v)
        return;
    struct pred p = {.kind = PRED_NOT_RESERVED, .loc = when->loc, .when = when};
    add_pred(b, p);
}

/* Words of class C don't match: reserved ones, and unpredictable ones where the target says so. */
static bool excludes(const struct builder *b, const struct node *c)
{
    return !strcmp(c->name, "reserved") ||
           (b->r->config->unpredictable_traps && !strcmp(c->name, "unpredictable"));
}

static void reserved_preds(struct builder *b, const struct guards *guards)
{
    for (size_t i = 0; i < guards->at.len; i++) {
        struct node *g = guards->at.at[i];
        reserved(b, node_new(N_UNARY, g->loc, intern("!"), 1, g));
    }
    for (size_t i = 0; i < b->f->insn->classes.len; i++) {
        struct node *c = b->f->insn->classes.at[i];
        mention_tree(&b->mentions, c);
        if (excludes(b, c))
            reserved(b, kid(c, 0));
    }
    for (size_t i = 0; i < b->f->alts.len; i++) {
        const struct alt_choice *a = &b->f->alts.at[i];
        const struct node *body = kid(a->alt, 3);
        for (size_t j = 0; body && j < body->kids.len; j++) {
            struct node *c = body->kids.at[j];
            if (c->kind == N_CLASS && excludes(b, c))
                reserved(b, qualify(b, a->operand, kid(c, 0)));
        }
    }
}

/* Mentions. */
static void collect_mentions(struct builder *b)
{
    const struct insn *insn = b->f->insn;
    struct form *f = b->f;
    mention_tree(&b->mentions, insn->text);
    mention_tree(&b->mentions, insn->body);
    for (size_t i = 0; i < f->alts.len; i++) {
        struct mentions own = {0};
        mention_tree(&own, f->alts.at[i].alt);
        for (size_t j = 0; j < own.at.len; j++) {
            vec_push(&b->mentions.at, own.at.at[j]);
            vec_push(&b->mentions.at, internf("%s.%s", f->alts.at[i].operand, own.at.at[j]));
        }
    }
    for (size_t i = 0; i < f->preds.len; i++) {
        const struct pred *p = &f->preds.at[i];
        if (p->kind == PRED_NE_CONST || p->kind == PRED_EQ_FIELD || p->kind == PRED_NE_FIELD)
            vec_push(&b->mentions.at, f->fields.at[p->field].name);
        if (p->kind == PRED_EQ_FIELD || p->kind == PRED_NE_FIELD)
            vec_push(&b->mentions.at, f->fields.at[p->other].name);
    }
    if (f->predicate)
        vec_push(&b->mentions.at, f->predicate);
}

static void uncovered(struct builder *b, const struct field *f, uint64_t open)
{
    unsigned high = 63 - (unsigned)__builtin_clzll(open), low = (unsigned)__builtin_ctzll(open);
    const struct insn *insn = b->f->insn;
    if (high == low)
        diag(CHECK_UNCOVERED_BIT, insn->loc, "'%s' leaves bit %u open (field '%s')", insn->name,
             low, f->name);
    else
        diag(CHECK_UNCOVERED_BIT, insn->loc, "'%s' leaves bits %u to %u open (field '%s')",
             insn->name, high, low, f->name);
    diag_note(f->loc, "the field stands here");
    if (strchr(f->name, '.'))
        diag_help("split '%s' in every alternative, constrain it or use it", f->name);
    else
        diag_help("constrain it (%s=0), use it, or ignore the bits in a format of its own (_:%u)",
                  f->name, f->type.width);
}

/* Word bits that the alternatives' fields and bits without name cover. */
static uint64_t split_mask(const struct form *f)
{
    uint64_t mask = f->should_mask | f->ignored_mask;
    for (size_t i = 0; i < f->fields.len; i++)
        if (f->fields.at[i].alt)
            mask |= field_mask(&f->fields.at[i]);
    return mask;
}

static void check_covered(struct builder *b)
{
    struct form *f = b->f;
    collect_mentions(b);
    uint64_t split_bits = split_mask(f);
    for (size_t i = 0; i < f->fields.len; i++) {
        struct field *x = &f->fields.at[i];
        uint64_t open = field_mask(x) & ~f->mask;
        if (!x->alt)
            open &= ~split_bits;
        x->used = mentioned(&b->mentions, x->name);
        if (x->used || !open)
            continue;
        if (!x->is_operand) {
            uncovered(b, x, open);
        } else {
            diag(CHECK_UNUSED_FIELD, f->insn->loc, "'%s' never uses its operand '%s'",
                 f->insn->name, x->name);
            diag_note(x->loc, "the operand stands here");
            diag_help("constrain it (%s=0), or use it in text or body", x->name);
        }
    }
}

/* Forms. */
static void finish(struct builder *b, const struct guards *guards, const struct node *constraints)
{
    struct form *f = b->f;
    struct insn *insn = f->insn;
    const char *name = insn->name;
    for (size_t i = 0; i < f->alts.len; i++) {
        const struct alt_choice *a = &f->alts.at[i];
        name = internf("%s.%s", name, a->alt->name);
        for (size_t j = 0; j < kid(a->alt, 1)->kids.len; j++)
            split(b, a->operand, kid(a->alt, 1)->kids.at[j], (unsigned)i + 1);
    }
    for (size_t i = 0; i < f->alts.len && !b->bad; i++)
        constrain_all(b, kid(f->alts.at[i].alt, 0), f->alts.at[i].operand);
    if (b->bad)
        return;
    constrain_all(b, constraints, NULL);
    if (b->bad)
        return;
    if (!b->r->bad_lengths &&
        !length_possible(b->r->m, f->bits, f->mask, f->value)) {
        diag(CHECK_UNREACHABLE, insn->loc, "'%s' has %u bits, but the length rules give its words "
             "another length", name, f->bits);
        diag_note(b->format->loc, "its format stands here");
        diag_help("constrain the bits that the length rules look at, or take another format");
        return;
    }
    type_preds(b);
    reserved_preds(b, guards);
    if (b->r->config->unpredictable_traps) {
        f->mask |= f->should_mask;
        f->value |= f->should_value;
        f->should_mask = f->should_value = 0;
    }
    check_covered(b);
    f->name = name;
    f->index = (unsigned)b->r->m->forms.len;
    vec_push(&insn->forms, f);
    vec_push(&b->r->m->forms, f);
}

void forms_build(struct resolver *r, struct insn *insn, const struct format *format,
                 struct node *ref, struct node *constraints, const struct guards *guards)
{
    enum { MOST_FORMS = 4096 };
    struct builder first = start(r, format, ref);
    size_t count = 1;
    for (size_t i = 0; i < first.f->alts.len; i++) {
        count *= kid(first.f->alts.at[i].class_->decl, 2)->kids.len;
        if (count > MOST_FORMS) {
            diag(CHECK_BOUND, insn->loc, "'%s' has more than %d forms", insn->name, MOST_FORMS);
            return;
        }
    }
    for (size_t n = 0; n < count && !first.bad; n++) {
        struct builder b = n ? start(r, format, ref) : first;
        b.f->insn = insn;
        size_t rest = n;
        for (size_t i = b.f->alts.len; i-- > 0;) {
            struct node *alts = kid(b.f->alts.at[i].class_->decl, 2);
            b.f->alts.at[i].alt = alts->kids.at[rest % alts->kids.len];
            rest /= alts->kids.len;
        }
        finish(&b, guards, constraints);
    }
}
