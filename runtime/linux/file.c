/*
 * file.c - open files: reading, writing, positions, descriptors.
 */
#include "linux/linux.h"
#include "linux/calls.h"

#include "util/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static long host_pointer(const void *p)
{
    return (long)(uintptr_t)p;
}

/* -- opening ------------------------------------------------------------------------*/

static int64_t open_at(struct cpu *cpu, int dir, uint64_t path_gva, uint64_t flags,
                       uint64_t mode)
{
    char buffer[PATH_MAX];
    const char *path = guest_string(cpu, path_gva);
    int host = (int)flags_to_host(FAMILY_open, flags, NULL), fd;

    if (!path)
        return -EFAULT;
    fd = proc_open(cpu, path, host);
    if (fd >= 0)
        return fd;
    if (!(host & O_CREAT))
        path = path_host(path, buffer, sizeof(buffer));
    return host_restart(cpu, SYS_openat, dir, host_pointer(path), host, (long)mode, 0, 0);
}

int64_t sys_open(struct cpu *cpu, const uint64_t *a)
{
    return open_at(cpu, AT_FDCWD, a[0], a[1], a[2]);
}

int64_t sys_openat(struct cpu *cpu, const uint64_t *a)
{
    return open_at(cpu, (int)a[0], a[1], a[2], a[3]);
}

int64_t sys_creat(struct cpu *cpu, const uint64_t *a)
{
    const char *path = guest_string(cpu, a[0]);

    if (!path)
        return -EFAULT;
    return host_restart(cpu, SYS_openat, AT_FDCWD, host_pointer(path),
                        O_CREAT | O_WRONLY | O_TRUNC, (long)a[1], 0, 0);
}

int64_t sys_close(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_close, (long)a[0], 0, 0, 0, 0, 0);
}

int64_t sys_close_range(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_close_range, (long)a[0], (long)a[1], (long)a[2], 0, 0, 0);
}

/* -- reading and writing ------------------------------------------------------------*/

enum { MAX_IO = 0x7ffff000 }; /* the kernel moves no more at once */

/* A buffer that the guest may use only in part is used up to there, as the kernel does.
 */
static uint64_t usable(struct cpu *cpu, uint64_t gva, uint64_t len, int access)
{
    uint64_t page = cpu->machine->mem.page_bytes, end = gva, limit;

    if (len > MAX_IO)
        len = MAX_IO;
    if (len == 0)
        return 0;
    limit = gva + len;
    while (end < limit) {
        uint64_t stop = (end | (page - 1)) + 1;

        if (!mem_access_ok(&cpu->machine->mem, end, 1, access))
            break;
        end = stop < limit ? stop : limit;
    }
    return end - gva;
}

static int64_t transfer(struct cpu *cpu, long nr, const uint64_t *a, bool in,
                        uint64_t offset)
{
    uint64_t len = a[2] > MAX_IO ? MAX_IO : a[2];
    void *p = in ? guest_out(cpu, a[1], len) : guest_in(cpu, a[1], len);

    if (!p && len) {
        len = usable(cpu, a[1], len, in ? ACCESS_WRITE : ACCESS_READ);
        p = len == 0 ? NULL : in ? guest_out(cpu, a[1], len) : guest_in(cpu, a[1], len);
        /* The kernel looks at the descriptor first. */
        if (!p)
            return fcntl((int)a[0], F_GETFD) < 0 ? -EBADF : -EFAULT;
    }
    return host_restart(cpu, nr, (long)a[0], host_pointer(p), (long)len, (long)offset, 0,
                        0);
}

int64_t sys_read(struct cpu *cpu, const uint64_t *a)
{
    return transfer(cpu, SYS_read, a, true, 0);
}

int64_t sys_write(struct cpu *cpu, const uint64_t *a)
{
    return transfer(cpu, SYS_write, a, false, 0);
}

