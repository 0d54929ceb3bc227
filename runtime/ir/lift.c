/* lift.c - what templates call: memory, traps, arms, jumps; see lift.h. */
#include "ir/template.h"

#include <assert.h>
#include <string.h>

/* -- memory */

static unsigned order_of(const struct lift *l, enum ir_type type)
{
    bool host_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    return type != IR_I8 && l->guest->big_endian != host_big ? IR_SWAP : 0;
}

ir_ref lift_load(struct lift *l, enum ir_type type, ir_ref address)
{
    return ir_effectful(l->ir, IR_LOAD, type, address, 0, 0, l->snap, 0,
                        order_of(l, type));
}

void lift_store(struct lift *l, enum ir_type type, ir_ref address, ir_ref value)
{
    ir_effectful(l->ir, IR_STORE, IR_VOID, address, value, 0, l->snap, 0,
                 order_of(l, type));
}

ir_ref lift_atomic(struct lift *l, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
                   ir_ref c, uint64_t aux)
{
    enum ir_type access = b ? (enum ir_type)ir_at(l->ir, b)->type : type;
    return ir_effectful(l->ir, op, type, a, b, c, l->snap, aux, order_of(l, access));
}

void lift_fence(struct lift *l)
{
    ir_op(l->ir, IR_FENCE, IR_VOID, 0, 0, 0);
}

/* -- traps */

void lift_interp(struct lift *l)
{
    if (l->ir->terminated)
        return;
    ir_exit_interp(l->ir, l->snap);
    l->jump.kind = LIFT_INTERP;
}

/* is_known - CONDITION is a constant: its value in *VALUE. */
static bool is_known(const struct lift *l, ir_ref condition, bool *value)
{
    if (!ir_is_const(l->ir, condition))
        return false;
    *value = ir_value(l->ir, condition) != 0;
    return true;
}

/* passed - a test of CONDITION has been passed in this block; it is noted if not. */
static bool passed(struct lift *l, ir_ref condition)
{
    enum { KEPT = sizeof l->passed / sizeof *l->passed };
    if (l->passed_in != l->ir->current) {
        memset(l->passed, 0, sizeof l->passed);
        l->passed_in = l->ir->current;
    }
    for (unsigned i = 0; i < KEPT; i++)
        if (l->passed[i] == condition)
            return true;
    l->passed[l->passed_next++ % KEPT] = condition;
    return false;
}

void lift_trap_if(struct lift *l, ir_ref condition)
{
    bool value;
    if (is_known(l, condition, &value)) {
        if (value)
            lift_interp(l);
    } else if (!passed(l, condition)) {
        ir_effectful(l->ir, IR_GUARD, IR_VOID, condition, 0, 0, l->snap, 0, 0);
    }
}

void lift_aligned(struct lift *l, ir_ref a, unsigned width)
{
    ir_ref mask = ir_const(l->ir, (enum ir_type)ir_at(l->ir, a)->type, width / 8 - 1);
    ir_ref zero = ir_const(l->ir, (enum ir_type)ir_at(l->ir, a)->type, 0);
    lift_trap_if(l, NE(AND(a, mask), zero));
}

/*
 * -- arms
 *
 * An arm whose condition is known to hold is no arm: its entry has neither else_ nor end.
 * Otherwise else_ is the block where the condition doesn't hold, until lift_else, and end
 * the one behind both arms, from then on.
 */

void lift_if(struct lift *l, ir_ref condition)
{
    struct ir *ir = l->ir;
    bool value;
    assert(l->arm_count < sizeof l->arms / sizeof *l->arms);
    unsigned i = l->arm_count++;
    l->arms[i].else_ = l->arms[i].end = 0;
    if (ir->terminated || (is_known(l, condition, &value) && value))
        return;
    ir_block_id yes = ir_block_new(ir);
    l->arms[i].else_ = ir_block_new(ir);
    ir_branch(ir, condition, yes, l->arms[i].else_, 0);
    ir_seal(ir, yes);
    ir_enter(ir, yes);
}

void lift_else(struct lift *l)
{
    struct ir *ir = l->ir;
    unsigned i = l->arm_count - 1;
    ir_block_id other = l->arms[i].else_;
    l->arms[i].else_ = 0;
    l->arms[i].end = ir_block_new(ir);
    if (other == 0)
        other = ir_block_new(ir); /* which nothing leads to */
    if (!ir->terminated)
        ir_jump(ir, l->arms[i].end);
    ir_seal(ir, other);
    ir_enter(ir, other);
}

