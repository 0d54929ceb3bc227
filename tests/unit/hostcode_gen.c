/*
 * hostcode_gen.c - random regions of all operations (see hostcode.h).
 */
#include "hostcode.h"

#include <stdlib.h>

/* -- random numbers, with a liking for corners ----------------------------------------*/

static uint64_t random_state;

void gen_seed(uint64_t seed)
{
    random_state = seed;
}

uint32_t gen_random(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % below);
}

uint64_t gen_random64(void)
{
    return (uint64_t)gen_random(1u << 31) << 40 ^ (uint64_t)gen_random(1u << 31) << 20 ^
           gen_random(1u << 31);
}

static uint64_t corner(void)
{
    static const uint64_t values[] = {0,
                                      1,
                                      2,
                                      31,
                                      32,
                                      63,
                                      64,
                                      0x7f,
                                      0x80,
                                      0xff,
                                      0x7fff,
                                      0x8000,
                                      0xffff,
                                      INT32_MAX,
                                      UINT64_C(0x80000000),
                                      UINT32_MAX,
                                      UINT64_C(0x100000000),
                                      INT64_MAX,
                                      UINT64_C(1) << 63,
                                      UINT64_MAX,
                                      UINT64_MAX - 1};

    switch (gen_random(3)) {
    case 0:
        return values[gen_random(sizeof values / sizeof *values)];
    case 1:
        return gen_random64();
    default:
        return (uint64_t)(int64_t)(int32_t)(gen_random(64) - 32);
    }
}

static uint64_t corner_f64(void)
{
    static const uint64_t values[] = {0,
                                      UINT64_C(1) << 63,
                                      1,
                                      UINT64_C(0x3ff0000000000000),
                                      UINT64_C(0xbff0000000000000),
                                      UINT64_C(0x7ff0000000000000),
                                      UINT64_C(0xfff0000000000000),
                                      UINT64_C(0x7ff8000000000000),
                                      UINT64_C(0x7ff0000000000001),
                                      UINT64_C(0xfff8000000001234),
                                      UINT64_C(0x7fefffffffffffff),
                                      UINT64_C(0x0010000000000000),
                                      UINT64_C(0x41dfffffffc00000),
                                      UINT64_C(0x41dfffffffe00000),
                                      UINT64_C(0xc1e0000000100000),
                                      UINT64_C(0x41e0000000000000),
                                      UINT64_C(0x41f0000000000000),
                                      UINT64_C(0x43e0000000000000),
                                      UINT64_C(0x43f0000000000000),
                                      UINT64_C(0x3fe0000000000000),
                                      UINT64_C(0x4004000000000000)};

    if (gen_random(3) == 0)
        return gen_random64();
    if (gen_random(3) == 0)
        return UINT64_C(0x3f00000000000000) + (gen_random64() >> 4);
    return values[gen_random(sizeof values / sizeof *values)];
}

static uint32_t corner_f32(void)
{
    static const uint32_t values[] = {
        0,          0x80000000, 1,          0x3f800000, 0xbf800000, 0x7f800000,
        0xff800000, 0x7fc00000, 0x7f800001, 0xffc12345, 0x7f7fffff, 0x00800000,
        0x4f000000, 0x4f800000, 0x5f000000, 0x5f800000, 0x3f000000, 0x40200000};

    return gen_random(3) ? values[gen_random(sizeof values / sizeof *values)]
                         : (uint32_t)gen_random64();
}

uint64_t gen_value(enum ir_type type)
{
    uint64_t v = type == IR_F64 ? corner_f64() : type == IR_F32 ? corner_f32() : corner();

    return ir_type_bits[type] < 64 ? v & ((UINT64_C(1) << ir_type_bits[type]) - 1) : v;
}

/* -- places ---------------------------------------------------------------------------*/

const struct gen_file gen_files[GEN_FILES] = {
    {IR_I64, 0, 8, 18}, {IR_I32, 160, 4, 12}, {IR_I16, 224, 2, 3},  {IR_I8, 232, 1, 3},
    {IR_I1, 240, 1, 4}, {IR_F64, 256, 8, 10}, {IR_F32, 384, 4, 10}, {IR_V128, 512, 16, 4},
};
enum { COUNTERS = 640, DEPTH = 3 };

