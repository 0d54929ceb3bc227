/* sem_flow.c - the phases of a body are joined, temporaries are put where they are used.
 */
#include "sem_int.h"

#include <string.h>

/* Appends S to BLOCK; the arms of one `if` that meet again become one IF. */
static void append(struct sem_block *block, struct sem_stmt *s)
{
    struct sem_stmt *last =
        block->stmts.len ? block->stmts.at[block->stmts.len - 1] : NULL;
    if (s->kind != ST_IF || !last || last->kind != ST_IF || last->group != s->group) {
        vec_push(&block->stmts, s);
        return;
    }
    for (size_t i = 0; i < s->then_->stmts.len; i++)
        append(last->then_, s->then_->stmts.at[i]);
    if (!s->else_)
        return;
    if (!last->else_)
        last->else_ = zalloc(sizeof *last->else_);
    for (size_t i = 0; i < s->else_->stmts.len; i++)
        append(last->else_, s->else_->stmts.at[i]);
}

struct sem_block *flatten(struct out *out)
{
    struct sem_block *block = zalloc(sizeof *block);
    for (int p = 0; p < PHASES; p++)
        for (size_t i = 0; i < out->b[p]->stmts.len; i++)
            append(block, out->b[p]->stmts.at[i]);
    return block;
}

/* --- sinking */

struct sinker {
    struct sem *s;
    struct sem_expr **def; /* of pure variables, by number */
    unsigned *uses;
    bool *pinned; /* something that it reads has been written since */
    bool *temporary;
    bool *sunk; /* its value has moved to its use */
};

static bool is_pure(const struct sem_expr *e)
{
    return !sem_effectful(e) && e->op != SEM_UNKNOWN;
}

static void count_expr(struct sinker *k, const struct sem_expr *e)
{
    if (!e)
        return;
    if (e->op == SEM_VAR)
        k->uses[e->index]++;
    for (int i = 0; i < 4; i++)
        count_expr(k, e->kid[i]);
}

static void count_block(struct sinker *k, const struct sem_block *b)
{
    for (size_t i = 0; b && i < b->stmts.len; i++) {
        const struct sem_stmt *s = b->stmts.at[i];
        count_expr(k, s->e);
        count_expr(k, s->address);
        count_expr(k, s->mask);
        count_expr(k, s->index);
        for (size_t j = 0; j < s->args.len; j++)
            count_expr(k, s->args.at[j]);
        count_block(k, s->commits);
        count_block(k, s->then_);
        count_block(k, s->else_);
        if (s->kind == ST_LET && is_pure(s->e))
            k->def[s->var] = s->e;
    }
}

/* Takes back the uses that E makes. */
static void uncount(struct sinker *k, const struct sem_expr *e)
{
    if (!e)
        return;
    if (e->op == SEM_VAR)
        k->uses[e->index]--;
    for (int i = 0; i < 4; i++)
        uncount(k, e->kid[i]);
}

/* An IF without a first arm is turned round; one that holds only another one is joined
 * with it. */
static void tidy(struct sem_stmt *s)
{
    struct builder b = {0};
    if (s->else_ && !s->else_->stmts.len)
        s->else_ = NULL;
    if (s->else_ && !s->then_->stmts.len) {
        s->then_ = s->else_;
        s->else_ = NULL;
        s->e = mk_not(&b, s->e, s->e->loc);
        bool unlikely = s->unlikely;
        s->unlikely = s->likely;
        s->likely = unlikely;
    }
    struct sem_stmt *inner = s->then_->stmts.len == 1 ? s->then_->stmts.at[0] : NULL;
    if (!s->else_ && inner && inner->kind == ST_IF && !inner->else_ &&
        s->e->bind == BIND_DECODE && inner->e->bind == BIND_DECODE) {
        s->e = mk(&b, SEM_AND, 1, s->e->loc, s->e, inner->e, NULL);
        s->then_ = inner->then_;
    }
}

