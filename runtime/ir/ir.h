/*
 * ir.h - the translator's intermediate representation: typed SSA over one region of guest
 * code.
 *
 * Invariants
 *  (1) A value is a node and named by its index, ir_ref; 0 is none. Indices never change;
 * pointers from ir_at only hold until the next node is made. A node is written once by
 * the builder; passes replace uses, turn nodes into COPY or NONE, or change operands, and
 * keep the verifier content. (2) Block 0 is the entry: it has no predecessors and holds
 * all GETs first. Constants stand in no block; there is one node per constant, and one
 * per place for GET. (3) Every other block's nodes are
 * listed in order: PHIs first, then the rest, then exactly one END. A definition
 * dominates its uses; a PHI's operand i is used at the end of predecessor i. (4) A place
 * is an element of the guest's state (offset in struct cpu and type); places don't
 * overlap. The memory of a place, its home, keeps the value at the region's entry until
 * the region is left. (5) A snapshot says where the guest stands and which value each
 * changed place has there: the state *before* the instruction at pc, or, for EXIT,
 * EXIT_IF, EXIT_TO and POLL, the state in which execution goes on. A place that is not
 * listed has its home's value. Nodes may share a snapshot, and snapshots a run of
 * entries: who changes one for some users copies it. (6) Everything lives in the region's
 * arena and is freed with it. (7) A region that writes through (ir_write_through) keeps
 * the homes up to date: a place's new value is stored by STCPU where it is written, and
 * GETs stand anywhere, one per place and block, and read what the home holds there. Only
 * flags (i1) and i128 wait for snapshots, as in other regions.
 *
 * This module knows no guest and no host.
 */
#ifndef ISOMORPH_IR_IR_H
#define ISOMORPH_IR_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint32_t ir_ref;
typedef uint32_t ir_block_id;

enum ir_type {
    IR_VOID,
    IR_I1,
    IR_I8,
    IR_I16,
    IR_I32,
    IR_I64,
    IR_I128,
    IR_F32,
    IR_F64,
    IR_V128,
    IR_TYPE_COUNT
};

enum ir_op {
#define IR(id, name, args, result, effect) IR_##id,
#include "ir.def"
#undef IR
    IR_OP_COUNT
};

enum ir_effect {
    IR_PURE,
    IR_FLAGS,
    IR_EFFECT_LOAD,
    IR_EFFECT_STORE,
    IR_EFFECT_ATOMIC,
    IR_EFFECT_FENCE,
    IR_EFFECT_EXIT,
    IR_EFFECT_END
};

/* What the node's type is. */
enum ir_result { IR_RESULT_NONE, IR_RESULT_SAME, IR_RESULT_GIVEN, IR_RESULT_BOOL };

enum ir_flag {
    IR_IN_RANGE = 1, /* SHL, SHR, SAR: the count is below the width */
    IR_SWAP = 2,     /* LOAD, STORE, atomics: the other byte order */
    IR_IS_CALL = 4,  /* EXIT, EXIT_TO: a call; aux2 of the snapshot: its return address */
    IR_IS_RETURN = 8,
    IR_GUESSED = 32,  /* EXIT, EXIT_TO: a computed jump, behind a guess of its target */
    IR_UNLIKELY = 16, /* BRANCH: successor 0 is cold; GUARD and EXIT_IF always are */
};

struct ir_node {
    uint8_t op, type; /* enum ir_op, enum ir_type */
    uint16_t flags;   /* enum ir_flag */
    ir_ref arg[3];
    uint32_t snap;     /* index of its snapshot, or 0 */
    ir_block_id block; /* where it stands; of floating constants 0 */
    uint64_t aux;
};

struct ir_refs {
    ir_ref *at;
    uint32_t count, capacity;
};

