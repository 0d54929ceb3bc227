/*
 * hostcode.c - the x86-64 back end against the evaluator: random regions of all
 * operations, with faults, at several levels; and what its code must look like.
 *
 * ISO_LONG=1 runs more regions; ISO_SEED=n begins at region n and, with ISO_SHOW=1,
 * prints it.
 */
#include "host/host.h"
#include "hostcode.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <ucontext.h>

#include <cmocka.h>

/* -- running --------------------------------------------------------------------------*/

enum left { LEFT_EXIT, LEFT_INTERP, LEFT_POLL, LEFT_FAULT };

static struct {
    uint8_t *code;             /* room for code, executable */
    uint8_t *reserved;         /* for a 32-bit guest */
    uint8_t *memory;           /* its part that is mapped */
    struct host_code *running; /* host code, or NULL: the evaluator */
    struct cpu *cpu;
    sigjmp_buf back;
    uint8_t before[MEMORY_BYTES], after[MEMORY_BYTES];
} t;

enum { CODE_BYTES = 1 << 20, GUARD = 1 << 16 };

static void on_fault(int signal, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    uint64_t at = (uint64_t)u->uc_mcontext.gregs[REG_RIP] - (uint64_t)(uintptr_t)t.code;

    (void)signal, (void)info;
    fp_interrupted(&t.cpu->fp, u->uc_mcontext.fpregs->mxcsr);
    if (!t.running) {
        if (!ir_eval_recover(t.cpu))
            abort();
        siglongjmp(t.back, 1);
    }
    for (uint32_t i = 0; i < t.running->fault_count; i++) {
        if (t.running->faults[i].code != at)
            continue;
        host_recover(t.cpu, &t.running->faults[i], t.running->recipes, context);
        siglongjmp(t.back, 1);
    }
    abort();
}

/* In each test, because cmocka takes these signals before it. */
static void catch_faults(void)
{
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO | SA_NODEFER};

    sigaction(SIGSEGV, &action, NULL);
}

