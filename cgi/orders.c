/*
 * orders.c - sales orders: list, page, and what may be done with one.
 *
 * An order is never shipped, delivered, invoiced or paid as a whole: each line
 * carries quantities, ordered >= approved >= shipped >= delivered, and the four
 * answers (paid? shipped? arrived? invoiced?) follow from them.  Nobody sets a
 * state by hand: the routines of sql/routines move an order or say why not.
 *
 * Orders are written in entry.c and decided on in approvals.c.
 */
#include <string.h>

#include "attach.h"
#include "form.h"
#include "hold.h"
#include "list.h"
#include "ordersteps.h"
#include "scope.h"

enum { ORDER, LINES, REST, SHIPMENTS, INVOICES, FILES, FILE_GET, EVENTS, NEXT, MY_STEP, REPS, UNITS,
	PARTY, SUBMIT, WITHDRAW, CANCEL, NSQL };

static const struct sql sql[NSQL] = {
	[ORDER] = { "orders.order",
		"SELECT o.*, IF(o.status = 'submitted',"
		" batch_before(o.party_id, o.id), NULL) AS unpaid FROM order_page o"
		" WHERE o.id = ? AND " IN_SCOPE("o.rep_id", "o.org_unit_id") },
	[LINES] = { "orders.lines",
		"SELECT l.*, IF(l.price <> l.list_price, ROUND(l.list_price, 2), NULL) AS list"
		" FROM order_line_page l WHERE l.order_id = ? ORDER BY l.line_no" },
	[REST] = { "orders.rest",
		"SELECT l.id, l.product, l.pack, l.unit, l.approved_qty, l.shipped_qty,"
		" l.approved_qty - l.shipped_qty AS rest_qty FROM order_line_page l"
		" WHERE l.order_id = ? AND l.approved_qty > l.shipped_qty ORDER BY l.line_no" },
	[SHIPMENTS] = { "orders.shipments",
		"SELECT s.id, s.shipment_no, s.status, s.carrier, s.tracking_no, s.shipped_on,"
		" s.expected_on, s.delivered_at,"
		" (SELECT SUM(l.qty) FROM shipment_line l WHERE l.shipment_id = s.id) AS qty,"
		" (SELECT SUM(l.received_qty) FROM shipment_line l"
		" WHERE l.shipment_id = s.id) AS received"
		" FROM shipment s WHERE s.party_id = ? AND s.order_id = ? ORDER BY s.id" },
	[INVOICES] = { "orders.invoices",
		"SELECT i.id, i.doc_no, i.invoice_no, i.kind, i.status, i.issued_on, i.amount,"
		" a.settled, IF(a.open_amount > 0, a.due_on, NULL) AS due_on"
		" FROM invoice i LEFT JOIN ar_item a ON a.invoice_id = i.id"
		" WHERE i.party_id = ? AND i.order_id = ? ORDER BY i.id" },
	[FILES] = { "orders.files",
		"SELECT a.id, a.name, a.size, a.created_at, u.name AS actor FROM attachment a"
		" LEFT JOIN app_user u ON u.id = a.created_by"
		" WHERE a.owner_kind = 'order' AND a.owner_id = ? ORDER BY a.id" },
	[FILE_GET] = { "orders.file",
		"SELECT a.name, a.media_type, a.content FROM attachment a"
		" JOIN sales_order o ON o.id = a.owner_id"
		" WHERE a.id = ? AND a.owner_kind = 'order' AND "
		IN_SCOPE("o.rep_id", "o.org_unit_id") },
	[EVENTS] = { "orders.events",
		"CALL order_events(?, ?)" },
	[NEXT] = { "orders.next",
		"SELECT DISTINCT action FROM workflow_transition"
		" WHERE entity = 'order' AND from_state = ? AND permission = 'order.create'" },
	[MY_STEP] = { "orders.my_step",
		"SELECT step_id FROM approval_inbox"
		" WHERE user_id = @actor_id AND subject = 'order' AND subject_id = ? LIMIT 1" },
	[REPS] = { "orders.reps",
		"SELECT u.id AS value, u.name AS label FROM"
		" (SELECT DISTINCT rep_id FROM customer) c JOIN app_user u ON u.id = c.rep_id"
		" ORDER BY u.name" },
	[UNITS] = { "orders.units",
		"SELECT u.id AS value, u.name AS label FROM org_unit u WHERE u.status = 'active'"
		" AND EXISTS (SELECT 1 FROM customer c JOIN org_unit its ON its.id = c.org_unit_id"
		" WHERE its.path LIKE CONCAT(u.path, '%')) ORDER BY u.path" },
	[PARTY] = { "orders.party",
		"SELECT o.party_id FROM sales_order o"
		" WHERE o.id = ? AND " IN_SCOPE("o.rep_id", "o.org_unit_id") },
	[SUBMIT] = { "orders.submit", "CALL order_submit(?, ?, ?, @done)" },
	[WITHDRAW] = { "orders.withdraw", "CALL order_withdraw(?, ?, @done)" },
	[CANCEL] = { "orders.cancel", "CALL order_cancel(?, ?, ?, @done)" },
};

