/*
 * home.c - what waits for this company: answers it owes, goods on the way, money
 * due, lots near their end, and what it bought in twelve months.
 *
 * Money is shown only to those who may see the account; the database leaves it out
 * for everyone else.
 */
#include <string.h>

#include "form.h"
#include "list.h"
#include "messages.h"

enum { FIGURES, ANSWERS, ORDERS, DUE, EXPIRING, MESSAGES, PURCHASES, NSQL };

static const struct sql sql[NSQL] = {
	[FIGURES] = { "home.figures", "CALL portal_home_figures(?)" },
	[ANSWERS] = { "home.answers", "CALL portal_home_answers(?)" },
	[ORDERS] = { "home.orders", "CALL portal_home_orders(?, 8)" },
	[DUE] = { "home.due", "CALL portal_home_due(?, 6)" },
	[EXPIRING] = { "home.expiring", "CALL portal_home_expiring(?, 6)" },
	[MESSAGES] = { "home.messages", "CALL portal_home_messages(?, ?)" },
	[PURCHASES] = { "home.purchases", "CALL portal_home_purchases(?)" },
};

/* ---- figures ---- */

/* A tile: the alias of its value, where it leads; it warns when it is not zero. */
struct tile {
	const char *name;
	enum type type;
	const char *href;
	bool warns;
	const char *context; /* alias of a second value, or NULL */
	enum type context_type;
	enum perm perm;
};

static const struct tile tiles[] = {
	{ "open_orders", TYPE_INT, "/orders/?status=open&view=open", false, "drafts", TYPE_INT,
	    PERM_ORDER_VIEW },
	{ "in_transit", TYPE_INT, "/shipments/?status=open&view=open", false, NULL, TYPE_INT,
	    PERM_SHIPMENT_VIEW },
	{ "due_amount", TYPE_MONEY, "/statements/", false, "overdue_amount", TYPE_MONEY,
	    PERM_STATEMENT_VIEW },
	{ "available", TYPE_MONEY, "/statements/", false, "credit_limit", TYPE_MONEY,
	    PERM_STATEMENT_VIEW },
	{ "reports_due", TYPE_INT, "/uploads/", true, "reports_late", TYPE_INT, PERM_FLOW_UPLOAD },
	{ "expiring_documents", TYPE_INT, "/company/", true, NULL, TYPE_INT, PERM_COMPANY_VIEW },
};

/* Whether money is overdue, as far as the user may know. */
static bool
is_late(const struct rows *f)
{
	return !row_null(f, 0, "overdue_amount") &&
	    strcmp(row_str(f, 0, "overdue_amount"), "0.00") != 0;
}

static void
add_figures(struct req *r, const struct rows *f)
{
	xmlNodePtr figures = x_el(r->page, "figures");

	x_attr(figures, "name", "home");
	for (size_t i = 0; i < LEN(tiles); i++) {
		const struct tile *t = &tiles[i];
		xmlNodePtr n;

		if (!req_may(r, t->perm) || row_null(f, 0, t->name))
			continue;
		n = x_el(figures, "figure");
		x_attr(n, "name", t->name);
		x_attr(n, "href", t->href);
		if (t->warns ? row_int(f, 0, t->name) > 0 :
		    strcmp(t->name, "due_amount") == 0 && is_late(f))
			x_attr(n, "alert", "warning");
		x_value(n, t->type, t->name, row_str(f, 0, t->name));
		if (t->context != NULL)
			x_value(x_el(n, "context"), t->context_type, t->context,
			    row_str(f, 0, t->context));
	}
	if (figures->children == NULL) {
		xmlUnlinkNode(figures);
		xmlFreeNode(figures);
	}
}

/* ---- lists ---- */

static const struct column order_columns[] = {
	{ "order_no", TYPE_CODE, .sub = "po_no" },
	{ "placed_at", TYPE_DATETIME },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "order" },
	{ "shipped", TYPE_STATUS, .set = "shipped" },
	{ "expected_on", TYPE_DATE },
	{ 0 }
};

static const struct column due_columns[] = {
	{ "doc_no", TYPE_TEXT },
	{ "open_amount", TYPE_MONEY },
	{ "due_on", TYPE_DUE },
	{ 0 }
};

