/*
 * diag.h - errors and warnings: caret, check name, notes, help; text or JSON.
 *
 * Invariants
 *  (1) Every message has a check name from diag.def; a warning can be switched off or
 * made an error by it (-Wno-NAME, -Werror[=NAME]). (2) A message and its notes and help
 * are printed together, in the order given. (3) After 20 errors isac stops with exit
 * status 1. (4) A message is given once: not again for another configuration, nor for
 * another row of the same family (same check, same place).
 */
#ifndef GEN_DIAG_H
#define GEN_DIAG_H

#include "source.h"

enum check {
#define CHECK(id, name, level, text) CHECK_##id,
#include "diag.def"
#undef CHECK
    CHECK_COUNT
};

/* diag - reports CHECK at LOC (loc.file 0: no caret). */
void diag(enum check check, struct loc loc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* diag_note / diag_help - belong to the last diag; silent if that was switched off. */
void diag_note(struct loc loc, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void diag_help(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* diag_errors - errors so far, also those held back because they were said before. */
unsigned diag_errors(void);

/* diag_turn - another configuration begins. */
void diag_turn(void);

/* diag_subject - what follows is about this instruction, ROW being the family's row it
 * comes from; both NULL: about none. */
void diag_subject(const char *name, const char *row);

/* diag_mute - CHECK is not reported from here on, nor counted (its cause was reported).
 */
void diag_mute(enum check check);

/* diag_seen - an error or warning of CHECK was reported. diag_list - all checks, on
 * stdout. */
bool diag_seen(enum check check);
void diag_list(void);

/* diag_option - handles -W options and --diagnostics=json; false if ARG isn't one of them
 * or names no check (then a message was printed and *bad set). */
bool diag_option(const char *arg, bool *bad);

/* diag_finish - prints what is still held back; call before exit. */
void diag_finish(void);

#endif
