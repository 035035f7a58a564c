/*
 * flowsources.c - who must send which flow reports by when, what is missing, who was asked.
 *
 * A sender owes its kinds for each month until its due day (flow_due).  It is asked at most once a
 * day, by a button or each morning by the database itself, and a month it will not report for is
 * excused with a reason.  What it reported is confirmed by itself in the portal, or here for it.
 */
#include <stdlib.h>
#include <string.h>

#include "flowfile.h"
#include "form.h"
#include "list.h"
#include "scope.h"

enum { SOURCE, USUAL, MONTHS, FILES, COLLECTORS, PARTY, INSERT, UPDATE, REMIND, REMIND_ALL, LATE,
	EXCUSE, CONFIRM, FIRST, NSQL };

static const struct sql sql[NSQL] = {
	[SOURCE] = { "flowsources.source",
		"SELECT s.party_id AS id, y.code AS sender, y.name, s.method, s.kinds, s.is_key,"
		" s.due_day, s.collector_id, u.name AS collector, s.status, s.note, s.version"
		" FROM flow_source s JOIN party y ON y.id = s.party_id"
		" LEFT JOIN app_user u ON u.id = s.collector_id"
		" WHERE s.party_id = ? AND " SENDER_IN_SCOPE("s.party_id") },
	[USUAL] = { "flowsources.usual",
		"SELECT 'portal' AS method, 3 AS due_day, 'active' AS status,"
		" 'purchase,sale,stock' AS kinds" },
	[MONTHS] = { "flowsources.months",
		"SELECT CONCAT(LEFT(d.period, 4), '-', RIGHT(d.period, 2)) AS month,"
		" d.period,"
		" d.party_id, d.purchase, d.sale, d.stock, d.state, d.due_on, d.excuse,"
		" (SELECT ROUND(SUM(f.qty_matched) / NULLIF(SUM(f.qty_total), 0), 4)"
		" FROM flow_file f WHERE f.book_period = d.period AND f.party_id = d.party_id"
		" AND f.status = 'imported') AS matched,"
		" (SELECT SUM(DATEDIFF(f.date_to, f.date_from) + 1) FROM flow_file f"
		" WHERE f.book_period = d.period AND f.party_id = d.party_id AND f.kind = 'sale'"
		" AND f.status = 'imported' AND f.adds_to IS NULL) AS days_covered,"
		" (SELECT MAX(r.created_at) FROM flow_reminder r WHERE r.party_id = d.party_id"
		" AND r.period = d.period) AS reminded_at,"
		" d.stage, d.confirmed_at, d.undone_at,"
		" CONCAT_WS(' · ', u.name, d.confirm_note) AS confirmed_by,"
		" IF(d.stage = 'matched' AND d.period_status IN ('open', 'review'), d.party_id,"
		" NULL) AS matched_id,"
		" IF(d.state IN ('missing', 'waiting'), d.party_id, NULL) AS open_id"
		" FROM flow_stage d LEFT JOIN app_user u ON u.id = d.confirmed_by"
		" WHERE d.party_id = ? ORDER BY d.period DESC LIMIT 12" },
	[FILES] = { "flowsources.files",
		"SELECT f.id, f.name, f.kind,"
		" CONCAT(LEFT(f.book_period, 4), '-', RIGHT(f.book_period, 2)) AS month, f.status,"
		" f.rows_total, f.created_at FROM flow_file f WHERE f.party_id = ?"
		" ORDER BY f.created_at DESC, f.id DESC LIMIT 10" },
	[COLLECTORS] = { "flowsources.collectors",
		"SELECT u.id AS value, u.name AS label FROM app_user u WHERE u.site = 'office'"
		" AND u.status = 'active' ORDER BY u.name" },
	[PARTY] = { "flowsources.party",
		"SELECT y.id FROM party y WHERE y.code = ? AND " SENDER_IN_SCOPE("y.id")
		" AND (EXISTS (SELECT 1 FROM customer c WHERE c.party_id = y.id)"
		" OR EXISTS (SELECT 1 FROM party_role o WHERE o.party_id = y.id"
		" AND o.role = 'distributor'))" },
	[INSERT] = { "flowsources.insert",
		"INSERT IGNORE INTO flow_source (party_id, method, kinds, is_key, due_day,"
		" collector_id, status, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)" },
	[UPDATE] = { "flowsources.update",
		"UPDATE flow_source SET method = ?, kinds = ?, is_key = ?, due_day = ?,"
		" collector_id = ?, status = ?, note = ?, version = version + 1"
		" WHERE party_id = ? AND version = ?" },
	[REMIND] = { "flowsources.remind", "CALL flow_source_remind(?, ?)" },
	[REMIND_ALL] = { "flowsources.remind_all", "CALL flow_source_remind_all(?, ?)" },
	[LATE] = { "flowsources.late",
		"SELECT d.party_id FROM flow_due d WHERE d.period = ?"
		" AND d.period_status IN ('open', 'review') AND d.source_status = 'active'"
		" AND d.state = 'missing' AND ? IN (0, d.collector_id)"
		" AND NOT EXISTS (SELECT 1 FROM flow_reminder r WHERE r.party_id = d.party_id"
		" AND r.period = d.period AND r.day = business_day())"
		" AND " SENDER_IN_SCOPE("d.party_id") " LIMIT 1" },
	[EXCUSE] = { "flowsources.excuse", "CALL flow_source_excuse(?, ?, ?)" },
	[CONFIRM] = { "flowsources.confirm", "CALL flow_source_confirm(?, ?, ?)" },
	[FIRST] = { "flowsources.first", "SELECT flow_collect_period() AS period" },
};

