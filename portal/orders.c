/*
 * orders.c - the company's orders: list, page, and what may be done with one.
 *
 * Each line answers for itself: ordered, approved, shipped, arrived, invoiced,
 * paid.  What may be done now comes from the database with the order; another
 * company's order is an unknown one.  Orders are written in entry.c.
 */
#include <string.h>

#include "attach.h"
#include "form.h"
#include "list.h"
#include "ordersteps.h"
#include "storage.h"

enum { VIEW, FILES, FILE_GET, FILE_ADD, WITHDRAW, CANCEL, NSQL };

static const struct sql sql[NSQL] = {
	[VIEW] = { "orders.view", "CALL portal_orders_view(?, ?)" },
	[FILES] = { "orders.files", "CALL portal_file_list(?, ?)" },
	[FILE_GET] = { "orders.file_get", "CALL portal_file_get(?, ?)" },
	[FILE_ADD] = { "orders.file_add", "CALL portal_file_add(?, 'order', ?, ?, ?, ?)" },
	[WITHDRAW] = { "orders.withdraw", "CALL portal_orders_withdraw(?, ?)" },
	[CANCEL] = { "orders.cancel", "CALL portal_orders_cancel(?, ?, ?)" },
};

static const char *const statuses[] = { "open", "draft", "submitted", "returned", "approved",
	"picking", "partly_shipped", "shipped", "delivered", "closed", "rejected", "cancelled",
	NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "order_no", TYPE_CODE, .sub = "po_no", .sort = "order_no" },
	{ "placed_at", TYPE_DATETIME, .sort = "placed_at" },
	{ "line_count", TYPE_INT },
	{ "amount", TYPE_MONEY, .sort = "amount" },
	{ "status", TYPE_STATUS, .set = "order", .sort = "status" },
	{ "shipped", TYPE_STATUS, .set = "shipped" },
	{ "delivered", TYPE_STATUS, .set = "delivered" },
	{ "invoiced", TYPE_STATUS, .set = "invoiced" },
	{ "paid", TYPE_STATUS, .set = "paid" },
	{ "wanted_on", TYPE_DATE, .sort = "wanted_on", .optional = true },
	{ "expected_on", TYPE_DATE, .optional = true },
	{ "approved_amount", TYPE_MONEY, .optional = true },
	{ "branch", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH, .max = 60 }, .where = "" },
	{ { "status", TYPE_SELECT, .set = "order", .options = statuses }, .where = "" },
	{ { "from", TYPE_DATE }, .where = "" },
	{ { "to", TYPE_DATE }, .where = "" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "open", "status=open", true },
	{ "draft", "status=draft", true },
	{ "returned", "status=returned", true },
	{ "shipped", "status=shipped" },
	{ 0 }
};

static const struct list orders = {
	.name = "portal-orders",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/orders/view?id={id}",
	.sort = "-placed_at",
	.call = "portal_orders_list",
	.count_call = "portal_orders_count",
	.create = "order.new",
	.create_href = "/entry/",
	.create_perm = PERM_ORDER_CREATE,
};

static int
order_list(struct req *r)
{
	if (req_may(r, PERM_ORDER_CREATE))
		x_flag(x_action(r->heading, "order.new", "get", "/entry/"), "primary", true);
	return list_page(r, &orders);
}

/* ---- the page of one order ---- */

static const struct column facts[] = {
	{ "po_no", TYPE_CODE },
	{ "quote_no", TYPE_CODE, .href = "/quotations/view?id={quotation_id}" },
	{ "placed_at", TYPE_DATETIME },
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ "approved_amount", TYPE_MONEY },
	{ "pay", TYPE_STATUS, .set = "pay" },
	{ "wanted_on", TYPE_DATE },
	{ "expected_on", TYPE_DATE },
	{ "branch", TYPE_TEXT },
	{ "ship_name", TYPE_TEXT, .sub = "ship_address" },
	{ "ship_contact", TYPE_TEXT, .sub = "ship_phone" },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .href = "/catalogue/view?id={product_id}" },
	{ "code", TYPE_CODE },
	{ "price", TYPE_PRICE },
	{ "ordered_qty", TYPE_QTY, .unit = "{unit}" },
	{ "approved_qty", TYPE_QTY, .sub = "reply" },
	{ "cancelled_qty", TYPE_QTY, .optional = true },
	{ "shipped_qty", TYPE_QTY },
	{ "delivered_qty", TYPE_QTY },
	{ "returned_qty", TYPE_QTY, .optional = true },
	{ "invoiced_qty", TYPE_QTY },
	{ "amount", TYPE_MONEY, .sub = "note" },
	{ "paid", TYPE_MONEY },
	{ 0 }
};

