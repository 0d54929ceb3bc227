/* vectors.h - `isac vectors FILE [PER_FORM [SEED]]`: see vectors.c for what it prints. */
#ifndef GEN_VECTORS_H
#define GEN_VECTORS_H

#include "model.h"

/* ARGC and ARGV are what follows FILE. Returns the exit status. */
int command_vectors(struct model *m, int argc, char **argv);

#endif
