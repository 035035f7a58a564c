/*
 * home.c - what waits for whoever is signed in.
 *
 * Each figure stands only where its permission does, counts at most MOST and leads
 * to the list it counts.  The chart sums a year; its points are kept for some
 * minutes in the worker, which may lose them.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "list.h"
#include "messages.h"
#include "scope.h"

/* What ends in _ALL asks the same for who sees all, without a look at whose it is. */
enum { TO_SHIP, TO_CHECK, TO_INVOICE, RETURNED, OVERDUE, OVERDUE_ALL, UNALLOCATED, EXPIRING,
	LICENCES, WAITING_LICENCES, WAITING_RETURNS, RECEIPTS, FAILED, ADJUSTMENTS, QUARANTINE,
	REQUESTS, COLLECTION, REPORTS, INBOX, MESSAGES, TASKS, RECENT, MONTHS, MONTHS_ALL, WHOSE,
	NSQL };

/* A bounded count: no page waits for a number beyond a thousand. */
#define COUNT(from) "SELECT COUNT(*) AS n FROM (SELECT 1 FROM " from " LIMIT 1000) counted"
#define MY_ORDERS IN_SCOPE("o.rep_id", "o.org_unit_id")
#define MY_CUSTOMERS IN_SCOPE("c.rep_id", "c.org_unit_id")

/* Twelve months to now: what was ordered and what came in. */
#define YEAR(orders, receipts) \
	"WITH RECURSIVE m (first, n) AS (" \
	" SELECT DATE(DATE_FORMAT(business_day(), '%Y-%m-01')) - INTERVAL 11 MONTH, 0" \
	" UNION ALL SELECT first + INTERVAL 1 MONTH, n + 1 FROM m WHERE n < 11)" \
	" SELECT DATE_FORMAT(m.first, '%Y-%m') AS month, LAST_DAY(m.first) AS last, m.first," \
	" COALESCE(s.amount, 0) AS orders, COALESCE(q.amount, 0) AS receipts FROM m" \
	" LEFT JOIN (SELECT o.month, SUM(o.amount) AS amount FROM order_month o" \
	" WHERE o.month > business_day() - INTERVAL 12 MONTH " orders \
	" GROUP BY o.month) s ON s.month = m.first" \
	" LEFT JOIN (SELECT t.month, SUM(t.amount) AS amount FROM receipt_month t " receipts \
	" WHERE t.month > business_day() - INTERVAL 12 MONTH" \
	" GROUP BY t.month) q ON q.month = m.first ORDER BY m.first"

