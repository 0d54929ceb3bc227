/* identities and limits: ids are consistent, getrlimit, sysconf, umask, getpriority */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    uid_t real, effective, saved;
    gid_t groups[100];
    struct rlimit limit;
    printf("pid %d %d\n", getpid() > 0, getppid() >= 0);
    printf("thread %d\n", syscall(SYS_gettid) == getpid());
    printf("getresuid %d", getresuid(&real, &effective, &saved));
    printf(" %d %d\n", real == getuid(), effective == geteuid());
    printf("groups %d\n", getgroups(100, groups) >= 0 && getgid() == getegid());
    printf("session %d %d\n", getsid(0) >= 0, getpgrp() == getpgid(0));
    umask(022);
    printf("umask %03o", (unsigned)umask(077));
    printf(" %03o\n", (unsigned)umask(0));
    printf("getrlimit %d", getrlimit(RLIMIT_NOFILE, &limit));
    printf(" %d\n", limit.rlim_cur <= limit.rlim_max && limit.rlim_cur >= 16);
    limit.rlim_cur = 16;
    printf("setrlimit %d", setrlimit(RLIMIT_NOFILE, &limit));
    printf(" getrlimit %d", getrlimit(RLIMIT_NOFILE, &limit));
    printf(" %d\n", limit.rlim_cur == 16);
    int fd = 0;
    while ((fd = dup(1)) >= 0 && fd < 100)
        ;
    printf("too many %d\n", errno == EMFILE);
    printf("stack %d", getrlimit(RLIMIT_STACK, &limit));
    printf(" %d\n", limit.rlim_cur >= 1 << 16);
    printf("page %ld processors %d\n", sysconf(_SC_PAGESIZE),
           sysconf(_SC_NPROCESSORS_ONLN) > 0);
    printf("ticks %ld\n", sysconf(_SC_CLK_TCK));
    errno = 0;
    printf("priority %d\n", getpriority(PRIO_PROCESS, 0) >= -20 && errno == 0);
    printf("yield %d\n", sched_yield());
    cpu_set_t set;
    printf("affinity %d", sched_getaffinity(0, sizeof set, &set));
    printf(" %d\n", CPU_COUNT(&set) > 0);
    printf("unknown call %d", (int)syscall(9999));
    printf(" %d\n", errno == ENOSYS);
    return 0;
}
