/*
 * wrap.h - generated C in lines that can be read.
 *
 * Invariants
 *  (1) Breaks stand where blanks stood, outside of literals, and not in lines of the
 * preprocessor: the tokens stay the same. (2) Lines that fit are left alone, and those
 * that end in a comment: rows of tables.
 */
#ifndef GEN_WRAP_H
#define GEN_WRAP_H

#include "util.h"

enum { WRAP_COLUMNS = 100 };

/* wrap_c - breaks the lines of TEXT, which is C, that have more than WRAP_COLUMNS. */
void wrap_c(struct text *text);

#endif