static int set_up(void **state)
{
    size_t all = (UINT64_C(1) << 32) + 2 * GUARD;

    (void)state;
    host_init(0);
    t.code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    t.reserved = mmap((void *)(UINT64_C(1) << 44), all, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(t.code != MAP_FAILED && t.reserved != MAP_FAILED);
    t.reserved += GUARD;
    t.memory = t.reserved + MEMORY;
    assert_int_equal(mprotect(t.memory, MEMORY_BYTES, PROT_READ | PROT_WRITE), 0);
    return 0;
}

static const struct fp_rules rules = {
    .nan = FP_NAN_FIRST,
    .quiet_bit = 1,
    .default32 = 0x7fc00000,
    .default64 = UINT64_C(0x7ff8000000000000),
    .fma_order = {2, 0, 1},
    .minmax = FP_MINMAX_NUMBER,
    .to_int = FP_TO_INT_SATURATE_NAN_MAX,
};

static struct cpu *new_cpu(void)
{
    struct cpu *cpu = aligned_alloc(64, STATE + STATE_BYTES);

    memset(cpu, 0, STATE + STATE_BYTES);
    fp_init(&cpu->fp, &rules);
    host_cpu_init(cpu, 1);
    return cpu;
}

/* Memory, half of it zeros; the same for 16 regions. */
static void fill_memory(uint64_t seed)
{
    static uint64_t filled = UINT64_MAX;

    if (seed / 16 == filled)
        return;
    filled = seed / 16;
    gen_seed(filled);
    for (unsigned i = 0; i < MEMORY_BYTES; i += 8) {
        uint64_t v = gen_random(2) ? gen_random64() : 0;
        memcpy(t.before + i, &v, 8);
    }
}

static void randomize(struct cpu *cpu)
{
    for (unsigned f = 0; f < GEN_FILES; f++)
        for (unsigned i = 0; i < gen_files[f].count; i++) {
            uint64_t v[2] = {gen_value(gen_files[f].type), gen_value(IR_I64)};

            memcpy((char *)cpu + STATE + gen_files[f].at + i * gen_files[f].bytes, v,
                   gen_files[f].bytes);
        }
    cpu->attention = gen_random(4) == 0;
    fp_round_set(&cpu->fp, (enum fp_round)gen_random(4));
}

static void copy_state(struct cpu *to, const struct cpu *from)
{
    memcpy((char *)to + STATE, (const char *)from + STATE, STATE_BYTES);
    to->attention = from->attention;
    fp_round_set(&to->fp, (enum fp_round)from->fp.round);
    fp_flags_set(&to->fp, 0);
    to->reservation = (struct reservation){0};
}

/* Run IR, or CODE if not NULL, on CPU with memory as before. */
static enum left run(const struct ir *ir, struct host_code *code, struct cpu *cpu)
{
    volatile enum left left = LEFT_FAULT;
    uint8_t *hole = t.memory + HOLE;

    mprotect(hole, 0x1000, PROT_READ | PROT_WRITE);
    memcpy(t.memory, t.before, MEMORY_BYTES);
    mprotect(hole, 0x1000, PROT_NONE);
    t.running = code;
    t.cpu = cpu;
    cpu->pc = 0;
    fp_enter(&cpu->fp);
    if (sigsetjmp(t.back, 0) == 0) {
        if (code) {
            enum host_exit_kind kind = host_enter(cpu, t.code + code->entry);
            left = kind == HOST_EXIT_INTERP ? LEFT_INTERP
                   : kind == HOST_EXIT_POLL ? LEFT_POLL
                                            : LEFT_EXIT;
        } else {
            left = (enum left)ir_eval(ir, cpu);
        }
        fp_leave(&cpu->fp);
    }
    mprotect(hole, 0x1000, PROT_READ | PROT_WRITE);
    return left;
}

static void show(const struct ir *ir, const struct host_code *code)
{
    ir_dump(ir, stderr);
    if (code)
        host_disas(code, stderr);
}

/* What differs between the evaluator's CPU and the host code's, or NULL. */
static const char *difference(struct cpu *a, struct cpu *b, enum left x, enum left y)
{
    static char text[128];

    if (x == LEFT_EXIT && y == LEFT_POLL && b->attention)
        y = x; /* a jump to a computed address looks, too */
    if (x != y)
        return sprintf(text, "left by %d, not %d", y, x), text;
    if (a->pc != b->pc)
        return sprintf(text, "pc %llx, not %llx", (long long)b->pc, (long long)a->pc),
               text;
    for (unsigned i = 0; i < STATE_BYTES; i++)
        if (a->state[i] != b->state[i])
            return sprintf(text, "state byte %u (%u): %02x, not %02x", STATE + i, i,
                           b->state[i], a->state[i]),
                   text;
    if (a->reservation.bytes != b->reservation.bytes ||
        a->reservation.address != b->reservation.address ||
        a->reservation.value != b->reservation.value)
        return "reservation";
    if (fp_flags_get(&a->fp) != fp_flags_get(&b->fp))
        return sprintf(text, "flags %x, not %x", fp_flags_get(&b->fp),
                       fp_flags_get(&a->fp)),
               text;
    return memcmp(t.after, t.memory, MEMORY_BYTES) ? "memory" : NULL;
}

static unsigned counts[4], refused;
static uint64_t region_now;

/* A check failed: by which region. */
static void on_abort(int signal)
{
    (void)signal;
    fprintf(stderr, "# in region %llu\n", (unsigned long long)region_now);
}

/* The passes of a region, as engine/translate.c runs them. */
static void run_passes(struct ir *ir)
{
    static void (*const passes[])(struct ir *) = {ir_pass_gvn,   ir_pass_strength,
                                                  ir_pass_gvn,   ir_pass_licm,
                                                  ir_pass_lower, ir_pass_dce};

    for (unsigned i = 0; i < sizeof passes / sizeof *passes; i++) {
        passes[i](ir);
        ir_verify(ir, "a pass");
    }
    ir_compact(ir);
    ir_verify(ir, "compact");
}

/* The region of SEED: the same each time. */
static struct ir *region_of(uint64_t seed, struct host_options *options)
{
    gen_seed(seed * 0x9e3779b97f4a7c15u + 1);
    gen_random(2);
    options->window = gen_random(2);
    options->level = 1 + gen_random(host_level() < 3 ? host_level() : 3);
    options->alone = seed / 2 % 2;
    return gen_region(options->window,
                      options->window ? MEMORY : (uint64_t)(uintptr_t)t.memory);
}

/* One random region, compiled for LEVEL, on a few states. */
static void try_region(uint64_t seed)
{
    struct host_options options = {.poll = true, .jump_shift = 1, .verify = true};
    struct host_code code;
    struct cpu *a = new_cpu(), *b = new_cpu();
    struct ir *ir, *passed;
    bool compiled, shown = getenv("ISO_SHOW") != NULL;

    region_now = seed;
    alarm(60); /* code that never ends must not hold up the tests */

    fill_memory(seed);
    ir = region_of(seed, &options);
    ir_verify(ir, "generated");
    a->mem = b->mem = options.window ? t.reserved : NULL;
    if (shown)
        show(ir, NULL);
    passed = region_of(seed, &options);
    if (seed % 2)
        run_passes(passed);
    compiled = host_compile(passed, &options, &code);
    if (shown && compiled)
        show(passed, &code);
    refused += !compiled;
    if (compiled) {
        assert_true(code.size <= CODE_BYTES);
        memcpy(t.code, code.bytes, code.size);
        for (unsigned i = 0; i < 4; i++) {
            enum left x, y;
            const char *what;
            randomize(a);
            copy_state(b, a);
            copy_state(a, a);
            x = run(ir, NULL, a);
            memcpy(t.after, t.memory, MEMORY_BYTES);
            y = run(ir, &code, b);
            what = difference(a, b, x, y);
            if (what) {
                if (!shown)
                    show(passed, &code);
                fail_msg("region %llu, level %u, run %u, left by %u at %llx: %s",
                         (unsigned long long)seed, options.level, i, x,
                         (unsigned long long)a->pc, what);
            }
            counts[x]++;
        }
        host_code_free(&code);
    }
    ir_free(ir);
    ir_free(passed);
    host_cpu_free(a);
    host_cpu_free(b);
    free(a);
    free(b);
}

/* Region 0 and those that follow, or as the environment says. */
static uint64_t first_region(uint64_t *count, time_t *until)
{
    const char *seed = getenv("ISO_SEED"), *many = getenv("ISO_LONG");
    const char *seconds = getenv("ISO_SECONDS");

    *count = getenv("ISO_SHOW") ? 1 : many && *many == '1' ? 1000000 : 4000;
    *until = 0;
    if (seconds) {
        *count = UINT64_MAX;
        *until = time(NULL) + atoi(seconds);
    }
    return seed ? strtoull(seed, NULL, 0) : seconds ? (uint64_t)time(NULL) << 24 : 0;
}

static void random_regions(void **state)
{
    uint64_t count, i;
    time_t until;
    uint64_t first = first_region(&count, &until);

    (void)state;
    catch_faults();
    signal(SIGABRT, on_abort);
    for (i = 0; i < count && (i % 256 || until == 0 || time(NULL) < until); i++)
        try_region(first + i);
    alarm(0);
    print_message("# regions %llu: exits %u, interpreter %u, polls %u, faults %u\n",
                  (unsigned long long)i, counts[0], counts[1], counts[2], counts[3]);
    assert_int_equal(refused, 0);
    if (i >= 4000)
        for (unsigned k = 0; k < 4; k++)
            assert_true(counts[k] > 200);
}

/* -- small regions --------------------------------------------------------------------*/

enum { PLACE = STATE, OTHER = STATE + 8, PC = 0x4000 };

static struct ir *begin(bool window)
{
    struct ir *ir = ir_new(window ? 32 : 64);
    ir_block_id first = ir_block_new(ir);

    ir_jump(ir, first);
    ir_seal(ir, first);
    ir_enter(ir, first);
    ir->blocks[first].pc = PC;
    return ir;
}

/* Compile IR, which ends here, and free it; the code starts at OFFSET of the room. */
static struct host_code compile_at(struct ir *ir, struct host_options options,
                                   size_t offset)
{
    struct host_code code;

    options.verify = true;
    options.jump_shift = 1;
    if (options.level == 0)
        options.level = host_level();
    ir_finish(ir);
    ir_verify(ir, "small");
    assert_true(host_compile(ir, &options, &code));
    ir_free(ir);
    memcpy(t.code + offset, code.bytes, code.size);
    return code;
}

static ir_ref place64(struct ir *ir)
{
    return ir_get(ir, PLACE, IR_I64);
}

static uint32_t at(struct ir *ir, uint64_t pc)
{
    return ir_snapshot(ir, pc, false);
}

static ir_ref load64(struct ir *ir, ir_ref address)
{
    return ir_effectful(ir, IR_LOAD, IR_I64, address, 0, 0, at(ir, PC), 0, 0);
}

static void free_cpu(struct cpu *cpu)
{
    host_cpu_free(cpu);
    free(cpu);
}

static void computed_jump_finds_code(void **state)
{
    struct host_options options = {.poll = true};
    struct cpu *cpu = new_cpu();
    struct ir *ir = begin(false);
    struct host_code from, to;

    (void)state;
    ir_exit_to(ir, place64(ir), at(ir, PC), 0);
    from = compile_at(ir, options, 0);
    ir = begin(false);
    ir_set(ir, OTHER, IR_I64, ir_const(ir, IR_I64, 77));
    ir_exit(ir, at(ir, PC + 8), 0);
    to = compile_at(ir, options, 0x10000);
    memcpy(cpu->state, &(uint64_t){0x5678}, 8);
    assert_int_equal(host_enter(cpu, t.code), HOST_EXIT_INDIRECT);
    assert_int_equal(cpu->pc, 0x5678);
    cpu->host.jumps[host_jump_slot(0x5678, 1)] =
        (struct host_jump){0x5678, t.code + 0x10000};
    assert_int_equal(host_enter(cpu, t.code), HOST_EXIT_LINK);
    assert_int_equal(cpu->pc, PC + 8);
    assert_int_equal(cpu->state[8], 77);
    host_code_free(&from);
    host_code_free(&to);
    free_cpu(cpu);
}

/* Code at OFFSET that calls what stands at 0x10000 and is to come back to PC. */
static void compile_call(size_t offset, uint64_t pc)
{
    struct ir *ir = begin(false);
    struct host_code code;
    uint32_t snap = at(ir, PC + 0x100);
    uint8_t *site;

    ir->snaps[snap].ret = pc;
    ir_exit(ir, snap, IR_IS_CALL);
    code = compile_at(ir, (struct host_options){.poll = true, .returns = true}, offset);
    assert_int_equal(code.exit_count, 2);
    assert_int_equal(code.exits[1].pc, pc);
    site = t.code + offset + code.exits[0].jump;
    host_patch(site, site, t.code + 0x10000);
    host_code_free(&code);
}

/* A return to TO from the call at OFFSET; its kind of exit, and how many entries the
 * return stack has then. */
static enum host_exit_kind call_and_return(struct cpu *cpu, size_t offset, uint64_t to,
                                           ptrdiff_t *entries)
{
    enum host_exit_kind kind;

    memcpy(cpu->state, &to, 8);
    kind = host_enter(cpu, t.code + offset);
    assert_int_equal(cpu->pc, to);
    *entries = cpu->host.returns_end - cpu->host.returns;
    return kind;
}

static void returns_find_their_calls(void **state)
{
    struct cpu *cpu = new_cpu();
    struct ir *ir = begin(false);
    struct host_code callee;
    ptrdiff_t n;

    (void)state;
    ir_exit_to(ir, place64(ir), at(ir, PC), IR_IS_RETURN);
    callee =
        compile_at(ir, (struct host_options){.poll = true, .returns = true}, 0x10000);
    compile_call(0, PC + 4);
    compile_call(0x8000, PC + 8);
    assert_int_equal(call_and_return(cpu, 0, PC + 4, &n), HOST_EXIT_LINK);
    assert_int_equal(n, 0);
    /* Elsewhere: the entry stays, until the return that it is for. */
    assert_int_equal(call_and_return(cpu, 0, 0x5678, &n), HOST_EXIT_INDIRECT);
    assert_int_equal(n, 1);
    assert_int_equal(call_and_return(cpu, 0x8000, PC + 8, &n), HOST_EXIT_LINK);
    assert_int_equal(n, 1);
    assert_int_equal(call_and_return(cpu, 0x8000, PC + 4, &n), HOST_EXIT_LINK);
    assert_int_equal(n, 0);
    /* A return that the interpreter did. */
    assert_int_equal(call_and_return(cpu, 0, 0x5678, &n), HOST_EXIT_INDIRECT);
    cpu->pc = PC + 8;
    host_returns_pop(cpu);
    assert_int_equal(cpu->host.returns_end - cpu->host.returns, 1);
    cpu->pc = PC + 4;
    host_returns_pop(cpu);
    assert_int_equal(cpu->host.returns_end - cpu->host.returns, 0);
    /* Never below the bottom, and not by what was cleared. */
    assert_int_equal(call_and_return(cpu, 0, 0x5678, &n), HOST_EXIT_INDIRECT);
    host_returns_clear(cpu);
    memcpy(cpu->state, &(uint64_t){PC + 4}, 8);
    assert_int_equal(host_enter(cpu, t.code + 0x10000), HOST_EXIT_INDIRECT);
    assert_int_equal(cpu->pc, PC + 4);
    host_code_free(&callee);
    free_cpu(cpu);
}

static void counter_ends_entries(void **state)
{
    uint32_t counter = 2;
    struct host_options options = {.count = true, .counter = &counter};
    struct cpu *cpu = new_cpu();
    struct ir *ir = begin(false);
    struct host_code code;

    (void)state;
    ir_exit(ir, at(ir, PC + 8), 0);
    code = compile_at(ir, options, 0);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(host_enter(cpu, t.code), HOST_EXIT_LINK);
        assert_int_equal(cpu->pc, PC + 8);
    }
    assert_int_equal(host_enter(cpu, t.code), HOST_EXIT_INDIRECT);
    assert_int_equal(cpu->pc, PC);
    host_code_free(&code);
    free_cpu(cpu);
}

