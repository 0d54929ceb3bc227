/*
 * alloc.c - the register allocator: random regions with few registers against
 * alloc_check, what it must do well, and parallel moves by simulation.
 *
 * ISO_LONG=1 runs more regions; ISO_SEED=n begins at region n.
 */
#include "host/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* -- random regions -------------------------------------------------------------------*/

static uint64_t random_state;

static uint32_t rnd(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % below);
}

enum { WORDS = 14, VECTORS = 4 };

struct gen {
    struct ir *ir;
    uint32_t budget; /* nodes to go, roughly */
    uint64_t pc;
    unsigned words; /* places in use */
};

static ir_ref get(struct gen *g)
{
    return ir_get(g->ir, 8 * rnd(g->words), IR_I64);
}

static void set(struct gen *g, ir_ref v)
{
    ir_set(g->ir, 8 * rnd(g->words), IR_I64, v);
}

static void gen_vector(struct gen *g)
{
    uint32_t a = 256 + 16 * rnd(VECTORS), b = 256 + 16 * rnd(VECTORS);
    uint32_t f = 512 + 8 * rnd(VECTORS), d = 512 + 8 * rnd(VECTORS);

    if (rnd(2))
        ir_set(
            g->ir, a, IR_V128,
            ir_2(g->ir, IR_VXOR, ir_get(g->ir, a, IR_V128), ir_get(g->ir, b, IR_V128)));
    else
        ir_set(g->ir, f, IR_F64,
               ir_2(g->ir, IR_FADD, ir_get(g->ir, f, IR_F64), ir_get(g->ir, d, IR_F64)));
}

static void gen_instruction(struct gen *g)
{
    static const uint8_t ops[] = {IR_ADD, IR_SUB, IR_XOR, IR_MUL, IR_SHL, IR_DIV_U};
    ir_ref v;

    g->pc += 4;
    g->budget -= g->budget > 0;
    switch (rnd(12)) {
    case 0:
        v = ir_2(g->ir, IR_ADD, get(g), ir_const(g->ir, IR_I64, rnd(64) + 1));
        set(g, ir_effectful(g->ir, IR_LOAD, IR_I64, v, 0, 0,
                            ir_snapshot(g->ir, g->pc, false), 0, 0));
        break;
    case 1:
        v = get(g);
        ir_effectful(g->ir, IR_STORE, IR_VOID, v, get(g), 0,
                     ir_snapshot(g->ir, g->pc, false), 0, 0);
        break;
    case 2:
        v = ir_2(g->ir, IR_LT_S, get(g), get(g));
        ir_effectful(g->ir, IR_GUARD, IR_VOID, v, 0, 0, ir_snapshot(g->ir, g->pc, false),
                     0, 0);
        break;
    case 3:
        v = ir_2(g->ir, IR_EQ, get(g), get(g));
        set(g, ir_3(g->ir, IR_SELECT, v, get(g), get(g)));
        break;
    case 4:
        gen_vector(g);
        break;
    case 5:
        set(g, get(g));
        break;
    default:
        v = get(g);
        set(g, ir_2(g->ir, ops[rnd(sizeof ops)], v, get(g)));
    }
}

static ir_ref gen_condition(struct gen *g)
{
    ir_ref a = get(g);

    return ir_2(g->ir, IR_NE, a, get(g));
}

static void gen_code(struct gen *g, unsigned depth);

static void gen_loop(struct gen *g, unsigned depth)
{
    ir_block_id head = ir_block_new(g->ir), out = ir_block_new(g->ir);

    ir_jump(g->ir, head);
    ir_enter(g->ir, head);
    gen_code(g, depth + 1);
    if (rnd(3) == 0) { /* a second way out */
        ir_block_id on = ir_block_new(g->ir);
        ir_branch(g->ir, gen_condition(g), out, on, 0);
        ir_seal(g->ir, on);
        ir_enter(g->ir, on);
        gen_code(g, depth + 1);
    }
    ir_branch(g->ir, gen_condition(g), head, out, 0);
    ir_seal(g->ir, head);
    ir_seal(g->ir, out);
    ir_enter(g->ir, out);
}

