/* build.c - the block builder; see build.h. */
#include "interp/build.h"

#include <string.h>

/* A block past this many instructions ends at the next conditional branch. */
enum { INSNS_ENOUGH = 64 };

/* What one guest instruction may take: guards and constants, its own record, its slot's,
 * the end. */
enum { INSN_BYTES_MAX = 4 * REC_BYTES_MAX, TAIL_BYTES = 2 * REC_BYTES_MAX };

struct builder {
    const struct build *how;
    const struct guest *guest;
    struct block *block;
    uint8_t *at; /* where the next record goes */
    uint64_t pc; /* of the next instruction */
    uint32_t context;
    uint64_t page; /* a page that the guest may execute */
    bool page_known;
    uint32_t *last_chain; /* where the offset of the next chain slot goes */
};

/* One instruction bound into memory of its own. */
struct bound {
    struct decoded d;
    struct bind bind;
    size_t size;
    _Alignas(16) uint8_t recs[INSN_BYTES_MAX];
};

size_t build_bytes_max(unsigned insns_max)
{
    return sizeof(struct block) + insns_max * (size_t)INSN_BYTES_MAX + TAIL_BYTES;
}

void *bind_append(struct bind *b, unsigned routine, size_t bytes)
{
    struct rec *r = (struct rec *)b->at;
    if (bytes == 24) /* most are short, and cleared without a call */
        memset(r, 0, 24);
    else if (bytes == 32)
        memset(r, 0, 32);
    else
        memset(r, 0, bytes);
    r->block_off = (uint32_t)bytes; /* until it is placed */
    r->handler = b->handlers != NULL ? b->handlers[routine] : NULL;
    r->form = (uint16_t)routine;
    b->at += bytes;
    b->main = r;
    return r;
}

uint16_t bind_constant(struct bind *b, unsigned i, uint64_t value)
{
    struct rec_const_ *r = bind_append(b, REC_CONST, sizeof *r);
    r->place = (uint32_t)(offsetof(struct cpu, constant) + i * sizeof(uint64_t));
    r->value = value;
    return (uint16_t)r->place;
}

void regset_add(struct regset *s, unsigned offset, unsigned bytes)
{
    if (offset < offsetof(struct cpu, state))
        return;
    if (s->count == REGSET_MAX) {
        s->all = true;
        return;
    }
    s->run[s->count].offset = (uint16_t)offset;
    s->run[s->count].bytes = (uint16_t)bytes;
    s->count++;
}

static bool regset_empty(const struct regset *s)
{
    return !s->all && s->count == 0;
}

static bool regset_meet(const struct regset *a, const struct regset *b)
{
    if (a->all || b->all)
        return !regset_empty(a) && !regset_empty(b);
    for (unsigned i = 0; i < a->count; i++)
        for (unsigned k = 0; k < b->count; k++)
            if (a->run[i].offset < b->run[k].offset + b->run[k].bytes &&
                b->run[k].offset < a->run[i].offset + a->run[i].bytes)
                return true;
    return false;
}

/* executable - whether the guest may fetch at GVA; remembers the last page that it may.
 */
static bool executable(struct builder *u, uint64_t gva)
{
    uint64_t page = gva & ~(u->how->mem->page_bytes - 1);
    if (u->page_known && page == u->page)
        return true;
    if (!mem_access_ok(u->how->mem, gva, 1, ACCESS_EXEC))
        return false;
    u->page = page;
    u->page_known = true;
    return true;
}

__thread volatile bool build_reading;

/* decode - what stands at PC, of which AVAIL bytes may be read. */
static int decode(const struct builder *u, uint64_t pc, unsigned avail, struct decoded *d)
{
    build_reading = true;
    int form = u->guest->decode(mem_host(u->how->mem, pc), avail, u->context, d);
    build_reading = false;
    return form;
}

/*
 * fetch - decode at PC. Returns false with *trap and *arg set if there is nothing that
 * can be executed.
 */
