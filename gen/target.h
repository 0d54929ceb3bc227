/*
 * target.h - .target files: description, extensions, word, byte order and ABI together.
 */
#ifndef GEN_TARGET_H
#define GEN_TARGET_H

#include "model.h"

/* target_find - the N_TARGET in TREE, or NULL if it is a description alone. */
struct node *target_find(struct node *tree);

/*
 * target_read - the tree of the description that TARGET names, with CONFIG filled in from
 * its clauses (what CONFIG holds already stays: options of the command line are
 * stronger). The ABI's file is parsed too. NULL after an error.
 */
struct node *target_read(struct node *target, struct config *config);

#endif
