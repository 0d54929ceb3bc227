/* sweep.h - the generated decoder, for a program that knows isac's types (not guest.h's).
 */
#ifndef TESTS_SWEEP_H
#define TESTS_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How words lie in memory. */
struct sweep_order {
    unsigned unit; /* bytes */
    bool big, first_low;
};

/* sweep_decode - the form's index for WORD of BYTES; -1: none, -2: short. *length: the
 * length that the decoder found. */
int sweep_decode(uint64_t word, unsigned bytes, const struct sweep_order *order,
                 uint32_t context, unsigned *length);

/* sweep_disas - the generated disassembler's text of WORD. */
void sweep_disas(uint64_t word, uint64_t pc, char *text, size_t size);

#endif
