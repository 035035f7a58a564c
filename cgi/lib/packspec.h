/*
 * packspec.h - what a pack holds, as people write it: 0.25g*24粒/盒, 250mg×12s×2板, 5ml:0.1g*10支.
 */
#ifndef XIAOAO_PACKSPEC_H
#define XIAOAO_PACKSPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"

enum { PACK_MEASURES = 4 };

struct packspec {
	size_t n;                        /* measures told, sorted */
	int64_t measure[PACK_MEASURES];  /* thousandths of μg, μl or units, with their kind */
	int64_t count;                   /* pieces; 1 when none is told */
	bool counted;                    /* a number of pieces was told */
};

struct packspec packspec_read(struct pool *p, const char *s);

/* The same content of a piece; a text that tells none agrees with any. */
bool packspec_same_content(const struct packspec *a, const struct packspec *b);

#endif
