/*
 * approvals.c - the inbox: who waits for whose decision on which order.
 *
 * A step belongs to a role or a person; whoever decides it first does, and the
 * second is told so (409).  Nobody decides on his own order: the database keeps
 * that, whatever this program does.  A decision may lower quantities line by line;
 * the buyer reads the comments.
 */
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "json.h"
#include "list.h"
#include "scope.h"

enum { STEP, CREDIT, RISKS, STEPS, LINES, EVENTS, SIGNERS, DECIDE, NSQL };

static const struct sql sql[NSQL] = {
	[STEP] = { "approvals.step",
		"SELECT s.*, step_is_mine(s.step, @actor_id) AS mine"
		" FROM approval_step_page s WHERE s.step = ? AND " STEP_IN_SCOPE("s") },
	[CREDIT] = { "approvals.credit", "CALL credit_status(?)" },
	[RISKS] = { "approvals.risks",
		"SELECT k.*, IF(k.amount > ?, k.amount - ?, NULL) AS exceeds"
		" FROM order_risk k WHERE k.order_id = ?" },
	[STEPS] = { "approvals.steps",
		"SELECT status, label, who, decided_on FROM approval_path"
		" WHERE step = ? ORDER BY level, id" },
	[LINES] = { "approvals.lines",
		"SELECT l.line_no AS id, l.product, l.pack, l.unit, l.price, l.amount,"
		" l.ordered_qty, l.note, l.reply,"
		" COALESCE(l.granted_qty, l.ordered_qty) AS granted,"
		" IF(l.below_floor, 'attention', NULL) AS flag,"
		" IF(l.below_floor, ROUND(l.floor_price, 2), NULL) AS floor"
		" FROM order_line_page l WHERE l.order_id = ? ORDER BY l.line_no" },
	[EVENTS] = { "approvals.events",
		"CALL order_events(?, ?)" },
	[SIGNERS] = { "approvals.signers",
		"SELECT id AS value, CONCAT_WS(' · ', name, department) AS label"
		" FROM approval_signer WHERE id <> @actor_id ORDER BY name" },
	[DECIDE] = { "approvals.decide", "CALL order_decide(?, @actor_id, ?, ?, ?, ?)" },
};

static const char *const reasons[] = { "always", "amount", "customer", "product", "floor",
	"credit", "added", NULL };
static const char *const decisions[] = { "approve", "return", "reject", "add", "transfer",
	NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "order_no", TYPE_CODE },
	{ "customer", TYPE_TEXT, .sub = "rep" },
	{ "amount", TYPE_MONEY, .sort = "a.amount" },
	{ "reason", TYPE_STATUS, .set = "reason" },
	{ "opened_at", TYPE_AGO, .sort = "s.opened_at" },
	{ "decision", TYPE_STATUS, .set = "step", .optional = true },
	{ "decided_at", TYPE_DATETIME, .sort = "s.decided_at", .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "p.name LIKE ? OR p.pinyin LIKE ?", 2, true,
	    .number = "o.order_no LIKE ?", .numbers = 1 },
	{ { "reason", TYPE_SELECT, .set = "reason", .options = reasons }, "s.reason = ?" },
	{ { "from", TYPE_DATE }, "s.opened_at >= CAST(? AS DATETIME) - INTERVAL 8 HOUR" },
	{ { "to", TYPE_DATE }, "s.opened_at < CAST(? AS DATETIME) + INTERVAL 16 HOUR" },
	{ 0 }
};

static const struct view views[] = {
	{ "mine", "" },
	{ "overdue", "sort=opened_at" },
	{ "done", "sort=-decided_at&cols=order_no,customer,amount,decision,decided_at" },
	{ "everyone", "sort=opened_at" },
	{ "copied", "/copies/" },
	{ "quotes", "/quotations/?stage=mine" },
	{ 0 }
};

