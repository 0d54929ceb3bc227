/*
 * asm.c - the x86-64 assembler against Capstone: every function, over registers, sizes,
 * conditions and addresses.
 *
 * One instruction is appended and read back by Capstone. From its operands a text is
 * made in which an address is a sum of registers, so that forms that mean the same read
 * the same; it must be what the case expects. The second part holds the shortest forms,
 * byte by byte, and jumps.
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
#include "host/x86_64/asm.h"

#ifdef HAVE_CAPSTONE

#include <capstone/capstone.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static csh cs;
static cs_insn *insn;
static struct asm_code a;
static unsigned long cases;

/* --- what Capstone reads, as text --- */

static const char *const names[9][16] = {
    [1] = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", "r8b", "r9b", "r10b",
           "r11b", "r12b", "r13b", "r14b", "r15b"},
    [2] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "r8w", "r9w", "r10w", "r11w",
           "r12w", "r13w", "r14w", "r15w"},
    [4] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d",
           "r11d", "r12d", "r13d", "r14d", "r15d"},
    [8] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10",
           "r11", "r12", "r13", "r14", "r15"},
};
static const char *const cc_names[16] = {"o", "no", "b", "ae", "e", "ne", "be", "a",
                                         "s", "ns", "p", "np", "l", "ge", "le", "g"};

static int number(const char *name)
{
    for (int i = 0; i < 16; i++) {
        if (!strcmp(names[8][i], name))
            return i;
    }
    return -1;
}

/* sum_text - an address of SIZE bytes: every register with its factor, then DISP. */
static void sum_text(char *out, unsigned size, const int factor[16], int64_t disp)
{
    out += sprintf(out, "%u[", size);
    for (int i = 0; i < 16; i++) {
        if (factor[i] != 0)
            out += sprintf(out, "%s*%d+", names[8][i], factor[i]);
    }
    sprintf(out, "%lld]", (long long)disp);
}

/* wrap - V as a number of SIZE bytes. */
static long long wrap(int64_t v, unsigned size)
{
    return size == 1 ? (int8_t)v : size == 2 ? (int16_t)v : size == 4 ? (int32_t)v : v;
}

static void operand_text(char *out, const cs_x86 *x, unsigned n)
{
    const cs_x86_op *op = &x->operands[n];
    int factor[16] = {0};
    switch ((unsigned)op->type) {
    case X86_OP_REG:
        strcpy(out, cs_reg_name(cs, op->reg));
        break;
    case X86_OP_IMM:
        sprintf(out, "%lld", wrap(op->imm, n == 0 ? 8 : x->operands[0].size));
        break;
    default:
        if (op->mem.base != X86_REG_INVALID)
            factor[number(cs_reg_name(cs, op->mem.base))] += 1;
        if (op->mem.index != X86_REG_INVALID && op->mem.index != X86_REG_RIZ)
            factor[number(cs_reg_name(cs, op->mem.index))] += op->mem.scale;
        sum_text(out, op->size, factor, op->mem.disp);
    }
}

/* read_back - the text of the instruction at OFFSET; its size, or 0. */
static unsigned read_back(uint32_t offset, char *out)
{
    const uint8_t *at = a.bytes + offset;
    size_t left = a.size - offset;
    uint64_t address = offset;
    *out = 0;
    if (!cs_disasm_iter(cs, &at, &left, &address, insn))
        return 0;
    out += sprintf(out, "%s", insn->mnemonic);
    const cs_x86 *x = &insn->detail->x86;
    for (unsigned i = 0; i < x->op_count; i++) {
        *out++ = i == 0 ? ' ' : ',';
        operand_text(out, x, i);
        out += strlen(out);
    }
    return insn->size;
}

static void print_bytes(void)
{
    for (uint32_t i = 0; i < a.size; i++)
        fprintf(stderr, "%02x ", a.bytes[i]);
    fputc('\n', stderr);
}

/* expect - the buffer holds one instruction, which reads like this. Empties it. */
__attribute__((format(printf, 1, 2))) static void expect(const char *format, ...)
{
    char wanted[256], found[256];
    va_list args;
    va_start(args, format);
    vsnprintf(wanted, sizeof wanted, format, args);
    va_end(args);
    unsigned size = read_back(0, found);
    if (size != a.size || strcmp(wanted, found) != 0) {
        fprintf(stderr, "wanted %s\nfound  %s\n", wanted, found);
        print_bytes();
        fail();
    }
    a.size = 0;
    cases++;
}

/* --- what the cases run over --- */

static const unsigned sizes[] = {1, 2, 4, 8};
static const int32_t values[] = {0,      1,       -1,     7,       127,       128,
                                 -128,   -129,    255,    256,     0x7fff,    -0x8000,
                                 0x8000, 0x12345, -99999, 1 << 30, INT32_MIN, INT32_MAX};
static struct asm_mem *addresses;
static unsigned address_count;

