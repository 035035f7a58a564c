/* See tableout.h. */
#include "tableout.h"

#include <string.h>

#include "xml.h"

struct csv {
	struct table_out table;
	struct sink to;
	struct buf *line; /* used again for every row */
};

void
table_row(struct table_out *t, const char *const *values)
{
	t->row(t, values);
}

void
table_end(struct table_out *t)
{
	t->end(t);
}

enum table_kind
table_kind(enum type type)
{
	switch (type) {
	case TYPE_INT:
	case TYPE_QTY:
	case TYPE_MONEY:
	case TYPE_PRICE:
	case TYPE_PERCENT:
	case TYPE_GROWTH:
	case TYPE_PROGRESS:
	case TYPE_BYTES:
		return TABLE_NUMBER;
	case TYPE_DATE:
	case TYPE_DUE:
		return TABLE_DATE;
	case TYPE_DATETIME:
	case TYPE_AGO:
		return TABLE_MOMENT;
	case TYPE_MONTH:
		return TABLE_MONTH;
	default:
		return TABLE_TEXT;
	}
}

bool
table_is_number(const char *s)
{
	enum { DIGITS_MAX = 15 };
	int significant = 0;
	bool point = false;
	bool any = false;

	if (*s == '-')
		s++;
	for (; *s != '\0'; s++) {
		if (*s == '.' && any && !point) {
			point = true;
			continue;
		}
		if (*s < '0' || *s > '9')
			return false;
		any = true;
		significant += significant > 0 || *s != '0';
	}
	return any && s[-1] != '.' && significant <= DIGITS_MAX;
}

/* A local time as people read it: 2026-03-05 21:45:00. */
static void
add_moment(struct buf *line, const char *utc)
{
	char local[32];

	x_instant(utc, local);
	if (local[0] != '\0' && strlen(local) >= 19 && local[10] == 'T') {
		buf_add(line, local, 10);
		buf_char(line, ' ');
		buf_add(line, local + 11, 8);
	} else {
		buf_str(line, local);
	}
}

static void
add_text(struct buf *line, const char *s)
{
	bool formula = strchr("=+-@\t\r", *s) != NULL;
	bool quoted = strpbrk(s, "\",;\t\r\n") != NULL || *s == ' ' || s[strlen(s) - 1] == ' ';

	if (quoted)
		buf_char(line, '"');
	if (formula)
		buf_char(line, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '"')
			buf_char(line, '"');
		buf_char(line, *s);
	}
	if (quoted)
		buf_char(line, '"');
}

static void
add_value(struct buf *line, enum type type, const char *s)
{
	if (s == NULL || *s == '\0')
		return;
	if (table_kind(type) == TABLE_MOMENT)
		add_moment(line, s);
	else if (table_kind(type) == TABLE_NUMBER && table_is_number(s))
		buf_str(line, s);
	else
		add_text(line, s);
}

static void
flush(struct csv *csv)
{
	buf_str(csv->line, "\r\n");
	csv->to.put(csv->to.arg, csv->line->s, csv->line->n);
	csv->line->n = 0;
}

static void
csv_row(struct table_out *t, const char *const *values)
{
	struct csv *csv = (struct csv *)t;

	for (size_t i = 0; i < t->n; i++) {
		if (i > 0)
			buf_char(csv->line, ',');
		add_value(csv->line, t->column[i].type, values[i]);
	}
	flush(csv);
}

static void
csv_end(struct table_out *t)
{
	(void)t;
}

struct table_out *
csv_table(struct pool *p, struct sink to, const struct table_column *columns, size_t n)
{
	struct csv *csv = pool_alloc(p, sizeof(*csv));

	csv->table = (struct table_out){ csv_row, csv_end, columns, n };
	csv->to = to;
	csv->line = buf_new(p);
	buf_str(csv->line, "\xEF\xBB\xBF");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(csv->line, ',');
		add_value(csv->line, TYPE_TEXT, columns[i].title);
	}
	flush(csv);
	return &csv->table;
}
