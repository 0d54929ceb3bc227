/*
 * ioctl.c - ioctl: terminals and the few requests of plain files.
 */
#include "linux/linux.h"
#include "linux/calls.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <linux/fs.h>

static int64_t raw(const uint64_t *a, int64_t request, const void *p)
{
    return host_call(SYS_ioctl, (long)a[0], (long)request, (long)(uintptr_t)p, 0, 0, 0);
}

/* -- termios ------------------------------------------------------------------------*/

/* The control flags are sets, a size and two speeds; which bits are whose says the ABI.
 */
static tcflag_t control_in(uint64_t flags)
{
    uint64_t rest, size;
    tcflag_t host = (tcflag_t)flags_to_host(FAMILY_cflag, flags, &rest);
    int64_t mask = value_to_guest(FAMILY_csize, CS8, 0);

    size = rest & (uint64_t)mask;
    rest &= ~(uint64_t)mask;
    host |= (tcflag_t)value_to_host(FAMILY_csize, (int64_t)size, 0);
    return host | (tcflag_t)value_to_host(FAMILY_speed, (int64_t)rest, 0);
}

static uint64_t control_out(tcflag_t flags)
{
    uint64_t guest = flags_to_guest(FAMILY_cflag, flags & ~(CSIZE | CBAUD));

    guest |= (uint64_t)value_to_guest(FAMILY_csize, flags & CSIZE, 0);
    return guest | (uint64_t)value_to_guest(FAMILY_speed, flags & CBAUD, 0);
}

static void termios_get(const void *p, struct termios *t)
{
    unsigned count;
    const struct value *v = family_values(FAMILY_cc, &count);

    memset(t, 0, sizeof(*t));
    t->c_iflag =
        (tcflag_t)flags_to_host(FAMILY_iflag, (uint32_t)GET(p, termios, c_iflag), NULL);
    t->c_oflag =
        (tcflag_t)flags_to_host(FAMILY_oflag, (uint32_t)GET(p, termios, c_oflag), NULL);
    t->c_cflag = control_in((uint32_t)GET(p, termios, c_cflag));
    t->c_lflag =
        (tcflag_t)flags_to_host(FAMILY_lflag, (uint32_t)GET(p, termios, c_lflag), NULL);
    t->c_line = (cc_t)GET(p, termios, c_line);
    for (unsigned i = 0; i < count; i++) {
        if (v[i].known)
            t->c_cc[v[i].host] =
                (cc_t)field_get(p, GF_termios_c_cc, (unsigned)v[i].guest);
    }
}

static void termios_put(void *p, const struct termios *t)
{
    unsigned count;
    const struct value *v = family_values(FAMILY_cc, &count);

    PUT(p, termios, c_iflag, flags_to_guest(FAMILY_iflag, t->c_iflag));
    PUT(p, termios, c_oflag, flags_to_guest(FAMILY_oflag, t->c_oflag));
    PUT(p, termios, c_cflag, control_out(t->c_cflag));
    PUT(p, termios, c_lflag, flags_to_guest(FAMILY_lflag, t->c_lflag));
    PUT(p, termios, c_line, t->c_line);
    for (unsigned i = 0; i < count; i++) {
        if (v[i].known)
            field_put(p, GF_termios_c_cc, (unsigned)v[i].guest, t->c_cc[v[i].host]);
    }
}

static int64_t terminal_get(struct cpu *cpu, const uint64_t *a)
{
    struct termios t;
    int64_t result = raw(a, TCGETS, &t);
    void *p;

    if (result < 0)
        return result;
    p = struct_out(cpu, a[2], GS_termios);
    if (!p)
        return -EFAULT;
    termios_put(p, &t);
    return result;
}

static int64_t terminal_set(struct cpu *cpu, const uint64_t *a, int64_t request)
{
    const void *p = struct_in(cpu, a[2], GS_termios);
    struct termios t;

    if (!p)
        return -EFAULT;
    termios_get(p, &t);
    return host_restart(cpu, SYS_ioctl, (long)a[0], (long)request, (long)(uintptr_t)&t, 0,
                        0, 0);
}