int64_t sys_pread64(struct cpu *cpu, const uint64_t *a)
{
    return transfer(cpu, SYS_pread64, a, true, a[3]);
}

int64_t sys_pwrite64(struct cpu *cpu, const uint64_t *a)
{
    return transfer(cpu, SYS_pwrite64, a, false, a[3]);
}

struct iovec *iovec_in(struct cpu *cpu, uint64_t gva, uint64_t count, int access,
                       int *error)
{
    size_t bytes = struct_bytes(GS_iovec);
    const uint8_t *from;
    struct iovec *v;

    *error = EINVAL;
    if (count > IOV_MAX)
        return NULL;
    *error = EFAULT;
    from = guest_in(cpu, gva, count * bytes);
    if (!from && count)
        return NULL;
    v = xcalloc(count + 1, sizeof(*v));
    for (uint64_t i = 0; i < count; i++, from += bytes) {
        uint64_t base = (uint64_t)GET(from, iovec, iov_base);
        uint64_t len = (uint64_t)GET(from, iovec, iov_len);

        if (guest_word_bytes() == 4)
            base = (uint32_t)base;
        if (len > MAX_IO)
            len = MAX_IO;
        if (len)
            v[i].iov_base = access & ACCESS_WRITE ? guest_out(cpu, base, len)
                                                  : guest_in(cpu, base, len);
        v[i].iov_len = len;
        if (len && !v[i].iov_base) {
            free(v);
            return NULL;
        }
    }
    *error = 0;
    return v;
}

static int64_t vector(struct cpu *cpu, long nr, const uint64_t *a, bool in, uint64_t low,
                      uint64_t flags)
{
    int error;
    struct iovec *v = iovec_in(cpu, a[1], a[2], in ? ACCESS_WRITE : ACCESS_READ, &error);
    int64_t result;

    if (!v)
        return -error;
    result = host_restart(cpu, nr, (long)a[0], host_pointer(v), (long)a[2], (long)low, 0,
                          (long)flags);
    free(v);
    return result;
}

int64_t sys_readv(struct cpu *cpu, const uint64_t *a)
{
    return vector(cpu, SYS_readv, a, true, 0, 0);
}

int64_t sys_writev(struct cpu *cpu, const uint64_t *a)
{
    return vector(cpu, SYS_writev, a, false, 0, 0);
}

/* The position comes as two longs, low first, whatever the byte order. */
static uint64_t position(const uint64_t *a)
{
    return guest_word_bytes() == 4 ? a[4] << 32 | (uint32_t)a[3] : a[3];
}

int64_t sys_preadv(struct cpu *cpu, const uint64_t *a)
{
    return vector(cpu, SYS_preadv, a, true, position(a), 0);
}

int64_t sys_pwritev(struct cpu *cpu, const uint64_t *a)
{
    return vector(cpu, SYS_pwritev, a, false, position(a), 0);
}

int64_t sys_preadv2(struct cpu *cpu, const uint64_t *a)
{
    return vector(cpu, SYS_preadv2, a, true, position(a), a[5]);
}

int64_t sys_pwritev2(struct cpu *cpu, const uint64_t *a)
{
    return vector(cpu, SYS_pwritev2, a, false, position(a), a[5]);
}

/* -- moving data in the kernel ------------------------------------------------------*/

static int64_t send_file(struct cpu *cpu, const uint64_t *a, unsigned bytes)
{
    off_t offset = 0;
    void *p = NULL;
    int64_t result;

    if (a[2]) {
        p = guest_out(cpu, a[2], bytes);
        if (!p)
            return -EFAULT;
        offset = (off_t)guest_load(p, bytes);
    }
    result = host_restart(cpu, SYS_sendfile, (long)a[0], (long)a[1],
                          a[2] ? host_pointer(&offset) : 0, (long)a[3], 0, 0);
    if (p)
        guest_store(p, bytes, (uint64_t)offset);
    return result;
}

