/* command.c - isac asm and isac disas */
#include "asm.h"

#include "length.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- asm ---- */

struct asm_run {
    const struct model *m;
    uint64_t pc;
    int status;
};

static void asm_text(struct asm_run *run, const char *line)
{
    uint64_t word;
    unsigned bits;
    const char *why = "";
    while (*line == ' ' || *line == '\t')
        line++;
    if (!*line)
        return;
    if (!asm_line(run->m, line, run->pc, &word, &bits, NULL, &why)) {
        fprintf(stderr, "isac: '%s': %s\n", line, why);
        run->status = 1;
        return;
    }
    printf("%0*llx\n", (int)bits / 4, (unsigned long long)word);
    run->pc += bits / 8;
}

static void asm_stdin(struct asm_run *run)
{
    char line[512];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        asm_text(run, line);
    }
}

int command_asm(const struct model *m, int argc, char **argv)
{
    struct asm_run run = {.m = m};
    bool any = false;
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--at") && i + 1 < argc) {
            run.pc = strtoull(argv[++i], NULL, 0);
            continue;
        }
        any = true;
        if (!strcmp(argv[i], "-"))
            asm_stdin(&run);
        else
            asm_text(&run, argv[i]);
    }
    if (!any)
        asm_stdin(&run);
    return run.status;
}

/* ---- disas ---- */

struct disas_run {
    const struct model *m;
    uint64_t pc;
    bool aliases;
    int status;
};

/* One line; returns the instruction's length in bytes. */
static unsigned disas_one(struct disas_run *run, uint64_t word, bool with_pc)
{
    struct text text = {0};
    unsigned bits = length_of_word(run->m, word);
    if (!bits)
        bits = run->m->fetch_bits;
    if (bits < 64)
        word &= (UINT64_C(1) << bits) - 1;
    const struct form *f = disas_word(run->m, word, run->pc, run->aliases, &text);
    if (with_pc)
        printf("%8llx:  %0*llx  ", (unsigned long long)run->pc, (int)bits / 4,
               (unsigned long long)word);
    printf("%s\n", f ? text.at : "(illegal)");
    if (!f)
        run->status = 1;
    free(text.at);
    return bits / 8;
}

static void disas_word_text(struct disas_run *run, const char *s)
{
    char *end;
    uint64_t word = strtoull(s, &end, 16);
    if (end == s || *end) {
        fprintf(stderr, "isac: '%s' is neither a word in hexadecimal nor an ELF file\n",
                s);
        run->status = 1;
        return;
    }
    unsigned bits = length_of_word(run->m, word);
    if (bits && bits < 64 && word >> bits) {
        fprintf(stderr,
                "isac: disas: 0x%s has more than the %u bits of its instruction\n", s,
                bits);
        run->status = 1;
        return;
    }
    run->pc += disas_one(run, word, false);
}

/* The instruction at P, AVAIL bytes there at most. */
static uint64_t fetch(const struct model *m, const unsigned char *p, size_t avail)
{
    unsigned unit = m->fetch_bits / 8;
    uint64_t word = 0;
    for (unsigned len = 0; len + unit <= 8 && len + unit <= avail; len += unit) {
        uint64_t u = 0;
        for (unsigned i = 0; i < unit; i++)
            u |= (uint64_t)p[len + i] << 8 * (m->fetch_big ? unit - 1 - i : i);
        word = m->first_low ? word | u << 8 * len : word << m->fetch_bits | u;
        if (length_of_word(m, word) == 8 * (len + unit))
            return word;
    }
    return word;
}

static void disas_bytes(struct disas_run *run, const unsigned char *p, size_t size,
                        uint64_t at)
{
    unsigned unit = run->m->fetch_bits / 8;
    run->pc = at;
    for (size_t i = 0; i + unit <= size;) {
        unsigned len = disas_one(run, fetch(run->m, p + i, size - i), true);
        run->pc += len;
        i += len;
    }
    run->status = 0; /* data among code is no error */
}

/* Fields of an ELF file of either class and byte order. */
struct elf {
    const unsigned char *bytes;
    size_t size;
    bool big, wide;
};

static uint64_t elf_field(const struct elf *e, size_t at, unsigned bytes)
{
    uint64_t v = 0;
    for (unsigned i = 0; at + bytes <= e->size && i < bytes; i++)
        v |= (uint64_t)e->bytes[at + i] << 8 * (e->big ? bytes - 1 - i : i);
    return v;
}

#define ELF_AT(e, type, member)                                      \
    ((e)->wide ? elf_field(e, base + offsetof(Elf64_##type, member), \
                           sizeof((Elf64_##type *)0)->member)        \
               : elf_field(e, base + offsetof(Elf32_##type, member), \
                           sizeof((Elf32_##type *)0)->member))

/* False if there is no code. */
static bool disas_elf(struct disas_run *run, const struct elf *e)
{
    size_t base = 0;
    bool any = false;
    uint64_t sections = ELF_AT(e, Ehdr, e_shoff), count = ELF_AT(e, Ehdr, e_shnum);
    uint64_t size = ELF_AT(e, Ehdr, e_shentsize);
    for (uint64_t i = 0; i < count; i++) {
        base = sections + i * size;
        uint64_t type = ELF_AT(e, Shdr, sh_type), flags = ELF_AT(e, Shdr, sh_flags);
        uint64_t at = ELF_AT(e, Shdr, sh_offset), len = ELF_AT(e, Shdr, sh_size);
        if (type == SHT_PROGBITS && flags & SHF_EXECINSTR && at <= e->size &&
            len <= e->size - at) {
            disas_bytes(run, e->bytes + at, len, ELF_AT(e, Shdr, sh_addr));
            any = true;
        }
    }
    return any;
}

/* True if PATH is an ELF file: then it was disassembled. */
static bool try_elf(struct disas_run *run, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    struct text all = {0};
    char buffer[65536];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, f)) > 0) {
        if (all.len + n > all.cap) {
            size_t cap = 2 * (all.len + n);
            char *bigger = zalloc(cap);
            memcpy(bigger, all.at ? all.at : "", all.len);
            all.at = bigger;
            all.cap = cap;
        }
        memcpy(all.at + all.len, buffer, n);
        all.len += n;
    }
    fclose(f);
    struct elf e = {(const unsigned char *)all.at, all.len, false, false};
    if (all.len < EI_NIDENT || memcmp(all.at, ELFMAG, SELFMAG))
        return false;
    e.big = all.at[EI_DATA] == ELFDATA2MSB;
    e.wide = all.at[EI_CLASS] == ELFCLASS64;
    const char *wrong = NULL;
    if (e.big != run->m->big)
        wrong = e.big ? "is big endian, the description little (see --big)"
                      : "is little endian, the description big (see --little)";
    else if (!disas_elf(run, &e))
        wrong = "has no section of code, or is damaged";
    if (wrong) {
        fprintf(stderr, "isac: disas: %s %s\n", path, wrong);
        run->status = 1;
    }
    return true;
}

int command_disas(const struct model *m, int argc, char **argv)
{
    struct disas_run run = {.m = m, .aliases = true};
    bool any = false;
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--no-alias")) {
            run.aliases = false;
        } else if (!strcmp(argv[i], "--at") && i + 1 < argc) {
            run.pc = strtoull(argv[++i], NULL, 0);
        } else {
            any = true;
            if (!try_elf(&run, argv[i]))
                disas_word_text(&run, argv[i]);
        }
    }
    char line[64];
    while (!any && fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (line[0])
            disas_word_text(&run, line);
    }
    return run.status;
}
