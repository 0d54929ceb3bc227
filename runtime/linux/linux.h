/*
 * linux.h - the Linux personality: system calls, signals and process state of one guest
 * program.
 *
 * Invariants
 *  (1) What the kernel would know by the guest's architecture comes from struct
 * linux_abi. (2) Inside the personality errno values, signal numbers and flags are the
 * host's; they are converted where they pass the border (convert.c). (3) Guest memory is
 * read after guest_in() and written after guest_out() only; both answer NULL where the
 * guest itself may not. (4) The host's signal mask of a thread equals the guest's, but
 * for the signals of faults, as long as no caught signal waits; while one waits, all are
 * blocked. So one waits at most, and the host's kernel keeps the queue. (5) A call that
 * can block goes through host_block(), so that a signal caught before it starts is never
 * slept over. (6) A signal of faults that someone sent is in the set `held` from its
 * arrival to its delivery; it pends too once the guest lets it in and no other pends.
 *
 * Threads: one today. What belongs to a thread stands in struct linux_thread.
 */
#ifndef ISOMORPH_LINUX_LINUX_H
#define ISOMORPH_LINUX_LINUX_H

#include "engine/engine.h"
#include "linux/abi.h"

#include <signal.h>

/* Answers of a system call's routine that are no errno; see syscall_finish(). */
enum {
    SYS_RESTART = 512, /* negative: restart if the handler has SA_RESTART, else EINTR */
    SYS_RESTART_ALWAYS = 513, /* negative: not made; handlers run, then it is made anew */
    SYS_RESTART_NOHAND = 514  /* negative: restart if no handler runs, else EINTR */
};
/* The kernel's SA_RESTORER, which glibc hides. */
#define HOST_SA_RESTORER 0x04000000

#define SYS_DONE INT64_MIN /* the CPU's state is set already */

enum { GUEST_SIGNALS = 128, HOST_SIGNALS = 64, FAULT_SIGNALS = 4 };

/* What the guest asked for with sigaction; numbers are the guest's, flags the host's. */
struct guest_action {
    uint64_t handler; /* 0 default, 1 ignore */
    uint64_t flags;
    uint64_t restorer;
    uint64_t mask; /* host signal set */
};

struct linux_thread {
    volatile sig_atomic_t pending; /* host number of the caught signal, or 0 */
    siginfo_t info;                /* of that, if it isn't held */
    uint64_t held;                 /* host set */
    siginfo_t held_info[FAULT_SIGNALS];
    uint64_t mask;         /* the guest's signal mask as a host set */
    uint64_t suspend_mask; /* mask to come back to after sigsuspend and its like */
    bool suspended;
    uint64_t alt_sp, alt_size;
    uint32_t alt_flags;
    uint64_t clear_tid, robust_list;
    uint64_t second; /* second result of this call */
    bool has_second;
    int interrupted; /* how the current call was: SYS_RESTART..., or 0 */
    uint64_t next;   /* where that call returns to */
};

struct linux_os {
    struct machine *machine;
    char *exe;     /* real path of the program */
    char **argv;   /* the guest's, for /proc/self/cmdline */
    uint8_t *auxv; /* as the guest sees it */
    size_t auxv_bytes;
    uint64_t brk_start, brk;
    uint64_t stack_low, stack_high;
    uint64_t trampoline; /* where the code that calls sigreturn lies */
    uint64_t top;        /* end of user space */
    struct guest_action actions[GUEST_SIGNALS + 1];
    struct linux_thread main;
};

extern struct linux_os linux_os;
extern const struct personality linux_personality;

/*
 * linux_start - load the program of M's options, make CPU ready at its first instruction.
 * Exits with status 1 and a message if the file can't be run.
 */
void linux_start(struct machine *m, struct cpu *cpu);

static inline struct linux_thread *linux_thread(struct cpu *cpu)
{
    return cpu->thread;
}

/* -- memory (convert.c) -------------------------------------------------------------*/

/* Host address of LEN guest bytes that may be read (written), or NULL: answer EFAULT. */
void *guest_in(struct cpu *cpu, uint64_t gva, uint64_t len);
void *guest_out(struct cpu *cpu, uint64_t gva, uint64_t len);
/* guest_string - the zero-terminated string at GVA, or NULL if it leaves readable memory.
 */
const char *guest_string(struct cpu *cpu, uint64_t gva);

