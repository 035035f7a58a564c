/*
 * merges.c - a party that is the same as another: the duplicate is merged into it.
 *
 * Only terminals that have no account, no people and no reports of their own are merged away.  What
 * goes and what stays is shown first, for there is no way back; months that are locked keep the
 * duplicate.
 */
#include "form.h"
#include "list.h"
#include "scope.h"

enum { OLD, BY_CODE, PAIR, WHY, COUNTS, MERGE, NSQL };

/* Parties that are no customers are everybody's; customers are their department's. */
#define MINE "(c.party_id IS NULL OR " IN_SCOPE("c.rep_id", "c.org_unit_id") ")"

static const struct sql sql[NSQL] = {
	[OLD] = { "merges.old",
		"SELECT p.id, p.version, p.code, p.name FROM party p"
		" LEFT JOIN customer c ON c.party_id = p.id WHERE p.id = ? AND " MINE },
	[BY_CODE] = { "merges.by_code",
		"SELECT p.id, p.code, p.name FROM party p LEFT JOIN customer c ON c.party_id = p.id"
		" WHERE p.code = ? AND " MINE },
	[PAIR] = { "merges.pair",
		"SELECT p.id, IF(p.id = ?, 'goes', 'stays') AS part, p.name, p.code, p.uscc,"
		" (SELECT MIN(o.role) FROM party_role o WHERE o.party_id = p.id AND o.role IN"
		" ('hospital', 'pharmacy', 'chain', 'clinic')) AS role,"
		" CONCAT_WS(' ', q.name, IF(p.region_code = p.province, NULL, g.name)) AS region,"
		" p.address, p.status FROM party p LEFT JOIN region g ON g.code = p.region_code"
		" LEFT JOIN region q ON q.code = p.province WHERE p.id IN (?, ?)"
		" ORDER BY p.id = ? DESC" },
	[WHY] = { "merges.why", "SELECT merge_hindrance(?, ?) AS why" },
	[COUNTS] = { "merges.counts", "CALL merge_counts(?, ?)" },
	[MERGE] = { "merges.merge", "CALL party_merge(?, ?, ?)" },
};

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "into", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/all" },
	{ 0 }
};

static const struct column pair_columns[] = {
	{ "part", TYPE_STATUS, .set = "merge_part" },
	{ "name", TYPE_TEXT, .sub = "code", .href = "/parties/view?id={id}", .emphasis = true },
	{ "role", TYPE_STATUS, .set = "party_role" },
	{ "uscc", TYPE_CODE },
	{ "region", TYPE_TEXT },
	{ "address", TYPE_TEXT },
	{ "status", TYPE_STATUS, .set = "party" },
	{ 0 }
};

/* Head of the pages; no row: nothing is the user's by that id. */
static const struct rows *
begin(struct req *r, const char *page)
{
	const struct rows *old = req_query(r, OLD, I(req_int(r, "id", 0)));

	if (old->n == 0)
		return old;
	req_page(r, page);
	req_title(r, row_str(old, 0, "name"));
	req_trail(r, "parties", "/parties/");
	req_trail(r, "party", x_href(r->pool, "/parties/view?id={id}", old, 0));
	return old;
}

static void
add_pair(struct req *r, int64_t old, int64_t new)
{
	x_list(r, "merge-pair", req_query(r, PAIR, I(old), I(old), I(new), I(old)), pair_columns,
	    NULL);
}

static int
merge_form(struct req *r)
{
	const struct rows *old = begin(r, "");
	xmlNodePtr form;

	if (old->n == 0)
		return 404;
	add_pair(r, row_int(old, 0, "id"), 0);
	form = x_form(r, "merge", "/merges/preview", fields, old);
	form_action(form, "preview");
	x_action(form, "cancel", "get", x_href(r->pool, "/parties/view?id={id}", old, 0));
	return 200;
}

/* ---- what goes, and what stays ---- */

static const struct field confirm_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "into", TYPE_HIDDEN, REQUIRED, .max = 20 },
	{ "sure", TYPE_CHECK, REQUIRED },
	{ 0 }
};

static const struct column moved_columns[] = {
	{ "rows_open", TYPE_INT },
	{ "qty_open", TYPE_QTY },
	{ "spellings", TYPE_INT },
	{ "aliases", TYPE_INT },
	{ "queued", TYPE_INT },
	{ "assignments", TYPE_INT },
	{ "territories", TYPE_INT },
	{ "bids", TYPE_INT },
	{ "addresses", TYPE_INT },
	{ "licences", TYPE_INT },
	{ "branches", TYPE_INT },
	{ 0 }
};

static const struct column kept_columns[] = {
	{ "rows_kept", TYPE_INT },
	{ 0 }
};

/* Who it is merged into, by what was typed; an error stands beside that. */
static const struct rows *
read_into(struct req *r, int64_t old)
{
	const struct rows *into = req_query(r, BY_CODE, S(req_str(r, "into")));
	const struct rows *why;

	if (into->n == 0) {
		req_error(r, "into", "choice", NULL);
		return into;
	}
	why = req_query(r, WHY, I(old), I(row_int(into, 0, "id")));
	if (!row_null(why, 0, "why"))
		req_refusal(r, row_str(why, 0, "why"));
	return into;
}

static void
add_facts(struct req *r, int64_t old, int64_t new)
{
	const struct rows *counts = req_query(r, COUNTS, I(old), I(new));

	x_notice(r->page, "warning", "notice.merge.final");
	if (row_int(counts, 0, "assignments") > 0)
		x_notice(r->page, "info", pool_printf(r->pool, "notice.merge.reps_%s",
		    row_str(counts, 0, "reps")));
	add_pair(r, old, new);
	x_record(r->page, "merge-moved", counts, moved_columns);
	x_record(r->page, "merge-kept", counts, kept_columns);
}

static int
merge_preview(struct req *r)
{
	const struct rows *old = begin(r, "preview");
	const struct rows *into;
	xmlNodePtr form;
	int64_t id;

	if (old->n == 0)
		return 404;
	id = row_int(old, 0, "id");
	into = r->again ? req_query(r, BY_CODE, S(req_str(r, "into"))) : read_into(r, id);
	if (!req_good(r) && !r->again)
		return 422;
	if (into->n == 0)
		return merge_form(r);
	add_facts(r, id, row_int(into, 0, "id"));
	form = x_form(r, "merge-confirm", "/merges/do", confirm_fields, old);
	form_action(form, "party.merge");
	x_action(form, "cancel", "get", x_href(r->pool, "/parties/view?id={id}", old, 0));
	return 200;
}

static int
merge_do(struct req *r)
{
	const struct rows *old = req_query(r, OLD, I(req_int(r, "id", 0)));
	const struct rows *into, *done;

	if (old->n == 0)
		return 404;
	into = read_into(r, row_int(old, 0, "id"));
	if (!req_good(r))
		return 422;
	done = req_query(r, MERGE, I(row_int(old, 0, "id")), I(req_int(r, "_version", 0)),
	    I(row_int(into, 0, "id")));
	return req_done(r, done, "merge.done", "/parties/view?id=%lld",
	    (long long)row_int(into, 0, "id"));
}

static const struct route routes[] = {
	{ "/", GET, PERM_PARTY_EDIT, merge_form, fields },
	{ "/preview", POST, PERM_PARTY_EDIT, merge_preview, fields, merge_form, READS },
	{ "/do", POST, PERM_PARTY_EDIT, merge_do, confirm_fields, merge_preview },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "merges", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
