/*
 * lists.c - saved lists of products and quantities, one for each hospital or habit,
 * to order from again and again.
 *
 * A list is shared in the company, or its maker's alone.  Its lines are judged as
 * those of an order, but only unknown products keep it from being saved.
 */
#include <string.h>

#include "form.h"
#include "lines.h"
#include "list.h"

enum { LISTS, LIST, ORDER, CHECK, SAVE, DROP, NSQL };

static const struct sql sql[NSQL] = {
	[LISTS] = { "lists.lists", "CALL portal_lists_list(?)" },
	[LIST] = { "lists.list", "CALL portal_lists_view(?, ?)" },
	[ORDER] = { "lists.order", "CALL portal_orders_view(?, ?)" },
	[CHECK] = { "lists.check", "CALL portal_entry_check(?, ?, 0, 0)" },
	[SAVE] = { "lists.save", "CALL portal_lists_save(?, ?, ?, ?, ?, ?)" },
	[DROP] = { "lists.drop", "CALL portal_lists_delete(?, ?)" },
};

/* ---- all of them ---- */

static const struct column columns[] = {
	{ "name", TYPE_TEXT },
	{ "line_count", TYPE_INT },
	{ "owner", TYPE_STATUS, .set = "list_owner" },
	{ "updated_at", TYPE_AGO },
	{ 0 }
};

static int
list_all(struct req *r)
{
	const struct rows *lists = req_query(r, LISTS, S(r->token));
	xmlNodePtr n = x_list(r, "saved-lists", lists, columns, "/lists/edit?id={id}"), row;
	size_t i = 0;

	x_flag(x_action(r->heading, "list.new", "get", "/lists/edit"), "primary", true);
	x_attr_int(n, "total", (int64_t)lists->n);
	for (row = n->children; row != NULL; row = row->next) {
		if (!xmlStrEqual(row->name, (const xmlChar *)"row"))
			continue;
		x_action(row, "list.order", "get",
		    x_href(r->pool, "/entry/?list={id}", lists, i++));
	}
	if (lists->n == 0)
		x_action(n, "list.new", "get", "/lists/edit");
	return 200;
}

/* ---- one ---- */

static const struct field head_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "private", TYPE_CHECK },
	{ 0 }
};

static const struct field fields[] = {
	{ "id", TYPE_INT },
	{ "order", TYPE_INT },
	{ "name", TYPE_TEXT, .max = 60 },
	{ "private", TYPE_CHECK },
	{ "code", TYPE_TEXT, MANY, .max = 200 },
	{ "qty", TYPE_TEXT, MANY, .max = 40 },
	{ "paste", TYPE_TEXTAREA, .max = 60000 },
	{ "file", TYPE_FILE },
	{ "drop", TYPE_INT },
	{ 0 }
};

static const struct column grid_columns[] = {
	{ "code", TYPE_CODE },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "band", TYPE_STATUS, .set = "availability" },
	{ "price", TYPE_PRICE },
	{ "qty", TYPE_QTY },
	{ "amount", TYPE_MONEY },
	{ 0 }
};

static const struct rows *
judge(struct req *r, struct lines *lines)
{
	const struct rows *judged = req_query(r, CHECK, S(r->token), S(lines_json(r, lines)));

	if (lines_merge(r, lines, judged))
		judged = req_query(r, CHECK, S(r->token), S(lines_json(r, lines)));
	return judged;
}

/* A colleague's list stays shared: only who made it may keep it to himself. */
static void
add_form(struct req *r, const struct rows *list, const struct lines *lines,
    const struct rows *judged)
{
	xmlNodePtr form = x_form(r, "list", "/lists/save", head_fields, list), record, n;

	x_attr(form, "live", "/lists/check");
	if (list->n > 0 && row_int(list, 0, "mine") == 0)
		form_drop(form, "private");
	lines_grid(r, form, "list-lines", grid_columns, lines, judged, "/lists/check");
	record = x_el(form, "record");
	x_attr(record, "name", "list-total");
	x_attr(record, "kind", "totals");
	x_value(record, TYPE_INT, "line_count", pool_printf(r->pool, "%zu", lines->n));
	n = x_value(record, TYPE_MONEY, "total",
	    judged->n == 0 ? "0.00" : row_str(judged, 0, "total"));
	x_flag(n, "emphasis", true);
	form_action(form, "save");
	n = form_action(form, "order.check");
	x_attr(n, "href", "/lists/check");
	x_flag(n, "novalidate", true);
}

