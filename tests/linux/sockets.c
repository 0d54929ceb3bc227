/* sockets: local and internet streams, options, a descriptor passed, epoll, eventfd,
 * timeouts */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void pass_descriptor(int from, int to)
{
    char control[CMSG_SPACE(sizeof(int))] = {0}, received[64], byte = 'x';
    struct iovec out = {&byte, 1}, in = {&byte, 1};
    struct msghdr m = {.msg_iov = &out,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof(control)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    int fd = 1;

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(fd));
    printf("sendmsg %d\n", (int)sendmsg(from, &m, 0));
    m = (struct msghdr){.msg_iov = &in,
                        .msg_iovlen = 1,
                        .msg_control = received,
                        .msg_controllen = sizeof(received)};
    byte = 0;
    printf("recvmsg %d", (int)recvmsg(to, &m, 0));
    printf(" %c\n", byte);
    c = CMSG_FIRSTHDR(&m);
    memcpy(&fd, CMSG_DATA(c), sizeof(fd));
    printf("level %d type %d new %d\n", c->cmsg_level == SOL_SOCKET,
           c->cmsg_type == SCM_RIGHTS, fd > 2);
    fflush(stdout);
    printf("through it %d\n", (int)write(fd, "passed\n", 7));
}

static int connected(int *peer)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int s = socket(AF_INET, SOCK_STREAM, 0),
        c = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t len = sizeof(in);

    printf("bind %d", bind(s, (struct sockaddr *)&in, sizeof(in)));
    printf(" listen %d", listen(s, 5));
    printf(" name %d", getsockname(s, (struct sockaddr *)&in, &len));
    printf(" %d %d %s\n", in.sin_family == AF_INET, (int)len, inet_ntoa(in.sin_addr));
    printf("connect %d\n", connect(c, (struct sockaddr *)&in, sizeof(in)));
    *peer = accept(s, NULL, NULL);
    return c;
}

int main(void)
{
    char buffer[16] = {0};
    int pair[2], peer, c, value = 0, one = 1, ep, n;
    struct timeval limit = {0, 50000};
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0x1122334455667788};
    socklen_t len = sizeof(value);

    printf("pair %d\n", socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
    printf("write %d", (int)write(pair[0], "abc", 3));
    printf(" read %d %s\n", (int)read(pair[1], buffer, 15), buffer);
    n = (int)read(pair[1], buffer, 1);
    printf("empty %d %s\n", n, strerror(errno));
    pass_descriptor(pair[0], pair[1]);

    c = connected(&peer);
    printf("send %d", (int)send(peer, "hey", 3, 0));
    printf(" recv %d %s\n", (int)recv(c, buffer, 15, 0), buffer);
    printf("set %d", setsockopt(c, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
    printf(" get %d", getsockopt(c, SOL_SOCKET, SO_REUSEADDR, &value, &len));
    printf(" %d %d", value, (int)len);
    getsockopt(c, SOL_SOCKET, SO_TYPE, &value, &len);
    printf(" stream %d\n", value == SOCK_STREAM);
    setsockopt(c, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    n = (int)recv(c, buffer, 1, 0);
    printf("timeout %d %d\n", n, errno == EAGAIN);

    ep = epoll_create1(EPOLL_CLOEXEC);
    printf("add %d", epoll_ctl(ep, EPOLL_CTL_ADD, c, &event));
    printf(" none %d", epoll_wait(ep, &event, 1, 0));
    send(peer, "q", 1, 0);
    printf(" one %d", epoll_wait(ep, &event, 1, 1000));
    printf(" %d %llx\n", event.events == EPOLLIN, (unsigned long long)event.data.u64);
    printf("shutdown %d", shutdown(peer, SHUT_RDWR));
    recv(c, buffer, 1, 0);
    printf(" end %d\n", (int)recv(c, buffer, 1, 0));
    return 0;
}
