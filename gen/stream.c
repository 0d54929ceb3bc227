/* stream.c - `isac stream`: random cases for the runner of tests/diff; see stream.h */
#include "stream.h"

#include "asm.h"
#include "deval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: isac stream FILE.target [OPTION...]\n"
    "  --count N            instructions in all (default 1000)\n"
    "  --seed S             of the random numbers (default 1)\n"
    "  --class CLASS        int, mem, branch, fp, atomic, trap or all (default all)\n"
    "  --length K           up to K instructions per case (default 8)\n"
    "  --avoid FILE=N,...   the integer registers and those that belong to the runner\n"
    "  --align              few accesses to unaligned addresses\n"
    "  --paired             a store-conditional only where a reservation stands\n"
    "  --enables            floating-point traps are on\n"
    "  --each N             instead N cases of one instruction for each form\n"
    "  --flags F            the runner's flags, instead of what suits the class\n"
    "  --show               instead shows the instructions of the cases on standard "
    "input\n";

enum stream_class { INT, MEM, BRANCH, FP, ATOMIC, TRAP, ALL };
static const char *const class_names[] = {"int",    "mem",  "branch", "fp",
                                          "atomic", "trap", "all"};
enum { CLASSES = ALL, MAX_LENGTH = 64, MAX_AVOID = 64 };

typedef VEC(struct form *) form_list;

struct stream {
    const struct model *m;
    enum stream_class class_;
    unsigned long count, each;
    unsigned length;
    uint64_t random, avoid;
    const struct reg *file;
    const char *avoid_text, *flags;
    bool align, paired, enables, show;
    bool *fp;
    form_list forms[CLASSES]; /* that have words of this class */
};

struct insn_at {
    struct form *form;
    uint64_t word, pc;
};

/* The instructions of one case. */
struct run {
    enum stream_class class_;
    struct insn_at at[MAX_LENGTH];
    unsigned count;
    struct sym_state state; /* before the next one */
    uint64_t pc;
    bool in_slot,
        ends; /* the next one is in a slot; nothing can come after the last one */
    const struct insn_at *reserve;
    unsigned reserved_bits; /* of a reservation that no store-conditional has ended */
};

static uint64_t random_bits(struct stream *s)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return s->random * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned below(struct stream *s, uint64_t n)
{
    return (unsigned)((random_bits(s) >> 20) % n);
}

/* ---- words ---- */

static uint64_t corner(struct stream *s, const struct field *field)
{
    unsigned width = field->type.width;
    const struct bank *bank = field->type.kind == OP_BANK ? field->type.bank : NULL;
    if (bank && bank->entries.len)
        return (uint64_t)bank->entries.at[below(s, bank->entries.len)].number;
    switch (below(s, 4)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return UINT64_C(1) << (width - 1);
    default:
        return below(s, 4);
    }
}

static uint64_t random_word(struct stream *s, const struct form *f)
{
    uint64_t fixed = f->mask | f->should_mask | f->ignored_mask;
    uint64_t word = random_bits(s);
    for (size_t i = 0; i < f->fields.len; i++) {
        const struct field *field = &f->fields.at[i];
        enum operand_kind kind = field->type.kind;
        unsigned odds = kind == OP_BANK ? 2 : kind == OP_UINT || kind == OP_SINT ? 8 : 0;
        if (field->is_operand && odds && !below(s, odds))
            word = field_put(field, word, corner(s, field));
    }
    return (word & ~fixed) | f->value | f->should_value;
}

/* Copies what is named alike from another instruction. */
static uint64_t like(const struct form *f, uint64_t word, const struct insn_at *other)
{
    for (size_t i = 0; i < f->fields.len; i++) {
        const struct field *field = &f->fields.at[i];
        int from = field->is_operand ? form_field(other->form, field->name) : -1;
        if (from >= 0 && strcmp(field->name, "rd") != 0 && strcmp(field->name, "rt") != 0)
            word = field_put(field, word,
                             field_get(&other->form->fields.at[from], other->word));
    }
    return word;
}

static bool any_holds(const struct model *m, const struct form *f, uint64_t word,
                      struct sem_expr *const *at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (stream_truth(m, f, word, at[i]) != 0)
            return true;
    return false;
}

