/* Rows through a child: large files, refusals, crashes and what is left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "log.h"
#include "pool.h"
#include "rowfeed.h"
#include "rowfeed_wire.h"

static struct rowfeed *feed;
static const char *error;

struct job {
	const char *piece; /* given `times` times */
	size_t n;
	int times;
	uint32_t rows;
	uint32_t wanted;   /* rows until no more are wanted; 0: all */
	char last[32];     /* first cell of the last row */
};

static bool
on_piece(void *arg, const char **s, size_t *n)
{
	struct job *j = arg;

	*s = j->piece;
	*n = j->n;
	return j->times-- > 0;
}

static bool
on_row(void *arg, const struct table_row *row)
{
	struct job *j = arg;

	strncpy(j->last, table_cell(row, 0)->text, sizeof(j->last) - 1);
	return ++j->rows != j->wanted;
}

static bool
run(struct job *j)
{
	struct rowfeed_use use = { on_piece, on_row, j };

	if (j->n == 0)
		j->n = strlen(j->piece);
	return rowfeed_read(feed, &use, &error);
}

static void
a_large_file(void **state)
{
	struct pool *p = pool_new();
	struct buf *b = buf_new(p);
	struct job j = { .times = 40 };

	(void)state;
	while (b->n < ROWFEED_PIECE_MAX - 64)
		buf_str(b, "2026-03-01,阿莫西林胶囊,10\n");
	j.piece = b->s;
	j.n = b->n;
	assert_true(run(&j));
	assert_int_equal(j.rows, 40 * (b->n / strlen("2026-03-01,阿莫西林胶囊,10\n")));
	pool_free(p);
}

static void
refusals(void **state)
{
	struct job text = { .piece = "%PDF-1.7 is no table", .times = 1 };
	struct job nothing = { .piece = "x", .times = 0 };
	struct job good = { .piece = "a,b\n1,2\n", .times = 1 };

	(void)state;
	assert_false(run(&text));
	assert_string_equal(error, "file.not_table");
	assert_false(run(&nothing));
	assert_string_equal(error, "file.empty");
	assert_true(run(&good));
	assert_string_equal(good.last, "1");
}

/* Whoever wants no more rows is not kept waiting, and the next file is not mixed up with it. */
static void
enough(void **state)
{
	struct job some = { .piece = "old,b\n1,2\n3,4\n", .times = 100000, .wanted = 30 };
	struct job next = { .piece = "new,b\n", .times = 1 };

	(void)state;
	assert_false(run(&some));
	assert_string_equal(error, "file.lost");
	assert_int_equal(some.rows, 30);
	assert_true(run(&next));
	assert_string_equal(next.last, "new");
	assert_int_equal(next.rows, 1);
}

static void
too_many_rows(void **state)
{
	struct pool *p = pool_new();
	struct buf *b = buf_new(p);
	struct job j = { .times = 10 };

	(void)state;
	while (b->n < 500000)
		buf_str(b, "1\n");
	j.piece = b->s;
	j.n = b->n;
	assert_false(run(&j));
	assert_string_equal(error, "file.long");
	pool_free(p);
}

int
main(void)
{
	static const char *const fields[] = { "qty", NULL };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_file),
		cmocka_unit_test(refusals),
		cmocka_unit_test(enough),
		cmocka_unit_test(too_many_rows),
	};

	log_open("test", "info");
	feed = rowfeed_start(fields);
	if (feed == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