static const char *const statuses[] = { "draft", "submitted", "returned", "approved", "picking",
	"partly_shipped", "shipped", "delivered", "closed", "rejected", "cancelled", NULL };
static const char *const to_ship[] = { "approved", "picking", "partly_shipped", NULL };
static const char *const stages[] = { "to_ship", "to_invoice", "unpaid", NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "order_no", TYPE_CODE, .sub = "po_no", .sort = "o.order_no", .unique = true },
	{ "customer", TYPE_TEXT, .sub = "rep" },
	{ "placed_at", TYPE_DATETIME, .sort = "o.placed_at" },
	{ "amount", TYPE_MONEY, .sort = "o.amount" },
	{ "status", TYPE_STATUS, .set = "order" },
	{ "paid", TYPE_STATUS, .set = "paid" },
	{ "shipped", TYPE_STATUS, .set = "shipped" },
	{ "delivered", TYPE_STATUS, .set = "delivered" },
	{ "invoiced", TYPE_STATUS, .set = "invoiced" },
	{ "line_count", TYPE_INT, .optional = true },
	{ "approved_amount", TYPE_MONEY, .optional = true },
	{ "paid_amount", TYPE_MONEY, .optional = true },
	{ "wanted_on", TYPE_DATE, .optional = true },
	{ "department", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH },
	    CUSTOMER_CALLED("o.party_id"), 2, true,
	    .narrow = CUSTOMERS_NAMED, .narrow_to = "o.party_id",
	    .number = "o.order_no LIKE ? OR o.po_no LIKE ? OR o.party_id ="
	    " (SELECT y.id FROM party y WHERE y.code LIKE ? ORDER BY y.code LIMIT 1)",
	    .numbers = 3 },
	{ { "status", TYPE_SELECT, .set = "order", .options = statuses }, "o.status = ?" },
	{ { "stage", TYPE_SELECT, .set = "stage", .options = stages },
	    "(? = 'to_ship' AND o.status IN ('approved', 'picking', 'partly_shipped'))"
	    " OR (? = 'to_invoice' AND o.to_invoice = 1)"
	    " OR (? = 'unpaid' AND o.status IN ('partly_shipped', 'shipped', 'delivered')"
	    " AND o.paid_amount < o.invoiced_amount)", 3 },
	{ { "customer", TYPE_LOOKUP, .href = "/suggest/parties" },
	    "o.party_id = (SELECT y.id FROM party y WHERE y.code = ?)" },
	{ { "product", TYPE_LOOKUP, .href = "/suggest/products" },
	    "o.id IN (SELECT l.order_id FROM sales_order_line l"
	    " WHERE l.product_id = (SELECT p.id FROM product p WHERE p.code = ?))" },
	{ { "rep", TYPE_SELECT }, "o.rep_id = ?" },
	{ { "department", TYPE_SELECT },
	    "o.org_unit_id IN (SELECT u.id FROM org_unit u"
	    " JOIN org_unit top ON u.path LIKE CONCAT(top.path, '%') WHERE top.id = ?)" },
	{ { "from", TYPE_DATE }, "o.placed_at >= CAST(? AS DATETIME) - INTERVAL 8 HOUR" },
	{ { "to", TYPE_DATE }, "o.placed_at < CAST(? AS DATETIME) + INTERVAL 16 HOUR" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "waiting", "status=submitted", true },
	{ "to_ship", "stage=to_ship", true },
	{ "to_invoice", "stage=to_invoice", true },
	{ "unpaid", "stage=unpaid" },
	{ "returned", "status=returned", true },
	{ 0 }
};

/* None, part or all of what was approved; nothing is missing of an order in these states. */
#define ANSWER(part, whole, done) \
	"CASE WHEN o.status IN (" done ") THEN 'all' WHEN " part " <= 0 THEN 'none'" \
	" WHEN " part " < " whole " THEN 'part' ELSE 'all' END"

