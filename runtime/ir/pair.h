/*
 * pair.h - the parts of the pair pass. Private to ir/.
 */
#ifndef ISOMORPH_IR_PAIR_H
#define ISOMORPH_IR_PAIR_H

#include "ir/pass.h"

/* pair_join - PHIs that are halves of what a loop puts together become one (pair.c).
 * Needs ir_loops; leaves COPYs. */
void pair_join(struct ir *ir, const struct pass_order *order);

#endif
