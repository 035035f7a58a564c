/*
 * units.c - departments: the tree that row scope follows.
 *
 * A department is moved with everything below it, and closed only when nobody
 * works in it any more.  Terminals of its provinces that nobody looks after are its
 * heads' to give (assignments.c).
 */
#include <string.h>

#include "form.h"
#include "list.h"

enum { TREE, GET_ONE, PARENTS, PROVINCES, SAVE, NSQL };

static const struct sql sql[NSQL] = {
	[TREE] = { "units.tree",
		"SELECT o.id, o.name, o.code, o.kind, o.status,"
		" LENGTH(o.path) - LENGTH(REPLACE(o.path, '/', '')) - 1 AS level,"
		" (SELECT GROUP_CONCAT(g.name ORDER BY g.code SEPARATOR '、') FROM region g"
		" WHERE g.level = 1 AND FIND_IN_SET(LEFT(g.code, 2), o.provinces)) AS provinces,"
		" (SELECT COUNT(*) FROM app_user u"
		" WHERE u.org_unit_id = o.id AND u.status = 'active') AS people,"
		" (SELECT COUNT(*) FROM customer c WHERE c.org_unit_id = o.id) AS customers"
		" FROM org_unit o ORDER BY o.path" },
	[GET_ONE] = { "units.get",
		"SELECT id, version, parent_id, code, name, kind, status, provinces"
		" FROM org_unit WHERE id = ?" },
	[PARENTS] = { "units.parents",
		"SELECT o.id AS value, CONCAT(REPEAT('　',"
		" LENGTH(o.path) - LENGTH(REPLACE(o.path, '/', '')) - 2), o.name) AS label"
		" FROM org_unit o"
		" WHERE o.status = 'active'"
		" AND o.path NOT LIKE CONCAT(COALESCE((SELECT mine.path FROM org_unit mine"
		" WHERE mine.id = ?), '-'), '%') ORDER BY o.path" },
	[PROVINCES] = { "units.provinces",
		"SELECT LEFT(code, 2) AS value, name AS label FROM region WHERE level = 1"
		" ORDER BY code" },
	[SAVE] = { "units.save", "CALL unit_save(?, ?, ?, ?, ?, ?, ?, ?)" },
};

static const char *const kinds[] = { "company", "department", "region", "team", "warehouse", NULL };
static const char *const statuses[] = { "active", "closed", NULL };

static const struct column columns[] = {
	{ "name", TYPE_TEXT, .href = "/units/edit?id={id}" },
	{ "code", TYPE_CODE },
	{ "kind", TYPE_STATUS, .set = "unit_kind" },
	{ "people", TYPE_INT, .href = "/staff/?unit={id}" },
	{ "customers", TYPE_INT },
	{ "provinces", TYPE_TEXT },
	{ "status", TYPE_STATUS, .set = "unit" },
	{ 0 }
};

static const struct field fields[] = {
	{ "id", TYPE_HIDDEN, .max = 20 },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "code", TYPE_CODE, REQUIRED, .max = 20 },
	{ "parent_id", TYPE_SELECT },
	{ "kind", TYPE_SELECT, REQUIRED, .set = "unit_kind", .options = kinds },
	{ "status", TYPE_SELECT, REQUIRED, .set = "unit", .options = statuses },
	{ "provinces", TYPE_CHECKS, MANY },
	{ 0 }
};

static int
unit_list(struct req *r)
{
	const struct rows *rows = req_query(r, TREE);
	xmlNodePtr list = x_el(r->page, "list");

	if (req_may(r, PERM_STAFF_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/units/edit"), "primary", true);
	x_attr(list, "name", "units");
	x_attr_int(list, "total", (int64_t)rows->n);
	x_columns(list, columns);
	for (size_t i = 0; i < rows->n; i++)
		x_attr(x_row(list, rows, i, columns, NULL), "level", row_str(rows, i, "level"));
	return 200;
}

static void
add_provinces(struct req *r, xmlNodePtr form, const char *kept)
{
	const struct rows *p = req_query(r, PROVINCES);
	xmlNodePtr field = form_find(form, "provinces");

	for (size_t i = 0; i < p->n; i++)
		form_option(field, row_str(p, i, "value"), row_str(p, i, "label"),
		    form_ticked(r, "provinces", row_str(p, i, "value"), kept));
}

static int
unit_edit(struct req *r)
{
	int64_t id = req_int(r, "id", 0);
	const struct rows *u = id == 0 ? NULL : req_query(r, GET_ONE, I(id));
	xmlNodePtr form;

	if (!req_editing(r, u, "name"))
		return 404;
	form = x_form(r, "unit", "/units/save", fields, u);
	form_options(form, "parent_id", req_query(r, PARENTS, I(id)));
	add_provinces(r, form, u == NULL ? "" : row_str(u, 0, "provinces"));
	form_action(form, "save");
	x_action(form, "cancel", "get", "/units/");
	return 200;
}

static int
unit_save(struct req *r)
{
	const struct rows *done;

	if (req_str(r, "code")[strspn(req_str(r, "code"),
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")] != '\0') {
		req_error(r, "code", "unit.code", NULL);
		return 422;
	}
	done = req_query(r, SAVE, I(req_int(r, "id", 0)), I(req_int(r, "_version", 0)),
	    T(req_str(r, "parent_id")), S(req_str(r, "code")), S(req_str(r, "name")),
	    S(req_str(r, "kind")), S(req_str(r, "status")), S(form_ticks(r, "provinces")));
	if (done->n == 0 || row_int(done, 0, "good") == 0)
		return 409;
	req_notice(r, "saved");
	return req_redirect(r, "/units/");
}

static const struct route routes[] = {
	{ "/", GET, PERM_STAFF_VIEW, unit_list },
	{ "/edit", GET, PERM_STAFF_EDIT, unit_edit, fields },
	{ "/save", POST, PERM_STAFF_EDIT, unit_save, fields, unit_edit },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "units", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
