/*
 * eval.h - runs typed trees on a machine state inside isac: inline tests, `isac try`, and
 * a second opinion on the generated C (it shares nothing with the emitters).
 *
 * Invariants
 *  (1) Register reads mean the state before the instruction: writes are kept back until
 * it commits. (2) Every value carries the bits that are unknown (unknown(n), clocks,
 * extern functions); what is computed from them is unknown too. (3) Memory is zero
 * wherever nothing was stored, and mapped but for the ranges given.
 */
#ifndef GEN_EVAL_H
#define GEN_EVAL_H

#include "sem.h"

/* V's bits that are set in X are unknown. */
struct val {
    u128 v, x;
};

struct eval_byte {
    uint64_t address;
    uint8_t v, x;
};
struct eval_range {
    uint64_t first, last;
};

/* A trap that was taken. */
enum eval_trap_kind { EVAL_NONE, EVAL_TRAP, EVAL_ILLEGAL, EVAL_MEMORY, EVAL_UNALIGNED };
struct eval_trap {
    enum eval_trap_kind kind;
    const struct trap_decl *trap; /* EVAL_TRAP */
    struct val args[8];
    unsigned arg_count;
    uint64_t address; /* EVAL_MEMORY, EVAL_UNALIGNED */
};

/* What an instruction did, in order; for `isac try`. */
enum eval_event_kind { EVENT_READ, EVENT_WRITE, EVENT_LOAD, EVENT_STORE };
struct eval_event {
    enum eval_event_kind kind;
    const struct reg *reg;
    unsigned element, bits;
    uint64_t address;
    struct val value;
};

struct eval {
    const struct model *m;
    struct val **regs;           /* [reg->index][element] */
    VEC(struct eval_byte) bytes; /* by ascending address */
    VEC(struct eval_range) unmapped;
    uint64_t pc;
    bool in_slot;            /* the instruction at pc is in a delay slot: */
    bool taken;              /* of a branch at `branch` that was taken or not */
    uint64_t target, branch; /* and goes on at `target` */
    bool reserved;
    uint64_t reserved_address;
    unsigned reserved_bits;
    bool unaligned_works; /* plain accesses: the ABI says so */
    bool record;          /* events are kept */
    bool in_order;        /* writes take effect at once: a check of sem.h (3) */
    VEC(struct eval_event) events;
};

/* eval_new - a machine at start: registers as `initial` says, contexts too. */
struct eval *eval_new(const struct model *m);
struct eval *eval_copy(const struct eval *from);

/* eval_form - runs one instruction of form F with its WORD at e->pc. After a trap the
 * state is that which the guest would see, pc included. */
struct eval_trap eval_form(struct eval *e, const struct form *f, uint64_t word);

/* eval_block - runs the body of S (built by sem_assign and the like) for F and WORD and
 * commits; pc stays. eval_value - the value of X. */
struct eval_trap eval_block(struct eval *e, const struct sem *s, const struct form *f,
                            uint64_t word);
struct val eval_value(struct eval *e, const struct sem *s, const struct form *f,
                      uint64_t word, const struct sem_expr *x);

/* eval_goes_to - where E goes on, a taken branch's slot being done. */
uint64_t eval_goes_to(const struct eval *e);

/* eval_load / eval_store - memory in the guest's byte order; BITS 8 to 64. */
struct val eval_load(const struct eval *e, uint64_t address, unsigned bits);
void eval_store(struct eval *e, uint64_t address, unsigned bits, struct val value);
bool eval_mapped(const struct eval *e, uint64_t address, unsigned bits);

/* eval_reg - element I of R as a read without policies gives it. */
struct val eval_reg(const struct eval *e, const struct reg *r, unsigned i);

/* eval_untested - reports the branches of forms' bodies that nothing evaluated so far
 * took. */
void eval_untested(const struct model *m);

#endif
