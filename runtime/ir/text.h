/*
 * text.h - the text form of the IR, shared by its writer (print.c) and reader (parse.c).
 *
 *     region 64
 *     place 1 i64 +520
 *     b0:
 *       %1:i64 = get p1
 *       jump b1
 *     b1: preds b0 b2 cold
 *       %2:i64 = phi %1 %5
 *       %3:i64 = add %2, -5
 *       %4:i32 = load %3 @0x1000{p1:%2, p4:0x7} swap
 *       %5:i64 = shl %3, 4:i8 in_range
 *       branch %6, b1, b2 unlikely
 *     b2: preds b1
 *       exit @0x1004.slot{} call ret=0x1008 aux=0x1004
 *
 * A constant stands where it is used; its type follows unless ir_text_type says it. The
 * predecessors are in the order of the PHIs' operands; a reader that finds none takes the
 * order of the text. Snapshots: pc, `.slot` if it is a branch's whose writes have
 * happened, the places that are not at home. aux is left out where it is 0, and of EXIT
 * and EXIT_IF where it is the snapshot's pc.
 *
 * Private to ir/.
 */
#ifndef ISOMORPH_IR_TEXT_H
#define ISOMORPH_IR_TEXT_H

#include "ir/ir.h"

struct ir_flag_name {
    unsigned flag;
    const char *name;
};
/* Up to a name of NULL. */
extern const struct ir_flag_name ir_flag_names[];

/*
 * ir_text_type - the type of operand I of N if it is a constant and nothing is written;
 * IR_VOID: it has to be. FIRST: the type of the first operand that is no constant, or
 * IR_VOID.
 */
enum ir_type ir_text_type(const struct ir *ir, const struct ir_node *n, unsigned i,
                          enum ir_type first);

#endif
