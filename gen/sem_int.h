/*
 * sem_int.h - what the files of the semantic analysis share.
 *
 * sem_stmt.c walks statements, sem_expr.c expressions, sem_call.c functions, sem_access.c
 * registers and what lies over them, sem_mk.c builds and folds expressions, sem_flow.c
 * puts the phases in order.
 *
 * Invariants
 *  (1) An expression of width 0 is flexible: a number (or a choice of numbers) that takes
 * the width of what it stands with. adapt() gives it one. CONST of width 0: `high` 1 =
 * negative, 2 = the complement of a number that fits. (2) Statements are emitted into the
 * four phases of `out`; an IF with statements in several of them becomes one IF per phase
 * with the same group, which flatten() joins where adjacent. (3) What is evaluated after
 * phase EARLY (values written, targets) is a constant, of decode time or a VAR: so it
 * means the state before.
 */
#ifndef GEN_SEM_INT_H
#define GEN_SEM_INT_H

#include "diag.h"
#include "sem.h"

enum phase { PH_EARLY, PH_WRITE, PH_GOTO, PH_AFTER, PHASES };

struct out {
    struct sem_block *b[PHASES];
};

/* A result that a body assigns: of an operand class, of a def. */
struct slot {
    const char *name;
    unsigned width; /* 0: inferred */
    struct sem_expr *value;
    bool partial; /* set on some paths only */
};

typedef VEC(struct slot) slot_list;

struct local {
    const char *name;
    struct loc loc;
    struct sem_expr *value; /* or NULL */
    int slot;               /* or -1 */
    const struct reg *raw;  /* the storage that `raw` names in a policy, or NULL */
    struct sem_expr *raw_index;
};

struct scope {
    struct scope *up;
    bool barrier;    /* nothing outside is visible, operands neither */
    const char *alt; /* fields of this class operand are visible by their bare names */
    VEC(struct local) locals;
};

/* Bits of a register that this body has written. */
struct written {
    const struct reg *reg;
    struct sem_expr *index;
    unsigned high, low;
    struct loc loc;
};
typedef VEC(struct written) written_list;

/* What the path so far has done. */
struct flow {
    bool dead;                      /* a trap that is always taken, a return */
    bool stored, committed, jumped; /* jumped: by a goto of the body itself */
    struct loc commit_loc, store_loc, jump_loc;
    written_list written;
};

struct builder {
    struct model *m;
    struct form *f; /* NULL: no instruction (helpers, trap blocks) */
    struct sem *s;
    struct scope *scope;
    struct out out;
    struct flow flow;
    slot_list slots;
    VEC(const struct def *) active; /* defs being inlined */
    bool decode;  /* only decode-time expressions are allowed, nothing is emitted */
    bool no_lets; /* expressions stay whole: what is evaluated outside the body */
    bool quiet;   /* no order checks (commit blocks, policies) */
    int loop;     /* inside this many for loops */
    bool committed_before; /* the outermost of them */
    int first_return;      /* slots of the def being inlined; -1: none */
    unsigned returns;
    unsigned groups;
    unsigned depth; /* views, policies and bank entries being expanded */
    bool circular;  /* they go round in a circle: said */
    unsigned size;  /* turns of loops and calls of defs so far, see too_big */
};

/* --- sem_mk.c: constructors; kids must have fitting widths. All fold. */
struct sem_expr *mk(struct builder *b, enum sem_op op, unsigned width, struct loc loc,
                    struct sem_expr *x, struct sem_expr *y, struct sem_expr *z);
struct sem_expr *mk_const(unsigned width, u128 value, struct loc loc);
struct sem_expr *mk_flexible(s128 value, struct loc loc);
struct sem_expr *mk_field(struct builder *b, unsigned field, struct loc loc);
struct sem_expr *mk_slice(struct builder *b, struct sem_expr *x, unsigned high,
                          unsigned low, struct loc loc);
struct sem_expr *mk_extend(struct builder *b, enum sem_op op, struct sem_expr *x,
                           unsigned width, struct loc loc);
struct sem_expr *mk_not(struct builder *b, struct sem_expr *x, struct loc loc);
struct sem_expr *mk_poison(struct loc loc); /* after an error: flexible, says no more */
bool sem_same(const struct sem_expr *a, const struct sem_expr *b);
static inline bool is_const(const struct sem_expr *e)
{
    return e->op == SEM_CONST;
}
static inline bool is_poison(const struct sem_expr *e)
{
    return e->op == SEM_UNKNOWN && !e->width;
}
/* uses_raw - policy N names the storage itself. */
bool uses_raw(const struct node *n);
/* adapt - E as wide as WIDTH: flexible ones take it; an error if another width. WHAT is
 * the place for the message ("the address"). */
struct sem_expr *adapt(struct builder *b, struct sem_expr *e, unsigned width,
                       const char *what);
/* condition - E as one bit. */
struct sem_expr *condition(struct builder *b, struct sem_expr *e, const char *what);
/* number - E as a constant number; false after an error. */
bool number(struct builder *b, struct sem_expr *e, const char *what, s128 *value);

