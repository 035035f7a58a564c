/*
 * lots.c - batches: quality decides which may be sold.
 *
 * A lot is born in quarantine; only a released one is sold.  Blocking or
 * recalling frees what was held of it, and a pick list with it will not ship.
 * Every lot needs its test report (药检报告); its buyers may fetch it.
 */
#include <string.h>

#include "attach.h"
#include "form.h"
#include "list.h"
#include "scope.h"

enum { GET_ONE, WHERE, RESERVED, BUYERS, MOVEMENTS, FRESH, SET_STATUS, SET_REPORT, REPORT, NSQL };

#define LIFE "IF(is_expired(l.expires_on, business_day()), 'expired'," \
	" IF(l.expires_on <= business_day() + INTERVAL param_int('stock.alarm_days', 90) DAY," \
	" 'alarm'," \
	" IF(l.expires_on <= business_day() + INTERVAL param_int('stock.warn_days', 180) DAY," \
	" 'near'," \
	" 'good')))"

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "lots.get",
		"SELECT l.id, l.version, l.lot_no, l.product_id, p.code AS product_code,"
		" CONCAT(p.generic_name, ' ', p.pack_spec) AS product, p.unit, l.produced_on,"
		" l.expires_on, " LIFE " AS life, l.status, l.status_note, l.report_id,"
		" a.name AS file, IF(l.report_id IS NULL, 'missing', 'there') AS report,"
		" COALESCE(b.qty, 0) AS qty, COALESCE(b.reserved, 0) AS reserved,"
		" COALESCE(b.qty - b.reserved, 0) AS free"
		" FROM lot l"
		" JOIN product p ON p.id = l.product_id"
		" LEFT JOIN attachment a ON a.id = l.report_id"
		" LEFT JOIN (SELECT lot_id, SUM(qty) AS qty, SUM(reserved) AS reserved"
		" FROM stock_balance WHERE lot_id = ? GROUP BY lot_id) b ON b.lot_id = l.id"
		" WHERE l.id = ?" },
	[WHERE] = { "lots.where",
		"SELECT w.id, w.code, w.name, w.kind, b.qty, b.reserved, b.qty - b.reserved AS free"
		" FROM stock_balance b JOIN warehouse w ON w.id = b.warehouse_id"
		" WHERE b.lot_id = ? AND b.qty > 0 ORDER BY w.code" },
	[RESERVED] = { "lots.reserved",
		"SELECT v.id, o.id AS order_id, o.order_no, p.name AS party, v.qty"
		" FROM reservation v JOIN sales_order o ON o.id = v.order_id"
		" JOIN party p ON p.id = v.party_id"
		" WHERE v.lot_id = ? AND v.qty > 0"
		" AND " IN_SCOPE("o.rep_id", "o.org_unit_id") " ORDER BY o.id LIMIT 50" },
	[BUYERS] = { "lots.buyers",
		"SELECT p.id, p.name AS party, p.phone, SUM(x.qty) AS qty,"
		" MAX(s.shipped_at) AS last_at"
		" FROM shipment_line x JOIN shipment s ON s.id = x.shipment_id"
		" JOIN sales_order o ON o.id = s.order_id"
		" JOIN party p ON p.id = s.party_id"
		" WHERE x.lot_id = ? AND s.status IN ('shipped', 'in_transit', 'delivered')"
		" AND " IN_SCOPE("o.rep_id", "o.org_unit_id")
		" GROUP BY p.id, p.name, p.phone ORDER BY qty DESC LIMIT 200" },
	[MOVEMENTS] = { "lots.movements",
		"SELECT m.id, m.biz_date, m.kind, w.name AS warehouse, m.qty, m.note"
		" FROM stock_movement m JOIN warehouse w ON w.id = m.warehouse_id"
		" WHERE m.lot_id = ? ORDER BY m.id DESC LIMIT 20" },
	[FRESH] = { "lots.fresh", "SELECT id FROM lot WHERE id = ? AND version = ?" },
	[SET_STATUS] = { "lots.set_status", "CALL lot_set_status(?, ?, ?, ?)" },
	[SET_REPORT] = { "lots.set_report", "CALL lot_report_set(?, ?)" },
	[REPORT] = { "lots.report",
		"SELECT a.name, a.media_type, a.content FROM lot l"
		" JOIN attachment a ON a.id = l.report_id WHERE l.id = ?" },
};