/* Numbers of BYTES bytes in the guest's byte order. */
uint64_t guest_load(const void *p, unsigned bytes);
void guest_store(void *p, unsigned bytes, uint64_t value);
/* Guest words (pointers, longs). */
unsigned guest_word_bytes(void);

/* -- structures (convert.c) ---------------------------------------------------------*/

enum gstruct {
#define STRUCT(name) GS_##name,
#define FIELD(name, member)
#include "linux/structs.def"
#undef STRUCT
#undef FIELD
    GS_COUNT
};

enum gfield {
#define STRUCT(name)
#define FIELD(name, member) GF_##name##_##member,
#include "linux/structs.def"
#undef STRUCT
#undef FIELD
    GF_COUNT
};

size_t struct_bytes(enum gstruct s);
/* field_get - element I of a member, sign-extended if the ABI says so; 0 if there is
 * none. */
int64_t field_get(const void *p, enum gfield f, unsigned i);
/* field_put - false if VALUE doesn't fit. */
bool field_put(void *p, enum gfield f, unsigned i, int64_t value);
/* field_at - its offset, or -1. */
int field_at(enum gfield f);
unsigned field_bytes(enum gfield f); /* all elements */

#define GET(p, s, m)        field_get((p), GF_##s##_##m, 0)
#define PUT(p, s, m, value) field_put((p), GF_##s##_##m, 0, (int64_t)(value))

/* struct_in, struct_out - a whole structure; struct_out also fills it with zeros. */
const void *struct_in(struct cpu *cpu, uint64_t gva, enum gstruct s);
void *struct_out(struct cpu *cpu, uint64_t gva, enum gstruct s);

/* -- values (convert.c) -------------------------------------------------------------*/

enum family {
    FAMILY_errno,
    FAMILY_signal,
    FAMILY_open,
    FAMILY_mmap,
    FAMILY_fcntl,
    FAMILY_lock,
    FAMILY_poll,
    FAMILY_rlimit,
    FAMILY_sighow,
    FAMILY_sigaction,
    FAMILY_sicode,
    FAMILY_sifault,
    FAMILY_socktype,
    FAMILY_sockflag,
    FAMILY_socklevel,
    FAMILY_sockopt,
    FAMILY_iflag,
    FAMILY_oflag,
    FAMILY_cflag,
    FAMILY_csize,
    FAMILY_speed,
    FAMILY_lflag,
    FAMILY_cc,
    FAMILY_ioctl,
    FAMILY_eventfd,
    FAMILY_infinity,
    FAMILY_COUNT
};

/* One value of a family: its name, and its number here and there. */
struct value {
    const char *name;
    int64_t host, guest;
    bool known; /* the guest has it */
};

/* value_of_guest, value_of_host - the entry with that number, or NULL. */
const struct value *value_of_guest(enum family f, int64_t guest);
const struct value *value_of_host(enum family f, int64_t host);
int64_t value_to_host(enum family f, int64_t guest, int64_t otherwise);
int64_t value_to_guest(enum family f, int64_t host, int64_t otherwise);
/* Sets of flags; *REST (may be NULL) gets the bits that have no name. */
uint64_t flags_to_host(enum family f, uint64_t guest, uint64_t *rest);
uint64_t flags_to_guest(enum family f, uint64_t host);
/* family_values - all of a family, for printing; *COUNT entries. */
const struct value *family_values(enum family f, unsigned *count);

/* Signal numbers; 0 if the other side has none. Real-time signals count from 32 on both.
 */
int signal_to_host(int guest);
int signal_to_guest(int host);
/* Sets: host sets are 64 bits, bit n-1 for signal n. false: EFAULT. */
bool sigset_load(struct cpu *cpu, uint64_t gva, uint64_t *set);
bool sigset_store(struct cpu *cpu, uint64_t gva, uint64_t set);
void sigset_put(void *p, unsigned bytes, uint64_t set);
uint64_t sigset_get(const void *p, unsigned bytes);
const char *signal_name(int host);

/* convert_init - before all else; ABI and byte order of the guest. */
void convert_init(const struct guest *guest);
extern const struct linux_abi *abi;

/* -- system calls -------------------------------------------------------------------*/

/*
 * A routine takes its arguments widened as its signature says, and returns the result or
 * -errno (host numbers).
 */
typedef int64_t sys_fn(struct cpu *cpu, const uint64_t *a);

