/*
 * run_setup.h - a word and a machine state as a test's braces (or a command line) say.
 *
 * Invariants
 *  (1) Settings are assignments in the language: policies, views and banks apply.
 *  (2) setup_word comes first, then setup_state: values may depend on operands' numbers.
 */
#ifndef GEN_RUN_SETUP_H
#define GEN_RUN_SETUP_H

#include "eval.h"

enum { DEFAULT_PC = 0x1000 };

struct setup {
    struct model *m;
    struct form *form; /* or NULL */
    uint64_t word;
    struct eval *state;
    uint64_t pc;
    bool pc_set; /* pc was named */
};

void setup_begin(struct setup *s, struct model *m, struct form *form, uint64_t word);

/* setup_pc - what `at` says in SETTINGS. */
void setup_pc(struct setup *s, const struct node *settings);

/* setup_word - a form of INSN and a word for it, as test N's operand settings say; false
 * after reporting that there is none. */
bool setup_word(struct setup *s, struct insn *insn, const struct node *n);

/* setup_state - applies SETTINGS (but for operands' numbers) to the state; reports
 * errors. */
void setup_state(struct setup *s, const struct node *settings);

/* setup_value - the value of N, WIDTH bits wide. */
u128 setup_value(const struct setup *s, struct node *n, unsigned width);

/* element_name - as assembly text and settings name it. */
const char *element_name(const struct reg *r, unsigned i);

/* same_meaning - two words that differ in should-be and ignored bits only, or whose forms
 * print the same text. */
bool same_meaning(const struct model *m, uint64_t a, uint64_t b);

#endif
