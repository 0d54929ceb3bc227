/* sem_call.c - calls: built-in functions, floating point, memory operations, defs. */
#include "sem_int.h"

#include <stdlib.h>
#include <string.h>

static bool wrong_count(struct node *n, size_t wanted)
{
    size_t given = kid(n, 1)->kids.len;
    if (given == wanted)
        return false;
    if (sem_error(CHECK_WRONG_KIND, n->loc, "%zu argument%s, where %zu belong%s", given,
                  given == 1 ? "" : "s", wanted, wanted == 1 ? "s" : ""))
        diag_help("see 'Expressions' in doc/isa-language.md");
    return true;
}

static struct node *arg(struct node *n, size_t i)
{
    return kid(kid(n, 1), i);
}

unsigned type_width(struct builder *b, struct node *type)
{
    return model_type_width(b->m, type->name, type->loc);
}

unsigned memory_width(const char *name)
{
    static const char *const names[] = {"m8", "m16", "m32", "m64"};
    for (unsigned i = 0; i < 4; i++)
        if (!strcmp(name, names[i]))
            return 8u << i;
    return 0;
}

struct sem_expr *load(struct builder *b, unsigned width, struct node *address,
                      struct loc loc)
{
    struct sem_expr *at = sized_expr(b, address, b->m->word, "the address");
    check_order(b, ACC_LOAD, loc);
    struct sem_expr *e = zalloc(sizeof *e);
    *e = (struct sem_expr){.op = SEM_LOAD, .width = width, .loc = loc, .kid = {at}};
    return effect(b, e);
}

/* --- pure functions */

static const struct pure {
    const char *name;
    enum sem_op op;
    unsigned args;
} pures[] = {
    {"clz", SEM_CLZ, 1},     {"ctz", SEM_CTZ, 1},       {"popcount", SEM_POPCOUNT, 1},
    {"bswap", SEM_BSWAP, 1}, {"bitrev", SEM_BITREV, 1}, {"min_s", SEM_MIN_S, 2},
    {"min_u", SEM_MIN_U, 2}, {"max_s", SEM_MAX_S, 2},   {"max_u", SEM_MAX_U, 2},
};

static bool sized(struct sem_expr *e, const char *what)
{
    if (e->width || is_poison(e))
        return e->width;
    if (sem_error(CHECK_WIDTH_MISMATCH, e->loc, "how many bits wide is %s?", what))
        diag_help("give the number a size: u32(5)");
    return false;
}

static struct sem_expr *pure_call(struct builder *b, struct node *n, const struct pure *f)
{
    if (wrong_count(n, f->args))
        return mk_poison(n->loc);
    struct sem_expr *x = expr(b, arg(n, 0)),
                    *y = f->args == 2 ? expr(b, arg(n, 1)) : NULL;
    unsigned width = x->width || !y ? x->width : y->width;
    if (!width && !sized(x, "this"))
        return mk_poison(n->loc);
    x = adapt(b, x, width, "the first argument");
    if (y)
        y = adapt(b, y, width, "the second argument");
    if (f->op == SEM_BSWAP && width % 8) {
        if (sem_error(CHECK_WIDTH_MISMATCH, n->loc, "%u bits are no whole bytes", width))
            diag_help("bswap takes 16, 32 or 64 bits");
        return x;
    }
    return mk(b, f->op, width, n->loc, x, y, NULL);
}

static bool width_arg(struct builder *b, struct node *n, unsigned *width)
{
    s128 value;
    if (!number(b, expr(b, n), "a width", &value))
        return false;
    if (value < 1 || value > 128) {
        if (sem_error(CHECK_BOUND, n->loc, "a width of %d bits", (int)value))
            diag_help("values are 1 to 128 bits wide");
        return false;
    }
    *width = (unsigned)value;
    return true;
}

