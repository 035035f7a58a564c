/*
 * adjustments.c - corrections of stock: asked for by one, decided by another.
 *
 * Only an approved one moves stock.  Quantities are + found, - lost; a transfer
 * moves a positive quantity to another warehouse.
 */
#include <string.h>

#include "audience.h"
#include "form.h"
#include "list.h"

enum { WAREHOUSES, LOT, ASK, GET_ONE, DECIDE, NSQL };

static const struct sql sql[NSQL] = {
	[WAREHOUSES] = { "adjustments.warehouses",
		"SELECT id AS value, name AS label FROM warehouse WHERE status = 'active'"
		" ORDER BY code" },
	[LOT] = { "adjustments.lot",
		"SELECT l.id FROM lot l JOIN product p ON p.id = l.product_id"
		" WHERE p.code = ? AND l.lot_key = UPPER(?)" },
	[ASK] = { "adjustments.ask", "CALL stock_adjust_ask(?, ?, ?, ?, ?, ?)" },
	[GET_ONE] = { "adjustments.get",
		"SELECT a.id, a.version, a.adjustment_no, w.name AS warehouse,"
		" t.name AS to_warehouse, p.id AS product_id,"
		" CONCAT(p.generic_name, ' ', p.pack_spec) AS product, p.code, p.unit, a.lot_id,"
		" l.lot_no, l.expires_on, a.qty, COALESCE(b.qty, 0) AS there,"
		" COALESCE(b.qty - b.reserved, 0) AS free, a.reason, a.note, a.status,"
		" m.name AS made_by, a.created_at, d.name AS decided_by, a.decided_at, a.comment,"
		" a.made_by = @actor_id AS own"
		" FROM stock_adjustment a"
		" JOIN warehouse w ON w.id = a.warehouse_id"
		" LEFT JOIN warehouse t ON t.id = a.to_warehouse_id"
		" JOIN lot l ON l.id = a.lot_id"
		" JOIN product p ON p.id = l.product_id"
		" LEFT JOIN stock_balance b ON b.warehouse_id = a.warehouse_id"
		" AND b.lot_id = a.lot_id"
		" LEFT JOIN app_user m ON m.id = a.made_by"
		" LEFT JOIN app_user d ON d.id = a.decided_by"
		" WHERE a.id = ?" },
	[DECIDE] = { "adjustments.decide", "CALL stock_adjust_decide(?, ?, ?)" },
};

static const char *const statuses[] = { "waiting", "approved", "rejected", NULL };
static const char *const reasons[] = { "count", "damage", "expired", "sample", "transfer", "other",
	NULL };
static const char *const decisions[] = { "approve", "reject", NULL };

/* ---- list ---- */

static const struct column columns[] = {
	{ "adjustment_no", TYPE_CODE, .sort = "a.adjustment_no" },
	{ "created_at", TYPE_DATETIME, .sort = "a.created_at" },
	{ "product", TYPE_TEXT, .sub = "code" },
	{ "lot_no", TYPE_CODE },
	{ "warehouse", TYPE_TEXT, .sub = "to_warehouse" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "reason", TYPE_STATUS, .set = "adjust_reason" },
	{ "made_by", TYPE_TEXT },
	{ "status", TYPE_STATUS, .set = "adjustment", .sort = "a.status" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "a.adjustment_no LIKE ? OR p.code LIKE ? OR p.generic_name LIKE ?"
	    " OR p.pinyin LIKE ? OR l.lot_no LIKE ?", 5, true },
	{ { "status", TYPE_SELECT, .set = "adjustment", .options = statuses }, "a.status = ?" },
	{ { "reason", TYPE_SELECT, .set = "adjust_reason", .options = reasons }, "a.reason = ?" },
	{ { "warehouse", TYPE_SELECT }, "a.warehouse_id = ?" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "waiting", "status=waiting", true },
	{ 0 }
};

static const struct list adjustments = {
	.name = "adjustments",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/adjustments/view?id={id}",
	.sort = "-created_at",
	.select = "a.id, a.adjustment_no, a.created_at, CONCAT(p.generic_name, ' ', p.pack_spec)"
	    " AS product, p.code, p.unit, l.lot_no, w.name AS warehouse, t.name AS to_warehouse,"
	    " a.qty, a.reason, m.name AS made_by, a.status",
	.from = "stock_adjustment a"
	    " JOIN warehouse w ON w.id = a.warehouse_id"
	    " LEFT JOIN warehouse t ON t.id = a.to_warehouse_id"
	    " JOIN lot l ON l.id = a.lot_id"
	    " JOIN product p ON p.id = l.product_id"
	    " LEFT JOIN app_user m ON m.id = a.made_by",
	.key = "a.id",
	.create = "adjust",
	.create_href = "/adjustments/new",
	.create_perm = PERM_STOCK_EDIT,
};

static int
adjustment_list(struct req *r)
{
	int status;

	if (req_may(r, PERM_STOCK_EDIT))
		x_flag(x_action(r->heading, "adjust", "get", "/adjustments/new"), "primary", true);
	status = list_page(r, &adjustments);
	form_options(r->page, "warehouse", req_query(r, WAREHOUSES));
	return status;
}

/* ---- asking ---- */

