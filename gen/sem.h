/*
 * sem.h - the typed meaning of one instruction form.
 *
 * sem.c turns a body into a tree of typed statements: defs inlined, loops unrolled,
 * operand classes, views, banks, register policies and enum values expanded. Evaluator,
 * interpreter emitter and translator-template emitter all walk this one structure.
 *
 * Invariants
 *  (1) Every expression has a width of 1..128 bits and a binding time: BIND_CONST,
 * BIND_DECODE (depends on encoding, context, pc only) or BIND_RUN. (2) Order in sem.body:
 * LETs, TRAPs, loads (inside LETs only: each LOAD or other effectful expression is the
 * whole value of a LET), then STOREs and atomics (also inside LETs or STOREs), then
 * WRITEs, then at most one GOTO per path. IF may nest; within each arm the same phases
 * apply, and an arm of a later phase never holds something of an earlier one. So an
 * emitter may print statements in the order they stand. (3) All register reads mean the
 * state before the instruction. WRITEs come last and never feed a read: an emitter may
 * print them in order (values that a WRITE would destroy before a later WRITE's value
 * reads them are put into LETs by sem.c). (4) READ_REG / WRITE_REG honour reg->hardwired;
 * all other policies have been expanded. (5) Variables are assigned once, numbered from 0
 * in sem.vars.
 */
#ifndef GEN_SEM_H
#define GEN_SEM_H

#include "model.h"

enum binding { BIND_CONST, BIND_DECODE, BIND_RUN };

enum sem_op {
#define SEM(id, text, kids) SEM_##id,
#include "sem.def"
#undef SEM
    SEM_COUNT
};

struct sem_expr {
    enum sem_op op;
    unsigned width;
    enum binding bind;
    struct loc loc;
    struct sem_expr *kid[4];
    u128 value;     /* CONST */
    unsigned index; /* FIELD: into form.fields; VAR: into sem.vars; FP: enum fp_op */
    const struct reg *reg;  /* REG */
    unsigned high, low;     /* SLICE */
    unsigned fp_width;      /* FP: 32 or 64, the T of T.op */
    enum rounding rounding; /* FP: when kid rm is absent and rm_kind says fixed */
    enum {
        RM_NONE,
        RM_CURRENT,
        RM_FIXED,
        RM_GUEST
    } rm_kind; /* RM_GUEST: kid[3] is a guest code */
    /* Atomics: the access is high + 1 bits wide (STORE_COND's own width is one). */
    const char *name;      /* AMO: "add"...; EXTERN: function; CLOCK: "cycle"... */
    bool acquire, release; /* atomics with constant order */
    bool unlikely;         /* COND on a register policy: index is rarely that element */
};

enum fp_op {
    FP_ADD,
    FP_SUB,
    FP_MUL,
    FP_DIV,
    FP_SQRT,
    FP_FMA,
    FP_MIN,
    FP_MAX,
    FP_EQ,
    FP_LT,
    FP_LE,
    FP_UNORDERED,
    FP_EQ_S,
    FP_LT_S,
    FP_LE_S,
    FP_UNORDERED_S,
    FP_TO_S32,
    FP_TO_U32,
    FP_TO_S64,
    FP_TO_U64,
    FP_FROM_S32,
    FP_FROM_U32,
    FP_FROM_S64,
    FP_FROM_U64,
    FP_FROM_F32,
    FP_FROM_F64,
    FP_ROUND_INT,
    FP_IS_NAN,
    FP_IS_SNAN,
    FP_IS_INF,
    FP_IS_ZERO,
    FP_IS_SUBNORMAL,
    FP_OP_COUNT
};
extern const char *const fp_op_names[FP_OP_COUNT]; /* "add", "eq_s", ... */

enum sem_stmt_kind {
    ST_LET,   /* var = e */
    ST_TRAP,  /* trap(args) when e (NULL: always); after: commits have happened */
    ST_STORE, /* m[width](address) = e; mask: masked store */
    ST_WRITE, /* reg[index](high:low) = e; index NULL for single registers */
    ST_IF,    /* e, then_, else_ */
    ST_GOTO,  /* e; now: without delay slot */
    ST_NULLIFY,
    ST_FENCE,  /* acquire, release */
    ST_ICACHE, /* e = address or NULL (everything), address = length */
    ST_EFFECT, /* e evaluated for its effect (an extern, an atomic without result) */
};

struct sem_block;

