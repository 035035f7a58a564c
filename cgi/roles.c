/*
 * roles.c - roles: which permissions go together, and whose rows they reach.
 *
 * Nobody widens a role he has himself, and a guarded permission is only added
 * to a role that nobody has; the database refuses both.
 */
#include <string.h>

#include "form.h"
#include "list.h"

enum { GET_ONE, INSERT, UPDATE, PERMISSIONS, DROP, ADD, DELETE, PEOPLE, NSQL };

/* A JSON array of names as rows. */
#define NAMES "JSON_TABLE(?, '$[*]' COLUMNS (name VARCHAR(40) PATH '$'))"

static const struct sql sql[NSQL] = {
	[GET_ONE] = { "roles.get",
		"SELECT r.id, r.version, r.site, r.code, r.name, n.name AS title, r.row_scope,"
		" r.built_in,"
		" (SELECT COUNT(*) FROM user_role x WHERE x.role_id = r.id) AS people,"
		" role_is_sensitive(r.id) AS guarded"
		" FROM role r JOIN role_named n ON n.id = r.id"
		" WHERE r.id = ? AND r.party_id IS NULL" },
	[INSERT] = { "roles.insert",
		"INSERT INTO role (site, code, name, row_scope) VALUES (?, ?, ?, ?)" },
	[UPDATE] = { "roles.update",
		"UPDATE role SET name = ?, row_scope = ?, version = version + 1"
		" WHERE id = ? AND version = ? AND party_id IS NULL" },
	[PERMISSIONS] = { "roles.permissions",
		"SELECT p.name, p.area, p.guarded, rp.role_id IS NOT NULL AS has"
		" FROM permission p"
		" LEFT JOIN role_permission rp ON rp.permission = p.name AND rp.role_id = ?"
		" WHERE FIND_IN_SET(?, p.site)"
		" ORDER BY p.area, p.guarded, p.name NOT LIKE '%.view', p.name" },
	[DROP] = { "roles.drop",
		"DELETE FROM role_permission WHERE role_id = ? AND permission NOT IN"
		" (SELECT j.name FROM " NAMES " j)" },
	[ADD] = { "roles.add",
		"INSERT INTO role_permission (role_id, permission) SELECT ?, p.name"
		" FROM permission p JOIN " NAMES " j ON j.name = p.name"
		" WHERE NOT EXISTS (SELECT 1 FROM role_permission x"
		" WHERE x.role_id = ? AND x.permission = p.name)" },
	[DELETE] = { "roles.delete",
		"DELETE FROM role WHERE id = ? AND built_in = 0 AND party_id IS NULL" },
	[PEOPLE] = { "roles.people",
		"SELECT u.id, u.name, u.login, u.site, COALESCE(o.name, p.name) AS unit,"
		" x.granted_at FROM user_role x JOIN app_user u ON u.id = x.user_id"
		" LEFT JOIN org_unit o ON o.id = u.org_unit_id"
		" LEFT JOIN party p ON p.id = u.party_id WHERE x.role_id = ? ORDER BY u.name"
		" LIMIT 100" },
};

static const char *const sites[] = { "office", "portal", NULL };
static const char *const scopes[] = { "own", "unit", "below", "all", NULL };

static const struct column columns[] = {
	{ "name", TYPE_TEXT, .set = "role", .sub = "code", .sort = "r.name" },
	{ "site", TYPE_STATUS, .set = "site", .sort = "CONCAT(r.site, LPAD(r.id, 9, '0'))" },
	{ "row_scope", TYPE_STATUS, .set = "row_scope", .sort = "r.row_scope + 0" },
	{ "permissions", TYPE_INT },
	{ "people", TYPE_INT },
	{ "guarded", TYPE_FLAG },
	{ "built_in", TYPE_FLAG },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH }, "r.name LIKE ? OR r.code LIKE ?", 2, true },
	{ { "site", TYPE_SELECT, .set = "site", .options = sites }, "r.site = ?" },
	{ 0 }
};

