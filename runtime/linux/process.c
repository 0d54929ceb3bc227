/*
 * process.c - processes: fork, execve, wait, exit, and what names them.
 */
#include "linux/linux.h"
#include "linux/calls.h"

#include "load/load.h"
#include "util/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long host_pointer(const void *p)
{
    return (long)(uintptr_t)p;
}

/* -- fork ---------------------------------------------------------------------------*/

/* The write end of a pipe, out of the way of the guest's own descriptors. */
enum { HIGH_FD = 900 };

/* A pipe that closes in the child at execve or exit: what vfork's parent waits for. */
static bool vfork_pipe(int ends[2])
{
    int low[2];

    if (pipe2(low, O_CLOEXEC) < 0)
        return false;
    for (int i = 0; i < 2; i++) {
        ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, HIGH_FD);
        close(low[i]);
    }
    if (ends[0] >= 0 && ends[1] >= 0)
        return true;
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0)
            close(ends[i]);
    }
    return false;
}

/* In a child of vfork: the end that its parent waits for; not for children of its own. */
static int vfork_end = -1;

static void store_id(struct cpu *cpu, uint64_t gva, uint64_t id)
{
    void *p = guest_out(cpu, gva, 4);

    if (p)
        guest_store(p, 4, id);
}

struct fork_request {
    uint64_t flags;  /* CLONE_*, without the signal */
    int exit_signal; /* the host's */
    uint64_t stack, parent_tid, child_tid, tls;
};

static void child_starts(struct cpu *cpu, const struct fork_request *r)
{
    struct linux_thread *t = linux_thread(cpu);

    engine_after_fork(cpu);
    signal_after_fork(cpu);
    if (r->stack)
        engine_write_place(cpu, &abi->sp, r->stack);
    if (r->flags & CLONE_SETTLS) {
        const uint64_t a[1] = {r->tls};

        sys_set_thread_area(cpu, a);
    }
    if (r->flags & CLONE_CHILD_SETTID)
        store_id(cpu, r->child_tid, (uint64_t)getpid());
    t->clear_tid = r->flags & CLONE_CHILD_CLEARTID ? r->child_tid : 0;
    cpu->reservation.bytes = 0;
}

/*
 * vfork is fork here; its parent waits until the child has its own program or is gone.
 * Threads (CLONE_VM without CLONE_VFORK) have their place here and are refused for now.
 */
static int64_t do_fork(struct cpu *cpu, const struct fork_request *r)
{
    int ends[2] = {-1, -1};
    bool wait = r->flags & CLONE_VFORK && vfork_pipe(ends);
    int64_t pid;

    if (r->flags & CLONE_VM && !(r->flags & CLONE_VFORK))
        return -ENOSYS;
    fflush(NULL);
    engine_before_fork();
    if (r->exit_signal == SIGCHLD)
        pid = fork();
    else
        pid = syscall(SYS_clone, (long)r->exit_signal, 0, 0, 0, 0);
    if (pid < 0)
        pid = -errno;
    if (pid == 0) {
        child_starts(cpu, r);
        if (wait)
            close(ends[0]);
        if (vfork_end >= 0)
            close(vfork_end);
        vfork_end = wait ? ends[1] : -1;
        return 0;
    }
    engine_forked();
    if (wait) {
        char byte;

        close(ends[1]);
        while (pid > 0 && read(ends[0], &byte, 1) < 0 && errno == EINTR)
            ;
        close(ends[0]);
    }
    if (pid > 0 && r->flags & CLONE_PARENT_SETTID)
        store_id(cpu, r->parent_tid, (uint64_t)pid);
    return pid;
}

int64_t sys_fork(struct cpu *cpu, const uint64_t *a)
{
    const struct fork_request r = {.exit_signal = SIGCHLD};

    (void)a;
    return do_fork(cpu, &r);
}

int64_t sys_vfork(struct cpu *cpu, const uint64_t *a)
{
    const struct fork_request r = {.exit_signal = SIGCHLD,
                                   .flags = CLONE_VFORK | CLONE_VM};

    (void)a;
    return do_fork(cpu, &r);
}

/* clone(flags, stack, parent_tid, tls, child_tid) */
int64_t sys_clone(struct cpu *cpu, const uint64_t *a)
{
    struct fork_request r = {
        .flags = a[0] & ~(uint64_t)CSIGNAL,
        .stack = a[1],
        .parent_tid = a[2],
        .tls = a[3],
        .child_tid = a[4],
    };

    if (a[0] & CSIGNAL) {
        r.exit_signal = signal_to_host((int)(a[0] & CSIGNAL));
        if (!r.exit_signal)
            return -EINVAL;
    }
    return do_fork(cpu, &r);
}

/* -- execve -------------------------------------------------------------------------*/

enum { MAX_STRINGS = 1 << 20 };

