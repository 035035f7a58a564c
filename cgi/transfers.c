/*
 * transfers.c - terminals of one rep become another's, from a day on: one, some, or his whole list.
 *
 * What would change hands is shown first; what is ticked does.  Both people are of the user's
 * departments.  Months that are locked keep whom they had.
 */
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "json.h"
#include "list.h"
#include "scope.h"

enum { REP, TERMINAL, HELD, SUMS, TRANSFER, NSQL };

enum { TICKED_MOST = 200 };

/* What somebody has from a day on, below a region ('' anywhere) or of one terminal (0: of all). */
#define HELD_FROM "terminal_assignment a JOIN party y ON y.id = a.party_id" \
	" WHERE a.user_id = ? AND COALESCE(a.valid_to, '9999-12-31') >= ?" \
	" AND (? = '' OR y.region_code LIKE CONCAT(?, '%')) AND ? IN (0, y.id)"

/* His sales of months that are not locked, from the day on. */
#define SALES_FROM "period p STRAIGHT_JOIN flow_row r ON r.book_period = p.period" \
	" WHERE p.status IN ('open', 'review') AND r.party_id = y.id AND r.is_pure_sale = 1" \
	" AND r.rep_id = a.user_id AND r.biz_date >= ?"

static const struct sql sql[NSQL] = {
	[REP] = { "transfers.rep",
		"SELECT u.id, u.login, u.name, u.status, o.name AS unit FROM app_user u"
		" LEFT JOIN org_unit o ON o.id = u.org_unit_id"
		" WHERE u.site = 'office' AND u.login = ? AND "
		IN_SCOPE("u.id", "u.org_unit_id") },
	[TERMINAL] = { "transfers.terminal",
		"SELECT y.id, y.name, y.code FROM party y WHERE y.id = ?"
		" AND EXISTS (SELECT 1 FROM terminal_assignment a JOIN app_user u"
		" ON u.id = a.user_id WHERE a.party_id = y.id AND "
		IN_SCOPE("u.id", "u.org_unit_id") ")" },
	[HELD] = { "transfers.held",
		"SELECT y.id, y.name AS terminal, y.code,"
		" (SELECT g.name FROM region g WHERE g.code = y.region_code) AS region,"
		" MAX(a.share) AS share, MIN(a.valid_from) AS valid_from,"
		" IF(SUM(a.valid_to IS NULL) > 0, NULL, MAX(a.valid_to)) AS valid_to,"
		" (SELECT COUNT(*) FROM " SALES_FROM ") AS row_count"
		" FROM " HELD_FROM
		" GROUP BY y.id, y.name, y.code, y.region_code, a.user_id"
		" ORDER BY y.region_code, y.code LIMIT 200" },
	[SUMS] = { "transfers.sums",
		"SELECT COUNT(DISTINCT y.id) AS terminals,"
		" COUNT(DISTINCT IF(a.share < 1, y.id, NULL)) AS shared FROM " HELD_FROM },
	[TRANSFER] = { "transfers.transfer", "CALL assignment_transfer(?, ?, ?, ?, ?, ?)" },
};

/* Who, to whom, from when, and of which terminals. */
struct asked {
	const struct rows *from;
	const struct rows *to;
	const char *since;
	const char *region;
	int64_t terminal;
};

static const struct field fields[] = {
	{ "from", TYPE_LOOKUP, REQUIRED, .max = 60, .href = "/suggest/reps" },
	{ "to", TYPE_LOOKUP, REQUIRED, .max = 60, .href = "/suggest/reps" },
	{ "since", TYPE_DATE, REQUIRED },
	{ "region", TYPE_LOOKUP, .max = 12, .href = "/suggest/regions" },
	{ "terminal", TYPE_HIDDEN, .max = 18 },
	{ 0 }
};

static int64_t
terminal_of(const struct req *r)
{
	return strtoll(req_str(r, "terminal"), NULL, 10);
}

static int
transfer_form(struct req *r)
{
	const struct rows *t = req_query(r, TERMINAL, I(terminal_of(r)));
	xmlNodePtr form;

	req_page(r, "");
	req_trail(r, "assignments", "/assignments/");
	if (t->n > 0)
		x_value(x_notice(r->page, "info", "notice.transfer.one"), TYPE_TEXT, "terminal",
		    row_str(t, 0, "name"));
	form = x_form(r, "transfer", "/transfers/preview", fields, NULL);
	if (t->n > 0)
		form_drop(form, "region");
	form_action(form, "preview");
	return 200;
}

/* An error stands beside whoever is not of the user's departments. */
static struct asked
read_asked(struct req *r)
{
	struct asked a = { req_query(r, REP, S(req_str(r, "from"))),
		req_query(r, REP, S(req_str(r, "to"))), req_str(r, "since"), req_str(r, "region"),
		terminal_of(r) };

	if (a.from->n == 0)
		req_error(r, "from", "assignment.rep", NULL);
	if (a.to->n == 0 || strcmp(row_str(a.to, 0, "status"), "active") != 0)
		req_error(r, "to", "assignment.rep", NULL);
	else if (strcmp(req_str(r, "from"), req_str(r, "to")) == 0)
		req_error(r, "to", "assignment.same", NULL);
	return a;
}

/* ---- what would change hands ---- */

static const struct field confirm_fields[] = {
	{ "from", TYPE_HIDDEN, REQUIRED, .max = 60 },
	{ "to", TYPE_HIDDEN, REQUIRED, .max = 60 },
	{ "since", TYPE_HIDDEN, REQUIRED, .max = 10 },
	{ "region", TYPE_HIDDEN, .max = 12 },
	{ "terminal", TYPE_HIDDEN, .max = 18 },
	{ "shown", TYPE_HIDDEN, .max = 10 },
	{ "pick", TYPE_CHECK, MANY },
	{ 0 }
};

