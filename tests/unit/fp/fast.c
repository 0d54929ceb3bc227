/*
 * fast.c - the operations of fp.h against software, and the environment's promises.
 *
 * Compiled a second time with FP_NO_HOST, as for a host other than x86-64.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define FP_RECORD 1
#include "fp/fp.h"
#ifdef FP_NO_HOST
#include "fp/fp.c"
#endif
#include "values.h"

typedef uint64_t run_fn(struct fp_env *env, uint64_t a, uint64_t b, uint64_t c,
                        enum fp_round rm);

/* One function per operation and width, with RM unknown, FP_DYN and FP_ZERO. */
#define DO_2(w, name, rm) fp##w##_##name(env, (uint##w##_t)a, (uint##w##_t)b, rm)
#define DO_1(w, name, rm) fp##w##_##name(env, (uint##w##_t)a, rm)
#define DO_3(w, name, rm) \
    fp##w##_##name(env, (uint##w##_t)a, (uint##w##_t)b, (uint##w##_t)c, rm)
#define DO_C(w, name, rm)   fp##w##_##name(env, (uint##w##_t)a, (uint##w##_t)b)
#define DO_I32(w, name, rm) fp##w##_##name(env, (uint32_t)a, rm)
#define DO_W(w, name, rm)   fp##w##_##name(env, (uint32_t)a)
#define DO_I64(w, name, rm) fp##w##_##name(env, a, rm)
#define RUN(w, name, how)                                                       \
    static uint64_t run##w##_##name(struct fp_env *env, uint64_t a, uint64_t b, \
                                    uint64_t c, enum fp_round rm)               \
    {                                                                           \
        (void)b, (void)c;                                                       \
        if (rm == FP_DYN)                                                       \
            return DO_##how(w, name, FP_DYN);                                   \
        if (rm == FP_ZERO)                                                      \
            return DO_##how(w, name, FP_ZERO);                                  \
        return DO_##how(w, name, rm);                                           \
    }
#define RUNS(w)            \
    RUN(w, add, 2)         \
    RUN(w, sub, 2)         \
    RUN(w, mul, 2)         \
    RUN(w, div, 2)         \
    RUN(w, sqrt, 1)        \
    RUN(w, fma, 3)         \
    RUN(w, min, C)         \
    RUN(w, max, C)         \
    RUN(w, rel, C)         \
    RUN(w, rel_s, C)       \
    RUN(w, eq, C)          \
    RUN(w, lt, C)          \
    RUN(w, le, C)          \
    RUN(w, unordered, C)   \
    RUN(w, eq_s, C)        \
    RUN(w, lt_s, C)        \
    RUN(w, le_s, C)        \
    RUN(w, unordered_s, C) \
    RUN(w, to_s32, 1)      \
    RUN(w, to_u32, 1)      \
    RUN(w, to_s64, 1)      \
    RUN(w, to_u64, 1)      \
    RUN(w, from_s32, I32)  \
    RUN(w, from_u32, I32)  \
    RUN(w, from_s64, I64)  \
    RUN(w, from_u64, I64)  \
    RUN(w, rint, 1)        \
    RUN(w, round_int, 1)
RUNS(32)
RUNS(64)
RUN(64, from_f32, W)
RUN(32, from_f64, I64)

#define ROW(w, NAME, name) [FP_CODE(FP_OP_##NAME, w)] = run##w##_##name
#define BOTH(NAME, name)   ROW(32, NAME, name), ROW(64, NAME, name)

