/* text.c - templates to pieces, and printing them; see text.h */
#include "text.h"

#include "deval.h"
#include "diag.h"
#include "emit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct parser {
    const struct model *m;
    struct form *f;
    struct loc loc;
    const struct alt_choice *alt; /* in an alternative's text: its names come first */
};

static void parse(struct parser *p, const char *s, size_t len, piece_vec *out);

/* ---- names in expressions: operands are numbers, alternatives' results are inlined ----
 */

static struct node *rewrite(struct parser *p, struct node *e, bool sum);

static struct node *ident(struct loc loc, const char *name)
{
    return node_new(N_IDENT, loc, intern(name), 0);
}

static struct node *call2(struct loc loc, const char *f, struct node *a, struct node *b)
{
    struct node *args = node_new(N_LIST, loc, NULL, 2, a, b);
    return node_new(N_CALL, loc, NULL, 2, ident(loc, f), args);
}

static struct node *number_of(struct parser *p, const struct field *field, struct loc loc,
                              bool sum)
{
    struct node *e = ident(loc, field->name); /* "op2.rot" as one name */
    bool is_signed = field->type.kind == OP_SINT;
    if (!is_signed)
        e = node_new(N_UNARY, loc, intern("#"), 1, e);
    if (!sum || field->type.width >= p->m->word)
        return e;
    return call2(loc, is_signed ? "sext" : "zext", e, ident(loc, "word"));
}

/* The expression that alternative A assigns to its result NAME, or NULL. */
static struct node *result_expr(const struct alt_choice *a, const char *name)
{
    struct node *body = kid(a->alt, 3);
    VEC(const char *) names = {0};
    VEC(struct node *) values = {0};
    for (size_t i = 0; body && i < body->kids.len; i++) {
        struct node *s = body->kids.at[i];
        if (s->kind == N_LET && kid(s, 0)->kids.len == 1) {
            struct node *value = node_subst(kid(s, 2), names.at, values.at, names.len);
            vec_push(&names, kid(kid(s, 0), 0)->name);
            vec_push(&values, value);
        } else if (s->kind == N_ASSIGN && kid(s, 0)->kind == N_IDENT &&
                   kid(s, 0)->name == name) {
            return node_subst(kid(s, 1), names.at, values.at, names.len);
        }
    }
    return NULL;
}

static const struct alt_choice *find_alt(const struct form *f, const char *operand)
{
    for (size_t i = 0; i < f->alts.len; i++)
        if (f->alts.at[i].operand == operand)
            return &f->alts.at[i];
    return NULL;
}

/* A name under the alternative ALT (or none): an operand, a result, or NULL. */
static struct node *rewrite_name(struct parser *p, const struct alt_choice *alt,
                                 const char *name, struct loc loc, bool sum)
{
    int at = alt ? form_field(p->f, internf("%s.%s", alt->operand, name)) : -1;
    struct node *e = alt && at < 0 ? result_expr(alt, name) : NULL;
    if (e) {
        struct parser inner = *p;
        inner.alt = alt;
        return rewrite(&inner, e, false);
    }
    if (at < 0)
        at = form_field(p->f, name);
    return at < 0 ? NULL : number_of(p, &p->f->fields.at[at], loc, sum);
}

static struct node *rewrite_kids(struct parser *p, struct node *e, size_t from, bool sum)
{
    struct node *copy = zalloc(sizeof *copy);
    *copy = *e;
    memset(&copy->kids, 0, sizeof copy->kids);
    for (size_t i = 0; i < e->kids.len; i++) {
        struct node *k = e->kids.at[i];
        vec_push(&copy->kids, k && i >= from ? rewrite(p, k, sum) : k);
    }
    return copy;
}

static bool is_sum(const char *op)
{
    return !strcmp(op, "+") || !strcmp(op, "-") || !strcmp(op, "*");
}

