/*
 * irtool.c - reads IR text from standard input, runs passes in order, prints what they
 * made of it:
 *
 *     irtool [-q] [-n STATES] PASS[,PASS...]
 *     irtool -e
 *
 * Passes: those of ir.h; `fold` makes every operation anew, `build` the whole region
 * through the builder (ldcpu and stcpu become reads and writes of places), `none`. After
 * each the region is verified, and evaluated on random states: it must leave as it did
 * before, with the same places and the same memory. -q prints nothing else.
 *
 * -e reads expressions, one on a line, and prints each as `expression => what folding
 * makes of it`; what stands behind => on input is dropped. An expression is a variable
 * (a, b, c of i64; i, j, k of i32; p, q of i1; x of i8; h of i16; w of i128; f of f32),
 * a constant (its type follows where it isn't plain), or OP(...), OP:TYPE(...).
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"
#include "ir/ir.h"
#include "ir/text.h"

static _Noreturn void fail(const char *what, const char *detail)
{
    fflush(stdout);
    fprintf(stderr, "irtool: %s: %s\n", what, detail);
    exit(1);
}

/* -- passes of this program */

static void fold(struct ir *ir)
{
    for (ir_block_id b = 0; b < ir->block_count; b++) {
        struct ir_refs old = ir_reopen(ir, b);
        for (uint32_t i = 0; i < old.count; i++) {
            struct ir_node n = *ir_at(ir, old.at[i]);
            ir_ref r;
            for (unsigned j = 0; j < ir_op_args[n.op]; j++)
                ir_at(ir, old.at[i])->arg[j] = ir_forward(ir, n.arg[j]);
            if (ir_op_effects[n.op] != IR_PURE || n.op < IR_ADD) {
                ir_append(ir, old.at[i]);
                continue;
            }
            r = ir_op_aux(ir, (enum ir_op)n.op, (enum ir_type)n.type, n.arg[0], n.arg[1],
                          n.arg[2], n.aux, n.flags);
            ir_at(ir, old.at[i])->op = IR_COPY;
            ir_at(ir, old.at[i])->arg[0] = r;
            ir_at(ir, old.at[i])->arg[1] = ir_at(ir, old.at[i])->arg[2] = 0;
        }
    }
    ir_reclose(ir);
}

struct rebuild {
    const struct ir *from;
    struct ir *to;
    ir_ref *map;
};

static ir_ref mapped(struct rebuild *r, ir_ref v)
{
    const struct ir_node *n = ir_at(r->from, v);

    if (v && n->op == IR_CONST)
        return ir_type_bits[n->type] > 64
                   ? ir_const128(r->to, (uint64_t)n->arg[1] << 32 | n->arg[0], n->aux)
                   : ir_const(r->to, (enum ir_type)n->type, n->aux);
    return r->map[v];
}

static void rebuild_end(struct rebuild *r, const struct ir_node *n, uint32_t snap)
{
    const struct ir_block *b = &r->from->blocks[n->block];

    switch (n->op) {
    case IR_JUMP:
        ir_jump(r->to, b->succ[0]);
        break;
    case IR_BRANCH:
        ir_branch(r->to, mapped(r, n->arg[0]), b->succ[0], b->succ[1], n->flags);
        break;
    case IR_EXIT:
        ir_exit(r->to, snap, n->flags);
        break;
    case IR_EXIT_TO:
        ir_exit_to(r->to, mapped(r, n->arg[0]), snap, n->flags);
        break;
    default:
        ir_exit_interp(r->to, snap);
    }
}

