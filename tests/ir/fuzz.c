/*
 * fuzz.c - random regions through the passes.
 *
 *     ir-fuzz [-s SEED] [-n REGIONS] [-t SECONDS] [-p PASS,PASS...] [-v]
 *
 * A region of loops, branches, memory, ways out and operations of all types is made twice
 * from one seed: once node by node as it comes, once through the builder's folding. The
 * second goes through passes (random ones, in random order) and is verified after each.
 * Both are evaluated on random states, in which some addresses fault: they must leave the
 * same way, with the same places, memory and floating-point flags. Exit status 1 if
 * something differs; -v with the region's text. -n 0 goes on for ever, -t for so long.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "ir/ir.h"

enum {
    CPU_BYTES = 8192,
    WINDOW = 8192,      /* bytes of memory that are compared, from address 0 */
    FAULTS_AT = 0x1000, /* a page that can't be accessed stands in the middle */
    STATES = 6,
    POOL = 512,
    PLACES = 14,
};

/* -- random numbers ----------------------------------------------------------------- */

static uint64_t random_state;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1du;
}

static unsigned below(unsigned n)
{
    return (unsigned)((random_bits() >> 32) % n);
}

static uint64_t random_value(void)
{
    static const uint64_t corners[] = {0,          1,           2,
                                       3,          4,           5,
                                       7,          8,           15,
                                       16,         24,          31,
                                       32,         33,          48,
                                       56,         63,          64,
                                       0x7f,       0x80,        0xff,
                                       0x7fff,     0x8000,      0xffff,
                                       1000,       0x7fffffff,  0x80000000,
                                       0xffffffff, 0x100000000, 0xffffffff00000000,
                                       ~0ull,      ~0ull - 1,   ~0ull - 4,
                                       INT64_MAX,  1ull << 63,  0x7ff8000000000000,
                                       0x3f800000, 0x7fc00000,  0x3ff0000000000000};

    switch (below(4)) {
    case 0:
        return random_bits();
    case 1:
        return below(0x2000);
    default:
        return corners[below(sizeof corners / sizeof *corners)];
    }
}

/* -- making a region ---------------------------------------------------------------- */

struct value {
    ir_ref r;
    enum ir_type type;
};

struct make {
    struct ir *ir;
    bool raw; /* without folding */
    struct value pool[POOL];
    unsigned count;
    unsigned left; /* statements */
    unsigned loops;
    uint64_t pc;
    struct {
        uint32_t offset;
        enum ir_type type;
    } places[PLACES];
    enum ir_type word;
};

static const enum ir_type all_types[] = {IR_I1,  IR_I8,  IR_I16,  IR_I32,
                                         IR_I32, IR_I64, IR_I64,  IR_I64,
                                         IR_F32, IR_F64, IR_I128, IR_V128};

static ir_ref node(struct make *m, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
                   ir_ref c)
{
    ir_ref r;

    if (!m->raw)
        return ir_op(m->ir, op, type, a, b, c);
    r = ir_node_new(m->ir, op, type, a, b, c, 0, 0);
    ir_append(m->ir, r);
    return r;
}

static ir_ref keep(struct make *m, enum ir_type type, ir_ref r)
{
    if (m->count == POOL)
        m->count = POOL / 2;
    m->pool[m->count++] = (struct value){r, type};
    return r;
}

static ir_ref constant(struct make *m, enum ir_type type)
{
    uint64_t low = random_value();

    if (type == IR_I128)
        return ir_const128(m->ir, below(2) ? 0 : below(2) ? ~0ull : random_value(), low);
    if (type == IR_V128) {
        ir_ref r = ir_const128(m->ir, random_value(), low);
        return node(m, IR_BITCAST, IR_V128, r, 0, 0);
    }
    return ir_const(m->ir, type, low);
}

