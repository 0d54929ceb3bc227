/* int: a small database: rows in a B-tree of pages, inserted, looked up, scanned */
// scale: 280 19
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDER = 16, MAX_PAGES = 4096 };

struct row {
    uint32_t key, amount;
    char name[12];
};

struct page {
    uint16_t count, leaf;
    struct row rows[ORDER];
    uint32_t children[ORDER + 1];
};

static struct page pages[MAX_PAGES];
static uint32_t page_count, root, state;

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static uint32_t new_page(int leaf)
{
    struct page *p = &pages[page_count];
    p->count = 0;
    p->leaf = (uint16_t)leaf;
    return page_count++;
}

/* The first place in P whose key is not less than KEY. */
static unsigned find(const struct page *p, uint32_t key)
{
    unsigned low = 0, high = p->count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (p->rows[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void split(struct page *parent, unsigned at)
{
    uint32_t right_number = new_page(0);
    struct page *left = &pages[parent->children[at]], *right = &pages[right_number];
    unsigned half = ORDER / 2;
    right->leaf = left->leaf;
    right->count = (uint16_t)(ORDER - half - 1);
    memcpy(right->rows, left->rows + half + 1, right->count * sizeof(struct row));
    memcpy(right->children, left->children + half + 1,
           (right->count + 1u) * sizeof right->children[0]);
    left->count = (uint16_t)half;
    memmove(parent->rows + at + 1, parent->rows + at,
            (parent->count - at) * sizeof(struct row));
    memmove(parent->children + at + 2, parent->children + at + 1,
            (parent->count - at) * sizeof parent->children[0]);
    parent->rows[at] = left->rows[half];
    parent->children[at + 1] = right_number;
    parent->count++;
}

static void insert(const struct row *row)
{
    if (pages[root].count == ORDER) {
        uint32_t top = new_page(0);
        pages[top].children[0] = root;
        root = top;
        split(&pages[top], 0);
    }
    struct page *p = &pages[root];
    for (;;) {
        unsigned at = find(p, row->key);
        if (at < p->count && p->rows[at].key == row->key) {
            p->rows[at].amount += row->amount;
            return;
        }
        if (p->leaf) {
            memmove(p->rows + at + 1, p->rows + at, (p->count - at) * sizeof *row);
            p->rows[at] = *row;
            p->count++;
            return;
        }
        if (pages[p->children[at]].count == ORDER) {
            split(p, at);
            continue; /* look again in this page */
        }
        p = &pages[p->children[at]];
    }
}

static const struct row *lookup(uint32_t key)
{
    for (const struct page *p = &pages[root];; p = &pages[p->children[find(p, key)]]) {
        unsigned at = find(p, key);
        if (at < p->count && p->rows[at].key == key)
            return &p->rows[at];
        if (p->leaf)
            return NULL;
    }
}

struct query {
    uint32_t from, to, count, sum, prefix;
};

static void scan(const struct page *p, struct query *q)
{
    unsigned at = find(p, q->from);
    for (;; at++) {
        if (!p->leaf)
            scan(&pages[p->children[at]], q);
        if (at == p->count || p->rows[at].key >= q->to)
            return;
        q->count++;
        q->sum = q->sum * 31 + p->rows[at].amount;
        q->prefix += strncmp(p->rows[at].name, "ab", 1) == 0;
    }
}

static uint32_t transaction(uint32_t rows)
{
    uint32_t hash = 0;
    page_count = 0;
    root = new_page(1);
    for (uint32_t i = 0; i < rows; i++) {
        struct row row = {next() % (rows * 2), i, ""};
        for (unsigned j = 0; j < 11; j++)
            row.name[j] = (char)('a' + (row.key >> j) % 26);
        insert(&row);
    }
    for (uint32_t i = 0; i < rows * 2; i++) {
        const struct row *row = lookup(next() % (rows * 2));
        hash = hash * 31 + (row ? row->amount : 7);
    }
    for (uint32_t i = 0; i < 50; i++) {
        struct query q = {next() % rows, 0, 0, 0, 0};
        q.to = q.from + rows / 8;
        scan(&pages[root], &q);
        hash = hash * 31 + q.count + q.sum + q.prefix;
    }
    return hash;
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t hash = 0;
    state = 99;
    for (int i = 0; i < scale; i++)
        hash = hash * 17 + transaction(1000 + (uint32_t)i % 5 * 1000);
    printf("%08x %u\n", (unsigned)hash, (unsigned)page_count);
    return 0;
}
