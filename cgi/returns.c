/*
 * returns.c - goods that customers send back: asked for, decided on, received, credited.
 *
 * Nobody decides on what he asked for in a customer's name.  What came back is stock again or waits
 * to be destroyed, and is credited by red invoices against the invoices of its order.
 */
#include <string.h>

#include "attach.h"
#include "audience.h"
#include "form.h"
#include "goodsback.h"
#include "list.h"
#include "qtygrid.h"
#include "scope.h"

enum { GET_ONE, LINES, REDS, SHIPMENT, RETURNABLE, ASK, WITHDRAW, DECIDE, ARRIVING, RECEIVE, CREDIT,
	PHOTO, NSQL };

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "returns.get",
		"SELECT r.*, r.made_by = @actor_id AS own, r.status = 'received'"
		" AND EXISTS (SELECT 1 FROM return_line l WHERE l.return_id = r.id"
		" AND return_need(r.id, l.order_line_id) > 0) AS to_credit"
		" FROM return_page r WHERE r.id = ? AND " IN_SCOPE("r.rep_id", "r.org_unit_id") },
	[LINES] = { "returns.lines",
		"SELECT l.*, COALESCE(l.approved_qty, l.qty) AS most FROM return_line_page l"
		" WHERE l.party_id = ? AND l.return_id = ? ORDER BY l.id" },
	[REDS] = { "returns.reds",
		"SELECT i.id, i.doc_no, i.invoice_no, i.status, i.issued_on, i.amount"
		" FROM invoice i WHERE i.return_id = ? ORDER BY i.id" },
	[SHIPMENT] = { "returns.shipment",
		"SELECT s.id, s.party_id, s.shipment_no, s.status, s.order_id, o.order_no, o.po_no,"
		" s.delivered_at, p.name AS customer, p.code AS customer_code"
		" FROM shipment s JOIN sales_order o ON o.id = s.order_id"
		" JOIN party p ON p.id = s.party_id WHERE s.id = ? AND s.status = 'delivered'"
		" AND " IN_SCOPE("o.rep_id", "o.org_unit_id") },
	[RETURNABLE] = { "returns.returnable",
		"SELECT q.* FROM returnable q WHERE q.party_id = ? AND q.shipment_id = ?"
		" ORDER BY q.id" },
	[ASK] = { "returns.ask", "CALL return_ask(?, ?, ?, ?, ?)" },
	[WITHDRAW] = { "returns.withdraw", "CALL return_withdraw(?)" },
	[DECIDE] = { "returns.decide", "CALL return_decide(?, ?, ?, ?)" },
	[ARRIVING] = { "returns.arriving",
		"SELECT ? AS id, business_day() AS received_on, 'quarantine' AS place" },
	[RECEIVE] = { "returns.receive", "CALL return_receive(?, ?, ?, ?, ?)" },
	[CREDIT] = { "returns.credit", "CALL return_credit(?)" },
	[PHOTO] = { "returns.photo",
		"SELECT f.name, f.media_type, f.content FROM return_order n"
		" JOIN attachment f ON f.id = n.photo_id JOIN sales_order o ON o.id = n.order_id"
		" WHERE n.id = ? AND " IN_SCOPE("o.rep_id", "o.org_unit_id") },
};