/* A value of TYPE: a recent one if there is any, else a constant or place. */
static ir_ref pick(struct make *m, enum ir_type type)
{
    if (below(5) == 0)
        return constant(m, type);
    for (unsigned tries = 0; tries < 12 && m->count; tries++) {
        unsigned back = below(m->count) >> below(5);
        const struct value *v = &m->pool[m->count - 1 - back];
        if (v->type == type)
            return v->r;
    }
    for (unsigned tries = 0; tries < PLACES; tries++) {
        unsigned p = below(PLACES);
        if (m->places[p].type == type)
            return ir_get(m->ir, m->places[p].offset, type);
    }
    return constant(m, type);
}

static enum ir_type pick_type(const enum ir_type *types, unsigned count)
{
    return types[below(count)];
}
#define PICK_TYPE(...)                             \
    pick_type((const enum ir_type[]){__VA_ARGS__}, \
              sizeof((const enum ir_type[]){__VA_ARGS__}) / sizeof(enum ir_type))

static void arithmetic(struct make *m)
{
    static const enum ir_op ops[] = {
        IR_ADD,   IR_ADD,    IR_ADD,    IR_SUB,     IR_SUB,   IR_AND,   IR_AND,
        IR_OR,    IR_OR,     IR_XOR,    IR_MUL,     IR_SHL,   IR_SHR,   IR_SAR,
        IR_SHL,   IR_SHR,    IR_SAR,    IR_ROTL,    IR_ROTR,  IR_DIV_U, IR_DIV_S,
        IR_REM_U, IR_REM_S,  IR_MIN_S,  IR_MIN_U,   IR_MAX_S, IR_MAX_U, IR_NOT,
        IR_NEG,   IR_MULH_U, IR_MULH_S, IR_MULH_SU, IR_CLZ,   IR_CTZ,   IR_POPCOUNT,
        IR_BSWAP, IR_BITREV};
    enum ir_op op = ops[below(sizeof ops / sizeof *ops)];
    enum ir_type type = PICK_TYPE(IR_I32, IR_I64, IR_I64, IR_I32, IR_I128);
    ir_ref a, b = 0;

    if (type == IR_I128 &&
        ((op >= IR_MULH_U && op <= IR_MULH_SU) || (op >= IR_CLZ && op <= IR_BITREV)))
        type = IR_I64;
    if (op >= IR_AND && op <= IR_NOT && op != IR_NEG && below(4) == 0)
        type = IR_I1;
    a = pick(m, type);
    if (ir_op_args[op] == 2)
        b = op >= IR_SHL && op <= IR_ROTR
                ? below(3) ? ir_const(m->ir, IR_I32, below(70))
                           : pick(m, PICK_TYPE(IR_I32, IR_I64, IR_I8, IR_I128))
                : pick(m, type);
    keep(m, type, node(m, op, type, a, b, 0));
}

static void sizes(struct make *m)
{
    static const enum ir_type ints[] = {IR_I1, IR_I8, IR_I16, IR_I32, IR_I64, IR_I128};
    unsigned from = below(6), to = below(6);
    enum ir_op op;

    if (below(3)) { /* the common ones */
        from = 3 + below(2);
        to = from == 3 ? 4 : 1 + below(3);
    }
    if (from == to)
        return;
    op = from > to ? IR_TRUNC : below(2) ? IR_ZEXT : IR_SEXT;
    keep(m, ints[to], node(m, op, ints[to], pick(m, ints[from]), 0, 0));
}

static void comparison(struct make *m)
{
    enum ir_type type = PICK_TYPE(IR_I32, IR_I64, IR_I64, IR_I128);
    enum ir_op op = (enum ir_op)(IR_EQ + below(6));
    ir_ref a = pick(m, type), b;

    b = below(3)          ? pick(m, type)
        : type == IR_I128 ? ir_const128(m->ir, 0, below(3))
                          : ir_const(m->ir, type, 0);
    if (type != IR_I128 && below(3) == 0) {
        op = below(2) ? IR_CARRY : IR_OVERFLOW;
        keep(m, IR_I1, node(m, op, IR_I1, a, b, pick(m, IR_I1)));
        return;
    }
    keep(m, IR_I1, node(m, op, IR_I1, a, b, 0));
}

