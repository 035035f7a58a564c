/* reader.h - a table read without the child around the parser. */
#ifndef XIAOAO_TEST_READER_H
#define XIAOAO_TEST_READER_H

#include "bed.h"
#include "tabular.h"

static struct table t;

/* From an exact-size block, so that the sanitizer sees one byte too far. */
static bool
read_bytes(const void *s, size_t n)
{
	void *exact = malloc(n);
	bool good;

	if (n > 0)
		memcpy(exact, s, n);
	good = tabular_read(&t, p, exact, n, &error);
	free(exact);
	return good;
}

static inline bool
read_text(const char *s)
{
	return read_bytes(s, strlen(s));
}

static inline bool
read_buf(const struct buf *b)
{
	return read_bytes(b->s, b->n);
}

static inline void
assert_refused(bool good, const char *code)
{
	assert_false(good);
	assert_string_equal(error, code);
}

#endif