static struct sem_expr *extend_call(struct builder *b, struct node *n, enum sem_op op)
{
    unsigned width;
    if (wrong_count(n, 2))
        return mk_poison(n->loc);
    struct sem_expr *x = expr(b, arg(n, 0));
    if (!width_arg(b, arg(n, 1), &width))
        return mk_poison(n->loc);
    if (!x->width)
        return adapt(b, x, width, "this");
    if (width < x->width) {
        if (sem_error(CHECK_WIDTH_MISMATCH, n->loc, "%u bits don't fit in %u", x->width,
                      width))
            diag_help("take a slice of it: [%u:0]", width - 1);
        return mk_slice(b, x, width - 1, 0, n->loc);
    }
    return mk_extend(b, op, x, width, n->loc);
}

static struct sem_expr *cat2(struct builder *b, struct sem_expr *x, struct sem_expr *y,
                             struct loc loc)
{
    if (x->width + y->width <= 128) {
        if (is_const(x) && is_const(y))
            return mk_const(x->width + y->width, x->value << y->width | y->value, loc);
        if (is_const(x) && !x->value)
            return mk_extend(b, SEM_ZEXT, y, x->width + y->width, loc);
        if (x->op == SEM_SLICE && y->op == SEM_SLICE && x->low == y->high + 1 &&
            sem_same(x->kid[0], y->kid[0]))
            return mk_slice(b, x->kid[0], x->high, y->low, loc);
        return mk(b, SEM_CAT, x->width + y->width, loc, x, y, NULL);
    }
    if (sem_error(CHECK_BOUND, loc, "%u bits are more than 128", x->width + y->width))
        diag_help("values are 1 to 128 bits wide");
    return mk_poison(loc);
}

static struct sem_expr *cat_call(struct builder *b, struct node *n)
{
    struct sem_expr *all = NULL;
    for (size_t i = 0; i < kid(n, 1)->kids.len; i++) {
        struct sem_expr *e = expr(b, arg(n, i));
        if (!sized(e, "this part"))
            return mk_poison(n->loc);
        all = all ? cat2(b, all, e, n->loc) : e;
        if (is_poison(all))
            return all;
    }
    if (!all)
        wrong_count(n, 2);
    return all ? all : mk_poison(n->loc);
}

static struct sem_expr *rep_call(struct builder *b, struct node *n)
{
    s128 times;
    if (wrong_count(n, 2))
        return mk_poison(n->loc);
    struct sem_expr *x = expr(b, arg(n, 0)), *all = NULL;
    if (!sized(x, "this") || !number(b, expr(b, arg(n, 1)), "the count", &times))
        return mk_poison(n->loc);
    if (times < 1 || (unsigned)times * x->width > 128) {
        if (sem_error(CHECK_BOUND, n->loc, "%u bits, %d times", x->width, (int)times))
            diag_help("values are 1 to 128 bits wide");
        return mk_poison(n->loc);
    }
    if (x->width == 1)
        return mk_extend(b, SEM_SEXT, x, (unsigned)times, n->loc);
    x = force(b, x);
    for (s128 i = 0; i < times; i++)
        all = all ? cat2(b, all, x, n->loc) : x;
    return all;
}

static struct sem_expr *rotate_call(struct builder *b, struct node *n, enum sem_op op)
{
    if (wrong_count(n, 2))
        return mk_poison(n->loc);
    struct sem_expr *x = expr(b, arg(n, 0)), *y = expr(b, arg(n, 1));
    if (!sized(x, "what is rotated"))
        return mk_poison(n->loc);
    return mk(b, op, x->width, n->loc, x, adapt(b, y, y->width ? y->width : 32, ""),
              NULL);
}

static struct sem_expr *unknown_call(struct builder *b, struct node *n)
{
    struct sem_expr *e = mk_poison(n->loc);
    unsigned width;
    if (wrong_count(n, 1) || !width_arg(b, arg(n, 0), &width))
        return e;
    e->width = width;
    e->bind = BIND_RUN;
    return e;
}

