/*
 * trace.c - the way of a lot: received by us, shipped to whom, sold on by whom to
 * whom at which level, and where it still lies.
 *
 * Sales are what distributors reported; they are found by product, so that a lot
 * typed otherwise and understood is not missed.  Rows of the same number under a
 * product name nobody understood yet are shown as unsure.  A recall begins here.
 */
#include "export.h"
#include "form.h"
#include "list.h"

enum { LOT, SUMS, RECEIVED, OURS, NSQL };

static const struct sql sql[NSQL] = {
	[LOT] = { "trace.lot",
		"SELECT l.id, l.lot_no, CONCAT(p.generic_name, ' ', p.pack_spec) AS product,"
		" p.code, p.unit, l.produced_on, l.expires_on, l.status, l.status_note,"
		" r.id AS recall_id, r.recall_no FROM lot l JOIN product p ON p.id = l.product_id"
		" LEFT JOIN recall r ON r.live_lot = l.id WHERE l.id = ?" },
	/* Of all rows, whatever a page of them shows. */
	[SUMS] = { "trace.sums",
		"SELECT COALESCE((SELECT SUM(m.qty) FROM stock_movement m WHERE m.lot_id = l.id"
		" AND m.kind IN ('receive', 'opening', 'return')), 0) AS received,"
		" COALESCE((SELECT SUM(b.qty) FROM stock_balance b WHERE b.lot_id = l.id), 0)"
		" AS ours,"
		" COALESCE((SELECT SUM(x.qty - COALESCE(x.refused_qty, 0)) FROM shipment_line x"
		" JOIN shipment s ON s.id = x.shipment_id WHERE x.lot_id = l.id"
		" AND s.status IN ('shipped', 'in_transit', 'delivered')), 0) AS shipped,"
		" COALESCE(f.at_distributors, 0) AS at_distributors,"
		" COALESCE(f.at_terminals, 0) AS at_terminals,"
		" COALESCE(f.at_unknown, 0) AS at_unknown,"
		" COALESCE(n.qty, 0) AS unsure, COALESCE((SELECT SUM(c.qty) FROM channel_stock c"
		" WHERE c.product_id = l.product_id AND c.lot_no = l.lot_no AND c.qty > 0), 0)"
		" AS held FROM lot l LEFT JOIN (SELECT f.lot_id,"
		" SUM(IF(f.party_id IS NULL, f.qty, 0)) AS at_unknown,"
		" SUM(IF(f.party_id IS NOT NULL AND f.is_pure_sale, f.qty, 0)) AS at_terminals,"
		" SUM(IF(f.party_id IS NOT NULL AND NOT f.is_pure_sale, f.qty, 0))"
		" AS at_distributors FROM lot_sale f WHERE f.lot_id = ? GROUP BY f.lot_id) f"
		" ON f.lot_id = l.id"
		/* MariaDB refuses the sum of a view as a value of a row the second time (1140). */
		" LEFT JOIN (SELECT u.lot_id, SUM(u.qty) AS qty FROM lot_unsure u"
		" WHERE u.lot_id = ? GROUP BY u.lot_id) n ON n.lot_id = l.id WHERE l.id = ?" },
	[RECEIVED] = { "trace.received",
		"SELECT m.biz_date, m.kind, w.name AS warehouse, m.qty, m.note"
		" FROM stock_movement m JOIN warehouse w ON w.id = m.warehouse_id"
		" WHERE m.lot_id = ? AND m.kind IN ('receive', 'opening', 'return')"
		" ORDER BY m.id" },
	[OURS] = { "trace.ours",
		"SELECT w.name AS warehouse, w.kind, b.qty, b.reserved FROM stock_balance b"
		" JOIN warehouse w ON w.id = b.warehouse_id WHERE b.lot_id = ? AND b.qty > 0"
		" ORDER BY w.id" },
};

static const char *const statuses[] = { "quarantine", "released", "blocked", "recalled", NULL };

static const struct column lot_columns[] = {
	{ "lot_no", TYPE_CODE, .sort = "l.lot_no" },
	{ "product", TYPE_TEXT, .sub = "code", .sort = "p.generic_name" },
	{ "produced_on", TYPE_DATE },
	{ "expires_on", TYPE_DATE, .sort = "l.expires_on" },
	{ "status", TYPE_STATUS, .set = "lot", .sort = "l.status" },
	{ 0 }
};

static const struct filter lot_filters[] = {
	{ { "q", TYPE_SEARCH }, "l.lot_no LIKE ? OR p.code LIKE ? OR p.generic_name LIKE ?"
	    " OR p.pinyin LIKE ?", 4, true },
	{ { "status", TYPE_SELECT, .set = "lot", .options = statuses }, "l.status = ?" },
	{ 0 }
};

static const struct list trace_lots = {
	.name = "trace-lots",
	.columns = lot_columns,
	.filters = lot_filters,
	.row_href = "/trace/view?lot={id}",
	.sort = "-expires_on",
	.select = "l.id, l.lot_no, CONCAT(p.generic_name, ' ', p.pack_spec) AS product, p.code,"
	    " l.produced_on, l.expires_on, l.status",
	.from = "lot l JOIN product p ON p.id = l.product_id",
	.key = "l.id",
};

