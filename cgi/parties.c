/*
 * parties.c - legal parties: distributors, hospitals, chains, makers, carriers.
 *
 * One party may play several roles; a branch is a party with a parent.  What
 * makes it our customer (credit, terms, responsible person) is kept beside it
 * (customers.c), its documents too (licences.c); the page of one shows all of it.
 */
#include <string.h>

#include "alike.h"
#include "form.h"
#include "list.h"
#include "scope.h"
#include "uscc.h"

enum {
	REPS, PROVINCES, GRADES, GET_ONE, GET_EDIT, NEW_ONE, CREDIT, GAP, LICENCES, ADDRESSES,
	BRANCHES, USERS, ORDERS, MERGED, ADD, CHANGE, ROLES_CLEAR, ROLE_ADD, REGION, PARENT, NSQL
};

/* Parties that are no customers are everybody's; customers are their department's. */
#define MINE(customer) "(" customer " IS NULL OR " IN_SCOPE("c.rep_id", "c.org_unit_id") ")"

#define HAS(role) "EXISTS (SELECT 1 FROM party_role o WHERE o.party_id = p.id AND o.role = '" \
	role "') AS " role

static const struct sql sql[NSQL] = {
	[REPS] = { "parties.reps",
		"SELECT u.id AS value, u.name AS label FROM"
		" (SELECT DISTINCT rep_id FROM customer) c JOIN app_user u ON u.id = c.rep_id"
		" ORDER BY u.name" },
	[PROVINCES] = { "parties.provinces",
		"SELECT code AS value, name AS label FROM region WHERE level = 1 ORDER BY code" },
	[GRADES] = { "parties.grades",
		"SELECT CONCAT(a.g, b.g, '等') AS value, CONCAT(a.g, b.g, '等') AS label"
		" FROM (SELECT '三级' AS g UNION ALL SELECT '二级' UNION ALL SELECT '一级') a"
		" JOIN (SELECT '特' AS g UNION ALL SELECT '甲' UNION ALL SELECT '乙'"
		" UNION ALL SELECT '丙') b WHERE a.g = '三级' OR b.g <> '特' ORDER BY 1 DESC" },
	[GET_ONE] = { "parties.get",
		"SELECT c.* FROM party_page c WHERE c.id = ? AND " MINE("c.customer") },
	[GET_EDIT] = { "parties.edit",
		"SELECT p.id, p.version, p.code, p.name, p.short_name, p.kind, p.uscc,"
		" p.region_code AS region, h.code AS parent, p.phone, p.email, p.address,"
		" p.bank_name, p.bank_account, p.national_grade, p.distributor_level, p.status,"
		" p.note, " HAS("manufacturer") ", " HAS("distributor") ", " HAS("agent") ", "
		HAS("hospital") ", " HAS("pharmacy") ", " HAS("chain") ", " HAS("clinic") ", "
		HAS("carrier") " FROM party p LEFT JOIN party h ON h.id = p.parent_id"
		" LEFT JOIN customer c ON c.party_id = p.id"
		" WHERE p.id = ? AND " MINE("c.party_id") },
	[NEW_ONE] = { "parties.new", "SELECT 'company' AS kind, 'active' AS status" },
	[CREDIT] = { "parties.credit", "CALL credit_status(?)" },
	[GAP] = { "parties.gap",
		"SELECT SUBSTRING_INDEX(g.gap, '|', 1) AS code,"
		" SUBSTRING_INDEX(g.gap, '=', -1) AS document"
		" FROM (SELECT licence_gap(?, business_day()) AS gap) g WHERE g.gap IS NOT NULL" },
	[LICENCES] = { "parties.licences",
		"SELECT * FROM party_licence_page WHERE party_id = ?"
		" ORDER BY seq, expires_on DESC" },
	[ADDRESSES] = { "parties.addresses",
		"SELECT a.id, a.name, a.contact, a.phone, a.address, a.status, b.name AS branch,"
		" IF(a.is_default, 'true', 'false') AS is_default"
		" FROM party_address a LEFT JOIN party b ON b.id = a.branch_id"
		" WHERE a.party_id = ? ORDER BY a.status, a.is_default DESC, a.id" },
	[BRANCHES] = { "parties.branches",
		"SELECT p.id, p.code, p.name, r.name AS region, p.status FROM party p"
		" LEFT JOIN region r ON r.code = p.region_code WHERE p.parent_id = ?"
		" ORDER BY p.code LIMIT 100" },
	[USERS] = { "parties.users",
		"SELECT u.id, u.login, u.name, u.phone, u.status, u.last_login_at,"
		" (SELECT GROUP_CONCAT(o.name ORDER BY x.is_main DESC SEPARATOR '、') FROM user_role"
		" x JOIN role_named o ON o.id = x.role_id WHERE x.user_id = u.id"
		" GROUP BY x.user_id) AS roles FROM app_user u WHERE u.party_id = ?"
		" ORDER BY u.status, u.login" },
	[ORDERS] = { "parties.orders",
		"SELECT o.id, o.order_no AS number, o.placed_at, o.amount, o.status"
		" FROM sales_order o"
		" WHERE o.party_id = ? ORDER BY o.placed_at DESC, o.id DESC LIMIT 8" },
	[MERGED] = { "parties.merged",
		"SELECT id, code, name, merged_at FROM party WHERE merged_into = ?"
		" ORDER BY merged_at DESC LIMIT 100" },
	[ADD] = { "parties.add",
		"INSERT INTO party (name, short_name, kind, uscc, region_code, province, parent_id,"
		" phone, email, address, bank_name, bank_account, national_grade,"
		" distributor_level, status, note, pinyin, code) VALUES (?, ?, ?, ?, ?, LEFT(?, 2),"
		" ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, pinyin_initials(?), ?)" },
	[CHANGE] = { "parties.change",
		"UPDATE party SET name = ?, short_name = ?, kind = ?, uscc = ?, region_code = ?,"
		" province = LEFT(?, 2), parent_id = ?, phone = ?, email = ?, address = ?,"
		" bank_name = ?, bank_account = ?, national_grade = ?, distributor_level = ?,"
		" status = ?, note = ?, pinyin = pinyin_initials(?), version = version + 1"
		" WHERE id = ? AND version = ?" },
	[ROLES_CLEAR] = { "parties.roles_clear",
		"DELETE FROM party_role WHERE party_id = ? AND role <> 'company'" },
	[ROLE_ADD] = { "parties.role_add",
		"INSERT INTO party_role (party_id, role, since) VALUES (?, ?, business_day())" },
	[REGION] = { "parties.region", "SELECT code FROM region WHERE code = ?" },
	[PARENT] = { "parties.parent", "SELECT id FROM party WHERE code = ?" },
};

