/*
 * compile.c - host_compile: the walk over the blocks, jumps between them, the moves of
 * PHIs, and cold code (see emit.h).
 */
#include "host/x86_64/emit.h"
#include "host/x86_64/frame.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

void *emit_grow(void *table, uint32_t count, uint32_t *capacity, size_t bytes)
{
    if (count < *capacity)
        return table;
    *capacity = *capacity ? 2 * *capacity : 32;
    return xrealloc(table, *capacity * bytes);
}

uint32_t emit_cold(struct emit *e,
                   void (*function)(struct emit *, const struct emit_cold *), ir_ref node,
                   uint32_t back, uint32_t x)
{
    uint32_t label = asm_label(&e->a);

    e->colds = emit_grow(e->colds, e->cold_count, &e->cold_capacity, sizeof *e->colds);
    e->colds[e->cold_count++] = (struct emit_cold){function, label, back, node, x};
    return label;
}

/* -- PHIs -----------------------------------------------------------------------------*/

/* The position of the edge from block B's successor number I among its predecessors. */
static uint32_t edge_index(const struct ir *ir, ir_block_id b, unsigned i)
{
    const struct ir_block *from = &ir->blocks[b], *to = &ir->blocks[from->succ[i]];
    bool second = i == 1 && from->succ[0] == from->succ[1];

    for (uint32_t p = 0; p < to->pred_count; p++) {
        if (to->preds[p] != b)
            continue;
        if (!second)
            return p;
        second = false;
    }
    __builtin_trap(); /* the graph is inconsistent */
}

static void move_vector(struct emit *e, const struct alloc_location *to,
                        const struct operand *v)
{
    if (to->kind == ALLOC_REG)
        emit_vload(e, to->reg, v);
    else
        emit_vstore(e, v->type, emit_slot(to->slot), emit_vreg(e, v, XMM15));
}

static void move_integer(struct emit *e, const struct alloc_location *to,
                         struct operand *v)
{
    if (to->kind == ALLOC_REG)
        emit_load(e, to->reg, v);
    else if (v->kind == OPERAND_CONST && emit_fits(v->value))
        asm_mov_mi(&e->a, 8, emit_slot(to->slot), (int32_t)v->value);
    else
        asm_mov_mr(&e->a, 8, emit_slot(to->slot), emit_reg(e, v, RCX));
}

/* One step of alloc_parallel; rax and xmm14 are its temporaries. */
static void move(void *data, const struct alloc_move *m)
{
    struct emit *e = data;
    struct operand v = {.type = m->type, .clean = true};

    if (m->from.kind == ALLOC_REG) {
        v.kind = OPERAND_REG;
        v.reg = m->from.reg;
    } else if (m->from.kind == ALLOC_SLOT) {
        v.kind = OPERAND_MEM;
        v.bytes = m->type == IR_V128 ? 16 : 8;
        v.mem = emit_slot(m->from.slot);
    } else
        v = emit_operand(e, m->value);
    if (emit_is_vector(m->type))
        move_vector(e, &m->to, &v);
    else
        move_integer(e, &m->to, &v);
}

static bool same_location(struct alloc_location a, struct alloc_location b)
{
    if (a.kind != b.kind)
        return false;
    return (a.kind == ALLOC_REG && a.reg == b.reg) ||
           (a.kind == ALLOC_SLOT && a.slot == b.slot);
}

/* The moves on the edge from B to its successor number I; NULL: how many there are. */
static unsigned edge_moves(const struct emit *e, ir_block_id b, unsigned i,
                           struct alloc_move *moves)
{
    const struct ir *ir = e->ir;
    const struct ir_block *to = &ir->blocks[ir->blocks[b].succ[i]];
    uint32_t p = UINT32_MAX;
    unsigned count = 0;

    for (uint32_t k = 0; k < to->nodes.count; k++) {
        ir_ref phi = to->nodes.at[k];
        const struct ir_node *n = ir_at(ir, phi);
        ir_ref value;

        if (n->op != IR_PHI)
            break;
        if (p == UINT32_MAX)
            p = edge_index(ir, b, i);
        value = ir->phi_args[n->aux + p];
        if (e->alloc.at[phi].kind == ALLOC_NONE || value == phi ||
            same_location(e->alloc.at[phi], e->alloc.at[value]))
            continue;
        if (moves)
            moves[count] = (struct alloc_move){.to = e->alloc.at[phi],
                                               .from = e->alloc.at[value],
                                               .value = value,
                                               .type = n->type};
        count++;
    }
    return count;
}

