/* int: a lexical scanner as a state machine of switches, with a hashed symbol table */
// scale: 170000 12000
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char source[] =
    "/* a comment */ static int count(const char *text, int limit) {\n"
    "    int n = 0x1f, total = 0; // to the end of the line\n"
    "    double ratio = 3.25e-2 * limit;\n"
    "    while (*text != '\\0' && n++ < limit) {\n"
    "        switch (*text++) { case 'a': total += 1; break; case '\\n': total <<= 2; "
    "break;\n"
    "        default: total ^= (n >> 3) | 077; }\n"
    "        if (total >= 1000 || total <= -1000) { printf(\"big \\\"%d\\\"\\n\", "
    "total); }\n"
    "        else total -= n % 7 == 0 ? n : -n; /* another ** comment */\n"
    "    }\n    return (int)(ratio + 1.5) * total->field[limit--] & ~0xffff;\n}\n";

enum state {
    START,
    NAME,
    ZERO,
    DIGITS,
    HEX,
    FRACTION,
    EXPONENT,
    STRING,
    ESCAPE,
    QUOTE,
    QUOTE_ESCAPE,
    SLASH,
    LINE,
    BLOCK,
    STAR,
    OPERATOR
};

static uint32_t hash, kinds[16];
static struct symbol {
    uint32_t hash, uses;
} symbols[256];

static int is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static void token(enum state kind, const char *from, const char *to)
{
    uint32_t h = (uint32_t)kind;
    for (; from < to; from++)
        h = (h ^ (unsigned char)*from) * 16777619;
    kinds[kind]++;
    hash = hash * 31 + h;
    if (kind != NAME)
        return;
    uint32_t at = h >> 24;
    while (symbols[at].uses && symbols[at].hash != h)
        at = (at + 1) & 255;
    symbols[at].hash = h;
    symbols[at].uses++;
}

static enum state begin(int c)
{
    if (is_letter(c))
        return NAME;
    if (is_digit(c))
        return c == '0' ? ZERO : DIGITS;
    switch (c) {
    case '"':
        return STRING;
    case '\'':
        return QUOTE;
    case '/':
        return SLASH;
    case ' ':
    case '\n':
    case '\t':
    case 0:
        return START;
    default:
        return OPERATOR;
    }
}

/* The state after C, or -1 if C does not belong to the token. */
static int advance(enum state state, int c, int previous)
{
    switch (state) {
    case START:
        return -1;
    case NAME:
        return is_letter(c) || is_digit(c) ? NAME : -1;
    case ZERO:
        if (c == 'x')
            return HEX; /* fall through */
    case DIGITS:
        return is_digit(c) ? DIGITS : c == '.' ? FRACTION : c == 'e' ? EXPONENT : -1;
    case HEX:
        return is_digit(c) || (c >= 'a' && c <= 'f') ? HEX : -1;
    case FRACTION:
        return is_digit(c) ? FRACTION : c == 'e' ? EXPONENT : -1;
    case EXPONENT:
        return is_digit(c) || c == '-' ? EXPONENT : -1;
    case STRING:
        return previous == '"' ? -1 : c == '\\' ? ESCAPE : STRING;
    case ESCAPE:
        return STRING;
    case QUOTE:
        return previous == '\'' ? -1 : c == '\\' ? QUOTE_ESCAPE : QUOTE;
    case QUOTE_ESCAPE:
        return QUOTE;
    case SLASH:
        return c == '/' ? LINE : c == '*' ? BLOCK : c == '=' ? OPERATOR : -1;
    case LINE:
        return c == '\n' ? -1 : LINE;
    case BLOCK:
        return c == '*' ? STAR : BLOCK;
    case STAR:
        return previous == '/' ? -1 : c == '/' || c == '*' ? STAR : BLOCK;
    case OPERATOR:
        switch (previous) {
        case '<':
        case '>':
            return c == previous || c == '=' ? OPERATOR : -1;
        case '-':
            return c == '>' || c == '-' || c == '=' ? OPERATOR : -1;
        case '+':
        case '&':
        case '|':
            return c == previous || c == '=' ? OPERATOR : -1;
        case '=':
        case '!':
        case '^':
            return c == '=' ? OPERATOR : -1;
        default:
            return -1;
        }
    }
    return -1;
}

static void scan(const char *p)
{
    while (*p) {
        const char *from = p;
        enum state state = begin(*p++);
        int previous = 0, next;
        if (state == START)
            continue;
        if (state == OPERATOR)
            previous = *from;
        while (*p && (next = advance(state, *p, previous)) >= 0) {
            previous = state == ESCAPE || state == QUOTE_ESCAPE ? 0 : *p;
            state = (enum state)next;
            p++;
        }
        token(state, from, p);
    }
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t sum = 0;
    for (int i = 0; i < scale; i++)
        scan(source);
    for (int i = 0; i < 16; i++)
        sum = sum * 31 + kinds[i];
    for (int i = 0; i < 256; i++)
        sum = sum * 31 + symbols[i].uses;
    printf("%08x %08x\n", (unsigned)hash, (unsigned)sum);
    return 0;
}