/* The order stands first: the plan follows its index, and the names are looked up for one page. */
static const struct list orders = {
	.name = "orders",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/orders/view?id={id}",
	.sort = "-placed_at",
	.select = "o.id, o.order_no, o.po_no, p.name AS customer, r.name AS rep,"
	    " d.name AS department, o.placed_at, o.amount, o.status, o.line_count,"
	    " o.approved_amount, o.paid_amount, o.wanted_on,"
	    " IF(o.status = 'returned', 'attention', NULL) AS flag,"
	    " " ANSWER("o.paid_amount", "o.approved_amount", "'closed'") " AS paid,"
	    " " ANSWER("o.qty_shipped", "o.qty_approved", "'closed'") " AS shipped,"
	    " " ANSWER("o.qty_delivered", "o.qty_approved", "'delivered', 'closed'")
	    " AS delivered,"
	    " " ANSWER("o.qty_issued", "o.qty_approved", "'closed'") " AS invoiced",
	.from = "sales_order o STRAIGHT_JOIN party p ON p.id = o.party_id"
	    " LEFT JOIN app_user r ON r.id = o.rep_id LEFT JOIN org_unit d ON d.id = o.org_unit_id",
	.count_from = "sales_order o",
	.where = IN_SCOPE("o.rep_id", "o.org_unit_id"),
	.key = "o.id",
	.create = "create",
	.create_href = "/entry/",
	.create_perm = PERM_ORDER_CREATE,
};

static int
order_list(struct req *r)
{
	int status = list_page(r, &orders);

	if (req_may(r, PERM_ORDER_CREATE))
		x_flag(x_action(r->heading, "create", "get", "/entry/"), "primary", true);
	form_options(r->page, "rep", req_query(r, REPS));
	form_options(r->page, "department", req_query(r, UNITS));
	return status;
}

/* ---- the page of one order ---- */

static const struct column facts[] = {
	{ "customer", TYPE_TEXT, .sub = "customer_code", .href = "/parties/view?id={party_id}" },
	{ "po_no", TYPE_CODE },
	{ "quote_no", TYPE_CODE, .href = "/quotations/view?id={quotation_id}" },
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ "approved_amount", TYPE_MONEY },
	{ "pay", TYPE_STATUS, .set = "pay" },
	{ "placed_at", TYPE_DATETIME },
	{ "origin", TYPE_STATUS, .set = "origin", .sub = "made_by" },
	{ "rep", TYPE_TEXT, .sub = "department" },
	{ "address", TYPE_TEXT, .sub = "receiver" },
	{ "warehouse", TYPE_TEXT },
	{ "wanted_on", TYPE_DATE },
	{ "expected_on", TYPE_DATE },
	{ "waiting_for", TYPE_TEXT },
	{ "note", TYPE_TEXT },
	{ "reply", TYPE_TEXT },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .href = "/products/view?id={product_id}" },
	{ "price", TYPE_PRICE, .sub = "list" },
	{ "ordered_qty", TYPE_QTY, .unit = "{unit}" },
	{ "approved_qty", TYPE_QTY, .sub = "reply" },
	{ "cancelled_qty", TYPE_QTY, .optional = true },
	{ "reserved_qty", TYPE_QTY },
	{ "shipped_qty", TYPE_QTY },
	{ "delivered_qty", TYPE_QTY },
	{ "returned_qty", TYPE_QTY, .optional = true },
	{ "invoiced_qty", TYPE_QTY },
	{ "amount", TYPE_MONEY, .sub = "note" },
	{ "paid", TYPE_MONEY },
	{ 0 }
};

static const struct column shipment_columns[] = {
	{ "shipment_no", TYPE_CODE, .href = "/shipments/view?id={id}" },
	{ "status", TYPE_STATUS, .set = "shipment" },
	{ "carrier", TYPE_TEXT, .sub = "tracking_no" },
	{ "shipped_on", TYPE_DATE },
	{ "expected_on", TYPE_DATE },
	{ "delivered_at", TYPE_DATETIME },
	{ "qty", TYPE_QTY },
	{ "received", TYPE_QTY },
	{ 0 }
};

static const struct column invoice_columns[] = {
	{ "doc_no", TYPE_CODE, .sub = "invoice_no", .href = "/invoices/view?id={id}" },
	{ "kind", TYPE_STATUS, .set = "invoice_kind" },
	{ "status", TYPE_STATUS, .set = "invoice" },
	{ "issued_on", TYPE_DATE },
	{ "amount", TYPE_MONEY },
	{ "settled", TYPE_MONEY },
	{ "due_on", TYPE_DUE },
	{ 0 }
};

