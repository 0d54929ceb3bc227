/*
 * resolve.h - what the files that build the model share; see model.h for the result.
 *
 * Invariants
 *  (1) resolver.decls holds every declaration, in the order written, includes and
 * extensions flattened; those whose extension is off have `active` false. (2) Names live
 * in spaces that don't hide each other: values (registers, contexts, views, banks, enums,
 * operand classes, defs), traps, formats, instructions, extensions.
 */
#ifndef GEN_RESOLVE_H
#define GEN_RESOLVE_H

#include "model.h"

enum space {
    SPACE_VALUE,
    SPACE_TRAP,
    SPACE_FORMAT,
    SPACE_INSN,
    SPACE_EXTENSION,
    SPACE_COUNT
};

struct symbol {
    enum space space;
    const char *name;
    struct loc loc;
    bool active;
    const char *extension; /* that declares it, or NULL */
};

/* A declaration and what it depends on. */
struct decl {
    struct node *node;
    bool active;
    const char *extension;
    uint64_t features;
    VEC(struct node *) guards; /* `when` of extensions that mention contexts */
};

struct extension {
    const char *name;
    struct loc loc;
    VEC(struct node *) requires; /* IDENTs, of all its blocks */
    bool on, in_default, without;
    int feature; /* bit, or -1 */
};

struct format {
    const char *name;
    struct loc loc;
    struct node *node; /* N_FORMAT */
    bool bad;          /* its layout is wrong; reported */
};

struct resolver {
    struct model *m;
    const struct config *config;
    VEC(struct decl) decls;
    VEC(struct extension) extensions;
    VEC(struct format) formats;
    VEC(struct symbol) symbols;
    bool bad_lengths; /* a length rule is wrong; reported */
};

/* A value while folding: width 0 is an unsized literal. */
struct cval {
    u128 v;
    unsigned w;
};

/* What names that model_const doesn't know mean: NUMBER for `#name`; false: unknown. */
struct const_env {
    bool (*name)(void *data, const char *name, bool number, struct cval *out);
    void *data;
};

/* const_eval - false if E isn't constant (in ENV, which may be NULL); REPORT says so,
 * once. */
bool const_eval(const struct model *m, struct node *e, const struct const_env *env,
                bool report, struct cval *out);

/* symbol_add - declares; reports a duplicate and returns false. */
bool symbol_add(struct resolver *r, enum space space, const char *name, struct loc loc,
                const struct decl *d);
/* symbol_find - active or not, or NULL. */
const struct symbol *symbol_find(const struct resolver *r, enum space space,
                                 const char *name);
/* symbol_unknown - reports NAME; says if its extension is off, or what was meant. */
void symbol_unknown(const struct resolver *r, enum space space, const char *what,
                    const char *name, struct loc loc);

/* closest - the one of the names that differs least from NAME, NULL if none comes near.
 */
const char *closest(const char *name, const char *const *names, size_t count);

/* resolve_extensions - finds the extensions in TREE and which of them are on. */
void resolve_extensions(struct resolver *r, struct node *tree);
/* resolve_flatten - N's declarations to r->decls, with what OUTER says of them. */
void resolve_flatten(struct resolver *r, struct node *n, const struct decl *outer);
/* resolve_contexts - `context` declarations; before guards are evaluated. */
void resolve_contexts(struct resolver *r, const struct node *tree);
/* resolve_values - registers, enums, views, banks, traps, defs, operand classes. */
void resolve_values(struct resolver *r);
/* resolve_registers - registers, views, banks: the first step of resolve_values. */
void resolve_registers(struct resolver *r);
/* resolve_fenv - fenv and memory blocks. */
void resolve_fenv(struct resolver *r);
/* resolve_insns - formats, instructions, aliases, tests, classes. */
void resolve_insns(struct resolver *r);

/* resolve_type - the operand type that IDENT names; false after an error. */
bool resolve_type(const struct resolver *r, struct node *ident, struct type *out);
/* plain_type - the width of uN, sN or word; 0 if NAME is none of them. */
unsigned plain_type(const struct model *m, const char *name, bool *is_signed);
/* find_reg, find_trap - reporting errors; NULL after one. find_trap gives NULL for
 * Illegal and sets *built_in. */
const struct reg *find_reg(const struct resolver *r, const char *name, struct loc loc);
const struct trap_decl *find_trap(const struct resolver *r, const char *name,
                                  struct loc loc, bool *built_in);

/* has_context - E mentions a context, so it is known only when the program runs. */
bool has_context(const struct model *m, const struct node *e);

/* guard_holds - false if the constant guard E is zero; a guard with contexts is pushed to
 * KEEP. */
struct guards {
    VEC(struct node *) at;
};
bool guard_holds(const struct resolver *r, struct node *e, struct guards *keep);

/* forms_build - all forms of INSN: FORMAT with the types of REF, CONSTRAINTS a LIST of
 * LISTs. */
void forms_build(struct resolver *r, struct insn *insn, const struct format *format,
                 struct node *ref, struct node *constraints, const struct guards *guards);
/* format_check - reports what is wrong in the layout of a format by itself; false if
 * anything is. */
bool format_check(struct resolver *r, const struct format *format);

/* Names that a tree or text mentions: "a", "op2.x". */
struct mentions {
    VEC(const char *) at;
};
void mention_tree(struct mentions *set, const struct node *n);
void mention_text(struct mentions *set, const char *text);
bool mentioned(const struct mentions *set, const char *name);

/* unused_declare / unused_use / unused_report - what no configuration uses (unused-def,
 * unused-format); report once, at the end. */
void unused_walk(struct node *tree);
void unused_report(void);

#endif
