/*
 * main.c - isac, the ISA compiler.
 *
 *   source -> parse_file -> tree -> model_build -> model -> sem_build -> overlap_check
 *          -> asm_check -> emit_*
 *
 * A wrong declaration is reported and left out; the next stage sees the rest. Nothing is
 * written unless everything is right.
 */
#include "asm.h"
#include "assemble.h"
#include "diag.h"
#include "emit.h"
#include "emit_interp.h"
#include "emit_lift.h"
#include "inline_test.h"
#include "model.h"
#include "new.h"
#include "options.h"
#include "output.h"
#include "overlap.h"
#include "resolve.h"
#include "sem.h"
#include "stream.h"
#include "target.h"
#include "vectors.h"

#include <stdio.h>
#include <string.h>

static int finish(void)
{
    diag_finish();
    return diag_errors() > 0;
}

/* The tree of the description, and in CONFIG what its target says; NULL after an error.
 */
static struct node *read_input(struct options *o)
{
    struct node *tree = parse_file(o->file);
    if (!tree->loc.file)
        return NULL;
    struct node *target = target_find(tree);
    o->config.all_extensions = !target && !o->config.with.len;
    if (target)
        tree = target_read(target, &o->config);
    if (!tree)
        return NULL;
    unused_walk(tree);
    if (diag_seen(CHECK_SYNTAX)) {
        /* What couldn't be read can't be found: don't report that too. */
        diag_mute(CHECK_UNKNOWN_NAME);
        diag_mute(CHECK_CLAUSE);
        diag_mute(CHECK_UNUSED_DEF);
        diag_mute(CHECK_UNUSED_FORMAT);
        diag_mute(CHECK_UNUSED_FIELD);
    }
    return tree;
}

/* The checked model of one configuration. */
static struct model *build_model(struct node *tree, const struct config *config)
{
    struct model *m = model_build(tree, config);
    unsigned errors = diag_errors();
    sem_build(m);
    diag_subject(NULL, NULL);
    if (diag_errors() == errors)
        overlap_check(m);
    if (diag_errors() == 0)
        asm_check(m);
    return m;
}

/* Build. */
static const struct emitter {
    const char *name;
    void (*emit)(const struct model *m, struct text *out);
} emitters[] = {
    {"forms.h", emit_forms_h}, {"state.h", emit_state_h}, {"decode.c", emit_decode},
    {"disas.c", emit_disas},   {"abi.c", emit_abi},       {"meta.c", emit_meta},
    {"lift.c", emit_lift},
};

static struct text *add_file(void *to, const char *name)
{
    return output_add(to, intern(name));
}

static int command_build(struct model *m, const struct options *o)
{
    struct outputs all = {0};
    const char *dir = o->out_dir ? o->out_dir : ".";
    if (!m->forms.len) {
        diag(CHECK_CLAUSE, m->loc, "isa '%s' has no instructions to build an emulator of",
             m->name);
        return 1;
    }
    for (size_t i = 0; i < sizeof emitters / sizeof *emitters; i++)
        emitters[i].emit(m, output_add(&all, emitters[i].name));
    emit_interp(m, add_file, &all);
    output_depend(output_add(&all, "depend.mk"), dir);
    if (diag_errors() == 0)
        output_write(&all, dir);
    return diag_errors() > 0;
}

static int command_check(const struct model *m, const struct options *o)
{
    for (int i = 0; i < o->argc; i++) {
        if (strcmp(o->argv[i], "--unused")) {
            fprintf(stderr,
                    "isac: check: unknown option '%s'\nisac: try isac check --help\n",
                    o->argv[i]);
            return 1;
        }
        struct text report = {0};
        text_add(&report, "");
        overlap_unused(m, &report);
        printf("%s, %u bits, %s endian:\n%s", m->name, m->word, m->big ? "big" : "little",
               report.at);
    }
    return 0;
}

enum {
    BUILD,
    CHECK,
    TEST,
    TRY,
    EXPLAIN,
    ASM,
    DISAS,
    AGAINST,
    ENUMERATE,
    STREAM,
    VECTORS,
    NEW
};

