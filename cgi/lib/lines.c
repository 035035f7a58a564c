/* See lines.h. */
#include "lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "json.h"

enum { BLANK_ROWS = 5, CODE_MAX = 40, QTY_DIGITS = 9, ROW_MAX = 100000 };

struct lines *
lines_new(struct req *r)
{
	return pool_alloc(r->pool, sizeof(struct lines));
}

/* ---- quantities ---- */

/* Digits in groups of three: 1,200. */
static bool
is_grouped(const char *s)
{
	size_t n = strspn(s, "0123456789");

	if (n == 0 || n > 3 || s[n] != ',')
		return false;
	for (s += n; *s == ','; s += 4) {
		if (strspn(s + 1, "0123456789") != 3)
			return false;
	}
	return *s == '\0' || *s == '.';
}

/* 1,200 and 1200.00 are 1200; anything else stays as it was written, with its fault. */
static const char *
clean_qty(struct req *r, const char *text, const char **fault)
{
	struct buf *b = buf_new(r->pool);
	bool grouped = is_grouped(text);
	const char *s;

	*fault = NULL;
	for (s = text; isdigit((unsigned char)*s) || (grouped && *s == ','); s++) {
		if (*s != ',' && (b->n > 0 || *s != '0'))
			buf_char(b, *s);
	}
	if (*s == '.')
		s += 1 + strspn(s + 1, "0");
	if (*s != '\0')
		*fault = "qty.number";
	else if (b->n == 0)
		*fault = text[0] == '\0' ? "qty.missing" : "qty.zero";
	else if (b->n > QTY_DIGITS)
		*fault = "qty.large";
	return *fault == NULL ? b->s : text;
}

bool
lines_add(struct req *r, struct lines *to, int64_t row, const char *code, const char *qty,
    const char *note)
{
	struct line *l = &to->line[to->n];

	if (to->n == LINES_MAX)
		return false;
	l->row = row != 0 ? row : to->last + 1;
	l->code = code;
	l->qty = clean_qty(r, qty, &l->fault);
	l->note = note;
	to->last = l->row > to->last ? l->row : to->last;
	to->n++;
	return true;
}

/* ---- from the grid ---- */

static void
read_typed(struct req *r, struct lines *to)
{
	int64_t removed = req_int(r, "drop", 0);

	for (size_t i = 0; i < r->in.n; i++) {
		const struct part *code = &r->in.part[i];
		const char *qty, *note;
		int64_t row;

		if (strncmp(code->name, "code.", 5) != 0)
			continue;
		row = strtoll(code->name + 5, NULL, 10);
		qty = req_at(r, "qty", row);
		note = req_at(r, "line_note", row);
		if (row == removed || row < 1 || row > ROW_MAX)
			continue;
		to->end = row > to->end ? row : to->end;
		if (code->value[0] == '\0' && (qty == NULL || qty[0] == '\0')) {
			if (to->gaps < LINES_MAX)
				to->gap[to->gaps++] = row;
			continue;
		}
		lines_add(r, to, row, code->value, qty == NULL ? "" : qty,
		    note == NULL ? "" : note);
	}
}

/* ---- from a table ---- */

/* What the heads of spreadsheets call the columns, in lower case without blanks and brackets. */
static const char *const heads[][14] = {
	{ "编码", "产品编码", "商品编码", "药品编码", "货号", "产品代码", "商品代码", "编号", "code",
	    "productcode", "sku", "item", "itemcode", NULL },
	{ "数量", "订购数量", "订货数量", "采购数量", "订购量", "订货量", "需求数量", "qty", "quantity",
	    "orderqty", "orderquantity", "orderedqty", NULL },
	{ "备注", "行备注", "说明", "note", "notes", "remark", "remarks", "comment", "linenote", NULL },
};

enum { HEADS = sizeof(heads) / sizeof(heads[0]) };

/* Which column a head names, or -1. */
static int
head_of(struct req *r, const char *text)
{
	struct buf *b = buf_new(r->pool);

	for (const char *s = text; *s != '\0' && *s != '(' && strncmp(s, "（", 3) != 0; s++) {
		if (strchr(" _-.*:", *s) == NULL)
			buf_char(b, (char)tolower((unsigned char)*s));
	}
	for (int i = 0; i < HEADS; i++) {
		for (const char *const *h = heads[i]; *h != NULL; h++) {
			if (b->n > 0 && strcmp(b->s, *h) == 0)
				return i;
		}
	}
	return -1;
}

/* Where code, quantity and note stand; true when the first row is a head that says so. */
static bool
find_columns(struct req *r, const struct table *t, int at[HEADS])
{
	const struct table_row *first = &t->row[0];
	int found[HEADS] = { -1, -1, -1 };

	for (uint32_t i = 0; i < first->n; i++) {
		int head = head_of(r, first->cell[i].text);

		if (head >= 0 && found[head] < 0)
			found[head] = (int)i;
	}
	for (int i = 0; i < HEADS; i++)
		at[i] = found[0] >= 0 ? found[i] : i;
	return found[0] >= 0;
}

