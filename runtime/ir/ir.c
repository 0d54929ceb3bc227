/*
 * ir.c - tables of the operations and the region's memory (see ir.h).
 */
#include "ir/build.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* clang-format off */
#define EFFECT_PURE   IR_PURE
#define EFFECT_FLAGS  IR_FLAGS
#define EFFECT_LOAD   IR_EFFECT_LOAD
#define EFFECT_STORE  IR_EFFECT_STORE
#define EFFECT_ATOMIC IR_EFFECT_ATOMIC
#define EFFECT_FENCE  IR_EFFECT_FENCE
#define EFFECT_EXIT   IR_EFFECT_EXIT
#define EFFECT_END    IR_EFFECT_END
/* clang-format on */

const char *const ir_op_names[IR_OP_COUNT] = {
#define IR(id, name, args, result, effect) name,
#include "ir/ir.def"
#undef IR
};

const uint8_t ir_op_args[IR_OP_COUNT] = {
#define IR(id, name, args, result, effect) args,
#include "ir/ir.def"
#undef IR
};

const uint8_t ir_op_results[IR_OP_COUNT] = {
#define IR(id, name, args, result, effect) IR_RESULT_##result,
#include "ir/ir.def"
#undef IR
};

const uint8_t ir_op_effects[IR_OP_COUNT] = {
#define IR(id, name, args, result, effect) EFFECT_##effect,
#include "ir/ir.def"
#undef IR
};

const char *const ir_type_names[IR_TYPE_COUNT] = {
    "void", "i1", "i8", "i16", "i32", "i64", "i128", "f32", "f64", "v128",
};

const uint8_t ir_type_bits[IR_TYPE_COUNT] = {0, 1, 8, 16, 32, 64, 128, 32, 64, 128};

/* A list of chunks, the one in use first. */
struct chunk {
    struct chunk *next;
    size_t bytes; /* of data */
    _Alignas(16) uint8_t data[];
};
struct ir_arena {
    struct chunk *chunks;
    struct chunk *spare; /* of CHUNK_BYTES each */
    size_t used;         /* of the first chunk */
};

enum { CHUNK_BYTES = 64 * 1024 - 64, SPARE_CHUNKS = 32 };

/* Chunks that an earlier region left: a list, taken and put as a whole. */
static struct chunk *spare_chunks;

static void free_chunks(struct chunk *c)
{
    while (c) {
        struct chunk *next = c->next;
        free(c);
        c = next;
    }
}

static void *new_chunk(struct ir_arena *arena, size_t bytes)
{
    struct chunk *c = arena->spare;

    if (c && bytes <= CHUNK_BYTES) {
        arena->spare = c->next;
    } else {
        size_t room = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
        c = xmalloc(sizeof *c + room);
        c->bytes = room;
    }
    if (bytes > CHUNK_BYTES && arena->chunks) { /* go on with the one in use */
        c->next = arena->chunks->next;
        arena->chunks->next = c;
        return c->data;
    }
    c->next = arena->chunks;
    arena->chunks = c;
    arena->used = bytes;
    return c->data;
}

static void *arena_take(struct ir_arena *arena, size_t bytes)
{
    bytes = (bytes + 15) & ~(size_t)15;
    if (!arena->chunks || arena->chunks->bytes - arena->used < bytes)
        return new_chunk(arena, bytes);
    arena->used += bytes;
    return arena->chunks->data + arena->used - bytes;
}

void *ir_alloc(struct ir *ir, size_t bytes)
{
    return memset(arena_take(ir->arena, bytes), 0, bytes);
}

void *ir_grow(struct ir *ir, void *items, uint32_t *capacity, uint32_t count,
              size_t bytes)
{
    uint32_t room = *capacity ? *capacity : 8;
    void *grown;

    if (count <= *capacity)
        return items;
    while (room < count)
        room *= 2;
    grown = arena_take(ir->arena, room * bytes);
    if (items && *capacity)
        memcpy(grown, items, *capacity * bytes);
    *capacity = room;
    return grown;
}

/* First sizes, for a few tens of guest instructions. */
enum {
    NODES = 512,
    BLOCKS = 16,
    PLACES = 32,
    SNAPS = 32,
    TABLE = 256,
    PLACE_TABLE = 128
};

static void start_tables(struct ir *ir)
{
    struct ir_build *build = ir->build;

    ir->nodes = ir_grow(ir, NULL, &ir->node_capacity, NODES, sizeof *ir->nodes);
    memset(&ir->nodes[0], 0, sizeof ir->nodes[0]);
    ir->node_count = 1;
    ir->blocks = ir_grow(ir, NULL, &ir->block_capacity, BLOCKS, sizeof *ir->blocks);
    ir->places = ir_grow(ir, NULL, &ir->place_capacity, PLACES, sizeof *ir->places);
    memset(&ir->places[0], 0, sizeof ir->places[0]);
    ir->place_count = 1;
    ir->snaps = ir_grow(ir, NULL, &ir->snap_capacity, SNAPS, sizeof *ir->snaps);
    memset(&ir->snaps[0], 0, sizeof ir->snaps[0]);
    ir->snap_count = 1;
    ir->phi_arg_count = 1;
    ir->phi_args = ir_grow(ir, NULL, &ir->phi_arg_capacity, 32, sizeof *ir->phi_args);
    build->table = ir_alloc(ir, TABLE * sizeof *build->table);
    build->mask = TABLE - 1;
    build->place_table = ir_alloc(ir, PLACE_TABLE * sizeof *build->place_table);
    build->place_mask = PLACE_TABLE - 1;
    build->open = true;
}

struct ir *ir_new(unsigned word_bits)
{
    struct ir_arena first = {
        .spare = __atomic_exchange_n(&spare_chunks, NULL, __ATOMIC_ACQ_REL)};
    struct ir_arena *arena = arena_take(&first, sizeof *arena);
    struct ir *ir;

    *arena = first;
    ir = arena_take(arena, sizeof *ir);
    memset(ir, 0, sizeof *ir);
    ir->arena = arena;
    ir->word_bits = word_bits;
    ir->build = ir_alloc(ir, sizeof *ir->build);
    start_tables(ir);
    ir_block_new(ir);
    ir->blocks[0].sealed = true;
    return ir;
}

void ir_write_through(struct ir *ir)
{
    ir->through = true;
}

void ir_free(struct ir *ir)
{
    struct chunk *c, *next, *keep = NULL;
    unsigned kept = 0;

    if (!ir)
        return;
    free(ir->build->values);
    c = ir->arena->chunks;
    keep = ir->arena->spare;
    for (const struct chunk *s = keep; s; s = s->next)
        kept++;
    for (; c; c = next) {
        next = c->next;
        if (c->bytes == CHUNK_BYTES && kept < SPARE_CHUNKS) {
            c->next = keep;
            keep = c;
            kept++;
        } else {
            free(c);
        }
    }
    free_chunks(__atomic_exchange_n(&spare_chunks, keep, __ATOMIC_ACQ_REL));
}
