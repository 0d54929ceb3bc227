/*
 * socket.c - sockets, and socketcall where an ABI has it.
 *
 * Addresses: the family is a number of the guest's byte order, the rest of an internet
 * address is network order (but for the IPv6 scope).
 */
#include "linux/linux.h"
#include "linux/calls.h"

#include "util/alloc.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>

static long host_pointer(const void *p)
{
    return (long)(uintptr_t)p;
}

/* -- addresses ----------------------------------------------------------------------*/

static int address_in(struct cpu *cpu, uint64_t gva, uint64_t len,
                      struct sockaddr_storage *to)
{
    const uint8_t *p;

    if (len > sizeof(*to))
        return -EINVAL;
    memset(to, 0, sizeof(*to));
    if (!len)
        return 0;
    p = guest_in(cpu, gva, len);
    if (!p)
        return -EFAULT;
    memcpy(to, p, len);
    if (len >= 2)
        to->ss_family = (sa_family_t)guest_load(p, 2);
    if (to->ss_family == AF_INET6 && len >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;

        in6->sin6_scope_id = (uint32_t)guest_load(&in6->sin6_scope_id, 4);
    }
    return 0;
}

/* Writes an address of HOST_LEN bytes to the guest's buffer; the length is in and out. */
static int address_out(struct cpu *cpu, uint64_t gva, uint64_t len_gva,
                       const struct sockaddr_storage *from, socklen_t host_len)
{
    struct sockaddr_storage copy = *from;
    uint8_t *len_at, *p;
    uint32_t room;

    if (!gva)
        return 0;
    len_at = guest_out(cpu, len_gva, 4);
    if (!len_at)
        return -EFAULT;
    room = (uint32_t)guest_load(len_at, 4);
    if ((int32_t)room < 0)
        return -EINVAL;
    guest_store(len_at, 4, host_len);
    if (room > host_len)
        room = host_len;
    if (copy.ss_family == AF_INET6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&copy;

        guest_store(&in6->sin6_scope_id, 4, in6->sin6_scope_id);
    }
    guest_store(&copy.ss_family, 2, copy.ss_family);
    p = guest_out(cpu, gva, room);
    if (!p && room)
        return -EFAULT;
    if (room)
        memcpy(p, &copy, room);
    return 0;
}

/* -- creating and connecting --------------------------------------------------------*/

static int socket_type(uint64_t type)
{
    uint64_t rest;
    int host = (int)flags_to_host(FAMILY_sockflag, type, &rest);

    return host | (int)value_to_host(FAMILY_socktype, (int64_t)rest, (int64_t)rest);
}

int64_t sys_socket(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_socket, (long)a[0], socket_type(a[1]), (long)a[2], 0, 0, 0);
}

int64_t sys_socketpair(struct cpu *cpu, const uint64_t *a)
{
    uint8_t *p = guest_out(cpu, a[3], 8);
    int fds[2];
    int64_t result;

    if (!p)
        return -EFAULT;
    result = host_call(SYS_socketpair, (long)a[0], socket_type(a[1]), (long)a[2],
                       host_pointer(fds), 0, 0);
    if (result < 0)
        return result;
    guest_store(p, 4, (uint64_t)fds[0]);
    guest_store(p + 4, 4, (uint64_t)fds[1]);
    return 0;
}

static int64_t with_address(struct cpu *cpu, long nr, const uint64_t *a)
{
    struct sockaddr_storage address;
    int error = address_in(cpu, a[1], a[2], &address);

    if (error)
        return error;
    return host_restart(cpu, nr, (long)a[0], host_pointer(&address), (long)a[2], 0, 0, 0);
}

int64_t sys_bind(struct cpu *cpu, const uint64_t *a)
{
    return with_address(cpu, SYS_bind, a);
}

int64_t sys_connect(struct cpu *cpu, const uint64_t *a)
{
    return with_address(cpu, SYS_connect, a);
}

int64_t sys_listen(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_listen, (long)a[0], (long)a[1], 0, 0, 0, 0);
}

int64_t sys_shutdown(struct cpu *cpu, const uint64_t *a)
{
    (void)cpu;
    return host_call(SYS_shutdown, (long)a[0], (long)a[1], 0, 0, 0, 0);
}

