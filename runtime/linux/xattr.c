/*
 * xattr.c - extended attributes, and timers that are files.
 */
#include "linux/linux.h"
#include "linux/calls.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>

static long host_pointer(const void *p)
{
    return (long)(uintptr_t)p;
}

/* -- extended attributes ------------------------------------------------------------*/

/* The object: a path at A[0], or a descriptor if NR is one of the f... calls. */
struct object {
    long host;
    bool bad;
};

static struct object object_of(struct cpu *cpu, uint64_t a, bool is_fd)
{
    const char *path = is_fd ? NULL : guest_string(cpu, a);

    return (struct object){is_fd ? (long)a : host_pointer(path), !is_fd && !path};
}

static int64_t attribute_get(struct cpu *cpu, long nr, const uint64_t *a, bool is_fd)
{
    struct object o = object_of(cpu, a[0], is_fd);
    const char *name = guest_string(cpu, a[1]);
    void *p = a[3] ? guest_out(cpu, a[2], a[3]) : NULL;

    if (o.bad || !name || (a[3] && !p))
        return -EFAULT;
    return host_call(nr, o.host, host_pointer(name), host_pointer(p), (long)a[3], 0, 0);
}

static int64_t attribute_set(struct cpu *cpu, long nr, const uint64_t *a, bool is_fd)
{
    struct object o = object_of(cpu, a[0], is_fd);
    const char *name = guest_string(cpu, a[1]);
    const void *p = a[3] ? guest_in(cpu, a[2], a[3]) : NULL;

    if (o.bad || !name || (a[3] && !p))
        return -EFAULT;
    return host_call(nr, o.host, host_pointer(name), host_pointer(p), (long)a[3],
                     (long)a[4], 0);
}

static int64_t attribute_list(struct cpu *cpu, long nr, const uint64_t *a, bool is_fd)
{
    struct object o = object_of(cpu, a[0], is_fd);
    void *p = a[2] ? guest_out(cpu, a[1], a[2]) : NULL;

    if (o.bad || (a[2] && !p))
        return -EFAULT;
    return host_call(nr, o.host, host_pointer(p), (long)a[2], 0, 0, 0);
}

static int64_t attribute_remove(struct cpu *cpu, long nr, const uint64_t *a, bool is_fd)
{
    struct object o = object_of(cpu, a[0], is_fd);
    const char *name = guest_string(cpu, a[1]);

    if (o.bad || !name)
        return -EFAULT;
    return host_call(nr, o.host, host_pointer(name), 0, 0, 0, 0);
}

#define ATTRIBUTE(name, what, is_fd)                        \
    int64_t sys_##name(struct cpu *cpu, const uint64_t *a)  \
    {                                                       \
        return attribute_##what(cpu, SYS_##name, a, is_fd); \
    }

ATTRIBUTE(getxattr, get, false)
ATTRIBUTE(lgetxattr, get, false)
ATTRIBUTE(fgetxattr, get, true)
ATTRIBUTE(setxattr, set, false)
ATTRIBUTE(lsetxattr, set, false)
ATTRIBUTE(fsetxattr, set, true)
ATTRIBUTE(listxattr, list, false)
ATTRIBUTE(llistxattr, list, false)
ATTRIBUTE(flistxattr, list, true)
ATTRIBUTE(removexattr, remove, false)
ATTRIBUTE(lremovexattr, remove, false)
ATTRIBUTE(fremovexattr, remove, true)

/* -- timers that are files ----------------------------------------------------------*/

int64_t sys_timerfd_create(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_timerfd_create, (long)a[0],
                     (long)flags_to_host(FAMILY_open, a[1], NULL), 0, 0, 0, 0);
}

/* Two timespecs: interval, value. */
static int setting_in(struct cpu *cpu, uint64_t gva, bool wide, struct itimerspec *v)
{
    size_t bytes = struct_bytes(wide ? GS_timespec64 : GS_timespec);

    if (time_in(cpu, gva, wide, &v->it_interval))
        return -EFAULT;
    return time_in(cpu, gva + bytes, wide, &v->it_value);
}

static int setting_out(struct cpu *cpu, uint64_t gva, bool wide,
                       const struct itimerspec *v)
{
    size_t bytes = struct_bytes(wide ? GS_timespec64 : GS_timespec);

    if (time_out(cpu, gva, wide, &v->it_interval))
        return -EFAULT;
    return time_out(cpu, gva + bytes, wide, &v->it_value);
}

static int64_t timer_set(struct cpu *cpu, const uint64_t *a, bool wide)
{
    struct itimerspec new, old;
    int64_t result;

    if (setting_in(cpu, a[2], wide, &new))
        return -EFAULT;
    result = host_call(SYS_timerfd_settime, (long)a[0], (long)a[1], host_pointer(&new),
                       host_pointer(&old), 0, 0);
    return result < 0 || !a[3] ? result : setting_out(cpu, a[3], wide, &old);
}

static int64_t timer_get(struct cpu *cpu, const uint64_t *a, bool wide)
{
    struct itimerspec v;
    int64_t result =
        host_call(SYS_timerfd_gettime, (long)a[0], host_pointer(&v), 0, 0, 0, 0);

    return result < 0 ? result : setting_out(cpu, a[1], wide, &v);
}

int64_t sys_timerfd_settime(struct cpu *cpu, const uint64_t *a)
{
    return timer_set(cpu, a, false);
}

int64_t sys_timerfd_settime64(struct cpu *cpu, const uint64_t *a)
{
    return timer_set(cpu, a, true);
}

int64_t sys_timerfd_gettime(struct cpu *cpu, const uint64_t *a)
{
    return timer_get(cpu, a, false);
}

int64_t sys_timerfd_gettime64(struct cpu *cpu, const uint64_t *a)
{
    return timer_get(cpu, a, true);
}
