/* argc, argv: order, empty and odd arguments, the closing null, argv is writable, auxv */
// args: one "two words" "" -x --long=5 'quo"te' \$dollar
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    printf("%d\n", argc);
    for (int i = 1; i < argc; i++)
        printf("%d [%s]\n", i, argv[i]);
    printf("null %d\n", argv[argc] == NULL);
    printf("name %s\n", argv[0][0] ? "given" : "empty");
    for (int i = 1; i < argc; i++)
        for (char *p = argv[i]; *p; p++)
            if (*p >= 'a' && *p <= 'z')
                *p = (char)(*p - 'a' + 'A');
    for (int i = 1; i < argc; i++)
        printf("[%s]", argv[i]);
    putchar('\n');
    int option;
    while ((option = getopt(argc, argv, "+ab:")) != -1)
        printf("option %c\n", option);
    printf("first operand %d\n", optind);
    const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
    unsigned different = 0;
    for (int i = 1; i < 16; i++)
        different += random[i] != random[0];
    printf("random %d\n", different > 4);
    printf("page size %d %d\n", getauxval(AT_PAGESZ) == (unsigned long)getpagesize(),
           getauxval(AT_PAGESZ) == 4096);
    printf("secure %d phdr %d\n", (int)getauxval(AT_SECURE), getauxval(AT_PHDR) != 0);
    printf("uid %d\n", getauxval(AT_UID) == getuid());
    return 0;
}
