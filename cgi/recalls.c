/*
 * recalls.c - recall of a lot: from the trace to the closing report.
 *
 * Opening one takes the lot out of sale in the same transaction and lists who
 * got goods of it, by shipments, reported sales and reported stock, down to the
 * terminals; rows of its number under an unknown product are listed as unsure, and
 * their sellers asked.  Notices go to the portal; who does not sign in there gets a letter,
 * and his answer is taken down here.  What came back counts against what we
 * shipped: goods of a terminal come back by way of its distributor.
 */
#include <string.h>

#include "form.h"
#include "list.h"

enum { GET_ONE, SUMS, HOLDERS, EVENTS, HOLDER, LOT, OPEN, OPENED, NOTIFY, REMIND, REFRESH,
	REPORTED, ANSWER, ENDING, END, DONE, NSQL };

#define RETURNED "(SELECT SUM(h.returned) FROM recall_party h WHERE h.recall_id = r.id" \
	" AND h.shipped > 0)"
#define SENT "(SELECT SUM(h.shipped) FROM recall_party h WHERE h.recall_id = r.id)"

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "recalls.get", "SELECT * FROM recall_page WHERE id = ?" },
	[SUMS] = { "recalls.sums", "SELECT * FROM recall_sums WHERE recall_id = ?" },
	[HOLDERS] = { "recalls.holders",
		"SELECT * FROM recall_holder WHERE recall_id = ? ORDER BY tier, shipped DESC,"
		" bought DESC, id" },
	[EVENTS] = { "recalls.events",
		"SELECT e.at, CONCAT('recall.', e.kind) AS kind, COALESCE(u.name, '') AS actor,"
		" NULLIF(CONCAT_WS(': ', p.name, e.note), '') AS note FROM recall_event e"
		" LEFT JOIN app_user u ON u.id = e.created_by LEFT JOIN party p ON p.id ="
		" e.party_id"
		" WHERE e.recall_id = ? ORDER BY e.id" },
	[HOLDER] = { "recalls.holder",
		"SELECT h.id AS holder, h.recall_id AS id, p.name AS title, r.recall_no,"
		" h.shipped + h.bought AS got, h.sold, h.stock, h.on_hand, h.returned, h.resold_to"
		" FROM recall_party h JOIN recall r ON r.id = h.recall_id"
		" JOIN party p ON p.id = h.party_id WHERE h.recall_id = ? AND h.id = ?" },
	[LOT] = { "recalls.lot",
		"SELECT l.id, l.lot_no, CONCAT(p.generic_name, ' ', p.pack_spec) AS product,"
		" p.code, p.unit, l.produced_on, l.expires_on, l.status, l.status_note,"
		" r.id AS recall_id, r.recall_no FROM lot l JOIN product p ON p.id = l.product_id"
		" LEFT JOIN recall r ON r.live_lot = l.id WHERE l.id = ?" },
	[OPEN] = { "recalls.open", "CALL recall_open(?, ?, ?, ?, @recall)" },
	[OPENED] = { "recalls.opened", "SELECT @recall AS id" },
	[NOTIFY] = { "recalls.notify", "CALL recall_notify(?, @done)" },
	[REMIND] = { "recalls.remind", "CALL recall_remind(?, @done)" },
	[REFRESH] = { "recalls.refresh", "CALL recall_refresh(?, @done)" },
	[REPORTED] = { "recalls.reported", "CALL recall_reported(?, @done)" },
	[ANSWER] = { "recalls.answer", "CALL recall_answer_for(?, ?, ?, ?, ?, @done)" },
	[ENDING] = { "recalls.ending",
		"SELECT id, version, IF(status = 'open', 'cancelled', 'closed') AS status FROM"
		" recall"
		" WHERE id = ?" },
	[END] = { "recalls.end", "CALL recall_end(?, ?, ?, ?, @done)" },
	[DONE] = { "recalls.done", "SELECT @done AS done" },
};

static const char *const statuses[] = { "open", "notified", "closed", "cancelled", NULL };
static const char *const classes[] = { "I", "II", "III", NULL };

/* ---- the recalls ---- */