static const struct sql sql[NSQL] = {
	[TO_SHIP] = { "home.to_ship", COUNT("sales_order o"
		" WHERE o.status IN ('approved', 'picking', 'partly_shipped') AND " MY_ORDERS) },
	[TO_CHECK] = { "home.to_check", COUNT("shipment WHERE status = 'picking'") },
	[TO_INVOICE] = { "home.to_invoice", COUNT("sales_order o"
		" WHERE o.to_invoice = 1 AND " MY_ORDERS) },
	[RETURNED] = { "home.returned", COUNT("sales_order o"
		" WHERE o.status = 'returned' AND " MY_ORDERS) },
	[OVERDUE] = { "home.overdue",
		"SELECT COUNT(*) AS n, SUM(a.open_amount) AS amount FROM ar_item a"
		" JOIN customer c ON c.party_id = a.party_id"
		" WHERE a.open_amount > 0 AND a.due_on < business_day() AND " MY_CUSTOMERS },
	[OVERDUE_ALL] = { "home.overdue_all",
		"SELECT COUNT(*) AS n, SUM(open_amount) AS amount FROM ar_item"
		" WHERE open_amount > 0 AND due_on < business_day()" },
	[UNALLOCATED] = { "home.unallocated",
		"SELECT COUNT(*) AS n, SUM(open_amount) AS amount FROM receipt"
		" WHERE status = 'posted' AND open_amount > 0" },
	[EXPIRING] = { "home.expiring", COUNT("lot l"
		" JOIN stock_balance b ON b.lot_id = l.id AND b.qty > 0 WHERE l.expires_on"
		" BETWEEN business_day() AND business_day() + INTERVAL"
		" param_int('stock.alarm_days', 90) DAY") },
	[LICENCES] = { "home.licences", COUNT("party_licence l JOIN customer c ON c.party_id ="
	" l.party_id"
		" WHERE l.status = 'approved' AND l.expires_on"
		" BETWEEN business_day() AND business_day() + INTERVAL 60 DAY AND " MY_CUSTOMERS) },
	[WAITING_LICENCES] = { "home.waiting_licences", COUNT("party_licence WHERE status ="
	" 'waiting'") },
	[WAITING_RETURNS] = { "home.waiting_returns", COUNT("return_order n"
		" JOIN sales_order o ON o.id = n.order_id WHERE n.status = 'waiting' AND "
		MY_ORDERS) },
	[RECEIPTS] = { "home.receipts", COUNT("receipt WHERE status = 'draft'") },
	[FAILED] = { "home.failed", COUNT("invoice i JOIN sales_order o ON o.id = i.order_id"
		" WHERE i.status = 'failed' AND " MY_ORDERS) },
	[ADJUSTMENTS] = { "home.adjustments", COUNT("stock_adjustment WHERE status = 'waiting'") },
	[QUARANTINE] = { "home.quarantine", COUNT("lot WHERE status = 'quarantine'") },
	[REQUESTS] = { "home.requests", COUNT("role_request WHERE status = 'waiting'") },
	[COLLECTION] = { "home.collection",
		"SELECT COUNT(*) AS n, SUM(t.amount) AS amount FROM collection_task t"
		" WHERE t.owner_id = @actor_id AND t.status IN ('open', 'promised')" },
	[REPORTS] = { "home.reports",
		"SELECT COALESCE(SUM(d.state = 'missing'), 0) AS n,"
		" COALESCE(SUM(d.state = 'waiting'), 0) AS waiting, COUNT(*) AS senders"
		" FROM flow_due d WHERE d.period = flow_collect_period()"
		" AND d.source_status = 'active' AND d.collector_id = @actor_id AND "
		SENDER_IN_SCOPE("d.party_id") " GROUP BY d.collector_id" },
	[INBOX] = { "home.inbox",
		"SELECT i.step_id AS id, o.order_no, p.name AS customer, i.amount, i.reason,"
		" i.opened_at FROM approval_inbox i JOIN sales_order o ON o.id = i.subject_id"
		" JOIN party p ON p.id = o.party_id WHERE i.user_id = @actor_id"
		" AND i.subject = 'order' ORDER BY i.opened_at LIMIT 6" },
	[MESSAGES] = { "home.messages",
		"SELECT m.* FROM message m WHERE m.user_id = @actor_id"
		" ORDER BY m.id DESC LIMIT 6" },
	[TASKS] = { "home.tasks",
		"SELECT t.id, p.name AS customer, t.amount, t.due_on, t.status, t.note"
		" FROM collection_task t JOIN party p ON p.id = t.party_id"
		" WHERE t.owner_id = @actor_id AND t.status IN ('open', 'promised')"
		" ORDER BY t.due_on LIMIT 6" },
	[RECENT] = { "home.recent",
		"SELECT o.id, o.order_no, p.name AS customer, o.placed_at, o.amount, o.status"
		" FROM sales_order o STRAIGHT_JOIN party p ON p.id = o.party_id"
		" WHERE " MY_ORDERS " ORDER BY o.placed_at DESC, o.id DESC LIMIT 8" },
	[MONTHS] = { "home.months", YEAR("AND " MY_ORDERS,
		"JOIN customer c ON c.party_id = t.party_id AND " MY_CUSTOMERS) },
	[MONTHS_ALL] = { "home.months_all", YEAR("", "") },
	[WHOSE] = { "home.whose",
		"SELECT CONCAT(@actor_scope, ':', CASE @actor_scope WHEN 'all' THEN ''"
		" WHEN 'own' THEN @actor_id ELSE COALESCE(@actor_path, '') END) AS whose" },
};

/* ---- figures ---- */

