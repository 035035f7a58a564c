/*
 * prices.c - price lists: for whom, from when to when, which price from which quantity.
 *
 * The narrowest scope wins (customer, group, province, all), then the priority,
 * then the later list (E11).  Two lists in force that could only be told apart by
 * that last rule are refused when they share a product: nobody should have to know it.
 * An order freezes its prices; a change here is for orders to come.
 */
#include <stdlib.h>
#include <string.h>

#include "audience.h"
#include "form.h"
#include "list.h"

/* A price as one types it: two places unless it has more. */
#define TYPED(c) "IF(" c " = ROUND(" c ", 2), CAST(CAST(" c " AS DECIMAL(18,2)) AS CHAR)," \
	" CAST(" c " AS CHAR))"

enum {
	GET_ONE, NEW_ONE, ADD, CHANGE, OVERLAP, TOUCH, TIERS, TIER_ADD, TIER_CHANGE, TIER_REMOVE,
	PRODUCT_ID, COPY, COPY_TIERS, NSQL
};

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "prices.get", "SELECT * FROM price_list_page WHERE id = ?" },
	[NEW_ONE] = { "prices.new",
		"SELECT 'all' AS scope, business_day() AS valid_from, 0 AS priority,"
		" 'draft' AS status" },
	[ADD] = { "prices.add",
		"INSERT INTO price_list (code, name, scope, party_id, group_id, province, priority,"
		" valid_from, valid_to, status, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[CHANGE] = { "prices.change",
		"UPDATE price_list SET code = ?, name = ?, scope = ?, party_id = ?, group_id = ?,"
		" province = ?, priority = ?, valid_from = ?, valid_to = ?, status = ?, note = ?,"
		" version = version + 1 WHERE id = ? AND version = ?" },
	[OVERLAP] = { "prices.overlap", "SELECT * FROM price_list_clash WHERE id = ? LIMIT 1" },
	[TOUCH] = { "prices.touch",
		"UPDATE price_list SET version = version + 1 WHERE id = ? AND version = ?" },
	[TIERS] = { "prices.tiers",
		"SELECT t.id, p.code, CONCAT(p.generic_name, ' ', p.pack_spec) AS product,"
		" t.min_qty, "
		TYPED("t.price") " AS price, " TYPED("t.floor_price") " AS floor_price"
		" FROM price_tier t JOIN product p ON p.id = t.product_id WHERE t.price_list_id = ?"
		" AND (p.code LIKE CONCAT(?, '%') OR p.generic_name LIKE CONCAT('%', ?, '%')"
		" OR p.pinyin LIKE CONCAT('%', ?, '%')) ORDER BY p.code, t.min_qty LIMIT 500" },
	[TIER_ADD] = { "prices.tier_add",
		"INSERT INTO price_tier (price_list_id, product_id, min_qty, price, floor_price)"
		" VALUES (?, ?, ?, ?, ?)" },
	[TIER_CHANGE] = { "prices.tier_change",
		"UPDATE price_tier SET min_qty = ?, price = ?, floor_price = ?,"
		" version = version + 1 WHERE id = ? AND price_list_id = ?" },
	[TIER_REMOVE] = { "prices.tier_remove",
		"DELETE FROM price_tier WHERE id = ? AND price_list_id = ?" },
	[PRODUCT_ID] = { "prices.product_id", "SELECT id FROM product WHERE code = ?" },
	[COPY] = { "prices.copy",
		"INSERT INTO price_list (code, name, scope, party_id, group_id, province, currency,"
		" priority, valid_from, status, note) SELECT ?, ?, scope, party_id, group_id,"
		" province, currency, priority, ?, 'draft', note FROM price_list WHERE id = ?" },
	[COPY_TIERS] = { "prices.copy_tiers",
		"INSERT INTO price_tier (price_list_id, product_id, min_qty, price, floor_price)"
		" SELECT ?, product_id, min_qty, ROUND(price * (1 + ? / 100), 4), floor_price"
		" FROM price_tier WHERE price_list_id = ?" },
};

