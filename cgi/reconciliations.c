/*
 * reconciliations.c - the statements of each month that customers sign.
 *
 * A draft is made from the ledger and the flows; once issued it does not change, only
 * what became of its lines.  Before it is confirmed it may be made again: the old one
 * stays to be read.
 */
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "list.h"
#include "reconcile.h"
#include "scope.h"

enum { HEAD, LINES, DIFFERENCES, EVENTS, PERIODS, MONTHS, MAKE, ISSUE, ISSUE_ALL, AGAIN, NSQL };

/* In one go, so that no request takes longer than a page may. */
enum { MANY_AT_ONCE = 200 };

/* The twelve months that are over, latest first. */
#define LAST_YEAR \
	"WITH RECURSIVE m AS (SELECT business_day() - INTERVAL 1 MONTH AS day, 1 AS n" \
	" UNION ALL SELECT day - INTERVAL 1 MONTH, n + 1 FROM m WHERE n < 12)"

static const struct sql sql[NSQL] = {
	[HEAD] = { "reconciliations.head",
		"SELECT h.reconciliation_id AS id, h.* FROM reconcile_head h"
		" WHERE h.reconciliation_id = ? AND " IN_SCOPE("h.rep_id", "h.org_unit_id") },
	[LINES] = { "reconciliations.lines", "CALL reconcile_lines(?)" },
	[DIFFERENCES] = { "reconciliations.differences",
		"SELECT d.* FROM reconcile_difference d WHERE d.reconciliation_id = ?"
		" ORDER BY d.id" },
	[EVENTS] = { "reconciliations.events", "CALL reconcile_events(?)" },
	[PERIODS] = { "reconciliations.periods",
		LAST_YEAR " SELECT DATE_FORMAT(day, '%Y%m') AS value,"
		" DATE_FORMAT(day, '%Y-%m') AS label FROM m" },
	[MONTHS] = { "reconciliations.months",
		LAST_YEAR
		" SELECT DATE_FORMAT(m.day, '%Y%m') AS value, DATE_FORMAT(m.day, '%Y-%m') AS label,"
		" (SELECT COUNT(*) FROM customer c WHERE EXISTS (SELECT 1 FROM voucher_line l"
		" WHERE l.party_id = c.party_id AND l.account_code IN ('1122', '2203')"
		" AND l.biz_date <= LAST_DAY(m.day)) AND NOT EXISTS (SELECT 1 FROM reconciliation x"
		" WHERE x.party_id = c.party_id AND x.period = DATE_FORMAT(m.day, '%Y%m')"
		" AND x.live_key = 1)) AS missing, NULLIF(SUM(r.status = 'draft'), 0) AS draft,"
		" NULLIF(SUM(r.status = 'issued'), 0) AS issued,"
		" NULLIF(SUM(r.status = 'disputed'), 0) AS disputed,"
		" NULLIF(SUM(r.status = 'confirmed'), 0) AS confirmed"
		" FROM m LEFT JOIN reconciliation r ON r.period = DATE_FORMAT(m.day, '%Y%m')"
		" GROUP BY m.day ORDER BY m.day DESC" },
	[MAKE] = { "reconciliations.make", "CALL reconcile_make(?, 0, ?)" },
	[ISSUE] = { "reconciliations.issue", "CALL reconcile_issue(?, ?)" },
	[ISSUE_ALL] = { "reconciliations.issue_all", "CALL reconcile_issue_all(?, ?)" },
	[AGAIN] = { "reconciliations.again", "CALL reconcile_again(?, ?)" },
};

/* ---- the list ---- */

static const struct column columns[] = {
	{ "customer", TYPE_TEXT, .sub = "customer_code" },
	{ "period", TYPE_MONTH, .sort = "r.period" },
	{ "reconciliation_no", TYPE_CODE },
	{ "status", TYPE_STATUS, .set = "reconciliation" },
	{ "opening", TYPE_MONEY, .optional = true },
	{ "debit", TYPE_MONEY, .optional = true },
	{ "credit", TYPE_MONEY, .optional = true },
	{ "closing", TYPE_MONEY, .sort = "r.closing", .emphasis = true },
	{ "adjusted", TYPE_MONEY },
	{ "open_count", TYPE_INT },
	{ "due_on", TYPE_DUE },
	{ "confirmed_at", TYPE_DATETIME, .sub = "confirmed_by" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH },
	    "r.party_id IN (SELECT y.id FROM party y WHERE y.name LIKE ? OR y.pinyin LIKE ?)", 2,
	    true, .number = "r.reconciliation_no LIKE ? OR r.party_id ="
	    " (SELECT y.id FROM party y WHERE y.code LIKE ? ORDER BY y.code LIMIT 1)",
	    .numbers = 2 },
	{ { "period", TYPE_SELECT }, "r.period = ?" },
	{ { "status", TYPE_SELECT, .set = "reconciliation", .options = reconcile_statuses },
	    "r.status = ?" },
	{ { "late", TYPE_CHECK },
	    "r.status IN ('issued', 'disputed') AND r.due_on < business_day() AND ? <> ''" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "draft", "status=draft" },
	{ "issued", "status=issued" },
	{ "disputed", "status=disputed" },
	{ "late", "late=true" },
	{ "confirmed", "status=confirmed" },
	{ 0 }
};

