/* sem_print.c - typed trees as text, in the language's own spelling where it has one. */
#include "sem_int.h"

#include <string.h>

struct printer {
    const struct model *m;
    const struct sem *s;
    struct text *out;
};

static const char *const op_texts[] = {
#define SEM(id, text, kids) text,
#include "sem.def"
#undef SEM
};

static void number_text(struct text *out, u128 v)
{
    if (v >> 64)
        text_addf(out, "0x%llx%016llx", (unsigned long long)(v >> 64),
                  (unsigned long long)v);
    else if (v < 10)
        text_addf(out, "%u", (unsigned)v);
    else
        text_addf(out, "0x%llx", (unsigned long long)v);
}

static void print_expr(struct printer *p, const struct sem_expr *e);

static void print_args(struct printer *p, const char *name, const struct sem_expr *e)
{
    text_addf(p->out, "%s(", name);
    for (int i = 0; i < 4; i++) {
        if (!e->kid[i] || (e->op == SEM_FP && i == 3))
            continue;
        text_add(p->out, i ? ", " : "");
        print_expr(p, e->kid[i]);
    }
    if (e->op == SEM_FP && e->rm_kind != RM_NONE) {
        static const char *const modes[] = {"nearest", "zero", "up",
                                            "down",    "away", "reserved"};
        text_add(p->out, ", ");
        if (e->rm_kind == RM_GUEST)
            print_expr(p, e->kid[3]);
        else
            text_add(p->out, e->rm_kind == RM_CURRENT ? "current" : modes[e->rounding]);
    }
    if (e->acquire || e->release)
        text_addf(p->out, ", order(%d, %d)", e->acquire, e->release);
    text_add(p->out, ")");
}

static void print_reg(struct printer *p, const struct reg *r,
                      const struct sem_expr *index)
{
    text_add(p->out, r->name);
    if (!index)
        return;
    text_add(p->out, "[");
    print_expr(p, index);
    text_add(p->out, "]");
}

static bool infix(const struct sem_expr *e)
{
    return (e->op >= SEM_ADD && e->op <= SEM_XOR) ||
           (e->op >= SEM_SHL && e->op <= SEM_SHR_S) ||
           (e->op >= SEM_EQ && e->op <= SEM_LE_S);
}

static void print_kid(struct printer *p, const struct sem_expr *e)
{
    bool paren = infix(e) || e->op == SEM_COND;
    text_add(p->out, paren ? "(" : "");
    print_expr(p, e);
    text_add(p->out, paren ? ")" : "");
}

static void print_expr(struct printer *p, const struct sem_expr *e)
{
    struct text *out = p->out;
    if (infix(e)) {
        print_kid(p, e->kid[0]);
        text_addf(out, " %s ", op_texts[e->op]);
        print_kid(p, e->kid[1]);
        return;
    }
    switch (e->op) {
    case SEM_CONST:
        number_text(out, e->value);
        break;
    case SEM_FIELD:
        text_addf(out, "#%s", p->s->form ? p->s->form->fields.at[e->index].name : "?");
        break;
    case SEM_VAR:
        text_add(out, e->index < p->s->vars.len ? p->s->vars.at[e->index].name : "?");
        break;
    case SEM_REG:
    case SEM_CONTEXT:
        print_reg(p, e->reg, e->kid[0]);
        break;
    case SEM_NOT:
        text_add(out, e->width == 1 ? "!" : "~");
        print_kid(p, e->kid[0]);
        break;
    case SEM_NEG:
        text_add(out, "-");
        print_kid(p, e->kid[0]);
        break;
    case SEM_SLICE:
        print_kid(p, e->kid[0]);
        text_addf(out, e->high == e->low ? "[%u]" : "[%u:%u]", e->high, e->low);
        break;
    case SEM_COND:
        print_kid(p, e->kid[0]);
        text_add(out, e->unlikely ? " ? /* rare */ " : " ? ");
        print_kid(p, e->kid[1]);
        text_add(out, " : ");
        print_kid(p, e->kid[2]);
        break;
    case SEM_SEXT:
    case SEM_ZEXT:
        text_addf(out, "%s(", op_texts[e->op]);
        print_expr(p, e->kid[0]);
        text_addf(out, ", %u)", e->width);
        break;
    case SEM_LOAD:
        text_addf(out, "m%u[", e->width);
        print_expr(p, e->kid[0]);
        text_add(out, "]");
        break;
    case SEM_RESERVE:
    case SEM_STORE_COND:
    case SEM_CAS:
    case SEM_AMO:
        print_args(p,
                   internf("m%u.%s%s", e->high + 1, e->op == SEM_AMO ? "amo_" : "",
                           e->op == SEM_AMO ? e->name : op_texts[e->op]),
                   e);
        break;
    case SEM_FP:
        print_args(p, internf("f%u.%s", e->fp_width, fp_op_names[e->index]), e);
        break;
    case SEM_CLOCK:
        text_addf(out, "clock.%s", e->name);
        break;
    case SEM_EXTERN:
        print_args(p, e->name, e);
        break;
    case SEM_UNKNOWN:
        text_addf(out, "unknown(%u)", e->width);
        break;
    case SEM_PC:
    case SEM_NEXT:
    case SEM_LINK:
        text_add(out, op_texts[e->op]);
        break;
    default:
        print_args(p, op_texts[e->op], e);
        break;
    }
}

static void print_block(struct printer *p, const struct sem_block *b, int depth);

