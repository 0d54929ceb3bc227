/* eval.c - see eval.h */
#include "eval.h"

#include "fpeval.h"
#include "sem_int.h"

#include <assert.h>
#include <string.h>

/* --- state */

struct eval *eval_new(const struct model *m)
{
    struct eval *e = zalloc(sizeof *e);
    e->m = m;
    e->regs = zalloc((m->regs.len + 1) * sizeof *e->regs);
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        e->regs[r->index] = zalloc((r->count + 1) * sizeof **e->regs);
        for (unsigned j = 0; j < r->count; j++)
            e->regs[r->index][j].v = r->initial;
    }
    return e;
}

struct eval *eval_copy(const struct eval *from)
{
    struct eval *e = zalloc(sizeof *e);
    *e = *from;
    e->regs = zalloc((e->m->regs.len + 1) * sizeof *e->regs);
    for (size_t i = 0; i < e->m->regs.len; i++) {
        const struct reg *r = e->m->regs.at[i];
        size_t bytes = (r->count + 1) * sizeof **e->regs;
        e->regs[r->index] = zalloc(bytes);
        memcpy(e->regs[r->index], from->regs[r->index], bytes);
    }
    memset(&e->bytes, 0, sizeof e->bytes);
    for (size_t i = 0; i < from->bytes.len; i++)
        vec_push(&e->bytes, from->bytes.at[i]);
    memset(&e->events, 0, sizeof e->events);
    return e;
}

struct val eval_reg(const struct eval *e, const struct reg *r, unsigned i)
{
    if (r->hardwired && r->hardwired[i])
        return (struct val){r->hardwired_value[i], 0};
    return e->regs[r->index][i];
}

/* --- memory */

static uint64_t wrap(const struct eval *e, uint64_t address)
{
    return e->m->word == 32 ? (uint32_t)address : address;
}

