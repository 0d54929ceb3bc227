/*
 * build.h - the block builder: guest code to records.
 *
 * Invariants
 *  (1) It reads source bytes only from pages that the guest may execute; where it may
 * not, the block ends in a record that raises TRAP_FETCH. Another CPU may write them
 * meanwhile: blocks.c sees to it. (2) A delayed branch and its slot are never separated
 * by the end of a block. (3) All records of a branch and its slot name the branch's pc.
 */
#ifndef ISOMORPH_INTERP_BUILD_H
#define ISOMORPH_INTERP_BUILD_H

#include "interp/rec.h"
#include "mem/mem.h"

struct build {
    const struct guest *guest;
    struct mem *mem;
    const void *const *handlers; /* or NULL */
    unsigned insns_max;          /* 1 .. BLOCK_INSNS_MAX */
    bool checked; /* begin with a check of the source; end after each store */
};

/* Guest code is being read: a host fault now is that of fetching it. */
extern __thread volatile bool build_reading;

/* Memory that build_block needs at most. */
size_t build_bytes_max(unsigned insns_max);

/*
 * build_block - predecode the code at PC in CONTEXT into B, which has build_bytes_max
 * bytes. Sets all of *b but the lists it is on. B may be moved by copying b->size bytes.
 */
void build_block(const struct build *how, struct block *b, uint64_t pc, uint32_t context);

#endif
