/*
 * licences.c - documents of the first-operation file (首营): entered by one,
 * approved by quality, never by who entered them.
 *
 * Without every approved document in date that its role needs, a party cannot
 * order, and a product outside the scope cannot be sold to it (E10).  Whatever
 * is changed in an approved document makes it wait again.
 */
#include <string.h>

#include "attach.h"
#include "form.h"
#include "list.h"
#include "scope.h"

enum {
	KINDS, GET_ONE, GET_EDIT, PARTY, ADD, CHANGE, SCOPES_CLEAR, SCOPE_ADD, SET_FILE, DECIDE,
	OWN, WITHDRAW, FILE_GET, MONTH, WEEKS, NSQL
};

#define MINE "(c.party_id IS NULL OR " IN_SCOPE("c.rep_id", "c.org_unit_id") ")"

/* Those that are to be renewed; rejected and withdrawn ones are not. */
#define LIVE "l.status IN ('waiting', 'approved')"

/* A day of a week of the calendar and how many documents end on it. */
#define WEEKDAY(n, name) "MAX(IF(x.weekday = " n ", x.day, NULL)) AS " name "," \
	" MAX(IF(x.weekday = " n ", NULLIF(x.ending, 0), NULL)) AS " name "_n"

#define LIFE "IF(l.expires_on IS NULL, 'good', IF(is_expired(l.expires_on, business_day())," \
	" 'expired', IF(l.expires_on <= business_day() + INTERVAL 60 DAY, 'alarm', 'good')))"

#define SCOPED(scope) "EXISTS (SELECT 1 FROM party_licence_scope s WHERE s.licence_id = l.id" \
	" AND s.scope = '" scope "') AS " scope

