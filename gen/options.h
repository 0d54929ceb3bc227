/*
 * options.h - isac's command line.
 */
#ifndef GEN_OPTIONS_H
#define GEN_OPTIONS_H

#include "model.h"

/* One command. Its own arguments are what isac's common options leave over. */
struct command {
    const char *name, *arguments, *text; /* for the list of commands */
    const char *help;                    /* own options, or NULL */
    bool all_widths; /* of an .isa file: once for each width and byte order it lists */
    bool rest;       /* takes arguments after FILE */
};

struct options {
    const struct command *command;
    const char *file;
    const char *out_dir;
    bool json;
    struct config config;
    int argc; /* what is left for the command */
    char **argv;
};

/*
 * options_read - fills in OPTIONS from the command line; COMMANDS ends with a nameless
 * one. Prints help or version if asked to. Returns -1 to go on, else the exit status.
 */
int options_read(struct options *options, const struct command *commands, int argc,
                 char **argv);

#endif
