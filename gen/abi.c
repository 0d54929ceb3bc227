/* abi.c - see abi.h */
#include "abi_int.h"

#include "diag.h"
#include "parse.h"
#include "resolve.h"

#include <stdlib.h>
#include <string.h>

/* ---- items ---- */

const struct node *abi_item(const struct node *c, size_t i)
{
    return kid(c, i + 1);
}

size_t abi_items(const struct node *c)
{
    return c->kids.len ? c->kids.len - 1 : 0;
}

const struct node *abi_body(const struct node *c)
{
    return kid(c, 0);
}

static struct loc place_of(const struct node *c, size_t i)
{
    return abi_item(c, i) ? abi_item(c, i)->loc : c->loc;
}

bool abi_is_word(const struct node *c, size_t i, const char *word)
{
    const struct node *item = abi_item(c, i);
    return item && item->kind == N_IDENT && !strcmp(item->name, word);
}

bool abi_is_number(const struct node *item, int64_t *value)
{
    const struct node *n = item;
    if (n && n->kind == N_UNARY && !strcmp(n->name, "-"))
        n = kid(n, 0);
    if (!n || n->kind != N_INT)
        return false;
    *value = n == item ? (int64_t)n->value : -(int64_t)n->value;
    return true;
}

const char *abi_word(const struct node *c, size_t i)
{
    const struct node *item = abi_item(c, i);
    if (item && item->kind == N_IDENT)
        return item->name;
    diag(CHECK_CLAUSE, place_of(c, i), "'%s' needs a word here",
         c->name ? c->name : "clause");
    return "";
}

const char *abi_text(const struct node *c, size_t i)
{
    const struct node *item = abi_item(c, i);
    if (item && item->kind == N_STRING)
        return item->text;
    diag(CHECK_CLAUSE, place_of(c, i), "'%s' needs a text in quotes here",
         c->name ? c->name : "clause");
    return "";
}

uint64_t abi_number(const struct node *c, size_t i)
{
    int64_t value = 0;
    if (!abi_is_number(abi_item(c, i), &value))
        diag(CHECK_CLAUSE, place_of(c, i), "'%s' needs a number here",
             c->name ? c->name : "clause");
    return (uint64_t)value;
}

void abi_unknown(const struct node *c, const char *what, const char *const *known,
                 size_t count)
{
    if (c->name && !strcmp(c->name, "error"))
        return;
    diag(CHECK_CLAUSE, c->loc, "%s has no clause '%s'", what, c->name ? c->name : "");
    const char *hit = c->name ? closest(c->name, known, count) : NULL;
    if (hit)
        diag_help("did you mean '%s'?", hit);
}

static bool is_one(const struct node *c, const char *name)
{
    return c->name && !strcmp(c->name, name);
}

/* ---- places ---- */

struct abi_place abi_place(struct abi_model *a, const struct node *c,
                           const struct node *item)
{
    struct abi_place p = {0};
    const struct node *name = item && item->kind == N_INDEX ? kid(item, 0) : item;
    int64_t index = 0;
    if (!name || name->kind != N_IDENT ||
        (name != item && !abi_is_number(kid(item, 1), &index))) {
        diag(CHECK_CLAUSE, item ? item->loc : c->loc, "'%s' needs a register here",
             c->name ? c->name : "clause");
        diag_help("write REG or REG[number]");
        return p;
    }
    if (!strcmp(name->name, "pc")) {
        p.is_pc = true;
        return p;
    }
    const struct reg *r = model_name(a->m, name->name).reg;
    if (!r || r->is_context) {
        model_unknown(a->m, "register", name->name, name->loc, NULL, 0);
        return p;
    }
    if (index < 0 || index >= r->count) {
        diag(CHECK_BOUND, item->loc, "'%s' has registers 0 to %u", r->name, r->count - 1);
        return p;
    }
    p.reg = r;
    p.index = (unsigned)index;
    return p;
}

