/*
 * host.c - the runtime's software arithmetic against the host's SSE unit.
 *
 * Each instruction runs with clear status bits; result, NaN payload and all five flags,
 * Invalid included, must be what software gives under rules that describe the host.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fp/soft.h"
#include "fp/sse.h"
#include "values.h"

#if FP_HOST_SSE

static const struct fp_rules *rules;
static const enum fp_round modes[] = {FP_NEAREST, FP_DOWN, FP_UP, FP_ZERO};

static unsigned flags_of(uint32_t mxcsr)
{
    return (mxcsr & MXCSR_INEXACT ? FP_INEXACT : 0) |
           (mxcsr & MXCSR_UNDERFLOW ? FP_UNDERFLOW : 0) |
           (mxcsr & MXCSR_OVERFLOW ? FP_OVERFLOW : 0) |
           (mxcsr & MXCSR_DIVZERO ? FP_DIVZERO : 0) |
           (mxcsr & MXCSR_INVALID ? FP_INVALID : 0);
}

/* The host's result; it has no such instruction: false. */
static bool host32(enum fp_op op, const uint64_t arg[3], uint64_t *result)
{
    float a = sse_f32((uint32_t)arg[0]), b = sse_f32((uint32_t)arg[1]);
    float c = sse_f32((uint32_t)arg[2]);

    switch (op) {
    case FP_OP_ADD:
        *result = sse_bits32(sse_add32(a, b));
        return true;
    case FP_OP_SUB:
        *result = sse_bits32(sse_sub32(a, b));
        return true;
    case FP_OP_MUL:
        *result = sse_bits32(sse_mul32(a, b));
        return true;
    case FP_OP_DIV:
        *result = sse_bits32(sse_div32(a, b));
        return true;
    case FP_OP_SQRT:
        *result = sse_bits32(sse_sqrt32(a));
        return true;
    case FP_OP_FROM_F64:
        *result = sse_bits32(sse_narrow(sse_f64(arg[0])));
        return true;
    case FP_OP_TO_S32:
        *result = (uint32_t)sse_round32_s32(a);
        return true;
    case FP_OP_TO_S64:
        *result = (uint64_t)sse_round32_s64(a);
        return true;
    case FP_OP_FROM_S32:
        *result = sse_bits32(sse_from32_s32((int32_t)arg[0]));
        return true;
    case FP_OP_FROM_S64:
        *result = sse_bits32(sse_from32_s64((int64_t)arg[0]));
        return true;
    case FP_OP_FMA:
        if (!sse_has_fma)
            return false;
        *result = sse_bits32(sse_fma32(a, b, c));
        return true;
    default:
        return false;
    }
}

static bool host64(enum fp_op op, const uint64_t arg[3], uint64_t *result)
{
    double a = sse_f64(arg[0]), b = sse_f64(arg[1]), c = sse_f64(arg[2]);

    switch (op) {
    case FP_OP_ADD:
        *result = sse_bits64(sse_add64(a, b));
        return true;
    case FP_OP_SUB:
        *result = sse_bits64(sse_sub64(a, b));
        return true;
    case FP_OP_MUL:
        *result = sse_bits64(sse_mul64(a, b));
        return true;
    case FP_OP_DIV:
        *result = sse_bits64(sse_div64(a, b));
        return true;
    case FP_OP_SQRT:
        *result = sse_bits64(sse_sqrt64(a));
        return true;
    case FP_OP_FROM_F32:
        *result = sse_bits64(sse_widen(sse_f32((uint32_t)arg[0])));
        return true;
    case FP_OP_TO_S32:
        *result = (uint32_t)sse_round64_s32(a);
        return true;
    case FP_OP_TO_S64:
        *result = (uint64_t)sse_round64_s64(a);
        return true;
    case FP_OP_FROM_S32:
        *result = sse_bits64(sse_from64_s32((int32_t)arg[0]));
        return true;
    case FP_OP_FROM_S64:
        *result = sse_bits64(sse_from64_s64((int64_t)arg[0]));
        return true;
    case FP_OP_FMA:
        if (!sse_has_fma)
            return false;
        *result = sse_bits64(sse_fma64(a, b, c));
        return true;
    default:
        return false;
    }
}

/* The host's fused instructions look at the operands in an order of their own. */
static bool fma_of_nans(const struct op_info *info, unsigned width, const uint64_t *arg)
{
    unsigned nans = 0;

    for (unsigned i = 0; i < 3; i++)
        nans += soft_class(rules, width, arg[i]) >= FP_CLASS_SNAN;
    return info->op == FP_OP_FMA && nans > 1;
}

static void check(const struct op_info *info, unsigned width, const uint64_t arg[3],
                  enum fp_round round)
{
    static const uint32_t control[] = {
        [FP_NEAREST] = 0, [FP_DOWN] = 1, [FP_UP] = 2, [FP_ZERO] = 3};
    struct soft_mode mode = {.rules = rules, .round = (uint8_t)round};
    uint32_t saved = sse_mxcsr_get(), status;
    unsigned flags = 0;
    uint64_t result, expected;
    bool known;

    sse_mxcsr_set(MXCSR_MASKS | control[round] << MXCSR_ROUND_SHIFT);
    known =
        width == 64 ? host64(info->op, arg, &expected) : host32(info->op, arg, &expected);
    status = sse_mxcsr_get();
    sse_mxcsr_set(saved);
    if (!known)
        return;
    result = soft_op(&mode, FP_CODE(info->op, width), arg, &flags);
    if (fma_of_nans(info, width, arg))
        expected = result;
    if (result != expected || flags != flags_of(status))
        fail_msg("f%u.%s(%#llx, %#llx, %#llx) %s: soft %#llx flags %#x, "
                 "host %#llx flags %#x",
                 width, info->name, (unsigned long long)arg[0],
                 (unsigned long long)arg[1], (unsigned long long)arg[2],
                 round_names[round], (unsigned long long)result, flags,
                 (unsigned long long)expected, flags_of(status));
}

static void corners_agree(void **state)
{
    (void)state;
    for (size_t o = 0; o < op_info_count; o++)
        for (unsigned width = 32; width <= 64; width += 32) {
            const struct op_info *info = &op_infos[o];
            size_t n;
            const uint64_t *list = op_from_int(info) ? int_corners(&n)
                                   : info->nargs == 3
                                       ? few_corners(width, &n)
                                       : corners(operand_width(info, width), &n);

            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < (info->nargs > 1 ? n : 1); j++)
                    for (size_t k = 0; k < (info->nargs > 2 ? n : 1); k++)
                        for (unsigned m = 0; m < 4; m++) {
                            uint64_t arg[3] = {list[i], list[j], list[k]};

                            check(info, width, arg, modes[m]);
                        }
        }
}

static void random_operands_agree(void **state)
{
    (void)state;
    for (size_t n = scaled(100000); n > 0; n--)
        for (size_t o = 0; o < op_info_count; o++) {
            const struct op_info *info = &op_infos[o];
            unsigned width = n & 1 ? 32 : 64;
            uint64_t arg[3];

            for (unsigned i = 0; i < 3; i++)
                arg[i] = op_from_int(info) ? random_int()
                                           : random_operand(operand_width(info, width));
            check(info, width, arg, modes[random_bits() & 3]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners_agree),
        cmocka_unit_test(random_operands_agree),
    };

    rules = rules_named("host");
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("fp: software against the host", tests, NULL,
                                       NULL);
}

#else

#include <stdio.h>

int main(void)
{
    puts("1..0 # SKIP the host has no SSE unit");
    return 0;
}

#endif
