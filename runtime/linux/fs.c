/*
 * fs.c - the file system: names, directories, attributes.
 */
#include "linux/linux.h"
#include "linux/calls.h"

#include "util/alloc.h"
#include "util/hash.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static long host_pointer(const void *p)
{
    return (long)(uintptr_t)p;
}

const char *path_host(const char *path, char *buffer, size_t size)
{
    const char *prefix = linux_os.machine->options.prefix;

    if (!prefix || path[0] != '/')
        return path;
    if ((size_t)snprintf(buffer, size, "%s%s", prefix, path) >= size)
        return path;
    return faccessat(AT_FDCWD, buffer, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? buffer : path;
}

/* -- calls with one path ------------------------------------------------------------*/

/* NR(dir, path, b, c); the path is looked up under the prefix if PREFIX. */
static int64_t path_call(struct cpu *cpu, long nr, int dir, uint64_t gva, long b, long c,
                         bool prefix)
{
    char buffer[PATH_MAX];
    const char *path = guest_string(cpu, gva);

    if (!path)
        return -EFAULT;
    if (prefix)
        path = path_host(path, buffer, sizeof(buffer));
    return host_restart(cpu, nr, dir, host_pointer(path), b, c, 0, 0);
}

int64_t sys_access(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_faccessat, AT_FDCWD, a[0], (long)a[1], 0, true);
}

int64_t sys_faccessat(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_faccessat, (int)a[0], a[1], (long)a[2], 0, true);
}

int64_t sys_faccessat2(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_faccessat2, (int)a[0], a[1], (long)a[2], (long)a[3], true);
}

int64_t sys_mkdir(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_mkdirat, AT_FDCWD, a[0], (long)a[1], 0, false);
}

int64_t sys_mkdirat(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_mkdirat, (int)a[0], a[1], (long)a[2], 0, false);
}

int64_t sys_rmdir(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_unlinkat, AT_FDCWD, a[0], AT_REMOVEDIR, 0, false);
}

int64_t sys_unlink(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_unlinkat, AT_FDCWD, a[0], 0, 0, false);
}

int64_t sys_unlinkat(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_unlinkat, (int)a[0], a[1], (long)a[2], 0, false);
}

int64_t sys_mknod(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_mknodat, AT_FDCWD, a[0], (long)a[1], (long)a[2], false);
}

int64_t sys_mknodat(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_mknodat, (int)a[0], a[1], (long)a[2], (long)a[3], false);
}

int64_t sys_chmod(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_fchmodat, AT_FDCWD, a[0], (long)a[1], 0, false);
}

int64_t sys_fchmodat(struct cpu *cpu, const uint64_t *a)
{
    return path_call(cpu, SYS_fchmodat, (int)a[0], a[1], (long)a[2], 0, false);
}

int64_t sys_fchmod(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_fchmod, (long)a[0], (long)a[1], 0, 0, 0, 0);
}

static int64_t change_owner(struct cpu *cpu, int dir, uint64_t gva, uint64_t uid,
                            uint64_t gid, int flags)
{
    const char *path = guest_string(cpu, gva);

    if (!path)
        return -EFAULT;
    return host_call(SYS_fchownat, dir, host_pointer(path), (int)uid, (int)gid, flags, 0);
}

int64_t sys_chown(struct cpu *cpu, const uint64_t *a)
{
    return change_owner(cpu, AT_FDCWD, a[0], a[1], a[2], 0);
}

int64_t sys_lchown(struct cpu *cpu, const uint64_t *a)
{
    return change_owner(cpu, AT_FDCWD, a[0], a[1], a[2], AT_SYMLINK_NOFOLLOW);
}

int64_t sys_fchownat(struct cpu *cpu, const uint64_t *a)
{
    return change_owner(cpu, (int)a[0], a[1], a[2], a[3], (int)a[4]);
}

int64_t sys_fchown(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_fchown, (long)a[0], (int)a[1], (int)a[2], 0, 0, 0);
}

int64_t sys_umask(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_umask, (long)a[0], 0, 0, 0, 0, 0);
}