/* --- sem_expr.c */
struct sem_expr *expr(struct builder *b, struct node *n);
struct sem_expr *sized_expr(struct builder *b, struct node *n, unsigned width,
                            const char *what);
struct sem_expr *choose(struct builder *b, struct sem_expr *c, struct node *then,
                        struct node *otherwise, struct loc loc);
struct local *find_local(struct builder *b, const char *name);
/* find_field - index of the operand or field NAME if it is visible here, or -1. */
int find_field(struct builder *b, const char *name);

/* enter_policy - one more of them; false (after an error) if they go round in a circle.
 * The caller counts depth down again. */
bool enter_policy(struct builder *b, struct loc loc);
/* too_big - one more turn of a loop or call of a def; true (after an error) if they are
 * too many. */
bool too_big(struct builder *b, struct loc loc);

/* --- sem_call.c */
typedef VEC(struct sem_expr *) expr_list;
/* call - the results of the CALL N (none, one or several). */
bool call(struct builder *b, struct node *n, expr_list *results);
struct sem_expr *load(struct builder *b, unsigned width, struct node *address,
                      struct loc loc);
/* memory_width - 8..64 for m8 ... m64, else 0. */
unsigned memory_width(const char *name);
unsigned type_width(struct builder *b, struct node *type);

/* --- sem_access.c */
struct sem_expr *read_reg(struct builder *b, const struct reg *r, struct sem_expr *index,
                          struct loc loc);
struct sem_expr *read_view(struct builder *b, const struct view *v,
                           struct sem_expr *index, struct loc loc);
struct sem_expr *read_bank(struct builder *b, const struct bank *k,
                           struct sem_expr *index, struct loc loc);
struct sem_expr *read_operand(struct builder *b, int field, struct loc loc);
struct sem_expr *read_raw(struct builder *b, const struct reg *r, struct sem_expr *index,
                          unsigned high, unsigned low, struct loc loc);
void assign(struct builder *b, struct node *lvalue, struct sem_expr *value,
            struct loc loc);

/* --- sem_stmt.c */
void stmt(struct builder *b, struct node *n);
struct scope *push_scope(struct builder *b, bool barrier);
void pop_scope(struct builder *b, struct scope *old);
struct local *bind(struct builder *b, const char *name, struct sem_expr *value,
                   struct loc loc);
struct sem_stmt *emit(struct builder *b, enum phase phase, enum sem_stmt_kind kind,
                      struct loc loc);
/* let - a variable that holds E; NAME NULL: a temporary. */
struct sem_expr *let(struct builder *b, const char *name, struct sem_expr *e,
                     struct loc loc);
/* force - E, or a variable with its value if E is more than a name. */
struct sem_expr *force(struct builder *b, struct sem_expr *e);
/* late - E as it must be to be evaluated after phase EARLY. */
struct sem_expr *late(struct builder *b, struct sem_expr *e);
/* effect - E (a load, an operation with flags) as the value of a LET. */
struct sem_expr *effect(struct builder *b, struct sem_expr *e);

/* Arms: what runs only if a condition holds. arm_begin / arm_else / arm_end stand round
 * them. */
struct arms {
    struct sem_expr *cond;
    struct out outer, then_;
    struct flow before, after_then;
    slot_list slots_before, slots_then;
    bool only_then, only_else; /* constant condition */
    bool emitted;              /* arm_end: the arms hold statements */
};
void arm_begin(struct builder *b, struct arms *a, struct sem_expr *cond);
void arm_else(struct builder *b, struct arms *a);
void arm_end(struct builder *b, struct arms *a, struct loc loc, bool unlikely);
void trap(struct builder *b, struct node *n);
/* check_effect - order errors of a load, trap or store at LOC. */
enum access { ACC_LOAD, ACC_STORE, ACC_ATOMIC, ACC_TRAP };
void check_order(struct builder *b, enum access what, struct loc loc);

/* --- sem_flow.c */
struct sem_block *flatten(struct out *out);
void sink(struct sem *s);
void facts(const struct model *m, struct sem *s);

/* --- sem_verify.c: aborts with a message if S breaks an invariant of sem.h. */
void sem_verify(const struct model *m, const struct sem *s);

/* --- sem.c */
/* sem_error - as diag, but once per place and check; true if it was reported (then help).
 */
bool sem_error(enum check check, struct loc loc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A place of the description that forms share, seen with and without the property WHAT:
 * reports come at the end, for those that were never seen with it. */
enum site { SITE_TRAP, SITE_LET, SITES };
void site(enum site what, struct loc loc, const char *name, bool good);

/* --- eval_op.c: the value of OP on constants; widths of result and of kid 0. */
u128 sem_fold(enum sem_op op, unsigned width, unsigned kid_width, u128 x, u128 y, u128 z);
static inline u128 ones(unsigned width)
{
    return width >= 128 ? ~(u128)0 : ((u128)1 << width) - 1;
}
static inline s128 signed_value(u128 v, unsigned width)
{
    return width >= 128 ? (s128)v : (s128)(v << (128 - width)) >> (128 - width);
}

#endif
