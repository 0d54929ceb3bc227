/*
 * misc.c - identities, limits, the machine's description, random numbers, scheduling.
 */
#include "linux/linux.h"
#include "linux/calls.h"

#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static long host_pointer(const void *p)
{
    return (long)(uintptr_t)p;
}

/* -- calls of plain numbers ---------------------------------------------------------*/

#define DIRECT(name, nr)                                                           \
    int64_t sys_##name(struct cpu *cpu, const uint64_t *a)                         \
    {                                                                              \
        (void)cpu;                                                                 \
        return host_call(SYS_##nr, (long)a[0], (long)a[1], (long)a[2], (long)a[3], \
                         (long)a[4], (long)a[5]);                                  \
    }

/* clang-format off */
DIRECT(getpid, getpid)          DIRECT(getppid, getppid)        DIRECT(gettid, gettid)
DIRECT(getuid, getuid)          DIRECT(geteuid, geteuid)
DIRECT(getgid, getgid)          DIRECT(getegid, getegid)


DIRECT(setuid, setuid)          DIRECT(setgid, setgid)

DIRECT(setreuid, setreuid)      DIRECT(setregid, setregid)

DIRECT(setresuid, setresuid)    DIRECT(setresgid, setresgid)

DIRECT(setfsuid, setfsuid)      DIRECT(setfsgid, setfsgid)

DIRECT(getpgid, getpgid)        DIRECT(setpgid, setpgid)
DIRECT(getsid, getsid)          DIRECT(setsid, setsid)
DIRECT(sched_yield, sched_yield)
DIRECT(sched_get_priority_max, sched_get_priority_max)
DIRECT(sched_get_priority_min, sched_get_priority_min)
DIRECT(sched_getscheduler, sched_getscheduler)
DIRECT(getpriority, getpriority) DIRECT(setpriority, setpriority)
DIRECT(inotify_rm_watch, inotify_rm_watch)
DIRECT(membarrier, membarrier)
    /* clang-format on */

    int64_t sys_nice(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    errno = 0;
    return nice((int)a[0]) == -1 && errno ? -errno : 0;
}

int64_t sys_getpgrp(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu, (void)a;
    return getpgrp();
}

/* -- sets of identities -------------------------------------------------------------*/

static int64_t three_ids(struct cpu *cpu, long nr, const uint64_t *a)
{
    uint32_t id[3];
    int64_t result = host_call(nr, host_pointer(&id[0]), host_pointer(&id[1]),
                               host_pointer(&id[2]), 0, 0, 0);

    for (int i = 0; i < 3 && result == 0; i++) {
        void *p = guest_out(cpu, a[i], 4);

        if (!p)
            return -EFAULT;
        guest_store(p, 4, id[i]);
    }
    return result;
}

int64_t sys_getresuid(struct cpu *cpu, const uint64_t *a)
{
    return three_ids(cpu, SYS_getresuid, a);
}

int64_t sys_getresgid(struct cpu *cpu, const uint64_t *a)
{
    return three_ids(cpu, SYS_getresgid, a);
}

enum { MAX_GROUPS = 65536 };

int64_t sys_getgroups(struct cpu *cpu, const uint64_t *a)
{
    gid_t *list;
    uint8_t *p = NULL;
    int64_t result;
    int room = (int)a[0];

    if (room < 0 || room > MAX_GROUPS)
        return -EINVAL;
    if (room && !(p = guest_out(cpu, a[1], (uint64_t)room * 4)))
        return -EFAULT;
    list = xcalloc((size_t)room + 1, sizeof(*list));
    result = host_call(SYS_getgroups, room, host_pointer(list), 0, 0, 0, 0);
    for (int64_t i = 0; p && i < result; i++)
        guest_store(p + i * 4, 4, list[i]);
    free(list);
    return result;
}

int64_t sys_setgroups(struct cpu *cpu, const uint64_t *a)
{
    const uint8_t *p;
    gid_t *list;
    int64_t result;

    if (a[0] > MAX_GROUPS)
        return -EINVAL;
    p = guest_in(cpu, a[1], a[0] * 4);
    if (!p && a[0])
        return -EFAULT;
    list = xcalloc(a[0] + 1, sizeof(*list));
    for (uint64_t i = 0; i < a[0]; i++)
        list[i] = (gid_t)guest_load(p + i * 4, 4);
    result = host_call(SYS_setgroups, (long)a[0], host_pointer(list), 0, 0, 0, 0);
    free(list);
    return result;
}

/* -- limits -------------------------------------------------------------------------*/

/*
 * Limits that the host would apply to the runtime as well are only kept here. 32-bit
 * guests see what doesn't fit as their infinity.
 */
static struct {
    bool set;
    struct rlimit limit;
} kept[RLIMIT_NLIMITS];

static bool is_kept(int resource)
{
    return resource == RLIMIT_AS || resource == RLIMIT_DATA || resource == RLIMIT_STACK ||
           resource == RLIMIT_RSS || resource == RLIMIT_MEMLOCK;
}

