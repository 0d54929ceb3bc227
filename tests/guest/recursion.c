/* recursion: Ackermann, Hanoi, mutual recursion, permutations, a deep chain of frames */
// bare: yes
#include <stdio.h>

static unsigned ackermann(unsigned m, unsigned n)
{
    if (m == 0)
        return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static unsigned long hanoi(int disks, int from, int to, unsigned long trail)
{
    if (disks == 0)
        return trail;
    trail = hanoi(disks - 1, from, 6 - from - to, trail);
    trail = trail * 31 + (unsigned long)(disks * 9 + from * 3 + to);
    return hanoi(disks - 1, 6 - from - to, to, trail & 0xffffffff);
}

static int is_odd(int n);

__attribute__((noinline)) static int is_even(int n)
{
    return n == 0 ? 1 : is_odd(n - 1);
}

__attribute__((noinline)) static int is_odd(int n)
{
    return n == 0 ? 0 : is_even(n - 1);
}

static void permute(char *text, int at, int length)
{
    if (at == length)
        puts(text);
    for (int i = at; i < length; i++) {
        char c = text[at];
        text[at] = text[i];
        text[i] = c;
        permute(text, at + 1, length);
        text[i] = text[at];
        text[at] = c;
    }
}

int main(void)
{
    char word[] = "abcd";
    for (unsigned m = 0; m < 3; m++)
        for (unsigned n = 0; n < 6; n++)
            printf("A(%u,%u) = %u\n", m, n, ackermann(m, n));
    printf("A(3,4) = %u\n", ackermann(3, 4));
    for (int disks = 1; disks <= 12; disks++)
        printf("hanoi %d: %lx\n", disks, hanoi(disks, 1, 3, 0) & 0xffffffff);
    printf("%d %d %d\n", is_even(1000), is_even(777), is_odd(2001));
    permute(word, 0, 4);
    return 0;
}
