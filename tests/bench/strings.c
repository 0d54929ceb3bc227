/* int: string functions of libc: copy, compare, search, length, numbers */
// scale: 71000 4700
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char text[] = "It is a truth universally acknowledged that a program in "
                           "possession of a good loop must "
                           "be in want of a compiler. However little known the feelings "
                           "or views of such a program "
                           "may be on its first entering a machine, this truth is so "
                           "well fixed in the minds of the "
                           "surrounding tools that it is considered the rightful "
                           "property of one or other of them.";

static uint32_t hash;

static void mix(size_t value)
{
    hash = (hash ^ (uint32_t)value) * 16777619;
}

static void words(char *copy)
{
    for (char *word = strtok(copy, " ,."); word; word = strtok(NULL, " ,.")) {
        size_t length = strlen(word);
        for (size_t i = 0; i < length / 2; i++) {
            char swap = word[i];
            word[i] = word[length - 1 - i];
            word[length - 1 - i] = swap;
        }
        word[0] = (char)toupper((unsigned char)word[0]);
        mix(length + (unsigned char)word[0] * 100);
    }
}

static void search(const char *in)
{
    static const char *const keys[] = {"truth",  "compiler", "them",
                                       "absent", "of",       "minds"};
    for (int i = 0; i < 6; i++) {
        size_t count = 0;
        for (const char *p = in; (p = strstr(p, keys[i])); p++)
            count++;
        mix(count);
    }
    for (int c = 'a'; c <= 'z'; c += 3) {
        const char *p = strchr(in, c), *q = strrchr(in, c);
        mix((size_t)(p ? p - in : 0) * 1000 + (size_t)(q ? q - in : 0));
    }
}

static void numbers(int round)
{
    char digits[40];
    for (int i = 0; i < 12; i++) {
        int length =
            sprintf(digits, "%d:%x", round * 977 + i * 131, (unsigned)(i * round));
        char *end;
        mix((size_t)strtol(digits, &end, 10) + strtoul(end + 1, NULL, 16) +
            (size_t)length);
    }
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    static char copy[sizeof text + 16], other[sizeof text + 16];
    for (int round = 0; round < scale; round++) {
        size_t shift = (size_t)round % 8;
        memcpy(copy + shift, text, sizeof text);
        memmove(copy, copy + shift, sizeof text);
        strcpy(other + shift, copy);
        mix((size_t)(strcmp(copy, other + shift) == 0));
        other[shift + (size_t)round % 300] ^= 1;
        mix((size_t)(memcmp(copy, other + shift, sizeof text) > 0));
        mix((size_t)(strncmp(copy, other + shift, 200) == 0));
        search(copy);
        words(copy);
        numbers(round);
    }
    printf("%08x\n", (unsigned)hash);
    return 0;
}
