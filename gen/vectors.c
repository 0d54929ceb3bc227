/*
 * vectors.c - `isac vectors`: random words in random states, with what the evaluator
 * makes of them, as text for tests/vectors/run.c, which has the generated interpreter do
 * the same.
 *
 *     v NAME            one vector: a few instructions of which the first is a word of
 * NAME c ADDRESS BYTES   code p PC              where it starts x BITS            decode
 * context, packed as cpu->context r REG I VALUE     a register that isn't zero; others
 * are m ADDRESS BYTE    memory that isn't zero t TRAP PC         the trap that is
 * expected ("-": none but that of what stands at PC) R REG I VALUE UNKNOWN   a register
 * that has changed; bits of UNKNOWN are not compared M ADDRESS BYTE UNKNOWN . run it
 *
 * All numbers are hexadecimal. Memory is mapped from VECTOR_DATA on for
 * VECTOR_DATA_BYTES; code is read-only to no one, but vectors that touch it are left out,
 * as are those that touch what may be mapped by chance.
 */
#include "abi.h"
#include "asm.h"
#include "deval.h"
#include "diag.h"
#include "eval.h"
#include "vectors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CODE = 0x40000000,
    CODE_BYTES = 0x1000,
    DATA = 0x50000000,
    DATA_BYTES = 0x10000,
    MOST_INSNS = 3,
    MOST_STEPS = 6,
};

struct vectors {
    const struct model *m;
    uint64_t seed;
    uint64_t illegal; /* a word that matches nothing */
    unsigned illegal_bits;
    uint64_t start, end;
    struct {
        uint64_t address, word;
        const struct form *form;
    } at[MOST_INSNS];
    unsigned count;
};

static uint64_t rnd(struct vectors *v)
{
    v->seed ^= v->seed << 13;
    v->seed ^= v->seed >> 7;
    v->seed ^= v->seed << 17;
    return v->seed * UINT64_C(0x2545f4914f6cdd1d);
}

static uint64_t below(struct vectors *v, uint64_t n)
{
    return (rnd(v) >> 16) % n;
}

/* --- words */

static bool unpredictable(const struct vectors *v, const struct form *f, uint64_t word,
                          uint64_t pc)
{
    for (size_t i = 0; i < f->sem->unpredictable.len; i++)
        if (deval(v->m, f, f->sem->unpredictable.at[i], place_of(v->m, word), pc))
            return true;
    return false;
}

/* A predictable word of F at PC; false if twenty tries find none. */
static bool word_of(struct vectors *v, const struct form *f, uint64_t pc, uint64_t *word)
{
    uint64_t all = f->bits == 64 ? ~UINT64_C(0) : (UINT64_C(1) << f->bits) - 1;
    uint64_t settled = f->mask | f->should_mask;
    if (f->insn->features & ~v->m->features_default)
        return false;
    for (int i = 0; i < 20; i++) {
        uint64_t w = ((rnd(v) & ~settled) | f->value | f->should_value) & all;
        if (decode_word(v->m, w) != f || unpredictable(v, f, w, pc))
            continue;
        *word = w;
        return true;
    }
    return false;
}

static bool find_illegal(struct vectors *v)
{
    unsigned bits = v->m->fetch_bits;
    for (int i = 0; i < 100000; i++) {
        uint64_t w = i == 0 ? 0 : i == 1 ? ~UINT64_C(0) : rnd(v);
        if (bits < 64)
            w &= (UINT64_C(1) << bits) - 1;
        unsigned length = decode_length(v->m, w);
        if (length != bits || decode_word(v->m, w))
            continue;
        v->illegal = w;
        v->illegal_bits = bits;
        return true;
    }
    return false;
}

/* --- states */

static uint64_t value(struct vectors *v, unsigned width)
{
    static const uint64_t floats[] = {
        0x3f800000,         0xbf800000,         0x7f800000,         0xff800000,
        0x7fc00000,         0x7f800001,         0x00000001,         0x80000000,
        0x7f7fffff,         0x4f000000,         0x3ff0000000000000, 0x7ff0000000000000,
        0x7ff8000000000000, 0x7ff0000000000001, 0x0000000000000001, 0x8000000000000000,
        0x7fefffffffffffff, 0x43e0000000000000, 0xffffffff3f800000, 0xffffffff7fc00000,
    };
    uint64_t x = rnd(v);
    switch (below(v, 10)) {
    case 0:
        x = below(v, 17);
        break;
    case 1:
        x = ~(uint64_t)0 - below(v, 17);
        break;
    case 2:
        x = UINT64_C(1) << below(v, width);
        break;
    case 3:
        x = (UINT64_C(1) << below(v, width)) - 1;
        break;
    case 4:
        x = floats[below(v, sizeof floats / sizeof *floats)];
        break;
    case 5:
    case 6:
    case 7:
        x = DATA + DATA_BYTES / 2 + 8 * (below(v, 512));
        break;
    case 8:
        x = CODE + 4 * below(v, 8);
        break;
    default:
        break;
    }
    return width < 64 ? x & ((UINT64_C(1) << width) - 1) : x;
}

