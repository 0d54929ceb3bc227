/* match.c - matching a line against pieces, with backtracking; see match.h */
#include "match.h"

#include "deval.h"
#include "solve.h"

#include <ctype.h>
#include <string.h>

enum { MAX_ENUMERATED = 16 };

/* What follows the current pieces: the rest of those around an optional part. */
struct frame {
    const struct piece *at, *end;
    const struct frame *up;
};

static void match(struct match *s, const struct frame *rest, const char *t);

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

static const char *skip(const char *t)
{
    while (*t == ' ' || *t == '\t')
        t++;
    return t;
}

/* ---- literals ---- */

static const char *match_literal(const struct match *s, const char *literal,
                                 const char *t)
{
    char before = 0;
    for (const char *p = literal; *p; before = *p++) {
        if (isspace((unsigned char)*p)) {
            const char *next = skip(t);
            if (next == t && t > s->text && is_word(t[-1]) && is_word(*t))
                return NULL;
            t = next;
            continue;
        }
        if (!is_word(*p) || (before && !is_word(before)))
            t = skip(t);
        if (*t != *p)
            return NULL;
        t++;
    }
    return t;
}

/* ---- numbers and fields ---- */

bool match_number(const char **t, s128 *value, bool *is_hex)
{
    const char *p = skip(*t);
    bool negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    unsigned base = 10;
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X' || p[1] == 'b')) {
        base = p[1] == 'b' ? 2 : 16;
        p += 2;
    }
    const char *digits = p;
    u128 v = 0;
    for (;; p++) {
        unsigned c = (unsigned char)*p;
        unsigned d = isdigit(c)    ? c - '0'
                     : isxdigit(c) ? (unsigned)tolower((int)c) - 'a' + 10
                                   : 99;
        if (d >= base || v >> 100)
            break;
        v = v * base + d;
    }
    if (p == digits)
        return false;
    *value = negative ? -(s128)v : (s128)v;
    *is_hex = base != 10 && !negative;
    *t = p;
    return true;
}

/* Sets FIELD to BITS, unless it is known to be something else or has no place for them.
 */
static bool set_field(struct match *s, const struct field *field, uint64_t bits)
{
    uint64_t mask = field_mask(field), put = field_put(field, 0, bits);
    if (field_get(field, put) != bits || ((s->value ^ put) & s->known & mask))
        return false;
    s->known |= mask;
    s->value = (s->value & ~mask) | put;
    return true;
}

static bool in_range(s128 v, unsigned width, bool is_signed)
{
    s128 limit = (s128)1 << width;
    return is_signed ? v >= -(limit / 2) && v < limit / 2 : v >= 0 && v < limit;
}

/* ---- solving what expressions say ---- */

static u128 value_of(const struct match *s, const struct equation *q, uint64_t word)
{
    u128 place = place_of(s->m, word);
    return deval(s->m, s->f, q->piece->expr, place, s->pc);
}

static bool holds(const struct match *s, const struct equation *q, uint64_t word)
{
    u128 v = value_of(s, q, word);
    if (!q->is_number)
        return (v != 0) == (q->number != 0);
    unsigned w = q->piece->expr->width;
    return v == low_bits((u128)q->number, w) &&
           (in_range(q->number, w, false) || in_range(q->number, w, true));
}

static uint64_t open_bits(const struct match *s, const struct equation *q)
{
    return (uint64_t)deval_bits(s->m, s->f, q->piece->expr) & ~s->known;
}

static void unite(const struct sem_expr *e, const struct match *s,
                  const struct field **only, bool *several)
{
    if (e->op == SEM_FIELD) {
        const struct field *field = &s->f->fields.at[e->index];
        if (field_mask(field) & ~s->known) {
            *several = *several || (*only && *only != field);
            *only = field;
        }
    }
    for (unsigned i = 0; i < 4; i++)
        if (e->kid[i])
            unite(e->kid[i], s, only, several);
}

/* The one field of E that isn't known yet, or NULL. */
static const struct field *only_field(const struct match *s, const struct sem_expr *e)
{
    const struct field *only = NULL;
    bool several = false;
    unite(e, s, &only, &several);
    return several ? NULL : only;
}

/* A linear expression of one field: two of its values give the slope. */
static bool solve_linear(struct match *s, const struct equation *q)
{
    const struct field *field = only_field(s, q->piece->expr);
    if (!field || !field->parts.len || (field_mask(field) & s->known))
        return false;
    unsigned w = q->piece->expr->width, low = 64;
    for (size_t i = 0; i < field->parts.len; i++)
        if (field->parts.at[i].low < low)
            low = field->parts.at[i].low;
    uint64_t one = UINT64_C(1) << low;
    u128 at0 = value_of(s, q, s->value);
    u128 at1 = value_of(s, q, s->value | field_put(field, 0, one));
    s128 slope = sign_extend(at1 - at0, w);
    u128 distance = low_bits((u128)q->number - at0, w);
    for (unsigned is_signed = 0; is_signed < 2; is_signed++) {
        s128 d = is_signed ? sign_extend(distance, w) : (s128)distance;
        if (!slope || d % slope)
            continue;
        uint64_t bits = (uint64_t)low_bits((u128)(d / slope) << low, field->type.width);
        uint64_t word = s->value | field_put(field, 0, bits);
        if (field_get(field, word) == bits && holds(s, q, word))
            return set_field(s, field, bits);
    }
    return false;
}

