/* inline_test.c - see inline_test.h */
#include "inline_test.h"

#include "asm.h"
#include "diag.h"
#include "eval.h"
#include "run_setup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MOST_DIFFERENCES = 4 };

static const struct test_visitor *visitor; /* or NULL */

static bool failed(const struct node *n, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static bool failed(const struct node *n, const char *format, ...)
{
    struct text t = {0};
    va_list ap;
    va_start(ap, format);
    text_vaddf(&t, format, ap);
    va_end(ap);
    diag(CHECK_TEST_FAILED, n->loc, "%s", t.at);
    return false;
}

/* --- examples */

/* Instructions that some configuration has tested, by name; the models whose tests all
 * ran. */
static VEC(const char *) tested;
static VEC(const struct model *) models;

static bool was_tested(const struct insn *insn)
{
    for (size_t i = 0; i < tested.len; i++)
        if (tested.at[i] == insn->name)
            return true;
    return false;
}

static void insn_tested(const struct insn *insn)
{
    if (insn && !was_tested(insn))
        vec_push(&tested, insn->name);
}

/* TEXT and WORD belong together; INSN may be NULL (any). */
static bool example(const struct model *m, const struct insn *insn, const struct node *n,
                    const char *text, uint64_t word)
{
    struct form *f = decode_word(m, word);
    if (!f) {
        failed(n, "0x%08" PRIx64 " matches no instruction", word);
        diag_help("check the word, and the constraints of '%s'",
                  insn ? insn->name : text);
        return false;
    }
    insn_tested(f->insn);
    if (insn && f->insn != insn) {
        failed(n, "0x%08" PRIx64 " is '%s', not '%s'", word, f->insn->name, insn->name);
        diag_note(f->insn->loc, "'%s' is here", f->insn->name);
        diag_help("check the word and the constraints of both");
        return false;
    }
    struct text plain = {0}, alias = {0};
    disas_word(m, word, DEFAULT_PC, false, &plain);
    disas_word(m, word, DEFAULT_PC, true, &alias);
    if (strcmp(plain.at ? plain.at : "", text) &&
        strcmp(alias.at ? alias.at : "", text)) {
        failed(n, "0x%08" PRIx64 " is printed as \"%s\", not \"%s\"", word,
               plain.at ? plain.at : "", text);
        diag_help("addresses are printed for an instruction at 0x%x", DEFAULT_PC);
        return false;
    }
    uint64_t found;
    unsigned bits;
    const char *why = "";
    if (!asm_line(m, text, DEFAULT_PC, &found, &bits, NULL, &why)) {
        failed(n, "\"%s\" can't be assembled: %s", text, why);
        diag_help("check the text of '%s'", f->insn->name);
        return false;
    }
    if (found != word && !same_meaning(m, found, word)) {
        failed(n, "\"%s\" is assembled to 0x%08" PRIx64 ", not 0x%08" PRIx64, text, found,
               word);
        diag_help("of several encodings the lowest is the text's");
        return false;
    }
    return true;
}

/* --- runs */

static bool assemble(const struct model *m, const struct node *n, uint64_t pc,
                     struct test_program *p)
{
    const char *text = n->text;
    p->start = p->end = pc;
    while (*text) {
        size_t len = strcspn(text, ";");
        const char *line =
            intern_n(text + strspn(text, " "),
                     len > strspn(text, " ") ? len - strspn(text, " ") : 0);
        text += len + (text[len] == ';');
        if (!*line)
            continue;
        unsigned bits;
        const char *why = "";
        if (p->count == TEST_INSNS_MAX)
            return failed(n, "more than %d instructions", TEST_INSNS_MAX);
        p->at[p->count].address = p->end;
        if (!asm_line(m, line, p->end, &p->at[p->count].word, &bits,
                      &p->at[p->count].form, &why)) {
            failed(n, "\"%s\" can't be assembled: %s", line, why);
            diag_help(
                "the text must be what an instruction's template or an alias prints");
            return false;
        }
        p->end += bits / 8;
        p->count++;
    }
    return p->count > 0 || failed(n, "there is no instruction");
}

static struct eval_trap run(struct eval *e, const struct test_program *p)
{
    struct eval_trap t = {0};
    for (unsigned steps = 0; steps < p->count && !t.kind; steps++) {
        unsigned i = 0;
        while (i < p->count && p->at[i].address != e->pc)
            i++;
        if (i == p->count)
            break;
        t = eval_form(e, p->at[i].form, p->at[i].word);
    }
    return t;
}

static const char *hex(struct val v)
{
    if (v.v >> 64)
        return internf("0x%" PRIx64 "%016" PRIx64, (uint64_t)(v.v >> 64), (uint64_t)v.v);
    return internf("0x%" PRIx64, (uint64_t)v.v);
}

static bool differ(struct val found, struct val wanted)
{
    return (found.v ^ wanted.v) & ~(found.x | wanted.x);
}

/* What an instruction was, for messages: its text or its word. */
static void say_what(const struct model *m, const struct test_program *p)
{
    struct text t = {0};
    text_add(&t, "");
    for (unsigned i = 0; i < p->count; i++) {
        struct text line = {0};
        disas_word(m, p->at[i].word, p->at[i].address, false, &line);
        text_addf(&t, "%s0x%08" PRIx64 " %s", i ? "; " : "", p->at[i].word,
                  line.at ? line.at : "");
    }
    diag_help("it ran %s at 0x%" PRIx64, t.at, p->start);
}

static unsigned compare_regs(const struct eval *found, const struct eval *wanted,
                             struct text *t)
{
    const struct model *m = found->m;
    unsigned count = 0;
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        for (unsigned j = 0; j < r->count; j++) {
            struct val a = found->regs[r->index][j], b = wanted->regs[r->index][j];
            if (!differ(a, b) || count++ >= MOST_DIFFERENCES)
                continue;
            text_addf(t, "%s%s is %s, not %s", t->len ? ", " : "", element_name(r, j),
                      hex(a), hex(b));
        }
    }
    return count;
}

