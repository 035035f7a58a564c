/*
 * diversions.c - suspected diversion 窜货: cases found in a month, told to the seller, decided.
 *
 * Signals add up to a score and have no consequence by themselves.  A person tells the seller,
 * another decides with a reason; what is confirmed is re-attributed by an approved correction.
 */
#include <string.h>

#include "attach.h"
#include "audience.h"
#include "form.h"
#include "list.h"
#include "scope.h"

enum { MONTHS, OPEN_MONTHS, OWNER, GET_ONE, ROWS, FILE_GET, FIND, NOTIFY, DECIDE, NSQL };

static const struct sql sql[NSQL] = {
	[MONTHS] = { "diversions.months",
		"SELECT month AS value, month AS label FROM period_page ORDER BY month DESC" },
	[OPEN_MONTHS] = { "diversions.open_months",
		"SELECT month AS value, month AS label FROM period_page"
		" WHERE status IN ('open', 'review') ORDER BY month" },
	[OWNER] = { "diversions.owner",
		"SELECT y.id FROM party y JOIN party_role o ON o.party_id = y.id"
		" AND o.role = 'distributor' WHERE y.code = ?" },
	[GET_ONE] = { "diversions.get",
		"SELECT c.*, c.owner_code AS owner_given, c.notified_by = @actor_id AS own,"
		" f.correction_no FROM case_page c"
		" LEFT JOIN flow_correction f ON f.id = c.correction_id"
		" WHERE c.id = ? AND " SENDER_IN_SCOPE("c.party_id") },
	[ROWS] = { "diversions.rows",
		"SELECT r.id, r.biz_date, n.name AS as_told, r.lot_no, r.qty, r.price, r.amount,"
		" p.floor_price,"
		" IF(FIND_IN_SET('territory', s.signals), 'true', NULL) AS territory,"
		" IF(FIND_IN_SET('lot', s.signals), 'true', NULL) AS lot,"
		" IF(FIND_IN_SET('price', s.signals), 'true', NULL) AS low,"
		" r.file_id, f.name AS file_name"
		" FROM flow_case_row s"
		" JOIN flow_row r ON r.book_period = s.book_period AND r.id = s.row_id"
		" JOIN product p ON p.id = r.product_id JOIN flow_file f ON f.id = r.file_id"
		" JOIN flow_name n ON n.id = r.party_name_id"
		" WHERE s.case_id = ? ORDER BY r.biz_date, r.id" },
	[FILE_GET] = { "diversions.file",
		"SELECT a.name, a.media_type, a.content FROM flow_case c"
		" JOIN attachment a ON a.id = c.attachment_id"
		" WHERE c.id = ? AND " SENDER_IN_SCOPE("c.party_id") },
	[FIND] = { "diversions.find", "CALL flow_cases_find(?)" },
	[NOTIFY] = { "diversions.notify", "CALL flow_case_notify(?, ?)" },
	[DECIDE] = { "diversions.decide", "CALL flow_case_decide(?, ?, ?, ?, ?)" },
};

static const char *const statuses[] = { "detected", "notified", "explained", "confirmed",
	"dismissed", "excepted", "settled", NULL };
static const char *const signals[] = { "territory", "lot", "price", "peak", NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "seller", TYPE_TEXT, .sub = "seller_code", .sort = "c.seller" },
	{ "month", TYPE_MONTH, .sort = "c.period" },
	{ "product", TYPE_TEXT },
	{ "terminal", TYPE_TEXT, .sub = "region" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "c.qty" },
	{ "amount", TYPE_MONEY, .optional = true, .sort = "c.amount" },
	{ "territory", TYPE_FLAG },
	{ "lot", TYPE_FLAG },
	{ "price", TYPE_FLAG },
	{ "peak", TYPE_FLAG },
	{ "score", TYPE_INT, .sort = "c.score", .emphasis = true },
	{ "explain_by", TYPE_DATE, .optional = true },
	{ "status", TYPE_STATUS, .set = "flow_case" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "c.seller LIKE ? OR c.terminal LIKE ? OR c.product LIKE ?", 3,
	    true },
	{ { "month", TYPE_SELECT }, "c.period = REPLACE(?, '-', '')" },
	{ { "status", TYPE_SELECT, .set = "flow_case", .options = statuses }, "c.status = ?" },
	{ { "signal", TYPE_SELECT, .set = "signal", .options = signals },
	    "FIND_IN_SET(?, c.signals) > 0" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "detected", "status=detected", true },
	{ "notified", "status=notified" },
	{ "explained", "status=explained", true },
	{ 0 }
};