static const struct column shipment_columns[] = {
	{ "shipment_no", TYPE_CODE, .href = "/shipments/view?id={id}" },
	{ "status", TYPE_STATUS, .set = "shipment" },
	{ "carrier", TYPE_TEXT, .sub = "tracking_no" },
	{ "shipped_on", TYPE_DATE },
	{ "expected_on", TYPE_DATE },
	{ 0 }
};

static const struct column invoice_columns[] = {
	{ "invoice_no", TYPE_CODE, .href = "/invoices/view?id={id}" },
	{ "kind", TYPE_STATUS, .set = "invoice_kind" },
	{ "issued_on", TYPE_DATE },
	{ "amount", TYPE_MONEY },
	{ "open_amount", TYPE_MONEY },
	{ "due_on", TYPE_DATE },
	{ 0 }
};

static const struct column file_columns[] = {
	{ "name", TYPE_TEXT, .href = "/orders/file?token={token}" },
	{ "size", TYPE_BYTES },
	{ "created_at", TYPE_DATETIME },
	{ 0 }
};

static const struct column no_shipment_page[] = {
	{ "shipment_no", TYPE_CODE },
	{ "status", TYPE_STATUS, .set = "shipment" },
	{ "carrier", TYPE_TEXT, .sub = "tracking_no" },
	{ "shipped_on", TYPE_DATE },
	{ "expected_on", TYPE_DATE },
	{ 0 }
};

static const struct column no_invoice_page[] = {
	{ "invoice_no", TYPE_CODE },
	{ "kind", TYPE_STATUS, .set = "invoice_kind" },
	{ "issued_on", TYPE_DATE },
	{ "amount", TYPE_MONEY },
	{ "open_amount", TYPE_MONEY },
	{ "due_on", TYPE_DATE },
	{ 0 }
};

/* What may be done, and the column of the order that says it may be done now. */
static const struct {
	const char *rel;
	const char *method;
	const char *href;
	const char *may; /* NULL: always */
	bool primary;
} actions[] = {
	{ "edit", "get", "/entry/?id={id}", "may_edit", true },
	{ "withdraw", "post", "/orders/withdraw?id={id}", "may_withdraw", false },
	{ "cancel-order", "get", "/orders/cancel?id={id}", "may_cancel", false },
	{ "order.repeat", "get", "/entry/?copy={id}", NULL, false },
	{ "list.keep", "get", "/lists/edit?order={id}", NULL, false },
};

static void
add_actions(struct req *r, const struct rows *order)
{
	bool open = row_int(order, 0, "may_submit") == 1;

	if (!req_may(r, PERM_ORDER_CREATE))
		return;
	for (size_t i = 0; i < LEN(actions); i++) {
		xmlNodePtr n;

		if (actions[i].may != NULL && row_int(order, 0, actions[i].may) != 1)
			continue;
		n = x_action(r->heading, actions[i].rel, actions[i].method,
		    x_href(r->pool, actions[i].href, order, 0));
		x_flag(n, "primary", actions[i].primary && open);
	}
}

/* Whether it was let through: it is behind its approval, or stopped there. */
static bool
is_approved(const struct rows *order)
{
	static const char *const before[] = { "draft", "returned", "submitted", "rejected" };
	bool approved = true;

	for (size_t i = 0; i < LEN(before); i++)
		approved = approved && strcmp(row_str(order, 0, "status"), before[i]) != 0;
	return approved;
}

static void
add_files(struct req *r, int64_t id)
{
	static const struct field fields[] = {
		{ "id", TYPE_HIDDEN },
		{ "file", TYPE_FILE, REQUIRED, .accept = ".pdf,.png,.jpg,.jpeg,.xlsx,.csv" },
		{ 0 }
	};
	const struct rows *files = req_query(r, FILES, S(r->token), I(id));

	if (files->n > 0)
		x_list(r, "order-files", files, file_columns, NULL);
	if (req_may(r, PERM_ORDER_CREATE))
		form_action(x_form(r, "order-attach", "/orders/attach", fields, NULL), "attach");
}

