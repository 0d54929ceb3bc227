/*
 * fp.c - the floating-point environment of a guest, and the slow way (see fp.h).
 */
#include "fp.h"

#include <assert.h>
#include <string.h>

#if FP_HOST_SSE

/* What the C library has found out takes no time to ask. */
#if defined(__has_include)
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif
#endif

bool sse_has_fma;

__attribute__((constructor)) static void find_host_features(void)
{
#ifdef CPU_FEATURE_ACTIVE
    sse_has_fma = CPU_FEATURE_ACTIVE(FMA);
#else
    __builtin_cpu_init();
    sse_has_fma = __builtin_cpu_supports("fma") != 0;
#endif
}

static unsigned flags_of(uint32_t mxcsr)
{
    return (mxcsr & MXCSR_INEXACT ? FP_INEXACT : 0) |
           (mxcsr & MXCSR_UNDERFLOW ? FP_UNDERFLOW : 0) |
           (mxcsr & MXCSR_OVERFLOW ? FP_OVERFLOW : 0) |
           (mxcsr & MXCSR_DIVZERO ? FP_DIVZERO : 0);
}

/* Make MXCSR the guest's, dropping the flags in it. */
static void load_mxcsr(const struct fp_env *env)
{
    if (env->entered)
        sse_mxcsr_set(env->mxcsr);
}

/* Move the sticky bits of MXCSR to env->flags. */
static void collect(struct fp_env *env)
{
    uint32_t mxcsr;

    if (!env->entered)
        return;
    mxcsr = sse_mxcsr_get();
    env->flags |= (uint8_t)flags_of(mxcsr);
}

/*
 * drop - make MXCSR forget flags that are not in env->flags. Writing MXCSR and then
 * reading it costs more than 100 cycles, so what is in both is left alone.
 */
static void drop(const struct fp_env *env)
{
    if (env->entered && (flags_of(sse_mxcsr_get()) & ~(unsigned)env->flags))
        sse_mxcsr_set(env->mxcsr);
}

static uint32_t mxcsr_of(enum fp_round round)
{
    static const uint8_t control[] = {
        [FP_NEAREST] = 0, [FP_DOWN] = 1, [FP_UP] = 2, [FP_ZERO] = 3, [FP_AWAY] = 0,
    };

    return MXCSR_MASKS | (uint32_t)control[round] << MXCSR_ROUND_SHIFT;
}

#else

static void load_mxcsr(const struct fp_env *env)
{
    (void)env;
}

static void collect(struct fp_env *env)
{
    (void)env;
}

static void drop(const struct fp_env *env)
{
    (void)env;
}

static uint32_t mxcsr_of(enum fp_round round)
{
    (void)round;
    return 0;
}

#endif

/* What invariant (2) says of `exact'. */
static void choose_way(struct fp_env *env)
{
    env->exact = !FP_HOST_SSE || !env->entered || env->enables || env->flush ||
                 env->round == FP_AWAY || (env->rules && env->rules->tiny_before);
}

void fp_init(struct fp_env *env, const struct fp_rules *rules)
{
    memset(env, 0, sizeof *env);
    env->rules = rules;
    env->round = FP_NEAREST;
    env->mxcsr = mxcsr_of(FP_NEAREST);
    env->flush = rules ? rules->flush : FP_FLUSH_NONE;
    choose_way(env);
}

void fp_enter(struct fp_env *env)
{
    assert(!env->entered);
#if FP_HOST_SSE
    env->host_mxcsr = sse_mxcsr_get();
#endif
    env->entered = true;
    load_mxcsr(env);
    choose_way(env);
}

void fp_leave(struct fp_env *env)
{
    assert(env->entered);
#if FP_HOST_SSE
    fp_interrupted(env, sse_mxcsr_get());
    sse_mxcsr_set(env->host_mxcsr);
#else
    fp_interrupted(env, 0);
#endif
}

void fp_interrupted(struct fp_env *env, uint32_t mxcsr)
{
#if FP_HOST_SSE
    if (env->entered)
        env->flags |= (uint8_t)flags_of(mxcsr);
#else
    (void)mxcsr;
#endif
    env->entered = false;
    choose_way(env);
}

unsigned fp_flags_get(struct fp_env *env)
{
    collect(env);
    return env->flags;
}

void fp_flags_set(struct fp_env *env, unsigned flags)
{
    env->flags = (uint8_t)(flags & FP_ALL_FLAGS);
    drop(env);
}

void fp_round_set(struct fp_env *env, enum fp_round round)
{
    assert(round < FP_DYN);
    if (round == (enum fp_round)env->round)
        return;
    for (unsigned i = 0; i < FP_LAST_MAX; i++)
        if (env->last[i].rm == FP_DYN)
            env->last[i].rm = env->round;
    collect(env);
    env->round = (uint8_t)round;
    env->mxcsr = mxcsr_of(round);
    load_mxcsr(env);
    choose_way(env);
}

