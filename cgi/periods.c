/*
 * periods.c - months of the flows: what hinders the lock, and the road of a month.
 *
 * open -> review -> locked -> closed.  A month locks when nothing hinders it, and closes with a
 * digest over its rows; both work sender by sender in the background and go on where they were.
 * Back from locked takes two people, and no rebates that stand on it.
 */
#include <string.h>

#include "form.h"
#include "list.h"
#include "scope.h"

enum { SEES_ALL, GET_ONE, HINDRANCES, RUN, RUNS, REBATE, MOVE, BEGIN, STOP, WORK, REOPEN, DECIDE,
	CHECK, NSQL };

/* What a month holds of the senders the user sees. */
#define FILES_OF "FROM flow_file f WHERE f.book_period = p.id AND f.status = 'imported' AND " \
	SENDER_IN_SCOPE("f.party_id")
#define COUNTS "(SELECT COUNT(*) " FILES_OF ") AS files," \
	" (SELECT COUNT(DISTINCT f.party_id) " FILES_OF ") AS senders," \
	" (SELECT COUNT(*) FROM flow_balance b WHERE b.period = p.id AND b.state = 'open'" \
	" AND " SENDER_IN_SCOPE("b.party_id") ") AS differences"

static const struct sql sql[NSQL] = {
	[SEES_ALL] = { "periods.sees_all", "SELECT @actor_scope = 'all' AS yes" },
	[GET_ONE] = { "periods.get",
		"SELECT p.*, " COUNTS ", (SELECT COUNT(*) FROM flow_dirty d WHERE d.period = p.id"
		" AND " SENDER_IN_SCOPE("d.party_id") ") AS due,"
		" (SELECT FLOOR(1000 * SUM(IF(m.product_id <> 0 AND m.party_id <> 0, ABS(m.qty),"
		" 0)) / SUM(ABS(m.qty))) / 1000 FROM flow_month m WHERE m.book_period = p.id"
		" AND m.is_share = 0 AND "
		SENDER_IN_SCOPE("m.sender_id") ") AS matched,"
		" (SELECT COUNT(*) FROM flow_unconfirmed k WHERE k.period = p.id AND "
		SENDER_IN_SCOPE("k.party_id") ") AS unconfirmed"
		" FROM period_page p WHERE p.id = ?" },
	[HINDRANCES] = { "periods.hindrances", "CALL period_hindrances(?)" },
	[RUN] = { "periods.run",
		"SELECT r.id, r.action, r.state, r.pieces, r.pieces_done, r.reason,"
		" r.asked_by = @actor_id AS own, u.name AS asked"
		" FROM period_run r JOIN app_user u ON u.id = r.asked_by WHERE r.live_key = ?" },
	[RUNS] = { "periods.runs",
		"SELECT r.id, r.action, r.state, r.asked_at, a.name AS asked_by,"
		" d.name AS decided_by, r.ended_at, r.reason, r.unconfirmed,"
		" IF(r.error LIKE 'period.%', SUBSTR(r.error, 8), NULL) AS stopped_by"
		" FROM period_run r JOIN app_user a ON a.id = r.asked_by"
		" LEFT JOIN app_user d ON d.id = r.decided_by"
		" WHERE r.period = ? ORDER BY r.id DESC LIMIT 20" },
	[REBATE] = { "periods.rebate",
		"SELECT CONCAT('rebate_', status) AS why FROM rebate_run"
		" WHERE id = period_rebate(?)" },
	[MOVE] = { "periods.move", "CALL period_move(?, ?, ?)" },
	[BEGIN] = { "periods.begin", "CALL period_start(?, ?, ?)" },
	[STOP] = { "periods.stop", "CALL period_stop(?)" },
	[WORK] = { "periods.work", "CALL flow_work(?, 20)" },
	[REOPEN] = { "periods.reopen", "CALL period_reopen_ask(?, ?, ?)" },
	[DECIDE] = { "periods.decide", "CALL period_reopen_decide(?, ?)" },
	[CHECK] = { "periods.check", "CALL period_check(?, ?, 200)" },
};

static const char *const statuses[] = { "open", "review", "locked", "closed", NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "month", TYPE_MONTH, .sort = "p.id" },
	{ "status", TYPE_STATUS, .set = "period" },
	{ "files", TYPE_INT },
	{ "senders", TYPE_INT },
	{ "differences", TYPE_INT },
	{ "collect_by", TYPE_DATE },
	{ "review_by", TYPE_DATE },
	{ "lock_by", TYPE_DATE },
	{ "locked_by", TYPE_TEXT },
	{ "closed_at", TYPE_DATETIME },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "status", TYPE_SELECT, .set = "period", .options = statuses }, "p.status = ?" },
	{ 0 }
};

