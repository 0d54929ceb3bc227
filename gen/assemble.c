/* assemble.c - see assemble.h */
#include "assemble.h"

#include "asm.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct label {
    const char *name;
    uint64_t at;
};

struct assembly {
    const struct model *m;
    const char *name;
    unsigned line;
    uint64_t start, pc;
    VEC(struct label) labels;
    struct text *out;   /* NULL: only addresses are wanted */
    bool moved, report; /* a label got another address; errors are final */
    unsigned errors;
};

static void wrong(struct assembly *a, const char *what, const char *why)
{
    a->errors++;
    if (a->report)
        fprintf(stderr, "isac: %s:%u: '%s': %s\n", a->name, a->line, what, why);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

static void set_label(struct assembly *a, const char *name)
{
    for (size_t i = 0; i < a->labels.len; i++) {
        struct label *l = &a->labels.at[i];
        if (l->name != name)
            continue;
        a->moved = a->moved || l->at != a->pc;
        l->at = a->pc;
        return;
    }
    struct label l = {name, a->pc};
    vec_push(&a->labels, l);
    a->moved = true;
}

/* LINE with the addresses of labels in place of their names. */
static const char *with_addresses(const struct assembly *a, const char *line)
{
    struct text t = {0};
    text_add(&t, "");
    for (const char *p = line; *p;) {
        size_t len = 0;
        while (is_word(p[len]))
            len++;
        const struct label *hit = NULL;
        for (size_t i = 0; len && p > line && i < a->labels.len; i++)
            if (strlen(a->labels.at[i].name) == len &&
                !strncmp(a->labels.at[i].name, p, len))
                hit = &a->labels.at[i];
        if (hit)
            text_addf(&t, "0x%llx", (unsigned long long)hit->at);
        else
            text_addf(&t, "%.*s", (int)(len ? len : 1), p);
        p += len ? len : 1;
    }
    const char *s = intern(t.at);
    free(t.at);
    return s;
}

static void put_byte(struct assembly *a, unsigned byte)
{
    /* struct text ends with a NUL but may hold others. */
    if (a->out) {
        text_add(a->out, "x");
        a->out->at[a->out->len - 1] = (char)byte;
    }
    a->pc++;
}

static void put(struct assembly *a, uint64_t value, unsigned bytes, bool big)
{
    for (unsigned i = 0; i < bytes; i++)
        put_byte(a, (unsigned)(value >> 8 * (big ? bytes - 1 - i : i)) & 0xff);
}

/* An instruction: its fetch units in the order of addresses. */
static void put_word(struct assembly *a, uint64_t word, unsigned bits)
{
    unsigned unit = a->m->fetch_bits < bits ? a->m->fetch_bits : bits;
    for (unsigned at = 0; at < bits; at += unit)
        put(a, word >> (a->m->first_low ? at : bits - unit - at), unit / 8,
            a->m->fetch_big);
}

static void instruction(struct assembly *a, const char *line)
{
    uint64_t word = 0;
    unsigned bits = 0;
    const char *why = "";
    if (asm_line(a->m, with_addresses(a, line), a->pc, &word, &bits, NULL, &why)) {
        put_word(a, word, bits);
    } else {
        wrong(a, line, why);
        a->pc += a->m->fetch_bits / 8;
    }
}

static void ascii(struct assembly *a, const char *p)
{
    if (*p++ != '"') {
        wrong(a, ".ascii", "a string in quotes is missing");
        return;
    }
    for (; *p && *p != '"'; p++) {
        unsigned c = (unsigned char)*p;
        if (c == '\\' && p[1]) {
            p++;
            c = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p == '0' ? 0 : (unsigned char)*p;
        }
        put_byte(a, c);
    }
}

static void numbers(struct assembly *a, const char *p, unsigned bytes)
{
    const char *text = with_addresses(a, internf(" %s", p));
    while (*text) {
        char *end;
        unsigned long long v = strtoull(text, &end, 0);
        if (end == text)
            break;
        put(a, v, bytes, a->m->big);
        text = end + strspn(end, ", \t");
    }
    if (text[strspn(text, " \t")])
        wrong(a, text, "no number and no label");
}

static void directive(struct assembly *a, const char *line)
{
    size_t len = strcspn(line, " \t");
    const char *name = intern_n(line, len),
               *rest = line + len + strspn(line + len, " \t");
    if (!strcmp(name, ".ascii"))
        ascii(a, rest);
    else if (!strcmp(name, ".byte"))
        numbers(a, rest, 1);
    else if (!strcmp(name, ".half"))
        numbers(a, rest, 2);
    else if (!strcmp(name, ".word"))
        numbers(a, rest, 4);
    else if (!strcmp(name, ".align"))
        for (unsigned long n = strtoul(rest, NULL, 0); n && n <= 4096 && a->pc % n;)
            put_byte(a, 0);
    else
        wrong(a, name, "there are .byte, .half, .word, .ascii and .align");
}

/* Ends LINE where its comment begins. */
static void cut_comment(char *line)
{
    bool quoted = false;
    for (char *p = line; *p; p++) {
        if (*p == '"')
            quoted = !quoted;
        bool first = p == line || p[-1] == ' ' || p[-1] == '\t';
        if (!quoted && first && (*p == '#' || *p == ';')) {
            *p = 0;
            return;
        }
    }
}

static void one_line(struct assembly *a, char *line)
{
    cut_comment(line);
    for (;;) {
        line += strspn(line, " \t\r");
        size_t len = 0;
        while (is_word(line[len]))
            len++;
        if (!len || line[len] != ':')
            break;
        set_label(a, intern_n(line, len));
        line += len + 1;
    }
    size_t end = strlen(line);
    while (end && isspace((unsigned char)line[end - 1]))
        line[--end] = 0;
    if (*line == '.')
        directive(a, line);
    else if (*line)
        instruction(a, line);
}

static void pass(struct assembly *a, const char *source)
{
    a->pc = a->start;
    a->line = a->errors = 0;
    a->moved = false;
    while (*source) {
        size_t len = strcspn(source, "\n");
        char *line = zalloc(len + 1);
        memcpy(line, source, len);
        a->line++;
        one_line(a, line);
        source += len + (source[len] != 0);
    }
}

bool assemble(const struct model *m, const char *name, const char *source, uint64_t at,
              struct text *out)
{
    enum { MOST_PASSES = 10 };
    struct assembly a = {.m = m, .name = name, .start = at, .pc = at};
    for (int i = 0; i < MOST_PASSES; i++) {
        pass(&a, source);
        if (!a.moved)
            break;
    }
    a.out = out;
    a.report = true;
    pass(&a, source);
    if (a.moved && !a.errors)
        wrong(&a, name, "the labels' addresses don't settle");
    return !a.errors;
}

static char *read_source(const char *path)
{
    FILE *f = fopen(path, "r");
    struct text t = {0};
    text_add(&t, "");
    char line[4096];
    while (f && fgets(line, sizeof line, f))
        text_add(&t, line);
    if (!f || ferror(f)) {
        fprintf(stderr, "isac: can't read '%s': %s\n", path, strerror(errno));
        return NULL;
    }
    fclose(f);
    return t.at;
}

int command_assemble(const struct model *m, const char *out, int argc, char **argv)
{
    const char *path = NULL;
    uint64_t at = 0;
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--at") && i + 1 < argc) {
            at = strtoull(argv[++i], NULL, 0);
        } else if (path || argv[i][0] == '-') {
            fprintf(stderr,
                    "isac: asm: what is '%s' for? With -o there is one source file\n",
                    argv[i]);
            return 1;
        } else {
            path = argv[i];
        }
    }
    if (!path) {
        fputs("isac: asm: -o needs a source file\n", stderr);
        return 1;
    }
    const char *source = read_source(path);
    struct text bytes = {0};
    text_add(&bytes, "");
    if (!source || !assemble(m, path, source, at, &bytes))
        return 1;
    FILE *f = fopen(out, "wb");
    bool good = f && fwrite(bytes.at, 1, bytes.len, f) == bytes.len;
    if ((f && fclose(f) != 0) || !good) {
        fprintf(stderr, "isac: can't write '%s': %s\n", out, strerror(errno));
        return 1;
    }
    return 0;
}
