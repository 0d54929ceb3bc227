/*
 * hash.h - a hash table from 64-bit keys to pointers.
 *
 * Invariants
 *  (1) Open addressing with linear probing; the capacity is a power of two, at least 4/3
 * of what is in use. An entry with value NULL is free. (2) hash_find, hash_remove and a
 * hash_put of a key that is there allocate nothing, so a fault handler may call them. (3)
 * A zeroed struct hash is an empty table.
 */
#ifndef ISOMORPH_UTIL_HASH_H
#define ISOMORPH_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_entry {
    uint64_t key;
    void *value;
};

struct hash {
    struct hash_entry *entries;
    size_t capacity, count;
};

/* hash_find - the value of KEY, or NULL. */
void *hash_find(const struct hash *h, uint64_t key);

/* hash_put - set the value of KEY; VALUE is not NULL. */
void hash_put(struct hash *h, uint64_t key, void *value);

/* hash_remove - take KEY out if it is there; returns its value, or NULL. */
void *hash_remove(struct hash *h, uint64_t key);

/* hash_clear - take everything out and free the table's own memory. */
void hash_clear(struct hash *h);

#endif