static const char *const statuses[] = { "quarantine", "released", "blocked", "recalled", NULL };
static const char *const decisions[] = { "released", "blocked", "recalled", NULL };
static const char *const lives[] = { "good", "near", "alarm", "expired", NULL };
static const char *const reports[] = { "there", "missing", NULL };

/* ---- list ---- */

static const struct column columns[] = {
	{ "lot_no", TYPE_CODE, .sort = "l.lot_no" },
	{ "product", TYPE_TEXT, .sub = "code", .sort = "p.generic_name" },
	{ "produced_on", TYPE_DATE, .optional = true },
	{ "expires_on", TYPE_DATE, .sort = "l.expires_on" },
	{ "life", TYPE_STATUS, .set = "life" },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "report", TYPE_STATUS, .set = "report" },
	{ "status", TYPE_STATUS, .sub = "status_note", .set = "lot", .sort = "l.status" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "l.lot_no LIKE ? OR p.code LIKE ? OR p.generic_name LIKE ?"
	    " OR p.pinyin LIKE ?", 4, true },
	{ { "status", TYPE_SELECT, .set = "lot", .options = statuses }, "l.status = ?" },
	{ { "life", TYPE_SELECT, .set = "life", .options = lives }, LIFE " = ?" },
	{ { "report", TYPE_SELECT, .set = "report", .options = reports },
	    "IF(l.report_id IS NULL, 'missing', 'there') = ?" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "quarantine", "status=quarantine", true },
	{ "blocked", "status=blocked" },
	{ "recalled", "status=recalled" },
	{ "unreported", "report=missing&status=released" },
	{ 0 }
};

static const struct list lots = {
	.name = "lots",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/lots/view?id={id}",
	.sort = "-expires_on",
	.select =
	    "l.id, l.lot_no, CONCAT(p.generic_name, ' ', p.pack_spec) AS product, p.code, p.unit,"
	    " l.produced_on, l.expires_on, " LIFE " AS life, (SELECT SUM(b.qty)"
	    " FROM stock_balance b"
	    " WHERE b.lot_id = l.id) AS qty, IF(l.report_id IS NULL, 'missing', 'there') AS report,"
	    " l.status, l.status_note",
	.from = "lot l JOIN product p ON p.id = l.product_id",
	.key = "l.id",
};

static int
lot_list(struct req *r)
{
	return list_page(r, &lots);
}

/* ---- one lot ---- */

static const struct field status_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "status", TYPE_RADIO, REQUIRED, .set = "lot", .options = decisions },
	{ "reason", TYPE_TEXT, .max = 200 },
	{ 0 }
};

static const struct field report_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "file", TYPE_FILE, REQUIRED, .accept = ".pdf,.png,.jpg,.jpeg" },
	{ 0 }
};

static const struct column record[] = {
	{ "product", TYPE_TEXT, .sub = "product_code", .href = "/products/view?id={product_id}" },
	{ "produced_on", TYPE_DATE },
	{ "expires_on", TYPE_DATE },
	{ "life", TYPE_STATUS, .set = "life" },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "reserved", TYPE_QTY, .unit = "{unit}" },
	{ "free", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "report", TYPE_STATUS, .sub = "file", .set = "report" },
	{ "status_note", TYPE_TEXT },
	{ 0 }
};

static const struct column where_columns[] = {
	{ "name", TYPE_TEXT, .sub = "code" },
	{ "kind", TYPE_STATUS, .set = "warehouse_kind" },
	{ "qty", TYPE_QTY },
	{ "reserved", TYPE_QTY },
	{ "free", TYPE_QTY, .emphasis = true },
	{ 0 }
};

static const struct column reserved_columns[] = {
	{ "order_no", TYPE_CODE, .href = "/orders/view?id={order_id}" },
	{ "party", TYPE_TEXT },
	{ "qty", TYPE_QTY },
	{ 0 }
};

static const struct column buyer_columns[] = {
	{ "party", TYPE_TEXT, .href = "/parties/view?id={id}" },
	{ "phone", TYPE_TEXT },
	{ "qty", TYPE_QTY },
	{ "last_at", TYPE_DATETIME },
	{ 0 }
};

