/* See views.h. */
#include "views.h"

#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "input.h"
#include "list_pager.h"
#include "words.h"

enum { LIST, KEEP, RENAME, DROP, NSQL, QUERY_MAX = 1000, VIEWS_MAX = 20 };

/* Both take the same arguments, but the portal's the token first. */
static const struct sql sql[2][NSQL] = { {
	[LIST] = { "views.list",
		"SELECT v.id, v.name, v.query, v.shared_for IS NOT NULL AS shared, 1 AS mine"
		" FROM saved_view v WHERE v.user_id = @actor_id AND v.page = ?"
		" UNION ALL"
		" SELECT v.id, v.name, v.query, 1, 0 FROM saved_view v"
		" JOIN app_user u ON u.id = v.user_id AND u.status = 'active'"
		" WHERE v.shared_for = 0 AND v.page = ? AND v.user_id <> @actor_id"
		" ORDER BY mine DESC, name LIMIT 60" },
	[KEEP] = { "views.keep",
		"INSERT INTO saved_view (user_id, page, name, query, shared_for)"
		" VALUES (@actor_id, ?, ?, ?, IF(?, 0, NULL))"
		" ON DUPLICATE KEY UPDATE query = VALUES(query), shared_for = VALUES(shared_for)" },
	[RENAME] = { "views.rename",
		"UPDATE saved_view SET name = ?, shared_for = IF(?, 0, NULL)"
		" WHERE id = ? AND page = ? AND user_id = @actor_id" },
	[DROP] = { "views.drop",
		"DELETE FROM saved_view WHERE id = ? AND page = ? AND user_id = @actor_id" },
}, {
	[LIST] = { "views.list", "CALL portal_view_list(?, ?)" },
	[KEEP] = { "views.keep", "CALL portal_view_keep(?, ?, ?, ?, ?)" },
	[RENAME] = { "views.rename", "CALL portal_view_rename(?, ?, ?, ?, ?)" },
	[DROP] = { "views.drop", "CALL portal_view_drop(?, ?, ?)" },
} };

static bool
is_portal(const struct req *r)
{
	return strcmp(r->conf->site, "portal") == 0;
}

/* ---- which list ---- */

static bool
keeps_views(const struct route *t)
{
	if (t->list == NULL || t->method != GET)
		return false;
	for (const struct field *f = t->fields; f != NULL && f->name != NULL; f++) {
		if (strcmp(f->name, "id") == 0)
			return false;
	}
	return true;
}

bool
views_offered(const struct app *app)
{
	for (const struct route *t = app->routes; t->path != NULL; t++) {
		if (keeps_views(t))
			return true;
	}
	return false;
}

/* The list at ?at=, the program's first when it is not said; NULL: none of that address. */
static const struct route *
list_route(struct req *r)
{
	const char *at = req_str(r, "at");

	for (const struct route *t = r->app->routes; t->path != NULL; t++) {
		if (keeps_views(t) && (at[0] == '\0' || strcmp(at, t->path) == 0))
			return t;
	}
	return NULL;
}

/* What a view belongs to: office.orders/, portal.stock/history. */
static const char *
page_of(struct req *r, const struct route *t)
{
	return pool_printf(r->pool, "%s.%s%s", r->conf->site, r->app->name, t->path);
}

static const char *
path_of(struct req *r, const struct route *t)
{
	return pool_printf(r->pool, "/%s%s", r->app->name, t->path);
}

/* ---- the query ---- */

/* Adds what `in` says of one input to r->query. */
static void
take(struct req *r, const struct parts *in, const char *name)
{
	const struct part *p = parts_find(in, name);

	if (p != NULL && p->filename == NULL && p->n > 0)
		r->query = strchr(req_url_with(r, name, p->value), '?') + 1;
}

/* A size of page that a list offers, and not the one it has anyway. */
static bool
is_size(const char *size)
{
	for (const char *const *s = list_sizes; *s != NULL; s++) {
		if (strcmp(*s, size) == 0)
			return strtoll(size, NULL, 10) != LIST_SIZE;
	}
	return false;
}

/* Of some input what the list takes, as a query string made anew; "" is the list as it is. */
static const char *
sieve(struct req *r, const struct list *list, const struct parts *in)
{
	const struct part *size = parts_find(in, "size");
	const char *before = r->query;
	const char *kept;

	r->query = "";
	for (const struct filter *f = list->filters; f != NULL && f->field.name != NULL; f++)
		take(r, in, f->field.name);
	take(r, in, "sort");
	take(r, in, "cols");
	if (size != NULL && is_size(size->value))
		take(r, in, "size");
	kept = r->query;
	r->query = before;
	return kept;
}

static struct parts
parts_of(struct req *r, const char *query)
{
	struct parts in = { .pool = r->pool };
	const char *error;

	if (!parts_urlencoded(&in, query, strlen(query), &error))
		in.n = 0;
	return in;
}

/* A query of a view as its list takes it. */
static const char *
sieved(struct req *r, const struct list *list, const char *query)
{
	struct parts in = parts_of(r, query);

	return sieve(r, list, &in);
}

