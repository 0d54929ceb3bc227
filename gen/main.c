/*
 * main.c - isac, the ISA compiler.
 */
#include <stdio.h>
#include <string.h>

#include "config.h"

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--version")) {
        printf("isac %s\n", PACKAGE_VERSION);
        return 0;
    }
    fprintf(stderr, "usage: isac COMMAND FILE [OPTION...]\n");
    return 1;
}