static const struct list periods = {
	.name = "periods",
	.columns = columns,
	.filters = filters,
	.row_href = "/periods/view?id={id}",
	.sort = "-month",
	.select = "p.*, " COUNTS,
	.from = "period_page p",
	.count_from = "(SELECT period AS id, status FROM period) p",
	.key = "p.id",
};

static int
period_list(struct req *r)
{
	return list_page(r, &periods);
}

/* ---- one month ---- */

static const struct column facts[] = {
	{ "collect_by", TYPE_DATE },
	{ "review_by", TYPE_DATE },
	{ "lock_by", TYPE_DATE },
	{ "files", TYPE_INT, .href = "/flowfiles/?month={month}" },
	{ "senders", TYPE_INT },
	{ "matched", TYPE_PERCENT },
	{ "differences", TYPE_INT, .href = "/balances/?month={month}&state=open" },
	{ "unconfirmed", TYPE_INT, .href = "/flowsources/?month={month}&stage=unconfirmed" },
	{ "due", TYPE_INT },
	{ "locked_by", TYPE_TEXT },
	{ "locked_at", TYPE_DATETIME },
	{ "closed_by", TYPE_TEXT },
	{ "closed_at", TYPE_DATETIME },
	{ "digest", TYPE_CODE },
	{ 0 }
};

static const struct column hindrance_columns[] = {
	{ "kind", TYPE_STATUS, .set = "hindrance" },
	{ "sender", TYPE_TEXT, .sub = "code" },
	{ "n", TYPE_INT },
	{ "percent", TYPE_PERCENT },
	{ 0 }
};

/* Where each hindrance is cleared. */
static const struct {
	const char *kind;
	const char *href;
} hindrance_hrefs[] = {
	{ "running", "/flowfiles/?month={month}" },
	{ "missing", "/flowfiles/?month={month}&sender={code}" },
	{ "matched", "/matching/" },
	{ "balance", "/balances/?month={month}&state=open" },
	{ "case", "/diversions/?month={month}" },
	{ "correction", "/corrections/?month={month}&status=waiting" },
};

static const struct column run_columns[] = {
	{ "action", TYPE_STATUS, .set = "period_action" },
	{ "state", TYPE_STATUS, .set = "period_run" },
	{ "asked_by", TYPE_TEXT },
	{ "asked_at", TYPE_DATETIME },
	{ "decided_by", TYPE_TEXT },
	{ "ended_at", TYPE_DATETIME },
	{ "unconfirmed", TYPE_INT },
	{ "stopped_by", TYPE_STATUS, .set = "hindrance" },
	{ "reason", TYPE_TEXT },
	{ 0 }
};

static const struct field id_field[] = {
	{ "id", TYPE_INT, REQUIRED, 200001, 299912 },
	{ "version", TYPE_INT },
	{ "after", TYPE_INT },
	{ 0 }
};

static const struct field reopen_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "version", TYPE_HIDDEN },
	{ "reason", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ 0 }
};

static bool
is(const struct rows *rows, const char *name, const char *value)
{
	return rows->n > 0 && strcmp(row_str(rows, 0, name), value) == 0;
}

static void
add_steps(struct req *r, const struct rows *p)
{
	size_t at = 0;
	xmlNodePtr steps = x_el(r->page, "steps");

	while (!is(p, "status", statuses[at]))
		at++;
	x_attr(steps, "name", "period");
	for (size_t i = 0; statuses[i] != NULL; i++) {
		xmlNodePtr step = x_el(steps, "step");

		x_attr(step, "name", statuses[i]);
		x_attr(step, "state", i < at || strcmp(statuses[at], "closed") == 0 ? "done" :
		    i == at ? "current" : "todo");
	}
}

static const struct rows *
add_hindrances(struct req *r, int64_t id)
{
	const struct rows *rows = req_query(r, HINDRANCES, I(id));
	xmlNodePtr list = x_table(r->page, "list", "hindrances", hindrance_columns);

	for (size_t i = 0; i < rows->n; i++) {
		const char *href = NULL;

		for (size_t k = 0; k < LEN(hindrance_hrefs); k++)
			if (strcmp(hindrance_hrefs[k].kind, row_str(rows, i, "kind")) == 0)
				href = hindrance_hrefs[k].href;
		x_row(list, rows, i, hindrance_columns, href);
	}
	return rows;
}

static xmlNodePtr
post(struct req *r, const char *rel, const char *path, const struct rows *p)
{
	return x_action(r->heading, rel, "post", x_href(r->pool,
	    pool_printf(r->pool, "/periods/%s?id={id}&version={version}", path), p, 0));
}

