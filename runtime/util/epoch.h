/*
 * epoch.h - several guest CPUs on one image: the one lock of all that is known of guest
 * code, and epochs, which say when what other CPUs may still be in can be used anew.
 *
 * Invariants
 *  (1) The lock serialises each look into and each change of the maps of guest code:
 * blocks, translations, watched pages, areas of guest memory. No thread holds it while it
 * runs guest code, serves a trap, compiles or waits for another CPU; so the fault handler
 * of a thread in guest code may take it. Its holder may take it again. (2) What is taken
 * out of these maps is stamped by epoch_next(); its memory is used anew only once
 * epoch_passed(stamp). (3) A CPU is out (`seen` is 0) and holds nothing that it found in
 * the maps, or in: then it holds only what was there at epoch `seen` or came later. It
 * gets in and on by epoch_pass, with the lock; it is out whenever it may block, in
 * personalities above all. (4) A CPU that is in comes to epoch_pass or epoch_out soon
 * after its `attention` was set.
 *
 * Owner: the process. A CPU is added before a thread runs it and removed afterwards.
 */
#ifndef ISOMORPH_UTIL_EPOCH_H
#define ISOMORPH_UTIL_EPOCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct epoch_cpu {
    uint64_t seen;                /* the epoch as of the last epoch_pass; 0: out */
    volatile uint32_t *attention; /* set to make the CPU leave guest code */
    struct epoch_cpu *next;
};

/* The CPU that this thread runs, or NULL. */
extern __thread struct epoch_cpu *epoch_this;

/* The epoch: changes whenever something is taken out of the maps. Written with the lock.
 */
extern uint64_t epoch_current;
static inline uint64_t epoch_now(void)
{
    return __atomic_load_n(&epoch_current, __ATOMIC_ACQUIRE);
}

/* epoch_add, epoch_remove - CPU, which is out, takes part from now on, or no more. */
void epoch_add(struct epoch_cpu *cpu, volatile uint32_t *attention);
void epoch_remove(struct epoch_cpu *cpu);

/* epoch_several - whether there is more than one CPU. */
bool epoch_several(void);

/* The lock: free, held, or held and waited for; and how often this thread holds it. */
enum { EPOCH_FREE, EPOCH_HELD, EPOCH_WANTED };
extern uint32_t epoch_lock_word_;
extern __thread unsigned epoch_depth_;
void epoch_lock_slow_(void);
void epoch_wake_(void);

static inline void epoch_lock(void)
{
    uint32_t was = EPOCH_FREE;
    if (epoch_depth_++ == 0 &&
        !__atomic_compare_exchange_n(&epoch_lock_word_, &was, EPOCH_HELD, false,
                                     __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        epoch_lock_slow_();
}

static inline void epoch_unlock(void)
{
    if (--epoch_depth_ == 0 && __atomic_exchange_n(&epoch_lock_word_, EPOCH_FREE,
                                                   __ATOMIC_RELEASE) == EPOCH_WANTED)
        epoch_wake_();
}

/* epoch_drop - let go of it if this thread holds it, however often; for longjmp. */
static inline void epoch_drop(void)
{
    if (epoch_depth_ != 0) {
        epoch_depth_ = 1;
        epoch_unlock();
    }
}

/* epoch_look - from here on this thread sees whole what generated code found without the
 * lock: it was made before somebody let go of the lock. */
static inline void epoch_look(void)
{
    (void)__atomic_load_n(&epoch_lock_word_, __ATOMIC_ACQUIRE);
}

/* EPOCH_HOLD - hold the lock from here to the end of the enclosing block. */
static inline void epoch_release_(const char *unused)
{
    (void)unused;
    epoch_unlock();
}
#define EPOCH_HOLD                                                     \
    __attribute__((cleanup(epoch_release_), unused)) char epoch_hold_; \
    epoch_lock()

/* epoch_pass - with the lock: this thread's CPU holds nothing that it found before. */
static inline void epoch_pass(void)
{
    if (epoch_this != NULL)
        __atomic_store_n(&epoch_this->seen, epoch_current, __ATOMIC_RELEASE);
}

/* epoch_out - this thread's CPU holds nothing, and may block. */
static inline void epoch_out(void)
{
    if (epoch_this != NULL)
        __atomic_store_n(&epoch_this->seen, 0, __ATOMIC_RELEASE);
}

/* epoch_next - with the lock: something was taken out of the maps; returns its stamp. */
static inline uint64_t epoch_next(void)
{
    uint64_t next = epoch_current + 1;
    __atomic_store_n(&epoch_current, next, __ATOMIC_RELEASE);
    return next;
}

/* epoch_passed - with the lock: whether no CPU can be in what STAMP was given to. */
bool epoch_passed(uint64_t stamp);

/* epoch_ask - with the lock: make the other CPUs pass the current epoch soon. */
void epoch_ask(void);

/* epoch_wait - until epoch_passed(stamp). With the lock, taken once, which is let go of
 * meanwhile; this thread's CPU is out. */
void epoch_wait(uint64_t stamp);

/* epoch_sync_cores - no CPU of the host runs what it had fetched before. Call after code
 * was written to a place where other code stood, before anything leads there. */
void epoch_sync_cores(void);

/* epoch_after_fork - in the child, whose parent held the lock: CPU is the only one; the
 * lock is free. */
void epoch_after_fork(struct epoch_cpu *cpu);

#endif