static run_fn *const runs[2 * FP_OP_COUNT] = {
    BOTH(ADD, add),
    BOTH(SUB, sub),
    BOTH(MUL, mul),
    BOTH(DIV, div),
    BOTH(SQRT, sqrt),
    BOTH(FMA, fma),
    BOTH(MIN, min),
    BOTH(MAX, max),
    BOTH(REL, rel),
    BOTH(REL_S, rel_s),
    BOTH(EQ, eq),
    BOTH(LT, lt),
    BOTH(LE, le),
    BOTH(UNORDERED, unordered),
    BOTH(EQ_S, eq_s),
    BOTH(LT_S, lt_s),
    BOTH(LE_S, le_s),
    BOTH(UNORDERED_S, unordered_s),
    BOTH(TO_S32, to_s32),
    BOTH(TO_U32, to_u32),
    BOTH(TO_S64, to_s64),
    BOTH(TO_U64, to_u64),
    BOTH(FROM_S32, from_s32),
    BOTH(FROM_U32, from_u32),
    BOTH(FROM_S64, from_s64),
    BOTH(FROM_U64, from_u64),
    ROW(64, FROM_F32, from_f32),
    ROW(32, FROM_F64, from_f64),
    BOTH(RINT, rint),
    BOTH(ROUND_INT, round_int),
};

static const struct named_rules *current;
static struct fp_env env_;

static void compare(const struct op_info *info, unsigned width, const uint64_t arg[3],
                    enum fp_round rm)
{
    struct fp_env *env = &env_;
    enum fp_round round = rm == FP_DYN ? (enum fp_round)env->round : rm;
    struct soft_mode mode = {.rules = env->rules,
                             .round = (uint8_t)round,
                             .flush = env->flush,
                             .enables = env->enables};
    unsigned flags, noted, expected_flags = 0;
    unsigned code = FP_CODE(info->op, width);
    uint64_t result, expected = soft_op(&mode, code, arg, &expected_flags);
    bool trapped;

    fp_flags_set(env, 0);
    fp_begin(env);
    result = runs[code](env, arg[0], arg[1], arg[2], rm);
    trapped = fp_trapped(env);
    flags = fp_flags_get(env);
    noted = fp_last_flags(env);
    if (trapped != ((expected_flags & env->enables) != 0) || noted != expected_flags ||
        flags != (trapped ? 0 : expected_flags) || result != expected)
        fail_msg("f%u.%s(%#llx, %#llx, %#llx) mode %s, rm %s, rules %s, enables %#x: "
                 "%#llx flags %#x, noted %#x, soft %#llx flags %#x",
                 width, info->name, (unsigned long long)arg[0],
                 (unsigned long long)arg[1], (unsigned long long)arg[2],
                 round_names[env->round], round_names[rm], current->name, env->enables,
                 (unsigned long long)result, flags, noted, (unsigned long long)expected,
                 expected_flags);
}

/* The host's own arithmetic must not be the guest's while cmocka works. */
static void with_env(void (*test)(void), enum fp_round round, unsigned enables)
{
    for (size_t r = 0; r < rule_set_count; r++) {
        current = &rule_sets[r];
        fp_init(&env_, &current->rules);
        fp_round_set(&env_, round);
        fp_enables_set(&env_, enables);
        fp_enter(&env_);
        test();
        fp_leave(&env_);
    }
}

static void each_corner(void)
{
    for (size_t o = 0; o < op_info_count; o++)
        for (unsigned width = 32; width <= 64; width += 32) {
            const struct op_info *info = &op_infos[o];
            size_t n;
            const uint64_t *list = op_from_int(info) ? int_corners(&n)
                                   : info->nargs == 3
                                       ? few_corners(width, &n)
                                       : corners(operand_width(info, width), &n);

            if (!op_exists(info, width))
                continue;
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < (info->nargs > 1 ? n : 1); j++)
                    for (size_t k = 0; k < (info->nargs > 2 ? n : 1); k++) {
                        uint64_t arg[3] = {list[i], list[j], list[k]};

                        compare(info, width, arg, FP_DYN);
                        if (info->nargs == 1)
                            for (int rm = FP_NEAREST; rm < FP_DYN; rm++)
                                compare(info, width, arg, (enum fp_round)rm);
                    }
        }
}

static void each_random(void)
{
    for (size_t n = scaled(5000); n > 0; n--)
        for (size_t o = 0; o < op_info_count; o++) {
            const struct op_info *info = &op_infos[o];
            unsigned width = n & 1 ? 32 : 64;
            uint64_t arg[3];

            if (!op_exists(info, width))
                continue;
            for (unsigned i = 0; i < 3; i++)
                arg[i] = op_from_int(info) ? random_int()
                                           : random_operand(operand_width(info, width));
            compare(info, width, arg, FP_DYN);
            compare(info, width, arg, (enum fp_round)(random_bits() % (FP_DYN + 1)));
        }
}

