/*
 * cfg.c - analyses of the graph of blocks: dominators, loops, layout (see ir.h).
 */
#include "ir/ir.h"

#include <string.h>

/* The successor of B to visit as number I: the one that should stand right behind B last.
 */
static ir_block_id successor(const struct ir *ir, const struct ir_block *b, unsigned i)
{
    const struct ir_node *end = &ir->nodes[b->nodes.at[b->nodes.count - 1]];
    bool swap = false;

    if (b->succ_count == 2) {
        unsigned d0 = ir->blocks[b->succ[0]].depth, d1 = ir->blocks[b->succ[1]].depth;
        bool c0 = ir->blocks[b->succ[0]].cold || (end->flags & IR_UNLIKELY);
        bool c1 = ir->blocks[b->succ[1]].cold;
        if (c0 != c1)
            swap = c1;
        else
            swap = d0 > d1;
    }
    return b->succ[swap ? 1 - i : i];
}

/* Blocks in reverse postorder from 0, their position in `order`; *COUNT of them. */
static ir_block_id *reverse_postorder(struct ir *ir, uint32_t *count)
{
    uint32_t n = ir->block_count, depth = 0, to = n;
    ir_block_id *list = ir_alloc(ir, n * sizeof *list);
    ir_block_id *stack = ir_alloc(ir, n * sizeof *stack);
    uint8_t *state = ir_alloc(ir, n); /* 0: not seen; else 1 + successors visited */

    stack[depth++] = 0;
    state[0] = 1;
    while (depth) {
        ir_block_id at = stack[depth - 1];
        const struct ir_block *b = &ir->blocks[at];
        if (state[at] - 1 < b->succ_count) {
            ir_block_id next = successor(ir, b, state[at]++ - 1u);
            if (!state[next]) {
                state[next] = 1;
                stack[depth++] = next;
            }
        } else {
            list[--to] = at;
            depth--;
        }
    }
    *count = n - to;
    for (uint32_t i = 0; i < *count; i++)
        ir->blocks[list[to + i]].order = i;
    return list + to;
}

/* Number the dominator tree, so that a dominates b if b's number is in a's range. */
static void number_tree(struct ir *ir, const ir_block_id *rpo, uint32_t count)
{
    uint32_t *size = ir_alloc(ir, ir->block_count * sizeof *size);

    for (uint32_t i = count; i-- > 0;) {
        size[rpo[i]]++;
        if (i)
            size[ir->blocks[rpo[i]].idom] += size[rpo[i]];
    }
    for (uint32_t i = 0; i < count; i++) {
        struct ir_block *b = &ir->blocks[rpo[i]], *up = &ir->blocks[b->idom];
        if (i == 0) {
            b->dom_first = 1;
        } else { /* size[] of a parent becomes where its next child begins */
            b->dom_first = size[b->idom];
            size[b->idom] += size[rpo[i]];
            (void)up;
        }
        b->dom_last = b->dom_first + size[rpo[i]] - 1;
        size[rpo[i]] = b->dom_first + 1;
    }
}

/* Cooper, Harvey, Kennedy: "A simple, fast dominance algorithm", 2001. */
void ir_dominators(struct ir *ir)
{
    uint32_t count;
    ir_block_id *rpo = reverse_postorder(ir, &count);
    bool *known = ir_alloc(ir, ir->block_count);
    bool changed = true;

    ir->blocks[0].idom = 0;
    known[0] = true;
    while (changed) {
        changed = false;
        for (uint32_t i = 1; i < count; i++) {
            struct ir_block *b = &ir->blocks[rpo[i]];
            ir_block_id idom = UINT32_MAX;
            for (uint32_t j = 0; j < b->pred_count; j++) {
                ir_block_id p = b->preds[j];
                if (!known[p])
                    continue;
                if (idom == UINT32_MAX)
                    idom = p;
                while (p != idom) {
                    while (ir->blocks[p].order > ir->blocks[idom].order)
                        p = ir->blocks[p].idom;
                    while (ir->blocks[idom].order > ir->blocks[p].order)
                        idom = ir->blocks[idom].idom;
                }
            }
            if (!known[rpo[i]] || b->idom != idom) {
                b->idom = idom;
                known[rpo[i]] = changed = true;
            }
        }
    }
    number_tree(ir, rpo, count);
}

bool ir_dominates(const struct ir *ir, ir_block_id a, ir_block_id b)
{
    uint32_t at = ir->blocks[b].dom_first;

    return ir->blocks[a].dom_first <= at && at <= ir->blocks[a].dom_last;
}