static const struct list reconciliations = {
	.name = "reconciliations",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/reconciliations/view?id={id}",
	.sort = "-period",
	.select = "r.id, r.reconciliation_no, p.name AS customer, p.code AS customer_code,"
	    " DATE_FORMAT(r.date_from, '%Y-%m') AS period, r.status, r.opening, r.debit, r.credit,"
	    " r.closing, NULLIF(r.adjusted, 0) AS adjusted,"
	    " NULLIF((SELECT COUNT(*) FROM reconciliation_dispute d"
	    " WHERE d.reconciliation_id = r.id AND d.open_key = 1), 0) AS open_count,"
	    " IF(r.status IN ('issued', 'disputed'), r.due_on, NULL) AS due_on, r.confirmed_at,"
	    " u.name AS confirmed_by, IF(r.status = 'disputed', 'attention', NULL) AS flag",
	.from = "reconciliation r STRAIGHT_JOIN party p ON p.id = r.party_id"
	    " JOIN customer c ON c.party_id = r.party_id"
	    " LEFT JOIN app_user u ON u.id = r.confirmed_by",
	.count_from = "reconciliation r JOIN customer c ON c.party_id = r.party_id",
	.where = IN_SCOPE("c.rep_id", "c.org_unit_id"),
	.key = "r.id",
};

static const struct field period_field[] = {
	{ "period", TYPE_SELECT, REQUIRED },
	{ 0 }
};

static int
reconciliation_list(struct req *r)
{
	int status;

	if (req_may(r, PERM_RECONCILE_EDIT))
		x_flag(x_action(r->heading, "make", "get", "/reconciliations/make"), "primary",
		    true);
	status = list_page(r, &reconciliations);
	form_options(r->page, "period", req_query(r, PERIODS));
	return status;
}

/* ---- making a month ---- */

static const struct column month_columns[] = {
	{ "label", TYPE_MONTH, .href = "/reconciliations/?period={value}" },
	{ "missing", TYPE_INT },
	{ "draft", TYPE_INT },
	{ "issued", TYPE_INT },
	{ "disputed", TYPE_INT },
	{ "confirmed", TYPE_INT },
	{ 0 }
};

/* How far each month is, and the two buttons that carry it on. */
static int
make_form(struct req *r)
{
	xmlNodePtr form;

	req_page(r, "make");
	req_trail(r, "reconciliations", "/reconciliations/");
	form = x_form(r, "reconcile-make", "/reconciliations/make", period_field, NULL);
	form_options(form, "period", req_query(r, PERIODS));
	form_action(form, "make");
	x_action(form, "issue.all", "post", "/reconciliations/issue-all");
	x_list(r, "reconcile-months", req_query(r, MONTHS), month_columns, NULL);
	return 200;
}

/* How many, and whether there are more: the same button goes on. */
static int
many_done(struct req *r, const struct rows *done, const char *count, const char *notice)
{
	bool more = done->n > 0 && row_int(done, 0, "more") != 0;

	if (done->n > 0 && row_int(done, 0, count) == 0)
		notice = "reconcile.none";
	req_notice(r, more ? "reconcile.more" : notice);
	return req_redirect(r, "/reconciliations/?period=%s", req_str(r, "period"));
}

/* Carries the month that was offered on by one statement, as many as go at once. */
static int
carry_on(struct req *r, size_t statement, const char *count, const char *notice)
{
	if (!form_offered(r, "period", req_query(r, PERIODS)))
		return 422;
	return many_done(r, req_query(r, statement, I(req_int(r, "period", 0)), I(MANY_AT_ONCE)),
	    count, notice);
}

static int
reconciliation_make(struct req *r)
{
	return carry_on(r, MAKE, "made", "reconcile.made");
}

static int
reconciliation_issue_all(struct req *r)
{
	return carry_on(r, ISSUE_ALL, "issued", "reconcile.issued");
}

/* ---- one statement ---- */

static const struct column difference_columns[] = {
	{ "dispute_no", TYPE_CODE, .sub = "raised_by", .href = "/disputes/view?id={id}" },
	{ "line_no", TYPE_CODE },
	{ "doc_no", TYPE_CODE, .sub = "product" },
	{ "reason", TYPE_STATUS, .set = "dispute_reason", .sub = "comment" },
	{ "our_amount", TYPE_MONEY },
	{ "their_amount", TYPE_MONEY },
	{ "our_qty", TYPE_QTY },
	{ "their_qty", TYPE_QTY },
	{ "status", TYPE_STATUS, .set = "dispute" },
	{ "adjust_amount", TYPE_MONEY, .sub = "voucher_no" },
	{ "due_on", TYPE_DATE },
	{ 0 }
};