/* ---- calls ---- */

/* m32[sp+16] */
static bool stack_slot(const struct node *item, struct abi_argument *arg)
{
    const struct node *name = kid(item, 0), *sum = kid(item, 1);
    int64_t offset = 0;
    if (item->kind != N_INDEX || name->kind != N_IDENT ||
        (strcmp(name->name, "m32") && strcmp(name->name, "m64")))
        return false;
    if (sum->kind == N_BINARY && !strcmp(sum->name, "+") &&
        kid(sum, 0)->kind == N_IDENT && !strcmp(kid(sum, 0)->name, "sp") &&
        abi_is_number(kid(sum, 1), &offset)) {
        arg->stack = true;
        arg->offset = (int)offset;
        arg->bytes = name->name[1] == '3' ? 4 : 8;
        return true;
    }
    diag(CHECK_CLAUSE, item->loc, "a stack slot is written m32[sp+16]");
    return true;
}

static void call_args(struct abi_model *a, const struct node *c)
{
    a->args.len = 0;
    for (size_t i = 0; i < abi_items(c); i++) {
        struct abi_argument arg = {.stack = false};
        if (!stack_slot(abi_item(c, i), &arg))
            arg.place = abi_place(a, c, abi_item(c, i));
        vec_push(&a->args, arg);
    }
    if (a->args.len > 8)
        diag(CHECK_CLAUSE, c->loc, "at most 8 arguments");
}

static void clause_call(struct abi_model *a, const struct node *call)
{
    static const char *const known[] = {"nr",    "args", "result", "second",
                                        "error", "wide", "op",     "argument"};
    const struct node *body = abi_body(call);
    for (size_t i = 0; body && i < body->kids.len; i++) {
        const struct node *c = body->kids.at[i];
        struct {
            const char *name;
            struct abi_place *place;
        } places[] = {{"nr", &a->nr},         {"result", &a->result},
                      {"second", &a->second}, {"error", &a->error},
                      {"op", &a->op},         {"argument", &a->argument}};
        size_t n = 0;
        while (n < sizeof places / sizeof *places && !is_one(c, places[n].name))
            n++;
        if (n < sizeof places / sizeof *places)
            *places[n].place = abi_place(a, c, abi_item(c, 0));
        else if (is_one(c, "args"))
            call_args(a, c);
        else if (is_one(c, "wide"))
            a->wide = abi_word(c, 0);
        else
            abi_unknown(c, "call", known, sizeof known / sizeof *known);
    }
}

/* ---- traps ---- */

/* ITEM: syscall, SIGNAL, SIGNAL(CODE), SIGNAL(CODE, address). PARAMS are the names in the
 * clause. */
static bool action(const struct node *c, const struct node *item,
                   const struct node *params, struct abi_rule *r)
{
    if (item && item->kind == N_IDENT) {
        r->signal = item->name;
        return true;
    }
    if (!item || item->kind != N_CALL || kid(item, 0)->kind != N_IDENT) {
        diag(CHECK_CLAUSE, item ? item->loc : c->loc, "what does the trap do?");
        diag_help("write 'syscall', 'SIGNAL' or 'SIGNAL(CODE)'");
        return false;
    }
    r->signal = kid(item, 0)->name;
    const struct node *args = kid(item, 1), *code = kid(args, 0), *address = kid(args, 1);
    r->code = code && code->kind == N_IDENT ? code->name : NULL;
    for (size_t i = 0; address && params && i < params->kids.len; i++)
        if (address->kind == N_IDENT && params->kids.at[i]->name == address->name)
            r->address = (int)i;
    if (address && r->address < 0)
        diag(CHECK_UNKNOWN_NAME, address->loc, "that is none of the trap's arguments");
    return true;
}

