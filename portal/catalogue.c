/*
 * catalogue.c - what the company may buy: products at its own prices, with pack rules
 * and as much of our stock as the policy shows.
 *
 * A product another company may see is, here, an unknown one.  From every page a
 * product goes into the draft that is being written.
 */
#include <string.h>

#include "attach.h"
#include "export.h"
#include "form.h"
#include "list.h"

enum { VIEW, GROUPS, FILE_GET, ADD, TEMPLATE, NSQL };

static const struct sql sql[NSQL] = {
	[VIEW] = { "catalogue.view", "CALL portal_catalogue_view(?, ?)" },
	[GROUPS] = { "catalogue.groups", "CALL portal_catalogue_groups(?)" },
	[FILE_GET] = { "catalogue.file_get", "CALL portal_file_get(?, ?)" },
	[ADD] = { "catalogue.add", "CALL portal_entry_add(?, ?, ?)" },
	[TEMPLATE] = { "catalogue.template", "CALL portal_entry_template(?)" },
};

static const char *const storages[] = { "normal", "cool", "cold", "frozen", NULL };
static const char *const onlys[] = { "priced", NULL };

/* ---- the list ---- */

static const struct column columns[] = {
	{ "product", TYPE_TEXT, .sub = "trade_name", .sort = "product" },
	{ "code", TYPE_CODE, .sort = "code" },
	{ "pack", TYPE_TEXT, .sub = "dosage_form" },
	{ "maker", TYPE_TEXT, .sub = "approval_no" },
	{ "storage_class", TYPE_STATUS, .set = "storage" },
	{ "nhsa_category", TYPE_STATUS, .set = "nhsa", .optional = true },
	{ "min_qty", TYPE_QTY, .unit = "{unit}", .optional = true },
	{ "qty_multiple", TYPE_QTY, .unit = "{unit}" },
	{ "case_qty", TYPE_QTY, .unit = "{unit}", .optional = true },
	{ "price", TYPE_PRICE },
	{ "band", TYPE_STATUS, .set = "availability", .sub = "free" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH, .max = 60 }, .where = "" },
	{ { "group", TYPE_SELECT }, .where = "" },
	{ { "storage", TYPE_SELECT, .set = "storage", .options = storages }, .where = "" },
	{ { "only", TYPE_SELECT, .set = "only", .options = onlys }, .where = "" },
	{ 0 }
};

static const struct list products = {
	.name = "catalogue",
	.columns = columns,
	.filters = filters,
	.row_href = "/catalogue/view?id={id}",
	.picture = "/catalogue/picture?token={picture}",
	.action = "order.add",
	.action_href = "/catalogue/add?product={id}&qty={first_qty}&for={price}",
	.action_perm = PERM_ORDER_CREATE,
	.sort = "code",
	.call = "portal_catalogue_list",
	.count_call = "portal_catalogue_count",
};

/* The choice of groups, as a select takes its options. */
static const struct rows *
group_options(struct req *r)
{
	static const char *const names[] = { "value", "label" };
	struct rows *rows = pool_alloc(r->pool, sizeof(*rows));

	*rows = *req_query(r, GROUPS, S(r->token));
	rows->names = names;
	return rows;
}

/* Every row's button leads back to this page of the list. */
static void
add_way_back(struct req *r)
{
	const char *here = r->query[0] == '\0' ? r->path :
	    pool_printf(r->pool, "%s?%s", r->path, r->query);
	xmlNodePtr list = r->page->last;
	const char *query = r->query, *back;

	r->query = "";
	back = strchr(req_url_with(r, "back", here), '?') + 1;
	r->query = query;
	for (xmlNodePtr row = list->children; row != NULL; row = row->next) {
		xmlNodePtr action = row->last;
		xmlChar *href;

		if (!xmlStrEqual(row->name, (const xmlChar *)"row") ||
		    !xmlStrEqual(action->name, (const xmlChar *)"action"))
			continue;
		href = xmlGetNoNsProp(action, (const xmlChar *)"href");
		xmlSetProp(action, (const xmlChar *)"href",
		    (const xmlChar *)pool_printf(r->pool, "%s&%s", (const char *)href, back));
		xmlFree(href);
	}
}

