/*
 * portalusers.c - people of our customers who sign in to the portal.
 *
 * A company's administrator keeps his own people; this is for the first of them
 * and for help.  A password is only ever set by its owner, through a link that
 * works once.
 */
#include <string.h>

#include "audience.h"
#include "auth.h"
#include "form.h"
#include "list.h"
#include "scope.h"

enum { GET_ONE, GET_EDIT, PARTY, BRANCHES, EVENTS, ADD, CHANGE, ROLE_TAKE, ROLE_GIVE, ACT, NSQL };

#define MINE IN_SCOPE("c.rep_id", "c.org_unit_id")

#define HAS(role) "EXISTS (SELECT 1 FROM user_role x JOIN role o ON o.id = x.role_id" \
	" WHERE x.user_id = u.id AND o.code = '" role "' AND o.party_id IS NULL) AS " role

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "portalusers.get",
		"SELECT u.id, u.login, u.name, u.phone, u.email, u.status, u.last_login_at,"
		" u.party_id, p.name AS party, b.name AS branch,"
		" u.locked_until > UTC_TIMESTAMP() AS locked, (SELECT COUNT(*) FROM session s"
		" WHERE s.user_id = u.id AND s.expires_at > UTC_TIMESTAMP()) AS sessions,"
		" (SELECT GROUP_CONCAT(o.name ORDER BY x.is_main DESC SEPARATOR '、')"
		" FROM user_role x"
		" JOIN role_named o ON o.id = x.role_id WHERE x.user_id = u.id"
		" GROUP BY x.user_id) AS roles"
		" FROM app_user u"
		" JOIN party p ON p.id = u.party_id"
		" LEFT JOIN customer c ON c.party_id = u.party_id"
		" LEFT JOIN party b ON b.id = u.branch_id"
		" WHERE u.id = ? AND u.site = 'portal' AND " MINE },
	[GET_EDIT] = { "portalusers.edit",
		"SELECT u.id, u.version, u.party_id AS party, u.login, u.name, u.phone, u.email,"
		" u.branch_id, u.locale, " HAS("company_admin") ", " HAS("buyer") ","
		" " HAS("accountant")
		", " HAS("receiver") ", " HAS("reporter") ", " HAS("chain_viewer")
		" FROM app_user u LEFT JOIN customer c ON c.party_id = u.party_id"
		" WHERE u.id = ? AND u.site = 'portal' AND " MINE },
	[PARTY] = { "portalusers.party",
		"SELECT p.id, p.name AS party FROM party p JOIN customer c ON c.party_id = p.id"
		" WHERE p.id = ? AND " MINE },
	[BRANCHES] = { "portalusers.branches",
		"SELECT id AS value, name AS label FROM party WHERE parent_id = ? ORDER BY code" },
	[EVENTS] = { "portalusers.events",
		"SELECT id, at, event, ip, agent FROM login_event WHERE user_id = ?"
		" ORDER BY id DESC LIMIT 20" },
	[ADD] = { "portalusers.add",
		"INSERT INTO app_user (site, name, phone, email, branch_id, locale, login,"
		" party_id)"
		" VALUES ('portal', ?, ?, ?, ?, ?, ?, ?)" },
	[CHANGE] = { "portalusers.change",
		"UPDATE app_user SET name = ?, phone = ?, email = ?, branch_id = ?, locale = ?,"
		" version = version + 1 WHERE id = ? AND version = ? AND site = 'portal'" },
	[ROLE_TAKE] = { "portalusers.role_take",
		"DELETE x FROM user_role x JOIN role o ON o.id = x.role_id"
		" WHERE x.user_id = ? AND o.site = 'portal' AND o.party_id IS NULL"
		" AND o.code = ?" },
	[ROLE_GIVE] = { "portalusers.role_give",
		"INSERT IGNORE INTO user_role (user_id, role_id, is_main)"
		" SELECT ?, o.id, ? FROM role o"
		" WHERE o.site = 'portal' AND o.party_id IS NULL AND o.code = ?" },
	[ACT] = { "portalusers.act", "CALL customer_user_act(?, ?, ?)" },
};

static const char *const statuses[] = { "active", "disabled", NULL };
static const char *const locales[] = { "zh-CN", "en", NULL };
static const char *const roles[] = { "company_admin", "buyer", "accountant", "receiver",
	"reporter", "chain_viewer", NULL };

static const struct column columns[] = {
	{ "login", TYPE_CODE, .sort = "u.login" },
	{ "name", TYPE_TEXT, .sub = "phone", .sort = "u.name" },
	{ "party", TYPE_TEXT, .href = "/parties/view?id={party_id}", .sort = "p.name" },
	{ "roles", TYPE_TEXT, .set = "role" },
	{ "last_login_at", TYPE_AGO, .sort = "COALESCE(u.last_login_at, '1970-01-01')" },
	{ "status", TYPE_STATUS, .set = "user", .sort = "u.status" },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "u.login LIKE ? OR u.name LIKE ? OR p.name LIKE ?"
	    " OR p.pinyin LIKE ? OR p.code LIKE ?", 5, true },
	{ { "status", TYPE_SELECT, .set = "user", .options = statuses }, "u.status = ?" },
	{ 0 }
};

