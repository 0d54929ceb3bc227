/* emit_c.c - typed expressions as C; see emit_c.h. */
#include "emit_c.h"

#include "deval.h"
#include "sem_int.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

struct cgen *cgen_new(const struct model *m, const struct form *f)
{
    struct cgen *g = zalloc(sizeof *g);
    g->m = m;
    g->f = f;
    g->s = f->sem;
    g->fixed_field = -1;
    g->field_used = zalloc(f->fields.len + 1);
    g->var_used = zalloc(f->sem->vars.len + 1);
    return g;
}

const char *c_type(unsigned width)
{
    return width <= 32 ? "uint32_t" : width <= 64 ? "uint64_t" : "u128";
}

unsigned c_storage_bytes(unsigned width)
{
    return width <= 8 ? 1 : width <= 16 ? 2 : width <= 32 ? 4 : 8;
}

static bool is_keyword(const char *name)
{
    static const char *const keywords[] = {
        "auto",    "break",  "case",   "char",     "const",  "continue", "default",
        "do",      "double", "else",   "enum",     "extern", "float",    "for",
        "goto",    "if",     "inline", "int",      "long",   "register", "restrict",
        "return",  "short",  "signed", "sizeof",   "static", "struct",   "switch",
        "typedef", "typeof", "union",  "unsigned", "void",   "volatile", "while"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(name, keywords[i]) == 0)
            return true;
    return false;
}

const char *c_name(const char *name)
{
    struct text t = {0};
    bool keyword = is_keyword(name);
    if (isdigit((unsigned char)name[0]))
        text_add(&t, "_");
    for (; *name; name++)
        text_addf(&t, "%c", isalnum((unsigned char)*name) ? *name : '_');
    if (keyword)
        text_add(&t, "_");
    return intern(t.at);
}

const char *c_var(const struct cgen *g, unsigned i)
{
    const char *name = g->s->vars.at[i].name;
    return internf("v_%s", c_name(name ? name : internf("t%u", i)));
}

int c_known(const struct cgen *g, const struct sem_expr *e)
{
    if (e->op == SEM_CONST)
        return e->value != 0;
    if (e->bind == BIND_RUN)
        return -1;
    for (size_t i = 0; i < g->assumed.len; i++)
        if (sem_same(g->assumed.at[i].cond, e))
            return g->assumed.at[i].value;
    if (e->op == SEM_NOT && e->width == 1) {
        int k = c_known(g, e->kid[0]);
        return k < 0 ? -1 : !k;
    }
    if (g->fixed_field >= 0 && deval_known(e)) {
        const struct field *f = &g->f->fields.at[g->fixed_field];
        if (!(deval_bits(g->m, g->f, e) & ~(u128)field_mask(f))) {
            uint64_t word = field_put(f, g->f->value, g->fixed_value);
            return deval(g->m, g->f, e, place_of(g->m, word), 0) != 0;
        }
    }
    return -1;
}

const char *c_field_text(const struct field *f)
{
    struct text t = {0};
    const char *type = f->type.width > 32 ? "uint64_t" : "uint32_t";
    for (size_t i = 0; i < f->parts.len; i++) {
        const struct part *p = &f->parts.at[i];
        unsigned long long mask = p->bits >= 64 ? ~0ULL : (1ULL << p->bits) - 1;
        if (t.len)
            text_add(&t, " | ");
        text_addf(&t, "(%s)(w >> %u & 0x%llx)", type, p->at, mask);
        if (p->low)
            text_addf(&t, " << %u", p->low);
    }
    return t.len ? t.at : "0";
}

/* --- small pieces */

static void literal(u128 v, unsigned width, struct text *t)
{
    if (width > 64 && v >> 64)
        text_addf(t, "((u128)UINT64_C(0x%llx) << 64 | UINT64_C(0x%llx))",
                  (unsigned long long)(v >> 64), (unsigned long long)v);
    else if (width > 64)
        text_addf(t, "(u128)UINT64_C(0x%llx)", (unsigned long long)v);
    else if (width > 32)
        text_addf(t, v < 10 ? "UINT64_C(%llu)" : "UINT64_C(0x%llx)",
                  (unsigned long long)v);
    else
        text_addf(t, v < 10 ? "%lluu" : "0x%llxu", (unsigned long long)v);
}