int64_t sys_chdir(struct cpu *cpu, const uint64_t *a)
{
    const char *path = guest_string(cpu, a[0]);

    return path ? host_call(SYS_chdir, host_pointer(path), 0, 0, 0, 0, 0) : -EFAULT;
}

int64_t sys_fchdir(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_fchdir, (long)a[0], 0, 0, 0, 0, 0);
}

int64_t sys_chroot(struct cpu *cpu, const uint64_t *a)
{
    const char *path = guest_string(cpu, a[0]);

    return path ? host_call(SYS_chroot, host_pointer(path), 0, 0, 0, 0, 0) : -EFAULT;
}

int64_t sys_getcwd(struct cpu *cpu, const uint64_t *a)
{
    char path[PATH_MAX];
    int64_t len = host_call(SYS_getcwd, host_pointer(path), sizeof(path), 0, 0, 0, 0);
    void *p;

    if (len < 0)
        return len;
    if ((uint64_t)len > a[1])
        return -ERANGE;
    p = guest_out(cpu, a[0], (uint64_t)len);
    if (!p)
        return -EFAULT;
    memcpy(p, path, (size_t)len);
    return len;
}

/* -- calls with two paths -----------------------------------------------------------*/

static int64_t two_paths(struct cpu *cpu, long nr, const uint64_t *a, long flags)
{
    const char *from = guest_string(cpu, a[1]), *to = guest_string(cpu, a[3]);

    if (!from || !to)
        return -EFAULT;
    return host_call(nr, (int)a[0], host_pointer(from), (int)a[2], host_pointer(to),
                     flags, 0);
}

int64_t sys_link(struct cpu *cpu, const uint64_t *a)
{
    const uint64_t b[] = {(uint64_t)AT_FDCWD, a[0], (uint64_t)AT_FDCWD, a[1]};

    return two_paths(cpu, SYS_linkat, b, 0);
}

int64_t sys_linkat(struct cpu *cpu, const uint64_t *a)
{
    return two_paths(cpu, SYS_linkat, a, (long)a[4]);
}

int64_t sys_rename(struct cpu *cpu, const uint64_t *a)
{
    const uint64_t b[] = {(uint64_t)AT_FDCWD, a[0], (uint64_t)AT_FDCWD, a[1]};

    return two_paths(cpu, SYS_renameat2, b, 0);
}

int64_t sys_renameat(struct cpu *cpu, const uint64_t *a)
{
    return two_paths(cpu, SYS_renameat2, a, 0);
}

int64_t sys_renameat2(struct cpu *cpu, const uint64_t *a)
{
    return two_paths(cpu, SYS_renameat2, a, (long)a[4]);
}

int64_t sys_symlinkat(struct cpu *cpu, const uint64_t *a)
{
    const char *target = guest_string(cpu, a[0]), *path = guest_string(cpu, a[2]);

    if (!target || !path)
        return -EFAULT;
    return host_call(SYS_symlinkat, host_pointer(target), (int)a[1], host_pointer(path),
                     0, 0, 0);
}

int64_t sys_symlink(struct cpu *cpu, const uint64_t *a)
{
    const uint64_t b[] = {a[0], (uint64_t)AT_FDCWD, a[1]};

    return sys_symlinkat(cpu, b);
}

int64_t sys_readlinkat(struct cpu *cpu, const uint64_t *a)
{
    char buffer[PATH_MAX];
    const char *path = guest_string(cpu, a[1]), *link;
    uint64_t size = a[3] > PATH_MAX ? PATH_MAX : a[3];
    void *p;

    if (!path)
        return -EFAULT;
    if ((int64_t)a[3] <= 0)
        return -EINVAL;
    link = proc_link(path);
    p = guest_out(cpu, a[2], size);
    if (!p)
        return -EFAULT;
    if (link) {
        size_t len = strlen(link) < size ? strlen(link) : (size_t)size;

        memcpy(p, link, len);
        return (int64_t)len;
    }
    path = path_host(path, buffer, sizeof(buffer));
    return host_call(SYS_readlinkat, (int)a[0], host_pointer(path), host_pointer(p),
                     (long)size, 0, 0);
}