static void corners_agree(void **state)
{
    (void)state;
    for (int round = FP_NEAREST; round < FP_DYN; round++)
        with_env(each_corner, (enum fp_round)round, 0);
}

static void random_operands_agree(void **state)
{
    (void)state;
    for (int round = FP_NEAREST; round < FP_DYN; round++)
        with_env(each_random, (enum fp_round)round, 0);
}

static void enabled_traps_come_before_flags(void **state)
{
    (void)state;
    for (unsigned enables = 1; enables <= FP_ALL_FLAGS; enables = 3 * enables + 1)
        with_env(each_random, (enum fp_round)(enables % FP_DYN), enables);
}

#define ONE   UINT64_C(0x3ff0000000000000)
#define THREE UINT64_C(0x4008000000000000)

/* Constants and unused results invite the compiler to fold and drop. */
static void operations_stay_in_their_rounding_mode(void **state)
{
    static const uint64_t third[] = {
        UINT64_C(0x3fd5555555555555), UINT64_C(0x3fd5555555555555),
        UINT64_C(0x3fd5555555555556), UINT64_C(0x3fd5555555555555),
        UINT64_C(0x3fd5555555555555),
    };
    uint64_t up, down, again;
    unsigned wrong = 0;

    (void)state;
    fp_init(&env_, rules_named("canonical"));
    fp_enter(&env_);
    for (int round = FP_NEAREST; round < FP_DYN; round++) {
        fp_round_set(&env_, (enum fp_round)round);
        wrong += fp64_div(&env_, ONE, THREE, FP_DYN) != third[round];
    }
    fp_round_set(&env_, FP_UP);
    up = fp64_div(&env_, ONE, THREE, FP_DYN);
    fp_round_set(&env_, FP_DOWN);
    down = fp64_div(&env_, ONE, THREE, FP_DYN);
    fp_round_set(&env_, FP_UP);
    again = fp64_div(&env_, ONE, THREE, FP_DYN);
    fp_leave(&env_);
    assert_int_equal(wrong, 0);
    assert_int_equal(up, third[FP_UP]);
    assert_int_equal(down, third[FP_DOWN]);
    assert_int_equal(again, third[FP_UP]);
}

static void unused_results_leave_their_flags(void **state)
{
    unsigned before, after, cleared, divided, left;

    (void)state;
    fp_init(&env_, rules_named("canonical"));
    fp_enter(&env_);
    before = fp_flags_get(&env_);
    (void)fp64_div(&env_, ONE, THREE, FP_DYN);
    after = fp_flags_get(&env_);
    fp_flags_set(&env_, 0);
    cleared = fp_flags_get(&env_);
    (void)fp64_div(&env_, ONE, 0, FP_DYN);
    (void)fp64_sqrt(&env_, ONE | UINT64_C(1) << 63, FP_DYN);
    divided = fp_flags_get(&env_);
    (void)fp64_div(&env_, ONE, THREE, FP_DYN);
    fp_leave(&env_);
    left = fp_flags_get(&env_);
    assert_int_equal(before, 0);
    assert_int_equal(after, FP_INEXACT);
    assert_int_equal(cleared, 0);
    assert_int_equal(divided, FP_DIVZERO | FP_INVALID);
    assert_int_equal(left, FP_DIVZERO | FP_INVALID | FP_INEXACT);
}

static void flags_survive_a_change_of_mode(void **state)
{
    unsigned flags;

    (void)state;
    fp_init(&env_, rules_named("canonical"));
    fp_enter(&env_);
    (void)fp64_div(&env_, ONE, THREE, FP_DYN);
    fp_round_set(&env_, FP_UP);
    flags = fp_flags_get(&env_);
    fp_leave(&env_);
    assert_int_equal(flags, FP_INEXACT);
}

