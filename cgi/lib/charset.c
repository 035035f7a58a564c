/* See charset.h. */
#include "charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "utf8.h"

/* Bytes from the first that is not ASCII that decide between UTF-8 and GB18030. */
enum { WINDOW = 4096, ROOM = 65536 };

enum kind { UNMARKED, ASCII, UTF8, GB18030, UTF16LE, UTF16BE };

struct charset {
	void (*sink)(void *arg, const char *s, size_t n);
	void *arg;
	enum kind kind;
	const char *error;
	struct buf *wait;   /* bytes that could not be decided or decoded yet */
	struct buf *out;
	uint32_t high;      /* first half of a pair in UTF-16 */
};

/* Kept open: glibc reads the converter's tables from disk, which a sandboxed child cannot. */
static iconv_t from_gb18030 = (iconv_t)-1;

void
charset_init(void)
{
	if (from_gb18030 == (iconv_t)-1)
		from_gb18030 = iconv_open("UTF-8", "GB18030");
}

struct charset *
charset_new(struct pool *p, void (*sink)(void *arg, const char *s, size_t n), void *arg)
{
	struct charset *c = pool_alloc(p, sizeof(*c));

	charset_init();
	c->sink = sink;
	c->arg = arg;
	c->wait = buf_new(p);
	c->out = buf_new(p);
	return c;
}

const char *
charset_error(const struct charset *c)
{
	return c->error;
}

static void
fail(struct charset *c, const char *code)
{
	if (c->error == NULL)
		c->error = code;
}

static void
emit(struct charset *c, const char *s, size_t n)
{
	if (n > 0 && memchr(s, '\0', n) != NULL)
		fail(c, "file.not_table");
	else if (n > 0)
		c->sink(c->arg, s, n);
}

/* The first bytes of the waiting ones have been dealt with. */
static void
drop(struct charset *c, size_t n)
{
	memmove(c->wait->s, c->wait->s + n, c->wait->n - n);
	c->wait->n -= n;
}

static void
read_mark(struct charset *c)
{
	const char *s = c->wait->s;
	size_t n = c->wait->n;

	c->kind = ASCII;
	if (n >= 2 && memcmp(s, "\xFF\xFE", 2) == 0)
		c->kind = UTF16LE;
	else if (n >= 2 && memcmp(s, "\xFE\xFF", 2) == 0)
		c->kind = UTF16BE;
	else if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0)
		c->kind = UTF8;
	drop(c, c->kind == ASCII ? 0 : c->kind == UTF8 ? 3 : 2);
}

/* Well-formed but for a last character that may be cut off. */
static bool
looks_utf8(const char *s, size_t n, bool complete)
{
	uint32_t code;

	for (size_t i = 0; i < n;) {
		int length = utf8_next(s + i, n - i, &code);

		if (length == UTF8_BAD)
			return !complete && n - i < 4;
		i += (size_t)length;
	}
	return true;
}

/* ASCII so far goes on; with enough behind the first other byte the kind is known. */
static void
decide(struct charset *c, bool last)
{
	size_t i = 0;

	while (i < c->wait->n && (unsigned char)c->wait->s[i] < 0x80)
		i++;
	emit(c, c->wait->s, i);
	drop(c, i);
	if (c->wait->n == 0 || (c->wait->n < WINDOW && !last))
		return;
	c->kind = looks_utf8(c->wait->s, c->wait->n, last) ? UTF8 : GB18030;
}

static void
convert_gb18030(struct charset *c, bool last)
{
	char *from = c->wait->s;
	size_t left = c->wait->n;

	if (from_gb18030 == (iconv_t)-1) {
		fail(c, "file.charset");
		return;
	}
	iconv(from_gb18030, NULL, NULL, NULL, NULL);
	while (left > 0 && c->error == NULL) {
		char *at;
		size_t room = ROOM;
		size_t rc;

		c->out->n = 0;
		at = buf_reserve(c->out, ROOM);
		rc = iconv(from_gb18030, &from, &left, &at, &room);
		emit(c, c->out->s, ROOM - room);
		if (rc != (size_t)-1 || errno == E2BIG)
			continue;
		if (errno != EINVAL || last)
			fail(c, "file.charset");
		break;
	}
	drop(c, c->wait->n - left);
}

/* UTF-16, as Excel's "Unicode text" is; lone surrogates are refused. */
static void
convert_utf16(struct charset *c, bool last)
{
	const unsigned char *u = (const unsigned char *)c->wait->s;
	bool big = c->kind == UTF16BE;
	size_t i = 0;

	c->out->n = 0;
	for (; i + 1 < c->wait->n && c->error == NULL; i += 2) {
		uint32_t x = big ? (uint32_t)u[i] << 8 | u[i + 1] : (uint32_t)u[i + 1] << 8 | u[i];
		bool is_low = x >= 0xDC00 && x <= 0xDFFF;

		if (is_low != (c->high != 0)) {
			fail(c, "file.charset");
			return;
		}
		if (x >= 0xD800 && x <= 0xDBFF) {
			c->high = x;
			continue;
		}
		if (is_low)
			x = 0x10000 + ((c->high - 0xD800) << 10) + (x - 0xDC00);
		c->high = 0;
		c->out->n += utf8_put(buf_reserve(c->out, 4), x);
	}
	emit(c, c->out->s, c->out->n);
	drop(c, i);
	if (last && (c->high != 0 || c->wait->n > 0))
		fail(c, "file.charset");
}

static void
run(struct charset *c, bool last)
{
	if (c->kind == UNMARKED && (c->wait->n >= 3 || last))
		read_mark(c);
	if (c->kind == ASCII)
		decide(c, last);
	if (c->kind == GB18030) {
		convert_gb18030(c, last);
	} else if (c->kind == UTF16LE || c->kind == UTF16BE) {
		convert_utf16(c, last);
	} else if (c->kind == UTF8) {
		emit(c, c->wait->s, c->wait->n);
		c->wait->n = 0;
	}
}

bool
charset_push(struct charset *c, const char *s, size_t n)
{
	if (c->error == NULL) {
		buf_add(c->wait, s, n);
		run(c, false);
	}
	return c->error == NULL;
}

bool
charset_end(struct charset *c)
{
	if (c->error == NULL)
		run(c, true);
	return c->error == NULL;
}