int64_t sys_accept4(struct cpu *cpu, const uint64_t *a)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    int64_t fd = host_restart(cpu, SYS_accept4, (long)a[0], host_pointer(&address),
                              host_pointer(&len),
                              (long)flags_to_host(FAMILY_sockflag, a[3], NULL), 0, 0);
    int error;

    if (fd < 0)
        return fd;
    error = address_out(cpu, a[1], a[2], &address, len);
    if (error)
        host_call(SYS_close, fd, 0, 0, 0, 0, 0);
    return error ? error : fd;
}

int64_t sys_accept(struct cpu *cpu, const uint64_t *a)
{
    const uint64_t b[] = {a[0], a[1], a[2], 0};

    return sys_accept4(cpu, b);
}

static int64_t get_name(struct cpu *cpu, long nr, const uint64_t *a)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    int64_t result =
        host_call(nr, (long)a[0], host_pointer(&address), host_pointer(&len), 0, 0, 0);

    return result < 0 ? result : address_out(cpu, a[1], a[2], &address, len);
}

int64_t sys_getsockname(struct cpu *cpu, const uint64_t *a)
{
    return get_name(cpu, SYS_getsockname, a);
}

int64_t sys_getpeername(struct cpu *cpu, const uint64_t *a)
{
    return get_name(cpu, SYS_getpeername, a);
}

/* -- sending and receiving ----------------------------------------------------------*/

int64_t sys_sendto(struct cpu *cpu, const uint64_t *a)
{
    const void *p = guest_in(cpu, a[1], a[2]);
    struct sockaddr_storage address;
    int error;

    if (!p && a[2])
        return -EFAULT;
    error = address_in(cpu, a[4], a[4] ? a[5] : 0, &address);
    if (error)
        return error;
    return host_restart(cpu, SYS_sendto, (long)a[0], host_pointer(p), (long)a[2],
                        (long)a[3], a[4] ? host_pointer(&address) : 0,
                        a[4] ? (long)a[5] : 0);
}

int64_t sys_send(struct cpu *cpu, const uint64_t *a)
{
    const uint64_t b[] = {a[0], a[1], a[2], a[3], 0, 0};

    return sys_sendto(cpu, b);
}

int64_t sys_recvfrom(struct cpu *cpu, const uint64_t *a)
{
    void *p = guest_out(cpu, a[1], a[2]);
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    int64_t result;
    int error;

    if (!p && a[2])
        return -EFAULT;
    memset(&address, 0, sizeof(address));
    result = host_restart(cpu, SYS_recvfrom, (long)a[0], host_pointer(p), (long)a[2],
                          (long)a[3], host_pointer(&address), host_pointer(&len));
    if (result < 0 || !a[4])
        return result;
    error = address_out(cpu, a[4], a[5], &address, len);
    return error ? error : result;
}

int64_t sys_recv(struct cpu *cpu, const uint64_t *a)
{
    const uint64_t b[] = {a[0], a[1], a[2], a[3], 0, 0};

    return sys_recvfrom(cpu, b);
}

/* -- messages -----------------------------------------------------------------------*/

enum { MAX_CONTROL = 4096 };

static size_t guest_align(size_t n)
{
    size_t word = guest_word_bytes();

    return (n + word - 1) / word * word;
}

/* Control messages: header converted, data of SCM_RIGHTS as 32-bit numbers. */
static void numbers_copy(void *to, const void *from, size_t bytes, bool to_host)
{
    for (size_t i = 0; i + 4 <= bytes; i += 4) {
        uint32_t n;

        if (to_host) {
            n = (uint32_t)guest_load((const char *)from + i, 4);
            memcpy((char *)to + i, &n, 4);
        } else {
            memcpy(&n, (const char *)from + i, 4);
            guest_store((char *)to + i, 4, n);
        }
    }
}

static int control_in(const uint8_t *p, size_t len, struct msghdr *m)
{
    size_t head = guest_align(struct_bytes(GS_cmsghdr)), at = 0, used = 0;

    while (at + head <= len) {
        size_t bytes = (size_t)GET(p + at, cmsghdr, cmsg_len);
        struct cmsghdr *c = (struct cmsghdr *)((char *)m->msg_control + used);
        int level = (int)GET(p + at, cmsghdr, cmsg_level);

        if (bytes < head || bytes > len - at ||
            used + CMSG_SPACE(bytes - head) > MAX_CONTROL)
            return -EINVAL;
        c->cmsg_len = CMSG_LEN(bytes - head);
        c->cmsg_level = (int)value_to_host(FAMILY_socklevel, level, level);
        c->cmsg_type = (int)GET(p + at, cmsghdr, cmsg_type);
        numbers_copy(CMSG_DATA(c), p + at + head, bytes - head, true);
        used += CMSG_SPACE(bytes - head);
        at += guest_align(bytes);
    }
    m->msg_controllen = used;
    return 0;
}

