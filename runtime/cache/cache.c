/* cache.c - translated code: found, linked, retired, evicted; see cache.h. */
#include "cache/space.h"

#include "util/alloc.h"
#include "util/epoch.h"
#include "util/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CONTEXTS = 4, GUEST_PAGE = 4096 };

/* The lookup tables of one CPU. */
struct cache_cpu {
    struct {
        uint32_t context;
        struct host_jump *entries; /* owned */
    } tables[CONTEXTS];
    unsigned count, next_victim;
    struct cache_cpu *next;
};

const struct cache_policy *cache_policy_named(const char *name)
{
    static const struct cache_policy *const all[] = {&cache_flush, &cache_fifo,
                                                     &cache_segments};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}

/* -- memory ------------------------------------------------------------------------- */

static uint8_t *view(int fd, uint64_t bytes, int prot)
{
    void *p = mmap(NULL, bytes, prot, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (p == MAP_FAILED)
        die("no memory for a code cache of %llu bytes: %s", (unsigned long long)bytes,
            strerror(errno));
    madvise(p, bytes, MADV_DONTFORK);
    return p;
}

bool cache_for_perf;
void (*cache_hook)(const struct translation *t, const char *what,
                   const struct translation *to);

static void tell(const struct translation *t, const char *what,
                 const struct translation *to)
{
    if (cache_hook != NULL)
        cache_hook(t, what, to);
}

/* map_shared - as map_memory, by memory that perf takes for anonymous. */
static void map_shared(struct cache *c)
{
    void *p = mmap(NULL, c->bytes, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    void *twice = p == MAP_FAILED ? p : mremap(p, 0, c->bytes, MREMAP_MAYMOVE);
    if (twice == MAP_FAILED || mprotect(twice, c->bytes, PROT_READ | PROT_EXEC) != 0)
        die("no memory for a code cache of %llu bytes: %s", (unsigned long long)c->bytes,
            strerror(errno));
    madvise(p, c->bytes, MADV_DONTFORK);
    madvise(twice, c->bytes, MADV_DONTFORK);
    c->write = p;
    c->code = twice;
}

/* map_memfd - the two views of one memfd. */
static void map_memfd(struct cache *c)
{
    int fd = memfd_create("code-cache", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)c->bytes) != 0)
        die("no memory for a code cache of %llu bytes: %s", (unsigned long long)c->bytes,
            strerror(errno));
    c->code = view(fd, c->bytes, PROT_READ | PROT_EXEC);
    c->write = view(fd, c->bytes, PROT_READ | PROT_WRITE);
    close(fd);
}

/* map_memory - new memory, all of it free. */
static void map_memory(struct cache *c)
{
    if (cache_for_perf)
        map_shared(c);
    else
        map_memfd(c);
    c->at = 0;
    c->free_until = 0;
}

struct cache *cache_new(uint64_t bytes, const struct cache_policy *policy,
                        unsigned jump_shift)
{
    struct cache *c = xcalloc(1, sizeof *c);
    if (bytes < CACHE_BYTES_MIN)
        bytes = CACHE_BYTES_MIN;
    if (bytes > CACHE_BYTES_MAX)
        bytes = CACHE_BYTES_MAX;
    c->bytes = (bytes + CACHE_PAGE - 1) & ~(uint64_t)(CACHE_PAGE - 1);
    c->policy = policy;
    c->jump_shift = jump_shift;
    c->placed = xcalloc(c->bytes / CACHE_PAGE, sizeof *c->placed);
    map_memory(c);
    return c;
}

/* free_first - free the first translation of a list by next_placed, which *P leads to. */
static void free_first(struct translation **p)
{
    struct translation *t = *p;
    *p = t->next_placed;
    free(t->counter);
    free(t);
}

void cache_free(struct cache *c)
{
    epoch_lock();
    cache_evict(c, 0, c->bytes);
    while (c->dead != NULL)
        free_first(&c->dead);
    epoch_unlock();
    while (c->cpus != NULL)
        cache_cpu_free(c, c->cpus);
    hash_clear(&c->map);
    hash_clear(&c->pages);
    free(c->placed);
    munmap(c->code, c->bytes);
    munmap(c->write, c->bytes);
    free(c);
}

/* -- lookup tables ------------------------------------------------------------------ */

