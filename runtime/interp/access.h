/*
 * access.h - what routines do to registers and guest memory, as macros and inline
 * functions.
 *
 * The including file has defined, in routines.h: GUEST_WORD_BITS (32 or 64), GUEST_BIG
 * (byte order of data), GUEST_JUMP_SHIFT, GUEST_HAS_CONTEXT.
 *
 * Invariant: an access happens exactly where it stands: what the compiler may move across
 * it has no effect that a fault would show.
 */
#ifndef ISOMORPH_INTERP_ACCESS_H
#define ISOMORPH_INTERP_ACCESS_H

#include "interp/rec.h"

#define GUEST_CODE __attribute__((section("guest_code")))

/* Whether a call in tail position can be relied on to be a jump. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    !defined(__OPTIMIZE__)
#define INTERP_TAIL_CALLS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define INTERP_TAIL_CALLS 0
#endif
#endif
#ifndef INTERP_TAIL_CALLS
#define INTERP_TAIL_CALLS 1
#endif

#if defined(__clang__)
#define MUST_TAIL __attribute__((musttail))
#else
#define MUST_TAIL
#endif

/* A register of the state, by its offset in struct cpu. */
typedef uint8_t __attribute__((may_alias)) reg_u8;
typedef uint16_t __attribute__((may_alias)) reg_u16;
typedef uint32_t __attribute__((may_alias)) reg_u32;
typedef uint64_t __attribute__((may_alias)) reg_u64;

#define REG_u8(offset)  (*(reg_u8 *)((uint8_t *)cpu + (offset)))
#define REG_u16(offset) (*(reg_u16 *)((uint8_t *)cpu + (offset)))
#define REG_u32(offset) (*(reg_u32 *)((uint8_t *)cpu + (offset)))
#define REG_u64(offset) (*(reg_u64 *)((uint8_t *)cpu + (offset)))

/* Guest memory: any alignment, any type. */
typedef uint8_t __attribute__((may_alias)) mem_u8;
typedef uint16_t __attribute__((may_alias, aligned(1))) mem_u16;
typedef uint32_t __attribute__((may_alias, aligned(1))) mem_u32;
typedef uint64_t __attribute__((may_alias, aligned(1))) mem_u64;

#if GUEST_WORD_BITS == 32
#define GUEST_HOST(address) (mem + (uint32_t)(address))
#else
#define GUEST_HOST(address) ((uint8_t *)(uintptr_t)(address))
#endif

#define ACCESS_BARRIER() __asm__ volatile("" ::: "memory")

#if GUEST_BIG == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
#define ORDER_u16(v) ((uint16_t)(v))
#define ORDER_u32(v) ((uint32_t)(v))
#define ORDER_u64(v) ((uint64_t)(v))
#else
#define ORDER_u16(v) __builtin_bswap16((uint16_t)(v))
#define ORDER_u32(v) __builtin_bswap32((uint32_t)(v))
#define ORDER_u64(v) __builtin_bswap64((uint64_t)(v))
#endif
#define ORDER_u8(v) ((uint8_t)(v))

