/* int-call: an interpreter of a stack machine, running three programs of its own */
// scale: 730 49
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum op {
    HALT,
    PUSH,
    DUP,
    DROP,
    SWAP,
    OVER,
    LOAD,
    STORE,
    FETCH,
    PUT,
    ADD,
    SUB,
    MUL,
    DIV,
    MOD,
    LESS,
    EQUAL,
    NOT,
    JUMP,
    IFZERO,
    CALL,
    RETURN,
    LOCALS,
    EMIT
};

enum { MAX_CODE = 400, MAX_LABELS = 40 };

struct machine {
    int32_t code[MAX_CODE];
    int32_t stack[400], frames[800], memory[1000];
    uint32_t output;
    uint64_t steps;
};

struct name {
    const char *text;
    enum op op;
    int operand; /* 1 number, 2 label */
};

static const struct name names[] = {
    {"halt", HALT, 0},   {"push", PUSH, 1},  {"dup", DUP, 0},       {"drop", DROP, 0},
    {"swap", SWAP, 0},   {"over", OVER, 0},  {"load", LOAD, 1},     {"store", STORE, 1},
    {"fetch", FETCH, 0}, {"put", PUT, 0},    {"add", ADD, 0},       {"sub", SUB, 0},
    {"mul", MUL, 0},     {"div", DIV, 0},    {"mod", MOD, 0},       {"less", LESS, 0},
    {"equal", EQUAL, 0}, {"not", NOT, 0},    {"jump", JUMP, 2},     {"ifzero", IFZERO, 2},
    {"call", CALL, 2},   {"ret", RETURN, 0}, {"locals", LOCALS, 1}, {"emit", EMIT, 0}};

/* Assembles TEXT: words separated by blanks, "name:" defines a label. Two passes. */
static void assemble(struct machine *m, const char *text)
{
    struct {
        char name[16];
        int32_t at;
    } labels[MAX_LABELS];
    int label_count = 0;
    for (int pass = 0; pass < 2; pass++) {
        int32_t at = 0;
        int operand = 0;
        char word[16];
        int used;
        for (const char *p = text; sscanf(p, "%15s%n", word, &used) == 1; p += used) {
            size_t length = strlen(word);
            if (operand == 1) {
                m->code[at++] = atoi(word);
                operand = 0;
            } else if (operand == 2) {
                int i = 0;
                while (i < label_count && strcmp(labels[i].name, word) != 0)
                    i++;
                m->code[at++] = i < label_count ? labels[i].at : -1;
                operand = 0;
            } else if (word[length - 1] == ':') {
                word[length - 1] = 0;
                if (pass == 0) {
                    strcpy(labels[label_count].name, word);
                    labels[label_count++].at = at;
                }
            } else {
                size_t i = 0;
                while (strcmp(names[i].text, word) != 0)
                    i++;
                m->code[at++] = (int32_t)names[i].op;
                operand = names[i].operand;
            }
        }
    }
}

#define BINARY(expression)                               \
    do {                                                 \
        uint32_t b = (uint32_t)*sp--, a = (uint32_t)*sp; \
        *sp = (int32_t)(expression);                     \
    } while (0)

static void run(struct machine *m)
{
    const int32_t *pc = m->code;
    int32_t *sp = m->stack, *frame = m->frames, *top = m->frames;
    for (;;) {
        m->steps++;
        switch ((enum op) * pc++) {
        case HALT:
            return;
        case PUSH:
            *++sp = *pc++;
            break;
        case DUP:
            sp[1] = sp[0];
            sp++;
            break;
        case DROP:
            sp--;
            break;
        case SWAP: {
            int32_t swap = sp[0];
            sp[0] = sp[-1];
            sp[-1] = swap;
            break;
        }
        case OVER:
            sp[1] = sp[-1];
            sp++;
            break;
        case LOAD:
            *++sp = frame[*pc++];
            break;
        case STORE:
            frame[*pc++] = *sp--;
            break;
        case FETCH:
            *sp = m->memory[*sp];
            break;
        case PUT:
            m->memory[sp[0]] = sp[-1];
            sp -= 2;
            break;
        case ADD:
            BINARY(a + b);
            break;
        case SUB:
            BINARY(a - b);
            break;
        case MUL:
            BINARY(a * b);
            break;
        case DIV:
            BINARY((int32_t)a / (int32_t)(b ? b : 1));
            break;
        case MOD:
            BINARY((int32_t)a % (int32_t)(b ? b : 1));
            break;
        case LESS:
            BINARY((int32_t)a < (int32_t)b);
            break;
        case EQUAL:
            BINARY(a == b);
            break;
        case NOT:
            *sp = !*sp;
            break;
        case JUMP:
            pc = m->code + *pc;
            break;
        case IFZERO:
            pc = *sp-- == 0 ? m->code + *pc : pc + 1;
            break;
        case CALL:
            *top++ = (int32_t)(pc + 1 - m->code);
            *top++ = (int32_t)(frame - m->frames);
            frame = top;
            pc = m->code + *pc;
            break;
        case LOCALS:
            top = frame + *pc++;
            break;
        case RETURN:
            top = frame - 2;
            pc = m->code + top[0];
            frame = m->frames + top[1];
            break;
        case EMIT:
            m->output = m->output * 31 + (uint32_t)*sp--;
            break;
        }
    }
}

static const char fibonacci[] =
    "push 17 call fib emit halt "
    "fib: locals 1 store 0 load 0 push 2 less ifzero big load 0 ret "
    "big: load 0 push 1 sub call fib load 0 push 2 sub call fib add ret";

static const char sieve[] =
    "locals 2 push 2 store 0 "
    "clear: load 0 push 999 less ifzero start push 0 load 0 put load 0 push 1 add store "
    "0 "
    "jump clear start: push 2 store 0 "
    "outer: load 0 push 999 less ifzero done load 0 fetch not ifzero next load 0 emit "
    "load 0 dup add store 1 "
    "inner: load 1 push 999 less ifzero next push 1 load 1 put load 1 load 0 add store 1 "
    "jump inner next: load 0 push 1 add store 0 jump outer done: halt";

static const char collatz[] =
    "locals 3 push 1 store 0 "
    "outer: load 0 push 120 less ifzero done load 0 store 1 push 0 store 2 "
    "inner: load 1 push 1 equal not ifzero next load 1 push 2 mod ifzero even "
    "load 1 push 3 mul push 1 add store 1 jump count even: load 1 push 2 div store 1 "
    "count: load 2 push 1 add store 2 jump inner "
    "next: load 2 emit load 0 push 1 add store 0 jump outer done: halt";

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    static struct machine machines[3];
    assemble(&machines[0], fibonacci);
    assemble(&machines[1], sieve);
    assemble(&machines[2], collatz);
    for (int i = 0; i < scale; i++)
        for (int j = 0; j < 3; j++)
            run(&machines[j]);
    for (int j = 0; j < 3; j++)
        printf("%08x %llu\n", (unsigned)machines[j].output,
               (unsigned long long)machines[j].steps);
    return 0;
}
