/* region.c - guest code into IR regions; see region.h. The plan of what a region takes in
 * is made by region_plan.c. */
#include "engine/region.h"

#include "engine/region_plan.h"
#include "interp/blocks.h"
#include "ir/lift.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* What the hooks of a template need; lift.region. */
struct lifter {
    struct plan plan;
    const struct plan_block *block; /* being lifted */
};

static struct plan *plan_of(const struct lift *l)
{
    return &((struct lifter *)l->region)->plan;
}

/* in_plan - the planned code at PC in FRAME, or NULL. What is sealed waits for no jump
 * more: one that the plan hasn't foreseen leaves the region. */
static const struct plan_block *in_plan(const struct lift *l, uint64_t pc, uint32_t frame)
{
    const struct plan_block *b = plan_find(plan_of(l), pc, frame);
    return b != NULL && b->ir != 0 && !l->ir->blocks[b->ir].sealed ? b : NULL;
}

/* target_block - where a jump to TARGET goes on in the region, or NULL. */
static const struct plan_block *target_block(const struct lift *l, uint64_t target,
                                             unsigned flags)
{
    const struct plan_block *b = ((struct lifter *)l->region)->block;
    if (!(flags & IR_IS_CALL))
        return in_plan(l, target, b->frame);
    return b->calls != 0 && plan_of(l)->frames[b->calls].callee == target
               ? in_plan(l, target, b->calls)
               : NULL;
}

static void poll(struct ir *ir, uint64_t pc)
{
    ir_effectful(ir, IR_POLL, IR_VOID, 0, 0, 0, ir_snapshot(ir, pc, false), 0, 0);
}

/* note_exit - say of SNAP, of an exit, what it leaves open; LINK: the return address of a
 * call. */
static void note_exit(struct lift *l, uint32_t snap, uint64_t link)
{
    l->ir->snaps[snap].ret = link;
    l->ir->snaps[snap].frame = ((struct lifter *)l->region)->block->frame;
}

/* leave_to - end the current block by going to TARGET. A jump back polls, unless its
 * target does. */
static void leave_to(struct lift *l, uint64_t target, unsigned flags, uint64_t link)
{
    struct ir *ir = l->ir;
    const struct plan_block *to = target_block(l, target, flags);
    if (to != NULL) {
        if (target <= l->pc && !to->poll)
            poll(ir, target);
        ir_jump(ir, to->ir);
        return;
    }
    uint32_t snap = ir_snapshot(ir, target, false);
    note_exit(l, snap, link);
    ir_exit(ir, snap, flags);
}

/* return_inside - if the return to the address TO is that of a call that was taken in, go
 * on behind the call; what is appended after is for other addresses. */
static void return_inside(struct lift *l, ir_ref to)
{
    struct ir *ir = l->ir;
    const struct plan_block *b = ((struct lifter *)l->region)->block;
    const struct plan_frame *f = &plan_of(l)->frames[b->frame];
    const struct plan_block *behind = b->frame != 0 ? in_plan(l, f->ret, f->up) : NULL;
    if (behind == NULL)
        return;
    ir_block_id other = ir_block_new(ir);
    enum ir_type word = ir->word_bits == 32 ? IR_I32 : IR_I64;
    ir_branch(ir, ir_2(ir, IR_NE, to, ir_const(ir, word, f->ret)), other, behind->ir,
              IR_UNLIKELY);
    ir_seal(ir, other);
    ir->blocks[other].cold = true;
    ir_enter(ir, other);
}

/* go_as_guessed - if the jump to the address TO leads to TARGET, go there; what is
 * appended after is for other addresses. */
static void go_as_guessed(struct lift *l, ir_ref to, uint64_t target, unsigned flags,
                          uint64_t link)
{
    struct ir *ir = l->ir;
    ir_block_id other = ir_block_new(ir), there = ir_block_new(ir);
    enum ir_type word = ir->word_bits == 32 ? IR_I32 : IR_I64;
    ir_branch(ir, ir_2(ir, IR_NE, to, ir_const(ir, word, target)), other, there,
              IR_UNLIKELY);
    ir_seal(ir, other);
    ir_seal(ir, there);
    ir->blocks[other].cold = true;
    ir_enter(ir, there);
    leave_to(l, target, flags, link);
    ir_enter(ir, other);
}

