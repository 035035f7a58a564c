/*
 * rebates.c - rebates computed by a policy over locked months (返利结算).
 *
 * A run is a draft until a second person approves it; then every customer's part is
 * credited and set off.  Computing the same months again pays the difference only, and takes back
 * what was credited too much.
 */
#include <string.h>

#include "form.h"
#include "list.h"
#include "rebate.h"
#include "scope.h"

enum { RUN, LINES, LINE, TIERS, PARTS, CLAIMS, POLICIES, PERIODS, COMPUTE, DECIDE, NSQL };

static const struct sql sql[NSQL] = {
	[RUN] = { "rebates.run",
		"SELECT r.*, t.name AS policy, t.base AS base_kind, t.method, t.target, t.margin,"
		" CONCAT(LEFT(r.period_from, 4), '-', RIGHT(r.period_from, 2)) AS first_month,"
		" CONCAT(LEFT(r.period_to, 4), '-', RIGHT(r.period_to, 2)) AS last_month,"
		" m.name AS maker, d.name AS decider, r.made_by = @actor_id AS mine,"
		" rebate_again(r.id) AS again"
		" FROM rebate_run r JOIN rebate_policy t ON t.id = r.policy_id"
		" JOIN app_user m ON m.id = r.made_by LEFT JOIN app_user d ON d.id = r.decided_by"
		" WHERE r.id = ?" },
	[LINES] = { "rebates.lines",
		"SELECT l.*, l.line_id AS id FROM rebate_line_page l WHERE l.run_id = ? AND "
		IN_SCOPE("l.rep_id", "l.org_unit_id") " ORDER BY l.due DESC, l.customer_code" },
	[LINE] = { "rebates.line",
		"SELECT l.*, l.line_id AS id FROM rebate_line_page l WHERE l.line_id = ? AND "
		IN_SCOPE("l.rep_id", "l.org_unit_id") },
	[TIERS] = { "rebates.tiers", "CALL rebate_tiers(?)" },
	[PARTS] = { "rebates.parts", "CALL rebate_parts(?)" },
	[CLAIMS] = { "rebates.claims", "CALL rebate_claims(?)" },
	[POLICIES] = { "rebates.policies",
		"SELECT id AS value, CONCAT(code, ' ', name) AS label FROM rebate_policy"
		" WHERE status = 'active' OR (status = 'ended' AND EXISTS (SELECT 1"
		" FROM rebate_run r WHERE r.policy_id = rebate_policy.id"
		" AND r.status = 'approved')) ORDER BY code" },
	[PERIODS] = { "rebates.periods",
		"SELECT period AS value, CONCAT(LEFT(period, 4), '-', RIGHT(period, 2)) AS label"
		" FROM period WHERE status IN ('locked', 'closed') ORDER BY period DESC LIMIT 24" },
	[COMPUTE] = { "rebates.compute", "CALL rebate_compute(?, ?)" },
	[DECIDE] = { "rebates.decide", "CALL rebate_decide(?, ?, ?, ?)" },
};

/* ---- the list ---- */

static const char *const statuses[] = { "draft", "approved", "rejected", NULL };

static const struct column columns[] = {
	{ "run_no", TYPE_CODE, .sort = "r.run_no" },
	{ "policy", TYPE_TEXT },
	{ "first_month", TYPE_MONTH },
	{ "last_month", TYPE_MONTH, .sort = "r.period_to" },
	{ "status", TYPE_STATUS, .set = "rebate" },
	{ "amount", TYPE_MONEY },
	{ "due", TYPE_MONEY, .emphasis = true },
	{ "maker", TYPE_TEXT },
	{ "decider", TYPE_TEXT },
	{ "created_at", TYPE_DATETIME, .sort = "r.created_at" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "t.name LIKE ? OR r.run_no LIKE ?", 2, true },
	{ { "status", TYPE_SELECT, .set = "rebate", .options = statuses }, "r.status = ?" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "draft", "status=draft" },
	{ "approved", "status=approved" },
	{ 0 }
};

static const struct list runs = {
	.name = "rebates",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/rebates/view?id={id}",
	.sort = "-created_at",
	.select = "r.id, r.run_no, t.name AS policy,"
	    " CONCAT(LEFT(r.period_from, 4), '-', RIGHT(r.period_from, 2)) AS first_month,"
	    " CONCAT(LEFT(r.period_to, 4), '-', RIGHT(r.period_to, 2)) AS last_month,"
	    " r.status, r.amount, r.due, m.name AS maker, d.name AS decider, r.created_at",
	.from = "rebate_run r JOIN rebate_policy t ON t.id = r.policy_id"
	    " JOIN app_user m ON m.id = r.made_by LEFT JOIN app_user d ON d.id = r.decided_by",
	.key = "r.id",
	.create = "compute",
	.create_href = "/rebates/new",
	.create_perm = PERM_REBATE_EDIT,
};

static int
rebate_list(struct req *r)
{
	if (req_may(r, PERM_REBATE_EDIT))
		x_flag(x_action(r->heading, "compute", "get", "/rebates/new"), "primary", true);
	return list_page(r, &runs);
}

/* ---- a new run ---- */

static const struct field new_fields[] = {
	{ "policy", TYPE_SELECT, REQUIRED },
	{ "period", TYPE_SELECT, REQUIRED },
	{ 0 }
};

/* A link to the form may say which. */
static const struct field asked_fields[] = {
	{ "policy", TYPE_SELECT },
	{ "period", TYPE_SELECT },
	{ 0 }
};

static int
compute_form(struct req *r)
{
	xmlNodePtr form;

	req_page(r, "new");
	req_trail(r, "rebates", "/rebates/");
	form = x_form(r, "rebate", "/rebates/new", new_fields, NULL);
	form_options(form, "policy", req_query(r, POLICIES));
	form_options(form, "period", req_query(r, PERIODS));
	form_action(form, "compute");
	return 200;
}