/* Whether the list answers this query with a page, and not with what is wrong in it. */
static bool
is_answered(struct req *r, const struct route *t, const char *query)
{
	struct req asked = *r;

	asked.route = t;
	asked.in = parts_of(r, query);
	asked.errors = NULL;
	return input_check(&asked) && asked.errors == NULL;
}

/* ---- statements ---- */

static const struct rows *
read_views(struct req *r, const struct route *t)
{
	const char *page = page_of(r, t);

	if (is_portal(r))
		return db_query(r->db, r->pool, &sql[1][LIST], ARGS(S(r->token), S(page)));
	return db_query(r->db, r->pool, &sql[0][LIST], ARGS(S(page), S(page)));
}

/* Runs a change; false when there was nothing of this user's to change. */
static bool
change(struct req *r, size_t statement, const struct arg *office, const struct arg *portal)
{
	const struct rows *done;

	if (!is_portal(r))
		return db_exec(r->db, &sql[0][statement], office) > 0;
	done = db_query(r->db, r->pool, &sql[1][statement], portal);
	return done->n > 0 && row_int(done, 0, "good") > 0;
}

/* The index of the user's own view ?id=, or of that name; SIZE_MAX: none. */
static size_t
own(const struct rows *views, const char *column, const char *value)
{
	for (size_t i = 0; i < views->n; i++) {
		if (row_int(views, i, "mine") == 1 && strcmp(row_str(views, i, column), value) == 0)
			return i;
	}
	return SIZE_MAX;
}

static size_t
count_own(const struct rows *views)
{
	size_t n = 0;

	while (n < views->n && row_int(views, n, "mine") == 1)
		n++;
	return n;
}

/* ---- on the list ---- */

const struct rows *
views_add(struct req *r, xmlNodePtr n, const struct list *list)
{
	const struct rows *views;

	if (r->keyed || !keeps_views(r->route) || r->route->list != list)
		return NULL;
	views = read_views(r, r->route);
	for (size_t i = 0; i < views->n; i++) {
		const char *id = row_str(views, i, "id");
		const char *query = sieved(r, list, row_str(views, i, "query"));
		xmlNodePtr view = x_el(n, "view");

		x_attr(view, "name", id);
		x_attr(view, "label", row_str(views, i, "name"));
		x_attr(view, "href", pool_printf(r->pool, "%s?%s%sview=%s", r->path, query,
		    query[0] == '\0' ? "" : "&", id));
		x_flag(view, "current", strcmp(req_str(r, "view"), id) == 0);
	}
	return views;
}

void
views_link(struct req *r, xmlNodePtr n, const struct list *list, const struct rows *views)
{
	const char *before = r->query, *path = r->path;
	const char *query;
	bool is_own;

	if (views == NULL)
		return;
	is_own = own(views, "id", req_str(r, "view")) != SIZE_MAX;
	query = sieve(r, list, &r->in);
	r->path = pool_printf(r->pool, "/%s/views", r->app->name);
	r->query = pool_printf(r->pool, "at=%s", r->route->path);
	if (query[0] != '\0' && !is_own)
		x_link(n, "view.save", req_url_with(r, "query", query));
	else if (count_own(views) > 0)
		x_link(n, "view.edit",
		    req_url_with(r, "id", is_own ? req_str(r, "view") : NULL));
	r->path = path;
	r->query = before;
}

/* ---- the page where they are named ---- */

#define VIEW_FIELDS \
	{ "at", TYPE_HIDDEN, .max = 60 }, \
	{ "query", TYPE_HIDDEN, .max = 8000 }, \
	{ "id", TYPE_HIDDEN, .max = 20 }, \
	{ "name", TYPE_TEXT, REQUIRED, .max = 40 }

static const struct field own_fields[] = { VIEW_FIELDS, { 0 } };
static const struct field fields[] = { VIEW_FIELDS, { "shared", TYPE_CHECK }, { 0 } };

static const struct field drop_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED, .max = 20 },
	{ "at", TYPE_HIDDEN, .max = 60 },
	{ 0 }
};

static const struct column columns[] = {
	{ "name", TYPE_TEXT },
	{ "shared", TYPE_STATUS, .set = "view" },
	{ 0 }
};

/* The form: a new name for what was shown, or the view ?id=. */
static void
add_form(struct req *r, const char *path, const struct rows *row)
{
	form_action(x_form(r, "view", path, req_may(r, PERM_VIEW_SHARE) ? fields : own_fields, row),
	    "view.save");
}

static void
add_own(struct req *r, const char *path, const struct route *t, const struct rows *views)
{
	xmlNodePtr n = x_table(r->page, "list", "own-views", columns);

	for (size_t i = 0; i < count_own(views); i++) {
		const char *id = row_str(views, i, "id");
		xmlNodePtr row = x_el(n, "row");

		x_attr(row, "id", id);
		x_attr(row, "href", pool_printf(r->pool, "%s?at=%s&id=%s", path, t->path, id));
		x_value(row, TYPE_TEXT, "name", row_str(views, i, "name"));
		x_attr(x_value(row, TYPE_STATUS, "shared", row_int(views, i, "shared") == 1 ?
		    "shared" : "own"), "set", "view");
		x_action(row, "delete", "post",
		    pool_printf(r->pool, "%s/drop?at=%s&id=%s", path, t->path, id));
	}
}

