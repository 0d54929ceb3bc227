/* emit_lift_expr.c - typed expressions as C that makes IR; see emit_lift.h. */
#include "emit_lift.h"

#include "emit.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

const char *lift_type(unsigned width)
{
    return width == 1 ? "I1" : width <= 32 ? "I32" : width <= 64 ? "I64" : "I128";
}

static unsigned type_bits(unsigned width)
{
    return width == 1 ? 1 : width <= 32 ? 32 : width <= 64 ? 64 : 128;
}

static bool native(unsigned width)
{
    return width == type_bits(width);
}

/* --- pieces */

static void constant(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const char *c = e->op == SEM_UNKNOWN ? "0" : c_bind_text(g, e);
    size_t n = strlen(c);
    if (c[0] == '(' && c[n - 1] == ')' && !strchr(c + 1, '('))
        c = internf("%.*s", (int)(n - 2), c + 1);
    text_addf(t, "K%u(%s)", type_bits(e->width), c);
}

/* kids - the first N kids, separated by commas. */
static void kids(struct cgen *g, const struct sem_expr *e, unsigned n, struct text *t)
{
    for (unsigned i = 0; i < n; i++) {
        text_add(t, i ? ", " : "");
        lift_value(g, e->kid[i], t);
    }
}

static void plain(struct cgen *g, const struct sem_expr *e, const char *name, unsigned n,
                  struct text *t)
{
    text_addf(t, "%s(", name);
    kids(g, e, n, t);
    text_add(t, ")");
}

/* masked - the same where the result may have bits above its width. */
static void masked(struct cgen *g, const struct sem_expr *e, const char *name, unsigned n,
                   struct text *t)
{
    text_add(t, native(e->width) ? "" : "MASK(");
    plain(g, e, name, n, t);
    if (!native(e->width))
        text_addf(t, ", %u)", e->width);
}

/* as_signed - E with its sign in all of its type. */
static void as_signed(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    if (native(e->width)) {
        lift_value(g, e, t);
        return;
    }
    text_addf(t, "SX(%s, ", lift_type(e->width));
    lift_value(g, e, t);
    text_addf(t, ", %u)", e->width);
}

/* with_signs - NAME of two operands with their signs; MASK: the result may have more bits
 * than its width. */
static void with_signs(struct cgen *g, const struct sem_expr *e, const char *name,
                       bool mask, struct text *t)
{
    mask = mask && !native(e->width);
    text_addf(t, mask ? "MASK(%s(" : "%s(", name);
    as_signed(g, e->kid[0], t);
    text_add(t, ", ");
    as_signed(g, e->kid[1], t);
    text_add(t, ")");
    if (mask)
        text_addf(t, ", %u)", e->width);
}

/* with_width - NAME with all kids and the width of the first. */
static void with_width(struct cgen *g, const struct sem_expr *e, const char *name,
                       unsigned n, struct text *t)
{
    text_addf(t, "%s(", name);
    kids(g, e, n, t);
    text_addf(t, ", %u)", e->kid[0]->width);
}

/* --- operations on one bit */

/* one_bit - those that the IR has only for words; false: E is none. */
static bool one_bit(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const struct sem_expr *x = e->kid[0], *y = e->kid[1];
    const char *format;
    if (!x || x->width != 1)
        return false;
    struct text a = {0}, b = {0};
    if (e->op == SEM_NEG) {
        lift_value(g, x, t);
        return true;
    }
    switch (e->op) {
    case SEM_ADD:
    case SEM_SUB:
    case SEM_NE:
        format = "XOR(%s, %s)";
        break;
    case SEM_MUL:
        format = "AND(%s, %s)";
        break;
    case SEM_EQ:
        format = "NOT(XOR(%s, %s))";
        break;
    case SEM_LT_U:
        format = "AND(NOT(%s), %s)";
        break;
    case SEM_LE_U:
        format = "OR(NOT(%s), %s)";
        break;
    case SEM_LT_S:
        format = "AND(%s, NOT(%s))";
        break;
    case SEM_LE_S:
        format = "OR(%s, NOT(%s))";
        break;
    default:
        return false;
    }
    lift_value(g, x, &a);
    lift_value(g, y, &b);
    text_addf(t, format, a.at, b.at);
    return true;
}

/* --- registers as they are read */