/* Removes LETs that nothing reads, last first so that what only they read goes too. */
static void sweep(struct sinker *k, struct sem_block *b)
{
    for (size_t i = b->stmts.len; i-- > 0;) {
        struct sem_stmt *s = b->stmts.at[i];
        if (s->then_) {
            if (s->else_)
                sweep(k, s->else_);
            sweep(k, s->then_);
            tidy(s);
        }
        bool same = s->kind == ST_WRITE && s->e->op == SEM_REG && s->e->reg == s->reg &&
                    s->low == 0 && s->high + 1 == s->reg->width &&
                    (!s->index || sem_same(s->index, s->e->kid[0]));
        bool dead =
            same ||
            (s->kind == ST_LET && !k->uses[s->var] &&
             (k->def[s->var] || s->e->op == SEM_UNKNOWN || s->e->op == SEM_CLOCK)) ||
            (s->kind == ST_IF && !s->then_->stmts.len && !s->else_);
        if (dead) {
            if (s->kind != ST_LET || !k->sunk[s->var])
                uncount(k, s->e);
            memmove(b->stmts.at + i, b->stmts.at + i + 1,
                    (b->stmts.len - i - 1) * sizeof *b->stmts.at);
            b->stmts.len--;
        }
    }
}

static struct sem_expr *put(struct sinker *k, struct sem_expr *e)
{
    if (!e)
        return NULL;
    if (e->op == SEM_VAR) {
        unsigned v = e->index;
        if (!k->temporary[v] || !k->def[v] || k->pinned[v] || k->uses[v] != 1)
            return e;
        k->uses[v] = 0;
        k->sunk[v] = true;
        return k->def[v];
    }
    struct sem_expr *copy = NULL;
    for (int i = 0; i < 4; i++) {
        struct sem_expr *x = put(k, e->kid[i]);
        if (x == e->kid[i])
            continue;
        if (!copy) {
            copy = zalloc(sizeof *copy);
            *copy = *e;
        }
        copy->kid[i] = x;
    }
    return copy ? copy : e;
}

static bool reads(const struct sem_expr *e, const struct reg *r,
                  const struct sem_expr *index)
{
    if (e->op == SEM_REG && e->reg == r &&
        !(index && is_const(index) && is_const(e->kid[0]) &&
          index->value != e->kid[0]->value))
        return true;
    for (int i = 0; i < 4; i++)
        if (e->kid[i] && reads(e->kid[i], r, index))
            return true;
    return false;
}

static void sink_block(struct sinker *k, struct sem_block *b);

/* What one arm writes destroys nothing in the other. */
static void sink_arms(struct sinker *k, struct sem_stmt *s)
{
    size_t n = k->s->vars.len;
    bool *before = k->pinned, *then_ = zalloc(n + 1), *else_ = zalloc(n + 1);
    memcpy(then_, before, n);
    memcpy(else_, before, n);
    k->pinned = then_;
    sink_block(k, s->then_);
    k->pinned = else_;
    sink_block(k, s->else_);
    for (size_t i = 0; i < n; i++)
        before[i] = then_[i] || else_[i];
    k->pinned = before;
}

static void sink_block(struct sinker *k, struct sem_block *b)
{
    for (size_t i = 0; b && i < b->stmts.len; i++) {
        struct sem_stmt *s = b->stmts.at[i];
        s->e = put(k, s->e);
        s->address = put(k, s->address);
        s->mask = put(k, s->mask);
        s->index = put(k, s->index);
        for (size_t j = 0; j < s->args.len; j++)
            s->args.at[j] = put(k, s->args.at[j]);
        if (s->kind == ST_LET && k->def[s->var])
            k->def[s->var] = s->e;
        if (s->kind == ST_WRITE)
            for (size_t v = 0; v < k->s->vars.len; v++)
                if (k->def[v] && reads(k->def[v], s->reg, s->index))
                    k->pinned[v] = true;
        sink_block(k, s->commits);
        if (s->then_)
            sink_arms(k, s);
    }
}

static void renumber_expr(struct sem_expr *e, const unsigned *number_)
{
    for (int i = 0; e && i < 4; i++)
        renumber_expr(e->kid[i], number_);
    if (e && e->op == SEM_VAR && !e->value) {
        e->index = number_[e->index];
        e->value = 1; /* done; nodes are shared */
    }
}

static void renumber(struct sem_block *b, const unsigned *number_)
{
    for (size_t i = 0; b && i < b->stmts.len; i++) {
        struct sem_stmt *s = b->stmts.at[i];
        renumber_expr(s->e, number_);
        renumber_expr(s->address, number_);
        renumber_expr(s->mask, number_);
        renumber_expr(s->index, number_);
        for (size_t j = 0; j < s->args.len; j++)
            renumber_expr(s->args.at[j], number_);
        renumber(s->commits, number_);
        renumber(s->then_, number_);
        renumber(s->else_, number_);
        if (s->kind == ST_LET)
            s->var = number_[s->var];
    }
}

