/*
 * deval.h - values of decode-time expressions: of the word, its address and the contexts.
 *
 * Invariants
 *  (1) Only BIND_CONST and BIND_DECODE expressions without variables are given
 *      (asserted).
 *  (2) A "place" is all that decoding looks at, in one number: the word in bits 63..0,
 *      the contexts from bit 64 on, packed in the order of model.regs, the first one
 *      lowest; so bits 64.. are cpu->context of the generated code.
 */
#ifndef GEN_DEVAL_H
#define GEN_DEVAL_H

#include "sem.h"

/* context_shift - where context REG stands in the packed contexts. */
unsigned context_shift(const struct model *m, const struct reg *reg);

/* context_initial - the packed contexts at start; place_of - WORD with these. */
uint32_t context_initial(const struct model *m);
u128 place_of(const struct model *m, uint64_t word);

/* deval - E, of a form F with PLACE at PC; masked to E's width. */
u128 deval(const struct model *m, const struct form *f, const struct sem_expr *e,
           u128 place, uint64_t pc);

/* deval_bits - the bits of the place that E looks at. */
u128 deval_bits(const struct model *m, const struct form *f, const struct sem_expr *e);

/* deval_known - E can be evaluated here. */
bool deval_known(const struct sem_expr *e);

/* pred_holds - predicate P of form F holds; pred_bits - the bits of the place it looks
 * at. */
bool pred_holds(const struct model *m, const struct form *f, const struct pred *p,
                u128 place);
u128 pred_bits(const struct model *m, const struct form *f, const struct pred *p);

/* place_matches - mask, value and all predicates of F hold. */
bool place_matches(const struct model *m, const struct form *f, u128 place);

/* sign_extend - the low BITS bits of V as a number. */
static inline s128 sign_extend(u128 v, unsigned bits)
{
    return bits >= 128 ? (s128)v : (s128)(v << (128 - bits)) >> (128 - bits);
}

/* low_bits - V without what is above its low BITS bits. */
static inline u128 low_bits(u128 v, unsigned bits)
{
    return bits >= 128 ? v : v & (((u128)1 << bits) - 1);
}

#endif