static size_t control_out(uint8_t *p, size_t room, struct msghdr *m, int *flags)
{
    size_t head = guest_align(struct_bytes(GS_cmsghdr)), at = 0;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        size_t bytes = c->cmsg_len - CMSG_LEN(0);

        if (at + head + bytes > room) {
            *flags |= MSG_CTRUNC;
            break;
        }
        PUT(p + at, cmsghdr, cmsg_len, head + bytes);
        PUT(p + at, cmsghdr, cmsg_level,
            value_to_guest(FAMILY_socklevel, c->cmsg_level, c->cmsg_level));
        PUT(p + at, cmsghdr, cmsg_type, c->cmsg_type);
        numbers_copy(p + at + head, CMSG_DATA(c), bytes, false);
        at += guest_align(head + bytes);
    }
    return at < room ? at : room;
}

static int64_t message(struct cpu *cpu, const uint64_t *a, bool send)
{
    _Alignas(8) char control[MAX_CONTROL] = {0};
    struct sockaddr_storage address;
    struct msghdr m = {0};
    uint8_t *p = guest_out(cpu, a[1], struct_bytes(GS_msghdr)), *guest_control = NULL;
    uint64_t name, name_len, room;
    int error = 0;
    int64_t result;

    if (!p)
        return -EFAULT;
    name = (uint64_t)GET(p, msghdr, msg_name);
    name_len = (uint32_t)GET(p, msghdr, msg_namelen);
    room = (uint64_t)GET(p, msghdr, msg_controllen);
    memset(&address, 0, sizeof(address));
    if (name && send)
        error = address_in(cpu, name, name_len, &address);
    if (error)
        return error;
    if (room && GET(p, msghdr, msg_control)) {
        guest_control = guest_out(cpu, (uint64_t)GET(p, msghdr, msg_control), room);
        if (!guest_control)
            return -EFAULT;
        m.msg_control = control;
        m.msg_controllen = sizeof(control);
        if (send && (error = control_in(guest_control, room, &m)))
            return error;
    }
    if (name) {
        m.msg_name = &address;
        m.msg_namelen = send ? (socklen_t)name_len : sizeof(address);
    }
    m.msg_iovlen = (size_t)GET(p, msghdr, msg_iovlen);
    m.msg_iov = iovec_in(cpu, (uint64_t)GET(p, msghdr, msg_iov), m.msg_iovlen,
                         send ? ACCESS_READ : ACCESS_WRITE, &error);
    if (!m.msg_iov)
        return -error;
    result = host_restart(cpu, send ? SYS_sendmsg : SYS_recvmsg, (long)a[0],
                          host_pointer(&m), (long)a[2], 0, 0, 0);
    free(m.msg_iov);
    if (result < 0 || send)
        return result;
    if (name) {
        error = address_out(cpu, name, a[1] + (uint64_t)field_at(GF_msghdr_msg_namelen),
                            &address, m.msg_namelen);
        if (error)
            return error;
    }
    PUT(p, msghdr, msg_controllen,
        guest_control ? control_out(guest_control, room, &m, &m.msg_flags) : 0);
    PUT(p, msghdr, msg_flags, m.msg_flags);
    return result;
}

int64_t sys_sendmsg(struct cpu *cpu, const uint64_t *a)
{
    return message(cpu, a, true);
}

int64_t sys_recvmsg(struct cpu *cpu, const uint64_t *a)
{
    return message(cpu, a, false);
}

/* -- options ------------------------------------------------------------------------*/

enum { MAX_OPTION = 1024 };

/* What an option's value is: a number, a time, numbers, or bytes. */
static bool is_time(int level, int name)
{
    return level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO);
}

static bool is_bytes(int level, int name)
{
    return (level == SOL_SOCKET && (name == SO_BINDTODEVICE || name == SO_PEERSEC)) ||
           (level == IPPROTO_TCP && name == TCP_CONGESTION);
}

/* The host's level and name; false if the guest's name is unknown. */
static bool option_of(const uint64_t *a, int *level, int *name)
{
    *level = (int)value_to_host(FAMILY_socklevel, (int64_t)a[1], (int64_t)a[1]);
    *name = (int)a[2];
    if (*level == SOL_SOCKET)
        *name = (int)value_to_host(FAMILY_sockopt, (int64_t)a[2], -1);
    return *name >= 0;
}

