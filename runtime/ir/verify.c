/*
 * verify.c - the verifier: every invariant of ir.h that can be tested (see there).
 *
 * COPYs and NONEs that a pass has left in lists and operands are looked through; blocks
 * that can't be reached are not looked at.
 */
#include "ir/build.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

struct verify {
    const struct ir *ir;
    const char *when;
    bool *reached;      /* by block */
    uint32_t *position; /* of a node in its block's list, from 1; 0: in none */
    ir_block_id *block; /* where a node was found */
    ir_ref node;        /* being looked at */
    ir_block_id at;
};

static _Noreturn void fail(const struct verify *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static _Noreturn void fail(const struct verify *v, const char *format, ...)
{
    va_list args;

    ir_dump(v->ir, stderr);
    fprintf(stderr, "ir_verify, %s: b%u", v->when, v->at);
    if (v->node)
        fprintf(stderr, ", %%%u (%s)", v->node, ir_op_names[ir_at(v->ir, v->node)->op]);
    fputs(": ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

/* -- types */

#define T(type)  (1u << IR_##type)
#define WORDS    (T(I32) | T(I64))
#define ARITH    (WORDS | T(I128))
#define INTEGERS (ARITH | T(I1) | T(I8) | T(I16))
#define FLOATS   (T(F32) | T(F64))
#define MEMORY   (T(I8) | T(I16) | WORDS | FLOATS | T(V128))
#define ATOMIC   (MEMORY & INTEGERS)
#define ANY      (INTEGERS | FLOATS | T(V128))

/* Types of operands: sets of enum ir_type; SAME_AS_0 as operand 0. */
enum { SAME_AS_0 = 1u << 16, ADDRESS = 1u << 17 };
struct rule {
    uint32_t arg[3], result; /* result: what GIVEN may be */
};

/* clang-format off */
static const struct rule rules[IR_OP_COUNT] = {
    [IR_ADD ... IR_MUL]           = {{ARITH, SAME_AS_0}, 0},
    [IR_DIV_U ... IR_REM_S]       = {{ARITH, SAME_AS_0}, 0},
    [IR_MIN_S ... IR_MAX_U]       = {{ARITH, SAME_AS_0}, 0},
    [IR_EQ ... IR_LE_S]           = {{ARITH, SAME_AS_0}, 0},
    [IR_MULH_U ... IR_MULH_SU]    = {{WORDS, SAME_AS_0}, 0},
    [IR_AND ... IR_XOR]           = {{ARITH | T(I1), SAME_AS_0}, 0},
    [IR_NOT]                      = {{ARITH | T(I1)}, 0},
    [IR_NEG]                      = {{ARITH}, 0},
    [IR_SHL ... IR_ROTR]          = {{ARITH, INTEGERS}, 0},
    [IR_SELECT]                   = {{T(I1), ANY, ANY}, ANY},
    [IR_ZEXT]                     = {{INTEGERS}, INTEGERS},
    [IR_SEXT]                     = {{INTEGERS}, INTEGERS},
    [IR_TRUNC]                    = {{INTEGERS}, INTEGERS},
    [IR_BITCAST]                  = {{ANY}, ANY},
    [IR_CAT]                      = {{WORDS, SAME_AS_0}, T(I64) | T(I128)},
    [IR_CLZ ... IR_BITREV]        = {{WORDS}, 0},
    [IR_CARRY]                    = {{WORDS, SAME_AS_0, T(I1)}, 0},
    [IR_OVERFLOW]                 = {{WORDS, SAME_AS_0, T(I1)}, 0},
    [IR_FADD ... IR_FDIV]         = {{FLOATS, SAME_AS_0}, 0},
    [IR_FMIN ... IR_FUNORD_S]     = {{FLOATS, SAME_AS_0}, 0},
    [IR_FSQRT]                    = {{FLOATS}, 0},
    [IR_FRINT]                    = {{FLOATS}, 0},
    [IR_FROUND]                   = {{FLOATS}, 0},
    [IR_FMA]                      = {{FLOATS, SAME_AS_0, SAME_AS_0}, 0},
    [IR_FTOS]                     = {{FLOATS}, WORDS},
    [IR_FTOU]                     = {{FLOATS}, WORDS},
    [IR_FFROMS]                   = {{WORDS}, FLOATS},
    [IR_FFROMU]                   = {{WORDS}, FLOATS},
    [IR_FCVT]                     = {{FLOATS}, FLOATS},
    [IR_VAND ... IR_VXOR]         = {{T(V128), T(V128)}, 0},
    [IR_LOAD]                     = {{ADDRESS}, MEMORY},
    [IR_STORE]                    = {{ADDRESS, MEMORY}, 0},
    [IR_RESERVE]                  = {{ADDRESS}, ATOMIC},
    [IR_STORE_COND]               = {{ADDRESS, ATOMIC}, 0},
    [IR_AMO]                      = {{ADDRESS, ATOMIC}, ATOMIC},
    [IR_CAS]                      = {{ADDRESS, ATOMIC, ATOMIC}, ATOMIC},
    [IR_STCPU]                    = {{ANY}, 0},
    [IR_GUARD]                    = {{T(I1)}, 0},
    [IR_EXIT_IF]                  = {{T(I1)}, 0},
    [IR_BRANCH]                   = {{T(I1)}, 0},
    [IR_EXIT_TO]                  = {{ADDRESS}, 0},
    [IR_CONST ... IR_PHI]         = {{0}, ANY},
    [IR_LDCPU]                    = {{0}, ANY},
    [IR_FPFLAGS]                  = {{0}, T(I32)},
    [IR_SETFPFLAGS]               = {{T(I32)}, 0},
};
/* clang-format on */

static enum ir_type arg_type(const struct verify *v, const struct ir_node *n, unsigned i)
{
    return (enum ir_type)ir_at(v->ir, ir_forward(v->ir, n->arg[i]))->type;
}

/* What sets of types don't say. */
static bool types_fit(const struct verify *v, const struct ir_node *n)
{
    unsigned to = ir_type_bits[n->type], from = ir_type_bits[arg_type(v, n, 0)];

    switch (n->op) {
    case IR_SELECT:
        return arg_type(v, n, 1) == n->type && arg_type(v, n, 2) == n->type;
    case IR_ZEXT:
    case IR_SEXT:
        return from < to;
    case IR_TRUNC:
        return from > to;
    case IR_BITCAST:
        return from == to && arg_type(v, n, 0) != n->type;
    case IR_CAT:
        return from * 2 == to;
    case IR_FCVT:
        return from != to;
    case IR_AMO:
        return arg_type(v, n, 1) == n->type;
    case IR_CAS:
        return arg_type(v, n, 1) == n->type && arg_type(v, n, 2) == n->type;
    default:
        return true;
    }
}

static void check_types(const struct verify *v, const struct ir_node *n)
{
    struct rule rule = rules[n->op];
    enum ir_type address = v->ir->word_bits == 32 ? IR_I32 : IR_I64;
    unsigned args = ir_op_args[n->op];
    bool result;

    for (unsigned i = 0; i < args; i++) {
        enum ir_type t = arg_type(v, n, i);
        if (rule.arg[i] == SAME_AS_0 ? t != arg_type(v, n, 0)
            : rule.arg[i] == ADDRESS ? t != address
                                     : !(rule.arg[i] >> t & 1u))
            fail(v, "operand %u is of type %s", i, ir_type_names[t]);
    }
    switch (ir_op_results[n->op]) {
    case IR_RESULT_NONE:
        result = n->type == IR_VOID;
        break;
    case IR_RESULT_SAME:
        result = n->type == arg_type(v, n, 0);
        break;
    case IR_RESULT_BOOL:
        result = n->type == IR_I1;
        break;
    default:
        result = rule.result >> n->type & 1;
    }
    if (!result || (args && !types_fit(v, n)))
        fail(v, "the result is of type %s", ir_type_names[n->type]);
}

/* -- uses */

/* R is there at the end of block B, or before position BEFORE of it. */
static void check_use(const struct verify *v, ir_ref r, ir_block_id b, uint32_t before)
{
    const struct ir_node *n;

    if (r == 0 || r >= v->ir->node_count)
        fail(v, "uses %%%u, which is no node", r);
    r = ir_forward(v->ir, r);
    n = ir_at(v->ir, r);
    if (n->op == IR_CONST)
        return;
    if (n->type == IR_VOID)
        fail(v, "uses %%%u, which has no value", r);
    if (!v->position[r])
        fail(v, "uses %%%u, which stands in no block", r);
    if (v->block[r] == b ? v->position[r] >= before
                         : !ir_dominates(v->ir, v->block[r], b))
        fail(v, "uses %%%u, which isn't there yet", r);
}

static bool needs_snap(const struct ir_node *n)
{
    switch (ir_effect(n)) {
    case IR_EFFECT_LOAD:
    case IR_EFFECT_STORE:
        return n->op == IR_LOAD || n->op == IR_STORE;
    case IR_EFFECT_ATOMIC:
    case IR_EFFECT_EXIT:
        return true;
    case IR_EFFECT_END:
        return n->op != IR_JUMP && n->op != IR_BRANCH;
    default:
        return false;
    }
}

static void check_snap(const struct verify *v, const struct ir_node *n)
{
    const struct ir *ir = v->ir;
    const struct ir_snap *s;
    uint32_t last = 0;

    if (!n->snap && needs_snap(n))
        fail(v, "has no snapshot");
    if (!n->snap)
        return;
    if (!needs_snap(n) || n->snap >= ir->snap_count)
        fail(v, "has snapshot %u", n->snap);
    s = &ir->snaps[n->snap];
    if (s->first > ir->entry_count || s->count > ir->entry_count - s->first)
        fail(v, "has a snapshot without entries");
    for (uint32_t i = 0; i < s->count; i++) {
        const struct ir_entry *e = &ir->entries[s->first + i];
        if (e->place <= last || e->place >= ir->place_count)
            fail(v, "its snapshot's place %u is none, or out of order", e->place);
        last = e->place;
        check_use(v, e->value, v->at, v->position[v->node]);
        if (ir_at(ir, ir_forward(ir, e->value))->type != ir->places[e->place].type)
            fail(v, "its snapshot's place p%u has another type", e->place);
    }
}

static void check_phi(const struct verify *v, const struct ir_node *n)
{
    const struct ir_block *b = &v->ir->blocks[v->at];

    if (b->pred_count == 0 || n->aux + b->pred_count > v->ir->phi_arg_count)
        fail(v, "has not one operand for each predecessor");
    for (uint32_t i = 0; i < b->pred_count; i++) {
        ir_ref r = v->ir->phi_args[n->aux + i];
        if (!v->reached[b->preds[i]])
            continue;
        check_use(v, r, b->preds[i], UINT32_MAX);
        if (ir_at(v->ir, ir_forward(v->ir, r))->type != n->type)
            fail(v, "operand %u has another type", i);
    }
}

static void check_get(const struct verify *v, const struct ir_node *n)
{
    if ((v->at != 0 && !v->ir->through) || n->aux == 0 || n->aux >= v->ir->place_count ||
        v->ir->places[n->aux].type != n->type)
        fail(v, "is no place of its type, or doesn't stand in the entry block");
    for (uint32_t i = 0; i < v->position[v->node] - 1; i++) {
        const struct ir_node *other = ir_at(v->ir, v->ir->blocks[v->at].nodes.at[i]);
        if (other->op == IR_GET && other->aux == n->aux)
            fail(v, "its place has another GET");
    }
}

static void check_node(const struct verify *v, const struct ir_node *n)
{
    if (n->block != v->at)
        fail(v, "says it stands in b%u", n->block);
    for (unsigned i = 0; i < 3; i++) {
        if (i < ir_op_args[n->op])
            check_use(v, n->arg[i], v->at, v->position[v->node]);
        else if (n->arg[i])
            fail(v, "has more operands than its operation takes");
    }
    check_types(v, n);
    check_snap(v, n);
    if (n->op == IR_PHI)
        check_phi(v, n);
    else if (n->op == IR_GET)
        check_get(v, n);
}

/* -- blocks */

static uint32_t edges(const ir_block_id *list, uint32_t count, ir_block_id b)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < count; i++)
        n += list[i] == b;
    return n;
}

static void check_edges(const struct verify *v, const struct ir_node *end)
{
    const struct ir_block *b = &v->ir->blocks[v->at];
    unsigned wanted = end->op == IR_BRANCH ? 2 : end->op == IR_JUMP ? 1 : 0;

    if (b->succ_count != wanted)
        fail(v, "has %u successors, its end %u", b->succ_count, wanted);
    if (wanted == 2 && b->succ[0] == b->succ[1])
        fail(v, "branches to one block both ways");
    for (unsigned i = 0; i < wanted; i++) {
        const struct ir_block *to;
        if (b->succ[i] == 0 || b->succ[i] >= v->ir->block_count)
            fail(v, "leads to b%u", b->succ[i]);
        to = &v->ir->blocks[b->succ[i]];
        if (edges(to->preds, to->pred_count, v->at) != 1)
            fail(v, "isn't listed once among the predecessors of b%u", b->succ[i]);
    }
    for (uint32_t i = 0; i < b->pred_count; i++) {
        const struct ir_block *from = &v->ir->blocks[b->preds[i]];
        if (edges(from->succ, from->succ_count, v->at) != 1)
            fail(v, "doesn't follow b%u, which is listed as predecessor", b->preds[i]);
    }
}

/* The order of kinds in a list; and note where each node stands. */
static void check_list(struct verify *v)
{
    const struct ir_refs *list = &v->ir->blocks[v->at].nodes;
    bool body = false;

    v->node = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        ir_ref r = list->at[i];
        const struct ir_node *n = ir_at(v->ir, r);
        if (r == 0 || r >= v->ir->node_count || v->position[r])
            fail(v, "lists %%%u, which is no node or listed already", r);
        v->position[r] = i + 1;
        v->block[r] = v->at;
        if (n->op == IR_COPY || n->op == IR_NONE)
            continue;
        if (n->op == IR_CONST)
            fail(v, "lists %%%u, a constant", r);
        if ((n->op == IR_PHI || (n->op == IR_GET && !v->ir->through)) && body)
            fail(v, "%%%u (%s) stands behind others", r, ir_op_names[n->op]);
        body |= n->op != IR_PHI && n->op != IR_GET;
        if ((ir_effect(n) == IR_EFFECT_END) != (i == list->count - 1))
            fail(v, "doesn't end where it should, at %%%u", r);
    }
    if (list->count == 0)
        fail(v, "is empty");
    if (v->at == 0 && v->ir->blocks[0].pred_count)
        fail(v, "is the entry and has predecessors");
    check_edges(v, ir_at(v->ir, list->at[list->count - 1]));
}