static const struct column file_columns[] = {
	{ "name", TYPE_TEXT, .href = "/orders/file?id={id}" },
	{ "size", TYPE_BYTES },
	{ "created_at", TYPE_DATETIME, .sub = "actor" },
	{ 0 }
};

/* What each transition of the workflow is called for, and where it is done. */
static const struct {
	const char *action;
	const char *method;
	const char *href;
} actions[] = {
	{ "submit", "post", "/orders/submit?id={id}&total={amount}" },
	{ "edit", "get", "/entry/?id={id}" },
	{ "withdraw", "post", "/orders/withdraw?id={id}" },
	{ "cancel", "get", "/orders/cancel?id={id}" },
};

static bool
is_one_of(const char *s, const char *const *list)
{
	while (*list != NULL && strcmp(s, *list) != 0)
		list++;
	return *list != NULL;
}

static void
add_actions(struct req *r, const struct rows *order)
{
	const char *status = row_str(order, 0, "status");
	const struct rows *next = req_query(r, NEXT, S(status));
	const struct rows *step = req_query(r, MY_STEP, I(row_int(order, 0, "id")));

	if (step->n > 0)
		x_flag(x_action(r->heading, "decide", "get",
		    x_href(r->pool, "/approvals/?open={step_id}", step, 0)), "primary", true);
	for (size_t i = 0; i < LEN(actions) && req_may(r, PERM_ORDER_CREATE); i++) {
		bool may = strcmp(status, "draft") == 0 && strcmp(actions[i].action, "edit") == 0;

		for (size_t k = 0; k < next->n; k++)
			may = may || strcmp(row_str(next, k, "action"), actions[i].action) == 0;
		if (may)
			x_flag(x_action(r->heading, actions[i].action, actions[i].method,
			    x_href(r->pool, actions[i].href, order, 0)),
			    "primary", strcmp(actions[i].action, "submit") == 0);
	}
	if (req_may(r, PERM_ORDER_CREATE))
		x_action(r->heading, "copy", "get", x_href(r->pool, "/entry/?copy={id}", order, 0));
	if (req_may(r, PERM_SHIPMENT_EDIT) && is_one_of(status, to_ship))
		x_action(r->heading, "pick", "get",
		    x_href(r->pool, "/picking/order?id={id}", order, 0));
	if (req_may(r, PERM_INVOICE_EDIT) &&
	    row_int(order, 0, "qty_invoiced") < row_int(order, 0, "qty_shipped"))
		x_action(r->heading, "invoice", "get",
		    x_href(r->pool, "/invoices/due?q={order_no}", order, 0));
	if (req_may(r, PERM_AUDIT_VIEW))
		x_link(r->heading, "audit",
		    x_href(r->pool, "/audit/?entity=sales_order&entity_id={id}", order, 0));
}

/* How far the order is, in quantities and amounts of what was approved, or else ordered. */
static void
add_answers(struct req *r, const struct rows *order)
{
	static const struct {
		const char *name, *type, *value, *whole;
	} meters[] = {
		{ "paid", "money", "paid_amount", "whole_amount" },
		{ "shipped", "qty", "qty_shipped", "whole_qty" },
		{ "delivered", "qty", "qty_delivered", "whole_qty" },
		{ "invoiced", "money", "invoiced_amount", "whole_amount" },
	};
	xmlNodePtr record = x_el(r->page, "record");

	x_attr(record, "name", "answers");
	for (size_t i = 0; i < LEN(meters); i++) {
		xmlNodePtr meter = x_el(record, "meter");

		x_attr(meter, "name", meters[i].name);
		x_attr(meter, "type", meters[i].type);
		x_attr(meter, "value", row_str(order, 0, meters[i].value));
		x_attr(meter, "max", row_str(order, 0, meters[i].whole));
	}
}