static struct node *rewrite(struct parser *p, struct node *e, bool sum)
{
    struct node *r = NULL;
    switch (e->kind) {
    case N_IDENT:
        r = rewrite_name(p, p->alt, e->name, e->loc, sum);
        return r ? r : e;
    case N_MEMBER:
        if (kid(e, 0)->kind == N_IDENT) {
            const struct alt_choice *alt = find_alt(p->f, kid(e, 0)->name);
            r = alt ? rewrite_name(p, alt, e->name, e->loc, sum) : NULL;
        }
        return r ? r : e;
    case N_UNARY:
        if (e->name[0] != '#')
            return rewrite_kids(p, e, 0, sum && e->name[0] == '-');
        if (p->alt && kid(e, 0)->kind == N_IDENT) {
            const char *name = internf("%s.%s", p->alt->operand, kid(e, 0)->name);
            if (form_field(p->f, name) >= 0)
                return node_new(N_UNARY, e->loc, e->name, 1, ident(e->loc, name));
        }
        return e;
    case N_BINARY:
        if (!strcmp(e->name, "<<")) {
            r = rewrite_kids(p, e, 0, false);
            r->kids.at[0] = rewrite(p, kid(e, 0), sum);
            return r;
        }
        return rewrite_kids(p, e, 0, sum && is_sum(e->name));
    case N_COND:
        r = rewrite_kids(p, e, 1, sum);
        r->kids.at[0] = rewrite(p, kid(e, 0), false);
        return r;
    case N_CALL:
        return rewrite_kids(p, e, 1, false);
    default:
        return rewrite_kids(p, e, 0, false);
    }
}

/* The place of the expression S in the text that stands at LOC, as parse_expr wants it.
 */
static struct loc place_in(struct loc loc, const char *s)
{
    if (!loc.file || loc.line > source_at(loc.file)->line_count)
        return loc;
    const char *line = source_at(loc.file)->lines[loc.line - 1];
    for (int optional = 0; optional < 2; optional++) {
        const char *hit =
            strstr(line + loc.column - 1, internf(optional ? "{?%s" : "{%s", s));
        if (!hit || hit >= line + loc.end_column - 1)
            continue; /* not there as written: escapes, a column's value */
        loc.column = (uint32_t)(hit - line) + 1 + (unsigned)optional;
        break;
    }
    return loc;
}

static struct sem_expr *typed(struct parser *p, const char *s, size_t len, bool sum)
{
    const char *text = intern_n(s, len);
    struct node *e = parse_expr(text, place_in(p->loc, text));
    if (!e)
        return NULL;
    e = rewrite(p, e, sum);
    struct sem_expr *x = sem_decode_expr((struct model *)p->m, p->f, e);
    if (x && !deval_known(x)) {
        diag(CHECK_NOT_INVERTIBLE, p->loc, "'%.*s' is not known at decode time", (int)len,
             s);
        diag_help("text may use operands, fields, pc, next and contexts");
        return NULL;
    }
    return x;
}

/* ---- pieces ---- */

static bool mentions(const struct sem_expr *e, enum sem_op a, enum sem_op b)
{
    if (e->op == a || e->op == b)
        return true;
    for (unsigned i = 0; i < 4; i++)
        if (e->kid[i] && mentions(e->kid[i], a, b))
            return true;
    return false;
}

static enum number_format expr_format(const struct sem_expr *e)
{
    if (mentions(e, SEM_PC, SEM_NEXT) || mentions(e, SEM_LINK, SEM_LINK))
        return NUMBER_HEX;
    return mentions(e, SEM_SEXT, SEM_NEG) ? NUMBER_SIGNED : NUMBER_UNSIGNED;
}

static void literal(struct parser *p, const char *s, size_t len, piece_vec *out)
{
    if (!len)
        return;
    if (out->len && out->at[out->len - 1].kind == PIECE_LITERAL) {
        struct piece *last = &out->at[out->len - 1];
        last->literal = internf("%s%.*s", last->literal, (int)len, s);
        return;
    }
    struct piece piece = {
        .kind = PIECE_LITERAL, .loc = p->loc, .literal = intern_n(s, len)};
    vec_push(out, piece);
}

static void trim(const char **s, size_t *len)
{
    while (*len && isspace((unsigned char)**s)) {
        (*s)++;
        (*len)--;
    }
    while (*len && isspace((unsigned char)(*s)[*len - 1]))
        (*len)--;
}

/* Offset of the first (or LAST) C in S outside brackets, or LEN. */
static size_t find_outside(const char *s, size_t len, char c, bool last)
{
    size_t found = len;
    int depth = 0;
    for (size_t i = 0; i < len; i++) {
        depth += s[i] == '(' || s[i] == '[' || s[i] == '{';
        depth -= s[i] == ')' || s[i] == ']' || s[i] == '}';
        if (s[i] == c && depth == 0 && (last || found == len))
            found = i;
    }
    return found;
}

