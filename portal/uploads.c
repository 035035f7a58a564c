/*
 * uploads.c - the company's flow reports: sent, mapped, looked at, imported, taken back.
 *
 * A person comes with a form, a machine with a key and the file as the body of the same address:
 * CSV, XLSX or XML by xslt/schema/flow.rnc.  The road of a file is flowfile.h.  A month that is all
 * there and matched is confirmed, until its rows change.
 */
#include "flowfile.h"
#include "form.h"
#include "list.h"

enum { NEW, OPEN, PIECE, CLOSE, VIEW, REJECTS, STEP, MONTHS, CONFIRM, NSQL };

static const struct sql sql[NSQL] = {
	[NEW] = { "uploads.new", "CALL portal_uploads_new(?)" },
	[OPEN] = { "uploads.open", "CALL portal_uploads_open(?, ?, ?, ?, ?, ?, ?, ?)" },
	[PIECE] = { "uploads.piece", "CALL portal_uploads_piece(?, ?, ?, ?)" },
	[CLOSE] = { "uploads.close", "CALL portal_uploads_close(?, ?, ?, ?)" },
	[VIEW] = { "uploads.view", "CALL portal_uploads_view(?, ?)" },
	[REJECTS] = { "uploads.rejects", "CALL portal_uploads_rejects(?, ?, ?, ?, ?, ?)" },
	[STEP] = { "uploads.step", "CALL portal_uploads_do(?, ?, ?, ?, ?, ?)" },
	[MONTHS] = { "uploads.months", "CALL portal_uploads_months(?)" },
	[CONFIRM] = { "uploads.confirm", "CALL portal_uploads_confirm(?, ?)" },
};

static const struct rows *
open_file(struct req *r, const struct flow_given *g)
{
	return req_query(r, OPEN, S(r->token), T(g->kind), T(g->month), D(g->from), D(g->to),
	    S(g->name), S(g->format), I(g->adds_to));
}

static void
keep_piece(struct req *r, int64_t id, int64_t seq, const void *bytes, size_t n)
{
	req_exec(r, PIECE, S(r->token), I(id), I(seq), B(bytes, n));
}

static const struct rows *
close_file(struct req *r, int64_t id, int64_t size, const void *sha256)
{
	return req_query(r, CLOSE, S(r->token), I(id), I(size), B(sha256, 32));
}

static const struct rows *
view_file(struct req *r, int64_t id)
{
	return req_query(r, VIEW, S(r->token), I(id));
}

static const struct rows *
read_rejects(struct req *r, int64_t id, const struct flow_which *which, int64_t after,
    int64_t limit)
{
	return req_query(r, REJECTS, S(r->token), I(id), S(which->severity), S(which->code),
	    I(after), I(limit));
}

static const struct rows *
take_step(struct req *r, int64_t id, const char *what, int64_t header, const char *text)
{
	return req_query(r, STEP, S(r->token), I(id), I(flow_version(r)), S(what), I(header),
	    S(text));
}

static const struct flow_site site = { "/uploads", "pid", open_file, keep_piece, close_file,
	view_file, read_rejects, take_step };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "name", TYPE_TEXT, .sort = "name" },
	FLOW_FILE_COLUMNS("month"),
	{ "status", TYPE_STATUS, .set = "flow_file" },
	{ "rows_total", TYPE_INT },
	{ "rows_bad", TYPE_INT },
	{ "matched", TYPE_PERCENT },
	{ "created_at", TYPE_DATETIME, .sub = "made_by", .sort = "created_at" },
	{ "date_from", TYPE_DATE, .optional = true },
	{ "date_to", TYPE_DATE, .optional = true },
	{ "rows_warned", TYPE_INT, .optional = true },
	{ "origin", TYPE_STATUS, .set = "flow_origin", .optional = true },
	{ "size", TYPE_BYTES, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH, .max = 60 }, .where = "" },
	{ { "kind", TYPE_SELECT, .set = "flow_kind", .options = flow_kinds }, .where = "" },
	{ { "status", TYPE_SELECT, .set = "flow_file", .options = flow_statuses }, .where = "" },
	{ { "month", TYPE_MONTH }, .where = "" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "waiting", "status=waiting" },
	{ "imported", "status=imported" },
	{ "months", "/uploads/months" },
	{ 0 }
};

static const struct list uploads = {
	.name = "uploads",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/uploads/view?id={id}",
	.sort = "-created_at",
	.call = "portal_uploads_list",
	.count_call = "portal_uploads_count",
	.create = "flow.new",
	.create_href = "/uploads/new",
	.create_perm = PERM_FLOW_UPLOAD,
};

