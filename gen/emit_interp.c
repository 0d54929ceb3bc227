/* emit_interp.c - routines, records and binding of every form; see emit_interp.h. */
#include "emit_interp.h"

#include "emit.h"
#include "emit_body.h"
#include "emit_fenv.h"
#include "emit_guard.h"

#include <stdlib.h>
#include <string.h>

/* A form under one assignment of its conditions. */
struct variant {
    struct cgen *g;
    struct body_facts facts;
    const char *name, *delayed; /* of the routines; delayed may be NULL */
};
typedef VEC(struct variant) variant_list;

struct emitter {
    const struct model *m;
    struct text list;     /* ROUTINES(X) */
    struct text records;  /* struct rec_... */
    struct text routines; /* bodies */
    struct text binders;
    struct guards *guards;
};

/* bits_of - the pattern of F, "0000000. ........ ...". */
static const char *bits_of(const struct form *f)
{
    struct text t = {0};
    emit_pattern(&t, f->mask, f->value, f->bits);
    return t.at;
}

/* --- routines */

static void routine(struct emitter *e, const struct variant *v, const char *name,
                    bool delayed)
{
    const struct form *f = v->g->f;
    struct body b = {.g = v->g, .name = v->name, .delayed = delayed};
    body_print(&b);
    text_addf(&e->list, " \\\n    X(%s)", name);
    text_addf(&e->routines, "\n/* %s  %s  %s%s */\n", emit_place(f->insn->loc), f->name,
              bits_of(f), delayed ? "  its slot follows" : "");
    text_addf(&e->routines, "ROUTINE(%s)\n{\n", name);
    if (strstr(b.out.at, "r->"))
        text_addf(&e->routines, "    const struct rec_%s *const r = REC(%s);\n", v->name,
                  v->name);
    text_add(&e->routines, b.out.at);
    text_add(&e->routines, "}\n");
}

static void record(struct emitter *e, const struct variant *v)
{
    text_addf(&e->records, "struct rec_%s {\n    struct rec head;\n", v->name);
    if (v->g->chain)
        text_add(&e->records, "    struct chain chain;\n");
    for (unsigned bytes = 8; bytes; bytes /= 2)
        for (size_t i = 0; i < v->g->slots.len; i++)
            if (v->g->slots.at[i].bytes == bytes)
                text_addf(&e->records, "    uint%u_t %s;\n", bytes * 8,
                          v->g->slots.at[i].name);
    text_add(&e->records, "};\n");
    if (v->delayed)
        text_addf(&e->records, "#define rec_%s rec_%s\n", v->delayed, v->name);
}

/* --- binding */

static void flag(struct text *t, bool on, const char *name)
{
    if (on)
        text_addf(t, "%s%s", t->len ? " | " : "", name);
}

static const char *flags_text(const struct body_facts *f)
{
    struct text t = {0};
    flag(&t, f->branches, "FORM_BRANCH");
    flag(&t, f->delayed, "FORM_DELAYED");
    flag(&t, f->nullifies, "FORM_LIKELY");
    flag(&t, f->indirect, "FORM_INDIRECT");
    flag(&t, f->branches && f->leaves, "FORM_ALWAYS");
    flag(&t, (!f->branches && f->leaves) || f->icache || f->context, "FORM_ENDS_BLOCK");
    flag(&t, f->traps || f->loads || f->stores, "FORM_MAY_TRAP");
    flag(&t, f->stores, "FORM_STORES");
    flag(&t, f->icache, "FORM_ICACHE");
    return t.len ? t.at : "0";
}

/* transfer_flag - set FLAG where the instruction is a transfer of that kind. */
static void transfer_flag(struct cgen *g, const struct sem_expr *when, bool fixed,
                          const char *flag, struct text *t)
{
    const char *condition = c_flag_text(g, when, fixed);
    if (strcmp(condition, "true") == 0 || strcmp(condition, "1u") == 0)
        text_addf(t, "        b->flags |= %s;\n", flag);
    else if (strcmp(condition, "false") != 0 && strcmp(condition, "0u") != 0)
        text_addf(t, "        b->flags |= %s ? %s : 0;\n", condition, flag);
}