static const char *const kinds[] = { "company", "institution", "person", NULL };
static const char *const states[] = { "active", "blocked", "closed", NULL };
static const char *const levels[] = { "1", "2", "3", "4", "5", "6", NULL };
static const char *const roles[] = { "distributor", "hospital", "chain", "pharmacy", "clinic",
	"agent", "manufacturer", "carrier", NULL };

/* ---- list ---- */

static const struct column columns[] = {
	{ "name", TYPE_TEXT, .sub = "uscc", .sort = "p.name" },
	{ "code", TYPE_CODE, .sort = "p.code", .unique = true },
	{ "role", TYPE_STATUS, .set = "party_role" },
	{ "region", TYPE_TEXT, .sort = "p.region_code" },
	{ "national_grade", TYPE_TEXT },
	{ "distributor_level", TYPE_STATUS, .set = "distributor_level", .optional = true },
	{ "rep", TYPE_TEXT },
	{ "customer_group", TYPE_TEXT, .optional = true },
	{ "phone", TYPE_TEXT, .optional = true },
	{ "status", TYPE_STATUS, .set = "party", .sort = "p.status" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "p.name LIKE ? OR p.short_name LIKE ? OR p.pinyin LIKE ?"
	    " OR p.code LIKE ? OR p.uscc LIKE ?", 5, true },
	{ { "role", TYPE_SELECT, .set = "party_role", .options = roles },
	    "EXISTS (SELECT 1 FROM party_role o WHERE o.party_id = p.id AND o.role = ?)" },
	{ { "province", TYPE_SELECT }, "p.province = ?" },
	{ { "grade", TYPE_SELECT }, "p.national_grade = ?" },
	{ { "level", TYPE_SELECT, .set = "distributor_level", .options = levels },
	    "p.distributor_level = ?" },
	{ { "rep", TYPE_SELECT }, "c.rep_id = ?" },
	{ { "status", TYPE_SELECT, .set = "party", .options = states }, "p.status = ?" },
	{ 0 }
};