/*
 * An implemented call. The signature has a letter per argument, which tells its width and
 * how -strace shows it: d int   u unsigned   x unsigned, hexadecimal   l long   z size p
 * pointer   q 64 bits s string   f fd   a directory fd   o mode   O open flags   P
 * protection   M mmap flags S signal   b buffer, its length next   t timespec   i ioctl
 * c fcntl command
 */
struct syscall {
    const char *name;
    const char *signature;
    sys_fn *run;
};

/* syscall_serve - serve the call that CPU made; NEXT is the address of the next
 * instruction. */
void syscall_serve(struct cpu *cpu, uint64_t next);
/* syscall_interrupted - an interrupted call does not start anew: it ends with EINTR. */
void syscall_interrupted(struct cpu *cpu);

/* host_call - a host system call that doesn't block: result or -errno. */
int64_t host_call(long nr, long a, long b, long c, long d, long e, long f);
/*
 * host_block - one that may block. -EINTR if a signal was caught in it,
 * -SYS_RESTART_ALWAYS if one was caught before it; then nothing was done, and the routine
 * must answer the same after undoing what it did. Returns with that signal pending.
 */
int64_t host_block(struct cpu *cpu, long nr, long a, long b, long c, long d, long e,
                   long f);
/* The same, but interrupted in it is -SYS_RESTART. */
int64_t host_restart(struct cpu *cpu, long nr, long a, long b, long c, long d, long e,
                     long f);

/* strace.c */
void strace_call(struct cpu *cpu, const char *name, const char *signature,
                 const uint64_t *a);
void strace_result(const char *signature, int64_t result);
void strace_signal(int host, const siginfo_t *info);

/* -- signals (signal.c) -------------------------------------------------------------*/

void signal_init(struct cpu *cpu);
/* signal_block_host - make the host's mask follow the thread's guest mask (and pending).
 */
void signal_set_mask(struct cpu *cpu, uint64_t mask);
/* signal_deliver - deliver the pending signal, if any, at cpu->pc. */
void signal_deliver(struct cpu *cpu);
/* signal_fault - a trap that is HOST signal with CODE at ADDRESS: handler, or the end. */
void signal_fault(struct cpu *cpu, int host, int code, uint64_t address);
/* signal_in_block - for host handlers: was the PC between a check and its blocking call?
 */
void signal_fix_block(void *ucontext);
/* signal_after_fork - nothing pends in the child. */
void signal_after_fork(struct cpu *cpu);
/* signal_before_exec - the new program gets the mask and what waits.
 * signal_after_exec - there is no new program. */
void signal_before_exec(struct cpu *cpu);
void signal_after_exec(struct cpu *cpu);
/* signal_temporary_mask - for ppoll and its like: use MASK until this call ends. The set
 * for the host's call. */
uint64_t signal_temporary_mask(struct cpu *cpu, uint64_t mask);
void signal_end_temporary(struct cpu *cpu);
/* signal_let_in - whether that mask alone lets the pending signal in. */
bool signal_let_in(struct cpu *cpu);
_Noreturn void signal_die(int host);

/* -- paths and files ----------------------------------------------------------------*/

/* path_host - where the guest's PATH lies: the prefix of -L is tried for absolute paths.
 */
const char *path_host(const char *path, char *buffer, size_t size);
/* proc_open - an open file for paths that show the machine (/proc/self/maps), -1 if none.
 */
int proc_open(struct cpu *cpu, const char *path, int flags);
/* proc_link - the target of such a symbolic link (/proc/self/exe), or NULL. */
const char *proc_link(const char *path);

/* A position in a directory as the guest gets it, and back: 32-bit guests get small
 * numbers. */
int64_t dir_position_to_guest(int64_t position);
int64_t dir_position_to_host(int64_t position);

/* Times between guest and host. WIDE chooses timespec64. -EFAULT on bad addresses. */
struct timespec;
int time_in(struct cpu *cpu, uint64_t gva, bool wide, struct timespec *ts);
int time_out(struct cpu *cpu, uint64_t gva, bool wide, const struct timespec *ts);

/* iovec_in - COUNT entries at GVA as host iovecs, checked for ACCESS; NULL and *error. */
struct iovec;
struct iovec *iovec_in(struct cpu *cpu, uint64_t gva, uint64_t count, int access,
                       int *error);

#endif
