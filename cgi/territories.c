/*
 * territories.c - contracted areas: where a distributor may sell what, from which day to which.
 *
 * A sale outside is looked at (diversions.c); whose area the buyer is in is proposed as the owner.
 * An area is a region with all within, or one terminal; it ends, it does not disappear.
 */
#include <string.h>

#include "audience.h"
#include "form.h"
#include "list.h"
#include "scope.h"

enum { GET_ONE, NEW_ONE, GROUPS, SENDER, PRODUCT, REGION, TERMINAL, ADD, CHANGE, NSQL };

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "territories.get",
		"SELECT t.id, t.version, s.code AS sender, p.code AS product, t.product_group_id,"
		" t.region_code AS region, y.code AS terminal, t.valid_from, t.valid_to,"
		" s.name AS title"
		" FROM territory t JOIN party s ON s.id = t.party_id"
		" LEFT JOIN product p ON p.id = t.product_id"
		" LEFT JOIN party y ON y.id = t.terminal_id"
		" WHERE t.id = ? AND " SENDER_IN_SCOPE("t.party_id") },
	[NEW_ONE] = { "territories.new", "SELECT business_day() AS valid_from" },
	[GROUPS] = { "territories.groups",
		"SELECT id AS value, name AS label FROM product_group ORDER BY code" },
	[SENDER] = { "territories.sender",
		"SELECT y.id FROM party y JOIN party_role o ON o.party_id = y.id"
		" AND o.role = 'distributor' WHERE y.code = ? AND " SENDER_IN_SCOPE("y.id") },
	[PRODUCT] = { "territories.product", "SELECT id FROM product WHERE code = ?" },
	[REGION] = { "territories.region", "SELECT 1 AS id FROM region WHERE code = ?" },
	[TERMINAL] = { "territories.terminal",
		"SELECT y.id FROM party y WHERE y.code = ? AND EXISTS (SELECT 1"
		" FROM party_role o WHERE o.party_id = y.id"
		" AND o.role IN ('hospital', 'pharmacy', 'chain', 'clinic'))" },
	[ADD] = { "territories.add",
		"INSERT INTO territory (party_id, product_id, product_group_id, region_code,"
		" terminal_id, valid_from, valid_to) VALUES (?, ?, ?, ?, ?, ?, ?)" },
	[CHANGE] = { "territories.change",
		"UPDATE territory SET party_id = ?, product_id = ?, product_group_id = ?,"
		" region_code = ?, terminal_id = ?, valid_from = ?, valid_to = ?,"
		" version = version + 1 WHERE id = ? AND version = ?"
		" AND " SENDER_IN_SCOPE("territory.party_id") },
};

static const char *const states[] = { "current", "planned", "ended", NULL };

#define STATE "CASE WHEN t.valid_from > business_day() THEN 'planned'" \
	" WHEN t.valid_to < business_day() THEN 'ended' ELSE 'current' END"

static const struct column columns[] = {
	{ "sender", TYPE_TEXT, .sub = "code", .sort = "s.name" },
	{ "scope", TYPE_STATUS, .set = "area_scope", .sub = "what" },
	{ "place", TYPE_TEXT, .sub = "place_code", .emphasis = true,
	    .sort = "COALESCE(t.region_code, y.region_code)" },
	{ "valid_from", TYPE_DATE, .sort = "t.valid_from" },
	{ "valid_to", TYPE_DATE },
	{ "state", TYPE_STATUS, .set = "assignment" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH },
	    "s.name LIKE ? OR s.pinyin LIKE ? OR s.code LIKE ? OR y.name LIKE ?", 4, true },
	{ { "product", TYPE_LOOKUP, .href = "/suggest/products" },
	    "p.code = ? OR t.product_group_id IN (SELECT i.group_id FROM product_group_item i"
	    " JOIN product x ON x.id = i.product_id WHERE x.code = ?)", 2 },
	{ { "region", TYPE_LOOKUP, .max = 12, .href = "/suggest/regions" },
	    "t.region_code LIKE CONCAT(?, '%') OR y.region_code LIKE CONCAT(?, '%')", 2 },
	{ { "day", TYPE_DATE }, "? BETWEEN t.valid_from AND COALESCE(t.valid_to, '9999-12-31')" },
	{ { "state", TYPE_SELECT, .set = "assignment", .options = states }, "? = " STATE },
	{ 0 }
};

