/* alloc.c - memory of the runtime itself; see alloc.h. */
#include "util/alloc.h"

#include "util/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *check(void *p, size_t bytes)
{
    if (p == NULL && bytes != 0)
        die("out of memory: %zu bytes asked for", bytes);
    return p;
}

void *xmalloc(size_t bytes)
{
    return check(malloc(bytes), bytes);
}

void *xcalloc(size_t count, size_t bytes)
{
    return check(calloc(count, bytes), count * bytes);
}

void *xrealloc(void *old, size_t bytes)
{
    return check(realloc(old, bytes), bytes);
}

char *xstrdup(const char *text)
{
    return check(strdup(text), strlen(text) + 1);
}

void *xaligned(size_t align, size_t bytes)
{
    size_t whole = (bytes + align - 1) & ~(align - 1);
    void *p = check(aligned_alloc(align, whole), whole);
    memset(p, 0, whole);
    return p;
}

char *xprintf(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        die("out of memory");
    va_end(args);
    return text;
}
