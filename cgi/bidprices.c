/*
 * bidprices.c - prices at which terminals buy (中选价、挂网价), by product and place:
 * chargebacks are computed with them.
 *
 * The narrower holds: a terminal, a county, city or province, everywhere; then the
 * later.  What is in force may end or become void, nothing else of it changes.
 */
#include "form.h"
#include "list.h"

enum { GET_ONE, NEW_ONE, SAVE, NSQL };

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "bidprices.get",
		"SELECT b.*, p.code AS product, b.region_code AS region, y.code AS terminal,"
		" p.code AS title"
		" FROM bid_price b JOIN product p ON p.id = b.product_id"
		" LEFT JOIN party y ON y.id = b.terminal_id WHERE b.id = ?" },
	[NEW_ONE] = { "bidprices.new",
		"SELECT 'draft' AS status, business_day() AS valid_from" },
	[SAVE] = { "bidprices.save", "CALL bid_price_save(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
};

static const char *const statuses[] = { "draft", "active", "void", NULL };

static const struct column columns[] = {
	{ "code", TYPE_CODE },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "place", TYPE_TEXT },
	{ "price", TYPE_PRICE, .emphasis = true },
	{ "valid_from", TYPE_DATE, .sort = "b.valid_from" },
	{ "valid_to", TYPE_DATE },
	{ "document_no", TYPE_TEXT, .sub = "note" },
	{ "status", TYPE_STATUS, .set = "dated_price" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH },
	    "p.code LIKE ? OR p.generic_name LIKE ? OR p.pinyin LIKE ? OR y.name LIKE ?", 4, true },
	{ { "day", TYPE_DATE }, "b.valid_from <= ? AND COALESCE(b.valid_to, '9999-12-31') >= ?",
	    2 },
	{ { "region", TYPE_LOOKUP, .href = "/suggest/regions" }, "b.region_code = ?" },
	{ { "status", TYPE_SELECT, .set = "dated_price", .options = statuses }, "b.status = ?" },
	{ 0 }
};

static const struct list bids = {
	.name = "bid-prices",
	.columns = columns,
	.filters = filters,
	.row_href = "/bidprices/edit?id={id}",
	.sort = "-valid_from",
	.select = "b.id, p.code, p.generic_name AS product, p.pack_spec AS pack,"
	    " COALESCE(y.name, g.name) AS place, b.price, b.valid_from, b.valid_to,"
	    " b.document_no, b.note, b.status",
	.from = "bid_price b JOIN product p ON p.id = b.product_id"
	    " LEFT JOIN party y ON y.id = b.terminal_id"
	    " LEFT JOIN region g ON g.code = b.region_code",
	.key = "b.id",
	.create = "create",
	.create_href = "/bidprices/edit",
	.create_perm = PERM_PRICE_EDIT,
};

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "product", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/products" },
	{ "region", TYPE_LOOKUP, .max = 12, .href = "/suggest/regions" },
	{ "terminal", TYPE_LOOKUP, .max = 20, .href = "/suggest/all" },
	{ "price", TYPE_PRICE, REQUIRED },
	{ "valid_from", TYPE_DATE, REQUIRED },
	{ "valid_to", TYPE_DATE },
	{ "document_no", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "status", TYPE_SELECT, REQUIRED, .set = "dated_price", .options = statuses },
	{ "note", TYPE_TEXT, .max = 200 },
	{ 0 }
};

static int
bid_list(struct req *r)
{
	struct list shown = bids;

	if (req_may(r, PERM_PRICE_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/bidprices/edit"), "primary", true);
	else
		shown.row_href = NULL;
	return list_page(r, &shown);
}

static int
bid_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *b = id == 0 ? req_query(r, NEW_ONE) : req_query(r, GET_ONE, I(id));

	if (!req_editing(r, b, "title"))
		return 404;
	form_action(x_form(r, "bid-price", "/bidprices/save", fields, b), "save");
	return 200;
}

static int
bid_save(struct req *r)
{
	return req_done(r, req_query(r, SAVE, I(req_int(r, "id", 0)),
	    I(req_int(r, "_version", 0)), S(req_str(r, "product")), T(req_str(r, "region")),
	    T(req_str(r, "terminal")), M(req_str(r, "price")), D(req_str(r, "valid_from")),
	    D(req_str(r, "valid_to")), S(req_str(r, "document_no")), S(req_str(r, "status")),
	    T(req_str(r, "note"))), "saved", "/bidprices/");
}

static const struct route routes[] = {
	{ "/", GET, PERM_PRICE_VIEW, bid_list, .list = &bids },
	{ "/edit", GET, PERM_PRICE_EDIT, bid_edit, fields },
	{ "/save", POST, PERM_PRICE_EDIT, bid_save, fields, bid_edit },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "bidprices", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