#define EACH_SIZE(s) \
    for (unsigned s##_i = 0, s; s##_i < 4 && (s = sizes[s##_i], 1); s##_i++)
#define EACH_WIDE(s) for (unsigned s = 4; s <= 8; s += 4)
#define EACH_REG(r)  for (int r = 0; r < 16; r++)
#define EACH_VALUE(v)                                        \
    for (unsigned v##_i = 0; v##_i < COUNT(values); v##_i++) \
        for (int32_t v = values[v##_i], v##_once = 1; v##_once; v##_once = 0)

static void make_addresses(void)
{
    static const int32_t disps[] = {0, 1, 127, 128, -128, -129, INT32_MAX, INT32_MIN};
    addresses = calloc(17 * 17 * 4 * COUNT(disps), sizeof *addresses);
    for (unsigned base = 0; base <= 16; base++) {
        for (unsigned index = 0; index <= 16; index++) {
            for (unsigned scale = 1; scale <= 8; scale *= 2) {
                if (index == RSP && (scale != 1 || base == RSP))
                    continue;
                for (unsigned d = 0; d < COUNT(disps); d++)
                    addresses[address_count++] = (struct asm_mem){
                        .base = base == 16 ? ASM_NO_REG : (uint8_t)base,
                        .index = index == 16 ? ASM_NO_REG : (uint8_t)index,
                        .scale = (uint8_t)scale,
                        .disp = disps[d],
                    };
            }
        }
    }
}

static const char *mem_text(struct asm_mem m, unsigned size)
{
    static char text[128];
    int factor[16] = {0};
    if (m.base != ASM_NO_REG)
        factor[m.base] += 1;
    if (m.index != ASM_NO_REG)
        factor[m.index] += m.scale;
    sum_text(text, size, factor, m.disp);
    return text;
}

/* Addresses of a case: some hundred of all, other ones each time. */
static unsigned address_next;
static struct asm_mem some_address(void)
{
    address_next = (address_next + 1009) % address_count;
    return addresses[address_next];
}
#define EACH_ADDRESS(m)                            \
    for (unsigned m##_n = 0; m##_n < 200; m##_n++) \
        for (struct asm_mem m = some_address(), *m##_p = &m; m##_p != NULL; m##_p = NULL)

/* some_reg - registers in turn. */
static int some_reg(void)
{
    static unsigned next;
    return (int)(next = (next + 5) % 16);
}

static int set_up(void **state)
{
    (void)state;
    if (cs_open(CS_ARCH_X86, CS_MODE_64, &cs) != CS_ERR_OK)
        return -1;
    cs_option(cs, CS_OPT_DETAIL, CS_OPT_ON);
    insn = cs_malloc(cs);
    make_addresses();
    asm_init(&a);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fprintf(stderr, "# %lu instructions\n", cases);
    asm_free(&a);
    free(addresses);
    cs_free(insn, 1);
    cs_close(&cs);
    return cases > 100000 ? 0 : -1;
}

/* --- integers --- */

static void test_addresses(void **state)
{
    (void)state;
    for (unsigned i = 0; i < address_count; i++) {
        int dst = some_reg();
        asm_lea(&a, 8, dst, addresses[i]);
        expect("lea %s,%s", names[8][dst], mem_text(addresses[i], 8));
        asm_mov_rm(&a, 4, dst, addresses[i]);
        expect("mov %s,%s", names[4][dst], mem_text(addresses[i], 4));
        asm_avx_rrm(&a, ASM_ADDS, 8, dst, 15 - dst, addresses[i]);
        expect("vaddsd xmm%d,xmm%d,%s", dst, 15 - dst, mem_text(addresses[i], 8));
    }
    EACH_ADDRESS(m)
    {
        asm_lea(&a, 4, R9, m);
        expect("lea r9d,%s", mem_text(m, 4));
    }
}

static const char *const alu_names[] = {"add", "or",  "adc", "sbb",
                                        "and", "sub", "xor", "cmp"};

static void test_alu_registers(void **state)
{
    (void)state;
    for (unsigned op = ASM_ADD; op <= ASM_CMP; op++) {
        EACH_SIZE(size) EACH_REG(x) EACH_REG(y)
        {
            asm_alu_rr(&a, op, size, x, y);
            expect("%s %s,%s", alu_names[op], names[size][x], names[size][y]);
        }
    }
    EACH_SIZE(size) EACH_REG(x) EACH_REG(y)
    {
        asm_test_rr(&a, size, x, y);
        expect("test %s,%s", names[size][x], names[size][y]);
    }
}

static void test_alu_values(void **state)
{
    (void)state;
    for (unsigned op = ASM_ADD; op <= ASM_CMP; op++) {
        EACH_SIZE(size) EACH_REG(x) EACH_VALUE(v)
        {
            unsigned seen = op == ASM_AND && size == 8 && v >= 0 ? 4 : size;
            asm_alu_ri(&a, op, size, x, v);
            expect("%s %s,%lld", alu_names[op], names[seen][x], wrap(v, size));
        }
    }
    EACH_SIZE(size) EACH_REG(x) EACH_VALUE(v)
    {
        long long w = wrap(v, size);
        unsigned seen = w >= 0 && w < 128 ? 1 : w >= 0 && size == 8 ? 4 : size;
        asm_test_ri(&a, size, x, v);
        expect("test %s,%lld", names[seen][x], w);
    }
}

static void test_alu_memory(void **state)
{
    (void)state;
    for (unsigned op = ASM_ADD; op <= ASM_CMP; op++) {
        EACH_SIZE(size) EACH_ADDRESS(m)
        {
            int x = some_reg();
            int32_t v = values[(unsigned)m_n % COUNT(values)];
            asm_alu_rm(&a, op, size, x, m);
            expect("%s %s,%s", alu_names[op], names[size][x], mem_text(m, size));
            asm_alu_mr(&a, op, size, m, x);
            expect("%s %s,%s", alu_names[op], mem_text(m, size), names[size][x]);
            asm_alu_mi(&a, op, size, m, v);
            expect("%s %s,%lld", alu_names[op], mem_text(m, size), wrap(v, size));
            asm_test_mi(&a, size, m, v);
            expect("test %s,%lld", mem_text(m, size), wrap(v, size));
        }
    }
}

static void test_moves(void **state)
{
    (void)state;
    EACH_SIZE(size) EACH_REG(x) EACH_REG(y)
    {
        asm_mov_rr(&a, size, x, y);
        expect("mov %s,%s", names[size][x], names[size][y]);
    }
    EACH_SIZE(size) EACH_ADDRESS(m)
    {
        int x = some_reg();
        int32_t v = values[m_n % COUNT(values)];
        asm_mov_rm(&a, size, x, m);
        expect("mov %s,%s", names[size][x], mem_text(m, size));
        asm_mov_mr(&a, size, m, x);
        expect("mov %s,%s", mem_text(m, size), names[size][x]);
        asm_mov_mi(&a, size, m, v);
        expect("mov %s,%lld", mem_text(m, size), wrap(v, size));
    }
    EACH_REG(x)
    {
        asm_zero(&a, x);
        expect("xor %s,%s", names[4][x], names[4][x]);
        asm_push(&a, x);
        expect("push %s", names[8][x]);
        asm_pop(&a, x);
        expect("pop %s", names[8][x]);
        EACH_WIDE(size)
        {
            asm_bswap(&a, size, x);
            expect("bswap %s", names[size][x]);
        }
    }
}

static void test_constants(void **state)
{
    (void)state;
    EACH_REG(x)
    {
        for (unsigned bit = 0; bit < 64; bit++) {
            for (int off = -1; off <= 1; off++) {
                uint64_t v = ((uint64_t)1 << bit) + (uint64_t)(int64_t)off;
                asm_mov_ri(&a, x, v);
                if (v >> 32 == 0)
                    expect("mov %s,%lld", names[4][x], wrap((int64_t)v, 4));
                else if (v >= (uint64_t)(int64_t)INT32_MIN)
                    expect("mov %s,%lld", names[8][x], (long long)v);
                else
                    expect("movabs %s,%lld", names[8][x], (long long)v);
                assert_int_equal(asm_mov_ri64(&a, x, v), 2);
                assert_memory_equal(a.bytes + 2, &v, 8);
                expect("movabs %s,%lld", names[8][x], (long long)v);
            }
        }
        asm_mov_ri(&a, x, (uint64_t)-1);
        expect("mov %s,-1", names[8][x]);
    }
}

static void test_extensions(void **state)
{
    (void)state;
    EACH_REG(x) EACH_REG(y)
    {
        for (unsigned from = 1; from <= 4; from *= 2) {
            asm_movzx_rr(&a, from, x, y);
            expect("%s %s,%s", from == 4 ? "mov" : "movzx", names[4][x], names[from][y]);
            for (unsigned to = from == 1 ? 2 : 4; to <= 8; to *= 2) {
                asm_movsx_rr(&a, to, from, x, y);
                expect("%s %s,%s",
                       from < 4  ? "movsx"
                       : to == 8 ? "movsxd"
                                 : "mov",
                       names[to][x], names[from][y]);
            }
        }
    }
    EACH_ADDRESS(m)
    {
        int x = some_reg();
        for (unsigned from = 1; from <= 4; from *= 2) {
            asm_movzx_rm(&a, from, x, m);
            expect("%s %s,%s", from == 4 ? "mov" : "movzx", names[4][x],
                   mem_text(m, from));
            EACH_WIDE(to)
            {
                asm_movsx_rm(&a, to, from, x, m);
                expect("%s %s,%s",
                       from < 4  ? "movsx"
                       : to == 8 ? "movsxd"
                                 : "mov",
                       names[to][x], mem_text(m, from));
            }
        }
        for (unsigned size = 2; size <= 8; size *= 2) {
            asm_movbe_rm(&a, size, x, m);
            expect("movbe %s,%s", names[size][x], mem_text(m, size));
            asm_movbe_mr(&a, size, m, x);
            expect("movbe %s,%s", mem_text(m, size), names[size][x]);
        }
    }
}

static void test_conditions(void **state)
{
    (void)state;
    for (unsigned cc = 0; cc < 16; cc++) {
        EACH_REG(x)
        {
            asm_setcc(&a, cc, x);
            expect("set%s %s", cc_names[cc], names[1][x]);
            for (unsigned size = 2; size <= 8; size *= 2) {
                EACH_REG(y)
                {
                    asm_cmov(&a, cc, size, x, y);
                    expect("cmov%s %s,%s", cc_names[cc], names[size][x], names[size][y]);
                }
                struct asm_mem m = some_address();
                asm_cmov_rm(&a, cc, size, x, m);
                expect("cmov%s %s,%s", cc_names[cc], names[size][x], mem_text(m, size));
            }
        }
    }
}

static void test_shifts(void **state)
{
    static const struct {
        enum asm_shift op;
        const char *name, *three;
    } ops[] = {{ASM_ROL, "rol", NULL},
               {ASM_ROR, "ror", NULL},
               {ASM_SHL, "shl", "shlx"},
               {ASM_SHR, "shr", "shrx"},
               {ASM_SAR, "sar", "sarx"}};
    (void)state;
    for (unsigned i = 0; i < COUNT(ops); i++) {
        EACH_SIZE(size) EACH_REG(x)
        {
            for (unsigned by = 0; by < 8 * size; by++) {
                asm_shift_ri(&a, ops[i].op, size, x, by);
                expect("%s %s,%u", ops[i].name, names[size][x], by);
            }
            asm_shift_cl(&a, ops[i].op, size, x);
            expect("%s %s,cl", ops[i].name, names[size][x]);
            for (int y = 0; ops[i].three && size >= 4 && y < 256; y++) {
                asm_shiftx(&a, ops[i].op, size, x, y % 16, y / 16);
                expect("%s %s,%s,%s", ops[i].three, names[size][x], names[size][y % 16],
                       names[size][y / 16]);
            }
        }
    }
    EACH_REG(x) EACH_REG(y) EACH_WIDE(size)
    {
        unsigned by = (unsigned)(x + 2 * y) % (8 * size);
        asm_rorx(&a, size, x, y, by);
        expect("rorx %s,%s,%u", names[size][x], names[size][y], by);
        asm_shld_ri(&a, size, x, y, by);
        expect("shld %s,%s,%u", names[size][x], names[size][y], by);
        asm_shrd_ri(&a, size, x, y, by);
        expect("shrd %s,%s,%u", names[size][x], names[size][y], by);
    }
}

static void test_multiply(void **state)
{
    static const char *const unary[] = {"",    "",     "not", "neg",
                                        "mul", "imul", "div", "idiv"};
    (void)state;
    for (unsigned op = ASM_NOT; op <= ASM_IDIV; op++) {
        EACH_SIZE(size) EACH_REG(x)
        {
            asm_unary_r(&a, op, size, x);
            expect("%s %s", unary[op], names[size][x]);
            struct asm_mem m = some_address();
            asm_unary_m(&a, op, size, m);
            expect("%s %s", unary[op], mem_text(m, size));
        }
    }
    for (unsigned size = 2; size <= 8; size *= 2) {
        EACH_REG(x) EACH_REG(y)
        {
            asm_imul_rr(&a, size, x, y);
            expect("imul %s,%s", names[size][x], names[size][y]);
            EACH_VALUE(v)
            {
                asm_imul_rri(&a, size, x, y, v);
                expect("imul %s,%s,%lld", names[size][x], names[size][y], wrap(v, size));
            }
            struct asm_mem m = some_address();
            asm_imul_rm(&a, size, x, m);
            expect("imul %s,%s", names[size][x], mem_text(m, size));
        }
    }
    asm_cdq(&a, 4);
    expect("cdq");
    asm_cdq(&a, 8);
    expect("cqo");
}

static void test_bits(void **state)
{
    static const char *const ops[] = {"popcnt", "tzcnt", "lzcnt", "bsf", "bsr"};
    (void)state;
    EACH_WIDE(size) EACH_REG(x) EACH_REG(y)
    {
        for (unsigned op = ASM_POPCNT; op <= ASM_BSR; op++) {
            asm_bits_rr(&a, op, size, x, y);
            expect("%s %s,%s", ops[op], names[size][x], names[size][y]);
        }
        EACH_REG(z)
        {
            asm_andn(&a, size, x, y, z);
            expect("andn %s,%s,%s", names[size][x], names[size][y], names[size][z]);
        }
    }
    for (unsigned size = 2; size <= 8; size *= 2) {
        EACH_REG(x)
        {
            for (unsigned bit = 0; bit < 8 * size; bit++) {
                asm_bt_ri(&a, size, x, bit);
                expect("bt %s,%u", names[size][x], bit);
            }
        }
    }
}

static void test_atomics(void **state)
{
    (void)state;
    EACH_SIZE(size) EACH_ADDRESS(m)
    {
        int x = some_reg();
        asm_xchg_mr(&a, size, m, x);
        expect("xchg %s,%s", mem_text(m, size), names[size][x]);
        asm_lock_xadd(&a, size, m, x);
        expect("lock xadd %s,%s", mem_text(m, size), names[size][x]);
        asm_lock_cmpxchg(&a, size, m, x);
        expect("lock cmpxchg %s,%s", mem_text(m, size), names[size][x]);
        asm_cmpxchg(&a, size, m, x);
        expect("cmpxchg %s,%s", mem_text(m, size), names[size][x]);
    }
    asm_mfence(&a);
    expect("mfence");
}

static void test_indirect(void **state)
{
    (void)state;
    EACH_REG(x)
    {
        asm_jmp_r(&a, x);
        expect("jmp %s", names[8][x]);
        asm_call_r(&a, x);
        expect("call %s", names[8][x]);
    }
    EACH_ADDRESS(m)
    {
        asm_jmp_m(&a, m);
        expect("jmp %s", mem_text(m, 8));
        asm_call_m(&a, m);
        expect("call %s", mem_text(m, 8));
    }
    asm_ret(&a);
    expect("ret");
    asm_ud2(&a);
    expect("ud2");
}

/* --- floating point --- */

static void test_scalar(void **state)
{
    static const struct {
        enum asm_sse op;
        const char *name;
    } ops[] = {{ASM_ADDS, "adds"},  {ASM_MULS, "muls"}, {ASM_SUBS, "subs"},
               {ASM_MINS, "mins"},  {ASM_DIVS, "divs"}, {ASM_MAXS, "maxs"},
               {ASM_SQRTS, "sqrts"}};
    (void)state;
    for (unsigned i = 0; i < COUNT(ops); i++) {
        EACH_WIDE(size) EACH_REG(x) EACH_REG(y)
        {
            char letter = size == 4 ? 's' : 'd';
            struct asm_mem m = some_address();
            asm_sse_rr(&a, ops[i].op, size, x, y);
            expect("%s%c xmm%d,xmm%d", ops[i].name, letter, x, y);
            asm_sse_rm(&a, ops[i].op, size, x, m);
            expect("%s%c xmm%d,%s", ops[i].name, letter, x, mem_text(m, size));
            asm_avx_rrm(&a, ops[i].op, size, x, y, m);
            expect("v%s%c xmm%d,xmm%d,%s", ops[i].name, letter, x, y, mem_text(m, size));
            EACH_REG(z)
            {
                asm_avx_rrr(&a, ops[i].op, size, x, y, z);
                expect("v%s%c xmm%d,xmm%d,xmm%d", ops[i].name, letter, x, y, z);
            }
        }
    }
    EACH_WIDE(size) for (int n = 0; n < 4096; n++)
    {
        asm_fma231(&a, size, n % 16, n / 16 % 16, n / 256);
        expect("vfmadd231s%c xmm%d,xmm%d,xmm%d", size == 4 ? 's' : 'd', n % 16,
               n / 16 % 16, n / 256);
    }
    EACH_ADDRESS(m)
    {
        int x = some_reg(), y = some_reg();
        EACH_WIDE(size)
        {
            asm_fma231_rm(&a, size, x, y, m);
            expect("vfmadd231s%c xmm%d,xmm%d,%s", size == 4 ? 's' : 'd', x, y,
                   mem_text(m, size));
        }
        asm_pshufb_rm(&a, x, m);
        expect("pshufb xmm%d,%s", x, mem_text(m, 16));
        asm_vpshufb_rrm(&a, x, y, m);
        expect("vpshufb xmm%d,xmm%d,%s", x, y, mem_text(m, 16));
    }
}

static void test_vector_moves(void **state)
{
    static const char *const logic[] = {"andps", "andnps", "orps", "xorps"};
    (void)state;
    EACH_REG(x) EACH_REG(y)
    {
        asm_movaps(&a, x, y);
        expect("movaps xmm%d,xmm%d", x, y);
        for (unsigned op = ASM_ANDPS; op <= ASM_XORPS; op++) {
            asm_logic_rr(&a, op, x, y);
            expect("%s xmm%d,xmm%d", logic[op - ASM_ANDPS], x, y);
        }
        EACH_WIDE(size)
        {
            asm_movd_xr(&a, size, x, y);
            expect("mov%c xmm%d,%s", size == 4 ? 'd' : 'q', x, names[size][y]);
            asm_movd_rx(&a, size, x, y);
            expect("mov%c %s,xmm%d", size == 4 ? 'd' : 'q', names[size][x], y);
        }
    }
    EACH_ADDRESS(m)
    {
        int x = some_reg();
        EACH_WIDE(size)
        {
            asm_movs_rm(&a, size, x, m);
            expect("movs%c xmm%d,%s", size == 4 ? 's' : 'd', x, mem_text(m, size));
            asm_movs_mr(&a, size, m, x);
            expect("movs%c %s,xmm%d", size == 4 ? 's' : 'd', mem_text(m, size), x);
        }
        asm_movups_rm(&a, x, m);
        expect("movups xmm%d,%s", x, mem_text(m, 16));
        asm_movups_mr(&a, m, x);
        expect("movups %s,xmm%d", mem_text(m, 16), x);
        asm_stmxcsr(&a, m);
        expect("stmxcsr %s", mem_text(m, 4));
        asm_ldmxcsr(&a, m);
        expect("ldmxcsr %s", mem_text(m, 4));
    }
}

static void test_conversions(void **state)
{
    (void)state;
    EACH_REG(x) EACH_REG(y) EACH_WIDE(size)
    {
        char letter = size == 4 ? 's' : 'd';
        EACH_WIDE(isize)
        {
            asm_cvtsi2s(&a, size, isize, x, y);
            expect("cvtsi2s%c xmm%d,%s", letter, x, names[isize][y]);
            asm_cvtts2si(&a, isize, size, x, y);
            expect("cvtts%c2si %s,xmm%d", letter, names[isize][x], y);
            asm_cvts2si(&a, isize, size, x, y);
            expect("cvts%c2si %s,xmm%d", letter, names[isize][x], y);
        }
        asm_cvts2s(&a, size, x, y);
        expect("cvts%c2s%c xmm%d,xmm%d", letter, size == 4 ? 'd' : 's', x, y);
        asm_rounds(&a, size, x, y, (unsigned)y);
        expect("rounds%c xmm%d,xmm%d,%d", letter, x, y, y);
        asm_ucomis_rr(&a, size, x, y);
        expect("ucomis%c xmm%d,xmm%d", letter, x, y);
        struct asm_mem m = some_address();
        asm_ucomis_rm(&a, size, x, m);
        expect("ucomis%c xmm%d,%s", letter, x, mem_text(m, size));
    }
}

/* --- labels and jumps --- */

/* jump_to - the instruction at AT is MNEMONIC to offset TO; its size. */
static unsigned jump_to(uint32_t at, const char *mnemonic, uint32_t to)
{
    char found[256], wanted[64];
    unsigned size = read_back(at, found);
    snprintf(wanted, sizeof wanted, "%s %u", mnemonic, to);
    assert_string_equal(found, wanted);
    cases++;
    return size;
}

static void clear(void)
{
    asm_free(&a);
    asm_init(&a);
}

/* filler - BYTES of code. */
static void filler(unsigned bytes)
{
    while (bytes-- > 0)
        asm_ret(&a);
}

static void test_jumps(void **state)
{
    (void)state;
    for (unsigned between = 0; between < 300; between++) {
        for (unsigned cc = 0; cc <= 16; cc++) {
            char name[8] = "jmp";
            if (cc < 16)
                snprintf(name, sizeof name, "j%s", cc_names[cc]);
            clear();
            filler(3);
            uint32_t back = asm_label(&a), ahead = asm_label(&a);
            asm_place(&a, back);
            filler(between);
            uint32_t first = a.size;
            cc < 16 ? asm_jcc(&a, cc, back) : asm_jmp(&a, back);
            uint32_t second = a.size;
            cc < 16 ? asm_jcc(&a, cc, ahead) : asm_jmp(&a, ahead);
            filler(between);
            asm_place(&a, ahead);
            asm_finish(&a);
            unsigned size = jump_to(first, name, 3);
            assert_int_equal(size, between <= 126 ? 2 : cc < 16 ? 6 : 5);
            assert_int_equal(first + size, second);
            assert_int_equal(jump_to(second, name, a.size), cc < 16 ? 6 : 5);
        }
    }
    clear();
}

static void test_sites(void **state)
{
    (void)state;
    for (unsigned before = 0; before < 16; before++) {
        char found[256];
        clear();
        filler(before);
        uint32_t label = asm_label(&a), field = asm_jmp_site(&a, label), at = before;
        assert_int_equal(field % 4, 0);
        assert_int_equal(a.size, field + 4);
        filler(5);
        asm_place(&a, label);
        asm_finish(&a);
        if (at != field - 1) {
            at += read_back(at, found);
            assert_int_equal(strncmp(found, "nop", 3), 0);
        }
        assert_int_equal(at, field - 1);
        jump_to(at, "jmp", field + 9);
    }
    clear();
}

static void test_other_sites(void **state)
{
    (void)state;
    for (unsigned before = 0; before < 16; before++) {
        for (int cc = -1; cc < 16; cc++) {
            char name[8] = "call";
            clear();
            filler(before);
            uint32_t label = asm_label(&a);
            uint32_t field = cc < 0 ? asm_call_site(&a, label)
                                    : asm_jcc_site(&a, (enum asm_cc)cc, label);
            assert_int_equal(field % 4, 0);
            filler(5);
            asm_place(&a, label);
            asm_finish(&a);
            if (cc >= 0)
                snprintf(name, sizeof name, "j%s", cc_names[cc]);
            jump_to(field - (cc < 0 ? 1 : 2), name, field + 9);
        }
    }
    clear();
}

/* A comparison with 64 bits behind the code: rip counts from its end. */
static void test_data(void **state)
{
    (void)state;
    clear();
    uint32_t label = asm_label(&a);
    asm_cmp_label(&a, RAX, label);
    filler(3);
    assert_int_equal(asm_data(&a, label, UINT64_C(0x123456789abcdef0)), 16);
    asm_finish(&a);
    static const uint8_t wanted[] = {0x48, 0x3b, 0x05, 9,    0,    0,    0,    0xc3,
                                     0xc3, 0xc3, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc,
                                     0xf0, 0xde, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12};
    assert_int_equal(a.size, sizeof wanted);
    assert_memory_equal(a.bytes, wanted, sizeof wanted);
    clear();
}

static void test_lea_label(void **state)
{
    (void)state;
    EACH_REG(x)
    {
        clear();
        uint32_t label = asm_label(&a);
        asm_lea_label(&a, x, label);
        filler(x == 0 ? 0 : 1000);
        asm_place(&a, label);
        asm_finish(&a);
        const uint8_t *at = a.bytes;
        size_t left = a.size;
        uint64_t address = 0;
        assert_true(cs_disasm_iter(cs, &at, &left, &address, insn));
        const cs_x86 *d = &insn->detail->x86;
        assert_string_equal(insn->mnemonic, "lea");
        assert_string_equal(cs_reg_name(cs, d->operands[0].reg), names[8][x]);
        assert_int_equal(d->operands[1].mem.base, X86_REG_RIP);
        assert_int_equal(address + (uint64_t)d->operands[1].mem.disp, a.size);
    }
    clear();
}

static void test_align(void **state)
{
    (void)state;
    for (unsigned to = 1; to <= 64; to *= 2) {
        for (unsigned before = 0; before < 65; before++) {
            char found[256];
            unsigned count = 0;
            clear();
            filler(before);
            asm_align(&a, to);
            assert_int_equal(a.size, (before + to - 1) / to * to);
            for (uint32_t at = before; at < a.size; count++) {
                unsigned size = read_back(at, found);
                assert_int_equal(strncmp(found, "nop", 3), 0);
                at += size;
            }
            assert_int_equal(count, (a.size - before + 8) / 9);
        }
    }
    clear();
}

static void bytes_are(const char *hex)
{
    char found[64], *out = found;
    for (uint32_t i = 0; i < a.size; i++)
        out += sprintf(out, i == 0 ? "%02x" : " %02x", a.bytes[i]);
    assert_string_equal(found, hex);
    a.size = 0;
    cases++;
}

/* The SDM's recommended sequences. */
static void test_nops(void **state)
{
    static const char *const forms[] = {
        "90",
        "66 90",
        "0f 1f 00",
        "0f 1f 40 00",
        "0f 1f 44 00 00",
        "66 0f 1f 44 00 00",
        "0f 1f 80 00 00 00 00",
        "0f 1f 84 00 00 00 00 00",
        "66 0f 1f 84 00 00 00 00 00",
    };
    (void)state;
    for (unsigned n = 1; n <= COUNT(forms); n++) {
        filler(16 - n);
        asm_align(&a, 16);
        memmove(a.bytes, a.bytes + 16 - n, n);
        a.size = n;
        bytes_are(forms[n - 1]);
    }
}

/* The buffer, the labels and their uses grow. */
static void test_growth(void **state)
{
    uint32_t labels[500];
    (void)state;
    clear();
    for (unsigned i = 0; i < COUNT(labels); i++)
        labels[i] = asm_label(&a);
    for (unsigned i = 0; i < COUNT(labels); i++)
        asm_jmp(&a, labels[COUNT(labels) - 1 - i]);
    for (unsigned i = 0; i < COUNT(labels); i++) {
        asm_place(&a, labels[i]);
        filler(11);
    }
    asm_finish(&a);
    for (unsigned i = 0; i < COUNT(labels); i++)
        jump_to(5 * i, "jmp",
                (uint32_t)(5 * COUNT(labels) + 11 * (COUNT(labels) - 1 - i)));
    clear();
}

/* --- the shortest forms --- */

static struct asm_mem at(int base, int index, unsigned scale, int32_t disp)
{
    return (struct asm_mem){(uint8_t)base, (uint8_t)index, (uint8_t)scale, disp};
}
#define IS(call, hex) (asm_##call, bytes_are(hex))

/* By hand from the SDM; the same as GNU as makes, but for the last group. */
static void test_shortest(void **state)
{
    enum { NO = ASM_NO_REG };
    (void)state;
    /* Prefixes only where something needs them. */
    IS(alu_rr(&a, ASM_ADD, 4, RCX, RBX), "01 d9");
    IS(alu_rr(&a, ASM_ADD, 8, RCX, RBX), "48 01 d9");
    IS(alu_rr(&a, ASM_ADD, 2, RCX, RBX), "66 01 d9");
    IS(alu_rr(&a, ASM_ADD, 1, RCX, RBX), "00 d9");
    IS(alu_rr(&a, ASM_ADD, 1, RSI, RBX), "40 00 de");
    IS(alu_rm(&a, ASM_CMP, 1, RBX, at(RSI, NO, 1, 0)), "3a 1e");
    IS(alu_mi(&a, ASM_CMP, 1, at(RSI, NO, 1, 0), 3), "80 3e 03");
    IS(movzx_rr(&a, 1, RSI, RBX), "0f b6 f3");
    IS(movzx_rr(&a, 1, RBX, RSI), "40 0f b6 de");
    IS(movzx_rr(&a, 2, RBX, RSI), "0f b7 de");
    IS(setcc(&a, CC_E, RDX), "0f 94 c2");
    IS(push(&a, RBX), "53");
    IS(push(&a, R12), "41 54");
    IS(jmp_r(&a, RCX), "ff e1");
    IS(call_m(&a, at(RBP, NO, 1, 0x40)), "ff 55 40");
    IS(jmp_m(&a, at(RBP, NO, 1, 0x40)), "ff 65 40");
    IS(alu_ri(&a, ASM_AND, 1, RBX, 5), "80 e3 05");
    IS(alu_mi(&a, ASM_AND, 1, at(RBX, NO, 1, 0), 5), "80 23 05");
    IS(unary_r(&a, ASM_MUL, 1, RBX), "f6 e3");
    IS(unary_m(&a, ASM_MUL, 1, at(RBX, NO, 1, 0)), "f6 23");
    IS(shift_ri(&a, ASM_SHL, 1, RBX, 2), "c0 e3 02");
    IS(shift_cl(&a, ASM_SHL, 1, RBX), "d2 e3");
    /* Immediates. */
    IS(alu_mi(&a, ASM_ADD, 2, at(RBX, NO, 1, 0), -3), "66 83 03 fd");
    IS(alu_ri(&a, ASM_ADD, 4, RCX, 127), "83 c1 7f");
    IS(alu_ri(&a, ASM_ADD, 4, RCX, 128), "81 c1 80 00 00 00");
    IS(alu_ri(&a, ASM_ADD, 4, RAX, 128), "05 80 00 00 00");
    IS(alu_ri(&a, ASM_ADD, 2, RCX, 0xffff), "66 83 c1 ff");
    IS(alu_ri(&a, ASM_ADD, 1, RAX, 5), "04 05");
    IS(imul_rri(&a, 4, RCX, RDX, -3), "6b ca fd");
    IS(shift_ri(&a, ASM_SHL, 4, RCX, 1), "d1 e1");
    IS(shift_ri(&a, ASM_SHL, 4, RCX, 2), "c1 e1 02");
    IS(mov_ri(&a, RBX, 0), "bb 00 00 00 00");
    IS(mov_ri(&a, RBX, UINT32_MAX), "bb ff ff ff ff");
    IS(mov_ri(&a, RBX, UINT64_MAX), "48 c7 c3 ff ff ff ff");
    IS(mov_ri(&a, R9, 1ull << 32), "49 b9 00 00 00 00 01 00 00 00");
    IS(mov_mi(&a, 8, at(RBP, NO, 1, 8), -1), "48 c7 45 08 ff ff ff ff");
    IS(mov_mi(&a, 2, at(RBP, NO, 1, 8), -1), "66 c7 45 08 ff ff");
    /* Addresses. */
    IS(mov_rm(&a, 4, RCX, at(RBX, NO, 1, 0)), "8b 0b");
    IS(mov_rm(&a, 4, RCX, at(RBP, NO, 1, 0)), "8b 4d 00");
    IS(mov_rm(&a, 4, RCX, at(R13, NO, 1, 0)), "41 8b 4d 00");
    IS(mov_rm(&a, 4, RCX, at(RSP, NO, 1, 0)), "8b 0c 24");
    IS(mov_rm(&a, 4, RCX, at(R12, NO, 1, 8)), "41 8b 4c 24 08");
    IS(mov_rm(&a, 4, RCX, at(R14, RDX, 1, 0)), "41 8b 0c 16");
    IS(mov_rm(&a, 4, RCX, at(R14, R12, 4, -128)), "43 8b 4c a6 80");
    IS(mov_rm(&a, 4, RCX, at(R13, RDX, 4, 0)), "41 8b 4c 95 00");
    IS(mov_rm(&a, 4, RCX, at(RBX, NO, 1, 128)), "8b 8b 80 00 00 00");
    IS(mov_rm(&a, 4, RCX, at(NO, NO, 1, 64)), "8b 0c 25 40 00 00 00");
    IS(mov_rm(&a, 4, RCX, at(NO, RDX, 4, 1)), "8b 0c 95 01 00 00 00");
    /* Vector instructions. */
    IS(sse_rr(&a, ASM_ADDS, 8, 1, 2), "f2 0f 58 ca");
    IS(sse_rr(&a, ASM_ADDS, 4, 9, 2), "f3 44 0f 58 ca");
    IS(avx_rrr(&a, ASM_ADDS, 8, 1, 9, 2), "c5 b3 58 ca");
    IS(avx_rrr(&a, ASM_ADDS, 8, 9, 1, 2), "c5 73 58 ca");
    IS(avx_rrr(&a, ASM_ADDS, 8, 1, 2, 9), "c4 c1 6b 58 c9");
    IS(avx_rrm(&a, ASM_ADDS, 8, 1, 2, at(RAX, NO, 1, 0)), "c5 eb 58 08");
    IS(ucomis_rr(&a, 4, 0, 1), "0f 2e c1");
    IS(andn(&a, 4, RAX, RCX, RDX), "c4 e2 70 f2 c2");
    IS(shiftx(&a, ASM_SHL, 8, RAX, RCX, RDX), "c4 e2 e9 f7 c1");
    /* Other forms of the same address or result. */
    IS(mov_rm(&a, 4, RCX, at(NO, RDX, 1, 1)), "8b 4a 01");
    IS(mov_rm(&a, 4, RCX, at(NO, RDX, 2, 1)), "8b 4c 12 01");
    IS(mov_rm(&a, 4, RCX, at(R13, RDX, 1, 0)), "42 8b 0c 2a");
    IS(mov_rm(&a, 4, RCX, at(RDX, RSP, 1, 0)), "8b 0c 14");
    IS(alu_ri(&a, ASM_AND, 8, RCX, 127), "83 e1 7f");
    IS(test_ri(&a, 8, RCX, 127), "f6 c1 7f");
    IS(test_ri(&a, 8, RAX, 0x7fffffff), "a9 ff ff ff 7f");
    IS(test_ri(&a, 4, RCX, 128), "f7 c1 80 00 00 00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),    cmocka_unit_test(test_alu_registers),
        cmocka_unit_test(test_alu_values),   cmocka_unit_test(test_alu_memory),
        cmocka_unit_test(test_moves),        cmocka_unit_test(test_constants),
        cmocka_unit_test(test_extensions),   cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_shifts),       cmocka_unit_test(test_multiply),
        cmocka_unit_test(test_bits),         cmocka_unit_test(test_atomics),
        cmocka_unit_test(test_indirect),     cmocka_unit_test(test_scalar),
        cmocka_unit_test(test_vector_moves), cmocka_unit_test(test_conversions),
        cmocka_unit_test(test_jumps),        cmocka_unit_test(test_sites),
        cmocka_unit_test(test_lea_label),    cmocka_unit_test(test_align),
        cmocka_unit_test(test_growth),       cmocka_unit_test(test_nops),
        cmocka_unit_test(test_shortest),     cmocka_unit_test(test_other_sites),
        cmocka_unit_test(test_data),
    };
    return cmocka_run_group_tests_name("asm", tests, set_up, tear_down);
}

#else

int main(void)
{
    puts("1..0 # skip Capstone is not there");
    return 0;
}

#endif