/* Back into review: not while rebates stand on what the month says. */
static void
block_reopen(struct req *r, xmlNodePtr action, const struct rows *p)
{
	const struct rows *rebate = req_query(r, REBATE, I(row_int(p, 0, "id")));

	if (rebate->n > 0)
		x_attr(action, "disabled", row_str(rebate, 0, "why"));
}

/* What may be done now: nothing else while a step runs or waits for the second person. */
static void
add_actions(struct req *r, const struct rows *p, const struct rows *run, bool hindered)
{
	if (is(run, "state", "asked")) {
		xmlNodePtr agree = post(r, "agree-reopen", "agree", p);

		x_flag(agree, "primary", true);
		if (row_int(run, 0, "own") != 0)
			x_attr(agree, "disabled", "own");
		else
			block_reopen(r, agree, p);
		post(r, "refuse-reopen", "refuse", p);
	} else if (run->n > 0) {
		x_flag(post(r, "work", "work", p), "primary", true);
		post(r, "stop", "stop", p);
	} else if (is(p, "status", "open")) {
		x_flag(post(r, "review", "review", p), "primary", true);
	} else if (is(p, "status", "review")) {
		xmlNodePtr lock = post(r, "lock", "lock", p);

		x_flag(lock, "primary", !hindered);
		if (hindered)
			x_attr(lock, "disabled", "hindered");
		post(r, "collect", "collect", p);
	} else if (is(p, "status", "locked")) {
		x_flag(post(r, "close", "close", p), "primary", true);
		block_reopen(r, x_action(r->heading, "reopen", "get", x_href(r->pool,
		    "/periods/reopen?id={id}", p, 0)), p);
	}
}

static void
add_run(struct req *r, const struct rows *run)
{
	xmlNodePtr record;
	xmlNodePtr meter;

	if (run->n == 0)
		return;
	if (is(run, "state", "asked")) {
		xmlNodePtr notice = x_notice(r->page, "warning", "notice.period.asked");

		x_value(notice, TYPE_TEXT, "who", row_str(run, 0, "asked"));
		x_value(notice, TYPE_TEXT, "reason", row_str(run, 0, "reason"));
		return;
	}
	x_notice(r->page, "info", is(run, "action", "lock") ? "notice.period.locking" :
	    "notice.period.closing");
	record = x_el(r->page, "record");
	x_attr(record, "name", "period-run");
	meter = x_el(record, "meter");
	x_attr(meter, "name", "pieces");
	x_attr(meter, "type", "int");
	x_attr(meter, "value", row_str(run, 0, "pieces_done"));
	x_attr(meter, "max", row_str(run, 0, "pieces"));
}

/* A digest is of all senders: it is for who sees all of them. */
static bool
sees_all(struct req *r)
{
	return row_int(req_query(r, SEES_ALL), 0, "yes") != 0;
}

static int
period_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *p = req_query(r, GET_ONE, I(id));
	const struct rows *run = req_query(r, RUN, I(id));
	bool early;
	bool hindered = false;

	if (p->n == 0)
		return 404;
	req_page(r, "view");
	x_value(r->heading, TYPE_MONTH, "month", row_str(p, 0, "month"));
	req_state(r, "period", row_str(p, 0, "status"));
	req_trail(r, "periods", "/periods/");
	if (is(p, "status", "review") && row_int(p, 0, "unconfirmed") > 0)
		x_value(x_notice(r->page, "warning", "notice.period.unconfirmed"), TYPE_INT, "n",
		    row_str(p, 0, "unconfirmed"));
	add_run(r, run);
	add_steps(r, p);
	early = is(p, "status", "open") || is(p, "status", "review");
	if (early)
		hindered = add_hindrances(r, id)->n > 0;
	if (req_may(r, PERM_PERIOD_CLOSE))
		add_actions(r, p, run, hindered);
	if (is(p, "status", "closed") && sees_all(r))
		x_action(r->heading, "check-digest", "get", x_href(r->pool,
		    "/periods/check?id={id}", p, 0));
	x_record(r->page, "period", p, facts);
	x_list(r, "period-runs", req_query(r, RUNS, I(id)), run_columns, NULL);
	return 200;
}

/* ---- what is done with it ---- */

static int
moved(struct req *r, const struct rows *done, const char *notice)
{
	return req_done(r, done, notice, "/periods/view?id=%lld", (long long)req_int(r, "id", 0));
}

static int
move(struct req *r, const char *status, const char *notice)
{
	return moved(r, req_query(r, MOVE, I(req_int(r, "id", 0)), I(req_int(r, "version", 0)),
	    S(status)), notice);
}

