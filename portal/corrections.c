/*
 * corrections.c - a company's appeals against and supplements to its own flow reports.
 *
 * A draft with evidence gets its lines and goes to the office, which decides; what is approved
 * counts in the month that is open then.  One row is appealed against from the list of rows.  Who
 * was never named before is named as he is called: the name goes to matching, as names of files do.
 */
#include <string.h>

#include "attach.h"
#include "form.h"
#include "list.h"
#include "norm.h"
#include "storage.h"

enum { MONTHS, GET_ONE, NEW, ROW, OF_ROW, LINE, DROP, MOVE, FILE_GET, NSQL };

static const struct sql sql[NSQL] = {
	[MONTHS] = { "corrections.months", "CALL portal_corrections_months(?)" },
	[GET_ONE] = { "corrections.get", "CALL portal_corrections_view(?, ?)" },
	[NEW] = { "corrections.new", "CALL portal_corrections_new(?, ?, ?, ?, ?, ?, ?)" },
	[ROW] = { "corrections.row", "CALL portal_corrections_row(?, ?, ?)" },
	[OF_ROW] = { "corrections.of_row",
		"CALL portal_corrections_of_row(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[LINE] = { "corrections.line",
		"CALL portal_corrections_line(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[DROP] = { "corrections.drop", "CALL portal_corrections_drop(?, ?, ?)" },
	[MOVE] = { "corrections.move", "CALL portal_corrections_move(?, ?, ?)" },
	[FILE_GET] = { "corrections.file", "CALL portal_file_get(?, ?)" },
};

static const char *const statuses[] = { "draft", "waiting", "approved", "rejected", "withdrawn",
	NULL };
static const char *const kinds[] = { "appeal", "supplement", NULL };
static const char *const whats[] = { "sale", "purchase", NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "correction_no", TYPE_CODE },
	{ "created_at", TYPE_DATETIME, .sort = "yes" },
	{ "month", TYPE_MONTH, .sort = "yes" },
	{ "kind", TYPE_STATUS, .set = "correction_kind" },
	{ "line_count", TYPE_INT },
	{ "qty", TYPE_QTY },
	{ "status", TYPE_STATUS, .set = "correction" },
	{ "comment", TYPE_TEXT },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH } },
	{ { "status", TYPE_SELECT, .set = "correction", .options = statuses } },
	{ 0 }
};

static const struct list corrections = {
	.name = "corrections",
	.columns = columns,
	.filters = filters,
	.row_href = "/corrections/view?id={id}",
	.sort = "-created_at",
	.call = "portal_corrections_list",
	.count_call = "portal_corrections_count",
	.create = "correct",
	.create_href = "/corrections/new",
	.create_perm = PERM_FLOW_CORRECT,
};

static int
correction_list(struct req *r)
{
	if (req_may(r, PERM_FLOW_CORRECT))
		x_flag(x_action(r->heading, "correct", "get", "/corrections/new"), "primary", true);
	return list_page(r, &corrections);
}

/* ---- a new one ---- */

static const struct field new_fields[] = {
	{ "kind", TYPE_RADIO, REQUIRED, .set = "correction_kind", .options = kinds },
	{ "month", TYPE_SELECT, REQUIRED },
	{ "reason", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ "file", TYPE_FILE, REQUIRED },
	{ 0 }
};

static int
correction_new(struct req *r)
{
	xmlNodePtr form;

	req_page(r, "new");
	req_trail(r, "corrections", "/corrections/");
	form = x_form(r, "correction", "/corrections/save", new_fields, NULL);
	form_options(form, "month", req_query(r, MONTHS, S(r->token)));
	form_action(form, "next");
	x_action(form, "cancel", "get", "/corrections/");
	return 200;
}

/* The kind of the evidence; NULL: there is none, or nothing we keep, and an error says so. */
static const struct storage_type *
evidence(struct req *r)
{
	const struct part *file = req_file(r, "file");
	const struct storage_type *type = NULL;
	const char *error = "required";

	if (file != NULL)
		type = storage_sniff(file->value, file->n, &error);
	if (type == NULL)
		req_error(r, "file", error, NULL);
	return type;
}

/* The form in which a name is compared. */
static const char *
normal(struct req *r, const char *field)
{
	return norm_party(r->pool, req_str(r, field)).text;
}