bool lift_has_flags(const struct model *m, const struct reg *r, unsigned high,
                    unsigned low)
{
    const struct fenv_place *p = &m->fenv.accrue;
    return m->fenv.declared && p->reg == r && p->low <= high && low <= p->high;
}

/* reg - E of which bits [HIGH:LOW] are looked at. */
static void reg(struct cgen *g, const struct sem_expr *e, unsigned high, unsigned low,
                struct text *t)
{
    bool flags = lift_has_flags(g->m, e->reg, high, low);
    text_addf(t, flags ? "now_%s(l" : "get_%s(l", c_name(e->reg->name));
    if (e->reg->is_file || e->reg->count > 1)
        text_addf(t, ", %s", c_bind_text(g, e->kid[0]));
    text_add(t, ")");
}

/* --- differences: a + ~b + 1 and its flags */

/* is_inverted - E is the complement of what C holds for the variable. */
static bool is_inverted(const struct cgen *g, const struct sem_expr *e)
{
    return e->op == SEM_VAR && e->bind == BIND_RUN && g->inverted &&
           g->inverted[e->index];
}

/* complement - C of ~E if E is a complement, else NULL. */
static const char *complement(struct cgen *g, const struct sem_expr *e)
{
    struct text t = {0};
    if (is_inverted(g, e))
        return internf("not_%s", c_var(g, e->index));
    if (e->op != SEM_NOT || e->bind != BIND_RUN || e->width == 1)
        return NULL;
    lift_value(g, e->kid[0], &t);
    return t.at;
}

/* minus - what X - Y is made of, if A + B is X + ~Y. */
static bool minus(struct cgen *g, const struct sem_expr *a, const struct sem_expr *b,
                  const char **x, const char **y)
{
    struct text t = {0};
    if (!native(a->width) || a->width == 1)
        return false;
    *y = complement(g, b);
    if (!*y) {
        *y = complement(g, a);
        a = b;
    }
    if (!*y)
        return false;
    lift_value(g, a, &t);
    *x = t.at;
    return true;
}

static bool is_one(const struct sem_expr *e)
{
    return e->op == SEM_CONST && e->value == 1;
}

/* difference - sums, carries and overflows that are those of a difference; false: E is
 * none. */
static bool difference(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const struct sem_expr *a = e->kid[0];
    const char *x, *y;
    if (e->op == SEM_ADD) {
        if (!is_one(e->kid[1]) || a->op != SEM_ADD ||
            !minus(g, a->kid[0], a->kid[1], &x, &y))
            return false;
        text_addf(t, "SUB(%s, %s)", x, y);
    } else if (e->op == SEM_CARRY) {
        if (e->kid[2]->op != SEM_CONST || !minus(g, a, e->kid[1], &x, &y))
            return false;
        text_addf(t, is_one(e->kid[2]) ? "LE_U(%s, %s)" : "LT_U(%s, %s)", y, x);
    } else if (e->op == SEM_OVERFLOW) {
        if (!is_one(e->kid[2]) || !minus(g, a, e->kid[1], &x, &y))
            return false;
        text_addf(t, "SUB_OVERFLOW(%s, %s)", x, y);
    } else {
        return false;
    }
    return true;
}

/* --- shifts, widths */

static void shift(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const char *const name = e->op == SEM_SHL     ? "SHL"
                             : e->op == SEM_SHR_U ? "SHR"
                                                  : "SAR";
    const struct sem_expr *x = e->kid[0], *by = e->kid[1];
    bool mask = !native(e->width) && e->op != SEM_SHR_U;
    bool in_range = by->bind == BIND_RUN && c_highest(g, by) < type_bits(e->width);
    text_add(t, mask ? "MASK(" : "");
    text_addf(t, in_range ? "SHIFT(%s, " : "%s(", name);
    if (e->op == SEM_SHR_S)
        as_signed(g, x, t);
    else
        lift_value(g, x, t);
    text_add(t, by->width == 1 ? ", TO(I32, " : ", ");
    lift_value(g, by, t);
    text_add(t, by->width == 1 ? "))" : ")");
    if (mask)
        text_addf(t, ", %u)", e->width);
}

