/*
 * parse.c - the IR from its text (see text.h). For tests: what it reads is not verified.
 */
#include "ir/build.h"
#include "ir/text.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ir/arith.h"

struct parse {
    struct ir *ir;
    const char *at;
    unsigned line;
    char *error;
    ir_ref *values; /* by number in the text */
    uint32_t value_capacity;
    bool *listed_preds; /* by block: its label names them */
    uint32_t listed_capacity;
    jmp_buf out;
};

static _Noreturn void fail(struct parse *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static _Noreturn void fail(struct parse *p, const char *format, ...)
{
    int n = snprintf(p->error, 256, "line %u: ", p->line);
    va_list args;

    va_start(args, format);
    vsnprintf(p->error + n, 256 - (size_t)n, format, args);
    va_end(args);
    longjmp(p->out, 1);
}

/* How much of the rest of the line a message shows. */
static int to_show(const struct parse *p)
{
    size_t n = strcspn(p->at, "\n");

    return n < 20 ? (int)n : 20;
}

/* -- words */

static void skip_spaces(struct parse *p)
{
    while (*p->at == ' ' || *p->at == '\t')
        p->at++;
}

static bool accept(struct parse *p, const char *text)
{
    size_t n = strlen(text);

    skip_spaces(p);
    if (strncmp(p->at, text, n) != 0 ||
        (isalnum((unsigned char)text[n - 1]) &&
         (isalnum((unsigned char)p->at[n]) || p->at[n] == '_')))
        return false;
    p->at += n;
    return true;
}

static void expect(struct parse *p, const char *text)
{
    if (!accept(p, text))
        fail(p, "'%s' is missing before '%.*s'", text, to_show(p), p->at);
}

/* A letter in front of a number: b3, p7, %12. */
static bool accept_letter(struct parse *p, char letter)
{
    skip_spaces(p);
    if (*p->at != letter || !isdigit((unsigned char)p->at[1]))
        return false;
    p->at++;
    return true;
}

static ir_wide number(struct parse *p)
{
    bool minus = accept(p, "-");
    unsigned base = 10;
    ir_wide v = 0;

    skip_spaces(p);
    if (!isdigit((unsigned char)*p->at))
        fail(p, "a number is missing before '%.*s'", to_show(p), p->at);
    if (p->at[0] == '0' && p->at[1] == 'x') {
        base = 16;
        p->at += 2;
    }
    for (; isxdigit((unsigned char)*p->at); p->at++) {
        unsigned digit = isdigit((unsigned char)*p->at)
                             ? (unsigned)(*p->at - '0')
                             : (unsigned)(tolower((unsigned char)*p->at) - 'a') + 10;
        if (digit >= base)
            break;
        v = v * base + digit;
    }
    return minus ? 0 - v : v;
}

static uint32_t small(struct parse *p, uint32_t limit)
{
    ir_wide v = number(p);

    if (v >= limit)
        fail(p, "the number is too large");
    return (uint32_t)v;
}

static unsigned name(struct parse *p, const char *const *names, unsigned count,
                     const char *what)
{
    for (unsigned i = 0; i < count; i++)
        if (accept(p, names[i]))
            return i;
    fail(p, "no such %s: '%.*s'", what, to_show(p), p->at);
}

static enum ir_type type(struct parse *p)
{
    return (enum ir_type)name(p, ir_type_names, IR_TYPE_COUNT, "type");
}

/* -- values */

static ir_ref value_named(struct parse *p)
{
    uint32_t i = small(p, 1 << 20), old = p->value_capacity;

    if (i >= old) {
        p->values =
            ir_grow(p->ir, p->values, &p->value_capacity, i + 1, sizeof *p->values);
        memset(p->values + old, 0, (p->value_capacity - old) * sizeof *p->values);
    }
    if (!p->values[i])
        p->values[i] = ir_node_new(p->ir, IR_NONE, IR_VOID, 0, 0, 0, 0, 0);
    return p->values[i];
}

/* An operand: a node, or a constant whose type may stand there; else it is in *BARE. */
static ir_ref operand(struct parse *p, enum ir_type hint, ir_wide *bare)
{
    ir_wide v;

    if (accept_letter(p, '%'))
        return value_named(p);
    v = number(p);
    if (accept(p, ":"))
        hint = type(p);
    if (hint == IR_VOID) {
        *bare = v;
        return 0;
    }
    v &= ir_mask(hint);
    return ir_const_wide(p->ir, hint, (uint64_t)(v >> 64), (uint64_t)v);
}

static void args(struct parse *p, struct ir_node *n)
{
    unsigned count = ir_op_args[n->op];
    enum ir_type first = IR_VOID;
    ir_wide bare[3] = {0};

    for (unsigned i = 0; i < count; i++) {
        if (i)
            expect(p, ",");
        n->arg[i] = operand(p, IR_VOID, &bare[i]);
        if (first == IR_VOID && n->arg[i])
            first = (enum ir_type)ir_at(p->ir, n->arg[i])->type;
    }
    for (unsigned i = 0; i < count; i++) {
        enum ir_type t;
        if (n->arg[i])
            continue;
        t = ir_text_type(p->ir, n, i, first);
        if (t == IR_VOID)
            fail(p, "operand %u needs a type", i);
        bare[i] &= ir_mask(t);
        n->arg[i] = ir_const_wide(p->ir, t, (uint64_t)(bare[i] >> 64), (uint64_t)bare[i]);
    }
}

static void phi_args(struct parse *p, struct ir_node *n)
{
    struct ir *ir = p->ir;
    ir_wide none;

    n->aux = ir->phi_arg_count;
    for (;;) {
        ir_ref r;
        skip_spaces(p);
        if (*p->at != '%' && *p->at != '-' && !isdigit((unsigned char)*p->at))
            return;
        r = operand(p, (enum ir_type)n->type, &none);
        ir->phi_args = ir_grow(ir, ir->phi_args, &ir->phi_arg_capacity,
                               ir->phi_arg_count + 1, sizeof *ir->phi_args);
        ir->phi_args[ir->phi_arg_count++] = r;
    }
}

static void entries(struct parse *p, struct ir_snap *s)
{
    struct ir *ir = p->ir;
    ir_wide none;

    s->first = ir->entry_count;
    while (!accept(p, "}")) {
        struct ir_entry e;
        if (s->count)
            expect(p, ",");
        if (!accept_letter(p, 'p'))
            fail(p, "a place is missing before '%.*s'", to_show(p), p->at);
        e.place = small(p, ir->place_count);
        expect(p, ":");
        e.value = operand(p, (enum ir_type)ir->places[e.place].type, &none);
        ir->places[e.place].written = true;
        ir->entries = ir_grow(ir, ir->entries, &ir->entry_capacity, ir->entry_count + 1,
                              sizeof *ir->entries);
        ir->entries[ir->entry_count++] = e;
        s->count++;
    }
}

static void snapshot(struct parse *p, struct ir_node *n)
{
    struct ir_snap s = {.block = p->ir->current};

    s.pc = (uint64_t)number(p);
    s.in_slot = accept(p, ".slot");
    expect(p, "{");
    entries(p, &s);
    p->ir->snaps = ir_grow(p->ir, p->ir->snaps, &p->ir->snap_capacity,
                           p->ir->snap_count + 1, sizeof *p->ir->snaps);
    p->ir->snaps[p->ir->snap_count] = s;
    n->snap = p->ir->snap_count++;
    if (n->op == IR_EXIT || n->op == IR_EXIT_IF)
        n->aux = s.pc;
}

/* -- lines */

static ir_block_id block_named(struct parse *p)
{
    uint32_t id;

    if (!accept_letter(p, 'b'))
        fail(p, "a block is missing before '%.*s'", to_show(p), p->at);
    id = small(p, 1 << 16);
    while (p->ir->block_count <= id)
        ir_block_new(p->ir);
    return id;
}

static bool flag(struct parse *p, struct ir_node *n)
{
    for (const struct ir_flag_name *f = ir_flag_names; f->name; f++) {
        if (accept(p, f->name)) {
            n->flags |= (uint16_t)f->flag;
            return true;
        }
    }
    return false;
}

static void rest(struct parse *p, struct ir_node *n)
{
    struct ir_block *b;

    for (;;) {
        skip_spaces(p);
        if (accept(p, "@")) {
            snapshot(p, n);
        } else if (accept(p, "aux=")) {
            n->aux = (uint64_t)number(p);
        } else if (accept(p, "ret=")) {
            p->ir->snaps[n->snap].ret = (uint64_t)number(p);
        } else if (accept(p, ",") || *p->at == 'b') {
            ir_block_id to = block_named(p);
            b = &p->ir->blocks[p->ir->current];
            if (b->succ_count == 2)
                fail(p, "three successors");
            b->succ[b->succ_count++] = to;
        } else if (!flag(p, n)) {
            return;
        }
    }
}

static void node(struct parse *p)
{
    struct ir_node n = {0};
    ir_ref r = 0;

    if (accept_letter(p, '%')) {
        r = value_named(p);
        expect(p, ":");
        n.type = (uint8_t)type(p);
        expect(p, "=");
        if (ir_at(p->ir, r)->op != IR_NONE)
            fail(p, "the value is defined again");
    } else {
        r = ir_node_new(p->ir, IR_NONE, IR_VOID, 0, 0, 0, 0, 0);
    }
    n.op = (uint8_t)name(p, ir_op_names, IR_OP_COUNT, "operation");
    if (n.op == IR_PHI) {
        phi_args(p, &n);
    } else if (n.op == IR_GET) {
        if (!accept_letter(p, 'p'))
            fail(p, "get: of which place?");
        n.aux = small(p, p->ir->place_count);
        ir_get_is(p->ir, (uint32_t)n.aux, r);
    } else {
        args(p, &n);
    }
    rest(p, &n);
    n.block = p->ir->current;
    *ir_at(p->ir, r) = n;
    ir_refs_add(p->ir, &p->ir->blocks[p->ir->current].nodes, r);
}

static void label(struct parse *p)
{
    struct ir *ir = p->ir;
    ir_block_id id = block_named(p);
    struct ir_block *b;

    expect(p, ":");
    ir->current = id;
    if (id >= p->listed_capacity) {
        uint32_t old = p->listed_capacity;
        p->listed_preds = ir_grow(ir, p->listed_preds, &p->listed_capacity, id + 1, 1);
        memset(p->listed_preds + old, 0, p->listed_capacity - old);
    }
    if (accept(p, "preds")) {
        p->listed_preds[id] = true;
        while (skip_spaces(p), *p->at == 'b') {
            ir_block_id from = block_named(p);
            b = &ir->blocks[id];
            b->preds = ir_grow(ir, b->preds, &b->pred_capacity, b->pred_count + 1,
                               sizeof *b->preds);
            b->preds[b->pred_count++] = from;
        }
    }
    b = &ir->blocks[id];
    b->cold = accept(p, "cold");
    if (accept(p, "pc="))
        b->pc = (uint64_t)number(p);
}

static void place(struct parse *p)
{
    uint32_t index = small(p, 1 << 16), offset;
    enum ir_type t = type(p);

    expect(p, "+");
    offset = small(p, 1 << 20);
    if (t == IR_VOID || ir_place_at(p->ir, offset, t) != index)
        fail(p, "places are numbered from 1, each once");
}

static void line(struct parse *p)
{
    skip_spaces(p);
    if (*p->at == ';' || *p->at == '\n' || *p->at == 0)
        return;
    if (accept(p, "region"))
        p->ir->word_bits = small(p, 65);
    else if (accept(p, "place"))
        place(p);
    else if (*p->at == 'b' && isdigit((unsigned char)p->at[1]))
        label(p);
    else
        node(p);
    skip_spaces(p);
    if (*p->at != ';' && *p->at != '\n' && *p->at != 0)
        fail(p, "what is '%.*s'?", to_show(p), p->at);
}

/* Predecessors of the blocks whose labels don't list them. */
static void add_preds(struct parse *p)
{
    struct ir *ir = p->ir;

    for (ir_block_id b = 0; b < ir->block_count; b++) {
        for (unsigned i = 0; i < ir->blocks[b].succ_count; i++) {
            ir_block_id to = ir->blocks[b].succ[i];
            struct ir_block *block = &ir->blocks[to];
            if (to < p->listed_capacity && p->listed_preds[to])
                continue;
            block->preds = ir_grow(ir, block->preds, &block->pred_capacity,
                                   block->pred_count + 1, sizeof *block->preds);
            block->preds[block->pred_count++] = b;
        }
    }
}

/* The types of all values, which constants beside them take, wherever they are defined.
 */
static void find_types(struct parse *p, const char *text)
{
    for (const char *at = text; at; at = strchr(at, '\n')) {
        at += *at == '\n';
        p->at = at;
        if (accept_letter(p, '%')) {
            ir_ref r = value_named(p);
            if (accept(p, ":"))
                ir_at(p->ir, r)->type = (uint8_t)type(p);
        }
        p->line++;
        if (!*at)
            break;
    }
    p->at = text;
    p->line = 1;
}

struct ir *ir_parse(const char *text, char *error)
{
    struct parse p = {.ir = ir_new(64), .at = text, .line = 1, .error = error};

    if (setjmp(p.out)) {
        ir_free(p.ir);
        return NULL;
    }
    find_types(&p, text);
    while (*p.at) {
        line(&p);
        while (*p.at && *p.at != '\n')
            p.at++;
        p.at += *p.at == '\n';
        p.line++;
    }
    for (uint32_t i = 0; i < p.value_capacity; i++)
        if (p.values[i] && ir_at(p.ir, p.values[i])->op == IR_NONE)
            fail(&p, "%%%u is not defined", (unsigned)i);
    add_preds(&p);
    for (ir_block_id b = 0; b < p.ir->block_count; b++)
        p.ir->blocks[b].sealed = true;
    p.ir->terminated = true;
    p.ir->current = 0;
    p.ir->build->finished = true;
    p.ir->build->open = false;
    return p.ir;
}