static int
begin(struct req *r, const char *action, const char *notice)
{
	return moved(r, req_query(r, BEGIN, I(req_int(r, "id", 0)), I(req_int(r, "version", 0)),
	    S(action)), notice);
}

static int
period_review(struct req *r)
{
	return move(r, "review", "period.review");
}

static int
period_collect(struct req *r)
{
	return move(r, "open", "period.collect");
}

static int
period_lock(struct req *r)
{
	return begin(r, "lock", "period.lock");
}

static int
period_close(struct req *r)
{
	return begin(r, "close", "period.close");
}

static int
period_stop(struct req *r)
{
	return moved(r, req_query(r, STOP, I(req_int(r, "id", 0))), "period.stop");
}

/* Twenty senders now, for who does not want to wait for the background. */
static int
period_work(struct req *r)
{
	return moved(r, req_query(r, WORK, I(req_int(r, "id", 0))), "period.work");
}

static int
period_reopen_form(struct req *r)
{
	const struct rows *p = req_query(r, GET_ONE, I(req_int(r, "id", 0)));

	if (p->n == 0)
		return 404;
	req_page(r, "reopen");
	x_value(r->heading, TYPE_MONTH, "month", row_str(p, 0, "month"));
	req_trail(r, "periods", "/periods/");
	form_action(x_form(r, "period-reopen", "/periods/reopen", reopen_fields, p), "ask-reopen");
	return 200;
}

static int
period_reopen(struct req *r)
{
	return moved(r, req_query(r, REOPEN, I(req_int(r, "id", 0)), I(req_int(r, "version", 0)),
	    S(req_str(r, "reason"))), "period.reopen");
}

static int
period_agree(struct req *r)
{
	return moved(r, req_query(r, DECIDE, I(req_int(r, "id", 0)), I(1)), "period.agree");
}

static int
period_refuse(struct req *r)
{
	return moved(r, req_query(r, DECIDE, I(req_int(r, "id", 0)), I(0)), "period.refuse");
}

static const struct column check_facts[] = {
	{ "digest", TYPE_CODE },
	{ "senders", TYPE_INT },
	{ "bad", TYPE_INT },
	{ "first_bad", TYPE_TEXT },
	{ 0 }
};

/* The digests of 200 senders of a closed month, made again from its rows. */
static int
period_check(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *p = req_query(r, GET_ONE, I(id));
	const struct rows *check;
	bool good;

	if (!is(p, "status", "closed") || !sees_all(r))
		return 404;
	check = req_query(r, CHECK, I(id), I(req_int(r, "after", 0)));
	if (check->n == 0)
		return 404;
	req_page(r, "check");
	x_value(r->heading, TYPE_MONTH, "month", row_str(p, 0, "month"));
	req_trail(r, "periods", "/periods/");
	good = row_int(check, 0, "bad") == 0 && row_int(check, 0, "agrees") != 0;
	x_notice(r->page, good ? "success" : "danger", good ? "notice.period.intact" :
	    "notice.period.altered");
	x_record(r->page, "period-check", check, check_facts);
	if (row_int(check, 0, "last") != 0)
		x_action(r->heading, "check-next", "get", x_href(r->pool,
		    pool_printf(r->pool, "/periods/check?id=%lld&after={last}", (long long)id),
		    check, 0));
	return 200;
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, period_list, .list = &periods },
	{ "/view", GET, PERM_FLOW_VIEW, period_view, id_field },
	{ "/review", POST, PERM_PERIOD_CLOSE, period_review, id_field, period_view },
	{ "/collect", POST, PERM_PERIOD_CLOSE, period_collect, id_field, period_view },
	{ "/lock", POST, PERM_PERIOD_CLOSE, period_lock, id_field, period_view },
	{ "/close", POST, PERM_PERIOD_CLOSE, period_close, id_field, period_view },
	{ "/stop", POST, PERM_PERIOD_CLOSE, period_stop, id_field, period_view },
	{ "/work", POST, PERM_PERIOD_CLOSE, period_work, id_field, period_view },
	{ "/reopen", GET, PERM_PERIOD_CLOSE, period_reopen_form, reopen_fields },
	{ "/reopen", POST, PERM_PERIOD_CLOSE, period_reopen, reopen_fields, period_reopen_form },
	{ "/agree", POST, PERM_PERIOD_CLOSE, period_agree, id_field, period_view },
	{ "/refuse", POST, PERM_PERIOD_CLOSE, period_refuse, id_field, period_view },
	{ "/check", GET, PERM_FLOW_VIEW, period_check, id_field },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "periods", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