static unsigned compare_memory(const struct eval *found, const struct eval *wanted,
                               struct text *t)
{
    unsigned count = 0;
    for (int side = 0; side < 2; side++) {
        const struct eval *from = side ? wanted : found;
        for (size_t i = 0; i < from->bytes.len; i++) {
            uint64_t at = from->bytes.at[i].address;
            struct val a = eval_load(found, at, 8), b = eval_load(wanted, at, 8);
            if (!differ(a, b) || count++ >= MOST_DIFFERENCES)
                continue;
            text_addf(t, "%sm8[0x%" PRIx64 "] is %s, not %s", t->len ? ", " : "", at,
                      hex(a), hex(b));
        }
        if (count)
            break; /* the other side shows the same bytes */
    }
    return count;
}

static const char *trap_name(const struct eval_trap *t)
{
    static const char *const names[] = {"no trap", NULL, "Illegal", "Memory",
                                        "Unaligned"};
    return t->kind == EVAL_TRAP ? t->trap->name : names[t->kind];
}

static bool compare_trap(const struct setup *s, const struct node *n,
                         const struct eval_trap *t, struct text *out)
{
    const struct node *wanted = kid(n, 2);
    if (!wanted) {
        if (!t->kind)
            return true;
        text_addf(out, "trap %s", trap_name(t));
        if (t->kind == EVAL_MEMORY || t->kind == EVAL_UNALIGNED)
            text_addf(out, " at 0x%" PRIx64, t->address);
        return false;
    }
    if (strcmp(wanted->name, trap_name(t))) {
        text_addf(out, "%s, where trap %s was expected", trap_name(t), wanted->name);
        return false;
    }
    const struct node *args = kid(wanted, 0);
    bool same = true;
    for (size_t i = 0; args && i < args->kids.len && i < t->arg_count; i++) {
        struct val v = {setup_value(s, kid(args, i), t->trap->widths.at[i]), 0};
        if (!differ(t->args[i], v))
            continue;
        text_addf(out, "%sargument %zu of trap %s is %s, not %s", out->len ? ", " : "",
                  i + 1, wanted->name, hex(t->args[i]), hex(v));
        same = false;
    }
    return same;
}

