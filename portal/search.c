/* search.c - one box for a buyer's documents, products and lots.  See search.h. */
#include "search.h"

enum { SEARCH, NSQL };

static const struct sql sql[NSQL] = {
	[SEARCH] = { "search.all", "CALL portal_search(?, ?, ?)" },
};

static const struct column order_columns[] = {
	{ "order_no", TYPE_CODE, .sub = "po_no" },
	{ "placed_at", TYPE_DATETIME },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "order" },
	{ 0 }
};

static const struct column shipment_columns[] = {
	{ "shipment_no", TYPE_CODE, .sub = "order_no" },
	{ "shipped_on", TYPE_DATE },
	{ "status", TYPE_STATUS, .set = "shipment" },
	{ 0 }
};

static const struct column invoice_columns[] = {
	{ "doc_no", TYPE_CODE, .sub = "invoice_no" },
	{ "issued_on", TYPE_DATE },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "invoice" },
	{ 0 }
};

static const struct column product_columns[] = {
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "code", TYPE_CODE },
	{ 0 }
};

static const struct column lot_columns[] = {
	{ "lot_no", TYPE_CODE },
	{ "product", TYPE_TEXT },
	{ "expires_on", TYPE_DATE },
	{ "shipment_no", TYPE_CODE, .sub = "shipped_on" },
	{ 0 }
};

static const struct column held_columns[] = {
	{ "lot_no", TYPE_CODE },
	{ "product", TYPE_TEXT },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sub = "stock_date" },
	{ "expires_on", TYPE_DATE },
	{ 0 }
};

static const struct column branch_columns[] = {
	{ "lot_no", TYPE_CODE },
	{ "product", TYPE_TEXT },
	{ "branch", TYPE_TEXT },
	{ "qty", TYPE_QTY, .unit = "{unit}", .sub = "stock_date" },
	{ "expires_on", TYPE_DATE },
	{ 0 }
};

/* In the order of the procedure's results; it leaves out what the person may not see. */
static const struct search_kind kinds[] = {
	{ "orders", PERM_ORDER_VIEW, order_columns, "/orders/view?id={id}", "order_no",
	    "/orders/" },
	{ "shipments", PERM_SHIPMENT_VIEW, shipment_columns, "/shipments/view?id={id}",
	    "shipment_no", "/shipments/" },
	{ "invoices", PERM_INVOICE_VIEW, invoice_columns, "/invoices/view?id={id}", "doc_no",
	    "/invoices/" },
	{ "products", PERM_CATALOGUE_VIEW, product_columns, "/catalogue/view?id={id}", "code",
	    "/catalogue/" },
	{ "lots", PERM_SHIPMENT_VIEW, lot_columns, "/shipments/view?id={id}", "lot_no", NULL },
	{ "held", PERM_FLOW_VIEW, held_columns, "/inventory/view?id={id}", "lot_no",
	    "/inventory/lots" },
	{ "branches", PERM_CHAIN_STOCK_VIEW, branch_columns, "/stock/branches?q={lot_no}", "lot_no",
	    "/stock/branches" },
};

static int
search(struct req *r)
{
	const char *text = search_text(r);
	const char *straight = NULL;
	const struct rows *found;

	if (text[0] == '\0')
		return search_done(r, NULL);
	found = req_query(r, SEARCH, S(r->token), S(text), I(SEARCH_SHOWN));
	for (size_t i = 0; i < LEN(kinds) && found != NULL; i++, found = found->next)
		search_found(r, &kinds[i], found, &straight);
	return search_done(r, straight);
}

static const struct route routes[] = {
	{ "/", GET, PERM_SIGNED_IN, search, search_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "search", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