static struct eval *random_state(struct vectors *v)
{
    const struct model *m = v->m;
    struct eval *e = eval_new(m);
    e->unaligned_works = abi_unaligned_works(m);
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        for (unsigned j = 0; j < r->count && !r->is_context; j++)
            if (!(r->hardwired && r->hardwired[j]) && r->width <= 64)
                e->regs[r->index][j].v = value(v, r->width);
    }
    /* Control of floating point: what its write policy lets through, mostly without
     * traps. */
    const struct fenv *f = &m->fenv;
    const struct fenv_place *places[] = {&f->round, &f->accrue, &f->cause, &f->enable};
    for (size_t i = 0; i < 4; i++) {
        const struct reg *r = places[i]->reg;
        if (!r || (i && r == places[0]->reg))
            continue;
        struct node *number_ = node_new(N_INT, r->loc, NULL, 0);
        number_->value = e->regs[r->index][0].v;
        eval_block(e,
                   sem_assign((struct model *)(uintptr_t)m, NULL,
                              node_new(N_IDENT, r->loc, r->name, 0), number_),
                   NULL, 0);
    }
    if (f->enable.reg && below(v, 4))
        e->regs[f->enable.reg->index][0].v &=
            ~((((u128)1 << (f->enable.high - f->enable.low + 1)) - 1) << f->enable.low);
    if (f->cause.reg)
        for (unsigned i = 0; i <= f->cause.high - f->cause.low; i++) {
            bool flag = false;
            for (unsigned j = 0; j < FLAG_BITS; j++)
                flag |= f->flag_bit[j] == (int)i;
            /* What no operation sets; a cause that is enabled would have trapped. */
            bool enabled = f->enable.reg && i <= f->enable.high - f->enable.low &&
                           e->regs[f->enable.reg->index][0].v >> (f->enable.low + i) & 1;
            if (!flag || enabled)
                e->regs[f->cause.reg->index][0].v &= ~((u128)1 << (f->cause.low + i));
        }
    for (uint64_t i = 0; i < 64; i++)
        eval_store(e, DATA + DATA_BYTES / 2 - 256 + 8 * below(v, 600), 64,
                   (struct val){rnd(v), 0});
    struct eval_range low = {0, DATA - 1}, high = {DATA + DATA_BYTES, ~UINT64_C(0)};
    vec_push(&e->unmapped, low);
    vec_push(&e->unmapped, high);
    e->pc = v->start;
    return e;
}

/* What the emulator certainly has not mapped, and what it can't take for its own memory.
 */
static bool surely_unmapped(const struct model *m, uint64_t address)
{
    if (m->word == 64)
        return address >= 16 && address < 0x10000 - 64;
    return (address >= 16 && address < CODE - 64) ||
           (address >= DATA + DATA_BYTES && address < 0xffffff00);
}

/* --- one vector */

static bool build(struct vectors *v, const struct form *f)
{
    v->start = CODE + 0x100;
    v->count = 1 + (unsigned)below(v, MOST_INSNS);
    if (v->m->delay_slots && v->count == 1)
        v->count = 2;
    uint64_t pc = v->start;
    for (unsigned i = 0; i < v->count; i++) {
        const struct form *g = i == 0 ? f : v->m->forms.at[below(v, v->m->forms.len)];
        /* no branch in a delay slot */
        if (i > 0 && v->m->delay_slots && g->sem->branches)
            return false;
        v->at[i].form = g;
        v->at[i].address = pc;
        if (!word_of(v, g, pc, &v->at[i].word))
            return false;
        pc += g->bits / 8;
    }
    v->end = pc;
    return true;
}

/* Runs E; false if the vector can't be used. */
static bool evaluate(struct vectors *v, struct eval *e, struct eval_trap *t)
{
    for (unsigned steps = 0; steps < MOST_STEPS; steps++) {
        unsigned i = 0;
        while (i < v->count && v->at[i].address != e->pc)
            i++;
        if (i == v->count) /* what follows the code, or nothing that is mapped */
            return !e->in_slot &&
                   ((e->pc >= v->end && e->pc < v->end + v->illegal_bits / 4) ||
                    surely_unmapped(v->m, e->pc));
        *t = eval_form(e, v->at[i].form, v->at[i].word);
        if (t->kind == EVAL_MEMORY)
            return surely_unmapped(v->m, t->address);
        if (t->kind)
            return true;
    }
    return false;
}

unsigned vectors_code(const struct model *m, uint64_t word, unsigned bits, uint8_t *bytes)
{
    unsigned unit = m->fetch_bits, n = 0;
    for (unsigned at = 0; at < bits; at += unit) {
        uint64_t w = word >> (m->first_low ? at : bits - unit - at);
        for (unsigned i = 0; i < unit; i += 8)
            bytes[n++] = (uint8_t)(w >> (m->fetch_big ? unit - 8 - i : i));
    }
    return n;
}

