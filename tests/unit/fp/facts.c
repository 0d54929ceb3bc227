/*
 * facts.c - single results written down from the standards and the manuals.
 *
 * The other tests compare two implementations; these have their results spelt out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fp/soft.h"
#include "values.h"

struct fact {
    const char *rules;
    enum fp_op op;
    unsigned width;
    enum fp_round round;
    uint64_t arg[3], result;
    unsigned flags;
};

#define X FP_INEXACT
#define U FP_UNDERFLOW
#define O FP_OVERFLOW
#define Z FP_DIVZERO
#define V FP_INVALID
#define N FP_NEAREST

/* clang-format off */
static const struct fact arithmetic[] = {
    /* 1/3, in each mode */
    {"canonical", FP_OP_DIV, 32, N, {0x3f800000, 0x40400000}, 0x3eaaaaab, X},
    {"canonical", FP_OP_DIV, 32, FP_ZERO, {0x3f800000, 0x40400000}, 0x3eaaaaaa, X},
    {"canonical", FP_OP_DIV, 32, FP_UP, {0x3f800000, 0x40400000}, 0x3eaaaaab, X},
    {"canonical", FP_OP_DIV, 32, FP_DOWN, {0x3f800000, 0x40400000}, 0x3eaaaaaa, X},
    /* 1 + 2^-24 is a tie: to even, or away */
    {"canonical", FP_OP_ADD, 32, N, {0x3f800000, 0x33800000}, 0x3f800000, X},
    {"canonical", FP_OP_ADD, 32, FP_AWAY, {0x3f800000, 0x33800000}, 0x3f800001, X},
    /* x - x is +0 but for rounding downwards */
    {"canonical", FP_OP_SUB, 32, N, {0x3f800000, 0x3f800000}, 0, 0},
    {"canonical", FP_OP_SUB, 32, FP_DOWN, {0x3f800000, 0x3f800000}, 0x80000000, 0},
    /* overflow by mode */
    {"canonical", FP_OP_ADD, 32, N, {0x7f7fffff, 0x7f7fffff}, 0x7f800000, O | X},
    {"canonical", FP_OP_ADD, 32, FP_ZERO, {0x7f7fffff, 0x7f7fffff}, 0x7f7fffff, O | X},
    {"canonical", FP_OP_ADD, 32, FP_DOWN, {0x7f7fffff, 0x7f7fffff}, 0x7f7fffff, O | X},
    {"canonical", FP_OP_ADD, 32, FP_DOWN, {0xff7fffff, 0xff7fffff}, 0xff800000, O | X},
    {"canonical", FP_OP_DIV, 32, N, {0x3f800000, 0x80000000}, 0xff800000, Z},
    {"canonical", FP_OP_DIV, 32, N, {0x7f800000, 0}, 0x7f800000, 0},
    {"canonical", FP_OP_SQRT, 32, N, {0x80000000}, 0x80000000, 0},
    {"canonical", FP_OP_SQRT, 64, N, {0x4000000000000000}, 0x3ff6a09e667f3bcd, X},
    /* (1 + 2^-23)^2 - (1 + 2^-22) = 2^-46: fused is exact */
    {"canonical", FP_OP_FMA, 32, N, {0x3f800001, 0x3f800001, 0xbf800002}, 0x28800000, 0},
    /* the least normal number: tiny after rounding to 24 bits, or not; tiny before */
    {"canonical", FP_OP_MUL, 32, N, {0x00800001, 0x3f7ffffe}, 0x00800000, X},
    {"tiny-before", FP_OP_MUL, 32, N, {0x00800001, 0x3f7ffffe}, 0x00800000, X | U},
    {"canonical", FP_OP_MUL, 32, N, {0x00ffffff, 0x3f000000}, 0x00800000, X | U},
    /* an exact denormal doesn't underflow */
    {"canonical", FP_OP_ADD, 32, N, {1, 1}, 2, 0},
    {"flush", FP_OP_ADD, 32, N, {0x00800001, 0x80800000}, 0, X | U},
    {"flush-silent", FP_OP_ADD, 32, N, {0x00800001, 0x80800000}, 0, 0},
};

