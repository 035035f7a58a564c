/*
 * flowseen.h - has the same been there before? A set of 64-bit hashes: of a million rows, one in
 * ten million times somebody is warned for nothing.
 */
#ifndef XIAOAO_FLOWSEEN_H
#define XIAOAO_FLOWSEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct flowseen;

struct flowseen *flowseen_new(struct pool *p);

/* Hash of what was mixed so far and one more text. */
uint64_t flowseen_mix(uint64_t hash, const char *s, size_t n);

/* True when it was there before; it is now. */
bool flowseen_again(struct flowseen *f, uint64_t hash);

#endif
