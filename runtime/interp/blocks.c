/* blocks.c - the translation map, chains, retiring; see blocks.h. */
#include "interp/blocks.h"

#include "interp/build.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* The memory manager's hook has no argument for it: one map per process. */
static struct blocks *the_blocks;

static void code_changed(uint64_t gva, uint64_t len)
{
    blocks_retire_range(the_blocks, gva, len);
}

void blocks_init(struct blocks *bs, const struct guest *guest, struct mem *mem)
{
    *bs = (struct blocks){.guest = guest,
                          .mem = mem,
                          .chain = true,
                          .insns_max = BLOCK_INSNS_MAX,
                          .heat = 1};
    the_blocks = bs;
    mem_code_changed = code_changed;
}

struct block *blocks_find(struct blocks *bs, uint64_t pc, uint32_t context)
{
    struct block *b = hash_find(&bs->map, pc);
    while (b != NULL && b->context != context)
        b = b->next_same;
    return b;
}

/* page_of - the number of the first (0) or last (1) page of B's source. */
static uint64_t page_of(const struct blocks *bs, const struct block *b, unsigned which)
{
    uint64_t gva = which == 0 ? b->pc : b->pc + b->bytes - 1;
    return gva / bs->mem->page_bytes;
}

static bool on_two_pages(const struct blocks *bs, const struct block *b)
{
    return page_of(bs, b, 0) != page_of(bs, b, 1);
}

/* next_on - the field that links B on the list of PAGE. */
static struct block **next_on(const struct blocks *bs, struct block *b, uint64_t page)
{
    return &b->on_page[page_of(bs, b, 0) == page ? 0 : 1];
}

static void add_to_page(struct blocks *bs, struct block *b, uint64_t page)
{
    *next_on(bs, b, page) = hash_find(&bs->pages, page);
    hash_put(&bs->pages, page, b);
}

static void remove_from_page(struct blocks *bs, struct block *b, uint64_t page)
{
    struct block *first = hash_find(&bs->pages, page);
    if (first == b) {
        if (*next_on(bs, b, page) == NULL)
            hash_remove(&bs->pages, page);
        else
            hash_put(&bs->pages, page, *next_on(bs, b, page));
        return;
    }
    struct block **at = next_on(bs, first, page);
    while (*at != b)
        at = next_on(bs, *at, page);
    *at = *next_on(bs, b, page);
}

/* publish - put the new block B into the map and on the lists of its pages. */
static void publish(struct blocks *bs, struct block *b)
{
    b->next_same = hash_find(&bs->map, b->pc);
    hash_put(&bs->map, b->pc, b);
    add_to_page(bs, b, page_of(bs, b, 0));
    if (on_two_pages(bs, b))
        add_to_page(bs, b, page_of(bs, b, 1));
}

/* copy_of - B, built in scratch memory, in memory of its own. */
static struct block *copy_of(const struct block *b)
{
    struct block *c = xmalloc(b->size);
    memcpy(c, b, b->size);
    return c;
}

/* scratch - memory to build any block in. */
static struct block *scratch(void)
{
    static struct block *memory;
    if (memory == NULL)
        memory = xmalloc(build_bytes_max(BLOCK_INSNS_MAX));
    return memory;
}

static const void *const *handlers_of(const struct blocks *bs)
{
    return bs->cpus == NULL ? NULL : bs->cpus->interp->handlers;
}

/* build_watched - the block at PC into S, of code whose writes are noticed from before it
 * was read. False: they aren't. */
static bool build_watched(const struct build *how, struct block *s, uint64_t pc,
                          uint32_t context)
{
    uint64_t before;
    do {
        before = how->mem->watches;
        build_block(how, s, pc, context);
        if (!mem_watch_code(how->mem, pc, s->bytes))
            return false;
    } while (how->mem->watches != before && epoch_several());
    return true;
}

/* build_checked - the block at PC into S, to be compared with its source, which is
 * returned. Code that changes meanwhile and back again would go unnoticed. */
static uint8_t *build_checked(struct build *how, struct block *s, uint64_t pc,
                              uint32_t context)
{
    const uint8_t *code = mem_host(how->mem, pc);
    uint8_t *source = NULL;
    unsigned bytes;
    how->checked = true;
    build_block(how, s, pc, context);
    do {
        bytes = s->bytes;
        source = xrealloc(source, bytes);
        memcpy(source, code, bytes);
        build_block(how, s, pc, context);
    } while (s->bytes != bytes || memcmp(source, code, bytes) != 0);
    return source;
}

