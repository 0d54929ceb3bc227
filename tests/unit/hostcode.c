/*
 * hostcode.c - the x86-64 back end against the evaluator: random regions of all
 * operations, with faults, at several levels; and what its code must look like.
 *
 * ISO_LONG=1 runs more regions; ISO_SEED=n begins at region n and, with ISO_SHOW=1,
 * prints it.
 */
#include "host/alloc.h"
#include "host/host.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cmocka.h>

/* -- random numbers, with a liking for corners ----------------------------------------*/

static uint64_t random_state;

static uint32_t rnd(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % below);
}

static uint64_t rnd64(void)
{
    return (uint64_t)rnd(1u << 31) << 40 ^ (uint64_t)rnd(1u << 31) << 20 ^ rnd(1u << 31);
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

    switch (rnd(3)) {
    case 0:
        return values[rnd(sizeof values / sizeof *values)];
    case 1:
        return rnd64();
    default:
        return (uint64_t)(int64_t)(int32_t)(rnd(64) - 32);
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
                                      UINT64_C(0x41e0000000000000),
                                      UINT64_C(0x41f0000000000000),
                                      UINT64_C(0x43e0000000000000),
                                      UINT64_C(0x43f0000000000000),
                                      UINT64_C(0x3fe0000000000000),
                                      UINT64_C(0x4004000000000000)};

    if (rnd(3) == 0)
        return rnd64();
    if (rnd(3) == 0)
        return UINT64_C(0x3f00000000000000) + (rnd64() >> 4);
    return values[rnd(sizeof values / sizeof *values)];
}

static uint32_t corner_f32(void)
{
    static const uint32_t values[] = {
        0,          0x80000000, 1,          0x3f800000, 0xbf800000, 0x7f800000,
        0xff800000, 0x7fc00000, 0x7f800001, 0xffc12345, 0x7f7fffff, 0x00800000,
        0x4f000000, 0x4f800000, 0x5f000000, 0x5f800000, 0x3f000000, 0x40200000};

    return rnd(3) ? values[rnd(sizeof values / sizeof *values)] : (uint32_t)rnd64();
}

/* -- places ---------------------------------------------------------------------------*/

/* The state behind struct cpu: so many places of each type. */
enum { STATE = sizeof(struct cpu), STATE_BYTES = 1024, DEPTH = 3 };

static const struct {
    enum ir_type type;
    unsigned at, bytes, count;
} files[] = {
    {IR_I64, 0, 8, 18}, {IR_I32, 160, 4, 12}, {IR_I16, 224, 2, 3},  {IR_I8, 232, 1, 3},
    {IR_I1, 240, 1, 4}, {IR_F64, 256, 8, 10}, {IR_F32, 384, 4, 10}, {IR_V128, 512, 16, 4},
};
enum { FILES = sizeof files / sizeof *files, COUNTERS = 640 };

static unsigned file_of(enum ir_type type)
{
    for (unsigned i = 0; i < FILES; i++)
        if (files[i].type == type)
            return i;
    abort();
}

/* -- random regions -------------------------------------------------------------------*/

enum { MEMORY = 0x10000, MEMORY_BYTES = 0x8000, HOLE = 0x5000 };

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
    unsigned f = file_of(type), n = files[f].count < g->words ? files[f].count : g->words;

    return STATE + files[f].at + files[f].bytes * rnd(n);
}

static ir_ref constant(struct gen *g, enum ir_type type)
{
    uint64_t v = type == IR_F64 ? corner_f64() : type == IR_F32 ? corner_f32() : corner();

    if (ir_type_bits[type] < 64)
        v &= (UINT64_C(1) << ir_type_bits[type]) - 1;
    return ir_const(g->ir, type, v);
}

