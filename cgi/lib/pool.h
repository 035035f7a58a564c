/*
 * pool.h - memory of one request, and growing byte buffers in it.
 *
 * A pool hands out zeroed memory that is never freed alone: pool_reset() drops
 * all of it at once and runs what was deferred, last first.  Nothing here
 * returns NULL: a program without memory ends (memory.h).  A pool belongs to
 * one thread.
 */
#ifndef XIAOAO_POOL_H
#define XIAOAO_POOL_H

#include <stdarg.h>
#include <stddef.h>

struct pool;

struct pool *pool_new(void);

/* Runs what was deferred and gives all memory back. */
void pool_free(struct pool *p);

/* As pool_free(), but keeps the first block for the next request. */
void pool_reset(struct pool *p);

/* Zeroed memory, aligned for any object; n may be 0. */
void *pool_alloc(struct pool *p, size_t n);

/* A copy of n bytes with a NUL behind them. */
char *pool_strndup(struct pool *p, const char *s, size_t n);

/* A copy of s; NULL stays NULL. */
char *pool_strdup(struct pool *p, const char *s);

char *pool_printf(struct pool *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *pool_vprintf(struct pool *p, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* fn(arg) runs when the pool is reset or freed: write it on the line after an acquisition. */
void pool_defer(struct pool *p, void (*fn)(void *), void *arg);

/* Bytes that grow in a pool.  s is always followed by a NUL that n does not count. */
struct buf {
	char *s;
	size_t n;
	size_t cap;
	struct pool *pool;
};

struct buf *buf_new(struct pool *p);
void buf_add(struct buf *b, const void *s, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for n more bytes and returns where they go; the caller adds to b->n. */
char *buf_reserve(struct buf *b, size_t n);

#endif