static const char *const methods[] = { "portal", "api", "office", NULL };
static const char *const states[] = { "complete", "excused", "missing", "waiting", NULL };
static const char *const stages[] = { "none", "received", "cleaned", "matched", "confirmed",
	"unconfirmed", NULL };
static const char *const source_states[] = { "active", "ended", NULL };

/* ---- senders of a month ---- */

static const struct column columns[] = {
	{ "sender", TYPE_TEXT, .sub = "sender_code", .sort = "y.name" },
	{ "month", TYPE_MONTH, .sort = "d.period", .optional = true },
	{ "purchase", TYPE_STATUS, .set = "flow_due" },
	{ "sale", TYPE_STATUS, .set = "flow_due" },
	{ "stock", TYPE_STATUS, .set = "flow_due" },
	{ "due_on", TYPE_DATE, .sort = "d.due_on" },
	{ "state", TYPE_STATUS, .set = "flow_sender", .sub = "excuse" },
	{ "stage", TYPE_STATUS, .set = "flow_stage" },
	{ "confirmed_at", TYPE_DATETIME, .sub = "confirmed_by", .optional = true },
	{ "last_at", TYPE_AGO },
	{ "collector", TYPE_TEXT },
	{ "is_key", TYPE_FLAG, .optional = true },
	{ "method", TYPE_STATUS, .set = "flow_origin", .optional = true },
	{ "reminded_at", TYPE_DATETIME, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH, .max = 60 }, "y.name LIKE ? OR y.pinyin LIKE ?", 2, true,
	    .number = "y.code LIKE ? OR y.name LIKE CONCAT('%', ?)", .numbers = 2 },
	{ { "month", TYPE_MONTH }, "d.period = REPLACE(?, '-', '')" },
	{ { "state", TYPE_SELECT, .set = "flow_sender", .options = states }, "d.state = ?" },
	{ { "stage", TYPE_SELECT, .set = "flow_stage", .options = stages },
	    "IF(? = 'unconfirmed', (d.party_id, d.period) IN (SELECT k.party_id, k.period"
	    " FROM flow_unconfirmed k), d.stage = ?)", 2 },
	{ { "collector", TYPE_SELECT }, "d.collector_id = ?" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "missing", "state=missing" },
	{ "waiting", "state=waiting" },
	{ "unconfirmed", "stage=unconfirmed" },
	{ 0 }
};

