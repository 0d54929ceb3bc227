/* emit_lift.c - templates: statements and the file; see emit_lift.h. */
#include "emit_lift.h"

#include "deval.h"
#include "emit.h"
#include "emit_fenv.h"

#include <string.h>

static void line(struct lift_gen *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void line(struct lift_gen *l, const char *format, ...)
{
    va_list ap;
    for (unsigned i = 0; i < l->indent; i++)
        text_add(&l->out, "    ");
    va_start(ap, format);
    text_vaddf(&l->out, format, ap);
    va_end(ap);
    text_add(&l->out, "\n");
}

/* give_up - the whole form is left to the interpreter. */
static void give_up(struct lift_gen *l, const char *why)
{
    if (!l->why)
        l->why = why;
}

static const char *text_of(struct lift_gen *l, const struct sem_expr *e)
{
    struct text t = {0};
    const char *why = lift_unsaid(l->b.g, e);
    if (why) {
        give_up(l, why);
        return "0";
    }
    lift_value(l->b.g, e, &t);
    return t.at;
}

/* --- what statements do */

/* writes_flags - WRITE S is of sticky floating-point flags alone, all in one word. */
static bool writes_flags(const struct model *m, const struct sem_stmt *s)
{
    const struct fenv_place *p = &m->fenv.accrue;
    return lift_has_flags(m, s->reg, s->high, s->low) && !m->fenv.cause.reg &&
           s->high <= p->high && s->low >= p->low && s->reg->width <= 32;
}

/* unsaid_stmt - why statement S itself can't be said, its arms aside. */
static const char *unsaid_stmt(const struct cgen *g, const struct sem_stmt *s)
{
    if (s->kind == ST_ICACHE)
        return "instruction memory is synchronised";
    if (s->kind == ST_WRITE && s->reg->is_context)
        return "the decode context is written";
    if (s->kind == ST_WRITE && s->reg->width > 64)
        return "a register of more than 64 bits";
    if (s->kind == ST_WRITE && c_touches_fenv(g->m, s->reg, s->high, s->low) &&
        !writes_flags(g->m, s))
        return "the floating-point environment is written";
    if (s->kind == ST_TRAP)
        return s->e && s->after ? "a trap behind the instruction" : NULL;
    if (s->kind == ST_LET && s->e->bind != BIND_RUN)
        return NULL;
    const struct sem_expr *const parts[] = {s->e, s->address, s->mask};
    const char *why = NULL;
    for (unsigned i = 0; i < 3 && !why; i++)
        why = lift_unsaid(g, parts[i]);
    return why;
}

/* unsaid - why block K is the interpreter's on every path; NULL: some of it can be said.
 */
static const char *unsaid(const struct cgen *g, const struct sem_block *k)
{
    for (size_t i = 0; k && i < k->stmts.len; i++) {
        const struct sem_stmt *s = k->stmts.at[i];
        const char *why = unsaid_stmt(g, s);
        if (why)
            return why;
        if (s->kind == ST_TRAP && (!s->e || c_known(g, s->e) == 1))
            return "a trap";
        int known = s->kind == ST_IF ? c_known(g, s->e) : -1;
        if (known >= 0 && (why = unsaid(g, known ? s->then_ : s->else_)))
            return why;
    }
    return NULL;
}

/* What straight-line code needs to be told of statements under run-time conditions. */
struct straight {
    unsigned gotos, writes, traps;
    bool other; /* memory, flags, ... */
};

static void straight_block(const struct cgen *g, const struct sem_block *k,
                           struct straight *to)
{
    for (size_t i = 0; k && i < k->stmts.len; i++) {
        const struct sem_stmt *s = k->stmts.at[i];
        struct straight x = {0}, y = {0};
        int known = s->kind == ST_IF ? c_known(g, s->e) : -1;
        to->other |= unsaid_stmt(g, s) != NULL;
        switch (s->kind) {
        case ST_TRAP:
            to->traps++;
            to->other |= sem_has_effect(s->e);
            break;
        case ST_LET:
            to->other |= sem_has_effect(s->e);
            break;
        case ST_WRITE:
            to->writes++;
            to->other |= writes_flags(g->m, s);
            break;
        case ST_GOTO:
            to->gotos++;
            break;
        case ST_IF:
            if (known != 0)
                straight_block(g, s->then_, &x);
            if (known != 1)
                straight_block(g, s->else_, &y);
            to->other |= x.other || y.other;
            to->traps += x.traps + y.traps;
            if (s->e->bind == BIND_RUN) {
                to->gotos += x.gotos + y.gotos;
                to->writes += x.writes + y.writes;
            } else {
                to->gotos += x.gotos > y.gotos ? x.gotos : y.gotos;
                to->writes += x.writes > y.writes ? x.writes : y.writes;
            }
            break;
        default:
            to->other = true;
        }
    }
}

static bool is_empty(const struct sem_block *k)
{
    return !k || k->stmts.len == 0;
}

static bool is_nullify(const struct sem_block *k)
{
    return k && k->stmts.len == 1 && k->stmts.at[0]->kind == ST_NULLIFY;
}

/* --- simple statements */

static bool block(struct lift_gen *l, const struct sem_block *k, bool last);

static void flags_of(const struct lift_gen *l, const char **call, const char **ret)
{
    const struct sem *s = l->b.g->s;
    *call = c_flag_text(l->b.g, s->call_when, s->is_call);
    *ret = c_flag_text(l->b.g, s->return_when, s->is_return);
}

/* leave - what follows isn't reached, with the arms and ifs around as they are. */
static void leave(struct lift_gen *l)
{
    if (!l->depth)
        return;
    if (l->inner)
        give_up(l, "a jump under two conditions");
    if (l->arm)
        l->end_used = true;
    line(l, l->arm ? "goto end;" : "return;");
}

/* address_of - C of address A, tested as an access of WIDTH bits and KIND must be. */
static const char *address_of(struct lift_gen *l, const struct sem_expr *a,
                              unsigned width, int kind)
{
    const char *text = text_of(l, a);
    if (!body_tests_alignment(l->b.g->m, width, kind))
        return text;
    if (a->op != SEM_VAR) {
        const char *name = internf("address%s", l->temps ? internf("_%u", l->temps) : "");
        l->temps++;
        line(l, "const ir_ref %s = %s;", name, text);
        text = name;
    }
    line(l, "ALIGNED(%u, %s);", width, text);
    return text;
}

/* with_address - E, a memory access, with its address as a variable if that is tested. */
static const char *access(struct lift_gen *l, const struct sem_expr *e)
{
    bool atomic = e->op == SEM_RESERVE || e->op == SEM_STORE_COND || e->op == SEM_AMO ||
                  e->op == SEM_CAS;
    if (e->op != SEM_LOAD && !atomic)
        return text_of(l, e);
    unsigned w = e->op == SEM_STORE_COND ? e->kid[1]->width : e->width;
    const char *a = address_of(l, e->kid[0], w, atomic ? MEMORY_ATOMIC : MEMORY_LOAD);
    const char *whole = text_of(l, e), *plain = text_of(l, e->kid[0]);
    const char *at = strstr(whole, plain);
    return at ? internf("%.*s%s%s", (int)(at - whole), whole, a, at + strlen(plain))
              : whole;
}

static void let(struct lift_gen *l, const struct sem_stmt *s)
{
    bool used = l->b.uses[s->var] > 0;
    if (s->e->bind != BIND_RUN || (!used && !sem_has_effect(s->e)))
        return;
    if (l->b.g->inverted[s->var]) {
        line(l, "const ir_ref not_%s = %s;", c_var(l->b.g, s->var),
             text_of(l, s->e->kid[0]));
        return;
    }
    const char *value = access(l, s->e);
    if (!used)
        line(l, "(void)%s;", value);
    else
        line(l, "%s%s = %s;", l->b.hoisted[s->var] ? "" : "const ir_ref ",
             c_var(l->b.g, s->var), value);
}

static void trap(struct lift_gen *l, const struct sem_stmt *s)
{
    int known = s->e ? c_known(l->b.g, s->e) : 1;
    if (known == 0)
        return;
    if (known == 1) {
        line(l, l->when ? "lift_trap_if(l, %s);" : "lift_interp(l);", l->when);
    } else if (s->e->bind != BIND_RUN) {
        line(l, "if (%s) {", body_unwrapped(c_bind_text(l->b.g, s->e)));
        l->indent++;
        l->depth++;
        line(l, l->when ? "lift_trap_if(l, %s);" : "lift_interp(l);", l->when);
        if (!l->when)
            leave(l);
        l->depth--;
        l->indent--;
        line(l, "}");
    } else if (l->when) {
        line(l, "lift_trap_if(l, AND(%s, %s));", l->when, text_of(l, s->e));
    } else {
        line(l, "lift_trap_if(l, %s);", text_of(l, s->e));
    }
}

static void write_reg(struct lift_gen *l, const struct sem_stmt *s)
{
    const struct reg *r = s->reg;
    bool file = r->is_file || r->count > 1, whole = s->high - s->low + 1 == r->width;
    const char *name = c_name(r->name), *value = text_of(l, s->e);
    const char *element = file ? internf(", %s", c_bind_text(l->b.g, s->index)) : "";
    bool flags = writes_flags(l->b.g->m, s);
    bool all = flags && s->low == l->b.g->m->fenv.accrue.low &&
               s->high == l->b.g->m->fenv.accrue.high;
    const char *old =
        internf(flags && !all ? "now_%s(l%s)" : "get_%s(l%s)", name, element);
    if (!whole)
        value =
            internf("INSERT(%s, %s, %u, %u)", old, value, s->low, s->high - s->low + 1);
    if (flags)
        line(l, "set_flags_%s(l, %s);", name, value);
    else if (l->when)
        line(l, "set_%s_if(l, %s%s, %s);", name, l->when, element, value);
    else
        line(l, "set_%s(l%s, %s);", name, element, value);
}

static void store(struct lift_gen *l, const struct sem_stmt *s)
{
    const char *a = address_of(l, s->address, s->width, MEMORY_STORE);
    if (s->mask)
        line(l, "STORE_MASKED(%u, %s, %s, %s);", s->width, a, text_of(l, s->e),
             text_of(l, s->mask));
    else
        line(l, "STORE(%u, %s, %s);", s->width, a, text_of(l, s->e));
}

/* go - the goto S; if CONDITION (C of it, or NULL) holds. */
static void go(struct lift_gen *l, const struct sem_stmt *s, const char *condition,
               bool nullify)
{
    const char *call, *ret;
    bool delayed = !s->now && l->b.g->m->delay_slots > 0;
    bool direct = s->e->bind != BIND_RUN;
    const char *to = direct ? c_bind_text(l->b.g, s->e) : text_of(l, s->e);
    const char *suffix = direct ? "" : "_value", *when = delayed ? "true" : "false";
    if (delayed && l->arm)
        give_up(l, "a delayed branch under a run-time condition");
    flags_of(l, &call, &ret);
    if (!condition) {
        line(l, "lift_goto%s(l, %s, %s, %s, %s);", suffix, to, when, call, ret);
        return;
    }
    line(l, "lift_branch%s(l, %s, %s, %s, %s, %s);", suffix, condition, to, when,
         nullify ? "true" : "false", call);
    if (strcmp(ret, "false") != 0)
        line(l, "l->jump.ret = %s;", ret);
}

/* --- conditions */

/* arm_if - an `if` in C round K. */
static bool c_arms(struct lift_gen *l, const struct sem_stmt *s, bool last)
{
    if (is_empty(s->then_) && is_empty(s->else_))
        return false;
    bool x, y = false;
    const char *c = c_bind_text(l->b.g, s->e);
    line(l, "if (%s) {", body_unwrapped(c));
    l->indent++;
    l->depth++;
    x = block(l, s->then_, last);
    l->indent--;
    if (!is_empty(s->else_)) {
        line(l, "} else {");
        l->indent++;
        y = block(l, s->else_, last);
        l->indent--;
    }
    l->depth--;
    line(l, "}");
    return x && y;
}

/* under - K, whose statements only take effect if run-time condition C (C of it) holds;
 * NEGATED: doesn't. */
static void under(struct lift_gen *l, const struct sem_block *k, const char *c,
                  bool negated)
{
    struct straight x = {0};
    const char *outer = l->when;
    straight_block(l->b.g, k, &x);
    if (x.writes + x.gotos + x.traps > 0) {
        if (negated)
            c = internf("NOT(%s)", c);
        if (outer)
            c = internf("AND(%s, %s)", outer, c);
        if (strpbrk(c, "(")) {
            const char *name = internf("c%s", l->temps ? internf("_%u", l->temps) : "");
            l->temps++;
            line(l, "const ir_ref %s = %s;", name, c);
            c = name;
        }
        l->when = c;
    }
    block(l, k, true);
    l->when = outer;
}

/* selected - S without branches in the IR: what its arms write is chosen by SELECT. */
static void selected(struct lift_gen *l, const struct sem_stmt *s)
{
    const char *e = text_of(l, s->e);
    if (!is_empty(s->then_))
        under(l, s->then_, e, false);
    if (!is_empty(s->else_))
        under(l, s->else_, e, true);
}

/* hoists - whether an arm of S sets what is used behind it. */
static bool hoists(const struct lift_gen *l, const struct sem_block *k)
{
    for (size_t i = 0; k && i < k->stmts.len; i++) {
        const struct sem_stmt *s = k->stmts.at[i];
        if ((s->kind == ST_LET && s->e->bind == BIND_RUN && l->b.hoisted[s->var]) ||
            (s->kind == ST_IF && (hoists(l, s->then_) || hoists(l, s->else_))))
            return true;
    }
    return false;
}

/* arms - S with branches in the IR. */
static void arms(struct lift_gen *l, const struct sem_stmt *s)
{
    bool outer = l->arm, inner = l->inner;
    unsigned depth = l->depth;
    if (l->when || hoists(l, s->then_) || hoists(l, s->else_)) {
        give_up(l, "a value set under a run-time condition");
        return;
    }
    line(l, "lift_if(l, %s);", text_of(l, s->e));
    line(l, "{");
    l->indent++;
    l->arm = l->inner = true;
    l->depth = 0;
    block(l, s->then_, false);
    l->indent--;
    if (!is_empty(s->else_)) {
        line(l, "}");
        line(l, "lift_else(l);");
        line(l, "{");
        l->indent++;
        block(l, s->else_, false);
        l->indent--;
    }
    line(l, "}");
    line(l, "lift_end(l);");
    l->arm = outer;
    l->inner = inner;
    l->depth = depth;
}

/* branch - IF E goto; [else nullify;] as the last thing. */
static bool branch(struct lift_gen *l, const struct sem_stmt *s)
{
    const struct sem_block *k = s->then_;
    bool plain = k && k->stmts.len == 1 && k->stmts.at[0]->kind == ST_GOTO;
    if (!plain || l->when || (!is_empty(s->else_) && !is_nullify(s->else_)))
        return false;
    go(l, k->stmts.at[0], text_of(l, s->e), is_nullify(s->else_));
    return true;
}

/* run_if - an IF on a run-time condition; LAST: nothing follows it. */
static bool run_if(struct lift_gen *l, const struct sem_stmt *s, bool last)
{
    struct straight x = {0};
    const struct cgen *g = l->b.g;
    if (last && branch(l, s))
        return true;
    bool then_out = unsaid(g, s->then_) != NULL, else_out = unsaid(g, s->else_) != NULL;
    if ((then_out || else_out) && !l->when) {
        /* one arm is the interpreter's: a trap test */
        const char *e = text_of(l, s->e);
        line(l, then_out ? "lift_trap_if(l, %s);" : "lift_trap_if(l, NOT(%s));", e);
        return block(l, then_out ? s->else_ : s->then_, last);
    }
    straight_block(g, s->then_, &x);
    straight_block(g, s->else_, &x);
    if (!x.other && x.gotos <= (last ? 1u : 0u) && x.writes <= 6)
        selected(l, s);
    else
        arms(l, s);
    return false;
}

static bool choice(struct lift_gen *l, const struct sem_stmt *s, bool last)
{
    int known = c_known(l->b.g, s->e);
    if (known >= 0)
        return block(l, known ? s->then_ : s->else_, last);
    if (s->e->bind != BIND_RUN)
        return c_arms(l, s, last);
    return run_if(l, s, last);
}

/* statement - print S; returns whether nothing behind it is reached. */
static bool statement(struct lift_gen *l, const struct sem_stmt *s, bool last)
{
    switch (s->kind) {
    case ST_LET:
        let(l, s);
        return false;
    case ST_TRAP:
        trap(l, s);
        if (!s->e && !l->when)
            leave(l);
        return !s->e;
    case ST_STORE:
        store(l, s);
        return false;
    case ST_WRITE:
        write_reg(l, s);
        return false;
    case ST_IF:
        return choice(l, s, last);
    case ST_GOTO:
        go(l, s, l->when, false);
        if (!last)
            leave(l);
        return true;
    case ST_NULLIFY:
        give_up(l, "a slot nullified otherwise than by a branch");
        return false;
    case ST_FENCE:
        line(l, "FENCE();");
        return false;
    case ST_EFFECT:
        line(l, "(void)%s;", access(l, s->e));
        return false;
    case ST_ICACHE:
        return false;
    }
    return false;
}

/* block - print K; LAST: nothing follows it in the body. */
static bool block(struct lift_gen *l, const struct sem_block *k, bool last)
{
    const char *why = unsaid(l->b.g, k);
    if (why && l->depth && !l->when) {
        line(l, "lift_interp(l); /* %s */", why);
        leave(l);
        return true;
    }
    for (size_t i = 0; k && i < k->stmts.len; i++) {
        const struct sem_stmt *s = k->stmts.at[i];
        why = unsaid_stmt(l->b.g, s);
        if (why)
            give_up(l, why);
        if (statement(l, s, last && i + 1 == k->stmts.len))
            return true;
    }
    return false;
}

/* --- forms */

/* Predicates, each a function of the code that names it. */
struct predicate {
    const char *cases, *name;
};

struct lift_file {
    const struct model *m;
    VEC(struct predicate) predicates;
    struct text templates;
};

/* predicate_of - C of the run-time condition of G's form, an ir_ref. */
static const char *predicate_of(struct lift_file *file, struct cgen *g)
{
    int field = form_field(g->f, g->f->predicate);
    const struct enum_ *codes = g->f->fields.at[field].type.enum_;
    struct cgen *plain = cgen_new(g->m, g->f);
    struct text t = {0};
    plain->fixed_field = field;
    for (size_t i = 0; i < codes->items.len; i++) {
        struct text value = {0};
        plain->fixed_value = (uint64_t)codes->items.at[i].code;
        lift_value(plain, g->s->predicate, &value);
        if (strcmp(value.at, "K1(1u)") != 0)
            text_addf(&t, "    case %u:\n        return %s;\n",
                      (unsigned)plain->fixed_value, value.at);
    }
    g->field_used[field] = true;
    const char *code = internf("f_%s", c_name(g->f->fields.at[field].name));
    for (size_t i = 0; i < file->predicates.len; i++)
        if (strcmp(file->predicates.at[i].cases, t.at ? t.at : "") == 0)
            return internf("%s(l, %s)", file->predicates.at[i].name, code);
    struct predicate p = {t.at ? t.at : "",
                          internf("predicate_%zu", file->predicates.len)};
    vec_push(&file->predicates, p);
    return internf("%s(l, %s)", p.name, code);
}

/* has_fp - whether K, where it can be reached, raises floating-point flags. */
static bool has_fp(const struct sem_expr *e)
{
    if (!e)
        return false;
    if (e->op == SEM_FP && e->index < FP_IS_NAN)
        return true;
    for (int i = 0; i < 4; i++)
        if (has_fp(e->kid[i]))
            return true;
    return false;
}

static bool block_has_fp(const struct sem_block *k)
{
    for (size_t i = 0; k && i < k->stmts.len; i++) {
        const struct sem_stmt *s = k->stmts.at[i];
        if (has_fp(s->e) || block_has_fp(s->then_) || block_has_fp(s->else_))
            return true;
    }
    return false;
}

/* statements - the body, under the form's predicate. */
static void statements(struct lift_file *file, struct lift_gen *l)
{
    struct cgen *g = l->b.g;
    struct straight x = {0};
    for (size_t i = 0; i < g->s->hints.len; i++)
        line(l, "if (%s)\n        return;",
             body_unwrapped(c_bind_text(g, g->s->hints.at[i])));
    if (g->m->fenv.cause.reg && block_has_fp(g->s->body))
        line(l, "lift_fp_begin(l);");
    if (!g->s->predicate || !g->f->predicate) {
        block(l, g->s->body, true);
        return;
    }
    const char *p = predicate_of(file, g);
    straight_block(g, g->s->body, &x);
    if (!x.other && x.gotos <= 1) {
        line(l, "const ir_ref p = %s;", p);
        l->when = "p";
        block(l, g->s->body, true);
        return;
    }
    line(l, "lift_if(l, %s);", p);
    line(l, "{");
    l->indent++;
    l->arm = true;
    l->depth = 1;
    block(l, g->s->body, true);
    l->indent--;
    line(l, "}");
    if (l->end_used)
        text_add(&l->out, "end:\n");
    line(l, "lift_end(l);");
}

/* head - what decoding knows, as C variables. */
static void head(struct lift_gen *l, struct text *t)
{
    struct cgen *g = l->b.g;
    struct text vars = {0}, fields = {0};
    body_vars(g, &vars);
    for (size_t i = 0; i < g->f->fields.len; i++) {
        const struct field *f = &g->f->fields.at[i];
        if (g->field_used[i])
            text_addf(&fields, "    const %s f_%s = %s;\n",
                      f->type.width > 32 ? "uint64_t" : "uint32_t", c_name(f->name),
                      c_field_text(f));
    }
    if (fields.at)
        text_addf(t, "    const uint64_t w = l->d.word;\n%s", fields.at);
    if (vars.at)
        text_add(t, vars.at);
    for (size_t i = 0; i < g->s->vars.len; i++)
        if (l->b.hoisted[i] && g->s->vars.at[i].bind == BIND_RUN)
            text_addf(t, "    ir_ref %s = 0;\n", c_var(g, (unsigned)i));
}

/* inverted - the variables that hold a complement, which is what differences need. */
static const bool *inverted(const struct body *b)
{
    const struct sem *s = b->g->s;
    bool *is = zalloc(s->vars.len + 1);
    for (size_t i = 0; i < s->body->stmts.len; i++) {
        const struct sem_stmt *x = s->body->stmts.at[i];
        if (x->kind == ST_LET && x->e->op == SEM_NOT && x->e->bind == BIND_RUN &&
            x->e->width > 1 && !b->hoisted[x->var] && b->uses[x->var])
            is[x->var] = true;
    }
    return is;
}

static void form(struct lift_file *file, const struct form *f)
{
    struct lift_gen l = {.indent = 1};
    struct text pattern = {0};
    struct text *t = &file->templates;
    l.b.g = cgen_new(file->m, f);
    l.b.g->binding = true;
    body_uses(&l.b);
    l.b.g->inverted = inverted(&l.b);
    l.why = unsaid(l.b.g, f->sem->body);
    if (!l.why)
        statements(file, &l);
    emit_pattern(&pattern, f->mask, f->value, f->bits);
    text_addf(t, "\n/* %s  %s  %s */\nstatic void lift_form_%s(struct lift *l)\n{\n",
              emit_place(f->insn->loc), f->name, pattern.at, emit_id(f->name));
    if (l.why) {
        text_addf(t, "    lift_interp(l); /* %s */\n}\n", l.why);
        return;
    }
    head(&l, t);
    text_add(t, l.out.at ? l.out.at : "    (void)l;\n");
    text_add(t, "}\n");
}

void emit_lift_form(const struct model *m, const struct form *f, struct text *out)
{
    struct lift_file file = {.m = m};
    form(&file, f);
    text_add(out, file.templates.at);
}

static void predicates(const struct lift_file *file, struct text *t)
{
    for (size_t i = 0; i < file->predicates.len; i++)
        text_addf(
            t,
            "\nstatic ir_ref %s(struct lift *l, unsigned code)\n{\n"
            "    switch (code) {\n%s    default:\n        return K1(1);\n    }\n}\n",
            file->predicates.at[i].name, file->predicates.at[i].cases);
}

void emit_lift(const struct model *m, struct text *out)
{
    struct lift_file file = {.m = m};
    for (size_t i = 0; i < m->forms.len; i++)
        form(&file, m->forms.at[i]);
    emit_head(m, out, "lift.c", "from decoded instructions to IR");
    text_addf(out,
              "#include \"state.h\"\n\n#include \"interp/ops.h\"\n"
              "#include \"ir/template.h\"\n\n"
              "/* Conditions of shared bodies that one form always or never meets. */\n"
              "#pragma GCC diagnostic ignored \"-Wtautological-compare\"\n\ntypedef "
              "uint%u_t guest_word;\n\n"
              "#define CONTEXT (l->context)\n#define PC_HERE ((guest_word)l->pc)\n"
              "#define PC_NEXT ((guest_word)(l->pc + l->d.bytes))\n"
              "#define PC_LINK ((guest_word)(l->pc + l->d.bytes + %u))\n",
              m->word, m->delay_slots * m->fetch_bits / 8);
    emit_fenv_modes(m, out);
    lift_registers(m, out);
    predicates(&file, out);
    text_add(out, file.templates.at);
    text_add(out, "\nstatic void (*const templates[])(struct lift *) = {\n");
    for (size_t i = 0; i < m->forms.len; i++)
        text_addf(out, "    lift_form_%s,\n", emit_id(m->forms.at[i]->name));
    text_add(out, "};\n\nvoid guest_lift(struct lift *l);\n"
                  "void guest_lift(struct lift *l)\n{\n"
                  "    templates[l->d.form](l);\n}\n");
}