/* A value of TYPE: a recent one, a place's, a constant. */
static ir_ref any(struct gen *g, enum ir_type type)
{
    unsigned n = g->recents < 24 ? g->recents : 24;

    if (n && rnd(2))
        for (unsigned tries = 0; tries < 6; tries++) {
            ir_ref r = g->recent[rnd(n)];
            if (ir_at(g->ir, r)->type == type)
                return r;
        }
    if (type != IR_V128 && rnd(5) == 0)
        return constant(g, type);
    return ir_get(g->ir, place(g, type), type);
}

static void keep(struct gen *g, ir_ref v)
{
    enum ir_type type = ir_at(g->ir, v)->type;

    remember(g, v);
    if (type != IR_VOID && rnd(3))
        ir_set(g->ir, place(g, type), type, v);
}

static uint32_t snapshot(struct gen *g)
{
    return ir_snapshot(g->ir, g->pc, false);
}

static enum ir_type word(void)
{
    return rnd(2) ? IR_I32 : IR_I64;
}

static enum ir_type integer(void)
{
    static const uint8_t types[] = {IR_I1, IR_I8, IR_I16, IR_I32, IR_I64};

    return (enum ir_type)types[rnd(5)];
}

static void gen_arith(struct gen *g)
{
    static const uint8_t ops[] = {IR_ADD,     IR_SUB,   IR_MUL,   IR_MULH_U, IR_MULH_S,
                                  IR_MULH_SU, IR_DIV_U, IR_DIV_S, IR_REM_U,  IR_REM_S,
                                  IR_AND,     IR_OR,    IR_XOR,   IR_MIN_S,  IR_MIN_U,
                                  IR_MAX_S,   IR_MAX_U, IR_ADD,   IR_SUB,    IR_AND};
    enum ir_type type = word();
    ir_ref a = any(g, type);

    keep(g, ir_2(g->ir, ops[rnd(sizeof ops)], a, any(g, type)));
}

static void gen_unary(struct gen *g)
{
    static const uint8_t ops[] = {IR_NOT,      IR_NEG,   IR_CLZ,   IR_CTZ,
                                  IR_POPCOUNT, IR_BSWAP, IR_BITREV};

    keep(g, ir_1(g->ir, ops[rnd(sizeof ops)], any(g, word())));
}

static void gen_logic1(struct gen *g)
{
    static const uint8_t ops[] = {IR_AND, IR_OR, IR_XOR};

    if (rnd(3) == 0)
        keep(g, ir_1(g->ir, IR_NOT, any(g, IR_I1)));
    else
        keep(g, ir_2(g->ir, ops[rnd(3)], any(g, IR_I1), any(g, IR_I1)));
}

static void gen_shift(struct gen *g)
{
    static const uint8_t ops[] = {IR_SHL, IR_SHR, IR_SAR, IR_ROTL, IR_ROTR};
    enum ir_type type = word(), count = rnd(4) ? word() : IR_I8;
    ir_ref by = any(g, count);
    unsigned op = ops[rnd(sizeof ops)], flags = 0;

    if (op <= IR_SAR && rnd(2)) {
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

    switch (rnd(8)) {
    case 0:
        return any(g, IR_I1);
    case 1:
        type = word();
        return ir_op(g->ir, rnd(2) ? IR_CARRY : IR_OVERFLOW, IR_VOID, any(g, type),
                     any(g, type), rnd(2) ? any(g, IR_I1) : ir_const(g->ir, IR_I1, 0));
    case 2:
        type = rnd(2) ? IR_F32 : IR_F64;
        return ir_op_aux(g->ir, floating[rnd(8)], IR_VOID, any(g, type), any(g, type), 0,
                         FP_DYN, 0);
    case 3: /* of a mask */
        type = word();
        a = ir_2(g->ir, IR_AND, any(g, type), any(g, type));
        return ir_2(g->ir, rnd(2) ? IR_EQ : IR_NE, a, ir_const(g->ir, type, 0));
    default:
        a = any(g, type);
        v = ir_2(g->ir, ops[rnd(6)], a, any(g, type));
        return rnd(6) ? v : ir_1(g->ir, IR_NOT, v);
    }
}

static void gen_select(struct gen *g)
{
    enum ir_type type = files[rnd(FILES)].type;
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
                  : rnd(2)                              ? IR_ZEXT
                                                        : IR_SEXT,
                  to, any(g, from), 0, 0));
    /* words computed in two halves' width, as 64-bit guests do */
    if (rnd(2)) {
        ir_ref a = ir_to(g->ir, IR_I32, any(g, IR_I64));
        a = ir_2(g->ir, IR_ADD, a, ir_to(g->ir, IR_I32, any(g, IR_I64)));
        keep(g, rnd(2) ? ir_sto(g->ir, IR_I64, a) : ir_to(g->ir, IR_I64, a));
    }
}