static bool fetch(struct builder *u, uint64_t pc, struct decoded *d, unsigned *trap,
                  uint64_t *arg)
{
    const struct mem *m = u->how->mem;
    uint64_t left = m->page_bytes - (pc & (m->page_bytes - 1));
    *d = (struct decoded){0};
    *arg = pc;
    *trap = TRAP_UNALIGNED;
    if ((pc & (u->guest->insn_bytes_min - 1)) != 0)
        return false;
    *trap = TRAP_FETCH;
    if (!executable(u, pc))
        return false;
    unsigned avail =
        left < u->guest->insn_bytes_max ? (unsigned)left : u->guest->insn_bytes_max;
    int form = decode(u, pc, avail, d);
    if (form == DECODE_SHORT) {
        *arg = pc + left;
        if (!executable(u, pc + left))
            return false;
        avail = u->guest->insn_bytes_max;
        form = decode(u, pc, avail, d);
    }
    if (form >= 0)
        return true;
    *trap = TRAP_ILLEGAL;
    *arg = d->word;
    return false;
}

/* bind_at - bind D, which stands at PC, into X. */
static void bind_at(struct builder *u, struct bound *x, uint64_t pc)
{
    struct bind *b = &x->bind;
    b->d = &x->d;
    b->pc = pc;
    b->context = u->context;
    b->want_regs = u->guest->delay_slots != 0;
    b->main = NULL;
    b->flags = b->delayed = b->chain = 0;
    b->use.all = b->def.all = false; /* the runs are large, and mostly not wanted */
    b->use.count = b->def.count = 0;
    b->at = x->recs;
    b->handlers = u->how->handlers;
    u->guest->bind(b);
    x->size = (size_t)(x->bind.at - x->recs);
}

/* offset_of - where P, inside the block, stands in it. */
static uint32_t offset_of(const struct builder *u, const void *p)
{
    return (uint32_t)((const uint8_t *)p - (const uint8_t *)u->block);
}

/* own_chain - put chain slot C on the block's list. */
static void own_chain(struct builder *u, struct chain *c)
{
    *u->last_chain = offset_of(u, c);
    u->last_chain = &c->next_own;
}

/* place - move the records of X into the block, as those of PC. Returns its main record.
 */
static struct rec *place(struct builder *u, struct bound *x, uint64_t pc, uint32_t mark)
{
    struct rec *main = (struct rec *)(u->at + ((uint8_t *)x->bind.main - x->recs));
    memcpy(u->at, x->recs, x->size);
    for (uint8_t *p = u->at; p < u->at + x->size;) {
        struct rec *r = (struct rec *)p;
        p += r->block_off;
        r->block_off = offset_of(u, r) | mark;
        r->pc_off = (uint16_t)(pc - u->block->pc);
    }
    u->at += x->size;
    if (x->bind.chain != 0)
        own_chain(u, (struct chain *)((uint8_t *)main + x->bind.chain));
    return main;
}

/* generic - append a record of the runtime's own, as part of the instruction at PC. */
static void *generic(struct builder *u, enum rec_generic kind, size_t bytes, uint64_t pc)
{
    struct bind b = {.at = u->at, .handlers = u->how->handlers};
    struct rec *r = bind_append(&b, kind, bytes);
    r->block_off = offset_of(u, r);
    r->pc_off = (uint16_t)(pc - u->block->pc);
    u->at = b.at;
    return r;
}

/* trap_at - append a record that raises a trap, as part of the instruction at PC. */
static void trap_at(struct builder *u, unsigned number, uint64_t arg, uint64_t pc,
                    uint32_t mark)
{
    struct rec_trap_ *r = generic(u, REC_TRAP, sizeof *r, pc);
    r->head.block_off |= mark;
    r->number = number;
    r->arg = arg;
}

/* jump_at_end - append the jump to u->pc that ends a block without a branch. */
static void jump_at_end(struct builder *u)
{
    struct rec_jump_ *r = generic(u, REC_JUMP, sizeof *r, u->pc);
    r->chain.target = u->pc;
    own_chain(u, &r->chain);
}

/* may_go_first - whether the slot S may run before its branch B without anyone noticing.
 */
static bool may_go_first(const struct bind *b, const struct bind *s)
{
    if (b->flags & FORM_LIKELY)
        return false;
    if (s->flags & (FORM_BRANCH | FORM_ENDS_BLOCK | FORM_ICACHE))
        return false;
    if ((s->flags & FORM_MAY_TRAP) && !regset_empty(&b->def))
        return false;
    if (b->flags & FORM_MAY_TRAP)
        return false;
    return !regset_meet(&s->def, &b->use) && !regset_meet(&s->def, &b->def) &&
           !regset_meet(&s->use, &b->def);
}

