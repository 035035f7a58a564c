/*
 * visibility.c - which products a customer sees, and what he would pay.
 *
 * A rule allows or denies one product, or a group of them, to everybody, a
 * province, a customer group or one customer.  The narrowest rule decides; at one
 * width deny beats allow; without a rule the product's own flag (E12).
 */
#include <string.h>

#include "audience.h"
#include "form.h"
#include "list.h"

enum { GET_ONE, PRODUCT_GROUPS, PRODUCT_ID, ADD, CHANGE, REMOVE, NSQL };

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "visibility.get",
		"SELECT v.id, v.version, pr.code AS product, v.product_group_id, v.scope,"
		" p.code AS party, v.group_id, v.province, v.effect, v.valid_from, v.valid_to,"
		" COALESCE(pr.generic_name, pg.name) AS title"
		" FROM product_visibility v"
		" LEFT JOIN product pr ON pr.id = v.product_id"
		" LEFT JOIN product_group pg ON pg.id = v.product_group_id"
		" LEFT JOIN party p ON p.id = v.party_id"
		" WHERE v.id = ?" },
	[PRODUCT_GROUPS] = { "visibility.product_groups",
		"SELECT id AS value, name AS label FROM product_group ORDER BY code" },
	[PRODUCT_ID] = { "visibility.product_id", "SELECT id FROM product WHERE code = ?" },
	[ADD] = { "visibility.add",
		"INSERT INTO product_visibility (product_id, product_group_id, scope, party_id,"
		" group_id, province, effect, valid_from, valid_to)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[CHANGE] = { "visibility.change",
		"UPDATE product_visibility SET product_id = ?, product_group_id = ?, scope = ?,"
		" party_id = ?, group_id = ?, province = ?, effect = ?, valid_from = ?,"
		" valid_to = ?, version = version + 1 WHERE id = ? AND version = ?" },
	[REMOVE] = { "visibility.remove", "DELETE FROM product_visibility WHERE id = ?" },
};

static const char *const effects[] = { "allow", "deny", NULL };

static const struct column columns[] = {
	{ "what", TYPE_TEXT, .sub = "code", .sort = "COALESCE(pr.generic_name, pg.name)" },
	{ "effect", TYPE_STATUS, .set = "effect", .sort = "v.effect" },
	{ "scope", TYPE_STATUS, .sub = "target", .set = "scope", .sort = "v.scope" },
	{ "valid_from", TYPE_DATE },
	{ "valid_to", TYPE_DATE },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "pr.code LIKE ? OR pr.generic_name LIKE ? OR pr.pinyin LIKE ?"
	    " OR pg.name LIKE ? OR p.name LIKE ? OR p.pinyin LIKE ?", 6, true },
	{ { "scope", TYPE_SELECT, .set = "scope", .options = audiences }, "v.scope = ?" },
	{ { "effect", TYPE_SELECT, .set = "effect", .options = effects }, "v.effect = ?" },
	{ 0 }
};

static const struct list rules = {
	.name = "rules",
	.columns = columns,
	.filters = filters,
	.row_href = "/visibility/edit?id={id}",
	.sort = "what",
	.select = "v.id, COALESCE(CONCAT(pr.generic_name, ' ', pr.pack_spec), pg.name) AS what,"
	    " COALESCE(pr.code, pg.code) AS code, v.effect, v.scope,"
	    " COALESCE(p.name, g.name, r.name) AS target, v.valid_from, v.valid_to",
	.from = "product_visibility v"
	    " LEFT JOIN product pr ON pr.id = v.product_id"
	    " LEFT JOIN product_group pg ON pg.id = v.product_group_id"
	    " LEFT JOIN party p ON p.id = v.party_id"
	    " LEFT JOIN customer_group g ON g.id = v.group_id"
	    " LEFT JOIN region r ON r.code = v.province",
	.key = "v.id",
	.create = "create",
	.create_href = "/visibility/edit",
	.create_perm = PERM_PRICE_EDIT,
};

static int
rule_list(struct req *r)
{
	struct list shown = rules;

	x_action(r->heading, "policies", "get", "/policies/");
	x_action(r->heading, "check", "get", "/pricecheck/");
	if (req_may(r, PERM_PRICE_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/visibility/edit"), "primary", true);
	else
		shown.row_href = NULL;
	return list_page(r, &shown);
}

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "effect", TYPE_RADIO, REQUIRED, .set = "effect", .options = effects, .group = "rule" },
	{ "product", TYPE_LOOKUP, .max = 20, .href = "/suggest/products", .group = "rule" },
	{ "product_group_id", TYPE_SELECT, .group = "rule" },
	AUDIENCE_FIELDS,
	{ "valid_from", TYPE_DATE, .group = "validity" },
	{ "valid_to", TYPE_DATE, .group = "validity" },
	{ 0 }
};

static int
rule_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *v = id == 0 ? NULL : req_query(r, GET_ONE, I(id));
	xmlNodePtr form;

	if (!req_editing(r, v, "title"))
		return 404;
	form = x_form(r, "rule", "/visibility/save", fields, v);
	form_options(form, "product_group_id", req_query(r, PRODUCT_GROUPS));
	audience_options(r, form);
	form_action(form, "save");
	if (v != NULL)
		x_attr(x_action(form, "remove", "post", "/visibility/remove"), "confirm", "remove");
	return 200;
}

/* A rule is for one product or for one group, never both. */
static int64_t
read_product(struct req *r)
{
	const struct rows *p;

	if (req_given(r, "product") == req_given(r, "product_group_id")) {
		req_error(r, "product", "rule.what", NULL);
		return 0;
	}
	if (!req_given(r, "product"))
		return 0;
	p = req_query(r, PRODUCT_ID, S(req_str(r, "product")));
	if (p->n > 0)
		return row_int(p, 0, "id");
	req_error(r, "product", "product.unknown", "code", req_str(r, "product"), NULL);
	return 0;
}

static int
rule_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	int64_t product = read_product(r);
	struct audience a = audience_read(r);
	struct arg args[] = { arg_id(product), arg_id(req_int(r, "product_group_id", 0)),
	    S(a.scope),
		AUDIENCE_ARGS(&a), S(req_str(r, "effect")), D(req_str(r, "valid_from")),
		D(req_str(r, "valid_to")), I(id), I(req_int(r, "_version", 0)),
		{ .type = ARG_END } };

	if (req_given(r, "valid_to") && strcmp(req_str(r, "valid_to"),
	    req_str(r, "valid_from")) < 0)
		req_error(r, "valid_to", "period.backwards", NULL);
	if (!req_good(r))
		return 422;
	if (id == 0)
		args[9].type = ARG_END;
	if (req_exec_args(r, id == 0 ? ADD : CHANGE, args) == 0)
		return 409;
	req_notice(r, "saved");
	return req_redirect(r, "/visibility/");
}

static int
rule_remove(struct req *r)
{
	if (req_exec(r, REMOVE, I(req_int(r, "id", 0))) == 0)
		return 404;
	req_notice(r, "removed");
	return req_redirect(r, "/visibility/");
}

static const struct route routes[] = {
	{ "/", GET, PERM_PRICE_VIEW, rule_list, .list = &rules },
	{ "/edit", GET, PERM_PRICE_EDIT, rule_edit, fields },
	{ "/save", POST, PERM_PRICE_EDIT, rule_save, fields, rule_edit },
	{ "/remove", POST, PERM_PRICE_EDIT, rule_remove, fields, rule_edit },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "visibility", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