static unsigned file_of(enum ir_type type)
{
    for (unsigned i = 0; i < GEN_FILES; i++)
        if (gen_files[i].type == type)
            return i;
    abort();
}

/* -- random regions -------------------------------------------------------------------*/

struct gen {
    struct ir *ir;
    uint32_t budget;
    uint64_t pc;
    bool window;
    uint64_t base;     /* guest address of memory */
    unsigned words;    /* places in use, of each type */
    ir_ref recent[24]; /* values of the current block */
    unsigned recents;
};

static void forget(struct gen *g)
{
    g->recents = 0;
}

static ir_ref remember(struct gen *g, ir_ref v)
{
    if (v)
        g->recent[g->recents++ % 24] = v;
    return v;
}

static uint32_t place(struct gen *g, enum ir_type type)
{
    unsigned f = file_of(type),
             n = gen_files[f].count < g->words ? gen_files[f].count : g->words;

    return STATE + gen_files[f].at + gen_files[f].bytes * gen_random(n);
}

static ir_ref constant(struct gen *g, enum ir_type type)
{
    return ir_const(g->ir, type, gen_value(type));
}

/* A value of TYPE: a recent one, a place's, a constant. */
static ir_ref any(struct gen *g, enum ir_type type)
{
    unsigned n = g->recents < 24 ? g->recents : 24;

    if (n && gen_random(2))
        for (unsigned tries = 0; tries < 6; tries++) {
            ir_ref r = g->recent[gen_random(n)];
            if (ir_at(g->ir, r)->type == type)
                return r;
        }
    if (type != IR_V128 && gen_random(5) == 0)
        return constant(g, type);
    return ir_get(g->ir, place(g, type), type);
}

static void keep(struct gen *g, ir_ref v)
{
    enum ir_type type = ir_at(g->ir, v)->type;

    remember(g, v);
    if (type != IR_VOID && gen_random(3))
        ir_set(g->ir, place(g, type), type, v);
}

static uint32_t snapshot(struct gen *g)
{
    return ir_snapshot(g->ir, g->pc, false);
}

static enum ir_type word(void)
{
    return gen_random(2) ? IR_I32 : IR_I64;
}

static enum ir_type integer(void)
{
    static const uint8_t types[] = {IR_I1, IR_I8, IR_I16, IR_I32, IR_I64};

    return (enum ir_type)types[gen_random(5)];
}

static void gen_arith(struct gen *g)
{
    static const uint8_t ops[] = {IR_ADD,     IR_SUB,   IR_MUL,   IR_MULH_U, IR_MULH_S,
                                  IR_MULH_SU, IR_DIV_U, IR_DIV_S, IR_REM_U,  IR_REM_S,
                                  IR_AND,     IR_OR,    IR_XOR,   IR_MIN_S,  IR_MIN_U,
                                  IR_MAX_S,   IR_MAX_U, IR_ADD,   IR_SUB,    IR_AND};
    enum ir_type type = word();
    ir_ref a = any(g, type);

    keep(g, ir_2(g->ir, ops[gen_random(sizeof ops)], a, any(g, type)));
}

static void gen_unary(struct gen *g)
{
    static const uint8_t ops[] = {IR_NOT,      IR_NEG,   IR_CLZ,   IR_CTZ,
                                  IR_POPCOUNT, IR_BSWAP, IR_BITREV};

    keep(g, ir_1(g->ir, ops[gen_random(sizeof ops)], any(g, word())));
}

static void gen_logic1(struct gen *g)
{
    static const uint8_t ops[] = {IR_AND, IR_OR, IR_XOR};

    if (gen_random(3) == 0)
        keep(g, ir_1(g->ir, IR_NOT, any(g, IR_I1)));
    else
        keep(g, ir_2(g->ir, ops[gen_random(3)], any(g, IR_I1), any(g, IR_I1)));
}

static void gen_shift(struct gen *g)
{
    static const uint8_t ops[] = {IR_SHL, IR_SHR, IR_SAR, IR_ROTL, IR_ROTR};
    enum ir_type type = word(), count = gen_random(4) ? word() : IR_I8;
    ir_ref by = any(g, count);
    unsigned op = ops[gen_random(sizeof ops)], flags = 0;

    if (op <= IR_SAR && gen_random(2)) {
        flags = IR_IN_RANGE;
        if (count == IR_I8)
            by = ir_to(g->ir, IR_I32, by);
        by = ir_2(g->ir, IR_AND, by,
                  ir_const(g->ir, ir_at(g->ir, by)->type, ir_type_bits[type] - 1));
    }
    keep(g, ir_op_aux(g->ir, op, IR_VOID, any(g, type), by, 0, 0, flags));
}

