/*
 * source.h - description files in memory, and places in them.
 *
 * Invariants
 *  (1) A file is read once; its text stays in memory for carets.
 *  (2) A loc names a file by index; line and column count from 1, columns in bytes.
 */
#ifndef GEN_SOURCE_H
#define GEN_SOURCE_H

#include "util.h"

struct loc {
    uint32_t file; /* index; 0 is "nowhere" */
    uint32_t line, column;
    uint32_t end_column; /* one past the last column, on the same line */
};

struct source {
    const char *path; /* as opened */
    char *text;       /* NUL-terminated */
    size_t len;
    const char **lines; /* start of each line */
    size_t line_count;
};

/*
 * source_open - reads PATH; returns its index, or 0 with errno set. A file opened before
 * gives its old index and sets *again.
 */
uint32_t source_open(const char *path, bool *again);

/* source_at - the file with that index (asserted to exist). */
const struct source *source_at(uint32_t file);

/* source_count - indices 1 .. source_count() exist; for dependency files. */
uint32_t source_count(void);

/* source_add_include / source_find - the -I directories; a path found relative to the
 * including file first, then in each of them; NULL if nowhere. */
void source_add_include(const char *dir);
const char *source_find(const char *name, uint32_t from_file);

#endif
