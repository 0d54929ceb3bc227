/* diag.c - see diag.h */
#include "diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum level { LEVEL_NOTE_OFF, LEVEL_WARNING, LEVEL_ERROR };

static struct {
    const char *name;
    enum level level;
    const char *text;
} checks[] = {
#define CHECK(id, name, level, text) {name, LEVEL_##level, text},
#include "diag.def"
#undef CHECK
};

enum { MOST_ERRORS = 20 };

static unsigned errors;
static bool json, json_open, silent;

unsigned diag_errors(void)
{
    return errors;
}

static void json_string(const char *s)
{
    putc('"', stderr);
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            fprintf(stderr, "\\%c", c);
        else if (c < 0x20)
            fprintf(stderr, "\\u%04x", c);
        else
            putc(c, stderr);
    }
    putc('"', stderr);
}

static void print_json(const char *level, const char *name, struct loc loc, const char *text)
{
    fputs(json_open ? ",\n " : "[\n ", stderr);
    json_open = true;
    fprintf(stderr, "{\"level\": \"%s\"", level);
    if (name)
        fprintf(stderr, ", \"check\": \"%s\"", name);
    if (loc.file) {
        fputs(", \"file\": ", stderr);
        json_string(source_at(loc.file)->path);
        fprintf(stderr, ", \"line\": %u, \"column\": %u, \"end_column\": %u", loc.line, loc.column,
                loc.end_column);
    }
    fputs(", \"message\": ", stderr);
    json_string(text);
    putc('}', stderr);
}

/* The source line and, below it, the place underlined; tabs keep the columns aligned. */
static void print_caret(struct loc loc)
{
    const struct source *s = source_at(loc.file);
    if (loc.line == 0 || loc.line > s->line_count)
        return;
    const char *line = s->lines[loc.line - 1];
    int len = (int)strcspn(line, "\r\n");
    fprintf(stderr, "%5u | %.*s\n      | ", loc.line, len, line);
    for (uint32_t c = 1; c < loc.column && (int)c <= len; c++)
        putc(line[c - 1] == '\t' ? '\t' : ' ', stderr);
    putc('^', stderr);
    for (uint32_t c = loc.column + 1; c < loc.end_column && (int)c <= len; c++)
        putc('~', stderr);
    putc('\n', stderr);
}

static void print(const char *level, const char *name, struct loc loc, const char *format,
                  va_list ap)
{
    struct text t = {0};
    text_vaddf(&t, format, ap);
    if (json) {
        print_json(level, name, loc, t.at);
    } else {
        if (loc.file)
            fprintf(stderr, "%s:%u:%u: ", source_at(loc.file)->path, loc.line, loc.column);
        else
            fputs("isac: ", stderr);
        fprintf(stderr, "%s: %s", level, t.at);
        if (name)
            fprintf(stderr, " [%s]", name);
        putc('\n', stderr);
        if (loc.file)
            print_caret(loc);
    }
    free(t.at);
}

void diag(enum check check, struct loc loc, const char *format, ...)
{
    enum level level = checks[check].level;
    silent = level == LEVEL_NOTE_OFF;
    if (silent)
        return;
    va_list ap;
    va_start(ap, format);
    print(level == LEVEL_ERROR ? "error" : "warning", checks[check].name, loc, format, ap);
    va_end(ap);
    if (level == LEVEL_ERROR && ++errors == MOST_ERRORS) {
        fflush(stdout);
        diag_help("that is %d errors; mend these first", MOST_ERRORS);
        diag_finish();
        exit(1);
    }
}

void diag_note(struct loc loc, const char *format, ...)
{
    if (silent)
        return;
    va_list ap;
    va_start(ap, format);
    print("note", NULL, loc, format, ap);
    va_end(ap);
}

void diag_help(const char *format, ...)
{
    if (silent)
        return;
    va_list ap;
    va_start(ap, format);
    if (json) {
        print("help", NULL, (struct loc){0}, format, ap);
    } else {
        fputs("      = help: ", stderr);
        vfprintf(stderr, format, ap);
        putc('\n', stderr);
    }
    va_end(ap);
}

bool diag_option(const char *arg, bool *bad)
{
    *bad = false;
    if (!strcmp(arg, "--diagnostics=json") || !strcmp(arg, "--diagnostics=text")) {
        json = !strcmp(arg, "--diagnostics=json");
        return true;
    }
    if (strncmp(arg, "-W", 2))
        return false;
    if (!strcmp(arg, "-Werror") || !strcmp(arg, "-Wall")) {
        enum level from = arg[2] == 'a' ? LEVEL_NOTE_OFF : LEVEL_WARNING;
        for (size_t i = 0; i < CHECK_COUNT; i++)
            if (checks[i].level == from)
                checks[i].level = from + 1;
        return true;
    }
    enum level level = LEVEL_WARNING;
    const char *name = arg + 2;
    if (!strncmp(name, "no-", 3)) {
        level = LEVEL_NOTE_OFF;
        name += 3;
    } else if (!strncmp(name, "error=", 6)) {
        level = LEVEL_ERROR;
        name += 6;
    }
    for (size_t i = 0; i < CHECK_COUNT; i++) {
        if (strcmp(checks[i].name, name))
            continue;
        if (checks[i].level != LEVEL_ERROR)
            checks[i].level = level;
        else if (level != LEVEL_ERROR)
            *bad = true;
        if (*bad)
            fprintf(stderr, "isac: %s: '%s' is an error that can't be switched off\n", arg, name);
        return true;
    }
    fprintf(stderr, "isac: %s: no check is called '%s'; isac --help checks lists them\n", arg, name);
    *bad = true;
    return true;
}

void diag_finish(void)
{
    if (json)
        fputs(json_open ? "\n]\n" : "[]\n", stderr);
}
