/*
 * arith.h - the value of every pure operation; what folding and the evaluator share.
 *
 * Invariant: values are held zero-extended from the width of their type; floating-point
 * values as their pattern.
 */
#ifndef ISOMORPH_IR_ARITH_H
#define ISOMORPH_IR_ARITH_H

#include "ir/ir.h"

typedef unsigned __int128 ir_wide;
typedef __int128 ir_swide;

/* ir_mask - all ones of TYPE. */
static inline ir_wide ir_mask(enum ir_type type)
{
    unsigned bits = ir_type_bits[type];

    return bits >= 128 ? ~(ir_wide)0 : ((ir_wide)1 << bits) - 1;
}

/* ir_signed - the low BITS of V with their sign. */
static inline ir_swide ir_signed(ir_wide v, unsigned bits)
{
    return (ir_swide)(v << (128 - bits)) >> (128 - bits);
}

/*
 * ir_arith - OP on operands ARG, the first of them of type FROM (of SELECT, the second),
 * giving TYPE. Returns false for operations that aren't arithmetic (GET, PHI, ...).
 */
bool ir_arith(enum ir_op op, enum ir_type from, enum ir_type type, const ir_wide arg[3],
              ir_wide *out);

#endif
