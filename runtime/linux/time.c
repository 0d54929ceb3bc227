/*
 * time.c - clocks, sleeping, interval timers.
 */
#include "linux/linux.h"
#include "linux/calls.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static long host_pointer(const void *p)
{
    return (long)(uintptr_t)p;
}

int time_in(struct cpu *cpu, uint64_t gva, bool wide, struct timespec *ts)
{
    const void *p = struct_in(cpu, gva, wide ? GS_timespec64 : GS_timespec);

    if (!p)
        return -EFAULT;
    ts->tv_sec = wide ? GET(p, timespec64, tv_sec) : GET(p, timespec, tv_sec);
    ts->tv_nsec = wide ? GET(p, timespec64, tv_nsec) : GET(p, timespec, tv_nsec);
    /* A 32-bit ABI's nanoseconds have an unused upper half. */
    if (wide && guest_word_bytes() == 4)
        ts->tv_nsec = (int32_t)ts->tv_nsec;
    return 0;
}

int time_out(struct cpu *cpu, uint64_t gva, bool wide, const struct timespec *ts)
{
    void *p = struct_out(cpu, gva, wide ? GS_timespec64 : GS_timespec);

    if (!p)
        return -EFAULT;
    if (wide) {
        PUT(p, timespec64, tv_sec, ts->tv_sec);
        PUT(p, timespec64, tv_nsec, ts->tv_nsec);
    } else {
        PUT(p, timespec, tv_sec, ts->tv_sec);
        PUT(p, timespec, tv_nsec, ts->tv_nsec);
    }
    return 0;
}

static int64_t clock_call(struct cpu *cpu, long nr, const uint64_t *a, bool wide)
{
    struct timespec ts;
    int64_t result = host_call(nr, (long)a[0], host_pointer(&ts), 0, 0, 0, 0);

    if (result < 0 || (nr == SYS_clock_getres && !a[1]))
        return result;
    return time_out(cpu, a[1], wide, &ts);
}

int64_t sys_clock_gettime(struct cpu *cpu, const uint64_t *a)
{
    return clock_call(cpu, SYS_clock_gettime, a, false);
}

int64_t sys_clock_gettime64(struct cpu *cpu, const uint64_t *a)
{
    return clock_call(cpu, SYS_clock_gettime, a, true);
}

int64_t sys_clock_getres(struct cpu *cpu, const uint64_t *a)
{
    return clock_call(cpu, SYS_clock_getres, a, false);
}

int64_t sys_clock_getres_time64(struct cpu *cpu, const uint64_t *a)
{
    return clock_call(cpu, SYS_clock_getres, a, true);
}

static int64_t clock_set(struct cpu *cpu, const uint64_t *a, bool wide)
{
    struct timespec ts;

    if (time_in(cpu, a[1], wide, &ts))
        return -EFAULT;
    return host_call(SYS_clock_settime, (long)a[0], host_pointer(&ts), 0, 0, 0, 0);
}

int64_t sys_clock_settime(struct cpu *cpu, const uint64_t *a)
{
    return clock_set(cpu, a, false);
}

int64_t sys_clock_settime64(struct cpu *cpu, const uint64_t *a)
{
    return clock_set(cpu, a, true);
}

int64_t sys_gettimeofday(struct cpu *cpu, const uint64_t *a)
{
    struct timeval tv;
    struct timezone tz;
    void *p;

    gettimeofday(&tv, &tz);
    if (a[0]) {
        p = struct_out(cpu, a[0], GS_timeval);
        if (!p)
            return -EFAULT;
        PUT(p, timeval, tv_sec, tv.tv_sec);
        PUT(p, timeval, tv_usec, tv.tv_usec);
    }
    if (a[1]) {
        p = struct_out(cpu, a[1], GS_timezone);
        if (!p)
            return -EFAULT;
        PUT(p, timezone, tz_minuteswest, tz.tz_minuteswest);
        PUT(p, timezone, tz_dsttime, tz.tz_dsttime);
    }
    return 0;
}