static int
lot_list(struct req *r)
{
	return list_page(r, &trace_lots);
}

static const struct column lot_record[] = {
	{ "product", TYPE_TEXT, .sub = "code" },
	{ "lot_no", TYPE_CODE, .href = "/lots/view?id={id}" },
	{ "produced_on", TYPE_DATE },
	{ "expires_on", TYPE_DATE },
	{ "recall_no", TYPE_CODE, .href = "/recalls/view?id={recall_id}" },
	{ "status_note", TYPE_TEXT },
	{ 0 }
};

static const struct column received_columns[] = {
	{ "biz_date", TYPE_DATE },
	{ "kind", TYPE_STATUS, .set = "movement" },
	{ "warehouse", TYPE_TEXT },
	{ "qty", TYPE_QTY },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column ours_columns[] = {
	{ "warehouse", TYPE_TEXT },
	{ "kind", TYPE_STATUS, .set = "warehouse_kind" },
	{ "qty", TYPE_QTY },
	{ "reserved", TYPE_QTY },
	{ 0 }
};

static const struct column figures[] = {
	{ "received", TYPE_QTY },
	{ "ours", TYPE_QTY },
	{ "shipped", TYPE_QTY },
	{ "at_distributors", TYPE_QTY },
	{ "at_terminals", TYPE_QTY },
	{ "at_unknown", TYPE_QTY },
	{ "unsure", TYPE_QTY },
	{ "held", TYPE_QTY },
	{ 0 }
};

/* ---- where it went: a page each, under the same head ---- */

static const struct view ways[] = {
	{ "shipped", "/trace/view" },
	{ "sold", "/trace/sold" },
	{ "held", "/trace/held" },
	{ 0 }
};

static const struct column shipped_columns[] = {
	{ "holder", TYPE_TEXT, .sort = "p.name", .href = "/parties/view?id={party_id}" },
	{ "shipment_no", TYPE_CODE, .href = "/shipments/view?id={shipment_id}" },
	{ "shipped_on", TYPE_DATE, .sort = "s.shipped_on" },
	{ "status", TYPE_STATUS, .set = "shipment", .sort = "s.status" },
	{ "qty", TYPE_QTY, .sort = "x.qty" },
	{ "received", TYPE_QTY },
	{ "refused", TYPE_QTY },
	{ 0 }
};

static const struct filter shipped_filters[] = {
	{ { "q", TYPE_SEARCH }, "p.name LIKE ? OR p.pinyin LIKE ? OR s.shipment_no LIKE ?", 3,
	    true },
	{ 0 }
};

static const struct list shipped = {
	.name = "trace-shipped",
	.columns = shipped_columns,
	.filters = shipped_filters,
	.views = ways,
	.sort = "shipped_on",
	.select = "x.id, p.id AS party_id, p.name AS holder, s.id AS shipment_id, s.shipment_no,"
	    " s.shipped_on, s.status, x.qty, x.received_qty AS received,"
	    " x.refused_qty AS refused",
	.from = "shipment_line x JOIN shipment s ON s.id = x.shipment_id"
	    " JOIN party p ON p.id = x.party_id",
	.where = "x.lot_id = ? AND s.status IN ('shipped', 'in_transit', 'delivered')",
	.key = "x.id",
};

static const char *const reaches[] = { "distributor", "terminal", "unknown", "unsure", NULL };

static const struct column sold_columns[] = {
	{ "seller", TYPE_TEXT, .sort = "s.name" },
	{ "buyer", TYPE_TEXT, .sub = "place", .sort = "COALESCE(p.name, n.name)" },
	{ "flow_level", TYPE_STATUS, .set = "flow_level", .sort = "x.flow_level" },
	{ "reach", TYPE_STATUS, .set = "recall_tier", .sort = "x.reach" },
	{ "raw_product", TYPE_TEXT },
	{ "qty", TYPE_QTY, .sort = "x.qty" },
	{ "first_sold", TYPE_DATE, .sort = "x.first_sold" },
	{ "last_sold", TYPE_DATE, .sort = "x.last_sold" },
	{ 0 }
};

static const struct filter sold_filters[] = {
	{ { "q", TYPE_SEARCH }, "s.name LIKE ? OR s.pinyin LIKE ? OR COALESCE(p.name, n.name)"
	    " LIKE ? OR p.pinyin LIKE ?", 4, true },
	{ { "reach", TYPE_SELECT, .set = "recall_tier", .options = reaches }, "x.reach = ?" },
	{ 0 }
};

/* One row a seller, buyer and level, whose id is that of its first row; both ? are the lot. */
static const struct list sold = {
	.name = "trace-sold",
	.columns = sold_columns,
	.filters = sold_filters,
	.views = ways,
	.sort = "flow_level",
	.select = "x.id, s.name AS seller, COALESCE(p.name, n.name) AS buyer, g.name AS place,"
	    " x.flow_level, x.reach, x.raw_product, x.qty, x.first_sold, x.last_sold,"
	    " IF(x.reach = 'unsure', 'attention', NULL) AS flag",
	.from = "(SELECT MIN(f.row_id) AS id, f.sender_id, f.party_id,"
	    " MIN(f.party_name_id) AS name_id, f.flow_level,"
	    " IF(f.party_id IS NULL, 'unknown', IF(MAX(f.is_pure_sale), 'terminal',"
	    " 'distributor')) AS reach, NULL AS raw_product, SUM(f.qty) AS qty,"
	    " MIN(f.biz_date) AS first_sold, MAX(f.biz_date) AS last_sold"
	    " FROM lot_sale f WHERE f.lot_id = ? GROUP BY f.sender_id, f.party_id,"
	    " f.flow_level, IF(f.party_id IS NULL, f.party_name_id, 0) UNION ALL "
	    "SELECT MIN(f.row_id), f.sender_id, MAX(f.party_id), f.party_name_id,"
	    " MIN(f.flow_level), 'unsure',"
	    " MIN(CONCAT_WS(' ', f.raw_product, NULLIF(f.raw_spec, ''))), SUM(f.qty),"
	    " MIN(f.biz_date), MAX(f.biz_date) FROM lot_unsure f WHERE f.lot_id = ?"
	    " GROUP BY f.sender_id, f.party_name_id, f.product_name_id"
	    ") x JOIN party s ON s.id = x.sender_id"
	    " LEFT JOIN party p ON p.id = x.party_id JOIN flow_name n ON n.id = x.name_id"
	    " LEFT JOIN region g ON g.code = p.region_code",
	.key = "x.id",
};

static const struct column held_columns[] = {
	{ "holder", TYPE_TEXT, .sub = "place", .sort = "p.name" },
	{ "qty", TYPE_QTY, .sort = "c.qty" },
	{ "stock_date", TYPE_DATE, .sort = "c.stock_date" },
	{ 0 }
};

static const struct filter held_filters[] = {
	{ { "q", TYPE_SEARCH }, "p.name LIKE ? OR p.pinyin LIKE ?", 2, true },
	{ 0 }
};

static const struct list held = {
	.name = "trace-held",
	.columns = held_columns,
	.filters = held_filters,
	.views = ways,
	.sort = "-qty",
	.select = "c.id, p.name AS holder, g.name AS place, c.qty, c.stock_date",
	.from = "lot l JOIN channel_stock c ON c.product_id = l.product_id AND c.lot_no = l.lot_no"
	    " AND c.qty > 0 JOIN party p ON p.id = c.party_id"
	    " LEFT JOIN region g ON g.code = p.region_code",
	.where = "l.id = ?",
	.key = "c.id",
};

static void
add_head(struct req *r, const struct rows *lot)
{
	int64_t id = row_int(lot, 0, "id");

	req_page(r, "view");
	req_title(r, row_str(lot, 0, "lot_no"));
	req_state(r, "lot", row_str(lot, 0, "status"));
	req_trail(r, "trace", "/trace/");
	if (row_null(lot, 0, "recall_id"))
		x_flag(x_action(r->heading, "recall.open", "get",
		    x_href(r->pool, "/recalls/new?lot={id}", lot, 0)), "primary", true);
	x_record(r->page, "trace-lot", lot, lot_record);
	x_figures(r->page, "trace", req_query(r, SUMS, I(id), I(id), I(id)), figures);
}

static bool
find_lot(struct req *r, int64_t id)
{
	const struct rows *lot = req_query(r, LOT, I(id));

	if (lot->n > 0 && !export_asked(r))
		add_head(r, lot);
	return lot->n > 0;
}

static int
trace(struct req *r)
{
	int64_t id = req_int(r, "lot", 0);

	if (!find_lot(r, id))
		return 404;
	if (!export_asked(r)) {
		x_list(r, "trace-received", req_query(r, RECEIVED, I(id)), received_columns, NULL);
		x_list(r, "trace-ours", req_query(r, OURS, I(id)), ours_columns, NULL);
	}
	return list_page(r, &shipped, I(id));
}

static int
sold_by(struct req *r)
{
	int64_t id = req_int(r, "lot", 0);

	return find_lot(r, id) ? list_page(r, &sold, I(id), I(id)) : 404;
}

static int
held_by(struct req *r)
{
	int64_t id = req_int(r, "lot", 0);

	return find_lot(r, id) ? list_page(r, &held, I(id)) : 404;
}

static const struct field lot_field[] = { { "lot", TYPE_INT, REQUIRED }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_RECALL_EDIT, lot_list, .list = &trace_lots },
	{ "/view", GET, PERM_RECALL_EDIT, trace, lot_field, .list = &shipped },
	{ "/sold", GET, PERM_RECALL_EDIT, sold_by, lot_field, .list = &sold },
	{ "/held", GET, PERM_RECALL_EDIT, held_by, lot_field, .list = &held },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "trace", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
