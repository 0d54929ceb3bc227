/*
 * fold.c - operations that are known while building (see ir.h).
 */
#include "ir/arith.h"
#include "ir/build.h"

static ir_wide const_value(const struct ir_node *n)
{
    return ((ir_wide)n->arg[1] << 32 | n->arg[0]) << 64 | n->aux;
}

static ir_ref make_const(struct ir *ir, enum ir_type type, ir_wide v)
{
    return ir_type_bits[type] > 64
               ? ir_const_wide(ir, type, (uint64_t)(v >> 64), (uint64_t)v)
               : ir_const(ir, type, (uint64_t)v);
}

/* All operands are constants. */
static ir_ref fold_constants(struct ir *ir, const struct ir_node *n)
{
    ir_wide arg[3] = {0}, value;
    const struct ir_node *first;

    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        const struct ir_node *a = &ir->nodes[n->arg[i]];
        if (a->op != IR_CONST)
            return 0;
        arg[i] = const_value(a);
    }
    first = &ir->nodes[n->arg[n->op == IR_SELECT]];
    if (!ir_arith((enum ir_op)n->op, (enum ir_type)first->type, (enum ir_type)n->type,
                  arg, &value))
        return 0;
    return make_const(ir, (enum ir_type)n->type, value);
}

ir_ref ir_fold_node(struct ir *ir, struct ir_node *n)
{
    return fold_constants(ir, n);
}

ir_ref ir_fold(struct ir *ir, enum ir_op op, enum ir_type type, ir_ref a, ir_ref b,
               ir_ref c)
{
    struct ir_node n = {.op = (uint8_t)op, .type = (uint8_t)type, .arg = {a, b, c}};

    return ir_fold_node(ir, &n);
}
