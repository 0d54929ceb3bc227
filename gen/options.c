/* options.c - see options.h */
#include "options.h"

#include "diag.h"
#include "resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

static const char common_help[] =
    "Options of every command that reads FILE (.isa or .target):\n"
    "  -I DIR              look for included files in DIR too\n"
    "  --word N            width of addresses, 32 or 64, where the description has both\n"
    "  --big, --little     byte order, where the description has both\n"
    "  --with EXT          with this extension (may be repeated); for a .isa file: with "
    "these\n"
    "                      and what they require instead of all\n"
    "  --without EXT       without this extension and all that requires it\n"
    "  -WNAME, -Wno-NAME   switch a warning on or off; -Wall: all of them\n"
    "  -Werror[=NAME]      make warnings errors\n"
    "  --diagnostics=json  messages for programs\n";

static int fail(const char *format, const char *what)
{
    fputs("isac: ", stderr);
    fprintf(stderr, format, what);
    fputs("\nisac: try isac --help\n", stderr);
    return 1;
}

static void print_commands(const struct command *commands)
{
    puts("usage: isac COMMAND FILE [OPTION...]\n\nCommands:");
    for (const struct command *c = commands; c->name; c++)
        printf("  %-10s %-24s %s\n", c->name, c->arguments, c->text);
    puts("\nisac COMMAND --help tells a command's options, isac --help checks what is "
         "checked, "
         "isac --version\nthe version.");
}

static void print_checks(void)
{
    puts("Checks, with their level. -Wno-NAME switches a warning off, -WNAME one on that "
         "is off,\n"
         "-Werror=NAME makes it an error. Errors can't be switched off.\n");
    diag_list();
}

static void print_command(const struct command *c)
{
    printf("usage: isac %s %s [OPTION...]\n\n%s.\n\n", c->name, c->arguments, c->text);
    if (c->help)
        printf("%s\n", c->help);
    if (strcmp(c->name, "new"))
        fputs(common_help, stdout);
}

static const struct command *find_command(const struct command *commands,
                                          const char *name)
{
    for (const struct command *c = commands; c->name; c++)
        if (!strcmp(c->name, name))
            return c;
    return NULL;
}

static int unknown_command(const struct command *commands, const char *name)
{
    VEC(const char *) names = {0};
    for (const struct command *c = commands; c->name; c++)
        vec_push(&names, c->name);
    const char *hit = closest(name, names.at, names.len);
    fprintf(
        stderr,
        "isac: no command is called '%s'%s%s%s\nisac: isac --help lists the commands\n",
        name, hit ? "; did you mean '" : "", hit ? hit : "", hit ? "'?" : "");
    return 1;
}

static int global_help(const struct command *commands, int argc, char **argv)
{
    const char *what = argc > 2 ? argv[2] : "";
    const struct command *c = find_command(commands, what);
    if (!strcmp(what, "checks"))
        print_checks();
    else if (c)
        print_command(c);
    else if (*what)
        return unknown_command(commands, what);
    else
        print_commands(commands);
    return 0;
}

/* The value of option NAME, in the same argument after =, at its end (-IDIR), or the next
 * one. */
static const char *value_of(const char *name, int argc, char **argv, int *i)
{
    size_t len = strlen(name);
    const char *arg = argv[*i];
    if (strncmp(arg, name, len))
        return NULL;
    if (arg[len] == '=' && len > 2)
        return arg + len + 1;
    if (len == 2 && arg[len])
        return arg + len;
    if (arg[len])
        return NULL;
    if (*i + 1 >= argc) {
        fprintf(stderr, "isac: option %s needs a value\n", name);
        exit(1);
    }
    return argv[++*i];
}

/* 1: taken, 0: not an option of all commands, -1: wrong. */
static int common_option(struct options *o, int argc, char **argv, int *i)
{
    const char *v;
    bool bad;
    if (diag_option(argv[*i], &bad))
        return bad ? -1 : 1;
    if ((v = value_of("-I", argc, argv, i))) {
        source_add_include(v);
    } else if ((v = value_of("-o", argc, argv, i))) {
        o->out_dir = v;
    } else if ((v = value_of("--word", argc, argv, i))) {
        o->config.word = (unsigned)atoi(v);
        if (strcmp(v, "32") && strcmp(v, "64"))
            return fail("--word is 32 or 64, not '%s'", v), -1;
    } else if ((v = value_of("--with", argc, argv, i))) {
        vec_push(&o->config.with, intern(v));
    } else if ((v = value_of("--without", argc, argv, i))) {
        vec_push(&o->config.without, intern(v));
    } else if (!strcmp(argv[*i], "--big") || !strcmp(argv[*i], "--little")) {
        o->config.big = argv[*i][2] == 'b';
    } else {
        return 0;
    }
    return 1;
}

static int command_line(struct options *o, int argc, char **argv)
{
    o->argv = zalloc((size_t)(argc + 1) * sizeof *o->argv);
    bool plain = false; /* after -- all is the command's */
    for (int i = 2; i < argc; i++) {
        if (!plain && !strcmp(argv[i], "--help")) {
            print_command(o->command);
            return 0;
        }
        int taken = plain ? 0 : common_option(o, argc, argv, &i);
        if (taken < 0)
            return 1;
        if (taken)
            continue;
        if (!plain && !strcmp(argv[i], "--"))
            plain = true;
        else if (!o->file && (plain || argv[i][0] != '-'))
            o->file = argv[i];
        else if (o->command->rest)
            o->argv[o->argc++] = argv[i];
        else
            return fail(argv[i][0] == '-' ? "unknown option '%s'" : "what is '%s' for?",
                        argv[i]);
    }
    if (!o->file) {
        fprintf(stderr, "isac: %s: %s is missing\nisac: usage: isac %s %s [OPTION...]\n",
                o->command->name, strcmp(o->command->name, "new") ? "FILE" : "NAME",
                o->command->name, o->command->arguments);
        return 1;
    }
    return -1;
}

int options_read(struct options *o, const struct command *commands, int argc, char **argv)
{
    o->config.big = -1;
    if (argc < 2) {
        fputs("isac: no command given\nisac: isac --help lists the commands\n", stderr);
        return 1;
    }
    if (!strcmp(argv[1], "--version")) {
        printf("isac %s\n", PACKAGE_VERSION);
        return 0;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
        return global_help(commands, argc, argv);
    o->command = find_command(commands, argv[1]);
    return o->command ? command_line(o, argc, argv) : unknown_command(commands, argv[1]);
}