static const struct list approvals = {
	.name = "approvals",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/approvals/?open={id}",
	.sort = "opened_at",
	.select = "s.id, o.order_no, p.name AS customer, r.name AS rep, a.amount, s.reason,"
	" s.opened_at,"
	    " s.status AS decision, s.decided_at,"
	    " IF(s.status = 'open' AND s.reason IN ('credit', 'floor'), 'attention', NULL) AS flag",
	.from = "approval_step s STRAIGHT_JOIN approval a ON a.id = s.approval_id"
	    " STRAIGHT_JOIN sales_order o ON o.id = a.subject_id"
	    " STRAIGHT_JOIN party p ON p.id = o.party_id LEFT JOIN app_user r ON r.id = o.rep_id",
	/* The same argument four times: the tab. */
	.where = "a.subject = 'order' AND " STEP_IN_SCOPE("o")
	    " AND ((? IN ('mine', 'overdue') AND s.status = 'open' AND s.id IN"
	    " (SELECT i.step_id FROM approval_inbox i WHERE i.user_id = @actor_id)"
	    " AND (? = 'mine' OR s.opened_at <"
	    " UTC_TIMESTAMP() - INTERVAL param_int('approval.hours', 4) HOUR))"
	    " OR (? = 'everyone' AND s.status = 'open')"
	    " OR (? = 'done' AND s.decided_by = @actor_id"
	    " AND s.decided_at > UTC_TIMESTAMP() - INTERVAL 90 DAY))",
	.key = "s.id",
};

static const char *
tab(struct req *r)
{
	const char *name = req_str(r, "view");

	for (const struct view *v = views; v->name != NULL; v++) {
		if (strcmp(v->name, name) == 0)
			return name;
	}
	return views[0].name;
}

/* ---- one order beside the list ---- */

static const struct column facts[] = {
	{ "customer", TYPE_TEXT, .sub = "customer_code", .href = "/parties/view?id={party_id}" },
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ "rep", TYPE_TEXT, .sub = "department" },
	{ "origin", TYPE_STATUS, .set = "origin", .sub = "made_by" },
	{ "pay", TYPE_STATUS, .set = "pay" },
	{ "wanted_on", TYPE_DATE },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column credit_facts[] = {
	{ "credit_limit", TYPE_MONEY },
	{ "exposure", TYPE_MONEY },
	{ "available", TYPE_MONEY },
	{ "overdue", TYPE_MONEY },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "price", TYPE_PRICE, .sub = "floor" },
	{ "ordered_qty", TYPE_QTY, .unit = "{unit}", .sub = "note" },
	{ 0 }
};

/* What an approver may say to each of them. */
static const struct column answer_columns[] = {
	{ "granted", TYPE_QTY },
	{ "reply", TYPE_TEXT },
	{ 0 }
};

static const struct field decide_fields[] = {
	{ "open", TYPE_HIDDEN, REQUIRED },
	{ "view", TYPE_HIDDEN },
	{ "decision", TYPE_SELECT, REQUIRED, .options = decisions },
	{ "comment", TYPE_TEXTAREA, .max = 400 },
	{ "signer", TYPE_SELECT },
	{ "qty", TYPE_QTY, MANY, 0, 100000000 },
	{ "reply", TYPE_TEXT, MANY },
	{ 0 }
};

/* A notice with the number behind it. */
static void
add_risk(xmlNodePtr detail, const char *level, const char *key, enum type type, const char *value)
{
	x_value(x_notice(detail, level, key), type, "value", value);
}