/* A sum that wraps lands beside the 4 GiB, and the interpreter does it. */
static void wrapped_address_faults(void **state)
{
    struct host_options options = {.window = true};
    struct cpu *cpu = new_cpu();
    struct ir *ir = begin(true);
    ir_ref a = ir_2(ir, IR_ADD, ir_get(ir, PLACE, IR_I32), ir_const(ir, IR_I32, 0x7000));
    struct host_code code;
    uint32_t value = 0xfffff000;

    (void)state;
    catch_faults();
    ir_set(ir, OTHER, IR_I64, ir_const(ir, IR_I64, 5));
    ir_set(ir, OTHER + 8, IR_I32,
           ir_effectful(ir, IR_LOAD, IR_I32, a, 0, 0, at(ir, PC + 4), 0, 0));
    ir_exit(ir, at(ir, PC + 8), 0);
    code = compile_at(ir, options, 0);
    memcpy(cpu->state, &value, 4);
    cpu->mem = t.reserved;
    assert_int_equal(run(NULL, &code, cpu), LEFT_FAULT);
    assert_int_equal(cpu->pc, PC + 4);
    assert_int_equal(cpu->state[8], 5);
    host_code_free(&code);
    free_cpu(cpu);
}

/* Load 32 bits at OFFSET from what place64 holds, VALUE. */
static uint32_t load_at(uint32_t value, uint32_t offset)
{
    struct host_options options = {.window = true};
    struct cpu *cpu = new_cpu();
    struct ir *ir = begin(true);
    ir_ref a = ir_2(ir, IR_ADD, ir_get(ir, PLACE, IR_I32), ir_const(ir, IR_I32, offset));
    struct host_code code;
    uint32_t found;

    ir_set(ir, OTHER, IR_I32,
           ir_effectful(ir, IR_LOAD, IR_I32, a, 0, 0, at(ir, PC + 4), 0, 0));
    ir_exit(ir, at(ir, PC + 8), 0);
    code = compile_at(ir, options, 0);
    memcpy(cpu->state, &value, 4);
    cpu->mem = t.reserved;
    assert_int_equal(host_enter(cpu, t.code), HOST_EXIT_LINK);
    memcpy(&found, cpu->state + 8, 4);
    host_code_free(&code);
    free_cpu(cpu);
    return found;
}