static bool native(unsigned width)
{
    return width == 32 || width == 64 || width == 128;
}

/* mask_begin, mask_end - around an operation whose result may have bits above WIDTH. */
static void mask_begin(unsigned width, struct text *t)
{
    text_add(t, native(width) ? "(" : "((");
}

static void mask_end(unsigned width, struct text *t)
{
    text_add(t, ")");
    if (!native(width)) {
        text_add(t, " & ");
        literal(ones(width), width, t);
        text_add(t, ")");
    }
}

/* as - E as C of the type for WIDTH. */
static void as(struct cgen *g, const struct sem_expr *e, unsigned width, struct text *t)
{
    if (strcmp(c_type(e->width), c_type(width)) != 0 ||
        (e->width == 1 && e->op != SEM_CONST))
        text_addf(t, "(%s)", c_type(width));
    c_expr(g, e, t);
}

/* as_signed - E as a C number of its sign. */
static void as_signed(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    unsigned w = e->width;
    if (w == 32 || w == 64) {
        text_addf(t, "(int%u_t)", w);
        as(g, e, w, t);
    } else if (w == 128) {
        text_add(t, "(s128)");
        as(g, e, w, t);
    } else {
        text_addf(t, "sx%s(", w < 32 ? "32" : w < 64 ? "64" : "128");
        as(g, e, w, t);
        text_addf(t, ", %u)", w);
    }
}

u128 c_highest(const struct cgen *g, const struct sem_expr *e)
{
    u128 all = ones(e->width), x, y;
    switch (e->op) {
    case SEM_CONST:
        return e->value;
    case SEM_AND:
        x = c_highest(g, e->kid[0]);
        y = c_highest(g, e->kid[1]);
        return x < y ? x : y;
    case SEM_ZEXT:
        return c_highest(g, e->kid[0]);
    case SEM_COND:
        x = c_highest(g, e->kid[1]);
        y = c_highest(g, e->kid[2]);
        return x > y ? x : y;
    default:
        return all;
    }
}

static void infix(struct cgen *g, const struct sem_expr *e, const char *op,
                  struct text *t)
{
    text_add(t, "(");
    as(g, e->kid[0], e->width, t);
    text_addf(t, " %s ", op);
    as(g, e->kid[1], e->width, t);
    text_add(t, ")");
}

static void masked_infix(struct cgen *g, const struct sem_expr *e, const char *op,
                         struct text *t)
{
    mask_begin(e->width, t);
    as(g, e->kid[0], e->width, t);
    text_addf(t, " %s ", op);
    as(g, e->kid[1], e->width, t);
    mask_end(e->width, t);
}

static void compare(struct cgen *g, const struct sem_expr *e, const char *op, bool sign,
                    struct text *t)
{
    text_add(t, "(");
    if (sign)
        as_signed(g, e->kid[0], t);
    else
        as(g, e->kid[0], e->kid[0]->width, t);
    text_addf(t, " %s ", op);
    if (sign)
        as_signed(g, e->kid[1], t);
    else
        as(g, e->kid[1], e->kid[1]->width, t);
    text_add(t, ")");
}

