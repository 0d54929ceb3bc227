/*
 * host.h - what a host back end offers: from a finished IR region to machine code, and
 * back from a place in that code to the guest's state.
 *
 * Invariants
 *  (1) Code is position independent but for the fixups listed in its output; it keeps the
 * host ABI's rules for nothing: it is entered by host_enter and left through the pointers
 * in cpu->host. (2) At entry and at every exit all places are in their homes (struct
 * cpu): the boundary map is empty. (3) For every instruction that may fault, `faults` has
 * an entry; its recipes give each place that isn't in its home, so the state before the
 * guest instruction can be rebuilt (host_recover). (4) Nothing here knows a guest, or
 * what a place means.
 *
 * A back end is a directory beside this file; x86_64 is the one that exists.
 */
#ifndef ISOMORPH_HOST_HOST_H
#define ISOMORPH_HOST_HOST_H

#include "guest.h"
#include "ir/ir.h"

/* A way out of compiled code. */
enum host_exit_kind {
    HOST_EXIT_LINK,     /* to a known guest address: may be linked */
    HOST_EXIT_INDIRECT, /* cpu->pc is set; found by no inline lookup */
    HOST_EXIT_INTERP,   /* the interpreter does the one instruction at cpu->pc */
    HOST_EXIT_POLL,     /* cpu->attention was seen at cpu->pc */
};

/*
 * A linkable exit. The jump at `jump` (its rel32 field, 4-byte aligned) leads to the stub
 * at `stub` until the cache links it to other code; the stub loads the 64-bit immediate
 * at `id`, which the cache fills with its own pointer, and leaves by cpu->host.exit.
 */
struct host_exit {
    uint32_t jump, stub, id; /* offsets in the code */
    uint64_t pc;             /* where to */
};

/*
 * How to find a value at a faulting instruction: something that stands somewhere, or
 * operations on such things, for values that nothing but a fault needs. One recipe is one
 * step: the first step of a place takes what it finds; one with an operation applies it
 * to the value so far and to what it finds. The last step of a place has `more` clear.
 */
enum host_where { HOST_CONST, HOST_GPR, HOST_XMM, HOST_SLOT, HOST_HOME };
struct host_recipe {
    uint32_t offset; /* of the place in struct cpu */
    uint8_t type;    /* enum ir_type of the place */
    uint8_t where;   /* enum host_where */
    uint16_t index;  /* register or slot number; HOST_HOME: offset in struct cpu */
    uint64_t value;  /* HOST_CONST */
    uint8_t bytes;   /* of what is found that count; the others are taken as 0 */
    uint8_t op;      /* enum ir_op, or IR_NONE */
    uint8_t from;    /* enum ir_type of the operation's first argument */
    uint8_t result;  /* and of what it gives */
    uint8_t third;   /* the operation's third argument, a constant */
    bool more;
};
enum { HOST_PLACES_MAX = 512 }; /* that a snapshot may list */

struct host_fault {
    uint32_t code;         /* offset of the instruction */
    uint32_t recipe_first; /* a run of recipes; shared between faults where equal */
    uint32_t recipe_count;
    uint64_t pc; /* guest address to go on at */
};

/* A line of the map from host to guest code, for dumps and perf. */
struct host_line {
    uint32_t code;
    uint64_t pc;
};

struct host_code {
    uint8_t *bytes;
    uint32_t size, entry; /* entry: offset where execution starts */
    struct host_exit *exits;
    uint32_t exit_count;
    uint32_t *polls; /* offsets of what host_cut changes */
    uint32_t poll_count;
    struct host_fault *faults; /* ascending by code */
    uint32_t fault_count;
    struct host_recipe *recipes;
    uint32_t recipe_count;
    struct host_line *lines;
    uint32_t line_count;
    uint32_t data; /* where constants follow the code; 0: nowhere */
};

/* What the code of tier 1 notes of a computed jump that is no return. Several CPUs may
 * write it, unordered: a guess. */
struct host_site {
    uint64_t target;  /* the last one; 0: none yet */
    uint32_t changes; /* how often it was another than the time before */
    uint32_t count;   /* how often there was a jump at all */
};