static const struct list roles = {
	.name = "roles",
	.columns = columns,
	.filters = filters,
	.row_href = "/roles/edit?id={id}",
	.sort = "site",
	.select = "r.id, r.name, r.code, r.site, r.row_scope,"
	    " (SELECT COUNT(*) FROM role_permission rp WHERE rp.role_id = r.id) AS permissions,"
	    " (SELECT COUNT(*) FROM user_role x JOIN app_user u ON u.id = x.user_id"
	    " WHERE x.role_id = r.id AND u.status = 'active') AS people,"
	    " IF(role_is_sensitive(r.id), 'true', 'false') AS guarded,"
	    " IF(r.built_in, 'true', 'false') AS built_in",
	.from = "role_named r",
	.where = "r.party_id IS NULL",
	.key = "r.id",
};

/* One set of ticks for each area; a new area of permissions is one more line. */
#define AREA(name) { "area_" name, TYPE_CHECKS, MANY, .set = "permission", .group = "permissions" }

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN, .max = 20 },
	{ "site", TYPE_HIDDEN, .max = 6, .options = sites },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60, .group = "role" },
	{ "code", TYPE_CODE, .max = 30, .group = "role" },
	{ "row_scope", TYPE_SELECT, REQUIRED, .set = "row_scope", .options = scopes,
	    .group = "role" },
	AREA("order"), AREA("shipment"), AREA("invoice"), AREA("receipt"), AREA("account"),
	AREA("stock"), AREA("product"), AREA("catalogue"), AREA("price"), AREA("party"),
	AREA("company"), AREA("statement"), AREA("flow"), AREA("reconcile"), AREA("rebate"),
	AREA("recall"), AREA("staff"), AREA("audit"),
	{ 0 }
};

static const struct column people_columns[] = {
	{ "name", TYPE_TEXT, .sub = "login" },
	{ "unit", TYPE_TEXT },
	{ "granted_at", TYPE_DATETIME },
	{ 0 }
};

static int
role_list(struct req *r)
{
	if (req_may(r, PERM_ROLE_EDIT)) {
		x_action(r->heading, "create.portal", "get", "/roles/edit?site=portal");
		x_flag(x_action(r->heading, "create.office", "get", "/roles/edit"), "primary",
		    true);
	}
	return list_page(r, &roles);
}

static const char *
attr(xmlNodePtr n, const char *name)
{
	const xmlAttr *a = xmlHasProp(n, (const xmlChar *)name);

	return a == NULL || a->children == NULL ? "" : (const char *)a->children->content;
}

static xmlNodePtr
field_of(xmlNodePtr form, const char *name)
{
	for (xmlNodePtr g = form->children; g != NULL; g = g->next) {
		for (xmlNodePtr n = g->children; n != NULL; n = n->next) {
			if (strcmp(attr(n, "name"), name) == 0)
				return n;
		}
	}
	return NULL;
}

/* The permissions of the role's site as ticks; areas without any are left out. */
static void
add_ticks(struct req *r, xmlNodePtr form, int64_t role, const char *site)
{
	const struct rows *p = req_query(r, PERMISSIONS, I(role), S(site));

	for (size_t i = 0; i < p->n; i++) {
		const char *area = pool_printf(r->pool, "area_%s", row_str(p, i, "area"));
		const char *name = row_str(p, i, "name");
		xmlNodePtr field = field_of(form, area);

		if (field != NULL)
			form_option(field, name, NULL, form_ticked(r, area, name,
			    row_int(p, i, "has") != 0 ? name : ""));
	}
	for (const struct field *f = fields; f->name != NULL; f++) {
		xmlNodePtr field = f->type == TYPE_CHECKS ? field_of(form, f->name) : NULL;

		if (field != NULL && field->children == NULL) {
			xmlUnlinkNode(field);
			xmlFreeNode(field);
		}
	}
}

/*
 * The code is settled when the role is made: programs refer to it.  A built-in role has its name in
 * every language, so that is none to type.
 */