static void selection(struct make *m)
{
    enum ir_type type = all_types[below(12)];
    ir_ref c = pick(m, IR_I1), a = pick(m, type), b = pick(m, type);

    keep(m, type, node(m, IR_SELECT, type, c, a, b));
}

static void casts(struct make *m)
{
    ir_ref a;

    switch (below(7)) {
    case 0:
        keep(m, IR_F64, node(m, IR_BITCAST, IR_F64, pick(m, IR_I64), 0, 0));
        break;
    case 1:
        keep(m, IR_I64, node(m, IR_BITCAST, IR_I64, pick(m, IR_F64), 0, 0));
        break;
    case 2:
        keep(m, IR_F32, node(m, IR_BITCAST, IR_F32, pick(m, IR_I32), 0, 0));
        break;
    case 3:
        keep(m, IR_I32, node(m, IR_BITCAST, IR_I32, pick(m, IR_F32), 0, 0));
        break;
    case 4:
        keep(m, IR_V128, node(m, IR_BITCAST, IR_V128, pick(m, IR_I128), 0, 0));
        break;
    case 5:
        a = pick(m, IR_I32);
        keep(m, IR_I64, node(m, IR_CAT, IR_I64, a, pick(m, IR_I32), 0));
        break;
    default:
        a = pick(m, IR_I64);
        keep(m, IR_I128, node(m, IR_CAT, IR_I128, a, pick(m, IR_I64), 0));
    }
}

static void floating(struct make *m)
{
    static const enum ir_op ops[] = {IR_FADD, IR_FSUB, IR_FMUL, IR_FDIV, IR_FMIN,
                                     IR_FMAX, IR_FEQ,  IR_FLT,  IR_FLE,  IR_FUNORD};
    enum ir_op op = ops[below(10)];
    enum ir_type type = PICK_TYPE(IR_F32, IR_F64);
    ir_ref a = pick(m, type), b = pick(m, type);
    enum ir_type to = ir_op_results[op] == IR_RESULT_BOOL ? IR_I1 : type;

    keep(m, to, node(m, op, to, a, b, 0));
}

/* The sticky flags read, or set to what they were or to any. */
static void sticky(struct make *m)
{
    ir_ref v = node(m, IR_FPFLAGS, IR_I32, 0, 0, 0);

    switch (below(3)) {
    case 0:
        keep(m, IR_I32, v);
        return;
    case 1:
        v = node(m, IR_AND, IR_I32, pick(m, IR_I32),
                 ir_const(m->ir, IR_I32, FP_ALL_FLAGS), 0);
        break;
    default:
        floating(m);
    }
    node(m, IR_SETFPFLAGS, IR_VOID, v, 0, 0);
}

/* The flags of a - b or a + b, and a condition made of them. */
static void flags(struct make *m)
{
    enum ir_type type = m->word;
    ir_ref one = ir_const(m->ir, type, 1), zero = ir_const(m->ir, type, 0);
    ir_ref a = pick(m, type), b = pick(m, type), nb, sum, f[4], c;
    unsigned in = below(4) != 0, bits = ir_type_bits[type];

    nb = in ? node(m, IR_NOT, type, b, 0, 0) : b;
    sum = node(m, IR_ADD, type, a, nb, 0);
    if (in)
        sum = node(m, IR_ADD, type, sum, one, 0);
    if (below(3) == 0 && in)
        sum = node(m, IR_SUB, type, a, b, 0);
    f[0] = below(2)
               ? node(m, IR_LT_S, IR_I1, sum, zero, 0)
               : node(m, IR_TRUNC, IR_I1,
                      node(m, IR_SHR, type, sum, ir_const(m->ir, IR_I32, bits - 1), 0), 0,
                      0);
    f[1] = node(m, IR_EQ, IR_I1, sum, zero, 0);
    f[2] = node(m, IR_CARRY, IR_I1, a, nb, ir_const(m->ir, IR_I1, in));
    f[3] = node(m, IR_OVERFLOW, IR_I1, a, nb, ir_const(m->ir, IR_I1, in));
    c = f[below(4)];
    for (unsigned i = 0; i < 3; i++) {
        enum ir_op op = (enum ir_op)(IR_AND + below(3));
        ir_ref d = f[below(4)];
        if (below(3) == 0)
            d = node(m, IR_NOT, IR_I1, d, 0, 0);
        c = node(m, op, IR_I1, c, d, 0);
        if (below(3) == 0)
            c = node(m, IR_NOT, IR_I1, c, 0, 0);
        keep(m, IR_I1, c);
    }
    keep(m, type, sum);
}

