/*
 * sink.h - the parts of the sink pass. Private to ir/.
 */
#ifndef ISOMORPH_IR_SINK_H
#define ISOMORPH_IR_SINK_H

#include "ir/pass.h"

/* sink_leave - conversions that PHIs behind a loop take are made behind it (leave.c). */
void sink_leave(struct ir *ir, const struct pass_order *o);

#endif
