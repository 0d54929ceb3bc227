/*
 * host_enter.c - translated code, written here by hand, entered and left in every way
 * that runtime/host/x86_64/frame.h promises: exits, lookup, calls into C, links, faults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"

#if defined(__x86_64__)

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "host/x86_64/asm.h"
#include "host/x86_64/frame.h"
#include "interp/interp.h"
#include "util/alloc.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define HOME(n)      host_disp(offsetof(struct cpu, state) + (n))
#define FRAME(n)     mem(RBP, host_frame(n))

enum { CODE_BYTES = 1 << 16, STATE_BYTES = 16384 };

static struct cpu *cpu;
static struct asm_code a;
static uint8_t *code, *writable; /* two views of the same memory */
static uint8_t guest_memory[64];

static struct asm_mem mem(int base, int32_t disp)
{
    return (struct asm_mem){(uint8_t)base, ASM_NO_REG, 1, disp};
}

static int set_up(void **state)
{
    (void)state;
    int fd = memfd_create("code", 0);
    if (fd < 0 || ftruncate(fd, CODE_BYTES) != 0)
        return -1;
    code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    writable = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return code == MAP_FAILED || writable == MAP_FAILED ? -1 : 0;
}

static int begin(void **state)
{
    (void)state;
    cpu = xaligned(64, sizeof *cpu + STATE_BYTES);
    cpu->mem = guest_memory;
    host_cpu_init(cpu, 2);
    asm_init(&a);
    return 0;
}

static int end(void **state)
{
    (void)state;
    asm_free(&a);
    host_cpu_free(cpu);
    free(cpu);
    return 0;
}

/* install - what has been assembled, at OFFSET of the code memory. */
static const void *install(uint32_t offset)
{
    asm_finish(&a);
    assert_true(offset + a.size <= CODE_BYTES);
    memcpy(writable + offset, a.bytes, a.size);
    asm_free(&a);
    return code + offset;
}

/* leave_by - the end of translated code: cpu->pc = PC, then out by KIND. */
static void leave_by(enum host_exit_kind kind, uint64_t pc, uint64_t id)
{
    asm_mov_ri(&a, RDX, pc);
    asm_mov_mr(&a, 8, mem(RBP, host_disp(offsetof(struct cpu, pc))), RDX);
    asm_mov_ri(&a, RCX, id);
    asm_mov_ri(&a, RAX, kind);
    asm_jmp_m(&a, mem(RBP, host_disp(offsetof(struct cpu, host.leave))));
}

static void leave(void)
{
    leave_by(HOST_EXIT_INTERP, 0x1234, 0);
}

static uint64_t home(unsigned n)
{
    uint64_t v;
    memcpy(&v, cpu->state + 8 * n, 8);
    return v;
}

/* pattern - a number that is nobody else's. */
static uint64_t pattern(unsigned n)
{
    return UINT64_C(0x0123456789abcdef) * (2 * n + 1);
}

/* --- entry and exits --- */

static void test_exits(void **state)
{
    (void)state;
    for (unsigned kind = HOST_EXIT_LINK; kind <= HOST_EXIT_POLL; kind++) {
        asm_init(&a);
        leave_by(kind, pattern(kind), pattern(10));
        cpu->host.link = &a;
        assert_int_equal(host_enter(cpu, install(0)), kind);
        assert_int_equal(cpu->pc, pattern(kind));
        if (kind == HOST_EXIT_LINK)
            assert_int_equal((uintptr_t)cpu->host.link, pattern(10));
        else
            assert_null(cpu->host.link);
    }
}

static void test_entry_registers(void **state)
{
    (void)state;
    asm_mov_mr(&a, 8, mem(RBP, HOME(0)), RBP);
    asm_mov_mr(&a, 8, mem(RBP, HOME(8)), R14);
    asm_mov_mr(&a, 8, mem(RBP, HOME(16)), RSP);
    leave();
    host_enter(cpu, install(0));
    assert_int_equal(home(0), (uintptr_t)cpu + HOST_BIAS);
    assert_int_equal(home(1), (uintptr_t)guest_memory);
    assert_int_equal(home(2), (uintptr_t)cpu->host.returns);
}

