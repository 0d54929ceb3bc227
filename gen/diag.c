/* diag.c - see diag.h */
#include "diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum level { LEVEL_MUTE, LEVEL_NOTE_OFF, LEVEL_WARNING, LEVEL_ERROR };

static struct {
    const char *name;
    enum level level;
    const char *text;
    bool seen;
} checks[] = {
#define CHECK(id, name, level, text) {name, LEVEL_##level, text, false},
#include "diag.def"
#undef CHECK
};

enum { MOST_ERRORS = 20 };

/* What was said, so that it is said once. */
struct said {
    enum check check;
    struct loc loc;
    const char *text, *subject;
    unsigned turn;
};
static VEC(struct said) all_said;
static const char *subject, *subject_row;
static unsigned turn;

static unsigned errors, shown;
static bool json, json_open, silent;
static bool warnings_are_errors; /* -Werror, for what -WNAME switches on after it too */

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

static void print_json(const char *level, const char *name, struct loc loc,
                       const char *text)
{
    fputs(json_open ? ",\n " : "[\n ", stderr);
    json_open = true;
    fprintf(stderr, "{\"level\": \"%s\"", level);
    if (name)
        fprintf(stderr, ", \"check\": \"%s\"", name);
    if (loc.file) {
        fputs(", \"file\": ", stderr);
        json_string(source_at(loc.file)->path);
        fprintf(stderr, ", \"line\": %u, \"column\": %u, \"end_column\": %u", loc.line,
                loc.column, loc.end_column);
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

static void print_text(const char *level, const char *name, struct loc loc,
                       const char *text)
{
    if (json) {
        print_json(level, name, loc, text);
        return;
    }
    if (loc.file)
        fprintf(stderr, "%s:%u:%u: ", source_at(loc.file)->path, loc.line, loc.column);
    else
        fputs("isac: ", stderr);
    fprintf(stderr, "%s: %s", level, text);
    if (name)
        fprintf(stderr, " [%s]", name);
    putc('\n', stderr);
    if (loc.file)
        print_caret(loc);
}

static void print(const char *level, struct loc loc, const char *format, va_list ap)
{
    struct text t = {0};
    text_vaddf(&t, format, ap);
    print_text(level, NULL, loc, t.at);
    free(t.at);
}

static bool same_loc(struct loc a, struct loc b)
{
    return a.file == b.file && a.line == b.line && a.column == b.column;
}

/* Was it said before: the same, or the same about another row or in another
 * configuration? */
static bool said_before(enum check check, struct loc loc, const char *text)
{
    for (size_t i = 0; i < all_said.len; i++) {
        const struct said *s = &all_said.at[i];
        if (s->check == check && same_loc(s->loc, loc) &&
            (s->text == text || (loc.file && (s->turn != turn || s->subject != subject))))
            return true;
    }
    struct said s = {check, loc, text, subject, turn};
    vec_push(&all_said, s);
    return false;
}

void diag_turn(void)
{
    turn++;
    diag_subject(NULL, NULL);
}

void diag_subject(const char *name, const char *row)
{
    subject = name;
    subject_row = row;
}

void diag_mute(enum check check)
{
    checks[check].level = LEVEL_MUTE;
}

bool diag_seen(enum check check)
{
    return checks[check].seen;
}

void diag_list(void)
{
    static const char *const words[] = {"", "off", "warning", "error"};
    for (size_t i = 0; i < CHECK_COUNT; i++)
        printf("  %-20s %-8s %s\n", checks[i].name, words[checks[i].level],
               checks[i].text);
}

static void too_many(void)
{
    fflush(stdout);
    diag_help("that is %d errors; mend these first", MOST_ERRORS);
    diag_finish();
    exit(1);
}

void diag(enum check check, struct loc loc, const char *format, ...)
{
    enum level level = checks[check].level;
    silent = level <= LEVEL_NOTE_OFF;
    if (silent)
        return;
    struct text t = {0};
    va_list ap;
    va_start(ap, format);
    text_vaddf(&t, format, ap);
    va_end(ap);
    const char *text = intern(t.at);
    free(t.at);
    if (shown == MOST_ERRORS)
        too_many();
    checks[check].seen = true;
    errors += level == LEVEL_ERROR;
    silent = said_before(check, loc, text);
    if (silent)
        return;
    shown += level == LEVEL_ERROR;
    print_text(level == LEVEL_ERROR ? "error" : "warning", checks[check].name, loc, text);
    if (subject_row && json)
        print_text("note", NULL, (struct loc){0}, subject_row);
    else if (subject_row)
        fprintf(stderr, "      = note: %s\n", subject_row);
}

void diag_note(struct loc loc, const char *format, ...)
{
    if (silent)
        return;
    va_list ap;
    va_start(ap, format);
    print("note", loc, format, ap);
    va_end(ap);
}

void diag_help(const char *format, ...)
{
    if (silent)
        return;
    va_list ap;
    va_start(ap, format);
    if (json) {
        print("help", (struct loc){0}, format, ap);
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
                checks[i].level = from == LEVEL_NOTE_OFF && warnings_are_errors
                                      ? LEVEL_ERROR
                                      : from + 1;
        warnings_are_errors = warnings_are_errors || from == LEVEL_WARNING;
        return true;
    }
    enum level level = warnings_are_errors ? LEVEL_ERROR : LEVEL_WARNING;
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
            fprintf(stderr, "isac: %s: '%s' is an error that can't be switched off\n",
                    arg, name);
        return true;
    }
    fprintf(stderr, "isac: %s: no check is called '%s'; isac --help checks lists them\n",
            arg, name);
    *bad = true;
    return true;
}

void diag_finish(void)
{
    if (json)
        fputs(json_open ? "\n]\n" : "[]\n", stderr);
}