static int
order_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *order = req_query(r, VIEW, S(r->token), I(id));
	const struct rows *lines = rows_next(order), *events = rows_next(lines);
	const struct rows *shipments = rows_next(events), *invoices = rows_next(shipments);

	if (order->n == 0)
		return 404;
	req_page(r, "view");
	req_title(r, row_str(order, 0, "order_no"));
	req_state(r, "order", row_str(order, 0, "status"));
	req_trail(r, "orders", "/orders/");
	add_actions(r, order);
	if (!row_null(order, 0, "reply"))
		x_value(x_notice(r->page, "warning", "notice.order.reply"), TYPE_TEXT, "reply",
		    row_str(order, 0, "reply"));
	if (!row_null(order, 0, "unpaid"))
		x_value(x_notice(r->page, "warning", "notice.order.unpaid"), TYPE_CODE, "no",
		    row_str(order, 0, "unpaid"));
	order_steps(r, order, is_approved(order));
	x_list(r, "my-lines", lines, line_columns, NULL);
	x_record(r->page, "my-order", order, facts);
	if (shipments->n > 0)
		x_list(r, "my-shipments", shipments,
		    req_may(r, PERM_SHIPMENT_VIEW) ? shipment_columns : no_shipment_page, NULL);
	if (invoices->n > 0)
		x_list(r, "my-invoices", invoices,
		    req_may(r, PERM_INVOICE_VIEW) ? invoice_columns : no_invoice_page, NULL);
	add_files(r, id);
	if (events->n > 0)
		x_timeline(r->page, "order", events);
	return 200;
}

/* ---- what may be done with it ---- */

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };
static const struct field token_field[] = { { "token", TYPE_TEXT, REQUIRED, .max = 32 }, { 0 } };

static const struct field attach_fields[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "file", TYPE_FILE, REQUIRED },
	{ 0 }
};

static const struct field cancel_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "why", TYPE_TEXTAREA, REQUIRED, .max = 400 },
	{ 0 }
};

static int
order_done(struct req *r, const struct rows *done, const char *notice)
{
	if (done->n == 0)
		return 404;
	req_notice(r, notice);
	return req_redirect(r, "/orders/view?id=%lld", (long long)req_int(r, "id", 0));
}

static int
order_withdraw(struct req *r)
{
	return order_done(r, req_query(r, WITHDRAW, S(r->token), I(req_int(r, "id", 0))),
	    "order.withdrawn");
}

/* Asks why: whoever handles it with us reads the answer. */
static int
order_cancel_form(struct req *r)
{
	const struct rows *order = req_query(r, VIEW, S(r->token), I(req_int(r, "id", 0)));

	if (order->n == 0)
		return 404;
	req_page(r, "cancel");
	req_title(r, row_str(order, 0, "order_no"));
	req_state(r, "order", row_str(order, 0, "status"));
	req_trail(r, "orders", "/orders/");
	form_action(x_form(r, "order-cancel", "/orders/cancel", cancel_fields, order),
	    "cancel-order");
	return 200;
}

static int
order_cancel(struct req *r)
{
	return order_done(r, req_query(r, CANCEL, S(r->token), I(req_int(r, "id", 0)),
	    S(req_str(r, "why"))), "order.cancelled");
}

static int
order_attach(struct req *r)
{
	const struct part *file = req_file(r, "file");
	const struct storage_type *type;
	const char *error;

	if (file == NULL) {
		req_error(r, "file", "required", NULL);
		return 422;
	}
	type = storage_sniff(file->value, file->n, &error);
	if (type == NULL) {
		req_error(r, "file", error, NULL);
		return 422;
	}
	return order_done(r, req_query(r, FILE_ADD, S(r->token), I(req_int(r, "id", 0)),
	    S(storage_name(r->pool, file->filename, type)), S(type->media),
	    B(file->value, file->n)), "order.attached");
}

static int
order_file(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, S(r->token), S(req_str(r, "token"))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_ORDER_VIEW, order_list, .list = &orders },
	{ "/view", GET, PERM_ORDER_VIEW, order_view, id_field },
	{ "/file", GET, PERM_ORDER_VIEW, order_file, token_field },
	{ "/withdraw", POST, PERM_ORDER_CREATE, order_withdraw, id_field, order_view },
	{ "/cancel", GET, PERM_ORDER_CREATE, order_cancel_form, cancel_fields },
	{ "/cancel", POST, PERM_ORDER_CREATE, order_cancel, cancel_fields, order_cancel_form },
	{ "/attach", POST, PERM_ORDER_CREATE, order_attach, attach_fields, order_view, UPLOAD },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "orders", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