static void leave_by(struct lift *l, ir_ref to, unsigned flags, uint64_t link)
{
    uint64_t guess = ((struct lifter *)l->region)->block->guess;
    if (flags & IR_IS_RETURN) {
        return_inside(l, to);
    } else if (guess != 0) {
        flags |= IR_GUESSED;
        go_as_guessed(l, to, guess, flags, link);
    } else {
        l->ir->site = l->pc;
    }
    uint32_t snap = ir_snapshot(l->ir, 0, false);
    note_exit(l, snap, link);
    ir_exit_to(l->ir, to, snap, flags);
}

/* The hook of lift.h: a jump inside an arm. */
static void leave(struct lift *l, bool direct, uint64_t target, ir_ref to, unsigned flags)
{
    uint64_t link = flags & IR_IS_CALL ? l->next : 0;
    if (direct)
        leave_to(l, target, flags, link);
    else
        leave_by(l, to, flags, link);
}

static unsigned jump_flags(const struct lift *l)
{
    return (l->jump.call ? IR_IS_CALL : 0u) | (l->jump.ret ? IR_IS_RETURN : 0u);
}

/* jump_now - do the jump in l->jump, whose condition holds. */
static void jump_now(struct lift *l, uint64_t link)
{
    if (l->jump.direct)
        leave_to(l, l->jump.target, jump_flags(l), link);
    else
        leave_by(l, l->jump.to, jump_flags(l), link);
}

/*
 * branch - do the conditional jump in l->jump; what follows is appended where it isn't
 * taken. An exit needs no block of its own.
 */
static void branch(struct lift *l, uint64_t link)
{
    struct ir *ir = l->ir;
    if (l->jump.direct && target_block(l, l->jump.target, jump_flags(l)) == NULL) {
        uint32_t snap = ir_snapshot(ir, l->jump.target, false);
        note_exit(l, snap, link);
        ir_effectful(ir, IR_EXIT_IF, IR_VOID, l->jump.condition, 0, 0, snap,
                     l->jump.target, jump_flags(l));
        return;
    }
    ir_block_id yes = ir_block_new(ir), no = ir_block_new(ir);
    ir_branch(ir, l->jump.condition, yes, no, 0);
    ir_seal(ir, yes);
    ir_seal(ir, no);
    ir_enter(ir, yes);
    jump_now(l, link);
    ir_enter(ir, no);
}

/* instruction - lift the decoded l->d at l->pc. */
static void instruction(struct lift *l)
{
    l->next = l->pc + l->d.bytes;
    l->jump.kind = LIFT_NONE;
    l->jump.delayed = l->jump.nullify = l->jump.call = l->jump.ret = false;
    l->arm_count = 0;
    l->snap = ir_snapshot(l->ir, l->in_slot ? l->branch_pc : l->pc, l->in_slot);
    l->ir->guest_insns++;
    l->guest->lift(l);
}

/* slot - lift the delay slot of the branch at l->pc, decoded as D. False: it left. */
static bool slot(struct lift *l, const struct decoded *d)
{
    struct lift s = *l;
    s.in_slot = true;
    s.branch_pc = l->pc;
    s.pc = l->next;
    s.d = *d;
    instruction(&s);
    return s.jump.kind != LIFT_INTERP && !l->ir->terminated;
}

/* delayed - the branch in l->jump, after its slot. Returns whether code follows. */
static bool delayed(struct lift *l, uint32_t before, uint64_t *next)
{
    struct ir *ir = l->ir;
    struct decoded d;
    if (!plan_decode(plan_of(l), l->next, &d) ||
        (plan_flags(plan_of(l), &d, l->next, NULL, NULL, NULL) & FORM_BRANCH)) {
        ir_exit_interp(ir, before);
        return false;
    }
    *next = l->next + d.bytes;
    if (l->jump.nullify) {
        ir_block_id yes = ir_block_new(ir), no = ir_block_new(ir);
        ir_branch(ir, l->jump.condition, yes, no, 0);
        ir_seal(ir, yes);
        ir_seal(ir, no);
        ir_enter(ir, yes);
        if (slot(l, &d))
            jump_now(l, *next);
        ir_enter(ir, no);
        return true;
    }
    if (!slot(l, &d))
        return false;
    if (l->jump.kind == LIFT_IF) {
        branch(l, *next);
        return true;
    }
    jump_now(l, *next);
    return false;
}

/*
 * step - lift the instruction at l->pc with its slot; NEXT is what follows it. Returns
 * whether execution can go on there.
 */
