/*
 * resolve_form.h - building one form of an instruction; what resolve_form.c,
 * resolve_alt.c and resolve_constrain.c share.
 *
 * Invariants
 *  (1) builder.fixed[i] is the place that fixed bit i of f->mask.
 *  (2) After an error builder.bad is set and the form is left out.
 */
#ifndef GEN_RESOLVE_FORM_H
#define GEN_RESOLVE_FORM_H

#include "resolve.h"

/* Which bits of which field an item has placed, for 'field-overlap'. */
struct placed {
    unsigned field;
    uint64_t bits;
    struct loc loc;
};

struct builder {
    struct resolver *r;
    const struct format *format;
    struct form *f;
    struct loc fixed[64]; /* what fixed a bit of f->mask */
    VEC(struct placed) placed;
    VEC(struct loc) field_locs; /* the items that placed f->fields, for notes */
    struct mentions mentions;
    bool bad;
};

static inline uint64_t low_bits(unsigned n)
{
    return n >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1;
}

static inline struct field *field_at(struct builder *b, int i)
{
    return &b->f->fields.at[i];
}

static inline struct type raw_type(unsigned width)
{
    return (struct type){.kind = OP_UINT, .width = width};
}

/* form_fix - the bits of MASK in the word are VALUE, because of what stands at LOC. */
void form_fix(struct builder *b, uint64_t mask, uint64_t value, struct loc loc);

/* form_place - field bits [low + bits - 1 : low] stand at word bits from AT. */
void form_place(struct builder *b, int field, unsigned low, unsigned bits, unsigned at,
                struct loc loc);

/* form_add_field - a new field; the old one after reporting that NAME is there already.
 */
int form_add_field(struct builder *b, const char *name, struct loc loc, struct type type,
                   bool is_operand, unsigned alt);

/* form_item_range - the bits that a layout item names; whole fields where it names none.
 */
bool form_item_range(struct builder *b, const struct node *item, const struct field *f,
                     unsigned *high, unsigned *low);

/* form_class - the operand class of the parameter NAME, or NULL. */
const struct operand_class *form_class(const struct builder *b, const char *name);

/* form_unknown - reports that the format has no field NAME. */
void form_unknown(struct builder *b, const char *name, struct loc loc);

/* form_split - N, an N_SPLIT of alternative ALT (1 + its index), splits a field of
 * OPERAND. */
void form_split(struct builder *b, const char *operand, const struct node *n,
                unsigned alt);

/* form_constrain - applies the constraints in N, a LIST of them or of LISTs; OPERAND:
 * they stand in its alternative, or NULL. */
void form_constrain(struct builder *b, const struct node *n, const char *operand);

/* Calls for each run of word bits that holds bits [low + bits - 1 : low] of field X. */
#define EACH_RUN(x, low_, bits_, run_at, run_low, run_bits, body)                      \
    for (size_t part_ = 0; part_ < field_at(b, x)->parts.len; part_++) {               \
        struct part q_ = field_at(b, x)->parts.at[part_];                              \
        unsigned from_ = q_.low > (low_) ? q_.low : (low_);                            \
        unsigned to_ =                                                                 \
            q_.low + q_.bits < (low_) + (bits_) ? q_.low + q_.bits : (low_) + (bits_); \
        if (from_ >= to_)                                                              \
            continue;                                                                  \
        unsigned run_at = q_.at + from_ - q_.low, run_low = from_ - (low_),            \
                 run_bits = to_ - from_;                                               \
        body                                                                           \
    }

#endif