static ir_ref condition(struct gen *g)
{
    static const uint8_t ops[] = {IR_EQ, IR_NE, IR_LT_U, IR_LT_S, IR_LE_U, IR_LE_S};
    static const uint8_t floating[] = {IR_FEQ,   IR_FLT,   IR_FLE,   IR_FUNORD,
                                       IR_FEQ_S, IR_FLT_S, IR_FLE_S, IR_FUNORD_S};
    enum ir_type type = word();
    ir_ref a, v;

    switch (gen_random(8)) {
    case 0:
        return any(g, IR_I1);
    case 1:
        type = word();
        return ir_op(g->ir, gen_random(2) ? IR_CARRY : IR_OVERFLOW, IR_VOID, any(g, type),
                     any(g, type),
                     gen_random(2) ? any(g, IR_I1) : ir_const(g->ir, IR_I1, 0));
    case 2:
        type = gen_random(2) ? IR_F32 : IR_F64;
        return ir_op_aux(g->ir, floating[gen_random(8)], IR_VOID, any(g, type),
                         any(g, type), 0, FP_DYN, 0);
    case 3: /* of a mask */
        type = word();
        a = ir_2(g->ir, IR_AND, any(g, type), any(g, type));
        return ir_2(g->ir, gen_random(2) ? IR_EQ : IR_NE, a, ir_const(g->ir, type, 0));
    default:
        a = any(g, type);
        v = ir_2(g->ir, ops[gen_random(6)], a, any(g, type));
        return gen_random(6) ? v : ir_1(g->ir, IR_NOT, v);
    }
}

static void gen_select(struct gen *g)
{
    enum ir_type type = gen_files[gen_random(GEN_FILES)].type;
    ir_ref c = condition(g), a = any(g, type);

    keep(g, ir_3(g->ir, IR_SELECT, c, a, any(g, type)));
}

static void gen_width(struct gen *g)
{
    enum ir_type from = integer(), to = integer();

    if (ir_type_bits[from] == ir_type_bits[to]) {
        keep(g, ir_2(g->ir, IR_CAT, any(g, IR_I32), any(g, IR_I32)));
        return;
    }
    keep(g, ir_op(g->ir,
                  ir_type_bits[from] > ir_type_bits[to] ? IR_TRUNC
                  : gen_random(2)                       ? IR_ZEXT
                                                        : IR_SEXT,
                  to, any(g, from), 0, 0));
    /* words computed in two halves' width, as 64-bit guests do */
    if (gen_random(2)) {
        ir_ref a = ir_to(g->ir, IR_I32, any(g, IR_I64));
        a = ir_2(g->ir, IR_ADD, a, ir_to(g->ir, IR_I32, any(g, IR_I64)));
        keep(g, gen_random(2) ? ir_sto(g->ir, IR_I64, a) : ir_to(g->ir, IR_I64, a));
    }
}

/* An address in memory, of a few shapes. */
static ir_ref address(struct gen *g, bool aligned)
{
    enum ir_type type = g->window ? IR_I32 : IR_I64;
    uint64_t mask = aligned ? 0x7ff0 : 0x7fff;
    ir_ref a = ir_2(g->ir, IR_AND, any(g, type), ir_const(g->ir, type, mask));
    ir_ref base = ir_const(g->ir, type, g->base);

    if (aligned || gen_random(2))
        return ir_2(g->ir, IR_ADD, a, base);
    if (gen_random(2)) {
        a = ir_2(g->ir, IR_ADD, a, base);
        return ir_2(g->ir, IR_ADD, a, ir_const(g->ir, type, gen_random(512) - 256));
    }
    a = ir_2(g->ir, IR_AND, a, ir_const(g->ir, type, 0xfff));
    a = ir_op_aux(g->ir, IR_SHL, IR_VOID, a, ir_const(g->ir, IR_I32, gen_random(4)), 0, 0,
                  IR_IN_RANGE);
    base = ir_2(g->ir, IR_ADD, base,
                ir_2(g->ir, IR_AND, any(g, type), ir_const(g->ir, type, 0xff)));
    a = ir_2(g->ir, IR_ADD, base, a);
    return gen_random(2) ? a
                         : ir_2(g->ir, IR_ADD, a, ir_const(g->ir, type, gen_random(64)));
}