struct ir_block {
    struct ir_refs nodes;
    ir_block_id *preds; /* in PHI operand order */
    uint32_t pred_count, pred_capacity;
    ir_block_id succ[2];
    uint8_t succ_count;
    bool sealed;                  /* all predecessors are known */
    bool cold;                    /* laid out at the end */
    bool loop_head;               /* after ir_loops */
    uint8_t depth;                /* loop depth, after ir_loops */
    ir_block_id idom;             /* after ir_dominators; of the entry itself */
    uint32_t dom_first, dom_last; /* its subtree, for ir_dominates */
    ir_block_id loop;             /* head of the innermost loop, or 0; after ir_loops */
    ir_block_id loop_outer;       /* of a head: the head of the loop around it, or 0 */
    uint32_t order;               /* position in ir->layout, after ir_order */
    uint64_t pc;                  /* guest address it begins at, for dumps; 0: none */
    void *defs;                   /* builder: struct ir_vars, the values of places */
    void *cells;                  /* builder: writes since the block's start */
};

struct ir_place {
    uint32_t offset; /* in struct cpu */
    uint8_t type;    /* enum ir_type */
    bool written;    /* anywhere in the region, and snapshots say so */
    bool stored;     /* written through: by STCPU */
    ir_ref get;      /* if stored: its last GET, or 0 */
};

struct ir_entry {
    uint32_t place; /* index into places */
    ir_ref value;
};

struct ir_snap {
    uint64_t pc;
    uint64_t ret;          /* of an IR_IS_CALL exit: the return address */
    uint32_t frame;        /* of an exit: the call that it leaves unfinished, or 0 */
    uint32_t first, count; /* entries, after ir_finish */
    bool in_slot;          /* pc is a branch's, whose own writes have happened */
    ir_block_id block;     /* builder */
    void *cell;            /* builder */
};

/* A call that the region took in: frames[0] is none. */
struct ir_frame {
    uint64_t ret; /* where it returns to */
    uint32_t up;  /* the call that it stands in, or 0 */
};

struct ir {
    struct ir_node *nodes;
    uint32_t node_count, node_capacity;
    struct ir_block *blocks;
    uint32_t block_count, block_capacity;
    struct ir_place *places; /* places[0] is unused */
    uint32_t place_count, place_capacity;
    struct ir_snap *snaps; /* snaps[0] is unused */
    uint32_t snap_count, snap_capacity;
    struct ir_entry *entries;
    uint32_t entry_count, entry_capacity;
    ir_ref *phi_args;
    uint32_t phi_arg_count, phi_arg_capacity;
    struct ir_frame *frames; /* for snapshots; not part of the text */
    ir_block_id *layout;     /* blocks in emission order, after ir_order */
    uint32_t layout_count;
    unsigned word_bits;   /* of guest addresses */
    ir_block_id current;  /* where the builder appends */
    bool terminated;      /* the current block has its end: what follows is dropped */
    bool through;         /* invariant 7 */
    bool wide;            /* there may be i128 values */
    bool floats;          /* the builder has made operations that raise flags */
    uint32_t guest_insns; /* lifted so far */
    uint64_t site;        /* pc of a computed jump in it that is no return, or 0 */
    struct ir_arena *arena;
    struct ir_build *build; /* the builder's private tables */
};

/* -- ir.c: tables, arena ------------------------------------------------------------*/

extern const char *const ir_op_names[IR_OP_COUNT];
extern const uint8_t ir_op_args[IR_OP_COUNT];
extern const uint8_t ir_op_effects[IR_OP_COUNT]; /* enum ir_effect */
extern const uint8_t ir_op_results[IR_OP_COUNT]; /* enum ir_result */
extern const char *const ir_type_names[IR_TYPE_COUNT];
extern const uint8_t ir_type_bits[IR_TYPE_COUNT];

/* ir_new - an empty region for a guest of WORD_BITS, with its entry block current. */
struct ir *ir_new(unsigned word_bits);
void ir_free(struct ir *ir);
/* ir_write_through - of a new region: homes are kept up to date, see invariant 7. What is
 * in one block then needs no PHIs, and mostly no snapshot lists anything: such a region
 * is made in one go, without passes. */
void ir_write_through(struct ir *ir);
/* ir_is_line - after ir_finish: a region of one block that writes through. It may hold
 * pure values that nobody uses, and NONEs. */
static inline bool ir_is_line(const struct ir *ir);
/* ir_alloc - BYTES of the region's arena, zeroed. */
void *ir_alloc(struct ir *ir, size_t bytes);
/* ir_grow - ITEMS (of BYTES each, in the arena) with room for at least COUNT; the
 * capacity is updated. What is new isn't zeroed. */
