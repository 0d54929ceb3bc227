/*
 * bare.h - the personality of a target without an operating system: console, files and
 * exit.
 *
 * A target's ABI describes the calls as constant data (semihosting: a trap, told from
 * others by the words around it, and three registers). A target without an ABI ends with
 * a trap that its description names Exit(code) and writes a character with one named
 * Put(character).
 *
 * Invariants
 *  (1) operations are sorted by name (strcmp).
 *  (2) A handle of the guest is never a descriptor of the host; 0 is none.
 */
#ifndef ISOMORPH_BARE_BARE_H
#define ISOMORPH_BARE_BARE_H

#include "engine/engine.h"
#include "load/load.h"

/* Memory that is there from the start, readable, writable and executable. */
struct bare_ram {
    uint64_t start, bytes;
};

/* An instruction word that must stand at the trap's pc + offset, in fetch byte order. */
struct bare_word {
    int32_t offset;
    uint32_t value;
};

struct bare_operation {
    const char *name; /* "SYS_WRITE0" */
    uint64_t number;
};

struct bare_abi {
    const char *name;
    struct elf_rules elf;
    struct guest_place sp; /* gets the end of the program's memory; bytes 0: none */
    const struct bare_ram *ram;
    unsigned ram_count;
    uint64_t load; /* where a flat file goes, and starts */
    unsigned trap; /* of a call */
    const struct bare_word *words;
    unsigned word_count;
    struct guest_place op, argument, result;
    const struct bare_operation *operations;
    unsigned operation_count;
};

/* bare_start - load the program of M's options, make CPU ready. Exits with a message if
 * not. */
void bare_start(struct machine *m, struct cpu *cpu);

extern const struct personality bare_personality;

/* What semihosting needs to know of the program; set by bare_start. */
struct bare_os {
    struct machine *machine;
    const struct bare_abi *abi;
    uint64_t heap, heap_end, stack, stack_end; /* stack_end is its lowest address */
};
extern struct bare_os bare_os;

/* semihost - serve operation NUMBER with ARGUMENT; the result. May end the program. */
int64_t semihost(uint64_t number, uint64_t argument);

#endif