int64_t sys_readlink(struct cpu *cpu, const uint64_t *a)
{
    const uint64_t b[] = {(uint64_t)AT_FDCWD, a[0], a[1], a[2]};

    return sys_readlinkat(cpu, b);
}

/* -- stat ---------------------------------------------------------------------------*/

#define STAT_PUT(m, value) \
    field_put(p, wide ? GF_stat64_##m : GF_stat_##m, 0, (int64_t)(value))

static int64_t stat_out(struct cpu *cpu, uint64_t gva, bool wide, const struct stat *st)
{
    void *p = struct_out(cpu, gva, wide ? GS_stat64 : GS_stat);
    bool fits = true;

    if (!p)
        return -EFAULT;
    STAT_PUT(st_dev, st->st_dev);
    fits &= STAT_PUT(st_ino, st->st_ino) || wide;
    STAT_PUT(__st_ino, st->st_ino);
    STAT_PUT(st_mode, st->st_mode);
    STAT_PUT(st_nlink, st->st_nlink);
    STAT_PUT(st_uid, st->st_uid);
    STAT_PUT(st_gid, st->st_gid);
    STAT_PUT(st_rdev, st->st_rdev);
    fits &= STAT_PUT(st_size, st->st_size);
    STAT_PUT(st_blksize, st->st_blksize);
    STAT_PUT(st_blocks, st->st_blocks);
    STAT_PUT(st_atime, st->st_atim.tv_sec);
    STAT_PUT(st_atime_nsec, st->st_atim.tv_nsec);
    STAT_PUT(st_mtime, st->st_mtim.tv_sec);
    STAT_PUT(st_mtime_nsec, st->st_mtim.tv_nsec);
    STAT_PUT(st_ctime, st->st_ctim.tv_sec);
    STAT_PUT(st_ctime_nsec, st->st_ctim.tv_nsec);
    return fits ? 0 : -EOVERFLOW;
}

static int64_t stat_at(struct cpu *cpu, int dir, uint64_t path_gva, uint64_t out,
                       int flags, bool wide)
{
    char buffer[PATH_MAX];
    const char *path = guest_string(cpu, path_gva), *link;
    struct stat st;

    if (!path)
        return -EFAULT;
    link = flags & AT_SYMLINK_NOFOLLOW ? NULL : proc_link(path);
    path = link ? link : path_host(path, buffer, sizeof(buffer));
    if (fstatat(dir, path, &st, flags) < 0)
        return -errno;
    return stat_out(cpu, out, wide, &st);
}

static int64_t stat_fd(struct cpu *cpu, const uint64_t *a, bool wide)
{
    struct stat st;

    if (fstat((int)a[0], &st) < 0)
        return -errno;
    return stat_out(cpu, a[1], wide, &st);
}

int64_t sys_stat(struct cpu *cpu, const uint64_t *a)
{
    return stat_at(cpu, AT_FDCWD, a[0], a[1], 0, false);
}

int64_t sys_stat64(struct cpu *cpu, const uint64_t *a)
{
    return stat_at(cpu, AT_FDCWD, a[0], a[1], 0, true);
}

int64_t sys_lstat(struct cpu *cpu, const uint64_t *a)
{
    return stat_at(cpu, AT_FDCWD, a[0], a[1], AT_SYMLINK_NOFOLLOW, false);
}

int64_t sys_lstat64(struct cpu *cpu, const uint64_t *a)
{
    return stat_at(cpu, AT_FDCWD, a[0], a[1], AT_SYMLINK_NOFOLLOW, true);
}

int64_t sys_fstat(struct cpu *cpu, const uint64_t *a)
{
    return stat_fd(cpu, a, false);
}

int64_t sys_fstat64(struct cpu *cpu, const uint64_t *a)
{
    return stat_fd(cpu, a, true);
}

int64_t sys_fstatat64(struct cpu *cpu, const uint64_t *a)
{
    return stat_at(cpu, (int)a[0], a[1], a[2], (int)a[3], true);
}

int64_t sys_newfstatat(struct cpu *cpu, const uint64_t *a)
{
    return stat_at(cpu, (int)a[0], a[1], a[2], (int)a[3], false);
}

int64_t sys_statx(struct cpu *cpu, const uint64_t *a)
{
    char buffer[PATH_MAX];
    const char *path = guest_string(cpu, a[1]), *link;
    struct statx st;
    void *p;

    if (!path)
        return -EFAULT;
    link = a[2] & AT_SYMLINK_NOFOLLOW ? NULL : proc_link(path);
    path = link ? link : path_host(path, buffer, sizeof(buffer));
    if (statx((int)a[0], path, (int)a[2], (unsigned)a[3], &st) < 0)
        return -errno;
    p = struct_out(cpu, a[4], GS_statx);
    if (!p)
        return -EFAULT;
    PUT(p, statx, stx_mask, st.stx_mask);
    PUT(p, statx, stx_blksize, st.stx_blksize);
    PUT(p, statx, stx_attributes, st.stx_attributes);
    PUT(p, statx, stx_nlink, st.stx_nlink);
    PUT(p, statx, stx_uid, st.stx_uid);
    PUT(p, statx, stx_gid, st.stx_gid);
    PUT(p, statx, stx_mode, st.stx_mode);
    PUT(p, statx, stx_ino, st.stx_ino);
    PUT(p, statx, stx_size, st.stx_size);
    PUT(p, statx, stx_blocks, st.stx_blocks);
    PUT(p, statx, stx_attributes_mask, st.stx_attributes_mask);
#define TIME(m)                                      \
    PUT(p, statx, stx_##m##_sec, st.stx_##m.tv_sec); \
    PUT(p, statx, stx_##m##_nsec, st.stx_##m.tv_nsec)
    TIME(atime);
    TIME(btime);
    TIME(ctime);
    TIME(mtime);
#undef TIME
    PUT(p, statx, stx_rdev_major, st.stx_rdev_major);
    PUT(p, statx, stx_rdev_minor, st.stx_rdev_minor);
    PUT(p, statx, stx_dev_major, st.stx_dev_major);
    PUT(p, statx, stx_dev_minor, st.stx_dev_minor);
    PUT(p, statx, stx_mnt_id, st.stx_mnt_id);
    return 0;
}

#define STATFS_PUT(m, value) \
    field_put(p, wide ? GF_statfs64_##m : GF_statfs_##m, 0, (int64_t)(value))

static int64_t statfs_out(struct cpu *cpu, uint64_t gva, bool wide,
                          const struct statfs *st)
{
    void *p = struct_out(cpu, gva, wide ? GS_statfs64 : GS_statfs);

    if (!p)
        return -EFAULT;
    STATFS_PUT(f_type, st->f_type);
    STATFS_PUT(f_bsize, st->f_bsize);
    STATFS_PUT(f_blocks, st->f_blocks);
    STATFS_PUT(f_bfree, st->f_bfree);
    STATFS_PUT(f_bavail, st->f_bavail);
    STATFS_PUT(f_files, st->f_files);
    STATFS_PUT(f_ffree, st->f_ffree);
    field_put(p, wide ? GF_statfs64_f_fsid : GF_statfs_f_fsid, 0, st->f_fsid.__val[0]);
    field_put(p, wide ? GF_statfs64_f_fsid : GF_statfs_f_fsid, 1, st->f_fsid.__val[1]);
    STATFS_PUT(f_namelen, st->f_namelen);
    STATFS_PUT(f_frsize, st->f_frsize);
    STATFS_PUT(f_flags, st->f_flags);
    return 0;
}

static int64_t statfs_path(struct cpu *cpu, uint64_t path_gva, uint64_t out, bool wide)
{
    const char *path = guest_string(cpu, path_gva);
    struct statfs st;

    if (!path)
        return -EFAULT;
    return statfs(path, &st) < 0 ? -errno : statfs_out(cpu, out, wide, &st);
}

int64_t sys_statfs(struct cpu *cpu, const uint64_t *a)
{
    return statfs_path(cpu, a[0], a[1], false);
}

int64_t sys_statfs64(struct cpu *cpu, const uint64_t *a)
{
    return statfs_path(cpu, a[0], a[2], true);
}

int64_t sys_fstatfs(struct cpu *cpu, const uint64_t *a)
{
    struct statfs st;

    return fstatfs((int)a[0], &st) < 0 ? -errno : statfs_out(cpu, a[1], false, &st);
}

int64_t sys_fstatfs64(struct cpu *cpu, const uint64_t *a)
{
    struct statfs st;

    return fstatfs((int)a[0], &st) < 0 ? -errno : statfs_out(cpu, a[2], true, &st);
}

/* -- times of files -----------------------------------------------------------------*/

static int64_t set_times(struct cpu *cpu, int dir, uint64_t path_gva,
                         const struct timespec *ts, int flags)
{
    const char *path = NULL;

    if (path_gva) {
        path = guest_string(cpu, path_gva);
        if (!path)
            return -EFAULT;
    }
    return host_call(SYS_utimensat, dir, host_pointer(path), host_pointer(ts), flags, 0,
                     0);
}

static int64_t utimens(struct cpu *cpu, const uint64_t *a, bool wide)
{
    struct timespec ts[2];
    size_t bytes = struct_bytes(wide ? GS_timespec64 : GS_timespec);

    if (a[2] &&
        (time_in(cpu, a[2], wide, &ts[0]) || time_in(cpu, a[2] + bytes, wide, &ts[1])))
        return -EFAULT;
    return set_times(cpu, (int)a[0], a[1], a[2] ? ts : NULL, (int)a[3]);
}

int64_t sys_utimensat(struct cpu *cpu, const uint64_t *a)
{
    return utimens(cpu, a, false);
}

int64_t sys_utimensat_time64(struct cpu *cpu, const uint64_t *a)
{
    return utimens(cpu, a, true);
}

/* Two timevals, for utimes and futimesat. */
static int64_t times_usec(struct cpu *cpu, int dir, uint64_t path, uint64_t gva)
{
    struct timespec ts[2];
    const uint8_t *p = NULL;

    if (gva) {
        p = guest_in(cpu, gva, 2 * struct_bytes(GS_timeval));
        if (!p)
            return -EFAULT;
        for (int i = 0; i < 2; i++, p += struct_bytes(GS_timeval)) {
            ts[i].tv_sec = GET(p, timeval, tv_sec);
            ts[i].tv_nsec = GET(p, timeval, tv_usec) * 1000;
        }
    }
    return set_times(cpu, dir, path, gva ? ts : NULL, 0);
}

int64_t sys_utimes(struct cpu *cpu, const uint64_t *a)
{
    return times_usec(cpu, AT_FDCWD, a[0], a[1]);
}

int64_t sys_futimesat(struct cpu *cpu, const uint64_t *a)
{
    return times_usec(cpu, (int)a[0], a[1], a[2]);
}

/* utime: two longs, access and modification. */
int64_t sys_utime(struct cpu *cpu, const uint64_t *a)
{
    struct timespec ts[2] = {{0, 0}, {0, 0}};
    unsigned word = guest_word_bytes();
    const uint8_t *p = NULL;

    if (a[1]) {
        p = guest_in(cpu, a[1], 2 * word);
        if (!p)
            return -EFAULT;
        for (int i = 0; i < 2; i++) {
            uint64_t seconds = guest_load(p + (unsigned)i * word, word);

            ts[i].tv_sec = word == 4 ? (int32_t)seconds : (int64_t)seconds;
        }
    }
    return set_times(cpu, AT_FDCWD, a[0], a[1] ? ts : NULL, 0);
}

/* -- directories --------------------------------------------------------------------*/

struct host_dirent {
    uint64_t d_ino;
    int64_t d_off;
    uint16_t d_reclen;
    uint8_t d_type;
    char d_name[];
};

/*
 * Positions in directories are 64-bit hashes on some file systems; a kernel gives
 * programs of 32 bits smaller ones, which must fit their off_t. Here such a position gets
 * a number, counted from FIRST_NUMBER on; lseek on a directory takes it back.
 */
enum { FIRST_NUMBER = 0x40000000 };

static struct hash dir_numbers; /* position -> its index in dir_positions, plus 1 */
static int64_t *dir_positions;
static size_t dir_count, dir_capacity;

int64_t dir_position_to_guest(int64_t position)
{
    uintptr_t number;

    if (guest_word_bytes() > 4 || (position >= 0 && position < FIRST_NUMBER))
        return position;
    number = (uintptr_t)hash_find(&dir_numbers, (uint64_t)position);
    if (!number && dir_count < INT32_MAX - FIRST_NUMBER) {
        if (dir_count == dir_capacity) {
            dir_capacity = dir_capacity ? 2 * dir_capacity : 256;
            dir_positions =
                xrealloc(dir_positions, dir_capacity * sizeof(*dir_positions));
        }
        dir_positions[dir_count++] = position;
        number = dir_count;
        hash_put(&dir_numbers, (uint64_t)position, (void *)number);
    }
    return number ? FIRST_NUMBER + (int64_t)number - 1 : position;
}

int64_t dir_position_to_host(int64_t position)
{
    if (guest_word_bytes() > 4 || position < FIRST_NUMBER ||
        (uint64_t)position - FIRST_NUMBER >= dir_count)
        return position;
    return dir_positions[position - FIRST_NUMBER];
}

/* One entry at TO; the old layout keeps the type in its last byte. */
static void dirent_put(uint8_t *to, const struct host_dirent *from, size_t bytes,
                       bool wide)
{
    int name = field_at(wide ? GF_dirent64_d_name : GF_dirent_d_name);

    memset(to, 0, bytes);
    if (wide) {
        PUT(to, dirent64, d_ino, from->d_ino);
        PUT(to, dirent64, d_off, dir_position_to_guest(from->d_off));
        PUT(to, dirent64, d_reclen, bytes);
        PUT(to, dirent64, d_type, from->d_type);
    } else {
        PUT(to, dirent, d_ino, from->d_ino);
        PUT(to, dirent, d_off, dir_position_to_guest(from->d_off));
        PUT(to, dirent, d_reclen, bytes);
        to[bytes - 1] = from->d_type;
    }
    strcpy((char *)to + name, from->d_name);
}

/* The guest's entries are never larger than the host's, so all that were read fit. */
static int64_t get_entries(struct cpu *cpu, const uint64_t *a, bool wide)
{
    _Alignas(8) char host[32768];
    uint64_t size = a[2] < sizeof(host) ? a[2] : sizeof(host), done = 0;
    size_t name = (size_t)field_at(wide ? GF_dirent64_d_name : GF_dirent_d_name);
    size_t align = wide ? 8 : guest_word_bytes();
    uint8_t *out = guest_out(cpu, a[1], size);
    int64_t got;

    if (!out)
        return -EFAULT;
    got = host_call(SYS_getdents64, (long)a[0], host_pointer(host), (long)size, 0, 0, 0);
    if (got <= 0)
        return got;
    for (int64_t at = 0; at < got;) {
        const struct host_dirent *d = (const struct host_dirent *)(host + at);
        size_t bytes = name + strlen(d->d_name) + (wide ? 1 : 2);

        bytes = (bytes + align - 1) / align * align;
        assert(done + bytes <= size);
        dirent_put(out + done, d, bytes, wide);
        done += bytes;
        at += d->d_reclen;
    }
    return (int64_t)done;
}

int64_t sys_getdents(struct cpu *cpu, const uint64_t *a)
{
    return get_entries(cpu, a, false);
}

int64_t sys_getdents64(struct cpu *cpu, const uint64_t *a)
{
    return get_entries(cpu, a, true);
}