static const struct column columns[] = {
	{ "recall_no", TYPE_CODE, .sort = "r.recall_no" },
	{ "product", TYPE_TEXT, .sub = "lot_no" },
	{ "class", TYPE_STATUS, .set = "recall_class", .sort = "r.class" },
	{ "status", TYPE_STATUS, .set = "recall", .sort = "r.status" },
	{ "opened_at", TYPE_DATETIME, .sort = "r.opened_at" },
	{ "report_by", TYPE_DUE },
	{ "holders", TYPE_INT },
	{ "answered", TYPE_INT },
	{ "shipped", TYPE_QTY, .unit = "{unit}" },
	{ "returned", TYPE_QTY },
	{ "recovery", TYPE_PERCENT },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "r.recall_no LIKE ? OR l.lot_no LIKE ? OR p.generic_name LIKE ?"
	    " OR p.pinyin LIKE ?", 4, true },
	{ { "status", TYPE_SELECT, .set = "recall", .options = statuses }, "r.status = ?" },
	{ { "class", TYPE_SELECT, .set = "recall_class", .options = classes }, "r.class = ?" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "open", "status=open" },
	{ "notified", "status=notified" },
	{ "closed", "status=closed" },
	{ 0 }
};

static const struct list recalls = {
	.name = "recalls",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/recalls/view?id={id}",
	.sort = "-opened_at",
	.select = "r.id, r.recall_no, CONCAT(p.generic_name, ' ', p.pack_spec) AS product,"
	    " l.lot_no, p.unit, r.class, r.status, r.opened_at, r.report_by,"
	    " (SELECT COUNT(*) FROM recall_party h WHERE h.recall_id = r.id) AS holders,"
	    " (SELECT COUNT(*) FROM recall_party h WHERE h.recall_id = r.id"
	    " AND h.status IN ('answered', 'done')) AS answered, " SENT " AS shipped,"
	    " " RETURNED " AS returned, ROUND(" RETURNED " / NULLIF(" SENT ", 0), 4) AS recovery",
	.from = "recall r JOIN lot l ON l.id = r.lot_id JOIN product p ON p.id = r.product_id",
	.key = "r.id",
	.create = "recall.new",
	.create_href = "/trace/",
	.create_perm = PERM_RECALL_EDIT,
};

static int
recall_list(struct req *r)
{
	x_flag(x_action(r->heading, "recall.new", "get", "/trace/"), "primary", true);
	return list_page(r, &recalls);
}

/* ---- opening ---- */

static const struct column lot_record[] = {
	{ "product", TYPE_TEXT, .sub = "code" },
	{ "lot_no", TYPE_CODE, .href = "/lots/view?id={id}" },
	{ "produced_on", TYPE_DATE },
	{ "expires_on", TYPE_DATE },
	{ "recall_no", TYPE_CODE, .href = "/recalls/view?id={recall_id}" },
	{ "status_note", TYPE_TEXT },
	{ 0 }
};

static const struct field lot_field[] = { { "lot", TYPE_INT, REQUIRED }, { 0 } };
static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };

static const struct field open_fields[] = {
	{ "lot", TYPE_HIDDEN, REQUIRED },
	{ "class", TYPE_RADIO, REQUIRED, .set = "recall_class", .options = classes },
	{ "reason", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ "measures", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ 0 }
};

static int
open_form(struct req *r)
{
	const struct rows *lot = req_query(r, LOT, I(req_int(r, "lot", 0)));

	if (lot->n == 0)
		return 404;
	req_page(r, "new");
	req_title(r, row_str(lot, 0, "lot_no"));
	req_trail(r, "recalls", "/recalls/");
	x_record(r->page, "trace-lot", lot, lot_record);
	form_action(x_form(r, "recall", "/recalls/open", open_fields, NULL), "recall.open");
	return 200;
}

static int
recall_open(struct req *r)
{
	if (req_query(r, LOT, I(req_int(r, "lot", 0)))->n == 0)
		return 404;
	req_exec(r, OPEN, I(req_int(r, "lot", 0)), S(req_str(r, "class")), S(req_str(r, "reason")),
	    S(req_str(r, "measures")));
	req_notice(r, "recall.opened");
	return req_redirect(r, "/recalls/view?id=%s", req_value(r, req_query(r, OPENED), "id"));
}

/* ---- the page of one ---- */

