/*
 * against.c - isac against objdump|capstone: a disassembler not written here as oracle.
 *
 * What the oracle is told about the instruction set, and which differences are known to
 * be no mistakes, stands in a rules file, one line each:
 *
 *   capstone ARCH MODE           numbers of <capstone.h>, for cs_open
 *   objdump COMMAND ARG...       run on a file of words; prints as GNU objdump does
 *   pad HEX BITS                 what stands between the words given to objdump
 *   spell "REGEX" "NEW" REASON   the oracle's text is rewritten (\1 ... \9 in NEW)
 *   invalid "REGEX" REASON       the oracle's text says that there is no instruction
 *   allow KIND NAME "REGEX" REASON
 *                                a difference; KIND is ours, theirs, length or text;
 *                                NAME the form's name (theirs: the oracle's mnemonic)
 *                                or *; REGEX matches "OUR TEXT | THEIR TEXT"
 *
 * Invariants
 *  (1) A difference that no rule allows makes the exit status 1.
 *  (2) A rule that nothing needs is reported: it may hide a mistake.
 */
#include "asm.h"
#include "deval.h"
#include "enumerate.h"
#include "length.h"
#include "text.h"

#include <capstone/capstone.h>
#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum difference { SAME, OURS, THEIRS, LENGTH, TEXT };
static const char *const difference_names[] = {"same", "ours", "theirs", "length",
                                               "text"};
static const char *const difference_texts[] = {"", "only isac has an instruction",
                                               "only the oracle has an instruction",
                                               "lengths differ", "texts differ"};

struct rule {
    enum { RULE_SPELL, RULE_INVALID, RULE_ALLOW } kind;
    enum difference difference;
    const char *form, *pattern, *replacement;
    regex_t regex;
    unsigned line, used;
};

/* Differences of one instruction and kind in one operand. */
struct group {
    const char
        *name; /* the form's; of an instruction that isac lacks, the oracle's mnemonic */
    unsigned index; /* the form's, for the order */
    enum difference difference;
    unsigned operand, count;
    uint64_t word;
    const char *ours, *theirs;
};

struct against {
    const struct model *m;
    const char *path;
    bool use_capstone;
    unsigned arch, mode;
    const char *objdump;
    uint64_t pad;
    unsigned pad_bits;
    VEC(struct rule) rules;
    VEC(struct group) groups;
    struct test_words words;
    size_t compared, allowed, unpredictable, differing;
    unsigned shown; /* groups to print */
};

/* What the oracle says of a word. */
struct answer {
    bool valid;
    unsigned bytes;
    const char *text;
};

/* ---- the rules file ---- */

static const char *quoted(char **p)
{
    char *start = strchr(*p, '"');
    char *end = start;
    while (end && *++end && *end != '"')
        end += *end == '\\' && end[1];
    if (!end || !*end)
        return NULL;
    *p = end + 1;
    return intern_n(start + 1, (size_t)(end - start - 1));
}

static const char *word(char **p)
{
    while (isspace((unsigned char)**p))
        (*p)++;
    char *start = *p;
    while (**p && !isspace((unsigned char)**p))
        (*p)++;
    return intern_n(start, (size_t)(*p - start));
}

static bool rules_error(const struct against *a, unsigned line, const char *what)
{
    fprintf(stderr, "isac: %s:%u: %s\n", a->path, line, what);
    return false;
}

static bool pattern_rule(struct against *a, const char *kind, char *p, unsigned line)
{
    struct rule r = {.line = line};
    r.kind = kind[0] == 's' ? RULE_SPELL : kind[0] == 'i' ? RULE_INVALID : RULE_ALLOW;
    if (r.kind == RULE_ALLOW) {
        const char *difference = word(&p);
        for (unsigned i = OURS; i <= TEXT; i++)
            if (!strcmp(difference, difference_names[i]))
                r.difference = (enum difference)i;
        if (r.difference == SAME)
            return rules_error(a, line,
                               "allow needs 'ours', 'theirs', 'length' or 'text'");
        r.form = word(&p);
    }
    r.pattern = quoted(&p);
    if (!r.pattern || regcomp(&r.regex, r.pattern, REG_EXTENDED))
        return rules_error(a, line, "no regular expression in quotes");
    if (r.kind == RULE_SPELL && !(r.replacement = quoted(&p)))
        return rules_error(a, line, "spell needs the new text in quotes");
    if (!*word(&p))
        return rules_error(a, line, "a rule needs its reason");
    vec_push(&a->rules, r);
    return true;
}

