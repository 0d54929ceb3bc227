/*
 * sem_verify.c - whether a typed tree keeps the invariants of sem.h. A tree that doesn't
 * is isac's own fault, not the description's.
 */
#include "sem_int.h"

#include <stdio.h>
#include <stdlib.h>

struct verifier {
    const struct model *m;
    const struct sem *s;
    bool *set; /* variables that have a value, maybe on another path */
};

static _Noreturn void broken(const struct verifier *v, struct loc loc, const char *what)
{
    fprintf(stderr, "isac: internal error: %s:%u: '%s': %s\n",
            loc.file ? source_at(loc.file)->path : "?", loc.line,
            v->s->form ? v->s->form->name : "block", what);
    abort();
}

static void want(const struct verifier *v, const struct sem_expr *e, bool good,
                 const char *what)
{
    if (!good)
        broken(v, e->loc, what);
}

static void verify_expr(const struct verifier *v, const struct sem_expr *e, bool whole)
{
    want(v, e, e->width >= 1 && e->width <= 128, "a width out of range");
    want(v, e, whole || !sem_effectful(e), "an effect inside an expression");
    unsigned kids = 0;
    for (; kids < 4 && e->kid[kids]; kids++) {
        verify_expr(v, e->kid[kids], false);
        want(v, e, e->op == SEM_REG || e->bind >= e->kid[kids]->bind,
             "bound before its parts");
    }
    const struct sem_expr *x = e->kid[0], *y = e->kid[1];
    switch (e->op) {
    case SEM_VAR:
        want(v, e, e->index < v->s->vars.len && v->set[e->index],
             "a variable before its value");
        want(v, e, v->s->vars.at[e->index].width == e->width, "a variable's width");
        break;
    case SEM_FIELD:
        want(v, e, v->s->form && e->index < v->s->form->fields.len,
             "a field that isn't there");
        break;
    case SEM_REG:
        want(v, e, e->width == e->reg->width && !x == !e->reg->is_file, "a register");
        want(v, e, !x || x->bind != BIND_RUN, "an index of run time");
        break;
    case SEM_ADD:
    case SEM_SUB:
    case SEM_MUL:
    case SEM_DIV_U:
    case SEM_DIV_S:
    case SEM_REM_U:
    case SEM_REM_S:
    case SEM_AND:
    case SEM_OR:
    case SEM_XOR:
    case SEM_MIN_S:
    case SEM_MIN_U:
    case SEM_MAX_S:
    case SEM_MAX_U:
        want(v, e, y && x->width == e->width && y->width == e->width,
             "sides of other widths");
        break;
    case SEM_NOT:
    case SEM_NEG:
    case SEM_SHL:
    case SEM_SHR_U:
    case SEM_SHR_S:
    case SEM_ROTL:
    case SEM_ROTR:
    case SEM_CLZ:
    case SEM_CTZ:
    case SEM_POPCOUNT:
    case SEM_BSWAP:
    case SEM_BITREV:
        want(v, e, x->width == e->width, "an operand of another width");
        break;
    case SEM_EQ:
    case SEM_NE:
    case SEM_LT_U:
    case SEM_LT_S:
    case SEM_LE_U:
    case SEM_LE_S:
        want(v, e, e->width == 1 && x->width == y->width, "a comparison of two widths");
        break;
    case SEM_COND:
        want(v, e, x->width == 1 && y->width == e->width && e->kid[2]->width == e->width,
             "a choice of other widths");
        break;
    case SEM_SEXT:
    case SEM_ZEXT:
        want(v, e, x->width < e->width, "no widening");
        break;
    case SEM_SLICE:
        want(v, e, e->high < x->width && e->high - e->low + 1 == e->width, "a slice");
        break;
    case SEM_CAT:
        want(v, e, x->width + y->width == e->width, "a concatenation");
        break;
    case SEM_CARRY:
    case SEM_OVERFLOW:
        want(v, e, e->width == 1 && x->width == y->width && e->kid[2]->width == 1,
             "a carry");
        break;
    default:
        break;
    }
}

static void verify_optional(const struct verifier *v, const struct sem_expr *e,
                            unsigned width)
{
    if (!e)
        return;
    verify_expr(v, e, false);
    want(v, e, !width || e->width == width, "a statement's part of another width");
}

/* Returns the latest phase in which BLOCK holds a statement; FIRST is that before it. */
static enum phase verify_block(const struct verifier *v, const struct sem_block *block,
                               enum phase first)
{
    for (size_t i = 0; block && i < block->stmts.len; i++) {
        const struct sem_stmt *s = block->stmts.at[i];
        enum phase phase = PH_EARLY, arm;
        verify_optional(v, s->index, 0);
        verify_optional(v, s->address, v->m->word);
        verify_optional(v, s->mask, s->width);
        switch (s->kind) {
        case ST_LET:
            verify_expr(v, s->e, true);
            want(v, s->e, s->e->width == v->s->vars.at[s->var].width, "a let's width");
            want(v, s->e, !v->set[s->var], "a variable that is set twice");
            v->set[s->var] = true;
            break;
        case ST_TRAP:
            phase = s->after ? PH_AFTER : PH_EARLY;
            verify_optional(v, s->e, 1);
            for (size_t j = 0; j < s->args.len; j++)
                verify_optional(v, s->args.at[j], s->trap->widths.at[j]);
            break;
        case ST_STORE:
            verify_optional(v, s->e, s->width);
            break;
        case ST_WRITE:
            phase = PH_WRITE;
            verify_optional(v, s->e, s->high - s->low + 1);
            if (s->high >= s->reg->width || !s->index != !s->reg->is_file)
                broken(v, s->loc, "a write");
            break;
        case ST_IF:
            verify_optional(v, s->e, 1);
            arm = verify_block(v, s->then_, first);
            phase = verify_block(v, s->else_, first);
            phase = arm > phase ? arm : phase;
            break;
        case ST_GOTO:
        case ST_NULLIFY:
            phase = PH_GOTO;
            verify_optional(v, s->e, v->m->word);
            break;
        case ST_ICACHE:
            phase = PH_WRITE;
            break;
        case ST_EFFECT:
        case ST_FENCE:
            break;
        }
        bool pure_let = s->kind == ST_LET && !sem_effectful(s->e);
        if (pure_let && phase < first)
            phase = first;
        if (phase < first)
            broken(v, s->loc, "a statement of an earlier phase");
        first = phase;
    }
    return first;
}

void sem_verify(const struct model *m, const struct sem *s)
{
    struct verifier v = {m, s, zalloc(s->vars.len + 1)};
    verify_optional(&v, s->predicate, 1);
    verify_block(&v, s->body, PH_EARLY);
    verify_optional(&v, s->call_when, 1);
    verify_optional(&v, s->return_when, 1);
}
