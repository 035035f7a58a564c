/*
 * staff.c - people of the office: accounts, roles given, what may be done to them.
 *
 * Nobody changes his own rights, and a role with a guarded permission is asked
 * for by one person and given by another; so is what lets one sign in as somebody
 * who has such a role (a link, the second factor off).  The database refuses
 * everything else.
 * A password is only ever set by its owner, through a link that works once.
 */
#include <stdio.h>
#include <string.h>

#include "auth.h"
#include "form.h"
#include "list.h"

enum {
	GET_ONE, EDIT_ONE, INSERT, UPDATE, UNITS, ROLES, ROLES_LEFT, GIVE, TAKE, REQUESTS, DECIDE,
	ACT, EVENTS, NSQL
};

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "staff.get", "SELECT * FROM staff_page WHERE id = ?" },
	[EDIT_ONE] = { "staff.edit",
		"SELECT id, version, login, name, email, phone, org_unit_id, locale"
		" FROM app_user WHERE id = ? AND site = 'office'" },
	[INSERT] = { "staff.insert",
		"INSERT INTO app_user (site, login, name, email, phone, org_unit_id, locale)"
		" VALUES ('office', ?, ?, ?, ?, ?, ?)" },
	[UPDATE] = { "staff.update",
		"UPDATE app_user SET login = ?, name = ?, email = ?, phone = ?, org_unit_id = ?,"
		" locale = ?, version = version + 1"
		" WHERE id = ? AND version = ? AND site = 'office'" },
	[UNITS] = { "staff.units",
		"SELECT id AS value, CONCAT(REPEAT('　', LENGTH(path) - LENGTH(REPLACE(path,"
		" '/', '')) - 2), name) AS label FROM org_unit WHERE status = 'active'"
		" ORDER BY path" },
	[ROLES] = { "staff.roles",
		"SELECT r.id, r.name AS role, r.code, r.row_scope, x.granted_at,"
		" g.name AS granted_by FROM user_role x JOIN role_named r ON r.id = x.role_id"
		" LEFT JOIN app_user g ON g.id = x.granted_by WHERE x.user_id = ?"
		" ORDER BY x.is_main DESC, r.id" },
	[ROLES_LEFT] = { "staff.roles_left",
		"SELECT r.id AS value, r.name AS label FROM role_named r"
		" WHERE r.site = 'office' AND NOT EXISTS (SELECT 1 FROM user_role x"
		" WHERE x.role_id = r.id AND x.user_id = ?) ORDER BY r.id" },
	[GIVE] = { "staff.give", "CALL staff_role_give(?, ?)" },
	[TAKE] = { "staff.take", "CALL staff_role_take(?, ?)" },
	[REQUESTS] = { "staff.requests",
		"SELECT q.id, q.user_id, u.name, q.act, r.name AS role, a.name AS asked_by,"
		" q.asked_at, q.asked_by = @actor_id AS mine, q.user_id = @actor_id AS self"
		" FROM role_request q JOIN app_user u ON u.id = q.user_id"
		" LEFT JOIN role_named r ON r.id = q.role_id JOIN app_user a ON a.id = q.asked_by"
		" WHERE q.status = 'waiting' AND ? IN (0, q.user_id) ORDER BY q.id" },
	[DECIDE] = { "staff.decide", "CALL staff_role_decide(?, ?, ?)" },
	[ACT] = { "staff.act", "CALL staff_act(?, ?, ?)" },
	[EVENTS] = { "staff.events",
		"SELECT id, at, event, ip, agent_name(agent) AS agent FROM login_event"
		" WHERE user_id = ? ORDER BY id DESC LIMIT 20" },
};

/* ---- the list ---- */

static const char *const states[] = { "active", "invited", "locked", "disabled", NULL };
static const char *const factors[] = { "on", "off", NULL };

static const struct column columns[] = {
	{ "name", TYPE_TEXT, .sub = "login", .sort = "s.name" },
	{ "unit", TYPE_TEXT, .sort = "s.unit" },
	{ "roles", TYPE_TEXT, .set = "role" },
	{ "state", TYPE_STATUS, .set = "staff", .sort = "s.state" },
	{ "factor", TYPE_STATUS, .set = "factor" },
	{ "last_login_at", TYPE_AGO, .sort = "COALESCE(s.last_login_at, '1970-01-01')" },
	{ "phone", TYPE_CODE, .optional = true },
	{ "email", TYPE_TEXT, .optional = true },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH },
	    "s.login LIKE ? OR s.name LIKE ? OR s.phone LIKE ? OR s.email LIKE ?", 4, true },
	{ { "unit", TYPE_SELECT }, "s.org_unit_id IN (SELECT o.id FROM org_unit o JOIN org_unit top"
	    " ON o.path LIKE CONCAT(top.path, '%') WHERE top.id = ?)" },
	{ { "role", TYPE_SELECT }, "EXISTS (SELECT 1 FROM user_role x WHERE x.user_id = s.id"
	    " AND x.role_id = ?)" },
	{ { "state", TYPE_SELECT, .set = "staff", .options = states }, "s.state = ?" },
	{ { "factor", TYPE_SELECT, .set = "factor", .options = factors }, "s.factor = ?" },
	{ 0 }
};

