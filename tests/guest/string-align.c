/* memcpy, memmove, memset, memcmp, strlen, strcpy, memchr at all alignments, lengths */
// bare: yes
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static unsigned char source[256], target[256];
static char text[256];
static uint32_t hash = 2166136261u;

static void mix(uint32_t value)
{
    hash = (hash ^ value) * 16777619u;
}

static void mix_target(void)
{
    for (int i = 0; i < 256; i++)
        mix(target[i]);
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static void copies(size_t from, size_t to, size_t length)
{
    memset(target, 0xee, sizeof target);
    memcpy(target + to, source + from, length);
    mix_target();
    memmove(target + from, target + to, length);
    mix_target();
    memset(target + to, (int)length, length);
    mix_target();
}

static void strings(size_t at, size_t length)
{
    memset(text, 'x', sizeof text);
    text[at + length] = 0;
    mix((uint32_t)strlen(text + at));
    if (length > 0)
        text[at + length / 2] = 'y';
    char *found = memchr(text + at, 'y', length);
    mix(found ? (uint32_t)(found - text) : 0);
    mix((uint32_t)(strchr(text + at, 'z') == NULL));
    strcpy((char *)target + at, text + at);
    mix((uint32_t)sign(strcmp((char *)target + at, text + at)));
    target[at + length / 2] = 0x80;
    mix((uint32_t)sign(strcmp((char *)target + at, text + at)));
    mix((uint32_t)sign(memcmp(text + at, target + at, length + 1)));
    mix((uint32_t)sign(strncmp(text + at, (char *)target + at, length / 2)));
}

int main(void)
{
    for (int i = 0; i < 256; i++)
        source[i] = (unsigned char)(i * 37 + 11);
    for (size_t from = 0; from < 9; from++) {
        for (size_t to = 0; to < 9; to++)
            for (size_t length = 0; length < 70; length += length < 20 ? 1 : 7)
                copies(from, to, length);
        for (size_t length = 0; length < 100; length++)
            strings(from, length);
        printf("%u: %08x\n", (unsigned)from, (unsigned)hash);
    }
    return 0;
}
