/*
 * values.c - operands and rules for the floating-point tests (see values.h).
 */
#include "values.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
const struct named_rules rule_sets[] = {
    {"host", {
        .nan = FP_NAN_FIRST, .quiet_bit = 1, .minmax = FP_MINMAX_NUM_2008,
        .fma_nan = FP_FMA_NAN_QUIET, .fma_order = {0, 1, 2},
        .default32 = 0xffc00000, .default64 = UINT64_C(0xfff8000000000000),
        .to_int = FP_TO_INT_FIXED(0x80000000, 0xffffffff, UINT64_C(1) << 63, UINT64_MAX),
    }},
    {"canonical", {
        .nan = FP_NAN_CANONICAL, .quiet_bit = 1, .minmax = FP_MINMAX_NUMBER,
        .fma_nan = FP_FMA_NAN_INVALID_DEFAULT, .fma_order = {0, 1, 2},
        .default32 = 0x7fc00000, .default64 = UINT64_C(0x7ff8000000000000),
        .to_int = FP_TO_INT_SATURATE_NAN_MAX,
    }},
    {"legacy", {
        .nan = FP_NAN_SNAN_FIRST, .quiet_bit = 0, .snan_default = true,
        .minmax = FP_MINMAX_NAN, .fma_nan = FP_FMA_NAN_INVALID, .fma_order = {2, 0, 1},
        .default32 = 0x7fbfffff, .default64 = UINT64_C(0x7ff7ffffffffffff),
        .to_int = FP_TO_INT_FIXED(0x7fffffff, 0xffffffff, INT64_MAX, UINT64_MAX),
    }},
    {"legacy-default", {
        .nan = FP_NAN_CANONICAL, .quiet_bit = 0, .snan_default = true,
        .minmax = FP_MINMAX_NUMBER, .fma_nan = FP_FMA_NAN_INVALID_DEFAULT,
        .fma_order = {0, 1, 2},
        .default32 = 0x7fbfffff, .default64 = UINT64_C(0x7ff7ffffffffffff),
        .to_int = FP_TO_INT_FIXED(0x7fffffff, 0xffffffff, INT64_MAX, UINT64_MAX),
    }},
    {"legacy-quieted", {
        .nan = FP_NAN_SNAN_FIRST, .quiet_bit = 0, .minmax = FP_MINMAX_NUM_2008,
        .fma_nan = FP_FMA_NAN_QUIET, .fma_order = {1, 2, 0}, .tiny_before = true,
        .default32 = 0x7fa00000, .default64 = UINT64_C(0x7ff4000000000000),
        .to_int = FP_TO_INT_SATURATE_NAN_ZERO,
    }},
    {"tiny-before", {
        .nan = FP_NAN_SNAN_FIRST, .quiet_bit = 1, .minmax = FP_MINMAX_NUM_2008,
        .fma_nan = FP_FMA_NAN_INVALID_DEFAULT, .fma_order = {2, 0, 1},
        .tiny_before = true,
        .default32 = 0x7fc00000, .default64 = UINT64_C(0x7ff8000000000000),
        .to_int = FP_TO_INT_SATURATE_NAN_ZERO,
    }},
    {"flush", {
        .nan = FP_NAN_FIRST, .quiet_bit = 1, .minmax = FP_MINMAX_NUMBER,
        .fma_nan = FP_FMA_NAN_INVALID, .fma_order = {0, 1, 2},
        .flush = FP_FLUSH_IN | FP_FLUSH_OUT,
        .default32 = 0x7fc00000, .default64 = UINT64_C(0x7ff8000000000000),
        .to_int = FP_TO_INT_SATURATE_NAN_ZERO,
    }},
    {"flush-silent", {
        .nan = FP_NAN_FIRST, .quiet_bit = 1, .minmax = FP_MINMAX_NUMBER,
        .fma_nan = FP_FMA_NAN_INVALID, .fma_order = {0, 1, 2},
        .flush = FP_FLUSH_SILENT,
        .default32 = 0x7fc00000, .default64 = UINT64_C(0x7ff8000000000000),
        .to_int = FP_TO_INT_SATURATE_NAN_ZERO,
    }},
};

