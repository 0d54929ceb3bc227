// Two processes count in shared memory, by code that was hot before it was.
// guests: mips mipsel riscv64
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BEFORE = 200000, EACH = 3000000 };

static __attribute__((noinline)) void count(uint32_t *at, uint32_t times)
{
    for (uint32_t i = 0; i < times; i++)
        __atomic_fetch_add(at, 1, __ATOMIC_SEQ_CST);
}

int main(void)
{
    uint32_t own = 0;
    uint32_t *shared;
    int status = -1;
    pid_t child;

    count(&own, BEFORE);
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    child = fork();
    if (child < 0)
        return 1;
    count(&shared[16], 1); /* both begin together */
    while (*(volatile uint32_t *)&shared[16] < 2)
        ;
    count(shared, EACH);
    if (child == 0)
        _exit(0);
    waitpid(child, &status, 0);
    printf("%u %u %d\n", (unsigned)own, (unsigned)*shared, status);
    return 0;
}