static const struct view views[] = {
	{ "all", "" }, { "distributors", "role=distributor" }, { "hospitals", "role=hospital" },
	{ "chains", "role=chain" },
	{ 0 }
};

static const struct list parties = {
	.name = "parties",
	.columns = columns,
	.filters = filters,
	.views = views,
	.row_href = "/parties/view?id={id}",
	.sort = "code",
	.select = "p.id, p.code, p.name, p.uscc, (SELECT o.role FROM party_role o"
	    " WHERE o.party_id = p.id ORDER BY o.role LIMIT 1) AS role,"
	    " CONCAT_WS(' ', pr.name, IF(p.region_code = p.province, NULL, r.name)) AS region,"
	    " p.national_grade, p.distributor_level, u.name AS rep, g.name AS customer_group,"
	    " p.phone, p.status",
	.from = "party p LEFT JOIN customer c ON c.party_id = p.id"
	    " LEFT JOIN region r ON r.code = p.region_code"
	    " LEFT JOIN region pr ON pr.code = p.province"
	    " LEFT JOIN app_user u ON u.id = c.rep_id"
	    " LEFT JOIN customer_group g ON g.id = c.group_id",
	.where = MINE("c.party_id"),
	.count_from = "party p LEFT JOIN customer c ON c.party_id = p.id",
	.key = "p.id",
	.create = "create",
	.create_href = "/parties/edit",
	.create_perm = PERM_PARTY_EDIT,
};