enum { TABLE_BYTES = HOST_JUMPS * sizeof(struct host_jump) };

/* clear_table - make TABLE empty, which gives its memory back. */
static void clear_table(const struct cache *c, struct host_jump *table)
{
    if (madvise(table, TABLE_BYTES, MADV_DONTNEED) != 0)
        memset(table, 0, TABLE_BYTES);
    host_jump_clear(table, 0, c->jump_shift); /* the others are clear */
}

static struct host_jump *new_table(void)
{
    void *p = mmap(NULL, TABLE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                   -1, 0);
    if (p == MAP_FAILED)
        die("no memory for a table of jumps: %s", strerror(errno));
    return p;
}

struct cache_cpu *cache_cpu_new(struct cache *c)
{
    struct cache_cpu *cpu = xcalloc(1, sizeof *cpu);
    EPOCH_HOLD;
    cpu->next = c->cpus;
    c->cpus = cpu;
    return cpu;
}

void cache_cpu_free(struct cache *c, struct cache_cpu *cpu)
{
    EPOCH_HOLD;
    struct cache_cpu **p = &c->cpus;
    while (*p != cpu)
        p = &(*p)->next;
    *p = cpu->next;
    for (unsigned i = 0; i < cpu->count; i++)
        munmap(cpu->tables[i].entries, TABLE_BYTES);
    free(cpu);
}

struct host_jump *cache_jumps(struct cache *c, struct cache_cpu *cpu, uint32_t context)
{
    for (unsigned i = 0; i < cpu->count; i++)
        if (cpu->tables[i].context == context)
            return cpu->tables[i].entries;
    unsigned i;
    if (cpu->count < CONTEXTS) {
        i = cpu->count++;
        cpu->tables[i].entries = new_table();
    } else {
        i = cpu->next_victim++ % CONTEXTS;
    }
    cpu->tables[i].context = context;
    clear_table(c, cpu->tables[i].entries);
    return cpu->tables[i].entries;
}

void cache_jump(const struct cache *c, struct host_jump *table,
                const struct translation *t)
{
    table[host_jump_slot(t->pc, c->jump_shift)] =
        (struct host_jump){.pc = t->pc, .code = cache_entry(t)};
}

/* forget_in_tables - no table leads to T any more. A CPU may have compared the pc of the
 * entry already: the code in it stays. */
static void forget_in_tables(const struct cache *c, const struct translation *t)
{
    unsigned slot = host_jump_slot(t->pc, c->jump_shift);
    for (struct cache_cpu *cpu = c->cpus; cpu != NULL; cpu = cpu->next)
        for (unsigned i = 0; i < cpu->count; i++)
            if (cpu->tables[i].entries[slot].code == cache_entry(t))
                host_jump_clear(cpu->tables[i].entries, slot, c->jump_shift);
}

/* -- links -------------------------------------------------------------------------- */

uint8_t *cache_writable(const struct cache *c, const uint8_t *code)
{
    return c->write + (code - c->code);
}

/* aim - make the jump of L lead to host address TO. */
static void aim(const struct cache *c, const struct cache_link *l, const void *to)
{
    const uint8_t *site = l->from->code + l->jump;
    host_patch(c->write + (site - c->code), site, to);
}

static void list_in(struct cache_link *l, struct translation *to)
{
    l->to = to;
    l->next_in = to->in;
    l->prev_in = &to->in;
    if (to->in != NULL)
        to->in->prev_in = &l->next_in;
    to->in = l;
}

static void cut(struct cache *c, struct cache_link *l)
{
    aim(c, l, l->from->code + l->stub);
    *l->prev_in = l->next_in;
    if (l->next_in != NULL)
        l->next_in->prev_in = l->prev_in;
    l->to = NULL;
    c->stats.cut++;
}

void cache_link(struct cache *c, struct cache_link *l, struct translation *to)
{
    if (l->from->retired || to->retired || l->to == to)
        return;
    if (l->to != NULL)
        cut(c, l);
    list_in(l, to);
    aim(c, l, cache_entry(to));
    c->stats.links++;
    tell(l->from, "linked to", to);
}

/* -- map and page lists ------------------------------------------------------------- */

struct translation *cache_find(const struct cache *c, uint64_t pc, uint32_t context)
{
    struct translation *t = hash_find(&c->map, pc);
    while (t != NULL && t->context != context)
        t = t->next_same;
    return t;
}