static void gen_choice(struct gen *g, unsigned depth)
{
    ir_block_id yes = ir_block_new(g->ir), no = ir_block_new(g->ir),
                end = ir_block_new(g->ir);
    bool both = rnd(2), leave = rnd(3) == 0;

    ir_branch(g->ir, gen_condition(g), yes, both ? no : end, leave ? IR_UNLIKELY : 0);
    ir_seal(g->ir, yes);
    ir_seal(g->ir, no);
    ir_enter(g->ir, yes);
    gen_code(g, depth + 1);
    if (leave) {
        g->ir->blocks[yes].cold = true;
        ir_exit(g->ir, ir_snapshot(g->ir, g->pc, false), 0);
    } else {
        ir_jump(g->ir, end);
    }
    if (both) {
        ir_enter(g->ir, no);
        gen_code(g, depth + 1);
        ir_jump(g->ir, end);
    }
    ir_seal(g->ir, end);
    ir_enter(g->ir, end);
}

static void gen_code(struct gen *g, unsigned depth)
{
    for (unsigned i = 1 + rnd(4); i-- > 0;) {
        unsigned what = depth < 4 && g->budget > 10 ? rnd(6) : 5;
        if (what == 0)
            gen_loop(g, depth);
        else if (what == 1)
            gen_choice(g, depth);
        else
            for (unsigned k = 1 + rnd(6); k-- > 0;)
                gen_instruction(g);
    }
}

/* gen_region - of about SIZE instructions, from DEPTH 4 on in one block. */
static struct ir *gen_region(uint32_t size, unsigned depth)
{
    struct gen g = {ir_new(64), size, 0x1000, 2 + rnd(WORDS - 1)};
    ir_block_id first = ir_block_new(g.ir);

    ir_jump(g.ir, first);
    ir_seal(g.ir, first);
    ir_enter(g.ir, first);
    while (g.budget)
        gen_code(&g, depth);
    ir_exit(g.ir, ir_snapshot(g.ir, g.pc, false), 0);
    ir_finish(g.ir);
    ir_dominators(g.ir);
    ir_loops(g.ir);
    ir_order(g.ir);
    return g.ir;
}

/* -- random hints ---------------------------------------------------------------------*/

/* may_fuse - whether V has one user, in its own block, and no snapshot lists it. */
static bool *may_fuse(const struct ir *ir)
{
    bool *ok = calloc(ir->node_count, sizeof *ok);
    unsigned *uses = calloc(ir->node_count, sizeof *uses);

    for (uint32_t b = 0; b < ir->layout_count; b++) {
        const struct ir_refs *nodes = &ir->blocks[ir->layout[b]].nodes;
        for (uint32_t i = 0; i < nodes->count; i++) {
            const struct ir_node *n = &ir->nodes[nodes->at[i]];
            for (unsigned k = 0; k < ir_op_args[n->op]; k++) {
                uses[n->arg[k]]++;
                ok[n->arg[k]] = ir->nodes[n->arg[k]].block == ir->layout[b];
            }
        }
    }
    for (uint32_t b = 0; b < ir->layout_count; b++) {
        const struct ir_block *block = &ir->blocks[ir->layout[b]];
        for (uint32_t i = 0; i < block->nodes.count; i++) {
            const struct ir_node *n = &ir->nodes[block->nodes.at[i]];
            const struct ir_snap *s = &ir->snaps[n->snap];
            for (uint32_t k = 0; n->op == IR_PHI && k < block->pred_count; k++)
                uses[ir->phi_args[n->aux + k]] = 2;
            for (uint32_t k = 0; n->snap && k < s->count; k++)
                uses[ir->entries[s->first + k].value] = 2;
        }
    }
    for (ir_ref v = 0; v < ir->node_count; v++)
        ok[v] = ok[v] && uses[v] == 1 && ir->nodes[v].op != IR_GET &&
                ir->nodes[v].op != IR_PHI && ir->nodes[v].op != IR_CONST;
    free(uses);
    return ok;
}