/* Boxed singles: written with ones above, read with a test of them. */
static void boxed(struct make *m)
{
    ir_ref ones = ir_const(m->ir, IR_I32, UINT32_MAX), x, high;

    if (below(2)) {
        x = node(m, IR_BITCAST, IR_I32, pick(m, IR_F32), 0, 0);
        keep(m, IR_I64, node(m, IR_CAT, IR_I64, ones, x, 0));
        return;
    }
    x = pick(m, IR_I64);
    high = node(m, IR_SHR, IR_I64, x, ir_const(m->ir, IR_I32, 32), 0);
    high = node(m, IR_TRUNC, IR_I32, high, 0, 0);
    high = node(m, IR_EQ, IR_I1, high, ones, 0);
    x = node(m, IR_TRUNC, IR_I32, x, 0, 0);
    x = node(m, IR_SELECT, IR_I32, high, x, ir_const(m->ir, IR_I32, 0x7fc00000));
    keep(m, IR_F32, node(m, IR_BITCAST, IR_F32, x, 0, 0));
}

static uint32_t snapshot(struct make *m)
{
    m->pc += 4;
    return ir_snapshot(m->ir, m->pc, false);
}

static ir_ref address(struct make *m)
{
    ir_ref a = pick(m, m->word);

    if (below(6)) {
        a = node(m, IR_AND, m->word, a, ir_const(m->ir, m->word, 0x7f8), 0);
        a = node(m, IR_ADD, m->word, a, ir_const(m->ir, m->word, below(64) * 4), 0);
    }
    keep(m, m->word, a);
    if (below(3) == 0)
        a = node(m, IR_ADD, m->word, a,
                 ir_const(m->ir, m->word, (uint64_t)(int64_t)((int)below(9) - 4) * 4), 0);
    return a;
}

static void memory(struct make *m)
{
    enum ir_type type =
        PICK_TYPE(IR_I8, IR_I16, IR_I32, IR_I32, IR_I64, IR_I64, IR_F32, IR_F64, IR_V128);
    ir_ref a = address(m), v;
    unsigned swap = type >= IR_I16 && type <= IR_I64 && below(6) == 0 ? IR_SWAP : 0;

    switch (below(16)) {
    case 0:
        ir_effectful(m->ir, IR_FENCE, IR_VOID, 0, 0, 0, 0, 0, 0);
        break;
    case 1:
        v = pick(m, IR_I32);
        v = ir_effectful(m->ir, IR_AMO, IR_I32, a, v, 0, snapshot(m), below(9), 0);
        keep(m, IR_I32, v);
        break;
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
        v = pick(m, type);
        ir_effectful(m->ir, IR_STORE, IR_VOID, a, v, 0, snapshot(m), 0, swap);
        if (below(2))
            break;
        /* fall through */
    default:
        v = ir_effectful(m->ir, IR_LOAD, type, a, 0, 0, snapshot(m), 0, swap);
        keep(m, type, v);
    }
}

static void set(struct make *m)
{
    unsigned p = 1 + below(PLACES - 1); /* 0 counts loops */

    ir_set(m->ir, m->places[p].offset, m->places[p].type, pick(m, m->places[p].type));
}

static void get(struct make *m)
{
    unsigned p = 1 + below(PLACES - 1);

    keep(m, m->places[p].type, ir_get(m->ir, m->places[p].offset, m->places[p].type));
}

/* A place of TYPE from the SKIPth of all on, or 0. */
static unsigned place_of(const struct make *m, enum ir_type type, unsigned skip)
{
    for (unsigned i = 0; i < PLACES; i++) {
        unsigned p = (skip + i) % PLACES;
        if (p != 0 && m->places[p].type == type)
            return p;
    }
    return 0;
}

