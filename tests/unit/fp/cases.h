/*
 * cases.h - the operations that a guest's processor is asked for, in order.
 *
 * guest.c answers each with ten bytes, compare.c reads them: the result, little-endian;
 * the flags; 1, or 0 if the processor has no such operation or mode.
 */
#ifndef TESTS_UNIT_FP_CASES_H
#define TESTS_UNIT_FP_CASES_H

#include "values.h"

enum { ANSWER_BYTES = 10, RANDOM_CASES = 10000 };

typedef void case_fn(const struct op_info *info, unsigned width, const uint64_t arg[3],
                     unsigned round);

static void corner_cases(case_fn *run, const struct op_info *info, unsigned width)
{
    size_t n;
    const uint64_t *list = op_from_int(info)  ? int_corners(&n)
                           : info->nargs == 3 ? few_corners(width, &n)
                                              : corners(operand_width(info, width), &n);

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < (info->nargs > 1 ? n : 1); j++)
            for (size_t k = 0; k < (info->nargs > 2 ? n : 1); k++)
                for (unsigned r = 0; r < (op_rounds(info, width) ? FP_DYN : 1u); r++) {
                    uint64_t arg[3] = {list[i], list[j], list[k]};

                    run(info, width, arg, r);
                }
}

static void random_cases(case_fn *run, const struct op_info *info, unsigned width)
{
    for (unsigned n = 0; n < RANDOM_CASES; n++) {
        uint64_t arg[3];

        for (unsigned i = 0; i < 3; i++)
            arg[i] = op_from_int(info) ? random_int()
                                       : random_operand(operand_width(info, width));
        run(info, width, arg, (unsigned)(random_bits() % FP_DYN));
    }
}

static void all_cases(case_fn *run)
{
    for (size_t o = 0; o < op_info_count; o++)
        for (unsigned width = 32; width <= 64; width += 32) {
            if (!op_exists(&op_infos[o], width))
                continue;
            corner_cases(run, &op_infos[o], width);
            random_cases(run, &op_infos[o], width);
        }
}

#endif