static int
correction_save(struct req *r)
{
	const struct storage_type *type = evidence(r);
	const struct part *file = req_file(r, "file");
	const struct rows *made;

	form_offered(r, "month", req_query(r, MONTHS, S(r->token)));
	if (!req_good(r))
		return 422;
	made = req_query(r, NEW, S(r->token), S(req_str(r, "kind")), S(req_str(r, "month")),
	    S(req_str(r, "reason")), S(storage_name(r->pool, file->filename, type)),
	    S(type->media), B(file->value, file->n));
	if (made->n == 0)
		return 404;
	return req_redirect(r, "/corrections/view?id=%s", row_str(made, 0, "id"));
}

/* ---- of a row that is there ---- */

static const struct field row_fields[] = {
	{ "row", TYPE_HIDDEN, REQUIRED },
	{ "month", TYPE_HIDDEN, REQUIRED },
	{ "counterparty", TYPE_TEXT, .max = 200 },
	{ "qty", TYPE_QTY, .min = -1000000000, .max = 1000000000 },
	{ "reason", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ "file", TYPE_FILE, REQUIRED },
	{ 0 }
};

static const struct column row_facts[] = {
	{ "kind", TYPE_STATUS, .set = "row_kind" },
	{ "biz_date", TYPE_DATE, .sub = "doc_no" },
	{ "counterparty", TYPE_TEXT },
	{ "product", TYPE_TEXT },
	{ "lot_no", TYPE_CODE },
	{ "told", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "price", TYPE_PRICE },
	{ "file_name", TYPE_TEXT },
	{ 0 }
};

static const struct rows *
the_row(struct req *r)
{
	return req_query(r, ROW, S(r->token), I(req_int(r, "row", 0)), S(req_str(r, "month")));
}

static int
correction_row_form(struct req *r)
{
	const struct rows *row = the_row(r);

	if (row->n == 0)
		return 404;
	req_page(r, "row");
	req_trail(r, "corrections", "/corrections/");
	x_notice(r->page, "info", "notice.correction.names");
	x_record(r->page, "correction-row", row, row_facts);
	form_action(x_form(r, "correction-of-row", "/corrections/row", row_fields, NULL), "submit");
	return 200;
}

static int
correction_row(struct req *r)
{
	const struct storage_type *type = evidence(r);
	const struct part *file = req_file(r, "file");
	const struct rows *made;

	if (the_row(r)->n == 0)
		return 404;
	if (!req_given(r, "counterparty") && !req_given(r, "qty"))
		req_error(r, "qty", "correction.same", NULL);
	if (!req_good(r))
		return 422;
	made = req_query(r, OF_ROW, S(r->token), I(req_int(r, "row", 0)), S(req_str(r, "month")),
	    T(req_str(r, "counterparty")), T(normal(r, "counterparty")), M(req_str(r, "qty")),
	    S(req_str(r, "reason")), S(storage_name(r->pool, file->filename, type)),
	    S(type->media), B(file->value, file->n));
	while (made->next != NULL)
		made = made->next;
	return req_done(r, made, "correction.sent", "/corrections/view?id=%s",
	    made->n > 0 ? row_str(made, 0, "pid") : "");
}

/* ---- one correction ---- */

static const struct column facts[] = {
	{ "kind", TYPE_STATUS, .set = "correction_kind" },
	{ "month", TYPE_MONTH },
	{ "reason", TYPE_TEXT },
	{ "evidence", TYPE_TEXT, .href = "/corrections/file?file={file}" },
	{ "maker", TYPE_TEXT },
	{ "created_at", TYPE_DATETIME },
	{ "decided_at", TYPE_DATETIME },
	{ "comment", TYPE_TEXT },
	{ "book_month", TYPE_MONTH },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "what", TYPE_STATUS, .set = "correction_what" },
	{ "biz_date", TYPE_DATE },
	{ "counterparty", TYPE_TEXT },
	{ "known", TYPE_STATUS, .set = "flow_known" },
	{ "product", TYPE_TEXT },
	{ "lot_no", TYPE_CODE },
	{ "qty", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "price", TYPE_PRICE },
	{ "corrects", TYPE_TEXT },
	{ 0 }
};

static const struct field line_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "what", TYPE_SELECT, REQUIRED, .set = "correction_what", .options = whats },
	{ "biz_date", TYPE_DATE, REQUIRED },
	{ "counterparty", TYPE_TEXT, REQUIRED, .max = 200 },
	{ "product", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/products" },
	{ "lot_no", TYPE_TEXT, .max = 40 },
	{ "qty", TYPE_QTY, REQUIRED, -1000000000, 1000000000 },
	{ "price", TYPE_PRICE },
	{ "doc_no", TYPE_TEXT, .max = 40 },
	{ 0 }
};