static int
order_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *order = req_query(r, ORDER, I(id));
	const struct rows *files;
	int64_t party;

	if (order->n == 0)
		return 404;
	party = row_int(order, 0, "party_id");
	req_page(r, "view");
	req_title(r, row_str(order, 0, "order_no"));
	req_state(r, "order", row_str(order, 0, "status"));
	req_trail(r, "orders", "/orders/");
	add_actions(r, order);
	if (!row_null(order, 0, "unpaid"))
		x_value(x_notice(r->page, "warning", "notice.order.unpaid"), TYPE_CODE, "no",
		    row_str(order, 0, "unpaid"));
	if (is_one_of(row_str(order, 0, "status"), to_ship))
		hold_page(r, id);
	order_steps(r, order, !row_null(order, 0, "approved_at"));
	add_answers(r, order);
	x_list(r, "order-lines", req_query(r, LINES, I(id)), line_columns, NULL);
	x_record(r->page, "order", order, facts);
	x_list(r, "order-shipments", req_query(r, SHIPMENTS, I(party), I(id)), shipment_columns,
	    NULL);
	x_list(r, "order-invoices", req_query(r, INVOICES, I(party), I(id)), invoice_columns, NULL);
	files = req_query(r, FILES, I(id));
	if (files->n > 0)
		x_list(r, "order-files", files, file_columns, NULL);
	x_timeline(r->page, "order", req_query(r, EVENTS, I(party), I(id)));
	return 200;
}

/* A paper that came with an order. */
static int
order_file(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, I(req_int(r, "id", 0))));
}

/* ---- what may be done with it ---- */

static const struct field id_field[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "total", TYPE_MONEY },
	{ 0 }
};

static const struct field cancel_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "why", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ 0 }
};

/* The customer of the order asked for, 0 when it is not one of the user's. */
static int64_t
order_party(struct req *r)
{
	const struct rows *order = req_query(r, PARTY, I(req_int(r, "id", 0)));

	return order->n == 0 ? 0 : row_int(order, 0, "party_id");
}

static int
order_done(struct req *r, const char *notice)
{
	req_notice(r, notice);
	return req_redirect(r, "/orders/view?id=%lld", (long long)req_int(r, "id", 0));
}

/* total is what the user saw: the order is not submitted at a price he did not. */
static int
order_submit(struct req *r)
{
	int64_t party = order_party(r);

	if (party == 0)
		return 404;
	req_exec(r, SUBMIT, I(req_int(r, "id", 0)), I(party), M(req_str(r, "total")));
	return order_done(r, "order.submitted");
}

static int
order_withdraw(struct req *r)
{
	int64_t party = order_party(r);

	if (party == 0)
		return 404;
	req_exec(r, WITHDRAW, I(req_int(r, "id", 0)), I(party));
	return order_done(r, "order.withdrawn");
}

/* What goes, and why: the buyer reads the answer. */
static int
order_cancel_form(struct req *r)
{
	static const struct column rest_columns[] = {
		{ "product", TYPE_TEXT, .sub = "pack" },
		{ "approved_qty", TYPE_QTY, .unit = "{unit}" },
		{ "shipped_qty", TYPE_QTY },
		{ "rest_qty", TYPE_QTY, .emphasis = true },
		{ 0 }
	};
	const struct rows *order = req_query(r, ORDER, I(req_int(r, "id", 0)));
	const struct rows *rest;

	if (order->n == 0)
		return 404;
	req_page(r, "cancel");
	x_value(r->heading, TYPE_CODE, "title", row_str(order, 0, "order_no"));
	req_trail(r, "orders", "/orders/");
	add_answers(r, order);
	rest = req_query(r, REST, I(row_int(order, 0, "id")));
	if (rest->n > 0)
		x_list(r, "order-rest", rest, rest_columns, NULL);
	form_action(x_form(r, "order-cancel", "/orders/cancel", cancel_fields, order),
	    rest->n > 0 ? "cancel-rest" : "cancel");
	return 200;
}

static int
order_cancel(struct req *r)
{
	int64_t party = order_party(r);

	if (party == 0)
		return 404;
	req_exec(r, CANCEL, I(req_int(r, "id", 0)), I(party), S(req_str(r, "why")));
	return order_done(r, "order.cancelled");
}

static const struct route routes[] = {
	{ "/", GET, PERM_ORDER_VIEW, order_list, .list = &orders },
	{ "/view", GET, PERM_ORDER_VIEW, order_view, id_field },
	{ "/file", GET, PERM_ORDER_VIEW, order_file, id_field },
	{ "/submit", POST, PERM_ORDER_CREATE, order_submit, id_field, order_view },
	{ "/withdraw", POST, PERM_ORDER_CREATE, order_withdraw, id_field, order_view },
	{ "/override", POST, PERM_CREDIT_OVERRIDE, hold_override, hold_fields, order_view },
	{ "/cancel", GET, PERM_ORDER_CREATE, order_cancel_form, cancel_fields },
	{ "/cancel", POST, PERM_ORDER_CREATE, order_cancel, cancel_fields, order_cancel_form },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "orders", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
