/*
 * proc.c - the paths of /proc that show the machine: the guest sees itself, not the
 * emulator.
 */
#include "linux/linux.h"

#include "util/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The part of PATH after /proc/self/ or /proc/<own pid>/, or NULL. */
static const char *own_part(const char *path)
{
    char own[32];
    size_t len;

    if (strncmp(path, "/proc/", 6))
        return NULL;
    if (!strncmp(path, "/proc/self/", 11))
        return path + 11;
    snprintf(own, sizeof(own), "/proc/%d/", (int)getpid());
    len = strlen(own);
    return strncmp(path, own, len) ? NULL : path + len;
}

const char *proc_link(const char *path)
{
    const char *part = own_part(path);

    return part && !strcmp(part, "exe") ? linux_os.exe : NULL;
}

static void write_maps(FILE *to, const struct mem *m)
{
    for (size_t i = 0; i < m->area_count; i++) {
        const struct mem_area *a = &m->areas[i];
        const char *name = a->path    ? a->path
                           : a->stack ? "[stack]"
                           : a->brk   ? "[heap]"
                                      : "";

        fprintf(to, "%08llx-%08llx %c%c%c%c %08llx 00:00 0%*s%s\n",
                (unsigned long long)a->start, (unsigned long long)a->end,
                a->prot & PROT_READ ? 'r' : '-', a->prot & PROT_WRITE ? 'w' : '-',
                a->prot & PROT_EXEC ? 'x' : '-', a->shared ? 's' : 'p',
                (unsigned long long)a->file_offset, *name ? 26 : 0, "", name);
    }
}

static void write_cmdline(FILE *to)
{
    for (char **v = linux_os.argv; v && *v; v++)
        fwrite(*v, 1, strlen(*v) + 1, to);
}

int proc_open(struct cpu *cpu, const char *path, int flags)
{
    const char *part = own_part(path);
    bool maps = part && !strcmp(part, "maps"), cmdline = part && !strcmp(part, "cmdline");
    bool auxv = part && !strcmp(part, "auxv");
    FILE *to;
    int fd;

    if (part && !strcmp(part, "exe"))
        return open(linux_os.exe, flags);
    if (!maps && !cmdline && !auxv)
        return -1;
    fd = memfd_create("proc", flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
    to = fd < 0 ? NULL : fdopen(dup(fd), "w");
    if (!to)
        return fd;
    if (maps)
        write_maps(to, &cpu->machine->mem);
    if (cmdline)
        write_cmdline(to);
    if (auxv)
        fwrite(linux_os.auxv, 1, linux_os.auxv_bytes, to);
    fclose(to);
    lseek(fd, 0, SEEK_SET);
    return fd;
}
