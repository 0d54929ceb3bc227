/* region_plan.c - what a region takes in; see region_plan.h. */
#include "engine/region_plan.h"

#include "engine/region.h"
#include "engine/translate.h"
#include "interp/blocks.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Records of one instruction, which are thrown away. */
enum { RECORDS_BYTES = 4 * REC_BYTES_MAX };

void plan_free(struct plan *p)
{
    free(p->pcs);
    hash_clear(&p->by_pc);
}

/* -- fetching -----------------------------------------------------------------------*/

/* readable - whether the guest may execute at GVA and we can read there; from now on
 * writes there are noticed. */
static bool readable(struct plan *p, uint64_t gva)
{
    uint64_t page = gva & ~(p->m->mem.page_bytes - 1);
    uint8_t byte;
    for (unsigned i = 0; i < p->page_count; i++)
        if (p->pages[i] == page)
            return true;
    if (p->page_count == PLAN_PAGES_MAX ||
        !mem_access_ok(&p->m->mem, gva, 1, ACCESS_EXEC) ||
        !mem_peek(&p->m->mem, gva, &byte, 1) ||
        (!p->checked && !mem_watch_code(&p->m->mem, gva, 1)))
        return false;
    p->pages[p->page_count++] = page;
    return true;
}

bool plan_decode(struct plan *p, uint64_t pc, struct decoded *d)
{
    const struct guest *g = p->m->guest;
    uint64_t page_bytes = p->m->mem.page_bytes,
             left = page_bytes - (pc & (page_bytes - 1));
    const uint8_t *bytes = mem_host(&p->m->mem, pc);
    *d = (struct decoded){0};
    if ((pc & (g->insn_bytes_min - 1)) != 0 || !readable(p, pc))
        return false;
    unsigned avail = left < g->insn_bytes_max ? (unsigned)left : g->insn_bytes_max;
    int form = g->decode(bytes, avail, p->context, d);
    if (form == DECODE_SHORT && readable(p, pc + left))
        form = g->decode(bytes, g->insn_bytes_max, p->context, d);
    return form >= 0;
}

uint32_t plan_flags(const struct plan *p, const struct decoded *d, uint64_t pc,
                    uint64_t *target, bool *direct, bool *is_delayed)
{
    _Alignas(16) uint8_t records[RECORDS_BYTES];
    uint32_t flags = p->m->guest->forms[d->form].flags;
    if (!(flags & (FORM_BRANCH | FORM_ENDS_BLOCK))) { /* the form says all */
        if (direct != NULL)
            *direct = false;
        if (is_delayed != NULL)
            *is_delayed = false;
        return flags;
    }
    struct bind b = {.d = d, .pc = pc, .context = p->context, .at = records};
    p->m->guest->bind(&b);
    if (direct != NULL)
        *direct = b.chain != 0;
    if (target != NULL && b.chain != 0)
        *target = ((const struct chain *)((const uint8_t *)b.main + b.chain))->target;
    if (is_delayed != NULL)
        *is_delayed = (b.flags & FORM_BRANCH) && b.delayed != 0;
    return b.flags;
}

/* -- blocks -------------------------------------------------------------------------*/

static uint64_t key(uint64_t pc, uint32_t frame)
{
    return pc ^ (uint64_t)frame << 56;
}

const struct plan_block *plan_find(const struct plan *p, uint64_t pc, uint32_t frame)
{
    if (p->line)
        return NULL;
    return hash_find(&p->by_pc, key(pc, frame));
}

/* covered_bit - the bit of plan.covered for PC in FRAME. */
static unsigned covered_bit(const struct plan *p, uint64_t pc, uint32_t frame)
{
    return ((unsigned)(pc >> p->m->guest->jump_shift) ^ frame * 331u) %
           (64 * PLAN_COVERED_WORDS);
}

