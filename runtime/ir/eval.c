/*
 * eval.c - the evaluator: runs a region on a CPU, one node after the other (see ir.h).
 */
#include "ir/arith.h"
#include "ir/build.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "util/alloc.h"
#include "util/log.h"

struct eval {
    const struct ir *ir;
    struct cpu *cpu;
    ir_wide *values;
};

/* What ir_eval_recover needs; set while a region runs. The frame of ir_eval is gone then.
 */
static _Thread_local struct {
    struct eval eval;
    uint32_t snap; /* of the access that is under way, or 0 */
} running;

static unsigned bytes_of(enum ir_type type)
{
    return type == IR_I1 ? 1 : ir_type_bits[type] / 8;
}

static ir_wide read_bytes(const void *from, enum ir_type type)
{
    ir_wide v = 0;

    memcpy(&v, from, bytes_of(type));
    return v & ir_mask(type);
}

static ir_wide value(const struct eval *e, ir_ref r)
{
    const struct ir_node *n;

    r = ir_forward(e->ir, r);
    n = ir_at(e->ir, r);
    if (n->op == IR_CONST)
        return ((ir_wide)n->arg[1] << 32 | n->arg[0]) << 64 | n->aux;
    return e->values[r];
}

/* Write the places of snapshot S; where to go on into cpu->pc. */
static void commit(const struct eval *e, uint32_t s)
{
    const struct ir_snap *snap = &e->ir->snaps[s];

    for (uint32_t i = 0; i < snap->count; i++) {
        const struct ir_entry *entry = &e->ir->entries[snap->first + i];
        const struct ir_place *p = &e->ir->places[entry->place];
        ir_wide v = value(e, entry->value);
        memcpy((char *)e->cpu + p->offset, &v, bytes_of((enum ir_type)p->type));
    }
    e->cpu->pc = snap->pc;
}

bool ir_eval_recover(struct cpu *cpu)
{
    if (!running.snap || running.eval.cpu != cpu)
        return false;
    commit(&running.eval, running.snap);
    running.snap = 0;
    return true;
}

/* -- guest memory */

static uint8_t *host_address(const struct eval *e, const struct ir_node *n)
{
    running.snap = n->snap;
    return (uint8_t *)((uintptr_t)e->cpu->mem + (uintptr_t)value(e, n->arg[0]));
}

static ir_wide swapped(const struct ir_node *n, enum ir_type type, ir_wide v)
{
    ir_wide r = 0;

    if (!(n->flags & IR_SWAP))
        return v;
    for (unsigned i = 0; i < bytes_of(type); i++)
        r = r << 8 | (v >> (8 * i) & 0xff);
    return r;
}

/* One access of the host's for each size, as the interpreter makes it. */
#define EVAL_SIZES(X) X(8) X(16) X(32) X(64)

static ir_wide load(const uint8_t *at, enum ir_type type)
{
    typedef ir_wide __attribute__((may_alias, aligned(1))) any128;

    switch (bytes_of(type)) {
#define LOAD(n)                                                         \
    case n / 8: {                                                       \
        typedef uint##n##_t __attribute__((may_alias, aligned(1))) any; \
        return *(const volatile any *)at;                               \
    }
        EVAL_SIZES(LOAD)
#undef LOAD
    default:
        return *(const volatile any128 *)at;
    }
}

static void store(uint8_t *at, enum ir_type type, ir_wide v)
{
    typedef ir_wide __attribute__((may_alias, aligned(1))) any128;

    switch (bytes_of(type)) {
#define STORE(n)                                                        \
    case n / 8: {                                                       \
        typedef uint##n##_t __attribute__((may_alias, aligned(1))) any; \
        *(volatile any *)at = (any)v;                                   \
        break;                                                          \
    }
        EVAL_SIZES(STORE)
#undef STORE
    default:
        *(volatile any128 *)at = v;
    }
}

