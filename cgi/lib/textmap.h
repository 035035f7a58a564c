/*
 * textmap.h - values found by any bytes: open addressing in a pool, nothing is taken out again.
 */
#ifndef XIAOAO_TEXTMAP_H
#define XIAOAO_TEXTMAP_H

#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct textmap;

struct textmap *textmap_new(struct pool *p);

/* The value, or NULL. */
void *textmap_get(const struct textmap *m, const void *key, size_t n);

/* Keeps a copy of the key; the key must not be there yet. */
void textmap_put(struct textmap *m, const void *key, size_t n, void *value);

/* FNV-1a over words: for tables in memory, not for anything stored. */
uint64_t textmap_hash(const void *key, size_t n);

#endif
