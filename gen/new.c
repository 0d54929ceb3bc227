/* new.c - see new.h */
#include "new.h"

#include <stdio.h>

int command_new(const char *name, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    fprintf(stderr, "isac: new %s: not built yet\n", name);
    return 1;
}
