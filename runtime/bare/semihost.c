/*
 * semihost.c - the operations of semihosting. Semihosting for AArch32 and AArch64,
 * release 3.0; RISC-V Semihosting 0.4. Operations are named in the ABI's table;
 * parameters stand in a block of words of the guest's width.
 */
#include "bare/bare.h"

#include "util/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HANDLES = 64, NAME_BYTES = 4096 };

/* What a handle stands for; handle n is files[n - 1]. */
enum file_kind { FILE_NONE, FILE_HOST, FILE_CONSOLE, FILE_FEATURES };
static struct file {
    enum file_kind kind;
    int fd;
    uint64_t position; /* of FILE_FEATURES */
} files[HANDLES];

static int last_errno;
/* Magic, then: SYS_EXIT_EXTENDED and separate stdout and stderr are there. */
static const uint8_t features[] = {'S', 'H', 'F', 'B', 3};

/* -- memory -------------------------------------------------------------------------*/

static struct mem *mem(void)
{
    return &bare_os.machine->mem;
}

static unsigned word_bytes(void)
{
    return bare_os.machine->guest->word_bits / 8;
}

static uint64_t load(const uint8_t *p, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)p[i]
                 << 8 * (bare_os.machine->guest->big_endian ? bytes - 1 - i : i);
    return value;
}

static void store(uint8_t *p, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++)
        p[i] = (uint8_t)(value >>
                         8 * (bare_os.machine->guest->big_endian ? bytes - 1 - i : i));
}

/* N parameters at GVA; false if they can't be read. */
static bool block(uint64_t gva, unsigned n, uint64_t *v)
{
    unsigned word = word_bytes();

    if (!mem_prepare_read(mem(), gva, n * word))
        return false;
    for (unsigned i = 0; i < n; i++)
        v[i] = load((uint8_t *)mem_host(mem(), gva) + i * word, word);
    return true;
}

static bool name_at(uint64_t gva, uint64_t len, char *name)
{
    if (len >= NAME_BYTES || !mem_prepare_read(mem(), gva, len))
        return false;
    memcpy(name, mem_host(mem(), gva), len);
    name[len] = 0;
    return true;
}

static int64_t failed(int error)
{
    last_errno = error;
    return -1;
}

/* -- files --------------------------------------------------------------------------*/

static struct file *file_of(uint64_t handle)
{
    struct file *f = handle && handle <= HANDLES ? &files[handle - 1] : NULL;

    return f && f->kind != FILE_NONE ? f : NULL;
}

static int64_t op_open(uint64_t argument)
{
    static const int modes[] = {O_RDONLY,
                                O_RDWR,
                                O_WRONLY | O_CREAT | O_TRUNC,
                                O_RDWR | O_CREAT | O_TRUNC,
                                O_WRONLY | O_CREAT | O_APPEND,
                                O_RDWR | O_CREAT | O_APPEND};
    char name[NAME_BYTES];
    uint64_t v[3];
    unsigned n = 0;
    struct file *f;

    if (!block(argument, 3, v) || !name_at(v[0], v[2], name))
        return failed(EFAULT);
    if (v[1] > 11)
        return failed(EINVAL);
    while (n < HANDLES && files[n].kind != FILE_NONE)
        n++;
    if (n == HANDLES)
        return failed(EMFILE);
    f = &files[n];
    f->position = 0;
    if (!strcmp(name, ":tt")) {
        f->kind = FILE_CONSOLE;
        f->fd = v[1] < 4 ? STDIN_FILENO : v[1] < 8 ? STDOUT_FILENO : STDERR_FILENO;
    } else if (!strcmp(name, ":semihosting-features")) {
        f->kind = FILE_FEATURES;
    } else {
        f->fd = open(name, modes[v[1] / 2] | O_CLOEXEC, 0666);
        if (f->fd < 0)
            return failed(errno);
        f->kind = FILE_HOST;
    }
    return (int64_t)n + 1;
}

static int64_t op_close(uint64_t argument)
{
    uint64_t v[1];
    struct file *f;

    if (!block(argument, 1, v) || !(f = file_of(v[0])))
        return failed(EBADF);
    if (f->kind == FILE_HOST)
        close(f->fd);
    f->kind = FILE_NONE;
    return 0;
}

static void console_write(int fd, const void *p, size_t len)
{
    fwrite(p, 1, len, fd == STDERR_FILENO ? stderr : stdout);
}

/* Answers how many bytes were not written. */
static int64_t op_write(uint64_t argument)
{
    uint64_t v[3], done = 0;
    struct file *f;

    if (!block(argument, 3, v) || !mem_prepare_read(mem(), v[1], v[2]))
        return failed(EFAULT);
    f = file_of(v[0]);
    if (!f || f->kind == FILE_FEATURES) {
        failed(EBADF);
        return (int64_t)v[2];
    }
    if (f->kind == FILE_CONSOLE) {
        console_write(f->fd, mem_host(mem(), v[1]), v[2]);
        return 0;
    }
    while (done < v[2]) {
        ssize_t n = write(f->fd, (char *)mem_host(mem(), v[1]) + done, v[2] - done);

        if (n <= 0) {
            failed(errno);
            break;
        }
        done += (uint64_t)n;
    }
    return (int64_t)(v[2] - done);
}

