/*
 * output.h - files that isac writes: all of them or none.
 *
 * Invariants
 *  (1) Nothing in the directory changes before every file has been written under another
 * name. (2) A file whose text is unchanged keeps its time stamp.
 */
#ifndef GEN_OUTPUT_H
#define GEN_OUTPUT_H

#include "util.h"

struct output {
    const char *name; /* without directory */
    struct text text;
};

struct outputs {
    VEC(struct output *) at;
};

/* output_add - a new empty file NAME; append to the text that is returned. */
struct text *output_add(struct outputs *all, const char *name);

/* output_write - writes all into DIR, which is made if it isn't there. False after
 * reporting an error; then DIR is as it was. */
bool output_write(struct outputs *all, const char *dir);

/* output_depend - the make rule "DIR/stamp: every source read", and empty rules for
 * these. */
void output_depend(struct text *out, const char *dir);

#endif
