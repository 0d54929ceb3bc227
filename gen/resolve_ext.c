/* resolve_ext.c - extensions: which are on, what stands in them. */
#include "resolve.h"

#include "diag.h"

#include <string.h>

static struct extension *find_extension(struct resolver *r, const char *name)
{
    for (size_t i = 0; i < r->extensions.len; i++)
        if (r->extensions.at[i].name == name)
            return &r->extensions.at[i];
    return NULL;
}

/* An extension may have several blocks: what it requires is what all of them do. */
static void collect_extensions(struct resolver *r, const struct node *n,
                               const char *outer)
{
    if (!n)
        return;
    if (n->kind == N_EXTENSION) {
        struct extension *e = find_extension(r, n->name);
        if (!e) {
            struct extension fresh = {.name = n->name, .loc = n->loc, .feature = -1};
            vec_push(&r->extensions, fresh);
            e = &r->extensions.at[r->extensions.len - 1];
            symbol_add(r, SPACE_EXTENSION, n->name, n->loc, NULL);
        }
        for (size_t i = 0; i < kid(n, 0)->kids.len; i++)
            vec_push(&e->requires, kid(n, 0)->kids.at[i]);
        if (outer)
            vec_push(&e->requires, node_new(N_IDENT, n->loc, outer, 0));
        collect_extensions(r, kid(n, 2), n->name);
    } else if (n->kind == N_FILE_ || n->kind == N_INCLUDE || n->kind == N_LIST) {
        for (size_t i = 0; i < n->kids.len; i++)
            collect_extensions(r, n->kids.at[i], outer);
    }
}

static void check_requires(struct resolver *r)
{
    for (size_t i = 0; i < r->extensions.len; i++) {
        struct extension *e = &r->extensions.at[i];
        for (size_t j = 0; j < e->requires.len; j++) {
            struct node *need = e->requires.at[j];
            if (!find_extension(r, need->name))
                symbol_unknown(r, SPACE_EXTENSION, "extension", need->name, need->loc);
        }
    }
}

/* The place in the target's file that names an extension; nowhere for command lines. */
static struct loc named_at(const struct node *n, const char *name)
{
    struct loc loc = {0};
    if (!n)
        return loc;
    if (n->kind == N_IDENT && n->name == name)
        return n->loc;
    for (size_t i = 0; i < n->kids.len && !loc.file; i++)
        loc = named_at(n->kids.at[i], name);
    return loc;
}

static struct extension *wanted(struct resolver *r, const char *name)
{
    struct extension *e = find_extension(r, name);
    if (!e)
        symbol_unknown(r, SPACE_EXTENSION, "extension", name,
                       named_at(r->config->target, name));
    return e;
}

static uint64_t with_required(struct resolver *r, const struct extension *e,
                              unsigned depth);

static uint64_t bit_of(const struct resolver *r, const struct extension *e)
{
    return (uint64_t)1 << (e - r->extensions.at);
}

/* E and all that it requires, as bits by index into r->extensions. */
static uint64_t with_required(struct resolver *r, const struct extension *e,
                              unsigned depth)
{
    uint64_t set = bit_of(r, e);
    if (depth > r->extensions.len)
        return set; /* a circle: reported by check_circles */
    for (size_t i = 0; i < e->requires.len; i++) {
        const struct extension *need = find_extension(r, e->requires.at[i]->name);
        if (need && !(set & bit_of(r, need)))
            set |= with_required(r, need, depth + 1);
    }
    return set;
}

static void check_circles(struct resolver *r)
{
    for (size_t i = 0; i < r->extensions.len; i++) {
        struct extension *e = &r->extensions.at[i];
        for (size_t j = 0; j < e->requires.len; j++) {
            const struct extension *need = find_extension(r, e->requires.at[j]->name);
            if (!need || !(with_required(r, need, 0) & bit_of(r, e)))
                continue;
            diag(CHECK_RECURSION, e->requires.at[j]->loc,
                 "extension '%s' requires itself%s%s", e->name,
                 need == e ? "" : " through ", need == e ? "" : need->name);
            diag_help("take this requirement out");
        }
    }
}

/* Takes out of SET what is in WITHOUT and all that requires it. */
static uint64_t without_these(struct resolver *r, uint64_t set, uint64_t without)
{
    for (size_t i = 0; i < r->extensions.len; i++)
        if (with_required(r, &r->extensions.at[i], 0) & without)
            set &= ~((uint64_t)1 << i);
    return set;
}