/* The value found at AT; V was stored if that is EXPECTED. */
static ir_wide compare_and_swap(uint8_t *at, enum ir_type type, ir_wide expected,
                                ir_wide v)
{
    switch (bytes_of(type)) {
#define CAS(n)                                                                        \
    case n / 8: {                                                                     \
        typedef uint##n##_t __attribute__((may_alias)) any;                           \
        return __sync_val_compare_and_swap((any *)(void *)at, (any)expected, (any)v); \
    }
        EVAL_SIZES(CAS)
#undef CAS
    default:
        bug("ir_eval: an atomic access of %u bytes", bytes_of(type));
    }
}

/* As enum amo_op of interp/access.h numbers them. */
static ir_wide amo_result(unsigned op, enum ir_type type, ir_wide a, ir_wide b)
{
    static const enum ir_op ops[] = {IR_NONE,  IR_ADD,   IR_AND,   IR_OR,   IR_XOR,
                                     IR_MIN_S, IR_MAX_S, IR_MIN_U, IR_MAX_U};
    ir_wide arg[3] = {a, b}, out = b;

    assert(op < sizeof ops / sizeof ops[0]);
    if (op)
        ir_arith(ops[op], type, type, arg, &out);
    return out;
}

static ir_wide amo(struct eval *e, const struct ir_node *n, enum ir_type type)
{
    uint8_t *at = host_address(e, n);
    ir_wide b = value(e, n->arg[1]), old = load(at, type), found;

    for (;;) {
        ir_wide a = swapped(n, type, old);
        ir_wide v = amo_result((unsigned)n->aux, type, a, b);
        found = compare_and_swap(at, type, old, swapped(n, type, v));
        if (found == old)
            return a;
        old = found;
    }
}

static ir_wide store_cond(struct eval *e, const struct ir_node *n)
{
    struct reservation *held = &e->cpu->reservation;
    enum ir_type type = (enum ir_type)ir_at(e->ir, n->arg[1])->type;
    uint8_t *at = host_address(e, n);
    bool stored = false;

    if (held->bytes == bytes_of(type) && held->address == (uint64_t)value(e, n->arg[0])) {
        ir_wide old = held->value & ir_mask(type);
        stored =
            compare_and_swap(at, type, old, swapped(n, type, value(e, n->arg[1]))) == old;
    }
    held->bytes = 0;
    return stored;
}

static ir_wide access(struct eval *e, const struct ir_node *n)
{
    enum ir_type type = (enum ir_type)n->type;
    uint8_t *at;
    ir_wide v;

    switch (n->op) {
    case IR_LOAD:
        return swapped(n, type, load(host_address(e, n), type));
    case IR_STORE:
        type = (enum ir_type)ir_at(e->ir, n->arg[1])->type;
        store(host_address(e, n), type, swapped(n, type, value(e, n->arg[1])));
        return 0;
    case IR_RESERVE:
        at = host_address(e, n);
        v = load(at, type);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        e->cpu->reservation =
            (struct reservation){.address = (uint64_t)value(e, n->arg[0]),
                                 .value = (uint64_t)v,
                                 .bytes = (uint8_t)bytes_of(type)};
        return swapped(n, type, v);
    case IR_STORE_COND:
        return store_cond(e, n);
    case IR_AMO:
        return amo(e, n, type);
    case IR_CAS:
        at = host_address(e, n);
        v = compare_and_swap(at, type, swapped(n, type, value(e, n->arg[1])),
                             swapped(n, type, value(e, n->arg[2])));
        return swapped(n, type, v);
    case IR_LDCPU:
        return read_bytes((const char *)e->cpu + n->aux, type);
    case IR_STCPU:
        v = value(e, n->arg[0]);
        memcpy((char *)e->cpu + n->aux, &v,
               bytes_of((enum ir_type)ir_at(e->ir, n->arg[0])->type));
        return 0;
    case IR_FPFLAGS:
        return fp_flags_get(&e->cpu->fp);
    case IR_SETFPFLAGS:
        fp_flags_set(&e->cpu->fp, (unsigned)value(e, n->arg[0]));
        return 0;
    default:
        assert(n->op == IR_FENCE);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        return 0;
    }
}