static const struct column record[] = {
	{ "product", TYPE_TEXT, .sub = "code", .href = "/products/view?id={product_id}" },
	{ "lot_no", TYPE_CODE, .href = "/trace/view?lot={lot_id}" },
	{ "class", TYPE_STATUS, .set = "recall_class" },
	{ "lot_status", TYPE_STATUS, .set = "lot" },
	{ "reason", TYPE_TEXT },
	{ "measures", TYPE_TEXT },
	{ "opened_at", TYPE_DATETIME, .sub = "made_by" },
	{ "notify_by", TYPE_DATETIME },
	{ "plan_by", TYPE_DATE },
	{ "notified_at", TYPE_DATETIME },
	{ "report_by", TYPE_DUE },
	{ "closed_at", TYPE_DATETIME, .sub = "closed_by" },
	{ "conclusion", TYPE_TEXT },
	{ 0 }
};

static const char *const tiers[] = { "distributor", "terminal", "unknown", "unsure", NULL };
static const char *const answers[] = { "listed", "notified", "answered", "done", NULL };

static const struct column holder_columns[] = {
	{ "holder", TYPE_TEXT, .sub = "place", .sort = "h.holder" },
	{ "tier", TYPE_STATUS, .set = "recall_tier", .sort = "h.tier + 0" },
	{ "shipped", TYPE_QTY, .sort = "h.shipped" },
	{ "bought", TYPE_QTY, .sort = "h.bought" },
	{ "sold", TYPE_QTY },
	{ "unsure", TYPE_QTY },
	{ "stock", TYPE_QTY, .sub = "stock_date" },
	{ "status", TYPE_STATUS, .set = "recall_holder", .sort = "h.status + 0" },
	{ "on_hand", TYPE_QTY },
	{ "returned", TYPE_QTY, .emphasis = true },
	{ "resold_to", TYPE_TEXT },
	{ "notified_by", TYPE_STATUS, .set = "recall_way" },
	{ "reminders", TYPE_INT },
	{ 0 }
};

static const struct filter holder_filters[] = {
	{ { "q", TYPE_SEARCH }, "h.holder LIKE ?", 1, true },
	{ { "tier", TYPE_SELECT, .set = "recall_tier", .options = tiers }, "h.tier = ?" },
	{ { "status", TYPE_SELECT, .set = "recall_holder", .options = answers }, "h.status = ?" },
	{ 0 }
};

static const struct list holders = {
	.name = "recall-holders",
	.columns = holder_columns,
	.filters = holder_filters,
	.row_href = "/recalls/answer?id={recall_id}&holder={answer_id}",
	.sort = "tier",
	.select = "h.*",
	.from = "recall_holder h",
	.where = "h.recall_id = ?",
	.key = "h.id",
};

static const struct column figures[] = {
	{ "shipped", TYPE_QTY },
	{ "at_terminals", TYPE_QTY },
	{ "on_hand", TYPE_QTY },
	{ "returned", TYPE_QTY, .sub = "recovery" },
	{ 0 }
};

static void
add_steps(struct req *r, const struct rows *row)
{
	static const char *const path[] = { "open", "notified", "closed" };
	const char *status = row_str(row, 0, "status");
	xmlNodePtr steps = x_el(r->page, "steps");
	bool before = strcmp(status, "cancelled") != 0;

	x_attr(steps, "name", "recall");
	for (size_t i = 0; i < LEN(path); i++) {
		xmlNodePtr step = x_el(steps, "step");
		bool here = strcmp(status, path[i]) == 0;

		x_attr(step, "name", path[i]);
		x_attr(step, "state", before ? here && i < 2 ? "current" : "done" : "todo");
		before = before && !here;
	}
}

static void
add_notices(struct req *r, const struct rows *row, const struct rows *sums)
{
	bool open = strcmp(row_str(row, 0, "status"), "open") == 0;
	bool runs = open || strcmp(row_str(row, 0, "status"), "notified") == 0;

	if (row_int(row, 0, "late") == 1)
		x_notice(r->page, "danger", "notice.recall.late");
	if (row_int(row, 0, "report_late") == 1)
		x_notice(r->page, "danger", "notice.recall.report_late");
	if (runs && !open && row_int(sums, 0, "untold") > 0)
		x_value(x_notice(r->page, "warning", "notice.recall.untold"), TYPE_INT, "n",
		    row_str(sums, 0, "untold"));
	if (runs && row_int(sums, 0, "unknown") > 0)
		x_value(x_notice(r->page, "warning", "notice.recall.unknown"), TYPE_INT, "n",
		    row_str(sums, 0, "unknown"));
	if (runs && row_int(sums, 0, "unsure") > 0)
		x_value(x_notice(r->page, "warning", "notice.recall.unsure"), TYPE_INT, "n",
		    row_str(sums, 0, "unsure"));
}

