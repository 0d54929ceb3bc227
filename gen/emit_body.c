/* emit_body.c - statements as C; see emit_body.h. */
#include "emit_body.h"

#include "abi.h"

#include "ast.h"
#include "deval.h"

#include <string.h>

static void line(struct body *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void line(struct body *b, const char *format, ...)
{
    va_list ap;
    for (unsigned i = 0; i < b->indent; i++)
        text_add(&b->out, "    ");
    va_start(ap, format);
    text_vaddf(&b->out, format, ap);
    va_end(ap);
    text_add(&b->out, "\n");
}

static const char *text_of(struct body *b, const struct sem_expr *e)
{
    struct text t = {0};
    c_expr(b->g, e, &t);
    return t.at;
}

/* --- what expressions do */

/* any - whether TEST holds for E or a part of it that can be reached. */
typedef bool expr_test(const struct cgen *g, const struct sem_expr *e);
static bool any(const struct cgen *g, const struct sem_expr *e, expr_test *test)
{
    if (!e)
        return false;
    if (e->op == SEM_COND && c_known(g, e->kid[0]) >= 0)
        return any(g, e->kid[c_known(g, e->kid[0]) ? 1 : 2], test);
    if (test(g, e))
        return true;
    for (int i = 0; i < 4; i++)
        if (any(g, e->kid[i], test))
            return true;
    return false;
}

static bool is_fp(const struct cgen *g, const struct sem_expr *e)
{
    (void)g;
    return e->op == SEM_FP && e->index < FP_IS_NAN;
}

static bool is_memory(const struct cgen *g, const struct sem_expr *e)
{
    (void)g;
    return e->op == SEM_LOAD || e->op == SEM_RESERVE || e->op == SEM_STORE_COND ||
           e->op == SEM_AMO || e->op == SEM_CAS;
}

static bool is_store(const struct cgen *g, const struct sem_expr *e)
{
    (void)g;
    return e->op == SEM_STORE_COND || e->op == SEM_AMO || e->op == SEM_CAS;
}

static bool is_other_effect(const struct cgen *g, const struct sem_expr *e)
{
    (void)g;
    return e->op == SEM_CLOCK || e->op == SEM_EXTERN;
}

/* reads_flags - E reads bits that live in the floating-point environment while code runs.
 */
static bool reads_flags(const struct cgen *g, const struct sem_expr *e)
{
    const struct fenv *f = &g->m->fenv;
    const struct fenv_place *places[] = {&f->accrue, &f->cause};
    const struct sem_expr *r = e->op == SEM_SLICE ? e->kid[0] : e;
    if (r->op != SEM_REG || !f->declared)
        return false;
    unsigned high = e->op == SEM_SLICE ? e->high : r->width - 1;
    unsigned low = e->op == SEM_SLICE ? e->low : 0;
    for (unsigned i = 0; i < 2; i++)
        if (places[i]->reg == r->reg && places[i]->low <= high && low <= places[i]->high)
            return true;
    return false;
}

bool body_reads_flags(const struct cgen *g, const struct sem_expr *e)
{
    if (!e)
        return false;
    if (e->op == SEM_SLICE && e->kid[0]->op == SEM_REG)
        return reads_flags(g, e);
    if (reads_flags(g, e))
        return true;
    for (int i = 0; i < 4; i++)
        if (body_reads_flags(g, e->kid[i]))
            return true;
    return false;
}

/* --- walking */

typedef bool stmt_visit(void *to, const struct sem_stmt *s);

/* walk - VISIT every statement that can be reached, arms after their IF, until one is
 * true. */
static bool walk(const struct cgen *g, const struct sem_block *k, stmt_visit *visit,
                 void *to)
{
    for (size_t i = 0; k && i < k->stmts.len; i++) {
        const struct sem_stmt *s = k->stmts.at[i];
        if (visit(to, s))
            return true;
        if (s->kind != ST_IF)
            continue;
        int known = c_known(g, s->e);
        if ((known != 0 && walk(g, s->then_, visit, to)) ||
            (known != 1 && walk(g, s->else_, visit, to)))
            return true;
    }
    return false;
}

struct facts_walk {
    const struct cgen *g;
    struct body_facts *f;
};

static bool note_facts(void *to, const struct sem_stmt *s)
{
    struct facts_walk *w = to;
    struct body_facts *f = w->f;
    const struct sem_expr *const parts[] = {s->e, s->address, s->mask, s->index};
    for (unsigned i = 0; i < 4; i++) {
        f->loads |= any(w->g, parts[i], is_memory);
        f->stores |= any(w->g, parts[i], is_store);
        f->fp |= any(w->g, parts[i], is_fp);
        f->traps |= w->g->m->fenv.enable.reg && any(w->g, parts[i], is_fp);
        f->effects |= any(w->g, parts[i], is_other_effect);
    }
    switch (s->kind) {
    case ST_TRAP:
        f->traps = true;
        break;
    case ST_STORE:
        f->stores = true;
        break;
    case ST_WRITE:
        f->context |= s->reg->is_context;
        break;
    case ST_GOTO:
        f->branches = true;
        f->delayed |= !s->now && w->g->m->delay_slots > 0;
        f->indirect |= s->e->bind == BIND_RUN;
        break;
    case ST_NULLIFY:
        f->nullifies = true;
        break;
    case ST_FENCE:
    case ST_EFFECT:
        f->effects = true;
        break;
    case ST_ICACHE:
        f->icache = true;
        break;
    default:
        break;
    }
    return false;
}

/* leaves - no path through K goes on behind it. */
static bool leaves(const struct cgen *g, const struct sem_block *k)
{
    for (size_t i = 0; k && i < k->stmts.len; i++) {
        const struct sem_stmt *s = k->stmts.at[i];
        if (s->kind == ST_GOTO || (s->kind == ST_TRAP && !s->e))
            return true;
        if (s->kind != ST_IF)
            continue;
        int known = c_known(g, s->e);
        if (known >= 0 ? leaves(g, known ? s->then_ : s->else_)
                       : leaves(g, s->then_) && leaves(g, s->else_))
            return true;
    }
    return false;
}

void body_facts(const struct cgen *g, struct body_facts *facts)
{
    struct facts_walk w = {g, facts};
    *facts = (struct body_facts){0};
    walk(g, g->s->body, note_facts, &w);
    facts->leaves = leaves(g, g->s->body);
}

/* --- which conditions deserve variants */

struct condition_walk {
    const struct cgen *g;
    condition_list *out;
};

static void note_condition(struct condition_walk *w, const struct sem_expr *e)
{
    extern bool sem_same(const struct sem_expr *a, const struct sem_expr *b);
    for (size_t i = 0; i < w->out->len; i++)
        if (sem_same(w->out->at[i], e))
            return;
    vec_push(w->out, e);
}

static bool is_change(void *to, const struct sem_stmt *s)
{
    (void)to;
    return s->kind == ST_GOTO || s->kind == ST_TRAP || s->kind == ST_NULLIFY;
}

static bool note_if(void *to, const struct sem_stmt *s)
{
    struct condition_walk *w = to;
    if (s->kind == ST_TRAP && s->e && s->e->op == SEM_COND &&
        s->e->kid[0]->bind == BIND_DECODE)
        note_condition(w, s->e->kid[0]);
    if (s->kind == ST_IF && s->e->bind == BIND_DECODE && c_known(w->g, s->e) < 0 &&
        (s->unlikely || walk(w->g, s->then_, is_change, NULL) ||
         walk(w->g, s->else_, is_change, NULL)))
        note_condition(w, s->e);
    return false;
}

void body_conditions(const struct cgen *g, condition_list *out)
{
    struct condition_walk w = {g, out};
    walk(g, g->s->body, note_if, &w);
    if (out->len > 2)
        out->len = 0;
}

/* --- uses of variables */

static void count_expr(const struct cgen *g, const struct sem_expr *e, unsigned *uses)
{
    if (!e)
        return;
    if (e->op == SEM_VAR)
        uses[e->index]++;
    if (e->op == SEM_COND && c_known(g, e->kid[0]) >= 0) {
        count_expr(g, e->kid[c_known(g, e->kid[0]) ? 1 : 2], uses);
        return;
    }
    for (int i = 0; i < 4; i++)
        count_expr(g, e->kid[i], uses);
}

/* count - uses in K, from its end, so that a LET without uses counts nothing. */
static void count(const struct cgen *g, const struct sem_block *k, unsigned *uses)
{
    for (size_t i = k ? k->stmts.len : 0; i-- > 0;) {
        const struct sem_stmt *s = k->stmts.at[i];
        if (s->kind == ST_LET && !uses[s->var] && !sem_has_effect(s->e))
            continue;
        if (s->kind == ST_IF) {
            int known = c_known(g, s->e);
            if (known != 1)
                count(g, s->else_, uses);
            if (known != 0)
                count(g, s->then_, uses);
            if (known >= 0)
                continue;
        }
        count_expr(g, s->e, uses);
        count_expr(g, s->address, uses);
        count_expr(g, s->mask, uses);
        count_expr(g, s->index, uses);
        for (size_t a = 0; a < s->args.len; a++)
            count_expr(g, s->args.at[a], uses);
        count(g, s->commits, uses);
    }
}

/* hoist - mark the variables that are set in an arm and used behind it. */
static void hoist(struct body *b, const struct sem_block *k, bool top)
{
    size_t vars = b->g->s->vars.len;
    for (size_t i = 0; k && i < k->stmts.len; i++) {
        const struct sem_stmt *s = k->stmts.at[i];
        if (s->kind == ST_IF) {
            hoist(b, s->then_, false);
            hoist(b, s->else_, false);
        }
        if (s->kind != ST_LET || top || !b->uses[s->var])
            continue;
        unsigned *inside = zalloc((vars + 1) * sizeof *inside);
        count(b->g, k, inside);
        if (inside[s->var] < b->uses[s->var])
            b->hoisted[s->var] = true;
    }
}

/* --- memory */

enum { KIND_LOAD = MEMORY_LOAD, KIND_STORE = MEMORY_STORE, KIND_ATOMIC = MEMORY_ATOMIC };

bool body_tests_alignment(const struct model *m, unsigned width, int kind)
{
    return width > 8 &&
           (kind == KIND_ATOMIC || (m->unaligned[kind] && !abi_unaligned_works(m)));
}

/* address_of - C of address A of an access of WIDTH bits, after the alignment test it
 * needs. */
static const char *address_of(struct body *b, const struct sem_expr *a, unsigned width,
                              int kind)
{
    const struct trap_decl *trap = b->g->m->unaligned[kind];
    const char *text = text_of(b, a);
    if (!body_tests_alignment(b->g->m, width, kind))
        return text;
    if (a->op != SEM_VAR) {
        const char *name = internf("address%s", b->temps ? internf("_%u", b->temps) : "");
        b->temps++;
        line(b, "const %s %s = %s;", c_type(a->width), name, text);
        text = name;
    }
    line(b, "if (UNLIKELY(%s & %u))", text, width / 8 - 1);
    if (trap)
        line(b, "    TRAP(%u /* %s */, %s, 0, 0, 0);", trap->index, trap->name,
             trap->params.len ? text : "0");
    else
        line(b, "    TRAP(TRAP_UNALIGNED, %s, 0, 0, 0);", text);
    return text;
}

/* access - C of E, the whole value of a LET or a statement. */
static const char *access(struct body *b, const struct sem_expr *e)
{
    struct text t = {0};
    if (e->op == SEM_LOAD) {
        const char *a = address_of(b, e->kid[0], e->width, KIND_LOAD);
        text_addf(&t, "LOAD(u%u, %s)", e->width, a);
        return t.at;
    }
    if (is_memory(b->g, e)) {
        unsigned w = e->op == SEM_STORE_COND ? e->kid[1]->width : e->width;
        const char *a = address_of(b, e->kid[0], w, KIND_ATOMIC);
        switch (e->op) {
        case SEM_RESERVE:
            text_addf(&t, "RESERVE(u%u, %s)", w, a);
            break;
        case SEM_STORE_COND:
            text_addf(&t, "STORE_COND(u%u, %s, %s)", w, a, text_of(b, e->kid[1]));
            break;
        case SEM_AMO:
            text_addf(&t, "AMO(%s, u%u, %s, %s)", e->name, w, a, text_of(b, e->kid[1]));
            break;
        default:
            text_addf(&t, "CAS(u%u, %s, %s, %s)", w, a, text_of(b, e->kid[1]),
                      text_of(b, e->kid[2]));
        }
        return t.at;
    }
    return text_of(b, e);
}

/* --- statements */

static bool block(struct body *b, const struct sem_block *k);

static void let(struct body *b, const struct sem_stmt *s)
{
    if (s->e->bind != BIND_RUN && s->e->width <= 64 && !sem_has_effect(s->e))
        return;
    bool used = b->uses[s->var] > 0;
    if (!used && !sem_has_effect(s->e))
        return;
    const char *value = access(b, s->e);
    if (!used)
        line(b, "(void)%s;", value);
    else if (b->hoisted[s->var])
        line(b, "%s = %s;", c_var(b->g, s->var), value);
    else
        line(b, "const %s %s = %s;", c_type(s->e->width), c_var(b->g, s->var), value);
}

static void write_value(struct body *b, const struct c_dest *d, const struct sem_expr *e)
{
    const struct reg *r = d->reg;
    const char *value = text_of(b, e);
    bool constant_index = d->index && d->index->op == SEM_CONST;
    if (constant_index && r->hardwired && r->hardwired[(size_t)d->index->value])
        return;
    if (r->is_context) {
        unsigned shift = context_shift(b->g->m, r) + d->low, n = d->high - d->low + 1;
        unsigned mask = (unsigned)low_bits(~(u128)0, n);
        line(b, "cpu->context = (cpu->context & ~(0x%xu << %u)) | (uint32_t)%s << %u;",
             mask, shift, value, shift);
        b->context_written = true;
        return;
    }
    if (c_dest_is_place(d)) {
        line(b, "%s = %s;", c_lvalue(b->g, d), value);
    } else {
        struct c_dest whole = {r, d->index, r->width - 1, 0};
        const char *lvalue = c_lvalue(b->g, &whole), *type = c_type(r->width);
        u128 mask = low_bits(~(u128)0, d->high - d->low + 1) << d->low;
        line(b, "%s = (%s & ~(%s)0x%llx) | (%s)%s << %u;", lvalue, lvalue, type,
             (unsigned long long)mask, type, value, d->low);
    }
    if (c_touches_fenv(b->g->m, r, d->high, d->low))
        line(b, "guest_fp_in(cpu);");
}

static struct c_dest dest_of(const struct sem_stmt *s)
{
    return (struct c_dest){s->reg, s->index, s->high, s->low};
}

/* only_write - the one WRITE that K consists of, or NULL. */
static const struct sem_stmt *only_write(const struct sem_block *k)
{
    if (!k || k->stmts.len != 1 || k->stmts.at[0]->kind != ST_WRITE)
        return NULL;
    const struct sem_stmt *s = k->stmts.at[0];
    return s->reg->is_context ? NULL : s;
}

/*
 * write_by_place - an IF on a decode-time condition whose arms write the same value to
 * different places is a write to a place chosen by binding. Returns whether it was one.
 */
static bool write_by_place(struct body *b, const struct sem_stmt *s)
{
    extern bool sem_same(const struct sem_expr *x, const struct sem_expr *y);
    const struct sem_stmt *x = only_write(s->then_), *y = only_write(s->else_);
    bool no_else = !s->else_ || s->else_->stmts.len == 0;
    if (s->e->bind == BIND_RUN || !x || (!y && !no_else) || (y && !sem_same(x->e, y->e)))
        return false;
    struct c_dest dx = dest_of(x), dy = y ? dest_of(y) : dx;
    unsigned width = dx.high - dx.low + 1;
    if (!c_dest_is_place(&dx) || !c_dest_is_place(&dy) || width != dy.high - dy.low + 1 ||
        c_touches_fenv(b->g->m, dx.reg, dx.high, dx.low))
        return false;
    unsigned bytes = c_storage_bytes(width);
    const char *c = c_bind_text(b->g, s->e), *tx = c_dest_text(b->g, &dx);
    const char *bind =
        internf("(%s ? %s : %s)", c, tx, c_dest_text(b->g, y ? &dy : NULL));
    const char *slot = c_slot(b->g, "to", 2, bind, bytes, true);
    line(b, "REG_u%u(r->%s) = %s;", bytes * 8, slot, text_of(b, x->e));
    return true;
}

static void trap(struct body *b, const struct sem_stmt *s)
{
    struct text t = {0};
    text_add(&t, s->after ? "TRAP_AFTER(" : "TRAP(");
    if (s->trap)
        text_addf(&t, "%u /* %s */", s->trap->index, s->trap->name);
    else
        text_add(&t, "TRAP_ILLEGAL");
    for (size_t i = 0; i < 4; i++) {
        text_add(&t, ", ");
        if (i < s->args.len)
            c_expr(b->g, s->args.at[i], &t);
        else if (i == 0 && !s->trap)
            text_addf(&t, "r->%s",
                      c_slot(b->g, "word", b->g->f->bits <= 32 ? 4 : 8, "w", 0, false));
        else
            text_add(&t, "0");
    }
    text_add(&t, ");");
    bool commits = s->commits && s->commits->stmts.len > 0;
    if (s->e)
        line(b, commits ? "if (UNLIKELY(%s)) {" : "if (UNLIKELY(%s))", text_of(b, s->e));
    b->indent += s->e != NULL;
    if (commits)
        block(b, s->commits);
    line(b, "%s", t.at);
    b->indent -= s->e != NULL;
    if (s->e && commits)
        line(b, "}");
}

static void store(struct body *b, const struct sem_stmt *s)
{
    const char *a = address_of(b, s->address, s->width, KIND_STORE);
    if (s->mask)
        line(b, "STORE_MASKED(u%u, %s, %s, %s);", s->width, a, text_of(b, s->e),
             text_of(b, s->mask));
    else
        line(b, "STORE(u%u, %s, %s);", s->width, a, text_of(b, s->e));
}

static void go(struct body *b, const struct sem_stmt *s)
{
    struct cgen *g = b->g;
    bool chained = false;
    if (s->e->bind != BIND_RUN) {
        const char *target = c_bind_text(g, s->e);
        if (!g->chain || strcmp(g->chain_target, target) == 0) {
            g->chain = chained = true;
            g->chain_target = target;
        }
    }
    const char *to = chained ? "r->chain.target" : text_of(b, s->e);
    if (b->delayed && !s->now)
        line(b, "DELAY(true, %s);", to);
    else if (chained)
        line(b, "JUMP(CHAIN(%s));", b->name);
    else
        line(b, "JUMP_TO(%s);", to);
}

const char *body_unwrapped(const char *c)
{
    int depth = 0;
    if (c[0] != '(')
        return c;
    for (size_t i = 0; c[i]; i++) {
        depth += (c[i] == '(') - (c[i] == ')');
        if (depth == 0)
            return c[i + 1] ? c : internf("%.*s", (int)(i - 1), c + 1);
    }
    return c;
}

/* branch_arms - an IF that is printed as one. Returns whether both arms leave. */
static bool arms(struct body *b, const struct sem_stmt *s)
{
    bool has_else = s->else_ && s->else_->stmts.len > 0;
    bool has_then = s->then_ && s->then_->stmts.len > 0;
    if (!has_then && !has_else)
        return false;
    const char *c = text_of(b, s->e);
    if (s->unlikely)
        line(b, "if (UNLIKELY(%s)) {", c);
    else
        line(b, "if (%s) {", body_unwrapped(c));
    b->indent++;
    bool x = block(b, s->then_), y = false;
    b->indent--;
    if (has_else) {
        line(b, "} else {");
        b->indent++;
        y = block(b, s->else_);
        b->indent--;
    }
    line(b, "}");
    return x && y;
}

static bool choice(struct body *b, const struct sem_stmt *s)
{
    int known = c_known(b->g, s->e);
    if (known >= 0)
        return block(b, known ? s->then_ : s->else_);
    if (write_by_place(b, s))
        return false;
    return arms(b, s);
}

static void fp_check(struct body *b)
{
    const struct fenv *f = &b->g->m->fenv;
    if (!f->enable.reg)
        return;
    line(b, "if (UNLIKELY(fp_trapped(&cpu->fp)))");
    line(b, "    ROUTINE_RETURN(guest_fp_trap(ip, cpu));");
}

/* statement - print S; returns whether nothing behind it is reached. */
static bool statement(struct body *b, const struct sem_stmt *s)
{
    switch (s->kind) {
    case ST_LET:
        let(b, s);
        return false;
    case ST_TRAP:
        trap(b, s);
        return !s->e;
    case ST_STORE:
        store(b, s);
        return false;
    case ST_WRITE: {
        struct c_dest d = dest_of(s);
        write_value(b, &d, s->e);
        return false;
    }
    case ST_IF:
        return choice(b, s);
    case ST_GOTO:
        go(b, s);
        return !b->delayed || s->now;
    case ST_NULLIFY:
        if (b->delayed)
            line(b, "SKIP(r->chain.skip);");
        return b->delayed;
    case ST_FENCE:
        line(b, "FENCE();");
        return false;
    case ST_ICACHE:
        if (s->e)
            line(b, "ICACHE(%s, %s);", text_of(b, s->e),
                 s->address ? text_of(b, s->address) : "0");
        else
            line(b, "ICACHE(0, 0);");
        return true;
    case ST_EFFECT:
        line(b, "(void)%s;", access(b, s->e));
        return false;
    }
    return false;
}

static bool block(struct body *b, const struct sem_block *k)
{
    for (size_t i = 0; k && i < k->stmts.len; i++) {
        if (statement(b, k->stmts.at[i]))
            return true;
        if (k->stmts.at[i] == b->check_fp_after)
            fp_check(b);
    }
    return false;
}

/* --- the frame round the statements */

struct fenv_walk {
    const struct cgen *g;
    bool flags, written;
};

static bool note_fenv(void *to, const struct sem_stmt *s)
{
    struct fenv_walk *w = to;
    w->flags |= body_reads_flags(w->g, s->e) || body_reads_flags(w->g, s->address);
    for (size_t i = 0; i < s->args.len; i++)
        w->flags |= body_reads_flags(w->g, s->args.at[i]);
    if (s->kind == ST_WRITE && c_touches_fenv(w->g->m, s->reg, s->high, s->low))
        w->written = true;
    if (s->kind == ST_TRAP && s->commits)
        walk(w->g, s->commits, note_fenv, w);
    return false;
}

static bool is_fp_stmt(void *to, const struct sem_stmt *s)
{
    return any(to, s->e, is_fp);
}

static void begin(struct body *b)
{
    const struct cgen *g = b->g;
    struct fenv_walk w = {.g = g};
    struct body_facts f;
    body_facts(g, &f);
    if (g->m->fenv.declared)
        walk(g, g->s->body, note_fenv, &w);
    if (w.flags || w.written)
        line(b, "guest_fp_out(cpu);");
    if (f.fp && (g->m->fenv.cause.reg || g->m->fenv.enable.reg)) {
        line(b, "fp_begin(&cpu->fp);");
        const struct sem_block *k = g->s->body;
        for (size_t i = 0; i < k->stmts.len; i++) {
            struct sem_block one = {0};
            vec_push(&one.stmts, k->stmts.at[i]);
            if (walk(g, &one, is_fp_stmt, (void *)g))
                b->check_fp_after = k->stmts.at[i];
        }
    }
    if (b->delayed && !f.leaves)
        line(b, "cpu->branch_taken = false;");
    for (size_t i = 0; i < g->s->vars.len; i++)
        if (b->hoisted[i])
            line(b, "%s %s = 0;", c_type(g->s->vars.at[i].width), c_var(g, (unsigned)i));
}

void body_uses(struct body *b)
{
    size_t vars = b->g->s->vars.len + 1;
    b->uses = zalloc(vars * sizeof *b->uses);
    b->hoisted = zalloc(vars * sizeof *b->hoisted);
    count(b->g, b->g->s->body, b->uses);
    hoist(b, b->g->s->body, true);
}

void body_print(struct body *b)
{
    struct cgen *g = b->g;
    body_uses(b);
    b->indent = 1;
    begin(b);
    if (block(b, g->s->body))
        return;
    if (b->context_written)
        line(b, "JUMP_TO(r->%s);",
             c_slot(g, "next", g->m->word / 8, "PC_NEXT", 0, false));
    else
        line(b, "NEXT(%s);", b->name);
}

const char *body_all_dropped(struct cgen *g, const struct body_facts *f)
{
    if (f->branches || f->traps || f->loads || f->stores || f->effects || f->fp ||
        f->icache || f->context || f->leaves)
        return NULL;
    for (size_t i = 0; i < g->direct.len; i++)
        if (g->direct.at[i].write)
            return NULL;
    struct text t = {0};
    for (size_t i = 0; i < g->slots.len; i++)
        if (g->slots.at[i].write)
            text_addf(&t, "%ss_%s == SINK", t.len ? " && " : "", g->slots.at[i].name);
    return t.len ? t.at : "true";
}

struct vars_walk {
    const struct cgen *g;
    VEC(const struct sem_stmt *) lets;
};

static bool note_let(void *to, const struct sem_stmt *s)
{
    struct vars_walk *w = to;
    if (s->kind == ST_LET && s->e->bind != BIND_RUN)
        vec_push(&w->lets, s);
    return false;
}

void body_vars(struct cgen *g, struct text *out)
{
    struct vars_walk w = {.g = g};
    walk(g, g->s->body, note_let, &w);
    const char **texts = zalloc((w.lets.len + 1) * sizeof *texts);
    for (size_t i = w.lets.len; i-- > 0;)
        if (g->var_used[w.lets.at[i]->var])
            texts[i] = c_bind_text(g, w.lets.at[i]->e);
    for (size_t i = 0; i < w.lets.len; i++)
        if (texts[i])
            text_addf(out, "    const %s %s = %s;\n", c_type(w.lets.at[i]->e->width),
                      c_var(g, w.lets.at[i]->var), texts[i]);
}