static bool step(struct lift *l, uint64_t *next)
{
    if (!plan_decode(plan_of(l), l->pc, &l->d)) {
        ir_exit_interp(l->ir, ir_snapshot(l->ir, l->pc, false));
        return false;
    }
    instruction(l);
    uint32_t before = l->snap;
    *next = l->next;
    if (l->jump.kind == LIFT_INTERP || l->ir->terminated)
        return false;
    if (l->jump.kind == LIFT_NONE)
        return true;
    if (l->jump.delayed)
        return delayed(l, before, next);
    if (l->jump.kind == LIFT_IF) {
        branch(l, l->next);
        return true;
    }
    jump_now(l, l->next);
    return false;
}

/* block - lift the planned block B. */
static void block(struct lift *l, const struct plan_block *b)
{
    struct ir *ir = l->ir;
    ((struct lifter *)l->region)->block = b;
    ir_enter(ir, b->ir);
    ir->blocks[b->ir].pc = b->pc;
    if (b->poll)
        poll(ir, b->pc);
    l->pc = b->pc;
    uint64_t next = b->pc;
    while (l->pc < b->end) {
        if (!step(l, &next)) {
            if (!ir->terminated)
                ir_exit_interp(ir, ir_snapshot(ir, l->pc, false));
            return;
        }
        l->pc = next;
    }
    const struct plan_block *next_block = target_block(l, l->pc, 0);
    if (next_block != NULL)
        ir_jump(ir, next_block->ir);
    else
        leave_to(l, l->pc, 0, 0);
}

/*
 * -- tier 1
 *
 * A superblock needs no plan: its code is lifted as it is found, up to the first
 * unconditional jump or until it is long. It writes through (ir.h).
 */

enum { LINE_ENOUGH = 64 }; /* instructions; past them it ends at a conditional branch */

/* long_enough - whether the superblock that began at START ends before l->pc, behind an
 * instruction with FLAGS. */
static bool long_enough(const struct lift *l, uint64_t start, uint32_t flags)
{
    uint64_t page = ~(plan_of(l)->m->mem.page_bytes - 1);
    return ((l->pc - 1) & page) > (start & page) ||
           l->ir->guest_insns >= REGION_BLOCK_INSNS_MAX - 2 ||
           ((flags & FORM_BRANCH) && l->ir->guest_insns >= LINE_ENOUGH);
}

/* line - append the superblock at l->pc, which ends at END at the latest; l->pc is then
 * behind it. */
static void line(struct lift *l, uint64_t end)
{
    struct ir *ir = l->ir;
    uint64_t start = l->pc, next = l->pc;
    uint32_t flags;
    do {
        bool more = step(l, &next);
        if (!more && !ir->terminated)
            ir_exit_interp(ir, ir_snapshot(ir, l->pc, false));
        l->pc = next > l->pc ? next : l->pc + l->guest->insn_bytes_min;
        if (ir->terminated)
            return;
        flags = l->guest->forms[l->d.form].flags;
    } while ((flags & (FORM_ENDS_BLOCK | FORM_BRANCH)) != FORM_ENDS_BLOCK &&
             l->pc != end && !long_enough(l, start, flags));
    leave_to(l, l->pc, 0, 0);
}

/* compare - append the comparison of the guest's memory at l->pc with the BYTES at
 * SOURCE: if it differs, the interpreter does the first instruction, and the engine finds
 * that out.
 */
static void compare(struct lift *l, const uint8_t *source, unsigned bytes)
{
    struct ir *ir = l->ir;
    uint32_t snap = ir_snapshot(ir, l->pc, false);
    enum ir_type word = ir->word_bits == 32 ? IR_I32 : IR_I64;
    for (unsigned at = 0, size; at < bytes; at += size) {
        static const enum ir_type types[] = {
            [1] = IR_I8, [2] = IR_I16, [4] = IR_I32, [8] = IR_I64};
        uint64_t value = 0;
        for (size = 8; size > bytes - at;)
            size /= 2;
        memcpy(&value, source + at, size);
        ir_ref loaded = ir_effectful(ir, IR_LOAD, types[size],
                                     ir_const(ir, word, l->pc + at), 0, 0, snap, 0, 0);
        enum ir_type compared = size == 8 ? IR_I64 : IR_I32;
        if (size < 4)
            loaded = ir_op(ir, IR_ZEXT, IR_I32, loaded, 0, 0);
        ir_effectful(ir, IR_GUARD, IR_VOID,
                     ir_2(ir, IR_NE, loaded, ir_const(ir, compared, value)), 0, 0, snap,
                     0, 0);
    }
}

/*
 * superblock - at PC. On a page that is written too often to be watched it is the
 * interpreter's block, which ends at the first store, and compares its source at each
 * entry.
 */