static void forget_in_map(struct cache *c, struct translation *t)
{
    struct translation *first = hash_find(&c->map, t->pc);
    if (first == t) {
        if (t->next_same == NULL)
            hash_remove(&c->map, t->pc);
        else
            hash_put(&c->map, t->pc, t->next_same);
        return;
    }
    while (first->next_same != t)
        first = first->next_same;
    first->next_same = t->next_same;
}

static void forget_on_pages(struct cache *c, struct translation *t)
{
    for (uint32_t i = 0; i < t->page_count; i++) {
        struct cache_on_page *p = &t->pages[i];
        if (p->next != NULL)
            p->next->prev = p->prev;
        if (p->prev != NULL)
            p->prev->next = p->next;
        else if (p->next != NULL)
            hash_put(&c->pages, p->page, p->next);
        else
            hash_remove(&c->pages, p->page);
    }
}

static uint64_t first_page(const struct cache_range *r)
{
    return r->gva / GUEST_PAGE;
}

static uint64_t last_page(const struct cache_range *r)
{
    return (r->gva + r->len - 1) / GUEST_PAGE;
}

static bool listed(const struct translation *t, uint64_t page)
{
    for (uint32_t i = 0; i < t->page_count; i++)
        if (t->pages[i].page == page)
            return true;
    return false;
}

static void list_on_pages(struct cache *c, struct translation *t)
{
    for (uint32_t i = 0; i < t->range_count; i++) {
        const struct cache_range *r = &t->ranges[i];
        for (uint64_t page = first_page(r); page <= last_page(r); page++) {
            if (listed(t, page))
                continue;
            struct cache_on_page *p = &t->pages[t->page_count++];
            *p = (struct cache_on_page){
                .owner = t, .page = page, .next = hash_find(&c->pages, page)};
            if (p->next != NULL)
                p->next->prev = p;
            hash_put(&c->pages, page, p);
        }
    }
}

/* -- new translations --------------------------------------------------------------- */

static uint32_t pages_at_most(const struct cache_range *ranges, uint32_t count)
{
    uint64_t pages = 0;
    for (uint32_t i = 0; i < count; i++)
        pages += last_page(&ranges[i]) - first_page(&ranges[i]) + 1;
    return (uint32_t)pages;
}

/* take - the next COUNT pieces of SIZE bytes of the memory at *P. */
static void *take(uint8_t **p, size_t count, size_t size)
{
    void *at = *p;
    *p += (count * size + 15) & ~(size_t)15;
    return at;
}

/* new_translation - with its side tables in the same piece of memory. */
static struct translation *new_translation(const struct host_code *code,
                                           const struct cache_range *ranges,
                                           uint32_t range_count)
{
    uint32_t pages = pages_at_most(ranges, range_count);
    size_t bytes = sizeof(struct translation) +
                   code->exit_count * sizeof(struct cache_link) +
                   code->poll_count * sizeof(uint32_t) +
                   code->fault_count * sizeof(struct host_fault) +
                   code->recipe_count * sizeof(struct host_recipe) +
                   range_count * sizeof(struct cache_range) +
                   pages * sizeof(struct cache_on_page) + 7 * 16;
    uint8_t *p = xmalloc(bytes);
    struct translation *t = take(&p, 1, sizeof *t);
    *t = (struct translation){.link_count = code->exit_count,
                              .poll_count = code->poll_count,
                              .fault_count = code->fault_count,
                              .range_count = range_count};
    t->links = take(&p, code->exit_count, sizeof *t->links);
    t->polls = take(&p, code->poll_count, sizeof *t->polls);
    t->faults = take(&p, code->fault_count, sizeof *t->faults);
    t->recipes = take(&p, code->recipe_count, sizeof *t->recipes);
    t->ranges = take(&p, range_count, sizeof *t->ranges);
    t->pages = take(&p, pages, sizeof *t->pages);
    if (code->poll_count != 0)
        memcpy(t->polls, code->polls, code->poll_count * sizeof *t->polls);
    if (code->fault_count != 0)
        memcpy(t->faults, code->faults, code->fault_count * sizeof *t->faults);
    if (code->recipe_count != 0)
        memcpy(t->recipes, code->recipes, code->recipe_count * sizeof *t->recipes);
    if (range_count != 0)
        memcpy(t->ranges, ranges, range_count * sizeof *t->ranges);
    return t;
}

