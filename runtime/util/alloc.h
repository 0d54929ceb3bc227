/*
 * alloc.h - memory of the runtime itself.
 *
 * Invariant: these never return NULL; when the host has no memory they end the program
 * with a message. What they return is freed with free().
 */
#ifndef ISOMORPH_UTIL_ALLOC_H
#define ISOMORPH_UTIL_ALLOC_H

#include <stddef.h>

void *xmalloc(size_t bytes);
void *xcalloc(size_t count, size_t bytes);
void *xrealloc(void *old, size_t bytes);
char *xstrdup(const char *text);

/* xaligned - BYTES zeroed bytes at a multiple of ALIGN (a power of two). */
void *xaligned(size_t align, size_t bytes);

/* xprintf - formatted text in memory that the caller frees. */
char *xprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