/* `encode x = E;`: E with `value` for the number read. */
static bool solve_encode(struct match *s, const struct equation *q)
{
    for (size_t i = 0; i < s->f->insn->encodes.len; i++) {
        struct node *n = s->f->insn->encodes.at[i];
        int at = form_field(s->f, n->name);
        if (at < 0 || !(field_mask(&s->f->fields.at[at]) & open_bits(s, q)))
            continue;
        u128 v = low_bits((u128)q->number, s->m->word);
        struct node *number = node_new(N_INT, n->loc, NULL, 0);
        number->value = v;
        struct node *callee = node_new(N_IDENT, n->loc, internf("u%u", s->m->word), 0);
        struct node *args = node_new(N_LIST, n->loc, NULL, 1, number);
        struct node *sized = node_new(N_CALL, n->loc, NULL, 2, callee, args);
        const char *name = intern("value");
        struct node *e = node_subst(kid(n, 0), &name, &sized, 1);
        struct sem_expr *x = sem_decode_expr((struct model *)s->m, s->f, e);
        const struct field *field = &s->f->fields.at[at];
        if (!x || !deval_known(x))
            continue;
        u128 bits = deval(s->m, s->f, x, place_of(s->m, s->value), s->pc);
        bits = low_bits(bits, field->type.width);
        if (holds(s, q, field_put(field, s->value, (uint64_t)bits)))
            return set_field(s, field, (uint64_t)bits);
    }
    return false;
}

static bool all_hold(const struct match *s, uint64_t word)
{
    for (unsigned i = 0; i < s->count; i++)
        if (!holds(s, &s->equations[i], word))
            return false;
    return true;
}

/* The lowest values of the open bits for which all equations hold. */
static bool solve_rest(struct match *s)
{
    uint64_t open = 0, bits = 0;
    for (unsigned i = 0; i < s->count; i++)
        open |= open_bits(s, &s->equations[i]);
    bool few = __builtin_popcountll(open) <= MAX_ENUMERATED;
    do {
        if (all_hold(s, s->value | bits)) {
            s->known |= open;
            s->value |= bits;
            return true;
        }
        bits = (bits - open) & open;
    } while (bits && few);
    return false;
}

static bool solve(struct match *s)
{
    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned i = 0; i < s->count; i++) {
            struct equation *q = &s->equations[i];
            if (q->is_number && open_bits(s, q) && !solve_encode(s, q))
                solve_linear(s, q);
        }
    return solve_rest(s);
}

/* All pieces have matched: is there a word? */
static void finish(struct match *s, const char *t)
{
    if (*skip(t))
        return;
    s->complete = true;
    struct match saved = *s;
    struct goal g = {.m = s->m};
    u128 word;
    if (solve(s)) {
        goal_fix(&g, s->known, s->value);
        goal_fix(&g, (u128) ~(u128)0 << 64, (u128)context_initial(s->m) << 64);
        goal_form(&g, s->f);
        if (goal_solve(&g, &word)) {
            uint64_t w = (uint64_t)word;
            w = (w & ~(s->f->should_mask & ~s->known)) | (s->f->should_value & ~s->known);
            if ((!saved.found || w < saved.word) && s->accept(s, w)) {
                saved.found = true;
                saved.word = w;
            }
        }
    }
    saved.taken = s->taken;
    *s = saved;
}

/* ---- pieces ---- */

/* Goes on after a piece and takes back what it set. */
static void next(struct match *s, const struct match *saved, const struct frame *rest,
                 const char *t)
{
    struct frame after = {rest->at + 1, rest->end, rest->up};
    match(s, &after, t);
    s->known = saved->known;
    s->value = saved->value;
    s->count = saved->count;
}

static void try_name(struct match *s, const struct frame *rest, const char *t,
                     const char *name, uint64_t bits, bool whole)
{
    struct match saved = *s;
    size_t len = name ? strlen(name) : 0;
    if (!name || strncmp(t, name, len) || (whole && is_word(t[len])))
        return;
    if (set_field(s, &s->f->fields.at[rest->at->field], bits))
        next(s, &saved, rest, t + len);
}