int64_t sys_sendfile(struct cpu *cpu, const uint64_t *a)
{
    return send_file(cpu, a, guest_word_bytes());
}

int64_t sys_sendfile64(struct cpu *cpu, const uint64_t *a)
{
    return send_file(cpu, a, 8);
}

/* copy_file_range and splice: two descriptors with positions in memory. */
static int64_t two_positions(struct cpu *cpu, long nr, const uint64_t *a)
{
    loff_t position_of[2] = {0, 0};
    void *p[2] = {NULL, NULL};
    int64_t result;

    for (int i = 0; i < 2; i++) {
        uint64_t gva = a[2 * i + 1];

        if (!gva)
            continue;
        p[i] = guest_out(cpu, gva, 8);
        if (!p[i])
            return -EFAULT;
        position_of[i] = (loff_t)guest_load(p[i], 8);
    }
    result = host_restart(cpu, nr, (long)a[0], p[0] ? host_pointer(&position_of[0]) : 0,
                          (long)a[2], p[1] ? host_pointer(&position_of[1]) : 0,
                          (long)a[4], (long)a[5]);
    for (int i = 0; i < 2; i++) {
        if (p[i])
            guest_store(p[i], 8, (uint64_t)position_of[i]);
    }
    return result;
}

int64_t sys_copy_file_range(struct cpu *cpu, const uint64_t *a)
{
    return two_positions(cpu, SYS_copy_file_range, a);
}

int64_t sys_splice(struct cpu *cpu, const uint64_t *a)
{
    return two_positions(cpu, SYS_splice, a);
}

/* -- positions and sizes ------------------------------------------------------------*/

static int64_t seek(uint64_t fd, int64_t offset, int whence)
{
    struct stat st;
    bool directory = fstat((int)fd, &st) == 0 && S_ISDIR(st.st_mode);
    int64_t result;

    if (directory && whence == SEEK_SET)
        offset = dir_position_to_host(offset);
    result = host_call(SYS_lseek, (int)fd, (long)offset, whence, 0, 0, 0);
    return directory && result > 0 ? dir_position_to_guest(result) : result;
}

int64_t sys_lseek(struct cpu *cpu, const uint64_t *a)
{
    int64_t result = seek(a[0], (int64_t)a[1], (int)a[2]);

    (void)cpu;
    if (guest_word_bytes() == 4 && result > INT32_MAX)
        return -EOVERFLOW;
    return result;
}

int64_t sys__llseek(struct cpu *cpu, const uint64_t *a)
{
    void *p = guest_out(cpu, a[3], 8);
    int64_t result;

    if (!p)
        return -EFAULT;
    result = seek(a[0], (int64_t)(a[1] << 32 | (uint32_t)a[2]), (int)a[4]);
    if (result < 0)
        return result;
    guest_store(p, 8, (uint64_t)result);
    return 0;
}

int64_t sys_ftruncate(struct cpu *cpu, const uint64_t *a)
{
    return host_restart(cpu, SYS_ftruncate, (long)a[0], (long)a[1], 0, 0, 0, 0);
}

int64_t sys_ftruncate64(struct cpu *cpu, const uint64_t *a)
{
    return sys_ftruncate(cpu, a);
}

int64_t sys_truncate(struct cpu *cpu, const uint64_t *a)
{
    const char *path = guest_string(cpu, a[0]);

    if (!path)
        return -EFAULT;
    return host_restart(cpu, SYS_truncate, host_pointer(path), (long)a[1], 0, 0, 0, 0);
}

int64_t sys_truncate64(struct cpu *cpu, const uint64_t *a)
{
    return sys_truncate(cpu, a);
}

int64_t sys_fallocate(struct cpu *cpu, const uint64_t *a)
{
    return host_restart(cpu, SYS_fallocate, (long)a[0], (long)a[1], (long)a[2],
                        (long)a[3], 0, 0);
}

int64_t sys_fadvise64(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_fadvise64, (long)a[0], (long)a[1], (long)a[2], (long)a[3], 0, 0);
}