static void
add_actions(struct req *r, const struct rows *row, const struct rows *sums)
{
	static const struct {
		const char *rel, *method, *href;
		bool open, notified, primary;
	} actions[] = {
		{ "recall.notify", "post", "/recalls/notify?id={id}", true, false, true },
		{ "recall.remind", "post", "/recalls/remind?id={id}", false, true, false },
		{ "recall.refresh", "post", "/recalls/refresh?id={id}", true, true, false },
		{ "recall.reported", "post", "/recalls/reported?id={id}", false, true, false },
		{ "recall.end", "get", "/recalls/end?id={id}", true, true, false },
	};
	const char *status = row_str(row, 0, "status");
	bool open = strcmp(status, "open") == 0, notified = strcmp(status, "notified") == 0;

	if (notified && row_int(sums, 0, "untold") > 0)
		x_flag(x_action(r->heading, "recall.notify", "post",
		    x_href(r->pool, "/recalls/notify?id={id}", row, 0)), "primary", true);
	for (size_t i = 0; i < LEN(actions); i++) {
		if ((open && actions[i].open) || (notified && actions[i].notified))
			x_flag(x_action(r->heading, actions[i].rel, actions[i].method,
			    x_href(r->pool, actions[i].href, row, 0)), "primary",
			    actions[i].primary);
	}
	x_link(r->heading, "recall.report", x_href(r->pool, "/recalls/report?id={id}", row, 0));
}

static int
recall_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *row = req_query(r, GET_ONE, I(id)), *sums;

	if (row->n == 0)
		return 404;
	sums = req_query(r, SUMS, I(id));
	req_record(r, "view", row, "recall_no", "recall", "status");
	add_actions(r, row, sums);
	add_notices(r, row, sums);
	add_steps(r, row);
	x_figures(r->page, "recall", sums, figures);
	x_record(r->page, "recall", row, record);
	x_timeline(r->page, "recall", req_query(r, EVENTS, I(id)));
	return list_page(r, &holders, I(id));
}

/* The closing report, to print; as a table the same holders. */
static int
report(struct req *r)
{
	static const struct column seals[] = { { "our_seal", TYPE_TEXT }, { 0 } };
	static const char *const names[] = { "our_seal" };
	static const char *const cells[] = { NULL };
	const struct rows blank = { 1, 1, names, cells, NULL, NULL };
	int64_t id = req_int(r, "id", 0);
	const struct rows *row = req_query(r, GET_ONE, I(id));

	if (row->n == 0)
		return 404;
	req_record(r, "report", row, "recall_no", "recall", "status");
	x_attr(r->page, "paper", "landscape");
	x_action(r->heading, "print", "get", "#print");
	x_record(r->page, "recall", row, record);
	x_figures(r->page, "recall", req_query(r, SUMS, I(id)), figures);
	list_rows(r, "recall-holders", req_query(r, HOLDERS, I(id)), holder_columns, NULL);
	x_attr(x_record(r->page, "recall-seals", &blank, seals), "kind", "seals");
	return 200;
}

/* ---- what may be done with it ---- */

static int
done(struct req *r, const char *notice)
{
	if (strcmp(req_value(r, req_query(r, DONE), "done"), "1") != 0)
		return 409;
	req_notice(r, notice);
	return req_redirect(r, "/recalls/view?id=%lld", (long long)req_int(r, "id", 0));
}

static int
act(struct req *r, size_t statement, const char *notice)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, GET_ONE, I(id))->n == 0)
		return 404;
	req_exec(r, statement, I(id));
	return done(r, notice);
}

static int
notify(struct req *r)
{
	return act(r, NOTIFY, "recall.notified");
}

