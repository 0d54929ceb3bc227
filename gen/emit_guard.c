/* emit_guard.c - predicates; see emit_guard.h. */
#include "emit_guard.h"

#include <string.h>

struct guard {
    const char *condition; /* C in a routine */
    const char *name;      /* of the routine */
};

/* A table from the codes of a predicating operand to routines. */
struct guard_table {
    const char *entries;
    const char *name;
};

struct guards {
    const struct model *m;
    VEC(struct guard) all;
    VEC(struct guard_table) tables;
};

struct guards *guards_new(const struct model *m)
{
    struct guards *guards = zalloc(sizeof *guards);
    guards->m = m;
    return guards;
}

/* routine_of - the routine for CONDITION, made if there is none; named after TEXT. */
static const char *routine_of(struct guards *guards, const char *condition,
                              const char *text, unsigned code)
{
    for (size_t i = 0; i < guards->all.len; i++)
        if (strcmp(guards->all.at[i].condition, condition) == 0)
            return guards->all.at[i].name;
    struct guard g = {condition, text && *text ? internf("guard_%s", c_name(text))
                                               : internf("guard_%u", code)};
    vec_push(&guards->all, g);
    return g.name;
}

static const char *table_of(struct guards *guards, const char *entries)
{
    for (size_t i = 0; i < guards->tables.len; i++)
        if (strcmp(guards->tables.at[i].entries, entries) == 0)
            return guards->tables.at[i].name;
    struct guard_table t = {entries, internf("guards_%zu", guards->tables.len)};
    vec_push(&guards->tables, t);
    return t.name;
}

const char *guards_bind(struct guards *guards, struct cgen *g)
{
    if (!g->s->predicate || !g->f->predicate)
        return NULL;
    int field = form_field(g->f, g->f->predicate);
    const struct enum_ *codes = g->f->fields.at[field].type.enum_;
    struct text entries = {0};
    /* The registers that conditions read are the same in every form, so no slots come of
     * it. */
    struct cgen *plain = cgen_new(g->m, g->f);
    for (size_t i = 0; i < codes->items.len; i++) {
        const struct enum_item *item = &codes->items.at[i];
        struct text t = {0};
        plain->fixed_field = field;
        plain->fixed_value = (uint64_t)item->code;
        c_expr(plain, g->s->predicate, &t);
        if (strcmp(t.at, "1u") == 0)
            continue;
        text_addf(&entries, "[%u] = ROUTINE_%s, ", (unsigned)item->code,
                  routine_of(guards, t.at, item->text, (unsigned)item->code));
    }
    if (!entries.at)
        return NULL;
    struct cgen *mark = g;
    mark->field_used[field] = true;
    for (size_t i = 0; i < plain->direct.len; i++)
        vec_push(&g->direct, plain->direct.at[i]);
    return internf("%s[f_%s]", table_of(guards, entries.at),
                   c_name(g->f->fields.at[field].name));
}

void guards_routines(const struct guards *guards, struct text *list,
                     struct text *routines)
{
    for (size_t i = 0; i < guards->all.len; i++) {
        const struct guard *g = &guards->all.at[i];
        text_addf(list, " \\\n    X(%s)", g->name);
        text_addf(routines,
                  "\n/* a predicate: skips the next record */\nROUTINE(%s)\n{\n"
                  "    if (!%s)\n        SKIP(((const struct rec_guard_ *)ip)->skip);\n"
                  "    NEXT(guard_);\n}\n",
                  g->name, g->condition);
    }
}

void guards_binding(const struct guards *guards, struct text *out)
{
    if (!guards->all.len)
        return;
    text_add(out, "\n/* Predicating codes to guards; 0: always. */\n");
    for (size_t i = 0; i < guards->tables.len; i++)
        text_addf(out, "static const uint16_t %s[32] = {%s};\n",
                  guards->tables.at[i].name, guards->tables.at[i].entries);
    text_add(
        out,
        "\nstatic struct rec_guard_ *bind_guard(struct bind *b, unsigned routine)\n{\n"
        "    return routine ? bind_append(b, routine, sizeof(struct rec_guard_)) : "
        "NULL;\n"
        "}\n\nstatic void bind_guarded(struct bind *b, struct rec_guard_ *guard)\n{\n"
        "    if (guard == NULL)\n        return;\n"
        "    guard->skip = (uint32_t)(b->at - (uint8_t *)guard);\n"
        "    b->flags &= ~(unsigned)(FORM_ALWAYS | FORM_ENDS_BLOCK);\n}\n");
}
