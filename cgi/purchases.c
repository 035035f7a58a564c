/*
 * purchases.c - what customers bought, line by line (F080): when, what, how many, at what price,
 * how it was sent and whether it is invoiced.
 *
 * A line is what was approved and not cancelled since, before that what was ordered.  Without a
 * customer, product, number or first day only the last months are read, and the page says so.
 */
#include "list.h"
#include "scope.h"

enum { RECENT_DAYS = 90, ALL_DAYS = 36500 };

#define QTY "IF(o.approved_at IS NULL, l.ordered_qty, l.approved_qty - l.cancelled_qty)"
#define AMOUNT "ROUND(" QTY " * l.price, 2)"

/* The shipments of a line that have left. */
#define SENT(what) "(SELECT GROUP_CONCAT(DISTINCT s." what " ORDER BY s.id SEPARATOR '、')" \
	" FROM shipment_line x JOIN shipment s ON s.party_id = x.party_id" \
	" AND s.id = x.shipment_id AND s.shipped_at IS NOT NULL" \
	" WHERE x.party_id = l.party_id AND x.order_line_id = l.id)"

static const struct column columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "placed_at", TYPE_DATETIME, .sort = "o.placed_at" },
	{ "order_no", TYPE_CODE, .sub = "po_no", .href = "/orders/view?id={order_id}" },
	{ "customer", TYPE_TEXT, .sub = "customer_code" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = QTY },
	{ "price", TYPE_PRICE, .sort = "l.price" },
	{ "amount", TYPE_MONEY, .sort = AMOUNT },
	{ "carrier", TYPE_TEXT, .sub = "tracking_no" },
	{ "invoiced", TYPE_STATUS, .set = "invoiced" },
	{ "code", TYPE_CODE, .optional = true },
	{ "shipped_qty", TYPE_QTY, .optional = true },
	{ "delivered_qty", TYPE_QTY, .optional = true },
	{ "returned_qty", TYPE_QTY, .optional = true },
	{ "status", TYPE_STATUS, .set = "order", .optional = true },
	{ "rep", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "p.generic_name LIKE ? OR p.pinyin LIKE ?", 2, true,
	    .number = "o.order_no LIKE ? OR o.po_no LIKE ? OR p.code LIKE ?", .numbers = 3 },
	{ { "customer", TYPE_LOOKUP, .href = "/suggest/parties" },
	    "o.party_id = (SELECT y.id FROM party y WHERE y.code = ?)" },
	{ { "product", TYPE_LOOKUP, .href = "/suggest/products" },
	    "l.product_id = (SELECT y.id FROM product y WHERE y.code = ?)" },
	{ { "from", TYPE_DATE }, "o.placed_at >= CAST(? AS DATETIME) - INTERVAL 8 HOUR" },
	{ { "to", TYPE_DATE }, "o.placed_at < CAST(? AS DATETIME) + INTERVAL 16 HOUR" },
	{ 0 }
};

static const struct list purchases = {
	.name = "purchases",
	.columns = columns,
	.filters = filters,
	.sort = "-placed_at",
	.select = "l.id, l.order_id, o.placed_at, o.order_no, o.po_no, c.name AS customer,"
	    " c.code AS customer_code, p.generic_name AS product, p.pack_spec AS pack, p.unit,"
	    " p.code, " QTY " AS qty, l.price, " AMOUNT " AS amount, l.shipped_qty,"
	    " l.delivered_qty, l.returned_qty, o.status, r.name AS rep,"
	    " " SENT("carrier") " AS carrier, " SENT("tracking_no") " AS tracking_no,"
	    " CASE WHEN l.issued_qty <= 0 THEN 'none' WHEN l.issued_qty < " QTY " THEN 'part'"
	    " ELSE 'all' END AS invoiced",
	.from = "sales_order o JOIN sales_order_line l ON l.party_id = o.party_id"
	    " AND l.order_id = o.id JOIN product p ON p.id = l.product_id"
	    " JOIN party c ON c.id = o.party_id LEFT JOIN app_user r ON r.id = o.rep_id",
	.count_from = "sales_order o JOIN sales_order_line l ON l.party_id = o.party_id"
	    " AND l.order_id = o.id JOIN product p ON p.id = l.product_id",
	.where = "o.status NOT IN ('draft', 'cancelled', 'rejected') AND " QTY " > 0"
	    " AND o.placed_at >= UTC_TIMESTAMP() - INTERVAL ? DAY"
	    " AND " IN_SCOPE("o.rep_id", "o.org_unit_id"),
	.key = "l.id",
};

static int
purchase_list(struct req *r)
{
	bool asked = req_given(r, "q") || req_given(r, "customer") || req_given(r, "product") ||
	    req_given(r, "from");

	if (!asked)
		x_value(x_notice(r->page, "info", "notice.purchases.recent"), TYPE_INT, "days",
		    pool_printf(r->pool, "%d", RECENT_DAYS));
	return list_page(r, &purchases, I(asked ? ALL_DAYS : RECENT_DAYS));
}

static const struct route routes[] = {
	{ "/", GET, PERM_ORDER_VIEW, purchase_list, .list = &purchases },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "purchases", routes };

	return app_main(&app, argc, argv);
}
