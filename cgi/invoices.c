/*
 * invoices.c - invoices: what is shipped and not yet invoiced, blue and red
 * invoices, their numbers.
 *
 * An invoice is made of shipped quantities and waits for its number: the tax
 * platform gives that, we only record it.  Recording it posts to the ledger, once.
 * A mistake is corrected by a red invoice against the blue one, never by a change.
 */
#include <string.h>

#include "form.h"
#include "list.h"
#include "qtygrid.h"
#include "scope.h"

enum { INVOICE, LINES, REDS, ORDER, NEW, REQUEST, FAIL, VOID, ISSUE, RED, NSQL };

static const struct sql sql[NSQL] = {
	[INVOICE] = { "invoices.invoice",
		"SELECT i.*, o.order_no, o.po_no, p.code AS customer_code, p.name AS customer,"
		" b.doc_no AS red_of, n.return_no, u.name AS made_by, a.open_amount, a.settled"
		" FROM invoice i JOIN sales_order o ON o.id = i.order_id"
		" JOIN party p ON p.id = i.party_id LEFT JOIN invoice b ON b.id = i.red_of_id"
		" LEFT JOIN return_order n ON n.id = i.return_id"
		" LEFT JOIN app_user u ON u.id = i.created_by"
		" LEFT JOIN ar_item a ON a.invoice_id = i.id"
		" WHERE i.id = ? AND " IN_SCOPE("o.rep_id", "o.org_unit_id") },
	[LINES] = { "invoices.lines",
		"SELECT l.id, p.code, p.generic_name AS product, p.pack_spec AS pack, p.unit,"
		" l.qty, l.red_qty, l.qty - l.red_qty AS left_qty, l.price,"
		" l.vat_rate, l.net_amount, l.tax_amount, l.amount"
		" FROM invoice_line l JOIN product p ON p.id = l.product_id"
		" WHERE l.party_id = ? AND l.invoice_id = ? ORDER BY l.id" },
	[REDS] = { "invoices.reds",
		"SELECT i.id, i.doc_no, i.invoice_no, i.status, i.issued_on, i.amount, i.reason"
		" FROM invoice i WHERE i.red_of_id = ? ORDER BY i.id" },
	[ORDER] = { "invoices.order",
		"SELECT o.id FROM sales_order o"
		" WHERE o.id = ? AND " IN_SCOPE("o.rep_id", "o.org_unit_id") },
	[NEW] = { "invoices.new", "CALL invoice_new(?, NULL)" },
	[REQUEST] = { "invoices.request", "CALL invoice_request(?, ?)" },
	[FAIL] = { "invoices.fail", "CALL invoice_fail(?, ?)" },
	[VOID] = { "invoices.void", "CALL invoice_void(?)" },
	[ISSUE] = { "invoices.issue", "CALL invoice_issue(?, ?, ?, ?)" },
	[RED] = { "invoices.red", "CALL invoice_red(?, ?, ?)" },
};

static const char *const statuses[] = { "to_issue", "requested", "issued", "failed", "void", NULL };
static const char *const kinds[] = { "blue", "red", NULL };

/* ---- lists ---- */

static const struct column columns[] = {
	{ "doc_no", TYPE_CODE, .sub = "order_no", .sort = "i.doc_no", .unique = true },
	{ "customer", TYPE_TEXT },
	{ "kind", TYPE_STATUS, .set = "invoice_kind" },
	{ "status", TYPE_STATUS, .set = "invoice" },
	{ "invoice_no", TYPE_CODE },
	{ "created_at", TYPE_DATETIME, .sort = "i.created_at", .optional = true },
	{ "issued_on", TYPE_DATE },
	{ "amount", TYPE_MONEY, .sort = "i.amount" },
	{ "open_amount", TYPE_MONEY },
	{ "due_on", TYPE_DUE },
	{ "net_amount", TYPE_MONEY, .optional = true },
	{ "tax_amount", TYPE_MONEY, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH },
	    CUSTOMER_CALLED("i.party_id"), 2, true,
	    .narrow = CUSTOMERS_NAMED, .narrow_to = "i.party_id",
	    .number = "i.doc_no LIKE ? OR i.invoice_no LIKE ? OR i.order_id ="
	    " (SELECT x.id FROM sales_order x WHERE x.order_no LIKE ? ORDER BY x.order_no LIMIT 1)",
	    .numbers = 3 },
	{ { "status", TYPE_SELECT, .set = "invoice", .options = statuses }, "i.status = ?" },
	{ { "kind", TYPE_SELECT, .set = "invoice_kind", .options = kinds }, "i.kind = ?" },
	{ { "from", TYPE_DATE }, "i.created_at >= CAST(? AS DATETIME) - INTERVAL 8 HOUR" },
	{ { "to", TYPE_DATE }, "i.created_at < CAST(? AS DATETIME) + INTERVAL 16 HOUR" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "to_issue", "status=to_issue", true },
	{ "requested", "status=requested", true },
	{ "issued", "status=issued" },
	{ "failed", "status=failed", true },
	{ 0 }
};

