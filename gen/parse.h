/* parse.h - what lexer and parser share; see ast.h for the entry. */
#ifndef GEN_PARSE_H
#define GEN_PARSE_H

#include "ast.h"

/* One per file being read. */
struct lexer {
    uint32_t file, line, column;
    struct node *root; /* the FILE_ node that declarations are added to */
    int first_token;   /* given before the text's own tokens; 0: none */
};

/* parse_include - the FILE_ of an included file, or NULL after an error or for a file
 * that was read before. */
struct node *parse_include(const char *name, struct loc loc);

#endif
