/*
 * watch.h - which pages hold predecoded code, and how writes to them are noticed; private
 * to runtime/mem.
 *
 * Invariants
 *  (1) A page is in m->watched once code on it was predecoded while the guest could write
 * it. (2) A `protected` page is not writable on the host; a `checked` page is, and the
 * code on it compares its source bytes at each entry. Never both. (3) What is not watched
 * has the host protection of its area (mem_host_prot).
 */
#ifndef ISOMORPH_MEM_WATCH_H
#define ISOMORPH_MEM_WATCH_H

#include "mem/mem.h"

/* mem_host_prot - the host's protection for memory that the guest protected with PROT. */
int mem_host_prot(int prot);

/*
 * watch_forget - [gva, gva+len) is mapped, protected or advised anew: forget what is
 * known of its pages, and give them their area's protection back. Called while the areas
 * are the old ones.
 */
void watch_forget(struct mem *m, uint64_t gva, uint64_t len);

#endif