/* register_sets - for block builders that move delay slots: what is read and written. */
static void register_sets(const struct variant *v, struct text *t)
{
    const struct cgen *g = v->g;
    text_add(t, "        if (b->want_regs) {\n");
    for (size_t i = 0; i < g->slots.len; i++)
        if (g->slots.at[i].place_bytes)
            text_addf(t, "            regset_add(&b->%s, s_%s, %u);\n",
                      g->slots.at[i].write ? "def" : "use", g->slots.at[i].name,
                      g->slots.at[i].place_bytes);
    for (size_t i = 0; i < g->direct.len; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again |= g->direct.at[k].write == g->direct.at[i].write &&
                     strcmp(g->direct.at[k].place, g->direct.at[i].place) == 0;
        if (!again)
            text_addf(t, "            regset_add(&b->%s, %s, %u);\n",
                      g->direct.at[i].write ? "def" : "use", g->direct.at[i].place,
                      g->direct.at[i].bytes);
    }
    if (v->facts.fp && g->m->fenv.accrue.reg)
        text_addf(t, "            regset_add(&b->def, PLACE(%s), 4);\n",
                  c_name(g->m->fenv.accrue.reg->name));
    text_add(t, "        }\n");
}

/* variant_binder - the statements that bind under V's assumptions. */
static void variant_binder(struct emitter *e, const struct variant *v, struct text *t)
{
    struct cgen *g = v->g;
    for (size_t i = 0; i < g->slots.len; i++)
        if (g->slots.at[i].place_bytes)
            text_addf(t, "        const unsigned s_%s = %s;\n", g->slots.at[i].name,
                      g->slots.at[i].bind);
    const char *dropped = body_all_dropped(g, &v->facts);
    if (dropped)
        text_addf(t,
                  "        if (%s) {\n            b->flags = FORM_NOP;\n"
                  "            return;\n        }\n",
                  dropped);
    const char *guard = guards_bind(e->guards, g);
    if (guard)
        text_addf(t, "        struct rec_guard_ *guard = bind_guard(b, %s);\n", guard);
    bool uses_record = g->slots.len > 0 || g->chain;
    text_addf(t, "        %sbind_append(b, ROUTINE_%s, sizeof(struct rec_%s));\n",
              uses_record ? internf("struct rec_%s *const r = ", v->name) : "", v->name,
              v->name);
    for (size_t i = 0; i < g->slots.len; i++) {
        const struct rec_slot *s = &g->slots.at[i];
        if (s->place_bytes)
            text_addf(t, "        r->%s = (uint16_t)s_%s;\n", s->name, s->name);
        else
            text_addf(t, "        r->%s = (uint%u_t)(%s);\n", s->name, s->bytes * 8,
                      s->bind);
    }
    if (g->chain)
        text_addf(t,
                  "        r->chain.target = %s;\n"
                  "        b->chain = offsetof(struct rec_%s, chain);\n",
                  g->chain_target, v->name);
    if (v->delayed)
        text_addf(t, "        b->delayed = ROUTINE_%s;\n", v->delayed);
    text_addf(t, "        b->flags = %s;\n", flags_text(&v->facts));
    if (v->facts.branches) {
        transfer_flag(g, g->s->call_when, g->s->is_call, "FORM_CALL", t);
        transfer_flag(g, g->s->return_when, g->s->is_return, "FORM_RETURN", t);
    }
    if (guard)
        text_add(t, "        bind_guarded(b, guard);\n");
    if (g->m->delay_slots)
        register_sets(v, t);
}

/* condition_text - C for binding of V's assumptions. */
static const char *condition_text(const struct variant *v)
{
    struct text t = {0};
    struct cgen *g = v->g;
    size_t n = g->assumed.len;
    for (size_t i = 0; i < n; i++) {
        bool value = g->assumed.at[i].value;
        const struct sem_expr *c = g->assumed.at[i].cond;
        size_t keep = g->assumed.len;
        g->assumed.len = 0; /* or it would print as known */
        text_addf(&t, "%s%s%s", t.len ? " && " : "", value ? "" : "!", c_bind_text(g, c));
        g->assumed.len = keep;
    }
    return t.at;
}