int64_t sys_time(struct cpu *cpu, const uint64_t *a)
{
    time_t now = time(NULL);

    if (a[0]) {
        void *p = guest_out(cpu, a[0], guest_word_bytes());

        if (!p)
            return -EFAULT;
        guest_store(p, guest_word_bytes(), (uint64_t)now);
    }
    return now;
}

int64_t sys_times(struct cpu *cpu, const uint64_t *a)
{
    struct tms t;
    int64_t result = host_call(SYS_times, host_pointer(&t), 0, 0, 0, 0, 0);

    if (a[0]) {
        void *p = struct_out(cpu, a[0], GS_tms);

        if (!p)
            return -EFAULT;
        PUT(p, tms, tms_utime, t.tms_utime);
        PUT(p, tms, tms_stime, t.tms_stime);
        PUT(p, tms, tms_cutime, t.tms_cutime);
        PUT(p, tms, tms_cstime, t.tms_cstime);
    }
    return guest_word_bytes() == 4 ? (int64_t)(result & 0x7fffffff) : result;
}

/* -- sleeping -----------------------------------------------------------------------*/

/* Interrupted by a handler it ends with EINTR and the rest of the time. */
static int64_t sleep_for(struct cpu *cpu, int clock, int flags, uint64_t request,
                         uint64_t rest, bool wide)
{
    struct timespec ts, left = {0, 0};
    int64_t result;

    if (time_in(cpu, request, wide, &ts))
        return -EFAULT;
    result = host_block(cpu, SYS_clock_nanosleep, clock, flags, host_pointer(&ts),
                        host_pointer(&left), 0, 0);
    if (result == -EINTR && rest && !(flags & TIMER_ABSTIME) &&
        time_out(cpu, rest, wide, &left))
        return -EFAULT;
    return result;
}

int64_t sys_nanosleep(struct cpu *cpu, const uint64_t *a)
{
    return sleep_for(cpu, CLOCK_MONOTONIC, 0, a[0], a[1], false);
}

int64_t sys_clock_nanosleep(struct cpu *cpu, const uint64_t *a)
{
    return sleep_for(cpu, (int)a[0], (int)a[1], a[2], a[3], false);
}

int64_t sys_clock_nanosleep_time64(struct cpu *cpu, const uint64_t *a)
{
    return sleep_for(cpu, (int)a[0], (int)a[1], a[2], a[3], true);
}

/* -- interval timers ----------------------------------------------------------------*/

static int64_t timer_out(struct cpu *cpu, uint64_t gva, const struct itimerval *v)
{
    void *p = struct_out(cpu, gva, GS_itimerval);

    if (!p)
        return -EFAULT;
    PUT(p, itimerval, interval_sec, v->it_interval.tv_sec);
    PUT(p, itimerval, interval_usec, v->it_interval.tv_usec);
    PUT(p, itimerval, value_sec, v->it_value.tv_sec);
    PUT(p, itimerval, value_usec, v->it_value.tv_usec);
    return 0;
}

int64_t sys_getitimer(struct cpu *cpu, const uint64_t *a)
{
    struct itimerval v;
    int64_t result = host_call(SYS_getitimer, (long)a[0], host_pointer(&v), 0, 0, 0, 0);

    return result < 0 ? result : timer_out(cpu, a[1], &v);
}

int64_t sys_setitimer(struct cpu *cpu, const uint64_t *a)
{
    struct itimerval new = {{0, 0}, {0, 0}}, old;
    int64_t result;

    if (a[1]) {
        const void *p = struct_in(cpu, a[1], GS_itimerval);

        if (!p)
            return -EFAULT;
        new.it_interval.tv_sec = GET(p, itimerval, interval_sec);
        new.it_interval.tv_usec = GET(p, itimerval, interval_usec);
        new.it_value.tv_sec = GET(p, itimerval, value_sec);
        new.it_value.tv_usec = GET(p, itimerval, value_usec);
    }
    result = host_call(SYS_setitimer, (long)a[0], host_pointer(&new), host_pointer(&old),
                       0, 0, 0);
    return result < 0 || !a[2] ? result : timer_out(cpu, a[2], &old);
}

int64_t sys_alarm(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return alarm((unsigned)a[0]);
}
