/* mem.c - guest memory in direct mode: placing, mapping, protecting; see mem.h. */
#include "mem/mem.h"

#include "guest.h"
#include "mem/areas.h"
#include "mem/watch.h"
#include "util/alloc.h"
#include "util/epoch.h"
#include "util/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef MAP_32BIT
#define MAP_32BIT 0 /* x86-64 alone has it */
#endif

/* Space on both sides of a window, larger than any displacement that generated code adds.
 */
enum { GUARD_BYTES = 64 * 1024 };

/* The first address that an identity-mapped guest is never given. */
#if defined(__SANITIZE_ADDRESS__)
#define IDENTITY_TOP 0x7fff0000u /* below the sanitizer's shadow */
#else
#define IDENTITY_TOP 0x4000000000u
#endif

static const int reserve_flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

void mem_init(struct mem *m, unsigned word_bits, uint64_t page_bytes)
{
    *m = (struct mem){.page_bytes = page_bytes};
    uint64_t host_page = (uint64_t)sysconf(_SC_PAGESIZE);
    if (page_bytes % host_page != 0)
        die("guest pages of %#llx bytes are not a multiple of the host's %#llx",
            (unsigned long long)page_bytes, (unsigned long long)host_page);
    if (word_bits == 32) {
        size_t bytes = ((size_t)1 << 32) + 2 * GUARD_BYTES;
        uint8_t *p = mmap(NULL, bytes, PROT_NONE, reserve_flags, -1, 0);
        if (p == MAP_FAILED)
            die("can't reserve 4 GiB of address space for the guest: %s",
                strerror(errno));
        m->base = p + GUARD_BYTES;
        m->top = (uint64_t)1 << 32;
        m->window = true;
    } else {
        m->top = IDENTITY_TOP;
    }
    m->hint = m->top;
}

static uint64_t round_up(const struct mem *m, uint64_t n)
{
    return (n + m->page_bytes - 1) & ~(m->page_bytes - 1);
}

static bool aligned(const struct mem *m, uint64_t gva)
{
    return (gva & (m->page_bytes - 1)) == 0;
}

/* range_ok - whether [gva, gva+len), len rounded up, is aligned and inside the guest's
 * space. */
static bool range_ok(const struct mem *m, uint64_t gva, uint64_t len)
{
    return aligned(m, gva) && gva < m->top && len <= m->top - gva;
}

int mem_host_prot(int prot)
{
    int host = prot & (PROT_READ | PROT_EXEC) ? PROT_READ : PROT_NONE;
    return prot & PROT_WRITE ? host | PROT_READ | PROT_WRITE : host;
}

/* code_gone - the code in [gva, gva+len) is about to change: retire it, watch nothing
 * there. */
static void code_gone(struct mem *m, uint64_t gva, uint64_t len)
{
    watch_forget(m, gva, len);
    if (mem_code_changed != NULL)
        mem_code_changed(gva, len);
}

/* release - give [gva, gva+len) back: reserved again in a window, unmapped otherwise. */
static void release(struct mem *m, uint64_t gva, uint64_t len)
{
    if (!m->window) {
        munmap(mem_host(m, gva), len);
        return;
    }
    void *at = mem_host(m, gva);
    if (mmap(at, len, PROT_NONE, reserve_flags | MAP_FIXED, -1, 0) != at)
        die("can't reserve guest memory at %#llx again: %s", (unsigned long long)gva,
            strerror(errno));
}

/*
 * claim - make sure that the holes among our areas in [gva, end) are ours to map. Outside
 * a window something of the runtime may lie there; then nothing changes and the result is
 * -EEXIST.
 */
static int claim(struct mem *m, uint64_t gva, uint64_t end)
{
    if (m->window)
        return 0;
    uint64_t at = gva;
    for (size_t i = areas_first(m, gva); at < end; i++) {
        uint64_t hole_end = end, next = end;
        if (i < m->area_count && m->areas[i].start < end) {
            hole_end = m->areas[i].start;
            next = m->areas[i].end;
        }
        if (hole_end > at) {
            void *host = mem_host(m, at);
            void *p = mmap(host, hole_end - at, PROT_NONE,
                           reserve_flags | MAP_FIXED_NOREPLACE, -1, 0);
            if (p != host) {
                int error = p == MAP_FAILED ? errno : EEXIST;
                if (p != MAP_FAILED)
                    munmap(p, hole_end - at);
                return -error;
            }
        }
        at = next;
    }
    return 0;
}

