/*
 * quotations.c - what we are offered (F081): to read, print, accept or decline.
 *
 * Accepting makes one draft order at these prices, however often it is clicked; they hold until the
 * quotation's last day.  Another company's is an unknown one.
 */
#include "attach.h"
#include "form.h"
#include "list.h"
#include "quote.h"

enum { VIEW, ACCEPT, DECLINE, FILE_GET, NSQL };

static const struct sql sql[NSQL] = {
	[VIEW] = { "quotations.view", "CALL portal_quotations_view(?, ?)" },
	[ACCEPT] = { "quotations.accept", "CALL portal_quotations_accept(?, ?)" },
	[DECLINE] = { "quotations.decline", "CALL portal_quotations_decline(?, ?, ?)" },
	[FILE_GET] = { "quotations.file", "CALL portal_file_get(?, ?)" },
};

/* ---- the list ---- */

static const struct column columns[] = {
	{ "quote_no", TYPE_CODE },
	{ "sent_at", TYPE_DATETIME, .sort = "yes" },
	{ "valid_until", TYPE_DATE },
	{ "line_count", TYPE_INT },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "quote" },
	{ "order_no", TYPE_CODE },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH } },
	{ { "status", TYPE_SELECT, .set = "quote", .options = quote_statuses + 2 } },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "open", "status=sent" },
	{ "accepted", "status=accepted" },
	{ 0 }
};

static const struct list quotations = {
	.name = "my-quotations",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/quotations/view?id={id}",
	.sort = "-sent_at",
	.call = "portal_quotations_list",
};

static int
quote_list(struct req *r)
{
	return list_page(r, &quotations);
}

/* ---- the page of one ---- */

static const struct column facts[] = {
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ "valid_until", TYPE_DATE },
	{ "pay", TYPE_STATUS, .set = "pay" },
	{ "terms", TYPE_TEXT },
	{ "note", TYPE_TEXT },
	{ "rep", TYPE_TEXT, .sub = "rep_phone" },
	{ "sent_at", TYPE_DATETIME },
	{ "answerer", TYPE_TEXT },
	{ "answered_at", TYPE_DATETIME },
	{ "reply", TYPE_TEXT },
	{ "order_no", TYPE_CODE, .href = "/orders/view?id={order_id}" },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .href = "/catalogue/view?id={product_id}" },
	{ "code", TYPE_CODE },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "list_price", TYPE_PRICE },
	{ "price", TYPE_PRICE, .emphasis = true },
	{ "amount", TYPE_MONEY, .sub = "note" },
	{ 0 }
};

static const struct column file_columns[] = {
	{ "name", TYPE_TEXT, .href = "/quotations/file?token={token}" },
	{ "size", TYPE_BYTES },
	{ "created_at", TYPE_DATETIME },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };
static const struct field token_field[] = { { "token", TYPE_TEXT, REQUIRED, .max = 32 }, { 0 } };

static const struct field decline_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "why", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ 0 }
};

/* The quotation asked for, its lines and files behind; no rows: not the company's. */
static const struct rows *
quote_asked(struct req *r)
{
	return req_query(r, VIEW, S(r->token), I(req_int(r, "id", 0)));
}

static int
quote_view(struct req *r)
{
	const struct rows *q = quote_asked(r), *lines = rows_next(q), *files = rows_next(lines);

	if (!req_record(r, "view", q, "quote_no", "quote", "status"))
		return 404;
	if (row_int(q, 0, "may_answer") != 0 && req_may(r, PERM_ORDER_CREATE)) {
		x_flag(x_action(r->heading, "quote.accept", "post",
		    x_href(r->pool, "/quotations/accept?id={id}", q, 0)), "primary", true);
		x_action(r->heading, "quote.decline", "get",
		    x_href(r->pool, "/quotations/decline?id={id}", q, 0));
	}
	x_link(r->heading, "print.quote", x_href(r->pool, "/quotations/paper?id={id}", q, 0));
	x_record(r->page, "quote", q, facts);
	list_rows(r, "quote-lines", lines, line_columns, NULL);
	if (files->n > 0)
		x_list(r, "quote-files", files, file_columns, NULL);
	return 200;
}

static int
quote_print(struct req *r)
{
	const struct rows *q = quote_asked(r);

	return quote_paper(r, q, rows_next(q));
}

static int
quote_file(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, S(r->token), S(req_str(r, "token"))));
}

/* ---- the answer ---- */

/* On to the draft, where quantities and the address are looked at before it is submitted. */
static int
quote_accept(struct req *r)
{
	const struct rows *order = req_query(r, ACCEPT, S(r->token), I(req_int(r, "id", 0)));

	if (order->n == 0)
		return 404;
	req_notice(r, "quote.accepted");
	return req_redirect(r, "/orders/view?id=%s", row_str(order, 0, "id"));
}

static int
quote_decline_form(struct req *r)
{
	const struct rows *q = quote_asked(r);

	if (!req_record(r, "decline", q, "quote_no", "quote", "status"))
		return 404;
	x_record(r->page, "quote", q, facts);
	form_action(x_form(r, "quote-decline", "/quotations/decline", decline_fields, q),
	    "quote.decline");
	return 200;
}

static int
quote_decline(struct req *r)
{
	const struct rows *q = req_query(r, DECLINE, S(r->token), I(req_int(r, "id", 0)),
	    S(req_str(r, "why")));

	if (q->n == 0)
		return 404;
	req_notice(r, "quote.declined");
	return req_redirect(r, "/quotations/view?id=%s", row_str(q, 0, "id"));
}

static const struct route routes[] = {
	{ "/", GET, PERM_ORDER_VIEW, quote_list, .list = &quotations },
	{ "/view", GET, PERM_ORDER_VIEW, quote_view, id_field },
	{ "/paper", GET, PERM_ORDER_VIEW, quote_print, id_field },
	{ "/file", GET, PERM_ORDER_VIEW, quote_file, token_field },
	{ "/accept", POST, PERM_ORDER_CREATE, quote_accept, id_field, quote_view },
	{ "/decline", GET, PERM_ORDER_CREATE, quote_decline_form, decline_fields },
	{ "/decline", POST, PERM_ORDER_CREATE, quote_decline, decline_fields, quote_decline_form },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "quotations", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