static void match_operand(struct match *s, const struct frame *rest, const char *t)
{
    const struct field *field = &s->f->fields.at[rest->at->field];
    const struct type *type = &field->type;
    struct match saved = *s;
    bool named = type->kind != OP_UINT && type->kind != OP_SINT;
    if (type->kind == OP_ENUM) {
        for (size_t i = 0; i < type->enum_->items.len; i++)
            try_name(s, rest, t, type->enum_->items.at[i].text,
                     (uint64_t)type->enum_->items.at[i].code, false);
        return;
    }
    t = skip(t);
    if (type->kind == OP_BANK)
        for (size_t i = 0; i < type->bank->entries.len; i++)
            try_name(s, rest, t, type->bank->entries.at[i].name,
                     (uint64_t)type->bank->entries.at[i].number, true);
    if (type->kind == OP_REG || type->kind == OP_VIEW) {
        unsigned count = type->kind == OP_REG ? type->reg->count : type->view->count;
        for (unsigned i = 0; i < count; i++)
            try_name(s, rest, t, operand_name(type, i), i, true);
        return;
    }
    s128 v;
    bool hex;
    const char *start = t;
    if (!match_number(&t, &v, &hex))
        return;
    bool is_signed = type->kind == OP_SINT && !(hex && v >= 0);
    if (!in_range(v, type->width, is_signed) ||
        (named && operand_name(type, (uint64_t)v))) {
        s->range = start;
        return;
    }
    if (set_field(s, field, (uint64_t)low_bits((u128)v, type->width)))
        next(s, &saved, rest, t);
}

static int register_number(const struct reg *regs, const char **t)
{
    const char *p = skip(*t);
    for (unsigned i = 0; i < regs->count; i++) {
        size_t len = strlen(regs->names[i]);
        if (!strncmp(p, regs->names[i], len) && !is_word(p[len])) {
            *t = p + len;
            return (int)i;
        }
    }
    return -1;
}

static void match_list(struct match *s, const struct frame *rest, const char *t)
{
    const struct reg *regs = rest->at->regs;
    struct match saved = *s;
    uint64_t bits = 0;
    const char *p = t;
    for (int first = register_number(regs, &p); first >= 0;) {
        int last = first;
        t = p;
        if (*skip(p) == '-') {
            p = skip(p) + 1;
            last = register_number(regs, &p);
            if (last < first)
                return;
            t = p;
        }
        for (int i = first; i <= last && i < 64; i++)
            bits |= UINT64_C(1) << i;
        p = skip(p);
        if (*p != ',')
            break;
        p++;
        first = register_number(regs, &p);
    }
    if (set_field(s, &s->f->fields.at[rest->at->field], bits))
        next(s, &saved, rest, t);
}

static bool add_equation(struct match *s, const struct piece *p, bool is_number,
                         s128 number)
{
    if (s->count == sizeof s->equations / sizeof *s->equations)
        return false;
    s->equations[s->count++] = (struct equation){p, is_number, number};
    return true;
}

static void match_expr(struct match *s, const struct frame *rest, const char *t)
{
    struct match saved = *s;
    s128 v;
    bool hex;
    if (match_number(&t, &v, &hex) && add_equation(s, rest->at, true, v))
        next(s, &saved, rest, t);
}

static void match_if(struct match *s, const struct frame *rest, const char *t)
{
    struct match saved = *s;
    struct frame after = {rest->at + 1, rest->end, rest->up};
    struct frame inside = {rest->at->then.at, rest->at->then.at + rest->at->then.len,
                           &after};
    if (add_equation(s, rest->at, false, 1))
        match(s, &inside, t);
    s->known = saved.known;
    s->value = saved.value;
    s->count = saved.count;
    if (add_equation(s, rest->at, false, 0))
        next(s, &saved, rest, t);
}

static void match(struct match *s, const struct frame *rest, const char *t)
{
    if (t > s->farthest)
        s->farthest = t;
    while (rest->at == rest->end) {
        if (!rest->up) {
            finish(s, t);
            return;
        }
        rest = rest->up;
    }
    struct match saved = *s;
    switch (rest->at->kind) {
    case PIECE_LITERAL:
        t = match_literal(s, rest->at->literal, t);
        if (t)
            next(s, &saved, rest, t);
        break;
    case PIECE_OPERAND:
        match_operand(s, rest, t);
        break;
    case PIECE_LIST:
        match_list(s, rest, t);
        break;
    case PIECE_EXPR:
        match_expr(s, rest, t);
        break;
    case PIECE_IF:
        match_if(s, rest, t);
        break;
    }
}

void match_text(struct match *s, const piece_vec *pieces)
{
    struct frame all = {pieces->at, pieces->at + pieces->len, NULL};
    s->known = s->f->mask;
    s->value = s->f->value;
    s->count = 0;
    s->farthest = s->text;
    if (s->alias)
        alias_fix(s->m, s->alias, s->f, &s->known, &s->value);
    match(s, &all, s->text);
}
