/*
 * guest.h - the contract between generated code and the runtime.
 *
 * isac writes, for one target, the objects declared here (struct guest `the_guest` and
 * what it points to). The runtime reads them and knows no instruction set and no ABI
 * number by itself.
 *
 * Invariants
 *  (1) cpu->pc is the address of the next guest instruction whenever the CPU is outside
 * generated code; a pending delay slot never shows: pc then stands at the branch. (2)
 * Generated code commits nothing of an instruction before the last point where it can
 * fault or trap, so after any fault the state is that before the instruction (precise
 * state). (3) Generated code writes cpu->ip before anything that can fault; the record
 * names the guest pc. (4) Guest state lives only in struct cpu and in guest memory.
 */
#ifndef ISOMORPH_GUEST_H
#define ISOMORPH_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fp/fp.h"

struct rec;  /* a predecoded instruction; interp/rec.h */
struct bind; /* binding: from a decoded instruction to its records; interp/rec.h */
struct interp_cpu;
struct lift;    /* an instruction being turned into IR; ir/lift.h */
struct machine; /* memory, translation map, personality of one process; engine/engine.h */

enum { GUEST_TRAP_ARGS = 4 };

/* A trap that the guest's description declares, raised by the instruction at `pc`. */
struct trap {
    unsigned number; /* index into guest.traps, or one of enum builtin_trap */
    uint64_t pc;     /* of the instruction; of the branch if it is in a delay slot */
    uint64_t next; /* of the instruction that follows it in execution: a system call goes
                      on here */
    uint64_t arg[GUEST_TRAP_ARGS];
};

/* Traps that every guest has; the numbers above those that a description declares. */
enum builtin_trap {
    TRAP_ILLEGAL = 0xff00, /* no instruction matches; arg 0 = the word */
    TRAP_FETCH,            /* instruction fetch failed; arg 0 = address */
    TRAP_MEMORY,           /* data access failed; arg 0 = address, arg 1 = enum access,
                              arg 2 = host signal code (SEGV_MAPERR, ...) */
    TRAP_UNALIGNED, /* unaligned access that nothing declares otherwise; arg 0 = address
                     */
    TRAP_BUS,       /* mapped, but beyond the object (SIGBUS) */
};

/* Atomic read-modify-write operations of generated code. */
enum amo_op {
    AMO_swap,
    AMO_add,
    AMO_and,
    AMO_or,
    AMO_xor,
    AMO_min_s,
    AMO_max_s,
    AMO_min_u,
    AMO_max_u
};

enum access { ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_EXEC = 4 };

/* The reservation of load-reserved / store-conditional. */
struct reservation {
    uint64_t address;
    uint64_t value;
    uint8_t bytes; /* 0: none */
};

enum { CPU_CONSTANTS = 4 };

/* What translated code uses of the CPU besides the guest's state; host/host.h. */
struct host_jump { /* inline lookup of indirect jumps; code NULL: empty */
    uint64_t pc;
    const void *code;
};
enum { HOST_JUMPS = 16384 };
/* What translated code counts if it is compiled for that; host_options.statistics. */
enum host_count {
    HOST_COUNT_LINK,   /* exits to known addresses, linked or not */
    HOST_COUNT_SITE,   /* computed jumps with a guess that left their region */
    HOST_COUNT_HIT,    /* as guessed */
    HOST_COUNT_RETURN, /* returns by the return stack */
    HOST_COUNT_ASTRAY, /* that found a continuation that isn't theirs on top */
    HOST_COUNT_LOOKUP, /* looked up in the table of jumps; not all from [missed] */
    HOST_COUNTS
};
/* Slots, arguments and result of calls into C; and a kilobyte, so that the first slots
 * and registers are not at a distance of 4 KiB, where stores delay loads. */
enum { HOST_FRAME_SLOTS = 512, HOST_FRAME_WORDS = HOST_FRAME_SLOTS + 8 + 128 };
struct host_cpu {
    const void *leave;        /* exits of all kinds go here, kind in a register */
    const void *lookup;       /* jumps to a computed guest address go here */
    struct host_jump *jumps;  /* HOST_JUMPS entries, by host_jump_slot */
    void *link;               /* the exit that was taken, or NULL */
    const void *slow;         /* saves all registers around a call into C */
    const void *missed;       /* a return led to another address than its call's */
    const void **returns;     /* the return stack, while translated code doesn't run */
    const void **returns_end; /* behind its oldest entry; host_returns_clear */
    void *stack;              /* of the C code that entered */
    const void *slow_from;    /* where C was called from last */
    uint64_t counts[HOST_COUNTS]; /* --stats: by enum host_count */
    uint8_t fp_flags[16];         /* enum fp_flag bits of the host's status bits 2 to 5 */
    _Alignas(16) uint8_t reverse[2][16]; /* masks: the low 4, 8 bytes the other way */
    _Alignas(16) uint64_t frame[HOST_FRAME_WORDS]; /* values without a register */
};

/*
 * The part of a guest CPU that every guest has. The registers that the description
 * declares follow at `state`, laid out by isac (regs[] gives their offsets from the start
 * of struct cpu).
 */
