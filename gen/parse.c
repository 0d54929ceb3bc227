/* parse.c - reading files and what they include into one tree; see ast.h */
#include "parse.h"

#include "diag.h"
#include "parser.h"

#include <errno.h>
#include <string.h>

int yylex_init_extra(struct lexer *extra, void **scanner);
int yylex_destroy(void *scanner);
typedef struct yy_buffer_state *buffer;
buffer yy_scan_bytes(const char *bytes, int len, void *scanner);
void yy_delete_buffer(buffer b, void *scanner);

static void parse_text(struct lexer *lx, const char *text, size_t len)
{
    void *scanner;
    if (yylex_init_extra(lx, &scanner))
        return;
    buffer b = yy_scan_bytes(text, (int)len, scanner);
    yyparse(scanner, lx);
    yy_delete_buffer(b, scanner);
    yylex_destroy(scanner);
}

static struct node *parse_source(uint32_t file)
{
    struct lexer lx = {.file = file, .line = 1, .column = 1};
    struct loc start = {.file = file, .line = 1, .column = 1, .end_column = 2};
    lx.root = node_new(N_FILE_, start, source_at(file)->path, 0);
    parse_text(&lx, source_at(file)->text, source_at(file)->len);
    return lx.root;
}

struct node *parse_expr(const char *text, struct loc loc)
{
    struct lexer lx = {.file = loc.file, .line = loc.line, .column = loc.column + 1};
    lx.root = node_new(N_FILE_, loc, NULL, 0);
    lx.first_token = START_EXPR;
    parse_text(&lx, text, strlen(text));
    return kid(lx.root, 0);
}

struct node *parse_include(const char *name, struct loc loc)
{
    const char *path = source_find(name, loc.file);
    if (!path) {
        diag(CHECK_FILE, loc, "can't find '%s'", name);
        diag_help("files are looked for beside this one, then in each -I directory");
        return NULL;
    }
    bool again;
    uint32_t file = source_open(path, &again);
    if (!file) {
        diag(CHECK_FILE, loc, "can't read '%s': %s", path, strerror(errno));
        return NULL;
    }
    return again ? NULL : parse_source(file);
}

struct node *parse_file(const char *path)
{
    bool again;
    uint32_t file = source_open(path, &again);
    if (!file) {
        diag(CHECK_FILE, (struct loc){0}, "can't read '%s': %s", path, strerror(errno));
        return node_new(N_FILE_, (struct loc){0}, intern(path), 0);
    }
    return parse_source(file);
}
