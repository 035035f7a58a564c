/* See textmap.h. */
#include "textmap.h"

#include <stdlib.h>
#include <string.h>

struct slot {
	uint64_t hash;
	const char *key;   /* NULL: free */
	size_t n;
	void *value;
};

struct textmap {
	struct pool *pool;
	struct slot *slot; /* not in the pool: it grows */
	size_t size;       /* a power of two */
	size_t used;
};

uint64_t
textmap_hash(const void *key, size_t n)
{
	const unsigned char *s = key;
	uint64_t h = 0xCBF29CE484222325ULL ^ n;

	for (; n >= sizeof(uint64_t); n -= sizeof(uint64_t), s += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, s, sizeof(word));
		h = (h ^ word) * 0x9E3779B97F4A7C15ULL;
		h ^= h >> 32;
	}
	for (; n > 0; n--)
		h = (h ^ *s++) * 0x100000001B3ULL;
	h = (h ^ h >> 29) * 0xBF58476D1CE4E5B9ULL;
	return h ^ h >> 32;
}

static void
free_slots(void *arg)
{
	struct textmap *m = arg;

	free(m->slot);
}

struct textmap *
textmap_new(struct pool *p)
{
	struct textmap *m = pool_alloc(p, sizeof(*m));

	m->pool = p;
	pool_defer(p, free_slots, m);
	return m;
}

static struct slot *
find(const struct textmap *m, uint64_t hash, const void *key, size_t n)
{
	size_t i = (size_t)hash & (m->size - 1);

	for (; m->slot[i].key != NULL; i = (i + 1) & (m->size - 1))
		if (m->slot[i].hash == hash && m->slot[i].n == n &&
		    memcmp(m->slot[i].key, key, n) == 0)
			break;
	return &m->slot[i];
}

void *
textmap_get(const struct textmap *m, const void *key, size_t n)
{
	return m->size == 0 ? NULL : find(m, textmap_hash(key, n), key, n)->value;
}

static void
grow(struct textmap *m)
{
	struct textmap larger = *m;

	larger.size = m->size == 0 ? 64 : m->size * 2;
	larger.slot = calloc(larger.size, sizeof(*larger.slot));
	if (larger.slot == NULL)
		abort();
	for (size_t i = 0; i < m->size; i++)
		if (m->slot[i].key != NULL)
			*find(&larger, m->slot[i].hash, m->slot[i].key, m->slot[i].n) = m->slot[i];
	free(m->slot);
	*m = larger;
}

void
textmap_put(struct textmap *m, const void *key, size_t n, void *value)
{
	uint64_t hash = textmap_hash(key, n);

	if (m->used * 4 >= m->size * 3)
		grow(m);
	*find(m, hash, key, n) = (struct slot){ hash, pool_strndup(m->pool, key, n), n, value };
	m->used++;
}
