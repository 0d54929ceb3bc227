/*
 * poll.c - waiting for several files: poll, select, epoll, eventfd.
 */
#include "linux/linux.h"
#include "linux/calls.h"

#include "util/alloc.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>

enum { HOST_SET_BYTES = 8, MAX_FILES = 1 << 20 };

static long host_pointer(const void *p)
{
    return (long)(uintptr_t)p;
}

/* -- a signal mask for the time of one call -----------------------------------------*/

struct temporary {
    uint64_t set;
    bool used;
};

static int temporary_in(struct cpu *cpu, uint64_t gva, uint64_t bytes,
                        struct temporary *t)
{
    t->used = gva != 0;
    if (!gva)
        return 0;
    if (bytes != abi->sigset_bytes)
        return -EINVAL;
    if (!sigset_load(cpu, gva, &t->set))
        return -EFAULT;
    t->set = signal_temporary_mask(cpu, t->set);
    return 0;
}

/*
 * Interrupted, the mask stays until the handler is entered. A signal that came before the
 * call has its handler run under the mask outside, if that lets it in.
 */
static int64_t temporary_end(struct cpu *cpu, int64_t result)
{
    if (result == -EINTR || (result == -SYS_RESTART_ALWAYS && signal_let_in(cpu)))
        return -SYS_RESTART_NOHAND;
    signal_end_temporary(cpu);
    return result;
}

/* -- poll ---------------------------------------------------------------------------*/

static int64_t poll_files(struct cpu *cpu, uint64_t gva, uint64_t count,
                          struct timespec *ts, const struct temporary *mask)
{
    size_t bytes = struct_bytes(GS_pollfd);
    struct pollfd *fds;
    uint8_t *p;
    int64_t result;

    if (count > MAX_FILES)
        return -EINVAL;
    p = guest_out(cpu, gva, count * bytes);
    if (!p && count)
        return -EFAULT;
    fds = xcalloc(count + 1, sizeof(*fds));
    for (uint64_t i = 0; i < count; i++) {
        fds[i].fd = (int)GET(p + i * bytes, pollfd, fd);
        fds[i].events = (short)flags_to_host(
            FAMILY_poll, (uint16_t)GET(p + i * bytes, pollfd, events), NULL);
    }
    result =
        host_block(cpu, SYS_ppoll, host_pointer(fds), (long)count, host_pointer(ts),
                   mask && mask->used ? host_pointer(&mask->set) : 0, HOST_SET_BYTES, 0);
    for (uint64_t i = 0; i < count && result >= 0; i++)
        PUT(p + i * bytes, pollfd, revents,
            (int16_t)flags_to_guest(FAMILY_poll, (uint16_t)fds[i].revents));
    free(fds);
    return result;
}

int64_t sys_poll(struct cpu *cpu, const uint64_t *a)
{
    int timeout = (int)a[2];
    struct timespec ts = {timeout / 1000, timeout % 1000 * 1000000L};
    int64_t result = poll_files(cpu, a[0], a[1], timeout < 0 ? NULL : &ts, NULL);

    return result == -EINTR ? -SYS_RESTART_NOHAND : result;
}

static int64_t ppoll_call(struct cpu *cpu, const uint64_t *a, bool wide)
{
    struct timespec ts;
    struct temporary mask;
    int error;

    if (a[2] && time_in(cpu, a[2], wide, &ts))
        return -EFAULT;
    error = temporary_in(cpu, a[3], a[4], &mask);
    if (error)
        return error;
    return temporary_end(cpu, poll_files(cpu, a[0], a[1], a[2] ? &ts : NULL, &mask));
}

int64_t sys_ppoll(struct cpu *cpu, const uint64_t *a)
{
    return ppoll_call(cpu, a, false);
}

int64_t sys_ppoll_time64(struct cpu *cpu, const uint64_t *a)
{
    return ppoll_call(cpu, a, true);
}

/* -- select -------------------------------------------------------------------------*/

/* A set of files: guest words against host words, both lowest bit first. */
struct files {
    uint64_t *host;
    uint8_t *guest;
    size_t host_words;
};

static int files_in(struct cpu *cpu, uint64_t gva, unsigned count, struct files *f)
{
    unsigned word = guest_word_bytes(), bits = 8 * word;

    f->host = NULL;
    f->guest = NULL;
    f->host_words = (count + 63) / 64;
    if (!gva)
        return 0;
    f->guest = guest_out(cpu, gva, (count + bits - 1) / bits * word);
    if (!f->guest && count)
        return -EFAULT;
    f->host = xcalloc(f->host_words + 1, 8);
    for (unsigned i = 0; i < count; i += bits)
        f->host[i / 64] |= guest_load(f->guest + i / 8, word) << i % 64;
    return 0;
}

static void files_out(struct files *f, unsigned count, bool write)
{
    unsigned word = guest_word_bytes(), bits = 8 * word;

    for (unsigned i = 0; write && f->host && i < count; i += bits)
        guest_store(f->guest + i / 8, word, f->host[i / 64] >> i % 64);
    free(f->host);
}

static int64_t select_files(struct cpu *cpu, const uint64_t *a, struct timespec *ts,
                            const struct temporary *mask)
{
    struct files f[3] = {{0}};
    struct {
        const void *set;
        size_t bytes;
    } sigmask = {mask && mask->used ? &mask->set : NULL, HOST_SET_BYTES};
    unsigned count = (unsigned)a[0];
    int64_t result = 0;

    if ((int)a[0] < 0 || count > MAX_FILES)
        return -EINVAL;
    for (int i = 0; i < 3 && !result; i++)
        result = files_in(cpu, a[i + 1], count, &f[i]);
    if (!result)
        result = host_block(cpu, SYS_pselect6, (long)count, host_pointer(f[0].host),
                            host_pointer(f[1].host), host_pointer(f[2].host),
                            host_pointer(ts), host_pointer(&sigmask));
    for (int i = 0; i < 3; i++)
        files_out(&f[i], count, result >= 0);
    return result;
}

