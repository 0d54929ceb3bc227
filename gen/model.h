/*
 * model.h - a description with its names resolved: registers, encodings, instruction
 * forms.
 *
 * resolve.c builds it from the tree for one configuration (word width, extensions, byte
 * order); every later stage reads it and changes nothing in it but the members that it
 * owns (sem).
 *
 * Invariants
 *  (1) Only declarations whose extension and guard hold in the configuration are here.
 *  (2) A form is one instruction with one alternative chosen for each class operand;
 * families are expanded; forms with the same insn share its name, tests and aliases. (3)
 * Every bit of a form's word is in the pattern mask, the should mask, the ignored mask or
 * a field's parts. Pattern, should and ignored mask are disjoint. Fields keep their parts
 * when a constraint puts bits of them into the pattern mask, and a class's field "op2.x"
 * lies over what its alternative splits it into ("op2.rot", "op2.b"): an encoder sets the
 * free bits
 *      (~mask) through the alternative's and the raw fields, a body may name all of them.
 *  (4) Bit 0 is the least significant bit of the instruction word (up to 64 bits).
 */
#ifndef GEN_MODEL_H
#define GEN_MODEL_H

#include "ast.h"

struct sem;

/* What is chosen before building a model. */
struct config {
    unsigned word;          /* 0: the first width that the isa block lists */
    int big;                /* -1: the first byte order that it lists */
    bool all_extensions;    /* isac check FILE.isa: everything on */
    VEC(const char *) with; /* else these, and what they require */
    VEC(const char *) without;
    VEC(struct node *) contexts; /* N_SETTING-like: name, value */
    bool unpredictable_traps;
    const char *target_name;   /* NULL when working on an .isa file alone */
    struct node *target, *abi; /* N_TARGET and N_ABI, or NULL */
};

/* Named bits of a register: FCSR.RM. */
struct reg_field {
    const char *name;
    unsigned high, low;
};

/* What reading or writing an element does; NULL members: the plain thing. */
struct policy {
    struct node *read;  /* E, or a TRAP statement */
    struct node *write; /* S */
    bool drop;          /* write drop */
    struct loc loc;
};

/* `reg`, `context`: storage. */
struct reg {
    const char *name;
    struct loc loc;
    unsigned index;        /* in model.regs */
    unsigned width, count; /* count 1 and !is_file: a single register */
    bool is_file, is_context;
    const char **names; /* count of them; never NULL for files */
    VEC(struct reg_field) fields;
    struct policy all; /* of every element without its own */
    struct policy *at; /* [count], or NULL */
    bool *has_at;      /* [count], or NULL */
    /* hardwired[i]: reads the constant hardwired_value[i] and drops writes ("at 0 { read
     * 0; write drop; }"); such elements stay plain READ_REG/WRITE_REG in sem trees. NULL:
     * none. */
    bool *hardwired;
    u128 *hardwired_value;
    VEC(unsigned) links; /* elements that hold return addresses */
    u128 initial;
};

struct view {
    const char *name;
    struct loc loc;
    unsigned width, count;
    const char *index; /* its variable, or NULL */
    struct node *both; /* after =, or NULL */
    struct policy policy;
    const struct reg *renames; /* whole elements of this file (text), else NULL */
    unsigned renames_from;     /* element 0 of the view is this element of it */
    /* For text: element n is printed as element n + names_from of this file. Set for
     * every view that reads one file at n + K, though only in part (F[n] = D[n][31:0]);
     * else NULL. */
    const struct reg *names_of;
    unsigned names_from;
};

struct bank_entry {
    u128 number;
    const char *name; /* or NULL */
    struct policy policy;
    struct loc loc;
};
struct bank {
    const char *name;
    struct loc loc;
    unsigned index_width, width;
    VEC(struct bank_entry) entries; /* guards that don't hold are left out */
    struct policy otherwise;
};

struct enum_item {
    u128 code;
    const char *text;
    struct node *value; /* or NULL: the code */
    struct loc loc;
};
struct enum_ {
    const char *name;
    struct loc loc;
    unsigned code_width;
    VEC(struct enum_item) items;
};

struct trap_decl {
    const char *name;
    struct loc loc;
    unsigned index;
    VEC(const char *) params;
    VEC(unsigned) widths;
    struct node *commits; /* S or NULL */
};

struct def {
    const char *name;
    struct loc loc;
    VEC(const char *) params;
    VEC(unsigned) widths;
    VEC(unsigned) results; /* widths; none: no result */
    bool results_inferred; /* `def f(a : u5) = E;` without -> */
    struct node *body;     /* BLOCK or E */
    bool is_extern;
    const char *effects;
    bool used;
};

