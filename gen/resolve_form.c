/* resolve_form.c - formats become masks, fields and predicates of a form; see
 * resolve_form.h */
#include "resolve_form.h"

#include "diag.h"
#include "length.h"

#include <stdlib.h>
#include <string.h>

int form_add_field(struct builder *b, const char *name, struct loc loc, struct type type,
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
    struct field f = {
        .name = name, .loc = loc, .type = type, .is_operand = is_operand, .alt = alt};
    vec_push(&b->f->fields, f);
    return (int)b->f->fields.len - 1;
}

/* Fixes bits of the word. */
void form_fix(struct builder *b, uint64_t mask, uint64_t value, struct loc loc)
{
    struct form *f = b->f;
    uint64_t wrong = f->mask & mask & (f->value ^ value);
    if (wrong) {
        unsigned bit = (unsigned)__builtin_ctzll(wrong);
        diag(CHECK_CONSTRAINT, loc, "this wants bit %u to be %u, but it is %u already",
             bit, (unsigned)(value >> bit & 1), (unsigned)(f->value >> bit & 1));
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
    f->should_mask &= ~mask;
    f->should_value &= ~mask;
    f->ignored_mask &= ~mask;
}

/* Puts field bits [low + bits - 1 : low] at word bits from AT. */
void form_place(struct builder *b, int field, unsigned low, unsigned bits, unsigned at,
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
bool form_item_range(struct builder *b, const struct node *item, const struct field *f,
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
const struct operand_class *form_class(const struct builder *b, const char *name)
{
    for (size_t i = 0; i < b->f->alts.len; i++)
        if (b->f->alts.at[i].operand == name)
            return b->f->alts.at[i].class_;
    return NULL;
}

void form_unknown(struct builder *b, const char *name, struct loc loc)
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

/* The field that a layout item stands for, made if it declares one; -1 for bits without
 * name. */
static int item_field(struct builder *b, const struct node *item, bool declare)
{
    const struct operand_class *c = form_class(b, item->name);
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
            diag_help(
                "if it is the operand, write its name alone: its type gives the width");
            b->bad = true;
            return -1;
        }
        return form_add_field(b, item->name, item->loc, type, kid(item, 0) != NULL, 0);
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
        diag(CHECK_WRONG_KIND, item->loc, "'%s' is an operand class with several fields",
             name);
        diag_help("place its fields one by one: %s.%s", name,
                  c->fields.len ? c->fields.at[0] : "x");
        b->bad = true;
    } else if (i < 0 && declare) {
        form_unknown(b, name, item->loc);
        if (item->kind == N_L_FIELD)
            diag_help(
                "an operand stands among the format's parameters; a plain field says its "
                "width: %s:5",
                name);
    }
    return i;
}

static unsigned item_width(struct builder *b, const struct node *item, bool declare)
{
    if (item->kind == N_L_BITS || item->kind == N_L_SHOULD || item->kind == N_L_IGNORED) {
        b->bad =
            b->bad || item->value >> item->width != 0; /* a width was reported missing */
        return item->width;
    }
    int i = item_field(b, item, declare);
    unsigned high, low;
    if (i < 0 || !form_item_range(b, item, field_at(b, i), &high, &low))
        return 0;
    return high - low + 1;
}

static void place_item(struct builder *b, const struct node *item, unsigned at)
{
    struct form *f = b->f;
    uint64_t mask = low_bits(item->width) << at;
    unsigned high, low;
    if (item->kind == N_L_BITS) {
        form_fix(b, mask, (uint64_t)item->value << at, item->loc);
    } else if (item->kind == N_L_SHOULD) {
        f->should_mask |= mask;
        f->should_value |= (uint64_t)item->value << at;
    } else if (item->kind == N_L_IGNORED) {
        f->ignored_mask |= mask;
    } else {
        int i = item_field(b, item, false);
        if (form_item_range(b, item, field_at(b, i), &high, &low))
            form_place(b, i, low, high - low + 1, at, item->loc);
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
    diag(CHECK_FIELD_WIDTH, b->format->loc, "format '%s' has %u bits", b->format->name,
         total);
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
        if (fresh.kind != OP_CLASS && type.kind != OP_CLASS &&
            fresh.width != type.width &&
            !(is_register(&fresh) && fresh.width < type.width)) {
            diag(CHECK_WIDTH_MISMATCH, other->loc,
                 "'%s' has %u bits here and %u in the format", p->name, fresh.width,
                 type.width);
            diag_note(p->loc, "the format's type stands here");
            b->bad = true;
            return;
        }
        fresh.width = type.kind == OP_CLASS ? fresh.width : type.width;
        type = fresh;
    }
    if (type.kind != OP_CLASS) {
        form_add_field(b, p->name, p->loc, type, true, 0);
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
        form_add_field(b, internf("%s.%s", p->name, type.class_->fields.at[i]), p->loc, t,
                       false, 0);
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
            form_unknown(b, p->name, p->loc);
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
        diag(CHECK_UNPLACED_OPERAND, f->loc,
             "the layout of format '%s' doesn't place '%s'", b->format->name, f->name);
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
        diag(CHECK_UNKNOWN_NAME, b->format->loc,
             "format '%s' has no operand '%s' to be predicated "
             "by",
             b->format->name, name);
        b->bad = true;
    }
    b->f->predicate = name;
}

static struct builder start(struct resolver *r, const struct format *format,
                            const struct node *ref)
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
            vec_push(&b->f->preds, p);
        } else if (f->type.kind == OP_ENUM && f->type.enum_->items.len < (size_t)1
                                                                             << width) {
            p.kind = PRED_CODES;
            p.codes = f->type.enum_;
            vec_push(&b->f->preds, p);
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
    if (!has_context(b->r->m, when) && const_eval(b->r->m, when, NULL, false, &v) && !v.v)
        return;
    struct pred p = {.kind = PRED_NOT_RESERVED, .loc = when->loc, .when = when};
    vec_push(&b->f->preds, p);
}