static const struct command commands[] = {
    [BUILD] = {"build", "FILE -o DIR", "writes the C files of an emulator",
               "  -o DIR              where to write (default: here)\n", false, false},
    [CHECK] = {"check", "FILE", "runs all checks, writes nothing",
               "  --unused            report the words that no instruction matches\n",
               true, true},
    [TEST] = {"test", "FILE [INSN...]", "runs the examples and tests of a description",
              NULL, true, true},
    [TRY] = {"try", "FILE TEXT [REG=VALUE...]",
             "runs one instruction and shows what it did", NULL, false, true},
    [EXPLAIN] = {"explain", "FILE [WORD|TEXT|INSN...]",
                 "shows how a word decodes and what it means", NULL, false, true},
    [ASM] =
        {"asm", "FILE [TEXT...]", "assembles lines, or with -o a source file",
         "  TEXT...             instructions; - or none: from standard input\n"
         "  --at ADDRESS        of the first instruction\n"
         "  -o OUT SOURCE       a flat binary of a file with labels, .word, .ascii ...\n",
         false, true},
    [DISAS] =
        {"disas", "FILE [WORD...]", "disassembles words or the code of an ELF file",
         "  WORD...             in hexadecimal, or files; none: from standard input\n"
         "  --at ADDRESS        of the first instruction\n"
         "  --no-alias          no aliases\n",
         false, true},
    [AGAINST] =
        {"against", "FILE objdump|capstone", "compares with another disassembler",
         "  --rules RULES       how to ask it, and which differences are none (needed)\n"
         "  --enumerate         on enumerated words (without --random: these)\n"
         "  --random N          on N random words\n"
         "  --context NAME=N    with that decode context\n"
         "  --all               every difference, not one of each kind\n",
         false, true},
    [ENUMERATE] = {"enumerate", "FILE", "lists encodings for tests",
                   "  --words             the words alone\n"
                   "  --random N          N random words too\n",
                   false, true},
    [STREAM] = {"stream", "FILE", "makes random instruction streams for tests", NULL,
                false, true},
    [VECTORS] = {"vectors", "FILE [PER-FORM [SEED]]",
                 "prints random instructions, states and what becomes of them",
                 "  --inline            the description's examples and tests instead\n",
                 false, true},
    [NEW] = {"new", "NAME", "writes a description to start from",
             "  -o DIR              under this directory (default: here)\n", false,
             false},
    {NULL, NULL, NULL, NULL, false, false},
};

static int run(struct model *m, const struct options *o)
{
    switch (o->command - commands) {
    case BUILD:
        return command_build(m, o);
    case CHECK:
        return command_check(m, o);
    case TEST:
        return command_test(m, o->argc, o->argv);
    case TRY:
        return command_try(m, o->argc, o->argv);
    case EXPLAIN:
        return command_explain(m, o->argc, o->argv);
    case ASM:
        return o->out_dir ? command_assemble(m, o->out_dir, o->argc, o->argv)
                          : command_asm(m, o->argc, o->argv);
    case DISAS:
        return command_disas(m, o->argc, o->argv);
    case AGAINST:
        return command_against(m, o->argc, o->argv);
    case ENUMERATE:
        return command_enumerate(m, o->argc, o->argv);
    case STREAM:
        return command_stream(m, o->argc, o->argv);
    case VECTORS:
        return command_vectors(m, o->argc, o->argv);
    default:
        fprintf(stderr, "isac: %s: not built yet\n", o->command->name);
        return 1;
    }
}

static int one_configuration(struct node *tree, const struct options *o)
{
    struct model *m = build_model(tree, &o->config);
    sem_report();
    tests_report();
    unused_report();
    return diag_errors() ? 1 : run(m, o);
}

/* An .isa file alone: each width and byte order that it lists. */
static int all_configurations(struct node *tree, struct options *o)
{
    struct config base = o->config;
    const struct model *first = model_build(tree, &base);
    int status = 0;
    for (size_t i = 0; i < first->words.len; i++) {
        for (size_t j = 0; j < first->endians.len; j++) {
            if ((base.word && base.word != first->words.at[i]) ||
                (base.big >= 0 && base.big != first->endians.at[j]))
                continue;
            o->config.word = first->words.at[i];
            o->config.big = first->endians.at[j];
            struct model *m = build_model(tree, &o->config);
            status |= diag_errors() ? 1 : run(m, o);
        }
    }
    sem_report();
    tests_report();
    unused_report();
    return status;
}

int main(int argc, char **argv)
{
    struct options o = {0};
    int status = options_read(&o, commands, argc, argv);
    if (status >= 0)
        return status;
    if (o.command == &commands[NEW])
        return command_new(o.file, o.out_dir);
    struct node *tree = read_input(&o);
    if (!tree)
        return finish();
    bool several = o.command->all_widths && !o.config.target;
    status = several ? all_configurations(tree, &o) : one_configuration(tree, &o);
    return finish() | status;
}
