/* See db_rows.h and, for the row_ functions, db.h. */
#include "db_rows.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_CELL = 8192 };

/* What mysql_stmt_bind_result wants: it copies MYSQL_BIND, so is_null and length
 * must point to memory of ours. */
struct cells {
	unsigned n;
	MYSQL_BIND *binds;
	my_bool *nulls;
	unsigned long *lengths;
};

static struct cells
cells_bind(struct pool *pool, MYSQL_STMT *s, const unsigned long *sizes)
{
	struct cells c;

	c.n = mysql_stmt_field_count(s);
	c.binds = pool_alloc(pool, c.n * sizeof(*c.binds));
	c.nulls = pool_alloc(pool, c.n * sizeof(*c.nulls));
	c.lengths = pool_alloc(pool, c.n * sizeof(*c.lengths));
	for (unsigned i = 0; i < c.n; i++) {
		c.binds[i].buffer_type = MYSQL_TYPE_STRING;
		c.binds[i].buffer_length = sizes[i] + 1;
		c.binds[i].buffer = pool_alloc(pool, sizes[i] + 1);
		c.binds[i].is_null = &c.nulls[i];
		c.binds[i].length = &c.lengths[i];
	}
	return c;
}

static struct rows *
rows_named(struct pool *pool, const MYSQL_FIELD *fields, unsigned ncols, size_t n)
{
	struct rows *rows = pool_alloc(pool, sizeof(*rows));
	const char **names = pool_alloc(pool, ncols * sizeof(*names));

	for (unsigned i = 0; i < ncols; i++)
		names[i] = pool_strdup(pool, fields[i].name);
	rows->n = n;
	rows->ncols = ncols;
	rows->names = names;
	rows->cells = pool_alloc(pool, n * ncols * sizeof(*rows->cells));
	rows->lengths = pool_alloc(pool, n * ncols * sizeof(*rows->lengths));
	return rows;
}

/* Copies the row in the buffers to place i of rows. */
static void
take_row(struct pool *pool, const struct cells *c, const struct rows *rows, size_t i)
{
	const char **cells = (const char **)(uintptr_t)&rows->cells[i * rows->ncols];
	size_t *lengths = (size_t *)(uintptr_t)&rows->lengths[i * rows->ncols];

	for (unsigned k = 0; k < c->n; k++) {
		cells[k] = c->nulls[k] ? NULL :
		    pool_strndup(pool, c->binds[k].buffer, c->lengths[k]);
		lengths[k] = c->nulls[k] ? 0 : c->lengths[k];
	}
}

/* An upper bound of a value as text: numbers and dates have no max_length in the
 * binary protocol. */
static unsigned long
text_size(const MYSQL_FIELD *f)
{
	switch (f->type) {
	case MYSQL_TYPE_STRING:
	case MYSQL_TYPE_VAR_STRING:
	case MYSQL_TYPE_BLOB:
	case MYSQL_TYPE_TINY_BLOB:
	case MYSQL_TYPE_MEDIUM_BLOB:
	case MYSQL_TYPE_LONG_BLOB:
	case MYSQL_TYPE_VARCHAR:
		return f->max_length;
	default:
		return f->max_length > 80 ? f->max_length : 80;
	}
}

struct rows *
db_rows_read(struct pool *pool, MYSQL_STMT *s)
{
	unsigned ncols = mysql_stmt_field_count(s);
	unsigned long *sizes = pool_alloc(pool, ncols * sizeof(*sizes));
	MYSQL_RES *meta;
	const MYSQL_FIELD *fields;
	struct rows *rows;
	struct cells c;

	if (mysql_stmt_store_result(s) != 0)
		return NULL;
	meta = mysql_stmt_result_metadata(s);
	if (meta == NULL)
		return NULL;
	fields = mysql_fetch_fields(meta);
	for (unsigned i = 0; i < ncols; i++)
		sizes[i] = text_size(&fields[i]);
	c = cells_bind(pool, s, sizes);
	rows = rows_named(pool, fields, ncols, mysql_stmt_num_rows(s));
	mysql_free_result(meta);
	if (mysql_stmt_bind_result(s, c.binds) != 0)
		return NULL;
	for (size_t i = 0; i < rows->n; i++) {
		if (mysql_stmt_fetch(s) != 0)
			return NULL;
		take_row(pool, &c, rows, i);
	}
	mysql_stmt_free_result(s);
	return rows;
}

/* How much of a value fits a cell: never half a character. */
static size_t
fitting(const char *text, size_t n)
{
	if (n <= STREAM_CELL)
		return n;
	n = STREAM_CELL;
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

bool
db_rows_each(struct pool *pool, MYSQL_STMT *s, bool (*fn)(void *, const struct rows *), void *arg)
{
	unsigned ncols = mysql_stmt_field_count(s);
	unsigned long *sizes = pool_alloc(pool, ncols * sizeof(*sizes));
	MYSQL_RES *meta = mysql_stmt_result_metadata(s);
	struct rows *row;
	struct cells c;
	int rc;

	if (meta == NULL)
		return false;
	for (unsigned i = 0; i < ncols; i++)
		sizes[i] = STREAM_CELL;
	c = cells_bind(pool, s, sizes);
	row = rows_named(pool, mysql_fetch_fields(meta), ncols, 1);
	mysql_free_result(meta);
	if (mysql_stmt_bind_result(s, c.binds) != 0)
		return false;
	while ((rc = mysql_stmt_fetch(s)) == 0 || rc == MYSQL_DATA_TRUNCATED) {
		const char **cells = (const char **)(uintptr_t)row->cells;
		size_t *lengths = (size_t *)(uintptr_t)row->lengths;

		for (unsigned k = 0; k < ncols; k++) {
			char *text = c.binds[k].buffer;

			lengths[k] = fitting(text, c.lengths[k]);
			text[lengths[k]] = '\0';
			cells[k] = c.nulls[k] ? NULL : text;
		}
		if (!fn(arg, row))
			return false;
	}
	return rc == MYSQL_NO_DATA;
}

const struct rows *
rows_next(const struct rows *rows)
{
	static const struct rows none = { 0 };

	return rows->next != NULL ? rows->next : &none;
}

struct rows
rows_one(const struct rows *rows, size_t i)
{
	struct rows one = *rows;

	one.n = 1;
	one.cells += i * rows->ncols;
	one.lengths = rows->lengths == NULL ? NULL : rows->lengths + i * rows->ncols;
	one.next = NULL;
	return one;
}

int
row_col(const struct rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->ncols; i++) {
		if (strcmp(rows->names[i], name) == 0)
			return (int)i;
	}
	return -1;
}

static const char *
cell(const struct rows *rows, size_t i, const char *name)
{
	int col = row_col(rows, name);

	if (i >= rows->n || col < 0) {
		fprintf(stderr, "no column %s, or no row %zu of %zu\n", name, i, rows->n);
		abort();
	}
	return rows->cells[i * rows->ncols + (size_t)col];
}

const char *
row_str(const struct rows *rows, size_t i, const char *name)
{
	const char *s = cell(rows, i, name);

	return s == NULL ? "" : s;
}

int64_t
row_int(const struct rows *rows, size_t i, const char *name)
{
	return strtoll(row_str(rows, i, name), NULL, 10);
}

bool
row_null(const struct rows *rows, size_t i, const char *name)
{
	return cell(rows, i, name) == NULL;
}
