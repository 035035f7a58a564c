/*
 * policies.c - what a buyer sees of our stock: nothing, bands, or figures (E14).
 *
 * The narrowest policy holds: one customer's, his group's, the one of the role
 * he buys in, everybody's.
 */
#include <string.h>

#include "audience.h"
#include "form.h"
#include "list.h"

enum { GET_ONE, GROUPS, ADD, CHANGE, REMOVE, NSQL };

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "policies.get",
		"SELECT s.id, s.version, s.scope, s.buyer_role, s.group_id, p.code AS party,"
		" s.show_as, s.show_lots, COALESCE(p.name, g.name, '') AS title"
		" FROM stock_policy s"
		" LEFT JOIN party p ON p.id = s.party_id"
		" LEFT JOIN customer_group g ON g.id = s.group_id WHERE s.id = ?" },
	[GROUPS] = { "policies.groups",
		"SELECT id AS value, name AS label FROM customer_group ORDER BY code" },
	[ADD] = { "policies.add",
		"INSERT INTO stock_policy (scope, buyer_role, group_id, party_id, show_as,"
		" show_lots) VALUES (?, ?, ?, ?, ?, ?)" },
	[CHANGE] = { "policies.change",
		"UPDATE stock_policy SET scope = ?, buyer_role = ?, group_id = ?, party_id = ?,"
		" show_as = ?, show_lots = ?, version = version + 1 WHERE id = ? AND version = ?" },
	[REMOVE] = { "policies.remove",
		"DELETE FROM stock_policy WHERE id = ? AND scope <> 'all'" },
};

static const char *const scopes[] = { "all", "role", "group", "customer", NULL };
static const char *const buyer_roles[] = { "distributor", "hospital", "pharmacy", "chain",
	"clinic", NULL };
static const char *const shows[] = { "none", "bands", "figures", NULL };

static const struct column columns[] = {
	{ "scope", TYPE_STATUS, .set = "policy_scope", .sort = "s.scope" },
	{ "buyer_role", TYPE_STATUS, .set = "party_role" },
	{ "target", TYPE_TEXT, .href = "/policies/edit?id={id}" },
	{ "show_as", TYPE_STATUS, .set = "show_as" },
	{ "show_lots", TYPE_FLAG },
	{ 0 }
};

static const struct list policies = {
	.name = "policies",
	.columns = columns,
	.row_href = "/policies/edit?id={id}",
	.sort = "scope",
	.select = "s.id, s.scope, s.buyer_role, COALESCE(p.name, g.name) AS target, s.show_as,"
	    " IF(s.show_lots, 'true', 'false') AS show_lots",
	.from = "stock_policy s LEFT JOIN party p ON p.id = s.party_id"
	    " LEFT JOIN customer_group g ON g.id = s.group_id",
	.key = "s.id",
};

static int
policy_list(struct req *r)
{
	if (req_may(r, PERM_PRICE_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/policies/edit"), "primary", true);
	return list_page(r, &policies);
}

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "scope", TYPE_SELECT, REQUIRED, .set = "policy_scope", .options = scopes },
	{ "buyer_role", TYPE_SELECT, .set = "party_role", .options = buyer_roles },
	{ "group_id", TYPE_SELECT },
	{ "party", TYPE_LOOKUP, .max = 20, .href = "/suggest/parties" },
	{ "show_as", TYPE_RADIO, REQUIRED, .set = "show_as", .options = shows },
	{ "show_lots", TYPE_CHECK },
	{ 0 }
};

static int
policy_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *s = id == 0 ? NULL : req_query(r, GET_ONE, I(id));
	xmlNodePtr form;

	if (s != NULL && s->n == 0)
		return 404;
	req_page(r, s == NULL ? "new" : "edit");
	req_trail(r, "policies", "/policies/");
	form = x_form(r, "policy", "/policies/save", fields, s);
	form_options(form, "group_id", req_query(r, GROUPS));
	form_action(form, "save");
	if (s != NULL && strcmp(row_str(s, 0, "scope"), "all") != 0)
		x_attr(x_action(form, "remove", "post", "/policies/remove"), "confirm", "remove");
	return 200;
}

/* The one input that a scope names; the others are not kept. */
static const char *
only(struct req *r, const char *scope, const char *field)
{
	if (strcmp(req_str(r, "scope"), scope) != 0)
		return "";
	if (!req_given(r, field))
		req_error(r, field, "required", NULL);
	return req_str(r, field);
}

static int
policy_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const char *role = only(r, "role", "buyer_role");
	const char *group = only(r, "group", "group_id");
	bool one = only(r, "customer", "party")[0] != '\0';
	int64_t party = one ? audience_customer(r, "party") : 0;
	struct arg args[] = { S(req_str(r, "scope")), T(role), T(group), arg_id(party),
		S(req_str(r, "show_as")), I(req_given(r, "show_lots")),
		id == 0 ? (struct arg){ .type = ARG_END } : I(id), I(req_int(r, "_version", 0)),
		{ .type = ARG_END } };

	if (!req_good(r))
		return 422;
	if (req_exec_args(r, id == 0 ? ADD : CHANGE, args) == 0)
		return 409;
	req_notice(r, "saved");
	return req_redirect(r, "/policies/");
}

/* The policy for all stays: without it nobody would know what holds. */
static int
policy_remove(struct req *r)
{
	if (req_exec(r, REMOVE, I(req_int(r, "id", 0))) == 0)
		return 404;
	req_notice(r, "removed");
	return req_redirect(r, "/policies/");
}

static const struct route routes[] = {
	{ "/", GET, PERM_PRICE_VIEW, policy_list, .list = &policies },
	{ "/edit", GET, PERM_PRICE_EDIT, policy_edit, fields },
	{ "/save", POST, PERM_PRICE_EDIT, policy_save, fields, policy_edit },
	{ "/remove", POST, PERM_PRICE_EDIT, policy_remove, fields, policy_edit },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "policies", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
