/* poll, ppoll, select, pselect, epoll: readiness, time-outs, hang-ups, bad descriptors */
// storm: no (poll and select end with EINTR, restart or not)
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

static int ends[2], more[2];

static void show_poll(int timeout)
{
    struct pollfd fds[] = {{ends[0], POLLIN, 0},
                           {ends[1], POLLOUT, 0},
                           {more[0], POLLIN, 0},
                           {-1, POLLIN, 0}};
    int count = poll(fds, 4, timeout);
    printf("poll %d:", count);
    for (int i = 0; i < 4; i++)
        printf(" %s%s%s%s", fds[i].revents & POLLIN ? "in" : "-",
               fds[i].revents & POLLOUT ? "out" : "",
               fds[i].revents & POLLHUP ? "hup" : "",
               fds[i].revents & POLLNVAL ? "bad" : "");
    putchar('\n');
}

static void show_select(void)
{
    fd_set in, out;
    struct timeval wait = {0, 5000};
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(ends[0], &in);
    FD_SET(more[0], &in);
    FD_SET(ends[1], &out);
    int top = (more[0] > ends[1] ? more[0] : ends[1]) + 1;
    int count = select(top, &in, &out, NULL, &wait);
    printf("select %d: %d %d %d\n", count, FD_ISSET(ends[0], &in) != 0,
           FD_ISSET(more[0], &in) != 0, FD_ISSET(ends[1], &out) != 0);
}

int main(void)
{
    char c;
    if (pipe(ends) != 0 || pipe(more) != 0)
        return 1;
    show_poll(0);
    show_select();
    if (write(ends[1], "a", 1) != 1)
        return 1;
    show_poll(-1);
    show_select();
    close(more[1]);
    show_poll(1000);
    printf("read %d\n", (int)read(ends[0], &c, 1));
    show_poll(1000);
    close(more[0]);
    show_poll(0);

    struct timespec wait = {0, 10000000}, before, after;
    struct pollfd one = {ends[0], POLLIN, 0};
    clock_gettime(CLOCK_MONOTONIC, &before);
    printf("ppoll %d\n", ppoll(&one, 1, &wait, NULL));
    printf("pselect %d\n", pselect(0, NULL, NULL, NULL, &wait, NULL));
    clock_gettime(CLOCK_MONOTONIC, &after);
    long passed = (after.tv_sec - before.tv_sec) * 1000 +
                  (after.tv_nsec - before.tv_nsec) / 1000000;
    printf("waited %d\n", passed >= 19);

    int queue = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0x123456789abc}, got[4];
    printf("epoll_ctl %d\n", epoll_ctl(queue, EPOLL_CTL_ADD, ends[0], &event));
    event.data.u64 = 0xfedcba987654;
    event.events = EPOLLOUT | EPOLLET;
    printf("epoll_ctl %d\n", epoll_ctl(queue, EPOLL_CTL_ADD, ends[1], &event));
    printf("again %d", epoll_ctl(queue, EPOLL_CTL_ADD, ends[1], &event));
    printf(" %d\n", errno == EEXIST);
    int count = epoll_wait(queue, got, 4, 100);
    printf("epoll_wait %d %llx %x\n", count, (unsigned long long)got[0].data.u64,
           (unsigned)got[0].events);
    if (write(ends[1], "b", 1) != 1)
        return 1;
    count = epoll_wait(queue, got, 4, 100);
    for (int i = 0; i < count; i++)
        if (got[i].data.u64 == 0x123456789abc)
            printf("readable %x\n", (unsigned)got[i].events);
    printf("epoll_ctl %d\n", epoll_ctl(queue, EPOLL_CTL_DEL, ends[0], NULL));
    printf("empty %d\n", epoll_wait(queue, got, 4, 5) <= 1);
    return 0;
}