void lift_end(struct lift *l)
{
    struct ir *ir = l->ir;
    unsigned i = --l->arm_count;
    ir_block_id to = l->arms[i].else_ ? l->arms[i].else_ : l->arms[i].end;
    if (to == 0)
        return;
    if (!ir->terminated)
        ir_jump(ir, to);
    ir_seal(ir, to);
    if (ir->blocks[to].pred_count > 0)
        ir_enter(ir, to);
    l->jump.kind = LIFT_NONE; /* an arm's own is done */
}

/* A whole store if all bytes are written, else one for each byte that is. */
void lift_store_masked(struct lift *l, unsigned width, ir_ref address, ir_ref value,
                       ir_ref mask)
{
    enum ir_type type = width <= 32 ? IR_I32 : IR_I64;
    enum ir_type word = (enum ir_type)ir_at(l->ir, address)->type;
    lift_if(l, EQ(mask, ir_const(l->ir, type, UINT64_MAX >> (64 - width))));
    lift_store(l,
               width == 64   ? IR_I64
               : width == 32 ? IR_I32
                             : IR_I16,
               address, width == 16 ? TO(I16, value) : value);
    lift_else(l);
    for (unsigned i = 0; i < width / 8; i++) {
        unsigned shift = 8 * (l->guest->big_endian ? width / 8 - 1 - i : i);
        lift_if(l, TOP(I1, mask, shift));
        lift_store(l, IR_I8, ADD(address, ir_const(l->ir, word, i)),
                   TOP(I8, value, shift));
        lift_end(l);
    }
    lift_end(l);
}

static bool in_arm(const struct lift *l)
{
    for (unsigned i = 0; i < l->arm_count; i++)
        if (l->arms[i].else_ || l->arms[i].end)
            return true;
    return false;
}

/* -- jumps */

static void jump(struct lift *l, bool direct, uint64_t target, ir_ref to, bool delayed,
                 bool call, bool ret)
{
    if (in_arm(l)) {
        assert(!delayed);
        l->leave(l, direct, target, to,
                 (call ? IR_IS_CALL : 0u) | (ret ? IR_IS_RETURN : 0u));
        return;
    }
    l->jump.kind = LIFT_ALWAYS;
    l->jump.direct = direct;
    l->jump.target = target;
    l->jump.to = to;
    l->jump.delayed = delayed;
    l->jump.call = call;
    l->jump.ret = ret;
}

void lift_goto(struct lift *l, uint64_t target, bool delayed, bool call, bool ret)
{
    jump(l, true, target, 0, delayed, call, ret);
}

void lift_goto_value(struct lift *l, ir_ref to, bool delayed, bool call, bool ret)
{
    bool direct = ir_is_const(l->ir, to);
    jump(l, direct, direct ? ir_value(l->ir, to) : 0, to, delayed, call, ret);
}

static void branch(struct lift *l, ir_ref condition, bool direct, uint64_t target,
                   ir_ref to, bool delayed, bool nullify, bool call)
{
    bool value;
    if (is_known(l, condition, &value) && (value || (!delayed && !nullify))) {
        if (value)
            jump(l, direct, target, to, delayed, call, false);
        return;
    }
    if (in_arm(l)) {
        lift_if(l, condition);
        jump(l, direct, target, to, delayed, call, false);
        lift_end(l);
        return;
    }
    jump(l, direct, target, to, delayed, call, false);
    l->jump.kind = LIFT_IF;
    l->jump.condition = condition;
    l->jump.nullify = nullify;
}

void lift_branch(struct lift *l, ir_ref condition, uint64_t target, bool delayed,
                 bool nullify, bool call)
{
    branch(l, condition, true, target, 0, delayed, nullify, call);
}

void lift_branch_value(struct lift *l, ir_ref condition, ir_ref to, bool delayed,
                       bool nullify, bool call)
{
    bool direct = ir_is_const(l->ir, to);
    branch(l, condition, direct, direct ? ir_value(l->ir, to) : 0, to, delayed, nullify,
           call);
}