static const char *const decisions[] = { "approve", "reject", NULL };
static const char *const places[] = { "quarantine", "stock", NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "return_no", TYPE_CODE, .sub = "shipment_no", .sort = "r.return_no", .unique = true },
	{ "customer", TYPE_TEXT, .sub = "customer_code" },
	{ "reason", TYPE_STATUS, .set = "return_reason" },
	{ "status", TYPE_STATUS, .set = "return" },
	{ "created_at", TYPE_DATETIME, .sort = "r.created_at" },
	{ "qty", TYPE_QTY },
	{ "approved_qty", TYPE_QTY },
	{ "came_qty", TYPE_QTY, .emphasis = true },
	{ "received_on", TYPE_DATE, .optional = true },
	{ "order_no", TYPE_CODE, .optional = true },
	{ "maker", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, CUSTOMER_CALLED("r.party_id"), 2, true,
	    .narrow = CUSTOMERS_NAMED, .narrow_to = "r.party_id",
	    .number = "r.return_no LIKE ? OR r.shipment_no LIKE ? OR r.order_no LIKE ?",
	    .numbers = 3 },
	{ { "status", TYPE_SELECT, .set = "return", .options = return_statuses }, "r.status = ?" },
	{ { "reason", TYPE_SELECT, .set = "return_reason", .options = return_reasons },
	    "r.reason = ?" },
	{ { "from", TYPE_DATE }, "r.created_at >= CAST(? AS DATETIME) - INTERVAL 8 HOUR" },
	{ { "to", TYPE_DATE }, "r.created_at < CAST(? AS DATETIME) + INTERVAL 16 HOUR" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "waiting", "status=waiting", true },
	{ "to_receive", "status=approved", true },
	{ "to_credit", "status=received", true },
	{ "closed", "status=closed" },
	{ 0 }
};

static const struct list returns = {
	.name = "returns",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/returns/view?id={id}",
	.sort = "-created_at",
	.select = "r.id, r.return_no, r.shipment_no, r.customer, r.customer_code, r.reason,"
	    " r.status, r.created_at, r.qty, r.approved_qty, r.came_qty, r.received_on,"
	    " r.order_no, r.maker",
	.from = "return_page r",
	.where = IN_SCOPE("r.rep_id", "r.org_unit_id"),
	.key = "r.id",
};

static int
return_list(struct req *r)
{
	return list_page(r, &returns);
}

/* ---- asking in a customer's name ---- */

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static const struct field ask_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	RETURN_FIELDS,
	{ 0 }
};

static const struct column shipment_facts[] = {
	{ "customer", TYPE_TEXT, .sub = "customer_code" },
	{ "order_no", TYPE_CODE, .sub = "po_no", .href = "/orders/view?id={order_id}" },
	{ "delivered_at", TYPE_DATETIME },
	{ 0 }
};

static int
ask_form(struct req *r)
{
	const struct rows *s = req_query(r, SHIPMENT, I(req_int(r, "id", 0)));

	return return_form(r, s, shipment_facts, ask_fields,
	    req_query(r, RETURNABLE, T(req_value(r, s, "party_id")), I(req_int(r, "id", 0))));
}

static int
return_ask(struct req *r)
{
	int64_t id = req_int(r, "id", 0), party, photo;
	const struct rows *s = req_query(r, SHIPMENT, I(id));
	const char *lines;

	if (s->n == 0)
		return 404;
	party = row_int(s, 0, "party_id");
	lines = return_lines(r, req_query(r, RETURNABLE, I(party), I(id)));
	photo = attach_keep(r, "photo", party, "return", 0);
	if (!req_good(r))
		return 422;
	s = req_query(r, ASK, I(id), S(req_str(r, "reason")), T(req_str(r, "note")), arg_id(photo),
	    S(lines));
	return req_done(r, s, "return.asked", "/returns/view?id=%s", req_value(r, s, "id"));
}

/* ---- the page of one ---- */

static const struct column facts[] = {
	{ "customer", TYPE_TEXT, .sub = "customer_code", .href = "/parties/view?id={party_id}" },
	{ "shipment_no", TYPE_CODE, .href = "/shipments/view?id={shipment_id}" },
	{ "order_no", TYPE_CODE, .href = "/orders/view?id={order_id}" },
	{ "reason", TYPE_STATUS, .set = "return_reason" },
	{ "note", TYPE_TEXT },
	{ "photo", TYPE_TEXT, .href = "/returns/photo?id={photo_of}" },
	{ "maker", TYPE_TEXT },
	{ "created_at", TYPE_DATETIME },
	{ "decider", TYPE_TEXT },
	{ "decided_at", TYPE_DATETIME },
	{ "comment", TYPE_TEXT },
	{ "receiver", TYPE_TEXT },
	{ "received_on", TYPE_DATE },
	{ "place", TYPE_STATUS, .set = "return_place" },
	{ "receipt_note", TYPE_TEXT },
	{ "closed_at", TYPE_DATETIME },
	{ 0 }
};

