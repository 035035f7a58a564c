/*
 * conversions.c - units as distributors write them, in sales units of ours.
 *
 * The narrower holds: product and sender, product, sender, the unit alone.  Without a factor
 * it is a case.  It is asked for names that are decided from now on; what is decided keeps its
 * factor.
 */
#include "audience.h"
#include "form.h"
#include "list.h"
#include "scope.h"

enum { GET_ONE, NEW_ONE, SENDER, PRODUCT, ADD, CHANGE, REMOVE, NSQL };

/* What holds for all senders is told by who sees all of them. */
#define MINE(party) "(@actor_scope = 'all' OR (" party " IS NOT NULL AND " \
	SENDER_IN_SCOPE(party) "))"

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "conversions.get",
		"SELECT c.id, c.version, c.unit, ROUND(c.factor, 4) AS factor, p.code AS product,"
		" s.code AS sender, c.unit AS title"
		" FROM unit_conversion c LEFT JOIN product p ON p.id = c.product_id"
		" LEFT JOIN party s ON s.id = c.party_id WHERE c.id = ? AND " MINE("c.party_id") },
	[NEW_ONE] = { "conversions.new", "SELECT @actor_scope = 'all' AS everybody" },
	[SENDER] = { "conversions.sender",
		"SELECT y.id FROM party y JOIN party_role o ON o.party_id = y.id"
		" AND o.role = 'distributor' WHERE y.code = ? AND " SENDER_IN_SCOPE("y.id") },
	[PRODUCT] = { "conversions.product", "SELECT id FROM product WHERE code = ?" },
	[ADD] = { "conversions.add",
		"INSERT INTO unit_conversion (unit, factor, product_id, party_id)"
		" VALUES (?, ?, ?, ?)" },
	[CHANGE] = { "conversions.change",
		"UPDATE unit_conversion SET unit = ?, factor = ?, product_id = ?, party_id = ?,"
		" version = version + 1 WHERE id = ? AND version = ?"
		" AND " MINE("unit_conversion.party_id") },
	[REMOVE] = { "conversions.remove",
		"DELETE FROM unit_conversion WHERE id = ? AND " MINE("unit_conversion.party_id") },
};

static const struct column columns[] = {
	{ "unit", TYPE_TEXT, .sort = "c.unit" },
	{ "factor", TYPE_QTY, .unit = "{sales_unit}", .emphasis = true },
	{ "product", TYPE_TEXT, .sub = "product_code", .sort = "p.generic_name" },
	{ "sender", TYPE_TEXT, .sub = "sender_code", .sort = "s.name" },
	{ "is_case", TYPE_FLAG },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "c.unit LIKE ? OR p.generic_name LIKE ? OR p.code LIKE ?"
	    " OR s.name LIKE ? OR s.code LIKE ?", 5, true },
	{ { "product", TYPE_LOOKUP, .href = "/suggest/products" }, "p.code = ?" },
	{ { "sender", TYPE_LOOKUP, .href = "/suggest/parties" }, "s.code = ?" },
	{ 0 }
};

static const struct list conversions = {
	.name = "conversions",
	.columns = columns,
	.filters = filters,
	.row_href = "/conversions/edit?id={id}",
	.sort = "unit",
	.select = "c.id, c.unit, ROUND(COALESCE(c.factor, p.case_qty), 4) AS factor,"
	    " p.unit AS sales_unit, CONCAT(p.generic_name, ' ', p.pack_spec) AS product,"
	    " p.code AS product_code, s.name AS sender, s.code AS sender_code,"
	    " IF(c.factor IS NULL, 'true', NULL) AS is_case",
	.from = "unit_conversion c LEFT JOIN product p ON p.id = c.product_id"
	    " LEFT JOIN party s ON s.id = c.party_id",
	.where = "(c.party_id IS NULL OR " SENDER_IN_SCOPE("c.party_id") ")",
	.key = "c.id",
	.create = "create",
	.create_href = "/conversions/edit",
	.create_perm = PERM_FLOW_MATCH,
};

static int
conversion_list(struct req *r)
{
	struct list shown = conversions;

	if (req_may(r, PERM_FLOW_MATCH))
		x_flag(x_action(r->heading, "create", "get", "/conversions/edit"), "primary", true);
	else
		shown.row_href = NULL;
	return list_page(r, &shown);
}

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "unit", TYPE_TEXT, REQUIRED, .max = 20 },
	{ "factor", TYPE_PRICE },
	{ "product", TYPE_LOOKUP, .max = 20, .href = "/suggest/products" },
	{ "sender", TYPE_LOOKUP, .max = 20, .href = "/suggest/parties" },
	{ 0 }
};

static int
conversion_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *c = id == 0 ? NULL : req_query(r, GET_ONE, I(id));
	xmlNodePtr form;

	if (!req_editing(r, c, "title"))
		return 404;
	form = x_form(r, "conversion", "/conversions/save", fields, c);
	form_action(form, "save");
	if (c != NULL)
		x_attr(x_action(form, "remove", "post", "/conversions/remove"), "confirm",
		    "remove");
	return 200;
}

static int64_t
named(struct req *r, const char *field, size_t statement, const char *error)
{
	return form_found(r, field, req_query(r, statement, S(req_str(r, field))), error);
}

static int
conversion_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	int64_t product = named(r, "product", PRODUCT, "product.unknown");
	int64_t sender = named(r, "sender", SENDER, "correction.sender");
	struct arg args[] = { S(req_str(r, "unit")), M(req_str(r, "factor")), arg_id(product),
		arg_id(sender), I(id), I(req_int(r, "_version", 0)), { .type = ARG_END } };

	if (!req_given(r, "sender") && row_int(req_query(r, NEW_ONE), 0, "everybody") == 0)
		req_error(r, "sender", "required", NULL);
	if (!req_good(r))
		return 422;
	if (id == 0)
		args[4].type = ARG_END;
	if (req_exec_args(r, id == 0 ? ADD : CHANGE, args) == 0)
		return 409;
	req_notice(r, "saved");
	return req_redirect(r, "/conversions/");
}

static int
conversion_remove(struct req *r)
{
	if (req_exec(r, REMOVE, I(req_int(r, "id", 0))) == 0)
		return 404;
	req_notice(r, "removed");
	return req_redirect(r, "/conversions/");
}

static const struct route routes[] = {
	{ "/", GET, PERM_FLOW_VIEW, conversion_list, .list = &conversions },
	{ "/edit", GET, PERM_FLOW_MATCH, conversion_edit, fields },
	{ "/save", POST, PERM_FLOW_MATCH, conversion_save, fields, conversion_edit },
	{ "/remove", POST, PERM_FLOW_MATCH, conversion_remove, fields, conversion_edit },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "conversions", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
