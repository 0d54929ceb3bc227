/* output.c - see output.h */
#include "output.h"

#include "diag.h"
#include "wrap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct text *output_add(struct outputs *all, const char *name)
{
    struct output *o = zalloc(sizeof *o);
    o->name = name;
    text_add(&o->text, "");
    vec_push(&all->at, o);
    return &o->text;
}

static const char *path_of(const char *dir, const struct output *o)
{
    return internf("%s/%s", dir, o->name);
}

static const char *fresh_path(const char *dir, const struct output *o)
{
    return internf("%s/.%s.%ld", dir, o->name, (long)getpid());
}

static bool unchanged(const char *path, const struct text *text)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    char buffer[65536];
    size_t at = 0, got;
    bool same = true;
    while (same && (got = fread(buffer, 1, sizeof buffer, f)) > 0) {
        same = got <= text->len - at && !memcmp(buffer, text->at + at, got);
        at += got;
    }
    same = same && !ferror(f) && at == text->len;
    fclose(f);
    return same;
}

static bool write_fresh(const char *path, const struct text *text)
{
    FILE *f = fopen(path, "wb");
    bool good = f && fwrite(text->at, 1, text->len, f) == text->len;
    int why = errno;
    if (f && fclose(f) != 0 && good) {
        why = errno;
        good = false;
    }
    if (!good)
        diag(CHECK_FILE, (struct loc){0}, "can't write '%s': %s", path, strerror(why));
    return good;
}

static bool make_directory(const char *dir)
{
    struct stat st;
    if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
        return true;
    if (mkdir(dir, 0777) == 0)
        return true;
    diag(CHECK_FILE, (struct loc){0}, "can't make the directory '%s': %s", dir,
         strerror(errno));
    return false;
}

static bool is_c(const struct output *o)
{
    const char *end = strrchr(o->name, '.');
    return end && (!strcmp(end, ".c") || !strcmp(end, ".h") || !strcmp(end, ".inc"));
}

bool output_write(struct outputs *all, const char *dir)
{
    if (!make_directory(dir))
        return false;
    for (size_t i = 0; i < all->at.len; i++)
        if (is_c(all->at.at[i]))
            wrap_c(&all->at.at[i]->text);
    bool good = true;
    bool *skip = zalloc(all->at.len + 1);
    for (size_t i = 0; i < all->at.len && good; i++) {
        const struct output *o = all->at.at[i];
        skip[i] = unchanged(path_of(dir, o), &o->text);
        if (!skip[i])
            good = write_fresh(fresh_path(dir, o), &o->text);
    }
    for (size_t i = 0; i < all->at.len; i++) {
        const struct output *o = all->at.at[i];
        if (skip[i])
            continue;
        if (!good) {
            unlink(fresh_path(dir, o));
        } else if (rename(fresh_path(dir, o), path_of(dir, o)) != 0) {
            diag(CHECK_FILE, (struct loc){0}, "can't write '%s': %s", path_of(dir, o),
                 strerror(errno));
            good = false;
        }
    }
    return good;
}

/* A path as make reads it. */
static void add_path(struct text *out, const char *path)
{
    for (; *path; path++)
        text_addf(out,
                  *path == ' ' || *path == '#' ? "\\%c"
                  : *path == '$'               ? "$%c"
                                               : "%c",
                  *path);
}

void output_depend(struct text *out, const char *dir)
{
    add_path(out, dir);
    text_add(out, "/stamp:");
    for (uint32_t i = 1; i <= source_count(); i++) {
        text_add(out, " \\\n  ");
        add_path(out, source_at(i)->path);
    }
    text_add(out, "\n");
    for (uint32_t i = 1; i <= source_count(); i++) {
        text_add(out, "\n");
        add_path(out, source_at(i)->path);
        text_add(out, ":\n");
    }
}
