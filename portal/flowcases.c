/*
 * flowcases.c - sales of this company that look like diversion, and its explanation.
 *
 * A company sees what it was told about, explains once, with evidence; the maker decides.
 */
#include <string.h>

#include "attach.h"
#include "form.h"
#include "list.h"
#include "storage.h"

enum { GET_ONE, EXPLAIN, FILE_GET, NSQL };

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "flowcases.get", "CALL portal_flowcases_view(?, ?)" },
	[EXPLAIN] = { "flowcases.explain", "CALL portal_flowcases_explain(?, ?, ?, ?, ?, ?)" },
	[FILE_GET] = { "flowcases.file", "CALL portal_file_get(?, ?)" },
};

static const char *const statuses[] = { "notified", "explained", "confirmed", "dismissed",
	"excepted", "settled", NULL };

static const struct column columns[] = {
	{ "product", TYPE_TEXT },
	{ "month", TYPE_MONTH },
	{ "terminal", TYPE_TEXT },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "explain_by", TYPE_DUE, .sort = "yes" },
	{ "status", TYPE_STATUS, .set = "flow_case" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "status", TYPE_SELECT, .set = "flow_case", .options = statuses } },
	{ 0 }
};

static const struct list cases = {
	.name = "flowcases",
	.columns = columns,
	.filters = filters,
	.row_href = "/flowcases/view?id={id}",
	.sort = "-explain_by",
	.call = "portal_flowcases_list",
	.count_call = "portal_flowcases_count",
};

static int
case_list(struct req *r)
{
	return list_page(r, &cases);
}

static const struct column facts[] = {
	{ "product", TYPE_TEXT },
	{ "terminal", TYPE_TEXT, .sub = "region" },
	{ "sold_qty", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "whole_qty", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "amount", TYPE_MONEY },
	{ "usual_qty", TYPE_QTY, .unit = "{unit}" },
	{ "listed_qty", TYPE_QTY, .unit = "{unit}" },
	{ "territory", TYPE_FLAG },
	{ "lot", TYPE_FLAG },
	{ "price", TYPE_FLAG },
	{ "peak", TYPE_FLAG },
	{ "explain_by", TYPE_DATE },
	{ "explanation", TYPE_TEXT },
	{ "evidence", TYPE_TEXT, .href = "/flowcases/file?file={file}" },
	{ "explained_at", TYPE_DATETIME },
	{ "comment", TYPE_TEXT },
	{ "decided_at", TYPE_DATETIME },
	{ 0 }
};

static const struct column row_columns[] = {
	{ "biz_date", TYPE_DATE },
	{ "as_told", TYPE_TEXT },
	{ "lot_no", TYPE_CODE },
	{ "qty", TYPE_QTY },
	{ "price", TYPE_PRICE },
	{ "doc_no", TYPE_CODE },
	{ 0 }
};

static const struct field explain_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "explanation", TYPE_TEXTAREA, REQUIRED, .max = 1000 },
	{ "file", TYPE_FILE },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };

static int
case_view(struct req *r)
{
	const struct rows *c = req_query(r, GET_ONE, S(r->token), I(req_int(r, "id", 0)));

	if (c->n == 0)
		return 404;
	req_page(r, "view");
	x_value(r->heading, TYPE_MONTH, "month", row_str(c, 0, "month"));
	req_state(r, "flow_case", row_str(c, 0, "status"));
	req_trail(r, "flowcases", "/flowcases/");
	x_record(r->page, "case", c, facts);
	x_list(r, "case-rows", rows_next(c), row_columns, NULL);
	if (strcmp(row_str(c, 0, "status"), "notified") == 0 && req_may(r, PERM_FLOW_CORRECT))
		form_action(x_form(r, "case-explain", "/flowcases/explain", explain_fields, NULL),
		    "explain");
	return 200;
}

static int
case_explain(struct req *r)
{
	const struct part *file = req_file(r, "file");
	const struct storage_type *type = NULL;
	const struct rows *done;
	const char *error;

	if (file != NULL) {
		type = storage_sniff(file->value, file->n, &error);
		if (type == NULL) {
			req_error(r, "file", error, NULL);
			return 422;
		}
	}
	done = req_query(r, EXPLAIN, S(r->token), I(req_int(r, "id", 0)),
	    S(req_str(r, "explanation")),
	    S(type == NULL ? NULL : storage_name(r->pool, file->filename, type)),
	    S(type == NULL ? NULL : type->media),
	    type == NULL ? S(NULL) : B(file->value, file->n));
	if (done->n == 0)
		return 404;
	return req_done(r, done, "case.explained", "/flowcases/view?id=%lld",
	    (long long)req_int(r, "id", 0));
}

static const struct field file_fields[] = { { "file", TYPE_HIDDEN, REQUIRED, .max = 32 }, { 0 } };

static int
case_file(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, S(r->token), S(req_str(r, "file"))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, case_list, .list = &cases },
	{ "/view", GET, PERM_FLOW_VIEW, case_view, id_field },
	{ "/explain", POST, PERM_FLOW_CORRECT, case_explain, explain_fields, case_view, UPLOAD },
	{ "/file", GET, PERM_FLOW_VIEW, case_file, file_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "flowcases", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