static void add_carry(struct builder *b, struct node *n, expr_list *results)
{
    struct sem_expr *a[3];
    if (wrong_count(n, 3))
        return;
    for (size_t i = 0; i < 3; i++)
        a[i] = expr(b, arg(n, i));
    unsigned width = a[0]->width ? a[0]->width : a[1]->width;
    if (!width && !sized(a[0], "this"))
        return;
    a[0] = force(b, adapt(b, a[0], width, "the first argument"));
    a[1] = force(b, adapt(b, a[1], width, "the second argument"));
    a[2] = force(b, condition(b, a[2], "the carry"));
    struct sem_expr *sum = mk(b, SEM_ADD, width, n->loc, a[0], a[1], NULL);
    sum = mk(b, SEM_ADD, width, n->loc, sum, mk_extend(b, SEM_ZEXT, a[2], width, n->loc),
             NULL);
    vec_push(results, sum);
    vec_push(results, mk(b, SEM_CARRY, 1, n->loc, a[0], a[1], a[2]));
    vec_push(results, mk(b, SEM_OVERFLOW, 1, n->loc, a[0], a[1], a[2]));
}

/* --- order(acquire, release), memory operations */

static void order_of(struct builder *b, struct node *n, bool *acquire, bool *release)
{
    if (n->kind != N_CALL || kid(n, 0)->kind != N_IDENT ||
        strcmp(kid(n, 0)->name, "order")) {
        if (sem_error(CHECK_WRONG_KIND, n->loc, "here stands order(acquire, release)"))
            diag_help("both are one bit");
        return;
    }
    if (wrong_count(n, 2))
        return;
    struct sem_expr *a = condition(b, expr(b, arg(n, 0)), "acquire");
    struct sem_expr *r = condition(b, expr(b, arg(n, 1)), "release");
    /* Stronger than asked for is always right. */
    *acquire = !is_const(a) || a->value;
    *release = !is_const(r) || r->value;
}

static void masked_store(struct builder *b, struct node *n, unsigned width)
{
    if (wrong_count(n, 3))
        return;
    struct sem_expr *at = sized_expr(b, arg(n, 0), b->m->word, "the address");
    struct sem_expr *value = sized_expr(b, arg(n, 1), width, "the value");
    struct sem_expr *mask = sized_expr(b, arg(n, 2), width, "the mask");
    check_order(b, ACC_STORE, n->loc);
    struct sem_stmt *s = emit(b, PH_EARLY, ST_STORE, n->loc);
    s->width = width;
    s->address = at;
    s->e = value;
    s->mask = mask;
}

static bool memory_call(struct builder *b, struct node *n, unsigned width,
                        const char *name, expr_list *results)
{
    if (!strcmp(name, "masked")) {
        masked_store(b, n, width);
        return true;
    }
    static const char *const amos[] = {"amo_add",   "amo_swap",  "amo_and",
                                       "amo_or",    "amo_xor",   "amo_min_s",
                                       "amo_max_s", "amo_min_u", "amo_max_u"};
    struct sem_expr *e = zalloc(sizeof *e);
    e->loc = n->loc;
    e->width = width;
    size_t count = 2;
    if (!strcmp(name, "reserve")) {
        e->op = SEM_RESERVE;
        count = 1;
    } else if (!strcmp(name, "store_cond")) {
        e->op = SEM_STORE_COND;
        e->width = 1;
    } else if (!strcmp(name, "cas")) {
        e->op = SEM_CAS;
        count = 3;
    } else {
        for (size_t i = 0; i < sizeof amos / sizeof *amos; i++)
            if (!strcmp(name, amos[i]))
                e->op = SEM_AMO;
        e->name = intern(name + (strlen(name) > 4 ? 4 : 0));
        if (e->op != SEM_AMO) {
            if (sem_error(CHECK_UNKNOWN_NAME, n->loc, "memory has no operation '%s'",
                          name))
                diag_help("there are masked, reserve, store_cond, cas, amo_add, "
                          "amo_swap, amo_and, "
                          "amo_or, amo_xor, amo_min_s, amo_max_s, amo_min_u, amo_max_u");
            return false;
        }
    }
    size_t given = kid(n, 1)->kids.len;
    if (given == count + 1)
        order_of(b, arg(n, count), &e->acquire, &e->release);
    else if (wrong_count(n, count))
        return false;
    for (size_t i = 0; i < count; i++)
        e->kid[i] = sized_expr(b, arg(n, i), i ? width : b->m->word,
                               i ? "the value" : "the address");
    e->high = width - 1; /* the access's width: high + 1 */
    check_order(b, e->op == SEM_RESERVE ? ACC_LOAD : ACC_ATOMIC, n->loc);
    vec_push(results, effect(b, e));
    return true;
}