/* half_product - the upper half of a product of two numbers of half its width. */
static bool half_product(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const struct sem_expr *m = e->kid[0], *x, *y;
    if (m->op != SEM_MUL || m->width != 128 || e->low != 64 || e->high != 127)
        return false;
    x = m->kid[0];
    y = m->kid[1];
    bool sx = x->op == SEM_SEXT, sy = y->op == SEM_SEXT;
    if ((!sx && x->op != SEM_ZEXT) || (!sy && y->op != SEM_ZEXT) ||
        x->kid[0]->width != 64 || y->kid[0]->width != 64)
        return false;
    if (!sx && sy) {
        const struct sem_expr *swap = x;
        x = y;
        y = swap;
    }
    text_addf(t, "MULH_%s(", sx && sy ? "S" : sx || sy ? "SU" : "U");
    lift_value(g, x->kid[0], t);
    text_add(t, ", ");
    lift_value(g, y->kid[0], t);
    text_add(t, ")");
    return true;
}

static void slice(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    if (half_product(g, e, t))
        return;
    bool top = e->high + 1 == e->kid[0]->width || native(e->width);
    if (e->width == 1 && e->high > 0 && e->high + 1 == e->kid[0]->width &&
        e->kid[0]->op != SEM_REG && native(e->kid[0]->width)) {
        plain(g, e, "NEGATIVE", 1, t);
        return;
    }
    text_addf(t, "%s(%s, ", top ? "TOP" : "BITS", lift_type(e->width));
    if (e->kid[0]->op == SEM_REG)
        reg(g, e->kid[0], e->high, e->low, t);
    else
        lift_value(g, e->kid[0], t);
    text_addf(t, top ? ", %u)" : ", %u, %u)", e->low, e->width);
}

static void extend(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const struct sem_expr *k = e->kid[0];
    bool mask = e->op == SEM_SEXT && !native(e->width);
    if (k->width == e->width) {
        lift_value(g, k, t);
        return;
    }
    text_addf(t, "%s%s(%s, ", mask ? "MASK(" : "", e->op == SEM_SEXT ? "SX" : "TO",
              lift_type(e->width));
    lift_value(g, k, t);
    if (e->op == SEM_SEXT)
        text_addf(t, ", %u", k->width);
    text_add(t, ")");
    if (mask)
        text_addf(t, ", %u)", e->width);
}

static void cat(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    text_addf(t, "JOIN(%s, ", lift_type(e->width));
    kids(g, e, 2, t);
    text_addf(t, ", %u)", e->kid[1]->width);
}

static void choice(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const struct sem_expr *c = e->kid[0];
    int known = c_known(g, c);
    if (known >= 0) {
        lift_value(g, e->kid[known ? 1 : 2], t);
    } else if (c->bind != BIND_RUN) {
        text_addf(t, "(%s ? ", c_bind_text(g, c));
        lift_value(g, e->kid[1], t);
        text_add(t, " : ");
        lift_value(g, e->kid[2], t);
        text_add(t, ")");
    } else {
        text_addf(t, "SELECT(%s, ", lift_type(e->width));
        kids(g, e, 3, t);
        text_add(t, ")");
    }
}

/* --- floating point, memory */

static const char *upper(const char *s)
{
    struct text t = {0};
    for (; *s; s++)
        text_addf(&t, "%c", toupper((unsigned char)*s));
    return intern(t.at);
}

static void fp(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const char *name = upper(fp_op_names[e->index]);
    if (e->index >= FP_IS_NAN) {
        text_addf(t, "%s(%u, ", name, e->fp_width);
        lift_value(g, e->kid[0], t);
        if (e->index == FP_IS_SNAN)
            text_addf(t, ", %d", g->m->fenv.quiet_bit);
        text_add(t, ")");
        return;
    }
    text_addf(t, "FP(%s, %u, %s", name, e->fp_width, c_bind_rounding(g, e));
    for (unsigned i = 0; i < 3; i++) {
        text_add(t, ", ");
        if (e->kid[i])
            lift_value(g, e->kid[i], t);
        else
            text_add(t, "0");
    }
    text_add(t, ")");
}

static void memory(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    static const struct {
        enum sem_op op;
        const char *name;
        unsigned kids;
    } ops[] = {{SEM_LOAD, "LOAD", 1},
               {SEM_RESERVE, "RESERVE", 1},
               {SEM_STORE_COND, "STORE_COND", 2},
               {SEM_AMO, "AMO", 2},
               {SEM_CAS, "CAS", 3}};
    unsigned i = 0, w = e->op == SEM_STORE_COND ? e->kid[1]->width : e->width;
    while (ops[i].op != e->op)
        i++;
    text_addf(t, "%s(%s%s%u, ", ops[i].name, e->op == SEM_AMO ? e->name : "",
              e->op == SEM_AMO ? ", " : "", w);
    kids(g, e, ops[i].kids, t);
    text_add(t, ")");
}