static const struct {
	const char *name;
	enum perm perm;
	size_t statement;
	const char *href;
	bool alert; /* more than none is a warning */
	bool amount;
	bool rare;  /* none is not worth a place */
} figures[] = {
	{ "returned", PERM_ORDER_CREATE, RETURNED, "/orders/?status=returned&view=returned", true },
	{ "to_ship", PERM_ORDER_VIEW, TO_SHIP, "/orders/?stage=to_ship&view=to_ship" },
	{ "to_check", PERM_SHIPMENT_CHECK, TO_CHECK, "/shipments/?status=picking&view=picking" },
	{ "to_invoice", PERM_INVOICE_VIEW, TO_INVOICE,
	    "/orders/?stage=to_invoice&view=to_invoice" },
	{ "overdue", PERM_ACCOUNT_VIEW, OVERDUE, "/accounts/", true, true },
	{ "unallocated", PERM_RECEIPT_VIEW, UNALLOCATED, "/receipts/?rest=open&view=open",
	    false, true },
	{ "collection", PERM_COLLECTION_EDIT, COLLECTION,
	    "/accounts/tasks?whose=mine&status=live&view=mine", false, true },
	{ "expiring", PERM_STOCK_VIEW, EXPIRING, "/stock/?within=90&sort=expires_on", true },
	{ "licences", PERM_PARTY_VIEW, LICENCES,
	    "/licences/?status=approved&life=alarm&view=expiring", true },
	{ "waiting_licences", PERM_LICENCE_APPROVE, WAITING_LICENCES,
	    "/licences/?status=waiting&view=waiting" },
	{ "waiting_returns", PERM_RETURN_DECIDE, WAITING_RETURNS,
	    "/returns/?status=waiting&view=waiting", .alert = true, .rare = true },
	{ "draft_receipts", PERM_RECEIPT_EDIT, RECEIPTS, "/receipts/?status=draft&view=draft",
	    .rare = true },
	{ "failed_invoices", PERM_INVOICE_EDIT, FAILED, "/invoices/?status=failed&view=failed",
	    .alert = true, .rare = true },
	{ "adjustments", PERM_STOCK_APPROVE, ADJUSTMENTS,
	    "/adjustments/?status=waiting&view=waiting", .rare = true },
	{ "quarantine", PERM_LOT_BLOCK, QUARANTINE, "/lots/?status=quarantine&view=quarantine",
	    .rare = true },
	{ "role_requests", PERM_STAFF_EDIT, REQUESTS, "/staff/", .alert = true, .rare = true },
};

static xmlNodePtr
add_figure(xmlNodePtr parent, const char *name, const char *href, const char *n, bool alert)
{
	xmlNodePtr figure = x_el(parent, "figure");

	x_attr(figure, "name", name);
	x_attr(figure, "href", href);
	if (alert && strcmp(n, "0") != 0)
		x_attr(figure, "alert", "warning");
	x_value(figure, TYPE_INT, name, n);
	return figure;
}

/* Reports that whoever collects them still waits for: late, and not due yet. */
static void
add_reports(struct req *r, xmlNodePtr parent)
{
	const struct rows *reports;

	if (!req_may(r, PERM_FLOW_UPLOAD))
		return;
	reports = req_query(r, REPORTS);
	if (reports->n == 0 || row_int(reports, 0, "senders") == 0)
		return;
	x_value(x_el(add_figure(parent, "reports", pool_printf(r->pool,
	    "/flowsources/?state=missing&view=missing&collector=%lld", (long long)r->user.id),
	    row_str(reports, 0, "n"), true), "context"), TYPE_INT, "waiting",
	    row_str(reports, 0, "waiting"));
}

static void
add_figures(struct req *r, bool sees_all)
{
	xmlNodePtr n = x_el(r->page, "figures");

	x_attr(n, "name", "home");
	if (req_may(r, PERM_ORDER_APPROVE))
		add_figure(n, "approvals", "/approvals/",
		    pool_printf(r->pool, "%lld", (long long)r->user.waiting), true);
	for (size_t i = 0; i < LEN(figures); i++) {
		const struct rows *count;
		xmlNodePtr figure;

		if (!req_may(r, figures[i].perm))
			continue;
		count = req_query(r, sees_all && figures[i].statement == OVERDUE ? OVERDUE_ALL :
		    figures[i].statement);
		if (count->n == 0)
			return;
		if (figures[i].rare && row_int(count, 0, "n") == 0)
			continue;
		figure = add_figure(n, figures[i].name, figures[i].href, row_str(count, 0, "n"),
		    figures[i].alert);
		if (figures[i].amount && !row_null(count, 0, "amount"))
			x_value(x_el(figure, "context"), TYPE_MONEY, "amount",
			    row_str(count, 0, "amount"));
	}
	add_reports(r, n);
	if (n->children == NULL)
		xmlUnlinkNode(n);
}

/* ---- the chart ---- */

enum { KEPT = 32, KEEP_S = 600, POINTS = 12 };

struct point {
	char month[8];
	char from[12];
	char to[12];
	char orders[24];
	char receipts[24];
};

static struct {
	char whose[64];
	time_t at;
	struct point point[POINTS];
} kept[KEPT];