static ir_ref rebuild_node(struct rebuild *r, const struct ir_node *n)
{
    const struct ir_snap *s = &r->from->snaps[n->snap];
    uint32_t snap = n->snap ? ir_snapshot(r->to, s->pc, s->in_slot) : 0;
    enum ir_op op = (enum ir_op)n->op;
    enum ir_type type = (enum ir_type)n->type;
    ir_ref a[3];

    r->to->snaps[snap].ret = s->ret;
    for (unsigned i = 0; i < 3; i++)
        a[i] = mapped(r, n->arg[i]);
    switch (ir_effect(n)) {
    case IR_EFFECT_END:
        rebuild_end(r, n, snap);
        return 0;
    case IR_PURE:
    case IR_FLAGS:
        if (op == IR_GET)
            return ir_get(r->to, r->from->places[n->aux].offset, type);
        return ir_op_aux(r->to, op, type, a[0], a[1], a[2], n->aux, n->flags);
    default:
        if (op == IR_LDCPU)
            return ir_get(r->to, (uint32_t)n->aux, type);
        if (op != IR_STCPU)
            return ir_effectful(r->to, op, type, a[0], a[1], a[2], snap, n->aux,
                                n->flags);
        ir_set(r->to, (uint32_t)n->aux, (enum ir_type)ir_at(r->to, a[0])->type, a[0]);
        return 0;
    }
}

static struct ir *build(struct ir *from)
{
    struct rebuild r = {from, ir_new(from->word_bits), NULL};
    uint32_t *ended = calloc(from->block_count, sizeof *ended);

    r.map = calloc(from->node_count, sizeof *r.map);
    for (ir_block_id b = 1; b < from->block_count; b++)
        ir_block_new(r.to);
    for (ir_block_id b = 0; b < from->block_count; b++) {
        const struct ir_block *block = &from->blocks[b];
        if (b)
            ir_enter(r.to, b);
        if (b && ended[b] == block->pred_count)
            ir_seal(r.to, b);
        for (uint32_t i = 0; i < block->nodes.count; i++)
            r.map[block->nodes.at[i]] = rebuild_node(&r, ir_at(from, block->nodes.at[i]));
        for (unsigned i = 0; i < block->succ_count; i++)
            if (++ended[block->succ[i]] == from->blocks[block->succ[i]].pred_count &&
                block->succ[i] <= b)
                ir_seal(r.to, block->succ[i]);
    }
    ir_finish(r.to);
    free(r.map);
    free(ended);
    return r.to;
}

static const struct pass {
    const char *name;
    void (*run)(struct ir *ir);
} passes[] = {
    {"fold", fold},           {"dominators", ir_dominators},
    {"loops", ir_loops},      {"order", ir_order},
    {"compact", ir_compact},  {"tidy", ir_tidy},
#ifndef IRTOOL_NO_PASSES
    {"gvn", ir_pass_gvn},     {"strength", ir_pass_strength},
    {"licm", ir_pass_licm},   {"induction", ir_pass_induction},
    {"entry", ir_pass_entry}, {"dce", ir_pass_dce},
    {"lower", ir_pass_lower}, {"retype", ir_pass_retype},
    {"pair", ir_pass_pair},   {"peel", ir_pass_peel},
    {"sink", ir_pass_sink},   {"polls", ir_pass_polls},
#endif
};

/* -- evaluation */

enum {
    CPU_BYTES = 1 << 16,
    WINDOW = 1 << 16 /* bytes on each side of address 0; the others fault */
};

static struct cpu *cpus[2];
static uint8_t *memory; /* address 0, with 4 GiB on each side */
static sigjmp_buf faulted;
static struct fp_rules rules;

static uint64_t random_bits(void)
{
    static uint64_t s = 88172645463325252u;

    s ^= s << 13;
    s ^= s >> 7;
    return s ^= s << 17;
}

static uint64_t random_value(void)
{
    static const uint64_t corners[] = {
        0,          1,      2,           0x7f,       0x80,       0xff,      0x7fff,
        0x8000,     0xffff, 0x7fffffff,  0x80000000, 0xffffffff, INT64_MAX, 1ull << 63,
        UINT64_MAX, 31,     0x100000000, 63,         64,         4};

    switch (random_bits() % 4) {
    case 0:
        return corners[random_bits() % (sizeof corners / sizeof *corners)];
    case 1:
        return random_bits();
    default:
        return random_bits() % 0x4000; /* an address */
    }
}

static void on_fault(int number)
{
    (void)number;
    siglongjmp(faulted, 1);
}

