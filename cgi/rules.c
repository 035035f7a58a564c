/*
 * rules.c - approval rules: which orders need whose decision, in which order.
 *
 * A rule opens a step on every order that meets all of its conditions; a rule
 * without any is for every order.  Levels run one after the other, equal levels
 * side by side.  Rules are closed, never deleted: decided steps refer to them.
 */
#include "audience.h"
#include "form.h"
#include "list.h"

enum { GET_ONE, GROUPS, PRODUCT_GROUPS, ROLES, USERS, PRODUCT, ADD, CHANGE, NSQL };

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "rules.get",
		"SELECT r.*, p.code AS party, d.code AS product FROM approval_rule r"
		" LEFT JOIN party p ON p.id = r.party_id"
		" LEFT JOIN product d ON d.id = r.product_id WHERE r.id = ?" },
	[GROUPS] = { "rules.groups", "SELECT id AS value, name AS label FROM customer_group ORDER"
	" BY code" },
	[PRODUCT_GROUPS] = { "rules.product_groups",
		"SELECT id AS value, name AS label FROM product_group ORDER BY code" },
	[ROLES] = { "rules.roles",
		"SELECT r.id AS value, r.name AS label FROM role_named r WHERE r.site = 'office'"
		" AND EXISTS (SELECT 1 FROM role_permission x WHERE x.role_id = r.id"
		" AND x.permission = 'order.approve') ORDER BY r.id" },
	[USERS] = { "rules.users",
		"SELECT DISTINCT u.id AS value, u.name AS label FROM app_user u"
		" JOIN user_role x ON x.user_id = u.id"
		" JOIN role_permission y ON y.role_id = x.role_id"
		" AND y.permission = 'order.approve' WHERE u.site = 'office'"
		" AND u.status = 'active' ORDER BY u.name" },
	[PRODUCT] = { "rules.product", "SELECT id FROM product WHERE code = ?" },
	[ADD] = { "rules.add",
		"INSERT INTO approval_rule (code, name, level, min_amount, party_id, group_id,"
		" product_id, product_group_id, below_floor, credit_exceeded, role_id, user_id,"
		" status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[CHANGE] = { "rules.change",
		"UPDATE approval_rule SET code = ?, name = ?, level = ?, min_amount = ?,"
		" party_id = ?, group_id = ?, product_id = ?, product_group_id = ?,"
		" below_floor = ?, credit_exceeded = ?, role_id = ?, user_id = ?, status = ?,"
		" version = version + 1 WHERE id = ? AND version = ?" },
};

static const char *const statuses[] = { "active", "closed", NULL };

static const struct column columns[] = {
	{ "name", TYPE_TEXT, .sub = "code", .sort = "r.name" },
	{ "level", TYPE_INT, .sort = "r.level" },
	{ "min_amount", TYPE_MONEY },
	{ "target", TYPE_TEXT },
	{ "goods", TYPE_TEXT },
	{ "below_floor", TYPE_FLAG },
	{ "credit_exceeded", TYPE_FLAG },
	{ "who", TYPE_TEXT, .set = "role" },
	{ "status", TYPE_STATUS, .set = "rule" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "r.code LIKE ? OR r.name LIKE ?", 2, true },
	{ { "status", TYPE_SELECT, .set = "rule", .options = statuses }, "r.status = ?" },
	{ 0 }
};