static const struct fact nans[] = {
    /* 2008 sense: the payload survives, quieted; the first operand, or a signalling one */
    {"host", FP_OP_ADD, 32, N, {0x7f812345, 0x3f800000}, 0x7fc12345, V},
    {"host", FP_OP_ADD, 32, N, {0x7fc12345, 0xff8abcde}, 0x7fc12345, V},
    {"tiny-before", FP_OP_ADD, 32, N, {0x7fc12345, 0xff8abcde}, 0xffcabcde, V},
    {"tiny-before", FP_OP_ADD, 32, N, {0x7fc12345, 0xffcabcde}, 0x7fc12345, 0},
    {"host", FP_OP_FROM_F32, 64, N, {0xffc12345}, 0xfff82468a0000000, 0},
    {"host", FP_OP_FROM_F64, 32, N, {0xfff82468a0000000}, 0xffc12345, 0},
    {"host", FP_OP_FROM_F64, 32, N, {0x7ff0000000000001}, 0x7fc00000, V},
    /* canonical */
    {"canonical", FP_OP_ADD, 32, N, {0xffc12345, 0x3f800000}, 0x7fc00000, 0},
    {"canonical", FP_OP_MUL, 64, N, {0x7ff0000000000000, 0}, 0x7ff8000000000000, V},
    {"canonical", FP_OP_FROM_F32, 64, N, {0xff812345}, 0x7ff8000000000000, V},
    /* legacy sense: a set bit signals, the default NaN has it clear */
    {"legacy", FP_OP_ADD, 32, N, {0x7f812345, 0x3f800000}, 0x7f812345, 0},
    {"legacy", FP_OP_ADD, 32, N, {0x7f812345, 0x7fc00000}, 0x7fbfffff, V},
    {"legacy", FP_OP_DIV, 64, N, {0, 0}, 0x7ff7ffffffffffff, V},
    {"legacy", FP_OP_FROM_F64, 32, N, {0x7ff0000000000001}, 0x7fbfffff, 0},
    {"legacy-default", FP_OP_ADD, 32, N, {0x7f812345, 0x3f800000}, 0x7fbfffff, 0},
    {"legacy-quieted", FP_OP_ADD, 32, N, {0x7fc12345, 0x3f800000}, 0x7f812345, V},
    {"legacy-quieted", FP_OP_ADD, 32, N, {0x7fc00000, 0x3f800000}, 0x7fa00000, V},
    /* infinity * 0 + quiet NaN */
    {"canonical", FP_OP_FMA, 32, N, {0x7f800000, 0, 0x7fc12345}, 0x7fc00000, V},
    {"host", FP_OP_FMA, 32, N, {0x7f800000, 0, 0x7fc12345}, 0x7fc12345, 0},
    {"flush", FP_OP_FMA, 32, N, {0x7f800000, 0, 0x7fc12345}, 0x7fc12345, V},
};

static const struct fact comparisons[] = {
    {"canonical", FP_OP_EQ, 32, N, {0, 0x80000000}, 1, 0},
    {"canonical", FP_OP_EQ, 32, N, {0x7fc00000, 0x7fc00000}, 0, 0},
    {"canonical", FP_OP_EQ, 32, N, {0x7f800001, 0}, 0, V},
    {"canonical", FP_OP_LT_S, 32, N, {0x7fc00000, 0}, 0, V},
    {"canonical", FP_OP_LE, 64, N, {0xfff0000000000000, 0x7ff0000000000000}, 1, 0},
    {"canonical", FP_OP_UNORDERED, 32, N, {0x7fc00000, 0}, 1, 0},
    {"canonical", FP_OP_REL, 32, N, {0x80000001, 1}, FP_REL_LT, 0},
    {"canonical", FP_OP_MIN, 32, N, {0, 0x80000000}, 0x80000000, 0},
    {"canonical", FP_OP_MAX, 32, N, {0x80000000, 0}, 0, 0},
    {"canonical", FP_OP_MIN, 32, N, {0x7fc12345, 0x3f800000}, 0x3f800000, 0},
    {"canonical", FP_OP_MIN, 32, N, {0x3f800000, 0x7f812345}, 0x3f800000, V},
    {"canonical", FP_OP_MAX, 32, N, {0x7f812345, 0xffc00000}, 0x7fc00000, V},
    {"host", FP_OP_MIN, 32, N, {0x3f800000, 0x7f812345}, 0x7fc12345, V},
    {"legacy", FP_OP_MAX, 32, N, {0x3f800000, 0x7f812345}, 0x7f812345, 0},
};

