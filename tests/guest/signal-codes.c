/* what a handler is told of traps that MIPS has: signal, code, address */
// oracle: qemu
// guests: mips mipsel
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static sigjmp_buf back;

static void handler(int signo, siginfo_t *info, void *context)
{
    (void)context;
    printf("%s code %d address %s\n", strsignal(signo), info->si_code,
           info->si_addr ? "given" : "none");
    siglongjmp(back, 1);
}

#define TRY(text, code)            \
    do {                           \
        printf("%-12s ", text);    \
        if (!sigsetjmp(back, 1)) { \
            code;                  \
            printf("none\n");      \
        }                          \
    } while (0)

int main(void)
{
    static const int signals[] = {SIGILL, SIGTRAP, SIGFPE, SIGBUS, SIGSEGV};
    struct sigaction a = {.sa_flags = SA_SIGINFO};

    a.sa_sigaction = handler;
    for (int i = 0; i < 5; i++)
        sigaction(signals[i], &a, NULL);
#if defined(__mips__)
    TRY("teq", __asm__ volatile("teq $0, $0"));
    TRY("tne", __asm__ volatile("tne $0, $0"));
    TRY("break", __asm__ volatile("break"));
    TRY("add", __asm__ volatile("add $8, %0, %0" : : "r"(0x7fffffff) : "$8"));
    TRY("reserved", __asm__ volatile(".word 0x0000000e"));
#endif
    TRY("load", *(volatile int *)16);
    return 0;
}