static const struct sql sql[NSQL] = {
	[KINDS] = { "licences.kinds",
		"SELECT kind AS value, name AS label FROM licence_kind ORDER BY seq" },
	[GET_ONE] = { "licences.get",
		"SELECT l.id, l.version, l.party_id, p.name AS party, k.name AS document, l.number,"
		" l.issued_by, l.issued_on, l.expires_on, " LIFE " AS life, l.status, l.note,"
		" l.attachment_id, a.name AS file, a.size, m.name AS made_by,"
		" d.name AS approved_by, l.approved_at, l.created_by = @actor_id AS own,"
		" (SELECT GROUP_CONCAT(COALESCE(c.name, s.scope) ORDER BY c.seq SEPARATOR '、')"
		" FROM party_licence_scope s LEFT JOIN code_dict c ON c.list = 'licence_scope'"
		" AND c.code = s.scope WHERE s.licence_id = l.id) AS scopes"
		" FROM party_licence l"
		" JOIN party p ON p.id = l.party_id"
		" JOIN licence_kind k ON k.kind = l.kind"
		" LEFT JOIN attachment a ON a.id = l.attachment_id"
		" LEFT JOIN app_user m ON m.id = l.created_by"
		" LEFT JOIN app_user d ON d.id = l.approved_by"
		" LEFT JOIN customer c ON c.party_id = l.party_id"
		" WHERE l.id = ? AND " MINE },
	[GET_EDIT] = { "licences.edit",
		"SELECT l.id, l.version, p.code AS party, p.id AS party_id, l.kind,"
		" k.name AS title, l.number, l.issued_by, l.issued_on, l.expires_on, l.note, "
		SCOPED("chemical") ", " SCOPED("antibiotic") ", " SCOPED("tcm") ","
		" " SCOPED("biological")
		", " SCOPED("narcotic") ", " SCOPED("psychotropic1")
		", " SCOPED("psychotropic2") ", " SCOPED("toxic") ", " SCOPED("radioactive")
		", " SCOPED("precursor") ", " SCOPED("anabolic")
		" FROM party_licence l JOIN party p ON p.id = l.party_id"
		" JOIN licence_kind k ON k.kind = l.kind"
		" LEFT JOIN customer c ON c.party_id = l.party_id WHERE l.id = ? AND " MINE },
	[PARTY] = { "licences.party",
		"SELECT p.id FROM party p LEFT JOIN customer c ON c.party_id = p.id"
		" WHERE p.code = ? AND " MINE },
	[ADD] = { "licences.add",
		"INSERT INTO party_licence (kind, number, issued_by, issued_on, expires_on, note,"
		" created_by, party_id) VALUES (?, ?, ?, ?, ?, ?, @actor_id, ?)" },
	[CHANGE] = { "licences.change",
		"UPDATE party_licence SET kind = ?, number = ?, issued_by = ?, issued_on = ?,"
		" expires_on = ?, note = ?, status = 'waiting', approved_by = NULL,"
		" approved_at = NULL, created_by = @actor_id, version = version + 1"
		" WHERE id = ? AND version = ?" },
	[SCOPES_CLEAR] = { "licences.scopes_clear",
		"DELETE FROM party_licence_scope WHERE licence_id = ?" },
	[SCOPE_ADD] = { "licences.scope_add",
		"INSERT INTO party_licence_scope (licence_id, scope) VALUES (?, ?)" },
	[SET_FILE] = { "licences.set_file",
		"UPDATE party_licence SET attachment_id = ? WHERE id = ?" },
	[DECIDE] = { "licences.decide",
		"UPDATE party_licence SET status = ?, note = COALESCE(?, note),"
		" approved_by = @actor_id, approved_at = UTC_TIMESTAMP(6), version = version + 1"
		" WHERE id = ? AND version = ? AND status = 'waiting'"
		" AND NOT created_by <=> @actor_id" },
	[OWN] = { "licences.own",
		"SELECT id FROM party_licence WHERE id = ? AND created_by = @actor_id" },
	[WITHDRAW] = { "licences.withdraw",
		"UPDATE party_licence SET status = 'withdrawn', version = version + 1"
		" WHERE id = ? AND status <> 'withdrawn'" },
	[FILE_GET] = { "licences.file",
		"SELECT a.name, a.media_type, a.content FROM party_licence l"
		" JOIN attachment a ON a.id = l.attachment_id"
		" LEFT JOIN customer c ON c.party_id = l.party_id WHERE l.id = ? AND " MINE },
	[MONTH] = { "licences.month",
		"SELECT m.first, LAST_DAY(m.first) AS last, DATE_FORMAT(m.first, '%Y-%m') AS month,"
		" DATE_FORMAT(m.first - INTERVAL 1 MONTH, '%Y-%m') AS month_before,"
		" DATE_FORMAT(m.first + INTERVAL 1 MONTH, '%Y-%m') AS month_after"
		" FROM (SELECT CAST(CONCAT(COALESCE(?, DATE_FORMAT(business_day(), '%Y-%m')),"
		" '-01') AS DATE) AS first) m" },
	[WEEKS] = { "licences.weeks",
		"WITH RECURSIVE d AS (SELECT CAST(? AS DATE) AS day UNION ALL"
		" SELECT day + INTERVAL 1 DAY FROM d WHERE day < LAST_DAY(day))"
		" SELECT YEARWEEK(x.day, 1) AS id, DATE_FORMAT(MIN(x.day), '%Y-%m') AS month, "
		WEEKDAY("0", "mon") ", " WEEKDAY("1", "tue") ", " WEEKDAY("2", "wed") ", "
		WEEKDAY("3", "thu") ", " WEEKDAY("4", "fri") ", " WEEKDAY("5", "sat") ", "
		WEEKDAY("6", "sun")
		" FROM (SELECT d.day, WEEKDAY(d.day) AS weekday, COUNT(e.id) AS ending FROM d"
		" LEFT JOIN (SELECT l.id, l.expires_on FROM party_licence l"
		" LEFT JOIN customer c ON c.party_id = l.party_id"
		" WHERE l.expires_on BETWEEN ? AND ? AND " LIVE " AND " MINE ") e"
		" ON e.expires_on = d.day GROUP BY d.day) x GROUP BY id ORDER BY id" },
};

static const char *const statuses[] = { "waiting", "approved", "rejected", "withdrawn", NULL };
static const char *const lives[] = { "good", "alarm", "expired", NULL };
static const char *const decisions[] = { "approved", "rejected", NULL };
static const char *const scopes[] = { "chemical", "antibiotic", "tcm", "biological",
	"narcotic", "psychotropic1", "psychotropic2", "toxic", "radioactive", "precursor",
	"anabolic", NULL };

/* ---- list ---- */

