/* vectors.h - `isac vectors FILE [PER_FORM [SEED]]`: see vectors.c for what it prints. */
#ifndef GEN_VECTORS_H
#define GEN_VECTORS_H

#include "eval.h"

/* ARGC and ARGV are what follows FILE. Returns the exit status. */
int command_vectors(struct model *m, int argc, char **argv);

/* `isac vectors FILE --inline`: see inline_vectors.c. */
int inline_vectors(struct model *m);

enum { CODE_BYTES_MAX = 16 };

/* vectors_code - the bytes of WORD as they stand in memory; returns how many. */
unsigned vectors_code(const struct model *m, uint64_t word, unsigned bits,
                      uint8_t *bytes);

/* vectors_odd_causes - bits of the cause that no operation sets, but E's program did, in
 * their register: generated code keeps causes as the host's flags and loses them. */
u128 vectors_odd_causes(const struct eval *e);

/* vectors_states - the lines r, m, R, M and t: BEFORE, and AFTER that T ended. */
void vectors_states(const struct eval *before, const struct eval *after,
                    const struct eval_trap *t);

#endif
