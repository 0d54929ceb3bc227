/*
 * access.h - what routines do to registers and guest memory, as macros and inline functions.
 *
 * The including file has defined, in routines.h: GUEST_WORD_BITS (32 or 64), GUEST_BIG (byte order
 * of data), GUEST_JUMP_SHIFT, GUEST_HAS_CONTEXT.
 *
 * Invariant: an access happens exactly where it stands: what the compiler may move across it has
 * no effect that a fault would show.
 */
#ifndef ISOMORPH_INTERP_ACCESS_H
#define ISOMORPH_INTERP_ACCESS_H

#include "interp/rec.h"

#define GUEST_CODE __attribute__((section("guest_code")))

/* Whether a call in tail position can be relied on to be a jump. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
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
#define ACCESS_FUNCTIONS(type)                                                             \
    static inline __attribute__((always_inline)) mem_##type access_load_##type(            \
        const struct rec *ip, struct cpu *cpu, const uint8_t *host)                        \
    {                                                                                      \
        cpu->ip = ip;                                                                      \
        ACCESS_BARRIER();                                                                  \
        mem_##type v = *(const mem_##type *)host;                                          \
        ACCESS_BARRIER();                                                                  \
        return v;                                                                          \
    }                                                                                      \
    static inline __attribute__((always_inline)) void access_store_##type(                 \
        const struct rec *ip, struct cpu *cpu, uint8_t *host, mem_##type v)                \
    {                                                                                      \
        cpu->ip = ip;                                                                      \
        ACCESS_BARRIER();                                                                  \
        *(mem_##type *)host = v;                                                           \
        ACCESS_BARRIER();                                                                  \
    }
ACCESS_FUNCTIONS(u8)
ACCESS_FUNCTIONS(u16)
ACCESS_FUNCTIONS(u32)
ACCESS_FUNCTIONS(u64)
#undef ACCESS_FUNCTIONS

#define LOAD(type, address) \
    ORDER_##type(access_load_##type(ip, cpu, GUEST_HOST(address)))
#define STORE(type, address, value) \
    access_store_##type(ip, cpu, GUEST_HOST(address), ORDER_##type(value))

#endif