/* A zero-terminated array of strings; NULL with *error. The strings stay in guest memory.
 */
static char **strings_in(struct cpu *cpu, uint64_t gva, size_t extra, int *error)
{
    unsigned word = guest_word_bytes();
    size_t count = 0, room = 64;
    char **v = xcalloc(room + extra + 1, sizeof(*v));

    for (; gva; gva += word, count++) {
        const void *p = guest_in(cpu, gva, word);
        uint64_t s = p ? guest_load(p, word) : 0;
        const char *text = s ? guest_string(cpu, s) : NULL;

        if (p && !s)
            break;
        if (!text || count >= MAX_STRINGS) {
            *error = text ? E2BIG : EFAULT;
            free(v);
            return NULL;
        }
        if (count == room) {
            room *= 2;
            v = xrealloc(v, (room + extra + 1) * sizeof(*v));
        }
        v[extra + count] = (char *)(uintptr_t)text;
    }
    v[extra + count] = NULL;
    return v;
}

/* The first line of a script: "#!INTERPRETER [ARGUMENT]". */
struct script {
    char line[256];
    char *interpreter, *argument;
};

static bool script_read(const char *path, struct script *s)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, s->line, sizeof(s->line) - 1);
    char *end;

    if (fd >= 0)
        close(fd);
    if (got < 3 || s->line[0] != '#' || s->line[1] != '!')
        return false;
    s->line[got] = 0;
    s->line[strcspn(s->line, "\n")] = 0;
    s->interpreter = s->line + 2 + strspn(s->line + 2, " \t");
    end = s->interpreter + strcspn(s->interpreter, " \t");
    s->argument = NULL;
    if (*end) {
        *end++ = 0;
        end += strspn(end, " \t");
        if (*end)
            s->argument = end;
        while (end > s->line && *end && strchr(" \t", end[strlen(end) - 1]))
            end[strlen(end) - 1] = 0;
    }
    return *s->interpreter != 0;
}

/* execve of the host; returns -errno. */
static int64_t exec_host(struct cpu *cpu, const char *path, char **argv, char **envp)
{
    int error;

    fflush(NULL);
    signal_before_exec(cpu);
    execve(path, argv, envp);
    error = errno;
    signal_after_exec(cpu);
    return -error;
}

/*
 * exec_guest - this emulator again, with the same options, for PROGRAM. ARGV has EXTRA
 * free places before the guest's own argv[0].
 */
static int64_t exec_guest(struct cpu *cpu, const char *program, char **argv, char **envp)
{
    const struct options *o = &cpu->machine->options;
    size_t options = 0, count = 0, n = 0;
    char **v;
    int64_t result;

    while (o->emulator_args && o->emulator_args[options])
        options++;
    while (argv[count])
        count++;
    v = xcalloc(options + count + 5, sizeof(*v));
    v[n++] = (char *)(uintptr_t)o->self;
    for (size_t i = 0; i < options; i++)
        v[n++] = o->emulator_args[i];
    if (count) {
        v[n++] = (char *)(uintptr_t) "-0";
        v[n++] = argv[0];
    }
    v[n++] = (char *)(uintptr_t)program;
    for (size_t i = 1; i < count; i++)
        v[n++] = argv[i];
    result = exec_host(cpu, o->self, v, envp);
    free(v);
    return result;
}

/* Runs PATH; a script's interpreter is looked at once. */
static int64_t exec_path(struct cpu *cpu, const char *path, char **argv, char **envp,
                         int depth)
{
    const struct guest *g = cpu->machine->guest;
    char buffer[PATH_MAX];
    struct script s;

    if (access(path, X_OK) < 0)
        return -errno;
    if (load_is_guest(path, g, &abi->elf))
        return exec_guest(cpu, path, argv, envp);
    if (depth == 0 && script_read(path, &s) &&
        load_is_guest(path_host(s.interpreter, buffer, sizeof(buffer)), g, &abi->elf)) {
        size_t n = 0, count = 0;
        char **v;
        int64_t result;

        while (argv[count])
            count++;
        v = xcalloc(count + 4, sizeof(*v));
        v[n++] = s.interpreter;
        if (s.argument)
            v[n++] = s.argument;
        v[n++] = (char *)(uintptr_t)path;
        for (size_t i = 1; i < count; i++)
            v[n++] = argv[i];
        result =
            exec_path(cpu, path_host(s.interpreter, buffer, sizeof(buffer)), v, envp, 1);
        free(v);
        return result;
    }
    return exec_host(cpu, path, argv, envp);
}