/* Sums that wrap by more than the guard pages must be right at once. */
static void far_address_wraps(void **state)
{
    uint8_t *high = t.reserved + 0xfffe0000;

    (void)state;
    memcpy(t.memory + 16, &(uint32_t){12345}, 4);
    assert_int_equal(load_at(0xffff0010, 0x20000), 12345);
    assert_int_equal(mprotect(high, 4096, PROT_READ | PROT_WRITE), 0);
    memcpy(high + 16, &(uint32_t){54321}, 4);
    assert_int_equal(load_at(16, -0x20000u), 54321);
    mprotect(high, 4096, PROT_NONE);
}

/* -- small regions against the evaluator ----------------------------------------------*/

/* Run IR, which ends here, both ways on places that hold X and Y; left by LEFT. */
static void agrees(struct ir *ir, uint64_t x, uint64_t y, enum left left)
{
    struct host_options options = {.level = 1, .verify = true, .jump_shift = 1};
    struct cpu *a = new_cpu(), *b = new_cpu();
    const char *what;

    memcpy(a->state, &x, 8);
    memcpy(a->state + 8, &y, 8);
    ir_finish(ir);
    for (; options.level <= host_level() && options.level <= 3; options.level++) {
        struct cpu *start = new_cpu();
        struct host_code code;
        enum left by;

        copy_state(start, a);
        copy_state(b, a);
        assert_true(host_compile(ir, &options, &code));
        memcpy(t.code, code.bytes, code.size);
        assert_int_equal(run(ir, NULL, start), left);
        memcpy(t.after, t.memory, MEMORY_BYTES);
        by = run(ir, &code, b);
        what = difference(start, b, left, by);
        if (what) {
            show(ir, &code);
            fail_msg("level %u, %llx and %llx: %s", options.level, (unsigned long long)x,
                     (unsigned long long)y, what);
        }
        host_code_free(&code);
        free_cpu(start);
    }
    ir_free(ir);
    free_cpu(a);
    free_cpu(b);
}