static void
add_lines(struct req *r, const struct rows *lines, bool mine)
{
	xmlNodePtr list = x_table(r->page, "list", "correction-lines", line_columns);

	for (size_t i = 0; i < lines->n; i++) {
		xmlNodePtr row = x_row(list, lines, i, line_columns, NULL);

		if (mine)
			x_action(row, "remove", "post", x_href(r->pool,
			    "/corrections/drop?id={correction}&line={id}", lines, i));
	}
}

static int
correction_view(struct req *r)
{
	const struct rows *c = req_query(r, GET_ONE, S(r->token), I(req_int(r, "id", 0)));
	bool own;
	bool mine;

	if (!req_record(r, "view", c, "correction_no", "correction", "status"))
		return 404;
	own = row_int(c, 0, "own") != 0 && req_may(r, PERM_FLOW_CORRECT);
	mine = own && strcmp(row_str(c, 0, "status"), "draft") == 0;
	if (mine)
		x_flag(x_action(r->heading, "submit", "post", x_href(r->pool,
		    "/corrections/send?id={id}", c, 0)), "primary", true);
	if (mine || (own && strcmp(row_str(c, 0, "status"), "waiting") == 0))
		x_action(r->heading, "withdraw", "post", x_href(r->pool,
		    "/corrections/withdraw?id={id}", c, 0));
	if (mine)
		x_notice(r->page, "info", "notice.correction.names");
	x_record(r->page, "correction", c, facts);
	add_lines(r, rows_next(c), mine);
	if (mine)
		form_action(x_form(r, "correction-line", "/corrections/line", line_fields, NULL),
		    "line.add");
	return 200;
}

static int
done(struct req *r, const struct rows *rows, const char *notice)
{
	if (rows->n == 0)
		return 404;
	return req_done(r, rows, notice, "/corrections/view?id=%lld",
	    (long long)req_int(r, "id", 0));
}

static int
correction_line(struct req *r)
{
	return done(r, req_query(r, LINE, S(r->token), I(req_int(r, "id", 0)),
	    S(req_str(r, "what")), D(req_str(r, "biz_date")), S(req_str(r, "counterparty")),
	    S(normal(r, "counterparty")), S(req_str(r, "product")), S(req_str(r, "lot_no")),
	    M(req_str(r, "qty")), M(req_str(r, "price")), S(req_str(r, "doc_no"))),
	    "correction.line");
}

static int
correction_drop(struct req *r)
{
	return done(r, req_query(r, DROP, S(r->token), I(req_int(r, "id", 0)),
	    I(req_int(r, "line", 0))), "correction.dropped");
}

static int
correction_send(struct req *r)
{
	return done(r, req_query(r, MOVE, S(r->token), I(req_int(r, "id", 0)), S("waiting")),
	    "correction.sent");
}

static int
correction_withdraw(struct req *r)
{
	return done(r, req_query(r, MOVE, S(r->token), I(req_int(r, "id", 0)), S("withdrawn")),
	    "correction.withdrawn");
}

static const struct field file_fields[] = { { "file", TYPE_HIDDEN, REQUIRED, .max = 32 }, { 0 } };

static int
correction_file(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, S(r->token), S(req_str(r, "file"))));
}

static const struct field id_field[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "line", TYPE_INT },
	{ 0 }
};

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, correction_list, .list = &corrections },
	{ "/new", GET, PERM_FLOW_CORRECT, correction_new, new_fields },
	{ "/save", POST, PERM_FLOW_CORRECT, correction_save, new_fields, correction_new, UPLOAD },
	{ "/row", GET, PERM_FLOW_CORRECT, correction_row_form, row_fields },
	{ "/row", POST, PERM_FLOW_CORRECT, correction_row, row_fields, correction_row_form,
	    UPLOAD },
	{ "/view", GET, PERM_FLOW_VIEW, correction_view, id_field },
	{ "/line", POST, PERM_FLOW_CORRECT, correction_line, line_fields, correction_view },
	{ "/drop", POST, PERM_FLOW_CORRECT, correction_drop, id_field, correction_view },
	{ "/send", POST, PERM_FLOW_CORRECT, correction_send, id_field, correction_view },
	{ "/withdraw", POST, PERM_FLOW_CORRECT, correction_withdraw, id_field, correction_view },
	{ "/file", GET, PERM_FLOW_VIEW, correction_file, file_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "corrections", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
