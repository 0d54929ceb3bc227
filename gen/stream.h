/*
 * stream.h - random instruction streams for comparing emulators.
 *
 * Cases are made for the guest-side runner of tests/diff (see tests/diff/harness.c),
 * which knows no encoding: what its registers hold is told by flags, and words are chosen
 * to suit.
 *
 * Invariants
 *  (1) Words decode, are neither unpredictable nor hints, and have their should-be bits
 * as they should be. None calls the system, reads a clock or touches a register to be
 * avoided. (2) Branches go forward, to an instruction of the case or to its end; a delay
 * slot holds no branch. (3) The same options give the same stream.
 */
#ifndef GEN_STREAM_H
#define GEN_STREAM_H

#include "sem.h"

/* What the runner's registers hold: tests/diff/harness.h. */
enum { STREAM_CODE = 0x20000800 };

enum sym_kind {
    SYM_UNKNOWN,
    SYM_KNOWN,   /* v */
    SYM_SMALL,   /* a small multiple of eight */
    SYM_POINTER, /* v from a multiple of eight in the data */
    SYM_NOWHERE, /* near nothing that is mapped */
    SYM_END      /* v from the end of the case */
};
struct sym {
    enum sym_kind kind;
    u128 v;
};

enum { SYM_REGS = 64 };

/* What is known of the registers of one file before an instruction. */
struct sym_state {
    const struct reg *file;
    struct sym regs[SYM_REGS];
};

/* What an instruction does in a state. */
struct effects {
    bool reads_avoided, clock, unknown, calls_system;
    bool loads, stores, atomic, reserves, conditional_store, fp, traps_always, nullifies,
        sync;
    bool lost;    /* an address that may be anywhere */
    bool nowhere; /* an address that faults */
    bool unaligned;
    bool slot;            /* a transfer with delay slot */
    unsigned atomic_bits; /* width of the atomic access */
    VEC(struct sym) targets;
    struct sym_state after;
};

/*
 * stream_effects - of WORD, a word of F, at PC in STATE. AVOID has bit n set for numbers
 * of STATE's file that may not be touched; FP[i] says that register i of the model
 * belongs to floating point.
 */
void stream_effects(const struct model *m, const struct form *f, uint64_t word,
                    uint64_t pc, const struct sym_state *state, uint64_t avoid,
                    const bool *fp, struct effects *out);

/* stream_truth - a decode-time condition: 0, 1, or -1 if it isn't known. */
int stream_truth(const struct model *m, const struct form *f, uint64_t word,
                 const struct sem_expr *e);

/* stream_fp_registers - fills FP (of m->regs.len): registers that floating-point forms
 * touch, but MAIN and contexts. */
void stream_fp_registers(const struct model *m, const struct reg *main, bool *fp);

/* isac stream FILE.target: see the usage text in stream.c. */
int command_stream(const struct model *m, int argc, char **argv);

#endif
