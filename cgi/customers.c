/*
 * customers.c - a party as our customer: who serves it, on which credit, delivered where.
 *
 * Credit and terms are finance's to change, the rest sales'; both on the same
 * row under one version.  Who looks after a customer is dated (customer_assign).
 */
#include <string.h>

#include "audience.h"
#include "form.h"
#include "scope.h"

enum {
	GET_ONE, GROUPS, WAREHOUSES, REP, ADD, CHANGE, ASSIGN, CREDIT_CHANGE, ADDRESS, NEW_ADDRESS,
	BRANCHES, PARTY, ADDRESS_ADD, ADDRESS_CHANGE, ONE_DEFAULT, REGION, NSQL
};

#define MINE "(c.party_id IS NULL OR " IN_SCOPE("c.rep_id", "c.org_unit_id") ")"

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "customers.get",
		"SELECT p.id, p.name AS party, c.party_id AS customer,"
		" COALESCE(c.version, 0) AS version, c.buyer_role, c.group_id, u.login AS rep,"
		" c.warehouse_id, COALESCE(c.min_remaining_months, 0) AS min_remaining_months,"
		" c.whole_cases, c.credit_limit, c.temp_limit, c.temp_from, c.temp_to,"
		" c.grace_days, c.credit_hold, c.terms_kind, c.terms_base, c.terms_days,"
		" c.terms_cut_day, c.terms_pay_day, c.terms_months, c.terms_back, c.auto_allocate,"
		" COALESCE(c.status, 'active') AS status"
		" FROM party p LEFT JOIN customer c ON c.party_id = p.id"
		" LEFT JOIN app_user u ON u.id = c.rep_id WHERE p.id = ? AND " MINE },
	[GROUPS] = { "customers.groups",
		"SELECT id AS value, name AS label FROM customer_group ORDER BY code" },
	[WAREHOUSES] = { "customers.warehouses",
		"SELECT id AS value, name AS label FROM warehouse WHERE kind = 'normal'"
		" AND status = 'active' ORDER BY code" },
	[REP] = { "customers.rep",
		"SELECT id FROM app_user WHERE site = 'office' AND login = ?"
		" AND status = 'active'" },
	[ADD] = { "customers.add",
		"INSERT INTO customer (buyer_role, group_id, warehouse_id, min_remaining_months,"
		" whole_cases, status, party_id) VALUES (?, ?, ?, ?, ?, ?, ?)" },
	[CHANGE] = { "customers.change",
		"UPDATE customer SET buyer_role = ?, group_id = ?, warehouse_id = ?,"
		" min_remaining_months = ?, whole_cases = ?, status = ?, version = version + 1"
		" WHERE party_id = ? AND version = ?" },
	[ASSIGN] = { "customers.assign", "CALL customer_assign(?, ?)" },
	[CREDIT_CHANGE] = { "customers.credit",
		"UPDATE customer SET credit_limit = ?, temp_limit = COALESCE(?, 0), temp_from = ?,"
		" temp_to = ?, grace_days = ?, credit_hold = ?, terms_kind = ?, terms_base = ?,"
		" terms_days = COALESCE(?, 0), terms_cut_day = ?, terms_pay_day = ?,"
		" terms_months = ?, terms_back = COALESCE(?, 1), auto_allocate = ?,"
		" version = version + 1"
		" WHERE party_id = ? AND version = ?" },
	[ADDRESS] = { "customers.address",
		"SELECT a.id AS item, a.version, a.party_id AS party, a.name, a.contact, a.phone,"
		" a.region_code AS region, a.address, a.branch_id, a.is_default, a.status"
		" FROM party_address a LEFT JOIN customer c ON c.party_id = a.party_id"
		" WHERE a.id = ? AND " MINE },
	[NEW_ADDRESS] = { "customers.new_address", "SELECT ? AS party, 'active' AS status" },
	[BRANCHES] = { "customers.branches",
		"SELECT id AS value, name AS label FROM party WHERE parent_id = ? ORDER BY code" },
	[PARTY] = { "customers.party",
		"SELECT p.id, p.name AS party FROM party p LEFT JOIN customer c"
		" ON c.party_id = p.id"
		" WHERE p.id = ? AND " MINE },
	[ADDRESS_ADD] = { "customers.address_add",
		"INSERT INTO party_address (name, contact, phone, region_code, address, branch_id,"
		" is_default, status, party_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[ADDRESS_CHANGE] = { "customers.address_change",
		"UPDATE party_address SET name = ?, contact = ?, phone = ?, region_code = ?,"
		" address = ?, branch_id = ?, is_default = ?, status = ?, version = version + 1"
		" WHERE party_id = ? AND id = ? AND version = ?" },
	[ONE_DEFAULT] = { "customers.one_default",
		"UPDATE party_address SET is_default = 0 WHERE party_id = ? AND id <> ?"
		" AND is_default = 1" },
	[REGION] = { "customers.region", "SELECT code FROM region WHERE code = ?" },
};