static void
add_risks(struct req *r, xmlNodePtr detail, const struct rows *step, const struct rows *credit)
{
	const char *available = req_value(r, credit, "available");
	const struct rows *risk = req_query(r, RISKS, M(available), M(available),
	    I(row_int(step, 0, "id")));
	xmlNodePtr first = detail->last, n;

	if (credit->n == 0 || risk->n == 0)
		return;
	if (!row_null(risk, 0, "exceeds"))
		add_risk(detail, "danger", "risk.credit", TYPE_MONEY, row_str(risk, 0, "exceeds"));
	if (strcmp(row_str(credit, 0, "overdue"), "0.00") != 0)
		add_risk(detail, "danger", "risk.overdue", TYPE_MONEY,
		    row_str(credit, 0, "overdue"));
	if (row_int(credit, 0, "hold") != 0)
		x_notice(detail, "danger", "risk.hold");
	if (!row_null(risk, 0, "unpaid"))
		add_risk(detail, "danger", "risk.unpaid", TYPE_CODE, row_str(risk, 0, "unpaid"));
	if (row_int(risk, 0, "floor_lines") > 0) {
		n = x_notice(detail, "warning", "risk.floor");
		x_value(n, TYPE_INT, "n", row_str(risk, 0, "floor_lines"));
		x_value(n, TYPE_MONEY, "gap", row_str(risk, 0, "floor_gap"));
	}
	if (!row_null(risk, 0, "licence")) {
		n = x_notice(detail, "warning", "risk.licence");
		x_value(n, TYPE_TEXT, "document", row_str(risk, 0, "licence"));
		x_value(n, TYPE_DATE, "date", row_str(risk, 0, "expires_on"));
	}
	if (row_int(risk, 0, "short_lines") > 0)
		x_value(x_notice(detail, "warning", "risk.short"), TYPE_INT, "n",
		    row_str(risk, 0, "short_lines"));
	if (detail->last == first)
		x_notice(detail, "success", "risk.none");
}

static void
add_path(struct req *r, xmlNodePtr detail, const struct rows *step)
{
	static const char *const states[][2] = { { "approved", "done" }, { "open", "current" },
		{ "waiting", "todo" } };
	const struct rows *steps = req_query(r, STEPS, I(row_int(step, 0, "step")));
	xmlNodePtr path = x_el(detail, "steps");

	x_attr(path, "name", "approval");
	for (size_t i = 0; i < steps->n; i++) {
		const char *state = "failed";
		xmlNodePtr n = x_el(path, "step");

		for (size_t k = 0; k < LEN(states); k++) {
			if (strcmp(row_str(steps, i, "status"), states[k][0]) == 0)
				state = states[k][1];
		}
		x_attr(n, "name", row_str(steps, i, "status"));
		x_attr(n, "label", row_str(steps, i, "label"));
		x_attr(n, "state", state);
		x_attr(n, "by", row_str(steps, i, "who"));
		if (!row_null(steps, i, "decided_on"))
			x_attr(n, "at", row_str(steps, i, "decided_on"));
	}
}

/* The lines, with the quantity and the comment of each to be filled in. */
static void
add_grid(struct req *r, xmlNodePtr form, const struct rows *lines)
{
	static const struct field reply = { "reply", TYPE_TEXT };
	xmlNodePtr grid = x_table(form, "grid", "approval-lines", line_columns);

	x_columns(grid, answer_columns);
	for (size_t i = 0; i < lines->n; i++) {
		int64_t line = row_int(lines, i, "id");
		const struct field qty = { "granted", TYPE_QTY,
			.max = row_int(lines, i, "granted") };
		const char *wrote = req_at(r, "reply", line);
		const char *gave = req_at(r, "qty", line);
		xmlNodePtr row = x_row(grid, lines, i, line_columns, NULL);

		form_field(r, row, &qty, pool_printf(r->pool, "qty.%lld", (long long)line),
		    gave != NULL ? gave : row_str(lines, i, "granted"));
		form_field(r, row, &reply, pool_printf(r->pool, "reply.%lld", (long long)line),
		    wrote != NULL ? wrote : row_str(lines, i, "reply"));
	}
}