static bool rules_line(struct against *a, char *p, unsigned line)
{
    const char *kind = word(&p);
    if (!*kind || *kind == '#')
        return true;
    if (!strcmp(kind, "capstone")) {
        a->arch = (unsigned)strtoul(word(&p), NULL, 0);
        a->mode = (unsigned)strtoul(word(&p), NULL, 0);
    } else if (!strcmp(kind, "objdump")) {
        while (isspace((unsigned char)*p))
            p++;
        a->objdump = intern(p);
    } else if (!strcmp(kind, "pad")) {
        a->pad = strtoull(word(&p), NULL, 16);
        a->pad_bits = (unsigned)strtoul(word(&p), NULL, 0);
    } else if (!strcmp(kind, "spell") || !strcmp(kind, "invalid") ||
               !strcmp(kind, "allow")) {
        return pattern_rule(a, kind, p, line);
    } else {
        return rules_error(a, line,
                           "not a rule: capstone, objdump, pad, spell, invalid, allow");
    }
    return true;
}

static bool read_rules(struct against *a)
{
    FILE *f = fopen(a->path, "r");
    if (!f) {
        fprintf(stderr, "isac: can't read '%s': %s\n", a->path, strerror(errno));
        return false;
    }
    char line[1024];
    bool good = true;
    for (unsigned n = 1; fgets(line, sizeof line, f); n++) {
        line[strcspn(line, "\n")] = 0;
        good = rules_line(a, line, n) && good;
    }
    fclose(f);
    return good;
}

/* ---- text in one spelling ---- */

/* Every match of the rule's expression in S replaced. */
static const char *substitute(struct rule *r, const char *s)
{
    struct text out = {0};
    regmatch_t at[10];
    text_add(&out, "");
    while (*s && !regexec(&r->regex, s, 10, at, out.len ? REG_NOTBOL : 0)) {
        r->used++;
        text_addf(&out, "%.*s", (int)at[0].rm_so, s);
        for (const char *p = r->replacement; *p; p++) {
            if (*p == '\\' && isdigit((unsigned char)p[1])) {
                const regmatch_t *g = &at[*++p - '0'];
                text_addf(&out, "%.*s", (int)(g->rm_eo - g->rm_so), s + g->rm_so);
            } else {
                text_addf(&out, "%c", *p);
            }
        }
        if (at[0].rm_eo == at[0].rm_so)
            break;
        s += at[0].rm_eo;
    }
    text_add(&out, s);
    const char *result = intern(out.at);
    free(out.at);
    return result;
}

/* A number is written in hexadecimal, modulo the word. */
static bool canonical_number(struct text *out, const char **s, unsigned width)
{
    const char *p = *s;
    bool negative = *p == '-';
    p += negative;
    if (!isdigit((unsigned char)*p))
        return false;
    char *end;
    uint64_t v = strtoull(p, &end, p[0] == '0' && p[1] == 'x' ? 16 : 10);
    if (isalnum((unsigned char)*end) || *end == '_' || *end == '.')
        return false;
    v = negative ? -v : v;
    text_addf(out, "%llx", (unsigned long long)low_bits(v, width));
    *s = end;
    return true;
}

/* One space after the mnemonic, none elsewhere; numbers in one form. */
static const char *canonical(const struct model *m, const char *s)
{
    struct text out = {0};
    bool mnemonic = true;
    text_add(&out, "");
    for (char last = 0; *s; last = out.len ? out.at[out.len - 1] : 0) {
        if (isspace((unsigned char)*s)) {
            while (isspace((unsigned char)*s))
                s++;
            if (mnemonic && *s)
                text_add(&out, " ");
            mnemonic = false;
        } else if (isalnum((unsigned char)last) || last == '_' || last == '.' ||
                   !canonical_number(&out, &s, m->word)) {
            text_addf(&out, "%c", *s++);
        }
    }
    const char *result = intern(out.at);
    free(out.at);
    return result;
}

