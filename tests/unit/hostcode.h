/*
 * hostcode.h - random regions for tests of the back end.
 *
 * A region reads and writes places behind struct cpu, and memory of MEMORY_BYTES at an
 * address that it is given. It ends after a few rounds of its loops at the latest.
 */
#ifndef TESTS_UNIT_HOSTCODE_H
#define TESTS_UNIT_HOSTCODE_H

#include "guest.h"
#include "ir/ir.h"

enum { STATE = sizeof(struct cpu), STATE_BYTES = 1024 };
enum { MEMORY = 0x10000, MEMORY_BYTES = 0x8000, HOLE = 0x5000 };

/* So many places of each type, AT bytes behind STATE. */
struct gen_file {
    enum ir_type type;
    unsigned at, bytes, count;
};
enum { GEN_FILES = 8 };
extern const struct gen_file gen_files[GEN_FILES];

/* gen_seed - begin a row of random numbers; gen_random - the next one, of 64 bits. */
void gen_seed(uint64_t seed);
uint64_t gen_random64(void);
uint32_t gen_random(uint32_t below);

/* gen_value - a value of TYPE, often one at the edge of something. */
uint64_t gen_value(enum ir_type type);

/* gen_region - a region; its memory stands at guest address BASE. Owned by the caller. */
struct ir *gen_region(bool window, uint64_t base);

#endif