static const struct column line_columns[] = {
	RETURN_LINE,
	{ 0 }
};

static const struct column red_columns[] = {
	RETURN_RED,
	{ 0 }
};

static const struct field decide_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "decision", TYPE_RADIO, REQUIRED, .set = "decide", .options = decisions },
	{ "comment", TYPE_TEXTAREA, .max = 400 },
	{ "approved", TYPE_QTY, MANY, 0, 100000000 },
	{ 0 }
};

static const struct field receive_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "received_on", TYPE_DATE, REQUIRED },
	{ "place", TYPE_RADIO, REQUIRED, .set = "return_place", .options = places },
	{ "receipt_note", TYPE_TEXT, .max = 200 },
	{ "good", TYPE_QTY, MANY, 0, 100000000 },
	{ "bad", TYPE_QTY, MANY, 0, 100000000 },
	{ 0 }
};

static const struct qty_input decide_inputs[] = { { "approved", "qty", "qty" }, { 0 } };
static const struct qty_input receive_inputs[] = {
	{ "good", "most", "most" }, { "bad", NULL, "most" }, { 0 }
};

static void
add_decide_form(struct req *r, const struct rows *n, const struct rows *lines)
{
	static const struct column grid[] = {
		{ "product", TYPE_TEXT, .sub = "pack" },
		{ "lot_no", TYPE_CODE },
		{ "lot_status", TYPE_STATUS, .set = "lot" },
		{ "expires_on", TYPE_DATE },
		{ "qty", TYPE_QTY, .unit = "{unit}" },
		{ "approved", TYPE_QTY },
		{ 0 }
	};
	xmlNodePtr form = x_form(r, "return-decide", "/returns/decide", decide_fields, n);

	qty_grid(r, form, "return-decide-lines", grid, decide_inputs, lines);
	form_action(form, "decide-return");
}

static void
add_receive_form(struct req *r, const struct rows *n, const struct rows *lines)
{
	static const struct column grid[] = {
		{ "product", TYPE_TEXT, .sub = "pack" },
		{ "lot_no", TYPE_CODE },
		{ "lot_status", TYPE_STATUS, .set = "lot" },
		{ "expires_on", TYPE_DATE },
		{ "approved_qty", TYPE_QTY, .unit = "{unit}" },
		{ "good", TYPE_QTY },
		{ "bad", TYPE_QTY },
		{ 0 }
	};
	xmlNodePtr form = x_form(r, "return-receive", "/returns/receive", receive_fields,
	    req_query(r, ARRIVING, I(row_int(n, 0, "id"))));

	qty_grid(r, form, "return-receive-lines", grid, receive_inputs, lines);
	form_action(form, "return.receive");
}

static bool
is(const struct rows *n, const char *status)
{
	return strcmp(row_str(n, 0, "status"), status) == 0;
}

/* The lines, in the form of what is to be done with them, where this user may. */
static void
add_lines(struct req *r, const struct rows *n)
{
	const struct rows *lines = req_query(r, LINES, I(row_int(n, 0, "party_id")),
	    I(row_int(n, 0, "id")));

	if (is(n, "waiting") && req_may(r, PERM_RETURN_DECIDE) && row_int(n, 0, "own") == 0)
		add_decide_form(r, n, lines);
	else if (is(n, "approved") && req_may(r, PERM_STOCK_EDIT))
		add_receive_form(r, n, lines);
	else
		list_rows(r, "return-lines", lines, line_columns, NULL);
}

static void
add_actions(struct req *r, const struct rows *n)
{
	bool own = row_int(n, 0, "own") != 0;

	if (is(n, "waiting") && own && req_may(r, PERM_RETURN_DECIDE))
		x_attr(x_action(r->heading, "decide-return", "get", r->path), "disabled", "own");
	if (is(n, "waiting") && own && req_may(r, PERM_RETURN_REQUEST))
		x_action(r->heading, "withdraw", "post",
		    x_href(r->pool, "/returns/withdraw?id={id}", n, 0));
	if (row_int(n, 0, "to_credit") != 0 && req_may(r, PERM_INVOICE_EDIT))
		x_flag(x_action(r->heading, "return.credit", "post",
		    x_href(r->pool, "/returns/credit?id={id}", n, 0)), "primary", true);
	if (req_may(r, PERM_AUDIT_VIEW))
		x_link(r->heading, "audit",
		    x_href(r->pool, "/audit/?entity=return_order&entity_id={id}", n, 0));
}