/* Which operand of two canonical texts differs first: 0 is the mnemonic. */
static unsigned differing_operand(const char *a, const char *b)
{
    unsigned n = 0;
    for (; *a && *a == *b; a++, b++)
        n += *a == ' ' || *a == ',';
    return n;
}

/* ---- oracles ---- */

static size_t put_word(const struct model *m, uint64_t w, unsigned bits, unsigned char *p)
{
    unsigned unit = m->fetch_bits / 8, units = bits / m->fetch_bits;
    for (unsigned n = 0; n < units; n++) {
        uint64_t u = w >> m->fetch_bits * (m->first_low ? n : units - 1 - n);
        for (unsigned i = 0; i < unit; i++)
            p[n * unit + i] = (unsigned char)(u >> 8 * (m->fetch_big ? unit - 1 - i : i));
    }
    return bits / 8;
}

/* Each word stands in a slot of its own for objdump, with padding where it could be taken
 * for the beginning of something longer (up to 22 bytes in one instruction set). */
enum { PC = 0x100000, SLOT_MAX = 24 };

static unsigned slot_bytes(const struct against *a)
{
    return a->pad_bits ? SLOT_MAX : a->m->fetch_bits / 8;
}

static bool ask_capstone(struct against *a, struct answer *answers)
{
    csh handle;
    if (cs_open((cs_arch)a->arch, (cs_mode)a->mode, &handle) != CS_ERR_OK) {
        fprintf(stderr, "isac: capstone doesn't know architecture %u, mode 0x%x (%s)\n",
                a->arch, a->mode, a->path);
        return false;
    }
    for (size_t i = 0; i < a->words.at.len; i++) {
        unsigned char bytes[8];
        cs_insn *insn;
        size_t n = put_word(a->m, a->words.at.at[i].word, a->words.at.at[i].bits, bytes);
        if (!cs_disasm(handle, bytes, n, PC, 1, &insn))
            continue;
        answers[i].valid = true;
        answers[i].bytes = insn->size;
        answers[i].text = internf("%s %s", insn->mnemonic, insn->op_str);
        cs_free(insn, 1);
    }
    cs_close(&handle);
    return true;
}

static bool write_slots(const struct against *a, const char *path)
{
    FILE *f = fopen(path, "wb");
    for (size_t i = 0; f && i < a->words.at.len; i++) {
        unsigned char slot[SLOT_MAX] = {0};
        for (unsigned n = 0; a->pad_bits && n + a->pad_bits / 8 <= SLOT_MAX;
             n += a->pad_bits / 8)
            put_word(a->m, a->pad, a->pad_bits, slot + n);
        put_word(a->m, a->words.at.at[i].word, a->words.at.at[i].bits, slot);
        fwrite(slot, 1, slot_bytes(a), f);
    }
    if (f && !fclose(f))
        return true;
    fprintf(stderr, "isac: can't write '%s': %s\n", path, strerror(errno));
    return false;
}

/* A line "  1f8:\t00851020 \tadd\tv0,a0,a1". */
static void objdump_line(struct against *a, struct answer *answers, char *line)
{
    static size_t open = SIZE_MAX; /* the slot whose length isn't known yet */
    char *end, *text;
    unsigned size = slot_bytes(a);
    uint64_t at = strtoull(line, &end, 16);
    if (end == line || *end != ':')
        return;
    if (open < a->words.at.len && at > open * size && at <= (open + 1) * size)
        answers[open].bytes = (unsigned)(at - open * size);
    open = SIZE_MAX;
    if (at % size || at / size >= a->words.at.len)
        return;
    text = strchr(end, '\t');
    text = text ? strchr(text + 1, '\t') : NULL;
    if (!text)
        return;
    text[strcspn(text, "\n")] = 0;
    open = at / size;
    answers[open].valid = true;
    answers[open].text = intern(text + 1);
}

