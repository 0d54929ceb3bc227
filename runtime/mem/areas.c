/* areas.c - the list of what the guest mapped; see areas.h. */
#include "mem/areas.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

size_t areas_first(const struct mem *m, uint64_t gva)
{
    size_t low = 0, high = m->area_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (m->areas[mid].end > gva)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

static void insert_at(struct mem *m, size_t i, struct mem_area a)
{
    if (m->area_count == m->area_capacity) {
        m->area_capacity = m->area_capacity == 0 ? 64 : m->area_capacity * 2;
        m->areas = xrealloc(m->areas, m->area_capacity * sizeof *m->areas);
    }
    memmove(&m->areas[i + 1], &m->areas[i], (m->area_count - i) * sizeof *m->areas);
    m->areas[i] = a;
    m->area_count++;
}

static void delete_at(struct mem *m, size_t i)
{
    free(m->areas[i].path);
    m->area_count--;
    memmove(&m->areas[i], &m->areas[i + 1], (m->area_count - i) * sizeof *m->areas);
}

/* split_at - make GVA a bound of areas. */
static void split_at(struct mem *m, uint64_t gva)
{
    size_t i = areas_first(m, gva);
    if (i == m->area_count || m->areas[i].start >= gva)
        return;
    struct mem_area upper = m->areas[i];
    upper.start = gva;
    upper.path = upper.path == NULL ? NULL : xstrdup(upper.path);
    if (!upper.anonymous)
        upper.file_offset += gva - m->areas[i].start;
    m->areas[i].end = gva;
    insert_at(m, i + 1, upper);
}

void areas_isolate(struct mem *m, uint64_t start, uint64_t end)
{
    split_at(m, start);
    split_at(m, end);
}

void areas_remove(struct mem *m, uint64_t start, uint64_t end)
{
    areas_isolate(m, start, end);
    size_t i = areas_first(m, start);
    while (i < m->area_count && m->areas[i].start < end)
        delete_at(m, i);
}

static bool same_path(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool joinable(const struct mem_area *a, const struct mem_area *b)
{
    return a->end == b->start && a->prot == b->prot && a->shared == b->shared &&
           a->anonymous == b->anonymous && a->stack == b->stack && a->brk == b->brk &&
           same_path(a->path, b->path) &&
           (a->anonymous || a->file_offset + (a->end - a->start) == b->file_offset);
}

void areas_merge(struct mem *m, uint64_t start, uint64_t end)
{
    size_t i = areas_first(m, start == 0 ? 0 : start - 1);
    while (i + 1 < m->area_count && m->areas[i].start <= end) {
        if (joinable(&m->areas[i], &m->areas[i + 1])) {
            m->areas[i].end = m->areas[i + 1].end;
            delete_at(m, i + 1);
        } else {
            i++;
        }
    }
}

void areas_add(struct mem *m, struct mem_area a)
{
    insert_at(m, areas_first(m, a.start), a);
    areas_merge(m, a.start, a.end);
}

uint64_t areas_covered_to(const struct mem *m, uint64_t start, uint64_t end)
{
    for (size_t i = areas_first(m, start); start < end; i++) {
        if (i == m->area_count || m->areas[i].start > start)
            return start;
        start = m->areas[i].end;
    }
    return end;
}

bool areas_cover(const struct mem *m, uint64_t start, uint64_t end)
{
    return areas_covered_to(m, start, end) == end;
}

bool areas_are_free(const struct mem *m, uint64_t start, uint64_t end)
{
    size_t i = areas_first(m, start);
    return i == m->area_count || m->areas[i].start >= end;
}

uint64_t areas_find_free(const struct mem *m, uint64_t len, uint64_t limit)
{
    size_t i = areas_first(m, limit - 1);
    if (i < m->area_count && m->areas[i].start < limit)
        limit = m->areas[i].start;
    for (;;) {
        uint64_t floor = i == 0 ? MEM_LOWEST : m->areas[i - 1].end;
        if (floor < MEM_LOWEST)
            floor = MEM_LOWEST;
        if (limit >= floor && limit - floor >= len)
            return limit - len;
        if (i == 0)
            return 0;
        limit = m->areas[--i].start;
    }
}