static void
add_decision(struct req *r, xmlNodePtr detail, const char *open, const struct rows *lines)
{
	static const struct field step = { "open", TYPE_HIDDEN };
	static const struct field view = { "view", TYPE_HIDDEN };
	static const struct field comment = { "comment", TYPE_TEXTAREA, .max = 400 };
	static const struct field signer = { "signer", TYPE_SELECT };
	static const char *const rels[] = { "approve", "return", "reject", "add-signer",
		"transfer" };
	xmlNodePtr form = x_form(r, "decision", "/approvals/decide", NULL, NULL);

	xmlUnlinkNode(form);
	xmlAddChild(detail, form);
	form_field(r, form, &step, "open", open);
	form_field(r, form, &view, "view", tab(r));
	add_grid(r, form, lines);
	form_field(r, form, &comment, "comment", req_str(r, "comment"));
	form_field(r, form, &signer, "signer", req_str(r, "signer"));
	form_options(form, "signer", req_query(r, SIGNERS));
	for (size_t i = 0; decisions[i] != NULL; i++)
		form_answer(form, rels[i], "/approvals/decide", "decision", decisions[i]);
}

static void
add_heading(struct req *r, xmlNodePtr detail, const struct rows *step)
{
	xmlNodePtr heading = x_el(detail, "heading");

	x_text(heading, "title", row_str(step, 0, "order_no"));
	x_attr(x_value(heading, TYPE_STATUS, "status", row_str(step, 0, "status")), "set", "step");
	x_action(heading, "send-copy", "get", x_href(r->pool, "/copies/new?step={step}", step, 0));
}

static void
add_lines(xmlNodePtr detail, const struct rows *lines)
{
	xmlNodePtr list = x_table(detail, "list", "approval-lines", line_columns);

	x_columns(list, answer_columns);
	for (size_t i = 0; i < lines->n; i++) {
		xmlNodePtr row = x_row(list, lines, i, line_columns, NULL);

		for (const struct column *c = answer_columns; c->name != NULL; c++)
			x_cell(row, lines, i, c);
	}
}

static void
add_detail(struct req *r, const char *open)
{
	const struct rows *step = req_query(r, STEP, I(strtoll(open, NULL, 10)));
	const struct rows *credit;
	const struct rows *lines;
	xmlNodePtr detail;

	if (step->n == 0)
		return;
	credit = req_query(r, CREDIT, I(row_int(step, 0, "party_id")));
	lines = req_query(r, LINES, I(row_int(step, 0, "id")));
	detail = x_el(r->page, "detail");
	x_attr(detail, "name", "approval");
	x_attr(detail, "id", open);
	x_attr(detail, "href", x_href(r->pool, "/orders/view?id={id}", step, 0));
	x_attr(detail, "asked", req_given(r, "open") ? "true" : "false");
	x_link(detail, "back", req_url_with(r, "open", NULL));
	add_heading(r, detail, step);
	add_risks(r, detail, step, credit);
	x_record(detail, "approval", step, facts);
	x_record(detail, "credit", credit, credit_facts);
	add_path(r, detail, step);
	if (row_int(step, 0, "mine") == 0)
		add_lines(detail, lines);
	x_timeline(detail, "order", req_query(r, EVENTS, I(row_int(step, 0, "party_id")),
	    I(row_int(step, 0, "id"))));
	if (row_int(step, 0, "mine") != 0)
		add_decision(r, detail, open, lines);
}

static int
approval_list(struct req *r)
{
	struct list list = approvals;
	const char *view = tab(r);
	int status;

	list.row_href = pool_printf(r->pool, "%s%copen={id}", req_url_with(r, "open", NULL),
	    strchr(req_url_with(r, "open", NULL), '?') == NULL ? '?' : '&');
	req_page(r, "");
	status = list_page(r, &list, S(view), S(view), S(view), S(view));
	if (r->body != NULL)
		return status;
	if (strcmp(view, "mine") == 0 || strcmp(view, "overdue") == 0) {
		x_attr(r->page->last, "select", "step");
		x_attr(r->page->last, "href", "/approvals/bulk");
		x_flag(x_action(r->page->last, "approve", "post", "/approvals/bulk"), "bulk", true);
	}
	add_detail(r, list_open(r, r->page->last));
	return status;
}

/* ---- decisions ---- */

