/* source.c - see source.h */
#include "source.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static VEC(struct source *) files;
static VEC(const char *) includes;

enum { MOST_BYTES = 16 << 20 };

static char *read_all(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    struct stat st;
    if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
        fclose(f);
        errno = EISDIR;
        return NULL;
    }
    struct text t = {0};
    text_add(&t, "");
    char buffer[65536];
    size_t got;
    while (t.len < MOST_BYTES && (got = fread(buffer, 1, sizeof buffer - 1, f)) > 0) {
        for (size_t i = 0; i < got; i++)
            if (!buffer[i])
                buffer[i] = '\1'; /* a NUL becomes a byte that no token has */
        buffer[got] = 0;
        text_add(&t, buffer);
    }
    int bad = ferror(f) ? EIO : t.len >= MOST_BYTES ? EFBIG : 0;
    fclose(f);
    if (bad) {
        errno = bad;
        return NULL;
    }
    *len = t.len;
    return t.at;
}

static void find_lines(struct source *s)
{
    VEC(const char *) lines = {0};
    vec_push(&lines, s->text);
    for (const char *p = s->text; *p; p++)
        if (*p == '\n')
            vec_push(&lines, p + 1);
    s->lines = lines.at;
    s->line_count = lines.len;
}

uint32_t source_open(const char *path, bool *again)
{
    char *real = realpath(path, NULL);
    if (!real)
        return 0;
    const char *key = intern(real);
    free(real);
    static VEC(const char *) keys;
    for (size_t i = 0; i < keys.len; i++) {
        if (keys.at[i] == key) {
            *again = true;
            return (uint32_t)i + 1;
        }
    }
    *again = false;
    struct source *s = zalloc(sizeof *s);
    s->path = intern(path);
    s->text = read_all(path, &s->len);
    if (!s->text)
        return 0;
    find_lines(s);
    vec_push(&files, s);
    vec_push(&keys, key);
    return (uint32_t)files.len;
}

const struct source *source_at(uint32_t file)
{
    assert(file >= 1 && file <= files.len);
    return files.at[file - 1];
}

uint32_t source_count(void)
{
    return (uint32_t)files.len;
}

void source_add_include(const char *dir)
{
    vec_push(&includes, intern(dir));
}

const char *source_find(const char *name, uint32_t from_file)
{
    if (name[0] == '/')
        return access(name, R_OK) == 0 ? name : NULL;
    if (from_file) {
        const char *from = source_at(from_file)->path;
        const char *slash = strrchr(from, '/');
        const char *path =
            slash ? internf("%.*s/%s", (int)(slash - from), from, name) : intern(name);
        if (access(path, R_OK) == 0)
            return path;
    }
    for (size_t i = 0; i < includes.len; i++) {
        const char *path = internf("%s/%s", includes.at[i], name);
        if (access(path, R_OK) == 0)
            return path;
    }
    return NULL;
}