/* 7 ACTION;  bits 0x10 ACTION;  otherwise ACTION; */
static void trap_case(struct abi_model *a, const struct abi_rule *base,
                      const struct node *c, const struct node *params)
{
    struct abi_rule r = *base;
    int64_t value;
    size_t at = 1;
    if (is_one(c, "otherwise")) {
        at = 0;
    } else if (is_one(c, "bits")) {
        r.arg = 0;
        r.mask = r.value = abi_number(c, 0);
    } else if (!c->name && abi_is_number(abi_item(c, 0), &value)) {
        r.arg = 0;
        r.mask = ~UINT64_C(0);
        r.value = (uint64_t)value;
    } else {
        diag(CHECK_CLAUSE, c->loc, "which values of the trap's argument is this for?");
        diag_help("write 'NUMBER ACTION;', 'bits NUMBER ACTION;' or 'otherwise ACTION;'");
        return;
    }
    if (action(c, abi_item(c, at), params, &r))
        vec_push(&a->rules, r);
}

/* Of words that match no instruction; the number is TRAP_ILLEGAL of the contract. */
static const struct trap_decl illegal = {.name = "Illegal", .index = 0xff00};

static const struct trap_decl *trap_of(struct abi_model *a, const struct node *c,
                                       const struct node **params)
{
    const struct node *item = abi_item(c, 0), *name = item;
    *params = NULL;
    if (item && item->kind == N_CALL) {
        name = kid(item, 0);
        *params = kid(item, 1);
    }
    if (!name || name->kind != N_IDENT) {
        diag(CHECK_CLAUSE, c->loc, "which trap?");
        diag_help("write: trap NAME => ACTION;");
        return NULL;
    }
    const struct trap_decl *t =
        strcmp(name->name, illegal.name) ? model_name(a->m, name->name).trap : &illegal;
    if (!t)
        model_unknown(a->m, "trap", name->name, name->loc, NULL, 0);
    else if (*params && (*params)->kids.len > t->params.len)
        diag(CHECK_CLAUSE, name->loc, "'%s' has %zu arguments", t->name, t->params.len);
    return t;
}

static void clause_trap(struct abi_model *a, const struct node *c)
{
    const struct node *params, *body = abi_body(c);
    const struct trap_decl *t = trap_of(a, c, &params);
    struct abi_rule r = {.trap = t, .arg = -1, .address = -1};
    if (!t)
        return;
    size_t kept = 0;
    for (size_t i = 0; i < a->rules.len; i++)
        if (a->rules.at[i].trap != t)
            a->rules.at[kept++] = a->rules.at[i];
    a->rules.len = kept;
    if (!body) {
        size_t at = abi_is_word(c, 1, "=>") ? 2 : 1;
        if (action(c, abi_item(c, at), params, &r))
            vec_push(&a->rules, r);
    }
    for (size_t i = 0; body && i < body->kids.len; i++)
        trap_case(a, &r, body->kids.at[i], params);
}

/* The call of a bare machine: trap NAME { word OFFSET VALUE; ... } */
static void clause_call_trap(struct abi_model *a, const struct node *c)
{
    const struct node *params, *body = abi_body(c);
    static const char *const known[] = {"word"};
    a->call_trap = trap_of(a, c, &params);
    a->around.len = 0;
    for (size_t i = 0; body && i < body->kids.len; i++) {
        const struct node *w = body->kids.at[i];
        if (!is_one(w, "word")) {
            abi_unknown(w, "a call's trap", known, 1);
            continue;
        }
        struct abi_constant k = {(unsigned)abi_number(w, 0), 4, abi_number(w, 1)};
        vec_push(&a->around, k);
    }
}

/* ---- clauses ---- */

