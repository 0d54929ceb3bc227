/*
 * engine.c - unit tests of memory, blocks, chains, delay slots, faults and code that
 * changes, with the toy guest and each dispatch technique.
 */
#include "engine/engine.h"

#include "exc/exc.h"
#include "interp/blocks.h"
#include "toy/routines.h"
#include "util/alloc.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

enum { CODE = 0x10000, DATA = 0x20000, PAGE = 4096 };

static struct machine machine;
static struct cpu *cpu;
static enum dispatch dispatch;
static unsigned attentions;

#define OP(op, a, b, c)                                                \
    ((uint32_t)(op) << 24 | (uint32_t)(a) << 16 | (uint32_t)(b) << 8 | \
     ((uint32_t)(c)&0xff))
#define ADDI(a, b, c) OP(1, a, b, c)
#define LW(a, b, c)   OP(2, a, b, c)
#define SW(a, b, c)   OP(3, a, b, c)
#define BNE(a, b, c)  OP(4, a, b, c)
#define JALR(a, b)    OP(5, a, b, 0)
#define SYS(c)        OP(6, 0, 0, c)
#define SYNC          OP(7, 0, 0, 0)
#define BNEL(a, b, c) OP(8, a, b, c)
#define NOP           ADDI(0, 0, 0)

static void on_trap(struct cpu *c)
{
    (void)c;
    machine.stop = true;
}

static void on_attention(struct cpu *c)
{
    c->attention = 0;
    attentions++;
    machine.stop = true;
}

static const struct personality personality = {"test", on_trap, on_attention};

static uint32_t *regs(void)
{
    return (uint32_t *)(void *)cpu->state;
}

static void put_code(uint32_t gva, const uint32_t *words, size_t count)
{
    assert_true(mem_prepare_write(&machine.mem, gva, count * 4));
    memcpy(mem_host(&machine.mem, gva), words, count * 4);
}
#define PUT(gva, ...)                             \
    do {                                          \
        const uint32_t words_[] = {__VA_ARGS__};  \
        put_code(gva, words_, sizeof words_ / 4); \
    } while (0)

static void run_at(uint32_t pc)
{
    exc_init(); /* cmocka has taken the fault signals */
    machine.stop = false;
    cpu->pc = pc;
    engine_run(cpu);
}

