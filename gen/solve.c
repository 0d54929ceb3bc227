/* solve.c - exact search over the bits that conditions look at; see solve.h */
#include "solve.h"

enum { MAX_BITS = 22 }; /* more at a time are taken to be satisfiable */

void goal_fix(struct goal *g, u128 mask, u128 value)
{
    if ((g->value ^ value) & g->mask & mask)
        g->impossible = true;
    g->mask |= mask;
    g->value |= value & mask;
}

void goal_pred(struct goal *g, const struct form *f, const struct pred *p, bool negated)
{
    struct condition c = {f, p, negated};
    vec_push(&g->conditions, c);
}

void goal_form(struct goal *g, const struct form *f)
{
    goal_fix(g, f->mask, f->value);
    for (size_t i = 0; i < f->preds.len; i++)
        goal_pred(g, f, &f->preds.at[i], false);
}

void goal_not(struct goal *g, const struct form *f)
{
    goal_pred(g, f, NULL, true);
}

static u128 condition_bits(const struct goal *g, const struct condition *c)
{
    if (c->pred)
        return pred_bits(g->m, c->form, c->pred);
    u128 bits = c->form->mask;
    for (size_t i = 0; i < c->form->preds.len; i++)
        bits |= pred_bits(g->m, c->form, &c->form->preds.at[i]);
    return bits;
}

static bool condition_holds(const struct goal *g, const struct condition *c, u128 place)
{
    bool holds = c->pred ? pred_holds(g->m, c->form, c->pred, place)
                         : place_matches(g->m, c->form, place);
    return holds != c->negated;
}

/* Conditions whose open bits are connected. */
struct part_of_goal {
    u128 bits;
    VEC(const struct condition *) conditions;
};

static bool part_holds(const struct goal *g, const struct part_of_goal *part, u128 place)
{
    for (size_t i = 0; i < part->conditions.len; i++)
        if (!condition_holds(g, part->conditions.at[i], place))
            return false;
    return true;
}

static unsigned bit_count(u128 v)
{
    return (unsigned)(__builtin_popcountll((uint64_t)v) +
                      __builtin_popcountll((uint64_t)(v >> 64)));
}

/* The first values of the part's bits that hold; or, if COUNT, how many there are. */
static bool part_solve(const struct goal *g, const struct part_of_goal *part, u128 *place,
                       double *count)
{
    u128 base = g->value, s = 0;
    bool found = false;
    if (bit_count(part->bits) > MAX_BITS) {
        if (count)
            *count = (double)((u128)1 << MAX_BITS);
        return true;
    }
    do {
        if (part_holds(g, part, base | s)) {
            if (!found)
                *place |= s;
            found = true;
            if (!count)
                return true;
            *count += 1;
        }
        s = (s - part->bits) & part->bits;
    } while (s);
    return found;
}

typedef VEC(struct part_of_goal) part_vec;

/* Joins C to the parts whose bits it shares. */
static void add_condition(const struct goal *g, part_vec *parts,
                          const struct condition *c)
{
    struct part_of_goal joined = {.bits = condition_bits(g, c) & ~g->mask};
    vec_push(&joined.conditions, c);
    size_t kept = 0;
    for (size_t i = 0; i < parts->len; i++) {
        struct part_of_goal *p = &parts->at[i];
        if (p->bits & joined.bits) {
            joined.bits |= p->bits;
            for (size_t j = 0; j < p->conditions.len; j++)
                vec_push(&joined.conditions, p->conditions.at[j]);
        } else {
            parts->at[kept++] = *p;
        }
    }
    parts->len = kept;
    vec_push(parts, joined);
}

bool goal_solve(const struct goal *g, u128 *witness)
{
    if (g->impossible)
        return false;
    part_vec parts = {0};
    for (size_t i = 0; i < g->conditions.len; i++)
        add_condition(g, &parts, &g->conditions.at[i]);
    u128 place = g->value;
    for (size_t i = 0; i < parts.len; i++)
        if (!part_solve(g, &parts.at[i], &place, NULL))
            return false;
    if (witness)
        *witness = place;
    return true;
}

double goal_count(const struct goal *g, unsigned bits)
{
    if (g->impossible)
        return 0;
    struct goal fixed = *g;
    goal_fix(&fixed, ~(u128)0 << 64, (u128)context_initial(g->m) << 64);
    part_vec parts = {0};
    for (size_t i = 0; i < fixed.conditions.len; i++)
        add_condition(&fixed, &parts, &fixed.conditions.at[i]);
    u128 open = low_bits(~(u128)0, bits) & ~fixed.mask, place = 0;
    double total = fixed.impossible ? 0 : 1;
    for (size_t i = 0; i < parts.len; i++) {
        double count = 0;
        part_solve(&fixed, &parts.at[i], &place, &count);
        total *= count;
        open &= ~parts.at[i].bits;
    }
    for (unsigned n = bit_count(open); n > 0; n--)
        total *= 2;
    return total;
}
