/* See flowseen.h. */
#include "flowseen.h"

#include <stdlib.h>

#include "textmap.h"

struct flowseen {
	uint64_t *slot; /* 0: free */
	size_t size;    /* a power of two */
	size_t used;
};

static void
free_slots(void *arg)
{
	struct flowseen *f = arg;

	free(f->slot);
}

struct flowseen *
flowseen_new(struct pool *p)
{
	struct flowseen *f = pool_alloc(p, sizeof(*f));

	pool_defer(p, free_slots, f);
	return f;
}

uint64_t
flowseen_mix(uint64_t hash, const char *s, size_t n)
{
	return (hash << 7 | hash >> 57) ^ textmap_hash(s, n);
}

/* The place of a hash: its own or a free one. */
static uint64_t *
place(uint64_t *slot, size_t size, uint64_t hash)
{
	size_t i = (size_t)(hash * 0x9E3779B97F4A7C15ULL >> 20) & (size - 1);

	while (slot[i] != 0 && slot[i] != hash)
		i = (i + 1) & (size - 1);
	return &slot[i];
}

static void
grow(struct flowseen *f)
{
	size_t size = f->size == 0 ? 1024 : f->size * 2;
	uint64_t *slot = calloc(size, sizeof(*slot));

	if (slot == NULL)
		abort();
	for (size_t i = 0; i < f->size; i++)
		if (f->slot[i] != 0)
			*place(slot, size, f->slot[i]) = f->slot[i];
	free(f->slot);
	f->slot = slot;
	f->size = size;
}

bool
flowseen_again(struct flowseen *f, uint64_t hash)
{
	uint64_t *at;

	if (f->used * 2 >= f->size)
		grow(f);
	hash += hash == 0;
	at = place(f->slot, f->size, hash);
	if (*at != 0)
		return true;
	*at = hash;
	f->used++;
	return false;
}
