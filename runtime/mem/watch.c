/* watch.c - notice writes to pages that hold predecoded code; see watch.h. */
#include "mem/watch.h"

#include "guest.h"
#include "util/epoch.h"
#include "util/log.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

void (*mem_code_changed)(uint64_t gva, uint64_t len);

/* The state of a page is kept in the table's value: bits, and three counts: of write
 * faults since it is watched; of questions whether to watch it again since it isn't; and
 * of the times that it went over to entry checks. */
enum { WATCH_KNOWN = 1, WATCH_PROTECTED = 2, WATCH_CHECKED = 4 };
enum { FAULTS_AT = 3, FAULTS_BITS = 5, CALM_AT = 8, CALM_BITS = 16, GIVEN_UP_AT = 24 };

/* After so many write faults a page goes over to entry checks. */
enum { FAULTS_MAX = 8 };

static unsigned count_at(uintptr_t state, unsigned at, unsigned bits)
{
    return (unsigned)(state >> at) & ((1u << bits) - 1);
}

static uintptr_t state_of(const struct mem *m, uint64_t page)
{
    return (uintptr_t)hash_find(&m->watched, page);
}

static void set_state(struct mem *m, uint64_t page, uintptr_t state)
{
    hash_put(&m->watched, page, (void *)state);
}

static void host_protect(struct mem *m, uint64_t page, int prot)
{
    if (mprotect(mem_host(m, page * m->page_bytes), m->page_bytes, prot) != 0)
        die("can't change the protection of guest page %#llx: %s",
            (unsigned long long)(page * m->page_bytes), strerror(errno));
}

static bool writable(const struct mem *m, uint64_t page)
{
    const struct mem_area *a = mem_area_at(m, page * m->page_bytes);
    return a != NULL && (a->prot & PROT_WRITE) != 0;
}

bool mem_watch_code(struct mem *m, uint64_t gva, uint64_t len)
{
    EPOCH_HOLD;
    bool noticed = true;
    uint64_t last = (gva + len - 1) / m->page_bytes;
    for (uint64_t page = gva / m->page_bytes; page <= last; page++) {
        if (!writable(m, page))
            continue;
        uintptr_t state = state_of(m, page);
        if (state & WATCH_CHECKED) {
            noticed = false;
        } else if (!(state & WATCH_PROTECTED)) {
            host_protect(m, page, PROT_READ);
            set_state(m, page, state | WATCH_KNOWN | WATCH_PROTECTED);
            m->watches++;
        }
    }
    return noticed;
}

/* open_page - let the guest write PAGE again, retiring the code there. */
static void open_page(struct mem *m, uint64_t page, uintptr_t state)
{
    if (mem_code_changed != NULL)
        mem_code_changed(page * m->page_bytes, m->page_bytes);
    host_protect(m, page, PROT_READ | PROT_WRITE);
    set_state(m, page, state & ~(uintptr_t)WATCH_PROTECTED);
}

bool mem_write_fault(struct mem *m, uint64_t gva)
{
    EPOCH_HOLD;
    uint64_t page = gva / m->page_bytes;
    uintptr_t state = state_of(m, page);
    if (!writable(m, page))
        return false;
    if (!(state & WATCH_PROTECTED)) /* another CPU has opened it since */
        return epoch_several();
    m->write_faults++;
    state += (uintptr_t)1 << FAULTS_AT;
    if (count_at(state, FAULTS_AT, FAULTS_BITS) >= FAULTS_MAX) {
        state |= WATCH_CHECKED;
        if (count_at(state, GIVEN_UP_AT, 8) < CALM_BITS - 1)
            state += (uintptr_t)1 << GIVEN_UP_AT;
        __atomic_add_fetch(&m->checked_pages, 1, __ATOMIC_RELAXED);
    }
    open_page(m, page, state);
    return true;
}

bool mem_code_checked(const struct mem *m, uint64_t gva)
{
    return state_of(m, gva / m->page_bytes) & WATCH_CHECKED;
}

bool mem_watch_again(struct mem *m, uint64_t gva)
{
    EPOCH_HOLD;
    uint64_t page = gva / m->page_bytes;
    uintptr_t state = state_of(m, page);
    unsigned given_up = count_at(state, GIVEN_UP_AT, 8);
    if (!(state & WATCH_CHECKED) || !writable(m, page))
        return false;
    state += (uintptr_t)1 << CALM_AT;
    if (count_at(state, CALM_AT, CALM_BITS) >> (given_up - 1) == 0) {
        set_state(m, page, state);
        return false;
    }
    if (mem_code_changed != NULL)
        mem_code_changed(page * m->page_bytes, m->page_bytes);
    host_protect(m, page, PROT_READ);
    set_state(m, page,
              WATCH_KNOWN | WATCH_PROTECTED | (uintptr_t)given_up << GIVEN_UP_AT);
    m->watches++;
    return true;
}

bool mem_prepare_write(struct mem *m, uint64_t gva, uint64_t len)
{
    EPOCH_HOLD;
    if (!mem_access_ok(m, gva, len, ACCESS_WRITE))
        return false;
    if (len == 0 || m->watched.count == 0)
        return true;
    uint64_t last = (gva + len - 1) / m->page_bytes;
    for (uint64_t page = gva / m->page_bytes; page <= last; page++) {
        uintptr_t state = state_of(m, page);
        if (state & WATCH_PROTECTED)
            open_page(m, page, state);
    }
    return true;
}

/* forget - PAGE is watched no more; a write there is the guest's own business again. */
static void forget(struct mem *m, uint64_t page)
{
    if ((state_of(m, page) & WATCH_PROTECTED) && writable(m, page))
        host_protect(m, page, PROT_READ | PROT_WRITE);
    hash_remove(&m->watched, page);
}

void watch_forget(struct mem *m, uint64_t gva, uint64_t len)
{
    uint64_t first = gva / m->page_bytes, last = (gva + len - 1) / m->page_bytes;
    if (last - first < m->watched.count) {
        for (uint64_t page = first; page <= last; page++)
            forget(m, page);
        return;
    }
    for (size_t i = 0; i < m->watched.capacity;) {
        struct hash_entry *e = &m->watched.entries[i];
        if (e->value != NULL && e->key >= first && e->key <= last)
            forget(m, e->key); /* may move another entry to I: look again */
        else
            i++;
    }
}

/* -- sealing ------------------------------------------------------------------------- */

static void protect_areas(struct mem *m, bool seal)
{
    for (size_t i = 0; i < m->area_count; i++) {
        const struct mem_area *a = &m->areas[i];
        int prot = mem_host_prot(a->prot);
        if (a->prot & PROT_WRITE)
            mprotect(mem_host(m, a->start), a->end - a->start,
                     seal ? prot & ~PROT_WRITE : prot);
    }
}

void mem_seal(struct mem *m)
{
    protect_areas(m, true);
}

void mem_unseal(struct mem *m)
{
    protect_areas(m, false);
    for (size_t i = 0; i < m->watched.capacity; i++) {
        const struct hash_entry *e = &m->watched.entries[i];
        if (e->value != NULL && ((uintptr_t)e->value & WATCH_PROTECTED) &&
            writable(m, e->key))
            host_protect(m, e->key, PROT_READ);
    }
}

bool mem_open(struct mem *m, uint64_t gva)
{
    uint64_t page = gva / m->page_bytes;
    if (!writable(m, page) || (state_of(m, page) & WATCH_PROTECTED))
        return false;
    host_protect(m, page, PROT_READ | PROT_WRITE);
    return true;
}
