/*
 * engine.h - the emulation manager: runs guest CPUs until a personality ends the program.
 *
 * Invariants
 *  (1) The manager alone moves a CPU between tiers; outside engine_run a CPU's state is
 * whole (invariant 1 of guest.h). (2) Traps reach the personality with cpu->trap filled
 * in, cpu->pc at the trapping instruction and nothing of that instruction committed (but
 * for `after` traps, which say so). (3) A personality may change any guest state and set
 * cpu->pc; the manager looks the pc up anew. (4) A system call goes on at cpu->trap.next
 * and is restarted at cpu->trap.pc (in a delay slot the latter is the branch's). (5)
 * Several CPUs may run on one machine, each in a thread of its own: they share memory,
 * blocks and translations by the rules of util/epoch.h. A CPU passes an epoch each time
 * that it looks a block up, and is out while its personality runs, which may block. A CPU
 * is kicked also for what isn't its personality's business. --verify compares nothing
 * then.
 */
#ifndef ISOMORPH_ENGINE_H
#define ISOMORPH_ENGINE_H

#include "guest.h"
#include "mem/mem.h"

#include <setjmp.h>
#include <stdio.h>

enum dispatch {
    DISPATCH_SWITCH,
    DISPATCH_THREADED,
    DISPATCH_PREDECODED,
    DISPATCH_DIRECT
};

/* How code is run; TIER_AUTO: whatever is fastest here. */
enum tier { TIER_INTERP, TIER_BLOCK, TIER_REGION, TIER_AUTO, TIER_IR };

/* What serves traps and interrupts: Linux, or a bare machine's console and exit. */
struct personality {
    const char *name;
    /* Serves cpu->trap. Sets cpu->pc to where to go on; doesn't return if the program
     * ends. */
    void (*trap)(struct cpu *cpu);
    /* cpu->attention was seen at a block boundary; clears it, may deliver a signal. */
    void (*attention)(struct cpu *cpu);
};

struct options {
    const char *program; /* path as given */
    char **argv; /* the guest's, NULL-terminated; argv[0] may be overridden (-0) */
    char **envp;
    const char *prefix;           /* -L, ISOMORPH_LD_PREFIX, or NULL */
    const char *release;          /* -r */
    uint64_t stack_bytes;         /* -s */
    bool strace;                  /* -strace */
    const char *gdb;              /* -g (reserved) */
    unsigned dump;                /* -d, bits of enum dump */
    FILE *dump_to;                /* -D, default stderr */
    uint64_t dump_low, dump_high; /* -dfilter */
    const char *cpu;              /* -cpu */
    enum dispatch dispatch;       /* --dispatch */
    bool chain;                   /* --no-chain clears it */
    enum tier tier;               /* --tier */
    uint32_t threshold_block;     /* entries of a block until it is translated */
    uint32_t threshold_region;    /* see heat.h; 0: the default */
    uint64_t cache_bytes;         /* --cache-size */
    const char *cache_policy;     /* --cache-policy; NULL: segments */
    unsigned no_pass;             /* --no-pass: bits of translate_pass_bit */
    unsigned host_level;          /* --host-cpu: 1 to 4; 0: all that the host can do */
    bool no_link, no_lookup;      /* --no-link, --no-lookup */
    bool no_return_stack;         /* --no-return-stack */
    bool no_inline_cache;         /* --no-inline-cache */
    bool compile_background;      /* --compile=background */
    bool unchain;                 /* --interrupts=unchain */
    bool verify;                  /* --verify */
    bool verify_faults;           /* --verify=faults */
    bool perf_map;                /* --perf-map */
    uint64_t translations_max;    /* --max-translations; 0: no limit */
    bool stats;                   /* --stats */
    const char *stats_format;     /* "text" or "json" */
    const char *self;             /* absolute path of this emulator, for execve */
    char **emulator_args;         /* the options as given, for execve; NULL-terminated */
};