/* The whole frame may be written; what the caller keeps in registers survives. */
static void test_frame_and_saved(void **state)
{
    static uint64_t saved[5], stack[3];
    (void)state;
    asm_mov_ri(&a, RAX, pattern(1));
    for (int32_t at = 0; at < HOST_FRAME_TOTAL; at += 8)
        asm_mov_mr(&a, 8, FRAME(at), RAX);
    for (int r = RAX; r <= R15; r++) {
        if (r != RSP && r != RBP)
            asm_mov_ri(&a, r, pattern(2));
    }
    leave();
    const void *entry = install(0);
    register struct cpu *rdi __asm__("rdi") = cpu;
    register const void *rsi __asm__("rsi") = entry;
    __asm__ volatile("movq %%rsp, %[own]\n\t"
                     "subq $256, %%rsp\n\t" /* the red zone */
                     "andq $-16, %%rsp\n\t"
                     "movq %%rsp, %[before]\n\t"
                     "movl $101, %%ebx\n\t"
                     "movl $102, %%r12d\n\t"
                     "movl $103, %%r13d\n\t"
                     "movl $104, %%r14d\n\t"
                     "movl $105, %%r15d\n\t"
                     "call host_enter\n\t"
                     "movq %%rsp, %[after]\n\t"
                     "movq %[own], %%rsp\n\t"
                     "movq %%rbx, %[rbx]\n\t"
                     "movq %%r12, %[r12]\n\t"
                     "movq %%r13, %[r13]\n\t"
                     "movq %%r14, %[r14]\n\t"
                     "movq %%r15, %[r15]\n\t"
                     : [own] "=m"(stack[2]), [before] "=m"(stack[0]),
                       [after] "=m"(stack[1]), [rbx] "=m"(saved[0]), [r12] "=m"(saved[1]),
                       [r13] "=m"(saved[2]), [r14] "=m"(saved[3]), [r15] "=m"(saved[4]),
                       "+r"(rdi), "+r"(rsi)
                     :
                     : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13",
                       "r14", "r15", "memory", "cc");
    assert_int_equal(stack[0], stack[1]);
    for (unsigned i = 0; i < COUNT(saved); i++)
        assert_int_equal(saved[i], 101 + i);
}

/* --- calls into C --- */

static struct {
    uint64_t args[6];
    uintptr_t frame;
    uint32_t mxcsr;
} called;

static uint64_t callee(uint64_t u, uint64_t v, uint64_t w, uint64_t x, uint64_t y,
                       uint64_t z)
{
    uint64_t args[6] = {u, v, w, x, y, z};
    memcpy(called.args, args, sizeof args);
    called.frame = (uintptr_t)__builtin_frame_address(0);
    __asm__ volatile("stmxcsr %0" : "=m"(called.mxcsr));
    /* Everything that a C function may change. */
    __asm__ volatile("movq $-1, %%rax\n\t"
                     ".irp r,rcx,rdx,rsi,rdi,r8,r9,r10,r11\n\t"
                     "movq %%rax, %%\\r\n\t"
                     ".endr\n\t"
                     ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
                     "pcmpeqb %%xmm\\n, %%xmm\\n\n\t"
                     ".endr" ::
                         : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11",
                           "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                           "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
                           "xmm15", "cc");
    return pattern(99);
}