int64_t sys_setsockopt(struct cpu *cpu, const uint64_t *a)
{
    char value[MAX_OPTION] = {0};
    const void *p;
    int level, name;
    socklen_t len = (socklen_t)a[4];

    if (!option_of(a, &level, &name))
        return -ENOPROTOOPT;
    if (len > MAX_OPTION)
        return -EINVAL;
    p = guest_in(cpu, a[3], len);
    if (!p && len)
        return -EFAULT;
    if (is_time(level, name)) {
        struct timeval tv;

        if (len < struct_bytes(GS_timeval))
            return -EINVAL;
        tv.tv_sec = GET(p, timeval, tv_sec);
        tv.tv_usec = GET(p, timeval, tv_usec);
        memcpy(value, &tv, sizeof(tv));
        len = sizeof(tv);
    } else if (is_bytes(level, name)) {
        memcpy(value, p, len);
    } else {
        numbers_copy(value, p, len, true);
    }
    return host_call(SYS_setsockopt, (long)a[0], level, name, host_pointer(value),
                     (long)len, 0);
}

int64_t sys_getsockopt(struct cpu *cpu, const uint64_t *a)
{
    char value[MAX_OPTION];
    uint8_t *len_at = guest_out(cpu, a[4], 4), *p;
    int level, name;
    socklen_t room, len = sizeof(value);
    int64_t result;

    if (!len_at)
        return -EFAULT;
    if (!option_of(a, &level, &name))
        return -ENOPROTOOPT;
    room = (socklen_t)guest_load(len_at, 4);
    if ((int)room < 0)
        return -EINVAL;
    if (room < len && !is_time(level, name))
        len = room;
    result = host_call(SYS_getsockopt, (long)a[0], level, name, host_pointer(value),
                       host_pointer(&len), 0);
    if (result < 0)
        return result;
    if (is_time(level, name)) {
        struct timeval tv;
        char out[64] = {0};

        memcpy(&tv, value, sizeof(tv));
        PUT(out, timeval, tv_sec, tv.tv_sec);
        PUT(out, timeval, tv_usec, tv.tv_usec);
        memcpy(value, out, sizeof(out));
        len = (socklen_t)struct_bytes(GS_timeval);
    } else if (level == SOL_SOCKET && name == SO_TYPE && len >= 4) {
        int type;

        memcpy(&type, value, sizeof(type));
        guest_store(value, 4, (uint64_t)value_to_guest(FAMILY_socktype, type, type));
    } else if (!is_bytes(level, name) && len >= 4) {
        char copy[MAX_OPTION];

        memcpy(copy, value, len);
        numbers_copy(value, copy, len, false);
    }
    if (len > room)
        len = room;
    p = guest_out(cpu, a[3], len);
    if (!p && len)
        return -EFAULT;
    if (len)
        memcpy(p, value, len);
    guest_store(len_at, 4, len);
    return 0;
}

/* -- socketcall ---------------------------------------------------------------------*/

/* The numbers of socketcall are the same everywhere (linux/net.h). */
int64_t sys_socketcall(struct cpu *cpu, const uint64_t *a)
{
    static const struct {
        sys_fn *run;
        unsigned args;
    } calls[] = {
        {NULL, 0},
        {sys_socket, 3},
        {sys_bind, 3},
        {sys_connect, 3},
        {sys_listen, 2},
        {sys_accept, 3},
        {sys_getsockname, 3},
        {sys_getpeername, 3},
        {sys_socketpair, 4},
        {sys_send, 4},
        {sys_recv, 4},
        {sys_sendto, 6},
        {sys_recvfrom, 6},
        {sys_shutdown, 2},
        {sys_setsockopt, 5},
        {sys_getsockopt, 5},
        {sys_sendmsg, 3},
        {sys_recvmsg, 3},
        {sys_accept4, 4},
    };
    unsigned word = guest_word_bytes();
    uint64_t b[6] = {0};
    const uint8_t *p;

    if (a[0] == 0 || a[0] >= sizeof(calls) / sizeof(calls[0]))
        return -EINVAL;
    p = guest_in(cpu, a[1], calls[a[0]].args * word);
    if (!p)
        return -EFAULT;
    for (unsigned i = 0; i < calls[a[0]].args; i++)
        b[i] = guest_load(p + i * word, word);
    return calls[a[0]].run(cpu, b);
}