static void operations_outside_enter_are_exact(void **state)
{
    uint64_t third;

    (void)state;
    fp_init(&env_, rules_named("canonical"));
    fp_round_set(&env_, FP_UP);
    third = fp64_div(&env_, ONE, THREE, FP_DYN);
    assert_int_equal(third, UINT64_C(0x3fd5555555555556));
    assert_int_equal(fp_flags_get(&env_), FP_INEXACT);
}

static void last_flags_cover_all_operations_of_an_instruction(void **state)
{
    uint64_t product;
    unsigned both, set, none;

    (void)state;
    fp_init(&env_, rules_named("legacy"));
    fp_enter(&env_);
    fp_begin(&env_);
    product = fp64_mul(&env_, UINT64_C(0x3ff0000000000001), UINT64_C(0x3ff0000000000001),
                       FP_DYN);
    (void)fp64_div(&env_, product, 0, FP_DYN);
    fp_round_set(&env_, FP_UP);
    both = fp_last_flags(&env_);
    fp_last_set(&env_, FP_OVERFLOW);
    set = fp_last_flags(&env_);
    fp_begin(&env_);
    (void)fp64_add(&env_, ONE, ONE, FP_DYN);
    none = fp_last_flags(&env_);
    fp_leave(&env_);
    assert_int_equal(both, FP_INEXACT | FP_DIVZERO);
    assert_int_equal(set, FP_OVERFLOW);
    assert_int_equal(none, 0);
}

static void last_flags_use_the_mode_of_their_operation(void **state)
{
    unsigned flags;

    /* The largest double plus a little overflows upwards only. */
    (void)state;
    fp_init(&env_, rules_named("legacy"));
    fp_enter(&env_);
    fp_round_set(&env_, FP_UP);
    fp_begin(&env_);
    (void)fp64_add(&env_, UINT64_C(0x7fefffffffffffff), ONE, FP_DYN);
    fp_round_set(&env_, FP_DOWN);
    flags = fp_last_flags(&env_);
    fp_leave(&env_);
    assert_int_equal(flags, FP_OVERFLOW | FP_INEXACT);
}

#if FP_HOST_SSE
static void leave_restores_the_hosts_control_word(void **state)
{
    uint32_t before = sse_mxcsr_get() & ~(uint32_t)MXCSR_STATUS, inside, after;

    (void)state;
    fp_init(&env_, rules_named("canonical"));
    fp_round_set(&env_, FP_ZERO);
    fp_enter(&env_);
    inside = sse_mxcsr_get();
    fp_leave(&env_);
    after = sse_mxcsr_get() & ~(uint32_t)MXCSR_STATUS;
    assert_int_equal(inside, MXCSR_MASKS | 3 << MXCSR_ROUND_SHIFT);
    assert_int_equal(after, before);
}

static void an_interrupted_guest_keeps_its_flags(void **state)
{
    uint32_t host = sse_mxcsr_get(), guest;

    (void)state;
    fp_init(&env_, rules_named("canonical"));
    fp_enter(&env_);
    (void)fp64_div(&env_, ONE, THREE, FP_DYN);
    guest = sse_mxcsr_get();
    sse_mxcsr_set(host); /* as the kernel does for a handler */
    fp_interrupted(&env_, guest);
    assert_int_equal(fp_flags_get(&env_), FP_INEXACT);
    assert_int_equal(sse_mxcsr_get(), host);
    assert_true(env_.exact);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners_agree),
        cmocka_unit_test(random_operands_agree),
        cmocka_unit_test(enabled_traps_come_before_flags),
        cmocka_unit_test(operations_stay_in_their_rounding_mode),
        cmocka_unit_test(unused_results_leave_their_flags),
        cmocka_unit_test(flags_survive_a_change_of_mode),
        cmocka_unit_test(operations_outside_enter_are_exact),
        cmocka_unit_test(last_flags_cover_all_operations_of_an_instruction),
        cmocka_unit_test(last_flags_use_the_mode_of_their_operation),
#if FP_HOST_SSE
        cmocka_unit_test(leave_restores_the_hosts_control_word),
        cmocka_unit_test(an_interrupted_guest_keeps_its_flags),
#endif
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("fp: fast operations", tests, NULL, NULL);
}
