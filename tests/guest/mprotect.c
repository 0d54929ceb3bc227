/* mprotect and SIGSEGV: address and code in siginfo, recovery by siglongjmp */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static unsigned char *pages;
static volatile sig_atomic_t faults, repair;
static long where;
static int code;
static sigjmp_buf again;

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    faults++;
    where = (unsigned char *)info->si_addr - pages;
    code = info->si_code;
    if (!repair)
        siglongjmp(again, 1);
    mprotect(pages, 4 * 4096, PROT_READ | PROT_WRITE);
}

static void try(const char *what, long offset, int write)
{
    volatile unsigned char *p = pages + offset;
    if (sigsetjmp(again, 1) == 0) {
        if (write)
            *p = 9;
        else
            (void)*p;
        printf("%s: allowed\n", what);
    } else {
        printf("%s: fault at %ld, %s\n", what, where,
               code == SEGV_MAPERR   ? "not mapped"
               : code == SEGV_ACCERR ? "not permitted"
                                     : "other");
    }
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    pages =
        mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(pages, 1, 8 * 4096);
    try("write", 4096 + 5, 1);
    mprotect(pages, 4 * 4096, PROT_READ);
    try("write to read-only", 4096 + 5, 1);
    try("read from read-only", 4096 + 5, 0);
    try("write after", 4 * 4096, 1);
    mprotect(pages + 4096, 4096, PROT_NONE);
    try("read from none", 4096 * 2 - 1, 0);
    try("read before", 4095, 0);
    munmap(pages + 7 * 4096, 4096);
    try("read unmapped", 7 * 4096 + 3, 0);
    try("write unmapped", 7 * 4096 + 4, 1);
    repair = 1;
    try("repaired write", 4096 + 7, 1);
    printf("faults %d value %d\n", (int)faults, pages[4096 + 7]);
    printf("bad mprotect %d\n", mprotect(pages + 1, 4096, PROT_READ));
    return 0;
}
