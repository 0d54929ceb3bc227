/*
 * solve.h - is there a word that meets these conditions?
 *
 * Exact: bits that conditions share are tried together, all values of them.
 *
 * Invariants
 *  (1) A goal's value has no bit outside its mask.
 *  (2) Solutions have zero wherever nothing says otherwise, so witnesses are the lowest.
 */
#ifndef GEN_SOLVE_H
#define GEN_SOLVE_H

#include "deval.h"

/* A predicate of a form, or (pred NULL) the whole form; negated: must not hold. */
struct condition {
    const struct form *form;
    const struct pred *pred;
    bool negated;
};

struct goal {
    const struct model *m;
    u128 mask, value; /* places; see deval.h */
    bool impossible;  /* contradicting masks */
    VEC(struct condition) conditions;
};

/* goal_form - adds: F matches. goal_not - adds: F doesn't match. */
void goal_form(struct goal *g, const struct form *f);
void goal_not(struct goal *g, const struct form *f);
void goal_pred(struct goal *g, const struct form *f, const struct pred *p, bool negated);
/* goal_fix - adds: the bits of MASK are VALUE. */
void goal_fix(struct goal *g, u128 mask, u128 value);

/* goal_solve - true and a place in *witness if one exists. */
bool goal_solve(const struct goal *g, u128 *witness);

/* goal_count - how many words of BITS bits meet the goal (contexts as at start). */
double goal_count(const struct goal *g, unsigned bits);

#endif
