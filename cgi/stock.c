/*
 * stock.c - what we have: by product, lot and warehouse; and every movement of it.
 *
 * Movements are append-only; the balance is kept in the same transaction and
 * cannot go below zero.  The printed expiry is the last valid day (X07).
 */
#include "form.h"
#include "list.h"

enum { WAREHOUSES, SUMMARY, NSQL };

#define LIFE "IF(is_expired(l.expires_on, business_day()), 'expired'," \
	" IF(l.expires_on <= business_day() + INTERVAL param_int('stock.alarm_days', 90) DAY," \
	" 'alarm'," \
	" IF(l.expires_on <= business_day() + INTERVAL param_int('stock.warn_days', 180) DAY," \
	" 'near'," \
	" 'good')))"

static const struct sql sql[NSQL] = {
	[WAREHOUSES] = { "stock.warehouses",
		"SELECT id AS value, name AS label FROM warehouse ORDER BY code" },
	[SUMMARY] = { "stock.summary",
		"SELECT"
		" COUNT(DISTINCT IF(b.qty > 0 AND l.status = 'released' AND l.expires_on"
		" BETWEEN business_day() AND business_day() + INTERVAL"
		" param_int('stock.warn_days', 180) DAY, b.lot_id, NULL)) AS near,"
		" COUNT(DISTINCT IF(b.qty > 0 AND is_expired(l.expires_on, business_day()),"
		" b.lot_id, NULL)) AS expired,"
		" COUNT(DISTINCT IF(b.qty > 0 AND l.status IN ('blocked', 'recalled'), b.lot_id,"
		" NULL)) AS blocked,"
		" COUNT(DISTINCT IF(b.qty > 0 AND l.status = 'quarantine', b.lot_id, NULL)) AS"
		" waiting"
		" FROM stock_balance b JOIN lot l ON l.id = b.lot_id" },
};

static const char *const statuses[] = { "quarantine", "released", "blocked", "recalled", NULL };
static const char *const withins[] = { "0", "30", "90", "180", "365", NULL };
static const char *const kinds[] = { "receive", "ship", "adjust", "transfer", "return", "destroy",
	"opening", NULL };

/* ---- balances ---- */

static const struct column columns[] = {
	{ "product", TYPE_TEXT, .sub = "code", .href = "/products/view?id={product_id}",
	    .sort = "p.generic_name" },
	{ "lot_no", TYPE_CODE, .href = "/lots/view?id={lot_id}", .sort = "l.lot_no" },
	{ "warehouse", TYPE_TEXT, .sort = "w.code" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "b.qty" },
	{ "reserved", TYPE_QTY },
	{ "free", TYPE_QTY, .emphasis = true },
	{ "produced_on", TYPE_DATE, .optional = true },
	{ "expires_on", TYPE_DATE, .sort = "l.expires_on" },
	{ "life", TYPE_STATUS, .set = "life" },
	{ "status", TYPE_STATUS, .set = "lot" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "p.code LIKE ? OR p.generic_name LIKE ? OR p.pinyin LIKE ?"
	    " OR l.lot_no LIKE ?", 4, true },
	{ { "product", TYPE_LOOKUP, .max = 20, .href = "/suggest/products" }, "p.code = ?" },
	{ { "warehouse", TYPE_SELECT }, "b.warehouse_id = ?" },
	{ { "status", TYPE_SELECT, .set = "lot", .options = statuses }, "l.status = ?" },
	{ { "within", TYPE_SELECT, .set = "within", .options = withins },
	    "l.expires_on <= business_day() + INTERVAL ? DAY" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "near", "within=180&sort=expires_on" },
	{ "waiting", "status=quarantine" },
	{ "blocked", "status=blocked" },
	{ "recalled", "status=recalled" },
	{ 0 }
};

static const struct list balances = {
	.name = "balances",
	.columns = columns,
	.filters = filters,
	.views = views,
	.sort = "product",
	.select = "b.lot_id * 1000 + b.warehouse_id AS id, b.product_id, b.lot_id,"
	    " CONCAT(p.generic_name, ' ', p.pack_spec) AS product, p.code, p.unit, l.lot_no,"
	    " w.name AS warehouse, b.qty, b.reserved, b.qty - b.reserved AS free, l.produced_on,"
	    " l.expires_on, " LIFE " AS life, l.status",
	.from = "stock_balance b"
	    " JOIN lot l ON l.id = b.lot_id"
	    " JOIN product p ON p.id = b.product_id"
	    " JOIN warehouse w ON w.id = b.warehouse_id",
	.where = "b.qty > 0",
	.key = "(b.lot_id * 1000 + b.warehouse_id)",
};