static int
party_list(struct req *r)
{
	int status;

	if (req_may(r, PERM_PARTY_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/parties/edit"), "primary", true);
	status = list_page(r, &parties);
	form_options(r->page, "province", req_query(r, PROVINCES));
	form_options(r->page, "grade", req_query(r, GRADES));
	form_options(r->page, "rep", req_query(r, REPS));
	return status;
}

/* ---- one party, all round ---- */

static const struct column record[] = {
	{ "code", TYPE_CODE },
	{ "short_name", TYPE_TEXT },
	{ "uscc", TYPE_CODE },
	{ "region", TYPE_TEXT },
	{ "address", TYPE_TEXT },
	{ "phone", TYPE_TEXT },
	{ "email", TYPE_TEXT },
	{ "national_grade", TYPE_TEXT },
	{ "distributor_level", TYPE_STATUS, .set = "distributor_level" },
	{ "parent", TYPE_TEXT, .href = "/parties/view?id={parent_id}" },
	{ "merged_into", TYPE_TEXT, .href = "/parties/view?id={merged_id}" },
	{ "bank_name", TYPE_TEXT, .sub = "bank_account" },
	{ "note", TYPE_TEXT },
	{ 0 }
};

static const struct column service_columns[] = {
	{ "buyer_role", TYPE_STATUS, .set = "party_role" },
	{ "rep", TYPE_TEXT },
	{ "customer_group", TYPE_TEXT },
	{ "warehouse", TYPE_TEXT },
	{ 0 }
};

static const struct column credit_columns[] = {
	{ "credit_limit", TYPE_MONEY },
	{ "exposure", TYPE_MONEY },
	{ "available", TYPE_MONEY, .emphasis = true },
	{ "overdue", TYPE_MONEY },
	{ 0 }
};

static const struct column licence_columns[] = {
	{ "document", TYPE_TEXT, .sub = "scopes" },
	{ "number", TYPE_CODE },
	{ "expires_on", TYPE_DATE },
	{ "life", TYPE_STATUS, .set = "life" },
	{ "status", TYPE_STATUS, .set = "licence" },
	{ 0 }
};

static const struct column address_columns[] = {
	{ "name", TYPE_TEXT, .sub = "branch" },
	{ "address", TYPE_TEXT },
	{ "contact", TYPE_TEXT, .sub = "phone" },
	{ "is_default", TYPE_FLAG },
	{ "status", TYPE_STATUS, .set = "address" },
	{ 0 }
};

static const struct column branch_columns[] = {
	{ "code", TYPE_CODE },
	{ "name", TYPE_TEXT },
	{ "region", TYPE_TEXT },
	{ "status", TYPE_STATUS, .set = "party" },
	{ 0 }
};

static const struct column merged_columns[] = {
	{ "name", TYPE_TEXT, .sub = "code" },
	{ "merged_at", TYPE_DATETIME },
	{ 0 }
};

static const struct column user_columns[] = {
	{ "login", TYPE_CODE },
	{ "name", TYPE_TEXT, .sub = "phone" },
	{ "roles", TYPE_TEXT, .set = "role" },
	{ "last_login_at", TYPE_AGO },
	{ "status", TYPE_STATUS, .set = "user" },
	{ 0 }
};

static const struct column order_columns[] = {
	{ "number", TYPE_CODE, .href = "/orders/view?id={id}" },
	{ "placed_at", TYPE_DATETIME },
	{ "amount", TYPE_MONEY },
	{ "status", TYPE_STATUS, .set = "order" },
	{ 0 }
};

/* A list of the page with the button that adds to it. */
static void
add_list(struct req *r, const char *name, const struct rows *rows, const struct column *shown,
    const char *row_href, enum perm perm, const char *add)
{
	xmlNodePtr list = x_list(r, name, rows, shown, row_href);

	if (perm != PERM_PUBLIC && req_may(r, perm))
		x_action(list, "add", "get", add);
}

static void
add_customer(struct req *r, int64_t id, const char *text, const struct rows *p)
{
	const struct rows *credit;
	xmlNodePtr n;

	x_record(r->page, "service", p, service_columns);
	if (req_may(r, PERM_ACCOUNT_VIEW) || req_may(r, PERM_CREDIT_EDIT)) {
		credit = req_query(r, CREDIT, I(id));
		n = x_record(r->page, "credit", credit, credit_columns);
		if (n != NULL && req_may(r, PERM_ACCOUNT_VIEW))
			x_link(n, "account", pool_printf(r->pool, "/accounts/view?id=%s", text));
	}
	add_list(r, "party-users", req_query(r, USERS, I(id)), user_columns,
	    req_may(r, PERM_PORTAL_USER_EDIT) ? "/portalusers/view?id={id}" : NULL,
	    PERM_PORTAL_USER_EDIT, pool_printf(r->pool, "/portalusers/edit?party=%s", text));
	if (!req_may(r, PERM_ORDER_VIEW))
		return;
	n = x_list(r, "party-orders", req_query(r, ORDERS, I(id)), order_columns, NULL);
	x_link(n, "all", pool_printf(r->pool, "/orders/?customer=%s", row_str(p, 0, "code")));
	x_link(n, "quotations", pool_printf(r->pool, "/quotations/?customer=%s",
	    row_str(p, 0, "code")));
	x_link(n, "purchases", pool_printf(r->pool, "/purchases/?customer=%s",
	    row_str(p, 0, "code")));
}

static int
party_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *p = req_query(r, GET_ONE, I(id));
	const struct rows *gap, *merged;
	const char *text;
	bool customer;

	if (!req_record(r, "view", p, "name", "party", "status"))
		return 404;
	text = row_str(p, 0, "id");
	customer = !row_null(p, 0, "customer");
	if (req_may(r, PERM_CREDIT_EDIT) || (customer && req_may(r, PERM_PARTY_EDIT)))
		x_action(r->heading, "terms", "get",
		    pool_printf(r->pool, "/customers/edit?id=%s", text));
	if (customer)
		x_action(r->heading, "dealings", "get",
		    pool_printf(r->pool, "/dealings/?id=%s", text));
	if (req_may(r, PERM_PARTY_EDIT) && row_int(p, 0, "can_merge") != 0)
		x_action(r->heading, "party.same", "get",
		    pool_printf(r->pool, "/merges/?id=%s", text));
	if (req_may(r, PERM_PARTY_EDIT))
		x_flag(x_action(r->heading, "edit", "get",
		    pool_printf(r->pool, "/parties/edit?id=%s", text)), "primary", true);
	gap = req_query(r, GAP, I(id));
	if (gap->n > 0)
		x_value(x_notice(r->page, "warning", pool_printf(r->pool, "notice.%s",
		    row_str(gap, 0, "code"))), TYPE_TEXT, "document", row_str(gap, 0, "document"));
	x_record(r->page, "party", p, record);
	add_list(r, "party-licences", req_query(r, LICENCES, I(id)), licence_columns,
	    "/licences/view?id={id}", PERM_PARTY_EDIT,
	    pool_printf(r->pool, "/licences/edit?party=%s", row_str(p, 0, "code")));
	if (customer)
		add_customer(r, id, text, p);
	add_list(r, "party-addresses", req_query(r, ADDRESSES, I(id)), address_columns,
	    req_may(r, PERM_PARTY_EDIT) ? "/customers/address?item={id}" : NULL, PERM_PARTY_EDIT,
	    pool_printf(r->pool, "/customers/address?party=%s", text));
	add_list(r, "party-branches", req_query(r, BRANCHES, I(id)), branch_columns,
	    "/parties/view?id={id}", PERM_PUBLIC, NULL);
	merged = req_query(r, MERGED, I(id));
	if (merged->n > 0)
		x_list(r, "party-merged", merged, merged_columns, "/parties/view?id={id}");
	return 200;
}

/* ---- the record ---- */

static const struct field id_field[] = { { "id", TYPE_HIDDEN }, { 0 } };

/* The first is asked only when a new party looks like one that is there. */
static const struct field fields[] = {
	{ "not_duplicate", TYPE_CHECK },
	{ "id", TYPE_HIDDEN },
	{ "code", TYPE_CODE, REQUIRED | LOCKED, .max = 20, .group = "identity" },
	{ "name", TYPE_TEXT, REQUIRED, .max = 120, .group = "identity" },
	{ "short_name", TYPE_TEXT, .max = 40, .group = "identity" },
	{ "kind", TYPE_SELECT, REQUIRED, .set = "party_kind", .options = kinds,
	    .group = "identity" },
	{ "uscc", TYPE_CODE, .max = 18, .group = "identity" },
	{ "national_grade", TYPE_SELECT, .group = "identity" },
	{ "distributor_level", TYPE_SELECT, .set = "distributor_level", .options = levels,
	    .group = "identity" },
	{ "parent", TYPE_LOOKUP, .max = 20, .href = "/suggest/all", .group = "identity" },
	{ "status", TYPE_SELECT, REQUIRED, .set = "party", .options = states, .group = "identity" },
	{ "distributor", TYPE_CHECK, .group = "roles" },
	{ "hospital", TYPE_CHECK, .group = "roles" },
	{ "chain", TYPE_CHECK, .group = "roles" },
	{ "pharmacy", TYPE_CHECK, .group = "roles" },
	{ "clinic", TYPE_CHECK, .group = "roles" },
	{ "agent", TYPE_CHECK, .group = "roles" },
	{ "manufacturer", TYPE_CHECK, .group = "roles" },
	{ "carrier", TYPE_CHECK, .group = "roles" },
	{ "region", TYPE_LOOKUP, REQUIRED, .max = 12, .href = "/suggest/regions",
	    .group = "contact" },
	{ "address", TYPE_TEXT, .max = 200, .group = "contact" },
	{ "phone", TYPE_TEL, .max = 30, .group = "contact" },
	{ "email", TYPE_EMAIL, .group = "contact" },
	{ "bank_name", TYPE_TEXT, .max = 80, .group = "bank" },
	{ "bank_account", TYPE_TEXT, .max = 40, .group = "bank" },
	{ "note", TYPE_TEXT, .max = 400, .group = "bank" },
	{ 0 }
};

static int
party_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *p = id == 0 ? req_query(r, NEW_ONE) : req_query(r, GET_EDIT, I(id));
	xmlNodePtr form;

	if (!req_editing(r, p, "name"))
		return 404;
	alike_list(r);
	form = x_form(r, "party", "/parties/save", id == 0 && r->again ? fields : fields + 1, p);
	form_options(form, "national_grade", req_query(r, GRADES));
	form_action(form, "save");
	return 200;
}

