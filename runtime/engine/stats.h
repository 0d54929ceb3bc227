/*
 * stats.h - --stats: what the engine counted, as text or JSON, on stderr.
 */
#ifndef ISOMORPH_ENGINE_STATS_H
#define ISOMORPH_ENGINE_STATS_H

#include "engine/engine.h"

/* stats_init - count for M from now on. */
void stats_init(struct machine *m);

/* stats_print - print what was counted, once; nothing if stats_init wasn't called. */
void stats_print(void);

/* stats_trap_name - the name of a built-in trap. */
const char *stats_trap_name(unsigned number);

#endif