static const char *const buyer_roles[] = { "distributor", "hospital", "pharmacy", "chain",
	"clinic", NULL };
static const char *const statuses[] = { "active", "blocked", "closed", NULL };
static const char *const terms_kinds[] = { "prepaid", "net", "eom", "monthly", "previous", "sold",
	NULL };
static const char *const terms_bases[] = { "ship", "sign", "invoice", "order", NULL };
static const char *const address_statuses[] = { "active", "closed", NULL };

static const struct field id_field[] = { { "id", TYPE_HIDDEN }, { 0 } };

static const struct field service_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "buyer_role", TYPE_SELECT, REQUIRED, .set = "party_role", .options = buyer_roles },
	{ "group_id", TYPE_SELECT },
	{ "rep", TYPE_LOOKUP, REQUIRED, .max = 60, .href = "/suggest/staff" },
	{ "warehouse_id", TYPE_SELECT },
	{ "min_remaining_months", TYPE_INT, REQUIRED, 0, 36 },
	{ "whole_cases", TYPE_CHECK },
	{ "status", TYPE_SELECT, REQUIRED, .set = "party", .options = statuses },
	{ 0 }
};

static const struct field credit_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "credit_limit", TYPE_MONEY, REQUIRED, 0, 10000000000, .group = "limit" },
	{ "temp_limit", TYPE_MONEY, .min = 0, .max = 10000000000, .group = "limit" },
	{ "temp_from", TYPE_DATE, .group = "limit" },
	{ "temp_to", TYPE_DATE, .group = "limit" },
	{ "grace_days", TYPE_INT, REQUIRED, 0, 365, .group = "limit" },
	{ "credit_hold", TYPE_CHECK, .group = "limit" },
	{ "terms_kind", TYPE_SELECT, REQUIRED, .set = "terms", .options = terms_kinds,
	    .group = "payment" },
	{ "terms_base", TYPE_SELECT, REQUIRED, .set = "terms_base", .options = terms_bases,
	    .group = "payment" },
	{ "terms_days", TYPE_INT, .min = 0, .max = 720, .group = "payment" },
	{ "terms_cut_day", TYPE_INT, .min = 1, .max = 31, .group = "payment" },
	{ "terms_pay_day", TYPE_INT, .min = 1, .max = 31, .group = "payment" },
	{ "terms_months", TYPE_INT, .min = 0, .max = 12, .group = "payment" },
	{ "terms_back", TYPE_INT, .min = 1, .max = 6, .group = "payment" },
	{ "auto_allocate", TYPE_CHECK, .group = "payment" },
	{ 0 }
};

static const struct field address_fields[] = {
	{ "item", TYPE_HIDDEN },
	{ "party", TYPE_HIDDEN },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "contact", TYPE_TEXT, REQUIRED, .max = 40 },
	{ "phone", TYPE_TEL, REQUIRED, .max = 30 },
	{ "region", TYPE_LOOKUP, .max = 12, .href = "/suggest/regions" },
	{ "address", TYPE_TEXT, REQUIRED, .max = 200 },
	{ "branch_id", TYPE_SELECT },
	{ "is_default", TYPE_CHECK },
	{ "status", TYPE_SELECT, REQUIRED, .set = "address", .options = address_statuses },
	{ 0 }
};

/* ---- service and credit ---- */