static void test_slow_call(void **state)
{
    enum { CONTROL = 0x5f80 }; /* rounds up */
    uint32_t host_mxcsr, control = CONTROL;
    (void)state;
    memset(&called, 0, sizeof called);
    for (unsigned i = 0; i < 6; i++) {
        asm_mov_ri(&a, RAX, pattern(i));
        asm_mov_mr(&a, 8, FRAME(HOST_FRAME_ARGS + 8 * (int32_t)i), RAX);
    }
    for (int x = 0; x < 16; x++) {
        for (unsigned half = 0; half < 2; half++) {
            asm_mov_ri(&a, RAX, pattern(100 + 2 * (unsigned)x + half));
            asm_mov_mr(&a, 8, FRAME(8 * (int32_t)half), RAX);
        }
        asm_movups_rm(&a, x, FRAME(0));
    }
    for (int r = RCX; r <= R15; r++) {
        if (r != RSP && r != RBP)
            asm_mov_ri(&a, r, pattern(20 + (unsigned)r));
    }
    asm_mov_ri(&a, RAX, (uintptr_t)callee);
    asm_call_m(&a, mem(RBP, host_disp(offsetof(struct cpu, host.slow))));
    for (int r = RAX; r <= R15; r++)
        asm_mov_mr(&a, 8, mem(RBP, HOME(8 * r)), r);
    for (int x = 0; x < 16; x++)
        asm_movups_mr(&a, mem(RBP, HOME(128 + 16 * x)), x);
    asm_mov_rm(&a, 8, RAX, FRAME(HOST_FRAME_RESULT));
    asm_mov_mr(&a, 8, mem(RBP, HOME(384)), RAX);
    leave();
    const void *entry = install(0);
    __asm__ volatile("stmxcsr %0" : "=m"(host_mxcsr));
    __asm__ volatile("ldmxcsr %0" ::"m"(control));
    enum host_exit_kind kind = host_enter(cpu, entry);
    __asm__ volatile("ldmxcsr %0" ::"m"(host_mxcsr));
    assert_int_equal(kind, HOST_EXIT_INTERP);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(called.args[i], pattern(i));
    assert_int_equal(called.frame % 16, 0);
    assert_int_equal(called.mxcsr & 0xffc0, CONTROL);
    assert_int_equal(home(RAX), (uintptr_t)callee);
    assert_int_equal(home(RBP), (uintptr_t)cpu + HOST_BIAS);
    for (unsigned r = RCX; r <= R15; r++) {
        if (r != RSP && r != RBP)
            assert_int_equal(home(r), pattern(20 + r));
    }
    for (unsigned i = 0; i < 32; i++)
        assert_int_equal(home(16 + i), pattern(100 + i));
    assert_int_equal(home(48), pattern(99));
}

/* A function may leave by longjmp, and code can be entered again. */
static jmp_buf out;

static uint64_t jumper(uint64_t n)
{
    longjmp(out, (int)n);
}

static void test_slow_longjmp(void **state)
{
    (void)state;
    asm_mov_mi(&a, 8, FRAME(HOST_FRAME_ARGS), 7);
    asm_mov_ri(&a, RAX, (uintptr_t)jumper);
    asm_call_m(&a, mem(RBP, host_disp(offsetof(struct cpu, host.slow))));
    asm_ud2(&a);
    const void *entry = install(0);
    for (int i = 0; i < 3; i++) {
        int n = setjmp(out);
        if (n == 0)
            host_enter(cpu, entry);
        assert_int_equal(n, 7);
    }
}

/* --- lookup --- */

/* go_to - enter code that jumps to guest address PC. */
static enum host_exit_kind go_to(uint64_t pc)
{
    asm_init(&a);
    asm_mov_ri(&a, RAX, pc);
    asm_jmp_m(&a, mem(RBP, host_disp(offsetof(struct cpu, host.lookup))));
    cpu->pc = 0xdead;
    return host_enter(cpu, install(0));
}