static void start(void)
{
    const size_t half = (size_t)4 << 30;
    struct sigaction act = {.sa_handler = on_fault, .sa_flags = SA_NODEFER};

    memory = mmap(NULL, 2 * half + WINDOW, PROT_NONE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        fail("mmap", "8 GiB of address space");
    memory += half;
    if (mprotect(memory - WINDOW, 2 * WINDOW, PROT_READ | PROT_WRITE))
        fail("mprotect", "the window");
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    for (unsigned i = 0; i < 2; i++) {
        cpus[i] = aligned_alloc(64, CPU_BYTES);
        memset(cpus[i], 0, CPU_BYTES);
    }
}

/* What is left of a run. */
struct left {
    int how;
    uint64_t memory; /* a sum */
};

static struct left run(const struct ir *ir, struct cpu *cpu, uint64_t seed)
{
    struct left left;

    for (long i = -WINDOW; i < WINDOW; i += 8) {
        uint64_t v = seed * (uint64_t)(i + 3) * 0x9e3779b97f4a7c15u;
        memcpy(memory + i, &v, 8);
    }
    if (sigsetjmp(faulted, 0)) {
        if (!ir_eval_recover(cpu))
            fail("eval", "a fault that is none of its own");
        left.how = 99;
    } else {
        left.how = (int)ir_eval(ir, cpu);
    }
    left.memory = 0;
    for (long i = -WINDOW; i < WINDOW; i += 8) {
        uint64_t v;
        memcpy(&v, memory + i, 8);
        left.memory = (left.memory ^ v) * 0x100000001b3u;
    }
    return left;
}

static void compare(const struct ir *before, const struct ir *after, const char *pass)
{
    static _Alignas(64) unsigned char start[CPU_BYTES];
    uint64_t seed = random_bits();
    struct left a, b;

    memset(cpus[0], 0, CPU_BYTES);
    for (size_t i = 0; i + 8 <= CPU_BYTES - offsetof(struct cpu, state); i += 8) {
        uint64_t v = random_value();
        memcpy(cpus[0]->state + i, &v, 8);
    }
    for (uint32_t i = 1; i < before->place_count; i++) /* held as 0 or 1 */
        if (before->places[i].type == IR_I1)
            ((uint8_t *)cpus[0])[before->places[i].offset] &= 1;
    cpus[0]->mem = memory;
    cpus[0]->attention = random_bits() & 1;
    fp_init(&cpus[0]->fp, &rules);
    memcpy(cpus[1], cpus[0], CPU_BYTES);
    memcpy(start, cpus[0], CPU_BYTES);
    a = run(before, cpus[0], seed);
    b = run(after, cpus[1], seed);
    /* A pass may add guards at the entry, before anything is done. */
    memcpy(start, cpus[1], offsetof(struct cpu, state));
    if (b.how == IR_LEFT_INTERP && memcmp(start, cpus[1], CPU_BYTES) == 0)
        return;
    if (a.how != b.how || a.memory != b.memory || memcmp(cpus[0], cpus[1], CPU_BYTES)) {
        ir_print(before, stderr);
        ir_print(after, stderr);
        fprintf(stderr, "left %d at %#llx, then %d at %#llx\n", a.how,
                (unsigned long long)cpus[0]->pc, b.how, (unsigned long long)cpus[1]->pc);
        for (size_t i = 0; i < CPU_BYTES; i += 8)
            if (memcmp((char *)cpus[0] + i, (char *)cpus[1] + i, 8))
                fprintf(stderr, "differs at +%zu\n", i);
        fail(pass, "the region computes something else");
    }
}

/* -- expressions */

static const struct {
    char name;
    enum ir_type type;
} variables[] = {{'a', IR_I64}, {'b', IR_I64}, {'c', IR_I64},  {'i', IR_I32},
                 {'j', IR_I32}, {'k', IR_I32}, {'p', IR_I1},   {'q', IR_I1},
                 {'x', IR_I8},  {'h', IR_I16}, {'w', IR_I128}, {'f', IR_F32}};
enum { VARIABLES = sizeof variables / sizeof *variables };

static unsigned find_name(const char **at, const char *const *names, unsigned count)
{
    size_t n = strspn(*at, "abcdefghijklmnopqrstuvwxyz_0123456789");

    for (unsigned i = 0; i < count; i++) {
        if (strlen(names[i]) == n && strncmp(names[i], *at, n) == 0) {
            *at += n;
            return i;
        }
    }
    fail("no such operation or type", *at);
}

static void skip(const char **at)
{
    while (**at == ' ' || **at == ',')
        ++*at;
}

/* A constant; its type is HINT unless it follows. */
static ir_ref parse_const(struct ir *ir, const char **at, enum ir_type hint)
{
    bool minus = **at == '-';
    uint64_t v = strtoull(*at, (char **)(uintptr_t)at, 0);

    if (**at == ':') {
        ++*at;
        hint = (enum ir_type)find_name(at, ir_type_names, IR_TYPE_COUNT);
    }
    if (hint == IR_VOID)
        fail("a constant needs a type before", *at);
    return hint == IR_I128 ? ir_const128(ir, minus ? UINT64_MAX : 0, v)
                           : ir_const(ir, hint, v);
}

static ir_ref parse_expr(struct ir *ir, const char **at)
{
    struct ir_node n = {0}; /* as much of it as ir_text_type looks at */
    const char *consts[3] = {0};
    enum ir_type first = IR_VOID;
    ir_ref arg[3] = {0};

    for (unsigned i = 0; i < VARIABLES; i++) {
        if (**at == variables[i].name &&
            strspn(*at, "abcdefghijklmnopqrstuvwxyz_") == 1) {
            ++*at;
            return ir_get(ir, 2048 + 16 * i, variables[i].type);
        }
    }
    n.op = (uint8_t)find_name(at, ir_op_names, IR_OP_COUNT);
    if (**at == ':') {
        ++*at;
        n.type = (uint8_t)find_name(at, ir_type_names, IR_TYPE_COUNT);
    }
    if (*(*at)++ != '(')
        fail("no ( before", *at - 1);
    for (unsigned i = 0; i < ir_op_args[n.op]; i++) {
        skip(at);
        if (strchr("-0123456789", **at)) {
            consts[i] = *at;
            *at += strcspn(*at, ",)");
            continue;
        }
        arg[i] = parse_expr(ir, at);
        if (first == IR_VOID)
            first = (enum ir_type)ir_at(ir, arg[i])->type;
    }
    if (n.op == IR_SELECT) /* the condition says nothing */
        first = (enum ir_type)ir_at(ir, arg[1] ? arg[1] : arg[2])->type;
    if (!n.type && first)
        n.type = first;
    for (unsigned i = 0; i < 3; i++) {
        if (!consts[i])
            continue;
        arg[i] = parse_const(ir, &consts[i], ir_text_type(ir, &n, i, first));
        if (first == IR_VOID) {
            first = (enum ir_type)ir_at(ir, arg[i])->type;
            n.type = n.type ? n.type : (uint8_t)first;
        }
    }
    skip(at);
    if (*(*at)++ != ')')
        fail("no ) before", *at - 1);
    return ir_op(ir, (enum ir_op)n.op,
                 ir_op_results[n.op] == IR_RESULT_GIVEN ? (enum ir_type)n.type : IR_VOID,
                 arg[0], arg[1], arg[2]);
}

static void print_expr(const struct ir *ir, ir_ref r, enum ir_type hint)
{
    const struct ir_node *n = ir_at(ir, r);
    enum ir_type first = IR_VOID;

    if (n->op == IR_CONST) {
        unsigned spare = 64 - ir_type_bits[n->type];
        if (n->type == IR_I128 && (n->arg[0] || n->arg[1]))
            printf("0x%x%08x%016llx", n->arg[1], n->arg[0], (unsigned long long)n->aux);
        else if (n->type >= IR_I32 && n->type <= IR_I64 &&
                 llabs((int64_t)(n->aux << spare) >> spare) < 4096)
            printf("%lld", (long long)((int64_t)(n->aux << spare) >> spare));
        else
            printf(n->aux < 4096 ? "%llu" : "%#llx", (unsigned long long)n->aux);
        if (n->type != hint)
            printf(":%s", ir_type_names[n->type]);
        return;
    }
    if (n->op == IR_GET) {
        printf("%c", variables[(ir->places[n->aux].offset - 2048) / 16].name);
        return;
    }
    fputs(ir_op_names[n->op], stdout);
    if (n->flags & IR_IN_RANGE && !ir_is_const(ir, n->arg[1]))
        fputs(".in_range", stdout);
    if (ir_op_results[n->op] == IR_RESULT_GIVEN && n->op != IR_SELECT)
        printf(":%s", ir_type_names[n->type]);
    for (unsigned i = ir_op_args[n->op]; i-- > 0;)
        if (!ir_is_const(ir, n->arg[i]))
            first = (enum ir_type)ir_at(ir, n->arg[i])->type;
    for (unsigned i = 0; i < ir_op_args[n->op]; i++) {
        fputs(i ? ", " : "(", stdout);
        print_expr(ir, n->arg[i], ir_text_type(ir, n, i, first));
    }
    putchar(')');
}

static void fold_lines(char *text)
{
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *end = strstr(line, " =>");
        struct ir *ir = ir_new(64);
        const char *at = line;
        if (end)
            *end = 0;
        if (*line == '#') {
            puts(line);
        } else {
            ir_ref r = parse_expr(ir, &at);
            if (*at)
                fail("too much", at);
            printf("%s => ", line);
            print_expr(ir, r, IR_VOID);
            putchar('\n');
        }
        ir_free(ir);
    }
}

