/* ast.c - see ast.h */
#include "ast.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node *node_new(enum node_kind kind, struct loc loc, const char *name, int count,
                      ...)
{
    struct node *n = zalloc(sizeof *n);
    n->kind = kind;
    n->loc = loc;
    n->name = name;
    va_list ap;
    va_start(ap, count);
    for (int i = 0; i < count; i++)
        vec_push(&n->kids, va_arg(ap, struct node *));
    va_end(ap);
    return n;
}

struct node *node_add(struct node *node, struct node *child)
{
    vec_push(&node->kids, child);
    return node;
}

const char *node_kind_name(enum node_kind kind)
{
    static const char *const names[] = {
#define NODE(id, kids) #id,
#include "ast.def"
#undef NODE
    };
    return names[kind];
}

void node_dump(const struct node *node, int depth)
{
    printf("%*s", depth * 2, "");
    if (!node) {
        puts("-");
        return;
    }
    printf("%s", node_kind_name(node->kind));
    if (node->name)
        printf(" %s", node->name);
    if (node->text)
        printf(" \"%s\"", node->text);
    if (node->kind == N_INT || node->value)
        printf(" 0x%" PRIx64, (uint64_t)node->value);
    if (node->width)
        printf(":%u", node->width);
    putchar('\n');
    for (size_t i = 0; i < node->kids.len; i++)
        node_dump(node->kids.at[i], depth + 1);
}

/* The text that a column's value contributes inside a name or template. */
static const char *value_text(const struct node *value)
{
    if (value->kind == N_INT)
        return internf("%" PRIu64, (uint64_t)value->value);
    if (value->kind == N_STRING)
        return value->text;
    return value->name ? value->name : "";
}

static const char *subst_text(const char *text, const char *const *names,
                              struct node *const *values, size_t count)
{
    if (!text || !strchr(text, '{'))
        return text;
    struct text out = {0};
    text_add(&out, "");
    for (const char *p = text; *p;) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        const struct node *hit = NULL;
        for (size_t i = 0; end && i < count; i++)
            if (strlen(names[i]) == (size_t)(end - p - 1) &&
                !strncmp(names[i], p + 1, strlen(names[i])))
                hit = values[i];
        if (hit) {
            text_add(&out, value_text(hit));
            p = end + 1;
        } else {
            text_addf(&out, "%c", *p++);
        }
    }
    const char *result = intern_n(out.at, out.len);
    free(out.at);
    return result;
}

struct node *node_subst(struct node *node, const char *const *names,
                        struct node *const *values, size_t count)
{
    if (!node)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (node->kind == N_IDENT && node->name == names[i])
            return values[i];
    struct node *copy = zalloc(sizeof *copy);
    *copy = *node;
    memset(&copy->kids, 0, sizeof copy->kids);
    copy->text = subst_text(node->text, names, values, count);
    copy->name = subst_text(node->name, names, values, count);
    for (size_t i = 0; i < count; i++)
        if (copy->name == names[i] && node->kind != N_PARAM)
            copy->name = value_text(values[i]);
    for (size_t i = 0; i < node->kids.len; i++)
        vec_push(&copy->kids, node_subst(node->kids.at[i], names, values, count));
    return copy;
}