/* The field that S names, looking into the alternative first; -1 if it is none. */
static int named_field(const struct parser *p, const char *s, size_t len)
{
    const char *name = intern_n(s, len);
    int at = p->alt ? form_field(p->f, internf("%s.%s", p->alt->operand, name)) : -1;
    return at >= 0 ? at : form_field(p->f, name);
}

static enum number_format field_format(const struct field *field)
{
    return field->type.kind == OP_SINT   ? NUMBER_SIGNED
           : field->type.kind == OP_BANK ? NUMBER_HEX
                                         : NUMBER_UNSIGNED;
}

static void bad(struct parser *p, const char *what, const char *s, size_t len)
{
    diag(CHECK_NOT_INVERTIBLE, p->loc, "%s '{%.*s}' in the text of '%s'", what, (int)len,
         s, p->f->name);
}

/* "FIELD:regs FILE", the colon at COLON. */
static void list_piece(struct parser *p, const char *s, size_t len, size_t colon,
                       piece_vec *out)
{
    const char *regs = strstr(s + colon, "regs ") + 5;
    size_t regs_len = len - (size_t)(regs - s);
    trim(&regs, &regs_len);
    int field = named_field(p, s, colon);
    const struct reg *reg = model_name(p->m, intern_n(regs, regs_len)).reg;
    if (field < 0 || !reg) {
        bad(p, "a list of registers needs a field and a register file:", s, len);
        return;
    }
    struct piece piece = {PIECE_LIST, .loc = p->loc, .field = (unsigned)field,
                          .regs = reg};
    vec_push(out, piece);
}

static void value_piece(struct parser *p, const char *s, size_t len, piece_vec *out)
{
    struct piece piece = {.loc = p->loc};
    size_t colon = find_outside(s, len, ':', true);
    const char *format = s + colon + 1;
    size_t format_len = colon < len ? len - colon - 1 : 0;
    trim(&format, &format_len);
    int given = -1;
    if (format_len == 1 && (*format == 'x' || *format == 'd')) {
        given = *format == 'x' ? NUMBER_HEX : NUMBER_SIGNED;
        len = colon;
    } else if (format_len > 5 && !strncmp(format, "regs ", 5)) {
        list_piece(p, s, len, colon, out);
        return;
    }
    trim(&s, &len);
    if (!len) {
        bad(p, "nothing stands in the braces", s, len);
        return;
    }
    int field = named_field(p, s, len);
    if (field >= 0) {
        piece.kind = PIECE_OPERAND;
        piece.field = (unsigned)field;
        piece.format = field_format(&p->f->fields.at[field]);
        if (given == NUMBER_HEX || (given >= 0 && piece.format == NUMBER_HEX))
            piece.format = given == NUMBER_HEX ? NUMBER_HEX : NUMBER_UNSIGNED;
    } else {
        piece.kind = PIECE_EXPR;
        piece.expr = typed(p, s, len, true);
        if (!piece.expr)
            return;
        piece.format = given >= 0 ? (enum number_format)given : expr_format(piece.expr);
    }
    vec_push(out, piece);
}

static void if_piece(struct parser *p, const char *s, size_t len, piece_vec *out)
{
    size_t colon = find_outside(s, len, ':', false);
    if (colon == len) {
        bad(p, "no ':' in the optional part", s, len);
        return;
    }
    struct piece piece = {
        .kind = PIECE_IF, .loc = p->loc, .expr = typed(p, s, colon, false)};
    if (!piece.expr)
        return;
    piece_vec then = {0};
    parse(p, s + colon + 1, len - colon - 1, &then);
    piece.then.at = then.at;
    piece.then.len = then.len;
    vec_push(out, piece);
}

static void class_pieces(struct parser *p, const struct alt_choice *alt, piece_vec *out)
{
    struct parser inner = *p;
    struct node *text = kid(alt->alt, 2);
    inner.alt = alt;
    inner.loc = text->loc;
    parse(&inner, text->text, strlen(text->text), out);
}

