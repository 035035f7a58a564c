/*
 * See tabbuild.h: rows of flat XML, <root><row><field>text</field>…</row>…</root>.  Other
 * elements, attributes and text between them are refused, never passed over.
 */
#include <string.h>

#include "tabbuild.h"
#include "xmlfeed.h"

enum { ROOT = 1, ROW = 2, FIELD = 3 };

struct xmlrows {
	struct tabbuild *build;
	struct xml_feed *feed;
	const char *const *fields;
	struct buf *text[TABULAR_COLUMNS_MAX]; /* of the row at hand; NULL: that column is empty */
	bool told[TABULAR_COLUMNS_MAX];        /* the row at hand has the field */
	struct buf *into;                      /* text of the field at hand */
	uint32_t row;
	int depth;
};

/* The column of an element, or -1. */
static int
column_of(const struct xmlrows *x, const char *name)
{
	for (int i = 0; x->fields[i] != NULL; i++)
		if (strcmp(x->fields[i], name) == 0)
			return i;
	return -1;
}

static void
start_field(struct xmlrows *x, const char *name)
{
	int column = column_of(x, name);

	if (column < 0) {
		xml_feed_fail(x->feed, "file.element");
		return;
	}
	if (x->text[column] == NULL)
		x->text[column] = buf_new(x->build->out->pool);
	x->into = x->text[column];
	/* A second element of the same name would hide one of the two. */
	if (x->told[column])
		xml_feed_fail(x->feed, "file.element");
	x->told[column] = true;
}

static void
on_start(void *arg, const char *name, const struct xml_attributes *a)
{
	struct xmlrows *x = arg;

	if (++x->depth != ROOT && (xml_attribute_count(a) > 0 || xml_in_namespace(a)))
		xml_feed_fail(x->feed, "file.element");
	switch (x->depth) {
	case ROOT:
		break;
	case ROW:
		if (strcmp(name, "row") != 0)
			xml_feed_fail(x->feed, "file.element");
		break;
	case FIELD:
		start_field(x, name);
		break;
	default:
		xml_feed_fail(x->feed, "file.element");
	}
}

static void
on_text(void *arg, const char *s, size_t n)
{
	struct xmlrows *x = arg;

	if (x->into == NULL) {
		for (size_t i = 0; i < n; i++)
			if (strchr(" \t\r\n", s[i]) == NULL)
				xml_feed_fail(x->feed, "file.element");
		return;
	}
	if (x->into->n + n > TABULAR_CELL_MAX)
		xml_feed_fail(x->feed, "file.cell");
	else
		buf_add(x->into, s, n);
}

static void
end_row(struct xmlrows *x)
{
	tabbuild_row(x->build, ++x->row, false);
	for (uint32_t i = 0; x->fields[i] != NULL; i++) {
		if (x->text[i] == NULL)
			continue;
		tabbuild_cell(x->build, i, x->text[i]->s, x->text[i]->n, 0);
		x->text[i]->n = 0;
	}
	memset(x->told, 0, sizeof(x->told));
	if (x->build->error != NULL)
		xml_feed_fail(x->feed, x->build->error);
}

static void
on_end(void *arg, const char *name)
{
	struct xmlrows *x = arg;

	(void)name;
	x->into = NULL;
	if (x->depth-- == ROW)
		end_row(x);
}

static const struct xml_handler handler = { on_start, on_end, on_text };

static void
free_feed(void *feed)
{
	xml_feed_free(feed);
}

struct xmlrows *
xmlrows_new(struct tabbuild *b, const char *const *fields)
{
	struct xmlrows *x = pool_alloc(b->out->pool, sizeof(*x));

	x->build = b;
	x->fields = fields;
	x->feed = xml_feed_new(&handler, x);
	pool_defer(b->out->pool, free_feed, x->feed);
	tabbuild_row(b, ++x->row, false);
	for (uint32_t i = 0; fields[i] != NULL; i++)
		tabbuild_cell(b, i, fields[i], strlen(fields[i]), 0);
	return x;
}

static void
take_error(struct xmlrows *x)
{
	if (x->build->error == NULL)
		x->build->error = xml_feed_error(x->feed);
}

void
xmlrows_push(struct xmlrows *x, const char *s, size_t n)
{
	if (x->build->error == NULL && !xml_feed_push(x->feed, s, n))
		take_error(x);
}

void
xmlrows_end(struct xmlrows *x)
{
	if (x->build->error == NULL && !xml_feed_end(x->feed))
		take_error(x);
	if (x->build->error == NULL && x->row == 1)
		x->build->error = "file.empty";
}