/* slot_end - append what does the jump of BRANCH, a delayed one, after its slot. */
static void slot_end(struct builder *u, struct rec *branch, const struct bound *x,
                     uint64_t pc)
{
    struct rec_slot_end_ *r = generic(u, REC_SLOT_END, sizeof *r, pc);
    r->head.block_off |= REC_IN_SLOT;
    if (x->bind.chain == 0)
        return;
    struct chain *c = (struct chain *)((uint8_t *)branch + x->bind.chain);
    c->skip = (uint32_t)(u->at - (uint8_t *)branch);
    r->direct = true;
    r->chain.target = c->target;
    own_chain(u, &r->chain);
}

/* delayed_branch - place branch X at PC and the instruction in its slot. */
static void delayed_branch(struct builder *u, struct bound *x, uint64_t pc)
{
    struct bound s;
    unsigned trap;
    uint64_t arg, slot_pc = pc + x->d.bytes;
    bool ok = fetch(u, slot_pc, &s.d, &trap, &arg);
    if (ok) {
        bind_at(u, &s, slot_pc);
        if (s.bind.flags & FORM_BRANCH) {
            ok = false;
            trap = TRAP_ILLEGAL;
            arg = s.d.word;
        }
    }
    u->pc = slot_pc + (ok ? s.d.bytes : u->guest->insn_bytes_min);
    u->block->insns++;
    if (ok && (s.bind.flags & FORM_NOP)) {
        place(u, x, pc, 0);
        return;
    }
    if (ok && may_go_first(&x->bind, &s.bind)) {
        place(u, &s, pc, 0);
        place(u, x, pc, 0);
        return;
    }
    struct rec *branch = place(u, x, pc, 0);
    branch->form = x->bind.delayed;
    branch->handler = u->how->handlers != NULL ? u->how->handlers[branch->form] : NULL;
    if (ok)
        place(u, &s, pc, REC_IN_SLOT);
    else
        trap_at(u, trap, arg, pc, REC_IN_SLOT);
    slot_end(u, branch, x, pc);
}

/* What the builder does after an instruction. */
enum after { GO_ON, END_WITH_JUMP, ENDED };

/* after - whether the block goes on behind an instruction with FLAGS. */
static enum after after(const struct builder *u, unsigned flags)
{
    const struct block *b = u->block;
    uint64_t page = ~(u->how->mem->page_bytes - 1);
    if ((flags & FORM_ENDS_BLOCK) || ((flags & FORM_BRANCH) && (flags & FORM_ALWAYS)))
        return ENDED;
    if (b->insns >= u->how->insns_max || ((u->pc - 1) & page) > (b->pc & page))
        return END_WITH_JUMP;
    if ((flags & FORM_BRANCH) && b->insns >= INSNS_ENOUGH)
        return END_WITH_JUMP;
    return b->checked && (flags & FORM_STORES) ? END_WITH_JUMP : GO_ON;
}

/* step - predecode one instruction, with its delay slot. */
static enum after step(struct builder *u)
{
    struct bound x;
    unsigned trap;
    uint64_t arg, pc = u->pc;
    u->block->insns++;
    if (!fetch(u, pc, &x.d, &trap, &arg)) {
        trap_at(u, trap, arg, pc, 0);
        u->pc += u->guest->insn_bytes_min;
        return ENDED;
    }
    bind_at(u, &x, pc);
    u->pc = pc + x.d.bytes;
    if ((x.bind.flags & FORM_BRANCH) && x.bind.delayed != 0)
        delayed_branch(u, &x, pc);
    else if (!(x.bind.flags & FORM_NOP))
        place(u, &x, pc, 0);
    return after(u, x.bind.flags);
}

void build_block(const struct build *how, struct block *b, uint64_t pc, uint32_t context)
{
    memset(b, 0, sizeof *b);
    b->pc = pc;
    b->context = context;
    b->checked = how->checked;
    struct builder u = {.how = how,
                        .guest = how->guest,
                        .block = b,
                        .at = b->recs,
                        .pc = pc,
                        .context = context,
                        .last_chain = &b->first_chain};
    if (how->checked)
        generic(&u, REC_CHECK, sizeof(struct rec_check_), pc);
    enum after a;
    do
        a = step(&u);
    while (a == GO_ON);
    if (a == END_WITH_JUMP)
        jump_at_end(&u);
    b->bytes = (uint16_t)(u.pc - pc);
    b->size = offset_of(&u, u.at);
}