/* A half of a place of 64 bits is written, with the other one kept. */
static void half(struct make *m)
{
    enum ir_type type = PICK_TYPE(IR_I64, IR_F64);
    unsigned p = place_of(m, type, below(PLACES));
    ir_ref x, low, high;

    if (p == 0)
        return;
    x = ir_get(m->ir, m->places[p].offset, type);
    if (type == IR_F64)
        x = node(m, IR_BITCAST, IR_I64, x, 0, 0);
    low = node(m, IR_TRUNC, IR_I32, x, 0, 0);
    high = node(m, IR_SHR, IR_I64, x, ir_const(m->ir, IR_I8, 32), 0);
    high = node(m, IR_TRUNC, IR_I32, high, 0, 0);
    if (below(3))
        low = node(m, IR_ADD, IR_I32, low, pick(m, IR_I32), 0);
    else
        high = pick(m, IR_I32);
    x = node(m, IR_CAT, IR_I64, high, low, 0);
    if (type == IR_F64)
        x = node(m, IR_BITCAST, IR_F64, x, 0, 0);
    ir_set(m->ir, m->places[p].offset, type, x);
}

/* Two places of 32 bits are one value. */
static void whole(struct make *m)
{
    unsigned h = place_of(m, IR_I32, below(PLACES)), l = place_of(m, IR_I32, h + 1);
    ir_ref x, high;

    if (h == l)
        return;
    x = node(m, IR_CAT, IR_I64, ir_get(m->ir, m->places[h].offset, IR_I32),
             ir_get(m->ir, m->places[l].offset, IR_I32), 0);
    x = node(m, IR_ADD, IR_I64, x, pick(m, IR_I64), 0);
    high = node(m, IR_SHR, IR_I64, x, ir_const(m->ir, IR_I8, 32), 0);
    high = node(m, IR_TRUNC, IR_I32, high, 0, 0);
    x = node(m, IR_TRUNC, IR_I32, x, 0, 0);
    ir_set(m->ir, m->places[h].offset, IR_I32, high);
    ir_set(m->ir, m->places[l].offset, IR_I32, x);
}

static void ways_out(struct make *m)
{
    ir_ref c = pick(m, IR_I1);

    if (below(3)) /* seldom taken */
        c = node(m, IR_AND, IR_I1, c,
                 node(m, IR_EQ, IR_I1, pick(m, IR_I64), constant(m, IR_I64), 0), 0);
    switch (below(5)) {
    case 0:
    case 1:
        ir_effectful(m->ir, IR_GUARD, IR_VOID, c, 0, 0, snapshot(m), 0, 0);
        break;
    case 2:
    case 3:
        ir_effectful(m->ir, IR_EXIT_IF, IR_VOID, c, 0, 0, snapshot(m), m->pc, 0);
        break;
    default:
        ir_effectful(m->ir, IR_POLL, IR_VOID, 0, 0, 0, snapshot(m), 0, 0);
    }
}

static void body(struct make *m, unsigned depth);

static void branches(struct make *m, unsigned depth)
{
    ir_block_id yes = ir_block_new(m->ir), no = ir_block_new(m->ir);
    ir_block_id end = ir_block_new(m->ir);
    unsigned count = m->count;

    ir_branch(m->ir, pick(m, IR_I1), yes, no, below(5) ? 0 : IR_UNLIKELY);
    for (unsigned i = 0; i < 2; i++) {
        ir_seal(m->ir, i ? no : yes);
        ir_enter(m->ir, i ? no : yes);
        m->count = count;
        body(m, depth + 1);
        if (below(8) == 0)
            ir_exit(m->ir, snapshot(m), 0);
        else
            ir_jump(m->ir, end);
    }
    ir_seal(m->ir, end);
    ir_enter(m->ir, end);
    m->count = count;
}

/* A loop of a few rounds; loops inside it use their own counters on the stack of rounds.
 */