static const struct list staff = {
	.name = "staff",
	.columns = columns,
	.filters = filters,
	.row_href = "/staff/view?id={id}",
	.sort = "name",
	.select = "s.id, s.name, s.login, s.unit, s.roles, s.state, s.factor, s.last_login_at,"
	    " s.phone,"
	    " s.email",
	.from = "staff_page s",
	.key = "s.id",
};

static const struct column request_columns[] = {
	{ "name", TYPE_TEXT, .href = "/staff/view?id={user_id}" },
	{ "act", TYPE_STATUS, .set = "staff_request" },
	{ "role", TYPE_TEXT, .set = "role" },
	{ "asked_by", TYPE_TEXT },
	{ "asked_at", TYPE_AGO },
	{ 0 }
};

/* What waits for a second person: who asked may take it back, others decide. */
static void
add_requests(struct req *r, int64_t user)
{
	const struct rows *rows = req_query(r, REQUESTS, I(user));
	xmlNodePtr list;

	if (rows->n == 0)
		return;
	list = x_table(r->page, "list", "role-requests", request_columns);
	for (size_t i = 0; i < rows->n; i++) {
		xmlNodePtr row = x_row(list, rows, i, request_columns, NULL);
		bool mine = row_int(rows, i, "mine") != 0;
		const char *id = row_str(rows, i, "id");

		if (!req_may(r, PERM_STAFF_EDIT) || row_int(rows, i, "self") != 0)
			continue;
		if (!mine)
			x_post(row, "approve", "/staff/grant", "id", id);
		x_post(row, mine ? "withdraw" : "reject", "/staff/refuse", "id", id);
	}
}

static int
staff_list(struct req *r)
{
	xmlNodePtr filter;
	int status;

	if (req_may(r, PERM_STAFF_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/staff/edit"), "primary", true);
	if (r->format == FORMAT_HTML || r->format == FORMAT_XML)
		add_requests(r, 0);
	status = list_page(r, &staff);
	filter = r->page->last;
	form_options(filter, "unit", req_query(r, UNITS));
	form_options(filter, "role", req_query(r, ROLES_LEFT, I(0)));
	return status;
}

/* ---- one person ---- */

static const struct column record[] = {
	{ "login", TYPE_CODE },
	{ "name", TYPE_TEXT },
	{ "unit", TYPE_TEXT },
	{ "phone", TYPE_CODE },
	{ "email", TYPE_TEXT },
	{ "factor", TYPE_STATUS, .set = "factor" },
	{ "password_at", TYPE_DATETIME },
	{ "last_login_at", TYPE_DATETIME },
	{ "created_at", TYPE_DATETIME },
	{ 0 }
};

static const struct column role_columns[] = {
	{ "role", TYPE_TEXT, .set = "role", .sub = "code" },
	{ "row_scope", TYPE_STATUS, .set = "row_scope" },
	{ "granted_by", TYPE_TEXT },
	{ "granted_at", TYPE_DATETIME },
	{ 0 }
};

static const struct column event_columns[] = {
	{ "at", TYPE_DATETIME },
	{ "event", TYPE_STATUS, .set = "login_event" },
	{ "ip", TYPE_CODE },
	{ "agent", TYPE_TEXT },
	{ 0 }
};

static const struct field id_fields[] = {
	{ "id", TYPE_INT, REQUIRED, 1 },
	{ 0 }
};

static const struct field role_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED, .max = 20 },
	{ "role_id", TYPE_SELECT, REQUIRED },
	{ 0 }
};

/* An action on this person, as a button that posts his id. */
static void
add_act(xmlNodePtr parent, const char *rel, const char *id, bool danger)
{
	xmlNodePtr action;
	char path[64];

	snprintf(path, sizeof(path), "/staff/%s", rel);
	action = x_post(parent, rel, path, "id", id);
	x_flag(action, "danger", danger);
	x_attr(action, "confirm", danger ? rel : NULL);
}

/* What may be done now; nothing that touches rights is offered for oneself. */
static void
add_acts(struct req *r, xmlNodePtr record_node, const struct rows *u)
{
	const char *id = row_str(u, 0, "id");
	const char *state = row_str(u, 0, "state");
	bool self = row_int(u, 0, "id") == r->user.id;

	if (strcmp(state, "locked") == 0)
		add_act(record_node, "unlock", id, false);
	if (strcmp(state, "disabled") == 0) {
		add_act(record_node, "enable", id, false);
		return;
	}
	if (self)
		return;
	add_act(record_node, "link", id, false);
	if (strcmp(row_str(u, 0, "factor"), "on") == 0)
		add_act(record_node, "factor", id, true);
	add_act(record_node, "end", id, true);
	add_act(record_node, "disable", id, true);
}