void *ir_grow(struct ir *ir, void *items, uint32_t *capacity, uint32_t count,
              size_t bytes);

static inline bool ir_is_line(const struct ir *ir)
{
    return ir->through && ir->block_count == 1;
}
static inline struct ir_node *ir_at(const struct ir *ir, ir_ref r)
{
    return &ir->nodes[r];
}
/* ir_forward - R with COPYs followed. */
static inline ir_ref ir_forward(const struct ir *ir, ir_ref r)
{
    while (__builtin_expect(ir->nodes[r].op == IR_COPY, 0))
        r = ir->nodes[r].arg[0];
    return r;
}
static inline bool ir_is_const(const struct ir *ir, ir_ref r)
{
    return ir->nodes[r].op == IR_CONST;
}
/* ir_value - of a constant of at most 64 bits, zero-extended. */
static inline uint64_t ir_value(const struct ir *ir, ir_ref r)
{
    return ir->nodes[r].aux;
}
static inline enum ir_effect ir_effect(const struct ir_node *n)
{
    return (enum ir_effect)ir_op_effects[n->op];
}

/* -- build.c: the builder; folds as it goes (fold.c)
 * -----------------------------------*/

ir_ref ir_const(struct ir *ir, enum ir_type type, uint64_t value);
ir_ref ir_const128(struct ir *ir, uint64_t high, uint64_t low);
/*
 * ir_op - append OP, or what it folds to. TYPE is the result's (IR_VOID: derive it).
 * Forms that users of the IR can rely on after folding: a constant operand stands second,
 * but in SUB (c - x) and LT_U, LT_S (c < x); no difference of a constant, no product by a
 * power of two, no LE with a constant, no ROTR by a constant; a constant count of a shift
 * or rotate is an i8 below the width, with IR_IN_RANGE (shifts).
 */
ir_ref ir_op(struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
             ir_ref c);
/* ir_op_aux - the same with AUX and FLAGS; not folded where these matter. */
ir_ref ir_op_aux(struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
                 ir_ref c, uint64_t aux, unsigned flags);
#define ir_1(ir, op, a)       ir_op(ir, op, IR_VOID, a, 0, 0)
#define ir_2(ir, op, a, b)    ir_op(ir, op, IR_VOID, a, b, 0)
#define ir_3(ir, op, a, b, c) ir_op(ir, op, IR_VOID, a, b, c)
/* ir_to - A as TYPE by ZEXT, TRUNC or nothing; ir_sto by SEXT. */
ir_ref ir_to(struct ir *ir, enum ir_type type, ir_ref a);
ir_ref ir_sto(struct ir *ir, enum ir_type type, ir_ref a);

/* ir_get, ir_set - the current value of the place at OFFSET; always of the same TYPE. */
ir_ref ir_get(struct ir *ir, uint32_t offset, enum ir_type type);
void ir_set(struct ir *ir, uint32_t offset, enum ir_type type, ir_ref value);

/*
 * For passes that make nodes. ir_reopen - make B current again with an empty list, and
 * give its old nodes (END included) in OLD: the pass goes through them in order and
 * either keeps each by ir_append or makes others by ir_op, which land where they are
 * wanted, and calls ir_reclose after the last. Unless a block is open, ir_fold and ir_op
 * make no nodes but constants: they give 0 if they would have to. ir_node_new - a node in
 * no list.
 */
struct ir_refs ir_reopen(struct ir *ir, ir_block_id b);
void ir_reclose(struct ir *ir);
void ir_append(struct ir *ir, ir_ref r);
ir_ref ir_node_new(struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
                   ir_ref c, uint64_t aux, unsigned flags);

/* ir_snapshot - the state here, at guest address PC. Cheap; shared while nothing changes.
 */
uint32_t ir_snapshot(struct ir *ir, uint64_t pc, bool in_slot);
/* ir_effectful - append a node of class LOAD, STORE, ATOMIC or EXIT with snapshot SNAP.
 */
ir_ref ir_effectful(struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
                    ir_ref c, uint32_t snap, uint64_t aux, unsigned flags);