static void gen_memory(struct gen *g)
{
    static const uint8_t types[] = {IR_I8,  IR_I16, IR_I32, IR_I64,
                                    IR_F32, IR_F64, IR_V128};
    enum ir_type type = (enum ir_type)types[gen_random(7)];
    unsigned flags = type != IR_V128 && gen_random(2) ? IR_SWAP : 0;
    /* the evaluator may do half of a store of 16 bytes */
    ir_ref a = address(g, type == IR_V128);

    if (gen_random(2))
        keep(g, ir_effectful(g->ir, IR_LOAD, type, a, 0, 0, snapshot(g), 0, flags));
    else
        ir_effectful(g->ir, IR_STORE, IR_VOID, a, any(g, type), 0, snapshot(g), 0, flags);
}

static void gen_atomic(struct gen *g)
{
    static const uint8_t types[] = {IR_I8, IR_I16, IR_I32, IR_I64};
    enum ir_type type = (enum ir_type)types[gen_random(4)];
    unsigned flags = gen_random(2) ? IR_SWAP : 0;
    ir_ref a = address(g, true), v = any(g, type);

    switch (gen_random(6)) {
    case 0:
        keep(g, ir_effectful(g->ir, IR_RESERVE, type, a, 0, 0, snapshot(g), 0, flags));
        if (gen_random(2))
            break;
        g->pc += 4;
        keep(g,
             ir_effectful(g->ir, IR_STORE_COND, IR_I1, a, v, 0, snapshot(g), 0, flags));
        break;
    case 1:
        keep(g,
             ir_effectful(g->ir, IR_STORE_COND, IR_I1, a, v, 0, snapshot(g), 0, flags));
        break;
    case 2:
        keep(g, ir_effectful(g->ir, IR_CAS, type, a, v, any(g, type), snapshot(g), 0,
                             flags));
        break;
    case 3:
        ir_effectful(g->ir, IR_FENCE, IR_VOID, 0, 0, 0, 0, 0, 0);
        break;
    default:
        keep(g, ir_effectful(g->ir, IR_AMO, type, a, v, 0, snapshot(g), gen_random(9),
                             flags));
    }
}

static void gen_float(struct gen *g);

/* Flags read, or set to any, or to what they were before a comparison. */
static void gen_flags(struct gen *g)
{
    ir_ref all = ir_const(g->ir, IR_I32, FP_ALL_FLAGS);
    ir_ref v = ir_op(g->ir, IR_FPFLAGS, IR_I32, 0, 0, 0);

    switch (gen_random(3)) {
    case 0:
        keep(g, v);
        return;
    case 1:
        v = gen_random(3) ? ir_2(g->ir, IR_AND, any(g, IR_I32), all)
                          : ir_const(g->ir, IR_I32, gen_random(FP_ALL_FLAGS + 1));
        break;
    default:
        for (unsigned n = gen_random(3); n-- > 0;)
            keep(g, condition(g));
        if (gen_random(3) == 0)
            gen_float(g);
    }
    ir_op(g->ir, IR_SETFPFLAGS, IR_VOID, v, 0, 0);
}

static void gen_cpu(struct gen *g)
{
    enum ir_type type = word();
    uint64_t at = STATE + 800 + 8 * gen_random(4);

    if (gen_random(2))
        keep(g, ir_effectful(g->ir, IR_LDCPU, type, 0, 0, 0, 0, at, 0));
    else
        ir_effectful(g->ir, IR_STCPU, IR_VOID, any(g, type), 0, 0, 0, at, 0);
}

