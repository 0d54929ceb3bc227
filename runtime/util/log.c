/* log.c - messages to the user; see log.h. */
#include "util/log.h"

#include <stdio.h>
#include <stdlib.h>

const char *log_program = "isomorph";

static void LOG_PRINTF(2, 0) say(const char *kind, const char *format, va_list args)
{
    fflush(stdout);
    fprintf(stderr, "%s: %s", log_program, kind);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}

void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("", format, args);
    va_end(args);
    exit(1);
}

void bug(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("internal error: ", format, args);
    va_end(args);
    abort();
}