/* put_code - copy CODE to offset AT of the cache, as T's. */
static void put_code(struct cache *c, struct translation *t, const struct host_code *code,
                     uint64_t at)
{
    uint8_t *write = c->write + at;
    memcpy(write, code->bytes, code->size);
    t->code = c->code + at;
    t->size = code->size;
    t->entry = code->entry;
    for (uint32_t i = 0; i < code->exit_count; i++) {
        const struct host_exit *e = &code->exits[i];
        struct cache_link *l = &t->links[i];
        *l =
            (struct cache_link){.from = t, .jump = e->jump, .stub = e->stub, .pc = e->pc};
        memcpy(write + e->id, &l, sizeof l);
    }
    struct translation **placed = &c->placed[at / CACHE_PAGE];
    t->next_placed = *placed;
    *placed = t;
    if (t->size > c->largest)
        c->largest = t->size;
}

/* replace - OLD leaves for T: what led to it leads to T. */
static void replace(struct cache *c, struct translation *old, struct translation *t)
{
    while (old->in != NULL) {
        struct cache_link *l = old->in;
        if (l->from == old)
            cut(c, l);
        else
            cache_link(c, l, t);
    }
    cache_retire(c, old);
}

/* -- room ---------------------------------------------------------------------------- */

/* free_dead - those that no CPU can be in. */
static void free_dead(struct cache *c)
{
    for (struct translation **p = &c->dead; *p != NULL;) {
        if (epoch_passed((*p)->stamp))
            free_first(p);
        else
            p = &(*p)->next_placed;
    }
}

/* dead_in - the last stamp of the dead that reach into the BYTES at offset AT; 0: there
 * are none. */
static uint64_t dead_in(const struct cache *c, uint64_t at, uint32_t bytes)
{
    uint64_t last = 0;
    for (const struct translation *t = c->dead; t != NULL; t = t->next_placed) {
        uint64_t from = (uint64_t)(t->code - c->code);
        if (from < at + bytes && at < from + t->size && t->stamp > last)
            last = t->stamp;
    }
    return last;
}

/* room - where code of SIZE bytes goes, or -1; as cache_room. */
static int64_t room(struct cache *c, uint32_t size)
{
    uint32_t bytes = (size + CACHE_ALIGN - 1) & ~(uint32_t)(CACHE_ALIGN - 1);
    for (;;) {
        int64_t at = c->policy->place(c, bytes);
        if (at < 0)
            return -1;
        free_dead(c);
        uint64_t stamp = dead_in(c, (uint64_t)at, bytes);
        if (stamp == 0)
            return at;
        c->at = (uint64_t)at; /* whoever asks first gets it */
        epoch_wait(stamp);
    }
}

bool cache_room(struct cache *c, uint32_t bytes)
{
    int64_t at = room(c, bytes);
    if (at >= 0)
        c->at = (uint64_t)at;
    return at >= 0;
}

/* -- installing ---------------------------------------------------------------------- */

struct translation *cache_install(struct cache *c, uint64_t pc, uint32_t context,
                                  unsigned tier, const struct host_code *code,
                                  const struct cache_range *ranges, uint32_t range_count,
                                  uint32_t insns)
{
    int64_t at = room(c, code->size);
    if (at < 0)
        return NULL;
    struct translation *t = new_translation(code, ranges, range_count);
    t->pc = pc;
    t->context = context;
    t->tier = (uint8_t)tier;
    t->insns = insns;
    put_code(c, t, code, (uint64_t)at);
    epoch_sync_cores();
    struct translation *old = cache_find(c, pc, context);
    if (old != NULL)
        replace(c, old, t);
    t->next_same = hash_find(&c->map, pc);
    hash_put(&c->map, pc, t);
    list_on_pages(c, t);
    c->stats.installed++;
    c->stats.bytes += code->size;
    return t;
}

/* -- retiring and evicting ---------------------------------------------------------- */

static void unpublish(struct cache *c, struct translation *t)
{
    forget_in_map(c, t);
    forget_on_pages(c, t);
    while (t->in != NULL)
        cut(c, t->in);
    for (uint32_t i = 0; i < t->link_count; i++)
        if (t->links[i].to != NULL)
            cut(c, &t->links[i]);
    forget_in_tables(c, t);
    t->retired = true;
    t->stamp = epoch_next();
}