static void loop(struct make *m, unsigned depth)
{
    ir_block_id head = ir_block_new(m->ir), out = ir_block_new(m->ir);
    uint32_t counter = (uint32_t)offsetof(struct cpu, state) + 256 + 8 * depth;
    unsigned count = m->count;
    ir_ref c;

    ir_set(m->ir, counter, IR_I64, ir_const(m->ir, IR_I64, 1 + below(4)));
    ir_jump(m->ir, head);
    ir_enter(m->ir, head);
    body(m, depth + 1);
    c = ir_get(m->ir, counter, IR_I64);
    c = node(m, IR_ADD, IR_I64, c, ir_const(m->ir, IR_I64, ~0ull), 0);
    ir_set(m->ir, counter, IR_I64, c);
    if (below(2))
        ir_effectful(m->ir, IR_POLL, IR_VOID, 0, 0, 0, snapshot(m), 0, 0);
    c = node(m, IR_NE, IR_I1, c, ir_const(m->ir, IR_I64, 0), 0);
    ir_branch(m->ir, c, head, out, 0);
    ir_seal(m->ir, head);
    ir_seal(m->ir, out);
    ir_enter(m->ir, out);
    m->count = count;
}

static void statement(struct make *m, unsigned depth)
{
    static void (*const kinds[])(struct make *) = {
        arithmetic, arithmetic, arithmetic, arithmetic, sizes,    sizes, sizes,
        comparison, comparison, selection,  casts,      floating, flags, boxed,
        memory,     memory,     memory,     set,        set,      set,   get,
        ways_out,   sticky,     floating,   half,       whole};
    unsigned what = below(28);

    if (what >= 26 && depth < 3 && m->left > 10)
        branches(m, depth);
    else if (what == 25 && depth < 3 && m->loops < 4 && m->left > 10) {
        m->loops++;
        loop(m, depth);
    } else {
        kinds[below(sizeof kinds / sizeof *kinds)](m);
    }
}

static void body(struct make *m, unsigned depth)
{
    unsigned n = 1 + below(depth ? 12 : 40);

    while (n-- && m->left) {
        m->left--;
        statement(m, depth);
    }
}

static struct ir *make_region(uint64_t seed, bool raw)
{
    struct make m = {.raw = raw, .left = 80, .pc = 0x1000};
    uint32_t offset = (uint32_t)offsetof(struct cpu, state);
    ir_block_id first;

    random_state = seed * 0x9e3779b97f4a7c15u + 1;
    for (unsigned i = 0; i < 4; i++)
        random_bits();
    m.word = below(2) ? IR_I32 : IR_I64;
    m.ir = ir_new(m.word == IR_I32 ? 32 : 64);
    for (unsigned i = 0; i < PLACES; i++) {
        m.places[i].type = i < 5 ? m.word : all_types[(i + below(2)) % 12];
        m.places[i].offset = offset + 16 * i;
    }
    first = ir_block_new(m.ir);
    ir_jump(m.ir, first);
    ir_seal(m.ir, first);
    ir_enter(m.ir, first);
    if (below(2))
        ir_effectful(m.ir, IR_POLL, IR_VOID, 0, 0, 0, snapshot(&m), 0, 0);
    for (unsigned i = 0; i < 2 + below(3); i++)
        body(&m, 0);
    ir_exit(m.ir, snapshot(&m), 0);
    ir_finish(m.ir);
    return m.ir;
}

/* -- passes ------------------------------------------------------------------------- */

static const struct pass {
    const char *name;
    void (*run)(struct ir *ir);
} passes[] = {
    {"dce", ir_pass_dce},
    {"gvn", ir_pass_gvn},
    {"strength", ir_pass_strength},
    {"licm", ir_pass_licm},
    {"induction", ir_pass_induction},
    {"lower", ir_pass_lower},
    {"retype", ir_pass_retype},
    {"pair", ir_pass_pair},
    {"peel", ir_pass_peel},
    {"sink", ir_pass_sink},
    {"entry", ir_pass_entry},
};
enum { PASS_COUNT = sizeof passes / sizeof *passes };

