/*
 * util.h - arena allocation, interned strings and growing arrays for isac.
 *
 * Invariants
 *  (1) Everything isac builds lives until exit: arenas are never freed piecemeal.
 *  (2) Equal interned strings are the same pointer.
 */
#ifndef GEN_UTIL_H
#define GEN_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned __int128 u128;
typedef __int128 s128;

/* zalloc - zeroed memory that lives until exit; exits with a message when there is none.
 */
void *zalloc(size_t bytes);

/* intern / intern_n / internf - the one copy of a string. */
const char *intern(const char *s);
const char *intern_n(const char *s, size_t len);
const char *internf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * VEC(T) - a growing array of T. vec_push may move the items. Zero-initialised is empty.
 */
#define VEC(T)           \
    struct {             \
        T *at;           \
        size_t len, cap; \
    }
#define vec_push(v, item)                                            \
    do {                                                             \
        if ((v)->len == (v)->cap)                                    \
            (v)->at = vec_grow((v)->at, &(v)->cap, sizeof *(v)->at); \
        (v)->at[(v)->len++] = (item);                                \
    } while (0)

/* vec_grow - a copy of AT with twice the capacity (at least 4 items). */
void *vec_grow(void *at, size_t *cap, size_t item_bytes);

/* A string under construction. Zero-initialised is empty; text is NUL-terminated once
 * appended. */
struct text {
    char *at;
    size_t len, cap;
};
void text_add(struct text *t, const char *s);
void text_addf(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_vaddf(struct text *t, const char *format, va_list ap);

#endif
