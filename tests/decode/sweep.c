/*
 * sweep.c - the generated decoder against the masks and predicates of the forms, word by
 * word.
 *
 *   sweep FILE.isa WORD FIRST COUNT STEP [NAME=CONTEXT]
 *
 * For COUNT words from FIRST on, STEP apart (modulo 2^32): the generated decoder finds a
 * form if and only if exactly one form matches that none of the other matching ones
 * refines, and it is that one; its length is that of the `length` rules. For one word in
 * 1024 the generated disassembler prints what isac's prints, and the text assembles to a
 * word with that text. Exits 1 after the first ten differences.
 */
#include "asm.h"
#include "deval.h"
#include "diag.h"
#include "length.h"
#include "overlap.h"
#include "sem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"

/* Words are sorted by bits 31..26 and 5..0 beforehand: which forms could match. */
enum { KEYS = 4096 };
#define KEY_MASK UINT64_C(0xfc00003f)

struct sweep {
    struct model *m;
    unsigned differences;
    uint64_t valid;
    struct list {
        VEC(struct form *) forms;
    } lists[9][KEYS]; /* by bytes */
};

static unsigned key_of(uint64_t word)
{
    return (unsigned)(word >> 20 & 0xfc0) | (unsigned)(word & 0x3f);
}

static uint64_t word_of_key(unsigned key)
{
    return (uint64_t)(key & 0xfc0) << 20 | (key & 0x3f);
}

static void lists_build(struct sweep *s)
{
    for (unsigned key = 0; key < KEYS; key++)
        for (size_t i = 0; i < s->m->forms.len; i++) {
            struct form *f = s->m->forms.at[i];
            if (!((word_of_key(key) ^ f->value) & f->mask & KEY_MASK))
                vec_push(&s->lists[f->bits / 8][key].forms, f);
        }
}

/* The best form by trying all of them; *several: there is no single best one. */
static struct form *best_form(const struct sweep *s, uint64_t word, unsigned bytes,
                              bool *several)
{
    const struct list *l = &s->lists[bytes][key_of(word)];
    struct form *best = NULL;
    *several = false;
    for (size_t i = 0; i < l->forms.len; i++) {
        struct form *f = l->forms.at[i];
        if ((word & f->mask) != f->value)
            continue;
        if (!place_matches(s->m, f, place_of(s->m, word)))
            continue;
        if (!best || insn_refines(s->m, f->insn, best->insn))
            best = f;
        else if (!insn_refines(s->m, best->insn, f->insn))
            *several = true;
    }
    return best;
}

static void differ(struct sweep *s, uint64_t word, const char *what, const char *a,
                   const char *b)
{
    printf("# 0x%08llx: %s: '%s', generated '%s'\n", (unsigned long long)word, what, a,
           b);
    if (++s->differences >= 10)
        exit(1);
}

static void check_text(struct sweep *s, uint64_t word)
{
    struct text ours = {0}, again = {0};
    char theirs[256];
    const char *why = "";
    uint64_t back;
    if (!disas_word(s->m, word, 0x1000, true, &ours))
        return;
    sweep_disas(word, 0x1000, theirs, sizeof theirs);
    if (strcmp(ours.at, theirs))
        differ(s, word, "texts differ", ours.at, theirs);
    if (!asm_line(s->m, ours.at, 0x1000, &back, NULL, NULL, &why))
        differ(s, word, "doesn't assemble", ours.at, why);
    else if (disas_word(s->m, back, 0x1000, true, &again) && strcmp(ours.at, again.at))
        differ(s, word, "assembles to another text", ours.at, again.at);
    free(ours.at);
    free(again.at);
}

static void check_word(struct sweep *s, uint64_t word)
{
    bool several;
    unsigned length = length_of_word(s->m, word), bytes;
    if (!length)
        return; /* the beginning of something longer than 32 bits */
    if (length < 64)
        word &= (UINT64_C(1) << length) - 1;
    struct form *f = best_form(s, word, length / 8, &several);
    struct sweep_order order = {s->m->fetch_bits / 8, s->m->fetch_big, s->m->first_low};
    int found = sweep_decode(word, length / 8, &order, context_initial(s->m), &bytes);
    if (several)
        differ(s, word, "no single best form", f->name, "-");
    if (found != (f ? (int)f->index : -1))
        differ(s, word, "forms differ", f ? f->name : "none",
               found >= 0 ? s->m->forms.at[found]->name : "none");
    if (f && bytes != f->bits / 8)
        differ(s, word, "lengths differ", f->name, "-");
    s->valid += f != NULL;
}

static void set_context(struct model *m, const char *setting)
{
    for (size_t i = 0; i < m->regs.len; i++) {
        size_t len = strlen(m->regs.at[i]->name);
        if (m->regs.at[i]->is_context && !strncmp(setting, m->regs.at[i]->name, len) &&
            setting[len] == '=')
            m->regs.at[i]->initial = strtoul(setting + len + 1, NULL, 0);
    }
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        fprintf(stderr, "usage: sweep FILE.isa WORD FIRST COUNT STEP [NAME=CONTEXT]\n");
        return 2;
    }
    struct config config = {
        .word = (unsigned)atoi(argv[2]), .big = -1, .all_extensions = true};
    static struct sweep s;
    s.m = model_build(parse_file(argv[1]), &config);
    sem_build(s.m);
    diag_finish();
    if (diag_errors())
        return 1;
    if (argc > 6)
        set_context(s.m, argv[6]);
    uint64_t word = strtoull(argv[3], NULL, 0), count = strtoull(argv[4], NULL, 0);
    uint64_t step = strtoull(argv[5], NULL, 0);
    lists_build(&s);
    for (uint64_t i = 0; i < count; i++, word += step) {
        check_word(&s, (uint32_t)word);
        if (i % 1024 == 0)
            check_text(&s, (uint32_t)word);
    }
    printf("# %llu words, %llu of them instructions, %u differences\n",
           (unsigned long long)count, (unsigned long long)s.valid, s.differences);
    return s.differences > 0;
}