/* -- floating point: always in software, which gives the same bits and flags */

static unsigned conversion(const struct ir_node *n, enum ir_type from)
{
    bool wide = n->type == IR_I64 || from == IR_I64;

    switch (n->op) {
    case IR_FTOS:
        return wide ? FP_OP_TO_S64 : FP_OP_TO_S32;
    case IR_FTOU:
        return wide ? FP_OP_TO_U64 : FP_OP_TO_U32;
    case IR_FFROMS:
        return wide ? FP_OP_FROM_S64 : FP_OP_FROM_S32;
    case IR_FFROMU:
        return wide ? FP_OP_FROM_U64 : FP_OP_FROM_U32;
    default:
        return from == IR_F32 ? FP_OP_FROM_F32 : FP_OP_FROM_F64;
    }
}

static ir_wide floating(struct eval *e, const struct ir_node *n)
{
    static const uint8_t ops[IR_OP_COUNT] = {
        [IR_FADD] = FP_OP_ADD,   [IR_FSUB] = FP_OP_SUB,
        [IR_FMUL] = FP_OP_MUL,   [IR_FDIV] = FP_OP_DIV,
        [IR_FSQRT] = FP_OP_SQRT, [IR_FMA] = FP_OP_FMA,
        [IR_FMIN] = FP_OP_MIN,   [IR_FMAX] = FP_OP_MAX,
        [IR_FEQ] = FP_OP_EQ,     [IR_FLT] = FP_OP_LT,
        [IR_FLE] = FP_OP_LE,     [IR_FUNORD] = FP_OP_UNORDERED,
        [IR_FEQ_S] = FP_OP_EQ_S, [IR_FLT_S] = FP_OP_LT_S,
        [IR_FLE_S] = FP_OP_LE_S, [IR_FUNORD_S] = FP_OP_UNORDERED_S,
        [IR_FRINT] = FP_OP_RINT, [IR_FROUND] = FP_OP_ROUND_INT,
    };
    enum ir_type from = (enum ir_type)ir_at(e->ir, n->arg[0])->type;
    bool converts = n->op >= IR_FTOS && n->op <= IR_FCVT;
    unsigned op = converts ? conversion(n, from) : ops[n->op];
    /* the width of the floating-point operands; of the result of conversions to it */
    enum ir_type type = converts && n->op >= IR_FFROMS ? (enum ir_type)n->type : from;
    uint64_t a[3] = {0};

    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        a[i] = (uint64_t)value(e, n->arg[i]);
    return fp_slow(&e->cpu->fp, FP_CODE(op, ir_type_bits[type]), (enum fp_round)n->aux,
                   a[0], a[1], a[2]) &
           ir_mask((enum ir_type)n->type);
}

/* -- nodes and blocks */

static ir_wide pure(const struct eval *e, const struct ir_node *n)
{
    enum ir_type from = IR_VOID;
    ir_wide arg[3] = {0}, out = 0;

    if (n->op == IR_GET) {
        const struct ir_place *p = &e->ir->places[n->aux];
        return read_bytes((const char *)e->cpu + p->offset, (enum ir_type)p->type);
    }
    if (n->op == IR_COPY)
        return value(e, n->arg[0]);
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        arg[i] = value(e, n->arg[i]);
    if (ir_op_args[n->op])
        from = (enum ir_type)ir_at(e->ir, n->arg[n->op == IR_SELECT])->type;
    if (n->op != IR_NONE &&
        !ir_arith((enum ir_op)n->op, from, (enum ir_type)n->type, arg, &out))
        bug("ir_eval: operation %s", ir_op_names[n->op]);
    return out;
}