static void shift(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    unsigned w = e->width;
    bool bounded = c_highest(g, e->kid[1]) < w;
    static const char *const names[] = {"shl", "shr", "sar"};
    unsigned which = e->op == SEM_SHL ? 0 : e->op == SEM_SHR_U ? 1 : 2;
    if (!bounded) {
        const struct sem_expr *n = e->kid[1];
        mask_begin(w, t);
        text_addf(t, "%s%s(", names[which], w <= 32 ? "32" : w <= 64 ? "64" : "128");
        if (which == 2) {
            text_addf(t, "(%s)", c_type(w));
            as_signed(g, e->kid[0], t);
        } else {
            as(g, e->kid[0], w, t);
        }
        text_add(t, ", ");
        as(g, n, n->width, t);
        text_add(t, ")");
        mask_end(w, t);
        return;
    }
    if (which == 0) {
        masked_infix(g, e, "<<", t);
        return;
    }
    mask_begin(which == 2 ? w : 32, t);
    if (which == 2) {
        text_addf(t, "(%s)(", c_type(w));
        as_signed(g, e->kid[0], t);
    } else {
        as(g, e->kid[0], w, t);
    }
    text_add(t, " >> ");
    as(g, e->kid[1], e->kid[1]->width, t);
    if (which == 2)
        text_add(t, ")");
    mask_end(which == 2 ? w : 32, t);
}

/* function - NAME with the size of the type and all kids; SIGN: operands with their
 * signs. */
static void function(struct cgen *g, const struct sem_expr *e, const char *name,
                     bool sign, unsigned kids, bool tell_width, struct text *t)
{
    unsigned w = e->kid[0]->width;
    bool mask = sign && !native(e->width);
    if (mask)
        text_add(t, "(");
    text_addf(t, "%s%s(", name, w <= 32 ? "32" : w <= 64 ? "64" : "128");
    for (unsigned i = 0; i < kids; i++) {
        text_add(t, i ? ", " : "");
        if (sign)
            as_signed(g, e->kid[i], t);
        else
            as(g, e->kid[i], e->kid[i]->width, t);
    }
    if (tell_width)
        text_addf(t, ", %u", w);
    text_add(t, ")");
    if (mask) {
        text_add(t, " & ");
        literal(ones(e->width), e->width, t);
        text_add(t, ")");
    }
}

static void slice(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const struct sem_expr *k = e->kid[0];
    bool top = e->high + 1 == k->width;
    bool low_native = e->low == 0 && native(e->width);
    text_add(t, "(");
    if (strcmp(c_type(e->width), c_type(k->width)) != 0)
        text_addf(t, "(%s)", c_type(e->width));
    if (low_native) {
        as(g, k, k->width, t);
        text_add(t, ")");
        return;
    }
    if (e->low) {
        text_add(t, "(");
        as(g, k, k->width, t);
        text_addf(t, " >> %u)", e->low);
    } else {
        as(g, k, k->width, t);
    }
    if (!top && !(native(e->width) && e->width < k->width &&
                  strcmp(c_type(e->width), c_type(k->width)) != 0)) {
        text_add(t, " & ");
        literal(ones(e->width), e->width, t);
    }
    text_add(t, ")");
}

static void extend(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const struct sem_expr *k = e->kid[0];
    if (e->op == SEM_ZEXT || k->width == e->width) {
        text_addf(t, "(%s)", c_type(e->width));
        c_expr(g, k, t);
        return;
    }
    mask_begin(e->width, t);
    text_addf(t, "(%s)", c_type(e->width));
    if (e->width > 64)
        text_add(t, "(s128)");
    else if (e->width > 32)
        text_add(t, "(int64_t)");
    as_signed(g, k, t);
    mask_end(e->width, t);
}

static void cat(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    text_add(t, "(");
    text_addf(t, "(%s)", c_type(e->width));
    c_expr(g, e->kid[0], t);
    text_addf(t, " << %u | ", e->kid[1]->width);
    text_addf(t, "(%s)", c_type(e->width));
    c_expr(g, e->kid[1], t);
    text_add(t, ")");
}

/* --- floating point */

static bool is_current_mode(const struct cgen *g, const struct sem_expr *e)
{
    const struct fenv_place *p = &g->m->fenv.round;
    while (e->op == SEM_ZEXT)
        e = e->kid[0];
    if (e->op == SEM_REG)
        return e->reg == p->reg && p->low == 0 && p->high + 1 == p->reg->width;
    return e->op == SEM_SLICE && e->kid[0]->op == SEM_REG && e->kid[0]->reg == p->reg &&
           e->high == p->high && e->low == p->low;
}