static int
catalogue_list(struct req *r)
{
	int status = list_page(r, &products);

	if (r->streamed)
		return status;
	add_way_back(r);
	if (req_may(r, PERM_ORDER_CREATE)) {
		x_link(r->heading, "template", "/catalogue/template?format=xlsx");
		x_flag(x_action(r->heading, "order.new", "get", "/entry/"), "primary", true);
	}
	form_options(r->page, "group", group_options(r));
	return status;
}

/* ---- a product ---- */

static const struct column facts[] = {
	{ "code", TYPE_CODE },
	{ "trade_name", TYPE_TEXT },
	{ "price", TYPE_PRICE, .emphasis = true },
	{ "band", TYPE_STATUS, .set = "availability", .sub = "free" },
	{ "pack", TYPE_TEXT },
	{ "min_qty", TYPE_QTY, .unit = "{unit}" },
	{ "qty_multiple", TYPE_QTY, .unit = "{unit}" },
	{ "case_qty", TYPE_QTY, .unit = "{unit}" },
	{ "maker", TYPE_TEXT },
	{ "approval_no", TYPE_CODE },
	{ "barcode", TYPE_CODE },
	{ "dosage_form", TYPE_TEXT },
	{ "strength", TYPE_TEXT },
	{ "storage_class", TYPE_STATUS, .set = "storage", .sub = "storage_note" },
	{ "nhsa_category", TYPE_STATUS, .set = "nhsa", .sub = "nhsa_code" },
	{ "shelf_life_months", TYPE_INT },
	{ "vat_rate", TYPE_PERCENT },
	{ "description", TYPE_TEXT },
	{ 0 }
};

static const struct column step_columns[] = {
	{ "min_qty", TYPE_TEXT },
	{ "price", TYPE_PRICE },
	{ 0 }
};

static const struct column lot_columns[] = {
	{ "lot_no", TYPE_CODE },
	{ "produced_on", TYPE_DATE },
	{ "expires_on", TYPE_DATE },
	{ "free", TYPE_QTY },
	{ "test_report", TYPE_TEXT, .href = "/catalogue/file?token={report}" },
	{ 0 }
};

static const struct column past_columns[] = {
	{ "order_no", TYPE_CODE, .href = "/orders/view?id={id}" },
	{ "placed_at", TYPE_DATETIME },
	{ "status", TYPE_STATUS, .set = "order" },
	{ "ordered_qty", TYPE_QTY },
	{ "approved_qty", TYPE_QTY },
	{ "shipped_qty", TYPE_QTY },
	{ "price", TYPE_PRICE },
	{ 0 }
};

/* How many, and into the draft; a product that may not be bought says why instead. */
static void
add_to_draft(struct req *r, const struct rows *product)
{
	static const struct field fields[] = {
		{ "product", TYPE_HIDDEN },
		{ "qty", TYPE_QTY, REQUIRED },
		{ 0 }
	};
	const char *refusal = row_str(product, 0, "refusal");
	xmlNodePtr form, field;

	if (!req_may(r, PERM_ORDER_CREATE))
		return;
	if (refusal[0] != '\0') {
		x_notice(r->page, "warning", pool_printf(r->pool, "notice.catalogue.%.*s",
		    (int)strcspn(refusal, "|"), refusal));
		return;
	}
	form = x_form(r, "catalogue-add", "/catalogue/add", NULL, NULL);
	form_field(r, form, &fields[0], "product", row_str(product, 0, "id"));
	field = form_field(r, form, &fields[1], "qty", r->again ? req_str(r, "qty") :
	    row_int(product, 0, "min_qty") > row_int(product, 0, "qty_multiple") ?
	    row_str(product, 0, "min_qty") : row_str(product, 0, "qty_multiple"));
	x_attr(field, "step", row_str(product, 0, "qty_multiple"));
	x_attr(field, "min", row_str(product, 0, "qty_multiple"));
	x_attr(field, "unit", row_str(product, 0, "unit"));
	form_action(form, "order.add");
}