static const struct fact conversions[] = {
    {"canonical", FP_OP_TO_S32, 64, N, {0x4004000000000000}, 2, X},              /* 2.5 */
    {"canonical", FP_OP_TO_S32, 64, FP_AWAY, {0x4004000000000000}, 3, X},
    {"canonical", FP_OP_TO_S32, 64, FP_DOWN, {0xc004000000000000}, 0xfffffffd, X},
    {"canonical", FP_OP_TO_S32, 64, FP_ZERO, {0xc1e00000001fffff}, 0x80000000, X},
    {"canonical", FP_OP_TO_S32, 64, FP_ZERO, {0xc1e0000000200000}, 0x80000000, V},
    {"canonical", FP_OP_TO_S32, 32, N, {0x7fc00000}, 0x7fffffff, V},
    {"canonical", FP_OP_TO_S32, 32, N, {0xff800000}, 0x80000000, V},
    {"canonical", FP_OP_TO_U32, 32, FP_ZERO, {0xbf7fffff}, 0, X},                /* > -1 */
    {"canonical", FP_OP_TO_U32, 32, FP_ZERO, {0xbf800000}, 0, V},
    {"canonical", FP_OP_TO_U32, 32, FP_DOWN, {0xbf000000}, 0, V},
    {"canonical", FP_OP_TO_U64, 32, N, {0xffffffff}, UINT64_MAX, V},
    {"tiny-before", FP_OP_TO_S64, 32, N, {0x7fc00000}, 0, V},
    {"legacy", FP_OP_TO_S32, 32, N, {0xff800000}, 0x7fffffff, V},
    {"host", FP_OP_TO_S64, 64, N, {0x43e0000000000000}, UINT64_C(1) << 63, V},
    {"canonical", FP_OP_FROM_S32, 32, N, {0x01000001}, 0x4b800000, X},           /* 2^24+1 */
    {"canonical", FP_OP_FROM_U64, 64, FP_UP, {UINT64_MAX}, 0x43f0000000000000, X},
    {"canonical", FP_OP_FROM_S64, 64, N, {UINT64_C(1) << 63}, 0xc3e0000000000000, 0},
    {"canonical", FP_OP_FROM_F64, 32, N, {0x36a0000000000000}, 1, 0},            /* 2^-149 */
    {"canonical", FP_OP_FROM_F64, 32, N, {0x3690000000000000}, 0, X | U},        /* 2^-150 */
    {"canonical", FP_OP_RINT, 32, N, {0xbf000000}, 0x80000000, X},
    {"canonical", FP_OP_ROUND_INT, 32, FP_AWAY, {0xbf000000}, 0xbf800000, 0},
};
/* clang-format on */

static void hold(const struct fact *facts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct fact *fact = &facts[i];
        const struct fp_rules *rules = rules_named(fact->rules);
        struct soft_mode mode = {
            .rules = rules, .round = (uint8_t)fact->round, .flush = rules->flush};
        unsigned flags = 0;
        uint64_t result =
            soft_op(&mode, FP_CODE(fact->op, fact->width), fact->arg, &flags);

        if (result != fact->result || flags != fact->flags)
            fail_msg("row %zu: %s of width %u gives %#llx flags %#x, wanted %#llx %#x", i,
                     op_infos[fact->op].name, fact->width, (unsigned long long)result,
                     flags, (unsigned long long)fact->result, fact->flags);
    }
}

static void arithmetic_rounds_and_flags(void **state)
{
    (void)state;
    hold(arithmetic, sizeof arithmetic / sizeof *arithmetic);
}

static void nans_follow_the_rules(void **state)
{
    (void)state;
    hold(nans, sizeof nans / sizeof *nans);
}

static void comparisons_and_minimum(void **state)
{
    (void)state;
    hold(comparisons, sizeof comparisons / sizeof *comparisons);
}

static void conversions_saturate_or_give_the_pattern(void **state)
{
    (void)state;
    hold(conversions, sizeof conversions / sizeof *conversions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_rounds_and_flags),
        cmocka_unit_test(nans_follow_the_rules),
        cmocka_unit_test(comparisons_and_minimum),
        cmocka_unit_test(conversions_saturate_or_give_the_pattern),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("fp: known facts", tests, NULL, NULL);
}
