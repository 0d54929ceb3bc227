/*
 * mpfr.c - the runtime's software arithmetic against isac's evaluator.
 *
 * The two were written apart, the second on libmpfr. Results and flags must be equal for
 * every operation, rounding mode and set of rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fp/fp.h"
#include "fpeval.h"
#include "values.h"

static const struct named_rules *current;
static struct fpeval_rules theirs;
static unsigned enables;

static void use_rules(const struct named_rules *named)
{
    const struct fp_rules *r = &named->rules;

    current = named;
    theirs = (struct fpeval_rules){
        .nan = (enum fpeval_nan)r->nan,
        .quiet_bit = r->quiet_bit,
        .snan_default = r->snan_default,
        .tiny_before = r->tiny_before,
        .minmax = (enum fpeval_minmax)r->minmax,
        .fma_nan = (enum fpeval_fma_nan)r->fma_nan,
        .fma_order = {r->fma_order[0], r->fma_order[1], r->fma_order[2]},
        .flush = r->flush,
        .enables = enables,
        .default32 = r->default32,
        .default64 = r->default64,
    };
    for (unsigned i = 0; i < FP_INT_KINDS; i++) {
        theirs.to_int[i][0] = r->to_int[i].nan;
        theirs.to_int[i][1] = r->to_int[i].above;
        theirs.to_int[i][2] = r->to_int[i].below;
    }
}

static void check(const struct op_info *info, unsigned width, const uint64_t arg[3],
                  unsigned round)
{
    struct soft_mode mode = {.rules = &current->rules,
                             .round = (uint8_t)round,
                             .flush = current->rules.flush,
                             .enables = (uint8_t)enables};
    unsigned ours = 0, expected_flags = 0;
    uint64_t result, expected = 0;

    result = soft_op(&mode, FP_CODE(info->op, width), arg, &ours);
    if (!fpeval(&theirs, info->name, width, arg, info->nargs, (enum fpeval_round)round,
                &expected, &expected_flags))
        fail_msg("fpeval does not know %s of width %u", info->name, width);
    if (result != expected || ours != expected_flags)
        fail_msg("f%u.%s(%#llx, %#llx, %#llx) %s, rules %s: soft %#llx flags %#x, "
                 "mpfr %#llx flags %#x",
                 width, info->name, (unsigned long long)arg[0],
                 (unsigned long long)arg[1], (unsigned long long)arg[2],
                 round_names[round], current->name, (unsigned long long)result, ours,
                 (unsigned long long)expected, expected_flags);
}

/* Every mode in which the result may differ. */
static void check_modes(const struct op_info *info, unsigned width, const uint64_t arg[3])
{
    unsigned modes = op_rounds(info, width) ? FP_DYN : FP_NEAREST + 1;

    for (unsigned round = 0; round < modes; round++)
        check(info, width, arg, round);
}

static void check_corners(const struct op_info *info, unsigned width)
{
    size_t n;
    const uint64_t *list = op_from_int(info)  ? int_corners(&n)
                           : info->nargs == 3 ? few_corners(width, &n)
                                              : corners(operand_width(info, width), &n);

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < (info->nargs > 1 ? n : 1); j++)
            for (size_t k = 0; k < (info->nargs > 2 ? n : 1); k++) {
                /* To save time, one mode per pair, each in turn, for most rules. */
                uint64_t arg[3] = {list[i], list[j], list[k]};

                if (info->nargs == 1 || current == rule_sets)
                    check_modes(info, width, arg);
                else
                    check(info, width, arg, (unsigned)((i + 3 * j + 2 * k) % FP_DYN));
            }
}

static void check_random(const struct op_info *info, unsigned width, size_t count)
{
    while (count--) {
        uint64_t arg[3];

        for (unsigned i = 0; i < 3; i++)
            arg[i] = op_from_int(info) ? random_int()
                                       : random_operand(operand_width(info, width));
        check(info, width, arg, (unsigned)(random_bits() % FP_DYN));
    }
}

