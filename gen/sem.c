/* sem.c - see sem.h; builds the typed meaning of every form. */
#include "sem_int.h"

#include <string.h>

/* --- messages once per place */

struct seen {
    struct seen *next;
    struct loc loc;
    unsigned kind;
    const char *name;
    bool good;
};
static struct seen *seen[1024];

static struct seen *find_seen(unsigned kind, struct loc loc, bool *fresh)
{
    unsigned h = (loc.file * 31 + loc.line * 131 + loc.column * 7 + kind) % 1024;
    for (struct seen *s = seen[h]; s; s = s->next)
        if (s->kind == kind && s->loc.file == loc.file && s->loc.line == loc.line &&
            s->loc.column == loc.column) {
            *fresh = false;
            return s;
        }
    struct seen *s = zalloc(sizeof *s);
    *s = (struct seen){seen[h], loc, kind, NULL, false};
    *fresh = true;
    return seen[h] = s;
}

bool sem_error(enum check check, struct loc loc, const char *format, ...)
{
    bool fresh;
    find_seen(SITES + (unsigned)check, loc, &fresh);
    if (!fresh)
        return false;
    struct text t = {0};
    va_list ap;
    va_start(ap, format);
    text_vaddf(&t, format, ap);
    va_end(ap);
    diag(check, loc, "%s", t.at);
    return true;
}

static VEC(struct seen *) sites;

void site(enum site what, struct loc loc, const char *name, bool good)
{
    bool fresh;
    struct seen *s = find_seen(what, loc, &fresh);
    s->good |= good;
    if (fresh) {
        s->name = name;
        vec_push(&sites, s);
    }
}

void sem_report(void)
{
    for (size_t i = 0; i < sites.len; i++) {
        const struct seen *s = sites.at[i];
        if (s->good)
            continue;
        if (s->kind == SITE_LET && s->name) {
            diag(CHECK_UNUSED_LET, s->loc, "nothing reads '%s'", s->name);
            diag_help("remove it, or name it _");
        } else if (s->kind == SITE_TRAP) {
            diag(CHECK_DEAD_TRAP, s->loc, "trap '%s' can never be taken here", s->name);
            diag_help(
                "its condition is always false, or a trap before it is always taken");
        }
    }
    sites.len = 0;
}

/* --- forms */

static void start(struct builder *b, struct model *m, struct form *f, struct sem *s)
{
    memset(b, 0, sizeof *b);
    b->m = m;
    b->f = f;
    b->s = s;
    b->first_return = -1;
    for (int i = 0; i < PHASES; i++)
        b->out.b[i] = zalloc(sizeof *b->out.b[i]);
    push_scope(b, false);
}

static void alternative(struct builder *b, const struct alt_choice *a)
{
    struct scope *old = push_scope(b, false);
    b->scope->alt = a->operand;
    size_t first = b->slots.len;
    for (size_t i = 0; i < a->class_->results.len; i++) {
        const char *name = a->class_->results.at[i];
        vec_push(&b->slots, ((struct slot){internf("%s.%s", a->operand, name),
                                           a->class_->result_widths.at[i], NULL, false}));
        struct local *l = bind(b, name, NULL, a->class_->loc);
        l->slot = (int)(first + i);
    }
    struct node *body = kid(a->alt, 3);
    /* Results first: `commit` may use them, wherever it stands. */
    for (int commits = 0; commits < 2; commits++) {
        for (size_t i = 0; body && i < body->kids.len; i++)
            if ((kid(body, i)->kind == N_COMMIT) == commits)
                stmt(b, kid(body, i));
        for (size_t i = first; i < b->slots.len; i++)
            if (b->slots.at[i].value)
                b->slots.at[i].value = force(b, b->slots.at[i].value);
    }
    for (size_t i = first; i < b->slots.len; i++)
        if ((!b->slots.at[i].value || b->slots.at[i].partial) && !b->flow.dead &&
            sem_error(CHECK_UNINITIALISED, a->alt->loc,
                      "alternative '%s' doesn't set '%s'%s", a->alt->name,
                      b->slots.at[i].name, b->slots.at[i].value ? " on every path" : ""))
            diag_help("every alternative assigns every result");
    for (size_t i = first; i < b->slots.len; i++)
        b->slots.at[i].partial = false; /* said once */
    pop_scope(b, old);
}