/* The one value of a look-up by code; an error beside the field when there is none. */
static const char *
look_up(struct req *r, size_t statement, const char *field, const char *column)
{
	const struct rows *found;

	if (!req_given(r, field))
		return "";
	found = req_query(r, statement, S(req_str(r, field)));
	if (found->n > 0)
		return row_str(found, 0, column);
	req_error(r, field, "choice", NULL);
	return "";
}

static void
check_uscc(struct req *r)
{
	const char *uscc = req_str(r, "uscc");

	if (uscc[0] == '\0')
		return;
	if (identifier_is_damaged(uscc))
		req_error(r, "uscc", "uscc.damaged", NULL);
	else if (!uscc_valid(uscc))
		req_error(r, "uscc", "uscc.wrong", NULL);
}

/* A second record of one party splits its account: the same code is refused, the rest asked. */
static void
check_alike(struct req *r, int64_t id, const char *region)
{
	const struct alike_given given = { .id = id, .name = req_str(r, "name"),
		.uscc = req_str(r, "uscc"), .region = region, .address = req_str(r, "address"),
		.sure = req_given(r, "not_duplicate") };

	if (req_good(r))
		alike_check(r, &given);
}

static void
save_roles(struct req *r, int64_t id)
{
	req_exec(r, ROLES_CLEAR, I(id));
	for (const char *const *role = roles; *role != NULL; role++) {
		if (req_given(r, *role))
			req_exec(r, ROLE_ADD, I(id), S(*role));
	}
}

