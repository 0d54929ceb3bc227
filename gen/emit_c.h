/*
 * emit_c.h - typed expressions as C; shared by the emitters of routines and of binding.
 *
 * Invariants
 *  (1) A value of width w is printed as C of type uint32_t (w <= 32; one bit may be int 0
 * or 1), uint64_t (w <= 64) or u128, and its bits from w upwards are zero. (2) In a
 * routine, a maximal decode-time expression of up to 64 bits is a slot of the record; the
 *      slot's value as C for binding is kept with it.
 *  (3) Nothing printed evaluates an operand twice.
 */
#ifndef GEN_EMIT_C_H
#define GEN_EMIT_C_H

#include "sem.h"

/* A slot of a record: computed when the instruction is bound. */
struct rec_slot {
    const char *name;
    unsigned bytes;       /* 1, 2, 4, 8 */
    const char *bind;     /* its value, in terms of binding */
    unsigned place_bytes; /* of the place that it names; 0: a plain value */
    bool write;           /* the place is written */
};

/* What a routine reads or writes without a slot: a single register, an element. */
struct direct {
    const char *place; /* C of its offset */
    unsigned bytes;
    bool write;
};

/* A decode-time condition that a variant of the form takes for known. */
struct assumption {
    const struct sem_expr *cond;
    bool value;
};

struct cgen {
    const struct model *m;
    const struct form *f;
    const struct sem *s;
    bool binding; /* printing for bind.c, not for a routine */
    VEC(struct rec_slot) slots;
    VEC(struct direct) direct;
    VEC(struct assumption) assumed;
    int fixed_field; /* -1, or the field that is taken to be fixed_value */
    uint64_t fixed_value;
    bool *field_used, *var_used; /* by binding */
    const bool *inverted; /* templates: variables whose complement C holds, or NULL */
    unsigned constants;   /* constant places given out */
    bool chain;           /* the record has a chain slot, whose target is chain_target */
    const char *chain_target;
};

/* cgen_new - for form F. */
struct cgen *cgen_new(const struct model *m, const struct form *f);

/* c_type - the C type of values of WIDTH; c_storage_bytes - bytes that a register takes.
 */
const char *c_type(unsigned width);
unsigned c_storage_bytes(unsigned width);

/* c_name - NAME as a C identifier. */
const char *c_name(const char *name);

/* c_var - the C name of variable I. */
const char *c_var(const struct cgen *g, unsigned i);

/* c_expr - print E. */
void c_expr(struct cgen *g, const struct sem_expr *e, struct text *out);

/* c_highest - a bound of E's value. */
u128 c_highest(const struct cgen *g, const struct sem_expr *e);

/* c_bind_rounding - the mode of floating-point operation E as C for binding, of type enum
 * fp_round; NULL if it depends on the guest's state other than by FP_DYN. */
const char *c_bind_rounding(struct cgen *g, const struct sem_expr *e);

/* c_field_text - the bits of field F of word w, as C. */
const char *c_field_text(const struct field *f);

/* c_bind_text - E, a decode-time expression, as C for binding. */
const char *c_bind_text(struct cgen *g, const struct sem_expr *e);

/* c_flag_text - C for binding of WHEN, a decode-time condition; often it can only have
 * one value. NULL: it always is FIXED. */
const char *c_flag_text(struct cgen *g, const struct sem_expr *when, bool fixed);

/* c_known - the value of decode-time condition E under the assumptions: 0, 1, or -1. */
int c_known(const struct cgen *g, const struct sem_expr *e);

/*
 * A place: bytes of a register that a slot can name. c_is_place - whether reading E is
 * reading one that is chosen at decode time.
 */
bool c_is_place(const struct cgen *g, const struct sem_expr *e);

/* c_write_place - C of the lvalue for bits [high:low] of REG[index], which are whole
 * bytes, chosen by COND between that and OTHER if COND isn't NULL. */
struct c_dest {
    const struct reg *reg;
    const struct sem_expr *index;
    unsigned high, low;
};
bool c_dest_is_place(const struct c_dest *d);
/* c_dest_text - the offset of D in struct cpu, as C for binding. NULL D: the sink. */
const char *c_dest_text(struct cgen *g, const struct c_dest *d);
/* c_lvalue - D as an lvalue in a routine. */
const char *c_lvalue(struct cgen *g, const struct c_dest *d);
/* c_slot - the name of a slot of BYTES whose bound value is BIND, made if there is none.
 */
const char *c_slot(struct cgen *g, const char *name, unsigned bytes, const char *bind,
                   unsigned place_bytes, bool write);

/* c_reads_flags - E reads bits of a register that fenv's clauses name (flags, cause). */
bool c_touches_fenv(const struct model *m, const struct reg *r, unsigned high,
                    unsigned low);

#endif
