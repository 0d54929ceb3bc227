/*
 * soft.h - exact IEEE 754 arithmetic on integers, for every host.
 *
 * Invariants
 *  (1) No host floating-point instruction is executed; MXCSR is neither read nor set.
 *  (2) Results and flags are those of IEEE 754-2019 with the choices of the rules;
 *      each operation rounds once.
 *
 * This is the reference for the fast paths of fp.h, and the slow path behind them.
 */
#ifndef RUNTIME_FP_SOFT_H
#define RUNTIME_FP_SOFT_H

#include "types.h"

/* What an operation depends on besides its operands. */
struct soft_mode {
    const struct fp_rules *rules;
    uint8_t round;   /* enum fp_round, never FP_DYN */
    uint8_t flush;   /* enum fp_flush bits */
    uint8_t enables; /* traps enabled: with FP_UNDERFLOW an exact tiny result raises it */
};

/*
 * soft_op - do the operation CODE (FP_CODE) on ARG and OR the flags it raises into
 * *flags. Operands narrower than 64 bits are zero-extended patterns (bits above the
 * width are ignored), as is the result. Unused operands may hold anything.
 */
uint64_t soft_op(const struct soft_mode *mode, unsigned code, const uint64_t arg[3],
                 unsigned *flags);

/* soft_class - the class of a pattern of WIDTH 32 or 64 bits. */
enum fp_class soft_class(const struct fp_rules *rules, unsigned width, uint64_t a);

#endif