/* --- floating point: args, result (0 as wide as T, else bits), rounds, raises flags */
const char *const fp_op_names[FP_OP_COUNT] = {
    "add",      "sub",          "mul",       "div",         "sqrt",     "fma",
    "min",      "max",          "eq",        "lt",          "le",       "unordered",
    "eq_s",     "lt_s",         "le_s",      "unordered_s", "to_s32",   "to_u32",
    "to_s64",   "to_u64",       "from_s32",  "from_u32",    "from_s64", "from_u64",
    "from_f32", "from_f64",     "round_int", "is_nan",      "is_snan",  "is_inf",
    "is_zero",  "is_subnormal",
};
static const struct {
    unsigned char args, result, rounds, flags, arg_width;
} fp_ops[FP_OP_COUNT] = {
    [FP_ADD] = {2, 0, 1, 1, 0},       [FP_SUB] = {2, 0, 1, 1, 0},
    [FP_MUL] = {2, 0, 1, 1, 0},       [FP_DIV] = {2, 0, 1, 1, 0},
    [FP_SQRT] = {1, 0, 1, 1, 0},      [FP_FMA] = {3, 0, 1, 1, 0},
    [FP_MIN] = {2, 0, 0, 1, 0},       [FP_MAX] = {2, 0, 0, 1, 0},
    [FP_EQ] = {2, 1, 0, 1, 0},        [FP_LT] = {2, 1, 0, 1, 0},
    [FP_LE] = {2, 1, 0, 1, 0},        [FP_UNORDERED] = {2, 1, 0, 1, 0},
    [FP_EQ_S] = {2, 1, 0, 1, 0},      [FP_LT_S] = {2, 1, 0, 1, 0},
    [FP_LE_S] = {2, 1, 0, 1, 0},      [FP_UNORDERED_S] = {2, 1, 0, 1, 0},
    [FP_TO_S32] = {1, 32, 1, 1, 0},   [FP_TO_U32] = {1, 32, 1, 1, 0},
    [FP_TO_S64] = {1, 64, 1, 1, 0},   [FP_TO_U64] = {1, 64, 1, 1, 0},
    [FP_FROM_S32] = {1, 0, 1, 1, 32}, [FP_FROM_U32] = {1, 0, 1, 1, 32},
    [FP_FROM_S64] = {1, 0, 1, 1, 64}, [FP_FROM_U64] = {1, 0, 1, 1, 64},
    [FP_FROM_F32] = {1, 0, 0, 1, 32}, [FP_FROM_F64] = {1, 0, 1, 1, 64},
    [FP_ROUND_INT] = {1, 0, 1, 1, 0}, [FP_IS_NAN] = {1, 1, 0, 0, 0},
    [FP_IS_SNAN] = {1, 1, 0, 0, 0},   [FP_IS_INF] = {1, 1, 0, 0, 0},
    [FP_IS_ZERO] = {1, 1, 0, 0, 0},   [FP_IS_SUBNORMAL] = {1, 1, 0, 0, 0},
};

/* One bit: the guest's rounding code E is reserved. Tests go into the arms of a choice.
 */
