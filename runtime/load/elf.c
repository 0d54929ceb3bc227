/*
 * elf.c - the ELF loader; see load.h.
 */
#include "load/load.h"

#include "guest.h"
#include "mem/mem.h"
#include "util/alloc.h"
#include "util/log.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_SEGMENTS = 1024, MAX_PATH = 4096 };

struct segment {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_bytes, memory_bytes;
};

/* A file being loaded. */
struct file {
    const struct load_request *r;
    int fd;
    uint64_t bytes;
    bool big, wide; /* byte order, 64-bit class */
    unsigned type, machine, phnum, phentsize;
    uint32_t flags;
    uint64_t entry, phoff;
    struct segment *segments;
};

static uint64_t number(const uint8_t *p, size_t bytes, bool big)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)p[i] << 8 * (big ? bytes - 1 - i : i);
    return value;
}

/* A member of an ELF structure at P, in the file's class and byte order. */
#define MEMBER(f, p, s, m)                                                             \
    ((f)->wide                                                                         \
         ? number((p) + offsetof(Elf64_##s, m), sizeof(((Elf64_##s *)0)->m), (f)->big) \
         : number((p) + offsetof(Elf32_##s, m), sizeof(((Elf32_##s *)0)->m), (f)->big))

static bool read_at(int fd, void *to, size_t bytes, uint64_t offset)
{
    return offset <= INT64_MAX && pread(fd, to, bytes, (off_t)offset) == (ssize_t)bytes;
}

/* -- headers ------------------------------------------------------------------------*/

/* The ELF header; a text on what is wrong, or NULL. */
static const char *read_header(struct file *f)
{
    uint8_t h[sizeof(Elf64_Ehdr)] = {0};
    ssize_t got = pread(f->fd, h, sizeof(h), 0);

    if (got < EI_NIDENT || memcmp(h, ELFMAG, SELFMAG))
        return "not an ELF file";
    if (h[EI_CLASS] != ELFCLASS32 && h[EI_CLASS] != ELFCLASS64)
        return "damaged ELF file (neither 32 nor 64 bits)";
    if (h[EI_DATA] != ELFDATA2LSB && h[EI_DATA] != ELFDATA2MSB)
        return "damaged ELF file (no byte order)";
    f->wide = h[EI_CLASS] == ELFCLASS64;
    f->big = h[EI_DATA] == ELFDATA2MSB;
    if (got < (ssize_t)(f->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
        return "truncated ELF file (its header is incomplete)";
    f->type = (unsigned)MEMBER(f, h, Ehdr, e_type);
    f->machine = (unsigned)MEMBER(f, h, Ehdr, e_machine);
    f->flags = (uint32_t)MEMBER(f, h, Ehdr, e_flags);
    f->entry = MEMBER(f, h, Ehdr, e_entry);
    f->phoff = MEMBER(f, h, Ehdr, e_phoff);
    f->phnum = (unsigned)MEMBER(f, h, Ehdr, e_phnum);
    f->phentsize = (unsigned)MEMBER(f, h, Ehdr, e_phentsize);
    return NULL;
}

static const char *machine_name(const struct elf_rules *rules, unsigned machine)
{
    for (unsigned i = 0; i < rules->name_count; i++) {
        if (rules->names[i].machine == machine)
            return rules->names[i].name;
    }
    return "unknown";
}

static bool flags_fit(const struct elf_rules *rules, uint32_t flags)
{
    return (flags & rules->flags_mask) == rules->flags_value;
}

/* Dies unless the header says that the file is the guest's. */
static void check_header(const struct file *f)
{
    const struct elf_rules *rules = f->r->rules;
    const char *path = f->r->path;

    if (f->machine != rules->machine && !rules->any_machine)
        die("%s: not a %s ELF file (machine %u, %s)", path, rules->name, f->machine,
            machine_name(rules, f->machine));
    if (f->wide != (rules->word_bits == 64))
        die("%s: not a %u-bit %s ELF file (it is a %u-bit one)", path, rules->word_bits,
            rules->name, f->wide ? 64 : 32);
    if (f->big != f->r->guest->big_endian)
        die("%s: wrong byte order: the file is %s-endian, isomorph-%s runs %s-endian "
            "ones",
            path, f->big ? "big" : "little", f->r->guest->name,
            f->r->guest->big_endian ? "big" : "little");
    if (!flags_fit(rules, f->flags))
        die("%s: made for another ABI (ELF flags %#x)", path, f->flags);
    if (f->type != ET_EXEC && f->type != ET_DYN)
        die("%s: not a program (ELF type %u%s)", path, f->type,
            f->type == ET_REL    ? ", an object file: link it"
            : f->type == ET_CORE ? ", a core dump"
                                 : "");
    if (f->phnum == 0)
        die("%s: has no program headers", path);
    if (f->phnum > MAX_SEGMENTS)
        die("%s: has %u program headers, more than %d", path, f->phnum, MAX_SEGMENTS);
    if (f->phentsize != (f->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
        die("%s: damaged ELF file (a program header of %u bytes)", path, f->phentsize);
}

static void read_segments(struct file *f)
{
    size_t bytes = (size_t)f->phnum * f->phentsize;
    uint8_t *table = xmalloc(bytes);

    if (!read_at(f->fd, table, bytes, f->phoff))
        die("%s: truncated ELF file (its program headers are at %#llx, it has %llu "
            "bytes)",
            f->r->path, (unsigned long long)f->phoff, (unsigned long long)f->bytes);
    f->segments = xcalloc(f->phnum, sizeof(*f->segments));
    for (unsigned i = 0; i < f->phnum; i++) {
        const uint8_t *p = table + (size_t)i * f->phentsize;
        struct segment *s = &f->segments[i];

        s->type = (uint32_t)MEMBER(f, p, Phdr, p_type);
        s->flags = (uint32_t)MEMBER(f, p, Phdr, p_flags);
        s->offset = MEMBER(f, p, Phdr, p_offset);
        s->address = MEMBER(f, p, Phdr, p_vaddr);
        s->physical = MEMBER(f, p, Phdr, p_paddr);
        s->file_bytes = MEMBER(f, p, Phdr, p_filesz);
        s->memory_bytes = MEMBER(f, p, Phdr, p_memsz);
    }
    free(table);
}

/* -- segments -----------------------------------------------------------------------*/

static uint64_t page_down(const struct file *f, uint64_t n)
{
    return n & ~(f->r->mem->page_bytes - 1);
}

static uint64_t page_up(const struct file *f, uint64_t n)
{
    return page_down(f, n + f->r->mem->page_bytes - 1);
}

static void check_segment(const struct file *f, unsigned n)
{
    const struct segment *s = &f->segments[n];
    const char *path = f->r->path;
    uint64_t top = f->r->top;

    if (s->file_bytes > s->memory_bytes)
        die("%s: damaged ELF file (segment %u is larger in the file than in memory)",
            path, n);
    if (s->offset > f->bytes || s->file_bytes > f->bytes - s->offset)
        die("%s: truncated ELF file (segment %u ends at byte %#llx, the file has %#llx)",
            path, n, (unsigned long long)(s->offset + s->file_bytes),
            (unsigned long long)f->bytes);
    if (s->address >= top || s->memory_bytes > top - s->address)
        die("%s: segment %u lies at %#llx with %#llx bytes, beyond the end of memory at "
            "%#llx",
            path, n, (unsigned long long)s->address, (unsigned long long)s->memory_bytes,
            (unsigned long long)top);
    for (unsigned i = 0; i < n; i++) {
        const struct segment *other = &f->segments[i];

        if (other->type == PT_LOAD && other->memory_bytes && s->memory_bytes &&
            s->address < other->address + other->memory_bytes &&
            other->address < s->address + s->memory_bytes)
            die("%s: damaged ELF file (segments %u and %u overlap at %#llx)", path, i, n,
                (unsigned long long)(s->address > other->address ? s->address
                                                                 : other->address));
    }
}

/* Tests all segments; sets the image's bounds (without bias) and what it asks for. */
static void survey(const struct file *f, struct image *image)
{
    bool any = false;

    image->low = UINT64_MAX;
    image->high = 0;
    image->stack_exec = true;
    for (unsigned i = 0; i < f->phnum; i++) {
        const struct segment *s = &f->segments[i];

        if (s->type == PT_GNU_STACK)
            image->stack_exec = s->flags & PF_X;
        if (s->type != PT_LOAD)
            continue;
        check_segment(f, i);
        if (s->memory_bytes == 0)
            continue;
        any = true;
        if (s->address < image->low)
            image->low = s->address;
        if (s->address + s->memory_bytes > image->high)
            image->high = s->address + s->memory_bytes;
        if (f->phoff >= s->offset && f->phoff - s->offset < s->file_bytes)
            image->phdr = s->address + (f->phoff - s->offset);
    }
    if (!any)
        die("%s: has nothing to load", f->r->path);
}

static void read_interpreter(const struct file *f, struct image *image)
{
    for (unsigned i = 0; i < f->phnum; i++) {
        const struct segment *s = &f->segments[i];

        if (s->type != PT_INTERP || image->interpreter)
            continue;
        if (s->file_bytes < 2 || s->file_bytes > MAX_PATH)
            die("%s: damaged ELF file (its interpreter's name has %llu bytes)",
                f->r->path, (unsigned long long)s->file_bytes);
        image->interpreter = xcalloc(1, s->file_bytes + 1);
        if (!read_at(f->fd, image->interpreter, s->file_bytes, s->offset))
            die("%s: truncated ELF file (its interpreter's name is missing)", f->r->path);
    }
}

static _Noreturn void no_memory(const struct file *f, uint64_t address, uint64_t bytes,
                                int64_t error)
{
    die("%s: no memory for %llu bytes at %#llx: %s", f->r->path,
        (unsigned long long)bytes, (unsigned long long)address, strerror((int)-error));
}

static void map_fixed(const struct file *f, uint64_t address, uint64_t bytes, int prot,
                      int fd, uint64_t offset)
{
    int flags = MAP_PRIVATE | MAP_FIXED | (fd < 0 ? MAP_ANONYMOUS : 0);
    int64_t result = mem_map(f->r->mem, address, bytes, prot, flags, fd, (off_t)offset);

    if (result < 0)
        no_memory(f, address, bytes, result);
}

/* Zeros from FROM to the end of its page, which the file's bytes fill in part. */
static void clear_tail(const struct file *f, uint64_t from)
{
    struct mem *m = f->r->mem;
    uint64_t end = page_up(f, from);

    if (from < end && mem_prepare_write(m, from, end - from))
        memset(mem_host(m, from), 0, end - from);
}

/*
 * Maps one segment. Pages that the file fills come from the file if its offset allows,
 * the rest is anonymous. A page shared with the segment before keeps that one's bytes.
 */
static void map_segment(const struct file *f, const struct segment *s, uint64_t bias,
                        uint64_t mapped_to)
{
    struct mem *m = f->r->mem;
    uint64_t page = m->page_bytes, start = s->address + bias;
    uint64_t low = page_down(f, start), file_end = start + s->file_bytes;
    uint64_t end = page_up(f, start + s->memory_bytes);
    int prot = (s->flags & PF_R ? PROT_READ : 0) | (s->flags & PF_W ? PROT_WRITE : 0) |
               (s->flags & PF_X ? PROT_EXEC : 0);
    bool mappable = s->file_bytes && (s->offset & (page - 1)) == (start & (page - 1)) &&
                    low >= mapped_to;

    if (f->r->bare)
        prot = PROT_READ | PROT_WRITE | PROT_EXEC;
    if (mappable) {
        map_fixed(f, low, page_up(f, file_end) - low, PROT_READ | PROT_WRITE, f->fd,
                  s->offset - (start - low));
        clear_tail(f, file_end);
        if (end > page_up(f, file_end))
            map_fixed(f, page_up(f, file_end), end - page_up(f, file_end), prot, -1, 0);
    } else {
        if (low < mapped_to)
            low = mapped_to;
        if (end > low)
            map_fixed(f, low, end - low, PROT_READ | PROT_WRITE, -1, 0);
        low = page_down(f, start);
        mem_protect(m, low, end - low, PROT_READ | PROT_WRITE);
        if (s->file_bytes &&
            (!mem_prepare_write(m, start, s->file_bytes) ||
             !read_at(f->fd, mem_host(m, start), s->file_bytes, s->offset)))
            die("%s: cannot read segment at %#llx: %s", f->r->path,
                (unsigned long long)start, strerror(errno));
    }
    mem_protect(m, low, end - low, prot);
}

static int by_address(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;

    return x->address < y->address ? -1 : x->address > y->address;
}

static void map_segments(struct file *f, uint64_t bias)
{
    uint64_t mapped_to = 0;

    qsort(f->segments, f->phnum, sizeof(*f->segments), by_address);
    for (unsigned i = 0; i < f->phnum; i++) {
        const struct segment *s = &f->segments[i];

        if (s->type != PT_LOAD || !s->memory_bytes)
            continue;
        map_segment(f, s, bias, mapped_to);
        mapped_to = page_up(f, s->address + bias + s->memory_bytes);
    }
}

/* Where memory is, at the physical addresses too. */
static void copy_physical(const struct file *f)
{
    struct mem *m = f->r->mem;

    for (unsigned i = 0; f->r->bare && i < f->phnum; i++) {
        const struct segment *s = &f->segments[i];

        if (s->type == PT_LOAD && s->file_bytes && s->physical != s->address &&
            mem_prepare_write(m, s->physical, s->file_bytes) &&
            !read_at(f->fd, mem_host(m, s->physical), s->file_bytes, s->offset))
            die("%s: cannot be read: %s", f->r->path, strerror(errno));
    }
}

/* A position-independent file gets a place for all of its segments first. */
static uint64_t choose_bias(const struct file *f, const struct image *image)
{
    uint64_t low = page_down(f, image->low), bytes = page_up(f, image->high) - low;
    int64_t place;

    if (f->type != ET_DYN)
        return 0;
    place = mem_map(f->r->mem, f->r->hint, bytes, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place < 0)
        no_memory(f, f->r->hint, bytes, place);
    return (uint64_t)place - low;
}

/* -- the loader ---------------------------------------------------------------------*/

static int open_program(const char *path, uint64_t *bytes)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &st) < 0)
        die("%s: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        die("%s: is a directory", path);
    if (!S_ISREG(st.st_mode))
        die("%s: not a regular file", path);
    *bytes = (uint64_t)st.st_size;
    return fd;
}

void load_elf(const struct load_request *r, struct image *image)
{
    struct file f = {.r = r};
    const char *wrong;

    memset(image, 0, sizeof(*image));
    f.fd = open_program(r->path, &f.bytes);
    wrong = read_header(&f);
    if (wrong)
        die("%s: %s", r->path, wrong);
    check_header(&f);
    read_segments(&f);
    survey(&f, image);
    read_interpreter(&f, image);
    image->bias = choose_bias(&f, image);
    map_segments(&f, image->bias);
    copy_physical(&f);
    image->low += image->bias;
    image->high += image->bias;
    image->entry = f.entry + image->bias;
    if (image->phdr)
        image->phdr += image->bias;
    image->phnum = f.phnum;
    image->phentsize = f.phentsize;
    if (r->guest->word_bits == 32)
        image->entry = (uint32_t)image->entry;
    free(f.segments);
    close(f.fd);
}

bool load_is_elf(const char *path)
{
    char magic[SELFMAG];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool is =
        fd >= 0 && read_at(fd, magic, SELFMAG, 0) && !memcmp(magic, ELFMAG, SELFMAG);

    if (fd >= 0)
        close(fd);
    return is;
}

bool load_is_guest(const char *path, const struct guest *guest,
                   const struct elf_rules *rules)
{
    struct file f = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    bool is;

    if (f.fd < 0)
        return false;
    is = !read_header(&f) && f.machine == rules->machine &&
         f.wide == (rules->word_bits == 64) && f.big == guest->big_endian &&
         flags_fit(rules, f.flags);
    close(f.fd);
    return is;
}

void load_flat(struct mem *mem, const char *path, uint64_t address, struct image *image)
{
    uint64_t bytes, room;
    int fd = open_program(path, &bytes);
    int64_t result;

    memset(image, 0, sizeof(*image));
    if (bytes == 0)
        die("%s: is empty", path);
    room = (bytes + mem->page_bytes - 1) & ~(mem->page_bytes - 1);
    if (address >= mem->top || room > mem->top - address)
        die("%s: has %llu bytes, too many for memory from %#llx", path,
            (unsigned long long)bytes, (unsigned long long)address);
    result = mem_map(mem, address, room, PROT_READ | PROT_WRITE | PROT_EXEC,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (result < 0)
        die("%s: no memory for %llu bytes at %#llx: %s", path, (unsigned long long)bytes,
            (unsigned long long)address, strerror((int)-result));
    if (!read_at(fd, mem_host(mem, address), bytes, 0))
        die("%s: cannot be read: %s", path, strerror(errno));
    close(fd);
    image->entry = image->low = address;
    image->high = address + bytes;
}