static void clause_elf(struct abi_model *a, const struct node *elf)
{
    static const char *const known[] = {"name", "machine", "class", "flags"};
    const struct node *body = abi_body(elf);
    for (size_t i = 0; body && i < body->kids.len; i++) {
        const struct node *c = body->kids.at[i];
        if (is_one(c, "name"))
            a->elf_name = abi_text(c, 0);
        else if (is_one(c, "machine"))
            a->elf_machine = (unsigned)abi_number(c, 0);
        else if (is_one(c, "class"))
            a->elf_class = (unsigned)abi_number(c, 0);
        else if (is_one(c, "flags")) {
            a->elf_mask = (uint32_t)abi_number(c, 0);
            a->elf_value = (uint32_t)abi_number(c, 1);
        } else
            abi_unknown(c, "elf", known, sizeof known / sizeof *known);
    }
}

static void clause_tls(struct abi_model *a, const struct node *c)
{
    if (abi_is_word(c, 0, "at"))
        a->tls_address = abi_number(c, 1);
    else
        a->tls = abi_place(a, c, abi_item(c, 0));
}

static void clause_words(struct abi_model *a, const struct node *c)
{
    struct abi_words w = {.address = abi_number(c, 0)};
    abi_words_read(c, 1, &w);
    vec_push(&a->words, w);
}

static void clause_ram(struct abi_model *a, const struct node *c)
{
    struct abi_range r = {abi_number(c, 0), abi_number(c, 1)};
    vec_push(&a->ram, r);
}

/* Clauses of one number or word. */
static bool simple_clause(struct abi_model *a, const struct node *c)
{
    struct {
        const char *name;
        uint64_t *to;
    } numbers[] = {{"page", &a->page},           {"top", &a->top},
                   {"mmap_unit", &a->mmap_unit}, {"hwcap", &a->hwcap},
                   {"hwcap2", &a->hwcap2},       {"load", &a->load}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (is_one(c, numbers[i].name)) {
            *numbers[i].to = abi_number(c, 0);
            return true;
        }
    }
    if (is_one(c, "signals"))
        a->signals = (unsigned)abi_number(c, 0);
    else if (is_one(c, "sigset"))
        a->sigset = (unsigned)abi_number(c, 0);
    else if (is_one(c, "machine"))
        a->machine = abi_text(c, 0);
    else if (is_one(c, "platform"))
        a->platform = abi_text(c, 0);
    else if (is_one(c, "unaligned"))
        a->unaligned = abi_word(c, 0);
    else
        return false;
    return true;
}

static void clause_entry(struct abi_model *a, const struct node *c)
{
    struct abi_assign set;
    abi_assign_read(a, c, &set);
    vec_push(&a->entry, set);
}

static void read_clause(struct abi_model *a, const struct node *c)
{
    static const char *const known[] = {
        "elf",     "machine",   "machines", "top",        "page",      "mmap_unit",
        "stack",   "tls",       "hwcap",    "hwcap2",     "platform",  "call",
        "numbers", "values",    "signals",  "sigset",     "unaligned", "trap",
        "struct",  "frame",     "words",    "trampoline", "entry",     "ram",
        "load",    "operations"};
    if (simple_clause(a, c))
        return;
    if (is_one(c, "elf"))
        clause_elf(a, c);
    else if (is_one(c, "machines"))
        abi_values_read(c, &a->machines);
    else if (is_one(c, "stack"))
        a->sp = abi_place(a, c, abi_item(c, 0));
    else if (is_one(c, "tls"))
        clause_tls(a, c);
    else if (is_one(c, "call"))
        clause_call(a, c);
    else if (is_one(c, "numbers"))
        abi_calls_read(a, c);
    else if (is_one(c, "values"))
        abi_values_read(c, &a->values);
    else if (is_one(c, "operations"))
        abi_values_read(c, &a->operations);
    else if (is_one(c, "trap"))
        (a->bare ? clause_call_trap : clause_trap)(a, c);
    else if (is_one(c, "struct"))
        abi_struct_read(a, c);
    else if (is_one(c, "frame"))
        abi_frame_read(a, c);
    else if (is_one(c, "words"))
        clause_words(a, c);
    else if (is_one(c, "trampoline"))
        abi_words_read(c, 0, &a->trampoline);
    else if (is_one(c, "entry"))
        clause_entry(a, c);
    else if (is_one(c, "ram"))
        clause_ram(a, c);
    else
        abi_unknown(c, "an abi", known, sizeof known / sizeof *known);
}