static bool check_run(struct setup *s, const struct node *n, const struct test_program *p)
{
    unsigned errors = diag_errors();
    setup_state(s, kid(n, 0));
    struct eval *wanted = eval_copy(s->state);
    s->state->pc = p->start;
    if (visitor)
        visitor->test(visitor->data, n, s->state, p);
    struct eval_trap t = run(s->state, p);
    struct text out = {0};
    text_add(&out, "");
    bool good = compare_trap(s, n, &t, &out);
    struct setup expected = *s;
    expected.state = wanted;
    expected.pc_set = false;
    if (kid(n, 1))
        setup_state(&expected, kid(n, 1));
    if (diag_errors() > errors)
        return false; /* the test itself is wrong */
    uint64_t pc = eval_goes_to(s->state);
    uint64_t end = expected.pc_set ? expected.pc : p->end;
    if ((expected.pc_set || !t.kind) && pc != end) {
        text_addf(&out, "%spc is 0x%" PRIx64 ", not 0x%" PRIx64, out.len ? ", " : "", pc,
                  end);
        good = false;
    }
    unsigned count =
        compare_regs(s->state, wanted, &out) + compare_memory(s->state, wanted, &out);
    if (count > MOST_DIFFERENCES)
        text_addf(&out, ", and %u more", count - MOST_DIFFERENCES);
    if (good && !count)
        return true;
    failed(n, "%s", out.at);
    say_what(s->m, p);
    return false;
}

static bool test_by_text(struct model *m, const struct insn *insn, const struct node *n)
{
    struct test_program p = {0};
    struct setup s;
    setup_begin(&s, m, NULL, 0);
    setup_pc(&s, kid(n, 0));
    if (!assemble(m, n, s.pc, &p))
        return false;
    for (unsigned i = 0; i < p.count; i++)
        insn_tested(p.at[i].form->insn);
    if (n->width && !example(m, insn, n, n->text, (uint64_t)n->value))
        return false;
    if (n->width) {
        p.at[0].word = (uint64_t)n->value;
        if (visitor)
            visitor->example(visitor->data, n, p.at[0].word, p.at[0].form->bits);
    }
    s.form = p.at[0].form;
    s.word = p.at[0].word;
    return check_run(&s, n, &p);
}

static bool test_by_operands(struct model *m, struct insn *insn, const struct node *n)
{
    struct test_program p = {.count = 1};
    struct setup s;
    insn_tested(insn);
    setup_begin(&s, m, NULL, 0);
    setup_pc(&s, kid(n, 0));
    if (!setup_word(&s, insn, n))
        return false;
    p.start = p.at[0].address = s.pc;
    p.end = s.pc + s.form->bits / 8;
    p.at[0].word = s.word;
    p.at[0].form = s.form;
    return check_run(&s, n, &p);
}

/* --- all of them */

/*
 * set_contexts - what the settings of test N give to contexts become the initial values
 * that decoding and assembling use. Called again it gives the old ones back.
 */
static void set_contexts(struct model *m, const struct node *n, u128 *values)
{
    for (size_t i = 0; n && i < n->kids.len; i++) {
        const struct node *lhs = kid(n->kids.at[i], 0);
        for (size_t r = 0; lhs && lhs->kind == N_IDENT && r < m->regs.len; r++) {
            struct reg *reg = m->regs.at[r];
            if (!reg->is_context || reg->name != lhs->name)
                continue;
            u128 old = reg->initial;
            reg->initial = values[i];
            values[i] = old;
        }
    }
}

/* The value that a setting gives to a context; of no use for other settings. */
static u128 context_setting(const struct model *m, const struct node *setting)
{
    const struct node *lhs = kid(setting, 0);
    struct node *value = kid(setting, 1);
    const struct reg *reg =
        lhs && lhs->kind == N_IDENT ? model_name(m, lhs->name).reg : NULL;
    return reg && reg->is_context && value ? model_const(m, value) : 0;
}

