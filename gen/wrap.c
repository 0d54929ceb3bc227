/* wrap.c - see wrap.h */
#include "wrap.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A break nearer to the start of a line than this is taken only if there is no other. */
enum { EARLY = 40, STEP = 4 };

/* What a scan along a line keeps: how deep in parentheses, and in which literal or
 * comment. */
struct scan {
    int depth;
    char quote; /* the literal's, * for a comment, or 0 */
};

static void scan_past(struct scan *s, const char *line, size_t *i)
{
    char c = line[*i];
    if (s->quote == '*') {
        if (c == '*' && line[*i + 1] == '/')
            s->quote = 0;
    } else if (s->quote) {
        if (c == '\\')
            ++*i;
        else if (c == s->quote)
            s->quote = 0;
    } else if (c == '/' && line[*i + 1] == '*') {
        s->quote = '*';
        ++*i;
    } else if (c == '"' || c == '\'') {
        s->quote = c;
    } else if (c == '(' || c == '[' || c == '{') {
        s->depth++;
    } else if (c == ')' || c == ']' || c == '}') {
        s->depth--;
    }
}

/* Whether a line may begin at P: not with a binary operator. */
static bool begins_well(const char *p)
{
    return isalnum((unsigned char)*p) || strchr("(\"_~!{?:", *p) != NULL;
}

/*
 * Where to break LINE, of LEN bytes, whose text begins at FROM: at the outermost blank
 * that fits, the last of them, or at the first one if none fits; 0 if there is none. S is
 * the scan at FROM.
 */
static size_t break_at(const char *line, size_t from, size_t len, struct scan s,
                       size_t columns)
{
    size_t best = 0, early = 0;
    int best_depth = 0;
    for (size_t i = from; i < len && (i - from <= columns || !(best + early)); i++) {
        bool inside = s.quote != 0;
        scan_past(&s, line, &i);
        if (inside || s.quote || i + 1 >= len || line[i] != ' ' ||
            !begins_well(line + i + 1))
            continue;
        if (i - from < EARLY) {
            early = i;
        } else if (!best || s.depth <= best_depth) {
            best = i;
            best_depth = s.depth;
        }
    }
    return best ? best : early;
}

static void wrap_line(struct text *out, const char *line, size_t len)
{
    size_t indent = strspn(line, " "), from = indent, extra = 0;
    struct scan s = {0, 0};
    text_addf(out, "%*s", (int)indent, "");
    while (indent + extra + (len - from) > WRAP_COLUMNS) {
        size_t at = break_at(line, from, len, s, WRAP_COLUMNS - indent - extra);
        if (at <= from)
            break;
        for (size_t i = from; i < at; i++)
            scan_past(&s, line, &i);
        extra = STEP;
        text_addf(out, "%.*s\n%*s", (int)(at - from), line + from, (int)(indent + extra),
                  "");
        from = at + 1;
    }
    text_addf(out, "%.*s\n", (int)(len - from), line + from);
}

void wrap_c(struct text *text)
{
    struct text out = {0};
    text_add(&out, "");
    for (const char *p = text->at; *p;) {
        size_t len = strcspn(p, "\n"), indent = strspn(p, " ");
        /* Rows of tables end in a comment. */
        bool plain = len <= WRAP_COLUMNS || indent + STEP > WRAP_COLUMNS / 2 ||
                     *p == '#' || p[len - 1] == '\\' || !strncmp(p + len - 2, "*/", 2);
        if (plain)
            text_addf(&out, "%.*s\n", (int)len, p);
        else
            wrap_line(&out, p, len);
        p += len + (p[len] == '\n');
    }
    free(text->at);
    *text = out;
}
