/* epoch.c - the lock of guest code, and epochs; see epoch.h. */
#include "util/epoch.h"

#include "util/log.h"

#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* epoch_wait yields so often before it sleeps. */
enum { YIELDS = 20, SLEEP_NANOSECONDS = 50000 };

__thread struct epoch_cpu *epoch_this;
uint64_t epoch_current = 1;

uint32_t epoch_lock_word_;
__thread unsigned epoch_depth_;
static struct epoch_cpu *cpus;
static bool barriers; /* the host's kernel makes cores forget what they fetched */

void epoch_lock_slow_(void)
{
    while (__atomic_exchange_n(&epoch_lock_word_, EPOCH_WANTED, __ATOMIC_ACQUIRE) !=
           EPOCH_FREE)
        syscall(SYS_futex, &epoch_lock_word_, FUTEX_WAIT_PRIVATE, EPOCH_WANTED, NULL,
                NULL, 0);
}

void epoch_wake_(void)
{
    syscall(SYS_futex, &epoch_lock_word_, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

bool epoch_several(void)
{
    const struct epoch_cpu *first = __atomic_load_n(&cpus, __ATOMIC_RELAXED);
    return first != NULL && __atomic_load_n(&first->next, __ATOMIC_RELAXED) != NULL;
}

void epoch_add(struct epoch_cpu *cpu, volatile uint32_t *attention)
{
    EPOCH_HOLD;
    *cpu = (struct epoch_cpu){.attention = attention, .next = cpus};
    __atomic_store_n(&cpus, cpu, __ATOMIC_RELEASE);
    if (epoch_several() && !barriers)
        barriers =
            syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE,
                    0, 0) == 0;
}

void epoch_remove(struct epoch_cpu *cpu)
{
    EPOCH_HOLD;
    struct epoch_cpu **p = &cpus;
    while (*p != cpu)
        p = &(*p)->next;
    __atomic_store_n(p, cpu->next, __ATOMIC_RELEASE);
}

bool epoch_passed(uint64_t stamp)
{
    for (const struct epoch_cpu *c = cpus; c != NULL; c = c->next) {
        uint64_t seen = __atomic_load_n(&c->seen, __ATOMIC_ACQUIRE);
        if (seen != 0 && seen < stamp)
            return false;
    }
    return true;
}

void epoch_ask(void)
{
    for (const struct epoch_cpu *c = cpus; c != NULL; c = c->next) {
        uint64_t seen = __atomic_load_n(&c->seen, __ATOMIC_ACQUIRE);
        if (c != epoch_this && seen != 0 && seen < epoch_current)
            __atomic_store_n(c->attention, 1, __ATOMIC_RELEASE);
    }
}

void epoch_wait(uint64_t stamp)
{
    if (epoch_depth_ != 1)
        bug("epoch: waiting for other CPUs with the lock taken %u times", epoch_depth_);
    for (unsigned i = 0; !epoch_passed(stamp); i++) {
        epoch_ask();
        epoch_unlock();
        if (i < YIELDS)
            sched_yield();
        else
            nanosleep(&(struct timespec){.tv_nsec = SLEEP_NANOSECONDS}, NULL);
        epoch_lock();
    }
}

void epoch_sync_cores(void)
{
    if (barriers && epoch_several())
        syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
}

void epoch_after_fork(struct epoch_cpu *cpu)
{
    epoch_depth_ = 0;
    epoch_lock_word_ = EPOCH_FREE;
    cpu->next = NULL;
    cpus = cpu;
    barriers = false;
}