static void
settle_names(xmlNodePtr form, const struct rows *role)
{
	xmlNodePtr code = field_of(form, "code");

	if (role != NULL && row_int(role, 0, "built_in") != 0)
		xmlSetProp(field_of(form, "name"), (const xmlChar *)"type",
		    (const xmlChar *)"hidden");
	if (role != NULL)
		xmlSetProp(code, (const xmlChar *)"type", (const xmlChar *)"static");
	else
		x_flag(code, "required", true);
}

static int
role_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *role = id == 0 ? NULL : req_query(r, GET_ONE, I(id));
	const char *site = role != NULL && role->n > 0 ? row_str(role, 0, "site") :
	    strcmp(req_str(r, "site"), "portal") == 0 ? "portal" : "office";
	xmlNodePtr form;

	if (!req_editing(r, role, "title"))
		return 404;
	if (role != NULL)
		x_attr(r->heading->last, "set", "role");
	req_state(r, "site", site);
	form = x_form(r, "role", "/roles/save", fields, role);
	settle_names(form, role);
	add_ticks(r, form, id, site);
	if (req_may(r, PERM_ROLE_EDIT))
		form_action(form, "save");
	else
		form_read_only(form);
	x_action(form, req_may(r, PERM_ROLE_EDIT) ? "cancel" : "back", "get", "/roles/");
	if (role == NULL)
		return 200;
	if (req_may(r, PERM_ROLE_EDIT) && row_int(role, 0, "built_in") == 0 &&
	    row_int(role, 0, "people") == 0)
		x_attr(x_action(r->heading, "delete", "post",
		    pool_printf(r->pool, "/roles/delete?id=%lld", (long long)id)),
		    "confirm", "delete");
	x_list(r, "role-people", req_query(r, PEOPLE, I(id)), people_columns,
	    strcmp(site, "office") == 0 ? "/staff/view?id={id}" : NULL);
	return 200;
}

/* The ticks of all areas as a JSON array; names are letters, points and hyphens. */
static const char *
ticked(struct req *r)
{
	struct buf *b = buf_new(r->pool);

	buf_char(b, '[');
	for (size_t i = 0; i < r->in.n; i++) {
		const struct part *in = &r->in.part[i];

		if (strncmp(in->name, "area_", 5) != 0 || in->n == 0)
			continue;
		if (in->value[strspn(in->value, "abcdefghijklmnopqrstuvwxyz.-")] != '\0')
			continue;
		buf_printf(b, "%s\"%s\"", b->n > 1 ? "," : "", in->value);
	}
	buf_char(b, ']');
	return b->s;
}

static int
role_save(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const char *code = req_str(r, "code");
	const char *site = strcmp(req_str(r, "site"), "portal") == 0 ? "portal" : "office";

	if (id != 0) {
		if (req_exec(r, UPDATE, S(req_str(r, "name")), S(req_str(r, "row_scope")), I(id),
		    I(req_int(r, "_version", 0))) == 0)
			return 409;
		req_exec(r, DROP, I(id), S(ticked(r)));
	} else {
		if (code[0] == '\0' || code[strspn(code,
		    "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
			req_error(r, "code", "role.code", NULL);
		if (!req_good(r))
			return 422;
		req_exec(r, INSERT, S(site), S(code), S(req_str(r, "name")),
		    S(req_str(r, "row_scope")));
		id = req_last_id(r);
	}
	req_exec(r, ADD, I(id), S(ticked(r)), I(id));
	req_notice(r, "saved");
	return req_redirect(r, "/roles/edit?id=%lld", (long long)id);
}

static int
role_delete(struct req *r)
{
	if (req_exec(r, DELETE, I(req_int(r, "id", 0))) == 0)
		return 409;
	req_notice(r, "deleted");
	return req_redirect(r, "/roles/");
}

static const struct field id_fields[] = {
	{ "id", TYPE_INT, REQUIRED, 1 },
	{ 0 }
};

static const struct route routes[] = {
	{ "/", GET, PERM_STAFF_VIEW, role_list, .list = &roles },
	{ "/edit", GET, PERM_STAFF_VIEW, role_edit, fields },
	{ "/save", POST, PERM_ROLE_EDIT, role_save, fields, role_edit },
	{ "/delete", POST, PERM_ROLE_EDIT, role_delete, id_fields },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "roles", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