struct block *blocks_get(struct blocks *bs, uint64_t pc, uint32_t context)
{
    bs->lookups++;
    struct block *b = blocks_find(bs, pc, context);
    if (b != NULL)
        return b;
    struct build how = {.guest = bs->guest,
                        .mem = bs->mem,
                        .handlers = handlers_of(bs),
                        .insns_max = bs->insns_max};
    struct block *s = scratch();
    uint8_t *source = NULL;
    if (!build_watched(&how, s, pc, context))
        source = build_checked(&how, s, pc, context);
    b = copy_of(s);
    b->heat = bs->heat;
    b->source = source;
    bs->built++;
    bs->insns += b->insns;
    bs->bytes += b->size;
    publish(bs, b);
    if (bs->built_hook != NULL)
        bs->built_hook(b);
    return b;
}

void blocks_link(struct block *from, struct chain *c, struct block *to)
{
    if (from->retired || c->to != NULL)
        return;
    c->next_in = to->in;
    to->in = c;
    __atomic_store_n(&c->to, to, __ATOMIC_RELEASE);
}

/* unlink_out - take the chain slots of B off the lists of the blocks they lead to. */
static void unlink_out(struct block *b)
{
    for (uint32_t at = b->first_chain; at != 0;) {
        struct chain *c = (struct chain *)((uint8_t *)b + at);
        if (c->to != NULL) {
            struct chain **p = &c->to->in;
            while (*p != c)
                p = &(*p)->next_in;
            *p = c->next_in;
            __atomic_store_n(&c->to, NULL, __ATOMIC_RELAXED);
        }
        at = c->next_own;
    }
}

static void unlink_in(struct block *b)
{
    for (struct chain *c = b->in; c != NULL; c = c->next_in)
        __atomic_store_n(&c->to, NULL, __ATOMIC_RELAXED);
    b->in = NULL;
}

static void forget_in_map(struct blocks *bs, struct block *b)
{
    struct block *first = hash_find(&bs->map, b->pc);
    if (first == b) {
        if (b->next_same == NULL)
            hash_remove(&bs->map, b->pc);
        else
            hash_put(&bs->map, b->pc, b->next_same);
        return;
    }
    while (first->next_same != b)
        first = first->next_same;
    first->next_same = b->next_same;
}

static void forget_in_jumps(struct blocks *bs, const struct block *b)
{
    for (struct interp_cpu *i = bs->cpus; i != NULL; i = i->next) {
        unsigned slot = jump_slot(b->pc, bs->guest->jump_shift);
        if (i->jumps[slot].block == b)
            jump_clear(i, slot, bs->guest->jump_shift);
    }
}

void blocks_retire(struct blocks *bs, struct block *b)
{
    forget_in_map(bs, b);
    remove_from_page(bs, b, page_of(bs, b, 0));
    if (on_two_pages(bs, b))
        remove_from_page(bs, b, page_of(bs, b, 1));
    unlink_out(b);
    unlink_in(b);
    forget_in_jumps(bs, b);
    __atomic_store_n(&b->retired, true, __ATOMIC_RELAXED);
    b->stamp = epoch_next();
    b->next_same = bs->retired;
    bs->retired = b;
    bs->retired_count++;
}

/* retire_on_page - retire what of PAGE has source in [gva, end). */
static void retire_on_page(struct blocks *bs, uint64_t page, uint64_t gva, uint64_t end)
{
    struct block *b = hash_find(&bs->pages, page);
    while (b != NULL) {
        struct block *next = *next_on(bs, b, page);
        if (b->pc < end && gva < b->pc + b->bytes)
            blocks_retire(bs, b);
        b = next;
    }
}

void blocks_retire_range(struct blocks *bs, uint64_t gva, uint64_t len)
{
    if (len == 0 || bs->pages.count == 0)
        return;
    uint64_t first = gva / bs->mem->page_bytes,
             last = (gva + len - 1) / bs->mem->page_bytes;
    if (last - first < bs->pages.capacity) {
        for (uint64_t page = first; page <= last; page++)
            retire_on_page(bs, page, gva, gva + len);
        return;
    }
    for (size_t i = 0; i < bs->pages.capacity;) {
        const struct hash_entry *e = &bs->pages.entries[i];
        uint64_t page = e->key;
        if (e->value != NULL && page >= first && page <= last) {
            size_t before = bs->pages.count;
            retire_on_page(bs, page, gva, gva + len);
            if (bs->pages.count != before)
                continue; /* another entry may have moved here */
        }
        i++;
    }
}

void blocks_reclaim(struct blocks *bs)
{
    for (struct block **p = &bs->retired; *p != NULL;) {
        struct block *b = *p;
        if (epoch_passed(b->stamp)) {
            *p = b->next_same;
            free(b->source);
            free(b);
        } else {
            p = &b->next_same;
        }
    }
}
