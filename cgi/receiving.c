/*
 * receiving.c - goods taken into a warehouse: supplier, lots, dates, quantities.
 *
 * The lines of a receipt are its movements.  A new lot starts in quarantine; of a
 * known one the dates must agree with what we have.
 */
#include <stdlib.h>
#include <string.h>

#include "audience.h"
#include "form.h"
#include "json.h"
#include "list.h"

enum { WAREHOUSES, TODAY, SUPPLIER, RECEIVE, GET_ONE, LINES, NSQL };

static const struct sql sql[NSQL] = {
	[WAREHOUSES] = { "receiving.warehouses",
		"SELECT id AS value, name AS label FROM warehouse WHERE status = 'active'"
		" ORDER BY code" },
	[TODAY] = { "receiving.today", "SELECT business_day() AS received_on" },
	[SUPPLIER] = { "receiving.supplier", "SELECT id FROM party WHERE code = ?" },
	[RECEIVE] = { "receiving.receive", "CALL stock_receive(?, ?, ?, ?, ?)" },
	[GET_ONE] = { "receiving.get",
		"SELECT s.id, s.receipt_no, s.received_on, w.name AS warehouse, p.name AS supplier,"
		" s.note, u.name AS made_by, s.created_at"
		" FROM stock_receipt s"
		" JOIN warehouse w ON w.id = s.warehouse_id"
		" LEFT JOIN party p ON p.id = s.supplier_id"
		" LEFT JOIN app_user u ON u.id = s.created_by"
		" WHERE s.id = ?" },
	[LINES] = { "receiving.lines",
		"SELECT m.id, p.id AS product_id, p.code, CONCAT(p.generic_name, ' ', p.pack_spec)"
		" AS product, p.unit, m.lot_id, l.lot_no, l.produced_on, l.expires_on, m.qty,"
		" l.status"
		" FROM stock_movement m"
		" JOIN lot l ON l.id = m.lot_id"
		" JOIN product p ON p.id = m.product_id"
		" WHERE m.doc_kind = 'stock_receipt' AND m.doc_id = ? ORDER BY m.id" },
};

/* ---- list ---- */

static const struct column columns[] = {
	{ "receipt_no", TYPE_CODE, .sort = "s.receipt_no" },
	{ "received_on", TYPE_DATE, .sort = "s.received_on" },
	{ "warehouse", TYPE_TEXT },
	{ "supplier", TYPE_TEXT },
	{ "lines", TYPE_INT },
	{ "made_by", TYPE_TEXT },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "s.receipt_no LIKE ? OR p.name LIKE ? OR p.pinyin LIKE ?", 3,
	    true },
	{ { "warehouse", TYPE_SELECT }, "s.warehouse_id = ?" },
	{ { "from", TYPE_DATE }, "s.received_on >= ?" },
	{ { "to", TYPE_DATE }, "s.received_on <= ?" },
	{ 0 }
};

static const struct list receipts = {
	.name = "stock-receipts",
	.columns = columns,
	.filters = filters,
	.row_href = "/receiving/view?id={id}",
	.sort = "-received_on",
	.select = "s.id, s.receipt_no, s.received_on, w.name AS warehouse, p.name AS supplier,"
	    " (SELECT COUNT(*) FROM stock_movement m WHERE m.doc_kind = 'stock_receipt'"
	    " AND m.doc_id = s.id) AS `lines`, u.name AS made_by",
	.from = "stock_receipt s"
	    " JOIN warehouse w ON w.id = s.warehouse_id"
	    " LEFT JOIN party p ON p.id = s.supplier_id"
	    " LEFT JOIN app_user u ON u.id = s.created_by",
	.key = "s.id",
	.create = "receive",
	.create_href = "/receiving/new",
	.create_perm = PERM_STOCK_EDIT,
};

static int
receipt_list(struct req *r)
{
	int status;

	if (req_may(r, PERM_STOCK_EDIT))
		x_flag(x_action(r->heading, "receive", "get", "/receiving/new"), "primary", true);
	status = list_page(r, &receipts);
	form_options(r->page, "warehouse", req_query(r, WAREHOUSES));
	return status;
}

static const struct field id_field[] = { { "id", TYPE_HIDDEN }, { 0 } };

static const struct column record[] = {
	{ "receipt_no", TYPE_CODE },
	{ "received_on", TYPE_DATE },
	{ "warehouse", TYPE_TEXT },
	{ "supplier", TYPE_TEXT },
	{ "made_by", TYPE_TEXT },
	{ "created_at", TYPE_DATETIME },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "code", .href = "/products/view?id={product_id}" },
	{ "lot_no", TYPE_CODE, .href = "/lots/view?id={lot_id}" },
	{ "produced_on", TYPE_DATE },
	{ "expires_on", TYPE_DATE },
	{ "qty", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "status", TYPE_STATUS, .set = "lot" },
	{ 0 }
};

