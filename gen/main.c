/*
 * main.c - isac, the ISA compiler: commands and options; the pipeline.
 */
#include "diag.h"
#include "model.h"
#include "resolve.h"
#include "target.h"

#include <stdio.h>
#include <string.h>

#include "config.h"

static int finish(void)
{
    diag_finish();
    return diag_errors() > 0;
}

static int check(struct node *tree, const struct config *config)
{
    struct model *m = model_build(tree, config);
    printf("%s: %zu instructions, %zu forms\n", m->name, m->insns.len, m->forms.len);
    unused_report();
    return finish();
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--version")) {
        printf("isac %s\n", PACKAGE_VERSION);
        return 0;
    }
    if (argc < 3) {
        fprintf(stderr, "usage: isac COMMAND FILE [OPTION...]\n");
        return 1;
    }
    struct node *tree = parse_file(argv[2]);
    struct config config = {.big = -1, .all_extensions = true};
    struct node *target = target_find(tree);
    if (target) {
        config.all_extensions = false;
        tree = target_read(target, &config);
    }
    if (!tree)
        return finish();
    unused_walk(tree);
    return check(tree, &config);
}