static void test_lookup(void **state)
{
    (void)state;
    leave_by(HOST_EXIT_LINK, 0x7777, pattern(5));
    const void *target = install(4096);
    for (unsigned shift = 0; shift <= 3; shift++) {
        host_cpu_free(cpu);
        host_cpu_init(cpu, shift);
        for (unsigned i = 0; i < 300; i++) {
            uint64_t pc =
                i < 100 ? (uint64_t)i << shift : (pattern(i) >> (i % 40)) << shift;
            struct host_jump *jump = &cpu->host.jumps[host_jump_slot(pc, shift)];
            *jump = (struct host_jump){0};
            assert_int_equal(go_to(pc), HOST_EXIT_INDIRECT);
            assert_int_equal(cpu->pc, pc);
            *jump = (struct host_jump){.pc = pc, .code = NULL};
            assert_int_equal(go_to(pc), HOST_EXIT_INDIRECT);
            assert_int_equal(cpu->pc, pc);
            *jump = (struct host_jump){.pc = pc ^ (uint64_t)1 << 63, .code = target};
            assert_int_equal(go_to(pc), HOST_EXIT_INDIRECT);
            *jump = (struct host_jump){.pc = pc, .code = target};
            assert_int_equal(go_to(pc), HOST_EXIT_LINK);
            assert_int_equal(cpu->pc, 0x7777);
            assert_int_equal((uintptr_t)cpu->host.link, pattern(5));
            cpu->attention = 1;
            assert_int_equal(go_to(pc), HOST_EXIT_POLL);
            assert_int_equal(cpu->pc, pc);
            assert_null(cpu->host.link);
            cpu->attention = 0;
        }
    }
}

/* --- links --- */

static void test_patch(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        asm_init(&a);
        leave_by(HOST_EXIT_LINK, i + 1, i);
        install(i == 0 ? 0 : CODE_BYTES - 256);
    }
    asm_init(&a);
    uint32_t stub = asm_label(&a), field = asm_jmp_site(&a, stub);
    asm_place(&a, stub);
    leave_by(HOST_EXIT_LINK, 3, 3);
    const void *entry = install(4096);
    host_enter(cpu, entry);
    assert_int_equal(cpu->pc, 3);
    for (unsigned i = 0; i < 4; i++) { /* backward and forward */
        host_patch(writable + 4096 + field, code + 4096 + field,
                   code + (i % 2 == 0 ? 0 : CODE_BYTES - 256));
        host_enter(cpu, entry);
        assert_int_equal(cpu->pc, i % 2 + 1);
    }
}

/* --- faults --- */

static const struct host_fault *fault;
static const struct host_recipe *recipes;
static sigjmp_buf escape;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    const ucontext_t *u = context;
    (void)signal;
    (void)info;
    if ((uintptr_t)u->uc_mcontext.gregs[REG_RIP] != (uintptr_t)code + fault->code)
        _exit(3);
    host_recover(cpu, fault, recipes, context);
    siglongjmp(escape, 1);
}

/* run_fault - enter ENTRY, which faults; the state is recovered. */
static void run_fault(const void *entry)
{
    struct sigaction new = {.sa_sigaction = on_fault,
                            .sa_flags = SA_SIGINFO | SA_NODEFER};
    struct sigaction old;
    sigaction(SIGSEGV, &new, &old);
    if (sigsetjmp(escape, 1) == 0) {
        host_enter(cpu, entry);
        fail_msg("no fault");
    }
    sigaction(SIGSEGV, &old, NULL);
}

/* The types and how many bytes of memory one takes. */
static const struct {
    uint8_t type, bytes;
} types[] = {{IR_I1, 1},  {IR_I8, 1},  {IR_I16, 2},   {IR_I32, 4},  {IR_I64, 8},
             {IR_F32, 4}, {IR_F64, 8}, {IR_I128, 16}, {IR_V128, 16}};

static unsigned bytes_of(uint8_t type)
{
    unsigned t = 0;
    while (types[t].type != type)
        t++;
    return types[t].bytes;
}