/* One row of a result as a result of its own. */
static struct rows
row_alone(const struct rows *rows, size_t i)
{
	struct rows one = *rows;

	one.n = 1;
	one.cells = &rows->cells[i * rows->ncols];
	return one;
}

static int
views_page(struct req *r)
{
	const struct route *t = list_route(r);
	const char *path = pool_printf(r->pool, "/%s/views", r->app->name);
	const char *name;
	const struct rows *views;
	size_t i;

	if (t == NULL)
		return 404;
	if (!req_may(r, t->perm))
		return 403;
	views = read_views(r, t);
	i = req_given(r, "id") ? own(views, "id", req_str(r, "id")) : SIZE_MAX;
	if (req_given(r, "id") && i == SIZE_MAX)
		return 404;
	name = word(r->words, pool_printf(r->pool, "list.%s", t->list->name));
	if (name == NULL)
		name = word(r->words, pool_printf(r->pool, "nav.%s", r->app->name));
	xmlSetProp(r->page, (const xmlChar *)"id",
	    (const xmlChar *)pool_printf(r->pool, "%s.views", r->conf->site));
	req_title(r, name == NULL ? "" : name);
	req_trail(r, r->app->name, path_of(r, t));
	if (i != SIZE_MAX) {
		const struct rows one = row_alone(views, i);

		add_form(r, path, &one);
	} else if (req_given(r, "query")) {
		add_form(r, path, NULL);
	}
	if (count_own(views) > 0 || r->page->last == r->heading)
		add_own(r, path, t, views);
	return 200;
}

/* ---- keeping, naming, dropping ---- */

static int
back_to(struct req *r, const struct route *t, const char *notice, const char *query)
{
	req_notice(r, notice);
	return req_redirect(r, "%s%s%s", path_of(r, t), query[0] == '\0' ? "" : "?", query);
}

static int
keep_new(struct req *r, const struct route *t, const char *page, bool shared)
{
	const char *query = sieved(r, t->list, req_str(r, "query"));
	const char *name = req_str(r, "name");
	const struct rows *views = read_views(r, t);
	size_t i;

	if (strlen(query) > QUERY_MAX)
		req_error(r, "name", "view.long", NULL);
	else if (query[0] == '\0' || !is_answered(r, t, query))
		req_error(r, "name", "view.nothing", NULL);
	else if (count_own(views) >= VIEWS_MAX && own(views, "name", name) == SIZE_MAX)
		req_error(r, "name", "view.many", "max", pool_printf(r->pool, "%d", VIEWS_MAX),
		    NULL);
	if (!req_good(r))
		return 422;
	change(r, KEEP, ARGS(S(page), S(name), S(query), I(shared)),
	    ARGS(S(r->token), S(page), S(name), S(query), I(shared)));
	views = read_views(r, t);
	i = own(views, "name", name);
	return back_to(r, t, "view.saved", i == SIZE_MAX ? query :
	    pool_printf(r->pool, "%s&view=%s", query, row_str(views, i, "id")));
}

static int
views_save(struct req *r)
{
	const struct route *t = list_route(r);
	bool shared = req_given(r, "shared") && req_may(r, PERM_VIEW_SHARE);
	int64_t id = req_int(r, "id", 0);
	const char *page, *name = req_str(r, "name");

	if (t == NULL)
		return 404;
	if (!req_may(r, t->perm))
		return 403;
	page = page_of(r, t);
	if (id == 0)
		return keep_new(r, t, page, shared);
	if (!change(r, RENAME, ARGS(S(name), I(shared), I(id), S(page)),
	    ARGS(S(r->token), S(page), S(name), I(shared), I(id))))
		return 404;
	return back_to(r, t, "view.saved", "");
}

static int
views_drop(struct req *r)
{
	const struct route *t = list_route(r);
	int64_t id = req_int(r, "id", 0);
	const char *page;

	if (t == NULL)
		return 404;
	if (!req_may(r, t->perm))
		return 403;
	page = page_of(r, t);
	if (!change(r, DROP, ARGS(I(id), S(page)), ARGS(S(r->token), S(page), I(id))))
		return 404;
	return back_to(r, t, "view.dropped", "");
}

const struct route views_routes[] = {
	{ "/views", GET, PERM_SIGNED_IN, views_page, fields },
	{ "/views", POST, PERM_SIGNED_IN, views_save, fields, views_page },
	{ "/views/drop", POST, PERM_SIGNED_IN, views_drop, drop_fields, .flags = REPEATABLE },
	{ 0 }
};

bool
views_check(struct db *db, const char *site)
{
	return db_prepare(db, sql[strcmp(site, "portal") == 0], NSQL);
}