static int
remind(struct req *r)
{
	return act(r, REMIND, "recall.reminded");
}

static int
refresh(struct req *r)
{
	return act(r, REFRESH, "recall.refreshed");
}

static int
reported(struct req *r)
{
	return act(r, REPORTED, "recall.reported");
}

static const struct field answer_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "holder", TYPE_HIDDEN, REQUIRED },
	{ "on_hand", TYPE_QTY, REQUIRED, .max = 100000000 },
	{ "returned", TYPE_QTY, REQUIRED, .max = 100000000 },
	{ "resold_to", TYPE_TEXTAREA, .max = 1000 },
	{ 0 }
};

static const struct column answer_record[] = {
	{ "got", TYPE_QTY },
	{ "sold", TYPE_QTY },
	{ "stock", TYPE_QTY },
	{ 0 }
};

static int
answer_form(struct req *r)
{
	const struct rows *row = req_query(r, HOLDER, I(req_int(r, "id", 0)),
	    I(req_int(r, "holder", 0)));

	if (row->n == 0)
		return 404;
	req_page(r, "answer");
	req_title(r, row_str(row, 0, "title"));
	req_trail(r, "recalls", "/recalls/");
	req_trail(r, "recall", x_href(r->pool, "/recalls/view?id={id}", row, 0));
	x_record(r->page, "recall-answer", row, answer_record);
	form_action(x_form(r, "recall-answer", "/recalls/answer", answer_fields, row), "save");
	return 200;
}

static int
answer(struct req *r)
{
	int64_t id = req_int(r, "id", 0), holder = req_int(r, "holder", 0);

	if (req_query(r, HOLDER, I(id), I(holder))->n == 0)
		return 404;
	req_exec(r, ANSWER, I(id), I(holder), M(req_str(r, "on_hand")), M(req_str(r, "returned")),
	    T(req_str(r, "resold_to")));
	return done(r, "recall.answered");
}

static const struct field end_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "status", TYPE_HIDDEN, REQUIRED },
	{ "conclusion", TYPE_TEXTAREA, REQUIRED, .max = 1000 },
	{ 0 }
};

/* Closed or, before any notice went out, cancelled: what may be, the database says. */
static int
end_form(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *row = req_query(r, GET_ONE, I(id));

	if (row->n == 0)
		return 404;
	req_page(r, "end");
	req_title(r, row_str(row, 0, "recall_no"));
	req_state(r, "recall", row_str(row, 0, "status"));
	req_trail(r, "recalls", "/recalls/");
	x_figures(r->page, "recall", req_query(r, SUMS, I(id)), figures);
	form_action(x_form(r, "recall-end", "/recalls/end", end_fields,
	    req_query(r, ENDING, I(id))), "recall.end");
	return 200;
}

static int
end(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, GET_ONE, I(id))->n == 0)
		return 404;
	req_exec(r, END, I(id), I(req_int(r, "_version", 0)), S(req_str(r, "status")),
	    S(req_str(r, "conclusion")));
	return done(r, "recall.ended");
}

static const struct route routes[] = {
	{ "/", GET, PERM_RECALL_EDIT, recall_list, .list = &recalls },
	{ "/new", GET, PERM_RECALL_EDIT, open_form, lot_field },
	{ "/open", POST, PERM_RECALL_EDIT, recall_open, open_fields, open_form },
	{ "/view", GET, PERM_RECALL_EDIT, recall_view, id_field, .list = &holders },
	{ "/report", GET, PERM_RECALL_EDIT, report, id_field },
	{ "/notify", POST, PERM_RECALL_EDIT, notify, id_field, recall_view },
	{ "/remind", POST, PERM_RECALL_EDIT, remind, id_field, recall_view },
	{ "/refresh", POST, PERM_RECALL_EDIT, refresh, id_field, recall_view },
	{ "/reported", POST, PERM_RECALL_EDIT, reported, id_field, recall_view },
	{ "/answer", GET, PERM_RECALL_EDIT, answer_form, answer_fields },
	{ "/answer", POST, PERM_RECALL_EDIT, answer, answer_fields, answer_form },
	{ "/end", GET, PERM_RECALL_EDIT, end_form, id_field },
	{ "/end", POST, PERM_RECALL_EDIT, end, end_fields, end_form },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "recalls", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