struct sem_stmt {
    enum sem_stmt_kind kind;
    struct loc loc;
    struct sem_expr *e;
    unsigned var;                 /* LET */
    const struct trap_decl *trap; /* TRAP; NULL: the built-in Illegal */
    VEC(struct sem_expr *) args;  /* TRAP */
    struct sem_block *commits;    /* TRAP: its own commits (WRITEs), or NULL */
    bool after, now;
    unsigned width;                  /* STORE */
    struct sem_expr *address, *mask; /* STORE; ICACHE: length */
    const struct reg *reg;           /* WRITE */
    struct sem_expr *index;          /* WRITE: element, BIND_CONST or BIND_DECODE */
    unsigned high, low;              /* WRITE: bits written; others stay */
    struct sem_block *then_, *else_; /* IF; else_ may be NULL */
    bool unlikely;                   /* IF on a register policy: rarely true */
    bool likely;                     /* the same turned round: rarely false */
    unsigned group;        /* IF: sem.c's own (arms of one `if` in several phases) */
    bool acquire, release; /* FENCE */
};

struct sem_block {
    VEC(struct sem_stmt *) stmts;
};

struct sem_var {
    const char *name; /* as written, made unique: "r", "r_2" */
    unsigned width;
    enum binding bind;
    struct loc loc;
    bool temporary; /* made by sem.c, not by a `let` */
};

/* A predicated form: its body runs only if `predicate` (one bit) holds; NULL: always. */
struct sem {
    const struct form *form;
    struct sem_expr *predicate;
    struct sem_block *body;
    VEC(struct sem_var) vars;
    /* facts */
    bool loads, stores, traps, branches, indirect, nullifies, writes_context, uses_fp,
        atomic, icache, always_leaves, writes_link,
        delayed; /* delayed: a goto with a delay slot */
    bool is_call,
        is_return; /* by link registers where the number is constant, or `kind` */
    struct sem_expr *call_when, *return_when; /* decode-time, or NULL */
    VEC(struct sem_expr *) unpredictable;     /* decode-time conditions */
    VEC(struct sem_expr *) hints;
};

/* sem_build - fills in form->sem and the typed predicates of every form of M; reports
 * errors. */
void sem_build(struct model *m);

/* sem_report - what no configuration built so far has used: unused-let, dead-trap. */
void sem_report(void);

/* sem_decode_expr - types E, a decode-time expression over F's fields (`reserved when`,
 * parts of assembly text, alias conditions); NULL after an error. */
struct sem_expr *sem_decode_expr(struct model *m, struct form *f, struct node *e);

/* sem_build_block - the meaning of a block outside any instruction (`helper` in an ABI);
 * its form is NULL. */
struct sem *sem_build_block(struct model *m, struct node *block);

/* sem_trap_block - what trap T itself commits, its parameters being VARs 0 and up; NULL:
 * nothing. For traps that no statement raises (alignment, enabled floating-point flags).
 */
struct sem *sem_trap_block(struct model *m, const struct trap_decl *t);

/* sem_assign - the block `LVALUE = VALUE;` over F's operands (F may be NULL). */
struct sem *sem_assign(struct model *m, struct form *f, struct node *lvalue,
                       struct node *value);

/* sem_value - VALUE, WIDTH bits wide, as the `predicate` of what is returned; the body
 * holds the statements that must run first. */
struct sem *sem_value(struct model *m, struct form *f, struct node *value,
                      unsigned width);

/* sem_print - the tree in readable text, for `isac explain` and tests. */
void sem_print(const struct model *m, const struct sem *s, struct text *out);
/* sem_expr_print - one expression of it. */
void sem_expr_print(const struct model *m, const struct sem *s, const struct sem_expr *e,
                    struct text *out);

/* sem_effectful - whether E itself, its kids aside, touches memory, raises floating-point
 * flags or is volatile. */
static inline bool sem_effectful(const struct sem_expr *e)
{
    switch (e->op) {
    case SEM_LOAD:
    case SEM_RESERVE:
    case SEM_STORE_COND:
    case SEM_AMO:
    case SEM_CAS:
    case SEM_CLOCK:
    case SEM_EXTERN:
        return true;
    case SEM_FP:
        return e->index < FP_IS_NAN;
    default:
        return false;
    }
}

/* sem_has_effect - the same of E with all that it holds; E may be NULL. */
static inline bool sem_has_effect(const struct sem_expr *e)
{
    if (!e)
        return false;
    if (sem_effectful(e))
        return true;
    for (int i = 0; i < 4; i++)
        if (sem_has_effect(e->kid[i]))
            return true;
    return false;
}

#endif