static void
add_roles(struct req *r, int64_t user)
{
	const struct rows *rows = req_query(r, ROLES, I(user));
	bool edits = req_may(r, PERM_STAFF_EDIT) && user != r->user.id;
	xmlNodePtr list = x_table(r->page, "list", "staff-roles", role_columns);
	xmlNodePtr form;

	for (size_t i = 0; i < rows->n; i++) {
		xmlNodePtr row = x_row(list, rows, i, role_columns, NULL);

		if (edits)
			x_attr(x_action(row, "remove", "post", pool_printf(r->pool,
			    "/staff/take?id=%lld&role_id=%s", (long long)user,
			    row_str(rows, i, "id"))), "confirm", "take");
	}
	if (!edits)
		return;
	form = x_form(r, "staff-role", "/staff/give", role_fields, NULL);
	form_options(form, "role_id", req_query(r, ROLES_LEFT, I(user)));
	form_action(form, "give");
}

static int
staff_view(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *u = req_query(r, GET_ONE, I(id));
	xmlNodePtr n;

	if (!req_record(r, "view", u, "name", "staff", "state"))
		return 404;
	if (req_may(r, PERM_STAFF_EDIT))
		x_action(r->heading, "edit", "get",
		    pool_printf(r->pool, "/staff/edit?id=%lld", (long long)id));
	if (req_may(r, PERM_AUDIT_VIEW))
		x_link(r->heading, "audit", pool_printf(r->pool,
		    "/audit/?entity=app_user&entity_id=%lld",
		    (long long)id));
	n = x_record(r->page, "staff", u, record);
	if (req_may(r, PERM_STAFF_EDIT))
		add_acts(r, n, u);
	add_requests(r, id);
	add_roles(r, id);
	x_list(r, "login_events", req_query(r, EVENTS, I(id)), event_columns, NULL);
	return 200;
}

/* ---- making and changing a person ---- */

static const char *const locales[] = { "zh-CN", "en", NULL };

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN, .max = 20 },
	{ "login", TYPE_TEXT, REQUIRED, 3, 60, .autocomplete = "off" },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60, .autocomplete = "off" },
	{ "org_unit_id", TYPE_SELECT, REQUIRED },
	{ "phone", TYPE_TEL, .max = 30, .autocomplete = "off" },
	{ "email", TYPE_EMAIL, .max = 120, .autocomplete = "off" },
	{ "locale", TYPE_SELECT, REQUIRED, .set = "locale", .options = locales },
	{ 0 }
};

static int
staff_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *u = id == 0 ? NULL : req_query(r, EDIT_ONE, I(id));
	xmlNodePtr form;

	if (!req_editing(r, u, "name"))
		return 404;
	form = x_form(r, "staff", "/staff/save", fields, u);
	form_options(form, "org_unit_id", req_query(r, UNITS));
	form_action(form, "save");
	x_action(form, "cancel", "get", id == 0 ? "/staff/" :
	    pool_printf(r->pool, "/staff/view?id=%lld", (long long)id));
	return 200;
}

/* His department decides what he sees, so that it is not one's own to change. */
static bool
moves_himself(struct req *r, int64_t id)
{
	const struct rows *u = req_query(r, EDIT_ONE, I(id));

	return id == r->user.id && u->n > 0 &&
	    row_int(u, 0, "org_unit_id") != req_int(r, "org_unit_id", 0);
}

static int
staff_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	if (strpbrk(req_str(r, "login"), " \t<>\"'\\/") != NULL)
		req_error(r, "login", "login.form", NULL);
	if (moves_himself(r, id))
		req_error(r, "org_unit_id", "staff.self", NULL);
	if (!req_good(r))
		return 422;
	if (id != 0) {
		if (req_exec(r, UPDATE, S(req_str(r, "login")), S(req_str(r, "name")),
		    T(req_str(r, "email")), T(req_str(r, "phone")), I(req_int(r, "org_unit_id", 0)),
		    S(req_str(r, "locale")), I(id), I(req_int(r, "_version", 0))) == 0)
			return 409;
		req_notice(r, "saved");
	} else {
		req_exec(r, INSERT, S(req_str(r, "login")), S(req_str(r, "name")),
		    T(req_str(r, "email")), T(req_str(r, "phone")), I(req_int(r, "org_unit_id", 0)),
		    S(req_str(r, "locale")));
		id = req_last_id(r);
		req_notice(r, "staff.made");
	}
	return req_redirect(r, "/staff/view?id=%lld", (long long)id);
}

/* ---- roles ---- */