static bool ask_objdump(struct against *a, struct answer *answers)
{
    char path[] = "/tmp/isac-against-XXXXXX", line[512];
    if (!a->objdump) {
        fprintf(stderr, "isac: %s says no 'objdump COMMAND'\n", a->path);
        return false;
    }
    int fd = mkstemp(path);
    bool good = fd >= 0 && !close(fd) && write_slots(a, path);
    FILE *f = good ? popen(internf("%s %s", a->objdump, path), "r") : NULL;
    while (f && fgets(line, sizeof line, f))
        objdump_line(a, answers, line);
    good = f && !pclose(f);
    unlink(path);
    if (!good)
        fprintf(stderr, "isac: '%s' failed\n", a->objdump);
    return good;
}

/* ---- comparing ---- */

static const char *their_spelling(struct against *a, struct answer *t)
{
    const char *s = t->valid ? t->text : "";
    for (size_t i = 0; t->valid && i < a->rules.len; i++) {
        struct rule *r = &a->rules.at[i];
        if (r->kind == RULE_SPELL) {
            s = substitute(r, s);
        } else if (r->kind == RULE_INVALID && !regexec(&r->regex, s, 0, NULL, 0)) {
            r->used++;
            t->valid = false;
        }
    }
    return t->valid ? canonical(a->m, s) : "";
}

static bool allowed(struct against *a, enum difference d, const char *form,
                    const char *both)
{
    for (size_t i = 0; i < a->rules.len; i++) {
        struct rule *r = &a->rules.at[i];
        if (r->kind != RULE_ALLOW || r->difference != d)
            continue;
        if (strcmp(r->form, "*") && strcmp(r->form, form))
            continue;
        if (regexec(&r->regex, both, 0, NULL, 0))
            continue;
        r->used++;
        return true;
    }
    return false;
}

static void add_difference(struct against *a, const struct group *g)
{
    a->differing++;
    for (size_t i = 0; i < a->groups.len; i++) {
        struct group *old = &a->groups.at[i];
        if (old->name == g->name && old->difference == g->difference &&
            old->operand == g->operand) {
            old->count++;
            return;
        }
    }
    vec_push(&a->groups, *g);
}

/* The description calls WORD unpredictable: an oracle may call it illegal. */
static bool is_unpredictable(const struct against *a, const struct form *f, uint64_t w)
{
    if ((w ^ f->should_value) & f->should_mask)
        return true;
    for (size_t i = 0; f->sem && i < f->sem->unpredictable.len; i++)
        if (deval(a->m, f, f->sem->unpredictable.at[i], place_of(a->m, w), 0))
            return true;
    return false;
}

static void compare(struct against *a, const struct test_word *w, struct answer *t)
{
    uint64_t pc = a->use_capstone ? PC : (uint64_t)(w - a->words.at.at) * slot_bytes(a);
    struct text plain = {0}, alias = {0};
    const struct form *f = disas_word(a->m, w->word, pc, false, &plain);
    const char *theirs = their_spelling(a, t), *ours = f ? canonical(a->m, plain.at) : "";
    enum difference d = SAME;
    a->compared++;
    if (f)
        disas_word(a->m, w->word, pc, true, &alias);
    if (f && !t->valid)
        d = OURS;
    else if (!f && t->valid)
        d = THEIRS;
    else if (f && t->bytes && t->bytes != w->bits / 8)
        d = LENGTH;
    else if (f && strcmp(ours, theirs)) {
        const char *other = canonical(a->m, alias.at);
        d = strcmp(other, theirs) ? TEXT : SAME;
        if (d == TEXT &&
            differing_operand(other, theirs) > differing_operand(ours, theirs))
            ours = other;
    }
    free(plain.at);
    free(alias.at);
    if (d == SAME)
        return;
    if ((d == OURS || d == TEXT) && is_unpredictable(a, f, w->word)) {
        a->unpredictable++;
        return;
    }
    const char *name = f ? f->name : intern_n(theirs, strcspn(theirs, " "));
    if (allowed(a, d, name, internf("%s | %s", ours, theirs))) {
        a->allowed++;
        return;
    }
    struct group g = {
        name, f ? f->index : 0, d,    d == TEXT ? differing_operand(ours, theirs) : 0,
        1,    w->word,          ours, theirs};
    add_difference(a, &g);
}

