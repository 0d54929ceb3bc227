/*
 * blocks.h - the translation map: guest pc and decode context to block; chains between
 * blocks; retiring.
 *
 * Invariants
 *  (1) A block in the map is not retired, is on the lists of its pages, and every chain
 * slot that leads to it is on its list `in`. (2) Retiring takes a block out of the map,
 * the page lists, all chains and all jump caches, and allocates and frees nothing, so a
 * fault handler may retire. CPUs may be in the block then; blocks_reclaim frees it when
 * all have passed its stamp (util/epoch.h). (3) A block holds what stood in memory when
 * its pages were watched already, or compares it at each entry.
 *
 * Owner: one per process, in machine.blocks. All calls hold the lock of util/epoch.h.
 */
#ifndef ISOMORPH_INTERP_BLOCKS_H
#define ISOMORPH_INTERP_BLOCKS_H

#include "interp/interp.h"
#include "mem/mem.h"
#include "util/hash.h"

struct blocks {
    const struct guest *guest;
    struct mem *mem;
    struct hash map;         /* pc -> first block of that pc */
    struct hash pages;       /* page number -> first block on the page */
    struct block *retired;   /* to be freed; linked by next_same */
    struct interp_cpu *cpus; /* all whose jump caches may name blocks */
    bool chain;              /* --no-chain clears it */
    unsigned insns_max;      /* per block */
    uint32_t heat;           /* of a new block: 0 minus the entries until it is hot */
    /* statistics */
    uint64_t built, insns, bytes, retired_count, lookups, steps;
    /* -d decode: called with each block built; may be NULL */
    void (*built_hook)(const struct block *b);
};

/* blocks_init - an empty map that reports code changes of MEM to itself; no block gets
 * hot. */
void blocks_init(struct blocks *bs, const struct guest *guest, struct mem *mem);

/* blocks_find - the block at PC in CONTEXT, or NULL. */
struct block *blocks_find(struct blocks *bs, uint64_t pc, uint32_t context);

/* blocks_get - the block at PC in CONTEXT, built if need be. Never NULL: a pc that can't
 * be decoded gives a block that traps. */
struct block *blocks_get(struct blocks *bs, uint64_t pc, uint32_t context);

/* blocks_link - make chain slot C, which stands in block FROM, lead to TO. */
void blocks_link(struct block *from, struct chain *c, struct block *to);

/* blocks_retire - as (2) says. */
void blocks_retire(struct blocks *bs, struct block *b);

/* blocks_retire_range - retire what has source bytes in [gva, gva+len). */
void blocks_retire_range(struct blocks *bs, uint64_t gva, uint64_t len);

/* blocks_reclaim - free what is retired and no CPU can be in. */
void blocks_reclaim(struct blocks *bs);

#endif