/* rounding_bind - guest rounding code E as enum fp_round, for binding; false if it needs
 * the CPU. */
static bool rounding_bind(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    if (is_current_mode(g, e)) {
        text_add(t, "FP_DYN");
        return true;
    }
    if (e->op == SEM_COND && c_known(g, e->kid[0]) >= 0)
        return rounding_bind(g, e->kid[c_known(g, e->kid[0]) ? 1 : 2], t);
    if (e->op == SEM_COND && e->kid[0]->bind != BIND_RUN) {
        struct text a = {0}, b = {0};
        if (!rounding_bind(g, e->kid[1], &a) || !rounding_bind(g, e->kid[2], &b))
            return false;
        text_addf(t, "(%s ? %s : %s)", c_bind_text(g, e->kid[0]), a.at, b.at);
        return true;
    }
    if (e->bind == BIND_RUN)
        return false;
    text_addf(t, "fp_mode[%s & 15]", c_bind_text(g, e));
    return true;
}

static bool takes_rounding(enum fp_op op)
{
    return op <= FP_FMA || (op >= FP_TO_S32 && op <= FP_FROM_U64) || op == FP_FROM_F64 ||
           op == FP_ROUND_INT;
}

static const char *const round_names[] = {"FP_NEAREST", "FP_ZERO", "FP_UP",
                                          "FP_DOWN",    "FP_AWAY", "FP_NEAREST"};

const char *c_bind_rounding(struct cgen *g, const struct sem_expr *e)
{
    struct text t = {0};
    if (!takes_rounding((enum fp_op)e->index) || e->rm_kind == RM_NONE ||
        e->rm_kind == RM_CURRENT)
        return "FP_DYN";
    if (e->rm_kind == RM_FIXED)
        return round_names[e->rounding];
    if (e->kid[3]->op == SEM_CONST)
        return round_names[g->m->fenv.rounding[e->kid[3]->value & 15]];
    return rounding_bind(g, e->kid[3], &t) ? t.at : NULL;
}

static void rounding(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    if (e->rm_kind == RM_FIXED) {
        text_add(t, round_names[e->rounding]);
    } else if (e->rm_kind == RM_GUEST) {
        struct text bound = {0};
        if (e->kid[3]->op == SEM_CONST) {
            text_add(t, round_names[g->m->fenv.rounding[e->kid[3]->value & 15]]);
        } else if (rounding_bind(g, e->kid[3], &bound)) {
            if (strcmp(bound.at, "FP_DYN") == 0)
                text_add(t, "FP_DYN");
            else
                text_addf(t, "r->%s", c_slot(g, "rm", 1, bound.at, 0, false));
        } else {
            text_add(t, "fp_mode[");
            as(g, e->kid[3], 32, t);
            text_add(t, " & 15]");
        }
    } else {
        text_add(t, "FP_DYN");
    }
}

static void fp(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    enum fp_op op = (enum fp_op)e->index;
    text_addf(t, "fp%u_%s(&cpu->fp", e->fp_width, fp_op_names[op]);
    for (unsigned i = 0; i < 3 && e->kid[i]; i++) {
        text_add(t, ", ");
        as(g, e->kid[i], e->kid[i]->width, t);
    }
    if (takes_rounding(op)) {
        text_add(t, ", (enum fp_round)");
        rounding(g, e, t);
    }
    text_add(t, ")");
}

bool c_touches_fenv(const struct model *m, const struct reg *r, unsigned high,
                    unsigned low)
{
    const struct fenv *f = &m->fenv;
    const struct fenv_place *places[] = {&f->round, &f->accrue, &f->cause, &f->enable};
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        if (f->declared && places[i]->reg == r && places[i]->low <= high &&
            low <= places[i]->high)
            return true;
    return false;
}

/* --- places */

static bool is_byte_run(unsigned high, unsigned low)
{
    unsigned n = high - low + 1;
    return low % 8 == 0 && (n == 8 || n == 16 || n == 32 || n == 64);
}

