/*
 * emit.h - from IR to x86-64 code: what the parts of the emitter share.
 *
 * One region goes through select_run (which nodes are emitted inside their users), the
 * allocator, and compile.c, which walks the blocks and calls one function per operation.
 *
 * Invariants
 *  (1) A value of at most 32 bits stands in a 64-bit register or slot zero-extended. The
 * one exception is a fused TRUNC: its user sees the wide register (operand.clean is
 * false) and reads no more than the type's bits. (2) rax, rcx, xmm14 and xmm15 belong to
 * the function that emits the current node. The result is computed in emit_dst, which is
 * rax or xmm14 if the value stands in the frame; rcx and xmm15 are for operands. rbp is
 * cpu + 128, rsp the frame, r14 the guest's memory if options.window. (3) A result's
 * register may be that of an operand that dies here: a function reads all operands before
 * it writes the result, or takes care. (4) Of a node that touches guest memory, the
 * result is written after the last instruction that may fault. (5) A location holds for
 * the whole life of a value, so cold code is emitted after all hot code from the node
 * alone.
 */
#ifndef ISOMORPH_HOST_X86_64_EMIT_H
#define ISOMORPH_HOST_X86_64_EMIT_H

#include "host/alloc.h"
#include "host/host.h"
#include "host/x86_64/asm.h"

enum { XMM14 = 14, XMM15 = 15, EMIT_CPU_BIAS = 128 };

/* How the uses of a node are made up; select.c. */
struct select_uses {
    uint32_t total;
    uint32_t address;   /* as the address of a memory operation */
    uint32_t low;       /* that look at no more than the type's bits */
    uint32_t condition; /* of BRANCH, GUARD, EXIT_IF, SELECT */
    uint32_t zero_test; /* EQ, NE with constant 0 */
    uint32_t effects;   /* of a node that raises flags: effects before it */
    ir_block_id block;  /* of all uses, or SELECT_MANY */
    bool kept;          /* by a PHI: has to stand somewhere */
    bool snap;          /* by a snapshot, or by what only snapshots need */
    bool whole;         /* so by its place, not by an operation on its operands */
    bool unchecked;     /* a NaN that it gives is found by a check further down */
    uint32_t checks;    /* of a comparison that checks a group: the group's number + 1 */
    uint8_t depth;      /* fused for snapshots: operations until something stands */
};
enum { SELECT_MANY = UINT32_MAX };

struct emit;

/* Code out of line: FUNCTION emits it at LABEL; it goes back to BACK. */
struct emit_cold {
    void (*function)(struct emit *e, const struct emit_cold *c);
    uint32_t label, back;
    ir_ref node;
    uint32_t x; /* the function's */
};

/* Operations whose results one check looks at: e->members[first ... ]; nan.c. */
struct emit_group {
    uint32_t first, count;
    bool compared; /* the comparison that follows is the check */
};

struct emit_run { /* of recipes, per snapshot */
    uint32_t first, count;
    bool made;
    bool counted; /* its uses of values are */
};

struct emit {
    struct ir *ir;
    const struct host_options *options;
    struct asm_code a;
    struct alloc alloc;
    struct alloc_hints *hints;
    struct select_uses *uses;
    uint32_t *labels;      /* of blocks */
    struct emit_run *runs; /* of snapshots */
    struct emit_cold *colds;
    uint32_t cold_count, cold_capacity;
    struct host_exit *exits;
    uint32_t exit_count, exit_capacity;
    uint32_t *polls;
    uint32_t poll_count, poll_capacity;
    struct host_fault *faults;
    uint32_t fault_count, fault_capacity;
    struct host_recipe *recipes;
    uint32_t recipe_count, recipe_capacity;
    struct host_line *lines;
    uint32_t line_count, line_capacity;
    uint64_t line_pc;
    struct emit_group *groups; /* by aux of FCHECK */
    uint32_t group_count, group_capacity;
    struct emit_member {
        ir_ref node;
        bool sink;  /* no other member that takes it is NaN if it is */
        bool lives; /* is used behind the check */
    } * members;
    uint32_t member_count, member_capacity;
    struct emit_data { /* constants behind the code */
        uint32_t label;
        uint64_t value;
    } * data;
    uint32_t data_count, data_capacity, data_at;
    uint32_t missed;     /* label of the jump to [missed], or SELECT_MANY */
    uint32_t effects;    /* selection: nodes so far that may leave or fault */
    uint32_t next_label; /* of the block that follows in the layout, or SELECT_MANY */
    ir_ref held;         /* fused, but in rax or xmm14 just now */
    ir_ref tested;       /* the instruction before tested_at left ZF and SF of it */
    uint32_t tested_at;
    bool failed; /* something that the back end can't do */
};