static int setup(void **state)
{
    dispatch = *(enum dispatch *)*state;
    if (machine.guest == NULL) {
        machine.guest = &the_guest;
        machine.personality = &personality;
        machine.options.chain = true;
        engine_init(&machine, PAGE);
    }
    machine.options.dispatch = dispatch;
    mem_map(&machine.mem, CODE, 4 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    mem_map(&machine.mem, DATA, PAGE, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    cpu = engine_cpu_new(&machine);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mem_unmap(&machine.mem, CODE, 4 * PAGE);
    mem_unmap(&machine.mem, DATA, PAGE);
    engine_sync(&machine, 0, 0); /* blocks are of this technique */
    engine_cpu_free(cpu);
    return 0;
}

static void runs_to_a_trap(void **state)
{
    (void)state;
    PUT(CODE, ADDI(1, 0, 5), ADDI(2, 1, -1), ADDI(0, 1, 1), SYS(7));
    run_at(CODE);
    assert_int_equal(cpu->trap.number, TOY_SYS);
    assert_int_equal(cpu->trap.arg[0], 7);
    assert_int_equal(cpu->pc, CODE + 12);
    assert_int_equal(cpu->trap.next, CODE + 16);
    assert_int_equal(regs()[1], 5);
    assert_int_equal(regs()[2], 4);
    assert_int_equal(regs()[0], 0);
}

static void loop_with_a_slot(void **state)
{
    (void)state;
    /* r1 counts down in the slot of the branch that reads it */
    PUT(CODE, ADDI(1, 0, 100), ADDI(2, 2, 1), BNE(1, 0, -2), ADDI(1, 1, -1), SYS(0));
    run_at(CODE);
    assert_int_equal(regs()[2], 101);
    assert_int_equal(regs()[1], 0xffffffff);
    assert_int_equal(cpu->pc, CODE + 16);
}

static void slot_goes_first_when_it_may(void **state)
{
    (void)state;
    PUT(CODE, ADDI(1, 0, 50), ADDI(1, 1, -1), BNE(1, 0, -2), ADDI(2, 2, 2), SYS(0));
    run_at(CODE);
    assert_int_equal(regs()[2], 100);
}

static void likely_branch_nullifies(void **state)
{
    (void)state;
    PUT(CODE, BNEL(0, 0, 3), ADDI(1, 1, 1), ADDI(3, 3, 1), BNEL(3, 0, 3), ADDI(2, 2, 1),
        NOP, NOP, SYS(0));
    run_at(CODE);
    assert_int_equal(regs()[1], 0);
    assert_int_equal(regs()[2], 1);
}

static void call_and_return(void **state)
{
    (void)state;
    PUT(CODE + 0x100, ADDI(2, 2, 1), JALR(0, 7), NOP);
    regs()[4] = CODE + 0x100;
    PUT(CODE, ADDI(1, 0, 10), JALR(7, 4), ADDI(1, 1, -1), BNE(1, 0, -3), NOP, SYS(0));
    run_at(CODE);
    assert_int_equal(regs()[2], 10);
    assert_int_equal(regs()[7], CODE + 12);
}

static void slot_sees_the_link(void **state)
{
    (void)state;
    regs()[4] = CODE + 0x100;
    PUT(CODE, JALR(7, 4), ADDI(3, 7, 0));
    PUT(CODE + 0x100, SYS(0));
    run_at(CODE);
    assert_int_equal(regs()[3], CODE + 8);
}

static void load_fault_is_precise(void **state)
{
    (void)state;
    PUT(CODE, ADDI(1, 0, 1), LW(2, 3, 0), ADDI(1, 0, 2), SYS(0));
    regs()[2] = 99;
    regs()[3] = 0x500000;
    run_at(CODE);
    assert_int_equal(cpu->trap.number, TRAP_MEMORY);
    assert_int_equal(cpu->trap.arg[0], 0x500000);
    assert_int_equal(cpu->trap.arg[1], ACCESS_READ);
    assert_int_equal(cpu->pc, CODE + 4);
    assert_int_equal(regs()[1], 1);
    assert_int_equal(regs()[2], 99);
}

static void store_fault_tells_the_kind(void **state)
{
    (void)state;
    mem_protect(&machine.mem, DATA, PAGE, PROT_READ);
    regs()[3] = DATA + 8;
    PUT(CODE, SW(1, 3, 4), SYS(0));
    run_at(CODE);
    assert_int_equal(cpu->trap.number, TRAP_MEMORY);
    assert_int_equal(cpu->trap.arg[0], DATA + 12);
    assert_int_equal(cpu->trap.arg[1], ACCESS_WRITE);
}

static void access_past_the_top_faults(void **state)
{
    (void)state;
    regs()[3] = 0xfffffffe;
    PUT(CODE, LW(1, 3, 0), SYS(0));
    run_at(CODE);
    assert_int_equal(cpu->trap.number, TRAP_MEMORY);
}

static void fault_in_a_slot_stands_at_the_branch(void **state)
{
    (void)state;
    regs()[3] = 0x500000;
    regs()[4] = CODE + 0x100;
    PUT(CODE, NOP, JALR(7, 4), LW(1, 3, 0));
    run_at(CODE);
    assert_int_equal(cpu->trap.number, TRAP_MEMORY);
    assert_int_equal(cpu->pc, CODE + 4);
    assert_int_equal(regs()[7], CODE + 12);
}

static void call_in_a_slot_goes_on_at_the_target(void **state)
{
    (void)state;
    regs()[1] = 1;
    PUT(CODE, BNE(1, 0, 10), SYS(3));
    run_at(CODE);
    assert_int_equal(cpu->pc, CODE);
    assert_int_equal(cpu->trap.next, CODE + 4 + 40);
}

static void branch_in_a_slot_is_illegal(void **state)
{
    (void)state;
    regs()[1] = 1;
    PUT(CODE, BNE(1, 0, 10), BNE(1, 0, 10));
    run_at(CODE);
    assert_int_equal(cpu->trap.number, TRAP_ILLEGAL);
    assert_int_equal(cpu->pc, CODE);
}

static void fetch_from_nowhere_traps(void **state)
{
    (void)state;
    run_at(0x700000);
    assert_int_equal(cpu->trap.number, TRAP_FETCH);
    assert_int_equal(cpu->trap.arg[0], 0x700000);
    run_at(DATA); /* mapped, not executable */
    assert_int_equal(cpu->trap.number, TRAP_FETCH);
    run_at(CODE + 2);
    assert_int_equal(cpu->trap.number, TRAP_UNALIGNED);
    PUT(CODE, ADDI(1, 0, 1), 0xff000000);
    run_at(CODE);
    assert_int_equal(cpu->trap.number, TRAP_ILLEGAL);
    assert_int_equal(cpu->trap.arg[0], 0xff000000);
    assert_int_equal(cpu->pc, CODE + 4);
}

static void store_to_other_code_takes_effect(void **state)
{
    (void)state;
    PUT(CODE + 0x800, ADDI(2, 0, 1), SYS(0));
    run_at(CODE + 0x800);
    assert_int_equal(regs()[2], 1);
    regs()[1] = ADDI(2, 0, 9);
    regs()[3] = CODE + 0x800;
    PUT(CODE + 2 * PAGE, SW(1, 3, 0), SYS(1));
    run_at(CODE + 2 * PAGE);
    assert_int_equal(cpu->trap.arg[0], 1);
    run_at(CODE + 0x800);
    assert_int_equal(regs()[2], 9);
}

static void store_into_its_own_block_takes_effect(void **state)
{
    (void)state;
    for (unsigned i = 1; i < 20; i++) { /* past the switch to entry checks */
        PUT(CODE, NOP, SW(1, 3, 0), ADDI(2, 0, 1), SYS(0));
        regs()[1] = ADDI(2, 0, i);
        regs()[3] = CODE + 8;
        run_at(CODE);
        assert_int_equal(regs()[2], i);
        assert_int_equal(cpu->pc, CODE + 12);
    }
}

static void code_beside_data_stays_right(void **state)
{
    (void)state;
    /* the loop stores beside itself, 200 times */
    regs()[3] = CODE + 0x400;
    PUT(CODE, ADDI(1, 0, 100), SW(1, 3, 0), LW(2, 3, 0), ADDI(1, 1, -1), BNE(1, 0, -4),
        NOP, SYS(0));
    for (unsigned i = 0; i < 20; i++) {
        run_at(CODE);
        assert_int_equal(regs()[2], 1);
    }
    if (dispatch >= DISPATCH_PREDECODED)
        assert_true(machine.mem.write_faults < 100);
}

static void remapped_code_is_forgotten(void **state)
{
    (void)state;
    PUT(CODE, ADDI(2, 0, 1), SYS(0));
    run_at(CODE);
    mem_map(&machine.mem, CODE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    PUT(CODE, ADDI(2, 0, 2), SYS(0));
    run_at(CODE);
    assert_int_equal(regs()[2], 2);
    mem_unmap(&machine.mem, CODE, PAGE);
    run_at(CODE);
    assert_int_equal(cpu->trap.number, TRAP_FETCH);
}

static void sync_forgets_code(void **state)
{
    (void)state; /* of shared memory: other writes are noticed */
    mem_map(&machine.mem, CODE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
            MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    PUT(CODE, SYNC, ADDI(2, 0, 3), SYS(0));
    uint64_t before = machine.blocks->retired_count;
    run_at(CODE);
    run_at(CODE);
    assert_int_equal(regs()[2], 3);
    if (dispatch >= DISPATCH_PREDECODED)
        assert_true(machine.blocks->retired_count > before);
}

static void attention_stops_a_loop(void **state)
{
    (void)state;
    PUT(CODE, ADDI(1, 1, 1), BNE(1, 0, -2), NOP);
    attentions = 0;
    cpu->attention = 1;
    regs()[1] = 1;
    run_at(CODE);
    assert_int_equal(attentions, 1);
}

static void long_code_crosses_pages(void **state)
{
    (void)state;
    for (uint32_t a = CODE; a < CODE + 3 * PAGE; a += 4)
        PUT(a, ADDI(1, 1, 1));
    PUT(CODE + 3 * PAGE, SYS(0));
    run_at(CODE);
    assert_int_equal(regs()[1], 3 * PAGE / 4);
}

static void memory_places_and_moves(void **state)
{
    (void)state;
    struct mem *m = &machine.mem;
    const int rw = PROT_READ | PROT_WRITE, anon = MAP_PRIVATE | MAP_ANONYMOUS;
    int64_t a = mem_map(m, 0, 3 * PAGE, rw, anon, -1, 0);
    assert_true(a > 0);
    assert_int_equal(mem_map(m, (uint64_t)a + 1, PAGE, rw, anon | MAP_FIXED, -1, 0),
                     -EINVAL);
    assert_int_equal(mem_map(m, (uint64_t)a, PAGE, rw, anon | MAP_FIXED_NOREPLACE, -1, 0),
                     -EEXIST);
    strcpy(mem_host(m, (uint64_t)a), "moved");
    int64_t b = mem_remap(m, (uint64_t)a, 3 * PAGE, 8 * PAGE, MREMAP_MAYMOVE, 0);
    assert_true(b > 0);
    assert_string_equal(mem_host(m, (uint64_t)b), "moved");
    assert_true(mem_access_ok(m, (uint64_t)b, 8 * PAGE, ACCESS_WRITE));
    assert_false(mem_access_ok(m, (uint64_t)b, 8 * PAGE + 1, ACCESS_WRITE));
    assert_int_equal(mem_protect(m, (uint64_t)b + PAGE, PAGE, PROT_NONE), 0);
    assert_false(mem_access_ok(m, (uint64_t)b, 2 * PAGE, ACCESS_READ));
    assert_int_equal(mem_remap(m, (uint64_t)b, PAGE, 4 * PAGE, 0, 0), -ENOMEM);
    assert_int_equal(mem_unmap(m, (uint64_t)b, 8 * PAGE), 0);
    assert_null(mem_area_at(m, (uint64_t)b));
    assert_int_equal(mem_protect(m, (uint64_t)b, PAGE, rw), -ENOMEM);
}

static const struct {
    const char *name;
    CMUnitTestFunction run;
} cases[] = {
#define CASE(f) \
    {           \
#f, f   \
    }
    CASE(runs_to_a_trap),
    CASE(loop_with_a_slot),
    CASE(slot_goes_first_when_it_may),
    CASE(likely_branch_nullifies),
    CASE(call_and_return),
    CASE(slot_sees_the_link),
    CASE(load_fault_is_precise),
    CASE(store_fault_tells_the_kind),
    CASE(access_past_the_top_faults),
    CASE(fault_in_a_slot_stands_at_the_branch),
    CASE(call_in_a_slot_goes_on_at_the_target),
    CASE(branch_in_a_slot_is_illegal),
    CASE(fetch_from_nowhere_traps),
    CASE(store_to_other_code_takes_effect),
    CASE(store_into_its_own_block_takes_effect),
    CASE(code_beside_data_stays_right),
    CASE(remapped_code_is_forgotten),
    CASE(sync_forgets_code),
    CASE(attention_stops_a_loop),
    CASE(long_code_crosses_pages),
    CASE(memory_places_and_moves),
#undef CASE
};

enum { CASES = sizeof cases / sizeof *cases, KINDS = DISPATCH_DIRECT + 1 };

int main(void)
{
    static const char *const kinds[] = {"switch", "threaded", "predecoded", "direct"};
    static enum dispatch which[] = {DISPATCH_SWITCH, DISPATCH_THREADED,
                                    DISPATCH_PREDECODED, DISPATCH_DIRECT};
    struct CMUnitTest tests[KINDS * CASES];
    for (unsigned i = 0; i < KINDS * CASES; i++)
        tests[i] = (struct CMUnitTest){
            .name = xprintf("%s: %s", kinds[i / CASES], cases[i % CASES].name),
            .test_func = cases[i % CASES].run,
            .setup_func = setup,
            .teardown_func = teardown,
            .initial_state = &which[i / CASES]};
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