static const struct column columns[] = {
	{ "document", TYPE_TEXT, .sub = "number", .sort = "k.seq" },
	{ "party", TYPE_TEXT, .href = "/parties/view?id={party_id}", .sort = "p.name" },
	{ "expires_on", TYPE_DATE, .sort = "COALESCE(l.expires_on, '9999-12-31')" },
	{ "life", TYPE_STATUS, .set = "life" },
	{ "made_by", TYPE_TEXT },
	{ "status", TYPE_STATUS, .set = "licence", .sort = "l.status" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "p.name LIKE ? OR p.pinyin LIKE ? OR p.code LIKE ?"
	    " OR l.number LIKE ?", 4, true },
	{ { "kind", TYPE_SELECT }, "l.kind = ?" },
	{ { "status", TYPE_SELECT, .set = "licence", .options = statuses }, "l.status = ?" },
	{ { "life", TYPE_SELECT, .set = "life", .options = lives }, LIFE " = ?" },
	{ { "until", TYPE_DATE }, "l.expires_on <= ?" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "waiting", "status=waiting", true },
	{ "expiring", "status=approved&life=alarm", true },
	{ "expired", "status=approved&life=expired" },
	{ 0 }
};

#define SELECTED \
	"l.id, k.name AS document, l.number, l.party_id, p.name AS party, l.expires_on, " \
	LIFE " AS life, m.name AS made_by, l.status"
#define FROM \
	"party_licence l JOIN licence_kind k ON k.kind = l.kind JOIN party p ON p.id = l.party_id" \
	" LEFT JOIN app_user m ON m.id = l.created_by" \
	" LEFT JOIN customer c ON c.party_id = l.party_id"

static const struct list licences = {
	.name = "licences",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/licences/view?id={id}",
	.sort = "expires_on",
	.select = SELECTED,
	.from = FROM,
	.where = MINE,
	.key = "l.id",
	.create = "create",
	.create_href = "/licences/edit",
	.create_perm = PERM_PARTY_EDIT,
};

static int
licence_list(struct req *r)
{
	int status;

	x_action(r->heading, "calendar", "get", "/licences/calendar");
	if (req_may(r, PERM_PARTY_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/licences/edit"), "primary", true);
	status = list_page(r, &licences);
	form_options(r->page, "kind", req_query(r, KINDS));
	return status;
}

/* ---- the calendar: days of a month with how many end, and those of the month or a day ---- */

static const struct field calendar_fields[] = {
	{ "month", TYPE_MONTH },
	{ "day", TYPE_DATE },
	{ 0 }
};

#define DAY_COLUMN(name) { name, TYPE_DATE, .sub = name "_n", \
	.href = "/licences/calendar?month={month}&day={" name "}" }

static const struct column week_columns[] = {
	DAY_COLUMN("mon"), DAY_COLUMN("tue"), DAY_COLUMN("wed"), DAY_COLUMN("thu"),
	DAY_COLUMN("fri"), DAY_COLUMN("sat"), DAY_COLUMN("sun"), { 0 }
};

static const struct filter calendar_filters[] = {
	{ { "q", TYPE_SEARCH }, "p.name LIKE ? OR p.pinyin LIKE ? OR p.code LIKE ?"
	    " OR l.number LIKE ?", 4, true },
	{ { "kind", TYPE_SELECT }, "l.kind = ?" },
	{ 0 }
};

static const struct list ending = {
	.name = "licences-ending",
	.columns = columns,
	.filters = calendar_filters,
	.row_href = "/licences/view?id={id}",
	.sort = "expires_on",
	.select = SELECTED,
	.from = FROM,
	.where = MINE " AND " LIVE " AND l.expires_on BETWEEN ? AND ?",
	.key = "l.id",
};

static void
add_calendar(struct req *r, const struct rows *m)
{
	const char *first = row_str(m, 0, "first");
	xmlNodePtr n = x_list(r, "licence-weeks", req_query(r, WEEKS, D(first), D(first),
	    D(row_str(m, 0, "last"))), week_columns, NULL);

	x_attr(n, "kind", "pivot");
	x_link(n, "month.before", x_href(r->pool, "/licences/calendar?month={month_before}", m, 0));
	x_link(n, "month.whole", x_href(r->pool, "/licences/calendar?month={month}", m, 0));
	x_link(n, "month.after", x_href(r->pool, "/licences/calendar?month={month_after}", m, 0));
}

static int
licence_calendar(struct req *r)
{
	bool one = req_given(r, "day");
	const char *day = req_str(r, "day");
	const char *month = req_given(r, "month") ? req_str(r, "month") :
	    pool_strndup(r->pool, day, one ? strlen("2026-11") : 0);
	const struct rows *m = req_query(r, MONTH, T(month));
	const char *first = one ? day : row_str(m, 0, "first");
	const char *last = one ? day : row_str(m, 0, "last");
	int status;

	req_page(r, one ? "day" : "calendar");
	if (one)
		x_value(r->heading, TYPE_DATE, "day", day);
	else
		x_value(r->heading, TYPE_MONTH, "month", row_str(m, 0, "month"));
	req_trail(r, "licences", "/licences/");
	add_calendar(r, m);
	status = list_page(r, &ending, D(first), D(last));
	form_options(r->page, "kind", req_query(r, KINDS));
	return status;
}

/* ---- one document ---- */

static const struct field decide_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "decision", TYPE_RADIO, REQUIRED, .set = "decision", .options = decisions },
	{ "comment", TYPE_TEXT, .max = 200 },
	{ 0 }
};

