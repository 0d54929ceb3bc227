/*
 * abi.h - an ABI as read from its .abi file and tables: places, structures, numbers,
 * traps, frames.
 *
 * Invariants
 *  (1) What the ABI extends is read first; what is said again replaces it (structures,
 * values and system calls by name or number, clauses as a whole, trap rules by trap). (2)
 * values, structs and operations are sorted by name, calls by number. (3) After an error
 * was reported the parts concerned are left out.
 */
#ifndef GEN_ABI_H
#define GEN_ABI_H

#include "model.h"

/* An element of a register, the pc, or nothing. */
struct abi_place {
    const struct reg *reg;
    unsigned index;
    bool is_pc;
};

struct abi_number {
    const char *name;
    int64_t value;
    struct loc loc;
};

struct abi_numbers {
    struct abi_number *at;
    size_t len, cap;
};

struct abi_member {
    const char *name;
    unsigned offset, bytes, count;
    bool sign;
};

struct abi_layout {
    const char *name;
    struct loc loc;
    unsigned bytes, align;
    VEC(struct abi_member) members;
};

struct abi_call {
    uint32_t number;
    const char *name, *routine; /* routine NULL: the same name */
    struct loc loc;
};

struct abi_argument {
    struct abi_place place;
    bool stack;
    int offset; /* from the stack pointer */
    unsigned bytes;
};

struct abi_rule {
    const struct trap_decl *trap;
    int arg; /* tested, or -1 */
    uint64_t mask, value;
    const char *signal, *code;
    int address; /* argument that is the address, or -1 */
};

struct abi_words {
    uint64_t address;
    VEC(uint32_t) words;
};

struct abi_saved {
    struct abi_place place;
    unsigned count, offset, bytes, step;
    int bit; /* of the frame's word, or -1 */
};

struct abi_assign {
    struct abi_place place;
    const char *what; /* "signo", ...; NULL: number */
    uint64_t number;
};

struct abi_constant {
    unsigned offset, bytes;
    uint64_t value;
};

struct abi_frame_model {
    const struct abi_layout *layout; /* NULL: there is none */
    unsigned align, trampoline;
    int info, context, stack, mask; /* offsets, or -1 */
    unsigned mask_bytes;
    VEC(struct abi_saved) saves;
    VEC(struct abi_constant) constants;
    VEC(struct abi_assign) sets;
};

struct abi_range {
    uint64_t start, bytes;
};

struct abi_model {
    const struct model *m;
    const char *name;
    bool bare;
    const char *elf_name;
    unsigned elf_machine, elf_class;
    uint32_t elf_mask, elf_value;
    struct abi_numbers machines;
    uint64_t page, top, mmap_unit, hwcap, hwcap2;
    const char *machine, *platform;
    struct abi_place sp, tls, nr, result, second, error;
    uint64_t tls_address;
    VEC(struct abi_argument) args;
    const char *wide, *unaligned;
    unsigned signals, sigset;
    struct abi_numbers values;
    VEC(struct abi_layout *) structs;
    VEC(struct abi_call) calls;
    VEC(struct abi_rule) rules;
    VEC(struct abi_words) words;
    struct abi_words trampoline;
    struct abi_frame_model plain, info;
    VEC(struct abi_assign) entry;
    /* bare */
    VEC(struct abi_range) ram;
    uint64_t load;
    const struct trap_decl *call_trap;
    VEC(struct abi_constant)
    around; /* words that stand around the call's trap; offset as int */
    struct abi_place op, argument;
    struct abi_numbers operations;
};

/* abi_read - the ABI of M's target, or NULL if it has none. Reports what is wrong. */
const struct abi_model *abi_read(const struct model *m);

/* abi_unaligned_works - the ABI says that plain unaligned accesses work (`allow` or
 * `fixup`). */
bool abi_unaligned_works(const struct model *m);

#endif
