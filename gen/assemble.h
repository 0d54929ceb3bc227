/*
 * assemble.h - small programs for new guests: lines of instructions, labels and data to
 * bytes.
 *
 * A line holds labels (NAME:), then an instruction as the description's texts have it, or
 * .byte, .half, .word N..., .ascii "text", .align N. A label inside an instruction stands
 * for its address. Comments begin with # or ; at the start of a line, or with " #" or "
 * ;" in it.
 */
#ifndef GEN_ASSEMBLE_H
#define GEN_ASSEMBLE_H

#include "model.h"

/* assemble - SOURCE (called NAME in messages) at address AT, its bytes appended to OUT.
 * False after reporting errors. */
bool assemble(const struct model *m, const char *name, const char *source, uint64_t at,
              struct text *out);

/* command_assemble - `isac asm FILE -o OUT [--at ADDRESS] SOURCE`: a flat binary. Exit
 * status. */
int command_assemble(const struct model *m, const char *out, int argc, char **argv);

#endif