static const struct table_cell *
cell_at(const struct table_row *row, int column)
{
	static const struct table_cell none = { "", 0, 0 };

	return column < 0 ? &none : table_cell(row, (size_t)column);
}

/* A sheet with heads may list everything: what has no quantity is not wanted. */
static void
read_table(struct req *r, const char *field, const struct table *t, struct lines *to)
{
	int at[HEADS];
	bool head;

	if (t->n == 0)
		return;
	head = find_columns(r, t, at);
	if (head && at[1] < 0) {
		req_error(r, field, "lines.no_qty", NULL);
		return;
	}
	for (size_t i = head; i < t->n; i++) {
		const struct table_cell *code = cell_at(&t->row[i], at[0]);
		const struct table_cell *qty = cell_at(&t->row[i], at[1]);

		if ((head && qty->n == 0) || (code->n == 0 && qty->n == 0))
			continue;
		if (!lines_add(r, to, 0, code->text, qty->text, cell_at(&t->row[i], at[2])->text)) {
			req_error(r, field, "order.long", "max",
			    pool_printf(r->pool, "%d", LINES_MAX), NULL);
			return;
		}
	}
}

void
lines_read(struct req *r, struct lines *to)
{
	struct table table;

	read_typed(r, to);
	if (req_given(r, "paste") && req_pasted(r, "paste", &table))
		read_table(r, "paste", &table, to);
	if (req_file(r, "file") != NULL && req_table(r, "file", &table))
		read_table(r, "file", &table, to);
}

void
lines_of(struct req *r, struct lines *to, const struct rows *rows)
{
	bool notes = row_col(rows, "note") >= 0;

	for (size_t i = 0; i < rows->n; i++)
		lines_add(r, to, row_int(rows, i, "row"), row_str(rows, i, "code"),
		    row_str(rows, i, "qty"), notes ? row_str(rows, i, "note") : "");
}

/* ---- to the database, and what it says ---- */

static size_t
characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

const char *
lines_json(struct req *r, const struct lines *lines)
{
	struct json *j = json_array(r->pool);

	for (size_t i = 0; i < lines->n; i++) {
		const struct line *l = &lines->line[i];

		json_object(j);
		json_int(j, "row", l->row);
		json_text(j, "code", characters(l->code) <= CODE_MAX ? l->code : NULL);
		json_text(j, "qty", l->fault == NULL ? l->qty : NULL);
		json_text(j, "note", l->note[0] == '\0' ? NULL : l->note);
	}
	return json_end(j);
}

/* An earlier line of the same product that can take the quantity, or NULL. */
static struct line *
same_before(struct lines *lines, const struct rows *judged, size_t i)
{
	if (row_null(judged, i, "product_id"))
		return NULL;
	for (size_t k = 0; k < i; k++) {
		if (row_int(judged, k, "product_id") == row_int(judged, i, "product_id"))
			return &lines->line[k];
	}
	return NULL;
}

bool
lines_merge(struct req *r, struct lines *lines, const struct rows *judged)
{
	size_t kept = 0;

	for (size_t i = 0; i < judged->n && i < lines->n; i++) {
		struct line *l = &lines->line[i];
		struct line *first = l->fault == NULL ? same_before(lines, judged, i) : NULL;

		if (first == NULL || first->fault != NULL)
			continue;
		first->qty = clean_qty(r, pool_printf(r->pool, "%lld",
		    strtoll(first->qty, NULL, 10) + strtoll(l->qty, NULL, 10)), &first->fault);
		first->merged = true;
		l->row = 0;
		lines->merged++;
	}
	if (lines->merged == 0)
		return false;
	for (size_t i = 0; i < lines->n; i++) {
		if (lines->line[i].row != 0)
			lines->line[kept++] = lines->line[i];
	}
	lines->n = kept;
	return true;
}

static bool
has_error(const struct req *r, const char *field)
{
	for (const struct req_error *e = r->errors; e != NULL; e = e->next) {
		if (e->field != NULL && strcmp(e->field, field) == 0)
			return true;
	}
	return false;
}

void
lines_errors(struct req *r, const struct lines *lines, const struct rows *judged, bool early)
{
	for (size_t i = 0; i < judged->n && i < lines->n; i++) {
		const struct line *l = &lines->line[i];
		const char *error = row_str(judged, i, "error");
		const char *code = pool_printf(r->pool, "code.%lld", (long long)l->row);
		const char *qty = pool_printf(r->pool, "qty.%lld", (long long)l->row);

		if (error[0] != '\0' && strncmp(error, "qty.missing|", 12) != 0 &&
		    !has_error(r, code) && !has_error(r, qty))
			req_refusal(r, error);
		if (l->fault != NULL && !has_error(r, qty) && (!early || l->qty[0] != '\0'))
			req_error(r, qty, l->fault, "given", l->qty, NULL);
	}
}

/* ---- the grid ---- */

