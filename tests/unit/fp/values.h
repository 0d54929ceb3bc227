/*
 * values.h - operands and rules for the floating-point tests.
 */
#ifndef TESTS_UNIT_FP_VALUES_H
#define TESTS_UNIT_FP_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "fp/types.h"

/* Rules in use somewhere, and mixtures that exercise the rest. */
struct named_rules {
    const char *name;
    struct fp_rules rules;
};
extern const struct named_rules rule_sets[];
extern const size_t rule_set_count;

/* rules_named - the set of that name; asserts that there is one. */
const struct fp_rules *rules_named(const char *name);

/* corners - the corner operands of a format, both signs; *n of them. */
const uint64_t *corners(unsigned width, size_t *n);

/* few_corners - a shorter list, for triples. */
const uint64_t *few_corners(unsigned width, size_t *n);

/* int_corners - integers about the powers of 2 that matter. */
const uint64_t *int_corners(size_t *n);

/* random_bits - the next pseudo-random number; the sequence is the same in each run. */
uint64_t random_bits(void);

/*
 * random_operand - a pattern of WIDTH bits; exponents are near those of what was given
 * before or at the ends of their range more often than not, fractions are often full of
 * zeros or ones.
 */
uint64_t random_operand(unsigned width);

/* random_int - an integer of any magnitude. */
uint64_t random_int(void);

/* scaled - COUNT, or far more in a long run (environment ISO_LONG). */
size_t scaled(size_t count);

struct op_info {
    const char *name;
    enum fp_op op;
    unsigned nargs;
};
extern const struct op_info op_infos[];
extern const size_t op_info_count;

/* op_exists - from_f64 is of width 32 only, from_f32 of 64. */
int op_exists(const struct op_info *info, unsigned width);

/* op_rounds - the result depends on the rounding mode. */
int op_rounds(const struct op_info *info, unsigned width);

/* operand_width - of the operands of an operation of WIDTH. */
unsigned operand_width(const struct op_info *info, unsigned width);

/* op_from_int - the operand is an integer. */
int op_from_int(const struct op_info *info);

extern const char *const round_names[];

#endif