static bool usable(const struct stream *s, struct form *f, uint64_t word)
{
    return decode_word(s->m, word) == f &&
           !any_holds(s->m, f, word, f->sem->unpredictable.at,
                      f->sem->unpredictable.len) &&
           !any_holds(s->m, f, word, f->sem->hints.at, f->sem->hints.len);
}

static enum stream_class class_of(const struct effects *e)
{
    if (e->traps_always)
        return TRAP;
    if (e->targets.len || e->nullifies)
        return BRANCH;
    if (e->atomic)
        return ATOMIC;
    if (e->loads || e->stores)
        return MEM;
    return e->fp ? FP : INT;
}

static void effects_of(const struct stream *s, const struct form *f, uint64_t word,
                       const struct run *r, struct effects *e)
{
    stream_effects(s->m, f, word, r->pc, &r->state, s->avoid, s->fp, e);
}

/* Where it goes can't be known: a register's content. */
static bool astray(const struct effects *e)
{
    for (size_t t = 0; t < e->targets.len; t++)
        if (e->targets.at[t].kind != SYM_KNOWN && e->targets.at[t].kind != SYM_END)
            return true;
    return false;
}

/* A store-conditional of another width than its reservation, and with --paired one
 * without: manuals leave open what it does. */
static bool mismatched(const struct stream *s, const struct run *r,
                       const struct effects *e)
{
    return e->conditional_store && (r->reserved_bits || s->paired) &&
           r->reserved_bits != e->atomic_bits;
}

static bool refused(const struct effects *e)
{
    return e->reads_avoided || e->clock || e->unknown || e->calls_system || e->lost;
}

/* ---- branches ---- */

static uint64_t end_of(const struct run *r)
{
    const struct insn_at *last = &r->at[r->count - 1];
    return last->pc + last->form->bits / 8;
}

static uint64_t absolute(const struct stream *s, const struct run *r, struct sym target)
{
    uint64_t v = (uint64_t)target.v + (target.kind == SYM_END ? end_of(r) : 0);
    return s->m->word < 64 ? v & ((UINT64_C(1) << s->m->word) - 1) : v;
}

/* TARGET is an instruction after number I and its slot, or the end of the case. */
static bool good_target(const struct stream *s, const struct run *r, unsigned i,
                        bool slot, struct sym target)
{
    if (target.kind != SYM_KNOWN && target.kind != SYM_END)
        return false;
    uint64_t address = absolute(s, r, target);
    for (unsigned j = i + 1 + slot; j < r->count; j++)
        if (r->at[j].pc == address)
            return true;
    return i + 1 + slot <= r->count && address == end_of(r);
}

static bool good_targets(const struct stream *s, const struct run *r, unsigned i,
                         const struct effects *e)
{
    for (size_t t = 0; t < e->targets.len; t++)
        if (!good_target(s, r, i, e->slot, e->targets.at[t]))
            return false;
    return !e->slot || i + 1 < r->count;
}

/* WORD with an immediate operand moved so that its target is that of some later
 * instruction. */
static uint64_t aimed(struct stream *s, const struct run *r, unsigned i, struct form *f,
                      uint64_t word)
{
    static struct effects e;
    unsigned first = i + 1 + s->m->delay_slots;
    unsigned to =
        first + below(s, r->count - i > s->m->delay_slots ? r->count + 1 - first : 1);
    uint64_t wanted = to < r->count ? r->at[to].pc : end_of(r);
    for (size_t k = 0; k < f->fields.len; k++) {
        const struct field *field = &f->fields.at[k];
        if (!field->is_operand ||
            (field->type.kind != OP_UINT && field->type.kind != OP_SINT))
            continue;
        uint64_t zero = field_put(field, word, 0);
        effects_of(s, f, zero, r, &e);
        if (!e.targets.len)
            continue;
        uint64_t moved = field_put(field, zero, wanted - absolute(s, r, e.targets.at[0]));
        effects_of(s, f, moved, r, &e);
        if (e.targets.len && absolute(s, r, e.targets.at[0]) == wanted)
            return moved;
    }
    return word;
}

/* ---- cases ---- */