void fp_enables_set(struct fp_env *env, unsigned enables)
{
    env->enables = (uint8_t)(enables & FP_ALL_FLAGS);
    choose_way(env);
}

void fp_flush_set(struct fp_env *env, unsigned flush)
{
    env->flush = (uint8_t)flush;
    choose_way(env);
}

/* The flags of one operation; its result to *result. */
static unsigned software(const struct fp_env *env, unsigned code, unsigned rm,
                         const uint64_t arg[3], uint64_t *result)
{
    struct soft_mode mode = {
        .rules = env->rules,
        .round = rm == FP_DYN ? env->round : (uint8_t)rm,
        .flush = env->flush,
        .enables = env->enables,
    };
    unsigned flags = 0;

    *result = soft_op(&mode, code, arg, &flags);
    return flags;
}

uint64_t fp_slow(struct fp_env *env, unsigned code, enum fp_round rm, uint64_t a,
                 uint64_t b, uint64_t c)
{
    const uint64_t arg[3] = {a, b, c};
    uint64_t result;
    unsigned flags = software(env, code, rm, arg, &result);

    env->op_flags |= (uint8_t)flags;
    if (!env->enables)
        env->flags |= (uint8_t)flags;
    return result;
}

#if FP_HOST_SSE

/* The same with operands in xmm0 to xmm2 and the result in xmm0. */
#define FP_THUNK(name, move, a, b, c)        \
    ".globl " name "\n"                      \
    ".hidden " name "\n"                     \
    ".type " name ", @function\n" name ":\n" \
    "    " move " %xmm0, " a "\n"            \
    "    " move " %xmm1, " b "\n"            \
    "    " move " %xmm2, " c "\n"            \
    "    call fp_slow_thunk\n"               \
    "    " move " " a ", %xmm0\n"            \
    "    ret\n"                              \
    ".size " name ", . - " name "\n"

/*
 * fp_slow_thunk - for fp_slow_kept, keep.h: operands in rax, rcx, r10; r8 the
 * environment; r9 the code and, from bit 8, the rounding. The result in rax.
 */
__asm__(".pushsection .text\n"
        ".globl fp_slow_thunk\n"
        ".hidden fp_slow_thunk\n"
        ".type fp_slow_thunk, @function\n"
        "fp_slow_thunk:\n"
        "    push %rbp\n"
        "    mov %rsp, %rbp\n"
        "    push %rdi\n"
        "    push %rsi\n"
        "    push %rdx\n"
        "    and $-16, %rsp\n"
        "    mov %r8, %rdi\n"
        "    movzbl %r9b, %esi\n"
        "    shr $8, %r9d\n"
        "    mov %r9d, %edx\n"
        "    mov %rcx, %r8\n"
        "    mov %rax, %rcx\n"
        "    mov %r10, %r9\n"
        "    call fp_slow\n"
        "    lea -24(%rbp), %rsp\n"
        "    pop %rdx\n"
        "    pop %rsi\n"
        "    pop %rdi\n"
        "    pop %rbp\n"
        "    ret\n"
        ".size fp_slow_thunk, . - fp_slow_thunk\n" FP_THUNK("fp_slow32_thunk", "movd",
                                                            "%eax", "%ecx", "%r10d")
            FP_THUNK("fp_slow64_thunk", "movq", "%rax", "%rcx", "%r10") ".popsection\n");

float fp_slow32(struct fp_env *env, unsigned code, enum fp_round rm, float a, float b,
                float c)
{
    return sse_f32(
        (uint32_t)fp_slow(env, code, rm, sse_bits32(a), sse_bits32(b), sse_bits32(c)));
}

double fp_slow64(struct fp_env *env, unsigned code, enum fp_round rm, double a, double b,
                 double c)
{
    return sse_f64(fp_slow(env, code, rm, sse_bits64(a), sse_bits64(b), sse_bits64(c)));
}

#endif

unsigned fp_last_flags(const struct fp_env *env)
{
    unsigned n = env->last_n < FP_LAST_MAX ? env->last_n : FP_LAST_MAX;
    unsigned flags = env->op_flags;

    for (unsigned i = 0; i < n; i++) {
        const struct fp_last *last = &env->last[i];
        uint64_t result;

        flags |= software(env, last->code, last->rm, last->arg, &result);
    }
    return flags;
}

void fp_last_set(struct fp_env *env, unsigned flags)
{
    env->last_n = 0;
    env->op_flags = (uint8_t)(flags & FP_ALL_FLAGS);
}
