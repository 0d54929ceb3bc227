/* printf of integers and strings: flags, widths, precisions, lengths */
// bare: yes
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

int main(void)
{
    static const int values[] = {0, 1, -1, 42, -12345, 2147483647, -2147483647 - 1};
    char text[20];
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        int v = values[i];
        printf("[%d] [%i] [%u] [%x] [%X] [%o]\n", v, v, (unsigned)v, (unsigned)v,
               (unsigned)v, (unsigned)v);
        printf("[%8d] [%-8d] [%08d] [%+d] [% d] [%+8d]\n", v, v, v, v, v, v);
        printf("[%.3d] [%8.5d] [%-8.5d] [%#x] [%#o] [%#010x]\n", v, v, v, (unsigned)v,
               (unsigned)v, (unsigned)v);
        printf("[%hhd] [%hd] [%hhu] [%hu]\n", (signed char)v, (short)v, (unsigned char)v,
               (unsigned short)v);
        printf("[%" PRId64 "] [%" PRIu64 "] [%016" PRIx64 "] [%" PRIo64 "]\n",
               (int64_t)v * 4294967297, (uint64_t)v << 20, (uint64_t)v * 0x10001,
               (uint64_t)v << 31);
    }
    printf("[%s] [%10s] [%-10s] [%.2s] [%5.1s] [%.*s]\n", "text", "text", "text", "text",
           "text", 3, "text");
    printf("[%c] [%3c] [%-3c] [%%]\n", 'a', 'b', 'c');
    printf("[%*d] [%-*d] [%0*d]\n", 6, 42, 6, 42, 6, 42);
    printf("[%jd] [%zu] [%td]\n", (intmax_t)-5, sizeof(int), &values[3] - &values[0]);
    printf("[%.0d] [%.0x] [%5.0d]\n", 0, 0u, 0);
    int length = snprintf(text, sizeof text, "%s-%05d", "abcdefghijklmno", 42);
    printf("%d [%s]\n", length, text);
    length = snprintf(NULL, 0, "%d %s", 1000000, "x");
    printf("%d\n", length);
    printf("%d\n", printf("%s", "count me "));
    fputs("fputs ", stdout);
    putchar('p');
    puts("uts");
    return 0;
}