/* Answers how many bytes were not read. */
static int64_t op_read(uint64_t argument)
{
    uint64_t v[3];
    struct file *f;
    ssize_t n;

    if (!block(argument, 3, v) || !mem_prepare_write(mem(), v[1], v[2]))
        return failed(EFAULT);
    f = file_of(v[0]);
    if (!f) {
        failed(EBADF);
        return (int64_t)v[2];
    }
    if (f->kind == FILE_FEATURES) {
        uint64_t left = sizeof(features) - f->position;

        n = (ssize_t)(left < v[2] ? left : v[2]);
        memcpy(mem_host(mem(), v[1]), features + f->position, (size_t)n);
        f->position += (uint64_t)n;
    } else {
        fflush(stdout);
        n = read(f->fd, mem_host(mem(), v[1]), v[2]);
    }
    if (n < 0) {
        failed(errno);
        n = 0;
    }
    return (int64_t)(v[2] - (uint64_t)n);
}

static int64_t op_seek(uint64_t argument)
{
    uint64_t v[2];
    struct file *f;

    if (!block(argument, 2, v) || !(f = file_of(v[0])))
        return failed(EBADF);
    if (f->kind == FILE_FEATURES) {
        f->position = v[1] < sizeof(features) ? v[1] : sizeof(features);
        return 0;
    }
    return lseek(f->fd, (off_t)v[1], SEEK_SET) < 0 ? failed(errno) : 0;
}

static int64_t op_length(uint64_t argument)
{
    uint64_t v[1];
    struct file *f;
    struct stat st;

    if (!block(argument, 1, v) || !(f = file_of(v[0])))
        return failed(EBADF);
    if (f->kind == FILE_FEATURES)
        return sizeof(features);
    return fstat(f->fd, &st) < 0 ? failed(errno) : st.st_size;
}

static int64_t op_is_tty(uint64_t argument)
{
    uint64_t v[1];
    struct file *f;

    if (!block(argument, 1, v) || !(f = file_of(v[0])))
        return failed(EBADF);
    return f->kind == FILE_CONSOLE || (f->kind == FILE_HOST && isatty(f->fd));
}

static int64_t op_is_error(uint64_t argument)
{
    uint64_t v[1];

    if (!block(argument, 1, v))
        return failed(EFAULT);
    return (word_bytes() == 4 ? (int32_t)v[0] : (int64_t)v[0]) < 0;
}

static int64_t op_remove(uint64_t argument)
{
    char name[NAME_BYTES];
    uint64_t v[2];

    if (!block(argument, 2, v) || !name_at(v[0], v[1], name))
        return failed(EFAULT);
    return remove(name) < 0 ? failed(errno) : 0;
}

static int64_t op_rename(uint64_t argument)
{
    char from[NAME_BYTES], to[NAME_BYTES];
    uint64_t v[4];

    if (!block(argument, 4, v) || !name_at(v[0], v[1], from) || !name_at(v[2], v[3], to))
        return failed(EFAULT);
    return rename(from, to) < 0 ? failed(errno) : 0;
}

static int64_t op_temporary_name(uint64_t argument)
{
    uint64_t v[3];
    char name[64];
    int len;

    if (!block(argument, 3, v))
        return failed(EFAULT);
    len = snprintf(name, sizeof(name), "/tmp/isomorph-%d-%u", (int)getpid(),
                   (unsigned)v[1] & 255);
    if ((uint64_t)len >= v[2] || !mem_prepare_write(mem(), v[0], (uint64_t)len + 1))
        return failed(EINVAL);
    memcpy(mem_host(mem(), v[0]), name, (size_t)len + 1);
    return 0;
}

/* -- console ------------------------------------------------------------------------*/

static int64_t op_put(uint64_t argument)
{
    if (!mem_prepare_read(mem(), argument, 1))
        return failed(EFAULT);
    console_write(STDOUT_FILENO, mem_host(mem(), argument), 1);
    return 0;
}

static int64_t op_put_string(uint64_t argument)
{
    for (; mem_prepare_read(mem(), argument, 1); argument++) {
        const char *p = mem_host(mem(), argument);

        if (!*p)
            return 0;
        console_write(STDOUT_FILENO, p, 1);
    }
    return failed(EFAULT);
}

static int64_t op_get(uint64_t argument)
{
    unsigned char c;

    (void)argument;
    fflush(stdout);
    return read(STDIN_FILENO, &c, 1) == 1 ? c : -1;
}

/* -- time, the command line, memory -------------------------------------------------*/