static void print_code(const struct vectors *v, uint64_t address, uint64_t word,
                       unsigned bits)
{
    uint8_t bytes[CODE_BYTES_MAX];
    unsigned n = vectors_code(v->m, word, bits, bytes);
    printf("c %" PRIx64 " ", address);
    for (unsigned i = 0; i < n; i++)
        printf("%02x", bytes[i]);
    putchar('\n');
}

void vectors_states(const struct eval *before, const struct eval *after,
                    const struct eval_trap *t)
{
    const struct model *m = before->m;
    static const char *const names[] = {"-", NULL, "Illegal", "Memory", "Unaligned"};
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        for (unsigned j = 0; j < r->count && !r->is_context; j++) {
            struct val a = before->regs[r->index][j], b = after->regs[r->index][j];
            if (a.v)
                printf("r %s %x %" PRIx64 "\n", r->name, j, (uint64_t)a.v);
            if (a.v != b.v || b.x)
                printf("R %s %x %" PRIx64 " %" PRIx64 "\n", r->name, j, (uint64_t)b.v,
                       (uint64_t)b.x);
        }
    }
    for (size_t i = 0; i < before->bytes.len; i++)
        printf("m %" PRIx64 " %x\n", before->bytes.at[i].address, before->bytes.at[i].v);
    for (size_t i = 0; i < after->bytes.len; i++) {
        uint64_t at = after->bytes.at[i].address;
        struct val a = eval_load(before, at, 8), b = eval_load(after, at, 8);
        if (a.v != b.v || b.x)
            printf("M %" PRIx64 " %x %x\n", at, (unsigned)b.v, (unsigned)b.x);
    }
    printf("t %s %" PRIx64 "\n", t->kind == EVAL_TRAP ? t->trap->name : names[t->kind],
           after->pc);
}

static void print_vector(const struct vectors *v, const struct eval *before,
                         const struct eval *after, const struct eval_trap *t)
{
    struct text line = {0};
    disas_word(v->m, v->at[0].word, v->start, false, &line);
    printf("v %s: %s\n", v->at[0].form->name, line.at ? line.at : "");
    free(line.at);
    for (unsigned i = 0; i < v->count; i++)
        print_code(v, v->at[i].address, v->at[i].word, v->at[i].form->bits);
    print_code(v, v->end, v->illegal, v->illegal_bits);
    print_code(v, v->end + v->illegal_bits / 8, v->illegal, v->illegal_bits);
    printf("p %" PRIx64 "\n", v->start);
    vectors_states(before, after, t);
    puts(".");
}

u128 vectors_odd_causes(const struct eval *e)
{
    const struct fenv *f = &e->m->fenv;
    if (!f->cause.reg)
        return 0;
    u128 flags = 0, bits = e->regs[f->cause.reg->index][0].v >> f->cause.low;
    for (unsigned i = 0; i < FLAG_BITS; i++)
        if (f->flag_bit[i] >= 0)
            flags |= (u128)1 << f->flag_bit[i];
    bits &= (((u128)1 << (f->cause.high - f->cause.low + 1)) - 1) & ~flags;
    return bits << f->cause.low;
}

/* A context that the code writes would need its packed value compared too. */
static bool writes_context(const struct vectors *v)
{
    for (unsigned i = 0; i < v->count; i++)
        if (v->at[i].form->sem->writes_context)
            return true;
    return false;
}

int command_vectors(struct model *m, int argc, char **argv)
{
    if (argc > 0 && !strcmp(argv[0], "--inline"))
        return inline_vectors(m);
    unsigned per_form = argc > 0 ? (unsigned)strtoul(argv[0], NULL, 0) : 10, made = 0;
    struct vectors v = {.m = m, .seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1};
    v.seed = v.seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    if (!find_illegal(&v)) {
        fprintf(stderr, "isac: vectors: every word of %s is an instruction\n", m->name);
        return 1;
    }
    printf("# %s, %u bits, %s endian\nd %x %x\n", m->name, m->word,
           m->big ? "big" : "little", DATA, DATA_BYTES);
    printf("x %x\n", (unsigned)context_initial(m));
    for (size_t i = 0; i < m->forms.len; i++)
        for (unsigned k = 0, tries = 0; k < per_form && tries < 10 * per_form; tries++) {
            struct eval_trap t = {0};
            if (!build(&v, m->forms.at[i]) || writes_context(&v))
                continue;
            struct eval *before = random_state(&v), *after = eval_copy(before);
            if (!evaluate(&v, after, &t) || vectors_odd_causes(after))
                continue;
            print_vector(&v, before, after, &t);
            made++;
            k++;
        }
    printf("# %u vectors\n", made);
    return 0;
}