static void all_ops(void (*test)(const struct op_info *info, unsigned width))
{
    for (size_t r = 0; r < rule_set_count; r++) {
        use_rules(&rule_sets[r]);
        for (size_t i = 0; i < op_info_count; i++)
            for (unsigned width = 32; width <= 64; width += 32)
                if (op_exists(&op_infos[i], width))
                    test(&op_infos[i], width);
    }
}

static void some_random(const struct op_info *info, unsigned width)
{
    check_random(info, width, scaled(info->op <= FP_OP_FMA ? 2000 : 500));
}

static void corners_agree(void **state)
{
    (void)state;
    enables = 0;
    all_ops(check_corners);
}

static void random_operands_agree(void **state)
{
    (void)state;
    enables = 0;
    all_ops(some_random);
}

static void exact_tiny_results_underflow_if_trapped(void **state)
{
    (void)state;
    enables = FP_UNDERFLOW;
    all_ops(some_random);
    enables = 0;
}

static void classes_agree(void **state)
{
    (void)state;
    for (size_t r = 0; r < rule_set_count; r++)
        for (unsigned width = 32; width <= 64; width += 32) {
            size_t n;
            const uint64_t *list = corners(width, &n);

            use_rules(&rule_sets[r]);
            theirs.flush = 0;
            for (size_t i = 0; i < n; i++) {
                uint64_t expected;
                unsigned flags = 0;

                assert_true(fpeval(&theirs, "class", width, &list[i], 1, FPEVAL_NEAREST,
                                   &expected, &flags));
                assert_int_equal(soft_class(&current->rules, width, list[i]), expected);
                assert_int_equal(flags, 0);
            }
        }
}

static bool asked(const char *op, unsigned width, uint64_t a)
{
    uint64_t result = 2;
    unsigned flags = 0;

    assert_true(fpeval(&theirs, op, width, &a, 1, FPEVAL_NEAREST, &result, &flags));
    assert_int_equal(flags, 0);
    assert_in_range(result, 0, 1);
    return result;
}

#define PREDICATE(w, name) \
    assert_int_equal(fp##w##_##name(&env, (uint##w##_t)a), asked(#name, w, a))
#define PREDICATES(w)                     \
    static void predicates##w(uint64_t a) \
    {                                     \
        struct fp_env env;                \
                                          \
        fp_init(&env, &current->rules);   \
        PREDICATE(w, is_nan);             \
        PREDICATE(w, is_snan);            \
        PREDICATE(w, is_inf);             \
        PREDICATE(w, is_zero);            \
        PREDICATE(w, is_subnormal);       \
    }
PREDICATES(32)
PREDICATES(64)

static void predicates_agree(void **state)
{
    (void)state;
    for (size_t r = 0; r < rule_set_count; r++) {
        size_t n32, n64;
        const uint64_t *list32 = corners(32, &n32), *list64 = corners(64, &n64);

        use_rules(&rule_sets[r]);
        for (size_t i = 0; i < n32; i++)
            predicates32(list32[i]);
        for (size_t i = 0; i < n64; i++)
            predicates64(list64[i]);
    }
}

static void unknown_operations_are_refused(void **state)
{
    uint64_t arg[3] = {0}, result = 42;
    unsigned flags = 0;

    (void)state;
    use_rules(&rule_sets[0]);
    assert_false(fpeval(&theirs, "cbrt", 32, arg, 1, FPEVAL_NEAREST, &result, &flags));
    assert_false(fpeval(&theirs, "add", 32, arg, 1, FPEVAL_NEAREST, &result, &flags));
    assert_false(fpeval(&theirs, "add", 16, arg, 2, FPEVAL_NEAREST, &result, &flags));
    assert_false(
        fpeval(&theirs, "from_f64", 64, arg, 1, FPEVAL_NEAREST, &result, &flags));
    assert_int_equal(result, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners_agree),
        cmocka_unit_test(random_operands_agree),
        cmocka_unit_test(exact_tiny_results_underflow_if_trapped),
        cmocka_unit_test(classes_agree),
        cmocka_unit_test(predicates_agree),
        cmocka_unit_test(unknown_operations_are_refused),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("fp: software against mpfr", tests, NULL, NULL);
}