static int64_t exec(struct cpu *cpu, const char *path, uint64_t argv_gva,
                    uint64_t envp_gva)
{
    char buffer[PATH_MAX];
    const char *link = proc_link(path);
    char **argv, **envp;
    int error = 0;
    int64_t result = -EFAULT;

    if (linux_thread(cpu)->pending)
        return -SYS_RESTART_ALWAYS; /* the new program can't have it */
    argv = strings_in(cpu, argv_gva, 0, &error);
    envp = argv ? strings_in(cpu, envp_gva, 0, &error) : NULL;
    if (argv && envp)
        result = exec_path(cpu, link ? link : path_host(path, buffer, sizeof(buffer)),
                           argv, envp, 0);
    else
        result = -error;
    free(argv);
    free(envp);
    return result;
}

int64_t sys_execve(struct cpu *cpu, const uint64_t *a)
{
    const char *path = guest_string(cpu, a[0]);

    return path ? exec(cpu, path, a[1], a[2]) : -EFAULT;
}

int64_t sys_execveat(struct cpu *cpu, const uint64_t *a)
{
    const char *path = guest_string(cpu, a[1]);
    char name[64], full[PATH_MAX];
    ssize_t len;

    if (!path)
        return -EFAULT;
    if ((int)a[0] == AT_FDCWD || path[0] == '/')
        return exec(cpu, path, a[2], a[3]);
    snprintf(name, sizeof(name), "/proc/self/fd/%d", (int)a[0]);
    len = readlink(name, full, sizeof(full) - 1);
    if (len < 0)
        return -EBADF;
    full[len] = 0;
    if (path[0]) {
        if ((size_t)len + strlen(path) + 2 > sizeof(full))
            return -ENAMETOOLONG;
        strcat(strcat(full, "/"), path);
    } else if (!(a[4] & AT_EMPTY_PATH)) {
        return -ENOENT;
    }
    return exec(cpu, full, a[2], a[3]);
}

/* -- the end, and waiting for it ----------------------------------------------------*/

int64_t sys_exit_group(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    exit((int)a[0] & 0xff);
}

int64_t sys_exit(struct cpu *cpu, const uint64_t *a)
{
    return sys_exit_group(cpu, a);
}

static void rusage_put(void *p, const struct rusage *r)
{
    PUT(p, rusage, ru_utime_sec, r->ru_utime.tv_sec);
    PUT(p, rusage, ru_utime_usec, r->ru_utime.tv_usec);
    PUT(p, rusage, ru_stime_sec, r->ru_stime.tv_sec);
    PUT(p, rusage, ru_stime_usec, r->ru_stime.tv_usec);
#define MEMBER(m) PUT(p, rusage, m, r->m)
    MEMBER(ru_maxrss);
    MEMBER(ru_ixrss);
    MEMBER(ru_idrss);
    MEMBER(ru_isrss);
    MEMBER(ru_minflt);
    MEMBER(ru_majflt);
    MEMBER(ru_nswap);
    MEMBER(ru_inblock);
    MEMBER(ru_oublock);
    MEMBER(ru_msgsnd);
    MEMBER(ru_msgrcv);
    MEMBER(ru_nsignals);
    MEMBER(ru_nvcsw);
    MEMBER(ru_nivcsw);
#undef MEMBER
}

int64_t sys_getrusage(struct cpu *cpu, const uint64_t *a)
{
    struct rusage r;
    void *p;

    if (getrusage((int)a[0], &r) < 0)
        return -errno;
    p = struct_out(cpu, a[1], GS_rusage);
    if (!p)
        return -EFAULT;
    rusage_put(p, &r);
    return 0;
}

/* A wait status names signals. */
static int status_to_guest(int status)
{
    if (WIFSIGNALED(status))
        return (status & ~0x7f) | signal_to_guest(WTERMSIG(status));
    if (WIFSTOPPED(status))
        return (status & ~0xff00) | signal_to_guest(WSTOPSIG(status)) << 8;
    return status;
}

int64_t sys_wait4(struct cpu *cpu, const uint64_t *a)
{
    struct rusage r;
    int status = 0;
    void *status_out = NULL, *rusage_out = NULL;
    int64_t pid;

    if (a[1] && !(status_out = guest_out(cpu, a[1], 4)))
        return -EFAULT;
    if (a[3] && !(rusage_out = guest_out(cpu, a[3], struct_bytes(GS_rusage))))
        return -EFAULT;
    pid = host_restart(cpu, SYS_wait4, (long)a[0], host_pointer(&status), (long)a[2],
                       host_pointer(&r), 0, 0);
    if (pid <= 0)
        return pid;
    if (status_out)
        guest_store(status_out, 4, (uint64_t)status_to_guest(status));
    if (rusage_out)
        rusage_put(rusage_out, &r);
    return pid;
}

int64_t sys_waitpid(struct cpu *cpu, const uint64_t *a)
{
    const uint64_t b[] = {a[0], a[1], a[2], 0};

    return sys_wait4(cpu, b);
}