static struct ir *superblock(struct lift *l, struct machine *m, uint64_t pc,
                             struct cache_range *ranges, uint32_t *range_count)
{
    const struct block *b =
        mem_code_checked(&m->mem, pc) ? blocks_find(m->blocks, pc, l->context) : NULL;
    bool checked = b != NULL && b->checked;
    if (!plan_line(plan_of(l), m, pc, l->context, checked))
        return NULL;
    struct ir *ir = l->ir = ir_new(m->guest->word_bits);
    ir_write_through(ir);
    ((struct lifter *)l->region)->block = &plan_of(l)->blocks[0];
    l->pc = ir->blocks[0].pc = pc;
    poll(ir, pc);
    if (checked)
        compare(l, b->source, b->bytes);
    line(l, checked ? pc + b->bytes : 0);
    ir_finish(ir);
    if (checked && memcmp(b->source, mem_host(&m->mem, pc), b->bytes) != 0) {
        ir_free(ir); /* what was lifted may be other code than what is compared */
        return NULL;
    }
    ranges[0] = (struct cache_range){pc, (uint32_t)(l->pc - pc)};
    *range_count = 1;
    return ir;
}

/* -- tier 2 */

static void note_frames(struct ir *ir, const struct plan *p)
{
    ir->frames = ir_alloc(ir, p->frame_count * sizeof *ir->frames);
    for (unsigned i = 1; i < p->frame_count; i++)
        ir->frames[i] = (struct ir_frame){p->frames[i].ret, p->frames[i].up};
}

/*
 * put_in_order - into ORDER, from its end at AT on: B and what it leads to and isn't
 * there yet, each before what it leads to, but for loops. Blocks get their place in the
 * IR, and the number of blocks that lead to them. Returns the new end.
 */
static struct plan_block **put_in_order(struct plan *p, struct ir *ir,
                                        struct plan_block *b, struct plan_block **at)
{
    struct plan_block *to[PLAN_SUCCESSORS];
    unsigned count = plan_successors(p, b, to);
    b->ir = ir_block_new(ir);
    for (unsigned i = 0; i < count; i++) {
        to[i]->open++;
        if (to[i]->ir == 0)
            at = put_in_order(p, ir, to[i], at);
    }
    *--at = b;
    return at;
}

/* lift_plan - what P takes in. A block is sealed as soon as all that leads to it is
 * lifted, best before itself: then its values are known, and it needs fewer PHIs. */
static void lift_plan(struct lift *l, struct plan *p)
{
    struct ir *ir = l->ir;
    struct plan_block *order[PLAN_BLOCKS_MAX], **end = order + PLAN_BLOCKS_MAX;
    for (unsigned i = 0; i < p->block_count; i++)
        p->blocks[i].open = p->blocks[i].ir = 0;
    struct plan_block **first = put_in_order(p, ir, &p->blocks[0], end);
    note_frames(ir, p);
    poll(ir, p->blocks[0].pc);
    ir_jump(ir, p->blocks[0].ir);
    if (p->blocks[0].open == 0)
        ir_seal(ir, p->blocks[0].ir);
    for (struct plan_block **b = first; b < end; b++) {
        struct plan_block *to[PLAN_SUCCESSORS];
        block(l, *b);
        for (unsigned i = plan_successors(p, *b, to); i-- > 0;)
            if (--to[i]->open == 0)
                ir_seal(ir, to[i]->ir);
    }
    for (struct plan_block **b = first; b < end; b++)
        ir_seal(ir, (*b)->ir);
    ir_finish(ir);
}

static struct ir *region(struct lift *l, struct machine *m, uint64_t *pc,
                         struct cache_range *ranges, uint32_t *range_count,
                         struct heat_sum *sum)
{
    struct plan *p = plan_of(l);
    struct ir *ir = NULL;
    if (plan_make(p, m, *pc, l->context, ranges, range_count)) {
        *pc = p->blocks[0].pc;
        *sum = plan_heat(p);
        if (sum->executed >= sum->wanted) {
            plan_restart_heat(p);
            ir = l->ir = ir_new(m->guest->word_bits);
            lift_plan(l, p);
        }
    }
    plan_free(p);
    return ir;
}

struct ir *region_lift(struct machine *m, uint64_t *pc, uint32_t context, unsigned tier,
                       struct cache_range *ranges, uint32_t *range_count,
                       struct heat_sum *sum)
{
    struct lifter lifter;
    struct lift l = {
        .context = context, .guest = m->guest, .leave = leave, .region = &lifter};
    *sum = (struct heat_sum){0};
    struct ir *ir = tier == 1 ? superblock(&l, m, *pc, ranges, range_count)
                              : region(&l, m, pc, ranges, range_count, sum);
    return ir;
}
