/*
 * recalls.c - recalls of lots this company, or a branch of its chain, has or had:
 * the notice, and the answer to it.
 *
 * A notice is seen once it was sent.  The last answer counts; while the recall
 * runs it may be given again as goods come back.
 */
#include <string.h>

#include "form.h"
#include "list.h"

enum { VIEW, REPLY, NSQL };

static const struct sql sql[NSQL] = {
	[VIEW] = { "recalls.view", "CALL portal_recalls_view(?, ?)" },
	[REPLY] = { "recalls.reply", "CALL portal_recalls_reply(?, ?, ?, ?, ?)" },
};

static const char *const statuses[] = { "notified", "answered", "done", NULL };

static const struct column columns[] = {
	{ "recall_no", TYPE_CODE },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "lot_no", TYPE_CODE },
	{ "class", TYPE_STATUS, .set = "recall_class" },
	{ "holder", TYPE_TEXT },
	{ "notified_at", TYPE_DATETIME, .sort = "yes" },
	{ "status", TYPE_STATUS, .set = "recall_reply" },
	{ "state", TYPE_STATUS, .set = "recall" },
	{ "on_hand", TYPE_QTY, .unit = "{unit}" },
	{ "returned", TYPE_QTY, .unit = "{unit}" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH, .max = 60 } },
	{ { "status", TYPE_SELECT, .set = "recall_reply", .options = statuses } },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "waiting", "status=notified" },
	{ 0 }
};

static const struct list recalls = {
	.name = "my-recalls",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/recalls/view?id={id}",
	.sort = "-notified_at",
	.call = "portal_recalls_list",
};

static int
recall_list(struct req *r)
{
	return list_page(r, &recalls);
}

static const struct column notice[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "lot_no", TYPE_CODE, .emphasis = true },
	{ "produced_on", TYPE_DATE },
	{ "expires_on", TYPE_DATE },
	{ "class", TYPE_STATUS, .set = "recall_class" },
	{ "reason", TYPE_TEXT },
	{ "measures", TYPE_TEXT },
	{ "notified_at", TYPE_DATETIME },
	{ "holder", TYPE_TEXT },
	{ 0 }
};

static const struct column known[] = {
	{ "shipped", TYPE_QTY, .unit = "{unit}" },
	{ "bought", TYPE_QTY, .unit = "{unit}" },
	{ "sold", TYPE_QTY, .unit = "{unit}" },
	{ "stock", TYPE_QTY, .unit = "{unit}", .sub = "stock_date" },
	{ "answered_at", TYPE_DATETIME },
	{ 0 }
};

/* What it sold of this lot number as a product nobody knows: it says whether it was this one. */
static const struct column unsure[] = {
	{ "raw_party", TYPE_TEXT },
	{ "raw_product", TYPE_TEXT, .sub = "raw_spec" },
	{ "qty", TYPE_QTY, .emphasis = true },
	{ "first_sold", TYPE_DATE },
	{ "last_sold", TYPE_DATE },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };

static const struct field reply_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "on_hand", TYPE_QTY, REQUIRED, .max = 100000000 },
	{ "returned", TYPE_QTY, REQUIRED, .max = 100000000 },
	{ "resold_to", TYPE_TEXTAREA, .max = 1000 },
	{ 0 }
};

static const struct column answered[] = {
	{ "on_hand", TYPE_QTY, .unit = "{unit}" },
	{ "returned", TYPE_QTY, .unit = "{unit}" },
	{ "resold_to", TYPE_TEXT },
	{ "answered_at", TYPE_DATETIME },
	{ 0 }
};

static int
recall_view(struct req *r)
{
	const struct rows *row = req_query(r, VIEW, S(r->token), I(req_int(r, "id", 0)));

	if (row->n == 0)
		return 404;
	req_record(r, "view", row, "recall_no", "recall_reply", "status");
	x_action(r->heading, "print", "get", "#print");
	if (rows_next(row)->n > 0)
		x_notice(r->page, "warning", "notice.recall.check");
	x_record(r->page, "recall-notice", row, notice);
	x_record(r->page, "recall-known", row, known);
	if (rows_next(row)->n > 0)
		list_paged(r, "recall-unsure", rows_next(row), unsure, NULL);
	if (row_int(row, 0, "may_answer") == 1)
		form_action(x_form(r, "recall-reply", "/recalls/reply", reply_fields, row),
		    "recall.reply");
	else
		x_record(r->page, "recall-answered", row, answered);
	return 200;
}

static int
recall_reply(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, VIEW, S(r->token), I(id))->n == 0)
		return 404;
	if (req_query(r, REPLY, S(r->token), I(id), M(req_str(r, "on_hand")),
	    M(req_str(r, "returned")), T(req_str(r, "resold_to")))->n == 0)
		return 409;
	req_notice(r, "recall.answered");
	return req_redirect(r, "/recalls/view?id=%lld", (long long)id);
}

static const struct route routes[] = {
	{ "/", GET, PERM_RECALL_REPLY, recall_list, .list = &recalls },
	{ "/view", GET, PERM_RECALL_REPLY, recall_view, id_field },
	{ "/reply", POST, PERM_RECALL_REPLY, recall_reply, reply_fields, recall_view },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "recalls", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