static const char *const statuses[] = { "draft", "active", "closed", NULL };

static const struct column columns[] = {
	{ "code", TYPE_CODE, .sort = "l.code" },
	{ "name", TYPE_TEXT, .sort = "l.name" },
	{ "scope", TYPE_STATUS, .sub = "target", .set = "scope", .sort = "l.scope" },
	{ "priority", TYPE_INT },
	{ "valid_from", TYPE_DATE, .sort = "l.valid_from" },
	{ "valid_to", TYPE_DATE },
	{ "products", TYPE_INT },
	{ "status", TYPE_STATUS, .set = "price_list", .sort = "l.status" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "l.code LIKE ? OR l.name LIKE ? OR p.name LIKE ?"
	    " OR p.pinyin LIKE ?", 4, true },
	{ { "scope", TYPE_SELECT, .set = "scope", .options = audiences }, "l.scope = ?" },
	{ { "status", TYPE_SELECT, .set = "price_list", .options = statuses }, "l.status = ?" },
	{ { "day", TYPE_DATE }, "l.valid_from <= ? AND COALESCE(l.valid_to, '9999-12-31') >= ?",
	    2 },
	{ 0 }
};

static const struct list lists = {
	.name = "price_lists",
	.columns = columns,
	.filters = filters,
	.row_href = "/prices/view?id={id}",
	.sort = "code",
	.select = "l.id, l.code, l.name, l.scope, COALESCE(p.name, g.name, r.name) AS target,"
	    " l.priority, l.valid_from, l.valid_to, l.status, (SELECT COUNT(DISTINCT t.product_id)"
	    " FROM price_tier t WHERE t.price_list_id = l.id) AS products",
	.from = "price_list l"
	    " LEFT JOIN party p ON p.id = l.party_id"
	    " LEFT JOIN customer_group g ON g.id = l.group_id"
	    " LEFT JOIN region r ON r.code = l.province",
	.key = "l.id",
	.create = "create",
	.create_href = "/prices/edit",
	.create_perm = PERM_PRICE_EDIT,
};

static int
price_lists(struct req *r)
{
	x_action(r->heading, "check", "get", "/pricecheck/");
	if (req_may(r, PERM_PRICE_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/prices/edit"), "primary", true);
	return list_page(r, &lists);
}

/* ---- one list ---- */

static const struct field id_field[] = { { "id", TYPE_HIDDEN }, { 0 } };

static const struct column record[] = {
	{ "code", TYPE_CODE },
	{ "scope", TYPE_STATUS, .sub = "target", .set = "scope" },
	{ "priority", TYPE_INT },
	{ "valid_from", TYPE_DATE },
	{ "valid_to", TYPE_DATE },
	{ "products", TYPE_INT },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column tier_columns[] = {
	{ "code", TYPE_CODE, .href = "/products/view?id={product_id}", .sort = "pr.code" },
	{ "product", TYPE_TEXT, .sub = "pack", .sort = "pr.generic_name" },
	{ "min_qty", TYPE_QTY, .unit = "{unit}" },
	{ "price", TYPE_PRICE, .sort = "t.price", .emphasis = true },
	{ "floor_price", TYPE_PRICE },
	{ 0 }
};

static const struct filter tier_filters[] = {
	{ { "q", TYPE_SEARCH }, "pr.code LIKE ? OR pr.generic_name LIKE ? OR pr.pinyin LIKE ?", 3,
	    true },
	{ 0 }
};

static const struct list tiers = {
	.name = "tiers",
	.columns = tier_columns,
	.filters = tier_filters,
	.sort = "code",
	.select = "t.id, t.product_id, pr.code, pr.generic_name AS product, pr.pack_spec AS pack,"
	    " pr.unit, t.min_qty, t.price, COALESCE(t.floor_price, pr.floor_price) AS floor_price",
	.from = "price_tier t JOIN product pr ON pr.id = t.product_id",
	.where = "t.price_list_id = ?",
	.key = "t.id",
};

static int
price_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *l = req_query(r, GET_ONE, I(id));
	const char *text;

	if (!req_record(r, "view", l, "name", "price_list", "status"))
		return 404;
	text = row_str(l, 0, "id");
	if (req_may(r, PERM_PRICE_EDIT)) {
		x_action(r->heading, "copy-list", "get",
		    pool_printf(r->pool, "/prices/copy?id=%s", text));
		x_action(r->heading, "edit", "get",
		    pool_printf(r->pool, "/prices/edit?id=%s", text));
		x_flag(x_action(r->heading, "edit-prices", "get",
		    pool_printf(r->pool, "/prices/grid?id=%s", text)), "primary", true);
	}
	x_record(r->page, "price_list", l, record);
	return list_page(r, &tiers, I(id));
}

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "code", TYPE_CODE, REQUIRED, .max = 20, .group = "identity" },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60, .group = "identity" },
	{ "note", TYPE_TEXT, .max = 200, .group = "identity" },
	AUDIENCE_FIELDS,
	{ "valid_from", TYPE_DATE, REQUIRED, .group = "validity" },
	{ "valid_to", TYPE_DATE, .group = "validity" },
	{ "priority", TYPE_INT, REQUIRED, 0, 1000, .group = "validity" },
	{ "status", TYPE_SELECT, REQUIRED, .set = "price_list", .options = statuses,
	    .group = "validity" },
	{ 0 }
};