static const struct list diversions = {
	.name = "diversions",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/diversions/view?id={id}",
	.sort = "-score",
	.select = "c.*",
	.from = "case_page c",
	.where = SENDER_IN_SCOPE("c.party_id"),
	.key = "c.id",
};

static const struct field find_fields[] = { { "month", TYPE_SELECT, REQUIRED }, { 0 } };

static int
case_list(struct req *r)
{
	int status;

	if (req_may(r, PERM_FLOW_CORRECT))
		x_action(r->heading, "find-cases", "get", "/diversions/find");
	status = list_page(r, &diversions);
	form_options(r->page, "month", req_query(r, MONTHS));
	return status;
}

static int
find_form(struct req *r)
{
	xmlNodePtr form;

	req_page(r, "find");
	req_trail(r, "diversions", "/diversions/");
	form = x_form(r, "find-cases", "/diversions/find", find_fields, NULL);
	form_options(form, "month", req_query(r, OPEN_MONTHS));
	form_action(form, "find-cases");
	return 200;
}

static int
cases_find(struct req *r)
{
	const char *month = req_str(r, "month");

	if (!form_offered(r, "month", req_query(r, OPEN_MONTHS)))
		return 422;
	req_query(r, FIND, S(pool_printf(r->pool, "%.4s%.2s", month, month + 5)));
	req_notice(r, "case.found");
	return req_redirect(r, "/diversions/?month=%s", month);
}

/* ---- one case ---- */

static const struct column facts[] = {
	{ "seller", TYPE_TEXT, .sub = "seller_code", .href = "/parties/view?id={party_id}" },
	{ "month", TYPE_MONTH, .href = "/periods/view?id={period}" },
	{ "product", TYPE_TEXT, .href = "/products/view?id={product_id}" },
	{ "terminal", TYPE_TEXT, .sub = "region", .href = "/parties/view?id={buyer_id}" },
	{ "sold_qty", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "whole_qty", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "amount", TYPE_MONEY },
	{ "usual_qty", TYPE_QTY, .unit = "{unit}" },
	{ "listed_qty", TYPE_QTY, .unit = "{unit}" },
	{ "score", TYPE_INT },
	{ "owner", TYPE_TEXT, .sub = "owner_code" },
	{ "notifier", TYPE_TEXT },
	{ "notified_at", TYPE_DATETIME },
	{ "explain_by", TYPE_DATE },
	{ "explanation", TYPE_TEXT },
	{ "evidence", TYPE_TEXT, .href = "/diversions/file?id={id}" },
	{ "explainer", TYPE_TEXT },
	{ "explained_at", TYPE_DATETIME },
	{ "decider", TYPE_TEXT },
	{ "decided_at", TYPE_DATETIME },
	{ "comment", TYPE_TEXT },
	{ "correction_no", TYPE_CODE, .href = "/corrections/view?id={correction_id}" },
	{ 0 }
};

static const struct column row_columns[] = {
	{ "biz_date", TYPE_DATE },
	{ "as_told", TYPE_TEXT },
	{ "lot_no", TYPE_CODE },
	{ "qty", TYPE_QTY, .emphasis = true },
	{ "price", TYPE_PRICE, .sub = "floor_price" },
	{ "amount", TYPE_MONEY },
	{ "territory", TYPE_FLAG },
	{ "lot", TYPE_FLAG },
	{ "low", TYPE_FLAG },
	{ "file_name", TYPE_TEXT, .href = "/flowfiles/view?id={file_id}" },
	{ 0 }
};

