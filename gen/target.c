/* target.c - see target.h */
#include "target.h"

#include "diag.h"
#include "parse.h"
#include "resolve.h"

#include <string.h>

struct node *target_find(struct node *tree)
{
    struct node *target = NULL;
    for (size_t i = 0; i < tree->kids.len; i++) {
        struct node *n = tree->kids.at[i];
        if (n->kind == N_ISA)
            return NULL;
        if (n->kind == N_TARGET && !target)
            target = n;
    }
    return target;
}

static const char *word_at(const struct node *c, size_t i)
{
    const struct node *item = kid(c, i);
    return item && item->kind == N_IDENT ? item->name : "";
}

/* `WORD NAME in "file";`: the file's tree, or NULL. */
static struct node *named_file(const struct node *c)
{
    const struct node *path = kid(c, 3);
    if (!kid(c, 1) || strcmp(word_at(c, 2), "in") || !path || path->kind != N_STRING) {
        diag(CHECK_CLAUSE, c->loc, "'%s' doesn't say which file", c->name);
        diag_help("write: %s NAME in \"file\";", c->name);
        return NULL;
    }
    return parse_include(path->text, path->loc);
}

static const struct node *find_kind(const struct node *n, enum node_kind kind)
{
    if (!n || n->kind == kind)
        return n;
    if (n->kind != N_FILE_ && n->kind != N_INCLUDE)
        return NULL;
    for (size_t i = 0; i < n->kids.len; i++) {
        const struct node *hit = find_kind(n->kids.at[i], kind);
        if (hit)
            return hit;
    }
    return NULL;
}

static struct node *clause_isa(const struct node *c)
{
    struct node *tree = named_file(c);
    const struct node *isa = find_kind(tree, N_ISA);
    if (isa && isa->name != intern(word_at(c, 1))) {
        diag(CHECK_CLAUSE, kid(c, 1)->loc, "the file describes '%s', not '%s'", isa->name,
             word_at(c, 1));
        diag_note(isa->loc, "its isa block stands here");
    }
    return tree;
}

static void clause_abi(const struct node *c, struct config *config)
{
    struct node *tree = named_file(c);
    const struct node *abi = find_kind(tree, N_ABI);
    if (!tree)
        return;
    if (!abi) {
        diag(CHECK_CLAUSE, kid(c, 3)->loc, "the file holds no abi block");
        diag_help("it begins: abi %s \"name\" {", word_at(c, 1));
    } else if (abi->name != intern(word_at(c, 1))) {
        diag(CHECK_CLAUSE, kid(c, 1)->loc, "the file holds an abi of kind '%s'",
             abi->name ? abi->name : "");
        diag_note(abi->loc, "it stands here");
    }
    config->abi = (struct node *)abi;
}

static void clause_word(const struct node *c, struct config *config)
{
    const struct node *w = kid(c, 1);
    if (!w || w->kind != N_INT || (w->value != 32 && w->value != 64)) {
        diag(CHECK_CLAUSE, w ? w->loc : c->loc, "word is 32 or 64");
        diag_help("write: word 32;");
    } else if (!config->word) {
        config->word = (unsigned)w->value;
    }
}

static void clause_endian(const struct node *c, struct config *config)
{
    bool big = !strcmp(word_at(c, 1), "big");
    if (!big && strcmp(word_at(c, 1), "little")) {
        diag(CHECK_CLAUSE, c->loc, "a byte order is 'big' or 'little'");
        diag_help("write: endian little;");
    } else if (config->big < 0) {
        config->big = big;
    }
}

static void clause_context(const struct node *c, struct config *config)
{
    if (!*word_at(c, 1) || strcmp(word_at(c, 2), "=") || !kid(c, 3) || kid(c, 4)) {
        diag(CHECK_CLAUSE, c->loc, "a context is set by a name and a number");
        diag_help("write: context NAME = 1;");
        return;
    }
    vec_push(&config->contexts,
             node_new(N_SETTING, c->loc, intern("="), 2, kid(c, 1), kid(c, 3)));
}

static void clause_unpredictable(const struct node *c, struct config *config)
{
    if (strcmp(word_at(c, 1), "trap") || kid(c, 2)) {
        diag(CHECK_CLAUSE, c->loc, "what unpredictable instructions do can be 'trap'");
        diag_help("without this clause they do what their bodies say");
    }
    config->unpredictable_traps = true;
}

static void unknown_clause(const struct node *c)
{
    static const char *const known[] = {"isa",  "with",   "without",
                                        "word", "endian", "context",
                                        "abi",  "cpu",    "unpredictable"};
    if (c->name && !strcmp(c->name, "error"))
        return;
    diag(CHECK_CLAUSE, c->loc, "a target has no clause '%s'", c->name ? c->name : "");
    const char *hit =
        c->name ? closest(c->name, known, sizeof known / sizeof *known) : NULL;
    if (hit)
        diag_help("did you mean '%s'?", hit);
    else
        diag_help("there are isa, with, without, word, endian, context, abi, cpu, "
                  "unpredictable");
}

static bool is_one(const struct node *c, const char *name)
{
    return c->name && !strcmp(c->name, name);
}

static void check_cpu(const struct node *c)
{
    const struct node *name = kid(c, 1);
    if (!name || name->kind != N_STRING || !kid(c, 0)) {
        diag(CHECK_CLAUSE, c->loc, "a cpu has a name and a block");
        diag_help("write: cpu \"NAME\" { without EXTENSION; }");
        return;
    }
    for (size_t i = 0; i < kid(c, 0)->kids.len; i++) {
        const struct node *k = kid(c, 0)->kids.at[i];
        if (is_one(k, "with") || is_one(k, "without") || is_one(k, "error"))
            continue;
        diag(CHECK_CLAUSE, k->loc, "a cpu has no clause '%s'", k->name ? k->name : "");
        diag_help("there are with and without");
    }
}

struct node *target_read(struct node *target, struct config *config)
{
    struct node *tree = NULL;
    const struct node *isa = NULL;
    config->target = target;
    config->target_name = target->name;
    for (size_t i = 0; i < target->kids.len; i++) {
        const struct node *c = target->kids.at[i];
        if (is_one(c, "isa") && isa) {
            diag(CHECK_DUPLICATE_NAME, c->loc, "a target has one description");
            diag_note(isa->loc, "the first stands here");
        } else if (is_one(c, "isa")) {
            isa = c;
            tree = clause_isa(c);
        } else if (is_one(c, "abi"))
            clause_abi(c, config);
        else if (is_one(c, "word"))
            clause_word(c, config);
        else if (is_one(c, "endian"))
            clause_endian(c, config);
        else if (is_one(c, "context"))
            clause_context(c, config);
        else if (is_one(c, "unpredictable"))
            clause_unpredictable(c, config);
        else if (is_one(c, "cpu"))
            check_cpu(c);
        else if (!is_one(c, "with") && !is_one(c, "without"))
            unknown_clause(c);
    }
    if (!isa) {
        diag(CHECK_CLAUSE, target->loc, "target '%s' names no description", target->name);
        diag_help("add: isa NAME in \"file.isa\";");
    }
    return tree;
}