static bool place_in(const struct cgen *g, const struct sem_expr *e, bool top)
{
    if (e->width > 64)
        return false;
    if (e->bind != BIND_RUN)
        return !top && (e->op != SEM_UNKNOWN);
    if (e->op == SEM_REG)
        return e->kid[0] == NULL || e->kid[0]->bind != BIND_RUN;
    if (e->op == SEM_SLICE)
        return is_byte_run(e->high, e->low) && e->kid[0]->op == SEM_REG &&
               place_in(g, e->kid[0], true);
    return e->op == SEM_COND && e->kid[0]->bind != BIND_RUN &&
           place_in(g, e->kid[1], false) && place_in(g, e->kid[2], false);
}

bool c_is_place(const struct cgen *g, const struct sem_expr *e)
{
    return place_in(g, e, true);
}

/* element - C of the offset of REG[INDEX] for binding. */
static const char *element(struct cgen *g, const struct reg *r,
                           const struct sem_expr *index, bool write)
{
    if (!r->is_file && r->count <= 1)
        return internf("PLACE(%s)", c_name(r->name));
    return internf("%s_%s(%s)", write ? "write" : "read", c_name(r->name),
                   c_bind_text(g, index));
}

static const char *place_text(struct cgen *g, const struct sem_expr *e)
{
    if (e->op == SEM_CONST && e->value == 0)
        return "ZERO";
    if (e->bind != BIND_RUN)
        return internf("bind_constant(b, %u, %s)", g->constants++ & 3, c_bind_text(g, e));
    if (e->op == SEM_REG)
        return element(g, e->reg, e->kid[0], false);
    if (e->op == SEM_SLICE) {
        const char *whole = place_text(g, e->kid[0]);
        return e->low ? internf("%s + %u", whole, e->low / 8) : whole;
    }
    int known = c_known(g, e->kid[0]);
    if (known >= 0)
        return place_text(g, e->kid[known ? 1 : 2]);
    const char *c = c_bind_text(g, e->kid[0]), *x = place_text(g, e->kid[1]);
    return internf("(%s ? %s : %s)", c, x, place_text(g, e->kid[2]));
}

const char *c_slot(struct cgen *g, const char *name, unsigned bytes, const char *bind,
                   unsigned place_bytes, bool write)
{
    for (size_t i = 0; i < g->slots.len; i++) {
        struct rec_slot *s = &g->slots.at[i];
        if (s->bytes == bytes && s->write == write && s->place_bytes == place_bytes &&
            strcmp(s->bind, bind) == 0)
            return s->name;
    }
    const char *base = c_name(name), *unique = base;
    if (strcmp(base, "head") == 0 || strcmp(base, "chain") == 0) /* members of records */
        unique = base = internf("%s_", base);
    for (unsigned n = 2, i = 0; i < g->slots.len; i++) {
        if (g->slots.at[i].name == unique) {
            unique = internf("%s_%u", base, n++);
            i = (unsigned)-1;
        }
    }
    struct rec_slot s = {unique, bytes, bind, place_bytes, write};
    vec_push(&g->slots, s);
    return unique;
}

/* name_of - a name for a slot that holds E: that of the first field in it. */
static const char *name_of(const struct cgen *g, const struct sem_expr *e)
{
    if (!e)
        return NULL;
    if (e->op == SEM_FIELD)
        return g->f->fields.at[e->index].name;
    if (e->op == SEM_VAR)
        return g->s->vars.at[e->index].name;
    for (int i = 0; i < 4; i++) {
        const char *name = name_of(g, e->kid[i]);
        if (name)
            return name;
    }
    return NULL;
}

/* direct_reg - C of the lvalue of a register whose element is known when isac runs, or
 * NULL. */