static void gen_hints(const struct ir *ir, struct alloc *a)
{
    bool *fuse = may_fuse(ir);
    unsigned clobbering = rnd(3) ? rnd(20) : 0;

    for (ir_ref v = 1; v < ir->node_count; v++) {
        const struct ir_node *n = &ir->nodes[v];
        struct alloc_hints *h = &a->hints[v];
        h->want = -1;
        if (n->op == IR_NONE || n->op == IR_CONST || n->op == IR_GET || n->op == IR_PHI)
            continue;
        h->fused = fuse[v] && rnd(3) == 0;
        if (h->fused)
            continue;
        h->two_operand = ir_op_args[n->op] > 1 && n->type != IR_VOID && rnd(8) != 0;
        h->early = rnd(12) == 0;
        if (clobbering && rnd(100) < clobbering) {
            h->clobbers = (rnd(2) ? 1u : 5u) & a->registers[ALLOC_INT];
            if (alloc_class(n->type) == ALLOC_INT && n->type != IR_VOID)
                h->want = 0;
        }
    }
    free(fuse);
}

static uint32_t some_registers(void)
{
    uint32_t bits = 7;

    for (unsigned i = rnd(14); i-- > 0;)
        bits |= (uint32_t)1 << rnd(16);
    return bits;
}

static void random_regions(void **state)
{
    unsigned count = getenv("ISO_LONG") ? 200000 : 4000;
    unsigned first = getenv("ISO_SEED") ? (unsigned)atoi(getenv("ISO_SEED")) : 0;
    double cost = 0;
    unsigned long nodes = 0, spilled = 0;

    (void)state;
    for (unsigned i = first; i < first + count; i++) {
        struct alloc a = {0};
        struct ir *ir;
        random_state = i;
        ir = gen_region(i % 50 ? 10 + rnd(200) : 1000, rnd(5));
        a.registers[ALLOC_INT] = some_registers();
        a.registers[ALLOC_VECTOR] = some_registers();
        a.hints = calloc(ir->node_count, sizeof *a.hints);
        gen_hints(ir, &a);
        alloc_run(ir, &a);
        if (getenv("ISO_SEED") && count == 1)
            alloc_print(ir, &a, stdout);
        alloc_check(ir, &a);
        cost += alloc_cost(ir, &a);
        nodes += a.positions;
        spilled += a.spilled;
        free(a.hints);
        ir_free(ir);
    }
    print_message("%u regions, %lu nodes, %lu spilled, cost %.0f\n", count, nodes,
                  spilled, cost);
}

/* -- what it must do well -------------------------------------------------------------*/

struct case_ {
    struct ir *ir;
    struct alloc a;
};

/* run - the region of TEXT with REGISTERS integer registers; all but compares and
 * constants in two-operand form, compares fused. */
static struct case_ run(const char *text, unsigned registers)
{
    struct case_ c = {0};
    char error[256];

    c.ir = ir_parse(text, error);
    if (!c.ir)
        fail_msg("%s", error);
    ir_dominators(c.ir);
    ir_loops(c.ir);
    ir_order(c.ir);
    c.a.registers[ALLOC_INT] = (1u << registers) - 1;
    c.a.registers[ALLOC_VECTOR] = 0xff;
    c.a.hints = calloc(c.ir->node_count, sizeof *c.a.hints);
    for (ir_ref v = 1; v < c.ir->node_count; v++) {
        unsigned op = c.ir->nodes[v].op;
        c.a.hints[v].want = -1;
        c.a.hints[v].fused = op == IR_NE;
        c.a.hints[v].two_operand = op == IR_ADD || op == IR_SUB || op == IR_XOR;
    }
    alloc_run(c.ir, &c.a);
    alloc_check(c.ir, &c.a);
    return c;
}

static void done(struct case_ *c)
{
    free(c->a.hints);
    ir_free(c->ir);
}

/* at - where node number N of operation OP, in the order of blocks, stands. */
static const struct alloc_location *at(const struct case_ *c, enum ir_op op, unsigned n)
{
    for (uint32_t b = 0; b < c->ir->layout_count; b++) {
        const struct ir_refs *nodes = &c->ir->blocks[c->ir->layout[b]].nodes;
        for (uint32_t i = 0; i < nodes->count; i++)
            if (c->ir->nodes[nodes->at[i]].op == op && n-- == 0)
                return &c->a.at[nodes->at[i]];
    }
    fail_msg("no such node");
    return NULL;
}

