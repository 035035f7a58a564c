/*
 * inventory.c - what the company holds as it last reported: by product, by lot, and
 * the history of one product.
 *
 * Months of stock is what is there over the sales of a month, the mean of three.
 * What is slow, near its expiry, too much or too little says so.
 */
#include "flowview.h"
#include "form.h"

enum { VIEW, NSQL };

static const struct sql sql[NSQL] = {
	[VIEW] = { "inventory.view", "CALL portal_inventory_view(?, ?)" },
};

static const char *const states[] = { "high", "low", "slow", "near", "expired", NULL };

static const struct view views[] = {
	{ "products", "/inventory/" },
	{ "lots", "/inventory/lots" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH, .max = 60 } },
	{ { "state", TYPE_SELECT, .set = "inventory", .options = states } },
	{ 0 }
};

static const struct column product_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "yes" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "yes", .emphasis = true },
	{ "lots", TYPE_INT },
	{ "monthly", TYPE_QTY },
	{ "months", TYPE_QTY, .sort = "yes" },
	{ "pace", TYPE_STATUS, .set = "inventory" },
	{ "state", TYPE_STATUS, .set = "inventory" },
	{ "expires_on", TYPE_DATE, .sort = "yes" },
	{ "last_month", TYPE_MONTH },
	{ "difference", TYPE_QTY },
	{ "stock_date", TYPE_DATE, .sort = "yes" },
	{ 0 }
};

static const struct list products = {
	.name = "my-inventory",
	.columns = product_columns,
	.filters = filters,
	.views = views,
	.row_href = "/inventory/view?id={product_id}",
	.sort = "product",
	.call = "portal_inventory_list",
	.call_args = 1,
};

static const struct column lot_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "yes" },
	{ "lot_no", TYPE_CODE },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "yes", .emphasis = true },
	{ "expires_on", TYPE_DATE, .sort = "yes" },
	{ "pace", TYPE_STATUS, .set = "inventory" },
	{ "state", TYPE_STATUS, .set = "inventory" },
	{ "months", TYPE_QTY, .sort = "yes" },
	{ "difference", TYPE_QTY },
	{ "stock_date", TYPE_DATE, .sort = "yes" },
	{ 0 }
};

static const struct list lots = {
	.name = "my-inventory",
	.columns = lot_columns,
	.filters = filters,
	.views = views,
	.row_href = "/inventory/view?id={product_id}",
	.sort = "product",
	.call = "portal_inventory_list",
	.call_args = 1,
};

static int
by_product(struct req *r)
{
	return list_page(r, &products, S("product"));
}

static int
by_lot(struct req *r)
{
	return list_page(r, &lots, S("lot"));
}

static const struct column record[] = {
	{ "code", TYPE_CODE },
	{ "pack", TYPE_TEXT },
	{ "qty", TYPE_QTY, .unit = "{unit}", .emphasis = true },
	{ "expires_on", TYPE_DATE },
	{ "stock_date", TYPE_DATE },
	{ 0 }
};

static const struct column held_columns[] = {
	{ "lot_no", TYPE_CODE },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "expires_on", TYPE_DATE },
	{ "stock_date", TYPE_DATE },
	{ 0 }
};

static int
inventory_view(struct req *r)
{
	const struct rows *p = req_query(r, VIEW, S(r->token), I(req_int(r, "id", 0)));

	if (p->n == 0)
		return 404;
	req_page(r, "view");
	req_title(r, row_str(p, 0, "product"));
	req_trail(r, "inventory", "/inventory/");
	x_record(r->page, "inventory", p, record);
	flow_chart(r, "inventory", p->next);
	list_rows(r, "inventory-lots", rows_next(p->next), held_columns, NULL);
	return 200;
}

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, by_product, .list = &products },
	{ "/lots", GET, PERM_FLOW_VIEW, by_lot, .list = &lots },
	{ "/view", GET, PERM_FLOW_VIEW, inventory_view, id_field },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "inventory", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
