/*
 * flows.c - what the company reported: its sales by terminal, product, month and
 * lot down to the row, what it bought beside what was shipped to it, and which
 * products it sells in which hospitals.
 *
 * Figures come from months rolled up, rows from files that are imported; a row
 * shows what was received beside what it was understood as.
 */
#include <string.h>

#include "export.h"
#include "flowview.h"
#include "form.h"

enum { PRODUCTS, NSQL };
enum { MONTHS = 12 };

static const struct sql sql[NSQL] = {
	[PRODUCTS] = { "flows.products", "CALL portal_flows_products(?, ?, ?)" },
};

static const char *const kinds[] = { "sale", "purchase", NULL };
static const char *const states[] = { "new", "active", "stopped", NULL };

/* The tabs: the same months, looked at from another side. */
static const struct view views[] = {
	{ "terminals", "/flows/" },
	{ "products", "/flows/products" },
	{ "months", "/flows/months" },
	{ "lots", "/flows/lots" },
	{ "carried", "/flows/carried" },
	{ "bought", "/flows/bought" },
	{ "rows", "/flows/rows" },
	{ 0 }
};

#define PERIOD_AND_THINGS \
	{ { "q", TYPE_SEARCH, .max = 60 } }, \
	{ { "from", TYPE_MONTH } }, \
	{ { "to", TYPE_MONTH } }, \
	{ { "product", TYPE_SELECT } }, \
	{ { "terminal", TYPE_CODE, .max = 60 } }

static const struct filter filters[] = { PERIOD_AND_THINGS, { 0 } };

static const struct filter row_filters[] = {
	PERIOD_AND_THINGS,
	{ { "lot", TYPE_CODE, .max = 40 } },
	{ { "kind", TYPE_SELECT, .set = "flow_side", .options = kinds } },
	{ 0 }
};

static const struct filter carried_filters[] = {
	PERIOD_AND_THINGS,
	{ { "state", TYPE_SELECT, .set = "carried", .options = states } },
	{ 0 }
};

static const struct column terminal_columns[] = {
	{ "terminal", TYPE_TEXT, .sub = "place", .sort = "yes" },
	{ "code", TYPE_CODE },
	{ "state", TYPE_STATUS, .set = "flow_known" },
	{ "qty", TYPE_QTY, .sort = "yes" },
	{ "amount", TYPE_MONEY, .sort = "yes" },
	{ "flow_rows", TYPE_INT, .sort = "yes" },
	{ "last_month", TYPE_MONTH, .sort = "yes" },
	{ 0 }
};

static const struct list terminals = {
	.name = "my-flows",
	.columns = terminal_columns,
	.filters = filters,
	.views = views,
	.row_href = "/flows/rows?terminal={code}",
	.drill = true,
	.sort = "-qty",
	.call = "portal_flows_list",
	.count_call = "portal_flows_count",
	.months_call = "portal_flows_months",
	.call_args = 2,
};

static const struct column product_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "yes" },
	{ "code", TYPE_CODE, .sort = "yes" },
	{ "state", TYPE_STATUS, .set = "flow_known" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "yes" },
	{ "amount", TYPE_MONEY, .sort = "yes" },
	{ "flow_rows", TYPE_INT, .sort = "yes" },
	{ "last_month", TYPE_MONTH, .sort = "yes" },
	{ 0 }
};

static const struct list products = {
	.name = "my-flows",
	.columns = product_columns,
	.filters = filters,
	.views = views,
	.row_href = "/flows/rows?product={code}",
	.drill = true,
	.sort = "-qty",
	.call = "portal_flows_list",
	.count_call = "portal_flows_count",
	.months_call = "portal_flows_months",
	.call_args = 2,
};

static const struct column month_columns[] = {
	{ "month", TYPE_MONTH, .sort = "yes" },
	{ "qty", TYPE_QTY, .sort = "yes" },
	{ "amount", TYPE_MONEY, .sort = "yes" },
	{ "flow_rows", TYPE_INT, .sort = "yes" },
	{ 0 }
};

static const struct list months = {
	.name = "my-flows",
	.columns = month_columns,
	.filters = filters,
	.views = views,
	.row_href = "/flows/rows?from={month}&to={month}",
	.drill = true,
	.sort = "-month",
	.call = "portal_flows_list",
	.count_call = "portal_flows_count",
	.months_call = "portal_flows_months",
	.call_args = 2,
};

static const struct column lot_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "yes" },
	{ "lot_no", TYPE_CODE, .sort = "yes" },
	{ "expires_on", TYPE_DATE },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "yes" },
	{ "amount", TYPE_MONEY },
	{ "terminals", TYPE_INT },
	{ "flow_rows", TYPE_INT },
	{ "first_sold", TYPE_DATE },
	{ "last_sold", TYPE_DATE, .sort = "yes" },
	{ 0 }
};

static const struct list lots = {
	.name = "my-flow-lots",
	.columns = lot_columns,
	.filters = row_filters,
	.views = views,
	.row_href = "/flows/rows?product={code}&lot={lot_no}",
	.drill = true,
	.sort = "-last_sold",
	.call = "portal_flows_lots_list",
	.months_call = "portal_flows_rows_months",
};