/* An address in memory, of a few shapes. */
static ir_ref address(struct gen *g, bool aligned)
{
    enum ir_type type = g->window ? IR_I32 : IR_I64;
    uint64_t mask = aligned ? 0x7ff0 : 0x7fff;
    ir_ref a = ir_2(g->ir, IR_AND, any(g, type), ir_const(g->ir, type, mask));
    ir_ref base = ir_const(g->ir, type, g->base);

    if (aligned || rnd(2))
        return ir_2(g->ir, IR_ADD, a, base);
    if (rnd(2)) {
        a = ir_2(g->ir, IR_ADD, a, base);
        return ir_2(g->ir, IR_ADD, a, ir_const(g->ir, type, rnd(512) - 256));
    }
    a = ir_2(g->ir, IR_AND, a, ir_const(g->ir, type, 0xfff));
    a = ir_op_aux(g->ir, IR_SHL, IR_VOID, a, ir_const(g->ir, IR_I32, rnd(4)), 0, 0,
                  IR_IN_RANGE);
    base = ir_2(g->ir, IR_ADD, base,
                ir_2(g->ir, IR_AND, any(g, type), ir_const(g->ir, type, 0xff)));
    a = ir_2(g->ir, IR_ADD, base, a);
    return rnd(2) ? a : ir_2(g->ir, IR_ADD, a, ir_const(g->ir, type, rnd(64)));
}

static void gen_memory(struct gen *g)
{
    static const uint8_t types[] = {IR_I8,  IR_I16, IR_I32, IR_I64,
                                    IR_F32, IR_F64, IR_V128};
    enum ir_type type = (enum ir_type)types[rnd(7)];
    unsigned flags = type != IR_V128 && rnd(2) ? IR_SWAP : 0;
    /* the evaluator may do half of a store of 16 bytes */
    ir_ref a = address(g, type == IR_V128);

    if (rnd(2))
        keep(g, ir_effectful(g->ir, IR_LOAD, type, a, 0, 0, snapshot(g), 0, flags));
    else
        ir_effectful(g->ir, IR_STORE, IR_VOID, a, any(g, type), 0, snapshot(g), 0, flags);
}

static void gen_atomic(struct gen *g)
{
    static const uint8_t types[] = {IR_I8, IR_I16, IR_I32, IR_I64};
    enum ir_type type = (enum ir_type)types[rnd(4)];
    unsigned flags = rnd(2) ? IR_SWAP : 0;
    ir_ref a = address(g, true), v = any(g, type);

    switch (rnd(6)) {
    case 0:
        keep(g, ir_effectful(g->ir, IR_RESERVE, type, a, 0, 0, snapshot(g), 0, flags));
        if (rnd(2))
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
        keep(g, ir_effectful(g->ir, IR_AMO, type, a, v, 0, snapshot(g), rnd(9), flags));
    }
}

static void gen_cpu(struct gen *g)
{
    enum ir_type type = word();
    uint64_t at = STATE + 800 + 8 * rnd(4);

    if (rnd(2))
        keep(g, ir_effectful(g->ir, IR_LDCPU, type, 0, 0, 0, 0, at, 0));
    else
        ir_effectful(g->ir, IR_STCPU, IR_VOID, any(g, type), 0, 0, 0, at, 0);
}