static const uint64_t corners32[] = {
    0x00000000, 0x00000001, 0x00000002, 0x000fffff, 0x00400000, 0x007ffffe, 0x007fffff,
    0x00800000, 0x00800001, 0x00ffffff, 0x01000000, 0x0c000000, 0x1fffffff, 0x20000000,
    0x2effffff, 0x33000000, 0x33000001, 0x33800000, 0x34000000, 0x3e800000, 0x3effffff,
    0x3f000000, 0x3f000001, 0x3f7fffff, 0x3f800000, 0x3f800001, 0x3fbfffff, 0x3fc00000,
    0x40000000, 0x40200000, 0x40400000, 0x40490fdb, 0x4afffffe, 0x4affffff, 0x4b000000,
    0x4b7fffff, 0x4b800000, 0x4e7fffff, 0x4e800000, 0x4effffff, 0x4f000000, 0x4f000001,
    0x4f7fffff, 0x4f800000, 0x4f800001, 0x5effffff, 0x5f000000, 0x5f000001, 0x5f7fffff,
    0x5f800000, 0x5f800001, 0x71800000, 0x7effffff, 0x7f000000, 0x7f7ffffe, 0x7f7fffff,
    0x7f800000, 0x7f800001, 0x7f8c0de0, 0x7fa00000, 0x7fbfffff, 0x7fc00000, 0x7fc0ffee,
    0x7fe00000, 0x7fffffff,
};

static const uint64_t corners64[] = {
    0x0000000000000000, 0x0000000000000001, 0x0000000000000002, 0x0000ffffffffffff,
    0x0008000000000000, 0x000ffffffffffffe, 0x000fffffffffffff, 0x0010000000000000,
    0x0010000000000001, 0x001fffffffffffff, 0x0020000000000000, 0x0350000000000000,
    0x1ff0000000000000, 0x20000000000fffff, 0x369fffffffffffff, 0x36a0000000000000,
    0x36a0000000000001, 0x380fffffc0000000, 0x380fffffe0000000, 0x380fffffefffffff,
    0x380ffffff0000000, 0x3810000000000000, 0x3ca0000000000000, 0x3ca0000000000001,
    0x3cb0000000000000, 0x3fe0000000000000, 0x3fdfffffffffffff, 0x3fe0000000000001,
    0x3fefffffffffffff, 0x3ff0000000000000, 0x3ff0000000000001, 0x3ff0000010000000,
    0x3ff0000010000001, 0x3ff0000030000000, 0x3ff8000000000000, 0x4000000000000000,
    0x4004000000000000, 0x400921fb54442d18, 0x41cfffffffffffff, 0x41d0000000000000,
    0x41dfffffff800000, 0x41dfffffffc00000, 0x41dfffffffdfffff, 0x41dfffffffe00000,
    0x41e0000000000000, 0x41e0000000100000, 0x41e0000000100001, 0x41e0000000200000,
    0x41efffffffe00000, 0x41efffffffefffff, 0x41effffffff00000, 0x41f0000000000000,
    0x432fffffffffffff, 0x4330000000000001, 0x4340000000000000, 0x43dfffffffffffff,
    0x43e0000000000000, 0x43e0000000000001, 0x43efffffffffffff, 0x43f0000000000000,
    0x47efffffe0000000, 0x47efffffefffffff, 0x47effffff0000000, 0x47f0000000000000,
    0x7fdfffffffffffff, 0x7fe0000000000000, 0x7feffffffffffffe, 0x7fefffffffffffff,
    0x7ff0000000000000, 0x7ff0000000000001, 0x7ff00000dead0000, 0x7ff4000000000000,
    0x7ff7ffffffffffff, 0x7ff8000000000000, 0x7ff8c0de0000beef, 0x7ffc000000000000,
    0x7fffffffffffffff,
};

static const uint64_t few32[] = {
    0x00000000, 0x00000001, 0x007fffff, 0x00800000, 0x00800001, 0x33800000, 0x3f7fffff,
    0x3f800000, 0x3f800001, 0x3fffffff, 0x4b7fffff, 0x7effffff, 0x7f7fffff, 0x7f800000,
    0x7f812345, 0x7fcabcde,
};

static const uint64_t few64[] = {
    0x0000000000000000, 0x0000000000000001, 0x000fffffffffffff, 0x0010000000000000,
    0x0010000000000001, 0x3ca0000000000000, 0x3fefffffffffffff, 0x3ff0000000000000,
    0x3ff0000000000001, 0x3fffffffffffffff, 0x433fffffffffffff, 0x7fdfffffffffffff,
    0x7fefffffffffffff, 0x7ff0000000000000, 0x7ff0123456789abc, 0x7ff8abcdef012345,
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof *(array))

const size_t rule_set_count = COUNT(rule_sets);

const char *const round_names[] = {"nearest", "zero", "up", "down", "away", "dyn"};

#define OP_INFO(NAME, text, n) {text, FP_OP_##NAME, n},
const struct op_info op_infos[] = {FP_OPS(OP_INFO)};
const size_t op_info_count = COUNT(op_infos);