static const struct list territories = {
	.name = "territories",
	.columns = columns,
	.filters = filters,
	.row_href = "/territories/edit?id={id}",
	.sort = "sender",
	.select = "t.id, s.name AS sender, s.code,"
	    " IF(p.id IS NOT NULL, 'product', IF(g.id IS NULL, 'all', 'group')) AS scope,"
	    " COALESCE(CONCAT(p.generic_name, ' ', p.pack_spec), g.name) AS what,"
	    " COALESCE(y.name, CONCAT_WS(' ', v.name, r.name)) AS place,"
	    " COALESCE(y.code, r.code) AS place_code, t.valid_from, t.valid_to, " STATE " AS state",
	.from = "territory t JOIN party s ON s.id = t.party_id"
	    " LEFT JOIN product p ON p.id = t.product_id"
	    " LEFT JOIN product_group g ON g.id = t.product_group_id"
	    " LEFT JOIN party y ON y.id = t.terminal_id"
	    " LEFT JOIN region r ON r.code = t.region_code"
	    " LEFT JOIN region v ON v.code = LEFT(t.region_code, 2) AND v.code <> r.code",
	.where = SENDER_IN_SCOPE("t.party_id"),
	.key = "t.id",
	.create = "create",
	.create_href = "/territories/edit",
	.create_perm = PERM_ASSIGNMENT_EDIT,
};

static int
territory_list(struct req *r)
{
	struct list shown = territories;

	if (req_may(r, PERM_ASSIGNMENT_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/territories/edit"), "primary", true);
	else
		shown.row_href = NULL;
	return list_page(r, &shown);
}

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "sender", TYPE_LOOKUP, REQUIRED, .max = 20, .href = "/suggest/parties",
	    .group = "area_party" },
	{ "product", TYPE_LOOKUP, .max = 20, .href = "/suggest/products",
	    .group = "area_products" },
	{ "product_group_id", TYPE_SELECT, .group = "area_products" },
	{ "region", TYPE_LOOKUP, .max = 12, .href = "/suggest/regions", .group = "area_place" },
	{ "terminal", TYPE_LOOKUP, .max = 20, .href = "/suggest/all", .group = "area_place" },
	{ "valid_from", TYPE_DATE, REQUIRED, .group = "area_days" },
	{ "valid_to", TYPE_DATE, .group = "area_days" },
	{ 0 }
};

static int
territory_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *t = id == 0 ? req_query(r, NEW_ONE) : req_query(r, GET_ONE, I(id));
	xmlNodePtr form;

	if (!req_editing(r, t, "title"))
		return 404;
	form = x_form(r, "territory", "/territories/save", fields, t);
	form_options(form, "product_group_id", req_query(r, GROUPS));
	form_action(form, "save");
	return 200;
}

static int64_t
named(struct req *r, const char *field, size_t statement, const char *error)
{
	return form_found(r, field, req_query(r, statement, S(req_str(r, field))), error);
}

static int
territory_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	int64_t sender = named(r, "sender", SENDER, "correction.sender");
	int64_t product = named(r, "product", PRODUCT, "product.unknown");
	int64_t terminal = named(r, "terminal", TERMINAL, "terminal.unknown");
	struct arg args[] = { I(sender), arg_id(product), arg_id(req_int(r, "product_group_id", 0)),
		T(req_str(r, "region")), arg_id(terminal), D(req_str(r, "valid_from")),
		D(req_str(r, "valid_to")), I(id), I(req_int(r, "_version", 0)),
		{ .type = ARG_END } };

	named(r, "region", REGION, "region.unknown");
	form_offered(r, "product_group_id", req_query(r, GROUPS));
	if (req_given(r, "product") && req_given(r, "product_group_id"))
		req_error(r, "product_group_id", "territory.what", NULL);
	if (req_given(r, "region") == req_given(r, "terminal"))
		req_error(r, "region", "territory.where", NULL);
	if (req_given(r, "valid_to") && strcmp(req_str(r, "valid_to"),
	    req_str(r, "valid_from")) < 0)
		req_error(r, "valid_to", "period.backwards", NULL);
	if (!req_good(r))
		return 422;
	if (id == 0)
		args[7].type = ARG_END;
	if (req_exec_args(r, id == 0 ? ADD : CHANGE, args) == 0)
		return 409;
	req_notice(r, "saved");
	return req_redirect(r, "/territories/");
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, territory_list, .list = &territories },
	{ "/edit", GET, PERM_ASSIGNMENT_EDIT, territory_edit, fields },
	{ "/save", POST, PERM_ASSIGNMENT_EDIT, territory_save, fields, territory_edit },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "territories", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