/* -- the program */

static char *read_all(void)
{
    size_t size = 0, room = 1 << 16;
    char *text = malloc(room);

    for (;;) {
        size += fread(text + size, 1, room - size - 1, stdin);
        if (size < room - 1)
            break;
        text = realloc(text, room *= 2);
    }
    text[size] = 0;
    return text;
}

/* IR is what its text says. */
static void check_text(const struct ir *ir)
{
    char *text[2], error[256];
    size_t size[2];
    struct ir *again = NULL;

    for (unsigned i = 0; i < 2; i++) {
        FILE *to = open_memstream(&text[i], &size[i]);
        ir_print(i ? again : ir, to);
        fclose(to);
        if (!i)
            again = ir_parse(text[0], error);
        if (!again)
            fail("parse what was printed", error);
    }
    if (strcmp(text[0], text[1]) != 0) {
        fprintf(stderr, "%s%s", text[0], text[1]);
        fail("print", "what was read from it prints otherwise");
    }
    ir_free(again);
    free(text[0]);
    free(text[1]);
}

static struct ir *run_pass(struct ir *ir, const char *name)
{
    if (strcmp(name, "none") == 0)
        return ir;
    if (strcmp(name, "build") == 0)
        return build(ir);
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
        if (strcmp(passes[i].name, name) == 0) {
            passes[i].run(ir);
            ir_compact(ir);
            return ir;
        }
    }
    fail("no such pass", name);
}