int64_t sys_fadvise64_advice(struct cpu *cpu, const uint64_t *a)
{
    const uint64_t b[] = {a[0], a[2], a[3], a[1]};

    return sys_fadvise64(cpu, b);
}

int64_t sys_readahead(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_readahead, (long)a[0], (long)a[1], (long)a[2], 0, 0, 0);
}

int64_t sys_sync_file_range(struct cpu *cpu, const uint64_t *a)
{
    return host_restart(cpu, SYS_sync_file_range, (long)a[0], (long)a[1], (long)a[2],
                        (long)a[3], 0, 0);
}

int64_t sys_sync_file_range_flags(struct cpu *cpu, const uint64_t *a)
{
    const uint64_t b[] = {a[0], a[2], a[3], a[1]};

    return sys_sync_file_range(cpu, b);
}

int64_t sys_fsync(struct cpu *cpu, const uint64_t *a)
{
    return host_restart(cpu, SYS_fsync, (long)a[0], 0, 0, 0, 0, 0);
}

int64_t sys_fdatasync(struct cpu *cpu, const uint64_t *a)
{
    return host_restart(cpu, SYS_fdatasync, (long)a[0], 0, 0, 0, 0, 0);
}

int64_t sys_sync(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu, (void)a;
    return host_call(SYS_sync, 0, 0, 0, 0, 0, 0);
}

int64_t sys_syncfs(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_syncfs, (long)a[0], 0, 0, 0, 0, 0);
}

int64_t sys_flock(struct cpu *cpu, const uint64_t *a)
{
    return host_restart(cpu, SYS_flock, (long)a[0], (long)a[1], 0, 0, 0, 0);
}

/* -- descriptors --------------------------------------------------------------------*/

int64_t sys_dup(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_dup, (long)a[0], 0, 0, 0, 0, 0);
}

int64_t sys_dup2(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    /* Not every host has dup2, and dup3 refuses equal descriptors. */
    if ((int)a[0] == (int)a[1])
        return fcntl((int)a[0], F_GETFD) < 0 ? -EBADF : (int)a[1];
    return host_call(SYS_dup3, (long)a[0], (long)a[1], 0, 0, 0, 0);
}

int64_t sys_dup3(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_dup3, (long)a[0], (long)a[1],
                     (long)flags_to_host(FAMILY_open, a[2], NULL), 0, 0, 0);
}

int64_t sys_pipe2(struct cpu *cpu, const uint64_t *a)
{
    int fds[2];
    uint8_t *p = guest_out(cpu, a[0], 2 * sizeof(int32_t));

    if (!p)
        return -EFAULT;
    if (pipe2(fds, (int)flags_to_host(FAMILY_open, a[1], NULL)) < 0)
        return -errno;
    guest_store(p, 4, (uint64_t)fds[0]);
    guest_store(p + 4, 4, (uint64_t)fds[1]);
    return 0;
}

/* Where the ABI has a second result, pipe gives both descriptors in registers. */
int64_t sys_pipe(struct cpu *cpu, const uint64_t *a)
{
    struct linux_thread *t = linux_thread(cpu);
    const uint64_t b[] = {a[0], 0};
    int fds[2];

    if (!abi->second.bytes)
        return sys_pipe2(cpu, b);
    if (pipe(fds) < 0)
        return -errno;
    t->second = (uint64_t)fds[1];
    t->has_second = true;
    return fds[0];
}