static const struct field view_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "list", TYPE_HIDDEN },
	{ 0 }
};

static const struct rows *
statement_asked(struct req *r)
{
	return req_query(r, HEAD, I(req_int(r, "id", 0)));
}

static void
add_actions(struct req *r, const struct rows *head)
{
	const char *status = row_str(head, 0, "status");
	bool draft = strcmp(status, "draft") == 0;

	if (!req_may(r, PERM_RECONCILE_EDIT))
		return;
	if (draft)
		x_flag(x_action(r->heading, "issue", "post", x_href(r->pool,
		    "/reconciliations/issue?id={id}&version={version}", head, 0)), "primary", true);
	if (draft || strcmp(status, "issued") == 0)
		x_attr(x_action(r->heading, "again", "post", x_href(r->pool,
		    "/reconciliations/again?id={id}&version={version}", head, 0)), "confirm",
		    "again");
}

static int
reconciliation_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *head = statement_asked(r);
	const struct rows *differences;
	if (!req_record(r, "view", head, "reconciliation_no", "reconciliation", "status"))
		return 404;
	x_link(r->heading, "print", x_href(r->pool, "/reconciliations/print?id={id}", head, 0));
	if (!row_null(head, 0, "content_hash"))
		x_link(r->heading, "xml", x_href(r->pool, "/reconciliations/xml?id={id}", head,
		    0));
	x_link(r->heading, "account", x_href(r->pool,
	    "/accounts/statement?id={party_id}&from={date_from}&to={date_to}", head, 0));
	add_actions(r, head);
	reconcile_steps(r, head);
	reconcile_sums(r, head);
	differences = req_query(r, DIFFERENCES, I(id));
	if (differences->n > 0)
		x_list(r, "reconcile-differences", differences, difference_columns, NULL);
	reconcile_lines(r, req_query(r, LINES, I(id)));
	x_timeline(r->page, "reconciliation", req_query(r, EVENTS, I(id)));
	return 200;
}

static int
reconciliation_print(struct req *r)
{
	const struct rows *head = statement_asked(r);

	return head->n == 0 ? 404 :
	    reconcile_print(r, head, req_query(r, LINES, I(req_int(r, "id", 0))));
}

static int
reconciliation_xml(struct req *r)
{
	const struct rows *head = statement_asked(r);

	return head->n == 0 || row_null(head, 0, "content_hash") ? 404 :
	    reconcile_file(r, head, req_query(r, LINES, I(req_int(r, "id", 0))));
}

static const struct field act_fields[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "version", TYPE_INT, REQUIRED },
	{ 0 }
};

static int
reconciliation_issue(struct req *r)
{
	if (statement_asked(r)->n == 0)
		return 404;
	return req_done(r, req_query(r, ISSUE, I(req_int(r, "id", 0)),
	    I(req_int(r, "version", 0))), "reconcile.issued", "/reconciliations/view?id=%lld",
	    (long long)req_int(r, "id", 0));
}

static int
reconciliation_again(struct req *r)
{
	const struct rows *made;

	if (statement_asked(r)->n == 0)
		return 404;
	made = req_query(r, AGAIN, I(req_int(r, "id", 0)), I(req_int(r, "version", 0)));
	return req_done(r, made, "reconcile.again", "/reconciliations/view?id=%lld",
	    made->n == 0 ? 0LL : (long long)row_int(made, 0, "id"));
}

static const struct route routes[] = {
	{ "/", GET, PERM_RECONCILE_VIEW, reconciliation_list, .list = &reconciliations },
	{ "/view", GET, PERM_RECONCILE_VIEW, reconciliation_view, view_fields },
	{ "/print", GET, PERM_RECONCILE_VIEW, reconciliation_print, view_fields },
	{ "/xml", GET, PERM_RECONCILE_VIEW, reconciliation_xml, view_fields },
	{ "/make", GET, PERM_RECONCILE_EDIT, make_form },
	{ "/make", POST, PERM_RECONCILE_EDIT, reconciliation_make, period_field, make_form },
	{ "/issue-all", POST, PERM_RECONCILE_EDIT, reconciliation_issue_all, period_field,
	    make_form },
	{ "/issue", POST, PERM_RECONCILE_EDIT, reconciliation_issue, act_fields,
	    reconciliation_view },
	{ "/again", POST, PERM_RECONCILE_EDIT, reconciliation_again, act_fields,
	    reconciliation_view },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "reconciliations", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