static const struct list users = {
	.name = "portal-users",
	.columns = columns,
	.filters = filters,
	.row_href = "/portalusers/view?id={id}",
	.sort = "login",
	.select = "u.id, u.login, u.name, u.phone, p.name AS party, u.party_id, u.status,"
	    " u.last_login_at, (SELECT GROUP_CONCAT(o.name ORDER BY x.is_main DESC SEPARATOR '、')"
	    " FROM user_role x JOIN role_named o ON o.id = x.role_id WHERE x.user_id = u.id"
	    " GROUP BY x.user_id) AS roles",
	.from = "app_user u JOIN party p ON p.id = u.party_id"
	    " LEFT JOIN customer c ON c.party_id = u.party_id",
	.where = "u.site = 'portal' AND " MINE,
	.key = "u.id",
};

static int
user_list(struct req *r)
{
	return list_page(r, &users);
}

/* ---- one person ---- */

static const struct field id_field[] = { { "id", TYPE_HIDDEN }, { 0 } };

static const struct column record[] = {
	{ "login", TYPE_CODE },
	{ "name", TYPE_TEXT },
	{ "party", TYPE_TEXT, .href = "/parties/view?id={party_id}" },
	{ "branch", TYPE_TEXT },
	{ "roles", TYPE_TEXT, .set = "role" },
	{ "phone", TYPE_TEXT },
	{ "email", TYPE_TEXT },
	{ "last_login_at", TYPE_AGO },
	{ "sessions", TYPE_INT },
	{ 0 }
};

static const struct column event_columns[] = {
	{ "at", TYPE_DATETIME },
	{ "event", TYPE_STATUS, .set = "login_event" },
	{ "ip", TYPE_CODE },
	{ "agent", TYPE_TEXT },
	{ 0 }
};

static void
add_act(struct req *r, const char *what, const char *id, bool asks)
{
	xmlNodePtr n = x_action(r->heading, what, "post",
	    pool_printf(r->pool, "/portalusers/%s?id=%s", what, id));

	if (asks)
		x_attr(n, "confirm", what);
}

static int
user_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *u = req_query(r, GET_ONE, I(id));
	const char *text;
	bool active;

	if (u->n == 0)
		return 404;
	text = row_str(u, 0, "id");
	active = strcmp(row_str(u, 0, "status"), "active") == 0;
	req_title(r, row_str(u, 0, "name"));
	req_state(r, "user", row_str(u, 0, "status"));
	req_trail(r, "portalusers", "/portalusers/");
	if (row_int(u, 0, "locked") != 0)
		add_act(r, "unlock", text, false);
	add_act(r, "link", text, false);
	add_act(r, "factor", text, true);
	add_act(r, "end", text, true);
	add_act(r, active ? "disable" : "enable", text, active);
	x_flag(x_action(r->heading, "edit", "get",
	    pool_printf(r->pool, "/portalusers/edit?id=%s", text)), "primary", true);
	x_record(r->page, "portal-user", u, record);
	x_list(r, "sign-ins", req_query(r, EVENTS, I(id)), event_columns, NULL);
	return 200;
}

/* unlock, enable, disable, end, factor: the route is the verb. */
static int
user_act(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const char *what = r->route->path + 1;

	if (req_query(r, GET_ONE, I(id))->n == 0 ||
	    req_query(r, ACT, I(id), S(what), S(NULL))->n == 0)
		return 404;
	req_notice(r, pool_printf(r->pool, "staff.%s", what));
	return req_redirect(r, "/portalusers/view?id=%lld", (long long)id);
}

/* The link is shown on this page and kept nowhere but as a hash. */
static int
user_link(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const char *token = auth_new_token(r->pool);
	const struct rows *u;
	xmlNodePtr n;

	if (req_query(r, GET_ONE, I(id))->n == 0)
		return 404;
	u = req_query(r, ACT, I(id), S("link"), S(token));
	if (u->n == 0)
		return 404;
	req_trail(r, "portalusers", "/portalusers/");
	n = x_el(r->page, "record");
	x_attr(n, "name", "setup-link");
	x_value(n, TYPE_CODE, "login", row_str(u, 0, "login"));
	x_value(n, TYPE_CODE, "setup_link", pool_printf(r->pool, "/login/setup?token=%s", token));
	x_action(n, "done", "get", pool_printf(r->pool, "/portalusers/view?id=%lld",
	    (long long)id));
	return 200;
}