static void one(struct model *m, struct insn *insn, struct node *n,
                struct test_counts *counts)
{
    bool good;
    if (n->kind == N_EXAMPLE) {
        counts->examples++;
        good = example(m, insn, n, n->text, (uint64_t)n->value);
        if (good && visitor)
            visitor->example(visitor->data, n, (uint64_t)n->value,
                             decode_word(m, (uint64_t)n->value)->bits);
    } else {
        counts->tests++;
        const struct node *settings = kid(n, 0);
        u128 *contexts = zalloc((settings->kids.len + 1) * sizeof *contexts);
        for (size_t i = 0; i < settings->kids.len; i++)
            contexts[i] = context_setting(m, settings->kids.at[i]);
        set_contexts(m, settings, contexts);
        good = n->text ? test_by_text(m, insn, n)
               : insn  ? test_by_operands(m, insn, n)
                       : failed(n, "this test names no instruction");
        if (!good && !n->text && !insn)
            diag_help(
                "outside an instruction a test gives its text: test \"...\" { ... }");
        set_contexts(m, settings, contexts);
    }
    if (insn)
        insn_tested(insn);
    counts->failed += !good;
}

static bool names_insn(const struct model *m, const struct node *n, const char *name)
{
    struct form *f = NULL;
    uint64_t word;
    unsigned bits;
    if (!n->text)
        return false;
    const char *first = intern_n(n->text, strcspn(n->text, ";"));
    return asm_line(m, first, DEFAULT_PC, &word, &bits, &f, NULL) &&
           !strcmp(f->insn->name, name);
}

struct test_counts tests_run(struct model *m, const char *name)
{
    struct test_counts counts = {0};
    for (size_t i = 0; i < m->insns.len; i++) {
        struct insn *insn = m->insns.at[i];
        if (name && strcmp(name, insn->name))
            continue;
        diag_subject(insn->name, insn->provenance);
        for (size_t j = 0; j < insn->tests.len; j++)
            one(m, insn, insn->tests.at[j], &counts);
    }
    diag_subject(NULL, NULL);
    for (size_t i = 0; i < m->tests.len; i++)
        if (!name || names_insn(m, m->tests.at[i], name))
            one(m, NULL, m->tests.at[i], &counts);
    if (!name)
        vec_push(&models, m);
    return counts;
}

struct test_counts tests_visit(struct model *m, const struct test_visitor *v)
{
    visitor = v;
    struct test_counts counts = tests_run(m, NULL);
    visitor = NULL;
    return counts;
}

void tests_report(void)
{
    for (size_t k = 0; k < models.len; k++)
        for (size_t i = 0; i < models.at[k]->insns.len; i++) {
            const struct insn *insn = models.at[k]->insns.at[i];
            if (was_tested(insn))
                continue;
            insn_tested(insn); /* said once */
            diag_subject(insn->name, insn->provenance);
            diag(CHECK_MISSING_EXAMPLE, insn->loc, "'%s' has no example and no test",
                 insn->name);
            diag_help("add example WORD \"text\"; from the manual or another assembler");
        }
    diag_subject(NULL, NULL);
    for (size_t k = 0; k < models.len; k++)
        eval_untested(models.at[k]);
}

int command_test(struct model *m, int argc, char **argv)
{
    struct test_counts all = {0};
    for (int i = 0; i < argc; i++)
        if (!model_name(m, intern(argv[i])).insn) {
            fprintf(stderr, "isac: test: %s has no instruction '%s' of %u bits\n",
                    m->name, argv[i], m->word);
            return 1;
        }
    for (int i = 0; i < (argc ? argc : 1); i++) {
        struct test_counts c = tests_run(m, argc ? argv[i] : NULL);
        all.tests += c.tests;
        all.examples += c.examples;
        all.failed += c.failed;
    }
    printf("%s, %u bits, %s endian: %u tests, %u examples, %u failed\n", m->name, m->word,
           m->big ? "big" : "little", all.tests, all.examples, all.failed);
    return all.failed > 0;
}
