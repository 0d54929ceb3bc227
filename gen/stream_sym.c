/* stream_sym.c - what an instruction does, as far as it can be told beforehand; see
 * stream.h */
#include "stream.h"

#include "deval.h"
#include "sem_int.h"

#include <string.h>

struct walk {
    const struct model *m;
    const struct form *f;
    u128 place;
    uint64_t pc, avoid;
    const bool *fp;
    const struct sym_state *state;
    struct sym *vars;
    struct effects *out;
};

static struct sym eval(struct walk *w, const struct sem_expr *e);

static struct sym known(u128 v, unsigned width)
{
    return (struct sym){SYM_KNOWN, low_bits(v, width)};
}

static struct sym unknown(void)
{
    return (struct sym){SYM_UNKNOWN, 0};
}

static void touch(struct walk *w, const struct reg *reg, struct sym index)
{
    if (reg->is_context)
        return;
    if (w->fp && w->fp[reg->index])
        w->out->fp = true;
    if (reg == w->state->file && (index.kind != SYM_KNOWN || w->avoid >> index.v & 1))
        w->out->reads_avoided = true;
}

static struct sym read_register(struct walk *w, const struct sem_expr *e)
{
    struct sym index = e->kid[0] ? eval(w, e->kid[0]) : known(0, 1);
    const struct reg *r = e->reg;
    if (index.kind == SYM_KNOWN && r->hardwired && r->hardwired[index.v])
        return known(r->hardwired_value[index.v], e->width);
    touch(w, r, index);
    if (r == w->state->file && index.kind == SYM_KNOWN && index.v < SYM_REGS)
        return w->state->regs[index.v];
    return unknown();
}

static struct sym leaf(struct walk *w, const struct sem_expr *e)
{
    switch (e->op) {
    case SEM_CONST:
        return known(e->value, e->width);
    case SEM_FIELD:
        return known(field_get(&w->f->fields.at[e->index], (uint64_t)w->place), e->width);
    case SEM_PC:
        return known(w->pc, e->width);
    case SEM_NEXT:
        return known(w->pc + w->f->bits / 8, e->width);
    case SEM_LINK:
        return known(w->pc + w->f->bits / 8 * (1 + w->m->delay_slots), e->width);
    case SEM_CONTEXT:
        return known(w->place >> (64 + context_shift(w->m, e->reg)), e->width);
    case SEM_VAR:
        return w->vars[e->index];
    case SEM_CLOCK:
        w->out->clock = true;
        return unknown();
    default:
        w->out->unknown = true;
        return unknown();
    }
}

/* The address of an access to memory of BITS bits. */
static void access(struct walk *w, const struct sem_expr *address, unsigned bits)
{
    struct sym a = eval(w, address);
    if (a.kind == SYM_NOWHERE || (a.kind == SYM_SMALL && bits))
        w->out->nowhere = true;
    else if (a.kind != SYM_POINTER)
        w->out->lost = true;
    else if (a.v & (bits / 8 - 1))
        w->out->unaligned = true;
}

static struct sym memory(struct walk *w, const struct sem_expr *e)
{
    unsigned bits = e->op == SEM_LOAD ? e->width : e->high + 1;
    access(w, e->kid[0], bits);
    for (int i = 1; i < 3; i++)
        if (e->kid[i])
            eval(w, e->kid[i]);
    w->out->loads |= e->op == SEM_LOAD;
    w->out->atomic |= e->op != SEM_LOAD;
    w->out->reserves |= e->op == SEM_RESERVE;
    w->out->conditional_store |= e->op == SEM_STORE_COND;
    w->out->atomic_bits = w->out->atomic ? bits : 0;
    return unknown();
}

enum { FAR = 33000 }; /* beyond it the runner doesn't look */

/* A base moved by what is known or small. */
static struct sym moved(struct sym base, struct sym by, bool minus)
{
    if (by.kind == SYM_KNOWN && by.v + FAR > 2 * FAR)
        base = unknown();
    else if (by.kind == SYM_KNOWN)
        base.v += minus ? -by.v : by.v;
    else if (by.kind != SYM_SMALL || base.kind == SYM_END)
        base = unknown();
    return base;
}

