/*
 * areas.h - the list of what the guest mapped; private to runtime/mem.
 *
 * Invariants
 *  (1) m->areas is sorted by start, without overlap, every bound page aligned.
 *  (2) Two neighbours that could be one are one.
 */
#ifndef ISOMORPH_MEM_AREAS_H
#define ISOMORPH_MEM_AREAS_H

#include "mem/mem.h"

/* areas_first - index of the first area that ends after GVA (area_count if none). */
size_t areas_first(const struct mem *m, uint64_t gva);

/* areas_remove - forget everything in [start, end), splitting areas at the bounds. */
void areas_remove(struct mem *m, uint64_t start, uint64_t end);

/* areas_add - add A, whose range is free, and merge it with its neighbours; takes over
 * A.path. */
void areas_add(struct mem *m, struct mem_area a);

/* areas_isolate - make START and END bounds of areas, so that whole ones can be changed.
 */
void areas_isolate(struct mem *m, uint64_t start, uint64_t end);

/* areas_merge - join what can be joined, around and in [start, end). */
void areas_merge(struct mem *m, uint64_t start, uint64_t end);

/* areas_cover - true if no address of [start, end) is free. */
bool areas_cover(const struct mem *m, uint64_t start, uint64_t end);

/* areas_covered_to - the first free address in [start, end), or END. */
uint64_t areas_covered_to(const struct mem *m, uint64_t start, uint64_t end);

/* areas_are_free - true if all of [start, end) is free. */
bool areas_are_free(const struct mem *m, uint64_t start, uint64_t end);

/* areas_find_free - highest free range of LEN bytes that ends at LIMIT or below; 0 if
 * none. */
uint64_t areas_find_free(const struct mem *m, uint64_t len, uint64_t limit);

#endif