static size_t find_byte(const struct eval *e, uint64_t address)
{
    size_t low = 0, high = e->bytes.len;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (e->bytes.at[mid].address < address)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool eval_mapped(const struct eval *e, uint64_t address, unsigned bits)
{
    for (unsigned i = 0; i < bits / 8; i++)
        for (size_t j = 0; j < e->unmapped.len; j++)
            if (wrap(e, address + i) >= e->unmapped.at[j].first &&
                wrap(e, address + i) <= e->unmapped.at[j].last)
                return false;
    return true;
}

struct val eval_load(const struct eval *e, uint64_t address, unsigned bits)
{
    struct val value = {0, 0};
    for (unsigned i = 0; i < bits / 8; i++) {
        uint64_t at = wrap(e, address + i);
        size_t j = find_byte(e, at);
        if (j == e->bytes.len || e->bytes.at[j].address != at)
            continue;
        unsigned shift = e->m->big ? bits - 8 - 8 * i : 8 * i;
        value.v |= (u128)e->bytes.at[j].v << shift;
        value.x |= (u128)e->bytes.at[j].x << shift;
    }
    return value;
}

static void store_byte(struct eval *e, uint64_t address, uint8_t v, uint8_t x)
{
    size_t j = find_byte(e, address);
    if (j == e->bytes.len || e->bytes.at[j].address != address) {
        struct eval_byte fresh = {.address = address};
        vec_push(&e->bytes, fresh);
        memmove(e->bytes.at + j + 1, e->bytes.at + j,
                (e->bytes.len - 1 - j) * sizeof *e->bytes.at);
        e->bytes.at[j] = fresh;
    }
    e->bytes.at[j].v = v;
    e->bytes.at[j].x = x;
}

void eval_store(struct eval *e, uint64_t address, unsigned bits, struct val value)
{
    for (unsigned i = 0; i < bits / 8; i++) {
        unsigned shift = e->m->big ? bits - 8 - 8 * i : 8 * i;
        store_byte(e, wrap(e, address + i), (uint8_t)(value.v >> shift),
                   (uint8_t)(value.x >> shift));
    }
}

/* --- one instruction under way */

struct pending {
    const struct reg *reg;
    unsigned element, high, low;
    struct val value;
};

struct run {
    struct eval *e;
    const struct sem *s;
    const struct form *f;
    uint64_t word;
    struct val *vars;
    VEC(struct pending) writes;
    struct eval_trap trap; /* before anything is committed */
    struct eval_trap after;
    const struct sem_block *commits;
    unsigned fp_flags;
    bool fp_used, jumps, now, nullify,
        skipped; /* skipped: its predicate doesn't hold, or a hint */
    uint64_t target;
};

static void event(struct run *r, enum eval_event_kind kind, const struct reg *reg,
                  unsigned element, uint64_t address, unsigned bits, struct val value)
{
    if (!r->e->record)
        return;
    for (size_t i = 0; kind == EVENT_READ && i < r->e->events.len; i++)
        if (r->e->events.at[i].kind == kind && r->e->events.at[i].reg == reg &&
            r->e->events.at[i].element == element)
            return;
    struct eval_event ev = {kind, reg, element, bits, address, value};
    vec_push(&r->e->events, ev);
}

/* --- which branches were taken */

struct branch {
    struct branch *next;
    struct loc loc;
    bool yes, no;
};
static struct branch *branches[1024];

static struct branch *branch_at(struct loc loc)
{
    unsigned h = (loc.file * 31 + loc.line * 131 + loc.column) % 1024;
    for (struct branch *b = branches[h]; b; b = b->next)
        if (b->loc.file == loc.file && b->loc.line == loc.line &&
            b->loc.column == loc.column)
            return b;
    struct branch *b = zalloc(sizeof *b);
    b->next = branches[h];
    b->loc = loc;
    return branches[h] = b;
}

static void took(struct loc loc, bool yes)
{
    struct branch *b = branch_at(loc);
    b->yes |= yes;
    b->no |= !yes;
}

/* --- expressions */

static struct val eval_expr(struct run *r, const struct sem_expr *e);

static struct val read_element(struct run *r, const struct sem_expr *e)
{
    unsigned i = 0;
    if (e->kid[0]) {
        struct val index = eval_expr(r, e->kid[0]);
        i = (unsigned)index.v;
        if (i >= e->reg->count) {
            if (sem_error(CHECK_BOUND, e->loc, "'%s' has no element %u", e->reg->name, i))
                diag_help("found while evaluating 0x%llx", (unsigned long long)r->word);
            i = 0;
        }
    }
    struct val v = eval_reg(r->e, e->reg, i);
    event(r, EVENT_READ, e->reg, i, 0, e->reg->width, v);
    return v;
}

static bool bad_access(struct run *r, uint64_t address, unsigned bits, unsigned kind)
{
    const struct trap_decl *t = r->e->m->unaligned[kind];
    if (r->trap.kind)
        return true;
    bool tested = kind == MEMORY_ATOMIC || (t && !r->e->unaligned_works);
    if (address % (bits / 8) && tested) {
        r->trap = (struct eval_trap){
            .kind = t ? EVAL_TRAP : EVAL_UNALIGNED, .trap = t, .address = address};
        if (t && t->params.len) {
            r->trap.args[0].v = address;
            r->trap.arg_count = 1;
        }
        return true;
    }
    if (eval_mapped(r->e, address, bits))
        return false;
    r->trap = (struct eval_trap){.kind = EVAL_MEMORY, .address = address};
    return true;
}

static struct val memory_load(struct run *r, const struct sem_expr *e, unsigned kind)
{
    uint64_t address = wrap(r->e, (uint64_t)eval_expr(r, e->kid[0]).v);
    if (bad_access(r, address, e->width, kind))
        return (struct val){0, 0};
    struct val v = eval_load(r->e, address, e->width);
    event(r, EVENT_LOAD, NULL, 0, address, e->width, v);
    return v;
}

static void put_memory(struct run *r, uint64_t address, unsigned bits, struct val v)
{
    eval_store(r->e, address, bits, v);
    event(r, EVENT_STORE, NULL, 0, address, bits, v);
}

static u128 amo(const char *name, unsigned width, u128 old, u128 v)
{
    static const struct {
        const char *name;
        enum sem_op op;
    } ops[] = {{"add", SEM_ADD},     {"and", SEM_AND},     {"or", SEM_OR},
               {"xor", SEM_XOR},     {"min_s", SEM_MIN_S}, {"max_s", SEM_MAX_S},
               {"min_u", SEM_MIN_U}, {"max_u", SEM_MAX_U}};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (!strcmp(name, ops[i].name))
            return sem_fold(ops[i].op, width, width, old, v, 0);
    return v; /* swap */
}

static struct val atomic(struct run *r, const struct sem_expr *e)
{
    unsigned bits = e->high + 1;
    uint64_t address = wrap(r->e, (uint64_t)eval_expr(r, e->kid[0]).v);
    struct val a = e->kid[1] ? eval_expr(r, e->kid[1]) : (struct val){0, 0};
    struct val b = e->kid[2] ? eval_expr(r, e->kid[2]) : (struct val){0, 0};
    bool holds = r->e->reserved && r->e->reserved_address == address &&
                 r->e->reserved_bits == bits;
    /* A store-conditional that must fail touches no memory; alignment is tested always.
     */
    bool fails = e->op == SEM_STORE_COND && !holds && address % (bits / 8) == 0;
    if (fails)
        r->e->reserved = false;
    if (fails || bad_access(r, address, bits, MEMORY_ATOMIC))
        return (struct val){0, 0};
    struct val old = eval_load(r->e, address, bits);
    if (e->op == SEM_RESERVE) {
        r->e->reserved = true;
        r->e->reserved_address = address;
        r->e->reserved_bits = bits;
        event(r, EVENT_LOAD, NULL, 0, address, bits, old);
        return old;
    }
    if (e->op == SEM_STORE_COND) {
        r->e->reserved = false;
        put_memory(r, address, bits, a);
        return (struct val){1, 0};
    }
    event(r, EVENT_LOAD, NULL, 0, address, bits, old);
    if (e->op == SEM_CAS) {
        if (old.v == a.v)
            put_memory(r, address, bits, b);
    } else {
        put_memory(r, address, bits,
                   (struct val){amo(e->name, bits, old.v, a.v), old.x | a.x});
    }
    return old;
}

static u128 place_bits(const struct run *r, const struct fenv_place *p)
{
    if (!p->reg)
        return 0;
    return eval_reg(r->e, p->reg, 0).v >> p->low & ones(p->high - p->low + 1);
}

/* The fields' flags as fpeval's, or the other way round. */
static unsigned to_guest(const struct fenv *f, unsigned flags)
{
    unsigned guest = 0;
    for (unsigned i = 0; i < FLAG_BITS; i++)
        if (flags >> i & 1 && f->flag_bit[i] >= 0)
            guest |= 1u << f->flag_bit[i];
    return guest;
}

static unsigned from_guest(const struct fenv *f, unsigned guest)
{
    unsigned flags = 0;
    for (unsigned i = 0; i < FLAG_BITS; i++)
        if (f->flag_bit[i] >= 0 && guest >> f->flag_bit[i] & 1)
            flags |= 1u << i;
    return flags;
}

/* Bits of `enum fp_flag_bit` are those of `enum fpeval_flag`. */
_Static_assert(1 << FLAG_INEXACT == FPEVAL_INEXACT &&
                   1 << FLAG_UNDERFLOW == FPEVAL_UNDERFLOW &&
                   1 << FLAG_OVERFLOW == FPEVAL_OVERFLOW &&
                   1 << FLAG_DIVZERO == FPEVAL_DIVZERO &&
                   1 << FLAG_INVALID == FPEVAL_INVALID,
               "flags are numbered alike");

static struct fpeval_rules fp_rules(const struct run *r)
{
    const struct fenv *f = &r->e->m->fenv;
    struct fpeval_rules rules = {
        .nan = f->canonical ? FPEVAL_NAN_CANONICAL : FPEVAL_NAN_SNAN_FIRST,
        .quiet_bit = f->quiet_bit,
        .snan_default = !f->quiet_bit,
        .tiny_before = f->tiny_before,
        .minmax = FPEVAL_MINMAX_NUMBER,
        .fma_nan = f->fma_never ? FPEVAL_FMA_NAN_QUIET : FPEVAL_FMA_NAN_INVALID,
        .fma_order = {0, 1, 2},
        .enables = from_guest(f, (unsigned)place_bits(r, &f->enable)),
        .default32 = (uint64_t)f->default_nan[0],
        .default64 = (uint64_t)f->default_nan[1],
    };
    if (place_bits(r, &f->flush))
        rules.flush = FPEVAL_FLUSH_OUT | (f->flush_silent ? FPEVAL_FLUSH_SILENT : 0);
    const uint64_t most[4] = {INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX};
    const uint64_t least[4] = {0x80000000, 0, (uint64_t)1 << 63, 0};
    for (int i = 0; i < 4; i++) {
        rules.to_int[i][0] = rules.to_int[i][1] = most[i];
        rules.to_int[i][2] = f->to_int_fixed ? most[i] : least[i];
    }
    return rules;
}

static struct val fp(struct run *r, const struct sem_expr *e)
{
    const struct fenv *f = &r->e->m->fenv;
    static const enum fpeval_round rounds[] = {
        FPEVAL_NEAREST, FPEVAL_ZERO, FPEVAL_UP, FPEVAL_DOWN, FPEVAL_AWAY, FPEVAL_NEAREST};
    uint64_t args[3] = {0}, result = 0;
    unsigned count = 0, flags = 0;
    u128 x = 0;
    for (; count < 3 && e->kid[count]; count++) {
        struct val v = eval_expr(r, e->kid[count]);
        args[count] = (uint64_t)v.v;
        x |= v.x;
    }
    enum rounding round = e->rounding;
    if (e->rm_kind == RM_CURRENT)
        round = f->rounding[place_bits(r, &f->round) & 15];
    else if (e->rm_kind == RM_GUEST)
        round = f->rounding[eval_expr(r, e->kid[3]).v & 15];
    struct fpeval_rules rules = fp_rules(r);
    bool ok = fpeval(&rules, fp_op_names[e->index], e->fp_width, args, count,
                     rounds[round], &result, &flags);
    assert(ok);
    (void)ok;
    if (e->index < FP_IS_NAN) {
        r->fp_flags |= flags;
        r->fp_used = true;
    }
    return (struct val){result & ones(e->width), x ? ones(e->width) : 0};
}

/* Operations on values of which some bits are unknown. */
static struct val partial(const struct sem_expr *e, const struct val *k)
{
    unsigned low = e->kid[1] ? e->kid[1]->width : 0;
    u128 all = ones(e->width);
    struct val r = {sem_fold(e->op, e->width, e->kid[0]->width, k[0].v, k[1].v, k[2].v),
                    all};
    switch (e->op) {
    case SEM_AND:
        r.x = (k[0].x | k[1].x) & (k[0].v | k[0].x) & (k[1].v | k[1].x);
        break;
    case SEM_OR:
        r.x = (k[0].x & (k[1].x | ~k[1].v)) | (k[1].x & (k[0].x | ~k[0].v));
        break;
    case SEM_XOR:
        r.x = k[0].x | k[1].x;
        break;
    case SEM_NOT:
    case SEM_ZEXT:
        r.x = k[0].x;
        break;
    case SEM_SEXT:
        r.x = (u128)signed_value(k[0].x, e->kid[0]->width) & all;
        break;
    case SEM_SLICE:
        r.x = k[0].x >> e->low & all;
        break;
    case SEM_CAT:
        r.x = k[0].x << low | k[1].x;
        break;
    case SEM_SHL:
    case SEM_SHR_U:
    case SEM_ROTL:
    case SEM_ROTR:
        if (!k[1].x)
            r.x = sem_fold(e->op, e->width, e->width, k[0].x, k[1].v, 0);
        break;
    default:
        break;
    }
    return r;
}

static struct val pure(struct run *r, const struct sem_expr *e)
{
    struct val k[3] = {{0, 0}, {0, 0}, {0, 0}};
    for (int i = 0; i < 3 && e->kid[i]; i++)
        k[i] = eval_expr(r, e->kid[i]);
    struct val v = {0, 0};
    if (e->op == SEM_SLICE)
        v.v = k[0].v >> e->low & ones(e->width);
    else if (e->op == SEM_CAT)
        v.v = k[0].v << e->kid[1]->width | k[1].v;
    else
        v.v = sem_fold(e->op, e->width, e->kid[0]->width, k[0].v, k[1].v, k[2].v);
    if (k[0].x | k[1].x | k[2].x)
        v.x = partial(e, k).x;
    return v;
}

static struct val eval_expr(struct run *r, const struct sem_expr *e)
{
    uint64_t length = r->f ? r->f->bits / 8 : 0;
    switch (e->op) {
    case SEM_CONST:
        return (struct val){e->value, 0};
    case SEM_FIELD:
        return (struct val){field_get(&r->f->fields.at[e->index], r->word), 0};
    case SEM_PC:
        return (struct val){wrap(r->e, r->e->pc), 0};
    case SEM_NEXT:
        return (struct val){wrap(r->e, r->e->pc + length), 0};
    case SEM_LINK:
        return (struct val){
            wrap(r->e,
                 r->e->pc + length + r->e->m->delay_slots * (r->e->m->fetch_bits / 8)),
            0};
    case SEM_VAR:
        return r->vars[e->index];
    case SEM_REG:
    case SEM_CONTEXT:
        return read_element(r, e);
    case SEM_UNKNOWN:
    case SEM_CLOCK:
        return (struct val){0, ones(e->width)};
    case SEM_EXTERN:
        for (int i = 0; i < 4 && e->kid[i]; i++)
            eval_expr(r, e->kid[i]);
        return (struct val){0, e->width ? ones(e->width) : 0};
    case SEM_COND: {
        struct val c = eval_expr(r, e->kid[0]);
        if (!e->unlikely)
            took(e->loc, c.v);
        struct val v = eval_expr(r, e->kid[c.v ? 1 : 2]);
        if (c.x)
            v.x = ones(e->width);
        return v;
    }
    case SEM_LOAD:
        return memory_load(r, e, MEMORY_LOAD);
    case SEM_RESERVE:
    case SEM_STORE_COND:
    case SEM_AMO:
    case SEM_CAS:
        return atomic(r, e);
    case SEM_FP:
        return fp(r, e);
    default:
        return pure(r, e);
    }
}

/* --- statements */

static void exec_block(struct run *r, const struct sem_block *b);

static void exec_trap(struct run *r, const struct sem_stmt *s)
{
    bool taken = !s->e || eval_expr(r, s->e).v;
    took(s->loc, taken);
    if (!taken)
        return;
    struct eval_trap t = {.kind = s->trap ? EVAL_TRAP : EVAL_ILLEGAL, .trap = s->trap};
    for (size_t i = 0; i < s->args.len && i < 8; i++)
        t.args[t.arg_count++] = eval_expr(r, s->args.at[i]);
    if (s->after && !r->after.kind) {
        r->after = t;
        r->commits = s->commits;
    } else if (!s->after) {
        r->trap = t;
        r->commits = s->commits;
    }
}

static void exec_store(struct run *r, const struct sem_stmt *s)
{
    uint64_t address = wrap(r->e, (uint64_t)eval_expr(r, s->address).v);
    struct val v = eval_expr(r, s->e);
    if (!s->mask) {
        if (!bad_access(r, address, s->width, MEMORY_STORE))
            put_memory(r, address, s->width, v);
        return;
    }
    struct val mask = eval_expr(r, s->mask);
    struct val old = eval_load(r->e, address, s->width);
    if (bad_access(r, address, s->width, MEMORY_STORE))
        return;
    for (unsigned i = 0; i < s->width; i += 8) { /* only bytes that are named */
        if (!(mask.v >> i & 0xff))
            continue;
        uint64_t at = address + (r->e->m->big ? s->width - 8 - i : i) / 8;
        u128 m = mask.v >> i & 0xff;
        struct val byte = {((v.v >> i & m) | (old.v >> i & ~m)) & 0xff,
                           (v.x >> i & m) & 0xff};
        put_memory(r, wrap(r->e, at), 8, byte);
    }
}

static void commit(struct run *r)
{
    for (size_t i = 0; i < r->writes.len; i++) {
        const struct pending *p = &r->writes.at[i];
        if (p->reg->hardwired && p->reg->hardwired[p->element])
            continue;
        struct val *v = &r->e->regs[p->reg->index][p->element];
        u128 mask = ones(p->high - p->low + 1) << p->low;
        v->v = (v->v & ~mask) | (p->value.v << p->low & mask);
        v->x = (v->x & ~mask) | (p->value.x << p->low & mask);
        event(r, EVENT_WRITE, p->reg, p->element, 0, p->reg->width, *v);
    }
    r->writes.len = 0;
}

static void exec_write(struct run *r, const struct sem_stmt *s)
{
    struct pending p = {s->reg, 0, s->high, s->low, eval_expr(r, s->e)};
    if (s->index)
        p.element = (unsigned)eval_expr(r, s->index).v;
    if (p.element >= s->reg->count) {
        if (sem_error(CHECK_BOUND, s->loc, "'%s' has no element %u", s->reg->name,
                      p.element))
            diag_help("found while evaluating 0x%llx", (unsigned long long)r->word);
        return;
    }
    vec_push(&r->writes, p);
    if (r->e->in_order)
        commit(r);
}

static void exec_stmt(struct run *r, const struct sem_stmt *s)
{
    switch (s->kind) {
    case ST_LET:
        r->vars[s->var] = eval_expr(r, s->e);
        return;
    case ST_TRAP:
        exec_trap(r, s);
        return;
    case ST_STORE:
        exec_store(r, s);
        return;
    case ST_WRITE:
        exec_write(r, s);
        return;
    case ST_IF: {
        bool yes = eval_expr(r, s->e).v;
        if (!s->unlikely && !s->likely)
            took(s->loc, yes);
        if (yes)
            exec_block(r, s->then_);
        else if (s->else_)
            exec_block(r, s->else_);
        return;
    }
    case ST_GOTO:
        r->target = wrap(r->e, (uint64_t)eval_expr(r, s->e).v);
        r->jumps = true;
        r->now = s->now;
        return;
    case ST_NULLIFY:
        r->nullify = true;
        return;
    case ST_FENCE:
    case ST_ICACHE:
        return;
    case ST_EFFECT:
        eval_expr(r, s->e);
        return;
    }
}

static void exec_block(struct run *r, const struct sem_block *b)
{
    for (size_t i = 0; i < b->stmts.len && !r->trap.kind; i++)
        exec_stmt(r, b->stmts.at[i]);
}

static void push_place(struct run *r, const struct fenv_place *p, u128 value)
{
    if (!p->reg)
        return;
    struct pending w = {
        p->reg, 0, p->high, p->low, {value & ones(p->high - p->low + 1), 0}};
    vec_push(&r->writes, w);
}

/* The flags of all operations; before the body's own writes, which win. */
static void fp_commit(struct run *r)
{
    const struct fenv *f = &r->e->m->fenv;
    if (!r->fp_used || r->trap.kind)
        return;
    unsigned flags = to_guest(f, r->fp_flags);
    if (flags & (unsigned)place_bits(r, &f->enable) && f->enable_trap) {
        r->trap = (struct eval_trap){.kind = EVAL_TRAP, .trap = f->enable_trap};
        if (f->enable_trap->params.len) {
            r->trap.args[0].v = flags;
            r->trap.arg_count = 1;
        }
        r->commits = NULL;
        return;
    }
    size_t own = r->writes.len;
    push_place(r, &f->cause, flags);
    push_place(r, &f->accrue, place_bits(r, &f->accrue) | flags);
    /* Rotate: the environment's writes first. */
    size_t more = r->writes.len - own;
    for (size_t i = 0; i < more; i++) {
        struct pending w = r->writes.at[own + i];
        memmove(r->writes.at + i + 1, r->writes.at + i, (own) * sizeof w);
        r->writes.at[i] = w;
    }
}

/* What a trap commits: its statement's block, or its declaration's if hardware raised it.
 */
static void run_commits(struct run *r, const struct sem_block *commits)
{
    struct eval_trap keep = r->trap;
    struct sem *own = NULL;
    r->writes.len = 0;
    r->trap.kind = EVAL_NONE;
    if (!commits && keep.kind == EVAL_TRAP)
        own = sem_trap_block((struct model *)(uintptr_t)r->e->m, keep.trap);
    if (own) {
        r->vars = zalloc((own->vars.len + 1) * sizeof *r->vars);
        for (size_t i = 0; i < keep.trap->params.len && i < keep.arg_count; i++)
            r->vars[i] = keep.args[i];
        commits = own->body;
    }
    if (commits)
        exec_block(r, commits);
    commit(r);
    r->trap = keep;
}

static void begin(struct run *r, struct eval *e, const struct sem *s,
                  const struct form *f, uint64_t word)
{
    *r = (struct run){.e = e, .s = s, .f = f, .word = word};
    r->vars = zalloc((s->vars.len + 1) * sizeof *r->vars);
}

static void advance(struct run *r)
{
    struct eval *e = r->e;
    uint64_t next = wrap(e, e->pc + r->f->bits / 8);
    uint64_t here = e->pc;
    bool slot = e->in_slot;
    e->pc = slot ? e->target : next;
    e->in_slot = false;
    if (r->nullify)
        e->pc = wrap(e, next + e->m->fetch_bits / 8);
    if (r->jumps && r->now)
        e->pc = r->target;
    if ((r->jumps && r->now) || !r->f->sem->delayed || r->nullify || r->skipped)
        return;
    e->pc = next;
    e->in_slot = true;
    e->taken = r->jumps;
    e->target = r->jumps ? r->target : wrap(e, next + e->m->fetch_bits / 8);
    e->branch = here;
}

uint64_t eval_goes_to(const struct eval *e)
{
    return e->in_slot && e->taken ? e->target : e->pc;
}

/* A word that `hint when` says is without effect. */
static bool is_hint(struct run *r)
{
    for (size_t i = 0; i < r->s->hints.len; i++)
        if (eval_expr(r, r->s->hints.at[i]).v)
            return true;
    return false;
}

struct eval_trap eval_form(struct eval *e, const struct form *f, uint64_t word)
{
    struct run r;
    begin(&r, e, f->sem, f, word);
    bool runs = !is_hint(&r);
    if (runs && f->sem->predicate) {
        runs = eval_expr(&r, f->sem->predicate).v;
        took(f->insn->loc, runs);
    }
    r.skipped = !runs;
    if (runs) {
        exec_block(&r, f->sem->body);
        fp_commit(&r);
    }
    if (r.trap.kind) {
        run_commits(&r, r.commits);
        if (e->in_slot)
            e->pc = e->branch;
        e->in_slot = false;
        return r.trap;
    }
    commit(&r);
    advance(&r);
    if (r.after.kind) {
        run_commits(&r, r.commits);
        r.trap = r.after;
    }
    return r.trap;
}

struct eval_trap eval_block(struct eval *e, const struct sem *s, const struct form *f,
                            uint64_t word)
{
    struct run r;
    begin(&r, e, s, f, word);
    exec_block(&r, s->body);
    commit(&r);
    return r.trap;
}

struct val eval_value(struct eval *e, const struct sem *s, const struct form *f,
                      uint64_t word, const struct sem_expr *x)
{
    struct run r;
    begin(&r, e, s, f, word);
    if (s->body)
        exec_block(&r, s->body);
    return eval_expr(&r, x);
}

/* --- untested branches */

static void report_branch(struct loc loc, const char *insn, bool trap_, bool always)
{
    const struct branch *b = branch_at(loc);
    if (b->yes && (b->no || always))
        return;
    if (!sem_error(CHECK_UNTESTED_BRANCH, loc, "no test of '%s' %s", insn,
                   trap_ ? b->yes ? "goes on after this trap" : "takes this trap"
                   : b->yes || b->no
                       ? b->yes ? "has this condition false" : "has this condition true"
                       : "gets here"))
        return;
    diag_help("add a test { ... } that does");
}

static void untested_expr(const struct sem_expr *e, const char *insn)
{
    if (!e)
        return;
    if (e->op == SEM_COND && !e->unlikely)
        report_branch(e->loc, insn, false, false);
    for (int i = 0; i < 4; i++)
        untested_expr(e->kid[i], insn);
}

static void untested_block(const struct sem_block *b, const char *insn)
{
    for (size_t i = 0; b && i < b->stmts.len; i++) {
        const struct sem_stmt *s = b->stmts.at[i];
        untested_expr(s->e, insn);
        untested_expr(s->address, insn);
        untested_expr(s->mask, insn);
        untested_expr(s->index, insn);
        if (s->kind == ST_TRAP)
            report_branch(s->loc, insn, true, !s->e);
        if (s->kind == ST_IF && !s->unlikely && !s->likely)
            report_branch(s->loc, insn, false, false);
        untested_block(s->then_, insn);
        untested_block(s->else_, insn);
    }
}

void eval_untested(const struct model *m)
{
    for (size_t i = 0; i < m->forms.len; i++) {
        const struct form *f = m->forms.at[i];
        if (f->sem->predicate)
            report_branch(f->insn->loc, f->insn->name, false, false);
        untested_block(f->sem->body, f->insn->name);
    }
}