/* The customer ?id= with its head on the page; no rows when there is none. */
static const struct rows *
begin(struct req *r)
{
	const struct rows *c = req_query(r, GET_ONE, I(req_int(r, "id", 0)));

	if (c->n == 0)
		return c;
	req_page(r, "edit");
	req_trail(r, "parties", "/parties/");
	x_value(r->heading, TYPE_TEXT, "party", row_str(c, 0, "party"));
	if (req_may(r, PERM_PARTY_EDIT))
		x_action(r->heading, "groups", "get", "/customergroups/");
	x_action(r->heading, "back", "get",
	    pool_printf(r->pool, "/parties/view?id=%s", row_str(c, 0, "id")));
	return c;
}

static int
service_form(struct req *r)
{
	const struct rows *c = begin(r);
	xmlNodePtr form;

	if (c->n == 0)
		return 404;
	form = x_form(r, "service", "/customers/service", service_fields, c);
	form_options(form, "group_id", req_query(r, GROUPS));
	form_options(form, "warehouse_id", req_query(r, WAREHOUSES));
	form_action(form, "save");
	return 200;
}

static int
credit_form(struct req *r)
{
	const struct rows *c = begin(r);

	if (c->n == 0)
		return 404;
	form_action(x_form(r, "terms", "/customers/credit", credit_fields, c), "save");
	return 200;
}

/* Each sees the part he may change. */
static int
customer_edit(struct req *r)
{
	const struct rows *c;
	xmlNodePtr form;

	if (!req_may(r, PERM_PARTY_EDIT))
		return req_may(r, PERM_CREDIT_EDIT) ? credit_form(r) : 403;
	if (!req_may(r, PERM_CREDIT_EDIT))
		return service_form(r);
	c = begin(r);
	if (c->n == 0)
		return 404;
	form = x_form(r, "service", "/customers/service", service_fields, c);
	form_options(form, "group_id", req_query(r, GROUPS));
	form_options(form, "warehouse_id", req_query(r, WAREHOUSES));
	form_action(form, "save");
	if (!row_null(c, 0, "customer"))
		form_action(x_form(r, "terms", "/customers/credit", credit_fields, c), "save");
	return 200;
}

static int
service_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *c = req_query(r, GET_ONE, I(id));
	const struct rows *rep = req_query(r, REP, S(req_str(r, "rep")));
	bool there = c->n > 0 && !row_null(c, 0, "customer");
	struct arg args[] = { S(req_str(r, "buyer_role")), arg_id(req_int(r, "group_id", 0)),
		arg_id(req_int(r, "warehouse_id", 0)), I(req_int(r, "min_remaining_months", 0)),
		I(req_given(r, "whole_cases")), S(req_str(r, "status")), I(id),
		there ? I(req_int(r, "_version", 0)) : (struct arg){ .type = ARG_END },
		{ .type = ARG_END } };

	if (c->n == 0)
		return 404;
	if (rep->n == 0)
		req_error(r, "rep", "staff.unknown", "login", req_str(r, "rep"), NULL);
	form_offered(r, "group_id", req_query(r, GROUPS));
	form_offered(r, "warehouse_id", req_query(r, WAREHOUSES));
	if (!req_good(r))
		return 422;
	if (req_exec_args(r, there ? CHANGE : ADD, args) == 0)
		return 409;
	if (strcmp(row_str(c, 0, "rep"), req_str(r, "rep")) != 0)
		req_exec(r, ASSIGN, I(id), I(row_int(rep, 0, "id")));
	req_notice(r, "saved");
	return req_redirect(r, "/parties/view?id=%lld", (long long)id);
}

/* A month's terms need all three of their numbers. */
static void
check_terms(struct req *r)
{
	static const char *const monthly[] = { "terms_cut_day", "terms_pay_day", "terms_months" };

	if (strcmp(req_str(r, "terms_kind"), "monthly") == 0) {
		for (size_t i = 0; i < LEN(monthly); i++) {
			if (!req_given(r, monthly[i]))
				req_error(r, monthly[i], "required", NULL);
		}
	}
	if (req_given(r, "temp_to") && strcmp(req_str(r, "temp_to"), req_str(r, "temp_from")) < 0)
		req_error(r, "temp_to", "period.backwards", NULL);
}

