/*
 * load.h - puts a program's file into guest memory.
 *
 * Invariants
 *  (1) Nothing in a file is trusted: every number is tested before it is used, and what
 * does not hold ends the program with a message that names the file (exit 1). (2) Which
 * files are the guest's says struct elf_rules, which the ABI's data fills.
 */
#ifndef ISOMORPH_LOAD_LOAD_H
#define ISOMORPH_LOAD_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct guest;
struct mem;

struct elf_name {
    uint16_t machine;
    const char *name;
};

/* What marks an ELF file as the guest's. The byte order is that of struct guest. */
struct elf_rules {
    const char *name;                 /* for messages: "a NAME ELF file" */
    uint16_t machine;                 /* e_machine */
    bool any_machine;                 /* a target without an ABI takes any */
    uint8_t word_bits;                /* 32 or 64 */
    uint32_t flags_mask, flags_value; /* (e_flags & mask) == value */
    const struct elf_name *names;     /* of other machines, for messages */
    unsigned name_count;
};

/* A loaded file. Addresses are the guest's. */
struct image {
    uint64_t entry;
    uint64_t bias;      /* added to the file's addresses */
    uint64_t low, high; /* first byte, end of the last segment */
    uint64_t phdr;      /* where the program headers lie in memory, or 0 */
    unsigned phnum, phentsize;
    bool stack_exec;   /* the program asks for an executable stack, or says nothing */
    char *interpreter; /* PT_INTERP, owned; or NULL */
};

struct load_request {
    struct mem *mem;
    const struct guest *guest;
    const struct elf_rules *rules;
    const char *path;
    uint64_t hint; /* where a position-independent file should go; 0: anywhere */
    uint64_t top;  /* end of the space for programs */
    bool bare;     /* no protection, and the bytes also at their physical addresses, where
                      a program without an OS copies its data from */
};

/* load_elf - map the file of R; dies with a message if it can't be. */
void load_elf(const struct load_request *r, struct image *image);

/* load_is_elf - whether PATH starts as an ELF file does. */
bool load_is_elf(const char *path);

/* load_is_guest - whether PATH is an ELF file that RULES accept. Says nothing otherwise.
 */
bool load_is_guest(const char *path, const struct guest *guest,
                   const struct elf_rules *rules);

/* load_flat - map the bytes of PATH at ADDRESS, readable, writable and executable. */
void load_flat(struct mem *mem, const char *path, uint64_t address, struct image *image);

#endif