/* path_of - the name of the file behind FD, owned by the caller, or NULL. */
static char *path_of(int fd)
{
    char link[64], text[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, text, sizeof text - 1);
    if (n < 0)
        return NULL;
    text[n] = '\0';
    return xstrdup(text);
}

/* place - map at exactly GVA, which is aligned and inside; claims, maps, notes. */
static int64_t place(struct mem *m, uint64_t gva, uint64_t len, int prot, int flags,
                     int fd, off_t offset)
{
    int error = claim(m, gva, gva + len);
    if (error != 0)
        return error;
    bool anonymous = (flags & MAP_ANONYMOUS) != 0;
    void *at = mem_host(m, gva);
    int host_flags =
        (flags & ~(MAP_FIXED_NOREPLACE | MAP_GROWSDOWN | MAP_32BIT)) | MAP_FIXED;
    code_gone(m, gva, len);
    if (mmap(at, len, mem_host_prot(prot), host_flags, anonymous ? -1 : fd, offset) !=
        at) {
        error = errno;
        if (areas_are_free(m, gva, gva + len))
            release(m, gva, len);
        return -error;
    }
    areas_remove(m, gva, gva + len);
    areas_add(m, (struct mem_area){.start = gva,
                                   .end = gva + len,
                                   .prot = prot & (PROT_READ | PROT_WRITE | PROT_EXEC),
                                   .shared = (flags & MAP_TYPE) != MAP_PRIVATE,
                                   .anonymous = anonymous,
                                   .file_offset = anonymous ? 0 : (uint64_t)offset,
                                   .path = anonymous ? NULL : path_of(fd)});
    return (int64_t)gva;
}

/* search - place below LIMIT, going down past what the runtime itself has mapped. */
static int64_t search(struct mem *m, uint64_t limit, uint64_t len, int prot, int flags,
                      int fd, off_t offset)
{
    for (;;) {
        uint64_t gva = areas_find_free(m, len, limit);
        if (gva == 0)
            return -ENOMEM;
        int64_t got = place(m, gva, len, prot, flags, fd, offset);
        if (got != -EEXIST)
            return got;
        limit = gva + len - m->page_bytes;
        if (limit < len)
            return -ENOMEM;
    }
}

int64_t mem_map(struct mem *m, uint64_t gva, uint64_t len, int prot, int flags, int fd,
                off_t offset)
{
    EPOCH_HOLD;
    if (len == 0)
        return -EINVAL;
    if (len > m->top)
        return -ENOMEM;
    len = round_up(m, len);
    if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        if (!aligned(m, gva))
            return -EINVAL;
        if (!range_ok(m, gva, len))
            return -ENOMEM;
        if ((flags & MAP_FIXED_NOREPLACE) && !areas_are_free(m, gva, gva + len))
            return -EEXIST;
        return place(m, gva, len, prot, flags, fd, offset);
    }
    gva = round_up(m, gva);
    if (gva >= MEM_LOWEST && range_ok(m, gva, len) && areas_are_free(m, gva, gva + len)) {
        int64_t got = place(m, gva, len, prot, flags, fd, offset);
        if (got != -EEXIST)
            return got;
    }
    int64_t got =
        search(m, m->hint < m->top ? m->hint : m->top, len, prot, flags, fd, offset);
    if (got == -ENOMEM && m->hint < m->top)
        got = search(m, m->top, len, prot, flags, fd, offset);
    return got;
}

int mem_unmap(struct mem *m, uint64_t gva, uint64_t len)
{
    EPOCH_HOLD;
    if (len == 0 || len > m->top)
        return -EINVAL;
    len = round_up(m, len);
    if (!range_ok(m, gva, len))
        return -EINVAL;
    uint64_t end = gva + len;
    code_gone(m, gva, len);
    areas_isolate(m, gva, end);
    for (size_t i = areas_first(m, gva); i < m->area_count && m->areas[i].start < end;
         i++)
        release(m, m->areas[i].start, m->areas[i].end - m->areas[i].start);
    areas_remove(m, gva, end);
    return 0;
}

