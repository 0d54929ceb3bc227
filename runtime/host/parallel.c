/*
 * parallel.c - moves that happen at once, one after the other (see alloc.h).
 */
#include "host/alloc.h"

#include <assert.h>

static bool same_place(const struct alloc_location *a, const struct alloc_location *b,
                       bool same_class)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == ALLOC_REG)
        return same_class && a->reg == b->reg;
    return a->kind == ALLOC_SLOT && a->slot == b->slot;
}

static bool writes_source(const struct alloc_move *m, const struct alloc_move *of)
{
    return same_place(&m->to, &of->from, alloc_class(m->type) == alloc_class(of->type));
}

/* drop_idle - leave out moves to where the value is. */
static unsigned drop_idle(struct alloc_move *moves, unsigned count)
{
    unsigned left = 0;

    for (unsigned i = 0; i < count; i++)
        if (!same_place(&moves[i].to, &moves[i].from, true))
            moves[left++] = moves[i];
    return left;
}

static bool blocked(const struct alloc_move *moves, unsigned count, unsigned i)
{
    for (unsigned j = 0; j < count; j++)
        if (j != i && writes_source(&moves[i], &moves[j]))
            return true;
    return false;
}

/* break_cycle - save what the last move reads, and all moves that read the same. */
static void break_cycle(struct alloc_move *moves, unsigned count,
                        struct alloc_location temp,
                        void (*move)(void *data, const struct alloc_move *m), void *data)
{
    struct alloc_move last = moves[count - 1], save = last;

    save.to = temp;
    move(data, &save);
    for (unsigned i = 0; i < count; i++)
        if (same_place(&moves[i].from, &last.from,
                       alloc_class(moves[i].type) == alloc_class(last.type)))
            moves[i].from = temp;
}

void alloc_parallel(struct alloc_move *moves, unsigned count, struct alloc_location temp,
                    struct alloc_location temp_vector,
                    void (*move)(void *data, const struct alloc_move *m), void *data)
{
    count = drop_idle(moves, count);
    while (count) {
        unsigned left = 0;
        for (unsigned i = 0; i < count; i++) {
            /* Before I stand those that wait, behind it those not looked at yet. */
            struct alloc_move m = moves[i];
            unsigned waiting = left;
            moves[left++] = m;
            if (blocked(moves, left, waiting) || blocked(&moves[i], count - i, 0))
                continue;
            left--;
            move(data, &m);
        }
        if (left == count) {
            bool vector = alloc_class(moves[count - 1].type) == ALLOC_VECTOR;
            break_cycle(moves, count, vector ? temp_vector : temp, move, data);
        }
        count = left;
    }
}