/* Without a month it is the one that is collected. */
static const struct list senders = {
	.name = "flowsources",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/flowsources/view?id={party_id}",
	.action = "flow.remind",
	.action_href = "/flowsources/remind?id={open_id}&month={month}",
	.action_perm = PERM_FLOW_UPLOAD,
	.sort = "sender",
	.select = "d.party_id * 1000000 + d.period AS id, d.party_id, y.name AS sender,"
	    " y.code AS sender_code, CONCAT(LEFT(d.period, 4), '-', RIGHT(d.period, 2)) AS month,"
	    " d.purchase, d.sale, d.stock, d.due_on, d.state, d.excuse, u.name AS collector,"
	    " d.stage, IF(d.stage = 'confirmed', d.confirmed_at, NULL) AS confirmed_at,"
	    " k.name AS confirmed_by,"
	    " IF(d.is_key = 1, 'true', 'false') AS is_key, d.method,"
	    " (SELECT MAX(f.imported_at) FROM flow_file f WHERE f.party_id = d.party_id"
	    " AND f.status = 'imported') AS last_at,"
	    " (SELECT MAX(r.created_at) FROM flow_reminder r WHERE r.party_id = d.party_id"
	    " AND r.period = d.period) AS reminded_at,"
	    " IF(d.state = 'missing', 'attention', NULL) AS flag,"
	    " IF(d.state IN ('missing', 'waiting') AND d.period_status IN ('open', 'review'),"
	    " d.party_id, NULL) AS open_id",
	.from = "flow_stage d JOIN party y ON y.id = d.party_id"
	    " LEFT JOIN app_user u ON u.id = d.collector_id"
	    " LEFT JOIN app_user k ON k.id = d.confirmed_by",
	.count_from = "flow_stage d JOIN party y ON y.id = d.party_id",
	.where = "d.source_status = 'active' AND (? <> '' OR d.period = ?)"
	    " AND " SENDER_IN_SCOPE("d.party_id"),
	.key = "(d.party_id * 1000000 + d.period)",
	.create = "flow.source",
	.create_href = "/flowsources/edit",
	.create_perm = PERM_FLOW_UPLOAD,
};

/* yyyymm of yyyy-mm. */
static int64_t
period_of(const char *month)
{
	return strlen(month) == 7 ? strtol(month, NULL, 10) * 100 + strtol(month + 5, NULL, 10) : 0;
}

/* Everybody who is late with the month that is shown, and was not asked today. */
static void
add_remind_all(struct req *r, int64_t period)
{
	int64_t collector = req_int(r, "collector", 0);

	if (req_query(r, LATE, I(period), I(collector))->n > 0)
		x_attr(x_action(r->heading, "flow.remind-all", "post", pool_printf(r->pool,
		    "/flowsources/remind-all?month=%04lld-%02lld&collector=%lld",
		    (long long)(period / 100), (long long)(period % 100), (long long)collector)),
		    "confirm", "flow.remind-all");
}

static int
source_list(struct req *r)
{
	int64_t period = row_int(req_query(r, FIRST), 0, "period");
	int status = list_page(r, &senders, S(req_str(r, "month")), I(period));

	if (req_may(r, PERM_FLOW_UPLOAD)) {
		add_remind_all(r, req_given(r, "month") ? period_of(req_str(r, "month")) : period);
		x_flag(x_action(r->heading, "flow.source", "get", "/flowsources/edit"), "primary",
		    true);
	}
	form_options(r->page, "collector", req_query(r, COLLECTORS));
	return status;
}

/* ---- one sender ---- */