static void run_pass(struct ir *ir, const struct pass *p)
{
    p->run(ir);
    ir_verify(ir, p->name);
    if (below(2)) { /* the others have to do with COPYs */
        ir_compact(ir);
        ir_verify(ir, p->name);
    }
}

/* Run PASSES (names, or NULL for random ones) on IR; what was run into SAID. */
static void run_passes(struct ir *ir, const char *names, char *said)
{
    unsigned n = 1 + below(6);

    *said = 0;
    if (names) {
        char copy[256], *at = copy, *name;
        snprintf(copy, sizeof copy, "%s", names);
        while ((name = strsep(&at, ",")))
            for (unsigned i = 0; i < PASS_COUNT; i++)
                if (strcmp(passes[i].name, name) == 0)
                    run_pass(ir, &passes[i]);
        strcpy(said, names);
        return;
    }
    while (n--) {
        const struct pass *p = &passes[below(PASS_COUNT)];
        sprintf(said + strlen(said), "%s%s", *said ? "," : "", p->name);
        run_pass(ir, p);
    }
}

/* -- evaluation --------------------------------------------------------------------- */

static struct cpu *cpus[2];
static uint8_t *window; /* address 0 */
static sigjmp_buf faulted;
static struct fp_rules rules;
static uint64_t pattern[WINDOW / 8], kept[WINDOW / 8];

static void on_fault(int number)
{
    (void)number;
    siglongjmp(faulted, 1);
}