static const char *const decisions[] = { "confirmed", "dismissed", "excepted", "settled", NULL };

static const struct field decide_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "version", TYPE_HIDDEN },
	{ "decision", TYPE_SELECT, REQUIRED, .set = "flow_case", .options = decisions },
	{ "owner_given", TYPE_LOOKUP, .max = 20, .href = "/suggest/parties" },
	{ "comment", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ 0 }
};

static const struct field id_field[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "version", TYPE_INT },
	{ 0 }
};

/* Whether anybody may still decide; who told the seller does not. */
static bool
is_undecided(const struct rows *c)
{
	static const char *const early[] = { "detected", "notified", "explained", "confirmed" };

	for (size_t i = 0; i < LEN(early); i++)
		if (strcmp(row_str(c, 0, "status"), early[i]) == 0)
			return true;
	return false;
}

static int
case_view(struct req *r)
{
	const struct rows *c = req_query(r, GET_ONE, I(req_int(r, "id", 0)));

	if (c->n == 0)
		return 404;
	req_page(r, "view");
	req_title(r, row_str(c, 0, "seller"));
	req_state(r, "flow_case", row_str(c, 0, "status"));
	req_trail(r, "diversions", "/diversions/");
	if (strcmp(row_str(c, 0, "status"), "detected") == 0 && req_may(r, PERM_FLOW_CORRECT))
		x_flag(x_action(r->heading, "notify", "post", x_href(r->pool,
		    "/diversions/notify?id={id}&version={version}", c, 0)), "primary", true);
	x_record(r->page, "case", c, facts);
	x_list(r, "case-rows", req_query(r, ROWS, I(row_int(c, 0, "id"))), row_columns, NULL);
	if (!is_undecided(c) || !req_may(r, PERM_FLOW_APPROVE))
		return 200;
	if (row_int(c, 0, "own") != 0)
		x_attr(x_action(r->heading, "decide-case", "get", r->path), "disabled", "own");
	else
		form_action(x_form(r, "case-decide", "/diversions/decide", decide_fields, c),
		    "decide-case");
	return 200;
}

static int
case_notify(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, GET_ONE, I(id))->n == 0)
		return 404;
	return req_done(r, req_query(r, NOTIFY, I(id), I(req_int(r, "version", 0))),
	    "case.notified", "/diversions/view?id=%lld", (long long)id);
}

static int
case_decide(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *owner = req_query(r, OWNER, S(req_str(r, "owner_given")));

	if (req_query(r, GET_ONE, I(id))->n == 0)
		return 404;
	if (req_given(r, "owner_given") && owner->n == 0) {
		req_error(r, "owner_given", "correction.sender", NULL);
		return 422;
	}
	return req_done(r, req_query(r, DECIDE, I(id), I(req_int(r, "version", 0)),
	    S(req_str(r, "decision")), arg_id(owner->n > 0 ? row_int(owner, 0, "id") : 0),
	    S(req_str(r, "comment"))), "case.decided", "/diversions/view?id=%lld", (long long)id);
}

static int
case_file(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, I(req_int(r, "id", 0))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, case_list, .list = &diversions },
	{ "/find", GET, PERM_FLOW_CORRECT, find_form, find_fields },
	{ "/find", POST, PERM_FLOW_CORRECT, cases_find, find_fields, find_form },
	{ "/view", GET, PERM_FLOW_VIEW, case_view, id_field },
	{ "/notify", POST, PERM_FLOW_CORRECT, case_notify, id_field, case_view },
	{ "/decide", POST, PERM_FLOW_APPROVE, case_decide, decide_fields, case_view },
	{ "/file", GET, PERM_FLOW_VIEW, case_file, id_field },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "diversions", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