static xmlNodePtr
add_field(struct req *r, xmlNodePtr row, const char *name, int64_t no, const char *value)
{
	static const struct field fields[] = {
		{ "code", TYPE_LOOKUP, .href = "/suggest/products" },
		{ "qty", TYPE_QTY },
		{ "line_note", TYPE_TEXT, .max = 200 },
	};

	for (size_t i = 0; i < LEN(fields); i++) {
		if (strcmp(fields[i].name, name) == 0)
			return form_field(r, row, &fields[i],
			    pool_printf(r->pool, "%s.%lld", name, (long long)no), value);
	}
	return NULL;
}

/* The arrow keys go by whole packs. */
static void
add_pack(xmlNodePtr field, const struct rows *judged, size_t i)
{
	if (i >= judged->n || row_null(judged, i, "qty_multiple"))
		return;
	x_attr(field, "step", row_str(judged, i, "qty_multiple"));
	x_attr(field, "min", row_int(judged, i, "qty_multiple") > row_int(judged, i, "min_qty") ?
	    row_str(judged, i, "qty_multiple") : row_str(judged, i, "min_qty"));
	x_attr(field, "unit", row_str(judged, i, "unit"));
}

static const char *
written(const struct line *l, const char *name)
{
	if (strcmp(name, "code") == 0)
		return l->code;
	if (strcmp(name, "qty") == 0)
		return l->qty;
	return strcmp(name, "line_note") == 0 ? l->note : NULL;
}

/* Line i, or an empty row past the end. */
static void
add_row(struct req *r, xmlNodePtr grid, const struct column *columns, const struct lines *lines,
    size_t i, const struct rows *judged, int64_t no)
{
	static const struct line empty = { .code = "", .qty = "", .note = "" };
	bool blank = i >= lines->n;
	const struct line *l = blank ? &empty : &lines->line[i];
	xmlNodePtr row = x_el(grid, "row");

	x_attr_int(row, "id", no);
	for (const struct column *c = columns; c->name != NULL; c++) {
		xmlNodePtr field = NULL;

		if (written(l, c->name) != NULL)
			field = add_field(r, row, c->name, no, written(l, c->name));
		if (field != NULL && strcmp(c->name, "qty") == 0 && !blank)
			add_pack(field, judged, i);
		if (field != NULL)
			continue;
		if (!blank && i < judged->n)
			x_cell(row, judged, i, c);
		else
			x_attr(x_value(row, c->type, c->name, ""), "set", c->set);
	}
}

/* More ways to bring lines, sent with the form.  What was pasted is in the grid now, unless it
 * could not be read. */
static void
add_bulk(struct req *r, xmlNodePtr grid, const char *check)
{
	static const struct field ways[] = {
		{ "paste", TYPE_TEXTAREA, .max = 60000 },
		{ "file", TYPE_FILE, .accept = ".csv,.xlsx" },
	};
	xmlNodePtr bulk = x_el(grid, "bulk");

	for (size_t i = 0; i < LEN(ways); i++)
		form_field(r, bulk, &ways[i], ways[i].name,
		    has_error(r, ways[i].name) ? req_str(r, ways[i].name) : "");
	x_action(bulk, "line.import", "post", check);
	x_link(bulk, "template", "/catalogue/template?format=xlsx");
}

/* The columns without the one for notes, when no line has one. */
static const struct column *
shown(struct req *r, const struct column *columns, const struct lines *lines)
{
	struct column *some;
	bool noted = false;
	size_t n = 0;

	for (size_t i = 0; i < lines->n; i++)
		noted = noted || lines->line[i].note[0] != '\0';
	if (noted)
		return columns;
	while (columns[n].name != NULL)
		n++;
	some = pool_alloc(r->pool, (n + 1) * sizeof(*some));
	n = 0;
	for (const struct column *c = columns; c->name != NULL; c++) {
		if (strcmp(c->name, "line_note") != 0)
			some[n++] = *c;
	}
	return some;
}

xmlNodePtr
lines_grid(struct req *r, xmlNodePtr form, const char *name, const struct column *columns,
    const struct lines *lines, const struct rows *judged, const char *check)
{
	xmlNodePtr grid = x_el(form, "grid");
	int64_t end = lines->end > lines->last + BLANK_ROWS ? lines->end : lines->last + BLANK_ROWS;
	size_t gap = 0;

	columns = shown(r, columns, lines);
	x_attr(grid, "name", name);
	x_attr_int(grid, "count", (int64_t)lines->n);
	x_columns(grid, columns);
	for (size_t i = 0; i < lines->n; i++) {
		xmlNodePtr remove;

		for (; gap < lines->gaps && lines->gap[gap] < lines->line[i].row; gap++)
			add_row(r, grid, columns, lines, lines->n, judged, lines->gap[gap]);
		/* Pasted lines took rows that were empty. */
		gap += gap < lines->gaps && lines->gap[gap] == lines->line[i].row;
		add_row(r, grid, columns, lines, i, judged, lines->line[i].row);
		remove = x_action(grid->last, "line.remove", "post", check);
		/* Not "remove": an input of that name hides the method of its form. */
		x_attr(remove, "name", "drop");
		x_attr_int(remove, "value", lines->line[i].row);
	}
	for (int64_t no = lines->last + 1; no <= end; no++)
		add_row(r, grid, columns, lines, lines->n, judged, no);
	add_bulk(r, grid, check);
	return grid;
}