static int64_t window_get(struct cpu *cpu, const uint64_t *a)
{
    struct winsize w;
    int64_t result = raw(a, TIOCGWINSZ, &w);
    void *p;

    if (result < 0)
        return result;
    p = struct_out(cpu, a[2], GS_winsize);
    if (!p)
        return -EFAULT;
    PUT(p, winsize, ws_row, w.ws_row);
    PUT(p, winsize, ws_col, w.ws_col);
    PUT(p, winsize, ws_xpixel, w.ws_xpixel);
    PUT(p, winsize, ws_ypixel, w.ws_ypixel);
    return result;
}

static int64_t window_set(struct cpu *cpu, const uint64_t *a)
{
    const void *p = struct_in(cpu, a[2], GS_winsize);
    struct winsize w;

    if (!p)
        return -EFAULT;
    w.ws_row = (unsigned short)GET(p, winsize, ws_row);
    w.ws_col = (unsigned short)GET(p, winsize, ws_col);
    w.ws_xpixel = (unsigned short)GET(p, winsize, ws_xpixel);
    w.ws_ypixel = (unsigned short)GET(p, winsize, ws_ypixel);
    return raw(a, TIOCSWINSZ, &w);
}

/* -- numbers behind a pointer -------------------------------------------------------*/

static int64_t number_get(struct cpu *cpu, const uint64_t *a, int64_t request,
                          unsigned bytes)
{
    uint64_t value = 0;
    int64_t result = raw(a, request, &value);
    void *p;

    if (result < 0)
        return result;
    p = guest_out(cpu, a[2], bytes);
    if (!p)
        return -EFAULT;
    guest_store(p, bytes, value);
    return result;
}

static int64_t number_set(struct cpu *cpu, const uint64_t *a, int64_t request,
                          unsigned bytes)
{
    const void *p = guest_in(cpu, a[2], bytes);
    uint64_t value;

    if (!p)
        return -EFAULT;
    value = guest_load(p, bytes);
    return host_restart(cpu, SYS_ioctl, (long)a[0], (long)request,
                        (long)(uintptr_t)&value, 0, 0, 0);
}

int64_t sys_ioctl(struct cpu *cpu, const uint64_t *a)
{
    const struct value *v = value_of_guest(FAMILY_ioctl, (uint32_t)a[1]);

    if (!v) {
        int64_t result = host_call(SYS_fcntl, (long)a[0], 1 /* F_GETFD */, 0, 0, 0, 0);

        return result < 0 ? result : -ENOTTY;
    }
    switch (v->host) {
    case TCGETS:
        return terminal_get(cpu, a);
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return terminal_set(cpu, a, v->host);
    case TIOCGWINSZ:
        return window_get(cpu, a);
    case TIOCSWINSZ:
        return window_set(cpu, a);
    case TIOCGPGRP:
    case TIOCOUTQ:
    case TIOCMGET:
    case FIONREAD:
    case TIOCGSID:
    case TIOCGPTN:
    case FIGETBSZ:
    case FS_IOC_GETFLAGS:
    case 0x8905 /* SIOCATMARK */:
        return number_get(cpu, a, v->host, 4);
    case FIOQSIZE:
    case (int64_t)BLKGETSIZE64:
        return number_get(cpu, a, v->host, 8);
    case TIOCSPGRP:
    case FIONBIO:
    case FIOASYNC:
    case TIOCSPTLCK:
    case FS_IOC_SETFLAGS:
        return number_set(cpu, a, v->host, 4);
    case TIOCSTI: {
        const void *p = guest_in(cpu, a[2], 1);

        return p ? raw(a, v->host, p) : -EFAULT;
    }
    case TIOCGPTPEER:
        return host_call(SYS_ioctl, (long)a[0], (long)v->host,
                         (long)flags_to_host(FAMILY_open, a[2], NULL), 0, 0, 0);
    default: /* the argument is a number, or nothing */
        return host_restart(cpu, SYS_ioctl, (long)a[0], (long)v->host, (long)a[2], 0, 0,
                            0);
    }
}