static void gen_float(struct gen *g)
{
    static const uint8_t ops[] = {IR_FADD, IR_FSUB, IR_FMUL, IR_FDIV,  IR_FSQRT,
                                  IR_FMA,  IR_FMIN, IR_FMAX, IR_FRINT, IR_FROUND};
    enum ir_type type = gen_random(2) ? IR_F32 : IR_F64, to = word();
    unsigned op = ops[gen_random(sizeof ops)];
    uint64_t mode = gen_random(3) ? FP_DYN : gen_random(5);
    ir_ref a = any(g, type), b = ir_op_args[op] > 1 ? any(g, type) : 0;

    switch (gen_random(5)) {
    case 0:
        keep(g,
             ir_op_aux(g->ir, gen_random(2) ? IR_FTOS : IR_FTOU, to, a, 0, 0, mode, 0));
        break;
    case 1:
        keep(g, ir_op_aux(g->ir, gen_random(2) ? IR_FFROMS : IR_FFROMU, type, any(g, to),
                          0, 0, mode, 0));
        break;
    case 2:
        keep(g, ir_op_aux(g->ir, IR_FCVT, type == IR_F32 ? IR_F64 : IR_F32, a, 0, 0, mode,
                          0));
        break;
    default:
        keep(g, ir_op_aux(g->ir, op, IR_VOID, a, b, op == IR_FMA ? any(g, type) : 0, mode,
                          0));
    }
}

/* Several in a row, many of them of each other: what one check looks at. */
static void gen_floats(struct gen *g)
{
    static const uint8_t ops[] = {IR_FADD, IR_FSUB, IR_FMUL, IR_FDIV, IR_FSQRT, IR_FMA};
    enum ir_type type = gen_random(2) ? IR_F32 : IR_F64;
    ir_ref last = any(g, type);

    for (unsigned i = 2 + gen_random(8); i > 0; i--) {
        unsigned op = ops[gen_random(gen_random(4) ? 3 : sizeof ops)];
        ir_ref a = gen_random(2) ? last : any(g, type), b = 0, c = 0;

        if (ir_op_args[op] > 1)
            b = gen_random(3) ? any(g, type) : last;
        if (op == IR_FMA)
            c = any(g, type);
        last = ir_op_aux(g->ir, op, IR_VOID, a, b, c, FP_DYN, 0);
        keep(g, last);
    }
    if (gen_random(2)) {
        ir_ref b = any(g, type);
        unsigned op = IR_FEQ + gen_random(IR_FUNORD_S - IR_FEQ + 1);

        last = gen_random(2) ? ir_2(g->ir, op, last, b) : ir_2(g->ir, op, b, last);
        if (gen_random(2))
            keep(g, last);
        else
            ir_effectful(g->ir, IR_EXIT_IF, IR_VOID, last, 0, 0, snapshot(g), g->pc, 0);
    }
}

static void gen_vector(struct gen *g)
{
    static const uint8_t ops[] = {IR_VAND, IR_VOR, IR_VXOR};
    static const uint8_t from[] = {IR_I32, IR_I64, IR_F32, IR_F64};
    static const uint8_t to[] = {IR_F32, IR_F64, IR_I32, IR_I64};
    unsigned i = gen_random(4);

    if (gen_random(2))
        keep(g, ir_2(g->ir, ops[gen_random(3)], any(g, IR_V128), any(g, IR_V128)));
    else
        keep(g, ir_op(g->ir, IR_BITCAST, to[i], any(g, from[i]), 0, 0));
}

static void gen_exit(struct gen *g)
{
    ir_ref c;

    if (gen_random(3) == 0) {
        ir_effectful(g->ir, IR_POLL, IR_VOID, 0, 0, 0, snapshot(g), 0, 0);
        return;
    }
    /* seldom taken, or nothing else would be seen */
    c = ir_2(g->ir, IR_EQ,
             ir_2(g->ir, IR_AND, any(g, IR_I64), ir_const(g->ir, IR_I64, 31)),
             ir_const(g->ir, IR_I64, 7));
    if (gen_random(4) == 0)
        c = ir_2(g->ir, IR_AND, c, condition(g));
    if (gen_random(2))
        ir_effectful(g->ir, IR_GUARD, IR_VOID, c, 0, 0, snapshot(g), 0, 0);
    else
        ir_effectful(g->ir, IR_EXIT_IF, IR_VOID, c, 0, 0, snapshot(g), g->pc, 0);
}

static void gen_node(struct gen *g)
{
    static void (*const kinds[])(struct gen *) = {
        gen_arith,  gen_arith, gen_arith,  gen_unary,  gen_logic1, gen_shift,  gen_shift,
        gen_select, gen_width, gen_width,  gen_memory, gen_memory, gen_atomic, gen_cpu,
        gen_flags,  gen_float, gen_floats, gen_vector, gen_exit};

    g->pc += 4;
    g->budget -= g->budget > 0;
    if (gen_random(16) == 0)
        keep(g, condition(g));
    kinds[gen_random(sizeof kinds / sizeof *kinds)](g);
}

