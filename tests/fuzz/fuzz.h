/*
 * fuzz.h - what the targets share: input in a block of exactly its size, so that the sanitizer sees
 * one byte too far, and a pool that is dropped after each run.
 */
#ifndef XIAOAO_FUZZ_H
#define XIAOAO_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void fuzz_one(struct pool *p, const char *s, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *exact = malloc(n > 0 ? n : 1);
	struct pool *p = pool_new();

	if (n > 0)
		memcpy(exact, bytes, n);
	fuzz_one(p, exact, n);
	pool_free(p);
	free(exact);
	return 0;
}

/* A claim that must hold whatever the input was. */
static inline void
fuzz_claim(int holds)
{
	if (!holds)
		abort();
}

#endif
