/*
 * enumerate.h - words that are worth testing.
 *
 * Invariants
 *  (1) Same model, same words, in the order of its forms; none twice.
 */
#ifndef GEN_ENUMERATE_H
#define GEN_ENUMERATE_H

#include "model.h"

struct test_word {
    uint64_t word;
    unsigned bits; /* by the length rules; at least one unit */
    const struct form
        *form; /* whose neighbourhood it is from; the word may be another's */
};

struct test_words {
    VEC(struct test_word) at;
};

/* enumerate_words - boundary values of each field of each form, and their one-bit
 * neighbours. */
void enumerate_words(const struct model *m, struct test_words *out);

/* random_words - COUNT words of random bits, of all lengths. */
void random_words(const struct model *m, struct test_words *out, size_t count,
                  uint64_t seed);

#endif
