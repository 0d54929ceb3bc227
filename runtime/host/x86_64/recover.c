/* recover.c - the host's level, links, and the state behind a fault; see host.h. */
#include "host/host.h"
#include "host/x86_64/asm.h"
#include "ir/arith.h"

#include <assert.h>
#include <string.h>
#include <ucontext.h>

#if defined(__x86_64__)

#include <cpuid.h>

/* Where the instruction cpuid leaves a virtual machine it takes longer than a thousand
 * others; the GNU C library has asked already. */
#if defined(__has_include)
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#define LIBRARY_KNOWS 1
#endif
#endif

static unsigned level_found;

void (*host_disas_line)(uint64_t pc, FILE *to);
const uint8_t host_fault_byte = 0xf4; /* hlt */

/* Bits of cpuid that the levels of the x86-64 psABI ask for. */
enum {
    V2_1C = bit_SSE3 | bit_SSSE3 | bit_CMPXCHG16B | bit_SSE4_1 | bit_SSE4_2 | bit_POPCNT,
    V2_X1C = bit_LAHF_LM,
    V3_1C = bit_FMA | bit_MOVBE | bit_OSXSAVE | bit_AVX | bit_F16C,
    V3_7B = bit_BMI | bit_AVX2 | bit_BMI2,
    V3_X1C = bit_LZCNT,
};
static const unsigned v4_7b =
    bit_AVX512F | bit_AVX512DQ | bit_AVX512CD | bit_AVX512BW | bit_AVX512VL;

/* Parts of the state that the host's kernel saves: xmm, ymm; opmask, zmm. */
enum { XCR0_AVX = 0x06, XCR0_AVX512 = 0xe6 };

static bool all(unsigned have, unsigned want)
{
    return (have & want) == want;
}

/* ask - C of cpuid's leaf 1, B of leaf 7, C of leaf 0x80000001; 0 if there is none. */
static void ask(unsigned *c1, unsigned *b7, unsigned *cx)
{
#ifdef LIBRARY_KNOWS
    *c1 = __x86_get_cpuid_feature_leaf(CPUID_INDEX_1)->cpuid_array[2];
    *b7 = __x86_get_cpuid_feature_leaf(CPUID_INDEX_7)->cpuid_array[1];
    *cx = __x86_get_cpuid_feature_leaf(CPUID_INDEX_80000001)->cpuid_array[2];
#else
    unsigned a, b, c, d;
    *c1 = __get_cpuid(1, &a, &b, &c, &d) ? c : 0;
    *b7 = __get_cpuid_count(7, 0, &a, &b, &c, &d) ? b : 0;
    *cx = __get_cpuid(0x80000001, &a, &b, &c, &d) ? c : 0;
#endif
}

static unsigned detect(void)
{
    unsigned c, b7, cx, d, saved = 0;
    ask(&c, &b7, &cx);
    if (c & bit_OSXSAVE)
        __asm__("xgetbv" : "=a"(saved), "=d"(d) : "c"(0));
    if (!all(c, V2_1C) || !all(cx, V2_X1C))
        return 1;
    if (!all(c, V3_1C) || !all(b7, V3_7B) || !all(cx, V3_X1C) || !all(saved, XCR0_AVX))
        return 2;
    return all(b7, v4_7b) && all(saved, XCR0_AVX512) ? 4 : 3;
}

void host_init(unsigned level)
{
    level_found = detect();
    if (level != 0 && level < level_found)
        level_found = level;
}

unsigned host_level(void)
{
    return level_found;
}

void host_patch(uint8_t *field, const uint8_t *site, const void *to)
{
    int64_t distance = (const uint8_t *)to - (site + 4);
    assert((uintptr_t)field % 4 == 0 && distance == (int32_t)distance);
    __atomic_store_n((int32_t *)(void *)field, (int32_t)distance, __ATOMIC_RELEASE);
}

void host_cut(uint8_t *at, bool cut)
{
    __atomic_store_n(at, cut ? ASM_OPCODE_JMP : ASM_OPCODE_TEST, __ATOMIC_RELAXED);
}

/* --- recovery --- */

/* The general registers by their number in an instruction. */
static const int reg_index[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                  REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                  REG_R12, REG_R13, REG_R14, REG_R15};

static unsigned type_bytes(unsigned type)
{
    static const uint8_t bytes[IR_TYPE_COUNT] = {
        [IR_I1] = 1,  [IR_I8] = 1,  [IR_I16] = 2,   [IR_I32] = 4,   [IR_I64] = 8,
        [IR_F32] = 4, [IR_F64] = 8, [IR_I128] = 16, [IR_V128] = 16,
    };
    assert(type < IR_TYPE_COUNT && bytes[type] != 0);
    return bytes[type];
}

/* fetch - the 16 bytes that R finds, whatever of them counts. */
static void fetch(const struct host_recipe *r, const struct cpu *cpu, const ucontext_t *u,
                  unsigned bytes, uint64_t value[2])
{
    value[0] = value[1] = 0;
    switch ((enum host_where)r->where) {
    case HOST_CONST:
        value[0] = r->value;
        break;
    case HOST_GPR:
        assert(r->index < 16);
        value[0] = (uint64_t)u->uc_mcontext.gregs[reg_index[r->index]];
        break;
    case HOST_XMM:
        assert(r->index < 16);
        memcpy(value, &u->uc_mcontext.fpregs->_xmm[r->index], 16);
        break;
    case HOST_SLOT:
        memcpy(value, &cpu->host.frame[r->index], bytes);
        break;
    case HOST_HOME:
        memcpy(value, (const char *)cpu + r->index, bytes);
        break;
    }
}

/* step - the value so far, after step R. */
static ir_wide step(const struct host_recipe *r, const struct cpu *cpu,
                    const ucontext_t *u, ir_wide so_far)
{
    uint64_t found[2];
    ir_wide v, out = 0;
    fetch(r, cpu, u, r->bytes, found);
    v = (ir_wide)found[1] << 64 | found[0];
    if (r->bytes < 16)
        v &= ((ir_wide)1 << 8 * r->bytes) - 1;
    if (r->op == IR_NONE)
        return v;
    const ir_wide arg[3] = {so_far, v, r->third};
    bool known = ir_arith((enum ir_op)r->op, (enum ir_type)r->from,
                          (enum ir_type)r->result, arg, &out);
    assert(known);
    (void)known;
    return out;
}

/* All values are found before the first home is written, as homes are read too. */
void host_recover(struct cpu *cpu, const struct host_fault *f,
                  const struct host_recipe *recipes, const void *ucontext)
{
    struct {
        ir_wide value;
        const struct host_recipe *last;
    } done[HOST_PLACES_MAX];
    uint32_t count = 0;
    ir_wide v = 0;
    for (uint32_t i = 0; i < f->recipe_count; i++) {
        const struct host_recipe *r = &recipes[f->recipe_first + i];
        v = step(r, cpu, ucontext, v);
        if (r->more)
            continue;
        assert(count < HOST_PLACES_MAX);
        done[count].value = v;
        done[count++].last = r;
    }
    for (uint32_t i = 0; i < count; i++)
        memcpy((char *)cpu + done[i].last->offset, &done[i].value,
               type_bytes(done[i].last->type));
    cpu->pc = f->pc;
    cpu->host.returns = (const void **)(uintptr_t)((const ucontext_t *)ucontext)
                            ->uc_mcontext.gregs[REG_RSP];
}

#endif