/* The quantities and comments typed, for order_decide(). */
static const char *
typed_lines(struct req *r, int64_t order)
{
	const struct rows *lines = req_query(r, LINES, I(order));
	struct json *json = json_array(r->pool);

	for (size_t i = 0; i < lines->n; i++) {
		int64_t line = row_int(lines, i, "id");
		const char *qty = req_at(r, "qty", line);
		const char *reply = req_at(r, "reply", line);

		if (qty == NULL && reply == NULL)
			continue;
		json_object(json);
		json_int(json, "line", line);
		if (qty != NULL && qty[0] != '\0')
			json_int(json, "qty", strtoll(qty, NULL, 10));
		json_text(json, "reply", reply);
	}
	return json_end(json);
}

/* A step that another decided meanwhile returns no row: 409. */
static int
approval_decide(struct req *r)
{
	const struct rows *step = req_query(r, STEP, I(req_int(r, "open", 0)));
	const char *decision = req_str(r, "decision");
	const struct rows *done;

	if (step->n == 0)
		return 404;
	done = req_query(r, DECIDE, I(req_int(r, "open", 0)), S(decision), T(req_str(r, "comment")),
	    S(typed_lines(r, row_int(step, 0, "id"))), T(req_str(r, "signer")));
	if (done->n == 0) {
		req_error(r, NULL, "approve.gone", NULL);
		return 409;
	}
	req_notice(r, pool_printf(r->pool, "approval.%s", decision));
	return req_redirect(r, "/approvals/%s%s", req_given(r, "view") ? "?view=" : "", tab(r));
}

/* What came of one approval: done, gone (decided meanwhile), or the code of the refusal. */
static const char *
approve(struct req *r, const char *step)
{
	static const char *const known[] = { "approve.own", "forbidden", "required",
		"credit.exceeded", "customer.blocked", "terms.previous", NULL };
	const struct rows *done;
	const char *code = "refused";

	db_mark(r->db);
	done = req_query(r, DECIDE, I(strtoll(step, NULL, 10)), S("approve"), T(""), S("[]"),
	    T(""));
	if (!db_forgive(r->db))
		return done->n == 0 ? "gone" : "done";
	for (const char *const *k = known; *k != NULL; k++) {
		size_t n = strcspn(db_refusal(r->db), "|");

		if (strlen(*k) == n && strncmp(db_refusal(r->db), *k, n) == 0)
			code = *k;
	}
	return code;
}

/* Every ticked step has an answer of its own: one refusal does not undo the others. */
static int
approval_bulk(struct req *r)
{
	static const struct column results[] = {
		{ "order_no", TYPE_CODE, .href = "/orders/view?id={id}" },
		{ "customer", TYPE_TEXT },
		{ "amount", TYPE_MONEY },
		{ 0 }
	};
	const char *const *steps = req_many(r, "step", NULL);
	xmlNodePtr list = x_table(r->page, "list", "approval-results", results);

	x_attr(x_el(list, "column"), "name", "result");
	x_attr(list->last, "type", "status");
	for (; *steps != NULL; steps++) {
		const struct rows *step = req_query(r, STEP, I(strtoll(*steps, NULL, 10)));
		const char *result = step->n == 0 ? NULL : approve(r, *steps);

		if (result == NULL)
			continue;
		x_row(list, step, 0, results, NULL);
		x_attr(x_value(list->last, TYPE_STATUS, "result", result), "set", "result");
	}
	req_trail(r, "approvals", "/approvals/");
	return 200;
}

static const struct field list_fields[] = { { "open", TYPE_INT }, { "view", TYPE_HIDDEN }, { 0 } };
static const struct field bulk_fields[] = { { "step", TYPE_INT, MANY }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_ORDER_APPROVE, approval_list, list_fields, .list = &approvals },
	{ "/decide", POST, PERM_ORDER_APPROVE, approval_decide, decide_fields, approval_list,
	    LARGE },
	{ "/bulk", POST, PERM_ORDER_APPROVE, approval_bulk, bulk_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "approvals", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