ir_block_id ir_block_new(struct ir *ir);
/* ir_enter - append to block B from now on; the current block must have ended. */
void ir_enter(struct ir *ir, ir_block_id b);
/* ir_seal - no more predecessors of B will come. */
void ir_seal(struct ir *ir, ir_block_id b);
/* Ends of the current block. A branch on a constant becomes a jump. */
void ir_jump(struct ir *ir, ir_block_id to);
void ir_branch(struct ir *ir, ir_ref condition, ir_block_id yes, ir_block_id no,
               unsigned flags);
void ir_exit(struct ir *ir, uint32_t snap, unsigned flags);
void ir_exit_to(struct ir *ir, ir_ref target, uint32_t snap, unsigned flags);
void ir_exit_interp(struct ir *ir, uint32_t snap);

/*
 * ir_finish - all blocks are sealed and ended: resolves the snapshots, removes trivial
 * PHIs and unreachable blocks. Passes run after it.
 */
void ir_finish(struct ir *ir);

/*
 * ir_tidy - take out blocks that can't be reached, join blocks that only follow each
 * other (but none with the entry), number blocks anew. ir_finish has done it; again after
 * passes that take out edges. Analyses must be made anew.
 */
void ir_tidy(struct ir *ir);

/* fold.c: what OP gives without a new node, or 0. */
ir_ref ir_fold(struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
               ir_ref c);

/* ir_commutes - whether OP gives the same with its first two arguments exchanged. */
bool ir_commutes(enum ir_op op);

/* -- analyses (cfg.c): valid until the graph changes
 * ------------------------------------*/

void ir_dominators(struct ir *ir);
void ir_loops(struct ir *ir); /* needs dominators */
/* ir_order - ir->layout: reverse postorder, loops contiguous, cold blocks last. */
void ir_order(struct ir *ir);
bool ir_dominates(const struct ir *ir, ir_block_id a, ir_block_id b);

/* -- passes, each in its file; see there for what each requires, keeps and breaks
 * -------*/

void ir_pass_polls(struct ir *ir);     /* polls that no cycle needs */
void ir_pass_gvn(struct ir *ir);       /* value numbering, loads forwarded */
void ir_pass_strength(struct ir *ir);  /* known bits, extensions, compares, flags */
void ir_pass_licm(struct ir *ir);      /* pure operations out of loops */
void ir_pass_entry(struct ir *ir);     /* guards on the entry's state, to the entry */
void ir_pass_induction(struct ir *ir); /* old values of counters by new ones */
void ir_pass_dce(struct ir *ir);       /* dead values */
void ir_pass_lower(struct ir *ir);     /* i128 into pairs of i64 */
void ir_pass_retype(struct ir *ir);    /* loads, stores, PHIs of the type used */
void ir_pass_peel(struct ir *ir);      /* the first round of loops before them */
void ir_pass_pair(struct ir *ir);      /* halves of 64-bit values; pairs as one value */
void ir_pass_sink(struct ir *ir);      /* PHIs of operations: an operation of PHIs */
void ir_compact(struct ir *ir);        /* forwards COPYs, drops NONEs from the lists */

/* -- text.c, verify.c, eval.c
 * ----------------------------------------------------------*/

/* ir_print - the region as text; ir_parse reads it back (tests). NULL and a message in
 * ERROR (of 256 bytes) if it can't. */
void ir_print(const struct ir *ir, FILE *to);
/* ir_dump - the same with the nodes' own numbers. */
void ir_dump(const struct ir *ir, FILE *to);
struct ir *ir_parse(const char *text, char *error);
/* ir_verify - abort with the region's text and what is wrong; WHEN names the pass. */
void ir_verify(const struct ir *ir, const char *when);

/* How a region was left. */
enum ir_left { IR_LEFT_EXIT, IR_LEFT_INTERP, IR_LEFT_POLL };
struct cpu;
/*
 * ir_eval - run the region on CPU: reads places, guest memory at cpu->mem, writes back
 * the snapshot it left by; sets cpu->pc. The evaluator is the oracle of the back ends.
 */
enum ir_left ir_eval(const struct ir *ir, struct cpu *cpu);
/*
 * ir_eval_recover - after a memory access of ir_eval on this thread faulted and was left
 * by a long jump: write back the snapshot of that access, set cpu->pc. False if the fault
 * was none of ir_eval's. The region must still be there.
 */
bool ir_eval_recover(struct cpu *cpu);

#endif
