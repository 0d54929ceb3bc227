/* sem_stmt.c - statements of bodies become typed ones, sorted into phases. */
#include "sem_int.h"

#include <string.h>

struct scope *push_scope(struct builder *b, bool barrier)
{
    struct scope *old = b->scope;
    b->scope = zalloc(sizeof *b->scope);
    b->scope->up = old;
    b->scope->barrier = barrier;
    return old;
}

void pop_scope(struct builder *b, struct scope *old)
{
    b->scope = old;
}

struct local *bind(struct builder *b, const char *name, struct sem_expr *value,
                   struct loc loc)
{
    vec_push(&b->scope->locals,
             ((struct local){.name = name, .loc = loc, .value = value, .slot = -1}));
    return &b->scope->locals.at[b->scope->locals.len - 1];
}

struct sem_stmt *emit(struct builder *b, enum phase phase, enum sem_stmt_kind kind,
                      struct loc loc)
{
    struct sem_stmt *s = zalloc(sizeof *s);
    s->kind = kind;
    s->loc = loc;
    vec_push(&b->out.b[phase]->stmts, s);
    return s;
}

static struct out new_out(void)
{
    struct out o;
    for (int i = 0; i < PHASES; i++)
        o.b[i] = zalloc(sizeof *o.b[i]);
    return o;
}

static struct sem_expr *new_var(struct builder *b, const char *name, struct sem_expr *e,
                                struct loc loc)
{
    struct sem_var v = {.name = name ? name : intern("t"),
                        .width = e->width,
                        .bind = e->bind,
                        .loc = loc,
                        .temporary = !name};
    vec_push(&b->s->vars, v);
    struct sem_expr *x = zalloc(sizeof *x);
    *x = (struct sem_expr){.op = SEM_VAR,
                           .width = e->width,
                           .bind = e->bind,
                           .loc = loc,
                           .index = (unsigned)b->s->vars.len - 1};
    return x;
}

struct sem_expr *let(struct builder *b, const char *name, struct sem_expr *e,
                     struct loc loc)
{
    if (b->decode || b->no_lets || !e->width)
        return e;
    struct sem_expr *x = new_var(b, name, e, loc);
    struct sem_stmt *s = emit(b, PH_EARLY, ST_LET, loc);
    s->e = e;
    s->var = x->index;
    return x;
}

static bool is_name(const struct sem_expr *e)
{
    switch (e->op) {
    case SEM_CONST:
    case SEM_FIELD:
    case SEM_VAR:
    case SEM_PC:
    case SEM_NEXT:
    case SEM_LINK:
    case SEM_CONTEXT:
        return true;
    default:
        return false;
    }
}

struct sem_expr *force(struct builder *b, struct sem_expr *e)
{
    return is_name(e) || !e->width ? e : let(b, NULL, e, e->loc);
}

static bool reads_state(const struct sem_expr *e)
{
    if (e->op == SEM_REG)
        return true;
    for (int i = 0; i < 4; i++)
        if (e->kid[i] && reads_state(e->kid[i]))
            return true;
    return false;
}

struct sem_expr *late(struct builder *b, struct sem_expr *e)
{
    return e->bind == BIND_RUN && reads_state(e) ? force(b, e) : e;
}

struct sem_expr *effect(struct builder *b, struct sem_expr *e)
{
    e->bind = BIND_RUN;
    if (b->decode) {
        if (sem_error(CHECK_NONDECODE_INDEX, e->loc, "this is not known at decode time"))
            diag_help("here only encoded fields, contexts and pc can stand");
        return mk_poison(e->loc);
    }
    return let(b, NULL, e, e->loc);
}

/* --- arms */

static written_list copy_written(const written_list *from)
{
    written_list to = {0};
    for (size_t i = 0; i < from->len; i++)
        vec_push(&to, from->at[i]);
    return to;
}

static slot_list copy_slots(const slot_list *from)
{
    slot_list to = {0};
    for (size_t i = 0; i < from->len; i++)
        vec_push(&to, from->at[i]);
    return to;
}