static int
price_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *l = id == 0 ? req_query(r, NEW_ONE) : req_query(r, GET_ONE, I(id));
	xmlNodePtr form;

	if (!req_editing(r, l, "name"))
		return 404;
	form = x_form(r, "price_list", "/prices/save", fields, l);
	audience_options(r, form);
	form_action(form, "save");
	return 200;
}

/* Beside the field that can put it right. */
static void
check_overlap(struct req *r, int64_t id, const char *field)
{
	const struct rows *o = req_query(r, OVERLAP, I(id));

	if (o->n > 0)
		req_error(r, field, "price.overlap", "list", row_str(o, 0, "code"), "from",
		    row_str(o, 0, "valid_from"), "to", row_str(o, 0, "valid_to"), NULL);
}

static int
price_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	struct audience a = audience_read(r);
	struct arg args[] = { S(req_str(r, "code")), S(req_str(r, "name")), S(a.scope),
		AUDIENCE_ARGS(&a), I(req_int(r, "priority", 0)), D(req_str(r, "valid_from")),
		D(req_str(r, "valid_to")), S(req_str(r, "status")), T(req_str(r, "note")), I(id),
		I(req_int(r, "_version", 0)), { .type = ARG_END } };

	if (!req_good(r))
		return 422;
	if (id == 0)
		args[11].type = ARG_END;
	if (req_exec_args(r, id == 0 ? ADD : CHANGE, args) == 0)
		return 409;
	if (id == 0)
		id = req_last_id(r);
	check_overlap(r, id, "valid_from");
	req_notice(r, "saved");
	return req_redirect(r, "/prices/view?id=%lld", (long long)id);
}

/* ---- many prices at once ---- */

enum { NEW_LINES = 5 };

static const struct field grid_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "q", TYPE_HIDDEN },
	{ "min", TYPE_INT, MANY, 1, 10000000 },
	{ "price", TYPE_PRICE, MANY },
	{ "floor", TYPE_PRICE, MANY },
	{ "product", TYPE_LOOKUP, MANY, .max = 20, .href = "/suggest/products" },
	{ "new_min", TYPE_INT, MANY, 1, 10000000 },
	{ "new_price", TYPE_PRICE, MANY },
	{ "new_floor", TYPE_PRICE, MANY },
	{ 0 }
};

static const struct field *
grid_field(const char *name)
{
	const struct field *f = grid_fields;

	while (strcmp(f->name, name) != 0)
		f++;
	return f;
}