static const char *direct_reg(struct cgen *g, const struct c_dest *d, bool write)
{
    const struct reg *r = d->reg;
    const char *lvalue, *place;
    if (!r->is_file && r->count <= 1) {
        lvalue = internf("STATE->%s", c_name(r->name));
        place = internf("PLACE(%s)", c_name(r->name));
    } else if (d->index && d->index->op == SEM_CONST) {
        unsigned i = (unsigned)d->index->value;
        if (r->hardwired && r->hardwired[i])
            return NULL;
        lvalue = internf("STATE->%s[%u]", c_name(r->name), i);
        place = internf("PLACE(%s[%u])", c_name(r->name), i);
    } else {
        return NULL;
    }
    struct direct x = {place, c_storage_bytes(r->width), write};
    vec_push(&g->direct, x);
    return lvalue;
}

static void read_place(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    if (e->op == SEM_REG) {
        struct c_dest d = {e->reg, e->kid[0], e->reg->width - 1, 0};
        const char *direct = direct_reg(g, &d, false);
        if (direct) {
            text_add(t, direct);
            return;
        }
        unsigned i = e->kid[0]->op == SEM_CONST ? (unsigned)e->kid[0]->value : 0;
        if (e->kid[0]->op == SEM_CONST && e->reg->hardwired && e->reg->hardwired[i]) {
            literal(e->reg->hardwired_value[i], e->width, t);
            return;
        }
    }
    unsigned bytes = c_storage_bytes(e->width);
    const char *name = name_of(g, e);
    const char *slot =
        c_slot(g, name ? name : "place", 2, place_text(g, e), bytes, false);
    text_addf(t, "REG_u%u(r->%s)", bytes * 8, slot);
}

bool c_dest_is_place(const struct c_dest *d)
{
    return (d->low == 0 && d->high + 1 == d->reg->width) || is_byte_run(d->high, d->low);
}

const char *c_dest_text(struct cgen *g, const struct c_dest *d)
{
    if (!d)
        return "SINK";
    const char *whole = element(g, d->reg, d->index, true);
    return d->low ? internf("%s + %u", whole, d->low / 8) : whole;
}

const char *c_lvalue(struct cgen *g, const struct c_dest *d)
{
    unsigned width = d->high - d->low + 1, bytes = c_storage_bytes(width);
    if (width == d->reg->width) {
        const char *direct = direct_reg(g, d, true);
        if (direct)
            return direct;
    }
    const char *name = d->index ? name_of(g, d->index) : NULL;
    const char *slot =
        c_slot(g, name ? name : c_name(d->reg->name), 2, c_dest_text(g, d), bytes, true);
    return internf("REG_u%u(r->%s)", bytes * 8, slot);
}

/* --- decode-time values in routines */

static void value_slot(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const struct sem_expr *k = e->kid[0];
    const char *name = name_of(g, e);
    if (!name)
        name = e->op == SEM_PC                          ? "pc"
               : e->op == SEM_NEXT || e->op == SEM_LINK ? "next"
                                                        : "k";
    if (e->op == SEM_SEXT && e->width >= 32 && k->width <= 32) {
        unsigned bits = k->width <= 8 ? 8 : k->width <= 16 ? 16 : 32;
        if (bits < e->width) {
            struct text v = {0};
            bool old = g->binding;
            g->binding = true;
            text_addf(&v, "(uint%u_t)", bits);
            as_signed(g, k, &v);
            g->binding = old;
            text_addf(t, "(%s)(int%u_t)r->%s", c_type(e->width), bits,
                      c_slot(g, name, bits / 8, v.at, 0, false));
            return;
        }
    }
    if (e->op == SEM_ZEXT)
        e = k;
    unsigned bytes = c_storage_bytes(e->width);
    const char *slot = c_slot(g, name, bytes, c_bind_text(g, e), 0, false);
    text_addf(t, bytes < 4 ? "(uint32_t)r->%s" : "r->%s", slot);
}