static bool is_base(struct sym s)
{
    return s.kind == SYM_POINTER || s.kind == SYM_NOWHERE || s.kind == SYM_END;
}

static struct sym combine(const struct sem_expr *e, struct sym a, struct sym b)
{
    unsigned width = e->width;
    if (e->op == SEM_ADD || e->op == SEM_SUB) {
        /* Constants come as wide numbers: keep them near zero. */
        if (a.kind == SYM_KNOWN)
            a.v = (u128)sign_extend(a.v, width);
        if (b.kind == SYM_KNOWN)
            b.v = (u128)sign_extend(b.v, width);
        if (is_base(a))
            return moved(a, b, e->op == SEM_SUB);
        if (is_base(b) && e->op == SEM_ADD)
            return moved(b, a, false);
    }
    if (e->op == SEM_AND && is_base(a) && b.kind == SYM_KNOWN) {
        s128 mask = sign_extend(b.v, width);
        if (mask < 0 && mask >= -8)
            return (struct sym){a.kind, a.v & (u128)mask};
    }
    if (e->op == SEM_SHL && a.kind == SYM_SMALL && b.kind == SYM_KNOWN && b.v <= 4)
        return a;
    return unknown();
}

static struct sym operation(struct walk *w, const struct sem_expr *e)
{
    struct sym k[4] = {{SYM_KNOWN, 0}, {SYM_KNOWN, 0}, {SYM_KNOWN, 0}, {SYM_KNOWN, 0}};
    bool all = e->op != SEM_FP && e->op != SEM_EXTERN;
    for (int i = 0; i < 4; i++)
        if (e->kid[i]) {
            k[i] = eval(w, e->kid[i]);
            all &= k[i].kind == SYM_KNOWN;
        }
    if (e->op == SEM_FP)
        w->out->fp = true;
    if (e->op == SEM_SLICE)
        return all ? known(k[0].v >> e->low, e->width) : unknown();
    if (e->op == SEM_CAT)
        return all ? known(k[0].v << e->kid[1]->width | k[1].v, e->width) : unknown();
    if (all)
        return known(sem_fold(e->op, e->width, e->kid[0]->width, k[0].v, k[1].v, k[2].v),
                     e->width);
    return combine(e, k[0], k[1]);
}

static struct sym eval(struct walk *w, const struct sem_expr *e)
{
    switch (e->op) {
    case SEM_REG:
        return read_register(w, e);
    case SEM_LOAD:
    case SEM_RESERVE:
    case SEM_STORE_COND:
    case SEM_AMO:
    case SEM_CAS:
        return memory(w, e);
    case SEM_COND: {
        struct sym c = eval(w, e->kid[0]);
        if (c.kind == SYM_KNOWN)
            return eval(w, e->kid[c.v ? 1 : 2]);
        eval(w, e->kid[1]);
        eval(w, e->kid[2]);
        return unknown();
    }
    default:
        return e->kid[0] ? operation(w, e) : leaf(w, e);
    }
}

static void block(struct walk *w, const struct sem_block *b, bool always);

static void write(struct walk *w, const struct sem_stmt *s)
{
    struct sym index = s->index ? eval(w, s->index) : known(0, 1);
    struct sym value = eval(w, s->e);
    const struct reg *r = s->reg;
    if (index.kind == SYM_KNOWN && r->hardwired && r->hardwired[index.v])
        return;
    touch(w, r, index);
    if (r != w->state->file || index.kind != SYM_KNOWN || index.v >= SYM_REGS)
        return;
    struct sym *old = &w->out->after.regs[index.v];
    bool whole = s->high - s->low + 1 == r->width;
    /* A case branches over instructions: only what holds either way is kept. */
    bool same =
        value.kind == old->kind &&
        (value.kind == SYM_POINTER ? !((value.v - old->v) & 7) : value.kind == SYM_SMALL);
    if (!whole || !same)
        *old = unknown();
}