int mem_protect(struct mem *m, uint64_t gva, uint64_t len, int prot)
{
    EPOCH_HOLD;
    if (!aligned(m, gva) || (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC)) != 0)
        return -EINVAL;
    if (len == 0)
        return 0;
    if (len > m->top)
        return -ENOMEM;
    len = round_up(m, len);
    if (!range_ok(m, gva, len))
        return -ENOMEM;
    uint64_t end = areas_covered_to(m, gva, gva + len);
    bool hole = end < gva + len; /* what stands before it is changed nevertheless */
    if (end == gva)
        return -ENOMEM;
    len = end - gva;
    code_gone(m, gva, len);
    if (mprotect(mem_host(m, gva), len, mem_host_prot(prot)) != 0)
        return -errno;
    areas_isolate(m, gva, end);
    for (size_t i = areas_first(m, gva); i < m->area_count && m->areas[i].start < end;
         i++)
        m->areas[i].prot = prot;
    areas_merge(m, gva, end);
    return hole ? -ENOMEM : 0;
}

int mem_advise(struct mem *m, uint64_t gva, uint64_t len, int advice)
{
    EPOCH_HOLD;
    if (!aligned(m, gva))
        return -EINVAL;
    if (len == 0)
        return 0;
    if (len > m->top)
        return -ENOMEM;
    len = round_up(m, len);
    if (!range_ok(m, gva, len))
        return -ENOMEM;
    uint64_t end = gva + len;
    if (advice == MADV_DONTNEED || advice == MADV_FREE || advice == MADV_REMOVE)
        code_gone(m, gva, len);
    int result = areas_cover(m, gva, end) ? 0 : -ENOMEM;
    for (size_t i = areas_first(m, gva); i < m->area_count && m->areas[i].start < end;
         i++) {
        uint64_t low = m->areas[i].start < gva ? gva : m->areas[i].start;
        uint64_t high = m->areas[i].end > end ? end : m->areas[i].end;
        if (madvise(mem_host(m, low), high - low, advice) != 0)
            return -errno;
    }
    return result;
}

/* grow_in_place - extend area A at [gva, gva+old) to NEW bytes, if what follows is free.
 */
static bool grow_in_place(struct mem *m, const struct mem_area *a, uint64_t gva,
                          uint64_t old, uint64_t new_len)
{
    if (a->end != gva + old || !range_ok(m, gva, new_len) ||
        !areas_are_free(m, gva + old, gva + new_len))
        return false;
    void *at = mem_host(m, gva);
    if (m->window)
        munmap(mem_host(m, gva + old), new_len - old);
    if (mremap(at, old, new_len, 0) == at)
        return true;
    if (m->window)
        release(m, gva + old, new_len - old);
    return false;
}

/* move - move [gva, gva+old) to NEW_GVA, which is claimed; notes it. Returns 0 or -errno.
 */
