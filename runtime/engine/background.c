/* background.c - the compile thread; see background.h. */
#include "engine/background.h"

#include <pthread.h>
#include <signal.h>

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t work, idle;
    struct job *todo, **todo_end; /* under the mutex, as are done and busy */
    struct job *done;
    bool busy;
} shared = {.mutex = PTHREAD_MUTEX_INITIALIZER,
            .work = PTHREAD_COND_INITIALIZER,
            .idle = PTHREAD_COND_INITIALIZER,
            .todo_end = &shared.todo};

/* With the lock of util/epoch.h. */
static struct job *under_way;
static unsigned count; /* of those that the thread compiles */
static bool started;

/* Jobs in `done`; read without the mutex. */
static unsigned ready;

/* next_job - wait for one; with the mutex. */
static struct job *next_job(void)
{
    shared.busy = false;
    if (shared.todo == NULL)
        pthread_cond_broadcast(&shared.idle);
    while (shared.todo == NULL)
        pthread_cond_wait(&shared.work, &shared.mutex);
    struct job *job = shared.todo;
    shared.todo = job->next;
    if (shared.todo == NULL)
        shared.todo_end = &shared.todo;
    shared.busy = true;
    return job;
}

static void *run(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&shared.mutex);
    for (;;) {
        struct job *job = next_job();
        pthread_mutex_unlock(&shared.mutex);
        translate_compile(job);
        pthread_mutex_lock(&shared.mutex);
        job->next = shared.done;
        shared.done = job;
        __atomic_add_fetch(&ready, 1, __ATOMIC_RELEASE);
        if (job->cpu != NULL)
            engine_kick(job->cpu);
    }
    return NULL;
}

static bool start(void)
{
    sigset_t all, old;
    pthread_t thread;
    if (started)
        return true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    started = pthread_create(&thread, NULL, run, NULL) == 0;
    if (started)
        pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return started;
}

void background_note(struct job *job)
{
    job->next_under_way = under_way;
    under_way = job;
}

void background_forget(struct job *job)
{
    struct job **p = &under_way;
    while (*p != job)
        p = &(*p)->next_under_way;
    *p = job->next_under_way;
}

bool background_submit(struct job *job, struct cpu *cpu)
{
    if (count == BACKGROUND_JOBS || !start())
        return false;
    job->cpu = cpu;
    job->next = NULL;
    background_note(job);
    count++;
    pthread_mutex_lock(&shared.mutex);
    *shared.todo_end = job;
    shared.todo_end = &job->next;
    pthread_cond_signal(&shared.work);
    pthread_mutex_unlock(&shared.mutex);
    return true;
}

bool background_ready(void)
{
    return __atomic_load_n(&ready, __ATOMIC_ACQUIRE) != 0;
}

struct job *background_take(void)
{
    pthread_mutex_lock(&shared.mutex);
    struct job *job = shared.done;
    if (job != NULL) {
        shared.done = job->next;
        __atomic_sub_fetch(&ready, 1, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&shared.mutex);
    if (job == NULL)
        return NULL;
    count--;
    return job;
}

void background_retire_range(uint64_t gva, uint64_t len)
{
    for (struct job *job = under_way; job != NULL; job = job->next_under_way)
        for (uint32_t i = 0; i < job->range_count; i++)
            if (job->ranges[i].gva - gva < len ||
                gva - job->ranges[i].gva < job->ranges[i].len)
                job->stale = true;
}

void background_wait(void)
{
    if (!started)
        return;
    pthread_mutex_lock(&shared.mutex);
    while (shared.busy || shared.todo != NULL)
        pthread_cond_wait(&shared.idle, &shared.mutex);
    pthread_mutex_unlock(&shared.mutex);
}

void background_cpu_goes(const struct cpu *cpu)
{
    pthread_mutex_lock(&shared.mutex);
    for (struct job *job = under_way; job != NULL; job = job->next_under_way)
        if (job->cpu == cpu)
            job->cpu = NULL;
    pthread_mutex_unlock(&shared.mutex);
}

void background_after_fork(void)
{
    shared.todo = shared.done = under_way = NULL;
    shared.todo_end = &shared.todo;
    shared.busy = started = false;
    count = ready = 0;
    pthread_mutex_init(&shared.mutex, NULL);
    pthread_cond_init(&shared.work, NULL);
    pthread_cond_init(&shared.idle, NULL);
}