static void braces(struct parser *p, const char *s, size_t len, piece_vec *out)
{
    const char *name = s;
    size_t name_len = len;
    trim(&name, &name_len);
    const struct alt_choice *alt = find_alt(p->f, intern_n(name, name_len));
    if (name_len == 4 && !strncmp(name, "name", 4))
        literal(p, p->f->insn->name, strlen(p->f->insn->name), out);
    else if (alt)
        class_pieces(p, alt, out);
    else if (len && s[0] == '?')
        if_piece(p, s + 1, len - 1, out);
    else
        value_piece(p, s, len, out);
}

static void parse(struct parser *p, const char *s, size_t len, piece_vec *out)
{
    size_t i = 0, start = 0;
    while (i < len) {
        if (s[i] == '\\' && i + 1 < len && (s[i + 1] == '{' || s[i + 1] == '}')) {
            literal(p, s + start, i - start, out);
            literal(p, s + i + 1, 1, out);
            start = i += 2;
        } else if (s[i] == '{') {
            literal(p, s + start, i - start, out);
            size_t end = i + 1;
            for (int depth = 1; end < len && depth; end++)
                depth += s[end] == '\\'  ? (end++, 0)
                         : s[end] == '{' ? 1
                         : s[end] == '}' ? -1
                                         : 0;
            if (end > len || s[end - 1] != '}') {
                bad(p, "no '}' for", s + i + 1, len - i - 1);
                return;
            }
            braces(p, s + i + 1, end - i - 2, out);
            start = i = end;
        } else {
            i++;
        }
    }
    literal(p, s + start, len - start, out);
}

/* ---- cached pieces ---- */

struct cached {
    const struct alias *alias; /* NULL: the form's own text */
    const struct form *form;
    piece_vec *pieces;
};
static VEC(struct cached) cache;

static const piece_vec *cached_pieces(const struct model *m, const struct alias *a,
                                      struct form *f)
{
    /* the form's own text is found at once: entries stand in the order they were asked
     * for */
    static size_t hint;
    for (size_t n = 0; n < cache.len; n++) {
        size_t i = (hint + n) % cache.len;
        if (cache.at[i].form == f && cache.at[i].alias == a) {
            hint = i;
            return cache.at[i].pieces;
        }
    }
    struct parser p = {.m = m, .f = f};
    const char *s = a ? a->text : f->insn->text ? f->insn->text->text : f->insn->name;
    p.loc = a ? a->loc : f->insn->text ? f->insn->text->loc : f->insn->loc;
    struct cached c = {a, f, zalloc(sizeof *c.pieces)};
    parse(&p, s, strlen(s), c.pieces);
    vec_push(&cache, c);
    return c.pieces;
}

const piece_vec *text_pieces(const struct model *m, struct form *f)
{
    static VEC(const piece_vec *) by_index;
    static const struct model *of;
    if (of != m)
        by_index.len = 0;
    of = m;
    while (by_index.len <= f->index)
        vec_push(&by_index, (const piece_vec *)NULL);
    if (!by_index.at[f->index])
        by_index.at[f->index] = cached_pieces(m, NULL, f);
    return by_index.at[f->index];
}

const piece_vec *alias_pieces(const struct model *m, const struct alias *a,
                              struct form *f)
{
    return cached_pieces(m, a, f);
}

/* ---- aliases ---- */

/* The bits of a field that the left side of a constraint names; false if it names none.
 */
static bool constrained(const struct model *m, const struct form *f,
                        const struct node *lhs, const struct field **field,
                        unsigned *high, unsigned *low)
{
    const struct node *base = lhs;
    if (lhs->kind == N_INDEX || lhs->kind == N_SLICE)
        base = kid(lhs, 0);
    const char *name = base->name;
    if (base->kind == N_MEMBER)
        name = internf("%s.%s", kid(base, 0)->name, base->name);
    int at = name ? form_field(f, name) : -1;
    if (at < 0)
        return false;
    *field = &f->fields.at[at];
    *low = 0;
    *high = (*field)->type.width - 1;
    if (lhs->kind == N_INDEX || lhs->kind == N_SLICE) {
        *high = (unsigned)model_const(m, kid(lhs, 1));
        *low = lhs->kind == N_SLICE ? (unsigned)model_const(m, kid(lhs, 2)) : *high;
    }
    return true;
}

