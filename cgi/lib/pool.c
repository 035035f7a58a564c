/* See pool.h. */
#include "pool.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 32768, ALIGNMENT = 16 };

struct block {
	struct block *next;
	size_t used;
	size_t size;
	_Alignas(ALIGNMENT) char bytes[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *);
	void *arg;
};

struct pool {
	struct block *blocks; /* newest first; the last one stays over a reset */
	struct deferred *deferred;
};

static struct block *
block_new(size_t size)
{
	struct block *b = malloc(sizeof(*b) + size);

	b->next = NULL;
	b->used = 0;
	b->size = size;
	return b;
}

struct pool *
pool_new(void)
{
	struct pool *p = calloc(1, sizeof(*p));

	p->blocks = block_new(BLOCK_SIZE);
	return p;
}

static void
run_deferred(struct pool *p)
{
	while (p->deferred != NULL) {
		struct deferred *d = p->deferred;

		p->deferred = d->next;
		d->fn(d->arg);
	}
}

void
pool_reset(struct pool *p)
{
	run_deferred(p);
	while (p->blocks->next != NULL) {
		struct block *b = p->blocks;

		p->blocks = b->next;
		free(b);
	}
	p->blocks->used = 0;
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	pool_reset(p);
	free(p->blocks);
	free(p);
}

/* Room with whatever is in it. */
static void *
raw(struct pool *p, size_t n)
{
	struct block *b = p->blocks;
	void *at;

	if (n > SIZE_MAX / 2)
		abort();
	n = (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (b->size - b->used < n) {
		b = block_new(n > BLOCK_SIZE ? n : BLOCK_SIZE);
		b->next = p->blocks;
		p->blocks = b;
	}
	at = b->bytes + b->used;
	b->used += n;
	return at;
}

void *
pool_alloc(struct pool *p, size_t n)
{
	return memset(raw(p, n), 0, n);
}

char *
pool_strndup(struct pool *p, const char *s, size_t n)
{
	char *copy = raw(p, n + 1);

	if (n > 0)
		memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *
pool_strdup(struct pool *p, const char *s)
{
	return s == NULL ? NULL : pool_strndup(p, s, strlen(s));
}

char *
pool_vprintf(struct pool *p, const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		abort();
	s = pool_alloc(p, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	return s;
}

char *
pool_printf(struct pool *p, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = pool_vprintf(p, fmt, ap);
	va_end(ap);
	return s;
}

void
pool_defer(struct pool *p, void (*fn)(void *), void *arg)
{
	struct deferred *d = pool_alloc(p, sizeof(*d));

	d->fn = fn;
	d->arg = arg;
	d->next = p->deferred;
	p->deferred = d;
}

struct buf *
buf_new(struct pool *p)
{
	struct buf *b = pool_alloc(p, sizeof(*b));

	b->pool = p;
	b->cap = 1024;
	b->s = pool_alloc(p, b->cap);
	return b;
}

char *
buf_reserve(struct buf *b, size_t n)
{
	if (n >= b->cap - b->n) {
		size_t cap = b->cap * 2;
		char *s;

		while (cap - b->n <= n)
			cap *= 2;
		s = raw(b->pool, cap);
		memcpy(s, b->s, b->n);
		s[b->n] = '\0';
		b->s = s;
		b->cap = cap;
	}
	return b->s + b->n;
}

void
buf_add(struct buf *b, const void *s, size_t n)
{
	if (n == 0)
		return;
	memcpy(buf_reserve(b, n), s, n);
	b->n += n;
	b->s[b->n] = '\0';
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = pool_vprintf(b->pool, fmt, ap);
	va_end(ap);
	buf_str(b, s);
}