static void minimum_of_zeros(void **state)
{
    static const uint64_t zeros[] = {0, UINT64_C(1) << 63};

    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        struct ir *ir = begin(false);
        ir_ref x = ir_get(ir, PLACE, IR_F64), y = ir_get(ir, OTHER, IR_F64);

        ir_set(ir, PLACE, IR_F64, ir_2(ir, i & 4 ? IR_FMIN : IR_FMAX, x, y));
        ir_exit(ir, at(ir, PC), 0);
        agrees(ir, zeros[i & 1], zeros[i >> 1 & 1], LEFT_EXIT);
    }
}

/* A comparison raises Invalid; then comes a fault; then a branch by the comparison. */
static void flags_stand_at_a_fault(void **state)
{
    struct ir *ir = begin(false);
    ir_block_id yes = ir_block_new(ir), no = ir_block_new(ir);
    ir_ref c;

    (void)state;
    catch_faults();
    c = ir_2(ir, IR_FLT_S, ir_get(ir, PLACE, IR_F64), ir_get(ir, OTHER, IR_F64));
    load64(ir, ir_const(ir, IR_I64, (uint64_t)(uintptr_t)(t.memory + HOLE)));
    ir_branch(ir, c, yes, no, 0);
    for (unsigned i = 0; i < 2; i++) {
        ir_seal(ir, i ? yes : no);
        ir_enter(ir, i ? yes : no);
        ir_exit(ir, at(ir, PC + 4 + 4 * i), 0);
    }
    agrees(ir, UINT64_C(0x7ff8000000000000), 0, LEFT_FAULT);
}