static const struct list invoices = {
	.name = "invoices",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/invoices/view?id={id}",
	.sort = "-created_at",
	.select = "i.id, i.doc_no, o.order_no, p.name AS customer, i.kind, i.status, i.invoice_no,"
	    " i.created_at, i.issued_on, i.amount, i.net_amount, i.tax_amount, a.open_amount,"
	    " IF(a.open_amount > 0, a.due_on, NULL) AS due_on,"
	    " IF(i.status = 'failed', 'attention', NULL) AS flag",
	.from = "invoice i STRAIGHT_JOIN sales_order o ON o.id = i.order_id"
	    " JOIN party p ON p.id = i.party_id LEFT JOIN ar_item a ON a.invoice_id = i.id",
	.where = IN_SCOPE("o.rep_id", "o.org_unit_id"),
	.key = "i.id",
};

static int
invoice_list(struct req *r)
{
	if (req_may(r, PERM_INVOICE_EDIT))
		x_flag(x_action(r->heading, "invoice", "get", "/invoices/due"), "primary", true);
	return list_page(r, &invoices);
}

static const struct column due_columns[] = {
	{ "order_no", TYPE_CODE, .href = "/orders/view?id={id}", .sort = "o.order_no",
	    .unique = true },
	{ "customer", TYPE_TEXT },
	{ "placed_at", TYPE_DATETIME, .sort = "o.placed_at" },
	{ "qty_shipped", TYPE_QTY },
	{ "qty_invoiced", TYPE_QTY },
	{ "approved_amount", TYPE_MONEY },
	{ "invoiced_amount", TYPE_MONEY },
	{ 0 }
};

static const struct filter due_filters[] = {
	{ { "q", TYPE_SEARCH }, "p.name LIKE ? OR p.pinyin LIKE ? OR o.order_no LIKE ?", 3, true },
	{ 0 }
};

static const struct list due = {
	.name = "invoices-due",
	.columns = due_columns,
	.filters = due_filters,
	.sort = "placed_at",
	.select =
	    "o.id, o.order_no, p.name AS customer, o.placed_at, o.qty_shipped,"
	    " o.qty_issued AS qty_invoiced, o.approved_amount, o.invoiced_amount",
	.from = "sales_order o STRAIGHT_JOIN party p ON p.id = o.party_id",
	.where = "o.to_invoice = 1 AND " IN_SCOPE("o.rep_id", "o.org_unit_id"),
	.row_href = "/orders/view?id={id}",
	.action = "invoice.new",
	.action_href = "/invoices/new?id={id}",
	.action_perm = PERM_INVOICE_EDIT,
	.key = "o.id",
};

/* Each row has its button: an invoice over all that is shipped and not yet invoiced. */
static int
due_list(struct req *r)
{
	req_trail(r, "invoices", "/invoices/");
	return list_page(r, &due);
}

static int
invoice_new(struct req *r)
{
	const struct rows *made;

	if (req_query(r, ORDER, I(req_int(r, "id", 0)))->n == 0)
		return 404;
	made = req_query(r, NEW, I(req_int(r, "id", 0)));
	if (made->n == 0)
		return 404;
	req_notice(r, "invoice.made");
	return req_redirect(r, "/invoices/view?id=%s", row_str(made, 0, "id"));
}