/* Where a value is, with what is fused away looked through. */
enum operand_kind { OPERAND_REG, OPERAND_MEM, OPERAND_CONST };
struct operand {
    uint8_t kind;  /* enum operand_kind */
    uint8_t type;  /* enum ir_type, as the user sees it */
    uint8_t bytes; /* OPERAND_MEM: that may be read */
    bool clean;    /* bits above the type's are zero */
    int reg;
    uint64_t value; /* OPERAND_CONST */
    struct asm_mem mem;
};

/* -- select.c -----------------------------------------------------------------------*/

/* select_run - requires ir_order; fills in e->uses and e->hints. False: the region holds
 * what the back end can't do. */
bool select_run(struct emit *e);
/* select_window - a sum with constant VALUE can be a displacement of a 32-bit address. */
bool select_window(uint64_t value);

/* -- nan.c --------------------------------------------------------------------------*/

/* nan_run - after select_run: leaves out checks that one further down makes, and inserts
 * the FCHECKs; nan_most - at most so many nodes and snapshots. */
void nan_run(struct emit *e);
uint32_t nan_most(const struct ir *ir);
/* nan_again - do GROUP again, in cold code. */
void nan_again(struct emit *e, uint32_t group);

/* -- compile.c ----------------------------------------------------------------------*/

/* emit_fused - compute R, which is fused, into rax or xmm14; uses rcx and xmm15.
 * emit_held - that operand. */
void emit_fused(struct emit *e, ir_ref r);
struct operand emit_held(struct emit *e, ir_ref r);

/* -- operand.c ----------------------------------------------------------------------*/

static inline unsigned emit_bytes(unsigned type)
{
    return type == IR_I1 ? 1 : ir_type_bits[type] / 8;
}
/* Size of the instructions that compute TYPE. */
static inline unsigned emit_size(unsigned type)
{
    return type == IR_I64 || type == IR_F64 ? 8 : 4;
}
static inline bool emit_is_vector(unsigned type)
{
    return type >= IR_F32;
}
static inline bool emit_fits(uint64_t value)
{
    return (uint64_t)(int64_t)(int32_t)value == value;
}
static inline struct asm_mem emit_cpu(uint32_t offset)
{
    return (struct asm_mem){RBP, ASM_NO_REG, 1, (int32_t)offset - EMIT_CPU_BIAS};
}
struct asm_mem emit_slot(unsigned slot);
/* emit_stands - R has a location or is a constant, perhaps through fused ZEXT and TRUNC.
 */
bool emit_stands(struct emit *e, ir_ref r);
/* emit_inner - the one operand of N that doesn't stand, or 0. */
ir_ref emit_inner(struct emit *e, const struct ir_node *n);
/* emit_peel - what R is through fused TRUNC and ZEXT; *CLEAN is cleared by a TRUNC. */
ir_ref emit_peel(struct emit *e, ir_ref r, bool *clean);
struct operand emit_operand(struct emit *e, ir_ref r);
static inline bool emit_in(const struct operand *o, int reg)
{
    return o->kind == OPERAND_REG && o->reg == reg;
}

/* Integers. emit_load - O into REG (nothing if it is there). Touches no flags. */
void emit_load(struct emit *e, int reg, const struct operand *o);
/* emit_reg - the register that O is in, or SCRATCH after loading it there. */
int emit_reg(struct emit *e, const struct operand *o, int scratch);
/* emit_alu - REG = REG op O; may use rcx. */
void emit_alu(struct emit *e, enum asm_alu op, unsigned size, int reg,
              const struct operand *o);