static const struct column held_columns[] = {
	{ "terminal", TYPE_TEXT, .sub = "code" },
	{ "region", TYPE_TEXT },
	{ "share", TYPE_PERCENT },
	{ "valid_from", TYPE_DATE },
	{ "valid_to", TYPE_DATE },
	{ "row_count", TYPE_INT },
	{ 0 }
};

static const struct column pick_columns[] = {
	{ "terminal", TYPE_TEXT, .sub = "code" },
	{ "region", TYPE_TEXT },
	{ "share", TYPE_PERCENT },
	{ "valid_from", TYPE_DATE },
	{ "valid_to", TYPE_DATE },
	{ "row_count", TYPE_INT },
	{ "pick", TYPE_FLAG },
	{ 0 }
};

static void
add_facts(struct req *r, const struct asked *a, const struct rows *sums)
{
	xmlNodePtr record = x_el(r->page, "record");

	x_attr(record, "name", "transfer");
	x_attr(x_value(record, TYPE_TEXT, "from", row_str(a->from, 0, "name")), "sub",
	    row_str(a->from, 0, "unit"));
	x_attr(x_value(record, TYPE_TEXT, "to", row_str(a->to, 0, "name")), "sub",
	    row_str(a->to, 0, "unit"));
	x_value(record, TYPE_DATE, "since", a->since);
	x_value(record, TYPE_INT, "terminals", row_str(sums, 0, "terminals"));
	x_value(record, TYPE_INT, "shared", row_str(sums, 0, "shared"));
}

/* All ticked at first: a whole list is the usual case. */
static void
add_ticks(struct req *r, xmlNodePtr form, const struct rows *held)
{
	static const struct field pick = { "pick", TYPE_CHECK };
	xmlNodePtr grid = x_table(form, "grid", "transfer-terminals", pick_columns);

	for (size_t i = 0; i < held->n; i++) {
		const char *name = pool_printf(r->pool, "pick.%s", row_str(held, i, "id"));

		form_field(r, x_row(grid, held, i, held_columns, NULL), &pick, name,
		    r->again && req_given(r, "shown") ? req_str(r, name) : "1");
	}
}

static int
transfer_preview(struct req *r)
{
	struct asked a = read_asked(r);
	const struct rows *sums, *held;
	xmlNodePtr form;
	int64_t id;

	if (!req_good(r) && !r->again)
		return 422;
	if (a.from->n == 0 || a.to->n == 0)
		return transfer_form(r);
	id = row_int(a.from, 0, "id");
	sums = req_query(r, SUMS, I(id), D(a.since), S(a.region), S(a.region), I(a.terminal));
	held = req_query(r, HELD, D(a.since), I(id), D(a.since), S(a.region), S(a.region),
	    I(a.terminal));
	if (held->n == 0 && !r->again) {
		req_error(r, "from", "assignment.none", NULL);
		return 422;
	}
	req_page(r, "preview");
	req_trail(r, "transfers", "/transfers/");
	add_facts(r, &a, sums);
	form = x_form(r, "transfer-confirm", "/transfers/do", confirm_fields, NULL);
	xmlNodeSetContent(form_find(form, "shown"), NULL);
	x_text(form_find(form, "shown"), "value", row_str(sums, 0, "terminals"));
	if (held->n < TICKED_MOST)
		add_ticks(r, form, held);
	form_action(form, "assignment.transfer");
	x_action(form, "cancel", "get", "/transfers/");
	if (held->n == TICKED_MOST)
		x_list(r, "transfer-first", held, held_columns, NULL);
	return 200;
}

/* The ids that are ticked, as JSON; NULL: there was nothing to tick, all are meant. */
static const char *
read_ticks(struct req *r, int64_t *n)
{
	struct buf *b;

	if (*n >= TICKED_MOST)
		return NULL;
	b = buf_new(r->pool);
	*n = 0;
	for (size_t i = 0; i < r->in.n; i++) {
		if (strncmp(r->in.part[i].name, "pick.", 5) == 0 && r->in.part[i].n > 0)
			buf_printf(b, "%s%s", (*n)++ == 0 ? "[" : ",", r->in.part[i].name + 5);
	}
	buf_printf(b, "%s]", *n == 0 ? "[" : "");
	return b->s;
}

static int
transfer_do(struct req *r)
{
	struct asked a = read_asked(r);
	int64_t n = strtoll(req_str(r, "shown"), NULL, 10);
	const char *ticked = read_ticks(r, &n);
	const struct rows *done;

	if (n == 0)
		req_error(r, NULL, "assignment.none", NULL);
	if (!req_good(r))
		return 422;
	done = req_query(r, TRANSFER, I(row_int(a.from, 0, "id")), I(row_int(a.to, 0, "id")),
	    D(a.since), S(a.region), S(ticked), I(n));
	return req_done(r, done, "transfer.done", "/assignments/?rep=%lld&day=%s",
	    (long long)row_int(a.to, 0, "id"), a.since);
}

static const struct route routes[] = {
	{ "/", GET, PERM_ASSIGNMENT_EDIT, transfer_form, fields },
	{ "/preview", POST, PERM_ASSIGNMENT_EDIT, transfer_preview, fields, transfer_form, READS },
	{ "/do", POST, PERM_ASSIGNMENT_EDIT, transfer_do, confirm_fields, transfer_preview, LARGE },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "transfers", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
