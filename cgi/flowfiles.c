/*
 * flowfiles.c - flow reports of distributors, as the office takes them in and looks at them.
 *
 * Staff send a file for a distributor; the road of a file is flowfile.h, the same as in the portal.
 */
#include <string.h>

#include "flowfile.h"
#include "form.h"
#include "list.h"
#include "scope.h"

enum { MONTHS, SENDER, OPEN, PIECE, CLOSE, MINE, VIEW, REJECTS, STEP, NSQL };

static const struct sql sql[NSQL] = {
	[MONTHS] = { "flowfiles.months", "CALL flow_file_months()" },
	[SENDER] = { "flowfiles.sender",
		"SELECT y.id FROM party y WHERE y.code = ? AND " SENDER_IN_SCOPE("y.id")
		" AND (EXISTS (SELECT 1 FROM customer c WHERE c.party_id = y.id)"
		" OR EXISTS (SELECT 1 FROM flow_source s WHERE s.party_id = y.id))" },
	[OPEN] = { "flowfiles.open", "CALL flow_file_open(?, ?, ?, ?, ?, ?, ?, ?)" },
	[PIECE] = { "flowfiles.piece", "CALL flow_file_piece(?, ?, ?)" },
	[CLOSE] = { "flowfiles.close", "CALL flow_file_close(?, ?, ?)" },
	[MINE] = { "flowfiles.mine", "SELECT f.id FROM flow_file f WHERE f.id = ? AND "
		SENDER_IN_SCOPE("f.party_id") },
	[VIEW] = { "flowfiles.view", "CALL flow_file_view(?)" },
	[REJECTS] = { "flowfiles.rejects", "CALL flow_file_rejects(?, ?, ?, ?, ?)" },
	[STEP] = { "flowfiles.step", "CALL flow_file_do(?, ?, ?, ?, ?)" },
};

/* The id itself, or 0 when the file is none of the user's. */
static int64_t
mine(struct req *r, int64_t id)
{
	return req_query(r, MINE, I(id))->n > 0 ? id : 0;
}

static const struct rows *
open_file(struct req *r, const struct flow_given *g)
{
	const struct rows *sender = req_query(r, SENDER, S(g->sender));

	if (sender->n == 0) {
		req_error(r, "sender", "flow.sender", NULL);
		return sender;
	}
	return req_query(r, OPEN, I(row_int(sender, 0, "id")), T(g->kind), T(g->month), D(g->from),
	    D(g->to), S(g->name), S(g->format), I(mine(r, g->adds_to)));
}

static void
keep_piece(struct req *r, int64_t id, int64_t seq, const void *bytes, size_t n)
{
	req_exec(r, PIECE, I(id), I(seq), B(bytes, n));
}

static const struct rows *
close_file(struct req *r, int64_t id, int64_t size, const void *sha256)
{
	return req_query(r, CLOSE, I(id), I(size), B(sha256, 32));
}

static const struct rows *
view_file(struct req *r, int64_t id)
{
	return req_query(r, VIEW, I(mine(r, id)));
}

static const struct rows *
read_rejects(struct req *r, int64_t id, const struct flow_which *which, int64_t after,
    int64_t limit)
{
	return req_query(r, REJECTS, I(id), S(which->severity), S(which->code), I(after),
	    I(limit));
}

static const struct rows *
take_step(struct req *r, int64_t id, const char *what, int64_t header, const char *text)
{
	return req_query(r, STEP, I(id), I(flow_version(r)), S(what), I(header), S(text));
}

static const struct flow_site site = { "/flowfiles", "id", open_file, keep_piece, close_file,
	view_file, read_rejects, take_step };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "name", TYPE_TEXT, .sort = "f.name" },
	{ "sender", TYPE_TEXT, .sub = "sender_code" },
	FLOW_FILE_COLUMNS("f.book_period"),
	{ "status", TYPE_STATUS, .set = "flow_file" },
	{ "rows_total", TYPE_INT, .sort = "f.rows_total" },
	{ "rows_bad", TYPE_INT, .sort = "f.rows_bad" },
	{ "matched", TYPE_PERCENT },
	{ "created_at", TYPE_DATETIME, .sub = "made_by", .sort = "f.created_at" },
	{ "date_from", TYPE_DATE, .optional = true },
	{ "date_to", TYPE_DATE, .optional = true },
	{ "rows_warned", TYPE_INT, .optional = true },
	{ "origin", TYPE_STATUS, .set = "flow_origin", .optional = true },
	{ "size", TYPE_BYTES, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH, .max = 60 },
	    "f.name LIKE ? OR f.party_id IN (SELECT y.id FROM party y"
	    " WHERE y.name LIKE ? OR y.pinyin LIKE ?)", 3, true },
	{ { "sender", TYPE_LOOKUP, .href = "/suggest/parties" },
	    "f.party_id = (SELECT y.id FROM party y WHERE y.code = ?)" },
	{ { "kind", TYPE_SELECT, .set = "flow_kind", .options = flow_kinds }, "f.kind = ?" },
	{ { "status", TYPE_SELECT, .set = "flow_file", .options = flow_statuses },
	    "f.status = ? OR (? = 'waiting' AND f.status IN ('mapping', 'checked', 'failed'))", 2 },
	{ { "month", TYPE_MONTH }, "f.book_period = REPLACE(?, '-', '')" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "waiting", "status=waiting", true },
	{ "imported", "status=imported" },
	{ 0 }
};

