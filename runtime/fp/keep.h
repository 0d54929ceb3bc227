/*
 * keep.h - the slow way of an operation as a call that leaves the host's registers alone.
 *
 * Generated routines keep the CPU, the record and the memory base in registers that calls
 * may change; for one rare call each of them would save and restore them always. Code
 * that defines FP_SLOW_KEEPS to 1 before it includes fp.h goes the slow way through
 * fp_slow_kept instead of fp_slow. Only for x86-64 hosts; elsewhere it is fp_slow.
 *
 * Invariant: rdi, rsi, rdx and what a callee saves anyway are as before.
 */
#ifndef RUNTIME_FP_KEEP_H
#define RUNTIME_FP_KEEP_H

/* The red zone below the stack pointer may be in use: step over it. */
static inline __attribute__((always_inline)) uint64_t
fp_slow_kept(struct fp_env *env, unsigned code, enum fp_round rm, uint64_t a, uint64_t b,
             uint64_t c)
{
    register uint64_t ra __asm__("rax") = a;
    register uint64_t rb __asm__("rcx") = b;
    register uint64_t rc __asm__("r10") = c;
    register struct fp_env *re __asm__("r8") = env;
    register unsigned ro __asm__("r9") = code | (unsigned)rm << 8;

    __asm__ volatile("lea -128(%%rsp), %%rsp\n\t"
                     "call fp_slow_thunk\n\t"
                     "lea 128(%%rsp), %%rsp"
                     : "+r"(ra), "+r"(rb), "+r"(rc), "+r"(re), "+r"(ro)
                     :
                     : "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                       "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
                       "xmm14", "xmm15", "memory", "cc");
    return ra;
}

/* fp_slow32, fp_slow64: operands and result in SSE registers, where the fast way has
 * them. */
#define FP_SLOW_KEPT(w, type)                                                          \
    static inline __attribute__((always_inline)) type fp_slow##w##_kept(               \
        struct fp_env *env, unsigned code, enum fp_round rm, type a, type b, type c)   \
    {                                                                                  \
        register type xa __asm__("xmm0") = a;                                          \
        register type xb __asm__("xmm1") = b;                                          \
        register type xc __asm__("xmm2") = c;                                          \
        register struct fp_env *re __asm__("r8") = env;                                \
        register unsigned ro __asm__("r9") = code | (unsigned)rm << 8;                 \
                                                                                       \
        __asm__ volatile("lea -128(%%rsp), %%rsp\n\t"                                  \
                         "call fp_slow" #w "_thunk\n\t"                                \
                         "lea 128(%%rsp), %%rsp"                                       \
                         : "+x"(xa), "+x"(xb), "+x"(xc), "+r"(re), "+r"(ro)            \
                         :                                                             \
                         : "rax", "rcx", "r10", "r11", "xmm3", "xmm4", "xmm5", "xmm6", \
                           "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", \
                           "xmm14", "xmm15", "memory", "cc");                          \
        return xa;                                                                     \
    }
FP_SLOW_KEPT(32, float)
FP_SLOW_KEPT(64, double)
#undef FP_SLOW_KEPT

#define fp_slow   fp_slow_kept
#define fp_slow32 fp_slow32_kept
#define fp_slow64 fp_slow64_kept

#endif