/* Clauses `with a b;` and `without a b;` of a target or cpu block change SET. */
static uint64_t apply_clauses(struct resolver *r, const struct node *clauses,
                              uint64_t set)
{
    uint64_t without = 0;
    for (size_t i = 0; clauses && i < clauses->kids.len; i++) {
        const struct node *c = clauses->kids.at[i];
        bool with = c->name == intern("with");
        if (c->kind != N_CLAUSE || (!with && c->name != intern("without")))
            continue;
        for (size_t j = 1; j < c->kids.len; j++) {
            const struct node *item = c->kids.at[j];
            if (item->kind != N_IDENT || item->name == intern(","))
                continue;
            struct extension *e = wanted(r, item->name);
            if (e && with)
                set |= with_required(r, e, 0);
            else if (e)
                without |= bit_of(r, e);
        }
    }
    return without_these(r, set, without);
}

static void add_cpus(struct resolver *r, uint64_t base, uint64_t *all)
{
    const struct node *target = r->config->target;
    for (size_t i = 0; target && i < target->kids.len; i++) {
        const struct node *c = target->kids.at[i];
        if (c->kind != N_CLAUSE || c->name != intern("cpu") || !kid(c, 1))
            continue;
        const struct node *name = kid(c, 1);
        struct cpu cpu = {.name = name->kind == N_STRING ? name->text : name->name,
                          .loc = name->loc};
        for (size_t j = 0; j < r->m->cpus.len; j++) {
            if (r->m->cpus.at[j].name == cpu.name) {
                diag(CHECK_DUPLICATE_NAME, cpu.loc, "cpu \"%s\" is there twice",
                     cpu.name);
                diag_note(r->m->cpus.at[j].loc, "it was declared here first");
            }
        }
        cpu.features = apply_clauses(r, kid(c, 0), base);
        *all |= cpu.features;
        vec_push(&r->m->cpus, cpu);
    }
}

static void select_extensions(struct resolver *r)
{
    const struct config *c = r->config;
    if (r->extensions.len > 64) {
        diag(CHECK_BOUND, r->extensions.at[64].loc, "more than 64 extensions");
        r->extensions.len = 64;
    }
    check_requires(r);
    check_circles(r);
    uint64_t base = 0, without = 0;
    for (size_t i = 0; i < r->extensions.len && c->all_extensions; i++)
        base |= (uint64_t)1 << i;
    base = apply_clauses(r, c->target, base);
    for (size_t i = 0; i < c->with.len; i++) {
        struct extension *e = wanted(r, c->with.at[i]);
        base |= e ? with_required(r, e, 0) : 0;
    }
    for (size_t i = 0; i < c->without.len; i++) {
        struct extension *e = wanted(r, c->without.at[i]);
        without |= e ? bit_of(r, e) : 0;
    }
    base = without_these(r, base, without);
    uint64_t all = base;
    add_cpus(r, base, &all);
    /* Features are numbered as extensions; those that are off keep a name and are never
     * set. */
    for (size_t i = 0; i < r->extensions.len; i++) {
        struct extension *e = &r->extensions.at[i];
        e->on = all >> i & 1;
        e->in_default = base >> i & 1;
        e->feature = (int)i;
        vec_push(&r->m->features, e->name);
    }
    r->m->features_default = base;
}

void resolve_flatten(struct resolver *r, struct node *n, const struct decl *outer)
{
    if (!n)
        return;
    if (n->kind == N_FILE_ || n->kind == N_INCLUDE || n->kind == N_LIST) {
        for (size_t i = 0; i < n->kids.len; i++)
            resolve_flatten(r, n->kids.at[i], outer);
        return;
    }
    struct decl d = *outer;
    d.node = n;
    if (n->kind != N_EXTENSION) {
        vec_push(&r->decls, d);
        return;
    }
    const struct extension *e = find_extension(r, n->name);
    d.extension = n->name;
    if (e)
        d.features |= with_required(r, e, 0);
    struct guards keep = {0};
    d.active = d.active && e && e->on && guard_holds(r, kid(n, 1), &keep);
    memset(&d.guards, 0, sizeof d.guards);
    for (size_t i = 0; i < outer->guards.len; i++)
        vec_push(&d.guards, outer->guards.at[i]);
    for (size_t i = 0; i < keep.at.len; i++)
        vec_push(&d.guards, keep.at.at[i]);
    resolve_flatten(r, kid(n, 2), &d);
}

void resolve_extensions(struct resolver *r, struct node *tree)
{
    collect_extensions(r, tree, NULL);
    select_extensions(r);
}