static void print_trap(struct printer *p, const struct sem_stmt *s, int depth)
{
    text_addf(p->out, "trap %s", s->trap ? s->trap->name : "Illegal");
    for (size_t i = 0; i < s->args.len; i++) {
        text_add(p->out, i ? ", " : "(");
        print_expr(p, s->args.at[i]);
    }
    text_add(p->out, s->args.len ? ")" : "");
    text_add(p->out, s->after ? " after" : "");
    if (s->e) {
        text_add(p->out, " when ");
        print_expr(p, s->e);
    }
    if (s->commits && s->commits->stmts.len) {
        text_add(p->out, " {\n");
        print_block(p, s->commits, depth + 1);
        text_addf(p->out, "%*s}", depth * 4, "");
    }
}

static void print_write(struct printer *p, const struct sem_stmt *s)
{
    print_reg(p, s->reg, s->index);
    if (s->low || s->high + 1 != s->reg->width)
        text_addf(p->out, s->high == s->low ? "[%u]" : "[%u:%u]", s->high, s->low);
    text_add(p->out, " = ");
    print_expr(p, s->e);
}

static void print_store(struct printer *p, const struct sem_stmt *s)
{
    text_addf(p->out, s->mask ? "m%u.masked(" : "m%u[", s->width);
    print_expr(p, s->address);
    text_add(p->out, s->mask ? ", " : "] = ");
    print_expr(p, s->e);
    if (!s->mask)
        return;
    text_add(p->out, ", ");
    print_expr(p, s->mask);
    text_add(p->out, ")");
}

static void print_stmt(struct printer *p, const struct sem_stmt *s, int depth)
{
    struct text *out = p->out;
    text_addf(out, "%*s", depth * 4, "");
    switch (s->kind) {
    case ST_LET:
        text_addf(out, "let %s : u%u = ", p->s->vars.at[s->var].name,
                  p->s->vars.at[s->var].width);
        print_expr(p, s->e);
        break;
    case ST_TRAP:
        print_trap(p, s, depth);
        break;
    case ST_STORE:
        print_store(p, s);
        break;
    case ST_WRITE:
        print_write(p, s);
        break;
    case ST_IF:
        text_add(out, "if (");
        print_expr(p, s->e);
        text_add(out, s->unlikely ? ") { # rare\n" : ") {\n");
        print_block(p, s->then_, depth + 1);
        if (s->else_) {
            text_addf(out, "%*s} else {\n", depth * 4, "");
            print_block(p, s->else_, depth + 1);
        }
        text_addf(out, "%*s}\n", depth * 4, "");
        return;
    case ST_GOTO:
        text_add(out, "goto ");
        print_expr(p, s->e);
        text_add(out, s->now && p->m->delay_slots ? " now" : "");
        break;
    case ST_NULLIFY:
        text_add(out, "nullify");
        break;
    case ST_FENCE:
        text_addf(out, "fence(order(%d, %d))", s->acquire, s->release);
        break;
    case ST_ICACHE:
        text_add(out, "icache_sync(");
        if (s->e) {
            print_expr(p, s->e);
            text_add(out, ", ");
            print_expr(p, s->address);
        }
        text_add(out, ")");
        break;
    case ST_EFFECT:
        print_expr(p, s->e);
        break;
    }
    text_add(out, ";\n");
}

static void print_block(struct printer *p, const struct sem_block *b, int depth)
{
    for (size_t i = 0; i < b->stmts.len; i++)
        print_stmt(p, b->stmts.at[i], depth);
}

static void print_when(struct printer *p, const char *what, const struct sem_expr *e)
{
    if (!e)
        return;
    text_addf(p->out, "    # %s when ", what);
    print_expr(p, e);
    text_add(p->out, "\n");
}

void sem_print(const struct model *m, const struct sem *s, struct text *out)
{
    struct printer p = {m, s, out};
    static const char *const names[] = {
        "loads",          "stores", "traps",  "branches", "indirect", "nullifies",
        "writes-context", "fp",     "atomic", "icache",   "leaves",   "links"};
    const bool facts_[] = {s->loads,    s->stores,    s->traps,          s->branches,
                           s->indirect, s->nullifies, s->writes_context, s->uses_fp,
                           s->atomic,   s->icache,    s->always_leaves,  s->writes_link};
    text_addf(out, "%s {", s->form ? s->form->name : "block");
    for (size_t i = 0, n = 0; i < sizeof facts_ / sizeof *facts_; i++)
        if (facts_[i])
            text_addf(out, "%s%s", n++ ? ", " : "  # ", names[i]);
    text_add(out, "\n");
    if (s->predicate) {
        text_add(out, "    # only if ");
        print_expr(&p, s->predicate);
        text_add(out, "\n");
    }
    for (size_t i = 0; s->form && i < s->form->preds.len; i++)
        print_when(&p, "reserved", s->form->preds.at[i].expr);
    for (size_t i = 0; i < s->unpredictable.len; i++)
        print_when(&p, "unpredictable", s->unpredictable.at[i]);
    for (size_t i = 0; i < s->hints.len; i++)
        print_when(&p, "hint", s->hints.at[i]);
    print_when(&p, "call", s->call_when);
    print_when(&p, "return", s->return_when);
    print_block(&p, s->body, 1);
    text_add(out, "}\n");
}

void sem_expr_print(const struct model *m, const struct sem *s, const struct sem_expr *e,
                    struct text *out)
{
    struct printer p = {m, s, out};
    print_expr(&p, e);
}