static int
receipt_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *s = req_query(r, GET_ONE, I(id));

	if (s->n == 0)
		return 404;
	x_value(r->heading, TYPE_CODE, "number", row_str(s, 0, "receipt_no"));
	req_trail(r, "receiving", "/receiving/");
	x_record(r->page, "stock-receipt", s, record);
	x_list(r, "stock-receipt-lines", req_query(r, LINES, I(id)), line_columns, NULL);
	return 200;
}

/* ---- a new receipt ---- */

enum { LINES_SHOWN = 8 };

static const struct field fields[] = {
	{ "warehouse_id", TYPE_SELECT, REQUIRED },
	{ "supplier", TYPE_LOOKUP, .max = 20, .href = "/suggest/suppliers" },
	{ "received_on", TYPE_DATE, REQUIRED | STARTS_TODAY },
	{ "note", TYPE_TEXT, .max = 200 },
	{ "code", TYPE_LOOKUP, MANY, .max = 20, .href = "/suggest/products" },
	{ "lot", TYPE_TEXT, MANY, .max = 40 },
	{ "produced", TYPE_DATE, MANY },
	{ "expires", TYPE_DATE, MANY },
	{ "qty", TYPE_INT, MANY, 1, 100000000 },
	{ 0 }
};

enum { FIRST_CELL = 4 };

static const struct column grid_columns[] = {
	{ "code", TYPE_CODE },
	{ "lot", TYPE_TEXT },
	{ "produced", TYPE_DATE },
	{ "expires", TYPE_DATE },
	{ "qty", TYPE_QTY },
	{ 0 }
};

static int
receipt_new(struct req *r)
{
	xmlNodePtr form, grid, row;

	req_page(r, "new");
	req_trail(r, "receiving", "/receiving/");
	form = x_form(r, "stock-receipt", "/receiving/save", fields, req_query(r, TODAY));
	form_options(form, "warehouse_id", req_query(r, WAREHOUSES));
	grid = x_table(form, "grid", "stock-receipt-lines", grid_columns);
	for (int64_t i = 1; i <= LINES_SHOWN; i++) {
		row = x_el(grid, "row");
		x_attr_int(row, "id", i);
		for (const struct field *f = fields + FIRST_CELL; f->name != NULL; f++)
			form_field(r, row, f, pool_printf(r->pool, "%s.%lld", f->name,
			    (long long)i), req_at(r, f->name, i));
	}
	form_action(form, "receive");
	x_action(form, "cancel", "get", "/receiving/");
	return 200;
}

static const char *
cell(struct req *r, const char *name, int64_t i)
{
	const char *value = req_at(r, name, i);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

/* The lines that are filled in, as the routine takes them; each must be whole. */
static const char *
read_lines(struct req *r)
{
	struct json *lines = json_array(r->pool);
	bool any = false;

	for (int64_t i = 1; i <= LINES_SHOWN; i++) {
		if (cell(r, "code", i) == NULL && cell(r, "lot", i) == NULL &&
		    cell(r, "qty", i) == NULL)
			continue;
		any = true;
		for (const struct field *f = fields + FIRST_CELL; f->name != NULL; f++) {
			if (cell(r, f->name, i) == NULL)
				req_error(r, pool_printf(r->pool, "%s.%lld", f->name, (long long)i),
				    "required", NULL);
		}
		json_object(lines);
		json_int(lines, "row", i);
		json_text(lines, "code", cell(r, "code", i));
		json_text(lines, "lot", cell(r, "lot", i));
		json_text(lines, "produced", cell(r, "produced", i));
		json_text(lines, "expires", cell(r, "expires", i));
		json_int(lines, "qty", cell(r, "qty", i) == NULL ? 0 :
		    strtoll(cell(r, "qty", i), NULL, 10));
	}
	if (!any)
		req_error(r, "code.1", "required", NULL);
	return json_end(lines);
}

static int
receipt_save(struct req *r)
{
	const char *lines = read_lines(r);
	const struct rows *done;
	int64_t supplier = 0;

	if (req_given(r, "supplier")) {
		const struct rows *p = req_query(r, SUPPLIER, S(req_str(r, "supplier")));

		if (p->n == 0)
			req_error(r, "supplier", "supplier.unknown", "code", req_str(r, "supplier"),
			    NULL);
		else
			supplier = row_int(p, 0, "id");
	}
	if (!req_good(r))
		return 422;
	done = req_query(r, RECEIVE, S(req_str(r, "warehouse_id")), arg_id(supplier),
	    D(req_str(r, "received_on")), T(req_str(r, "note")), S(lines));
	if (done->n == 0)
		return 422;
	req_notice(r, "received");
	return req_redirect(r, "/receiving/view?id=%s", row_str(done, 0, "id"));
}

static const struct route routes[] = {
	{ "/", GET, PERM_STOCK_VIEW, receipt_list, .list = &receipts },
	{ "/view", GET, PERM_STOCK_VIEW, receipt_view, id_field },
	{ "/new", GET, PERM_STOCK_EDIT, receipt_new, fields },
	{ "/save", POST, PERM_STOCK_EDIT, receipt_save, fields, receipt_new, LARGE },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "receiving", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