/* The right side as bits of WORD or a number. */
static uint64_t right_side(const struct model *m, const struct form *f, struct node *rhs,
                           uint64_t word, bool *is_field)
{
    const struct field *field;
    unsigned high, low;
    *is_field = rhs->kind != N_INT && constrained(m, f, rhs, &field, &high, &low);
    if (*is_field)
        return (uint64_t)low_bits(field_get(field, word) >> low, high - low + 1);
    return (uint64_t)model_const(m, rhs);
}

bool alias_applies(const struct model *m, const struct alias *a, const struct form *f)
{
    const struct field *field;
    unsigned high, low;
    for (size_t i = 0; a->constraints && i < a->constraints->kids.len; i++)
        if (!constrained(m, f, kid(a->constraints->kids.at[i], 0), &field, &high, &low))
            return false;
    return true;
}

bool alias_fits(const struct model *m, const struct alias *a, struct form *f,
                uint64_t word)
{
    for (size_t i = 0; a->constraints && i < a->constraints->kids.len; i++) {
        const struct node *c = a->constraints->kids.at[i];
        const struct field *field;
        unsigned high, low;
        bool is_field;
        if (!constrained(m, f, kid(c, 0), &field, &high, &low))
            return false;
        uint64_t left = (uint64_t)low_bits(field_get(field, word) >> low, high - low + 1);
        uint64_t right = right_side(m, f, kid(c, 1), word, &is_field);
        right = (uint64_t)low_bits(right, high - low + 1);
        if ((left == right) == (c->name[0] == '!'))
            return false;
    }
    if (!a->when)
        return true;
    struct sem_expr *when = sem_decode_expr((struct model *)m, f, a->when);
    return when && deval_known(when) && deval(m, f, when, place_of(m, word), 0);
}