const struct fp_rules *rules_named(const char *name)
{
    for (size_t i = 0; i < rule_set_count; i++)
        if (strcmp(rule_sets[i].name, name) == 0)
            return &rule_sets[i].rules;
    assert(!"rules_named: no such rules");
    return NULL;
}

/* Both signs of a list, in SPACE, once made. */
static const uint64_t *signed_list(uint64_t *space, const uint64_t *list, size_t n,
                                   unsigned width)
{
    for (size_t i = 0; i < n; i++) {
        space[2 * i] = list[i];
        space[2 * i + 1] = list[i] | UINT64_C(1) << (width - 1);
    }
    return space;
}

const uint64_t *corners(unsigned width, size_t *n)
{
    static uint64_t all32[2 * COUNT(corners32)], all64[2 * COUNT(corners64)];

    *n = 2 * (width == 64 ? COUNT(corners64) : COUNT(corners32));
    return width == 64 ? signed_list(all64, corners64, COUNT(corners64), 64)
                       : signed_list(all32, corners32, COUNT(corners32), 32);
}

const uint64_t *few_corners(unsigned width, size_t *n)
{
    static uint64_t all32[2 * COUNT(few32)], all64[2 * COUNT(few64)];

    *n = 2 * COUNT(few32);
    return width == 64 ? signed_list(all64, few64, COUNT(few64), 64)
                       : signed_list(all32, few32, COUNT(few32), 32);
}

const uint64_t *int_corners(size_t *n)
{
    static uint64_t all[64 * 8];
    size_t used = 0;

    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t power = UINT64_C(1) << bit;

        for (uint64_t d = 0; d < 4; d++) {
            all[used++] = power + d - 1;
            all[used++] = -(power + d - 1);
        }
    }
    *n = used;
    return all;
}

uint64_t random_bits(void)
{
    static uint64_t state = 20261120;
    uint64_t x = state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint64_t random_fraction(unsigned bits)
{
    uint64_t r = random_bits(), all = (UINT64_C(1) << bits) - 1;

    switch (r >> 60) {
    case 0:
    case 1:
        return 0;
    case 2:
        return all;
    case 3:
        return UINT64_C(1) << (r % bits);
    case 4:
        return all << (r % bits) & all;
    case 5:
        return all >> (r % bits);
    case 6:
        return (all << (r % bits) & all) + 1;
    default:
        return r & all;
    }
}

uint64_t random_operand(unsigned width)
{
    static unsigned near;
    unsigned bits = width == 64 ? 52 : 23;
    unsigned range = width == 64 ? 2048 : 256, exponent;
    uint64_t r = random_bits();

    switch (r >> 60) {
    case 0:
        exponent = (unsigned)(r >> 8) % 4;
        break;
    case 1:
        exponent = range - 1 - (unsigned)(r >> 8) % 4;
        break;
    case 2:
    case 3:
        exponent = range / 2 - 1 + (unsigned)(r >> 8) % 66 - 2;
        break;
    case 4:
    case 5:
    case 6:
    case 7:
        exponent = near + (unsigned)(r >> 8) % 5 - 2;
        break;
    case 8:
    case 9:
        exponent = near + (unsigned)(r >> 8) % (2 * bits + 6) - bits - 3;
        break;
    case 10: /* product or quotient with the one before is near 1 or near tiny */
        exponent = range / 2 - near + (unsigned)(r >> 8) % 4;
        break;
    default:
        exponent = (unsigned)(r >> 8);
        break;
    }
    near = exponent %= range;
    return (r & 1) << (width - 1) | (uint64_t)exponent << bits | random_fraction(bits);
}

uint64_t random_int(void)
{
    uint64_t r = random_bits();
    unsigned shift = (unsigned)(random_bits() & 63);

    return r & 1 ? (uint64_t)((int64_t)r >> shift) : r >> shift;
}

size_t scaled(size_t count)
{
    const char *value = getenv("ISO_LONG");

    return value && *value && *value != '0' ? 50 * count : count;
}

int op_exists(const struct op_info *info, unsigned width)
{
    return (info->op != FP_OP_FROM_F64 || width == 32) &&
           (info->op != FP_OP_FROM_F32 || width == 64);
}

unsigned operand_width(const struct op_info *info, unsigned width)
{
    return info->op == FP_OP_FROM_F32 ? 32 : info->op == FP_OP_FROM_F64 ? 64 : width;
}

int op_rounds(const struct op_info *info, unsigned width)
{
    (void)width;
    return info->op <= FP_OP_FMA || info->op >= FP_OP_TO_S32;
}

int op_from_int(const struct op_info *info)
{
    return info->op >= FP_OP_FROM_S32 && info->op <= FP_OP_FROM_U64;
}