static const char *flags_of(struct stream *s, enum stream_class c, bool branches)
{
    if (s->flags)
        return s->flags;
    unsigned n = below(s, 4);
    switch (c) {
    case MEM:
    case ATOMIC:
        return "m";
    case FP:
        return s->enables ? (n & 1 ? "fe" : "e") : n & 1 ? "f" : "-";
    default:
        if (branches)
            return n & 1 ? "cb" : "b";
        return n == 0 ? "c" : n == 1 ? "s" : "-";
    }
}

static void start(const struct stream *s, struct run *r, enum stream_class c,
                  const char *flags)
{
    memset(r, 0, sizeof *r);
    r->class_ = c;
    r->state.file = s->file;
    r->pc = STREAM_CODE;
    for (unsigned i = 0; i < SYM_REGS && i < 32; i++) {
        struct sym *reg = &r->state.regs[i];
        if (strchr(flags, 'm'))
            reg->kind = i % 4 == 0 ? SYM_SMALL : i % 4 == 3 ? SYM_NOWHERE : SYM_POINTER;
        else if (strchr(flags, 'b') && i % 4 == 3)
            reg->kind = SYM_END;
    }
}

static void append(struct run *r, struct form *f, uint64_t word, const struct effects *e)
{
    r->at[r->count] = (struct insn_at){f, word, r->pc};
    if (e->reserves)
        r->reserve = &r->at[r->count];
    else if (e->atomic)
        r->reserve = NULL;
    if (e->reserves || e->conditional_store)
        r->reserved_bits = e->reserves ? e->atomic_bits : 0;
    r->count++;
    r->pc += f->bits / 8;
    r->state = e->after;
    r->in_slot = e->slot;
    r->ends = e->traps_always || e->nowhere;
}

/* A word of class C for this place; false after many tries. */
static bool draw(struct stream *s, struct run *r, enum stream_class c, struct effects *e)
{
    if (!s->forms[c].len)
        return false;
    struct form *f;
    do
        f = s->forms[c].at[below(s, s->forms[c].len)];
    while (c == INT && f->sem->traps && below(s, 8) && s->forms[c].len > 1);
    bool may_fault = !below(s, 64), may_skew = !s->align || !below(s, 200);
    for (unsigned tries = 0; tries < 300; tries++) {
        uint64_t word = random_word(s, f);
        if (r->reserve && c == ATOMIC && below(s, 4))
            word = like(f, word, r->reserve);
        if (!usable(s, f, word))
            continue;
        effects_of(s, f, word, r, e);
        if (class_of(e) != c || refused(e) || mismatched(s, r, e) || astray(e) ||
            (e->nowhere && !may_fault) || (e->unaligned && !may_skew))
            continue;
        append(r, f, word, e);
        return true;
    }
    return false;
}

static enum stream_class next_class(struct stream *s, const struct run *r, bool last)
{
    if (r->class_ == BRANCH)
        return r->in_slot || (last && s->m->delay_slots) || below(s, 5) < 3 ? INT
                                                                            : BRANCH;
    if (r->class_ == ATOMIC && !below(s, 4))
        return MEM;
    return r->class_;
}

/* Gives every branch a target; else the number of the first that can't have any. */
static unsigned aim(struct stream *s, struct run *r)
{
    static struct effects e;
    struct run at = *r;
    start(s, &at, r->class_, "b");
    for (unsigned i = 0; i < r->count; i++) {
        struct insn_at *insn = &r->at[i];
        at.pc = insn->pc;
        effects_of(s, insn->form, insn->word, &at, &e);
        at.count = r->count;
        memcpy(at.at, r->at, sizeof at.at);
        bool good = !e.targets.len && !e.nullifies;
        for (unsigned tries = 0; !good && tries < 200; tries++) {
            uint64_t word = tries ? random_word(s, insn->form) : insn->word;
            word = aimed(s, &at, i, insn->form, word);
            effects_of(s, insn->form, word, &at, &e);
            good = usable(s, insn->form, word) && !refused(&e) &&
                   class_of(&e) == BRANCH && good_targets(s, &at, i, &e);
            if (good)
                insn->word = word;
        }
        if (!good)
            return i;
        at.state = e.after;
    }
    return r->count;
}

