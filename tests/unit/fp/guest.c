/*
 * guest.c - compiled for a guest: what its processor answers to the cases of cases.h.
 */
#include <stdio.h>
#include <string.h>

#include "cases.h"

typedef uint64_t answer_fn(uint64_t a, uint64_t b, uint64_t c);

static float f(uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float value;

    memcpy(&value, &low, sizeof value);
    return value;
}

static double d(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t from_f(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t from_d(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* An answer of one instruction: its result as type T in register class "=x". */
#define ANSWER(name, T, out, from, text, ...)                \
    static uint64_t name(uint64_t a, uint64_t b, uint64_t c) \
    {                                                        \
        T r;                                                 \
                                                             \
        (void)a, (void)b, (void)c;                           \
        __asm__ volatile(text : out(r) : __VA_ARGS__);       \
        return from(r);                                      \
    }
#define FFF(name, insn) \
    ANSWER(name, float, "=f", from_f, insn " %0,%1,%2", "f"(f(a)), "f"(f(b)))
#define DDD(name, insn) \
    ANSWER(name, double, "=f", from_d, insn " %0,%1,%2", "f"(d(a)), "f"(d(b)))
#define FF(name, insn) ANSWER(name, float, "=f", from_f, insn " %0,%1", "f"(f(a)))
#define FD(name, insn) ANSWER(name, float, "=f", from_f, insn " %0,%1", "f"(d(a)))
#define DF(name, insn) ANSWER(name, double, "=f", from_d, insn " %0,%1", "f"(f(a)))
#define DD(name, insn) ANSWER(name, double, "=f", from_d, insn " %0,%1", "f"(d(a)))

struct row {
    enum fp_op op;
    unsigned width;
    answer_fn *answer;
};

#ifdef __riscv

static void control_set(unsigned round)
{
    static const unsigned char codes[] = {0, 1, 3, 2, 4};
    unsigned long fcsr = (unsigned long)codes[round] << 5;

    __asm__ volatile("fscsr %0" : : "r"(fcsr));
}

static int control_get(unsigned *flags)
{
    unsigned long value;

    __asm__ volatile("frflags %0" : "=r"(value));
    *flags = (unsigned)value; /* the same bits */
    return 1;
}

static int has_round(unsigned round)
{
    return round < FP_DYN;
}

#define U32(r) ((uint64_t)(r)&UINT32_MAX)
#define U64(r) ((uint64_t)(r))
#define LFF(name, insn) \
    ANSWER(name, long, "=r", U64, insn " %0,%1,%2", "f"(f(a)), "f"(f(b)))
#define LDD(name, insn) \
    ANSWER(name, long, "=r", U64, insn " %0,%1,%2", "f"(d(a)), "f"(d(b)))
#define WF(name, insn) ANSWER(name, long, "=r", U32, insn " %0,%1", "f"(f(a)))
#define WD(name, insn) ANSWER(name, long, "=r", U32, insn " %0,%1", "f"(d(a)))
#define LF(name, insn) ANSWER(name, long, "=r", U64, insn " %0,%1", "f"(f(a)))
#define LD(name, insn) ANSWER(name, long, "=r", U64, insn " %0,%1", "f"(d(a)))
#define FL(name, insn) ANSWER(name, float, "=f", from_f, insn " %0,%1", "r"(a))
#define DL(name, insn) ANSWER(name, double, "=f", from_d, insn " %0,%1", "r"(a))

FFF(add_s, "fadd.s")
FFF(sub_s, "fsub.s")
FFF(mul_s, "fmul.s")
FFF(div_s, "fdiv.s")
FFF(min_s, "fmin.s")
FFF(max_s, "fmax.s")
FF(sqrt_s, "fsqrt.s")
LFF(eq_s, "feq.s")
LFF(lt_s, "flt.s")
LFF(le_s, "fle.s")
WF(w_s, "fcvt.w.s")
WF(wu_s, "fcvt.wu.s")
LF(l_s, "fcvt.l.s")
LF(lu_s, "fcvt.lu.s")
FL(s_w, "fcvt.s.w")
FL(s_wu, "fcvt.s.wu")
FL(s_l, "fcvt.s.l")
FL(s_lu, "fcvt.s.lu")
FD(s_d, "fcvt.s.d")
DDD(add_d, "fadd.d")
DDD(sub_d, "fsub.d")
DDD(mul_d, "fmul.d")
DDD(div_d, "fdiv.d")
DDD(min_d, "fmin.d")
DDD(max_d, "fmax.d")
DD(sqrt_d, "fsqrt.d")
LDD(eq_d, "feq.d")
LDD(lt_d, "flt.d")
LDD(le_d, "fle.d")
WD(w_d, "fcvt.w.d")
WD(wu_d, "fcvt.wu.d")
LD(l_d, "fcvt.l.d")
LD(lu_d, "fcvt.lu.d")
DL(d_w, "fcvt.d.w")
DL(d_wu, "fcvt.d.wu")
DL(d_l, "fcvt.d.l")
DL(d_lu, "fcvt.d.lu")
DF(d_s, "fcvt.d.s")
ANSWER(fma_s, float, "=f", from_f, "fmadd.s %0,%1,%2,%3", "f"(f(a)), "f"(f(b)), "f"(f(c)))
ANSWER(fma_d, double, "=f", from_d, "fmadd.d %0,%1,%2,%3", "f"(d(a)), "f"(d(b)),
       "f"(d(c)))

static const struct row rows[] = {
    {FP_OP_ADD, 32, add_s},     {FP_OP_ADD, 64, add_d},     {FP_OP_SUB, 32, sub_s},
    {FP_OP_SUB, 64, sub_d},     {FP_OP_MUL, 32, mul_s},     {FP_OP_MUL, 64, mul_d},
    {FP_OP_DIV, 32, div_s},     {FP_OP_DIV, 64, div_d},     {FP_OP_SQRT, 32, sqrt_s},
    {FP_OP_SQRT, 64, sqrt_d},   {FP_OP_FMA, 32, fma_s},     {FP_OP_FMA, 64, fma_d},
    {FP_OP_MIN, 32, min_s},     {FP_OP_MIN, 64, min_d},     {FP_OP_MAX, 32, max_s},
    {FP_OP_MAX, 64, max_d},     {FP_OP_EQ, 32, eq_s},       {FP_OP_EQ, 64, eq_d},
    {FP_OP_LT_S, 32, lt_s},     {FP_OP_LT_S, 64, lt_d},     {FP_OP_LE_S, 32, le_s},
    {FP_OP_LE_S, 64, le_d},     {FP_OP_TO_S32, 32, w_s},    {FP_OP_TO_S32, 64, w_d},
    {FP_OP_TO_U32, 32, wu_s},   {FP_OP_TO_U32, 64, wu_d},   {FP_OP_TO_S64, 32, l_s},
    {FP_OP_TO_S64, 64, l_d},    {FP_OP_TO_U64, 32, lu_s},   {FP_OP_TO_U64, 64, lu_d},
    {FP_OP_FROM_S32, 32, s_w},  {FP_OP_FROM_S32, 64, d_w},  {FP_OP_FROM_U32, 32, s_wu},
    {FP_OP_FROM_U32, 64, d_wu}, {FP_OP_FROM_S64, 32, s_l},  {FP_OP_FROM_S64, 64, d_l},
    {FP_OP_FROM_U64, 32, s_lu}, {FP_OP_FROM_U64, 64, d_lu}, {FP_OP_FROM_F64, 32, s_d},
    {FP_OP_FROM_F32, 64, d_s},  {FP_OP_COUNT, 0, NULL},
};

#elif defined(__mips)

static void control_set(unsigned round)
{
    __asm__ volatile("ctc1 %0,$31" : : "r"(round)); /* 0 to 3 mean the same */
}

/* The accrued flags; 0 if they aren't the cause bits too. */
static int control_get(unsigned *flags)
{
    unsigned value;

    __asm__ volatile("cfc1 %0,$31" : "=r"(value));
    *flags = value >> 2 & 31;
    return (value >> 12 & 63) == *flags;
}

static int has_round(unsigned round)
{
    return round <= FP_DOWN;
}

/* A comparison's result is condition 0. */
#define CONDITION(name, insn, x)                             \
    static uint64_t name(uint64_t a, uint64_t b, uint64_t c) \
    {                                                        \
        unsigned value;                                      \
                                                             \
        (void)c;                                             \
        __asm__ volatile(insn " %1,%2\n\tcfc1 %0,$31"        \
                         : "=r"(value)                       \
                         : "f"(x(a)), "f"(x(b)));            \
        return value >> 23 & 1;                              \
    }
FFF(add_s, "add.s")
FFF(sub_s, "sub.s")
FFF(mul_s, "mul.s")
FFF(div_s, "div.s")
FF(sqrt_s, "sqrt.s")
FF(w_s, "cvt.w.s")
FF(s_w, "cvt.s.w")
FD(s_d, "cvt.s.d")
DDD(add_d, "add.d")
DDD(sub_d, "sub.d")
DDD(mul_d, "mul.d")
DDD(div_d, "div.d")
DD(sqrt_d, "sqrt.d")
FD(w_d, "cvt.w.d")
DF(d_w, "cvt.d.w")
DF(d_s, "cvt.d.s")
CONDITION(eq_s, "c.eq.s", f)
CONDITION(lt_s, "c.olt.s", f)
CONDITION(le_s, "c.ole.s", f)
CONDITION(un_s, "c.un.s", f)
CONDITION(seq_s, "c.seq.s", f)
CONDITION(slt_s, "c.lt.s", f)
CONDITION(sle_s, "c.le.s", f)
CONDITION(sun_s, "c.ngle.s", f)
CONDITION(eq_d, "c.eq.d", d)
CONDITION(lt_d, "c.olt.d", d)
CONDITION(le_d, "c.ole.d", d)
CONDITION(un_d, "c.un.d", d)
CONDITION(seq_d, "c.seq.d", d)
CONDITION(slt_d, "c.lt.d", d)
CONDITION(sle_d, "c.le.d", d)
CONDITION(sun_d, "c.ngle.d", d)
#if __mips_fpr == 64
DF(l_s, "cvt.l.s")
DD(l_d, "cvt.l.d")
FD(s_l, "cvt.s.l")
DD(d_l, "cvt.d.l")
#endif

static const struct row rows[] = {
    {FP_OP_ADD, 32, add_s},         {FP_OP_ADD, 64, add_d},
    {FP_OP_SUB, 32, sub_s},         {FP_OP_SUB, 64, sub_d},
    {FP_OP_MUL, 32, mul_s},         {FP_OP_MUL, 64, mul_d},
    {FP_OP_DIV, 32, div_s},         {FP_OP_DIV, 64, div_d},
    {FP_OP_SQRT, 32, sqrt_s},       {FP_OP_SQRT, 64, sqrt_d},
    {FP_OP_EQ, 32, eq_s},           {FP_OP_EQ, 64, eq_d},
    {FP_OP_LT, 32, lt_s},           {FP_OP_LT, 64, lt_d},
    {FP_OP_LE, 32, le_s},           {FP_OP_LE, 64, le_d},
    {FP_OP_UNORDERED, 32, un_s},    {FP_OP_UNORDERED, 64, un_d},
    {FP_OP_EQ_S, 32, seq_s},        {FP_OP_EQ_S, 64, seq_d},
    {FP_OP_LT_S, 32, slt_s},        {FP_OP_LT_S, 64, slt_d},
    {FP_OP_LE_S, 32, sle_s},        {FP_OP_LE_S, 64, sle_d},
    {FP_OP_UNORDERED_S, 32, sun_s}, {FP_OP_UNORDERED_S, 64, sun_d},
    {FP_OP_TO_S32, 32, w_s},        {FP_OP_TO_S32, 64, w_d},
    {FP_OP_FROM_S32, 32, s_w},      {FP_OP_FROM_S32, 64, d_w},
    {FP_OP_FROM_F64, 32, s_d},      {FP_OP_FROM_F32, 64, d_s},
#if __mips_fpr == 64
    {FP_OP_TO_S64, 32, l_s},        {FP_OP_TO_S64, 64, l_d},
    {FP_OP_FROM_S64, 32, s_l},      {FP_OP_FROM_S64, 64, d_l},
#endif
    {FP_OP_COUNT, 0, NULL},
};

#endif

static void answer(const struct op_info *info, unsigned width, const uint64_t arg[3],
                   unsigned round)
{
    unsigned char bytes[ANSWER_BYTES] = {0};
    const struct row *row = rows;
    unsigned flags;
    uint64_t result;

    while (row->answer && (row->op != info->op || row->width != width))
        row++;
    if (row->answer && has_round(round)) {
        control_set(round);
        result = row->answer(arg[0], arg[1], arg[2]);
        if (!control_get(&flags)) {
            fprintf(stderr, "%s: accrued flags differ from the cause\n", info->name);
            flags = 0xff;
        }
        control_set(0);
        for (unsigned i = 0; i < 8; i++)
            bytes[i] = (unsigned char)(result >> 8 * i);
        bytes[8] = (unsigned char)flags;
        bytes[9] = 1;
    }
    fwrite(bytes, 1, sizeof bytes, stdout);
}

int main(void)
{
    all_cases(answer);
    return fflush(stdout) != 0;
}
