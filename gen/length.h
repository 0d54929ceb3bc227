/*
 * length.h - the `length` rules: how many bits an instruction has, from its first unit.
 *
 * Invariants
 *  (1) Without rules every instruction is one unit long.
 */
#ifndef GEN_LENGTH_H
#define GEN_LENGTH_H

#include "model.h"

/* length_of_unit - length in bits by M's rules for the first unit; 0 if no rule holds. */
unsigned length_of_unit(const struct model *m, uint64_t unit);

/* length_of_word - the same for a word of up to 64 bits that ends at bit 0. With `first
 * high` the first unit of an instruction of several units must not be 0: 0 above a word
 * means "not there". */
unsigned length_of_word(const struct model *m, uint64_t word);

/* length_share - of the words of BITS bits that have VALUE under MASK, the share (0 .. 1)
 * that the rules give this length. */
double length_share(const struct model *m, unsigned bits, uint64_t mask, uint64_t value);

/* length_possible - some word of BITS bits that has VALUE under MASK has that length. */
bool length_possible(const struct model *m, unsigned bits, uint64_t mask, uint64_t value);

/* length_emit - a C expression for the length in bytes, over the variable `w`. */
void length_emit(const struct model *m, struct text *out);

#endif