/* add_recipes - every type from place WHERE, INDEX; homes are 32 bytes apart. */
static unsigned add_recipes(struct host_recipe *r, unsigned n, uint8_t where,
                            unsigned index)
{
    for (unsigned t = 0; t < COUNT(types); t++) {
        if (where == HOST_GPR && types[t].bytes > 8)
            continue;
        size_t offset = offsetof(struct cpu, state) + 32 * n;
        r[n++] = (struct host_recipe){
            .offset = (uint32_t)offset,
            .type = types[t].type,
            .where = where,
            .index = (uint16_t)index,
            .value = pattern(index),
            .bytes = types[t].bytes,
        };
    }
    return n;
}

/* low_of, high_of - what code_that_faults puts there. */
static uint64_t low_of(const struct host_recipe *r)
{
    return r->where == HOST_CONST                    ? pattern(r->index)
           : r->where == HOST_GPR && r->index == RBP ? (uintptr_t)cpu + HOST_BIAS
           : r->where == HOST_GPR                    ? pattern(200 + r->index)
           : r->where == HOST_XMM                    ? pattern(300 + 2u * r->index)
                                                     : pattern(400 + r->index);
}

static uint64_t high_of(const struct host_recipe *r)
{
    return r->where == HOST_CONST ? 0
           : r->where == HOST_XMM ? pattern(301 + 2u * r->index)
                                  : pattern(401 + r->index);
}

/* code_that_faults - all registers and slots full; the faulting instruction's offset. */
static uint32_t code_that_faults(void)
{
    for (unsigned x = 0; x < 16; x++) {
        for (unsigned half = 0; half < 2; half++) {
            asm_mov_ri(&a, RAX, pattern(300 + 2 * x + half));
            asm_mov_mr(&a, 8, FRAME(8 * (int32_t)half), RAX);
        }
        asm_movups_rm(&a, (int)x, FRAME(0));
    }
    for (unsigned slot = 0; slot < HOST_FRAME_SLOTS; slot++) {
        asm_mov_ri(&a, RAX, pattern(400 + slot));
        asm_mov_mr(&a, 8, FRAME(8 * (int32_t)slot), RAX);
    }
    for (int r = RAX; r <= R15; r++) {
        if (r != RSP && r != RBP)
            asm_mov_ri(&a, r, pattern(200 + (unsigned)r));
    }
    uint32_t at = a.size;
    asm_mov_rm(&a, 4, RDX, mem(ASM_NO_REG, 16)); /* page 0 */
    asm_ud2(&a);
    return at;
}

static void test_recover(void **state)
{
    static const uint16_t slots[] = {0, 1, 17, HOST_FRAME_SLOTS - 2};
    static struct host_recipe r[512];
    unsigned n = add_recipes(r, 1, HOST_CONST, 3);
    (void)state;
    for (unsigned i = 0; i < 16; i++) {
        n = i == RSP ? n : add_recipes(r, n, HOST_GPR, i);
        n = add_recipes(r, n, HOST_XMM, i);
    }
    for (unsigned i = 0; i < COUNT(slots); i++)
        n = add_recipes(r, n, HOST_SLOT, slots[i]);
    assert_true(n <= COUNT(r) && 32 * n <= STATE_BYTES);
    uint32_t at = code_that_faults();
    struct host_fault f = {
        .code = at, .recipe_first = 1, .recipe_count = n - 1, .pc = pattern(77)};
    fault = &f;
    recipes = r;
    memset(cpu->state, 0xa5, STATE_BYTES);
    run_fault(install(0));
    assert_int_equal(cpu->pc, pattern(77));
    for (unsigned i = 1; i < n; i++) {
        uint8_t wanted[32];
        uint64_t low = low_of(&r[i]), high = high_of(&r[i]);
        unsigned bytes = bytes_of(r[i].type);
        memset(wanted, 0xa5, sizeof wanted);
        memcpy(wanted, &low, bytes < 8 ? bytes : 8);
        if (bytes == 16)
            memcpy(wanted + 8, &high, 8);
        assert_memory_equal((char *)cpu + r[i].offset, wanted, sizeof wanted);
    }
}