/* Types of operands. */
enum operand_kind { OP_UINT, OP_SINT, OP_REG, OP_VIEW, OP_BANK, OP_ENUM, OP_CLASS };
struct type {
    enum operand_kind kind;
    unsigned width; /* of the encoded field */
    const struct reg *reg;
    const struct view *view;
    const struct bank *bank;
    const struct enum_ *enum_;
    const struct operand_class *class_;
};

struct operand_class {
    const char *name;
    struct loc loc;
    struct node *decl; /* N_OPERAND */
    VEC(const char *) fields;
    VEC(unsigned) field_widths;
    VEC(const char *) results;
    VEC(unsigned) result_widths;
};

/* Where bits of a field stand: field bits [low + bits - 1 : low] at word bits [at + bits
 * - 1 : at]. */
struct part {
    unsigned at, low, bits;
};

/* A field or operand of a form. Names are as bodies use them: "rs", "op", "op2.i",
 * "op2.rot". */
struct field {
    const char *name;
    struct loc loc;
    struct type type; /* OP_UINT for raw fields */
    bool is_operand;  /* a format parameter (or an alternative's), not a raw field */
    VEC(struct part) parts;
    unsigned alt; /* 1 + index into form.alts for fields that an alternative declares */
    bool used;
};

/* A condition beyond the mask that a word must meet to match. */
enum pred_kind {
    PRED_NE_CONST, /* field[high:low] != value */
    PRED_LT_CONST, /* field <u value: fewer registers than codes */
    PRED_EQ_FIELD, /* field[high:low] == other[high:low] */
    PRED_NE_FIELD,
    PRED_CODES,       /* field is a code of an enum that leaves codes out */
    PRED_NOT_RESERVED /* `when`, a decode-time expression, is 0: `reserved when`, or the
                       * negated guard of an instruction that exists only in some contexts
                       */
};
struct pred {
    enum pred_kind kind;
    struct loc loc;
    unsigned field, other; /* indices into form.fields */
    unsigned high, low;    /* bits of both fields that are compared */
    u128 value;
    const struct enum_ *codes; /* PRED_CODES: the field is one of its codes */
    struct node *when;         /* PRED_NOT_RESERVED: `reserved when`, must be 0 */
    struct sem_expr *expr;     /* the same, typed (owned by sem.c) */
};

/* The alternative chosen for a class operand. */
struct alt_choice {
    const char *operand; /* "op2" */
    const struct operand_class *class_;
    struct node *alt; /* N_ALT */
};

struct form {
    const char *name; /* "and.imm"; the insn's name if it has one form */
    unsigned index;   /* in model.forms */
    struct insn *insn;
    unsigned bits;        /* length of the word */
    uint64_t mask, value; /* must be */
    uint64_t should_mask, should_value, ignored_mask;
    VEC(struct field) fields;
    VEC(struct pred) preds;
    VEC(struct alt_choice) alts;
    const char *predicate; /* operand that predicates it, or NULL */
    struct sem *sem;       /* filled in by sem.c */
};

struct insn {
    const char *name;
    struct loc loc;
    unsigned index;         /* in model.insns */
    const char *provenance; /* "row cvt.{fmt}.w, fmt=d" or NULL */
    const char *extension;  /* the innermost, or NULL */
    uint64_t features;      /* bits of model.features that must be on (see struct cpu) */
    struct node *text;      /* N_STRING */
    struct node
        *body; /* S: statements, with EXAMPLE, TEST, CLASS, KIND, ENCODE among them */
    VEC(const char *) refines;
    VEC(struct loc) refine_locs;
    VEC(struct form *) forms;
    VEC(struct node *) tests;   /* N_TEST, N_EXAMPLE inside the body */
    VEC(struct node *) classes; /* N_CLASS that apply (its own and top-level ones) */
    VEC(struct node *) kinds;   /* N_KIND */
    VEC(struct node *) encodes; /* N_ENCODE */
};

struct alias {
    struct loc loc;
    const char *text;
    struct insn *insn;
    struct node *constraints; /* LIST of CONSTRAINT */
    struct node *when;
};

/* `memory`: the trap of unaligned accesses by kind, or NULL. */
enum { MEMORY_LOAD, MEMORY_STORE, MEMORY_ATOMIC, MEMORY_KINDS };

/* `fenv`, by its clauses. Places are (register, high, low); reg NULL: the guest has none.
 */
