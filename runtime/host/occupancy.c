/*
 * occupancy.c - what is taken where, for all registers at once (see alloc_state.h).
 */
#include "host/alloc_state.h"

static uint32_t chunk_count(const struct alloc_state *s)
{
    return (s->positions >> CHUNK_BITS) + 1;
}

void occupancy_new(struct alloc_state *s, struct occupancy *o)
{
    uint32_t chunks = chunk_count(s);

    o->taken = ir_alloc(s->ir, chunks * CHUNK * sizeof *o->taken);
    o->chunks = ir_alloc(s->ir, chunks * sizeof *o->chunks);
}

typedef uint32_t four __attribute__((vector_size(16), aligned(4), may_alias));

static uint32_t any(const uint32_t *at, uint32_t count)
{
    four sum = {0};
    uint32_t bits = 0;

    for (; count >= 4; count -= 4, at += 4)
        sum |= *(const four *)(const void *)at;
    while (count--)
        bits |= *at++;
    return bits | sum[0] | sum[1] | sum[2] | sum[3];
}

/* put - BITS into COUNT words. */
static void put(uint32_t *at, uint32_t count, uint32_t bits)
{
    four all = {bits, bits, bits, bits};

    for (; count >= 4; count -= 4, at += 4)
        *(four *)(void *)at |= all;
    while (count--)
        *at++ |= bits;
}

static uint32_t taken_in(const struct occupancy *o, struct range r)
{
    uint32_t first = (r.from + CHUNK - 1) >> CHUNK_BITS, last = r.to >> CHUNK_BITS;

    if (first >= last)
        return any(&o->taken[r.from], r.to - r.from);
    return any(&o->taken[r.from], (first << CHUNK_BITS) - r.from) |
           any(&o->chunks[first], last - first) |
           any(&o->taken[last << CHUNK_BITS], r.to - (last << CHUNK_BITS));
}

uint32_t occupancy_of(const struct alloc_state *s, const struct occupancy *o,
                      struct run run)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < run.count; i++)
        bits |= taken_in(o, s->ranges[run.first + i]);
    return bits;
}

void occupancy_take(const struct alloc_state *s, struct occupancy *o, struct run run,
                    uint32_t bits)
{
    for (uint32_t i = 0; i < run.count; i++) {
        struct range r = s->ranges[run.first + i];
        for (uint32_t c = r.from >> CHUNK_BITS; c <= (r.to - 1) >> CHUNK_BITS; c++)
            o->chunks[c] |= bits;
        put(&o->taken[r.from], r.to - r.from, bits);
    }
}

void occupancy_leave(const struct alloc_state *s, struct occupancy *o, struct run run,
                     uint32_t bits)
{
    for (uint32_t i = 0; i < run.count; i++) {
        struct range r = s->ranges[run.first + i];
        uint32_t first = r.from >> CHUNK_BITS, last = (r.to - 1) >> CHUNK_BITS;
        for (uint32_t p = r.from; p < r.to; p++)
            o->taken[p] &= ~bits;
        for (uint32_t c = first + 1; c < last; c++)
            o->chunks[c] &= ~bits;
        o->chunks[first] = any(&o->taken[first << CHUNK_BITS], CHUNK);
        o->chunks[last] = any(&o->taken[last << CHUNK_BITS], CHUNK);
    }
}

static uint32_t clobbered_in(const struct alloc_state *s, struct range r)
{
    uint32_t low = 0, high = s->clobber_count, bits = 0;

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (2 * s->clobbers[middle].number < r.from)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < s->clobber_count && 2 * s->clobbers[low].number + 2 <= r.to; low++)
        bits |= s->clobbers[low].registers;
    return bits;
}

uint32_t occupancy_clobbered(const struct alloc_state *s, struct run run)
{
    uint32_t bits = 0;

    if (s->clobber_count)
        for (uint32_t i = 0; i < run.count; i++)
            bits |= clobbered_in(s, s->ranges[run.first + i]);
    return bits;
}
