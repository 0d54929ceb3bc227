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

#include "model.h"

struct test_counts {
    unsigned tests, examples, failed;
};

/* tests_run - runs those of instruction NAME, or all if it is NULL; failures are reported
 * as test-failed. */
struct test_counts tests_run(struct model *m, const char *name);

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
