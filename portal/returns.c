/*
 * returns.c - goods this company sends back: asked for, lot by lot, and how it goes on.
 *
 * What arrived and was accepted may be asked back, once; it may be taken back while nobody decided.
 */
#include <string.h>

#include "attach.h"
#include "form.h"
#include "goodsback.h"
#include "list.h"

enum { NEW, ASK, VIEW, WITHDRAW, KEEP, FILE_GET, NSQL };

static const struct sql sql[NSQL] = {
	[NEW] = { "returns.new", "CALL portal_returns_new(?, ?)" },
	[ASK] = { "returns.ask", "CALL portal_returns_ask(?, ?, ?, ?, ?, ?)" },
	[VIEW] = { "returns.view", "CALL portal_returns_view(?, ?)" },
	[WITHDRAW] = { "returns.withdraw", "CALL portal_returns_withdraw(?, ?)" },
	[KEEP] = { "returns.keep", "CALL portal_file_add(?, 'return', 0, ?, ?, ?)" },
	[FILE_GET] = { "returns.file", "CALL portal_file_get(?, ?)" },
};

/* ---- the list ---- */

static const struct column columns[] = {
	{ "return_no", TYPE_CODE, .sub = "shipment_no" },
	{ "created_at", TYPE_DATETIME, .sort = "yes" },
	{ "reason", TYPE_STATUS, .set = "return_reason" },
	{ "status", TYPE_STATUS, .set = "return" },
	{ "qty", TYPE_QTY },
	{ "approved_qty", TYPE_QTY },
	{ "came_qty", TYPE_QTY, .emphasis = true },
	{ "comment", TYPE_TEXT },
	{ "order_no", TYPE_CODE, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH } },
	{ { "status", TYPE_SELECT, .set = "return", .options = return_statuses } },
	{ { "reason", TYPE_SELECT, .set = "return_reason", .options = return_reasons } },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "waiting", "status=waiting" },
	{ "approved", "status=approved" },
	{ "closed", "status=closed" },
	{ 0 }
};

static const struct list returns = {
	.name = "my-returns",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/returns/view?id={id}",
	.sort = "-created_at",
	.call = "portal_returns_list",
	.create = "return.pick",
	.create_href = "/shipments/?status=delivered&view=delivered",
	.create_perm = PERM_RETURN_REQUEST,
};

static int
return_list(struct req *r)
{
	if (req_may(r, PERM_RETURN_REQUEST))
		x_flag(x_action(r->heading, "return.pick", "get",
		    "/shipments/?status=delivered&view=delivered"), "primary", true);
	return list_page(r, &returns);
}

/* ---- asking ---- */

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static const struct field ask_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	RETURN_FIELDS,
	{ 0 }
};

static const struct column shipment_facts[] = {
	{ "order_no", TYPE_CODE, .sub = "po_no", .href = "/orders/view?id={order_id}" },
	{ "delivered_at", TYPE_DATETIME },
	{ 0 }
};

/* The shipment asked for, what of it may be returned behind; no rows: not the company's. */
static const struct rows *
shipment_asked(struct req *r)
{
	return req_query(r, NEW, S(r->token), I(req_int(r, "id", 0)));
}

static int
ask_form(struct req *r)
{
	const struct rows *s = shipment_asked(r);

	return return_form(r, s, shipment_facts, ask_fields, rows_next(s));
}

static int
return_ask(struct req *r)
{
	const struct rows *s = shipment_asked(r);
	const char *lines, *photo;

	if (s->n == 0)
		return 404;
	lines = return_lines(r, rows_next(s));
	photo = attach_token(r, KEEP, "photo");
	if (!req_good(r))
		return 422;
	s = req_query(r, ASK, S(r->token), I(req_int(r, "id", 0)), S(req_str(r, "reason")),
	    T(req_str(r, "note")), T(photo), S(lines));
	return req_done(r, s, "return.asked", "/returns/view?id=%s", req_value(r, s, "id"));
}

/* ---- the page of one ---- */

static const struct column facts[] = {
	{ "shipment_no", TYPE_CODE, .href = "/shipments/view?id={shipment_id}" },
	{ "order_no", TYPE_CODE, .href = "/orders/view?id={order_id}" },
	{ "reason", TYPE_STATUS, .set = "return_reason" },
	{ "note", TYPE_TEXT },
	{ "photo", TYPE_TEXT, .href = "/returns/file?file={photo_token}" },
	{ "maker", TYPE_TEXT },
	{ "created_at", TYPE_DATETIME },
	{ "decided_at", TYPE_DATETIME },
	{ "comment", TYPE_TEXT, .emphasis = true },
	{ "received_on", TYPE_DATE },
	{ "receipt_note", TYPE_TEXT },
	{ "closed_at", TYPE_DATETIME },
	{ 0 }
};

static const struct column line_columns[] = {
	RETURN_LINE,
	{ 0 }
};

static const struct column red_columns[] = {
	RETURN_RED,
	{ 0 }
};

static int
return_view(struct req *r)
{
	const struct rows *n = req_query(r, VIEW, S(r->token), I(req_int(r, "id", 0)));
	const struct rows *lines;

	if (!req_record(r, "view", n, "return_no", "return", "status"))
		return 404;
	lines = rows_next(n);
	if (row_int(n, 0, "may_withdraw") != 0 && req_may(r, PERM_RETURN_REQUEST))
		x_action(r->heading, "withdraw", "post",
		    x_href(r->pool, "/returns/withdraw?id={id}", n, 0));
	x_record(r->page, "return", n, facts);
	list_rows(r, "return-lines", lines, line_columns, NULL);
	if (!row_null(n, 0, "received_on"))
		x_list(r, "return-reds", rows_next(lines), red_columns, NULL);
	return 200;
}

static int
return_withdraw(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	if (req_query(r, VIEW, S(r->token), I(id))->n == 0)
		return 404;
	return req_done(r, req_query(r, WITHDRAW, S(r->token), I(id)), "return.withdrawn",
	    "/returns/view?id=%lld", (long long)id);
}

static const struct field file_fields[] = { { "file", TYPE_HIDDEN, REQUIRED, .max = 32 }, { 0 } };

static int
file_send(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, S(r->token), S(req_str(r, "file"))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_RETURN_VIEW, return_list, .list = &returns },
	{ "/new", GET, PERM_RETURN_REQUEST, ask_form, id_field },
	{ "/ask", POST, PERM_RETURN_REQUEST, return_ask, ask_fields, ask_form, UPLOAD },
	{ "/view", GET, PERM_RETURN_VIEW, return_view, id_field },
	{ "/withdraw", POST, PERM_RETURN_REQUEST, return_withdraw, id_field, return_view },
	{ "/file", GET, PERM_RETURN_VIEW, file_send, file_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "returns", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