static struct sem_expr *reserved_code(struct builder *b, struct sem_expr *e)
{
    struct loc loc = e->loc;
    if (e->op == SEM_COND)
        return mk(b, SEM_COND, 1, loc, e->kid[0], reserved_code(b, e->kid[1]),
                  reserved_code(b, e->kid[2]));
    if (e->op == SEM_ZEXT)
        return reserved_code(b, e->kid[0]);
    struct sem_expr *any = mk_const(1, 0, loc);
    const struct type *t = e->op == SEM_FIELD ? &b->f->fields.at[e->index].type : NULL;
    if (t && t->kind == OP_ENUM) { /* other codes don't match */
        for (size_t i = 0; i < t->enum_->items.len; i++) {
            u128 code = t->enum_->items.at[i].code;
            if (!t->enum_->items.at[i].value &&
                b->m->fenv.rounding[code & 15] == ROUND_RESERVED)
                any = mk(b, SEM_OR, 1, loc, any,
                         mk(b, SEM_EQ, 1, loc, e, mk_const(e->width, code, loc), NULL),
                         NULL);
        }
        return any;
    }
    u128 codes = e->width < 4 ? (u128)1 << e->width : 16, first = codes;
    while (first > 0 && b->m->fenv.rounding[first - 1] == ROUND_RESERVED)
        first--;
    if (first < codes)
        any = first == 0
                  ? mk_const(1, 1, loc)
                  : mk(b, SEM_LE_U, 1, loc, mk_const(e->width, first, loc), e, NULL);
    for (u128 i = 0; i < first; i++)
        if (b->m->fenv.rounding[i] == ROUND_RESERVED)
            any = mk(b, SEM_OR, 1, loc, any,
                     mk(b, SEM_EQ, 1, loc, e, mk_const(e->width, i, loc), NULL), NULL);
    return any;
}

static void round_trap(struct builder *b, struct sem_expr *code, struct loc loc)
{
    struct sem_expr *when = reserved_code(b, code);
    if (is_const(when) && !when->value)
        return;
    check_order(b, ACC_TRAP, loc);
    struct sem_stmt *s = emit(b, PH_EARLY, ST_TRAP, loc);
    s->e = is_const(when) ? NULL : when;
    s->trap = b->m->fenv.round_trap;
    b->flow.dead |= is_const(when);
}

static void rounding(struct builder *b, struct node *n, struct sem_expr *e)
{
    static const char *const names[] = {"nearest", "zero", "up", "down", "away"};
    const struct fenv_place *place = &b->m->fenv.round;
    if (n && n->kind == N_IDENT && !find_local(b, n->name) && find_field(b, n->name) < 0)
        for (unsigned i = 0; i < 5; i++)
            if (!strcmp(n->name, names[i])) {
                e->rm_kind = RM_FIXED;
                e->rounding = (enum rounding)i;
                return;
            }
    if (!n && !place->reg) {
        e->rm_kind = RM_FIXED;
        return;
    }
    struct sem_expr *code =
        n ? expr(b, n) : read_raw(b, place->reg, NULL, place->high, place->low, e->loc);
    if (!code->width)
        code = adapt(b, code, 4, "the rounding mode");
    if (code->width > 4 && sem_error(CHECK_WIDTH_MISMATCH, code->loc,
                                     "a rounding mode of %u bits", code->width))
        diag_help("codes that 'fenv' maps have up to four bits");
    if (code->width > 4)
        return;
    round_trap(b, code, e->loc);
    if (is_const(code)) {
        e->rm_kind = RM_FIXED;
        e->rounding = b->m->fenv.rounding[code->value];
        return;
    }
    e->rm_kind = n ? RM_GUEST : RM_CURRENT;
    if (n)
        e->kid[3] = code;
}

static bool fp_call(struct builder *b, struct node *n, unsigned width, const char *name,
                    expr_list *results)
{
    unsigned op = 0;
    while (op < FP_OP_COUNT && strcmp(fp_op_names[op], name))
        op++;
    if (op == FP_OP_COUNT || (op == FP_FROM_F32 && width == 32) ||
        (op == FP_FROM_F64 && width == 64)) {
        if (sem_error(CHECK_UNKNOWN_NAME, n->loc, "f%u has no operation '%s'", width,
                      name))
            diag_help("see 'The floating-point environment' in doc/isa-language.md");
        return false;
    }
    if (!b->m->fenv.declared && fp_ops[op].flags) {
        if (sem_error(CHECK_WRONG_KIND, n->loc, "floating point without 'fenv'"))
            diag_help("declare the environment: fenv { ... }");
        return false;
    }
    size_t given = kid(n, 1)->kids.len, count = fp_ops[op].args;
    bool rm = fp_ops[op].rounds && given == count + 1;
    if (!rm && wrong_count(n, count))
        return false;
    struct sem_expr *e = zalloc(sizeof *e);
    *e = (struct sem_expr){.op = SEM_FP, .loc = n->loc, .index = op, .fp_width = width};
    e->width = fp_ops[op].result ? fp_ops[op].result : width;
    e->bind = BIND_RUN;
    for (size_t i = 0; i < count; i++)
        e->kid[i] =
            sized_expr(b, arg(n, i), fp_ops[op].arg_width ? fp_ops[op].arg_width : width,
                       "the operand");
    if (fp_ops[op].rounds)
        rounding(b, rm ? arg(n, count) : NULL, e);
    vec_push(results, fp_ops[op].flags ? effect(b, e) : e);
    return true;
}

