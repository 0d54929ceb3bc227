/*
 * inline_test.h - examples and tests of descriptions, run by the evaluator.
 *
 * What doc/isa-language.md leaves open is settled here:
 *  - pc starts at 0x1000 where a test has no `at`; examples are disassembled there too.
 *  - A run that ends before a delay slot counts as having gone on: pc is the branch's
 * target.
 *  - After a trap pc is compared only where `gives` names it.
 *  - A test by operand names runs the first form that has the fields it sets. Register
 * operands that it doesn't number get different registers, none that has a policy of its
 * own or that the body names; other operands are 0, an enumeration's its first code (a
 * predicate's one that always holds), or what else makes the word decode to the
 * instruction.
 */
#ifndef GEN_INLINE_TEST_H
#define GEN_INLINE_TEST_H

#include "eval.h"

enum { TEST_INSNS_MAX = 64 };

/* The instruction words of one test. */
struct test_program {
    uint64_t start, end;
    struct {
        uint64_t address, word;
        struct form *form;
    } at[TEST_INSNS_MAX];
    unsigned count;
};

/* Who wants to know each example and test that is well formed; N is its place. While
 * they are called the contexts have the test's values as initial ones. */
struct test_visitor {
    void (*example)(void *data, const struct node *n, uint64_t word, unsigned bits);
    /* BEFORE is the state that the test sets up, pc included. */
    void (*test)(void *data, const struct node *n, const struct eval *before,
                 const struct test_program *p);
    void *data;
};

struct test_counts {
    unsigned tests, examples, failed;
};

/* tests_run - runs those of instruction NAME, or all if it is NULL; failures are reported
 * as test-failed. */
struct test_counts tests_run(struct model *m, const char *name);

/* tests_visit - runs all tests of M as tests_run does, and shows them to V. */
struct test_counts tests_visit(struct model *m, const struct test_visitor *v);

/* tests_report - missing-example and untested-branch: what no configuration has tested of
 * those whose tests all ran. */
void tests_report(void);

/* `isac test FILE [INSN]`, `isac try FILE TEXT [REG=VALUE...]`, `isac explain FILE
 * [WORD|TEXT|INSN...]`; ARGC and ARGV are what follows FILE. They return the exit status.
 */
int command_test(struct model *m, int argc, char **argv);
int command_try(struct model *m, int argc, char **argv);
int command_explain(struct model *m, int argc, char **argv);

#endif