static const struct column facts[] = {
	{ "name", TYPE_TEXT, .sub = "sender", .href = "/parties/view?id={id}" },
	{ "method", TYPE_STATUS, .set = "flow_origin" },
	{ "due_day", TYPE_INT },
	{ "collector", TYPE_TEXT },
	{ "status", TYPE_STATUS, .set = "flow_source" },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column month_columns[] = {
	{ "month", TYPE_MONTH },
	{ "purchase", TYPE_STATUS, .set = "flow_due" },
	{ "sale", TYPE_STATUS, .set = "flow_due" },
	{ "stock", TYPE_STATUS, .set = "flow_due" },
	{ "state", TYPE_STATUS, .set = "flow_sender", .sub = "excuse" },
	{ "stage", TYPE_STATUS, .set = "flow_stage" },
	{ "days_covered", TYPE_INT },
	{ "matched", TYPE_PERCENT },
	{ "confirmed_at", TYPE_DATETIME, .sub = "confirmed_by" },
	{ "undone_at", TYPE_DATETIME },
	{ "reminded_at", TYPE_DATETIME },
	{ 0 }
};

static const struct column file_columns[] = {
	{ "name", TYPE_TEXT, .href = "/flowfiles/view?id={id}" },
	{ "kind", TYPE_STATUS, .set = "flow_kind" },
	{ "month", TYPE_MONTH },
	{ "status", TYPE_STATUS, .set = "flow_file" },
	{ "rows_total", TYPE_INT },
	{ "created_at", TYPE_DATETIME },
	{ 0 }
};

/* The sender ?id= with its head; no rows when there is none. */
static const struct rows *
begin(struct req *r, const char *page)
{
	const struct rows *source = req_query(r, SOURCE, I(req_int(r, "id", 0)));

	if (source->n > 0)
		req_record(r, page, source, "name", "flow_source", "status");
	return source;
}

static int
source_view(struct req *r)
{
	const struct rows *source = begin(r, "view");
	int64_t id = req_int(r, "id", 0);

	if (source->n == 0)
		return 404;
	if (req_may(r, PERM_FLOW_UPLOAD)) {
		x_action(r->heading, "edit", "get",
		    x_href(r->pool, "/flowsources/edit?id={id}", source, 0));
		x_action(r->heading, "flow.confirm", "get",
		    x_href(r->pool, "/flowsources/confirm?id={id}", source, 0));
		x_action(r->heading, "flow.excuse", "get",
		    x_href(r->pool, "/flowsources/excuse?id={id}", source, 0));
	}
	x_record(r->page, "flow-source", source, facts);
	x_list(r, "flow-months", req_query(r, MONTHS, I(id)), month_columns, NULL);
	x_list(r, "flow-files", req_query(r, FILES, I(id)), file_columns, NULL);
	return 200;
}

/* ---- asking, excusing ---- */

static const struct field month_fields[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "month", TYPE_MONTH, REQUIRED },
	{ 0 }
};

static const struct field excuse_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "month", TYPE_SELECT, REQUIRED },
	{ "reason", TYPE_TEXT, REQUIRED, .max = 200 },
	{ 0 }
};

static const struct field confirm_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "month", TYPE_SELECT, REQUIRED },
	{ "note", TYPE_TEXT, REQUIRED, .max = 200 },
	{ 0 }
};

static int
source_remind(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, SOURCE, I(id))->n == 0)
		return 404;
	return req_done(r, req_query(r, REMIND, I(id), I(period_of(req_str(r, "month")))),
	    "flow.reminded", "/flowsources/view?id=%lld", (long long)id);
}

static const struct field all_fields[] = {
	{ "month", TYPE_MONTH, REQUIRED },
	{ "collector", TYPE_INT },
	{ 0 }
};

static int
source_remind_all(struct req *r)
{
	const char *month = req_str(r, "month");

	return req_done(r, req_query(r, REMIND_ALL, I(period_of(month)),
	    I(req_int(r, "collector", 0))), "flow.reminded_all", "/flowsources/?month=%s", month);
}

/* The months of which the column is there. */
static void
offer_months(struct req *r, xmlNodePtr form, const struct rows *months, const char *column)
{
	for (size_t i = 0; i < months->n; i++) {
		const char *month = row_str(months, i, "month");

		if (!row_null(months, i, column))
			form_option(form_find(form, "month"), month, month,
			    strcmp(month, req_str(r, "month")) == 0);
	}
}

static int
excuse_form(struct req *r)
{
	const struct rows *source = begin(r, "excuse");
	const struct rows *months = req_query(r, MONTHS, I(req_int(r, "id", 0)));
	xmlNodePtr form;

	if (source->n == 0)
		return 404;
	form = x_form(r, "flow-excuse", "/flowsources/excuse", excuse_fields, NULL);
	offer_months(r, form, months, "open_id");
	form_action(form, "flow.excuse");
	return 200;
}

static int
excuse_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, SOURCE, I(id))->n == 0)
		return 404;
	return req_done(r, req_query(r, EXCUSE, I(id), I(period_of(req_str(r, "month"))),
	    S(req_str(r, "reason"))), "flow.excused", "/flowsources/view?id=%lld", (long long)id);
}

static int
confirm_form(struct req *r)
{
	const struct rows *source = begin(r, "confirm");
	xmlNodePtr form;

	if (source->n == 0)
		return 404;
	form = x_form(r, "flow-confirm", "/flowsources/confirm", confirm_fields, NULL);
	offer_months(r, form, req_query(r, MONTHS, I(req_int(r, "id", 0))), "matched_id");
	form_action(form, "flow.confirm");
	return 200;
}