/* One cell: what was typed, else what is there; after a conflict both. */
static void
grid_cell(struct req *r, xmlNodePtr row, const char *field, const char *line, const char *there)
{
	const char *name = pool_printf(r->pool, "%s.%s", field, line);
	const char *typed = r->again ? req_at(r, field, strtoll(line, NULL, 10)) : NULL;

	if (r->conflict && typed != NULL && strcmp(typed, there) != 0)
		req_error(r, name, "theirs", "theirs", there, NULL);
	form_field(r, row, grid_field(field), name, typed != NULL ? typed : there);
}

static const struct column grid_columns[] = {
	{ "product", TYPE_TEXT },
	{ "min_qty", TYPE_QTY },
	{ "price", TYPE_PRICE },
	{ "floor_price", TYPE_PRICE },
	{ 0 }
};

static void
add_lines(struct req *r, xmlNodePtr grid, const struct rows *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const char *id = row_str(t, i, "id");
		xmlNodePtr row = x_el(grid, "row");

		x_attr(row, "id", id);
		x_attr(x_value(row, TYPE_TEXT, "product", row_str(t, i, "product")), "sub",
		    row_str(t, i, "code"));
		grid_cell(r, row, "min", id, row_str(t, i, "min_qty"));
		grid_cell(r, row, "price", id, row_str(t, i, "price"));
		grid_cell(r, row, "floor", id, row_str(t, i, "floor_price"));
	}
	for (int i = 1; i <= NEW_LINES; i++) {
		const char *line = pool_printf(r->pool, "%d", i);
		xmlNodePtr row = x_el(grid, "row");

		x_attr(row, "id", pool_printf(r->pool, "new-%d", i));
		grid_cell(r, row, "product", line, "");
		grid_cell(r, row, "new_min", line, "");
		grid_cell(r, row, "new_price", line, "");
		grid_cell(r, row, "new_floor", line, "");
	}
}

static int
price_grid(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const char *q = req_str(r, "q");
	const struct rows *l = req_query(r, GET_ONE, I(id));
	xmlNodePtr form, grid;

	if (l->n == 0)
		return 404;
	req_page(r, "grid");
	req_trail(r, "prices", "/prices/");
	x_value(r->heading, TYPE_TEXT, "name", row_str(l, 0, "name"));
	form = x_form(r, "prices", "/prices/grid", grid_fields, l);
	grid = x_table(form, "grid", "prices", grid_columns);
	add_lines(r, grid, req_query(r, TIERS, I(id), S(q), S(q), S(q)));
	form_action(form, "save");
	x_action(form, "cancel", "get", pool_printf(r->pool, "/prices/view?id=%lld",
	    (long long)id));
	return 200;
}

/* Whether the figures of a line are good; an error beside the one that is not. */
static bool
check_line(struct req *r, const char *prefix, const char *line, const char *price,
    const char *floor_price)
{
	const char *wrong = price[0] == '-' || strpbrk(price, "123456789") == NULL ? "price" :
	    floor_price[0] == '-' ? "floor" : NULL;

	if (wrong != NULL)
		req_error(r, pool_printf(r->pool, "%s%s.%s", prefix, wrong, line), "price.positive",
		    NULL);
	return wrong == NULL;
}

static const char *
cell(struct req *r, const char *field, const char *line, const char *absent)
{
	const char *value = req_at(r, field, strtoll(line, NULL, 10));

	return value == NULL || value[0] == '\0' ? absent : value;
}