/* Add to the loop of HEAD what reaches B without passing it; loops inside as a whole. */
static void collect_loop(struct ir *ir, ir_block_id head, ir_block_id tail,
                         ir_block_id *stack)
{
    uint32_t depth = 0;

    stack[depth++] = tail;
    while (depth) {
        ir_block_id at = stack[--depth];
        struct ir_block *b = &ir->blocks[at];
        if (b->loop == 0 && at != head) {
            b->loop = head;
        } else {
            while (at != head && ir->blocks[at].loop != at)
                at = ir->blocks[at].loop; /* to the head of its loop */
            while (at != head && ir->blocks[at].loop_outer)
                at = ir->blocks[at].loop_outer;
            if (at == head)
                continue;
            b = &ir->blocks[at];
            b->loop_outer = head;
        }
        for (uint32_t i = 0; i < b->pred_count; i++) {
            ir_block_id p = b->preds[i];
            if (p != head && ir_dominates(ir, head, p))
                stack[depth++] = p;
        }
    }
}

void ir_loops(struct ir *ir)
{
    uint32_t count, edges = 1;
    ir_block_id *rpo, *stack;

    for (ir_block_id i = 0; i < ir->block_count; i++) {
        struct ir_block *b = &ir->blocks[i];
        b->loop = b->loop_outer = 0;
        b->loop_head = false;
        b->depth = 0;
        edges += b->pred_count;
    }
    rpo = reverse_postorder(ir, &count);
    stack = ir_alloc(ir, edges * 2 * sizeof *stack);
    for (uint32_t i = count; i-- > 1;) { /* inner loops first */
        ir_block_id head = rpo[i];
        struct ir_block *b = &ir->blocks[head];
        for (uint32_t j = 0; j < b->pred_count; j++) {
            if (!ir_dominates(ir, head, b->preds[j]))
                continue;
            b->loop_head = true;
            b->loop = head;
            if (b->preds[j] != head)
                collect_loop(ir, head, b->preds[j], stack);
        }
    }
    for (uint32_t i = 1; i < count; i++) {
        struct ir_block *b = &ir->blocks[rpo[i]];
        if (b->loop_head)
            b->depth = (uint8_t)(b->loop_outer ? ir->blocks[b->loop_outer].depth : 0);
        else if (b->loop)
            b->depth = (uint8_t)(ir->blocks[b->loop].depth - 1u);
        if (b->loop && b->depth < UINT8_MAX - 1)
            b->depth++;
    }
}

/* A block is cold if it is only reached from cold ones or by unlikely branches. */
static void spread_cold(struct ir *ir, const ir_block_id *rpo, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct ir_block *b = &ir->blocks[rpo[i]];
        bool cold = true;
        for (uint32_t j = 0; j < b->pred_count && cold; j++) {
            const struct ir_block *p = &ir->blocks[b->preds[j]];
            const struct ir_node *end = &ir->nodes[p->nodes.at[p->nodes.count - 1]];
            bool unlikely = end->op == IR_BRANCH && (end->flags & IR_UNLIKELY) &&
                            p->succ[0] == rpo[i];
            if (p->order < i) /* not a back edge */
                cold = p->cold || unlikely;
        }
        b->cold |= cold;
    }
}

/* Lists of the blocks and loops in each loop, in reverse postorder. */
struct nest {
    ir_block_id *first, *last; /* by head; of what is in no loop: 0 */
    ir_block_id *next;         /* by block */
};

static void put(struct nest *nest, ir_block_id loop, ir_block_id b)
{
    if (nest->first[loop])
        nest->next[nest->last[loop]] = b;
    else
        nest->first[loop] = b;
    nest->last[loop] = b;
}

static void lay_out(struct ir *ir, const struct nest *nest, ir_block_id loop)
{
    ir->layout[ir->layout_count++] = loop;
    for (ir_block_id b = nest->first[loop]; b; b = nest->next[b]) {
        if (ir->blocks[b].loop_head)
            lay_out(ir, nest, b);
        else
            ir->layout[ir->layout_count++] = b;
    }
}

void ir_order(struct ir *ir)
{
    uint32_t count, n = ir->block_count;
    size_t bytes = n * sizeof(ir_block_id);
    ir_block_id *rpo = reverse_postorder(ir, &count), *cold = ir_alloc(ir, bytes);
    struct nest nest = {ir_alloc(ir, bytes), ir_alloc(ir, bytes), ir_alloc(ir, bytes)};
    uint32_t warm = 0, colds = 0;

    spread_cold(ir, rpo, count);
    rpo = reverse_postorder(ir, &count);
    for (uint32_t i = 1; i < count; i++) {
        const struct ir_block *b = &ir->blocks[rpo[i]];
        put(&nest, b->loop_head ? b->loop_outer : b->loop, rpo[i]);
    }
    ir->layout = ir_alloc(ir, bytes);
    ir->layout_count = 0;
    lay_out(ir, &nest, 0);
    for (uint32_t i = 0; i < ir->layout_count; i++) {
        if (ir->blocks[ir->layout[i]].cold)
            cold[colds++] = ir->layout[i];
        else
            ir->layout[warm++] = ir->layout[i];
    }
    memcpy(ir->layout + warm, cold, colds * sizeof *cold);
    for (uint32_t i = 0; i < ir->layout_count; i++)
        ir->blocks[ir->layout[i]].order = i;
}