static void gen_code(struct gen *g, unsigned depth);

static void enter(struct gen *g, ir_block_id b)
{
    ir_enter(g->ir, b);
    forget(g);
}

/* A loop of a few rounds; its counter is a place that nothing else writes. */
static void gen_loop(struct gen *g, unsigned depth)
{
    ir_block_id head = ir_block_new(g->ir), out = ir_block_new(g->ir);
    uint32_t counter = STATE + COUNTERS + 8 * depth;
    ir_ref left;

    ir_set(g->ir, counter, IR_I64, ir_const(g->ir, IR_I64, 1 + gen_random(3)));
    ir_jump(g->ir, head);
    enter(g, head);
    gen_code(g, depth + 1);
    left =
        ir_2(g->ir, IR_SUB, ir_get(g->ir, counter, IR_I64), ir_const(g->ir, IR_I64, 1));
    ir_set(g->ir, counter, IR_I64, left);
    if (gen_random(3) == 0) { /* a second way out */
        ir_block_id on = ir_block_new(g->ir);
        ir_branch(g->ir, condition(g), out, on, gen_random(2) ? IR_UNLIKELY : 0);
        ir_seal(g->ir, on);
        enter(g, on);
        left = ir_get(g->ir, counter, IR_I64);
    }
    left = ir_2(g->ir, IR_NE, left, ir_const(g->ir, IR_I64, 0));
    if (gen_random(2))
        ir_branch(g->ir, left, head, out, 0);
    else
        ir_branch(g->ir, ir_1(g->ir, IR_NOT, left), out, head, 0);
    ir_seal(g->ir, head);
    ir_seal(g->ir, out);
    enter(g, out);
}

static void gen_choice(struct gen *g, unsigned depth)
{
    ir_block_id yes = ir_block_new(g->ir), no = ir_block_new(g->ir),
                end = ir_block_new(g->ir);
    bool both = gen_random(2), leave = gen_random(4) == 0;

    ir_branch(g->ir, condition(g), yes, both ? no : end, leave ? IR_UNLIKELY : 0);
    ir_seal(g->ir, yes);
    ir_seal(g->ir, no);
    enter(g, yes);
    gen_code(g, depth + 1);
    if (leave) {
        g->ir->blocks[yes].cold = true;
        ir_exit(g->ir, snapshot(g), 0);
    } else {
        ir_jump(g->ir, end);
    }
    if (both) {
        enter(g, no);
        gen_code(g, depth + 1);
        ir_jump(g->ir, end);
    }
    ir_seal(g->ir, end);
    enter(g, end);
}

static void gen_code(struct gen *g, unsigned depth)
{
    for (unsigned i = 1 + gen_random(4); i-- > 0;) {
        unsigned what = depth < DEPTH && g->budget > 10 ? gen_random(6) : 5;
        if (what == 0)
            gen_loop(g, depth);
        else if (what == 1)
            gen_choice(g, depth);
        else
            for (unsigned k = 1 + gen_random(8); k-- > 0;)
                gen_node(g);
    }
}

static void gen_end(struct gen *g)
{
    ir_ref to;

    g->pc += 4;
    switch (gen_random(4)) {
    case 0:
        to = any(g, g->window ? IR_I32 : IR_I64);
        ir_exit_to(g->ir, to, snapshot(g), 0);
        break;
    case 1:
        ir_exit_interp(g->ir, snapshot(g));
        break;
    default:
        ir_exit(g->ir, snapshot(g), 0);
    }
}

struct ir *gen_region(bool window, uint64_t base)
{
    struct gen g = {.ir = ir_new(window ? 32 : 64),
                    .budget = 4 + gen_random(60),
                    .pc = window          ? 0x1000
                          : gen_random(2) ? UINT64_C(0x123456789000)
                                          : 0x1000,
                    .window = window,
                    .base = base,
                    .words = 1 + gen_random(18)};
    ir_block_id first = ir_block_new(g.ir);

    ir_jump(g.ir, first);
    ir_seal(g.ir, first);
    enter(&g, first);
    while (g.budget)
        gen_code(&g, 0);
    gen_end(&g);
    ir_finish(g.ir);
    return g.ir;
}