static int
party_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const char *region = look_up(r, REGION, "region", "code");
	const char *parent = look_up(r, PARENT, "parent", "id");
	const char *name = req_str(r, "name");
	struct arg args[] = { S(name), T(req_str(r, "short_name")), S(req_str(r, "kind")),
		T(req_str(r, "uscc")), T(region), T(region), T(parent), T(req_str(r, "phone")),
		T(req_str(r, "email")), T(req_str(r, "address")), T(req_str(r, "bank_name")),
		T(req_str(r, "bank_account")), T(req_str(r, "national_grade")),
		T(req_str(r, "distributor_level")), S(req_str(r, "status")), T(req_str(r, "note")),
		S(name), id == 0 ? S(req_str(r, "code")) : I(id),
		id == 0 ? (struct arg){ .type = ARG_END } : I(req_int(r, "_version", 0)),
		{ .type = ARG_END } };

	check_uscc(r);
	check_alike(r, id, region);
	if (!req_good(r))
		return 422;
	if (id != 0 && req_query(r, GET_EDIT, I(id))->n == 0)
		return 404;
	if (req_exec_args(r, id == 0 ? ADD : CHANGE, args) == 0)
		return 409;
	if (id == 0)
		id = req_last_id(r);
	save_roles(r, id);
	req_notice(r, "saved");
	return req_redirect(r, "/parties/view?id=%lld", (long long)id);
}

static const struct route routes[] = {
	{ "/", GET, PERM_PARTY_VIEW, party_list, .list = &parties },
	{ "/view", GET, PERM_PARTY_VIEW, party_view, id_field },
	{ "/edit", GET, PERM_PARTY_EDIT, party_edit, fields },
	{ "/save", POST, PERM_PARTY_EDIT, party_save, fields, party_edit },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "parties", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
