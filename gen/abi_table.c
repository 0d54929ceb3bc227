/* abi_table.c - the .tbl files of ABIs: names and numbers, a pair on each line; # to its
 * end. */
#include "abi_int.h"

#include "diag.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 3 };

/* A line's words and where they stand. */
struct line {
    const char *word[MAX_WORDS];
    struct loc loc[MAX_WORDS];
    unsigned count;
    bool more; /* than MAX_WORDS */
};

static void split(const char *at, const char *end, struct loc loc, struct line *l)
{
    const char *start = at;
    memset(l, 0, sizeof *l);
    while (at < end && *at != '#') {
        if (isspace((unsigned char)*at)) {
            at++;
            continue;
        }
        const char *from = at;
        while (at < end && *at != '#' && !isspace((unsigned char)*at))
            at++;
        if (l->count == MAX_WORDS) {
            l->more = true;
            return;
        }
        loc.column = (uint32_t)(from - start) + 1;
        loc.end_column = (uint32_t)(at - start) + 1;
        l->loc[l->count] = loc;
        l->word[l->count++] = intern_n(from, (size_t)(at - from));
    }
}

static bool to_number(const char *s, int64_t *value)
{
    char *end;
    bool negative = *s == '-';
    errno = 0;
    unsigned long long n = strtoull(s + negative, &end, 0);
    *value = negative ? -(int64_t)n : (int64_t)n;
    return isdigit((unsigned char)s[negative]) && !*end && !errno;
}

/* Calls FN for every line of the file that item NAME of a clause gives. */
static void each_line(const struct node *name, void *to,
                      void (*fn)(void *to, const struct line *l))
{
    const char *path = source_find(name->text, name->loc.file);
    bool again;
    uint32_t file = path ? source_open(path, &again) : 0;
    if (!file) {
        diag(CHECK_FILE, name->loc, "can't read table '%s'", name->text);
        diag_help(
            "it is looked for beside the file that names it, then in the -I directories");
        return;
    }
    const struct source *s = source_at(file);
    uint32_t number = 1;
    for (const char *at = s->text; *at; number++) {
        const char *end = strchr(at, '\n');
        end = end ? end : at + strlen(at);
        struct loc loc = {.file = file, .line = number};
        struct line l;
        split(at, end, loc, &l);
        if (l.count)
            fn(to, &l);
        at = *end ? end + 1 : end;
    }
}

/* For every string of clause C. */
static void each_file(const struct node *c, void *to,
                      void (*fn)(void *to, const struct line *l))
{
    for (size_t i = 0; i < abi_items(c); i++) {
        const struct node *item = abi_item(c, i);
        if (item->kind == N_STRING)
            each_line(item, to, fn);
        else if (item->kind != N_IDENT || strcmp(item->name, ",")) {
            diag(CHECK_CLAUSE, item->loc, "'%s' takes names of tables", c->name);
            diag_help("write: %s \"file.tbl\";", c->name);
        }
    }
}

static void add_value(void *to, const struct line *l)
{
    struct abi_numbers *v = to;
    struct abi_number n = {.name = l->word[0], .loc = l->loc[0]};
    if (l->count != 2 || l->more || !to_number(l->word[1], &n.value)) {
        diag(CHECK_CLAUSE, l->loc[l->count > 1],
             "a line of this table is a name and a number");
        return;
    }
    for (size_t i = 0; i < v->len; i++) {
        if (v->at[i].name != n.name)
            continue;
        if (v->at[i].loc.file == n.loc.file) {
            diag(CHECK_DUPLICATE_NAME, n.loc, "'%s' stands twice in this table", n.name);
            diag_note(v->at[i].loc, "the first stands here");
        }
        v->at[i] = n;
        return;
    }
    vec_push(v, n);
}

void abi_values_read(const struct node *c, struct abi_numbers *to)
{
    each_file(c, to, add_value);
}

static void add_call(void *to, const struct line *l)
{
    struct abi_model *a = to;
    struct abi_call call = {.name = l->word[1], .routine = l->word[2], .loc = l->loc[0]};
    int64_t number;
    if (l->count < 2 || l->more || !to_number(l->word[0], &number) || number < 0 ||
        number > UINT32_MAX) {
        diag(CHECK_CLAUSE, l->loc[0],
             "a line of this table is a number, a name and perhaps a routine's name");
        return;
    }
    call.number = (uint32_t)number;
    for (size_t i = 0; i < a->calls.len; i++) {
        if (a->calls.at[i].number == call.number) {
            diag(CHECK_DUPLICATE_NAME, call.loc, "system call %u stands twice",
                 call.number);
            diag_note(a->calls.at[i].loc, "the first stands here");
            return;
        }
    }
    vec_push(&a->calls, call);
}

static int by_number(const void *x, const void *y)
{
    const struct abi_call *a = x, *b = y;
    return a->number < b->number ? -1 : a->number > b->number;
}

void abi_calls_read(struct abi_model *a, const struct node *c)
{
    each_file(c, a, add_call);
    if (a->calls.len)
        qsort(a->calls.at, a->calls.len, sizeof *a->calls.at, by_number);
}

static int by_name(const void *x, const void *y)
{
    const struct abi_number *a = x, *b = y;
    return strcmp(a->name, b->name);
}

void abi_numbers_sort(struct abi_numbers *v)
{
    if (v->len)
        qsort(v->at, v->len, sizeof *v->at, by_name);
}
