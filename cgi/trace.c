/*
 * trace.c - the way of a lot: received by us, shipped to whom, sold on by whom to
 * whom at which level, and where it still lies.
 *
 * Sales are what distributors reported; they are found by product, so that a lot
 * typed otherwise and understood is not missed.  Rows of the same number under a
 * product name nobody understood yet are shown as unsure.  A recall begins here.
 */
#include "form.h"
#include "list.h"

enum { LOT, RECEIVED, OURS, SHIPPED, SOLD, HELD, NSQL };

static const struct sql sql[NSQL] = {
	[LOT] = { "trace.lot",
		"SELECT l.id, l.lot_no, CONCAT(p.generic_name, ' ', p.pack_spec) AS product,"
		" p.code,"
		" p.unit, l.produced_on, l.expires_on, l.status, l.status_note, r.id AS recall_id,"
		" r.recall_no FROM lot l JOIN product p ON p.id = l.product_id"
		" LEFT JOIN recall r ON r.live_lot = l.id WHERE l.id = ?" },
	[RECEIVED] = { "trace.received",
		"SELECT m.biz_date, m.kind, w.name AS warehouse, m.qty, m.note FROM"
		" stock_movement m"
		" JOIN warehouse w ON w.id = m.warehouse_id"
		" WHERE m.lot_id = ? AND m.kind IN ('receive', 'opening', 'return') ORDER BY"
		" m.id" },
	[OURS] = { "trace.ours",
		"SELECT w.name AS warehouse, w.kind, b.qty, b.reserved FROM stock_balance b"
		" JOIN warehouse w ON w.id = b.warehouse_id WHERE b.lot_id = ? AND b.qty > 0"
		" ORDER BY w.id" },
	[SHIPPED] = { "trace.shipped",
		"SELECT p.id, p.name AS holder, s.id AS shipment_id, s.shipment_no, s.shipped_on,"
		" s.status, x.qty, x.received_qty AS received, x.refused_qty AS refused"
		" FROM shipment_line x JOIN shipment s ON s.id = x.shipment_id"
		" JOIN party p ON p.id = x.party_id WHERE x.lot_id = ?"
		" AND s.status IN ('shipped', 'in_transit', 'delivered')"
		" ORDER BY s.shipped_on, s.id LIMIT 2000" },
	[SOLD] = { "trace.sold",
		"SELECT s.name AS seller, COALESCE(p.name, n.name) AS buyer, g.name AS place,"
		" x.flow_level, x.reach, x.raw_product, x.qty, x.first_sold, x.last_sold,"
		" IF(x.reach = 'unsure', 'attention', NULL) AS flag FROM ("
		"SELECT f.sender_id, f.party_id, MIN(f.party_name_id) AS name_id, f.flow_level,"
		" IF(f.party_id IS NULL, 'unknown', IF(MAX(f.is_pure_sale), 'terminal',"
		" 'distributor')) AS reach, NULL AS raw_product, SUM(f.qty) AS qty,"
		" MIN(f.biz_date) AS first_sold, MAX(f.biz_date) AS last_sold"
		" FROM lot_sale f WHERE f.lot_id = ? GROUP BY f.sender_id, f.party_id,"
		" f.flow_level, IF(f.party_id IS NULL, f.party_name_id, 0) UNION ALL "
		"SELECT f.sender_id, MAX(f.party_id), f.party_name_id, MIN(f.flow_level), 'unsure',"
		" MIN(CONCAT_WS(' ', f.raw_product, NULLIF(f.raw_spec, ''))), SUM(f.qty),"
		" MIN(f.biz_date), MAX(f.biz_date) FROM lot_unsure f WHERE f.lot_id = ?"
		" GROUP BY f.sender_id, f.party_name_id, f.product_name_id"
		") x JOIN party s ON s.id = x.sender_id"
		" LEFT JOIN party p ON p.id = x.party_id JOIN flow_name n ON n.id = x.name_id"
		" LEFT JOIN region g ON g.code = p.region_code"
		" ORDER BY x.flow_level, s.name, x.qty DESC LIMIT 5000" },
	[HELD] = { "trace.held",
		"SELECT p.name AS holder, g.name AS place, c.qty, c.stock_date FROM lot l"
		" JOIN channel_stock c ON c.product_id = l.product_id AND c.lot_no = l.lot_no"
		" AND c.qty > 0 JOIN party p ON p.id = c.party_id"
		" LEFT JOIN region g ON g.code = p.region_code WHERE l.id = ?"
		" ORDER BY c.qty DESC LIMIT 2000" },
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

static const struct column shipped_columns[] = {
	{ "holder", TYPE_TEXT, .href = "/parties/view?id={id}" },
	{ "shipment_no", TYPE_CODE, .href = "/shipments/view?id={shipment_id}" },
	{ "shipped_on", TYPE_DATE },
	{ "status", TYPE_STATUS, .set = "shipment" },
	{ "qty", TYPE_QTY },
	{ "received", TYPE_QTY },
	{ "refused", TYPE_QTY },
	{ 0 }
};

static const struct column sold_columns[] = {
	{ "seller", TYPE_TEXT },
	{ "buyer", TYPE_TEXT, .sub = "place" },
	{ "flow_level", TYPE_INT },
	{ "reach", TYPE_STATUS, .set = "recall_tier" },
	{ "raw_product", TYPE_TEXT },
	{ "qty", TYPE_QTY },
	{ "first_sold", TYPE_DATE },
	{ "last_sold", TYPE_DATE },
	{ 0 }
};

static const struct column held_columns[] = {
	{ "holder", TYPE_TEXT, .sub = "place" },
	{ "qty", TYPE_QTY },
	{ "stock_date", TYPE_DATE },
	{ 0 }
};

static int
trace(struct req *r)
{
	int64_t id = req_int(r, "lot", 0);
	const struct rows *lot = req_query(r, LOT, I(id));

	if (lot->n == 0)
		return 404;
	req_page(r, "view");
	req_title(r, row_str(lot, 0, "lot_no"));
	req_state(r, "lot", row_str(lot, 0, "status"));
	req_trail(r, "trace", "/trace/");
	if (row_null(lot, 0, "recall_id"))
		x_flag(x_action(r->heading, "recall.open", "get",
		    x_href(r->pool, "/recalls/new?lot={id}", lot, 0)), "primary", true);
	x_record(r->page, "trace-lot", lot, lot_record);
	x_list(r, "trace-received", req_query(r, RECEIVED, I(id)), received_columns, NULL);
	x_list(r, "trace-ours", req_query(r, OURS, I(id)), ours_columns, NULL);
	x_list(r, "trace-shipped", req_query(r, SHIPPED, I(id)), shipped_columns, NULL);
	list_rows(r, "trace-sold", req_query(r, SOLD, I(id), I(id)), sold_columns, NULL);
	x_list(r, "trace-held", req_query(r, HELD, I(id)), held_columns, NULL);
	return 200;
}

static const struct field lot_field[] = { { "lot", TYPE_INT, REQUIRED }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_RECALL_EDIT, lot_list, .list = &trace_lots },
	{ "/view", GET, PERM_RECALL_EDIT, trace, lot_field },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "trace", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
