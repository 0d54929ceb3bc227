/*
 * compare.c - a processor's answers (guest.c), on standard input, against software under
 * the rules named as argument. Exits 1 if one differs or is missing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"
#include "fp/soft.h"

static const struct fp_rules *rules;
static unsigned long compared, differing;

static void compare(const struct op_info *info, unsigned width, const uint64_t arg[3],
                    unsigned round)
{
    struct soft_mode mode = {.rules = rules, .round = (uint8_t)round};
    unsigned char bytes[ANSWER_BYTES];
    uint64_t result, theirs = 0;
    unsigned flags = 0;

    if (fread(bytes, 1, sizeof bytes, stdin) != sizeof bytes) {
        puts("the answers end early");
        exit(1);
    }
    if (!bytes[9])
        return;
    compared++;
    for (unsigned i = 0; i < 8; i++)
        theirs |= (uint64_t)bytes[i] << 8 * i;
    result = soft_op(&mode, FP_CODE(info->op, width), arg, &flags);
    if (result == theirs && flags == bytes[8])
        return;
    if (differing++ < 20)
        printf("f%u.%s(%#llx, %#llx, %#llx) %s: %#llx flags %#x, wanted %#llx %#x\n",
               width, info->name, (unsigned long long)arg[0], (unsigned long long)arg[1],
               (unsigned long long)arg[2], round_names[round], (unsigned long long)theirs,
               bytes[8], (unsigned long long)result, flags);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    rules = rules_named(argv[1]);
    all_cases(compare);
    printf("%lu answers compared, %lu differ\n", compared, differing);
    return differing != 0 || compared == 0;
}
