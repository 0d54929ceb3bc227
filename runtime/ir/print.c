/*
 * print.c - the IR as text (see text.h).
 */
#include "ir/text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "util/alloc.h"

const struct ir_flag_name ir_flag_names[] = {
    {IR_IN_RANGE, "in_range"},
    {IR_SWAP, "swap"},
    {IR_IS_CALL, "call"},
    {IR_IS_RETURN, "return"},
    {IR_UNLIKELY, "unlikely"},
    {IR_GUESSED, "guessed"},
    {0, NULL},
};

enum ir_type ir_text_type(const struct ir *ir, const struct ir_node *n, unsigned i,
                          enum ir_type first)
{
    switch (n->op) {
    case IR_PHI:
        return (enum ir_type)n->type;
    case IR_SELECT:
        return i == 0 ? IR_I1 : (enum ir_type)n->type;
    case IR_CARRY:
    case IR_OVERFLOW:
        return i == 2 ? IR_I1 : first;
    case IR_GUARD:
    case IR_EXIT_IF:
    case IR_BRANCH:
        return IR_I1;
    case IR_AMO:
    case IR_CAS:
        if (i > 0)
            return (enum ir_type)n->type;
        break;
    case IR_STORE:
    case IR_STORE_COND:
        if (i > 0)
            return IR_VOID;
    }
    if (ir_effect(n) != IR_PURE && ir_effect(n) != IR_FLAGS)
        return n->op == IR_STCPU        ? IR_VOID
               : n->op == IR_SETFPFLAGS ? IR_I32
               : ir->word_bits == 32    ? IR_I32
                                        : IR_I64;
    if (ir_op_results[n->op] == IR_RESULT_SAME)
        return (enum ir_type)n->type;
    return ir_op_results[n->op] == IR_RESULT_BOOL ? first : IR_VOID;
}

struct print {
    const struct ir *ir;
    FILE *to;
    uint32_t *number; /* by node, or NULL: nodes have their own */
};

static void print_const(const struct print *p, const struct ir_node *n, enum ir_type hint)
{
    unsigned bits = ir_type_bits[n->type];
    uint64_t high = (uint64_t)n->arg[1] << 32 | n->arg[0];

    if (high)
        fprintf(p->to, "0x%" PRIx64 "%016" PRIx64, high, n->aux);
    else if (bits >= 8 && bits <= 64 && n->type < IR_F32 &&
             (int64_t)(n->aux << (64 - bits)) < 0 &&
             (int64_t)(n->aux << (64 - bits)) >> (64 - bits) >= -4096)
        fprintf(p->to, "%" PRId64, (int64_t)(n->aux << (64 - bits)) >> (64 - bits));
    else if (n->aux < 1024)
        fprintf(p->to, "%" PRIu64, n->aux);
    else
        fprintf(p->to, "0x%" PRIx64, n->aux);
    if (n->type != hint)
        fprintf(p->to, ":%s", ir_type_names[n->type]);
}

static void print_value(const struct print *p, ir_ref r, enum ir_type hint)
{
    const struct ir_node *n = ir_at(p->ir, r);

    if (n->op == IR_CONST)
        print_const(p, n, hint);
    else
        fprintf(p->to, "%%%" PRIu32, p->number ? p->number[r] : r);
}

static void print_snap(const struct print *p, const struct ir_node *n)
{
    const struct ir_snap *s = &p->ir->snaps[n->snap];

    fprintf(p->to, " @0x%" PRIx64 "%s{", s->pc, s->in_slot ? ".slot" : "");
    for (uint32_t i = 0; i < s->count; i++) {
        const struct ir_entry *e = &p->ir->entries[s->first + i];
        fprintf(p->to, "%sp%" PRIu32 ":", i ? ", " : "", e->place);
        print_value(p, e->value, (enum ir_type)p->ir->places[e->place].type);
    }
    fputc('}', p->to);
}

