/*
 * asm.h - words to forms and text, and text to words, inside isac.
 *
 * Commands, inline tests and checks use these; the generated decoder and disassembler
 * come from the same dtree and text pieces (emit_decode.c, emit_disas.c).
 *
 * Invariants
 *  (1) All of it is for one model: its word width, extensions and the contexts' initial
 *      values.
 *  (2) Needs sem_build to have run (typed predicates).
 *  (3) asm_line gives only words that decode_word decodes to the form it names.
 */
#ifndef GEN_ASM_H
#define GEN_ASM_H

#include "model.h"

/*
 * decode_word - the form that the generated decoder finds for WORD, or NULL. WORD holds
 * the instruction at bit 0 in the order of model.h (4); bits beyond its length are
 * ignored.
 */
struct form *decode_word(const struct model *m, uint64_t word);

/* decode_length - length in bits that the `length` rules give for WORD's first unit, or
 * 0. */
unsigned decode_length(const struct model *m, uint64_t word);

/*
 * disas_word - appends the text of WORD at PC to OUT and returns its form; NULL (and
 * nothing appended) if no form matches. With ALIASES the first alias that fits is printed
 * instead.
 */
struct form *disas_word(const struct model *m, uint64_t word, uint64_t pc, bool aliases,
                        struct text *out);

/*
 * asm_line - assembles TEXT, one instruction at PC. False if nothing accepts it; *why
 * (may be passed as NULL) then says why. Of several encodings the lowest is given;
 * aliases are taken.
 */
bool asm_line(const struct model *m, const char *text, uint64_t pc, uint64_t *word,
              unsigned *bits, struct form **form, const char **why);

/* asm_check - the checks not-invertible, ambiguous-assembly and shadowed-alias. */
void asm_check(const struct model *m);

/* Commands; ARGC and ARGV are what follows FILE. They return the exit status. */
int command_asm(const struct model *m, int argc, char **argv);
int command_disas(const struct model *m, int argc, char **argv);
int command_enumerate(const struct model *m, int argc, char **argv);
/* argv: objdump|capstone, then options; see against.c */
int command_against(const struct model *m, int argc, char **argv);

#endif