/* Aims, leaving out what comes after a branch without a possible target. */
static bool aim_all(struct stream *s, struct run *r)
{
    for (;;) {
        unsigned good = aim(s, r);
        if (good == r->count)
            return r->count > 0;
        r->count = good;
    }
}

static void print_word(const struct model *m, const struct insn_at *i)
{
    unsigned units = i->form->bits / m->fetch_bits, bytes = m->fetch_bits / 8;
    for (unsigned u = 0; u < units; u++) {
        unsigned at = (m->first_low ? u : units - 1 - u) * m->fetch_bits;
        for (unsigned b = 0; b < bytes; b++)
            printf("%02x",
                   (unsigned)(i->word >> (at + 8 * (m->fetch_big ? bytes - 1 - b : b)) &
                              255));
    }
}

static void print_run(struct stream *s, const struct run *r, const char *flags)
{
    printf("%x %s ", below(s, 0xffffffff) + 1, flags);
    for (unsigned i = 0; i < r->count; i++)
        print_word(s->m, &r->at[i]);
    putchar('\n');
}

static enum stream_class pick_class(struct stream *s)
{
    if (s->class_ != ALL)
        return s->class_;
    enum stream_class c;
    do
        c = (enum stream_class)below(s, TRAP);
    while (!s->forms[c].len);
    return c;
}

static unsigned long one_case(struct stream *s)
{
    static struct run r;
    static struct effects e;
    enum stream_class c = pick_class(s);
    const char *flags = flags_of(s, c, c == BRANCH);
    unsigned length = c == TRAP ? 1 : 1 + below(s, s->length);
    start(s, &r, c, flags);
    for (unsigned i = 0; i < length && !r.ends; i++)
        draw(s, &r, next_class(s, &r, i + 1 == length), &e);
    if (!r.count || r.in_slot || (c == BRANCH && !aim_all(s, &r)))
        return 0;
    print_run(s, &r, flags);
    return r.count;
}

/* ---- forms and options ---- */

static void sort_forms(struct stream *s)
{
    static struct effects e;
    static struct run r;
    for (size_t i = 0; i < s->m->forms.len; i++) {
        struct form *f = s->m->forms.at[i];
        bool seen[CLASSES] = {false};
        for (unsigned tries = 0; tries < 400; tries++) {
            uint64_t word = random_word(s, f);
            start(s, &r, ALL, tries & 1 ? "m" : "b");
            if (!usable(s, f, word))
                continue;
            effects_of(s, f, word, &r, &e);
            enum stream_class c = class_of(&e);
            if (seen[c] || refused(&e))
                continue;
            seen[c] = true;
            vec_push(&s->forms[c], f);
        }
    }
}

/* Cases of one instruction, as many for each form as the registers' content suits it. */
static int print_each(struct stream *s)
{
    static struct effects e;
    static struct run r;
    for (unsigned c = 0; c < CLASSES; c++) {
        form_list all = s->forms[c];
        for (size_t i = 0; i < all.len && c != BRANCH; i++) {
            s->forms[c] = (form_list){&all.at[i], 1, 1};
            for (unsigned long n = 0; n < s->each; n++) {
                const char *flags = flags_of(s, (enum stream_class)c, false);
                start(s, &r, (enum stream_class)c, flags);
                if (draw(s, &r, (enum stream_class)c, &e))
                    print_run(s, &r, flags);
            }
        }
    }
    return 0;
}

/* The word at BYTES, at most COUNT of them, in the guest's order. */
static uint64_t word_at(const struct model *m, const uint8_t *bytes, size_t count)
{
    unsigned unit = m->fetch_bits / 8;
    uint64_t word = 0;
    for (unsigned i = 0; i < count && i < 8; i += unit) {
        uint64_t u = 0;
        for (unsigned b = 0; b < unit && i + b < count; b++)
            u |= (uint64_t)bytes[i + b] << 8 * (m->fetch_big ? unit - 1 - b : b);
        word |= u << 8 * i;
    }
    return word;
}