/* The return asked for; no rows: not one of the user's. */
static const struct rows *
return_asked(struct req *r)
{
	return req_query(r, GET_ONE, I(req_int(r, "id", 0)));
}

static int
return_view(struct req *r)
{
	const struct rows *n = return_asked(r);

	if (!req_record(r, "view", n, "return_no", "return", "status"))
		return 404;
	add_actions(r, n);
	x_record(r->page, "return", n, facts);
	add_lines(r, n);
	if (!row_null(n, 0, "received_on"))
		x_list(r, "return-reds", req_query(r, REDS, I(row_int(n, 0, "id"))), red_columns,
		    NULL);
	return 200;
}

static int
return_photo(struct req *r)
{
	return attach_send(r, req_query(r, PHOTO, I(req_int(r, "id", 0))));
}

/* ---- what may be done with it ---- */

/* Back to the return, when the routine did its work. */
static int
done(struct req *r, const struct rows *row, const char *notice)
{
	return req_done(r, row, notice, "/returns/view?id=%lld", (long long)req_int(r, "id", 0));
}

static int
return_withdraw(struct req *r)
{
	if (return_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, WITHDRAW, I(req_int(r, "id", 0))), "return.withdrawn");
}

/* The lines of the form; NULL when one of them is wrong. */
static const char *
lines_of(struct req *r, const struct rows *n, const struct qty_input *inputs, const char *code)
{
	const char *lines = qty_lines(r, inputs, req_query(r, LINES, I(row_int(n, 0, "party_id")),
	    I(row_int(n, 0, "id"))), code);

	return req_good(r) ? lines : NULL;
}

static int
return_decide(struct req *r)
{
	const struct rows *n = return_asked(r);
	const char *decision = req_str(r, "decision"), *lines;

	if (n->n == 0)
		return 404;
	lines = lines_of(r, n, decide_inputs, "return.more");
	if (lines == NULL)
		return 422;
	return done(r, req_query(r, DECIDE, I(req_int(r, "id", 0)), S(decision),
	    T(req_str(r, "comment")), S(lines)), pool_printf(r->pool, "return.%s", decision));
}

static int
return_receive(struct req *r)
{
	const struct rows *n = return_asked(r);
	const char *lines;

	if (n->n == 0)
		return 404;
	lines = lines_of(r, n, receive_inputs, "return.more_than_approved");
	if (lines == NULL)
		return 422;
	return done(r, req_query(r, RECEIVE, I(req_int(r, "id", 0)), D(req_str(r, "received_on")),
	    S(req_str(r, "place")), T(req_str(r, "receipt_note")), S(lines)), "return.received");
}

static int
return_credit(struct req *r)
{
	if (return_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, CREDIT, I(req_int(r, "id", 0))), "return.credited");
}

static const struct route routes[] = {
	{ "/", GET, PERM_RETURN_VIEW, return_list, .list = &returns },
	{ "/new", GET, PERM_RETURN_REQUEST, ask_form, id_field },
	{ "/ask", POST, PERM_RETURN_REQUEST, return_ask, ask_fields, ask_form, UPLOAD },
	{ "/view", GET, PERM_RETURN_VIEW, return_view, id_field },
	{ "/photo", GET, PERM_RETURN_VIEW, return_photo, id_field },
	{ "/withdraw", POST, PERM_RETURN_REQUEST, return_withdraw, id_field, return_view },
	{ "/decide", POST, PERM_RETURN_DECIDE, return_decide, decide_fields, return_view },
	{ "/receive", POST, PERM_STOCK_EDIT, return_receive, receive_fields, return_view },
	{ "/credit", POST, PERM_INVOICE_EDIT, return_credit, id_field, return_view },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "returns", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
