/*
 * options.h - the command line of isomorph-GUEST.
 */
#ifndef ISOMORPH_ENGINE_OPTIONS_H
#define ISOMORPH_ENGINE_OPTIONS_H

#include "engine/engine.h"

/*
 * options_read - fill in O from the command line and ENVP. What it points to lives as
 * long as the process. Prints help or version and exits with 0 if asked to; exits with 1
 * and a message if something is wrong.
 */
void options_read(struct options *o, const struct guest *guest, int argc, char **argv,
                  char **envp);

/* options_bad_cpu - say that there is no CPU NAME, and which there are; exits with 1. */
_Noreturn void options_bad_cpu(const struct guest *guest, const char *name);

#endif