struct fenv_place {
    const struct reg *reg;
    unsigned high, low;
};
enum rounding {
    ROUND_NEAREST,
    ROUND_ZERO,
    ROUND_UP,
    ROUND_DOWN,
    ROUND_AWAY,
    ROUND_RESERVED
};
enum fp_flag_bit {
    FLAG_INEXACT,
    FLAG_UNDERFLOW,
    FLAG_OVERFLOW,
    FLAG_DIVZERO,
    FLAG_INVALID,
    FLAG_BITS
};
struct fenv {
    bool declared;
    struct loc loc;
    struct fenv_place round, accrue, cause, enable,
        flush;                  /* flush: one bit, tiny results are 0 */
    bool flush_silent;          /* results tiny before rounding raise nothing then */
    enum rounding rounding[16]; /* by guest code */
    const struct trap_decl *round_trap; /* of reserved codes; NULL: Illegal */
    const struct trap_decl *enable_trap;
    int flag_bit[FLAG_BITS]; /* flag -> bit in the fields, or -1 */
    bool canonical, quiet_bit, tiny_before, to_int_fixed, fma_never;
    u128 to_int_value_max; /* to_int fixed: see the reference */
    u128 default_nan[2];   /* f32, f64 */
};

/* A CPU of the target: which of the features that the model holds it has. */
struct cpu {
    const char *name;
    struct loc loc;
    uint64_t features;
};

struct length_rule {
    struct node *when;
    unsigned bits;
};

struct model {
    struct config config;
    const char *name; /* of the isa */
    struct loc loc;
    unsigned word;       /* 32 or 64 */
    VEC(unsigned) words; /* the widths that the isa block lists */
    VEC(int) endians;    /* the byte orders that it lists; 1 is big */
    bool big, fetch_big;
    unsigned fetch_bits;
    bool first_low;
    unsigned delay_slots;
    VEC(struct length_rule) lengths;
    VEC(struct reg *) regs; /* contexts too */
    VEC(struct view *) views;
    VEC(struct bank *) banks;
    VEC(struct enum_ *) enums;
    VEC(struct trap_decl *) traps;
    VEC(struct def *) defs;
    VEC(struct operand_class *) classes;
    VEC(struct insn *) insns;
    VEC(struct form *) forms;
    VEC(struct alias *) aliases;
    VEC(struct node *) tests; /* top-level N_TEST and N_EXAMPLE */
    const struct trap_decl *unaligned[MEMORY_KINDS];
    struct fenv fenv;
    struct node *abi, *target; /* N_ABI, N_TARGET, or NULL */
    /* Extensions that are on in at least one CPU, bit i of a mask being features.at[i]
     * (at most 64). The decoder matches an insn only if all bits of insn.features are on
     * in the CPU chosen at start; without a choice, in features_default. */
    VEC(const char *) features;
    uint64_t features_default;
    VEC(struct cpu) cpus;
    struct resolver *resolver; /* resolve.c's own */
};

/*
 * model_build - the model of TREE in CONFIG. Reports errors and leaves out what is wrong;
 * check diag_errors() before going on to emit.
 */
struct model *model_build(struct node *tree, const struct config *config);

/* model_name - what NAME is, for bodies. Kinds that don't match are left NULL. */
struct found {
    const struct reg *reg;
    const struct view *view;
    const struct bank *bank;
    const struct enum_ *enum_;
    const struct trap_decl *trap;
    struct def *def;
    const struct operand_class *class_;
    struct insn *insn;
};
struct found model_name(const struct model *m, const char *name);

/* model_unknown - reports that NAME (WHAT it should be: "register", ...) is declared
 * nowhere, with what was probably meant; EXTRA are names of the place (operands, lets) to
 * compare with too. */
void model_unknown(const struct model *m, const char *what, const char *name,
                   struct loc loc, const char *const *extra, size_t extra_count);

/* model_suggest - after a diag that NAME is unknown: the note or help that says what was
 * probably meant (a value, trap or built-in function of M, a field of F, which may be
 * NULL), or where it is switched off; false if there is nothing to say. */
bool model_suggest(const struct model *m, const struct form *f, const char *name);

/* model_type_width - width in bits of a type name (u5, s16, word, a register file's
 * elements...); 0 after reporting an error at LOC. */
unsigned model_type_width(const struct model *m, const char *name, struct loc loc);

/* model_const - the value of an expression over literals, word, extensions and contexts'
 * initial values; reports and returns 0 if it isn't one. */
u128 model_const(const struct model *m, struct node *e);

/* form_field - index of the field NAME in F, or -1. field_get / field_put - its bits in a
 * word. */
int form_field(const struct form *f, const char *name);
uint64_t field_get(const struct field *field, uint64_t word);
uint64_t field_put(const struct field *field, uint64_t word, uint64_t bits);
/* field_mask - the word bits that the field takes. */
uint64_t field_mask(const struct field *field);

/* form_matches - mask and all predicates of F hold for WORD (mask-and-value and
 * predicates, as the generated decoder does). */
bool form_matches(const struct model *m, const struct form *f, uint64_t word);

#endif
