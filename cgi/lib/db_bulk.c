/* See db_bulk.h. */
#include "db_bulk.h"

#include <string.h>

/* One column of the rows as the client library wants it. */
static void
bind_column(MYSQL_BIND *b, struct pool *p, const struct arg *cell, size_t n, size_t columns)
{
	char *indicator = pool_alloc(p, n);
	unsigned long *lengths = pool_alloc(p, n * sizeof(*lengths));
	const char **texts = pool_alloc(p, n * sizeof(*texts));
	int64_t *numbers = pool_alloc(p, n * sizeof(*numbers));
	bool is_number = false;

	for (size_t i = 0; i < n; i++) {
		const struct arg *a = &cell[i * columns];

		is_number = is_number || a->type == ARG_INT;
		indicator[i] = a->type == ARG_NULL ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
		lengths[i] = a->n;
		texts[i] = a->s != NULL ? a->s : "";
		numbers[i] = a->i;
		if (a->type == ARG_BYTES)
			b->buffer_type = MYSQL_TYPE_BLOB;
	}
	if (b->buffer_type != MYSQL_TYPE_BLOB)
		b->buffer_type = is_number ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_STRING;
	b->buffer = is_number ? (void *)numbers : (void *)texts;
	b->length = lengths;
	b->u.indicator = indicator;
}

bool
db_bulk_bind(MYSQL_STMT *s, struct pool *p, const struct arg *cell, size_t n)
{
	size_t columns = mysql_stmt_param_count(s);
	MYSQL_BIND *binds = pool_alloc(p, columns * sizeof(*binds));
	unsigned rows = (unsigned)n;

	for (size_t i = 0; i < columns; i++)
		bind_column(&binds[i], p, cell + i, n, columns);
	mysql_stmt_attr_set(s, STMT_ATTR_ARRAY_SIZE, &rows);
	return mysql_stmt_bind_param(s, binds) == 0;
}
