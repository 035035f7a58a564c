/*
 * pricecheck.c - what would this customer pay for this quantity on that day, and why.
 *
 * Asks the very routine an order asks (price_for), and shows every list that
 * competes, in the order in which they win.
 */
#include "audience.h"
#include "form.h"
#include "list.h"

enum { TODAY, PRODUCT, PRICE, CANDIDATES, VERDICT, NSQL };

static const struct sql sql[NSQL] = {
	[TODAY] = { "pricecheck.today", "SELECT business_day() AS day" },
	[PRODUCT] = { "pricecheck.product",
		"SELECT p.id, CONCAT(p.generic_name, ' ', p.pack_spec) AS product, p.unit"
		" FROM product p WHERE p.code = ?" },
	[PRICE] = { "pricecheck.price", "CALL price_for(?, ?, ?, ?)" },
	[CANDIDATES] = { "pricecheck.candidates",
		"SELECT t.id, l.id AS list_id, l.code, l.name, l.scope, l.priority, l.valid_from,"
		" l.valid_to, t.min_qty, t.price, COALESCE(t.floor_price, pr.floor_price) AS"
		" floor_price, IF(t.id = price_tier_for(y.id, pr.id, ?, ?), 'wins',"
		" IF(t.min_qty > ?, 'quantity', 'loses')) AS outcome"
		" FROM party y"
		" LEFT JOIN customer c ON c.party_id = y.id"
		" JOIN price_list l ON l.status = 'active' AND (l.scope = 'all'"
		" OR (l.scope = 'province' AND l.province = y.province)"
		" OR (l.scope = 'group' AND l.group_id = c.group_id)"
		" OR (l.scope = 'customer' AND l.party_id = y.id))"
		" JOIN price_tier t ON t.price_list_id = l.id"
		" JOIN product pr ON pr.id = t.product_id"
		" WHERE y.id = ? AND pr.id = ? AND ? BETWEEN l.valid_from AND"
		" COALESCE(l.valid_to, ?)"
		" ORDER BY l.scope + 0 DESC, l.priority DESC, l.valid_from DESC, l.id DESC,"
		" t.min_qty DESC" },
	[VERDICT] = { "pricecheck.verdict",
		"SELECT y.name AS party, y.id AS party_id,"
		" IF(product_visible_to(y.id, p.id, ?), 'true', 'false') AS visible,"
		" IF(licence_gap(y.id, ?) IS NULL AND licence_covers(y.id, p.licence_scope, ?)"
		" AND (p.control_class = 'none' OR licence_covers(y.id, p.control_class, ?)),"
		" 'true', 'false') AS licensed, CAST(? AS INT) AS qty, p.unit"
		" FROM party y, product p WHERE y.id = ? AND p.id = ?" },
};

static const struct field fields[] = {
	{ "party", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/parties" },
	{ "product", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/products" },
	{ "qty", TYPE_INT, REQUIRED, 1, 100000000 },
	{ "day", TYPE_DATE },
	{ 0 }
};

static const struct column price_columns[] = {
	{ "price", TYPE_PRICE, .emphasis = true },
	{ "floor_price", TYPE_PRICE },
	{ "list_code", TYPE_CODE, .href = "/prices/view?id={price_list_id}" },
	{ "min_qty", TYPE_QTY },
	{ 0 }
};

static const struct column verdict_columns[] = {
	{ "party", TYPE_TEXT, .href = "/parties/view?id={party_id}" },
	{ "qty", TYPE_QTY, .unit = "{unit}" },
	{ "visible", TYPE_FLAG },
	{ "licensed", TYPE_FLAG },
	{ 0 }
};

static const struct column candidate_columns[] = {
	{ "code", TYPE_CODE, .sub = "name", .href = "/prices/view?id={list_id}" },
	{ "outcome", TYPE_STATUS, .set = "outcome" },
	{ "scope", TYPE_STATUS, .set = "scope" },
	{ "priority", TYPE_INT },
	{ "min_qty", TYPE_QTY },
	{ "price", TYPE_PRICE, .emphasis = true },
	{ "floor_price", TYPE_PRICE },
	{ "valid_from", TYPE_DATE },
	{ "valid_to", TYPE_DATE },
	{ 0 }
};

static void
add_answer(struct req *r, int64_t party, int64_t product, const struct rows *price,
    const char *day)
{
	int64_t qty = req_int(r, "qty", 1);

	x_record(r->page, "verdict", req_query(r, VERDICT, D(day), D(day), D(day), D(day), I(qty),
	    I(party), I(product)), verdict_columns);
	x_record(r->page, "price", price, price_columns);
	x_list(r, "candidates", req_query(r, CANDIDATES, I(qty), D(day), I(qty), I(party),
	    I(product), D(day), D(day)), candidate_columns, NULL);
}

static int64_t
read_product(struct req *r)
{
	const struct rows *p = req_query(r, PRODUCT, S(req_str(r, "product")));

	if (p->n > 0)
		return row_int(p, 0, "id");
	req_error(r, "product", "product.unknown", "code", req_str(r, "product"), NULL);
	return 0;
}

static void
add_form(struct req *r)
{
	xmlNodePtr form = x_form(r, "check", "/pricecheck/", fields, NULL);

	xmlSetProp(form, (const xmlChar *)"method", (const xmlChar *)"get");
	xmlUnsetProp(form, (const xmlChar *)"idem");
	form_action(form, "check");
}

static int
price_check(struct req *r)
{
	bool asked = !r->again && req_given(r, "party") && req_given(r, "product");
	int64_t party = asked ? audience_customer(r, "party") : 0;
	int64_t product = asked ? read_product(r) : 0;
	const struct rows *price = NULL;
	const char *day = req_str(r, "day");

	if (day[0] == '\0')
		day = row_str(req_query(r, TODAY), 0, "day");
	req_trail(r, "prices", "/prices/");
	if (party != 0 && product != 0) {
		price = req_query(r, PRICE, I(party), I(product), I(req_int(r, "qty", 1)), D(day));
		if (price->n == 0)
			x_notice(r->page, "warning", "notice.price.none");
	}
	add_form(r);
	if (price != NULL)
		add_answer(r, party, product, price, day);
	return 200;
}

static const struct route routes[] = {
	{ "/", GET, PERM_PRICE_VIEW, price_check, fields, price_check },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "pricecheck", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