static struct flow copy_flow(const struct flow *from)
{
    struct flow to = *from;
    to.written = copy_written(&from->written);
    return to;
}

void arm_begin(struct builder *b, struct arms *a, struct sem_expr *cond)
{
    memset(a, 0, sizeof *a);
    a->cond = cond;
    a->only_then = is_const(cond) && cond->value;
    a->only_else = is_const(cond) && !cond->value;
    a->outer = b->out;
    a->before = copy_flow(&b->flow);
    a->slots_before = copy_slots(&b->slots);
    b->out = new_out();
}

void arm_else(struct builder *b, struct arms *a)
{
    a->then_ = b->out;
    a->after_then = b->flow;
    a->slots_then = b->slots;
    b->out = new_out();
    b->flow = copy_flow(&a->before);
    b->slots = copy_slots(&a->slots_before);
}

static void merge_flow(struct flow *x, const struct flow *y)
{
    if (y->dead)
        return;
    if (x->dead) {
        *x = *y;
        return;
    }
    if (y->stored && !x->stored)
        x->store_loc = y->store_loc;
    if (y->committed && !x->committed)
        x->commit_loc = y->commit_loc;
    x->stored |= y->stored;
    x->committed |= y->committed;
    if (y->jumped && !x->jumped)
        x->jump_loc = y->jump_loc;
    x->jumped |= y->jumped;
    for (size_t i = 0; i < y->written.len; i++)
        vec_push(&x->written, y->written.at[i]);
}

static void merge_slot(struct builder *b, struct arms *a, struct slot *x,
                       const struct slot *t, struct loc loc)
{
    if (t->value == x->value) {
        x->partial |= t->partial;
        return;
    }
    x->partial |= t->partial || !x->value || !t->value;
    if (!x->value || !t->value) {
        x->value = x->value ? x->value : t->value;
        return;
    }
    struct sem_expr *p = t->value, *q = x->value;
    unsigned width = p->width ? p->width : q->width;
    p = adapt(b, p, width, "this value");
    q = adapt(b, q, width, "this value");
    x->value = mk(b, SEM_COND, width, loc, a->cond, p, q);
}

static void splice(struct out *to, const struct out *from)
{
    for (int p = 0; p < PHASES; p++)
        for (size_t i = 0; i < from->b[p]->stmts.len; i++)
            vec_push(&to->b[p]->stmts, from->b[p]->stmts.at[i]);
}

void arm_end(struct builder *b, struct arms *a, struct loc loc, bool unlikely)
{
    struct out else_ = b->out;
    struct flow after_else = b->flow;
    b->out = a->outer;
    if (a->only_then || a->only_else) {
        if (a->only_then) {
            b->flow = a->after_then;
            b->slots = a->slots_then;
        }
        splice(&b->out, a->only_then ? &a->then_ : &else_);
        return;
    }
    bool slots_differ = false;
    for (size_t i = 0; i < b->slots.len; i++)
        slots_differ |= b->slots.at[i].value != a->slots_then.at[i].value;
    unsigned phases = 0;
    for (int p = 0; p < PHASES; p++)
        phases += a->then_.b[p]->stmts.len || else_.b[p]->stmts.len;
    a->emitted = phases;
    if (phases || slots_differ)
        a->cond = a->cond->bind == BIND_RUN ? force(b, a->cond) : a->cond;
    merge_flow(&b->flow, &a->after_then);
    if (!after_else.dead && !a->after_then.dead)
        for (size_t i = 0; i < b->slots.len; i++)
            merge_slot(b, a, &b->slots.at[i], &a->slots_then.at[i], loc);
    else if (after_else.dead)
        b->slots = a->slots_then;
    unsigned group = ++b->groups;
    for (int p = 0; p < PHASES; p++) {
        if (!a->then_.b[p]->stmts.len && !else_.b[p]->stmts.len)
            continue;
        struct sem_stmt *s = emit(b, (enum phase)p, ST_IF, loc);
        s->e = a->cond;
        s->then_ = a->then_.b[p];
        s->else_ = else_.b[p]->stmts.len ? else_.b[p] : NULL;
        s->unlikely = unlikely;
        s->group = group;
    }
}