/* --- what can be said */

/* unsaid_width - operations that the IR has only for some widths. */
static const char *unsaid_width(const struct sem_expr *e)
{
    unsigned w = e->kid[0] ? e->kid[0]->width : 0;
    switch (e->op) {
    case SEM_CLZ:
    case SEM_CTZ:
    case SEM_POPCOUNT:
    case SEM_BSWAP:
    case SEM_BITREV:
    case SEM_CARRY:
    case SEM_OVERFLOW:
        return w == 1 || w > 64 ? "an operation on one bit or very many" : NULL;
    case SEM_DIV_U:
    case SEM_DIV_S:
    case SEM_REM_U:
    case SEM_REM_S:
    case SEM_MIN_S:
    case SEM_MIN_U:
    case SEM_MAX_S:
    case SEM_MAX_U:
        return w == 1 ? "an operation on one bit" : NULL;
    case SEM_SHL:
    case SEM_SHR_U:
    case SEM_SHR_S:
    case SEM_ROTL:
    case SEM_ROTR:
        return w == 1 || e->kid[1]->width > 64 ? "a shift of one bit or by a wide count"
                                               : NULL;
    case SEM_RESERVE:
    case SEM_AMO:
    case SEM_CAS:
        return e->width < 32 ? "an atomic access of less than 32 bits" : NULL;
    case SEM_STORE_COND:
        return e->kid[1]->width < 32 ? "an atomic access of less than 32 bits" : NULL;
    default:
        return NULL;
    }
}

static const char *unsaid_here(const struct cgen *g, const struct sem_expr *e)
{
    if (e->op == SEM_CLOCK)
        return "a clock";
    if (e->op == SEM_EXTERN)
        return "a call into C";
    if (e->op == SEM_REG && e->reg->width > 64)
        return "a register of more than 64 bits";
    if (e->op == SEM_FP && e->index < FP_IS_NAN && !c_bind_rounding((struct cgen *)g, e))
        return "a rounding mode that is computed";
    return unsaid_width(e);
}

const char *lift_unsaid(const struct cgen *g, const struct sem_expr *e)
{
    if (!e || e->bind != BIND_RUN)
        return NULL;
    if (e->op == SEM_COND && c_known(g, e->kid[0]) >= 0)
        return lift_unsaid(g, e->kid[c_known(g, e->kid[0]) ? 1 : 2]);
    bool cause = g->m->fenv.declared && g->m->fenv.cause.reg;
    if (e->op == SEM_SLICE && e->kid[0]->op == SEM_REG)
        return cause && body_reads_flags(g, e) ? "floating-point flags are read" : NULL;
    if (e->op == SEM_REG && cause && body_reads_flags(g, e))
        return "floating-point flags are read";
    const char *why = unsaid_here(g, e);
    if (e->op == SEM_FP && !why) { /* the mode is not a value */
        for (int i = 0; i < 3 && !why; i++)
            why = lift_unsaid(g, e->kid[i]);
        return why;
    }
    for (int i = 0; i < 4 && !why; i++)
        why = lift_unsaid(g, e->kid[i]);
    return why;
}

/* --- all */

