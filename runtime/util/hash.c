/* hash.c - a hash table from 64-bit keys to pointers; see hash.h. */
#include "util/hash.h"

#include "util/alloc.h"

#include <stdlib.h>

static size_t home(const struct hash *h, uint64_t key)
{
    return (size_t)((key * 0x9e3779b97f4a7c15u) >> 20) & (h->capacity - 1);
}

/* slot_of - where KEY is, or the free entry where it would go. */
static struct hash_entry *slot_of(const struct hash *h, uint64_t key)
{
    size_t i = home(h, key);
    while (h->entries[i].value != NULL && h->entries[i].key != key)
        i = (i + 1) & (h->capacity - 1);
    return &h->entries[i];
}

void *hash_find(const struct hash *h, uint64_t key)
{
    return h->capacity == 0 ? NULL : slot_of(h, key)->value;
}

static void grow(struct hash *h)
{
    struct hash old = *h;
    h->capacity = old.capacity == 0 ? 64 : old.capacity * 2;
    h->entries = xcalloc(h->capacity, sizeof *h->entries);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.entries[i].value != NULL)
            *slot_of(h, old.entries[i].key) = old.entries[i];
    free(old.entries);
}

void hash_put(struct hash *h, uint64_t key, void *value)
{
    struct hash_entry *e = h->capacity == 0 ? NULL : slot_of(h, key);
    if (e == NULL || e->value == NULL) {
        if ((h->count + 1) * 4 > h->capacity * 3)
            grow(h);
        e = slot_of(h, key);
        h->count++;
    }
    e->key = key;
    e->value = value;
}

void *hash_remove(struct hash *h, uint64_t key)
{
    if (h->capacity == 0)
        return NULL;
    struct hash_entry *e = slot_of(h, key);
    void *value = e->value;
    if (value == NULL)
        return NULL;
    h->count--;
    /* Move later entries of the run back, so that no probe meets a hole before its key.
     */
    size_t mask = h->capacity - 1, hole = (size_t)(e - h->entries);
    for (size_t i = (hole + 1) & mask; h->entries[i].value != NULL; i = (i + 1) & mask) {
        size_t at = home(h, h->entries[i].key);
        if (((i - at) & mask) >= ((i - hole) & mask)) {
            h->entries[hole] = h->entries[i];
            hole = i;
        }
    }
    h->entries[hole].value = NULL;
    return value;
}

void hash_clear(struct hash *h)
{
    free(h->entries);
    *h = (struct hash){0};
}
