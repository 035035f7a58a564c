/* See arena.h. */
#include "arena.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlmemory.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Under AddressSanitizer free room is poisoned, so a sheet that keeps a
 * pointer from an earlier request is caught at its first use.
 */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum {
	ALIGNMENT = 16,
	FIRST_CHUNK = 1 << 20,  /* a list page of 50 rows fits */
	LARGEST_CHUNK = 32 << 20,
	KEPT = 8 << 20          /* bytes that stay for the next request */
};

struct chunk {
	struct chunk *next;
	size_t size;
	size_t used;
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

/* The size stands before each block, for realloc. */
struct block {
	size_t size;
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

/*
 * Small blocks that were given back wait here to be handed out again: XPath
 * makes and drops objects at every step, and this keeps them in the cache.
 */
enum { SMALL = 256, CLASSES = SMALL / ALIGNMENT + 1 };

struct spare {
	struct spare *next;
};

static struct spare *spares[CLASSES];
static struct chunk *chunks; /* in order of use */
static struct chunk *current;
static bool open_;
static size_t used_before; /* in chunks before the current one */

static size_t
rounded(size_t n)
{
	return (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static struct block *
block_of(void *p)
{
	return (struct block *)(void *)((unsigned char *)p - offsetof(struct block, bytes));
}

static bool
is_ours(const void *p)
{
	for (const struct chunk *c = chunks; c != NULL; c = c->next)
		if ((uintptr_t)p - (uintptr_t)c->bytes < c->size)
			return true;
	return false;
}

/* The next chunk with room for n bytes; NULL without memory. */
static struct chunk *
chunk_for(size_t n)
{
	size_t size = current == NULL ? FIRST_CHUNK : current->size * 2;
	struct chunk *c;

	if (current != NULL && current->next != NULL && current->next->size >= n)
		return current->next;
	if (size > LARGEST_CHUNK)
		size = LARGEST_CHUNK;
	if (size < n)
		size = rounded(n);
	c = malloc(sizeof(*c) + size);
	if (c == NULL)
		return NULL;
	c->size = size;
	c->used = 0;
	POISON(c->bytes, c->size);
	if (current == NULL) {
		c->next = chunks;
		chunks = c;
	} else {
		c->next = current->next;
		current->next = c;
	}
	return c;
}

static void *
bump(size_t n)
{
	size_t need = sizeof(struct block) + rounded(n);
	struct block *b;

	if (n > SIZE_MAX / 4)
		return NULL;
	if (current == NULL || current->size - current->used < need) {
		struct chunk *c = chunk_for(need);

		if (c == NULL)
			return NULL;
		if (current != NULL && c != current)
			used_before += current->used;
		current = c;
	}
	b = (struct block *)(void *)(current->bytes + current->used);
	UNPOISON(b, sizeof(*b) + n);
	current->used += need;
	b->size = n;
	return b->bytes;
}

static void *
arena_malloc(size_t n)
{
	struct spare *s;

	if (!open_)
		return malloc(n);
	if (n > SMALL || spares[rounded(n) / ALIGNMENT] == NULL)
		return bump(n);
	s = spares[rounded(n) / ALIGNMENT];
	UNPOISON(s, n);
	UNPOISON(s, sizeof(*s));
	spares[rounded(n) / ALIGNMENT] = s->next;
	block_of(s)->size = n;
	return s;
}

/* A small block is spare now; others stay where they are until the end. */
static void
arena_free(void *p)
{
	struct spare *s = p;
	size_t room;

	if (p == NULL)
		return;
	if (!is_ours(p)) {
		free(p);
		return;
	}
	room = open_ ? rounded(block_of(p)->size) : 0;
	if (room == 0 || room > SMALL)
		return;
	UNPOISON(s, sizeof(*s));
	s->next = spares[room / ALIGNMENT];
	spares[room / ALIGNMENT] = s;
	POISON((char *)p + sizeof(*s), room - sizeof(*s));
}

/* The last block of the chunk grows where it is. */
static bool
grow_in_place(struct block *b, size_t n)
{
	size_t room = rounded(b->size);

	if (n <= room) {
		UNPOISON(b->bytes, n);
		b->size = n;
		return true;
	}
	if (b->bytes + room != current->bytes + current->used ||
	    n > SIZE_MAX / 4 || current->size - current->used < rounded(n) - room)
		return false;
	current->used += rounded(n) - room;
	UNPOISON(b->bytes, n);
	b->size = n;
	return true;
}

static void *
arena_realloc(void *p, size_t n)
{
	struct block *b;
	void *copy;

	if (p == NULL)
		return arena_malloc(n);
	if (!is_ours(p))
		return realloc(p, n);
	b = block_of(p);
	if (open_ && grow_in_place(b, n))
		return p;
	copy = arena_malloc(n);
	if (copy != NULL)
		memcpy(copy, p, b->size < n ? b->size : n);
	return copy;
}

static char *
arena_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = arena_malloc(n);

	return copy == NULL ? NULL : memcpy(copy, s, n);
}

void
arena_init(void)
{
	xmlMemSetup(arena_free, arena_malloc, arena_realloc, arena_strdup);
	xmlInitParser();
}

void
arena_begin(void)
{
	open_ = true;
	current = chunks;
}

void
arena_end(void)
{
	size_t kept = 0;
	struct chunk **at = &chunks;

	xmlResetLastError(); /* its strings are in the arena */
	while (*at != NULL) {
		struct chunk *c = *at;

		if (kept + c->size > KEPT && c != chunks) {
			*at = c->next;
			UNPOISON(c->bytes, c->size);
			free(c);
			continue;
		}
		kept += c->size;
		c->used = 0;
		POISON(c->bytes, c->size);
		at = &c->next;
	}
	memset(spares, 0, sizeof(spares));
	open_ = false;
	current = NULL;
	used_before = 0;
}

bool
arena_open(void)
{
	return open_;
}

size_t
arena_used(void)
{
	return used_before + (current == NULL ? 0 : current->used);
}
