/*
 * mem.h - guest memory: the memory mapper in direct mode.
 *
 * Invariants
 *  (1) A guest address gva is the host address mem.base + gva; for 32-bit guests base is
 * the start of a reserved 4 GiB window with inaccessible guard pages on both sides; for
 * 64-bit guests base is 0 (identity) and only addresses below mem.top are given out. (2)
 * The area list says, for every guest page, what the guest asked for (guest protection,
 * file); the host protection may be less (watched code pages, never host-executable). (3)
 * Every change of a mapping or of protection bumps the generation of the pages concerned
 * and retires the translated code on them before it takes effect.
 *
 * Owner: one per process. All that changes areas or watches pages takes the lock of
 * util/epoch.h; who keeps what mem_area_at returns holds it.
 */
#ifndef ISOMORPH_MEM_H
#define ISOMORPH_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/hash.h"

struct mem {
    uint8_t *base; /* host address of guest address 0 */
    uint64_t top;  /* first guest address never given out (<= 2^32 or 2^47) */
    uint64_t
        page_bytes; /* the guest's page size; a multiple of the host's in direct mode */
    struct mem_area *areas; /* sorted by start; owned */
    size_t area_count, area_capacity;
    uint64_t hint;          /* where placement searches start, downwards; the mmap base */
    bool window;            /* the whole space is reserved (32-bit guests) */
    struct hash watched;    /* guest page number -> state of a page that holds code */
    uint64_t watches;       /* times that a page was protected */
    uint64_t write_faults;  /* statistics: faults on watched pages */
    uint64_t checked_pages; /* statistics: pages that went over to entry checks */
};

/* One run of guest pages with the same properties. Protections are PROT_* bits as guest
 * sees them. */
struct mem_area {
    uint64_t start, end; /* [start, end), page aligned */
    int prot;
    bool shared, anonymous, stack, brk;
    uint64_t file_offset;
    char *path; /* owned; NULL for anonymous memory */
};

/*
 * Nothing is placed below MEM_LOWEST unless it is asked for there with MAP_FIXED.
 * A personality may lower m->top and set m->hint right after mem_init.
 */
enum { MEM_LOWEST = 0x10000 };

/* mem_init - reserve the guest's space. word_bits is 32 or 64. Exits with a message on
 * failure. */
void mem_init(struct mem *m, unsigned word_bits, uint64_t page_bytes);

/*
 * mem_map - map LEN bytes (rounded up to pages) for the guest; as mmap(2), but all flags
 * are the host's MAP_* bits and the result is a guest address. MAP_FIXED replaces;
 * without it a place is searched near GVA or from the top down. Returns the guest
 * address, or -errno.
 */
int64_t mem_map(struct mem *m, uint64_t gva, uint64_t len, int prot, int flags, int fd,
                off_t offset);
/* These return 0 or -errno, with the rules of the system calls of the same names. */
int mem_unmap(struct mem *m, uint64_t gva, uint64_t len);
int mem_protect(struct mem *m, uint64_t gva, uint64_t len, int prot);
int mem_advise(struct mem *m, uint64_t gva, uint64_t len, int advice);
/* mem_remap - as mremap(2); returns the new guest address or -errno. */
int64_t mem_remap(struct mem *m, uint64_t gva, uint64_t old_len, uint64_t new_len,
                  int flags, uint64_t new_gva);

/* mem_mark - note that [gva, gva+len) is the main stack or the brk heap (for
 * /proc/self/maps). */
enum mem_mark { MEM_MARK_STACK, MEM_MARK_BRK };
void mem_mark(struct mem *m, uint64_t gva, uint64_t len, enum mem_mark mark);

/* mem_area_at - the area that holds GVA, or NULL. */
const struct mem_area *mem_area_at(const struct mem *m, uint64_t gva);

/*
 * mem_access_ok - true if all of [gva, gva+len) is mapped with at least ACCESS (enum
 * access; 0: mapped at all).
 */
bool mem_access_ok(const struct mem *m, uint64_t gva, uint64_t len, int access);

/* mem_host - host address of gva; says nothing about whether it is mapped. */
static inline void *mem_host(const struct mem *m, uint64_t gva)
{
    return m->base + gva;
}

/*
 * mem_prepare_write - call before the runtime or the kernel writes [gva, gva+len) for the
 * guest: retires translated code there and opens watched pages. Returns false if the
 * guest may not write there (the caller answers EFAULT).
 */
bool mem_prepare_write(struct mem *m, uint64_t gva, uint64_t len);

/* mem_prepare_read - false if the guest may not read there. */
bool mem_prepare_read(const struct mem *m, uint64_t gva, uint64_t len);

/*
 * mem_peek - copy LEN bytes at GVA to TO, whatever the guest may do there, without a
 * fault. Returns false if they are not all there (unmapped, or beyond a file's end).
 */
bool mem_peek(const struct mem *m, uint64_t gva, void *to, size_t len);

/*
 * mem_watch_code - code at [gva, gva+len) is predecoded: the guest's writes must be
 * noticed. If m->watches changes, another CPU may have written between what was read
 * before and now. Returns false if they are not noticed on one of its pages, because the
 * page is written so often that watching it costs too much; then each entry to the code
 * compares the source bytes.
 */
bool mem_watch_code(struct mem *m, uint64_t gva, uint64_t len);

/*
 * mem_write_fault - a host write fault at guest address GVA: if it hit a watched page
 * that the guest may write, retires the code there, opens the page and returns true
 * (retry the access). So it does if another CPU has opened it since. May be called by a
 * fault handler of a thread in guest code.
 */
bool mem_write_fault(struct mem *m, uint64_t gva);

/* mem_code_checked - whether the page of GVA is one whose code is compared at each entry.
 * With the lock. */
bool mem_code_checked(const struct mem *m, uint64_t gva);

/*
 * mem_watch_again - code at GVA, on such a page, was executed often and never found
 * changed: whether the page is watched again from now on. That takes one such question
 * the first time, then 2, 4, ... If so, the code there is retired.
 */
bool mem_watch_again(struct mem *m, uint64_t gva);

/*
 * mem_seal - for --verify: take the right to write from all guest pages on the host.
 * mem_unseal gives it back where the guest has it, but for watched pages; mem_open does
 * for the page of GVA, and returns false if there is nothing to give.
 */
void mem_seal(struct mem *m);
void mem_unseal(struct mem *m);
bool mem_open(struct mem *m, uint64_t gva);

/* The translation map's hook: called with ranges whose code must be retired. */
extern void (*mem_code_changed)(uint64_t gva, uint64_t len);

#endif