static int by_form(const void *x, const void *y)
{
    const struct group *a = x, *b = y;
    if (a->difference != b->difference)
        return a->difference < b->difference ? -1 : 1;
    if (a->index != b->index)
        return a->index < b->index ? -1 : 1;
    int order = strcmp(a->name, b->name);
    return order ? order : (a->operand > b->operand) - (a->operand < b->operand);
}

static int report(struct against *a)
{
    if (a->groups.len)
        qsort(a->groups.at, a->groups.len, sizeof *a->groups.at, by_form);
    for (size_t i = 0; i < a->groups.len && i < a->shown; i++) {
        const struct group *g = &a->groups.at[i];
        const char *where = g->difference != TEXT ? ""
                            : g->operand          ? internf(" in operand %u", g->operand)
                                                  : " in the mnemonic";
        printf("%s: %s%s (%u)\n    %0*llx  '%s' | '%s'\n", g->name,
               difference_texts[g->difference], where, g->count, 8,
               (unsigned long long)g->word, g->ours, g->theirs);
    }
    if (a->groups.len > a->shown)
        printf("... and %zu more groups (--all shows them)\n", a->groups.len - a->shown);
    for (size_t i = 0; i < a->rules.len; i++)
        if (!a->rules.at[i].used && a->rules.at[i].kind == RULE_ALLOW)
            printf("%s:%u: nothing needs this rule\n", a->path, a->rules.at[i].line);
    printf("%zu words compared: %zu differ (in %zu groups), %zu differences are allowed, "
           "%zu "
           "unpredictable words are illegal there\n",
           a->compared, a->differing, a->groups.len, a->allowed, a->unpredictable);
    return a->differing > 0;
}

/* "FR=1": a context's value, in place of the one at start. */
static bool set_context(const struct model *m, const char *setting)
{
    size_t len = strcspn(setting, "=");
    for (size_t i = 0; i < m->regs.len && setting[len]; i++) {
        struct reg *r = m->regs.at[i];
        if (r->is_context && strlen(r->name) == len && !strncmp(r->name, setting, len)) {
            r->initial = strtoul(setting + len + 1, NULL, 0);
            return true;
        }
    }
    fprintf(stderr, "isac: --context %s: say NAME=VALUE of a context\n", setting);
    return false;
}

static bool options(struct against *a, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--rules") && i + 1 < argc) {
            a->path = argv[++i];
        } else if (!strcmp(argv[i], "--enumerate")) {
            enumerate_words(a->m, &a->words);
        } else if (!strcmp(argv[i], "--random") && i + 1 < argc) {
            random_words(a->m, &a->words, strtoul(argv[++i], NULL, 0), 7);
        } else if (!strcmp(argv[i], "--context") && i + 1 < argc) {
            if (!set_context(a->m, argv[++i]))
                return false;
        } else if (!strcmp(argv[i], "--all")) {
            a->shown = ~0u;
        } else {
            fprintf(stderr,
                    "isac: '%s' is no option of against: --rules FILE, --enumerate, "
                    "--random N, --context NAME=VALUE, --all\n",
                    argv[i]);
            return false;
        }
    }
    if (!a->path)
        fprintf(stderr, "isac: against needs --rules FILE, see gen/against.c\n");
    if (!a->words.at.len)
        enumerate_words(a->m, &a->words);
    return a->path != NULL;
}

int command_against(const struct model *m, int argc, char **argv)
{
    struct against a = {.m = m, .shown = 40};
    if (argc < 1 || (strcmp(argv[0], "capstone") && strcmp(argv[0], "objdump"))) {
        fprintf(stderr,
                "usage: isac against FILE objdump|capstone --rules RULES [OPTION...]\n");
        return 1;
    }
    a.use_capstone = argv[0][0] == 'c';
    if (!options(&a, argc, argv) || !read_rules(&a))
        return 1;
    struct answer *answers = zalloc((a.words.at.len + 1) * sizeof *answers);
    if (!(a.use_capstone ? ask_capstone : ask_objdump)(&a, answers))
        return 1;
    for (size_t i = 0; i < a.words.at.len; i++)
        compare(&a, &a.words.at.at[i], &answers[i]);
    return report(&a);
}
