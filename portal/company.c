/*
 * company.c - a company's own affairs: profile, documents, addresses, branches,
 * people and their roles (E23).
 *
 * What an administrator may change ends at his company; he gives nobody more
 * than he holds himself.  Both are the database's to say.
 */
#include <string.h>

#include "auth.h"
#include "form.h"
#include "json.h"
#include "list.h"

enum { VIEW, ROLES, USER, USER_SAVE, LINK, ROLE_SAVE, ADDRESS_SAVE, BRANCH_SAVE, NSQL };

static const struct sql sql[NSQL] = {
	[VIEW] = { "company.view", "CALL portal_company_view(?)" },
	[ROLES] = { "company.roles", "CALL portal_company_roles(?)" },
	[USER] = { "company.user", "CALL portal_company_user(?, ?)" },
	[USER_SAVE] =
	    { "company.user_save", "CALL portal_company_user_save(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[LINK] = { "company.link", "CALL portal_company_user_link(?, ?, ?)" },
	[ROLE_SAVE] = { "company.role_save", "CALL portal_company_role_save(?, ?, ?, ?, ?)" },
	[ADDRESS_SAVE] = { "company.address_save",
		"CALL portal_company_address_save(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	[BRANCH_SAVE] =
	    { "company.branch_save", "CALL portal_company_branch_save(?, ?, ?, ?, ?, ?, ?)" },
};

static const char *const user_states[] = { "active", "disabled", NULL };
static const char *const place_states[] = { "active", "closed", NULL };

/* ---- the company ---- */

static const struct column facts[] = {
	{ "name", TYPE_TEXT, .sub = "code" },
	{ "uscc", TYPE_CODE },
	{ "address", TYPE_TEXT, .sub = "region" },
	{ "phone", TYPE_TEXT, .sub = "email" },
	{ "bank_account", TYPE_CODE, .sub = "bank_name" },
	{ "customer_group", TYPE_TEXT },
	{ "terms_kind", TYPE_STATUS, .set = "terms" },
	{ "terms_days", TYPE_INT },
	{ "supplier", TYPE_TEXT },
	{ "rep", TYPE_TEXT, .sub = "rep_phone" },
	{ 0 }
};

static const struct column document_columns[] = {
	{ "document", TYPE_TEXT, .sub = "scope" },
	{ "number", TYPE_CODE },
	{ "issued_on", TYPE_DATE },
	{ "expires_on", TYPE_DUE },
	{ "state", TYPE_STATUS, .set = "document" },
	{ 0 }
};

static const struct column address_columns[] = {
	{ "name", TYPE_TEXT, .sub = "branch" },
	{ "contact", TYPE_TEXT, .sub = "phone" },
	{ "address", TYPE_TEXT },
	{ "status", TYPE_STATUS, .set = "place" },
	{ 0 }
};

static const struct column branch_columns[] = {
	{ "name", TYPE_TEXT, .sub = "code" },
	{ "phone", TYPE_TEXT },
	{ "address", TYPE_TEXT },
	{ "status", TYPE_STATUS, .set = "place" },
	{ 0 }
};

static const struct column people_columns[] = {
	{ "name", TYPE_TEXT, .sub = "login" },
	{ "roles", TYPE_TEXT, .set = "role" },
	{ "branch", TYPE_TEXT },
	{ "phone", TYPE_TEXT, .sub = "email" },
	{ "status", TYPE_STATUS, .set = "user" },
	{ "last_login_at", TYPE_DATETIME },
	{ 0 }
};

static const struct column role_columns[] = {
	{ "name", TYPE_TEXT, .set = "role" },
	{ "permissions", TYPE_TEXT },
	{ 0 }
};

/* A list whose rows lead to their forms, and a button for a new one, where the user may. */
static void
add_part(struct req *r, const char *name, const struct rows *rows, const struct column *columns,
    const char *what)
{
	bool may = req_may(r, PERM_COMPANY_EDIT);
	const char *path = pool_printf(r->pool, "/company/%s", what);
	xmlNodePtr list = x_list(r, name, rows, columns,
	    may ? pool_printf(r->pool, "%s?id={id}", path) : NULL);

	if (may)
		x_action(list, pool_printf(r->pool, "%s.new", what), "get", path);
}

static int
company_view(struct req *r)
{
	const struct rows *company = req_query(r, VIEW, S(r->token));
	const struct rows *documents, *addresses, *branches;

	if (company->n == 0)
		return 404;
	documents = company->next;
	addresses = documents->next;
	branches = addresses->next;
	x_record(r->page, "company", company, facts);
	x_list(r, "documents", documents, document_columns, NULL);
	add_part(r, "addresses", addresses, address_columns, "address");
	if (branches->n > 0 || strcmp(row_str(company, 0, "buyer_role"), "distributor") != 0)
		add_part(r, "branches", branches, branch_columns, "branch");
	add_part(r, "people", branches->next, people_columns, "user");
	if (req_may(r, PERM_COMPANY_EDIT))
		x_link(r->heading, "roles", "/company/roles");
	if (req_may(r, PERM_COMPANY_EDIT) && req_may(r, PERM_FLOW_UPLOAD))
		x_link(r->heading, "keys", "/keys/");
	return 200;
}

/* The row of an id among the company's rows; 0 rows: there is none. */
static const struct rows *
row_of(struct req *r, const struct rows *rows, const char *id)
{
	struct rows *one = pool_alloc(r->pool, sizeof(*one));

	*one = *rows;
	one->n = 0;
	for (size_t i = 0; i < rows->n; i++) {
		if (strcmp(row_str(rows, i, "id"), id) == 0) {
			one->cells = rows->cells + i * rows->ncols;
			one->n = 1;
		}
	}
	return one;
}

/* Head of a form's page: a new thing, or the one of the row. */
static void
form_head(struct req *r, const char *page, const struct rows *row)
{
	req_page(r, page);
	req_trail(r, "company", "/company/");
	if (row != NULL)
		req_title(r, row_str(row, 0, "name"));
}

static int
saved(struct req *r, const struct rows *row)
{
	if (row->n == 0)
		return 404;
	req_notice(r, "saved");
	return req_redirect(r, "/company/");
}

static struct arg
branch_arg(struct req *r)
{
	return req_given(r, "branch_id") ? I(req_int(r, "branch_id", 0)) : S(NULL);
}

/* The nth result of the company's page. */
static const struct rows *
part(struct req *r, int n)
{
	const struct rows *rows = req_query(r, VIEW, S(r->token));

	while (n-- > 0 && rows->next != NULL)
		rows = rows->next;
	return rows;
}

enum { ADDRESSES = 2, BRANCHES };

static void
branch_choices(struct req *r, xmlNodePtr form)
{
	const struct rows *branches = part(r, BRANCHES);
	const char **cells = pool_alloc(r->pool, (branches->n + 1) * 2 * sizeof(*cells));
	struct rows choices = { branches->n, 2, branches->names, cells, NULL, NULL };

	for (size_t i = 0; i < branches->n; i++) {
		cells[2 * i] = row_str(branches, i, "id");
		cells[2 * i + 1] = row_str(branches, i, "name");
	}
	form_options(form, "branch_id", &choices);
}

/* ---- addresses and branches ---- */

static const struct field address_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "branch_id", TYPE_SELECT },
	{ "contact", TYPE_TEXT, REQUIRED, .max = 40 },
	{ "phone", TYPE_TEL, REQUIRED, .max = 30 },
	{ "address", TYPE_TEXT, REQUIRED, .max = 200 },
	{ "is_default", TYPE_CHECK },
	{ "status", TYPE_SELECT, REQUIRED, .set = "place", .options = place_states },
	{ 0 }
};