static int64_t lock(struct cpu *cpu, int fd, int command, uint64_t gva, bool wide)
{
    struct flock host = {0};
    void *p = guest_out(cpu, gva, struct_bytes(wide ? GS_flock64 : GS_flock));
    bool fits = true;
    int64_t result;

#define MEMBER(m) (wide ? GF_flock64_##m : GF_flock_##m)
    if (!p)
        return -EFAULT;
    host.l_type = (short)value_to_host(FAMILY_lock, field_get(p, MEMBER(l_type), 0), -1);
    host.l_whence = (short)field_get(p, MEMBER(l_whence), 0);
    host.l_start = field_get(p, MEMBER(l_start), 0);
    host.l_len = field_get(p, MEMBER(l_len), 0);
    host.l_pid = (pid_t)field_get(p, MEMBER(l_pid), 0);
    result = host_restart(cpu, SYS_fcntl, fd, command, host_pointer(&host), 0, 0, 0);
    if (result < 0 || (command != F_GETLK && command != F_OFD_GETLK))
        return result;
    field_put(p, MEMBER(l_type), 0,
              value_to_guest(FAMILY_lock, host.l_type, host.l_type));
    field_put(p, MEMBER(l_whence), 0, host.l_whence);
    fits &= field_put(p, MEMBER(l_start), 0, host.l_start);
    fits &= field_put(p, MEMBER(l_len), 0, host.l_len);
    field_put(p, MEMBER(l_pid), 0, host.l_pid);
#undef MEMBER
    return fits ? result : -EOVERFLOW;
}

/* fcntl and fcntl64 differ in the structure of the record-lock commands of 32-bit guests.
 */
static int64_t file_control(struct cpu *cpu, const uint64_t *a, bool wide)
{
    const struct value *command = value_of_guest(FAMILY_fcntl, (int64_t)a[1]);
    int fd = (int)a[0];
    int64_t result;

    if (!command)
        return fcntl(fd, F_GETFD) < 0 ? -errno : -EINVAL;
    if (!strcmp(command->name, "F_GETLK64"))
        return lock(cpu, fd, F_GETLK, a[2], true);
    if (!strcmp(command->name, "F_SETLK64"))
        return lock(cpu, fd, F_SETLK, a[2], true);
    if (!strcmp(command->name, "F_SETLKW64"))
        return lock(cpu, fd, F_SETLKW, a[2], true);
    switch (command->host) {
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
        return lock(cpu, fd, (int)command->host, a[2], false);
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        return lock(cpu, fd, (int)command->host, a[2], wide);
    case F_GETFL:
        result = host_call(SYS_fcntl, fd, F_GETFL, 0, 0, 0, 0);
        return result < 0 ? result
                          : (int64_t)flags_to_guest(FAMILY_open, (uint64_t)result);
    case F_SETFL:
        return host_call(SYS_fcntl, fd, F_SETFL,
                         (long)flags_to_host(FAMILY_open, a[2], NULL), 0, 0, 0);
    case F_SETSIG:
        return host_call(SYS_fcntl, fd, F_SETSIG, signal_to_host((int)a[2]), 0, 0, 0);
    case F_GETSIG:
        result = host_call(SYS_fcntl, fd, F_GETSIG, 0, 0, 0, 0);
        return result <= 0 ? result : signal_to_guest((int)result);
    case F_SETOWN:
        return host_call(SYS_fcntl, fd, F_SETOWN, (int)a[2], 0, 0, 0);
    default:
        return host_call(SYS_fcntl, fd, (long)command->host, (long)a[2], 0, 0, 0);
    }
}

int64_t sys_fcntl(struct cpu *cpu, const uint64_t *a)
{
    return file_control(cpu, a, guest_word_bytes() == 8);
}

int64_t sys_fcntl64(struct cpu *cpu, const uint64_t *a)
{
    return file_control(cpu, a, true);
}

int64_t sys_memfd_create(struct cpu *cpu, const uint64_t *a)
{
    const char *name = guest_string(cpu, a[0]);

    return name ? host_call(SYS_memfd_create, host_pointer(name), (long)a[1], 0, 0, 0, 0)
                : -EFAULT;
}

int64_t sys_inotify_init1(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_inotify_init1, (long)flags_to_host(FAMILY_open, a[0], NULL), 0,
                     0, 0, 0, 0);
}