static int move(struct mem *m, uint64_t gva, uint64_t old, uint64_t new_len,
                uint64_t new_gva)
{
    struct mem_area area = *mem_area_at(m, gva);
    uint64_t inside = gva - area.start;
    void *to = mem_host(m, new_gva);
    code_gone(m, new_gva, new_len);
    if (mremap(mem_host(m, gva), old, new_len, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
        return -errno;
    area.start = new_gva;
    area.end = new_gva + new_len;
    area.path = area.path == NULL ? NULL : xstrdup(area.path);
    if (!area.anonymous)
        area.file_offset += inside;
    if (m->window)
        release(m, gva, old);
    areas_remove(m, gva, gva + old);
    areas_remove(m, new_gva, new_gva + new_len);
    areas_add(m, area);
    return 0;
}

/* move_anywhere - move to a place that mem_map finds. */
static int64_t move_anywhere(struct mem *m, uint64_t gva, uint64_t old, uint64_t new_len)
{
    int64_t to = mem_map(m, 0, new_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (to < 0)
        return to;
    int error = move(m, gva, old, new_len, (uint64_t)to);
    if (error != 0) {
        mem_unmap(m, (uint64_t)to, new_len);
        return error;
    }
    return to;
}

int64_t mem_remap(struct mem *m, uint64_t gva, uint64_t old_len, uint64_t new_len,
                  int flags, uint64_t new_gva)
{
    EPOCH_HOLD;
    if (!aligned(m, gva) || (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED)) != 0 ||
        new_len == 0 || old_len == 0 ||
        ((flags & MREMAP_FIXED) && !(flags & MREMAP_MAYMOVE)))
        return -EINVAL;
    if (old_len > m->top || new_len > m->top)
        return -ENOMEM;
    old_len = round_up(m, old_len);
    new_len = round_up(m, new_len);
    const struct mem_area *a = mem_area_at(m, gva);
    if (a == NULL || !range_ok(m, gva, old_len))
        return -EFAULT;
    if (flags & MREMAP_FIXED) {
        if (!range_ok(m, new_gva, new_len))
            return -EINVAL;
        if (new_gva < gva + old_len && gva < new_gva + new_len)
            return -EINVAL;
    }
    if (new_len < old_len) {
        mem_unmap(m, gva + new_len, old_len - new_len);
        old_len = new_len;
        a = mem_area_at(m, gva);
    }
    if (a->end < gva + old_len)
        return -EFAULT;
    code_gone(m, gva, old_len);
    if (flags & MREMAP_FIXED) {
        int error = claim(m, new_gva, new_gva + new_len);
        if (error == 0)
            error = move(m, gva, old_len, new_len, new_gva);
        return error != 0 ? error : (int64_t)new_gva;
    }
    if (new_len == old_len)
        return (int64_t)gva;
    if (grow_in_place(m, a, gva, old_len, new_len)) {
        m->areas[areas_first(m, gva)].end = gva + new_len;
        areas_merge(m, gva, gva + new_len);
        return (int64_t)gva;
    }
    return flags & MREMAP_MAYMOVE ? move_anywhere(m, gva, old_len, new_len) : -ENOMEM;
}

void mem_mark(struct mem *m, uint64_t gva, uint64_t len, enum mem_mark mark)
{
    EPOCH_HOLD;
    uint64_t end = round_up(m, gva + len);
    gva &= ~(m->page_bytes - 1);
    areas_isolate(m, gva, end);
    for (size_t i = areas_first(m, gva); i < m->area_count && m->areas[i].start < end;
         i++) {
        m->areas[i].stack |= mark == MEM_MARK_STACK;
        m->areas[i].brk |= mark == MEM_MARK_BRK;
    }
    areas_merge(m, gva, end);
}

const struct mem_area *mem_area_at(const struct mem *m, uint64_t gva)
{
    size_t i = areas_first(m, gva);
    return i < m->area_count && m->areas[i].start <= gva ? &m->areas[i] : NULL;
}

/* allows - whether an area with PROT lets the guest do ACCESS; any right makes it
 * readable. */
static bool allows(int prot, int access)
{
    if (access == 0)
        return true;
    if ((access & ACCESS_WRITE) && !(prot & PROT_WRITE))
        return false;
    if ((access & ACCESS_EXEC) && !(prot & PROT_EXEC))
        return false;
    return prot != PROT_NONE;
}

bool mem_access_ok(const struct mem *m, uint64_t gva, uint64_t len, int access)
{
    EPOCH_HOLD;
    if (len == 0)
        return true;
    if (gva >= m->top || len > m->top - gva)
        return false;
    uint64_t end = gva + len;
    for (size_t i = areas_first(m, gva); gva < end; i++) {
        if (i == m->area_count || m->areas[i].start > gva ||
            !allows(m->areas[i].prot, access))
            return false;
        gva = m->areas[i].end;
    }
    return true;
}

bool mem_prepare_read(const struct mem *m, uint64_t gva, uint64_t len)
{
    return mem_access_ok(m, gva, len, ACCESS_READ);
}

bool mem_peek(const struct mem *m, uint64_t gva, void *to, size_t len)
{
    struct iovec here = {to, len}, there = {mem_host(m, gva), len};
    if (!mem_access_ok(m, gva, len, 0))
        return false;
    return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)len;
}