static int64_t op_clock(uint64_t argument)
{
    (void)argument;
    return (int64_t)((uint64_t)clock() / (CLOCKS_PER_SEC / 100));
}

static int64_t op_time(uint64_t argument)
{
    (void)argument;
    return time(NULL);
}

static int64_t op_elapsed(uint64_t argument)
{
    struct timespec ts;

    if (!mem_prepare_write(mem(), argument, 8))
        return failed(EFAULT);
    clock_gettime(CLOCK_MONOTONIC, &ts);
    store(mem_host(mem(), argument), 8,
          (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec);
    return 0;
}

static int64_t op_tick_frequency(uint64_t argument)
{
    (void)argument;
    return 1000000000;
}

static int64_t op_errno(uint64_t argument)
{
    (void)argument;
    return last_errno;
}

/* The arguments, joined by spaces. */
static int64_t op_command_line(uint64_t argument)
{
    char *const *argv = bare_os.machine->options.argv;
    uint64_t v[2], used = 0;
    char *to;

    if (!block(argument, 2, v) || !mem_prepare_write(mem(), argument, 2 * word_bytes()) ||
        !v[1] || !mem_prepare_write(mem(), v[0], v[1]))
        return failed(EFAULT);
    to = mem_host(mem(), v[0]);
    for (size_t i = 0; argv[i]; i++) {
        size_t len = strlen(argv[i]);

        if (used + len + 2 > v[1])
            return failed(E2BIG);
        if (i)
            to[used++] = ' ';
        memcpy(to + used, argv[i], len);
        used += len;
    }
    to[used] = 0;
    store((uint8_t *)mem_host(mem(), argument) + word_bytes(), word_bytes(), used);
    return 0;
}

static int64_t op_heap_info(uint64_t argument)
{
    const uint64_t info[4] = {bare_os.heap, bare_os.heap_end, bare_os.stack,
                              bare_os.stack_end};
    uint64_t v[1];

    if (!block(argument, 1, v) || !mem_prepare_write(mem(), v[0], 4 * word_bytes()))
        return failed(EFAULT);
    for (unsigned i = 0; i < 4; i++)
        store((uint8_t *)mem_host(mem(), v[0]) + i * word_bytes(), word_bytes(), info[i]);
    return 0;
}

/* -- the end ------------------------------------------------------------------------*/

enum { APPLICATION_EXIT = 0x20026 }; /* ADP_Stopped_ApplicationExit */

static int64_t op_exit_extended(uint64_t argument)
{
    uint64_t v[2];

    if (!block(argument, 2, v))
        return failed(EFAULT);
    exit(v[0] == APPLICATION_EXIT ? (int)v[1] & 0xff : 1);
}

/* With 32-bit words the reason comes alone, and so no status. */
static int64_t op_exit(uint64_t argument)
{
    if (word_bytes() == 8)
        return op_exit_extended(argument);
    exit(argument == APPLICATION_EXIT ? 0 : 1);
}

static int64_t op_system(uint64_t argument)
{
    (void)argument;
    return failed(ENOSYS);
}

static const struct {
    const char *name;
    int64_t (*run)(uint64_t argument);
} operations[] = {
    {"SYS_OPEN", op_open},
    {"SYS_CLOSE", op_close},
    {"SYS_WRITEC", op_put},
    {"SYS_WRITE0", op_put_string},
    {"SYS_WRITE", op_write},
    {"SYS_READ", op_read},
    {"SYS_READC", op_get},
    {"SYS_ISERROR", op_is_error},
    {"SYS_ISTTY", op_is_tty},
    {"SYS_SEEK", op_seek},
    {"SYS_FLEN", op_length},
    {"SYS_TMPNAM", op_temporary_name},
    {"SYS_REMOVE", op_remove},
    {"SYS_RENAME", op_rename},
    {"SYS_CLOCK", op_clock},
    {"SYS_TIME", op_time},
    {"SYS_SYSTEM", op_system},
    {"SYS_ERRNO", op_errno},
    {"SYS_GET_CMDLINE", op_command_line},
    {"SYS_HEAPINFO", op_heap_info},
    {"SYS_EXIT", op_exit},
    {"SYS_EXIT_EXTENDED", op_exit_extended},
    {"SYS_ELAPSED", op_elapsed},
    {"SYS_TICKFREQ", op_tick_frequency},
};

int64_t semihost(uint64_t number, uint64_t argument)
{
    const struct bare_abi *abi = bare_os.abi;
    const char *name = NULL;

    for (unsigned i = 0; i < abi->operation_count && !name; i++) {
        if (abi->operations[i].number == number)
            name = abi->operations[i].name;
    }
    for (unsigned i = 0; name && i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (!strcmp(operations[i].name, name))
            return operations[i].run(argument);
    }
    warn("semihosting operation %#llx is unknown", (unsigned long long)number);
    return failed(ENOSYS);
}