static void binder(struct emitter *e, const struct form *f, variant_list *vs)
{
    struct text body = {0}, vars = {0}, fields = {0};
    struct cgen *first = vs->at[0].g; /* shares what is used with the others */
    for (size_t i = 0; i < vs->len; i++) {
        struct variant *v = &vs->at[i];
        if (vs->len > 1)
            text_addf(&body, "    %sif (%s) {\n", i ? "else " : "", condition_text(v));
        else
            text_add(&body, "    {\n");
        variant_binder(e, v, &body);
        text_add(&body, "    }\n");
    }
    struct text hints = {0};
    for (size_t i = 0; i < f->sem->hints.len; i++)
        text_addf(&hints,
                  "    if (%s) {\n        b->flags = FORM_NOP;\n        return;\n"
                  "    }\n",
                  c_bind_text(first, f->sem->hints.at[i]));
    struct cgen *whole = cgen_new(e->m, f);
    whole->field_used = first->field_used;
    whole->var_used = first->var_used;
    body_vars(whole, &vars);
    bool any_field = false;
    for (size_t i = 0; i < f->fields.len; i++) {
        if (!first->field_used[i])
            continue;
        any_field = true;
        const struct field *field = &f->fields.at[i];
        text_addf(&fields, "    const %s f_%s = %s;\n",
                  field->type.width > 32 ? "uint64_t" : "uint32_t", c_name(field->name),
                  c_field_text(field));
    }
    bool word = any_field || strstr(body.at, "(w)");
    text_addf(&e->binders,
              "\n/* %s  %s  %s */\nstatic void bind_%s(struct bind *b)\n{\n%s",
              emit_place(f->insn->loc), f->name, bits_of(f), emit_id(f->name),
              word ? "    const uint64_t w = b->d->word;\n" : "");
    if (fields.at)
        text_add(&e->binders, fields.at);
    if (vars.at)
        text_add(&e->binders, vars.at);
    if (hints.at)
        text_add(&e->binders, hints.at);
    text_add(&e->binders, body.at);
    text_add(&e->binders, "}\n");
}

/* --- forms */

static void form(struct emitter *e, const struct form *f)
{
    condition_list conditions = {0};
    variant_list vs = {0};
    struct cgen *plain = cgen_new(e->m, f);
    body_conditions(plain, &conditions);
    for (unsigned i = 0; i < 1u << conditions.len; i++) {
        struct variant v = {.g = cgen_new(e->m, f)};
        v.g->field_used = plain->field_used;
        v.g->var_used = plain->var_used;
        for (size_t c = 0; c < conditions.len; c++) {
            struct assumption a = {conditions.at[c], i >> c & 1};
            vec_push(&v.g->assumed, a);
        }
        v.name = i ? internf("%s_v%u", emit_id(f->name), i) : emit_id(f->name);
        body_facts(v.g, &v.facts);
        if (v.facts.delayed)
            v.delayed = internf("%s_delayed", v.name);
        routine(e, &v, v.name, false);
        if (v.delayed)
            routine(e, &v, v.delayed, true);
        record(e, &v);
        vec_push(&vs, v);
    }
    binder(e, f, &vs);
}

/* --- files */

static void header(struct emitter *e, struct text *t)
{
    const struct model *m = e->m;
    emit_head(m, t, "routines.h", "records of the guest's instructions");
    text_add(t, "#ifndef GUEST_ROUTINES_H\n#define GUEST_ROUTINES_H\n\n");
    if (m->fenv.cause.reg)
        text_add(t, "#define FP_RECORD 1\n");
    bool context = false;
    for (size_t i = 0; i < m->regs.len; i++)
        context |= m->regs.at[i]->is_context;
    text_addf(t,
              "#define GUEST_WORD_BITS %u\n#define GUEST_BIG %u\n"
              "#define GUEST_JUMP_SHIFT %u\n#define GUEST_HAS_CONTEXT %u\n\n"
              "#include \"interp/interp.h\"\n#include \"state.h\"\n\ntypedef uint%u_t "
              "guest_word;\n\n",
              m->word, m->big, m->fetch_bits >= 32 ? 2 : m->fetch_bits / 16, context,
              m->word);
    emit_fenv(m, t);
    text_addf(t, "\n#define ROUTINES(X)%s\n\n", e->list.at);
    text_add(t,
             "enum {\n    ROUTINE_first_ = REC_GENERIC_COUNT - 1,\n"
             "#define NUMBER(name) ROUTINE_##name,\n    ROUTINES(NUMBER)\n#undef NUMBER\n"
             "};\n\n");
    text_add(t, e->records.at);
    text_add(t, "\n#endif\n");
}