static void
add_figure(xmlNodePtr figures, const struct rows *s, const char *name, const char *href,
    bool alert)
{
	xmlNodePtr n = x_el(figures, "figure");

	x_attr(n, "name", name);
	x_attr(n, "href", href);
	if (alert && row_int(s, 0, name) > 0)
		x_attr(n, "alert", "warning");
	x_value(n, TYPE_INT, name, row_str(s, 0, name));
}

static int
stock_list(struct req *r)
{
	const struct rows *s = req_query(r, SUMMARY);
	xmlNodePtr figures;
	int status;

	x_action(r->heading, "movements", "get", "/stock/movements");
	x_action(r->heading, "warehouses", "get", "/warehouses/");
	if (req_may(r, PERM_STOCK_EDIT)) {
		x_action(r->heading, "adjust", "get", "/adjustments/new");
		x_flag(x_action(r->heading, "receive", "get", "/receiving/new"), "primary", true);
	}
	figures = x_el(r->page, "figures");
	x_attr(figures, "name", "stock");
	add_figure(figures, s, "near", "/stock/?within=180&sort=expires_on&view=near", true);
	add_figure(figures, s, "expired", "/stock/?within=0&sort=expires_on", true);
	add_figure(figures, s, "waiting", "/stock/?status=quarantine&view=waiting", false);
	add_figure(figures, s, "blocked", "/stock/?status=blocked&view=blocked", false);
	status = list_page(r, &balances);
	form_options(r->page, "warehouse", req_query(r, WAREHOUSES));
	return status;
}

/* ---- movements ---- */

static const struct column movement_columns[] = {
	{ "biz_date", TYPE_DATE, .sort = "m.biz_date" },
	{ "kind", TYPE_STATUS, .sub = "doc", .set = "movement" },
	{ "product", TYPE_TEXT, .sub = "code", .href = "/products/view?id={product_id}" },
	{ "lot_no", TYPE_CODE, .href = "/lots/view?id={lot_id}" },
	{ "warehouse", TYPE_TEXT },
	{ "qty", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "made_by", TYPE_TEXT, .optional = true },
	{ "note", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct filter movement_filters[] = {
	{ { "lot", TYPE_TEXT, .max =
	    40 }, "m.lot_id IN (SELECT id FROM lot WHERE lot_key = UPPER(?))" },
	{ { "product", TYPE_LOOKUP, .max = 20, .href = "/suggest/products" },
	    "m.product_id = (SELECT id FROM product WHERE code = ?)" },
	{ { "warehouse", TYPE_SELECT }, "m.warehouse_id = ?" },
	{ { "kind", TYPE_SELECT, .set = "movement", .options = kinds }, "m.kind = ?" },
	{ { "from", TYPE_DATE }, "m.biz_date >= ?" },
	{ { "to", TYPE_DATE }, "m.biz_date <= ?" },
	{ 0 }
};

static const struct list movements = {
	.name = "movements",
	.columns = movement_columns,
	.filters = movement_filters,
	.sort = "-biz_date",
	.select = "m.id, m.biz_date, m.kind, COALESCE(r.receipt_no, s.shipment_no, a.adjustment_no,"
	    " b.return_no) AS doc, m.product_id, CONCAT(p.generic_name, ' ', p.pack_spec)"
	    " AS product, p.code, p.unit, m.lot_id, l.lot_no, m.qty, u.name AS made_by, m.note,"
	    " (SELECT w.name FROM warehouse w WHERE w.id = m.warehouse_id) AS warehouse",
	/* In the order of the movements: joined, three warehouses cost a sort of them all. */
	.from = "stock_movement m"
	    " STRAIGHT_JOIN product p ON p.id = m.product_id"
	    " STRAIGHT_JOIN lot l ON l.id = m.lot_id"
	    " LEFT JOIN stock_receipt r ON m.doc_kind = 'stock_receipt' AND r.id = m.doc_id"
	    " LEFT JOIN shipment s ON m.doc_kind = 'shipment' AND s.id = m.doc_id"
	    " LEFT JOIN stock_adjustment a ON m.doc_kind = 'stock_adjustment' AND a.id = m.doc_id"
	    " LEFT JOIN return_order b ON m.doc_kind = 'return_order' AND b.id = m.doc_id"
	    " LEFT JOIN app_user u ON u.id = m.created_by",
	.count_from = "stock_movement m",
	.key = "m.id",
};

static int
movement_list(struct req *r)
{
	int status;

	req_trail(r, "stock", "/stock/");
	status = list_page(r, &movements);
	form_options(r->page, "warehouse", req_query(r, WAREHOUSES));
	return status;
}

static const struct route routes[] = {
	{ "/", GET, PERM_STOCK_VIEW, stock_list, .list = &balances },
	{ "/movements", GET, PERM_STOCK_VIEW, movement_list, .list = &movements },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "stock", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