static int
address_form(struct req *r)
{
	const struct rows *a = NULL;
	xmlNodePtr form;

	if (req_int(r, "id", 0) != 0) {
		a = row_of(r, part(r, ADDRESSES), req_str(r, "id"));
		if (a->n == 0)
			return 404;
	}
	form_head(r, a == NULL ? "address.new" : "address", a);
	form = x_form(r, "company-address", "/company/address", address_fields, a);
	branch_choices(r, form);
	form_action(form, "save");
	return 200;
}

static int
address_save(struct req *r)
{
	return saved(r, req_query(r, ADDRESS_SAVE, S(r->token), I(req_int(r, "id", 0)),
	    I(req_int(r, "_version", 0)), branch_arg(r), S(req_str(r, "name")),
	    S(req_str(r, "contact")), S(req_str(r, "phone")), S(req_str(r, "address")),
	    I(req_given(r, "is_default")), S(req_str(r, "status"))));
}

static const struct field branch_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "name", TYPE_TEXT, REQUIRED, .max = 120 },
	{ "phone", TYPE_TEL, .max = 30 },
	{ "address", TYPE_TEXT, REQUIRED, .max = 200 },
	{ "status", TYPE_SELECT, REQUIRED, .set = "place", .options = place_states },
	{ 0 }
};