/* The builder folds constant counts, but a pass might find one. */
static void large_constant_counts(void **state)
{
    static const uint8_t ops[] = {IR_SHL, IR_SHR, IR_SAR, IR_ROTL, IR_ROTR};

    (void)state;
    for (unsigned i = 0; i < sizeof ops; i++)
        for (uint64_t by = 62; by <= 130; by += 17) {
            struct ir *ir = begin(false);
            ir_ref r = ir_node_new(ir, ops[i], IR_I64, place64(ir),
                                   ir_const(ir, IR_I64, by), 0, 0, 0);

            ir_append(ir, r);
            ir_set(ir, PLACE, IR_I64, r);
            ir_exit(ir, at(ir, PC), 0);
            agrees(ir, UINT64_C(0xbedcba9876543210), 0, LEFT_EXIT);
        }
}

/* A home of one byte whose value is extended on the way to an exit: no more than that
 * byte is read. The builder folds such pairs, but trivial PHIs may leave them. */
static void extended_homes(void **state)
{
    static const struct {
        enum ir_op op;
        enum ir_type wide, to;
    } second[] = {{IR_SEXT, IR_I16, IR_I32},    {IR_TRUNC, IR_I32, IR_I16},
                  {IR_BITCAST, IR_I32, IR_F32}, {IR_BITCAST, IR_I64, IR_F64},
                  {IR_NEG, IR_I32, IR_I32},     {IR_SEXT, IR_I32, IR_I64}};

    (void)state;
    for (unsigned i = 0; i < sizeof second / sizeof *second; i++) {
        struct ir *ir = begin(false);
        ir_ref v = ir_get(ir, PLACE, IR_I8);

        v = ir_node_new(ir, IR_ZEXT, second[i].wide, v, 0, 0, 0, 0);
        ir_append(ir, v);
        v = ir_node_new(ir, second[i].op, second[i].to, v, 0, 0, 0, 0);
        ir_append(ir, v);
        ir_set(ir, OTHER, second[i].to, v);
        ir_exit(ir, at(ir, PC), 0);
        agrees(ir, UINT64_C(0xfedcba9876543281), 0, LEFT_EXIT);
    }
}