static void condition(struct text *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void condition(struct text *out, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    text_add(out, out->len ? " && " : "");
    text_vaddf(out, format, ap);
    va_end(ap);
}

/* "bits(FIELD, low, n)" */
static const char *slice_text(const struct field *field, unsigned high, unsigned low)
{
    struct text t = {0};
    if (low == 0 && high + 1 == field->type.width) {
        emit_field(&t, field);
        return t.at;
    }
    text_add(&t, "bits(");
    emit_field(&t, field);
    text_addf(&t, ", %u, %u)", low, high - low + 1);
    return t.at;
}

void alias_condition(const struct model *m, const struct alias *a, struct form *f,
                     struct text *out)
{
    uint64_t mask = 0, value = 0;
    alias_fix(m, a, f, &mask, &value);
    mask &= ~f->mask;
    if (mask)
        condition(out, "(w & 0x%llx) == 0x%llx", (unsigned long long)mask,
                  (unsigned long long)(value & mask));
    for (size_t i = 0; a->constraints && i < a->constraints->kids.len; i++) {
        const struct node *c = a->constraints->kids.at[i];
        const struct field *field, *other;
        unsigned high, low, high2, low2;
        bool not_equal = c->name[0] == '!';
        if (!constrained(m, f, kid(c, 0), &field, &high, &low))
            continue;
        const char *left = slice_text(field, high, low), *op = not_equal ? "!=" : "==";
        if (kid(c, 1)->kind != N_INT &&
            constrained(m, f, kid(c, 1), &other, &high2, &low2))
            condition(out, "%s %s %s", left, op, slice_text(other, high2, low2));
        else if (not_equal)
            condition(
                out, "%s != %llu", left,
                (unsigned long long)low_bits(model_const(m, kid(c, 1)), high - low + 1));
    }
    struct sem_expr *when =
        a->when ? sem_decode_expr((struct model *)m, f, a->when) : NULL;
    if (!when)
        return;
    struct text t = {0};
    emit_dexpr(m, f, when, &t);
    condition(out, "%s", t.at);
}

bool alias_fix(const struct model *m, const struct alias *a, const struct form *f,
               uint64_t *mask, uint64_t *value)
{
    bool plain = true;
    for (size_t i = 0; a->constraints && i < a->constraints->kids.len; i++) {
        const struct node *c = a->constraints->kids.at[i];
        const struct field *field;
        unsigned high, low;
        bool is_field;
        if (!constrained(m, f, kid(c, 0), &field, &high, &low) || c->name[0] == '!') {
            plain = false;
            continue;
        }
        uint64_t right = right_side(m, f, kid(c, 1), 0, &is_field);
        uint64_t ones = (uint64_t)low_bits(~(u128)0, high - low + 1);
        plain = plain && !is_field;
        if (is_field)
            continue;
        *mask |= field_put(field, 0, ones << low);
        *value = (*value & ~field_put(field, 0, ones << low)) |
                 field_put(field, 0, (right & ones) << low);
    }
    return plain;
}

/* ---- printing ---- */

const char *operand_name(const struct type *type, uint64_t value)
{
    switch (type->kind) {
    case OP_REG:
        if (value >= type->reg->count)
            return NULL;
        return type->reg->names ? type->reg->names[value] : type->reg->name;
    case OP_VIEW:
        if (type->view->names_of &&
            value + type->view->names_from < type->view->names_of->count)
            return type->view->names_of->names[value + type->view->names_from];
        return internf("%s%u", type->view->name, (unsigned)value);
    case OP_BANK:
        for (size_t i = 0; i < type->bank->entries.len; i++)
            if (type->bank->entries.at[i].number == value)
                return type->bank->entries.at[i].name;
        return NULL;
    case OP_ENUM:
        for (size_t i = 0; i < type->enum_->items.len; i++)
            if (type->enum_->items.at[i].code == value)
                return type->enum_->items.at[i].text;
        return NULL;
    default:
        return NULL;
    }
}

static void print_number(struct text *out, u128 v, unsigned width,
                         enum number_format format)
{
    if (format == NUMBER_HEX)
        text_addf(out, "0x%llx", (unsigned long long)v);
    else if (format == NUMBER_SIGNED)
        text_addf(out, "%lld", (long long)sign_extend(v, width));
    else
        text_addf(out, "%llu", (unsigned long long)v);
}

static void print_list(struct text *out, const struct reg *regs, uint64_t bits)
{
    const char *comma = "";
    for (unsigned i = 0; i < regs->count && i < 64; i++) {
        if (!(bits >> i & 1))
            continue;
        text_addf(out, "%s%s", comma, regs->names[i]);
        comma = ", ";
    }
}

static void print_pieces(const struct model *m, const struct form *f,
                         const struct piece *p, size_t count, uint64_t word, uint64_t pc,
                         struct text *out)
{
    for (const struct piece *end = p + count; p < end; p++) {
        const struct field *field = &f->fields.at[p->field];
        const char *name;
        switch (p->kind) {
        case PIECE_LITERAL:
            text_add(out, p->literal);
            break;
        case PIECE_OPERAND:
            name = operand_name(&field->type, field_get(field, word));
            if (name)
                text_add(out, name);
            else
                print_number(out, field_get(field, word), field->type.width, p->format);
            break;
        case PIECE_LIST:
            print_list(out, p->regs, field_get(field, word));
            break;
        case PIECE_EXPR:
            print_number(out, deval(m, f, p->expr, place_of(m, word), pc), p->expr->width,
                         p->format);
            break;
        case PIECE_IF:
            if (deval(m, f, p->expr, place_of(m, word), pc))
                print_pieces(m, f, p->then.at, p->then.len, word, pc, out);
            break;
        }
    }
}

void text_print(const struct model *m, const struct form *f, const piece_vec *pieces,
                uint64_t word, uint64_t pc, struct text *out)
{
    text_add(out, "");
    print_pieces(m, f, pieces->at, pieces->len, word, pc, out);
}

static bool expr_mentions(const struct sem_expr *e, unsigned field)
{
    if (e->op == SEM_FIELD && e->index == field)
        return true;
    for (unsigned i = 0; i < 4; i++)
        if (e->kid[i] && expr_mentions(e->kid[i], field))
            return true;
    return false;
}

static bool pieces_mention(const struct piece *p, size_t count, unsigned field)
{
    for (const struct piece *end = p + count; p < end; p++) {
        if ((p->kind == PIECE_OPERAND || p->kind == PIECE_LIST) && p->field == field)
            return true;
        if (p->expr && expr_mentions(p->expr, field))
            return true;
        if (pieces_mention(p->then.at, p->then.len, field))
            return true;
    }
    return false;
}

bool text_mentions(const struct form *f, const piece_vec *pieces, unsigned field)
{
    (void)f;
    return pieces_mention(pieces->at, pieces->len, field);
}
