/* text functions: strtok, strstr, strspn, strtol and friends with errno, ctype */
// bare: yes
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void number(const char *text, int base)
{
    char *end;
    errno = 0;
    long long s = strtoll(text, &end, base);
    int error = errno;
    unsigned long long u = strtoull(text, NULL, base);
    printf("\"%s\" base %d: %lld %llu rest \"%s\" %s\n", text, base, s, u, end,
           error == ERANGE ? "range"
           : error         ? "invalid"
                           : "ok");
}

static void split(const char *text)
{
    char copy[100], *state = NULL;
    strcpy(copy, text);
    for (char *word = strtok_r(copy, " ,;", &state); word;
         word = strtok_r(NULL, " ,;", &state))
        printf("<%s>", word);
    putchar('\n');
}

int main(void)
{
    static const char line[] = "the quick, brown;fox  jumps,over the lazy dog";
    split(line);
    split(",,;;");
    printf("%s|%s|%s\n", strstr(line, "brown"), strrchr(line, 't'), strpbrk(line, ";,"));
    printf("%d %d %d\n", (int)strspn(line, "theq "), (int)strcspn(line, "xyz"),
           strstr(line, "cat") == NULL);
    number("0", 10);
    number("  -42abc", 10);
    number("0x7fffffffffffffff", 0);
    number("9223372036854775807", 10);
    number("9223372036854775808", 10);
    number("-9223372036854775809", 10);
    number("0777", 0);
    number("zZ", 36);
    number("101102", 2);
    number("+", 10);
    char joined[64] = "one";
    strcat(joined, "+two");
    strncat(joined, "+three+four", 6);
    printf("%s %d\n", joined, (int)strlen(joined));
    strncpy(joined, "xy", 6);
    printf("%s%s %d\n", joined, joined + 6, joined[5]);
    unsigned classes = 0;
    for (int c = 0; c < 128; c++)
        classes =
            classes * 31 + (unsigned)(!!isalpha(c) + 2 * !!isdigit(c) + 4 * !!isspace(c) +
                                      8 * !!ispunct(c) + 16 * !!isxdigit(c) + toupper(c));
    printf("ctype %08x\n", classes);
    printf("%d %d\n", strcasecmp("HeLLo", "hEllO") == 0,
           strncasecmp("abcX", "ABCy", 3) == 0);
    printf("%d %ld\n", abs(-7), labs(-100000L));
    lldiv_t d = lldiv(-1000000000001, 7);
    printf("%lld %lld\n", d.quot, d.rem);
    return 0;
}
