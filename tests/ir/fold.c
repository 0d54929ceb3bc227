/*
 * fold.c - folding against the evaluator: random expressions are built twice, as they
 * stand and through ir_op, and both must have the same value; and the evaluator's
 * arithmetic against the interpreter's (interp/ops.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guest.h"
#include "interp/ops.h"
#include "ir/arith.h"
#include "ir/ir.h"

enum { CPU_BYTES = 1 << 15, LEAVES = 3, NODES = 24, STATES = 24 };
enum { AT_LEAVES = 8192, AT_PLAIN = 12288, AT_FOLDED = 16384 }; /* offsets in the cpu */

static uint64_t seed = 88172645463325252u;

static uint64_t random_bits(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

static unsigned below(unsigned n)
{
    return (unsigned)(random_bits() >> 11) % n;
}

static const uint64_t corners[] = {
    0,  1,          2,          3,         4,    7,        8,      15,        16,
    31, 32,         33,         63,        64,   65,       0x7f,   0x80,      0xff,
    96, 0x7fff,     0x8000,     0xffff,    127,  128,      0xfffe, INT32_MAX, UINT32_MAX,
    5,  0x80000000, 0xfffffffe, INT64_MAX, 0xf0, 1u << 20, 255,    0xff00,    0xffff0000,
    24, 1ull << 63, UINT64_MAX, ~1ull,     56,   48,       40,     ~0xffull,  ~0xffffull};

static uint64_t random_value(void)
{
    switch (below(4)) {
    case 0:
        return random_bits();
    case 1: /* sign extended */
        return (uint64_t)(int64_t)(int32_t)random_bits();
    default:
        return corners[below(sizeof corners / sizeof *corners)];
    }
}

/* -- expressions */

struct pair {
    ir_ref plain, folded;
};
struct pool {
    struct pair at[IR_I128 + 1][64];
    unsigned count[IR_I128 + 1];
    struct pair all[64];
    unsigned all_count;
};

static struct pair constant(struct ir *ir, enum ir_type type)
{
    ir_ref r;

    if (type == IR_I128)
        r = below(2) ? ir_const128(ir, 0, random_value())
                     : ir_const128(ir, (uint64_t) - (int64_t)below(2), random_value());
    else
        r = ir_const(ir, type, random_value());
    return (struct pair){r, r};
}

static struct pair pick(struct ir *ir, const struct pool *pool, enum ir_type type)
{
    unsigned n = pool->count[type];

    if (below(4) == 0)
        return constant(ir, type);
    /* rather a new one, so that expressions grow deep */
    if (n > 4 && below(2))
        return pool->at[type][n - 1 - below(4)];
    return pool->at[type][below(n)];
}

static enum ir_type integer(void)
{
    return (enum ir_type)(IR_I1 + below(6));
}

static enum ir_type word(void)
{
    return below(2) ? IR_I32 : IR_I64;
}

/* Types of the operands and the result of a random use of OP; false: try again. */
static bool choose(enum ir_op op, enum ir_type from[3], enum ir_type *to)
{
    enum ir_type t = below(5) ? word() : IR_I128;

    from[0] = from[1] = from[2] = *to = t;
    switch (op) {
    case IR_AND ... IR_NOT:
        if (below(4) == 0)
            from[0] = from[1] = *to = IR_I1;
        return true;
    case IR_SHL ... IR_ROTR:
        from[1] = below(3) ? t : integer();
        return true;
    case IR_EQ ... IR_LE_S:
        if (below(6) == 0)
            from[0] = from[1] = IR_I1;
        *to = IR_I1;
        return true;
    case IR_SELECT:
        from[0] = IR_I1;
        from[1] = from[2] = *to = integer();
        return true;
    case IR_ZEXT:
    case IR_SEXT:
        from[0] = integer();
        *to = integer();
        return from[0] < *to;
    case IR_TRUNC:
        from[0] = integer();
        *to = integer();
        return from[0] > *to;
    case IR_CAT:
        from[0] = from[1] = word();
        *to = from[0] + 1;
        return true;
    case IR_CARRY:
    case IR_OVERFLOW:
        from[0] = from[1] = word();
        from[2] = IR_I1;
        *to = IR_I1;
        return true;
    case IR_MULH_U ... IR_MULH_SU:
    case IR_CLZ ... IR_BITREV:
        from[0] = from[1] = *to = word();
        return true;
    case IR_BITCAST:
        return false;
    default:
        return true;
    }
}

static void add(struct pool *pool, enum ir_type type, struct pair p)
{
    pool->at[type][pool->count[type]++] = p;
    pool->all[pool->all_count++] = p;
}

/* The upper half of a product. */
static void add_product(struct ir *ir, struct pool *pool)
{
    struct pair x[2], p;

    for (unsigned i = 0; i < 2; i++) {
        enum ir_op op = below(2) ? IR_SEXT : IR_ZEXT;
        struct pair a = pick(ir, pool, word());
        if (below(6) == 0) {
            x[i] = constant(ir, IR_I128);
            continue;
        }
        x[i].plain = ir_node_new(ir, op, IR_I128, a.plain, 0, 0, 0, 0);
        ir_append(ir, x[i].plain);
        x[i].folded = ir_op(ir, op, IR_I128, a.folded, 0, 0);
    }
    p.plain = ir_node_new(ir, IR_MUL, IR_I128, x[0].plain, x[1].plain, 0, 0, 0);
    ir_append(ir, p.plain);
    p.plain =
        ir_node_new(ir, IR_SHR, IR_I128, p.plain, ir_const(ir, IR_I32, 64), 0, 0, 0);
    ir_append(ir, p.plain);
    p.plain = ir_node_new(ir, IR_TRUNC, IR_I64, p.plain, 0, 0, 0, 0);
    ir_append(ir, p.plain);
    p.folded = ir_2(ir, IR_MUL, x[0].folded, x[1].folded);
    p.folded = ir_2(ir, IR_SHR, p.folded, ir_const(ir, IR_I32, 64));
    p.folded = ir_op(ir, IR_TRUNC, IR_I64, p.folded, 0, 0);
    add(pool, IR_I64, p);
}

static void add_random(struct ir *ir, struct pool *pool)
{
    enum ir_op op;
    enum ir_type from[3], to;
    struct pair arg[3] = {{0}}, p;

    do
        op = (enum ir_op)(IR_ADD + below(IR_OVERFLOW - IR_ADD + 1));
    while (!choose(op, from, &to));
    for (unsigned i = 0; i < ir_op_args[op]; i++)
        arg[i] = pick(ir, pool, from[i]);
    if (below(8) == 0 && ir_op_args[op] > 1 && from[0] == from[1])
        arg[1] = arg[0];
    p.folded = ir_op(ir, op, to, arg[0].folded, arg[1].folded, arg[2].folded);
    for (unsigned i = 0; to == IR_I1 && from[1] == IR_I1 && i < 2; i++)
        if (op >= IR_EQ && op <= IR_LE_S) { /* no such node: only folding takes it */
            enum ir_op widen = op == IR_LT_S || op == IR_LE_S ? IR_SEXT : IR_ZEXT;
            arg[i].plain = ir_node_new(ir, widen, IR_I32, arg[i].plain, 0, 0, 0, 0);
            ir_append(ir, arg[i].plain);
        }
    p.plain = ir_node_new(ir, op, to, arg[0].plain, arg[1].plain, arg[2].plain, 0, 0);
    ir_append(ir, p.plain);
    add(pool, to, p);
}

static struct ir *build(unsigned *count)
{
    struct ir *ir = ir_new(64);
    struct pool pool;

    pool.all_count = 0;
    for (enum ir_type t = IR_I1; t <= IR_I128; t++) {
        pool.count[t] = 0;
        for (unsigned i = 0; i < LEAVES; i++) {
            ir_ref r = ir_get(ir, AT_LEAVES + 16 * (LEAVES * t + i), t);
            add(&pool, t, (struct pair){r, r});
        }
    }
    for (unsigned i = 0; i < NODES; i++) {
        if (below(20) == 0)
            add_product(ir, &pool);
        else
            add_random(ir, &pool);
    }
    for (unsigned i = 0; i < pool.all_count; i++) {
        ir_op_aux(ir, IR_STCPU, IR_VOID, pool.all[i].plain, 0, 0, AT_PLAIN + 16 * i, 0);
        ir_op_aux(ir, IR_STCPU, IR_VOID, pool.all[i].folded, 0, 0, AT_FOLDED + 16 * i, 0);
    }
    ir_exit(ir, ir_snapshot(ir, 0x1000, false), 0);
    ir_finish(ir);
    *count = pool.all_count;
    return ir;
}

static void test_fold(void **state)
{
    struct cpu *cpu = aligned_alloc(64, CPU_BYTES);
    unsigned long rounds = getenv("ISO_LONG") ? 200000 : 4000;

    (void)state;
    if (getenv("ROUNDS"))
        rounds = strtoul(getenv("ROUNDS"), NULL, 10);
    if (getenv("SEED"))
        seed = strtoull(getenv("SEED"), NULL, 0);
    for (unsigned long round = 0; round < rounds; round++) {
        uint64_t start = seed;
        unsigned count;
        struct ir *ir = build(&count);
        ir_verify(ir, "folding");
        for (unsigned s = 0; s < STATES; s++) {
            memset(cpu, 0, CPU_BYTES);
            for (unsigned i = 0; i < 16 * LEAVES * (IR_I128 + 1); i += 8) {
                uint64_t v = random_value();
                if (i < 16 * LEAVES * (IR_I1 + 1))
                    v &= 1;
                memcpy((char *)cpu + AT_LEAVES + i, &v, 8);
            }
            assert_int_equal(ir_eval(ir, cpu), IR_LEFT_EXIT);
            for (unsigned i = 0; i < count; i++) {
                const char *plain = (char *)cpu + AT_PLAIN + 16 * i;
                if (memcmp(plain, plain + AT_FOLDED - AT_PLAIN, 16) == 0)
                    continue;
                ir_print(ir, stderr);
                fail_msg("SEED=%#llx ROUNDS=1: result %u (aux %#x) differs",
                         (unsigned long long)start, i, AT_FOLDED + 16 * i);
            }
        }
        ir_free(ir);
    }
    free(cpu);
}

/* -- arithmetic */

static ir_wide wide_value(void)
{
    ir_wide v = (ir_wide)random_value() << 64 | random_value();

    return below(2) ? v : below(2) ? (ir_wide)(uint64_t)v : ~(ir_wide)(uint64_t)v;
}

static ir_wide compute(enum ir_op op, enum ir_type from, enum ir_type to, ir_wide a,
                       ir_wide b, ir_wide c)
{
    ir_wide arg[3] = {a, b, c}, out;

    assert_true(ir_arith(op, from, to, arg, &out));
    return out;
}

#define SAME(op, n, expected)                                                        \
    do {                                                                             \
        ir_wide is = compute(IR_##op, IR_I##n, IR_I##n, a, b, c), want = (expected); \
        if (is != want)                                                              \
            fail_msg("%s i%d %#llx %#llx", ir_op_names[IR_##op], n,                  \
                     (unsigned long long)a, (unsigned long long)b);                  \
    } while (0)
#define TRUTH(op, n, expected)                                                     \
    do {                                                                           \
        ir_wide is = compute(IR_##op, IR_I##n, IR_I1, a, b, c), want = (expected); \
        if (is != want)                                                            \
            fail_msg("%s i%d %#llx %#llx", ir_op_names[IR_##op], n,                \
                     (unsigned long long)a, (unsigned long long)b);                \
    } while (0)
#define ALL_WIDTHS(n, U, S)                                   \
    static void arith##n(U a, U b, unsigned c)                \
    {                                                         \
        S sa = (S)a, sb = (S)b;                               \
        uint64_t by = (uint64_t)b;                            \
        SAME(ADD, n, (U)(a + b));                             \
        SAME(SUB, n, (U)(a - b));                             \
        SAME(MUL, n, (U)(a * b));                             \
        SAME(DIV_U, n, div_u##n(a, b, n));                    \
        SAME(DIV_S, n, div_s##n(sa, sb));                     \
        SAME(REM_U, n, rem_u##n(a, b));                       \
        SAME(REM_S, n, rem_s##n(sa, sb));                     \
        SAME(AND, n, a &b);                                   \
        SAME(OR, n, a | b);                                   \
        SAME(XOR, n, a ^ b);                                  \
        SAME(NOT, n, (U)~a);                                  \
        SAME(NEG, n, (U)(0 - a));                             \
        if (by == b) {                                        \
            SAME(SHL, n, shl##n(a, by));                      \
            SAME(SHR, n, shr##n(a, by));                      \
            SAME(SAR, n, sar##n(a, by));                      \
            SAME(ROTL, n, rotl##n(a, by, n));                 \
            SAME(ROTR, n, rotr##n(a, by, n));                 \
        }                                                     \
        TRUTH(EQ, n, a == b);                                 \
        TRUTH(NE, n, a != b);                                 \
        TRUTH(LT_U, n, a < b);                                \
        TRUTH(LT_S, n, sa < sb);                              \
        TRUTH(LE_U, n, a <= b);                               \
        TRUTH(LE_S, n, sa <= sb);                             \
        SAME(MIN_U, n, min_u##n(a, b));                       \
        SAME(MAX_U, n, max_u##n(a, b));                       \
        SAME(MIN_S, n, min_s##n(sa, sb));                     \
        SAME(MAX_S, n, max_s##n(sa, sb));                     \
        TRUTH(OVERFLOW, n, overflow##n(a, b, (U)(c & 1), n)); \
    }
#define WORD_WIDTHS(n, U, S, double_s, double_u)                  \
    static void words##n(U a, U b, unsigned c)                    \
    {                                                             \
        SAME(CLZ, n, clz##n(a, n));                               \
        SAME(CTZ, n, ctz##n(a, n));                               \
        SAME(POPCOUNT, n, popcount##n(a));                        \
        SAME(BSWAP, n, bswap##n(a, n));                           \
        SAME(BITREV, n, bitrev##n(a, n));                         \
        SAME(MULH_U, n, (U)((double_u)a * b >> n));               \
        SAME(MULH_S, n, (U)((double_s)(S)a * (S)b >> n));         \
        SAME(MULH_SU, n, (U)((double_s)(S)a * (double_s)b >> n)); \
        TRUTH(CARRY, n, carry##n(a, b, c & 1, n));                \
    }
ALL_WIDTHS(32, uint32_t, int32_t)
ALL_WIDTHS(64, uint64_t, int64_t)
ALL_WIDTHS(128, u128, s128)
WORD_WIDTHS(32, uint32_t, int32_t, int64_t, uint64_t)
WORD_WIDTHS(64, uint64_t, int64_t, s128, u128)

static void test_arithmetic(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        ir_wide a = wide_value(), b = wide_value();
        unsigned c = below(2);
        arith32((uint32_t)a, (uint32_t)b, c);
        arith64((uint64_t)a, (uint64_t)b, c);
        arith128(a, b, c);
        words32((uint32_t)a, (uint32_t)b, c);
        words64((uint64_t)a, (uint64_t)b, c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_fold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