static void emit_moves(struct emit *e, ir_block_id b, unsigned i)
{
    static const struct alloc_location temp = {ALLOC_REG, RAX, 0};
    static const struct alloc_location temp_vector = {ALLOC_REG, XMM14, 0};
    unsigned count = edge_moves(e, b, i, NULL);
    struct alloc_move *moves;

    if (count == 0)
        return;
    moves = ir_alloc(e->ir, count * sizeof *moves);
    edge_moves(e, b, i, moves);
    alloc_parallel(moves, count, temp, temp_vector, move, e);
}

/* -- blocks without code --------------------------------------------------------------*/

/* B only goes on to its successor: nothing need be emitted for it. */
static bool is_empty(const struct emit *e, ir_block_id b)
{
    const struct ir_block *block = &e->ir->blocks[b];

    return b != 0 && block->nodes.count == 1 && block->succ_count == 1 &&
           ir_at(e->ir, block->nodes.at[0])->op == IR_JUMP && block->succ[0] != b &&
           edge_moves(e, b, 0, NULL) == 0;
}

/* Give each block its label; an empty one has that of the block it leads to. A ring of
 * empty blocks keeps one that jumps to itself. */
static void set_labels(struct emit *e)
{
    const struct ir *ir = e->ir;

    for (uint32_t k = 0; k < ir->layout_count; k++)
        e->labels[ir->layout[k]] = asm_label(&e->a);
    for (uint32_t k = 0; k < ir->layout_count; k++) {
        ir_block_id b = ir->layout[k], to = b;

        for (uint32_t steps = 0; steps < ir->layout_count && is_empty(e, to); steps++)
            to = ir->blocks[to].succ[0];
        if (!is_empty(e, to))
            e->labels[b] = e->labels[to];
    }
}

/* Whether the block at K in the layout is emitted under its own label. */
static bool is_emitted(const struct emit *e, uint32_t k)
{
    ir_block_id b = e->ir->layout[k];

    return !is_empty(e, b) || e->labels[b] != e->labels[e->ir->blocks[b].succ[0]];
}

/* The label of the first block from K on that is emitted. */
static uint32_t label_from(const struct emit *e, uint32_t k)
{
    while (k < e->ir->layout_count && !is_emitted(e, k))
        k++;
    return k < e->ir->layout_count ? e->labels[e->ir->layout[k]] : (uint32_t)SELECT_MANY;
}

/* -- ends of blocks -------------------------------------------------------------------*/

static void jump_to(struct emit *e, uint32_t label)
{
    if (label != e->next_label)
        asm_jmp(&e->a, label);
}

static void emit_jump(struct emit *e, ir_ref r)
{
    ir_block_id b = ir_at(e->ir, r)->block;

    emit_moves(e, b, 0);
    jump_to(e, e->labels[e->ir->blocks[b].succ[0]]);
}

/* The moves of a critical edge, out of line. */
static void cold_edge(struct emit *e, const struct emit_cold *c)
{
    ir_block_id b = ir_at(e->ir, c->node)->block;

    emit_moves(e, b, c->x);
    asm_jmp(&e->a, c->back);
}

/*
 * To successor I if CC, else to the other one J. Moves on the way to I stand out of line
 * if that way is unlikely or the other one's moves must follow anyway.
 */
static void branch_to(struct emit *e, ir_ref r, enum asm_cc cc, unsigned i, unsigned j,
                      bool unlikely)
{
    ir_block_id b = ir_at(e->ir, r)->block;
    const struct ir_block *from = &e->ir->blocks[b];
    uint32_t to = e->labels[from->succ[i]], other = e->labels[from->succ[j]];

    if (edge_moves(e, b, i, NULL) == 0)
        asm_jcc(&e->a, cc, to);
    else if (unlikely || edge_moves(e, b, j, NULL) != 0)
        asm_jcc(&e->a, cc, emit_cold(e, cold_edge, r, to, i));
    else {
        asm_jcc(&e->a, cc ^ 1, other);
        emit_moves(e, b, i);
        jump_to(e, to);
        return;
    }
    emit_moves(e, b, j);
    jump_to(e, other);
}

static void emit_branch(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    const struct ir_block *from = &e->ir->blocks[n->block];
    enum asm_cc cc = emit_condition(e, n->arg[0]);
    bool first_cold = (n->flags & IR_UNLIKELY) || e->ir->blocks[from->succ[0]].cold;
    bool second_cold = e->ir->blocks[from->succ[1]].cold;

    if (e->labels[from->succ[0]] == e->next_label || (second_cold && !first_cold))
        branch_to(e, r, cc ^ 1, 1, 0, second_cold);
    else
        branch_to(e, r, cc, 0, 1, first_cold);
}

/* -- nodes ----------------------------------------------------------------------------*/