static const struct column record[] = {
	{ "party", TYPE_TEXT, .href = "/parties/view?id={party_id}" },
	{ "document", TYPE_TEXT },
	{ "number", TYPE_CODE },
	{ "scopes", TYPE_TEXT },
	{ "issued_by", TYPE_TEXT },
	{ "issued_on", TYPE_DATE },
	{ "expires_on", TYPE_DATE },
	{ "life", TYPE_STATUS, .set = "life" },
	{ "file", TYPE_TEXT },
	{ "made_by", TYPE_TEXT },
	{ "approved_by", TYPE_TEXT },
	{ "approved_at", TYPE_DATETIME },
	{ "note", TYPE_TEXT },
	{ 0 }
};

/* Who entered it sees why he cannot decide. */
static void
add_decision(struct req *r, const struct rows *l)
{
	xmlNodePtr form;

	if (!req_may(r, PERM_LICENCE_APPROVE) || strcmp(row_str(l, 0, "status"), "waiting") != 0)
		return;
	if (row_int(l, 0, "own") != 0) {
		x_attr(x_action(r->heading, "decide-licence", "get", r->path), "disabled", "own");
		return;
	}
	form = x_form(r, "decide", "/licences/decide", decide_fields, l);
	form_action(form, "decide-licence");
}

static int
licence_view(struct req *r)
{
	const struct rows *l = req_query(r, GET_ONE, I(req_int(r, "id", 0)));
	const char *id;
	xmlNodePtr n;

	if (l->n == 0)
		return 404;
	id = row_str(l, 0, "id");
	req_page(r, "view");
	req_title(r, row_str(l, 0, "document"));
	req_state(r, "licence", row_str(l, 0, "status"));
	req_trail(r, "licences", "/licences/");
	if (req_may(r, PERM_PARTY_EDIT)) {
		n = x_action(r->heading, "withdraw-licence", "post",
		    pool_printf(r->pool, "/licences/withdraw?id=%s", id));
		x_attr(n, "confirm", "withdraw");
		x_action(r->heading, "edit", "get",
		    pool_printf(r->pool, "/licences/edit?id=%s", id));
	}
	n = x_record(r->page, "licence", l, record);
	if (!row_null(l, 0, "attachment_id"))
		x_link(n, "attachment", pool_printf(r->pool, "/licences/file?id=%s", id));
	add_decision(r, l);
	return 200;
}

static int
licence_file(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, I(req_int(r, "id", 0))));
}

static int
licence_decide(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const char *decision = req_str(r, "decision");

	if (strcmp(decision, "rejected") == 0 && !req_given(r, "comment")) {
		req_error(r, "comment", "reason.required", NULL);
		return 422;
	}
	if (req_query(r, GET_ONE, I(id))->n == 0)
		return 404;
	if (req_exec(r, DECIDE, S(decision), T(req_str(r, "comment")), I(id),
	    I(req_int(r, "_version", 0))) == 0) {
		if (req_query(r, OWN, I(id))->n == 0)
			return 409;
		req_error(r, "decision", "own", NULL);
		return 422;
	}
	req_notice(r, "saved");
	return req_redirect(r, "/licences/view?id=%lld", (long long)id);
}

static int
licence_withdraw(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, GET_EDIT, I(id))->n == 0 || req_exec(r, WITHDRAW, I(id)) == 0)
		return 404;
	req_notice(r, "saved");
	return req_redirect(r, "/licences/view?id=%lld", (long long)id);
}