int64_t sys_waitid(struct cpu *cpu, const uint64_t *a)
{
    siginfo_t info;
    struct rusage r;
    void *p = NULL, *rusage_out = NULL;
    int64_t result;

    if (a[2] && !(p = struct_out(cpu, a[2], GS_siginfo)))
        return -EFAULT;
    if (a[4] && !(rusage_out = struct_out(cpu, a[4], GS_rusage)))
        return -EFAULT;
    memset(&info, 0, sizeof(info));
    result = host_restart(cpu, SYS_waitid, (long)a[0], (long)a[1], host_pointer(&info),
                          (long)a[3], host_pointer(&r), 0);
    if (result < 0)
        return result;
    if (p && info.si_signo) {
        PUT(p, siginfo, si_signo, signal_to_guest(info.si_signo));
        PUT(p, siginfo, si_code, info.si_code);
        PUT(p, siginfo, si_pid, info.si_pid);
        PUT(p, siginfo, si_uid, info.si_uid);
        PUT(p, siginfo, si_status,
            info.si_code == CLD_EXITED ? info.si_status
                                       : signal_to_guest(info.si_status));
    }
    if (rusage_out)
        rusage_put(rusage_out, &r);
    return result;
}

/* -- threads' small calls -----------------------------------------------------------*/

int64_t sys_set_tid_address(struct cpu *cpu, const uint64_t *a)
{
    linux_thread(cpu)->clear_tid = a[0];
    return host_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

int64_t sys_set_robust_list(struct cpu *cpu, const uint64_t *a)
{
    if (a[1] != 3 * guest_word_bytes())
        return -EINVAL;
    linux_thread(cpu)->robust_list = a[0];
    return 0;
}

/* The word is compared by the host's kernel, so the value goes there in the guest's
 * order. */
static int64_t futex(struct cpu *cpu, const uint64_t *a, bool wide)
{
    int command = (int)a[1] & FUTEX_CMD_MASK;
    struct timespec ts;
    void *p = guest_in(cpu, a[0], 4), *other = NULL;
    uint32_t value;

    if (a[0] & 3)
        return -EINVAL;
    if (!p)
        return -EFAULT;
    guest_store(&value, 4, a[2]);
    switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
        if (a[3] && time_in(cpu, a[3], wide, &ts))
            return -EFAULT;
        return host_restart(cpu, SYS_futex, host_pointer(p), (long)a[1], (long)value,
                            a[3] ? host_pointer(&ts) : 0, 0, (long)a[5]);
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        return host_call(SYS_futex, host_pointer(p), (long)a[1], (long)a[2], 0, 0,
                         (long)a[5]);
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
        other = guest_in(cpu, a[4], 4);
        if (!other)
            return -EFAULT;
        guest_store(&value, 4, a[5]);
        return host_call(SYS_futex, host_pointer(p), (long)a[1], (long)a[2], (long)a[3],
                         host_pointer(other), (long)value);
    default:
        return -ENOSYS;
    }
}

int64_t sys_futex(struct cpu *cpu, const uint64_t *a)
{
    return futex(cpu, a, false);
}

int64_t sys_futex_time64(struct cpu *cpu, const uint64_t *a)
{
    return futex(cpu, a, true);
}

/* -- prctl --------------------------------------------------------------------------*/

enum { NAME_BYTES = 16 };

int64_t sys_prctl(struct cpu *cpu, const uint64_t *a)
{
    const char *name;
    char *to;

    switch ((int)a[0]) {
    case PR_SET_NAME:
        name = guest_string(cpu, a[1]);
        return name ? host_call(SYS_prctl, PR_SET_NAME, host_pointer(name), 0, 0, 0, 0)
                    : -EFAULT;
    case PR_GET_NAME:
        to = guest_out(cpu, a[1], NAME_BYTES);
        return to ? host_call(SYS_prctl, PR_GET_NAME, host_pointer(to), 0, 0, 0, 0)
                  : -EFAULT;
    case PR_SET_PDEATHSIG:
        return host_call(SYS_prctl, PR_SET_PDEATHSIG, signal_to_host((int)a[1]), 0, 0, 0,
                         0);
    case PR_GET_DUMPABLE:
    case PR_SET_DUMPABLE:
    case PR_SET_NO_NEW_PRIVS:
    case PR_GET_NO_NEW_PRIVS:
    case PR_SET_KEEPCAPS:
    case PR_GET_KEEPCAPS:
    case PR_CAPBSET_READ:
    case PR_SET_CHILD_SUBREAPER:
    case PR_SET_TIMERSLACK:
    case PR_GET_TIMERSLACK:
        return host_call(SYS_prctl, (long)a[0], (long)a[1], (long)a[2], (long)a[3],
                         (long)a[4], 0);
    default:
        return -EINVAL;
    }
}
