/*
 * log.h - messages to the user.
 *
 * Invariants
 *  (1) Every message is one line on stderr that starts with the program's name.
 *  (2) die() never returns and exits with 1; bug() reports a defect of ours and aborts.
 */
#ifndef ISOMORPH_UTIL_LOG_H
#define ISOMORPH_UTIL_LOG_H

#include <stdarg.h>

#define LOG_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* The name that messages start with, "isomorph-NAME"; main sets it before anything else.
 */
extern const char *log_program;

/* warn - print a message. */
void warn(const char *format, ...) LOG_PRINTF(1, 2);

/* die - print a message and exit with 1. For errors of the user and of the host's
 * resources. */
_Noreturn void die(const char *format, ...) LOG_PRINTF(1, 2);

/* bug - print a message and abort. For states that only a defect of ours can reach. */
_Noreturn void bug(const char *format, ...) LOG_PRINTF(1, 2);

#endif