/* ---- entering ---- */

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "party", TYPE_LOOKUP, REQUIRED | LOCKED, .max = 20, .href = "/suggest/all",
	    .group = "document" },
	{ "kind", TYPE_SELECT, REQUIRED, .group = "document" },
	{ "number", TYPE_TEXT, REQUIRED, .max = 60, .group = "document" },
	{ "issued_by", TYPE_TEXT, .max = 80, .group = "document" },
	{ "issued_on", TYPE_DATE, .group = "document" },
	{ "expires_on", TYPE_DATE, .group = "document" },
	{ "file", TYPE_FILE, .group = "document", .accept = ".pdf,.png,.jpg,.jpeg" },
	{ "note", TYPE_TEXT, .max = 200, .group = "document" },
	{ "chemical", TYPE_CHECK, .group = "scopes" },
	{ "antibiotic", TYPE_CHECK, .group = "scopes" },
	{ "tcm", TYPE_CHECK, .group = "scopes" },
	{ "biological", TYPE_CHECK, .group = "scopes" },
	{ "narcotic", TYPE_CHECK, .group = "scopes" },
	{ "psychotropic1", TYPE_CHECK, .group = "scopes" },
	{ "psychotropic2", TYPE_CHECK, .group = "scopes" },
	{ "toxic", TYPE_CHECK, .group = "scopes" },
	{ "radioactive", TYPE_CHECK, .group = "scopes" },
	{ "precursor", TYPE_CHECK, .group = "scopes" },
	{ "anabolic", TYPE_CHECK, .group = "scopes" },
	{ 0 }
};

static int
licence_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *l = id == 0 ? NULL : req_query(r, GET_EDIT, I(id));
	xmlNodePtr form;

	if (!req_editing(r, l, "title"))
		return 404;
	form = x_form(r, "licence", "/licences/save", fields, l);
	form_options(form, "kind", req_query(r, KINDS));
	form_action(form, "save");
	return 200;
}

/* Of a new document the party typed, of one that is there its own. */
static int64_t
party_of(struct req *r, int64_t id)
{
	const struct rows *p;

	if (id != 0) {
		p = req_query(r, GET_EDIT, I(id));
		return p->n == 0 ? 0 : row_int(p, 0, "party_id");
	}
	p = req_query(r, PARTY, S(req_str(r, "party")));
	if (p->n > 0)
		return row_int(p, 0, "id");
	req_error(r, "party", "party.unknown", "code", req_str(r, "party"), NULL);
	return 0;
}

static void
save_parts(struct req *r, int64_t id, int64_t party)
{
	int64_t file;

	req_exec(r, SCOPES_CLEAR, I(id));
	for (const char *const *s = scopes; *s != NULL; s++) {
		if (req_given(r, *s))
			req_exec(r, SCOPE_ADD, I(id), S(*s));
	}
	file = attach_keep(r, "file", party, "party_licence", id);
	if (file != 0)
		req_exec(r, SET_FILE, I(file), I(id));
}

static int
licence_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	int64_t party = party_of(r, id);
	struct arg args[] = { S(req_str(r, "kind")), S(req_str(r, "number")),
		T(req_str(r, "issued_by")), D(req_str(r, "issued_on")), D(req_str(r, "expires_on")),
		T(req_str(r, "note")), I(id == 0 ? party : id),
		id == 0 ? (struct arg){ .type = ARG_END } : I(req_int(r, "_version", 0)),
		{ .type = ARG_END } };

	if (!req_good(r))
		return 422;
	if (party == 0)
		return 404;
	if (req_exec_args(r, id == 0 ? ADD : CHANGE, args) == 0)
		return 409;
	if (id == 0)
		id = req_last_id(r);
	save_parts(r, id, party);
	req_notice(r, "licence.waiting");
	return req_redirect(r, "/licences/view?id=%lld", (long long)id);
}

static const struct route routes[] = {
	{ "/", GET, PERM_PARTY_VIEW, licence_list, .list = &licences },
	{ "/calendar", GET, PERM_PARTY_VIEW, licence_calendar, calendar_fields, .list = &ending },
	{ "/view", GET, PERM_PARTY_VIEW, licence_view, decide_fields },
	{ "/file", GET, PERM_PARTY_VIEW, licence_file, decide_fields },
	{ "/decide", POST, PERM_LICENCE_APPROVE, licence_decide, decide_fields, licence_view },
	{ "/withdraw", POST, PERM_PARTY_EDIT, licence_withdraw, decide_fields },
	{ "/edit", GET, PERM_PARTY_EDIT, licence_edit, fields },
	{ "/save", POST, PERM_PARTY_EDIT, licence_save, fields, licence_edit, UPLOAD },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "licences", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