static void find_reached(struct verify *v)
{
    ir_block_id *stack = xmalloc(v->ir->block_count * sizeof *stack);
    uint32_t depth = 0;

    v->reached[0] = true;
    stack[depth++] = 0;
    while (depth) {
        const struct ir_block *b = &v->ir->blocks[stack[--depth]];
        for (unsigned i = 0; i < b->succ_count; i++) {
            if (b->succ[i] >= v->ir->block_count || v->reached[b->succ[i]])
                continue;
            v->reached[b->succ[i]] = true;
            stack[depth++] = b->succ[i];
        }
    }
    free(stack);
}

static void check_places(const struct verify *v)
{
    const struct ir *ir = v->ir;

    for (uint32_t a = 1; a < ir->place_count; a++) {
        uint32_t from = ir->places[a].offset;
        uint32_t end = from + (ir_type_bits[ir->places[a].type] + 7u) / 8;
        for (uint32_t b = 1; b < ir->place_count; b++)
            if (b != a && ir->places[b].offset >= from && ir->places[b].offset < end)
                fail(v, "p%u lies in p%u", b, a);
    }
}

void ir_verify(const struct ir *ir, const char *when)
{
    struct verify v = {.ir = ir, .when = when};
    size_t bytes = ir->block_count * sizeof *ir->blocks;
    struct ir_block *saved = xmalloc(bytes);

    v.reached = xcalloc(ir->block_count, 1);
    v.position = xcalloc(ir->node_count, sizeof *v.position);
    v.block = xcalloc(ir->node_count, sizeof *v.block);
    check_places(&v);
    find_reached(&v);
    for (v.at = 0; v.at < ir->block_count; v.at++)
        if (v.reached[v.at])
            check_list(&v);
    /* The analysis is its own: what the caller has found out stays as it is. */
    memcpy(saved, ir->blocks, bytes);
    ir_dominators((struct ir *)(uintptr_t)ir);
    for (v.at = 0; v.at < ir->block_count; v.at++) {
        const struct ir_refs *list = &ir->blocks[v.at].nodes;
        for (uint32_t i = 0; v.reached[v.at] && i < list->count; i++) {
            const struct ir_node *n = ir_at(ir, v.node = list->at[i]);
            if (n->op != IR_COPY && n->op != IR_NONE)
                check_node(&v, n);
        }
    }
    memcpy(ir->blocks, saved, bytes);
    free(saved);
    free(v.reached);
    free(v.position);
    free(v.block);
}