int64_t sys_select(struct cpu *cpu, const uint64_t *a)
{
    struct timespec ts;
    void *p = NULL;
    int64_t result;

    if (a[4]) {
        p = guest_out(cpu, a[4], struct_bytes(GS_timeval));
        if (!p)
            return -EFAULT;
        ts.tv_sec = GET(p, timeval, tv_sec);
        ts.tv_nsec = GET(p, timeval, tv_usec) * 1000;
    }
    result = select_files(cpu, a, p ? &ts : NULL, NULL);
    if (p && result >= 0) {
        PUT(p, timeval, tv_sec, ts.tv_sec);
        PUT(p, timeval, tv_usec, ts.tv_nsec / 1000);
    }
    return result == -EINTR ? -SYS_RESTART_NOHAND : result;
}

static int64_t pselect_call(struct cpu *cpu, const uint64_t *a, bool wide)
{
    struct timespec ts;
    struct temporary mask = {0, false};
    int64_t result;

    if (a[4] && time_in(cpu, a[4], wide, &ts))
        return -EFAULT;
    if (a[5]) {
        const void *p = struct_in(cpu, a[5], GS_sigset_arg);

        if (!p)
            return -EFAULT;
        result = temporary_in(cpu, (uint64_t)GET(p, sigset_arg, set),
                              (uint64_t)GET(p, sigset_arg, bytes), &mask);
        if (result)
            return result;
    }
    result = select_files(cpu, a, a[4] ? &ts : NULL, &mask);
    if (a[4] && result >= 0)
        time_out(cpu, a[4], wide, &ts);
    return temporary_end(cpu, result);
}

int64_t sys_pselect6(struct cpu *cpu, const uint64_t *a)
{
    return pselect_call(cpu, a, false);
}

int64_t sys_pselect6_time64(struct cpu *cpu, const uint64_t *a)
{
    return pselect_call(cpu, a, true);
}

/* -- epoll --------------------------------------------------------------------------*/

int64_t sys_epoll_create(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return (int)a[0] <= 0 ? -EINVAL : host_call(SYS_epoll_create1, 0, 0, 0, 0, 0, 0);
}

int64_t sys_epoll_create1(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_epoll_create1, (long)flags_to_host(FAMILY_open, a[0], NULL), 0,
                     0, 0, 0, 0);
}

/* The events have the same bits everywhere; only the layout differs. */
int64_t sys_epoll_ctl(struct cpu *cpu, const uint64_t *a)
{
    struct epoll_event event = {0};

    if ((int)a[1] != EPOLL_CTL_DEL) {
        const void *p = struct_in(cpu, a[3], GS_epoll_event);

        if (!p)
            return -EFAULT;
        event.events = (uint32_t)GET(p, epoll_event, events);
        event.data.u64 = (uint64_t)GET(p, epoll_event, data);
    }
    return host_call(SYS_epoll_ctl, (long)a[0], (long)a[1], (long)a[2],
                     host_pointer(&event), 0, 0);
}

static int64_t epoll_collect(struct cpu *cpu, const uint64_t *a,
                             const struct temporary *mask)
{
    size_t bytes = struct_bytes(GS_epoll_event);
    int max = (int)a[2];
    struct epoll_event *events;
    uint8_t *p;
    int64_t result;

    if (max <= 0 || max > MAX_FILES)
        return -EINVAL;
    p = guest_out(cpu, a[1], (uint64_t)max * bytes);
    if (!p)
        return -EFAULT;
    events = xcalloc((size_t)max, sizeof(*events));
    result =
        host_block(cpu, SYS_epoll_pwait, (long)a[0], host_pointer(events), max,
                   (long)a[3], mask->used ? host_pointer(&mask->set) : 0, HOST_SET_BYTES);
    for (int64_t i = 0; i < result; i++) {
        PUT(p + (size_t)i * bytes, epoll_event, events, events[i].events);
        PUT(p + (size_t)i * bytes, epoll_event, data, events[i].data.u64);
    }
    free(events);
    return result;
}

int64_t sys_epoll_wait(struct cpu *cpu, const uint64_t *a)
{
    static const struct temporary none = {0, false};

    return epoll_collect(cpu, a, &none);
}

int64_t sys_epoll_pwait(struct cpu *cpu, const uint64_t *a)
{
    struct temporary mask;
    int error = temporary_in(cpu, a[4], a[5], &mask);

    return error ? error : temporary_end(cpu, epoll_collect(cpu, a, &mask));
}

/* -- eventfd ------------------------------------------------------------------------*/

int64_t sys_eventfd(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_eventfd2, (long)a[0], 0, 0, 0, 0, 0);
}

/*
 * EFD_SEMAPHORE is 1 everywhere. The 8 bytes that are read and written are the host's: a
 * guest of the other byte order sees them swapped (doc/compatibility.md).
 */
int64_t sys_eventfd2(struct cpu *cpu, const uint64_t *a)
{
    uint64_t rest;
    uint64_t flags = flags_to_host(FAMILY_eventfd, a[1], &rest);

    (void)cpu;
    return host_call(SYS_eventfd2, (long)a[0], (long)(flags | rest), 0, 0, 0, 0);
}