/* ---- the page of one invoice ---- */

static const struct column facts[] = {
	{ "customer", TYPE_TEXT, .sub = "customer_code", .href = "/parties/view?id={party_id}" },
	{ "order_no", TYPE_CODE, .sub = "po_no", .href = "/orders/view?id={order_id}" },
	{ "kind", TYPE_STATUS, .set = "invoice_kind" },
	{ "red_of", TYPE_CODE, .href = "/invoices/view?id={red_of_id}" },
	{ "return_no", TYPE_CODE, .href = "/returns/view?id={return_id}" },
	{ "title", TYPE_TEXT, .sub = "uscc" },
	{ "invoice_no", TYPE_CODE, .sub = "invoice_code" },
	{ "request_no", TYPE_CODE },
	{ "issued_on", TYPE_DATE },
	{ "due_on", TYPE_DATE },
	{ "net_amount", TYPE_MONEY },
	{ "tax_amount", TYPE_MONEY },
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ "open_amount", TYPE_MONEY },
	{ "reason", TYPE_TEXT },
	{ "made_by", TYPE_TEXT },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "price", TYPE_PRICE },
	{ "vat_rate", TYPE_PERCENT },
	{ "net_amount", TYPE_MONEY },
	{ "tax_amount", TYPE_MONEY },
	{ "amount", TYPE_MONEY },
	{ "red_qty", TYPE_QTY },
	{ 0 }
};

static const struct column red_columns[] = {
	{ "doc_no", TYPE_CODE, .sub = "invoice_no", .href = "/invoices/view?id={id}" },
	{ "status", TYPE_STATUS, .set = "invoice" },
	{ "issued_on", TYPE_DATE },
	{ "amount", TYPE_MONEY },
	{ "reason", TYPE_TEXT },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static const struct field issue_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "invoice_code", TYPE_TEXT, .max = 12 },
	{ "invoice_no", TYPE_TEXT, REQUIRED, .max = 20 },
	{ "issued_on", TYPE_DATE, REQUIRED | STARTS_TODAY },
	{ 0 }
};

static const struct field request_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "request_no", TYPE_TEXT, REQUIRED, .max = 40 },
	{ 0 }
};

static const struct field fail_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "reason", TYPE_TEXT, REQUIRED, .max = 200 },
	{ 0 }
};

static const struct field red_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "reason", TYPE_TEXTAREA, REQUIRED, .max = 200 },
	{ "qty", TYPE_QTY, MANY, 0, 1000000 },
	{ 0 }
};

/* The invoice asked for; no rows: not one of the user's. */
static const struct rows *
invoice_asked(struct req *r)
{
	return req_query(r, INVOICE, I(req_int(r, "id", 0)));
}

static void
add_forms(struct req *r, const struct rows *i)
{
	const char *status = row_str(i, 0, "status");
	bool waits = strcmp(status, "to_issue") == 0 || strcmp(status, "failed") == 0;
	bool requested = strcmp(status, "requested") == 0;

	if (!req_may(r, PERM_INVOICE_EDIT))
		return;
	if (waits || requested)
		form_action(x_form(r, "issue", "/invoices/issue", issue_fields, i), "issue");
	if (waits) {
		form_action(x_form(r, "request", "/invoices/request", request_fields, i),
		    "request");
		x_attr(x_action(r->heading, "void", "post",
		    x_href(r->pool, "/invoices/void?id={id}", i, 0)), "confirm", "invoice.void");
	}
	if (requested)
		form_action(x_form(r, "fail", "/invoices/fail", fail_fields, NULL), "fail");
	if (strcmp(status, "issued") == 0 && strcmp(row_str(i, 0, "kind"), "blue") == 0)
		x_action(r->heading, "red", "get", x_href(r->pool, "/invoices/red?id={id}", i, 0));
}