static int
upload_list(struct req *r)
{
	if (req_may(r, PERM_FLOW_UPLOAD))
		x_flag(x_action(r->heading, "flow.new", "get", "/uploads/new"), "primary", true);
	return list_page(r, &uploads);
}

/* ---- a new file ---- */

static int
upload_new(struct req *r)
{
	const struct rows *company = req_query(r, NEW, S(r->token));

	req_page(r, "new");
	req_trail(r, "uploads", "/uploads/");
	flow_new(r, &site, rows_next(company), false);
	flow_templates(r, &site);
	return 200;
}

static int
upload_take(struct req *r)
{
	return flow_take(r, &site);
}

/* ---- one file ---- */

static int
upload_view(struct req *r)
{
	return flow_page(r, &site);
}

static int
upload_map(struct req *r)
{
	return flow_map(r, &site);
}

static int
upload_go(struct req *r)
{
	return flow_go(r, &site);
}

static int
upload_discard(struct req *r)
{
	return flow_discard(r, &site);
}

static int
upload_undo(struct req *r)
{
	return flow_undo(r, &site);
}

static int
upload_errors(struct req *r)
{
	return flow_errors(r, &site);
}

static int
upload_rows(struct req *r)
{
	return flow_rows(r, &site);
}

/* ---- months ---- */

static const struct column month_columns[] = {
	{ "month", TYPE_MONTH },
	{ "stage", TYPE_STATUS, .set = "flow_stage" },
	{ "purchase", TYPE_STATUS, .set = "flow_due" },
	{ "sale", TYPE_STATUS, .set = "flow_due" },
	{ "stock", TYPE_STATUS, .set = "flow_due" },
	{ "matched", TYPE_PERCENT },
	{ "bought", TYPE_QTY },
	{ "sold", TYPE_QTY },
	{ "confirmed_at", TYPE_DATETIME, .sub = "confirmed_by" },
	{ "undone_at", TYPE_DATETIME },
	{ 0 }
};

static const struct field month_field[] = { { "month", TYPE_MONTH, REQUIRED }, { 0 } };

static int
upload_months(struct req *r)
{
	const struct rows *months = req_query(r, MONTHS, S(r->token));
	xmlNodePtr list;

	req_page(r, "months");
	req_trail(r, "uploads", "/uploads/");
	list = x_table(r->page, "list", "upload-months", month_columns);
	for (size_t i = 0; i < months->n; i++) {
		xmlNodePtr row = x_row(list, months, i, month_columns,
		    "/flows/?from={month}&to={month}");

		if (!row_null(months, i, "open_month") && req_may(r, PERM_FLOW_UPLOAD))
			x_attr(x_action(row, "flow.confirm", "post", x_href(r->pool,
			    "/uploads/confirm?month={open_month}", months, i)), "confirm",
			    "flow.confirm");
	}
	return 200;
}

static int
upload_confirm(struct req *r)
{
	return req_done(r, req_query(r, CONFIRM, S(r->token), S(req_str(r, "month"))),
	    "flow.confirmed", "/uploads/months");
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, upload_list, .list = &uploads, .flags = KEYED },
	{ "/", POST, PERM_FLOW_UPLOAD, upload_take, flow_take_fields, upload_new, STREAM | KEYED },
	{ "/new", GET, PERM_FLOW_UPLOAD, upload_new, flow_take_fields },
	{ "/view", GET, PERM_FLOW_VIEW, upload_view, flow_id_field, .flags = KEYED },
	{ "/map", POST, PERM_FLOW_UPLOAD, upload_map, flow_map_fields, upload_view },
	{ "/go", POST, PERM_FLOW_UPLOAD, upload_go, flow_step_fields, upload_view },
	{ "/discard", POST, PERM_FLOW_UPLOAD, upload_discard, flow_step_fields, upload_view },
	{ "/undo", POST, PERM_FLOW_UPLOAD, upload_undo, flow_step_fields, upload_view },
	{ "/errors", GET, PERM_FLOW_VIEW, upload_errors, flow_id_field, .flags = KEYED },
	{ "/rows", GET, PERM_FLOW_VIEW, upload_rows, flow_rows_fields },
	{ "/months", GET, PERM_FLOW_VIEW, upload_months },
	{ "/confirm", POST, PERM_FLOW_UPLOAD, upload_confirm, month_field, upload_months },
	{ "/template", GET, PERM_FLOW_UPLOAD, flow_template, flow_template_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "uploads", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