static const struct list rules = {
	.name = "approval-rules",
	.columns = columns,
	.filters = filters,
	.row_href = "/rules/edit?id={id}",
	.sort = "level",
	.select = "r.id, r.code, r.name, r.level, r.min_amount, r.status,"
	    " COALESCE(p.name, g.name) AS target, COALESCE(d.generic_name, e.name) AS goods,"
	    " IF(r.below_floor, 'true', NULL) AS below_floor,"
	    " IF(r.credit_exceeded, 'true', NULL) AS credit_exceeded,"
	    " COALESCE(y.name, u.name) AS who",
	.from = "approval_rule r LEFT JOIN party p ON p.id = r.party_id"
	    " LEFT JOIN customer_group g ON g.id = r.group_id"
	    " LEFT JOIN product d ON d.id = r.product_id"
	    " LEFT JOIN product_group e ON e.id = r.product_group_id"
	    " LEFT JOIN role_named y ON y.id = r.role_id LEFT JOIN app_user u ON u.id = r.user_id",
	.where = "r.subject = 'order'",
	.key = "r.id",
	.create = "create",
	.create_href = "/rules/edit",
	.create_perm = PERM_RULE_EDIT,
};

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "code", TYPE_CODE, REQUIRED, .max = 20, .group = "rule" },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60, .group = "rule" },
	{ "level", TYPE_INT, REQUIRED, 1, 999, .group = "rule" },
	{ "status", TYPE_SELECT, REQUIRED, .set = "rule", .options = statuses, .group = "rule" },
	{ "min_amount", TYPE_MONEY, 0, 0, 100000000000, .group = "conditions" },
	{ "party", TYPE_LOOKUP, .max = 20, .href = "/suggest/parties", .group = "conditions" },
	{ "group_id", TYPE_SELECT, .group = "conditions" },
	{ "product", TYPE_LOOKUP, .max = 20, .href = "/suggest/products", .group = "conditions" },
	{ "product_group_id", TYPE_SELECT, .group = "conditions" },
	{ "below_floor", TYPE_CHECK, .group = "conditions" },
	{ "credit_exceeded", TYPE_CHECK, .group = "conditions" },
	{ "role_id", TYPE_SELECT, .group = "decides" },
	{ "user_id", TYPE_SELECT, .group = "decides" },
	{ 0 }
};

static int
rule_list(struct req *r)
{
	x_flag(x_action(r->heading, "create", "get", "/rules/edit"), "primary", true);
	return list_page(r, &rules);
}

static int
rule_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *rule = id == 0 ? NULL : req_query(r, GET_ONE, I(id));
	xmlNodePtr form;

	if (!req_editing(r, rule, "name"))
		return 404;
	form = x_form(r, "approval-rule", "/rules/save", fields, rule);
	form_options(form, "group_id", req_query(r, GROUPS));
	form_options(form, "product_group_id", req_query(r, PRODUCT_GROUPS));
	form_options(form, "role_id", req_query(r, ROLES));
	form_options(form, "user_id", req_query(r, USERS));
	form_action(form, "save");
	return 200;
}

/* The product whose code was typed, 0 for none; an error beside it when there is no such. */
static int64_t
read_product(struct req *r)
{
	const struct rows *product = req_query(r, PRODUCT, S(req_str(r, "product")));

	if (product->n == 0 && req_given(r, "product"))
		req_error(r, "product", "code.unknown", NULL);
	return product->n == 0 ? 0 : row_int(product, 0, "id");
}

/* A role decides or a person, never both. */
static int
rule_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	int64_t party = req_given(r, "party") ? audience_customer(r, "party") : 0;
	int64_t product = read_product(r);
	size_t statement = id == 0 ? ADD : CHANGE;
	const struct arg args[] = { S(req_str(r, "code")), S(req_str(r, "name")),
		I(req_int(r, "level", 0)), M(req_str(r, "min_amount")), arg_id(party),
		T(req_str(r, "group_id")), arg_id(product), T(req_str(r, "product_group_id")),
		I(req_int(r, "below_floor", 0)), I(req_int(r, "credit_exceeded", 0)),
		T(req_str(r, "role_id")), T(req_str(r, "user_id")), S(req_str(r, "status")),
		id == 0 ? (struct arg){ .type = ARG_END } : I(id), I(req_int(r, "_version", 0)),
		{ .type = ARG_END } };

	if (req_given(r, "role_id") == req_given(r, "user_id"))
		req_error(r, "role_id", "role_or_user", NULL);
	form_offered(r, "role_id", req_query(r, ROLES));
	form_offered(r, "user_id", req_query(r, USERS));
	form_offered(r, "group_id", req_query(r, GROUPS));
	form_offered(r, "product_group_id", req_query(r, PRODUCT_GROUPS));
	if (!req_good(r))
		return 422;
	if (req_exec_args(r, statement, args) == 0)
		return 409;
	req_notice(r, "saved");
	return req_redirect(r, "/rules/");
}

static const struct route routes[] = {
	{ "/", GET, PERM_RULE_EDIT, rule_list, .list = &rules },
	{ "/edit", GET, PERM_RULE_EDIT, rule_edit, fields },
	{ "/save", POST, PERM_RULE_EDIT, rule_save, fields, rule_edit },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "rules", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
