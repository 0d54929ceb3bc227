/*
 * handler.c - linked into a guest program for run.sh --storm: signals that the program
 * does not expect (SIGURG, whose default is to be ignored) are caught, and the handler
 * uses what the program uses. Calls are restarted where they can be.
 */
#include <signal.h>
#include <stdint.h>
#include <string.h>

static volatile uint64_t storm_hash;
static volatile double storm_sum;

static void storm_handler(int signal)
{
    uint64_t n = storm_hash + (uint64_t)signal;
    double x = storm_sum;
    char bytes[64];
    memset(bytes, (int)n, sizeof bytes);
    for (unsigned i = 0; i < sizeof bytes; i++) {
        n = (n ^ (unsigned char)bytes[i]) * 0x100000001b3u;
        x = x * 0.75 + (double)(int)(n >> 40);
    }
    storm_hash = n;
    storm_sum = x;
}

__attribute__((constructor)) static void storm_begin(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = storm_handler;
    action.sa_flags = SA_RESTART;
    sigaction(SIGURG, &action, NULL);
}