static int
branch_form(struct req *r)
{
	const struct rows *b = NULL;

	if (req_int(r, "id", 0) != 0) {
		b = row_of(r, part(r, BRANCHES), req_str(r, "id"));
		if (b->n == 0)
			return 404;
	}
	form_head(r, b == NULL ? "branch.new" : "branch", b);
	form_action(x_form(r, "company-branch", "/company/branch", branch_fields, b), "save");
	return 200;
}

static int
branch_save(struct req *r)
{
	return saved(r, req_query(r, BRANCH_SAVE, S(r->token), I(req_int(r, "id", 0)),
	    I(req_int(r, "_version", 0)), S(req_str(r, "name")), T(req_str(r, "phone")),
	    S(req_str(r, "address")), S(req_str(r, "status"))));
}

/* ---- people ---- */

static const struct field user_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "login", TYPE_CODE, REQUIRED, .min = 3, .max = 60 },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "phone", TYPE_TEL, .max = 30 },
	{ "email", TYPE_EMAIL, .max = 120 },
	{ "branch_id", TYPE_SELECT },
	{ "roles", TYPE_CHECKS, MANY },
	{ "status", TYPE_SELECT, REQUIRED, .set = "user", .options = user_states },
	{ 0 }
};

/* The roles that may be given, ticked where the person has them. */
static void
role_ticks(struct req *r, xmlNodePtr form, const char *has)
{
	const struct rows *roles = req_query(r, ROLES, S(r->token));
	xmlNodePtr field = form_find(form, "roles");

	for (size_t i = 0; i < roles->n; i++)
		form_option(field, row_str(roles, i, "id"), row_str(roles, i, "name"),
		    form_ticked(r, "roles", row_str(roles, i, "id"), has));
}

static int
user_form(struct req *r)
{
	const struct rows *u = NULL;
	xmlNodePtr form;

	if (req_int(r, "id", 0) != 0) {
		u = req_query(r, USER, S(r->token), I(req_int(r, "id", 0)));
		if (u->n == 0)
			return 404;
	}
	form_head(r, u == NULL ? "user.new" : "user", u);
	form = x_form(r, "company-user", "/company/user", user_fields, u);
	branch_choices(r, form);
	role_ticks(r, form, u == NULL ? "" : row_str(u, 0, "roles"));
	form_action(form, "save");
	if (u != NULL)
		x_action(r->heading, "link", "post",
		    x_href(r->pool, "/company/link?id={id}", u, 0));
	return 200;
}

static const char *
ticked_json(struct req *r, const char *field)
{
	size_t n;
	const char *const *values = req_many(r, field, &n);

	return json_strings(r->pool, values, n);
}

static int
user_save(struct req *r)
{
	return saved(r, req_query(r, USER_SAVE, S(r->token), I(req_int(r, "id", 0)),
	    I(req_int(r, "_version", 0)), S(req_str(r, "login")), S(req_str(r, "name")),
	    T(req_str(r, "email")), T(req_str(r, "phone")), branch_arg(r), S(req_str(r, "status")),
	    S(ticked_json(r, "roles"))));
}