/* E as sem_decode_expr; ALT: the operand whose alternative it stands in, or NULL. */
static struct sem_expr *decode_in(struct model *m, struct form *f, struct node *e,
                                  const char *alt);

static struct sem_expr *decode_one_bit(struct model *m, struct form *f, struct node *e,
                                       const char *alt)
{
    struct sem_expr *x = decode_in(m, f, e, alt);
    if (x && x->width != 1) {
        struct builder b;
        start(&b, m, f, NULL);
        x = condition(&b, x, "the condition");
    }
    return x;
}

static void class_(struct model *m, struct form *f, struct sem *s, struct node *n,
                   const char *alt)
{
    if (!strcmp(n->name, "reserved"))
        return; /* a predicate */
    struct sem_expr *e = decode_one_bit(m, f, kid(n, 0), alt);
    if (!e || (is_const(e) && !e->value))
        return;
    if (!strcmp(n->name, "hint"))
        vec_push(&s->hints, e);
    else
        vec_push(&s->unpredictable, e);
}

static void classes(struct model *m, struct form *f, struct sem *s)
{
    for (size_t i = 0; i < f->insn->classes.len; i++)
        class_(m, f, s, f->insn->classes.at[i], NULL);
    for (size_t i = 0; i < f->alts.len; i++) {
        const struct alt_choice *a = &f->alts.at[i];
        const struct node *body = kid(a->alt, 3);
        for (size_t j = 0; body && j < body->kids.len; j++)
            if (kid(body, j)->kind == N_CLASS)
                class_(m, f, s, kid(body, j), a->operand);
    }
}

static void kinds(struct model *m, struct form *f, struct sem *s)
{
    for (size_t i = 0; i < f->insn->kinds.len; i++) {
        struct node *n = f->insn->kinds.at[i];
        struct sem_expr *e =
            kid(n, 0) ? decode_one_bit(m, f, kid(n, 0), NULL) : mk_const(1, 1, n->loc);
        if (!e)
            continue;
        if (!strcmp(n->name, "call")) {
            s->call_when = e;
        } else if (!strcmp(n->name, "return")) {
            s->return_when = e;
        } else if (!strcmp(n->name, "jump") || !strcmp(n->name, "indirect")) {
            if (is_const(e))
                s->call_when = s->return_when = NULL;
        } else if (sem_error(CHECK_UNKNOWN_NAME, n->loc, "'%s' is no kind of transfer",
                             n->name)) {
            diag_help("kinds are call, return, jump and indirect");
        }
    }
    s->is_call = s->call_when && is_const(s->call_when) && s->call_when->value;
    s->is_return = s->return_when && is_const(s->return_when) && s->return_when->value;
}

static void build_form(struct model *m, struct form *f)
{
    struct sem *s = zalloc(sizeof *s);
    struct builder b;
    diag_subject(f->insn->name, f->insn->provenance);
    s->form = f;
    start(&b, m, f, s);
    if (f->predicate) {
        int field = form_field(f, f->predicate);
        b.no_lets = true;
        if (field >= 0)
            s->predicate =
                condition(&b, read_operand(&b, field, f->insn->loc), "the predicate");
        b.no_lets = false;
        if (s->predicate && is_const(s->predicate) && s->predicate->value)
            s->predicate = NULL;
    }
    for (size_t i = 0; i < f->alts.len; i++)
        alternative(&b, &f->alts.at[i]);
    stmt(&b, f->insn->body);
    s->body = flatten(&b.out);
    sink(s);
    f->sem = s;
    facts(m, s);
    classes(m, f, s);
    kinds(m, f, s);
    if (!diag_errors())
        sem_verify(m, s);
}