static void gen_float(struct gen *g)
{
    static const uint8_t ops[] = {IR_FADD, IR_FSUB, IR_FMUL, IR_FDIV,  IR_FSQRT,
                                  IR_FMA,  IR_FMIN, IR_FMAX, IR_FRINT, IR_FROUND};
    enum ir_type type = rnd(2) ? IR_F32 : IR_F64, to = word();
    unsigned op = ops[rnd(sizeof ops)];
    uint64_t mode = rnd(3) ? FP_DYN : rnd(5);
    ir_ref a = any(g, type), b = ir_op_args[op] > 1 ? any(g, type) : 0;

    switch (rnd(5)) {
    case 0:
        keep(g, ir_op_aux(g->ir, rnd(2) ? IR_FTOS : IR_FTOU, to, a, 0, 0, mode, 0));
        break;
    case 1:
        keep(g, ir_op_aux(g->ir, rnd(2) ? IR_FFROMS : IR_FFROMU, type, any(g, to), 0, 0,
                          mode, 0));
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

static void gen_vector(struct gen *g)
{
    static const uint8_t ops[] = {IR_VAND, IR_VOR, IR_VXOR};
    static const uint8_t from[] = {IR_I32, IR_I64, IR_F32, IR_F64};
    static const uint8_t to[] = {IR_F32, IR_F64, IR_I32, IR_I64};
    unsigned i = rnd(4);

    if (rnd(2))
        keep(g, ir_2(g->ir, ops[rnd(3)], any(g, IR_V128), any(g, IR_V128)));
    else
        keep(g, ir_op(g->ir, IR_BITCAST, to[i], any(g, from[i]), 0, 0));
}

static void gen_exit(struct gen *g)
{
    ir_ref c;

    if (rnd(3) == 0) {
        ir_effectful(g->ir, IR_POLL, IR_VOID, 0, 0, 0, snapshot(g), 0, 0);
        return;
    }
    /* seldom taken, or nothing else would be seen */
    c = ir_2(g->ir, IR_EQ,
             ir_2(g->ir, IR_AND, any(g, IR_I64), ir_const(g->ir, IR_I64, 31)),
             ir_const(g->ir, IR_I64, 7));
    if (rnd(4) == 0)
        c = ir_2(g->ir, IR_AND, c, condition(g));
    if (rnd(2))
        ir_effectful(g->ir, IR_GUARD, IR_VOID, c, 0, 0, snapshot(g), 0, 0);
    else
        ir_effectful(g->ir, IR_EXIT_IF, IR_VOID, c, 0, 0, snapshot(g), g->pc, 0);
}

static void gen_node(struct gen *g)
{
    static void (*const kinds[])(struct gen *) = {
        gen_arith,  gen_arith,  gen_arith, gen_unary, gen_logic1, gen_shift,
        gen_shift,  gen_select, gen_width, gen_width, gen_memory, gen_memory,
        gen_atomic, gen_cpu,    gen_float, gen_float, gen_vector, gen_exit};

    g->pc += 4;
    g->budget -= g->budget > 0;
    if (rnd(16) == 0)
        keep(g, condition(g));
    kinds[rnd(sizeof kinds / sizeof *kinds)](g);
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

    ir_set(g->ir, counter, IR_I64, ir_const(g->ir, IR_I64, 1 + rnd(3)));
    ir_jump(g->ir, head);
    enter(g, head);
    gen_code(g, depth + 1);
    left =
        ir_2(g->ir, IR_SUB, ir_get(g->ir, counter, IR_I64), ir_const(g->ir, IR_I64, 1));
    ir_set(g->ir, counter, IR_I64, left);
    if (rnd(3) == 0) { /* a second way out */
        ir_block_id on = ir_block_new(g->ir);
        ir_branch(g->ir, condition(g), out, on, rnd(2) ? IR_UNLIKELY : 0);
        ir_seal(g->ir, on);
        enter(g, on);
        left = ir_get(g->ir, counter, IR_I64);
    }
    left = ir_2(g->ir, IR_NE, left, ir_const(g->ir, IR_I64, 0));
    if (rnd(2))
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
    bool both = rnd(2), leave = rnd(4) == 0;

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
    for (unsigned i = 1 + rnd(4); i-- > 0;) {
        unsigned what = depth < DEPTH && g->budget > 10 ? rnd(6) : 5;
        if (what == 0)
            gen_loop(g, depth);
        else if (what == 1)
            gen_choice(g, depth);
        else
            for (unsigned k = 1 + rnd(8); k-- > 0;)
                gen_node(g);
    }
}

static void gen_end(struct gen *g)
{
    ir_ref to;

    g->pc += 4;
    switch (rnd(4)) {
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

static struct ir *gen_region(bool window, uint64_t base)
{
    struct gen g = {.ir = ir_new(window ? 32 : 64),
                    .budget = 4 + rnd(60),
                    .pc = window   ? 0x1000
                          : rnd(2) ? UINT64_C(0x123456789000)
                                   : 0x1000,
                    .window = window,
                    .base = base,
                    .words = 1 + rnd(18)};
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

/* -- running --------------------------------------------------------------------------*/

enum left { LEFT_EXIT, LEFT_INTERP, LEFT_POLL, LEFT_FAULT };

static struct {
    uint8_t *code;             /* room for code, executable */
    uint8_t *reserved;         /* for a 32-bit guest */
    uint8_t *memory;           /* its part that is mapped */
    struct host_code *running; /* host code, or NULL: the evaluator */
    struct cpu *cpu;
    sigjmp_buf back;
    uint8_t before[MEMORY_BYTES], after[MEMORY_BYTES];
} t;

enum { CODE_BYTES = 1 << 20, GUARD = 1 << 16 };

static void on_fault(int signal, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    uint64_t at = (uint64_t)u->uc_mcontext.gregs[REG_RIP] - (uint64_t)(uintptr_t)t.code;

    (void)signal, (void)info;
    fp_interrupted(&t.cpu->fp, u->uc_mcontext.fpregs->mxcsr);
    if (!t.running) {
        if (!ir_eval_recover(t.cpu))
            abort();
        siglongjmp(t.back, 1);
    }
    for (uint32_t i = 0; i < t.running->fault_count; i++) {
        if (t.running->faults[i].code != at)
            continue;
        host_recover(t.cpu, &t.running->faults[i], t.running->recipes, context);
        siglongjmp(t.back, 1);
    }
    abort();
}

/* In each test, because cmocka takes these signals before it. */
static void catch_faults(void)
{
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO | SA_NODEFER};

    sigaction(SIGSEGV, &action, NULL);
}

static int set_up(void **state)
{
    size_t all = (UINT64_C(1) << 32) + 2 * GUARD;

    (void)state;
    host_init(0);
    t.code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    t.reserved = mmap((void *)(UINT64_C(1) << 44), all, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(t.code != MAP_FAILED && t.reserved != MAP_FAILED);
    t.reserved += GUARD;
    t.memory = t.reserved + MEMORY;
    assert_int_equal(mprotect(t.memory, MEMORY_BYTES, PROT_READ | PROT_WRITE), 0);
    return 0;
}

static const struct fp_rules rules = {
    .nan = FP_NAN_FIRST,
    .quiet_bit = 1,
    .default32 = 0x7fc00000,
    .default64 = UINT64_C(0x7ff8000000000000),
    .fma_order = {2, 0, 1},
    .minmax = FP_MINMAX_NUMBER,
    .to_int = FP_TO_INT_SATURATE_NAN_MAX,
};

static struct cpu *new_cpu(void)
{
    struct cpu *cpu = aligned_alloc(64, STATE + STATE_BYTES);

    memset(cpu, 0, STATE + STATE_BYTES);
    fp_init(&cpu->fp, &rules);
    host_cpu_init(cpu, 1);
    return cpu;
}

/* Memory, half of it zeros; the same for 16 regions. */
static void fill_memory(uint64_t seed)
{
    static uint64_t filled = UINT64_MAX;
    uint64_t state = random_state;

    if (seed / 16 == filled)
        return;
    filled = random_state = seed / 16;
    for (unsigned i = 0; i < MEMORY_BYTES; i += 8) {
        uint64_t v = rnd(2) ? rnd64() : 0;
        memcpy(t.before + i, &v, 8);
    }
    random_state = state;
}

static void randomize(struct cpu *cpu)
{
    for (unsigned f = 0; f < FILES; f++)
        for (unsigned i = 0; i < files[f].count; i++) {
            uint64_t v[2] = {corner(), corner()};

            if (files[f].type == IR_F64)
                v[0] = corner_f64();
            else if (files[f].type == IR_F32)
                v[0] = corner_f32();
            else if (files[f].type == IR_I1)
                v[0] &= 1;
            memcpy((char *)cpu + STATE + files[f].at + i * files[f].bytes, v,
                   files[f].bytes);
        }
    cpu->attention = rnd(4) == 0;
    fp_round_set(&cpu->fp, (enum fp_round)rnd(4));
}

static void copy_state(struct cpu *to, const struct cpu *from)
{
    memcpy((char *)to + STATE, (const char *)from + STATE, STATE_BYTES);
    to->attention = from->attention;
    fp_round_set(&to->fp, (enum fp_round)from->fp.round);
    fp_flags_set(&to->fp, 0);
    to->reservation = (struct reservation){0};
}

/* Run IR, or CODE if not NULL, on CPU with memory as before. */
static enum left run(const struct ir *ir, struct host_code *code, struct cpu *cpu)
{
    volatile enum left left = LEFT_FAULT;
    uint8_t *hole = t.memory + HOLE;

    mprotect(hole, 0x1000, PROT_READ | PROT_WRITE);
    memcpy(t.memory, t.before, MEMORY_BYTES);
    mprotect(hole, 0x1000, PROT_NONE);
    t.running = code;
    t.cpu = cpu;
    cpu->pc = 0;
    fp_enter(&cpu->fp);
    if (sigsetjmp(t.back, 0) == 0) {
        if (code) {
            enum host_exit_kind kind = host_enter(cpu, t.code + code->entry);
            left = kind == HOST_EXIT_INTERP ? LEFT_INTERP
                   : kind == HOST_EXIT_POLL ? LEFT_POLL
                                            : LEFT_EXIT;
        } else {
            left = (enum left)ir_eval(ir, cpu);
        }
        fp_leave(&cpu->fp);
    }
    mprotect(hole, 0x1000, PROT_READ | PROT_WRITE);
    return left;
}

static void show(const struct ir *ir, const struct host_code *code)
{
    ir_dump(ir, stderr);
    if (code)
        host_disas(code, stderr);
}

/* What differs between the evaluator's CPU and the host code's, or NULL. */
static const char *difference(struct cpu *a, struct cpu *b, enum left x, enum left y)
{
    static char text[128];

    if (x == LEFT_EXIT && y == LEFT_POLL && b->attention)
        y = x; /* a jump to a computed address looks, too */
    if (x != y)
        return sprintf(text, "left by %d, not %d", y, x), text;
    if (a->pc != b->pc)
        return sprintf(text, "pc %llx, not %llx", (long long)b->pc, (long long)a->pc),
               text;
    for (unsigned i = 0; i < STATE_BYTES; i++)
        if (a->state[i] != b->state[i])
            return sprintf(text, "state byte %u (%u): %02x, not %02x", STATE + i, i,
                           b->state[i], a->state[i]),
                   text;
    if (a->reservation.bytes != b->reservation.bytes ||
        a->reservation.address != b->reservation.address ||
        a->reservation.value != b->reservation.value)
        return "reservation";
    if (fp_flags_get(&a->fp) != fp_flags_get(&b->fp))
        return sprintf(text, "flags %x, not %x", fp_flags_get(&b->fp),
                       fp_flags_get(&a->fp)),
               text;
    return memcmp(t.after, t.memory, MEMORY_BYTES) ? "memory" : NULL;
}

static unsigned counts[4], refused;

/* The passes of a region, as engine/translate.c runs them. */
static void run_passes(struct ir *ir)
{
    static void (*const passes[])(struct ir *) = {ir_pass_gvn,   ir_pass_strength,
                                                  ir_pass_gvn,   ir_pass_licm,
                                                  ir_pass_lower, ir_pass_dce};

    for (unsigned i = 0; i < sizeof passes / sizeof *passes; i++) {
        passes[i](ir);
        ir_verify(ir, "a pass");
    }
    ir_compact(ir);
    ir_verify(ir, "compact");
}

/* The region of SEED: the same each time. */
static struct ir *region_of(uint64_t seed, struct host_options *options)
{
    random_state = seed * 0x9e3779b97f4a7c15u + 1;
    rnd(2);
    options->window = rnd(2);
    options->level = 1 + rnd(host_level() < 3 ? host_level() : 3);
    return gen_region(options->window,
                      options->window ? MEMORY : (uint64_t)(uintptr_t)t.memory);
}

/* One random region, compiled for LEVEL, on a few states. */
static void try_region(uint64_t seed)
{
    struct host_options options = {.poll = true};
    struct host_code code;
    struct cpu *a = new_cpu(), *b = new_cpu();
    struct ir *ir, *passed;
    bool compiled, shown = getenv("ISO_SHOW") != NULL;

    ir = region_of(seed, &options);
    ir_verify(ir, "generated");
    a->mem = b->mem = options.window ? t.reserved : NULL;
    if (shown)
        show(ir, NULL);
    passed = region_of(seed, &options);
    if (seed % 2)
        run_passes(passed);
    compiled = host_compile(passed, &options, &code);
    if (shown && compiled)
        show(passed, &code);
    refused += !compiled;
    if (compiled) {
        assert_true(code.size <= CODE_BYTES);
        memcpy(t.code, code.bytes, code.size);
        fill_memory(seed);
        for (unsigned i = 0; i < 4; i++) {
            enum left x, y;
            const char *what;
            randomize(a);
            copy_state(b, a);
            copy_state(a, a);
            x = run(ir, NULL, a);
            memcpy(t.after, t.memory, MEMORY_BYTES);
            y = run(ir, &code, b);
            what = difference(a, b, x, y);
            if (what) {
                if (!shown)
                    show(passed, &code);
                fail_msg("region %llu, level %u, run %u, left by %u at %llx: %s",
                         (unsigned long long)seed, options.level, i, x,
                         (unsigned long long)a->pc, what);
            }
            counts[x]++;
        }
        host_code_free(&code);
    }
    ir_free(ir);
    ir_free(passed);
    host_cpu_free(a);
    host_cpu_free(b);
    free(a);
    free(b);
}

static void random_regions(void **state)
{
    const char *seed = getenv("ISO_SEED"), *many = getenv("ISO_LONG");
    uint64_t first = seed ? strtoull(seed, NULL, 0) : 0;
    uint64_t count = getenv("ISO_SHOW") ? 1 : many && *many == '1' ? 1000000 : 4000;

    (void)state;
    catch_faults();
    for (uint64_t i = 0; i < count; i++)
        try_region(first + i);
    print_message("# exits %u, interpreter %u, polls %u, faults %u, refused %u\n",
                  counts[0], counts[1], counts[2], counts[3], refused);
    if (count >= 4000) {
        for (unsigned i = 0; i < 4; i++)
            assert_true(counts[i] > 200);
        assert_int_equal(refused, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_regions),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("hostcode", tests, set_up, NULL);
}
