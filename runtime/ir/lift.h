/*
 * lift.h - from one guest instruction to IR: what generated templates are written
 * against.
 *
 * isac writes lift.c of each guest: one template per form that appends the instruction's
 * IR to l->ir and folds what decoding knows; template.h is what they are written with. A
 * template reads all registers before it writes any, and leaves memory operations before
 * writes, as the typed tree orders them (gen/sem.h). What a template can't express
 * (traps, calls into C, instruction-cache operations, modes and causes of floating
 * point) it leaves to the interpreter by lift_interp: the region is left at this
 * instruction, nothing of it done. So every trap is raised by the interpreter, at exact
 * state.
 *
 * Invariants
 *  (1) While a template runs, l->snap is the state before the instruction (of a slot: at
 * its branch, whose writes have happened). (2) Jumps end up in l->jump; the lifter of
 * regions (engine/region.c) acts on it after the template, and after the slot if delayed.
 */
#ifndef ISOMORPH_IR_LIFT_H
#define ISOMORPH_IR_LIFT_H

#include "guest.h"
#include "ir/ir.h"

enum lift_jump_kind {
    LIFT_NONE,   /* goes on behind it */
    LIFT_ALWAYS, /* to target, or to the address `to` */
    LIFT_IF,     /* if `condition`: to target or `to` */
    LIFT_INTERP, /* the region was left: nothing follows */
};

struct lift {
    struct ir *ir;
    struct decoded d;
    uint64_t pc, next; /* of this instruction and behind it */
    uint32_t context;
    bool in_slot;
    uint64_t branch_pc; /* in a slot: the branch's */
    uint32_t snap;
    const struct guest *guest;
    struct {
        enum lift_jump_kind kind;
        bool delayed; /* the slot comes first */
        bool nullify; /* LIFT_IF: the slot only runs if taken */
        bool direct;  /* target is known */
        bool call, ret;
        uint64_t target;
        ir_ref to, condition;
    } jump;
    bool fp_notes;    /* operations are noted; see lift_fp_begin in template.h */
    uint8_t fp_count; /* in this instruction so far */
    /* Trap tests passed in block passed_in: not made again there. */
    ir_ref passed[4];
    ir_block_id passed_in;
    uint8_t passed_next;
    /* arms of if: a small stack */
    struct {
        ir_block_id else_, end;
    } arms[8];
    unsigned arm_count;
    /* set by the lifter of regions: a jump in an arm ends the current block by going to
     * TARGET if DIRECT, else to the address TO; FLAGS: IR_IS_CALL, IR_IS_RETURN. */
    void (*leave)(struct lift *l, bool direct, uint64_t target, ir_ref to,
                  unsigned flags);
    void *region;
};

/* -- for templates
 * ----------------------------------------------------------------------*/

/* lift_load, lift_store - guest memory in the guest's byte order, with l->snap. */
ir_ref lift_load(struct lift *l, enum ir_type type, ir_ref address);
void lift_store(struct lift *l, enum ir_type type, ir_ref address, ir_ref value);
/* lift_trap_if - a trap test: CONDITION sends the instruction to the interpreter. */
void lift_trap_if(struct lift *l, ir_ref condition);
/* lift_interp - leave to the interpreter at this instruction. */
void lift_interp(struct lift *l);
/* lift_if, lift_else, lift_end - arms under a run-time condition (i1). */
void lift_if(struct lift *l, ir_ref condition);
void lift_else(struct lift *l);
void lift_end(struct lift *l);
/* The jumps; to a known or to a computed address. In an arm only without a delay slot:
 * then they take effect at once. */
void lift_goto(struct lift *l, uint64_t target, bool delayed, bool call, bool ret);
void lift_goto_value(struct lift *l, ir_ref to, bool delayed, bool call, bool ret);
void lift_branch(struct lift *l, ir_ref condition, uint64_t target, bool delayed,
                 bool nullify, bool call);
void lift_branch_value(struct lift *l, ir_ref condition, ir_ref to, bool delayed,
                       bool nullify, bool call);

#endif