/* --- order */

void check_order(struct builder *b, enum access what, struct loc loc)
{
    if (b->quiet)
        return;
    static const char *const names[] = {"a load", "a store", "an atomic access",
                                        "a trap"};
    struct flow *f = &b->flow;
    if (what != ACC_STORE && f->committed && (!b->loop || b->committed_before)) {
        if (sem_error(CHECK_COMMIT_BEFORE_TRAP, loc, "%s after a register was written",
                      names[what])) {
            diag_note(f->commit_loc, "written here");
            diag_help(
                "put it before; all writes take effect at the end of the instruction");
        }
    } else if (what != ACC_STORE && f->stored) {
        bool load_ = what == ACC_LOAD;
        if (sem_error(load_ ? CHECK_LOAD_AFTER_STORE : CHECK_COMMIT_BEFORE_TRAP, loc,
                      "%s after a store", names[what])) {
            diag_note(f->store_loc, "stored here");
            diag_help(
                "put it before the store, so that a fault leaves nothing half done");
        }
    }
    if (what == ACC_STORE || what == ACC_ATOMIC) {
        if (!f->stored)
            f->store_loc = loc;
        f->stored = true;
    }
}

/* --- statements */

static void let_stmt(struct builder *b, struct node *n)
{
    struct node *names = kid(n, 0), *value = kid(n, 2);
    expr_list values = {0};
    if (names->kids.len == 1) {
        struct sem_expr *e = expr(b, value);
        if (kid(n, 1)) {
            unsigned width = type_width(b, kid(n, 1));
            if (width)
                e = adapt(b, e, width, "this value");
        }
        vec_push(&values, e);
    } else if (value->kind != N_CALL || !call(b, value, &values)) {
        if (value->kind != N_CALL &&
            sem_error(CHECK_WRONG_KIND, value->loc, "this gives one value, not %zu",
                      names->kids.len))
            diag_help("several names stand before a call with several results");
        values.len = 0;
    } else if (values.len != names->kids.len &&
               sem_error(CHECK_WRONG_KIND, n->loc, "%zu names for %zu results",
                         names->kids.len, values.len)) {
        diag_help("write _ for a result that isn't needed");
    }
    for (size_t i = 0; i < names->kids.len; i++) {
        struct node *name = kid(names, i);
        struct sem_expr *e = i < values.len ? values.at[i] : mk_poison(name->loc);
        if (name->kind != N_IDENT) {
            if (sem_error(CHECK_WRONG_KIND, name->loc, "a new name can't be a column's"))
                diag_help("the column's value stands here; choose another name");
            continue;
        }
        if (!strcmp(name->name, "_"))
            continue;
        struct local *old = find_local(b, name->name);
        if (old && sem_error(CHECK_DUPLICATE_NAME, name->loc, "'%s' is named twice",
                             name->name)) {
            diag_note(old->loc, "first here");
            diag_help("a name means one value; choose another");
        }
        if (e->op == SEM_VAR && b->s->vars.at[e->index].temporary) {
            b->s->vars.at[e->index].temporary = false;
            b->s->vars.at[e->index].name = name->name;
        } else if (!is_name(e)) {
            e = let(b, name->name, e, name->loc);
        }
        bind(b, name->name, e, name->loc);
        site(SITE_LET, name->loc, name->name, false);
    }
}

static void if_stmt(struct builder *b, struct node *n)
{
    struct sem_expr *c = condition(b, expr(b, kid(n, 0)), "the condition");
    struct arms a;
    arm_begin(b, &a, c);
    if (!a.only_else)
        stmt(b, kid(n, 1));
    arm_else(b, &a);
    if (!a.only_then && kid(n, 2))
        stmt(b, kid(n, 2));
    arm_end(b, &a, n->loc, false);
}

bool too_big(struct builder *b, struct loc loc)
{
    enum { MOST = 4096 };
    if (++b->size <= MOST)
        return false;
    if (sem_error(CHECK_BOUND, loc, "this body is too big: over %d turns and calls",
                  MOST))
        diag_help("loops are unrolled and defs inlined");
    return true;
}

