/*
 * memory.c - the guest's address space: mmap and its kin, brk.
 */
#include "linux/linux.h"
#include "linux/calls.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static int64_t map(struct cpu *cpu, const uint64_t *a, uint64_t offset)
{
    struct mem *m = &cpu->machine->mem;
    int flags = (int)flags_to_host(FAMILY_mmap, a[3], NULL);
    int prot = (int)a[2] & (PROT_READ | PROT_WRITE | PROT_EXEC);
    int fd = flags & MAP_ANONYMOUS ? -1 : (int)a[4];

    if (a[1] == 0 || offset & (m->page_bytes - 1))
        return -EINVAL;
    if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) &&
        (a[1] > linux_os.top || a[0] > linux_os.top - a[1]))
        return -ENOMEM;
    if (flags & MAP_SHARED)
        engine_observed(cpu->machine);
    /* Placement is the mapper's; these would only confuse the host. */
    flags &= ~(MAP_GROWSDOWN | MAP_HUGETLB | MAP_DENYWRITE | MAP_EXECUTABLE);
    return mem_map(m, a[0], a[1], prot, flags, fd, (off_t)offset);
}

int64_t sys_mmap(struct cpu *cpu, const uint64_t *a)
{
    return map(cpu, a, a[5]);
}

int64_t sys_mmap2(struct cpu *cpu, const uint64_t *a)
{
    return map(cpu, a, a[5] * abi->mmap_offset_unit);
}

/* old_mmap: the arguments lie in memory. */
int64_t sys_old_mmap(struct cpu *cpu, const uint64_t *a)
{
    unsigned word = guest_word_bytes();
    const uint8_t *p = guest_in(cpu, a[0], 6 * word);
    uint64_t b[6];

    if (!p)
        return -EFAULT;
    for (unsigned i = 0; i < 6; i++)
        b[i] = guest_load(p + i * word, word);
    return map(cpu, b, b[5]);
}

int64_t sys_munmap(struct cpu *cpu, const uint64_t *a)
{
    if (a[1] > linux_os.top || a[0] > linux_os.top - a[1])
        return -EINVAL; /* the kernel's helpers above stay */
    return mem_unmap(&cpu->machine->mem, a[0], a[1]);
}

int64_t sys_mprotect(struct cpu *cpu, const uint64_t *a)
{
    return mem_protect(&cpu->machine->mem, a[0], a[1],
                       (int)a[2] & (PROT_READ | PROT_WRITE | PROT_EXEC));
}

int64_t sys_mremap(struct cpu *cpu, const uint64_t *a)
{
    return mem_remap(&cpu->machine->mem, a[0], a[1], a[2], (int)a[3], a[4]);
}

/* A range with holes: what is mapped is advised, and the answer is ENOMEM. */
int64_t sys_madvise(struct cpu *cpu, const uint64_t *a)
{
    struct mem *m = &cpu->machine->mem;
    uint64_t page = m->page_bytes, at = a[0],
             end = a[0] + ((a[1] + page - 1) & ~(page - 1));
    bool hole = false;

    if (at & (page - 1) || end < at)
        return -EINVAL;
    for (size_t i = 0; i < m->area_count && at < end; i++) {
        uint64_t to = m->areas[i].end < end ? m->areas[i].end : end;
        int result;

        if (m->areas[i].end <= at)
            continue;
        if (m->areas[i].start >= end)
            break;
        if (m->areas[i].start > at) {
            hole = true;
            at = m->areas[i].start;
        }
        result = mem_advise(m, at, to - at, (int)a[2]);
        if (result)
            return result;
        at = to;
    }
    return hole || at < end ? -ENOMEM : 0;
}

/* The range is the host's too, in direct mode; but it must be the guest's. */
static int64_t range_call(struct cpu *cpu, long nr, const uint64_t *a, long c)
{
    struct mem *m = &cpu->machine->mem;

    if (nr == SYS_msync && a[0] & (m->page_bytes - 1))
        return -EINVAL;
    if (a[1] && !mem_access_ok(m, a[0], a[1], 0))
        return -ENOMEM;
    return host_call(nr, (long)(uintptr_t)mem_host(m, a[0]), (long)a[1], c, 0, 0, 0);
}

int64_t sys_msync(struct cpu *cpu, const uint64_t *a)
{
    return range_call(cpu, SYS_msync, a, (long)a[2]);
}

int64_t sys_mlock(struct cpu *cpu, const uint64_t *a)
{
    return range_call(cpu, SYS_mlock, a, 0);
}

int64_t sys_munlock(struct cpu *cpu, const uint64_t *a)
{
    return range_call(cpu, SYS_munlock, a, 0);
}

/* Locking everything would lock the runtime as well. */
int64_t sys_mlockall(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu, (void)a;
    return 0;
}

int64_t sys_munlockall(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu, (void)a;
    return 0;
}

int64_t sys_mincore(struct cpu *cpu, const uint64_t *a)
{
    struct mem *m = &cpu->machine->mem;
    uint64_t pages = (a[1] + m->page_bytes - 1) / m->page_bytes;
    uint8_t *p;

    if (a[0] & (m->page_bytes - 1))
        return -EINVAL;
    if (a[1] && !mem_access_ok(m, a[0], a[1], 0))
        return -ENOMEM;
    p = guest_out(cpu, a[2], pages);
    if (!p)
        return -EFAULT;
    for (uint64_t i = 0; i < pages; i++)
        p[i] = 1;
    return 0;
}

int64_t sys_brk(struct cpu *cpu, const uint64_t *a)
{
    struct mem *m = &cpu->machine->mem;
    uint64_t page = m->page_bytes;
    uint64_t old = (linux_os.brk + page - 1) & ~(page - 1),
             new = (a[0] + page - 1) & ~(page - 1);

    if (a[0] < linux_os.brk_start || new < a[0])
        return (int64_t)linux_os.brk;
    if (new > old) {
        if (new > m->top || mem_map(m, old, new - old, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
                                    0) != (int64_t)old)
            return (int64_t)linux_os.brk;
        mem_mark(m, old, new - old, MEM_MARK_BRK);
    } else if (new < old) {
        mem_unmap(m, new, old - new);
    }
    linux_os.brk = a[0];
    return (int64_t)a[0];
}

/* -- calls of one architecture about its memory -------------------------------------*/

/* Instructions at [a0, a1) were written; cacheflush has a length in place of the end. */
int64_t sys_flush_icache(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    if (a[1] > a[0] && mem_code_changed)
        mem_code_changed(a[0], a[1] - a[0]);
    return 0;
}

int64_t sys_cacheflush(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    if (a[1] && mem_code_changed)
        mem_code_changed(a[0], a[1]);
    return 0;
}

/* The thread pointer: a register of the CPU, or a word that helper code reads, or both.
 */
int64_t sys_set_thread_area(struct cpu *cpu, const uint64_t *a)
{
    if (abi->tls.bytes)
        engine_write_place(cpu, &abi->tls, a[0]);
    if (abi->tls_address) { /* not for guest_out: the kernel writes there */
        struct mem *m = &cpu->machine->mem;

        mem_write_fault(m, abi->tls_address); /* opens the page if its code was run */
        guest_store(mem_host(m, abi->tls_address), guest_word_bytes(), a[0]);
    }
    return 0;
}