/* access_load_T, access_store_T - the access, at the record IP. */
#define ACCESS_FUNCTIONS(type)                                                  \
    static inline __attribute__((always_inline)) mem_##type access_load_##type( \
        const struct rec *ip, struct cpu *cpu, const uint8_t *host)             \
    {                                                                           \
        cpu->ip = ip;                                                           \
        ACCESS_BARRIER();                                                       \
        mem_##type v = *(const mem_##type *)host;                               \
        ACCESS_BARRIER();                                                       \
        return v;                                                               \
    }                                                                           \
    static inline __attribute__((always_inline)) void access_store_##type(      \
        const struct rec *ip, struct cpu *cpu, uint8_t *host, mem_##type v)     \
    {                                                                           \
        cpu->ip = ip;                                                           \
        ACCESS_BARRIER();                                                       \
        *(mem_##type *)host = v;                                                \
        ACCESS_BARRIER();                                                       \
    }
ACCESS_FUNCTIONS(u8)
ACCESS_FUNCTIONS(u16)
ACCESS_FUNCTIONS(u32)
ACCESS_FUNCTIONS(u64)
#undef ACCESS_FUNCTIONS

#define LOAD(type, address) ORDER_##type(access_load_##type(ip, cpu, GUEST_HOST(address)))
#define STORE(type, address, value) \
    access_store_##type(ip, cpu, GUEST_HOST(address), ORDER_##type(value))

/*
 * Atomic accesses. Their addresses are aligned: routines test that first. ACCESS_ATOMICS
 * makes, for each width, reserve(address)                  load and reserve
 *   store_cond(address, value)        1 if it stored
 *   cas(address, expected, value)     the value found
 *   amo(op, address, operand)         the old value
 * Values are in the guest's order on both sides of the host's compare-and-exchange.
 */
#define ACCESS_ATOMICS(type, stype)                                                     \
    static inline __attribute__((always_inline, unused))                                \
    mem_##type access_reserve_##type(const struct rec *ip, struct cpu *cpu,             \
                                     uint8_t *mem, uint64_t address)                    \
    {                                                                                   \
        cpu->ip = ip;                                                                   \
        ACCESS_BARRIER();                                                               \
        mem_##type v =                                                                  \
            __atomic_load_n((reg_##type *)GUEST_HOST(address), __ATOMIC_SEQ_CST);       \
        ACCESS_BARRIER();                                                               \
        (void)mem;                                                                      \
        cpu->reservation = (struct reservation){address, v, sizeof v};                  \
        return ORDER_##type(v);                                                         \
    }                                                                                   \
    static inline __attribute__((always_inline, unused)) mem_##type access_cas_##type(  \
        const struct rec *ip, struct cpu *cpu, uint8_t *mem, uint64_t address,          \
        mem_##type expected, mem_##type value)                                          \
    {                                                                                   \
        cpu->ip = ip;                                                                   \
        ACCESS_BARRIER();                                                               \
        (void)mem;                                                                      \
        return ORDER_##type(                                                            \
            __sync_val_compare_and_swap((reg_##type *)GUEST_HOST(address),              \
                                        ORDER_##type(expected), ORDER_##type(value)));  \
    }                                                                                   \
    static inline __attribute__((always_inline, unused))                                \
    uint32_t access_store_cond_##type(const struct rec *ip, struct cpu *cpu,            \
                                      uint8_t *mem, uint64_t address, mem_##type value) \
    {                                                                                   \
        mem_##type old = (mem_##type)cpu->reservation.value;                            \
        bool held = cpu->reservation.bytes == sizeof value &&                           \
                    cpu->reservation.address == address;                                \
        bool stored = false;                                                            \
        cpu->ip = ip;                                                                   \
        ACCESS_BARRIER();                                                               \
        (void)mem;                                                                      \
        if (held)                                                                       \
            stored = __sync_bool_compare_and_swap((reg_##type *)GUEST_HOST(address),    \
                                                  old, ORDER_##type(value));            \
        cpu->reservation.bytes = 0;                                                     \
        return stored;                                                                  \
    }                                                                                   \
    static inline __attribute__((always_inline, unused))                                \
    mem_##type access_amo_##type(const struct rec *ip, struct cpu *cpu, uint8_t *mem,   \
                                 enum amo_op op, uint64_t address, mem_##type b)        \
    {                                                                                   \
        cpu->ip = ip;                                                                   \
        ACCESS_BARRIER();                                                               \
        (void)mem;                                                                      \
        reg_##type *p = (reg_##type *)GUEST_HOST(address);                              \
        mem_##type found = *(volatile reg_##type *)p, old, a, v;                        \
        do {                                                                            \
            old = found;                                                                \
            a = ORDER_##type(old);                                                      \
            v = op == AMO_swap    ? b                                                   \
                : op == AMO_add   ? a + b                                               \
                : op == AMO_and   ? (a & b)                                             \
                : op == AMO_or    ? (a | b)                                             \
                : op == AMO_xor   ? (a ^ b)                                             \
                : op == AMO_min_s ? ((stype)a < (stype)b ? a : b)                       \
                : op == AMO_max_s ? ((stype)a > (stype)b ? a : b)                       \
                : op == AMO_min_u ? (a < b ? a : b)                                     \
                                  : (a > b ? a : b);                                    \
            found = __sync_val_compare_and_swap(p, old, ORDER_##type(v));               \
        } while (found != old);                                                         \
        return a;                                                                       \
    }
ACCESS_ATOMICS(u8, int8_t)
ACCESS_ATOMICS(u16, int16_t)
ACCESS_ATOMICS(u32, int32_t)
ACCESS_ATOMICS(u64, int64_t)
#undef ACCESS_ATOMICS

#define RESERVE(type, address)   access_reserve_##type(ip, cpu, mem, (address))
#define CAS(type, address, x, v) access_cas_##type(ip, cpu, mem, (address), (x), (v))
#define AMO(op, type, address, v) \
    access_amo_##type(ip, cpu, mem, AMO_##op, (address), (v))
#define STORE_COND(type, address, v) \
    access_store_cond_##type(ip, cpu, mem, (address), (v))
#define FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)

/* access_masked - store the bytes of VALUE whose bits in MASK are set; lowest address
 * first. */
static inline __attribute__((always_inline, unused)) void
access_masked(const struct rec *ip, struct cpu *cpu, uint8_t *host, unsigned bytes,
              uint64_t value, uint64_t mask)
{
    cpu->ip = ip;
    ACCESS_BARRIER();
    for (unsigned i = 0; i < bytes; i++) {
        unsigned shift = 8 * (GUEST_BIG ? bytes - 1 - i : i);
        if (mask >> shift & 0xff)
            *(volatile uint8_t *)(host + i) = (uint8_t)(value >> shift);
    }
    ACCESS_BARRIER();
}
#define STORE_MASKED(type, address, value, mask) \
    access_masked(ip, cpu, GUEST_HOST(address), sizeof(mem_##type), (value), (mask))

#endif
