/* int-call: a compiler of expressions: parses, folds, allocates registers, emits, runs */
// scale: 18000 1200
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { NUMBER, VARIABLE, ADD, SUBTRACT, MULTIPLY, AND, OR, XOR, SHIFT, NEGATE };

struct tree {
    enum kind kind;
    uint32_t value;
    struct tree *left, *right;
    int registers; /* needed: Sethi and Ullman */
};

struct code {
    uint8_t op, to, from;
    uint32_t value;
};

static struct tree *pool, *free_tree;
static struct code code[4096];
static int code_length;
static const char *at;
static uint32_t state = 5, variables[26];

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static struct tree *node(enum kind kind, uint32_t value, struct tree *left,
                         struct tree *right)
{
    struct tree *t = free_tree++;
    *t = (struct tree){kind, value, left, right, 0};
    return t;
}

/* Writes a random expression of at most DEPTH levels. */
static char *write_expression(char *p, int depth)
{
    static const char operators[] = "+-*&|^<";
    if (depth == 0 || next() % 8 == 0) {
        if (next() % 2)
            return p + sprintf(p, "%u", (unsigned)(next() % 1000));
        *p++ = (char)('a' + next() % 26);
        return p;
    }
    if (next() % 10 == 0)
        *p++ = '-';
    int parentheses = next() % 3 == 0;
    if (parentheses)
        *p++ = '(';
    p = write_expression(p, depth - 1);
    *p++ = ' ';
    *p++ = operators[next() % 7];
    *p++ = ' ';
    p = write_expression(p, depth - 1);
    if (parentheses)
        *p++ = ')';
    return p;
}

static struct tree *parse(int level);

static struct tree *primary(void)
{
    struct tree *t;
    while (*at == ' ')
        at++;
    if (*at == '-') {
        at++;
        return node(NEGATE, 0, primary(), NULL);
    }
    if (*at == '(') {
        at++;
        t = parse(0);
        at++;
        return t;
    }
    if (*at >= 'a' && *at <= 'z')
        return node(VARIABLE, (uint32_t)(*at++ - 'a'), NULL, NULL);
    char *end;
    t = node(NUMBER, (uint32_t)strtoul(at, &end, 10), NULL, NULL);
    at = end;
    return t;
}

static int priority(int c)
{
    switch (c) {
    case '|':
        return 1;
    case '^':
        return 2;
    case '&':
        return 3;
    case '<':
        return 4;
    case '+':
    case '-':
        return 5;
    case '*':
        return 6;
    default:
        return 0;
    }
}

static enum kind operator(int c) {
    switch (c){
        case '|' : return OR; case '^' : return XOR; case '&' : return AND;
        case '<' : return SHIFT;
        case '+' : return ADD;
        case '-' : return SUBTRACT;
        default : return MULTIPLY;
    }
}

static struct tree *parse(int level)
{
    struct tree *left = primary();
    for (;;) {
        while (*at == ' ')
            at++;
        int c = *at, p = priority(c);
        if (p == 0 || p <= level)
            return left;
        at++;
        left = node(operator(c), 0, left, parse(p));
    }
}

static uint32_t compute(enum kind kind, uint32_t a, uint32_t b)
{
    switch (kind) {
    case ADD:
        return a + b;
    case SUBTRACT:
        return a - b;
    case MULTIPLY:
        return a * b;
    case AND:
        return a & b;
    case OR:
        return a | b;
    case XOR:
        return a ^ b;
    case SHIFT:
        return a << (b & 31);
    case NEGATE:
        return -a;
    default:
        return 0;
    }
}

static struct tree *fold(struct tree *t)
{
    if (!t || t->kind == NUMBER || t->kind == VARIABLE)
        return t;
    t->left = fold(t->left);
    t->right = fold(t->right);
    struct tree *a = t->left, *b = t->right;
    if (a->kind == NUMBER && (!b || b->kind == NUMBER))
        return node(NUMBER, compute(t->kind, a->value, b ? b->value : 0), NULL, NULL);
    if (b && b->kind == NUMBER && b->value == 0 && t->kind != MULTIPLY && t->kind != AND)
        return a;
    if (t->kind == NEGATE && a->kind == NEGATE)
        return a->left;
    return t;
}

static int number(struct tree *t)
{
    if (!t->left)
        return t->registers = 1;
    int a = number(t->left), b = t->right ? number(t->right) : 0;
    return t->registers = a == b ? a + 1 : a > b ? a : b;
}

static void emit(int op, int to, int from, uint32_t value)
{
    code[code_length++] = (struct code){(uint8_t)op, (uint8_t)to, (uint8_t)from, value};
}

/* Emits T so that its value ends in register TO; uses registers from TO upwards. */
static void generate(const struct tree *t, int to)
{
    if (!t->left) {
        emit((int)t->kind, to, 0, t->value);
    } else if (!t->right) {
        generate(t->left, to);
        emit((int)t->kind, to, to, 0);
    } else if (t->left->registers >= t->right->registers) {
        generate(t->left, to);
        generate(t->right, to + 1);
        emit((int)t->kind, to, to + 1, 0);
    } else {
        generate(t->right, to);
        generate(t->left, to + 1);
        emit((int)t->kind + 16, to, to + 1, 0); /* operands exchanged */
    }
}

static uint32_t run(void)
{
    uint32_t r[64];
    for (int i = 0; i < code_length; i++) {
        const struct code *c = &code[i];
        switch (c->op) {
        case NUMBER:
            r[c->to] = c->value;
            break;
        case VARIABLE:
            r[c->to] = variables[c->value];
            break;
        case NEGATE:
            r[c->to] = -r[c->to];
            break;
        default:
            r[c->to] = c->op >= 16
                           ? compute((enum kind)(c->op - 16), r[c->from], r[c->to])
                           : compute((enum kind)c->op, r[c->to], r[c->from]);
        }
    }
    return r[0];
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t hash = 0;
    static char text[16384];
    pool = malloc(20000 * sizeof *pool);
    if (!pool)
        return 1;
    for (int round = 0; round < scale; round++) {
        free_tree = pool;
        *write_expression(text, 8) = 0;
        at = text;
        struct tree *t = fold(parse(0));
        number(t);
        code_length = 0;
        generate(t, 0);
        for (uint32_t i = 0; i < 26; i++)
            variables[i] = hash + i * 77;
        hash = hash * 31 + run() + (uint32_t)code_length;
    }
    printf("%08x\n", (unsigned)hash);
    return 0;
}
