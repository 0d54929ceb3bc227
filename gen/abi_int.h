/* abi_int.h - what the readers of ABIs share: items of clauses, places, structures. */
#ifndef GEN_ABI_INT_H
#define GEN_ABI_INT_H

#include "abi.h"

/* Item I of clause C, without the first word; NULL if there is none. */
const struct node *abi_item(const struct node *c, size_t i);
size_t abi_items(const struct node *c);

/* The item as a word, string or number; reports and answers "" or 0 if it is something
 * else. */
const char *abi_word(const struct node *c, size_t i);
const char *abi_text(const struct node *c, size_t i);
uint64_t abi_number(const struct node *c, size_t i);
bool abi_is_word(const struct node *c, size_t i, const char *word);
bool abi_is_number(const struct node *item, int64_t *value);

/* The item as a register or element; reports if it is none. */
struct abi_place abi_place(struct abi_model *a, const struct node *c,
                           const struct node *item);

/* The clauses in the braces of C, or NULL. */
const struct node *abi_body(const struct node *c);

/* Reports that block WHAT has no clause C; KNOWN are those it has. */
void abi_unknown(const struct node *c, const char *what, const char *const *known,
                 size_t count);

/* abi_struct.c */
void abi_struct_read(struct abi_model *a, const struct node *c);
const struct abi_layout *abi_struct_find(const struct abi_model *a, const char *name);
void abi_frame_read(struct abi_model *a, const struct node *c);
void abi_words_read(const struct node *c, size_t from, struct abi_words *w);
void abi_assign_read(struct abi_model *a, const struct node *c, struct abi_assign *set);

/* abi_table.c: the files that clause C names, one line each "NAME NUMBER" or "NUMBER NAME
 * [NAME]" */
void abi_values_read(const struct node *c, struct abi_numbers *to);
void abi_calls_read(struct abi_model *a, const struct node *c);
void abi_numbers_sort(struct abi_numbers *v);

#endif