/* --- defs */

static bool extern_call(struct builder *b, struct node *n, struct def *d,
                        expr_list *results)
{
    struct sem_expr *e = zalloc(sizeof *e);
    *e = (struct sem_expr){
        .op = SEM_EXTERN, .loc = n->loc, .name = d->name, .bind = BIND_RUN};
    if (wrong_count(n, d->params.len))
        return false;
    for (size_t i = 0; i < d->params.len && i < 4; i++)
        e->kid[i] = sized_expr(b, arg(n, i), d->widths.at[i], "the argument");
    e->width = d->results.len ? d->results.at[0] : 0;
    if (d->effects && strstr(d->effects, "volatile"))
        check_order(b, ACC_ATOMIC, n->loc);
    else if (d->effects && strstr(d->effects, "traps"))
        check_order(b, ACC_TRAP, n->loc);
    if (e->width) {
        vec_push(results, effect(b, e));
    } else {
        emit(b, PH_EARLY, ST_EFFECT, n->loc)->e = e;
    }
    return true;
}

static void inline_body(struct builder *b, struct def *d, expr_list *results)
{
    size_t first = b->slots.len, count = d->results.len;
    bool is_expr = d->body->kind != N_BLOCK;
    if (is_expr) {
        struct sem_expr *e = expr(b, d->body);
        if (count)
            e = adapt(b, e, d->results.at[0], "the result");
        vec_push(results, e);
        return;
    }
    int outer_first = b->first_return;
    unsigned outer_count = b->returns;
    for (size_t i = 0; i < count; i++)
        vec_push(&b->slots,
                 ((struct slot){intern("the result"), d->results.at[i], NULL, false}));
    b->first_return = (int)first;
    b->returns = (unsigned)count;
    stmt(b, d->body);
    b->first_return = outer_first;
    b->returns = outer_count;
    for (size_t i = 0; i < count; i++) {
        struct slot *s = &b->slots.at[first + i];
        if ((!s->value || s->partial) && !b->flow.dead &&
            sem_error(CHECK_UNINITIALISED, d->loc, "'%s' returns no value%s", d->name,
                      s->value ? " on some paths" : ""))
            diag_help("end it with 'return E;' on every path");
        vec_push(results,
                 s->value ? s->value : adapt(b, mk_poison(d->loc), s->width, ""));
    }
    b->slots.len = first;
}

static bool def_call(struct builder *b, struct node *n, struct def *d, expr_list *results)
{
    d->used = true;
    if (d->is_extern)
        return extern_call(b, n, d, results);
    for (size_t i = 0; i < b->active.len; i++)
        if (b->active.at[i] == d) {
            if (sem_error(CHECK_RECURSION, n->loc, "'%s' calls itself", d->name)) {
                diag_note(d->loc, "defined here");
                diag_help("defs are inlined; use a 'for' loop");
            }
            return false;
        }
    if (wrong_count(n, d->params.len) || too_big(b, n->loc))
        return false;
    expr_list args = {0};
    for (size_t i = 0; i < d->params.len; i++) {
        struct sem_expr *e = sized_expr(b, arg(n, i), d->widths.at[i], "the argument");
        vec_push(&args, force(b, e));
    }
    struct scope *old = push_scope(b, true);
    for (size_t i = 0; i < d->params.len; i++)
        bind(b, d->params.at[i], args.at[i], d->loc);
    vec_push(&b->active, d);
    inline_body(b, d, results);
    b->active.len--;
    pop_scope(b, old);
    return true;
}

/* --- statements that look like calls */

