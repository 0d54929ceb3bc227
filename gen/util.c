/* util.c - see util.h */
#include "util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *zalloc(size_t bytes)
{
    static char *chunk;
    static size_t left;
    bytes = (bytes + 15) & ~(size_t)15;
    if (bytes > left) {
        size_t size = bytes > 1 << 18 ? bytes : 1 << 20;
        char *fresh = calloc(1, size);
        if (!fresh) {
            fprintf(stderr, "isac: out of memory (asked for %zu bytes)\n", size);
            exit(1);
        }
        if (size == bytes)
            return fresh;
        chunk = fresh;
        left = size;
    }
    void *p = chunk;
    chunk += bytes;
    left -= bytes;
    return p;
}

static const char **table;
static size_t table_size, table_used;

static uint32_t hash_bytes(const char *s, size_t len)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)s[i]) * 16777619u;
    return h;
}

static void table_grow(void)
{
    size_t old_size = table_size;
    const char **old = table;
    table_size = old_size ? old_size * 2 : 4096;
    table = zalloc(table_size * sizeof *table);
    for (size_t i = 0; i < old_size; i++) {
        if (!old[i])
            continue;
        size_t slot = hash_bytes(old[i], strlen(old[i])) & (table_size - 1);
        while (table[slot])
            slot = (slot + 1) & (table_size - 1);
        table[slot] = old[i];
    }
}

const char *intern_n(const char *s, size_t len)
{
    if (table_used * 2 >= table_size)
        table_grow();
    size_t slot = hash_bytes(s, len) & (table_size - 1);
    for (; table[slot]; slot = (slot + 1) & (table_size - 1))
        if (!strncmp(table[slot], s, len) && !table[slot][len])
            return table[slot];
    char *copy = zalloc(len + 1);
    memcpy(copy, s, len);
    table_used++;
    return table[slot] = copy;
}

const char *intern(const char *s)
{
    return intern_n(s, strlen(s));
}

const char *internf(const char *format, ...)
{
    struct text t = {0};
    va_list ap;
    va_start(ap, format);
    text_vaddf(&t, format, ap);
    va_end(ap);
    const char *s = intern_n(t.at, t.len);
    free(t.at);
    return s;
}

void *vec_grow(void *at, size_t *cap, size_t item_bytes)
{
    size_t fresh = *cap ? *cap * 2 : 4;
    void *copy = zalloc(fresh * item_bytes);
    if (at)
        memcpy(copy, at, *cap * item_bytes);
    *cap = fresh;
    return copy;
}

static void text_room(struct text *t, size_t more)
{
    if (t->len + more + 1 <= t->cap)
        return;
    size_t cap = t->cap ? t->cap : 128;
    while (cap < t->len + more + 1)
        cap *= 2;
    char *fresh = realloc(t->at, cap);
    if (!fresh) {
        fprintf(stderr, "isac: out of memory (asked for %zu bytes)\n", cap);
        exit(1);
    }
    t->at = fresh;
    t->cap = cap;
}

void text_add(struct text *t, const char *s)
{
    size_t len = strlen(s);
    text_room(t, len);
    memcpy(t->at + t->len, s, len + 1);
    t->len += len;
}

void text_vaddf(struct text *t, const char *format, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    text_room(t, (size_t)len);
    vsnprintf(t->at + t->len, (size_t)len + 1, format, ap);
    t->len += (size_t)len;
}

void text_addf(struct text *t, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    text_vaddf(t, format, ap);
    va_end(ap);
}