int main(int argc, char **argv)
{
    unsigned states = 50;
    bool quiet = false;
    char error[256], *text;
    struct ir *ir, *first;
    int arg = 1;

    for (; arg < argc && argv[arg][0] == '-'; arg++) {
        if (strcmp(argv[arg], "-q") == 0)
            quiet = true;
        else if (strcmp(argv[arg], "-n") == 0 && arg + 1 < argc)
            states = (unsigned)atoi(argv[++arg]);
    }
    if (argc == 2 && strcmp(argv[1], "-e") == 0) {
        fold_lines(text = read_all());
        free(text);
        return 0;
    }
    if (arg + 1 != argc)
        fail("usage", "irtool [-q] [-n STATES] PASS[,PASS...]");
    text = read_all();
    ir = ir_parse(text, error);
    first = ir_parse(text, error);
    if (!ir || !first)
        fail("parse", error);
    ir_verify(ir, "the input");
    start();
    alarm(60); /* a region that never ends */
    for (char *name = strtok(argv[arg], ","); name; name = strtok(NULL, ",")) {
        struct ir *made = run_pass(ir, name);
        ir_verify(made, name);
        for (unsigned i = 0; i < states; i++)
            compare(first, made, name);
        if (made != ir)
            ir_free(ir);
        ir = made;
    }
    check_text(ir);
    if (!quiet)
        ir_print(ir, stdout);
    ir_free(ir);
    ir_free(first);
    free(text);
    return 0;
}
