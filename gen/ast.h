/*
 * ast.h - syntax trees of .isa, .target and .abi files.
 *
 * Invariants
 *  (1) The tree is what was written: no name is resolved, nothing is expanded.
 *  (2) What the kids of each kind are stands in ast.def; optional kids are NULL, never
 * left out.
 */
#ifndef GEN_AST_H
#define GEN_AST_H

#include "source.h"

enum node_kind {
#define NODE(kind, kids) N_##kind,
#include "ast.def"
#undef NODE
    N_COUNT
};

struct node {
    enum node_kind kind;
    struct loc loc;
    const char *name; /* interned, or NULL */
    const char *text; /* interned, or NULL */
    u128 value;
    unsigned width;
    VEC(struct node *) kids;
};

/* node_new - a node with COUNT kids. */
struct node *node_new(enum node_kind kind, struct loc loc, const char *name, int count,
                      ...);

/* node_add - appends KID to NODE and returns NODE. */
struct node *node_add(struct node *node, struct node *kid);

/* kid - kid I of NODE, or NULL if it has fewer. */
static inline struct node *kid(const struct node *node, size_t i)
{
    return i < node->kids.len ? node->kids.at[i] : NULL;
}

/* node_kind_name - "INSN" and so on, for dumps. */
const char *node_kind_name(enum node_kind kind);

/* node_dump - an indented listing of the tree on standard output. */
void node_dump(const struct node *node, int depth);

/*
 * node_subst - a copy of NODE in which IDENTs (and names, and {name} parts of texts) that
 * equal names[i] are replaced by values[i]. For the columns of instruction families.
 */
struct node *node_subst(struct node *node, const char *const *names,
                        struct node *const *values, size_t count);

/*
 * parse_file - parses PATH and what it includes; errors are reported through diag. Never
 * NULL: after an error it holds the declarations that could be read.
 */
struct node *parse_file(const char *path);

/*
 * parse_expr - the expression TEXT, which stands at LOC (a string literal: columns count
 * from after its quote); NULL after an error.
 */
struct node *parse_expr(const char *text, struct loc loc);

#endif
