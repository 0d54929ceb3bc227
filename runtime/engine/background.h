/*
 * background.h - a thread that compiles regions while the guest runs on; private to
 * runtime/engine.
 *
 * Invariants
 *  (1) Threads of the guest lift the code and publish the result; the compile thread has
 * nothing but the job's IR, and reads no guest memory. (2) A job whose source changes
 * while it is under way is stale and never published: the pages were watched before it
 * was lifted. That holds for jobs that a thread of the guest compiles itself, too. (3)
 * The compile thread blocks all signals, and is started with the first job. (4) At most
 * BACKGROUND_JOBS are under way in it. (5) Calls hold the lock of util/epoch.h, but for
 * background_ready and background_wait; the thread never takes it.
 */
#ifndef ISOMORPH_ENGINE_BACKGROUND_H
#define ISOMORPH_ENGINE_BACKGROUND_H

#include "engine/region.h"
#include "engine/translate.h"

enum { BACKGROUND_JOBS = 16 };

/* One compilation. */
struct job {
    struct machine *m;
    uint64_t pc;
    uint32_t context;
    unsigned tier;
    uint32_t range_count;
    struct ir *ir;          /* owned; NULL once compiled */
    uint32_t insns;         /* of the guest */
    uint32_t *counter;      /* as struct host_options; or NULL */
    struct host_site *site; /* as struct host_options */
    struct host_code code;  /* owned, if good */
    bool good;              /* it could be compiled */
    bool stale;             /* the source has changed since */
    uint64_t ns;            /* CPU time */
    struct cpu *cpu;        /* to be kicked when it is done */
    struct job *next, *next_under_way;
    struct cache_range ranges[REGION_RANGES_MAX];
};

/* background_submit - have JOB, an owned one that is lifted, compiled for CPU. False if
 * too many are under way or there is no thread: then it is still the caller's. */
bool background_submit(struct job *job, struct cpu *cpu);

/* background_note - JOB, which the caller compiles, is under way, until
 * background_forget.
 */
void background_note(struct job *job);
void background_forget(struct job *job);

/* background_ready - whether a job is done. */
bool background_ready(void);

/* background_take - a job that is done, now the caller's but still under way; NULL: there
 * is none. */
struct job *background_take(void);

/* background_retire_range - the source in [gva, gva+len) changes. */
void background_retire_range(uint64_t gva, uint64_t len);

/* background_wait - until all jobs are done. */
void background_wait(void);

/* background_cpu_goes - kick CPU no more. */
void background_cpu_goes(const struct cpu *cpu);

/* background_after_fork - in the child: there is no thread and no job. */
void background_after_fork(void);

#endif