static void start(void)
{
    const size_t half = (size_t)4 << 30;
    struct sigaction act = {.sa_handler = on_fault, .sa_flags = SA_NODEFER};
    uint8_t *all = mmap(NULL, 2 * half, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (all == MAP_FAILED) {
        perror("fuzz: 8 GiB of address space");
        exit(1);
    }
    window = all + half;
    mprotect(window, WINDOW, PROT_READ | PROT_WRITE);
    mprotect(window + FAULTS_AT, 4096, PROT_NONE);
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    for (unsigned i = 0; i < 2; i++) {
        cpus[i] = aligned_alloc(64, CPU_BYTES);
        memset(cpus[i], 0, CPU_BYTES);
    }
}

static bool accessible(unsigned word)
{
    return word * 8 < FAULTS_AT || word * 8 >= FAULTS_AT + 4096;
}

static int run(const struct ir *ir, struct cpu *cpu)
{
    for (unsigned i = 0; i < WINDOW / 8; i++)
        if (accessible(i))
            memcpy(window + i * 8, &pattern[i], 8);
    if (sigsetjmp(faulted, 0)) {
        if (!ir_eval_recover(cpu)) {
            fprintf(stderr, "fuzz: a fault outside an access\n");
            abort();
        }
        return 99;
    }
    return (int)ir_eval(ir, cpu);
}

static void random_cpu(const struct ir *ir)
{
    struct cpu *cpu = cpus[0];

    memset(cpu, 0, CPU_BYTES);
    for (uint32_t i = 0; i < 512; i += 8) {
        uint64_t v = random_value();
        memcpy(cpu->state + i, &v, 8);
    }
    for (uint32_t i = 1; i < ir->place_count; i++)
        if (ir->places[i].type == IR_I1)
            ((uint8_t *)cpu)[ir->places[i].offset] &= 1;
    cpu->mem = window;
    cpu->attention = below(4) == 0;
    fp_init(&cpu->fp, &rules);
    memcpy(cpus[1], cpu, CPU_BYTES);
}

/* Where region IR goes on if it leaves before it has done anything: at its first POLL. */
static uint64_t entry_pc(const struct ir *ir)
{
    const struct ir_refs *list = &ir->blocks[ir->blocks[0].succ[0]].nodes;

    for (uint32_t i = 0; i < list->count; i++)
        if (ir_at(ir, list->at[i])->op == IR_POLL)
            return ir->snaps[ir_at(ir, list->at[i])->snap].pc;
    return 0;
}

/* Has the second run left to the interpreter at the entry, with nothing done? A pass may
 * put a guard there. */
static bool left_at_once(int how, const struct cpu *before, uint64_t entry)
{
    uint64_t pc = cpus[1]->pc;
    bool same;

    cpus[1]->pc = before->pc;
    same =
        how == IR_LEFT_INTERP && pc == entry && memcmp(before, cpus[1], CPU_BYTES) == 0;
    cpus[1]->pc = pc;
    for (unsigned i = 0; i < WINDOW / 8 && same; i++)
        same = !accessible(i) || memcmp(&pattern[i], window + i * 8, 8) == 0;
    return same;
}

/* 0, or what differs on one random state. */
static const char *differs(const struct ir *a, const struct ir *b)
{
    static _Alignas(64) uint8_t before[CPU_BYTES];
    int left[2];

    random_cpu(a);
    for (unsigned i = 0; i < WINDOW / 8; i++)
        pattern[i] = below(3) ? random_bits() : random_value();
    left[0] = run(a, cpus[0]);
    for (unsigned i = 0; i < WINDOW / 8; i++)
        if (accessible(i))
            memcpy(&kept[i], window + i * 8, 8);
    memcpy(before, cpus[1], CPU_BYTES);
    left[1] = run(b, cpus[1]);
    if (left_at_once(left[1], (const struct cpu *)before, entry_pc(b)))
        return NULL;
    if (left[0] != left[1])
        return "how it was left";
    if (cpus[0]->pc != cpus[1]->pc)
        return "where it goes on";
    if (memcmp(cpus[0], cpus[1], CPU_BYTES) != 0)
        return "a place";
    for (unsigned i = 0; i < WINDOW / 8; i++)
        if (accessible(i) && memcmp(&kept[i], window + i * 8, 8) != 0)
            return "memory";
    return NULL;
}

/* -- the program -------------------------------------------------------------------- */

static bool verbose;

static void complain(uint64_t seed, const char *said, const char *what,
                     const struct ir *a, const struct ir *b)
{
    printf("fuzz: seed %llu, passes %s: %s differs\n", (unsigned long long)seed, said,
           what);
    for (size_t i = 0; i < CPU_BYTES; i += 8)
        if (memcmp((char *)cpus[0] + i, (char *)cpus[1] + i, 8) != 0) {
            uint64_t x, y;
            memcpy(&x, (char *)cpus[0] + i, 8);
            memcpy(&y, (char *)cpus[1] + i, 8);
            printf("  +%zu: 0x%llx, 0x%llx\n", i, (unsigned long long)x,
                   (unsigned long long)y);
        }
    if (!verbose)
        return;
    ir_print(a, stdout);
    ir_print(b, stdout);
}

static bool try_seed(uint64_t seed, const char *names)
{
    struct ir *a = make_region(seed, true), *b = make_region(seed, false);
    char said[256];
    const char *what = NULL;

    ir_verify(a, "made");
    ir_verify(b, "built");
    if (verbose)
        ir_print(b, stdout);
    run_passes(b, names, said);
    for (unsigned i = 0; i < STATES && !what; i++)
        what = differs(a, b);
    if (what)
        complain(seed, said, what, a, b);
    ir_free(a);
    ir_free(b);
    return what == NULL;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1, regions = 1000;
    time_t end = 0;
    const char *names = NULL;
    unsigned wrong = 0;
    int option;

    while ((option = getopt(argc, argv, "s:n:p:t:v")) != -1) {
        if (option == 's')
            seed = strtoull(optarg, NULL, 0);
        else if (option == 'n')
            regions = strtoull(optarg, NULL, 0);
        else if (option == 't')
            end = time(NULL) + atoi(optarg);
        else if (option == 'p')
            names = optarg;
        else if (option == 'v')
            verbose = true;
        else
            return 2;
    }
    start();
    for (uint64_t i = 0; (regions == 0 || i < regions) && wrong < 10; i++) {
        wrong += !try_seed(seed + i, names);
        if (end && time(NULL) >= end)
            break;
    }
    return wrong ? 1 : 0;
}
