/* system calls that write into a page of code: read, pread, readv, recv */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define ROOM 128 /* at least the size of each function below; what follows is not run */

typedef int function(int);

__attribute__((noinline, aligned(16))) static int add_three(int n)
{
    return n + 3;
}

__attribute__((noinline, aligned(16))) static int times_five(int n)
{
    return n * 5;
}

/* Keeps ROOM bytes after the last function readable. */
__attribute__((noinline, used)) static int padding(int n)
{
    for (int i = 0; i < 100; i++)
        n = n * 31 + (n >> 3) - i * (n ^ i);
    return n;
}

int main(void)
{
    static function *const functions[] = {add_three, times_five};
    unsigned char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int pipes[2], sockets[2], n = 1;
    if (page == MAP_FAILED || pipe(pipes) || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
        return 1;
    for (int round = 0; round < 200; round++) {
        const void *code = (const void *)functions[round % 2];
        struct iovec parts[2] = {{page, 10}, {page + 10, ROOM - 10}};
        ssize_t got = 0;
        if (round % 3 == 2) {
            if (write(sockets[0], code, ROOM) != ROOM)
                return 2;
            got = recv(sockets[1], page, ROOM, MSG_WAITALL);
        } else {
            if (write(pipes[1], code, ROOM) != ROOM)
                return 3;
            got = round % 3 ? readv(pipes[0], parts, 2) : read(pipes[0], page, ROOM);
        }
        if (got != ROOM)
            return 4;
        __builtin___clear_cache((char *)page, (char *)page + ROOM);
        for (int i = 0; i < 80; i++)
            n = ((function *)(void *)page)(n)&0xfffff;
    }
    printf("%d %d\n", n, padding(n) != 0);
    return 0;
}