static const struct list flowfiles = {
	.name = "flowfiles",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/flowfiles/view?id={id}",
	.sort = "-created_at",
	.select = "f.id, f.name, y.name AS sender, y.code AS sender_code, f.kind,"
	    " CONCAT(LEFT(f.book_period, 4), '-', RIGHT(f.book_period, 2)) AS month, f.status,"
	    " f.rows_total, f.rows_bad, f.rows_warned, IF(f.status <> 'imported'"
	    " OR f.qty_total = 0, NULL, ROUND(f.qty_matched / f.qty_total, 4)) AS matched,"
	    " f.created_at, u.name AS made_by, f.date_from, f.date_to, f.origin, f.size,"
	    " IF(f.status IN ('mapping', 'checked', 'failed'), 'attention', NULL) AS flag",
	.from = "flow_file f STRAIGHT_JOIN party y ON y.id = f.party_id"
	    " LEFT JOIN app_user u ON u.id = f.created_by",
	.count_from = "flow_file f",
	.where = SENDER_IN_SCOPE("f.party_id"),
	.key = "f.id",
	.create = "flow.new",
	.create_href = "/flowfiles/new",
	.create_perm = PERM_FLOW_UPLOAD,
};

static int
file_list(struct req *r)
{
	if (req_may(r, PERM_FLOW_UPLOAD))
		x_flag(x_action(r->heading, "flow.new", "get", "/flowfiles/new"), "primary", true);
	return list_page(r, &flowfiles);
}

/* ---- a new file ---- */

static int
file_new(struct req *r)
{
	req_page(r, "new");
	req_trail(r, "flowfiles", "/flowfiles/");
	flow_new(r, &site, req_query(r, MONTHS), true);
	flow_templates(r, &site);
	return 200;
}

static int
file_take(struct req *r)
{
	return flow_take(r, &site);
}

/* ---- one file ---- */

static int
file_view(struct req *r)
{
	return flow_page(r, &site);
}

static int
file_map(struct req *r)
{
	return flow_map(r, &site);
}

static int
file_go(struct req *r)
{
	return flow_go(r, &site);
}

static int
file_discard(struct req *r)
{
	return flow_discard(r, &site);
}

static int
file_undo(struct req *r)
{
	return flow_undo(r, &site);
}

static int
file_errors(struct req *r)
{
	return flow_errors(r, &site);
}

static int
file_rows(struct req *r)
{
	return flow_rows(r, &site);
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, file_list, .list = &flowfiles },
	{ "/", POST, PERM_FLOW_UPLOAD, file_take, flow_take_fields, file_new, STREAM },
	{ "/new", GET, PERM_FLOW_UPLOAD, file_new, flow_take_fields },
	{ "/view", GET, PERM_FLOW_VIEW, file_view, flow_id_field },
	{ "/map", POST, PERM_FLOW_UPLOAD, file_map, flow_map_fields, file_view },
	{ "/go", POST, PERM_FLOW_UPLOAD, file_go, flow_step_fields, file_view },
	{ "/discard", POST, PERM_FLOW_UPLOAD, file_discard, flow_step_fields, file_view },
	{ "/undo", POST, PERM_FLOW_UPLOAD, file_undo, flow_step_fields, file_view },
	{ "/errors", GET, PERM_FLOW_VIEW, file_errors, flow_id_field },
	{ "/rows", GET, PERM_FLOW_VIEW, file_rows, flow_rows_fields },
	{ "/template", GET, PERM_FLOW_UPLOAD, flow_template, flow_template_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "flowfiles", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
