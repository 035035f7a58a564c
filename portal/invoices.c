/*
 * invoices.c - a company's invoices, blue and red, and what is open on them.
 */
#include "list.h"

enum { VIEW, NSQL };

static const struct sql sql[NSQL] = {
	[VIEW] = { "invoices.view", "CALL portal_invoices_view(?, ?)" },
};

static const char *const statuses[] = { "open", "overdue", "paid", "to_issue", "requested",
    "failed",
	"blue", "red", NULL };

static const struct column columns[] = {
	{ "invoice_no", TYPE_CODE, .sub = "doc_no", .sort = "yes" },
	{ "order_no", TYPE_CODE, .sub = "po_no", .href = "/orders/view?id={order_id}" },
	{ "kind", TYPE_STATUS, .set = "invoice_kind" },
	{ "state", TYPE_STATUS, .set = "invoice" },
	{ "issued_on", TYPE_DATE, .sort = "yes" },
	{ "amount", TYPE_MONEY, .sort = "yes" },
	{ "open_amount", TYPE_MONEY },
	{ "due_on", TYPE_DATE, .sort = "yes" },
	{ "tax_amount", TYPE_MONEY, .optional = true },
	{ "created_at", TYPE_DATETIME, .sort = "yes", .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH } },
	{ { "status", TYPE_SELECT, .set = "invoice", .options = statuses } },
	{ { "from", TYPE_DATE } },
	{ { "to", TYPE_DATE } },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" },
	{ "open", "status=open" },
	{ "overdue", "status=overdue" },
	{ "paid", "status=paid" },
	{ "red", "status=red" },
	{ 0 }
};

static const struct list invoices = {
	.name = "invoices",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/invoices/view?id={id}",
	.sort = "-created_at",
	.call = "portal_invoices_list",
	.count_call = "portal_invoices_count",
};

static int
invoice_list(struct req *r)
{
	return list_page(r, &invoices);
}

static const struct column facts[] = {
	{ "order_no", TYPE_CODE, .sub = "po_no", .href = "/orders/view?id={order_id}" },
	{ "kind", TYPE_STATUS, .set = "invoice_kind" },
	{ "red_of_no", TYPE_CODE, .href = "/invoices/view?id={red_of}" },
	{ "title", TYPE_TEXT, .sub = "uscc" },
	{ "invoice_no", TYPE_CODE, .sub = "invoice_code" },
	{ "issued_on", TYPE_DATE },
	{ "due_on", TYPE_DATE },
	{ "net_amount", TYPE_MONEY },
	{ "tax_amount", TYPE_MONEY },
	{ "amount", TYPE_MONEY, .emphasis = true },
	{ "open_amount", TYPE_MONEY },
	{ "reason", TYPE_TEXT },
	{ 0 }
};

static const struct column line_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "price", TYPE_PRICE },
	{ "net_amount", TYPE_MONEY },
	{ "tax_amount", TYPE_MONEY },
	{ "amount", TYPE_MONEY },
	{ "red_qty", TYPE_QTY },
	{ 0 }
};

static const struct column settled_columns[] = {
	{ "doc_no", TYPE_CODE },
	{ "allocated_on", TYPE_DATE },
	{ "how", TYPE_STATUS, .set = "how" },
	{ "amount", TYPE_MONEY },
	{ 0 }
};

static int
invoice_view(struct req *r)
{
	const struct rows *i = req_query(r, VIEW, S(r->token), I(req_int(r, "id", 0)));

	if (!req_record(r, "view", i, "doc_no", "invoice", "state"))
		return 404;
	x_record(r->page, "invoice", i, facts);
	list_rows(r, "invoice-lines", i->next, line_columns, NULL);
	x_list(r, "settlements", i->next->next, settled_columns, NULL);
	return 200;
}

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_INVOICE_VIEW, invoice_list, .list = &invoices },
	{ "/view", GET, PERM_INVOICE_VIEW, invoice_view, id_field },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "invoices", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