static int64_t limit_get(int resource, struct rlimit *l)
{
    if (is_kept(resource) && kept[resource].set) {
        *l = kept[resource].limit;
        return 0;
    }
    if (getrlimit((unsigned)resource, l) < 0)
        return -errno;
    if (resource == RLIMIT_STACK)
        l->rlim_cur = linux_os.stack_high - linux_os.stack_low;
    return 0;
}

static int64_t limit_set(int resource, const struct rlimit *l)
{
    struct rlimit old;

    if (!is_kept(resource))
        return setrlimit((unsigned)resource, l) < 0 ? -errno : 0;
    limit_get(resource, &old);
    if (l->rlim_cur > l->rlim_max)
        return -EINVAL;
    if (l->rlim_max > old.rlim_max && geteuid() != 0)
        return -EPERM;
    kept[resource].limit = *l;
    kept[resource].set = true;
    return 0;
}

static int resource_of(uint64_t number)
{
    return (int)value_to_host(FAMILY_rlimit, (int64_t)number, -1);
}

static uint64_t infinity(void)
{
    uint64_t all = guest_word_bytes() == 4 ? 0xffffffff : ~0ull;

    return (uint64_t)value_to_guest(FAMILY_infinity, (int64_t)RLIM_INFINITY,
                                    (int64_t)all) &
           all;
}

int64_t sys_getrlimit(struct cpu *cpu, const uint64_t *a)
{
    int resource = resource_of(a[0]);
    struct rlimit l;
    int64_t result;
    void *p;

    if (resource < 0)
        return -EINVAL;
    result = limit_get(resource, &l);
    if (result)
        return result;
    p = struct_out(cpu, a[1], GS_rlimit);
    if (!p)
        return -EFAULT;
    PUT(p, rlimit, rlim_cur, l.rlim_cur > infinity() ? infinity() : l.rlim_cur);
    PUT(p, rlimit, rlim_max, l.rlim_max > infinity() ? infinity() : l.rlim_max);
    return 0;
}

int64_t sys_setrlimit(struct cpu *cpu, const uint64_t *a)
{
    int resource = resource_of(a[0]);
    const void *p = struct_in(cpu, a[1], GS_rlimit);
    struct rlimit l;

    if (!p)
        return -EFAULT;
    if (resource < 0)
        return -EINVAL;
    l.rlim_cur = (rlim_t)GET(p, rlimit, rlim_cur);
    l.rlim_max = (rlim_t)GET(p, rlimit, rlim_max);
    if (l.rlim_cur >= infinity())
        l.rlim_cur = RLIM_INFINITY;
    if (l.rlim_max >= infinity())
        l.rlim_max = RLIM_INFINITY;
    return limit_set(resource, &l);
}

/* prlimit64: two 64-bit numbers whatever the word. Other processes are the host's. */
int64_t sys_prlimit64(struct cpu *cpu, const uint64_t *a)
{
    int resource = resource_of(a[1]);
    struct rlimit new, old;
    bool own = a[0] == 0 || (pid_t)a[0] == getpid();
    uint8_t *p;
    int64_t result;

    if (resource < 0)
        return -EINVAL;
    if (a[2]) {
        p = guest_in(cpu, a[2], 16);
        if (!p)
            return -EFAULT;
        new.rlim_cur = guest_load(p, 8);
        new.rlim_max = guest_load(p + 8, 8);
    }
    if (own) {
        result = limit_get(resource, &old);
        if (!result && a[2])
            result = limit_set(resource, &new);
    } else {
        result = host_call(SYS_prlimit64, (long)a[0], resource,
                           a[2] ? host_pointer(&new) : 0, host_pointer(&old), 0, 0);
    }
    if (result || !a[3])
        return result;
    p = guest_out(cpu, a[3], 16);
    if (!p)
        return -EFAULT;
    guest_store(p, 8, old.rlim_cur);
    guest_store(p + 8, 8, old.rlim_max);
    return 0;
}

/* -- the machine --------------------------------------------------------------------*/

static void text_put(void *p, enum gfield f, const char *text)
{
    char *to = (char *)p + field_at(f);

    strncpy(to, text, field_bytes(f) - 1);
}

int64_t sys_uname(struct cpu *cpu, const uint64_t *a)
{
    const char *release = cpu->machine->options.release;
    struct utsname u;
    void *p = struct_out(cpu, a[0], GS_new_utsname);

    if (!p)
        return -EFAULT;
    uname(&u);
    text_put(p, GF_new_utsname_sysname, u.sysname);
    text_put(p, GF_new_utsname_nodename, u.nodename);
    text_put(p, GF_new_utsname_release, release ? release : u.release);
    text_put(p, GF_new_utsname_version, u.version);
    text_put(p, GF_new_utsname_machine, abi->machine);
    text_put(p, GF_new_utsname_domainname, u.domainname);
    return 0;
}