/* places - read_R, write_R: the offset of an element. */
static void places(const struct model *m, struct text *t)
{
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        if (r->is_context || !(r->is_file || r->count > 1))
            continue;
        for (unsigned write = 0; write < 2; write++) {
            text_addf(
                t,
                "static inline unsigned __attribute__((unused)) %s_%s(uint32_t i)\n{\n",
                write ? "write" : "read", c_name(r->name));
            for (unsigned e = 0; r->hardwired && e < r->count; e++)
                if (r->hardwired[e])
                    text_addf(t, "    if (i == %u)\n        return %s;\n", e,
                              write ? "SINK" : "ZERO");
            text_addf(t, "    return PLACE(%s) + i * %u;\n}\n", c_name(r->name),
                      state_bytes(r->width));
        }
    }
}

static void bind_file(struct emitter *e, struct text *t)
{
    const struct model *m = e->m;
    emit_head(m, t, "bind.c", "from decoded instructions to records");
    text_addf(t,
              "#include \"routines.h\"\n#include \"interp/ops.h\"\n\n"
              "#define ZERO    ((unsigned)offsetof(struct cpu, zero))\n"
              "#define SINK    ((unsigned)offsetof(struct cpu, sink))\n"
              "#define CONTEXT (b->context)\n"
              "#define PC_HERE ((guest_word)b->pc)\n"
              "#define PC_NEXT ((guest_word)(b->pc + b->d->bytes))\n"
              "#define PC_LINK ((guest_word)(b->pc + b->d->bytes + %u))\n\n",
              m->delay_slots * m->fetch_bits / 8);
    places(m, t);
    guards_binding(e->guards, t);
    text_add(t, e->binders.at);
    text_add(t, "\nstatic void (*const binders[])(struct bind *) = {\n");
    for (size_t i = 0; i < m->forms.len; i++)
        text_addf(t, "    bind_%s,\n", emit_id(m->forms.at[i]->name));
    text_add(
        t, "};\n\nvoid guest_bind(struct bind *b);\nvoid guest_bind(struct bind *b)\n{\n"
           "    binders[b->d->form](b);\n}\n");
    emit_fenv_hooks(m, t);
}

void emit_interp_form(const struct model *m, const struct form *f, struct text *out)
{
    struct emitter e = {.m = m, .guards = guards_new(m)};
    form(&e, f);
    text_add(out, e.routines.at);
}

void emit_interp(const struct model *m, struct text *(*add)(void *to, const char *name),
                 void *to)
{
    static const char *const kinds[] = {"switch", "threaded", "predecoded", "direct"};
    struct emitter e = {.m = m, .guards = guards_new(m)};
    emit_head(m, &e.routines, "routines.inc", "what each routine does");
    for (size_t i = 0; i < m->forms.len; i++)
        form(&e, m->forms.at[i]);
    guards_routines(e.guards, &e.list, &e.routines);
    header(&e, add(to, "routines.h"));
    bind_file(&e, add(to, "bind.c"));
    text_add(add(to, "routines.inc"), e.routines.at);
    for (unsigned k = 0; k < 4; k++) {
        const char *name = internf("interp_%s.c", kinds[k]);
        struct text *t = add(to, name);
        emit_head(m, t, name, "one dispatch technique");
        text_addf(t,
                  "#define INTERP_KIND %u\n#define INTERP_NAME %s\n#define FP_SLOW_KEEPS "
                  "1\n#include \"routines.h\"\n"
                  "#include \"interp/dispatch.h\"\n",
                  k, kinds[k]);
    }
}