/* Each PHI and what it becomes are one register. */
static void loop_without_moves(void **state)
{
    struct case_ c = run("region 64\n"
                         "place 1 i64 +8\n"
                         "place 2 i64 +16\n"
                         "b0:\n"
                         "  %1:i64 = get p1\n"
                         "  %2:i64 = get p2\n"
                         "  jump b1\n"
                         "b1: preds b0 b1\n"
                         "  %3:i64 = phi %1 %5\n"
                         "  %4:i64 = phi %2 %6\n"
                         "  store %3, %4 @0x1000{p1:%3, p2:%4}\n"
                         "  %5:i64 = load %4 @0x1004{p2:%4}\n"
                         "  %6:i64 = load %5 @0x1008{p2:%5}\n"
                         "  %7:i1 = ne %6, 0\n"
                         "  branch %7, b1, b2\n"
                         "b2: preds b1\n"
                         "  exit @0x100c{p1:%6, p2:%5}\n",
                         4);

    (void)state;
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(at(&c, IR_PHI, i)->kind, ALLOC_REG);
    assert_int_equal(at(&c, IR_PHI, 0)->reg, at(&c, IR_LOAD, 0)->reg);
    assert_int_equal(at(&c, IR_PHI, 1)->reg, at(&c, IR_LOAD, 1)->reg);
    assert_int_equal(c.a.spilled, 0);
    done(&c);
}

/* With one register, it goes to what the loop computes with, not to what only a snapshot
 * in it needs, nor to what lives through it. */
static void loop_comes_first(void **state)
{
    struct case_ c = run("region 64\n"
                         "place 1 i64 +8\n"
                         "place 2 i64 +16\n"
                         "place 3 i64 +24\n"
                         "b0:\n"
                         "  %1:i64 = get p1\n"
                         "  %2:i64 = get p2\n"
                         "  jump b1\n"
                         "b1: preds b0\n"
                         "  %3:i64 = sub %1, %2\n"
                         "  jump b2\n"
                         "b2: preds b1 b2\n"
                         "  %4:i64 = phi %1 %5\n"
                         "  %5:i64 = add %4, 8\n"
                         "  poll @0x1000{p1:%5, p2:%3}\n"
                         "  %7:i1 = ne %5, 0\n"
                         "  branch %7, b2, b3\n"
                         "b3: preds b2\n"
                         "  %8:i64 = xor %3, %5\n"
                         "  exit @0x1004{p1:%8, p3:%3}\n",
                         1);

    (void)state;
    assert_int_equal(at(&c, IR_PHI, 0)->kind, ALLOC_REG);
    assert_int_equal(at(&c, IR_ADD, 0)->kind, ALLOC_REG);
    assert_int_equal(at(&c, IR_SUB, 0)->kind, ALLOC_SLOT);
    done(&c);
}

/* Used once, a value of the entry is read where it is at home; used in a loop, it gets a
 * register. */
static void home_or_register(void **state)
{
    struct case_ c = run("region 64\n"
                         "place 1 i64 +8\n"
                         "place 2 i64 +16\n"
                         "b0:\n"
                         "  %1:i64 = get p1\n"
                         "  %2:i64 = get p2\n"
                         "  jump b1\n"
                         "b1: preds b0 b1\n"
                         "  %3:i64 = phi %1 %4\n"
                         "  %4:i64 = sub %3, %2\n"
                         "  %5:i1 = ne %4, 0\n"
                         "  branch %5, b1, b2\n"
                         "b2: preds b1\n"
                         "  exit @0x1000{p1:%4}\n",
                         4);

    (void)state;
    assert_int_equal(at(&c, IR_GET, 0)->kind, ALLOC_HOME);
    assert_int_equal(at(&c, IR_GET, 1)->kind, ALLOC_REG);
    assert_int_equal(at(&c, IR_PHI, 0)->reg, at(&c, IR_SUB, 0)->reg);
    done(&c);
}