/* clang-format off */
static emit_function *const emitters[IR_OP_COUNT] = {
    [IR_GET] = emit_get, [IR_ADD] = emit_add, [IR_SUB] = emit_sub, [IR_MUL] = emit_mul,
    [IR_MULH_U] = emit_mulh, [IR_MULH_S] = emit_mulh, [IR_MULH_SU] = emit_mulh,
    [IR_DIV_U] = emit_div, [IR_DIV_S] = emit_div, [IR_REM_U] = emit_div,
    [IR_REM_S] = emit_div, [IR_AND] = emit_and, [IR_OR] = emit_or, [IR_XOR] = emit_xor,
    [IR_NOT] = emit_not, [IR_NEG] = emit_neg, [IR_SHL] = emit_shift,
    [IR_SHR] = emit_shift, [IR_SAR] = emit_shift, [IR_ROTL] = emit_rotate, [IR_ROTR] = emit_rotate,
    [IR_EQ] = emit_compare, [IR_NE] = emit_compare, [IR_LT_U] = emit_compare,
    [IR_LT_S] = emit_compare, [IR_LE_U] = emit_compare, [IR_LE_S] = emit_compare,
    [IR_SELECT] = emit_select, [IR_ZEXT] = emit_zext, [IR_SEXT] = emit_sext,
    [IR_TRUNC] = emit_trunc, [IR_BITCAST] = emit_bitcast, [IR_CAT] = emit_cat,
    [IR_CLZ] = emit_clz, [IR_CTZ] = emit_ctz, [IR_POPCOUNT] = emit_popcount,
    [IR_BSWAP] = emit_bswap, [IR_BITREV] = emit_bitrev, [IR_MIN_S] = emit_minmax,
    [IR_MIN_U] = emit_minmax, [IR_MAX_S] = emit_minmax, [IR_MAX_U] = emit_minmax,
    [IR_CARRY] = emit_carry, [IR_OVERFLOW] = emit_carry,
    [IR_FADD] = emit_farith, [IR_FSUB] = emit_farith, [IR_FMUL] = emit_farith,
    [IR_FDIV] = emit_farith, [IR_FSQRT] = emit_fsqrt, [IR_FMA] = emit_fma,
    [IR_FMIN] = emit_fminmax, [IR_FMAX] = emit_fminmax, [IR_FEQ] = emit_compare,
    [IR_FLT] = emit_compare, [IR_FLE] = emit_compare, [IR_FUNORD] = emit_compare,
    [IR_FEQ_S] = emit_compare, [IR_FLT_S] = emit_compare, [IR_FLE_S] = emit_compare,
    [IR_FUNORD_S] = emit_compare, [IR_FTOS] = emit_ftos, [IR_FTOU] = emit_ftou,
    [IR_FFROMS] = emit_ffroms, [IR_FFROMU] = emit_ffromu, [IR_FCVT] = emit_fcvt,
    [IR_FCHECK] = emit_fcheck, [IR_FRINT] = emit_frint, [IR_FROUND] = emit_frint, [IR_VAND] = emit_vlogic,
    [IR_VOR] = emit_vlogic, [IR_VXOR] = emit_vlogic, [IR_LOAD] = emit_load_op,
    [IR_STORE] = emit_store_op, [IR_RESERVE] = emit_reserve,
    [IR_STORE_COND] = emit_store_cond, [IR_AMO] = emit_amo, [IR_CAS] = emit_cas,
    [IR_FENCE] = emit_fence, [IR_LDCPU] = emit_ldcpu, [IR_STCPU] = emit_stcpu,
    [IR_FPFLAGS] = emit_fpflags, [IR_SETFPFLAGS] = emit_setfpflags,
    [IR_GUARD] = emit_guard, [IR_EXIT_IF] = emit_exit_if, [IR_POLL] = emit_poll,
    [IR_JUMP] = emit_jump, [IR_BRANCH] = emit_branch, [IR_EXIT] = emit_exit,
    [IR_EXIT_TO] = emit_exit_to, [IR_EXIT_INTERP] = emit_exit_interp,
};
/* clang-format on */

/* Nobody uses R, and it does nothing else. */
static bool is_dead(const struct emit *e, ir_ref r, const struct ir_node *n)
{
    return ir_effect(n) == IR_PURE && e->alloc.at[r].kind == ALLOC_NONE;
}

static void emit_node(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);

    if (n->op == IR_NONE || n->op == IR_CONST || n->op == IR_PHI || e->hints[r].fused ||
        is_dead(e, r, n))
        return;
    if (e->options->lines && n->op != IR_FCHECK)
        emit_line(e, r);
    if (emitters[n->op])
        emitters[n->op](e, r);
    else
        e->failed = true;
}