struct cpu {
    uint64_t pc;
    const struct rec *ip;
    uint8_t *mem; /* host address of guest address 0 */
    volatile uint32_t
        attention;    /* nonzero: leave generated code at the next block boundary */
    uint32_t context; /* decode context, packed; part of the translation map's key */
    uint64_t branch_target; /* captured by a delayed branch, consumed after its slot */
    bool branch_taken;
    bool running; /* inside generated code (read by host signal handlers) */
    struct reservation reservation;
    struct trap trap;
    struct fp_env fp;
    struct machine *machine;
    void *thread;              /* the personality's record of this thread */
    struct interp_cpu *interp; /* the interpreter's per-CPU data (jump cache, ...) */
    struct host_cpu host;
    uint64_t zero;    /* what reads of a constant zero read; never written */
    uint64_t sink[2]; /* what dropped writes write; never read */
    uint64_t constant[CPU_CONSTANTS]; /* other constants, set just before the record that
                                         reads */
    _Alignas(64) unsigned char state[];
};

/* A register file or single register, for loaders, personalities, gdb and dumps. */
struct guest_reg {
    const char *name;
    uint32_t offset;          /* of element 0 from the start of struct cpu */
    uint16_t bits, bytes;     /* width of an element; bytes it takes in the state */
    uint16_t count;           /* 1 for a single register */
    const char *const *names; /* of the elements, or NULL */
};

/* A place in struct cpu that the ABI names (call number, arguments, stack pointer, ...).
 */
struct guest_place {
    uint32_t offset;
    uint8_t bytes; /* 0: no such place */
};

/* What an instruction form may do; for block building and dumps. */
enum form_flags {
    FORM_BRANCH = 1,     /* may change pc */
    FORM_DELAYED = 2,    /* its branch has a delay slot */
    FORM_LIKELY = 4,     /* may nullify its slot */
    FORM_ENDS_BLOCK = 8, /* always leaves, or changes what decoding depends on */
    FORM_INDIRECT = 16,
    FORM_CALL = 32,
    FORM_RETURN = 64,
    FORM_MAY_TRAP = 128, /* can fault or trap */
    FORM_STORES = 256,
    FORM_ICACHE = 512,  /* synchronises instruction memory */
    FORM_NOP = 1024,    /* does nothing at all: needs no record */
    FORM_ALWAYS = 2048, /* a branch that is always taken */
};

struct guest_form {
    const char *name;     /* "lw", "and.lsl" */
    const char *origin;   /* "mips32.isa:120" */
    uint32_t flags;       /* enum form_flags */
    uint32_t mask, value; /* bits that decide (32-bit words; wider ones: low part) */
};

/* A decoded instruction. */
struct decoded {
    uint64_t word; /* its bits, first unit lowest unless the ISA says otherwise */
    uint16_t form; /* index into guest.forms */
    uint8_t bytes; /* its length */
};

/* An entry of the encoded trap table. */
struct guest_trap {
    const char *name;
    unsigned args;
};

/*
 * A decode result: form index, or DECODE_NONE. `bytes` holds at least `avail` readable
 * bytes at the instruction; only as many as the length needs are looked at; DECODE_SHORT
 * if avail is less.
 */
enum { DECODE_NONE = -1, DECODE_SHORT = -2 };

struct bare_abi;  /* bare/bare.h: console and exit of a target without an OS */
struct linux_abi; /* linux/abi.h: an ABI of Linux as data */

struct guest {
    const char *name;      /* "mips": the target */
    const char *isa;       /* "mips32" */
    unsigned word_bits;    /* width of addresses and of the pc: 32 or 64 */
    bool big_endian;       /* data */
    bool fetch_big_endian; /* instructions */
    unsigned insn_bytes_min, insn_bytes_max;
    unsigned delay_slots;
    size_t cpu_bytes; /* size of struct cpu with its state */
    const struct guest_reg *regs;
    unsigned reg_count;
    const struct guest_trap *traps;
    unsigned trap_count;
    const struct guest_form *forms;
    unsigned form_count;
    uint32_t context_initial;
    bool unaligned_allowed;          /* no alignment test is made but for atomics */
    const struct fp_rules *fp_rules; /* NULL: the guest has no floating point */

    /* decode.c */
    int (*decode)(const uint8_t *bytes, unsigned avail, uint32_t context,
                  struct decoded *out);
    /* disas.c: assembly text of D at PC; returns the length as snprintf does. */
    int (*disas)(const struct decoded *d, uint64_t pc, char *text, size_t size);
    /* bind.c, interp_*.c: see interp/rec.h; interp[] by enum interp_kind */
    void (*bind)(struct bind *b);
    const struct interp *interp[4];
    /* lift.c: append the IR of l->d at l->pc; see ir/lift.h. NULL: the guest has no
     * templates. */
    void (*lift)(struct lift *l);
    void (*enter)(
        struct cpu *cpu); /* before and after generated code: floating-point mode and */
    void (*leave)(
        struct cpu *cpu); /* flags between the guest's registers and cpu->fp; or NULL */
    unsigned jump_shift;  /* low bits of a pc that are always 0: 1 or 2, 0 for bytes */

    void (*reset)(struct cpu *cpu);     /* the description's initial state */
    const struct guest_place *sp, *tls; /* NULL: the target names none */

    const struct linux_abi *linux_abi; /* at most one of the two */
    const struct bare_abi *bare_abi;
    /* enabled CPU models (-cpu) */
    const char *const *cpu_names; /* NULL-terminated */
    bool (*cpu_select)(
        const char *name); /* chooses among them before start; false: unknown */
};

extern const struct guest the_guest;

#endif