static void for_stmt(struct builder *b, struct node *n)
{
    s128 first, last;
    if (!number(b, expr(b, kid(n, 0)), "the first number", &first) ||
        !number(b, expr(b, kid(n, 1)), "the last number", &last))
        return;
    if (last - first > 255 || last < first) {
        if (sem_error(CHECK_BOUND, n->loc, "a loop of %d turns", (int)(last - first + 1)))
            diag_help("loops are unrolled: 1 to 256 turns");
        return;
    }
    /* All turns' writes come after the last turn's loads, and don't see each other. */
    struct flow before = copy_flow(&b->flow), after = copy_flow(&b->flow);
    if (!b->loop++)
        b->committed_before = b->flow.committed;
    for (s128 i = first; i <= last && !too_big(b, n->loc); i++) {
        bool stored = b->flow.stored;
        b->flow = copy_flow(&before);
        b->flow.stored |= stored;
        struct scope *old = push_scope(b, false);
        bind(b, n->name, mk_flexible(i, n->loc), n->loc);
        stmt(b, kid(n, 2));
        pop_scope(b, old);
        merge_flow(&after, &b->flow);
    }
    b->loop--;
    b->flow = after;
}

/* One path through a body goes to one place; what register policies do is not counted. */
static void check_single_goto(struct builder *b, struct loc loc)
{
    if (b->depth)
        return;
    if (b->flow.jumped &&
        sem_error(CHECK_WRONG_KIND, loc, "a second 'goto' on the same path")) {
        diag_note(b->flow.jump_loc, "the first stands here");
        diag_help("a 'goto' doesn't leave the body; put this one into an 'else'");
    }
    if (!b->flow.jumped)
        b->flow.jump_loc = loc;
    b->flow.jumped = true;
}

static void goto_stmt(struct builder *b, struct node *n)
{
    check_single_goto(b, n->loc);
    struct sem_expr *e = sized_expr(b, kid(n, 0), b->m->word, "the target");
    struct sem_stmt *s;
    e = late(b, e);
    s = emit(b, PH_GOTO, ST_GOTO, n->loc);
    s->e = e;
    s->now = n->value || !b->m->delay_slots;
}

/* The commits of trap T with arguments ARGS. */
static struct sem_block *trap_commits(struct builder *b, const struct trap_decl *t,
                                      struct sem_stmt *s)
{
    struct scope *old = push_scope(b, true);
    for (size_t i = 0; i < t->params.len && i < s->args.len; i++)
        bind(b, t->params.at[i], s->args.at[i], t->loc);
    struct out outer = b->out;
    struct flow flow = copy_flow(&b->flow);
    bool quiet = b->quiet;
    b->out = new_out();
    b->quiet = true;
    b->flow.dead = false;
    stmt(b, t->commits);
    struct sem_block *block = flatten(&b->out);
    b->out = outer;
    b->flow = flow;
    b->quiet = quiet;
    pop_scope(b, old);
    return block;
}

