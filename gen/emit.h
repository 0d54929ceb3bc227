/*
 * emit.h - C files made from a model; each function appends one file's text.
 *
 * Invariants
 *  (1) Nothing is written to disk here; main.c writes all files or none.
 *  (2) The text depends on the model alone: same model, same bytes.
 *  (3) Every instruction's code carries its place in the description.
 *
 * Files: forms.h (numbers of forms, bit helpers), state.h (layout of registers),
 * decode.c, disas.c, meta.c (struct guest the_guest), abi.c (its ABI).
 */
#ifndef GEN_EMIT_H
#define GEN_EMIT_H

#include "sem.h"

void emit_forms_h(const struct model *m, struct text *out);
void emit_state_h(const struct model *m, struct text *out);
void emit_decode(const struct model *m, struct text *out);
void emit_disas(const struct model *m, struct text *out);
void emit_meta(const struct model *m, struct text *out);
void emit_abi(const struct model *m, struct text *out);

/* emit_head - the comment at the top of file NAME: what it is, what it was made from. */
void emit_head(const struct model *m, struct text *out, const char *name,
               const char *what);

/* emit_id - NAME as part of a C identifier: c.add becomes c_add. Different names stay
 * different among forms. form_id - "FORM_c_add". */
const char *emit_id(const char *name);
const char *form_id(const struct form *f);

/* emit_place - "i.isa:12". */
const char *emit_place(struct loc loc);

/* emit_pattern - the matched bits, highest first: "0000000. ........ .000.... .0110011".
 */
void emit_pattern(struct text *out, uint64_t mask, uint64_t value, unsigned bits);

/* emit_field - C text of a field's bits in the word `w`: "bits(w, 7, 5)". */
void emit_field(struct text *out, const struct field *field);

/* emit_dexpr - C text of decode-time expression E: a uint64_t of `w`, `pc` and `context`,
 * without bits above E's width. E is at most 64 bits wide. */
void emit_dexpr(const struct model *m, const struct form *f, const struct sem_expr *e,
                struct text *out);

/* emit_c_string - S as a C string literal; PERCENT: for printf. */
void emit_c_string(struct text *out, const char *s, bool percent);

/* emit_pred - C text of predicate P of form F, over `w` and `context`. */
void emit_pred(const struct model *m, const struct form *f, const struct pred *p,
               struct text *out);

/* state_type - C type that holds WIDTH bits of state: "uint32_t". state_bytes - its size.
 */
const char *state_type(unsigned width);
unsigned state_bytes(unsigned width);

#endif