void cache_retire(struct cache *c, struct translation *t)
{
    unpublish(c, t);
    c->stats.retired++;
    tell(t, "retired", NULL);
}

static bool made_from(const struct translation *t, uint64_t gva, uint64_t len)
{
    for (uint32_t i = 0; i < t->range_count; i++) {
        const struct cache_range *r = &t->ranges[i];
        if (r->gva - gva < len || gva - r->gva < r->len)
            return true;
    }
    return false;
}

static void retire_on_page(struct cache *c, uint64_t page, uint64_t gva, uint64_t len)
{
    struct cache_on_page *p = hash_find(&c->pages, page);
    while (p != NULL) {
        struct cache_on_page *next = p->next;
        if (made_from(p->owner, gva, len))
            cache_retire(c, p->owner);
        p = next;
    }
}

/* retire_all_in - as cache_retire_range, for ranges of more pages than have code. */
static void retire_all_in(struct cache *c, uint64_t gva, uint64_t len)
{
    for (uint64_t i = 0; i < c->bytes / CACHE_PAGE; i++)
        for (struct translation *t = c->placed[i]; t != NULL; t = t->next_placed)
            if (!t->retired && made_from(t, gva, len))
                cache_retire(c, t);
}

void cache_retire_range(struct cache *c, uint64_t gva, uint64_t len)
{
    if (len == 0 || c->map.count == 0)
        return;
    uint64_t first = gva / GUEST_PAGE, last = (gva + len - 1) / GUEST_PAGE;
    if (last - first >= c->bytes / CACHE_PAGE) {
        retire_all_in(c, gva, len);
        return;
    }
    for (uint64_t page = first; page <= last; page++)
        retire_on_page(c, page, gva, len);
}

/* discard - T, which is on no list of the cache's memory any more, is dead. It has a
 * stamp anew: return stacks may name it still, though it was retired long ago. */
static void discard(struct cache *c, struct translation *t)
{
    if (!t->retired) {
        unpublish(c, t);
        c->stats.evicted++;
        tell(t, "evicted", NULL);
    }
    t->stamp = epoch_next();
    t->next_placed = c->dead;
    c->dead = t;
}

/* evict_in_page - evict what begins in page PAGE of the cache and reaches into
 * [from, to). */
static void evict_in_page(struct cache *c, uint64_t page, uint64_t from, uint64_t to)
{
    struct translation **p = &c->placed[page];
    while (*p != NULL) {
        struct translation *t = *p;
        uint64_t at = (uint64_t)(t->code - c->code);
        if (at < to && at + t->size > from) {
            *p = t->next_placed;
            discard(c, t);
        } else {
            p = &t->next_placed;
        }
    }
}

static void note_eviction(struct cache *c)
{
    __atomic_store_n(&c->evictions, c->evictions + 1, __ATOMIC_RELEASE);
}

uint64_t cache_evictions(const struct cache *c)
{
    return __atomic_load_n(&c->evictions, __ATOMIC_ACQUIRE);
}

void cache_evict(struct cache *c, uint64_t from, uint64_t to)
{
    uint64_t low = from > c->largest ? from - c->largest : 0;
    for (uint64_t page = low / CACHE_PAGE; page * CACHE_PAGE < to; page++)
        evict_in_page(c, page, from, to);
    note_eviction(c);
}

void cache_flush_all(struct cache *c)
{
    cache_evict(c, 0, c->bytes);
    c->at = 0;
    c->free_until = 0;
    c->stats.flushes++;
}

/* -- fork ---------------------------------------------------------------------------- */

void cache_after_fork(struct cache *c)
{
    for (uint64_t i = 0; i < c->bytes / CACHE_PAGE; i++) {
        while (c->placed[i] != NULL)
            free_first(&c->placed[i]);
    }
    while (c->dead != NULL)
        free_first(&c->dead);
    hash_clear(&c->map);
    hash_clear(&c->pages);
    for (struct cache_cpu *cpu = c->cpus; cpu != NULL; cpu = cpu->next)
        for (unsigned i = 0; i < cpu->count; i++)
            clear_table(c, cpu->tables[i].entries);
    note_eviction(c);
    c->cut = false;
    map_memory(c);
}

/* -- faults -------------------------------------------------------------------------- */