/* A new list, one that is there (?id=), or the lines of an order (?order=). */
static int
list_edit(struct req *r)
{
	static const struct rows none = { 0 };
	int64_t id = req_int(r, "id", 0), order = req_int(r, "order", 0);
	const struct rows *list = id == 0 ? &none : req_query(r, LIST, S(r->token), I(id));
	const struct rows *from = order == 0 ? &none : req_query(r, ORDER, S(r->token), I(order));
	struct lines *lines = lines_new(r);
	const struct rows *judged;

	if ((id != 0 && list->n == 0) || (order != 0 && from->n == 0))
		return 404;
	r->again = r->route->method == POST;
	if (r->again)
		lines_read(r, lines);
	else if (order != 0) {
		from = rows_next(from);
		for (size_t i = 0; i < from->n; i++)
			lines_add(r, lines, 0, row_str(from, i, "code"),
			    row_str(from, i, "ordered_qty"), "");
	} else
		lines_of(r, lines, rows_next(list));
	judged = judge(r, lines);
	lines_errors(r, lines, judged, strcmp(r->path, "/lists/save") != 0);
	req_page(r, id == 0 ? "new" : "edit");
	req_trail(r, "lists", "/lists/");
	if (id != 0) {
		req_title(r, row_str(list, 0, "name"));
		x_action(r->heading, "list.order", "get",
		    pool_printf(r->pool, "/entry/?list=%lld", (long long)id));
		x_attr(x_action(r->heading, "delete", "post", pool_printf(r->pool,
		    "/lists/delete?id=%lld", (long long)id)), "confirm", "list.delete");
	}
	add_form(r, list, lines, judged);
	/* What is wrong stands in its row: a question was answered, nothing refused. */
	if (r->route->method == GET || (r->route->flags & READS) != 0)
		r->errors = NULL;
	return 200;
}

static int
list_save(struct req *r)
{
	struct lines *lines = lines_new(r);
	int64_t id = req_int(r, "id", 0);
	const struct rows *saved;

	lines_read(r, lines);
	judge(r, lines);
	if (!req_given(r, "name"))
		req_error(r, "name", "required", NULL);
	if (!req_good(r))
		return 422;
	saved = req_query(r, SAVE, S(r->token), I(id),
	    id == 0 ? arg_text(NULL) : I(req_int(r, "_version", 0)), S(req_str(r, "name")),
	    I(req_given(r, "private")), S(lines_json(r, lines)));
	if (saved->n == 0)
		return 404;
	req_notice(r, "list.saved");
	return req_redirect(r, "/lists/edit?id=%s", row_str(saved, 0, "id"));
}

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };

static int
list_delete(struct req *r)
{
	if (req_query(r, DROP, S(r->token), I(req_int(r, "id", 0)))->n == 0)
		return 404;
	req_notice(r, "list.deleted");
	return req_redirect(r, "/lists/");
}

enum { GRID = UPLOAD | LARGE };

static const struct route routes[] = {
	{ "/", GET, PERM_ORDER_CREATE, list_all },
	{ "/edit", GET, PERM_ORDER_CREATE, list_edit, fields },
	{ "/check", POST, PERM_ORDER_CREATE, list_edit, fields, list_edit, GRID | READS },
	{ "/save", POST, PERM_ORDER_CREATE, list_save, fields, list_edit, GRID },
	{ "/delete", POST, PERM_ORDER_CREATE, list_delete, id_field },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "lists", routes, sql, LEN(sql), .uploads = true };

	return app_main(&app, argc, argv);
}