void trap(struct builder *b, struct node *n)
{
    const struct trap_decl *t = model_name(b->m, n->name).trap;
    if (!t && strcmp(n->name, "Illegal")) {
        if (sem_error(CHECK_UNKNOWN_NAME, n->loc, "trap '%s' is not declared", n->name) &&
            !model_suggest(b->m, NULL, n->name))
            diag_help("declare it: trap %s;", n->name);
        return;
    }
    struct node *args = kid(n, 0);
    size_t wanted = t ? t->params.len : 0;
    if (args->kids.len != wanted) {
        if (sem_error(CHECK_WRONG_KIND, n->loc, "trap '%s' takes %zu argument%s, not %zu",
                      n->name, wanted, wanted == 1 ? "" : "s", args->kids.len))
            diag_help("its declaration says what they are");
        return;
    }
    bool after = n->value, warned = b->flow.dead;
    struct sem_expr *when = NULL;
    if (kid(n, 1)) {
        when = condition(b, expr(b, kid(n, 1)), "the condition");
        if (is_const(when)) {
            warned |= !when->value;
            if (!when->value) {
                site(SITE_TRAP, n->loc, n->name, false);
                return;
            }
            when = NULL;
        }
    }
    site(SITE_TRAP, n->loc, n->name, !warned);
    if (!after)
        check_order(b, ACC_TRAP, n->loc);
    expr_list list = {0};
    for (size_t i = 0; i < wanted; i++) {
        struct sem_expr *e =
            sized_expr(b, kid(args, i), t->widths.at[i], "this argument");
        vec_push(&list, after ? late(b, e) : t->commits ? force(b, e) : e);
    }
    if (when && after)
        when = late(b, when);
    struct sem_stmt *s = zalloc(sizeof *s);
    *s = (struct sem_stmt){
        .kind = ST_TRAP, .loc = n->loc, .e = when, .trap = t, .after = after};
    for (size_t i = 0; i < list.len; i++)
        vec_push(&s->args, list.at[i]);
    if (t && t->commits)
        s->commits = trap_commits(b, t, s);
    vec_push(&b->out.b[after ? PH_AFTER : PH_EARLY]->stmts, s);
    if (!when && !after)
        b->flow.dead = true;
}

static void return_stmt(struct builder *b, struct node *n)
{
    if (b->first_return < 0) {
        if (sem_error(CHECK_WRONG_KIND, n->loc, "'return' stands outside a def"))
            diag_help("instructions write registers instead");
        return;
    }
    if (n->kids.len != b->returns) {
        if (sem_error(CHECK_WRONG_KIND, n->loc, "%zu value%s returned, not %u",
                      n->kids.len, n->kids.len == 1 ? " is" : "s are", b->returns))
            diag_help("the def's result types follow '->'");
        return;
    }
    for (size_t i = 0; i < n->kids.len; i++) {
        struct sem_expr *e = expr(b, kid(n, i));
        struct slot *slot = &b->slots.at[(size_t)b->first_return + i];
        if (slot->width)
            e = adapt(b, e, slot->width, "the result");
        slot->value = e;
        slot->partial = false;
    }
}

/* `commit` of an operand class: its writes come with the instruction's own, whatever
 * follows. */
static void commit_stmt(struct builder *b, struct node *n)
{
    struct flow flow = copy_flow(&b->flow);
    stmt(b, kid(n, 0));
    b->flow = flow;
}

void stmt(struct builder *b, struct node *n)
{
    if (!n)
        return;
    switch (n->kind) {
    case N_BLOCK: {
        struct scope *old = push_scope(b, false);
        for (size_t i = 0; i < n->kids.len; i++)
            stmt(b, kid(n, i));
        pop_scope(b, old);
        return;
    }
    case N_LET:
        let_stmt(b, n);
        return;
    case N_ASSIGN:
        assign(b, kid(n, 0), expr(b, kid(n, 1)), n->loc);
        return;
    case N_IF:
        if_stmt(b, n);
        return;
    case N_FOR:
        for_stmt(b, n);
        return;
    case N_GOTO:
        goto_stmt(b, n);
        return;
    case N_NULLIFY:
        if (!b->m->delay_slots) {
            if (sem_error(CHECK_WRONG_KIND, n->loc, "'nullify' without a delay slot"))
                diag_help(
                    "it skips the instruction in the slot: isa { ... delay_slots 1; }");
            return;
        }
        emit(b, PH_GOTO, ST_NULLIFY, n->loc);
        return;
    case N_TRAP:
        trap(b, n);
        return;
    case N_RETURN:
        return_stmt(b, n);
        return;
    case N_COMMIT:
        commit_stmt(b, n);
        return;
    case N_CALL_STMT: {
        expr_list results = {0};
        if (kid(n, 0)->kind == N_CALL) {
            call(b, kid(n, 0), &results);
        } else if (sem_error(CHECK_WRONG_KIND, n->loc, "this statement does nothing")) {
            diag_help("assign the value, or call a def");
        }
        return;
    }
    default:
        return; /* examples, tests, classes, kinds, encode: the model has them */
    }
}
