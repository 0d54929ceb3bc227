/* try.c - `isac try` and `isac explain`: one instruction, seen from all sides. */
#include "asm.h"
#include "diag.h"
#include "dtree.h"
#include "emit_interp.h"
#include "emit_lift.h"
#include "eval.h"
#include "inline_test.h"
#include "run_setup.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *hex(struct val v, unsigned bits)
{
    int digits = (int)(bits + 3) / 4;
    const char *high =
        bits > 64 ? internf("%0*" PRIx64, digits - 16, (uint64_t)(v.v >> 64)) : "";
    return internf("0x%s%0*" PRIx64 "%s", high, bits > 64 ? 16 : digits, (uint64_t)v.v,
                   v.x ? " (unknown in part)" : "");
}

/* --- what a word is */

static void print_fields(const struct form *f, uint64_t word)
{
    for (size_t i = 0; i < f->fields.len; i++) {
        const struct field *field = &f->fields.at[i];
        printf("  %-10s", field->name);
        for (size_t j = 0; j < field->parts.len; j++) {
            const struct part *p = &field->parts.at[j];
            if (p->bits == 1)
                printf("%s[%u]", j ? "," : "", p->at);
            else
                printf("%s[%u:%u]", j ? "," : "", p->at + p->bits - 1, p->at);
        }
        uint64_t v = field_get(field, word);
        const struct type *t = &field->type;
        printf("  = 0x%" PRIx64, v);
        if (t->kind == OP_REG && v < t->reg->count)
            printf("  %s", element_name(t->reg, (unsigned)v));
        for (size_t j = 0; t->kind == OP_ENUM && j < t->enum_->items.len; j++)
            if (t->enum_->items.at[j].code == v)
                printf("  \"%s\"", t->enum_->items.at[j].text);
        putchar('\n');
    }
}

static void print_word(const struct form *f, uint64_t word)
{
    printf("word   0x%0*" PRIx64 "  ", (int)f->bits / 4, word);
    for (unsigned i = f->bits; i-- > 0;)
        printf("%u%s", (unsigned)(word >> i & 1), i % 4 == 0 && i ? "_" : "");
    putchar('\n');
    printf("match  0x%0*" PRIx64 "  ", (int)f->bits / 4, f->value);
    for (unsigned i = f->bits; i-- > 0;)
        printf("%c%s",
               f->mask >> i & 1          ? f->value >> i & 1 ? '1' : '0'
               : f->should_mask >> i & 1 ? '?'
                                         : '.',
               i % 4 == 0 && i ? "_" : "");
    putchar('\n');
}

static bool find(const struct model *m, const char *what, uint64_t *word, struct form **f)
{
    char *end;
    unsigned bits;
    const char *why = "";
    uint64_t number_ = strtoull(what, &end, 16);
    bool is_word = end != what && !*end;
    /* "add" is a number too, but first of all a text */
    if (is_word && (isdigit((unsigned char)what[0]) ||
                    !asm_line(m, what, DEFAULT_PC, word, &bits, f, &why))) {
        *word = number_;
        *f = decode_word(m, number_);
        if (!*f)
            fprintf(stderr, "isac: 0x%" PRIx64 " matches no instruction of %s\n", number_,
                    m->name);
        return *f != NULL;
    }
    if (asm_line(m, what, DEFAULT_PC, word, &bits, f, &why))
        return true;
    fprintf(stderr, "isac: \"%s\" can't be assembled: %s\n", what, why);
    return false;
}

static void print_head(const struct model *m, const struct form *f, uint64_t word)
{
    struct text t = {0};
    const struct loc loc = f->insn->loc;
    disas_word(m, word, DEFAULT_PC, false, &t);
    printf("text   %s\n", t.at ? t.at : "");
    struct text alias = {0};
    disas_word(m, word, DEFAULT_PC, true, &alias);
    if (alias.at && t.at && strcmp(alias.at, t.at))
        printf("alias  %s\n", alias.at);
    printf("form   %s", f->name);
    if (strcmp(f->name, f->insn->name))
        printf(" of %s", f->insn->name);
    if (f->insn->extension)
        printf(", extension %s", f->insn->extension);
    printf(", %s:%u\n", loc.file ? source_at(loc.file)->path : "?", loc.line);
    print_word(f, word);
}

/* The windows of the decoder that WORD passes, and the forms that are tried at their end.
 */
static void print_path(const struct model *m, const struct form *f, uint64_t word)
{
    const struct dtree *t = dtree_build(m);
    size_t root = 0;
    while (t->roots.at[root].bits != f->bits)
        root++;
    struct dtree_entry e = t->roots.at[root].entry;
    printf("decode path\n");
    while (e.bits) {
        uint64_t v = word >> e.shift & ((UINT64_C(1) << e.bits) - 1);
        printf("  [%u:%u] = 0x%" PRIx64 "\n", e.shift + e.bits - 1u, e.shift, v);
        e = t->table.at[e.at + v];
    }
    printf("  then");
    for (size_t i = e.at;; i++) {
        const struct dtree_leaf *leaf = &t->leaves.at[i];
        printf("%s %s", i == e.at ? "" : ",", leaf->form->name);
        if (!leaf->more)
            break;
    }
    putchar('\n');
}