/* Lines "case SEED FLAGS", then "+OFFSET WORD NAME: TEXT" for each instruction. */
static int show_cases(const struct model *m)
{
    static char line[1 << 12], flags[32], hex[1 << 12];
    static uint8_t bytes[1 << 11];
    unsigned long long seed;
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "%llx %31s %4095s", &seed, flags, hex) < 3)
            continue;
        size_t count = 0;
        for (unsigned byte; sscanf(hex + 2 * count, "%2x", &byte) == 1; count++)
            bytes[count] = (uint8_t)byte;
        printf("case %llx %s\n", seed, flags);
        for (size_t at = 0; at < count;) {
            struct text t = {0};
            uint64_t word = word_at(m, bytes + at, count - at);
            struct form *f = disas_word(m, word, STREAM_CODE + at, false, &t);
            unsigned bits = f ? f->bits : m->fetch_bits;
            printf("+%zx %0*llx %s: %s\n", at, (int)bits / 4,
                   (unsigned long long)low_bits(word, bits), f ? f->insn->name : "?",
                   f ? t.at : "");
            free(t.at);
            at += bits / 8;
        }
    }
    return 0;
}

static bool read_avoid(struct stream *s)
{
    const char *t = s->avoid_text ? s->avoid_text : "";
    size_t n = strcspn(t, "=");
    for (size_t i = 0; i < s->m->regs.len; i++)
        if (s->m->regs.at[i]->is_file &&
            (!*t || (strlen(s->m->regs.at[i]->name) == n &&
                     !strncmp(s->m->regs.at[i]->name, t, n)))) {
            s->file = s->m->regs.at[i];
            break;
        }
    if (!s->file)
        return false;
    for (t += n; *t == '=' || *t == ',';) {
        char *end;
        unsigned long number = strtoul(t + 1, &end, 10);
        if (end == t + 1 || number >= s->file->count || number >= MAX_AVOID)
            return false;
        s->avoid |= UINT64_C(1) << number;
        t = end;
    }
    return !*t;
}

static bool read_class(struct stream *s, const char *name)
{
    for (unsigned i = 0; i <= ALL; i++)
        if (!strcmp(class_names[i], name)) {
            s->class_ = (enum stream_class)i;
            return true;
        }
    return false;
}

static bool read_option(struct stream *s, const char *option, const char *value)
{
    if (!strcmp(option, "--count"))
        s->count = strtoul(value, NULL, 0);
    else if (!strcmp(option, "--seed"))
        s->random = strtoull(value, NULL, 0) * UINT64_C(0x9e3779b97f4a7c15) + 1;
    else if (!strcmp(option, "--length"))
        s->length = (unsigned)strtoul(value, NULL, 0);
    else if (!strcmp(option, "--each"))
        s->each = strtoul(value, NULL, 0);
    else if (!strcmp(option, "--avoid"))
        s->avoid_text = value;
    else if (!strcmp(option, "--flags"))
        s->flags = value;
    else
        return !strcmp(option, "--class") && read_class(s, value);
    return s->length >= 1 && s->length <= MAX_LENGTH;
}

static bool read_options(struct stream *s, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--align"))
            s->align = true;
        else if (!strcmp(argv[i], "--paired"))
            s->paired = true;
        else if (!strcmp(argv[i], "--enables"))
            s->enables = true;
        else if (!strcmp(argv[i], "--show"))
            s->show = true;
        else if (i + 1 < argc && read_option(s, argv[i], argv[i + 1]))
            i++;
        else
            return false;
    }
    return true;
}

int command_stream(const struct model *m, int argc, char **argv)
{
    struct stream s = {.m = m, .class_ = ALL, .count = 1000, .length = 8, .random = 1};
    if (!read_options(&s, argc, argv) || !read_avoid(&s)) {
        fprintf(stderr, "isac: stream: the options can't be understood\n%s", usage);
        return 1;
    }
    if (s.show)
        return show_cases(m);
    random_bits(&s);
    s.fp = zalloc(m->regs.len * sizeof *s.fp);
    stream_fp_registers(m, s.file, s.fp);
    sort_forms(&s);
    if (s.each)
        return print_each(&s);
    if (s.class_ != ALL && !s.forms[s.class_].len) {
        fprintf(stderr, "isac: stream: %s has no instructions of class %s\n", m->name,
                class_names[s.class_]);
        return 1;
    }
    unsigned failed = 0;
    for (unsigned long done = 0; done < s.count && failed < 100000;) {
        unsigned long n = one_case(&s);
        done += n;
        failed += !n;
    }
    return 0;
}