static int
rebate_compute(struct req *r)
{
	const struct rows *made;

	form_offered(r, "policy", req_query(r, POLICIES));
	form_offered(r, "period", req_query(r, PERIODS));
	if (!req_good(r))
		return 422;
	made = req_query(r, COMPUTE, I(req_int(r, "policy", 0)), I(req_int(r, "period", 0)));
	return req_done(r, made, "rebate.computed", "/rebates/view?id=%lld",
	    made->n == 0 ? 0LL : (long long)row_int(made, 0, "id"));
}

/* ---- one run ---- */

static const struct column facts[] = {
	{ "policy", TYPE_TEXT, .href = "/rebatepolicies/edit?id={policy_id}" },
	{ "base_kind", TYPE_STATUS, .set = "rebate_base" },
	{ "method", TYPE_STATUS, .set = "rebate_method" },
	{ "target", TYPE_MONEY },
	{ "margin", TYPE_QTY },
	{ "first_month", TYPE_MONTH },
	{ "last_month", TYPE_MONTH },
	{ "created_at", TYPE_DATETIME, .sub = "maker" },
	{ "decided_at", TYPE_DATETIME, .sub = "decider" },
	{ "comment", TYPE_TEXT },
	{ "inputs_hash", TYPE_CODE },
	{ 0 }
};

static const struct column sums[] = {
	{ "amount", TYPE_MONEY },
	{ "due", TYPE_MONEY, .emphasis = true },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "customer", TYPE_TEXT, .sub = "customer_code", .href = "/rebates/line?id={id}" },
	{ "base", TYPE_QTY },
	{ "before_base", TYPE_QTY },
	{ "measure", TYPE_QTY },
	{ "tier", TYPE_INT },
	{ "amount", TYPE_MONEY },
	{ "capped", TYPE_FLAG },
	{ "outside", TYPE_FLAG },
	{ "paid", TYPE_MONEY },
	{ "due", TYPE_MONEY, .emphasis = true },
	{ "voucher_no", TYPE_CODE },
	{ 0 }
};

static const struct field decide_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "comment", TYPE_TEXTAREA, .max = 400 },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

/* Approve and reject, from another than who computed it: he sees why not. */
static void
add_decision(struct req *r, const struct rows *run)
{
	xmlNodePtr form = x_form(r, "rebate-decide", "/rebates/approve", decide_fields, run);
	xmlNodePtr approve = x_action(form, "approve", "post", "/rebates/approve");
	xmlNodePtr reject = x_action(form, "reject", "post", "/rebates/reject");

	x_flag(approve, "primary", true);
	x_attr(approve, "confirm", "rebate");
	if (row_int(run, 0, "mine") != 0) {
		x_attr(approve, "disabled", "approve.own");
		x_attr(reject, "disabled", "approve.own");
	}
}

static int
rebate_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *run = req_query(r, RUN, I(id));

	if (!req_record(r, "view", run, "run_no", "rebate", "status"))
		return 404;
	if (row_int(run, 0, "again") != 0)
		x_link(x_notice(r->page, "warning", "rebate.again"), "compute", x_href(r->pool,
		    "/rebates/new?policy={policy_id}&period={period_to}", run, 0));
	x_record(r->page, "rebate-sums", run, sums);
	x_record(r->page, "rebate", run, facts);
	rebate_tiers(r, req_query(r, TIERS, I(row_int(run, 0, "policy_id"))));
	list_rows(r, "rebate-lines", req_query(r, LINES, I(id)), line_columns, NULL);
	if (strcmp(row_str(run, 0, "status"), "draft") == 0 && req_may(r, PERM_REBATE_APPROVE))
		add_decision(r, run);
	return 200;
}

/* What one customer's base is made of, so that anybody can add it up. */
static int
rebate_line(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *line = req_query(r, LINE, I(id));

	if (line->n == 0)
		return 404;
	req_page(r, "line");
	req_title(r, row_str(line, 0, "customer"));
	req_trail(r, "rebates", "/rebates/");
	req_trail(r, "rebate", x_href(r->pool, "/rebates/view?id={run_id}", line, 0));
	x_record(r->page, "rebate-line", line, line_columns);
	rebate_made_of(r, req_query(r, PARTS, I(id)), req_query(r, CLAIMS, I(id)));
	return 200;
}

static int
decide(struct req *r, bool approve)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, RUN, I(id))->n == 0)
		return 404;
	return req_done(r, req_query(r, DECIDE, I(id), I(req_int(r, "_version", 0)), I(approve),
	    T(req_str(r, "comment"))), approve ? "rebate.approved" : "rebate.rejected",
	    "/rebates/view?id=%lld", (long long)id);
}

static int
rebate_approve(struct req *r)
{
	return decide(r, true);
}

static int
rebate_reject(struct req *r)
{
	return decide(r, false);
}

static const struct route routes[] = {
	{ "/", GET, PERM_REBATE_VIEW, rebate_list, .list = &runs },
	{ "/new", GET, PERM_REBATE_EDIT, compute_form, asked_fields },
	{ "/new", POST, PERM_REBATE_EDIT, rebate_compute, new_fields, compute_form },
	{ "/view", GET, PERM_REBATE_VIEW, rebate_view, id_field },
	{ "/line", GET, PERM_REBATE_VIEW, rebate_line, id_field },
	{ "/approve", POST, PERM_REBATE_APPROVE, rebate_approve, decide_fields, rebate_view },
	{ "/reject", POST, PERM_REBATE_APPROVE, rebate_reject, decide_fields, rebate_view },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "rebates", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