static void leaf_in_binding(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    switch (e->op) {
    case SEM_FIELD:
        g->field_used[e->index] = true;
        text_addf(t, "f_%s", c_name(g->f->fields.at[e->index].name));
        break;
    case SEM_PC:
        text_add(t, "PC_HERE");
        break;
    case SEM_NEXT:
        text_add(t, "PC_NEXT");
        break;
    case SEM_LINK:
        text_add(t, "PC_LINK");
        break;
    case SEM_CONTEXT:
        text_addf(t, "((CONTEXT >> %u) & 0x%llxu)", context_shift(g->m, e->reg),
                  (unsigned long long)ones(e->width));
        break;
    default:
        assert(!"a decode-time leaf");
    }
}

const char *c_bind_text(struct cgen *g, const struct sem_expr *e)
{
    struct text t = {0};
    bool old = g->binding;
    g->binding = true;
    c_expr(g, e, &t);
    g->binding = old;
    return t.at;
}

const char *c_flag_text(struct cgen *g, const struct sem_expr *when, bool fixed)
{
    if (!when)
        return fixed ? "true" : "false";
    if (deval_known(when)) {
        u128 bits = deval_bits(g->m, g->f, when), x = 0;
        u128 rest = place_of(g->m, g->f->value) & ~bits;
        unsigned seen = 0, n = 0;
        do {
            seen |= deval(g->m, g->f, when, rest | x, 0) ? 2 : 1;
            x = (x - bits) & bits;
        } while (x && ++n < 4096 && seen < 3);
        if (!x && seen < 3)
            return seen == 2 ? "true" : "false";
    }
    return c_bind_text(g, when);
}

static void atomic(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    unsigned w = e->op == SEM_STORE_COND ? e->kid[1]->width : e->width;
    if (e->op == SEM_AMO)
        text_addf(t, "AMO(u%u, %s", w, e->name);
    else
        text_addf(t, "%s(u%u",
                  e->op == SEM_RESERVE      ? "RESERVE"
                  : e->op == SEM_STORE_COND ? "STORE_COND"
                                            : "CAS",
                  w);
    for (unsigned i = 0; i < 3 && e->kid[i]; i++) {
        text_add(t, ", ");
        as(g, e->kid[i], e->kid[i]->width, t);
    }
    text_add(t, ")");
}

static void external(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    text_addf(t, "%s(", e->name);
    for (unsigned i = 0; i < 4 && e->kid[i]; i++) {
        text_add(t, i ? ", " : "");
        as(g, e->kid[i], e->kid[i]->width, t);
    }
    text_add(t, ")");
}