/* emit_dst - where the result of R is to be computed; emit_result - it is in REG. */
int emit_dst(struct emit *e, ir_ref r);
void emit_result(struct emit *e, ir_ref r, int reg);
/* emit_set - the constant VALUE of TYPE into memory; may use rax. */
void emit_set(struct emit *e, struct asm_mem m, unsigned bytes, uint64_t value);

/* The same in vector registers. Constants go through rax. */
void emit_vload(struct emit *e, int xmm, const struct operand *o);
int emit_vreg(struct emit *e, const struct operand *o, int scratch);
int emit_vdst(struct emit *e, ir_ref r);
void emit_vstore(struct emit *e, unsigned type, struct asm_mem m, int xmm);

/* -- compile.c ----------------------------------------------------------------------*/

/* emit_cold - have FUNCTION called behind the hot code; returns its label. */
uint32_t emit_cold(struct emit *e,
                   void (*function)(struct emit *, const struct emit_cold *), ir_ref node,
                   uint32_t back, uint32_t x);

/* -- one function per operation, or group -------------------------------------------*/

typedef void emit_function(struct emit *e, ir_ref r);

/* emit_int.c */
emit_function emit_add, emit_sub, emit_mul, emit_and, emit_or, emit_xor, emit_not,
    emit_neg, emit_minmax, emit_compare, emit_select, emit_zext, emit_sext, emit_trunc,
    emit_cat, emit_carry;
/* emit_condition - flags for the i1 R; the condition under which it is 1. */
enum asm_cc emit_condition(struct emit *e, ir_ref r);

/* emit_bits.c */
emit_function emit_shift, emit_rotate, emit_clz, emit_ctz, emit_popcount, emit_bswap,
    emit_bitrev, emit_mulh, emit_div;

/* emit_mem.c */
emit_function emit_get, emit_load_op, emit_store_op, emit_ldcpu, emit_stcpu;
/* emit_address - the operand of the access of node R; may use rcx, and flags. */
struct asm_mem emit_address(struct emit *e, ir_ref r);
/* emit_swap - the low BYTES of REG in the other order, zero-extended. */
void emit_swap(struct emit *e, unsigned bytes, int reg);

/* emit_atomic.c */
emit_function emit_reserve, emit_store_cond, emit_amo, emit_cas, emit_fence;

/* emit_fp.c */
emit_function emit_farith, emit_fsqrt, emit_fma, emit_fminmax, emit_ftos, emit_ftou,
    emit_ffroms, emit_ffromu, emit_fcvt, emit_frint, emit_bitcast, emit_vlogic;
/* emit_fcompare - as emit_condition, of a floating-point comparison. */
enum asm_cc emit_fcompare(struct emit *e, ir_ref r);
emit_function emit_fpflags, emit_setfpflags;
/* The parts of a call of fp_slow: operand I of R is X; then the call, which keeps all
 * registers and leaves the result in the frame. emit_slow_result - that into REG. */
void emit_slow_operand(struct emit *e, unsigned i, const struct operand *x);
void emit_slow_call(struct emit *e, ir_ref r);
void emit_slow_result(struct emit *e, ir_ref r, int reg);

/* nan.c */
emit_function emit_fcheck;

/* exits.c */
emit_function emit_guard, emit_exit_if, emit_poll, emit_exit, emit_exit_to,
    emit_exit_interp;
/* emit_fault - the instruction that comes next may fault, for node R. */
void emit_fault(struct emit *e, ir_ref r);
/* emit_line - node R follows. */
void emit_line(struct emit *e, ir_ref r);
/* emit_count - the counter at the entry. */
void emit_count(struct emit *e);
/* emit_exit_stubs - of all linkable exits, and what else stands behind the code. */
void emit_exit_stubs(struct emit *e);

/* emit_grow - room for one more element in a table of COUNT. */
void *emit_grow(void *table, uint32_t count, uint32_t *capacity, size_t bytes);

#endif