static int
role_give(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *done = req_query(r, GIVE, I(id), I(req_int(r, "role_id", 0)));

	if (done->n == 0)
		return 404;
	req_notice(r, row_int(done, 0, "done") != 0 ? "role.given" : "role.asked");
	return req_redirect(r, "/staff/view?id=%lld", (long long)id);
}

static int
role_take(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	if (id == r->user.id) {
		req_error(r, NULL, "staff.self", NULL);
		return 422;
	}
	if (req_query(r, TAKE, I(id), I(req_int(r, "role_id", 0)))->n == 0)
		return 409;
	req_notice(r, "role.taken");
	return req_redirect(r, "/staff/view?id=%lld", (long long)id);
}

/* ---- accounts ---- */

/* unlock, enable, disable, end, factor: the route is the verb. */
static int
staff_act(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const char *what = r->route->path + 1;
	const struct rows *u = req_query(r, ACT, I(id), S(what), S(NULL));

	if (u->n == 0)
		return 404;
	req_notice(r, row_int(u, 0, "done") == 0 ? "role.asked" :
	    pool_printf(r->pool, "staff.%s", what));
	return req_redirect(r, "/staff/view?id=%lld", (long long)id);
}

/* The link is shown on this page and kept nowhere but as a hash. */
static int
show_link(struct req *r, const char *id, const char *login, const char *token)
{
	xmlNodePtr n;

	req_page(r, "link");
	req_trail(r, "staff", "/staff/");
	n = x_el(r->page, "record");
	x_attr(n, "name", "setup-link");
	x_value(n, TYPE_CODE, "login", login);
	x_value(n, TYPE_TEXT, "setup_link", pool_printf(r->pool, "%s/login/setup?token=%s",
	    r->host == NULL ? "" : r->host, token));
	x_action(n, "done", "get", pool_printf(r->pool, "/staff/view?id=%s", id));
	return 200;
}

static int
staff_link(struct req *r)
{
	const char *token = auth_new_token(r->pool);
	const struct rows *u = req_query(r, ACT, I(req_int(r, "id", 0)), S("link"), S(token));

	if (u->n == 0)
		return 404;
	if (row_int(u, 0, "done") != 0)
		return show_link(r, req_str(r, "id"), row_str(u, 0, "login"), token);
	req_notice(r, "role.asked");
	return req_redirect(r, "/staff/view?id=%s", req_str(r, "id"));
}

/* ---- the second person ---- */

static int
role_grant(struct req *r)
{
	const char *token = auth_new_token(r->pool);
	const struct rows *u = req_query(r, DECIDE, I(req_int(r, "id", 0)), I(true), S(token));

	if (u->n == 0)
		return 409;
	if (strcmp(row_str(u, 0, "act"), "link") == 0)
		return show_link(r, row_str(u, 0, "user_id"), row_str(u, 0, "login"), token);
	req_notice(r, strcmp(row_str(u, 0, "act"), "role") == 0 ? "role.given" : "staff.factor");
	return req_redirect(r, "/staff/view?id=%s", row_str(u, 0, "user_id"));
}

static int
role_refuse(struct req *r)
{
	const struct rows *u = req_query(r, DECIDE, I(req_int(r, "id", 0)), I(false), S(NULL));

	if (u->n == 0)
		return 409;
	req_notice(r, "role.refused");
	return req_redirect(r, "/staff/view?id=%s", row_str(u, 0, "user_id"));
}

static const struct route routes[] = {
	{ "/", GET, PERM_STAFF_VIEW, staff_list, .list = &staff },
	{ "/view", GET, PERM_STAFF_VIEW, staff_view, id_fields },
	{ "/edit", GET, PERM_STAFF_EDIT, staff_edit, fields },
	{ "/save", POST, PERM_STAFF_EDIT, staff_save, fields, staff_edit },
	{ "/give", POST, PERM_STAFF_EDIT, role_give, role_fields, staff_view },
	{ "/take", POST, PERM_STAFF_EDIT, role_take, role_fields, staff_view },
	{ "/grant", POST, PERM_STAFF_EDIT, role_grant, id_fields, .flags = REPEATABLE },
	{ "/refuse", POST, PERM_STAFF_EDIT, role_refuse, id_fields },
	{ "/unlock", POST, PERM_STAFF_EDIT, staff_act, id_fields },
	{ "/enable", POST, PERM_STAFF_EDIT, staff_act, id_fields },
	{ "/disable", POST, PERM_STAFF_EDIT, staff_act, id_fields },
	{ "/end", POST, PERM_STAFF_EDIT, staff_act, id_fields },
	{ "/factor", POST, PERM_STAFF_EDIT, staff_act, id_fields },
	{ "/link", POST, PERM_STAFF_EDIT, staff_link, id_fields, .flags = REPEATABLE },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "staff", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