/* What a compilation may assume. */
struct host_options {
    unsigned level;      /* x86-64-v1 to v4: which instructions may be used */
    bool window;         /* guest addresses are 32 bits, relative to cpu->mem */
    bool poll;           /* POLL nodes test cpu->attention */
    bool unchain;        /* they test nothing, and leave when they are cut (host_cut) */
    bool alone;          /* nobody else sees guest memory: atomics take no lock */
    unsigned jump_shift; /* guest.jump_shift */
    bool count;          /* the code counts its entries in *counter */
    uint32_t *counter;   /* decremented at entry; at zero it leaves: HOST_EXIT_INDIRECT */
    struct host_site *site; /* where computed jumps are noted, or NULL */
    bool returns;           /* calls and returns go by the return stack */
    bool statistics;        /* the code counts in cpu->host.counts */
    bool verify;            /* check the allocation of registers */
    FILE *allocation;       /* dump it there, or NULL */
    bool lines;             /* the code's lines are wanted */
};

/* host_init - find out what this host can do; LEVEL limits it (0: no limit). */
void host_init(unsigned level);
unsigned host_level(void);

/*
 * host_compile - compile IR, which passed ir_finish and any passes, into OUT (owned by
 * the caller, host_code_free). Returns false if the region is too large or holds
 * something the back end can't do; then it must be interpreted.
 */
bool host_compile(struct ir *ir, const struct host_options *options,
                  struct host_code *out);
void host_code_free(struct host_code *code);

/*
 * host_enter - run code at ENTRY on CPU until it leaves; says how. HOST_EXIT_LINK: the
 * exit's id stands in cpu->host.link, cpu->pc is set in every case.
 */
enum host_exit_kind host_enter(struct cpu *cpu, const void *entry);

/* host_jump_slot - the entry of cpu->host.jumps for PC; SHIFT is guest.jump_shift. */
static inline unsigned host_jump_slot(uint64_t pc, unsigned shift)
{
    return (unsigned)(pc >> shift) & (HOST_JUMPS - 1);
}

/* host_jump_clear - make entry SLOT empty: its pc belongs into another one. Any thread
 * may do so; the CPU, which may have compared the pc already, finds the code as it was.
 */
static inline void host_jump_clear(struct host_jump *jumps, unsigned slot, unsigned shift)
{
    __atomic_store_n(&jumps[slot].pc, slot == 0 ? (uint64_t)1 << shift : 0,
                     __ATOMIC_RELAXED);
}

/*
 * The return stack of a CPU (x86_64/frame.h): guesses where returns lead to, each checked
 * when it is used. host_returns_clear - forget all: their code may have gone, or is for
 * another context; the CPU doesn't run translated code. host_returns_pop -
 * the guest returned to cpu->pc elsewhere: if the newest guess is that, it is used up.
 * host_returns_full - a fault at ADDRESS is that of a call for which there is no room:
 * make some, and true: the call is to be done again.
 */
void host_returns_clear(struct cpu *cpu);
void host_returns_pop(struct cpu *cpu);
bool host_returns_full(struct cpu *cpu, uintptr_t address, void *ucontext);

/* host_cpu_init - fill in cpu->host; JUMP_SHIFT is guest.jump_shift. host_cpu_free gives
 * it back. */
void host_cpu_init(struct cpu *cpu, unsigned jump_shift);
void host_cpu_free(struct cpu *cpu);

/*
 * host_recover - the state that fault F of code with RECIPES means, from the signal's
 * ucontext: writes the homes and cpu->pc. host_unwind - make the interrupted code leave:
 * nothing to do but to longjmp, as the frame holds nothing but spilled values.
 */
void host_recover(struct cpu *cpu, const struct host_fault *f,
                  const struct host_recipe *recipes, const void *ucontext);

/* host_patch - make the rel32 jump field at FIELD (in the writable view) lead from SITE
 * (the same place in the executable view) to TO; atomic. */
void host_patch(uint8_t *field, const uint8_t *site, const void *to);

/* host_fault_byte - an instruction of one byte that always faults: over the first byte of
 * one that may fault, it forces that fault. */
extern const uint8_t host_fault_byte;

/* host_cut - make the POLL at AT (in the writable view), of code compiled with `unchain`,
 * leave when it is reached, or go on again; atomic, for the thread that runs the code. */
void host_cut(uint8_t *at, bool cut);

/*
 * host_disas - the instructions of CODE as text, between the guest's of its lines, which
 * host_disas_line prints, if it is set, and else as addresses.
 */
extern void (*host_disas_line)(uint64_t pc, FILE *to);
void host_disas(const struct host_code *code, FILE *to);

#endif