/* The meanings of all forms of the instruction called NAME; all if NULL. */
static bool explain_insn(const struct model *m, const char *name)
{
    struct text out = {0};
    for (size_t i = 0; i < m->forms.len; i++) {
        const struct form *f = m->forms.at[i];
        if (!name || !strcmp(f->name, name) || !strcmp(f->insn->name, name))
            sem_print(m, f->sem, &out);
    }
    if (out.at)
        fputs(out.at, stdout);
    free(out.at);
    return out.len > 0;
}

int command_explain(struct model *m, int argc, char **argv)
{
    uint64_t word;
    struct form *f;
    if (argc < 1)
        return !explain_insn(m, NULL);
    for (int i = 0; i < argc; i++) {
        if (explain_insn(m, argv[i]))
            continue;
        if (!find(m, argv[i], &word, &f))
            return 1;
        struct text out = {0};
        if (i)
            putchar('\n');
        print_head(m, f, word);
        print_path(m, f, word);
        printf("fields\n");
        print_fields(f, word);
        sem_print(m, f->sem, &out);
        text_add(&out, "interpreter");
        emit_interp_form(m, f, &out);
        text_add(&out, "\ntemplate");
        emit_lift_form(m, f, &out);
        printf("meaning\n%s", out.at);
        free(out.at);
    }
    return 0;
}

/* --- isac try */

static bool command_setting(struct setup *s, const char *text)
{
    const char *equal = strchr(text, '=');
    struct loc nowhere = {0};
    struct node *l =
        equal ? parse_expr(intern_n(text, (size_t)(equal - text)), nowhere) : NULL;
    struct node *r = l ? parse_expr(intern(equal + 1), nowhere) : NULL;
    if (!l || !r) {
        fprintf(stderr, "isac: try: \"%s\" is not REG=VALUE\n", text);
        return false;
    }
    struct node *list = node_new(N_LIST, nowhere, NULL, 1,
                                 node_new(N_SETTING, nowhere, intern("="), 2, l, r));
    unsigned errors = diag_errors();
    setup_state(s, list);
    return diag_errors() == errors;
}

static const char *event_place(const struct eval_event *ev)
{
    if (ev->reg)
        return element_name(ev->reg, ev->element);
    return internf("m%u[0x%" PRIx64 "]", ev->bits, ev->address);
}

static void print_events(const struct eval *e)
{
    static const char *const names[] = {"reads ", "writes", "loads ", "stores"};
    for (size_t i = 0; i < e->events.len; i++) {
        const struct eval_event *ev = &e->events.at[i];
        printf("%s %-12s %s\n", names[ev->kind], event_place(ev),
               hex(ev->value, ev->bits));
    }
}

static void print_trap(const struct eval_trap *t)
{
    static const char *const names[] = {NULL, NULL, "Illegal", "Memory", "Unaligned"};
    printf("trap   %s", t->kind == EVAL_TRAP ? t->trap->name : names[t->kind]);
    for (unsigned i = 0; t->kind == EVAL_TRAP && i < t->arg_count; i++)
        printf("%s%s%s", i ? ", " : "(", hex(t->args[i], t->trap->widths.at[i]),
               i + 1 == t->arg_count ? ")" : "");
    if (t->kind >= EVAL_MEMORY)
        printf(" at 0x%" PRIx64, t->address);
    putchar('\n');
}

/* Everything that differs, before and after; what was read is shown as well. */
static void print_change(const struct eval *before, const struct eval *after)
{
    const struct model *m = before->m;
    printf("%-20s %-22s %s\n", "state", "before", "after");
    printf("  %-18s %-22s %s\n", "pc", hex((struct val){before->pc, 0}, m->word),
           hex((struct val){eval_goes_to(after), 0}, m->word));
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        for (unsigned j = 0; j < r->count; j++) {
            struct val a = before->regs[r->index][j], b = after->regs[r->index][j];
            bool touched = false;
            for (size_t k = 0; k < after->events.len; k++)
                touched |=
                    after->events.at[k].reg == r && after->events.at[k].element == j;
            if (touched || a.v != b.v || a.x != b.x)
                printf("  %-18s %-22s %s\n", element_name(r, j), hex(a, r->width),
                       hex(b, r->width));
        }
    }
    for (size_t i = 0; i < after->bytes.len; i++) {
        uint64_t at = after->bytes.at[i].address;
        struct val a = eval_load(before, at, 8), b = eval_load(after, at, 8);
        if (a.v != b.v || a.x != b.x)
            printf("  %-18s %-22s %s\n", internf("m8[0x%" PRIx64 "]", at), hex(a, 8),
                   hex(b, 8));
    }
}

int command_try(struct model *m, int argc, char **argv)
{
    uint64_t word;
    struct form *f;
    if (argc < 1) {
        fprintf(stderr,
                "isac: try: which instruction? isac try FILE TEXT [REG=VALUE...]\n");
        return 1;
    }
    if (!find(m, argv[0], &word, &f))
        return 1;
    struct setup s;
    setup_begin(&s, m, f, word);
    s.state->pc = s.pc;
    for (int i = 1; i < argc; i++)
        if (!command_setting(&s, argv[i]))
            return 1;
    s.state->pc = s.pc;
    print_head(m, f, word);
    struct eval *before = eval_copy(s.state);
    s.state->record = true;
    struct eval_trap t = eval_form(s.state, f, word);
    print_events(s.state);
    if (t.kind)
        print_trap(&t);
    else if (s.state->in_slot && s.state->taken)
        printf("goes to 0x%" PRIx64 " after the delay slot\n", s.state->target);
    print_change(before, s.state);
    return 0;
}