static void print_args(const struct print *p, const struct ir_node *n)
{
    enum ir_type first = IR_VOID;
    unsigned args = ir_op_args[n->op];

    for (unsigned i = args; i-- > 0;)
        if (!ir_is_const(p->ir, n->arg[i]))
            first = (enum ir_type)ir_at(p->ir, n->arg[i])->type;
    for (unsigned i = 0; i < args; i++) {
        fputs(i ? ", " : " ", p->to);
        print_value(p, n->arg[i], ir_text_type(p->ir, n, i, first));
    }
    for (uint32_t i = 0; n->op == IR_PHI && i < p->ir->blocks[n->block].pred_count; i++) {
        fputc(' ', p->to);
        print_value(p, p->ir->phi_args[n->aux + i], (enum ir_type)n->type);
    }
}

static void print_rest(const struct print *p, const struct ir_node *n)
{
    const struct ir_block *b = &p->ir->blocks[n->block];
    bool at_pc = n->op == IR_EXIT || n->op == IR_EXIT_IF;
    uint64_t aux = at_pc ? p->ir->snaps[n->snap].pc : 0;

    if (n->op == IR_GET)
        fprintf(p->to, " p%" PRIu64, n->aux);
    if (n->op == IR_JUMP || n->op == IR_BRANCH)
        for (unsigned i = 0; i < b->succ_count; i++)
            fprintf(p->to, "%s b%" PRIu32, n->op == IR_BRANCH ? "," : "", b->succ[i]);
    if (n->snap)
        print_snap(p, n);
    for (const struct ir_flag_name *f = ir_flag_names; f->name; f++)
        if (n->flags & f->flag)
            fprintf(p->to, " %s", f->name);
    if (n->snap && p->ir->snaps[n->snap].ret)
        fprintf(p->to, " ret=0x%" PRIx64, p->ir->snaps[n->snap].ret);
    if (n->aux != aux && n->op != IR_GET && n->op != IR_PHI)
        fprintf(p->to, " aux=0x%" PRIx64, n->aux);
    fputc('\n', p->to);
}

static void print_block(const struct print *p, ir_block_id id)
{
    const struct ir_block *b = &p->ir->blocks[id];

    fprintf(p->to, "b%" PRIu32 ":", id);
    if (b->pred_count)
        fputs(" preds", p->to);
    for (uint32_t i = 0; i < b->pred_count; i++)
        fprintf(p->to, " b%" PRIu32, b->preds[i]);
    if (b->cold)
        fputs(" cold", p->to);
    if (b->pc)
        fprintf(p->to, " pc=0x%" PRIx64, b->pc);
    fputc('\n', p->to);
    for (uint32_t i = 0; i < b->nodes.count; i++) {
        ir_ref r = b->nodes.at[i];
        const struct ir_node *n = ir_at(p->ir, r);
        fputs("  ", p->to);
        if (n->type != IR_VOID) {
            print_value(p, r, IR_VOID);
            fprintf(p->to, ":%s = ", ir_type_names[n->type]);
        }
        fputs(ir_op_names[n->op], p->to);
        print_args(p, n);
        print_rest(p, n);
    }
}

static void print(const struct ir *ir, FILE *to, uint32_t *number)
{
    struct print p = {ir, to, number};

    fprintf(to, "region %u\n", ir->word_bits);
    for (uint32_t i = 1; i < ir->place_count; i++)
        fprintf(to, "place %" PRIu32 " %s +%" PRIu32 "\n", i,
                ir_type_names[ir->places[i].type], ir->places[i].offset);
    for (ir_block_id b = 0; b < ir->block_count; b++)
        print_block(&p, b);
}

void ir_dump(const struct ir *ir, FILE *to)
{
    print(ir, to, NULL);
}

void ir_print(const struct ir *ir, FILE *to)
{
    uint32_t *number = xcalloc(ir->node_count, sizeof *number), last = 0;

    for (ir_block_id b = 0; b < ir->block_count; b++) {
        const struct ir_refs *list = &ir->blocks[b].nodes;
        for (uint32_t i = 0; i < list->count; i++)
            if (ir_at(ir, list->at[i])->type != IR_VOID)
                number[list->at[i]] = ++last;
    }
    print(ir, to, number);
    free(number);
}
