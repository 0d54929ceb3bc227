/* int-call: a mix of records, strings, small procedures and branches (after Dhrystone) */
// scale: 93000 6200
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum colour { RED, GREEN, BLUE, WHITE };

struct item {
    struct item *link;
    enum colour colour;
    int32_t amount, price;
    char name[32];
};

#define NOINLINE __attribute__((noinline)) static

static struct item *first, *second;
static int32_t total, grid[40][40];
static int flag;
static char letter;

NOINLINE enum colour mixed(enum colour a, char c)
{
    if (c == 'A')
        letter = c;
    switch (a) {
    case RED:
        return total > 100 ? GREEN : BLUE;
    case GREEN:
        return flag ? WHITE : RED;
    case BLUE:
        return GREEN;
    default:
        return RED;
    }
}

NOINLINE int compare_names(const char *a, const char *b)
{
    int i = 2;
    while (i <= 2)
        if (a[i] == b[i + 1]) {
            letter = 'B';
            i++;
        } else {
            i += 3;
        }
    if (strcmp(a, b) > 0) {
        total += i;
        return 1;
    }
    return 0;
}

NOINLINE void add(int32_t a, int32_t b, int32_t *sum)
{
    *sum = a + b + 2;
}

NOINLINE void fill(int32_t at, int32_t value)
{
    for (int32_t i = at; i < at + 3; i++)
        grid[at][i] = value;
    grid[at][at - 1]++;
    grid[at + 9][at] = grid[at][at];
    total = 5 + (total & 0xffff);
}

NOINLINE void revise(struct item *item)
{
    struct item *next = item->link;
    *next = *first;
    item->amount = 5;
    next->amount = item->amount;
    next->link = item->link;
    if (next->colour == RED) {
        next->amount = 6;
        next->colour = mixed(item->colour, 'C');
        add(next->price, 10, &next->price);
    } else {
        next->colour = mixed(next->colour, 'A');
        *item = *next;
    }
    item->link = second;
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t hash = 0;
    char one[32] = "A RECORD OF SOME LENGTH, FIRST", two[32];
    first = calloc(1, sizeof *first);
    second = calloc(1, sizeof *second);
    if (!first || !second)
        return 1;
    strcpy(first->name, "ANOTHER NAME IN A RECORD");
    for (int i = 0; i < scale * 100; i++) {
        int32_t a = 2, b = 3, c = 0;
        first->link = second;
        strcpy(two, "A RECORD OF SOME LENGTH, OTHER");
        two[20] = (char)('A' + i % 26);
        flag = !compare_names(one, two);
        for (; a < b; a++)
            add(5 * a - b, i & 15, &c);
        fill(8 + (i & 7), c);
        first->colour = (enum colour)(i & 3);
        revise(first);
        for (char k = 'A'; k <= letter; k++)
            if (mixed((enum colour)(k & 3), k) == GREEN)
                b = i;
        c = (b * a) / (c | 1) - 7 * (b - c);
        hash = hash * 31 + (uint32_t)(c + first->price + second->amount + total);
    }
    hash ^= (uint32_t)(grid[8][9] + grid[17][8] + (int)second->colour);
    printf("%08x\n", (unsigned)hash);
    return 0;
}