static int
invoice_view(struct req *r)
{
	const struct rows *i = invoice_asked(r);
	int64_t id = req_int(r, "id", 0);

	if (!req_record(r, "view", i, "doc_no", "invoice", "status"))
		return 404;
	x_record(r->page, "invoice", i, facts);
	x_list(r, "invoice-lines", req_query(r, LINES, I(row_int(i, 0, "party_id")), I(id)),
	    line_columns, NULL);
	if (strcmp(row_str(i, 0, "kind"), "blue") == 0)
		x_list(r, "invoice-reds", req_query(r, REDS, I(id)), red_columns, NULL);
	add_forms(r, i);
	return 200;
}

/* Back to the invoice the routine returned. */
static int
done(struct req *r, const struct rows *row, const char *notice)
{
	return req_done(r, row, notice, "/invoices/view?id=%s", req_value(r, row, "id"));
}

static int
invoice_request(struct req *r)
{
	if (invoice_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, REQUEST, I(req_int(r, "id", 0)), S(req_str(r, "request_no"))),
	    "invoice.requested");
}

static int
invoice_fail(struct req *r)
{
	if (invoice_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, FAIL, I(req_int(r, "id", 0)), S(req_str(r, "reason"))),
	    "invoice.failed");
}

static int
invoice_void(struct req *r)
{
	if (invoice_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, VOID, I(req_int(r, "id", 0))), "invoice.voided");
}

static int
invoice_issue(struct req *r)
{
	if (invoice_asked(r)->n == 0)
		return 404;
	return done(r, req_query(r, ISSUE, I(req_int(r, "id", 0)), S(req_str(r, "invoice_code")),
	    S(req_str(r, "invoice_no")), D(req_str(r, "issued_on"))), "invoice.issued");
}

/* ---- red invoices ---- */

static const struct column red_grid[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "price", TYPE_PRICE },
	{ "left_qty", TYPE_QTY, .unit = "{unit}" },
	{ "qty", TYPE_QTY },
	{ 0 }
};

static const struct qty_input red_inputs[] = { { "qty", "left_qty", "left_qty" }, { 0 } };

static int
red_form(struct req *r)
{
	const struct rows *i = invoice_asked(r);
	const struct rows *lines;
	xmlNodePtr form;

	if (!req_record(r, "red", i, "doc_no", "invoice", "status"))
		return 404;
	lines = req_query(r, LINES, I(row_int(i, 0, "party_id")), I(req_int(r, "id", 0)));
	x_record(r->page, "invoice", i, facts);
	form = x_form(r, "red", "/invoices/red", red_fields, NULL);
	qty_grid(r, form, "red-lines", red_grid, red_inputs, lines);
	form_action(form, "red");
	return 200;
}

static int
invoice_red(struct req *r)
{
	const struct rows *i = invoice_asked(r);
	const char *lines;

	if (i->n == 0)
		return 404;
	lines = qty_lines(r, red_inputs, req_query(r, LINES, I(row_int(i, 0, "party_id")),
	    I(req_int(r, "id", 0))), "qty.more");
	if (!req_good(r))
		return 422;
	return done(r, req_query(r, RED, I(req_int(r, "id", 0)), S(lines), S(req_str(r, "reason"))),
	    "invoice.red");
}

static const struct route routes[] = {
	{ "/", GET, PERM_INVOICE_VIEW, invoice_list, .list = &invoices },
	{ "/due", GET, PERM_INVOICE_VIEW, due_list, .list = &due },
	{ "/new", POST, PERM_INVOICE_EDIT, invoice_new, id_field, due_list },
	{ "/view", GET, PERM_INVOICE_VIEW, invoice_view, id_field },
	{ "/request", POST, PERM_INVOICE_EDIT, invoice_request, request_fields, invoice_view },
	{ "/fail", POST, PERM_INVOICE_EDIT, invoice_fail, fail_fields, invoice_view },
	{ "/void", POST, PERM_INVOICE_EDIT, invoice_void, id_field, invoice_view },
	{ "/issue", POST, PERM_INVOICE_EDIT, invoice_issue, issue_fields, invoice_view },
	{ "/red", GET, PERM_INVOICE_EDIT, red_form, id_field },
	{ "/red", POST, PERM_INVOICE_EDIT, invoice_red, red_fields, red_form },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "invoices", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