/* The link to choose a password is shown on this page and kept nowhere but as a hash. */
static int
user_link(struct req *r)
{
	const char *token = auth_new_token(r->pool);
	const struct rows *u = req_query(r, USER, S(r->token), I(req_int(r, "id", 0)));
	xmlNodePtr n;

	if (u->n == 0 || req_query(r, LINK, S(r->token), I(req_int(r, "id", 0)), S(token))->n == 0)
		return 404;
	req_page(r, "link");
	req_trail(r, "company", "/company/");
	n = x_el(r->page, "record");
	x_attr(n, "name", "setup-link");
	x_value(n, TYPE_CODE, "login", row_str(u, 0, "login"));
	x_value(n, TYPE_TEXT, "setup_link", pool_printf(r->pool, "%s/login/setup?token=%s",
	    r->host == NULL ? "" : r->host, token));
	return 200;
}

/* ---- roles of the company's own ---- */

static const struct field role_fields[] = {
	{ "id", TYPE_HIDDEN },
	{ "name", TYPE_TEXT, REQUIRED, .max = 60 },
	{ "permissions", TYPE_CHECKS, MANY, .set = "permission" },
	{ 0 }
};

static int
role_list(struct req *r)
{
	const struct rows *roles = req_query(r, ROLES, S(r->token));
	xmlNodePtr list;

	req_trail(r, "company", "/company/");
	list = x_list(r, "company-roles", roles, role_columns, "/company/role?id={id}");
	x_action(list, "role.new", "get", "/company/role");
	return 200;
}

static int
role_form(struct req *r)
{
	const struct rows *role = NULL;
	const char *has = "";
	xmlNodePtr form, field;
	bool fixed;

	if (req_int(r, "id", 0) != 0) {
		role = row_of(r, req_query(r, ROLES, S(r->token)), req_str(r, "id"));
		if (role->n == 0)
			return 404;
		has = row_str(role, 0, "permissions");
	}
	fixed = role != NULL && row_int(role, 0, "own") == 0;
	form_head(r, role == NULL ? "role.new" : "role", role);
	if (fixed)
		x_notice(r->page, "info", "notice.role.fixed");
	if (role != NULL)
		x_attr(r->heading->last, "set", "role");
	form = x_form(r, "company-role", "/company/role", role_fields, role);
	field = form_find(form, "permissions");
	for (enum perm p = PERM_SIGNED_IN + 1; p < PERM_COUNT; p++) {
		if (req_may(r, p))
			form_option(field, perm_name(p), NULL,
			    form_ticked(r, "permissions", perm_name(p), has));
	}
	if (!fixed) {
		form_action(form, "save");
		return 200;
	}
	form_read_only(form);
	form_drop(form, "name");
	x_action(form, "back", "get", "/company/roles");
	return 200;
}

static int
role_save(struct req *r)
{
	const struct rows *row = req_query(r, ROLE_SAVE, S(r->token), I(req_int(r, "id", 0)),
	    I(req_int(r, "_version", 0)), S(req_str(r, "name")), S(ticked_json(r, "permissions")));

	if (row->n == 0)
		return 404;
	req_notice(r, "saved");
	return req_redirect(r, "/company/roles");
}

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static const struct route routes[] = {
	{ "/", GET, PERM_COMPANY_VIEW, company_view },
	{ "/address", GET, PERM_COMPANY_EDIT, address_form, address_fields },
	{ "/address", POST, PERM_COMPANY_EDIT, address_save, address_fields, address_form },
	{ "/branch", GET, PERM_COMPANY_EDIT, branch_form, branch_fields },
	{ "/branch", POST, PERM_COMPANY_EDIT, branch_save, branch_fields, branch_form },
	{ "/user", GET, PERM_COMPANY_EDIT, user_form, user_fields },
	{ "/user", POST, PERM_COMPANY_EDIT, user_save, user_fields, user_form },
	{ "/link", POST, PERM_COMPANY_EDIT, user_link, id_field, .flags = REPEATABLE },
	{ "/roles", GET, PERM_COMPANY_EDIT, role_list },
	{ "/role", GET, PERM_COMPANY_EDIT, role_form, role_fields },
	{ "/role", POST, PERM_COMPANY_EDIT, role_save, role_fields, role_form },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "company", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