/* cover - note that [pc, end) in FRAME belongs to a block. */
static void cover(struct plan *p, uint64_t pc, uint64_t end, uint32_t frame)
{
    for (; pc < end; pc += UINT64_C(1) << p->m->guest->jump_shift) {
        unsigned bit = covered_bit(p, pc, frame);
        p->covered[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

/* maybe_covered - false if PC in FRAME is in no block. */
static bool maybe_covered(const struct plan *p, uint64_t pc, uint32_t frame)
{
    unsigned bit = covered_bit(p, pc, frame);
    return p->covered[bit / 64] >> bit % 64 & 1;
}

static void note_pc(struct plan *p, struct plan_block *b, uint64_t pc)
{
    p->pcs[p->pc_count++] = pc;
    p->frames[b->frame].insns++;
    b->insns++;
}

/* superblock - the translation at PC that counts entries, or one that needs no count;
 * NULL: there is none. */
static struct translation *superblock(const struct plan *p, uint64_t pc)
{
    const struct translator *tr = p->m->translator;
    return tr->tier == TIER_AUTO ? cache_find(tr->cache, pc, p->context) : NULL;
}

/* used - whether jumps have led to PC more than once in a while. */
static bool used(const struct plan *p, uint64_t pc)
{
    const struct block *b = blocks_find(p->m->blocks, pc, p->context);
    return b != NULL && !b->checked &&
           (p->m->translator->tier != TIER_AUTO || superblock(p, pc) != NULL);
}

/* called_often - whether the function at PC is entered as often as a call that is worth
 * taking in, by what is known of it and of the region's entry. */
static bool called_often(const struct plan *p, uint64_t pc)
{
    const struct translation *callee = superblock(p, pc),
                             *entry = superblock(p, p->blocks[0].pc);
    return used(p, pc) &&
           (callee == NULL || callee->counter == NULL || entry == NULL ||
            heat_entries(callee) >= heat_entries(entry) / PLAN_CALLS_SHARE);
}

/* open_frame - for the call to CALLEE at the end of B, if it may be taken in; else 0. */
static uint32_t open_frame(struct plan *p, const struct plan_block *b, uint64_t callee)
{
    const struct plan_frame *up = &p->frames[b->frame];
    if (p->frame_count == PLAN_FRAMES_MAX || up->depth == PLAN_CALL_DEPTH ||
        callee == p->blocks[0].pc || !called_often(p, callee))
        return 0;
    for (const struct plan_frame *f = up; f->callee != 0; f = &p->frames[f->up])
        if (f->callee == callee)
            return 0;
    p->frames[p->frame_count] = (struct plan_frame){.callee = callee,
                                                    .ret = b->end,
                                                    .site = b->pc,
                                                    .up = b->frame,
                                                    .depth = up->depth + 1};
    return p->frame_count++;
}

/* guess - where the computed jump at PC most often leads to, or 0. */
static uint64_t guess(const struct plan *p, uint64_t pc)
{
    const struct translator *tr = p->m->translator;
    const struct host_site *site =
        p->m->options.no_inline_cache ? NULL : hash_find(&tr->sites, pc);
    return site != NULL && site->changes <= site->count / 8 ? site->target : 0;
}

/* scan - find the end of block B. */
static void scan(struct plan *p, struct plan_block *b)
{
    b->first = p->pc_count;
    b->end = b->pc;
    for (;;) {
        struct decoded d, in_slot;
        bool direct, slot;
        uint64_t pc = b->end, target = 0;
        if (p->pc_count + 2 > REGION_INSNS_MAX ||
            (pc != b->pc && maybe_covered(p, pc, b->frame) &&
             plan_find(p, pc, b->frame) != NULL)) {
            b->falls = true;
            return;
        }
        note_pc(p, b, pc);
        if (!plan_decode(p, pc, &d)) {
            b->end += p->m->guest->insn_bytes_min;
            return;
        }
        uint32_t flags = plan_flags(p, &d, pc, &target, &direct, &slot);
        b->end += d.bytes;
        if (slot)
            b->end += plan_decode(p, b->end, &in_slot) ? in_slot.bytes
                                                       : p->m->guest->insn_bytes_min;
        if ((flags & FORM_BRANCH) && direct && (flags & FORM_CALL)) {
            b->calls = open_frame(p, b, target);
        } else if ((flags & FORM_BRANCH) && direct) {
            b->jumps = true;
            b->target = target;
        } else if ((flags & (FORM_BRANCH | FORM_RETURN)) == FORM_BRANCH) {
            b->guess = b->target = guess(p, pc);
            b->jumps = b->guess != 0 && !(flags & FORM_CALL);
            b->calls = b->guess != 0 && !b->jumps ? open_frame(p, b, b->guess) : 0;
        }
        b->returns = (flags & FORM_RETURN) != 0;
        if ((flags & FORM_ENDS_BLOCK) || ((flags & FORM_BRANCH) && (flags & FORM_ALWAYS)))
            return;
        if (flags & FORM_BRANCH) {
            b->falls = true;
            return;
        }
    }
}

/* split - end block B at PC, one of its instructions, and return the rest as a new block;
 * NULL if PC is none. */
static struct plan_block *split(struct plan *p, struct plan_block *b, uint64_t pc)
{
    struct plan_block *rest = &p->blocks[p->block_count];
    for (uint32_t i = 1; i < b->insns; i++) {
        if (p->pcs[b->first + i] != pc)
            continue;
        *rest = *b;
        rest->pc = b->end = pc;
        rest->first += i;
        rest->insns -= i;
        b->insns = i;
        b->jumps = b->returns = false;
        b->calls = 0;
        b->guess = 0;
        b->falls = true;
        p->block_count++;
        hash_put(&p->by_pc, key(pc, b->frame), rest);
        return rest;
    }
    return NULL;
}

/* has_region - whether there is a region that begins at PC and takes in the code at
 * INSIDE. */
static bool has_region(const struct plan *p, uint64_t pc, uint64_t inside)
{
    const struct cache *c = p->m->translator->cache;
    const struct translation *t = c != NULL ? cache_find(c, pc, p->context) : NULL;
    for (uint32_t i = 0; t != NULL && t->tier > 1 && i < t->range_count; i++)
        if (inside - t->ranges[i].gva < t->ranges[i].len)
            return true;
    return false;
}

/* add - plan the code at PC in FRAME, if there is room and it isn't planned. The head of
 * a loop around the region's own pc is left to the region there. */
static void add(struct plan *p, uint64_t pc, uint32_t frame)
{
    if (plan_find(p, pc, frame) != NULL || p->block_count == PLAN_BLOCKS_MAX ||
        p->pc_count + 2 > REGION_INSNS_MAX ||
        (frame != 0 && p->frames[frame].insns > PLAN_CALLEE_INSNS) ||
        (frame == 0 && has_region(p, pc, p->blocks[0].pc)))
        return;
    bool maybe = maybe_covered(p, pc, frame);
    for (uint32_t i = 0; maybe && i < p->block_count; i++) {
        struct plan_block *b = &p->blocks[i];
        if (b->frame == frame && pc > b->pc && pc < b->end) {
            split(p, b, pc);
            return;
        }
    }
    struct plan_block *b = &p->blocks[p->block_count++];
    *b = (struct plan_block){.pc = pc, .frame = frame};
    hash_put(&p->by_pc, key(pc, frame), b);
    scan(p, b);
    cover(p, b->pc, b->end, frame);
}

/* add_successors - plan what block I leads to. */
static void add_successors(struct plan *p, uint32_t i)
{
    struct plan_block b = p->blocks[i];
    const struct plan_frame *f = &p->frames[b.frame];
    if (b.falls)
        add(p, b.end, b.frame);
    if (b.jumps && used(p, b.target))
        add(p, b.target, b.frame);
    if (b.calls != 0)
        add(p, p->frames[b.calls].callee, b.calls);
    if (b.returns && b.frame != 0)
        add(p, f->ret, f->up);
}

unsigned plan_successors(struct plan *p, const struct plan_block *b,
                         struct plan_block *to[PLAN_SUCCESSORS])
{
    const struct plan_frame *f = &p->frames[b->frame];
    const struct plan_block *found[PLAN_SUCCESSORS] = {
        b->falls ? plan_find(p, b->end, b->frame) : NULL,
        b->jumps ? plan_find(p, b->target, b->frame) : NULL,
        b->calls != 0 ? plan_find(p, p->frames[b->calls].callee, b->calls) : NULL,
        b->returns && b->frame != 0 ? plan_find(p, f->ret, f->up) : NULL};
    unsigned count = 0;
    for (unsigned i = 0; i < PLAN_SUCCESSORS; i++)
        if (found[i] != NULL)
            to[count++] = &p->blocks[found[i] - p->blocks];
    return count;
}

/*
 * loop_end - if jumps lead back to the region's pc, it is a loop: the end of the last
 * one; else UINT64_MAX. What doesn't stand in between is left out, so that a loop inside
 * another one is not spread out over it.
 */
static uint64_t loop_end(const struct plan *p)
{
    uint64_t head = p->blocks[0].pc, end = 0;
    for (uint32_t i = 0; i < p->block_count; i++) {
        const struct plan_block *b = &p->blocks[i];
        if (b->frame == 0 &&
            ((b->jumps && b->target == head) || (b->falls && b->end == head)) &&
            b->end > end)
            end = b->end;
    }
    return end > head ? end : UINT64_MAX;
}

/* drop_frames - close the calls that are too long, or whose site is left out. */
static void drop_frames(struct plan *p, uint64_t low, uint64_t high)
{
    for (uint32_t f = 1; f < p->frame_count; f++) {
        struct plan_frame *c = &p->frames[f];
        c->dropped = c->insns > PLAN_CALLEE_INSNS || p->frames[c->up].dropped ||
                     (c->up == 0 && (c->site < low || c->site >= high));
    }
}

/* keep_loop - leave out what loop_end and drop_frames say. */
static void keep_loop(struct plan *p)
{
    uint64_t end = loop_end(p), head = end == UINT64_MAX ? 0 : p->blocks[0].pc;
    uint32_t kept = 0;
    drop_frames(p, head, end);
    for (uint32_t i = 0; i < p->block_count; i++) {
        const struct plan_block *b = &p->blocks[i];
        if (p->frames[b->frame].dropped ||
            (b->frame == 0 && (b->pc < head || b->pc >= end)))
            continue;
        p->blocks[kept] = *b;
        if (p->frames[b->calls].dropped)
            p->blocks[kept].calls = 0;
        kept++;
    }
    p->block_count = kept;
}

/* keep_watched - leave out what can't be watched; note the ranges. */
static bool keep_watched(struct plan *p, struct cache_range *ranges,
                         uint32_t *range_count)
{
    uint32_t kept = 0, room = *range_count, used = 0;
    for (uint32_t i = 0; i < p->block_count; i++) {
        struct plan_block b = p->blocks[i];
        uint32_t len = (uint32_t)(b.end - b.pc), r = 0;
        while (r < used && ranges[r].gva + ranges[r].len != b.pc &&
               (b.pc < ranges[r].gva || b.end > ranges[r].gva + ranges[r].len))
            r++;
        if (r == room || !mem_watch_code(&p->m->mem, b.pc, len)) {
            if (i == 0)
                return false;
            continue;
        }
        if (r == used)
            ranges[used++] = (struct cache_range){b.pc, 0};
        if (b.end > ranges[r].gva + ranges[r].len)
            ranges[r].len += len;
        p->blocks[kept++] = b;
    }
    p->block_count = kept;
    *range_count = used;
    return kept > 0;
}

/* note_polls - which blocks are led to from below. */
static void note_polls(struct plan *p)
{
    for (uint32_t i = 0; i < p->block_count; i++) {
        const struct plan_block *b = &p->blocks[i];
        struct plan_block *to =
            b->jumps ? (struct plan_block *)plan_find(p, b->target, b->frame) : NULL;
        if (to != NULL && to->pc < b->end)
            to->poll = true;
    }
}

struct heat_sum plan_heat(const struct plan *p)
{
    struct heat_sum sum = {0};
    if (p->m->translator->tier != TIER_AUTO)
        return sum;
    for (uint32_t i = 0; i < p->block_count; i++) {
        const struct plan_block *b = &p->blocks[i];
        const struct translation *t = superblock(p, b->pc);
        sum.wanted += (uint64_t)b->insns * p->m->options.threshold_region;
        if (t != NULL)
            sum.executed += heat_entries(t) * t->insns;
    }
    return sum;
}

void plan_restart_heat(const struct plan *p)
{
    for (uint32_t i = 1; i < p->block_count; i++) {
        struct translation *t =
            p->blocks[i].frame == 0 ? superblock(p, p->blocks[i].pc) : NULL;
        if (t != NULL)
            heat_restart(p->m, t);
    }
}

bool plan_line(struct plan *p, struct machine *m, uint64_t pc, uint32_t context,
               bool checked)
{
    p->m = m;
    p->context = context;
    p->line = true;
    p->checked = checked;
    p->page_count = p->block_count = p->frame_count = 0;
    p->blocks[0].frame = p->blocks[0].calls = 0;
    p->blocks[0].guess = 0;
    return readable(p, pc);
}

/* plan_from - all that a region at PC could take in. */
static void plan_from(struct plan *p, uint64_t pc)
{
    p->pc_count = 0;
    memset(p->covered, 0, sizeof p->covered);
    hash_clear(&p->by_pc);
    p->frames[0] = (struct plan_frame){0};
    p->frame_count = 1;
    p->blocks[0] = (struct plan_block){.pc = pc};
    p->block_count = 1;
    hash_put(&p->by_pc, pc, &p->blocks[0]);
    scan(p, &p->blocks[0]);
    cover(p, pc, p->blocks[0].end, 0);
    for (uint32_t i = 0; i < p->block_count; i++)
        add_successors(p, i);
}

/* successors - where B goes on in its own frame; returns how many. */
static unsigned successors(const struct plan *p, const struct plan_block *b,
                           const struct plan_block *to[3])
{
    unsigned count = 0;
    if (b->falls)
        to[count++] = plan_find(p, b->end, b->frame);
    if (b->jumps)
        to[count++] = plan_find(p, b->target, b->frame);
    if (b->calls != 0)
        to[count++] = plan_find(p, p->frames[b->calls].ret, b->frame);
    return count;
}

/* leads_home - whether the planned code at PC leads to the region's own pc. */
static bool leads_home(const struct plan *p, uint64_t pc)
{
    bool seen[PLAN_BLOCKS_MAX] = {false};
    const struct plan_block *stack[PLAN_BLOCKS_MAX], *to[3];
    uint32_t depth = 0;
    stack[depth++] = plan_find(p, pc, 0);
    while (depth > 0) {
        const struct plan_block *b = stack[--depth];
        for (unsigned i = successors(p, b, to); i-- > 0;) {
            if (to[i] == NULL || seen[to[i] - p->blocks])
                continue;
            if (to[i] == p->blocks)
                return true;
            seen[to[i] - p->blocks] = true;
            stack[depth++] = to[i];
        }
    }
    return false;
}

/*
 * find_head - where the innermost loop around the region's pc begins: the nearest place
 * above it that a jump from below it leads to, and from which it can be reached; the pc
 * itself if it is such a place, or there is none.
 */
static uint64_t find_head(const struct plan *p)
{
    uint64_t pc = p->blocks[0].pc, below = pc;
    for (;;) {
        uint64_t head = 0;
        for (uint32_t i = 0; i < p->block_count; i++) {
            const struct plan_block *b = &p->blocks[i];
            if (b->frame != 0 || !b->jumps || b->end <= pc)
                continue;
            if (b->target == pc)
                return pc;
            if (b->target < below && b->target > head &&
                plan_find(p, b->target, 0) != NULL)
                head = b->target;
        }
        if (head == 0)
            return pc;
        if (leads_home(p, head))
            return head;
        below = head;
    }
}

/* takes_in - whether the code at PC is planned. */
static bool takes_in(const struct plan *p, uint64_t pc)
{
    for (uint32_t i = 0; i < p->block_count; i++)
        if (p->blocks[i].frame == 0 && pc >= p->blocks[i].pc && pc < p->blocks[i].end)
            return true;
    return false;
}

/* plan_loop - the region at PC in the middle of a loop becomes that of the loop, unless
 * that would be without PC. */
static void plan_loop(struct plan *p, uint64_t pc)
{
    uint64_t head = find_head(p);
    if (head == pc)
        return;
    plan_from(p, head);
    if (!takes_in(p, pc))
        plan_from(p, pc);
}

bool plan_make(struct plan *p, struct machine *m, uint64_t pc, uint32_t context,
               struct cache_range *ranges, uint32_t *range_count)
{
    p->m = m;
    p->context = context;
    p->line = p->checked = false;
    p->page_count = 0;
    p->by_pc = (struct hash){0};
    p->pcs = xmalloc(REGION_INSNS_MAX * sizeof *p->pcs);
    if (!readable(p, pc))
        return false;
    plan_from(p, pc);
    if (m->translator->tier == TIER_AUTO)
        plan_loop(p, pc);
    keep_loop(p);
    if (!keep_watched(p, ranges, range_count))
        return false;
    hash_clear(&p->by_pc);
    for (uint32_t i = 0; i < p->block_count; i++)
        hash_put(&p->by_pc, key(p->blocks[i].pc, p->blocks[i].frame), &p->blocks[i]);
    note_polls(p);
    return true;
}