/* Words of class C don't match: reserved ones, and unpredictable ones where the target
 * says so. */
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
            vec_push(&b->mentions.at,
                     internf("%s.%s", f->alts.at[i].operand, own.at.at[j]));
        }
    }
    for (size_t i = 0; i < f->preds.len; i++) {
        const struct pred *p = &f->preds.at[i];
        if (p->kind == PRED_NE_CONST || p->kind == PRED_EQ_FIELD ||
            p->kind == PRED_NE_FIELD)
            vec_push(&b->mentions.at, f->fields.at[p->field].name);
        if (p->kind == PRED_EQ_FIELD || p->kind == PRED_NE_FIELD)
            vec_push(&b->mentions.at, f->fields.at[p->other].name);
    }
    if (f->predicate)
        vec_push(&b->mentions.at, f->predicate);
}

static void uncovered(struct builder *b, const struct field *f, uint64_t open)
{
    unsigned high = 63 - (unsigned)__builtin_clzll(open),
             low = (unsigned)__builtin_ctzll(open);
    const struct insn *insn = b->f->insn;
    if (high == low)
        diag(CHECK_UNCOVERED_BIT, insn->loc, "'%s' leaves bit %u open (field '%s')",
             insn->name, low, f->name);
    else
        diag(CHECK_UNCOVERED_BIT, insn->loc,
             "'%s' leaves bits %u to %u open (field '%s')", insn->name, high, low,
             f->name);
    diag_note(f->loc, "the field stands here");
    if (strchr(f->name, '.'))
        diag_help("split '%s' in every alternative, constrain it or use it", f->name);
    else
        diag_help("constrain it (%s=0), use it, or ignore the bits in a format of its "
                  "own (_:%u)",
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
static void finish(struct builder *b, const struct guards *guards,
                   const struct node *constraints)
{
    struct form *f = b->f;
    struct insn *insn = f->insn;
    const char *name = insn->name;
    for (size_t i = 0; i < f->alts.len; i++) {
        const struct alt_choice *a = &f->alts.at[i];
        name = internf("%s.%s", name, a->alt->name);
        for (size_t j = 0; j < kid(a->alt, 1)->kids.len; j++)
            form_split(b, a->operand, kid(a->alt, 1)->kids.at[j], (unsigned)i + 1);
    }
    for (size_t i = 0; i < f->alts.len && !b->bad; i++)
        form_constrain(b, kid(f->alts.at[i].alt, 0), f->alts.at[i].operand);
    if (b->bad)
        return;
    form_constrain(b, constraints, NULL);
    if (b->bad)
        return;
    if (!b->r->bad_lengths && !length_possible(b->r->m, f->bits, f->mask, f->value)) {
        diag(CHECK_UNREACHABLE, insn->loc,
             "'%s' has %u bits, but the length rules give its words "
             "another length",
             name, f->bits);
        diag_note(b->format->loc, "its format stands here");
        diag_help(
            "constrain the bits that the length rules look at, or take another format");
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
            diag(CHECK_BOUND, insn->loc, "'%s' has more than %d forms", insn->name,
                 MOST_FORMS);
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
