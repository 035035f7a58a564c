/* See export.h. */
#include "export.h"

#include <stdio.h>
#include <stdlib.h>

#include "names.h"
#include "tableout.h"
#include "words.h"

enum { MAX_COLUMNS = 64, WORD_KEY = 128 };

struct export {
	struct req *r;
	struct pool *texts; /* of one row */
	struct table_out *table;
	const struct column *source[MAX_COLUMNS]; /* of each column written */
	const char *alias[MAX_COLUMNS];
	struct table_column columns[MAX_COLUMNS];
	size_t n;
};

/* The head of a column: what the list calls it, else what the field is called everywhere. */
static const char *
title(const struct req *r, const char *list, const char *name)
{
	const char *text = word(r->words, pool_printf(r->pool, "col.%s.%s", list, name));

	return text != NULL ? text : word(r->words, pool_printf(r->pool, "field.%s", name));
}

static void
add_column(struct export *e, const char *list, const struct column *c, const char *alias,
    enum type type)
{
	const char *head = title(e->r, list, alias);

	if (e->n == MAX_COLUMNS || (head == NULL && alias != c->name))
		return;
	e->source[e->n] = c;
	e->alias[e->n] = alias;
	e->columns[e->n].title = head != NULL ? head : alias;
	e->columns[e->n].type = type;
	e->n++;
}

/* A second line of a cell is a column of its own, where it has a name. */
static void
add_columns(struct export *e, const char *list, const struct column *columns)
{
	for (const struct column *c = columns; c->name != NULL; c++) {
		add_column(e, list, c, c->name, c->type);
		if (c->sub != NULL)
			add_column(e, list, c, c->sub, TYPE_TEXT);
	}
}

static const char *
status_word(const struct export *e, const struct column *c, const char *value)
{
	char key[WORD_KEY];
	const char *text;
	int n = snprintf(key, sizeof(key), "status.%s.%s", c->set == NULL ? c->name : c->set,
	    value);

	if (n < 0 || n >= WORD_KEY)
		return value;
	text = word(e->r->words, key);
	return text != NULL ? text : value;
}

static const char *
name_words(const struct export *e, const struct column *c, const char *names)
{
	char *said = names_said(e->r->words, c->set, names);
	const char *kept = pool_strdup(e->texts, said);

	free(said);
	return kept;
}

static bool
write_row(void *arg, const struct rows *row)
{
	struct export *e = arg;
	const char *values[MAX_COLUMNS];

	for (size_t i = 0; i < e->n; i++) {
		values[i] = row_str(row, 0, e->alias[i]);
		if (e->columns[i].type == TYPE_STATUS && values[i][0] != '\0')
			values[i] = status_word(e, e->source[i], values[i]);
		else if (e->columns[i].type == TYPE_TEXT && e->source[i]->set != NULL &&
		    e->alias[i] == e->source[i]->name)
			values[i] = name_words(e, e->source[i], values[i]);
	}
	table_row(e->table, values);
	pool_reset(e->texts);
	return !e->table->full;
}

static const char *
file_name(struct req *r, const char *list, const char *whose, const char *ending)
{
	const char *name = word(r->words, pool_printf(r->pool, "list.%s", list));

	if (name == NULL)
		name = list;
	return whose == NULL ? pool_printf(r->pool, "%s.%s", name, ending) :
	    pool_printf(r->pool, "%s %s.%s", name, whose, ending);
}

/* Starts the file in the format asked for. */
static void
begin(struct export *e, const char *name, const char *whose, const struct column *columns)
{
	struct req *r = e->r;

	e->texts = pool_new();
	pool_defer(r->pool, (void (*)(void *))pool_free, e->texts);
	add_columns(e, name, columns);
	if (r->format == FORMAT_CSV)
		e->table = csv_table(r->pool, req_stream(r, "text/csv; charset=utf-8",
		    file_name(r, name, whose, "csv")), e->columns, e->n);
	else
		e->table = xlsx_table(r->pool, req_stream(r,
		    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		    file_name(r, name, whose, "xlsx")), "1", e->columns, e->n);
}

bool
export_asked(const struct req *r)
{
	return r->format == FORMAT_CSV || r->format == FORMAT_XLSX;
}

int
export_list(struct req *r, const struct list_query *q, const struct column *columns)
{
	struct export e = { .r = r };
	struct arg args[LIST_ARGS];
	struct list_query whole = *q;
	struct sql sql;

	whole.key = NULL;
	whole.id = NULL;
	whole.backwards = false;
	list_query_sql(r, &whole, LIST_ALL, &sql, args);
	begin(&e, q->list->name, NULL, columns);
	if (!db_each(r->db, r->pool, &sql, args, write_row, &e))
		return 500;
	table_end(e.table);
	return 200;
}

int
export_rows(struct req *r, const char *name, const char *whose, const struct rows *rows,
    const struct column *columns)
{
	struct export e = { .r = r };
	struct rows row = *rows;

	begin(&e, name, whose, columns);
	row.n = 1;
	for (size_t i = 0; i < rows->n; i++) {
		row.cells = rows->cells + i * rows->ncols;
		write_row(&e, &row);
	}
	table_end(e.table);
	return 200;
}