/* -- what code looks like -------------------------------------------------------------*/

/* The code of IR as text; NULL if there is no disassembler. */
static char *text_at(struct ir *ir, bool window, unsigned level)
{
    struct host_options options = {.window = window, .level = level};
    struct host_code code = compile_at(ir, options, 0);
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    host_disas(&code, to);
    fclose(to);
    host_code_free(&code);
    if (strstr(text, "mov"))
        return text;
    free(text);
    skip();
    return NULL;
}

static char *text_of(struct ir *ir, bool window)
{
    return text_at(ir, window, 1);
}

static void holds(const char *text, const char *what)
{
    if (!strstr(text, what))
        fail_msg("no \"%s\" in\n%s", what, text);
}

static void lacks(const char *text, const char *what)
{
    if (strstr(text, what))
        fail_msg("\"%s\" in\n%s", what, text);
}

static void sum_is_an_address(void **state)
{
    struct ir *ir = begin(false);
    ir_ref base = load64(ir, place64(ir)), index = load64(ir, base), a;
    char *text;

    (void)state;
    a = ir_op_aux(ir, IR_SHL, IR_VOID, index, ir_const(ir, IR_I32, 3), 0, 0, IR_IN_RANGE);
    a = ir_2(ir, IR_ADD, ir_2(ir, IR_ADD, base, a), ir_const(ir, IR_I64, 0x28));
    ir_set(ir, PLACE, IR_I64, load64(ir, a));
    ir_exit(ir, at(ir, PC + 4), 0);
    text = text_of(ir, false);
    holds(text, "*8 + 0x28]");
    lacks(text, "shl");
    lacks(text, "add");
    free(text);
}

static void window_displaces(void **state)
{
    struct ir *ir = begin(true);
    ir_ref a = ir_2(ir, IR_ADD, ir_get(ir, PLACE, IR_I32), ir_const(ir, IR_I32, -8u));
    char *text;

    (void)state;
    ir_set(ir, PLACE, IR_I32,
           ir_effectful(ir, IR_LOAD, IR_I32, a, 0, 0, at(ir, PC), 0, 0));
    ir_exit(ir, at(ir, PC + 4), 0);
    text = text_of(ir, true);
    holds(text, "[r14 + ");
    holds(text, " - 8]");
    lacks(text, "lea");
    free(text);
}

static void comparison_is_a_branch(void **state)
{
    struct ir *ir = begin(false);
    ir_block_id yes = ir_block_new(ir), no = ir_block_new(ir);
    char *text;

    (void)state;
    ir_branch(ir, ir_2(ir, IR_LT_S, place64(ir), ir_get(ir, OTHER, IR_I64)), yes, no, 0);
    for (unsigned i = 0; i < 2; i++) {
        ir_seal(ir, i ? yes : no);
        ir_enter(ir, i ? yes : no);
        ir_exit(ir, at(ir, PC + 4 * i), 0);
    }
    text = text_of(ir, false);
    holds(text, "cmp");
    lacks(text, "set");
    lacks(text, "test");
    free(text);
}