bool cache_holds(const struct cache *c, uintptr_t pc)
{
    return pc - (uintptr_t)c->code < c->bytes;
}

/* translation_at - whose code holds offset AT of the cache, or NULL. */
static const struct translation *translation_at(const struct cache *c, uint64_t at)
{
    uint64_t low = at > c->largest ? (at - c->largest) / CACHE_PAGE : 0;
    for (uint64_t page = at / CACHE_PAGE + 1; page-- > low;) {
        for (const struct translation *t = c->placed[page]; t != NULL; t = t->next_placed)
            if (at - (uint64_t)(t->code - c->code) < t->size)
                return t;
    }
    for (const struct translation *t = c->dead; t != NULL; t = t->next_placed)
        if (at - (uint64_t)(t->code - c->code) < t->size)
            return t;
    return NULL;
}

static const struct host_fault *fault_at(const struct translation *t, uint32_t code)
{
    uint32_t low = 0, high = t->fault_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (t->faults[middle].code == code)
            return &t->faults[middle];
        if (t->faults[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct translation *cache_fault(const struct cache *c, uintptr_t pc,
                                      const struct host_fault **fault)
{
    *fault = NULL;
    if (!cache_holds(c, pc))
        return NULL;
    EPOCH_HOLD;
    const struct translation *t = translation_at(c, pc - (uintptr_t)c->code);
    if (t != NULL)
        *fault = fault_at(t, (uint32_t)(pc - (uintptr_t)t->code));
    return t;
}

void cache_cut(struct cache *c, bool cut)
{
    if (c->cut == cut)
        return;
    c->cut = cut;
    for (uint64_t page = 0; page < c->bytes / CACHE_PAGE; page++)
        for (const struct translation *t = c->placed[page]; t != NULL; t = t->next_placed)
            for (uint32_t i = 0; i < t->poll_count; i++)
                host_cut(c->write + (t->code - c->code) + t->polls[i], cut);
}

const struct cache_stats *cache_stats(const struct cache *c)
{
    return &c->stats;
}

/* -- tests --------------------------------------------------------------------------- */

static void check_translation(const struct cache *c, const struct translation *t)
{
    bool in_map = cache_find(c, t->pc, t->context) == t;
    if (in_map == t->retired)
        bug("cache: translation of %#llx: in the map and retired, or neither",
            (unsigned long long)t->pc);
    if (t->retired && t->in != NULL)
        bug("cache: links into a retired translation");
    for (const struct cache_link *l = t->in; l != NULL; l = l->next_in)
        if (l->to != t || l->from->retired || *l->prev_in != l)
            bug("cache: a wrong link into %#llx", (unsigned long long)t->pc);
    for (uint32_t i = 0; i < t->link_count; i++)
        if (t->links[i].to != NULL && (t->retired || t->links[i].to->retired))
            bug("cache: a link from or to a retired translation");
    for (uint32_t i = 0; !t->retired && i < t->page_count; i++) {
        const struct cache_on_page *p = hash_find(&c->pages, t->pages[i].page);
        while (p != NULL && p->owner != t)
            p = p->next;
        if (p == NULL)
            bug("cache: translation of %#llx is not on the list of its page",
                (unsigned long long)t->pc);
    }
}

void cache_check(const struct cache *c)
{
    for (uint64_t i = 0; i < c->bytes / CACHE_PAGE; i++)
        for (const struct translation *t = c->placed[i]; t != NULL; t = t->next_placed) {
            check_translation(c, t);
            for (const struct translation *o = t->next_placed; o; o = o->next_placed)
                if (t->code < o->code + o->size && o->code < t->code + t->size)
                    bug("cache: two translations overlap");
        }
    for (const struct cache_cpu *cpu = c->cpus; cpu != NULL; cpu = cpu->next)
        for (unsigned i = 0; i < cpu->count; i++)
            for (unsigned k = 0; k < HOST_JUMPS; k++) {
                const struct host_jump *j = &cpu->tables[i].entries[k];
                if (host_jump_slot(j->pc, c->jump_shift) != k)
                    continue; /* empty */
                const struct translation *t =
                    cache_find(c, j->pc, cpu->tables[i].context);
                if (t == NULL || cache_entry(t) != j->code)
                    bug("cache: a lookup table leads to what is not there");
            }
}
