/*
 * stack.c - the initial stack of a program: strings, auxiliary vector, environment,
 * arguments.
 */
#include "linux/start.h"

#include "util/alloc.h"
#include "util/log.h"

#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

enum {
    STACK_ALIGN = 16,
    RANDOM_BYTES = 16,
    MAX_AUXV = 24,
    DEFAULT_STACK = 8 << 20,
    LEAST_STACK_PAGES = 16
};

/* The stack being filled, from the top down. */
struct filler {
    struct cpu *cpu;
    uint64_t sp, low;
};

static void *push(struct filler *f, size_t bytes)
{
    struct mem *m = &f->cpu->machine->mem;

    if (bytes > f->sp - f->low)
        die("%s: the arguments and the environment are too long for a stack of %llu "
            "bytes",
            f->cpu->machine->options.program,
            (unsigned long long)(linux_os.stack_high - linux_os.stack_low));
    f->sp -= bytes;
    if (!mem_prepare_write(m, f->sp, bytes))
        bug("the initial stack at %#llx cannot be written", (unsigned long long)f->sp);
    return mem_host(m, f->sp);
}

static uint64_t push_string(struct filler *f, const char *text)
{
    size_t bytes = strlen(text) + 1;

    memcpy(push(f, bytes), text, bytes);
    return f->sp;
}

static size_t count_of(char *const *v)
{
    size_t n = 0;

    while (v[n])
        n++;
    return n;
}

/* Pushes the strings of V, last first; returns their addresses. */
static uint64_t *push_strings(struct filler *f, char *const *v)
{
    size_t n = count_of(v);
    uint64_t *at = xcalloc(n + 1, sizeof(*at));

    while (n-- > 0)
        at[n] = push_string(f, v[n]);
    return at;
}

struct auxv {
    uint64_t entries[MAX_AUXV][2];
    unsigned count;
};

static void aux(struct auxv *v, uint64_t type, uint64_t value)
{
    v->entries[v->count][0] = type;
    v->entries[v->count++][1] = value;
}

static void fill_auxv(struct auxv *v, const struct start *s, uint64_t random,
                      uint64_t platform, uint64_t file)
{
    const struct image *program = s->program;

    aux(v, AT_HWCAP, abi->hwcap);
    aux(v, AT_PAGESZ, abi->page_bytes);
    aux(v, AT_CLKTCK, (uint64_t)sysconf(_SC_CLK_TCK));
    aux(v, AT_PHDR, program->phdr);
    aux(v, AT_PHENT, program->phentsize);
    aux(v, AT_PHNUM, program->phnum);
    aux(v, AT_BASE, s->interpreter ? s->interpreter->bias : 0);
    aux(v, AT_FLAGS, 0);
    aux(v, AT_ENTRY, program->entry);
    aux(v, AT_UID, getuid());
    aux(v, AT_EUID, geteuid());
    aux(v, AT_GID, getgid());
    aux(v, AT_EGID, getegid());
    aux(v, AT_SECURE, 0);
    aux(v, AT_RANDOM, random);
    aux(v, AT_HWCAP2, abi->hwcap2);
    aux(v, AT_EXECFN, file);
    if (platform)
        aux(v, AT_PLATFORM, platform);
    aux(v, AT_NULL, 0);
}

/* Guest words from the values at FROM; their count is N. */
static uint8_t *put_words(uint8_t *to, const uint64_t *from, size_t n)
{
    unsigned word = guest_word_bytes();

    for (size_t i = 0; i < n; i++, to += word)
        guest_store(to, word, from[i]);
    return to;
}

uint64_t stack_bytes(const struct machine *m)
{
    uint64_t page = m->mem.page_bytes, least = LEAST_STACK_PAGES * page;
    uint64_t bytes = m->options.stack_bytes ? m->options.stack_bytes : DEFAULT_STACK;

    if (bytes < least)
        die("a stack of %llu bytes is too small; give at least %llu",
            (unsigned long long)bytes, (unsigned long long)least);
    if (bytes > linux_os.top / 2)
        die("a stack of %llu bytes is more than half of the guest's memory",
            (unsigned long long)bytes);
    return (bytes + page - 1) & ~(page - 1);
}

void stack_map(struct cpu *cpu, bool exec)
{
    struct machine *m = cpu->machine;
    uint64_t bytes = stack_bytes(m);
    int prot = PROT_READ | PROT_WRITE | (exec ? PROT_EXEC : 0);
    int64_t result;

    result = mem_map(&m->mem, linux_os.top - bytes, bytes, prot,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_STACK | MAP_NORESERVE,
                     -1, 0);
    if (result < 0)
        die("no memory for a stack of %llu bytes: %s", (unsigned long long)bytes,
            strerror((int)-result));
    mem_mark(&m->mem, linux_os.top - bytes, bytes, MEM_MARK_STACK);
    linux_os.stack_low = linux_os.top - bytes;
    linux_os.stack_high = linux_os.top;
}

void stack_build(struct cpu *cpu, const struct start *s)
{
    const struct options *o = &cpu->machine->options;
    struct filler f = {.cpu = cpu};
    struct auxv v = {.count = 0};
    unsigned word = guest_word_bytes();
    uint64_t *argv, *envp, file, platform = 0, random, argc = count_of(o->argv), zero = 0;
    size_t words;
    uint8_t *p;

    f.sp = linux_os.stack_high - word;
    f.low = linux_os.stack_low + 4 * cpu->machine->mem.page_bytes;
    file = push_string(&f, o->program);
    envp = push_strings(&f, o->envp);
    argv = push_strings(&f, o->argv);
    if (abi->platform)
        platform = push_string(&f, abi->platform);
    p = push(&f, RANDOM_BYTES);
    random = f.sp;
    if (getrandom(p, RANDOM_BYTES, GRND_NONBLOCK) != RANDOM_BYTES)
        memset(p, 0x5a, RANDOM_BYTES);

    fill_auxv(&v, s, random, platform, file);
    words = 1 + argc + 1 + count_of(o->envp) + 1 + 2 * v.count;
    f.sp &= ~(uint64_t)(STACK_ALIGN - 1);
    push(&f, (STACK_ALIGN - words * word % STACK_ALIGN) % STACK_ALIGN);
    p = push(&f, words * word);
    p = put_words(p, &argc, 1);
    p = put_words(p, argv, argc);
    p = put_words(p, &zero, 1);
    p = put_words(p, envp, count_of(o->envp));
    p = put_words(p, &zero, 1);
    linux_os.auxv_bytes = (size_t)2 * v.count * word;
    linux_os.auxv = xmalloc(linux_os.auxv_bytes);
    put_words(p, v.entries[0], (size_t)2 * v.count);
    memcpy(linux_os.auxv, p, linux_os.auxv_bytes);
    engine_write_place(cpu, &abi->sp, f.sp);
    free(argv);
    free(envp);
}