/* The PHIs of block B, entered from FROM, all at once; how many. */
static uint32_t enter(struct eval *e, ir_block_id b, ir_block_id from)
{
    const struct ir *ir = e->ir;
    const struct ir_block *block = &ir->blocks[b];
    uint32_t count = 0, pred = 0;
    ir_wide *next;

    while (count < block->nodes.count && ir_at(ir, block->nodes.at[count])->op == IR_PHI)
        count++;
    if (count == 0)
        return 0;
    while (block->preds[pred] != from)
        pred++;
    next = xmalloc(count * sizeof *next);
    for (uint32_t i = 0; i < count; i++) {
        const struct ir_node *n = ir_at(ir, block->nodes.at[i]);
        next[i] = value(e, ir->phi_args[n->aux + pred]);
    }
    for (uint32_t i = 0; i < count; i++)
        e->values[block->nodes.at[i]] = next[i];
    free(next);
    return count;
}

enum step { STEP_ON, STEP_EXIT, STEP_INTERP, STEP_POLL };

static enum step leaves(struct eval *e, const struct ir_node *n)
{
    uint64_t to = 0;

    switch (n->op) {
    case IR_GUARD:
    case IR_EXIT_IF:
        if (!value(e, n->arg[0]))
            return STEP_ON;
        break;
    case IR_POLL:
        if (!e->cpu->attention)
            return STEP_ON;
        break;
    case IR_EXIT_TO:
        to = (uint64_t)value(e, n->arg[0]);
        break;
    case IR_JUMP:
    case IR_BRANCH:
        return STEP_ON;
    }
    commit(e, n->snap);
    if (n->op == IR_EXIT_TO)
        e->cpu->pc = to;
    return n->op == IR_GUARD || n->op == IR_EXIT_INTERP ? STEP_INTERP
           : n->op == IR_POLL                           ? STEP_POLL
                                                        : STEP_EXIT;
}

static enum step run_block(struct eval *e, ir_block_id b, uint32_t first)
{
    const struct ir_refs *nodes = &e->ir->blocks[b].nodes;

    for (uint32_t i = first; i < nodes->count; i++) {
        const struct ir_node *n = ir_at(e->ir, nodes->at[i]);
        enum step step;
        switch (ir_effect(n)) {
        case IR_PURE:
            e->values[nodes->at[i]] = pure(e, n);
            break;
        case IR_FLAGS:
            e->values[nodes->at[i]] = floating(e, n);
            break;
        case IR_EFFECT_EXIT:
        case IR_EFFECT_END:
            step = leaves(e, n);
            if (step != STEP_ON)
                return step;
            break;
        default:
            e->values[nodes->at[i]] = access(e, n);
        }
    }
    return STEP_ON;
}

enum ir_left ir_eval(const struct ir *ir, struct cpu *cpu)
{
    struct eval e = {ir, cpu, NULL};
    ir_block_id at = 0;
    uint32_t first = 0;
    enum step step;

    if (ir->build->values_capacity < ir->node_count) {
        free(ir->build->values);
        ir->build->values = xmalloc(ir->node_count * sizeof *e.values);
        ir->build->values_capacity = ir->node_count;
    }
    e.values = ir->build->values;
    running.eval = e;
    running.snap = 0;
    while ((step = run_block(&e, at, first)) == STEP_ON) {
        const struct ir_block *b = &ir->blocks[at];
        const struct ir_node *end = ir_at(ir, b->nodes.at[b->nodes.count - 1]);
        ir_block_id from = at;
        at = b->succ[end->op == IR_BRANCH && !value(&e, end->arg[0])];
        first = enter(&e, at, from);
    }
    running.snap = 0;
    return step == STEP_EXIT     ? IR_LEFT_EXIT
           : step == STEP_INTERP ? IR_LEFT_INTERP
                                 : IR_LEFT_POLL;
}