/* How the operations are printed that only differ by name. */
enum shape { OTHER, PLAIN, MASKED, SIGNED, SIGNED_MASKED, WITH_WIDTH };
/* clang-format off */
static const struct {
    const char *name;
    uint8_t shape, kids;
} operations[SEM_COUNT] = {
    [SEM_AND] = {"AND", PLAIN, 2},            [SEM_OR] = {"OR", PLAIN, 2},
    [SEM_XOR] = {"XOR", PLAIN, 2},            [SEM_EQ] = {"EQ", PLAIN, 2},
    [SEM_NE] = {"NE", PLAIN, 2},              [SEM_LT_U] = {"LT_U", PLAIN, 2},
    [SEM_LE_U] = {"LE_U", PLAIN, 2},          [SEM_MIN_U] = {"MIN_U", PLAIN, 2},
    [SEM_MAX_U] = {"MAX_U", PLAIN, 2},        [SEM_REM_U] = {"REM_U", PLAIN, 2},
    [SEM_POPCOUNT] = {"POPCOUNT", PLAIN, 1},  [SEM_ADD] = {"ADD", MASKED, 2},
    [SEM_SUB] = {"SUB", MASKED, 2},           [SEM_MUL] = {"MUL", MASKED, 2},
    [SEM_DIV_U] = {"DIV_U", MASKED, 2},       [SEM_NOT] = {"NOT", MASKED, 1},
    [SEM_NEG] = {"NEG", MASKED, 1},           [SEM_LT_S] = {"LT_S", SIGNED, 2},
    [SEM_LE_S] = {"LE_S", SIGNED, 2},         [SEM_DIV_S] = {"DIV_S", SIGNED_MASKED, 2},
    [SEM_REM_S] = {"REM_S", SIGNED_MASKED, 2}, [SEM_MIN_S] = {"MIN_S", SIGNED_MASKED, 2},
    [SEM_MAX_S] = {"MAX_S", SIGNED_MASKED, 2}, [SEM_CLZ] = {"CLZ", WITH_WIDTH, 1},
    [SEM_CTZ] = {"CTZ", WITH_WIDTH, 1},       [SEM_BSWAP] = {"BSWAP", WITH_WIDTH, 1},
    [SEM_BITREV] = {"BITREV", WITH_WIDTH, 1}, [SEM_ROTL] = {"ROTL", WITH_WIDTH, 2},
    [SEM_ROTR] = {"ROTR", WITH_WIDTH, 2},     [SEM_CARRY] = {"CARRY", WITH_WIDTH, 3},
    [SEM_OVERFLOW] = {"OVERFLOW_OF", WITH_WIDTH, 3},
};
/* clang-format on */

static void other_operation(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    switch (e->op) {
    case SEM_SHL:
    case SEM_SHR_U:
    case SEM_SHR_S:
        shift(g, e, t);
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
    case SEM_FP:
        fp(g, e, t);
        break;
    default:
        memory(g, e, t);
    }
}

static void operation(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    const char *name = operations[e->op].name;
    unsigned n = operations[e->op].kids;
    switch ((enum shape)operations[e->op].shape) {
    case PLAIN:
        plain(g, e, name, n, t);
        break;
    case MASKED:
        masked(g, e, name, n, t);
        break;
    case SIGNED:
        with_signs(g, e, name, false, t);
        break;
    case SIGNED_MASKED:
        with_signs(g, e, name, true, t);
        break;
    case WITH_WIDTH:
        with_width(g, e, name, n, t);
        break;
    case OTHER:
        other_operation(g, e, t);
        break;
    }
}

void lift_value(struct cgen *g, const struct sem_expr *e, struct text *t)
{
    if (e->op == SEM_UNKNOWN || e->bind != BIND_RUN)
        constant(g, e, t);
    else if (e->op == SEM_VAR)
        text_addf(t, is_inverted(g, e) ? "NOT(not_%s)" : "%s", c_var(g, e->index));
    else if (e->op == SEM_REG)
        reg(g, e, e->width - 1, 0, t);
    else if (e->op == SEM_COND)
        choice(g, e, t);
    else if (!one_bit(g, e, t) && !difference(g, e, t))
        operation(g, e, t);
}

/* --- registers */

/* is_part_of - whether floating-point operand E is taken from elements of R. */
static bool is_part_of(const struct sem_expr *e, const struct reg *r)
{
    if (!e)
        return false;
    if (e->op == SEM_REG)
        return e->reg == r;
    if (e->op == SEM_SLICE || e->op == SEM_ZEXT)
        return is_part_of(e->kid[0], r);
    if (e->op == SEM_CAT)
        return is_part_of(e->kid[0], r) || is_part_of(e->kid[1], r);
    if (e->op == SEM_COND)
        return is_part_of(e->kid[1], r) || is_part_of(e->kid[2], r);
    return false;
}

static bool expr_uses_float(const struct sem_expr *e, const struct reg *r)
{
    if (!e)
        return false;
    bool from_int = e->index >= FP_FROM_S32 && e->index <= FP_FROM_U64;
    if (e->op == SEM_FP && !from_int)
        for (int i = 0; i < 3; i++)
            if (is_part_of(e->kid[i], r))
                return true;
    for (int i = 0; i < 4; i++)
        if (expr_uses_float(e->kid[i], r))
            return true;
    return false;
}

