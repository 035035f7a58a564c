/* See zipout.h. */
#include "zipout.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ENTRIES_MAX = 64, PIECE = 16384, VERSION = 20, FLAGS = 1 << 3 | 1 << 11, DEFLATE = 8 };
enum { DOS_DATE = 0x0021 }; /* 1980-01-01, the first there is */

struct entry {
	const char *name;
	uint32_t crc;
	uint32_t packed;
	uint32_t size;
	uint32_t offset;
};

struct zipout {
	struct sink to;
	z_stream deflate;
	struct entry entry[ENTRIES_MAX];
	unsigned n;
	uint32_t written;
	unsigned char piece[PIECE];
};

static void
buf_put(void *arg, const void *bytes, size_t n)
{
	buf_add(arg, bytes, n);
}

struct sink
sink_buf(struct buf *b)
{
	return (struct sink){ buf_put, b };
}

static void
emit(struct zipout *z, const void *bytes, size_t n)
{
	z->to.put(z->to.arg, bytes, n);
	z->written += (uint32_t)n;
}

/* Little-endian numbers of two and four bytes, one behind the other. */
struct record {
	unsigned char s[64];
	size_t n;
};

static void
add16(struct record *r, uint32_t v)
{
	r->s[r->n++] = (unsigned char)(v & 0xFF);
	r->s[r->n++] = (unsigned char)(v >> 8 & 0xFF);
}

static void
add32(struct record *r, uint32_t v)
{
	add16(r, v & 0xFFFF);
	add16(r, v >> 16);
}

static void
free_deflate(void *arg)
{
	struct zipout *z = arg;

	deflateEnd(&z->deflate);
}

struct zipout *
zipout_new(struct pool *p, struct sink to)
{
	enum { LEVEL = 6, MEMORY = 8 };
	struct zipout *z = pool_alloc(p, sizeof(*z));

	z->to = to;
	if (deflateInit2(&z->deflate, LEVEL, Z_DEFLATED, -MAX_WBITS, MEMORY, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		abort();
	pool_defer(p, free_deflate, z);
	return z;
}

/* Pushes what the compressor holds; flush is Z_NO_FLUSH, or Z_FINISH at the end of an entry. */
static void
pump(struct zipout *z, int flush)
{
	struct entry *e = &z->entry[z->n - 1];

	do {
		size_t n;

		z->deflate.next_out = z->piece;
		z->deflate.avail_out = PIECE;
		deflate(&z->deflate, flush);
		n = PIECE - z->deflate.avail_out;
		e->packed += (uint32_t)n;
		emit(z, z->piece, n);
	} while (z->deflate.avail_out == 0);
}

static void
close_entry(struct zipout *z)
{
	const struct entry *e;
	struct record r = { .n = 0 };

	if (z->n == 0)
		return;
	pump(z, Z_FINISH);
	deflateReset(&z->deflate);
	e = &z->entry[z->n - 1];
	add32(&r, 0x08074B50);
	add32(&r, e->crc);
	add32(&r, e->packed);
	add32(&r, e->size);
	emit(z, r.s, r.n);
}

void
zipout_entry(struct zipout *z, const char *name)
{
	struct record r = { .n = 0 };
	struct entry *e;

	close_entry(z);
	if (z->n == ENTRIES_MAX)
		abort();
	e = &z->entry[z->n++];
	*e = (struct entry){ .name = name, .offset = z->written };
	e->crc = (uint32_t)crc32(0, NULL, 0);
	add32(&r, 0x04034B50);
	add16(&r, VERSION);
	add16(&r, FLAGS);
	add16(&r, DEFLATE);
	add16(&r, 0);
	add16(&r, DOS_DATE);
	add32(&r, 0);
	add32(&r, 0);
	add32(&r, 0);
	add16(&r, (uint32_t)strlen(name));
	add16(&r, 0);
	emit(z, r.s, r.n);
	emit(z, name, strlen(name));
}

void
zipout_write(struct zipout *z, const void *bytes, size_t n)
{
	struct entry *e = &z->entry[z->n - 1];

	if (n == 0)
		return;
	e->crc = (uint32_t)crc32(e->crc, bytes, (uInt)n);
	e->size += (uint32_t)n;
	z->deflate.next_in = (unsigned char *)(uintptr_t)bytes;
	z->deflate.avail_in = (uInt)n;
	pump(z, Z_NO_FLUSH);
}

void
zipout_str(struct zipout *z, const char *s)
{
	zipout_write(z, s, strlen(s));
}

static void
write_central(struct zipout *z, const struct entry *e)
{
	struct record r = { .n = 0 };

	add32(&r, 0x02014B50);
	add16(&r, VERSION);
	add16(&r, VERSION);
	add16(&r, FLAGS);
	add16(&r, DEFLATE);
	add16(&r, 0);
	add16(&r, DOS_DATE);
	add32(&r, e->crc);
	add32(&r, e->packed);
	add32(&r, e->size);
	add16(&r, (uint32_t)strlen(e->name));
	add16(&r, 0);
	add16(&r, 0);
	add16(&r, 0);
	add16(&r, 0);
	add32(&r, 0);
	add32(&r, e->offset);
	emit(z, r.s, r.n);
	emit(z, e->name, strlen(e->name));
}

void
zipout_end(struct zipout *z)
{
	struct record r = { .n = 0 };
	uint32_t from;

	close_entry(z);
	from = z->written;
	for (unsigned i = 0; i < z->n; i++)
		write_central(z, &z->entry[i]);
	add32(&r, 0x06054B50);
	add32(&r, 0);
	add16(&r, z->n);
	add16(&r, z->n);
	add32(&r, z->written - from);
	add32(&r, from);
	add16(&r, 0);
	emit(z, r.s, r.n);
}