static void mark_lets(const struct sem_block *b, bool *kept)
{
    for (size_t i = 0; b && i < b->stmts.len; i++) {
        const struct sem_stmt *s = b->stmts.at[i];
        if (s->kind == ST_LET)
            kept[s->var] = true;
        mark_lets(s->then_, kept);
        mark_lets(s->else_, kept);
    }
}

/* Variables that are left get new numbers, and names that differ. */
static void compact(struct sem *s)
{
    size_t count = s->vars.len, n = 0;
    bool *kept = zalloc(count + 1);
    unsigned *number_ = zalloc((count + 1) * sizeof *number_);
    mark_lets(s->body, kept);
    for (size_t i = 0; i < count; i++) {
        if (!kept[i])
            continue;
        struct sem_var v = s->vars.at[i];
        const char *base = v.name;
        unsigned suffix = v.temporary ? 1 : 2;
        if (v.temporary)
            v.name = internf("%s%u", base, suffix++);
        for (size_t j = 0; j < n; j++)
            if (s->vars.at[j].name == v.name) {
                v.name = internf(v.temporary ? "%s%u" : "%s_%u", base, suffix++);
                j = (size_t)-1;
            }
        number_[i] = (unsigned)n;
        s->vars.at[n++] = v;
    }
    s->vars.len = n;
    renumber(s->body, number_);
}

void sink(struct sem *s)
{
    size_t n = s->vars.len + 1;
    struct sinker k = {s,
                       zalloc(n * sizeof *k.def),
                       zalloc(n * sizeof *k.uses),
                       zalloc(n),
                       zalloc(n),
                       zalloc(n)};
    for (size_t i = 0; i < s->vars.len; i++)
        k.temporary[i] = s->vars.at[i].temporary;
    count_block(&k, s->body);
    sweep(&k, s->body);
    sink_block(&k, s->body);
    sweep(&k, s->body);
    compact(s);
}

/* --- facts */

static bool has_var(const struct sem_expr *e)
{
    if (e->op == SEM_VAR)
        return true;
    for (int i = 0; i < 4; i++)
        if (e->kid[i] && has_var(e->kid[i]))
            return true;
    return false;
}

static void expr_facts(struct sem *s, const struct sem_expr *e)
{
    if (!e)
        return;
    switch (e->op) {
    case SEM_LOAD:
        s->loads = true;
        break;
    case SEM_RESERVE:
        s->loads = s->atomic = true;
        break;
    case SEM_STORE_COND:
        s->stores = s->atomic = true;
        break;
    case SEM_AMO:
    case SEM_CAS:
        s->loads = s->stores = s->atomic = true;
        break;
    case SEM_FP:
        s->uses_fp |= e->index < FP_IS_NAN;
        break;
    default:
        break;
    }
    for (int i = 0; i < 4; i++)
        expr_facts(s, e->kid[i]);
}

/* One bit: INDEX is one of R's link elements. */
static struct sem_expr *is_link(struct builder *b, const struct reg *r,
                                struct sem_expr *index)
{
    struct sem_expr *any = mk_const(1, 0, r->loc);
    for (size_t i = 0; i < r->links.len; i++) {
        struct sem_expr *c = mk_const(1, 1, r->loc);
        if (index && r->links.at[i] > ones(index->width))
            continue;
        if (index)
            c = mk(b, SEM_EQ, 1, r->loc, index,
                   mk_const(index->width, r->links.at[i], r->loc), NULL);
        any = mk(b, SEM_OR, 1, r->loc, any, c, NULL);
    }
    return any;
}

struct links {
    struct sem_expr *call, *ret, *leaves;
};

static void either(struct builder *b, struct sem_expr **x, struct sem_expr *y)
{
    if (y->bind != BIND_RUN && !has_var(y) && !(is_const(y) && !y->value))
        *x = *x ? mk(b, SEM_OR, 1, y->loc, *x, y, NULL) : y;
}