/* ---- making and changing ---- */

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "party", TYPE_HIDDEN },
	{ "login", TYPE_CODE, REQUIRED | LOCKED, 3, 60, .group = "identity" },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60, .group = "identity" },
	{ "phone", TYPE_TEL, .max = 30, .group = "identity" },
	{ "email", TYPE_EMAIL, .group = "identity" },
	{ "branch_id", TYPE_SELECT, .group = "identity" },
	{ "locale", TYPE_SELECT, REQUIRED, .set = "locale", .options = locales,
	    .group = "identity" },
	{ "company_admin", TYPE_CHECK, .group = "roles" },
	{ "buyer", TYPE_CHECK, .group = "roles" },
	{ "accountant", TYPE_CHECK, .group = "roles" },
	{ "receiver", TYPE_CHECK, .group = "roles" },
	{ "reporter", TYPE_CHECK, .group = "roles" },
	{ "chain_viewer", TYPE_CHECK, .group = "roles" },
	{ 0 }
};

static int
user_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *u = id == 0 ? NULL : req_query(r, GET_EDIT, I(id));
	const struct rows *p;
	xmlNodePtr form;

	if (u != NULL && u->n == 0)
		return 404;
	p = req_query(r, PARTY, I(u == NULL ? req_int(r, "party", 0) : row_int(u, 0, "party")));
	if (p->n == 0)
		return 404;
	req_page(r, u == NULL ? "new" : "edit");
	req_trail(r, "portalusers", "/portalusers/");
	x_value(r->heading, TYPE_TEXT, "party", row_str(p, 0, "party"));
	form = x_form(r, "portal-user", "/portalusers/save", fields, u);
	form_options(form, "branch_id", req_query(r, BRANCHES, I(row_int(p, 0, "id"))));
	form_action(form, "save");
	x_action(form, "cancel", "get",
	    pool_printf(r->pool, "/parties/view?id=%s", row_str(p, 0, "id")));
	return 200;
}

/* The first one ticked is shown beside the name. */
static void
save_roles(struct req *r, int64_t id)
{
	bool first = true;

	for (const char *const *role = roles; *role != NULL; role++) {
		if (req_given(r, *role)) {
			req_exec(r, ROLE_GIVE, I(id), I(first), S(*role));
			first = false;
		} else {
			req_exec(r, ROLE_TAKE, I(id), S(*role));
		}
	}
	if (first)
		req_error(r, "buyer", "role.none", NULL);
}

static int
user_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *there = id == 0 ? NULL : req_query(r, GET_EDIT, I(id));
	int64_t party = there == NULL ? req_int(r, "party", 0) :
	    there->n == 0 ? 0 : row_int(there, 0, "party");
	struct arg args[] = { S(req_str(r, "name")), T(req_str(r, "phone")), T(req_str(r, "email")),
		arg_id(req_int(r, "branch_id", 0)), S(req_str(r, "locale")),
		id == 0 ? S(req_str(r, "login")) : I(id),
		id == 0 ? I(party) : I(req_int(r, "_version", 0)),
		{ .type = ARG_END } };

	if (req_query(r, PARTY, I(party))->n == 0)
		return 404;
	form_offered(r, "branch_id", req_query(r, BRANCHES, I(party)));
	if (strpbrk(req_str(r, "login"), " \t<>\"'\\/") != NULL)
		req_error(r, "login", "login.form", NULL);
	if (!req_good(r))
		return 422;
	if (req_exec_args(r, id == 0 ? ADD : CHANGE, args) == 0)
		return 409;
	if (id == 0)
		id = req_last_id(r);
	save_roles(r, id);
	req_notice(r, there == NULL ? "staff.made" : "saved");
	return req_redirect(r, "/portalusers/view?id=%lld", (long long)id);
}

static const struct route routes[] = {
	{ "/", GET, PERM_PORTAL_USER_EDIT, user_list, .list = &users },
	{ "/view", GET, PERM_PORTAL_USER_EDIT, user_view, id_field },
	{ "/edit", GET, PERM_PORTAL_USER_EDIT, user_edit, fields },
	{ "/save", POST, PERM_PORTAL_USER_EDIT, user_save, fields, user_edit },
	{ "/unlock", POST, PERM_PORTAL_USER_EDIT, user_act, id_field },
	{ "/enable", POST, PERM_PORTAL_USER_EDIT, user_act, id_field },
	{ "/disable", POST, PERM_PORTAL_USER_EDIT, user_act, id_field },
	{ "/end", POST, PERM_PORTAL_USER_EDIT, user_act, id_field },
	{ "/factor", POST, PERM_PORTAL_USER_EDIT, user_act, id_field },
	{ "/link", POST, PERM_PORTAL_USER_EDIT, user_link, id_field, .flags = REPEATABLE },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "portalusers", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