static void operation(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    switch (e->op) {
    case SEM_ADD:
        masked_infix(g, e, "+", t);
        break;
    case SEM_SUB:
        masked_infix(g, e, "-", t);
        break;
    case SEM_MUL:
        masked_infix(g, e, "*", t);
        break;
    case SEM_AND:
        infix(g, e, "&", t);
        break;
    case SEM_OR:
        infix(g, e, "|", t);
        break;
    case SEM_XOR:
        infix(g, e, "^", t);
        break;
    case SEM_DIV_U:
        function(g, e, "div_u", false, 2, true, t);
        break;
    case SEM_REM_U:
        function(g, e, "rem_u", false, 2, false, t);
        break;
    case SEM_DIV_S:
        function(g, e, "div_s", true, 2, false, t);
        break;
    case SEM_REM_S:
        function(g, e, "rem_s", true, 2, false, t);
        break;
    case SEM_NOT:
        if (e->width == 1) {
            text_add(t, "!");
            c_expr(g, e->kid[0], t);
            break;
        }
        mask_begin(e->width, t);
        text_add(t, "~");
        as(g, e->kid[0], e->width, t);
        mask_end(e->width, t);
        break;
    case SEM_NEG:
        mask_begin(e->width, t);
        text_add(t, "-");
        as(g, e->kid[0], e->width, t);
        mask_end(e->width, t);
        break;
    case SEM_SHL:
    case SEM_SHR_U:
    case SEM_SHR_S:
        shift(g, e, t);
        break;
    case SEM_ROTL:
        function(g, e, "rotl", false, 2, true, t);
        break;
    case SEM_ROTR:
        function(g, e, "rotr", false, 2, true, t);
        break;
    case SEM_EQ:
        compare(g, e, "==", false, t);
        break;
    case SEM_NE:
        compare(g, e, "!=", false, t);
        break;
    case SEM_LT_U:
        compare(g, e, "<", false, t);
        break;
    case SEM_LE_U:
        compare(g, e, "<=", false, t);
        break;
    case SEM_LT_S:
        compare(g, e, "<", true, t);
        break;
    case SEM_LE_S:
        compare(g, e, "<=", true, t);
        break;
    case SEM_SEXT:
    case SEM_ZEXT:
        extend(g, e, t);
        break;
    case SEM_SLICE:
        slice(g, e, t);
        break;
    case SEM_CAT:
        cat(g, e, t);
        break;
    case SEM_CLZ:
        function(g, e, "clz", false, 1, true, t);
        break;
    case SEM_CTZ:
        function(g, e, "ctz", false, 1, true, t);
        break;
    case SEM_POPCOUNT:
        function(g, e, "popcount", false, 1, false, t);
        break;
    case SEM_BSWAP:
        function(g, e, "bswap", false, 1, true, t);
        break;
    case SEM_BITREV:
        function(g, e, "bitrev", false, 1, true, t);
        break;
    case SEM_MIN_U:
        function(g, e, "min_u", false, 2, false, t);
        break;
    case SEM_MAX_U:
        function(g, e, "max_u", false, 2, false, t);
        break;
    case SEM_MIN_S:
        function(g, e, "min_s", true, 2, false, t);
        break;
    case SEM_MAX_S:
        function(g, e, "max_s", true, 2, false, t);
        break;
    case SEM_CARRY:
        function(g, e, "carry", false, 3, true, t);
        break;
    case SEM_OVERFLOW:
        function(g, e, "overflow", false, 3, true, t);
        break;
    case SEM_LOAD:
        text_addf(t, "LOAD(u%u, ", e->width);
        as(g, e->kid[0], e->kid[0]->width, t);
        text_add(t, ")");
        break;
    case SEM_RESERVE:
    case SEM_STORE_COND:
    case SEM_AMO:
    case SEM_CAS:
        atomic(g, e, t);
        break;
    case SEM_FP:
        fp(g, e, t);
        break;
    case SEM_CLOCK:
        text_addf(t, "interp_clock(CLOCK_OF_%s)", e->name);
        break;
    case SEM_EXTERN:
        external(g, e, t);
        break;
    default:
        assert(!"an operation");
    }
}

void c_expr(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    if (e->op == SEM_CONST || e->op == SEM_UNKNOWN) {
        literal(e->op == SEM_CONST ? e->value : 0, e->width, t);
        return;
    }
    if (e->op == SEM_COND) {
        int known = c_known(g, e->kid[0]);
        if (known >= 0) {
            c_expr(g, e->kid[known ? 1 : 2], t);
            return;
        }
    } else if (e->width == 1 && e->bind != BIND_RUN && c_known(g, e) >= 0) {
        literal((u128)c_known(g, e), 1, t);
        return;
    }
    if (e->op == SEM_VAR && (g->binding || e->bind == BIND_RUN)) {
        if (g->binding)
            g->var_used[e->index] = true;
        text_add(t, c_var(g, e->index));
        return;
    }
    if (!g->binding) {
        if (e->bind != BIND_RUN && e->width <= 64) {
            value_slot(g, e, t);
            return;
        }
        if (c_is_place(g, e)) {
            read_place(g, e, t);
            return;
        }
    } else if (e->op == SEM_FIELD || e->op == SEM_PC || e->op == SEM_NEXT ||
               e->op == SEM_LINK || e->op == SEM_CONTEXT) {
        leaf_in_binding(g, e, t);
        return;
    }
    if (e->op == SEM_COND) {
        text_add(t, "(");
        c_expr(g, e->kid[0], t);
        text_add(t, " ? ");
        as(g, e->kid[1], e->width, t);
        text_add(t, " : ");
        as(g, e->kid[2], e->width, t);
        text_add(t, ")");
        return;
    }
    operation(g, e, t);
}