static bool block_uses_float(const struct sem_block *k, const struct reg *r)
{
    for (size_t i = 0; k && i < k->stmts.len; i++) {
        const struct sem_stmt *s = k->stmts.at[i];
        if (expr_uses_float(s->e, r) || block_uses_float(s->then_, r) ||
            block_uses_float(s->else_, r))
            return true;
    }
    return false;
}

/* place_type - of the elements of R in the IR: floating point if operations read them. */
static const char *place_type(const struct model *m, const struct reg *r)
{
    if (r->width == 32 || r->width == 64)
        for (size_t i = 0; i < m->forms.len; i++)
            if (block_uses_float(m->forms.at[i]->sem->body, r))
                return r->width == 32 ? "F32" : "F64";
    return internf("I%u", state_bytes(r->width) * 8);
}

static void set_if(const struct reg *r, struct text *t)
{
    bool file = r->is_file || r->count > 1;
    const char *name = c_name(r->name), *i = file ? ", i" : "";
    text_addf(t,
              "\nstatic inline void __attribute__((unused))\n"
              "set_%s_if(struct lift *l, ir_ref p%s, ir_ref v)\n{\n"
              "    if (!lift_holds(l, p))\n"
              "        v = SELECT(%s, p, v, get_%s(l%s));\n    set_%s(l%s, v);\n}\n",
              name, file ? ", unsigned i" : "", lift_type(r->width), name, i, name, i);
}

/* flag_register - now_R, the register with the flags that code has raised so far, and
 * set_flags_R, which sets them to bits of its value. */
static void flag_register(const struct model *m, struct text *t)
{
    const struct fenv_place *p = &m->fenv.accrue;
    if (!m->fenv.declared || !p->reg || m->fenv.cause.reg)
        return;
    const char *name = c_name(p->reg->name);
    unsigned n = p->high - p->low + 1;
    text_add(t, "\n/* Bits of the flags of enum fp_flag. */\n"
                "static const int8_t flag_bits[5] = {");
    for (unsigned i = 0; i < FLAG_BITS; i++)
        text_addf(t, "%s%d", i ? ", " : "", m->fenv.flag_bit[i]);
    text_addf(
        t,
        "};\n\nstatic inline ir_ref __attribute__((unused)) now_%s(struct lift *l)\n{\n"
        "    return INSERT(get_%s(l), lift_fp_flags(l, flag_bits), %u, %u);\n}\n"
        "\nstatic inline void __attribute__((unused)) set_flags_%s(struct lift *l, "
        "ir_ref v)\n{\n"
        "    lift_fp_flags_set(l, flag_bits, BITS(I32, v, %u, %u));\n}\n",
        name, name, p->low, n, name, p->low, n);
}

void lift_registers(const struct model *m, struct text *t)
{
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        const char *name = c_name(r->name), *type = place_type(m, r);
        bool file = r->is_file || r->count > 1;
        if (r->is_context || r->width > 64)
            continue;
        const char *element = file ? internf(" + i * %u", state_bytes(r->width)) : "";
        text_addf(
            t,
            "\nstatic inline ir_ref __attribute__((unused)) get_%s(struct lift *l%s)"
            "\n{\n",
            name, file ? ", unsigned i" : "");
        for (unsigned e = 0; r->hardwired && e < r->count; e++)
            if (r->hardwired[e])
                text_addf(t, "    if (i == %u)\n        return K%u(%lluu);\n", e,
                          type_bits(r->width), (unsigned long long)r->hardwired_value[e]);
        text_addf(t, "    return lift_get(l, PLACE(%s)%s, IR_%s, IR_%s);\n}\n", name,
                  element, type, lift_type(r->width));
        text_addf(t,
                  "\nstatic inline void __attribute__((unused)) set_%s(struct lift *l%s, "
                  "ir_ref v)\n{\n",
                  name, file ? ", unsigned i" : "");
        for (unsigned e = 0; r->hardwired && e < r->count; e++)
            if (r->hardwired[e])
                text_addf(t, "    if (i == %u)\n        return;\n", e);
        text_addf(t, "    lift_set(l, PLACE(%s)%s, IR_%s, v);\n}\n", name, element, type);
        set_if(r, t);
    }
    flag_register(m, t);
}
