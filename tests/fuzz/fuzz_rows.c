/*
 * Files that come in pieces: the rows of CSV, XML and workbooks are the same however the file is
 * cut, and what crosses the pipe is taken apart without belief.
 */
#include "fuzz.h"
#include "rowreader.h"
#include "utf8.h"

static const char *const fields[] = { "biz_date", "qty", NULL };

static bool
on_row(void *arg, const char *s, size_t n)
{
	struct buf *all = arg;
	struct table_cell cell[TABULAR_COLUMNS_MAX];
	struct table_row row;
	char *copy = malloc(n);

	memcpy(copy, s, n);
	fuzz_claim(tabbuild_decode(&row, cell, copy, n) && row.n > 0);
	for (uint32_t i = 0; i < row.n; i++)
		fuzz_claim(strlen(row.cell[i].text) == row.cell[i].n);
	free(copy);
	buf_add(all, s, n);
	return true;
}

static const char *
read_in(struct pool *p, const char *s, size_t n, size_t step, struct buf *all)
{
	struct tabbuild b;
	struct rowreader *r;

	tabbuild_stream(&b, buf_new(p), on_row, all);
	r = rowreader_new(&b, fields);
	for (size_t i = 0; i < n; i += step)
		if (!rowreader_push(r, s + i, n - i < step ? n - i : step))
			break;
	return rowreader_end(r) ? NULL : b.error;
}

static void
fuzz_one(struct pool *p, const char *s, size_t n)
{
	struct buf *whole = buf_new(p);
	struct buf *cut = buf_new(p);
	struct table_cell cell[TABULAR_COLUMNS_MAX];
	struct table_row row;
	const char *one = read_in(p, s, n, n + 1, whole);
	const char *two = read_in(p, s, n, n % 13 + 1, cut);

	fuzz_claim((one == NULL) == (two == NULL));
	if (one == NULL)
		fuzz_claim(whole->n == cut->n && memcmp(whole->s, cut->s, cut->n) == 0);
	tabbuild_decode(&row, cell, pool_strndup(p, s, n), n);
}