static const struct column row_columns[] = {
	{ "biz_date", TYPE_DATE, .sub = "doc_no", .sort = "yes" },
	{ "raw_party", TYPE_TEXT },
	{ "terminal", TYPE_TEXT },
	{ "raw_product", TYPE_TEXT, .sub = "raw_spec" },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "lot_no", TYPE_CODE },
	{ "raw_qty", TYPE_QTY, .unit = "{raw_unit}" },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sort = "yes", .emphasis = true },
	{ "price", TYPE_PRICE, .optional = true },
	{ "amount", TYPE_MONEY, .sort = "yes" },
	{ "state", TYPE_STATUS, .set = "flow_known" },
	{ "file", TYPE_TEXT, .optional = true },
	{ "row_no", TYPE_INT, .optional = true },
	{ 0 }
};

static const struct list flow_rows = {
	.name = "my-flow-rows",
	.columns = row_columns,
	.filters = row_filters,
	.views = views,
	.action = "appeal",
	.action_opens = true,
	.action_href = "/corrections/row?row={appeal}&month={month}",
	.action_perm = PERM_FLOW_CORRECT,
	.sort = "-biz_date",
	.call = "portal_flows_rows_list",
	.count_call = "portal_flows_rows_count",
	.months_call = "portal_flows_rows_months",
};

static const struct column bought_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "yes" },
	{ "month", TYPE_MONTH, .sort = "yes" },
	{ "reported", TYPE_QTY, .unit = "{unit}", .sort = "yes" },
	{ "shipped", TYPE_QTY, .unit = "{unit}", .sort = "yes" },
	{ "difference", TYPE_QTY, .sort = "yes", .emphasis = true },
	{ "state", TYPE_STATUS, .set = "flow_bought" },
	{ 0 }
};

static const struct list bought = {
	.name = "my-bought",
	.columns = bought_columns,
	.filters = filters,
	.views = views,
	.row_href = "/flows/rows?product={code}&from={month}&to={month}&kind=purchase",
	.sort = "-month",
	.call = "portal_flows_bought_list",
};

static const struct column carried_columns[] = {
	{ "terminal", TYPE_TEXT, .sub = "place", .sort = "yes" },
	{ "grade", TYPE_TEXT, .optional = true },
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "yes" },
	{ "qty_three", TYPE_QTY, .unit = "{unit}", .sort = "yes", .emphasis = true },
	{ "qty_before", TYPE_QTY },
	{ "qty", TYPE_QTY, .sort = "yes" },
	{ "last_sold", TYPE_DATE, .sort = "yes" },
	{ "state", TYPE_STATUS, .set = "carried" },
	{ 0 }
};

static const struct list carried = {
	.name = "my-carried",
	.columns = carried_columns,
	.filters = carried_filters,
	.views = views,
	.row_href = "/flows/rows?terminal={terminal_code}&product={code}",
	.drill = true,
	.sort = "-qty_three",
	.call = "portal_flows_carried_list",
};

static void
offer_products(struct req *r)
{
	if (!export_asked(r))
		form_options(r->page, "product", req_query(r, PRODUCTS, S(r->token),
		    S(req_str(r, "from")), S(req_str(r, "to"))));
}

/* A page of rolled up months. */
static int
grouped(struct req *r, const struct list *list, const char *by)
{
	int status;

	flow_period(r, MONTHS);
	if (!export_asked(r))
		flow_figures(r, list_months(r, list, S(by), S("sale")));
	status = list_page(r, list, S(by), S("sale"));
	offer_products(r);
	if (!export_asked(r) && req_may(r, PERM_FLOW_UPLOAD))
		x_action(r->heading, "flow.upload", "get", "/uploads/");
	return status;
}

static int
by_terminal(struct req *r)
{
	return grouped(r, &terminals, "terminal");
}

static int
by_product(struct req *r)
{
	return grouped(r, &products, "product");
}

static int
by_month(struct req *r)
{
	return grouped(r, &months, "month");
}

/* A page over the rows themselves. */
static int
detailed(struct req *r, const struct list *list)
{
	int status;

	flow_period(r, MONTHS);
	flow_default(r, "kind", "sale");
	if (!export_asked(r))
		flow_figures(r, list_months(r, list));
	status = list_page(r, list);
	offer_products(r);
	return status;
}

static int
by_lot(struct req *r)
{
	return detailed(r, &lots);
}

static int
rows_list(struct req *r)
{
	return detailed(r, &flow_rows);
}

static int
plain(struct req *r, const struct list *list)
{
	int status;

	flow_period(r, MONTHS);
	status = list_page(r, list);
	offer_products(r);
	return status;
}

static int
bought_list(struct req *r)
{
	return plain(r, &bought);
}

static int
carried_list(struct req *r)
{
	return plain(r, &carried);
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, by_terminal, .list = &terminals },
	{ "/products", GET, PERM_FLOW_VIEW, by_product, .list = &products },
	{ "/months", GET, PERM_FLOW_VIEW, by_month, .list = &months },
	{ "/lots", GET, PERM_FLOW_VIEW, by_lot, .list = &lots },
	{ "/rows", GET, PERM_FLOW_VIEW, rows_list, .list = &flow_rows },
	{ "/bought", GET, PERM_FLOW_VIEW, bought_list, .list = &bought },
	{ "/carried", GET, PERM_FLOW_VIEW, carried_list, .list = &carried },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "flows", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
