/*
 * stock.c - what is in stock for this buyer: ours, as far as the policy shows it
 * (bands or figures, lots or none), and what the branches of a chain hold.
 */
#include "form.h"
#include "list.h"

enum { PRODUCT, PLACES, NSQL };

static const struct sql sql[NSQL] = {
	[PRODUCT] = { "stock.product", "CALL portal_stock_view(?, ?)" },
	[PLACES] = { "stock.places", "CALL portal_stock_places(?)" },
};

static const char *const bands[] = { "in-stock", "limited", "out", NULL };

/* ---- our stock ---- */

static const struct column columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "yes" },
	{ "code", TYPE_CODE, .sort = "yes" },
	{ "band", TYPE_STATUS, .set = "availability" },
	{ "free", TYPE_QTY, .unit = "{unit}" },
	{ "first_expiry", TYPE_DATE },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH } },
	{ { "status", TYPE_SELECT, .set = "availability", .options = bands } },
	{ { "warehouse", TYPE_SELECT } },
	{ 0 }
};

static const struct list stock = {
	.name = "stock",
	.columns = columns,
	.filters = filters,
	.row_href = "/stock/view?id={id}",
	.sort = "product",
	.call = "portal_stock_list",
	.count_call = "portal_stock_count",
};

static int
stock_list(struct req *r)
{
	int status = list_page(r, &stock);

	form_options(r->page, "warehouse", req_query(r, PLACES, S(r->token)));
	if (req_may(r, PERM_CHAIN_STOCK_VIEW))
		x_link(r->heading, "branches", "/stock/branches");
	x_link(r->heading, "purchases", "/stock/history");
	return status;
}

static const struct column facts[] = {
	{ "code", TYPE_CODE },
	{ "pack", TYPE_TEXT },
	{ "maker", TYPE_TEXT },
	{ "approval_no", TYPE_CODE },
	{ "storage_class", TYPE_STATUS, .set = "storage" },
	{ "band", TYPE_STATUS, .set = "availability" },
	{ "free", TYPE_QTY, .unit = "{unit}" },
	{ 0 }
};

static const struct column lot_columns[] = {
	{ "warehouse", TYPE_TEXT, .sub = "place" },
	{ "lot_no", TYPE_CODE, .href = "/shipments/file?file={report}" },
	{ "produced_on", TYPE_DATE },
	{ "expires_on", TYPE_DATE },
	{ "band", TYPE_STATUS, .set = "availability" },
	{ "free", TYPE_QTY },
	{ 0 }
};

static int
stock_view(struct req *r)
{
	const struct rows *p = req_query(r, PRODUCT, S(r->token), I(req_int(r, "id", 0)));

	if (p->n == 0)
		return 404;
	req_page(r, "view");
	req_title(r, row_str(p, 0, "product"));
	req_trail(r, "stock", "/stock/");
	x_record(r->page, "stock-product", p, facts);
	list_rows(r, "stock-lots", p->next, lot_columns, NULL);
	return 200;
}

/* ---- a chain's branches ---- */

static const struct column branch_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "code", TYPE_CODE, .sort = "yes" },
	{ "branch", TYPE_TEXT, .sort = "yes" },
	{ "lot_no", TYPE_CODE },
	{ "expires_on", TYPE_DUE, .sort = "yes" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "yes" },
	{ "stock_date", TYPE_DATE, .sub = "source" },
	{ 0 }
};

static const struct filter branch_filters[] = {
	{ { "q", TYPE_SEARCH } },
	{ { "branch", TYPE_SELECT } },
	{ { "near", TYPE_CHECK } },
	{ 0 }
};

static const struct view branch_views[] = { { "all", "" }, { "near", "near=1" }, { 0 } };

static const struct list branches = {
	.name = "branch-stock",
	.columns = branch_columns,
	.filters = branch_filters,
	.views = branch_views,
	.sort = "branch",
	.call = "portal_stock_branches_list",
	.count_call = "portal_stock_branches_count",
};

static int
branch_list(struct req *r)
{
	int status;

	req_trail(r, "stock", "/stock/");
	status = list_page(r, &branches);
	form_options(r->page, "branch", req_query(r, PLACES, S(r->token))->next);
	return status;
}

/* ---- what we bought ---- */

static const struct column history_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "placed_at", TYPE_DATETIME, .sort = "yes" },
	{ "order_no", TYPE_CODE, .sub = "branch", .href = "/orders/view?id={order_id}" },
	{ "ordered_qty", TYPE_QTY, .unit = "{unit}" },
	{ "shipped_qty", TYPE_QTY },
	{ "delivered_qty", TYPE_QTY },
	{ "invoiced_qty", TYPE_QTY },
	{ "price", TYPE_PRICE },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "order" },
	{ 0 }
};

static const struct filter history_filters[] = {
	{ { "q", TYPE_SEARCH } },
	{ { "from", TYPE_DATE } },
	{ { "to", TYPE_DATE } },
	{ { "branch", TYPE_SELECT } },
	{ 0 }
};

static const struct list history = {
	.name = "purchases",
	.columns = history_columns,
	.filters = history_filters,
	.sort = "-placed_at",
	.call = "portal_stock_history_list",
	.count_call = "portal_stock_history_count",
};

static int
history_list(struct req *r)
{
	int status;

	req_trail(r, "stock", "/stock/");
	status = list_page(r, &history);
	form_options(r->page, "branch", req_query(r, PLACES, S(r->token))->next);
	return status;
}

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_STOCK_VIEW, stock_list, .list = &stock },
	{ "/view", GET, PERM_STOCK_VIEW, stock_view, id_field },
	{ "/branches", GET, PERM_CHAIN_STOCK_VIEW, branch_list, .list = &branches },
	{ "/history", GET, PERM_ORDER_VIEW, history_list, .list = &history },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "stock", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
