/*
 * abi.h - an ABI of Linux as constant data: all that the personality must know of one
 * guest.
 *
 * isac writes a `struct linux_abi` from targets/<dir>/<abi>.abi and its tables. The
 * personality contains no number of any ABI; it names things as the kernel's headers do
 * ("O_APPEND", "stat64") and looks the guest's value up here. Values that are the same on
 * every architecture of Linux (AT_*, PROT_*, CLONE_*, clock numbers, S_IF*, MSG_*, ...)
 * are the host's own constants.
 *
 * Invariants
 *  (1) values and structs are sorted by name (strcmp), syscalls by number, traps in text
 * order. (2) A place is a register of struct cpu; an argument is a place or a stack slot.
 *  (3) Byte order and word width are those of struct guest.
 */
#ifndef ISOMORPH_LINUX_ABI_H
#define ISOMORPH_LINUX_ABI_H

#include "guest.h"
#include "load/load.h"

enum { ABI_ARGS = 8 };

/* A named number: an errno, a signal, a flag, an ioctl. */
struct abi_value {
    const char *name;
    int64_t value;
};

/* A member of a structure: `count` elements of `bytes` each, the first at `offset`. */
struct abi_field {
    const char *name;
    uint16_t offset, bytes, count;
    bool sign;
};

struct abi_struct {
    const char *name;
    uint16_t bytes, align;
    const struct abi_field *fields;
    unsigned field_count;
};

struct abi_syscall {
    uint32_t number;
    const char *name;    /* the kernel's */
    const char *routine; /* of ours in syscalls.def; NULL: the same name */
};

/* An argument of a system call: a register, or a slot at sp + stack. */
struct abi_arg {
    struct guest_place place; /* bytes 0: a stack slot */
    int32_t stack;
    uint8_t stack_bytes;
};

/* How a 64-bit argument of a 32-bit ABI takes two slots (in the guest's byte order). */
enum abi_wide {
    ABI_WIDE_ONE,   /* one slot holds 64 bits */
    ABI_WIDE_PLAIN, /* the next two slots */
    ABI_WIDE_EVEN,  /* the next two, the first of even number */
};

enum abi_unaligned { ABI_UNALIGNED_ALLOW, ABI_UNALIGNED_FIXUP, ABI_UNALIGNED_SIGBUS };

/*
 * What a trap means. The first rule whose trap and tests fit is taken. `signal` names a
 * signal, or is "syscall".
 */
struct abi_trap {
    unsigned trap; /* struct trap.number */
    int8_t arg;    /* the argument tested against value, or -1 */
    uint64_t mask; /* (arg & mask) == value */
    uint64_t value;
    const char *signal; /* "SIGFPE", "syscall" */
    const char *code;   /* "FPE_INTDIV", or NULL */
    int8_t address;     /* the argument that is si_addr, or -1: the pc */
};

/* A piece of CPU state in a signal frame: count elements of one file, or bits of a word.
 */
struct abi_save {
    struct guest_place place; /* of the first element */
    uint16_t count;           /* elements, contiguous in struct cpu */
    uint16_t offset;          /* in the frame */
    uint8_t bytes;            /* of an element in the frame */
    uint8_t step;             /* from one element of the frame to the next */
    uint8_t shift, bits;      /* bits > 0: only these bits of the frame's word */
    bool sign;                /* stored sign-extended */
};

struct abi_word {
    uint16_t offset;
    uint8_t bytes;
    uint64_t value;
};

enum abi_set_what {
    ABI_SET_SIGNO,
    ABI_SET_INFO,    /* address of the frame's siginfo */
    ABI_SET_CONTEXT, /* address of its ucontext or sigcontext */
    ABI_SET_FRAME,   /* address of the frame */
    ABI_SET_RETURN,  /* the restorer or the trampoline */
    ABI_SET_HANDLER,
    ABI_SET_NUMBER, /* a constant */
};

struct abi_set {
    struct guest_place place;
    enum abi_set_what what;
    uint64_t number;
};

enum { ABI_NONE = 0xffff }; /* no such offset */

/* The frame that a signal handler finds on its stack. */
struct abi_frame {
    uint16_t bytes;   /* 0: this ABI has no such frame */
    uint16_t align;   /* of the frame's address */
    uint16_t info;    /* offset of siginfo */
    uint16_t context; /* offset of what ABI_SET_CONTEXT points to */
    uint16_t stack;   /* offset of stack_t */
    uint16_t mask;    /* offset of the saved signal mask, mask_bytes of it */
    uint16_t mask_bytes;
    const struct abi_save *saves;
    unsigned save_count;
    const struct abi_word *words; /* constants written into the frame */
    unsigned word_count;
    const struct abi_set *sets; /* registers at the handler's entry */
    unsigned set_count;
    uint16_t trampoline; /* offset of its code in linux_abi.trampoline */
};

/* Code or data that the kernel maps for every program; words in fetch order. */
struct abi_helper {
    uint64_t address;
    const uint32_t *words;
    unsigned word_count;
};

struct linux_abi {
    const char *name; /* "..." */
    struct elf_rules elf;
    uint64_t page_bytes;
    uint64_t top;              /* end of user space: the stack starts below it */
    uint64_t mmap_offset_unit; /* of mmap2's offset, bytes */

    struct guest_place nr, result, second, error, sp, tls;
    uint64_t tls_address; /* nonzero: the kernel also stores the TLS pointer here */
    struct abi_arg args[ABI_ARGS];
    unsigned arg_count;
    enum abi_wide wide;
    enum abi_unaligned unaligned;

    uint64_t hwcap, hwcap2;
    const char *platform;  /* AT_PLATFORM or NULL */
    const char *machine;   /* uname -m */
    unsigned sigset_bytes; /* of the kernel's sigset_t */
    unsigned signals;      /* highest signal number */
    /* Registers at program entry, besides sp and pc. */
    const struct abi_set *entry;
    unsigned entry_count;

    const struct abi_value *values;
    unsigned value_count;
    const struct abi_struct *structs;
    unsigned struct_count;
    const struct abi_syscall *syscalls;
    unsigned syscall_count;
    const struct abi_trap *traps;
    unsigned trap_count;
    struct abi_frame frame_plain; /* handlers without SA_SIGINFO, if they differ */
    struct abi_frame frame_info;
    struct abi_helper trampoline; /* code that calls sigreturn; put anywhere */
    const struct abi_helper *helpers;
    unsigned helper_count;
};

#endif