static const struct column movement_columns[] = {
	{ "biz_date", TYPE_DATE },
	{ "kind", TYPE_STATUS, .set = "movement" },
	{ "warehouse", TYPE_TEXT },
	{ "qty", TYPE_QTY, .emphasis = true },
	{ "note", TYPE_TEXT },
	{ 0 }
};

/* The lot ?id= with its head and record; no rows when there is none. */
static const struct rows *
begin(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *l = req_query(r, GET_ONE, I(id), I(id));
	const char *text;
	xmlNodePtr n;

	if (l->n == 0)
		return l;
	text = row_str(l, 0, "id");
	req_page(r, "view");
	x_value(r->heading, TYPE_CODE, "lot", row_str(l, 0, "lot_no"));
	req_state(r, "lot", row_str(l, 0, "status"));
	req_trail(r, "lots", "/lots/");
	x_action(r->heading, "movements", "get",
	    pool_printf(r->pool, "/stock/movements?lot=%s", row_str(l, 0, "lot_no")));
	n = x_record(r->page, "lot", l, record);
	if (!row_null(l, 0, "report_id"))
		x_link(n, "attachment", pool_printf(r->pool, "/lots/report?id=%s", text));
	return l;
}

static void
add_status_form(struct req *r, const struct rows *l)
{
	if (req_may(r, PERM_LOT_BLOCK))
		form_action(x_form(r, "lot-status", "/lots/status", status_fields, l), "save");
}

static void
add_report_form(struct req *r, const struct rows *l)
{
	if (req_may(r, PERM_LOT_BLOCK))
		form_action(x_form(r, "lot-report", "/lots/report", report_fields, l), "upload");
}

static int
lot_view(struct req *r)
{
	const struct rows *l = begin(r);
	int64_t id = req_int(r, "id", 0);

	if (l->n == 0)
		return 404;
	x_list(r, "lot-where", req_query(r, WHERE, I(id)), where_columns, NULL);
	add_status_form(r, l);
	add_report_form(r, l);
	if (req_may(r, PERM_ORDER_VIEW))
		x_list(r, "lot-reserved", req_query(r, RESERVED, I(id)), reserved_columns, NULL);
	if (req_may(r, PERM_SHIPMENT_VIEW))
		x_list(r, "lot-buyers", req_query(r, BUYERS, I(id)), buyer_columns, NULL);
	x_list(r, "lot-movements", req_query(r, MOVEMENTS, I(id)), movement_columns, NULL);
	return 200;
}

static int
status_form(struct req *r)
{
	const struct rows *l = begin(r);

	if (l->n == 0)
		return 404;
	add_status_form(r, l);
	return 200;
}

static int
report_form(struct req *r)
{
	const struct rows *l = begin(r);

	if (l->n == 0)
		return 404;
	add_report_form(r, l);
	return 200;
}

static int
status_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0), version = req_int(r, "_version", 0);
	const char *status = req_str(r, "status");

	if (strcmp(status, "released") != 0 && !req_given(r, "reason"))
		req_error(r, "reason", "reason.required", NULL);
	if (!req_good(r))
		return 422;
	if (req_query(r, FRESH, I(id), I(version))->n == 0)
		return 409;
	req_exec(r, SET_STATUS, I(id), I(version), S(status), T(req_str(r, "reason")));
	req_notice(r, "saved");
	return req_redirect(r, "/lots/view?id=%lld", (long long)id);
}

static int
report_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	int64_t file;

	if (req_query(r, GET_ONE, I(id), I(id))->n == 0)
		return 404;
	file = attach_keep(r, "file", 0, "lot", id);
	if (file == 0)
		return 422;
	req_exec(r, SET_REPORT, I(id), I(file));
	req_notice(r, "saved");
	return req_redirect(r, "/lots/view?id=%lld", (long long)id);
}

static int
report_get(struct req *r)
{
	return attach_send(r, req_query(r, REPORT, I(req_int(r, "id", 0))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_STOCK_VIEW, lot_list, .list = &lots },
	{ "/view", GET, PERM_STOCK_VIEW, lot_view, status_fields },
	{ "/status", POST, PERM_LOT_BLOCK, status_save, status_fields, status_form },
	{ "/report", GET, PERM_STOCK_VIEW, report_get, status_fields },
	{ "/report", POST, PERM_LOT_BLOCK, report_save, report_fields, report_form, UPLOAD },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "lots", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