/* An emptied price takes the line away. */
static void
save_line(struct req *r, int64_t list, const struct rows *t, size_t i)
{
	const char *id = row_str(t, i, "id");
	const char *price = req_at(r, "price", row_int(t, i, "id"));
	const char *min = cell(r, "min", id, "1");
	const char *floor_price = cell(r, "floor", id, "");

	if (price == NULL)
		return;
	if (price[0] == '\0') {
		req_exec(r, TIER_REMOVE, S(id), I(list));
		return;
	}
	if (strcmp(price, row_str(t, i, "price")) == 0 &&
	    strcmp(min, row_str(t, i, "min_qty")) == 0 &&
	    strcmp(floor_price, row_str(t, i, "floor_price")) == 0)
		return;
	if (check_line(r, "", id, price, floor_price))
		req_exec(r, TIER_CHANGE, S(min), M(price), M(floor_price), S(id), I(list));
}

static void
add_line(struct req *r, int64_t list, const char *line)
{
	const char *code = cell(r, "product", line, "");
	const char *price = cell(r, "new_price", line, "");
	const char *floor_price = cell(r, "new_floor", line, "");
	const struct rows *p;

	if (code[0] == '\0' && price[0] == '\0')
		return;
	p = req_query(r, PRODUCT_ID, S(code));
	if (p->n == 0)
		req_error(r, pool_printf(r->pool, "product.%s", line), "product.unknown", "code",
		    code, NULL);
	else if (check_line(r, "new_", line, price, floor_price))
		req_exec(r, TIER_ADD, I(list), S(row_str(p, 0, "id")),
		    S(cell(r, "new_min", line, "1")), M(price), M(floor_price));
}

static int
grid_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *t;

	if (req_exec(r, TOUCH, I(id), I(req_int(r, "_version", 0))) == 0)
		return 409;
	t = req_query(r, TIERS, I(id), S(""), S(""), S(""));
	for (size_t i = 0; i < t->n; i++)
		save_line(r, id, t, i);
	for (int i = 1; i <= NEW_LINES; i++)
		add_line(r, id, pool_printf(r->pool, "%d", i));
	check_overlap(r, id, NULL);
	req_notice(r, "saved");
	return req_redirect(r, "/prices/view?id=%lld", (long long)id);
}

static const struct field copy_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "code", TYPE_CODE, REQUIRED, .max = 20 },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "valid_from", TYPE_DATE, REQUIRED },
	{ "change", TYPE_PERCENT, .min = -90, .max = 900, .unit = "%" },
	{ 0 }
};

static int
copy_form(struct req *r)
{
	const struct rows *l = req_query(r, GET_ONE, I(req_int(r, "id", 0)));

	if (l->n == 0)
		return 404;
	req_trail(r, "prices", "/prices/");
	x_value(r->heading, TYPE_TEXT, "name", row_str(l, 0, "name"));
	form_action(x_form(r, "price_copy", "/prices/copy", copy_fields, NULL), "copy-list");
	return 200;
}

static int
copy_save(struct req *r)
{
	int64_t from = req_int(r, "id", 0), to;

	if (req_exec(r, COPY, S(req_str(r, "code")), S(req_str(r, "name")),
	    D(req_str(r, "valid_from")), I(from)) == 0)
		return 404;
	to = req_last_id(r);
	req_exec(r, COPY_TIERS, I(to), M(req_given(r, "change") ? req_str(r, "change") : "0"),
	    I(from));
	req_notice(r, "saved");
	return req_redirect(r, "/prices/view?id=%lld", (long long)to);
}

static const struct route routes[] = {
	{ "/", GET, PERM_PRICE_VIEW, price_lists, .list = &lists },
	{ "/view", GET, PERM_PRICE_VIEW, price_view, id_field, .list = &tiers },
	{ "/edit", GET, PERM_PRICE_EDIT, price_edit, fields },
	{ "/save", POST, PERM_PRICE_EDIT, price_save, fields, price_edit },
	{ "/grid", GET, PERM_PRICE_EDIT, price_grid, grid_fields },
	{ "/grid", POST, PERM_PRICE_EDIT, grid_save, grid_fields, price_grid, LARGE },
	{ "/copy", GET, PERM_PRICE_EDIT, copy_form, copy_fields },
	{ "/copy", POST, PERM_PRICE_EDIT, copy_save, copy_fields, copy_form },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "prices", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
