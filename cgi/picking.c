/*
 * picking.c - what is to be picked: approved orders with goods still to send.
 *
 * Stock is held for an order by lot, first expired first out, when its last
 * step approves it, and again here for what was a back-order.  A pick list takes
 * all that is held; cold goods get a list of their own.
 */
#include "form.h"
#include "list.h"
#include "scope.h"

enum { ORDER, LINES, ALLOCATE, CREATE, NSQL };

static const struct sql sql[NSQL] = {
	[ORDER] = { "picking.order",
		"SELECT o.id, o.order_no, o.status, p.name AS customer, o.wanted_on, o.note,"
		" CONCAT_WS(' ', o.ship_contact, o.ship_phone) AS receiver,"
		" o.ship_address AS address"
		" FROM sales_order o JOIN party p ON p.id = o.party_id"
		" WHERE o.id = ? AND " IN_SCOPE("o.rep_id", "o.org_unit_id") },
	[LINES] = { "picking.lines",
		"SELECT l.id, p.code, p.generic_name AS product, p.pack_spec AS pack, p.unit,"
		" p.storage_class, l.approved_qty - l.cancelled_qty AS approved_qty, l.shipped_qty,"
		" l.reserved_qty, l.approved_qty - l.cancelled_qty - l.shipped_qty -"
		" l.reserved_qty AS back_qty, (SELECT GROUP_CONCAT(CONCAT(t.lot_no, ' × ', v.qty)"
		" ORDER BY t.expires_on SEPARATOR '  ')"
		" FROM reservation v JOIN lot t ON t.id = v.lot_id"
		" WHERE v.order_line_id = l.id AND v.qty > 0 AND v.shipment_id IS NULL) AS lots"
		" FROM sales_order_line l JOIN product p ON p.id = l.product_id"
		" WHERE l.order_id = ? ORDER BY l.line_no" },
	[ALLOCATE] = { "picking.allocate", "CALL stock_allocate(?)" },
	[CREATE] = { "picking.create", "CALL shipment_create(?)" },
};

static const struct column columns[] = {
	{ "order_no", TYPE_CODE, .sort = "o.order_no", .unique = true },
	{ "customer", TYPE_TEXT, .sub = "address" },
	{ "wanted_on", TYPE_DATE },
	{ "approved_at", TYPE_DATETIME, .sort = "o.placed_at" },
	{ "open_qty", TYPE_QTY },
	{ "held_qty", TYPE_QTY },
	{ "listed_qty", TYPE_QTY },
	{ "storage_class", TYPE_STATUS, .set = "storage" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "p.name LIKE ? OR p.pinyin LIKE ? OR o.order_no LIKE ?", 3, true },
	{ 0 }
};

#define SUM_OF_LINES(what) "(SELECT SUM(" what ") FROM sales_order_line l" \
	" WHERE l.party_id = o.party_id AND l.order_id = o.id)"

static const struct list queue = {
	.name = "picking",
	.columns = columns,
	.filters = filters,
	.sort = "approved_at",
	.select = "o.id, o.order_no, p.name AS customer, o.ship_address AS address, o.wanted_on,"
	    " o.approved_at, o.qty_approved - o.qty_shipped AS open_qty,"
	    " " SUM_OF_LINES("l.reserved_qty") " AS held_qty,"
	    " (SELECT SUM(l.qty) FROM shipment s JOIN shipment_line l ON l.shipment_id = s.id"
	    " WHERE s.party_id = o.party_id AND s.order_id = o.id"
	    " AND s.status = 'picking') AS listed_qty, (SELECT MAX(x.storage_class)"
	    " FROM sales_order_line l JOIN product x ON x.id = l.product_id"
	    " WHERE l.party_id = o.party_id AND l.order_id = o.id) AS storage_class,"
	    " IF(o.wanted_on < business_day(), 'attention', NULL) AS flag",
	.from = "sales_order o STRAIGHT_JOIN party p ON p.id = o.party_id",
	.where = "o.status IN ('approved', 'picking', 'partly_shipped')"
	    " AND o.qty_shipped < o.qty_approved AND " IN_SCOPE("o.rep_id", "o.org_unit_id"),
	.row_href = "/picking/order?id={id}",
	.key = "o.id",
};

static int
queue_list(struct req *r)
{
	return list_page(r, &queue);
}

/* ---- one order to be picked ---- */

static const struct column order_facts[] = {
	{ "order_no", TYPE_CODE, .href = "/orders/view?id={id}" },
	{ "customer", TYPE_TEXT },
	{ "wanted_on", TYPE_DATE },
	{ "address", TYPE_TEXT, .sub = "receiver" },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column order_line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "storage_class", TYPE_STATUS, .set = "storage" },
	{ "approved_qty", TYPE_QTY, .unit = "{unit}" },
	{ "shipped_qty", TYPE_QTY },
	{ "reserved_qty", TYPE_QTY },
	{ "lots", TYPE_CODE },
	{ "back_qty", TYPE_QTY },
	{ 0 }
};

static int
order_pick(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *order = req_query(r, ORDER, I(id));
	const struct rows *lines;

	if (!req_record(r, "order", order, "order_no", "order", "status"))
		return 404;
	lines = req_query(r, LINES, I(id));
	x_record(r->page, "pick-order", order, order_facts);
	x_list(r, "pick-lines", lines, order_line_columns, NULL);
	if (!req_may(r, PERM_SHIPMENT_EDIT))
		return 200;
	x_flag(x_action(r->heading, "shipment.create", "post",
	    x_href(r->pool, "/picking/create?id={id}", order, 0)), "primary", true);
	x_action(r->heading, "allocate", "post",
	    x_href(r->pool, "/picking/allocate?id={id}", order, 0));
	return 200;
}

/* Holds what has come in since for the order's back-order. */
static int
order_allocate(struct req *r)
{
	if (req_query(r, ORDER, I(req_int(r, "id", 0)))->n == 0)
		return 404;
	req_query(r, ALLOCATE, I(req_int(r, "id", 0)));
	req_notice(r, "stock.allocated");
	return req_redirect(r, "/picking/order?id=%lld", (long long)req_int(r, "id", 0));
}

static int
shipment_create(struct req *r)
{
	const struct rows *made;

	if (req_query(r, ORDER, I(req_int(r, "id", 0)))->n == 0)
		return 404;
	made = req_query(r, CREATE, I(req_int(r, "id", 0)));
	if (made->n == 0) {
		req_error(r, NULL, "shipment.nothing_held", NULL);
		return 422;
	}
	req_notice(r, "shipment.created");
	return req_redirect(r, "/shipments/view?id=%s", row_str(made, 0, "id"));
}

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_SHIPMENT_VIEW, queue_list, .list = &queue },
	{ "/order", GET, PERM_SHIPMENT_VIEW, order_pick, id_field },
	{ "/allocate", POST, PERM_SHIPMENT_EDIT, order_allocate, id_field, order_pick },
	{ "/create", POST, PERM_SHIPMENT_EDIT, shipment_create, id_field, order_pick },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "picking", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
