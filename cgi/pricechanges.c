/*
 * pricechanges.c - prices that fell (降价): what distributors held then is made up for by
 * a rebate policy of price protection.
 *
 * Only a draft is changed: runs were computed with the others.  One entered in error
 * becomes void, and the next run takes back what it gave.
 */
#include "form.h"
#include "list.h"

enum { GET_ONE, NEW_ONE, SAVE, NSQL };

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "pricechanges.get",
		"SELECT c.*, p.code AS product, p.code AS title FROM price_change c"
		" JOIN product p ON p.id = c.product_id WHERE c.id = ?" },
	[NEW_ONE] = { "pricechanges.new",
		"SELECT 'draft' AS status, business_day() AS changed_on" },
	[SAVE] = { "pricechanges.save", "CALL price_change_save(?, ?, ?, ?, ?, ?, ?, ?, ?)" },
};

static const char *const statuses[] = { "draft", "active", "void", NULL };

static const struct column columns[] = {
	{ "code", TYPE_CODE },
	{ "product", TYPE_TEXT, .sub = "pack" },
	{ "changed_on", TYPE_DATE, .sort = "c.changed_on" },
	{ "old_price", TYPE_PRICE },
	{ "new_price", TYPE_PRICE, .emphasis = true },
	{ "document_no", TYPE_TEXT, .sub = "note" },
	{ "status", TYPE_STATUS, .set = "dated_price" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH },
	    "p.code LIKE ? OR p.generic_name LIKE ? OR p.pinyin LIKE ? OR c.document_no LIKE ?", 4,
	    true },
	{ { "from", TYPE_DATE }, "c.changed_on >= ?" },
	{ { "to", TYPE_DATE }, "c.changed_on <= ?" },
	{ { "status", TYPE_SELECT, .set = "dated_price", .options = statuses }, "c.status = ?" },
	{ 0 }
};

static const struct list changes = {
	.name = "price-changes",
	.columns = columns,
	.filters = filters,
	.row_href = "/pricechanges/edit?id={id}",
	.sort = "-changed_on",
	.select = "c.id, p.code, p.generic_name AS product, p.pack_spec AS pack, c.changed_on,"
	    " c.old_price, c.new_price, c.document_no, c.note, c.status",
	.from = "price_change c JOIN product p ON p.id = c.product_id",
	.key = "c.id",
	.create = "create",
	.create_href = "/pricechanges/edit",
	.create_perm = PERM_PRICE_EDIT,
};

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "product", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/products" },
	{ "changed_on", TYPE_DATE, REQUIRED },
	{ "old_price", TYPE_PRICE, REQUIRED },
	{ "new_price", TYPE_PRICE, REQUIRED },
	{ "document_no", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "status", TYPE_SELECT, REQUIRED, .set = "dated_price", .options = statuses },
	{ "note", TYPE_TEXT, .max = 200 },
	{ 0 }
};

static int
change_list(struct req *r)
{
	struct list shown = changes;

	if (req_may(r, PERM_PRICE_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/pricechanges/edit"), "primary",
		    true);
	else
		shown.row_href = NULL;
	return list_page(r, &shown);
}

static int
change_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *c = id == 0 ? req_query(r, NEW_ONE) : req_query(r, GET_ONE, I(id));

	if (!req_editing(r, c, "title"))
		return 404;
	form_action(x_form(r, "price-change", "/pricechanges/save", fields, c), "save");
	return 200;
}

static int
change_save(struct req *r)
{
	return req_done(r, req_query(r, SAVE, I(req_int(r, "id", 0)),
	    I(req_int(r, "_version", 0)), S(req_str(r, "product")), D(req_str(r, "changed_on")),
	    M(req_str(r, "old_price")), M(req_str(r, "new_price")), S(req_str(r, "document_no")),
	    S(req_str(r, "status")), T(req_str(r, "note"))), "saved", "/pricechanges/");
}

static const struct route routes[] = {
	{ "/", GET, PERM_PRICE_VIEW, change_list, .list = &changes },
	{ "/edit", GET, PERM_PRICE_EDIT, change_edit, fields },
	{ "/save", POST, PERM_PRICE_EDIT, change_save, fields, change_edit },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "pricechanges", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
