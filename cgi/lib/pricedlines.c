/* See pricedlines.h. */
#include "pricedlines.h"

#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "json.h"
#include "tabular.h"

enum { BLANK_ROWS = 3, MAX_LINES = 500 };

struct priced
priced_new(struct req *r)
{
	return (struct priced){ json_array(r->pool), 0, 0 };
}

/* Text that is no number is left out; input_check() has said so beside it. */
static const char *
number_or_null(const char *text)
{
	if (text == NULL || text[0] == '\0' || text[strspn(text, "0123456789.")] != '\0')
		return NULL;
	return text;
}

static void
add_line(struct priced *l, int64_t row, const char *code, const char *qty, const char *price,
    const char *note)
{
	json_object(l->json);
	json_int(l->json, "row", row);
	json_text(l->json, "code", code);
	json_text(l->json, "qty", number_or_null(qty));
	json_text(l->json, "price", number_or_null(price));
	json_text(l->json, "note", note);
	l->last = row > l->last ? row : l->last;
	l->n++;
}

static void
read_typed(struct req *r, struct priced *l)
{
	for (size_t i = 0; i < r->in.n; i++) {
		const char *name = r->in.part[i].name;
		const char *qty;
		int64_t row;

		if (strncmp(name, "code.", 5) != 0)
			continue;
		row = strtoll(name + 5, NULL, 10);
		qty = req_at(r, "qty", row);
		if (row == req_int(r, "drop", 0) ||
		    (r->in.part[i].value[0] == '\0' && (qty == NULL || qty[0] == '\0')))
			continue;
		add_line(l, row, r->in.part[i].value, qty, req_at(r, "price", row),
		    req_at(r, "line_note", row));
	}
}

static void
read_pasted(struct req *r, struct priced *l)
{
	const char *text = req_str(r, "paste");
	const char *error;
	struct table table;

	if (text[0] == '\0')
		return;
	if (!tabular_read_pasted(&table, r->pool, text, strlen(text), &error)) {
		req_error(r, "paste", error, NULL);
		return;
	}
	for (size_t i = 0; i < table.n && l->n < MAX_LINES; i++)
		add_line(l, l->last + 1, table_cell(&table.row[i], 0)->text,
		    table_cell(&table.row[i], 1)->text, NULL, table_cell(&table.row[i], 2)->text);
}

void
priced_saved(struct priced *l, const struct rows *saved)
{
	for (size_t i = 0; i < saved->n; i++)
		add_line(l, row_int(saved, i, "n"), row_str(saved, i, "code"),
		    row_str(saved, i, "qty"), row_str(saved, i, "price"),
		    row_str(saved, i, "note"));
}

void
priced_typed(struct req *r, struct priced *l)
{
	read_typed(r, l);
	read_pasted(r, l);
}

/* What only an order that is submitted has to meet. */
static bool
may_wait(const char *refusal)
{
	static const char *const soft[] = { "qty.low|", "qty.multiple|", "licence.scope|" };

	for (size_t i = 0; i < LEN(soft); i++) {
		if (strncmp(refusal, soft[i], strlen(soft[i])) == 0)
			return true;
	}
	return false;
}

/* `qty.low|qty.{row}|…` of a line, as an error beside the row's field. */
static void
refuse_line(struct req *r, const char *refusal, int64_t row)
{
	const char *at = strstr(refusal, "{row}");

	if (at == NULL)
		req_refusal(r, refusal);
	else
		req_refusal(r, pool_printf(r->pool, "%.*s%lld%s", (int)(at - refusal), refusal,
		    (long long)row, at + strlen("{row}")));
}

void
priced_judge(struct req *r, const struct rows *lines, bool submitting)
{
	for (size_t i = 0; i < lines->n; i++) {
		const char *refusal = row_str(lines, i, "refusal");

		if (refusal[0] != '\0' && (submitting || !may_wait(refusal)))
			refuse_line(r, refusal, row_int(lines, i, "id"));
		for (size_t k = 0; k < i && !row_null(lines, i, "product_id"); k++) {
			if (row_int(lines, k, "product_id") == row_int(lines, i, "product_id"))
				refuse_line(r, "code.twice|code.{row}", row_int(lines, i, "id"));
		}
	}
}

static const struct column grid_columns[] = {
	{ "code", TYPE_CODE },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "qty", TYPE_QTY },
	{ "price", TYPE_PRICE },
	{ "list_price", TYPE_PRICE, .sub = "was" },
	{ "amount", TYPE_MONEY },
	{ "stock", TYPE_STATUS, .set = "availability" },
	{ "line_note", TYPE_TEXT },
	{ 0 }
};

static void
add_entry(struct req *r, xmlNodePtr row, const char *name, enum type type, int64_t no,
    const char *value)
{
	struct field f = { name, type, .max = type == TYPE_TEXT ? 200 : 0,
		.href = type == TYPE_LOOKUP ? "/suggest/products" : NULL };

	form_field(r, row, &f, pool_printf(r->pool, "%s.%lld", name, (long long)no), value);
}

/* One line of the grid; i past the end is an empty one. */
static void
add_row(struct req *r, xmlNodePtr grid, const struct rows *lines, size_t i, int64_t no,
    const char *check)
{
	bool blank = i >= lines->n;
	xmlNodePtr row = x_el(grid, "row");

	x_attr_int(row, "id", no);
	for (const struct column *c = grid_columns; c->name != NULL; c++) {
		const char *alias = strcmp(c->name, "line_note") == 0 ? "note" : c->name;
		const char *value = blank ? "" : row_str(lines, i, alias);

		if (strcmp(c->name, "code") == 0)
			add_entry(r, row, c->name, TYPE_LOOKUP, no, value);
		else if (strcmp(c->name, "qty") == 0 || strcmp(c->name, "price") == 0 ||
		    alias != c->name)
			add_entry(r, row, c->name, c->type, no, value);
		else if (blank)
			x_attr(x_value(row, c->type, c->name, ""), "set", c->set);
		else
			x_cell(row, lines, i, c);
	}
	if (blank)
		return;
	row = x_action(row, "line.remove", "post", check);
	x_attr(row, "name", "drop");
	x_attr_int(row, "value", no);
}

void
priced_grid(struct req *r, xmlNodePtr form, const struct rows *lines, int64_t last,
    const char *check)
{
	xmlNodePtr grid = x_el(form, "grid");
	xmlNodePtr totals;

	x_attr(grid, "name", "entry-lines");
	x_attr_int(grid, "count", (int64_t)lines->n);
	x_columns(grid, grid_columns);
	for (size_t i = 0; i < lines->n; i++)
		add_row(r, grid, lines, i, row_int(lines, i, "id"), check);
	for (int i = 1; i <= BLANK_ROWS; i++)
		add_row(r, grid, lines, lines->n, last + i, check);
	totals = x_el(grid, "totals");
	for (const struct column *c = grid_columns; c->name != NULL; c++) {
		bool sum = strcmp(c->name, "amount") == 0;

		x_value(totals, sum ? TYPE_MONEY : TYPE_TEXT, c->name,
		    sum ? req_value(r, lines, "total") : "");
	}
	form_field(r, form, &(struct field){ "paste", TYPE_TEXTAREA, .max = 60000 }, "paste", "");
}