int64_t sys_sethostname(struct cpu *cpu, const uint64_t *a)
{
    const void *p = guest_in(cpu, a[0], a[1]);

    return p ? host_call(SYS_sethostname, host_pointer(p), (long)a[1], 0, 0, 0, 0)
             : -EFAULT;
}

/* Memory is counted in units that make it fit a 32-bit word. */
int64_t sys_sysinfo(struct cpu *cpu, const uint64_t *a)
{
    struct sysinfo s;
    void *p = struct_out(cpu, a[0], GS_sysinfo);
    unsigned shift = 0;
    uint64_t unit;

    if (!p)
        return -EFAULT;
    if (sysinfo(&s) < 0)
        return -errno;
    unit = s.mem_unit ? s.mem_unit : 1;
    while (guest_word_bytes() == 4 && ((s.totalram * unit) >> shift > 0xffffffff ||
                                       (s.totalswap * unit) >> shift > 0xffffffff))
        shift++;
    PUT(p, sysinfo, uptime, s.uptime);
    for (unsigned i = 0; i < 3; i++)
        field_put(p, GF_sysinfo_loads, i, (int64_t)s.loads[i]);
#define SIZE(m) PUT(p, sysinfo, m, s.m *unit >> shift)
    SIZE(totalram);
    SIZE(freeram);
    SIZE(sharedram);
    SIZE(bufferram);
    SIZE(totalswap);
    SIZE(freeswap);
    SIZE(totalhigh);
    SIZE(freehigh);
#undef SIZE
    PUT(p, sysinfo, procs, s.procs);
    PUT(p, sysinfo, mem_unit, 1ull << shift);
    return 0;
}

int64_t sys_getrandom(struct cpu *cpu, const uint64_t *a)
{
    void *p = guest_out(cpu, a[0], a[1]);

    if (!p && a[1])
        return -EFAULT;
    return host_restart(cpu, SYS_getrandom, host_pointer(p), (long)a[1], (long)a[2], 0, 0,
                        0);
}

int64_t sys_getcpu(struct cpu *cpu, const uint64_t *a)
{
    unsigned number[2] = {0, 0};
    int64_t result = host_call(SYS_getcpu, host_pointer(&number[0]),
                               host_pointer(&number[1]), 0, 0, 0, 0);

    for (int i = 0; i < 2; i++) {
        void *p = a[i] ? guest_out(cpu, a[i], 4) : NULL;

        if (a[i] && !p)
            return -EFAULT;
        if (p)
            guest_store(p, 4, number[i]);
    }
    return result;
}

/* A CPU set is an array of words, lowest bit first. */
int64_t sys_sched_getaffinity(struct cpu *cpu, const uint64_t *a)
{
    uint64_t set[16] = {0};
    unsigned word = guest_word_bytes();
    int64_t bytes = host_call(SYS_sched_getaffinity, (long)a[0], sizeof(set),
                              host_pointer(set), 0, 0, 0);
    uint8_t *p;

    if (bytes < 0)
        return bytes;
    if (a[1] & (word - 1))
        return -EINVAL;
    if ((uint64_t)bytes > a[1])
        bytes = (int64_t)a[1];
    p = guest_out(cpu, a[2], (uint64_t)bytes);
    if (!p)
        return -EFAULT;
    for (unsigned i = 0; i + word <= (uint64_t)bytes; i += word)
        guest_store(p + i, word, set[i / 8] >> i % 8 * 8);
    return bytes;
}

int64_t sys_sched_setaffinity(struct cpu *cpu, const uint64_t *a)
{
    uint64_t set[16] = {0};
    unsigned word = guest_word_bytes();
    uint64_t bytes = a[1] < sizeof(set) ? a[1] & ~(uint64_t)(word - 1) : sizeof(set);
    const uint8_t *p = guest_in(cpu, a[2], bytes);

    if (!p)
        return -EFAULT;
    for (unsigned i = 0; i < bytes; i += word)
        set[i / 8] |= guest_load(p + i, word) << i % 8 * 8;
    return host_call(SYS_sched_setaffinity, (long)a[0], sizeof(set), host_pointer(set), 0,
                     0, 0);
}

int64_t sys_inotify_init(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu, (void)a;
    return host_call(SYS_inotify_init1, 0, 0, 0, 0, 0, 0);
}

int64_t sys_inotify_add_watch(struct cpu *cpu, const uint64_t *a)
{
    const char *path = guest_string(cpu, a[1]);

    return path ? host_call(SYS_inotify_add_watch, (long)a[0], host_pointer(path),
                            (long)a[2], 0, 0, 0)
                : -EFAULT;
}

/* Known, and refused: the C libraries do without. */
int64_t sys_rseq(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu, (void)a;
    return -ENOSYS;
}

int64_t sys_clone3(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu, (void)a;
    return -ENOSYS;
}