static int
confirm_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, SOURCE, I(id))->n == 0)
		return 404;
	return req_done(r, req_query(r, CONFIRM, I(id), I(period_of(req_str(r, "month"))),
	    S(req_str(r, "note"))), "flow.confirmed", "/flowsources/view?id=%lld",
	    (long long)id);
}

/* ---- who reports ---- */

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "sender", TYPE_LOOKUP, REQUIRED | LOCKED, .max = 40, .href = "/suggest/parties" },
	{ "kinds", TYPE_CHECKS, MANY, .set = "flow_kind", .options = flow_kinds },
	{ "method", TYPE_SELECT, REQUIRED, .set = "flow_origin", .options = methods },
	{ "due_day", TYPE_INT, REQUIRED, .min = 1, .max = 28 },
	{ "collector_id", TYPE_SELECT },
	{ "is_key", TYPE_CHECK },
	{ "status", TYPE_SELECT, REQUIRED, .set = "flow_source", .options = source_states },
	{ "note", TYPE_TEXT, .max = 200 },
	{ 0 }
};

static int
source_form(struct req *r)
{
	const struct rows *source = NULL;
	xmlNodePtr form;

	if (req_int(r, "id", 0) != 0) {
		source = begin(r, "edit");
		if (source->n == 0)
			return 404;
	} else {
		req_page(r, "new");
		req_trail(r, "flowsources", "/flowsources/");
	}
	form = x_form(r, "flow-source", "/flowsources/save", fields,
	    source != NULL ? source : req_query(r, USUAL));
	form_options(form, "collector_id", req_query(r, COLLECTORS));
	form_action(form, "save");
	return 200;
}

static int
source_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0), key = req_int(r, "is_key", 0);
	const char *kinds = form_ticks(r, "kinds"), *method = req_str(r, "method");
	struct arg collector = arg_some(ARG_TEXT, req_str(r, "collector_id"));
	const struct rows *party;

	if (kinds[0] == '\0')
		req_error(r, "kinds", "required", NULL);
	if (!req_good(r))
		return 422;
	if (id != 0) {
		if (req_query(r, SOURCE, I(id))->n == 0)
			return 404;
		if (req_exec(r, UPDATE, S(method), S(kinds), I(key), I(req_int(r, "due_day", 3)),
		    collector, S(req_str(r, "status")), T(req_str(r, "note")), I(id),
		    I(req_int(r, "_version", 0))) == 0)
			return 409;
	} else {
		party = req_query(r, PARTY, S(req_str(r, "sender")));
		if (party->n == 0) {
			req_error(r, "sender", "flow.sender", NULL);
			return 422;
		}
		id = row_int(party, 0, "id");
		if (req_exec(r, INSERT, I(id), S(method), S(kinds), I(key),
		    I(req_int(r, "due_day", 3)), collector, S(req_str(r, "status")),
		    T(req_str(r, "note"))) == 0) {
			req_error(r, "sender", "flow.source_known", NULL);
			return 422;
		}
	}
	req_notice(r, "saved");
	return req_redirect(r, "/flowsources/view?id=%lld", (long long)id);
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, source_list, .list = &senders },
	{ "/view", GET, PERM_FLOW_VIEW, source_view, flow_id_field },
	{ "/edit", GET, PERM_FLOW_UPLOAD, source_form, fields },
	{ "/save", POST, PERM_FLOW_UPLOAD, source_save, fields, source_form },
	{ "/remind", POST, PERM_FLOW_UPLOAD, source_remind, month_fields, source_view },
	{ "/remind-all", POST, PERM_FLOW_UPLOAD, source_remind_all, all_fields, source_list },
	{ "/confirm", GET, PERM_FLOW_UPLOAD, confirm_form, confirm_fields },
	{ "/confirm", POST, PERM_FLOW_UPLOAD, confirm_save, confirm_fields, confirm_form },
	{ "/excuse", GET, PERM_FLOW_UPLOAD, excuse_form, excuse_fields },
	{ "/excuse", POST, PERM_FLOW_UPLOAD, excuse_save, excuse_fields, excuse_form },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "flowsources", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