/* The 32-bit sum of a 64-bit guest, zero-extended: nothing but the sum. */
static void word_sum_is_short(void **state)
{
    struct ir *ir = begin(false);
    ir_ref address = place64(ir), x = load64(ir, address), y = load64(ir, x), sum;
    char *text, *add, *store;

    (void)state;
    sum = ir_2(ir, IR_ADD, ir_to(ir, IR_I32, x), ir_to(ir, IR_I32, y));
    ir_effectful(ir, IR_STORE, IR_VOID, address, ir_to(ir, IR_I64, sum), 0,
                 at(ir, PC + 4), 0, 0);
    ir_exit(ir, at(ir, PC + 8), 0);
    text = text_of(ir, false);
    add = strstr(text, "add ");
    assert_non_null(add);
    store = strstr(add, "mov");
    assert_non_null(store);
    assert_true(strstr(store, "may fault") < strchr(store, '\n'));
    free(text);
}

/* A sum of bits with one operand inverted, and a rotation, take one instruction each;
 * what an operation leaves in the flags isn't tested again. */
static void three_operands(void **state)
{
    struct ir *ir = begin(false);
    ir_ref address = place64(ir), x = load64(ir, address), y = load64(ir, x), bits,
           turned;
    ir_block_id yes = ir_block_new(ir), no = ir_block_new(ir);
    char *text;

    (void)state;
    turned = ir_2(ir, IR_ROTL, x, ir_const(ir, IR_I8, 13));
    ir_effectful(ir, IR_STORE, IR_VOID, y, turned, 0, at(ir, PC + 4), 0, 0);
    bits = ir_2(ir, IR_AND, x, ir_1(ir, IR_NOT, y));
    ir_branch(ir, ir_2(ir, IR_EQ, bits, ir_const(ir, IR_I64, 0)), yes, no, 0);
    ir_seal(ir, yes);
    ir_enter(ir, yes);
    ir_exit(ir, at(ir, PC + 8), 0);
    ir_seal(ir, no);
    ir_enter(ir, no);
    ir_effectful(ir, IR_STORE, IR_VOID, address, bits, 0, at(ir, PC + 12), 0, 0);
    ir_exit(ir, at(ir, PC + 12), 0);
    text = text_at(ir, false, 3);
    holds(text, "rorx");
    holds(text, "andn");
    lacks(text, "not ");
    lacks(text, "test");
    free(text);
}

/* Between branch and join lie blocks with nothing in them. */
static void empty_blocks_take_no_jump(void **state)
{
    struct ir *ir = begin(false);
    ir_block_id yes = ir_block_new(ir), end = ir_block_new(ir);
    char *text, *jump;
    unsigned jumps = 0;

    (void)state;
    ir_branch(ir, ir_2(ir, IR_EQ, place64(ir), ir_get(ir, OTHER, IR_I64)), yes, end, 0);
    ir_seal(ir, yes);
    ir_enter(ir, yes);
    ir_effectful(ir, IR_STORE, IR_VOID, place64(ir), place64(ir), 0, at(ir, PC), 0, 0);
    ir_jump(ir, end);
    ir_seal(ir, end);
    ir_enter(ir, end);
    ir_exit(ir, at(ir, PC + 4), 0);
    text = text_of(ir, false);
    for (jump = text; (jump = strstr(jump, "jmp 0x")); jump++)
        jumps++;
    assert_int_equal(jumps, 1); /* the exit's */
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_regions),
        cmocka_unit_test(computed_jump_finds_code),
        cmocka_unit_test(returns_find_their_calls),
        cmocka_unit_test(counter_ends_entries),
        cmocka_unit_test(wrapped_address_faults),
        cmocka_unit_test(far_address_wraps),
        cmocka_unit_test(minimum_of_zeros),
        cmocka_unit_test(flags_stand_at_a_fault),
        cmocka_unit_test(large_constant_counts),
        cmocka_unit_test(extended_homes),
        cmocka_unit_test(sum_is_an_address),
        cmocka_unit_test(window_displaces),
        cmocka_unit_test(comparison_is_a_branch),
        cmocka_unit_test(word_sum_is_short),
        cmocka_unit_test(three_operands),
        cmocka_unit_test(empty_blocks_take_no_jump),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("hostcode", tests, set_up, NULL);
}