/* Typed `reserved when` first: folding in bodies asks only for the others. */
static void predicates(struct model *m, struct form *f)
{
    for (size_t i = 0; i < f->preds.len; i++)
        if (f->preds.at[i].kind == PRED_NOT_RESERVED)
            f->preds.at[i].expr = decode_one_bit(m, f, f->preds.at[i].when, NULL);
}

void sem_build(struct model *m)
{
    for (size_t i = 0; i < m->forms.len; i++) {
        diag_subject(m->forms.at[i]->insn->name, m->forms.at[i]->insn->provenance);
        predicates(m, m->forms.at[i]);
        build_form(m, m->forms.at[i]);
    }
    diag_subject(NULL, NULL);
}

static struct sem_expr *decode_in(struct model *m, struct form *f, struct node *e,
                                  const char *alt)
{
    struct builder b;
    start(&b, m, f, zalloc(sizeof(struct sem)));
    b.decode = true;
    b.scope->alt = alt;
    unsigned before = diag_errors();
    struct sem_expr *x = expr(&b, e);
    if (!x->width && !is_poison(x))
        x = adapt(&b, x, m->word, "this");
    if (x->bind == BIND_RUN &&
        sem_error(CHECK_NONDECODE_INDEX, e->loc, "this is not known at decode time"))
        diag_help("here only encoded fields, contexts and pc can stand");
    return diag_errors() == before && !is_poison(x) && x->bind != BIND_RUN ? x : NULL;
}

struct sem_expr *sem_decode_expr(struct model *m, struct form *f, struct node *e)
{
    return decode_in(m, f, e, NULL);
}

struct sem *sem_build_block(struct model *m, struct node *block)
{
    struct sem *s = zalloc(sizeof *s);
    struct builder b;
    start(&b, m, NULL, s);
    stmt(&b, block);
    s->body = flatten(&b.out);
    sink(s);
    facts(m, s);
    return s;
}

struct sem *sem_trap_block(struct model *m, const struct trap_decl *t)
{
    if (!t->commits)
        return NULL;
    struct sem *s = zalloc(sizeof *s);
    struct builder b;
    start(&b, m, NULL, s);
    push_scope(&b, true);
    for (size_t i = 0; i < t->params.len; i++) {
        struct sem_var v = {.name = t->params.at[i],
                            .width = t->widths.at[i],
                            .bind = BIND_RUN,
                            .loc = t->loc};
        struct sem_expr *e = zalloc(sizeof *e);
        *e = (struct sem_expr){.op = SEM_VAR,
                               .width = v.width,
                               .bind = BIND_RUN,
                               .loc = t->loc,
                               .index = (unsigned)i};
        vec_push(&s->vars, v);
        bind(&b, v.name, e, t->loc);
    }
    b.quiet = true;
    stmt(&b, t->commits);
    s->body = flatten(&b.out);
    return s;
}

struct sem *sem_assign(struct model *m, struct form *f, struct node *lvalue,
                       struct node *value)
{
    struct sem *s = zalloc(sizeof *s);
    struct builder b;
    s->form = f;
    start(&b, m, f, s);
    b.quiet = true;
    assign(&b, lvalue, expr(&b, value), lvalue->loc);
    s->body = flatten(&b.out);
    return s;
}

struct sem *sem_value(struct model *m, struct form *f, struct node *value, unsigned width)
{
    struct sem *s = zalloc(sizeof *s);
    struct builder b;
    s->form = f;
    start(&b, m, f, s);
    b.quiet = true;
    struct sem_expr *e = expr(&b, value);
    if (e->width && e->width != width) /* any width will do */
        e = e->width < width ? mk_extend(&b, SEM_ZEXT, e, width, e->loc)
                             : mk_slice(&b, e, width - 1, 0, e->loc);
    s->predicate = adapt(&b, e, width, "this value");
    s->body = flatten(&b.out);
    return s;
}
