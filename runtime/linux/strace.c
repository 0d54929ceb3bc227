/*
 * strace.c - `-strace`: pid name(arguments) = result, one line for each call.
 */
#include "linux/linux.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SHOWN = 48, TEXT = 1024 };

struct text {
    char at[TEXT];
    size_t used;
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *t, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(t->at + t->used, sizeof(t->at) - t->used, format, args);
    va_end(args);
    t->used +=
        (size_t)n < sizeof(t->at) - t->used ? (size_t)n : sizeof(t->at) - t->used - 1;
}

static void add_bytes(struct text *t, const char *p, size_t len)
{
    size_t shown = len < SHOWN ? len : SHOWN;

    add(t, "\"");
    for (size_t i = 0; i < shown; i++) {
        unsigned char c = (unsigned char)p[i];

        if (c == '\n')
            add(t, "\\n");
        else if (c == '"' || c == '\\')
            add(t, "\\%c", c);
        else if (isprint(c))
            add(t, "%c", c);
        else
            add(t, "\\%o", c);
    }
    add(t, "\"%s", shown < len ? "..." : "");
}

/* A set of the guest's flags by name, the rest in hexadecimal. */
static void add_flags(struct text *t, enum family f, uint64_t flags, const char *none)
{
    unsigned count;
    const struct value *v = family_values(f, &count);
    const char *bar = "";

    for (unsigned i = 0; i < count; i++) {
        uint64_t flag = (uint64_t)v[i].guest;

        if (!v[i].known || !flag || (flags & flag) != flag)
            continue;
        add(t, "%s%s", bar, v[i].name);
        flags &= ~flag;
        bar = "|";
    }
    if (flags)
        add(t, "%s%#llx", bar, (unsigned long long)flags);
    else if (!*bar)
        add(t, "%s", none);
}

static void add_open_flags(struct text *t, uint64_t flags)
{
    if (!(flags_to_host(FAMILY_open, flags, NULL) & O_ACCMODE))
        add(t, "O_RDONLY%s", flags ? "|" : "");
    if (flags)
        add_flags(t, FAMILY_open, flags, "0");
}

static void add_protection(struct text *t, uint64_t prot)
{
    if (!(prot & (PROT_READ | PROT_WRITE | PROT_EXEC))) {
        add(t, "PROT_NONE");
        return;
    }
    add(t, "%s%s%s", prot & PROT_READ ? "PROT_READ" : "",
        prot & PROT_WRITE ? prot & PROT_READ ? "|PROT_WRITE" : "PROT_WRITE" : "",
        prot & PROT_EXEC ? prot & 3 ? "|PROT_EXEC" : "PROT_EXEC" : "");
}

static void add_named(struct text *t, enum family f, int64_t number)
{
    const struct value *v = value_of_guest(f, number);

    if (v)
        add(t, "%s", v->name);
    else
        add(t, "%#llx", (unsigned long long)number);
}

static void add_pointer(struct text *t, uint64_t p)
{
    if (p)
        add(t, "%#llx", (unsigned long long)p);
    else
        add(t, "NULL");
}

static void add_argument(struct cpu *cpu, struct text *t, char kind, const uint64_t *a)
{
    const char *s;
    struct timespec ts;
    uint64_t len;

    switch (kind) {
    case 'd':
    case 'f':
        add(t, "%d", (int)*a);
        break;
    case 'u':
        add(t, "%u", (unsigned)*a);
        break;
    case 'l':
    case 'q':
        add(t, "%lld", (long long)*a);
        break;
    case 'z':
        add(t, "%llu", (unsigned long long)*a);
        break;
    case 'o':
        add(t, "0%o", (unsigned)*a);
        break;
    case 'O':
        add_open_flags(t, *a);
        break;
    case 'P':
        add_protection(t, *a);
        break;
    case 'M':
        add_flags(t, FAMILY_mmap, *a, "0");
        break;
    case 'S':
        s = signal_name(signal_to_host((int)*a));
        add(t, "%s", s);
        break;
    case 'i':
        add_named(t, FAMILY_ioctl, (int64_t)*a);
        break;
    case 'c':
        add_named(t, FAMILY_fcntl, (int64_t)*a);
        break;
    case 'a':
        if ((int)*a == AT_FDCWD)
            add(t, "AT_FDCWD");
        else
            add(t, "%d", (int)*a);
        break;
    case 's':
        s = guest_string(cpu, *a);
        if (s)
            add_bytes(t, s, strlen(s));
        else
            add_pointer(t, *a);
        break;
    case 'b':
        len = a[1] < SHOWN ? a[1] : SHOWN;
        s = guest_in(cpu, *a, len);
        if (s)
            add_bytes(t, s, a[1] > len ? len + 1 : len);
        else
            add_pointer(t, *a);
        break;
    case 't':
        if (*a && !time_in(cpu, *a, false, &ts))
            add(t, "{%lld.%09ld}", (long long)ts.tv_sec, ts.tv_nsec);
        else
            add_pointer(t, *a);
        break;
    case 'p':
        add_pointer(t, *a);
        break;
    default:
        add(t, "%#llx", (unsigned long long)*a);
    }
}

void strace_call(struct cpu *cpu, const char *name, const char *signature,
                 const uint64_t *a)
{
    struct text t = {.used = 0};

    add(&t, "%d %s(", (int)getpid(), name);
    for (unsigned i = 0; signature[i]; i++) {
        add(&t, "%s", i ? ", " : "");
        add_argument(cpu, &t, signature[i], &a[i]);
    }
    add(&t, ")%s", strncmp(name, "exit", 4) ? "" : " = ?\n");
    fputs(t.at, stderr);
}

void strace_result(const char *signature, int64_t result)
{
    (void)signature;
    if (result == SYS_DONE)
        fputs(" = ?\n", stderr);
    else if (result == -SYS_RESTART_ALWAYS)
        fputs(" = ? (a signal came first)\n", stderr);
    else if (result == -SYS_RESTART || result == -SYS_RESTART_NOHAND)
        fputs(" = ? (interrupted)\n", stderr);
    else if (result < 0 && result >= -4095) {
        const struct value *v = value_of_host(FAMILY_errno, -result);

        fprintf(stderr, " = -1 %s (%s)\n", v ? v->name : "errno", strerror((int)-result));
    } else if (result > 65535 || result < 0)
        fprintf(stderr, " = %#llx\n", (unsigned long long)result);
    else
        fprintf(stderr, " = %lld\n", (long long)result);
}

void strace_signal(int host, const siginfo_t *info)
{
    fprintf(stderr, "%d --- %s (code %d) ---\n", (int)getpid(), signal_name(host),
            info->si_code);
}