/* ---- the whole ---- */

static const struct node *abi_of(const struct node *file)
{
    for (size_t i = 0; file && i < file->kids.len; i++)
        if (file->kids.at[i] && file->kids.at[i]->kind == N_ABI)
            return file->kids.at[i];
    return NULL;
}

/* The head of ABI: `linux "o32" extends "file"`; the ABI that it extends, or NULL. */
static const struct node *base_of(const struct node *abi)
{
    const struct node *head = kid(abi, 0), *path = abi_item(head, 2);
    if (!abi_is_word(head, 1, "extends"))
        return NULL;
    if (!path || path->kind != N_STRING) {
        diag(CHECK_CLAUSE, head->loc, "which file does it extend?");
        diag_help("write: abi linux \"NAME\" extends \"file.abi\" {");
        return NULL;
    }
    const struct node *base = abi_of(parse_include(path->text, path->loc));
    if (!base)
        diag(CHECK_FILE, path->loc, "'%s' holds no abi block that could be extended",
             path->text);
    return base;
}

static void read_abi(struct abi_model *a, const struct node *abi, unsigned depth)
{
    const struct node *base = depth < 8 ? base_of(abi) : NULL;
    const struct node *body = abi_body(kid(abi, 0));
    if (base)
        read_abi(a, base, depth + 1);
    for (size_t i = 0; body && i < body->kids.len; i++)
        read_clause(a, body->kids.at[i]);
}

static int by_struct_name(const void *x, const void *y)
{
    const struct abi_layout *const *a = x, *const *b = y;
    return strcmp((*a)->name, (*b)->name);
}

/* What has no meaningful default must be said. */
static void check_complete(const struct abi_model *a, struct loc loc)
{
    struct {
        const char *clause;
        bool there;
    } needed[] = {
        {"elf", a->elf_name != NULL},
        {"stack", a->bare || a->sp.reg},
        {"call { nr }", a->bare || a->nr.reg},
        {"call { result }", a->bare || a->result.reg},
        {"numbers", a->bare || a->calls.len},
        {"machine", a->bare || a->machine},
        {"top", a->bare || a->top},
        {"frame info", a->bare || a->info.layout},
    };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (needed[i].there)
            continue;
        diag(CHECK_CLAUSE, loc, "the abi says nothing about '%s'", needed[i].clause);
    }
    if (a->elf_class && a->elf_class != a->m->word)
        diag(CHECK_CLAUSE, loc, "ELF class %u doesn't fit a target of word %u",
             a->elf_class, a->m->word);
}

const struct abi_model *abi_read(const struct model *m)
{
    static const struct model *last;
    static struct abi_model *model;
    if (!m->abi)
        return NULL;
    if (m == last)
        return model;
    struct abi_model *a = model = zalloc(sizeof *a);
    const struct node *head = kid(m->abi, 0);
    last = m;
    a->m = m;
    a->bare = !strcmp(m->abi->name ? m->abi->name : "", "bare");
    a->name = abi_text(head, 0);
    a->page = a->mmap_unit = 4096;
    a->wide = a->unaligned = "";
    a->sigset = 8;
    a->signals = 64;
    read_abi(a, m->abi, 0);
    if (diag_errors() == 0)
        check_complete(a, m->abi->loc);
    abi_numbers_sort(&a->values);
    abi_numbers_sort(&a->operations);
    if (a->structs.len)
        qsort(a->structs.at, a->structs.len, sizeof *a->structs.at, by_struct_name);
    return a;
}

bool abi_unaligned_works(const struct model *m)
{
    const struct abi_model *a = abi_read(m);
    return a && (!strcmp(a->unaligned, "allow") || !strcmp(a->unaligned, "fixup"));
}