static void statement(struct walk *w, const struct sem_stmt *s, bool always)
{
    struct effects *out = w->out;
    switch (s->kind) {
    case ST_LET:
        w->vars[s->var] = eval(w, s->e);
        break;
    case ST_TRAP: {
        struct sym when = s->e ? eval(w, s->e) : known(1, 1);
        for (size_t i = 0; i < s->args.len; i++)
            eval(w, s->args.at[i]);
        if (always && when.kind == SYM_KNOWN && when.v) {
            out->traps_always = true;
            out->calls_system |= s->after;
        }
        break;
    }
    case ST_STORE:
        out->stores = true;
        access(w, s->address, s->mask ? 8 : s->width);
        eval(w, s->e);
        if (s->mask)
            eval(w, s->mask);
        break;
    case ST_WRITE:
        write(w, s);
        break;
    case ST_IF: {
        struct sym c = eval(w, s->e);
        /* A branch that is never taken because of what a register holds stays a branch.
         */
        bool sure = c.kind == SYM_KNOWN && s->e->bind != BIND_RUN;
        if (!sure || c.v)
            block(w, s->then_, always && sure);
        if (s->else_ && (!sure || !c.v))
            block(w, s->else_, always && sure);
        break;
    }
    case ST_GOTO: {
        struct sym target = eval(w, s->e);
        vec_push(&out->targets, target);
        out->slot |= w->m->delay_slots && !s->now;
        break;
    }
    case ST_NULLIFY:
        out->nullifies = true;
        break;
    case ST_EFFECT:
        eval(w, s->e);
        break;
    case ST_FENCE:
    case ST_ICACHE:
        out->sync = true;
        if (s->e)
            access(w, s->e, 8);
        break;
    }
}

static void block(struct walk *w, const struct sem_block *b, bool always)
{
    for (size_t i = 0; b && i < b->stmts.len; i++)
        statement(w, b->stmts.at[i], always);
}

void stream_effects(const struct model *m, const struct form *f, uint64_t word,
                    uint64_t pc, const struct sym_state *state, uint64_t avoid,
                    const bool *fp, struct effects *out)
{
    static struct sym vars[4096];
    struct walk w = {m, f, place_of(m, word), pc, avoid, fp, state, vars, out};
    size_t room = out->targets.cap;
    struct sym *at = out->targets.at;
    memset(out, 0, sizeof *out);
    out->targets.at = at;
    out->targets.cap = room;
    out->after = *state;
    if (f->sem->vars.len > sizeof vars / sizeof *vars) {
        out->unknown = true;
        return;
    }
    for (size_t i = 0; i < f->sem->vars.len; i++)
        vars[i] = unknown();
    if (f->sem->predicate)
        eval(&w, f->sem->predicate);
    block(&w, f->sem->body, true);
}

int stream_truth(const struct model *m, const struct form *f, uint64_t word,
                 const struct sem_expr *e)
{
    struct effects none = {0};
    struct sym_state state = {0};
    struct walk w = {m, f, place_of(m, word), STREAM_CODE, 0, NULL, &state, NULL, &none};
    struct sym s = eval(&w, e);
    return s.kind == SYM_KNOWN ? s.v != 0 : -1;
}

static void mark_expr(const struct sem_expr *e, bool *set)
{
    if (e->op == SEM_REG)
        set[e->reg->index] = true;
    for (int i = 0; i < 4; i++)
        if (e->kid[i])
            mark_expr(e->kid[i], set);
}

static void mark_block(const struct sem_block *b, bool *set)
{
    for (size_t i = 0; b && i < b->stmts.len; i++) {
        const struct sem_stmt *s = b->stmts.at[i];
        if (s->e)
            mark_expr(s->e, set);
        if (s->kind == ST_WRITE)
            set[s->reg->index] = true;
        mark_block(s->then_, set);
        mark_block(s->else_, set);
    }
}

void stream_fp_registers(const struct model *m, const struct reg *main, bool *fp)
{
    for (size_t i = 0; i < m->forms.len; i++)
        if (m->forms.at[i]->sem->uses_fp)
            mark_block(m->forms.at[i]->sem->body, fp);
    for (size_t i = 0; i < m->regs.len; i++)
        if (m->regs.at[i] == main || m->regs.at[i]->is_context)
            fp[m->regs.at[i]->index] = false;
}