enum dump {
    DUMP_DECODE = 1,
    DUMP_INTERP = 2,
    DUMP_TRAP = 4,
    DUMP_SYSCALL = 8,
    DUMP_EXEC = 16,
    DUMP_IR = 32,  /* of each translation: as lifted */
    DUMP_OPT = 64, /* after the passes */
    DUMP_ALLOC = 128,
    DUMP_HOST = 256, /* host code */
    DUMP_CACHE = 512 /* what enters and leaves the code cache */
};

struct machine {
    const struct guest *guest;
    struct options options;
    struct mem mem; /* m->mem.top and hint may be changed until the first mem_map */
    const struct personality *personality;
    void *os;                      /* the personality's process-wide data */
    struct blocks *blocks;         /* the interpreter's map of predecoded blocks */
    struct blocks *singles;        /* the same of single instructions, for steps */
    struct translator *translator; /* NULL: only the interpreter runs */
    uint64_t entry;                /* first pc, set by the loader */
    bool observed; /* other CPUs or processes may see guest memory: engine_observed */
    bool stop;     /* a harness's personality sets it: engine_run returns, of each CPU */
};

/* engine_init - M, whose guest and options are set, gets its memory and translation map.
 */
void engine_init(struct machine *m, uint64_t page_bytes);

/* engine_cpu_new - a CPU in the description's reset state, bound to M. Owned by the
 * caller. */
struct cpu *engine_cpu_new(struct machine *m);
void engine_cpu_free(struct cpu *cpu);

/* engine_run - run CPU in this thread; returns only if the personality longjmps or a
 * harness asks. */
void engine_run(struct cpu *cpu);

/*
 * engine_finish - what is to be done before the process ends: prints --stats. Called by
 * exit(); a personality that uses _exit calls it before.
 */
void engine_finish(void);

/* engine_sync - the guest changed code in [gva, gva+len) (cacheflush and its like; len 0:
 * anywhere). Returns when no CPU runs the old code any more; from a personality, or a
 * thread without a CPU. */
void engine_sync(struct machine *m, uint64_t gva, uint64_t len);

/* engine_observed - from now on others than one CPU may see and change guest memory: a
 * second CPU, or a process that shares some of it. Until then atomic operations need no
 * lock; code made so is retired. From a personality, or a thread without a CPU. */
void engine_observed(struct machine *m);

/* engine_kick - make CPU leave generated code at the next block boundary.
 * Async-signal-safe. */
static inline void engine_kick(struct cpu *cpu)
{
    __atomic_store_n(&cpu->attention, 1, __ATOMIC_RELEASE);
}

/* engine_interrupt - the same from a signal handler of CPU's own thread: with
 * --interrupts=unchain its translated code looks for nothing, and is changed to leave. */
void engine_interrupt(struct cpu *cpu);

/* engine_asked - whether CPU was kicked since its personality cleared that. */
static inline bool engine_asked(const struct cpu *cpu)
{
    return __atomic_load_n(&cpu->attention, __ATOMIC_RELAXED) != 0;
}

/* engine_before_fork - in the thread of a CPU that forks, from its personality; then
 * engine_after_fork in the child, which forgets the other threads and starts with an
 * empty cache; engine_forked in the parent, also if there is no child. */
void engine_before_fork(void);
void engine_forked(void);
void engine_after_fork(struct cpu *cpu);

/* engine_read_reg / engine_write_reg - a place in the CPU as a zero-extended number. */
uint64_t engine_read_place(const struct cpu *cpu, const struct guest_place *place);
void engine_write_place(struct cpu *cpu, const struct guest_place *place, uint64_t value);

/* engine_dump_insn - a line of disassembly of the instruction at PC, decoded in CONTEXT;
 * returns its length. */
unsigned engine_dump_insn(const struct machine *m, uint64_t pc, uint32_t context,
                          FILE *to);

/* engine_dump_state - registers of CPU, one file after another, for -d exec and fault
 * reports. */
void engine_dump_state(const struct cpu *cpu, FILE *to);

#endif