static int
credit_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	check_terms(r);
	if (!req_good(r))
		return 422;
	if (req_query(r, GET_ONE, I(id))->n == 0)
		return 404;
	if (req_exec(r, CREDIT_CHANGE, M(req_str(r, "credit_limit")), M(req_str(r, "temp_limit")),
	    D(req_str(r, "temp_from")), D(req_str(r, "temp_to")), I(req_int(r, "grace_days", 0)),
	    I(req_given(r, "credit_hold")), S(req_str(r, "terms_kind")),
	    S(req_str(r, "terms_base")),
	    T(req_str(r, "terms_days")), T(req_str(r, "terms_cut_day")),
	    T(req_str(r, "terms_pay_day")), T(req_str(r, "terms_months")),
	    T(req_str(r, "terms_back")),
	    I(req_given(r, "auto_allocate")), I(id), I(req_int(r, "_version", 0))) == 0)
		return 409;
	req_notice(r, "saved");
	return req_redirect(r, "/parties/view?id=%lld", (long long)id);
}

/* ---- addresses ---- */

static int
address_form(struct req *r)
{
	int64_t item = req_int(r, "item", 0);
	const struct rows *a = item == 0 ? req_query(r, NEW_ADDRESS, I(req_int(r, "party", 0))) :
	    req_query(r, ADDRESS, I(item));
	const struct rows *p;
	xmlNodePtr form;

	if (a->n == 0)
		return 404;
	p = req_query(r, PARTY, I(row_int(a, 0, "party")));
	if (p->n == 0)
		return 404;
	req_page(r, "address");
	req_trail(r, "parties", "/parties/");
	x_value(r->heading, TYPE_TEXT, "party", row_str(p, 0, "party"));
	form = x_form(r, "address", "/customers/address", address_fields, a);
	form_options(form, "branch_id", req_query(r, BRANCHES, I(row_int(p, 0, "id"))));
	form_action(form, "save");
	x_action(form, "cancel", "get",
	    pool_printf(r->pool, "/parties/view?id=%s", row_str(p, 0, "id")));
	return 200;
}

static int
address_save(struct req *r)
{
	int64_t item = req_int(r, "item", 0), party = req_int(r, "party", 0);
	struct arg args[] = { S(req_str(r, "name")), S(req_str(r, "contact")),
	    S(req_str(r, "phone")),
		T(req_str(r, "region")), S(req_str(r, "address")),
		arg_id(req_int(r, "branch_id", 0)),
		I(req_given(r, "is_default")), S(req_str(r, "status")), I(party),
		item == 0 ? (struct arg){ .type = ARG_END } : I(item), I(req_int(r, "_version", 0)),
		{ .type = ARG_END } };

	if (req_query(r, PARTY, I(party))->n == 0)
		return 404;
	if (req_given(r, "region") && req_query(r, REGION, S(req_str(r, "region")))->n == 0)
		req_error(r, "region", "choice", NULL);
	form_offered(r, "branch_id", req_query(r, BRANCHES, I(party)));
	if (!req_good(r))
		return 422;
	if (req_exec_args(r, item == 0 ? ADDRESS_ADD : ADDRESS_CHANGE, args) == 0)
		return 409;
	if (item == 0)
		item = req_last_id(r);
	if (req_given(r, "is_default"))
		req_exec(r, ONE_DEFAULT, I(party), I(item));
	req_notice(r, "saved");
	return req_redirect(r, "/parties/view?id=%lld", (long long)party);
}

static const struct route routes[] = {
	{ "/edit", GET, PERM_PARTY_VIEW, customer_edit, id_field },
	{ "/service", POST, PERM_PARTY_EDIT, service_save, service_fields, service_form },
	{ "/credit", POST, PERM_CREDIT_EDIT, credit_save, credit_fields, credit_form },
	{ "/address", GET, PERM_PARTY_EDIT, address_form, address_fields },
	{ "/address", POST, PERM_PARTY_EDIT, address_save, address_fields, address_form },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "customers", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
