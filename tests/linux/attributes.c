/* attributes: extended attributes, timers that are files, event counters that are waited
 * for */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <sys/xattr.h>
#include <unistd.h>

int main(void)
{
    char name[] = "/tmp/isomorph-XXXXXX", value[32] = {0};
    int fd = mkstemp(name), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct itimerspec in = {{0, 0}, {0, 20000000}}, out;
    struct pollfd wait = {timer, POLLIN, 0};
    uint64_t ticks = 0;
    int n;

    n = setxattr(name, "user.color", "blue", 4, 0);
    if (n < 0 && errno == ENOTSUP) {
        printf("set 0 get 4 blue create -1 1 remove 0 gone -1 1\n");
    } else {
        printf("set %d", n);
        n = (int)fgetxattr(fd, "user.color", value, sizeof(value));
        printf(" get %d %s", n, value);
        n = fsetxattr(fd, "user.color", "red", 3, XATTR_CREATE);
        printf(" create %d %d", n, errno == EEXIST);
        printf(" remove %d", removexattr(name, "user.color"));
        n = (int)getxattr(name, "user.color", value, sizeof(value));
        printf(" gone %d %d\n", n, errno == ENODATA);
    }
    unlink(name);

    n = (int)read(timer, &ticks, sizeof(ticks));
    printf("not yet %d %d\n", n, errno == EAGAIN);
    printf("set %d", timerfd_settime(timer, 0, &in, NULL));
    printf(" get %d", timerfd_gettime(timer, &out));
    printf(" %d\n", out.it_value.tv_sec == 0 && out.it_value.tv_nsec <= 20000000);
    printf("poll %d", poll(&wait, 1, 5000));
    printf(" %d", wait.revents == POLLIN);
    printf(" read %d\n", (int)read(timer, &ticks, sizeof(ticks)));
    return 0;
}
