/* int: pointer chasing: linked lists are built, reversed, merged, sorted, walked */
// scale: 370 25
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT 4000

struct node {
    struct node *next;
    uint32_t value;
};

static struct node nodes[COUNT];
static uint32_t state = 7;

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static struct node *build(void)
{
    struct node *head = NULL;
    uint32_t step = 1 + next() % 100 * 2, at = 0;
    for (int i = 0; i < COUNT; i++, at = (at + step) % COUNT) {
        while (step % 5 == 0)
            step += 2; /* has no factor of COUNT: visits all */
        nodes[at].value = next() >> 8;
        nodes[at].next = head;
        head = &nodes[at];
    }
    return head;
}

static struct node *reverse(struct node *list)
{
    struct node *done = NULL;
    while (list) {
        struct node *rest = list->next;
        list->next = done;
        done = list;
        list = rest;
    }
    return done;
}

static struct node *merge(struct node *a, struct node *b)
{
    struct node *head = NULL, **tail = &head;
    while (a && b) {
        struct node **least = a->value <= b->value ? &a : &b;
        *tail = *least;
        tail = &(*least)->next;
        *least = *tail;
    }
    *tail = a ? a : b;
    return head;
}

static struct node *sort(struct node *list)
{
    if (!list || !list->next)
        return list;
    struct node *slow = list, *fast = list->next;
    while (fast && fast->next) {
        slow = slow->next;
        fast = fast->next->next;
    }
    struct node *second = slow->next;
    slow->next = NULL;
    return merge(sort(list), sort(second));
}

static uint32_t walk(const struct node *list)
{
    uint32_t sum = 0;
    for (; list; list = list->next)
        sum = sum * 3 + list->value;
    return sum;
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t hash = 0;
    for (int i = 0; i < scale; i++) {
        struct node *list = build();
        for (int j = 0; j < 10; j++) {
            list = reverse(list);
            hash = hash * 31 + walk(list);
        }
        list = sort(list);
        hash = hash * 31 + walk(list);
    }
    printf("%08x\n", (unsigned)hash);
    return 0;
}