static const struct column expiring_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "lot_no", TYPE_CODE },
	{ "expires_on", TYPE_DUE },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ 0 }
};

static void
add_list(struct req *r, const char *name, const struct rows *rows, const struct column *columns,
    const char *row_href, const char *all)
{
	xmlNodePtr n;

	if (rows->n == 0)
		return;
	n = x_list(r, name, rows, columns, row_href);
	if (all != NULL)
		x_link(n, "all", all);
}

static void
add_chart(struct req *r)
{
	const struct rows *months = req_query(r, PURCHASES, S(r->token));
	xmlNodePtr chart, series;

	if (months->n == 0)
		return;
	chart = x_el(r->page, "chart");
	x_attr(chart, "name", "purchases");
	x_attr(chart, "kind", "bar-line");
	x_attr(chart, "x", "month");
	x_attr(chart, "type", "money");
	x_attr(chart, "unit", "CNY");
	series = x_el(chart, "series");
	x_attr(series, "name", "purchases");
	for (size_t i = 0; i < months->n; i++) {
		xmlNodePtr point = x_el(series, "point");

		x_attr(point, "x", row_str(months, i, "month"));
		x_attr(point, "y", row_str(months, i, "amount"));
	}
}

/* Where an answer is given that is owed. */
static const struct { const char *what, *href; } answers[] = {
	{ "returned", "/orders/?status=returned" },
	{ "recalls", "/recalls/?status=notified" },
	{ "statements", "/reconciliations/?status=issued" },
	{ "letters", "/letters/" },
	{ "cases", "/flowcases/?status=notified" },
};

/* What waits for an answer is in sight until it has one, with the way there. */
static void
add_answers(struct req *r)
{
	const struct rows *owed = req_query(r, ANSWERS, S(r->token));

	for (size_t i = 0; i < owed->n; i++) {
		const char *what = row_str(owed, i, "what");
		size_t a = 0;
		xmlNodePtr n;

		while (strcmp(answers[a].what, what) != 0)
			a++;
		n = x_notice(r->page, "warning", pool_printf(r->pool, "notice.home.%s", what));
		x_value(n, TYPE_INT, "n", row_str(owed, i, "n"));
		x_link(n, pool_printf(r->pool, "home.%s", what), answers[a].href);
	}
}

static void
add_overdue(struct req *r, const struct rows *f)
{
	xmlNodePtr n;

	if (!is_late(f))
		return;
	n = x_notice(r->page, "danger", "notice.home.overdue");
	x_attr(x_value(n, TYPE_MONEY, "amount", row_str(f, 0, "overdue_amount")), "unit", "CNY");
	x_link(n, "overdue", "/statements/");
}

static int
home(struct req *r)
{
	const struct rows *figures = req_query(r, FIGURES, S(r->token));

	req_title(r, r->user.name);
	if (req_may(r, PERM_ORDER_CREATE)) {
		x_flag(x_action(r->heading, "order.new", "get", "/entry/"), "primary", true);
		x_action(r->heading, "order.template", "get", "/lists/");
	}
	if (figures->n == 0)
		return 200;
	add_answers(r);
	add_overdue(r, figures);
	add_figures(r, figures);
	if (req_may(r, PERM_ORDER_VIEW)) {
		add_chart(r);
		add_list(r, "open-orders", req_query(r, ORDERS, S(r->token)), order_columns,
		    "/orders/view?id={id}", "/orders/");
	}
	messages_recent(r, req_query(r, MESSAGES, S(r->token), I(6)));
	if (req_may(r, PERM_STATEMENT_VIEW))
		add_list(r, "home-due", req_query(r, DUE, S(r->token)), due_columns,
		    req_may(r, PERM_INVOICE_VIEW) ? "/invoices/view?id={id}" : NULL,
		    "/statements/");
	add_list(r, "home-expiring", req_query(r, EXPIRING, S(r->token)), expiring_columns, NULL,
	    NULL);
	return 200;
}

static const struct route routes[] = {
	{ "/", GET, PERM_SIGNED_IN, home },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "home", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