static void target_links(struct builder *b, struct links *l, const struct sem_expr *e)
{
    if (e->op == SEM_VAR)
        return;
    if (e->op == SEM_REG && e->reg->links.len)
        either(b, &l->ret, is_link(b, e->reg, e->kid[0]));
    else if (e->op == SEM_AND || e->op == SEM_ADD || e->op == SEM_SLICE ||
             e->op == SEM_CAT)
        for (int i = 0; i < 2; i++)
            if (e->kid[i])
                target_links(b, l, e->kid[i]);
}

/* COND: the decode-time conditions under which BLOCK runs. */
static void block_facts(struct builder *b, struct links *l, struct sem *s,
                        const struct sem_block *block, struct sem_expr *cond, bool always)
{
    for (size_t i = 0; block && i < block->stmts.len; i++) {
        const struct sem_stmt *t = block->stmts.at[i];
        expr_facts(s, t->e);
        switch (t->kind) {
        case ST_STORE:
            s->stores = true;
            break;
        case ST_TRAP:
            s->traps = true;
            s->always_leaves |= always && !t->e;
            break;
        case ST_GOTO:
            s->branches = true;
            s->delayed |= !t->now;
            s->indirect |= t->e->bind == BIND_RUN;
            s->always_leaves |= always;
            either(b, &l->leaves, cond);
            target_links(b, l, t->e);
            break;
        case ST_NULLIFY:
            s->nullifies = true;
            break;
        case ST_ICACHE:
            s->icache = true;
            break;
        case ST_WRITE:
            s->writes_context |= t->reg->is_context;
            if (t->reg->links.len) {
                struct sem_expr *c = is_link(b, t->reg, t->index);
                s->writes_link |= !is_const(c) || c->value;
                either(b, &l->call, mk(b, SEM_AND, 1, c->loc, cond, c, NULL));
            }
            break;
        default:
            break;
        }
        bool both = t->kind == ST_IF && t->then_ && t->else_;
        struct sem_expr *yes = cond, *no = cond;
        if (t->kind == ST_IF && t->e->bind == BIND_DECODE && !has_var(t->e)) {
            yes = mk(b, SEM_AND, 1, t->loc, cond, t->e, NULL);
            no = mk(b, SEM_AND, 1, t->loc, cond, mk_not(b, t->e, t->loc), NULL);
        }
        block_facts(b, l, s, t->then_, yes, false);
        block_facts(b, l, s, t->else_, no, false);
        if (both && always) { /* both arms leave */
            struct sem x = {.vars = s->vars}, y = {.vars = s->vars};
            struct links none = {0};
            block_facts(b, &none, &x, t->then_, cond, true);
            block_facts(b, &none, &y, t->else_, cond, true);
            s->always_leaves |= x.always_leaves && y.always_leaves;
        }
    }
}

/* A target that a `let` names: look through it. */
static void target_through_lets(struct builder *b, struct links *l,
                                const struct sem_block *top, const struct sem_expr *e)
{
    for (size_t i = 0; e->op == SEM_VAR && i < top->stmts.len; i++)
        if (top->stmts.at[i]->kind == ST_LET && top->stmts.at[i]->var == e->index)
            target_links(b, l, top->stmts.at[i]->e);
}

static void goto_lets(struct builder *b, struct links *l, const struct sem_block *top,
                      const struct sem_block *block)
{
    for (size_t i = 0; block && i < block->stmts.len; i++) {
        const struct sem_stmt *t = block->stmts.at[i];
        if (t->kind == ST_GOTO)
            target_through_lets(b, l, top, t->e);
        goto_lets(b, l, top, t->then_);
        goto_lets(b, l, top, t->else_);
    }
}

void facts(const struct model *m, struct sem *s)
{
    struct builder b = {.m = (struct model *)(uintptr_t)m,
                        .f = (struct form *)(uintptr_t)s->form,
                        .s = s,
                        .decode = true};
    struct links l = {0};
    block_facts(&b, &l, s, s->body, mk_const(1, 1, (struct loc){0}), true);
    s->traps |= s->uses_fp && m->fenv.enable.reg; /* by an enabled flag */
    if (s->predicate && !is_const(s->predicate))
        s->always_leaves = false;
    goto_lets(&b, &l, s->body, s->body);
    if (!s->branches)
        return;
    if (l.call && l.leaves)
        l.call = mk(&b, SEM_AND, 1, l.call->loc, l.call, l.leaves, NULL);
    s->call_when = l.call && !(is_const(l.call) && !l.call->value) ? l.call : NULL;
    s->return_when = s->indirect ? l.ret : NULL;
}