static bool icache_sync(struct builder *b, struct node *n)
{
    size_t given = kid(n, 1)->kids.len;
    struct sem_expr *at = NULL, *len = NULL;
    if (given) {
        if (wrong_count(n, 2))
            return false;
        at = late(b, sized_expr(b, arg(n, 0), b->m->word, "the address"));
        len = late(b, sized_expr(b, arg(n, 1), b->m->word, "the length"));
    }
    struct sem_stmt *s = emit(b, PH_WRITE, ST_ICACHE, n->loc);
    s->e = at;
    s->address = len;
    return true;
}

static bool fence(struct builder *b, struct node *n)
{
    if (wrong_count(n, 1))
        return false;
    struct sem_stmt *s = emit(b, PH_EARLY, ST_FENCE, n->loc);
    order_of(b, arg(n, 0), &s->acquire, &s->release);
    return true;
}

/* u8(5): a number with a size. */
static struct sem_expr *sized_number(struct builder *b, struct node *n, const char *name)
{
    if (wrong_count(n, 1))
        return mk_poison(n->loc);
    unsigned width = !strcmp(name, "word") ? b->m->word : (unsigned)atoi(name + 1);
    struct sem_expr *e = expr(b, arg(n, 0));
    if (width < 1 || width > 128) {
        if (sem_error(CHECK_BOUND, n->loc, "a width of %u bits", width))
            diag_help("values are 1 to 128 bits wide");
        return e;
    }
    return adapt(b, e, width, "this");
}

static bool is_type_name(const char *name)
{
    if (!strcmp(name, "word"))
        return true;
    return (name[0] == 'u' || name[0] == 's') && name[1] &&
           strspn(name + 1, "0123456789") == strlen(name + 1);
}

static bool named_call(struct builder *b, struct node *n, const char *name,
                       expr_list *results)
{
    struct sem_expr *e = NULL;
    struct def *d = model_name(b->m, name).def;
    if (d)
        return def_call(b, n, d, results);
    for (size_t i = 0; i < sizeof pures / sizeof *pures; i++)
        if (!strcmp(pures[i].name, name))
            e = pure_call(b, n, &pures[i]);
    if (!strcmp(name, "sext") || !strcmp(name, "zext"))
        e = extend_call(b, n, name[0] == 's' ? SEM_SEXT : SEM_ZEXT);
    else if (!strcmp(name, "cat"))
        e = cat_call(b, n);
    else if (!strcmp(name, "rep"))
        e = rep_call(b, n);
    else if (!strcmp(name, "rotl") || !strcmp(name, "rotr"))
        e = rotate_call(b, n, name[3] == 'l' ? SEM_ROTL : SEM_ROTR);
    else if (!strcmp(name, "unknown"))
        e = unknown_call(b, n);
    else if (!strcmp(name, "add_carry"))
        return add_carry(b, n, results), results->len == 3;
    else if (!strcmp(name, "fence"))
        return fence(b, n);
    else if (!strcmp(name, "icache_sync"))
        return icache_sync(b, n);
    else if (is_type_name(name))
        e = sized_number(b, n, name);
    if (e) {
        vec_push(results, e);
        return true;
    }
    if (sem_error(CHECK_UNKNOWN_NAME, n->loc, "there is no function '%s'", name) &&
        !model_suggest(b->m, NULL, name))
        diag_help("define it: def %s(...) -> ... = ...;", name);
    return false;
}

bool call(struct builder *b, struct node *n, expr_list *results)
{
    struct node *f = kid(n, 0);
    if (f->kind == N_IDENT)
        return named_call(b, n, f->name, results);
    if (f->kind == N_MEMBER && kid(f, 0)->kind == N_IDENT) {
        const char *base = kid(f, 0)->name;
        if (!strcmp(base, "f32") || !strcmp(base, "f64"))
            return fp_call(b, n, base[1] == '3' ? 32 : 64, f->name, results);
        if (memory_width(base))
            return memory_call(b, n, memory_width(base), f->name, results);
    }
    if (sem_error(CHECK_WRONG_KIND, n->loc, "this can't be called"))
        diag_help("calls are NAME(...), f32.NAME(...), f64.NAME(...), m32.NAME(...)");
    return false;
}
