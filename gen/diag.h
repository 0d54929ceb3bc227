/*
 * diag.h - errors and warnings: caret, check name, notes, help; text or JSON.
 *
 * Invariants
 *  (1) Every message has a check name from diag.def; a warning can be switched off or made an
 *      error by it (-Wno-NAME, -Werror[=NAME]).
 *  (2) A message and its notes and help are printed together, in the order given.
 *  (3) After 20 errors isac stops with exit status 1.
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
void diag_note(struct loc loc, const char *format, ...) __attribute__((format(printf, 2, 3)));
void diag_help(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* diag_errors - errors so far. */
unsigned diag_errors(void);

/* diag_option - handles -W options and --diagnostics=json; false if ARG isn't one of them or names
 * no check (then a message was printed and *bad set). */
bool diag_option(const char *arg, bool *bad);

/* diag_finish - prints what is still held back; call before exit. */
void diag_finish(void);

#endif