static int
catalogue_view(struct req *r)
{
	const struct rows *product = req_query(r, VIEW, S(r->token),
	    I(req_int(r, r->route->method == POST ? "product" : "id", 0)));
	const struct rows *steps = rows_next(product), *lots = rows_next(steps);
	const struct rows *past = rows_next(lots);

	if (product->n == 0)
		return 404;
	req_page(r, "view");
	req_title(r, row_str(product, 0, "product"));
	req_trail(r, "catalogue", "/catalogue/");
	add_to_draft(r, product);
	x_picture(x_record(r->page, "catalogue-product", product, facts),
	    x_href(r->pool, "/catalogue/picture?token={image}", product, 0));
	if (steps->n > 1)
		x_list(r, "catalogue-steps", steps, step_columns, NULL);
	if (lots->n > 0)
		x_list(r, "catalogue-lots", lots, lot_columns, NULL);
	if (past->n > 0 && req_may(r, PERM_ORDER_VIEW))
		x_list(r, "catalogue-past", past, past_columns, NULL);
	return 200;
}

static int
catalogue_file(struct req *r)
{
	return attach_send(r, req_query(r, FILE_GET, S(r->token), S(req_str(r, "token"))));
}

static int
catalogue_picture(struct req *r)
{
	return attach_show(r, req_query(r, FILE_GET, S(r->token), S(req_str(r, "token"))));
}

/* ---- into the draft ---- */

static const struct field id_field[] = { { "id", TYPE_INT, REQUIRED }, { 0 } };
static const struct field token_field[] = { { "token", TYPE_TEXT, REQUIRED, .max = 32 }, { 0 } };

static const struct field add_fields[] = {
	{ "product", TYPE_INT, REQUIRED },
	{ "qty", TYPE_QTY, REQUIRED, 1, 999999999 },
	{ "for", TYPE_PRICE },
	{ "back", TYPE_TEXT, .max = 1000 },
	{ 0 }
};

/* The draft is on the next page, or the clerk goes on choosing where he was. */
static int
catalogue_add(struct req *r)
{
	const struct rows *draft = req_query(r, ADD, S(r->token), I(req_int(r, "product", 0)),
	    I(req_int(r, "qty", 0)));

	if (draft->n == 0)
		return 404;
	req_notice(r, "catalogue.added");
	if (strncmp(req_str(r, "back"), "/catalogue/", 11) == 0)
		return req_redirect(r, "%s", req_str(r, "back"));
	return req_redirect(r, "/entry/?id=%s", row_str(draft, 0, "id"));
}

/* ---- a sheet to fill in quantities ---- */

static const struct column template_columns[] = {
	{ "code", TYPE_CODE },
	{ "product", TYPE_TEXT },
	{ "pack", TYPE_TEXT },
	{ "qty_multiple", TYPE_QTY },
	{ "price", TYPE_PRICE },
	{ "qty", TYPE_QTY },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static int
catalogue_template(struct req *r)
{
	const struct rows *rows = req_query(r, TEMPLATE, S(r->token));

	if (r->format != FORMAT_CSV)
		r->format = FORMAT_XLSX;
	return export_rows(r, "order-sheet", NULL, rows, template_columns);
}

static const struct route routes[] = {
	{ "/", GET, PERM_CATALOGUE_VIEW, catalogue_list, .list = &products },
	{ "/view", GET, PERM_CATALOGUE_VIEW, catalogue_view, id_field },
	{ "/file", GET, PERM_CATALOGUE_VIEW, catalogue_file, token_field },
	{ "/picture", GET, PERM_CATALOGUE_VIEW, catalogue_picture, token_field },
	{ "/add", POST, PERM_ORDER_CREATE, catalogue_add, add_fields, catalogue_view },
	{ "/template", GET, PERM_ORDER_CREATE, catalogue_template },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "catalogue", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