/* As many values as registers, in a straight line, and one more. */
static void all_registers(void **state)
{
    static const char text[] = "region 64\n"
                               "place 1 i64 +8\n"
                               "place 2 i64 +16\n"
                               "b0:\n"
                               "  %1:i64 = get p1\n"
                               "  jump b1\n"
                               "b1: preds b0\n"
                               "  %2:i64 = load %1 @0x1000{}\n"
                               "  %3:i64 = add %1, 8\n"
                               "  %4:i64 = load %3 @0x1004{p1:%3}\n"
                               "  %5:i64 = sub %2, %4\n"
                               "  %6:i64 = xor %5, %4\n"
                               "  exit @0x1008{p1:%3, p2:%6}\n";
    struct case_ c = run(text, 3);

    (void)state;
    assert_int_equal(c.a.spilled, 0);
    assert_int_equal(at(&c, IR_SUB, 0)->reg, at(&c, IR_LOAD, 0)->reg);
    assert_int_equal(at(&c, IR_XOR, 0)->reg, at(&c, IR_SUB, 0)->reg);
    done(&c);
    c = run(text, 2);
    assert_int_equal(c.a.spilled, 1);
    assert_int_equal(at(&c, IR_LOAD, 0)->kind, ALLOC_REG);
    done(&c);
}

/* -- parallel moves -------------------------------------------------------------------*/

/* Six registers and six slots, a temporary among each; what each of them holds. */
enum { PLACES = 12, TEMP = 5, IMMEDIATE = 100 };
static int holds[PLACES];
static unsigned steps;

static unsigned index_of(const struct alloc_location *l)
{
    return l->kind == ALLOC_REG ? l->reg : 6u + l->slot;
}

static struct alloc_location place(unsigned i)
{
    if (i < 6)
        return (struct alloc_location){.kind = ALLOC_REG, .reg = (uint8_t)i};
    return (struct alloc_location){.kind = ALLOC_SLOT, .slot = (uint16_t)(i - 6)};
}

static void simulate(void *data, const struct alloc_move *m)
{
    (void)data;
    steps++;
    holds[index_of(&m->to)] = m->from.kind == ALLOC_NONE || m->from.kind == ALLOC_HOME
                                  ? IMMEDIATE + (int)m->value
                                  : holds[index_of(&m->from)];
}

/* FROM[i] is where place i of LIST gets its value; -1: not moved; -2: a constant. */
static void check_moves(const unsigned *list, const int *from, unsigned count)
{
    struct alloc_move moves[PLACES];
    unsigned n = 0, idle = 0;

    for (unsigned i = 0; i < PLACES; i++)
        holds[i] = (int)i;
    for (unsigned i = 0; i < count; i++) {
        if (from[i] == -1)
            continue;
        idle += from[i] == (int)i;
        moves[n] = (struct alloc_move){.to = place(list[i]), .type = IR_I64, .value = i};
        if (from[i] >= 0)
            moves[n].from = place(list[from[i]]);
        n++;
    }
    steps = 0;
    alloc_parallel(moves, n, place(TEMP), place(TEMP), simulate, NULL);
    for (unsigned i = 0; i < count; i++) {
        int expect = from[i] == -1   ? (int)list[i]
                     : from[i] == -2 ? IMMEDIATE + (int)i
                                     : (int)list[from[i]];
        assert_int_equal(holds[list[i]], expect);
    }
    assert_true(steps <= (n - idle) + (n - idle) / 2);
}

static void parallel_all(void **state)
{
    static const unsigned list[] = {0, 6, 1, 2, 8};
    enum { COUNT = 5, WAYS = COUNT + 2 };
    unsigned long total = 1;

    (void)state;
    for (unsigned i = 0; i < COUNT; i++)
        total *= WAYS;
    for (unsigned long t = 0; t < total; t++) {
        int from[COUNT];
        unsigned long rest = t;
        for (unsigned i = 0; i < COUNT; i++, rest /= WAYS)
            from[i] = (int)(rest % WAYS) - 2;
        check_moves(list, from, COUNT);
    }
}

static void classes_collected(void *data, const struct alloc_move *m)
{
    (void)m;
    ++*(unsigned *)data;
}

/* Register 1 of the integers and register 1 of the vectors are two places. */
static void parallel_classes(void **state)
{
    struct alloc_move moves[] = {
        {.to = place(1), .from = place(2), .type = IR_I64},
        {.to = place(2), .from = place(1), .type = IR_F64},
    };
    unsigned count = 0;

    (void)state;
    alloc_parallel(moves, 2, place(TEMP), place(TEMP), classes_collected, &count);
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_regions),   cmocka_unit_test(loop_without_moves),
        cmocka_unit_test(loop_comes_first), cmocka_unit_test(home_or_register),
        cmocka_unit_test(all_registers),    cmocka_unit_test(parallel_all),
        cmocka_unit_test(parallel_classes),
    };

    return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