/* The points of the user's row scope, counted now or some minutes ago; NULL when there are none. */
static const struct point *
chart_points(struct req *r, const char *whose, bool sees_all)
{
	const struct rows *rows;
	time_t now = time(NULL);
	size_t oldest = 0;

	for (size_t i = 0; i < KEPT; i++) {
		if (strcmp(kept[i].whose, whose) == 0 && now - kept[i].at < KEEP_S)
			return kept[i].point;
		if (kept[i].at < kept[oldest].at)
			oldest = i;
	}
	rows = req_query(r, sees_all ? MONTHS_ALL : MONTHS);
	if (rows->n != POINTS || strlen(whose) >= sizeof(kept[0].whose))
		return NULL;
	snprintf(kept[oldest].whose, sizeof(kept[oldest].whose), "%s", whose);
	kept[oldest].at = now;
	for (size_t i = 0; i < POINTS; i++) {
		struct point *p = &kept[oldest].point[i];

		snprintf(p->month, sizeof(p->month), "%s", row_str(rows, i, "month"));
		snprintf(p->from, sizeof(p->from), "%s", row_str(rows, i, "first"));
		snprintf(p->to, sizeof(p->to), "%s", row_str(rows, i, "last"));
		snprintf(p->orders, sizeof(p->orders), "%s", row_str(rows, i, "orders"));
		snprintf(p->receipts, sizeof(p->receipts), "%s", row_str(rows, i, "receipts"));
	}
	return kept[oldest].point;
}

static void
add_chart(struct req *r, const char *whose, bool sees_all)
{
	const struct point *points = chart_points(r, whose, sees_all);
	xmlNodePtr chart;

	if (points == NULL)
		return;
	chart = x_el(r->page, "chart");
	x_attr(chart, "name", req_may(r, PERM_RECEIPT_VIEW) ? "months" : "months.ordered");
	x_attr(chart, "kind", "bar-line");
	x_attr(chart, "x", "month");
	x_attr(chart, "type", "money");
	x_attr(chart, "unit", "CNY");
	for (int s = 0; s < (req_may(r, PERM_RECEIPT_VIEW) ? 2 : 1); s++) {
		xmlNodePtr series = x_el(chart, "series");

		x_attr(series, "name", s == 0 ? "orders" : "receipts");
		for (size_t i = 0; i < POINTS; i++) {
			const struct point *p = &points[i];
			xmlNodePtr n = x_el(series, "point");

			x_attr(n, "x", p->month);
			x_attr(n, "y", s == 0 ? p->orders : p->receipts);
			x_attr(n, "href", pool_printf(r->pool, "/%s/?from=%s&to=%s",
			    s == 0 ? "orders" : "receipts", p->from, p->to));
		}
	}
}

/* ---- the page ---- */

static const struct column inbox_columns[] = {
	{ "order_no", TYPE_CODE },
	{ "customer", TYPE_TEXT },
	{ "amount", TYPE_MONEY },
	{ "reason", TYPE_STATUS, .set = "reason" },
	{ "opened_at", TYPE_AGO },
	{ 0 }
};

static const struct column task_columns[] = {
	{ "customer", TYPE_TEXT, .sub = "note" },
	{ "amount", TYPE_MONEY },
	{ "due_on", TYPE_DUE },
	{ 0 }
};

static const struct column recent_columns[] = {
	{ "order_no", TYPE_CODE },
	{ "customer", TYPE_TEXT },
	{ "placed_at", TYPE_AGO },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "order" },
	{ 0 }
};

static void
add_list(struct req *r, enum perm perm, const char *name, size_t statement,
    const struct column *columns, const char *row_href, const char *all)
{
	if (req_may(r, perm))
		x_link(x_list(r, name, req_query(r, statement), columns, row_href), "all", all);
}

static int
home_page(struct req *r)
{
	const struct rows *scope = req_query(r, WHOSE);
	const char *whose = req_value(r, scope, "whose");
	bool sees_all = strncmp(whose, "all:", 4) == 0;

	add_figures(r, sees_all);
	if (req_may(r, PERM_ORDER_VIEW))
		add_chart(r, whose, sees_all);
	add_list(r, PERM_ORDER_APPROVE, "home-inbox", INBOX, inbox_columns, "/approvals/?open={id}",
	    "/approvals/");
	messages_recent(r, req_query(r, MESSAGES));
	add_list(r, PERM_COLLECTION_EDIT, "home-tasks", TASKS, task_columns,
	    "/accounts/task?id={id}", "/accounts/");
	add_list(r, PERM_ORDER_VIEW, "home-orders", RECENT, recent_columns, "/orders/view?id={id}",
	    "/orders/");
	return 200;
}

static const struct route routes[] = {
	{ "/", GET, PERM_SIGNED_IN, home_page },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "home", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
