/*
 * inline_vectors.c - `isac vectors FILE --inline`: the examples and tests of a
 * description for tests/vectors/run.c, which has the generated decoder, disassembler and
 * interpreter do them. Lines beside those of vectors.c:
 *
 *     e NAME              an example:
 *     w X BYTES TEXT      under decode context X these bytes are printed as TEXT at
 * 0x1000 s UNITS             a test: run so many instructions; a branch with its slot is
 * one u FIRST LAST        not mapped; all else is, and zero where no m line says more a I
 * VALUE UNKNOWN   an argument of the trap that is expected X BITS              the decode
 * context at the end
 *
 * Code stands in m lines. Traps are those of the target: where its ABI fixes unaligned
 * accesses up there is no Unaligned. Causes of floating point that no operation sets are
 * not compared.
 */
#include "abi.h"
#include "asm.h"
#include "deval.h"
#include "inline_test.h"
#include "run_setup.h"
#include "vectors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct inline_run {
    struct model *m;
    const struct form *nop; /* for the delay slot behind a test; NULL: needs none */
    uint64_t nop_word;
};

/* --- an instruction without effect */

/* Whether a word of F does nothing to a state of SALT. */
static bool does_nothing(const struct model *m, const struct form *f, uint64_t word,
                         uint64_t salt)
{
    struct eval *before = eval_new(m);
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        for (unsigned j = 0; j < r->count && !r->is_context; j++)
            if (!(r->hardwired && r->hardwired[j]))
                before->regs[r->index][j].v =
                    (salt * (i + 1) + 12 * j) & (((u128)1 << r->width) - 1);
    }
    before->pc = DEFAULT_PC;
    struct eval *after = eval_copy(before);
    struct eval_trap t = eval_form(after, f, word);
    bool same = !t.kind && !after->in_slot && !after->bytes.len && !after->reserved &&
                after->pc == before->pc + f->bits / 8;
    for (size_t i = 0; i < m->regs.len; i++)
        for (unsigned j = 0; j < m->regs.at[i]->count; j++) {
            struct val a = before->regs[i][j], b = after->regs[i][j];
            same = same && a.v == b.v && !b.x;
        }
    return same;
}

static bool find_nop(struct inline_run *r)
{
    const struct model *m = r->m;
    for (size_t i = 0; i < m->forms.len; i++) {
        const struct form *f = m->forms.at[i];
        uint64_t word = f->value | f->should_value;
        if (f->sem->branches || f->sem->writes_context || decode_word(m, word) != f ||
            !does_nothing(m, f, word, 0x1234567) || !does_nothing(m, f, word, 0x7654321))
            continue;
        r->nop = f;
        r->nop_word = word;
        return true;
    }
    return false;
}

/* --- one example, one test */

static void put_code(struct eval *e, uint64_t address, uint64_t word, unsigned bits)
{
    uint8_t bytes[CODE_BYTES_MAX];
    unsigned n = vectors_code(e->m, word, bits, bytes);
    for (unsigned i = 0; i < n; i++)
        eval_store(e, address + i, 8, (struct val){bytes[i], 0});
}

static void show_name(const struct node *n, char kind)
{
    const char *path = source_at(n->loc.file)->path;
    const char *base = strrchr(path, '/');
    printf("%c %s:%u\n", kind, base ? base + 1 : path, n->loc.line);
}

static void show_example(void *data, const struct node *n, uint64_t word, unsigned bits)
{
    const struct inline_run *r = data;
    uint8_t bytes[CODE_BYTES_MAX];
    unsigned count = vectors_code(r->m, word, bits, bytes);
    struct text line = {0};
    disas_word(r->m, word, DEFAULT_PC, true, &line);
    show_name(n, 'e');
    printf("w %x ", (unsigned)context_initial(r->m));
    for (unsigned i = 0; i < count; i++)
        printf("%02x", bytes[i]);
    printf(" %s\n", line.at);
    free(line.at);
}

/* Where E's pc stands in P; its count: nowhere. */
static unsigned insn_at(const struct test_program *p, uint64_t pc)
{
    unsigned i = 0;
    while (i < p->count && p->at[i].address != pc)
        i++;
    return i;
}

/* Runs E as the evaluator's tests do, and a delay slot that is left to its end. Returns
 * how many units ran. */
static unsigned run_units(const struct inline_run *r, struct eval *e,
                          const struct test_program *p, struct eval_trap *t)
{
    unsigned units = 0;
    for (unsigned steps = 0; !t->kind && (steps < p->count || e->in_slot); steps++) {
        unsigned i = insn_at(p, e->pc);
        if (i == p->count && !e->in_slot)
            break;
        units += !e->in_slot;
        *t = i == p->count ? eval_form(e, r->nop, r->nop_word)
                           : eval_form(e, p->at[i].form, p->at[i].word);
    }
    return units;
}

static uint32_t context_of(const struct eval *e)
{
    uint32_t all = 0;
    for (size_t i = 0; i < e->m->regs.len; i++) {
        const struct reg *r = e->m->regs.at[i];
        if (r->is_context)
            all |= (uint32_t)e->regs[r->index][0].v << context_shift(e->m, r);
    }
    return all;
}

static void show_test(void *data, const struct node *n, const struct eval *from,
                      const struct test_program *p)
{
    const struct inline_run *r = data;
    struct eval *before = eval_copy(from);
    struct eval_trap t = {0};
    before->unaligned_works = abi_unaligned_works(r->m);
    for (unsigned i = 0; i < p->count; i++)
        put_code(before, p->at[i].address, p->at[i].word, p->at[i].form->bits);
    if (r->nop)
        put_code(before, p->end, r->nop_word, r->nop->bits);
    struct eval *after = eval_copy(before);
    unsigned units = run_units(r, after, p, &t);
    u128 odd = vectors_odd_causes(after);
    if (odd)
        after->regs[r->m->fenv.cause.reg->index][0].x |= odd;
    show_name(n, 'v');
    printf("x %x\np %" PRIx64 "\ns %x\n", (unsigned)context_of(before), p->start, units);
    for (size_t i = 0; i < before->unmapped.len; i++)
        printf("u %" PRIx64 " %" PRIx64 "\n", before->unmapped.at[i].first,
               before->unmapped.at[i].last);
    for (unsigned i = 0; i < t.arg_count; i++)
        printf("a %x %" PRIx64 " %" PRIx64 "\n", i, (uint64_t)t.args[i].v,
               (uint64_t)t.args[i].x);
    printf("X %x\n", (unsigned)context_of(after));
    vectors_states(before, after, &t);
    puts(".");
}

int inline_vectors(struct model *m)
{
    struct inline_run r = {.m = m};
    struct test_visitor v = {show_example, show_test, &r};
    if (m->delay_slots && !find_nop(&r)) {
        fprintf(stderr, "isac: vectors: no instruction of %s does nothing\n", m->name);
        return 1;
    }
    printf("# %s, %u bits, %s endian\n", m->name, m->word, m->big ? "big" : "little");
    struct test_counts c = tests_visit(m, &v);
    printf("# %u tests, %u examples\n", c.tests, c.examples);
    return c.failed > 0;
}