/* --- what the host can do --- */

/* flag - whether /proc/cpuinfo has NAME. */
static bool flag(const char *text, const char *name)
{
    char word[64];
    snprintf(word, sizeof word, " %s ", name);
    return strstr(text, word) != NULL;
}

static void test_level(void **state)
{
    static const struct {
        unsigned level;
        const char *name;
    } need[] = {
        {2, "cx16"},     {2, "lahf_lm"},  {2, "popcnt"},   {2, "sse4_1"},
        {2, "sse4_2"},   {2, "ssse3"},    {3, "avx"},      {3, "avx2"},
        {3, "bmi1"},     {3, "bmi2"},     {3, "f16c"},     {3, "fma"},
        {3, "abm"},      {3, "movbe"},    {3, "xsave"},    {4, "avx512f"},
        {4, "avx512bw"}, {4, "avx512cd"}, {4, "avx512dq"}, {4, "avx512vl"},
    };
    char *line = NULL;
    size_t room = 0;
    unsigned wanted = 4;
    FILE *f = fopen("/proc/cpuinfo", "r");
    (void)state;
    while (f != NULL && getline(&line, &room, f) >= 0 && strncmp(line, "flags", 5) != 0)
        continue;
    if (f == NULL || feof(f))
        skip();
    fclose(f);
    line[strcspn(line, "\n")] = ' ';
    for (unsigned i = COUNT(need); i-- > 0;) {
        if (!flag(line, need[i].name))
            wanted = need[i].level - 1;
    }
    free(line);
    host_init(0);
    assert_int_equal(host_level(), wanted);
    for (unsigned limit = 1; limit <= 5; limit++) {
        host_init(limit);
        assert_int_equal(host_level(), limit < wanted ? limit : wanted);
    }
}

/* --- dumps --- */

static void test_disas(void **state)
{
    (void)state;
    uint32_t stub = asm_label(&a);
    asm_mov_rm(&a, 4, RCX, mem(R14, 8));
    uint32_t fields = a.size;
    asm_alu_ri(&a, ASM_ADD, 4, RCX, 1);
    uint32_t jump = asm_jmp_site(&a, stub);
    asm_place(&a, stub);
    uint32_t id = asm_mov_ri64(&a, RCX, 0);
    asm_ret(&a);
    asm_finish(&a);
    struct host_exit exits[] = {{.jump = jump, .stub = jump + 4, .id = id, .pc = 0x2000}};
    struct host_fault faults[] = {{.code = 0, .pc = 0x1000}};
    struct host_line lines[] = {{0, 0x1000}, {fields, 0x1004}};
    struct host_code c = {.bytes = a.bytes,
                          .size = a.size,
                          .exits = exits,
                          .exit_count = 1,
                          .faults = faults,
                          .fault_count = 1,
                          .lines = lines,
                          .line_count = 2};
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    host_disas(&c, to);
    fclose(to);
#ifdef HAVE_CAPSTONE
    assert_string_equal(text,
                        "entry:\n"
                        "0x1000:\n"
                        "      0  mov ecx, dword ptr [r14 + 8]  ; may fault at 0x1000\n"
                        "0x1004:\n"
                        "      4  add ecx, 1\n"
                        "      7  jmp 0xc  ; exit 0, to 0x2000\n"
                        "exit 0, to 0x2000:\n"
                        "      c  movabs rcx, 0\n"
                        "     16  ret\n");
#else
    assert_non_null(strstr(text, "not disassembled"));
#endif
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(exits),        TEST(entry_registers), TEST(frame_and_saved), TEST(slow_call),
        TEST(slow_longjmp), TEST(lookup),          TEST(patch),           TEST(recover),
        TEST(level),        TEST(disas),
    };
    return cmocka_run_group_tests_name("host_enter", tests, set_up, NULL);
}

#else

int main(void)
{
    puts("1..0 # skip the host is no x86-64");
    return 0;
}

#endif