static const struct field fields[] = {
	{ "warehouse_id", TYPE_SELECT, REQUIRED },
	{ "product", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/products" },
	{ "lot_no", TYPE_TEXT, REQUIRED, .max = 40 },
	{ "qty", TYPE_INT, REQUIRED, -100000000, 100000000 },
	{ "reason", TYPE_SELECT, REQUIRED, .set = "adjust_reason", .options = reasons },
	{ "to_warehouse_id", TYPE_SELECT },
	{ "note", TYPE_TEXT, REQUIRED, .max = 200 },
	{ 0 }
};

static int
adjustment_new(struct req *r)
{
	const struct rows *warehouses = req_query(r, WAREHOUSES);
	xmlNodePtr form;

	req_page(r, "new");
	req_trail(r, "adjustments", "/adjustments/");
	form = x_form(r, "adjustment", "/adjustments/save", fields, NULL);
	form_options(form, "warehouse_id", warehouses);
	form_options(form, "to_warehouse_id", warehouses);
	form_action(form, "submit");
	x_action(form, "cancel", "get", "/adjustments/");
	return 200;
}

/* A transfer goes somewhere else and counts what goes; the rest stays where it is. */
static void
check_input(struct req *r)
{
	bool transfer = strcmp(req_str(r, "reason"), "transfer") == 0;
	int64_t qty = req_int(r, "qty", 0);

	if (qty == 0)
		req_error(r, "qty", "qty.zero", NULL);
	if (transfer && qty < 0)
		req_error(r, "qty", "qty.positive", NULL);
	if (transfer != req_given(r, "to_warehouse_id"))
		req_error(r, "to_warehouse_id", transfer ? "required" : "transfer.only", NULL);
	if (transfer && strcmp(req_str(r, "to_warehouse_id"), req_str(r, "warehouse_id")) == 0)
		req_error(r, "to_warehouse_id", "transfer.same", NULL);
}

static int
adjustment_save(struct req *r)
{
	const struct rows *lot = req_query(r, LOT, S(req_str(r, "product")),
	    S(req_str(r, "lot_no")));
	const struct rows *done;

	check_input(r);
	if (lot->n == 0)
		req_error(r, "lot_no", "lot.unknown", NULL);
	if (!req_good(r))
		return 422;
	done = req_query(r, ASK, S(req_str(r, "warehouse_id")), S(row_str(lot, 0, "id")),
	    I(req_int(r, "qty", 0)), S(req_str(r, "reason")),
	    arg_id(req_int(r, "to_warehouse_id", 0)), T(req_str(r, "note")));
	if (done->n == 0)
		return 422;
	req_notice(r, "adjustment.asked");
	return req_redirect(r, "/adjustments/view?id=%s", row_str(done, 0, "id"));
}

/* ---- deciding ---- */

static const struct field decide_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "decision", TYPE_RADIO, REQUIRED, .set = "decide", .options = decisions },
	{ "comment", TYPE_TEXT, .max = 200 },
	{ 0 }
};

static const struct column record[] = {
	{ "product", TYPE_TEXT, .sub = "code", .href = "/products/view?id={product_id}" },
	{ "lot_no", TYPE_CODE, .href = "/lots/view?id={lot_id}" },
	{ "expires_on", TYPE_DATE },
	{ "warehouse", TYPE_TEXT },
	{ "to_warehouse", TYPE_TEXT },
	{ "qty", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "there", TYPE_QTY, .unit = "{unit}" },
	{ "free", TYPE_QTY, .unit = "{unit}" },
	{ "reason", TYPE_STATUS, .set = "adjust_reason" },
	{ "note", TYPE_TEXT },
	{ "made_by", TYPE_TEXT },
	{ "created_at", TYPE_DATETIME },
	{ "decided_by", TYPE_TEXT },
	{ "decided_at", TYPE_DATETIME },
	{ "comment", TYPE_TEXT },
	{ 0 }
};

static int
adjustment_view(struct req *r)
{
	const struct rows *a = req_query(r, GET_ONE, I(req_int(r, "id", 0)));
	bool waiting;

	if (a->n == 0)
		return 404;
	req_page(r, "view");
	x_value(r->heading, TYPE_CODE, "number", row_str(a, 0, "adjustment_no"));
	req_state(r, "adjustment", row_str(a, 0, "status"));
	req_trail(r, "adjustments", "/adjustments/");
	waiting = strcmp(row_str(a, 0, "status"), "waiting") == 0 && req_may(r, PERM_STOCK_APPROVE);
	if (waiting && row_int(a, 0, "own") != 0)
		x_attr(x_action(r->heading, "decide-adjustment", "get", r->path), "disabled",
		    "own");
	x_record(r->page, "adjustment", a, record);
	if (waiting && row_int(a, 0, "own") == 0)
		form_action(x_form(r, "adjustment-decide", "/adjustments/decide", decide_fields, a),
		    "decide-adjustment");
	return 200;
}

static int
adjustment_decide(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const char *decision = req_str(r, "decision");

	if (strcmp(decision, "reject") == 0 && !req_given(r, "comment")) {
		req_error(r, "comment", "reason.required", NULL);
		return 422;
	}
	if (req_query(r, GET_ONE, I(id))->n == 0)
		return 404;
	if (req_query(r, DECIDE, I(id), S(decision), T(req_str(r, "comment")))->n == 0)
		return 409;
	req_notice(r, pool_printf(r->pool, "adjustment.%s", decision));
	return req_redirect(r, "/adjustments/view?id=%lld", (long long)id);
}

static const struct route routes[] = {
	{ "/", GET, PERM_STOCK_VIEW, adjustment_list, .list = &adjustments },
	{ "/new", GET, PERM_STOCK_EDIT, adjustment_new, fields },
	{ "/save", POST, PERM_STOCK_EDIT, adjustment_save, fields, adjustment_new },
	{ "/view", GET, PERM_STOCK_VIEW, adjustment_view, decide_fields },
	{ "/decide", POST, PERM_STOCK_APPROVE, adjustment_decide, decide_fields, adjustment_view },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "adjustments", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
