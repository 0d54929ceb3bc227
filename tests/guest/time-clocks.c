/* clocks agree and advance: clock_gettime, gettimeofday, time, times, nanosleep, clock */
// storm: no (nanosleep ends with EINTR)
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

static double seconds(clockid_t id)
{
    struct timespec t;
    if (clock_gettime(id, &t) != 0 || t.tv_nsec < 0 || t.tv_nsec > 999999999)
        return -1;
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int monotone(clockid_t id)
{
    double last = seconds(id);
    for (int i = 0; i < 1000; i++) {
        double now = seconds(id);
        if (now < last || now < 0)
            return 0;
        last = now;
    }
    return 1;
}

int main(void)
{
    printf("monotone %d %d %d\n", monotone(CLOCK_MONOTONIC),
           monotone(CLOCK_PROCESS_CPUTIME_ID), monotone(CLOCK_THREAD_CPUTIME_ID));
    struct timeval day;
    struct timespec resolution;
    gettimeofday(&day, NULL);
    double real = seconds(CLOCK_REALTIME), difference = real - (double)day.tv_sec;
    printf("gettimeofday %d time %d\n", difference >= 0 && difference < 5,
           labs((long)time(NULL) - (long)day.tv_sec) < 5);
    printf("after 2020 %d\n", real > 1577836800);
    printf("resolution %d", clock_getres(CLOCK_MONOTONIC, &resolution));
    printf(" %d\n", resolution.tv_sec == 0 && resolution.tv_nsec > 0);
    printf("bad clock %d", clock_gettime((clockid_t)99, &resolution));
    printf(" %d\n", errno == EINVAL);

    double before = seconds(CLOCK_MONOTONIC);
    struct timespec nap = {0, 15000000};
    printf("nanosleep %d", nanosleep(&nap, NULL));
    double slept = seconds(CLOCK_MONOTONIC) - before;
    printf(" %d\n", slept >= 0.015 && slept < 5);
    before = seconds(CLOCK_MONOTONIC);
    printf("clock_nanosleep %d", clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL));
    printf(" %d\n", seconds(CLOCK_MONOTONIC) - before >= 0.015);
    nap.tv_nsec = 1000000000;
    printf("bad nap %d", nanosleep(&nap, NULL));
    printf(" %d\n", errno == EINVAL);

    struct tms t;
    struct rusage usage;
    printf("times %d clock %d\n", times(&t) != (clock_t)-1, clock() != (clock_t)-1);
    printf("getrusage %d", getrusage(RUSAGE_SELF, &usage));
    printf(" %d\n", usage.ru_utime.tv_usec < 1000000 && usage.ru_maxrss > 0);

    time_t fixed = 1234567890;
    struct tm parts;
    char text[64];
    gmtime_r(&fixed, &parts);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %j %A", &parts);
    printf("%s\n", text);
    printf("%ld\n", (long)mktime(&parts));
    return 0;
}