void emit_fused(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    ir_ref inner = emit_inner(e, n);

    if (inner != 0) {
        emit_fused(e, inner);
        e->held = inner;
    }
    emitters[n->op](e, r);
    e->held = 0;
}

static void emit_block(struct emit *e, uint32_t k)
{
    const struct ir *ir = e->ir;
    const struct ir_block *b = &ir->blocks[ir->layout[k]];

    if (!is_emitted(e, k))
        return;
    e->next_label = label_from(e, k + 1);
    if (b->loop_head && !b->cold)
        asm_align(&e->a, 16);
    asm_place(&e->a, e->labels[ir->layout[k]]);
    e->tested = 0;
    for (uint32_t i = 0; i < b->nodes.count; i++)
        emit_node(e, b->nodes.at[i]);
}

/* -- the whole ------------------------------------------------------------------------*/

/* Registers for values: all but those that have a fixed use. */
static void set_registers(struct emit *e)
{
    uint32_t fixed = 1u << RAX | 1u << RCX | 1u << RSP | 1u << RBP;

    if (e->options->window)
        fixed |= 1u << R14;
    e->alloc.registers[ALLOC_INT] = 0xffff & ~fixed;
    e->alloc.registers[ALLOC_VECTOR] = 0x3fff; /* not xmm14 and xmm15 */
}

static void prepare(struct emit *e)
{
    struct ir *ir = e->ir;
    uint32_t more = ir_is_line(ir) && !ir->floats ? 0 : nan_most(ir);

    if (ir_is_line(ir)) {
        ir->layout = ir_alloc(ir, sizeof *ir->layout); /* of block 0 */
        ir->layout_count = 1;
    } else if (ir->layout_count == 0) {
        ir_dominators(ir);
        ir_loops(ir);
        ir_order(ir);
    }
    e->uses = ir_alloc(ir, (ir->node_count + more) * sizeof *e->uses);
    e->hints = ir_alloc(ir, (ir->node_count + more) * sizeof *e->hints);
    e->labels = ir_alloc(ir, ir->block_count * sizeof *e->labels);
    e->runs = ir_alloc(ir, ir->snap_count * sizeof *e->runs);
    e->alloc.hints = e->hints;
}

static void emit_all(struct emit *e)
{
    struct ir *ir = e->ir;

    asm_init(&e->a);
    set_labels(e);
    if (e->options->count)
        emit_count(e);
    for (uint32_t k = 0; k < ir->layout_count; k++)
        emit_block(e, k);
    e->next_label = SELECT_MANY;
    for (uint32_t i = 0; i < e->cold_count; i++) { /* which may add more */
        struct emit_cold c = e->colds[i];

        asm_place(&e->a, c.label);
        c.function(e, &c);
    }
    emit_exit_stubs(e);
    asm_finish(&e->a);
}

static void hand_over(struct emit *e, struct host_code *out)
{
    *out = (struct host_code){
        .bytes = e->a.bytes,
        .size = e->a.size,
        .exits = e->exits,
        .exit_count = e->exit_count,
        .polls = e->polls,
        .poll_count = e->poll_count,
        .faults = e->faults,
        .fault_count = e->fault_count,
        .recipes = e->recipes,
        .recipe_count = e->recipe_count,
        .lines = e->lines,
        .line_count = e->line_count,
        .data = e->data_at,
    };
    e->a.bytes = NULL;
    asm_free(&e->a);
}

bool host_compile(struct ir *ir, const struct host_options *options,
                  struct host_code *out)
{
    struct emit e = {
        .ir = ir, .options = options, .line_pc = UINT64_MAX, .missed = SELECT_MANY};

    prepare(&e);
    if (!select_run(&e))
        return false;
    if (!ir_is_line(ir) || ir->floats)
        nan_run(&e);
    set_registers(&e);
    alloc_run(ir, &e.alloc);
    if (options->allocation)
        alloc_print(ir, &e.alloc, options->allocation);
    if (options->verify)
        alloc_check(ir, &e.alloc);
    if (e.alloc.slots > HOST_FRAME_SLOTS)
        e.failed = true;
    else
        emit_all(&e);
    free(e.colds);
    free(e.groups);
    free(e.members);
    free(e.data);
    hand_over(&e, out);
    if (!e.failed)
        return true;
    host_code_free(out);
    return false;
}

void host_code_free(struct host_code *code)
{
    free(code->bytes);
    free(code->exits);
    free(code->polls);
    free(code->faults);
    free(code->recipes);
    free(code->lines);
    *code = (struct host_code){0};
}
